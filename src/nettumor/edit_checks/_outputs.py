"""Findings written as JSON, as a CDISC CORE report, and as one HTML page.

The CORE shape follows the JSON report of the CDISC Rules Engine (Conformance_Details, Dataset_Details,
Issue_Summary, Issue_Details, Rules_Report), so that tools which read its reports read these. The page
needs nothing but a browser. What is left out is said in each of them.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nettumor.edit_checks._types import CHECKS, SEVERITIES

if TYPE_CHECKING:
    from nettumor.edit_checks._findings import Findings


def _write(text: str, path: str | Path | None) -> str:
    if path is not None:
        Path(path).write_text(text + "\n", encoding="utf-8", newline="")
    return text


def about(found: Findings) -> dict[str, Any]:
    """What was run: library, version, criteria, parameters."""
    parameters = {id: dict(values) for id, values in found.parameters.items() if values}
    return {
        "library": "nettumor", "version": found.version, "criteria": found.criteria,
        "criteria_digest": found.criteria_digest, "parameters": parameters,
    }  # fmt: skip


def written_json(
    found: Findings, path: str | Path | None, *, folded: bool, severity: str, limit: int | None
) -> str:
    """Everything as one JSON object."""
    table, left_out = found.selected(folded=folded, severity=severity, limit=limit)
    body = {
        "about": about(found), "runs": found.runs.rows(), "inputs": found.inputs.rows(), "findings": table.rows(),
        "left_out": left_out,
    }  # fmt: skip
    return _write(json.dumps(body, ensure_ascii=False, indent=1, default=str), path)


_CORE_STATUS = {"passed": "SUCCESS", "findings": "ISSUE REPORTED", "skipped": "SKIPPED", "failed": "EXECUTION ERROR"}


def written_core(found: Findings, path: str | Path | None) -> str:
    """The findings in the shape of a CDISC CORE report."""
    summary: dict[tuple[str, str], int] = {}
    issues = []
    for row in found.rows():
        key = (row["table"], row["check"])
        summary[key] = summary.get(key, 0) + 1
        issues.append({
            "core_id": row["check"], "message": row["message"], "executability": "fully executable",
            "dataset": row["table"], "USUBJID": row["subject"], "row": row["row"] if row["row"] >= 0 else "",
            "SEQ": "", "variables": [row["column"]] if row["column"] else [], "values": [row["value"]],
            "severity": row["severity"], "caused_by": row["caused_by"],
        })  # fmt: skip
    body = {
        "Conformance_Details": about(found),
        "Dataset_Details": [
            {"filename": r["name"], "label": r["table"], "path": r["path"], "sha256": r["sha256"], "length": r["rows"]}
            for r in found.inputs.rows()
        ],
        "Issue_Summary": [
            {"dataset": table, "core_id": id, "message": _sentence(id), "issues": count}
            for (table, id), count in sorted(summary.items())
        ],
        "Issue_Details": issues,
        "Rules_Report": [
            {
                "core_id": r["check"], "version": "1", "message": r["name"], "status": _CORE_STATUS[r["status"]],
                "reason": r["reason"],
            }
            for r in found.runs.rows()
        ],
    }  # fmt: skip
    return _write(json.dumps(body, ensure_ascii=False, indent=1, default=str), path)


def _sentence(id: str) -> str:
    return CHECKS[id].sentence if id in CHECKS else ""


_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem;color:#222}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
th{background:#f3f3f3;position:sticky;top:0}
.error td:nth-child(2){color:#a30000;font-weight:600}.warning td:nth-child(2){color:#8a5a00;font-weight:600}
select,input{margin:0 1rem .5rem .3rem}small{color:#555}
"""

_SCRIPT = """
const byId = id => document.getElementById(id);
function filter() {
  const s = byId("severity").value, c = byId("check").value, p = byId("subject").value.trim().toLowerCase();
  let shown = 0;
  for (const r of document.querySelectorAll("#queries tbody tr")) {
    const keep = (!s || r.dataset.s === s) && (!c || r.dataset.c === c)
      && (!p || r.dataset.p.toLowerCase().includes(p));
    r.hidden = !keep; shown += keep;
  }
  byId("shown").textContent = shown;
}
for (const id of ["severity", "check", "subject"]) byId(id).addEventListener("input", filter);
"""


def written_html(
    found: Findings, path: str | Path | None, *, folded: bool, severity: str, limit: int | None
) -> str:
    """One page with filters."""
    table, left_out = found.selected(folded=folded, severity=severity, limit=limit)
    rows = table.rows()
    ids = sorted({r["check"] for r in rows})
    options = "".join(f"<option>{_safe(i)}</option>" for i in ids)
    severities = "".join(f"<option>{s}</option>" for s in SEVERITIES)
    heading = f"{found.n_rows} findings under {found.criteria}"
    text = "\n".join((
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{_safe(heading)}</title><style>{_STYLE}</style>",
        f"<h1>{_safe(heading)}</h1><p><small>nettumor {_safe(found.version)}; criteria digest "
        f"{_safe(found.criteria_digest)}. Not a medical device.</small></p>",
        _inputs(found),
        f"<label>Severity<select id='severity'><option value=''>all</option>{severities}</select></label>"
        f"<label>Check<select id='check'><option value=''>all</option>{options}</select></label>"
        "<label>Subject<input id='subject'></label>"
        f"<p><span id='shown'>{len(rows)}</span> of {len(rows)} queries shown. <strong>{_safe(left_out)}</strong></p>",
        _queries(rows), _checks(found), f"<script>{_SCRIPT}</script></html>",
    ))  # fmt: skip
    return _write(text, path)


def _safe(value: object) -> str:
    return html.escape(str(value))


def _inputs(found: Findings) -> str:
    lines = "".join(
        f"<li>{_safe(r['table'])}: {r['rows']} rows from {_safe(r['name'])} {_safe(r['sha256'][:16])}</li>"
        for r in found.inputs.rows()
    )
    return f"<ul>{lines}</ul>"


_SHOWN = ("check", "severity", "subject", "evaluator", "visit", "lesion", "table", "row", "column", "value", "expected")


def _queries(rows: list[dict[str, Any]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in (*_SHOWN, "query"))
    body = []
    for r in rows:
        cells = "".join(f"<td>{_safe(r[name]) if r[name] != -1 else ''}</td>" for name in _SHOWN)
        more = f" <small>{r['folded']} more follow from it.</small>" if r.get("folded") else ""
        source = f"<br><small>{_safe(_sentence(r['check']))} {_safe(_source(r['check']))}</small>"
        body.append(
            f"<tr class='{r['severity']}' data-s='{r['severity']}' data-c='{_safe(r['check'])}' "
            f"data-p='{_safe(r['subject'])}'>{cells}<td>{_safe(r['message'])}{more}{source}</td></tr>"
        )
    return f"<table id='queries'><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _source(id: str) -> str:
    return f"[{CHECKS[id].source}]" if id in CHECKS and CHECKS[id].source else ""


def _checks(found: Findings) -> str:
    order = np.argsort(-found.runs["count"], kind="stable").tolist()
    states = found.runs.rows()
    body = "".join(
        f"<tr><td>{_safe(r['check'])} {_safe(r['name'])}</td><td>{r['status']}</td><td>{r['count']}</td>"
        f"<td>{_safe(r['reason'])}</td></tr>"
        for r in (states[i] for i in order)
    )
    return f"<h2>Checks</h2><table><tr><th>check</th><th>status</th><th>findings</th><th>reason</th></tr>{body}</table>"
