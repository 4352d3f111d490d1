"""What people write: every spelling is read the same through every entry, what is not certain is
not read, and what stands for nothing is blank everywhere.
"""

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import Response, crf
from nettumor.before_after_table import assess_before_after
from nettumor.cli.app import _number
from nettumor.crf import Column, Role, State
from nettumor.crf.cells import KINDS, unknown_words
from nettumor.errors import InputError
from nettumor.markers._units import parse as marker_unit
from nettumor.words import (
    UNKNOWN,
    criteria_names,
    evaluators,
    flags,
    methods,
    missing,
    numbers,
    organs,
    regions,
    responses,
    roles,
    states,
    units,
    visits,
)
from nettumor.words.flags import NewLesion
from nettumor.words.missing import is_missing
from nettumor.words.names import alike, nearly
from nettumor.words.visits import VisitKind

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # words that nobody knows are what this is about

NAN = np.nan
NOTHING = [
    "", "  ", ".", "NA", "na", " N/A ", "n/a", "NULL", "NaN", "nan", "None", "#N/A", "<NA>", "NaT", "#NULL!", ".A",
    "._", ".z", "-", "--", "Not applicable", "missing", "\u2013", "(blank)",
]  # fmt: skip
SOMETHING = [
    "ND",
    "NE",
    "NOT DONE",
    "NOT EVALUABLE",
    "NO",
    "0",
    "A.",
    "..",
    "NAB",
    "-1",
    ".5",
    "NAD",
]


def lesions(**columns):
    """Lesion rows of one subject, a visit each."""
    n = len(next(iter(columns.values())))
    keys = {
        "subject": ["01"] * n,
        "lesion": ["T1"] * n,
        "role": ["TARGET"] * n,
        "visit": [str(i) for i in range(n)],
    }
    return crf.read({"lesions": keys | columns}, incomplete="keep")["lesions"]


@pytest.mark.parametrize("word", NOTHING)
def test_missing_words_are_blank_in_every_column(word):
    """What stands for nothing is blank as a role, a state, a response, a flag, a number, a date, a
    key and a visit; "None" alone is an answer among new lesions.
    """
    assert is_missing(word)
    column = Column.of_text([word])
    assert column.blank.tolist() == [True]
    assert column.trimmed.text.tolist() == [""]
    for parse in (crf.parse_roles, crf.parse_states, crf.parse_response_cells):
        assert parse(column).tolist() == [0], parse
    assert crf.parse_flags(column).tolist() == [UNKNOWN]
    answer = NewLesion.NO if word == "None" else NewLesion.BLANK
    assert crf.parse_new_lesions(column).tolist() == [answer]
    assert crf.parse_numbers(column).blank.tolist() == [True]
    assert crf.parse_dates(column).status.tolist() == [crf.DateStatus.BLANK]
    assert nt.parse_responses(word) == Response.MISSING
    assert visits.read(word).kind == VisitKind.BLANK
    assert organs.read(word) == methods.read(word) == ""
    for kind in KINDS:
        assert unknown_words(column, kind) == {}, kind


@pytest.mark.parametrize("word", SOMETHING)
def test_what_says_something_is_not_missing(word):
    """ND, NE and the like keep their meaning."""
    assert not is_missing(word)
    assert not Column.of_text([word]).blank[0]


@given(st.lists(st.sampled_from([*NOTHING, *SOMETHING, "A|B", "x", " NA" + " " * 99]), min_size=1))
def test_missing_words_are_found_among_others(words):
    """The quick look finds what the slow one does."""
    assert missing.any_missing(words) == any(w and is_missing(w) for w in words)


def test_a_subject_and_a_reader_called_na_are_none():
    """Subjects named NA are rows without a subject; an evaluator NA is no evaluator."""
    table = lesions(size=["30", "20"], evaluator=["NA", "n/a"])
    assert table.track()[1].tolist() == [0]
    assert table.keys_of("evaluator")[1].tolist() == [""]
    done = nt.assess(
        {
            "lesions": {
                "subject": ["01", "01", "NA"],
                "evaluator": ["NA", "", ""],
                "lesion": ["T1"] * 3,
                "role": ["TARGET"] * 3,
                "visit": [0, 1, 1],
                "date": ["2024-01-01", "2024-03-01", "2024-03-01"],
                "size": ["30", "20", "99"],
            }
        }
    )
    assert done.subjects["subject"].tolist() == ["01"]
    assert done.timepoints["target"].tolist()[-1] == "PR"


