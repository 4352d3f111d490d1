#!/usr/bin/env bash
# Study days and the first dose by a library that builds SDTM and ADaM tables, from dates of which some have a time, as
# SDTM allows in one variable (SDTMIG 3.4, 4.4, ISO 8601 to the precision that was collected).
# Expected: day 47 for 2024-03-01T09:30 as for 2024-03-01; day 1 for half past midnight of the reference day; as first dose
# that of February. Its own text says that dates with times sort as times, and that partial dates alone are left out.
# Seen: a date with a time has no study day, and its dose none at all, when the first row has no time: the form of the first
# row is taken for all ("Datetimes are now parsed with a consistent format", what is new in pandas 2.0.0), and the rest is
# dropped. With zones the day is that of Greenwich: just after midnight in Berlin is day -1.
# RFXSTDTC, from which times to event are counted, is a month late.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 cdiscbuilder==2.2.0
"$work/env/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import pandas as pd
from cdiscbuilder.functions.calculate_study_day import calculate_study_day
from cdiscbuilder.functions.get_dose_dates import get_first_dose_date


def study_days(*dates, reference):
    days = calculate_study_day(pd.Series(dates), pd.Series([reference] * len(dates)))
    return [None if pd.isna(day) else int(day) for day in days]


times = study_days("2024-01-15", "2024-03-01", "2024-03-01T09:30", reference="2024-01-15")
zones = study_days("2024-01-15T00:30+01:00", reference="2024-01-15T08:00+01:00")
doses = {"USUBJID": ["01", "01"], "EXSTDTC": ["2024-03-01", "2024-02-01T08:00"], "EXDOSE": [1.0, 1.0]}
first = get_first_dose_date(pd.Series(["01"]), {"EX": pd.DataFrame(doses)}).tolist()
print("cdiscbuilder", version("cdiscbuilder"), "pandas", pd.__version__)
print("study days of 2024-01-15, 2024-03-01, 2024-03-01T09:30:", times, "expected [1, 47, 47]")
print("half past midnight of the reference day:", zones, "expected [1]")
print("first of the doses of", " and ".join(doses["EXSTDTC"]) + ":", first, "expected ['2024-02-01T08:00']")
sys.exit(0 if (times, zones, first) == ([1, 47, None], [-1], ["2024-03-01"]) else 1)
PY
