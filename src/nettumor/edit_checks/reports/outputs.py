"""Findings written as JSON and as a CDISC CORE report; what each written form says of the run.

The CORE shape follows the JSON report of the CDISC Rules Engine (Conformance_Details,
Dataset_Details, Issue_Summary, Issue_Details, Rules_Report), so that tools which read its reports
read these. What is left out is said in each of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from nettumor._whole_file import write_whole
from nettumor.edit_checks.engine.found import Found
from nettumor.edit_checks.engine.register import CHECKS
from nettumor.tables import Table


def write(text: str, path: str | Path | None) -> str:
    """Write a text as UTF-8 where there is a path; the text."""
    if path is not None:
        write_whole(path, text + "\n")
    return text


def about(found: Found) -> dict[str, Any]:
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


def written_json(found: Found, path: str | Path | None, table: Table, left_out: str) -> str:
    """Everything as one JSON object, a row a line; what was read stands first."""
    return write(
        _object(
            {
                "intake": lines(found.intake.rows()),
                "patients": lines(_without_nan(row) for row in found.matrix().rows()),
                "about": encoded(about(found)),
                "runs": lines(found.runs.rows()),
                "inputs": lines(found.inputs.rows()),
                "columns": encoded(list(table)),
                "findings": lines(table.rows()),
                "left_out": encoded(left_out),
            }
        ),
        path,
    )


def _without_nan(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `Findings.matrix`: whole numbers, null where no check could look."""
    whole = {n: None if v != v else int(v) for n, v in row.items() if isinstance(v, float)}
    return {**row, **whole}


_CORE_STATUS = {
    "passed": "SUCCESS",
    "findings": "ISSUE REPORTED",
    "skipped": "SKIPPED",
    "failed": "EXECUTION ERROR",
}


def written_core(found: Found, path: str | Path | None) -> str:
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
            "row": "" if row["row"] is None else row["row"],
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


def source(found: Found, id: str) -> str:
    """The source of a check, and what the study changed of it; "" where none is known."""
    if id not in CHECKS:
        return ""
    given, usual = found.parameters.get(id, {}), CHECKS[id].parameters
    own = [f"{n} = {v} ({usual[n]})" for n, v in given.items() if n in usual and v != usual[n]]
    return (
        f"{CHECKS[id].source}; changed by the study: {', '.join(own)}" if own else CHECKS[id].source
    )
