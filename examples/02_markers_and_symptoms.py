"""Markers and symptoms before and after therapy: units, response, prognosis, one grade per patient,
duration.

Six patients with carcinoid syndrome, invented for this example: 24 h urinary 5-HIAA and
chromogranin A, flushes a week and stools a day, before embolisation and six weeks after it.
"""

import numpy as np

import nettumor as nt

NAN = np.nan

# 1. One unit first. Chromogranin A has none: kits bind different parts of the protein, and the
# library refuses.
hiaa_before = nt.markers.convert(
    [40.2, 95.0, 12.0, 61.0, 7.0, 110.0], "mg/24h", "umol/24h", marker="5-HIAA"
)
hiaa_after = [90.0, 240.0, 40.0, NAN, 48.0, 720.0]
print("5-HIAA before, umol/24h:", hiaa_before.round(1).tolist())
try:
    nt.markers.convert(120.0, "U/L", "ng/mL", marker="CgA")
except nt.InputError as error:
    print(error)

# 2. Response of each marker. Normal before therapy, or measured by another assay after it, is not
# evaluable.
hiaa = nt.BiologicalResponse.assess(
    hiaa_before, hiaa_after, upper_limit=52.3, name="5-HIAA", unit_before="umol/24h"
)
cga = nt.BiologicalResponse.assess(
    [820, 1500, 310, 640, 95, 2400], [300, 700, 420, 610, 90, 2300], upper_limit=100, name="CgA",
    unit_before="ng/mL", assay_before="Kryptor", assay_after=["Kryptor"] * 5 + ["NEOLISA"],
)  # fmt: skip
print(hiaa)
print(cga)
print(hiaa.explain(0))
print(cga.explain(2))
print(cga.explain(5))

# 3. Two markers are one verdict only by a rule that has a name.
markers = {"5-HIAA": hiaa, "CgA": cga}
for rule, primary in (("primary", "5-HIAA"), ("worst", None), ("best", None)):
    print(f"{rule}:", nt.labels(nt.combine_markers(markers, rule=rule, primary=primary)).tolist())

# 4. The review's sign of prognosis, from 5-HIAA before therapy.
print(nt.markers.PROGNOSIS_5HIAA)
print(nt.prognostic_band_5hiaa(hiaa_before, "umol/day").tolist())

# 5. Symptoms. Who did not have the symptom is not evaluable and is no part of the denominator of
# the rate.
flushing = nt.SymptomaticResponse.assess(
    [20, 14, 0, 7, 0, 21], [0, 7, 0, 3, 4, 28], name="flushing"
)
diarrhoea = nt.SymptomaticResponse.assess(
    [6, 8, 3, 4, 0, 5], [2, 5, 0, 4, 0, NAN], name="diarrhoea"
)
print(flushing)
print(flushing.explain(1))
print(flushing.explain(4))
print("new symptom:", flushing.new.tolist())
print("flushing", nt.objective_response_rate(flushing.response[flushing.symptomatic]))
overall = nt.combine_symptoms({"flushing": flushing, "diarrhoea": diarrhoea}, rule="worst")
print("worst:", nt.labels(overall).tolist())

# 6. Durable response (TELESTAR): at least 30 % fewer stools than the 6 a day before, on at least
# half of 84 days. A day without a record is no responding day: the second patient has 41 good days
# and 43 blanks.
diary = np.full((2, 84), 4.2)
diary[0, 42:] = 5.5
diary[1, 41:] = NAN
durable = nt.durable_symptom_response(diary, [6.0, 6.0])
print("durable:", durable.responder.tolist(), "days recorded:", durable.days_recorded.tolist())

# 7. How long it lasted: from the first response to the return of the symptom, censored while it is
# still away.
visits = nt.parse_responses(
    [["PR", "CR", "CR", "PD"], ["SD", "PR", "PR", "PR"], ["SD", "SD", "PD", ""]]
)
lasted = nt.symptom_response_duration(visits, [42, 126, 210, 294])
print(lasted)
print("months:", lasted.months.round(1).tolist(), "returned:", lasted.event.tolist())
print(nt.kaplan_meier(lasted.time, lasted.event))

# > 5-HIAA before, umol/24h: [210.3, 496.9, 62.8, 319.1, 36.6, 575.4]
# > `to` must be a unit that chromogranin A in U/L can be converted to; got 'ng/mL': kits bind different epitopes of a
# >   protein of variable mass: U/L, nmol/L and ng/mL of different kits are not interconvertible; name the assay and
# >   keep to it. Ask the laboratory for results in one unit and one assay.
# > BiologicalResponse(5-HIAA, 6 pairs: 1 CR, 2 PR, 1 PD, 2 NE)
# > BiologicalResponse(CgA, 6 pairs: 2 PR, 1 SD, 1 PD, 2 NE)
# > PR: 5-HIAA 90.0 umol/24h is -57.2 % from 210.273 umol/24h before, upper limit 52.3 umol/24h; limits -50 % and +25 %
# >   (Vogl 2008, biological response, section 4.2 and Table 2)
# > PD: CgA 420.0 ng/mL is +35.5 % from 310.0 ng/mL before, upper limit 100.0 ng/mL; limits -50 % and +25 % (Vogl 2008,
# >   biological response, section 4.2 and Table 2)
# > NE: unit or assay of CgA changed between the samples (Vogl 2008, biological response, section 4.2 and Table 2)
# > primary: ['PR', 'PR', 'CR', 'NE', 'NE', 'PD']
# > worst: ['PR', 'PR', 'PD', 'SD', 'NE', 'PD']
# > best: ['PR', 'PR', 'CR', 'SD', 'NE', 'PD']
# > Reduced survival rates were noted with urinary 5 HIAA levels of above 300-500 umol/day (Vogl et al. 2008, 4.2).
# > ['<300', '300-500', '<300', '300-500', '<300', '>500']
# > SymptomaticResponse(flushing, 6 pairs: 1 CR, 1 PR, 1 SD, 1 PD, 2 NE)
# > SD: flushing 7.0 is -50.0 % from 14.0 before; limits -50 % and +25 % (Vogl 2008, symptomatic response, section 4.1
# >   and Table 1)
# > NE: flushing was absent before therapy and is new (4.0 after) (Vogl 2008, symptomatic response, section 4.1 and
# >   Table 1)
# > new symptom: [False, False, False, False, True, False]
# > flushing objective response rate 50.0 % (2 of 4), 95 % interval 6.8 to 93.2 % (Clopper-Pearson)
# > worst: ['PR', 'SD', 'CR', 'SD', 'NE', 'PD']
# > durable: [True, False] days recorded: [84, 41]
# > SymptomDuration(3 subjects: 2 responders, 1 recurrences)
# > months: [8.3, 5.5, nan] returned: [True, False, False]
# > KaplanMeier(2 patients, 1 events, median 252.0 (95 % interval not reached to not reached), 1 without a time left
# >   out)
