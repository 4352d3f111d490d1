"""One patient's story on the review's three axes: size, marker and symptom over a year.

A patient with a midgut tumour and liver metastases, invented for this example, embolised on day 0.
The tumour stays as it is, 5-HIAA falls to normal and rises again, and the flushes go and come back
before either: the axes need not agree (Vogl et al. 2008, section 4).
"""

import numpy as np

import nettumor as nt

# 1. The marker: 5-HIAA in 24 h urine, mg, with the laboratory's upper limit of 8.
days = [-3, 28, 84, 168, 252, 336]
hiaa = nt.marker_course(
    [42.0, 19.0, 7.5, 11.0, 24.0, 61.0], days, upper_limit=8, confirmation_days=28
)
print(hiaa)
for visit in (1, 2, 5):
    print(f"day {days[visit]}: {hiaa.explain(visit)}")
print(nt.time_to_normalisation(hiaa).explain())
print(nt.time_to_marker_progression(hiaa).explain())
doubling = nt.marker_doubling_time(24.0, 61.0, 336 - 252)
print(f"doubling in {doubling:.0f} days at the end")
# > MarkerCourse(1 course: best PR; normal on day 84.0, progression on day 336.0)
# > day 28: PR: 19.0 is -54.8 % from the baseline of 42.0 and -54.8 % from the nadir of 42.0; limits -50 % and +25 %
# > (Vogl 2008, biological response, section 4.2 and Table 2)
# > day 84: CR: 7.5 is at or below the upper limit of 8.0, -82.1 % from the baseline of 42.0 and -60.5 % from the
# > nadir of 19.0 (Vogl 2008, biological response, section 4.2 and Table 2)
# > day 336: PD: 61.0 is +45.2 % from the baseline of 42.0 and +713.3 % from the nadir of 7.5; limits -50 % and +25
# > % (Vogl 2008, biological response, section 4.2 and Table 2)
# > TTNORM: event at 84.0 days (2.8 months), day 84.0: response (Vogl 2008, biological response)
# > TTMP: event at 336.0 days (11.0 months), day 336.0: progression (Censoring after the FDA guidance of 2018, Table
# > A; missed visits off)
# > doubling in 62 days at the end

# 2. The symptom: a diary of flushes, some days without a record. Windows of 14 days, so that no
# single bad day decides.
diary_days = np.arange(-14, 350)
flushes = np.where(diary_days < 0, 6.0, np.where(diary_days < 28, 3.0, 0.0))
flushes[diary_days >= 196] = 3.0
flushes[diary_days == 100] = 12.0
flushes[(diary_days >= 120) & (diary_days < 134)] = np.nan
flushing = nt.symptom_course(flushes, diary_days)
print(flushing)
print(nt.labels(flushing.response).tolist())
print(flushing.explain(1))
print(f"back on day {flushing.recurrence_day:g}, sure on day {flushing.retreatment_day:g}")
print(flushing.duration)
# > SymptomCourse(1 course of 25 windows: best CR from day 41.0, recurrence on day 209.0)
# > ['SD', 'SD', 'CR', 'CR', 'CR', 'CR', 'CR', 'PR', 'CR', 'NE', 'CR', 'CR', 'CR', 'CR', 'SD', 'SD', 'SD', 'SD',
# > 'SD', 'SD', 'SD', 'SD', 'SD', 'SD', 'SD']
# > SD: 3.0 a day over 14 days to day 27 is -50.0 % from 6.0 a day at baseline; limits -50 % and +25 % (Vogl 2008,
# > symptomatic response, section 4.1 and Table 1)
# > back on day 209, sure on day 223
# > SymptomDuration(time=168.0, event=True, reason=<EventReason.PROGRESSION: 1>)

# 3. All three beside the scans, in one call.
start = np.datetime64("2023-03-01")
date = {d: str(start + np.timedelta64(d, "D")) for d in range(-20, 400)}
scans = (-10, 84, 168, 252, 336)
study = {
    "subjects": {"subject": ["01"], "treatment_start": [date[0]]},
    "lesions": {
        "subject": ["01"] * 5, "lesion": ["T1"] * 5, "role": ["TARGET"] * 5,
        "date": [date[d] for d in scans], "size": [62, 58, 57, 60, 66],
    },
    "markers": {
        "subject": ["01"] * 6, "marker": ["5-HIAA"] * 6, "date": [date[d] for d in days],
        "value": hiaa.values.tolist(), "unit": ["mg/24h"] * 6, "upper_limit": [8] * 6,
        "confounder": ["", "", "", "", "bananas", ""],
    },
    "symptoms": {
        "subject": ["01"] * diary_days.size, "symptom": ["flushing"] * diary_days.size,
        "date": [date[int(d)] for d in diary_days],
        "count": ["" if np.isnan(c) else c for c in flushes.tolist()],
    },
}  # fmt: skip
done = nt.assess(study, pfs="symptoms or tumour load")
for row in done.timepoints.rows()[1:]:
    note = f" ({row['biological_note']})" if row["biological_note"] else ""
    print(f"day {row['day']:g}: size {row['overall']}, marker {row['biological']}{note}, "
          f"symptoms {row['symptomatic']}")  # fmt: skip
print(done.profile().explain(0))
print(done.profile().discordant().rows())
# > day 84: size SD, marker CR, symptoms CR
# > day 168: size SD, marker PR, symptoms CR
# > day 252: size SD, marker SD (5-HIAA: bananas), symptoms SD
# > day 336: size SD, marker PD, symptoms SD
# > morphological SD, biological CR, symptomatic CR; 336.0 days without the event
# > [{'subject': '01', 'morphological': 'SD', 'biological': 'CR', 'symptomatic': 'CR'}]
