"""The cells of a CRF: numbers and words, states of lesions, what is contradictory, dates whole and
partial.
"""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import Response, crf
from nettumor.crf import Column, DateStatus, NewLesion, Role, State
from nettumor.crf.cells import merged_into, unknown_words
from nettumor.errors import InputError
from strategies import sizes

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # cells that nobody reads are what this is about

NAN = np.nan


def read_lesions(rows, **columns):
    """Lesion rows: per row (state, size), or single columns."""
    data = {"state": [r[0] for r in rows], "size": [r[1] for r in rows]} | columns
    n = len(next(iter(data.values())))
    keys = {
        "subject": ["1"] * n,
        "lesion": [f"T{i}" for i in range(n)],
        "role": ["TARGET"] * n,
        "visit": [1] * n,
    }
    return crf.read({"lesions": keys | data}, incomplete="keep")["lesions"].lesions


NUMBERS = [
    ("12", 12),
    (" 12.50 ", 12.5),
    (".5", 0.5),
    ("5.", 5),
    ("+3", 3),
    ("-3", -3),
    ("1e2", 100),
    ("0", 0),
    ("0.0", 0),
    ("12,5", 12.5),
    ("12,55", 12.55),
    ("1,2345", 1.2345),
    ("5.4e-79", 0),
    ("1,234", NAN),
    ("1.234,5", NAN),
    ("NE", NAN),
    ("ND", NAN),
    ("NA", NAN),
    ("", NAN),
    (".", NAN),
    (".A", NAN),
    ("nan", NAN),
    ("inf", NAN),
    ("1e999", NAN),
    ("1O", NAN),
    ("2.2 cm", NAN),
    ("<5", NAN),
    (">10000", NAN),
    ("١٢", NAN),
    ("12 13", NAN),
    ("0x10", NAN),
    ("1_000", NAN),
]


@pytest.mark.parametrize(("cell", "value"), NUMBERS)
def test_numbers_of_cells(cell, value):
    """A cell is a number only if the whole cell is one number, written with digits and one decimal
    mark.
    """
    np.testing.assert_array_equal(crf.parse_numbers(Column.of_text([cell])).value, [value])


@pytest.mark.parametrize(
    ("cell", "blank", "word"),
    [("", 1, 0), ("  ", 1, 0), (".", 1, 0), (".A", 1, 0), ("._", 1, 0), ("nan", 1, 0), ("<NA>", 1, 0), ("None", 1, 0),
     ("NA", 1, 0), ("n/a", 1, 0), ("#N/A", 1, 0), ("-", 1, 0),
     ("ND", 0, 1), ("NE", 0, 1), ("<5", 0, 1), ("7", 0, 0), (".5", 0, 0)],
)  # fmt: skip
def test_blank_is_not_a_word(cell, blank, word):
    """What people and programs write for nothing is blank; ND and NE say something."""
    numbers = crf.parse_numbers(Column.of_text([cell]))
    assert (numbers.blank[0], numbers.word[0]) == (blank, word)


@pytest.mark.parametrize(
    ("cell", "below", "above"),
    [
        ("<5", 5, NAN),
        ("< 5.5", 5.5, NAN),
        ("<=5", 5, NAN),
        (">10000", NAN, 10000),
        ("<2,5", 2.5, NAN),
        ("<x", NAN, NAN),
    ],
)
def test_limits_of_an_assay_or_a_scan(cell, below, above):
    """<x and >x keep their x."""
    numbers = crf.parse_numbers(Column.of_text([cell]))
    np.testing.assert_array_equal([numbers.below[0], numbers.above[0]], [below, above])


def test_numbers_of_a_column_of_numbers():
    """Infinite is a word, a zero misread from XPORT is 0 and marked, NaN is blank."""
    numbers = crf.parse_numbers(Column(floats=np.array([1.5, np.inf, NAN, 5.397605e-79, 0])))
    np.testing.assert_array_equal(numbers.value, [1.5, NAN, NAN, 0, 0])
    assert numbers.word.tolist() == [False, True, False, False, False]
    assert numbers.misread_zero.tolist() == [False, False, False, True, False]


def test_numbers_of_a_column_of_text():
    """A zero misread from XPORT is 0 and marked also where it is text; a zero is no such thing."""
    numbers = crf.parse_numbers(Column.of_text(["0", "0.0", "1", "5.397605e-79", ""]))
    np.testing.assert_array_equal(numbers.value, [0, 0, 1, 0, NAN])
    assert numbers.misread_zero.tolist() == [False, False, False, True, False]


