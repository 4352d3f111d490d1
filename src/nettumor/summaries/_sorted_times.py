"""Times of many trials in order, and the survival after each: what curves and tests are made from.

One integer holds a time and whether it was an event: the bits of a float that is not negative
order as the float does, and the bit below them says "censored", so that at one time the events
come first. Sorting these integers along the last axis sorts times and events together. Work goes
through blocks of trials that fit the cache. No statistic belongs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen

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


@frozen(eq=False)
class Ordered:
    """Times and events of trials in order.

    Attributes
    ----------
    keys : ndarray of uint64, shape (trial, patient)
        Sorted along the last axis.
    known : ndarray of int, shape (trial,)
        Patients with a time: the others stand at the end.
    is_tied : ndarray of bool, shape (trial,)
        False where no two events of the trial can share a time.
    """

    keys: Keys
    known: Counts
    is_tied: Bools

    def __getitem__(self, rows: Any) -> Ordered:
        return Ordered(self.keys[rows], self.known[rows], self.is_tied[rows])

    @property
    def blocks(self) -> Iterator[slice]:
        """Slices of trials, each a block that fits the cache."""
        return blocks(*self.keys.shape)


Reading: TypeAlias = Callable[[Ordered], EventTimes]
"""`event_times`, or `censoring_times` for the curve of follow-up."""


def blocks(trials: int, patients: int) -> Iterator[slice]:
    """Slices of trials that together are all of them; none where there are no patients."""
    rows = max(1, BLOCK // max(patients, 1))
    return (slice(i, min(i + rows, trials)) for i in range(0, trials if patients else 0, rows))


def ordered(times: Floats, events: Bools, guard: float) -> Ordered:
    """Times and events of shape (trial, patient) in order; times within ``guard`` are tied.

    Of times that are equal but for rounding the smallest stands for all (as R's ``timefix`` does).
    """
    trials, patients = times.shape
    out = Ordered(
        np.empty(times.shape, dtype=np.uint64),
        np.full(trials, patients),
        np.zeros(trials, dtype=np.bool_),
    )
    for rows in out.blocks:
        keys = out.keys[rows]
        np.add(times[rows], 0.0, out=keys.view(np.float64))  # a negative zero becomes zero
        keys <<= np.uint64(1)
        keys |= ~events[rows]
        none = np.isnan(times[rows])
        if none.any():
            keys[none] = NO_TIME
            out.known[rows] -= np.count_nonzero(none, axis=-1)
        keys.sort(axis=-1)
        _tie(keys, guard)
        out.is_tied[rows] = any_tied_events(keys)
    return out


def _tie(keys: Keys, guard: float) -> None:
    """Makes the times of sorted keys equal, in place, where they are equal but for rounding."""
    # A float is at least 2^52 of its units: a relative distance of `guard` is at most guard * 2^53
    # of them, twice that in keys. One is subtracted, so that equal keys become the largest number.
    apart = keys[:, 1:] - keys[:, :-1] - np.uint64(1)
    if (apart <= np.uint64(2 * int(guard * 2.0**53) + 2)).any():
        bits = keys >> np.uint64(1)
        apart = bits[:, 1:] - bits[:, :-1] - np.uint64(1)
        near = (apart <= np.uint64(int(guard * 2.0**53))).any(axis=-1)
        if near.any():
            keys[near] = _tied(keys[near], guard)


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


def any_tied_events(keys: Keys) -> bool:
    """Whether two events share a time in some row of a block."""
    same = keys[:, 1:] == keys[:, :-1]
    return bool(same.any()) and bool((same & is_event(keys[:, 1:])).any())


def is_event(keys: Keys) -> Bools:
    """Where a key is that of an event."""
    return np.asarray((keys & np.uint64(1)) == 0)


def times_of(keys: Keys) -> Floats:
    """The times of the keys; NaN where there is none."""
    return (keys >> np.uint64(1)).view(np.float64)


def is_new_time(keys: Keys) -> Bools:
    """Where a time differs from the one before it in the same trial."""
    bits = keys >> np.uint64(1)
    new = np.ones(keys.shape, dtype=np.bool_)
    new[:, 1:] = bits[:, 1:] != bits[:, :-1]
    return new


def event_times(trials: Ordered) -> EventTimes:
    """The distinct times of events."""
    # An event stands before the censorings of its time, so the first of a time with events is one.
    events = np.flatnonzero(is_event(trials.keys))
    return _distinct(trials, events, is_new_time(trials.keys))


def censoring_times(trials: Ordered) -> EventTimes:
    """The distinct times of censorings; who has the event at such a time is no longer at risk of
    being censored.
    """
    keys = trials.keys
    censored = np.flatnonzero(~is_event(keys) & (keys != NO_TIME))
    new = np.ones(keys.shape, dtype=np.bool_)
    new[:, 1:] = keys[:, 1:] != keys[:, :-1]
    return _distinct(trials, censored, new)


def _distinct(trials: Ordered, chosen: Counts, new: Bools) -> EventTimes:
    """Of the chosen places the first of each distinct time, and how many chosen each time has."""
    first = np.flatnonzero(new.ravel()[chosen])
    count = np.diff(first, append=chosen.size)
    place = chosen[first]
    at_risk = (trials.known[:, None] - np.arange(new.shape[-1])).ravel()[place]
    return EventTimes(place, at_risk, count)


def at_risk_of(trials: Ordered) -> Floats:
    """Patients at risk at each key, were no time shared; 1 beyond the last. One row where the
    trials have equally many.
    """
    known = trials.known
    if known.size and (known == known[0]).all():
        known = known[:1]
    n = known[:, None] - np.arange(trials.keys.shape[-1], dtype=np.float64)
    return np.asarray(np.maximum(n, 1.0, out=n))


def survival_of(trials: Ordered, read: Reading = event_times) -> Floats:
    """Share without the event after each key: the product of (n - d) / n up to it, or, where nobody
    of the trial is censored, 1 less the share that had it (as `scipy.stats.ecdf`).
    """
    # Where each event has its own time there is nothing to count: a third of the work.
    if read is event_times and not trials.is_tied.any():
        n, event = at_risk_of(trials), is_event(trials.keys)
        curve = np.where(event, (n - 1) / n, 1.0)
        np.multiply.accumulate(curve, axis=-1, out=curve)
        whole = np.flatnonzero(np.count_nonzero(event, axis=-1) == trials.known)
        if whole.size:
            total = trials.known[whole, None].astype(np.float64)
            had = np.minimum(np.arange(1, trials.keys.shape[-1] + 1), total)
            curve[whole] = 1 - had / np.maximum(total, 1)
        return curve
    return _survival_with_ties(read(trials), trials)


def _survival_with_ties(times: EventTimes, trials: Ordered) -> Floats:
    """The same from the distinct times of events."""
    left = times.at_risk - times.events
    curve = np.ones(trials.keys.shape)
    curve.ravel()[times.place] = left / times.at_risk
    np.multiply.accumulate(curve, axis=-1, out=curve)
    trial = times.place // trials.keys.shape[-1]
    had = np.bincount(trial, times.events, minlength=len(trials.known))
    whole = np.flatnonzero(had == trials.known)
    if whole.size:
        total = trials.known[trial]
        share = np.ones(curve.shape)
        share.ravel()[times.place] = 1 - (total - left) / total
        curve[whole] = np.minimum.accumulate(share[whole], axis=-1)  # ties keep what they came to
    return curve


def greenwood_terms(trials: Ordered, read: Reading = event_times) -> Floats:
    """Greenwood's d / (n (n - d)) at the first key of each time with events, else 0; infinite where
    nobody is left.
    """
    with np.errstate(divide="ignore"):
        if read is event_times and not trials.is_tied.any():
            n = at_risk_of(trials)
            return np.where(is_event(trials.keys), 1 / (n * (n - 1)), 0.0)
        times = read(trials)
        terms = np.zeros(trials.keys.shape)
        left = times.at_risk - times.events
        terms.ravel()[times.place] = times.events / (times.at_risk * left)
        return terms


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
