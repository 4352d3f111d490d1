"""A page as SVG: titled, described, text as text, nothing but the standard library.

Only presentation attributes are written, no style sheet and no ``style=``: a page that forbids both
(content security policy) shows the picture all the same. Identifiers come from the content, so that
the same figure has the same bytes and two figures on one page do not disturb each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from nettumor.plots.marks import (
    FAINT,
    INK,
    LARGE,
    MEDIUM,
    PALE,
    SMALL,
    Boxes,
    Drawing,
    Line,
    Mark,
    Points,
    Style,
    Words,
)
from nettumor.plots.page import POINTS_PER_MM, Page, Placed, lay_out

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

_MARKER = "figure-id"
"""Stands for the identifier until the content, and so the identifier, is known."""

Place = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def write(drawing: Drawing, width: float) -> str:
    """The drawing as the text of an SVG file, ``width`` mm wide."""
    page = lay_out(drawing, width * POINTS_PER_MM)
    hatches: dict[str, str] = {}
    body = [f'<rect width="{_n(page.width)}" height="{_n(page.height)}" fill="#ffffff"/>']
    for i, line in enumerate(page.title):
        y = page.title_top + (i + 0.85) * LARGE * 1.25
        body.append(_text(3, y, line, LARGE, INK, "start", bold=True))
    for place in page.panels:
        body += _panel(place, page, hatches)
    body += [part for mark in page.outside for part in _mark(mark, _as_is, _as_is, hatches)]
    defined = f"<defs>{''.join(hatches.values())}</defs>" if hatches else ""
    content = (
        f'<title id="{_MARKER}-title">{escape(drawing.title)}</title>'
        f'<desc id="{_MARKER}-desc">{escape(drawing.description)}</desc>{defined}' + "\n".join(body)
    )
    name = f"f{hashlib.sha256(content.encode()).hexdigest()[:10]}"
    size = (
        f'width="{width:g}mm" height="{_n(page.height / page.width * width)}mm" '
        f'viewBox="0 0 {_n(page.width)} {_n(page.height)}"'
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
        f'aria-labelledby="{_MARKER}-title {_MARKER}-desc" font-family="{FONT}">'
    )
    return f"{head}{content}</svg>\n".replace(_MARKER, name)


def _as_is(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values


def _panel(place: Placed, page: Page, hatches: dict[str, str]) -> list[str]:
    """The frame, the marks cut to the panel, and the words that may stand over its edge."""
    x, y, w, h = (_n(v) for v in (place.left, place.top, place.width, place.height))
    if page.missing:
        out = [f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="none" stroke="{FAINT}"/>']
        middle = place.top + place.height / 2 - (len(page.missing) - 1) * LARGE * 0.625
        for i, line in enumerate(page.missing):
            at = middle + i * LARGE * 1.25 + LARGE * 0.35
            out.append(_text(place.left + place.width / 2, at, line, LARGE, PALE, "middle"))
        return out
    out = _grid(place)
    scale_x, scale_y = np.vectorize(place.x_at), np.vectorize(place.y_at)
    cut = f"{_MARKER}-c{_n(place.top).replace('.', '_')}"
    hatches[cut] = (
        f'<clipPath id="{cut}"><rect x="{_n(place.left - 3)}" y="{_n(place.top - 3)}" '
        f'width="{_n(place.width + 6)}" height="{_n(place.height + 6)}"/></clipPath>'
    )
    words = [m for m in place.panel.marks if isinstance(m, Words)]
    rest = [m for m in place.panel.marks if not isinstance(m, Words)]
    out.append(f'<g clip-path="url(#{cut})">')
    out += [part for mark in rest for part in _mark(mark, scale_x, scale_y, hatches)]
    out.append("</g>")
    out += _frame(place)
    return out + [part for mark in words for part in _mark(mark, scale_x, scale_y, hatches)]


def _grid(place: Placed) -> list[str]:
    if not place.panel.grid:
        return []
    right = place.left + place.width
    d = "".join(
        f"M{_n(place.left)} {_n(place.y_at(v))}H{_n(right)}" for v, _ in place.panel.y.ticks
    )
    return [f'<path d="{d}" fill="none" stroke="#ececec" stroke-width="0.5"/>']


def _frame(place: Placed) -> list[str]:
    """The axes with their ticks and words."""
    panel, bottom = place.panel, place.top + place.height
    d, out = "", []
    if panel.x.line:
        d += f"M{_n(place.left)} {_n(bottom)}H{_n(place.left + place.width)}"
    if panel.y.line:
        d += f"M{_n(place.left)} {_n(place.top)}V{_n(bottom)}"
    for (value, _), words in zip(panel.x.ticks, place.x_words, strict=True):
        x = place.x_at(value)
        d += f"M{_n(x)} {_n(bottom)}v3" if panel.x.line else ""
        if panel.x.turned:
            out.append(_text(x + 2.2, bottom + 4, words, SMALL, INK, "end", rotate=True))
        else:
            out.append(_text(x, bottom + 10.5, words, MEDIUM, INK, "middle"))
    for (value, _), words in zip(panel.y.ticks, place.y_words, strict=True):
        y = place.y_at(value)
        d += f"M{_n(place.left)} {_n(y)}h-3" if panel.y.line else ""
        out.append(_text(place.left - 5, y + MEDIUM * 0.35, words, MEDIUM, INK, "end"))
    if panel.x.label:
        y = bottom + place.below + 8
        out.append(_text(place.left + place.width / 2, y, panel.x.label, MEDIUM, INK, "middle"))
    if panel.y.label:
        middle = place.top + place.height / 2
        out.append(_text(9.5, middle, panel.y.label, MEDIUM, INK, "middle", rotate=True))
    if d:
        out.insert(0, f'<path d="{d}" fill="none" stroke="{INK}" stroke-width="0.6"/>')
    return out


def _mark(mark: Mark, scale_x: Place, scale_y: Place, hatches: dict[str, str]) -> list[str]:
    """One mark as elements."""
    if not mark.x0.size if isinstance(mark, Boxes) else not mark.x.size:
        return []
    if isinstance(mark, Boxes):
        return [_boxes(mark, scale_x, scale_y, hatches)]
    xs, ys = scale_x(mark.x), scale_y(mark.y)
    if isinstance(mark, Line):
        d = _path(xs, ys) + ("Z" if mark.closed else "")
        return [f'<path d="{d}" {_paint(mark.style, hatches)}/>'] if d != "Z" else []
    known = np.isfinite(xs) & np.isfinite(ys)
    xs, ys = xs + mark.dx, ys - mark.dy
    if isinstance(mark, Points):
        d = "".join(
            _symbol(mark.symbol, x, y, mark.size / 2)
            for x, y in zip(xs[known].tolist(), ys[known].tolist(), strict=True)
        )
        return [f'<path d="{d}" {_paint(mark.style, hatches)}/>'] if d else []
    return [
        _text(x, y, t, mark.size, mark.colour, mark.anchor, mark.rotate, mark.bold)
        for x, y, t, shown in zip(xs.tolist(), ys.tolist(), mark.text, known.tolist(), strict=True)
        if shown and t
    ]


def _boxes(mark: Boxes, scale_x: Place, scale_y: Place, hatches: dict[str, str]) -> str:
    """All rectangles of one style in one path: of 2,000 bars some 20 bytes each."""
    x0, x1 = scale_x(mark.x0), scale_x(mark.x1)
    y0, y1 = scale_y(mark.y0), scale_y(mark.y1)
    known = np.isfinite(x0) & np.isfinite(x1) & np.isfinite(y0) & np.isfinite(y1)
    ends = zip(*(v[known].tolist() for v in (x0, x1, y0, y1)), strict=True)
    wide = np.abs(x1 - x0)[known]
    style = mark.style
    outlined = style.line and style.width
    if wide.size > 50 and not style.hatch and not outlined and np.ptp(wide) < 0.01:
        # Bars of one width are strokes: half the bytes of rectangles.
        d = "".join(f"M{_n((a + b) / 2)} {_n(c)}V{_n(e)}" for a, b, c, e in ends)
        paint = f'fill="none" stroke="{style.fill}" stroke-width="{wide[0]:.3g}"'
        return f'<path d="{d}" {paint}/>'
    d = "".join(f"M{_n(a)} {_n(c)}H{_n(b)}V{_n(e)}H{_n(a)}Z" for a, b, c, e in ends)
    return f'<path d="{d}" {_paint(style, hatches)}/>' if d else ""


def _path(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> str:
    """A polyline that breaks where a coordinate is NaN."""
    out, pen, before = [], "M", ("", "")
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if x != x or y != y:
            pen = "M"
            continue
        here = (_n(x), _n(y))
        if pen == "L" and here[1] == before[1]:  # the stairs of a curve take half the bytes so
            out.append(f"H{here[0]}")
        elif pen == "L" and here[0] == before[0]:
            out.append(f"V{here[1]}")
        else:
            out.append(f"{pen}{here[0]} {here[1]}")
        pen, before = "L", here
    return "".join(out)


def _symbol(symbol: str, x: float, y: float, r: float) -> str:
    """The outline of a symbol around a place."""
    if symbol == "circle":
        return f"M{_n(x - r)} {_n(y)}a{_n(r)} {_n(r)} 0 1 0 {_n(2 * r)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(-2 * r)} 0Z"
    if symbol in STROKES:
        return "".join(
            f"M{_n(x + a * r)} {_n(y - b * r)}L{_n(x + c * r)} {_n(y - d * r)}"
            for a, b, c, d in STROKES[symbol]
        )
    corners = [f"{_n(x + a * r)} {_n(y - b * r)}" for a, b in SHAPES[symbol]]
    return f"M{'L'.join(corners)}Z"


_STAR = [
    (f * float(np.cos(a)), f * float(np.sin(a)))
    for i in range(10)
    for a, f in [(np.pi / 2 + i * np.pi / 5, 1.35 if i % 2 == 0 else 0.55)]
]
SHAPES: dict[str, Sequence[tuple[float, float]]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "up": ((-1.05, -0.85), (1.05, -0.85), (0, 1.1)),
    "down": ((-1.05, 0.85), (1.05, 0.85), (0, -1.1)),
    "right": ((-0.85, -1.05), (-0.85, 1.05), (1.1, 0)),
    "left": ((0.85, -1.05), (0.85, 1.05), (-1.1, 0)),
    "diamond": ((-1.2, 0), (0, 1.2), (1.2, 0), (0, -1.2)),
    "star": _STAR,
}
"""Outlines of the filled symbols, half their size as unit, y upwards; both writers use them."""

STROKES: dict[str, Sequence[tuple[float, float, float, float]]] = {
    "cross": ((-0.8, -0.8, 0.8, 0.8), (-0.8, 0.8, 0.8, -0.8)),
    "plus": ((-1, 0, 1, 0), (0, -1, 0, 1)),
    "tick": ((0, -1, 0, 1),),
    "dash": ((-1, 0, 1, 0),),
}
"""Symbols that are strokes."""


def _paint(style: Style, hatches: dict[str, str]) -> str:
    """The attributes of a style."""
    fill = style.fill or "none"
    if style.hatch:
        fill = f"url(#{_hatch(style, hatches)})"
    out = f'fill="{fill}"'
    if style.line and style.width and (not style.hatch or style.line != "#ffffff"):
        out += f' stroke="{style.line}" stroke-width="{_n(style.width)}"'
        if style.dash:
            out += f' stroke-dasharray="{" ".join(_n(v) for v in style.dash)}"'
    return out if style.opacity == 1 else f'{out} opacity="{_n(style.opacity)}"'


def _hatch(style: Style, hatches: dict[str, str]) -> str:
    """The name of the pattern of a style, which is defined on first use."""
    angle = {"/": 45, "\\": -45, "-": 90}[style.hatch]
    name = f"{_MARKER}-{style.fill[1:]}{style.line[1:]}{angle % 180}"
    hatches[name] = (
        f'<pattern id="{name}" width="3" height="3" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({angle})"><rect width="3" height="3" fill="{style.fill}"/>'
        f'<path d="M0 0V3" stroke="{style.line}" stroke-width="1.4"/></pattern>'
    )
    return name


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str,
    anchor: str,
    rotate: bool = False,
    bold: bool = False,
) -> str:
    turned = f' transform="rotate(-90 {_n(x)} {_n(y)})"' if rotate else ""
    weight = ' font-weight="bold"' if bold else ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{colour}"{where}{weight}'
        f"{turned}>{escape(text, quote=False)}</text>"
    )


def _n(value: float) -> str:
    """A coordinate: hundredths of a point, no more digits than needed."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written
