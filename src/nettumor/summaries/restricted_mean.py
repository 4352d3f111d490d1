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
from nettumor.summaries._sorted_times import Ordered, greenwood_terms, times_of
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
    trials: Ordered, survival: Floats, shape: tuple[int, ...], until: Any, level: float
) -> RestrictedMean:
    """The restricted mean of each trial's curve, in the shape of the trials."""
    from scipy import special

    horizon = _horizon(until)
    estimate, variance = np.full(len(survival), np.nan), np.full(len(survival), np.nan)
    for rows in trials.blocks:
        estimate[rows], variance[rows] = _areas(trials[rows], survival[rows], horizon)
    error = np.sqrt(variance)
    reach = special.ndtri(1 / 2 + level / 2) * error
    return RestrictedMean(
        estimate=shaped(estimate, shape),
        standard_error=shaped(error, shape),
        low=shaped(estimate - reach, shape),
        high=shaped(estimate + reach, shape),
        until=horizon,
        level=level,
    )


def _horizon(until: Any) -> float:
    number = isinstance(until, (int, float, np.number)) and not isinstance(until, bool)
    if not number or not 0 < until < np.inf:
        raise InputError(
            f"`until` must be one number above 0; got {until!r}. Give a horizon in the unit of the "
            "times.",
            argument="until",
        )
    return float(until)


def _areas(trials: Ordered, survival: Floats, until: float) -> tuple[Floats, Floats]:
    """Area under each curve up to the horizon, and its variance."""
    times = times_of(trials.keys)
    # Each step lasts from its own time to the next one, and nothing lies beyond the horizon.
    ends = np.full((len(times), times.shape[-1] + 1), until)
    np.fmin(times, until, out=ends[:, :-1])
    steps = survival * np.diff(ends, axis=-1)
    remaining = np.add.accumulate(steps[:, ::-1], axis=-1)[:, ::-1]
    area = ends[:, 0] + remaining[:, 0]
    # Greenwood's terms of the events, weighted by the squared area after them; 0 without one.
    terms = greenwood_terms(trials)
    terms[remaining == 0] = 0.0
    variance = np.einsum("ti,ti,ti->t", remaining, remaining, terms)
    # Known up to the horizon: somebody was seen that far, or nobody is left.
    row, last = np.arange(len(times)), np.maximum(trials.known - 1, 0)
    seen = at_least(times[row, last], until) | (survival[row, last] == 0)
    seen &= trials.known > 0
    return np.where(seen, area, np.nan), np.where(seen, variance, np.nan)
