"""A drawing on matplotlib's Axes (extra ``plots``): marks in the data's coordinates, so that a user
can go on drawing; title, legend and notes at fixed distances in points from the axes.

No global state is read or changed: a figure is made without pyplot, and what makes saved files the
same every time is set by `save` alone.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import attrs
import numpy as np

from nettumor.errors import InputError, InputTypeError, missing_extra
from nettumor.plots.marks import (
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
from nettumor.plots.svg.writer import SHAPES, STROKES

WIDER = 1.25
"""How much wider matplotlib's own font (DejaVu Sans) is than Helvetica, over English text."""


def module(name: str) -> Any:
    """A module of matplotlib, or the error that says how to install it."""
    try:
        return import_module(name)
    except ImportError:
        raise missing_extra("matplotlib", "plots", "A figure on matplotlib's Axes") from None


def draw(drawing: Drawing, ax: Any, width: float) -> Any:
    """The drawing on ``ax``, or on axes of a new figure ``width`` mm wide; returns the Axes."""
    module("matplotlib")
    if ax is None:
        page = lay_out(drawing, width * POINTS_PER_MM, WIDER)
        ax = _new_axes(page)
    elif not hasattr(ax, "get_window_extent") or not hasattr(ax, "transAxes"):
        raise InputTypeError(
            f"`ax` must be matplotlib's Axes; got {type(ax).__name__}. Pass ax=plt.gca(), or leave "
            "it out for a figure of its own.",
            argument="ax",
        )
    else:
        page = _page_on(drawing, ax)
    if len(page.panels) == 1:
        panels = [ax]
    else:
        panels = _stacked(page, ax)
    for place, axes in zip(page.panels, panels, strict=True):
        _panel(place, axes, page)
    first, last = page.panels[0], page.panels[-1]
    _outside(page, ax, first, last)
    if page.title:
        ax.set_title(
            "\n".join(page.title),
            loc="left",
            x=(3 - first.left) / first.width,
            pad=first.top - page.title_top - len(page.title) * LARGE * 1.25,
            fontsize=LARGE,
            fontweight="bold",
            color=INK,
            linespacing=1.1,
        )
    return ax


def _new_axes(page: Page) -> Any:
    """Axes at the panel's place in a figure of the page's size."""
    figure = module("matplotlib.figure").Figure(figsize=(page.width / 72, page.height / 72))
    first, last = page.panels[0], page.panels[-1]
    bottom = last.top + last.height
    return figure.add_axes(
        (
            first.left / page.width,
            1 - bottom / page.height,
            first.width / page.width,
            (bottom - first.top) / page.height,
        )
    )


def _page_on(drawing: Drawing, ax: Any) -> Page:
    """The page around axes that are there: their size is kept."""
    figure = ax.get_figure()
    box = ax.get_position()
    inches = getattr(figure, "bbox", None)
    dpi = figure.dpi
    width, height = box.width * inches.width / dpi * 72, box.height * inches.height / dpi * 72  # type: ignore[union-attr]
    page = lay_out(drawing, 0, WIDER, panel_width=max(width, 60.0))
    first, last = page.panels[0], page.panels[-1]
    stretch = (height - (last.top + last.height - first.top)) / len(page.panels)
    panels = [attrs.evolve(p, height=max(p.height + stretch, 10.0)) for p in drawing.panels]
    return lay_out(attrs.evolve(drawing, panels=panels), 0, WIDER, panel_width=max(width, 60.0))


def _stacked(page: Page, ax: Any) -> list[Any]:
    """Axes for each panel within the given ones, which become their frame."""
    ax.set_axis_off()
    first, last = page.panels[0], page.panels[-1]
    whole = last.top + last.height - first.top
    out = []
    for place in page.panels:
        low = (last.top + last.height - place.top - place.height) / whole
        out.append(ax.inset_axes((0, low, 1, place.height / whole)))
    return out


