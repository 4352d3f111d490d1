"""The course of one patient: which responses are confirmed, how long SD lasted, and the best
overall response.

What was the best that a patient's disease ever did? Sources: RECIST 1.1 (Eisenhauer et al. 2009),
4.4.3, 4.6 and Table 3; RECIST 1.0; WHO 1981; iRECIST (Seymour et al. 2017, Table 3); admiralonco
1.4 (pharmaverse), whose algorithm `ADMIRALONCO_BEST_RESPONSE` follows. Codes of `Response` come in,
shape (..., timepoint), with their days; one answer for each patient comes out, with its day, its
reason and the course as it was judged.

Where Table 3 and admiralonco differ on purpose: a single CR before the minimum for SD, followed by
a PR or SD, is PD in Table 3 (if the CR was truly met, any disease later is PD) and SD in
admiralonco (what is reported is kept). Take ``criteria.ADMIRALONCO_BEST_RESPONSE`` to reconcile
with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import (
    Bools,
    Codes,
    Floats,
    as_codes,
    as_days,
    at_least,
    broadcast,
    check_increasing,
    running,
)
from nettumor._arrays import guard as guard_of
from nettumor._labels import by_label
from nettumor.criteria import RECIST_1_1, BestResponseRule
from nettumor.criteria._types import require
from nettumor.errors import InputTypeError
from nettumor.terminology import Reason, Response

_R = Response
_BLOCK = (
    1 << 15
)  # patients judged at a time: keeps memory small and the work in the processor's cache

# What each code counts as, by step 4, where nothing confirms it: at or after the minimum for SD,
# and before it.
_IN_TIME = np.array(
    [_R.MISSING, _R.NE, _R.IUPD, _R.PD, _R.NON_CR_NON_PD, _R.SD, _R.MR, _R.SD, _R.SD], np.int8
)
_TOO_EARLY = np.array(
    [_R.MISSING, _R.NE, _R.IUPD, _R.PD, _R.NE, _R.NE, _R.NE, _R.NE, _R.NE], np.int8
)


def _codes(*responses: Response) -> Bools:
    """A table of codes: True for ``responses``, to be indexed with codes."""
    return np.isin(np.arange(len(Response)), responses)


_RESPONSES = _codes(_R.CR, _R.PR)
_LESSER = _codes(_R.PR, _R.MR, _R.SD, _R.NON_CR_NON_PD)
_STABLE = _codes(_R.SD, _R.MR)
_MEASURED = _codes(_R.PR, _R.MR, _R.SD)


@frozen(eq=False, repr=False)
class BestResponse:
    """Best overall response of each patient, as returned by `best_overall_response`.

    Attributes
    ----------
    response : ndarray of int8, shape (...), or Response for one patient
        The best overall response (``AVALC`` of an ADRS data set).
    day : ndarray of float, or float
        Day of the assessment that earned it, not of the one that confirmed it; NaN for MISSING, and
        where that day is not known (`Reason.DAY_UNKNOWN`).
    timepoint : ndarray of int, or int
        Its place on the last axis; -1 where there is no assessment.
    confirmed : ndarray of bool, or bool
        True for a CR or PR that a second assessment confirmed; False for all else, and throughout
        where the rule asks for no confirmation.
    confirmation_day : ndarray of float, or float
        Day of the assessment that confirmed it; NaN where ``confirmed`` is False.
    first_response_day : ndarray of float, or float
        Day of the first CR or PR (the first confirmed one, where the rule asks for confirmation);
        NaN without one, and where its day is not known.
    course : ndarray of int8, shape (..., timepoint)
        The course as judged by steps 1 and 2: what was dropped is MISSING, what was read otherwise
        is changed. Give it to `progression_free_survival`, so that both agree.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: CONFIRMED; UNCONFIRMED (a better CR or PR was not confirmed); TOO_EARLY
        (the minimum for SD was not met); AFTER_CR; COURSE_ENDED; NEW_THERAPY; DAY_UNKNOWN (of an
        assessment of the course); NO_ASSESSMENT; NOT_MEASURED (the answer is an assessment that was
        NE).
    rule : BestResponseRule
        The rule that was applied.

    Examples
    --------
    >>> print(best_overall_response([[7, 7], [5, 3]], [56, 112]))
    BestResponse(2 patients: 1 PR, 1 SD; 1 confirmed)
    """

    response: Any
    day: Any
    timepoint: Any
    confirmed: Any
    confirmation_day: Any
    first_response_day: Any
    course: Codes
    reason: Any
    rule: BestResponseRule

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the patient at ``index`` has this best response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``; nothing for one patient.

        Returns
        -------
        str

        Examples
        --------
        >>> print(best_overall_response([7, 5, 3], [30, 60, 90]).explain())
        SD: day 60.0 (timepoint 1), SD counts from day 42; a CR or PR was not confirmed by another at least 28 days \
later (RECIST 1.1, 4.4.3 and Table 3)
        """
        response, timepoint = (
            Response(int(np.asarray(self.response)[index])),
            int(np.asarray(self.timepoint)[index]),
        )
        bits = Reason(int(np.asarray(self.reason)[index]))
        day, second = (float(np.asarray(a)[index]) for a in (self.day, self.confirmation_day))
        said = (
            []
            if timepoint < 0
            else [f"{_on(day)} (timepoint {timepoint}){self._counted(response)}"]
        )
        for bit, clause in self._clauses(second).items():
            if bit in bits:
                said.append(clause)
        source = _wording.source(self.rule.citation.document, self.rule.citation)
        return f"{response.label}: {'; '.join(said)} {source}"

    def _counted(self, response: Response) -> str:
        least = self.rule.sd_minimum_days
        counted = response in (_R.MR, _R.SD, _R.NON_CR_NON_PD) and least is not None
        return f", {response.label} counts from day {least:g}" if counted else ""

    def _clauses(self, second: float) -> dict[Reason, str]:
        """What each bit of the reason says; ``second`` is the day of the confirmation."""
        rule = self.rule
        after_cr = {
            "PD": "is PD",
            "PR": "makes an unconfirmed CR a PR",
            "keep": "stays as reported",
        }[rule.cr_then_pr]
        apart = f"{rule.confirmation_days:g}" if rule.confirmation_days is not None else ""
        least = f"{rule.sd_minimum_days:g}" if rule.sd_minimum_days is not None else ""
        return {
            Reason.CONFIRMED: f"confirmed on day {_wording.number(second)}, at least {apart} days "
            "later",
            Reason.UNCONFIRMED: f"a CR or PR was not confirmed by another at least {apart} days "
            "later",
            Reason.TOO_EARLY: f"a better response was not at or after day {least}",
            Reason.AFTER_CR: f"a lesser response after a CR {after_cr}",
            Reason.NOT_MEASURED: "not evaluable",
            Reason.NO_ASSESSMENT: "no assessment",
            Reason.COURSE_ENDED: "assessments after the first PD do not count",
            Reason.NEW_THERAPY: "assessments on or after a new therapy do not count",
            Reason.DAY_UNKNOWN: "an assessment on a day not known confirms nothing and meets no "
            "minimum",
        }

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"BestResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        )
        return f"BestResponse({counts.sum()} patients: {found}; {np.count_nonzero(self.confirmed)} confirmed)"


