"""What joins the rows of several tables: the dates of the subjects table by subject, and whether two
tables name evaluators alike.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Floats
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data


def of_subject(data: Data, column: str) -> tuple[Floats, Floats]:
    """First and last day that a date of the subjects table allows, by subject code; NaN at the end,
    for code -1.
    """
    low, high = (np.full(len(data.subjects) + 1, np.nan) for _ in range(2))
    if "subjects" in data.tables:
        rows = data["subjects"]
        dates = rows.dates(column)
        low[rows.subject[::-1]], high[rows.subject[::-1]] = dates.earliest[::-1], dates.latest[::-1]
        low[-1] = high[-1] = np.nan
    return low, high


def same_evaluators(data: Data) -> None:
    """Skip where one table names evaluators and the other does not: tracks cannot be compared."""
    named = ["evaluator" in data.tables[n] for n in ("lesions", "responses")]
    if named[0] != named[1]:
        raise Skip("only one of lesions and responses names the evaluator")
