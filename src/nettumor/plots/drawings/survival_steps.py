"""Kaplan-Meier curves as a drawing, with the table of who is at risk below."""

from __future__ import annotations

import attrs
import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.plots import palette
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.marks import (
    PALE,
    Axis,
    Drawing,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Row,
    Style,
    number,
)
from nettumor.tables import Table

_HEIGHT = {84: 150.0, 174: 200.0}


def kaplan_meier(table: FigureTable, width: float) -> Drawing:
    """Curves with their bands, censorings, and the rows at risk, censored and events."""
    marks: list[Mark] = []
    keys: list[Key] = []
    rows: list[Row] = []
    unit = str(table.facts["unit"])
    counts = table.more["at_risk"]
    ticks = np.unique(counts["shown"])
    high = max(float(table["shown"].max(initial=0.0)), float(ticks.max(initial=1.0)))
    for i, name in enumerate(table.facts["groups"]):
        if table.missing:
            break
        own = table["group"] == name
        style = palette.group(i)
        curve = {n: table[n][own] for n in ("shown", "survival", "low", "high", "censored")}
        marks[:0] = _band(curve, style)
        marks += _curve(curve, table["uncertain"][own], style)
        if name:
            keys.append(Key(str(name), "line", style))
        rows += _rows(counts, str(name), style.line)
    marks += _asked_for(table, high)
    if not table.missing:
        keys.append(Key("censored", "tick", Style(line=PALE, width=0.8)))
    what = str(table.facts["parameter"])
    words = {"OS": "Survival", "": "Without the event", "PFS": "Without progression or death"}
    x = Axis(0, high * 1.02, tuple((float(t), number(t)) for t in ticks), unit.capitalize())
    label = f"{words.get(what, what)}, %"
    y = Axis(0, 100, tuple((v, number(v)) for v in (0, 25, 50, 75, 100)), label)
    panel = Panel(x, y, marks, _HEIGHT[int(width)], below=rows)
    summary = ", ".join(
        f"{row['group'] or 'all'} {row['n']} patients, {row['events']} events"
        for row in table.more["summary"].rows()
    )
    said = table.missing or f"Kaplan-Meier curves: {summary}. {table.caption}"
    return Drawing(table.title, said, [panel], keys, table.notes, table.missing)


def _stairs(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The corners of steps: each value holds until the next time."""
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def _band(curve: dict[str, Floats], style: Style) -> list[Mark]:
    """The interval as one area. Where the curve is 0 there is none: it ends there, held to its last
    limits up to that time.
    """
    x, low, high = curve["shown"], curve["low"], curve["high"]
    known = int(np.flatnonzero(np.isfinite(low))[-1]) + 1 if np.isfinite(low).any() else 0
    if known < 1 or x.size < 2:
        return []
    end = x[known] if known < x.size else x[-1]
    across = np.append(x[:known], end)
    top_x, top = _stairs(across, np.append(high[:known], high[known - 1]))
    _, bottom = _stairs(across, np.append(low[:known], low[known - 1]))
    area = Style(fill=style.line, opacity=0.16)
    xs, ys = np.append(top_x, top_x[::-1]), np.append(top, bottom[::-1])
    return [Line(xs, 100 * ys, area, closed=True)]


def _curve(curve: dict[str, Floats], uncertain: Bools, style: Style) -> list[Mark]:
    """The steps, thin where one more event would move them too far, and the censorings."""
    x, y = curve["shown"], 100 * curve["survival"]
    certain = int(np.argmax(uncertain)) if uncertain.any() else x.size
    marks: list[Mark] = []
    if certain > 0:
        until = x[certain] if certain < x.size else x[-1]
        xs, ys = _stairs(np.append(x[:certain], until), np.append(y[:certain], y[certain - 1]))
        if certain < x.size:  # the fall at that time still belongs to what is known
            xs, ys = np.append(xs, x[certain]), np.append(ys, y[certain])
        marks.append(Line(xs, ys, style))
    if certain < x.size:
        xs, ys = _stairs(x[certain:], y[certain:])
        marks.append(Line(xs, ys, attrs.evolve(style, width=0.55)))
    left = curve["censored"] > 0
    stroke = Style(line=style.line, width=0.8)
    marks.append(Points(x[left], y[left], "tick", stroke, 5.0))
    return marks


def _asked_for(table: FigureTable, high: float) -> list[Mark]:
    """Medians and landmarks, on request."""
    marks: list[Mark] = []
    if table.facts["median"] and not table.missing:
        for i, row in enumerate(table.more["summary"].rows()):
            if row["median"] == row["median"]:
                style = Style(line=palette.group(i).line, width=0.7, dash=(1.5, 1.5))
                marks.append(Line([0, row["median"], row["median"]], [50, 50, 0], style))
    for at in table.facts["landmarks"]:
        if at <= high and not table.missing:
            marks.append(Line([at, at], [0, 100], palette.LIMIT))
    return marks


def _rows(counts: Table, name: str, colour: str) -> list[Row]:
    """Three rows of counts below the axis, at their times."""
    own = counts["group"] == name
    x = counts["shown"][own]
    rows = [Row(name, [], [], colour, bold=True)] if name else []
    for label, column in (("At risk", "at_risk"), ("Censored", "censored"), ("Events", "events")):
        rows.append(Row(label, x, [f"{v:,}" for v in counts[column][own].tolist()]))
    return rows
