"""One size before and after therapy: the review's response of single lesions, arrays and whole
cohorts.

Five liver lesions, invented for this example, measured before TACE and 4 to 6 weeks after its
completion.
"""

import attrs
import numpy as np

import nettumor as nt

before = np.array([52.0, 40.0, 33.0, 61.0, 28.0])  # mm
after = np.array([30.0, 29.0, 23.1, 80.5, 0.0])

# 1. A number or an array: codes of Response, larger is better.
print(repr(nt.classify(52, 30)), nt.labels(nt.classify(before, after)).tolist())
print(nt.percent_change(before, after).round(1).tolist())

# 2. Why: exactly 30 % smaller is not more than 30 %, and the review has no class for it.
response = nt.MorphologicalResponse.assess(before, after)
for lesion in (1, 2, 3):
    print(response.explain(lesion))

# 3. Other editions, and a protocol's own variant of one: a minor response where the review is
# silent.
print(nt.labels(nt.classify(before, after, criteria=nt.criteria.RECIST_1_1)).tolist())
protocol = attrs.evolve(nt.criteria.VOGL_2008, name="our-protocol", gap="MR")
print(nt.labels(nt.classify(before, after, criteria=protocol)).tolist())

# 4. What is missing is not evaluable, a new lesion is progression; shapes broadcast.
print(nt.labels(nt.classify(before, [30, np.nan, 20, 60, 20], new_lesion=[0, 0, 0, 0, 1])).tolist())
table = nt.classify(np.array([20.0, 40.0])[:, None], [0.0, 10, 20, 30, 40])
print(nt.labels(table))

# 5. The scan must lie in the review's window, 28 to 42 days after completion.
print(nt.in_assessment_window([27, 28, 42, 43]).tolist())

# 6. Impossible sizes are refused, with their place and the repair.
try:
    nt.classify([50, 0, 20], [20, 10, -1])
except nt.InputError as error:
    print(error)

# > <Response.PR: 7> ['PR', 'SD', 'SD', 'PD', 'CR']
# > [-42.3, -27.5, -30.0, 32.0, -100.0]
# > SD: size 29.0 mm is -27.5 % from 40.0 mm before, a change that has no class in the source; limits -30 % and +25 %
# >   (Vogl 2008, morphological response, section 4.3)
# > SD: size 23.1 mm is -30.0 % from 33.0 mm before, a change that has no class in the source; limits -30 % and +25 %
# >   (Vogl 2008, morphological response, section 4.3)
# > PD: size 80.5 mm is +32.0 % from 61.0 mm before; limits -30 % and +25 % (Vogl 2008, morphological response, section
# >   4.3)
# > ['PR', 'SD', 'PR', 'PD', 'CR']
# > ['PR', 'MR', 'MR', 'PD', 'CR']
# > ['PR', 'NE', 'PR', 'SD', 'PD']
# > [['CR' 'PR' 'SD' 'PD' 'PD']
# >  ['CR' 'PR' 'PR' 'SD' 'SD']]
# > [False, True, True, False]
# > `before` must be finite and greater than 0 mm (NaN where not measured); got 0.0 at [1]. Correct it or leave the
# >   lesion out, or pass invalid="NE".
