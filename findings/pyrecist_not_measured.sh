#!/usr/bin/env bash
# A response assessment by RECIST 1.1 of three patients: a visit at which nothing was measured is a partial response, lesions
# that have all gone are a partial response, and a growing non-target lesion is a progression of the target lesions.
# Expected: not evaluable (RECIST 1.1, 4.4.2: no measurement at a time point), complete response (4.3.1), stable disease
# (the package's page says "based exclusively on target lesions", 'Features').
# Seen: an empty size adds 0 to the sum; the class CR is named and never given; rows of both categories are summed.
# The page names new lesions and non-target lesions as not supported, and none of the three.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 pyrecist==0.1.0
cat > "$work/sizes.csv" <<'CSV'
patient_id,study_date,measurement,lesion_label_alias,lesion_category
1,20200106,40,A,target
1,20200302,,A,target
2,20200106,40,A,target
2,20200302,0,A,target
3,20200106,40,A,target
3,20200106,20,B,non-target
3,20200302,40,A,target
3,20200302,40,B,non-target
CSV
"$work/env/bin/pyrecist" "$work/sizes.csv" -o "$work" > /dev/null
"$work/env/bin/python" - "$work/recist_evaluation.csv" <<'PY'
import sys
from importlib.metadata import version

import pandas as pd

given = pd.read_csv(sys.argv[1]).set_index("patient_id")["classification"].to_dict()
courses = {
    1: ("40 mm, then not measured", "NE", "PR"),
    2: ("40 mm, then gone", "CR", "PR"),
    3: ("target 40 and 40 mm, non-target 20 and 40 mm", "SD", "PD"),
}
print("pyrecist", version("pyrecist"), "pandas", pd.__version__)
for patient, (course, expected, _) in courses.items():
    print(f"{course:45} expected {expected}, seen {given[patient]}")
sys.exit(0 if given == {patient: seen for patient, (_, _, seen) in courses.items()} else 1)
PY
