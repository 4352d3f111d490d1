"""Faults that data managers know and numbers alone tell: blanks, slips of whole visits, exchanges."""

import numpy as np

from faults import QUIET, UNSURE, A, B, fault
from faults.dates import date_of, date_visit, later, lesion
from faults.samples import CGA, HIAA, diary, sample


def person(t, subject=QUIET):
    return t.row("subjects", subject=subject)


def sizes(t, visit, evaluator=A, subject=QUIET):
    """The rows of the targets of one visit, and the column that holds each one's size."""
    rows = [
        t.row("lesions", subject=subject, evaluator=evaluator, visit=visit, lesion=f"T0{n}")
        for n in (1, 2, 3, 4)
    ]
    frame = t.tables["lesions"]
    return [(r, "size" if frame.loc[r, "size"] else "perpendicular") for r in rows]


def resize(t, places, values):
    for (row, column), value in zip(places, values, strict=True):
        t.set("lesions", row, **{column: str(value)})
    return "lesions", places[0][0]


def measured(t, places):
    return [float(t.tables["lesions"].loc[r, c]) for r, c in places]


def unsummed(t, subject=QUIET, evaluator=A):
    """Nothing is reported of an evaluator's sums: what the lesions alone tell is looked at."""
    rows = t.find("responses", subject=subject, evaluator=evaluator)
    blank = dict.fromkeys(("sum", "percent_from_baseline", "percent_from_nadir"), "")
    t.set("responses", rows, **blank)


@fault("P01")
def death_before_alive(t):
    row = person(t)
    alive = t.tables["subjects"].loc[row, "last_known_alive"]
    return t.set("subjects", row, death=later(alive, -1))


@fault("P01: end before start")
def ended_before_it_began(t):
    return t.set(
        "subjects", person(t), therapy_completed=t.tables["subjects"].loc[person(t), "randomized"]
    )


@fault("P02", P03="an age of 250 is not that of the date of birth")
def age_of_250(t):
    return t.set("subjects", person(t), age="250")


@fault("P02: ki67")
def ki67_of_120(t):
    return t.set("subjects", person(t), ki67="120")


@fault("P02: grade")
def grade_9(t):
    return t.set("subjects", person(t), grade="G9")


@fault("P03")
def age_of_another(t):
    return t.set("subjects", person(t), age="31")


@fault("P04")
def too_low_a_grade(t):
    return t.set("subjects", person(t), grade="G1", ki67="40")


@fault("P05")
def death_without_a_date(t):
    return t.set("subjects", person(t), end_reason="DEATH", death="")


@fault("P05: DTHFL")
def flag_without_a_date(t):
    t.sdtm()
    frame = t.tables["DM"]
    frame["DTHFL"] = np.where(frame["DTHDTC"] != "", "Y", "")
    row = int(np.flatnonzero(frame["USUBJID"] == QUIET)[0])
    return t.set("DM", row, DTHFL="Y", DTHDTC="")


@fault("D19")
def visit_without_dates(t):
    t.set("responses", t.find("responses", subject=QUIET, evaluator=A, visit=3), study_day="")
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=3)
    return t.set("lesions", rows, date="", study_day="")


@fault("D19: response")
def response_without_a_date(t):
    row = t.row("responses", subject=QUIET, evaluator=A, visit=3)
    return t.set("responses", row, date="", study_day="")


@fault("D20", U04="the smallest sum may have been that of the visit left out")
def visit_left_out(t):
    for table in ("lesions", "responses"):
        t.drop(table, t.find(table, subject=QUIET, evaluator=A, visit=4))
    return "lesions", lesion(t, visit=5)


@fault("D08: too late")
def one_visit_a_year_late(t):
    return date_visit(t, 2, later(date_of(t, 2), 366))


@fault("D08: too early")
def one_visit_a_year_early(t):
    return date_visit(t, 5, later(date_of(t, 5), -366))


@fault("M25")
def patient_in_cm(t):
    for visit in range(1, 7):
        places = sizes(t, visit)
        resize(t, places, [v / 10 for v in measured(t, places)])
    unsummed(t)
    return "lesions", sizes(t, 1)[0][0]


@fault("M25: a lesion of 10 cm")
def patient_in_cm_with_a_large_lesion(t):
    """The reported sums are in mm; the largest lesion grows past 10 cm."""
    for visit in range(1, 7):
        places = sizes(t, visit)
        cm = [v / 10 for v in measured(t, places)]
        resize(t, places, [round(cm[0] + 1.1 * (visit - 1), 1), *cm[1:]])
    return "lesions", sizes(t, 1)[0][0]


