"""Survival curves and their comparison, through `scipy.stats.ecdf`, `CensoredData` and
`logrank`.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _wording
from nettumor._arrays import GUARD, Bools, Floats, as_days, as_flags, broadcast, more_than
from nettumor._arrays import guard as guard_of
from nettumor._labels import by_label, same_labels
from nettumor.errors import InputError, refuse
from nettumor.summaries.rates import as_level
from nettumor.tables import Table

Counts = npt.NDArray[np.int64]


class Interval(NamedTuple):
    """The two ends of an interval."""

    low: Any
    high: Any


@frozen(eq=False, repr=False)
class KaplanMeier:
    """A survival curve, as returned by `kaplan_meier`.

    Attributes
    ----------
    times : ndarray of float, shape (n,)
        Distinct times of events and censorings, ascending, in the unit of the times given.
    survival : ndarray of float, shape (n,)
        Share without the event just after each time.
    at_risk, events, censored : ndarray of int, shape (n,)
        Patients under observation just before each time, and how many have the event or leave at
        it.
    excluded : int
        Patients without a time (NaN), left out.

    Examples
    --------
    >>> from nettumor import kaplan_meier
    >>> km = kaplan_meier([6, 6, 6, 7, 10], [True, True, False, True, False])
    >>> km.survival.round(2).tolist(), km.at_risk.tolist()
    ([0.6, 0.3, 0.3], [5, 2, 1])
    """

    times: Floats
    survival: Floats
    at_risk: Counts
    events: Counts
    censored: Counts
    excluded: int
    curve: Any = field(default=None)
    """The survival function of `scipy.stats.ecdf`; None for an empty cohort."""

    @property
    def n(self) -> int:
        """Patients with a time."""
        return int(self.events.sum() + self.censored.sum())

    @property
    def n_events(self) -> int:
        """Events observed."""
        return int(self.events.sum())

    @property
    def median(self) -> float:
        """The smallest time with a survival of at most 0.5; NaN where it is not reached.

        The comparison is exact. Where the curve is exactly 0.5 over an interval, R's ``survfit``
        gives the middle of that interval instead.
        """
        reached = self.survival <= 0.5
        for i in np.flatnonzero(np.abs(self.survival - 0.5) < _NEAR):
            reached[i] = _at_most_half(self.at_risk[: i + 1], self.events[: i + 1])
        return self._first(reached)

    @property
    def median_interval(self) -> Interval:
        """95 % interval of the median: the first times at which the ends of the band reach 0.5;
        NaN: not reached.

        Brookmeyer and Crowley 1982, with the band of `confidence_interval`.
        """
        low, high = self._band(0.95)
        return Interval(self._first(low <= 0.5), self._first(high <= 0.5))

    def survival_at(self, times: npt.ArrayLike) -> Any:
        """Share without the event at each of ``times``.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve; an event at exactly that time has happened.

        Returns
        -------
        ndarray of float, or float for a scalar
            1 before the first event. After the last time of the curve the last value stands, as in
            R's ``summary(fit, extend = TRUE)``: ask `at_risk_at` whether anybody was still under
            observation. NaN for NaN, and for an empty cohort.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> kaplan_meier([10, 20, 30], [True, False, True]).survival_at([12, 24, 60]).round(3).tolist()
        [0.667, 0.667, 0.0]
        """
        return self._look_up(self.survival, 1.0, times)

    def at_risk_at(self, times: npt.ArrayLike) -> Any:
        """Patients still under observation at each of ``times``, just before what happens at it.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve.

        Returns
        -------
        ndarray of int, or int for a scalar
            0 for NaN and after the last time.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> kaplan_meier([10, 20, 30], [True, False, True]).at_risk_at([0, 20, 60]).tolist()
        [3, 2, 0]
        """
        asked = as_days(times, "times")
        place = np.searchsorted(self.times, asked - GUARD * np.abs(asked), side="left")
        found = np.append(self.at_risk, 0)[place]
        return int(found) if asked.ndim == 0 else found

    def standard_error_at(self, times: npt.ArrayLike) -> Any:
        """Greenwood's standard error of the survival at each of ``times``.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve.

        Returns
        -------
        ndarray of float, or float for a scalar
            0 before the first event; NaN where nobody is left.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> round(kaplan_meier([10, 20, 30], [True, False, True]).standard_error_at(12), 4)
        0.2722
        """
        n, d = self.at_risk, self.events
        with np.errstate(divide="ignore", invalid="ignore"):
            error = self.survival * np.sqrt(np.cumsum(d / (n * (n - d))))
        return self._look_up(error, 0.0, times)

    def confidence_interval(self, times: npt.ArrayLike, level: float = 0.95) -> Interval:
        """Interval of the survival at each of ``times``: log-log transformed, with Greenwood's
        variance.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve.
        level : float
            Level of the interval, between 0 and 1.

        Returns
        -------
        Interval
            ``(low, high)``, each like ``times``. Both are 1 before the first event, and NaN where
            the survival is 0 (the transformation has no value there; R gives NA).

        Raises
        ------
        InputError
            For a level outside 0 to 1.

        References
        ----------
        Kalbfleisch and Prentice 1980; `scipy.stats.ecdf`, method "log-log".

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> low, high = kaplan_meier([10, 20, 30], [True, False, True]).confidence_interval(12)
        >>> round(low, 3), round(high, 3)
        (0.054, 0.945)
        """
        low, high = self._band(level)
        return Interval(self._look_up(low, 1.0, times), self._look_up(high, 1.0, times))

    def table(self) -> Table:
        """The curve as a `Table`: time, at_risk, events, censored, survival, low and high
        (95 %).
        """
        low, high = self._band(0.95)
        return Table(
            {
                "time": self.times,
                "at_risk": self.at_risk,
                "events": self.events,
                "censored": self.censored,
                "survival": self.survival,
                "low": low,
                "high": high,
            }
        )

    def __repr__(self) -> str:
        low, high = (_reached(v) for v in self.median_interval)
        left_out = f", {self.excluded} without a time left out" if self.excluded else ""
        return (
            f"KaplanMeier({self.n} patients, {self.n_events} events, median "
            f"{_reached(self.median)} "
            f"(95 % interval {low} to {high}){left_out})"
        )

    def _band(self, level: float) -> tuple[Floats, Floats]:
        """Both ends of the band at each of ``.times``."""
        level = as_level(level)
        if self.curve is None:
            return self.survival, self.survival
        with warnings.catch_warnings():  # undefined where the survival is 1 or 0: answered below
            warnings.simplefilter("ignore", RuntimeWarning)
            band = self.curve.confidence_interval(level, method="log-log")
        before = np.cumsum(self.events) == 0
        return (
            np.where(before, 1.0, band.low.probabilities),
            np.where(before, 1.0, band.high.probabilities),
        )

    def _first(self, reached: Bools) -> float:
        return float(self.times[np.argmax(reached)]) if reached.any() else float("nan")

    def _look_up(self, values: Floats, before: float, times: npt.ArrayLike) -> Any:
        """The value of a step function that is right-continuous and ``before`` at its left."""
        asked = as_days(times, "times")
        place = np.searchsorted(self.times, asked + GUARD * np.abs(asked), side="right")
        found = np.append(before if self.n else np.nan, values)[place]
        found = np.where(np.isnan(asked), np.nan, found)
        return float(found) if asked.ndim == 0 else found


_NEAR = 1e-9
"""Survivals nearer to 0.5 than this are compared in whole numbers; the rounding of a product is
below it.
"""


def _reached(time: float) -> str:
    return "not reached" if np.isnan(time) else _wording.number(time)


def _at_most_half(at_risk: Counts, events: Counts) -> bool:
    """Whether the product of (n - d) / n is at most 1/2, in whole numbers, equal factors left out
    first.
    """
    left, had = Counter((at_risk - events).tolist()), Counter(at_risk.tolist())
    return 2 * math.prod((left - had).elements()) <= math.prod((had - left).elements())


def _read(
    time: npt.ArrayLike, event: npt.ArrayLike, names: tuple[str, str]
) -> tuple[Floats, Bools, int]:
    """Times and events of the patients with a time, in one dimension, and how many had none."""
    times, flags = broadcast(
        **{
            names[0]: np.atleast_1d(as_days(time, names[0])),
            names[1]: np.atleast_1d(as_flags(event, names[1])),
        }
    )
    if times.ndim != 1:
        raise InputError(
            f"`{names[0]}` must be one-dimensional, one time for each patient; got shape "
            f"{times.shape}. "
            "Take one group at a time.",
            argument=names[0],
        )
    refuse(
        names[0], "0 or more", times, times < 0, "Count from the start; NaN where there is no time."
    )
    known = ~np.isnan(times)
    return times[known], flags[known], int(np.count_nonzero(~known))


def _with_ties(times: Floats, guard: float) -> Floats:
    """The times, those equal but for rounding made equal (as R's ``timefix`` does)."""
    distinct, which = np.unique(times, return_inverse=True)
    new = (
        np.append(True, more_than(distinct[1:], distinct[:-1], guard))
        if distinct.size
        else np.zeros(0, np.bool_)
    )
    return np.asarray(distinct[new][np.cumsum(new)[which] - 1])


@by_label()
def kaplan_meier(time: npt.ArrayLike, event: npt.ArrayLike) -> KaplanMeier:
    """The Kaplan-Meier estimate of survival without the event.

    At tied times events come before censorings. Patients whose time is NaN are left out and
    counted.

    Parameters
    ----------
    time : array_like of float or timedelta64, shape (patient,)
        Time to the event or to censoring, 0 or more, in any one unit; NaN: no time.
    event : array_like of bool, shape (patient,)
        True where the event was observed.

    Returns
    -------
    KaplanMeier
        With ``.survival_at(times)``, ``.median``, ``.median_interval``,
        ``.confidence_interval(times)``, ``.at_risk_at(times)``, ``.n_events`` and ``.excluded``. An
        empty cohort has no survival (NaN).

    Raises
    ------
    InputError
        For negative or infinite times, flags that are none, or shapes that do not fit.

    References
    ----------
    Kaplan and Meier 1958, doi 10.1080/01621459.1958.10501452; Greenwood 1926; Brookmeyer and
    Crowley 1982.

    Examples
    --------
    >>> km = kaplan_meier([6, 6, 6, 7, 10], [True, True, False, True, False])
    >>> km.median
    7.0
    >>> km
    KaplanMeier(5 patients, 3 events, median 7.0 (95 % interval 6.0 to not reached))
    """
    times, flags, excluded = _read(time, event, ("time", "event"))
    if not times.size:
        nothing = np.zeros(0, dtype=np.int64)
        return KaplanMeier(np.zeros(0), np.zeros(0), nothing, nothing, nothing, excluded)
    from scipy import stats

    times = _with_ties(times, guard_of(time))
    curve = stats.ecdf(stats.CensoredData.right_censored(times, ~flags)).sf
    distinct, which = np.unique(times, return_inverse=True)
    total = np.bincount(which)
    events = np.bincount(which[flags], minlength=distinct.size)
    at_risk = times.size - np.cumsum(total) + total
    return KaplanMeier(
        distinct,
        np.asarray(curve.probabilities, dtype=np.float64),
        at_risk,
        events,
        total - events,
        excluded,
        curve,
    )


@frozen(repr=False)
class LogRank:
    """Comparison of two survival curves, as returned by `log_rank`.

    Attributes
    ----------
    statistic : float
        Chi-square with 1 degree of freedom; NaN where the curves cannot be compared.
    p_value : float
        Two-sided.
    n, n_events, excluded : tuple of int
        Patients with a time, events, and patients without a time, in each group.

    Examples
    --------
    >>> from nettumor import log_rank
    >>> log_rank(([1, 2, 3], [True] * 3), ([4, 5, 6], [True] * 3))
    LogRank(chi-square 5.05 with 1 degree of freedom, p = 0.025; 3 of 3 and 3 of 3 with the event)
    """

    statistic: float
    p_value: float
    n: tuple[int, int]
    n_events: tuple[int, int]
    excluded: tuple[int, int]

    def __repr__(self) -> str:
        (n_a, n_b), (d_a, d_b) = self.n, self.n_events
        p = "p < 0.0001" if self.p_value < 0.0001 else f"p = {self.p_value:.2g}"
        return (
            f"LogRank(chi-square {self.statistic:.2f} with 1 degree of freedom, {p}; "
            f"{d_a} of {n_a} and {d_b} of {n_b} with the event)"
        )


def log_rank(a: Any, b: Any) -> LogRank:
    """The log-rank test of two groups, without strata or weights.

    Parameters
    ----------
    a, b : pair (time, event), or object with ``.time`` and ``.event``
        One group each, as in `kaplan_meier`; a `TimeToEvent` will do. NaN times are left out and
        counted.

    Returns
    -------
    LogRank
        With ``.statistic`` (chi-square, 1 degree of freedom) and ``.p_value``; both NaN where a
        group is empty or no event can tell the groups apart.

    Raises
    ------
    InputError
        If an argument is no pair, or as in `kaplan_meier`.

    References
    ----------
    Mantel 1966; Peto and Peto 1972, doi 10.2307/2344317; `scipy.stats.logrank`, whose statistic is
    squared here.

    Examples
    --------
    >>> mp6 = ([6, 6, 6, 7, 10], [True, True, False, True, False])
    >>> round(log_rank(mp6, ([1, 1, 2, 2, 3], [True] * 5)).statistic, 2)
    9.65
    """
    (times_a, events_a, none_a), (times_b, events_b, none_b) = _group(a, "a"), _group(b, "b")
    n, d = (times_a.size, times_b.size), (int(events_a.sum()), int(events_b.sum()))
    statistic = p_value = float("nan")
    if all(n) and any(d):
        from scipy import stats

        together = _with_ties(
            np.concatenate([times_a, times_b]), max(_group_guard(a), _group_guard(b))
        )
        groups = (
            stats.CensoredData.right_censored(together[: n[0]], ~events_a),
            stats.CensoredData.right_censored(together[n[0] :], ~events_b),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            test = stats.logrank(*groups)
        if np.isfinite(test.statistic):
            statistic, p_value = float(test.statistic) ** 2, float(test.pvalue)
    return LogRank(statistic, p_value, n, d, (none_a, none_b))


def _pair(group: Any, name: str) -> tuple[Any, Any]:
    if hasattr(group, "time") and hasattr(group, "event"):
        return group.time, group.event
    if not isinstance(group, (tuple, list, np.ndarray)) or len(group) != 2:
        raise InputError(
            f"`{name}` must be a pair (time, event) or an object with .time and .event; got "
            f"{type(group).__name__}. Write log_rank((time_a, event_a), (time_b, event_b)).",
            argument=name,
        )
    return group[0], group[1]


def _group(group: Any, name: str) -> tuple[Floats, Bools, int]:
    time, event = _pair(group, name)
    same_labels(**{f"{name}.time": time, f"{name}.event": event})
    return _read(time, event, (f"{name}.time", f"{name}.event"))


def _group_guard(group: Any) -> float:
    return guard_of(_pair(group, "")[0])
