"""Findings as one page for a browser: filters, each query with its sentence and source, the state
of each check.

The page is ``page.html`` with the findings in it as JSON; it loads nothing from elsewhere, and
writes every cell as text, so that no markup in the data runs. It draws 100 queries at a time, so
that tens of thousands stay quick.
"""

from __future__ import annotations

import html
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from nettumor.edit_checks.engine.register import CHECKS
from nettumor.edit_checks.reports.outputs import about, encoded, write

if TYPE_CHECKING:
    from nettumor.edit_checks.engine.findings import Findings


def written_html(
    found: Findings, path: str | Path | None, *, folded: bool, severity: str, limit: int | None
) -> str:
    """The page as text, also written to ``path`` where given."""
    table, left_out = found.selected(folded=folded, severity=severity, limit=limit)
    checks = {
        id: {"name": CHECKS[id].name, "sentence": CHECKS[id].sentence, "source": CHECKS[id].source}
        for id in found.runs["check"].tolist()
        if id in CHECKS
    }
    data = encoded(
        {
            "columns": list(table),
            "rows": [*zip(*(a.tolist() for a in table.values()), strict=True)],
            "checks": checks,
            "runs": found.runs.rows(),
            "inputs": found.inputs.rows(),
            "about": about(found),
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
