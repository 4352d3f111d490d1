"""The mean time without the event up to a horizon, and how sure it is.

Sources: Klein and Moeschberger 2003, section 4.5; Royston and Parmar 2013. The variance is that of
the estimate, Greenwood's sum weighted by the squared area that remains after each event; the
variance of the times themselves, which some packages give in its place, is another thing. Curves
come in as `kaplan_meier` holds them; users call `KaplanMeier.restricted_mean`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import Floats, at_least
from nettumor.errors import InputError
from nettumor.summaries._sorted_times import Counts, Keys, blocks, event_times, times_of
from nettumor.summaries._trials import shaped, span


@frozen(eq=False, repr=False)
class RestrictedMean:
    """A restricted mean, as returned by `KaplanMeier.restricted_mean`; arrays for many trials.

    Attributes
    ----------
    estimate : float, or ndarray of float, shape (...)
        Mean time without the event up to the horizon; NaN where the curve ends before it with
        patients left.
    standard_error : float, or ndarray of float, shape (...)
        Of the estimate.
    low, high : float, or ndarray of float, shape (...)
        Ends of the normal interval.
    until : float
        The horizon.
    level : float
        Level of the interval.

    Examples
    --------
    >>> from nettumor import kaplan_meier
    >>> mean = kaplan_meier([1, 2, 3, 4], [True] * 4).restricted_mean(4)
    >>> mean.estimate, round(mean.standard_error, 4)
    (2.5, 0.559)
    """

    estimate: Any
    standard_error: Any
    low: Any
    high: Any
    until: float
    level: float

    def __repr__(self) -> str:
        until = _wording.number(self.until)
        if isinstance(self.estimate, np.ndarray):
            return f"RestrictedMean(up to {until}: {span(self.estimate)})"
        if np.isnan(self.estimate):
            return f"RestrictedMean(up to {until} not defined: the curve ends before)"
        return (
            f"RestrictedMean({self.estimate:.4g} up to {until}, standard error "
            f"{self.standard_error:.2g}, {100 * self.level:g} % interval {self.low:.3g} to "
            f"{self.high:.3g})"
        )


def restricted_mean(
    keys: Keys,
    known: Counts,
    survival: Floats,
    trials: tuple[int, ...],
    until: Any,
    level: float,
) -> RestrictedMean:
    """The restricted mean of each trial's curve."""
    from scipy import special

    horizon = _horizon(until)
    estimate, variance = np.full(len(keys), np.nan), np.full(len(keys), np.nan)
    for rows in blocks(*keys.shape):
        estimate[rows], variance[rows] = _areas(keys[rows], known[rows], survival[rows], horizon)
    error = np.sqrt(variance)
    reach = special.ndtri(1 / 2 + level / 2) * error
    parts = (estimate, error, estimate - reach, estimate + reach)
    return RestrictedMean(*(shaped(part, trials) for part in parts), until=horizon, level=level)


def _horizon(until: Any) -> float:
    number = isinstance(until, (int, float, np.number)) and not isinstance(until, bool)
    if not number or not 0 < until < np.inf:
        raise InputError(
            f"`until` must be one number above 0; got {until!r}. Give a horizon in the unit of the "
            "times.",
            argument="until",
        )
    return float(until)


def _areas(keys: Keys, known: Counts, survival: Floats, until: float) -> tuple[Floats, Floats]:
    """Area under each curve up to the horizon, and its variance."""
    times = times_of(keys)
    # Each step lasts from its own time to the next one, and nothing lies beyond the horizon.
    ends = np.full((len(keys), keys.shape[-1] + 1), until)
    np.fmin(times, until, out=ends[:, :-1])
    steps = survival * np.diff(ends, axis=-1)
    remaining = np.add.accumulate(steps[:, ::-1], axis=-1)[:, ::-1]
    area = ends[:, 0] + remaining[:, 0]
    # Greenwood's terms of the events, weighted by the area after them; 0 where nobody is left.
    runs = event_times(keys, known)
    left = runs.at_risk - runs.events
    term = np.zeros(keys.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = remaining.ravel()[runs.place] ** 2 * runs.events / (runs.at_risk * left)
    term.ravel()[runs.place] = np.where(left == 0, 0.0, weight)
    # Known up to the horizon: somebody was seen that far, or nobody is left.
    row, end = np.arange(len(keys)), np.maximum(known - 1, 0)
    seen = (known > 0) & (at_least(times[row, end], until) | (survival[row, end] == 0))
    return np.where(seen, area, np.nan), np.where(seen, term.sum(axis=-1), np.nan)
