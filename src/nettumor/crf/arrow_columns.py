"""Columns of PyArrow as columns of a table.

PyArrow is not imported here: its arrays bring their own methods. Input: an array, or one in chunks;
pandas and Polars may hold their words in such. Output: a `Column`, words numbered by PyArrow itself.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from nettumor._threads import LONG
from nettumor.crf.columns import WHOLE, Column, constant
from nettumor.crf.hashed import of_one_length
from nettumor.errors import InputError


def arrow_column(values: Any, name: str) -> Column:
    """A column of PyArrow: an array, or one in chunks."""
    kind = str(values.type)
    if kind.startswith("dictionary"):
        return _dictionary(values, name)
    if kind.startswith(("string", "large_string", "string_view")):
        return _words(values, kind)
    if kind.startswith(("int", "uint")):
        plain = values.drop_null().to_numpy(**_copying(values))
        if not plain.size or (plain.max() <= WHOLE and plain.min() >= -WHOLE):
            return Column(floats=_to_numpy(values).astype(np.float64))  # NaN where null
    if kind in ("float", "double", "halffloat"):
        return Column.of_array(_to_numpy(values), name)
    if kind.startswith("timestamp"):
        import pyarrow.compute

        local = pyarrow.compute.local_timestamp(values) if values.type.tz else values
        return Column.of_datetimes(_to_numpy(local))
    if kind.startswith(("date32", "date64")):
        return Column.of_datetimes(_to_numpy(values))
    if kind.startswith("duration"):
        return Column.of_array(_to_numpy(values), name)
    if kind == "month_day_nano_interval":
        return Column.of_cells([_interval(v, name) for v in values.to_pylist()], name)
    return Column.of_cells(values.to_pylist(), name)


def _copying(values: Any) -> dict[str, bool]:
    return {} if hasattr(values, "chunks") else {"zero_copy_only": False}


def _to_numpy(values: Any) -> Any:
    return values.to_numpy(**_copying(values))


def _words(values: Any, kind: str) -> Column:
    text = values.cast("string") if kind.startswith("string_view") else values
    combined = text.combine_chunks() if hasattr(text, "chunks") else text
    numbered = numbered_arrow(combined)
    if numbered is not None:
        return numbered
    encoded = combined.dictionary_encode()
    if hasattr(encoded, "chunks"):  # an older PyArrow keeps chunks
        encoded = encoded.combine_chunks()
    words = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return Column.of_distinct([*words, ""], codes.astype(np.int64))


def numbered_arrow(text: Any) -> Column | None:
    """A long column of words of one length, numbered without a dictionary; else None."""
    if len(text) < LONG or hasattr(text, "chunks"):
        return None
    numbered = of_one_length(text)
    if numbered is None:
        return None
    codes, first = numbered
    return Column(words=text.take(first).to_pylist(), codes=codes)


def _dictionary(values: Any, name: str) -> Column:
    """A dictionary of words (as of a Polars categorical) or of values of any other type."""
    if "string" in str(values.type.value_type):
        return _words(values.cast("string"), "string")
    if hasattr(values, "chunks"):
        values = values.unify_dictionaries().combine_chunks()
        values = values.chunk(0) if hasattr(values, "chunks") else values
    codes = values.indices.fill_null(-1).cast("int64").to_numpy(zero_copy_only=False)
    return arrow_column(values.dictionary, name).expand(codes)


def _interval(value: Any, name: str) -> Any:
    """An interval of days and nanoseconds as a duration; one of months is refused."""
    if value is None:
        return None
    if value.months:
        raise InputError(
            f"`{name}` must not be an interval of months, which is no number of days; got "
            f"{value.months} months. Give days.",
            argument=name,
        )
    return datetime.timedelta(days=value.days, microseconds=value.nanoseconds / 1000)


def few_arrow_words(held: Any) -> Column:
    """A short column of text that pandas holds in PyArrow, which numbers its words."""
    encoded = (held.combine_chunks() if hasattr(held, "chunks") else held).dictionary_encode()
    if hasattr(encoded, "chunks"):  # an older PyArrow keeps chunks
        encoded = encoded.combine_chunks()
    words = encoded.dictionary.to_pylist()
    if len(words) == 1 and not encoded.null_count:
        return constant(words[0], len(encoded))
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Column.of_distinct(["", *words], np.add(places, 1, dtype=np.int32, casting="unsafe"))