@given(st.lists(sizes(places=3), min_size=1))
def test_numbers_survive_text(values):
    """A number written as text by this library is read as the same number, with a point or
    a comma.
    """
    written = Column(floats=np.array(values)).text
    assert crf.parse_numbers(Column.of_text(written)).value.tolist() == values
    commas = Column.of_text([w.replace(".", ",") for w in written])
    assert crf.parse_numbers(commas, decimal_comma=True).value.tolist() == values


# state cell, size cell -> value, too small, state, contradiction (the rules of the CRF layout, one
# row each)
CELLS = [
    ("", "12", 12, False, State.MEASURED, False),
    ("MEASURED", "12", 12, False, State.MEASURED, False),
    ("", "0", 0, False, State.ABSENT, False),
    ("ABSENT", "", 0, False, State.ABSENT, False),
    ("ABSENT", "0", 0, False, State.ABSENT, False),
    ("resolved", "", 0, False, State.ABSENT, False),
    ("", "ABSENT", 0, False, State.ABSENT, False),
    ("TOO SMALL", "", NAN, True, State.TOO_SMALL, False),
    ("TOO SMALL TO MEASURE", "", NAN, True, State.TOO_SMALL, False),
    ("", "TSTM", NAN, True, State.TOO_SMALL, False),
    ("", "<5", NAN, True, State.TOO_SMALL, False),
    ("", "<10", NAN, False, State.BLANK, False),
    ("TOO SMALL", "3.5", 3.5, False, State.TOO_SMALL, False),
    ("TOO SMALL", "14", NAN, False, State.TOO_SMALL, True),
    ("TOO SMALL", "0", NAN, False, State.TOO_SMALL, True),
    ("", "NE", NAN, False, State.NOT_EVALUABLE, False),
    ("NE", "", NAN, False, State.NOT_EVALUABLE, False),
    ("", "ND", NAN, False, State.NOT_EVALUABLE, False),
    ("", "NA", NAN, False, State.BLANK, False),
    ("NOT DONE", "", NAN, False, State.NOT_EVALUABLE, False),
    ("NOT EVALUABLE", "12", NAN, False, State.NOT_EVALUABLE, True),
    ("NE", "0", NAN, False, State.NOT_EVALUABLE, True),
    ("", "", NAN, False, State.BLANK, False),
    ("PRESENT", "", NAN, False, State.PRESENT, False),
    ("PRESENT", "12", 12, False, State.PRESENT, False),
    ("PRESENT", "0", NAN, False, State.PRESENT, True),
    ("PRESENT", "NE", NAN, False, State.PRESENT, False),
    ("ABSENT", "12", NAN, False, State.ABSENT, True),
    ("ABSENT", "NE", NAN, False, State.ABSENT, True),
    ("MERGED", "", 0, False, State.MERGED, False),
    ("MERGED INTO T02", "", 0, False, State.MERGED, False),
    ("TUMOR MERGED", "", 0, False, State.MERGED, False),
    ("MERGED", "12", NAN, False, State.MERGED, True),
    ("UNEQUIVOCAL", "12", 12, False, State.UNEQUIVOCAL, False),
    ("EQUIVOCAL", "", NAN, False, State.EQUIVOCAL, False),
    ("PROGRESSIVE DISEASE", "", NAN, False, State.UNEQUIVOCAL_PROGRESSION, False),
    ("PERHAPS", "12", 12, False, crf.UNKNOWN, False),
]


@pytest.mark.parametrize("as_column", [False, True])
@pytest.mark.parametrize(("state", "size", "value", "small", "code", "contradiction"), CELLS)
def test_the_cells_of_a_lesion(state, size, value, small, code, contradiction, as_column):
    """The cell rules of the layout, alone and among all the other cells in one column."""
    rows = [(c[0], c[1]) for c in CELLS] if as_column else [(state, size)]
    at = rows.index((state, size))
    cells = read_lesions(rows)
    measure = cells.measure("size")
    np.testing.assert_array_equal(measure.value[at], value)
    assert measure.too_small[at] == small
    assert cells.state[at] == code
    assert cells.contradiction[at] == contradiction


def test_words_that_are_no_size_are_unreadable():
    """1O, ~50 and other text is neither number nor state: NaN, marked, and not too small; a size
    with its unit is one in mm.
    """
    cells = ["1O", "~50", "12", "NE", "2.2 cm", "50mm", "50 kg"]
    measure = read_lesions([("", c) for c in cells]).measure("size")
    np.testing.assert_array_equal(measure.value, [NAN, NAN, 12, NAN, 22, 50, NAN])
    assert measure.unreadable.tolist() == [True, True, False, False, False, False, True]


