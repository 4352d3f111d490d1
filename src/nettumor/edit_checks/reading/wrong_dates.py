"""Dates that were judged wrong are set aside before the other checks speak.

One date out of order moves a visit in its course: everything that is recomputed there and later
would be held against rows that are right. Input: the hits of the checks of single dates. Output:
the tables with these dates blank, in all rows of that visit that share the date; the visits then
stand by their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve

from nettumor.crf import Column, CrfTable, Tables, number_rows
from nettumor.edit_checks.engine.register import Hits
from nettumor.edit_checks.reading.data import Data

OF_DATES = frozenset({"D01", "D03", "D04", "D05", "D08", "D13"})
"""The checks that find a date wrong: none at all, after the cut-off or death, before birth, against
the order of the visits, weeks away from the other scans of its visit. They look at the dates as
given."""

_JUDGED = ("lesions", "responses")


def without_wrong_dates(data: Data, hits: Sequence[Hits]) -> Tables:
    """The tables without the dates that were found wrong; the tables themselves where none was."""
    changed = {}
    for name in (n for n in _JUDGED if n in data.tables and "visit" in data.tables[n]):
        rows = data[name]
        column = "day" if rows.table.has_days else "date"
        wrong = np.zeros(rows.n, dtype=np.bool_)
        for hit in hits:
            if hit.table == name and hit.column == column and "subject" in rows:
                wrong[hit.rows[_serious(hit) & (hit.rows >= 0)]] = True
        if wrong.any():
            together, _ = number_rows(rows.track, rows.codes("visit")[0], rows.codes(column)[0])
            wrong = np.isin(together, together[wrong]) & ~rows.blank("visit")
            changed[name] = _blanked(rows.table, column, wrong)
    return data.tables.replace(**changed) if changed else data.tables


def _serious(hit: Hits) -> npt.NDArray[np.bool_]:
    """Hits that say that the date is wrong, not only that it is unlikely."""
    severity = np.asarray(hit.severity, dtype=object)
    return np.broadcast_to(np.isin(severity, ("", "error")), len(hit.rows))


def _blanked(table: CrfTable, column: str, where: npt.NDArray[np.bool_]) -> CrfTable:
    """A table with blanks in some cells of a column."""
    held = table.column(column)
    codes = np.where(where, 0, held.codes + 1)
    blank = Column.of_distinct(["", *held.words.tolist()], codes)
    return evolve(table, columns={n: blank if n == column else table.column(n) for n in table})
