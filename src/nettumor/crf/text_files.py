"""CSV files as users have them, read by the standard library with every cell kept as text.

Comma, semicolon or tab separated (told from the header line; a line ``sep=;`` is obeyed), UTF-8
with or without byte order mark, quoted cells, LF or CRLF. In a semicolon-separated file the decimal
mark may be a comma. Words such as NA, ND and NE are data. What is not a table is refused with the
file and the row at fault.
"""

from __future__ import annotations

import csv
import io
import re

import numpy as np

from nettumor.crf.columns import Column, Factoriser, constant
from nettumor.crf.tables import CrfTable, Source
from nettumor.errors import InputError

_CHUNK = 20_000
SHEET_ROWS = "row of the sheet, header = 1"


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
        Every column as text.

    Raises
    ------
    InputError
        Where the bytes are not UTF-8, the file is empty, a column has no name or stands twice, a
        row has too few or too many cells, or a quote is not closed.
    """
    text = _decode(data, source.name)
    delimiter, skipped = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    header: list[str] | None = None
    factorisers: list[Factoriser] = []
    numbers: list[int] = []
    chunk: list[list[str]] = []
    try:
        for cells in reader:
            row += 1
            if row <= skipped or not any(cells) or not any(c.strip() for c in cells):
                continue  # a blank line holds nothing; it still counts as a row of the sheet
            if header is None:
                header = column_names(cells, source.name)
                factorisers = [Factoriser() for _ in header]
                continue
            if len(cells) != len(header):
                cells = _trimmed(cells, header, row, delimiter, source.name)
            numbers.append(row)
            chunk.append(cells)
            if len(chunk) == _CHUNK:
                _add(factorisers, chunk)
                chunk = []
    except csv.Error as error:
        raise InputError(
            f"`{source.name}` cannot be read as CSV at row {row + 1}: {error}. Open and save it "
            "again as CSV UTF-8.",
            argument=source.name,
        ) from None
    if header is None:
        raise InputError(
            f"`{source.name}` is empty. Give a file with a header and rows.", argument=source.name
        )
    _add(factorisers, chunk)
    columns = {}
    for column, factoriser in zip(header, factorisers, strict=True):
        codes, words = factoriser.result()
        if column or any(w.strip() for w in words):
            columns[_named(column, source.name)] = Column(words=words, codes=codes)
    return CrfTable(
        name,
        columns,
        _with_decimal(source, delimiter == ";"),
        np.array(numbers, dtype=np.int64),
        origin=constant(name, len(numbers)),
    )


def column_names(cells: list[str], where: str) -> list[str]:
    """Column names without outer blanks; one that stands twice is refused. A blank name is allowed
    here.
    """
    names = [" ".join(c.split()) for c in cells]
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


def _add(factorisers: list[Factoriser], chunk: list[list[str]]) -> None:
    for factoriser, cells in (
        zip(factorisers, zip(*chunk, strict=True), strict=True) if chunk else ()
    ):
        factoriser.add(cells)


def _trimmed(
    cells: list[str], header: list[str], row: int, delimiter: str, where: str
) -> list[str]:
    """A row that is too long only by blank cells, cut; else an error."""
    if len(cells) > len(header) and not any(c.strip() for c in cells[len(header) :]):
        return cells[: len(header)]
    mark = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
    raise InputError(
        f"`{where}` row {row} has {len(cells)} cells; the header has {len(header)}. "
        f"Complete the row, and put quotes around a cell that contains a {mark}.",
        argument=where,
        index=(row,),
    )


def _decode(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"`{where}` is not UTF-8: byte 0x{data[error.start]:02x} in line {line}. Save it as "
            "CSV UTF-8.",
            argument=where,
            index=(line,),
        ) from None
    if "\x00" in text:
        raise InputError(
            f"`{where}` holds NUL bytes: it is not a text file. Save it as CSV UTF-8.",
            argument=where,
        )
    return text


def _delimiter(text: str) -> tuple[str, int]:
    """The separator, and how many rows stand before the header (1 for a line ``sep=;``)."""
    first = next((line for line in text[:65536].splitlines() if line.strip()), "")
    told = re.fullmatch(r"\"?sep=([,;\t])\"?", first.strip(" "), re.I)
    if told:
        return told.group(1), 1
    bare = re.sub(r'"[^"]*"', "", first)
    return max((",", ";", "\t"), key=bare.count), 0