def test_a_cell_with_a_unit_is_not_converted_again():
    """5.1 cm beside a unit of cm is 51 mm, and 5.1 alone is too."""
    measure = read_lesions([("", "5.1 cm"), ("", "5.1")], unit=["cm", "cm"]).measure("size")
    np.testing.assert_array_equal(measure.value, [51, 51])


def test_every_measure_of_a_lesion_that_is_gone_is_zero():
    """ABSENT makes the perpendicular and viable diameters 0 too; attenuation stays unknown."""
    cells = read_lesions([("ABSENT", "")], attenuation=[""], perpendicular=[""])
    for name in ("size", "perpendicular", "viable", "viable_perpendicular", "volume"):
        assert cells.measure(name).value.tolist() == [0]
    assert np.isnan(cells.measure("attenuation").value[0])


def test_a_lesion_without_viable_tumour_is_still_there():
    """A viable diameter of 0 beside a size says nothing of the size: the lesion is measured."""
    cells = read_lesions([("", "31")], viable=["0"])
    assert cells.measure("viable").value.tolist() == [0]
    assert cells.measure("size").value.tolist() == [31]
    assert cells.state.tolist() == [State.MEASURED]
    assert not cells.contradiction.any()


def test_one_measure_not_evaluable_leaves_the_other():
    """NE in the perpendicular's cell is no statement on the size."""
    cells = read_lesions([("", "31")], perpendicular=["NE"])
    assert cells.measure("size").value.tolist() == [31]
    assert np.isnan(cells.measure("perpendicular").value[0])
    assert not cells.contradiction.any()


def test_centimetres_by_the_unit_column():
    """A unit of cm makes millimetres exactly; an unknown unit cannot be read."""
    rows = [("", "2.3"), ("", "23"), ("", "23"), ("", "2")]
    measure = read_lesions(rows, unit=["cm", "mm", "", "inch"]).measure("size")
    np.testing.assert_array_equal(measure.value, [23, 23, 23, NAN])
    assert measure.unreadable.tolist() == [False, False, False, True]


def test_unequivocal_of_a_non_target_is_its_progression():
    """UNEQUIVOCAL says progression of a non-target lesion and presence of a new one (TRPROPRS)."""
    rows = [("UNEQUIVOCAL", "")] * 3
    cells = read_lesions(rows, role=["NON-TARGET", "NEW", "TARGET"])
    assert cells.state.tolist() == [
        State.UNEQUIVOCAL_PROGRESSION,
        State.UNEQUIVOCAL,
        State.UNEQUIVOCAL,
    ]
    assert cells.present.all()


def test_an_unknown_measure_is_refused():
    """The message lists the measures."""
    with pytest.raises(InputError, match=r"`name` must be one of 'size'.*Did you mean 'size'"):
        read_lesions([("", "1")]).measure("sise")


@pytest.mark.parametrize(
    ("organ", "nodal", "role", "expected"),
    [("LYMPH NODE", "", "TARGET", True), ("Axillary lymph nodes", "", "TARGET", True), ("LN, hilar", "", "T", True),
     ("LIVER", "", "TARGET", False), ("LIVER", "Y", "TARGET", True), ("LYMPH NODE", "N", "TARGET", False),
     ("", "", "TARGET NODAL", True), ("LIVER", "", "TARGET EXTRA NODAL", False), ("", "", "", False),
     ("SINOATRIAL NODE", "", "TARGET", False), ("NODULE, LUNG", "", "TARGET", False),
     ("", "no", "TARGET NODAL", False)],
)  # fmt: skip
def test_lymph_nodes(organ, nodal, role, expected):
    """A node by its nodal cell, else by its role, else by its organ (the documented list)."""
    cells = read_lesions([("", "1")], organ=[organ], nodal=[nodal], role=[role])
    assert cells.nodal.tolist() == [expected]


def test_merged_lesions_name_the_other():
    """MERGED INTO, WITH and TO name the lesion, in the state or in the reason."""
    column = Column.of_text(
        ["MERGED INTO T01", "merged with T2.", "Merged to  NT-3", "MERGED", "", "SUBMERGED IN T1"]
    )
    assert merged_into(column).tolist() == ["T01", "T2", "NT-3", "", "", ""]
    states = [("MERGED", ""), ("MERGED INTO T9", ""), ("MERGED", "")]
    cells = read_lesions(states, reason=["merged into T0", "x", ""])
    assert cells.merged_into.tolist() == ["T0", "T9", ""]
    assert cells.is_merged_into.tolist() == [True, True, False]


