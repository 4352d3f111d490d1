"""Workbooks of Excel, read by python-calamine (extra ``excel``) with each cell's own type.

Every sheet that is not empty is a table; titles, labels, totals and row numbers are recognised as
in text files (`sheet_rows`). A formula that was never calculated has no value, whatever the file
holds in its place (XlsxWriter writes 0): such a workbook is refused. A cell with an error (#REF!) comes
out of python-calamine as a blank one: it is looked for in the .xlsx itself, and said. The sizes that
an .xlsx states are held against `Limits` before it is opened; an .xls is read in a process of its own.

Source: ECMA-376, Office Open XML, part 1: 18.3.1.4 (c), 18.3.1.40 (f), 18.3.1.96 (v), 18.18.11
(ST_CellType, e is an error), 18.2.2 (calcPr, fullCalcOnLoad).
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from nettumor.crf.apart import last_words_kept_back, read_apart
from nettumor.crf.archives import FAULTS
from nettumor.crf.cell_text import cell_text
from nettumor.crf.columns import Column, constant
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.limits import Limits
from nettumor.crf.sheet_rows import (
    SAMPLE,
    index_left_out,
    is_comment,
    is_total,
    left_out,
    numbers_rows,
    sheet_start,
)
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, missing_extra

_ID_COLUMNS = frozenset(
    {
        "subject",
        "lesion",
        "evaluator",
        "visit",
        "marker",
        "symptom",
        "usubjid",
        "subjid",
        "tulnkid",
        "trlnkid",
    }
)
"""Columns that identify: a date in one of them is an identifier such as 1-2 that Excel has turned
into a date.
"""
_NEW, _OLD = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
"""How an .xlsx (a ZIP archive) and an .xls (a compound file, [MS-CFB] 2.2) begin."""
_REPAIR = "Save it again as .xlsx, or as CSV UTF-8."
_PROGRAM = """
import io
import python_calamine
book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
found = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}
"""
"""The reading of an .xls, whose structure is not looked at before, in a process of its own."""
_TAG = r"<(?:\w+:)?"
_CELL = re.compile(rf"{_TAG}c[\s>]".encode())
_FORMULA = re.compile(rf"{_TAG}f[\s>/]".encode())
_VALUE = re.compile(rf"{_TAG}v(?:\s[^>]*)?>[^<]".encode())
_TEXT = re.compile(rb"^[^>]*\bt=[\"']str[\"']")
_ERROR = re.compile(
    rf"{_TAG}c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*>(?:(?!</(?:\w+:)?c>).)*?{_TAG}v>([^<]*)".encode(),
    re.S,
)
_MISSING = "#N/A"
"""The one error of Excel that says what people mean by it: there is no value."""
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_SHAPES = bytes.maketrans(
    bytes(range(256)),
    bytes(
        ord("0") if chr(c).isdecimal() else ord("A") if "A" <= chr(c) <= "Z" else
        ord('"') if chr(c) in "\"'" else ord(" ")
        for c in range(256)
    ),
)  # fmt: skip
_FAR = (b'"AAA0', b'"A000000', b'"AA000000')
"""The shapes of places beyond column ZZ or row 99,999; looked for so, in a tenth of the time that a
pattern takes."""
_NEAR = (99_999, 702)
_CALCULATED_LATER = re.compile(rb"fullCalcOnLoad\s*=\s*[\"'](?:1|true|on)[\"']")
_PIECE = 1 << 22
"""Bytes of a sheet that are looked at together."""
_LONGEST_CELL = 1 << 20
"""Bytes of a cell with its formula; Excel allows 32,767 letters of the one and 8,192 of the other."""


def read_excel(data: bytes, source: Source, name: str, limits: Limits) -> list[CrfTable]:
    """The tables in the bytes of a workbook: one per sheet that is not empty.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table, where there is one sheet alone and its name says no table.
    limits : Limits
        The largest workbook that is opened.

    Returns
    -------
    list of CrfTable

    Raises
    ------
    InputError
        Where the bytes are no workbook, every sheet is empty, a formula was never calculated, or
        Excel has turned an identifier into a date.
    MissingExtraError
        Where python-calamine is not installed.
    """
    book = sheets_of(data, source, limits)
    filled = {
        s: rows for s, rows in book.cells.items() if any(any(c != "" for c in row) for row in rows)
    }
    if not filled:
        raise InputError(
            f"`{source.name}` is empty. Give a sheet with a header and rows.", argument=source.name
        )
    single = len(filled) == 1 and next(iter(filled)).casefold() not in LAYOUTS
    tables = [_sheet(rows, source, name if single else sheet) for sheet, rows in filled.items()]
    return [evolve(tables[0], notes=(*book.lines, *tables[0].notes)), *tables[1:]]


@frozen
class Sheets:
    """The cells of each sheet of a workbook, and a line for each sheet that has cells with errors."""

    cells: dict[str, list[list[Any]]]
    lines: list[Line] = field(factory=list)


def sheets_of(
    data: bytes,
    source: Source,
    limits: Limits,
    *,
    what: str = "Reading Excel",
    calculated: bool = True,
) -> Sheets:
    """The cells of each sheet in the bytes of a workbook, after its structure has been looked at.

    Raises
    ------
    InputError
        Where the bytes are no workbook, it is too large, or a formula was never calculated (unless
        ``calculated`` is False: who reads the cells looks at none that may be one).
    MissingExtraError
        Where python-calamine is not installed; ``what`` needs it.
    """
    try:
        import python_calamine
    except ImportError:
        raise missing_extra("python-calamine", "excel", what) from None
    if data.startswith(_OLD):
        apart: dict[str, list[list[Any]]] = read_apart(
            _PROGRAM, data, source.name, "Excel workbook", limits
        )
        return Sheets(apart)
    if not data.startswith(_NEW):
        raise InputError(
            f"`{source.name}` is not a readable Excel workbook: it begins as no workbook does. "
            f"{_REPAIR}",
            argument=source.name,
        )
    lines = _check_parts(data, source, limits, calculated=calculated)
    found: dict[str, list[list[Any]]] = guarded(
        source, "Excel workbook", _REPAIR, lambda: _sheets(python_calamine, data)
    )
    return Sheets(found, lines)


def _sheets(python_calamine: Any, data: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}


def guarded(source: Source, what: str, repair: str, read: Callable[[], Any]) -> Any:
    """The answer of an outside reader; whatever it raises on a broken file is an `InputError`, and
    what it writes to the screen then is kept back.
    """
    try:
        with last_words_kept_back():
            return read()
    except (InputError, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"`{source.name}` is not a readable {what}: {lines[0][:120]}. {repair}",
            argument=source.name,
        ) from None


def _check_parts(data: bytes, source: Source, limits: Limits, *, calculated: bool) -> list[Line]:
    """What the parts of an .xlsx say of its size, its formulas and its errors, before it is opened."""
    lines: list[Line] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            limits.check(source.name, unpacked=sum(max(0, i.file_size) for i in book.infolist()))
            parts = [i for i in book.infolist() if i.filename.lower().endswith(".xml")]
            about = [i for i in parts if re.fullmatch(r"(?i)/?xl/workbook\d*\.xml", i.filename)]
            later = any(_CALCULATED_LATER.search(book.read(i)) for i in about)
            for part in parts:
                if "worksheets/" in part.filename.lower():
                    formulas = later if calculated else None
                    lines += _check_sheet(book, part, source, limits, formulas)
                else:
                    for _ in _pieces(book, part):  # to its end, where its checksum is compared
                        pass
    except FAULTS as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"`{source.name}` is not a readable Excel workbook: {str(error)[:120]}. {_REPAIR}",
            argument=source.name,
        ) from None
    return lines


def _check_sheet(
    book: zipfile.ZipFile, part: zipfile.ZipInfo, source: Source, limits: Limits, later: bool | None
) -> list[Line]:
    """How far a sheet reaches, and that each of its formulas has a value that was calculated, unless
    ``later`` is None; a line for its cells with errors.
    """
    where = f"{source.name} ({part.filename})"
    rows, columns = 0, 0
    errors: list[tuple[str, str]] = []
    near_is_fine = _NEAR[0] <= limits.rows and _NEAR[0] * _NEAR[1] <= limits.cells
    for text in _pieces(book, part):
        shapes = text.translate(_SHAPES)
        if not near_is_fine or any(shape in shapes for shape in _FAR):
            for place in _PLACE.finditer(text):
                rows = max(rows, int(place.group(2)))
                columns = max(columns, _column_number(place.group(1)))
            limits.check(where, rows=rows, columns=columns)
        has_formulas = later is not None and (b"<f" in text or b":f" in text)
        if has_formulas and _FORMULA.search(text):
            _refuse_formulas(text, source, bool(later))
        if b't="e"' in text or b"t='e'" in text:
            errors += _errors(text)
    if not errors:
        return []
    first, found = errors[0]
    note = f"an error of Excel is a blank cell{f'; the first is {first}' if first else ''}"
    return [Line("number", where, found, "", len(errors), "unreadable", note)]


def _errors(text: bytes) -> Iterator[tuple[str, str]]:
    """Place and word of each error that says something else than that there is no value."""
    for cell in _ERROR.finditer(text):
        word, place = cell[1].decode("utf-8", "replace"), _PLACE.search(cell[0])
        if word != _MISSING:
            yield b"".join(place.groups()).decode() if place else "", word


def _pieces(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a sheet, so much at a time, no piece ending within a cell."""
    with book.open(part) as sheet:
        left = b""
        while piece := sheet.read(_PIECE):
            text = left + piece
            last = max(text.rfind(b"<c "), text.rfind(b":c "))
            yield text[:last] if last > 0 else b""
            left = text[max(last, 0) :][-_LONGEST_CELL:]
        yield left


