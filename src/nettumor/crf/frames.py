"""Frames and arrays that users hold in memory: pandas, Polars, PyArrow, dicts of arrays, other frames.

No frame library is imported here: a pandas, Polars or PyArrow frame brings its own methods; any other
frame is read through narwhals where that is installed. Text columns are handed over as codes and
distinct words by the frame's own machinery, so that a million rows cost no loop over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from nettumor.crf.arrays import by_appearance
from nettumor.crf.columns import WHOLE, Column, cell_text, constant
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, InputTypeError, missing_extra

_LONG = 200_000  # rows: below, the threads are not worth their start


def is_frame(value: object) -> bool:
    """Whether a value is a table by itself: a frame, or a mapping whose values are columns."""
    if isinstance(value, Mapping):
        return bool(value) and not any(_is_table(v) for v in value.values())
    return _is_table(value) and not isinstance(value, (str, Path))


def _is_table(value: object) -> bool:
    return isinstance(value, (str, Path, Mapping)) or hasattr(value, "collect_schema") or hasattr(value, "columns")


def _library(value: object) -> str:
    name = type(value).__module__.split(".")[0]
    return name if name in ("pandas", "polars", "pyarrow") else ""


def read_frame(frame: Any, name: str, path: str = "") -> CrfTable:
    """The table in a frame.

    Parameters
    ----------
    frame : frame, or mapping of str to array_like of shape (n,)
        pandas, Polars (lazy too), PyArrow, any frame narwhals knows, `nettumor.Table`, a dict of arrays.
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
    names = column_names(list(columns), name)
    lengths = {n: len(c) for n, c in zip(names, columns.values(), strict=True)}
    if len(set(lengths.values())) > 1:
        raise InputError(
            f"Columns of `{name}` must have one length; got {lengths}. Pad the shorter ones.", argument=name
        )
    n = next(iter(lengths.values()), 0)
    source = Source(name, kind, "position, from 0", path)
    return CrfTable(
        name, dict(zip(names, columns.values(), strict=True)), source, np.arange(n, dtype=np.int64),
        origin=constant(name, n),
    )  # fmt: skip


def _array_column(values: Any, name: str) -> Column:
    if isinstance(values, Column):
        return values
    if isinstance(values, (str, bytes)) or not (hasattr(values, "__array__") or hasattr(values, "__iter__")):
        raise InputTypeError(
            f"`{name}` must be a column (array, list or Series); got {values!r:.60}. "
            "Give one value per row.", argument=name,
        )  # fmt: skip
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
        raise InputError(f"`{name}` must be one-dimensional; got shape {array.shape}. Ravel it first.", argument=name)
    return Column.of_array(array, name)


def _by_name(
    series: dict[str, Any], is_text: Callable[[Any], bool], dictionary: Callable[[Any], Any],
    words: Callable[[Any, Any], Column], other: Callable[[Any, str], Column],
) -> dict[str, Column]:  # fmt: skip
    """The columns read; of a long frame another thread makes the dictionaries of its text meanwhile.

    Nothing but the frame library's work is done there: what NumPy takes in a thread of its own is kept from the rest.
    """
    text = {n: s for n, s in series.items() if is_text(s)}
    if not text or len(next(iter(text.values()))) < _LONG:
        return {n: words(s, dictionary(s)) if n in text else other(s, n) for n, s in series.items()}
    with ThreadPoolExecutor(1) as pool:
        made = {n: pool.submit(dictionary, s) for n, s in text.items()}
        found = {n: other(s, n) for n, s in series.items() if n not in text}
        found |= {n: words(s, made[n].result()) for n, s in text.items()}
    return {n: found[n] for n in series}


def _from_pandas(frame: Any, name: str) -> dict[str, Column]:
    column_names([str(n) for n in frame.columns], name)
    series = {str(n): frame.iloc[:, i] for i, n in enumerate(frame.columns)}
    return _by_name(series, _is_pandas_text, _pandas_dictionary, _pandas_words, _pandas_column)


def _is_pandas_text(series: Any) -> bool:
    return type(series.dtype).__name__ == "StringDtype"


def _pandas_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if str(dtype).startswith("datetime64") or kind == "M":
        moments = series.dt.tz_localize(None) if getattr(series.dt, "tz", None) is not None else series
        return Column.of_datetimes(moments.to_numpy(dtype=f"datetime64[{getattr(dtype, 'unit', 'ns')}]"))
    if kind == "m":
        return Column.of_array(series.to_numpy(dtype="timedelta64[ns]"), name)
    known = series.dropna() if kind in "iu" else series[:0]
    if len(known) and (known.max() > WHOLE or known.min() < -WHOLE):
        return Column.of_cells(series.tolist(), name)
    if kind in "fiub":
        return Column(floats=series.to_numpy(dtype=np.float64, na_value=np.nan))
    if _is_pandas_text(series):
        return _pandas_words(series, _pandas_dictionary(series))
    codes, words = series.factorize()
    values = words.tolist()
    if values and not all(isinstance(v, str) for v in values):
        column = Column.of_cells([*values, None], name)
        return column.take(np.where(codes < 0, len(values), codes))
    return _pandas_words(series, (codes, values))