ROLES = [
    *((w, Role.TARGET) for w in (
        "Target Lesions", "Target Lesion", "TL", "target", "T", "1=Target", "Target (T)", "TARGET (NODAL)",
        "T - Target", "target_lesion",
    )),
    *((w, Role.NON_TARGET) for w in (
        "Non-Target Lesions", "NTL", "non target", "NON\u2013TARGET", "nontarget", "2 - Non-Target", "NT",
    )),
    *((w, Role.NEW) for w in ("New Lesions", "NEW", "NL", "new lesion")),
    ("NEW TARGET", Role.NEW_TARGET), ("New non-target lesion", Role.NEW_NON_TARGET),
    *((w, UNKNOWN) for w in ("Target (N)", "TARGET NEW NON", "3", "x" * 500)),
]  # fmt: skip


@pytest.mark.parametrize(("word", "code"), ROLES)
def test_roles_are_read_alike(word, code):
    """A role means the same to its reader, in a column and in the lesions table, where every new
    lesion is NEW.
    """
    assert roles.read(word) == code
    cells = lesions(role=[word]).lesions
    assert cells.identified.tolist() == [code]
    assert cells.role.tolist() == [roles.as_new(code)]
    assert (unknown_words(Column.of_text([word]), "role") == {}) == (code != UNKNOWN)


STATES = [
    *((w, State.TOO_SMALL) for w in (
        "Too small to measure", "TSTM", "<5", "< 5 mm", "<5mm", "<0.5 cm", "too small", "\u22645", "less than 5 mm",
    )),
    *((w, State.ABSENT) for w in ("absent", "Resolved", "ABSENT (resolved)", "0 = Absent")),
    *((w, State.NOT_EVALUABLE) for w in ("NE", "ND", "NOT DONE", "Not Evaluable", "not assessed")),
    ("MERGED INTO T01", State.MERGED), ("PRESENT", State.PRESENT), ("INCREASED", State.INCREASED),
    ("unchanged", State.UNCHANGED), ("Decreased", State.DECREASED), ("Further enlargement", State.INCREASED),
    *((w, UNKNOWN) for w in ("PERHAPS", "< 10 mm", "< 5 kg", "PRESENT (ABSENT)")),
]  # fmt: skip


@pytest.mark.parametrize(("word", "code"), STATES)
def test_states_are_read_alike(word, code):
    """A state means the same in the state's cell, in a size's cell, and to `size_in_state`."""
    assert states.read(word) == code
    table = lesions(state=[word, ""], size=["", word])
    expected = states.as_present(code)
    assert table.lesions.state.tolist() == [expected, max(expected, 0)]
    size = table.lesions.measure("size")
    assert np.array_equal(size.value[0], size.value[1], equal_nan=True)
    assert size.too_small[0] == size.too_small[1]
    assert size.unreadable[1] == (code == UNKNOWN)
    if code in (State.TOO_SMALL, State.ABSENT, State.NOT_EVALUABLE):
        want = {State.TOO_SMALL: 5.0, State.ABSENT: 0.0}.get(code, NAN)
        np.testing.assert_array_equal(nt.size_in_state(NAN, word), want)


@pytest.mark.parametrize(
    ("word", "response"),
    [("ABSENT", "CR"), ("0", "CR"), ("resolved", "CR"), ("TSTM", "PR"), ("<5", "PR"), ("< 5 mm", "PR"), ("NE", "NE"),
     ("n/a", "NE"), ("NOT DONE", "NE"), ("3.0 cm", "PR"), ("30mm", "PR"), ("30", "PR")],
)  # fmt: skip
def test_a_size_is_read_alike_before_and_after_and_in_a_course(word, response, tmp_path):
    """ABSENT, TSTM, ``<5``, NE and units say the same in a before/after file, in a lesions table,
    to `assess` and on the command line.
    """
    edition = nt.criteria.RECIST_1_1
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"subject,lesion,before,after\nA,1,50,{word}\n")
    rows = [f"A,1,TARGET,0,2024-01-01,50\nA,1,TARGET,1,2024-03-01,{word}\n"]
    course = tmp_path / "lesions.csv"
    course.write_text("subject,lesion,role,visit,date,size\n" + "".join(rows))
    for path in (pairs, course):
        patients = assess_before_after(path, criteria=edition).patients
        assert patients["response"].tolist() == [response], path.name
    done = nt.assess({"lesions": course}, criteria=edition)
    assert done.timepoints["target"].tolist()[1] == response
    answer = nt.classify(50, _number(word, "after", edition), criteria=edition)
    assert answer.label == response


