"""Frames of every kind in a mapping, columns renamed by the user, folders, and what is not
recognised.
"""

import datetime
import enum

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nettumor as nt
from nettumor import crf
from nettumor.crf.columns import Column, choose_cells, concatenate
from nettumor.crf.frames import read_frame
from nettumor.errors import InputError, InputTypeError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Frames of odd cells: what the intake says of them is tested in test_door.py."""

DATA = {
    "subject": ["01", "02", "01"],
    "lesion": ["T1", "T1", "T2"],
    "role": ["TARGET"] * 3,
    "date": ["2024-03-01", None, "2024-03"],
    "size": [10.5, float("nan"), 0.0],
    "visit": [1, 2, 3],
    "nodal": [True, False, False],
}
KINDS = {
    "lists": dict,
    "arrays": lambda d: {k: np.array(v, dtype=object if None in v else None) for k, v in d.items()},
    "pandas": pd.DataFrame,
    "pandas nullable": lambda d: pd.DataFrame(d).convert_dtypes(),
    "pandas arrow": lambda d: pd.DataFrame(d).convert_dtypes(dtype_backend="pyarrow"),
    "pandas categories": lambda d: pd.DataFrame(d).astype(
        {"subject": "category", "role": "category"}
    ),
    "pandas objects": lambda d: pd.DataFrame(d).astype(object),
    "polars": lambda d: pl.DataFrame(d, strict=False).with_columns(pl.col("size").fill_nan(None)),
    "polars lazy": lambda d: pl.DataFrame(d, strict=False).lazy(),
    "polars categories": lambda d: pl.DataFrame(d).with_columns(
        pl.col("subject").cast(pl.Categorical)
    ),
    "pyarrow": pa.table,
    "pyarrow categories": lambda d: pa.table(
        {k: pa.array(v) for k, v in d.items()}
        | {"subject": pa.array(d["subject"]).dictionary_encode()}
    ),
    "series": lambda d: {k: pd.Series(v) for k, v in d.items()},
    "polars series": lambda d: {k: pl.Series(v, strict=False) for k, v in d.items()},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_is_one_table(kind):
    """Lists, arrays, pandas, Polars and PyArrow give the same text, numbers, dates and states."""
    table = crf.read({"lesions": KINDS[kind](DATA)})["lesions"]
    assert list(table) == ["subject", "lesion", "role", "visit", "date", "nodal", "size"]
    assert table.text("subject").tolist() == ["01", "02", "01"]
    np.testing.assert_array_equal(table.numbers("size").value, [10.5, np.nan, 0])
    assert table.blank("size").tolist() == [False, True, False]
    assert table.dates("date").status.tolist() == [1, 0, 2]
    assert table.text("visit").tolist() == ["1", "2", "3"]
    assert table.lesions.nodal.tolist() == [True, False, False]
    assert table.lesions.measure("size").value[[0, 2]].tolist() == [10.5, 0.0]
    assert table.rows.tolist() == [0, 1, 2]


MOMENTS = [datetime.datetime(2024, 3, 1), datetime.datetime(2024, 3, 2, 11, 45), None]


@pytest.mark.parametrize(
    "dates",
    [
        MOMENTS,
        np.array(MOMENTS, "datetime64[us]"),
        pd.Series(MOMENTS),
        pl.Series(MOMENTS),
        pd.Series(MOMENTS).dt.tz_localize("Europe/Rome"),
        pl.Series(MOMENTS).dt.replace_time_zone("Europe/Rome"),
        pd.Series(MOMENTS, dtype=object),
    ],
)
def test_dates_of_every_kind_become_iso_text(dates):
    """datetime64, time zones and Python dates are ISO 8601 text in local time; the day is the local
    one.
    """
    column = crf.read({"subjects": {"subject": ["1", "2", "3"], "death": dates}})["subjects"]
    assert [c[:10] for c in column["death"].tolist()] == ["2024-03-01", "2024-03-02", ""]
    assert column.dates("death").status.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    "dates",
    [
        [datetime.date(2024, 3, 1), None],
        pl.Series([datetime.date(2024, 3, 1), None]),
        pa.table({"x": [datetime.date(2024, 3, 1), None]})["x"],
        np.array(["2024-03-01", "NaT"], "datetime64[D]"),
    ],
)
def test_plain_dates(dates):
    """Dates without a time have none in the text."""
    assert crf.read({"subjects": {"subject": ["1", "2"], "death": dates}})["subjects"][
        "death"
    ].tolist() == [
        "2024-03-01",
        "",
    ]


@pytest.mark.parametrize(
    "column",
    [
        np.array([0, 56], "timedelta64[D]"),
        pd.Series([0, 56]).astype("timedelta64[s]") * 86400,
        pl.Series([datetime.timedelta(0), datetime.timedelta(56)]),
        np.array([0, 56], np.float32),
        [0, 56],
    ],
)
def test_days_of_every_kind(column):
    """Durations and numbers are days."""
    table = crf.read(
        {
            "lesions": {
                "subject": ["1"] * 2,
                "lesion": ["T"] * 2,
                "role": ["T"] * 2,
                "size": [20, 10],
                "day": column,
            }
        }
    )
    assert table["lesions"].when().day.tolist() == [0, 56]
    assert table.days


@pytest.mark.parametrize("kind", ["numpy", "pandas", "polars", "arrow", "list"])
def test_long_identifiers_keep_every_digit(kind):
    """An identifier above 2^53 is kept as text, not rounded to a double."""
    ids = [9007199254740993, 1]
    column = {
        "numpy": np.array,
        "pandas": pd.Series,
        "polars": pl.Series,
        "arrow": pa.array,
        "list": list,
    }[kind](ids)
    table = crf.read({"subjects": {"subject": column}})["subjects"]
    assert table.text("subject").tolist() == ["9007199254740993", "1"]


def test_masked_arrays_are_blank_where_masked():
    """A masked element is a blank cell."""
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    assert crf.read({"subjects": {"subject": ["1", "2"], "age": masked}})["subjects"].blank(
        "age"
    ).tolist() == [
        False,
        True,
    ]


def test_frames_are_never_changed():
    """Reading leaves a frame and a read-only array as they were; the table's cells are
    read-only.
    """
    frame = pd.DataFrame(DATA)
    before = frame.copy(deep=True)
    sizes = np.array([1.0, 2.0, 3.0])
    sizes.setflags(write=False)
    tables = crf.read({"lesions": frame, "subjects": {"subject": ["1", "2", "3"], "age": sizes}})
    pd.testing.assert_frame_equal(frame, before)
    with pytest.raises(ValueError, match="read-only"):
        tables["subjects"]["age"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        tables["lesions"]["subject"][0] = "x"


def test_the_kind_of_frame_is_kept_for_the_way_back():
    """`frame_kind` names the library of the frames given, "" for arrays."""
    assert crf.read({"lesions": pl.DataFrame(DATA, strict=False)}).frame_kind == "polars"
    assert crf.read({"lesions": pd.DataFrame(DATA)}).frame_kind == "pandas"
    assert crf.read({"lesions": DATA}).frame_kind == ""


def test_tables_and_results_are_read_again():
    """A `CrfTable`, a `nettumor.Table` and `Tables` come in again as they are."""
    tables = crf.read({"lesions": DATA})
    assert crf.read(tables) is tables
    again = crf.read({"lesions": tables["lesions"]})["lesions"]
    assert again["size"].tolist()[0] == 10.5
    assert crf.read({"lesions": tables["lesions"].to_table()})["lesions"]["subject"].tolist() == [
        "01",
        "02",
        "01",
    ]
    assert crf.read({"lesions": tables["lesions"].to_frame("polars")})["lesions"].n_rows == 3
    assert (
        crf.read(tables, mapping={"lesions": {"=LIVER": "organ"}})["lesions"].text("organ").tolist()
        == ["LIVER"] * 3
    )


def test_a_foreign_frame_is_read_through_narwhals():
    """A frame of narwhals itself stands for any frame it knows."""
    import narwhals

    table = crf.read({"lesions": narwhals.from_native(pd.DataFrame(DATA).drop(columns="date"))})[
        "lesions"
    ]
    assert table["subject"].tolist() == ["01", "02", "01"]
    assert table.numbers("size").value[0] == 10.5


def test_a_mapping_renames_columns_and_adds_constants():
    """Another sponsor's names, in any case, and a constant for a column that the source does not
    have.
    """
    table = crf.read(
        {"lesions": {"PATIENT": ["1"], "visit_no": [2], "mm": ["7"]}},
        mapping={
            "lesions": {
                "patient": "subject",
                "VISIT_NO": "visit",
                "mm": "size",
                "=T1": "lesion",
                "=TL": "role",
            }
        },
    )["lesions"]
    assert table.text("subject").tolist() == ["1"]
    assert table.text("lesion").tolist() == ["T1"]
    assert table.lesions.role.tolist() == [crf.Role.TARGET]


def test_the_only_unknown_data_set_is_the_mapped_table(tmp_path):
    """A file of any name is the one table that the mapping describes."""
    (tmp_path / "export_7.csv").write_text("pt,t,mm,d\n1,T1,7,0\n")
    tables = crf.read(
        tmp_path,
        mapping={
            "lesions": {"pt": "subject", "t": "lesion", "mm": "size", "d": "day", "=TARGET": "role"}
        },
    )
    assert list(tables) == ["lesions"]
    assert tables["lesions"].name == "lesions"


def test_cdash_and_sdtm_names_are_taken():
    """Columns by their CDASH or SDTM names are the layout's columns."""
    table = crf.read(
        {
            "lesions": {
                "USUBJID": ["1"],
                "TULNKID": ["T1"],
                "TUIDENT_TUORRES": ["TARGET"],
                "VISITNUM": [1],
                "TUDAT": ["2024-03-01"],
                "LDIAM_TRORRES": [12],
                "TULOC": ["LIVER"],
            }
        }
    )
    assert {"subject", "lesion", "role", "visit", "date", "size", "organ"} == set(table["lesions"])


