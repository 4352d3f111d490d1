"""The tables as the checks read them: shared codes, the order of visits, the baseline.

`Data` holds one `Rows` per table, and what the tables share (`shared`): subjects, evaluators and
visits, tracks and timepoints. Timepoints are ordered by the date of their scans; one without a full
date stands by its visit number. Baseline is the last visit with lesions on or before the reference
date (`randomized`, else `treatment_start`), else the first.

What only some checks ask for is made when it is asked for, and kept by `made_once`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.crf import CrfTable, Dates, LesionCells, Numbers, Tables, number_rows
from nettumor.crf.cells import parse_response_cells
from nettumor.crf.columns import Words
from nettumor.crf.limits import LIMITS
from nettumor.criteria import Criteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.made_once import Pieces, kept, made_once
from nettumor.edit_checks.reading.recomputed import Chain, LesionRows, Sizes, recompute, sizes_of
from nettumor.edit_checks.reading.shared import Coded, Shared, code, share, short
from nettumor.rows import Groups, group, values_at
from nettumor.study.timepoints import Timepoints
from nettumor.words import criteria_names
from nettumor.words.organs import NODES
from nettumor.words.organs import read as organ_of
from nettumor.words.visits import VisitNames, read_each

Ints = npt.NDArray[Any]
"""Whole numbers; codes are int32, so that long tables take half the room."""


def _no_names(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return given or {}


def _visits_or_days(schedule: Any) -> tuple[Any, ...] | None:
    """A schedule that one interval does not say; None for any other."""
    return schedule if isinstance(schedule, tuple) else None


@frozen(eq=False)
class Rows:
    """One table, row by row; every array has one element per row.

    Attributes
    ----------
    data : Data
        The study that the table is of.
    name : str
    table : CrfTable
    pieces : Pieces
        What was made of the rows for one check and the next may ask for.
    """

    data: Data
    name: str
    table: CrfTable
    pieces: Pieces = field(init=False, factory=Pieces, repr=False)

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.table.n_rows

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

    @made_once
    def numbers(self, column: str) -> Numbers:
        """A column's numbers; read once."""
        measured = self.cells.numbers if self.name == "lesions" else {}
        return measured[column] if column in measured else self.table.numbers(column)

    def responses(self, column: str) -> Codes:
        """A column's responses as codes of `Response`, by the words of the criteria; -1 for an
        unknown word.
        """
        return parse_response_cells(self.table.column(column), family=self.data.family)

    def number(self, column: str) -> Floats:
        """A column's numbers, NaN where there is none."""
        return self.numbers(column).value

    @made_once
    def dates(self, column: str) -> Dates:
        """A column's dates (numbers of days where the study counts days); read once."""
        return self.table.dates(column, days=self.data.tables.days)

    def said_visits(self, at: Ints) -> Words:
        """The visits of some rows as a message says them."""
        days = self.table.has_days
        dates = self.text("day" if days else "date", at)
        return visit_words(self.text("visit", at), dates, days)

    def _of_visits(self, by_table: Mapping[str, Ints]) -> Ints:
        """This table's part of what lesions and responses have; without subjects it has none, and
        the check is skipped.
        """
        if self.name not in by_table:
            raise Skip(f"{self.name} has no column subject")
        return by_table[self.name]

    @property
    def subject(self) -> Ints:
        """Codes of the subject, shared by all tables (words: `Data.subjects`)."""
        return self.data.shared.subject.of_table[self.name]

    @property
    def evaluator(self) -> Ints:
        """Codes of the evaluator, shared by all tables."""
        return self.data.shared.evaluator.of_table[self.name]

    @property
    def visit(self) -> Ints:
        """Codes of the visit, shared by all tables."""
        return self.data.shared.visit.of_table[self.name]

    @property
    def track(self) -> Ints:
        """Codes of the track (see `Data.track_subject`), shared by lesions and responses."""
        return self._of_visits(self.data.shared.track)

    @property
    @made_once
    def when(self) -> Dates:
        """The dates of the rows."""
        return self.table.when()

    @property
    def day(self) -> Floats:
        """Full dates as day numbers, else NaN."""
        return self.when.day

    @property
    def timepoint(self) -> Ints:
        """The row's timepoint (lesions and responses)."""
        return self._of_visits(self.data.shared.timepoint)

    @property
    @kept
    def order(self) -> Ints:
        """The row's place in time: 0 at baseline, 1 at the first visit after it, negative
        before.
        """
        return values_at(short(self.data.timepoints.order), self.timepoint)

    # what only the lesions table has

    @property
    def cells(self) -> LesionCells:
        """The rows read as lesions."""
        return self.table.lesions

    @property
    @kept
    def lesion(self) -> Ints:
        """The lesion of each row: a number for each (track, lesion name)."""
        return short(number_rows(self.track, self.codes("lesion")[0])[0])

    @property
    @made_once
    def lesion_visit(self) -> Ints:
        """A number for each (lesion, timepoint)."""
        return short(number_rows(self.lesion, self.timepoint)[0])

    @property
    @kept
    def again(self) -> Bools:
        """Whether a row of the same lesion and timepoint stands before the row."""
        row = self.in_time.row
        lesion, point = self.lesion[row], self.timepoint[row]
        out = np.zeros(self.n, dtype=np.bool_)
        out[row[1:]] = (lesion[1:] == lesion[:-1]) & (point[1:] == point[:-1])
        return out

    @property
    def organ(self) -> Ints:
        """Codes of the organ, sides dropped, nodes one organ (words: `organ_words`); "" is a code
        too.
        """
        return self._organs[0]

    @property
    def organ_words(self) -> Words:
        """The organs that `organ` counts."""
        return self._organs[1]

    @property
    @kept
    def _organs(self) -> tuple[Ints, Words]:
        codes, words = self.codes("organ")
        names = [organ_of(w, self.data.organ_map) for w in words.tolist()]
        found, place = np.unique(np.array([*names, NODES], dtype=object), return_inverse=True)
        place = short(place)
        organ = place[codes] if self.n else codes
        return np.where(self.cells.nodal, place[-1], organ), found

    @property
    @kept
    def in_time(self) -> Groups:
        """The rows of each lesion in time (of one timepoint as in the file)."""
        return group(self.lesion, by=self.timepoint)

    @property
    @made_once
    def first_row(self) -> Ints:
        """For each row the first row of its lesion in time (the earliest timepoint, then the first
        in the file).
        """
        return np.asarray(self.in_time.of_rows(self.in_time.first()))


