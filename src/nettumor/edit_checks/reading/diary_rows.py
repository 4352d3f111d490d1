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
from nettumor.crf.columns import Words
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.marker_rows import folded
from nettumor.rows import Groups, codes_of, group, number_rows

_COLUMNS = ("symptom", "grade", "score", "total", "per_day", "count")
"""What may stand in a row, the last of them says most."""


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
    symptom, series : ndarray of int
        Codes of the symptom (any case), and of (subject, symptom).
    blocks : Groups
        The rows of each (subject, symptom, visit).
    in_block : ndarray of bool
        The row names its visit.
    says_most : ndarray of int8
        The place among `_COLUMNS` of the column that says most.
    """

    rows: Rows
    daily: Bools
    period: Bools
    count: Floats
    day: Floats
    symptom: Ints
    series: Ints
    blocks: Groups
    in_block: Bools
    says_most: Ints

    @property
    def column(self) -> Words:
        """The column of each row that says most: count, per_day, total, score, grade, else
        symptom.
        """
        return np.array(_COLUMNS, dtype=object)[self.says_most]

    def is_column(self, name: str) -> Bools:
        """Whether a column is the one that says most, for each row."""
        return np.asarray(self.says_most == _COLUMNS.index(name))

    def text_at(self, rows: Ints) -> Words:
        """What these rows have in the column that says most."""
        out = np.full(len(rows), "", dtype=object)
        for place, name in enumerate(_COLUMNS):
            own = self.says_most[rows] == place
            if own.any():
                out[own] = self.rows.text(name)[rows[own]]
        return out

    def per_block(self, values: npt.NDArray[np.generic], where: Bools) -> Floats:
        """The sum over the rows of a mask in each row's block."""
        return self.blocks.of_rows(self.blocks.total(values, where), np.nan)

    def days_in_block(self) -> Floats:
        """How many days of a diary with a number each row's block has; a day entered twice counts
        once.
        """
        counted = self.daily & self.in_block & ~np.isnan(self.count)
        if not counted.any():
            return np.where(self.blocks.number < 0, np.nan, 0.0)
        once = group(self.blocks.number, whole_codes(self.day), where=counted).occurrence == 0
        return self.per_block(once, once)


def whole_codes(day: Floats) -> Ints:
    """Codes of days; every unknown day is one of its own."""
    code, distinct = codes_of(day)
    return np.where(code < 0, len(distinct) + np.arange(len(day)), code)


def _says_most(rows: Rows) -> Ints:
    out = np.zeros(rows.n, dtype=np.int8)
    for place, name in enumerate(_COLUMNS):
        if place and name in rows:
            out[~rows.blank(name)] = place
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
    return Diary(
        rows,
        daily,
        period,
        np.where(daily, count, np.nan),
        np.floor(rows.day),
        symptom,
        series,
        group(series, folded(rows, "visit") + 1),
        ~rows.blank("visit"),
        _says_most(rows),
    )
