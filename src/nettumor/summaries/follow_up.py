"""How long the patients were followed: the reverse Kaplan-Meier median.

Source: Schemper and Smith 1996. Who dies stops being followed for a reason other than the end of
follow-up, so deaths censor follow-up and censorings are its events. Times and events come in as in
`kaplan_meier`; out comes a `FollowUp`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _wording
from nettumor._arrays import GUARD
from nettumor._labels import by_label
from nettumor.summaries._quantiles import crossing
from nettumor.summaries._sorted_times import (
    censoring_times,
    greenwood_terms,
    ordered,
    survival_of,
    times_of,
)
from nettumor.summaries._trials import comparable, in_words, shaped, span
from nettumor.summaries.rates import as_level
from nettumor.summaries.survival import log_log_band, read_times


@frozen(repr=False)
class FollowUp:
    """Median follow-up, as returned by `median_follow_up`; arrays for many trials.

    Attributes
    ----------
    median : float, or ndarray of float, shape (...)
        NaN where fewer than half would have been followed to their end.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval; NaN: not reached.
    n, excluded : int, or ndarray of int, shape (...)
        Patients with and without a time.
    level : float
        Level of the interval.

    Examples
    --------
    >>> from nettumor import median_follow_up
    >>> median_follow_up([5, 8, 8, 12, 20], [True, False, True, False, False]).median
    12.0
    """

    median: Any = field(eq=comparable)
    low: Any = field(eq=comparable)
    high: Any = field(eq=comparable)
    n: Any = field(eq=comparable)
    excluded: Any = field(eq=comparable)
    level: float

    def __repr__(self) -> str:
        if isinstance(self.median, np.ndarray):
            patients = int(np.max(self.n + self.excluded, initial=0))
            return f"FollowUp({in_words(self.median.shape, patients)}: medians {span(self.median)})"
        median, low, high = (
            "not reached" if np.isnan(v) else _wording.number(v)
            for v in (self.median, self.low, self.high)
        )
        return (
            f"FollowUp(median {median}, {100 * self.level:g} % interval {low} to {high}; "
            f"{self.n} patients)"
        )


@by_label(time="patient", event="patient")
def median_follow_up(time: npt.ArrayLike, event: npt.ArrayLike, *, level: float = 0.95) -> FollowUp:
    """Median follow-up by the reverse Kaplan-Meier estimate.

    A patient who has the event at a time is no longer at risk of the end of follow-up at that time:
    at ties the events leave first. (Exchanging the flags of an ordinary estimate keeps them at
    risk, which is wrong by the ties.)

    Parameters
    ----------
    time, event
        As in `kaplan_meier`, shape (..., patient): the event is the death (or progression), not the
        end of follow-up.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    FollowUp
        With ``.median``, ``.low`` and ``.high``, each of the shape of the trials.

    Raises
    ------
    InputError
        As in `kaplan_meier`.

    References
    ----------
    Schemper and Smith 1996, doi 10.1016/0197-2456(96)00075-X; the interval as in
    `KaplanMeier.quantile_interval`.

    Examples
    --------
    >>> median_follow_up([5, 8, 8, 12, 20], [True, False, True, False, False])
    FollowUp(median 12.0, 95 % interval 8.0 to not reached; 5 patients)
    """
    level = as_level(level)
    times, flags = read_times(time, event, ("time", "event"))
    trials, patients = times.shape[:-1], times.shape[-1]
    flat = (math.prod(trials), patients)
    order = ordered(times.reshape(flat), flags.reshape(flat), GUARD)
    survival, ends = np.empty(flat), np.full((2, flat[0]), np.nan)
    for rows in order.blocks:
        block = order[rows]
        survival[rows] = survival_of(block, censoring_times)
        terms = greenwood_terms(block, censoring_times)
        band = log_log_band(survival[rows], np.add.accumulate(terms, axis=-1), level)
        for end, values in zip(ends, band, strict=True):
            row, first = np.arange(len(terms)), (values <= 0.5).argmax(axis=-1)
            reached = values[row, first] <= 0.5
            end[rows] = np.where(reached, times_of(block.keys[row, first]), np.nan)
    middle = crossing(order, survival.__getitem__, Fraction(1, 2), censoring_times).time
    return FollowUp(
        median=shaped(middle, trials),
        low=shaped(ends[0], trials),
        high=shaped(ends[1], trials),
        n=shaped(order.known, trials),
        excluded=shaped(patients - order.known, trials),
        level=level,
    )
