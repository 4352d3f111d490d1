"""New lesions of each track, from rows to timepoints: which are there, since when, how large.

A lesion counts from the visit at which it is unequivocal until a visit at which it is absent; where
nothing is said of it, it is still there. Rows of the lesions table and their places come in; arrays
of shape (track, timepoint) come out. Between its rows a lesion does not change, so that only they
are looked at, however many visits there are.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least
from nettumor.assessment.cells import Cells
from nettumor.assessment.lesion_arrays import larger_rows, sizes_used
from nettumor.assessment.slots import JudgedRows, slots
from nettumor.crf import CrfTable, Role, State
from nettumor.crf.columns import Ints
from nettumor.crf.new_rows import by_other_method, nodule_rows, wordless_rows
from nettumor.rows import group, order_rows


@frozen(eq=False)
class NewLesions:
    """New lesions.

    Attributes
    ----------
    present, first_seen, lasting : ndarray of bool, shape (track, timepoint)
        An unequivocal new lesion is there; one is unequivocal for the first time; one that was so
        before is there.
    first_day : ndarray of float, shape (track, timepoint)
        Of the lesions that are known to be new by then, the day of the first sighting; NaN where
        unknown.
    fresh_day : ndarray of float, shape (track, timepoint)
        The same of those that are unequivocal for the first time.
    proof_day : ndarray of float, shape (track, timepoint)
        Of the lesions that are known to be new by then, the day of the scan that first showed one
        unequivocally; NaN where unknown.
    sums, count : ndarray of float, shape (track, timepoint)
        Sum of the new lesions that can be targets (at most 5, 2 an organ); number of new lesions so
        far.
    singles : ndarray of float, shape (track, lesion, timepoint)
        Sizes of the others, of those measured twice or more: one measured once has not grown. Of
        none where the criteria are not iRECIST's, which alone ask.
    larger, progressing, symptomatic, wordless : ndarray of bool, shape (track, timepoint)
        One is called larger; one is called in unequivocal progression; the scan was made for
        symptoms; one is recorded without size and state.
    conflicts : int
    """

    present: Bools
    first_seen: Bools
    lasting: Bools
    first_day: Floats
    fresh_day: Floats
    proof_day: Floats
    sums: Floats
    count: Floats
    singles: Floats
    larger: Bools
    progressing: Bools
    symptomatic: Bools
    wordless: Bools
    conflicts: int

    @classmethod
    def none(cls, shape: tuple[int, int]) -> NewLesions:
        """No new lesion, of shape (track, timepoint)."""
        never, nothing = np.broadcast_to(np.False_, shape), np.broadcast_to(np.nan, shape)
        return cls(
            present=never,
            first_seen=never,
            lasting=never,
            first_day=nothing,
            fresh_day=nothing,
            proof_day=nothing,
            sums=nothing,
            count=np.broadcast_to(0.0, shape),
            singles=np.full((shape[0], 0, shape[1]), np.nan),
            larger=never,
            progressing=never,
            symptomatic=never,
            wordless=never,
            conflicts=0,
        )


def new_lesions(
    table: CrfTable, criteria: Any, given: JudgedRows, *, cycle: bool = False
) -> NewLesions:
    """New lesions. ``cycle``: what was seen at the baseline or before it is not new after it
    either.

    A lesion counts from the visit at which it is unequivocal (present, with a size, or by
    ``new_without_words`` with what only a seen lesion has) until a visit at which it is absent;
    where nothing is said of it, it is still there. What is seen at the baseline is not new.
    """
    at = slots(table, given, Role.NEW)
    if at.empty:
        return NewLesions.none(given.shape)
    cells = Cells.of(at)
    elsewhere = by_other_method(table, criteria.new_lesion_methods)
    look = _looks(table, elsewhere)
    silent = wordless_rows(table) & ~elsewhere
    seen, conflict = cells.put(look, np.int8(0))
    wordless = np.zeros(len(cells), dtype=np.bool_)
    if silent.any():
        wordless = _first_word(cells, seen, silent, there=criteria.new_without_words == "PD")
    measured, _ = cells.put(_new_sizes(table, criteria, given, elsewhere), np.nan)
    _small_nodules(table, criteria, cells, seen, measured)
    seen[cells.timepoint == 0] = 0
    if cycle:
        early = np.zeros(table.n_rows, dtype=np.bool_)
        early[at.rows] = at.timepoint <= 0
        seen[at.some(early & (look == 2)).ravel()[cells.slot]] = 0

    # of each cell: whether the lesion was unequivocal before, is so by then, and is there
    before, known = cells.before(seen == 2), cells.by_then(seen == 2)
    last = cells.of_lesion.previous(seen != 0, own=True)
    there = known & (last >= 0) & (seen[last] > 0)
    fresh = known & ~before
    measured[~there | (measured < 0)] = np.nan  # a size that cannot be is not measured
    scan = given.visits.scan_day
    day, _ = cells.put(
        np.where(np.isnan(scan), np.inf, scan), np.inf, says=np.ones(table.n_rows, dtype=np.bool_)
    )
    first = _first_sightings(cells, seen, day, before)
    first_day = np.minimum.accumulate(cells.least(first, known), axis=1)
    fresh_day = cells.least(first, fresh)
    proof_day = np.minimum.accumulate(cells.least(day, fresh), axis=1)

    def flagged(rows: Bools) -> Bools:
        return np.asarray(cells.put(rows, False)[0] & there)

    is_target = _new_targets(table, criteria, cells, measured).ravel()[cells.slot]
    single = np.where(is_target, np.nan, measured)
    of_targets = np.where(is_target, measured, np.nan)
    larger = flagged(larger_rows(table, criteria)) & (np.isnan(measured) | ~is_target)
    progressing = flagged(table.lesions.state == State.UNEQUIVOCAL_PROGRESSION) & before
    # of each visit: how many lesions are there, those without a row too
    was_there = np.append(there, False)[cells.of_lesion.previous()]
    now_there = _so_far(cells.count(there & ~was_there) - cells.count(was_there & ~there))
    count_fresh = cells.count(fresh)
    nobody = np.full((given.n_tracks, 0, given.shape[1]), np.nan)
    return NewLesions(
        present=now_there > 0,
        first_seen=count_fresh > 0,
        lasting=now_there > count_fresh,
        first_day=np.where(np.isinf(first_day), np.nan, first_day),
        fresh_day=np.where(np.isinf(fresh_day), np.nan, fresh_day),
        proof_day=np.where(np.isinf(proof_day), np.nan, proof_day),
        sums=cells.total(of_targets),
        count=_so_far(count_fresh).astype(np.float64),
        singles=_singles(cells, single) if getattr(criteria, "immune", False) else nobody,
        larger=cells.any(larger),
        progressing=cells.any(progressing),
        symptomatic=cells.any(flagged(_for_symptoms(table))),
        wordless=cells.any(wordless & ~before),
        conflicts=int(conflict.sum()),
    )


def _so_far(counts: Ints) -> Ints:
    """The counts of each timepoint and those before it together."""
    return np.asarray(np.cumsum(counts, axis=1))


def _looks(table: CrfTable, elsewhere: Bools) -> Codes:
    """What each row says of a lesion: 2 there, 1 perhaps, -1 gone, 0 nothing."""
    cells = table.lesions
    look = np.zeros(table.n_rows, dtype=np.int8)
    look[cells.present] = 2
    look[cells.state == State.EQUIVOCAL] = 1
    look[np.isin(cells.state, (State.ABSENT, State.MERGED, State.NON_PATHOLOGICAL))] = -1
    look[cells.contradiction | elsewhere] = 0
    return look


def _new_sizes(table: CrfTable, criteria: Any, given: JudgedRows, elsewhere: Bools) -> Floats:
    """The size of each row that counts, the default put in for too small."""
    size, small = sizes_used(table, criteria, given.track, given.visits.timepoint)
    default = getattr(criteria, "too_small", None)
    size = np.where(small, np.nan if default is None else default, size)
    return np.where(elsewhere, np.nan, size)


def _for_symptoms(table: CrfTable) -> Bools:
    """Rows of scans that were made for symptoms, by their reason."""
    if "reason" not in table:
        return np.zeros(table.n_rows, dtype=np.bool_)
    return table.column("reason").map(lambda w: "SYMPTOM" in w.upper(), np.bool_)


def _first_word(cells: Cells, seen: Codes, rows: Bools, *, there: bool) -> Bools:
    """Cells where a lesion is recorded without words of which nothing was said before; in ``seen``,
    in place, it is unequivocal then if it counts as ``there``.
    """
    silent = cells.put(rows, False, says=np.ones(len(rows), dtype=np.bool_))[0]
    silent = np.asarray(silent & ~cells.by_then(seen != 0))
    if there:
        seen[silent] = 2
    return np.asarray(silent & (cells.timepoint > 0))


def _first_sightings(cells: Cells, seen: Codes, day: Floats, known: Bools) -> Floats:
    """For each cell the day of the lesion's first sighting by then, infinite where it is not known;
    what was equivocal and then absent was no new lesion (``known``: it was unequivocal before).
    """
    sighting = np.where(seen > 0, day, np.inf)
    again = np.cumsum((seen < 0) & ~known)  # what was seen before that does not count
    return group(cells.slot, again).running_minimum(sighting)


def _small_nodules(
    table: CrfTable, criteria: Any, cells: Cells, seen: Codes, measured: Floats
) -> None:
    """In place: a new nodule of the liver that is measured is equivocal until it has the size and
    the typical enhancement, or has grown by that size (mRECIST; Lencioni and Llovet 2010).
    """
    least = getattr(criteria, "new_liver_nodule", None)
    if least is None or "organ" not in table:
        return
    rows = nodule_rows(table)
    liver = cells.at.some(rows.liver).ravel()[cells.slot]
    typical = cells.by_then(cells.put(rows.typical, False)[0]) | rows.all_typical
    by_word, _ = cells.put(rows.by_word, False)
    has_size = ~np.isnan(measured)
    large = at_least(measured, least) & typical
    grown = at_least(measured, _first_size(cells, measured) + least)
    doubtful = liver & has_size & ~by_word & ~large & ~grown
    seen[doubtful & (seen == 2)] = 1


def _first_size(cells: Cells, measured: Floats) -> Floats:
    """For each cell the first size of its lesion; NaN where it was never measured."""
    first = cells.of_lesion.of_rows(cells.of_lesion.first(~np.isnan(measured)))
    return np.asarray(np.append(measured, np.nan)[first])


def _new_targets(table: CrfTable, criteria: Any, cells: Cells, measured: Floats) -> Bools:
    """New lesions (track, lesion) whose sizes are summed up: by their role, else measurable ones, at
    most as many as the criteria allow, the largest first.
    """
    at, role = cells.at, table.column("role")

    def tidy(word: str) -> str:
        return " ".join(word.replace("-", " ").upper().split())

    as_target = at.some(role.map(lambda w: tidy(w).startswith("NEW TARGET"), np.bool_))
    not_target = at.some(role.map(lambda w: tidy(w).startswith("NEW NON"), np.bool_))
    rules = getattr(criteria, "selection", None)
    if rules is None:
        return np.asarray(as_target | ~not_target)
    first = np.full(at.codes.shape, np.nan)
    first.ravel()[cells.slot] = _first_size(cells, measured)
    nodal = at.some(table.lesions.nodal)
    node = rules.min_node_target if rules.min_node_target is not None else rules.min_size
    least = np.where(nodal, np.nan if node is None else node, rules.min_size)
    open_ = ~as_target & ~not_target & at_least(first, least)
    organ = table.column("organ").trimmed if "organ" in table else None
    of = np.zeros(at.codes.shape, dtype=np.int64)
    if organ is not None:
        of.ravel()[at.slot] = organ.codes[at.rows]
    chosen = as_target.copy()
    for track in np.flatnonzero(open_.any(axis=1)).tolist():
        taken = Counter(of[track, chosen[track]].tolist())
        places = np.flatnonzero(open_[track])
        for place in places[order_rows(-first[track, places])].tolist():
            if rules.max_targets is not None and taken.total() >= rules.max_targets:
                break
            own = int(of[track, place])
            if rules.max_per_organ is None or taken[own] < rules.max_per_organ:
                chosen[track, place] = True
                taken[own] += 1
    return chosen


def _singles(cells: Cells, size: Floats) -> Floats:
    """The sizes (track, lesion, timepoint) of the lesions that were measured more than once."""
    known = ~np.isnan(size)
    known &= cells.of_lesion.of_rows(cells.of_lesion.count(known)) > 1
    several = np.zeros(cells.at.codes.shape, dtype=np.bool_)
    several.ravel()[cells.slot[known]] = True
    place, count = np.cumsum(several, axis=1) - 1, np.count_nonzero(several, axis=1)
    cells.at.given.refuse_sparse(count)
    tracks, timepoints = cells.at.given.shape
    out = np.full((tracks, int(count.max(initial=0)), timepoints), np.nan)
    track = cells.slot[known] // cells.at.shape[1]
    out[track, place.ravel()[cells.slot[known]], cells.timepoint[known]] = size[known]
    return out
