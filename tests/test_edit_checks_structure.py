"""Checks of structure: what is there and what is not, row by row, and where rows of domains stand."""

import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.edit_checks.reading.domains import domain_places
from test_edit_checks_lesions import TR, found_by, status_of, table
from test_edit_checks_limits import rows_of, run

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


@pytest.mark.parametrize(
    ("criteria", "columns", "missing"),
    [
        ("recist-1.1", "perpendicular", []),  # any diameter will do
        ("recist-1.1", "organ", ["size"]),
        ("volume-recist", "volume", []),
        ("volume-recist", "size,perpendicular,viable,diameter", ["volume"]),
    ],
)
def test_the_column_that_targets_are_measured_by(criteria, columns, missing):
    """What the criteria measure targets by must be there; of diameters one is enough."""
    cells = ",".join(["20"] * len(columns.split(",")))
    given = f"subject,lesion,role,visit,{columns}\n01,T01,TARGET,0,{cells}"
    assert [column for *_, column in found_by("S01", criteria, lesions=given)] == missing


def test_a_table_of_two_columns_and_no_row():
    """Without a row nothing is measured: a column of sizes is not missed."""
    assert [c for *_, c in found_by("S01", lesions="subject,lesion,visit\n")] == ["role", ""]


def test_which_blanks_are_asked_about():
    """A column that is not there is another check's, and a sample may have no value."""
    assert rows_of("S02", lesions="subject,lesion,visit,size\n01,T01,0,30") == []
    samples = "subject,marker,date,value,unit\n01,CGA,2024-01-01,,ng/mL\n01,CGA,2024-02-01,9,"
    assert rows_of("S02", markers=samples) == [1]


def test_a_day_stands_for_visit_and_date():
    """A row with a day needs no visit; one with neither is asked about."""
    given = "subject,lesion,role,visit,day,size\n01,T01,TARGET,,5,30\n01,T01,TARGET,,,30"
    assert rows_of("S02", lesions=given) == [1]


def test_results_without_any_identification():
    """TR alone, without TU: the roles are blank, and the check has looked."""
    assert {f[1:] for f in found_by("S02", TR=TR)} == {("TR", n, "role") for n in range(4)}


def test_a_table_without_subjects_names_no_unknown_one():
    """Samples without a column of subjects are nobody's; lesions of an unknown subject are found."""
    given = {
        "subjects": "subject,arm\n01,A",
        "lesions": "subject,lesion,role,visit,size\n02,T01,TARGET,0,30",
        "markers": "marker,date,value,unit\nCGA,2024-01-01,9,ng/mL",
    }
    assert found_by("S07", **given) == [("e", "lesions", 0, "subject")]


def test_second_rows_need_a_table_of_rows():
    """Without lesions and subjects there is no second row to look for."""
    given = "subject,visit,overall\n01,1,SD"
    assert status_of("S03", responses=given) == (
        "skipped",
        "there are no rows of lesions or subjects",
    )


@pytest.mark.parametrize(
    ("column", "first", "second", "rows"),
    [
        ("date", "2024-05-02", "2024-05-12", []),  # each date is a timepoint of its own
        ("date", "2024-05", "2024-05-12", [2]),
        ("date", "2024-05", "2024-06", [2]),
        ("date", "2024-05-12", "2024-05-12T10:00", [2]),
        ("date", "", "2024-05-12", [2]),
        ("day", "40", "50", []),
        ("day", "40", "40", [2]),
        ("day", "40", "", [2]),
    ],
)
def test_rows_of_one_lesion_and_timepoint(column, first, second, rows):
    """Two sizes of a lesion at one timepoint are no size of it; that a date is not whole does not hide
    them.
    """
    lines = [("0", "", "30"), ("1", first, "20"), ("1", second, "21")]
    given = f"subject,lesion,role,visit,{column},size\n" + "\n".join(
        f"01,T01,TARGET,{','.join(line)}" for line in lines
    )
    assert rows_of("S03", lesions=given) == rows
    assessed = nt.assess({"lesions": table(given)}).timepoints
    assert assessed["n_missing"].tolist() == ([0, 1] if rows else [0, 0, 0])


def test_a_silent_lesion_without_a_column_of_states():
    """A non-target without a size at baseline, and with one later, where the study has no states."""
    given = "subject,lesion,role,visit,size\n01,NT01,NON-TARGET,0,\n01,NT01,NON-TARGET,1,12"
    assert found_by("S06", lesions=given) == [("w", "lesions", 0, "lesion")]


def test_silent_lesions_are_looked_for_whatever_else_is_blank():
    """A row without a visit is looked at, too: what it says of its lesion is what counts."""
    given = "subject,lesion,role,visit,size\n01,T01,TARGET,,30\n01,T02,TARGET,,"
    found = run("S06", lesions=given)
    assert found["row"].tolist() == [1]
    assert found.runs["looked_at"].tolist() == [2]


