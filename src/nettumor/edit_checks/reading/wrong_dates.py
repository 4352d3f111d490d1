"""Dates that were judged wrong are set aside before the other checks speak.

One date out of order moves a visit in its course: everything that is recomputed there and later
would be held against rows that are right. Input: the hits of the checks that judge dates. Output:
the tables with these dates blank, in all rows of that visit that share the date; the visits then
stand by their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve

from nettumor.crf import Column, CrfTable, Tables, number_rows
from nettumor.crf.dates import DateStatus
from nettumor.edit_checks.engine.register import Hits
from nettumor.edit_checks.reading.data import Data, Rows
from nettumor.words.visits import is_loose

_JUDGED = ("lesions", "responses")
_REFERENCES = ("treatment_start", "randomized")
"""The dates of the subjects table that are set aside: those that visits count from."""


def without_wrong_dates(data: Data, hits: Sequence[Hits]) -> Tables:
    """The tables without the dates that were found wrong; the tables themselves where none was."""
    judged = [n for n in _JUDGED if n in data.tables and "subject" in data.tables[n]]
    judged = [n for n in judged if "visit" in data.tables[n]]
    columns = {n: "day" if data.tables[n].has_days else "date" for n in judged}
    wrong: set[tuple[int, int, float]] = set()
    unread = {n: np.zeros(data[n].n, dtype=np.bool_) for n in judged}
    for hit in hits:
        if hit.table in judged and hit.column == columns[hit.table]:
            rows = data[hit.table]
            at = hit.rows[_serious(hit) & (hit.rows >= 0)]
            if "either" in hit.parts:  # of two that contradict each other neither can be told
                at = np.concatenate([at, hit.related[hit.parts["either"]]])
            unread[hit.table][at] = True
            keys = zip(*(k[at].tolist() for k in _keys(data, rows)), strict=True)
            wrong |= {k for k in keys if k[2] == k[2]}
    changed = {}
    for name in judged:
        rows = data[name]
        # rows of that visit, in either table, that share the date: the slip was made once
        there = unread[name]
        if wrong:
            track, visit, day = (k.tolist() for k in _keys(data, rows))
            there |= np.array([k in wrong for k in zip(track, visit, day, strict=True)], np.bool_)
        there &= rows.when.status != DateStatus.INVALID  # what cannot be read says so itself
        # a visit that has no place of its own stands by its date alone
        there &= (
            ~rows.table.column("visit").map(is_loose, np.bool_) & ~_several(data)[rows.timepoint]
        )
        if there.any():
            changed[name] = _blanked(rows.table, columns[name], there)
    subjects = _without_references(data, hits)
    if subjects is not None:
        changed["subjects"] = subjects
    return data.tables.replace(**changed) if changed else data.tables


def _without_references(data: Data, hits: Sequence[Hits]) -> CrfTable | None:
    """The subjects table without the dates to count from that were found wrong; None where none was."""
    table = None
    for hit in hits:
        if hit.table == "subjects" and hit.column in _REFERENCES:
            where = np.zeros(data["subjects"].n, dtype=np.bool_)
            where[hit.rows[_serious(hit) & (hit.rows >= 0)]] = True
            where &= data["subjects"].dates(hit.column).status != DateStatus.INVALID
            if where.any():
                table = _blanked(table or data["subjects"].table, hit.column, where)
    return table


def _several(data: Data) -> npt.NDArray[np.bool_]:
    """Timepoints of a visit of which each date is one: they, too, stand by their dates alone."""
    points = data.timepoints
    visit, _ = number_rows(points.track, points.visit)
    return np.asarray(np.bincount(visit, minlength=1)[visit] > 1)


def _keys(data: Data, rows: Rows) -> tuple[npt.NDArray[Any], ...]:
    """Track, visit and day of each row, alike in both tables."""
    return rows.track, rows.visit, rows.day


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
