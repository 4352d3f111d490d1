"""The tables that `assess` gives: timepoints, subjects, events, provenance."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor._sealed import Sealed
from nettumor._version import __version__
from nettumor.assessment.axes import Axis
from nettumor.assessment.course import Ends, Outcome
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.result import LateTable, explanations
from nettumor.crf import CrfTable, Tables
from nettumor.crf.came_as import TEXT, CameAs, as_it_came
from nettumor.crf.dates import iso_text
from nettumor.endpoints._time_to_event import _WORDS
from nettumor.morphology import in_assessment_window
from nettumor.study.tracks import Names, tracks_of
from nettumor.study.visits import Visits
from nettumor.tables import Table
from nettumor.terminology import EventReason, labels

TIMES = ("pfs", "ttp", "dor", "os")
OWN = frozenset(
    {
        "subject", "evaluator", "lesion", "best", "best_unconfirmed", "best_day", "best_date",
        "best_reason", "best_percent", "best_percent_day", "baseline_day", "confirmed",
        "first_response_day", "progression_day", "progression_date", "biological",
        "symptomatic", "pfs_axis", "symptomatic_at_baseline",
        *(f"{t}_{part}" for t in TIMES for part in ("days", "event", "reason")),
    }
)  # fmt: skip
"""Columns that the subjects have of their own: no column of the user's takes their names."""


Maker = Callable[[], npt.ArrayLike]


def words(
    names: npt.NDArray[Any], codes: npt.NDArray[np.int64], came: CameAs = TEXT
) -> npt.NDArray[Any]:
    """Names by code, in the type they came in; "" for -1."""
    text = names if names.dtype.kind == "U" else np.array(names.tolist(), dtype=np.str_)
    nobody = bool(codes.size) and codes.min() < 0
    typed = as_it_came(text, came) if codes.size and not nobody else text
    if typed.dtype.kind != "U":
        return np.asarray(typed[codes])
    return np.append(text, "")[codes] if nobody else tracks_of(text, codes)


