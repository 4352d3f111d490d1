"""Whether a tumour marker was above its upper limit at a visit, for patients in whom it was so at
baseline.

RECIST 1.1, 4.3.3 asks CR for normal markers. Input: the markers table and the timepoints. Output:
for each timepoint a marker row that speaks against CR.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.assessment.cr_markers import MARKER_AFTER_DAYS, against_cr, asks_for_markers
from nettumor.assessment.series import Scans
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.errors import InputError
from nettumor.rows import group, spread


def marker_against_cr(data: Data, days: float, asked: Bools) -> Ints:
    """For each timepoint in question the row of a marker that is above its limit there and was so
    at baseline, -1 for none and for the others.

    Where the criteria ask for normal markers (``cr_markers``), the markers and samples are those of
    `nettumor.assess`. Else any marker may speak against a CR:
    The sample of a visit is the nearest within ``days`` of it, after the baseline; that of the
    baseline is the last one up to the day of the baseline. Values above the range of the assay
    (``>1000``) count as that limit.
    """
    if asks_for_markers(data.criteria):
        return np.where(asked, _by_rule(data), -1)
    return _found(data, days, asked)


@made_once
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
    reference = data.shared.track_reference
    reference = np.where(np.isnan(reference), day[:, 0], reference)
    nothing = np.full(len(day), np.nan)
    scans = Scans(data.track_subject, day - reference[:, None], exists, reference, nothing, nothing)
    rows = data["markers"]
    rule = getattr(data.criteria, "cr_markers", "none")
    try:
        row, _, _ = against_cr(rows.table, rows.subject, scans, rule, MARKER_AFTER_DAYS)
    except InputError as error:  # the study has no such marker
        raise Skip(str(error)) from None
    out[here] = row[place]
    out[here[points.order[here] == 0]] = -1
    return out


def _check_time(data: Data) -> None:
    if data["markers"].table.has_days != any(
        data.tables[n].has_days for n in ("lesions", "responses") if n in data.tables
    ):
        raise Skip("markers and visits do not count time alike (dates and days)")


def _found(data: Data, days: float, asked: Bools) -> Ints:
    _check_time(data)
    rows, points = data["markers"], data.timepoints
    out, point = (
        np.full(len(points), -1, dtype=np.int64),
        np.flatnonzero(asked & (points.order > 0)),
    )
    # responses of CR are few: samples of their subjects alone are put in order
    who = np.zeros(len(data.subjects), dtype=np.bool_)
    who[data.track_subject[points.track[point]]] = True
    value, limit = rows.numbers("value"), rows.number("upper_limit")
    number = np.where(np.isnan(value.value), value.above, value.value)
    high = more_than(number, limit) | (at_least(value.above, limit) & (limit > 0))
    known = ~np.isnan(rows.day) & ~np.isnan(number) & (limit > 0) & ~rows.blank("marker")
    known &= who[rows.subject]
    samples = group(rows.subject, rows.codes("marker")[0], by=rows.day, where=known)
    if not len(samples):
        return out
    # every timepoint beside every marker of its subject
    markers = group(samples.keys[0])
    own = markers.find(data.track_subject[points.track[point]])
    stop = np.where(own < 0, 0, markers.start[own + 1])
    place, which = spread(np.where(own < 0, 0, markers.start[own]), stop)
    point = point[place]
    base_day, when = points.scan_day[points.baseline[point]], points.scan_day[point]
    base = samples.last_until(which, base_day)
    near = _nearer(
        rows.day,
        when,
        samples.last_until(which, when),
        samples.first_from(which, when, strict=True),
    )
    ok = (base >= 0) & (near >= 0) & (near != base)
    ok &= (
        at_least(days, np.abs(rows.day[near] - when))
        & (rows.day[near] > base_day)
        & high[base]
        & high[near]
    )
    out[point[ok][::-1]] = near[ok][::-1]
    return out


def _nearer(day: Floats, when: Floats, before: Ints, after: Ints) -> Ints:
    """Of the samples before and after a day the nearer one; the one before where they are
    as near.
    """
    first = np.where(before >= 0, np.abs(when - day[before]), np.inf)
    second = np.where(after >= 0, np.abs(day[after] - when), np.inf)
    return np.where(first <= second, before, after)
