"""The tables as the checks read them: shared codes, the order of visits, the baseline. Each piece
is made once.

`Data` holds one `Rows` per table. Subjects, evaluators and visits have the same code in every
table, so that rows of two tables are joined by comparing integers. A *track* is a subject and an
evaluator; a *timepoint* is a track and a visit (the visit column, else the date; each date of an
unscheduled visit). Timepoints are ordered by the date of their scans; one without a full date
stands by its visit number. They are those of `nettumor.assess`, and visits with a response alone
beside. Baseline is the last visit with lesions on or before the reference date (`randomized`, else
`treatment_start`), else the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.assessment.visits import measured_twice, rank_of, time_order, visit_numbers
from nettumor.crf import CrfTable, Dates, LesionCells, Numbers, Tables, number_rows
from nettumor.crf.cells import parse_response_cells
from nettumor.crf.columns import Words
from nettumor.criteria import Criteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.rows import Groups, group
from nettumor.words import criteria_names
from nettumor.words.organs import NODES
from nettumor.words.organs import read as organ_of
from nettumor.words.visits import is_loose

if TYPE_CHECKING:
    from nettumor.edit_checks.reading.recomputed import Chain

Ints = npt.NDArray[np.int64]


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
        Latest full date of its lesions, by which timepoints are ordered; without lesions the
        earliest date.
    order : ndarray of int
        Place in the track counted from baseline: 0 is baseline, 1 the first visit after, negative
        before.
    lesions, responses : ndarray of int
        The first row there of the lesions and of the responses table, -1 for none.
    start : ndarray of int, shape (tracks + 1,)
        Where each track begins.
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


class Rows:
    """One table, row by row; every array has one element per row."""

    def __init__(self, data: Data, name: str, table: CrfTable) -> None:
        self.data, self.name, self.table, self.n = data, name, table, table.n_rows

    def __contains__(self, column: str) -> bool:
        return column in self.table

    def text(self, column: str, at: Ints | Bools | None = None) -> Words:
        """A column's cells as text with outer blanks removed, of all rows or of some; "" where blank
        or absent.
        """
        codes, words = self.codes(column)
        if not len(words):
            return np.empty(0, dtype=object)
        return np.asarray(words[codes if at is None else codes[at]])

    def codes(self, column: str) -> tuple[Ints, Words]:
        """Codes and words of a column, outer blanks removed."""
        return self.table.keys_of(column)

    def word(self, column: str) -> npt.NDArray[Any]:
        """A column's cells in upper case, single blanks."""
        codes, words = self.codes(column)
        upper = np.array([w.upper() for w in words], dtype=object)
        return upper[codes] if len(words) else np.empty(0, dtype=object)

    def blank(self, column: str) -> Bools:
        """Where the cell is blank (everywhere where there is no such column)."""
        return self.table.blank(column)

    def numbers(self, column: str) -> Numbers:
        """A column's numbers; read once."""
        key = (self.name, column)
        if key not in self.data.read:
            self.data.read[key] = self.table.numbers(column)
        found: Numbers = self.data.read[key]
        return found

    def responses(self, column: str) -> Codes:
        """A column's responses as codes of `Response`, by the words of the criteria; -1 for an
        unknown word.
        """
        return parse_response_cells(self.table.column(column), family=self.data.family)

    def number(self, column: str) -> Floats:
        """A column's numbers, NaN where there is none."""
        return self.numbers(column).value

    def dates(self, column: str) -> Dates:
        """A column's dates (numbers of days where the study counts days); read once."""
        key = (self.name, column, "dates")
        if key not in self.data.read:
            self.data.read[key] = self.table.dates(column, days=self.data.tables.days)
        found: Dates = self.data.read[key]
        return found

    @cached_property
    def said_visit(self) -> Words:
        """The visit as a message says it: its name or number, else "of" its date or day."""
        days = self.table.has_days
        return visit_words(self.text("visit"), self.text("day" if days else "date"), days)

    def _joined(self, by_table: Mapping[str, Ints]) -> Ints:
        """This table's part of what is numbered over tables; without subjects it has none, and the
        check is skipped.
        """
        if self.name not in by_table:
            raise Skip(f"{self.name} has no column subject")
        return by_table[self.name]

    def _shared(self, column: str) -> Ints:
        return self.data.shared(column, self.name)

    @cached_property
    def subject(self) -> Ints:
        """Codes of the subject, shared by all tables (words: `Data.subjects`)."""
        return self._shared("subject")

    @cached_property
    def evaluator(self) -> Ints:
        """Codes of the evaluator, shared by all tables."""
        return self._shared("evaluator")

    @cached_property
    def track(self) -> Ints:
        """Codes of the track (see `Data.track_subject`), shared by lesions and responses."""
        return self._joined(self.data.tracks)

    @cached_property
    def when(self) -> Dates:
        """The dates of the rows."""
        return self.table.when()

    @property
    def day(self) -> Floats:
        """Full dates as day numbers, else NaN."""
        return self.when.day

    @cached_property
    def timepoint(self) -> Ints:
        """The row's timepoint (lesions and responses)."""
        return self._joined(self.data.places)

    @cached_property
    def order(self) -> Ints:
        """The row's place in time: 0 at baseline, 1 at the first visit after it, negative
        before.
        """
        return self.data.timepoints.order[self.timepoint] if self.n else np.empty(0, np.int64)

    # what only the lesions table has

    @property
    def cells(self) -> LesionCells:
        """The rows read as lesions."""
        return self.table.lesions

    @cached_property
    def lesion(self) -> Ints:
        """The lesion of each row: a number for each (track, lesion name)."""
        return number_rows(self.track, self.codes("lesion")[0])[0]

    @cached_property
    def lesion_visit(self) -> Ints:
        """A number for each (lesion, timepoint)."""
        return number_rows(self.lesion, self.timepoint)[0]

    @cached_property
    def organ(self) -> Ints:
        """Codes of the organ, sides dropped, nodes one organ (words: `organ_words`); "" is a code
        too.
        """
        return self._organs[0]

    @property
    def organ_words(self) -> Words:
        """The organs that `organ` counts."""
        return self._organs[1]

    @cached_property
    def _organs(self) -> tuple[Ints, Words]:
        codes, words = self.codes("organ")
        names = [organ_of(w, self.data.organ_map) for w in words.tolist()]
        found, place = np.unique(np.array([*names, NODES], dtype=object), return_inverse=True)
        organ = place[codes] if self.n else codes
        nodes = int(place[-1])
        return np.where(self.cells.nodal, nodes, organ).astype(np.int64), found

    @cached_property
    def in_time(self) -> Groups:
        """The rows of each lesion in time (of one timepoint as in the file)."""
        return group(self.lesion, by=self.timepoint)

    @cached_property
    def first_row(self) -> Ints:
        """For each row the first row of its lesion in time (the earliest timepoint, then the first
        in the file).
        """
        return np.asarray(self.in_time.of_rows(self.in_time.first()))


