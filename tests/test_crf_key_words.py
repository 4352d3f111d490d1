"""Rows that belong together and are written in two ways, and rows of which something is lost: each
is read or said.
"""

import numpy as np
import pytest

import nettumor as nt
from nettumor import crf
from nettumor.crf.key_words import reader_lines, unread_rows, with_one_visit
from nettumor.errors import InputError, InputTypeError

VISITS = ("1", "2")
DATES = ("2024-01-02", "2024-03-05")


def lesions(**other):
    """Two targets at two visits; a column is given in place of its own."""
    columns = {
        "subject": ["A"] * 4,
        "lesion": ["T1", "T2"] * 2,
        "role": ["TARGET"] * 4,
        "visit": ["1", "1", "2", "2"],
        "date": [DATES[0]] * 2 + [DATES[1]] * 2,
        "evaluator": ["INV"] * 4,
        "size": ["60", "40", "40", "30"],
    }
    return columns | other


def told(tables):
    """What the intake says beyond what was read: place, found, read as, count, status."""
    intake = tables.intake
    rows = zip(*(intake[n] for n in ("place", "found", "read_as", "count", "status")), strict=True)
    return [tuple(r) for r in rows if r[-1] not in ("read", "not needed")]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize("written", ["2.0", "02", "2.00", " 2.0 "])
