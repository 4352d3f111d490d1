"""Frames and arrays that users hold in memory: pandas, Polars, PyArrow, DuckDB, dicts of arrays,
other frames.

No frame library is imported here: a pandas, Polars or PyArrow frame brings its own methods, a
DuckDB relation is read as Arrow or row by row; a Dask frame is computed; any other frame is read through
narwhals where that is installed. Text columns are handed over as codes and distinct words by the frame's own machinery,
so that a million rows cost no loop over rows. Floats of 32 bits are read as the decimals that they
were written as (`Column.of_array`), truth values as words, durations as days. A named index of
pandas is read as a column; one without a name that holds words is said to be left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._threads import LONG, each
from nettumor.crf.arrow_columns import arrow_column, few_arrow_words, numbered_arrow
from nettumor.crf.came_as import kind_of
from nettumor.crf.cell_text import cell_text
from nettumor.crf.columns import WHOLE, Column, constant
from nettumor.crf.forked import need_polars
from nettumor.crf.hashed import by_hash
from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, InputTypeError, missing_extra
from nettumor.rows import by_appearance, smallest, stretches

_BATCHES = "RecordBatchReader"
"""PyArrow's stream of batches: a table that has neither columns nor rows yet."""


def is_frame(value: object) -> bool:
    """Whether a value is a table by itself: a frame, or a mapping whose values are columns."""
    if isinstance(value, Mapping):
        return bool(value) and not any(_is_table(v) for v in value.values())
    return _is_table(value) and not isinstance(value, (str, Path))


def _is_table(value: object) -> bool:
    return (
        isinstance(value, (str, Path, Mapping))
        or hasattr(type(value), "columns")  # pandas takes long to say what it has not
        or hasattr(value, "collect_schema")
        or hasattr(value, "columns")
        or (_library(value) == "pyarrow" and _BATCHES in type(value).__name__)
    )


def _library(value: object) -> str:
    name = type(value).__module__.split(".")[0].lstrip("_")
    return name if name in ("pandas", "polars", "pyarrow", "duckdb") else ""


def read_frame(frame: Any, name: str, path: str = "") -> CrfTable:
    """The table in a frame.

    Parameters
    ----------
    frame : frame, or mapping of str to array_like of shape (n,)
        pandas, Polars (lazy too), PyArrow (table, batch, or a reader of batches, which is read to
        its end), a DuckDB relation, any frame narwhals knows, `nettumor.Table`, a dict of arrays.
    name : str
        The name of the table; errors name it.
    path : str
        Unused by frames in memory; the file a frame was read from.

    Returns
    -------
    CrfTable
        ``source.kind`` is the library: "pandas", "polars", "pyarrow", "duckdb", "arrays" or
        "table", or the name of another. ``notes`` say what became of an index.

    Raises
    ------
    InputError
        Where columns differ in length, stand twice, hold nested values or floats of 16 bits, or are
        pandas Series of unequal indexes.
    """
    columns, kind, notes = _columns_of(frame, name)
    if kind not in ("pandas", "polars"):  # there they are kept where the columns are read
        _keep_types(frame, columns)
    names = column_names(list(columns), name)
    lengths = {n: len(c) for n, c in zip(names, columns.values(), strict=True)}
    if len(set(lengths.values())) > 1:
        raise InputError(
            f"Columns of `{name}` must have one length; got {lengths}. Pad the shorter ones.",
            argument=name,
        )
    n = next(iter(lengths.values()), 0)
    source = Source(name, kind, "position, from 0", path)
    return CrfTable(
        name,
        dict(zip(names, columns.values(), strict=True)),
        source,
        np.arange(n, dtype=smallest(n)),
        origin=constant(name, n),
        notes=tuple(notes),
    )


def _keep_types(frame: Any, columns: Mapping[str, Column]) -> None:
    """Each column remembers the type it had in the frame."""
    for name, column in columns.items():
        if not isinstance(frame, CrfTable):
            values = frame[name] if isinstance(frame, Mapping) else _series(frame, name)
            column.came_as = kind_of(values)


