#!/usr/bin/env bash
# 3 of 10 responders in one arm and 1 of 10 in the other: the interval of Miettinen and Nurminen for the difference of the rates
# is given as -16.9 to 53.5 %; for 0 of 10 and 0 of 10 there is none, only an error.
# Expected: -18.0 to 54.1 % and -28.8 to 28.8 %: the differences that the score test does not reject, its variance from the
# rates of greatest likelihood under that difference (Stat Med 1985; 4: 213-226, which the page of
# statsmodels.stats.proportion.confint_proportions_2indep names for method="score" with its default correction=True).
# Seen: the rates which the test takes under a difference (prop2_null) are not those of greatest likelihood, which are looked
# for below; the number of responders stands in their equation where the size of the arm belongs. Without a responder their
# variance comes out below 0. The page says no word of either. Differences of 0, the default null hypothesis, are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 statsmodels==0.15.0
"$work/env/bin/python" -W ignore - <<'PY'
import sys
from math import log

import statsmodels
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep


def most_likely(x1, n1, x2, n2, difference):
    """The second rate of greatest likelihood where the first is larger by this difference."""

    def minus_likelihood(rate):
        return -sum(
            count * log(max(p, 1e-300)) if count else 0.0
            for first, size, r in ((x1, n1, rate + difference), (x2, n2, rate))
            for count, p in ((first, r), (size - first, 1 - r))
        )

    between = max(0, -difference), min(1, 1 - difference)
    return minimize_scalar(minus_likelihood, bounds=between, method="bounded", options={"xatol": 1e-12}).x


def interval(x1, n1, x2, n2):
    def beyond(difference):
        p2 = most_likely(x1, n1, x2, n2, difference)
        p1 = p2 + difference
        variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
        return (x1 / n1 - x2 / n2 - difference) ** 2 / variance - norm.ppf(0.975) ** 2

    middle = x1 / n1 - x2 / n2
    return brentq(beyond, -0.95, middle - 1e-6), brentq(beyond, middle + 1e-6, 0.95)


print("statsmodels", statsmodels.__version__)
seen = []
for arms in ((3, 10, 1, 10), (0, 10, 0, 10)):
    low, high = (100 * end for end in interval(*arms))
    try:
        given = tuple(round(100 * end, 1) for end in confint_proportions_2indep(*arms, method="score", compare="diff"))
    except ValueError as error:
        given = str(error)
    seen.append(given)
    print("{} of {} and {} of {}:".format(*arms), f"expected {low:.1f} to {high:.1f} %, given {given}")
taken = test_proportions_2indep(3, 10, 1, 10, value=-0.1, method="score", compare="diff", return_results=True).prop2_null
print(f"second rate under a difference of -10 %: {taken:.4f}, most likely {most_likely(3, 10, 1, 10, -0.1):.4f}")
sys.exit(0 if seen[0] == (-16.9, 53.5) and "NaN" in seen[1] else 1)
PY
