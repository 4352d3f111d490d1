"""Dates as people write them: what is certain is read, what a column has to decide is decided once
for the study or refused, and nothing is guessed.
"""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import crf
from nettumor.crf import Column
from nettumor.errors import InputError
from nettumor.words.dates import (
    ORDERS,
    DateDecision,
    DateStatus,
    Form,
    decide,
    is_date,
    of_days,
    read,
    read_all,
    serial_days,
)

DAY = "2024-01-15"
FULL = [
    "2024-01-15", "20240115", "2024-01-15T10:30", "2024-01-15-UN", "2024-01-15 10:30:00.000", "20240115T103000",
    "2024-1-15", "2024/01/15", "2024.01.15", "15JAN2024", "15jan2024", "15-Jan-2024", "15 JAN 2024", "15/Jan/2024",
    "15.Jan.2024",
    "Jan 15, 2024", "January 15, 2024", "JAN-15-2024", "2024-Jan-15", "2024JAN15", "15th of January 2024",
    "Monday, January 15, 2024", "Mon 15 Jan 2024", "15.01.2024", "15. 1. 2024", "15.01.2024.", "15JAN2024:10:30:00",
    "15JAN2024:10:30:00.000", "15.01.2024 10:30", "15-Jan-2024 10:30 PM", "15 janvier 2024", "15. J\u00e4nner 2024",
    "15 de enero de 2024", "15 \u00a0Jan  2024",
]  # fmt: skip
PARTIAL = [
    ("2024-01", "2024-01-01", "2024-01-31"), ("2024", "2024-01-01", "2024-12-31"),
    ("2024-02-UN", "2024-02-01", "2024-02-29"), ("UN-MAY-2023", "2023-05-01", "2023-05-31"),
    ("UNJAN2024", "2024-01-01", "2024-01-31"), ("UNKDEC2024", "2024-12-01", "2024-12-31"),
    ("UNK-UNK-2023", "2023-01-01", "2023-12-31"), ("UNUNK2023", "2023-01-01", "2023-12-31"),
    ("UN/UNK/2024", "2024-01-01", "2024-12-31"), ("UN/05/2024", "2024-01-01", "2024-12-31"),
    ("15-UNK-2024", "2024-01-01", "2024-12-31"), ("2024/05/UN", "2024-05-01", "2024-05-31"),
    ("MAY 2023", "2023-05-01", "2023-05-31"), ("May-2023", "2023-05-01", "2023-05-31"),
    ("MAY2023", "2023-05-01", "2023-05-31"), ("05/2023", "2023-05-01", "2023-05-31"),
    ("05.2023", "2023-05-01", "2023-05-31"), ("2023/05", "2023-05-01", "2023-05-31"),
    ("2024---15", "2024-01-15", "2024-12-15"), ("--03-01", "", ""), ("UNK", "", ""), ("UN-UN-UN", "", ""),
    ("15-JAN-UNK", "", ""), ("UN-JAN", "", ""), ("2024-", "2024-01-01", "2024-12-31"),
]  # fmt: skip
OPEN = [
    ("01/02/2024", Form.SLASHES), ("15/01/2024", Form.SLASHES), ("15-01-2024", Form.SLASHES),
    ("1/15/2024 10:30 AM", Form.SLASHES), ("15 01 2024", Form.SLASHES), ("15012024", Form.SLASHES),
    ("15JAN24", Form.SHORT_YEAR), ("01/15/24", Form.SHORT_YEAR), ("15.01.24", Form.SHORT_YEAR),
    ("24-01-15", Form.SHORT_YEAR), ("45306", Form.SERIAL), ("23390", Form.SERIAL), ("45306.5", Form.SERIAL),
    ("2021311000", Form.SERIAL),
]  # fmt: skip
NEVER = [
    "NE", "soon", "2024-02-30", "30FEB2024", "32.01.2024", "01.15.2024", "0024-03-01", "15JAN0024", "2024-13-01",
    "13/13/2024", "15 JAN", "JAN 15", "12", "7", "15JANUNE2024", "JAN JAN 2024", "15 JAN 2024 JAN", "2024-01-15?",
    "15*01*2024", "1/2/3", "123/1/2024", "2024/UN/UN/UN", "15JAN20245", "\u0661\u0662.01.2024", "99999999",
    "13/2024", "0024-UN", "2024---32", "0024-02-UN", "UNK/0024", "UN-15", "UN/200/2024",
    "JAN", "--02-45", "2024 15 JAN", "UN-15-24",
]  # fmt: skip


def iso(day):
    """A day as ISO 8601, "" for NaN."""
    return "" if day != day else str(np.datetime64(int(day), "D"))