def _series(frame: Any, name: str) -> Any:
    try:
        if _library(frame) == "duckdb":
            return frame.types[frame.columns.index(name)]
        if hasattr(frame, "collect_schema") and not hasattr(frame, "get_columns"):
            return frame.collect_schema()[name]
        return frame[name]
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        IndexError,
    ):  # a name that is no text, a frame without columns
        return None


def _columns_of(frame: Any, name: str) -> tuple[dict[str, Column], str, list[Line]]:
    """The columns of a frame, the kind of frame, and what is to be said of it."""
    library = _library(frame)
    if isinstance(frame, CrfTable):
        return {n: frame.column(n) for n in frame}, "table", list(frame.notes)
    if isinstance(frame, Mapping):
        _of_one_index(frame, name)
        return {str(n): _array_column(v, str(n)) for n, v in frame.items()}, "arrays", []
    if library == "pandas":
        columns, notes = _from_pandas(frame, name)
        return columns, "pandas", notes
    if library == "polars":
        need_polars(name)
        return _from_polars(frame), "polars", []
    if library == "pyarrow":
        return _from_arrow(frame, name), "pyarrow", []
    if library == "duckdb":
        return _from_duckdb(frame, name), "duckdb", []
    kind = type(frame).__module__.split(".")[0]
    if kind == "dask":
        columns, _, notes = _columns_of(frame.compute(), name)
        return columns, kind, notes
    return _from_narwhals(frame, name), kind, []


def _of_one_index(columns: Mapping[Any, Any], name: str) -> None:
    """Refuse pandas Series of unequal indexes: row by row they may belong to different patients."""
    series = [(n, v) for n, v in columns.items() if _library(v) == "pandas" and hasattr(v, "index")]
    for other, value in series[1:]:
        first, index = series[0][0], series[0][1].index
        if len(index) == len(value.index) and not index.equals(value.index):
            raise InputError(
                f"Columns of `{name}` must have one index; those of {first!r} and {other!r} "
                "differ. Put them into one frame, or pass series.to_numpy() where their rows "
                "belong together as they stand.",
                argument=str(other),
            )


def _array_column(values: Any, name: str) -> Column:
    if isinstance(values, Column):
        return values
    if isinstance(values, (str, bytes)) or not (
        hasattr(values, "__array__") or hasattr(values, "__iter__")
    ):
        raise InputTypeError(
            f"`{name}` must be a column (array, list or Series); got {values!r:.60}. "
            "Give one value per row.",
            argument=name,
        )
    library = _library(values)
    if library == "polars":
        need_polars(name)
        return _polars_column(values, name)
    if library == "pandas":
        return _pandas_column(_as_series(values), name)
    if library == "pyarrow":
        return arrow_column(values, name)
    if not hasattr(values, "__array__"):
        return Column.of_cells(list(values), name)
    array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    if array.ndim != 1:
        raise InputError(
            f"`{name}` must be one-dimensional; got shape {array.shape}. Ravel it first.",
            argument=name,
        )
    return Column.of_array(array, name)


def _as_series(values: Any) -> Any:
    """A pandas Series of an Index or an array of pandas."""
    if hasattr(values, "iloc"):
        return values
    import pandas

    return pandas.Series(values)


def _from_pandas(frame: Any, name: str) -> tuple[dict[str, Column], list[Line]]:
    column_names([str(n) for n in frame.columns], name)
    names = [str(n) for n in frame.columns]
    series = [values for _, values in frame.items()]
    read = each(_pandas_column, series, names, rows=len(frame))
    for spelled, values, column in zip(frame.columns, series, read, strict=True):
        column.came_as = kind_of(values if isinstance(spelled, str) else None)
    columns = dict(zip(names, read, strict=True))
    levels, notes = _from_index(frame.index, {n.casefold() for n in names}, name)
    return {**levels, **columns}, notes


