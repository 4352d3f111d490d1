"""Best overall response: what confirms a response, what it takes to be stable, and which rule says
so.

Six patients, invented for this example, assessed in weeks 4, 8, 12 and 16 after randomisation (day
0). Lines that begin with "#>" are what is printed; a long one goes on, indented, on the next line.
"""

import attrs
import numpy as np

import nettumor as nt

RECIST = nt.criteria.RECIST_1_1.best_response
NAN = np.nan

course = nt.parse_responses([
    ["PR", "PR", "SD", "PD"],  # 0. confirmed after 28 days
    ["PR", "NE", "SD", "PD"],  # 1. seen once: not confirmed, stable later
    ["SD", "PD", "SD", "SD"],  # 2. stable for 28 days only, then progression
    ["CR", "PR", "PR", "PR"],  # 3. gone on day 28, there again on day 56
    ["SD", "", "", ""],        # 4. lost after the first scan
    ["SD", "SD", "PR", "PR"],  # 5. responds after the start of another therapy
])  # fmt: skip
days = [28, 56, 84, 112]
new_therapy = [NAN, NAN, NAN, NAN, NAN, 70]

# 1. RECIST 1.1 with confirmation: 28 days between two responses, SD from day 42.
best = nt.best_overall_response(course, days, new_therapy=new_therapy)
print(best)
# > BestResponse(6 patients: 1 PR, 2 SD, 2 PD, 1 NE; 1 confirmed)
for patient in range(6):
    print(patient, best.explain(patient).removesuffix(" (RECIST 1.1, 4.4.3 and Table 3)"))
# > 0 PR: day 28.0 (timepoint 0); confirmed on day 56.0, at least 28 days later
# > 1 SD: day 84.0 (timepoint 2), SD counts from day 42; a CR or PR was not confirmed by another at least 28 days later
# > 2 PD: day 56.0 (timepoint 1); a better response was not at or after day 42; assessments after the first PD do not
# >   count
# > 3 PD: day 56.0 (timepoint 1); a CR or PR was not confirmed by another at least 28 days later; a better response was
# >   not at or after day 42; a lesser response after a CR is PD; assessments after the first PD do not count
# > 4 NE: day 28.0 (timepoint 0); a better response was not at or after day 42
# > 5 SD: day 56.0 (timepoint 1), SD counts from day 42; assessments on or after a new therapy do not count

# 2. A randomised trial needs no confirmation: every PR counts, from its first day.
free = nt.best_overall_response(
    course, days, new_therapy=new_therapy, rule=attrs.evolve(RECIST, confirmation_days=None)
)
print(nt.labels(free.response).tolist(), free.first_response_day.tolist())
# > ['PR', 'PR', 'PD', 'CR', 'NE', 'SD'] [28.0, 28.0, nan, 28.0, nan, nan]

# 3. CR, then PR (patient 3): progression, or a CR that was misread, or kept as reported. RECIST 1.1
# says the first if the CR was truly met and the second if not; admiralonco keeps what was reported.
for reading in ("PD", "PR", "keep"):
    judged = nt.best_overall_response(
        course[3], days, rule=attrs.evolve(RECIST, cr_then_pr=reading)
    )
    print(
        f"{reading}: {judged.response.label} on day {judged.day:g}; read as",
        *nt.labels(judged.course),
    )
# > PD: PD on day 56; read as CR PD MISSING MISSING
# > PR: PR on day 28; read as PR PR PR PR
# > keep: PR on day 56; read as CR PR PR PR

admiral = nt.best_overall_response(
    course, days, new_therapy=new_therapy, rule=nt.criteria.ADMIRALONCO_BEST_RESPONSE
)
differ = np.flatnonzero(best.response != admiral.response)
print(
    "admiralonco differs for patient", differ.tolist(), nt.labels(admiral.response[differ]).tolist()
)
# > admiralonco differs for patient [3] ['PR']

# 4. The course as judged goes to the endpoints, so that best response and progression-free survival
# agree.
pfs = nt.progression_free_survival(best.course, days, new_therapy=new_therapy)
print(pfs.time.tolist(), pfs.event.tolist())
# > [112.0, 112.0, 56.0, 56.0, 28.0, 56.0] [True, True, True, True, False, False]
print(nt.objective_response_rate(best.response))
# > objective response rate 16.7 % (1 of 6), 95 % interval 0.4 to 64.1 % (Clopper-Pearson)
