"""`FigureTable`: what a figure shows, as a table, with the words that stand around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from types import MappingProxyType
from typing import Any

import numpy.typing as npt
from attrs import frozen

from nettumor.errors import InputError, text
from nettumor.tables import Table


@frozen
class Limit:
    """A limit of the criteria on the axis of a figure.

    Attributes
    ----------
    value : float
        Where it stands, percent.
    words : str
        What is written beside it.

    Examples
    --------
    >>> from nettumor.plots import data
    >>> data.waterfall([-40.0], criteria="who-1981").limits[0].value
    -50.0
    """

    value: float
    words: str


class FigureTable(Table):
    """The computed table behind a figure: plain columns, for any library that draws.

    Parameters
    ----------
    columns : mapping of str to array_like, shape (n,)
        What is drawn, a row for each bar, point, segment, step or cell.
    figure : str
        "waterfall", "spider", "swimmer", "kaplan_meier", "forest", "profile", "agreement" or
        "marker_waterfall".
    title : str
        What stands above the figure.
    notes : sequence of str
        The caption, computed: a sentence each.
    missing : str
        What is not there, so that nothing can be drawn ("No patients: ..."); "" where all is.
    limits : sequence of Limit
        Limits of the criteria: ``.value`` and ``.words``.
    more : mapping of str to Table
        Further tables of the figure (of Kaplan-Meier ``at_risk``, ``summary``).
    facts : mapping of str to object
        Single values that the drawing needs: the ends of an axis, its words, a count.

    Examples
    --------
    >>> from nettumor.plots import data
    >>> bars = data.waterfall([-40.0, 10.0], best=["PR", "SD"], criteria="recist-1.1")
    >>> bars["percent"].tolist(), [limit.value for limit in bars.limits]
    ([10.0, -40.0], [-30.0, 20.0])
    """

    def __init__(
        self,
        columns: Mapping[str, npt.ArrayLike],
        *,
        figure: str,
        title: str,
        notes: Sequence[str] = (),
        missing: str = "",
        limits: Sequence[Limit] = (),
        more: Mapping[str, Table] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(columns)
        self.figure = figure
        text("title", title)
        self.title = title
        self.notes = tuple(notes)
        self.missing = missing
        self.limits = tuple(limits)
        self.more: Mapping[str, Table] = MappingProxyType(dict(more or {}))
        self.facts: Mapping[str, Any] = MappingProxyType(dict(facts or {}))

    @property
    def caption(self) -> str:
        """The notes in one text."""
        return " ".join(self.notes)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (
            dict(self),
            {
                "figure": self.figure,
                "title": self.title,
                "notes": self.notes,
                "missing": self.missing,
                "limits": self.limits,
                "more": dict(self.more),
                "facts": dict(self.facts),
            },
        )


def _again(columns: dict[str, Any], rest: dict[str, Any]) -> FigureTable:
    """The table that was pickled."""
    return FigureTable(columns, **rest)


def computed(compute: Callable[..., FigureTable], source: Any, **given: Any) -> FigureTable:
    """The table of a figure from its source, or the source itself where it is that table already."""
    if not isinstance(source, FigureTable):
        return compute(source, **given)
    if source.figure != compute.__name__:
        raise InputError(
            f"`source` must be the table of a {compute.__name__}; got that of a {source.figure}. Call "
            f"plots.{source.figure}.",
            argument="source",
        )
    usual = signature(compute).parameters
    for name, value in given.items():
        plain = isinstance(value, (str, int, float, tuple, type(None)))
        if not plain or value != usual[name].default:
            raise InputError(
                f"`{name}` must be left out where the table is computed already. Give it to "
                f"plots.data.{compute.__name__}.",
                argument=name,
            )
    return source
