"""What is wrong in the review: its percents recomputed, its statements held against its tables.

Nothing is corrected in place; the likely reading stands beside what is printed.
"""

import collections

from nettumor import evidence

audit = evidence.audit().rows()

# 1. How many figures and statements follow from the tables.
counts = collections.Counter((row["what"], row["verdict"]) for row in audit)
for (what, verdict), n in sorted(counts.items()):
    print(f"{what}: {n} {verdict}")
# > figure: 110 cannot be told
# > figure: 12 does not follow
# > figure: 39 follows
# > statement: 76 cannot be told
# > statement: 37 does not follow
# > statement: 22 follows

# 2. Printed percents that do not come out of count and denominator, and what is likely.
for row in audit:
    if row["what"] == "figure" and row["verdict"] == "does not follow":
        print(
            f"{row['place']}: printed {row['printed']}, {row['recomputed']}; likely {row['likely']}"
        )
# > Table 1, Que et al., response_unspecified: printed 90 %, 36/38 = 94.7 %; likely n=38 symptomatic (of 74 in Table
# > 4); percent 90 per abstract (from memory); 38 symptomatic (from memory)
# > Table 1, Desai et al., response_unspecified: printed 78 %, 31/34 = 91.2 %; likely n=34 patients, 43 procedures;
# > primary itself inconsistent; disease control, not response
# > Table 1, Roche et al. (2003), CR: printed 70 %, 10/15 = 66.7 %; likely 10 symptomatic of 14: CR 7, PR 2
# > Table 2, Kim et al., response_unspecified: printed 75 %, 12/17 = 70.6 %; likely 12/16 = 75
# > Table 2, Stokes et al., response_unspecified: printed 90 %, 16/20 = 80.0 %; likely 18/20 or mean reduction;
# > unknown
# > Table 2, Desai et al., response_unspecified:pancreastatin: printed 78 %, 31/34 = 91.2 %; likely n=34 patients,
# > 43 procedures; primary itself inconsistent; disease control, not response
# > Table 2, Desai et al., response_unspecified:serotonin: printed 60 %, 24/34 = 70.6 %; likely n=34 patients, 43
# > procedures; primary itself inconsistent; disease control, not response
# > Table 2, Clouse et al., response_unspecified: printed 95 %, 14/20 = 70.0 %; likely unknown (14/15 = 93; 19/20 =
# > 95)
# > Table 2, Roche et al. (2003), response_gt50: printed 78 %, 6/8 = 75.0 %; likely 7/9 = 78 or 75%
# > Table 3, Ruszniewski et al., SD: printed 33 %, 3/18 = 16.7 %; likely CR 2 + PR 4; OR 33%; SD/MR 3 of 5
# > non-carcinoid; 33 belongs to 6/18
# > Table 3, Desai et al., response_unspecified: printed 45 %, 18/34 = 52.9 %; likely n=34 patients, 43 procedures;
# > primary itself inconsistent; disease control, not response
# > Table 3, Skinazi et al., MR: printed 10 %, 10/10 = 100.0 %; likely MR 1

# 3. Statements of the abstract that do not follow.
for row in audit:
    if row["place"].startswith("abstract") and row["verdict"] == "does not follow":
        print(f"{row['place']}: printed {row['printed']}, the tables give {row['recomputed']}")
# > abstract, TACE, symptomatic: printed 60–95%, the tables give 0 to 100 percent
# > abstract, TACE, biological: printed 50–90%, the tables give 20 to 95 percent
# > abstract, TACE, morphological: printed 33–80%, the tables give 9.5 to 84 percent
# > abstract, TACE, survival: printed SR of 20–80 months, the tables give 15 to 50 months
# > abstract, TACE, survival_5y: printed between 50% and 65%, the tables give 48 to 83 percent
# > abstract, TAE, morphological: printed MR was 32% and 82%, the tables give 37.9 to 72.7 percent
# > abstract, TAE, survival: printed between 18 and 88 months, the tables give 16 to 68 months
# > abstract, TAE, survival_rate: printed 40–67%, the tables give 0 to 65.4 percent
# > abstract, TAE, biological: printed between 50% and 69%, the tables give 37.9 to 66.7 percent

# 4. One table as it is printed and as it is read; six of the 63 references are three papers.
table = evidence.table(3)
row = table.rows()[3]
print(row["study_printed"], "|", row["response_printed"], "->", row["response_category"])
print(f"{row['count']:.0f} of {row['denominator']:.0f} {row['denominator_source']}")
print(evidence.references()["same_paper_as"].tolist().count(""), "references stand once")
# > Eriksson et al. | PR 11, SD 9, PD 4 -> PD
# > 4 of 29 inferred from the patients column
# > 57 references stand once
