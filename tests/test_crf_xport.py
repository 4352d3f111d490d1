"""SAS files: XPORT version 5 by NumPy against pyreadstat, version 8 through pyreadstat, broken
files refused.
"""

import builtins
import datetime
import math

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nettumor import crf
from nettumor.crf.files import read_file
from nettumor.crf.tables import Source
from nettumor.crf.xport import ibm_to_float, read_xport, sas_date_column
from nettumor.errors import InputError, MissingExtraError

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
        InputError, match=f"`tr.xpt` is not a readable XPORT version 5 file: {message}.*version = 5"
    ):
        read_file(path)


def test_a_variable_that_is_described_wrongly(tmp_path):
    """A type that is neither number nor text, or a length of 0, is refused."""
    data = bytearray(xport(tmp_path).read_bytes())
    data[640:642] = b"\x00\x07"  # the type of the first variable
    with pytest.raises(InputError, match="is not described as SAS does"):
        read_xport(bytes(data), Source("tr.xpt", "xport"))


def test_version_8_needs_pyreadstat(tmp_path, monkeypatch):
    """Without pyreadstat a version 8 file is refused with what to install."""
    path = xport(tmp_path, version=8)
    real = builtins.__import__

    def absent(name, *args, **keywords):
        if name == "pyreadstat":
            raise ImportError(name)
        return real(name, *args, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(
        MissingExtraError, match=r"Reading XPORT version 8 needs pyreadstat: pip install 'nettumor"
    ):
        read_file(path)


def test_a_broken_version_8_file(tmp_path):
    """A version 8 file that is cut off is an input error, whatever the library says."""
    path = xport(tmp_path, version=8)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match=r"`tr.xpt` is not a readable XPORT version 8 file"):
        read_file(path)


def test_a_file_that_is_no_sas7bdat(tmp_path):
    """Text in a .sas7bdat file is an input error."""
    path = tmp_path / "tr.sas7bdat"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match=r"`tr.sas7bdat` is not a readable sas7bdat file"):
        read_file(path)


@pytest.mark.parametrize(
    ("name", "number", "text"),
    [("DATE9", 0, "1960-01-01"), ("E8601DA10", 23436, "2024-03-01"), ("YYMMDD", -1, "1959-12-31"),
     ("DATETIME20", 86400, "1960-01-02"), ("E8601DT", 3661, "1960-01-01T01:01:01"), ("DATE9", 1e9, "")],
)  # fmt: skip
def test_sas_date_formats(name, number, text):
    """Date formats count days and datetime formats seconds; a number beyond any date is blank."""
    assert sas_date_column(np.array([number, np.nan]), name).text.tolist() == [text, ""]


@pytest.mark.parametrize("name", ["", "8", "BEST12", "COMMA8", "MONNAME"])
def test_other_sas_formats_stay_numbers(name):
    """A format that is no date leaves numbers as they are."""
    assert sas_date_column(np.array([1.0]), name) is None
