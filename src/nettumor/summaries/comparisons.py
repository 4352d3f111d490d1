"""Two response rates against each other: their difference and their ratio, with intervals.

Sources: Newcombe 1998 (the difference, from Wilson's intervals of the two rates), Miettinen and
Nurminen 1985 (difference and ratio, by the score), Mee 1984 and Koopman 1984 (the same without the
factor n / (n - 1)). Two `Rate` objects or pairs of count and total come in, trials on any axes; a
frozen `RateComparison` comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Bools, Floats, as_numbers, broadcast
from nettumor.errors import InputError, choose, refuse
from nettumor.summaries._trials import comparable, shaped, span
from nettumor.summaries.rates import Counts, Rate, as_level, interval_of

DIFFERENCE = {"newcombe": "Newcombe", "miettinen-nurminen": "Miettinen-Nurminen", "mee": "Mee"}
RATIO = {"miettinen-nurminen": "Miettinen-Nurminen", "koopman": "Koopman"}


@frozen(repr=False)
class RateComparison:
    """Two rates compared, as returned by `rate_difference` and `rate_ratio`; arrays for many
    trials.

    Attributes
    ----------
    name : str
        "difference" or "ratio".
    estimate : float, or ndarray of float, shape (...)
        First less second, or first over second; NaN where a group is empty or 0 is over 0.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval.
    method : str
        Method of the interval.
    level : float
        Level of the interval.

    Examples
    --------
    >>> from nettumor import rate_difference
    >>> rate_difference((56, 70), (48, 80))
    RateComparison(difference 20.0 %, 95 % interval 5.2 to 33.4 % (Newcombe))
    """

    name: str
    estimate: Any = field(eq=comparable)
    low: Any = field(eq=comparable)
    high: Any = field(eq=comparable)
    method: str
    level: float

    def __repr__(self) -> str:
        factor, digits, unit = (100, 1, " %") if self.name == "difference" else (1, 2, "")
        method = (DIFFERENCE | RATIO)[self.method]
        if isinstance(self.estimate, np.ndarray):
            words = span(self.estimate, factor, digits)
            return f"RateComparison({self.name} in {self.estimate.size:,} trials: {words}{unit}, {method})"
        estimate, low, high = (
            f"{factor * v:.{digits}f}" for v in (self.estimate, self.low, self.high)
        )
        return (
            f"RateComparison({self.name} {estimate}{unit}, {100 * self.level:g} % interval {low} "
            f"to {high}{unit} ({method}))"
        )


def rate_difference(
    a: Any, b: Any, *, method: str = "newcombe", level: float = 0.95
) -> RateComparison:
    """The difference of two independent rates, ``a`` less ``b``, with its interval.

    Parameters
    ----------
    a, b : Rate, or pair (count, total)
        One group each; arrays (one element for each trial) broadcast together.
    method : {"newcombe", "miettinen-nurminen", "mee"}
        Newcombe's method 10 (hybrid score), Miettinen and Nurminen's score, or Mee's (without the
        factor n / (n - 1)).
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    RateComparison
        With ``.estimate``, ``.low`` and ``.high`` from -1 to 1. Where a group is empty the estimate
        is NaN and the interval -1 to 1, which excludes nothing.

    Raises
    ------
    InputError
        For counts that are no whole numbers from 0 to the total, an unknown method or level.

    References
    ----------
    Newcombe 1998, Stat Med 17:873, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I;
    Miettinen and Nurminen 1985, doi 10.1002/sim.4780040211; Mee 1984; Farrington and Manning 1990
    (the restricted estimate in closed form).

    Examples
    --------
    >>> difference = rate_difference((9, 10), (3, 10), method="miettinen-nurminen")
    >>> round(difference.low, 3), round(difference.high, 3)
    (0.17, 0.841)
    """
    choose("method", method, DIFFERENCE)
    level, x = as_level(level), _counts(a, b)
    n_a, n_b = x[1], x[3]
    with np.errstate(invalid="ignore"):
        p_a, p_b = x[0] / n_a, x[2] / n_b
    empty = (n_a == 0) | (n_b == 0)
    if method == "newcombe":
        (low_a, high_a), (low_b, high_b) = (
            interval_of(count, total, "wilson", level) for count, total in (x[:2], x[2:])
        )
        low = p_a - p_b - np.sqrt((p_a - low_a) ** 2 + (high_b - p_b) ** 2)
        high = p_a - p_b + np.sqrt((high_a - p_a) ** 2 + (p_b - low_b) ** 2)
    else:
        correction = _correction(n_a + n_b, method)
        limit = _critical(level)

        def rejected(delta: Floats) -> Bools:
            restricted_a = _restricted_by_difference(p_a, p_b, n_a, n_b, delta)
            restricted_b = restricted_a - delta
            spread = restricted_a * (1 - restricted_a) / n_a
            spread = spread + restricted_b * (1 - restricted_b) / n_b
            distance = np.abs(p_a - p_b - delta)
            return np.asarray(distance > limit * np.sqrt(np.maximum(spread, 0) * correction))

        low = _bisected(rejected, np.full(p_a.shape, -1.0), p_a - p_b)
        high = _bisected(rejected, np.full(p_a.shape, 1.0), p_a - p_b)
    low, high = (
        np.where(empty, -1.0, np.maximum(low, -1)),
        np.where(empty, 1.0, np.minimum(high, 1)),
    )
    return _answer("difference", (p_a - p_b, low, high), method, level)


def rate_ratio(
    a: Any, b: Any, *, method: str = "miettinen-nurminen", level: float = 0.95
) -> RateComparison:
    """The ratio of two independent rates, ``a`` over ``b``, with its interval.

    Parameters
    ----------
    a, b : Rate, or pair (count, total)
        As in `rate_difference`.
    method : {"miettinen-nurminen", "koopman"}
        Miettinen and Nurminen's score, or Koopman's (without the factor n / (n - 1)).
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    RateComparison
        With ``.estimate``, ``.low`` and ``.high``, infinite where ``b`` has no count. Where both
        have none, or a group is empty, the estimate is NaN and the interval 0 to infinity.

    Raises
    ------
    InputError
        As in `rate_difference`.

    References
    ----------
    Miettinen and Nurminen 1985, doi 10.1002/sim.4780040211; Koopman 1984, doi 10.2307/2531405.

    Examples
    --------
    >>> rate_ratio((56, 70), (48, 80))
    RateComparison(ratio 1.33, 95 % interval 1.08 to 1.67 (Miettinen-Nurminen))
    """
    choose("method", method, RATIO)
    level = as_level(level)
    x_a, n_a, x_b, n_b = (v.astype(np.float64) for v in _counts(a, b))
    with np.errstate(invalid="ignore", divide="ignore"):
        p_a, p_b = x_a / n_a, x_b / n_b
        estimate = p_a / p_b
    correction, limit = _correction(n_a + n_b, method), _critical(level)

    def rejected(log_ratio: Floats) -> Bools:
        ratio = np.exp(log_ratio)
        # The restricted estimate is the smaller root of a quadratic (Miettinen and Nurminen, A2).
        first, last = (n_a + n_b) * ratio, x_a + x_b
        middle = n_a * ratio + x_a + n_b + x_b * ratio
        root = np.sqrt(np.maximum(middle**2 - 4 * first * last, 0))
        restricted_b = 2 * last / (middle + root)
        restricted_a = np.minimum(ratio * restricted_b, 1)
        spread = restricted_a * (1 - restricted_a) / n_a
        spread = spread + ratio**2 * restricted_b * (1 - restricted_b) / n_b
        error = np.sqrt(np.maximum(spread, 0) * correction)
        return np.asarray(np.abs(p_a - ratio * p_b) > limit * error)

    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.clip(np.log(estimate), -_FAR, _FAR)
        inside = np.where(np.isnan(inside), 0.0, inside)
        low = np.exp(_bisected(rejected, np.full(p_a.shape, -_FAR), inside))
        high = np.exp(_bisected(rejected, np.full(p_a.shape, _FAR), inside))
    undefined = np.isnan(estimate)
    low = np.where(undefined | (x_a == 0), 0.0, low)
    high = np.where(undefined | (x_b == 0), np.inf, high)
    return _answer("ratio", (estimate, low, high), method, level)


_FAR = 50.0
"""Logarithm beyond every ratio of two shares of groups that fit a computer."""


def _answer(
    name: str, parts: tuple[Floats, Floats, Floats], method: str, level: float
) -> RateComparison:
    estimate, low, high = (shaped(p, p.shape) for p in parts)
    return RateComparison(name, estimate, low, high, method, level)


def _critical(level: float) -> float:
    from scipy import special

    return float(special.ndtri((1 + level) / 2))


def _correction(n: npt.NDArray[Any], method: str) -> Any:
    """Miettinen and Nurminen's factor of the variance; 1 for the others."""
    return n / np.maximum(n - 1, 1) if method == "miettinen-nurminen" else 1.0


