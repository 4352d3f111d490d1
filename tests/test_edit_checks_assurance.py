"""No check has passed that could not look: of the tables that each check rejects one column is made
blank, unreadable or taken away, and the check says that it was skipped, and what it lacked.
"""

import numpy as np
import pytest

import clean_trial
import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.crf import LAYOUTS
from nettumor.edit_checks import CHECKS
from test_edit_checks import CASES, settings_of, tables_of

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

_RESPONSES = "N01 N04 N07 O02 T01 T02 T03 T04 T05 T07 T08 T09 T10 T11 W03"
_SUMS = "U01 U02 U03 U04 U07 Q12 D16"

UNREAD = {
    "lesions.evaluator blank": _RESPONSES + " W01 W02",
    "lesions.evaluator garbled": _RESPONSES + " A01 W01 W02",
    "lesions.irradiated garbled": "L12",
    "lesions.lesion blank": "L01 L02 L14 L18 L19 L20 M01 M10 M17 M28 M29 M30 Q01",
    "lesions.organ absent": "L04 L05 Q03",
    "lesions.organ blank": "L04 L05 Q03 Q09",
    "lesions.role garbled": "L12 Q09",
    "lesions.size absent": "L20 M21 T06 U03 U04 U07 U08",
    "lesions.size garbled": "L20 M08 M21 T06 U03 U04 U07 U08",
    "lesions.perpendicular garbled": "U07",
    "lesions.state blank": "Q09",
    "lesions.state garbled": "N10 Q09 W05",
    "lesions.subject blank": f"{_RESPONSES} {_SUMS} A01 A08 D06 D07 K11 L08 L20 M30 T06 U08 W01 W02 "
    "W05 W07 W08",
    "lesions.subject garbled": f"{_RESPONSES} {_SUMS} A01 D06 D07 K11 U08 W01 W02 W08",
    "lesions.unit garbled": "M05 M10 M12 M14 M19 Q05",
    "lesions.viable blank": "M24",
    "lesions.visit blank": f"{_SUMS} A01 L14 M09 M10 M17 M20 M26 M27 M28 M29 M30 N01 O02 Q10 S09 T01",
    "lesions.visit garbled": f"{_SUMS} A01 K11 N01 N04 O02 S09 T01 T02 T03 T04 T05 T07 T08 T10 T11 W03",
    "markers.date blank": "K09 K11 N03",
    "markers.date garbled": "K09 K11 N03",
    "markers.marker garbled": "K08",
    "markers.subject garbled": "K11 N03",
    "markers.unit blank": "K03 K08 R03 R04",
    "responses.date absent": "K11 O09 O15",
    "responses.date garbled": "K11 O09 O15",
    "responses.evaluator garbled": _RESPONSES + " W01 W02",
    "responses.nadir garbled": "U05 U08",
    "responses.new_lesion garbled": "W02",
    "responses.overall absent": "O08 O09 W03",
    "responses.overall garbled": "O08 O09 W03",
    "responses.subject blank": f"{_RESPONSES} {_SUMS} A01 K11 N03 O04 O05 O06 O07 O09 O14 O15 Q04 Q13 "
    "U08 W01 W02",
    "responses.visit garbled": f"{_SUMS} K11 N01 N04 O02 T01 T02 T03 T04 T05 T07 T08 T10 T11 W03",
    "subjects.consent garbled": "P03",
    "subjects.grade garbled": "P04",
    "subjects.subject blank": "D06 D07 O09 O11 O14 O15 W08 Y08",
    "subjects.subject garbled": "D06 D07 O09 O14 O15 W08 Y08",
    "subjects.treatment_start garbled": "O09",
    "symptoms.date blank": "Y03 Y07 Y08 Y09",
    "symptoms.date garbled": "Y03 Y07 Y08 Y09",
    "symptoms.subject garbled": "Y08",
    "tr.TRORRES garbled": "X02",
    "tr.TRORRESU blank": "X02",
    "tr.TRSTRESN blank": "X02",
    "tr.USUBJID garbled": "X05",
    "tu.USUBJID blank": "X05",
}
"""A column and what becomes of it: the checks that can then see nothing of their fault."""


def without(tables, table, column, how):
    """The tables with one column blank, unreadable (one word in every filled cell) or taken away."""
    cells = tables[table].pop(column)
    if how != "absent":
        tables[table][column] = ["?!" if how == "garbled" and c.strip() else "" for c in cells]
    return tables


def state_of(id, tables):
    """The state of a check over some tables, with the settings of its case."""
    settings = settings_of(CASES / id)
    found = edit_checks.run(
        crf.read(tables, incomplete="keep"),
        settings.get("criteria", "recist-1.1"),
        checks=[id],
        parameters={id: settings.get("parameters", {})},
        configuration=edit_checks.Configuration(windows=settings.get("windows", {})),
    )
    return found.runs.rows()[0]


