"""A symptom's diary over time: windows, response of each, best response, recurrence.

Did the symptom get better, when, for how long, and when did it come back? The days before the start
are averaged, then windows of equal length after it; each window is judged against the baseline by
the review's limits (Vogl et al. 2008, section 4.1 and Table 1). The review gives no window and no
rule of recurrence: both are library choices and arguments here, so that no single bad day, nor one
bad week, decides. TELESTAR's durable response is `durable_symptom_response`.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels, _wording
from nettumor._arrays import Bools, Codes, Floats
from nettumor._labels import by_label
from nettumor.criteria import SYMPTOMATIC_VOGL_2008, SymptomCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, refuse
from nettumor.symptoms._windows import Windows, summed
from nettumor.symptoms.duration import SymptomDuration, lasting
from nettumor.symptoms.response import SymptomaticResponse
from nettumor.terminology import Reason, Response

_BLOCK = 2048
"""Diaries in a block: 98 days of it are 1.6 MB."""


@frozen(eq=False, repr=False)
class SymptomCourse:
    """The course of a symptom, as returned by `symptom_course`.

    Attributes
    ----------
    response : ndarray of int8, shape (..., window)
        Each window against the baseline. NE where too few days have a record, or the symptom was
        absent at baseline; MISSING after the last day of the diary.
    mean, percent : ndarray of float, shape (..., window)
        Mean a day over the recorded days (NaN where there is none); its change from the baseline
        (NaN where either has too few).
    days_recorded : ndarray of int, shape (..., window)
    window_day : ndarray of float, shape (..., window)
        Last day of the window.
    window_reason : ndarray of int32, shape (..., window)
        Bits of `Reason`, as in `SymptomaticResponse`.
    baseline : ndarray of float, shape (...), or float
        Mean a day over the recorded days before the start; NaN where too few have a record.
    best : ndarray of int8, or Response
        Best window before the recurrence.
    response_day : ndarray of float, or float
        Last day of the first window with CR or PR; NaN without one.
    recurrence_day, retreatment_day : ndarray of float, or float
        After a response, PD against the best window before in k of n windows: the last day of the
        first of these k, and of the one that makes it k (the trigger of a new treatment). NaN where
        it did not come back.
    symptom_free_days : ndarray of int, or int
        Days from day 0 on with a record of 0.
    reason : ndarray of int32, or Reason
        Bits of the window that earned ``best``; DAY_UNKNOWN where a count stands on a day that is
        not known and so in no window; NO_ASSESSMENT where there is no window.
    criteria : SymptomCriteria
    last_day : ndarray of float, or float
        Last day of the last window that was judged.

    Examples
    --------
    >>> symptom_course([6] * 14 + [2] * 28, range(-14, 28))
    SymptomCourse(1 course of 2 windows: best PR from day 13.0, no recurrence)
    """

    response: Codes
    mean: Floats
    percent: Floats
    days_recorded: npt.NDArray[np.int64]
    window_day: Floats
    window_reason: npt.NDArray[np.int32]
    baseline: Any
    best: Any
    response_day: Any
    recurrence_day: Any
    retreatment_day: Any
    symptom_free_days: Any
    reason: Any
    criteria: SymptomCriteria
    last_day: Any

    @property
    def symptomatic(self) -> Any:
        """Whether the symptom was there at baseline (bool, or an array): the denominator of a
        response rate, ``objective_response_rate(course.best[course.symptomatic])``.
        """
        found = np.asarray(self.baseline) > 0
        return bool(found) if found.ndim == 0 else found

    @property
    def duration(self) -> SymptomDuration:
        """Days from the first response to the recurrence, or censored at the last window judged.

        Give its ``time`` and ``event`` to `kaplan_meier`.
        """
        start = np.asarray(self.response_day)
        event = ~np.isnan(np.asarray(self.recurrence_day))
        end = np.where(event, self.recurrence_day, self.last_day)
        return lasting(~np.isnan(start), start, end, event)

    def explain(self, index: int | tuple[int, ...] = -1) -> str:
        """One sentence that says why the window at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``: the window last. The last window by default.

        Returns
        -------
        str

        Examples
        --------
        >>> print(symptom_course([6] * 14 + [2] * 14, range(-14, 14)).explain(0))
        PR: 2.0 a day over 14 days to day 13 is -66.7 % from 6.0 a day at baseline; limits -50 % and +25 % \
