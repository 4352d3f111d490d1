"""Symptomatic response: what flushing, diarrhoea and their kin do under therapy.

Which response is this fall of a symptom's frequency or score? Sources: Vogl et al. 2008, section 4.1 and Table 1 (a
fall of more than 50 %, Diamandidou), the classic limit of at least 50 %, and TELESTAR's durable response (Kulke et
al. 2017). Frequencies or scores before and after therapy come in; codes of `Response` go out. The denominator of a
symptomatic response rate are the patients who had the symptom: those without are NE by `Reason.BASELINE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels, _wording
from nettumor._arrays import Bools, Floats
from nettumor.criteria import SYMPTOMATIC_VOGL_2008, SymptomCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, refuse
from nettumor.markers.response import combine
from nettumor.terminology import EventReason, Reason, Response, scalar_or_codes

SYMPTOMS = ("flushing", "diarrhoea", "bronchospasm", "abdominal pain", "arrhythmia", "right heart failure")
"""The symptoms that the review names (section 4.1 and Table 1)."""

_DAYS_PER_MONTH = 30.4375


def symptom_response(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    criteria: SymptomCriteria = SYMPTOMATIC_VOGL_2008,
    invalid: str = "raise",
) -> Any:
    """Symptomatic response: CR (gone), PR, SD, PD or NE.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Frequency (e.g. flushes a week) or score, larger is worse; NaN where not recorded. A symptom absent before
        therapy (0) is not evaluable.
    criteria : SymptomCriteria
        ``SYMPTOMATIC_VOGL_2008`` (PR > 50 %, PD > 25 %, a library choice) or ``SYMPTOMATIC_CLASSIC`` (PR >= 50 %).
    invalid : {"raise", "NE"}
        What a negative or infinite value does.

    Returns
    -------
    ndarray of int8, or a Response for two numbers

    Raises
    ------
    InputError
        For impossible values (with ``invalid="raise"``) and shapes that do not fit.
    InputTypeError
        For text, and for criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.1 and Table 1, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> symptom_response([20, 20, 20, 0], [0, 9, 26, 3])
    array([8, 7, 3, 1], dtype=int8)
    """
    return scalar_or_codes(_levels.decide(_judge(before, after, criteria, invalid)[1]))


def _judge(
    before: npt.ArrayLike, after: npt.ArrayLike, criteria: SymptomCriteria, invalid: str
) -> tuple[_levels.Pair, npt.NDArray[np.int32]]:
    require(criteria, SymptomCriteria, "symptom_response")
    levels = _levels.pair(before, after, invalid)
    decrease, _, increase = _levels.changes(levels, criteria)
    missing = np.isnan(levels.before) | np.isnan(levels.after)
    sound = ~missing & ~levels.wrong
    absent = sound & (levels.before == 0)
    gone = sound & ~absent & (levels.after == 0)
    open_ = sound & ~absent & ~gone
    reason = np.zeros(levels.before.shape, dtype=np.int32)
    for bit, where in (
        (Reason.INVALID, levels.wrong),
        (Reason.NOT_MEASURED, missing & ~levels.wrong),
        (Reason.BASELINE, absent),
        (Reason.REAPPEARED, absent & (levels.after > 0)),
        (Reason.GONE, gone),
        (Reason.DECREASE, open_ & decrease),
        (Reason.INCREASE, open_ & increase),
        (Reason.WITHIN_LIMITS, open_ & ~decrease & ~increase),
    ):
        reason[where] |= bit
    return levels, reason


@frozen(eq=False, repr=False)
class SymptomaticResponse:
    """Response of a symptom, with the numbers and the reason; made by `SymptomaticResponse.assess`.

    Plain values for one patient and symptom, arrays for a cohort.

    Attributes
    ----------
    before, after : ndarray of float, or float
        Frequencies or scores; NaN where not recorded.
    percent : ndarray of float, or float
        Change in percent; NaN where a value is missing or impossible, and from 0.
    response : ndarray of int8, or Response
        What `symptom_response` answers.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: GONE, DECREASE, INCREASE, WITHIN_LIMITS, BASELINE (absent before therapy; with REAPPEARED: a
        symptom that is new), NOT_MEASURED, INVALID.
    criteria : SymptomCriteria
    name : str
        The symptom, for the explanation.

    Examples
    --------
    >>> print(SymptomaticResponse.assess([20, 4], [0, 4], name="flushing"))
    SymptomaticResponse(flushing, 2 pairs: 1 CR, 1 SD)
    """

    before: Any
    after: Any
    percent: Any
    response: Any
    reason: Any
    criteria: SymptomCriteria
    name: str = ""

    @classmethod
    def assess(
        cls,
        before: npt.ArrayLike,
        after: npt.ArrayLike,
        *,
        criteria: SymptomCriteria = SYMPTOMATIC_VOGL_2008,
        invalid: str = "raise",
        name: str = "",
    ) -> SymptomaticResponse:
        """The response of `symptom_response`, with what it rests on.

        Parameters
        ----------
        before, after, criteria, invalid
            As for `symptom_response`.
        name : str
            The symptom, for the explanation.

        Returns
        -------
        SymptomaticResponse

        Raises
        ------
        InputError
            As for `symptom_response`.

        References
        ----------
        Vogl et al. 2008, section 4.1 and Table 1.

        Examples
        --------
        >>> print(SymptomaticResponse.assess(20, 9, name="flushing").explain())
        PR: flushing 9.0 is -55.0 % from 20.0 before; limits -50 % and +25 % (Vogl 2008, symptomatic response, \
section 4.1 and Table 1)
        """
        levels, reason = _judge(before, after, criteria, invalid)
        response = scalar_or_codes(_levels.decide(reason))
        why = Reason(int(reason)) if reason.ndim == 0 else reason
        plain = _levels.plain
        return cls(plain(levels.before), plain(levels.after), plain(_levels.percent(levels)), response, why, criteria,
                   name)  # fmt: skip

    @property
    def new(self) -> Any:
        """Whether the symptom is new: absent before therapy and there after it (bool, or an array)."""
        found = (np.asarray(self.reason) & Reason.REAPPEARED) != 0
        return bool(found) if found.ndim == 0 else found

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the pair at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``; nothing for one pair.

        Returns
        -------
        str

        Examples
        --------
        >>> print(SymptomaticResponse.assess([0], [3], name="diarrhoea").explain(0))
        NE: diarrhoea was absent before therapy and is new (3.0 after) (Vogl 2008, symptomatic response, section 4.1 \
and Table 1)
        """
        before, after, percent = (float(np.asarray(a)[index]) for a in (self.before, self.after, self.percent))
        response = Response(int(np.asarray(self.response)[index]))
        bits = Reason(int(np.asarray(self.reason)[index]))
        what = self.name or "symptom"
        one, two = _wording.number(before), _wording.number(after)
        if Reason.INVALID in bits:
            said = f"a value that cannot be: {before:g} before, {after:g} after"
        elif Reason.NOT_MEASURED in bits:
            said = f"{what} before {one}, after {two}"
        elif Reason.BASELINE in bits:
            said = f"{what} was absent before therapy" + (f" and is new ({two} after)" if after > 0 else "")
        elif Reason.GONE in bits:
            said = f"{what} is gone, {one} before"
        else:
            limits = [self.criteria.pr, self.criteria.pd]
            both = " and ".join(f"{limit.signed:+g} %" for limit in limits if limit is not None)
            said = f"{what} {two} is {_wording.signed(percent)} from {one} before; limits {both}"
        return f"{response.label}: {said} {_wording.source(self.criteria.title, self.criteria.citation)}"

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"SymptomaticResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        return f"SymptomaticResponse({self.name + ', ' if self.name else ''}{counts.sum()} pairs: {found})"