@fault("M26")
def radius_of_a_visit(t):
    places = sizes(t, 3)
    return resize(t, places, [v / 2 for v in measured(t, places)])


@fault("M26: one lesion")
def radius_of_one(t):
    place = sizes(t, 3)[:1]
    return resize(t, place, [measured(t, place)[0] / 2])


@fault("M27")
def digits_exchanged(t):
    places = [sizes(t, v)[0] for v in (2, 3, 4)]
    resize(t, places, [48, 84, 47])
    unsummed(t)
    return "lesions", places[1][0]


@fault("M28")
def two_lesions_exchanged(t):
    places = sizes(t, 3)[:2]
    return resize(t, places, measured(t, places)[::-1])


@fault("M29")
def two_readers_exchanged(t):
    for visit in range(1, 7):  # readers that measure alike cannot be told apart
        places = sizes(t, visit, B)
        resize(t, places, [1.6 * v for v in measured(t, places)])
    mine, theirs = sizes(t, 3, A), sizes(t, 3, B)
    values = measured(t, mine), measured(t, theirs)
    unsummed(t, evaluator=A)
    unsummed(t, evaluator=B)
    return [resize(t, mine, values[1]), resize(t, theirs, values[0])]


@fault("M30")
def two_patients_exchanged(t):
    for visit in range(1, 7):
        places = sizes(t, visit, subject=UNSURE)
        resize(t, places, [1.7 * v for v in measured(t, places)])
    mine, theirs = sizes(t, 3), sizes(t, 3, subject=UNSURE)
    values = measured(t, mine), measured(t, theirs)
    for subject in (QUIET, UNSURE):
        unsummed(t, subject)
    return [resize(t, mine, values[1]), resize(t, theirs, values[0])]


@fault("M34")
def two_lesions_exchanged_from_a_visit_on(t):
    for visit in (4, 5, 6):
        places = sizes(t, visit)[:3:2]
        resize(t, places, measured(t, places)[::-1])
    return "lesions", sizes(t, 4)[0][0]


@fault("M34: first visit")
def two_lesions_exchanged_at_baseline(t):
    places = sizes(t, 1)[:3:2]
    return resize(t, places, measured(t, places)[::-1])


@fault("M34: last visit")
def two_lesions_exchanged_at_the_end(t):
    places = sizes(t, 6)[:3:2]
    return resize(t, places, measured(t, places)[::-1])


def halved(t):
    for visit in range(1, 7):
        places = sizes(t, visit)
        resize(t, places, [v / 2 for v in measured(t, places)])
    return "lesions", sizes(t, 1)[0][0]


@fault("M35")
def radius_of_a_patient_told_by_the_sums(t):
    return halved(t)


@fault("M35: another reader")
def radius_of_a_patient_told_by_the_other_reader(t):
    place = halved(t)
    unsummed(t)
    return place


def radii(t, visit):
    places = sizes(t, visit)
    return resize(t, places, [v / 2 for v in measured(t, places)])


@fault("M36: at baseline")
def radii_of_the_baseline(t):
    return radii(t, 1)


@fault("M36: at the end")
def radii_of_the_last_visit(t):
    return radii(t, 6)


@fault("M36")
def readers_exchanged_told_by_the_sums(t):
    mine, other = sizes(t, 3), sizes(t, 3, B)
    one, two = measured(t, mine), measured(t, other)
    return [resize(t, mine, two), resize(t, other, one)]


@fault("M36: patients")
def patients_exchanged_told_by_the_sums(t):
    first = t.plan.first.copy()
    first[0] += 10  # all patients begin alike
    t.build(first=first)
    places = sizes(t, 1), sizes(t, 1, subject=UNSURE)
    one, two = (measured(t, p) for p in places)
    return [resize(t, places[0], two), resize(t, places[1], one)]


@fault("M36: copied")
def sizes_of_the_visit_before_told_by_the_sum(t):
    return resize(t, sizes(t, 3), measured(t, sizes(t, 2)))


@fault("K14")
def a_series_in_another_unit(t):
    rows = t.find("markers", subject=QUIET, marker=CGA)
    for row in rows:
        t.set("markers", row, value=f"{1000 * float(t.tables['markers'].loc[row, 'value']):g}")
    return "markers", rows[0]