(Vogl 2008, symptomatic response, section 4.1 and Table 1)
        """
        at = index if isinstance(index, tuple) else (index,)
        response, bits = Response(int(self.response[at])), Reason(int(self.window_reason[at]))
        mean, percent = float(self.mean[at]), float(self.percent[at])
        baseline = float(np.asarray(self.baseline)[at[:-1]])
        where = f"over {self.days_recorded[at]} days to day {self.window_day[at]:g}"
        if response == Response.MISSING:
            said = f"the diary ends before day {self.window_day[at]:g}"
        elif Reason.INVALID in bits:
            said = f"a sum that cannot be: {where}"
        elif Reason.NOT_MEASURED in bits:
            base = "too few days" if np.isnan(baseline) else f"{_wording.number(baseline)} a day"
            said = f"too little is recorded: {where}, baseline {base}"
        elif Reason.BASELINE in bits:
            said = "the symptom was absent at baseline"
        else:
            limits = [limit for limit in (self.criteria.pr, self.criteria.pd) if limit is not None]
            both = " and ".join(f"{limit.signed:+g} %" for limit in limits)
            said = (
                f"{_wording.number(mean)} a day {where} is {_wording.signed(percent)} from "
                f"{_wording.number(baseline)} a day at baseline; limits {both}"
            )
        source = _wording.source(self.criteria.title, self.criteria.citation)
        return f"{response.label}: {said} {source}"

    def __repr__(self) -> str:
        windows = self.response.shape[-1]
        if np.ndim(self.best) == 0:
            start = (
                f" from day {self.response_day}" if self.response_day == self.response_day else ""
            )
            back = f"recurrence on day {self.recurrence_day}"
            end = back if self.recurrence_day == self.recurrence_day else "no recurrence"
            return f"SymptomCourse(1 course of {windows} windows: best {self.best.label}{start}, {end})"
        counts = np.bincount(np.ravel(self.best), minlength=len(Response))
        found = ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r])
        recurred = np.count_nonzero(~np.isnan(self.recurrence_day))
        return (
            f"SymptomCourse({np.size(self.best)} courses of {windows} windows: best "
            f"{found or 'none'}; {recurred} recurrences)"
        )


@by_label(daily_counts="day", days="day", gives="")
def symptom_course(
    daily_counts: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    baseline_days: int = 14,
    window_days: int = 14,
    minimum_recorded: int = 7,
    recurrence_windows: tuple[int, int] = (2, 3),
    criteria: SymptomCriteria = SYMPTOMATIC_VOGL_2008,
) -> SymptomCourse:
    """Response of a symptom by windows of its diary, best response, recurrence.

    The baseline is the mean over the recorded days from ``-baseline_days`` to -1. Window i is the
    mean over those from ``i * window_days`` to ``(i + 1) * window_days - 1``. A window, or a
    baseline, with fewer than ``minimum_recorded`` of them is not evaluable. Means are compared
    multiplied out, so that limits are exact.

    Parameters
    ----------
    daily_counts : array_like of float, shape (..., day)
        Number a day, or a daily score or grade; larger is worse. NaN for a day without a record,
        which is never a day with 0.
    days : array_like of float or timedelta64, broadcastable to ``daily_counts``
        Whole days; day 0 is the start of treatment. Strictly increasing where known. One axis for
        all, or for each their own, NaN after the end of a diary.
    baseline_days, window_days : int
        Length of the baseline and of each window.
    minimum_recorded : int
        Least number of recorded days in either.
    recurrence_windows : (int, int)
        k, n: after a response the symptom has recurred where, in k of n windows in a row, its mean
        meets the limit of PD against the best window before. A window that is not evaluable is one
        of the n and none of the k.
    criteria : SymptomCriteria
        ``SYMPTOMATIC_VOGL_2008`` or ``SYMPTOMATIC_CLASSIC``; without ``pd`` there is no recurrence.

    Returns
    -------
    SymptomCourse

    Raises
    ------
    InputError
        For negative or infinite counts, days that are not whole or do not increase, lengths that do
        not fit each other, and shapes that do not fit.
    InputTypeError
        For text, dates, and criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.1 and Table 1, doi 10.1016/j.ejrad.2008.08.008; the windows and the
    rule of recurrence are library choices.

    Examples
    --------
    >>> diary = [6] * 14 + [2] * 28 + [5] * 28
    >>> course = symptom_course(diary, range(-14, 56))
    >>> course.response, course.mean
    (array([7, 7, 5, 5], dtype=int8), array([2., 2., 5., 5.]))
    >>> course.response_day, course.recurrence_day, course.retreatment_day
    (13.0, 41.0, 55.0)
    """
    require(criteria, SymptomCriteria, "symptom_course")
    lengths = {"baseline_days": baseline_days, "window_days": window_days}
    _check_lengths(lengths, minimum_recorded, recurrence_windows)
    counts, day = _read(daily_counts, days)
    guard = _arrays.GUARD
    last = np.fmax.reduce(day, axis=None, initial=-1.0)
    number = int(last // window_days) + 1 if last >= 0 else 0
    window_day = np.arange(1, number + 1, dtype=np.float64) * window_days - 1

    def of(part: Floats, own_day: Floats) -> dict[str, npt.NDArray[Any]]:
        with np.errstate(over="ignore", invalid="ignore"):  # counts of 1e308 are no symptom's
            sums = summed(part, own_day, baseline_days, window_days, number)
            judged = _judge(sums, minimum_recorded, criteria)
            return _result(
                sums, judged, window_day, recurrence_windows, minimum_recorded, criteria, guard
            )

    found = _in_blocks(of, counts, day, number)
    best, reason, plain = found["best"], found["reason"], _levels.plain
    return SymptomCourse(
        best=Response(int(best)) if best.ndim == 0 else best,
        reason=Reason(int(reason)) if reason.ndim == 0 else reason,
        **{name: plain(found[name]) for name in _PER_COURSE if name not in ("best", "reason")},
        **{name: found[name] for name in _PER_WINDOW},
        window_day=np.array(np.broadcast_to(window_day, found["response"].shape)),
        criteria=criteria,
    )


_PER_WINDOW: dict[str, type[np.generic]] = {
    "response": np.int8,
    "mean": np.float64,
    "percent": np.float64,
    "days_recorded": np.int64,
    "window_reason": np.int32,
}
_PER_COURSE: dict[str, type[np.generic]] = {
    "baseline": np.float64,
    "best": np.int8,
    "response_day": np.float64,
    "recurrence_day": np.float64,
    "retreatment_day": np.float64,
    "symptom_free_days": np.int64,
    "reason": np.int32,
    "last_day": np.float64,
}


def _in_blocks(
    of: Callable[[Floats, Floats], dict[str, npt.NDArray[Any]]],
    counts: Floats,
    day: Floats,
    number: int,
) -> dict[str, npt.NDArray[Any]]:
    """The courses of all diaries, a block at a time, so that what is worked on stays near the
    processor.
    """
    lead = counts.shape[:-1]
    diaries = int(np.prod(lead))
    flat = counts.reshape(diaries, counts.shape[-1])
    own_day = day.reshape(diaries, day.shape[-1]) if day.ndim > 1 else None
    # window first in memory, as the blocks are: each is written in one go
    found = {n: np.empty((number, diaries), dtype=kind) for n, kind in _PER_WINDOW.items()}
    found |= {n: np.empty(diaries, dtype=kind) for n, kind in _PER_COURSE.items()}

    for first in range(0, diaries, _BLOCK):
        block = slice(first, first + _BLOCK)
        for name, values in of(flat[block], day if own_day is None else own_day[block]).items():
            found[name][..., block] = values
    per_window = {n: np.moveaxis(found[n].reshape(number, *lead), 0, -1) for n in _PER_WINDOW}
    return per_window | {n: found[n].reshape(lead) for n in _PER_COURSE}


def _check_lengths(lengths: dict[str, Any], least: Any, recurrence: Any) -> None:
    for name, value in {**lengths, "minimum_recorded": least}.items():
        if type(value) is bool or not isinstance(value, Integral) or int(value) < 1:
            raise InputError(
                f"`{name}` must be a whole number of days from 1; got {value!r}. Give e.g. 14.",
                argument=name,
            )
    most = min(lengths.values())
    if least > most:
        raise InputError(
            f"`minimum_recorded` must be at most the length of baseline and window; got {least} "
            f"of {most} days. Lower it.",
            argument="minimum_recorded",
        )
    pair = tuple(recurrence) if isinstance(recurrence, (tuple, list)) else ()
    whole = len(pair) == 2 and all(
        isinstance(v, Integral) and not isinstance(v, bool) for v in pair
    )
    if not whole or not 1 <= pair[0] <= pair[1]:
        raise InputError(
            "`recurrence_windows` must be two whole numbers (k, n) with 1 <= k <= n; got "
            f"{recurrence!r}. Give e.g. (2, 3).",
            argument="recurrence_windows",
        )


def _read(daily_counts: npt.ArrayLike, days: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The counts, shape (..., day), and their days: of the same shape, or one axis for all."""
    counts = _arrays.as_numbers(daily_counts, "daily_counts")
    day = _arrays.as_days(days, "days")
    if counts.ndim == 0 or day.ndim == 0:
        raise InputError(
            "`daily_counts` must have the axis (..., day), and `days` too; got a single value. "
            "Give the days as a list.",
            argument="daily_counts",
        )
    refuse(
        "daily_counts",
        "finite and at least 0 (NaN where not recorded)",
        counts,
        _levels.impossible(counts),
        "Correct it, or leave the day blank.",
    )
    if day.shape == counts.shape:
        day = _arrays.shared_days(day)
    whole = day == np.floor(day)
    if not whole.all():
        whole |= np.isnan(day)
        refuse("days", "whole days", day, ~whole, "Give one count a day.")
    _arrays.check_increasing(day, "days")
    if counts.shape[-1] != day.shape[-1]:
        raise InputError(
            "`daily_counts` must have one count for each of `days`; got shapes "
            f"{counts.shape} and {day.shape}. Give NaN for a day without a record.",
            argument="daily_counts",
        )
    if day.ndim > 1:
        counts, day = _arrays.broadcast(daily_counts=counts, days=day)
    return counts, day


