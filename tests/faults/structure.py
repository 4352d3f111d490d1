"""Faults of structure."""

from faults import QUIET, A, fault


@fault("S01")
def no_lesion_column(t):
    t.tables["markers"] = t.tables["markers"].drop(columns="marker")
    return "markers", None


@fault("S02", K09="the sample that lost its patient was that patient's baseline")
def blank_subject(t):
    return t.set("markers", t.row("markers", subject=QUIET, visit=3), subject="")


@fault("S03")
def second_row_says_something_else(t):
    return t.copy(
        "lesions", t.row("lesions", subject=QUIET, evaluator=A, visit=3, lesion="T01"), size="77"
    )


@fault("S04")
def second_overall_response(t):
    return t.copy(
        "responses",
        t.row("responses", subject=QUIET, evaluator=A, visit=3),
        overall="PR",
        target="",
        non_target="",
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
        new_lesion="",
        best="",
    )


@fault("S06")
def never_measured(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, lesion="NT01")
    return t.set("lesions", rows, state="")


@fault("S07")
def unknown_subject(t):
    t.drop("subjects", t.find("subjects", subject=QUIET))
    return "lesions", t.row("lesions", subject=QUIET)


@fault("S08")
def response_without_lesions(t):
    t.drop("lesions", t.find("lesions", subject=QUIET, evaluator=A, visit=3))
    return "responses", t.row("responses", subject=QUIET, evaluator=A, visit=3)


@fault("S09")
def lesions_without_response(t):
    t.drop("responses", t.find("responses", subject=QUIET, evaluator=A, visit=3))
    return "lesions", t.row("lesions", subject=QUIET, evaluator=A, visit=3)


@fault("S11")
def unknown_response(t):
    return t.set(
        "responses", t.row("responses", subject=QUIET, evaluator=A, visit=3), overall="CHECK"
    )


@fault("S12")
def response_of_another_criterion(t):
    return t.set("responses", t.row("responses", subject=QUIET, evaluator=A, visit=3), overall="MR")


@fault("S05")
def not_identified(t):
    t.sdtm()
    t.drop("TU", t.find("TU", USUBJID=QUIET, TUEVAL=A, TULNKID="NT01"))
    return "TR", t.row("TR", USUBJID=QUIET, TREVAL=A, TRLNKID="NT01")
