"""The waterfall as a drawing; that of markers too."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.plots import palette
from nettumor.plots.data.bars import responses_shown
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
    signed,
    ticks_of,
)
from nettumor.plots.page import POINTS_PER_MM
from nettumor.terminology import Response, parse_responses

_HEIGHT = {84: 150.0, 174: 200.0}
"""Height of the panel by the width of the page, points and mm."""

_FEW = 60
"""Bars that have room for a subject's name each (names turned, some 6 points a bar)."""

Shown: TypeAlias = tuple[list[Mark], list[Key]]


def waterfall(table: FigureTable, width: float) -> Drawing:
    """Bars, limits, marks of progression, and the block of those without a value."""
    n = table.n_rows
    place, valued = _places(table)
    lowest, highest = _ends(table)
    span = max(float(place.max(initial=0.0)) + 1, 6.0)  # one bar is no wall
    pitch = (width * POINTS_PER_MM - 50) / span  # points a bar, near enough
    marks: list[Mark] = []
    keys: list[Key] = []
    if not table.missing:
        for part in (
            _bars(table, place, valued, pitch),
            _progressions(table, place, valued, pitch),
            _without_value(table, place, valued, pitch, highest),
        ):
            marks += part[0]
            keys += part[1]
        marks += _cut_numbers(table, place, pitch, highest)
        marks.append(Line([-0.5, span - 0.5], [0, 0], Style(line=INK, width=0.7)))
        edge = float(place[valued].max()) + 0.5 if valued.any() else span - 0.5
        free = edge if valued.all() else min(edge, span - 0.5 - 55 / pitch)
        marks += _limits(table, edge, free)
    named = 0 < n <= _FEW and pitch >= 6.5
    names = tuple(zip(place.tolist(), table["subject"].tolist(), strict=True)) if named else ()
    panel = Panel(
        x=Axis(-0.5, span - 0.5, names, _x_words(n, named), line=False, turned=True),
        y=Axis(lowest, highest, _ticks(lowest, highest), str(table.facts["axis"])),
        marks=marks,
        height=_HEIGHT[int(width)],
    )
    return Drawing(table.title, _said(table), [panel], keys, table.notes, table.missing)


def _x_words(n: int, named: bool) -> str:
    return "" if named else f"{n:,} patients, a bar each"


def _places(table: FigureTable) -> tuple[Floats, Bools]:
    """Where each bar stands; the block without a value a gap further to the right."""
    valued = table["block"] == "change"
    place = table["place"].astype(np.float64)
    gap = max(1.0, 0.02 * table.n_rows) if valued.any() else 0.0
    return np.where(valued, place, place + gap), valued


def _ends(table: FigureTable) -> tuple[float, float]:
    """The ends of the axis: all of a fall, and the largest rise up to the cut."""
    top = float(np.nanmax(table["drawn"], initial=0.0)) if table.n_rows else 0.0
    # Where there is a block without bars, its words stand above the limit's line.
    room = 5.0 if (table["block"] == "change").all() else 20.0
    least = max([25.0, *(limit.value + room for limit in table.limits)])
    highest = float(table.facts["highest"])
    return -100.0, highest if table["cut"].any() else min(max(top * 1.05, least), highest)


def _ticks(lowest: float, highest: float) -> tuple[tuple[float, str], ...]:
    return tuple((v, number(v)) for v in ticks_of(lowest, highest, 9))


def _bars(table: FigureTable, place: Floats, valued: Bools, pitch: float) -> Shown:
    """A path for each response, confirmed and not; a change of 0 is a stroke on the line."""
    codes, confirmed = parse_responses(table["response"]), table["confirmed"]
    best = parse_responses(table["best"])
    drawn = table["drawn"]
    half = 0.5 if pitch < 2 else 0.4
    marks: list[Mark] = []
    keys: list[Key] = []
    for response, words in responses_shown(table):
        open_ones = valued & (codes == response) & ~confirmed & (response >= Response.PR)
        # Without a rule that asks for a confirmation a response is drawn as one.
        hollow = open_ones & ((best != response) | bool(table.facts["asks"]))
        full = valued & (codes == response) & ~hollow
        if not table.facts["known"]:
            words = "best response not given"
        elif response >= Response.PR and table.facts["asks"]:
            words = f"{words}, confirmed"
        for rows, style, said in (
            (full, palette.bar(response), words),
            (hollow, palette.unconfirmed(response), f"{words.partition(',')[0]}, not confirmed"),
        ):
            if rows.any():
                if pitch < 2:
                    style = palette.without_outline(style)
                x = place[rows]
                marks.append(Boxes(x - half, x + half, np.zeros(x.size), drawn[rows], style))
                keys.append(Key(said, "box", style))
    at_zero = valued & (drawn == 0)
    if at_zero.any():
        x = place[at_zero]
        flat = Style(fill=INK)
        marks.append(Boxes(x - half, x + half, np.full(x.size, -0.6), np.full(x.size, 0.6), flat))
        keys.append(Key("no change", "box", Style(fill=INK)))
    return marks, keys


