"""Days that are known to lie in an interval: every combination that an answer can depend on.

A month without its day is an interval of days; nothing is guessed in it. Where all combinations of
days that keep the order of the timepoints give one answer, that is the answer. An answer depends on
days only by comparing them with fixed days (``marks``) and with each other at fixed distances
(``steps``), so it is the same within each cell that these comparisons cut out, and every cell has a
corner that is reached from an end of an interval, a mark or a known day by such distances: only
those days are tried. Days of an interval are whole days from its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats

_FEW = 1 << 12
"""Combinations that are tried without thinking which of them matter."""
MOST = 1 << 18
"""Combinations of one patient that are tried; beyond it the answer counts as not known."""


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
    if np.prod(widths) <= _FEW:
        tried = [first[i] + np.arange(w) for i, w in zip(open_, widths, strict=True)]
    else:
        tried = _corners(first[open_], last[open_], fixed, steps)
    rows = np.empty((1, 0))
    for i in range(len(first)):
        place = np.flatnonzero(open_ == i)
        days = tried[place[0]] if place.size else first[i : i + 1]
        if len(rows) * len(days) > MOST:
            return None
        rows = np.column_stack([np.repeat(rows, len(days), axis=0), np.tile(days, len(rows))])
        if 0 < i < n_ordered and not np.isnan(days).all():
            before = np.fmax.reduce(rows[:, :i], axis=1, initial=-np.inf)
            rows = rows[rows[:, i] > before]
    return rows


def _corners(
    first: Floats, last: Floats, fixed: set[float], steps: Sequence[float]
) -> list[Floats]:
    """For each interval the days at which some comparison can change."""
    reach = sorted({0.0, 1.0, *map(float, steps)})

    def near(days: Iterable[float], low: float, high: float) -> set[float]:
        around = {d + sign * step for d in days for step in reach for sign in (1, -1)}
        base = {low + np.floor(d - low) for d in around}
        return {d + k for d in base for k in (-1.0, 0.0, 1.0) if low <= d + k <= high}

    bounds = list(zip(first.tolist(), (first + np.floor(last - first)).tolist(), strict=True))
    found = [near(fixed, low, high) | {low, high} for low, high in bounds]
    for _ in range(len(bounds) - 1):  # a corner may be reached by way of all the others
        found = [
            here | near(set().union(*(f for j, f in enumerate(found) if j != i)), low, high)
            for i, (here, (low, high)) in enumerate(zip(found, bounds, strict=True))
        ]
    return [np.array(sorted(days)) for days in found]


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
