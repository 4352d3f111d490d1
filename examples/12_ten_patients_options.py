"""Ten patients and the review's guidance: which statements are met, which are not known, and where the
review contradicts itself.

Ten invented patients. The review is of 2008 and this is not medical advice: it shows what was
written, sentence by sentence.
"""

import numpy as np

from nettumor import complications, evidence, indication

found = indication.recommend(
    n_lesions=[1, 2, 4, 4, 5, 9, 12, 20, 3, 3],
    largest_cm=[2, 2.9, 2.5, 4.9, 3, 6, 7.1, 10, 2, 2],
    lobes=[1, 2, 2, 2, 2, 2, 2, 2, 1, 1],
    resectable=[True, True, True, None, None, False, False, False, True, True],
    recurrence=["none"] * 8 + ["after resection", "none"],
    extrahepatic=[False] * 9 + [True],
)
print(found)
# > Guidance(10 patients, 72 statements; Vogl et al. 2008; not medical advice)

# 1. For each patient the options with a printed condition on lesions, lobes or recurrence that is met.
rows = found.options.rows()
for patient in range(10):
    met = [
        f"{row['option']} {row['id']}"
        for row in rows
        if row["patient"] == patient
        and row["direction"] == "recommended"
        and row["status"] == "met"
        and row["met"]
    ]
    print(patient + 1, "; ".join(met))
# > 1 resection G-01; RFA G-02; LITT G-03; resection G-16; resection G-43
# > 2 resection G-01; RFA G-02; LITT G-03; resection G-17; resection G-43
# > 3 resection G-01; RFA G-02; LITT G-03; resection G-43
# > 4 resection G-01; RFA G-02; LITT G-03
# > 5 TACE G-04; TAE G-05; TACE G-64; TAE G-65; TACE G-58; TAE G-59
# > 6 TACE G-04; TAE G-05; TACE G-64; TAE G-65; TACE G-48; TAE G-49; TACE G-58; TAE G-59
# > 7 TACE G-04; TAE G-05; TACE G-64; TAE G-65; TACE G-48; TAE G-49; TACE G-58; TAE G-59
# > 8 TACE G-04; TAE G-05; TACE G-64; TAE G-65; TACE G-48; TAE G-49; TACE G-58; TAE G-59
# > 9 resection G-01; RFA G-02; LITT G-03; resection G-16; resection G-43; TACE G-52; TAE G-67
# > 10 resection G-01; RFA G-02; LITT G-03; resection G-16; resection G-43; TACE G-53; TAE G-68

# 2. One statement for all: ideal for resection are fewer than 3-5 lesions in both lobes, each under
# 3 cm. The limit is printed as a range, so 3 and 4 lesions stay not known.
place = [row["id"] for row in indication.guidance().rows()].index("G-17")
print(found.status[:, place].tolist())
# > ['not met', 'met', 'not known', 'not met', 'not met', 'not met', 'not met', 'not met', 'not met', 'not met']

# 3. Where the review contradicts itself for the ninth patient, a recurrence after resection.
for row in rows:
    if row["patient"] == 8 and row["id"] == "G-52":
        print(row["statement"], "| contradicted by", row["contradicted_by"])
# > Treatment of choice for recurrence after resection or thermal ablation (TACE or TAE). | contradicted by
# > G-01;G-02;G-03;G-55;G-56;G-57

# 4. The first lines of the explanation of the first patient.
print("\n".join(found.explain(0).splitlines()[:3]))
# > Vogl et al. 2008; not medical advice. What the review says of this patient, in its order:
# > - resection, recommended (abstract): Few nodules in the liver: local resection, on a par with ablation. Met:
# > oligonodular. The review contradicts itself: G-55 (resection).
# > - RFA, recommended (abstract): Few nodules: RFA, alone or with LITT, equal to resection. Met: oligonodular. The
# > review contradicts itself: G-56 (RFA).

# 5. A cohort's complications of TACE beside the review's figures.
beside = complications.rates({"post-embolization syndrome": 49, "any morbidity": 8}, 60, "TACE")
for row in beside.rows():
    print(
        f"{row['complication']}: {100 * row['estimate']:.0f} % ({100 * row['low']:.0f} to "
        f"{100 * row['high']:.0f}), the review {row['review_low']:.0f} to {row['review_high']:.0f} % "
        f"({row['bound']}), {row['beside']}; {row['notice']}"
    )
# > post-embolization syndrome: 82 % (70 to 90), the review 80 to 90 % (between), inside the interval; Vogl et al.
# > 2008; not medical advice
# > any morbidity: 13 % (6 to 25), the review 28 to 28 % (equal), above the interval; Vogl et al. 2008; not medical
# > advice

# 6. One limit in three dimensions: half a product is no third of a diameter.
limits = evidence.equivalent_limit(np.array([-30, -50]), measure="diameter", to="product")
print(limits, round(evidence.equivalent_limit(-50, measure="product", to="diameter"), 1))
# > [-51. -75.] -29.3
