"""Whether a tumour marker was above its upper limit at a visit, for patients in whom it was so at
baseline.

RECIST 1.1, 4.3.3 asks CR for normal markers. Input: the markers table and the timepoints. Output:
for each timepoint a marker row that speaks against CR.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Floats, at_least, more_than
from nettumor.assessment.cr_markers import MARKER_AFTER_DAYS, against_cr, asks_for_markers
from nettumor.assessment.series import Scans
from nettumor.crf import number_rows
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.errors import InputError


@made_once
def marker_against_cr(data: Data, days: float) -> Ints:
    """For each timepoint the row of a marker that is above its limit there and was so at baseline,
    -1 for none.

    Where the criteria ask for normal markers (``cr_markers``), the markers and samples are those of
    `nettumor.assess`. Else any marker may speak against a CR:
    The sample of a visit is the nearest within ``days`` of it, after the baseline; that of the
    baseline is the last one up to the day of the baseline. Values above the range of the assay
    (``>1000``) count as that limit.
    """
    return _by_rule(data) if asks_for_markers(data.criteria) else _found(data, days)


def _by_rule(data: Data) -> Ints:
    """By the criteria's ``cr_markers``, as `nettumor.assess` has it by default."""
    _check_time(data)
    points = data.timepoints
    out = np.full(len(points), -1, dtype=np.int64)
    here = np.flatnonzero(points.order >= 0)
    if not len(here):
        return out
    place = points.track[here], points.order[here]
    shape = (data.n_tracks, int(place[1].max()) + 1)
    day, exists = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    day[place], exists[place] = points.scan_day[here], True
    reference = data.reference_day[data.track_subject]
    reference = np.where(np.isnan(reference), day[:, 0], reference)
    nothing = np.full(len(day), np.nan)
    scans = Scans(data.track_subject, day - reference[:, None], exists, reference, nothing, nothing)
    rows = data["markers"]
    rule = getattr(data.criteria, "cr_markers", "none")
    try:
        found = against_cr(rows.table, rows.subject, scans, rule, MARKER_AFTER_DAYS)
    except InputError as error:  # the study has no such marker
        raise Skip(str(error)) from None
    out[here] = found.row[place]
    out[here[points.order[here] == 0]] = -1
    return out


def _check_time(data: Data) -> None:
    if data["markers"].table.has_days != any(
        data.tables[n].has_days for n in ("lesions", "responses") if n in data.tables
    ):
        raise Skip("markers and visits do not count time alike (dates and days)")


def _found(data: Data, days: float) -> Ints:
    _check_time(data)
    rows, points = data["markers"], data.timepoints
    value, limit = rows.numbers("value"), rows.number("upper_limit")
    number = np.where(np.isnan(value.value), value.above, value.value)
    high = more_than(number, limit) | (at_least(value.above, limit) & (limit > 0))
    known = np.flatnonzero(
        ~np.isnan(rows.day) & ~np.isnan(number) & (limit > 0) & ~rows.blank("marker")
    )
    out = np.full(len(points), -1, dtype=np.int64)
    if not len(known) or not len(points):
        return out
    series, first = number_rows(rows.subject[known], rows.codes("marker")[0][known])
    at = known[np.lexsort((known, rows.day[known], series))]
    series, day = np.sort(series), rows.day[at]
    start = np.searchsorted(series, np.arange(len(first) + 1))
    owner = rows.subject[at[start[:-1]]]
    # every timepoint beside every marker of its subject
    subject = data.track_subject[points.track]
    begin, end = np.searchsorted(owner, subject), np.searchsorted(owner, subject, side="right")
    point = np.repeat(np.arange(len(points)), end - begin)
    which = (
        np.repeat(begin, end - begin)
        + np.arange(len(point))
        - np.repeat(np.cumsum(end - begin) - (end - begin), end - begin)
    )
    base_day = points.scan_day[points.baseline[point]]
    base = _last(day, start, which, base_day)
    when = points.scan_day[point]
    before = _last(day, start, which, when)
    after = np.where(before + 1 < start[which + 1], np.maximum(before, start[which] - 1) + 1, -1)
    near = _nearer(day, when, before, after)
    ok = (base >= 0) & (near >= 0) & (near != base) & (points.order[point] > 0)
    ok &= (
        at_least(days, np.abs(day[near] - when))
        & (day[near] > base_day)
        & high[at[base]]
        & high[at[near]]
    )
    out[point[ok][::-1]] = at[near[ok]][::-1]
    return out


def _last(day: Floats, start: Ints, which: Ints, until: Floats) -> Ints:
    """The place of the last sample of a series up to a day, -1 for none; series stand together, in
    time.
    """
    span = float(np.nanmax(day) - np.nanmin(day)) + 1 if len(day) else 1.0
    low = float(np.nanmin(day)) if len(day) else 0.0
    series = np.repeat(np.arange(len(start) - 1), np.diff(start))
    keys = series * (2 * span) + (day - low)
    wanted = which * (2 * span) + np.clip(until - low, -0.5, span)
    found = np.searchsorted(keys, np.where(np.isnan(until), -1.0, wanted), side="right") - 1
    return np.where(~np.isnan(until) & (found >= start[which]), found, -1)


def _nearer(day: Floats, when: Floats, before: Ints, after: Ints) -> Ints:
    """Of the samples before and after a day the nearer one; the one before where they are
    as near.
    """
    first = np.where(before >= 0, np.abs(when - day[before]), np.inf)
    second = np.where(after >= 0, np.abs(day[after] - when), np.inf)
    return np.where(first <= second, before, after)