def test_parts_of_a_lesion_know_their_parent():
    """T04.1 is a part of T04 only where the same track has T04; 1.5 alone is a name."""
    cells = crf.read(
        {
            "lesions": {
                "subject": ["1", "1", "1", "2", "1"],
                "evaluator": ["A", "A", "A", "A", "B"],
                "lesion": ["T04", "T04.1", "T05.1", "T04.1", "T04.2"],
                "role": ["T"] * 5,
                "visit": [1] * 5,
                "size": [20] * 5,
            }
        }
    )["lesions"].lesions
    assert cells.parent.tolist() == ["", "T04", "", "", ""]


@pytest.mark.parametrize(
    ("word", "role"),
    [("target", Role.TARGET), ("Target Lesion", Role.TARGET), ("NON TARGET", Role.NON_TARGET), ("ntl", Role.NON_TARGET),
     ("New", Role.NEW), ("NEW NON-TARGET", Role.NEW_NON_TARGET),
     ("BENIGN ABNORMALITY", Role.OTHER), ("", Role.BLANK), ("?", -1)],
)  # fmt: skip
def test_roles(word, role):
    """TUIDRS and its usual spellings, in any case."""
    assert crf.parse_roles(Column.of_text([word])).tolist() == [role]


def test_flags_new_lesions_and_responses():
    """Words of the other coded columns; unknown words are -1."""
    assert crf.parse_flags(Column.of_text(["Y", "no", "1", "0", "", "x"])).tolist() == [
        1,
        0,
        1,
        0,
        -1,
        -1,
    ]
    assert crf.parse_flags(Column(floats=np.array([1.0, 0, NAN]))).tolist() == [1, 0, -1]
    words = ["", "N", "yes", "EQUIVOCAL", "UNEQUIVOCAL", "NE", "maybe"]
    assert crf.parse_new_lesions(Column.of_text(words)).tolist() == [*NewLesion, -1]
    assert crf.parse_new_lesions(Column.of_text(["None", "null"])).tolist() == [
        NewLesion.NO,
        NewLesion.BLANK,
    ]
    labels = ["", "PR", "non-cr/non-pd", "Not done", "NED", "SDD"]
    expected = [
        Response.MISSING,
        Response.PR,
        Response.NON_CR_NON_PD,
        Response.MISSING,
        Response.MISSING,
        crf.UNKNOWN,
    ]
    assert crf.parse_response_cells(Column.of_text(labels)).tolist() == expected


DATES = [
    ("2024-03-01", DateStatus.FULL, "2024-03-01", "2024-03-01"),
    ("2024-03-01T11:45", DateStatus.FULL, "2024-03-01", "2024-03-01"),
    ("2024-03-01 11:45:00", DateStatus.FULL, "2024-03-01", "2024-03-01"),
    ("20240301", DateStatus.FULL, "2024-03-01", "2024-03-01"),
    ("2024-02-29", DateStatus.FULL, "2024-02-29", "2024-02-29"),
    ("2023-02-29", DateStatus.INVALID, "", ""),
    ("2024-13-01", DateStatus.INVALID, "", ""),
    ("0024-03-01", DateStatus.INVALID, "", ""),
    ("01/03/2024", DateStatus.INVALID, "", ""),
    ("1 MAR 2024", DateStatus.FULL, "2024-03-01", "2024-03-01"),
    ("45352", DateStatus.INVALID, "", ""),
    ("NE", DateStatus.INVALID, "", ""),
    ("2024-03", DateStatus.PARTIAL, "2024-03-01", "2024-03-31"),
    ("2024", DateStatus.PARTIAL, "2024-01-01", "2024-12-31"),
    ("2024-02-UN", DateStatus.PARTIAL, "2024-02-01", "2024-02-29"),
    ("2024-UNK-UNK", DateStatus.PARTIAL, "2024-01-01", "2024-12-31"),
    ("2024---15", DateStatus.PARTIAL, "2024-01-15", "2024-12-15"),
    ("--03-01", DateStatus.PARTIAL, "", ""),
    ("", DateStatus.BLANK, "", ""),
    (" ", DateStatus.BLANK, "", ""),
    (".", DateStatus.BLANK, "", ""),
]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(("cell", "status", "earliest", "latest"), DATES)
def test_dates(cell, status, earliest, latest, alone):
    """Full dates have a day, partial ones their bounds and no day, impossible ones neither; none is
    guessed.
    """
    cells = [cell] if alone else [d[0] for d in DATES]
    at = cells.index(cell)
    dates = crf.parse_dates(Column.of_text(cells))
    assert dates.status[at] == status
    assert crf.iso(dates.earliest)[at] == earliest
    assert crf.iso(dates.latest)[at] == latest
    assert crf.iso(dates.day)[at] == (earliest if status == DateStatus.FULL else "")


