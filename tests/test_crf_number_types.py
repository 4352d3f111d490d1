"""What is a number at the door: short floats, truth values, masks and R's missing number, from
every container.
"""

import datetime
import decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import crf
from nettumor.crf.columns import Column
from nettumor.crf.files import read_file
from nettumor.crf.frames import read_frame
from nettumor.errors import InputError, InputTypeError

SIZES = np.array([33.0, 23.1, np.nan, 0.7, 12.34], dtype=np.float32)
DECIMALS = [33.0, 23.1, np.nan, 0.7, 12.34]
WITH_NONE = [None if v != v else v for v in DECIMALS]


def relation(table):
    """A relation over a connection of its own."""
    return duckdb.connect().from_arrow(table)


SHORT = {
    "array": SIZES,
    "masked": np.ma.masked_array(SIZES, np.isnan(SIZES)),
    "objects": SIZES.astype(object) * 1,
    "list": list(SIZES),
    "pandas": pd.Series(SIZES),
    "pandas Float32": pd.Series(WITH_NONE, dtype="Float32"),
    "pandas float[pyarrow]": pd.Series(WITH_NONE, dtype="float[pyarrow]"),
    "pandas objects": pd.Series(list(SIZES), dtype=object),
    "pandas categories": pd.Series(SIZES).astype("category"),
    "pandas sparse": pd.Series(pd.arrays.SparseArray(SIZES)),
    "pandas array": pd.array(WITH_NONE, dtype="Float32"),
    "pandas Index": pd.Index(SIZES),
    "polars": pl.Series(WITH_NONE, dtype=pl.Float32),
    "arrow": pa.array(WITH_NONE, pa.float32()),
    "arrow chunks": pa.chunked_array([pa.array(WITH_NONE, pa.float32())]),
    "arrow dictionary": pa.array(WITH_NONE, pa.float32()).dictionary_encode(),
}


@pytest.mark.parametrize("kind", SHORT)
def test_floats_of_32_bits_are_the_decimals_that_were_written(kind):
    """23.1 in 32 bits is 23.1 from every container, missing stays missing."""
    column = SHORT[kind]
    if kind == "objects":
        column = np.array(list(SIZES), dtype=object)
    table = read_frame({"size": column}, "lesions")
    np.testing.assert_array_equal(table["size"], DECIMALS)


FRAMES = {
    "pandas": lambda t: t.to_pandas(),
    "polars": pl.from_arrow,
    "polars lazy": lambda t: pl.from_arrow(t).lazy(),
    "arrow": lambda t: t,
    "batch": lambda t: t.to_batches()[0],
    "reader": lambda t: t.to_reader(),
    "duckdb": relation,
}


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_of_32_bits(kind):
    """A frame of 32-bit floats holds the decimals that were written."""
    table = pa.table({"size": pa.array(WITH_NONE, pa.float32())})
    np.testing.assert_array_equal(read_frame(FRAMES[kind](table), "t")["size"], DECIMALS)


