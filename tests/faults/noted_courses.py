"""More faults that are worth a note: choices of lesions, courses, dates, samples and diaries."""

import numpy as np
import pandas as pd

from faults import CURED, GROWS, PARTIAL, PLAIN, QUIET, WORSE, A, B
from faults.dates import date_of, later, lesion
from faults.lesions import baseline, every
from faults.missed import person
from faults.noted import noted
from faults.responses import best, visit
from faults.samples import CGA, HIAA, diary, sample

_PERCENTS = {"percent_from_baseline": "", "percent_from_nadir": ""}


def first_of_visit(t, number, evaluator=A, subject=QUIET):
    return "lesions", t.row("lesions", subject=subject, evaluator=evaluator, visit=number)


def course(t, sizes, responses, **last):
    """Sizes of both targets of the patient of two (60 and 40 mm at baseline) by visit, and the
    target and overall responses that they give; no sum is reported.
    """
    for number, pair in sizes.items():
        for name, size in zip(("T01", "T02"), pair, strict=True):
            t.set("lesions", lesion(t, number, name, PLAIN), size=str(size), state="MEASURED")
    rows = t.find("responses", subject=PLAIN, evaluator=A)
    t.set("responses", rows, sum="", **_PERCENTS)
    for number, found in responses.items():
        t.set("responses", visit(t, number, PLAIN), target=found, overall=found)
    best(t, PLAIN, **last)


@noted("M22")
def no_method(t):
    return t.set("lesions", lesion(t), method="")


@noted("M23")
def thick_slices(t):
    return t.set("lesions", lesion(t, name="T02"), slice_thickness="7.5")


@noted("M23: other slices")
def other_slices_than_at_baseline(t):
    return t.set("lesions", lesion(t), slice_thickness="2.5")


@noted("M23: no slices")
def no_slice_thickness(t):
    return t.set("lesions", lesion(t, name="T03"), slice_thickness="")


@noted("L08")
def non_targets_only(t):
    targets = [r for n in ("T01", "T02", "T03", "T04") for r in every(t, n, WORSE)]
    t.drop("lesions", targets)
    rows = t.find("responses", subject=WORSE, evaluator=A)
    t.set("responses", rows, sum="", target="", **_PERCENTS)
    t.set("responses", rows[1:-1], overall="NON-CR/NON-PD")
    best(t, WORSE, best="NON-CR/NON-PD")
    return "lesions", baseline(t, "NT01", WORSE)


@noted("L09")
def large_lesion_that_is_no_target(t):
    t.set("lesions", t.find("lesions", subject=QUIET, lesion="NT01"), organ="SPLEEN")
    return t.set("lesions", baseline(t, "NT01"), size="25", unit="mm")


@noted("L05: could be a target")
def large_node_that_is_no_target(t):
    t.set("lesions", t.find("lesions", subject=QUIET, lesion="NT01"), organ="INGUINAL LYMPH NODE")
    return t.set("lesions", baseline(t, "NT01"), perpendicular="18", unit="mm")


@noted("M14")
def measured_below_five_mm(t):
    course(t, {5: (21, 4.5), 6: (20, 8)}, {5: "PR", 6: "PR"}, best="PR")
    return "lesions", lesion(t, 5, "T02", PLAIN)


@noted("M11")
def a_sixth_of_its_size(t):
    course(t, {5: (9, 30), 6: (8, 29)}, {5: "PR", 6: "PR"}, best="PR")
    return "lesions", lesion(t, 5, "T01", PLAIN)


@noted("M18")
def sizes_rounded_to_five(t):
    first, step = (np.array(getattr(t.plan, n), dtype=float) for n in ("first", "step"))
    step[..., 0] = 1
    size = 5 * np.round(first[..., None] * np.cumprod(step, axis=-1) / 5)
    first[:, 0] = size[:, 0, :, 0]
    step[:, 0, :, 1:] = size[:, 0, :, 1:] / np.maximum(size[:, 0, :, :-1], 1)
    t.build(first=first.astype(int), step=step)
    return first_of_visit(t, 1)


@noted("A04")
def one_reader_alone_sees_a_response(t):
    t.changed("step", (0, 0, slice(None), 5), 0.7)
    row = t.row("responses", subject=QUIET, evaluator=B, visit=6)
    return [("responses", row), ("responses", None)]


@noted("A05")
def one_target_less_than_the_other_reader(t):
    t.changed("first", (0, 0, 2), 0)
    return first_of_visit(t, 1, B)


def move(t, number, days, subject=QUIET):
    """A visit so many days later in all tables, without study days."""
    for table in ("lesions", "responses", "markers", "symptoms"):
        for row in t.find(table, subject=subject, visit=number):
            t.set(table, row, date=later(t.tables[table].loc[row, "date"], days))
            if "study_day" in t.tables[table]:
                t.set(table, row, study_day="")


@noted("D11")
def five_weeks_late(t):
    for number in (4, 5, 6):
        move(t, number, 35)
    t.set("subjects", person(t), last_known_alive=later(date_of(t, 6), 30))
    return [first_of_visit(t, 4, e) for e in t.readers]


@noted("D12")
def ten_days_after_the_visit_before(t):
    move(t, 4, 10 - 56)
    return [first_of_visit(t, 4, e) for e in t.readers]