def combine_symptoms(responses: Mapping[str, Any], *, rule: str, primary: str | None = None) -> Any:
    """One overall grade from several symptoms of the same patients, by a named rule.

    Parameters
    ----------
    responses : mapping of str to array_like of int, or to SymptomaticResponse
        Name of the symptom (see ``nettumor.symptoms.SYMPTOMS``) to codes of `Response`, shapes that broadcast.
    rule : {"primary", "worst", "best"}
        "primary": the symptom named as ``primary``, whatever the others; "worst" and "best": of the evaluable
        symptoms (NE only where none is).
    primary : str, optional
        Name of the primary symptom, for that rule only.

    Returns
    -------
    ndarray of int8, or a Response

    Raises
    ------
    InputError
        For no symptom, an unknown rule or primary symptom, and shapes that do not fit.

    References
    ----------
    Vogl et al. 2008, section 4.1 (several symptoms, no rule); the named rules are a library choice.

    Examples
    --------
    >>> combine_symptoms({"flushing": [8, 1], "diarrhoea": [5, 7]}, rule="best")
    array([8, 7], dtype=int8)
    """
    return combine(responses, rule, primary)


@frozen(eq=False)
class DurableResponse:
    """Durable response of a daily symptom, as returned by `durable_symptom_response`.

    Attributes
    ----------
    responder : ndarray of bool, or bool
    share : ndarray of float, or float
        Responding days in percent of all days of the period; NaN where not evaluable.
    days_recorded : ndarray of int, or int
        Days with a record within the period.
    evaluable : ndarray of bool, or bool
        False where the baseline is 0 or missing.
    """

    responder: Any
    share: Any
    days_recorded: Any
    evaluable: Any


