#!/usr/bin/env bash
# Homogeneous studies: the variance between studies by DerSimonian and Laird comes out below 0, and is used so.
# Expected: 0, for the published estimator is max(0, (Q - df) / C) (DerSimonian and Laird 1986, doi
# 10.1016/0197-2456(86)90046-2, equation 8). Seen: statsmodels gives the untruncated number, and its weights
# 1 / (variance + tau2) are then larger than those of the fixed effect.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 statsmodels==0.15.0
"$work/env/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
import statsmodels
from statsmodels.stats.meta_analysis import combine_effects

effect = np.array([0.10, 0.11, 0.09, 0.10])
variance = np.array([0.04, 0.05, 0.04, 0.06])
found = combine_effects(effect, variance, method_re="dl")
weight = 1 / variance
q = float((weight * (effect - np.average(effect, weights=weight)) ** 2).sum())
print("statsmodels", statsmodels.__version__)
print("Q", round(q, 4), "on 3 degrees of freedom: expected tau2 0, seen", float(found.tau2))
print("weights, fixed:", weight.round(1).tolist(), "random:", (1 / (variance + found.tau2)).round(1).tolist())
sys.exit(0 if found.tau2 < 0 else 1)
PY
