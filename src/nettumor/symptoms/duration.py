"""How long a symptom stays better: durable response from a diary, and the time until it
comes back.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels
from nettumor._arrays import Bools, Floats
from nettumor._labels import by_label
from nettumor.errors import InputError, refuse
from nettumor.terminology import EventReason, Response

_DAYS_PER_MONTH = 30.4375


@frozen(eq=False, repr=False)
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

    Examples
    --------
    >>> durable_symptom_response([[4] * 84, [6] * 84], [6.0, 0.0]).responder
    array([ True, False])
    """

    responder: Any
    share: Any
    days_recorded: Any
    evaluable: Any

    def __repr__(self) -> str:
        if np.ndim(self.responder) == 0:
            return (
                f"DurableResponse(responder={self.responder}, share={self.share}, "
                f"days_recorded={self.days_recorded}, evaluable={self.evaluable})"
            )
        responders, evaluable = np.count_nonzero(self.responder), np.count_nonzero(self.evaluable)
        return f"DurableResponse({np.size(self.responder)} subjects: {evaluable} evaluable, {responders} responders)"


@by_label(daily_counts="day", gives="")
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
        Counts from the first day of the period on; NaN for a day without a record, which is no
        responding day and stays in the denominator. Days beyond ``days`` do not count; missing days
        at the end are days without record.
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
    Kulke et al. 2017 (TELESTAR), doi 10.1200/JCO.2016.69.2780: at least 30 % fewer bowel movements
    on at least 50 % of the days of 12 weeks.

    Examples
    --------
    >>> durable_symptom_response([4.2] * 42 + [6.0] * 42, 6.0)
    DurableResponse(responder=True, share=50.0, days_recorded=84, evaluable=True)
    """
    counts, start = (
        _arrays.as_numbers(daily_counts, "daily_counts"),
        _arrays.as_numbers(baseline, "baseline"),
    )
    for name, values in (("daily_counts", counts), ("baseline", start)):
        refuse(
            name,
            "finite and at least 0 (NaN where not recorded)",
            values,
            _levels.impossible(values),
            "Correct it, or leave the day blank.",
        )
    _check_limits(reduction, share_of_days, days)
    if counts.ndim == 0:
        raise InputError(
            "`daily_counts` must have the axis (..., day); got a single value. Give the days as a "
            "list.",
            argument="daily_counts",
        )
    counts = counts[..., :days]
    lead = _arrays.broadcast(
        **{"daily_counts without the day axis": np.empty(counts.shape[:-1]), "baseline": start}
    )
    start = lead[1]
    low = _arrays.fallen_by(reduction, start[..., None], counts)
    evaluable = start > 0
    low_days = np.count_nonzero(low, axis=-1)
    recorded = np.broadcast_to(np.count_nonzero(~np.isnan(counts), axis=-1), start.shape)
    responder = evaluable & _arrays.at_least(100.0 * low_days, share_of_days * days)
    share = np.where(evaluable, 100.0 * low_days / days, np.nan)
    plain = _levels.plain
    return DurableResponse(
        plain(np.asarray(responder)), plain(share), plain(recorded), plain(np.asarray(evaluable))
    )


def _check_limits(reduction: Any, share_of_days: Any, days: Any) -> None:
    for name, value in (("reduction", reduction), ("share_of_days", share_of_days)):
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        if not (is_number and 0 < value <= 100):
            raise InputError(
                f"`{name}` must be a percent above 0 and up to 100; got {value!r}. Give e.g. 30.",
                argument=name,
            )
    if type(days) is bool or not isinstance(days, Integral) or not 1 <= int(days) < 100_000:
        raise InputError(
            f"`days` must be a whole number from 1 to 99,999; got {days!r:.60}. Give the length of the "
            "period.",
            argument="days",
        )


@frozen(eq=False, repr=False)
class SymptomDuration:
    """Duration of symptomatic responses, as returned by `symptom_response_duration`.

    Attributes
    ----------
    time : ndarray of float, shape (...), or float
        Days from the first response to the recurrence, or to the last record; NaN for
        non-responders.
    event : ndarray of bool, or bool
        True: the symptom recurred; False: still responding (censored), or no responder.
    months : ndarray of float, or float
        ``time`` / 30.4375.
    reason : ndarray of int32, or EventReason
        PROGRESSION (recurrence), LAST_ASSESSMENT, NOT_A_RESPONDER, DAY_UNKNOWN.

    Examples
    --------
    >>> round(symptom_response_duration([7, 7, 5], [30, 90, 180]).months, 1)
    4.9
    """

    time: Any
    event: Any
    months: Any
    reason: Any

    def __repr__(self) -> str:
        if np.ndim(self.time) == 0:
            return f"SymptomDuration(time={self.time}, event={self.event}, reason={self.reason!r})"
        responders = np.count_nonzero((np.asarray(self.reason) & EventReason.NOT_A_RESPONDER) == 0)
        events = np.count_nonzero(self.event)
        return f"SymptomDuration({np.size(self.time)} subjects: {responders} responders, {events} recurrences)"


@by_label(responses="timepoint", days="timepoint", gives="")
def symptom_response_duration(responses: npt.ArrayLike, days: npt.ArrayLike) -> SymptomDuration:
    """How long a symptomatic response lasted: from the first CR or PR to the recurrence of the
    symptom.

    Parameters
    ----------
    responses : array_like of int, shape (..., timepoint)
        Codes of `Response` of one symptom, or of the overall grade; NE and MISSING are passed over.
    days : array_like of float or timedelta64, broadcastable to ``responses``
        Days from one reference day, strictly increasing where known.

    Returns
    -------
    SymptomDuration
        Recurrence is the first record after the response that is neither CR nor PR; without one the
        time is censored at the last record. Give ``.time`` and ``.event`` to `kaplan_meier`.

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
    end = np.where(event, recurrence, last)
    return lasting(np.asarray(responding.any(axis=-1)), start, end, np.asarray(event))


def lasting(responder: Bools, start: Floats, end: Floats, event: Bools) -> SymptomDuration:
    """The durations from ``start`` to ``end`` of those who responded; infinite is not known."""
    with np.errstate(invalid="ignore"):
        time = np.where(responder, end - start, np.nan)
    unknown = responder & ~np.isfinite(time)
    time = np.where(unknown, np.nan, time)
    reason = np.where(
        responder,
        np.where(event, EventReason.PROGRESSION, EventReason.LAST_ASSESSMENT),
        EventReason.NOT_A_RESPONDER,
    ).astype(np.int32)
    reason |= unknown * np.int32(EventReason.DAY_UNKNOWN)
    why = EventReason(int(reason)) if reason.ndim == 0 else reason
    plain = _levels.plain
    return SymptomDuration(
        plain(time), plain(np.asarray(event)), plain(time / _DAYS_PER_MONTH), why
    )


def _first(where: Bools, day: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Place and day of the first True along the last axis; the end and NaN where there is none."""
    n = where.shape[-1]
    found = where.any(axis=-1)
    if n == 0:
        return np.zeros(found.shape, dtype=np.int64), np.full(found.shape, np.nan)
    at = where.argmax(axis=-1)
    days = np.take_along_axis(day, at[..., None], axis=-1)[..., 0]
    return np.where(found, at, n), np.where(found, days, np.nan)
