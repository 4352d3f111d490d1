"""CDISC Dataset-JSON 1.1 and 1.0 (JSON, NDJSON, compressed) and plain JSON rows, read by the
standard library.

Source: CDISC Dataset-JSON 1.1: an object with ``columns`` (each with ``name`` and ``dataType``) and
``rows`` (arrays, one per record); as NDJSON the object stands in the first line and each row in a
line of its own; DSJC is that, compressed with zlib. Dataset-JSON 1.0 has ``items`` and ``itemData``
under ``clinicalData`` or ``referenceData``. An array of objects (one per row) is read too. Text
stays text, null is a blank. A file whose ``records`` is not the number of its rows is truncated,
and an object with one key twice says two things: both are refused.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

import numpy as np

from nettumor.crf.columns import WHOLE, Column, constant
from nettumor.crf.intake import Line
from nettumor.crf.limits import too_large
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError

_NUMERIC = ("integer", "float", "double", "decimal")
_SEQUENCE = "ITEMGROUPDATASEQ"
"""Version 1.0 numbers the records in a column of this name, which is no variable."""


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
        Where the bytes are not JSON in UTF-8, not a table, a row has too few or too many values,
        the rows are not as many as the file says, or an object has one key twice.
    """
    try:
        text = data.decode("utf-8-sig")
        values = _load_lines(text) if lines else [_load(text)]
    except UnicodeDecodeError as error:
        raise _broken(source, f"it is not UTF-8 (byte 0x{data[error.start]:02x})") from None
    except (ValueError, RecursionError) as error:
        raise _broken(source, str(error).splitlines()[0][:100] or "it is nested too deep") from None
    if not values:
        raise InputError(
            f"`{source.name}` is empty. Give a file with columns and rows.", argument=source.name
        )
    head = values[0]
    if lines and isinstance(head, dict) and ("columns" in head or "datasetJSONVersion" in head):
        head = {**head, "rows": values[1:]}
    elif lines:
        head = values
    return _table(head, source, name)


def unpacked(data: bytes, source: Source, limit: int) -> bytes:
    """The bytes of a compressed Dataset-JSON file (DSJC: zlib), at most ``limit``."""
    reader = zlib.decompressobj(47)  # with the header of zlib or of gzip
    try:
        out = reader.decompress(data, limit + 1)
        out += reader.flush() if len(out) <= limit else b""
    except zlib.error:
        raise _broken(source, "it is not compressed with zlib") from None
    if len(out) > limit:
        raise too_large(source.name, "bytes_unpacked", f"more than {limit:,} bytes unpacked", limit)
    if not reader.eof:
        raise _broken(source, "it is cut off")
    return out


def _load(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object)


def _load_lines(text: str) -> list[Any]:
    """One value a line; only CR and LF end one (U+2028 may stand in a text)."""
    return [_load(line) for line in re.split(r"\r\n|\n|\r", text) if line.strip(" \t")]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise ValueError(f"an object has the key {twice!r} twice")
    return found


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
    notes: tuple[Line, ...] = ()
    if "clinicalData" in head or "referenceData" in head:
        head, notes = _of_version_1_0(head, source)
    columns, rows = head.get("columns"), head.get("rows", [])
    if not isinstance(columns, list) or not columns or not all(_is_column(c) for c in columns):
        raise _broken(source, "it has no `columns` with names")
    if not isinstance(rows, list):
        raise _broken(source, "its `rows` are no array")
    _as_many_as_said(head.get("records"), rows, source)
    names = column_names([c["name"] for c in columns], source.name)
    _of_one_length(rows, len(names), source)
    kinds = {
        n: str(c.get("dataType", c.get("type", ""))) for n, c in zip(names, columns, strict=True)
    }
    called = head.get("name")
    called = called if isinstance(called, str) and called else name
    cells = zip(names, _turned(rows, len(names)), strict=True)
    variables = ((n, c) for n, c in cells if not (notes and n == _SEQUENCE))
    return _finish(variables, kinds, len(rows), source, called, notes)


