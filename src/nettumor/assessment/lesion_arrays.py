"""What was seen of each lesion, from rows to arrays: sizes of targets, codes of non-targets, looks
of new lesions.

Which size counts under which criteria? Nodes by their short axis (``perpendicular``, else ``size``)
where the criteria know nodes; other lesions by ``size``; viable sizes, products and volumes where
the criteria ask for them. Rows of the lesions table and their places come in; arrays of shape
(track, lesion, timepoint) come out. Equal duplicates count once, unequal ones are not measured;
parts of a split lesion are added under their parent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least
from nettumor.assessment.cells import Cells, one_after_another
from nettumor.assessment.relations import (
    Relations,
    padded,
    place_of,
    place_of_code,
    relations,
    with_merged,
    with_parts,
    without_mass,
)
from nettumor.assessment.slots import JudgedRows, Slots, slots
from nettumor.crf import CrfTable, Role, State
from nettumor.crf.columns import Ints
from nettumor.criteria import AttenuationCriteria
from nettumor.rows import number_rows, values_at
from nettumor.terminology import Response

_BARE = ("INCREASED", "ENLARGEMENT", "ENLARGEMENT FROM NADIR")
_FURTHER = (
    "FURTHER ENLARGEMENT",
    "FURTHER ENLARGEMENT FROM NADIR",
    "INCLA",
    "INCREASED FROM LAST ASSESSMENT",
)
"""Words of non-target and new lesions that say larger without saying unequivocally so (TRPROPRS,
C124309): than at some time, and than before.
"""
_UNCHANGED = ("UNCHANGED", "NCLA", "NO CHANGE", "NO CHANGE FROM LAST ASSESSMENT", "STABLE")
"""Words that say that a lesion is what it was."""
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
    strays : tuple of ndarray of int
        Track and code of each target that was not there at baseline: they are left out of the sum,
        and have no place in the arrays unless parts of them are recorded.
    more, never : ndarray of int, shape (track,)
        How many more lesions that were measured stand in places of others, and how many that never
        were: of tracks without any target at the baseline, of which every visit is NE.
    conflicts : int
        Places with unequal duplicates.
    of_parts : ndarray of float, shape (track, lesion, timepoint), or None
        What was measured of split lesions that are not complete there.
    """

    sizes: Floats
    attenuation: Floats
    too_small: Bools
    merged: Bools
    nodal: Bools
    unmeasured: Bools
    codes: Ints
    strays: tuple[Ints, Ints]
    more: Ints
    never: Ints
    conflicts: int
    of_parts: Floats | None = None