@pytest.mark.parametrize("word", ["~50", "about 50", "50?", "50 kg", "5 0", "perhaps"])
def test_a_size_that_is_not_certain_is_refused_or_counted(word, tmp_path):
    """It is a word, counted by its rows; a before/after file and the command line refuse it."""
    table = lesions(size=[word, "30", word])
    assert table.lesions.measure("size").unreadable.tolist() == [True, False, True]
    assert unknown_words(table.column("size"), "size", unit="mm") == {word: 2}
    path = tmp_path / "pairs.csv"
    path.write_text(f"subject,lesion,before,after\nA,1,50,{word}\n")
    with pytest.raises(InputError, match=r"row 2: `after` must be a size in mm"):
        assess_before_after(path)
    with pytest.raises(InputError, match=r"`after` must be a number in mm, or NE; got"):
        _number(word, "after", nt.criteria.VOGL_2008)


RESPONSES = [
    *((w, Response.CR) for w in (
        "Complete Response", "CR (Complete Response)", "Complete Response (CR)", "1 - CR", "cr",
        "CR - Complete response", "iCR",
    )),
    *((w, Response.PR) for w in ("Partial response", "2=PR", "iPR", "PR: Partial Response")),
    *((w, Response.SD) for w in ("Stable Disease", "SD", "NC", "3. SD")),
    *((w, Response.PD) for w in ("Progressive Disease", "4-PD", "4 - Progressive disease (PD)", "iCPD")),
    *((w, Response.NE) for w in ("Not Evaluable", "NE", "NOT EVALUABLE", "Inevaluable")),
    *((w, Response.NON_CR_NON_PD) for w in (
        "non-CR / non-PD", "Non-CR/Non-PD", "NN", "IR/SD", "NON_CR_NON_PD", "Non-CR/Non-PD (NN)",
    )),
    *((w, Response.MISSING) for w in ("N/A", "ND", "Not done", "NED")),
    ("iUPD", Response.IUPD), ("Minor response", Response.MR),
]  # fmt: skip


@pytest.mark.parametrize(("word", "code"), RESPONSES)
def test_responses_are_read_alike(word, code):
    """A response means the same to `parse_responses`, in a column, and in a responses table."""
    assert responses.read(word) == nt.parse_responses(word) == code
    assert crf.parse_response_cells(Column.of_text([word])).tolist() == [code]
    assert unknown_words(Column.of_text([word]), "response") == {}


@pytest.mark.parametrize(
    "word", ["PD (CR)", "CR/PR", "PD (new lesion)", "P R", "better", "5-", "(CR)"]
)
def test_responses_that_are_not_certain_are_not_read(word):
    """Two responses in one cell, or one with a comment, are unknown, and counted."""
    assert responses.read(word) == UNKNOWN
    assert crf.parse_response_cells(Column.of_text([word])).tolist() == [UNKNOWN]
    assert unknown_words(Column.of_text([word] * 3), "response") == {word: 3}
    with pytest.raises(InputError, match="must be responses"):
        nt.parse_responses(word)


def test_no_change_is_a_word_of_who():
    """ "No change" is SD under WHO only, also for the edit checks."""
    column = Column.of_text(["No change"])
    assert crf.parse_response_cells(column).tolist() == [UNKNOWN]
    assert crf.parse_response_cells(column, family="WHO").tolist() == [Response.SD]
    study = {
        "responses": {
            "subject": ["01"],
            "visit": [1],
            "date": ["2024-01-01"],
            "overall": ["No change"],
        }
    }
    found = {
        name: nt.edit_checks.run(study, criteria=name).runs for name in ("who-1981", "recist-1.1")
    }
    count = {n: r["count"][r["check"].tolist().index("S11")] for n, r in found.items()}
    assert count == {"who-1981": 0, "recist-1.1": 1}


def test_codes_of_responses_are_those_of_response():
    """The reader's codes are the places of `Response`."""
    assert tuple(r.name for r in Response) == responses.CODES
    assert responses.is_immune("NON-iCR/NON-iUPD")
    assert not responses.is_immune("iceberg")


