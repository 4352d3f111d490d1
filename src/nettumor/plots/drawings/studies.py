"""The forest as a drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.marks import (
    FAINT,
    INK,
    Axis,
    Column,
    Drawing,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Style,
    number,
    ticks_of,
)
from nettumor.plots.palette import FILLS as _FILLS
from nettumor.terminology import Response

_POOLED = ("fixed", "random", "prediction", "cohort")


def forest(table: FigureTable, width: float) -> Drawing:
    """Intervals by row, diamonds for what is pooled, and the figures in columns beside."""
    low, high = float(table.facts["lowest"]), float(table.facts["highest"])
    y = -table["row"].astype(np.float64)
    pooled = np.isin(table["kind"], _POOLED)
    y[pooled] -= 0.6  # a gap between the studies and what is made of them
    marks: list[Mark] = []
    keys: list[Key] = []
    right: list[Column] = []
    if not table.missing:
        if pooled.any() and not pooled.all():
            between = float(y[~pooled].min()) - 0.8
            marks.append(Line([low, high], [between, between], Style(line=FAINT, width=0.5)))
        _intervals(table, y, marks)
        _diamonds(table, y, marks)
        keys = _keys(table)
        right = _columns(table, y, width)
    n, most = table.n_rows, 6 if width > 100 else 3
    names = table["label"].tolist()
    if width < 100:  # one column has no room for the groups of patients
        names = [name.partition(",")[0].partition(" for a ")[0] for name in names]
    ticks = tuple(zip(y.tolist(), names, strict=True))
    bottom = float(y.min(initial=0.0)) - 0.8
    panel = Panel(
        x=Axis(low, high, tuple((v, number(v)) for v in ticks_of(low, high, most)), "Patients, %"),
        y=Axis(bottom, 0.8, () if table.missing else ticks, line=False),
        marks=marks,
        height=max(40.0, 11.0 * (0.8 - bottom)),
        right=right,
    )
    said = table.missing or f"Intervals of {n} rows. " + " ".join(
        f"{row['label']} {_written(row)}." for row in table.rows()[:40]
    )
    return Drawing(table.title, said, [panel], keys, table.notes, table.missing)


_LOOKS = {
    "study": ("square", Style(fill=_FILLS[Response.PR], line=_FILLS[Response.PR], width=0.9)),
    "not pooled": ("square", Style(fill="#ffffff", line=INK, width=0.8)),
    "cohort": ("circle", Style(fill=_FILLS[Response.PD], line=_FILLS[Response.PD], width=1.2)),
    "prediction": ("", Style(line=INK, width=0.9, dash=(2, 1))),
}


def _intervals(table: FigureTable, y: np.ndarray, marks: list[Mark]) -> None:
    known = np.isfinite(table["low"])
    low, high = table["drawn_low"], table["drawn_high"]
    beyond = (table["high"] < table.facts["lowest"]) | (table["low"] > table.facts["highest"])
    for kind, (symbol, style) in _LOOKS.items():
        rows = (table["kind"] == kind) & known
        if not rows.any():
            continue
        gaps = np.full(int(rows.sum()), np.nan)
        xs = np.stack([low[rows], high[rows], gaps], axis=1).ravel()
        ys = np.stack([y[rows], y[rows], gaps], axis=1).ravel()
        marks.append(Line(xs, ys, Style(line=style.line, width=style.width, dash=style.dash)))
        for side, cut in (
            ("cut_high", rows & table["cut_high"]),
            ("cut_low", rows & table["cut_low"]),
        ):
            ends = high[cut] if side == "cut_high" else low[cut]
            arrow = "right" if side == "cut_high" else "left"
            marks.append(Points(ends, y[cut], arrow, Style(fill=style.line), 4.5))
        inside = (table["estimate"] >= table.facts["lowest"]) & (
            table["estimate"] <= table.facts["highest"]
        )
        shown = rows & ~beyond & inside
        if symbol:
            marks.append(Points(table["estimate"][shown], y[shown], symbol, style, 5.0))


def _diamonds(table: FigureTable, y: np.ndarray, marks: list[Mark]) -> None:
    """A pooled estimate as a diamond as wide as its interval."""
    for kind, fill in (("fixed", "#ffffff"), ("random", INK)):
        for i in np.flatnonzero((table["kind"] == kind) & np.isfinite(table["low"])).tolist():
            low, high = table["drawn_low"][i], table["drawn_high"][i]
            middle = float(np.clip(table["estimate"][i], low, high))
            xs, ys = [low, middle, high, middle], [y[i], y[i] + 0.32, y[i], y[i] - 0.32]
            marks.append(Line(xs, ys, Style(fill=fill, line=INK, width=0.7), closed=True))


def _keys(table: FigureTable) -> list[Key]:
    words = {
        "study": "pooled", "not pooled": "not pooled", "fixed": "fixed effect",
        "random": "random effects", "cohort": "cohort", "prediction": "prediction interval",
    }  # fmt: skip
    samples = {
        "fixed": ("diamond", Style(fill="#ffffff", line=INK, width=0.7)),
        "random": ("diamond", Style(fill=INK, line=INK, width=0.7)),
    } | {kind: (symbol or "line", style) for kind, (symbol, style) in _LOOKS.items()}
    there = [k for k in words if (table["kind"] == k).any()]
    return [Key(words[k], *samples[k]) for k in there] if there != ["study"] else []


def _columns(table: FigureTable, y: np.ndarray, width: float) -> list[Column]:
    """Count of total, and the percent with its interval."""
    of = [
        f"{row['count']:.0f}/{row['total']:.0f}"
        if row["total"] == row["total"] and row["count"] == row["count"]
        else ""
        for row in table.rows()
    ]
    written = [_written(row) for row in table.rows()]
    out = [Column("n/N", y, of)] if any(of) else []
    return [*out, Column("% (interval)", y, written)]


def _written(row: dict[str, Any]) -> str:
    if row["estimate"] != row["estimate"]:
        return "not printed"
    ends = f"{row['low']:.0f}\N{EN DASH}{row['high']:.0f}"
    return ends if row["kind"] == "prediction" else f"{row['estimate']:.0f} ({ends})"
