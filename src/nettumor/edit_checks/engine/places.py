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
from nettumor.crf import (
    LAYOUTS,
    DateStatus,
    TableLayout,
    parse_flags,
    parse_new_lesions,
    parse_states,
)
from nettumor.crf.lesion_cells import MEASURES
from nettumor.edit_checks.engine.register import Check
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.rows import values_at

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
    data.counted.places.append(
        (int(np.count_nonzero(read & there)), int(np.count_nonzero(there & ~read)))
    )


def places_of(data: Data, check: Check) -> Places:
    """Where a check looked that has just run: what it counted itself, else the rows it needs.

    A check that relates tables looked at the rows of the first that belong with rows of each other.
    """
    counted = data.counted.places
    if counted:
        read, unread = np.sum(counted, axis=0).tolist()
        counted.clear()
        unread = unread or (0 if read else _unread(data, check))
        return _places(read, unread, "place that can be read" if unread else "place to look at")
    if not check.needs:
        held = (*data.tables.values(), *data.tables.domains.values())
        return _places(sum(t.n_rows for t in held), 0, "rows")
    first, *others = check.needs
    read, bad, lacking = _rows_read(data, check, first)
    for name in others:
        its_read, its_bad, its_lacking = _rows_read(data, check, name)
        if not its_read.any():
            return Places(0, int(np.count_nonzero(its_bad)), its_lacking)
        if read.any():
            read = read & _together(data, check, first, name, its_read)
            lacking = f"rows of {first} that belong with rows of {name}"
    return _places(int(np.count_nonzero(read)), int(np.count_nonzero(bad)), lacking)


def _unread(data: Data, check: Check) -> int:
    """How many rows of the tables that a check needs hold what it cannot read."""
    return sum(int(np.count_nonzero(_rows_read(data, check, name)[1])) for name in check.needs)


def _places(looked_at: int, unreadable: int, lacking: str) -> Places:
    return Places(looked_at, unreadable, "" if looked_at else lacking)


def _together(data: Data, check: Check, name: str, other: str, read: Bools) -> Bools:
    """The rows of a table whose timepoint or subject another table has, in rows that can be read."""
    mine, theirs = data[name], data[other]
    if name in LAYOUTS and other in LAYOUTS:
        judged = check.level == "visit" and {name, other} == {"lesions", "responses"}
        key = "timepoint" if judged else "subject"
        number = len(data.timepoints) if judged else len(data.subjects)
        has = np.zeros(number, np.bool_)
        has[getattr(theirs, key)[read]] = True
        return np.asarray(has[getattr(mine, key)])
    codes, words = mine.codes("USUBJID")
    their_codes, their_words = theirs.codes("USUBJID")
    held = np.isin(words, their_words[np.unique(their_codes[read])])
    return np.asarray(held[codes]) if len(words) else np.zeros(mine.n, np.bool_)


def _rows_read(data: Data, check: Check, name: str) -> tuple[Bools, Bools, str]:
    """Which rows of a table a check could read, which not, and what it lacked."""
    rows = data[name]
    read, bad = np.ones(rows.n, np.bool_), np.zeros(rows.n, np.bool_)
    lacking = f"rows in {name}"
    for options in _columns(rows, check, name):
        its = [_of_column(rows, column) for column in options]
        if any(column is None for column in its):  # one is read in every row
            continue
        some, wrong = map(np.logical_or.reduce, zip(*filter(None, its), strict=True))
        read, bad = read & some, bad | (wrong & ~some)
        if rows.n and not read.any() and lacking.startswith("rows"):
            lacking = f"readable {' or '.join(options)} in {name}"
    return read, bad, lacking


def _columns(rows: Rows, check: Check, name: str) -> list[tuple[str, ...]]:
    """The columns that a check reads in a table, each with those that may stand for it: what says
    whose row it is, and what the check asks for.
    """
    layout = LAYOUTS.get(name)
    required = layout.required() if layout is not None else ("USUBJID",)
    if check.blank_allowed:  # it looks for blanks, also in the names of the rows
        wanted = [c for c in required if layout is not None and _is_value(layout, c)]
    else:
        wanted = [*required, *check.needs[name]]
        wanted += ["visit|date|day"] * (layout is not None and "visit" in layout.names())
    options = [tuple(o.strip() for o in c.replace(" or ", "|").split("|")) for c in wanted]
    return [held for o in options if (held := tuple(c for c in o if c in rows))]


def _is_value(layout: TableLayout, column: str) -> bool:
    return column == "role" or layout[column].kind == "number"


@made_once
def _of_column(rows: Rows, column: str) -> tuple[Bools, Bools] | None:
    """Where a column's cells are read as what the column holds, and where they hold something else;
    None where every row is read, as most columns are.
    """
    filled = ~rows.blank(column)
    read = _is_read(rows, column, filled)
    if read.all():
        return None
    return read, filled & ~read & ~_says_none(rows, column)


def _kind(rows: Rows, column: str) -> str:
    """The kind of a column by its layout; of an SDTM variable by the end of its name."""
    if rows.name in LAYOUTS:
        names = LAYOUTS[rows.name].names()
        return (
            LAYOUTS[rows.name][column].kind if column in names else _OWN_KINDS.get(column, "text")
        )
    return {"STRESN": "number", "DTC": "date"}.get(column[2:], "text")


_OWN_KINDS = {
    "nadir": "number",
    "cystic": "flag",
    "soft_tissue": "flag",
    "irradiated": "flag",
    "irradiated_progression": "flag",
}
"""The kinds of columns that checks read and that no layout has."""


def _is_read(rows: Rows, column: str, filled: Bools) -> Bools:
    kind = _kind(rows, column)
    if column == "role" and rows.name == "lesions":
        return np.asarray(rows.cells.role > 0)
    if column == "state" and rows.name == "lesions":
        return np.asarray(parse_states(rows.table.column(column)) > 0)
    if column == "new_lesion" and rows.name == "responses":
        return np.asarray(parse_new_lesions(rows.table.column(column)) > 0)
    if kind == "date" or (column == "day" and rows.table.has_days):
        dates = rows.when if column in ("date", "day") else rows.dates(column)
        full, partial = (dates.status == s for s in (DateStatus.FULL, DateStatus.PARTIAL))
        return np.asarray(full | partial)
    if rows.name == "lesions" and column in MEASURES:
        return filled & ~rows.cells.unreadable(column)  # also a unit that is not known
    if kind == "number":
        numbers = rows.numbers(column)
        unknown = np.isnan(numbers.value)
        if unknown.any():
            unknown &= np.isnan(numbers.below) & np.isnan(numbers.above)
        return ~unknown
    if kind == "response":
        return np.asarray(rows.responses(column) > 0)
    if kind == "flag":
        return filled & (parse_flags(rows.table.column(column)) >= 0)
    return filled & says_something(rows, column)


@made_once
def says_something(rows: Rows, column: str) -> Bools:
    """Where there is a letter or a digit in a cell: nothing else can be a word."""
    if column not in rows:
        return np.zeros(rows.n, np.bool_)
    cells = rows.table.column(column)
    return values_at(cells.spoken, cells.codes) if cells.is_text else ~rows.blank(column)


def _says_none(rows: Rows, column: str) -> Bools:
    """Where a cell says in words that there is nothing: it is neither read nor unreadable."""
    if _kind(rows, column) == "response":
        return np.asarray(rows.responses(column) == 0)
    return np.zeros(rows.n, np.bool_)