def keys(
    study: Tables,
    names: Names,
    judgement: Judgement,
    unit: Callable[[], npt.NDArray[np.int64] | slice] = lambda: slice(None),
) -> dict[str, Maker]:
    """Subject and evaluator of each unit (or of rows with a unit each), and the lesion where
    lesions are judged.
    """
    n, owner, lesion = max(len(names.evaluators), 1), judgement.owner, judgement.lesion
    lesions = study["lesions"]
    # not the rest of the names, which has an element for each row
    subjects = names.subjects if names.spelled is None else names.spelled
    evaluators = names.evaluators
    of_subjects = key_type(*(study[t] for t in ("lesions", "subjects") if t in study))
    of_evaluators = came_as(lesions, "evaluator")
    out: dict[str, Maker] = {
        "subject": lambda: words(subjects, owner[unit()] // n, of_subjects),
        "evaluator": lambda: words(evaluators, owner[unit()] % n, of_evaluators),
    }
    if (lesion >= 0).any():
        known = lesions.keys_of("lesion")[1]
        out["lesion"] = lambda: words(known, lesion[unit()], came_as(lesions, "lesion"))
    return out


def came_as(table: CrfTable, name: str) -> CameAs:
    """As what a column came in; as text where the table has no such column."""
    return table.column(name).came_as if name in table else TEXT


def key_type(*tables: CrfTable) -> CameAs:
    """As what the subjects came in; as text where two tables differ."""
    kinds = {came_as(table, "subject") for table in tables}
    return kinds.pop() if len(kinds) == 1 else TEXT


@frozen(eq=False, slots=False)
class RowPlaces(Sealed):
    """Gives the (unit, timepoint) of each row of the timepoints, worked out when it is asked for.

    Attributes
    ----------
    exists : ndarray of bool, shape (unit, timepoint), or None
    places : tuple of ndarray of int, shape (row,), or None
        Where they are known already.
    """

    exists: Bools | None = None
    places: tuple[npt.NDArray[np.int64], ...] | None = None

    @cached_property
    def _places(self) -> tuple[npt.NDArray[np.int64], ...]:
        if self.places is not None:
            return self.places
        assert self.exists is not None
        return np.nonzero(self.exists)

    def __call__(self) -> tuple[npt.NDArray[np.int64], ...]:
        """Unit and timepoint of each row."""
        return self._places


def timepoint_table(
    study: Tables,
    names: Names,
    visits: Visits,
    judgement: Judgement,
    ends: Ends,
    criteria: Any,
    others: dict[str, Axis],
) -> tuple[Table, RowPlaces]:
    """The timepoints, and what gives the (unit, timepoint) of each row."""
    exists = tracks_of(visits.exists, judgement.owner)
    lesions = study["lesions"]

    place = RowPlaces(exists)

    def of_track(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        unit, time = place()
        return np.asarray(values[judgement.owner[unit], time])

    def row() -> npt.NDArray[np.int64]:
        return of_track(visits.row)

    def day() -> Floats:
        return of_track(visits.day)

    def taken(values: npt.NDArray[Any]) -> Maker:
        return lambda: values[place()]

    def labelled(codes: npt.NDArray[np.int8], rules: Any = None) -> Maker:
        return lambda: labels(codes[place()], rules)

    target = judgement.target
    columns = keys(study, names, judgement, lambda: place()[0])
    columns |= {"visit": _visit(lesions, row), "date": _date(lesions, row), "day": day}
    columns |= {
        name: taken(getattr(target, name))
        for name in (
            "sum",
            "n_missing",
            "baseline",
            "nadir",
            "percent_from_baseline",
            "percent_from_nadir",
        )
    }
    columns |= {
        "target": labelled(target.response),
        "non_target": labelled(judgement.non_target),
        "new_lesion": taken(judgement.new_lesion),
        "overall": labelled(judgement.overall, criteria),
        "in_window": lambda: np.atleast_1d(
            in_assessment_window(day() - ends.therapy_completed[place()[0]])
        ),
        "reason": taken(judgement.reason),
    }
    for name, axis in others.items():
        columns |= {name: labelled(axis.response), f"{name}_reason": taken(axis.reason)}
        if axis.note is not None:
            columns[f"{name}_note"] = taken(axis.note)
        for own, part in axis.parts.items():
            columns[f"{name}_{own}"] = labelled(part.response)
    columns["explanation"] = lambda: explanations(judgement, criteria, place())
    return LateTable(columns, int(np.count_nonzero(exists))), place


def _visit(lesions: CrfTable, row: Callable[[], npt.NDArray[np.int64]]) -> Maker:
    """Visits as numbers if all are (whole if they came so), else as text."""

    def written() -> npt.NDArray[Any]:
        if "visit" not in lesions:
            return np.full(len(row()), "", dtype=np.str_)
        column = lesions.column("visit").trimmed
        found, codes = column.words.tolist(), column.codes[row()]
        try:
            numbers = np.array([np.nan if w == "" else float(w) for w in found], dtype=np.float64)
        except ValueError:
            return np.array(found, dtype=np.str_)[codes]
        if came_as(lesions, "visit").kind == "integer" and not np.isnan(numbers).any():
            return numbers.astype(np.int64)[codes]
        return numbers[codes]

    return written


def _date(lesions: CrfTable, row: Callable[[], npt.NDArray[np.int64]]) -> Maker:
    """The date of the scan, in the type it came in, a partial one as it came; "" in a study of
    days.
    """

    def written() -> npt.NDArray[Any]:
        if "date" not in lesions:
            return np.full(len(row()), "", dtype=np.str_)
        cells, column = lesions.when_cells()
        codes = column.codes[row()]
        typed = as_it_came(np.array(column.words.tolist() or [""], dtype=np.str_), column.came_as)
        if typed.dtype.kind in "MO":
            return np.asarray(typed[codes])
        as_came = [" ".join(w.split()) for w in column.words]
        known = iso_text(cells.day)
        return np.where(known == "", np.array(as_came or [""], dtype=np.str_), known)[codes]

    return written


def dates(day: Floats, reference: Floats, *, days: bool, came: CameAs = TEXT) -> npt.NDArray[Any]:
    """Days from the reference date in the type the scans' dates came in, else as ISO 8601; NaT or
    "" where unknown, and in a study of days.
    """
    written = iso_text(np.where(days, np.nan, day + reference))
    return written if days or came.kind in ("integer", "number") else as_it_came(written, came)


def carried(study: Tables, row: npt.NDArray[np.int64], names: Iterable[str]) -> dict[str, Maker]:
    """Columns of the subjects table for each unit, in the type they came in.

    ``row`` is the unit's row there, -1 for none; a column that the table lacks is "" throughout.
    """

    def of(name: str) -> Maker:
        def written() -> npt.NDArray[Any]:
            if "subjects" not in study or name not in study["subjects"]:
                return np.full(len(row), "", dtype=np.str_)
            column = study["subjects"].column(name)
            if column.floats is None:
                words = column.trimmed if name == "arm" else column  # " A" is no other arm than "A"
                return as_it_came(np.append(words.text.astype(np.str_), "")[row], column.came_as)
            numbers = np.append(column.floats, np.nan)[row]
            whole = column.came_as.kind == "integer" and not np.isnan(numbers).any()
            return numbers.astype(np.int64) if whole else numbers

        return written

    return {name: of(name) for name in names}


def subject_table(
    identity: dict[str, Maker],
    outcome: Outcome,
    reference: Floats,
    criteria: Any,
    others: dict[str, Axis],
    axis_of_event: Maker | None = None,
    *,
    days: bool,
    came: CameAs = TEXT,
) -> Table:
    """A row for each unit; ``came`` is the type of the scans' dates."""
    best = outcome.best

    def of_time(name: str, field: str) -> Maker:
        return lambda: getattr(outcome.times[name.upper()], field)

    def labelled(codes: Codes) -> Maker:
        return lambda: labels(codes)

    columns = identity | {
        "best": lambda: labels(best.response, criteria),
        "best_reason": lambda: best.reason,
        "best_percent": lambda: outcome.best_percent,
        "best_percent_day": lambda: outcome.best_percent_day,
        "baseline_day": lambda: outcome.baseline_day,
        "best_unconfirmed": lambda: labels(outcome.unconfirmed.response, criteria),
        "best_day": lambda: best.day,
        "best_date": lambda: dates(best.day, reference, days=days, came=came),
        "confirmed": lambda: best.confirmed,
        "first_response_day": lambda: best.first_response_day,
        "progression_day": lambda: outcome.progression_day,
        "progression_date": lambda: dates(outcome.progression_day, reference, days=days, came=came),
    }
    for name in TIMES:
        columns |= {
            f"{name}_days": of_time(name, "time"),
            f"{name}_event": of_time(name, "event"),
            f"{name}_reason": of_time(name, "reason"),
        }
    if axis_of_event is not None:
        columns["pfs_axis"] = axis_of_event
    for name, axis in others.items():
        columns[name] = labelled(axis.best)
        columns |= {f"{name}_{own}": labelled(part.best) for own, part in axis.parts.items()}
        if axis.present is not None:
            columns[f"{name}_at_baseline"] = partial(_same, axis.present)
    return LateTable(columns, len(reference))


def _same(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values


def event_table(
    identity: dict[str, Maker],
    outcome: Outcome,
    reference: Floats,
    axis_of_event: Maker | None = None,
    *,
    days: bool,
    came: CameAs = TEXT,
) -> Table:
    """A row for each unit and parameter; ``came`` is the type of the scans' dates.

    ``axis_of_event`` is for each unit what progressed in PFS, "" and "death" for nothing.
    """
    times, n = outcome.times, len(outcome.times)

    def each(make: Maker) -> Maker:
        return lambda: np.repeat(np.asarray(make()), n)

    def joined(name: str) -> npt.NDArray[Any]:
        return np.stack([getattr(t, name) for t in times.values()], axis=1).ravel()

    def parameter() -> npt.NDArray[np.str_]:
        return np.tile(np.array(list(times), dtype=np.str_), len(reference))

    def description() -> npt.NDArray[np.str_]:
        words = _described(joined("reason"))
        if axis_of_event is None:
            return words
        axis = np.repeat(axis_of_event(), n)
        progressed = (parameter() == "PFS") & (axis != "") & (axis != "death")
        said = np.char.add(np.char.add(np.char.add(words, " ("), axis), ")")
        return np.where(progressed, said, words)

    columns: dict[str, Maker] = {name: each(make) for name, make in identity.items()}
    columns["parameter"] = parameter
    columns |= {
        "time": lambda: joined("time"),
        "event": lambda: joined("event"),
        "reason": lambda: joined("reason"),
        "start": lambda: np.stack([outcome.start[p] for p in times], axis=1).ravel(),
        "day": lambda: joined("day"),
        "description": description,
    }
    columns["date"] = lambda: dates(joined("day"), np.repeat(reference, n), days=days, came=came)
    order = ("parameter", "time", "event", "reason", "start", "day", "date", "description")
    return LateTable({name: columns[name] for name in (*identity, *order)}, n * len(reference))


def _described(reason: npt.NDArray[np.int32]) -> npt.NDArray[np.str_]:
    """The reasons in words."""
    found, codes = np.unique(reason, return_inverse=True)
    said = [", ".join(w for bit, w in _WORDS.items() if bit in EventReason(int(r))) for r in found]
    return (
        np.array(said or [""], dtype=np.str_)[codes] if len(reason) else np.array([], dtype=np.str_)
    )


def provenance_table(
    tables: Tables, criteria: Any, rule: Any, censoring: Any, notes: dict[str, Any]
) -> Table:
    """What was used and what was left out, as item, value and detail."""
    rows: list[tuple[str, str, str]] = [
        ("criteria", criteria.title, criteria.digest),
        ("rule", rule.title, rule.digest),
        ("censoring", censoring.full_title, censoring.digest),
        ("nettumor", __version__, ""),
        ("numpy", np.__version__, ""),
        ("python", platform.python_version(), ""),
    ]
    inputs = tables.inputs()
    rows += [
        (
            f"input {i['table']}",
            f"{i['name']} ({i['kind']}, {i['rows']} rows)",
            i["sha256"] or i["path"],
        )
        for i in inputs.rows()
    ]
    for name in tables:  # a table made from domains has files of its own
        rows += [
            (f"input {name}", f"{p.name} ({p.kind})", p.sha256 or p.path)
            for p in tables[name].source.parts
        ]
    rows += [(name, str(value), "") for name, value in notes.items()]
    return Table(
        {
            name: np.array([r[i] for r in rows], dtype=np.str_)
            for i, name in enumerate(("item", "value", "detail"))
        }
    )
