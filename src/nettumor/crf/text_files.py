"""CSV files as users have them, read by the standard library with every cell kept as text.

Comma, semicolon, tab or pipe separated (told from the header line; a line ``sep=;`` is obeyed),
UTF-8 with or without byte order mark, UTF-16 with one, quoted cells, LF, CRLF or CR. In a semicolon-separated file
the decimal mark may be a comma. Words such as NA, ND and NE are data. Lines of comment, titles,
labels, totals and row numbers are recognised (`sheet_rows`) and said to be left out; row numbers
stay those of the file. What is not a table is refused with the file and the row at fault.

Where Polars is installed (extra ``frames``) it reads the files of which every line is plain: the
same cells, in a fraction of the time.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor.crf.columns import Column, Factoriser, constant
from nettumor.crf.intake import Line
from nettumor.crf.plain_text import TextRecords, plain_columns
from nettumor.crf.sheet_rows import (
    SAMPLE,
    Row,
    SheetStart,
    index_left_out,
    is_comment,
    is_total,
    left_out,
    numbers_rows,
    sheet_start,
)
from nettumor.crf.tables import CrfTable, Source
from nettumor.errors import InputError

_CHUNK = 20_000
_BEGINNING = 1 << 18
"""Letters in which the first rows stand, but for very long ones."""
SHEET_ROWS = "row of the sheet, header = 1"
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def read_csv(data: bytes, source: Source, name: str) -> CrfTable:
    """The table in the bytes of a CSV file.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table.

    Returns
    -------
    CrfTable
        Every column as text; ``notes`` name the rows that are no records.

    Raises
    ------
    InputError
        Where the bytes are not UTF-8, the file is empty, a column has no name or stands twice, a
        row has too few or too many cells, or a quote is not closed.
    """
    text = _decode(data, source.name)
    delimiter, skipped = _delimiter(text)
    file = _TextFile(text, delimiter, skipped, source.name)
    sample = file.sample()
    if not sample:
        raise InputError(
            f"`{source.name}` is empty. Give a file with a header and rows.", argument=source.name
        )
    start = sheet_start(sample, source.name)
    names = column_names(start.header, source.name)
    read = plain_columns(text, delimiter, len(names), start.row) or file.records(start)
    read = _without_totals(_without_headers(read, start.header, source.name), source.name)
    columns, numbers, lines = read.columns, read.numbers, read.lines
    if start.has_index and numbers_rows(columns[0].text.tolist()):
        names, columns = names[1:], columns[1:]
        lines = (index_left_out(source.name, len(numbers)), *lines)
    named = {}
    for column_name, column in zip(names, columns, strict=True):
        if column_name or any(w.strip() for w in column.words):
            named[_named(column_name, source.name)] = column
    return CrfTable(
        name,
        named,
        _with_decimal(source, delimiter == ";"),
        numbers,
        origin=constant(name, len(numbers)),
        notes=(*start.lines, *lines),
    )


@frozen
class _TextFile:
    """A text file of one separator, row by row."""

    text: str
    delimiter: str
    skipped: int
    where: str

    def _reader(self, text: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)

    def rows(self, text: str | None = None) -> Iterator[Row]:
        """The numbers and cells of the rows that are not blank; a blank one still has a number."""
        row = 0
        try:
            for cells in self._reader(self.text if text is None else text):
                row += 1
                if row > self.skipped and not _is_blank(cells):
                    yield row, cells
        except csv.Error as error:
            raise InputError(
                f"`{self.where}` cannot be read as CSV at row {row + 1}: {error}. Open and save "
                "it again as CSV UTF-8.",
                argument=self.where,
            ) from None

    def sample(self) -> list[Row]:
        """The first rows that are not blank."""
        for text in (self.text[:_BEGINNING], self.text):
            try:
                found = list(itertools.islice(self.rows(text), SAMPLE))
            except InputError:
                if len(text) == len(self.text):
                    raise
                continue  # the beginning ends in a quoted cell
            if len(found) == SAMPLE:
                break
        return found

    def records(self, start: SheetStart) -> TextRecords:
        """The columns of the records, the numbers of their rows, and what was left out."""
        records = _Records(self, start)
        reader = self._reader(self.text)
        row = 0
        try:
            while chunk := list(itertools.islice(reader, _CHUNK)):
                records.add(row + 1, chunk)
                row += len(chunk)
        except csv.Error:
            for _ in self.rows():  # row by row, to name the one at fault
                pass
        return records.result()


def _is_blank(cells: list[str]) -> bool:
    return not any(cells) or not any(c.strip() for c in cells)


class _Records:
    """Records as they come, a piece at a time, and what is left out between them."""

    def __init__(self, file: _TextFile, start: SheetStart) -> None:
        self._file, self._start = file, start
        self._factorisers = [Factoriser() for _ in start.header]
        self._numbers: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
        self._lines: list[Line] = []
        self._totals: list[Row] = []

    def add(self, first: int, rows: list[list[str]]) -> None:
        """Add rows from row number ``first`` on."""
        width = len(self._start.header)
        plain = first >= self._start.row and not self._totals and set(map(len, rows)) == {width}
        numbers = np.arange(first, first + len(rows))
        if not plain or any(not c.strip() or c[0] == "#" for c in {cells[0] for cells in rows}):
            found = [(n, cells) for n, cells in enumerate(rows, first) if self._is_record(n, cells)]
            rows = [cells[:width] for _, cells in found]
            numbers = np.array([n for n, _ in found], dtype=np.int64)
        if rows:
            self._numbers.append(numbers)
            for factoriser, column in zip(self._factorisers, zip(*rows, strict=True), strict=True):
                factoriser.add(column)

    def _is_record(self, row: int, cells: list[str]) -> bool:
        """Whether a row is a record; one that is neither that nor known to be none is refused."""
        width, where = len(self._start.header), self._file.where
        if row < self._start.row or _is_blank(cells):
            return False
        if self._totals:
            raise self._ragged(*self._totals[0])
        if is_comment(cells, width):
            self._lines.append(left_out((row, cells), where, "a comment"))
            return False
        if len(cells) < width or any(c.strip() for c in cells[width:]):
            if not is_total(cells):
                raise self._ragged(row, cells)
            self._totals.append((row, cells))
            return False
        return True

    def _ragged(self, row: int, cells: list[str]) -> InputError:
        where, mark = self._file.where, _MARKS[self._file.delimiter]
        return InputError(
            f"`{where}` row {row} has {len(cells)} cells; the header has "
            f"{len(self._start.header)}. "
            f"Complete the row, and put quotes around a cell that contains a {mark}.",
            argument=where,
            index=(row,),
        )

    def result(self) -> TextRecords:
        """The columns, the numbers of their rows, and what was left out."""
        what = "a total below the records"
        lines = [left_out(row, self._file.where, what) for row in self._totals]
        found = [f.result() for f in self._factorisers]
        columns = [Column(words=words, codes=codes) for codes, words in found]
        return TextRecords(columns, np.concatenate(self._numbers), (*self._lines, *lines))


def _without_totals(read: TextRecords, where: str) -> TextRecords:
    """The records without the rows at the end that sum them up."""
    n, lines = len(read.numbers), list(read.lines)
    while n > 1:
        cells = [str(c.words[c.codes[n - 1]]) for c in read.columns]
        if not is_total(cells):
            break
        n -= 1
        row = int(read.numbers[n])
        lines.append(left_out((row, cells), where, "a total below the records"))
    if n == len(read.numbers):
        return read
    columns = [_refactored(c.take(np.arange(n))) for c in read.columns]
    return TextRecords(columns, read.numbers[:n], tuple(lines))


def _without_headers(read: TextRecords, header: list[str], where: str) -> TextRecords:
    """The records without the rows that repeat the header."""
    again = np.arange(len(read.numbers))
    for name, column in zip(header, read.columns, strict=True):
        same = [w.strip().casefold() == name.strip().casefold() for w in column.words]
        if len(header) < 2 or not any(same):
            return read
        again = again[np.array(same)[column.codes[again]]]
    if not len(again):
        return read
    kept = np.delete(np.arange(len(read.numbers)), again)
    lines = [left_out((int(n), header), where, "the header again") for n in read.numbers[again]]
    columns = [_refactored(c.take(kept)) for c in read.columns]
    return TextRecords(columns, read.numbers[kept], (*read.lines, *lines))


def _refactored(column: Column) -> Column:
    """The column with the words that occur."""
    return Column.of_text(column.text)


_COMPLETE = "Complete?"
"""The state of a form in REDCap's export with labels, which has such a column for each form."""


