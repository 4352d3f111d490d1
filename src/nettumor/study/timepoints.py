"""Every visit of every track in time: those with lesions, as `nettumor.assess` has them, and those
with a response alone.

One element a timepoint, those before the baseline too: the edit checks ask what stands where. The
order, what makes a date a timepoint of its own, and the baseline are those of `visits`; a visit with
a response alone is never the baseline of a track that has lesions, and a response to a visit of
which each date is a timepoint belongs to the last of its scans on or before the day of the response,
else to the first. Where that day is not known, it belongs as a lesion does to what of the visit has no
full date; else to the scan that all its possible days give; else it is a timepoint of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import CrfTable, Dates, DateStatus, Role, number_rows
from nettumor.crf.columns import Column, Ints, Words
from nettumor.crf.new_rows import silent_rows
from nettumor.rows import codes_of, find_rows, group, largest_at, smallest_at, values_at
from nettumor.study.visits import (
    EARLIER,
    Occasions,
    Visits,
    first_places,
    occasions_of,
    places_in_time,
    timepoints_of,
)


@frozen(eq=False)
class Timepoints:
    """Every visit of every track, sorted by track, then time; one element per timepoint.

    Attributes
    ----------
    track, visit : ndarray of int
        Codes.
    day : ndarray of float
        Earliest full date (days since 1970, or days as given); NaN where there is none.
    last_day : ndarray of float
        Latest full date.
    scan_day : ndarray of float
        Latest full date of its lesions, by which timepoints are ordered; without one the earliest
        date of its responses, where these keep the order of the track.
    order : ndarray of int
        Place in the track counted from baseline: 0 is baseline, 1 the first visit after, negative
        before.
    lesions, responses : ndarray of int
        The first row there of the lesions and of the responses table, -1 for none.
    start : ndarray of int, shape (tracks + 1,)
        Where each track begins.
    no_disease : ndarray of bool, shape (tracks,)
        The track begins with new lesions alone: no disease at baseline.
    """

    track: Ints
    visit: Ints
    day: Floats
    last_day: Floats
    scan_day: Floats
    order: Ints
    lesions: Ints
    responses: Ints
    start: Ints
    no_disease: Bools

    def __len__(self) -> int:
        return len(self.track)

    def earlier(self, step: int = 1) -> Ints:
        """The timepoint ``step`` before each one in its track, -1 for none."""
        index = np.arange(len(self)) - step
        return np.where((index >= 0) & (self.track[np.maximum(index, 0)] == self.track), index, -1)

    @property
    def baseline(self) -> Ints:
        """For each timepoint the baseline timepoint of its track."""
        return np.arange(len(self)) - self.order

    @property
    def index(self) -> Ints:
        """For each timepoint its place in the arrays of `Visits`: one more where a track has no
        disease at baseline; negative before the baseline.
        """
        return self.order + (self.no_disease[self.track] & (self.order >= 0))

    def visits(self, tracks: Ints, point: Ints, day: Floats) -> Visits:
        """The timepoints of some tracks as arrays; a visit without lesions has its place.

        Parameters
        ----------
        tracks : ndarray of int
        point, day : ndarray of int, ndarray of float, shape (row,)
            The timepoint and the day of each row of these tracks' lesions.
        """
        unit = np.full(len(self.start) - 1, -1, dtype=np.int64)
        unit[tracks] = np.arange(len(tracks))
        own = np.flatnonzero((unit[self.track] >= 0) & (self.order >= 0))
        index = self.index[own]
        exists = np.zeros((len(tracks), int(index.max(initial=0)) + 1), dtype=np.bool_)
        exists[unit[self.track[own]], index] = self.lesions[own] >= 0
        place = np.where(self.order[point] >= 0, self.index[point], EARLIER)
        counted = place >= 0
        at = unit[self.track[point]] * exists.shape[1] + place
        days = largest_at(at[counted], day[counted], exists.size).reshape(exists.shape)
        return Visits.as_given(exists, days, place, day, self.no_disease[tracks])


def place_timepoints(
    tables: Mapping[str, CrfTable],
    tracks: Mapping[str, Ints],
    visits: Mapping[str, Ints],
    words: Words,
    reference: Floats,
) -> tuple[Timepoints, dict[str, Ints]]:
    """The timepoints of all tracks, and the timepoint of each row of each table.

    Parameters
    ----------
    tables : mapping of str to CrfTable
        The lesions, the responses, or both, in this order.
    tracks, visits : mapping of str to ndarray of int, shape (row,)
        For each table the track of each row, and the code of its visit; alike in both.
    words : ndarray of str
        The visits that the codes stand for; "" is none.
    reference : ndarray of float, shape (track,)
        Reference dates; NaN where only the first visit can stand for it.
    """
    names = list(tables)
    n = tables["lesions"].n_rows if "lesions" in tables else 0
    track, visit = (_joined([of[name] for name in names]) for of in (tracks, visits))
    cells, cell_of_row, date = _dates(list(tables.values()))
    visit = _borrowed(track, visit, date, words, n)
    lesion = np.full(len(track), -1, dtype=np.int64)  # no lesion in the row of a response
    if n:
        lesion[:n] = tables["lesions"].keys_of("lesion")[0]

    seen = occasions_of(track, visit, cell_of_row, slice(None))
    placed, number, shown = timepoints_of(seen, words, cells, date, lesion, scans=seen.first < n)
    del placed  # here every occasion has a timepoint
    point_track, point_visit, cell = seen.track[shown], seen.visit[shown], seen.cell[shown]
    of_occasion = np.arange(len(point_track))[number]
    first_day = smallest_at(of_occasion, cells.day[seen.cell], len(point_track))
    day = _scan_days(seen, shown, cells.day[cell], first_day, words, cells.earliest, n)
    position = places_in_time(seen, shown, day, words, cells.earliest, len(reference))
    point = of_occasion[seen.of_row]
    timed = np.zeros(n, dtype=np.bool_)
    for said, code in ((words, visit), (np.asarray(date.words), date.codes)):
        timed |= values_at(np.asarray(said != "", dtype=np.bool_), code[:n])
    base, no_disease = _baselines(
        point_track, position, cells.day[cell], reference, point[:n], timed, tables.get("lesions")
    )
    start = np.append(0, np.cumsum(np.bincount(point_track, minlength=len(reference))))
    place = start[point_track] + position
    count = len(place)

    def in_order(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of the timepoints, sorted."""
        out = np.empty(count, dtype=values.dtype)
        out[place] = values
        return out

    ends = np.cumsum([tables[name].n_rows for name in names])[:-1]
    rows = dict(zip(names, np.split(place[point], ends), strict=True)) if names else {}
    found = Timepoints(
        track=in_order(point_track),
        visit=in_order(point_visit),
        day=in_order(first_day),
        last_day=largest_at(place[of_occasion], cells.day[seen.cell], count),
        scan_day=in_order(day),
        order=in_order(position - base[point_track]),
        lesions=_first_rows(rows.get("lesions"), count),
        responses=_first_rows(rows.get("responses"), count),
        start=start,
        no_disease=no_disease,
    )
    return found, rows


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, dtype=np.int64)


