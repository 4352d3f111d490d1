"""A course of target lesions as it is shown: its axes in words, a row a visit, a page."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._labels import places_of
from nettumor.tables import Table, cell_text
from nettumor.terminology import labels, reasons

_MOST = 20
"""Rows of a page."""


def table_of(course: Any) -> Table:
    """The visits of a `TargetResponse`, a row each, with their places on the axes."""
    shape = course.response.shape
    columns = places_of(course.response) or _places(shape)
    columns["response"] = labels(course.response, course.criteria).ravel()
    for name in ("sum", "n_missing", "baseline", "nadir"):
        columns[name] = np.ravel(getattr(course, name))
    for name in ("percent_from_baseline", "percent_from_nadir"):
        columns[name] = np.ravel(getattr(course, name))
    columns["reason"] = reasons(course.reason).ravel()
    return Table(columns)


def _places(shape: tuple[int, ...]) -> dict[str, npt.NDArray[Any]]:
    """The place of each visit on each axis."""
    places = np.indices(shape).reshape(len(shape), -1)
    names = ["patient"] if len(shape) == 2 else [f"axis_{i}" for i in range(len(shape) - 1)]
    return dict(zip([*names, "timepoint"], places, strict=True))


def page_of(title: str, table: Table) -> str:
    """The first rows of a table as HTML, everything in it as text."""
    rows = table.rows()
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell_text(v))}</td>" for v in row.values()) + "</tr>"
        for row in rows[:_MOST]
    )
    more = f"<p>{len(rows) - _MOST} more rows: .to_frame()</p>" if len(rows) > _MOST else ""
    return (
        f"<p>{html.escape(title)}</p><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{more}"
    )
