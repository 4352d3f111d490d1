"""SAS data sets (sas7bdat) through pyreadstat (extra ``sas``), in a process of its own.

The format is not published. What is known of its header is held against the file first: whether it
is one, and whether all pages that it states are there; a reader that a damaged page confuses ends
only its own process.

Source: Shotwell, "SAS7BDAT Database Binary Format" (the package sas7bdat of R, 2013), sections SAS7BDAT
Header and Page; for the magic number, the alignment, the sizes of header and pages.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor.crf.apart import read_apart
from nettumor.crf.columns import Column, constant
from nettumor.crf.limits import Limits
from nettumor.crf.sas_numbers import sas_date_column, shortest_decimals, unread_formats
from nettumor.crf.tables import CrfTable, Source
from nettumor.errors import InputError, missing_extra

_MAGIC = bytes(12) + bytes.fromhex("C2EA8160B31411CFBD92080009C7318C181F1011")
_WIDE, _SHIFTED, _LITTLE = 32, 35, 37
"""Bytes that say: offsets of 8 bytes (0x33), the sizes 4 bytes later (0x33), little endian (1)."""
_SIZES = 196
"""Where the sizes stand: of the header, of a page (4 bytes each), and how many pages (4 or 8)."""
_REPAIR = "Write it again as XPORT version 5 or Dataset-JSON."
_PROGRAM = """
import os
import tempfile
import pyreadstat
handle, copy = tempfile.mkstemp(suffix=".sas7bdat")
try:
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    values, about = pyreadstat.read_sas7bdat(
        copy, output_format="dict", disable_datetime_conversion=True
    )
finally:
    os.unlink(copy)
found = {
    "values": values,
    "formats": about.original_variable_types,
    "widths": about.variable_storage_width,
    "name": about.table_name,
}
"""


def read_sas7bdat(data: bytes, source: Source, name: str, limits: Limits) -> CrfTable:
    """The table in the bytes of a sas7bdat file.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table, where the file has none.
    limits : Limits
        The largest table that is read.

    Returns
    -------
    CrfTable
        Text as text, numbers as numbers, variables with a SAS date or datetime format as ISO 8601
        text.

    Raises
    ------
    InputError
        Where the bytes are no such file, pages are missing, or the reader fails or dies.
    MissingExtraError
        Where pyreadstat is not installed.
    """
    try:
        import pyreadstat  # noqa: F401  (whether it is there; it is used in the other process)
    except ImportError:
        raise missing_extra("pyreadstat", "sas", "Reading sas7bdat") from None
    _check_header(data, source)
    found = read_apart(_PROGRAM, data, source.name, "sas7bdat file", limits, repair=_REPAIR)
    values, widths = found["values"], found["widths"]
    formats = {v: found["formats"].get(v) or "" for v in values}
    n = max((len(v) for v in values.values()), default=0)
    limits.check(source.name, rows=n, columns=len(values))
    table = found["name"] or name
    return CrfTable(
        table,
        {v: _column(values[v], v, formats[v], widths.get(v, 8), n) for v in values},
        source,
        np.arange(1, n + 1, dtype=np.int64),
        origin=constant(table, n),
        notes=tuple(unread_formats(formats, source.name)),
    )


def _check_header(data: bytes, source: Source) -> None:
    """Refuse what is no such file, or holds fewer pages than it states."""
    if not data.startswith(_MAGIC) or len(data) < 288:  # the shortest header
        raise _broken(source, "it does not begin as SAS writes one")
    order = "little" if data[_LITTLE] == 1 else "big"
    place = _SIZES + 4 * (data[_SHIFTED] == 0x33)
    width = 8 if data[_WIDE] == 0x33 else 4

    def size(start: int, length: int) -> int:
        return int.from_bytes(data[start : start + length], order)  # type: ignore[arg-type]

    header, page, pages = size(place, 4), size(place + 4, 4), size(place + 8, width)
    if not page or header + page * pages > len(data):
        have = max(0, len(data) - header) // page if page else 0
        raise _broken(source, f"it states {pages:,} pages and holds {have:,}: it is truncated")


def _broken(source: Source, why: str) -> InputError:
    return InputError(
        f"`{source.name}` is not a readable sas7bdat file: {why}. {_REPAIR}", argument=source.name
    )


def _column(cells: Any, name: str, format_name: str, length: int, n: int) -> Column:
    """A column of pyreadstat's values: short numbers as decimals, dates by their format."""
    array = np.asarray(cells)
    column = Column.of_array(array, name) if array.size == n else Column.of_cells([*cells], name)
    if column.floats is None:
        return column
    floats = shortest_decimals(column.floats, length)
    return sas_date_column(floats, format_name) or Column(floats=floats)
