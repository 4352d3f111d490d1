"""Numbers: one number in digits with one decimal mark, a limit ``<x`` or ``>x``, a unit behind it.

What is not certain is not read: "~50", "about 50", "50?" and two numbers in a cell are words. A
comma with exactly three digits behind it may separate thousands, and is a decimal mark only in a
file of decimal commas; a point so in a column of decimal commas is none (`with_thousands`). A unit
that fits the column is converted; another is not read.

Sources: ISO 80000-1 (comma and point as decimal marks); SAS TS-140 (how small a number can be).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from nettumor.words import units
from nettumor.words.missing import tidy


class Number(NamedTuple):
    """One cell read: the number, x of ``<x``, x of ``>x`` (NaN: none), whether a comma was the
    decimal mark, and whether the cell named its unit.
    """

    value: float
    below: float
    above: float
    comma: bool
    has_unit: bool


LONGEST = 80
"""A longer cell is no number."""

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+(?:E[+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}", re.ASCII)
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_LIMIT = re.compile(r"([<>\u2264\u2265]|LESS THAN |BELOW |GREATER THAN |ABOVE )\s*=?\s*(\S.*)")
_WITH_UNIT = re.compile(r"([+-]?[\d.,]+(?:E[+-]?\d+)?)\s*(\D.*)", re.ASCII)
_NONE = math.nan


def read(word: str, comma: bool = False, unit: str = "") -> Number:
    """The number of one cell.

    Parameters
    ----------
    word : str
        The cell.
    comma : bool
        The file's decimal mark is the comma: ``1,234`` is 1.234.
    unit : str
        The unit of the column ("mm", "mL", "HU", "%"): a cell that names it, or one that can be
        converted to it, is read in it.

    Examples
    --------
    >>> read("12,5").value, read("5.1 cm", unit="mm").value, read("< 5 mm", unit="mm").below
    (12.5, 51.0, 5.0)
    >>> read("~50").value, read("1,234").value, read("50 mm").value
    (nan, nan, nan)
    """
    if len(word) > LONGEST:
        return Number(_NONE, _NONE, _NONE, False, False)
    text = tidy(word)
    limit = _LIMIT.fullmatch(text)
    value, by_comma, has_unit = _quantity(limit.group(2) if limit else text, comma, unit)
    if not limit:
        return Number(value, _NONE, _NONE, by_comma, has_unit)
    if limit.group(1)[0] in "<\u2264LB":
        return Number(_NONE, value, _NONE, by_comma, has_unit)
    return Number(_NONE, _NONE, value, by_comma, has_unit)


def with_thousands(words: Iterable[str], comma: bool) -> frozenset[str]:
    """The words of a column whose point may separate thousands (``1.234``): where a comma is the
    decimal mark, of the file or of another word, and no word shows that a point is.

    >>> sorted(with_thousands(["1.234", "12,5"], False)), sorted(with_thousands(["1.234", "12.5"], True))
    (['1.234'], [])
    """
    doubtful = []
    for word in words:
        text = word.strip() if "." in word or "," in word else ""
        if _POINTS.fullmatch(text):
            doubtful.append(word)
        elif "." in text and _PLAIN.fullmatch(text):
            return frozenset()
        elif _COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text):
            comma = True
    return frozenset(doubtful if comma else ())


def _quantity(text: str, comma: bool, unit: str) -> tuple[float, bool, bool]:
    """The number of a text in the column's unit, whether it has a comma, whether it names a unit."""
    value, by_comma = _plain(text, comma)
    if value == value or not unit:
        return value, by_comma, False
    found = _WITH_UNIT.fullmatch(text)
    if not found:
        return _NONE, False, False
    value, by_comma = _plain(found.group(1), comma)
    factor = units.factor(found.group(2), unit)
    if not math.isfinite(value * factor):
        return _NONE, False, False
    return (value if factor == 1 else round(value * factor, 9)), by_comma, True


def _plain(text: str, comma: bool) -> tuple[float, bool]:
    """The number of one text (NaN if none) and whether it was written with a comma."""
    if _PLAIN.fullmatch(text):
        value = float(text)
        return (value, False) if math.isfinite(value) else (_NONE, False)
    # 1,234 in a file of points may mean 1234 or 1.234: not read
    if _COMMA.fullmatch(text) and (comma or not _THOUSANDS.fullmatch(text)):
        return _plain(text.replace(",", "."), False)[0], True
    return _NONE, False