REFUSED = [
    (3, {}, InputTypeError, "`source` must be a folder, files, or a mapping"),
    (pd.DataFrame(DATA), {}, InputTypeError, r"Say which table it is: read\({'lesions': frame}\)"),
    (DATA, {}, InputTypeError, "Say which table it is"),
    ([pd.DataFrame(DATA)], {}, InputTypeError, "`source` must hold paths; got DataFrame"),
    ({}, {}, InputError, "No CRF table was found; got nothing"),
    (
        {"lesion": DATA},
        {},
        InputError,
        r"`lesion` is no CRF table and no SDTM domain. Did you mean 'lesions'\?",
    ),
    (
        {"lesions": {"subject": ["1"], "lesion": [1, 2]}},
        {},
        InputError,
        "Columns of `lesions` must have one length",
    ),
    ({"lesions": {"subject": "01"}}, {}, InputTypeError, "`subject` must be a column"),
    (
        {"lesions": {"subject": np.zeros((2, 2))}},
        {},
        InputError,
        r"must be one-dimensional; got shape \(2, 2\)",
    ),
    (
        {"lesions": {"subject": [["1"], ["2"]]}},
        {},
        InputError,
        "`subject` must hold one value a cell",
    ),
    (
        {"lesions": pd.DataFrame([[1, 2]], columns=["a", "a"])},
        {},
        InputError,
        "has the column 'a' twice",
    ),
    ({"lesions": DATA, "Lesions": DATA}, {}, InputError, "`lesions` is given twice"),
    (
        {"lesions": DATA},
        {"mapping": {"lesion": {}}},
        InputError,
        "`mapping` names no table 'lesion'",
    ),
    (
        {"lesions": DATA},
        {"mapping": {"lesions": {"size": "sise"}}},
        InputError,
        "to 'sise'.*Did you mean 'size'",
    ),
    (
        {"lesions": DATA},
        {"mapping": {"lesions": {"sise": "size"}}},
        InputError,
        "renames 'sise', which lesions does",
    ),
    (
        {"lesions": DATA},
        {"mapping": {"lesions": {"visit": "size", "nodal": "size"}}},
        InputError,
        "two columns one",
    ),
    (
        {"lesions": DATA},
        {"mapping": ["lesions"]},
        InputTypeError,
        "`mapping` must be a mapping of table",
    ),
    (
        {"lesions": DATA},
        {"incomplete": "drop"},
        InputError,
        "`incomplete` must be one of 'raise', 'keep'",
    ),
    (
        {"lesions": object(), "subjects": DATA},
        {},
        InputTypeError,
        "must be a frame, a mapping of columns, or a path",
    ),
]