def _on(day: float) -> str:
    return "on a day not known" if np.isnan(day) else f"day {_wording.number(day)}"


@by_label(responses="timepoint", days="timepoint")
def best_overall_response(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    new_therapy: npt.ArrayLike | None = None,
    rule: BestResponseRule = RECIST_1_1.best_response,
) -> BestResponse:
    """Best overall response of each patient, with its day, its confirmation and its reason.

    1. Dropped are MISSING, assessments on or after ``new_therapy``, and all after the first PD.
    2. The first PR, MR, SD or NON-CR/NON-PD after a CR (NE between allowed) is judged by
       ``rule.cr_then_pr``: "PD": it becomes PD and ends the course; "PR": if no CR before it is
       confirmed, those CRs are read as PR; "keep": nothing changes.
    3. A CR is confirmed by the first later CR at least ``confirmation_days`` on (inclusive), with
       only CR and NE between. A PR is confirmed by the first such CR or PR, with only CR, PR, NE
       and, if ``accept_sd_between``, one SD or MR between, and no PR after a CR from there up to
       and including the confirmation. Never with more than ``max_ne_between`` NE between.
    4. The answer is the first that exists: confirmed CR; confirmed PR; MR at or after
       ``sd_minimum_days``; SD: any CR, PR, MR or SD at or after it; NON-CR/NON-PD at or after it;
       PD; iUPD; NE: any other assessment; MISSING (NE if ``missing_as_ne``). With
       ``confirmation_days`` None every CR and PR counts as it is. In a course with NON-CR/NON-PD
       and no PR, MR or SD, an unconfirmed CR at or after the minimum falls to NON-CR/NON-PD (with
       ``unconfirmed_cr`` "SD" to SD). The course meant there is the one that steps 1 and 2 leave.

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
    new_therapy : array_like of float, shape (...), optional
        First day of a new anticancer therapy; NaN or None: none. An assessment whose day is not
        known is dropped if one before it, by place, was on or after that day; else it is kept.
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
    RECIST 1.1 (Eisenhauer et al. 2009), 4.4.3, 4.6 and Table 3, doi 10.1016/j.ejca.2008.10.026;
    iRECIST (Seymour et al. 2017), Table 3, doi 10.1016/S1470-2045(17)30074-8; admiralonco 1.4,
    derive_param_confirmed_bor.

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
    codes, day, therapy, shape = _read(responses, days, new_therapy)
    patients, visits = codes.shape
    tolerance = guard_of(days) if new_therapy is None else guard_of(days, new_therapy)
    out = _Answers(patients, visits)
    for start in range(0, patients, _BLOCK):
        part = slice(start, start + _BLOCK)
        # Timepoints first, so that each visit is one contiguous row; a copy, for it is judged in
        # place.
        course = np.array(codes[part].T, dtype=np.int8, order="C", copy=True)
        reason = _drop(course, day[part].T, None if therapy is None else therapy[part], tolerance)
        _judge_after_cr(course, day[part].T, reason, rule, tolerance)
        out.course[part] = course.T
        _answer(out, part, course, day[part].T, reason, rule, tolerance)
    return out.result(shape, rule)


def _read(
    responses: npt.ArrayLike, days: npt.ArrayLike, new_therapy: npt.ArrayLike | None
) -> tuple[Codes, Floats, Floats | None, tuple[int, ...]]:
    """The checked input as codes and days (patient, timepoint), new therapy (patient), and the
    shape of all.
    """
    given, known = (
        np.atleast_1d(as_codes(responses, "responses")),
        np.atleast_1d(as_days(days, "days")),
    )
    codes, day = broadcast(responses=given, days=known)
    check_increasing(known if known.shape[-1] == day.shape[-1] else day, "days")
    lead, visits = codes.shape[:-1], codes.shape[-1]
    therapy = None
    if new_therapy is not None:
        therapy = as_days(new_therapy, "new_therapy")
        (_, therapy) = broadcast(
            **{"responses without the timepoint axis": np.empty(lead), "new_therapy": therapy}
        )
        lead = therapy.shape
        therapy = therapy.reshape(-1)
    shape = (*lead, visits)
    patients = int(np.prod(lead))
    flat = np.broadcast_to(codes, shape).reshape(patients, visits)
    # Days shared by all stay one row of memory.
    shared = np.broadcast_to(known, (patients, visits)) if known.ndim == 1 else None
    day = np.broadcast_to(day, shape).reshape(patients, visits) if shared is None else shared
    return flat, day, therapy, shape


def _drop(codes: Codes, day: Floats, therapy: Floats | None, guard: float) -> npt.NDArray[np.int32]:
    """Step 1, in place: what is dropped becomes MISSING. The bits of the reason that this gives."""
    reason = np.zeros(codes.shape[1], dtype=np.int32)
    codes[(codes == _R.NE) & np.isnan(day)] = _R.MISSING  # no visit
    if therapy is not None:
        on_or_after = (codes != _R.MISSING) & at_least(day, therapy, guard)
        _leave_out(codes, running(np.logical_or, on_or_after), reason, Reason.NEW_THERAPY)
    _end_at_pd(codes, reason)
    return reason


def _end_at_pd(codes: Codes, reason: npt.NDArray[np.int32]) -> None:
    after = np.zeros(codes.shape, dtype=np.bool_)
    after[1:] = running(np.logical_or, codes[:-1] == _R.PD)
    _leave_out(codes, after, reason, Reason.COURSE_ENDED)


def _leave_out(codes: Codes, which: Bools, reason: npt.NDArray[np.int32], bit: Reason) -> None:
    reason[(which & (codes != _R.MISSING)).any(axis=0)] |= bit
    codes *= ~which  # MISSING is 0


def _judge_after_cr(
    codes: Codes, day: Floats, reason: npt.NDArray[np.int32], rule: BestResponseRule, guard: float
) -> None:
    """Step 2, in place: the first PR, MR, SD or NON-CR/NON-PD after a CR, by ``cr_then_pr``."""
    lesser = running(np.logical_or, codes == _R.CR) & _LESSER.take(codes)
    who = np.flatnonzero(lesser.any(axis=0))
    if not who.size:
        return
    reason[who] |= Reason.AFTER_CR
    first = lesser[:, who].argmax(axis=0)
    if rule.cr_then_pr == "PD":
        codes[first, who] = _R.PD
        _end_at_pd(codes, reason)
    elif rule.cr_then_pr == "PR":
        course, at = codes[:, who], np.arange(codes.shape[0])[:, None]
        before = (course == _R.CR) & (at < first)
        confirmed = _confirmations(course, day[:, who], _R.CR, rule, guard) >= 0
        misread = before & ~(before & confirmed).any(axis=0)
        codes[:, who] = np.where(misread, _R.PR, course)


def _confirmations(
    codes: Codes, day: Floats, response: Response, rule: BestResponseRule, guard: float
) -> npt.NDArray[np.int32]:
    """Step 3: the timepoint that confirms each ``response`` (CR or PR), -1 where none does."""
    by = np.full(codes.shape, -1, dtype=np.int32)
    is_pr = response == _R.PR
    confirming = _RESPONSES if is_pr else _codes(_R.CR)
    allowed = (
        confirming
        | _codes(_R.MISSING, _R.NE)
        | (_STABLE if is_pr and rule.accept_sd_between else False)
    )
    for first in range(codes.shape[0] - 1):
        who = np.flatnonzero(codes[first] == response)
        due = day[first, who] + (rule.confirmation_days or 0)
        open_, after_cr = np.ones(who.size, dtype=np.bool_), np.zeros(who.size, dtype=np.bool_)
        not_evaluable, stable = (
            np.zeros(who.size, dtype=np.int32),
            np.zeros(who.size, dtype=np.int32),
        )
        for later in range(first + 1, codes.shape[0]):
            if not open_.any():
                break
            code = codes[later, who]
            open_ &= ~(after_cr & (code == _R.PR))  # no PR after a CR there
            confirms = open_ & confirming[code] & at_least(day[later, who], due, guard)
            by[first, who[confirms]] = later
            after_cr |= code == _R.CR
            not_evaluable += code == _R.NE
            stable += _STABLE[code]
            open_ &= (
                ~confirms & allowed[code] & (not_evaluable <= rule.max_ne_between) & (stable <= 1)
            )
    return by


class _Answers:
    """The arrays of a `BestResponse` while they are filled, block by block."""

    def __init__(self, patients: int, visits: int) -> None:
        self.response = np.zeros(patients, dtype=np.int8)
        self.day, self.confirmation_day, self.first_response_day = np.full((3, patients), np.nan)
        self.timepoint = np.full(patients, -1, dtype=np.int64)
        self.confirmed = np.zeros(patients, dtype=np.bool_)
        self.reason = np.zeros(patients, dtype=np.int32)
        self.course = np.zeros((visits, patients), dtype=np.int8).T

    def result(self, shape: tuple[int, ...], rule: BestResponseRule) -> BestResponse:
        """Arrays as arrays, one patient as plain values."""
        single = {"response": Response, "reason": Reason}
        fields: dict[str, Any] = {}
        for name in (
            "response",
            "day",
            "timepoint",
            "confirmed",
            "confirmation_day",
            "first_response_day",
            "reason",
        ):
            values = getattr(self, name)
            plain = len(shape) == 1
            fields[name] = (
                single.get(name, lambda v: v)(values[0].item())
                if plain
                else values.reshape(shape[:-1])
            )
        return BestResponse(course=self.course.reshape(shape), rule=rule, **fields)


def _answer(
    out: _Answers,
    part: slice,
    codes: Codes,
    day: Floats,
    reason: npt.NDArray[np.int32],
    rule: BestResponseRule,
    guard: float,
) -> None:
    """Step 4, for one block of patients, written into ``out``."""
    if codes.shape[0] == 0:
        codes, day = (
            np.zeros((1, codes.shape[1]), dtype=np.int8),
            np.full((1, codes.shape[1]), np.nan),
        )
    counts_as, hoped = _counts_as(codes, day, rule, guard)
    by = np.full(codes.shape, -1, dtype=np.int32)
    if rule.confirmation_days is not None:
        for response in (_R.CR, _R.PR):
            by = np.maximum(by, _confirmations(codes, day, response, rule, guard))
    responses = _RESPONSES.take(codes)
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
    out.day[part] = np.where(none, np.nan, day[at, patient])
    out.confirmed[part] = confirmed
    out.confirmation_day[part] = np.where(confirmed, day[second, patient], np.nan)
    out.first_response_day[part] = np.where(as_reported.any(axis=0), day[first, patient], np.nan)
    out.reason[part] = reason


def _counts_as(
    codes: Codes, day: Floats, rule: BestResponseRule, guard: float
) -> tuple[Codes, Codes]:
    """What each assessment counts as if nothing confirms it, with and without the minimum
    for SD.
    """
    hoped = _IN_TIME.take(codes)
    if rule.unconfirmed_cr == "course":
        non_target = (codes == _R.NON_CR_NON_PD).any(axis=0) & ~_MEASURED.take(codes).any(axis=0)
        hoped[(codes == _R.CR) & non_target] = _R.NON_CR_NON_PD
    least = rule.sd_minimum_days
    if least is None:
        return hoped.copy(), hoped
    return np.where(at_least(day, least, guard), hoped, _TOO_EARLY.take(codes)), hoped
