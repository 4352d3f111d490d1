"""Rates of studies with zero cells: a binomial likelihood with normal logits, by scipy.

A study in which nobody or everybody responded has no finite logit. The likelihood needs none:
counts are binomial, the logits of the true rates normal with mean mu and variance tau2 (Stijnen,
Hamza and Ozdemir 2010, doi 10.1002/sim.4040). It is maximised over both; the interval of mu is that
of the profile likelihood. The integral over a study's logit is adaptive Gauss-Hermite.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from attrs import frozen

from nettumor._arrays import Floats

_NODES = 61
"""Points of the integral of each study; 41 and 81 give the same to 1e-9."""

_MOST_TAU = 10.0
"""Standard deviation of logits beyond which nothing is sought: rates of all but 0 and 1."""


@frozen
class Fit:
    """The maximum: mean logit, its interval and standard error, variance between studies.

    ``bounded`` is False where the likelihood grows with tau as far as it was followed: the studies
    are all of nobody or everybody, and tell nothing of a mean between them.
    """

    mu: float
    low: float
    high: float
    se: float
    tau2: float
    bounded: bool = True


@lru_cache(maxsize=1)
def _hermite() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite.hermgauss(_NODES)
    return nodes, np.log(weights) + nodes**2


def log_likelihood(mu: float, tau: float, counts: Floats, totals: Floats) -> float:
    """Log likelihood without the binomial coefficients, which do not depend on the parameters."""
    return _with_slopes(mu, tau, counts, totals)[0]


def _with_slopes(
    mu: float, tau: float, counts: Floats, totals: Floats
) -> tuple[float, float, float]:
    """The log likelihood, and its slopes in ``mu`` and ``tau`` (0 in ``tau`` where that is 0)."""
    if tau <= 0:
        value = float(np.sum(_binomial(np.full(counts.shape, mu), counts, totals)))
        return value, float(np.sum(counts - totals * _expit(np.asarray(mu)))), 0.0
    # Each study's integrand is centred at its top and scaled by its curvature there.
    top = _mode(mu, tau, counts, totals)
    rate = _expit(top)
    scale = np.sqrt(2 / (totals * rate * (1 - rate) + 1 / tau**2))
    nodes, log_weights = _hermite()
    logits = top[:, None] + scale[:, None] * nodes
    inner = _binomial(logits, counts[:, None], totals[:, None]) - (logits - mu) ** 2 / (2 * tau**2)
    terms = np.exp(inner + log_weights - (most := (inner + log_weights).max(axis=1))[:, None])
    sums = terms.sum(axis=1)
    value = np.sum(most + np.log(sums * scale)) - counts.size * np.log(tau * np.sqrt(2 * np.pi))
    # The slopes are those of the normal density, averaged over each study's logit given its count.
    distance = np.sum(terms * (logits - mu), axis=1) / sums
    squared = np.sum(terms * (logits - mu) ** 2, axis=1) / sums
    in_tau = np.sum(squared / tau**3 - 1 / tau)
    return float(value), float(distance.sum() / tau**2), float(in_tau)


def _top(counts: Floats, totals: Floats) -> tuple[float, float, float]:
    """The largest log likelihood, and the mean and standard deviation it is reached at."""
    from scipy import optimize

    # Without variance between studies the maximum is the share of all patients.
    pooled = counts.sum() / totals.sum()
    mu, tau = float(np.log(pooled / (1 - pooled))), 0.0
    most = log_likelihood(mu, tau, counts, totals)

    def downhill(at: Floats) -> tuple[float, Floats]:
        value, *slopes = _with_slopes(float(at[0]), float(at[1]), counts, totals)
        return -value, -np.array(slopes)

    for start in (0.2, 1.0, 3.0):
        found = optimize.minimize(
            downhill,
            np.array([mu, start]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(None, None), (1e-3, _MOST_TAU)],
            options={"ftol": 1e-15, "gtol": 1e-9},
        )
        if -found.fun > most + 1e-9:
            most, (mu, tau) = float(-found.fun), map(float, found.x)
    return most, mu, tau


def fit(counts: Floats, totals: Floats, level: float) -> Fit:
    """The maximum likelihood fit; there must be a responder and a non-responder in all."""
    from scipy import optimize, stats

    most, mu, tau = _top(counts, totals)
    if tau > 0.99 * _MOST_TAU:
        nan = float("nan")
        return Fit(nan, nan, nan, nan, nan, bounded=False)

    def profile(at: float) -> float:
        """The best likelihood at a mean of ``at``."""
        return max(
            log_likelihood(at, 0.0, counts, totals),
            -optimize.minimize_scalar(
                lambda t: -log_likelihood(at, float(t), counts, totals),
                bounds=(0.0, _MOST_TAU),
                method="bounded",
                options={"xatol": 1e-8},
            ).fun,
        )

    fall = stats.chi2.ppf(level, 1) / 2
    low, high = (_crossing(lambda x: profile(x) - most + fall, mu, s) for s in (-1, 1))
    step = 1e-2
    curvature = (2 * most - profile(mu - step) - profile(mu + step)) / step**2
    return Fit(mu, low, high, float(1 / np.sqrt(curvature)), tau**2)


def _crossing(above: object, mu: float, side: int) -> float:
    """Where the profile falls below the limit on one side of ``mu``."""
    from scipy import optimize

    assert callable(above)
    step = 1.0
    while above(mu + side * step) > 0:
        step *= 2
        if step > 64:  # a rate of 0 or 1 to all digits
            return float(side * np.inf)
    return float(optimize.brentq(above, mu, mu + side * step, xtol=1e-10))


def _expit(logits: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)))


def _binomial(logits: Floats, counts: Floats, totals: Floats) -> Floats:
    return np.asarray(counts * logits - totals * np.logaddexp(0, logits))


def _mode(mu: float, tau: float, counts: Floats, totals: Floats) -> Floats:
    """Top of each study's integrand, by damped Newton steps."""
    x = np.full(counts.shape, mu)
    for _ in range(100):
        rate = _expit(x)
        slope = counts - totals * rate - (x - mu) / tau**2
        step = slope / (totals * rate * (1 - rate) + 1 / tau**2)
        x = x + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    return np.asarray(x)