def _of_version_1_0(
    head: dict[str, Any], source: Source
) -> tuple[dict[str, Any], tuple[Line, ...]]:
    """What version 1.0 holds, by the names of version 1.1; the numbers of its records are said to
    be left out.
    """
    groups = [
        group
        for key in ("clinicalData", "referenceData")
        if isinstance(head.get(key), dict) and isinstance(head[key].get("itemGroupData"), dict)
        for group in head[key]["itemGroupData"].values()
    ]
    if len(groups) != 1 or not isinstance(groups[0], dict):
        raise _broken(source, f"of version 1.0, it holds {len(groups)} data sets in place of one")
    group = groups[0]
    columns, rows = group.get("items"), group.get("itemData", [])
    numbered = isinstance(columns, list) and any(
        _is_column(c) and c["name"] == _SEQUENCE for c in columns
    )
    line = Line("column", source.name, _SEQUENCE, status="not needed")
    found = {"columns": columns, "rows": rows, "name": group.get("name")}
    return {**found, "records": group.get("records")}, (line,) if numbered else ()


def _as_many_as_said(records: Any, rows: list[Any], source: Source) -> None:
    if records is None:
        return
    if isinstance(records, bool) or not isinstance(records, int):
        raise _broken(source, f"its `records` are no whole number but {records!r:.20}")
    if records != len(rows):
        raise InputError(
            f"`{source.name}` must have the {records:,} records that it says; got {len(rows):,} "
            "rows: the file is truncated, or was changed by hand. Write it again.",
            argument=source.name,
            count=abs(records - len(rows)),
        )


def _of_one_length(rows: list[Any], width: int, source: Source) -> None:
    if set(map(type, rows)) <= {list} and set(map(len, rows)) <= {width}:
        return
    for i, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != width:
            got = f"{len(row)} values" if isinstance(row, list) else repr(row)[:40]
            raise InputError(
                f"`{source.name}` row {i} has {got}; there are {width} columns. Complete the row.",
                argument=source.name,
                index=(i,),
            )


def _is_column(column: Any) -> bool:
    return (
        isinstance(column, dict)
        and isinstance(column.get("name"), str)
        and bool(column["name"].strip())
    )


def _turned(rows: list[list[Any]], width: int) -> Iterator[list[Any]]:
    return (list(map(itemgetter(i), rows)) for i in range(width))


def _from_objects(rows: list[Any], source: Source, name: str) -> CrfTable:
    if not rows or not all(isinstance(r, dict) for r in rows):
        raise _broken(source, "it is not an array of objects")
    names = column_names(list(dict.fromkeys(k for r in rows for k in r)), source.name)
    keys = list(dict.fromkeys(k for r in rows for k in r))
    cells = ((n, [r.get(k) for r in rows]) for n, k in zip(names, keys, strict=True))
    return _finish(cells, {}, len(rows), source, name)


def _finish(
    cells: Iterable[tuple[str, list[Any]]],
    kinds: dict[str, str],
    n: int,
    source: Source,
    name: str,
    notes: tuple[Line, ...] = (),
) -> CrfTable:
    columns = {}
    for column, values in cells:
        read = Column.of_cells(values, column)
        if kinds.get(column) in _NUMERIC and read.is_text:  # decimals are written as text
            read = as_numbers_where_possible(read)
        columns[column] = read
    return CrfTable(
        name,
        columns,
        source,
        np.arange(1, n + 1, dtype=np.int64),
        origin=constant(name, n),
        notes=notes,
    )


def as_numbers_where_possible(column: Column, *, decimal_comma: bool = False) -> Column:
    """A text column as numbers, if every cell is a number or blank; else the column itself.

    Numbers with a decimal comma count only where ``decimal_comma`` says that the file is written
    so. A zero misread from XPORT stays as it came, so that it can be reported. Numbers from 2**53 on
    stay text: as float64 two of them may be one.
    """
    from nettumor.crf.cells import parse_numbers
    from nettumor.words.numbers import read as read_number

    if not column.is_text:
        return column
    numbers = parse_numbers(column, decimal_comma=decimal_comma)
    if numbers.word.any() or (numbers.decimal_comma.any() and not decimal_comma):
        return column
    if bool(np.any(np.abs(numbers.value) >= WHOLE)):
        return column
    if numbers.misread_zero.any():
        return Column(floats=column.map(lambda w: read_number(w, decimal_comma).value, np.float64))
    return Column(floats=numbers.value)