@pytest.mark.parametrize("change", sorted(UNREAD))
def test_what_could_not_be_read_has_not_passed(change):
    """Each of these checks is skipped with a reason, and has looked nowhere."""
    place, how = change.split()
    table, column = place.split(".")
    for id in UNREAD[change].split():
        state = state_of(id, without(tables_of(CASES / id, "reject"), table, column, how))
        assert (id, state["status"], state["looked_at"]) == (id, "skipped", 0)
        assert state["reason"]


ROWS_WITHOUT = {"M13"}
"""Checks that also look at rows in which a column that they need is not filled."""

SEEN_IN = {
    "R04": ("markers.unit",),
    "R03": ("markers.unit", "markers.value"),
    "R05": ("markers.marker",),
    "K13": ("markers.marker",),
    "X01": ("TR.TRSTRESC",),
    "X02": ("TR.TRORRESU", "TR.TRSTRESU"),
}
"""Columns that checks read beside those that they need."""


def needed(id):
    """The columns that a check cannot do without, each with those that may stand for it."""
    for table, needs in CHECKS[id].needs.items():
        for need in needs:
            yield table, [o.strip() for o in need.replace(" or ", "|").split("|")]
    for place in SEEN_IN.get(id, ()):
        table, _, column = place.partition(".")
        yield table, [column]


def kind(table, column):
    """What a column holds by the layout, or by the name of an SDTM variable."""
    if table in LAYOUTS:
        return LAYOUTS[table][column].kind if column in LAYOUTS[table].names() else "text"
    return {"STRESN": "number", "DTC": "date"}.get(column[2:], "text")


def run_without(id, table, columns, how):
    """The state of a check over its reject tables with columns blank or in words that are none."""
    tables = tables_of(CASES / id, "reject")
    name = {n.upper(): n for n in tables}.get(table.upper(), "")
    held = [c for c in columns if name and c in tables[name]]
    if not held:
        return None, held
    for column in held:
        tables = without(tables, name, column, how)
    return state_of(id, tables), held


@pytest.mark.parametrize("how", ["garbled", "blank"])
@pytest.mark.parametrize("letter", sorted({id[0] for id in CHECKS}))
def test_no_check_passes_over_a_column_that_it_cannot_read(letter, how):
    """Of every check each needed column in turn is there and holds nothing that can be read, or
    nothing: the check has a finding, or is skipped with a reason and says how many cells it could
    not read; never has it passed.
    """
    wrong = []
    for id in sorted(i for i in CHECKS if i[0] == letter):
        for table, columns in needed(id):
            state, held = run_without(id, table, columns, how)
            if state is None or state["status"] == "findings":
                continue
            unread = how == "garbled" and any(kind(table, c) != "text" for c in held)
            if id in ROWS_WITHOUT and state["status"] == "passed":
                assert not unread or state["unreadable"]
            elif (
                state["status"] != "skipped"
                or not state["reason"]
                or (unread and not state["unreadable"])
            ):
                wrong.append((id, table, held, how, state))
    assert not wrong


@pytest.mark.parametrize("cells", [["?!", "??"], ["", ""], ["one", "two"]])
def test_numbers_of_rows_that_are_none(cells):
    """Sequence numbers in words are not looked at, in no domain."""
    tr = {"USUBJID": ["01", "01"], "TRTESTCD": ["LDIAM"] * 2, "TRSEQ": cells}
    found = edit_checks.run(crf.read({"TR": tr}, incomplete="keep"), checks=["X14"])
    state = found.runs.rows()[0]
    assert (state["status"], state["unreadable"]) == ("skipped", sum(c != "" for c in cells))


def test_places_are_those_that_belong_together():
    """A response whose visit has no lesions is no place where a sum could be compared; what cannot be
    read of the others is counted.
    """
    lesions = {
        "subject": ["01"] * 3,
        "lesion": ["T01"] * 3,
        "role": ["TARGET"] * 3,
        "visit": [0, 1, 2],
        "size": ["30", "20", "20"],
    }
    responses = {
        "subject": ["01", "01", "02"],
        "visit": [1, 5, 1],
        "sum": ["20", "20", "20"],
        "target": ["PR", "PR", "as before"],
    }
    found = edit_checks.run({"lesions": lesions, "responses": responses}, checks=["U01", "T01"])
    states = {r["check"]: r for r in found.runs.rows()}
    assert (states["U01"]["looked_at"], states["U01"]["unreadable"]) == (1, 0)
    assert (states["T01"]["looked_at"], states["T01"]["unreadable"]) == (1, 1)
    none = edit_checks.run(
        {"lesions": lesions, "responses": {**responses, "subject": ["08", "08", "09"]}},
        nt.criteria.RECIST_1_1,
        checks=["U01"],
    )
    assert none.runs["reason"].tolist() == ["no rows of responses that belong with rows of lesions"]


