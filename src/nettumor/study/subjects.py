"""Days of a subject: the reference date, death, new therapy, data cut-off, as the subjects table
has them.

Dates that are not full are not guessed: a death on a partial date is a death on a day not known.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.crf import CrfTable, Dates, DateStatus, Tables, parse_dates
from nettumor.crf.columns import Column, Ints
from nettumor.errors import InputError
from nettumor.study.tracks import Names, places_among
from nettumor.words.dates import is_date

DATES = (
    "randomized",
    "treatment_start",
    "therapy_completed",
    "new_therapy",
    "death",
    "last_known_alive",
    "data_cutoff",
    "first_metastasis",
)


@frozen(eq=False)
class Subjects:
    """Dates of the subjects, shape (subject,), in the count of the lesions table.

    Attributes
    ----------
    dates : dict of str to Dates
    reference : ndarray of float
        Randomisation, else start of treatment; NaN for neither.
    row : ndarray of int
        The subject's (first) row in the subjects table; -1 for none.
    days : bool
        The columns hold days from the reference date, not dates.
    repeated : int
        Rows of subjects that have an earlier one.
    offset : ndarray of float
        The reference date in a study of days: 0, or the day of the column that was asked for.
    """

    dates: dict[str, Dates]
    reference: Floats
    row: Ints
    days: bool
    repeated: int
    offset: Floats

    def day(self, name: str) -> Floats:
        """The full dates of a column, NaN elsewhere."""
        return self.dates[name].day

    def status(self, name: str) -> npt.NDArray[np.int8]:
        """`DateStatus` of a column."""
        return self.dates[name].status


def read_subjects(
    tables: Tables, names: Names, data_cutoff: Any, reference: str | None = None
) -> Subjects:
    """The dates of every subject; ``data_cutoff`` for all in place of the column, ``reference`` the
    column that is day 0.
    """
    n = len(names.subjects)
    row = np.full(n, -1, dtype=np.int64)
    found: dict[str, Dates] = {}
    days, repeated = tables.days, 0
    if "subjects" in tables:
        table = tables["subjects"]
        # where the scans count days, the subjects may have dates all the same: their reference date
        # is day 0
        days = days and not any(_has_dates(table.column(name)) for name in DATES if name in table)
        code, words = table.keys_of("subject")
        at = places_among(names.subjects.tolist(), words)[code] if len(words) else code
        backwards = np.arange(table.n_rows)[::-1]
        backwards = backwards[at[backwards] >= 0]
        row[at[backwards]] = backwards
        repeated = len(backwards) - int(np.count_nonzero(row >= 0))
        for name in DATES:
            found[name] = _take(table.dates(name, days=days), row)
    else:
        found = dict.fromkeys(DATES, _take(_blank_dates(), row))
    if data_cutoff is not None:
        found["data_cutoff"] = _take(_cutoff(data_cutoff, days=days), np.zeros(n, dtype=np.int64))
    start = reference_days(found["randomized"], found["treatment_start"])
    offset = np.zeros(n)
    if reference is not None:
        chosen = _take(tables["subjects"].dates(reference, days=days), row).day
        offset = chosen if days else chosen - start
        start = chosen
    return Subjects(found, start, row, days, repeated, offset)


def reference_days(randomized: Dates, treatment_start: Dates) -> Floats:
    """The reference dates: randomisation, else the start of treatment; NaN for neither."""
    return np.where(np.isnan(randomized.day), treatment_start.day, randomized.day)


def reference_of_visits(visits: CrfTable, day_0: Floats, dates: Floats) -> Floats:
    """The reference dates in the count of a table of visits: day 0 where it counts days, whatever
    the subjects table has, else the dates of the subjects.

    Parameters
    ----------
    visits : CrfTable
        The lesions, or where there are none the responses.
    day_0, dates : ndarray of float, shape (subject,)
        What is day 0 in the count of days (0, unless another column was asked for); randomisation,
        else the start of treatment, NaN for neither.
    """
    return day_0 if visits.has_days else dates


def _has_dates(column: Column) -> bool:
    """Whether some cell is written as a date."""
    return column.is_text and any(is_date(w) for w in column.words)


def _blank_dates() -> Dates:
    nothing = np.full(0, np.nan)
    return Dates(nothing, np.zeros(0, dtype=np.int8), nothing, nothing)


def _take(dates: Dates, row: Ints) -> Dates:
    """The dates at these rows; blank where -1."""

    def pick(values: npt.NDArray[Any], fill: Any) -> npt.NDArray[Any]:
        return np.append(values, np.array([fill], dtype=values.dtype))[row]

    return Dates(
        pick(dates.day, np.nan),
        pick(dates.status, DateStatus.BLANK),
        pick(dates.earliest, np.nan),
        pick(dates.latest, np.nan),
    )


def _cutoff(given: Any, *, days: bool) -> Dates:
    """One cut-off for all, as a date or, in a study of days, as a day."""
    if isinstance(given, np.datetime64):
        given = str(given.astype("datetime64[D]"))
    if isinstance(given, datetime.date):
        given = given.isoformat()[:10]
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if number == days and (number or isinstance(given, str)):
        column = (
            Column(floats=np.array([given], dtype=np.float64))
            if number
            else Column.of_text([given])
        )
        found = parse_dates(column, days=days)
        if found.status[0] == DateStatus.FULL:
            return found
    want = (
        "a day, because the study counts days"
        if days
        else "a full date in ISO 8601, such as 2024-06-30"
    )
    raise InputError(
        f"`data_cutoff` must be {want}; got {given!r}. Or give it in the subjects table.",
        argument="data_cutoff",
    )
