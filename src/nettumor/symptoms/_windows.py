"""Sums of a diary over its baseline and its windows: how much, over how many recorded days.

Read by `nettumor.symptoms.course` alone, on blocks of diaries: what it gives has the window on the
first axis, so that a step over windows is one pass over a row of diaries.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats

Ints = npt.NDArray[np.int64]


@frozen(eq=False)
class Windows:
    """Diaries summed up.

    Attributes
    ----------
    baseline_sum, baseline_days : ndarray, shape (diary,)
        Sum over the days before the start, and how many of them have a record.
    sum, days : ndarray, shape (window, diary)
    free : ndarray of int, shape (diary,)
        Days from the start on with a record of 0.
    reached : ndarray of bool, shape (window, diary)
        Whether the diary has a day in the window or after it.
    unplaced : ndarray of bool, shape (diary,)
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
    """The counts, shape (diary, day), summed by so many windows; ``days`` of the same shape, or of
    one axis where all diaries have the same.
    """
    # 0 is the baseline, 1 and on are the windows, -1 is neither
    unknown = np.isnan(days)
    whole = np.where(unknown, -np.inf, days).clip(-baseline_days - 1).astype(np.int64)
    slot = np.where(whole >= 0, whole // window_days + 1, np.where(whole >= -baseline_days, 0, -1))
    if days.ndim == 1 and not unknown.any():
        total, recorded, free = _of_shared_days(counts, slot, number)
        reached = np.ones((number, len(counts)), dtype=np.bool_)
        unplaced = np.zeros(len(counts), dtype=np.bool_)
    else:
        slot = np.broadcast_to(slot, counts.shape)
        total, recorded, free = _of_own_days(counts, slot, number)
        reached = slot.max(axis=-1, initial=-1) > np.arange(number)[:, None]
        unplaced = np.asarray((unknown & ~np.isnan(counts)).any(axis=-1))
    return Windows(total[0], recorded[0], total[1:], recorded[1:], free, reached, unplaced)


def _of_shared_days(counts: Floats, slot: Ints, number: int) -> tuple[Floats, Ints, Ints]:
    """Sum and recorded days of each slot, and days without the symptom; increasing ``slot``."""
    # the day first: a sum over days is then one pass over rows of diaries
    by_day = np.array(counts.T, order="C")
    known = by_day == by_day
    shape = (number + 1, len(counts))
    total, recorded = np.empty(shape), np.empty(shape, dtype=np.int64)
    bounds = np.searchsorted(slot, np.arange(number + 2))
    free = np.count_nonzero(by_day[bounds[1] : bounds[-1]] == 0, axis=0)
    np.fmax(by_day, 0.0, out=by_day)  # no count is below 0: what is not recorded adds nothing
    for place in range(number + 1):
        own = slice(bounds[place], bounds[place + 1])
        total[place] = np.add.reduce(by_day[own], axis=0)
        recorded[place] = np.add.reduce(known[own].view(np.int8), axis=0, dtype=np.int32)
    return total, recorded, free


def _of_own_days(counts: Floats, slot: Ints, number: int) -> tuple[Floats, Ints, Ints]:
    """The same where each diary has its own days."""
    diaries, width = len(counts), number + 1
    known = counts == counts
    # what is not recorded, or lies in no slot, goes into one cell more
    cell = np.where(known & (slot >= 0), slot * diaries + np.arange(diaries)[:, None], -1)
    cell = np.where(cell < 0, width * diaries, cell).ravel()
    size, shape = width * diaries, (width, diaries)
    total = np.bincount(cell, weights=np.fmax(counts, 0.0).ravel(), minlength=size + 1)[:size]
    recorded = np.bincount(cell, minlength=size + 1)[:size]
    free = np.count_nonzero((counts == 0) & (slot > 0), axis=-1)
    return total.astype(np.float64).reshape(shape), recorded.reshape(shape), np.asarray(free)
