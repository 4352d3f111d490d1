"""Colours, hatches and symbols of the responses and of groups, one meaning each in all figures.

They were chosen so that any two that can stand side by side differ in lightness too: printed in grey
and for the colour-blind they stay apart (the smallest distance is held by a test, with the
simulation of Machado et al. 2009, doi 10.1109/TVCG.2009.113). Colour is never alone: a hatch, a
symbol, a dash or a word says the same.
"""

from __future__ import annotations

from attrs import evolve

from nettumor.plots.marks import Style
from nettumor.terminology import Response

_R = Response

FILLS: dict[Response, str] = {
    _R.CR: "#09203c",
    _R.PR: "#185084",
    _R.MR: "#568dc3",
    _R.SD: "#dee2e6",
    _R.NON_CR_NON_PD: "#c1c5cb",
    _R.PD: "#bb420b",
    _R.IUPD: "#e59634",
    _R.NE: "#ffffff",
    _R.MISSING: "#ffffff",
}
"""Fill of each response; any two differ in lightness by 10 of 100, but for the two that are white: what
was not assessed has a hatch."""

HATCHES: dict[Response, str] = {
    _R.PD: "/",
    _R.IUPD: "/",
    _R.MR: "\\",
    _R.NON_CR_NON_PD: "-",
    _R.MISSING: "\\",
}
"""Hatch of each response; the others have none."""

SYMBOLS: dict[Response, str] = {
    _R.CR: "star",
    _R.PR: "circle",
    _R.MR: "up",
    _R.SD: "square",
    _R.NON_CR_NON_PD: "plus",
    _R.PD: "down",
    _R.IUPD: "down",
    _R.NE: "diamond",
    _R.MISSING: "cross",
}
"""Symbol of each response; those of iUPD and NE are hollow."""

GROUPS: tuple[str, ...] = ("#091f3a", "#b03e0b", "#5a9ed9", "#491f6a", "#145641", "#7d7d7d")
"""Line colours of groups (arms), in order."""

DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.5), (6, 1.5, 1.5, 1.5), (3, 1), (8, 3))
"""Dashes of groups, in order: a line is known without its colour."""

LIMIT = Style(line="#5c5c5c", width=0.6, dash=(2, 2))
"""A limit of the criteria."""


NORMAL = (
    "square",
    Style(fill="#ffffff", line="#5c5c5c", width=0.8),
    Style(fill="#ffffff", line="#5c5c5c", width=0.5, hatch="-"),
)
"""Symbol, style and bar of a marker that was normal before therapy."""


def bar(response: Response) -> Style:
    """The style of a bar or a period with this response; white ones have an outline."""
    outline = "#5c5c5c" if response <= Response.NE else ""
    hatch = HATCHES.get(response, "")
    return Style(
        fill=FILLS[response], line=outline or ("#ffffff" if hatch else ""), width=0.5, hatch=hatch
    )


def unconfirmed(response: Response) -> Style:
    """The style of a bar whose response was not confirmed: its outline, with thin strokes."""
    return Style(fill="#ffffff", line=FILLS[response], width=0.6, hatch="\\")


def without_outline(style: Style) -> Style:
    """The style of what is narrower than an outline: plain white becomes grey."""
    fill = "#a0a0a0" if style.fill == "#ffffff" and not style.hatch else style.fill
    return evolve(style, fill=fill, width=0.0)


def symbol(response: Response) -> Style:
    """The style of a point with this response."""
    hollow = response in (_R.NE, _R.IUPD)
    colour = {_R.NE: "#5c5c5c", _R.MISSING: "#5c5c5c", _R.SD: "#8d949c"}.get(
        response, FILLS[response]
    )
    if response in (_R.MISSING, _R.NON_CR_NON_PD):  # strokes, with nothing to fill
        return Style(line="#5c5c5c", width=1.0)
    return Style(fill="#ffffff" if hollow else colour, line=colour, width=0.8)


def group(index: int) -> Style:
    """The line of the group at this place in the legend; 36 groups differ."""
    colours, dashes = len(GROUPS), len(DASHES)
    dash = DASHES[(index + index // colours) % dashes]
    return Style(line=GROUPS[index % colours], width=1.3, dash=dash)
