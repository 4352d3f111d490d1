"""R's files (rds, rda, RData): every data frame in them as a table, through the parser of rdata.

Which question: which tables does an R session leave in its file, and what is in their cells? The
parser of rdata (extra ``r``) takes the bytes apart; what a vector stands for is decided here by its
class, since a reader that does not know a class gives day numbers for dates and fractions for whole
numbers. A column that cannot be read is left out and named, the others are read.

Sources: R Internals 1.1 (types, NA) and 1.8 (serialization); R documentation of Dates, DateTimeClasses
(POSIXct counts seconds from 1970 in UTC, ``tzone`` says where it is shown), factor, difftime; bit64
(integer64 is held in the bits of a double, the smallest one is NA); haven, ``labelled``.
"""

from __future__ import annotations

import bz2
import lzma
import warnings
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import define, evolve, field

from nettumor.crf.archives import gunzipped
from nettumor.crf.came_as import CameAs
from nettumor.crf.columns import Column, constant
from nettumor.crf.intake import Line
from nettumor.crf.labelled import with_labels
from nettumor.crf.limits import Limits, too_large
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, missing_extra

R_ROWS = "row of the data frame, from 1"
_REPAIR = "Save a data frame with saveRDS, or write it with write.csv."
_DEPTH = 3
"""How deep lists of data frames are looked through."""
_SECONDS = {"secs": 1, "mins": 60, "hours": 3600, "days": 86400, "weeks": 604800}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_WARNING = "Unknown file type: assumed RDS"
"""What the parser says of an rds file that is not compressed."""
_MEMORY = 2**31
"""Bytes that xz may take to unpack: its own limit for a dictionary is 1.5 GiB."""
_LATIN_1 = 1 << 2
"""The bit of a text that says that it is in Latin-1."""


def read_r(data: bytes, source: Source, name: str, limits: Limits) -> list[CrfTable]:
    """The tables in the bytes of an rds or rda file, compressed or not, binary or ASCII.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table of an rds file, which has none.
    limits : Limits
        The largest file and table that are read.

    Returns
    -------
    list of CrfTable
        One a data frame, named as the object. Factors and labelled values are their words, dates ISO
        8601 text, moments those of their own time zone, NA is blank. Lines of the intake name the
        columns that are left out, and the objects that are no data frames.

    Raises
    ------
    InputError
        Where the bytes are no such file, are cut off, or hold no data frame.
    MissingExtraError
        Where rdata is not installed.
    """
    try:
        from rdata.parser import parse_data
    except ImportError:
        raise missing_extra("rdata", "r", "Reading files of R") from None
    data = _unpacked(data, source, limits)
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            parsed = parse_data(data).object
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser in Python trips over
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise _broken(source, why[0][:120]) from None
    notes = [str(w.message) for w in said if not str(w.message).startswith(_NO_WARNING)]
    lines = [Line("file", source.name, "rdata", "", 1, "ambiguous", note) for note in notes]
    found = _Found(source, limits, lines=lines)
    if _kind(parsed) == "LIST":  # an rda: objects by name
        for called, value in _pairs(parsed):
            found.add(value, called, 0)
    else:
        found.add(parsed, name, 0)
    if not found.tables:
        others = ", ".join(line.found for line in found.lines[:5]) or "nothing"
        raise InputError(
            f"`{source.name}` holds no data frame; it holds {others}. {_REPAIR}",
            argument=source.name,
        )
    if len(found.tables) == 1:
        found.tables[0] = evolve(found.tables[0], source=source)
    first = found.tables[0]
    return [evolve(first, notes=(*found.lines, *first.notes)), *found.tables[1:]]


def _broken(source: Source, why: str) -> InputError:
    return InputError(
        f"`{source.name}` is not a readable file of R: {why}. {_REPAIR}", argument=source.name
    )


def _unpacked(data: bytes, source: Source, limits: Limits) -> bytes:
    """The bytes without what R compresses by: gzip, bzip2, xz, or nothing."""
    limit = limits.bytes_unpacked
    if data.startswith(b"\x1f\x8b"):
        return gunzipped(data, source.name, limits)
    reader: Any = None
    if data.startswith(b"BZh"):
        reader = bz2.BZ2Decompressor()
    elif data.startswith(b"\xfd7zXZ\x00"):
        reader = lzma.LZMADecompressor(memlimit=_MEMORY)
    if reader is None:
        return data
    try:
        out: bytes = reader.decompress(data, limit + 1)
    except (OSError, lzma.LZMAError) as error:
        raise _broken(source, str(error)) from None
    if len(out) > limit:
        raise too_large(source.name, "bytes_unpacked", f"more than {limit:,} bytes unpacked", limit)
    if not reader.eof:
        raise _broken(source, "it is cut off")
    return out


