"""The spider as a drawing."""

from __future__ import annotations

import numpy as np

from nettumor.plots import palette
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.marks import (
    INK,
    PALE,
    SMALL,
    Axis,
    Drawing,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Style,
    Words,
    number,
    signed,
    ticks_of,
)
from nettumor.plots.time_axis import time_axis
from nettumor.terminology import Response, parse_responses

_HEIGHT = {84: 160.0, 174: 220.0}


def spider(table: FigureTable, width: float) -> Drawing:
    """Lines from 0 %, their ends marked by the best response; PD and new lesions at their visits."""
    marks: list[Mark] = []
    keys: list[Key] = []
    axis = Axis(0, 1)
    lowest, highest = -100.0, float(table.facts["highest"])
    if not table.missing:
        axis = time_axis(table["day"], "since the reference date")
        top = float(np.nanmax(table["drawn"], initial=0.0))
        least = max([25.0, *(limit.value + 5 for limit in table.limits)])
        highest = highest if table["cut"].any() else min(max(top * 1.1, least), highest)
        _lines(table, marks, keys)
        _events(table, marks, keys, highest)
        for limit in table.limits:
            marks.insert(0, Line([axis.low, axis.high], [limit.value] * 2, palette.LIMIT))
            words = [limit.words.removesuffix(" from nadir")]
            marks.append(
                Words([axis.high], [limit.value], words, "start", SMALL, PALE, dx=3, dy=-2.3)
            )
        marks.insert(0, Line([axis.low, axis.high], [0, 0], Style(line=INK, width=0.6)))
    y = Axis(lowest, highest, tuple((v, number(v)) for v in ticks_of(lowest, highest, 9)),
             "Change of the sum from baseline, %")  # fmt: skip
    panel = Panel(axis, y, marks, _HEIGHT[int(width)])
    said = table.missing or (
        f"Lines of the change of {table.facts['patients']} patients over time. {table.caption}"
    )
    return Drawing(table.title, said, [panel], keys, table.notes, table.missing)


def _lines(table: FigureTable, marks: list[Mark], keys: list[Key]) -> None:
    """A line a patient, one mark for all of one response, with its symbol at each end."""
    best = parse_responses(table["best"])
    lane, day, drawn = table["lane"], table["day"], table["drawn"]
    many = table.facts["many"]
    for response in (r for r in Response if (best == r).any()):
        rows = (best == response) & ~np.isnan(drawn)
        x, y = _broken(lane[rows], day[rows], drawn[rows])
        if not x.size:
            continue
        grey = response in (Response.SD, Response.NE, Response.MISSING)
        colour = "#8d949c" if grey else palette.FILLS[response]
        style = Style(line=colour, width=0.9, dash=_DASHES.get(response, ()))
        if many:
            style = Style(line=colour, width=0.4, dash=style.dash, opacity=0.4)
        marks.append(Line(x, y, style))
        if not table.facts["known"]:
            continue
        words = f"best response {'not assessed' if response == 0 else response.label}"
        if many:
            keys.insert(0, Key(words, "line", Style(line=colour, width=1.0, dash=style.dash)))
            continue
        last = np.append(lane[rows][1:] != lane[rows][:-1], True)
        symbol, look = palette.SYMBOLS[response], palette.symbol(response)
        marks.append(Points(day[rows][last], drawn[rows][last], symbol, look))
        keys.insert(0, Key(words, symbol, look))
    if not many:
        _unmeasured(table, marks, keys)


_DASHES = {Response.PD: (3, 1.5), Response.IUPD: (3, 1.5), Response.CR: (6, 1), Response.NE: (1, 1)}
"""Lines are known without their colour where symbols have no room."""


def _broken(lane: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lines one after the other, with a NaN between two patients."""
    starts = np.flatnonzero(lane[1:] != lane[:-1]) + 1
    return np.insert(x, starts, np.nan), np.insert(y, starts, np.nan)


def _unmeasured(table: FigureTable, marks: list[Mark], keys: list[Key]) -> None:
    """A hollow diamond where a visit has no complete sum, on the line between its neighbours."""
    lane, day, drawn = table["lane"], table["day"], table["drawn"]
    none = np.flatnonzero(np.isnan(drawn))
    xs, ys = [], []
    for i in none.tolist():
        own = np.flatnonzero((lane == lane[i]) & ~np.isnan(drawn))
        before, after = own[own < i], own[own > i]
        if before.size and after.size:
            xs.append(day[i])
            ends = (before[-1], after[0])
            ys.append(float(np.interp(day[i], day[list(ends)], drawn[list(ends)])))
    if xs:
        marks.append(Points(xs, ys, "diamond", palette.symbol(Response.NE), 4.0))
        keys.append(Key("visit without a complete sum", "diamond", palette.symbol(Response.NE)))


def _events(table: FigureTable, marks: list[Mark], keys: list[Key], top: float) -> None:
    """New lesions, and the numbers of what is cut at the axis."""
    new = table["new_lesion"] & ~np.isnan(table["drawn"])
    style = Style(line=palette.FILLS[Response.PD], width=1.0)
    if new.any() and not table.facts["many"]:
        marks.append(Points(table["day"][new], table["drawn"][new], "plus", style, 7.0))
        keys.append(Key("new lesion", "plus", style))
    cut = np.flatnonzero(table["cut"])
    if not cut.size:
        return
    values = table["percent"][cut]
    marks.append(Points(table["day"][cut], np.full(cut.size, top), "up", Style(fill=INK), 3.0))
    if cut.size <= 8:
        words = [f"{signed(v)} %" for v in values.tolist()]
        marks.append(
            Words(table["day"][cut], np.full(cut.size, top), words, "start", SMALL, dx=2.3, dy=4,
                  rotate=True)
        )  # fmt: skip
    else:
        words = [f"{cut.size} values cut at {signed(top)} %, the largest {signed(values.max())} %"]
        marks.append(Words([0], [top], words, "start", SMALL, dy=5))
    keys.append(Key("cut at the axis", "up", Style(fill=INK)))
