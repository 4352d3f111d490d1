"""Immunotherapy: is a first progression confirmed (iCPD), or was it unconfirmed only (iUPD)?

Four patients, invented for this example, with a baseline and four scans. The parts of each
timepoint are judged by RECIST 1.1; iRECIST then follows the course.
"""

import numpy as np

import nettumor as nt

IRECIST = nt.criteria.IRECIST_2017
NAN = np.nan

# Target response by RECIST 1.1, baseline first (there the response is MISSING), and the sums it
# came from, mm.
target = nt.parse_responses([
    ["", "PD", "PR", "PR", "PD"],  # 1. larger at first, then smaller: pseudoprogression
    ["", "PD", "PD", "PD", "PD"],  # 2. grows on, but less than 5 mm before the third scan
    ["", "SD", "SD", "SD", "SD"],  # 3. stable targets, new lesions
    ["", "PD", "NE", "PD", "PD"],  # 4. non-target disease progresses later
])  # fmt: skip
sums = [[100, 125, 68, 60, 80], [60, 75, 77, 80, 95], [50, 52, 50, 51, 50], [40, 50, NAN, 52, 53]]
non_target = nt.parse_responses(
    [
        ["", *["NON-CR/NON-PD"] * 4],
        ["", *["NON-CR/NON-PD"] * 4],
        ["", *["NON-CR/NON-PD"] * 4],
        ["", "NON-CR/NON-PD", "NE", "PD", "PD"],
    ]
)

# New lesions of patient 3: one is doubtful on day 56 and certain on day 112; a second one comes on
# day 168.
days = [0, 56, 112, 168, 224]
status = np.zeros((4, 2, 5), dtype=np.int8)
status[2] = [[0, 1, 2, 2, 2], [0, 0, 0, 2, 2]]
found = nt.first_sighting(status, days)
count = (status == 2).sum(axis=1)
print(found.explain(2))

# 1. Has what made the first progression grown on? Each category counts by itself: 5 mm in the sum,
# one more lesion.
grown = nt.further_increase(target, non_target, found.new_lesion, sums=sums, new_lesion_count=count)

# 2. The course. A response in between resets the bar; progression in another category confirms as
# well.
course = nt.irecist_response(target, non_target, found.new_lesion, grown)
for number, row in enumerate(nt.labels(course, IRECIST)[:, 1:], start=1):
    print(f"patient {number}: {', '.join(row)}")

# 3. RECIST 1.1 would have ended all four at their first progression.
recist = nt.overall_response(target, non_target, found.new_lesion)
first = (recist == nt.Response.PD).argmax(axis=1)
confirmed = course == nt.Response.PD
print("first progression on days", np.take(days, first).tolist())
print(
    "confirmed on days",
    np.where(confirmed.any(axis=1), np.take(days, confirmed.argmax(axis=1)), NAN).tolist(),
)

# > New lesion unequivocal at timepoint 2, first seen at timepoint 1 on day 56.0 (RECIST 1.1, 4.3.5)
# > patient 1: iUPD, iPR, iPR, iUPD
# > patient 2: iUPD, iUPD, iCPD, iCPD
# > patient 3: iSD, iUPD, iCPD, iCPD
# > patient 4: iUPD, NE, iCPD, iCPD
# > first progression on days [56, 56, 112, 56]
# > confirmed on days [nan, 168.0, 168.0, 168.0]