def _kind(value: Any) -> str:
    """The name of an object's type in R: LIST (by name), VEC (a list), STR, REAL, INT, LGL, ..."""
    return str(value.info.type.name)


def _pairs(value: Any) -> list[tuple[str, Any]]:
    """The names and members of a list of pairs: the objects of a file, the attributes of one."""
    out = []
    while value is not None and _kind(value) == "LIST":
        tag = value.tag.referenced_object or value.tag if value.tag is not None else None
        out.append(("" if tag is None else _text(tag.value), value.value[0]))
        value = value.value[1]
    return out


def _attributes(value: Any) -> dict[str, Any]:
    return dict(_pairs(value.attributes))


def _text(cell: Any) -> str:
    """A text; "" for NA."""
    if cell.value is None:
        return ""
    latin = bool(cell.info.gp & _LATIN_1)
    return str(cell.value.decode("latin-1" if latin else "utf-8"))


def _texts(value: Any) -> list[str]:
    """The texts of a vector of them; none of another."""
    if value is None or _kind(value) != "STR":
        return []
    of: dict[int, str] = {}  # R holds a text once, however often it stands
    return [of[id(c)] if id(c) in of else of.setdefault(id(c), _text(c)) for c in value.value]


@define
class _Found:
    """The data frames of a file, and what is said of the other objects."""

    source: Source
    limits: Limits
    tables: list[CrfTable] = field(factory=list)
    lines: list[Line] = field(factory=list)

    def add(self, value: Any, name: str, depth: int) -> None:
        """Take an object: a data frame, or a list of them."""
        about = _attributes(value)
        classes = _texts(about.get("class"))
        names = _texts(about.get("names"))
        if _kind(value) == "VEC" and "data.frame" in classes:
            self.tables.append(self._table(value, names, about, name))
        elif _kind(value) == "VEC" and names and depth < _DEPTH:
            for called, member in zip(names, value.value, strict=False):
                self.add(member, called or name, depth + 1)
        else:
            what = classes[0] if classes else _kind(value).casefold()
            note = f"no data frame but {what}"
            self.lines.append(Line("table", self.source.name, name, "", 1, "ignored", note))

    def _table(self, value: Any, names: list[str], about: Mapping[str, Any], name: str) -> CrfTable:
        source = evolve(self.source, name=f"{self.source.name}, data frame {name}")
        n = _n_rows(value, about)
        self.limits.check(source.name, rows=n, columns=len(names))
        columns: dict[str, Column] = {}
        lines: list[Line] = []
        for spelled, cells in zip(column_names(names, source.name), value.value, strict=True):
            place = f"{source.name} column {spelled}"
            try:
                column, said = _column(cells, place)
                if len(column) != n:
                    raise ValueError(f"it has {len(column)} rows of {n}")
            except (ValueError, TypeError, IndexError, OverflowError) as error:
                why = f"left out: {str(error)[:100] or type(error).__name__}"
                said = [Line("column", place, spelled, "", n, "unreadable", why)]
            else:
                columns[spelled] = column
            lines += said
        numbers = np.arange(1, n + 1, dtype=np.int64)
        origin = constant(name, n)
        return CrfTable(name, columns, source, numbers, origin=origin, notes=tuple(lines))


def _n_rows(value: Any, about: Mapping[str, Any]) -> int:
    """How many rows: by the names of the rows, or, where they are but counted, by their count."""
    rows = about.get("row.names")
    if rows is None or rows.value is None:
        return len(value.value[0].value) if value.value else 0
    if _kind(rows) == "INT" and len(rows.value) == 2 and np.ma.getmaskarray(rows.value)[0]:
        return abs(int(rows.value[1]))
    return len(rows.value)


