"""Visits: numbers and names, which of them come before treatment, and which nobody planned.

Sources: SDTMIG 3.4, 5.3 (VISITNUM of an unplanned visit lies between two whole numbers; VISIT);
CDISC VISIT names of common protocols.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import IntEnum, unique
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor.words.missing import is_missing, tidy


@unique
class VisitKind(IntEnum):
    """What a visit's name says of it.

    Examples
    --------
    >>> read("Screening").kind == VisitKind.BASELINE, read("UNPLANNED 3").kind == VisitKind.UNSCHEDULED
    (True, True)
    """

    BLANK = 0
    OTHER = 1
    NUMBERED = 2
    BASELINE = 3
    UNSCHEDULED = 4
    END = 5


class Visit(NamedTuple):
    """A visit's name read: what it says, the series it counts in ("WEEK", "CYCLE", "" for a bare
    number), and its number there (NaN for none). A cycle's day stands behind the point: C2D15 is
    2.015.
    """

    kind: VisitKind
    series: str
    number: float


_LONGEST = 120
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_CYCLE = re.compile(r"(?:C|CYCLE)[ _-]?(\d{1,3})[ _,/-]{0,2}(?:D|DAY)[ _-]?(\d{1,3})", re.ASCII)
_SERIES = re.compile(r"([A-Z]*)(?: -(?=\d)|[\s_-]*)(\d+(?:[.,]\d+)?)(?: ?\(.*\))?", re.ASCII)
_FIRST_NUMBER = re.compile(r"(?:(?<![^\s(])-)?\d+(?:\.\d+)?", re.ASCII)
_BASELINE = re.compile(r"SCREEN|BASELINE|PRE-? ?TREATMENT|\bSCR\b|\bBL\b")
_NO_BASELINE = re.compile(
    r"(?:\b(?:POST|NON|NOT|AFTER|FROM|SINCE|FOLLOWING)[ -]?(?:THE )?|\bFOLLOW[ -]?UP.*)"
    r"(?:SCREEN|BASELINE|SCR\b|BL\b)|(?:BASELINE|SCREENING|\bBL) ?\+"
)
"""A visit that is counted from the baseline is none: "POST-BASELINE 1", "8 WEEKS AFTER BASELINE"."""
_UNSCHEDULED = re.compile(r"UNSCH|UNPLAN|\bUNS\b")
_END = re.compile(r"\bEO[TS]\b|\bEND OF (?:TREATMENT|STUDY|THERAPY)\b")
_LONG = {"W": "WEEK", "WK": "WEEK", "WEEKS": "WEEK", "V": "VISIT", "M": "MONTH", "MO": "MONTH"} | {
    "C": "CYCLE", "CYC": "CYCLE", "D": "DAY", "MONTHS": "MONTH", "DAYS": "DAY", "Y": "YEAR",
}  # fmt: skip


def read(word: str) -> Visit:
    """A visit's name, or number.

    >>> read("WEEK 8"), read("C2D1").number, read("-1").number, read("2").number
    (Visit(kind=<VisitKind.NUMBERED: 2>, series='WEEK', number=8.0), 2.001, -1.0, 2.0)
    >>> read("1.01").number
    1.01
    >>> read("EOT").kind.name, read("unplanned").kind.name, read("n/a").kind.name
    ('END', 'UNSCHEDULED', 'BLANK')
    """
    if _is_plain(word):
        return Visit(VisitKind.NUMBERED, "", float(word))
    return _read(word)


@frozen(eq=False)
class VisitNames:
    """What the names of some visits say, one element a name, as `Visit` has them.

    Attributes
    ----------
    kind : ndarray of int8
        Values of `VisitKind`.
    series : ndarray of str
    number : ndarray of float
        NaN for none.
    """

    kind: npt.NDArray[np.int8]
    series: npt.NDArray[Any]
    number: npt.NDArray[np.float64]

    @property
    def place(self) -> npt.NDArray[np.float64]:
        """Where each stands among visits without dates: by its number; before all others where it is
        of before treatment; NaN where its name does not say.

        >>> read_each(["2", "WEEK 12", "SCREENING", "END"]).place.tolist()
        [2.0, 12.0, -inf, nan]
        """
        return np.where(self.kind == VisitKind.BASELINE, -np.inf, self.number)


def read_each(words: Sequence[str]) -> VisitNames:
    """Every one of some names, as `read` reads it; bare numbers, as most are, all at once.

    >>> found = read_each(["2", "WEEK 8"])
    >>> found.number.tolist(), found.series.tolist()
    ([2.0, 8.0], ['', 'WEEK'])
    """
    plain = [_is_plain(word) for word in words]
    kind = np.full(len(words), VisitKind.NUMBERED, dtype=np.int8)
    number = np.full(len(words), np.nan)
    series = np.full(len(words), "", dtype=object)
    number[plain] = [float(word) for word in compress(words, plain)]
    for place in np.flatnonzero(~np.array(plain, dtype=np.bool_)).tolist():
        kind[place], series[place], number[place] = read(words[place])
    return VisitNames(kind, series, number)


def _is_plain(word: str) -> bool:
    """Whether a visit is called by a whole number alone, as most are."""
    return word.isdecimal() and word.isascii() and len(word) <= _LONGEST


@lru_cache(maxsize=65_536)
def _read(word: str) -> Visit:
    """A name that is more than a number."""
    if is_missing(word):
        return Visit(VisitKind.BLANK, "", math.nan)
    text = tidy(word)
    if len(text) > _LONGEST:
        return Visit(VisitKind.OTHER, "", math.nan)
    if _NUMBER.fullmatch(text):
        return Visit(VisitKind.NUMBERED, "", float(text.replace(",", ".")))
    series, number = _counted(text)
    kinds = (
        (VisitKind.UNSCHEDULED, _UNSCHEDULED),
        (VisitKind.BASELINE, _BASELINE),
        (VisitKind.END, _END),
    )
    kind = next((k for k, pattern in kinds if pattern.search(text)), None)
    if kind == VisitKind.BASELINE and _NO_BASELINE.search(text):
        kind = None
    if kind is None:
        kind = VisitKind.OTHER if math.isnan(number) else VisitKind.NUMBERED
    return Visit(kind, series, number)


def _counted(text: str) -> tuple[str, float]:
    """The series and number of a name."""
    cycle = _CYCLE.fullmatch(text)
    if cycle:
        return "CYCLE", int(cycle.group(1)) + int(cycle.group(2)) / 1000
    named = _SERIES.fullmatch(text)
    if named:
        sign = -1.0 if " -" in text[: named.start(2)] and text[named.start(2) - 1] == "-" else 1.0
        number = sign * float(named.group(2).replace(",", "."))
        return _LONG.get(named.group(1), named.group(1)), number
    found = _FIRST_NUMBER.search(text)
    return "?", float(found.group()) if found else math.nan


def is_loose(word: str) -> bool:
    """Whether each date is a timepoint of its own: no visit, or a word that all unscheduled visits
    share.

    >>> is_loose("UNSCHEDULED"), is_loose("UNSCHEDULED 3.1"), is_loose("WEEK 9")
    (True, False, False)
    """
    if _is_plain(word):
        return False
    found = read(word)
    unplanned = found.kind == VisitKind.UNSCHEDULED and math.isnan(found.number)
    return found.kind == VisitKind.BLANK or unplanned


def is_unplanned(word: str) -> bool:
    """Whether a visit is no planned one: called unscheduled, or numbered between two.

    >>> is_unplanned("UNPLANNED"), is_unplanned("3.01"), is_unplanned("C2D15"), is_unplanned("WEEK 9")
    (True, True, False, False)
    """
    if _is_plain(word):
        return False
    found = read(word)
    between = found.series not in ("CYCLE", "?") and bool(found.number % 1)
    return found.kind == VisitKind.UNSCHEDULED or (between and not math.isnan(found.number))
