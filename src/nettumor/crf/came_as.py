"""As what a column came in: so that keys and dates of the results go out as they came.

A reader turns every column into words or numbers. Results that are joined back to the user's own
frames need the type that stood there: whole numbers, dates, moments, categories. `kind_of` says it
for one column of a frame or one array; nothing is read here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen


@frozen
class CameAs:
    """The type of a column as the user holds it.

    Attributes
    ----------
    kind : {"", "integer", "number", "date", "moment", "date object", "category"}
        "date" is a type of whole days, "moment" one with the time of day; "date object" is a column
        of Python dates; "" is text, or anything else.
    unit : str
        Of moments: "s", "ms", "us", "ns".
    categories : tuple
        Of a category: its words in their order.
    ordered : bool
        Whether the categories have an order.
    """

    kind: str = ""
    unit: str = ""
    categories: tuple[Any, ...] = ()
    ordered: bool = False


TEXT = CameAs()


def kind_of(values: Any) -> CameAs:
    """As what a column comes in: a Series of pandas or Polars, a PyArrow column, an array, a list."""
    dtype = getattr(values, "dtype", None)
    # a type of Polars itself, of a frame not yet collected, or of DuckDB
    if hasattr(values, "base_type") or type(values).__name__ == "DuckDBPyType":
        return _of_name(str(values))
    if dtype is None:
        arrow = getattr(values, "type", None)
        return _of_values(values) if arrow is None else _of_name(str(arrow))
    if isinstance(dtype, np.dtype):
        return _of_numpy(dtype, values)
    if type(dtype).__name__ == "CategoricalDtype":
        return CameAs("category", "", tuple(dtype.categories.tolist()), bool(dtype.ordered))
    return _of_name(str(dtype))


def _of_numpy(dtype: np.dtype[Any], values: Any) -> CameAs:
    if dtype.kind in "iu":
        return CameAs("integer")
    if dtype.kind == "f":
        return CameAs("number")
    if dtype.kind == "M":
        unit = np.datetime_data(dtype)[0]
        return CameAs("date") if unit == "D" else CameAs("moment", unit)
    if dtype.kind == "O":
        return _of_values(values)
    return TEXT


def _of_values(values: Any) -> CameAs:
    """A column of Python values: as what its first one comes in, if all are alike."""
    few = values[:1000] if isinstance(values, (list, tuple)) or hasattr(values, "tolist") else []
    given = few.tolist() if hasattr(few, "tolist") else few
    kinds = {type(v) for v in given if not _nothing(v)}
    if len(kinds) != 1:
        return TEXT
    kind = kinds.pop()
    if kind is datetime.date:
        return CameAs("date object")
    if issubclass(kind, (int, np.integer)) and not issubclass(kind, bool):
        return CameAs("integer")
    return TEXT


def _nothing(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, float) and value != value)
        or type(value).__name__ in ("NAType", "NaTType")
    )


def _of_name(name: str) -> CameAs:
    """By the name of a type of Polars, PyArrow, or an extension type of pandas."""
    low = name.casefold().removesuffix("[pyarrow]")
    if low.startswith(("int", "uint", "bigint", "smallint", "tinyint")):
        return CameAs("integer")
    if low.startswith(("float", "double")):
        return CameAs("number")
    if low in ("date", "date32", "date32[day]", "date64", "date64[ms]"):
        return CameAs("date")
    if low.startswith(("datetime", "timestamp")):
        units = [u for u in ("ns", "us", "ms") if f"[{u}" in low or f"'{u}'" in low]
        return CameAs("moment", units[0] if units else "s")
    if low.startswith(("dictionary", "categorical", "enum")):
        return CameAs("category")
    return TEXT


def as_it_came(text: npt.NDArray[np.str_], came: CameAs) -> npt.NDArray[Any]:
    """Words of a result in the type that the user's column had; as they are where one is another.

    Parameters
    ----------
    text : ndarray of str, shape (n,)
        "" where there is nothing.
    came : CameAs
        The type to go back to. A category is put on by the frame, not here.

    Returns
    -------
    ndarray, shape (n,)
        int64, float64, datetime64 (NaT for ""), objects of `datetime.date` (None for ""), or text.
    """
    try:
        if came.kind == "integer":
            return text.astype(np.int64)
        if came.kind == "number":
            return np.where(text == "", "nan", text).astype(np.float64)
        if came.kind == "date":
            return as_moments(text, "D")
        if came.kind == "moment":
            return as_moments(text, came.unit)
        if came.kind == "date object":
            return np.array(as_moments(text, "D").astype(object))
    except ValueError:  # a blank among whole numbers, a partial date among dates
        return text
    return text


def as_moments(text: npt.NDArray[np.str_], unit: str) -> npt.NDArray[np.datetime64]:
    """ISO 8601 dates and moments as datetime64 of a unit; NaT for ""."""
    found, codes = np.unique(text, return_inverse=True)
    moments = np.array([w or "NaT" for w in found.tolist()], dtype=f"datetime64[{unit}]")
    return np.asarray(moments[codes] if len(found) else moments)


def as_text(values: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    """What `as_it_came` gives, written out: whole days and moments in ISO 8601, "" for nothing.

    >>> as_text(np.array(["2024-01-02", "NaT"], dtype="datetime64[D]")).tolist()
    ['2024-01-02', '']
    """
    if values.dtype.kind == "M":
        written = np.datetime_as_string(values.astype("datetime64[D]"))
        return np.where(np.isnat(values), "", written)
    if values.dtype.kind == "O":
        return np.array(["" if v is None else str(v) for v in values.tolist()], dtype=np.str_)
    return values.astype(np.str_)


def with_categories(frame: Any, kind: str, categories: Mapping[str, CameAs]) -> Any:
    """A frame whose columns of these names are categories, as they were in the user's frame."""
    for name, came in categories.items():
        names = list(frame.columns) if kind != "pyarrow" else frame.column_names
        if name not in names:
            continue
        if kind == "pandas":
            pandas: Any = import_module("pandas")
            known = list(came.categories)
            frame[name] = pandas.Categorical(frame[name], categories=known, ordered=came.ordered)
        elif kind == "polars":
            polars: Any = import_module("polars")
            frame = frame.with_columns(polars.col(name).cast(polars.Categorical))
        else:
            place = names.index(name)
            frame = frame.set_column(place, name, frame.column(place).dictionary_encode())
    return frame
