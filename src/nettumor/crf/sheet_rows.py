"""Which rows of a sheet or text file are its header and its records, and which are neither.

Exports put lines of comment and titles above the header, rows of labels, types and lengths below
it (SAS, REDCap, Excel templates), a total at the end, and a column of row numbers without a name
(R, pandas) in front. They are recognised where nothing else can be meant, and each is left out with
a line of the intake; what is not certain stays a record, or is refused by the reader with its row.
In go the first rows as text; out comes where the records begin. No cell is read here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache

from attrs import frozen

from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.words import units

SAMPLE = 100
"""How many rows that are not blank are looked at before the first is read."""

Row = tuple[int, list[str]]
"""The number of a row in the file, and its cells."""

_NUMBER_OR_DATE = re.compile(
    r"[<>=~]?\s*[-+]?\d[\d.,:/\-\sTZ%]*|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2,4}"
)
_TYPES = frozenset({
    "char", "num", "character", "numeric", "string", "text", "integer", "int", "float", "double",
    "decimal", "date", "datetime", "time", "partialdate", "boolean", "bool", "logical", "factor",
    "varchar", "object", "number", "id", "code", "calc", "dropdown", "radio", "checkbox", "yesno",
    "notes", "str", "datetimens", "category", "categorical", "enum", "utf", "i", "u", "f", "uint",
    "long", "timestamp", "posixct", "chr", "dbl", "lgl", "fct", "dttm", "cat",
})  # fmt: skip
"""What rows of types hold: SAS (Char, Num), CDISC dataType, classes of R, pandas and Polars, REDCap."""
_FORMAT = re.compile(r"\$?[A-Za-z_]*\d*\.\d*")
"""A format of SAS: $20., 8., DATE9., YYMMDD10."""
_NO_LABELS = frozenset({
    "ne", "nd", "na", "n/a", "nan", "null", "none", ".", "unk", "unknown", "uk", "nk", "absent",
    "present", "measured", "target", "non-target", "new", "yes", "no", "y", "n", "true", "false",
    "cr", "pr", "sd", "pd", "mr", "baseline", "screening", "liver",
})  # fmt: skip
"""Words of records, which no row of labels holds."""
_TOTAL = re.compile(
    r"(?:(?:grand |sub-?)?totals?|sum|mean|average)(?:\s*[:(=].*|\s+(?:number |no\.? )?(?:of )?"
    r"(?:rows?|records?|patients?|subjects?|lesions?|n)\b.*)?"
    r"|\(?\d+ (?:rows?|records?|observations?|patients?|subjects?)\b.*|n\s*=\s*\d+"
    r"|(?:end of|--+\s*end) .*",
    re.I,
)


@frozen
class SheetStart:
    """The header of a sheet, and where its records begin.

    Attributes
    ----------
    header : list of str
        The names as they stand; "" for a column without one.
    row : int
        The number of the first row that may be a record.
    has_index : bool
        The first column numbers the rows and is to be left out.
    lines : tuple of Line
        What was left out.
    """

    header: list[str]
    row: int
    has_index: bool
    lines: tuple[Line, ...]


@cache
def _known_names() -> frozenset[str]:
    columns = [c for layout in LAYOUTS.values() for c in layout.columns]
    return frozenset(n.casefold() for c in columns for n in (c.name, *c.aliases)) | {
        "studyid",
        "domain",
        "usubjid",
        "rdomain",
    }


def sheet_start(rows: Sequence[Row], where: str) -> SheetStart:
    """The header among the first rows that are not blank, and what stands around it.

    Parameters
    ----------
    rows : sequence of (int, list of str)
        The first `SAMPLE` rows that are not blank, at least one, with their numbers in the file.
    where : str
        The file or sheet; the lines name it.

    Returns
    -------
    SheetStart

    Examples
    --------
    >>> rows = [(1, ["Lesions of study 1"]), (3, ["subject", "size"]), (4, ["01", "12"])]
    >>> start = sheet_start(rows, "lesions.csv")
    >>> start.header, start.row, start.lines[0].place
    (['subject', 'size'], 4, 'lesions.csv row 1')
    """
    lines = []
    place = 0
    while place < len(rows) - 1 and is_comment(rows[place][1]) and not _is_header(rows, place):
        lines.append(left_out(rows[place], where, "a comment"))
        place += 1
    titles = _titles(rows[place:])
    lines += [left_out(row, where, "a title above the header") for row in rows[place:][:titles]]
    place += titles
    number, header = rows[place]
    if header[0].startswith("#") and place < len(rows) - 1:
        header = [header[0].lstrip("# "), *header[1:]]
    body = rows[place + 1 :]
    below = _below_header(header, body)
    lines += [left_out(row, where, what) for what, row in below]
    header = _with_units(header, [row for what, (_, row) in below if what.startswith("units")])
    number = below[-1][1][0] if below else number
    records = [cells for n, cells in body if n > number and not _is_apart(cells)]
    has_index = len(header) > 1 and not header[0].strip() and numbers_rows([c[0] for c in records])
    return SheetStart(header, number + 1, has_index, tuple(lines))


def _with_units(header: list[str], rows: list[list[str]]) -> list[str]:
    """The names with the unit of a length or volume that stands under them, in brackets."""
    for cells in rows:
        header = [
            f"{name} ({_bare(unit)})" if _bare(unit) and _is_measure(unit) else name
            for name, unit in zip(header, cells, strict=True)
        ]
    return header


def _bare(unit: str) -> str:
    return unit.strip().strip("()[]").strip()


def _is_measure(unit: str) -> bool:
    return any(_bare(unit).casefold() in units.FACTORS[of] for of in ("mm", "mL"))


def is_comment(cells: list[str], width: int | None = None) -> bool:
    """Whether a row is a line of comment: it begins with "#", and is no record of ``width``
    cells.
    """
    first = cells[0]
    return first.startswith("#") and (width is None or len(cells) != width or first[1:2] == " ")


def is_total(cells: list[str]) -> bool:
    """Whether a row, the last, sums up those above: "Total", "Total: 60", "(60 rows)".

    >>> is_total(["Total", "", "60"]), is_total(["Total", "T1", "60"])
    (True, False)
    """
    filled = [c.strip() for c in cells if c.strip()]
    if not filled or not _TOTAL.fullmatch(filled[0]):
        return False
    return all(_NUMBER_OR_DATE.fullmatch(c) for c in filled[1:]) and (
        len(filled) <= max(1, (len(cells) + 1) // 2)
    )


def _is_apart(cells: list[str]) -> bool:
    return is_comment(cells, len(cells)) or is_total(cells)


def left_out(row: Row, where: str, what: str) -> Line:
    """The line of the intake for a row that is no record."""
    number, cells = row
    found = ", ".join(c.strip() for c in cells if c.strip())[:60]
    return Line("row", f"{where} row {number}", found, status="ignored", note=what)


def index_left_out(where: str, rows: int) -> Line:
    """The line of the intake for a first column that numbers the rows."""
    return Line("column", where, count=rows, status="not needed", note="row numbers without a name")


def _filled(cells: list[str]) -> list[str]:
    return [c.strip() for c in cells if c.strip()]


def _names_known(cells: list[str]) -> int:
    return sum(c.strip().lstrip("# ").casefold() in _known_names() for c in cells)


def _is_header(rows: Sequence[Row], place: int) -> bool:
    """Whether a row that begins with "#" is the header: it has the names, and more than the next."""
    return _names_known(rows[place][1]) >= max(2, 1 + _names_known(rows[place + 1][1]))


def _titles(rows: Sequence[Row]) -> int:
    """How many rows of a single cell stand above the header; 0 where that is not certain."""
    count = 0
    while count < len(rows) and len(_filled(rows[count][1])) == 1:
        count += 1
    if count in (0, len(rows)):
        return 0
    header = _filled(rows[count][1])
    distinct = len({c.casefold() for c in header}) == len(header)
    words = distinct and not any(_NUMBER_OR_DATE.fullmatch(c) for c in header)
    titled = any(_names_known(cells) for _, cells in rows[:count])
    follows = rows[count + 1][1] if count + 1 < len(rows) else []
    told = _names_known(header) or any(_NUMBER_OR_DATE.fullmatch(c) for c in _filled(follows))
    return count if words and told and not titled else 0


def numbers_rows(cells: Sequence[str]) -> bool:
    """Whether a column without a name numbers the rows (R, pandas): whole numbers that ascend.

    >>> numbers_rows(["0", "1", "5"]), numbers_rows(["1", "1"])
    (True, False)
    """
    if not cells or not all(c.isdecimal() for c in map(str.strip, cells)):
        return False
    return all(int(a) < int(b) for a, b in itertools.pairwise(cells))


def _below_header(header: list[str], body: Sequence[Row]) -> list[tuple[str, Row]]:
    """The rows of labels, types, lengths and units under the header, and the header again."""
    found: list[tuple[str, Row]] = []
    for place, row in enumerate(body[:3]):
        below = [
            cells
            for _, cells in body[place + 1 :]
            if len(cells) == len(row[1]) and not (_is_apart(cells) or _is_types(cells))
        ]
        if not below or len(row[1]) != len(header):
            break
        if _is_units(row[1]):
            found.append(("units under the header", row))
            continue
        if 2 * len(_filled(row[1])) < len(header):
            break
        if is_header_again(row[1], header):
            found.append(("the header again", row))
        elif _is_types(row[1]):
            found.append(("types under the header", row))
        elif _is_labels(row[1], below):
            found.append(("labels under the header", row))
        elif found and found[-1][0].startswith("types") and _is_lengths(row[1], below):
            found.append(("lengths under the header", row))
        else:
            break
    return found


def is_header_again(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row repeats the header, as files do that were put one below the other.

    >>> is_header_again(["SUBJECT", "size"], ["subject", "size"]), is_header_again(["1", "2"], ["a", "b"])
    (True, False)
    """
    return len(header) > 1 and [c.strip().casefold() for c in cells] == [
        c.strip().casefold() for c in header
    ]


