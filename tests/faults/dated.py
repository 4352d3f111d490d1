"""Faults of the dates of the subjects table and of blank dates: one query at the date that is wrong,
however many others it contradicts.
"""

import numpy as np
import pandas as pd

from faults import QUIET, A, fault
from faults.dates import date_of, later


def person(t):
    return t.row("subjects", subject=QUIET)


def of_person(t, column):
    return t.tables["subjects"].loc[person(t), column]


@fault("D05: several days")
def death_before_three_visits(t):
    return t.set("subjects", person(t), death=later(date_of(t, 3), 1), last_known_alive="")


@fault("D04: several days")
def consent_after_three_visits(t):
    return t.set("subjects", person(t), consent=later(date_of(t, 3), 1))


@fault("D04: birth", D03="it is after the cut-off as well", P03="nor does the age fit it")
def birth_of_the_next_century(t):
    return t.set("subjects", person(t), birth="2058-03-02")


@fault("P01: randomised after the first dose")
def randomised_late(t):
    return t.set("subjects", person(t), randomized=later(of_person(t, "treatment_start"), 3))


@fault("P02: negative age")
def age_below_zero(t):
    return t.set("subjects", person(t), age="-3")


@fault("P02: sex")
def sex_that_is_none(t):
    return t.set("subjects", person(t), sex="X")


def _disposition(t, day):
    t.sdtm()
    t.tables["DS"] = pd.DataFrame(
        {
            "STUDYID": ["S"],
            "DOMAIN": ["DS"],
            "USUBJID": [QUIET],
            "DSSEQ": ["1"],
            "DSTERM": ["DEATH"],
            "DSDECOD": ["DEATH"],
            "DSSTDTC": [day],
        },
        dtype=object,
    )
    return int(np.flatnonzero(t.tables["DM"]["USUBJID"] == QUIET)[0])


@fault("P05: DS")
def disposition_of_another_day(t):
    day = later(date_of(t, 6), 200)
    row = _disposition(t, later(day, 31))
    t.set("DM", row, DTHDTC=day)
    return "DS", 0


@fault("P05: DS alone")
def death_of_the_disposition_alone(t):
    t.set("DM", _disposition(t, later(date_of(t, 6), 200)), DTHDTC="")
    return "DS", 0


def _undated(t, domain, evaluator, **visit):
    t.sdtm()
    rows = t.find(domain, USUBJID=QUIET, **{evaluator: A}, **visit)
    return t.set(domain, rows, **{f"{domain}DTC": "", f"{domain}DY": np.nan})


@fault("D19: TR")
def results_without_a_date(t):
    return _undated(t, "TR", "TREVAL", VISITNUM=3.0)


@fault("D19: RS")
def responses_without_a_date(t):
    return _undated(t, "RS", "RSEVAL", VISITNUM=3.0)


@fault("D19: TU")
def identification_without_a_date(t):
    return _undated(t, "TU", "TUEVAL")


@fault("D19: treatment start")
def treatment_that_never_began(t):
    return t.set("subjects", person(t), treatment_start="")


@fault("D22")
def treatment_start_ten_days_early(t):
    return t.set("subjects", person(t), treatment_start=later(of_person(t, "treatment_start"), -10))


@fault("D22: late")
def treatment_start_ten_days_late(t):
    return t.set("subjects", person(t), treatment_start=later(of_person(t, "treatment_start"), 10))


@fault("D22: randomised")
def randomised_after_the_first_visits(t):
    return t.set("subjects", person(t), randomized=later(of_person(t, "randomized"), 100))


@fault("D04: one day")
def consent_after_the_first_visit(t):
    """Scans, samples and diaries of that visit agree on its day."""
    return t.set("subjects", person(t), consent=later(date_of(t, 1), 2))


@fault("D03: cut-off")
def cut_off_before_the_study(t):
    return t.set("subjects", person(t), data_cutoff="2014-06-30")
