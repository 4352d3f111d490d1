"""Symptoms beside the scans: one result for each symptom, from diaries, periods or single records.

Which days of a symptom belong to which scan? Rule of this library: those of the window before it
(14 days; before the reference date for the baseline), averaged over the recorded days, so that one
day never decides. A row is a *day* (``count``, or a period of one day), a *period* (``total`` or
``per_day`` over ``days_recorded``, else ``period_days``) or a *record* (``per_day`` without days,
``score``, ``grade``). Days count from the window's first to the day before the scan; periods and
records until the scan's own day. Days alone need `symptom_minimum_recorded` of them. Where the
window holds neither, the latest period or record since the scan before stands; and for the baseline
the latest until the reference date, else the first one. A window never reaches behind the scan
before, nor the baseline. Frequency goes before score, score before grade. Source of the response:
Vogl et al. 2008, section 4.1 (`nettumor.symptom_response`).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.asked import Asked
from nettumor.assessment.axis_markers import Part
from nettumor.assessment.series import Scans, first_rows, named, samples, value_at
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints
from nettumor.rows import Groups, totals
from nettumor.symptoms import SymptomaticResponse, combine_symptoms
from nettumor.terminology import Reason, Response


@frozen(eq=False, slots=False)
class _Records:
    """One symptom in one way of measuring it: the days, and the periods and records, of each
    subject; and of all rows of the table the day, the sum, and over how many days it is (NaN for a
    record).
    """

    single: Groups
    longer: Groups
    day: Floats
    total: Floats
    days: Floats

    @cached_property
    def total_of_single(self) -> Floats:
        """The sums of the days, in their order."""
        return self.total[self.single.row]

    def totals_of(self, row: Ints) -> Floats:
        """The sums of some rows; NaN for one that cannot be, and for -1."""
        total = value_at(self.total, row)
        return np.where(np.isfinite(total) & (total >= 0), total, np.nan)

    def days_of(self, row: Ints) -> Floats:
        """Over how many days they are; a record counts as one day beside others like it."""
        days = value_at(self.days, row)
        return np.where(np.isnan(days), 1.0, days)


def symptom_parts(table: CrfTable, subject: Ints, scans: Scans, asked: Asked) -> dict[str, Part]:
    """Each symptom of the table."""
    code, names = named(table, "symptom", lambda w: " ".join(w.split()).casefold())
    day = table.when().day
    # frequency, else score, else grade: the last is what stands where none is given
    none = np.full(table.n_rows, np.nan)
    levels = [_frequency(table)]
    levels += [(table.numbers(name).value, none) for name in ("score", "grade") if name in table]
    out = {}
    for s, name in enumerate(names):
        with np.errstate(over="ignore", invalid="ignore"):  # sums of 1e308 are for the edit checks
            parts = [
                _part(_records(day, subject, code == s, *level), scans, asked) for level in levels
            ]
        part = parts[-1]
        for other in reversed(parts[:-1]):
            unit = other.has
            part = Part(
                np.where(unit[:, None], other.response, part.response),
                np.where(unit[:, None], other.reason, part.reason),
                unit | part.has,
                np.where(unit, other.present, part.present),
            )
        out[name] = part
    return out


def _frequency(table: CrfTable) -> tuple[Floats, Floats]:
    """The sum of each row and its days: NaN days where a mean does not say over how many.

    What cannot be used is infinite: a total of nobody knows how many days, a mean of no day.
    """
    count = table.numbers("count").value
    if not {"total", "per_day"} & set(table):
        return count, np.ones(len(count))
    total, mean, recorded, period = (
        table.numbers(name).value for name in ("total", "per_day", "days_recorded", "period_days")
    )
    days = np.where(recorded >= 0, recorded, np.where(period > 0, period, np.nan))
    days = np.where(days > 0, days, np.nan)
    value = np.where(np.isnan(days), mean, mean * days)
    value = np.where(np.isnan(mean), np.where(np.isnan(days), np.nan, total), value)
    given = ~(np.isnan(mean) & np.isnan(total))
    value = np.where(given & (np.isnan(value) | (recorded == 0)), np.inf, value)
    is_count = ~np.isnan(count)
    return np.where(is_count, count, value), np.where(is_count, 1.0, days)


def _records(day: Floats, subject: Ints, own: Bools, total: Floats, days: Floats) -> _Records:
    given = own & ~np.isnan(total)
    is_single = days == 1
    # a day that cannot be is not recorded; a period or record that cannot be answers NE
    possible = np.isfinite(total) & (total >= 0)
    return _Records(
        single=samples(day, subject, given & is_single & possible, (total, days)),
        longer=samples(day, subject, given & ~is_single, (total, days)),
        day=day,
        total=total,
        days=days,
    )


def _part(rows: _Records, scans: Scans, asked: Asked) -> Part:
    """Response of every scan: its mean against that of the baseline."""
    reference, window = scans.reference, asked.symptom_window_days
    of_subject = rows.single.find(scans.subject), rows.longer.find(scans.subject)
    has = (of_subject[0] >= 0) | (of_subject[1] >= 0)
    before = _mean(rows, of_subject, reference - window, reference, asked)

    # the baseline where its window has nothing: the latest period or record until the reference
    # date, else the first
    row = rows.longer.last_until(of_subject[1], reference)
    row = np.where(row >= 0, row, first_rows(rows.longer, of_subject[1]))
    row = np.where(np.isnan(before[1]), row, -1)
    before = _or_row(before, rows, row)
    start = np.fmax(reference, value_at(rows.day, row))

    day = scans.table_day
    of_scan = of_subject[0][:, None], of_subject[1][:, None]
    since = np.fmax(scans.previous(), start[:, None])
    after = _mean(rows, of_scan, np.fmax(day - window, since), day, asked)
    latest = rows.longer.last_until(of_scan[1], day)
    latest = np.where(value_at(rows.day, latest) > since, latest, -1)
    after = _or_row(after, rows, np.where(np.isnan(after[1]), latest, -1))

    # both sums multiplied by the days of the other, so that limits are exact
    (total_before, days_before), (total_after, days_after) = before, after
    first = total_before[:, None] * days_after
    second = total_after * days_before[:, None]
    unknown = np.isnan(days_before[:, None]) | np.isnan(days_after)
    first, second = np.where(unknown, np.nan, first), np.where(unknown, np.nan, second)
    found = SymptomaticResponse.assess(first, second, invalid="NE")
    absent = ~np.isnan(days_before) & (total_before == 0)
    reason = np.where(
        absent[:, None] & np.isnan(days_after),
        np.int32(Reason.BASELINE),
        np.asarray(found.reason),
    )
    present = ~np.isnan(days_before) & (total_before > 0)
    return Part(np.asarray(found.response), reason, has, present)


def _mean(
    rows: _Records, of_subject: tuple[Ints, Ints], after: Floats, until: Floats, asked: Asked
) -> tuple[Floats, Floats]:
    """What the days from ``after`` hold, days before ``until``, periods and records until it: the
    sum, and over how many days, NaN where they may not stand.

    ``of_subject`` are the groups of days, and of periods and records.
    """
    # a day on the first day of the window belongs to it; a period that ends there does not
    days = rows.single.window(of_subject[0], after - 1, until - 1)
    single = totals(rows.total_of_single, days)
    n_days = (days[1] - days[0]).astype(np.float64)
    longer = rows.longer.window(of_subject[1], after, until)
    total_of, days_of = rows.totals_of(rows.longer.row), rows.days[rows.longer.row]
    is_period = ~np.isnan(days_of)
    periods, total_of_periods, days_of_periods, records, total_of_records = (
        totals(values, longer)
        for values in (
            is_period,
            np.where(is_period, total_of, 0.0),
            np.where(is_period, days_of, 0.0),
            ~is_period,
            np.where(is_period, 0.0, total_of),
        )
    )
    total, number = single + total_of_periods, n_days + days_of_periods
    counted = (number >= asked.symptom_minimum_recorded) | (periods > 0)
    by_record = ~counted & (records > 0)
    known = (counted | by_record) & ~np.isnan(until)
    number = np.where(by_record, records, number)
    return np.where(by_record, total_of_records, total), np.where(known, number, np.nan)


def _or_row(mean: tuple[Floats, Floats], rows: _Records, row: Ints) -> tuple[Floats, Floats]:
    """The sum and the days of a mean, or of a row where there is one."""
    has = row >= 0
    return (
        np.where(has, rows.totals_of(row), mean[0]),
        np.where(has, rows.days_of(row), mean[1]),
    )


def overall(parts: dict[str, Part], asked: Asked) -> tuple[Part, Bools]:
    """The overall grade of all symptoms, and who had one at baseline (unit,)."""
    every = list(parts.values())
    has = np.logical_or.reduce([p.has for p in every])
    present = np.logical_or.reduce([p.present for p in every])
    codes = []
    for part in every:
        new = (part.reason & int(Reason.REAPPEARED)) != 0
        own = np.where(part.present[:, None], part.response, np.int8(Response.MISSING))
        unknown = part.has[:, None] & ((part.reason & int(Reason.BASELINE)) == 0)
        own = np.where(~part.present[:, None] & unknown, np.int8(Response.NE), own)
        codes.append(np.where(new & (asked.new_symptom == "PD"), np.int8(Response.PD), own))
    response = np.array(
        combine_symptoms({str(i): c for i, c in enumerate(codes)}, rule="overall"), dtype=np.int8
    )
    none = has[:, None] & (response == Response.MISSING)
    response[none] = Response.NE
    reason = np.zeros(response.shape, dtype=np.int32)
    reason[none] = int(Reason.BASELINE)
    for part, code in zip(every, codes, strict=True):
        decided = (code == response) | ((response == Response.PR) & (code == Response.CR))
        reason |= np.where(decided & ~none & part.has[:, None], part.reason, 0).astype(np.int32)
    return Part(response, reason, has, present), present
