"""Responses as they were reported, read once for the checks that compare them with the lesions.

Input: the responses table and `Data`. Output: codes of every row, codes of every timepoint, the
course of each track with its best response by a rule; and small helpers that go from rows of
lesions to timepoints.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, as_codes
from nettumor.assessment.course import one_a_day
from nettumor.best_response import best_overall_response
from nettumor.crf import NewLesion, Role, parse_flags, parse_new_lesions
from nettumor.criteria import AttenuationCriteria, BestResponseRule, SizeCriteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.subjects import same_evaluators
from nettumor.rows import group, spread
from nettumor.study.like_courses import kinds_of_courses, members
from nettumor.study.timepoints import Timepoints
from nettumor.terminology import Reason, Response, labels
from nettumor.timepoint.overall import combine
from nettumor.words.negation import says

CLINICAL = re.compile(
    r"\bCLINICAL(?:LY)?\b(?! (?:TRIAL|STUDY|BENEFIT|RESPONSE|STABLE))|\bSYMPTOM|\bDETERIORAT"
)
"""Words of a reason that say progression without an objective one (RECIST 1.1, 4.4.4)."""


_LONG_AGO = 1e5  # days before the first visit, which meet any minimum


@frozen(eq=False)
class Reported:
    """The responses table, one element per row.

    Attributes
    ----------
    rows : Rows
    use : ndarray of bool
        Given under the criteria of the run, after baseline (see `after_baseline`).
    target, non_target, overall, best : ndarray of int8
        Codes of `Response`; MISSING where blank, -1 for an unknown word.
    new : ndarray of int8
        Codes of `NewLesion`.
    clinical : ndarray of bool
        The row tells of symptomatic deterioration.
    """

    rows: Rows
    use: Bools
    target: Codes
    non_target: Codes
    overall: Codes
    best: Codes
    new: Codes
    clinical: Bools

    @property
    def new_lesion(self) -> Bools:
        """An unequivocal new lesion is reported."""
        return np.isin(self.new, (NewLesion.YES, NewLesion.UNEQUIVOCAL))


def is_reported(data: Data) -> bool:
    """Whether a response is given under the criteria of the run, or none at all."""
    if "responses" not in data.tables:
        return False
    return bool(data.own_criteria.any()) or not data["responses"].n


def under_own_criteria(data: Data) -> None:
    """Skip where no response is given under the criteria of the run: there is nothing to compare."""
    if not is_reported(data):
        raise Skip(f"no response is given under {data.family or data.criteria.name}")


@made_once
def reported(data: Data) -> Reported:
    """The responses table of a study, read once."""
    under_own_criteria(data)
    rows = data["responses"]

    def codes(name: str) -> Codes:
        return rows.responses(name) if name in rows else np.zeros(rows.n, np.int8)

    new = (
        parse_new_lesions(rows.table.column("new_lesion"))
        if "new_lesion" in rows
        else np.zeros(rows.n, np.int8)
    )
    clinical = np.zeros(rows.n, np.bool_)
    if "deterioration" in rows:
        clinical |= parse_flags(rows.table.column("deterioration")) == 1
    if "reason" in rows:
        clinical |= rows.table.column("reason").map(lambda w: says(w, CLINICAL), np.bool_)
    use = data.own_criteria & after_baseline(data)[rows.timepoint]
    return Reported(
        rows,
        use,
        codes("target"),
        codes("non_target"),
        codes("overall"),
        codes("best"),
        new,
        clinical,
    )


def compared(data: Data) -> Reported:
    """The responses, where they can be set against the lesions; else the check is skipped."""
    same_evaluators(data)
    return reported(data)


def as_recist(codes: Codes) -> Codes:
    """A part's iUPD is a progression of that part."""
    return np.where(codes == Response.IUPD, np.int8(Response.PD), codes)


def names_of(codes: npt.NDArray[Any], data: Data | None = None) -> npt.NDArray[Any]:
    """Codes as written; with ``data`` as the overall response of its criteria."""
    words = labels([*Response], data.criteria if data is not None else None)
    return np.asarray(words.astype(object)[as_codes(codes, "codes")])


def at_points(data: Data, codes: Codes) -> Codes:
    """For each timepoint the code that its rows of the run's criteria give: of an accepted row,
    else of the first.
    """
    rows = data["responses"]
    accepted = (
        parse_flags(rows.table.column("accepted")) == 1
        if "accepted" in rows
        else np.zeros(rows.n, np.bool_)
    )
    given = data.own_criteria & (codes > Response.MISSING)
    out = np.zeros(len(data.timepoints), np.int8)
    for use in (given, given & accepted):
        at = np.flatnonzero(use)[::-1]
        out[rows.timepoint[at]] = codes[at]
    return out


