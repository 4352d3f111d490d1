"""Dates of CRF tables: full dates to day numbers, partial and impossible ones marked, nothing
guessed.

Input: ISO 8601 text as SDTM --DTC variables have it (ISO 8601:2004, SDTMIG 3.4 section 4.4), and
every other form that `nettumor.words.dates` reads; a time is ignored. Output: days since 1970-01-01
where the date is full, else NaN, and for each cell what it was. Which day is day 0 is not decided
here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor._sealed import alike
from nettumor.crf.cells import parse_numbers
from nettumor.crf.columns import Column
from nettumor.rows import values_at
from nettumor.words.dates import FIRST_YEAR, LAST_YEAR, DateStatus

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "DateStatus",
    "Dates",
    "iso",
    "iso_text",
    "parse_date_cells",
    "parse_dates",
]


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

    def take(self, places: npt.NDArray[Any]) -> Dates:
        """The dates at these places."""
        return Dates(*(of[places] for of in (self.day, self.status, self.earliest, self.latest)))


def parse_dates(column: Column, *, days: bool = False, order: str = "") -> Dates:
    """The dates of a column.

    Parameters
    ----------
    column : Column
        Dates in ISO 8601 (numbers such as 20240301 too), or in another form that is certain.
    days : bool
        The column holds numbers of days instead of dates, as text or as numbers.
    order : {"", "DMY", "MDY", "YMD", "excel", "sas"}
        What was decided for the column (`nettumor.words.dates.decide`); "" reads each cell by what
        is certain in itself.

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
    cells = parse_date_cells(column, order=order)
    day, status = (_at(of_word, column.codes) for of_word in (cells.day, cells.status))
    # where no date is partial the three days are one, and take the room of one
    earliest, latest = (
        day if alike(cells.day, of_word) else _at(of_word, column.codes)
        for of_word in (cells.earliest, cells.latest)
    )
    return Dates(day, status, earliest, latest)


def _at(of_word: npt.NDArray[Any], codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values_at(of_word, codes) if len(of_word) else of_word


def parse_date_cells(column: Column, *, days: bool = False, order: str = "") -> Dates:
    """The dates of the distinct cells of a column, in the order of its ``words``."""
    if days:
        numbers = column.distinct_numbers
        if numbers is not None:  # as they are, not as one would write them
            return _from_days(Column(floats=numbers))
        return _from_days(Column(words=column.words, codes=np.arange(len(column.words))))
    read = column.date_words(order)
    day = np.where(read.status == DateStatus.FULL, read.earliest, np.nan)
    return Dates(day, read.status, read.earliest, read.latest)


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
