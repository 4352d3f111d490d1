"""Pooling of studies, one study at a time, in the words of the papers; nothing is vectorised.

Effects and variances are floats in lists. tau2 by Paule and Mandel is found by halving an interval,
that by REML by walking along the likelihood itself, the binomial-normal likelihood by integrating
each study's normal density numerically.
"""

import math

from scipy import integrate, optimize


def fixed(effects, variances):
    """The inverse-variance mean and its variance."""
    return random(effects, variances, 0.0)


def random(effects, variances, tau2):
    """The weighted mean with tau2 added to each variance, and its variance."""
    above = below = 0.0
    for y, v in zip(effects, variances, strict=True):
        above += y / (v + tau2)
        below += 1 / (v + tau2)
    return above / below, 1 / below


def q(effects, variances, tau2=0.0):
    """Cochran's Q: squared distances from the weighted mean, weighted."""
    mean, _ = random(effects, variances, tau2)
    return sum((y - mean) ** 2 / (v + tau2) for y, v in zip(effects, variances, strict=True))


def dersimonian_laird(effects, variances):
    """(Q - df) over the sum of weights less their squares over it; 0 where that is below."""
    first = sum(1 / v for v in variances)
    second = sum(1 / v**2 for v in variances)
    return max(0.0, (q(effects, variances) - (len(effects) - 1)) / (first - second / first))


def paule_mandel(effects, variances):
    """The tau2 at which Q is its degrees of freedom."""
    df, low, high = len(effects) - 1, 0.0, 1e6
    if q(effects, variances) <= df:
        return 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if q(effects, variances, middle) > df:
            low = middle
        else:
            high = middle
    return low


def restricted_likelihood(effects, variances, tau2):
    """The restricted log likelihood, without constants."""
    _, variance = random(effects, variances, tau2)
    return -0.5 * (
        sum(math.log(v + tau2) for v in variances)
        - math.log(variance)
        + q(effects, variances, tau2)
    )


def hartung_knapp(effects, variances, tau2):
    """The standard error by Hartung and Knapp; its factor is never below 1."""
    _, variance = random(effects, variances, tau2)
    factor = q(effects, variances, tau2) / (len(effects) - 1)
    return math.sqrt(variance * max(1.0, factor))


def binomial_normal(mu, tau, counts, totals):
    """The log likelihood of counts whose logits are normal, without binomial coefficients."""
    log = 0.0
    for x, n in zip(counts, totals, strict=True):
        log += math.log(_one_study(mu, tau, x, n))
    return log


def _one_study(mu, tau, x, n):
    """The probability of one study's count, integrated over its logit."""

    def likelihood(logit):
        p = 1 / (1 + math.exp(-logit))
        return p**x * (1 - p) ** (n - x)

    if tau == 0:
        return likelihood(mu)

    def density(z):
        return likelihood(mu + tau * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    return integrate.quad(density, -9, 9, epsabs=0, epsrel=1e-10)[0]


def fit_binomial_normal(counts, totals):
    """The largest likelihood by a search that knows no slopes: (log likelihood, mu, tau)."""
    best = None
    share = sum(counts) / sum(totals)
    for start in (0.3, 1.5):
        found = optimize.minimize(
            lambda at: -binomial_normal(at[0], abs(at[1]), counts, totals),
            [math.log(share / (1 - share)), start],
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 200},
        )
        if best is None or -found.fun > best[0]:
            best = (-found.fun, found.x[0], abs(found.x[1]))
    return best
