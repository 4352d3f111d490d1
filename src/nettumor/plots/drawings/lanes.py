"""The swimmer as a drawing."""

from __future__ import annotations

import numpy as np

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
)
from nettumor.plots.time_axis import time_axis
from nettumor.terminology import Response, parse_responses

_NAMED = 60
"""Lanes that have room for a name each."""

_HIGHEST = 500.0
"""The most a panel takes of a page, points (two thirds of A4)."""

_SYMBOLS = {
    "progression": (
        "down",
        Style(fill=palette.FILLS[Response.PD], line=palette.FILLS[Response.PD], width=0.5),
    ),
    "new therapy": ("plus", Style(line=palette.GROUPS[3], width=1.2)),
    "death": ("cross", Style(line=INK, width=1.2)),
    "ongoing": ("right", Style(fill=INK, line=INK, width=0.4)),
}
_WORDS = {
    "ongoing": "at the last day known: alive, no progression, no new therapy",
    "death": "death",
    "progression": "progression",
    "new therapy": "new therapy",
}


def swimmer(table: FigureTable, width: float) -> Drawing:
    """Lanes from the top, their periods, marks and arrows."""
    n = int(table.facts["patients"])
    marks: list[Mark] = []
    keys: list[Key] = []
    x = Axis(0, 1)
    pitch = min(11.0, _HIGHEST / max(n, 1))
    if not table.missing:
        every = np.append(table["start"], table["stop"])
        x = time_axis(every, "since the reference date")
        y = -table["lane"].astype(np.float64)
        _periods(table, y, pitch, marks, keys)
        _cutoff(table, y, n, pitch, marks, keys)
        _symbols(table, y, pitch, marks, keys)
        if pitch >= 6:
            none = table["kind"] == "no assessment"
            marks.append(Words(table["start"][none], y[none], ["no assessment"] * int(none.sum()),
                               "start", SMALL, PALE, dx=3, dy=1.6))  # fmt: skip
    named = n <= _NAMED and not table.missing
    names: dict[int, str] = dict(
        zip(table["lane"].tolist(), table["subject"].tolist(), strict=True)
    )
    ticks = tuple((-float(lane), name) for lane, name in names.items()) if named else ()
    label = "" if named or table.missing else f"{n:,} patients, a lane each"
    panel = Panel(x, Axis(-n + 0.3, 0.7, ticks, label, line=False), marks, max(pitch * n, 40.0))
    said = table.missing or f"Lanes of {n} patients over time, the longest first. {table.caption}"
    return Drawing(table.title, said, [panel], keys, table.notes, table.missing)


def _periods(
    table: FigureTable, y: np.ndarray, pitch: float, marks: list[Mark], keys: list[Key]
) -> None:
    """Thin for being followed, thick for a response, hollow for a gap."""
    kind, start, stop = table["kind"], table["start"], table["stop"]
    narrow = pitch < 3  # lanes touch: a thin line would be a hairline
    thin = Style(fill="#c9cdd2" if narrow else "#9aa0a6")
    thickness = 0.5 if narrow else 0.07
    rows = kind == "follow-up"
    marks.append(Boxes(start[rows], stop[rows], y[rows] - thickness, y[rows] + thickness, thin))
    keys.append(Key("followed", "box", thin))
    codes = np.zeros(y.size, np.int8)
    for name in ("response", "gap"):
        codes[kind == name] = parse_responses(table["what"][kind == name])
    for response in sorted(Response, reverse=True):
        rows = (codes == response) & np.isin(kind, ("response", "gap"))
        if not rows.any():
            continue
        half = 0.5 if narrow else 0.2 if response == Response.NE else 0.36
        style = palette.bar(response)
        if narrow and response == Response.NE:
            style = Style(fill="#ffffff")
        same = rows & (stop == start)
        long = rows & ~same
        marks.append(Boxes(start[long], stop[long], y[long] - half, y[long] + half, style))
        # A response at the last assessment has no length that is known: a stroke.
        day = 0.004 * float(np.nanmax(stop))
        marks.append(
            Boxes(start[same] - day, start[same] + day, y[same] - half, y[same] + half, style)
        )
        words = "not evaluable (gap)" if response == Response.NE else response.label
        keys.append(Key(words, "box", palette.bar(response)))


def _symbols(
    table: FigureTable, y: np.ndarray, pitch: float, marks: list[Mark], keys: list[Key]
) -> None:
    size = float(np.clip(pitch * 0.6, 0.9, 5.0))
    for what, (symbol, style) in _SYMBOLS.items():
        rows = (table["kind"] == "mark") & (table["what"] == what)
        if rows.any():
            beside = size * 0.7 if what == "ongoing" else 0.0
            look = style if pitch > 4 else Style(style.fill, style.line, 0.3)
            marks.append(Points(table["start"][rows], y[rows], symbol, look, size, dx=beside))
            keys.append(Key(_WORDS[what], symbol, style))


def _cutoff(
    table: FigureTable, y: np.ndarray, n: int, pitch: float, marks: list[Mark], keys: list[Key]
) -> None:
    """A line where the cut-off is one day for all, else a stroke on each lane."""
    rows = (table["kind"] == "mark") & (table["what"] == "cut-off")
    if not rows.any():
        return
    style = Style(line=PALE, width=0.8, dash=(2, 2))
    day = table.facts["cutoff"]
    if day == day:
        marks.append(Line([day, day], [-n + 0.3, 0.7], style))
        keys.append(Key("data cut-off", "line", style))
    else:
        stroke = Style(line=PALE, width=0.9)
        marks.append(Points(table["start"][rows], y[rows], "tick", stroke, min(pitch, 9.0)))
        keys.append(Key("data cut-off", "tick", stroke))