def test_a_visit_is_one_number_however_it_is_written(written):
    """Programs write 2, 2.0 and 02; the two lesions of a visit are one sum, and it is said."""
    source = {"lesions": lesions(visit=["1", "1", "2", written])}
    tables = crf.read(source)
    assert told(tables) == [("lesions.visit", written.strip(), "2", 1, "converted")]
    result = nt.assess(source)
    assert result.timepoints["sum"].tolist() == [100, 70]
    assert result.timepoints["overall"].tolist() == ["MISSING", "PR"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_visits_are_one_number_over_the_tables():
    """A table that another program wrote has the visits of the other."""
    responses = {"subject": ["A"], "visit": ["2.0"], "evaluator": ["INV"], "overall": ["PR"]}
    tables = crf.read({"lesions": lesions(), "responses": responses})
    assert tables["responses"].text("visit").tolist() == ["2"]
    assert told(tables) == [("responses.visit", "2.0", "2", 1, "converted")]


def test_visits_that_are_consistent_stay_as_they_are():
    """01 and 02 throughout are names that stay; so does a number that is written in one way."""
    tables = crf.read({"lesions": lesions(visit=["01", "01", "02", "02"])})
    assert (tables["lesions"].text("visit").tolist(), told(tables)) == (
        ["01", "01", "02", "02"],
        [],
    )
    assert with_one_visit({"lesions": tables["lesions"]}) == ({}, [])


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_readers_that_may_be_one_are_told_and_stay_two():
    """Names that differ in case alone, and a row that names nobody beside rows that do."""
    tables = crf.read({"lesions": lesions(evaluator=["INV", "inv", "INV", ""])})
    assert told(tables) == [
        ("lesions.evaluator", "inv", "", 1, "ambiguous"),
        ("lesions.evaluator", "", "", 1, "ambiguous"),
    ]
    assert np.unique(tables["lesions"].track()[0]).size == 3


def test_readers_that_are_plain_are_not_told():
    """Two readers, nobody named at all, and no column of readers need no word."""
    two = crf.read({"lesions": lesions(evaluator=["R1", "R1", "R2", "R2"])})
    none = crf.read({"lesions": lesions(evaluator=[""] * 4)})
    columns = lesions()
    del columns["evaluator"]
    bare = crf.read({"lesions": columns})
    assert [reader_lines(t["lesions"]) for t in (two, none, bare)] == [[], [], []]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_row_without_subject_names_no_reader():
    """A row that is left out for want of a subject makes no reader whom nobody was assessed by."""
    columns = lesions()
    columns = {n: [*c, ""] for n, c in columns.items()} | {"size": [*columns["size"], "9"]}
    result = nt.assess({"lesions": columns})
    assert result.subjects["evaluator"].tolist() == ["INV"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_row_without_role_is_told():
    """A size beside no role is not judged; a row with nothing else is no loss."""
    lost = crf.read({"lesions": lesions(role=["TARGET", "TARGET", "TARGET", ""])})
    assert told(lost) == [("lesions.role", "", "", 1, "ignored")]
    blank = lesions(role=["TARGET", "TARGET", "TARGET", ""], size=["60", "40", "40", ""])
    assert unread_rows(crf.read({"lesions": blank})["lesions"]) == []


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_short_axis_alone_is_no_size_of_what_is_no_node():
    """It is told where organ and nodal do not say that the target is a lymph node."""
    columns = lesions(size=["60", "", "40", ""], perpendicular=["", "14", "", "9"])
    tables = crf.read({"lesions": columns})
    assert told(tables) == [("lesions.perpendicular", "14 alone", "", 2, "ignored")]
    nodes = crf.read({"lesions": columns | {"nodal": ["N", "Y"] * 2}})
    assert told(nodes) == []


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize("cell", ["<10", "< 6", "1e9", ">50", "-3"])
def test_a_number_that_is_no_size_is_told(cell):
    """Only <5 and less is too small to measure; what no body holds is not measured."""
    tables = crf.read({"lesions": lesions(size=["60", "40", "40", cell])})
    assert told(tables) == [("lesions.size", cell, "", 1, "unreadable")]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_huge_size_of_a_frame_is_told():
    """Numbers without words are asked the same."""
    tables = crf.read({"lesions": lesions(size=[60.0, 40.0, 40.0, 2e9])})
    assert told(tables) == [("lesions.size", "2e+09", "", 1, "unreadable")]


def test_days_of_which_none_can_be_read_are_refused():
    """As dates are: with no day at all nothing can be confirmed, and nobody meant that."""
    columns = lesions()
    del columns["date"]
    message = r"`lesions.day` must hold days as numbers.*'Day 0'.*Write 56"
    with pytest.raises(InputError, match=message):
        crf.read({"lesions": columns | {"day": ["Day 0"] * 2 + ["Day 63"] * 2}})


def test_records_in_place_of_a_frame_are_refused_with_their_table():
    """A list of records is no frame; the message names the table that holds it."""
    with pytest.raises(InputTypeError, match=r"`source\['lesions'\]` must be a frame.*got list"):
        crf.read({"lesions": [{"subject": "A"}]})


def test_arms_are_compared_without_outer_blanks():
    """ "A, B" in a text file gives " B"; it is no other arm than "B", and NA is none."""
    subjects = {"subject": ["A", "B", "C"], "arm": [" X", "X ", "NA"]}
    result = nt.assess({"lesions": lesions(), "subjects": subjects})
    assert result.subjects["arm"].tolist() == ["X", "X", ""]


TR = {
    "USUBJID": ["A"] * 2,
    "TRLNKID": ["T1"] * 2,
    "TRTESTCD": ["LDIAM"] * 2,
    "TRORRES": ["50", "30"],
    "VISITNUM": [1.0, 2.0],
    "TRDY": [-2.0, 57.0],
}
TU = {"USUBJID": ["A"], "TULNKID": ["T1"], "TUORRES": ["TARGET"], "VISITNUM": [1.0]}


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_study_days_of_tr_beside_dates_of_tu():
    """TU dates when a lesion was identified; the results keep their own study days."""
    result = nt.assess({"TR": TR, "TU": TU | {"TUDTC": ["2024-01-02"]}})
    assert result.timepoints["day"].tolist() == [-2, 56]
    assert result.timepoints["overall"].tolist() == ["MISSING", "PR"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_dates_and_study_days_that_cannot_be_put_together_are_refused():
    """A lesion without a result is dated by TU alone: in the count of the results, or not at all."""
    alone = {n: [*c, *c] for n, c in TU.items()} | {"TULNKID": ["T1", "N1"]}
    message = "TR and TU must both have dates, or both study days"
    with pytest.raises(InputError, match=message):
        crf.read({"TR": TR, "TU": alone | {"TUDTC": ["2024-01-02"] * 2}})
    for when in ({"TUDY": [-2.0, -2.0]}, {"TUDTC": ["", ""]}, {}):
        both = crf.read({"TR": TR, "TU": alone | when})["lesions"]
        assert (both.n_rows, both.has_days) == (3, True)


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_death_that_only_the_flag_knows():
    """DTHFL Y without DTHDTC is a death on a day not known, and no survivor; a date goes before it."""
    dm = {
        "USUBJID": ["A", "B", "C"],
        "RFSTDTC": ["2024-01-01"] * 3,
        "RFPENDTC": ["2024-06-01"] * 3,
        "DTHDTC": ["", "2024-05-01", ""],
        "DTHFL": ["Y", "Y", ""],
    }
    results = {n: c for n, c in TR.items() if n != "TRDY"} | {"TRDTC": list(DATES)}
    tables = crf.read({"TR": results, "TU": TU, "DM": dm})
    assert told(tables)[0] == ("subjects.death", "UNK", "a day not known", 1, "converted")
    subjects = nt.assess(tables).subjects
    assert subjects["os_event"].tolist() == [True, True, False]
    assert np.isnan(subjects["os_days"]).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("change", "place", "found", "count"),
    [
        ({"visit": ["1", "1", "2", "Visit 2"]}, "lesions.visit", "Visit 2", 1),
        ({"visit": ["W1", "W1", "W2", "WEEK 2"]}, "lesions.visit", "WEEK 2", 1),
        (
            {"evaluator": ["INV", "INV", "INV", "Investigator"]},
            "lesions.evaluator",
            "Investigator",
            1,
        ),
        ({"evaluator": ["BICR", "BICR", "IRC", "BICR"]}, "lesions.evaluator", "IRC", 1),
        ({"role": ["TARGET", "TARGET", "TARGET", "NON-TARGET"]}, "lesions.role", "T2 of A", 1),
        ({"date": ["1900-01-01"] * 2 + [DATES[1]] * 2}, "lesions.date", "1900-01-01", 2),
        ({"date": [DATES[0]] * 2 + ["2199-12-31"] * 2}, "lesions.date", "2199-12-31", 2),
    ],
)
def test_what_may_be_one_is_told(change, place, found, count):
    """A visit or a reader called in two ways, a lesion of two roles, a placeholder for a date: each
    stays what is written, and a warning, or with ``strict`` a refusal, names it.
    """
    source = {"lesions": lesions(**change)}
    with pytest.warns(nt.IntakeWarning, match=found):
        tables = crf.read(source)
    assert (place, found, "", count, "ambiguous") in told(tables)
    with pytest.raises(InputError, match=found):
        crf.read(source, strict=True)


@pytest.mark.parametrize(
    "change",
    [
        {"visit": ["1", "1", "WEEK 2", "WEEK 2"]},
        {"visit": ["Visit 1", "Visit 1", "UNSCHEDULED 1.1", "UNSCHEDULED 1.1"]},
        {"evaluator": ["Radiologist 1", "Radiologist 2"] * 2},
        {"evaluator": ["INV", "BICR"] * 2},
        {"lesion": ["1", "1"] * 2, "role": ["TARGET", "NON-TARGET"] * 2},  # numbered by page
        {"role": ["TARGET", "NON-TARGET"] * 2},
    ],
)
def test_what_are_two_is_not_told(change):
    """Series of visits, readers by number, lesions numbered page by page."""
    assert told(crf.read({"lesions": lesions(**change)})) == []
