#!/usr/bin/env bash
# lifelines gives a variance beside the restricted mean survival time: it is the variance of one patient's restricted
# time, not of the mean, and does not fall with the number of patients. Expected by who compares two arms: the variance of
# the estimate (Klein and Moeschberger 2003, 4.5; R's survRM2 and survival print its root). The docstring of
# lifelines.utils.restricted_mean_survival_time names Royston and Parmar 2013 and says "the variance of the RMST".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check lifelines==0.30.3
"$work/env/bin/python" -W ignore - <<'PY'
import sys

import lifelines
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

time, event = [5, 10, 10, 20], [1, 1, 0, 1]
seen = {}
for copies in (1, 100):
    curve = KaplanMeierFitter().fit(time * copies, event * copies)
    mean, variance = restricted_mean_survival_time(curve, t=15, return_variance=True)
    seen[4 * copies] = round(float(variance), 3)
# by hand for 4 patients: (6.25**2) / (4 * 3) + (2.5**2) / (3 * 2), the areas after each event
print("lifelines", lifelines.__version__, "restricted mean", float(mean))
print("variance seen:", seen, "; expected of the mean of 4 patients:", round(6.25**2 / 12 + 2.5**2 / 6, 3))
sys.exit(0 if seen[4] == seen[400] > 17 else 1)
PY
