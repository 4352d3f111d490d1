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
from nettumor.summaries._sorted_times import (
    Counts,
    EventTimes,
    Keys,
    blocks,
    first_at_most,
    times_of,
)

Reading = Callable[[Keys, Counts], EventTimes]
"""`event_times`, or `censoring_times` for the curve of follow-up."""

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
    keys: Keys, known: Counts, survival: Callable[[slice], Floats], level: Fraction, read: Reading
) -> Crossing:
    """The first time of each trial with a survival of at most ``level``."""
    trials, patients = keys.shape
    time, next_time = np.full(trials, np.nan), np.full(trials, np.nan)
    is_flat = np.zeros(trials, dtype=np.bool_)
    if not patients:
        return Crossing(time, is_flat, next_time)
    near = _ROUNDING * (patients + 1)
    for rows in blocks(trials, patients):
        block, curve = keys[rows], survival(rows)
        place = first_at_most(curve, np.full(len(block), float(level) + near))
        reached = place < patients
        row = np.arange(len(block))
        value = curve[row, np.minimum(place, patients - 1)]
        # What lies beside the level by more than rounding is decided.
        found = np.where(reached, times_of(block[row, np.minimum(place, patients - 1)]), np.nan)
        later = found.copy()
        doubtful = np.flatnonzero(reached & (value >= float(level) - near))
        if doubtful.size:
            exact = _decided(block[doubtful], known[rows][doubtful], place[doubtful], level, read)
            found[doubtful], is_flat[rows.start + doubtful], later[doubtful] = exact
        time[rows], next_time[rows] = found, later
    return Crossing(time, is_flat, next_time)


def _decided(keys: Keys, known: Counts, place: Counts, level: Fraction, read: Reading) -> Crossing:
    """The crossing of rows whose float at ``place`` cannot be told from the level."""
    patients, row = keys.shape[-1], np.arange(len(keys))
    runs = read(keys, known)
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
    t = times_of(keys).ravel()[runs.place]
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
