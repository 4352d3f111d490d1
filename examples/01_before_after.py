"""Lesions before and after therapy: which morphological response, and why?

Six sizes in mm, invented for this example, judged by the review's limits (Vogl et al. 2008, section 4.3), by RECIST
1.1, and once with another name for the decrease that the review leaves without a class.
"""

import attrs

import nettumor as nt

before = [52.0, 33.0, 40.0, 18.0, 25.0, 30.0]
after = [30.0, 23.1, 51.0, 0.0, 26.0, None]  # None: not measured
days = [30, 41, 28, 43, 35, 42]  # days from completion of therapy to the scan

# 1. Two numbers, and arrays.
print(nt.classify(52, 30).label, nt.percent_change(52, 39))
print(*nt.labels(nt.classify(before, after)))

# 2. Exactly 30 % smaller is PR by RECIST 1.1 ("at least 30 %"), and not by the review ("more than 30 %").
print(*nt.labels(nt.classify(before, after, criteria=nt.criteria.RECIST_1_1)))

# 3. Why? Each verdict in a sentence; a new lesion decides before all sizes.
judged = nt.MorphologicalResponse.assess(before, after, new_lesion=[False] * 4 + [True, False], name="lesion")
print(judged)
for patient in range(len(before)):
    verdict, source = judged.explain(patient).split("; limits ")
    print(verdict)
print("limits", source)

# 4. The gap by another name, and the scans that lie in the review's window of 4 to 6 weeks.
minor = attrs.evolve(nt.criteria.VOGL_2008, gap="MR")
print(nt.classify(33.0, 23.1, criteria=minor).label, nt.in_assessment_window(days).tolist())

#> PR -25.0
#> PR SD PD CR SD NE
#> PR PR PD CR SD NE
#> MorphologicalResponse(6 pairs: 1 CR, 1 PR, 1 SD, 2 PD, 1 NE)
#> PR: lesion 30.0 mm is -42.3 % from 52.0 mm before
#> SD: lesion 23.1 mm is -30.0 % from 33.0 mm before, a change that has no class in the source
#> PD: lesion 51.0 mm is +27.5 % from 40.0 mm before
#> CR: nothing left of 18.0 mm before
#> PD: new lesion; lesion 26.0 mm is +4.0 % from 25.0 mm before
#> NE: lesion before 30.0 mm, after not measured
#> limits -30 % and +25 % (Vogl 2008, morphological response, section 4.3)
#> MR [True, True, True, False, True, True]
