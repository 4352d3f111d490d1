"""Parquet files through Polars (extra ``frames``), after their own structure has been read.

A damaged or hollow file can end the process that reads it, so that Polars sees only files whose
footer and page headers agree with one another and with the size of the file: rows, columns and
bytes unpacked as they are stated there are held against `Limits` first. The cells are not looked at
here.

Source: Apache Parquet format 2.10 (parquet.thrift: FileMetaData, RowGroup, ColumnMetaData,
PageHeader); Apache Thrift compact protocol.
"""

from __future__ import annotations

import io
from typing import Any

from attrs import define, evolve

from nettumor.crf.columns import constant
from nettumor.crf.forked import need_polars
from nettumor.crf.frames import read_frame
from nettumor.crf.limits import Limits
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.workbooks import guarded
from nettumor.errors import InputError, missing_extra

_MAGIC = b"PAR1"
_DEEPEST = 32
"""Structures within structures; those of a footer lie at most six deep."""
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
"""Types of the compact protocol."""


class _DamagedError(Exception):
    """The structure says what cannot be."""


def read_parquet(data: bytes, source: Source, name: str, limits: Limits) -> CrfTable:
    """The table in the bytes of a Parquet file.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table.
    limits : Limits
        The largest table that is read.

    Returns
    -------
    CrfTable

    Raises
    ------
    InputError
        Where the bytes are no Parquet file, its structure contradicts itself, or it is too large.
    MissingExtraError
        Where Polars is not installed.
    """
    try:
        import polars
    except ImportError:
        raise missing_extra("polars", "frames", "Reading Parquet") from None
    if len(data) < 12 or data[:4] != _MAGIC or data[-4:] != _MAGIC:
        raise InputError(
            f"`{source.name}` is not a Parquet file. Write it again.", argument=source.name
        )
    need_polars(source.name)
    try:
        _check(data, source.name, limits)
    except _DamagedError as error:
        raise InputError(
            f"`{source.name}` is not a readable Parquet file: {error}. Write it again.",
            argument=source.name,
        ) from None
    frame = guarded(
        source, "Parquet file", "Write it again.", lambda: polars.read_parquet(io.BytesIO(data))
    )
    read = read_frame(frame, name)
    return evolve(read, source=source, rows=read.rows + 1, origin=constant(name, read.n_rows))


def _check(data: bytes, where: str, limits: Limits) -> None:
    """Hold what the footer and the page headers say against the file and the limits."""
    length = int.from_bytes(data[-8:-4], "little")
    if length > len(data) - 12:
        raise _DamagedError("its footer is longer than the file")
    footer = _Compact(data, len(data) - 8 - length, len(data) - 8).struct()
    rows = _whole(footer, 3, "rows")
    groups = _structs(footer, 4)
    chunks = [c for group in groups for c in _structs(group, 1)]
    width = max((len(_structs(group, 1)) for group in groups), default=0)
    if rows != sum(_whole(group, 3, "rows") for group in groups):
        raise _DamagedError("its row groups are not as long as the table")
    about = [_struct(chunk, 3) for chunk in chunks]
    unpacked = sum(_whole(meta, 6, "bytes") for meta in about)
    limits.check(where, rows=rows, columns=width, unpacked=unpacked)
    for meta in about:
        _check_pages(data, meta, len(data) - 8 - length)


def _check_pages(data: bytes, meta: dict[int, Any], end: int) -> None:
    """Walk over the pages of a column: each lies within it, and is unpacked no larger than it."""
    values, unpacked, packed = (_whole(meta, i, "sizes") for i in (5, 6, 7))
    starts = [_whole(meta, i, "offsets") for i in (9, 11) if meta.get(i)]
    place = min(starts, default=0)
    stop = place + packed
    if place < len(_MAGIC) or stop > end:
        raise _DamagedError("a column lies outside of it")
    found = 0
    while place < stop and found < values:
        header = _Compact(data, place, stop)
        page = header.struct()
        size, compressed = _whole(page, 2, "page sizes"), _whole(page, 3, "page sizes")
        place = header.place + compressed
        if place > stop or size > unpacked:
            raise _DamagedError("a page lies outside of its column")
        for part in (5, 8):  # a page of values, of the first or second version
            if part in page:
                found += _whole(_struct(page, part), 1, "values")
    if found != values:
        raise _DamagedError("its pages do not hold the values that it states")


def _whole(found: dict[int, Any], number: int, what: str) -> int:
    value = found.get(number)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _DamagedError(f"it does not state its {what}")
    return value


def _struct(found: dict[int, Any], number: int) -> dict[int, Any]:
    value = found.get(number)
    if not isinstance(value, dict):
        raise _DamagedError("a part of its footer is missing")
    return value


def _structs(found: dict[int, Any], number: int) -> list[dict[int, Any]]:
    value = found.get(number, [])
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise _DamagedError("a part of its footer is missing")
    return value


@define
class _Compact:
    """Values in Thrift's compact protocol, from a place on, none beyond the end."""

    data: bytes
    place: int
    end: int
    depth: int = 0

    def byte(self) -> int:
        if self.place >= self.end:
            raise _DamagedError("its structure is cut off")
        self.place += 1
        return self.data[self.place - 1]

    def varint(self) -> int:
        byte = self.byte()
        if byte < 128:  # most are short
            return byte
        value, shift = byte & 127, 7
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise _DamagedError("it holds a number of more than 64 bits")

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def struct(self) -> dict[int, Any]:
        """The fields of a structure by their numbers."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _DamagedError("its structure is nested too deep")
        found: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            found[number] = self.value(head & 15)
        self.depth -= 1
        return found

    def value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind == _STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            return self.elements()
        if kind == _BINARY:
            return self.skip(self.varint())
        if kind in (_I16, _I32, _I64):
            return self.zigzag()
        if kind == _BYTE:
            return self.byte()
        if kind == _DOUBLE:
            return self.skip(8)
        raise _DamagedError("its structure holds a value of an unknown type")

    def skip(self, count: int) -> None:
        """Pass over text or bytes."""
        if count > self.end - self.place:
            raise _DamagedError("its structure is cut off")
        self.place += count

    def elements(self) -> list[Any]:
        head = self.byte()
        count = head >> 4 if head >> 4 < 15 else self.varint()
        if count > self.end - self.place:
            raise _DamagedError("its structure is cut off")
        if head & 15 in (_TRUE, _FALSE):
            return [self.byte() == 1 for _ in range(count)]
        return [self.value(head & 15) for _ in range(count)]
