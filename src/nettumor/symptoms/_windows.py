"""Sums of a diary over its baseline and its windows: how much, over how many recorded days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats

Ints = npt.NDArray[np.int64]

_BLOCK = 2048
"""Diaries in a block: 98 days of it are 1.6 MB."""


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


def summed(counts: Floats, days: Floats, baseline_days: int, window_days: int) -> Windows:
    """The counts, shape (..., day), summed by window; ``days`` of the same shape, or of one axis
    where all subjects have the same.
    """
    last = np.fmax.reduce(days, axis=None, initial=-1.0)
    number = int(last // window_days) + 1 if last >= 0 else 0
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
    """Sum and recorded days of each slot, and days without the symptom; increasing ``slot``.

    A block of diaries at a time, each sum a product with the days of the slot: few passes.
    """
    diaries = counts.reshape(int(np.prod(counts.shape[:-1])), counts.shape[-1])
    in_slot = (slot[:, None] == np.arange(number + 1)).astype(np.float64)
    is_later = (slot > 0).astype(np.float32)
    few = in_slot.astype(np.float32)  # whole numbers up to the days of a diary are exact in it
    total = np.empty((len(diaries), number + 1))
    recorded = np.empty(total.shape, dtype=np.int64)
    free = np.empty(len(diaries), dtype=np.int64)
    for first in range(0, len(diaries), _BLOCK):
        block = slice(first, first + _BLOCK)
        part = diaries[block]
        known = part == part
        total[block] = np.where(known, part, 0.0) @ in_slot
        recorded[block] = known.astype(np.float32) @ few
        free[block] = (part == 0).astype(np.float32) @ is_later
    lead = counts.shape[:-1]
    shape = (*lead, number + 1)
    return total.reshape(shape), recorded.reshape(shape), free.reshape(lead)


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