@pytest.mark.parametrize(("source", "options", "error", "message"), REFUSED)
def test_what_is_not_recognised_is_refused(source, options, error, message):
    """Each wrong source or mapping has its message, with the repair."""
    with pytest.raises(error, match=message):
        crf.read(source, **options)


def test_a_folder_without_tables(tmp_path):
    """An empty folder, and one with files of other kinds only, say what to put there."""
    (tmp_path / "notes.pdf").write_bytes(b"x")
    with pytest.raises(
        InputError, match=r"holds no table, but notes.pdf. Put subjects.csv, lesions.csv"
    ):
        crf.read(tmp_path)


def test_what_a_folder_holds_besides(tmp_path):
    """Other SDTM and ADaM data sets, notes and settings are left aside, each with its reason."""
    (tmp_path / "lesions.csv").write_text("subject,lesion,role,visit,size\n1,T,T,1,20\n")
    (tmp_path / "ae.csv").write_text("not,read\n")
    (tmp_path / "notes.txt").write_text("Call the site\n\x00")
    (tmp_path / "settings.json").write_text('{"a": 1}')
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / ".hidden.csv").write_text("a\n")
    tables = crf.read(tmp_path)
    assert list(tables) == ["lesions"]
    assert set(tables.ignored) == {"ae.csv", "notes.txt", "settings.json", "other.csv"}
    assert "not used: ae.csv" in repr(tables)