@noted("X12")
def a_sum_not_marked_as_collected(t):
    t.sdtm()
    t.set("TR", range(len(t.tables["TR"])), TRORIG="COLLECTED")
    row = t.row("TR", USUBJID=QUIET, TRTESTCD="SUMDIAM", VISITNUM=3.0)
    return t.set("TR", row, TRORIG="DERIVED")


def creatinine(t, amount):
    """Creatinine beside each of a patient's 5-HIAA, and another amount at the third visit."""
    rows = t.find("markers", subject=QUIET, marker=HIAA)
    t.set("markers", rows, creatinine="1.4", creatinine_unit="g/24h", weight="80")
    return t.set("markers", sample(t, HIAA), creatinine=amount)


@noted("R02")
def too_little_creatinine(t):
    return creatinine(t, "0.3")


@noted("R02: from the median")
def less_creatinine_than_otherwise(t):
    return creatinine(t, "0.95")


@noted("R05")
def no_diet(t):
    t.set("markers", t.find("markers", marker=HIAA), diet_restricted="Y")
    return t.set("markers", sample(t, HIAA), diet_restricted="N")


@noted("R05: a drug")
def under_omeprazole(t):
    return t.set("markers", sample(t, CGA), confounder="OMEPRAZOLE")


@noted("Y07")
def entered_days_later(t):
    row = diary(t)
    return t.set("symptoms", row, entered=f"{later(date_of(t, 3), 4)}T10:00")


@noted("Y07: at once")
def entered_at_one_time(t):
    for number in (2, 3, 4):
        t.set("symptoms", diary(t, visit=number), entered=f"{date_of(t, 4)}T10:0{number}")
    return "symptoms", diary(t, visit=2)


@noted("Y09")
def the_same_number_each_day(t):
    row = diary(t)
    days = [later(date_of(t, 3), n) for n in range(10, 31)]
    blank = {"per_day": "", "days_recorded": "", "grade": "", "visit": ""}
    added = [t.copy("symptoms", row, date=day, count="3", **blank) for day in days]
    return added[0]


@noted("T06")
def next_to_a_response(t):
    course(t, {6: (42, 28.5)}, {6: "SD"}, best="SD")
    return first_of_visit(t, 6, subject=PLAIN)


@noted("N02")
def non_targets_gone_while_targets_grow(t):
    rows = [r for n in (3, 4) for r in t.find("lesions", subject=GROWS, lesion="NT01", visit=n)]
    t.set("lesions", rows, state="ABSENT")
    said = [r for n in (3, 4) for r in t.find("responses", subject=GROWS, visit=n)]
    t.set("responses", said, non_target="CR")
    t.set("markers", t.find("markers", subject=GROWS), value="5.0")
    return [("responses", r) for r in said]


@noted("W07")
def new_where_another_was(t):
    new = np.array(t.plan.new)
    new[1] = 4
    t.build(new=new)
    return [
        ("lesions", t.row("lesions", subject=CURED, evaluator=e, lesion="NEW01")) for e in t.readers
    ]


@noted("O05")
def assessed_after_progression(t):
    course(
        t,
        {3: (110, 37), 4: (111, 36), 5: (114, 37), 6: (112, 38)},
        dict.fromkeys((3, 4, 5, 6), "PD"),
        best="SD",
    )
    return [("responses", visit(t, n, PLAIN)) for n in (4, 5, 6)]


@noted("O15")
def better_ten_days_after_the_first_dose(t):
    t.changed("step", (8, slice(None), slice(None), 1), 0.6)
    move(t, 2, 11 - 57, PARTIAL)
    return [("responses", r) for r in t.find("responses", subject=PARTIAL, visit=2)]


@noted("O07")
def stable_after_a_response(t):
    course(t, {3: (38, 26), 4: (44, 29), 5: (44, 30), 6: (45, 29)}, {3: "PR"}, best="SD")
    return "responses", visit(t, 4, PLAIN)


@noted("K07: first sample")
def ten_times_at_the_first_sample(t):
    row = sample(t, visit=1)
    return t.set("markers", row, value=f"{10 * float(t.tables['markers'].loc[row, 'value']):g}")


@noted("K07: a tenth at the first sample")
def a_tenth_at_the_first_sample(t):
    row = sample(t, HIAA, visit=1)
    return t.set("markers", row, value=f"{0.1 * float(t.tables['markers'].loc[row, 'value']):g}")


@noted("Q13")
def not_confirmed(t):
    t.under("who-1981")
    rows = t.find("responses", subject=PARTIAL, evaluator=A)
    first = next(r for r in rows if t.tables["responses"].loc[r, "overall"] == "PR")
    later = [r for r in rows if r > first]
    for table in ("lesions", "responses"):
        for number in t.tables["responses"].loc[later, "visit"].tolist():
            t.drop(table, t.find(table, subject=PARTIAL, evaluator=A, visit=number))
    return "responses", first


@noted("S08: an adjudicator")
def responses_of_a_third(t):
    """One who chooses between the responses of two readers measures nothing."""
    rows = t.tables["responses"]
    third = rows[(rows["evaluator"] == A) & (rows["overall"] != "")].assign(
        evaluator="ADJUDICATOR",
        sum="",
        new_lesion="",
        target="",
        non_target="",
        best="",
        **_PERCENTS,
    )
    t.tables["responses"] = pd.concat([rows, third], ignore_index=True)
    return "responses", len(rows)