def test_a_response_beside_the_first_row_of_lesions():
    """A visit, or a reader, of which the first row of the table is the only one has lesions."""
    later_first = "subject,lesion,role,visit,size\n01,T01,TARGET,1,30\n01,T01,TARGET,0,30"
    responses = "subject,visit,overall\n01,1,SD"
    assert rows_of("S08", lesions=later_first, responses=responses) == []
    alone = run(
        "S08", lesions="subject,lesion,role,visit,size\n01,T01,TARGET,0,30", responses=responses
    )
    assert alone["message"].tolist() == [
        "overall response SD at visit 1, where no lesion was assessed"
    ]


@pytest.mark.parametrize("reader", ["", "A"])
def test_new_lesions_of_readers_that_one_domain_names(reader):
    """Where TU names no reader a lesion of TR is identified by its subject; only what is new is
    looked for.
    """
    tu = "USUBJID,TUEVAL,TULNKID,TUSTRESC\n01,,NEW01,NEW"
    tr = f"""USUBJID,TREVAL,TRLNKID,TRGRPID,TRTESTCD,TRSTRESN
        01,{reader},NEW01,NEW,LDIAM,9
        01,{reader},T07,,LDIAM,9
        01,{reader},NEW02,TARGET,LDIAM,9
        01,{reader},NEW03,,LDIAM,9"""
    assert [(name, row) for _, name, row, _ in found_by("X09", TU=tu, TR=tr)] == [("TR", 3)]


SIZES = "subject,lesion,role,visit,size\n01,T01,TARGET,1,30\n01,T01,TARGET,0,30\n01,T01,TARGET,2,30"
"""Lesions of which the first row is of a visit after baseline."""


@pytest.mark.parametrize(
    ("visit", "message"),
    [
        (1, "lesions were assessed at visit 2, but no response is given"),
        (2, "lesions were assessed at visit 1, but no response is given"),
        (
            0,
            "subject 01 has lesions assessed at 2 visit(s) after baseline, and no response at all, the first "
            "at visit 1",
        ),
    ],
)
def test_the_first_rows_of_lesions_and_responses_are_joined(visit, message):
    """A visit without a response is found in the first row of lesions, too, and the first row of the
    responses answers.
    """
    who = "01" if visit else "02"
    found = run("S09", lesions=SIZES, responses=f"subject,visit,overall\n{who},{visit},SD")
    assert found["message"].tolist() == [message]


DOMAINS = {
    "TU": """USUBJID,TUEVAL,TULNKID,TUTESTCD,TUSTRESC,VISITNUM
        01,A,T01,TUMIDENT,TARGET,1
        01,A,T01,TUMIDENT,TARGET,9""",
    "TR": """USUBJID,TREVAL,TRLNKID,TRTESTCD,TRSTRESN,VISITNUM
        01,A,T01,LDIAM,30,1
        01,A,T01,LDIAM,20,2
        01,B,T01,LDIAM,31,1
        01,A,T07,LDIAM,9,1
        01,A,,SUMDIAM,30,1""",
    "RS": """USUBJID,RSEVAL,RSTESTCD,RSSTRESC,VISITNUM
        01,A,OVRLRESP,SD,2
        01,C,OVRLRESP,SD,2""",
}


@pytest.mark.parametrize(
    ("domain", "track", "order", "lesion"),
    [
        ("TU", [0, 0], [0, -1], [0, 0]),  # nothing else is of visit 9
        ("TR", [0, 0, 1, 0, 0], [0, 1, 0, 0, 0], [0, 0, 2, 1, -1]),
        ("RS", [0, 2], [1, 0], [-1, -1]),
    ],
)
def test_where_the_rows_of_domains_stand(domain, track, order, lesion):
    """A row of TU, TR and RS has its reader, visit and lesion, -1 for what no table has."""
    study = crf.read({name: table(text) for name, text in DOMAINS.items()}, incomplete="keep")
    data = edit_checks.Data(study, nt.criteria.RECIST_1_1)
    assert domain_places(data, domain).tolist() == [track, order, lesion]


def test_a_domain_without_lesions_or_rows():
    """RS alone is of no lesion; TU of which no row is left has no place."""
    study = crf.read({"RS": table(DOMAINS["RS"])}, incomplete="keep")
    data = edit_checks.Data(study, nt.criteria.RECIST_1_1)
    assert domain_places(data, "RS").tolist() == [[0, 1], [0, 0], [-1, -1]]
    empty = {"USUBJID": [], "TULNKID": [], "TUSTRESC": []}
    data = edit_checks.Data(crf.read({"TU": empty}, incomplete="keep"), nt.criteria.RECIST_1_1)
    assert domain_places(data, "TU").shape == (3, 0)