def test_files_in_a_list_and_paths_in_a_mapping(tmp_path):
    """A list of files, and a mapping of table to file, are studies."""
    (tmp_path / "lesions.csv").write_text("subject,lesion,role,visit,size\n1,T,T,1,20\n")
    (tmp_path / "x.csv").write_text("subject,age\n1,61\n")
    assert list(crf.read([tmp_path / "lesions.csv"])) == ["lesions"]
    tables = crf.read({"subjects": tmp_path / "x.csv", "lesions": str(tmp_path / "lesions.csv")})
    assert list(tables) == ["subjects", "lesions"]


def test_columns_are_joined_and_chosen_cell_by_cell():
    """A blank in the first column takes the second's cell; numbers stay numbers where both are."""
    numbers = Column(floats=np.array([1.0, np.nan]))
    assert choose_cells(numbers, Column(floats=np.array([9.0, 2.0]))).cells.tolist() == [1, 2]
    assert choose_cells(numbers, Column.of_text(["x", "NE"])).cells.tolist() == ["1", "NE"]
    assert choose_cells(numbers, None) is numbers
    assert concatenate([numbers, Column.of_text(["a"])]).cells.tolist() == ["1", "", "a"]
    lettered = Column(floats=np.array([np.nan, 3.0]), letters=np.array([".A", ""]))
    assert concatenate([lettered, lettered]).cells.tolist() == [".A", "3", ".A", "3"]
    assert lettered.expand(np.array([1, -1, 0])).cells.tolist() == ["3", "", ".A"]
    assert repr(lettered) == "Column of 2 numbers: ['.A', '3']"


def test_tables_say_what_they_hold():
    """`repr`, `inputs`, `table` and `replace` of a study."""
    tables = crf.read({"lesions": DATA})
    assert repr(tables) == "Tables\n  lesions: 3 rows, 7 columns, from lesions"
    assert "lesions: 3 rows x 7 columns from lesions (arrays)" in repr(tables["lesions"])
    assert tables.inputs()["rows"].tolist() == [3]
    with pytest.raises(
        InputError, match=r"There is no table 'lesion'. Given: lesions. Did you mean 'lesions'\?"
    ):
        tables.table("lesion")
    with pytest.raises(InputError, match=r"`lesions` has no column 'sise'. Did you mean 'size'\?"):
        tables["lesions"].column("sise")
    shorter = tables.replace(lesions=tables["lesions"].take(np.array([True, False, True])))
    assert shorter["lesions"].rows.tolist() == [0, 2]
    assert len(nt.crf.read(shorter)["lesions"]["size"]) == 2


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_tables_go_out_as_frames(kind):
    """Dict in, frame out: the cells of a table as pandas or Polars."""
    frame = crf.read({"lesions": DATA})["lesions"].to_frame(kind)
    assert list(frame["subject"]) == ["01", "02", "01"]
    assert frame["size"][0] == 10.5


