"""The computed table behind each figure: plain columns, for ggplot, Altair, Plotly or a look.

One function a figure. Arrays, what `nettumor.assess` returns, and plain tables go in; a
`FigureTable` comes out, with the caption, the limits and the missing piece, where there is one, in
words. Needs no matplotlib.
"""

from nettumor.plots.data.bars import waterfall
from nettumor.plots.data.courses import spider
from nettumor.plots.data.figure_table import FigureTable, Limit
from nettumor.plots.data.lanes import swimmer
from nettumor.plots.data.marker_bars import marker_waterfall
from nettumor.plots.data.one_patient import profile
from nettumor.plots.data.pairs import agreement
from nettumor.plots.data.studies import forest
from nettumor.plots.data.survival_steps import kaplan_meier

__all__ = [
    "FigureTable",
    "Limit",
    "agreement",
    "forest",
    "kaplan_meier",
    "marker_waterfall",
    "profile",
    "spider",
    "swimmer",
    "waterfall",
]
