"""The findings of an earlier run: read from what it was written to, and set against those of today.

Input: findings, or the CSV, JSON or workbook that a run wrote, with whatever was added to it
(status, comment). Output: one table that says of each query whether it is new, still open, changed
or gone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor.crf.limits import LIMITS
from nettumor.crf.tables import Source
from nettumor.crf.workbooks import sheets_of
from nettumor.edit_checks.engine.columns import COLUMNS
from nettumor.errors import InputError
from nettumor.tables import Table, since_last

Previous = Table | str | Path
"""An earlier run: its findings, or the file it was written to."""

ANSWERS = ("status", "comment")
"""Columns of a workbook that people write in."""

NOT_ANSWERS = frozenset({*COLUMNS, "folded", "since", "rule", "source"})
"""Columns that a run makes; any other that a file has was added to it."""

_COMPARED = ("severity", "value", "expected")


def compared_with(
    now: Table, previous: Previous, *, still_there: npt.NDArray[Any], states: Mapping[str, str]
) -> Table:
    """The queries of today and those that are gone, with ``since`` and what was added to the file.

    Parameters
    ----------
    now : Table
        The findings shown today.
    previous : Table or path
        The earlier run.
    still_there : ndarray of str
        The keys of everything that is found today: what is there, but folded, is not gone.
    states : mapping of str to str
        The state of each check of today.
    """
    before = previous_table(previous)
    use = np.ones(before.n_rows, dtype=np.bool_)
    if "folded" in now and "caused_by" in before:  # both runs without what follows from others
        use &= before["caused_by"] == ""
    use &= ~np.isin(before["key"].astype(str), still_there.astype(str)) | np.isin(
        before["key"].astype(str), now["key"].astype(str)
    )
    # what was gone then is no query of that run, but what was answered then is kept if it is back
    left = before["key"][before["since"] == "gone"] if "since" in before else []
    before = Table({n: c[use] for n, c in before.items() if n in now or n not in NOT_ANSWERS})
    table = since_last(before, now, key="key", compared=_COMPARED)
    was_gone = np.isin(table["key"].astype(str), np.asarray(left, dtype=str))
    ran = np.array(
        [states.get(c) in ("passed", "findings") for c in table["check"].tolist()], dtype=np.bool_
    )
    gone = table["since"] == "gone"
    since = np.where(gone & ~ran, "not checked", np.where(was_gone, "new", table["since"]))
    table = Table({**table, "since": since.astype(object)})
    return Table({n: c[~(gone & was_gone)] for n, c in table.items()})


def previous_table(previous: Previous) -> Table:
    """The findings of an earlier run as a table with its keys.

    Raises
    ------
    InputError
        Where a file cannot be read, or holds no findings with keys.
    """
    table = previous if isinstance(previous, Table) else _of_file(Path(previous))
    if "key" not in table or "check" not in table:
        raise InputError(
            f"`since` must hold the findings of an earlier run with their key; got {previous!s:.60}. "
            "Give the .csv, .json or .xlsx file that it was written to.",
            argument="since",
        )
    return table


def _of_file(path: Path) -> Table:
    readers = {".csv": _of_csv, ".json": _of_json, ".xlsx": _of_workbook}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"`since` must end in {', '.join(readers)}; got {path.name!r}.", argument="since"
        )
    try:
        rows = reader(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"`since` cannot be read: {path}: {error.strerror}.", argument="since"
        ) from None
    except (ValueError, KeyError, TypeError, csv.Error):
        rows = []
    if not rows or not all(isinstance(r, dict) for r in rows):
        raise InputError(
            f"`since` must hold findings; got {path.name!r}, which does not.", argument="since"
        )
    names = list(rows[0])
    return Table(
        {n: np.array([_text(row.get(n)) for row in rows[1:]], dtype=object) for n in names}
    )


def _text(cell: Any) -> str:
    """A cell as it was written: numbers without a useless point, no guard against formulas."""
    if cell is None:
        return ""
    word = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    guarded = len(word) > 1 and word[0] == "'" and word[1] in "=+-@\t\r"
    return word[1:] if guarded else word


def _of_csv(data: bytes) -> list[dict[str, Any]]:
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    heading = next(reader, [])
    return _records(heading, [row for row in reader if len(row) == len(heading)])


def _of_json(data: bytes) -> list[dict[str, Any]]:
    body = json.loads(data.decode("utf-8-sig"))
    rows = body["findings"] if isinstance(body, dict) else body
    heading = body.get("columns") if isinstance(body, dict) else None
    names = heading or (list(rows[0]) if rows else list(COLUMNS))
    return [dict.fromkeys(names, ""), *rows]


def _of_workbook(data: bytes) -> list[dict[str, Any]]:
    source = Source("findings.xlsx", "excel")
    what = "Reading a workbook of findings"
    sheets = sheets_of(data, source, LIMITS, what=what, calculated=False)  # answers may be formulas
    if "Queries" not in sheets.cells:
        raise ValueError("it has no sheet of queries")
    heading, *rows = sheets.cells["Queries"] or [[]]
    return _records([str(c) for c in heading], rows)


def _records(heading: list[str], rows: list[Any]) -> list[dict[str, Any]]:
    """The rows by column, with the heading as a first one (so that no row is no column)."""
    first: dict[str, Any] = dict.fromkeys(heading, "")
    return [first, *(dict(zip(heading, row, strict=True)) for row in rows)] if heading else []
