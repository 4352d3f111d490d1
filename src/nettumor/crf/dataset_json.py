"""CDISC Dataset-JSON 1.1 (JSON and NDJSON) and plain JSON rows, read by the standard library.

Source: CDISC Dataset-JSON 1.1: an object with ``columns`` (each with ``name`` and ``dataType``) and
``rows`` (arrays, one per record); as NDJSON the object stands in the first line and each row in a
line of its own. An array of objects (one per row) is read too. Text stays text, null is a blank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from nettumor.crf.columns import WHOLE, Column, constant
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError

_NUMERIC = ("integer", "float", "double", "decimal")


def read_json(data: bytes, source: Source, name: str, *, lines: bool = False) -> CrfTable:
    """The table in the bytes of a Dataset-JSON file.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table, where the file has none.
    lines : bool
        NDJSON: one JSON value a line.

    Returns
    -------
    CrfTable

    Raises
    ------
    InputError
        Where the bytes are not JSON in UTF-8, not a table, or a row has too few or too many values.
    """
    try:
        text = data.decode("utf-8-sig")
        values = (
            [_load(line) for line in text.splitlines() if line.strip()] if lines else [_load(text)]
        )
    except UnicodeDecodeError as error:
        raise _broken(source, f"it is not UTF-8 (byte 0x{data[error.start]:02x})") from None
    except (ValueError, RecursionError) as error:
        raise _broken(source, str(error).splitlines()[0][:100] or "it is nested too deep") from None
    if not values:
        raise InputError(
            f"`{source.name}` is empty. Give a file with columns and rows.", argument=source.name
        )
    head = values[0]
    if lines and isinstance(head, dict) and "columns" in head:
        head = {**head, "rows": values[1:]}
    elif lines:
        head = values
    return _table(head, source, name)


def _load(text: str) -> Any:
    return json.loads(text)


def _broken(source: Source, why: str) -> InputError:
    return InputError(
        f"`{source.name}` is not a readable JSON table: {why}. Write it as Dataset-JSON 1.1, or "
        "as CSV UTF-8.",
        argument=source.name,
    )


def _table(head: Any, source: Source, name: str) -> CrfTable:
    if isinstance(head, list):
        return _from_objects(head, source, name)
    if not isinstance(head, dict):
        raise _broken(source, "it holds one value")
    if "clinicalData" in head or "referenceData" in head:
        raise _broken(source, "it is of version 1.0")
    columns, rows = head.get("columns"), head.get("rows")
    if not isinstance(columns, list) or not columns or not all(_is_column(c) for c in columns):
        raise _broken(source, "it has no `columns` with names")
    if not isinstance(rows, list):
        raise _broken(source, "it has no `rows`")
    names = column_names([c["name"] for c in columns], source.name)
    for i, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(names):
            got = f"{len(row)} values" if isinstance(row, list) else repr(row)[:40]
            raise InputError(
                f"`{source.name}` row {i} has {got}; there are {len(names)} columns. Complete the "
                "row.",
                argument=source.name,
                index=(i,),
            )
    kinds = {n: str(c.get("dataType", "")) for n, c in zip(names, columns, strict=True)}
    called = head.get("name")
    return _finish(
        dict(zip(names, _turned(rows, len(names)), strict=True)),
        kinds,
        len(rows),
        source,
        called if isinstance(called, str) and called else name,
    )


def _is_column(column: Any) -> bool:
    return (
        isinstance(column, dict)
        and isinstance(column.get("name"), str)
        and bool(column["name"].strip())
    )


def _turned(rows: list[list[Any]], width: int) -> Iterator[list[Any]]:
    return (list(c) for c in zip(*rows, strict=True)) if rows else iter([[] for _ in range(width)])


def _from_objects(rows: list[Any], source: Source, name: str) -> CrfTable:
    if not rows or not all(isinstance(r, dict) for r in rows):
        raise _broken(source, "it is not an array of objects")
    names = column_names(list(dict.fromkeys(k for r in rows for k in r)), source.name)
    keys = list(dict.fromkeys(k for r in rows for k in r))
    cells = {n: [r.get(k) for r in rows] for n, k in zip(names, keys, strict=True)}
    return _finish(cells, {}, len(rows), source, name)


def _finish(
    cells: dict[str, list[Any]], kinds: dict[str, str], n: int, source: Source, name: str
) -> CrfTable:
    columns = {}
    for column, values in cells.items():
        read = Column.of_cells(values, column)
        if kinds.get(column) in _NUMERIC and read.is_text:  # decimals are written as text
            read = as_numbers_where_possible(read)
        columns[column] = read
    return CrfTable(
        name, columns, source, np.arange(1, n + 1, dtype=np.int64), origin=constant(name, n)
    )


def as_numbers_where_possible(column: Column, *, decimal_comma: bool = False) -> Column:
    """A text column as numbers, if every cell is a number or blank; else the column itself.

    Numbers with a decimal comma count only where ``decimal_comma`` says that the file is written
    so. A zero misread from XPORT stays as it came, so that it can be reported. Numbers above 2**53
    stay text: as float64 two of them may be one.
    """
    from nettumor.crf.cells import parse_numbers, read_number

    if not column.is_text:
        return column
    numbers = parse_numbers(column, decimal_comma=decimal_comma)
    if numbers.word.any() or (numbers.decimal_comma.any() and not decimal_comma):
        return column
    if bool(np.any(np.abs(numbers.value) > WHOLE)):
        return column
    if numbers.misread_zero.any():
        return Column(floats=column.map(lambda w: read_number(w, decimal_comma)[0], np.float64))
    return Column(floats=numbers.value)
