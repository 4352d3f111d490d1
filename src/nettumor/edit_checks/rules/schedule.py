"""Visits against the schedule: in their windows, none missing, none too close.

The schedule is that of the configuration; without one it is learned from the study, and the finding
says so. Sources: RECIST 1.1, 4.5 (frequency of re-evaluation); FDA guidance on PFS (two missed
visits); protocol windows. Input: the dates of lesions and responses by visit, the reference dates,
and the study's ``[windows]``. Output: visits out of their window, gaps, visits too close.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.rules.date import own_dates
from nettumor.edit_checks.rules.visit import at_points, judged, names_of, protocol, scan_days
from nettumor.words.visits import is_unplanned


def learned_interval(data: Data) -> float:
    """The interval between visits that the study itself keeps to, in days; NaN where it keeps none.

    The commonest number of whole weeks between two planned visits in succession, where at least two
    thirds of ten or more gaps are within a week of it (library choice).
    """
    points = data.timepoints
    if not len(points):
        return np.nan
    day, _ = scan_days(data)
    before = points.earlier()
    planned = (points.order > 1) & ~_unscheduled(data)
    gap = np.where((before >= 0) & planned, day - day[before], np.nan)
    gap = gap[gap > 0]
    if len(gap) < 10:
        return np.nan
    weeks, count = np.unique(np.floor(gap / 7 + 0.5), return_counts=True)
    usual = 7.0 * float(weeks[count.argmax()])
    near = np.count_nonzero(at_least(7.0, np.abs(gap - usual)))
    return usual if usual > 0 and at_least(3.0 * near, 2.0 * len(gap)) else np.nan


def interval(data: Data, id: str, parameters: Parameters) -> tuple[float, str]:
    """Days between planned visits and, where the protocol does not state them, the words that say
    so; skip where nothing is stated and nothing can be learned.
    """
    every, stated = protocol(data, id, parameters, "every", "interval")
    if stated:
        return every, ""
    learned = learned_interval(data)
    if np.isnan(learned):
        raise Skip(
            "no schedule is stated ([windows] interval), and the visits of the study keep to none"
        )
    return learned, f"learned from the study: every {learned:g} days"


def origin(data: Data) -> Floats:
    """The day that each timepoint's visits are planned from: the reference date, else the
    baseline's.
    """
    points = data.timepoints
    if not len(points):
        return np.empty(0)
    planned = data.reference_day[data.track_subject][points.track]
    if data.tables.days:
        planned = np.where(np.isnan(planned), 0.0, planned)  # days count from the reference date
    return np.where(np.isnan(planned), points.day[points.baseline % len(points)], planned)


def _unscheduled(data: Data) -> Bools:
    """Timepoints whose visit is no planned one: called unscheduled, or numbered between two."""
    words = data.words("visit")
    odd = np.array([is_unplanned(str(w)) for w in words] or [False], dtype=np.bool_)
    out = odd[data.timepoints.visit]
    for rows in judged(data):
        if "visit_name" in rows:
            named = rows.table.column("visit_name").map(is_unplanned, np.bool_)
            out = out | np.isin(np.arange(len(out)), rows.timepoint[named])
    return out


@check("D10", needs={}, follows=("D01", "D08", "D09", "D06"), every=56, window=7)
def assessment_out_of_window(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A planned visit after baseline outside its window: the multiple of the interval nearest to
    it.

    Where neither the configuration nor a parameter states the protocol's interval it is learned
    from the study, and the finding is a note; where the study keeps to none the check is skipped.
    """
    every, learned = interval(data, "D10", parameters)
    window, _ = protocol(data, "D10", parameters, "window", "window")
    points = data.timepoints
    day, places = scan_days(data)
    if not places or not every > 0:
        raise Skip(
            "no interval between visits is planned" if places else "no table has visits and dates"
        )
    apart = day - origin(data)
    number = np.maximum(np.floor(apart / every + 0.5), 1.0)
    off = apart - number * every
    bad = (points.order > 0) & more_than(np.abs(off), window)
    bad &= ~_unscheduled(data)
    assumed = f" ({learned})" if learned else ""
    for rows, row, at in at_points(places, bad):
        plan = number[at] * every
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            names=names_of(rows),
            severity="note" if learned else "",
            expected=[f"day {p - window:g} to {p + window:g}" for p in plan.tolist()],
            parts={
                "day": apart[at],
                "off": np.abs(off[at]),
                "plan": plan,
                "side": np.where(off[at] > 0, "after", "before"),
            },
            message="visit {visit} ({value}) is on day {day}, {off} days {side} the planned day "
            "{plan}; the "
            f"window is {window:g} days{assumed}",
        )


@check("D11", needs={}, follows=("D01", "D08", "=D13"), factor=1.5, every=56)
def missed_assessment(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A gap of more than 1.5 planned intervals before a visit: a visit is missing.

    The first gap counts from the reference date, the earlier ones of a baseline scan do not; a
    visit in between without a full date leaves its gap open.
    """
    every, learned = interval(data, "D11", parameters)
    most, points = parameters["factor"] * every, data.timepoints
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    before = points.earlier()
    last = np.where(before >= 0, day[before], np.nan) if len(points) else day
    last = np.where(points.order == 1, np.fmax(last, origin(data)), last)
    gap = day - last
    assumed = learned or f"planned every {every:g} days"
    for rows, row, at in at_points(places, (points.order > 0) & more_than(gap, most)):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            expected=f"at most {most:g} days",
            parts={"gap": gap[at]},
            names=names_of(rows),
            message="{gap} days lie between visit {visit} ({value}) and the one before: a visit "
            "is missing "
            f"({assumed})",
        )


@check("D12", needs={}, follows=("D01", "D08", "D09"), days=14)
def assessments_too_close(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Two visits of one subject and assessor less than 14 days apart; on one date is another
    check's.
    """
    points, least = data.timepoints, parameters["days"]
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    before = points.earlier()
    gap = day - (day[before] if len(points) else day)
    another = points.visit != points.visit[before] if len(points) else before < 0
    bad = (points.order > 0) & (before >= 0) & another & (gap > 0) & more_than(least, gap)
    for rows, row, at in at_points(places, bad):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            expected=f"at least {least:g} days",
            parts={"gap": gap[at]},
            names=names_of(rows),
            message="visit {visit} ({value}) is only {gap} days after the one before",
        )