@pytest.mark.parametrize("word", FULL)
def test_certain_dates_are_read(word):
    """Each form means 15 January 2024, alone and in a column of a CRF, and needs no order."""
    found = read_all([word])
    assert [iso(found.earliest[0]), iso(found.latest[0])] == [DAY, DAY]
    assert read(word) == DateStatus.FULL
    for order in ("", "DMY", "MDY", "YMD"):
        dates = crf.parse_dates(Column.of_text([word, ""]), order=order)
        assert crf.iso(dates.day).tolist() == [DAY, ""]
    decision = decide({"lesions.date": [word, "NA"]})["lesions.date"]
    converted = () if found.form[0] == Form.ISO else (0,)
    assert decision == DateDecision(converted=converted)


@pytest.mark.parametrize(("word", "first", "last"), PARTIAL)
def test_partial_dates_are_intervals(word, first, last):
    """A date with a part that is not known has the first and the last day it allows, and no day."""
    dates = crf.parse_dates(Column.of_text([word]))
    assert dates.status.tolist() == [DateStatus.PARTIAL]
    assert [iso(d) for d in (dates.day[0], dates.earliest[0], dates.latest[0])] == ["", first, last]
    assert decide({"a.b": [word]})["a.b"].partial == (0,)


@pytest.mark.parametrize(("word", "form"), OPEN)
def test_what_a_column_decides_is_not_read_alone(word, form):
    """Slashes, two-digit years and serial numbers are invalid until something decides."""
    found = read_all([word])
    assert (found.status[0], found.form[0]) == (DateStatus.INVALID, form)
    assert is_date(word) == (form != Form.SERIAL and not word.isdigit())


@pytest.mark.parametrize("word", NEVER)
def test_what_is_no_date_is_never_read(word):
    """Impossible dates and other words are invalid under every order."""
    for order in ("", "DMY", "MDY", "YMD"):
        assert read(word, order) == DateStatus.INVALID
    assert decide({"a.b": [word]})["a.b"] == DateDecision(unreadable=(0,))


@pytest.mark.parametrize(
    ("word", "order", "day"),
    [("01/02/2024", "DMY", "2024-02-01"), ("01/02/2024", "MDY", "2024-01-02"), ("15/01/2024", "MDY", ""),
     ("1/15/2024 10:30 AM", "MDY", DAY), ("15012024", "DMY", DAY), ("01152024", "MDY", DAY), ("15-01-2024", "DMY", DAY),
     ("15JAN24", "MDY", DAY), ("15.01.24", "DMY", DAY), ("15.01.24", "MDY", DAY), ("24-01-15", "YMD", DAY),
     ("01/02/49", "DMY", "2049-02-01"), ("01/02/50", "DMY", "1950-02-01"), ("45306", "excel", DAY),
     ("45306.99", "excel", DAY),
     ("61", "excel", ""), ("18264", "excel", "1950-01-01"), ("23390", "sas", DAY), ("-3653", "sas", "1949-12-31"),
     ("2020900000", "sas", DAY), ("2020900000", "excel", ""), ("2024", "sas", "1965-07-17"), (DAY, "sas", DAY),
     ("15JAN2024", "excel", DAY), ("20240115", "excel", DAY)],
)  # fmt: skip
def test_what_was_decided_is_read(word, order, day):
    """An order reads what it fits; Excel counts from 1899-12-30, SAS from 1960-01-01, in days or, from
    the size of the number, in seconds; two-digit years are 1950 to 2049.
    """
    assert crf.iso(crf.parse_dates(Column.of_text([word]), order=order).day).tolist() == [day]


def test_one_order_that_fits_decides():
    """A cell that only one order fits decides its column; the note names it."""
    for words, order, note in (
        (["01/02/2024", "15/01/2024"], "DMY", "day first: 15/01/2024 fits no other order"),
        (
            ["01-02-2024", "01-15-2024", "2024-03-01"],
            "MDY",
            "month first: 01-15-2024 fits no other order",
        ),
    ):
        decision = decide({"lesions.date": words})["lesions.date"]
        assert (decision.order, decision.note, decision.refusal) == (order, note, "")
        assert decision.certain
        assert decision.converted == (0, 1)


def test_a_cell_that_no_order_fits_decides_nothing():
    """32/13/2024 is unreadable, and the rest of the column decides."""
    decision = decide({"a.b": ["32/13/2024", "15/01/2024"]})["a.b"]
    assert (decision.order, decision.unreadable) == ("DMY", (0,))