class Counted(threading.local):
    """What the check that a thread runs counted itself: a thread runs one at a time.

    Attributes
    ----------
    places : list of tuple of int
        How many it could read, and how many not.
    """

    def __init__(self) -> None:
        self.places: list[tuple[int, int]] = []


@frozen(eq=False)
class Data:
    """What the checks share.

    Attributes
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
    places_at_most : int
        Places of lesion and visit in one array of what is recomputed (see `nettumor.crf.limits`).
    shared : Shared
        Subjects, evaluators and visits, tracks and timepoints.
    rows : mapping of str to Rows
        The tables and the SDTM domains, row by row.
    pieces : Pieces
        What was made for one check and the next may ask for.
    counted : Counted
        Where the check that runs could read, and where not, as it counted itself.

    Examples
    --------
    >>> from nettumor import crf, criteria
    >>> data = Data(crf.read({"lesions": {"subject": ["01"] * 2, "visit": [0, 1], "lesion": ["T01"] * 2,
    ...                                   "role": ["TARGET"] * 2, "size": [30, 20]}}), criteria.RECIST_1_1)
    >>> data["lesions"].order.tolist(), data.chain.sum.tolist()
    ([0, 1], [30.0, 20.0])
    """

    tables: Tables
    criteria: Criteria
    organ_map: Mapping[str, str] = field(kw_only=True, default=None, converter=_no_names)
    method_equivalents: tuple[tuple[str, ...], ...] = field(kw_only=True, default=())
    windows: Mapping[str, float] = field(kw_only=True, default=None, converter=_no_names)
    schedule: tuple[Any, ...] | None = field(kw_only=True, default=None, converter=_visits_or_days)
    places_at_most: int = field(kw_only=True, default=LIMITS.places)
    shared: Shared = field(init=False, repr=False)
    rows: Mapping[str, Rows] = field(init=False, repr=False)
    pieces: Pieces = field(init=False, factory=Pieces, repr=False)
    counted: Counted = field(init=False, factory=Counted, repr=False)

    @shared.default
    def _shared_by_tables(self) -> Shared:
        return share(self.tables)

    @rows.default
    def _rows_of_tables(self) -> dict[str, Rows]:
        held = {**self.tables, **self.tables.domains}
        return {name: Rows(self, name, table) for name, table in held.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.rows

    def __getitem__(self, name: str) -> Rows:
        return self.rows[name]

    def release(self) -> None:
        """Let go of what was made for a group of checks: the next one needs other columns, or makes
        them again.
        """
        for pieces in (self.pieces, *(rows.pieces for rows in self.rows.values())):
            pieces.of_group.clear()

    @kept
    def coded(self, column: str) -> Coded:
        """A column with the same codes in every table."""
        held = {"evaluator": self.shared.evaluator, "visit": self.shared.visit}
        held["subject"] = self.shared.subject
        return held[column] if column in held else code(self.tables, column)

    def words(self, column: str) -> Words:
        """The words that the shared codes of a column stand for."""
        return self.coded(column).words

    @property
    def subjects(self) -> Words:
        """The words of the subject codes."""
        return self.shared.subject.words

    @property
    def track_subject(self) -> Ints:
        """The subject code of each track."""
        return self.shared.track_subject

    @property
    def track_evaluator(self) -> Ints:
        """The evaluator code of each track."""
        return self.shared.track_evaluator

    @property
    def n_tracks(self) -> int:
        """Number of tracks."""
        return len(self.shared.track_subject)

    @property
    def timepoints(self) -> Timepoints:
        """Every visit of every track, in time."""
        return self.shared.timepoints

    @property
    @kept
    def visits_said(self) -> VisitNames:
        """What the visits that the shared codes stand for say."""
        return read_each(self.shared.visit.words.tolist())

    @property
    @kept
    def visit_names(self) -> Words:
        """For each timepoint its visit as written, or its date where it has none."""
        points = self.timepoints
        names = self.shared.visit.words[points.visit] if len(points) else np.empty(0, object)
        for name, first in (("responses", points.responses), ("lesions", points.lesions)):
            if name in self.shared.track:
                date = self[name].text("day" if self.tables[name].has_days else "date")
                if len(date):
                    names = np.where(
                        (names == "") & (first >= 0), date[np.maximum(first, 0)], names
                    )
        return names

    @property
    def family(self) -> str:
        """The family of the criteria, "" where it has no name of its own."""
        return next(iter(_families(self.criteria)), "")

    @property
    @kept
    def own_criteria(self) -> Bools:
        """Rows of the responses table given under the criteria of the run (the criteria column,
        blank: yes).
        """
        rows = self["responses"]
        codes, words = rows.codes("criteria")
        own = np.array([_same_criteria(str(w), self.criteria) for w in words], dtype=np.bool_)
        return own[codes] if len(words) else np.empty(0, np.bool_)

    @property
    @kept
    def other_families(self) -> tuple[str, ...]:
        """The families that the responses are given under where none is given under the criteria of
        the run; () where one is, or no family is named.
        """
        if (
            "responses" not in self
            or "criteria" not in self["responses"]
            or self.own_criteria.any()
        ):
            return ()
        words = self["responses"].codes("criteria")[1]
        named = {criteria_names.family(str(w)) for w in words}
        return tuple(sorted(named - {""}))

    @property
    @kept
    def sizes(self) -> Sizes:
        """The sizes of the rows of the lesions table under the criteria."""
        rows = self["lesions"]
        return sizes_of(rows.table, self.criteria, rows.track, rows.order)

    @property
    def size(self) -> Floats:
        """For each row of the lesions table the size that counts under the criteria, 5 mm put in
        for too small.
        """
        return self.sizes.counted

    @property
    @kept
    def chain(self) -> Chain:
        """The responses recomputed from the lesions, one element per timepoint."""
        rows = self["lesions"]
        placed = LesionRows(
            table=rows.table,
            track=rows.track,
            lesion=rows.lesion,
            timepoint=rows.timepoint,
            day=rows.day,
            subjects=self.subjects[self.track_subject],
        )
        return recompute(
            placed,
            self.timepoints,
            self.visit_names,
            self.criteria,
            self.places_at_most,
            self.pieces,
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