def reported_sums(data: Data) -> Floats:
    """The sum that was reported at each timepoint, NaN for none."""
    rows = data["responses"]
    out = np.full(len(data.timepoints), np.nan)
    at = np.flatnonzero(data.own_criteria & ~np.isnan(rows.number("sum")))[::-1]
    out[rows.timepoint[at]] = rows.number("sum")[at]
    return out


def rows_at_points(data: Data, where: Bools) -> Bools:
    """For each timepoint whether a row of the responses there is so."""
    out = np.zeros(len(data.timepoints), np.bool_)
    out[data["responses"].timepoint[where]] = True
    return out


def first_lesion(data: Data, where: Bools) -> Ints:
    """For each timepoint the first row of the lesions table that is so, -1 for none."""
    out = np.full(len(data.timepoints), -1, dtype=np.int64)
    at = np.flatnonzero(where)[::-1]
    out[data["lesions"].timepoint[at]] = at
    return out


@made_once
def tracks_with(data: Data, role: Role) -> Bools:
    """Tracks that have a lesion of this role at baseline or later."""
    rows = data["lesions"]
    out = np.zeros(data.n_tracks, dtype=np.bool_)
    out[rows.track[(rows.cells.role == role) & (rows.order >= 0)]] = True
    return out


@made_once
def tracks_with_lesions(data: Data) -> Bools:
    """Tracks that have any row of the lesions table."""
    out = np.zeros(data.n_tracks, dtype=np.bool_)
    if "lesions" in data.tables:
        out[data["lesions"].track] = True
    return out


@made_once
def after_baseline(data: Data) -> Bools:
    """Timepoints after baseline; in a track without lesions all that are not dated on or before its
    reference day.
    """
    points = data.timepoints
    if not len(points):
        return np.zeros(0, np.bool_)
    reference = data.shared.track_reference[points.track]
    first = (
        (points.order == 0) & ~tracks_with_lesions(data)[points.track] & ~(points.day <= reference)
    )
    return np.asarray((points.order > 0) | first)


def last_point(points: Timepoints, where: Bools, *, before: bool = True) -> Ints:
    """For each timepoint the last of its track that is so, ``before`` it (or it itself too); -1 for
    none.
    """
    index = np.arange(len(points))
    last = np.maximum.accumulate(np.where(where, index, -1)) if len(points) else index
    if before:
        last = np.concatenate([[-1], last[:-1]]) if len(points) else last
    return np.where((last >= 0) & (points.track[np.maximum(last, 0)] == points.track), last, -1)


def ever(points: Timepoints, where: Bools) -> Bools:
    """For each timepoint whether it, or one before it in its track, is so."""
    return np.asarray(last_point(points, where, before=False) >= 0)


def later_visits(data: Data, base: Ints) -> tuple[Ints, Ints]:
    """Every lesion row of ``base`` beside every later timepoint of its track at which lesions were
    assessed.
    """
    which, place = spread(*_later(data, base))
    return base[which], np.flatnonzero(data.timepoints.lesions >= 0)[place]


def count_later_visits(data: Data, base: Ints) -> Ints:
    """How many timepoints `later_visits` gives for each row of ``base``."""
    start, stop = _later(data, base)
    return stop - start


def first_visit_without(data: Data, base: Ints, where: Bools) -> Ints:
    """For each of some lesion rows, one a lesion, the first of its `later_visits` at which the lesion
    has no row that is so; -1 where it has one at all.
    """
    rows, points = data["lesions"], data.timepoints
    start, stop = _later(data, base)
    asked = np.full(len(rows.in_time), -1, dtype=np.int64)
    asked[rows.lesion[base]] = np.arange(len(base))
    seen = np.cumsum(points.lesions >= 0) - 1  # the number of each timepoint among those seen
    row = np.flatnonzero(where & (asked[rows.lesion] >= 0))
    which, place = asked[rows.lesion[row]], seen[rows.timepoint[row]]
    later = place >= start[which]
    visited = group(which[later], place[later])
    # as long as the lesion has a row at every visit, each stands right after the one before it
    which, place = visited.keys
    in_turn = place == start[which] + group(which).occurrence
    gap = start + np.bincount(which[in_turn], minlength=len(base))
    return np.append(np.flatnonzero(points.lesions >= 0), -1)[np.where(gap < stop, gap, -1)]


def _later(data: Data, base: Ints) -> tuple[Ints, Ints]:
    """Of the timepoints with lesions the first after each row of ``base``, and the first of the
    next track.
    """
    points, rows = data.timepoints, data["lesions"]
    before = np.append(0, np.cumsum(points.lesions >= 0))  # how many were seen before each
    return before[rows.timepoint[base] + 1], before[points.start[rows.track[base] + 1]]


