"""Rates, times to events and survival curves of a small cohort, from response codes and days.

Twelve patients with liver metastases, invented for this example: best responses, scans every 84
days, survival from the first intervention (day 0) and from the first metastasis (a negative day).
"""

import attrs
import numpy as np

import nettumor as nt

NAN = np.nan

# The course of each patient: one row per patient, one column per scan; blank is no scan.
course = nt.parse_responses(
    [
        ["PR", "PR", "PR", "PD"],
        ["PR", "CR", "CR", "CR"],
        ["SD", "SD", "PD", ""],
        ["SD", "PR", "PR", "PR"],
        ["PD", "", "", ""],
        ["SD", "SD", "SD", "SD"],
        ["PR", "PR", "PD", ""],
        ["NE", "", "", ""],
        ["SD", "PD", "", ""],
        ["PR", "PR", "PR", "PR"],
        ["SD", "", "", "PD"],
        ["SD", "SD", "", ""],
    ]
)
days = [84, 168, 252, 336]
death = [700, NAN, 500, NAN, 150, NAN, 610, 40, 400, NAN, 450, 210]
alive = [NAN, 2000, NAN, 1900, NAN, 1500, NAN, NAN, NAN, 1200, NAN, NAN]
metastasis = [-200, -900, -30, -400, -10, -700, -120, -60, -90, -500, -45, -80]

# 1. Rates. Every patient is in the denominator, those not evaluable too.
best = nt.best_of(course)
print(nt.objective_response_rate(best))
print(nt.disease_control_rate(best, method="wilson"))
table = nt.response_table(best)
print({r["response"]: r["count"] for r in table.rows() if r["count"]})

# 2. Progression-free survival: patient 10 missed the visits of days 168 and 252, which is more than
# one, so the progression on day 336 does not count and the patient is censored at day 84.
rule = attrs.evolve(nt.criteria.FDA_2018_CENSORING, visit_interval_days=84, window_days=7)
pfs = nt.progression_free_survival(course, days, death=death, censoring=rule)
print(pfs)
print(pfs.explain(10))

# 3. Duration of response, for responders only: the others have no time and are left out of the
# curve, and counted.
responding = course >= nt.Response.PR
first_response = np.where(responding.any(axis=1), np.array(days)[responding.argmax(axis=1)], NAN)
dor = nt.duration_of_response(course, days, first_response, death=death, censoring=rule)
print(nt.kaplan_meier(dor.time, dor.event))

# 4. Survival after 1, 2 and 5 years from both origins of the review.
for origin, name in ((0, "first intervention"), (metastasis, "first metastasis")):
    os = nt.overall_survival(death, alive, origin=origin)
    curve = nt.kaplan_meier(os.months, os.event)
    low, high = curve.confidence_interval([12, 24, 60])
    shares = ", ".join(
        f"{100 * s:.0f} % ({100 * a:.0f}-{100 * b:.0f})"
        for s, a, b in zip(curve.survival_at([12, 24, 60]), low, high, strict=True)
    )
    print(
        f"{name}: median {curve.median:.1f} months; alive after 1, 2, 5 years: {shares};",
        f"under observation then: {curve.at_risk_at([12, 24, 60]).tolist()}",
    )

# 5. Do responders live longer? (A comparison by response is biased in favour of responders; it
# shows the call only.)
responded = best >= nt.Response.PR
os = nt.overall_survival(death, alive)
print(
    nt.log_rank(
        (os.time[responded], os.event[responded]), (os.time[~responded], os.event[~responded])
    )
)

# > objective response rate 41.7 % (5 of 12), 95 % interval 15.2 to 72.3 % (Clopper-Pearson)
# > disease control rate 83.3 % (10 of 12), 95 % interval 55.2 to 95.3 % (Wilson)
# > {'CR': 1, 'PR': 4, 'SD': 5, 'PD': 1, 'NE': 1}
# > TimeToEvent(PFS: 12 patients, 7 events, 0 without a time)
# > PFS: censored at 84.0 days (2.8 months), day 84.0: last adequate assessment, too many scheduled visits missed
# >   before the event (Censoring after the FDA guidance of 2018, Table A)
# > KaplanMeier(5 patients, 2 events, median not reached (95 % interval 168.0 to not reached), 7 without a time left
# >   out)
# > first intervention: median 16.4 months; alive after 1, 2, 5 years: 75 % (41-91), 33 % (10-59), 33 % (10-59); under
# >   observation then: [9, 4, 2]
# > first metastasis: median 17.4 months; alive after 1, 2, 5 years: 75 % (41-91), 42 % (15-67), 33 % (10-59); under
# >   observation then: [9, 5, 3]
# > LogRank(chi-square 4.87 with 1 degree of freedom, p = 0.027; 2 of 5 and 6 of 7 with the event)
