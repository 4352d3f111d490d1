"""Days that are known to lie in an interval: every combination that an answer can depend on.

A month without its day is an interval of days; nothing is guessed in it. Where all combinations of
days that keep the order of the timepoints give one answer, that is the answer. An answer depends on
days only by comparing them with fixed days (``marks``) and with each other at fixed distances
(``steps``), so it is the same within each cell that these comparisons cut out, and every cell has a
corner that is reached from an end of an interval, a mark or a known day by such distances: only
those days are tried. Days of an interval are whole days from its first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats

_FEW = 1 << 12
"""Combinations that are tried without thinking which of them matter."""
MOST = 1 << 18
"""Combinations of one patient that are tried; beyond it the answer counts as not known."""
_MOST_DAYS = 1 << 24
"""Days in all combinations of one patient (128 MiB), of a course of more than 64: likewise."""


def uncertain(first: Floats, last: Floats) -> Bools:
    """Where a day is known only to lie in an interval."""
    return np.asarray(last > first)


def can_increase(first: Floats, last: Floats) -> Bools:
    """Whether some days of the intervals increase strictly along the last axis; unknown days are
    passed over.
    """
    before = np.full(first.shape[:-1], -np.inf)
    possible = np.ones(first.shape[:-1], dtype=np.bool_)
    for visit in range(first.shape[-1]):
        low, high = first[..., visit], last[..., visit]
        # whole days from the first: the earliest one after what stands before
        day = np.where(low > before, low, low + np.floor(before - low) + 1)
        possible &= np.isnan(low) | (day <= high)
        before = np.where(np.isnan(low), before, day)
    return possible


def combinations(
    first: Floats, last: Floats, n_ordered: int, marks: Iterable[float], steps: Sequence[float]
) -> Floats | None:
    """The combinations of days that an answer can depend on, for one patient.

    Parameters
    ----------
    first, last : ndarray of float, shape (day,)
        The intervals; NaN for a day not known, which stays so.
    n_ordered : int
        The first so many days increase strictly.
    marks : iterable of float
        Fixed days with which days are compared.
    steps : sequence of float
        Distances at which days are compared with each other and with ``marks``.

    Returns
    -------
    ndarray of float, shape (combination, day); None where they are too many
    """
    open_ = np.flatnonzero(uncertain(first, last))
    fixed = {float(d) for d in first[~uncertain(first, last)] if not np.isnan(d)}
    fixed |= {float(m) for m in marks}
    widths = np.floor(last[open_] - first[open_]) + 1
    if math.prod(widths.tolist()) <= _FEW:
        tried = [first[i] + np.arange(w) for i, w in zip(open_, widths, strict=True)]
    else:
        tried = _corners(first[open_], last[open_], fixed, steps)
    most = min(MOST, _MOST_DAYS // len(first))
    chosen, before = (
        np.empty((1, 0)),
        np.full(1, -np.inf),
    )  # of the days in intervals; the latest yet
    for i, known in enumerate(first.tolist()):
        place = np.flatnonzero(open_ == i)
        day = np.broadcast_to(known, before.shape)
        if place.size:
            days = tried[place[0]]
            if len(chosen) * len(days) > most:
                return None
            day, before = np.tile(days, len(chosen)), np.repeat(before, len(days))
            chosen = np.column_stack([np.repeat(chosen, len(days), axis=0), day])
        if i < n_ordered and known == known:
            kept = day > before
            chosen, before = chosen[kept], day[kept]
    rows = np.tile(first, (len(chosen), 1))
    rows[:, open_] = chosen
    return rows


def _corners(
    first: Floats, last: Floats, fixed: Iterable[float], steps: Sequence[float]
) -> list[Floats]:
    """For each interval the days at which some comparison can change."""
    reach = np.array([0.0, 1.0, *steps])
    reach = np.unique(np.concatenate([reach, -reach]))
    ends = first + np.floor(last - first)

    def within(days: Floats, low: float, high: float) -> slice:
        """Of days in order those from which some day of an interval is reached."""
        ends = np.searchsorted(days, (low + reach[0] - 2.0, high + reach[-1] + 2.0))
        return slice(*ends.tolist())

    def near(days: Floats, low: float, high: float) -> Floats:
        """Days of an interval within a day of those that are reached from the given ones."""
        base = low + np.floor(np.add.outer(days, reach) - low)
        found = np.unique(np.add.outer(base, (-1.0, 0.0, 1.0)))
        return found[(low <= found) & (found <= high)]

    marks = np.array(sorted(fixed))
    found = [np.union1d(near(marks, a, b), (a, b)) for a, b in zip(first, ends, strict=True)]
    for _ in range(len(found) - 1):  # a corner may be reached by way of all the others
        every, count = np.unique(np.concatenate(found), return_counts=True)
        grown = []
        for own, low, high in zip(found, first, ends, strict=True):
            others = within(every, low, high)
            elsewhere = count[others] > np.isin(every[others], own)
            grown.append(np.union1d(own, near(every[others][elsewhere], low, high)))
        if sum(map(len, grown)) == sum(map(len, found)):
            break
        found = grown
    return found


def unanimous(values: npt.NDArray[Any], start: npt.NDArray[np.int64]) -> Bools:
    """Whether all rows from each start to the next have one value; NaN is one value."""
    length = np.diff(np.append(start, len(values)))
    reference = np.repeat(values[start], length, axis=0)
    same = values == reference
    if values.dtype.kind == "f":
        same |= np.isnan(values) & np.isnan(reference)
    return np.asarray(np.logical_and.reduceat(same, start, axis=0))


def tried(
    first: Floats,
    last: Floats,
    n_ordered: int,
    marks: Callable[[int], Iterable[float]],
    steps: Sequence[float],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Of the patients (rows) with an interval: who could be tried, where the combinations of each
    start, and all the combinations.
    """
    who, start, rows, n = [], [], [], 0
    for patient in np.flatnonzero(uncertain(first, last).any(axis=1)).tolist():
        found = combinations(first[patient], last[patient], n_ordered, marks(patient), steps)
        if found is not None and len(found):
            who.append(patient)
            start.append(n)
            rows.append(found)
            n += len(found)
    stacked = np.concatenate(rows) if rows else np.empty((0, first.shape[1]))
    return np.array(who, dtype=np.int64), np.array(start, dtype=np.int64), stacked
