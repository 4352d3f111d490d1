#!/usr/bin/env bash
# Survival in months from two dates: a patient who died after 29 days lived 0 months, one who died after a year 11.
# Expected: 0.95 and 12.0, "array of floats representing the durations with time units given by freq" (docs of lifelines,
# "datetimes_to_durations"), or 1 and 12 months of the calendar.
# Seen: days are cut down to whole months of 30.44 days, so that all times are half a month too short on average, and a death in
# the first month is a time of 0. With freq="D" the days are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 scipy==1.16.3 lifelines==0.30.3
"$work/env/bin/python" -W ignore - <<'PY'
import sys

import lifelines
from lifelines.utils import datetimes_to_durations

start = ["2020-01-31", "2021-01-01", "2021-01-01"]
death = ["2020-02-29", "2022-01-01", "2021-03-02"]
days, _ = datetimes_to_durations(start, death, freq="D")
months, _ = datetimes_to_durations(start, death, freq="M")
print("lifelines", lifelines.__version__)
for first, last, d, m in zip(start, death, days, months, strict=True):
    print(f"{first} to {last}: {d:g} days = {d / 30.4375:.2f} months, given {m:g}")
sys.exit(0 if days.tolist() == [29, 365, 60] and months.tolist() == [0, 11, 1] else 1)
PY
