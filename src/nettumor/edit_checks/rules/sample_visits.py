"""Samples and visits: is a sample drawn where its visit is, and is one missing?

Source: practice of trials in neuroendocrine tumours (a sample belongs to the visit it is named for);
limits are library choices. Input: the markers table with visits, and the dates of lesions and
responses. Output: samples far from their visit, visits in a series without their sample.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.edit_checks.engine.places import looked, says_something
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.dated import comparable, own_dates
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.marker_rows import Markers, markers_of
from nettumor.edit_checks.rules.planned_visits import scans
from nettumor.rows import find_rows, group, largest_at, number_rows, smallest_at, spread
from nettumor.words.visits import is_loose


@made_once
def _visits(data: Data) -> tuple[Ints, Ints, Floats]:
    """Each subject's visits: subject, visit and day of the scans (or responses) of each evaluator;
    loose visits left out.
    """
    points = data.timepoints
    day, places = scans(data)
    if not places:
        raise Skip("no table has visits and dates")
    loose = np.array([is_loose(str(w)) for w in data.words("visit")], dtype=np.bool_)
    use = np.flatnonzero(~loose[points.visit] & ~np.isnan(day)) if len(points) else points.track
    if not len(use):
        raise Skip("no visit of lesions or responses has a date")
    return data.track_subject[points.track[use]], points.visit[use], day[use]


@check(
    "K12", needs={"markers": ("visit",)}, follows=("=D01", "D08", "=D03", "=D04", "=D05"), days=28.0
)
def sample_off_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A sample dated more than ``days`` from the scan of the visit it is named for, before or
    after; one finding a visit and subject.
    """
    rows = data["markers"]
    if not comparable(data, "markers"):
        raise Skip("markers and visits do not count time alike (dates and days)")
    who, visit, day = _visits(data)
    named = data["markers"].visit
    # the visits as scanned and as named by samples, in one numbering
    both, one = number_rows(np.concatenate([who, rows.subject]), np.concatenate([visit, named]))
    scanned, own = both[: len(who)], both[len(who) :]
    # of several evaluators the one whose date is nearest: one of them may be misdated
    first, last = (rows.day - at(scanned, day, len(one))[own] for at in (smallest_at, largest_at))
    apart = np.where(np.abs(first) <= np.abs(last), first, last)
    known = np.zeros(len(one), dtype=np.bool_)
    known[scanned] = True
    looked(data, ~np.isnan(apart), known[own])
    far = more_than(np.abs(apart), parameters["days"])
    off = np.sort(group(rows.subject, named, rows.day, where=far).first())
    side = np.where(apart[off] > 0, "after", "before")
    column = own_dates(rows)[0]
    yield Hits(
        table="markers",
        rows=off,
        column=column,
        expected=f"within {parameters['days']:g} days of the scan",
        names={"lesion": ""},  # what is found of the subject's other samples may follow
        parts={"apart": np.abs(apart[off]), "side": side},
        message="the {marker} of visit {visit} is dated {value}, {apart} days {side} the scan of "
        "that visit",
    )


@check("K13", needs={"markers": ("visit",)}, follows=("K12",), share=0.9)
def sample_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit without the sample that the subject has at the visits before and after; a warning
    where nine in ten of such visits of the study have theirs, else a note.
    """
    rows, read = data["markers"], markers_of(data)
    who, visit, day = _visits(data)
    _, one = number_rows(who, visit)
    who, visit, day = who[one], visit[one], day[one]
    given = ~rows.blank("visit") & ~rows.blank("marker")  # also one not done
    named = data["markers"].visit
    seen_there = find_rows((rows.subject, named), (who, visit)) >= 0
    told = read.given & seen_there & says_something(rows, "marker")
    looked(data, told, ~rows.blank("visit"))
    # most series have a sample at each visit of their subject: the others are looked through
    whole, inner = _whole(read, given, named, who, visit)
    given &= ~whole[read.series]
    # every visit of a subject, in time, beside every series of that subject
    seen, series = group(who, by=day), group(read.series, where=given)
    owner = rows.subject[series.first()]
    number = seen.find(owner)
    stop = np.where(number < 0, 0, seen.start[number + 1])
    which, place = spread(np.where(number < 0, 0, seen.start[number]), stop)
    asked, at = owner[which], visit[seen.row[place]]
    held = np.flatnonzero(given)
    row = find_rows((series.keys[0][which], at), (read.series[held], named[held]))
    has = row >= 0
    beside = group(which)
    before, after = beside.previous(has), beside.following(has)
    inside = (before >= 0) & (after >= 0)
    # a row that names no marker, or no subject, may be the one
    unnamed, nobody = np.flatnonzero(rows.blank("marker")), np.flatnonzero(rows.blank("subject"))
    open_ = find_rows((asked, at), (rows.subject[unnamed], named[unnamed])) >= 0
    open_ |= find_rows((at,), (named[nobody],)) >= 0
    lacking = np.flatnonzero(inside & ~has & ~open_)
    n_has, n_inside = np.count_nonzero(inside & has) + inner, np.count_nonzero(inside) + inner
    usual = n_has >= parameters["share"] * n_inside
    rows_before = held[row[before[lacking]]]
    words = data.words("visit")
    yield Hits(
        table="markers",
        rows=rows_before,
        column="visit",
        value="",
        expected=words[at[lacking]],
        severity="" if usual else "note",
        names={"visit": words[at[lacking]], "date": ""},
        message="no {marker} at visit {expected}, at which the patient was seen; there are samples "
        "before and after",
    )


def _whole(read: Markers, given: Bools, named: Ints, who: Ints, visit: Ints) -> tuple[Bools, int]:
    """Which series have a sample at every visit of their subject, and how many of these visits lie
    between two others.
    """
    held = np.flatnonzero(given)
    _, one = number_rows(read.series[held], named[held])
    held = held[one]  # a sample of each series and visit
    subject = read.rows.subject[held]
    both, _ = number_rows(np.concatenate([who, subject]), np.concatenate([visit, named[held]]))
    scanned = np.isin(both[len(who) :], both[: len(who)])
    count = len(read.samples)
    n_visits = np.bincount(who, minlength=len(read.rows.data.subjects))
    asked = np.zeros(count, dtype=np.int64)
    asked[read.series[held]] = n_visits[subject]
    whole = asked == np.bincount(read.series[held[scanned]], minlength=count)
    return whole, int(np.maximum(asked[whole] - 2, 0).sum())