def _from_index(index: Any, names: set[str], table: str) -> tuple[dict[str, Column], list[Line]]:
    """The levels of an index that have a name no column has; what is left out, and said."""
    columns: dict[str, Column] = {}
    notes = []
    for place, level in enumerate(index.names):
        values = _as_series(index.get_level_values(place))
        if level is not None and str(level).casefold() not in names:
            columns[str(level)] = _pandas_column(values, str(level))
            notes.append(
                Line("column", f"{table}.{level}", "index", str(level), len(index), "read")
            )
        elif level is None and (len(index.names) > 1 or getattr(values.dtype, "kind", "O") == "O"):
            repair = 'the index has no name; name it ("subject"), or reset_index()'
            notes.append(Line("column", table, "index", "", len(index), "ignored", repair))
    return columns, notes


def _pandas_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    family = type(dtype).__name__
    if family == "ArrowDtype":
        return arrow_column(series.array.__arrow_array__(), name)
    if family == "CategoricalDtype":
        return _pandas_categories(series, name)
    if str(dtype).startswith("datetime64") or kind == "M":
        moments = series.dt.tz_localize(None) if getattr(dtype, "tz", None) is not None else series
        return Column.of_datetimes(moments.to_numpy())
    if kind == "m":
        return Column.of_array(series.to_numpy(dtype="timedelta64[ns]"), name)
    if kind in "fiub":
        return _pandas_numbers(series, kind, name)
    text = family == "StringDtype"
    if text and len(series) < _SHORT and getattr(dtype, "storage", "") == "pyarrow":
        return few_arrow_words(series.array.__arrow_array__())
    if text and _says_one(
        series.iloc[:99].nunique(), lambda: (series == series.iloc[0]).fillna(False).all()
    ):
        return constant(series.iloc[0], len(series))
    if text and len(series) >= LONG and hasattr(series.array, "__arrow_array__"):
        held = series.array.__arrow_array__()
        numbered = numbered_arrow(held.combine_chunks() if hasattr(held, "chunks") else held)
        if numbered is not None:
            return numbered
    factors = _factors(series)
    if factors is None:
        return Column.of_cells(series.tolist(), name)
    codes, values = factors
    if not all(isinstance(v, str) for v in values):
        if not _equal_where_alike(series):
            return Column.of_cells(series.tolist(), name)
        column = Column.of_cells([*values, None], name)
        return column.take(np.where(codes < 0, len(values), codes))
    places: npt.NDArray[np.int32] = np.add(codes, 1, dtype=np.int32, casting="unsafe")
    # a member of an enumeration of texts is its text, and not its name
    return Column.of_distinct(["", *map(str.__str__, values)], places)


def _factors(series: Any) -> tuple[npt.NDArray[Any], list[Any]] | None:
    """The number of each cell (-1 for a missing one) and the distinct cells; None where some cell,
    such as a list, cannot be compared so.
    """
    try:
        codes, distinct = series.factorize()
    except TypeError:
        return None
    return codes, distinct.tolist()


def _pandas_numbers(series: Any, kind: str, name: str) -> Column:
    """Numbers and truth values of NumPy's types and pandas' own that know a missing one."""
    if isinstance(series.dtype, np.dtype):
        held = series.to_numpy()
        if kind in "iu" and held.size and -WHOLE <= int(held.min()) <= int(held.max()) <= WHOLE:
            return Column.of_whole(held)
        return Column.of_array(held, name)
    known = series.dropna() if kind in "iu" else series.iloc[:0]
    if len(known) and (known.max() > WHOLE or known.min() < -WHOLE):
        return Column.of_cells(series.tolist(), name)
    if kind == "b":
        missing = series.isna().to_numpy()
        flags = series.to_numpy(dtype=np.bool_, na_value=False) if missing.any() else series
        return Column.of_flags(np.asarray(flags, dtype=np.bool_), ~missing)
    dtype = series.dtype
    plain = np.dtype(getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype)))
    if kind == "f" and plain.itemsize < 8:
        return Column.of_array(series.to_numpy(dtype=plain, na_value=np.nan), name)
    return Column(floats=series.to_numpy(dtype=np.float64, na_value=np.nan))