def test_partial_dates_stay_text():
    """The cell of a partial date is what was written."""
    table = crf.read({"subjects": {"subject": ["1"], "death": ["2024-03"]}})["subjects"]
    assert table["death"].tolist() == ["2024-03"]


@given(st.lists(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), min_size=1))
def test_every_date_of_a_trial(days):
    """Every date from 1900 to 2199 is read as the standard library counts it, and written back."""
    dates = crf.parse_dates(Column.of_text([d.isoformat() for d in days]))
    assert dates.day.tolist() == [(d - datetime.date(1970, 1, 1)).days for d in days]
    assert crf.iso(dates.day).tolist() == [d.isoformat() for d in days]
    assert (
        crf.parse_dates(Column.of_text([f"{d:%Y%m%d}" for d in days])).day.tolist()
        == dates.day.tolist()
    )


def test_day_columns():
    """Days are numbers, as text or as numbers; a word is invalid, a blank is blank."""
    table = crf.read(
        {
            "lesions": {
                "subject": ["1"] * 4,
                "lesion": ["T"] * 4,
                "role": ["T"] * 4,
                "day": ["-3", "56.5", "", "x"],
                "size": [20] * 4,
            }
        }
    )
    assert table.days
    when = table["lesions"].when()
    np.testing.assert_array_equal(when.day, [-3, 56.5, NAN, NAN])
    assert when.status.tolist() == [
        DateStatus.FULL,
        DateStatus.FULL,
        DateStatus.BLANK,
        DateStatus.INVALID,
    ]


def test_dates_count_where_both_stand():
    """A table with `date` and `day` is one of dates."""
    row = {"subject": ["1"], "lesion": ["T"], "role": ["T"], "day": [3], "date": ["2024-03-01"]}
    row["size"] = [20]
    table = crf.read({"lesions": row})
    assert not table.days
    assert crf.iso(table["lesions"].when().day).tolist() == ["2024-03-01"]


@given(st.lists(st.text(max_size=12)))
def test_any_text_is_read(cells):
    """No cell makes the reading of numbers, dates, states or codes fail."""
    column = Column.of_text(cells)
    assert len(crf.parse_numbers(column).value) == len(crf.parse_dates(column).day) == len(cells)
    for parse in (
        crf.parse_roles,
        crf.parse_states,
        crf.parse_flags,
        crf.parse_new_lesions,
        crf.parse_response_cells,
    ):
        assert parse(column).shape == (len(cells),)
    if cells:
        assert read_lesions([(c, c) for c in cells]).measure("size").value.shape == (len(cells),)


def test_a_part_of_a_column_keeps_its_letters_of_missing():
    """What a SAS letter said is not lost where rows are taken."""
    column = Column(floats=np.array([1.0, NAN, NAN]), letters=np.array(["", "A", ""], dtype=object))
    assert column.take(np.array([1, 0])).letters.tolist() == ["A", ""]


def test_measures_are_equal_to_themselves_alone():
    """`==` of records of arrays gives a truth value and no error."""
    lesions = read_lesions([("", 1), ("", 2)])
    one, other = lesions.measure("size"), read_lesions([("", 1), ("", 2)]).measure("size")
    assert (one == one, one == other) == (True, False)


def test_cells_of_many_types_as_text():
    """None is a blank; dates are written in ISO 8601, without a midnight that nobody wrote."""
    assert Column.of_text(["a", None]).text.tolist() == ["a", ""]
    midnight = datetime.datetime(2024, 1, 2)
    cells = [
        midnight,
        midnight.replace(hour=9),
        midnight.date(),
        datetime.time(9, 30),
        b"x",
        None,
        "y",
    ]
    words = ["2024-01-02", "2024-01-02T09:00:00", "2024-01-02", "09:30:00", "x", "", "y"]
    assert Column.of_cells(cells).text.tolist() == words


def test_thousands_are_no_words_of_a_size_without_a_decimal_comma():
    """1,234 is certain only where the file's decimal mark is the comma."""
    column = Column.of_text(["12,5", "1,234"])
    assert unknown_words(column, "size", unit="mm") == {"1,234": 1}
    assert unknown_words(column, "size", unit="mm", decimal_comma=True) == {}
