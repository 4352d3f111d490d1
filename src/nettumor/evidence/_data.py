"""The package's tables of the review, read once: text as it stands, numbers as float, blank as NaN.

Which files, with which columns: ``data/README.md``. Nothing is interpreted here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache
from importlib import resources

import numpy as np

from nettumor.tables import Table

NOTICE = "Vogl et al. 2008; not medical advice"
"""Stands in every output of the review's guidance and complications."""

_NUMBERS = frozenset(
    (
        *("year", "n_patients", "count", "denominator", "percent", "percent_computed"),
        *("months_median", "months_mean", "months_unspecified", "months_low", "months_high"),
        *("months_minimum", "survival_years", "low", "high", "sd", "recomputed_low"),
        *("recomputed_high", "order", "n_lesions_max", "largest_cm_max", "largest_cm_min"),
        *("age_max", "liver_infiltration_percent_max", "debulkable_percent_min"),
        *("interval_weeks_min", "interval_weeks_max", "figure_low", "figure_high"),
        "count_computed",
    )
)
"""Columns of numbers; all others are text, since reference numbers may be several."""

_WHOLE = frozenset(("table", "row", "printed_line", "order"))


@cache
def read(name: str, package: str = "nettumor.evidence", folder: str = "data") -> Table:
    """A table of the package, e.g. ``read("table3")``."""
    place = resources.files(package)
    if folder:
        place = place / folder
    text = (place / f"{name}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    return Table({column: _typed(column, [row[column] for row in rows]) for column in rows[0]})


def _typed(column: str, cells: list[str]) -> np.ndarray:
    if column in _WHOLE:
        return np.array([int(cell) for cell in cells])
    if column in _NUMBERS:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    return np.array(cells, dtype=np.str_)


def numbers_in(cell: str) -> frozenset[str]:
    """The reference numbers or identifiers of a cell, which are joined by semicolons."""
    return frozenset(part for part in cell.split(";") if part)


def take(table: Table, rows: Iterable[int] | np.ndarray) -> Table:
    """The ``rows`` of a table, in that order."""
    where = np.asarray(rows)
    where = where if where.dtype == np.bool_ else where.astype(np.intp)
    return Table({name: column[where] for name, column in table.items()})