@pytest.mark.parametrize(
    ("word", "flag", "new"),
    [("Y", 1, NewLesion.YES), ("1=Yes", 1, NewLesion.YES), ("Yes (1)", 1, NewLesion.YES), ("no", 0, NewLesion.NO),
     ("0.0", 0, NewLesion.NO), ("TRUE", 1, NewLesion.YES), ("Unchecked", 0, NewLesion.NO),
     ("ND", UNKNOWN, NewLesion.NE),
     ("equivocal", UNKNOWN, NewLesion.EQUIVOCAL), ("No new lesions", UNKNOWN, NewLesion.NO), ("?", UNKNOWN, UNKNOWN)],
)  # fmt: skip
def test_flags_and_new_lesions(word, flag, new):
    """Yes and no, and what is said of new lesions."""
    assert flags.read(word) == flag
    assert flags.read_new_lesion(word) == new
    assert crf.parse_new_lesions(Column.of_text([word])).tolist() == [new]


def test_none_is_an_answer_among_new_lesions():
    """The cell "None" of `new_lesion` is not blank; in another column it is."""
    table = crf.read(
        {"responses": {"subject": ["01"], "visit": [1], "new_lesion": ["None"], "target": ["None"]}}
    )["responses"]
    assert not table.blank("new_lesion")[0]
    assert table.blank("target")[0]


VISITS = [
    ("WEEK 8", VisitKind.NUMBERED, 8, False), ("Week 8 (Day 57)", VisitKind.NUMBERED, 8, False),
    ("WEEK-8", VisitKind.NUMBERED, 8, False), ("C2D1", VisitKind.NUMBERED, 2.001, False),
    ("Cycle 2 Day 15", VisitKind.NUMBERED, 2.015, False), ("-1", VisitKind.NUMBERED, -1, False),
    ("WEEK -1", VisitKind.NUMBERED, -1, False), ("1.01", VisitKind.NUMBERED, 1.01, True),
    ("BASELINE", VisitKind.BASELINE, -np.inf, False), ("Screening 2", VisitKind.BASELINE, -np.inf, False),
    ("UNSCHEDULED", VisitKind.UNSCHEDULED, NAN, True), ("UNPLANNED", VisitKind.UNSCHEDULED, NAN, True),
    ("UNSCHEDULED 3.1", VisitKind.UNSCHEDULED, 3.1, True), ("EOT", VisitKind.END, NAN, False),
    ("End of treatment", VisitKind.END, NAN, False), ("LATER", VisitKind.OTHER, NAN, False),
]  # fmt: skip


@pytest.mark.parametrize(("word", "kind", "place", "unplanned"), VISITS)
def test_visits_are_read_alike(word, kind, place, unplanned):
    """A visit stands at the same place for `assess` and for the edit checks, and is planned for
    both or for neither.
    """
    from nettumor.edit_checks.rules.visit import visit_numbers as checked
    from nettumor.study.visits import visit_numbers

    assert visits.read(word).kind == kind
    np.testing.assert_array_equal(visits.read_each([word]).place, [place])
    np.testing.assert_array_equal(visit_numbers(np.array([word])), [place])
    assert visits.is_unplanned(word) == unplanned
    number = checked(visits.read_each([word, "WEEK 1"]))[0][0]
    if kind == VisitKind.NUMBERED:
        assert number == place
    else:
        assert number in (place, 3.1, 2) or np.isnan(number)


ORGANS = [
    ("LIVER SEGMENT 4", "LIVER"), ("LIVER, SEGMENT VIII", "LIVER"), ("LIVER, LEFT LOBE", "LIVER"),
    ("LUNG, LEFT UPPER LOBE", "LUNG"), ("Lungs (right)", "LUNG"), ("Axillary lymph node", "LYMPH NODE"),
    ("TONSILS", "TONSIL"), ("MENINGES", "MENINGES"), ("UNKNOWN", ""),
]  # fmt: skip


@pytest.mark.parametrize(("word", "organ"), ORGANS)
def test_organs_are_read_alike(word, organ):
    """`select_targets` counts an organ's targets by the same word as the edit check L02."""
    assert organs.read(word) == organ
    chosen = nt.select_targets([50, 40, 30], [word, organ, word])
    assert chosen.tolist() == [True, True, False]
    rows = {
        "subject": ["01"] * 3,
        "lesion": ["T1", "T2", "T3"],
        "role": ["TARGET"] * 3,
        "visit": ["0"] * 3,
        "date": ["2024-01-01"] * 3,
        "organ": [word, organ, word],
        "size": ["50", "40", "30"],
    }
    runs = nt.edit_checks.run({"lesions": rows}, criteria="recist-1.1").runs
    assert bool(runs["count"][runs["check"].tolist().index("L02")]) == (organ != "")