def _dates(tables: list[CrfTable]) -> tuple[Dates, Ints, Column]:
    """The dates of all tables, the date of each row, and the rows' dates as text.

    Two spellings of one full date are one date; one that is not full is that of its table.
    """
    if not tables:
        nothing = np.empty(0)
        dates = Dates(nothing, np.empty(0, dtype=np.int8), nothing, nothing)
        return dates, _joined([]), Column.of_distinct([], _joined([]))
    cells: list[Dates] = []
    cell_of_row, texts, own = [], [], []
    for turn, table in enumerate(tables):
        read, column = table.when_cells()
        number, first = number_rows(column.codes)
        cell, text = column.codes[first], column.trimmed
        cell_of_row.append(number + sum(len(c.day) for c in cells))
        cells.append(read.take(cell))
        texts.append(np.asarray(text.words, dtype=object)[text.codes[first]])
        own.append((np.full(len(cell), turn + 1), text.codes[first]))
    dates = Dates(*(np.concatenate([getattr(c, n) for c in cells]) for n in _OF_DATES))
    words = np.concatenate(texts)
    table_of, word = (np.concatenate(part) for part in zip(*own, strict=True))
    # cells that are one date: of full ones the day, of others the words in their own table
    full = dates.status == DateStatus.FULL
    day, _ = codes_of(np.where(full, dates.day, 0.0))
    number, first = number_rows(np.where(full, 0, table_of), np.where(full, day, word))
    of_row = number[np.concatenate(cell_of_row)]
    return dates.take(first), of_row, Column.of_distinct(words[first].tolist(), of_row)