def durable_symptom_response(
    daily_counts: npt.ArrayLike,
    baseline: npt.ArrayLike,
    *,
    reduction: float = 30,
    share_of_days: float = 50,
    days: int = 84,
) -> DurableResponse:
    """Durable response of a daily count: enough days on which it is low enough (TELESTAR).

    Parameters
    ----------
    daily_counts : array_like of float, shape (..., day)
        Counts from the first day of the period on; NaN for a day without a record, which is no responding day and
        stays in the denominator. Days beyond ``days`` do not count; missing days at the end are days without record.
    baseline : array_like of float, shape (...)
        Mean daily count before therapy; 0 or NaN: not evaluable.
    reduction : float
        Least fall of a responding day, percent of baseline (inclusive).
    share_of_days : float
        Least share of responding days, percent of ``days`` (inclusive).
    days : int
        Length of the period.

    Returns
    -------
    DurableResponse
        ``.responder``, ``.share``, ``.days_recorded``, ``.evaluable``.

    Raises
    ------
    InputError
        For negative or infinite counts, limits outside 0 to 100 %, and shapes that do not fit.

    References
    ----------
    Kulke et al. 2017 (TELESTAR), doi 10.1200/JCO.2016.69.2780: at least 30 % fewer bowel movements on at least 50 %
    of the days of 12 weeks.

    Examples
    --------
    >>> durable_symptom_response([4.2] * 42 + [6.0] * 42, 6.0)
    DurableResponse(responder=True, share=50.0, days_recorded=84, evaluable=True)
    """
    counts, start = _arrays.as_numbers(daily_counts, "daily_counts"), _arrays.as_numbers(baseline, "baseline")
    for name, values in (("daily_counts", counts), ("baseline", start)):
        refuse(name, "finite and at least 0 (NaN where not recorded)", values, _levels.impossible(values),
               "Correct it, or leave the day blank.")  # fmt: skip
    _check_limits(reduction, share_of_days, days)
    if counts.ndim == 0:
        raise InputError("`daily_counts` must have the axis (..., day); got a single value. Give the days as a list.",
                         argument="daily_counts")  # fmt: skip
    counts = counts[..., :days]
    lead = _arrays.broadcast(**{"daily_counts without the day axis": np.empty(counts.shape[:-1]), "baseline": start})
    start = lead[1]
    guard = _arrays.guard(daily_counts, baseline)
    low = _arrays.fallen_by(reduction, start[..., None], counts, guard=guard)
    evaluable = start > 0
    low_days = np.count_nonzero(low, axis=-1)
    recorded = np.broadcast_to(np.count_nonzero(~np.isnan(counts), axis=-1), start.shape)
    responder = evaluable & _arrays.at_least(100.0 * low_days, share_of_days * days)
    share = np.where(evaluable, 100.0 * low_days / days, np.nan)
    plain = _levels.plain
    return DurableResponse(plain(np.asarray(responder)), plain(share), plain(recorded), plain(np.asarray(evaluable)))


