"""What a cell says: a number, a size, a state, a role, a flag, a response. Decided once per
distinct cell.

Input: a `Column`. Output: arrays with one element per row, and for every cell that could not be
read a mark, never a guess. The original text stays in the column.

Sources: the cell rules of this library's CRF layout; RECIST 1.1, 4.4.2 and the CDISC RECIST 1.1
supplement (absent, too small to measure and not evaluable are three different states).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import fields, frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.crf.columns import Column
from nettumor.errors import choose
from nettumor.rows import values_at
from nettumor.words import dates, flags, numbers, responses, roles, states
from nettumor.words.flags import NewLesion
from nettumor.words.missing import UNKNOWN, is_missing, tidy
from nettumor.words.roles import Role
from nettumor.words.states import State

__all__ = [
    "KINDS",
    "UNKNOWN",
    "NewLesion",
    "Numbers",
    "Role",
    "State",
    "merged_into",
    "parse_flags",
    "parse_new_lesions",
    "parse_numbers",
    "parse_response_cells",
    "parse_roles",
    "parse_states",
    "tidy",
    "unknown_words",
]


def parse_roles(column: Column) -> Codes:
    """Codes of `Role`, 0 where blank, -1 for an unknown word."""
    return column.map(roles.read, np.int8)


def parse_states(column: Column) -> Codes:
    """Codes of `State`, 0 where blank, -1 for an unknown word; "MERGED INTO T01" is MERGED."""
    return column.map(states.read, np.int8)


def parse_new_lesions(column: Column) -> Codes:
    """Codes of `NewLesion`, 0 where blank, -1 for an unknown word."""
    return column.map(flags.read_new_lesion, np.int8)


def parse_flags(column: Column) -> Codes:
    """1 for yes, 0 for no, -1 where blank or neither."""
    return column.map(flags.read, np.int8)


def parse_response_cells(column: Column, *, family: str = "") -> Codes:
    """Codes of `nettumor.Response` (as `nettumor.parse_responses` reads them), -1 for an unknown
    word.

    ``family`` is that of the criteria ("WHO"), which have words of their own. NED (no evidence of
    disease, C96785) is MISSING: there is no such disease to respond.
    """
    return column.map(lambda cell: responses.read(cell, family), np.int8)


def merged_into(column: Column) -> npt.NDArray[Any]:
    """The lesion named by "MERGED INTO T01" (or WITH, TO), else ""."""
    return column.map(states.merged_into, object)


KINDS = ("role", "state", "response", "flag", "new_lesion", "number", "date", "size", "sex")
"""The kinds of words that `unknown_words` counts."""


def unknown_words(
    column: Column, kind: str, *, unit: str = "", order: str = "", decimal_comma: bool = False
) -> dict[str, int]:
    """The words of a column that are none of its kind, with the number of rows of each.

    Parameters
    ----------
    column : Column
        As it came.
    kind : {"role", "state", "response", "flag", "new_lesion", "number", "date", "size", "sex"}
        A "size" is a number or a state of the lesion ("TSTM", "NE", "<5"); a "number" may also be a
        limit (``<5``) or say that it was not done (ND, NE).
    unit : str
        Of a column of numbers (see `parse_numbers`).
    order : str
        Of a column of dates (see `nettumor.crf.dates.parse_dates`).
    decimal_comma : bool
        The file's decimal mark is the comma.

    Returns
    -------
    dict of str to int
        In the order of first appearance; empty where every word is read, or missing.

    Examples
    --------
    >>> unknown_words(Column.of_text(["12", "~50", "", "~50", "NE"]), "size", unit="mm")
    {'~50': 2}
    >>> unknown_words(Column.of_text(["CR", "better", "n/a"]), "response")
    {'better': 1}
    """
    choose("kind", kind, KINDS)
    if kind == "date":
        strange = column.date_words(order).status == dates.DateStatus.INVALID
    elif not column.is_text and kind in ("number", "size"):
        strange = np.zeros(len(column.words), dtype=np.bool_)
    else:
        words = column.words.tolist()
        number = kind in ("number", "size")
        doubtful = numbers.with_thousands(words, decimal_comma) if number else ()
        strange = np.array(
            [w in doubtful or not _known(w, kind, unit, decimal_comma) for w in words],
            dtype=np.bool_,
        )
    if not strange.any():
        return {}
    counts = column.counts
    return {str(column.words[i]): int(counts[i]) for i in np.flatnonzero(strange & (counts > 0))}


_READERS = {
    "role": roles.read,
    "state": states.read,
    "response": lambda word: responses.read(word, "WHO"),
    "new_lesion": flags.read_new_lesion,
    "flag": flags.read,
    "sex": flags.read_sex,
}


def _known(word: str, kind: str, unit: str, comma: bool) -> bool:
    """Whether a word is one of its kind, or missing."""
    if is_missing(word):
        return True
    if kind in _READERS:
        return _READERS[kind](word) != UNKNOWN
    number = numbers.read(word, comma, unit)
    if number.value == number.value or number.below == number.below or number.above == number.above:
        return True
    return states.read(word) > 0 if kind == "size" else tidy(word) in _NO_NUMBER


_NO_NUMBER = frozenset(
    {"NE", "ND", "NOT DONE", "NOT EVALUABLE", "NOT ASSESSED", "NOT AVAILABLE", "UNKNOWN"}
)
"""Words that say in a column of numbers that there is none."""


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
        The cell holds text that is no number (NE, ``<5``, 1O, ~50).
    below, above : ndarray of float
        x of a cell ``<x`` or ``>x``, else NaN.
    decimal_comma : ndarray of bool
        A number written with a comma as decimal mark.
    misread_zero : ndarray of bool
        A zero misread from XPORT.
    has_unit : ndarray of bool
        The cell named its unit ("5.1 cm"), and its value is in the unit of the column.
    """

    value: Floats
    blank: Bools
    word: Bools
    below: Floats
    above: Floats
    decimal_comma: Bools
    misread_zero: Bools
    has_unit: Bools


