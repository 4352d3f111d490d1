#!/usr/bin/env bash
# Two readers' responses CR, PR, SD and PD: the weighted kappa counts CR against PD as one step and CR against PR as two.
# Expected: 0.70 with linear weights, for the order of response PD, SD, PR, CR; or an error where words without an order are
# weighted, as krippendorff gives ("an ordered value_domain is required").
# Seen: 0.49, less than without weights: the categories stand in the order of the alphabet, CR, PD, PR, SD. scikit-learn's page
# of cohen_kappa_score says of `labels` that all that appear are used, and not in which order the weights take them; irrCAC
# numbers the categories in the same way.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 scikit-learn==1.9.1 krippendorff==0.8.2 pandas==2.3.3
"$work/env/bin/pip" install -q --disable-pip-version-check --no-deps irrCAC==0.4.4
"$work/env/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import krippendorff
import pandas as pd
from irrCAC.raw import CAC
from sklearn.metrics import cohen_kappa_score

order = ["PD", "SD", "PR", "CR"]
one = ["PR", "PR", "SD", "PD", "CR", "SD", "PR", "PD"]
two = ["CR", "PR", "PD", "PD", "CR", "SD", "SD", "PD"]
plain = cohen_kappa_score(one, two)
by_alphabet = cohen_kappa_score(one, two, weights="linear")
by_order = cohen_kappa_score(one, two, weights="linear", labels=order)
ratings = pd.DataFrame({"one": one, "two": two})
found = CAC(ratings, weights="linear").categories
try:
    krippendorff.alpha(reliability_data=[one, two], level_of_measurement="ordinal")
    refused = "no"
except ValueError as error:
    refused = str(error)
print("scikit-learn", version("scikit-learn"), "irrCAC", version("irrCAC"), "krippendorff", version("krippendorff"))
print(f"scikit-learn: {plain:.2f} without weights, {by_alphabet:.2f} weighted, {by_order:.2f} weighted in the order of response")
print("irrCAC weights by", found)
print("krippendorff refuses:", refused)
asked = by_alphabet < plain < by_order and list(found) == sorted(order) and "ordered" in refused
sys.exit(0 if asked else 1)
PY