def _pandas_categories(series: Any, name: str) -> Column:
    """The categories read as a column of their own type, and put where they stand."""
    categories = series.cat.categories
    codes = series.cat.codes.to_numpy()
    if len(codes) and all(isinstance(c, str) for c in categories):
        words = np.array(["", *categories], dtype=object)
        places = codes.astype(np.int64) + 1
        present, first = by_appearance(places)
        return Column.of_distinct(words[places[first]].tolist(), present)
    return _pandas_column(_as_series(categories), name).expand(codes.astype(np.int64))


_BY_VALUE = (str, int, float, datetime.date, type(None))


def _equal_where_alike(series: Any) -> bool:
    """Whether cells that pandas takes for one are one: not 1 and True, nor 23.1 in 32 bits and what
    it is in 64.
    """
    kinds = set(map(type, series.tolist()))
    return not any(
        k is bool or issubclass(k, (np.generic, datetime.timedelta)) or not issubclass(k, _BY_VALUE)
        for k in kinds
        if k.__name__ not in ("NAType", "NaTType")
    )


def _says_one(distinct: int, same: Callable[[], bool]) -> bool:
    """Whether a column says one word in every row, such as a role: a tenth of the time of a
    dictionary.
    """
    return distinct == 1 and bool(same())


def _from_polars(frame: Any) -> dict[str, Column]:
    whole = frame.collect() if hasattr(frame, "collect") else frame
    series = whole.get_columns()
    names = [s.name for s in series]
    read = each(_polars_column, series, names, rows=len(whole))
    for values, column in zip(series, read, strict=True):
        column.came_as = kind_of(values)
    return dict(zip(names, read, strict=True))


def _polars_column(series: Any, name: str) -> Column:
    kind = str(series.dtype)
    if kind.startswith(("Int", "UInt")):
        return _polars_whole(series, name)
    if kind == "Float64":
        if not series.null_count():
            return Column(floats=series.to_numpy())
        if len(series) < _SHORT:
            return Column.of_own(series.to_numpy())
        # in a third of the time of Polars' own NaN for nulls, where there are many rows
        return Column.of_own(series.fill_null(np.nan).to_numpy())
    if kind in ("Float32", "Float16"):
        return Column.of_array(series.to_numpy(), name)  # NaN where null
    if kind.startswith("Decimal"):
        return _polars_decimals(series, name)
    if kind == "Boolean":
        flags = series.fill_null(False).to_numpy()
        return Column.of_flags(flags, series.is_not_null().to_numpy())
    if kind == "Date" and not series.null_count():
        import polars

        return Column.of_days(series.cast(polars.Int32).to_numpy())
    if kind.startswith(("Date", "Datetime")):
        zoned = getattr(series.dtype, "time_zone", None)
        return Column.of_datetimes(
            (series.dt.replace_time_zone(None) if zoned else series).to_numpy()
        )
    if kind.startswith("Duration"):
        return Column.of_array(series.to_numpy(), name)
    if kind.startswith(("String", "Categorical", "Enum")):
        return _polars_words(series)
    return Column.of_cells(series.to_list(), name)


def _polars_whole(series: Any, name: str) -> Column:
    import polars

    if series.len() and max(abs(series.max() or 0), abs(series.min() or 0)) > WHOLE:
        return Column.of_cells(series.to_list(), name)
    if not series.null_count():
        return Column.of_whole(series.cast(polars.Int64).to_numpy())
    return Column.of_own(series.cast(polars.Float64).fill_null(np.nan).to_numpy())


def _polars_decimals(series: Any, name: str) -> Column:
    """Decimals as numbers where a float holds each of their digits, else as text."""
    import polars

    floats = series.cast(polars.Float64).fill_null(np.nan).to_numpy()
    digits = np.abs(floats) * 10.0 ** (series.dtype.scale or 0)
    if not (digits >= WHOLE).any():
        return Column.of_own(floats)
    return Column.of_cells(series.to_list(), name)