def _judge(sums: Windows, least: int, criteria: SymptomCriteria) -> SymptomaticResponse:
    """Each window against the baseline: both sums multiplied by the days of the other."""
    enough = sums.days >= least
    base = np.where(sums.baseline_days >= least, sums.baseline_sum, np.nan)
    before = np.where(enough, base * sums.days, np.nan)
    after = np.where(enough, sums.sum * sums.baseline_days, np.nan)
    # sums beyond what a float holds are not evaluable
    return SymptomaticResponse.assess(before, after, criteria=criteria, invalid="NE")


def _result(
    sums: Windows,
    judged: SymptomaticResponse,
    window_day: Floats,
    recurrence: tuple[int, int],
    least: int,
    criteria: SymptomCriteria,
    guard: float,
) -> dict[str, npt.NDArray[Any]]:
    """What `SymptomCourse` holds, by name; the window on the first axis."""
    reached = sums.reached
    response = np.where(reached, judged.response, np.int8(Response.MISSING))
    window_reason = np.where(reached, judged.reason, np.int32(0))
    evaluable = response > Response.NE
    place = np.arange(len(response))[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.sum / np.where(sums.days > 0, sums.days, np.nan)
        known = sums.baseline_days >= least
        baseline = np.where(known, sums.baseline_sum / sums.baseline_days, np.nan)

    # response, and what came after it
    first = _arrays.first_true(response >= Response.PR)
    worse = _worse_than_best(sums, evaluable, criteria, guard) & (place > first)
    back, trigger = _recurrence(worse, recurrence)

    # the best before it came back, and why
    counted = np.where(place < back, response, np.int8(Response.MISSING))
    best = counted.max(axis=0, initial=0).astype(np.int8)
    earned = _arrays.first_true((counted == best) & reached)
    reason = np.append(window_reason, np.zeros((1, len(best)), np.int32), 0)
    reason = reason[earned, np.arange(len(best))]
    reason = np.where(best == Response.MISSING, np.int32(Reason.NO_ASSESSMENT), reason)

    day = np.append(window_day, np.nan)
    last = len(response) - 1 - _arrays.first_true(evaluable[::-1])
    return {
        "response": response,
        "mean": mean,
        "percent": np.where(reached, judged.percent, np.nan),
        "days_recorded": sums.days,
        "window_reason": window_reason,
        "baseline": baseline,
        "best": best,
        "response_day": day[first],
        "recurrence_day": day[back],
        "retreatment_day": day[trigger],
        "symptom_free_days": sums.free,
        "reason": reason | sums.unplaced * np.int32(Reason.DAY_UNKNOWN),
        "last_day": day[last],  # -1, which is NaN, where no window is evaluable
    }


def _worse_than_best(
    sums: Windows, evaluable: Bools, criteria: SymptomCriteria, guard: float
) -> Bools:
    """Where the mean of a window meets the limit of PD against the smallest mean before it."""
    worse = np.zeros(evaluable.shape, dtype=np.bool_)
    if criteria.pd is None:
        return worse
    best_sum, best_days = np.full(evaluable.shape[1:], np.nan), np.ones(evaluable.shape[1:])
    for w, own in enumerate(evaluable):
        before, after = best_sum * sums.days[w], sums.sum[w] * best_days
        worse[w] = own & criteria.pd.percent_met(before, after, guard) & (before != after)
        better = own & ~_arrays.at_least(after, before, guard)
        best_sum = np.where(better, sums.sum[w], best_sum)
        best_days = np.where(better, sums.days[w], best_days)
    return worse


def _recurrence(
    worse: Bools, recurrence: tuple[int, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first of k worse windows among n in a row, and the one that makes it k."""
    k, n = recurrence
    number = len(worse)
    so_far = np.zeros((number + n, *worse.shape[1:]), dtype=np.int64)
    np.cumsum(worse, axis=0, out=so_far[n:])
    among = so_far[n:] - so_far[:number]  # in the n windows that end here
    trigger = _arrays.first_true(worse & (among >= k))
    place = np.arange(number)[:, None]
    inside = worse & (place > trigger - n) & (trigger < number)
    return _arrays.first_true(inside), trigger