class Data:
    """What the checks share.

    Parameters
    ----------
    tables : Tables
    criteria : Criteria
    organ_map : mapping of str to str
        A study's names of locations (upper case) to organs.
    method_equivalents : tuple of tuple of str
        Groups of imaging methods (upper case) that count as one.
    windows : mapping of str to float
        The protocol's windows, in days: ``interval``, ``window``, ``baseline``.
    schedule : pairs or days, optional
        Scheduled visits that one interval does not say, as `nettumor.assess` takes them.

    Examples
    --------
    >>> from nettumor import crf, criteria
    >>> data = Data(crf.read({"lesions": {"subject": ["01"] * 2, "visit": [0, 1], "lesion": ["T01"] * 2,
    ...                                   "role": ["TARGET"] * 2, "size": [30, 20]}}), criteria.RECIST_1_1)
    >>> data["lesions"].order.tolist(), data.chain.sum.tolist()
    ([0, 1], [30.0, 20.0])
    """

    def __init__(
        self,
        tables: Tables,
        criteria: Criteria,
        *,
        organ_map: Mapping[str, str] | None = None,
        method_equivalents: tuple[tuple[str, ...], ...] = (),
        windows: Mapping[str, float] | None = None,
        schedule: Any = None,
    ) -> None:
        self.tables, self.criteria = tables, criteria
        self.organ_map = organ_map or {}
        self.method_equivalents, self.windows = method_equivalents, windows or {}
        self.schedule = schedule if isinstance(schedule, tuple) else None
        self.read: dict[Any, Any] = {}
        """What was read out of columns, kept for the next check; a check may keep its own pieces
        here.
        """
        self._rows: dict[str, Rows] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.tables or name in self.tables.domains

    def __getitem__(self, name: str) -> Rows:
        if name not in self._rows:
            held = self.tables.domains if name in self.tables.domains else self.tables
            self._rows[name] = Rows(self, name, held[name])
        return self._rows[name]

    @cached_property
    def _factors(self) -> dict[str, tuple[dict[str, Ints], Words]]:
        return {}

    def _share(self, column: str) -> tuple[dict[str, Ints], Words]:
        if column not in self._factors:
            words: dict[str, int] = {}
            codes: dict[str, Ints] = {}
            for name, table in self.tables.items():
                own, its = table.keys_of(column)
                place = np.array([words.setdefault(w, len(words)) for w in its], dtype=np.int64)
                codes[name] = place[own] if len(own) else np.empty(0, np.int64)
            self._factors[column] = codes, np.array([*words], dtype=object)
        return self._factors[column]

    def release(self) -> None:
        """Let go of what was read out of columns: the next group of checks needs other columns, or
        reads them again.
        """
        self.read = {}

    def shared(self, column: str, table: str) -> Ints:
        """Codes of a column of a table, the same in every table."""
        return self._share(column)[0][table]

    def words(self, column: str) -> Words:
        """The words that the shared codes of a column stand for."""
        return self._share(column)[1]

    @property
    def subjects(self) -> Words:
        """The words of the subject codes."""
        return self.words("subject")

    # tracks and timepoints

    @cached_property
    def _judged(self) -> tuple[str, ...]:
        return tuple(
            n for n in ("lesions", "responses") if n in self.tables and "subject" in self.tables[n]
        )

    def _joined(self, parts: list[Ints]) -> Ints:
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def _split(self, joined: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        ends = np.cumsum([self[n].n for n in self._judged])[:-1]
        return dict(zip(self._judged, np.split(joined, ends), strict=True)) if self._judged else {}

    @cached_property
    def _tracks(self) -> tuple[Ints, Ints]:
        subject = self._joined([self[n].subject for n in self._judged])
        evaluator = self._joined([self[n].evaluator for n in self._judged])
        track, first = number_rows(subject, evaluator)
        return track, first

    @cached_property
    def tracks(self) -> dict[str, Ints]:
        """For lesions and responses the track of each row."""
        return self._split(self._tracks[0])

    @cached_property
    def track_subject(self) -> Ints:
        """The subject code of each track."""
        return self._joined([self[n].subject for n in self._judged])[self._tracks[1]]

    @cached_property
    def track_evaluator(self) -> Ints:
        """The evaluator code of each track."""
        return self._joined([self[n].evaluator for n in self._judged])[self._tracks[1]]

    @property
    def n_tracks(self) -> int:
        """Number of tracks."""
        return len(self._tracks[1])

    @cached_property
    def reference_day(self) -> Floats:
        """The reference date of each subject code: randomized, else treatment_start; NaN where
        unknown.
        """
        out = np.full(len(self.subjects), np.nan)
        if "subjects" in self.tables:
            rows = self["subjects"]
            start = np.where(
                np.isnan(rows.dates("randomized").day),
                rows.dates("treatment_start").day,
                rows.dates("randomized").day,
            )
            out[rows.subject[::-1]] = start[::-1]
        return out

    @cached_property
    def _visits(self) -> tuple[Ints, Ints]:
        """The timepoint of each row of lesions and responses, and the first of these rows of each
        timepoint.
        """
        by_visit = any("visit" in self.tables[n] for n in self._judged)
        code = self._joined([self[n]._shared("visit") for n in self._judged])
        words = self.words("visit") if self._judged else np.empty(0, object)
        blank = (
            np.array([w == "" for w in words], dtype=np.bool_)[code]
            if len(code)
            else np.empty(0, np.bool_)
        )
        if not by_visit or blank.any():
            days = self._joined(
                [
                    self[n]._shared("day" if self.tables[n].has_days else "date")
                    for n in self._judged
                ]
            )
            code, blank = self._borrowed(code, blank, days)
            code = np.where(blank, days + len(words), code)
        track = self._tracks[0]
        return number_rows(track, code, self._dates_apart(track, code, words, blank))

    def _borrowed(self, code: Ints, blank: Bools, days: Ints) -> tuple[Ints, Bools]:
        """The codes of visits, where a response without a visit takes that of the lesions of its
        track and date.
        """
        lesions = self["lesions"].n if "lesions" in self._judged else 0
        undated = (
            self._joined(
                [
                    np.asarray(
                        self[n].blank("day" if self.tables[n].has_days else "date"), np.int64
                    )
                    for n in self._judged
                ]
            )
            == 1
        )
        place, _ = number_rows(self._tracks[0], days)
        visit = np.full(int(place.max(initial=-1)) + 1, -1, dtype=np.int64)
        from_ = np.flatnonzero(~blank[:lesions] & ~undated[:lesions])[::-1]
        visit[place[from_]] = code[from_]
        found = np.where(blank & ~undated, visit[place], -1) if len(place) else place
        found[:lesions] = -1
        return np.where(found >= 0, found, code), blank & (found < 0)

    def _dates_apart(self, track: Ints, code: Ints, words: Words, blank: Bools) -> Ints:
        """For visits of which each date is a timepoint of its own, a number for the date; else 0.

        As `nettumor.assess` has it: unscheduled visits, and those at which one lesion was recorded
        on several days. A response belongs to the last of the visit's scans on or before its date,
        else to the first.
        """
        none = np.zeros(len(code), dtype=np.int64)
        if "lesions" not in self._judged or not len(code):
            return none
        n = self["lesions"].n  # the lesions stand first
        loose = np.array([is_loose(str(w)) for w in words], dtype=np.bool_)
        day = np.concatenate([self[name].day for name in self._judged])
        dated = ~np.isnan(day)
        _, dates = np.unique(np.where(dated, day, -np.inf), return_inverse=True)
        dates = np.where(dated, dates + 1, 0)
        lesion = self["lesions"].table.keys_of("lesion")[0]
        apart = measured_twice(lesion, track[:n], code[:n], dates[:n], dated[:n]) & ~blank[:n]
        apart |= loose[np.where(blank[:n], 0, code[:n])] & ~blank[:n] if len(words) else False
        if not apart.any():
            return none
        place, _ = number_rows(track, code)
        mine = np.concatenate([apart, np.isin(place[n:], place[:n][apart])])
        out = np.where(mine, dates, 0)
        scans = np.flatnonzero(apart & dated[:n])
        out[n:] = np.where(
            mine[n:], _last_scan(place[scans], dates[scans], place[n:], dates[n:]), 0
        )
        return out

    @cached_property
    def _timed(self) -> tuple[Timepoints, dict[str, Ints]]:
        joined, first = self._visits
        count = len(first)
        day = np.concatenate([self[n].day for n in self._judged]) if self._judged else np.empty(0)
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        known = ~np.isnan(day)
        np.minimum.at(low, joined[known], day[known])
        np.maximum.at(high, joined[known], day[known])
        visit = self._joined([self[n]._shared("visit") for n in self._judged])[first]
        track = self._tracks[0][first]
        scan = self._scan_days(joined, np.where(np.isinf(low), np.nan, low))
        words = self.words("visit") if self._judged else np.empty(0, object)
        number = visit_numbers(words)[visit] if len(words) else low
        rank = rank_of(words)[visit] if len(words) else visit
        earliest = (
            np.concatenate([self[n].when.earliest for n in self._judged])[first] if count else low
        )
        order = time_order(track, scan, number, earliest, rank) if count else np.empty(0, np.int64)
        place = np.empty(count, np.int64)
        place[order] = np.arange(count)
        low, high, scan = (np.where(np.isinf(a), np.nan, a)[order] for a in (low, high, scan))
        rows = self._split(place[joined])
        firsts = [_first_of(rows.get(n), count) for n in ("lesions", "responses")]
        track = track[order]
        start = np.searchsorted(track, np.arange(self.n_tracks + 1))
        since = self._since_baseline(track, scan, firsts[0] >= 0, start)
        return Timepoints(
            track, visit[order], low, high, scan, since, firsts[0], firsts[1], start
        ), rows

    def _scan_days(self, place: Ints, day: Floats) -> Floats:
        """The latest day of a timepoint's lesions; where there is none, its ``day``."""
        latest = np.full(len(day), -np.inf)
        if "lesions" in self._judged:
            scans = self["lesions"].day
            known = np.flatnonzero(~np.isnan(scans))
            np.maximum.at(latest, place[known], scans[known])
        return np.where(np.isinf(latest), day, latest)

    def _since_baseline(self, track: Ints, day: Floats, has: Bools, start: Ints) -> Ints:
        """The place of each timepoint from its track's baseline."""
        reference = self.reference_day[self.track_subject][track] if len(track) else np.empty(0)
        index = np.arange(len(track))
        has = has | ~np.isin(
            track, track[has]
        )  # a track without any lesion: every visit may be the first
        first = np.full(len(start) - 1, len(track))
        np.minimum.at(first, track[has], index[has])
        before = has & (day <= reference)
        last = np.full(len(start) - 1, -1)
        np.maximum.at(last, track[before], index[before])
        baseline = np.where(last >= 0, last, first)
        return index - baseline[track]

    @property
    def timepoints(self) -> Timepoints:
        """Every visit of every track, in time."""
        return self._timed[0]

    @cached_property
    def visit_names(self) -> Words:
        """For each timepoint its visit as written, or its date where it has none."""
        points = self.timepoints
        names = self.words("visit")[points.visit] if len(points) else np.empty(0, object)
        for name, first in (("responses", points.responses), ("lesions", points.lesions)):
            if name in self._judged:
                date = self[name].text("day" if self.tables[name].has_days else "date")
                if len(date):
                    names = np.where(
                        (names == "") & (first >= 0), date[np.maximum(first, 0)], names
                    )
        return names

    @property
    def places(self) -> dict[str, Ints]:
        """For lesions and responses the timepoint of each row."""
        return self._timed[1]

    @cached_property
    def family(self) -> str:
        """The family of the criteria, "" where it has no name of its own."""
        return next(iter(_families(self.criteria)), "")

    @cached_property
    def own_criteria(self) -> Bools:
        """Rows of the responses table given under the criteria of the run (the criteria column,
        blank: yes).
        """
        rows = self["responses"]
        codes, words = rows.codes("criteria")
        own = np.array([_same_criteria(str(w), self.criteria) for w in words], dtype=np.bool_)
        return own[codes] if len(words) else np.empty(0, np.bool_)

    @cached_property
    def _sizes(self) -> tuple[Floats, Bools]:
        from nettumor.edit_checks.reading.recomputed import counted_sizes

        return counted_sizes(self)

    @property
    def size(self) -> Floats:
        """For each row of the lesions table the size that counts under the criteria, 5 mm put in
        for too small.
        """
        return self._sizes[0]

    @property
    def too_small(self) -> Bools:
        """For each row of the lesions table whether it is too small to measure and has no size."""
        return self._sizes[1]

    @cached_property
    def chain(self) -> Chain:
        """The responses recomputed from the lesions, one element per timepoint."""
        from nettumor.edit_checks.reading.recomputed import recompute

        return recompute(self)


def _last_scan(place: Ints, date: Ints, wanted: Ints, until: Ints) -> Ints:
    """For each wanted place the last of its dates that is not after ``until``, else its first; 0
    where it has none.
    """
    width = int(max(date.max(initial=0), until.max(initial=0))) + 2
    keys = np.unique(place * width + date)
    at = np.searchsorted(keys, wanted * width + until, side="right") - 1
    here = (
        (at >= 0) & (keys[np.maximum(at, 0)] // width == wanted)
        if len(keys)
        else np.zeros(len(wanted), np.bool_)
    )
    later = np.minimum(at + 1, len(keys) - 1)
    after = ~here & (at + 1 < len(keys)) & (keys[later] // width == wanted) if len(keys) else here
    found = np.where(here, at, later)
    return (
        np.where(here | after, keys[found] % width, 0)
        if len(keys)
        else np.zeros(len(wanted), np.int64)
    )


def visit_words(visits: Words, dates: Words, days: bool) -> Words:
    """The visit of each row as a message says it.

    >>> visit_words(np.array(["3", ""], object), np.array(["", "-2"], object), True).tolist()
    ['3', 'of day -2']
    """
    of = np.array("of day " if days else "of ", dtype=object)
    return np.asarray(
        np.where(visits != "", visits, np.where(dates != "", of + dates, "without a date"))
    )


def _same_criteria(word: str, criteria: Criteria) -> bool:
    """Whether a criteria cell may mean these criteria: it is blank, names no known family,
    or ours, and no other category of response.
    """
    named = criteria_names.family(word)
    return named in _families(criteria) if named else not criteria_names.is_other(word)


def _families(criteria: Criteria) -> list[str]:
    """The families of size criteria that an edition names as its own."""
    told = (str(getattr(criteria, "family", "")), criteria.name, criteria.title)
    return [family for text in told if (family := criteria_names.family(text))]


def _first_of(places: Ints | None, count: int) -> Ints:
    """The first row at each timepoint, -1 for none."""
    out = np.full(count, -1, dtype=np.int64)
    if places is not None and len(places):
        out[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    return out
