#!/usr/bin/env bash
# The excretion of 5-HIAA is reported in mg/24h: 10 mg/24h is a mass times a time in one library of units, and 10 mg/(24*h) is
# 10 mg an hour, 24 times too much, in another.
# Expected: 10 mg in 24 hours from both, as laboratories write the amount in the urine of a day.
# Seen: pint reads 10/24 mg times h, with and without a space; its page "Tutorial", "String parsing", has the rule (units have the
# precedence of numbers: "3 l / 100 km" is a product there) and asks for brackets, which no laboratory writes. quantities drops
# the number in the text of a unit, brackets or not; its documentation names no such case.
# The first is noticed where somebody converts to a rate; the second is not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pint==0.25.3 quantities==0.16.4
"$work/env/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import pint
import quantities

units = pint.UnitRegistry()
texts = ("10 mg/24h", "10 mg/24 h", "10 mg / 24 hours", "10 mg/(24 h)")
by_pint = {text: units(text) for text in texts}
by_quantities = quantities.Quantity(10, "mg/(24*h)")
a_day = by_quantities.rescale("mg/day").item()
print("pint", version("pint"), "quantities", version("quantities"))
for text, amount in by_pint.items():
    print(f"{text:18} pint: {amount}")
print(f"{'10 mg/(24*h)':18} quantities: {by_quantities} = {a_day:g} mg a day")
rates = [text for text, amount in by_pint.items() if amount.check("[mass]/[time]")]
sys.exit(0 if rates == ["10 mg/(24 h)"] and round(a_day, 6) == 240 else 1)
PY