def test_a_duckdb_relation_without_pyarrow(monkeypatch):
    """Row by row, a FLOAT is the decimal that was written, and long identifiers keep each digit."""
    import builtins

    found = relation(
        pa.table({"size": pa.array(WITH_NONE, pa.float32()), "id": [2**53 + 1, 1, 2, 3, None]})
    )
    real = builtins.__import__

    def absent(wanted, *args, **keywords):
        if wanted == "pyarrow":
            raise ImportError(wanted)
        return real(wanted, *args, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    table = read_frame(found, "t")
    np.testing.assert_array_equal(table["size"], DECIMALS)
    assert table["id"].tolist() == ["9007199254740993", "1", "2", "3", ""]


def test_parquet_of_32_bits(tmp_path):
    """A Parquet FLOAT too."""
    pl.DataFrame({"size": WITH_NONE}, schema={"size": pl.Float32}).write_parquet(
        tmp_path / "lesions.parquet"
    )
    np.testing.assert_array_equal(read_file(tmp_path / "lesions.parquet")[0]["size"], DECIMALS)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_any_float_of_32_bits_is_its_shortest_decimal(value):
    """What is read is what NumPy writes for the 32 bits, whatever they are."""
    short = np.float32(value)
    assert Column.of_array(np.array([short])).floats[0] == float(str(short))
    assert Column.of_cells([short]).floats[0] == float(str(short))
    assert Column.of_cells([short, "NE"]).words[0] == str(short).removesuffix(".0")


def test_23_1_after_33_is_a_partial_response():
    """33 to 23.1 mm is -30 % from 32 bits as from 64: PR, not SD."""
    lesions = {
        "subject": ["1", "1"], "lesion": ["T1", "T1"], "role": ["TARGET", "TARGET"],
        "day": [0, 56], "size": np.array([33, 23.1], np.float32),
    }  # fmt: skip
    timepoints = nt.assess({"lesions": lesions}).timepoints
    assert timepoints["target"].tolist() == ["MISSING", "PR"]


HALF = {
    "array": np.array([23.1], np.float16),
    "list": [np.float16(23.1)],
    "pandas": pd.Series([23.1], dtype="float16"),
    "polars": pl.Series([23.1], dtype=pl.Float16),
    "arrow": pa.array([np.float16(23.1)], pa.float16()),
    "pandas halffloat[pyarrow]": pd.Series([np.float16(23.1)], dtype=pd.ArrowDtype(pa.float16())),
}


@pytest.mark.parametrize("kind", HALF)
def test_floats_of_16_bits_are_refused(kind):
    """Three digits are too few for a size: refused by name, with the repair."""
    with pytest.raises(InputTypeError, match=r"`size` must not be floats of 16 bits.*float64"):
        read_frame({"size": HALF[kind]}, "lesions")


R_MISSING = np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0]


@pytest.mark.parametrize(
    "make",
    [np.array, pd.Series, pl.Series, pa.array,
     lambda v: np.ma.masked_array(v, [False, False]), lambda v: pd.Series(v, dtype="Float64")],
)  # fmt: skip
def test_the_missing_number_of_r_becomes_a_plain_one(make):
    """R's NA is a signalling NaN, with which `numpy.fmin` loses the other number: plain at the
    door.
    """
    death = np.array([20.0, 1.0])
    death[1] = R_MISSING
    column = read_frame({"x": make(death)}, "t").column("x").floats
    assert np.fmin(column, 30.0).tolist() == [20.0, 30.0]


def test_the_missing_number_of_r_in_32_bits():
    """A signalling NaN of 32 bits is missing too, without a warning."""
    bits = np.array([0x7FA00001, 0x41B8CCCD], np.uint32).view(np.float32)
    column = Column.of_array(bits).floats
    assert np.fmin(column, 30.0).tolist() == [30.0, 23.1]


FLAGS = {
    "array": np.array([True, False]),
    "list": [True, False],
    "objects": np.array([True, False], dtype=object),
    "NumPy objects": [np.True_, np.False_],
    "pandas": pd.Series([True, False]),
    "pandas boolean": pd.Series([True, False], dtype="boolean"),
    "pandas bool[pyarrow]": pd.Series([True, False], dtype="bool[pyarrow]"),
    "pandas objects": pd.Series([True, False], dtype=object),
    "pandas categories": pd.Series([True, False]).astype("category"),
    "polars": pl.Series([True, False]),
    "arrow": pa.array([True, False]),
}


@pytest.mark.parametrize("kind", FLAGS)
def test_truth_values_are_no_numbers(kind):
    """A truth value is a word: a flag where a flag is asked for, unreadable as a size."""
    table = read_frame({"size": FLAGS[kind]}, "t")
    assert table["size"].tolist() == ["True", "False"]
    assert table.numbers("size").word.all()
    assert crf.parse_flags(table.column("size")).tolist() == [1, 0]