_MISREAD = 1e-60
"""pandas.read_sas gives 5.4e-79 for a 0 in XPORT; no measurement is that small."""


def _by_code(of_word: npt.NDArray[Any], codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """For each row what its word has; nothing (NaN, False) in all of them takes no memory."""
    nothing = np.isnan(of_word) if of_word.dtype.kind == "f" else ~of_word
    if of_word.size and nothing.all():
        return np.broadcast_to(of_word[0], len(codes))
    return values_at(of_word, codes)


def parse_numbers(column: Column, *, decimal_comma: bool = False, unit: str = "") -> Numbers:
    """The numbers of a column.

    Parameters
    ----------
    column : Column
        As it came.
    decimal_comma : bool
        The file's decimal mark is the comma: ``1,234`` is 1.234. Else a comma with exactly three
        digits behind it is not read, because it may separate thousands; nor is such a point beside
        decimal commas.
    unit : str
        The unit of the column ("mm", "mL", "HU", "%"): a cell that names it is read, and one that
        can be converted to it is converted ("5.1 cm" is 51 mm). Without it, such a cell is a word.

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
        lowest, highest = column.extremes
        none, no = np.broadcast_to(np.nan, (n,)), np.broadcast_to(np.False_, (n,))
        value, endless, tiny = column.floats, no, no
        if np.isinf(lowest) or np.isinf(highest):
            endless = np.isinf(value)
            value = np.where(endless, np.nan, value)
        if lowest < _MISREAD:
            tiny = (np.abs(value) < _MISREAD) & (value != 0)
            value = np.where(tiny, 0.0, value) if tiny.any() else value
        return Numbers(value, np.isnan(column.floats), endless, none, none, no, tiny, no)
    words = column.words.tolist()
    doubtful = numbers.with_thousands(words, decimal_comma)
    read = np.array(
        [numbers.read("?" if w in doubtful else w, decimal_comma, unit) for w in words],
        dtype=np.float64,
    ).reshape(-1, 5)
    value, below, above, comma, named = read.T
    blank = np.array([is_missing(w) for w in words], dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        tiny = (value != 0) & (np.abs(value) < _MISREAD)
    of_words = Numbers(
        value=np.where(tiny, 0.0, value),
        blank=blank,
        word=np.isnan(value) & ~blank,
        below=below,
        above=above,
        decimal_comma=comma.astype(np.bool_),
        misread_zero=tiny,
        has_unit=named.astype(np.bool_),
    )
    return Numbers(*(_by_code(getattr(of_words, f.name), column.codes) for f in fields(Numbers)))