def sizes_used(
    table: CrfTable, criteria: Any, track: Ints, timepoint: Ints
) -> tuple[Floats, Bools]:
    """For each row the size that counts under the criteria, and whether it is too small to measure.

    A lesion is measured along one axis throughout its course, which its first measured visit
    decides (as a rule the baseline), so that a later visit never changes an earlier size.

    Parameters
    ----------
    table : CrfTable
        The lesions table.
    criteria : SizeCriteria or AttenuationCriteria
    track, timepoint : ndarray of int, shape (row,)
        ``timepoint`` is below 0 before the baseline.
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
    knows_nodes = _knows_nodes(criteria)
    nodal = table.lesions.nodal & knows_nodes
    value, small = _measure(table, "size")
    if nodal.any() and "perpendicular" in table:
        value, small = _short_axis(table, track, timepoint, nodal, value, small)
    if "diameter" in table and (knows_nodes or table.blank("size").all()):
        value, small = _over("diameter", table, ~table.blank("diameter"), value, small)
    if measure == "viable diameter" and "viable" in table:
        measures = ("viable", "size", "perpendicular", "diameter")
        first = _at_first(table, track, timepoint, measures)
        value, small = _over("viable", table, ~nodal & first["viable"], value, small)
    return value, small


def _knows_nodes(criteria: Any) -> bool:
    """Whether nodes have a size of their own. Choi's criteria list nodes by their short axis too,
    and have no limit of a normal node.
    """
    return getattr(criteria, "node_normal", 10) is not None


def sizes_hang_together(table: CrfTable, criteria: Any) -> bool:
    """Whether the column that sizes are read from is decided by the whole table: where the criteria
    know no nodes, a diameter beside sizes counts only if the table has no size at all.
    """
    return "diameter" in table and not _knows_nodes(criteria)


def _short_axis(
    table: CrfTable, track: Ints, timepoint: Ints, nodal: Bools, value: Floats, small: Bools
) -> tuple[Floats, Bools]:
    """Nodes by ``perpendicular``; by ``size`` (then a short axis) unless the first measured visit
    has both.
    """
    first = _at_first(table, track, timepoint, ("size", "perpendicular"))
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
    table: CrfTable, track: Ints, timepoint: Ints, names: tuple[str, ...]
) -> dict[str, Bools]:
    """For each row and measure: whether its lesion has a number there at the first visit with a
    number in any.
    """
    lesion, first_row = number_rows(track, table.keys_of("lesion")[0])
    n = len(first_row)
    has = {
        name: ~np.isnan(table.numbers(name).value) & (timepoint >= 0)
        for name in names
        if name in table
    }
    rows = np.flatnonzero(np.logical_or.reduce([*has.values()]))
    first = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first, lesion[rows], timepoint[rows])
    out = {name: np.zeros(len(lesion), dtype=np.bool_) for name in names}
    at_first = timepoint == values_at(first, lesion)
    for name, there in has.items():
        found = np.zeros(n, dtype=np.bool_)
        found[lesion[there & at_first]] = True
        out[name] = values_at(found, lesion)
    return out


def targets(table: CrfTable, criteria: Any, given: JudgedRows, *, together: bool = True) -> Targets:
    """The target lesions; ``together``: those of a track are judged together, and not each alone."""
    cells = table.lesions
    value, small = sizes_used(table, criteria, given.track, given.visits.timepoint)
    default = getattr(criteria, "too_small", None)
    # the rows of the targets, in as few places as do
    no_disease = given.visits.no_disease
    whole = at = slots(table, given, Role.TARGET)
    kin = relations(table, at, no_disease)
    strays, left_out = (at.slot[:0], at.slot[:0]), 0
    if kin is not None and kin.idle.any():
        strays, left_out = _left_out(at, kin, value, small)
        at = at.without(kin.idle)
        kin = relations(table, at, no_disease)
    shares = _sharing(at, kin, together=together)
    more = never = np.zeros(len(shares), dtype=np.int64)
    if shares.any():
        was = _were_measured(at, value, small, default)
        more = shares * np.count_nonzero(was, axis=1)
        never = shares * np.count_nonzero(at.identified() & ~was, axis=1)
        at = one_after_another(at, shares)
        kin = relations(table, at, no_disease)
    # what was measured there
    given.refuse_sparse(np.count_nonzero(at.codes >= 0, axis=1))
    sizes, conflict = at.put(value, np.nan)
    too_small = np.zeros(at.shape, dtype=np.bool_)
    if small.any():
        too_small, other = at.put(small, False)
        conflict = conflict | other
        sizes[conflict], too_small[conflict] = np.nan, False
    sizes[sizes >= _IMPOSSIBLE] = np.inf  # answered with NE like any number that cannot be
    attenuation = np.broadcast_to(np.nan, at.shape)
    if isinstance(criteria, AttenuationCriteria):
        attenuation, _ = at.put(cells.measure("attenuation").value, np.nan)
    merged = _merged(table, whole, at)
    gone: Bools = np.broadcast_to(np.False_, at.shape)
    if cells.merged.any():
        gone, _ = at.put(cells.merged, False)
    padding = np.zeros(at.codes.shape, dtype=np.bool_)
    of_parts = None
    if kin is not None:
        counted = np.nan if default is None else default
        sizes, too_small, of_parts = with_parts(kin, sizes, too_small, counted)
        sizes, too_small, merged, gone = with_merged(kin, sizes, too_small, merged, gone)
        padding = padded(kin, at.codes.shape)
    if gone.any():
        sizes = without_mass(sizes, gone, at.identified() & ~padding)
    # what was identified, and never measured
    counts = ~np.isnan(sizes) if default is None else ~np.isnan(sizes) | too_small
    unmeasured = at.identified() & ~counts[..., 0]
    if unmeasured.any():
        unmeasured &= ~counts.any(axis=-1)
    unmeasured &= ~padding & ~shares[:, None]
    if shares.any():
        more = more - shares * np.count_nonzero(counts.any(axis=-1), axis=1)
    return Targets(
        sizes=sizes,
        attenuation=attenuation,
        too_small=too_small,
        merged=merged,
        nodal=at.some(cells.nodal),
        unmeasured=unmeasured,
        codes=at.codes,
        strays=strays,
        more=more,
        never=never,
        conflicts=int(np.count_nonzero(conflict)) + left_out,
        of_parts=of_parts,
    )


def _left_out(
    at: Slots, kin: Relations, size: Floats, small: Bools
) -> tuple[tuple[Ints, Ints], int]:
    """Of the lesions without which nothing changes: the strays, as in `Targets`, and the places with
    unequal duplicates.
    """
    track, place = np.nonzero(kin.stray)
    cells = Cells.of(at.without(~kin.idle))
    unequal = cells.put(size, np.nan)[1] | cells.put(small, False)[1]
    return (track, at.codes[track, place]), int(np.count_nonzero(unequal))


def _sharing(at: Slots, kin: Relations | None, *, together: bool) -> Bools:
    """Tracks whose lesions need no places of their own: without a baseline every visit is NE,
    whichever lesion a size is of.
    """
    if kin is None or not together or not at.sparse:
        return np.zeros(at.given.n_tracks, dtype=np.bool_)
    return kin.without_baseline


def _were_measured(at: Slots, size: Floats, small: Bools, default: float | None) -> Bools:
    """Lesions (track, lesion) that have a size, or are too small and have the default, at a visit."""
    cells = Cells.of(at)
    known, unequal = cells.put(size, np.nan)
    too_small, other = cells.put(small, False)
    counts = (~np.isnan(known) | (too_small & (default is not None))) & ~unequal & ~other
    out = np.zeros(at.codes.shape, dtype=np.bool_)
    out.ravel()[cells.slot[counts]] = True
    return out


def _merged(table: CrfTable, whole: Slots, at: Slots) -> Bools:
    """From the merge on: the lesion that merged into another, and the other; all of the track where
    none is named. ``whole`` are the rows of all, ``at`` those of the lesions in the array.
    """
    out = np.zeros(at.shape, dtype=np.bool_)
    cells = table.lesions
    if not cells.merged.any():
        return out
    rows = np.flatnonzero(cells.merged[whole.rows] & (whole.timepoint >= 0))
    if not len(rows):
        return out
    track, timepoint = whole.track[rows], whole.timepoint[rows]
    names = cells.merged_into[whole.rows][rows]
    own = place_of_code(at, track, whole.codes[track, whole.lesion[rows]])
    for place in (own, place_of(table, at, track, names)):
        found = place >= 0
        out[track[found], place[found], timepoint[found]] = True
    # which mass took it in is not said: its growth must not look like that of one lesion
    unnamed = names == ""
    out[track[unnamed], :, timepoint[unnamed]] = True
    return np.asarray(np.logical_or.accumulate(out, axis=-1))


def non_targets(
    table: CrfTable, criteria: Any, given: JudgedRows
) -> tuple[Codes, Bools, Bools, int]:
    """Codes of the non-target lesions (track, lesion, timepoint), where one is larger, and only a
    bare INCREASED says so (track, timepoint), conflicts.

    Where an array of all would hold little else than nothing, three stand for all the lesions of a
    track: one in progression where any is, one not assessed where any is not, one present.
    """
    at = slots(table, given, Role.NON_TARGET)
    if at.empty:
        nowhere = np.zeros(given.shape, dtype=np.bool_)
        return np.zeros(at.shape, dtype=np.int8), nowhere, nowhere, 0
    immune = getattr(criteria, "immune", False)
    code = non_target_codes(table, criteria, given.track, given.visits.timepoint)
    if immune:
        said = _said(table, (*_BARE, *_FURTHER, *_UNCHANGED))
        code[said & (code == Response.NE) & (table.lesions.state < 0)] = Response.NON_CR_NON_PD
    places = Cells.of(at) if at.sparse else at
    found, conflict = places.put(code, np.int8(Response.MISSING))
    found[conflict] = Response.NE
    larger, _ = places.put(larger_rows(table, criteria), False)
    bare = places.put(_said(table, _BARE), False)[0] & larger
    if immune:
        still, _ = places.put(said, False)
        found = _still_unequivocal(found, still, places.first_of_lesion)
    if isinstance(places, Cells):
        found = _three_for_all(places, found)
    else:
        found[at.identified()[..., None] & (found == Response.MISSING)] = Response.NE
    only_bare = places.any(bare) & ~places.any(larger & ~bare)
    return found, places.any(larger), only_bare, int(conflict.sum())


def _three_for_all(cells: Cells, code: Codes) -> Codes:
    """Codes (track, 3, timepoint) of three lesions that are together what all of a track are."""
    count = np.count_nonzero(cells.at.identified(), axis=1)[:, None]
    unassessed = cells.count(code > Response.NE) < count
    shown = (
        (cells.any(code == Response.PD), Response.PD),
        (unassessed, Response.NE),
        (cells.any(code == Response.NON_CR_NON_PD), Response.NON_CR_NON_PD),
    )
    three = np.stack([np.where(where, np.int8(c), np.int8(Response.CR)) for where, c in shown], 1)
    three[count[:, 0] == 0] = Response.MISSING
    return np.asarray(three)


def _still_unequivocal(codes: Codes, still: Bools, first: Ints) -> Codes:
    """The codes, where a lesion that was in unequivocal progression, and is called larger or
    unchanged since, is in it still (iRECIST: it need not be unequivocal again). What was not
    assessed says nothing. ``first`` is the first place of the lesion of each.
    """
    flat, goes_on = codes.ravel(), still.ravel() & (codes.ravel() == Response.NON_CR_NON_PD)
    index = np.arange(len(flat))
    last = np.maximum.accumulate(np.where((flat > Response.NE) & ~goes_on, index, -1))
    progressed = (last >= first) & (flat[last] == Response.PD)
    return np.where(goes_on & progressed, np.int8(Response.PD), flat).reshape(codes.shape)


def non_target_codes(table: CrfTable, criteria: Any, track: Ints, timepoint: Ints) -> Codes:
    """What each row says of a lesion, as a code of `Response` for `non_target_response`; arguments
    as for `sizes_used`.
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
            short, _ = _short_axis(table, track, timepoint, cells.nodal, short, small)
        code[
            cells.nodal
            & ~np.isnan(short)
            & ~at_least(short, normal)
            & (code == Response.NON_CR_NON_PD)
        ] = Response.CR
    code[np.isin(state, (State.BLANK, State.NOT_EVALUABLE, -1)) | cells.contradiction] = Response.NE
    return code


def _said(table: CrfTable, words: tuple[str, ...]) -> Bools:
    """Rows whose state is one of these words."""
    if "state" not in table:
        return np.zeros(table.n_rows, dtype=np.bool_)
    return table.column("state").map(lambda w: " ".join(w.split()).upper() in words, np.bool_)


def larger_rows(table: CrfTable, criteria: Any = None) -> Bools:
    """Rows that call a lesion larger, unequivocally or not."""
    bare = _BARE if getattr(criteria, "bare_increase", True) else ()
    larger = table.lesions.state == State.UNEQUIVOCAL_PROGRESSION
    return np.asarray(larger | _said(table, (*bare, *_FURTHER)))