def _progressions(table: FigureTable, place: Floats, valued: Bools, pitch: float) -> Shown:
    """Why a best response is PD where the sum does not show it; on the other side of the line."""
    said = np.char.lower(table["progression"])
    other_side = np.where(table["drawn"] < 0, 1.0, -1.0)
    marks: list[Mark] = []
    keys: list[Key] = []
    few = pitch >= 4
    for word, words, symbol, away in (
        ("new", "PD by a new lesion", "up", 5.0),
        ("non-target", "PD by a non-target lesion", "diamond", 11.0),
    ):
        rows = valued & (np.char.find(said, word) >= 0)
        if not rows.any():
            continue
        style = Style(fill=palette.FILLS[Response.PD], line=palette.FILLS[Response.PD], width=0.5)
        shape = symbol if few else "tick"
        size = 4.0 if few else (5.0 if word == "new" else 2.5)
        for side in (1.0, -1.0):
            there = rows & (other_side == side)
            x = place[there]
            marks.append(Points(x, np.zeros(x.size), shape, style, size, dy=side * away))
        keys.append(Key(words if few else f"{words} (short stroke)" if away > 6 else
                        f"{words} (long stroke)", shape, style))  # fmt: skip
    return marks, keys


def _cut_numbers(table: FigureTable, place: Floats, pitch: float, top: float) -> list[Mark]:
    """The number of each bar that is cut at the axis; where they have no room their range."""
    cut = np.flatnonzero(table["cut"])
    if not cut.size:
        return []
    values = table["percent"][cut]
    if pitch >= SMALL * 1.05:
        words = [f"{signed(v)} %" for v in values.tolist()]
        x = place[cut]
        high = np.full(x.size, top)
        return [Words(x, high, words, "start", SMALL, INK, dx=2.3, dy=3, rotate=True)]
    words = [
        f"{cut.size} bars cut at {signed(top)} %: {signed(values.min())} to {signed(values.max())} %"
    ]
    return [Words([-0.5], [top], words, "start", SMALL, INK, dy=4)]


def _without_value(
    table: FigureTable, place: Floats, valued: Bools, pitch: float, top: float
) -> Shown:
    """The block of those without a value: a symbol of the response each, on the line."""
    none = ~valued
    if not none.any():
        return [], []
    codes = parse_responses(table["best"])
    marks: list[Mark] = []
    keys: list[Key] = []
    normal = table["block"] == "normal before"
    kinds = [(normal, "normal before therapy", palette.NORMAL)] if normal.any() else []
    for response in sorted(Response, reverse=True):
        rows = none & ~normal & (codes == response)
        if rows.any():
            words = "not assessed" if response == 0 else f"{response.label}, no value"
            look = (palette.SYMBOLS[response], palette.symbol(response), palette.bar(response))
            kinds.append((rows, words if table.facts["known"] else "no value", look))
    for rows, words, (symbol, style, box) in kinds:
        x = place[rows]
        zero = np.zeros(x.size)
        if pitch >= 3.5:
            size = min(4.5, pitch * 0.8)
            marks.append(Points(x, zero, symbol, style, size, dy=6.0))
            keys.append(Key(words, symbol, style))
        else:  # symbols would lie upon each other
            narrow = palette.without_outline(box)
            marks.append(Boxes(x - 0.5, x + 0.5, zero, zero + 5, narrow))
            keys.append(Key(words, "box", narrow))
    first, last = place[none].min() - 0.5, place[none].max() + 0.5
    head = [f"no bar: {int(none.sum()):,}"]
    marks.append(Line([first, last], [0, 0], Style(line=INK, width=0.7)))
    marks.append(Words([last], [top], head, "end", SMALL, PALE, dy=-SMALL))
    return marks, keys


def _limits(table: FigureTable, edge: float, free: float) -> list[Mark]:
    """The limits of the criteria up to the last bar, with their words where no bar stands."""
    marks: list[Mark] = []
    for limit in table.limits:
        marks.append(Line([-0.5, edge], [limit.value, limit.value], palette.LIMIT))
        if limit.value < 0:  # large rises stand at the left, so that below the line is free
            marks.append(
                Words([-0.5], [limit.value], [limit.words], "start", SMALL, PALE, dx=3, dy=-7.5)
            )
        else:
            marks.append(Words([free], [limit.value], [limit.words], "end", SMALL, PALE, dy=2.5))
    return marks


def _said(table: FigureTable) -> str:
    """The figure in words."""
    if table.missing:
        return table.missing
    valued = table["percent"][table["block"] == "change"]
    counts = ", ".join(
        f"{int((table['best'] == r.label).sum())} {r.label}"
        for r in sorted(Response, reverse=True)
        if (table["best"] == r.label).any()
    )
    span = ""
    if valued.size:
        span = f" from {signed(valued.max())} to {signed(valued.min())} %"
    best = f" Best responses: {counts}." if table.facts["known"] else ""
    return f"Bars of {valued.size} patients{span}, the largest rise first.{best} {table.caption}"