@pytest.mark.parametrize(
    ("word", "family"),
    [("RECIST v1.0", "RECIST 1.0"), ("RECIST 1.1", "RECIST 1.1"), ("RECIST version 1.1", "RECIST 1.1"),
     ("RECIST1.1", "RECIST 1.1"), ("iRECIST", "iRECIST"), ("I-RECIST", "iRECIST"), ("mRECIST", "mRECIST"),
     ("Modified RECIST", "mRECIST"), ("WHO", "WHO"), ("whole", ""), ("RECIST", "")],
)  # fmt: skip
def test_criteria_cells_are_read_alike(word, family):
    """A criteria cell names one family, for what is judged as for what is compared."""
    from nettumor.edit_checks.reading.data import _same_criteria

    assert criteria_names.family(word) == family
    for edition in map(nt.criteria.get, ("recist-1.1", "recist-1.0", "irecist-2017", "who-1981")):
        own = criteria_names.family(edition.name)
        assert _same_criteria(word, edition) == (family in ("", own))
        renamed = attrs.evolve(edition, name="own-protocol")
        assert _same_criteria(word, renamed) == (family in ("", own))


def test_evaluators_methods_regions():
    """Kinds and numbers of readers, kinds of methods, regions."""
    assert evaluators.read("INVESTIGATOR") == evaluators.INVESTIGATOR
    assert [evaluators.number(w) for w in ("READER 1", "R2", "INV")] == [1, 2, UNKNOWN]
    assert methods.read("spiral CT") == "CT"
    assert not methods.is_known("guess")
    assert methods.is_conventional("MRI")
    assert not methods.is_conventional("NA")
    assert regions.read("Liver, segment 4") == regions.read("Gall bladder, neck") == "ABDOMEN"
    assert regions.read("Cranium") == "HEAD"
    assert [regions.imaged("Brain", w) for w in ("Cranium", "Chest; head", "Thorax")] == [
        True,
        True,
        False,
    ]


UNITS = [
    ("50 mm", "mm", 50), ("5.0 cm", "mm", 50), ("5,1 cm", "mm", 51), ("50mm", "mm", 50), ("50 mL", "mL", 50),
    ("0.05 L", "mL", 50), ("50 cc", "mL", 50), ("50 HU", "HU", 50), ("-50HU", "HU", -50), ("25 %", "%", 25),
    ("1.234e1 mm", "mm", 12.34), ("50 inch", "mm", NAN), ("50 mm", "", NAN), ("1,234 mm", "mm", NAN),
    ("50 mm mm", "mm", NAN), ("mm", "mm", NAN), ("1e308 cm", "mm", NAN),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "unit", "value"), UNITS)
def test_numbers_with_their_unit(cell, unit, value):
    """A unit that fits the column is converted exactly; another makes a word of the cell."""
    np.testing.assert_array_equal(numbers.read(cell, unit=unit).value, value)
    read = crf.parse_numbers(Column.of_text([cell]), unit=unit)
    np.testing.assert_array_equal(read.value, [value])
    assert read.has_unit.tolist() == [value == value]


def test_points_that_may_separate_thousands():
    """Where the comma is the decimal mark, of the file or of a word, and no word shows that a point is."""
    for words, comma, doubtful in (
        (["1.234", "12,5"], False, {"1.234"}),
        ([" 1.234 ", "980", "NE"], True, {" 1.234 "}),
        (["1.234", "980", "1,234"], False, set()),
        (["1.234", "12.5"], True, set()),
        (["0.125", "1.234"], True, set()),
        (["1.2.3", "a,b", "1.234"], True, {"1.234"}),
    ):
        assert numbers.with_thousands(words, comma) == doubtful


def test_limits_with_their_unit():
    """Below and above a number in the unit of the column."""
    assert numbers.read("> 1 cm", unit="mm").above == numbers.read("\u226510").above == 10
    assert numbers.read("below 1 cm", unit="mm").below == 10


def test_booleans_are_no_numbers():
    """True as a size is a word; as a flag it is yes."""
    for column in (Column.of_array(np.array([True, False])), Column.of_cells([True, False])):
        assert np.isnan(crf.parse_numbers(column).value).all()
        assert crf.parse_flags(column).tolist() == [1, 0]


