"""Drawings: what each figure is made of, from its table; one module a figure.

A drawing is in the data's coordinates and knows nothing of SVG or matplotlib; both writers draw it.
"""

from nettumor.plots.drawings.bars import waterfall
from nettumor.plots.drawings.courses import spider
from nettumor.plots.drawings.lanes import swimmer
from nettumor.plots.drawings.one_patient import profile
from nettumor.plots.drawings.pairs import agreement
from nettumor.plots.drawings.studies import forest
from nettumor.plots.drawings.survival_steps import kaplan_meier

marker_waterfall = waterfall
"""Bars are bars."""

__all__ = [
    "agreement",
    "forest",
    "kaplan_meier",
    "marker_waterfall",
    "profile",
    "spider",
    "swimmer",
    "waterfall",
]