MIXED = {
    "list": lambda v: v,
    "pandas": lambda v: pd.Series(v, dtype=object),
    "objects": lambda v: np.array(v, dtype=object),
}


@pytest.mark.parametrize("kind", MIXED)
def test_truth_values_among_numbers(kind):
    """True beside 1, and False beside 0, are words, wherever they stand."""
    table = read_frame({"size": MIXED[kind]([1, True, 0, False, 2.5, None])}, "t")
    assert table["size"].tolist() == ["1", "True", "0", "False", "2.5", ""]
    assert table.numbers("size").word.tolist() == [False, True, False, True, False, False]


def test_truth_values_with_missing_ones():
    """A missing truth value is blank."""
    for values in (
        pd.Series([True, None], dtype="boolean"),
        pd.Series([True, None], dtype=object),
        pl.Series([True, None]),
        pa.array([True, None]),
        np.ma.masked_array([True, True], [False, True]),
    ):
        assert read_frame({"x": values}, "t")["x"].tolist() == ["True", ""]


def test_truth_values_in_json_and_excel(tmp_path):
    """`"size": false` is an unreadable size, not 0 mm; an Excel TRUE likewise."""
    (tmp_path / "lesions.json").write_text('[{"size": false}, {"size": 3}]')
    (table,) = read_file(tmp_path / "lesions.json")
    assert table["size"].tolist() == ["False", "3"]
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "lesions.xlsx") as book:
        sheet = book.add_worksheet("lesions")
        sheet.write_column(0, 0, ["size", True, 3])
        sheet.write_column(0, 1, ["visit", 1, 2])
    (table,) = read_file(tmp_path / "lesions.xlsx")
    assert table["size"].tolist() == ["True", "3"]


@pytest.mark.parametrize(
    "values",
    [np.array([1, 2, 3]), np.array([2**60, 5, 2**60 + 1]), np.array([1.5, 2.0, 3.0], np.float32),
     np.array(["a", "b", "c"]), np.array(["a", "b", "c"], dtype=object),
     np.array([1, 2, 3], "datetime64[D]"), np.array([1, 2, 3], "timedelta64[D]"),
     np.array([True, False, True])],
)  # fmt: skip
def test_a_mask_is_missing(values):
    """A masked element is blank, of every type; the others are what they are without a mask."""
    plain = Column.of_array(values).text
    masked = read_frame({"x": np.ma.masked_array(values, [False, True, False])}, "t").column("x")
    assert masked.text.tolist() == [plain[0], "", plain[2]]
    assert masked.blank.tolist() == [False, True, False]
    whole = read_frame({"x": np.ma.masked_array(values, [True] * 3)}, "t").column("x")
    assert whole.blank.all()
    assert read_frame({"x": np.ma.masked_array(values)}, "t").column("x").text.tolist() == [*plain]


def test_a_masked_constant_in_a_list_is_missing():
    """Elements taken out of masked arrays are blank where they were masked."""
    assert read_frame({"x": [1.5, np.ma.masked]}, "t").blank("x").tolist() == [False, True]


DAYS = {
    "list": [datetime.timedelta(1), datetime.timedelta(hours=12), None],
    "NumPy list": [np.timedelta64(24, "h"), np.timedelta64(12, "h"), np.timedelta64("NaT", "h")],
    "pandas": pd.Series([pd.Timedelta(days=1), pd.Timedelta(hours=12), pd.NaT]),
    "pandas objects": pd.Series([pd.Timedelta(days=1), pd.Timedelta(hours=12), None], dtype=object),
    "pandas duration[pyarrow]": pd.Series(
        [pd.Timedelta(days=1), pd.Timedelta(hours=12), None], dtype=pd.ArrowDtype(pa.duration("s"))
    ),
    "polars": pl.Series([datetime.timedelta(1), datetime.timedelta(hours=12), None]),
    "arrow": pa.array([86400, 43200, None], pa.duration("s")),
    "arrow interval": pa.array(
        [(0, 1, 0), (0, 0, 43_200 * 10**9), None], pa.month_day_nano_interval()
    ),
    "duckdb": duckdb.sql(
        "SELECT INTERVAL 1 DAY AS x UNION ALL SELECT INTERVAL 12 HOUR UNION ALL SELECT NULL"
    ),
}


