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


def quantile(rows, share, flat="first"):
    """The smallest time with S <= 1 - share, or None; "middle": the middle to the next event where
    S is exactly there.
    """
    level = 1 - share
    for i, (time, survival, *_) in enumerate(rows):
        if survival <= level:
            later = [t for t, s, *_ in rows[i:] if s < survival]
            if flat == "middle" and survival == level and later:
                return Fraction(time + later[0]) / 2
            return time
    return None


def restricted_mean(rows, until):
    """Area under the steps up to the horizon and its variance: for each event the squared area
    after it, times d / (n (n - d)); None where the curve ends before with somebody left.
    """
    if rows[-1][0] < until and rows[-1][1] > 0:
        return None

    def area(start):
        total, survival, last = Fraction(0), survival_at(rows, start), Fraction(start)
        for at, value, *_ in rows:
            if start < at < until:
                total += survival * (Fraction(at) - last)
                survival, last = value, Fraction(at)
        return total + survival * (Fraction(until) - last)

    variance = Fraction(0)
    for at, _, at_risk, events, _ in rows:
        if at < until and at_risk > events:
            variance += area(at) ** 2 * Fraction(events, at_risk * (at_risk - events))
    return (Fraction(until) if rows[0][0] >= until else area(Fraction(-1)) - 1), variance


def follow_up(patients):
    """[(time, share still followed)]: at each time those with the event leave the risk of being
    censored before the censored do.
    """
    share, rows = Fraction(1), []
    for time in sorted({t for t, e in patients if not e}):
        at_risk = sum(1 for t, e in patients if t > time or (t == time and not e))
        censored = sum(1 for t, e in patients if t == time and not e)
        share *= Fraction(at_risk - censored, at_risk)
        rows.append((time, share))
    return rows


def log_rank_of_groups(groups, rho=0, gamma=0):
    """Observed less expected of each group and their covariance; groups are lists of (time, event,
    stratum), compared within strata, each time weighted by S(t-)^rho (1 - S(t-))^gamma.
    """
    k = len(groups)
    difference = [0.0] * k
    covariance = [[0.0] * k for _ in range(k)]
    everybody = [p for group in groups for p in group]
    for stratum in sorted({s for *_, s in everybody}):
        survival = Fraction(1)
        within = [[p for p in group if p[2] == stratum] for group in groups]
        pooled = [p for group in within for p in group]
        for time in sorted({t for t, e, _ in pooled if e}):
            weight = float(survival) ** rho * float(1 - survival) ** gamma
            at_risk = [sum(1 for t, *_ in group if t >= time) for group in within]
            events = [sum(1 for t, e, _ in group if t == time and e) for group in within]
            n, d = sum(at_risk), sum(events)
            for g in range(k):
                difference[g] += weight * (events[g] - d * at_risk[g] / n)
                for h in range(k if n > 1 else 0):
                    share = (at_risk[g] if g == h else 0) / n - at_risk[g] * at_risk[h] / n**2
                    covariance[g][h] += weight**2 * d * (n - d) / (n - 1) * share
            survival *= Fraction(n - d, n)
    return difference, covariance


def likelihood(p, x, n):
    """The logarithm of a binomial likelihood, 0 log 0 being 0."""
    return (x * log(p) if x else 0.0) + ((n - x) * log(1 - p) if n > x else 0.0)


def likeliest(x_a, n_a, x_b, n_b, first_of, low, high):
    """The second rate of the largest likelihood where the first is a function of it, by thirds."""

    def value(p):
        q = first_of(p)
        if not (0 <= p <= 1 and 0 <= q <= 1):
            return float("-inf")
        try:
            return likelihood(q, x_a, n_a) + likelihood(p, x_b, n_b)
        except ValueError:
            return float("-inf")

    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if value(left) < value(right):
            low = left
        else:
            high = right
    return (low + high) / 2


def score_of_difference(x_a, n_a, x_b, n_b, delta, corrected):
    """The score of a difference, its variance at the likeliest rates that differ by it."""
    low, high = max(0.0, -delta), min(1.0, 1 - delta)
    p_b = likeliest(x_a, n_a, x_b, n_b, lambda p: min(max(p + delta, 0.0), 1.0), low, high)
    p_a = p_b + delta
    variance = p_a * (1 - p_a) / n_a + p_b * (1 - p_b) / n_b
    factor = (n_a + n_b) / (n_a + n_b - 1) if corrected else 1.0
    return (x_a / n_a - x_b / n_b - delta) / sqrt(variance * factor)


def score_of_ratio(x_a, n_a, x_b, n_b, ratio, corrected):
    """The score of a ratio, its variance at the likeliest rates of that ratio."""
    p_b = likeliest(x_a, n_a, x_b, n_b, lambda p: ratio * p, 0.0, min(1.0, 1 / ratio))
    p_a = ratio * p_b
    variance = p_a * (1 - p_a) / n_a + ratio**2 * p_b * (1 - p_b) / n_b
    factor = (n_a + n_b) / (n_a + n_b - 1) if corrected else 1.0
    return (x_a / n_a - ratio * x_b / n_b) / sqrt(variance * factor)


def kappa(pairs):
    """Cohen's kappa of pairs of judgements in exact fractions, None where it has no value."""
    n = len(pairs)
    if not n:
        return None
    observed = Fraction(sum(1 for a, b in pairs if a == b), n)
    expected = sum(
        Fraction(sum(1 for a, _ in pairs if a == r) * sum(1 for _, b in pairs if b == r), n * n)
        for r in {x for pair in pairs for x in pair}
    )
    return None if expected == 1 else (observed - expected) / (1 - expected)