def _check_limits(reduction: float, share_of_days: float, days: int) -> None:
    for name, value in (("reduction", reduction), ("share_of_days", share_of_days)):
        if not 0 < value <= 100:
            raise InputError(f"`{name}` must be a percent above 0 and up to 100; got {value!r}. Give e.g. 30.",
                             argument=name)  # fmt: skip
    if not isinstance(days, int) or days < 1:
        raise InputError(f"`days` must be a whole number from 1; got {days!r}. Give the length of the period.",
                         argument="days")  # fmt: skip


@frozen(eq=False)
class SymptomDuration:
    """Duration of symptomatic responses, as returned by `symptom_response_duration`.

    Attributes
    ----------
    time : ndarray of float, shape (...), or float
        Days from the first response to the recurrence, or to the last record; NaN for non-responders.
    event : ndarray of bool, or bool
        True: the symptom recurred; False: still responding (censored), or no responder.
    months : ndarray of float, or float
        ``time`` / 30.4375.
    reason : ndarray of int32, or EventReason
        PROGRESSION (recurrence), LAST_ASSESSMENT, NOT_A_RESPONDER, DAY_UNKNOWN.
    """

    time: Any
    event: Any
    months: Any
    reason: Any


def symptom_response_duration(responses: npt.ArrayLike, days: npt.ArrayLike) -> SymptomDuration:
    """How long a symptomatic response lasted: from the first CR or PR to the recurrence of the symptom.

    Parameters
    ----------
    responses : array_like of int, shape (..., timepoint)
        Codes of `Response` of one symptom, or of the overall grade; NE and MISSING are passed over.
    days : array_like of float or timedelta64, broadcastable to ``responses``
        Days from one reference day, strictly increasing where known.

    Returns
    -------
    SymptomDuration
        Recurrence is the first record after the response that is neither CR nor PR; without one the time is censored
        at the last record. Give ``.time`` and ``.event`` to `kaplan_meier`.

    Raises
    ------
    InputError
        For codes that are none, days that do not increase, and shapes that do not fit.

    References
    ----------
    Vogl et al. 2008, section 4.1 and Table 1 (duration of symptomatic response in months).

    Examples
    --------
    >>> duration = symptom_response_duration([[5, 7, 8, 5], [7, 7, 7, 7]], [30, 60, 90, 180])
    >>> duration.time, duration.event
    (array([120., 150.]), array([ True, False]))
    """
    codes, day = _arrays.broadcast(
        responses=np.atleast_1d(_arrays.as_codes(responses, "responses")),
        days=np.atleast_1d(_arrays.as_days(days, "days")),
    )
    _arrays.check_increasing(day, "days")
    recorded = codes > Response.NE
    responding = codes >= Response.PR
    first, start = _first(responding, day)
    later = np.arange(codes.shape[-1]) > first[..., None]
    back = recorded & ~responding & later
    _, recurrence = _first(back, day)
    event = back.any(axis=-1) & responding.any(axis=-1)
    last = np.where(recorded & ~np.isnan(day), day, -np.inf).max(axis=-1, initial=-np.inf)
    responder = responding.any(axis=-1)
    end = np.where(event, recurrence, last)
    with np.errstate(invalid="ignore"):
        time = np.where(responder, end - start, np.nan)
    unknown = responder & ~np.isfinite(time)
    time = np.where(unknown, np.nan, time)
    reason = np.where(responder, np.where(event, EventReason.PROGRESSION, EventReason.LAST_ASSESSMENT),
                      EventReason.NOT_A_RESPONDER).astype(np.int32)  # fmt: skip
    reason |= unknown * np.int32(EventReason.DAY_UNKNOWN)
    why = EventReason(int(reason)) if reason.ndim == 0 else reason
    plain = _levels.plain
    return SymptomDuration(plain(time), plain(np.asarray(event)), plain(time / _DAYS_PER_MONTH), why)


def _first(where: Bools, day: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Place and day of the first True along the last axis; the end and NaN where there is none."""
    n = where.shape[-1]
    found = where.any(axis=-1)
    if n == 0:
        return np.zeros(found.shape, dtype=np.int64), np.full(found.shape, np.nan)
    at = where.argmax(axis=-1)
    days = np.take_along_axis(day, at[..., None], axis=-1)[..., 0]
    return np.where(found, at, n), np.where(found, days, np.nan)
