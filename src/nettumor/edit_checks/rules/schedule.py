"""Visits against the schedule: in their windows, none missing, none too close.

The schedule is that of the configuration or of the study file; without one it is learned from the
study, and the finding says so. Sources: RECIST 1.1, 4.5 (frequency of re-evaluation); FDA guidance on PFS (two missed
visits); protocol windows. Input: the dates of lesions and responses by visit, the reference dates,
and the study's ``[windows]``. Output: visits out of their window, gaps, visits too close.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import more_than
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.dated import day_text, own_dates
from nettumor.edit_checks.rules.planned_visits import (
    at_points,
    names_of,
    origin,
    planned_visits,
    protocol,
    scan_days,
    unscheduled,
)


@check("D10", needs={}, follows=("D01", "D08", "D09", "D06"), every=56, window=7)
def assessment_out_of_window(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A planned visit after baseline outside its window: the multiple of the interval, or the day of
    the schedule, nearest to it.

    Where neither the configuration nor a parameter states the protocol's interval it is learned
    from the study, and the finding is a note; where the study keeps to none the check is skipped.
    """
    plan = planned_visits(data, "D10", parameters)
    window, _ = protocol(data, "D10", parameters, "window", "window")
    points = data.timepoints
    day, places = scan_days(data)
    if not places or plan.every <= 0:
        raise Skip(
            "no interval between visits is planned" if places else "no table has visits and dates"
        )
    apart = day - origin(data)
    nearest = plan.nearest(apart)
    off, due = apart - nearest, nearest + origin(data)
    bad = (points.order > 0) & more_than(np.abs(off), window)
    bad &= ~unscheduled(data)
    assumed = f" ({plan.note})" if plan.note else ""
    for rows, row, at in at_points(places, bad):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            names=names_of(rows),
            severity="note" if plan.learned else "",
            expected=day_text(data, due[at] - window) + " to " + day_text(data, due[at] + window),
            parts={
                "day": apart[at],
                "off": np.abs(off[at]),
                "plan": nearest[at],
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
    plan, points = planned_visits(data, "D11", parameters), data.timepoints
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    before = points.earlier()
    last = np.where(before >= 0, day[before], np.nan) if len(points) else day
    last = np.where(points.order == 1, np.fmax(last, origin(data)), last)
    gap = day - last
    most = parameters["factor"] * plan.interval_after(last - origin(data))
    assumed = plan.note or f"planned every {plan.every:g} days"
    for rows, row, at in at_points(places, (points.order > 0) & more_than(gap, most)):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            expected="on or before " + day_text(data, (last + most)[at]),
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
            expected="on or after " + day_text(data, day[before[at]] + least),
            parts={"gap": gap[at]},
            names=names_of(rows),
            message="visit {visit} ({value}) is only {gap} days after the one before",
        )
