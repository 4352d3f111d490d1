"""Pictures of what nobody should draw and somebody does: long names, numbers beyond the axis, nothing."""

import math

import pytest

import nettumor as nt

matplotlib = pytest.importorskip("matplotlib")
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402 - after it is known
from matplotlib.text import Text  # noqa: E402 - the same

LONG = "A very long name of a patient or an arm that nobody would write but some do, number 1"


@pytest.mark.parametrize(
    ("figure", "arguments", "given"),
    [
        ("waterfall", ([-40.0, 300.0],), {"best": ["PR", "PD"], "title": LONG, "subject": [LONG, LONG]}),
        ("waterfall", ([1e6, -100.0],), {"best": ["PD", "CR"]}),
        ("spider", ([[0, 1e5], [0, -100]], [0, 56]), {"title": LONG}),
        ("swimmer", ({"subject": [LONG, "2"], "last_known_alive": [100, 200]},), {"title": LONG}),
        ("swimmer", ({"subject": ["1", "2"], "last_known_alive": [math.nan] * 2},), {}),
        ("agreement", ([8, 7], [8, 5]), {"first": LONG, "second": LONG}),
        ("marker_waterfall", ([-50.0, 20.0],), {"name": LONG}),
        (
            "forest",
            ({"label": [LONG, "2"], "estimate": [0.5, 0.9], "low": [0.1, 0.8], "high": [0.6, 1]},),
            {"highest": 70},
        ),
        ("profile", (nt.target_response([[60, 40]]),), {"days": [0, 56], "therapy": {"day": [5], "what": [LONG]}}),
        ("kaplan_meier", ([100, 200], [True, False]), {"group": [LONG, "B"], "title": LONG}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("width", [84, 174])
def test_no_word_is_cut_at_the_edge_of_the_picture(figure, arguments, given, width, monkeypatch):
    """Long names, titles and axes, and numbers beyond the axis stay within the picture, as matplotlib
    measures them, and no two words of the head lie on each other.
    """
    ax = getattr(nt.plots, figure)(*arguments, width=width, **given)
    words = []
    draw = Text.draw

    def noted(text, renderer, *more, **also):
        draw(text, renderer, *more, **also)
        if text.get_text().strip() and text.get_visible():
            words.append((text.get_text(), text.get_window_extent(renderer)))

    monkeypatch.setattr(Text, "draw", noted)
    FigureCanvasAgg(ax.figure).draw()
    whole = ax.figure.bbox
    assert words
    for text, box in words:
        assert box.x0 >= whole.x0 - 2, text
        assert box.x1 <= whole.x1 + 2, text
        assert box.y0 >= whole.y0 - 2, text
        assert box.y1 <= whole.y1 + 2, text
    for i, (text, one) in enumerate(words):
        for other_text, other in words[i + 1 :]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert wide <= 2 or high <= 2, (text, other_text)


def test_a_point_beyond_the_axis_is_not_drawn():
    """A study whose estimate lies beyond the axis has its arrow, and no point over the numbers."""
    table = {"label": ["a", "b"], "estimate": [0.3, 0.9], "low": [0.1, 0.2], "high": [0.4, 1.0]}
    svg = nt.plots.svg.forest(table, highest=60)
    assert svg.count("<rect") == nt.plots.svg.forest(
        {name: cells[:1] for name, cells in table.items()}, highest=60
    ).count("<rect")
    with pytest.raises(nt.InputError, match="`estimate` must be shares from 0 to 1; got 30"):
        nt.plots.data.forest({**table, "estimate": [30, 90]})


def test_a_baseline_alone_is_no_line():
    """A spider of which no visit after the baseline has a sum says so."""
    nothing = nt.plots.data.spider([[0, math.nan], [0, math.nan]], [0, 56])
    assert nothing.missing == "No values: no visit has a complete sum beside a baseline."
    some = nt.plots.data.spider([[0, math.nan], [0, -20]], [0, 56])
    assert (some.missing, some.notes[0]) == ("", "1 of 2 patients have a line.")
