"""The review's studies beside a cohort, one patient on all axes, and two readers.

The forest shows the studies of Vogl et al. 2008, Table 1, with those whose counts are not printed;
the profile the size, the marker and the symptom of one invented patient with the sentence of each
verdict; the matrix where two readers differ. The folder is temporary, or the first argument.
"""

import pathlib
import sys
import tempfile

import numpy as np

import nettumor as nt

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
svg = nt.plots.svg

# 1. Twelve of twenty patients felt better after TACE.
forest = nt.plots.data.forest(nt.evidence.compare((12, 20), table=1, treatment="TACE"))
kinds, counts = np.unique(forest["kind"], return_counts=True)
print(dict(zip(kinds.tolist(), counts.tolist(), strict=True)))
for row in forest.rows()[-4:]:
    print(f"{row['label']}: {row['low']:.0f} to {row['high']:.0f} %")
(folder / "forest.svg").write_text(svg.forest(forest), encoding="utf-8")

# 2. One patient: the sum falls and rises again, the marker before it, the flushes first of all.
target = nt.target_response([[60, 40, 41, 55], [40, 30, 28, 30]])
marker = nt.marker_course([42, 19, 7.5, 24, 61], [-3, 28, 84, 168, 252], upper_limit=8)
day = np.arange(-14, 252)
diary = np.where(day < 0, 6.0, np.where((day >= 28) & (day < 140), 0.0, 3.0))
patient = nt.plots.data.profile(
    target,
    days=[-5, 84, 168, 252],
    marker=marker,
    symptom=nt.symptom_course(diary, day),
    therapy={"day": [0, 28], "what": ["TACE", "TACE"]},
    title="Patient 01",
)
print(patient.caption)
(folder / "profile.svg").write_text(svg.profile(patient), encoding="utf-8")

# 3. Two readers of ten patients.
site = ["PR", "PR", "PR", "PR", "SD", "SD", "SD", "PD", "PD", "NE"]
central = ["PR", "PR", "SD", "SD", "SD", "SD", "SD", "PD", "SD", "PR"]
cells = nt.plots.data.agreement(site, central, first="site", second="central")
print(cells.caption)
for row in cells.rows():
    if row["count"] and not row["agree"]:
        print(f"site {row['first']}, central {row['second']}: {row['count']}")
(folder / "agreement.svg").write_text(svg.agreement(cells), encoding="utf-8")
nt.plots.save(nt.plots.agreement(cells), folder / "agreement.pdf")
print(sorted(path.name for path in folder.iterdir()))
# > {'cohort': 1, 'fixed': 1, 'not pooled': 8, 'prediction': 1, 'random': 1, 'study': 5}
# > Fixed effect: 57 to 79 %
# > Random effects: 10 to 91 %
# > Prediction for a further study: 0 to 100 %
# > Your cohort: 36 to 81 %
# > 1 (day 84) PR: sum 70.0 mm is -30.0 % from the baseline of 100.0 mm; limits -30 % and +20 % and 5 mm (RECIST
# > 1.1, 4.3.1) 2 (day 168) PR: sum 69.0 mm is -31.0 % from the baseline of 100.0 mm; limits -30 % and +20 % and 5
# > mm (RECIST 1.1, 4.3.1) 3 (day 252) PD: sum 85.0 mm is +23.2 % and +16.0 mm from the nadir of 69.0 mm (timepoint
# > 2); limits +20 % and 5 mm (RECIST 1.1, 4.3.1)
# > site and central agree in 6 of 9 patients judged by both (66.7 %), kappa 0.49. 1 not judged by both stand in the
# > matrix, not in the kappa.
# > site PR, central SD: 2
# > site PD, central SD: 1
# > site NE, central PR: 1
# > ['agreement.pdf', 'agreement.svg', 'forest.svg', 'profile.svg']
