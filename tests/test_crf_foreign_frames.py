"""Frames of every library and type: dates, categories, dictionaries, batches, relations, indexes."""

import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nettumor import crf
from nettumor.crf.frames import is_frame, read_frame
from nettumor.errors import InputError, InputTypeError

DAYS = [datetime.date(2024, 3, 1), None, datetime.date(1899, 12, 31)]
DATES = {
    "pandas date32[pyarrow]": pd.Series(DAYS, dtype="date32[pyarrow]"),
    "pandas date64[pyarrow]": pd.Series(DAYS, dtype="date64[pyarrow]"),
    "pandas timestamp[pyarrow]": pd.Series(DAYS, dtype="timestamp[us][pyarrow]"),
    "pandas objects": pd.Series(DAYS, dtype=object),
    "pandas categories": pd.Series(DAYS, dtype=object).astype("category"),
    "arrow date32": pa.array(DAYS),
    "arrow date64": pa.array(DAYS, pa.date64()),
    "arrow timestamp": pa.array(DAYS).cast(pa.timestamp("us")),
    "arrow dictionary": pa.array(DAYS).dictionary_encode(),
    "arrow chunks": pa.chunked_array([pa.array(DAYS[:1]), pa.array(DAYS[1:])]),
    "polars": pl.Series(DAYS),
    "polars datetime": pl.Series(DAYS).cast(pl.Datetime("ms")),
}


@pytest.mark.parametrize("kind", DATES)
def test_dates_of_every_type(kind):
    """Dates are ISO 8601 text, missing ones blank, those before 1900 too."""
    table = read_frame({"x": DATES[kind]}, "t")
    assert table["x"].tolist() == ["2024-03-01", "", "1899-12-31"]


def test_moments_with_a_zone_in_arrow_are_dated_where_they_were_written():
    """Half past midnight in Rome is that day in Rome, from PyArrow and from pandas over it."""
    moment = [datetime.datetime(2024, 2, 29, 23, 30, tzinfo=datetime.UTC), None]
    column = pa.array(moment, pa.timestamp("us", "Europe/Rome"))
    assert read_frame(pa.table({"x": column}), "t")["x"].tolist() == ["2024-03-01T00:30:00", ""]
    series = pd.Series(moment, dtype=pd.ArrowDtype(pa.timestamp("ns", "Europe/Rome")))
    assert read_frame({"x": series}, "t")["x"].tolist() == ["2024-03-01T00:30:00", ""]


WORDS = ["T2", None, "T1", "T2"]
TEXT = {
    "pandas string[pyarrow]": pd.Series(WORDS, dtype="string[pyarrow]"),
    "pandas string ArrowDtype": pd.Series(WORDS, dtype=pd.ArrowDtype(pa.string())),
    "pandas string[python]": pd.Series(WORDS, dtype="string[python]"),
    "pandas categories": pd.Series(WORDS).astype("category"),
    "pandas ordered categories": pd.Series(
        pd.Categorical(WORDS, categories=["T3", "T2", "T1"], ordered=True)
    ),
    "pandas dictionary[pyarrow]": pd.Series(
        WORDS, dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))
    ),
    "pandas array": pd.array(WORDS, dtype="string"),
    "arrow dictionary": pa.array(WORDS).dictionary_encode(),
    "arrow large dictionary": pa.array(WORDS, pa.large_string()).dictionary_encode(),
    "arrow chunks of unequal dictionaries": pa.chunked_array(
        [pa.array(WORDS[:2]).dictionary_encode(), pa.array(WORDS[2:]).dictionary_encode()]
    ),
    "arrow string_view": pa.array(WORDS, pa.string_view()),
    "polars categories": pl.Series(WORDS, dtype=pl.Categorical),
    "polars enum": pl.Series(WORDS, dtype=pl.Enum(["T1", "T2", "T3"])),
    "arrow of a polars categorical": pl.Series(WORDS, dtype=pl.Categorical).to_arrow(),
    "arrow of a polars enum": pl.Series(WORDS, dtype=pl.Enum(["T1", "T2"])).to_arrow(),
    "bytes": np.array([b"T2", b"", b"T1", b"T2"]),
    "arrow binary": pa.array([b"T2", None, b"T1", b"T2"]),
    "polars binary": pl.Series([b"T2", None, b"T1", b"T2"]),
}


@pytest.mark.parametrize("kind", TEXT)
def test_text_and_categories_of_every_type(kind):
    """Words are words, whatever holds them; a category that no row has is nowhere."""
    column = read_frame({"lesion": TEXT[kind]}, "t").column("lesion")
    assert column.text.tolist() == [*WORDS[:1], "", *WORDS[2:]]
    assert sorted(column.words) == ["", "T1", "T2"]