@pytest.mark.parametrize("kind", DAYS)
def test_durations_are_days(kind):
    """Durations of every kind are numbers of days."""
    given = DAYS[kind] if kind == "duckdb" else {"x": DAYS[kind]}
    np.testing.assert_array_equal(read_frame(given, "t")["x"], [1, 0.5, np.nan])


def test_a_duration_among_words_and_an_interval_of_months():
    """A duration beside words is written as its days; months are no number of days."""
    assert Column.of_cells([datetime.timedelta(3), "NE"]).words.tolist() == ["3", "NE"]
    months = pa.array([(1, 0, 0)], pa.month_day_nano_interval())
    with pytest.raises(InputError, match=r"`x` must not be an interval of months"):
        read_frame({"x": months}, "t")


def test_moments_among_other_values():
    """datetime64 values in a list are ISO 8601; NaT is blank."""
    cells = [
        np.datetime64("2024-03-01T00:00:00"),
        np.datetime64("2024-03-02"),
        np.datetime64("NaT", "D"),
    ]
    assert Column.of_cells(cells).text.tolist() == ["2024-03-01", "2024-03-02", ""]


IDS = [2**53, 2**53 + 1, None]
LONG = {
    "list": IDS,
    "objects": np.array(IDS, dtype=object),
    "pandas Int64": pd.Series(IDS, dtype="Int64"),
    "pandas int64[pyarrow]": pd.Series(IDS, dtype="int64[pyarrow]"),
    "pandas objects": pd.Series(IDS, dtype=object),
    "pandas categories": pd.Series(pd.Categorical(pd.array([2**53, 2**53 + 1, None], "Int64"))),
    "polars": pl.Series(IDS),
    "polars Decimal": pl.Series([decimal.Decimal(i) if i else None for i in IDS]),
    "arrow": pa.array(IDS),
    "arrow dictionary": pa.array(IDS).dictionary_encode(),
    "arrow decimal": pa.array([decimal.Decimal(i) if i else None for i in IDS]),
    "decimals": [decimal.Decimal(i) if i else None for i in IDS],
}


@pytest.mark.parametrize("kind", LONG)
def test_identifiers_above_2_to_the_53_are_never_joined(kind):
    """Two identifiers that are one as float64 stay two; missing is blank."""
    frames = [{"subject": LONG[kind]}]
    if kind.startswith("arrow"):
        frames.append(pa.table({"subject": LONG[kind]}))
    for frame in frames:
        column = read_frame(frame, "t").column("subject")
        assert column.text.tolist() == ["9007199254740992", "9007199254740993", ""]


def test_identifiers_above_2_to_the_53_of_duckdb():
    """BIGINT and HUGEINT of DuckDB too."""
    found = duckdb.sql(
        "SELECT 9007199254740992::BIGINT a, 9007199254740993::HUGEINT b UNION ALL "
        "SELECT 9007199254740993, 9007199254740992 ORDER BY a"
    )
    table = read_frame(found, "t")
    assert table.text("a").tolist() == ["9007199254740992", "9007199254740993"]
    assert table.text("b").tolist() == ["9007199254740993", "9007199254740992"]


def test_decimals_that_a_float_holds_are_numbers():
    """A Polars decimal of few digits is the number as written."""
    column = pl.Series([decimal.Decimal("23.1"), None])
    np.testing.assert_array_equal(read_frame({"x": column}, "t")["x"], [23.1, np.nan])