def _panel(place: Placed, ax: Any, page: Page) -> None:
    """The axes of a panel and its marks."""
    panel = place.panel
    ax.set_xlim(panel.x.low, panel.x.high)
    ax.set_ylim(panel.y.low, panel.y.high)
    for side, shown in (("top", False), ("right", False), ("bottom", panel.x.line)):
        ax.spines[side].set_visible(shown)
    ax.spines["left"].set_visible(panel.y.line)
    for spine in ax.spines.values():
        spine.set_linewidth(0.6)
        spine.set_color(INK)
    ax.set_xticks([v for v, _ in panel.x.ticks], list(place.x_words))
    ax.set_yticks([v for v, _ in panel.y.ticks], list(place.y_words))
    for words in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        words.set_parse_math(False)
    ax.minorticks_off()
    ax.tick_params(labelsize=MEDIUM, length=3, width=0.6, pad=2, colors=INK)
    if panel.x.turned:
        ax.tick_params(axis="x", labelsize=SMALL, labelrotation=90)
    if not panel.x.line:
        ax.tick_params(axis="x", length=0, pad=4)
    if not panel.y.line:
        ax.tick_params(axis="y", length=0, pad=5)
    ax.set_xlabel(panel.x.label, fontsize=MEDIUM, labelpad=2, color=INK)
    ax.set_ylabel(panel.y.label, fontsize=MEDIUM, color=INK)
    if panel.y.label:
        ax.yaxis.set_label_coords(-(place.left - 9) / place.width, 0.5)
    if page.missing:
        ax.set_xticks([])
        ax.set_yticks([])
        ax.text(
            0.5,
            0.5,
            "\n".join(page.missing),
            transform=ax.transAxes,
            ha="center",
            va="center",
            fontsize=LARGE,
            color=PALE,
        )
        return
    if panel.grid:
        ax.grid(axis="y", color="#ececec", linewidth=0.5)
        ax.set_axisbelow(True)
    for order, mark in enumerate(panel.marks):
        _mark(mark, ax, ax.transData, 2 + order * 0.01, outside=False)


def _outside(page: Page, ax: Any, first: Placed, last: Placed) -> None:
    """What stands around the panels, in points from the corner next to it."""
    from matplotlib.transforms import Affine2D, ScaledTranslation

    figure = ax.get_figure()
    bottom = last.top + last.height

    def from_corner(y: float) -> Any:
        # Above the panels the upper corner is the fixed point, else the lower one.
        if y <= first.top:
            corner, at = (0, 1), first.top
        else:
            corner, at = (0, 0), bottom
        points = Affine2D().translate(-first.left, -at).scale(1 / 72, -1 / 72)
        return points + figure.dpi_scale_trans + ScaledTranslation(*corner, ax.transAxes)

    for mark in page.outside:
        ys = mark.y0 if isinstance(mark, Boxes) else mark.y
        if ys.size:
            _mark(mark, ax, from_corner(float(ys[0])), 3, outside=True)


def _mark(mark: Mark, ax: Any, transform: Any, order: float, *, outside: bool) -> None:
    """One mark as artists."""
    if isinstance(mark, Boxes):
        _boxes(mark, ax, transform, order, outside)
    elif isinstance(mark, Line):
        _line(mark, ax, transform, order, outside)
    elif isinstance(mark, Points):
        _points(mark, ax, transform, order, outside)
    else:
        _words(mark, ax, transform, order)


def _paint(style: Style) -> dict[str, Any]:
    """The properties of a style for a patch or a collection of patches."""
    plain = style.hatch and style.line == "#ffffff"
    out: dict[str, Any] = {
        "facecolor": style.fill or "none",
        "edgecolor": style.line or "none",
        "linewidth": 0 if plain or not style.line else style.width,
        "alpha": None if style.opacity == 1 else style.opacity,
    }
    if style.hatch:
        out["hatch"] = style.hatch * 5
    if style.dash and style.line:
        out["linestyle"] = (0, tuple(v / style.width for v in style.dash))
    return out


def _boxes(mark: Boxes, ax: Any, transform: Any, order: float, outside: bool) -> None:
    from matplotlib.collections import PolyCollection

    corners = np.stack(
        [
            np.stack([mark.x0, mark.x1, mark.x1, mark.x0], axis=-1),
            np.stack([mark.y0, mark.y0, mark.y1, mark.y1], axis=-1),
        ],
        axis=-1,
    )
    corners = corners[np.isfinite(corners).all(axis=(1, 2))]
    if not len(corners):
        return
    ax.add_artist(
        PolyCollection(
            list(corners),
            transform=transform,
            zorder=order,
            clip_on=not outside,
            **_paint(mark.style),
        )
    )


