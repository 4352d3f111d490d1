"""Colours that hold in grey and for the colour-blind, and that never stand alone."""

from itertools import combinations

import pytest

from nettumor.plots import marks, palette
from nettumor.terminology import Response
from reference.colour import SEEN_BY, contrast, distance, seen

SMALLEST = 10.0
"""Of CIELAB: about 4 times what a trained eye just tells apart (2.3, Mahy et al. 1994)."""

FILLS = {r: colour for r, colour in palette.FILLS.items() if r != Response.MISSING}


@pytest.mark.parametrize("eye", sorted(SEEN_BY))
@pytest.mark.parametrize("colours", [FILLS.values(), palette.GROUPS], ids=["responses", "groups"])
def test_colours_are_apart_for_everybody(colours, eye):
    """Any two colours that can stand side by side differ by 10 or more, in full colour, for the
    three kinds of colour-blindness, and in grey."""
    assert min(distance(a, b, eye) for a, b in combinations(colours, 2)) >= SMALLEST


def test_colour_is_never_alone():
    """Responses that share a fill differ by a hatch; each has its symbol, shared only where one is
    hollow; each group has its dash."""
    looks = [(palette.FILLS[r], palette.HATCHES.get(r, "")) for r in Response]
    assert len(set(looks)) == len(Response)
    symbols = [(palette.SYMBOLS[r], palette.symbol(r).fill == "#ffffff") for r in Response]
    assert len(set(symbols)) == len(Response)
    lines = [palette.group(i) for i in range(36)]
    assert len({(line.line, line.dash) for line in lines}) == 36
    assert len({line.dash for line in lines[:6]}) == 6


def test_text_can_be_read():
    """Text has a contrast of at least 4.5 to 1 on white (WCAG 2.2, 1.4.3) and 6 points or more."""
    for colour in (marks.INK, marks.PALE):
        assert contrast(colour, "#ffffff") >= 4.5
    assert min(marks.SMALL, marks.MEDIUM, marks.LARGE) >= 6
    assert 6.6 < contrast(marks.PALE, "#ffffff") < 6.8
    assert seen("#ffffff", "grey")[0] == pytest.approx(100, abs=0.01)
