"""A drawing on a page: where its panels stand, and all that stands around them, in points.

The width is that of a journal's column, the height follows from what is drawn. Marks outside the
panels (title, legend, columns, rows, notes) come out in points from the upper left corner; y counts
downwards here, as on paper.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve, frozen

from nettumor.errors import InputError
from nettumor.plots.marks import (
    INK,
    LARGE,
    MEDIUM,
    PALE,
    SMALL,
    Boxes,
    Drawing,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Words,
)
from nettumor.plots.text_widths import shortened, width_of, wrapped

POINTS_PER_MM = 72 / 25.4
WIDTHS = (84, 174)
"""One and two columns of a journal, mm."""

_EDGE, _GAP, _LEAD = 3.0, 6.0, 1.25
_TICKS, _AXIS_WORDS = 13.0, 11.0
"""Room for the ticks' words below a panel, and for the axis's own."""
BOLD = 1.18
"""How much wider bold letters are (DejaVu Sans; Helvetica's a little less)."""
_LONGEST = 62.0
"""The longest name of a subject that stands upright below a bar, points."""


@frozen(eq=False)
class Placed:
    """A panel with its rectangle, the words of its ticks as they fit, and the room of those below."""

    panel: Panel
    left: float
    top: float
    width: float
    height: float
    x_words: tuple[str, ...]
    y_words: tuple[str, ...]
    below: float

    def x_at(self, value: float) -> float:
        """Points from the left edge of the page."""
        axis = self.panel.x
        return self.left + (value - axis.low) / (axis.high - axis.low) * self.width

    def y_at(self, value: float) -> float:
        """Points from the upper edge of the page."""
        axis = self.panel.y
        return self.top + (axis.high - value) / (axis.high - axis.low) * self.height


@frozen(eq=False)
class Page:
    """A laid-out drawing; ``outside`` in points from the upper left corner."""

    width: float
    height: float
    panels: tuple[Placed, ...]
    outside: tuple[Mark, ...]
    title: tuple[str, ...]
    title_top: float
    missing: tuple[str, ...]


def column_width(width: float) -> int:
    """The width of a journal's column, mm, checked."""
    if width not in WIDTHS:
        raise InputError(
            f"`width` must be 84 or 174 mm, one or two columns of a journal; got {width!r}. Scale "
            "the picture afterwards for other uses.",
            argument="width",
        )
    return int(width)


def lay_out(
    drawing: Drawing, width: float, factor: float = 1.0, panel_width: float | None = None
) -> Page:
    """The drawing on a page ``width`` points wide; letters are ``factor`` times as wide as
    Helvetica's. ``panel_width``: the panels have this width, and the page what they need around
    them.
    """
    about = width if panel_width is None else 1.4 * panel_width
    left, y_words = _left(drawing, about, factor)
    columns = [_column_widths(panel, factor) for panel in drawing.panels]
    right = max([_GAP, *(sum(w) + _GAP for w in columns if w)])
    right = max(right, _beyond(drawing, factor))
    if panel_width is not None:
        width = left + panel_width + right
    inner = width - left - right
    outside: list[Mark] = []
    title = tuple(wrapped(drawing.title, LARGE, width - 2 * _EDGE, BOLD * factor))
    y = _EDGE + len(title) * LARGE * _LEAD + (2 if title else 0)
    y = _legend(drawing.keys, outside, y, width, factor)
    placed = []
    for panel, words, widths in zip(drawing.panels, y_words, columns, strict=True):
        if any(column.head for column in panel.right):
            y += MEDIUM * _LEAD
        y += _above(panel, factor)
        x_words, below = _x_words(panel, factor)
        panel = _with_short_labels(panel, inner, factor)
        place = Placed(panel, left, y, inner, panel.height, x_words, words, below)
        placed.append(place)
        _columns(place, widths, outside)
        y += panel.height + below + (_AXIS_WORDS if panel.x.label else 0)
        y = _rows(place, outside, y, factor) + _GAP
    for note in drawing.notes:
        for line in wrapped(note, SMALL, width - 2 * _EDGE, factor):
            y += SMALL * _LEAD
            outside.append(Words(_EDGE, y, [line], "start", SMALL, PALE))
    missing = wrapped(drawing.missing, LARGE, inner - 2 * _GAP, factor) if drawing.missing else []
    return Page(width, y + _EDGE, tuple(placed), tuple(outside), title, _EDGE, tuple(missing))


def _with_short_labels(panel: Panel, width: float, factor: float) -> Panel:
    """The panel with the words of its axes cut to the length of the axes, and of the room at their
    ends.
    """
    x = shortened(panel.x.label, MEDIUM, width, factor)
    y = shortened(panel.y.label, MEDIUM, panel.height + _TICKS + _AXIS_WORDS, factor)
    return evolve(panel, x=evolve(panel.x, label=x), y=evolve(panel.y, label=y))


def _x_words(panel: Panel, factor: float) -> tuple[tuple[str, ...], float]:
    """The words of the x ticks, and the room they take below the panel."""
    if not panel.x.turned:
        return tuple(w for _, w in panel.x.ticks), _TICKS if panel.x.ticks else 3.0
    words = tuple(shortened(w, SMALL, _LONGEST, factor) for _, w in panel.x.ticks)
    return words, 6 + max((width_of(w, SMALL, factor) for w in words), default=0.0)


def _above(panel: Panel, factor: float) -> float:
    """Room above a panel for words that stand on its upper edge."""
    return _GAP + max(
        (
            m.dy
            + (
                max((width_of(w, m.size, factor) for w in m.text), default=0.0)
                if m.rotate
                else m.size
            )
            for m in panel.marks
            if isinstance(m, Words) and m.y.max(initial=-np.inf) >= panel.y.high
        ),
        default=0.0,
    )


def _beyond(drawing: Drawing, factor: float) -> float:
    """Room to the right for half of the last tick's words, and for words that end a line."""
    room = 0.0
    for panel in drawing.panels:
        if panel.x.ticks and not panel.x.turned:
            room = max(room, width_of(panel.x.ticks[-1][1], MEDIUM, factor) / 2 + 2)
        for mark in panel.marks:
            if isinstance(mark, Words) and mark.anchor == "start" and mark.dx > 0:
                at_edge = [t for t, x in zip(mark.text, mark.x, strict=True) if x >= panel.x.high]
                room = max([room, *(width_of(t, mark.size, factor) + 6 for t in at_edge)])
    return room


def _left(drawing: Drawing, width: float, factor: float) -> tuple[float, list[tuple[str, ...]]]:
    """Room to the left of the panels, and the words of their y ticks cut to two fifths of the
    page.
    """
    words = [
        tuple(
            shortened(w, MEDIUM, (0.32 if panel.right else 0.4) * width, factor)
            for _, w in panel.y.ticks
        )
        for panel in drawing.panels
    ]
    room = 0.0
    for panel, shown in zip(drawing.panels, words, strict=True):
        need = max((width_of(w, MEDIUM, factor) for w in shown), default=0.0) + 6
        need += 13 if panel.y.label else 0
        heads = [row.head for row in panel.below if row.text]
        need = max([need, *(width_of(head, SMALL, factor) + 12 for head in heads)])
        room = max(room, need)
    return _EDGE + room, words


def _column_widths(panel: Panel, factor: float) -> list[float]:
    return [
        _GAP
        + max(
            BOLD * width_of(column.head, MEDIUM, factor),
            *(width_of(t, MEDIUM, factor) for t in column.text),
        )
        for column in panel.right
    ]


def _columns(place: Placed, widths: Sequence[float], outside: list[Mark]) -> None:
    """The columns to the right of a panel, their texts right-aligned."""
    x = place.left + place.width + _GAP
    for column, width in zip(place.panel.right, widths, strict=True):
        x += width
        ys = [place.y_at(v) + MEDIUM * 0.35 for v in column.y]
        outside.append(Words([x - _GAP] * len(ys), ys, column.text, "end", MEDIUM))
        outside.append(Words(x - _GAP, place.top - 4, [column.head], "end", MEDIUM, INK, bold=True))


def _rows(place: Placed, outside: list[Mark], y: float, factor: float) -> float:
    """The rows below a panel; returns where they end."""
    for row in place.panel.below:
        y += SMALL * _LEAD + (3 if row.bold else 0)
        if row.head:
            room = place.left + place.width - _EDGE if not row.text else np.inf
            head = shortened(row.head, SMALL, room, BOLD * factor if row.bold else factor)
            outside.append(Words(_EDGE, y, [head], "start", SMALL, row.colour, bold=row.bold))
        if row.text:
            xs = [place.x_at(v) for v in row.x]
            outside.append(Words(xs, [y] * len(xs), row.text, "middle", SMALL, row.colour))
    return y


def _legend(
    keys: Sequence[Key], outside: list[Mark], y: float, width: float, factor: float
) -> float:
    """The legend, as many entries in a line as fit; returns where it ends."""
    x, line = _EDGE, MEDIUM * 1.45
    for i, key in enumerate(keys):
        words = shortened(key.words, MEDIUM, width - 2 * _EDGE - 17, factor)
        need = 17 + width_of(words, MEDIUM, factor)
        if x > _EDGE and x + need > width - _EDGE:
            x, y = _EDGE, y + line
        if i == 0:
            y += line
        middle = y - MEDIUM * 0.33
        outside += [_sample(key, x, middle), Words(x + 16, y, [words], "start", MEDIUM)]
        x += need + 9
    return y + (2 if keys else 0)


def _sample(key: Key, x: float, y: float) -> Mark:
    if key.sample == "box":
        return Boxes(x, x + 12, y - 3, y + 3, key.style)
    if key.sample == "line":
        return Line([x, x + 13], [y, y], key.style)
    return Points(x + 6, y, key.sample, key.style, size=5)