def column_names(cells: list[str], where: str) -> list[str]:
    """Column names without outer blanks; one that stands twice is refused. A blank name is allowed
    here.
    """
    names = [" ".join(c.split()) for c in cells]
    for place in [i for i, name in enumerate(names) if name == _COMPLETE][1:]:
        names[place] = f"{_COMPLETE} {place + 1}"
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        key = name.casefold()
        if key and key in seen:
            raise InputError(
                f"`{where}` has the column {name!r} twice (columns {seen[key]} and {place}). "
                "Delete or rename one.",
                argument=name,
            )
        seen[key] = place
    return names


def _named(name: str, where: str) -> str:
    if not name:
        raise InputError(
            f"`{where}` has a column with values and without a name. Name it in the header.",
            argument=where,
        )
    return name


def _with_decimal(source: Source, comma: bool) -> Source:
    return Source(source.name, source.kind, SHEET_ROWS, source.path, source.sha256, comma)


def _decode(data: bytes, where: str) -> str:
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    is_wide &= not data.startswith(codecs.BOM_UTF32_LE)
    try:
        if is_wide:
            text = data.decode("utf-16")  # what Excel calls Unicode text
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if is_wide:
            raise InputError(
                f"`{where}` begins as UTF-16 and breaks off within a letter. Save it again, as CSV UTF-8.",
                argument=where,
            ) from None
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"`{where}` is not UTF-8: byte 0x{data[error.start]:02x} in line {line}. Save it as "
            "CSV UTF-8.",
            argument=where,
            index=(line,),
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError(
            f"`{where}` holds NUL bytes (line {line}): it is not a text file. Save it as CSV "
            "UTF-8.",
            argument=where,
            index=(line,),
        )
    return text


def _delimiter(text: str) -> tuple[str, int]:
    """The separator, and how many rows stand before the header (1 for a line ``sep=;``).

    The header tells it: the first line that is no comment and has one.
    """
    lines = [line for line in text[:65536].splitlines() if line.strip()]
    told = re.fullmatch(r"\"?sep=([,;\t|])\"?", lines[0].strip(" "), re.I) if lines else None
    if told:
        return told.group(1), 1
    for line in [line for line in lines if not line.startswith("#")] + lines[:1]:
        bare = re.sub(r'"[^"]*"', "", line)
        found = max(_MARKS, key=bare.count)
        if found in bare:
            return found, 0
    return ",", 0