_OF_DATES = ("day", "status", "earliest", "latest")


def _borrowed(track: Ints, visit: Ints, date: Column, words: Words, n: int) -> Ints:
    """The visits of the rows, where a response without one (a row from ``n`` on) takes that of the
    lesions of its track and date.
    """
    blank = np.array([w == "" for w in words.tolist()], dtype=np.bool_)
    undated = np.array([w == "" for w in date.words.tolist()], dtype=np.bool_)
    asks = blank[visit] & ~undated[date.codes]
    asks[:n] = False
    if not n or not asks.any():
        return visit
    asking = np.flatnonzero(asks)
    gives = np.flatnonzero(~blank[visit[:n]] & ~undated[date.codes[:n]])
    found = find_rows((track[asking], date.codes[asking]), (track[gives], date.codes[gives]))
    out = visit.copy()
    out[asking[found >= 0]] = visit[gives[found[found >= 0]]]
    return out


def _scan_days(
    seen: Occasions,
    shown: Ints | slice,
    day: Floats,
    said: Floats,
    visits: Words,
    earliest: Floats,
    n_lesions: int,
) -> Floats:
    """The days by which timepoints are ordered: of the latest scan; where that has no full date what
    the responses there say (``said``), unless the scans of the track would then stand in another
    order than without. The other arguments are those of `places_in_time`; an occasion is a scan where
    its first row is one of the ``n_lesions`` rows of lesions.
    """
    scans = np.flatnonzero(seen.first[shown] < n_lesions)
    if not (np.isnan(day[scans]) & ~np.isnan(said[scans])).any():
        return day
    with_said = np.where(np.isnan(day), said, day)
    occasion = np.arange(len(seen.track))[shown]
    of_scans = seen.track[occasion[scans]]
    before, after = (
        places_in_time(
            seen, occasion[scans], days[scans], visits, earliest, int(of_scans.max()) + 1
        )
        for days in (day, with_said)
    )
    moved = np.isin(seen.track[occasion], of_scans[before != after])
    return np.where(moved, day, with_said)


def _baselines(
    track: Ints,
    position: Ints,
    day: Floats,
    reference: Floats,
    point: Ints,
    timed: Bools,
    lesions: CrfTable | None,
) -> tuple[Ints, Bools]:
    """The place of the baseline of each track, and the tracks without disease there.

    ``point`` is the timepoint of each row of the lesions; none begins with rows that have neither
    visit nor date (``timed``: which have), unless it has no others. A track without any lesion may
    begin at every visit.
    """
    has = np.zeros(len(track), dtype=np.bool_)
    has[point] = True
    some = np.zeros(len(reference), dtype=np.bool_)
    some[track[has]] = True
    before = (has | ~some[track]) & (day <= reference[track])
    base = np.zeros(len(reference), dtype=np.int64)
    np.maximum.at(base, track[before], position[before])
    spoken = other = np.zeros(0, dtype=np.bool_)
    if lesions is not None:
        spoken, other = ~silent_rows(lesions), lesions.lesions.role != Role.NEW
    has_timed = np.zeros(len(reference), dtype=np.bool_)
    has_timed[track[point[timed]]] = True
    at = np.where(timed | ~has_timed[track[point]], point, -1)
    base, no_disease = first_places(track, position, before, base, at, spoken, other)
    return base, no_disease & some


def _first_rows(places: Ints | None, count: int) -> Ints:
    """The first row at each timepoint, -1 for none."""
    out = np.full(count, -1, dtype=np.int64)
    if places is not None and len(places):
        out[places] = group(places).first()[group(places).number]
    return out
