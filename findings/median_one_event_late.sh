#!/usr/bin/env bash
# The median of 6 patients who died at months 1, 2, 3, 4, 5 and 6 is given as month 4.
# Expected: month 3, at which the Kaplan-Meier estimate is 3/6: the median is the smallest time with S(t) <= 0.5
# (docs of lifelines, "median_survival_time_"; of statsmodels, "SurvfuncRight.quantile", says the smallest x with 1 - S(x) >= p).
# R's survival takes the estimate for 0.5 within a tolerance (help of survfit, "the median").
# Seen: the product 5/6 x 4/5 x 3/4 is 0.5000000000000001 in floating point, so the next death is taken; which sizes of
# trial are hit looks arbitrary. scipy's ecdf gives the right one for each size tried, with the same definition.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 scipy==1.16.3 lifelines==0.30.3 statsmodels==0.14.6
"$work/env/bin/python" -W ignore - <<'PY'
import sys

import lifelines
import numpy as np
import scipy
import statsmodels
from scipy.stats import ecdf
from statsmodels.duration.survfunc import SurvfuncRight

sizes = range(2, 61, 2)  # an even number of patients, one death a month, nobody censored: the median is n / 2
late = {"lifelines": [], "statsmodels": [], "scipy": []}
for n in sizes:
    months, died = np.arange(1.0, n + 1), np.ones(n, dtype=bool)
    survival = ecdf(months).sf
    medians = {
        "lifelines": lifelines.KaplanMeierFitter().fit(months).median_survival_time_,
        "statsmodels": SurvfuncRight(months, died).quantile(0.5),
        "scipy": survival.quantiles[survival.probabilities <= 0.5].min(),
    }
    for library, median in medians.items():
        if median != n / 2:
            late[library].append(n)
print("lifelines", lifelines.__version__, "statsmodels", statsmodels.__version__, "scipy", scipy.__version__)
for library, hit in late.items():
    print(f"{library:12} one death late for {len(hit)} of {len(sizes)} sizes: {hit}")
assert not late["scipy"]
sys.exit(0 if 6 in late["lifelines"] and 6 in late["statsmodels"] else 1)
PY