def _polars_words(series: Any) -> Column:
    """The words of a column of text, numbered by Polars; a short one here, in less time than it takes
    to ask."""
    if 0 < len(series) < _SHORT and str(series.dtype) == "String":
        return _few_words((series.fill_null("") if series.null_count() else series).to_list())
    import polars

    text = series.cast(polars.String)
    if text.null_count():
        text = text.fill_null("")
    if _says_one(text.head(99).n_unique(), lambda: (text == text[0]).all()):
        return constant(text[0], len(text))
    n = len(text)
    numbered = by_hash(text.hash().to_numpy().__getitem__, n) if n >= LONG else None
    if numbered is not None:
        codes, first = numbered
        words = text.gather(first)
        # no two words of one hash; by stretches, since memory asked for anew costs more than the look
        if all((words[codes[p]] == text[p]).all() for p in stretches(n)):
            return Column(words=words.to_list(), codes=codes)
    # categories of its own: those that all share number a word by when it was first read anywhere
    own = (
        polars.Categorical(polars.Categories.random())
        if hasattr(polars, "Categories")
        else polars.Categorical
    )
    codes, first = by_appearance(text.cast(own).to_physical().to_numpy().view(np.int32))
    return Column(words=text.gather(first).to_list(), codes=codes)


_SHORT = 2000
"""Rows below which Python numbers the words of a column before Polars has been asked for them."""


def _few_words(text: list[str]) -> Column:
    """A short column of text: each word numbered by where it is first seen."""
    words = list(dict.fromkeys(text))
    if len(words) == 1:
        return constant(words[0], len(text))
    place = {word: i for i, word in enumerate(words)}
    codes = np.fromiter(map(place.__getitem__, text), dtype=np.int32, count=len(text))
    return Column(words=words, codes=codes)


def _from_arrow(table: Any, name: str) -> dict[str, Column]:
    whole = table.read_all() if _BATCHES in type(table).__name__ else table
    names = [str(n) for n in whole.schema.names]
    column_names(names, name)
    return {n: arrow_column(whole.column(i), n) for i, n in enumerate(names)}


def _from_duckdb(relation: Any, name: str) -> dict[str, Column]:
    """A DuckDB relation through PyArrow, or row by row where that is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        rows = relation.fetchall()
        kinds = [str(t) for t in relation.types]
        column_names([str(c) for c in relation.columns], name)
        return {
            str(column): Column.of_cells([_of_kind(row[i], kinds[i]) for row in rows], column)
            for i, column in enumerate(relation.columns)
        }
    whole = getattr(relation, "to_arrow_table", None) or relation.fetch_arrow_table
    return _from_arrow(whole(), name)


def _of_kind(value: Any, kind: str) -> Any:
    """A value whose library widens floats of 32 bits, as what it is."""
    short = kind.upper() in ("FLOAT", "FLOAT32") and value is not None
    return np.float32(value) if short else value


def _from_narwhals(frame: Any, name: str) -> dict[str, Column]:
    try:
        import narwhals
    except ImportError:
        raise missing_extra("narwhals", "frames", f"`{name}`, a {type(frame).__name__},") from None
    try:
        known = narwhals.from_native(frame)
        eager = known.collect() if isinstance(known, narwhals.LazyFrame) else known
    except TypeError:
        raise InputTypeError(
            f"`{name}` must be a frame, a mapping of columns, or a path; got "
            f"{type(frame).__name__}. "
            "Convert it to a dict of arrays first.",
            argument=name,
        ) from None
    native = eager.to_native()
    if _library(native):
        return _columns_of(native, name)[0]
    return {
        n: Column.of_cells(
            [cell_or_none(_of_kind(v, str(kind))) for v in eager.get_column(n).to_list()], n
        )
        for n, kind in eager.schema.items()
    }


def cell_or_none(value: Any) -> Any:
    """A cell of a foreign frame as a plain Python value."""
    plain = (str, int, float, np.float32, datetime.timedelta)
    return value if value is None or isinstance(value, plain) else cell_text(value)
