"""The matrix of agreement as a drawing."""

from __future__ import annotations

import numpy as np

from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.marks import (
    INK,
    MEDIUM,
    PALE,
    Axis,
    Boxes,
    Column,
    Drawing,
    Key,
    Mark,
    Panel,
    Row,
    Style,
    Words,
)
from nettumor.plots.page import POINTS_PER_MM
from nettumor.plots.text_widths import width_of

_SHADES = ("#ffffff", "#e3e9f1", "#c3d2e3", "#98b3d0", "#6b90ba")
"""Cells by their share of the fullest one; the number in each says it without the shade."""


def agreement(table: FigureTable, width: float) -> Drawing:
    """A cell for each pair with its number, the diagonal outlined, sums at the edges."""
    words = list(dict.fromkeys(table["first"].tolist()))
    n = len(words)
    counts = table["count"].reshape(n, n)
    marks: list[Mark] = [] if table.missing else [*_cells(counts), *_diagonal(n), *_numbers(counts)]
    shown = ["not assessed" if w == "MISSING" else w for w in words]
    sums = [f"{v:,}" for v in counts.sum(axis=0).tolist()]
    cell = (width * POINTS_PER_MM - 110) / max(n, 1)
    turned = any(width_of(word, MEDIUM, 1.17) > cell - 2 for word in shown)
    above = tuple((float(j), w) for j, w in enumerate(shown))
    panel = Panel(
        x=Axis(-0.5, max(n, 1) - 0.5, above, str(table.facts["second"]), False, turned),
        y=Axis(
            -max(n, 1) + 0.5,
            0.5,
            tuple((-float(i), w) for i, w in enumerate(shown)),
            str(table.facts["first"]),
            line=False,
        ),
        marks=marks,
        height=max(60.0, min(28.0 * n, 220.0)),
        right=[] if table.missing else [
            Column("All", [-float(i) for i in range(n)],
                   [f"{v:,}" for v in counts.sum(axis=1).tolist()])
        ],
        below=[] if table.missing else [Row("All", list(range(n)), sums, INK)],
    )  # fmt: skip
    keys = [Key("agreement", "box", Style(fill="#ffffff", line=INK, width=1.2))] if n else []
    said = table.missing or "Counts of pairs of responses: " + "; ".join(
        f"{r['first']} and {r['second']} {r['count']}" for r in table.rows() if r["count"]
    )
    return Drawing(
        table.title, f"{said}. {table.caption}", [panel], keys, table.notes, table.missing
    )


def _cells(counts: np.ndarray) -> list[Mark]:
    """The cells, shaded in five steps."""
    steps = np.ceil(counts / max(int(counts.max()), 1) * (len(_SHADES) - 1)).astype(np.int64)
    marks: list[Mark] = []
    for step, shade in enumerate(_SHADES):
        row, col = np.nonzero(steps == step)
        style = Style(fill=shade, line="#d5d5d5", width=0.5)
        marks.append(Boxes(col - 0.5, col + 0.5, -row - 0.5, -row + 0.5, style))
    return marks


def _diagonal(n: int) -> list[Mark]:
    i = np.arange(n)
    style = Style(line=INK, width=1.2)
    return [Boxes(i - 0.47, i + 0.47, -i - 0.45, -i + 0.45, style)]


def _numbers(counts: np.ndarray) -> list[Mark]:
    row, col = np.indices(counts.shape).reshape(2, -1)
    texts = [f"{v:,}" for v in counts.ravel().tolist()]
    empty = counts.ravel() == 0
    marks: list[Mark] = []
    for rows, colour in ((~empty, INK), (empty, PALE)):
        chosen = [t for t, there in zip(texts, rows.tolist(), strict=True) if there]
        marks.append(Words(col[rows], -row[rows], chosen, "middle", 8.0, colour, dy=-2.8))
    return marks
