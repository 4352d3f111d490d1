"""What a figure is made of before anybody draws it: marks in data coordinates, panels, a legend.

One drawing serves both writers (`nettumor.plots.svg` and matplotlib), so that both show the same.
Marks hold arrays; where a value is NaN a line breaks and a point is left out. Lengths that are no
data (text, symbols, widths) are points (1/72 inch). No numbers of a study are computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen

from nettumor._arrays import Floats

SMALL = 6.5
"""Size of text beside data, points: journals ask for 6 and more."""

MEDIUM = 7.0
"""Size of ticks, legends and captions, points."""

LARGE = 8.5
"""Size of titles, points."""

INK, PALE, FAINT = "#222222", "#5c5c5c", "#c9c9c9"
"""Text; second text (6.7 to 1 on white, above the 4.5 of WCAG 2.2, 1.4.3); frames and grids."""


def floats(values: Any) -> Floats:
    """Coordinates as float64."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


@frozen
class Style:
    """How a mark looks. ``fill`` or ``line`` "": none. ``hatch``: "", "/" , "\\\\", "-"."""

    fill: str = ""
    line: str = ""
    width: float = 0.75
    dash: tuple[float, ...] = ()
    hatch: str = ""
    opacity: float = 1.0


@frozen(eq=False)
class Boxes:
    """Rectangles."""

    x0: Floats = field(converter=floats)
    x1: Floats = field(converter=floats)
    y0: Floats = field(converter=floats)
    y1: Floats = field(converter=floats)
    style: Style


@frozen(eq=False)
class Line:
    """A polyline; ``closed`` makes it an area."""

    x: Floats = field(converter=floats)
    y: Floats = field(converter=floats)
    style: Style
    closed: bool = False


@frozen(eq=False)
class Points:
    """Symbols: circle, square, up, down, left, right, diamond, star, cross, plus, tick, dash.

    ``dx`` and ``dy`` move them by points; y counts upwards.
    """

    x: Floats = field(converter=floats)
    y: Floats = field(converter=floats)
    symbol: str
    style: Style
    size: float = 4.5
    dx: float = 0.0
    dy: float = 0.0


@frozen(eq=False)
class Words:
    """Texts at places; ``anchor`` "start", "middle" or "end"; ``dy`` counts upwards from the base."""

    x: Floats = field(converter=floats)
    y: Floats = field(converter=floats)
    text: Sequence[str]
    anchor: str = "middle"
    size: float = SMALL
    colour: str = INK
    dx: float = 0.0
    dy: float = 0.0
    rotate: bool = False
    bold: bool = False


Mark: TypeAlias = Boxes | Line | Points | Words


@frozen
class Axis:
    """A linear axis from ``low`` to ``high``; ``ticks`` are (value, words), ``turned`` upright."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    label: str = ""
    line: bool = True
    turned: bool = False


@frozen(eq=False)
class Column:
    """Texts to the right of a panel, each at a y of the data."""

    head: str
    y: Floats = field(converter=floats)
    text: Sequence[str]


@frozen(eq=False)
class Row:
    """Texts below a panel, each at an x of the data; ``text`` empty: a heading."""

    head: str
    x: Floats = field(converter=floats)
    text: Sequence[str]
    colour: str = INK
    bold: bool = False


@frozen(eq=False)
class Panel:
    """Marks on two axes, ``height`` points high."""

    x: Axis
    y: Axis
    marks: Sequence[Mark]
    height: float = 170.0
    right: Sequence[Column] = ()
    below: Sequence[Row] = ()
    grid: bool = False


@frozen(eq=False)
class Key:
    """An entry of the legend: ``sample`` "box", "line" or a symbol of `Points`."""

    words: str
    sample: str
    style: Style


@frozen(eq=False)
class Drawing:
    """A whole figure. ``description`` says in words what it shows, for who cannot see it;
    ``missing``: what is not there, so that nothing can be drawn."""

    title: str
    description: str
    panels: Sequence[Panel]
    keys: Sequence[Key] = ()
    notes: Sequence[str] = ()
    missing: str = ""


def ticks_of(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Round values from ``low`` to ``high``, at most ``most`` of them, 1, 2 or 5 times a power of 10
    apart.
    """
    span = high - low
    if not np.isfinite(span) or span <= 0:
        return (low,)
    power = 10.0 ** np.floor(np.log10(span / most))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            break
    return tuple(float(f"{i * step:.12g}") for i in np.arange(first, last + 1))


def number(value: float) -> str:
    """A number as it stands on an axis, with a true minus."""
    return f"{value + 0.0:,.6g}".replace("-", "\N{MINUS SIGN}")


def signed(value: float, digits: int = 0) -> str:
    """A change with its sign; 0 has none."""
    written = f"{value:+,.{digits}f}"
    if float(written.replace(",", "")) == 0:
        written = written[1:]
    return written.replace("-", "\N{MINUS SIGN}")
