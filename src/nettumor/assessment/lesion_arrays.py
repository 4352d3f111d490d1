"""What was seen of each lesion, from rows to arrays: sizes of targets, codes of non-targets, looks
of new lesions.

Which size counts under which criteria? Nodes by their short axis (``perpendicular``, else ``size``)
where the criteria know nodes; other lesions by ``size``; viable sizes, products and volumes where
the criteria ask for them. Rows of the lesions table and their places come in; arrays of shape
(track, lesion, timepoint) come out. Equal duplicates count once, unequal ones are not measured;
parts of a split lesion are added under their parent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least
from nettumor.assessment.slots import Rows, Slots, slots
from nettumor.crf import CrfTable, Role, State, number_rows
from nettumor.crf.columns import Ints, Words
from nettumor.criteria import AttenuationCriteria
from nettumor.terminology import Response

_IMPOSSIBLE = 1e9  # no size in mm, mm2 or mL; sums of such sizes may overflow


@frozen(eq=False)
class Targets:
    """The target lesions.

    Attributes
    ----------
    sizes, attenuation : ndarray of float, shape (track, lesion, timepoint)
    too_small, merged : ndarray of bool, shape (track, lesion, timepoint)
        ``merged``: from the merge on, the lesion and the one it merged into.
    nodal, unmeasured : ndarray of bool, shape (track, lesion)
        ``unmeasured``: identified as a target, and never measured.
    codes : ndarray of int, shape (track, lesion)
        The lesion's code in the table; -1 for padding.
    conflicts : int
        Places with unequal duplicates.
    """

    sizes: Floats
    attenuation: Floats
    too_small: Bools
    merged: Bools
    nodal: Bools
    unmeasured: Bools
    codes: Ints
    conflicts: int


def sizes_used(
    table: CrfTable, criteria: Any, place: Callable[[], tuple[Ints, Ints]]
) -> tuple[Floats, Bools]:
    """For each row the size that counts under the criteria, and whether it is too small to measure.

    A lesion is measured along one axis throughout its course, which its first measured visit
    decides (as a rule the baseline), so that a later visit never changes an earlier size.

    Parameters
    ----------
    table : CrfTable
        The lesions table.
    criteria : SizeCriteria or AttenuationCriteria
    place : callable that gives two ndarrays of int, shape (row,)
        Numbers of the lesions (of a track), and of their timepoints (below 0 before the baseline);
        asked for only where more than one axis was measured.
    """
    measure = criteria.measure
    if measure == "volume":
        return _measure(table, "volume")
    if measure in ("product", "viable product"):
        names = (
            ("size", "perpendicular")
            if measure == "product"
            else ("viable", "viable_perpendicular")
        )
        (long, _), (short, _) = (_measure(table, name) for name in names)
        with np.errstate(over="ignore"):  # a slip of 1e300 mm is endless, and judged as such
            product = np.round(long * short, 9)
        return np.where((long == 0) | (short == 0), 0.0, product), np.zeros(len(long), np.bool_)
    # Choi's criteria list nodes by their short axis too, and have no limit of a normal node
    knows_nodes = getattr(criteria, "node_normal", 10) is not None
    nodal = table.lesions.nodal & knows_nodes
    value, small = _measure(table, "size")
    if nodal.any() and "perpendicular" in table:
        value, small = _short_axis(table, place, nodal, value, small)
    if "diameter" in table and (knows_nodes or table.blank("size").all()):
        value, small = _over("diameter", table, ~table.blank("diameter"), value, small)
    if measure == "viable diameter" and "viable" in table:
        first = _at_first(place, table, ("viable", "size", "perpendicular", "diameter"))
        value, small = _over("viable", table, ~nodal & first["viable"], value, small)
    return value, small


def _short_axis(
    table: CrfTable,
    place: Callable[[], tuple[Ints, Ints]],
    nodal: Bools,
    value: Floats,
    small: Bools,
) -> tuple[Floats, Bools]:
    """Nodes by ``perpendicular``; by ``size`` (then a short axis) unless the first measured visit
    has both.
    """
    first = _at_first(place, table, ("size", "perpendicular"))
    instead = nodal & (~table.blank("perpendicular") | (first["size"] & first["perpendicular"]))
    return _over("perpendicular", table, instead, value, small)


def _over(
    name: str, table: CrfTable, where: Bools, value: Floats, small: Bools
) -> tuple[Floats, Bools]:
    """A measure in place of another at these rows."""
    other, other_small = _measure(table, name)
    return np.where(where, other, value), np.where(where, other_small, small)


def _measure(table: CrfTable, name: str) -> tuple[Floats, Bools]:
    found = table.lesions.measure(name)
    return found.value, found.too_small


def _at_first(
    place: Callable[[], tuple[Ints, Ints]], table: CrfTable, names: tuple[str, ...]
) -> dict[str, Bools]:
    """For each row and measure: whether its lesion has a number there at the first visit with a
    number in any.
    """
    lesion, timepoint = place()
    n = int(lesion.max(initial=-1)) + 1
    has = {
        name: ~np.isnan(table.numbers(name).value) & (timepoint >= 0)
        for name in names
        if name in table
    }
    rows = np.flatnonzero(np.logical_or.reduce([*has.values()]))
    first = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first, lesion[rows], timepoint[rows])
    out = {name: np.zeros(len(lesion), dtype=np.bool_) for name in names}
    for name, there in has.items():
        found = np.zeros(n, dtype=np.bool_)
        found[lesion[there & (timepoint == first[lesion])]] = True
        out[name] = np.asarray(found[lesion])
    return out


def targets(table: CrfTable, criteria: Any, given: Rows) -> Targets:
    """The target lesions."""
    cells = table.lesions
    at = slots(table, given, Role.TARGET)
    value, small = sizes_used(table, criteria, given.lesions_of(table))
    sizes, conflict = at.put(value, np.nan, ahead=True)
    too_small = np.zeros(at.shape, dtype=np.bool_)
    if small.any():
        too_small, other = at.put(small, False)
        conflict = conflict | other
        sizes[conflict], too_small[conflict] = np.nan, False
    sizes[sizes >= _IMPOSSIBLE] = np.inf  # answered with NE like any number that cannot be
    attenuation = np.broadcast_to(np.nan, at.shape)
    if isinstance(criteria, AttenuationCriteria):
        attenuation, _ = at.put(cells.measure("attenuation").value, np.nan)
    nodal = at.some(cells.nodal)
    merged = _merged(table, at)
    too_small_size = getattr(criteria, "too_small", None)
    sizes, too_small = _with_parts(
        table, at, sizes, too_small, np.nan if too_small_size is None else too_small_size
    )
    counts = ~np.isnan(sizes) if too_small_size is None else ~np.isnan(sizes) | too_small
    parts = _part_slots(table, at)
    unmeasured = at.identified() & ~counts[..., 0]
    if unmeasured.any():
        unmeasured &= ~counts.any(axis=-1)
    unmeasured[parts[0], parts[1]] = False
    return Targets(
        sizes, attenuation, too_small, merged, nodal, unmeasured, at.codes, int(conflict.sum())
    )


def _merged(table: CrfTable, at: Slots) -> Bools:
    """From the merge on: the lesion that merged into another, and the other; all of the track where
    none is named.
    """
    out = np.zeros(at.shape, dtype=np.bool_)
    cells = table.lesions
    if not cells.merged.any():
        return out
    rows = np.flatnonzero(cells.merged[at.rows] & (at.timepoint >= 0))
    if not len(rows):
        return out
    track, timepoint = at.track[rows], at.timepoint[rows]
    out[track, at.lesion[rows], timepoint] = True
    names = cells.merged_into[at.rows][rows]
    other = _slot_of(table, at, track, names)
    found = other >= 0
    out[track[found], other[found], timepoint[found]] = True
    # which mass took it in is not said: its growth must not look like that of one lesion
    unnamed = names == ""
    out[track[unnamed], :, timepoint[unnamed]] = True
    return np.asarray(np.logical_or.accumulate(out, axis=-1))


def _slot_of(table: CrfTable, at: Slots, track: Ints, names: Words) -> Ints:
    """The place of a lesion in its track by name; -1 if it is not there."""
    place = {w: i for i, w in enumerate(table.keys_of("lesion")[1])}
    wanted = np.array([place.get(" ".join(str(n).split()), -2) for n in names], dtype=np.int64)
    same = at.codes[track] == wanted[:, None]
    return np.where(same.any(axis=1), same.argmax(axis=1), -1)


def _part_slots(table: CrfTable, at: Slots) -> tuple[Ints, Ints, Ints]:
    """Track and place of each part of a split lesion, and the place of its parent."""
    none = np.zeros(0, dtype=np.int64)
    if not table.lesions.has_parts:
        return none, none, none
    parent = table.lesions.parent[at.rows]
    rows = np.flatnonzero(parent != "")
    if not len(rows):
        return none, none, none
    rows = rows[number_rows(at.slot[rows])[1]]
    track, part = at.track[rows], at.lesion[rows]
    of = _slot_of(table, at, track, parent[rows])
    there = of >= 0
    return track[there], part[there], of[there]


def _with_parts(
    table: CrfTable, at: Slots, sizes: Floats, too_small: Bools, default: float
) -> tuple[Floats, Bools]:
    """Parts added under their parent, by the rule of `nettumor.sum_parts`; the parts become
    padding.
    """
    track, part, whole = _part_slots(table, at)
    if not len(track):
        return sizes, too_small
    small = too_small[track, part]
    size = np.where(small & np.isnan(sizes[track, part]), default, sizes[track, part])
    seen = np.logical_or.accumulate(~np.isnan(size), axis=-1)
    total, counted, lost = (
        np.zeros(at.shape),
        np.zeros(at.shape, np.bool_),
        np.zeros(at.shape, np.bool_),
    )
    np.add.at(total, (track, whole), np.where(np.isnan(size), 0.0, size))
    np.logical_or.at(counted, (track, whole), ~np.isnan(size))
    np.logical_or.at(lost, (track, whole), seen & np.isnan(size))
    own = np.where(too_small & np.isnan(sizes), default, sizes)
    out = np.where(counted, np.where(np.isnan(own), 0.0, own) + total, sizes)
    out[lost] = np.nan
    out[track, part] = np.nan
    left = too_small & ~counted & ~lost
    left[track, part] = False
    return out, left


def non_targets(table: CrfTable, criteria: Any, given: Rows) -> tuple[Codes, Bools, int]:
    """Codes of the non-target lesions (track, lesion, timepoint), where one is larger (track,
    timepoint), conflicts.
    """
    at = slots(table, given, Role.NON_TARGET)
    if at.empty:
        return np.zeros(at.shape, dtype=np.int8), np.zeros(given.shape, dtype=np.bool_), 0
    code = non_target_codes(table, criteria, given.lesions_of(table))
    found, conflict = at.put(code, np.int8(Response.MISSING))
    found[conflict] = Response.NE
    found[at.identified()[..., None] & (found == Response.MISSING)] = Response.NE
    larger, _ = at.put(larger_rows(table), False)
    return found, np.asarray(larger.any(axis=1)), int(conflict.sum())


def non_target_codes(
    table: CrfTable, criteria: Any, place: Callable[[], tuple[Ints, Ints]]
) -> Codes:
    """What each row says of a lesion, as a code of `Response` for `non_target_response`; ``place``
    as above.
    """
    cells = table.lesions
    state = cells.state
    code = np.full(len(state), Response.NON_CR_NON_PD, dtype=np.int8)
    code[np.isin(state, (State.ABSENT, State.MERGED, State.NON_PATHOLOGICAL))] = Response.CR
    code[state == State.UNEQUIVOCAL_PROGRESSION] = Response.PD
    normal = getattr(criteria, "node_normal", None)
    if (
        normal is not None
    ):  # a node below the limit is normal, which is what CR asks of it (RECIST 1.1, 4.3.3)
        short, small = _measure(table, "size")
        if "perpendicular" in table:
            short, _ = _short_axis(table, place, cells.nodal, short, small)
        code[
            cells.nodal
            & ~np.isnan(short)
            & ~at_least(short, normal)
            & (code == Response.NON_CR_NON_PD)
        ] = Response.CR
    code[np.isin(state, (State.BLANK, State.NOT_EVALUABLE, -1)) | cells.contradiction] = Response.NE
    return code


def larger_rows(table: CrfTable) -> Bools:
    """Rows that call a lesion larger, unequivocally or not."""
    cells = table.lesions
    unequivocal = cells.state == State.UNEQUIVOCAL_PROGRESSION
    return np.asarray(unequivocal | (cells.change == State.INCREASED))


@frozen(eq=False)
class NewLesions:
    """New lesions.

    Attributes
    ----------
    present : ndarray of bool, shape (track, timepoint)
        An unequivocal new lesion is there.
    first_day : ndarray of float, shape (track, timepoint)
        Of the lesions that are known to be new by then, the day of the first sighting; NaN where
        unknown.
    sums, count : ndarray of float, shape (track, timepoint)
        Sum of the measured new lesions; number of new lesions so far.
    larger : ndarray of bool, shape (track, timepoint)
    conflicts : int
    """

    present: Bools
    first_day: Floats
    sums: Floats
    count: Floats
    larger: Bools
    conflicts: int

    @classmethod
    def none(cls, shape: tuple[int, int]) -> NewLesions:
        """No new lesion, of shape (track, timepoint)."""
        never, nothing = np.broadcast_to(np.False_, shape), np.broadcast_to(np.nan, shape)
        return cls(never, nothing, nothing, np.broadcast_to(0.0, shape), never, 0)


def new_lesions(
    table: CrfTable, criteria: Any, given: Rows, scan_day: Callable[[], Floats]
) -> NewLesions:
    """New lesions; ``scan_day`` gives the day of each row's scan.

    A lesion counts from the visit at which it is unequivocal (present, or with a size) until a
    visit at which it is absent; where nothing is said of it, it is still there. What is seen at the
    baseline is not new.
    """
    cells = table.lesions
    at = slots(table, given, Role.NEW)
    if at.empty:
        return NewLesions.none(given.shape)
    look = np.zeros(table.n_rows, dtype=np.int8)
    look[cells.present] = 2
    look[cells.state == State.EQUIVOCAL] = 1
    look[np.isin(cells.state, (State.ABSENT, State.MERGED, State.NON_PATHOLOGICAL))] = -1
    look[cells.contradiction] = 0
    seen, conflict = at.put(look, np.int8(0))
    seen[..., 0] = 0
    known = np.logical_or.accumulate(seen == 2, axis=-1)
    visit = np.arange(given.shape[1])
    last = np.maximum.accumulate(np.where(seen != 0, visit, 0), axis=-1)
    there = known & (np.take_along_axis(seen, last, axis=-1) > 0)
    size, small = sizes_used(table, criteria, given.lesions_of(table))
    default = getattr(criteria, "too_small", None)
    size = np.where(small, np.nan if default is None else default, size)
    measured, _ = at.put(size, np.nan)
    measured[~there | (measured < 0)] = np.nan  # a size that cannot be is not measured
    scan = scan_day()
    day, _ = at.put(
        np.where(np.isnan(scan), np.inf, scan), np.inf, says=np.ones(table.n_rows, dtype=np.bool_)
    )
    sighting = np.where(seen > 0, day, np.inf)
    first = np.minimum.accumulate(sighting, axis=-1)
    first_day = np.where(known, first, np.inf).min(axis=1, initial=np.inf)
    larger, _ = at.put(larger_rows(table), False)
    total = np.where(np.isnan(measured), 0.0, measured).sum(axis=1)
    return NewLesions(
        np.asarray(there.any(axis=1)),
        np.where(np.isinf(first_day), np.nan, first_day),
        np.where(np.isnan(measured).all(axis=1), np.nan, total),
        known.sum(axis=1).astype(np.float64),
        np.asarray((larger & np.isnan(measured)).any(axis=1)),
        int(conflict.sum()),
    )
