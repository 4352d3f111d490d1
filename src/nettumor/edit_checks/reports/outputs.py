"""Findings written as JSON, as a CDISC CORE report, and as a workbook.

The CORE shape follows the JSON report of the CDISC Rules Engine (Conformance_Details,
Dataset_Details, Issue_Summary, Issue_Details, Rules_Report), so that tools which read its reports
read these. What is left out is said in each of them.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nettumor._whole_file import write_whole
from nettumor.edit_checks.engine.register import CHECKS
from nettumor.errors import InputError, missing_extra
from nettumor.tables import Table

if TYPE_CHECKING:
    from nettumor.edit_checks.engine.findings import Findings


def write(text: str, path: str | Path | None) -> str:
    """Write a text as UTF-8 where there is a path; the text."""
    if path is not None:
        write_whole(path, text + "\n")
    return text


def about(found: Findings) -> dict[str, Any]:
    """What was run: library, version, criteria, parameters, the study's own configuration."""
    parameters = {id: dict(values) for id, values in found.parameters.items() if values}
    own = {name: value for name, value in attrs.asdict(found.configuration).items() if value}
    return {
        "library": "nettumor",
        "version": found.version,
        "criteria": found.criteria,
        "criteria_digest": found.criteria_digest,
        "parameters": parameters,
        "configuration": own,
    }


def encoded(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def lines(rows: Iterable[Any]) -> str:
    """A JSON array with a row a line."""
    return "[\n" + ",\n".join(map(encoded, rows)) + "\n]"


def _object(parts: Mapping[str, str]) -> str:
    return "{\n" + ",\n".join(f"{encoded(name)}: {text}" for name, text in parts.items()) + "\n}"


def written_json(
    found: Findings, path: str | Path | None, *, folded: bool, severity: str, limit: int | None
) -> str:
    """Everything as one JSON object, a row a line."""
    table, left_out = found.selected(folded=folded, severity=severity, limit=limit)
    return write(
        _object(
            {
                "about": encoded(about(found)),
                "runs": lines(found.runs.rows()),
                "inputs": lines(found.inputs.rows()),
                "findings": lines(table.rows()),
                "left_out": encoded(left_out),
            }
        ),
        path,
    )


_CORE_STATUS = {
    "passed": "SUCCESS",
    "findings": "ISSUE REPORTED",
    "skipped": "SKIPPED",
    "failed": "EXECUTION ERROR",
}


def written_core(found: Findings, path: str | Path | None) -> str:
    """The findings in the shape of a CDISC CORE report."""
    summary: dict[tuple[str, str], int] = {}
    for key in zip(found["table"].tolist(), found["check"].tolist(), strict=True):
        summary[key] = summary.get(key, 0) + 1
    issues = (
        {
            "core_id": row["check"],
            "message": row["message"],
            "executability": "fully executable",
            "dataset": row["table"],
            "USUBJID": row["subject"],
            "row": row["row"] if row["row"] >= 0 else "",
            "SEQ": "",
            "variables": [row["column"]] if row["column"] else [],
            "values": [row["value"]],
            "severity": row["severity"],
            "caused_by": row["caused_by"],
        }
        for row in found.rows()
    )
    return write(
        _object(
            {
                "Conformance_Details": encoded(about(found)),
                "Dataset_Details": lines(
                    {
                        "filename": r["name"],
                        "label": r["table"],
                        "path": r["path"],
                        "sha256": r["sha256"],
                        "length": r["rows"],
                    }
                    for r in found.inputs.rows()
                ),
                "Issue_Summary": lines(
                    {"dataset": table, "core_id": id, "message": sentence(id), "issues": count}
                    for (table, id), count in sorted(summary.items())
                ),
                "Issue_Details": lines(issues),
                "Rules_Report": lines(
                    {
                        "core_id": r["check"],
                        "version": "1",
                        "message": r["name"],
                        "status": _CORE_STATUS[r["status"]],
                        "reason": r["reason"],
                    }
                    for r in found.runs.rows()
                ),
            }
        ),
        path,
    )


def sentence(id: str) -> str:
    """What a check finds at fault; "" for one that is not in the registry."""
    return CHECKS[id].sentence if id in CHECKS else ""


def source(id: str) -> str:
    """The source of a check; "" where none is known."""
    return CHECKS[id].source if id in CHECKS else ""


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


def written_workbook(
    found: Findings, path: str | Path, *, folded: bool, severity: str, limit: int
) -> None:
    """A workbook: the queries, the state of each check, what was checked; identifiers as text."""
    workbook = workbook_class()
    if not 0 < limit < SHEET_ROWS:
        raise InputError(
            f"`limit` must be 1 to {SHEET_ROWS - 1} (a sheet ends there); got {limit}. Write a "
            ".csv file.",
            argument="limit",
        )
    table, left_out = found.selected(folded=folded, severity=severity, limit=limit)
    columns = dict(table)
    columns["rule"] = np.array([sentence(id) for id in table["check"].tolist()], dtype=object)
    columns["source"] = np.array([source(id) for id in table["check"].tolist()], dtype=object)
    facts = [*about(found).items(), ("not shown", left_out)]
    # In memory first: what packs the workbook complains on stderr of a disk that is full.
    packed = io.BytesIO()
    with (
        _named(path),
        workbook(
            packed,
            {
                "constant_memory": table.n_rows > IN_MEMORY,
                "in_memory": table.n_rows <= IN_MEMORY,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        ) as book,
    ):
        head = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "valign": "top"})
        body = book.add_format({"valign": "top", "text_wrap": True})
        sheets = {
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
        for name, content in sheets.items():
            _sheet(book.add_worksheet(name), content, head, body)
    write_whole(path, packed.getvalue())


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
            elif cell >= 0:
                sheet.write_number(number, place, cell, body)