@pytest.mark.parametrize(
    "values",
    [
        pa.chunked_array([["a"], [None]]),
        "string_view",
        pa.chunked_array(
            [pa.array(["a"]).dictionary_encode(), pa.array([None], "string").dictionary_encode()]
        ),
        pa.chunked_array([["a"], [None]]).cast("large_string"),
    ],
)
def test_arrow_text_in_pieces(values):
    """Arrow text of any layout, in pieces and with nulls, is text with blanks."""
    if isinstance(values, str):
        try:
            values = pa.chunked_array([["a"], [None]]).cast(values)
        except pa.ArrowNotImplementedError:
            pytest.skip(f"PyArrow {pa.__version__} makes no {values}")
    table = crf.read({"subjects": pa.table({"subject": ["1", "2"], "arm": values})})["subjects"]
    assert table["arm"].tolist() == ["a", ""]


@pytest.mark.parametrize("values", [[1, None], [1.0, None]])
@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_nulls_among_numbers_are_blank(values, kind):
    """Whole numbers and fractions with a null: the null is blank, the rest a number."""
    make = {
        "pandas": lambda v: pd.DataFrame(v).convert_dtypes(),
        "polars": pl.DataFrame,
        "pyarrow": pa.table,
    }[kind]
    table = crf.read({"subjects": make({"subject": ["1", "2"], "age": values})})["subjects"]
    assert table.blank("age").tolist() == [False, True]
    if values[0] is True:
        assert crf.parse_flags(table.column("age")).tolist() == [1, crf.UNKNOWN]
    else:
        assert table.text("age")[0] == "1"


def test_a_frame_with_every_identifier_missing_is_read():
    """A nullable column of whole numbers without any number is blank."""
    frame = pd.DataFrame({"subject": ["1"], "age": pd.array([None], dtype="Int64")})
    assert crf.read({"subjects": frame})["subjects"].blank("age").tolist() == [True]


TEXTS = {
    "words": ["b", "a", "b", "c"],
    "nulls": ["b", None, "a", None],
    "blanks": ["", " ", "b", ""],
    "nulls and blanks": [None, "", " b ", None],
    "one word": ["b", "b", "b", "b"],
    "one word and a null": ["b", "b", None, "b"],
    "blanks only": ["", "", "", ""],
    "nulls only": [None, None, None, None],
    "no row": [],
    "one word first": [*["b"] * 150, "a", "b"],
    "one word first, then a null": [*["b"] * 150, None],
    "a null first": [None, *["b"] * 150],
}
TEXT_KINDS = {
    "pandas": lambda v: pd.Series(v, dtype="str"),
    "pandas string": lambda v: pd.Series(v, dtype="string"),
    "pandas objects": lambda v: pd.Series(v, dtype=object),
    "pandas categories": lambda v: pd.Series(v, dtype="str").astype("category"),
    "polars": lambda v: pl.Series(v, dtype=pl.String),
    "polars categories": lambda v: pl.Series(v, dtype=pl.String).cast(pl.Categorical),
    "polars enum": lambda v: pl.Series(v, dtype=pl.Enum(["", " ", " b ", "a", "b", "c"])),
    "arrow": lambda v: pa.chunked_array([pa.array(v, "string")]),
    "list": list,
}


