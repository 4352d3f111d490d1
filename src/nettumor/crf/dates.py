"""Dates of CRF tables: full dates to day numbers, partial and impossible ones marked, nothing
guessed.

Input: ISO 8601 text as SDTM --DTC variables have it (ISO 8601:2004, SDTMIG 3.4 section 4.4): a full
date ``2024-03-01`` or ``20240301``, with or without a time (which is ignored), a partial date
``2024-03``, ``2024``, ``2024---15``, ``--03-01``, and the UN/UNK spelling of the missing parts.
Output: days since 1970-01-01 where the date is full, else NaN, and for each cell what it was.
Which day is day 0 is not decided here.
"""

from __future__ import annotations

import re
from enum import IntEnum, unique
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.crf.cells import parse_numbers
from nettumor.crf.columns import Column

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""A year outside these is a typing error (0024 for 2024), not a date of a trial."""


@unique
class DateStatus(IntEnum):
    """What a date cell was.

    Examples
    --------
    >>> parse_dates(Column.of_text(["2024-02-30"])).status.tolist() == [DateStatus.INVALID]
    True
    """

    BLANK = 0
    FULL = 1
    PARTIAL = 2
    INVALID = 3


@frozen(eq=False)
class Dates:
    """Dates of one column, one per row.

    Attributes
    ----------
    day : ndarray of float, shape (n,)
        Days since 1970-01-01 (or the day itself where days were given); NaN unless the date is
        full.
    status : ndarray of int8, shape (n,)
        `DateStatus`.
    earliest, latest : ndarray of float, shape (n,)
        The first and the last day that the cell allows (a full date: that day); NaN where it sets
        none.
    """

    day: Floats
    status: npt.NDArray[np.int8]
    earliest: Floats
    latest: Floats


_PART = r"(?:\d\d|-|UNK?|NK|XX|\?\?)?"
_PARTIAL = re.compile(
    rf"(?:\d{{4}}|-|UNK?|UUUU|XXXX)(?:-{_PART}(?:-{_PART})?)?(?:T[\d:.\-]*)?", re.ASCII | re.I
)
_UNKNOWN_END = re.compile(r"(?:-(?:-|UNK?|NK|XX|\?\?)?)+$", re.I)
"""Missing parts at the end: 2024-02-UN, 2024-02-, 2024-UNK-UNK."""
_WIDTH = 11


def parse_dates(column: Column, *, days: bool = False) -> Dates:
    """The dates of a column.

    Parameters
    ----------
    column : Column
        Text in ISO 8601; numbers such as 20240301 are read as ISO 8601 too.
    days : bool
        The column holds numbers of days instead of dates, as text or as numbers.

    Returns
    -------
    Dates

    Examples
    --------
    >>> d = parse_dates(Column.of_text(["2014-01-02T11:45", "2014-02", ""]))
    >>> d.day.tolist(), d.latest.tolist()
    ([16072.0, nan, nan], [16072.0, 16129.0, nan])
    """
    if days:
        return _from_days(column)
    cells = parse_date_cells(column)
    codes = column.codes
    return Dates(cells.day[codes], cells.status[codes], cells.earliest[codes], cells.latest[codes])


def parse_date_cells(column: Column, *, days: bool = False) -> Dates:
    """The dates of the distinct cells of a column, in the order of its ``words``."""
    if days:
        return _from_days(Column(words=column.words, codes=np.arange(len(column.words))))
    status, first, last = _parse_words([_UNKNOWN_END.sub("", w.strip()) for w in column.words])
    return Dates(np.where(status == DateStatus.FULL, first, np.nan), status, first, last)


def iso(days: npt.ArrayLike) -> npt.NDArray[Any]:
    """Days since 1970-01-01 as ISO 8601 text, "" for NaN.

    >>> iso([16072.0, float("nan")]).tolist()
    ['2014-01-02', '']
    """
    return iso_text(days).astype(object)


def iso_text(days: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """As `iso`, in an array of str; each day of a narrow range is written once."""
    values = np.asarray(days, dtype=np.float64)
    known = np.isfinite(values)
    whole = np.where(known, values, 0).astype(np.int64)
    low, high = (int(whole[known].min()), int(whole[known].max())) if known.any() else (0, 0)
    if high - low > 2 * whole.size + 366:
        return np.where(known, np.datetime_as_string(whole.astype("datetime64[D]")), "")
    written = np.datetime_as_string(np.arange(low, high + 1).astype("datetime64[D]"))
    return np.append(written, "")[np.where(known, whole - low, high - low + 1)]


def _from_days(column: Column) -> Dates:
    numbers = parse_numbers(column)
    known = np.isfinite(numbers.value)
    day = np.where(known, numbers.value, np.nan)
    status = np.where(
        known, DateStatus.FULL, np.where(numbers.blank, DateStatus.BLANK, DateStatus.INVALID)
    )
    return Dates(day, status.astype(np.int8), day, day)


def _parse_words(words: list[str]) -> tuple[npt.NDArray[np.int8], Floats, Floats]:
    """Status, earliest and latest day of each distinct cell."""
    lengths = np.array([len(w) for w in words], dtype=np.int64)
    digits = np.array(words, dtype=f"U{_WIDTH}").view(np.uint32).reshape(len(words), _WIDTH).astype(
        np.int64
    ) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    dash, tee, blank = (ord(c) - ord("0") for c in "-T ")

    timed = np.array([len(w) > 10 and _is_time(w[11:]) for w in words], dtype=np.bool_)
    timed &= (digits[:, 10] == tee) | (digits[:, 10] == blank)
    month_form = is_digit[:, [0, 1, 2, 3, 5, 6]].all(axis=1) & (digits[:, 4] == dash)
    long_form = (
        month_form
        & is_digit[:, [8, 9]].all(axis=1)
        & (digits[:, 7] == dash)
        & ((lengths == 10) | timed)
    )
    basic = is_digit[:, :8].all(axis=1) & (lengths == 8)
    month_form &= lengths == 7
    year_form = is_digit[:, :4].all(axis=1) & (lengths == 4)

    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month = np.where(basic, _two(digits, 4), np.where(long_form | month_form, _two(digits, 5), 1))
    day = np.where(basic, _two(digits, 6), np.where(long_form, _two(digits, 8), 1))
    shaped = long_form | basic | month_form | year_form
    valid = shaped & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12)
    start = ((np.where(valid, year, 1970) - 1970) * 12 + np.where(valid, month, 1) - 1).astype(
        "datetime64[M]"
    )
    step = np.where(year_form, 12, 1)
    first = start.astype("datetime64[D]").astype(np.int64)
    length = (start + step).astype("datetime64[D]").astype(np.int64) - first
    valid &= (day >= 1) & (day <= length)
    full = valid & (long_form | basic)

    status = np.full(len(words), DateStatus.INVALID, dtype=np.int8)
    status[full] = DateStatus.FULL
    status[valid & ~full] = DateStatus.PARTIAL
    for i in np.flatnonzero(~shaped).tolist():  # distinct cells of an unusual form: few
        status[i] = _unusual(words[i])
    earliest = np.where(valid, first + day - 1.0, np.nan)
    latest = np.where(valid, np.where(full, earliest, first + length - 1.0), np.nan)
    return status, earliest, latest


def _two(digits: npt.NDArray[np.int64], at: int) -> npt.NDArray[np.int64]:
    return digits[:, at] * 10 + digits[:, at + 1]


def _is_time(text: str) -> bool:
    return all(c in "0123456789:.,+-Z " for c in text)


def _unusual(word: str) -> DateStatus:
    if word in ("", "."):
        return DateStatus.BLANK
    return DateStatus.PARTIAL if _PARTIAL.fullmatch(word) else DateStatus.INVALID
