"""Faults of dates and visits."""

import numpy as np

from faults import QUIET, A, fault


def lesion(t, visit=3, name="T01", subject=QUIET):
    return t.row("lesions", subject=subject, evaluator=A, visit=visit, lesion=name)


def response(t, visit=3, subject=QUIET):
    return t.row("responses", subject=subject, evaluator=A, visit=visit)


def of_visit(t, visit, subject=QUIET):
    """The rows of one visit of one evaluator: lesions, response."""
    return {
        n: t.find(n, subject=subject, evaluator=A, visit=visit) for n in ("lesions", "responses")
    }


def date_visit(t, visit, date, subject=QUIET):
    """A visit with another date, without study days; its first lesion row."""
    rows = of_visit(t, visit, subject)
    for table, these in rows.items():
        t.set(table, these, date=date, study_day="")
    return "lesions", rows["lesions"][0]


def date_of(t, visit, subject=QUIET):
    return t.tables["lesions"].loc[lesion(t, visit, subject=subject), "date"]


def later(date, days):
    return str(np.datetime64(date, "D") + np.timedelta64(days, "D"))


@fault("D01")
def no_such_day(t):
    return t.set(
        "markers", t.row("markers", subject=QUIET, visit=3), date="2020-02-30", study_day=""
    )


@fault("D02")
def day_unknown(t):
    row = t.row("markers", subject=QUIET, visit=3)
    return t.set("markers", row, date=t.tables["markers"].loc[row, "date"][:7], study_day="")


@fault("D03")
def after_cutoff(t):
    row = t.find("markers", subject=QUIET)[-1]
    return t.set("markers", row, date="2042-03-01", study_day="", visit="", visit_name="")


@fault("D04")
def before_birth(t):
    row = t.row("subjects", subject=QUIET)
    rows = t.row("subjects", subject=QUIET)
    return t.set("subjects", row, randomized="1951-01-06")[0], rows


@fault("D05")
def after_death(t):
    row = t.row("subjects", subject=QUIET)
    last = t.find("lesions", subject=QUIET, visit=6)
    markers = t.find("markers", subject=QUIET, visit=6)
    day = t.tables["lesions"].loc[last[0], "date"]
    t.set("subjects", row, death=day, last_known_alive=day)
    return t.set("markers", markers[0], date=f"{day[:5]}12-30", study_day="")


@fault("D06")
def baseline_after_start(t):
    start = t.tables["subjects"].loc[t.row("subjects", subject=QUIET), "treatment_start"]
    for table in ("lesions", "responses"):
        t.set(
            table,
            t.find(table, subject=QUIET, visit=1),
            date=f"{start[:8]}15",
            study_day="",
            baseline_flag="",
        )
    return [("lesions", t.row("lesions", subject=QUIET, visit=1, evaluator=e)) for e in t.readers]


@fault("D07")
def baseline_too_early(t):
    row = t.row("subjects", subject=QUIET)
    t.set("subjects", row, consent="2019-10-01")
    return date_visit(t, 1, "2019-11-20")


@fault("D08")
def visits_exchanged(t):
    early, late = date_of(t, 3), date_of(t, 4)
    date_visit(t, 3, late)
    return date_visit(t, 4, early)


@fault("D08: the last but one")
def last_but_one_a_year_late(t):
    """The visit after it, its response, samples and the other reader tell which of the two it is."""
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=5)
    return t.set("lesions", rows, date=later(date_of(t, 5), 365), study_day="")


@fault("D21")
def last_visit_a_year_late(t):
    """Of the last visit no order tells it: its response, samples and the other reader do."""
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=6)
    return t.set("lesions", rows, date=later(date_of(t, 6), 365), study_day="")


@fault("D21: baseline")
def baseline_a_year_early(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=1)
    return t.set("lesions", rows, date=later(date_of(t, 1), -365), study_day="")


@fault("D09")
def one_date_for_two_visits(t):
    return date_visit(t, 4, date_of(t, 3))


@fault("D10")
def three_weeks_late(t):
    t.windows = {"interval": 56, "window": 7}
    return date_visit(t, 4, later(date_of(t, 4), 21))


@fault("D13")
def scans_two_weeks_apart(t):
    return t.set("lesions", lesion(t, name="T03"), date=later(date_of(t, 3), 16), study_day="")


@fault("D14")
def study_day_of_another_day(t):
    return t.set("markers", t.row("markers", subject=QUIET, visit=3), study_day="7")


@fault("D15")
def another_name(t):
    row = t.row("markers", subject=QUIET, visit=3)
    return t.set("markers", row, visit_name="WEEK 17")


@fault("D16")
def response_before_scan(t):
    row = response(t)
    return t.set("responses", row, date=f"{date_of(t, 2)[:8]}28", study_day="")


@fault("D17")
def flagged_after_start(t):
    return t.set("lesions", lesion(t), baseline_flag="Y")
