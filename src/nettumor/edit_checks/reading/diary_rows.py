"""The symptoms table as the checks of diaries read it: rows that are days, rows that are periods,
what goes together.

A row is a day if it has a ``count``, or a mean of one recorded day (``days_recorded`` or
``period_days`` is 1); it is a period if it has a mean, a total, or a number of days. Days belong to
the period of the same subject, symptom and visit. Other rows (grades, scores) are neither.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import number_rows, occurrence
from nettumor.crf.columns import Words
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.marker_rows import folded


@frozen(eq=False)
class Diary:
    """The symptoms table, read; one element per row.

    Attributes
    ----------
    daily, period : ndarray of bool
        What the row is.
    count : ndarray of float
        The number of a day; NaN elsewhere.
    day : ndarray of float
        The full date as a whole day, else NaN.
    symptom, series, block : ndarray of int
        Codes of the symptom (any case), of (subject, symptom), and of (subject, symptom, visit).
    in_block : ndarray of bool
        The row names its visit.
    """

    rows: Rows
    daily: Bools
    period: Bools
    count: Floats
    day: Floats
    symptom: Ints
    series: Ints
    block: Ints
    in_block: Bools

    @property
    def column(self) -> Words:
        """The column of each row that says most: count, per_day, total, score, grade, else
        symptom.
        """
        held = [c for c in ("grade", "score", "total", "per_day", "count") if c in self.rows]
        out = np.full(self.rows.n, "symptom", dtype=object)
        for name in held:
            out[~self.rows.blank(name)] = name
        return out

    def per_block(self, values: npt.NDArray[np.generic], where: Bools) -> Floats:
        """The sum over the rows of a mask in each row's block."""
        total = np.bincount(
            self.block[where],
            weights=np.asarray(values, dtype=np.float64)[where],
            minlength=int(self.block.max(initial=-1)) + 1,
        )
        return np.asarray(total[self.block], dtype=np.float64)

    def days_in_block(self) -> Floats:
        """How many days of a diary with a number each row's block has; a day entered twice counts
        once.
        """
        counted = np.flatnonzero(self.daily & self.in_block & ~np.isnan(self.count))
        number, _ = number_rows(self.block[counted], whole_codes(self.day[counted], counted))
        once = np.zeros(self.rows.n, dtype=np.bool_)
        once[counted[occurrence(number) == 0]] = True
        return self.per_block(np.ones(self.rows.n), once)


def whole_codes(day: Floats, row: Ints) -> Ints:
    """Codes of days; every unknown day is one of its own."""
    known = ~np.isnan(day)
    codes = np.unique(day[known], return_inverse=True)[1]
    out = np.asarray(row, dtype=np.int64) + len(codes)
    out[known] = codes
    return out


@made_once
def diary_of(data: Data) -> Diary:
    """The symptoms table; read once."""
    rows = data["symptoms"]
    one = (rows.number("days_recorded") == 1) | (rows.number("period_days") == 1)
    mean = ~rows.blank("per_day")
    daily = ~rows.blank("count") | (one & mean)
    period = ~daily & (
        mean | ~rows.blank("total") | ~rows.blank("days_recorded") | ~rows.blank("period_days")
    )
    count = np.where(rows.blank("count"), rows.number("per_day"), rows.number("count"))
    symptom = folded(rows, "symptom")
    series, _ = number_rows(rows.subject, symptom + 1)
    block, _ = number_rows(series, folded(rows, "visit") + 1)
    return Diary(
        rows,
        daily,
        period,
        np.where(daily, count, np.nan),
        np.floor(rows.day),
        symptom,
        series,
        block,
        ~rows.blank("visit"),
    )
