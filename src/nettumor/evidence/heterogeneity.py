"""How far studies differ beyond chance: Q, tau2 and I2 of effects with known variances.

Sources: Cochran 1954 (Q); DerSimonian and Laird 1986, doi 10.1016/0197-2456(86)90046-2; Paule and
Mandel 1982, doi 10.6028/jres.087.022; REML as in Viechtbauer 2005, doi 10.3102/10769986030003261;
I2 as in Higgins and Thompson 2002, doi 10.1002/sim.1186, in the form that holds for every estimator
of tau2. A variance is never below 0: where the studies differ less than chance makes them, it is 0.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from nettumor._arrays import Floats

ESTIMATORS = ("DL", "PM", "REML")
"""DerSimonian-Laird, Paule-Mandel, restricted maximum likelihood."""


@frozen
class Heterogeneity:
    """How far the studies differ.

    Attributes
    ----------
    tau2 : float
        Variance of the true effects between studies, 0 or more; NaN for fewer than two studies.
    q, df, p_value : float, int, float
        Cochran's Q, its degrees of freedom, and the probability of a larger Q by chance.
    i2 : float
        Share of the variation that is not chance, from 0 to 1.
    method : str
        Estimator of ``tau2``.

    Examples
    --------
    >>> from nettumor.evidence import pool
    >>> pool([8, 3], [15, 7]).heterogeneity.tau2
    0.0
    """

    tau2: float
    q: float
    df: int
    p_value: float
    i2: float
    method: str


def cochran_q(effects: Floats, variances: Floats, tau2: float = 0.0) -> float:
    """Q: the weighted sum of squared distances from the weighted mean."""
    weights = 1 / (variances + tau2)
    mean = np.average(effects, weights=weights)
    return float(np.sum(weights * (effects - mean) ** 2))


def heterogeneity(effects: Floats, variances: Floats, method: str) -> Heterogeneity:
    """Q, tau2 by ``method``, and I2 of two or more effects."""
    from scipy import stats

    df = effects.size - 1
    q = cochran_q(effects, variances)
    tau2 = {"DL": _dersimonian_laird, "PM": _paule_mandel, "REML": _reml}[method](
        effects, variances
    )
    found = Heterogeneity(tau2, q, df, float(stats.chi2.sf(q, df)), 0.0, method)
    return with_tau2(variances, tau2, method, found)


def with_tau2(variances: Floats, tau2: float, method: str, found: Heterogeneity) -> Heterogeneity:
    """The record with another tau2, and I2 from it and the typical variance within a study."""
    typical = found.df / _spread(1 / variances)
    return evolve(found, tau2=tau2, i2=tau2 / (tau2 + typical), method=method)


def _spread(weights: Floats) -> float:
    """Sum of the weights less the sum of their squares over it (DerSimonian and Laird)."""
    return float(np.sum(weights) - np.sum(weights**2) / np.sum(weights))


def _dersimonian_laird(effects: Floats, variances: Floats) -> float:
    """The moment estimator; 0 where Q is below its degrees of freedom."""
    excess = cochran_q(effects, variances) - (effects.size - 1)
    return max(0.0, excess / _spread(1 / variances))


def _paule_mandel(effects: Floats, variances: Floats) -> float:
    """The tau2 at which Q equals its degrees of freedom; Q falls as tau2 grows."""
    df = effects.size - 1
    return _root(lambda tau2: cochran_q(effects, variances, tau2) - df, effects)


def _reml(effects: Floats, variances: Floats) -> float:
    """The tau2 with the largest restricted likelihood.

    The likelihood may have more than one top: its slope is searched for each fall through 0, and
    the highest of these and of tau2 = 0 is taken.
    """
    from scipy import optimize

    def slope(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        mean = np.average(effects, weights=weights)
        return float(
            np.sum(weights**2 * (effects - mean) ** 2)
            - np.sum(weights)
            + np.sum(weights**2) / np.sum(weights)
        )

    def likelihood(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        return float(
            np.sum(np.log(weights)) - np.log(np.sum(weights)) - cochran_q(effects, variances, tau2)
        )

    most = _beyond(effects, variances)
    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1, 60) * most])
    slopes = np.array([slope(t) for t in grid])
    tops = [0.0]
    for left in np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0)):
        tops.append(float(optimize.brentq(slope, grid[left], grid[left + 1], xtol=1e-15)))
    return max(tops, key=likelihood)


def _beyond(effects: Floats, variances: Floats) -> float:
    """A variance above every estimate: far more than the squared range of the effects."""
    return float(10 * (np.ptp(effects) ** 2 + variances.max()))


def _root(falling: object, effects: Floats) -> float:
    """Where a falling function of tau2 passes 0; 0 where it begins below."""
    from scipy import optimize

    assert callable(falling)
    if falling(0.0) <= 0:
        return 0.0
    high = max(float(np.ptp(effects)) ** 2, 1e-12)
    while falling(high) > 0:
        high *= 4
    return float(optimize.brentq(falling, 0.0, high, xtol=1e-15))
