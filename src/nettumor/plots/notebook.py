"""The small figure that a result shows beside its first rows in a notebook.

Of at most some hundred kilobytes, whatever came in: of many patients some are drawn, and the figure
says which; what cannot be drawn small says how to draw it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor.plots import data, drawings
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import is_assessment, texts
from nettumor.plots.svg.writer import write
from nettumor.summaries import KaplanMeier

_MOST = 300
"""Bars of a small figure: about one for each point of its width (84 mm)."""

_TOO_MANY = 20_000
"""Patients whose order alone takes longer than a notebook should need to show a result."""


def figure(result: Any) -> str:
    """The figure of a result as SVG, a sentence where it is too large, "" where it has none."""
    if is_assessment(result):
        return _waterfall(result)
    if isinstance(result, KaplanMeier) and not np.ndim(result.excluded):
        if np.size(result.times) > _MOST:
            return _on_request("kaplan_meier", f"{np.size(result.times):,} times")
        return write(drawings.kaplan_meier(data.kaplan_meier(result), 84), 84)
    return ""


def _waterfall(done: Any) -> str:
    """The waterfall of the first evaluator's patients."""
    rows = done.subjects.n_rows
    if rows > _TOO_MANY:
        return _on_request("waterfall", f"{rows:,} patients")
    readers = list(dict.fromkeys(texts(done.subjects["evaluator"]).tolist()))
    first = readers[0] if len(readers) > 1 else None
    title = f"Best change from baseline, {first}" if first else None
    table = data.waterfall(done, evaluator=first, title=title)
    return write(drawings.waterfall(thinned(table, _MOST), 84), 84)


def _on_request(name: str, size: str) -> str:
    return f"<p>{size}: nettumor.plots.svg.{name}(result) draws them.</p>"


def thinned(table: FigureTable, most: int) -> FigureTable:
    """At most ``most`` rows of a table of bars, evenly spaced in its order, and said so."""
    n = table.n_rows
    if n <= most:
        return table
    rows = np.unique(np.linspace(0, n - 1, most).round().astype(np.int64))
    columns = {name: column[rows] for name, column in table.items()}
    columns["place"] = np.arange(rows.size)
    note = f"Drawn are {rows.size} of {n:,} patients, evenly spaced in the order of the bars."
    return FigureTable(
        columns,
        figure=table.figure,
        title=table.title,
        notes=[*table.notes, note],
        missing=table.missing,
        limits=table.limits,
        facts=table.facts,
    )
