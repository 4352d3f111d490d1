#!/usr/bin/env bash
# The table under a Kaplan-Meier curve counts, at month 6, those who are left after the deaths of month 6.
# Expected: those at risk at month 6, so the deaths of that month among them: the number at risk just before t, the n of
# the estimate at t (Kaplan and Meier 1958; R's summary.survfit: "n.risk: the number of subjects at risk at time t";
# the library's own event_table says 5 at 6.0, too).
# Seen: 2 of 6 at month 6, with the 3 deaths of month 6 taken off, in lifelines' add_at_risk_counts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 scipy==1.16.3 lifelines==0.30.3 matplotlib==3.11.2
MPLBACKEND=Agg "$work/env/bin/python" -W ignore - <<'PY'
import sys

import lifelines
import matplotlib.pyplot as plt
from lifelines.plotting import add_at_risk_counts

months = [3, 6, 6, 6, 9, 12]
fitter = lifelines.KaplanMeierFitter(label="arm").fit(months)
figure, axes = plt.subplots()
fitter.plot_survival_function(ax=axes)
add_at_risk_counts(fitter, ax=axes, xticks=[0, 3, 6, 9, 12], rows_to_show=["At risk"])
figure.canvas.draw()
labels = [label.get_text().split()[-1] for label in figure.axes[-1].get_xticklabels()]
printed = dict(zip([0, 3, 6, 9, 12], map(int, labels), strict=True))
at_risk = fitter.event_table["at_risk"].astype(int).to_dict()
print("lifelines", lifelines.__version__)
print("own table of events, at risk:", at_risk)
print("under the figure:            ", printed)
assert at_risk[6.0] == 5
sys.exit(0 if printed[6] == 2 else 1)
PY