def test_both_orders_fit_is_refused_with_the_option():
    """The sentence names the column, both readings and the option."""
    decision = decide({"lesions.date": ["01/02/2024"]})["lesions.date"]
    assert decision.refusal == (
        "lesions.date: 01/02/2024 may be 2024-02-01 (day first) or 2024-01-02 (month first), and no "
        'other date of the study decides. Pass dates="DMY" or "MDY" (--dates DMY).'
    )
    assert not decision.certain
    assert decision.unreadable == (0,)


def test_dates_that_are_the_same_in_both_orders_need_no_decision():
    """05/05/2024 is the fifth of May in every order."""
    decision = decide({"a.b": ["05/05/2024"]})["a.b"]
    assert (decision.refusal, decision.order) == ("", "DMY")
    assert decision.note == "both orders give one date for 05/05/2024"


def test_no_order_fits_all_is_refused():
    """A column with both orders is refused, naming a cell of each."""
    refusal = decide({"a.b": ["15/01/2024", "01/15/2024"]})["a.b"].refusal
    assert refusal.startswith(
        "a.b: 15/01/2024 fits the order day, month, year alone, and 01/15/2024 month"
    )


def test_the_study_decides_a_column_of_the_same_family():
    """Another column with slashes decides one that both orders fit; one with dashes, or with a
    month by its name, does not, nor two that disagree.
    """
    open_ = {"subjects.death": ["01/02/2024"]}
    found = decide(open_ | {"lesions.date": ["15/01/2024"]})["subjects.death"]
    assert found.order == "DMY"
    assert found.note == "day first, as in lesions.date (15/01/2024): both orders fit 01/02/2024"
    for other in (["15-01-2024"], ["15JAN2024"], ["15.01.2024"]):
        assert decide(open_ | {"lesions.date": other})["subjects.death"].refusal
    two = {"a.x": ["15/01/2024"], "b.x": ["01/15/2024"]}
    refusal = decide(open_ | two)["subjects.death"].refusal
    assert "the other columns of the study disagree" in refusal


def test_serial_numbers_are_refused_with_their_dates():
    """The sentence says which origin would give which date; said, they are read."""
    refusal = decide({"lesions.date": ["45306", DAY]})["lesions.date"].refusal
    assert refusal == (
        "lesions.date holds bare numbers such as 45306: 2024-01-15 if counted from 1899-12-30 "
        '(Excel) or 2084-01-16 if counted from 1960-01-01 (SAS). Pass dates="excel" or "sas" '
        "(--dates excel)."
    )
    decision = decide({"lesions.date": ["45306", DAY]}, "excel")["lesions.date"]
    assert (decision.order, decision.converted) == ("excel", (0,))
    assert decision.note == "days from 1899-12-30, as Excel counts, as said"
    assert list(serial_days("2020900000")) == ["sas"]
    assert serial_days("soon") == {}


def test_two_digit_years_are_refused_unless_set():
    """The century is not known; a birth's never is."""
    words = {"lesions.date": ["15JAN24"], "subjects.birth": ["15JAN24"]}
    assert "years of two digits, such as 15JAN24" in decide(words)["lesions.date"].refusal
    said = decide(words, "DMY")
    assert said["lesions.date"].note == "day first, years of two digits as 1950 to 2049, as said"
    assert "the century of a birth is not known" in said["subjects.birth"].refusal


def test_what_the_user_says_comes_first():
    """By table and column, by column, or for all; another word, and another column, are refused."""
    columns = {"lesions.date": ["15/01/2024", "01/02/2024"], "subjects.death": ["01/02/2024"]}
    for said in ("mdy", {"lesions.date": "MDY", "death": "DMY"}):
        found = decide(columns, said)
        assert found["lesions.date"].order == "MDY"
        assert found["lesions.date"].unreadable == (0,)
    assert found["subjects.death"].order == "DMY"
    with pytest.raises(InputError, match=r"`dates` must be one of 'DMY'.*Did you mean 'YMD'"):
        decide(columns, "DYM")
    with pytest.raises(
        InputError, match=r"`dates` names no column of dates: 'deth'. Did you mean 'death'"
    ):
        decide(columns, {"deth": "DMY"})
    assert decide({}, None) == {}
    assert decide(columns, {"death": "DMY"})["lesions.date"].note.endswith("fits no other order")


DATES = st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31))
FORMATS = ["%Y-%m-%d", "%d%b%Y", "%d-%b-%Y", "%B %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%d%b%Y:%H:%M:%S"]
ORDERED = {
    "DMY": ["%d/%m/%Y", "%d-%m-%y", "%d%b%y", "%d%m%Y"],
    "MDY": ["%m/%d/%Y", "%m/%d/%y %I:%M %p"],
}


@given(st.lists(st.tuples(DATES, st.sampled_from(FORMATS)), min_size=1))
def test_every_date_in_every_form(cells):
    """A date written in a certain form is that date, cell by cell."""
    words = [d.strftime(f) for d, f in cells]
    days = crf.parse_dates(Column.of_text(words)).day
    assert crf.iso(days).tolist() == [d.isoformat() for d, _ in cells]


