"""Faults of SDTM domains and of assessors."""

from faults import GAP, NEWLY, QUIET, A, fault


def result(t, lesion="T01", visit=3, subject=QUIET):
    return t.row("TR", USUBJID=subject, TREVAL=A, TRLNKID=lesion, VISITNUM=float(visit))


@fault("X01")
def two_standard_results(t):
    t.sdtm()
    return t.set("TR", result(t), TRSTRESC="540")


@fault("X02")
def converted_wrongly(t):
    t.sdtm()
    return t.set("TR", result(t), TRORRES="5.4", TRORRESU="mm")


@fault("X03")
def standard_unit_missing(t):
    t.sdtm()
    return t.set("TR", result(t), TRSTRESU="")


@fault("X04")
def no_such_test(t):
    t.sdtm()
    row = t.row("RS", USUBJID=QUIET, RSEVAL=A, RSTESTCD="NTRGRESP", VISITNUM=3.0)
    return t.set("RS", row, RSTESTCD="NTRGRSP")


@fault("X05")
def another_group(t):
    t.sdtm()
    return t.set("TR", result(t), TRGRPID="NON-TARGET")


@fault("X06")
def link_to_nothing(t):
    t.sdtm()
    rows = t.find("RS", USUBJID=QUIET, RSEVAL=A, VISITNUM=3.0)
    t.set("RS", rows, RSLNKGRP="A77")
    return "RS", rows[0]


@fault("X07")
def reason_for_nothing(t):
    t.sdtm()
    return t.set("TR", result(t), TRREASND="IMAGE LOST")


@fault("X08")
def identified_twice(t):
    t.sdtm()
    row = t.row("TU", USUBJID=QUIET, TUEVAL=A, TULNKID="T01")
    source = t.tables["TR"].loc[result(t, visit=2)]
    return t.copy(
        "TU",
        row,
        VISITNUM=2.0,
        VISIT=source["VISIT"],
        TUDTC=source["TRDTC"],
        TUDY=source["TRDY"],
        TUSEQ=99.0,
    )


@fault("X09")
def new_lesion_without_result(t):
    t.sdtm()
    t.drop("TR", t.find("TR", USUBJID=NEWLY, TREVAL=A, TRLNKID="NEW01"))
    return "TU", t.row("TU", USUBJID=NEWLY, TUEVAL=A, TULNKID="NEW01")


@fault("X10")
def study_day_of_a_month(t):
    t.sdtm()
    row = t.row("RS", USUBJID=QUIET, RSEVAL=A, RSTESTCD="OVRLRESP", VISITNUM=3.0)
    return t.set("RS", row, RSDTC=t.tables["RS"].loc[row, "RSDTC"][:7])


@fault("X11")
def zero_from_xport(t):
    t.sdtm()
    frame = t.tables["TR"]
    zero = [r for r in range(len(frame)) if frame.loc[r, "TRSTRESC"] == "0"]
    return t.set("TR", zero[0], TRSTRESN=5.397605346934028e-79)


@fault("A01")
def lesion_of_a_second_assessor(t):
    t.drop("responses", t.find("responses", evaluator="READER 1", subject=QUIET))
    t.drop("lesions", t.find("lesions", evaluator="READER 1", subject=QUIET))
    row = t.row("lesions", subject=QUIET, evaluator=A, lesion="NT01", visit=3)
    return t.copy("lesions", row, evaluator="READER 1", baseline_flag="")


@fault("A02")
def assessor_without_role(t):
    t.sdtm()
    rows = t.find("TR", USUBJID=QUIET, TREVALID="RADIOLOGIST 1", TRLNKID="T01", VISITNUM=3.0)
    return t.set("TR", rows, TREVAL="")


@fault("A03")
def two_accepted(t):
    t.tables["responses"]["evaluator"] = t.tables["responses"]["evaluator"].replace(A, "READER 2")
    t.tables["lesions"]["evaluator"] = t.tables["lesions"]["evaluator"].replace(A, "READER 2")
    t.set("responses", t.find("responses", evaluator="READER 1"), accepted="Y")
    t.set(
        "responses", t.row("responses", subject=QUIET, evaluator="READER 2", visit=3), accepted="Y"
    )
    return "responses", t.row("responses", subject=QUIET, evaluator="READER 1", visit=3)


@fault("A06")
def another_reader_from_week_24_on(t):
    """READER 2 takes over from READER 1: a track of its own, whose baseline is lacking."""
    for table in ("lesions", "responses"):
        for visit in (4, 5, 6):
            t.set(
                table,
                t.find(table, subject=GAP, evaluator="READER 1", visit=visit),
                evaluator="READER 2",
            )
    return "lesions", t.row("lesions", subject=GAP, evaluator="READER 2")


@fault("O09")
def sd_of_week_four(t):
    """One visit on day 29 of both readers, called SD as best response."""
    for reader in t.readers:
        for table in ("lesions", "responses"):
            for visit in (3, 4, 5, 6):
                t.drop(table, t.find(table, subject=QUIET, evaluator=reader, visit=visit))
            t.set(
                table,
                t.find(table, subject=QUIET, evaluator=reader, visit=2),
                date="2020-02-04",
                study_day="",
            )
        t.set("responses", t.row("responses", subject=QUIET, evaluator=reader, visit=2), best="SD")
    return [
        ("responses", t.row("responses", subject=QUIET, evaluator=e, visit=2)) for e in t.readers
    ]
