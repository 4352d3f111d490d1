"""A study in groups of like courses, and what came of each put together again.

Which subjects stand in one array is said in `study.like_courses`. A study of unlike courses goes
through the chain group by group, and its tables are put together in the order of all subjects; one
of like courses is one group, and nothing is copied.

What must not go in: a rule of assessment.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor._late import Late
from nettumor.assessment.course import Outcome
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.late_table import Columns, LateTable
from nettumor.assessment.lesion_arrays import sizes_hang_together
from nettumor.assessment.ragged import Judgements, ragged
from nettumor.crf import Dates, Tables
from nettumor.crf.columns import Ints
from nettumor.rows import number_rows, order_rows
from nettumor.study.like_courses import kinds_of_courses, little_padding, members
from nettumor.study.subjects import Subjects
from nettumor.study.tracks import Names
from nettumor.study.visits import visit_column
from nettumor.tables import Table


@frozen(eq=False)
class Group:
    """The subjects of like courses, and what of the study is theirs.

    Attributes
    ----------
    tables : Tables
        With their rows of the lesions table.
    names : Names
    subjects : Subjects
    chosen : ndarray of bool, shape (row,), or None
        The rows that are judged.
    rows : ndarray of int, shape (row,), or None
        The number of each row of the lesions table among all of the study; None: they are all.
    tracks : ndarray of int, shape (track,), or None
        The same of each track.
    """

    tables: Tables
    names: Names
    subjects: Subjects
    chosen: Bools | None
    rows: Ints | None = None
    tracks: Ints | None = None

    def only(self, rows: Ints) -> Group:
        """The group with these rows of its lesions table alone."""
        names = attrs.evolve(
            self.names, subject=self.names.subject[rows], evaluator=self.names.evaluator[rows]
        )
        return attrs.evolve(
            self,
            tables=self.tables.replace(lesions=self.tables["lesions"].take(rows)),
            names=names,
            chosen=None if self.chosen is None else self.chosen[rows],
            rows=self.of_study(rows),
        )

    def of_study(self, rows: Ints) -> Ints:
        """The numbers of these rows of the lesions table among all of the study."""
        return rows if self.rows is None else self.rows[rows]


def groups_of(
    tables: Tables,
    names: Names,
    subjects: Subjects,
    chosen: Bools | None,
    criteria: Any,
) -> list[Group]:
    """The study in groups of like courses; one group where that wastes little."""
    lesions = tables["lesions"]
    visit, lesion = visit_column(lesions), lesions.column("lesion")
    places = names.n_tracks * len(lesion.words) * max(len(visit.words), 1)
    dated = "" in visit.words.tolist() or not len(visit.words)
    if not dated and little_padding(places, lesions.n_rows):
        return [Group(tables, names, subjects, chosen)]
    visits, lesion_count = _lengths(tables, names)
    per = max(len(names.evaluators), 1)
    visits, lesion_count = visits.reshape(-1, per), lesion_count.reshape(-1, per)
    kind = np.zeros(len(visits), dtype=np.int64)
    if not sizes_hang_together(lesions, criteria):
        kind = kinds_of_courses(visits, lesion_count)
    owns = members(kind)
    if len(owns) == 1:
        return [Group(tables, names, subjects, chosen)]
    return [_group(tables, names, subjects, chosen, own) for own in owns]


def _lengths(tables: Tables, names: Names) -> tuple[Ints, Ints]:
    """How many visits (dates of one apart) and lesions each track has, at most."""
    lesions = tables["lesions"]
    rows = slice(None) if names.asked is None else np.flatnonzero(names.asked)
    track = names.track[rows]
    date, visit = lesions.when_cells()[1].codes[rows], visit_column(lesions).codes[rows]
    out = []
    for keys in ((visit, date), (lesions.keys_of("lesion")[0][rows],)):
        _, first = number_rows(track, *keys)
        out.append(np.bincount(track[first], minlength=names.n_tracks))
    return out[0], out[1]


def _group(
    tables: Tables, names: Names, subjects: Subjects, chosen: Bools | None, own: Ints
) -> Group:
    """Some of the subjects."""
    place = np.full(len(names.subjects), -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    rows = np.flatnonzero(place[names.subject] >= 0)
    per = len(names.evaluators)
    return Group(
        tables.replace(lesions=tables["lesions"].take(rows)),
        Names(
            names.subjects[own], names.evaluators, place[names.subject[rows]], names.evaluator[rows]
        ),
        _of_subjects(subjects, own),
        None if chosen is None else chosen[rows],
        rows,
        (own[:, None] * per + np.arange(per)).ravel(),
    )


def _of_subjects(subjects: Subjects, own: Ints) -> Subjects:
    """The dates of some of the subjects."""

    def part(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: part(v) for name, v in value.items()}
        if isinstance(value, Dates):
            return value.take(own)
        return value[own] if isinstance(value, np.ndarray) else value

    held = {f.name: part(getattr(subjects, f.name)) for f in attrs.fields(Subjects)}
    return Subjects(**held)


@frozen(eq=False)
class Piece:
    """What came of a group.

    Attributes
    ----------
    timepoints, subjects, events : Table
    judgement : Judgement
    outcome : Outcome
    reference : ndarray of float, shape (unit,)
    place : tuple of two ndarrays of int
        Unit and timepoint of each row of the timepoints.
    row : ndarray of int
        For each row of the timepoints that of the study's lesions table which dates it.
    tracks : ndarray of int, shape (track,), or None
        As in `Group`.
    counts : dict of str to int
        For the provenance.
    """

    timepoints: Table
    subjects: Table
    events: Table
    judgement: Judgement | Judgements
    outcome: Outcome
    reference: Floats
    place: tuple[Ints, Ints]
    row: Ints
    tracks: Ints | None
    counts: dict[str, int]


def joined(pieces: Sequence[Piece]) -> Piece:
    """The pieces as one, units in the order of all tracks; a single one as it is."""
    if len(pieces) == 1:
        return pieces[0]
    owners = [p.tracks[p.judgement.owner] for p in pieces if p.tracks is not None]
    order = order_rows(np.concatenate(owners))
    n = len(pieces[0].outcome.times)
    of_row = np.concatenate([o[p.place[0]] for o, p in zip(owners, pieces, strict=True)])
    rows = order_rows(of_row)
    return Piece(
        timepoints=_table([p.timepoints for p in pieces], rows),
        subjects=_table([p.subjects for p in pieces], order),
        events=_table([p.events for p in pieces], (order[:, None] * n + np.arange(n)).ravel()),
        judgement=_judgements(pieces, order),
        outcome=_outcome([p.outcome for p in pieces], order),
        reference=np.concatenate([p.reference for p in pieces])[order],
        place=_places(pieces, order, rows),
        row=np.concatenate([p.row for p in pieces])[rows],
        tracks=None,
        counts={name: sum(p.counts[name] for p in pieces) for name in pieces[0].counts},
    )


def _judgements(pieces: Sequence[Piece], order: Ints) -> Judgements:
    each = tuple(p.judgement for p in pieces if isinstance(p.judgement, Judgement))
    owner = np.concatenate([p.tracks[p.judgement.owner] for p in pieces if p.tracks is not None])
    lesion = np.concatenate([j.lesion for j in each])
    return Judgements(each, owner[order], lesion[order], ragged([j.overall for j in each], order))


def _places(pieces: Sequence[Piece], order: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Unit and timepoint of each row of all timepoints."""
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    first = np.cumsum([0, *(len(p.judgement.owner) for p in pieces)])
    unit = np.concatenate([number[p.place[0] + n] for p, n in zip(pieces, first, strict=False)])
    time = np.concatenate([p.place[1] for p in pieces])
    return unit[rows], time[rows]


