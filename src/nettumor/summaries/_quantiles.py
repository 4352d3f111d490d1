"""When a share of the patients has had the event: the place where a curve reaches a level, exactly.

A curve is a product of floats, and half the patients may be exactly half: what lies within the
rounding of the product is decided in whole numbers (Kaplan and Meier 1958; the convention at a
flat half is that of the caller).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.summaries._sorted_times import Counts, Ordered, Reading, first_at_most, times_of

_ROUNDING = 4 * 2.0**-53
"""Relative error of a product of n quotients is at most 2 n units of 2^-53; twice that is kept."""


class Crossing(NamedTuple):
    """Times at which the curves of trials reach a level (NaN: not reached), whether they are
    exactly at it there, and the time at which such a curve next falls (the same time where it
    never does).
    """

    time: Floats
    is_flat: Bools
    next_time: Floats


def crossing(
    trials: Ordered, survival: Callable[[slice], Floats], level: Fraction, read: Reading
) -> Crossing:
    """The first time of each trial with a survival of at most ``level``."""
    n, patients = trials.keys.shape
    out = Crossing(np.full(n, np.nan), np.zeros(n, dtype=np.bool_), np.full(n, np.nan))
    near = _ROUNDING * (patients + 1)
    for rows in trials.blocks:
        block, curve = trials[rows], survival(rows)
        place = first_at_most(curve, np.full(len(curve), float(level) + near))
        row, last = np.arange(len(curve)), np.minimum(place, patients - 1)
        reached = place < patients
        time = np.where(reached, times_of(block.keys[row, last]), np.nan)
        out.time[rows], out.next_time[rows] = time, time
        # What lies beside the level by more than rounding is decided.
        doubtful = np.flatnonzero(reached & (curve[row, last] >= float(level) - near))
        if doubtful.size:
            exact = _decided(block[doubtful], place[doubtful], level, read)
            for values, decided in zip(out, exact, strict=True):
                values[rows.start + doubtful] = decided
    return out


def _decided(trials: Ordered, place: Counts, level: Fraction, read: Reading) -> Crossing:
    """The crossing of trials whose float at ``place`` cannot be told from the level."""
    patients, row = trials.keys.shape[-1], np.arange(len(place))
    runs = read(trials)
    # The time in doubt among the distinct times of events, and the first of its row.
    k = np.searchsorted(runs.place, row * patients + place)
    first = np.searchsorted(runs.place, row * patients)
    left = runs.at_risk - runs.events
    # Where nobody is lost between events, (n - d) / n cancel: what is left over who was there.
    lost = np.zeros(runs.place.size, dtype=np.int64)
    lost[1:] = np.cumsum(runs.at_risk[1:] != left[:-1])
    whole = lost[k] == lost[first]
    beyond = left[k] * level.denominator - runs.at_risk[first] * level.numerator
    sign = np.sign(beyond)
    for i in np.flatnonzero(~whole):
        until = slice(first[i], k[i] + 1)
        sign[i] = _compared(runs.at_risk[until], runs.events[until], level)
    # A hair above the level: the next event is below it, since it takes away 1 / n at least.
    following = np.minimum(k + 1, runs.place.size - 1)
    goes_on = (k + 1 < runs.place.size) & (runs.place[following] // patients == row)
    t = times_of(trials.keys.ravel()[runs.place])
    time = np.where(sign <= 0, t[k], np.where(goes_on, t[following], np.nan))
    return Crossing(time, sign == 0, np.where((sign == 0) & goes_on, t[following], time))


def _compared(at_risk: Counts, events: Counts, level: Fraction) -> int:
    """The sign of the product of (n - d) / n less the level, in whole numbers, equal factors left
    out first.
    """
    left, had = Counter((at_risk - events).tolist()), Counter(at_risk.tolist())
    share = math.prod((left - had).elements()) * level.denominator
    limit = math.prod((had - left).elements()) * level.numerator
    return (share > limit) - (share < limit)
