"""How many places a check looked at, and how many it could not read.

A check that found nothing has passed only if it could look somewhere. A place is a row of the first
table that the check needs (a timepoint, where the check says so itself with `looked`): it is looked
at where every needed column holds what can be read as its kind (a number or a state, a date, a
response, a role), and it is unreadable where one holds something that cannot. A blank is neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.crf import LAYOUTS, DateStatus, parse_flags
from nettumor.crf.lesion_cells import MEASURES
from nettumor.edit_checks.engine.register import Check
from nettumor.edit_checks.reading.made_once import made_once

if TYPE_CHECKING:
    from nettumor.edit_checks.reading.data import Data, Rows


@frozen
class Places:
    """Where a check looked.

    Parameters
    ----------
    looked_at, unreadable : int
        Places that were read, and that hold something that cannot be read.
    lacking : str
        What could not be read anywhere, "" where something could.
    """

    looked_at: int
    unreadable: int
    lacking: str = ""


def looked(data: Data, read: Bools, filled: Bools | None = None) -> None:
    """Count the places of the check that runs: where it could read, among those that hold
    something (all, if not given).

    A check that looks for other places than rows of its first table calls it, once for each table.
    """
    there = np.ones(len(read), np.bool_) if filled is None else filled
    data.counted.append((int(np.count_nonzero(read & there)), int(np.count_nonzero(there & ~read))))


def places_of(data: Data, check: Check) -> Places:
    """Where a check looked that has just run: what it counted itself, else the rows it needs."""
    if data.counted:
        read, unread = np.sum(data.counted, axis=0).tolist()
        data.counted.clear()
        return _places(read, unread, "place that can be read")
    if not check.needs:
        held = (*data.tables.values(), *data.tables.domains.values())
        return _places(sum(t.n_rows for t in held), 0, "rows")
    first, *others = check.needs
    for name in others:
        read, _, lacking = _rows_read(data, check, name)
        if not read:
            return Places(0, 0, lacking)
    return _places(*_rows_read(data, check, first))


def _places(looked_at: int, unreadable: int, lacking: str) -> Places:
    return Places(looked_at, unreadable, "" if looked_at else lacking)


def _rows_read(data: Data, check: Check, name: str) -> tuple[int, int, str]:
    """How many rows of a table a check could read, how many not, and what it lacked."""
    rows = data[name]
    read, bad = np.ones(rows.n, np.bool_), np.zeros(rows.n, np.bool_)
    lacking = f"rows in {name}"
    for options in _columns(rows, check, name):
        some, wrong = np.zeros(rows.n, np.bool_), np.zeros(rows.n, np.bool_)
        for column in options:
            its_read, its_wrong = _of_column(data, rows, column)
            some, wrong = some | its_read, wrong | its_wrong
        read, bad = read & some, bad | (wrong & ~some)
        if rows.n and not read.any() and lacking.startswith("rows"):
            lacking = f"readable {' or '.join(options)} in {name}"
    return int(np.count_nonzero(read)), int(np.count_nonzero(bad)), lacking


def _columns(rows: Rows, check: Check, name: str) -> list[tuple[str, ...]]:
    """The columns that a check reads in a table, each with those that may stand for it."""
    required = LAYOUTS[name].required() if name in LAYOUTS else ()
    wanted = [c for c in required if c == "role" or LAYOUTS[name][c].kind == "number"]
    if not check.blank_allowed:
        wanted += check.needs[name]
    options = [tuple(o.strip() for o in c.replace(" or ", "|").split("|")) for c in wanted]
    return [held for o in options if (held := tuple(c for c in o if c in rows))]


@made_once
def _of_column(data: Data, rows: Rows, column: str) -> tuple[Bools, Bools]:
    """Where a column's cells are read as what the column holds, and where they hold something
    else.
    """
    filled = ~rows.blank(column)
    read = _is_read(rows, column, filled)
    return read, filled & ~read & ~_says_none(rows, column)


def _kind(rows: Rows, column: str) -> str:
    """The kind of a column by its layout; of an SDTM variable by the end of its name."""
    if rows.name in LAYOUTS:
        names = LAYOUTS[rows.name].names()
        return LAYOUTS[rows.name][column].kind if column in names else "text"
    return {"STRESN": "number", "DTC": "date"}.get(column[2:], "text")


def _is_read(rows: Rows, column: str, filled: Bools) -> Bools:
    kind = _kind(rows, column)
    if column == "role" and rows.name == "lesions":
        return np.asarray(rows.cells.role > 0)
    if kind == "date" or (column == "day" and rows.table.has_days):
        dates = rows.when if column in ("date", "day") else rows.dates(column)
        return np.asarray(np.isin(dates.status, (DateStatus.FULL, DateStatus.PARTIAL)))
    if kind == "number":
        numbers = rows.numbers(column)
        read = ~(np.isnan(numbers.value) & np.isnan(numbers.below) & np.isnan(numbers.above))
        if rows.name == "lesions" and column in MEASURES:
            read |= filled & ~rows.cells.measure(column).unreadable
        return np.asarray(read)
    if kind == "response":
        return np.asarray(rows.responses(column) > 0)
    if kind == "flag":
        return np.asarray(filled & np.isin(parse_flags(rows.table.column(column)), (0, 1)))
    return filled


def _says_none(rows: Rows, column: str) -> Bools:
    """Where a cell says in words that there is nothing: it is neither read nor unreadable."""
    if _kind(rows, column) == "response":
        return np.asarray(rows.responses(column) == 0)
    return np.zeros(rows.n, np.bool_)