def _table(tables: Sequence[Table], order: Ints) -> LateTable:
    """The tables under each other, rows in this order."""
    longest = max(tables, key=len)
    names = dict.fromkeys([*longest, *(name for t in tables for name in t)])
    late = {name for t in tables if isinstance(t, LateTable) for name in t.late}
    columns: Columns = {
        name: partial(_column, tables, name, order)
        if name in late
        else _column(tables, name, order)
        for name in names
    }
    return LateTable(columns, len(order))


def _column(tables: Sequence[Table], name: str, order: Ints) -> npt.NDArray[Any]:
    """A column of all; a remark that a group has no column of is blank."""
    parts = [t[name] if name in t else np.full(t.n_rows, "") for t in tables]
    return np.concatenate(parts)[order]


def _outcome(outcomes: Sequence[Outcome], order: Ints) -> Outcome:
    def late(of: str) -> Late[Any]:
        held = [getattr(o, of) for o in outcomes]
        return Late({n: partial(_of_name, held, n, order) for n in held[0]})

    whole: Outcome = _record(outcomes, order)
    outcome: Outcome = attrs.evolve(
        whole,
        best=_record([o.best for o in outcomes], order),
        times=late("times"),
        start={
            name: np.concatenate([o.start[name] for o in outcomes])[order]
            for name in outcomes[0].start
        },
        others=late("_others"),
        best_percents=Late({"change": partial(_best_percents, outcomes, order)}),
    )
    return outcome


def _best_percents(outcomes: Sequence[Outcome], order: Ints) -> tuple[Floats, Floats]:
    """The smallest changes from baseline and their days."""
    percent = np.concatenate([o.best_percent for o in outcomes])[order]
    return percent, np.concatenate([o.best_percent_day for o in outcomes])[order]


def _of_name(held: Sequence[Any], name: str, order: Ints) -> Any:
    """The record of a name in several mappings."""
    return _record([mapping[name] for mapping in held], order)


def _record(records: Sequence[Any], order: Ints) -> Any:
    """Records of arrays with an element a unit, as one."""
    joined_fields: dict[str, Any] = {}
    for field in attrs.fields(type(records[0])):
        values = [getattr(record, field.name) for record in records]
        if isinstance(values[0], np.ndarray):
            flat = values[0].ndim == 1
            both = np.concatenate(values)[order] if flat else ragged(values, order)
            joined_fields[field.name] = both
    return attrs.evolve(records[0], **joined_fields)
