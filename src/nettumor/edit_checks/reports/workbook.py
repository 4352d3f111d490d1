"""Findings written as a workbook of Excel, with columns to answer the queries in.

Sheets: Read (the intake), Patients (by groups of checks), Queries, Checks, Inputs, About. What
people wrote in ``status`` and ``comment`` is kept from run to run by the key of the query.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nettumor._whole_file import write_whole
from nettumor.crf.own_outputs import AUTHOR
from nettumor.edit_checks.engine.found import Found
from nettumor.edit_checks.engine.run_before import ANSWERS, NOT_ANSWERS
from nettumor.edit_checks.reports.outputs import about, encoded, sentence, source
from nettumor.errors import InputError, missing_extra
from nettumor.tables import Table

SHEET_ROWS = 1_048_575
"""Rows of a sheet of Excel below its heading."""

IN_MEMORY = 50_000
"""Rows up to which a workbook is made without files of its own (library choice)."""

CELL = 32_767
"""Characters that a cell of Excel holds."""


def workbook_class() -> Any:
    """The class that writes workbooks (extra ``xlsx``)."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise missing_extra("XlsxWriter", "xlsx", "A workbook of findings") from None
    return Workbook


@contextlib.contextmanager
def _named(path: str | Path) -> Iterator[None]:
    """What the system refuses while a workbook is packed, as an error that names the file."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    except (OSError, FileCreateError) as error:
        system = error.args[0] if isinstance(error, FileCreateError) else error
        raise OSError(system.errno, system.strerror, str(path)) from None


def check_limit(limit: int) -> None:
    """Raise unless a sheet holds so many rows."""
    if not 0 < limit < SHEET_ROWS:
        raise InputError(
            f"`limit` must be 1 to {SHEET_ROWS - 1} (a sheet ends there); got {limit}. Write a "
            ".csv file.",
            argument="limit",
        )


def write_book(
    found: Found, path: str | Path, table: Table, left_out: str, kept: Table | None
) -> None:
    """A workbook: what was read, the patients, the queries, the state of each check, the inputs;
    identifiers as text.

    ``kept`` is an earlier run, whose answers are carried along by key.
    """
    columns = _with_answers(table, kept)
    ids = table["check"].tolist()
    columns["rule"] = np.array([sentence(id) for id in ids], dtype=object)
    columns["source"] = np.array([source(found, id) for id in ids], dtype=object)
    facts = [*about(found).items(), ("not shown", left_out)]
    sheets = {
        "Read": found.intake,
        "Patients": found.matrix(),
        "Queries": Table(columns),
        "Checks": found.runs,
        "Inputs": found.inputs,
        "About": Table(
            {
                "name": [name for name, _ in facts],
                "value": [v if isinstance(v, str) else encoded(v) for _, v in facts],
            }
        ),
    }
    # In memory first: what packs the workbook complains on stderr of a disk that is full.
    packed = io.BytesIO()
    options = {
        "constant_memory": table.n_rows > IN_MEMORY,
        "in_memory": table.n_rows <= IN_MEMORY,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with _named(path), workbook_class()(packed, options) as book:
        book.set_properties({"author": AUTHOR})
        head = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "valign": "top"})
        body = book.add_format({"valign": "top", "text_wrap": True})
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            if name == "Queries":
                sheet.activate()
                _offer_states(sheet, list(content).index("status"), table.n_rows)
            _sheet(sheet, content, head, body)
    write_whole(path, packed.getvalue())


STATES = ("open", "answered", "closed")
"""What the column ``status`` of a workbook offers; anything else may be written, too."""


def _offer_states(sheet: Any, column: int, rows: int) -> None:
    offer = {"validate": "list", "source": list(STATES), "error_type": "information"}
    sheet.data_validation(1, column, max(rows, 1), column, offer)


def _with_answers(table: Table, kept: Table | None) -> dict[str, Any]:
    """The columns of the queries with ``status``, ``comment`` and whatever else people added."""
    columns = dict(table)
    blank = np.full(table.n_rows, "", dtype=object)
    if kept is not None:
        place = {k: i for i, k in reversed([*enumerate(kept["key"].tolist())])}
        at = [place.get(k, -1) for k in table["key"].tolist()]
        added = [c for c in kept if c not in table and c not in NOT_ANSWERS]
        for name in added:
            words = [*kept[name].tolist(), ""]
            columns[name] = np.array([words[i] for i in at], dtype=object)
    return columns | {name: columns.get(name, blank) for name in ANSWERS}


_WIDTHS = {
    "message": 60,
    "rule": 60,
    "source": 40,
    "reason": 40,
    "value": 16,
    "expected": 22,
    "path": 40,
}


def _sheet(sheet: Any, content: Mapping[str, Any], head: Any, body: Any) -> None:
    """A table on a sheet: heading frozen, a filter over it, text as text."""
    rows = len(next(iter(content.values())))
    for place, name in enumerate(content):
        sheet.set_column(place, place, _WIDTHS.get(name, 12))
        sheet.write_string(0, place, name, head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), len(content) - 1)
    for number, row in enumerate(
        zip(*(a.tolist() for a in content.values()), strict=True), start=1
    ):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                text = cell if len(cell) <= CELL else f"{cell[: CELL - 10]} [cut off]"
                sheet.write_string(number, place, text, body)
            elif cell is not None and cell == cell:
                sheet.write_number(number, place, cell, body)