def _bisected(rejected: Callable[[Floats], Bools], outer: Floats, inner: Floats) -> Floats:
    """The end of an interval between what is outside of it and what is inside, to the last bits."""
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(70):  # a float between -50 and 50 has no finer places
            middle = (outer + inner) / 2
            out = rejected(middle)
            outer, inner = np.where(out, middle, outer), np.where(out, inner, middle)
    return inner


def _restricted_by_difference(
    p_a: Floats, p_b: Floats, n_a: Counts, n_b: Counts, delta: Floats
) -> Floats:
    """The likeliest first rate where the rates differ by ``delta``: the root of a cubic in closed
    form (Farrington and Manning 1990, appendix).
    """
    theta = n_b / n_a
    a = 1 + theta
    b = -(1 + theta + p_a + theta * p_b + delta * (theta + 2))
    c = delta**2 + delta * (2 * p_a + theta + 1) + p_a + theta * p_b
    d = -p_a * delta * (1 + delta)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.copysign(np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0)), v)
    cosine = np.where(u == 0, 0.0, v / np.where(u == 0, 1.0, u**3))
    w = (np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3
    root = 2 * u * np.cos(w) - b / (3 * a)
    return np.asarray(np.clip(root, np.maximum(0, delta), np.minimum(1, 1 + delta)))


def _counts(a: Any, b: Any) -> tuple[npt.NDArray[np.int64], ...]:
    """Counts and totals of both groups, of one shape."""
    named: dict[str, npt.NDArray[Any]] = {}
    for name, group in (("a", a), ("b", b)):
        pair = (group.count, group.total) if isinstance(group, Rate) else group
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise InputError(
                f"`{name}` must be a Rate or a pair (count, total); got {type(group).__name__}. "
                "Write rate_difference((12, 40), (7, 41)).",
                argument=name,
            )
        count, total = (
            as_numbers(v, f"{name}.{w}") for v, w in zip(pair, ("count", "total"), strict=True)
        )
        for values, part in ((count, "count"), (total, "total")):
            wrong = ~((values >= 0) & (values == np.floor(values)) & (values < 2**53))
            repair = "Give numbers of patients."
            refuse(f"{name}.{part}", "whole and 0 or more", values, wrong, repair)
        named |= {f"{name}.count": count, f"{name}.total": total}
    out = broadcast(**named)
    for count, total, name in ((out[0], out[1], "a"), (out[2], out[3], "b")):
        refuse(
            f"{name}.count", "at most the total", count, count > total, "Count within the group."
        )
    return tuple(v.astype(np.int64) for v in out)