@given(st.sampled_from([(o, f) for o, fs in ORDERED.items() for f in fs]), DATES)
def test_every_date_in_a_decided_form(how, date):
    """A date written in a form that was decided is that date."""
    order, form = how
    found = crf.parse_dates(Column.of_text([date.strftime(form)]), order=order)
    assert crf.iso(found.day).tolist() == [date.isoformat()]


@given(st.lists(DATES, min_size=1, max_size=20), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_a_decision_is_never_wrong(dates, form):
    """A column written in one order is read as it was written, or refused; never as another date."""
    words = sorted({d.strftime(form) for d in dates})
    decision = decide({"a.b": words})["a.b"]
    if decision.refusal:
        assert all(d.day <= 12 for d in dates)
        return
    read_ = read_all(words, decision.order).earliest
    wanted = [datetime.datetime.strptime(w, form).date().isoformat() for w in words]
    assert [iso(d) for d in read_] == wanted


@given(st.lists(st.text(max_size=25), max_size=9))
def test_any_words_are_decided(words):
    """No words make the decision fail; every place is read, partial, missing or unreadable."""
    decision = decide({"a.b": words})["a.b"]
    assert set(decision.unreadable).isdisjoint((*decision.converted, *decision.partial))


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # that an order was decided is said
def test_orders_travel_with_a_table():
    """A table reads its dates by the order decided for the column, also after `take`, and domains
    give theirs to the tables made from them.
    """
    import attrs

    from nettumor.crf.sdtm import as_domain

    rows = {
        "subject": ["1"] * 2,
        "lesion": ["T"] * 2,
        "role": ["T"] * 2,
        "date": ["01/02/2024", "15/01/2024"],
        "size": [20, 21],
    }
    table = attrs.evolve(crf.read({"lesions": rows})["lesions"], date_orders={"date": "DMY"})
    for part in (table, table.take(np.array([0, 1]))):
        assert crf.iso(part.when().day).tolist() == ["2024-02-01", "2024-01-15"]
        assert crf.iso(part.dates("date").day).tolist() == ["2024-02-01", "2024-01-15"]
        cells, column = part.when_cells()
        assert crf.iso(cells.day[column.codes]).tolist() == ["2024-02-01", "2024-01-15"]
    domain = as_domain(attrs.evolve(table, name="TR"), "TR")
    assert domain.date_orders == {"DATE": "DMY"}


@pytest.mark.parametrize("order", ["", *ORDERS])
def test_whole_days_are_read_as_their_words(order):
    """Days that came as dates, and are read without their words, are what these say: full from 1900
    to 2199, no date outside, blank where there is none.
    """
    days = np.array([-25568, -25567, 0, 19737, 84005, 84006, 3e6, -8e5, np.nan])
    known = ~np.isnan(days)
    words = np.where(known, np.datetime_as_string(np.nan_to_num(days).astype("M8[D]")), "")
    for found, wanted in zip(of_days(days), read_all(words.tolist(), order), strict=True):
        np.testing.assert_array_equal(found, wanted)
    column = Column.of_days(np.nan_to_num(days).astype(np.int64), known)
    own = read_all(column.words.tolist(), order)
    for found, wanted in zip(column.take([0, 8]).date_words(order), own, strict=True):
        np.testing.assert_array_equal(found, wanted)
        assert not found.flags.writeable


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("20240115.0", "2024-01-15", "2024-01-15"),
        ("20240115.00", "2024-01-15", "2024-01-15"),
        ("UN.03.2024", "2024-03-01", "2024-03-31"),
        ("Mon Jan 15 00:00:00 CET 2024", "2024-01-15", "2024-01-15"),
    ],
)
def test_dates_as_other_programs_write_them(word, first, last):
    """A number of eight digits that pandas made a float, a day left out before its month, a clock
    inside a date.
    """
    read = read_all([word], "")
    ends = np.array([first, last], dtype="datetime64[D]").astype(float)
    assert (read.earliest[0], read.latest[0]) == tuple(ends)


@pytest.mark.parametrize(
    ("number", "said"),
    [("19732", "2024-01-10"), ("1704844800", "2024-01-10"), ("45301", "")],
)
def test_a_refusal_of_bare_numbers_says_what_unix_means(number, said):
    """Days and seconds from 1970 (R, Unix) have no option of their own: the date is to be written."""
    refusal = decide({"lesions.date": [number]})["lesions.date"].refusal
    assert ("Counted from 1970-01-01" in refusal) == bool(said)
    assert said in refusal
