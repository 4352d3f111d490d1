"""Who was assessed when: tracks, timepoints in order, the reference date and the baseline of each
track.

Which scan is baseline, and on which day of the study was each of the others? Rules of the CRF
layout: a track is a subject and an evaluator, never mixed; the reference date is randomisation,
else the start of treatment, else the baseline; the baseline is the last visit dated on or before
it, else the first visit; visits stand in the order of their full dates, and one with a partial or
no date by its visit number. The rows of the lesions table come in; the place of each row, and
arrays of shape (track, timepoint), come out.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from attrs import fields, frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import CrfTable, Dates, DateStatus, Role, number_rows
from nettumor.crf.columns import Column, Ints, Words, blanks
from nettumor.crf.new_rows import silent_rows
from nettumor.rows import (
    fills,
    group,
    order_of_distinct,
    order_rows,
    smallest,
    stretches,
    values_at,
)
from nettumor.study.tracks import Names, rank_of
from nettumor.words.visits import is_loose, read_each

NO_TIME, EARLIER = -1, -2
"""Rows without a timepoint: neither visit nor date; at a visit before the baseline."""


@frozen(eq=False)
class _AsGiven:
    """The timepoint and the day of each row."""

    of_row: Ints
    day: Floats

    def timepoint(self) -> Ints:
        """The timepoint of each row."""
        return self.of_row

    def scan_day(self, _reference: Floats) -> Floats:
        """The day of each row."""
        return self.day


@frozen(eq=False)
class _ByOccasion:
    """The same, by the occasion of each row: worked out for the few studies that need it.

    ``rows`` are those that were asked for, with their occasions; ``cells`` the dates of the distinct
    cells.
    """

    names: Names
    rows: Ints | slice
    occasion: Ints
    timepoint_of: Ints
    cells: Dates
    cell: Ints

    def timepoint(self) -> Ints:
        """The timepoint of each row."""
        of_row = values_at(self.timepoint_of, self.occasion)
        if isinstance(self.rows, slice):
            return of_row
        every = np.full(len(self.names.evaluator), NO_TIME, dtype=np.int32)
        every[self.rows] = of_row
        return every

    def scan_day(self, reference: Floats) -> Floats:
        """The day of each row from the reference date of its track."""
        here = self.names.evaluator >= 0
        track = np.where(here, self.names.track, 0)
        return np.where(here, self.cells.day[self.cell] - reference[track], np.nan)


_Placing = _AsGiven | _ByOccasion


@frozen(eq=False, slots=False)
class Visits:
    """The timepoints of a study; index 0 is the baseline.

    Attributes
    ----------
    exists : ndarray of bool, shape (track, timepoint)
    day : ndarray of float, shape (track, timepoint)
        Of the latest scan, from the reference date.
    day_first, day_latest : ndarray of float, shape (track, timepoint)
        First and last day that a partial date allows; ``day`` itself where it is full.
    reference : ndarray of float, shape (track,)
        The reference date as days since 1970-01-01 (0 where the study counts days); NaN if unknown.
    latest : ndarray of float, shape (track,)
        Day of the last scan in the count of the lesions table; NaN for none.
    row : ndarray of int, shape (track, timepoint)
        A row with the visit's name and its date; -1 where there is no visit.
    without_time, before_baseline : int
        Rows without visit and date; rows at visits before the baseline.
    several_dates : bool
        Some timepoint has rows of more than one date.
    no_disease : ndarray of bool, shape (track,)
        The track begins with new lesions alone: no disease at baseline, no timepoint 0.
    dated : bool or None
        Whether some timepoint of the study after a baseline has a day; None: look at these.
    of_visit : ndarray of int, shape (visit, track), or None
        The timepoint of each visit by its code; None where some visit of a track has several dates.
    """

    exists: Bools
    day: Floats
    day_first: Floats
    day_latest: Floats
    reference: Floats
    latest: Floats
    row: Ints
    without_time: int
    before_baseline: int
    several_dates: bool
    no_disease: Bools
    of_visit: Ints | None
    _of_rows: _Placing
    dated: bool | None = None

    @cached_property
    def timepoint(self) -> Ints:
        """The timepoint of each row; `NO_TIME` where it has neither visit nor date, `EARLIER`
        before the baseline.
        """
        return self._of_rows.timepoint()

    @cached_property
    def scan_day(self) -> Floats:
        """Day of each row from the reference date; NaN unless its date is full, and where nobody
        asked for the row.
        """
        return self._of_rows.scan_day(self.reference)

    @classmethod
    def as_given(
        cls, exists: Bools, day: Floats, timepoint: Ints, scan_day: Floats, no_disease: Bools
    ) -> Visits:
        """Timepoints that are in order already, with the timepoint and the day of each row.

        ``exists`` and ``day`` have the shape (track, timepoint); days count from the reference date.
        """
        n = len(exists)
        return cls(
            exists=exists,
            day=day,
            day_first=day,
            day_latest=day,
            reference=np.zeros(n),
            latest=np.full(n, np.nan),
            row=np.full(exists.shape, -1, dtype=np.int64),
            without_time=0,
            before_baseline=int((timepoint < 0).sum()),
            several_dates=True,
            no_disease=no_disease,
            of_visit=None,
            of_rows=_AsGiven(timepoint, scan_day),
        )


def visit_numbers(words: Words) -> Floats:
    """A number for each distinct visit: itself, else the first number in its name; NaN for none.

    >>> visit_numbers(["2", "WEEK 12", "SCREENING", "END"]).tolist()
    [2.0, 12.0, -inf, nan]
    """
    return read_each([*map(str, words)]).place


@frozen(eq=False)
class Occasions:
    """Distinct track, visit and date cell, by which rows are placed: far fewer than rows.

    ``of_row`` is the occasion of each row, ``first`` a row of each; the others have one element per
    occasion: track, code of the visit, code of the date cell. ``single``: no visit has several
    dates.
    """

    of_row: Ints
    first: Ints
    track: Ints
    visit: Ints
    cell: Ints
    single: bool


def occasions_of(track: Ints, visit: Ints, cell: Ints, rows: Ints | slice) -> Occasions:
    """The occasions of some rows, from the codes of track, visit and date cell of all."""
    tracks, visits, cells = track[rows], visit[rows], cell[rows]
    number, first = number_rows(tracks, visits, short=True)
    of_first = cells.take(first)

    single = all((cells[p] == of_first.take(number[p])).all() for p in stretches(len(cells)))
    if not single:  # the visits that have more than one date: only they are numbered by date, too
        other = cells != of_first[number]
        several = np.zeros(len(first), dtype=np.bool_)
        several[number[other]] = True
        here = several[number]
        number[here] = len(first) + number_rows(number[here], cells[here])[0]
        number, first = number_rows(number)
        of_first = cells.take(first)
    row = first if isinstance(rows, slice) else rows[first]
    n_tracks, n_visits = (int(codes.max(initial=-1)) + 1 for codes in (tracks, visits))
    every = single and len(first) == n_tracks * n_visits
    if every:  # each track at each visit: known without a look at the rows
        of_track = np.repeat(np.arange(n_tracks, dtype=tracks.dtype), n_visits)
        of_visit = np.tile(np.arange(n_visits, dtype=visits.dtype), n_tracks)
    else:
        of_track, of_visit = tracks.take(first), visits.take(first)
    return Occasions(number, row, of_track, of_visit, of_first, single)


def visit_column(lesions: CrfTable) -> Column:
    """The visits of the rows, blank where the table has none."""
    return lesions.column("visit").trimmed if "visit" in lesions else blanks(lesions.n_rows)


def place_visits(lesions: CrfTable, names: Names, reference: Floats) -> Visits:
    """The timepoints of all tracks.

    Parameters
    ----------
    lesions : CrfTable
        The lesions table.
    names : Names
        The track of each row.
    reference : ndarray of float, shape (subject,)
        Reference dates in the count of ``lesions.when()``; NaN where only the baseline can stand
        for it.
    """
    rows = slice(None) if names.asked is None else np.flatnonzero(names.asked)
    cells, column = lesions.when_cells()
    visit = visit_column(lesions)
    seen = occasions_of(names.track, visit.codes, column.codes, rows)
    placed, number, shown = timepoints_of(
        seen, visit.words, cells, column, lesions.keys_of("lesion")[0][rows]
    )
    track, cell = seen.track[shown], seen.cell[shown]
    day = cells.day[cell]
    position = places_in_time(seen, shown, day, visit.words, cells.earliest, names.n_tracks)
    wanted = np.repeat(reference, len(names.evaluators))
    before = day <= wanted[track]
    base = np.zeros(names.n_tracks, dtype=np.int64)
    np.maximum.at(base, track[before], position[before])
    no_disease = np.zeros(names.n_tracks, dtype=np.bool_)
    role = lesions.lesions.role[rows]
    if (role == Role.NEW).any():
        number_of = np.full(len(seen.first), -1, dtype=np.int64)
        number_of[placed] = np.arange(len(track)) if isinstance(number, slice) else number
        at = number_of[seen.of_row]
        spoken = ~silent_rows(lesions)[rows]
        base, no_disease = first_places(track, position, before, base, at, spoken, role != Role.NEW)
    index = position - base[track]
    if no_disease.any():
        index += no_disease[track] & (index >= 0)
    timepoint = np.full(len(seen.first), NO_TIME, dtype=np.int32)
    timepoint[placed] = np.where(index < 0, EARLIER, index)[number]

    ends = (day, day)
    if (cells.status == DateStatus.PARTIAL).any():
        ends = (cells.earliest[cell], cells.latest[cell])
    of_visit = None
    if seen.single and fills(len(visit.words) * names.n_tracks, len(names.track)):
        of_visit = np.full((len(visit.words), names.n_tracks), NO_TIME, dtype=np.int32)
        of_visit[seen.visit, seen.track] = timepoint
    return _visits(
        names.n_tracks,
        _Points(track, seen.first[shown], index, day, *ends),
        _ByOccasion(names, rows, seen.of_row, timepoint, cells, column.codes),
        wanted,
        of_visit,
        no_disease,
    )


def first_places(
    track: Ints,
    position: Ints,
    before: Bools,
    base: Ints,
    at: Ints,
    spoken: Bools,
    other: Bools,
) -> tuple[Ints, Bools]:
    """The first place of each track that counts, and the tracks without disease at baseline: those
    that begin with new lesions alone. Unused lines of the form are no visit to begin with.

    ``track``, ``position`` and ``before`` (on or before the reference date) are of the timepoints;
    ``at`` is the timepoint of each row, ``spoken`` where it says something, ``other`` where it is
    not of a new lesion.
    """

    def have(of_row: Bools) -> Bools:
        """Timepoints with such a row."""
        there = np.zeros(len(track), dtype=np.bool_)
        there[at[of_row & (at >= 0)]] = True
        return there

    first = np.full(len(base), np.iinfo(np.int64).max)
    filled = have(spoken)
    np.minimum.at(first, track[filled], position[filled])
    first[first > len(track)] = 0
    first[track[before]] = base[track[before]]
    no_disease = np.zeros(len(base), dtype=np.bool_)
    no_disease[track[(position == first[track]) & ~have(other)]] = True
    no_disease[track[before]] = False
    return first, no_disease


@frozen(eq=False)
class _Points:
    """The timepoints: track, a row, index from the baseline, day, first and last day that the date
    allows.
    """

    track: Ints
    row: Ints
    index: Ints
    day: Floats
    low: Floats
    high: Floats


def timepoints_of(
    seen: Occasions,
    visits: Words,
    cells: Dates,
    column: Column,
    lesion: Ints,
    scans: Bools | None = None,
) -> tuple[Ints | slice, Ints | slice, Ints | slice]:
    """The occasions that have a timepoint, the number of the timepoint of each, and the occasion
    that shows each.

    ``lesion`` is the code of each row's lesion. ``scans``: the occasions with lesions, where others
    (responses; their rows have the lesion -1) have a place, too; then each occasion has a timepoint.
    """
    loose = np.array([not w.isdecimal() and is_loose(w) for w in visits], dtype=np.bool_)
    if seen.single and not loose.any():  # each is a timepoint of its own
        return slice(None), slice(None), slice(None)
    text = rank_of(column.trimmed.words)[column.trimmed.codes[seen.first]]
    point = _groups(seen, lesion, visits, loose, cells, text, scans)
    placed = np.flatnonzero(point >= 0)
    number, shown = number_rows(point[placed])
    return placed, number, _latest(number, placed, shown, cells.day[seen.cell], text, scans)


def places_in_time(
    seen: Occasions,
    shown: Ints | slice,
    day: Floats,
    visits: Words,
    earliest: Floats,
    n_tracks: int,
) -> Ints:
    """The place of each timepoint in the order of its track.

    ``shown`` is the occasion that shows each and ``day`` its full date; ``visits`` are the names of
    the visits, ``earliest`` the first possible days of the distinct cells.
    """
    track = seen.track[shown]
    count = np.bincount(track, minlength=n_tracks)
    start = np.cumsum(count) - count
    order = order_of_distinct(track, day)
    if order is None:
        visit, cell = seen.visit[shown], seen.cell[shown]
        by_word = rank_of(visits)[visit]
        order = _by_all(track, day, visit_numbers(visits)[visit], earliest[cell], by_word)
    elif isinstance(order, slice):
        return np.arange(len(track)) - start[track]
    position = np.empty(len(track), dtype=np.int64)
    position[order] = np.arange(len(track)) - start[track[order]]
    return position


def _latest(
    number: Ints, placed: Ints, first: Ints, day: Floats, text: Ints, scans: Bools | None
) -> Ints:
    """The occasion that shows each timepoint: the latest scan, without a full date the one with the
    most of a date; where there is no scan the earliest of the others.
    """
    if len(first) == len(placed):
        return placed[first]
    dated = np.where(np.isnan(day[placed]), -np.inf, day[placed])
    if scans is None:
        return placed[group(number, by=(dated, text[placed])).last()]
    is_scan, known = scans[placed], ~np.isnan(day[placed])
    dated = np.where(known & ~is_scan, -dated, dated)
    return placed[group(number, by=(is_scan, known, dated, text[placed])).last()]


def _visits(
    n_tracks: int,
    points: _Points,
    placing: _ByOccasion,
    wanted: Floats,
    of_visit: Ints | None,
    no_disease: Bools,
) -> Visits:
    """The arrays, from the timepoints."""
    kept = points.index >= 0
    if not kept.all():
        points = _Points(*(getattr(points, f.name)[kept] for f in fields(_Points)))
    track, index = points.track, points.index
    shape = (n_tracks, int(index.max(initial=0)) + 1)
    at = index * np.int64(shape[0]) + track
    # timepoint by timepoint in memory: what looks along a course then works on all courses at once
    of_row = smallest(len(placing.names.evaluator))
    exists, days = np.full(shape[::-1], False), np.full(shape[::-1], np.nan)
    row = np.full(shape[::-1], -1, dtype=of_row)
    exists.ravel()[at], days.ravel()[at], row.ravel()[at] = True, points.day, points.row
    exists, days, row = exists.T, days.T, row.T
    reference = np.where(np.isnan(wanted), days[:, 0], wanted)
    from_reference = days - reference[:, None]
    ends = (from_reference, from_reference)
    partial = np.isnan(points.day) & ~np.isnan(points.low)
    if partial.any():  # a month without its day
        place = (index[partial], track[partial])
        ends = tuple(from_reference.copy() for _ in range(2))  # type: ignore[assignment]
        for end, date in zip(ends, (points.low, points.high), strict=True):
            end[place[::-1]] = date[partial] - reference[track[partial]]
    timepoint = placing.timepoint_of
    without, earlier = (
        int(np.count_nonzero(timepoint.take(placing.occasion) == kind))
        if (timepoint == kind).any()
        else 0
        for kind in (NO_TIME, EARLIER)
    )
    return Visits(
        exists=exists,
        day=from_reference,
        day_first=ends[0],
        day_latest=ends[1],
        reference=reference,
        latest=np.fmax.reduce(days, axis=1),
        row=row,
        without_time=without,
        before_baseline=earlier,
        several_dates=len(kept) < int(np.count_nonzero(timepoint != NO_TIME)),
        no_disease=no_disease,
        of_visit=of_visit,
        of_rows=placing,
    )


def _groups(
    seen: Occasions,
    lesion: Ints,
    visits: Words,
    is_loose: Bools,
    cells: Dates,
    text: Ints,
    scans: Bools | None,
) -> Ints:
    """The timepoint of each occasion as a number, -1 where it has neither visit nor date.

    A visit is one timepoint, whatever the days of its scans; unless a lesion was recorded on
    several days of it, or the visit is unscheduled and has no number of its own: then each date is
    a timepoint.
    """
    named = np.array([w != "" for w in visits], dtype=np.bool_)[seen.visit]
    loose = is_loose[seen.visit]
    full = cells.status[seen.cell] == DateStatus.FULL
    known = np.where(cells.status == DateStatus.FULL, cells.day, -np.inf)
    date = np.where(full, np.unique(known, return_inverse=True)[1][seen.cell] + 1, 0)
    # without a visit a partial date tells timepoints apart, too
    told = ~full if scans is not None else cells.status[seen.cell] == DateStatus.PARTIAL
    partial = told & ~named
    date[partial] = int(date.max(initial=0)) + 1 + text[partial]
    visit, first = number_rows(seen.track, seen.visit)
    split = loose
    if len(first) < len(seen.first):  # some visit has several dates
        of_visit = group(visit, where=full)
        several = np.zeros(len(first), dtype=np.bool_)
        several[of_visit.keys[0]] = of_visit.differ(date)
        rows = np.flatnonzero(several[visit][seen.of_row])
        if scans is not None:
            rows = rows[lesion[rows] >= 0]
        at = seen.of_row[rows]
        again = measured_twice(lesion[rows], seen.track[at], seen.visit[at], date[at], full[at])
        twice = np.zeros(len(first), dtype=np.bool_)
        twice[visit[at[again]]] = True
        split = split | twice[visit]
    if scans is not None:
        split, date = _at_scans(visit, date, split, scans, named, cells.take(seen.cell))
    timepoint = number_rows(visit, np.where(split, date, 0))[0] if split.any() else visit
    return np.where(named | (date > 0), timepoint, -1)


def _at_scans(
    visit: Ints, date: Ints, split: Bools, scans: Bools, named: Bools, when: Dates
) -> tuple[Bools, Ints]:
    """Which occasions are of visits whose dates stand apart, and the dates there: a visit without
    lesions is one timepoint, and what is no scan belongs to the last scan until its day, else to the
    first.

    Where its day is not known it belongs to the scans that have no full date either; where there are
    none, to the scan that all its possible days give, else to none of them (date 0).
    """
    of_scans = group(visit, where=scans)
    split = split & (~named | (of_scans.find(visit) >= 0))
    others = np.flatnonzero(split & ~scans & named)
    known = ~np.isnan(when.day)
    undated = group(visit, where=scans & ~known)
    dated = group(visit, by=when.day, where=scans & known)
    held = dated.find(visit[others])
    start = np.append(dated.first(), -1)[held]

    def last_until(end: Floats, unknown: float) -> Ints:
        """The last scan until a day, else the first."""
        row = dated.last_until(held, np.where(np.isnan(end), unknown, end)[others])
        return np.where(row >= 0, row, start)

    row = last_until(when.earliest, -np.inf)
    certain = (row >= 0) & (row == last_until(when.latest, np.inf))
    certain &= known[others] | (undated.find(visit[others]) < 0)
    date = date.copy()
    date[others] = np.where(certain, date[row], 0)
    return split, date


def measured_twice(lesion: Ints, track: Ints, visit: Ints, date: Ints, dated: Bools) -> Bools:
    """Rows of visits at which some lesion was recorded on more than one date; all are codes, one
    per row.
    """
    if not dated.any():
        return dated
    at_visit, first = number_rows(track, visit)
    place, start = number_rows(at_visit[dated], lesion[dated])
    again = date[dated] != date[dated][start][place]
    several = np.zeros(len(first), dtype=np.bool_)
    several[at_visit[dated][again]] = True
    return np.asarray(several[at_visit])


def time_order(track: Ints, day: Floats, visit: Floats, earliest: Floats, word: Ints) -> Ints:
    """Timepoints in order: by track, then full date; one without by its visit number, else its
    partial date.
    """
    order = order_of_distinct(track, day)
    if isinstance(order, slice):
        return np.arange(len(track))
    return _by_all(track, day, visit, earliest, word) if order is None else order


def _by_all(track: Ints, day: Floats, visit: Floats, earliest: Floats, word: Ints) -> Ints:
    undated = np.isnan(day)
    key = np.where(undated, np.inf, day)
    if undated.any():
        numbered = undated & ~np.isnan(visit)
        key[numbered] = _anchor(track, day, visit)[numbered]
        by_month = undated & np.isnan(visit) & ~np.isnan(earliest)
        key[by_month] = earliest[by_month]
    number = np.where(np.isnan(visit), np.inf, visit)
    return order_rows(track, key, undated, number, word)


def _anchor(track: Ints, day: Floats, visit: Floats) -> Floats:
    """For each timepoint the latest day among the track's dated timepoints with a smaller visit
    number.
    """
    number = np.where(np.isnan(visit), np.inf, visit)
    smaller = group(track, by=number).running_maximum(day, before=True)
    # of timepoints with one number, what stands before the first
    same = group(track, number)
    best = same.of_rows(smaller[same.first()], np.nan)
    return np.where(np.isnan(best), -np.inf, best)