def test_units_of_markers_are_read_alike():
    """The unit of a marker is the same to its parser and to the comparison."""
    for one, other in (("ng/mL", "ug/L"), ("mg/24h", "mg per day"), ("uIU/mL", "mIU/L")):
        assert marker_unit(one) == marker_unit(other) == units.read(one)
        assert units.same(one, other)
    assert not units.same("ng/mL", "ng/dL")
    assert units.read("x" * 100) is None


LONG = [c * 30_000 for c in "-/. :,0123456789?_()[]<>=TZUNX|'\"A\u00e9\u2013\t\n"]


@pytest.mark.parametrize(
    "cell", [*LONG, "1-" * 15_000, "UN" * 15_000, "- 1" * 10_000, "(1" * 15_000]
)
def test_long_cells_are_read_in_linear_time(cell):
    """A long cell of any repeated character is unknown to every reader, at once."""
    column = Column.of_text([cell])
    for kind in KINDS:
        assert set(unknown_words(column, kind)) <= {cell}
    for read in (visits.read, organs.read, methods.read, evaluators.read, criteria_names.read):
        read(cell)
    regions.imaged(cell, cell)
    units.read(cell)
    assert nt.edit_checks is not None


@given(st.text(max_size=30))
def test_any_text_is_read_by_every_reader(word):
    """No word makes a reader fail."""
    for read in (roles.read, states.read, responses.read, flags.read, flags.read_new_lesion):
        assert read(word) >= UNKNOWN
    numbers.read(word, True, "mm")
    assert len(visits.read_each([word, "2"]).place) == 2
    organs.side(organs.read(word))
    assert unknown_words(Column.of_text([word]), "size") in ({}, {word: 1})


def test_unknown_kinds_of_words_are_refused():
    """The message lists the kinds."""
    with pytest.raises(InputError, match="`kind` must be one of 'role'"):
        unknown_words(Column.of_text(["x"]), "rolle")


@pytest.mark.parametrize("odd", ["", "n/a", " S-1", "S 1", "Na", "\u00a0x", "-", "S\u20131", "b-7"])
def test_many_words_are_trimmed_as_few(odd):
    """Identifiers are looked over all at once, and still each word is trimmed as by itself."""
    words = [f"S-{i:05d}" for i in range(2500)]
    codes = np.arange(2501)
    column = Column(words=[*words, odd], codes=codes)
    alone = Column(words=[odd], codes=np.zeros(1, dtype=np.int64)).trimmed.text[0]
    assert column.spelled is not None
    assert column.trimmed.text.tolist() == [*words, alone]
    one = Column(words=[*words, "x" * 65], codes=codes)
    assert one.spelled is None
    assert one.trimmed.text.tolist() == [*words, "x" * 65]


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        ([], []),
        (["P-01", "P-02"], []),
        (["P-01", "P-02", "p-01"], [("P-01", "p-01")]),
        (["P-1", "P-001", "P-2"], [("P-1", "P-001")]),
        (["P-01", "P\n01", "P_01"], [("P-01", "P\n01"), ("P-01", "P_01")]),
        (
            ["P-01", "P\u201101\u200b", "\uff30-01"],
            [("P-01", "P\u201101\u200b"), ("P-01", "\uff30-01")],
        ),
        (["101", "101.0", "102"], [("101", "101.0")]),
        (["1-11", "11-1", "111", "1.11"], [("1-11", "1.11")]),
        (["", "-", "*"], []),
        (["TACE", "TACE+", "A+B", "AB"], []),
        (["\u00c9A1", "\u00e9a1"], [("\u00c9A1", "\u00e9a1")]),
    ],
)
def test_names_that_are_spelled_alike(names, pairs):
    """The first spelling beside each of the others; numbers that a mark parts stay two."""
    assert alike(names) == pairs


def test_names_by_what_they_mean():
    """A meaning stands in place of the spelling, where one is known."""
    assert alike(["INV", "Investigator", "R1"], ["i", "i", ""]) == [("INV", "Investigator")]


def test_names_that_are_nearly_alike():
    """One letter off in a long name; not of other numbers, and not among very many names."""
    assert nearly(["flushing", "flusing", "CA 15-3", "CA 19-9"]) == [("flushing", "flusing")]
    assert nearly([*(f"marker {i}" for i in range(60)), "flushing", "flusing"]) == []