@pytest.mark.parametrize("values", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_text_of_every_kind_is_the_same_text(values, kind):
    """Words, nulls, blanks, one word throughout, or but at the end, no row: each cell is as it was,
    a null is "".
    """
    column = crf.read({"subjects": {"subject": TEXT_KINDS[kind](values)}})["subjects"].column(
        "subject"
    )
    assert column.text.tolist() == [v or "" for v in values]
    assert column.blank.tolist() == [not (v or "").strip() for v in values]
    assert column.trimmed.text.tolist() == [(v or "").strip() for v in values]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_the_words_of_a_frame_stand_in_the_order_of_its_rows(kind):
    """What was read before does not change the distinct words nor their order, in which a null is
    "" like any other.
    """
    make = TEXT_KINDS[kind]
    make(["c", "a", "zz"])
    crf.read({"subjects": {"subject": make(["c", "zz", "a"])}})
    column = crf.read({"subjects": {"subject": make(["b", "a", "b", "c"])}})["subjects"].column(
        "subject"
    )
    assert [w for w in column.words.tolist() if w] == ["b", "a", "c"]


UNITS = ["s", "ms", "us", "ns"]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", ["numpy", "pandas", "polars"])
@pytest.mark.parametrize("hours", [0, 11])
def test_dates_of_every_unit(unit, kind, hours):
    """Moments in seconds to nanoseconds, before and after 1970, with and without a time of day, NaT
    blank.
    """
    if kind == "polars" and unit == "s":
        pytest.skip("Polars has no seconds")
    moments = np.array(["1969-12-31", "2024-02-29", "NaT", "1970-01-01"], f"datetime64[{unit}]")
    moments = moments + np.timedelta64(hours, "h").astype(f"timedelta64[{unit}]")
    column = {"numpy": lambda v: v, "pandas": pd.Series, "polars": pl.Series}[kind](moments)
    table = crf.read({"subjects": {"subject": ["1", "2", "3", "4"], "death": column}})["subjects"]
    time = f"T{hours}:00:00" if hours else ""
    assert table["death"].tolist() == [
        f"1969-12-31{time}",
        f"2024-02-29{time}",
        "",
        f"1970-01-01{time}",
    ]
    np.testing.assert_array_equal(table.dates("death").day, [-1, 19782, np.nan, 0])


@pytest.mark.parametrize(
    "dtype", ["datetime64[D]", "datetime64[h]", "datetime64[M]", "datetime64[25s]", ">M8[s]"]
)
def test_dates_of_other_units(dtype):
    """Days, hours, months, several seconds at a time and the other order of bytes are dates too."""
    dates = np.array(["2024-02-01", "NaT", "1960-03-01"], "datetime64[D]").astype(dtype)
    table = crf.read({"subjects": {"subject": ["1", "2", "3"], "death": dates}})["subjects"]
    assert [c[:10] for c in table["death"].tolist()] == ["2024-02-01", "", "1960-03-01"]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_moments_with_a_zone_are_dated_where_they_were_written(unit, kind):
    """Midnight in Rome is 23 h of the day before in UTC: the date is that of Rome, without
    a time.
    """
    midnight = [datetime.datetime(2024, 3, 2), None, datetime.datetime(2024, 7, 2)]
    if kind == "pandas":
        column = pd.Series(midnight).dt.tz_localize("Europe/Rome").dt.as_unit(unit)
    else:
        column = pl.Series(midnight, dtype=pl.Datetime(unit)).dt.replace_time_zone("Europe/Rome")
    table = crf.read({"subjects": {"subject": ["1", "2", "3"], "death": column}})["subjects"]
    assert table["death"].tolist() == ["2024-03-02", "", "2024-07-02"]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_dates_without_rows_or_without_any_date(kind):
    """A column of dates may be empty, or hold no date at all."""
    make = {"pandas": pd.Series, "polars": pl.Series}[kind]
    for n in (0, 2):
        dates = make(np.array(["NaT"] * n, "datetime64[us]"))
        table = crf.read({"subjects": {"subject": ["1"] * n, "death": dates}})["subjects"]
        assert table["death"].tolist() == [""] * n
        assert table.dates("death").status.tolist() == [0] * n


NUMBERS = {
    "whole": ([3, 1, 3, -2], ["3", "1", "3", "-2"]),
    "whole and missing": ([3.0, None, 1.0, None], ["3", "", "1", ""]),
    "halves": ([1.5, 1.0, None, 1.5], ["1.5", "1", "", "1.5"]),
    "far apart": ([0.0, 1e15, 5.0, 0.0], ["0", "1000000000000000", "5", "0"]),
    "beyond 31 bits": (
        [2.0**31, 2.0**31 - 1, 2.0**31 + 1, None],
        ["2147483648", "2147483647", "2147483649", ""],
    ),
    "the last of 31 bits": ([2.0**31 - 2, None, 2.0**31 - 3], ["2147483646", "", "2147483645"]),
    "below 31 bits": ([-(2.0**31), -(2.0**31) - 1, None], ["-2147483648", "-2147483649", ""]),
    "endless": ([1.0, float("inf"), 2.0, None], ["1", "inf", "2", ""]),
    "missing only": ([None, None, None, None], [""] * 4),
}


@pytest.mark.parametrize(("values", "texts"), NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("kind", ["pandas", "polars", "numpy"])
def test_numbers_as_identifiers(values, texts, kind):
    """A number that names a visit or a subject is written as one would; the distinct ones
    ascend.
    """
    make = {
        "pandas": lambda v: pd.Series(v, dtype=float),
        "polars": lambda v: pl.Series(v, dtype=pl.Float64),
        "numpy": lambda v: np.array(v, dtype=float),
    }[kind]
    column = crf.read({"subjects": {"subject": make(values)}})["subjects"].column("subject")
    assert column.text.tolist() == texts
    known = [float(w) for w in column.words.tolist() if w]
    assert known == sorted(known)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_long_frame_is_read_as_a_short_one(kind, monkeypatch):
    """Columns that are read side by side are the columns read one after the other, in their
    order.
    """

    def read():
        table = crf.read({"lesions": KINDS[kind](DATA)})["lesions"]
        return [
            (name, table.column(name).text.tolist(), table.column(name).words.tolist())
            for name in table
        ]

    short = read()
    monkeypatch.setattr("nettumor._threads.LONG", 1)
    assert read() == short


@pytest.mark.parametrize(
    "dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt32, pl.UInt64]
)
def test_whole_numbers_of_every_width(dtype):
    """The ends of a narrow type are read as what they are, and numbered in their order."""
    low, high = (-128, 127) if dtype.is_signed_integer() else (0, 255)
    numbers = [high, low, 3, high, 0]
    column = crf.read({"subjects": {"subject": pl.Series(numbers, dtype=dtype)}})[
        "subjects"
    ].column("subject")
    assert column.text.tolist() == [str(n) for n in numbers]
    assert column.words.tolist() == [str(n) for n in sorted(set(numbers))]
    assert column.floats.tolist() == numbers


@pytest.mark.parametrize(
    "frame",
    [
        lambda a: pl.DataFrame({"size": a}),
        lambda a: {"size": pl.Series(a)},
        lambda a: pl.from_pandas(pd.DataFrame({"size": a})),
        lambda a: pd.DataFrame({"size": a}, copy=False),
        lambda a: {"size": a},
        lambda a: pa.table({"size": pa.array(a)}),
    ],
)
def test_what_was_read_does_not_change_with_the_user_s_array(frame):
    """Frames may be views of an array that the user goes on writing into; what was read is
    a copy.
    """
    sizes = np.array([30.0, 10.0])
    table = crf.read({"lesions": frame(sizes)}, incomplete="keep")["lesions"]
    sizes[1] = 90
    assert table["size"].tolist() == [30, 10]


@pytest.mark.parametrize("dtype", [getattr(pl, n) for n in ("Int128", "UInt128") if hasattr(pl, n)])
@pytest.mark.parametrize("numbers", [[1, 2, 3], []])
def test_whole_numbers_of_128_bits(dtype, numbers):
    """Read like any other whole numbers."""
    table = crf.read({"subjects": {"subject": pl.Series(numbers, dtype=dtype)}})["subjects"]
    assert table.text("subject").tolist() == [str(n) for n in numbers]


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("cells", [["b", None, "a", "b"], ["x"] * 4, [None, "x"], ["", None]])
def test_a_short_column_of_text_is_read_as_a_long_one(
    library: str, cells: list[str | None]
) -> None:
    """Below two thousand rows words are numbered another way: cells and blanks are the same."""
    frames = pytest.importorskip(library)
    many = 3000 // len(cells)
    dtype = {"dtype": "str"} if library == "pandas" else {"dtype": frames.String}
    short, long = (
        read_frame({"subject": frames.Series(cells * n, **dtype)}, "lesions").column("subject")
        for n in (1, many)
    )
    assert short.text.tolist() * many == long.text.tolist()
    assert short.blank.tolist() * many == long.blank.tolist()
    assert short.text.tolist() == [cell or "" for cell in cells]


@pytest.mark.parametrize("n", [2, 3000])
def test_members_of_an_enumeration_of_texts_are_their_texts(n):
    """A cell that is a text by its class is read as that text, however it prints."""

    class Kind(str, enum.Enum):  # noqa: UP042 - one that prints as Kind.TARGET
        TARGET = "TARGET"
        OTHER = "NON-TARGET"

    kinds = [Kind.TARGET, Kind.OTHER] * (n // 2)
    frame = pd.DataFrame({"role": pd.Series(kinds, dtype=object)})
    column = read_frame(frame, "lesions").column("role")
    assert column.text.tolist() == ["TARGET", "NON-TARGET"] * (n // 2)
    assert {type(word) for word in column.words.tolist()} <= {str}