@made_once
def other_reading(data: Data) -> tuple[Codes, Codes]:
    """Target and overall response at each timepoint by the other of two disputed readings, MISSING
    for none.

    A response carried on (EORTC FAQ) is SD where it is not; a target that is back after the sum was
    0, short of the absolute limit, is PD where reappearance is.
    """
    chain, criteria = data.chain, data.criteria
    target = np.where((chain.reason & Reason.SUSTAINED) != 0, Response.SD, Response.MISSING).astype(
        np.int8
    )
    if isinstance(criteria, SizeCriteria) and criteria.reappearance == "5 mm":
        back = (
            (chain.nadir == 0)
            & (chain.sum > 0)
            & (chain.n_missing == 0)
            & (chain.target > Response.PD)
        )
        target = np.where(back & (target == Response.MISSING), np.int8(Response.PD), target)
    overall = combine(target, chain.non_target, chain.new_lesion)
    return (
        target,
        np.where(target == Response.MISSING, np.int8(Response.MISSING), overall),
    )


@made_once
def judged_overall(data: Data) -> Codes:
    """The overall response of every timepoint: as reported; in tracks that report none, as
    recomputed.
    """
    points = data.timepoints
    said = np.zeros(len(points), np.int8)
    if "responses" in data.tables:
        said = at_points(data, reported(data).overall)
    said = np.where(after_baseline(data), said, np.int8(Response.MISSING))
    if "lesions" in data.tables and isinstance(data.criteria, (SizeCriteria, AttenuationCriteria)):
        silent = np.ones(data.n_tracks, np.bool_)
        silent[points.track[said > Response.MISSING]] = False
        said = np.where(silent[points.track], data.chain.overall, said)
    return said


def reference_days(data: Data) -> Floats:
    """The reference day of each track: that of the subject, else its baseline; day 0 where the
    study counts days.

    NaN where neither is known: a track without lesions whose first visit has a response already.
    """
    points = data.timepoints
    base = np.full(data.n_tracks, np.nan)
    at = (points.order == 0) & (judged_overall(data) == Response.MISSING)
    base[points.track[at]] = points.scan_day[at]
    given = data.shared.track_reference
    return np.where(np.isnan(given), base, given)


def best_of_tracks(data: Data, rule: BestResponseRule) -> tuple[Codes, npt.NDArray[np.int32], Ints]:
    """Best response of each track by a rule, its reason, and the timepoint of the first progression
    (-1 for none).

    Where the reference day is not known the minimum for SD is taken as met.
    """
    points, overall = data.timepoints, judged_overall(data)
    reference = reference_days(data)
    if len(points):
        first = np.full(data.n_tracks, np.inf)
        np.fmin.at(first, points.track, points.scan_day)
        reference = np.where(np.isnan(reference) & ~np.isinf(first), first - _LONG_AGO, reference)
    day = points.scan_day - reference[points.track] if len(points) else points.scan_day
    therapy = np.full(data.n_tracks, np.nan)
    if "subjects" in data.tables and "new_therapy" in data["subjects"]:
        rows = data["subjects"]
        start = np.full(len(data.subjects), np.nan)
        start[rows.subject[::-1]] = rows.dates("new_therapy").day[::-1]
        therapy = start[data.track_subject] - reference
    response, reason = np.zeros(data.n_tracks, np.int8), np.zeros(data.n_tracks, np.int32)
    progression = np.full(data.n_tracks, -1, np.int64)
    visits = np.diff(points.start)[:, None]
    for tracks in members(kinds_of_courses(visits, np.ones_like(visits))):
        unit = np.full(data.n_tracks, -1)
        unit[tracks] = np.arange(len(tracks))
        here = np.flatnonzero((unit[points.track] >= 0) & (points.order >= 0))
        place = unit[points.track[here]], points.order[here]
        shape = (len(tracks), int(place[1].max(initial=0)) + 1)
        codes, days, at = (
            np.zeros(shape, np.int8),
            np.full(shape, np.nan),
            np.full(shape, -1, np.int64),
        )
        codes[place], days[place], at[place] = overall[here], day[here], here
        codes, days, _ = one_a_day(codes, days, days)
        found = best_overall_response(codes, days, new_therapy=therapy[tracks], rule=rule)
        response[tracks], reason[tracks] = found.response, found.reason
        pd = found.course == Response.PD
        progression[tracks] = np.where(
            pd.any(axis=1), at[np.arange(len(tracks)), pd.argmax(axis=1)], -1
        )
    return response, reason, progression


def rule_of(data: Data) -> BestResponseRule:
    """The rule for the course under the criteria of the run."""
    rule = getattr(data.criteria, "best_response", None)
    if rule is None:
        raise Skip(f"{data.criteria.title} have no rule for the best response")
    found: BestResponseRule = rule
    return found
