"""Visits as the checks of time see them: when each timepoint was scanned, and when it was planned.

Which day does a visit have, in which table and row, and on which day should it have been? By the
tables' own dates, and by the protocol: a check's parameter, the schedule of the study file,
``[windows]``, or what the study keeps to. No check stands here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import CHECKS, Parameters, Skip
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import comparable, own_dates
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.endpoints._schedule import scheduled_days
from nettumor.rows import group, order_rows, smallest_at
from nettumor.words.visits import is_unplanned


def judged(data: Data) -> list[Rows]:
    """The tables that have subjects and dates, and count time as the study does."""
    names = [
        n for n in ("lesions", "responses") if n in data.tables and "subject" in data.tables[n]
    ]
    return [data[n] for n in names if own_dates(data[n])[0] in data[n] and comparable(data, n)]


def counted_alike(data: Data, *names: str) -> None:
    """Skip where a table has days and the study dates: they cannot be compared."""
    other = [n for n in names if not comparable(data, n)]
    if other:
        raise Skip(f"{other[0]} has days, other tables have dates")


def by_visit(data: Data, *, count: bool = True) -> list[Rows]:
    """The tables that have visits and dates, visits by a column of their own; skip where there is
    none. With ``count`` their dates count as places of the check that asks.
    """
    found = [rows for rows in judged(data) if "visit" in rows]
    if not found:
        raise Skip("neither lesions nor responses has a column visit and a column date")
    for rows in found if count else ():
        looked(data, ~np.isnan(rows.day), ~rows.blank("visit") & ~rows.blank(own_dates(rows)[0]))
    return found


@made_once
def first_days(rows: Rows) -> tuple[Floats, Ints]:
    """The earliest full date of each timepoint in a table (NaN for none), and its row (-1); made
    once.
    """
    count = len(rows.data.timepoints)
    day = smallest_at(rows.timepoint, rows.day, count)
    row = np.full(count, -1)
    at = np.flatnonzero(rows.day == day[rows.timepoint])[::-1]
    row[rows.timepoint[at]] = at
    return day, row


def scan_days(data: Data) -> tuple[Floats, list[tuple[Rows, Ints]]]:
    """As `scans`; the dates count as places of the check that asks."""
    for rows in judged(data):
        looked(data, ~np.isnan(rows.day), ~rows.blank(own_dates(rows)[0]))
    return scans(data)


@made_once
def scans(data: Data) -> tuple[Floats, list[tuple[Rows, Ints]]]:
    """The day of each timepoint: of its scans, else of its response; and the row by table that has
    it.
    """
    day = np.full(len(data.timepoints), np.nan)
    places = []
    for rows in judged(data):
        own, row = first_days(rows)
        places.append((rows, np.where(np.isnan(day), row, -1)))
        day = np.where(np.isnan(day), own, day)
    return day, places


def at_points(places: list[tuple[Rows, Ints]], bad: Bools) -> Iterator[tuple[Rows, Ints, Ints]]:
    """For each table its rows at the timepoints of a mask, in the order of the file, with these
    timepoints.
    """
    for rows, row in places:
        points = np.flatnonzero(bad & (row >= 0))
        points = points[order_rows(row[points])]
        yield rows, row[points], points


def names_of(rows: Rows) -> dict[str, str]:
    """No lesion: what is found is found of the visit."""
    return {"lesion": ""} if rows.name == "lesions" else {}


def protocol(
    data: Data, id: str, parameters: Parameters, name: str, window: str
) -> tuple[float, bool]:
    """Days of the protocol and whether they were stated: the parameter, else ``[windows]``, else
    the default.
    """
    value = float(parameters[name])
    if value != CHECKS[id].parameters[name]:
        return value, True
    return float(data.windows.get(window, value)), window in data.windows


@made_once
def _learned_interval(data: Data) -> float:
    """The interval between visits that the study itself keeps to, in days; NaN where it keeps none.

    The commonest number of whole weeks between two planned visits in succession, where at least two
    thirds of ten or more gaps are within a week of it (library choice).
    """
    points = data.timepoints
    if not len(points):
        return np.nan
    day, _ = scans(data)
    before = points.earlier()
    planned = (points.order > 1) & ~unscheduled(data)
    gap = np.where((before >= 0) & planned, day - day[before], np.nan)
    gap = gap[gap > 0]
    if len(gap) < 10:
        return np.nan
    weeks = group(np.floor(gap / 7 + 0.5))
    usual = 7.0 * float(weeks.keys[0][weeks.size.argmax()])
    near = np.count_nonzero(at_least(7.0, np.abs(gap - usual)))
    return usual if usual > 0 and at_least(3.0 * near, 2.0 * len(gap)) else np.nan


def interval(data: Data, id: str, parameters: Parameters) -> tuple[float, str]:
    """Days between planned visits and, where the protocol does not state them, the words that say
    so; skip where nothing is stated and nothing can be learned.
    """
    every, stated = protocol(data, id, parameters, "every", "interval")
    if stated:
        return every, ""
    scan_days(data)  # what it is learned from are places of the check
    learned = _learned_interval(data)
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
    planned = data.shared.track_reference[points.track]
    return np.where(np.isnan(planned), points.day[points.baseline % len(points)], planned)


@made_once
def unscheduled(data: Data) -> Bools:
    """Timepoints whose visit is no planned one: called unscheduled, or numbered between two."""
    words = data.words("visit")
    odd = np.array([is_unplanned(str(w)) for w in words] or [False], dtype=np.bool_)
    out = odd[data.timepoints.visit]
    for rows in judged(data):
        if "visit_name" in rows:
            named = rows.table.column("visit_name").map(is_unplanned, np.bool_)
            out[rows.timepoint[named]] = True
    return out


@frozen(eq=False)
class Plan:
    """The planned visits of a study.

    Attributes
    ----------
    days : ndarray of float
        The planned days in order, from day 0 on, beyond the last visit of the study.
    note : str
        Where they come from, for the finding; "" where the protocol states one interval.
    learned : bool
        They were learned from the study, and findings are notes.
    every : float
        The one interval; NaN where it changes.
    """

    days: Floats
    note: str
    learned: bool
    every: float

    def nearest(self, day: Floats) -> Floats:
        """The planned day after the baseline that is nearest to each day; NaN beyond the last."""
        if self.every == self.every:
            return np.maximum(np.floor(day / self.every + 0.5), 1.0) * self.every
        place = np.maximum(self._place(day), 1)
        end = self.days[-1] + (self.days[-1] - self.days[-2]) / 2
        return np.where(np.isnan(day) | (day > end), np.nan, self.days[place])

    def interval_after(self, day: Floats) -> Floats:
        """The planned days from the visit that each day belongs to, to the next."""
        if self.every == self.every:
            return np.full(day.shape, self.every)
        return np.append(np.diff(self.days), np.inf)[self._place(day)]

    def _place(self, day: Floats) -> Ints:
        """The place of the planned day that is nearest to each day."""
        middle = (self.days[1:] + self.days[:-1]) / 2
        return np.asarray(np.digitize(day, middle, right=True))


def planned_visits(data: Data, id: str, parameters: Parameters) -> Plan:
    """The planned visits: the check's own interval, the schedule of the study file, the interval
    of ``[windows]``, or what the study keeps to.
    """
    stated = float(parameters["every"]) != CHECKS[id].parameters["every"]
    if data.schedule is None or stated or "interval" in data.windows:
        every, learned = interval(data, id, parameters)
        return Plan(np.array([0.0, every]), learned, bool(learned), every)
    reach = np.append(scan_days(data)[0] - origin(data), 0.0)
    days = scheduled_days(data.schedule, 0.0, np.nanmax(reach) + 1, 0.0)
    days = np.concatenate([[0.0], days[np.isfinite(days)]])
    return Plan(days, "the schedule of the study file", learned=False, every=np.nan)
