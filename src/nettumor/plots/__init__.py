"""Figures of response assessment, right where the usual ones mislead.

Which patients responded, for how long, and how sure is it? `waterfall`, `spider`, `swimmer`,
`kaplan_meier`, `forest`, `profile`, `agreement` and `marker_waterfall` draw on matplotlib's Axes
(extra ``plots``); the functions of the same names in `svg` write SVG without any dependency, and
those in `data` give the computed table behind each. Sources: see each function. What is missing is
said in the figure; nothing else is drawn in its place.

A figure is 84 or 174 mm wide, its text 6 points or more, its colours hold in grey and for the
colour-blind, and none says anything alone. The same input has the same bytes (`save` for matplotlib).
"""

from nettumor.plots import data, svg
from nettumor.plots.axes_writer import save
from nettumor.plots.figures import (
    agreement,
    forest,
    kaplan_meier,
    marker_waterfall,
    profile,
    spider,
    swimmer,
    waterfall,
)

__all__ = [
    "agreement",
    "data",
    "forest",
    "kaplan_meier",
    "marker_waterfall",
    "profile",
    "save",
    "spider",
    "svg",
    "swimmer",
    "waterfall",
]