def test_a_diary_of_periods_has_no_days_to_look_at():
    """A check of daily counts is skipped where a diary has means of periods alone, and calls none of
    them unreadable.
    """
    symptoms = {
        "subject": ["01", "01"],
        "symptom": ["FLUSHING"] * 2,
        "date": ["2024-01-01", "2024-02-01"],
        "per_day": ["3", "3"],
        "days_recorded": ["28", "28"],
    }
    found = edit_checks.run({"symptoms": symptoms}, checks=["Y09"])
    state = found.runs.rows()[0]
    assert (state["status"], state["reason"]) == ("skipped", "no place to look at")
    assert state["unreadable"] == 0


def test_the_matrix_of_a_whole_run_names_its_subjects():
    """The group of checks called subject has a column of its own beside the subjects."""
    subjects = {"subject": ["01", "02"], "age": ["250", "60"], "sex": ["F", "M"]}
    matrix = edit_checks.run({"subjects": subjects}).matrix()
    assert matrix["subject"].tolist() == ["01", "02"]
    assert matrix["subject data"].tolist() == [1, 0]


def test_a_study_under_other_criteria_is_an_error_and_nothing_is_passed():
    """Responses that are all given under another edition than that of the run are said to be compared
    with nothing, and the checks that compare them are skipped.
    """
    tables = clean_trial.build(clean_trial.seeded(4, seed=3))
    tables["responses"]["criteria"] = np.full(
        len(tables["responses"]["subject"]), "RECIST v1.0", object
    )
    found = edit_checks.run(tables)
    errors = found["severity"] == "error"
    assert found["check"][errors].tolist() == ["Q04"]
    assert "compared with nothing: the checks ran under RECIST 1.1" in found["message"][errors][0]
    state = dict(zip(found.runs["check"].tolist(), found.runs["status"].tolist(), strict=True))
    assert {state[id] for id in ("T01", "O01", "O02", "O04", "O10", "U01", "N09")} == {"skipped"}
    assert {state[id] for id in ("L03", "T02", "W05")} == {"skipped"}  # of RECIST 1.1
    assert {state[id] for id in ("N06", "M01", "L10")} == {"passed"}


def judged_by(words, tables):
    """Tables whose responses are given under other criteria; one response where there is none."""
    if "tr" in tables:
        one = {n: tables["tr"][n][:1] for n in ("USUBJID", "VISITNUM")}
        rs = {**one, "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["SD"], "RSCAT": [words]}
        return {**tables, "rs": rs}
    if "responses" not in tables:
        first = tables["lesions"]
        one = {n: first[n][:1] for n in ("subject", "visit", "date", "day") if n in first}
        return {**tables, "responses": {**one, "overall": ["SD"], "criteria": [words]}}
    responses = tables["responses"]
    count = len(responses["subject"])
    return {**tables, "responses": {**responses, "criteria": [words] * count}}


OF_EDITIONS = sorted(id for id, check in CHECKS.items() if check.criteria)


@pytest.mark.parametrize("id", OF_EDITIONS)
def test_a_check_of_an_edition_is_skipped_in_a_study_that_another_judged(id):
    """It says which editions it belongs to and which one the responses are given under; one that
    belongs to that one too, or names none, is not skipped for it.
    """
    check, tables = CHECKS[id], tables_of(CASES / id, "reject")
    said = f"belongs to {', '.join(check.criteria)}; the responses are given under EASL"
    state = state_of(id, judged_by("EASL 2001", tables))
    assert (state["status"], state["reason"]) == ("skipped", said)
    own = state_of(id, tables)
    assert state_of(id, judged_by("", tables))["status"] == own["status"] == "findings"


@pytest.mark.parametrize("id", ["S12", "A04", "M31", "M36", "W02", "W03", "U01", "O02", "O10"])
def test_a_check_of_reported_responses_is_skipped_where_none_is_of_the_run(id):
    """Of any edition: it reads the responses under the criteria of the run alone."""
    for words in ("EASL 2001", "PCWG3"):
        state = state_of(id, judged_by(words, tables_of(CASES / id, "reject")))
        reason = state["reason"].partition(";")[0]
        wanted = "belongs to" if CHECKS[id].criteria and words[0] == "E" else "no response is given"
        assert (state["status"], reason.startswith(wanted)) == ("skipped", True), state


def test_a_check_that_serves_the_edition_of_the_responses_runs():
    """Checks of lesions of RECIST 1.1 serve a study that iRECIST or mRECIST judged, too."""
    tables = tables_of(CASES / "L03", "reject")
    for words, status in (("iRECIST", "findings"), ("mRECIST", "findings"), ("WHO", "skipped")):
        assert state_of("L03", judged_by(words, tables))["status"] == status
    named = judged_by("WHO", tables)
    mixed = {n: c + c for n, c in named["responses"].items()}
    mixed["criteria"] = ["WHO", "RECIST 1.1"]
    assert state_of("L03", {**tables, "responses": mixed})["status"] == "findings"
