"""Frames and arrays that users hold in memory: pandas, Polars, PyArrow, dicts of arrays, other
frames.

No frame library is imported here: a pandas, Polars or PyArrow frame brings its own methods; any
other frame is read through narwhals where that is installed. Text columns are handed over as codes
and distinct words by the frame's own machinery, so that a million rows cost no loop over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nettumor._threads import each
from nettumor.crf.arrays import by_appearance, smallest
from nettumor.crf.came_as import kind_of
from nettumor.crf.columns import WHOLE, Column, cell_text, constant
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, InputTypeError, missing_extra


def is_frame(value: object) -> bool:
    """Whether a value is a table by itself: a frame, or a mapping whose values are columns."""
    if isinstance(value, Mapping):
        return bool(value) and not any(_is_table(v) for v in value.values())
    return _is_table(value) and not isinstance(value, (str, Path))


def _is_table(value: object) -> bool:
    return (
        isinstance(value, (str, Path, Mapping))
        or hasattr(value, "collect_schema")
        or hasattr(value, "columns")
    )


def _library(value: object) -> str:
    name = type(value).__module__.split(".")[0]
    return name if name in ("pandas", "polars", "pyarrow") else ""


def read_frame(frame: Any, name: str, path: str = "") -> CrfTable:
    """The table in a frame.

    Parameters
    ----------
    frame : frame, or mapping of str to array_like of shape (n,)
        pandas, Polars (lazy too), PyArrow, any frame narwhals knows, `nettumor.Table`, a dict of
        arrays.
    name : str
        The name of the table; errors name it.
    path : str
        Unused by frames in memory; the file a frame was read from.

    Returns
    -------
    CrfTable

    Raises
    ------
    InputError
        Where columns differ in length, stand twice, or hold nested values.
    """
    library = _library(frame)
    if isinstance(frame, CrfTable):
        columns, kind = {n: frame.column(n) for n in frame}, "table"
    elif isinstance(frame, Mapping):
        columns, kind = {str(n): _array_column(v, str(n)) for n, v in frame.items()}, "arrays"
    elif library == "pandas":
        columns, kind = _from_pandas(frame, name), "pandas"
    elif library == "polars":
        columns, kind = _from_polars(frame), "polars"
    elif library == "pyarrow":
        columns, kind = _from_arrow(frame, name), "pyarrow"
    else:
        columns, kind = _from_narwhals(frame, name), type(frame).__module__.split(".")[0]
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
    )


def _keep_types(frame: Any, columns: Mapping[str, Column]) -> None:
    """Each column remembers the type it had in the frame."""
    for name, column in columns.items():
        if not isinstance(frame, CrfTable):
            values = frame[name] if isinstance(frame, Mapping) else _series(frame, name)
            column.came_as = kind_of(values)


def _series(frame: Any, name: str) -> Any:
    try:
        if hasattr(frame, "collect_schema") and not hasattr(frame, "get_columns"):
            return frame.collect_schema()[name]
        return frame[name]
    except (KeyError, TypeError, AttributeError):  # a name that is no text, a frame without columns
        return None


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
        return _polars_column(values, name)
    if library == "pandas":
        return _pandas_column(values, name)
    if not hasattr(values, "__array__"):
        return Column.of_cells(list(values), name)
    array = np.asarray(values)
    if isinstance(values, np.ma.MaskedArray):
        array = array.astype(object)
        array[np.ma.getmaskarray(values)] = None
    if array.ndim != 1:
        raise InputError(
            f"`{name}` must be one-dimensional; got shape {array.shape}. Ravel it first.",
            argument=name,
        )
    return Column.of_array(array, name)


def _from_pandas(frame: Any, name: str) -> dict[str, Column]:
    column_names([str(n) for n in frame.columns], name)
    names = [str(n) for n in frame.columns]
    series = [frame.iloc[:, i] for i in range(len(names))]
    return dict(zip(names, each(_pandas_column, series, names, rows=len(frame)), strict=True))


def _pandas_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if str(dtype).startswith("datetime64") or kind == "M":
        moments = (
            series.dt.tz_localize(None) if getattr(series.dt, "tz", None) is not None else series
        )
        return Column.of_datetimes(
            moments.to_numpy(dtype=f"datetime64[{getattr(dtype, 'unit', 'ns')}]")
        )
    if kind == "m":
        return Column.of_array(series.to_numpy(dtype="timedelta64[ns]"), name)
    known = series.dropna() if kind in "iu" else series[:0]
    if len(known) and (known.max() > WHOLE or known.min() < -WHOLE):
        return Column.of_cells(series.tolist(), name)
    if kind in "fiub":
        return Column(floats=series.to_numpy(dtype=np.float64, na_value=np.nan))
    text = type(dtype).__name__ == "StringDtype"
    if text and _says_one(
        series.iloc[:99].nunique(), lambda: (series == series.iloc[0]).fillna(False).all()
    ):
        return constant(series.iloc[0], len(series))
    codes, words = series.factorize()
    values = words.tolist()
    if values and not text and not all(isinstance(v, str) for v in values):
        column = Column.of_cells([*values, None], name)
        return column.take(np.where(codes < 0, len(values), codes))
    return Column.of_distinct(["", *values], np.add(codes, 1, dtype=np.int32, casting="unsafe"))


def _says_one(distinct: int, same: Callable[[], bool]) -> bool:
    """Whether a column says one word in every row, such as a role: a tenth of the time of a
    dictionary.
    """
    return distinct == 1 and bool(same())


def _from_polars(frame: Any) -> dict[str, Column]:
    whole = frame.collect() if hasattr(frame, "collect") else frame
    series = whole.get_columns()
    names = [s.name for s in series]
    return dict(zip(names, each(_polars_column, series, names, rows=len(whole)), strict=True))


def _polars_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    huge = (
        dtype.is_integer()
        and series.len()
        and max(abs(series.max() or 0), abs(series.min() or 0)) > WHOLE
    )
    if str(dtype) == "Date" and not series.null_count():
        return Column.of_days(series.to_physical().to_numpy())
    if dtype.is_integer() and not huge and not series.null_count():
        import polars

        return Column.of_whole(series.cast(polars.Int64).to_numpy())
    if (dtype.is_numeric() and not huge) or str(dtype) == "Boolean":
        import polars

        floats = series.cast(polars.Float64).fill_null(np.nan).to_numpy()
        made_here = series.null_count() or dtype != polars.Float64
        return Column.of_own(floats) if made_here else Column(floats=floats)
    if str(dtype) == "Date" or str(dtype).startswith("Datetime"):
        return Column.of_datetimes(
            series.dt.replace_time_zone(None).to_numpy()
            if "zone" in str(dtype) and getattr(dtype, "time_zone", None)
            else series.to_numpy()
        )
    if str(dtype).startswith("Duration"):
        return Column.of_array(series.to_numpy(), name)
    if str(dtype).startswith(("String", "Categorical", "Enum")):
        return _polars_words(series)
    return Column.of_cells([None if v is None else v for v in series.to_list()], name)


def _polars_words(series: Any) -> Column:
    """The words of a column of text, numbered by Polars."""
    import polars

    text = series.cast(polars.String).fill_null("")
    if _says_one(text.head(99).n_unique(), lambda: (text == text[0]).all()):
        return constant(text[0], len(text))
    # categories of its own: those that all share number a word by when it was first read anywhere
    own = (
        polars.Categorical(polars.Categories.random())
        if hasattr(polars, "Categories")
        else polars.Categorical
    )
    codes, first = by_appearance(text.cast(own).to_physical().to_numpy().view(np.int32))
    return Column(words=text.gather(first).to_list(), codes=codes)


def _from_arrow(table: Any, name: str) -> dict[str, Column]:
    column_names([str(n) for n in table.column_names], name)
    return {n: _arrow_column(table.column(i), n) for i, n in enumerate(table.column_names)}


def _arrow_column(chunked: Any, name: str) -> Column:
    kind = str(chunked.type)
    if kind.startswith(("dictionary<values=string", "dictionary<values=large_string")):
        chunked, kind = chunked.cast("string"), "string"
    if kind.startswith(("string", "large_string", "string_view")):
        combined = (
            chunked.combine_chunks()
            if kind != "string_view"
            else chunked.cast("string").combine_chunks()
        )
        encoded = combined.dictionary_encode()
        if hasattr(encoded, "chunks"):  # an older PyArrow keeps chunks
            encoded = encoded.combine_chunks()
        words = encoded.dictionary.to_pylist()
        codes = encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
        return Column.of_distinct([*words, ""], codes.astype(np.int64))
    if kind.startswith(("int", "uint", "float", "double", "halffloat")):
        plain = chunked.drop_null().to_numpy()
        if (
            plain.dtype.kind == "f"
            or not plain.size
            or (plain.max() <= WHOLE and plain.min() >= -WHOLE)
        ):
            return Column(floats=chunked.to_numpy().astype(np.float64))  # NaN where null
    if kind.startswith("date32"):
        return Column.of_datetimes(chunked.to_numpy())
    return Column.of_cells(chunked.to_pylist(), name)


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
    return {
        n: Column.of_cells([cell_or_none(v) for v in eager.get_column(n).to_list()], n)
        for n in eager.columns
    }


def cell_or_none(value: Any) -> Any:
    """A cell of a foreign frame as a plain Python value."""
    return value if value is None or isinstance(value, (str, int, float)) else cell_text(value)
