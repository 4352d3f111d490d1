"""Who was assessed when: tracks, timepoints in order, the reference date and the baseline of each track.

Which scan is baseline, and on which day of the study was each of the others? Rules of the CRF layout:
a track is a subject and an evaluator, never mixed; the reference date is randomisation, else the start of
treatment, else the baseline; the baseline is the last visit dated on or before it, else the first visit;
visits stand in the order of their full dates, and one with a partial or no date by its visit number. The
rows of the lesions table come in; the place of each row, and arrays of shape (track, timepoint), come out.
"""

from __future__ import annotations

import re

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import CrfTable, Dates, DateStatus, number_rows
from nettumor.crf.columns import Column, Ints, Words, blanks

_BEFORE_ALL = re.compile(r"SCREEN|BASELINE|PRE-?TREATMENT|\bSCR\b|\bBL\b", re.I)
_UNSCHEDULED = re.compile(r"UNSCH|UNPLAN|\bUNS\b", re.I)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NO_TIME, EARLIER = -1, -2
"""Rows without a timepoint: neither visit nor date; at a visit before the baseline."""


@frozen(eq=False)
class Names:
    """The subjects and evaluators of a study, in order; track = subject * number of evaluators + evaluator.

    Attributes
    ----------
    subjects, evaluators : ndarray of str
        Distinct names, sorted.
    subject, evaluator : ndarray of int, shape (row,)
        Of each row of the lesions table; an evaluator that was not asked for is -1.
    """

    subjects: Words
    evaluators: Words
    subject: Ints
    evaluator: Ints

    @property
    def track(self) -> Ints:
        """The track of each row."""
        return self.subject * len(self.evaluators) + self.evaluator

    @property
    def n_tracks(self) -> int:
        """Number of tracks: every subject with every evaluator, assessed or not."""
        return len(self.subjects) * len(self.evaluators)


@frozen(eq=False)
class Visits:
    """The timepoints of a study; index 0 is the baseline.

    Attributes
    ----------
    timepoint : ndarray of int, shape (row,)
        Of each row; `NO_TIME` where it has neither visit nor date, `EARLIER` where it lies before the baseline.
    scan_day : ndarray of float, shape (row,)
        Day of the row from the reference date; NaN unless its date is full.
    exists : ndarray of bool, shape (track, timepoint)
    day : ndarray of float, shape (track, timepoint)
        Of the latest scan, from the reference date.
    reference : ndarray of float, shape (track,)
        The reference date as days since 1970-01-01 (0 where the study counts days); NaN if unknown.
    row : ndarray of int, shape (track, timepoint)
        A row with the visit's name and its date; -1 where there is no visit.
    without_time, before_baseline : int
        Rows without visit and date; rows at visits before the baseline.
    """

    timepoint: Ints
    scan_day: Floats
    exists: Bools
    day: Floats
    reference: Floats
    row: Ints
    without_time: int
    before_baseline: int


def sorted_words(words: list[str]) -> list[str]:
    """Names in order: as numbers if all are, else as text.

    >>> sorted_words(["10", "9"]), sorted_words(["b", "a10", "a9"])
    (['9', '10'], ['a10', 'a9', 'b'])
    """
    if all(_NUMBER.fullmatch(w) for w in words):
        return sorted(words, key=lambda w: (float(w), w))
    return sorted(words)


def rank_of(words: Words) -> Ints:
    """The place of each distinct word in the sorted list of all."""
    place = {w: i for i, w in enumerate(sorted_words(list(words)))}
    return np.array([place[w] for w in words], dtype=np.int64)


def visit_numbers(words: Words) -> Floats:
    """A number for each distinct visit: itself, else the first number in its name; NaN for none.

    >>> visit_numbers(["2", "WEEK 12", "SCREENING", "END"]).tolist()
    [2.0, 12.0, -inf, nan]
    """
    return np.array([_visit_number(w) for w in words], dtype=np.float64)


def _visit_number(word: str) -> float:
    if _NUMBER.fullmatch(word):
        return float(word)
    if _BEFORE_ALL.search(word):
        return -np.inf
    found = _NUMBER.search(word)
    return float(found.group()) if found else np.nan


def place_visits(lesions: CrfTable, names: Names, reference: Floats) -> Visits:
    """The timepoints of all tracks.

    Parameters
    ----------
    lesions : CrfTable
        The lesions table.
    names : Names
        The track of each row.
    reference : ndarray of float, shape (subject,)
        Reference dates in the count of ``lesions.when()``; NaN where only the baseline can stand for it.
    """
    here = names.evaluator >= 0
    when = lesions.when()
    visit = lesions.column("visit").trimmed if "visit" in lesions else blanks(lesions.n_rows)
    group = _groups(lesions, np.where(here, names.track, 0), visit, when)
    group = np.where(here, group, -1)
    rows = np.flatnonzero(group >= 0)
    number, first = number_rows(group[rows])
    first = rows[first]
    day = np.full(len(first), -np.inf)
    known = ~np.isnan(when.day[rows])
    np.maximum.at(day, number[known], when.day[rows][known])
    day[np.isneginf(day)] = np.nan
    track = names.track[first]
    words = visit_numbers(visit.words)[visit.codes[first]]
    order = time_order(track, day, words, when.earliest[first], rank_of(visit.words)[visit.codes[first]])
    count = np.bincount(track, minlength=names.n_tracks)
    start = np.cumsum(count) - count
    position = np.empty(len(first), dtype=np.int64)
    position[order] = np.arange(len(first)) - start[track[order]]
    wanted = np.repeat(reference, len(names.evaluators))
    base = np.zeros(names.n_tracks, dtype=np.int64)
    before = day <= wanted[track]
    np.maximum.at(base, track[before], position[before])
    index = position - base[track]
    return _visits(names, when.day, rows, number, first, index, day, wanted)


