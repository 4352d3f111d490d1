"""A study's tables through the edit checks: findings, causes, what could not run, a study's own
settings and checks.

Two patients, invented for this example. In 01 a target was entered in cm at visit 2; in 02 a node
of 12 mm was taken as a target, the sum at baseline was added up wrongly, and PR is reported though
a target was not measured.
"""

import pathlib
import tempfile

import numpy as np

import nettumor as nt
from nettumor import edit_checks

study = {
    "lesions": {
        "subject": ["01"] * 6 + ["02"] * 4,
        "visit": [1, 1, 2, 2, 3, 3, 1, 1, 2, 2],
        "lesion": ["T01", "T02"] * 5,
        "role": ["TARGET"] * 10,
        "organ": ["LIVER", "LUNG"] * 3 + ["LIVER", "AXILLARY LYMPH NODE"] * 2,
        "size": ["42", "30", "3.8", "27", "37", "25", "50", "", "31", ""],
        "perpendicular": [""] * 7 + ["12", "", ""],
        "state": [""] * 9 + ["NE"],
        "reason": [""] * 9 + ["POOR SCAN QUALITY"],
        "unit": ["mm"] * 9 + [""],
    },
    "responses": {
        "subject": ["01", "01", "01", "02", "02"],
        "visit": [1, 2, 3, 1, 2],
        "sum": ["72", "65", "62", "65", ""],
        "target": ["", "SD", "SD", "", "PR"],
        "overall": ["", "SD", "SD", "", "PR"],
    },
}

# 1. What the checks find; a finding that follows from another names it in caused_by, and is folded
# in the files.
found = edit_checks.run(
    study, criteria="recist-1.1", checks=["lesion", "measurement", "sum", "target response"]
)
for row in found.rows():
    if row["severity"] != "note":
        cause = f" (follows from {row['caused_by']})" if row["caused_by"] else ""
        print(
            f"{row['check']} {row['severity']}, {row['table']} row {row['row']}: "
            f"{row['message']}{cause}"
        )
# > L04 error, lesions row 7: target node T02 has a short axis of 12 mm at baseline; it needs 15 mm or more
# > M09 warning, lesions row 2: T01 measures 42, 3.8, 37 mm in its course: was one of them given in cm, or with a wrong
# > decimal point? (the first in doubt: 3.8 mm at visit 2)
# > M31 warning, lesions row 2: T01 is 3.8 mm at visit 2, off its course of about 39 mm; the reported sum of 65 mm
# > is right with 38 mm (a slip of the decimal point) (follows from M09)
# > U01 error, responses row 1: reported sum 65 mm at visit 2; 2 target(s) add up to 30.8 mm (follows from M09)
# > U01 error, responses row 3: reported sum 65 mm at visit 1; 2 target(s) add up to 62 mm
# > T01 error, responses row 1: target response SD is reported at visit 2, the targets give PR: sum 30.8 mm is -57.2 %
# > from the baseline of 72.0 mm; limits -30 % and +20 % and 5 mm (RECIST 1.1, 4.3.1) (follows from M09)
# > T01 error, responses row 2: target response SD is reported at visit 3, the targets give PD: sum 62.0 mm is +101.3 %
# > and +31.2 mm from the nadir of 30.8 mm (visit 2); limits +20 % and 5 mm (RECIST 1.1, 4.3.1) (follows from M09)
# > T01 error, responses row 4: target response PR is reported at visit 2, the targets give NE: 1 target lesion(s) not
# > measured (RECIST 1.1, 4.3.1) (follows from T08)
# > T08 error, responses row 4: target response PR is reported at visit 2, but 1 of 2 targets were not measured

# 2. What became of each check: one that could not run is skipped with a reason, never passed.
status = found.runs["status"].tolist()
print({word: status.count(word) for word in ("passed", "findings", "skipped", "failed")})
print(dict(zip(found.runs["check"].tolist(), found.runs["reason"].tolist(), strict=True))["L12"])
# > {'passed': 55, 'findings': 8, 'skipped': 13, 'failed': 0}
# > lesions has nothing in column irradiated, and TU nothing in TUPREVIR
runs = {row["check"]: row for row in found.runs.rows()}
print(
    "T01 looked at", runs["T01"]["looked_at"], "rows and could not read", runs["T01"]["unreadable"]
)
print(
    found.matrix()["measurement"].tolist(),
    "queries on measurements in",
    found.matrix()["subject"].tolist(),
)
# > T01 looked at 3 rows and could not read 0
# > [1.0, 0.0] queries on measurements in ['01', '02']

# 3. One check explained.
print(edit_checks.CHECKS["L04"])
# > L04 target-node-too-small (error): Nodal target short axis at baseline < 15 mm (or < 2 x slice thickness when slice
# > > 5 mm).

with tempfile.TemporaryDirectory() as folder:
    # 4. A study's own settings: parameters, severities, and checks that are switched off with a
    # reason.
    settings = pathlib.Path(folder) / "study.toml"
    settings.write_text(
        '[parameters.U01]\ntol_mm = 5\n[off]\nL04 = "nodes of 10 mm are targets by protocol"\n'
    )
    own = edit_checks.load_configuration(settings)
    again = edit_checks.run(study, checks=["L04", "U01"], configuration=own)
    print(again.runs["status"].tolist(), again.runs["reason"].tolist()[0])

    # 5. Files: queries for a spreadsheet, one page with filters, and everything as JSON.
    found.to_csv(pathlib.Path(folder) / "queries.csv")
    found.to_html(pathlib.Path(folder) / "queries.html")
    found.to_json(pathlib.Path(folder) / "queries.json")
    print(sorted(path.name for path in pathlib.Path(folder).glob("queries.*")))
# > ['skipped', 'findings'] switched off: nodes of 10 mm are targets by protocol
# > ['queries.csv', 'queries.html', 'queries.json']


# 6. The next cut of the data: each query has a key that stays, and is new, open, changed or gone.
study["lesions"]["size"][2] = "38"
later = edit_checks.run(study, checks=["lesion", "measurement", "sum", "target response"])
since = later.compare(found)
for row in since.rows():
    if row["severity"] != "note":
        print(row["since"], row["key"])
study["lesions"]["size"][2] = "3.8"
# > open L04/02//1/T02/perpendicular/1
# > open U01/02//1//sum/1
# > open T08/02//2//target/1
# > gone M09/01//2/T01/size/1


# 7. A check of one's own runs like any other.
@edit_checks.register(
    "X901", "whole-mm", "The protocol asks for whole millimetres.", needs={"lesions": ("size",)}
)
def whole_millimetres(data, parameters):
    """Sizes with a fraction of a millimetre."""
    size = data["lesions"].number("size")
    broken = ~np.isnan(size) & (size % 1 != 0)
    return edit_checks.flag(
        "lesions", broken, "{lesion} is {value} mm at visit {visit}", "size", expected="whole mm"
    )


print(edit_checks.run(study, checks=["X901"])["message"].tolist())
# > ['T01 is 3.8 mm at visit 2']
edit_checks.unregister("X901")
print(f"checked by nettumor under {nt.criteria.get(found.criteria).title}")
# > checked by nettumor under RECIST 1.1
