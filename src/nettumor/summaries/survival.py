"""Survival curves: what share of the patients is without the event, at which time, how surely.

Sources: Kaplan and Meier 1958; Greenwood 1926; Brookmeyer and Crowley 1982 (interval of a
quantile); Kalbfleisch and Prentice 1980 (log-log band). Times and events come in, patients on the
last axis and trials before it; one frozen `KaplanMeier` comes out, whose answers have the shape of
the trials. Tests that compare groups stand in `log_rank`.
"""

from __future__ import annotations

import html
import math
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _figures, _wording
from nettumor._arrays import GUARD, Bools, Floats, as_days, as_flags, broadcast
from nettumor._labels import by_label
from nettumor.errors import choose, refuse
from nettumor.summaries._quantiles import crossing
from nettumor.summaries._sorted_times import (
    NO_TIME,
    Counts,
    Keys,
    Ordered,
    count_upto,
    event_times,
    greenwood_terms,
    is_event,
    is_new_time,
    ordered,
    survival_of,
    times_of,
)
from nettumor.summaries._trials import in_words, shaped, span
from nettumor.summaries.rates import as_level
from nettumor.summaries.restricted_mean import RestrictedMean, restricted_mean
from nettumor.tables import Table


class Interval(NamedTuple):
    """The two ends of an interval."""

    low: Any
    high: Any


class _Runs(NamedTuple):
    """The distinct times of all trials, one trial after the other: its trial, where it stands among
    the keys, and patients.
    """

    trial: Counts
    place: Counts
    at_risk: Counts
    events: Counts
    censored: Counts