def _visits(
    names: Names, row_day: Floats, rows: Ints, number: Ints, first: Ints, index: Ints, day: Floats, wanted: Floats
) -> Visits:
    """The arrays, from the timepoints (their first row, index from the baseline, day) and the rows' timepoints."""
    track = names.track[first]
    kept = index >= 0
    shape = (names.n_tracks, int(index.max(initial=0)) + 1)
    at = (track[kept], index[kept])
    exists, days = np.zeros(shape, dtype=np.bool_), np.full(shape, np.nan)
    row = np.full(shape, -1, dtype=np.int64)
    exists[at], days[at] = True, day[kept]
    # the row that shows the visit: one with the latest date, so that its cell is the date of the timepoint
    row[at] = first[kept]
    latest = row_day[rows] == day[number]
    chosen = np.full(len(first), -1, dtype=np.int64)
    chosen[number[latest][::-1]] = rows[latest][::-1]
    row[at] = np.where(chosen[kept] >= 0, chosen[kept], first[kept])
    reference = np.where(np.isnan(wanted), days[:, 0], wanted)
    timepoint = np.full(len(row_day), NO_TIME, dtype=np.int64)
    timepoint[rows] = np.where(index[number] < 0, EARLIER, index[number])
    owner = np.where(names.evaluator >= 0, names.track, 0)
    scan_day = row_day - reference[owner] if len(reference) else row_day
    return Visits(
        timepoint, scan_day, exists, days - reference[:, None], reference, row,
        int(np.count_nonzero(names.evaluator >= 0) - len(rows)), int(np.count_nonzero(index[number] < 0)),
    )  # fmt: skip


def _groups(lesions: CrfTable, track: Ints, visit: Column, when: Dates) -> Ints:
    """The timepoint of each row as a number, -1 where it has neither visit nor date.

    A visit is one timepoint, whatever the days of its scans; unless a lesion was recorded on several days of it,
    or the visit is unscheduled and has no number of its own: then each date is a timepoint.
    """
    named = visit.map(bool, np.bool_)
    loose = visit.map(is_loose, np.bool_)
    dated = when.status == DateStatus.FULL
    days = np.unique(when.day[dated], return_inverse=True)[1] + 1
    date = np.zeros(len(track), dtype=np.int64)
    date[dated] = days
    partial = when.status == DateStatus.PARTIAL
    if partial.any():  # without a visit a partial date tells timepoints apart, too
        text = lesions.column("date").trimmed.codes
        date = np.where(partial & ~named, int(date.max(initial=0)) + 1 + text, date)
    split = loose | measured_twice(lesions, track, visit.codes, date, dated)
    group, _ = number_rows(track, np.where(named, visit.codes + 1, 0), np.where(split, date, 0))
    return np.where(named | (date > 0), group, -1)


def is_loose(word: str) -> bool:
    """Whether each date is a timepoint of its own: no visit, or a word that all unscheduled visits share.

    >>> is_loose("UNSCHEDULED"), is_loose("UNSCHEDULED 3.1"), is_loose("WEEK 9")
    (True, False, False)
    """
    return word == "" or (bool(_UNSCHEDULED.search(word)) and not _NUMBER.search(word))


def measured_twice(lesions: CrfTable, track: Ints, visit: Ints, date: Ints, dated: Bools) -> Bools:
    """Rows of visits at which some lesion was recorded on more than one date."""
    if not dated.any():
        return dated
    at_visit, first = number_rows(track, visit)
    lesion = lesions.keys_of("lesion")[0][dated]
    place, start = number_rows(at_visit[dated], lesion)
    again = date[dated] != date[dated][start][place]
    several = np.zeros(len(first), dtype=np.bool_)
    several[at_visit[dated][again]] = True
    return np.asarray(several[at_visit])


def time_order(track: Ints, day: Floats, visit: Floats, earliest: Floats, word: Ints) -> Ints:
    """Timepoints in order: by track, then full date; one without by its visit number, else its partial date."""
    undated = np.isnan(day)
    key = np.where(undated, np.inf, day)
    if undated.any():
        numbered = undated & ~np.isnan(visit)
        key[numbered] = _anchor(track, day, visit)[numbered]
        by_month = undated & np.isnan(visit) & ~np.isnan(earliest)
        key[by_month] = earliest[by_month]
    number = np.where(np.isnan(visit), np.inf, visit)
    return np.lexsort((word, number, undated, key, track))


def _anchor(track: Ints, day: Floats, visit: Floats) -> Floats:
    """For each timepoint the latest day among the track's dated timepoints with a smaller visit number."""
    number = np.where(np.isnan(visit), np.inf, visit)
    order = np.lexsort((number, track))
    count = np.bincount(track)
    column = np.arange(len(track)) - (np.cumsum(count) - count)[track[order]]
    table = np.full((len(count), int(count.max()) + 1), -np.inf)
    table[track[order], column + 1] = np.where(np.isnan(day[order]), -np.inf, day[order])
    numbers = np.full(table.shape, -np.inf)
    numbers[track[order], column + 1] = number[order]
    best = np.maximum.accumulate(table, axis=1)
    # the column of the first timepoint with the same visit number: what stands before it is smaller
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (track[order][1:] != track[order][:-1]) | (number[order][1:] != number[order][:-1])
    begin = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    out = np.empty(len(track))
    out[order] = best[track[order], column[begin]]
    return out