def _column(value: Any, place: str) -> tuple[Column, list[Line]]:
    """A column by its class, and what is said of it."""
    about = _attributes(value)
    classes = set(_texts(about.get("class")))
    kind = _kind(value)
    if classes & {"factor", "ordered"}:
        return _factor(value, about, ordered="ordered" in classes), []
    if kind == "STR":
        return _labelled(Column.of_text(_texts(value)), about), []
    if kind not in ("REAL", "INT", "LGL"):
        what = next(iter(_texts(about.get("class"))), "") or {"VEC": "list"}.get(kind, kind)
        raise ValueError(f"a column of class {what} is not read")
    if about.get("dim") is not None:
        raise ValueError("a column that is a matrix is not read")
    if kind == "LGL":
        missing = np.ma.getmaskarray(value.value)
        return Column.of_flags(np.asarray(np.ma.getdata(value.value), dtype=np.bool_), ~missing), []
    if "integer64" in classes:
        return _long(value.value), []
    numbers = np.ma.filled(np.ma.asarray(value.value, dtype=np.float64), np.nan)
    numbers = np.where(np.isnan(numbers), np.nan, numbers)  # NA_real_ carries bits of its own
    if "Date" in classes:
        return _dates(numbers), []
    if "POSIXct" in classes:
        return _moments(numbers, next(iter(_texts(about.get("tzone"))), ""), place)
    if "difftime" in classes:
        unit = next(iter(_texts(about.get("units"))), "")
        if unit not in _SECONDS:
            raise ValueError(f"a difference of times in {unit or 'no unit'} is not read")
        return Column(floats=numbers * _SECONDS[unit] / _SECONDS["days"]), []
    column = Column(floats=numbers)
    if kind == "INT":
        column.came_as = CameAs("integer")
    return _labelled(column, about), []


def _factor(value: Any, about: Mapping[str, Any], *, ordered: bool) -> Column:
    """The words of a factor, whose codes count from 1; NA is blank."""
    levels = _texts(about.get("levels"))
    codes = np.ma.filled(np.ma.asarray(value.value), 0)
    if codes.min(initial=0) < 0 or codes.max(initial=0) > len(levels):
        raise ValueError(f"a code of the factor is none of its {len(levels)} levels")
    column = Column.of_distinct(["", *levels], codes)
    column.came_as = CameAs("category", "", tuple(levels), ordered)
    return column


def _labelled(column: Column, about: Mapping[str, Any]) -> Column:
    """The column with the words of haven's labels in place of their values."""
    labels = about.get("labels")
    if labels is None or _kind(labels) not in ("STR", "REAL", "INT"):
        return column
    words = _texts(_attributes(labels).get("names"))
    values = _texts(labels) if _kind(labels) == "STR" else np.ma.filled(labels.value, 0).tolist()
    return with_labels(column, dict(zip(values, words, strict=True)))


def _long(values: npt.NDArray[np.float64]) -> Column:
    """Whole numbers that bit64 holds in the bits of doubles."""
    bits = np.ascontiguousarray(np.ma.getdata(values)).view(np.int64)
    missing = bits == np.iinfo(np.int64).min
    column = Column.of_array(np.ma.masked_array(bits, missing))
    column.came_as = CameAs("integer")
    return column


def _dates(days: npt.NDArray[np.float64]) -> Column:
    """Dates from days since 1970-01-01; a part of a day is left aside, as R prints it."""
    known = np.isfinite(days) & (np.abs(days) < 4e6)
    if bool((~known & ~np.isnan(days)).any()):
        raise ValueError("a date lies beyond the year 9999")
    whole = np.floor(np.where(known, days, 0)).astype(np.int64)
    column = Column.of_days(whole, None if known.all() else known)
    column.came_as = CameAs("date")
    return column


def _moments(seconds: npt.NDArray[np.float64], zone: str, place: str) -> tuple[Column, list[Line]]:
    """Moments as the clocks of their time zone show them."""
    lines = []
    if not zone:
        note = "no time zone is stated (tzone): read as UTC"
        lines = [Line("date", place, "POSIXct", "UTC", len(seconds), "ambiguous", note)]
    try:
        clock = zoneinfo.ZoneInfo(zone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        note = "the time zone is not known here: read as UTC"
        lines = [Line("date", place, zone, "UTC", len(seconds), "ambiguous", note)]
        clock = zoneinfo.ZoneInfo("UTC")
    distinct, codes = np.unique(seconds, return_inverse=True)
    words = [
        "" if s != s else (_EPOCH + timedelta(seconds=s)).astimezone(clock).replace(tzinfo=None)
        for s in distinct.tolist()
    ]
    midnight = all(w == "" or (w.hour, w.minute, w.second) == (0, 0, 0) for w in words)  # type: ignore[union-attr]
    texts = ["" if w == "" else _iso(w, whole_day=midnight) for w in words]
    return Column.of_distinct(texts, codes), lines


def _iso(moment: Any, *, whole_day: bool) -> str:
    """A moment in ISO 8601: the day alone where all of a column are whole days."""
    return str(moment.date().isoformat() if whole_day else moment.isoformat(timespec="seconds"))
