"""A second cycle of TACE with a baseline of its own, and what a statistician takes from it: ADTR,
ADRS and ADTTE.
"""

import nettumor as nt

# Two patients, two cycles of TACE; the second patient had one only.
SIZES = {
    "01": ((-7, 62), (42, 40), (98, 58), (154, 44), (210, 33), (266, 30)),
    "02": ((-10, 48), (44, 47), (100, 45)),
}
rows = [(subject, *scan) for subject, scans in SIZES.items() for scan in scans]
lesions = {
    "subject": [s for s, _, _ in rows],
    "lesion": ["T1"] * len(rows),
    "role": ["TARGET"] * len(rows),
    "organ": ["LIVER"] * len(rows),
    "day": [d for _, d, _ in rows],
    "size": [size for _, _, size in rows],
}
subjects = {
    "subject": ["01", "02"],
    "arm": ["TACE", "TACE"],
    "cycle_2": ["105", ""],
    "new_therapy": ["105", ""],
}
study = {"lesions": lesions, "subjects": subjects}

# From the first cycle: the second one is another therapy, and ends what counts.
first = nt.assess(study, carry="cycle_2")
for row in first.subjects.rows():
    print("cycle 1", row["subject"], row["best"], round(row["best_percent"], 1), row["pfs_days"])

# From the second cycle: its own baseline; who had none is left out, and said.
second = nt.assess(study, reference="cycle_2")
for row in second.timepoints.rows():
    print("cycle 2", row["subject"], row["day"], row["sum"], row["overall"])
for row in second.subjects.rows():
    print("cycle 2", row["subject"], row["best"], "confirmed" if row["confirmed"] else "")
print(next(str(r["note"]) for r in second.intake.rows() if r["read_as"] == "not in this cycle"))

# The course as analysis data: docs/adam.md has the conventions.
adam = second.to_adam()
for row in adam["ADRS"].rows():
    if row["PARAMCD"] in ("OVR", "CBOR"):
        print(row["PARAMCD"], row["AVALC"], row["AVAL"], row["ADY"], row["ANL02FL"])
for row in adam["ADTTE"].rows():
    if row["PARAMCD"] in ("PFS", "RSD"):
        print(
            row["PARAMCD"], row["AVAL"], row["CNSR"], row["CNSDTDSC"], row["SRCDOM"], row["SRCSEQ"]
        )

# > cycle 1 01 SD -35.5 98.0
# > cycle 1 02 SD -6.2 100.0
# > cycle 2 01 -7.0 58.0 MISSING
# > cycle 2 01 49.0 44.0 SD
# > cycle 2 01 105.0 33.0 PR
# > cycle 2 01 161.0 30.0 PR
# > cycle 2 01 PR confirmed
# > no full date in cycle_2: left out of the denominators
# > OVR SD 3.0 50.0 Y
# > OVR PR 2.0 106.0 Y
# > OVR PR 2.0 162.0 Y
# > CBOR PR 2.0 106.0 Y
# > PFS 162.0 1 Last Tumor Assessment ADRS 11.0
# > RSD 57.0 1 Last Tumor Assessment ADRS 11.0
