"""What joins the rows of several tables: the dates of the subjects table by subject, and whether two
tables name evaluators alike.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data
from nettumor.rows import group


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


def unusual(day: Floats) -> Bools:
    """Days that are not the one that most others are."""
    known = day[~np.isnan(day)]
    of_day = group(known)
    if not len(known) or 2 * of_day.size.max() <= len(known):
        return np.zeros(len(day), dtype=np.bool_)
    return np.asarray(~np.isnan(day) & (day != of_day.keys[0][of_day.size.argmax()]))


def same_evaluators(data: Data) -> None:
    """Skip where one table names evaluators and the other does not: tracks cannot be compared."""
    named = ["evaluator" in data.tables[n] for n in ("lesions", "responses")]
    if named[0] != named[1]:
        raise Skip("only one of lesions and responses names the evaluator")
