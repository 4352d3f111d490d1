"""Rates, survival and the log-rank test by the textbook: exact fractions, one patient and one time
after another.
"""

from fractions import Fraction
from math import comb, exp, log, sqrt


def tail_at_least(x, n, p):
    """P(X >= x) of a binomial, in exact fractions."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x, n + 1))


def clopper_pearson_limits_hold(x, n, low, high, level):
    """At the lower limit x or more successes have probability (1 - level) / 2, at the upper x or
    fewer.
    """
    half = (1 - level) / 2
    below = 0.0 if x == 0 else abs(float(tail_at_least(x, n, Fraction(low))) - half)
    above = 0.0 if x == n else abs(float(1 - tail_at_least(x + 1, n, Fraction(high))) - half)
    return below < 1e-9 and above < 1e-9


def wilson(x, n, z):
    """Wilson 1927: the p at which the score test has exactly |z|."""
    p = x / n
    centre, half = (p + z * z / (2 * n)), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def kaplan_meier(patients):
    """[(time, survival, at risk, events, censored)] of (time, event) pairs, the product in exact
    fractions.
    """
    survival, rows = Fraction(1), []
    for time in sorted({t for t, _ in patients}):
        at_risk = sum(1 for t, _ in patients if t >= time)
        events = sum(1 for t, e in patients if t == time and e)
        censored = sum(1 for t, e in patients if t == time and not e)
        survival *= Fraction(at_risk - events, at_risk)
        rows.append((time, survival, at_risk, events, censored))
    return rows


def survival_at(rows, time):
    """The last survival at or before the time."""
    survival = Fraction(1)
    for at, value, *_ in rows:
        if at <= time:
            survival = value
    return survival


def median(rows):
    """The smallest time with S <= 1/2, or None."""
    return next((time for time, survival, *_ in rows if survival <= Fraction(1, 2)), None)


def log_log_band(rows, time, z):
    """S to the power exp(-+ z se), se the standard error of log(-log S) by Greenwood; None where S
    is 0.
    """
    survival, variance = Fraction(1), Fraction(0)
    for at, value, at_risk, events, _ in rows:
        if at <= time:
            survival = value
            if at_risk > events:
                variance += Fraction(events, at_risk * (at_risk - events))
    if survival == 1:
        return 1.0, 1.0
    if survival == 0:
        return None
    se = sqrt(variance) / abs(log(survival))
    return float(survival) ** exp(z * se), float(survival) ** exp(-z * se)


def log_rank(a, b):
    """(O - E)^2 / V of group a, summed over the distinct times of events; None where V is 0."""
    observed, expected, variance = 0, Fraction(0), Fraction(0)
    for time in sorted({t for t, e in a + b if e}):
        n_a, n_b = (sum(1 for t, _ in group if t >= time) for group in (a, b))
        d_a, d_b = (sum(1 for t, e in group if t == time and e) for group in (a, b))
        n, d = n_a + n_b, d_a + d_b
        observed += d_a
        expected += Fraction(d * n_a, n)
        if n > 1:
            variance += Fraction(d * n_a * n_b * (n - d), n * n * (n - 1))
    return None if variance == 0 else (observed - expected) ** 2 / variance