@frozen(eq=False, repr=False, slots=False)
class KaplanMeier:
    """A survival curve, as returned by `kaplan_meier`; or a curve for each of many trials.

    Answers have the shape of the trials (of leading axes); with one patient axis they are single
    numbers.

    Attributes
    ----------
    times : ndarray of float, shape (..., n)
        Distinct times of events and censorings, ascending, in the unit of the times given. Of
        trials with fewer of them the rest is NaN.
    survival : ndarray of float, shape (..., n)
        Share without the event just after each time.
    at_risk, events, censored : ndarray of int, shape (..., n)
        Patients under observation just before each time, and how many have the event or leave at
        it; 0 where there is no time.
    excluded : int, or ndarray of int, shape (...)
        Patients without a time (NaN), left out.
    curve : object
        The survival function of `scipy.stats.ecdf`; None for an empty cohort and for many trials.

    Examples
    --------
    >>> from nettumor import kaplan_meier
    >>> km = kaplan_meier([6, 6, 6, 7, 10], [True, True, False, True, False])
    >>> km.survival.round(2).tolist(), km.at_risk.tolist()
    ([0.6, 0.3, 0.3], [5, 2, 1])
    """

    excluded: Any
    _ordered: Ordered
    _survival: Floats
    _trials: tuple[int, ...]

    @property
    def _keys(self) -> Keys:
        return self._ordered.keys

    @property
    def _known(self) -> Counts:
        return self._ordered.known

    @cached_property
    def _runs(self) -> _Runs:
        """What the public arrays are made of; worked out when one of them is asked for."""
        patients = self._keys.shape[-1]
        place = np.flatnonzero(is_new_time(self._keys) & (self._keys != NO_TIME))
        trial = place // max(patients, 1)
        end = np.minimum(
            np.append(place[1:], self._keys.size), trial * patients + self._known[trial]
        )
        had = np.append(0, np.cumsum(is_event(self._keys)))
        events = had[end] - had[place]
        at_risk = self._known[trial] - (place - trial * patients)
        return _Runs(trial, place, at_risk, events, end - place - events)

    def _in_trials(self, values: npt.NDArray[Any], padding: float) -> npt.NDArray[Any]:
        """A value for each distinct time, in the shape of the trials, filled up at the end."""
        if not self._trials:
            return values
        trial = self._runs.trial
        count = np.bincount(trial, minlength=len(self._keys))
        rank = np.arange(trial.size) - (np.cumsum(count) - count)[trial]
        out = np.full((len(self._keys), count.max(initial=0)), padding, dtype=values.dtype)
        out[trial, rank] = values
        return out.reshape(*self._trials, out.shape[1])

    @cached_property
    def times(self) -> Floats:
        """Distinct times, ascending."""
        return self._in_trials(times_of(self._keys).ravel()[self._runs.place], np.nan)

    @cached_property
    def survival(self) -> Floats:
        """Share without the event just after each time."""
        return self._in_trials(self._survival.ravel()[self._runs.place], np.nan)

    @cached_property
    def at_risk(self) -> Counts:
        """Patients under observation just before each time."""
        return self._in_trials(self._runs.at_risk, 0)

    @cached_property
    def events(self) -> Counts:
        """Patients who have the event at each time."""
        return self._in_trials(self._runs.events, 0)

    @cached_property
    def censored(self) -> Counts:
        """Patients who leave at each time."""
        return self._in_trials(self._runs.censored, 0)

    @cached_property
    def curve(self) -> Any:
        """The survival function of `scipy.stats.ecdf`; None for an empty cohort and for many
        trials.
        """
        if self._trials or not self.n:
            return None
        from scipy import stats

        keys = self._keys[0, : self.n]
        sample = stats.CensoredData.right_censored(times_of(keys), ~is_event(keys))
        return stats.ecdf(sample).sf

    @property
    def n(self) -> Any:
        """Patients with a time."""
        return shaped(self._known, self._trials)

    @property
    def n_events(self) -> Any:
        """Events observed."""
        return shaped(np.count_nonzero(is_event(self._keys), axis=-1), self._trials)

    @property
    def median(self) -> Any:
        """The smallest time with a survival of at most 0.5; NaN where it is not reached.

        The comparison is exact. Where the curve is exactly 0.5 over an interval, R's ``survfit``
        gives the middle of that interval instead: ``quantile(0.5, flat="middle")``.
        """
        return self.quantile(0.5)

    @property
    def median_interval(self) -> Interval:
        """95 % interval of the median: the first times at which the ends of the band reach 0.5;
        NaN: not reached.

        Brookmeyer and Crowley 1982, with the band of `confidence_interval`.
        """
        return self.quantile_interval(0.5)

    def quantile(self, share: float, *, flat: str = "first") -> Any:
        """The time by which ``share`` of the patients have the event; 0.5: the median.

        Parameters
        ----------
        share : float
            Share of the patients, between 0 and 1, as written (0.1 is exactly a tenth).
        flat : {"first", "middle"}
            Which time to give where the curve is exactly at the level over an interval: its first,
            or the middle between it and the next event, as R's ``survfit`` and SAS do.

        Returns
        -------
        float, or ndarray of float, shape (...)
            NaN where it is not reached. The comparison is exact.

        Raises
        ------
        InputError
            For a share outside 0 to 1, or an unknown ``flat``.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> km = kaplan_meier([1, 2, 3, 4], [True] * 4)
        >>> km.quantile(0.5), km.quantile(0.5, flat="middle"), km.quantile(0.75)
        (2.0, 2.5, 3.0)
        """
        level = 1 - Fraction(str(as_level(share, "share")))
        choose("flat", flat, ("first", "middle"))
        at = crossing(self._ordered, self._survival.__getitem__, level, event_times)
        time = at.time
        if flat == "middle":
            time = np.where(at.is_flat, (at.time + at.next_time) / 2, at.time)
        return shaped(time, self._trials)

    def quantile_interval(self, share: float, *, level: float = 0.95) -> Interval:
        """Interval of a `quantile`: the first times at which the ends of the band reach it.

        Parameters
        ----------
        share : float
            As in `quantile`.
        level : float
            Level of the interval, between 0 and 1.

        Returns
        -------
        Interval
            ``(low, high)``, each like the quantile; NaN: not reached.

        References
        ----------
        Brookmeyer and Crowley 1982, doi 10.2307/2530286, with the band of `confidence_interval`.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> kaplan_meier(range(1, 11), [True] * 10).quantile_interval(0.5, level=0.9)
        Interval(low=2.0, high=8.0)
        """
        rest, level = 1 - as_level(share, "share"), as_level(level)
        ends = np.full((2, len(self._keys)), np.nan)
        for rows in self._ordered.blocks:
            keys, terms = self._keys[rows], greenwood_terms(self._ordered[rows])
            place = np.flatnonzero(terms)  # the band changes at the times of events only
            greenwood = np.add.accumulate(terms, axis=-1).ravel()[place]
            band = log_log_band(self._survival[rows].ravel()[place], greenwood, level)
            for end, values in zip(ends, band, strict=True):
                reached = np.zeros(keys.shape, dtype=np.bool_)
                reached.ravel()[place[values <= rest]] = True
                row, first = np.arange(len(keys)), reached.argmax(axis=-1)
                end[rows] = np.where(reached[row, first], times_of(keys[row, first]), np.nan)
        return Interval(*(shaped(end, self._trials) for end in ends))

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
            observation. NaN for NaN, and for an empty cohort. Of many trials shape (..., *times).

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> kaplan_meier([10, 20, 30], [True, False, True]).survival_at([12, 24, 60]).round(3).tolist()
        [0.667, 0.667, 0.0]
        """
        asked = as_days(times, "times")
        survival, _ = self._just_after(asked, greenwood=False)
        return self._answer(survival, asked)

    def at_risk_at(self, times: npt.ArrayLike) -> Any:
        """Patients still under observation at each of ``times``, just before what happens at it.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve.

        Returns
        -------
        ndarray of int, or int for a scalar
            0 for NaN and after the last time. Of many trials shape (..., *times).

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> kaplan_meier([10, 20, 30], [True, False, True]).at_risk_at([0, 20, 60]).tolist()
        [3, 2, 0]
        """
        asked = as_days(times, "times")
        limit = (asked - GUARD * np.abs(asked)).ravel()
        # The largest key below every key of the limit's own time.
        below = (np.fmax(limit, 0.0).view(np.uint64) << np.uint64(1)) - np.uint64(1)
        gone = count_upto(self._keys, np.broadcast_to(below, (len(self._keys), below.size)))
        gone[:, ~(limit > 0)] = 0
        found = np.where(np.isnan(limit), 0, self._known[:, None] - gone)
        return shaped(found, (*self._trials, *asked.shape))

    def standard_error_at(self, times: npt.ArrayLike) -> Any:
        """Greenwood's standard error of the survival at each of ``times``.

        Parameters
        ----------
        times : array_like of float, any shape
            Times in the unit of the curve.

        Returns
        -------
        ndarray of float, or float for a scalar
            0 before the first event; NaN where nobody is left. Of many trials shape (..., *times).

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> round(kaplan_meier([10, 20, 30], [True, False, True]).standard_error_at(12), 4)
        0.2722
        """
        asked = as_days(times, "times")
        survival, variance = self._just_after(asked, greenwood=True)
        with np.errstate(invalid="ignore"):
            return self._answer(survival * np.sqrt(variance), asked)

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
            ``(low, high)``, each like ``times`` (of many trials (..., *times)). Both are 1 before
            the first event, and NaN where the survival is 0 (the transformation has no value there;
            R gives NA).

        Raises
        ------
        InputError
            For a level outside 0 to 1.

        References
        ----------
        Kalbfleisch and Prentice 1980; as `scipy.stats.ecdf`, method "log-log".

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> low, high = kaplan_meier([10, 20, 30], [True, False, True]).confidence_interval(12)
        >>> round(low, 3), round(high, 3)
        (0.054, 0.945)
        """
        level, asked = as_level(level), as_days(times, "times")
        low, high = log_log_band(*self._just_after(asked, greenwood=True), level)
        return Interval(self._answer(low, asked), self._answer(high, asked))

    def restricted_mean(self, until: float, *, level: float = 0.95) -> RestrictedMean:
        """Mean time without the event up to a horizon: the area under the curve, with its error.

        Parameters
        ----------
        until : float
            The horizon, above 0, in the unit of the curve.
        level : float
            Level of the interval, between 0 and 1.

        Returns
        -------
        RestrictedMean
            With ``.estimate``, ``.standard_error``, ``.low`` and ``.high``; NaN where the curve
            ends before the horizon with patients left, since nothing is known beyond it.

        Raises
        ------
        InputError
            For a horizon that is no number above 0, or a level outside 0 to 1.

        References
        ----------
        Klein and Moeschberger 2003, section 4.5 (the variance, Greenwood's sum weighted by the
        squared area that remains after each event); Royston and Parmar 2013, doi
        10.1186/1471-2288-13-152.

        Examples
        --------
        >>> from nettumor import kaplan_meier
        >>> km = kaplan_meier([6, 6, 6, 7, 10], [True, True, False, True, False])
        >>> km.restricted_mean(8)
        RestrictedMean(6.9 up to 8.0, standard error 0.39, 95 % interval 6.13 to 7.67)
        """
        return restricted_mean(self._ordered, self._survival, self._trials, until, as_level(level))

    def table(self) -> Table:
        """The curve as a `Table`: time, at_risk, events, censored, survival, low and high (95 %);
        of many trials with the number of the trial before them.
        """
        runs, flat = self._runs, self._keys.shape[-1]
        row = runs.trial
        greenwood = np.concatenate([*map(self._greenwood, self._ordered.blocks), [[]]], None)
        survival = self._survival.ravel()[runs.place]
        low, high = log_log_band(survival, greenwood[runs.place], 0.95)
        number = {"trial": row} if self._trials and flat else {}
        return Table(
            number
            | {
                "time": times_of(self._keys).ravel()[runs.place],
                "at_risk": runs.at_risk,
                "events": runs.events,
                "censored": runs.censored,
                "survival": survival,
                "low": low,
                "high": high,
            }
        )

    def _repr_html_(self) -> str:
        """What it says, its first times, and a small figure of the curve, for a notebook."""
        shown = "" if self._trials else self._first_times()._repr_html_()
        return f"<p>{html.escape(repr(self))}</p>{shown}{_figures.figure_of(self)}"

    def _first_times(self) -> Table:
        names = ("times", "survival", "at_risk", "events", "censored")
        return Table({name: getattr(self, name)[:10] for name in names})

    def __repr__(self) -> str:
        if self._trials:
            left_out = int(np.sum(self.excluded))
            return (
                f"KaplanMeier({in_words(self._trials, self._keys.shape[-1])}: "
                f"medians {span(np.asarray(self.median))}"
                f"{f'; {left_out:,} patients without a time left out' if left_out else ''})"
            )
        low, high = (_reached(v) for v in self.median_interval)
        left_out_one = f", {self.excluded} without a time left out" if self.excluded else ""
        return (
            f"KaplanMeier({self.n} patients, {self.n_events} events, median "
            f"{_reached(self.median)} "
            f"(95 % interval {low} to {high}){left_out_one})"
        )

    def _greenwood(self, rows: slice) -> Floats:
        """Greenwood's sum after each key of a block of trials."""
        terms = greenwood_terms(self._ordered[rows])
        return np.add.accumulate(terms, axis=-1, out=terms)

    def _just_after(self, asked: Floats, *, greenwood: bool) -> tuple[Floats, Floats]:
        """Survival and Greenwood's sum of each trial just after each time asked: 1 and 0 before the
        first event, NaN where nothing is known.
        """
        limit = (asked + GUARD * np.abs(asked)).ravel()
        # The largest key of the limit's own time: its censorings are counted too.
        upto = (np.fmax(limit, 0.0).view(np.uint64) << np.uint64(1)) | np.uint64(1)
        count = count_upto(self._keys, np.broadcast_to(upto, (len(self._keys), upto.size)))
        count[:, ~(limit >= 0)] = 0
        survival, variance = np.ones(count.shape), np.zeros(count.shape)
        row, column = np.nonzero(count)
        survival[row, column] = self._survival[row, count[row, column] - 1]
        for rows in self._ordered.blocks if greenwood else ():
            row, column = np.nonzero(count[rows])
            variance[rows][row, column] = self._greenwood(rows)[row, count[rows][row, column] - 1]
        nothing = (self._known == 0)[:, None] | np.isnan(limit)
        survival[nothing] = np.nan
        return survival, variance

    def _answer(self, found: Floats, asked: Floats) -> Any:
        return shaped(found, (*self._trials, *asked.shape))


