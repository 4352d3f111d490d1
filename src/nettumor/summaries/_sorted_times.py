"""Times of many trials in order, and the survival after each: what curves and tests are made from.

One integer holds a time and whether it was an event: the bits of a float that is not negative
order as the float does, and the bit below them says "censored", so that at one time the events
come first. Sorting these integers along the last axis sorts times and events together. Work goes
through blocks of trials that fit the cache. No statistic belongs here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, more_than

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

NO_TIME = np.uint64(2**64 - 1)
"""The key of a patient without a time: after all others, and no event."""

BLOCK = 50_000
"""Keys of one block: 0.4 MB, so that a block and what is made of it stay in the second cache (1 MB
on the machine measured; from 20,000 to 100,000 keys a block the time is the same within 10 %)."""


class EventTimes(NamedTuple):
    """The distinct times of events of a block, trial after trial: where each stands among the
    block's keys (flat), patients at risk just before it, and events at it.
    """

    place: Counts
    at_risk: Counts
    events: Counts


def blocks(trials: int, patients: int) -> Iterator[slice]:
    """Slices of trials that together are all of them; none where there are no patients."""
    rows = max(1, BLOCK // max(patients, 1))
    return (slice(i, min(i + rows, trials)) for i in range(0, trials if patients else 0, rows))


def sorted_keys(times: Floats, events: Bools, guard: float) -> Keys:
    """Keys of shape (trial, patient), sorted along the last axis; times within ``guard`` are tied.

    Of times that are equal but for rounding the smallest stands for all (as R's ``timefix`` does).
    """
    out = np.empty(times.shape, dtype=np.uint64)
    for rows in blocks(*times.shape):
        keys = out[rows]
        keys[...] = (times[rows] + 0.0).view(np.uint64)  # + 0.0: a negative zero is zero
        keys <<= np.uint64(1)
        keys |= ~events[rows]
        keys[np.isnan(times[rows])] = NO_TIME
        keys.sort(axis=-1)
        near = _rows_with_near_ties(keys, guard)
        if near.size:
            keys[near] = _tied(keys[near], guard)
    return out


def _rows_with_near_ties(keys: Keys, guard: float) -> Counts:
    """Rows in which neighbours may be equal but for rounding: they lie few units in the last place
    apart.
    """
    if keys.shape[-1] < 2:
        return np.zeros(0, dtype=np.int64)
    bits = keys >> np.uint64(1)
    apart = bits[:, 1:] - bits[:, :-1]
    # A float is at least 2^52 of its units, hence a relative distance of `guard` at most
    # guard * 2^53 of them. One is subtracted: equal times (0 apart) become the largest number.
    apart -= np.uint64(1)
    return np.flatnonzero((apart < np.uint64(int(guard * 2.0**53) + 1)).any(axis=-1))


def _tied(keys: Keys, guard: float) -> Keys:
    """Sorted keys, the times of neighbours within the guard made equal, sorted again."""
    times = times_of(keys)
    new = np.ones(keys.shape, dtype=np.bool_)
    new[:, 1:] = more_than(times[:, 1:], times[:, :-1], guard)
    first = np.maximum.accumulate(np.where(new, np.arange(keys.shape[-1]), 0), axis=-1)
    tied = np.take_along_axis(keys, first, axis=-1) & ~np.uint64(1) | keys & np.uint64(1)
    tied[np.isnan(times)] = NO_TIME
    tied.sort(axis=-1)
    return tied


def times_of(keys: Keys) -> Floats:
    """The times of the keys; NaN where there is none."""
    return (keys >> np.uint64(1)).view(np.float64)


def is_new_time(keys: Keys) -> Bools:
    """Where a time differs from the one before it in the same trial."""
    bits = keys >> np.uint64(1)
    new = np.ones(keys.shape, dtype=np.bool_)
    new[:, 1:] = bits[:, 1:] != bits[:, :-1]
    return new


def event_times(keys: Keys, known: Counts) -> EventTimes:
    """The distinct times of events of sorted keys, of which ``known`` in each row are times."""
    # An event stands before the censorings of its time, so the first of a time with events is one.
    events = np.flatnonzero((keys & np.uint64(1)) == 0)
    return _distinct(keys, known, events, is_new_time(keys))


def censoring_times(keys: Keys, known: Counts) -> EventTimes:
    """The distinct times of censorings; who has the event at such a time is no longer at risk of
    being censored.
    """
    censored = np.flatnonzero(((keys & np.uint64(1)) == 1) & (keys != NO_TIME))
    new = np.ones(keys.shape, dtype=np.bool_)
    new[:, 1:] = keys[:, 1:] != keys[:, :-1]
    return _distinct(keys, known, censored, new)


def _distinct(keys: Keys, known: Counts, chosen: Counts, new: Bools) -> EventTimes:
    """Of the chosen places the first of each distinct time, and how many chosen each time has."""
    first = np.flatnonzero(new.ravel()[chosen])
    count = np.diff(first, append=chosen.size)
    place = chosen[first]
    at_risk = (known[:, None] - np.arange(keys.shape[-1])).ravel()[place]
    return EventTimes(place, at_risk, count)


def survival_of(times: EventTimes, shape: tuple[int, ...], known: Counts) -> Floats:
    """Share without the event after each key: the product of (n - d) / n up to it, or, where nobody
    of the trial is censored, 1 less the share that had it (as `scipy.stats.ecdf`).
    """
    left = times.at_risk - times.events
    curve = np.ones(shape)
    curve.ravel()[times.place] = left / times.at_risk
    np.multiply.accumulate(curve, axis=-1, out=curve)
    trial = times.place // max(shape[1], 1)
    had = np.bincount(trial, times.events, minlength=shape[0])
    whole = np.flatnonzero((had == known) & (known > 0))
    if whole.size:
        total = known[trial]
        share = np.ones(shape)
        share.ravel()[times.place] = 1 - (total - left) / total
        curve[whole] = np.minimum.accumulate(share[whole], axis=-1)  # ties keep what they came to
    return curve


def greenwood_of(times: EventTimes, shape: tuple[int, ...]) -> Floats:
    """Greenwood's sum of d / (n (n - d)) up to each key; infinite where nobody is left."""
    term = np.zeros(shape)
    with np.errstate(divide="ignore"):
        term.ravel()[times.place] = times.events / (times.at_risk * (times.at_risk - times.events))
    return np.add.accumulate(term, axis=-1, out=term)


def count_upto(keys: Keys, limit: Keys) -> Counts:
    """How many keys of each row are at most each of its limits, of shape (trial, limit): bisection
    of all rows at once.
    """
    patients = keys.shape[-1]
    flat, begin = keys.ravel(), np.arange(len(keys))[:, None] * patients
    count = np.zeros(limit.shape, dtype=np.int64)
    step = 1 << max(patients.bit_length() - 1, 0)
    while step and patients:
        longer = np.minimum(count + step, patients)
        count = np.where(flat[begin + longer - 1] <= limit, longer, count)
        step //= 2
    return count


def first_at_most(values: Floats, level: Floats) -> Counts:
    """The first place of each row, whose values never rise, with a value of at most its level; the
    length of the row where there is none.
    """
    patients = values.shape[-1]
    flat, begin = values.ravel(), np.arange(len(values)) * patients
    above = np.zeros(len(values), dtype=np.int64)
    step = 1 << max(patients.bit_length() - 1, 0)
    while step and patients:
        longer = np.minimum(above + step, patients)
        above = np.where(flat[begin + longer - 1] > level, longer, above)
        step //= 2
    return above