NUMBERS = {
    "pandas Int64": pd.Series([1, None, 3], dtype="Int64"),
    "pandas int64[pyarrow]": pd.Series([1, None, 3], dtype="int64[pyarrow]"),
    "pandas Float64": pd.Series([1, None, 3], dtype="Float64"),
    "pandas categories": pd.Series([1, None, 3]).astype("category"),
    "pandas sparse": pd.Series(pd.arrays.SparseArray([1.0, np.nan, 3.0])),
    "pandas objects": pd.Series([1, None, 3.0], dtype=object),
    "arrow dictionary": pa.array([1, None, 3]).dictionary_encode(),
    "arrow chunks of unequal dictionaries": pa.chunked_array(
        [pa.array([1]).dictionary_encode(), pa.array([None, 3]).dictionary_encode()]
    ),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_of_every_type(kind):
    """Numbers with a missing one."""
    np.testing.assert_array_equal(read_frame({"x": NUMBERS[kind]}, "t")["x"], [1, np.nan, 3])


def test_objects_of_mixed_types():
    """A column of numbers, words, dates and nothing is text, each cell as one would write it."""
    values = [12.5, 3, "NE", None, float("nan"), pd.NaT, pd.NA, datetime.date(2024, 3, 1), b"x"]
    expected = ["12.5", "3", "NE", "", "", "", "", "2024-03-01", "x"]
    for given in (values, pd.Series(values, dtype=object), np.array(values, dtype=object)):
        assert read_frame({"x": given}, "t")["x"].tolist() == expected


def test_a_pandas_period_is_a_partial_date():
    """A month of pandas is a month, not its first day."""
    months = pd.Series(pd.PeriodIndex(["2024-02", "NaT"], freq="M"))
    assert read_frame({"x": months}, "t")["x"].tolist() == ["2024-02", ""]


TABLE = pa.table({"subject": ["01", "02"], "age": [61, 62], "death": DAYS[:2]})
FRAMES = {
    "pyarrow": TABLE,
    "pyarrow batch": TABLE.to_batches()[0],
    "pyarrow reader": None,
    "duckdb": duckdb.connect().from_arrow(TABLE),
    "polars lazy": pl.from_arrow(TABLE).lazy(),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_batches_and_relations_are_read_and_known(kind):
    """A batch, a reader of batches and a DuckDB relation are tables; `frame_kind` names the library."""
    frame = TABLE.to_reader() if kind == "pyarrow reader" else FRAMES[kind]
    assert is_frame(frame)
    tables = crf.read({"subjects": frame})
    assert tables.frame_kind == kind.split(" ")[0]
    subjects = tables["subjects"]
    assert list(subjects) == ["subject", "death", "age"]
    assert subjects["subject"].tolist() == ["01", "02"]
    assert subjects["death"].tolist() == ["2024-03-01", ""]
    assert subjects["age"].tolist() == [61, 62]


def test_one_table_without_a_name_is_refused():
    """A relation or a batch alone does not say which table it is."""
    for frame in (FRAMES["duckdb"], FRAMES["pyarrow batch"], TABLE.to_reader()):
        with pytest.raises(InputTypeError, match="Say which table it is"):
            crf.read(frame)


def test_narwhals_over_any_library_keeps_each_type():
    """A narwhals frame is read as the frame it holds; short floats and dates are what they were."""
    import narwhals

    short = pa.table({"subject": ["1"], "x": pa.array([23.1], pa.float32()), "d": DAYS[:1]})
    for native in (
        short,
        pl.from_arrow(short),
        pl.from_arrow(short).lazy(),
        short.to_pandas(),
        duckdb.connect().from_arrow(short),
    ):
        table = read_frame(narwhals.from_native(native), "t")
        assert table["x"].tolist() == [23.1]
        assert table["d"].tolist() == ["2024-03-01"]


def test_a_dask_frame_is_read():
    """Dask is computed, and read as pandas would be."""
    dask = pytest.importorskip("dask.dataframe")
    frame = dask.from_pandas(
        pd.DataFrame({"subject": ["01", "02"], "x": np.array([23.1, np.nan], np.float32)}),
        npartitions=2,
    )
    table = read_frame(frame, "t")
    assert table["subject"].tolist() == ["01", "02"]
    np.testing.assert_array_equal(table["x"], [23.1, np.nan])


def test_a_named_index_is_a_column():
    """`set_index("subject")` loses nobody; each level of a hierarchical index is read."""
    frame = pd.DataFrame({"subject": ["01", "02"], "visit": [1, 2], "size": [10.0, 12.0]})
    table = read_frame(frame.set_index("subject"), "lesions")
    assert list(table) == ["subject", "visit", "size"]
    assert table["subject"].tolist() == ["01", "02"]
    assert [(n.place, n.status) for n in table.notes] == [("lesions.subject", "read")]
    table = read_frame(frame.set_index(["subject", "visit"]), "lesions")
    assert table["visit"].tolist() == [1, 2]
    assert list(table) == ["subject", "visit", "size"]


def test_an_index_without_a_name():
    """Row numbers are nothing; words without a name are said to be left out, with the repair."""
    frame = pd.DataFrame({"age": [61, 62]}, index=[7, 3])
    assert read_frame(frame, "subjects").notes == ()
    frame.index = ["01", "02"]
    (note,) = read_frame(frame, "subjects").notes
    assert (note.place, note.found, note.status, note.count) == ("subjects", "index", "ignored", 2)
    assert "reset_index()" in note.note


def test_an_index_whose_name_a_column_has():
    """The column counts; pandas itself writes both where drop=False."""
    frame = pd.DataFrame({"subject": ["01", "02"], "age": [1, 2]})
    table = read_frame(frame.set_index("subject", drop=False), "subjects")
    assert list(table) == ["subject", "age"]


def test_series_of_unequal_indexes_are_refused():
    """Two Series whose rows have other labels are not joined by position."""
    size = pd.Series([10.0, 12.0], index=[5, 6])
    subject = pd.Series(["01", "02"])
    with pytest.raises(InputError, match=r"those of 'subject' and 'size' differ.*to_numpy"):
        read_frame({"subject": subject, "size": size}, "lesions")
    table = read_frame({"subject": subject, "size": size.to_numpy()}, "lesions")
    assert table["size"].tolist() == [10.0, 12.0]
