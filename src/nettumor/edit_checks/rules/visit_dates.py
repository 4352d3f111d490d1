"""The date of a visit against the other dates that the study has of it.

A visit of a subject is dated by each reader's scans, by the responses and by samples. Which of them
stands alone? Sources: data-quality rules of this library. Input: tables with visits and dates.
Output: dates that no other holds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import comparable, day_text, own_dates
from nettumor.edit_checks.rules.planned_visits import by_visit, first_days, names_of
from nettumor.rows import first_of, group, largest_at, order_rows, smallest_at

_NEAR = 14.0
"""Days within which dates of one visit hold each other."""


def dates_beside(data: Data, rows: Rows, asked: Ints) -> tuple[Ints, Floats]:
    """The other dates of the subject and visit of some timepoints of a table: of other readers,
    responses, samples. The place among ``asked``, and a day; one for each source.
    """
    points = data.timepoints
    whose = data.track_subject[points.track] if len(points) else points.track
    parts = []
    for table in by_visit(data, count=False):
        day = first_days(table)[0]
        at = np.flatnonzero(~np.isnan(day))
        itself = np.where(table is rows, at, -1)
        parts.append((whose[at], points.visit[at], day[at], itself))
    samples = data["markers"] if "markers" in data.tables else None
    if samples is not None and "visit" in samples and comparable(data, "markers"):
        visit = data["markers"].visit
        at = first_of(
            samples.subject, visit, where=~np.isnan(samples.day) & ~samples.blank("visit")
        )
        parts.append((samples.subject[at], visit[at], samples.day[at], np.full(len(at), -1)))
    subject, visit, day, point = map(np.concatenate, zip(*parts, strict=True))
    of_visit = group(subject, visit)
    which, other = of_visit.rows_of(of_visit.find(whose[asked], points.visit[asked]))
    apart = point[other] != asked[which]
    return which[apart], day[other[apart]]


def held_by_others(data: Data, rows: Rows, asked: Ints) -> Bools:
    """Timepoints whose date in a table more of the other dates of their subject and visit lie near
    than far from.
    """
    which, day = dates_beside(data, rows, asked)
    near = np.abs(day - first_days(rows)[0][asked[which]]) <= _NEAR
    return np.asarray(np.bincount(which, np.where(near, 1.0, -1.0), minlength=len(asked)) > 0)


@check(
    "D21",
    needs={"lesions": ("date|day", "visit")},
    dates="judged",
    follows=("D01", "=D03", "=D05", "=D08", "=D13"),
    days=28.0,
    near=14.0,
)
def scan_date_alone(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Scans dated more than ``days`` from two or more other dates of their visit (of another reader,
    the responses, a sample), which lie within ``near`` days of each other.
    """
    rows = next((r for r in by_visit(data, count=False) if r.name == "lesions"), None)
    if rows is None:
        return
    own, row = first_days(rows)
    asked = np.flatnonzero((row >= 0) & (data.words("visit")[data.timepoints.visit] != ""))
    which, day = dates_beside(data, rows, asked)
    count = np.bincount(which, minlength=len(asked))
    low, high = (at(which, day, len(asked)) for at in (smallest_at, largest_at))
    agree = (count >= 2) & at_least(parameters["near"], high - low)
    looked(data, agree, agree)
    apart = np.fmax(low - own[asked], own[asked] - high)
    bad = np.flatnonzero(agree & more_than(apart, parameters["days"]))
    bad = bad[order_rows(row[asked[bad]])]
    yield Hits(
        table="lesions",
        rows=row[asked[bad]],
        column=own_dates(rows)[0],
        expected=day_text(data, low[bad]),
        names=names_of(rows),
        parts={"off": apart[bad], "count": count[bad]},
        message="visit {visit} is dated {value}, {off} days from the {count} other dates of it, about "
        "{expected}",
    )