def _pandas_dictionary(series: Any) -> Any:
    """The codes and distinct words of a column of str; None for one that says one word in every row."""
    if series.iloc[:99].nunique() == 1 and not series.isna().any() and (series == series.iloc[0]).all():
        return None  # such as a role: a third of the time of a dictionary
    codes, words = series.factorize()
    return codes, words.tolist()


def _pandas_words(series: Any, dictionary: Any) -> Column:
    if dictionary is None:
        return constant(series.iloc[0], len(series))
    codes, words = dictionary
    return Column.of_distinct(["", *words], np.add(codes, 1, dtype=np.int32, casting="unsafe"))


def _from_polars(frame: Any) -> dict[str, Column]:
    whole = frame.collect() if hasattr(frame, "collect") else frame
    series = {s.name: s for s in whole.get_columns()}
    return _by_name(series, _is_polars_text, _polars_dictionary, _polars_words, _polars_column)


def _is_polars_text(series: Any) -> bool:
    return str(series.dtype).startswith(("String", "Categorical", "Enum"))


def _polars_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    whole = dtype.is_integer() and series.len() and max(abs(series.max() or 0), abs(series.min() or 0)) > WHOLE
    if (dtype.is_numeric() and not whole) or str(dtype) == "Boolean":
        import polars

        return Column(floats=series.cast(polars.Float64).fill_null(np.nan).to_numpy())
    if str(dtype) == "Date" or str(dtype).startswith("Datetime"):
        return Column.of_datetimes(series.dt.replace_time_zone(None).to_numpy() if "zone" in str(dtype) and
                                   getattr(dtype, "time_zone", None) else series.to_numpy())  # fmt: skip
    if str(dtype).startswith("Duration"):
        return Column.of_array(series.to_numpy(), name)
    if _is_polars_text(series):
        return _polars_words(series, _polars_dictionary(series))
    return Column.of_cells([None if v is None else v for v in series.to_list()], name)


def _polars_dictionary(series: Any) -> Any:
    """A whole number for each cell, the same for the same word; None for a column of one word, or of nulls."""
    import polars

    text, nulls = series.cast(polars.String), series.null_count()
    # such as a role: a tenth of the time of a dictionary
    if nulls == len(series) or (not nulls and text.head(99).n_unique() == 1 and (text == text[0]).all()):
        return None
    codes = text.cast(polars.Categorical).to_physical()
    return codes.fill_null(codes.max() + 1) if nulls else codes


def _polars_words(series: Any, dictionary: Any) -> Column:
    if dictionary is None:
        return constant((series[0] if len(series) else None) or "", len(series))
    # the dictionary's own order depends on what else was read before
    number, first = by_appearance(dictionary.to_numpy())
    return Column.of_distinct(["" if w is None else w for w in series.gather(first).to_list()], number)


def _from_arrow(table: Any, name: str) -> dict[str, Column]:
    column_names([str(n) for n in table.column_names], name)
    return {n: _arrow_column(table.column(i), n) for i, n in enumerate(table.column_names)}


def _arrow_column(chunked: Any, name: str) -> Column:
    kind = str(chunked.type)
    if kind.startswith(("dictionary<values=string", "dictionary<values=large_string")):
        chunked, kind = chunked.cast("string"), "string"
    if kind.startswith(("string", "large_string", "string_view")):
        combined = chunked.combine_chunks() if kind != "string_view" else chunked.cast("string").combine_chunks()
        encoded = combined.dictionary_encode()
        if hasattr(encoded, "chunks"):  # an older PyArrow keeps chunks
            encoded = encoded.combine_chunks()
        words = encoded.dictionary.to_pylist()
        codes = encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
        return Column.of_distinct([*words, ""], codes.astype(np.int64))
    if kind.startswith(("int", "uint", "float", "double", "halffloat")):
        plain = chunked.drop_null().to_numpy()
        if plain.dtype.kind == "f" or not plain.size or (plain.max() <= WHOLE and plain.min() >= -WHOLE):
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
            f"`{name}` must be a frame, a mapping of columns, or a path; got {type(frame).__name__}. "
            "Convert it to a dict of arrays first.", argument=name,
        ) from None  # fmt: skip
    return {n: Column.of_cells([cell_or_none(v) for v in eager.get_column(n).to_list()], n) for n in eager.columns}


def cell_or_none(value: Any) -> Any:
    """A cell of a foreign frame as a plain Python value."""
    return value if value is None or isinstance(value, (str, int, float)) else cell_text(value)
