"""How sure any summary is, by drawing again: bootstrap intervals and permutation tests.

Sources: Efron and Tibshirani 1993, chapter 13 (percentile interval); Phipson and Smyth 2010 (a
permutation p is never 0). A summary is any function of arrays with patients on the last axis, such
as those of this package: it is called with many draws at once on a leading axis. The seed is the
caller's; nothing here is random by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Floats, at_least
from nettumor.errors import InputError, InputTypeError
from nettumor.summaries._trials import comparable, shaped, span
from nettumor.summaries.rates import as_level

DRAWN_AT_ONCE = 2_000_000
"""Values drawn in one call of the summary: 16 MB of times."""

MOST_RESAMPLES = 100_000_000
"""More draws would take days."""

_SAME = 1e-12
"""Relative distance below which two statistics are the same: the sums of a permuted sample are
taken in another order, which moves their last digits (about 1e-15 a term)."""


@frozen(repr=False)
class Bootstrap:
    """A summary with its percentile interval, as returned by `bootstrap`.

    Attributes
    ----------
    estimate : float, or ndarray of float, shape (...)
        The summary of the patients themselves.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval; NaN where they fall among draws without a value, which stand above all
        others (a median that is not reached).
    undefined : int, or ndarray of int, shape (...)
        Draws without a value (NaN).
    draws : ndarray of float, shape (resample, ...)
        The summary of each draw.
    seed : int
        What the draws came from.
    level : float
        Level of the interval.

    Examples
    --------
    >>> from nettumor import bootstrap
    >>> answer = bootstrap(lambda x: x.mean(axis=-1), [3, 5, 8, 9], resamples=200, seed=1)
    >>> answer.estimate
    6.25
    """

    estimate: Any = field(eq=comparable)
    low: Any = field(eq=comparable)
    high: Any = field(eq=comparable)
    undefined: Any = field(eq=comparable)
    draws: Floats = field(eq=comparable)
    seed: int
    level: float

    def __repr__(self) -> str:
        how = f"{len(self.draws):,} draws, seed {self.seed}"
        if isinstance(self.estimate, np.ndarray):
            return f"Bootstrap({span(self.estimate)}; {how})"
        none = f", {self.undefined} of them without a value" if self.undefined else ""
        return (
            f"Bootstrap({self.estimate:.4g}, {100 * self.level:g} % interval {self.low:.4g} to "
            f"{self.high:.4g}; {how}{none})"
        )


@frozen(repr=False)
class Permutation:
    """A permutation test, as returned by `permutation_test`.

    Attributes
    ----------
    statistic : float, or ndarray of float, shape (...)
        Of the groups as they are.
    p_value : float, or ndarray of float, shape (...)
        Share of the permutations, the groups themselves among them, whose statistic is at least as
        large; NaN where the statistic has no value.
    resamples : int
        Permutations drawn.
    seed : int
        What they came from.

    Examples
    --------
    >>> from nettumor import permutation_test
    >>> def distance(a, b):
    ...     return abs(a.mean(axis=-1) - b.mean(axis=-1))
    >>> permutation_test(distance, [1, 2, 3, 4], [5, 6, 7, 8], resamples=999, seed=1).statistic
    4.0
    """

    statistic: Any = field(eq=comparable)
    p_value: Any = field(eq=comparable)
    resamples: int
    seed: int

    def __repr__(self) -> str:
        how = f"{self.resamples:,} permutations, seed {self.seed}"
        if isinstance(self.statistic, np.ndarray):
            return f"Permutation(p {span(self.p_value, digits=4)}; {how})"
        return f"Permutation(statistic {self.statistic:.4g}, p = {self.p_value:.2g}; {how})"


def bootstrap(
    statistic: Callable[..., npt.ArrayLike],
    *data: npt.ArrayLike,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> Bootstrap:
    """A summary of one group with its bootstrap interval (percentiles).

    Parameters
    ----------
    statistic : callable
        Takes as many arrays as ``data`` has, patients on the last axis and any axes before it, and
        gives one number for each trial: ``lambda t, e: kaplan_meier(t, e).median``.
    *data : array_like, shape (..., patient)
        What belongs to the patients, such as times and events; drawn together, with replacement.
        Axes before the last are trials, each drawn from by itself.
    seed : int
        Of the draws, 0 or more; required, so that the answer can be had again.
    resamples : int
        How many draws.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Bootstrap
        With ``.estimate``, ``.low``, ``.high`` and ``.draws``.

    Raises
    ------
    InputError
        For a seed or a number of draws that is none, or data without patients or of unequal shapes.

    References
    ----------
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; numpy's PCG64.

    Examples
    --------
    >>> from nettumor import kaplan_meier
    >>> def median(time, event):
    ...     return kaplan_meier(time, event).median
    >>> bootstrap(median, [2, 4, 4, 7, 9, 12, 15], [True] * 7, seed=20, resamples=500)
    Bootstrap(7, 95 % interval 4 to 12; 500 draws, seed 20)
    """
    level, seed, resamples = (
        as_level(level),
        _whole(seed, "seed", 0),
        _whole(resamples, "resamples", 1, MOST_RESAMPLES),
    )
    _callable(statistic)
    arrays = _of_patients(data)
    shape = arrays[0].shape
    estimate = np.asarray(statistic(*arrays), dtype=np.float64)
    draws = np.empty((resamples, *estimate.shape))
    random = np.random.default_rng(seed)
    for rows in _portions(resamples, arrays[0].size):
        which = random.integers(0, shape[-1], size=(rows.stop - rows.start, *shape))
        drawn = (np.take_along_axis(a[None], which, axis=-1) for a in arrays)
        draws[rows] = statistic(*drawn)
    # The smallest draw with at least this share of the draws at or below it; NaN are the largest.
    tail, in_order = (1 - Fraction(str(level))) / 2, np.sort(draws, axis=0)
    low, high = (in_order[max(math.ceil(p * resamples), 1) - 1] for p in (tail, 1 - tail))
    trials, none = estimate.shape, np.asarray(np.count_nonzero(np.isnan(draws), axis=0))
    return Bootstrap(
        estimate=shaped(estimate, trials),
        low=shaped(np.asarray(low), trials),
        high=shaped(np.asarray(high), trials),
        undefined=shaped(none, trials),
        draws=draws,
        seed=seed,
        level=level,
    )


def permutation_test(
    statistic: Callable[..., npt.ArrayLike],
    a: Any,
    b: Any,
    *,
    seed: int,
    resamples: int = 2000,
) -> Permutation:
    """Whether two groups differ, by exchanging patients between them at random.

    Parameters
    ----------
    statistic : callable
        Takes two groups as they are given, patients on the last axis and any axes before it, and
        gives one number for each trial, the larger the further apart:
        ``lambda a, b: log_rank(a, b).statistic``.
    a, b : array_like of shape (..., patient), or tuple of such
        One group each: one array, or a tuple (time, event).
    seed : int
        Of the permutations, 0 or more; required, so that the answer can be had again.
    resamples : int
        How many permutations.

    Returns
    -------
    Permutation
        With ``.statistic`` and ``.p_value``. A permutation without a value (NaN) is no less extreme
        than any other, which makes the p larger, never smaller.

    Raises
    ------
    InputError
        As in `bootstrap`, and for groups of unequal form.

    References
    ----------
    Phipson and Smyth 2010, doi 10.2202/1544-6115.1585 (the groups themselves count).

    Examples
    --------
    >>> from nettumor import log_rank
    >>> def apart(a, b):
    ...     return log_rank(a, b).statistic
    >>> groups = ([2, 4, 5, 7], [True] * 4), ([8, 9, 11, 15], [True, True, True, False])
    >>> permutation_test(apart, *groups, seed=3, resamples=999)
    Permutation(statistic 7.344, p = 0.031; 999 permutations, seed 3)
    """
    seed = _whole(seed, "seed", 0)
    resamples = _whole(resamples, "resamples", 1, MOST_RESAMPLES)
    _callable(statistic)
    single = not isinstance(a, tuple)
    first, second = (_of_patients(list(g) if isinstance(g, tuple) else [g]) for g in (a, b))
    if (
        single == isinstance(b, tuple)
        or len(first) != len(second)
        or first[0].shape[:-1] != second[0].shape[:-1]
    ):
        raise InputError(
            f"`a` and `b` must have one form and the same trials; got shapes {first[0].shape} and "
            f"{second[0].shape}. Give two arrays, or two pairs (time, event).",
            argument="a",
        )

    def of(groups: Sequence[npt.NDArray[Any]], size: int) -> Floats:
        """The statistic of pooled arrays of which the first ``size`` patients are group a."""
        left, right = tuple(g[..., :size] for g in groups), tuple(g[..., size:] for g in groups)
        return np.asarray(
            statistic(left[0], right[0]) if single else statistic(left, right), dtype=np.float64
        )

    pooled = [np.concatenate([x, y], axis=-1) for x, y in zip(first, second, strict=True)]
    size, shape = first[0].shape[-1], pooled[0].shape
    observed = of(pooled, size)
    as_large = np.ones(observed.shape, dtype=np.int64)
    random = np.random.default_rng(seed)
    places = np.broadcast_to(np.arange(shape[-1], dtype=np.int32), shape)
    for rows in _portions(resamples, pooled[0].size):
        which = random.permuted(np.broadcast_to(places, (rows.stop - rows.start, *shape)), axis=-1)
        found = of([np.take_along_axis(p[None], which, axis=-1) for p in pooled], size)
        as_large += (at_least(found, observed, _SAME) | np.isnan(found)).sum(axis=0)
    p_value = np.where(np.isnan(observed), np.nan, as_large / (resamples + 1))
    trials = observed.shape
    return Permutation(shaped(observed, trials), shaped(p_value, trials), resamples, seed)


def _portions(resamples: int, size: int) -> Iterator[slice]:
    """Slices of the resamples, each as many as are drawn at once."""
    rows = max(1, DRAWN_AT_ONCE // max(size, 1))
    return (slice(i, min(i + rows, resamples)) for i in range(0, resamples, rows))


def _callable(statistic: object) -> None:
    if not callable(statistic):
        raise InputTypeError(
            f"`statistic` must be a function of the arrays; got {statistic!r:.60}. E.g. "
            "lambda x: x.mean(axis=-1).",
            argument="statistic",
        )


def _whole(value: Any, argument: str, least: int, most: float = math.inf) -> int:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and value > most:
        raise InputError(
            f"`{argument}` must be at most {most:,}; got {value!r:.20}. A few thousand do.",
            argument=argument,
        )
    if not whole or value < least:
        raise InputError(
            f"`{argument}` must be a whole number of {least} or more; got {value!r}. Write one down, "
            "so that the same draws come again.",
            argument=argument,
        )
    return int(value)


def _of_patients(data: Sequence[npt.ArrayLike]) -> list[npt.NDArray[Any]]:
    """The arrays in one shape, with patients on the last axis."""
    arrays = [np.asarray(d) for d in data]
    if any(array.dtype.kind in "USMm" for array in arrays):
        raise InputTypeError(
            "The data must be numbers or flags; got text or dates. Subtract the reference date, or "
            "code the text.",
            argument="data",
        )
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shape = ()
    if not shape or not shape[-1]:
        raise InputError(
            "The data must have patients on the last axis, in one shape; got shapes "
            f"{', '.join(str(a.shape) for a in arrays) or 'of no array'}. Give arrays such as times "
            "and events of the same patients.",
            argument="data",
        )
    return [np.broadcast_to(a, shape) for a in arrays]