def _column_number(letters: bytes) -> int:
    """Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _refuse_formulas(text: bytes, source: Source, later: bool) -> None:
    starts = [m.start() for m in _CELL.finditer(text)]
    for start, end in itertools.pairwise([*starts, len(text)]):
        cell = text[start:end]
        if _FORMULA.search(cell) and (later or not (_TEXT.search(cell) or _VALUE.search(cell))):
            place = _PLACE.search(cell)
            at = f" (cell {b''.join(place.groups()).decode()})" if place else ""
            raise InputError(
                f"`{source.name}` holds a formula that was never calculated{at}. Open it in Excel "
                "and save it.",
                argument=source.name,
            )


def _sheet(rows: list[list[Any]], source: Source, name: str) -> CrfTable:
    where = evolve(source, name=f"{source.name}, sheet {name}")
    numbered = [(i, row) for i, row in enumerate(rows, start=1) if any(c != "" for c in row)]
    sample = [(i, [cell_text(c, name) for c in row]) for i, row in numbered[:SAMPLE]]
    start = sheet_start(sample, where.name)
    header = column_names(start.header, where.name)
    body, lines = _records([r for r in numbered if r[0] >= start.row], where.name)
    numbers = np.array([i for i, _ in body], dtype=np.int64)
    columns: dict[str, Column] = {}
    for place, column in enumerate(header):
        cells = [row[place] for _, row in body]
        if not column:
            as_text = [cell_text(c) for c in cells]
            if place == 0 and start.has_index and numbers_rows(as_text):
                lines.append(index_left_out(where.name, len(cells)))
            elif any(as_text):
                raise InputError(
                    f"`{where.name}` has a column with values and without a name. Name it in the "
                    "header.",
                    argument=name,
                )
            continue
        _no_dates_for_identifiers(column, cells, numbers.tolist(), where)
        columns[column] = Column.of_cells(cells, column)
    return CrfTable(
        name,
        columns,
        where,
        numbers,
        origin=constant(name, len(body)),
        notes=(*start.lines, *lines),
    )


def _records(
    rows: list[tuple[int, list[Any]]], where: str
) -> tuple[list[tuple[int, list[Any]]], list[Line]]:
    """The rows without comments between them and totals below them."""
    lines = []
    kept = []
    for number, row in rows:
        first = row[0]
        if isinstance(first, str) and first.startswith("# ") and is_comment([first], 1):
            lines.append(left_out((number, [cell_text(c) for c in row]), where, "a comment"))
        else:
            kept.append((number, row))
    while len(kept) > 1 and is_total([cell_text(c) for c in kept[-1][1]]):
        number, row = kept.pop()
        total = (number, [cell_text(c) for c in row])
        lines.append(left_out(total, where, "a total below the records"))
    return kept, lines


def _no_dates_for_identifiers(
    column: str, cells: list[Any], numbers: list[int], where: Source
) -> None:
    if column.casefold() not in _ID_COLUMNS:
        return
    for cell, row in zip(cells, numbers, strict=True):
        if hasattr(cell, "isoformat") or hasattr(cell, "total_seconds"):
            raise InputError(
                f"`{column}` must hold identifiers; got the date {cell} at row {row} of "
                f"{where.name}: Excel has turned "
                "an identifier such as 1-2 into a date. Format the column as text and type the "
                "identifiers again.",
                argument=column,
                index=(row,),
            )
