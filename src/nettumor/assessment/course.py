"""The course of every unit: best response and progression, with the links of the chain; the times to
events stand in `times`, the days that end them in `ends`.

The same course goes to best response and to the endpoints, so that they agree. Codes and days of
shape (unit, timepoint) come in, with the subjects' days; answers of shape (unit,) come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least, more_than, running
from nettumor._late import Late
from nettumor.assessment.ends import Ends, therapy_days
from nettumor.assessment.judgement import Judgement, possible_days
from nettumor.assessment.times import intervals_of, starts_of, time_of
from nettumor.best_response import BestResponse, best_overall_response
from nettumor.best_response._steps import RESPONSES
from nettumor.criteria import BestResponseRule, CensoringRule
from nettumor.endpoints import TimeToEvent
from nettumor.endpoints._censoring import progression_place
from nettumor.endpoints.progression import times_of_course
from nettumor.study.tracks import tracks_of
from nettumor.study.visits import Visits
from nettumor.terminology import Response


@frozen(eq=False)
class Outcome:
    """What became of each unit, shape (unit,) unless said otherwise.

    Attributes
    ----------
    best : BestResponse
        By the rule.
    taken : ndarray of bool, shape (unit, timepoint)
        Whether the course takes the response: of two of one day the worse.
    last_response, last_day : ndarray
        The last adequate response of the course up to its first progression, MISSING for none; and
        its day, NaN where it is not known.
    measurable : ndarray of bool
        Whether targets were measured at the baseline.
    death, died : ndarray
        Day of death, NaN where it is not known; whether one is recorded.
    progression_day : ndarray of float
        Day of the first progression of the course, up to a new therapy that censors; NaN for none,
        or a day not known.
    progressed : ndarray of bool
    best_percent, best_percent_day, baseline_day : ndarray of float
        The smallest change of the sum from baseline, percent, of the visits that count for best
        response, and its day, worked out when they are asked for; the day of the baseline.
    times : mapping of str to TimeToEvent
        "PFS", "TTP", "DOR", "TTR", "OS", "TTNT"; "OSMET", survival from the first metastasis, where
        a subject has the day of one. Each is worked out when it is asked for.
    start : dict of str to ndarray of float
        The day each time counts from; 0 but for "DOR" and "OSMET".
    """

    best: BestResponse
    taken: Bools
    last_response: Codes
    last_day: Floats
    measurable: Bools
    death: Floats
    died: Bools
    progression_day: Floats
    progressed: Bools
    baseline_day: Floats
    times: Mapping[str, TimeToEvent]
    start: dict[str, Floats]
    _others: Mapping[str, BestResponse]
    _best_percents: Mapping[str, tuple[Floats, Floats]]

    @property
    def unconfirmed(self) -> BestResponse:
        """Best response by the same rule without confirmation, worked out when it is asked for."""
        return self._others["unconfirmed"]

    @property
    def best_percent(self) -> Floats:
        """The smallest change from baseline."""
        return self._best_percents["change"][0]

    @property
    def best_percent_day(self) -> Floats:
        """The day of the smallest change from baseline."""
        return self._best_percents["change"][1]


def one_a_day(codes: Codes, days: Floats, shown: Floats) -> tuple[Codes, Floats, Floats]:
    """One assessment a day: of two visits on one day the worse response, NE only where there is no
    other.

    The other becomes MISSING, with no day. ``shown``, the day a progression is shown on, goes with
    the response.

    >>> days = np.array([[0.0, 56.0, 56.0, 56.0]])
    >>> codes, days, _ = one_a_day(np.array([[0, 5, 7, 1]], np.int8), days, days)
    >>> codes.tolist(), days.tolist()
    ([[0, 5, 0, 0]], [[0.0, 56.0, nan, nan]])
    >>> same = np.array([[0.0, 56.0, 56.0]])
    >>> one_a_day(np.array([[0, 0, 1]], np.int8), same, same)[0].tolist()
    [[0, 1, 0]]
    """
    if (days[:, 1:] > days[:, :-1]).all():
        return codes, days, shown
    later = np.where(np.isnan(days), -np.inf, days)
    before = np.maximum.accumulate(later, axis=1)[:, :-1]
    if not (~np.isnan(days[:, 1:]) & (later[:, 1:] <= before)).any():
        return codes, days, shown
    codes, days, shown = codes.copy(), days.copy(), shown.copy()
    kept = np.zeros(len(codes), dtype=np.int64)
    unit = np.arange(len(codes))
    for t in range(1, codes.shape[1]):
        same = days[:, t] == days[unit, kept]
        here, there = codes[:, t], codes[unit, kept]
        worse = (here > Response.NE) & ((here < there) | (there <= Response.NE))
        worse |= (there == Response.MISSING) & (kept > 0)
        first = np.where(here == there, np.fmin(shown[:, t], shown[unit, kept]), shown[unit, kept])
        first = np.where(worse, shown[:, t], first)
        codes[unit[same], kept[same]] = np.where(worse, here, there)[same]
        shown[unit[same], kept[same]] = first[same]
        codes[same, t], days[same, t] = Response.MISSING, np.nan
        kept = np.where(~same & ~np.isnan(days[:, t]), t, kept)
    return codes, days, shown


def outcome(
    judgement: Judgement,
    visits: Visits,
    ends: Ends,
    rule: BestResponseRule,
    censoring: CensoringRule,
    *,
    metastasis: bool | None = None,
) -> Outcome:
    """Best response, progression and times of every unit; ``metastasis``: survival from the first
    metastasis is asked for (None: where one of them has its day).
    """
    treated = therapy_days(ends, censoring)
    course = _course(judgement, visits, ends, treated[1])
    has_targets, assessed = _disease(judgement, visits)
    only_non_targets = ~has_targets & (judgement.non_target != Response.MISSING).any(axis=1)
    seen_first = course.seen_first(rule, immune=judgement.immune)
    best_by = partial(_best, course, judgement, treated, seen_first, only_non_targets)
    best = best_by(rule)
    # What is after the cut-off stays in the course of the endpoints, so that they can say why they
    # end.
    codes = np.where(course.late, course.codes, best.course)
    place, progression = _progression(course, codes, seen_first, ends, censoring)
    first = best.first_response_day
    along = times_of_course(
        codes,
        course.timed_first,
        first,
        days_latest=course.timed_latest,
        baseline_assessed=assessed,
        censoring=censoring,
        progression=progression,
        **intervals_of(ends),
    )
    start = starts_of(along, ends, first, metastasis=metastasis)
    undated = RESPONSES[best.response] & np.isnan(first)
    last_response, last_day = _last_adequate(best, course)
    unconfirmed = attrs.evolve(rule, confirmation_days=None)
    return Outcome(
        best=best,
        taken=course.codes != Response.MISSING,
        last_response=last_response,
        last_day=last_day,
        measurable=~np.isnan(judgement.target.baseline[:, 0]),
        death=ends.death,
        died=ends.died,
        progression_day=progression,
        progressed=place >= 0,
        baseline_day=tracks_of(visits.day, judgement.owner)[:, 0],
        times=Late(
            {
                name: partial(time_of, name, along, ends, start[name], censoring, undated)
                for name in start
            }
        ),
        start=start,
        others=Late({"unconfirmed": partial(best_by, unconfirmed)}),
        best_percents=Late({"change": partial(_best_percent, judgement, course, ends, censoring)}),
    )


def _best(
    course: _Course,
    judgement: Judgement,
    treated: tuple[Floats, Floats],
    seen_first: Floats | None,
    only_non_targets: Bools,
    rule: BestResponseRule,
) -> BestResponse:
    """Best response by a rule, of what counts before the cut-off."""
    found: BestResponse = best_overall_response(
        course.counted,
        course.first,
        days_latest=course.latest,
        new_therapy=treated[0],
        new_therapy_latest=treated[1],
        progression=seen_first,
        seen_again=None if judgement.markers_alone is None else ~judgement.markers_alone,
        non_target_only=only_non_targets,
        rule=rule,
    )
    return found


def _last_adequate(best: BestResponse, course: _Course) -> tuple[Codes, Floats]:
    """The last adequate response of each course and its day."""
    adequate = best.course > Response.NE
    last = np.where(adequate, np.arange(adequate.shape[1]), 0).max(axis=1, initial=0)
    unit, some = np.arange(len(adequate)), adequate.any(axis=1)
    code = np.where(some, best.course[unit, last], np.int8(Response.MISSING))
    exact = course.first[unit, last] == course.latest[unit, last]
    return code, np.where(some & exact, course.first[unit, last], np.nan)


def _best_percent(
    judgement: Judgement, course: _Course, ends: Ends, censoring: CensoringRule
) -> tuple[Floats, Floats]:
    """The smallest change from baseline of each unit and its day, up to the first progression, a
    new therapy and the cut-off; NaN where no sum was complete.
    """
    pd = course.counted == Response.PD
    ended = np.zeros(pd.shape, dtype=np.bool_)
    ended[:, 1:] = running(np.logical_or, pd.T[:-1]).T
    day = course.visit_first
    treated = at_least(day, therapy_days(ends, censoring)[0][:, None])
    use = (course.codes != Response.MISSING) & ~ended & ~course.late & ~treated
    percent = np.where(use, judgement.target.percent_from_baseline, np.nan)
    known = ~np.isnan(percent)
    place = np.where(known, percent, np.inf).argmin(axis=1)
    unit = np.arange(len(percent))
    exact = np.where(day == course.visit_latest, day, np.nan)
    found = known.any(axis=1)
    return (
        np.where(found, percent[unit, place], np.nan),
        np.where(found, exact[unit, place], np.nan),
    )


@frozen(eq=False)
class _Course:
    """The timepoints of every unit, one a day, shape (unit, timepoint): codes, the first and last
    possible day of each (not known where it may be after the cut-off, or not), the scan that shows a
    progression, whether it is after the cut-off, and the codes that count before it; the days as
    the times take them, and those of the visits, by which sums count.
    """

    codes: Codes
    first: Floats
    latest: Floats
    timed_first: Floats
    timed_latest: Floats
    visit_first: Floats
    visit_latest: Floats
    shown: Floats
    late: Bools
    counted: Codes

    def seen_first(self, rule: BestResponseRule, *, immune: bool) -> Floats | None:
        """The day on which the first progression was first seen; NaN for none.

        A progression dated within its own visit counts by that scan; one dated at an earlier visit,
        where a lesion was equivocal, by ``equivocal_progression``.
        """
        if immune:  # what is seen first is unconfirmed there
            return None
        pd = self.counted == Response.PD
        place = np.where(pd.any(axis=1), pd.argmax(axis=1), -1)
        at = np.maximum(place, 0)[:, None]
        day = np.take_along_axis(self.shown, at, axis=1)[:, 0]
        if rule.equivocal_progression == "date only":
            known = np.where(self.counted == Response.MISSING, np.nan, self.latest)
            known = np.where(np.arange(known.shape[1]) < place[:, None], known, np.nan)
            before = np.fmax.reduce(known, axis=1, initial=np.nan)
            day = np.where(day <= before, np.nan, day)
        return np.where(place >= 0, day, np.nan)


def _course(judgement: Judgement, visits: Visits, ends: Ends, treated: Floats) -> _Course:
    """One assessment a day, and what of it is not after the cut-off; ``treated``: the last day on
    which a new therapy may have begun.
    """
    owner = judgement.owner
    day, first, latest = (
        tracks_of(d, owner) for d in (visits.day, visits.day_first, visits.day_latest)
    )
    codes, days, shown = one_a_day(judgement.overall, day, judgement.progression_day)
    proof = shown
    if judgement.proof_day is not judgement.progression_day:
        proof = one_a_day(judgement.overall, day, judgement.proof_day)[2]
    if days is not day:  # of two visits on one day the other has none
        lost = np.isnan(days) & ~np.isnan(day)
        first, latest = np.where(lost, np.nan, first), np.where(lost, np.nan, latest)
    first, latest = possible_days(first, latest)
    visit = first, latest
    if judgement.immune:
        first, latest = _by_scan(codes, shown, first, latest)
    cut, cut_latest = (c[:, None] for c in ends.possible["cutoff"])
    late = more_than(first, cut_latest)
    # What may be after the cut-off, or not, is not known to be before it; the endpoints see for
    # themselves.
    timed = first, latest
    doubtful = ~late & more_than(latest, cut) & ~at_least(first, treated[:, None])
    if doubtful.any():
        first, latest = np.where(doubtful, np.nan, first), np.where(doubtful, np.nan, latest)
    # What is unequivocal only after the cut-off was not so before it.
    seen_in_time = (codes == Response.PD) & ~more_than(proof, cut) & ~np.isnan(proof)
    counted = np.where(late & ~seen_in_time, np.int8(Response.MISSING), codes)
    return _Course(codes, first, latest, *timed, *visit, shown, late & ~seen_in_time, counted)


def _by_scan(codes: Codes, shown: Floats, first: Floats, latest: Floats) -> tuple[Floats, Floats]:
    """The days of a course under iRECIST: a progression, confirmed or not, is of the day of the scan
    that shows it, unless a visit before it lies after that scan.
    """
    before = np.full(first.shape, -np.inf)
    before[:, 1:] = np.fmax.accumulate(np.fmax(latest, -np.inf), axis=1)[:, :-1]
    progressed = (codes == Response.IUPD) | (codes == Response.PD)
    by_scan = progressed & more_than(shown, before)
    return np.where(by_scan, shown, first), np.where(by_scan, shown, latest)


def _documented(course: _Course, codes: Codes, seen_first: Floats | None) -> Floats:
    """The scan that first documents the progression of each timepoint: its own, or the earlier one
    by which `best_overall_response` ended the course there.
    """
    ended = (codes == Response.PD) & (course.counted != Response.PD)
    if seen_first is None or not ended.any():
        return course.shown
    at = np.nonzero(ended)  # few
    shown, day = course.shown.copy(order="K"), seen_first[at[0]]
    earlier = at_least(course.first[at], day)
    shown[at] = np.where(earlier, np.fmin(shown[at], day), shown[at])
    return shown


def _progression(
    course: _Course,
    codes: Codes,
    seen_first: Floats | None,
    ends: Ends,
    censoring: CensoringRule,
) -> tuple[npt.NDArray[np.int64], Floats]:
    """The timepoint of the first progression of each course (-1: none) and the day it is dated at,
    that of best response.

    An iCPD needs an assessment that counts; an iUPD that nothing contradicts is one by the
    censoring rule, as in `progression_free_survival`.
    """
    documented = _documented(course, codes, seen_first)
    own, seen = ~course.late, ~course.late
    therapy = ends.possible["new_therapy"][0][:, None]
    if censoring.new_therapy_censors and not np.isnan(therapy).all():
        after = more_than if censoring.same_day_therapy == "counts" else at_least
        own &= ~after(course.first, therapy)
        seen &= ~after(documented, therapy)
    pd = (codes == Response.PD) & seen
    place = progression_place(codes, pd)
    unconfirmed = codes == Response.IUPD
    if unconfirmed.any():
        confirming = np.where(pd.any(axis=1), pd.argmax(axis=1), -1)
        counts = np.take_along_axis(own, np.maximum(confirming, 0)[:, None], axis=1)[:, 0]
        place = np.where((place >= 0) & (place < confirming) & ~counts, -1, place)
        if censoring.unconfirmed_pd == "event":
            visit = np.arange(codes.shape[1])
            contradicts = own & (codes >= Response.NON_CR_NON_PD)
            last = np.where(contradicts, visit, -1).max(axis=1, initial=-1)
            standing = own & unconfirmed & (visit > last[:, None])
            first = np.where(standing.any(axis=1), standing.argmax(axis=1), -1)
            place = np.where(place < 0, first, place)
    shown = np.take_along_axis(documented, np.maximum(place, 0)[:, None], axis=1)[:, 0]
    return place, np.where(place >= 0, shown, np.nan)


def _disease(judgement: Judgement, visits: Visits) -> tuple[Bools, Bools]:
    """Whether there are targets; and whether the baseline was assessed: a sum where there are, and
    nothing to measure where there is no disease (a reader of new lesions alone).
    """
    there = tracks_of(visits.exists[:, 0] | visits.no_disease, judgement.owner)
    target = judgement.target
    has_targets = (target.response != Response.MISSING).any(axis=1) | (target.n_missing[:, 0] > 0)
    assessed = there & (~has_targets | ~np.isnan(target.baseline[:, 0]))
    return np.asarray(has_targets), np.asarray(assessed)
