"""A trial's markers and diaries: a waterfall of 5-HIAA, a table like TELESTAR's, times to response.

Ninety patients in three arms, drawn by a seeded generator: no real data, and no result of any
trial. Bowel movements a day are recorded for 14 days before and 84 days after the start, 5-HIAA
every four weeks.
"""

import numpy as np

import nettumor as nt

rng = np.random.default_rng(20081001)
arms = np.repeat(["placebo", "low dose", "high dose"], 30)
effect = np.repeat([0.95, 0.72, 0.60], 30)

# 1. Diaries, 3 % of the days without a record; a day without a record is no day with zero.
days = np.arange(-14, 84)
usual = rng.uniform(4.5, 8, (90, 1))
level = usual * np.where(days < 0, 1.0, effect[:, None] * rng.lognormal(0, 0.25, (90, 1)))
counts = rng.poisson(level).astype(float)
counts[rng.random(counts.shape) < 0.03] = np.nan
diary = nt.symptom_course(counts, days)

# 2. TELESTAR's durable response beside the review's best response of a window, by arm.
durable = nt.durable_symptom_response(counts[:, days >= 0], diary.baseline)
print(f"{'arm':10} {'durable response':>26} {'CR or PR, any window':>26}")
for arm in ("placebo", "low dose", "high dose"):
    own = (arms == arm) & diary.symptomatic
    lasting = np.where(durable.responder[own], nt.Response.PR, nt.Response.SD)
    rates = [nt.objective_response_rate(codes) for codes in (lasting, diary.best[own])]
    cells = [
        f"{r.count}/{r.total} {100 * r.estimate:.0f} % ({100 * r.low:.0f}-{100 * r.high:.0f})"
        for r in rates
    ]
    print(f"{arm:10} {cells[0]:>26} {cells[1]:>26}")
# > arm                  durable response       CR or PR, any window
# > placebo              4/30 13 % (4-31)            1/30 3 % (0-17)
# > low dose           14/30 47 % (28-66)          9/30 30 % (15-49)
# > high dose          20/30 67 % (47-83)         15/30 50 % (31-69)

# 3. 5-HIAA: the course of each patient, and the waterfall of the best change.
sample_days = np.array([-2, 28, 56, 84])
start = rng.lognormal(4.0, 0.6, (90, 1))
change = np.exp(np.outer(np.log(effect) * 1.6, [0, 0.5, 0.8, 1]) + rng.normal(0, 0.15, (90, 4)))
values = np.round(start * change, 1)
marker = nt.marker_course(values, sample_days, upper_limit=10, confirmation_days=28)
print(marker)
best = np.nanmin(marker.percent_from_baseline[:, 1:], axis=1)
for arm in ("placebo", "low dose", "high dose"):
    bars = np.sort(best[arms == arm])[::-1]
    line = "".join("_.:-=+*#%@"[int(np.clip(-b // 10, 0, 9))] for b in bars)
    print(f"{arm:10} {line} median {np.median(bars):.0f} %")
# > MarkerCourse(90 courses: best 2 CR, 10 PR, 72 SD, 6 PD; 8 progressions)
# > placebo    __________......:::::::::----+ median -17 %
# > low dose   ::-----------========+++++++++ median -41 %
# > high dose  --====++++++++++++++*********# median -54 %

# 4. Time to the response of the marker, for who can respond; the others are counted.
for arm in ("placebo", "high dose"):
    own = arms == arm
    course = nt.marker_course(values[own], sample_days, upper_limit=10)
    time = nt.time_to_marker_response(course)
    curve = nt.kaplan_meier(time.time, time.event)
    median = "not reached" if np.isnan(curve.median) else f"{curve.median:g} days"
    print(
        f"{arm}: {int(np.count_nonzero(time.event))} of {time.event.size} respond, median {median}"
    )
# > placebo: 1 of 30 respond, median not reached
# > high dose: 24 of 30 respond, median 84 days