def log_log_band(survival: Floats, greenwood: Floats, level: float) -> Interval:
    """Both ends of the log-log band; 1 where the survival is 1, NaN where it is 0."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(1 / np.log(survival) ** 2 * greenwood)
        place = np.log(-np.log(survival))
        reach = special.ndtri(1 / 2 + level / 2) * error
        low, high = np.exp(-np.exp(place + reach)), np.exp(-np.exp(place - reach))
    sure = survival == 1
    return Interval(np.where(sure, 1.0, low), np.where(sure, 1.0, high))


def _reached(time: float) -> str:
    return "not reached" if np.isnan(time) else _wording.number(time)


def read_times(
    time: npt.ArrayLike, event: npt.ArrayLike, names: tuple[str, str]
) -> tuple[Floats, Bools]:
    """Times and events, patients on the last axis, of one shape; impossible times refused."""
    times, flags = broadcast(
        **{
            names[0]: np.atleast_1d(as_days(time, names[0])),
            names[1]: np.atleast_1d(as_flags(event, names[1])),
        }
    )
    refuse(
        names[0], "0 or more", times, times < 0, "Count from the start; NaN where there is no time."
    )
    return times, flags


@by_label(time="patient", event="patient")
def kaplan_meier(time: npt.ArrayLike, event: npt.ArrayLike) -> KaplanMeier:
    """The Kaplan-Meier estimate of survival without the event.

    At tied times events come before censorings. Patients whose time is NaN are left out and
    counted.

    Parameters
    ----------
    time : array_like of float or timedelta64, shape (..., patient)
        Time to the event or to censoring, 0 or more, in any one unit; NaN: no time. Axes before
        the last are trials, each with a curve of its own.
    event : array_like of bool, shape (..., patient)
        True where the event was observed.

    Returns
    -------
    KaplanMeier
        With ``.survival_at(times)``, ``.median``, ``.median_interval``,
        ``.confidence_interval(times)``, ``.quantile(share)``, ``.restricted_mean(until)``,
        ``.at_risk_at(times)``, ``.n_events`` and ``.excluded``; each has the shape of the trials.
        An empty cohort has no survival (NaN).

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

    Two trials of four patients, each on its own:

    >>> km = kaplan_meier([[1, 2, 3, 4], [2, 4, 6, 8]], True)
    >>> km
    KaplanMeier(2 trials of 4 patients: medians from 2.0 to 4.0, middle 3.0)
    >>> km.median.tolist(), km.survival_at([3, 5]).tolist()
    ([2.0, 4.0], [[0.25, 0.0], [0.75, 0.5]])
    """
    times, flags = read_times(time, event, ("time", "event"))
    trials, patients = times.shape[:-1], times.shape[-1]
    flat = (math.prod(trials), patients)
    order = ordered(times.reshape(flat), flags.reshape(flat), GUARD)
    survival = np.empty(flat)
    for rows in order.blocks:
        survival[rows] = survival_of(order[rows])
    return KaplanMeier(shaped(patients - order.known, trials), order, survival, trials)
