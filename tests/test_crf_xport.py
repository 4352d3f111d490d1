"""SAS files: XPORT of versions 5 and 8 by NumPy against pyreadstat, sas7bdat through it, broken files
refused.
"""

import datetime
import math
import sys

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nettumor import crf
from nettumor.crf import sas7bdat as sas7bdat_module
from nettumor.crf import xport as xport_module
from nettumor.crf.files import read_file
from nettumor.crf.limits import Limits
from nettumor.crf.sas_numbers import sas_date_column, shortest_decimals
from nettumor.crf.tables import Source
from nettumor.crf.xport import ibm_to_float, read_xport
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Files of odd cells: what the intake says of them is tested in test_door.py."""

FRAME = pd.DataFrame({
    "USUBJID": ["01", "02 ", "", "Zoë"],
    "TRLNKID": ["T1", "T1", "T2", "T1"],
    "TRTESTCD": ["LDIAM"] * 4,
    "TRSTRESN": [0.0, 12.5, np.nan, -3.1],
    "VISITNUM": [1.0, 1.1, 2.0, 1e-20],
})  # fmt: skip


def xport(tmp_path, frame=FRAME, version=5, name="TR", **options):
    """A file written by ReadStat."""
    path = tmp_path / f"{name.lower()}.xpt"
    pyreadstat.write_xport(frame, path, file_format_version=version, table_name=name, **options)
    return path


@pytest.mark.parametrize("version", [5, 8])
def test_zero_stays_zero_and_missing_stays_missing(tmp_path, version):
    """Written by ReadStat: 0 is 0 (pandas gives 5.4e-79), missing is NaN, fractions and signs are
    exact.
    """
    (table,) = read_file(xport(tmp_path, version=version))
    np.testing.assert_array_equal(table["TRSTRESN"], FRAME["TRSTRESN"])
    np.testing.assert_allclose(table["VISITNUM"], FRAME["VISITNUM"], rtol=1e-15)
    assert not table.numbers("TRSTRESN").misread_zero.any()
    assert table.name == "TR"
    assert table.source.kind == "xport"


@pytest.mark.parametrize("version", [5, 8])
def test_text_loses_its_padding_and_keeps_its_letters(tmp_path, version):
    """Blanks at the end are padding; empty text is blank; UTF-8 is read as UTF-8."""
    (table,) = read_file(xport(tmp_path, version=version))
    assert table["USUBJID"].tolist() == ["01", "02", "", "Zoë"]
    assert table.blank("USUBJID").tolist() == [False, False, True, False]


def test_latin_1_text_is_read(tmp_path):
    """Bytes that are not UTF-8 are Latin-1, as SAS sessions in Western Europe write them."""
    path = xport(tmp_path, pd.DataFrame({"ARM": ["Zo~"]}))
    path.write_bytes(path.read_bytes().replace(b"Zo~", b"Zo\xeb"))
    assert read_file(path)[0]["ARM"].tolist() == ["Zoë"]


def test_a_frame_read_by_pandas_shows_zeros_misread(tmp_path):
    """A frame from pandas.read_sas holds 5.4e-79 for 0: it is read as 0 and marked."""
    frame = pd.read_sas(xport(tmp_path), encoding="utf-8")
    lesions = crf.read({"tr": frame})["lesions"]
    numbers = lesions.numbers("size")
    assert numbers.value[0] == 0.0
    assert lesions.lesions.measure("size").value[0] == 0.0


@pytest.mark.parametrize("version", [5, 8])
def test_sas_dates_become_iso_text(tmp_path, version):
    """Numbers with a SAS date or datetime format count from 1960-01-01."""
    frame = pd.DataFrame(
        {
            "RFSTDT": [datetime.date(2024, 3, 1), datetime.date(1959, 12, 31)],
            "RFSTDTM": [datetime.datetime(2024, 3, 1, 10, 30), datetime.datetime(1960, 1, 1)],
        }
    )
    (table,) = read_file(xport(tmp_path, frame, version))
    assert table["RFSTDT"].tolist() == ["2024-03-01", "1959-12-31"]
    assert table["RFSTDTM"].tolist() == ["2024-03-01T10:30:00", "1960-01-01"]


def test_all_missing_letters():
    """Bytes . A-Z and _ with an empty mantissa are missing, with their letter; plain missing has
    none of its own.
    """
    first = np.frombuffer(b".ABZ_", dtype=np.uint8)
    raw = np.zeros((6, 8), np.uint8)
    raw[:5, 0] = first
    raw[5] = [0x41, 0x10, 0, 0, 0, 0, 0, 0]
    values, letters = ibm_to_float(raw)
    np.testing.assert_array_equal(values, [np.nan] * 5 + [1.0])
    assert letters.tolist() == [".", ".A", ".B", ".Z", "._", ""]
    assert ibm_to_float(raw[[0, 5]])[1] is None


def test_missing_letters_reach_the_cells(tmp_path):
    """.A in a file is a blank cell whose text still says .A; blank for numbers, states and
    dates.
    """
    path = xport(tmp_path, pd.DataFrame({"TRSTRESN": [123.0, 7.0], "DTHDY": [123.0, 4.0]}))
    whole = path.read_bytes()
    number = bytes([0x42, 0x7B]) + bytes(6)  # 123 as an IBM number
    assert whole.count(number) == 2
    path.write_bytes(whole.replace(number, b"A" + bytes(7)))
    (table,) = read_file(path)
    np.testing.assert_array_equal(table["TRSTRESN"], [np.nan, 7.0])
    assert table.text("TRSTRESN").tolist() == [".A", "7"]
    assert table.blank("TRSTRESN").tolist() == [True, False]
    assert table.numbers("TRSTRESN").blank.tolist() == [True, False]


def ibm_bytes(value):
    """One number as IBM hexadecimal floating point, by arithmetic in integers: the slow way."""
    if value == 0:
        return bytes(8)
    mantissa, exponent = math.frexp(abs(value))
    while exponent % 4:
        mantissa, exponent = mantissa / 2, exponent + 1
    whole = int(mantissa * 2**56)
    return bytes([(0x80 if value < 0 else 0) | (exponent // 4 + 64)]) + whole.to_bytes(7, "big")


@given(
    st.lists(
        st.floats(-1e70, 1e70).filter(lambda v: v == 0 or abs(v) > 1e-70), min_size=1, max_size=20
    )
)
def test_ibm_numbers_are_exact(values):
    """Every double within the range of IBM numbers survives writing and reading without a
    change.
    """
    raw = np.frombuffer(b"".join(map(ibm_bytes, values)), np.uint8).reshape(-1, 8)
    assert ibm_to_float(raw)[0].tolist() == values


@pytest.mark.parametrize("length", range(2, 9))
def test_short_numbers_are_filled_with_zeros(length):
    """A variable of 2 to 8 bytes holds the leading bytes of a number: 100 needs two."""
    raw = np.frombuffer(ibm_bytes(100.0)[:length], np.uint8).reshape(1, length)
    assert ibm_to_float(raw)[0].tolist() == [100.0]


@given(st.data())
@settings(max_examples=25)
def test_equal_to_readstat(tmp_path_factory, data):
    """Random tables written by ReadStat are read as ReadStat reads them."""
    n = data.draw(st.integers(1, 30))
    words = st.text("abcXYZ 019", max_size=9).map(str.rstrip)
    frame = pd.DataFrame(
        {
            "TEXT": data.draw(st.lists(words, min_size=n, max_size=n)),
            "LONGER": data.draw(st.lists(words, min_size=n, max_size=n)),
            "NUMBER": data.draw(
                st.lists(st.floats(-1e9, 1e9) | st.just(np.nan), min_size=n, max_size=n)
            ),
            "LAST": np.arange(n, dtype=float),
        }
    )
    path = xport(tmp_path_factory.mktemp("xpt"), frame)
    expected, _ = pyreadstat.read_xport(path)
    (table,) = read_file(path)
    assert table["TEXT"].tolist() == expected["TEXT"].tolist()
    assert table["LONGER"].tolist() == expected["LONGER"].tolist()
    np.testing.assert_array_equal(table["NUMBER"], expected["NUMBER"])
    np.testing.assert_array_equal(table["LAST"], expected["LAST"])


def test_several_data_sets_in_one_file(tmp_path):
    """A library of two members gives two tables, each named as its member."""
    one = xport(tmp_path, FRAME, name="TR").read_bytes()
    two = xport(tmp_path, pd.DataFrame({"USUBJID": ["01"], "AGE": [61.0]}), name="DM").read_bytes()
    both = tmp_path / "both.xpt"
    both.write_bytes(one + two[240:])  # a library header is three records
    tables = read_file(both)
    assert [t.name for t in tables] == ["TR", "DM"]
    assert tables[1]["AGE"].tolist() == [61.0]
    assert len(tables[0]["USUBJID"]) == 4


def test_a_file_without_observations(tmp_path):
    """A data set without rows is an empty table with its columns."""
    (table,) = read_file(xport(tmp_path, FRAME.iloc[:0].astype({"TRSTRESN": float})))
    assert list(table) == list(FRAME)
    assert table.n_rows == 0


BROKEN = [
    (lambda b: b"", "it does not start with a LIBRARY header record"),
    (lambda b: b"PK\x03\x04" + b, "it does not start with a LIBRARY header record"),
    (lambda b: b[:240], "it has no MEMBER header record"),
    (lambda b: b[:700], "its variables are cut off"),
    (lambda b: b[:-85], "its last observation is cut off"),
    (lambda b: b.replace(b"OBS     HEADER", b"OBX     HEADER"), "it has no OBS header record"),
    (lambda b: b.replace(b"NAMESTR HEADER", b"NAMEXXX HEADER"), "it has no NAMESTR header record"),
    (lambda b: b.replace(b"TRTESTCD", b"USUBJID "), "two of its variables have one name"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_broken_files_are_refused_with_the_reason(tmp_path, change, message):
    """Each way of being cut or changed has its reason and the same repair."""
    path = xport(tmp_path)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(
        InputError, match=f"`tr.xpt` is not a readable XPORT file: {message}.*version = 5"
    ):
        read_file(path)


def test_a_variable_that_is_described_wrongly(tmp_path):
    """A type that is neither number nor text, or a length of 0, is refused."""
    data = bytearray(xport(tmp_path).read_bytes())
    data[640:642] = b"\x00\x07"  # the type of the first variable
    with pytest.raises(InputError, match="is not described as SAS does"):
        read_xport(bytes(data), Source("tr.xpt", "xport"))


LONG = "a_name_of_more_than_eight_letters"[:32]


def version_8(tmp_path):
    """Two observations of version 8 with long names and a long label, and the frame."""
    frame = pd.DataFrame({"USUBJID": ["01", "02"], LONG: [1.5, np.nan]})
    path = xport(tmp_path, frame, 8, "A_LONG_NAME_OF_A_TABLE", column_labels=["", "L" * 60])
    return path.rename(tmp_path / "long.xpt"), frame


def test_version_8_has_long_names_and_needs_nothing(tmp_path, monkeypatch):
    """Names of up to 32 letters, labels between the variables and the observations; no pyreadstat."""
    path, frame = version_8(tmp_path)
    expected = pyreadstat.read_xport(path)[0]
    assert list(expected) == list(frame)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    (table,) = read_file(path)
    assert table.name == "A_LONG_NAME_OF_A_TABLE"
    assert table["USUBJID"].tolist() == expected["USUBJID"].tolist()
    np.testing.assert_array_equal(table[LONG], expected[LONG])


def count_of(path):
    """The observations that a file of version 8 states; the oldest pyreadstat states none."""
    whole = path.read_bytes()
    place = whole.index(b"OBSV8") + 28
    stated = whole[place : place + 15]
    if stated == b"0" * 15:
        pytest.skip("this pyreadstat writes no number of observations")
    return stated


def test_version_8_keeps_letters_of_missing_numbers_and_blank_rows(tmp_path):
    """.A is a blank cell that says .A; a last row of blanks is a row where the file counts it."""
    frame = pd.DataFrame({"SUBJECT": ["01", ""], "SIZE": [123.0, 7.0]})
    path = xport(tmp_path, frame, 8)
    whole = path.read_bytes().replace(bytes([0x42, 0x7B]) + bytes(6), b"A" + bytes(7))
    path.write_bytes(whole)
    assert read_file(path)[0].text("SIZE").tolist() == [".A", "7"]
    path = xport(tmp_path, frame[["SUBJECT"]], 8)
    assert count_of(path) == b"              2"
    assert read_file(path)[0]["SUBJECT"].tolist() == ["01", ""]


def test_version_8_holds_as_many_observations_as_it_states(tmp_path):
    """One that is cut off, or states more or fewer, is refused; one that states none is counted."""
    path, _ = version_8(tmp_path)
    whole = path.read_bytes()
    place = whole.index(b"OBSV8") + 28
    assert count_of(path) == b"              2"

    def stating(text):
        path.write_bytes(whole[:place] + text.rjust(15) + whole[place + 15 :])
        return path

    assert read_file(stating(b""))[0].n_rows == read_file(stating(b"0" * 15))[0].n_rows == 2
    for wrong in (b"1", b"40"):
        with pytest.raises(InputError, match=rf"it states {int(wrong)} observations and holds \d"):
            read_file(stating(wrong))
    with pytest.raises(InputError, match="the number of its observations is not a number"):
        read_file(stating(b"two"))
    path.write_bytes(whole[:500])
    with pytest.raises(
        InputError, match=r"`long.xpt` is not a readable XPORT file: it has no NAME"
    ):
        read_file(path)


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"columns": 4}, "at most 4 columns; got 5 columns"),
        ({"rows": 3}, "at most 3 rows; got 4 rows"),
        ({"cells": 19}, "at most 19 cells; got 20 cells"),
        ({"letters": 4}, r"`tr.xpt column TRTESTCD` must have at most 4 letters; got 5 in a cell"),
    ],
)
def test_limits_are_held_against_the_headers(tmp_path, monkeypatch, version, limits, message):
    """What is too large is refused before a column is made."""
    path = xport(tmp_path, version=version)
    monkeypatch.setattr(xport_module, "_column", lambda *_: pytest.fail("a column was made"))
    with pytest.raises(InputError, match=message):
        read_file(path, limits=Limits(**limits))


def test_variables_lie_side_by_side(tmp_path):
    """Two that overlap, with a gap elsewhere that makes up for it, are refused."""
    path = xport(tmp_path, pd.DataFrame({"A": [1.0], "B": [2.0], "C": [3.0]}))
    whole = bytearray(path.read_bytes())
    starts = whole.index(b"NAMESTR") - 20 + 80
    whole[starts + 140 + 84 : starts + 140 + 88] = (0).to_bytes(4, "big")
    path.write_bytes(bytes(whole))
    with pytest.raises(InputError, match="its variables do not lie side by side"):
        read_file(path)


def test_a_file_that_is_no_sas7bdat(tmp_path):
    """Text in a .sas7bdat file is an input error."""
    path = tmp_path / "tr.sas7bdat"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match=r"`tr.sas7bdat` is not a readable sas7bdat file"):
        read_file(path)


DAY, SECOND = 23436, 23436 * 86400 + 3661
"""1 March 2024, and on it one minute and one second past one."""
FORMATS = [
    *((f, DAY, "2024-03-01") for f in (
        "DATE9.", "DATE", "DATE7.", "E8601DA10.", "B8601DA8.", "IS8601DA10.", "YYMMDD10.", "YYMMDDN8.",
        "MMDDYY10.", "DDMMYY10.", "DDMMYYP10.", "DDMMYYB8.", "WORDDATE18.", "WORDDATX18.", "WEEKDATE29.",
        "WEEKDATX29.", "JULIAN7.", "NLDATE20.", "NLDATEL.", "NLDATES10.", "NLDATEW20.", "EURDFDD10.",
        "EURDFWKX28.", "HDATE17.", "WEEKV11.", "date9.")),
    *((f, DAY, "2024-03") for f in ("MONYY7.", "MONYY5.", "YYMM7.", "YYMMD7.", "YYMON7.", "MMYYS7.", "NLDATEYM.")),
    *((f, DAY, "2024") for f in ("YEAR4.", "YYQ6.", "YYQR8.", "YYQC6.")),
    *((f, SECOND, "2024-03-01T01:01:01") for f in (
        "DATETIME22.3", "DATETIME20.", "DATETIME", "E8601DT26.3", "E8601DT", "B8601DT15.", "E8601DZ20.",
        "E8601DX25.", "DATEAMPM22.", "NLDATM30.", "NLDATMAP.", "MDYAMPM25.2")),
    *((f, SECOND, "2024-03-01") for f in ("DTDATE9.", "E8601DN10.", "B8601DN8.", "IS8601DN10.", "DTWKDATX29.")),
    *((f, SECOND, "2024-03") for f in ("DTMONYY7.", "NLDATMYM.")),
    *((f, SECOND, "2024") for f in ("DTYEAR4.", "DTYYQC6.")),
    ("DATE9", 0, "1960-01-01"), ("E8601DT", 3661, "1960-01-01T01:01:01"), ("YYMMDD", -1, "1959-12-31"),
    ("DATETIME22.3", SECOND + 0.999, "2024-03-01T01:01:01"), ("DATETIME22.3", -0.5, "1959-12-31T23:59:59"),
    ("DATETIME20", 86400, "1960-01-02"), ("DATE9", 1e9, "1000000000"), ("MONYY7.", -1e7, "-10000000"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "number", "text"), FORMATS)
def test_sas_date_formats(name, number, text):
    """Date formats count days and datetime formats seconds, with decimals or without; those that
    show a month or a year are partial dates; a number beyond any date stays one.
    """
    assert sas_date_column(np.array([number, np.nan]), name).text.tolist() == [text, ""]


OTHERS = [
    "",
    "8",
    "BEST12.",
    "COMMA8.",
    "MONNAME3.",
    "TIME8.",
    "TOD",
    "E8601TM8.",
    "HHMM5.",
    "MYDATE.",
]


@pytest.mark.parametrize("name", OTHERS)
def test_other_sas_formats_stay_numbers(name):
    """A format that is no date leaves numbers as they are."""
    assert sas_date_column(np.array([1.0]), name) is None


@pytest.mark.parametrize("version", [5, 8])
def test_formats_of_dates_reach_the_columns(tmp_path, version):
    """Whoever reads the file, a format with decimals or one of the rarer is read; one that looks
    like a date and is not known is said, with its column.
    """
    frame = pd.DataFrame(
        {"RFSTDT": [SECOND * 1.0], "RFEN": [DAY * 1.0], "DTH": [DAY * 1.0], "T": [60.0]}
    )
    formats = {"RFSTDT": "DATETIME22.3", "RFEN": "MONYY7", "DTH": "MYDATE9", "T": "TIME8"}
    (table,) = read_file(xport(tmp_path, frame, version, variable_format=formats))
    assert table["RFSTDT"].tolist() == ["2024-03-01T01:01:01"]
    assert table["RFEN"].tolist() == ["2024-03"]
    assert table["DTH"].tolist() == [DAY]
    (note,) = table.notes
    assert (note.kind, note.place, note.status) == ("date", "tr.xpt column DTH", "ambiguous")
    assert note.found.startswith("MYDATE")


def cut(values, length, *, ibm):
    """Numbers as SAS stores them in so many bytes: the last bytes of 8 are left out."""
    if not ibm:
        whole = np.array(values, ">f8").view(np.uint8).reshape(-1, 8).copy()
        whole[:, length:] = 0
        return whole.view(">f8").ravel().astype(float)
    return ibm_to_float(to_ibm(values)[:, :length])[0]


def to_ibm(values):
    """IBM hexadecimal floating point numbers of 8 bytes, one by one with whole numbers."""
    rows = []
    for value in values:
        if value == 0:
            rows.append([0] * 8)
            continue
        exponent, size = 64, abs(value)
        while size >= 1:
            size, exponent = size / 16, exponent + 1
        while size < 1 / 16:
            size, exponent = size * 16, exponent - 1
        rows.append([exponent | (128 if value < 0 else 0), *int(size * 2**56).to_bytes(7, "big")])
    return np.array(rows, np.uint8)


@pytest.mark.parametrize("ibm", [False, True])
@pytest.mark.parametrize("length", [3, 4, 5, 6, 7])
def test_short_numbers_are_the_decimals_that_were_stored(length, ibm):
    """Every size of three digits is itself again from LENGTH 3 on, one of six from LENGTH 4 on."""
    places = 1 if length == 3 else 3
    top = 4000 if length == 3 else 500_000
    sizes = np.arange(-50, top, 1 if length == 3 else 7) / 10**places
    stored = cut(sizes, length, ibm=ibm)
    assert (stored != sizes).any()
    np.testing.assert_array_equal(shortest_decimals(stored, length, ibm=ibm), sizes)


def test_numbers_cut_by_ieee_and_written_as_ibm():
    """What SAS under Unix or Windows has cut in IEEE 754 is in XPORT cut no further."""
    sizes = np.array([50.31, 33.0, 23.1, 70.77])
    stored = cut(cut(sizes, 4, ibm=False), 4, ibm=True)
    np.testing.assert_array_equal(shortest_decimals(stored, 4, ibm=True), sizes)
    np.testing.assert_array_equal(
        shortest_decimals(cut([50.31], 3, ibm=False), 3, ibm=True), [50.31]
    )


def test_whole_and_missing_numbers_stay():
    """Whole numbers, also those that fewer bytes cannot tell apart, 0, infinity and NaN."""
    values = np.array([0.0, 3.0, -8191.0, 16388.0, np.nan, np.inf])
    np.testing.assert_array_equal(shortest_decimals(values, 3), values)
    np.testing.assert_array_equal(shortest_decimals(np.array([23.09765625]), 8), [23.09765625])
    assert shortest_decimals(np.array([1e-30]), 5).tolist() == [1e-30]


def short_xport(sizes, length):
    """An XPORT file with a numeric variable of a LENGTH below 8."""
    stamp = b"01JAN24:00:00:00"
    namestr = (
        (1).to_bytes(2, "big") + bytes(2) + length.to_bytes(2, "big") + (1).to_bytes(2, "big")
        + b"SIZE    " + b" " * 40 + b" " * 8 + bytes(4) + bytes(4) + b" " * 8 + bytes(4)
        + (0).to_bytes(4, "big") + bytes(52)
    )  # fmt: skip
    head = b"HEADER RECORD*******%-8sHEADER RECORD!!!!!!!%-30s  "
    rows = to_ibm(sizes)[:, :length].tobytes()
    records = [
        head % (b"LIBRARY", b"0" * 30), b"SAS     SAS     SASLIB  9.4     Linux".ljust(64) + stamp,
        stamp.ljust(80), head % (b"MEMBER", b"0" * 17 + b"1600000000140"),
        head % (b"DSCRPTR", b"0" * 30), b"SAS     LESIONS SASDATA 9.4     Linux".ljust(64) + stamp,
        stamp.ljust(80), head % (b"NAMESTR", b"000000000100000000000000000000"),
        namestr.ljust(160), head % (b"OBS", b"0" * 30), rows.ljust(-(-len(rows) // 80) * 80),
    ]  # fmt: skip
    return b"".join(records)


def test_short_numbers_of_an_xport_file(tmp_path):
    """33 and 23.1 mm of LENGTH 4 are 33 and 23.1 mm, as pyreadstat finds the file too."""
    path = tmp_path / "lesions.xpt"
    path.write_bytes(short_xport([33.0, 23.1, 0.7], 4))
    (table,) = read_file(path)
    assert table["SIZE"].tolist() == [33.0, 23.1, 0.7]
    frame, about = pyreadstat.read_xport(path)
    assert about.variable_storage_width == {"SIZE": 4}
    assert 0 < 23.1 - frame["SIZE"][1] < 1e-4


def sas7bdat(pages=2, kept=2, *, wide=True, little=True):
    """A header of SAS, stating so many pages of 1,024 bytes, and so many pages of nothing."""
    head = bytearray(1024)
    head[12:32] = bytes.fromhex("C2EA8160B31411CFBD92080009C7318C181F1011")
    head[32] = head[35] = 0x33 if wide else 0x22
    head[37] = int(little)
    place, order = 200 if wide else 196, "little" if little else "big"
    for value, length in ((1024, 4), (1024, 4), (pages, 8 if wide else 4)):
        head[place : place + length] = value.to_bytes(length, order)
        place += length
    return bytes(head) + bytes(1024 * kept)


def test_a_sas7bdat_file_is_read_apart(tmp_path, monkeypatch):
    """In a process of its own; the widths that pyreadstat reports count."""
    path = tmp_path / "lesions.sas7bdat"
    path.write_bytes(sas7bdat())
    asked = []

    def instead(program, data, *_, **__):
        asked.append(data)
        return {
            "values": {"SIZE": np.array([33.0, 23.09765625])},
            "formats": {"SIZE": "BEST12."},
            "widths": {"SIZE": 3},
            "name": "LESIONS",
        }

    monkeypatch.setattr(sas7bdat_module, "read_apart", instead)
    (table,) = read_file(path)
    assert (table.name, table["SIZE"].tolist()) == ("LESIONS", [33.0, 23.1])
    assert asked == [path.read_bytes()]
    with pytest.raises(InputError, match="at most 1 rows; got 2 rows"):
        read_file(path, limits=Limits(rows=1))


def test_the_reader_of_sas7bdat_fails_in_one_sentence(tmp_path):
    """A header without content: what the reader says in its own process, and what to do."""
    path = tmp_path / "lesions.sas7bdat"
    path.write_bytes(sas7bdat())
    message = r"`lesions.sas7bdat` is not a readable sas7bdat file: .*rror.*Write it again as XPORT"
    with pytest.raises(InputError, match=message):
        read_file(path)


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("little", [True, False])
def test_a_sas7bdat_file_has_the_pages_that_it_states(tmp_path, monkeypatch, wide, little):
    """One that is cut off never reaches the reader, of whatever system it is."""
    monkeypatch.setattr(sas7bdat_module, "read_apart", lambda *_, **__: pytest.fail("was read"))
    path = tmp_path / "lesions.sas7bdat"
    path.write_bytes(sas7bdat(3, 2, wide=wide, little=little))
    with pytest.raises(InputError, match="it states 3 pages and holds 2: it is truncated"):
        read_file(path)
    path.write_bytes(sas7bdat()[:200])
    with pytest.raises(InputError, match="it does not begin as SAS writes one"):
        read_file(path)


@pytest.mark.parametrize("member", ["DATASET", "WORK", "A1"])
@pytest.mark.parametrize("version", [5, 8])
def test_the_files_name_counts_where_the_members_says_nothing(tmp_path, member, version):
    """DATASET in lesions.xpt is the lesions; TR in lesions.xpt stays TR; DATASET in x.xpt too."""
    frame = pd.DataFrame({"subject": ["01"]})
    path = xport(tmp_path, frame, version, member).rename(tmp_path / "study_lesions.xpt")
    assert read_file(path)[0].name == "study_lesions"
    assert read_file(path)[0].origin.words.tolist() == ["study_lesions"]
    path = path.rename(tmp_path / "x.xpt")
    assert read_file(path)[0].name == member
    path = xport(tmp_path, frame, version, "TR").rename(tmp_path / "lesions.xpt")
    assert read_file(path)[0].name == "TR"
