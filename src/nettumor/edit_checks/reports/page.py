"""Findings as one page for a browser: filters, each query with its sentence and source, the state
of each check.

The page is ``page.html`` with the findings in it as JSON, column by column, each different text
once; it loads nothing from elsewhere, and writes every cell as text, so that no markup in the data
runs. It draws 100 queries at a time, so that tens of thousands stay quick, and all that the filters
leave when it is printed.
"""

from __future__ import annotations

import html
from importlib import resources
from pathlib import Path
from typing import Any

from nettumor.crf.intake import loud, summary
from nettumor.edit_checks.engine.found import Found
from nettumor.edit_checks.engine.register import CHECKS
from nettumor.edit_checks.reports.outputs import about, encoded, source, write
from nettumor.tables import Table


def _matrix(found: Found) -> dict[str, list[object]]:
    """The columns of `Findings.matrix`, whole numbers, None where no check could look."""
    columns = {name: column.tolist() for name, column in found.matrix().items()}
    return {
        name: [None if v != v else int(v) if isinstance(v, float) else v for v in cells]
        for name, cells in columns.items()
    }


def _cells(values: list[Any]) -> dict[str, list[Any]]:
    """The different cells of a column, in the order in which they come, and which each row has."""
    place: dict[Any, int] = {}
    at = [place.setdefault(value, len(place)) for value in values]
    return {"cells": [*place], "at": at}


def written_html(found: Found, path: str | Path | None, table: Table, left_out: str) -> str:
    """The page as text, also written to ``path`` where given."""
    checks = {
        id: {"name": CHECKS[id].name, "sentence": CHECKS[id].sentence, "source": source(found, id)}
        for id in found.runs["check"].tolist()
        if id in CHECKS
    }
    data = encoded(
        {
            "columns": list(table),
            "count": table.n_rows,
            "table": {name: _cells(column.tolist()) for name, column in table.items()},
            "checks": checks,
            "runs": found.runs.rows(),
            "inputs": found.inputs.rows(),
            "about": about(found),
            "intake": Table({n: c[loud(found.intake)] for n, c in found.intake.items()}).rows(),
            "intake_summary": summary(found.intake),
            "patients": _matrix(found),
            "left_out": left_out,
        }
    )
    page = (
        resources.files("nettumor.edit_checks.reports")
        .joinpath("page.html")
        .read_text(encoding="utf-8")
    )
    files = ", ".join(dict.fromkeys(found.inputs["name"].tolist()))
    subtitle = (
        f"Criteria {found.criteria} ({found.criteria_digest}); nettumor {found.version}; {files}"
    )
    for mark, text in (("title", "Edit check queries"), ("subtitle", subtitle)):
        page = page.replace(f"@{mark}@", html.escape(text))
    # within <script> only "<" could end the element or open a comment
    return write(page.replace("@data@", data.replace("<", "\\u003c")), path)
