"""Sums of a diary over its baseline and its windows: how much, over how many recorded days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats

Ints = npt.NDArray[np.int64]


@frozen(eq=False)
class Windows:
    """A diary summed up.

    Attributes
    ----------
    baseline_sum, baseline_days : ndarray, shape (...)
        Sum over the days before the start, and how many of them have a record.
    sum, days : ndarray, shape (..., window)
    free : ndarray of int, shape (...)
        Days from the start on with a record of 0.
    reached : ndarray of bool, shape (..., window)
        Whether the diary has a day in the window or after it.
    unplaced : ndarray of bool, shape (...)
        Whether a count stands on a day that is not known.
    """

    baseline_sum: Floats
    baseline_days: Ints
    sum: Floats
    days: Ints
    free: Ints
    reached: Bools
    unplaced: Bools


def summed(
    counts: Floats, days: Floats, baseline_days: int, window_days: int, number: int
) -> Windows:
    """The counts, shape (..., day), summed by so many windows; ``days`` of the same shape, or of
    one axis where all subjects have the same.
    """
    # 0 is the baseline, 1 and on are the windows, -1 is neither
    with np.errstate(invalid="ignore"):
        slot = np.where(days >= 0, days // window_days + 1, np.where(days >= -baseline_days, 0, -1))
    slot = np.where(np.isnan(slot), -1, slot).astype(np.int64)
    if days.ndim == 1 and not np.isnan(days).any():
        total, recorded, free = _of_shared_days(counts, slot, number)
        reached = np.ones((*counts.shape[:-1], number), dtype=np.bool_)
        unplaced = np.zeros(counts.shape[:-1], dtype=np.bool_)
    else:
        own_days = np.broadcast_to(days, counts.shape)
        slot = np.broadcast_to(slot, counts.shape)
        total, recorded, free = _of_own_days(counts, slot, number)
        reached = slot.max(axis=-1, initial=-1)[..., None] > np.arange(number)
        unplaced = np.asarray((np.isnan(own_days) & ~np.isnan(counts)).any(axis=-1))
    return Windows(
        total[..., 0], recorded[..., 0], total[..., 1:], recorded[..., 1:], free, reached, unplaced
    )


def _of_shared_days(counts: Floats, slot: Ints, number: int) -> tuple[Floats, Ints, Ints]:
    """Sum and recorded days of each slot, and days without the symptom; increasing ``slot``."""
    lead = counts.shape[:-1]
    # the day first: a sum over days is then one pass over rows of diaries
    by_day = np.array(counts.reshape(int(np.prod(lead)), counts.shape[-1]).T, order="C")
    known = by_day == by_day
    shape = (number + 1, by_day.shape[1])
    total, recorded = np.empty(shape), np.empty(shape, dtype=np.int64)
    bounds = np.searchsorted(slot, np.arange(number + 2))
    free = np.count_nonzero(by_day[bounds[1] : bounds[-1]] == 0, axis=0)
    by_day[~known] = 0.0
    for place in range(number + 1):
        own = slice(bounds[place], bounds[place + 1])
        total[place] = np.add.reduce(by_day[own], axis=0)
        recorded[place] = np.add.reduce(known[own].view(np.int8), axis=0, dtype=np.int32)
    sums = np.moveaxis(total.reshape(number + 1, *lead), 0, -1)
    records = np.moveaxis(recorded.reshape(number + 1, *lead), 0, -1)
    return sums, records, free.reshape(lead)


def _of_own_days(counts: Floats, slot: Ints, number: int) -> tuple[Floats, Ints, Ints]:
    """The same where each subject has its own days."""
    subjects = int(np.prod(counts.shape[:-1]))
    shape, width = (*counts.shape[:-1], number + 1), number + 1
    place = slot.reshape(subjects, slot.shape[-1])
    use = (place >= 0) & ~np.isnan(counts.reshape(subjects, counts.shape[-1]))
    cell = (np.arange(subjects)[:, None] * width + place)[use]
    value = counts.reshape(subjects, counts.shape[-1])[use]
    size = subjects * width
    total = np.bincount(cell, weights=value, minlength=size).reshape(shape)
    recorded = np.bincount(cell, minlength=size).reshape(shape).astype(np.int64)
    later = place[use] > 0
    free = np.bincount(cell[later & (value == 0)] // width, minlength=subjects)
    return total, recorded, free.reshape(shape[:-1]).astype(np.int64)
