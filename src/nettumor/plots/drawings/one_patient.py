"""The profile of one patient as a drawing: panels one above the other on one axis of time."""

from __future__ import annotations

import attrs
import numpy as np

from nettumor._arrays import Bools
from nettumor.plots import palette
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.marks import (
    INK,
    PALE,
    SMALL,
    Axis,
    Boxes,
    Drawing,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Style,
    Words,
    number,
    ticks_of,
)
from nettumor.plots.time_axis import time_axis
from nettumor.terminology import Response, parse_responses

_HEIGHTS = {"sum": 110.0, "marker": 62.0, "symptom": 62.0, "therapy": 0.0}
_LIMITS = {
    "nadir": ("nadir", Style(line=palette.GROUPS[2], width=0.8, dash=(1, 1.2))),
    "pr limit": ("limit of PR", Style(line=PALE, width=0.7, dash=(5, 2))),
    "pd limit": ("limit of PD", Style(line=palette.FILLS[Response.PD], width=0.7, dash=(3, 1.5))),
    "upper limit": ("upper limit of normal", Style(line=PALE, width=0.7, dash=(4, 1, 1, 1))),
    "baseline": ("before therapy", Style(line=PALE, width=0.7, dash=(1, 2))),
}

_ORDER = {response.label: i for i, response in enumerate(sorted(Response, reverse=True))}
"""Responses stand first in the legend, the best before the others."""


def profile(table: FigureTable, width: float) -> Drawing:
    """Sum with nadir and limits, marker, symptom and therapy, each where there is something."""
    panels: list[Panel] = []
    keys: list[Key] = []
    unit = str(table.facts["unit"])
    labels = {"sum": f"Sum, {unit}", "marker": "Marker", "symptom": "Symptom, a day"}
    if table.missing:
        panels.append(Panel(Axis(0, 1), Axis(0, 1), [], 110.0))
    else:
        x = time_axis(np.append(table["day"], table["stop"]), "since the reference date")
        low = float(np.fmin.reduce(table["day"]))
        x = attrs.evolve(x, low=min(low, 0.0) - 0.02 * (x.high - min(low, 0.0)))
        for name, label in labels.items():
            if (table["panel"] == name).any():
                panels.append(_panel(table, table["panel"] == name, x, label, _HEIGHTS[name], keys))
        if (table["panel"] == "therapy").any():
            panels.append(_therapy(table, table["panel"] == "therapy", x))
        keys.sort(key=lambda key: _ORDER.get(key.words, 99))
        bare = attrs.evolve(x, ticks=(), label="")
        panels[:-1] = [attrs.evolve(p, x=bare) for p in panels[:-1]]
    said = table.missing or f"Profile over time. {table.caption}"
    return Drawing(table.title, said, panels, keys, table.notes, table.missing)


def _panel(
    table: FigureTable, rows: Bools, x: Axis, label: str, height: float, keys: list[Key]
) -> Panel:
    """Values as a line with the symbol of their response, limits as dashed lines."""
    marks: list[Mark] = []
    for what, (words, style) in _LIMITS.items():
        own = rows & (table["what"] == what) & np.isfinite(table["value"])
        if own.any():
            day, value = table["day"][own], table["value"][own]
            if what in ("nadir", "pd limit"):  # known at a visit, it holds since the one before
                visits = np.unique(table["day"][rows & (table["what"] == "value")])
                before = visits[np.maximum((visits[:, np.newaxis] < day).sum(axis=0) - 1, 0)]
                day, value = np.stack([before, day], axis=1).ravel(), np.repeat(value, 2)
            marks.append(Line(day, value, style))
            if all(key.words != words for key in keys):
                keys.append(Key(words, "line", style))
    own = rows & (table["what"] == "value") & np.isfinite(table["day"])
    known = own & np.isfinite(table["value"])
    day, value = table["day"][own], table["value"][own]
    line = Style(line=INK, width=1.0)
    marks.append(
        Line(table["day"][known], table["value"][known], attrs.evolve(line, width=0.5, dash=(1, 1)))
    )
    marks.append(Line(day, value, line))  # broken where nothing was measured
    codes = parse_responses(table["response"][known])
    for response in (r for r in Response if (codes == r).any()):
        there = codes == response
        symbol, style, words = palette.SYMBOLS[response], palette.symbol(response), response.label
        if response == Response.MISSING:
            symbol, style, words = (
                "circle",
                Style(fill="#ffffff", line=INK, width=0.8),
                "not judged",
            )
        marks.append(
            Points(table["day"][known][there], table["value"][known][there], symbol, style, 5.0)
        )
        if all(key.words != words for key in keys):
            keys.append(Key(words, symbol, style))
    top = float(np.nanmax(np.append(table["value"][rows], 0.0)))
    high = top * 1.12 if top > 0 else 1.0
    numbered = own & (table["number"] > 0)
    if numbered.any():
        texts = [str(n) for n in table["number"][numbered].tolist()]
        at = np.full(len(texts), high)
        marks.append(
            Words(table["day"][numbered], at, texts, "middle", SMALL, INK, dy=2, bold=True)
        )
    ticks = tuple((v, number(v)) for v in ticks_of(0, high, 5 if height > 80 else 4))
    return Panel(x, Axis(0, high, ticks, label), marks, height)


def _therapy(table: FigureTable, rows: Bools, x: Axis) -> Panel:
    """A lane for each therapy and event, with its words."""
    names = list(dict.fromkeys(table["what"][rows].tolist()))
    marks: list[Mark] = []
    fill = Style(fill="#9aa0a6")
    for i, name in enumerate(names):
        own = rows & (table["what"] == name)
        day, stop = table["day"][own], table["stop"][own]
        long = np.isfinite(stop)
        zero = np.zeros(int(long.sum()))
        marks.append(Boxes(day[long], stop[long], zero - i - 0.25, zero - i + 0.25, fill))
        marks.append(
            Points(day[~long], np.full(int((~long).sum()), -i), "diamond", Style(fill=INK), 4.5)
        )
    ticks = tuple((-float(i), name) for i, name in enumerate(names))
    n = len(names)
    return Panel(x, Axis(-n + 0.4, 0.6, ticks, line=False), marks, 11.0 * n)
