"""Whether survival differs between groups: the log-rank test and its weighted and stratified kin.

Sources: Mantel 1966; Peto and Peto 1972 (two groups); Fleming and Harrington 1991, chapter 7 (k
groups, the weights S(t-)^rho (1 - S(t-))^gamma; rho 1 is Peto and Peto's Wilcoxon test). Groups
come in as pairs (time, event), patients on the last axis and trials before it; a frozen `LogRank`
comes out. Hazard ratios are for lifelines or R.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import GUARD, Bools, Floats, broadcast, more_than
from nettumor._labels import same_labels
from nettumor.errors import InputError, InputTypeError
from nettumor.summaries._sorted_times import (
    NO_TIME,
    Counts,
    Keys,
    Ordered,
    any_tied_events,
    at_risk_of,
    blocks,
    event_times,
    is_event,
    survival_of,
)
from nettumor.summaries._trials import comparable, in_words, shaped, span
from nettumor.summaries.survival import read_times


@frozen(repr=False)
class LogRank:
    """Comparison of survival curves, as returned by `log_rank`; arrays for many trials.

    Attributes
    ----------
    statistic : float, or ndarray of float, shape (...)
        Chi-square with ``degrees`` degrees of freedom; NaN where the curves cannot be compared.
    p_value : float, or ndarray of float, shape (...)
        Two-sided.
    n, n_events, excluded : tuple of int, or of ndarray of int, shape (...)
        Patients with a time, events, and patients without a time, in each group.
    difference : tuple of float, or of ndarray of float, shape (...)
        Events observed less expected in each group, weighted; negative where a group does better.
    degrees : int
        Groups less one.

    Examples
    --------
    >>> from nettumor import log_rank
    >>> log_rank(([1, 2, 3], [True] * 3), ([4, 5, 6], [True] * 3))
    LogRank(chi-square 5.05 with 1 degree of freedom, p = 0.025; 3 of 3 and 3 of 3 with the event)
    """

    statistic: Any = field(eq=comparable)
    p_value: Any = field(eq=comparable)
    n: tuple[Any, ...] = field(eq=comparable)
    n_events: tuple[Any, ...] = field(eq=comparable)
    excluded: tuple[Any, ...] = field(eq=comparable)
    difference: tuple[Any, ...] = field(eq=comparable)
    degrees: int = 1

    def __repr__(self) -> str:
        if isinstance(self.statistic, np.ndarray):
            sizes = [
                int(np.max(n + none, initial=0))
                for n, none in zip(self.n, self.excluded, strict=True)
            ]
            words = in_words(self.statistic.shape, sum(sizes))
            return (
                f"LogRank({words} in {len(sizes)} groups: chi-square "
                f"{span(self.statistic, digits=2)}; p {span(self.p_value, digits=4)})"
            )
        p = "p < 0.0001" if self.p_value < 0.0001 else f"p = {self.p_value:.2g}"
        groups = " and ".join(f"{d} of {n}" for d, n in zip(self.n_events, self.n, strict=True))
        degrees = f"{self.degrees} degree{'' if self.degrees == 1 else 's'} of freedom"
        return (
            f"LogRank(chi-square {self.statistic:.2f} with {degrees}, {p}; {groups} with the event)"
        )


class _Group(NamedTuple):
    """Times and events of one group, of shape (trial, patient), and the stratum of each patient."""

    times: Floats
    events: Bools
    strata: npt.NDArray[np.int64]


class _Sums(NamedTuple):
    """Observed less expected events of each group, (trial, group), and their covariance."""

    difference: Floats
    covariance: Floats


def log_rank(
    a: Any,
    b: Any,
    *others: Any,
    strata: Sequence[npt.ArrayLike] | None = None,
    weights: tuple[float, float] = (0, 0),
) -> LogRank:
    """The log-rank test of two or more groups; stratified and weighted where asked.

    Parameters
    ----------
    a, b, *others : pair (time, event), or object with ``.time`` and ``.event``
        One group each, as in `kaplan_meier`, shape (..., patient); a `TimeToEvent` will do. NaN
        times are left out and counted. Axes before the last are trials; a group with one axis
        stands beside every trial of the others.
    strata : sequence of array_like, one for each group, shape (..., patient), optional
        The stratum of each patient, in the order of the groups; patients are compared within
        strata only.
    weights : (rho, gamma)
        Fleming and Harrington's: a time counts with S^rho (1 - S)^gamma, S the survival of all
        groups of its stratum just before it. (0, 0) is the log-rank test, (1, 0) Peto and Peto's
        Wilcoxon test (R's ``survdiff(rho = 1)``), (0, 1) looks for late differences.

    Returns
    -------
    LogRank
        With ``.statistic`` (chi-square, a degree of freedom less than groups), ``.p_value`` and
        ``.difference``; the first two NaN where a group is empty or no event can tell the groups
        apart.

    Raises
    ------
    InputError
        If a group is no pair, strata or weights do not fit, or as in `kaplan_meier`.

    References
    ----------
    Mantel 1966; Peto and Peto 1972, doi 10.2307/2344317; Fleming and Harrington 1991, Counting
    Processes and Survival Analysis, chapter 7.

    Examples
    --------
    >>> mp6 = ([6, 6, 6, 7, 10], [True, True, False, True, False])
    >>> round(log_rank(mp6, ([1, 1, 2, 2, 3], [True] * 5)).statistic, 2)
    9.65

    Ten thousand trials would be as two here:

    >>> log_rank(([[1, 2, 3], [2, 4, 9]], True), ([[4, 5, 6], [1, 5, 8]], True)).p_value.round(3).tolist()
    [0.025, 0.694]
    """
    names = ["a", "b", *(f"others[{i}]" for i in range(len(others)))]
    given = [_pair(g, name) for g, name in zip((a, b, *others), names, strict=True)]
    for (time, event), name in zip(given, names, strict=True):
        same_labels(**{f"{name}.time": time, f"{name}.event": event})
    read = [read_times(*g, (f"{n}.time", f"{n}.event")) for g, n in zip(given, names, strict=True)]
    codes, n_strata = _strata(strata, [t for t, _ in read], names)
    rho, gamma = _weights(weights)
    trials = _trials([t for t, _ in read], names)
    groups = [_flat(t, e, c, trials) for (t, e), c in zip(read, codes, strict=True)]
    sums = [
        _sums(
            _within(groups, stratum, n_strata),
            GUARD,
            (rho, gamma),
            alone=not trials,
        )
        for stratum in range(n_strata)
    ]
    difference = sum((s.difference for s in sums[1:]), sums[0].difference)
    covariance = sum((s.covariance for s in sums[1:]), sums[0].covariance)
    return _result(groups, difference, covariance, trials)


def _result(
    groups: list[_Group], difference: Floats, covariance: Floats, trials: tuple[int, ...]
) -> LogRank:
    """The test from the sums over times and strata."""
    from scipy import special

    known = [~np.isnan(g.times) for g in groups]
    n = [np.count_nonzero(k, axis=-1) for k in known]
    events = [np.count_nonzero(k & g.events, axis=-1) for k, g in zip(known, groups, strict=True)]
    excluded = [g.times.shape[-1] - k for g, k in zip(groups, n, strict=True)]
    can = np.all([k > 0 for k in n], axis=0)
    degrees = len(groups) - 1
    if degrees == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = difference[:, 0] / np.sqrt(covariance[:, 0, 0])
        z[~can | ~np.isfinite(z)] = np.nan
        statistic, p_value = z**2, 2 * special.ndtr(-np.abs(z))
    else:
        statistic = _quadratic(difference, covariance, can)
        p_value = special.chdtrc(degrees, statistic)
    n_known, n_events, n_excluded = (
        tuple(shaped(v, trials) for v in counts) for counts in (n, events, excluded)
    )
    return LogRank(
        statistic=shaped(statistic, trials),
        p_value=shaped(p_value, trials),
        n=n_known,
        n_events=n_events,
        excluded=n_excluded,
        difference=tuple(shaped(v, trials) for v in difference.T),
        degrees=degrees,
    )


def _quadratic(difference: Floats, covariance: Floats, can: Bools) -> Floats:
    """The differences of all groups but the last against their covariance; NaN where it is
    singular: a group never at risk beside another at an event.
    """
    d, v = difference[:, :-1], covariance[:, :-1, :-1]
    out = np.full(len(d), np.nan)
    # A covariance of k groups whose (k - 1) x (k - 1) part has less than full rank has no inverse;
    # numpy's tolerance of the rank is some units of rounding of the largest singular value.
    able = can & (np.linalg.matrix_rank(v, hermitian=True) == d.shape[1])
    solved = np.linalg.solve(v[able], d[able][:, :, None])[:, :, 0]
    out[able] = (d[able] * solved).sum(axis=-1)
    return out


def _sums(
    groups: list[_Group], guard: float, weights: tuple[float, float], *, alone: bool
) -> _Sums:
    """Observed less expected events and their covariance, trial by trial."""
    times = np.concatenate([g.times for g in groups], axis=-1)
    events = np.concatenate([g.events for g in groups], axis=-1)
    sizes = [g.times.shape[-1] for g in groups]
    group = np.repeat(np.arange(len(groups), dtype=np.uint64), sizes)
    trials, k = len(times), len(groups)
    out = _Sums(np.zeros((trials, k)), np.zeros((trials, k, k)))
    for rows in blocks(*times.shape):
        pooled, of_group = _pooled(times[rows], events[rows], group, guard)
        if alone or pooled.is_tied.any():
            found = _with_ties(pooled, of_group, k, weights, alone=alone)
        else:
            found = _without_ties(pooled, of_group, k, weights)
        out.difference[rows], out.covariance[rows] = found
    return out


GROUP_BITS = 4
"""Bits at the end of a time that make room for its group, so that one sort orders all: times that
differ in these bits alone are at most 15 units of 2^-52 apart and tied under the guard (1e-14 is
45). With `np.argsort`, which needs no such room, the test takes three times as long."""

_SUBNORMAL = 1e-290
"""Below, the bits of a float are fewer, and its last ones are no longer small beside it."""


def _pooled(
    times: Floats, events: Bools, group: npt.NDArray[np.uint64], guard: float
) -> tuple[Ordered, npt.NDArray[np.uint64]]:
    """The groups of a block together in order, and the group of each key; the keys say what is
    earlier, tied and an event, and no longer which time it is.
    """
    width, none = GROUP_BITS, np.isnan(times)
    if group.size and int(group[-1]) + 1 >= 1 << GROUP_BITS:
        width = int(group[-1] + 1).bit_length()
        keys = _packed(_ranks(times, guard), events, group, width, none)
    else:
        keys = _packed(
            (times + 0.0).view(np.uint64) >> np.uint64(width), events, group, width, none
        )
        bits = keys >> np.uint64(width + 1)
        apart = bits[:, 1:] - bits[:, :-1] - np.uint64(1)  # equal: the largest number
        # What was cut off is one unit of `bits` at each of the two.
        near = (apart < np.uint64(int(guard * 2.0 ** (53 - width)) + 2)).any(axis=-1)
        near |= ((times > 0) & (times < _SUBNORMAL)).any(axis=-1)
        if near.any():
            ranks = _ranks(times[near], guard)
            keys[near] = _packed(ranks, events[near], group, width, none[near])
    of_group = keys & np.uint64((1 << width) - 1)
    keys >>= np.uint64(width)
    known = times.shape[-1] - np.count_nonzero(none, axis=-1)
    return Ordered(keys, known, np.full(len(keys), any_tied_events(keys))), of_group


def _packed(
    order: npt.NDArray[np.uint64],
    events: Bools,
    group: npt.NDArray[np.uint64],
    width: int,
    none: Bools,
) -> Keys:
    """Sorted integers of the order of a time, "censored", and the group."""
    keys = order << np.uint64(1)
    keys |= ~events
    keys <<= np.uint64(width)
    keys |= group
    keys[none] = NO_TIME
    keys.sort(axis=-1)
    return keys


def _ranks(times: Floats, guard: float) -> npt.NDArray[np.uint64]:
    """The rank of each time in its row; times that are equal but for rounding share one."""
    order = np.argsort(times, axis=-1)
    ordered = np.take_along_axis(times, order, axis=-1)
    new = np.zeros(times.shape, dtype=np.bool_)
    new[:, 1:] = more_than(ordered[:, 1:], ordered[:, :-1], guard)
    ranks = np.empty(times.shape, dtype=np.uint64)
    np.put_along_axis(ranks, order, np.cumsum(new, axis=-1).astype(np.uint64), axis=-1)
    return ranks


def _without_ties(
    pooled: Ordered, of_group: npt.NDArray[np.uint64], k: int, weights: tuple[float, float]
) -> _Sums:
    """The sums over the events of a block of trials in which no two share a time: a quarter of the
    work of `_with_ties`.
    """
    shape = pooled.keys.shape
    n, event = at_risk_of(pooled), is_event(pooled.keys)
    weight = event * _weight_before(pooled, weights) if any(weights) else event.astype(np.float64)
    difference, covariance = np.zeros((shape[0], k)), np.zeros((shape[0], k, k))
    shares: list[Floats] = []
    for g in range(k):
        # Patients of the group at risk at each key: those that stand at it or after it.
        is_group = (of_group == np.uint64(g)).view(np.int8)
        is_group[np.arange(shape[1]) >= pooled.known[:, None]] = 0
        after = np.cumsum(is_group[:, ::-1], axis=-1, dtype=np.int32)[:, ::-1]
        share = after / n
        shares.append(weight * share)
        difference[:, g] = np.einsum("ti,ti->t", weight, is_group - share)
        covariance[:, g, g] = np.einsum("ti,ti->t", weight, shares[g])
        for h in range(g + 1):
            product = np.einsum("ti,ti->t", shares[g], shares[h])
            covariance[:, g, h] -= product
            if g != h:
                covariance[:, h, g] -= product
    return _Sums(difference, covariance)


def _with_ties(
    pooled: Ordered,
    of_group: npt.NDArray[np.uint64],
    k: int,
    weights: tuple[float, float],
    *,
    alone: bool,
) -> _Sums:
    """The sums over the distinct times of events of a block of trials."""
    runs, shape = event_times(pooled), pooled.keys.shape
    trial = runs.place // shape[1]
    n, d = runs.at_risk.astype(np.float64), runs.events.astype(np.float64)
    weight = _weight_before(pooled, weights).ravel()[runs.place]
    event = np.flatnonzero(is_event(pooled.keys))
    group_of_event = of_group.ravel()[event]

    def total(terms: Floats, trials: Counts = trial) -> Floats:
        """The sum of each trial; alone as NumPy sums, so that a cohort is answered as ever."""
        return np.asarray(
            terms.sum()[None] if alone else np.bincount(trials, terms, minlength=shape[0])
        )

    # Patients of each group at risk: all, less those that stand before the time.
    at_risk = []
    for g in range(k):
        is_group = (of_group == np.uint64(g)) & (np.arange(shape[1]) < pooled.known[:, None])
        seen = np.cumsum(is_group, axis=-1, dtype=np.int64)
        before = (seen - is_group).ravel()[runs.place]
        at_risk.append((seen[trial, -1] - before).astype(np.float64))
    # Expected events, and the covariance of a multivariate hypergeometric draw of d from n.
    difference, covariance = np.zeros((shape[0], k)), np.zeros((shape[0], k, k))
    several = n > 1
    spread = np.where(several, n**2 * (n - 1), 1.0)
    for g, n_g in enumerate(at_risk):
        observed = (group_of_event == np.uint64(g)) * np.repeat(weight, runs.events)
        difference[:, g] = total(observed, event // shape[1]) - total(weight * (n_g * (d / n)))
        for h in range(g, k):
            pairs = n_g * (n - n_g) if g == h else -n_g * at_risk[h]
            terms = weight**2 * (pairs * d * (n - d) / spread)
            value = total(terms[several], trial[several])
            covariance[:, g, h] = covariance[:, h, g] = value
    return _Sums(difference, covariance)


def _weight_before(pooled: Ordered, weights: tuple[float, float]) -> Floats:
    """Fleming and Harrington's weight at each key, from the survival just before it."""
    rho, gamma = weights
    before = np.ones(pooled.keys.shape)
    if rho == gamma == 0:
        return before
    before[:, 1:] = survival_of(pooled)[:, :-1]
    return np.asarray(before**rho * (1 - before) ** gamma)


def _pair(group: Any, name: str) -> tuple[Any, Any]:
    if hasattr(group, "time") and hasattr(group, "event"):
        return group.time, group.event
    if not isinstance(group, (tuple, list, np.ndarray)) or len(group) != 2:
        raise InputError(
            f"`{name}` must be a pair (time, event) or an object with .time and .event; got "
            f"{type(group).__name__}. Write log_rank((time_a, event_a), (time_b, event_b)).",
            argument=name,
        )
    return group[0], group[1]


def _trials(times: list[Floats], names: list[str]) -> tuple[int, ...]:
    """The shape of the trials, to which the groups' leading axes broadcast."""
    try:
        return np.broadcast_shapes(*(t.shape[:-1] for t in times))
    except ValueError:
        shapes = ", ".join(f"`{n}.time` {t.shape}" for n, t in zip(names, times, strict=True))
        raise InputError(
            f"The axes before the last (the trials) must broadcast together; got {shapes}. Give "
            "each group the same trials.",
            argument=names[0],
        ) from None


def _flat(
    times: Floats, events: Bools, strata: npt.NDArray[np.int64], trials: tuple[int, ...]
) -> _Group:
    """A group with one axis of trials."""
    shape, flat = (*trials, times.shape[-1]), (math.prod(trials), times.shape[-1])

    def of_trials(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.broadcast_to(values, shape).reshape(flat)

    return _Group(of_trials(times), of_trials(events), of_trials(strata))


def _strata(
    strata: Sequence[npt.ArrayLike] | None, times: list[Floats], names: list[str]
) -> tuple[list[npt.NDArray[np.int64]], int]:
    """The stratum of each patient as a number, and how many there are."""
    if strata is None:
        return [np.zeros(t.shape, dtype=np.int64) for t in times], 1
    if not hasattr(strata, "__len__"):
        raise InputTypeError(
            f"`strata` must be one array for each group; got {strata!r:.60}. Write "
            "strata=(strata_a, strata_b).",
            argument="strata",
        )
    if isinstance(strata, (str, bytes)) or len(strata) != len(times):
        raise InputError(
            f"`strata` must be one array for each of the {len(times)} groups; got {len(strata)}. "
            "Write strata=(strata_a, strata_b).",
            argument="strata",
        )
    arrays = []
    for given, time, name in zip(strata, times, names, strict=True):
        array = np.asarray(given)
        if (array.dtype.kind == "f" and np.isnan(array).any()) or (
            array.dtype.kind == "O" and any(v is None or v != v for v in array.ravel().tolist())
        ):
            raise InputError(
                f"`strata` must be known for every patient; got a missing one in that of `{name}`. "
                "Make the missing ones a stratum of their own, or leave the patients out.",
                argument="strata",
            )
        arrays.append(broadcast(**{f"{name}.time": time, f"strata of {name}": array})[1])
    distinct, which = np.unique(np.concatenate([a.ravel() for a in arrays]), return_inverse=True)
    parts = np.split(which, np.cumsum([a.size for a in arrays])[:-1])
    codes = [part.reshape(a.shape) for part, a in zip(parts, arrays, strict=True)]
    return codes, max(distinct.size, 1)


def _within(groups: list[_Group], stratum: int, n_strata: int) -> list[_Group]:
    """The groups with the times of one stratum only."""
    if n_strata == 1:
        return groups
    return [g._replace(times=np.where(g.strata == stratum, g.times, np.nan)) for g in groups]


def _weights(weights: Any) -> tuple[float, float]:
    pair = isinstance(weights, (tuple, list)) and len(weights) == 2
    if not pair or not all(
        isinstance(w, (int, float, np.number)) and not isinstance(w, bool) and 0 <= w < np.inf
        for w in weights
    ):
        raise InputError(
            f"`weights` must be two numbers (rho, gamma) of 0 or more; got {weights!r}. Write "
            "(0, 0) for the log-rank test.",
            argument="weights",
        )
    return float(weights[0]), float(weights[1])
