"""A synthetic trial beside the review's Table 3: its objective response, each study's, and theirs
pooled; its survival beside Table 4.

60 invented patients treated by TACE (the demonstration that ships with the library).
"""

from importlib import resources

import nettumor as nt
from nettumor.before_after_table import assess_before_after

with resources.as_file(resources.files("nettumor") / "data" / "demo") as folder:
    subjects = nt.crf.read(folder)["subjects"]
    answers = assess_before_after(folder / "lesions.csv")
best = nt.parse_responses(answers.patients["response"])
days = {name: subjects.dates(name, days=True).day for name in ("death", "last_known_alive")}
survival = nt.overall_survival(days["death"], days["last_known_alive"])

# 1. The rows of Table 3 on TACE that can be pooled, and the cohort beside them.
found = nt.evidence.compare(
    best, table=3, treatment="TACE", criteria=nt.criteria.VOGL_2008, survival=survival
)
print(found.cohort)
for row in found.studies.rows():
    print(
        f"{row['study']} [{row['reference_no']}] {row['count']:.0f}/{row['total']:.0f} = "
        f"{100 * row['estimate']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f}), "
        f"{row['criteria']}"
    )
print(f"fixed {found.fixed}")
print(f"random {found.random}")
print(f"tau2 {found.heterogeneity.tau2:.3f}, I2 {found.heterogeneity.i2:.2f}; {found.place}")
# > objective response rate 63.3 % (38 of 60), 95 % interval 49.9 to 75.4 % (Clopper-Pearson)
# > Dominguez et al. [16] 8/15 = 53.3 % (26.6 to 78.7), not printed: cannot be told
# > Skinazi et al. [59] 3/7 = 42.9 % (9.9 to 81.6), differs: published in 1996, before RECIST (2000)
# > fixed Estimate(0.500, 0.302 to 0.699; inverse variance, normal interval)
# > random Estimate(0.500, 0.004 to 0.996; REML, Hartung-Knapp with floor interval)
# > tau2 0.000, I2 0.00; no prediction interval: fewer than three studies

# 2. Every choice that was made.
for choice in found.choices:
    print("-", choice)
# > - Pooled within 'morphological OR' and TACE alone; a row enters where its count and denominator are printed and
# > tied.
# > - The cohort is judged by Vogl 2008, morphological response; 1 of 2 pooled rows differ, of the others the review
# > does not print the criteria.

# 3. Symptoms: a study may share patients with a larger one, and in one nobody responded.
symptoms = nt.evidence.compare((33, 48), table=1, treatment="TACE")
print(symptoms.explain())
# > Table 1, symptomatic response, TACE: response rate 68.8 % (33 of 48), 95 % interval 53.7 to 81.3 %
# > (Clopper-Pearson).
# > Fixed 0.685 (0.566 to 0.789; share of all patients, exact interval); random 0.590 (0.102 to 0.913;
# > binomial-normal maximum likelihood, interval of the profile likelihood). Q 12.03 on 4 df (p 0.017), tau2 2.709
# > (binomial-normal maximum likelihood), I2 84 %. Prediction interval 0.004 to 0.998. A study has a zero cell: 0.5
# > is added to its cells by inverse variance; the binomial-normal likelihood needs nothing added. Q is that of the
# > logits with 0.5 added to zero cells.
# > The cohort's place: within the prediction interval.
# > Pooled within 'symptomatic response' and TACE alone; a row enters where its count and denominator are printed
# > and tied.
# > Stokes et al. [49] may share patients with Perry et al. [46] (authors in common): the larger study is kept.
# > The cohort's criteria are not given: no row is marked (a PR of 50 % by WHO and one of 30 % by RECIST are not one
# > outcome).

# 4. Survival beside Table 4: the cohort's own figures, then those of TACE.
for row in found.survival.rows():
    if row["treatment"] in ("cohort", "TACE") and row["unit"] == "percent":
        printed = f"{row['study']} {row['printed']:.0f} %, " if row["study"] else ""
        cohort = f"{row['cohort']:.0f} % ({row['cohort_low']:.0f} to {row['cohort_high']:.0f})"
        print(f"{row['figure']}: {printed}cohort {row['note'] or cohort}")
# > 1-year survival: cohort 86 % (74 to 93)
# > 2-year survival: cohort 74 % (60 to 83)
# > 5-year survival: cohort 40 % (27 to 53)
# > 10-year survival: Roche et al. (2003) 56 %, cohort nobody of the cohort under observation
# > 5-year survival: Roche et al. (2003) 83 %, cohort 40 % (27 to 53)
# > 5-year survival: Kress et al. 48 %, cohort 40 % (27 to 53)
