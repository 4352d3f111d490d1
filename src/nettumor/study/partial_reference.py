"""Days of a track whose reference date is a baseline that is known to the month only.

A partial date is an interval, the baseline's too: every other day then lies in an interval as wide
as both. The baseline itself is day 0. Nothing is guessed: what holds on all days is the answer.
"""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.crf import CrfTable
from nettumor.study.visits import Visits


@frozen(eq=False)
class Reference:
    """First and last possible reference date of each track, as days since 1970-01-01; equal where it
    is known, NaN where nothing is.
    """

    first: Floats
    latest: Floats


def with_partial_reference(visits: Visits, lesions: CrfTable) -> tuple[Visits, Reference]:
    """The visits with days of the tracks whose baseline has a partial date, and the reference of
    all tracks.
    """
    known = Reference(visits.reference, visits.reference)
    row = visits.row[:, 0]
    open_ = np.flatnonzero(np.isnan(visits.reference) & (row >= 0))
    if not len(open_):
        return visits, known
    cells, column = lesions.when_cells()
    first, latest = visits.reference.copy(), visits.reference.copy()
    code = column.codes[row[open_]]
    first[open_], latest[open_] = cells.earliest[code], cells.latest[code]
    track = open_[~np.isnan(first[open_])]
    if not len(track):
        return visits, known
    rows = visits.row[track]
    code = column.codes[np.maximum(rows, 0)]
    low = np.where(rows >= 0, cells.earliest[code], np.nan) - latest[track, None]
    high = np.where(rows >= 0, cells.latest[code], np.nan) - first[track, None]
    low[:, 0] = high[:, 0] = 0.0
    day, day_first, day_latest = (
        a.copy() for a in (visits.day, visits.day_first, visits.day_latest)
    )
    day[track, 0], day_first[track], day_latest[track] = 0.0, low, high
    found = attrs.evolve(visits, day=day, day_first=day_first, day_latest=day_latest)
    return found, Reference(first, latest)
