"""The small figure of a result in a notebook, where somebody can draw it.

Results are made by links, figures by the rim, which no link imports. So the package itself says once
who draws (`drawn_by`), and a result asks here: it gets its figure, or "".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_drawers: list[Callable[[Any], str]] = []


def drawn_by(draw: Callable[[Any], str]) -> None:
    """From now on ``draw`` makes the figure of each result, as HTML; "" for those that have none."""
    _drawers[:] = [draw]


def figure_of(result: Any) -> str:
    """The figure of a result as HTML, or "" where there is none.

    >>> figure_of(None)
    ''
    """
    return "".join(draw(result) for draw in _drawers)
