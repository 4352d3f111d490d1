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

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.axis_markers import Part
from nettumor.assessment.axis_rules import AxisRules
from nettumor.assessment.series import Scans, Series, named, series, sums, value_at
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints
from nettumor.symptoms import SymptomaticResponse, combine_symptoms
from nettumor.terminology import Reason, Response


@frozen(eq=False)
class _Recorded:
    """One symptom in one way of measuring it: its rows, and the sum and days of each of them."""

    single: Series
    single_total: Floats
    longer: Series
    """Periods and records; a record counts as one day beside others like it."""
    longer_total: Floats
    longer_days: Floats
    is_period: Floats


@frozen(eq=False)
class _Mean:
    """Sum and days behind a mean, and whether it may stand."""

    total: Floats
    days: Floats
    known: Bools


def symptom_parts(
    table: CrfTable, subject: Ints, scans: Scans, rules: AxisRules
) -> dict[str, Part]:
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
                _part(_recorded(day, subject, code == s, *level), scans, rules) for level in levels
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


def _recorded(day: Floats, subject: Ints, own: Bools, total: Floats, days: Floats) -> _Recorded:
    given = own & ~np.isnan(total)
    is_single = days == 1
    # a day that cannot be is not recorded; a period or record that cannot be answers NE
    possible = np.isfinite(total) & (total >= 0)
    single = series(day, subject, given & is_single & possible, (total, days))
    longer = series(day, subject, given & ~is_single, (total, days))
    length, of_longer = days[longer.row], total[longer.row]
    return _Recorded(
        single,
        total[single.row],
        longer,
        np.where(possible[longer.row], of_longer, np.nan),
        np.where(np.isnan(length), 1.0, length),
        np.where(np.isnan(length), 0.0, 1.0),
    )


def _part(rows: _Recorded, scans: Scans, rules: AxisRules) -> Part:
    """Response of every scan: its mean against that of the baseline."""
    reference = scans.reference
    has = (rows.single.first(scans.subject) >= 0) | (rows.longer.first(scans.subject) >= 0)
    window = rules.symptom_window_days
    before = _mean(rows, scans.subject, reference - window, reference, rules)

    # the baseline where its window has nothing: the latest period or record until the reference
    # date, else the first
    at_reference = np.where(np.isnan(reference), -1, rows.longer.last(scans.subject, reference))
    place = np.where(at_reference >= 0, at_reference, rows.longer.first(scans.subject))
    place = np.where(before.known, -1, place)
    before = _or_row(before, rows, place)
    start = np.fmax(reference, rows.longer.days(place))

    day = scans.table_day
    subject = np.broadcast_to(scans.subject[:, None], day.shape)
    since = np.fmax(scans.previous(), start[:, None])
    after = _mean(rows, subject, np.fmax(day - window, since), day, rules)
    latest = np.where(np.isnan(day), -1, rows.longer.last(subject, day))
    latest = np.where(rows.longer.days(latest) > since, latest, -1)
    after = _or_row(after, rows, np.where(after.known, -1, latest))

    # both sums multiplied by the days of the other, so that limits are exact
    known = before.known[:, None] & after.known
    first = np.where(known, before.total[:, None] * after.days, np.nan)
    second = np.where(known, after.total * before.days[:, None], np.nan)
    found = SymptomaticResponse.assess(first, second, invalid="NE")
    absent = before.known & (before.total == 0)
    reason = np.where(
        absent[:, None] & ~after.known, np.int32(Reason.BASELINE), np.asarray(found.reason)
    )
    present = before.known & (before.total > 0)
    return Part(np.asarray(found.response), reason, has, present)


def _mean(rows: _Recorded, subject: Ints, after: Floats, until: Floats, rules: AxisRules) -> _Mean:
    """What the days from ``after`` hold: days before ``until``, periods and records until it."""
    # a day on the first day of the window belongs to it; a period that ends there does not
    days = rows.single.window(subject, after - 1, until - 1)
    single, n_days = sums(rows.single_total, days), (days[1] - days[0]).astype(np.float64)
    longer = rows.longer.window(subject, after, until)
    is_period, is_record = rows.is_period, 1.0 - rows.is_period
    periods, total_of_periods, days_of_periods, records, total_of_records = (
        sums(values, longer)
        for values in (
            is_period,
            np.where(is_period > 0, rows.longer_total, 0.0),
            rows.longer_days * is_period,
            is_record,
            np.where(is_period > 0, 0.0, rows.longer_total),
        )
    )
    total, number = single + total_of_periods, n_days + days_of_periods
    counted = (number >= rules.symptom_minimum_recorded) | (periods > 0)
    by_record = ~counted & (records > 0)
    known = (counted | by_record) & ~np.isnan(until)
    return _Mean(
        np.where(by_record, total_of_records, total), np.where(by_record, records, number), known
    )


def _or_row(mean: _Mean, rows: _Recorded, place: Ints) -> _Mean:
    """The mean, or the row at ``place`` where that is one."""
    has = place >= 0
    return _Mean(
        np.where(has, value_at(rows.longer_total, place), mean.total),
        np.where(has, value_at(rows.longer_days, place), mean.days),
        mean.known | has,
    )


def overall(parts: dict[str, Part], rules: AxisRules) -> tuple[Part, Bools]:
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
        codes.append(np.where(new & (rules.new_symptom == "PD"), np.int8(Response.PD), own))
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
