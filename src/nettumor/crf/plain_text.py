"""The columns of a plain text table by Polars, where that is installed.

A table is plain where every line holds one row of as many cells as the header, quotes stand around
whole cells alone, and no line is blank, a comment, or broken in a quote. What is plain is decided
here byte by byte, before Polars sees the text; all else is left to the reader of the standard
library, which says what is wrong with it. Both give the same cells.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.crf.apart import last_words_kept_back
from nettumor.crf.columns import Column, Ints
from nettumor.crf.forked import polars_waits
from nettumor.crf.intake import Line
from nettumor.rows import by_appearance

LONG = 2_000
"""Lines: below, the standard library is done before Polars is loaded."""
_LETTERS = 131_072
"""Letters that a cell may have: the limit of the standard library's reader."""
_QUOTE, _LINE_END = ord('"'), ord("\n")


@frozen
class TextRecords:
    """The columns of the records, the numbers of their rows, and what was left out."""

    columns: list[Column]
    numbers: Ints
    lines: tuple[Line, ...] = ()


def plain_columns(text: str, delimiter: str, width: int, row: int) -> TextRecords | None:
    """The columns of the records, and the numbers of their rows; None where the text is not plain
    or Polars is not there.

    Parameters
    ----------
    text : str
        The file.
    delimiter : str
        Its separator.
    width : int
        How many cells a row has.
    row : int
        The number of the first record's row: so many line ends stand before it, and one fewer.
    """
    if text.count("\n") < LONG or polars_waits():
        return None
    try:
        import polars
    except ImportError:
        return None
    body = _body(text, row)
    if body is None or not _is_plain(body, ord(delimiter), width):
        return None
    try:
        with last_words_kept_back():
            frame = polars.read_csv(
                io.BytesIO(body),
                has_header=False,
                separator=delimiter,
                quote_char='"' if b'"' in body else None,
                infer_schema_length=0,
            )
    except (polars.exceptions.PolarsError, TypeError):  # or a later one has other arguments
        return None
    if frame.width != width or any(s.dtype != polars.String for s in frame.get_columns()):
        return None
    columns = [_column(series) for series in frame.get_columns()]
    if max(max(map(len, c.words)) for c in columns) > _LETTERS:
        return None
    numbers = np.arange(row, row + frame.height, dtype=np.int64)
    return _without_blank_rows(columns, numbers)


def _body(text: str, row: int) -> bytes | None:
    """The lines from a row on in UTF-8, each ended by LF; None where a line above is broken."""
    if "\r" in text:
        if text.count("\r") != text.count("\r\n"):
            return None
        text = text.replace("\r\n", "\n")
    start = 0
    for _ in range(row - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    if text.count('"', 0, start) % 2 or "\n\n" in text[:start] or text[:1] == "\n":
        return None
    return text[start:].encode().rstrip(b"\n") + b"\n"


def _is_plain(body: bytes, delimiter: int, width: int) -> bool:
    """Whether every line has ``width`` cells, with quotes around whole cells alone."""
    if body.startswith((b"\n", b"#", b'"#', b"\xef\xbb\xbf")):
        return False
    if b"\n\n" in body or b"\n#" in body or b'\n"#' in body:
        return False
    letters = np.frombuffer(body, dtype=np.uint8)
    line_ends = np.flatnonzero(letters == _LINE_END)
    separators = np.flatnonzero(letters == delimiter)
    quotes = np.flatnonzero(letters == _QUOTE)
    if len(quotes):
        if len(quotes) % 2 or not _stand_around_cells(letters, quotes, delimiter):
            return False
        if (np.searchsorted(quotes, line_ends) % 2).any():
            return False
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
    if len(separators) != (width - 1) * len(line_ends):
        return False
    if width == 1:
        return True
    by_line = separators.reshape(len(line_ends), width - 1)
    return bool(np.all(by_line[:, -1] < line_ends) and np.all(by_line[1:, 0] > line_ends[:-1]))


def _stand_around_cells(
    letters: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], delimiter: int
) -> bool:
    """Whether a cell begins at every first quote, and ends at every second."""
    before = letters[quotes[::2] - 1]  # of the very first letter the last: a line end
    after = letters[quotes[1::2] + 1]
    return all(bool(np.all((at == delimiter) | (at == _LINE_END))) for at in (before, after))


def _column(series: Any) -> Column:
    """The words of a column in the order of their first appearance, and the number of each row's."""
    import polars

    # categories of its own: those that all share number a word by when it was first read anywhere
    own = (
        polars.Categorical(polars.Categories.random())
        if hasattr(polars, "Categories")
        else polars.Categorical
    )
    codes, first = by_appearance(
        series.fill_null("").cast(own).to_physical().to_numpy().view(np.int32)
    )
    return Column(words=series.gather(first).fill_null("").to_list(), codes=codes)


def _is_empty(column: Column) -> Bools:
    """Where a cell holds nothing at all; a word for a missing value is something in a row."""
    return column.map(lambda word: word.strip() == "", np.bool_)


def _without_blank_rows(columns: list[Column], numbers: Ints) -> TextRecords:
    """The records without the rows of which every cell is blank."""
    is_blank = _is_empty(columns[0])
    for column in columns[1:]:
        if not is_blank.any():
            break
        is_blank = is_blank & _is_empty(column)
    if not is_blank.any():
        return TextRecords(columns, numbers)
    kept = np.flatnonzero(~is_blank)
    return TextRecords([Column.of_text(c.text[kept]) for c in columns], numbers[kept])