@fault("A07")
def central_date_of_another_scan(t):
    rows = t.find("lesions", subject=QUIET, evaluator=B, visit=3)
    when = later(date_of(t, 3), 25)
    t.set(
        "responses",
        t.find("responses", subject=QUIET, evaluator=B, visit=3),
        date=when,
        study_day="",
    )
    return t.set("lesions", rows, date=when, study_day="")


@fault("A08")
def never_read_by_the_centre(t):
    for table in ("lesions", "responses"):
        for reader in t.readers[1:]:
            rows = np.flatnonzero(
                (t.tables[table]["subject"] == QUIET) & (t.tables[table]["evaluator"] == reader)
            )
            t.drop(table, rows.tolist())
    return "lesions", t.row("lesions", subject=QUIET)


@fault("K07: last")
def thousand_at_the_end(t):
    row = sample(t, visit=6)
    return t.set("markers", row, value=str(1000 * float(t.tables["markers"].loc[row, "value"])))


@fault("K07: tenth")
def a_tenth(t):
    row = sample(t, HIAA)
    return t.set("markers", row, value=str(float(t.tables["markers"].loc[row, "value"]) / 10))


@fault("K07: umol")
def amount_for_mass(t):
    row = sample(t, HIAA)
    return t.set("markers", row, value=str(5.23 * float(t.tables["markers"].loc[row, "value"])))


@fault("K12")
def sample_of_another_visit(t):
    row = sample(t)
    return t.set("markers", row, date=later(date_of(t, 3), 40), study_day="")


@fault("K13")
def sample_left_out(t):
    t.drop("markers", [sample(t, visit=4)])
    return "markers", sample(t, visit=3)


@fault("Y11")
def ten_times_its_total(t):
    row = diary(t, "FLUSHING")
    days = float(t.tables["symptoms"].loc[row, "days_recorded"])
    return t.set("symptoms", row, per_day="30", total=str(3 * days))


@fault("U08")
def nadir_that_never_was(t):
    row = t.row("responses", subject=QUIET, evaluator=A, visit=5)
    return t.set("responses", row, nadir="3")


@fault("N10")
def absent_from_the_start(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, lesion="NT01")
    for row in rows:
        t.set("lesions", row, state="ABSENT")
    return "lesions", rows[0]


@fault("N10: there later")
def absent_at_baseline_alone(t):
    return t.set("lesions", t.row("lesions", subject=QUIET, lesion="NT01"), state="ABSENT")


@fault("W01: no response")
def new_lesion_without_response(t):
    from faults import NEWLY

    row = t.row("responses", subject=NEWLY, evaluator=A, visit=4)
    blank = dict.fromkeys(("overall", "target", "non_target", "new_lesion", "best"), "")
    return t.set("responses", row, **blank)


@fault("X13")
def not_standardised(t):
    t.sdtm()
    row = t.row("TR", USUBJID=QUIET, TRTESTCD="LDIAM", VISITNUM=3.0)
    return t.set("TR", row, TRSTRESC="", TRSTRESN=np.nan)


@fault("X14")
def number_given_twice(t):
    t.sdtm()
    row = t.row("TR", USUBJID=QUIET, TRTESTCD="LDIAM", VISITNUM=3.0)
    before = t.tables["TR"].loc[row - 1, "TRSEQ"]
    return t.set("TR", row, TRSEQ=before)


@fault("X15")
def number_of_what_was_not_evaluable(t):
    t.sdtm()
    row = t.row("TR", USUBJID=QUIET, TRTESTCD="LDIAM", VISITNUM=3.0)
    return t.set("TR", row, TRORRES="NOT EVALUABLE")


@fault("M31")
def one_size_that_the_sum_does_not_have(t):
    place = sizes(t, 3)[:1]
    return resize(t, place, [70])


@fault("M31: last visit")
def radius_that_the_sum_does_not_have(t):
    place = sizes(t, 6)[:1]
    return resize(t, place, [measured(t, place)[0] / 2])


@fault("M32")
def long_axis_of_a_node(t):
    rows = [
        t.row("lesions", subject=QUIET, evaluator=A, visit=v, lesion="T04") for v in range(1, 7)
    ]
    for row in rows:
        short = float(t.tables["lesions"].loc[row, "perpendicular"])
        t.set("lesions", row, size=f"{1.5 * short:g}")
    unsummed(t)
    return t.set("lesions", rows[2], perpendicular=t.tables["lesions"].loc[rows[2], "size"])
