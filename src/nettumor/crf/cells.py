"""What a cell says: a number, a size, a state, a role, a flag, a response. Decided once per
distinct cell.

Input: a `Column`. Output: arrays with one element per row, and for every cell that could not be
read a mark, never a guess. The original text stays in the column.

Sources: the cell rules of this library's CRF layout; RECIST 1.1, 4.4.2 and the CDISC RECIST 1.1
supplement (absent, too small to measure and not evaluable are three different states).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.crf import layouts
from nettumor.crf.columns import Column
from nettumor.errors import InputError
from nettumor.terminology import parse_responses

UNKNOWN = -1
"""The code of a word that is none of the permitted ones."""


@unique
class Role(IntEnum):
    """What a lesion was identified as; -1 (`UNKNOWN`) for another word.

    Examples
    --------
    >>> parse_roles(Column.of_text(["Non-target"])).tolist() == [Role.NON_TARGET]
    True
    """

    BLANK = 0
    TARGET = 1
    NON_TARGET = 2
    NEW = 3
    OTHER = 4


@unique
class State(IntEnum):
    """What was seen of a lesion; -1 (`UNKNOWN`) for another word.

    Examples
    --------
    >>> parse_states(Column.of_text(["TSTM"])).tolist() == [State.TOO_SMALL]
    True
    """

    BLANK = 0
    MEASURED = 1
    ABSENT = 2
    TOO_SMALL = 3
    PRESENT = 4
    UNEQUIVOCAL = 5
    UNEQUIVOCAL_PROGRESSION = 6
    EQUIVOCAL = 7
    NOT_EVALUABLE = 8
    MERGED = 9
    NON_PATHOLOGICAL = 10


@unique
class NewLesion(IntEnum):
    """A new lesion as reported at a visit; -1 (`UNKNOWN`) for another word.

    Examples
    --------
    >>> parse_new_lesions(Column.of_text(["UNEQUIVOCAL"])).tolist() == [NewLesion.UNEQUIVOCAL]
    True
    """

    BLANK = 0
    NO = 1
    YES = 2
    EQUIVOCAL = 3
    UNEQUIVOCAL = 4
    NE = 5


def _codes(permitted: Mapping[str, tuple[str, ...]], codes: type[IntEnum]) -> dict[str, int]:
    names = {"N": "NO", "Y": "YES"} if codes is NewLesion else {}
    return {
        spelling: int(codes[names.get(word, word).replace(" ", "_").replace("-", "_")])
        for spelling, word in layouts.words(permitted).items()
    }


_ROLES = _codes(layouts.ROLES, Role)
_STATES = _codes(layouts.STATES, State)
_NEW = _codes(layouts.NEW_LESION, NewLesion)
_FLAGS = {spelling: int(word == "Y") for spelling, word in layouts.words(layouts.FLAGS).items()}
_NULLS = frozenset({"", ".", "NAN", "<NA>", "NULL", "NONE", "NAT"})
"""How programs write a missing value; "NA", "ND" and "NE" are what someone wrote."""
_MERGED = re.compile(r"MERGED\s+(?:INTO|WITH|TO)\s+(\S.*)", re.I)


def tidy(word: str) -> str:
    """A word as it is compared: upper case, single blanks.

    >>> tidy("  Non-target ")
    'NON-TARGET'
    """
    return " ".join(word.split()).upper()


def _blank(word: str) -> bool:
    return word in _NULLS or (
        len(word) == 2 and word[0] == "." and (word[1] == "_" or word[1].isalpha())
    )


def _looked_up(column: Column, known: Mapping[str, int]) -> Codes:
    def code(cell: str) -> int:
        word = tidy(cell)
        return known.get(
            word, 0 if _blank(word) else UNKNOWN
        )  # "None" among new lesions is an answer

    return column.map(code, np.int8)


def parse_roles(column: Column) -> Codes:
    """Codes of `Role`, 0 where blank, -1 for an unknown word."""
    return _looked_up(column, _ROLES)


def parse_states(column: Column) -> Codes:
    """Codes of `State`, 0 where blank, -1 for an unknown word; "MERGED INTO T01" is MERGED."""
    return column.map(state_of, np.int8)


def state_of(cell: str) -> int:
    """The code of `State` of one cell."""
    word = tidy(cell)
    if _MERGED.fullmatch(word):
        return int(State.MERGED)
    return _STATES.get(word, UNKNOWN) if not _blank(word) else 0


def parse_new_lesions(column: Column) -> Codes:
    """Codes of `NewLesion`, 0 where blank, -1 for an unknown word."""
    return _looked_up(column, _NEW)


def parse_flags(column: Column) -> Codes:
    """1 for yes, 0 for no, -1 where blank or neither."""

    def code(cell: str) -> int:
        return _FLAGS.get(tidy(cell), UNKNOWN)

    return column.map(code, np.int8)


def parse_response_cells(column: Column) -> Codes:
    """Codes of `nettumor.Response` (as `nettumor.parse_responses` reads them), -1 for an unknown
    word.

    NED (no evidence of disease, C96785) is MISSING: there is no such disease to respond.
    """

    def code(cell: str) -> int:
        if _blank(tidy(cell)) or tidy(cell) == "NED":
            return 0
        try:
            return int(parse_responses(cell))
        except InputError:
            return UNKNOWN

    return column.map(code, np.int8)


def merged_into(column: Column) -> npt.NDArray[Any]:
    """The lesion named by "MERGED INTO T01" (or WITH, TO), else ""."""

    def other(cell: str) -> str:
        found = _MERGED.fullmatch(" ".join(cell.split()))
        return found.group(1).strip(" .") if found else ""

    return column.map(other, object)


@frozen(eq=False)
class Numbers:
    """The numbers of one column, one element per row.

    Attributes
    ----------
    value : ndarray of float
        The number, NaN where the cell holds none. A zero misread from XPORT (0 < \\|x\\| < 1e-60)
        is 0.
    blank : ndarray of bool
        The cell holds nothing.
    word : ndarray of bool
        The cell holds text that is no number (NE, ``<5``, 1O, 2.2 cm).
    below, above : ndarray of float
        x of a cell ``<x`` or ``>x``, else NaN.
    decimal_comma : ndarray of bool
        A number written with a comma as decimal mark.
    misread_zero : ndarray of bool
        A zero misread from XPORT.
    """

    value: Floats
    blank: Bools
    word: Bools
    below: Floats
    above: Floats
    decimal_comma: Bools
    misread_zero: Bools


_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+(?:E[+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}", re.ASCII)
_LIMIT = re.compile(r"([<>])\s*=?\s*(.+)")
_MISREAD = 1e-60
"""pandas.read_sas gives 5.4e-79 for a 0 in XPORT; no measurement is that small."""


def _number(text: str, comma: bool) -> tuple[float, bool]:
    """The number of one text (NaN if none) and whether it was written with a comma."""
    if _NUMBER.fullmatch(text):
        value = float(text)
        return (value, False) if np.isfinite(value) else (np.nan, False)
    # 1,234 in a file of commas may mean 1234 or 1.234: not read
    if _COMMA.fullmatch(text) and (comma or not _THOUSANDS.fullmatch(text)):
        return _number(text.replace(",", "."), False)[0], True
    return np.nan, False


def read_number(cell: str, comma: bool) -> tuple[float, float, float, bool]:
    """The number of one cell, x of ``<x``, x of ``>x`` (NaN: none), and whether a comma was the
    decimal mark.
    """
    text = tidy(cell)
    limit = _LIMIT.fullmatch(text)
    if limit:
        value, by_comma = _number(limit.group(2), comma)
        return (
            (np.nan, value, np.nan, by_comma)
            if limit.group(1) == "<"
            else (np.nan, np.nan, value, by_comma)
        )
    value, by_comma = _number(text, comma)
    return (value, np.nan, np.nan, by_comma)


def _by_code(of_word: Floats, codes: npt.NDArray[Any]) -> Floats:
    """A number for each row from that of its word; one number for all takes no memory."""
    if of_word.size and not (of_word == of_word).any():
        return np.broadcast_to(np.nan, len(codes))
    return of_word[codes] if of_word.size else np.empty(0)


def parse_numbers(column: Column, *, decimal_comma: bool = False) -> Numbers:
    """The numbers of a column.

    Parameters
    ----------
    column : Column
        As it came.
    decimal_comma : bool
        The file's decimal mark is the comma: ``1,234`` is 1.234. Else a comma with exactly three
        digits behind it is not read, because it may separate thousands.

    Returns
    -------
    Numbers

    Examples
    --------
    >>> parse_numbers(Column.of_text(["12", "12,5", "<5", "NE", ""])).value.tolist()
    [12.0, 12.5, nan, nan, nan]
    """
    n = len(column)
    if column.floats is not None:
        endless = np.isinf(column.floats)
        value = np.where(endless, np.nan, column.floats) if endless.any() else column.floats
        tiny = value < _MISREAD
        if tiny.any():
            tiny &= (value > -_MISREAD) & (value != 0)
            value = np.where(tiny, 0.0, value) if tiny.any() else value
        none = np.broadcast_to(np.nan, (n,))
        return Numbers(
            value, np.isnan(column.floats), endless, none, none, np.zeros(n, np.bool_), tiny
        )
    blank = column.map(lambda c: _blank(tidy(c)), np.bool_)
    read = np.array(
        [read_number(w, decimal_comma) for w in column.words], dtype=np.float64
    ).reshape(-1, 4)
    value, below, above, comma = (_by_code(of_word, column.codes) for of_word in read.T)
    with np.errstate(invalid="ignore"):
        tiny = (value != 0) & (np.abs(value) < _MISREAD)
    return Numbers(
        np.where(tiny, 0.0, value),
        blank,
        np.isnan(value) & ~blank,
        below,
        above,
        comma.astype(np.bool_),
        tiny,
    )
