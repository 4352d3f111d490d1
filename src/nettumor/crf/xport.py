"""SAS transport files (XPORT) of versions 5 and 8, read with NumPy; every format detail from SAS's
own record layouts.

Source: SAS Institute, "The Record Layout of a Data Set in SAS Transport (XPORT) Format" (TS-140), and
"Record Layout of a SAS Version 8 or 9 Data Set in SAS Transport Format". Records of 80 bytes; a
library header, for each data set a member header with NAMESTR records (140 or 136 bytes a variable)
and the observations as fixed-width bytes, padded with blanks. Numbers are IBM hexadecimal floating
point of 2 to 8 bytes (`sas_numbers` says what those of fewer than 8 and those with a format of dates
mean). A 0 is 0; missing values ``.``, ``.A``-``.Z``, ``._`` are NaN with the letter kept; blanks at
the end of text are padding. Version 8 has long names (of a data set in its descriptor, of a variable
from byte 88 of its NAMESTR record) and may state how many observations follow. What a header states
is held against the file and against `Limits` before it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.crf.columns import Column, Factoriser, constant
from nettumor.crf.limits import LIMITS, Limits, too_large
from nettumor.crf.sas_numbers import sas_date_column, shortest_decimals, unread_formats
from nettumor.crf.tables import CrfTable, Source
from nettumor.errors import InputError

_RECORD = 80
RECORD_ROWS = "record, from 1"


def _mark(word: str) -> bytes:
    """How a header record begins."""
    return f"HEADER RECORD*******{word:8}HEADER RECORD!!!!!!!".encode()


@frozen
class _Layout:
    """What differs between the versions: the header records, and where the names stand."""

    version: int
    library: bytes
    member: bytes
    variables: bytes
    observations: bytes
    table_name: slice
    """In the record that describes a data set."""
    name: slice
    """In a NAMESTR record."""


_V5 = _Layout(
    5,
    _mark("LIBRARY"),
    _mark("MEMBER"),
    _mark("NAMESTR"),
    _mark("OBS"),
    table_name=slice(8, 16),
    name=slice(8, 16),
)
_V8 = _Layout(
    8,
    _mark("LIBV8"),
    _mark("MEMBV8"),
    _mark("NAMSTV8"),
    _mark("OBSV8"),
    table_name=slice(8, 40),
    name=slice(88, 120),
)


@frozen
class _Variable:
    name: str
    numeric: bool
    length: int
    position: int
    format: str


def read_xport(data: bytes, source: Source, limits: Limits = LIMITS) -> list[CrfTable]:
    """The data sets in the bytes of an XPORT file of version 5 or 8.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    limits : Limits
        The largest data set that is read.

    Returns
    -------
    list of CrfTable
        One per data set, named as in the file; text as text, numbers as numbers, variables with a
        SAS date or datetime format as ISO 8601 text.

    Raises
    ------
    InputError
        Where the bytes are not an XPORT file, end before they should, or hold a larger data set.
    """
    layout = next((v for v in (_V5, _V8) if data.startswith(v.library)), None)
    if layout is None:
        raise _broken(source, "it does not start with a LIBRARY header record")
    starts = _record_starts(data, layout.member)
    if not starts:
        raise _broken(source, "it has no MEMBER header record")
    ends = [*starts[1:], len(data)]
    return [_member(data[a:b], layout, source, limits) for a, b in zip(starts, ends, strict=True)]


def ibm_to_float(raw: npt.NDArray[np.uint8]) -> tuple[Floats, npt.NDArray[np.str_] | None]:
    """IBM hexadecimal floating point numbers as float64, and the letters of missing ones.

    Parameters
    ----------
    raw : ndarray of uint8, shape (n, length)
        2 to 8 bytes a number, the first the sign and exponent.

    Returns
    -------
    values : ndarray of float, shape (n,)
        NaN where missing.
    letters : ndarray of str, shape (n,), or None
        "." or ".A" where missing, else ""; None if nothing but plain ``.`` is missing.

    Examples
    --------
    >>> ibm_to_float(np.array([[0x42, 0x64, 0, 0], [0, 0, 0, 0], [0x2E, 0, 0, 0]], np.uint8))[0].tolist()
    [100.0, 0.0, nan]
    """
    full = np.zeros((len(raw), 8), dtype=np.uint8)
    full[:, : raw.shape[1]] = raw
    bits = full.view(">u8").ravel().astype(np.uint64)
    first = full[:, 0]
    mantissa = bits & np.uint64(0x00FFFFFFFFFFFFFF)
    exponent = (first & 0x7F).astype(np.int64)
    size = np.ldexp(mantissa.astype(np.float64), 4 * (exponent - 64) - 56)
    values = np.where(first & 0x80, -size, size)
    letter = (first >= ord("A")) & (first <= ord("Z"))
    missing = (mantissa == 0) & (letter | (first == ord(".")) | (first == ord("_")))
    values[missing] = np.nan
    if not np.any(missing & (first != ord("."))):
        return values, None
    letters = np.array(
        ["", *("." if c == "." else f".{c}" for c in ".ABCDEFGHIJKLMNOPQRSTUVWXYZ_")]
    )
    place = np.where(
        first == ord("."), 1, np.where(first == ord("_"), 28, first.astype(np.int64) - ord("A") + 2)
    )
    return values, letters[np.where(missing, place, 0)]


def _record_starts(data: bytes, mark: bytes) -> list[int]:
    out, at = [], data.find(mark)
    while at >= 0:
        if at % _RECORD == 0:
            out.append(at)
        at = data.find(mark, at + 1)
    return out


def _broken(source: Source, why: str) -> InputError:
    return InputError(
        f"`{source.name}` is not a readable XPORT file: {why}. Write it again with SAS's XPORT "
        "engine or haven::write_xpt(version = 5).",
        argument=source.name,
    )


def _member(data: bytes, layout: _Layout, source: Source, limits: Limits) -> CrfTable:
    size = _digits(data[74:78], source, "the size of its NAMESTR records")
    name = _name(data[2 * _RECORD : 3 * _RECORD][layout.table_name])
    namestr = next((at for at in _record_starts(data, layout.variables)), -1)
    if namestr < 0 or size not in (136, 140):
        raise _broken(source, "it has no NAMESTR header record")
    count = _digits(data[namestr + 54 : namestr + 58], source, "the number of its variables")
    limits.check(source.name, columns=count)
    block = data[namestr + _RECORD : namestr + _RECORD + count * size]
    if count == 0 or len(block) < count * size:
        raise _broken(source, "its variables are cut off")
    records = [block[i * size : (i + 1) * size] for i in range(count)]
    variables = [_variable(record, layout, source, limits) for record in records]
    obs = next((at for at in _record_starts(data, layout.observations) if at > namestr), -1)
    if obs < 0:
        raise _broken(source, "it has no OBS header record")
    stated = _stated(data[obs + 48 : obs + 63], layout, source)
    rows = _observations(data[obs + _RECORD :], variables, stated, source)
    limits.check(source.name, rows=len(rows), columns=count)
    columns = {v.name: _column(rows[:, v.position : v.position + v.length], v) for v in variables}
    if len(columns) < count:
        raise _broken(source, "two of its variables have one name")
    numbers = np.arange(1, len(rows) + 1, dtype=np.int64)
    table = name or source.name
    formats = {v.name: v.format for v in variables if v.numeric}
    return CrfTable(
        table,
        columns,
        source,
        numbers,
        origin=constant(table, len(rows)),
        notes=tuple(unread_formats(formats, source.name)),
    )


def _digits(text: bytes, source: Source, what: str) -> int:
    if not text.isdigit():
        raise _broken(source, f"{what} is not a number")
    return int(text)


def _name(text: bytes) -> str:
    return _decode(text).strip("\x00 ")


def _stated(text: bytes, layout: _Layout, source: Source) -> int | None:
    """How many observations version 8 says that there are; None where it does not (blanks, or 0)."""
    if layout.version == 5 or not text.strip(b" \x000"):
        return None
    return _digits(text.strip(), source, "the number of its observations")


def _variable(record: bytes, layout: _Layout, source: Source, limits: Limits) -> _Variable:
    kind, _, length = (int.from_bytes(record[i : i + 2], "big") for i in (0, 2, 4))
    name = _name(record[layout.name])
    position = int.from_bytes(record[84:88], "big")
    if kind not in (1, 2) or not name or length == 0 or (kind == 1 and not 2 <= length <= 8):
        raise _broken(source, f"the variable {name!r} is not described as SAS does")
    if length > limits.letters:
        got = f"{length:,} in a cell"
        raise too_large(f"{source.name} column {name}", "letters", got, limits.letters)
    return _Variable(
        name, kind == 1, length, position, record[56:64].decode("latin-1").strip("\x00 ")
    )


def _observations(
    data: bytes, variables: list[_Variable], stated: int | None, source: Source
) -> npt.NDArray[np.uint8]:
    """The observations as rows of bytes: so many as are stated; without that, blank records that
    only fill the last 80 bytes are left out.
    """
    width = 0
    for variable in sorted(variables, key=lambda v: v.position):
        if variable.position != width:
            raise _broken(source, "its variables do not lie side by side")
        width += variable.length
    n = len(data) // width
    if stated is not None:
        left = len(data) - stated * width
        if not 0 <= left < _RECORD or data[stated * width :].strip(b" \x00"):
            why = f"it states {stated:,} observations and holds {n:,}: it is truncated or changed"
            raise _broken(source, why)
        return np.frombuffer(data, dtype=np.uint8, count=stated * width).reshape(stated, width)
    if len(data) - n * width >= _RECORD or data[n * width :].strip(b" \x00"):
        raise _broken(source, "its last observation is cut off")
    rows = np.frombuffer(data, dtype=np.uint8, count=n * width).reshape(n, width)
    filling = -(-_RECORD // width)
    while n and filling and bool((rows[n - 1] == ord(" ")).all()):
        n, filling = n - 1, filling - 1
    return rows[:n]


def _column(raw: npt.NDArray[np.uint8], variable: _Variable) -> Column:
    if variable.numeric:
        values, letters = ibm_to_float(raw)
        values = shortest_decimals(values, variable.length, ibm=True)
        return sas_date_column(values, variable.format) or Column(floats=values, letters=letters)
    factoriser = Factoriser()
    cells: list[Any] = (
        np.ascontiguousarray(raw).view(f"S{variable.length}").ravel().tolist() if len(raw) else []
    )
    factoriser.add(cells)
    codes, words = factoriser.result()
    return Column.of_distinct([_decode(w) for w in words], codes)


def _decode(cell: bytes) -> str:
    """Text of a SAS cell or name: UTF-8, else Latin-1 (the file does not say which); blanks at the
    end are padding.
    """
    try:
        text = cell.decode("utf-8")
    except UnicodeDecodeError:
        text = cell.decode("latin-1")
    return text.rstrip(" \x00")
