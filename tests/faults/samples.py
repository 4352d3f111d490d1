"""Faults of samples, urine collections and diaries."""

from faults import QUIET, A, fault

CGA, HIAA = "CHROMOGRANIN A", "5-HIAA"


def sample(t, marker=CGA, visit=3):
    return t.row("markers", subject=QUIET, marker=marker, visit=visit)


def diary(t, symptom="DIARRHOEA", visit=3):
    return t.row("symptoms", subject=QUIET, symptom=symptom, visit=visit)


@fault("K01")
def negative(t):
    return t.set("markers", sample(t), value="-3")


@fault("K02")
def no_upper_limit(t):
    return t.set("markers", sample(t), upper_limit="")


@fault("K03")
def another_unit(t):
    return t.set("markers", sample(t), unit="nmol/L")


@fault("K04")
def another_assay(t):
    return t.set("markers", sample(t), assay="NEOLISA")


@fault("K05")
def another_limit(t):
    return t.set("markers", sample(t, visit=6), upper_limit="85")


@fault("K07")
def decimal_point_lost(t):
    row = sample(t)
    return t.set("markers", row, value=str(10 * float(t.tables["markers"].loc[row, "value"])))


@fault("K08")
def out_of_range(t):
    return t.set("markers", sample(t, HIAA), value="90000")


@fault("K09")
def no_baseline_sample(t):
    t.drop("markers", [sample(t, visit=1)])
    return "markers", sample(t, visit=2)


@fault("K10")
def another_response(t):
    return t.set("markers", sample(t), response="CR")


_CALLED = "the response that was called for the marker does not fit the lesions"


@fault("K11", O01=_CALLED, O02=_CALLED, O03=_CALLED, O10=_CALLED, O11=_CALLED)
def progression_of_a_marker(t):
    row = sample(t, visit=6)
    t.set("markers", row, value=str(3 * float(t.tables["markers"].loc[row, "value"])))
    return t.set("responses", t.row("responses", subject=QUIET, evaluator=A, visit=6), overall="PD")


@fault("R01")
def short_collection(t):
    return t.set("markers", sample(t, HIAA), duration="18")


@fault("R03")
def amount_does_not_fit(t):
    rows = t.find("markers", marker=HIAA)
    for row in rows:
        t.set("markers", row, concentration=t.tables["markers"].loc[row, "value"], volume="1000")
    return t.set("markers", sample(t, HIAA), volume="1500")


@fault("R04")
def spot_urine(t):
    return t.set("markers", sample(t, HIAA), unit="mg/g creatinine")


@fault("Y01")
def mean_of_no_day(t):
    return t.set("symptoms", diary(t), days_recorded="0")


@fault("Y02")
def two_days(t):
    return t.set("symptoms", diary(t), days_recorded="2")


@fault("Y03")
def entered_twice(t):
    return t.copy("symptoms", diary(t), per_day="4")


@fault("Y04")
def impossible(t):
    return t.set("symptoms", diary(t), per_day="60")


@fault("Y05")
def mean_of_other_counts(t):
    row = diary(t)
    for day, count in (("2020-02-24", "1"), ("2020-02-25", "2")):
        t.copy("symptoms", row, date=day, count=count, per_day="", days_recorded="", grade="")
    return t.set("symptoms", row, per_day="5")


@fault("Y06")
def nine_days_a_week(t):
    return t.set("symptoms", diary(t), days_recorded="9", period_days="7")


@fault("Y08")
def after_the_end(t):
    last = diary(t, visit=6)
    t.set(
        "subjects",
        t.row("subjects", subject=QUIET),
        study_end=t.tables["symptoms"].loc[diary(t, visit=5), "date"],
    )
    return [("symptoms", last), ("symptoms", diary(t, "FLUSHING", 6))]


@fault("Y10")
def nothing_at_baseline(t):
    t.set("symptoms", diary(t, visit=1), per_day="0")
    return "symptoms", diary(t, visit=2)
