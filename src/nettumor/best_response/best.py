"""Best overall response of each patient: the function, its input, and the patients block by block.

Days known to lie in an interval are tried in every combination that matters (`_possible_days`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import (
    GUARD,
    Bools,
    Codes,
    Floats,
    as_codes,
    as_days,
    as_flags,
    as_intervals,
    at_least,
    broadcast,
    check_increasing,
)
from nettumor._labels import by_label
from nettumor._possible_days import can_increase, tried, uncertain
from nettumor.best_response._answers import Answers
from nettumor.best_response._record import BestResponse
from nettumor.best_response._steps import (
    RESPONSES,
    confirmations,
    counts_as_unconfirmed,
    drop,
    judge_after_cr,
)
from nettumor.criteria import RECIST_1_1, BestResponseRule
from nettumor.criteria._types import require
from nettumor.errors import InputTypeError, refuse
from nettumor.terminology import Reason, Response

_R = Response
_BLOCK = 1 << 17  # timepoints judged at a time: keeps the work in the processor's cache


@by_label(responses="timepoint", days="timepoint", days_latest="timepoint", gives="timepoint")
def best_overall_response(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    days_latest: npt.ArrayLike | None = None,
    new_therapy: npt.ArrayLike | None = None,
    new_therapy_latest: npt.ArrayLike | None = None,
    progression: npt.ArrayLike | None = None,
    seen_again: npt.ArrayLike | None = None,
    non_target_only: npt.ArrayLike = False,
    rule: BestResponseRule = RECIST_1_1.best_response,
) -> BestResponse:
    """Best overall response of each patient, with its day, its confirmation and its reason.

    1. Dropped are MISSING, assessments on or after ``new_therapy``, and all after the first PD.
       With ``progression`` the course ends as PD at the first assessment on or after that day,
       which counts by that day (before a new therapy, or not).
    2. The first PR, MR, SD or NON-CR/NON-PD after a CR (NE between allowed) is judged by
       ``rule.cr_then_pr``: "PD": it becomes PD and ends the course; "PR": if no CR before it is
       confirmed, those CRs are read as PR; "keep": nothing changes. Where ``seen_again`` is False
       only markers rose, no disease was seen again: the step passes over it.
    3. A CR is confirmed by the first later CR at least ``confirmation_days`` on (inclusive), with
       only CR and NE between. A PR is confirmed by the first such CR or PR, with only CR, PR, NE
       and, if ``accept_sd_between``, one SD or MR between, and no PR after a CR from there up to
       and including the confirmation. Never with more than ``max_ne_between`` NE between.
    4. The answer is the first that exists: confirmed CR; confirmed PR; MR at or after
       ``sd_minimum_days``; SD: any CR, PR, MR or SD at or after it; NON-CR/NON-PD at or after it;
       PD; iUPD; NE: any other assessment; MISSING (NE if ``missing_as_ne``). With
       ``confirmation_days`` None every CR and PR counts as it is. In a course with NON-CR/NON-PD
       and no PR, MR or SD, an unconfirmed CR at or after the minimum falls to NON-CR/NON-PD (with
       ``unconfirmed_cr`` "SD" to SD); with ``non_target_only`` SD is no category, and what would
       be SD is NON-CR/NON-PD. The course meant there is the one that steps 1 and 2 leave.

    Where the sources are silent: only one lesser response after a CR is judged, the first, and an
    iUPD between does not prevent it. With ``cr_then_pr`` "PR" and no confirmation interval, any
    second CR with only CR and allowed NE between keeps the CRs from being read as PR.

    Parameters
    ----------
    responses : array_like of int, shape (..., timepoint)
        Codes of `Response`; every element is an assessment (there is no baseline among them, or it
        is MISSING); MISSING is none and is skipped. IUPD under iRECIST, where PD means iCPD.
    days : array_like of float or timedelta64, broadcastable to ``responses``
        Day of each assessment from the reference day (randomisation or start of treatment),
        strictly increasing where known. NaN with MISSING or NE is no visit; NaN with any other
        response is a day not known: the assessment keeps its place, and a PD there ends the course,
        but it confirms nothing and meets no minimum.
    days_latest : array_like of float, like ``days``, optional
        Each day lies in [``days``, ``days_latest``] (a month without its day). Where every
        combination of whole days that keeps the order of the timepoints gives one answer, that is
        the answer; else the interval counts as a day not known, with `Reason.DAY_UNKNOWN`.
    new_therapy : array_like of float, shape (...), optional
        First day of a new anticancer therapy; NaN or None: none. An assessment whose day is not
        known is dropped if one before it, by place, was on or after that day; else it is kept.
    new_therapy_latest : array_like of float, shape (...), optional
        Likewise for ``new_therapy``; where the answers differ its first day counts.
    progression : array_like of float, shape (...), optional
        Day at which a progression was first seen, e.g. `first_sighting(...).day`; NaN: none. One on
        or after ``new_therapy`` does not count.
    seen_again : array_like of bool, broadcastable to ``responses``, optional
        Whether disease was seen at the assessment; None: at all.
    non_target_only : array_like of bool, shape (...)
        True for a patient without target lesions (RECIST 1.1, 4.4.1 and Table 2).
    rule : BestResponseRule
        The ``.best_response`` of an edition, or a variant of it:
        ``attrs.evolve(rule, confirmation_days=None)`` for a randomised trial.

    Returns
    -------
    BestResponse
        With ``.response``, ``.day``, ``.timepoint``, ``.confirmed``, ``.confirmation_day``,
        ``.first_response_day``, ``.course``, ``.reason`` and ``.explain(index)``.

    Raises
    ------
    InputError
        For a code that is none, days that do not increase, infinite days, shapes that do not fit,
        or a ``rule`` that is not one.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.3, 4.3.5, 4.4.1, 4.4.3, 4.6 and Table 3, doi
    10.1016/j.ejca.2008.10.026; iRECIST (Seymour et al. 2017), Table 3, doi
    10.1016/S1470-2045(17)30074-8; admiralonco 1.4, derive_param_confirmed_bor.

    Examples
    --------
    >>> best = best_overall_response([7, 1, 7, 3], [56, 112, 168, 224])
    >>> best.response, best.day, best.confirmed
    (<Response.PR: 7>, 56.0, True)
    """
    if hasattr(rule, "best_response"):
        raise InputTypeError(
            f"`rule` of best_overall_response must be BestResponseRule; got {rule.title}. "
            "Pass its rule for the course, .best_response.",
            argument="rule",
        )
    require(rule, BestResponseRule, "best_overall_response", "rule")
    cohort = _read(
        responses,
        (days, days_latest),
        (new_therapy, new_therapy_latest),
        progression,
        seen_again,
        non_target_only,
        GUARD,
    )
    out = _judged(cohort, rule)
    if cohort.latest is not None or cohort.therapy_latest is not None:
        _try_intervals(out, cohort, rule)
    return out.result(cohort.shape, rule)


@frozen(eq=False)
class _Cohort:
    """The checked input: codes, days, ``seen_again`` (patient, timepoint), the rest (patient);
    None: not given. Days that are intervals are NaN in ``day``; ``first`` and ``latest`` are their
    ends.
    """

    codes: Codes
    day: Floats
    first: Floats
    latest: Floats | None
    therapy: Floats | None
    therapy_latest: Floats | None
    progression: Floats | None
    seen_again: Bools | None
    non_target_only: Bools | None
    guard: float
    shape: tuple[int, ...]


def _read(
    responses: npt.ArrayLike,
    days: tuple[npt.ArrayLike, npt.ArrayLike | None],
    new_therapy: tuple[npt.ArrayLike | None, npt.ArrayLike | None],
    progression: npt.ArrayLike | None,
    seen_again: npt.ArrayLike | None,
    non_target_only: npt.ArrayLike,
    guard: float,
) -> _Cohort:
    """The arguments, checked and broadcast."""
    given = np.atleast_1d(as_codes(responses, "responses"))
    first, last = (np.atleast_1d(d) for d in as_intervals(*days, "days"))
    along: dict[str, npt.NDArray[Any]] = {"responses": given, "days": first}
    if seen_again is not None:
        along["seen_again"] = np.atleast_1d(as_flags(seen_again, "seen_again"))
    codes = broadcast(**along)[0]
    _check_order(first, last, codes.shape[-1])
    single: dict[str, npt.NDArray[Any]] = {}
    if new_therapy[0] is not None:
        early, late = as_intervals(new_therapy[0], new_therapy[1], "new_therapy")
        single["new_therapy"] = early
        if uncertain(early, late).any():
            single["new_therapy_latest"] = late
    if progression is not None:
        single["progression"] = as_days(progression, "progression")
    single["non_target_only"] = as_flags(non_target_only, "non_target_only")
    lead = broadcast(
        **{"responses without the timepoint axis": np.empty(codes.shape[:-1]), **single}
    )[0].shape
    shape, patients = (*lead, codes.shape[-1]), int(np.prod(lead))

    def along_course(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if values.ndim == 1:  # shared by all: one row of memory
            return np.broadcast_to(values, (patients, shape[-1]))
        return np.broadcast_to(values, shape).reshape(patients, shape[-1])

    ends = {name: np.broadcast_to(v, lead).reshape(-1) for name, v in single.items()}
    intervals = uncertain(first, last)
    some = bool(intervals.any())
    return _Cohort(
        codes=along_course(given),
        day=along_course(np.where(intervals, np.nan, first) if some else first),
        first=along_course(first),
        latest=along_course(last) if some else None,
        therapy=ends.get("new_therapy"),
        therapy_latest=ends.get("new_therapy_latest"),
        progression=ends.get("progression"),
        seen_again=along_course(along["seen_again"]) if seen_again is not None else None,
        non_target_only=ends["non_target_only"] if ends["non_target_only"].any() else None,
        guard=guard,
        shape=shape,
    )


def _check_order(first: Floats, last: Floats, visits: int) -> None:
    """Days that cannot increase are refused, known or in an interval."""
    if first.shape[-1] != visits:
        first, last = (np.broadcast_to(d, (*d.shape[:-1], visits)) for d in (first, last))
    intervals = uncertain(first, last)
    check_increasing(np.where(intervals, np.nan, first) if intervals.any() else first, "days")
    if intervals.any():
        refuse(
            "days_latest",
            "late enough for days that increase along the last axis",
            last[..., -1:],
            ~can_increase(first, last)[..., None],
            "Sort the visits, or give NaN where the day is not known.",
        )


def _judged(cohort: _Cohort, rule: BestResponseRule) -> Answers:
    """The answers of all patients; an interval counts as a day not known."""
    patients, visits = cohort.codes.shape
    out = Answers(patients, visits)
    step = max(1, _BLOCK // max(1, visits))
    for start in range(0, patients, step):
        _judge_block(out, slice(start, start + step), cohort, rule)
    return out


def _judge_block(out: Answers, part: slice, cohort: _Cohort, rule: BestResponseRule) -> None:
    """The answers of some patients, written into ``out``."""

    def of(values: npt.NDArray[Any] | None) -> Any:
        return None if values is None else values[part].T

    # Timepoints first, so that each visit is one contiguous row; copies, for they are judged in
    # place.
    day, again = of(cohort.day), of(cohort.seen_again)
    course = np.array(cohort.codes[part].T, dtype=np.int8, order="C", copy=True)
    course[(course == _R.NE) & np.isnan(day)] = _R.MISSING  # no visit
    therapy, progression = of(cohort.therapy), of(cohort.progression)
    dated, whole = day, course
    if progression is not None:
        dated = _end_at_progression(course, day, therapy, progression, cohort.guard)
    if therapy is not None:
        whole = course.copy()
    reason = drop(course, dated, therapy, cohort.guard)
    judge_after_cr(course, day, again, reason, rule, cohort.guard)
    out.course[part] = course.T
    if therapy is not None and (reason & Reason.NEW_THERAPY).any():
        dropped = (course == _R.MISSING) & (whole != _R.MISSING)
        after = drop(whole, day, None, cohort.guard)
        judge_after_cr(whole, day, again, after, rule, cohort.guard)
        out.course[part] = np.where(dropped, whole, course).T
    _answer(out, part, course, day, dated, of(cohort.non_target_only), reason, rule, cohort.guard)


def _end_at_progression(
    codes: Codes, day: Floats, therapy: Floats | None, progression: Floats, guard: float
) -> Floats:
    """Step 1, in place: PD at the first assessment on or after ``progression``. The days by which
    the assessments then count.
    """
    after = (codes != _R.MISSING) & at_least(day, progression, guard)
    if therapy is not None:
        after &= ~at_least(progression, therapy, guard)
    who = np.flatnonzero(after.any(axis=0))
    at = after[:, who].argmax(axis=0)
    earlier = ((codes[:, who] == _R.PD) & (np.arange(len(codes))[:, None] < at)).any(axis=0)
    who, at = who[~earlier], at[~earlier]
    dated = np.array(day)
    codes[at, who], dated[at, who] = _R.PD, progression[who]
    return dated


def _try_intervals(out: Answers, cohort: _Cohort, rule: BestResponseRule) -> None:
    """Where every combination of possible days gives one answer, that answer; else DAY_UNKNOWN."""
    visits = cohort.codes.shape[1]
    latest = cohort.first if cohort.latest is None else cohort.latest
    first, last = cohort.first, latest
    if cohort.therapy is not None:
        ends = cohort.therapy if cohort.therapy_latest is None else cohort.therapy_latest
        first, last = (np.column_stack(p) for p in ((first, cohort.therapy), (last, ends)))
    is_open = uncertain(first, last).any(axis=1)
    steps = [rule.confirmation_days or 0]
    least = [] if rule.sd_minimum_days is None else [rule.sd_minimum_days]

    def marks(patient: int) -> list[float]:
        seen = None if cohort.progression is None else cohort.progression[patient]
        return least if seen is None or np.isnan(seen) else [*least, float(seen)]

    who, start, combos = tried(first, last, visits, marks, steps)
    out.reason[is_open] |= Reason.DAY_UNKNOWN
    if not who.size:
        return
    owner = np.repeat(who, np.diff(np.append(start, len(combos))))

    def of(values: npt.NDArray[Any] | None) -> Any:
        return None if values is None else values[owner]

    each = _judged(
        _Cohort(
            codes=cohort.codes[owner],
            day=combos[:, :visits],
            first=combos[:, :visits],
            latest=None,
            therapy=combos[:, visits] if cohort.therapy is not None else None,
            therapy_latest=None,
            progression=of(cohort.progression),
            seen_again=of(cohort.seen_again),
            non_target_only=of(cohort.non_target_only),
            guard=cohort.guard,
            shape=(len(combos), visits),
        ),
        rule,
    )
    out.take_agreed(each, who, start)


def _answer(
    out: Answers,
    part: slice,
    codes: Codes,
    day: Floats,
    dated: Floats,
    non_target_only: Bools | None,
    reason: npt.NDArray[np.int32],
    rule: BestResponseRule,
    guard: float,
) -> None:
    """Step 4, for one block of patients, written into ``out``; ``dated`` says which day an answer
    has.
    """
    if codes.shape[0] == 0:
        codes = np.zeros((1, codes.shape[1]), dtype=np.int8)
        day = dated = np.full((1, codes.shape[1]), np.nan)
    counts_as, hoped = counts_as_unconfirmed(codes, day, non_target_only, rule, guard)
    by = np.full(codes.shape, -1, dtype=np.int32)
    if rule.confirmation_days is not None:
        for response in (_R.CR, _R.PR):
            by = np.maximum(by, confirmations(codes, day, response, rule, guard))
    responses = RESPONSES.take(codes)
    as_reported = (by >= 0) if rule.confirmation_days is not None else responses
    counts_as = np.maximum(counts_as, codes * as_reported)

    patient = np.arange(codes.shape[1])
    best, at = counts_as.max(axis=0), counts_as.argmax(axis=0)  # the first of the best
    second = by[at, patient]
    confirmed = second >= 0
    first = as_reported.argmax(axis=0)
    none = best == _R.MISSING
    reason |= confirmed * Reason.CONFIRMED.value
    reason |= (responses & (codes > best)).any(axis=0) * Reason.UNCONFIRMED.value
    reason |= (hoped.max(axis=0) > best) * Reason.TOO_EARLY.value
    reason |= ((codes != _R.MISSING) & np.isnan(day)).any(axis=0) * Reason.DAY_UNKNOWN.value
    reason |= none * Reason.NO_ASSESSMENT.value
    reason |= ((best == _R.NE) & (codes[at, patient] == _R.NE)) * Reason.NOT_MEASURED.value

    out.response[part] = np.where(none & rule.missing_as_ne, _R.NE, best)
    out.timepoint[part] = np.where(none, -1, at)
    out.day[part] = np.where(none, np.nan, dated[at, patient])
    out.confirmed[part] = confirmed
    out.confirmation_day[part] = np.where(confirmed, day[second, patient], np.nan)
    out.first_response_day[part] = np.where(as_reported.any(axis=0), day[first, patient], np.nan)
    out.reason[part] = reason
