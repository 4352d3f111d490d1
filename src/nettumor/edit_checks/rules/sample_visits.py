"""Samples and visits: is a sample drawn where its visit is, and is one missing?

Source: practice of trials in neuroendocrine tumours (a sample belongs to the visit it is named for);
limits are library choices. Input: the markers table with visits, and the dates of lesions and
responses. Output: samples far from their visit, visits in a series without their sample.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Floats, more_than
from nettumor.crf import number_rows, occurrence
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.marker_rows import markers_of
from nettumor.edit_checks.rules.date import comparable, own_dates
from nettumor.edit_checks.rules.planned_visits import scan_days
from nettumor.words.visits import is_loose


def _visits(data: Data) -> tuple[Ints, Ints, Floats]:
    """Each subject's visits: subject, visit and day of the scans (or responses) of each evaluator;
    loose visits left out.
    """
    points = data.timepoints
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    loose = np.array([is_loose(str(w)) for w in data.words("visit")], dtype=np.bool_)
    use = np.flatnonzero(~loose[points.visit] & ~np.isnan(day)) if len(points) else points.track
    if not len(use):
        raise Skip("no visit of lesions or responses has a date")
    data.counted.clear()  # these are not the places of the check
    return data.track_subject[points.track[use]], points.visit[use], day[use]


@check("K12", needs={"markers": ("visit",)}, follows=("=D01", "D08", "=D03", "=D05"), days=28.0)
def sample_off_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A sample dated more than ``days`` from the scan of the visit it is named for, before or
    after; one finding a visit and subject.
    """
    rows = data["markers"]
    if not comparable(data, "markers"):
        raise Skip("markers and visits do not count time alike (dates and days)")
    who, visit, day = _visits(data)
    width = len(data.words("visit")) + 1
    keys = who * width + visit
    order = np.lexsort((day, keys))
    mine = rows.subject * width + data.shared("visit", "markers")
    start = np.searchsorted(keys[order], mine)
    stop = np.searchsorted(keys[order], mine, side="right")
    there = (stop > start) & ~rows.blank("visit")
    # of several evaluators the one whose date is nearest: one of them may be misdated
    first = np.where(there, rows.day - day[order][np.minimum(start, len(keys) - 1)], np.nan)
    last = np.where(there, rows.day - day[order][np.minimum(stop, len(keys)) - 1], np.nan)
    apart = np.where(np.abs(first) <= np.abs(last), first, last)
    looked(data, ~np.isnan(apart), there)
    off = np.flatnonzero(more_than(np.abs(apart), parameters["days"]))
    off = off[occurrence(number_rows(mine[off], rows.day[off])[0]) == 0]
    side = np.where(apart[off] > 0, "after", "before")
    column = own_dates(rows)[0]
    yield Hits(
        table="markers",
        rows=off,
        column=column,
        expected=f"within {parameters['days']:g} days of the scan",
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
    given = np.flatnonzero(~rows.blank("visit") & ~rows.blank("marker"))  # also one not done
    looked(data, read.given, ~rows.blank("visit"))
    width = len(data.words("visit")) + 1
    mine = data.shared("visit", "markers")
    series = read.series[given]
    held = np.unique(series * width + mine[given])
    # every visit of a subject beside every series of that subject
    one, first = np.unique(series, return_index=True)
    owner = rows.subject[given[first]]
    order = np.lexsort((day, who))
    start = np.searchsorted(who[order], owner, side="left")
    count = np.searchsorted(who[order], owner, side="right") - start
    which = np.repeat(np.arange(len(one)), count)
    at = order[np.arange(len(which)) + np.repeat(start - np.cumsum(count) + count, count)]
    has = np.isin(one[which] * width + visit[at], held)
    index = np.arange(len(which))
    early = np.full(len(one), len(which))
    late = np.full(len(one), -1)
    np.minimum.at(early, which[has], index[has])
    np.maximum.at(late, which[has], index[has])
    inside = (index > early[which]) & (index < late[which]) if len(which) else has
    unnamed = rows.subject * width + mine  # a row that names no marker may be the one
    open_ = np.isin(owner[which] * width + visit[at], unnamed[rows.blank("marker")])
    open_ |= np.isin(visit[at], mine[rows.blank("subject")])  # nor does it name its subject
    lacking = np.flatnonzero(inside & ~has & ~open_)
    usual = np.count_nonzero(inside & has) >= parameters["share"] * np.count_nonzero(inside)
    before = np.maximum.accumulate(np.where(has, index, -1)) if len(which) else index
    pairs = zip((series * width + mine[given]).tolist(), given.tolist(), strict=True)
    row_of = dict(reversed([*pairs]))
    keys = one[which[before[lacking]]] * width + visit[at[before[lacking]]]
    rows_before = np.array([row_of[k] for k in keys.tolist()], dtype=np.int64)
    words = data.words("visit")
    yield Hits(
        table="markers",
        rows=rows_before,
        column="visit",
        value="",
        expected=words[visit[at[lacking]]],
        severity="" if usual else "note",
        names={"visit": words[visit[at[lacking]]], "date": ""},
        message="no {marker} at visit {expected}, at which the patient was seen; there are samples "
        "before and after",
    )
