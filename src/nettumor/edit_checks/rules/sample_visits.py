"""Samples and visits: is a sample drawn where its visit is, and is one missing?

Source: practice of trials in neuroendocrine tumours (a sample belongs to the visit it is named for);
limits are library choices. Input: the markers table with visits, and the dates of lesions and
responses. Output: samples far from their visit, visits in a series without their sample.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.edit_checks.engine.places import looked, says_something
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.dated import comparable, own_dates
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.marker_rows import Markers, markers_of
from nettumor.edit_checks.rules.planned_visits import scans
from nettumor.rows import (
    find_rows,
    group,
    largest_at,
    number_rows,
    occurrence,
    smallest_at,
    spread,
)
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
    "K12",
    needs={"markers": ("visit",)},
    follows=("=D01", "D08", "=D03", "=D04", "=D05", "=D06", "=D07", "=D21"),
    days=28.0,
)
def sample_off_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A sample dated more than ``days`` from the scan of the visit it is named for, before or
    after; one finding a visit and subject, at the scan where the sample stands as those of the other
    patients and the scan does not; one finding a subject whose samples are all off alike.
    """
    rows, most = data["markers"], parameters["days"]
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
    far = more_than(np.abs(apart), most)
    off = np.sort(group(rows.subject, named, rows.day, where=far).first())
    if not len(off):
        return
    all_alike = _all_alike(rows.subject, named, apart, off, most)
    at_scan = ~all_alike & _scans_stand_out(
        data, rows.subject[off], named[off], rows.day[off], most
    )
    off_alone = off[~all_alike & ~at_scan]
    parts = {"apart": np.abs(apart), "side": np.where(apart > 0, "after", "before")}
    within = f"within {most:g} days of the scan"
    yield Hits(
        table="markers",
        rows=off_alone,
        column=own_dates(rows)[0],
        expected=within,
        names={"lesion": ""},  # what is found of the subject's other samples may follow
        parts={n: part[off_alone] for n, part in parts.items()},
        message="the {marker} of visit {visit} is dated {value}, {apart} days {side} the scan of "
        "that visit",
    )
    row = off[all_alike]
    row = row[occurrence(rows.subject[row]) == 0]
    yield Hits(
        table="markers",
        rows=row,
        column=own_dates(rows)[0],
        expected=within,
        names={"visit": "", "lesion": ""},  # it is about all samples of the patient
        parts={n: part[row] for n, part in parts.items()},
        message="all samples of {subject} are dated about {apart} days {side} the scans of their "
        "visits (the first in the table {value})",
    )
    yield from _at_scans(data, off[at_scan], most)


def _all_alike(subject: Ints, visit: Ints, apart: Floats, off: Ints, days: float) -> Bools:
    """Samples of subjects of whom every visit with a sample, three or more, is off by the same number
    of days, give or take half of ``days``.
    """
    asked = np.zeros(int(subject.max(initial=-1)) + 2, dtype=np.bool_)
    asked[subject[off]] = True
    use = np.flatnonzero(asked[subject] & ~np.isnan(apart))
    of_subject = group(subject[use])
    _, first = number_rows(subject[use], visit[use])
    visits = np.bincount(of_subject.number[first], minlength=len(of_subject))
    middle = of_subject.of_rows(of_subject.median(apart[use]), np.nan)
    near = at_least(days / 2, np.abs(apart[use] - middle)) & more_than(np.abs(apart[use]), days)
    alike = (visits >= 3) & of_subject.all(near)
    return np.asarray(np.isin(subject[off], of_subject.keys[0][alike]))


_FEW = 5
"""Patients from which it is known on which day a visit usually is."""


def _scans_stand_out(data: Data, subject: Ints, visit: Ints, sample: Floats, days: float) -> Bools:
    """For samples off their visit whether the scan is off the day that the visit has in the other
    patients, counted from the reference date, and the sample is not.
    """
    who, of_visit, day = _visits(data)
    reference = data.shared.reference_day
    use = np.flatnonzero(np.isin(of_visit, visit))
    _, once = number_rows(who[use], of_visit[use])
    use = use[once]
    since = day[use] - reference[who[use]]
    held = group(of_visit[use], where=~np.isnan(since))
    middle = np.where(held.size >= _FEW, held.median(since), np.nan)
    usual = np.append(middle, np.nan)[held.find(visit)]
    scan = since[find_rows((subject, visit), (who[use], of_visit[use]))]
    drawn = sample - reference[subject]
    return at_least(days / 2, np.abs(drawn - usual)) & more_than(np.abs(scan - usual), days / 2)


def _at_scans(data: Data, samples: Ints, days: float) -> Iterator[Hits]:
    """Findings at the scans of the visits of some samples."""
    rows, points = data["markers"], data.timepoints
    if not len(samples):
        return
    whose = data.track_subject[points.track]
    at = find_rows((rows.subject[samples], data["markers"].visit[samples]), (whose, points.visit))
    day, places = scans(data)
    for table, row in places:
        here = np.flatnonzero(row[at] >= 0)
        own, sample = row[at[here]], samples[here]
        apart = day[at[here]] - rows.day[sample]
        yield Hits(
            table=table.name,
            rows=own,
            column=own_dates(table)[0],
            expected=f"within {days:g} days of the sample",
            related=sample,
            related_table="markers",
            names={"lesion": ""},
            parts={
                "apart": np.abs(apart),
                "side": np.where(apart > 0, "after", "before"),
                "marker": rows.text("marker", sample),
                "drawn": rows.text(own_dates(rows)[0], sample),
            },
            message="the scan of visit {visit} is dated {value}, {apart} days {side} the {marker} of "
            "that visit ({drawn}), which is dated as those of the other patients",
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