def _line(mark: Line, ax: Any, transform: Any, order: float, outside: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    if mark.closed:
        patch = Polygon(
            np.stack([mark.x, mark.y], axis=-1), closed=True, zorder=order, **_paint(mark.style)
        )
        ax.add_artist(patch)
        patch.set_transform(transform)
        patch.set_clip_on(not outside)
        return
    style = mark.style
    line = Line2D(
        mark.x,
        mark.y,
        color=style.line,
        linewidth=style.width,
        alpha=None if style.opacity == 1 else style.opacity,
        transform=transform,
        zorder=order,
        clip_on=not outside,
        solid_capstyle="butt",
    )
    if style.dash:
        line.set_linestyle((0, tuple(v / style.width for v in style.dash)))
    ax.add_artist(line)


def _points(mark: Points, ax: Any, transform: Any, order: float, outside: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.path import Path
    from matplotlib.transforms import ScaledTranslation

    if mark.dx or mark.dy:
        figure = ax.get_figure()
        transform = transform + ScaledTranslation(
            mark.dx / 72, mark.dy / 72, figure.dpi_scale_trans
        )
    marker: Any = "o"
    if mark.symbol in SHAPES:
        corners = [*SHAPES[mark.symbol], SHAPES[mark.symbol][0]]
        marker = Path(corners, closed=True)
    elif mark.symbol in STROKES:
        strokes = [(a, b) for one in STROKES[mark.symbol] for a, b in (one[:2], one[2:])]
        marker = Path(strokes, [Path.MOVETO, Path.LINETO] * len(STROKES[mark.symbol]))
    # A path as marker is scaled by its longest reach: the same size for all symbols is wanted.
    reach = float(np.abs(marker.vertices).max()) if isinstance(marker, Path) else 1.0
    artist = Line2D(
        mark.x,
        mark.y,
        linestyle="none",
        marker=marker,
        markersize=mark.size * reach,
        markerfacecolor=mark.style.fill or "none",
        markeredgecolor=mark.style.line or mark.style.fill,
        markeredgewidth=mark.style.width,
        transform=transform,
        zorder=order,
        clip_on=False,
    )
    ax.add_artist(artist)


def _words(mark: Words, ax: Any, transform: Any, order: float) -> None:
    for x, y, text in zip(mark.x.tolist(), mark.y.tolist(), mark.text, strict=True):
        if not text or x != x or y != y:
            continue
        ax.annotate(
            text,
            (x, y),
            xycoords=transform,
            xytext=(mark.dx, mark.dy),
            textcoords="offset points",
            annotation_clip=False,
            ha={"start": "left", "middle": "center", "end": "right"}[mark.anchor],
            va="baseline",
            rotation=90 if mark.rotate else 0,
            rotation_mode="anchor",
            fontsize=mark.size,
            color=mark.colour,
            fontweight="bold" if mark.bold else "normal",
            zorder=order + 1,
            parse_math=False,
        )


_SAVED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {},
    "eps": {},
}
"""Formats that `save` writes, with the entries that would differ from run to run left out."""


def save(ax: Any, path: str | os.PathLike[str], *, dpi: float = 300) -> None:
    """A figure in a file, the same bytes each time with the same versions; text stays text.

    Parameters
    ----------
    ax : Axes
        As the functions of `nettumor.plots` return it.
    path : str or path
        Ends with .svg, .pdf, .eps (vector) or .png.
    dpi : float
        Dots per inch of a PNG.

    Raises
    ------
    InputError
        For another ending.

    Returns
    -------
    None

    References
    ----------
    matplotlib, ``svg.hashsalt`` and ``metadata`` of ``savefig``; PDF fonts of type 42 stay text.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from nettumor import plots
    >>> ax = plots.waterfall([-40.0, 10.0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "figure.svg"
    ...     plots.save(ax, file)
    ...     "<svg" in file.read_text(encoding="utf-8")
    True
    """
    if not hasattr(ax, "get_figure") or not isinstance(path, (str, os.PathLike)):
        raise InputTypeError(
            f"`ax` must be Axes, and `path` a name; got {type(ax).__name__} and "
            f'{type(path).__name__}. Write save(ax, "figure.pdf").',
            argument="ax",
        )
    ending = os.fspath(path).rpartition(".")[2].lower()
    if ending not in _SAVED:
        raise InputError(
            f"`path` must end with .svg, .pdf, .eps or .png; got {os.fspath(path)!r}. Name the "
            "format by the ending.",
            argument="path",
        )
    settings = {"svg.hashsalt": "nettumor", "svg.fonttype": "none", "pdf.fonttype": 42}
    settings["ps.fonttype"] = 42
    with module("matplotlib").rc_context(settings):
        ax.get_figure().savefig(path, dpi=dpi, format=ending, metadata=_SAVED[ending])