def _is_units(cells: list[str]) -> bool:
    """Units alone, of which one is of a length or volume; a record has a subject."""
    filled = [_bare(c) for c in _filled(cells)]
    known = any(_is_measure(c) for c in filled)
    return known and all(
        units.read(c) is not None or any(c.casefold() in of for of in units.FACTORS.values())
        for c in filled
    )


def _is_types(cells: list[str]) -> bool:
    filled = _filled(cells)
    if any(c.startswith("$") for c in filled) and all(_FORMAT.fullmatch(c) for c in filled):
        return True
    words = [re.sub(r"[\d()\[\]<>$.\s]", "", c).casefold() for c in filled]
    return len(filled) > 1 and all(w in _TYPES for w in words)


def _is_labels(cells: list[str], below: list[list[str]]) -> bool:
    """Unequal words, none of which a row below repeats, two of them over numbers or dates."""
    filled = _filled(cells)
    if len({c.casefold() for c in filled}) < len(filled):
        return False
    if any(
        _NUMBER_OR_DATE.fullmatch(c) or c.casefold() in _NO_LABELS or not re.search("[A-Za-z]", c)
        for c in filled
    ) or re.search(r"\d", filled[0]):
        return False
    over_numbers = 0
    for cell, column in zip(cells, zip(*below, strict=True), strict=True):
        others = _filled(list(column))
        if cell.strip() and cell.strip() in others:
            return False
        over_numbers += bool(cell.strip() and others) and all(
            _NUMBER_OR_DATE.fullmatch(c) for c in others
        )
    return over_numbers > 1


def _is_lengths(cells: list[str], below: list[list[str]]) -> bool:
    """Whole numbers in every cell, over at least one column of words."""
    columns = zip(cells, zip(*below, strict=True), strict=True)
    return all(re.fullmatch(r"\$?\d+\.?\d*", c) for c in _filled(cells)) and any(
        cell.strip() and others and not any(_NUMBER_OR_DATE.fullmatch(c) for c in others)
        for cell, others in ((c, _filled(list(o))) for c, o in columns)
    )
