"""The tables that `assess` gives: timepoints, subjects, events, provenance."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, Floats
from nettumor._version import __version__
from nettumor.assessment.axes import Axis
from nettumor.assessment.course import Outcome
from nettumor.assessment.ends import Ends
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.late_table import Columns, LateTable, Maker
from nettumor.assessment.result import explanations
from nettumor.crf import CrfTable, Tables
from nettumor.crf.came_as import TEXT, CameAs, as_it_came
from nettumor.crf.columns import Ints
from nettumor.crf.dates import iso_text
from nettumor.endpoints import TimeToEvent
from nettumor.endpoints._time_to_event import _WORDS
from nettumor.morphology import in_assessment_window
from nettumor.rows import codes_of, smallest
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


def keys(study: Tables, names: Names, judgement: Judgement) -> dict[str, npt.NDArray[Any]]:
    """Subject and evaluator of each unit, and the lesion where lesions are judged."""
    n, owner, lesion = max(len(names.evaluators), 1), judgement.owner, judgement.lesion
    lesions = study["lesions"]
    subjects = names.subjects if names.spelled is None else names.spelled
    of_subjects = key_type(*(study[t] for t in ("lesions", "subjects") if t in study))
    of_evaluators = came_as(lesions, "evaluator")
    out = {
        "subject": words(subjects, owner // n, of_subjects),
        "evaluator": words(names.evaluators, owner % n, of_evaluators),
    }
    if (lesion >= 0).any():
        known = lesions.keys_of("lesion")[1]
        out["lesion"] = words(known, lesion, came_as(lesions, "lesion"))
    return out


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


def came_as(table: CrfTable, name: str) -> CameAs:
    """As what a column came in; as text where the table has no such column."""
    return table.column(name).came_as if name in table else TEXT


def key_type(*tables: CrfTable) -> CameAs:
    """As what the subjects came in; as text where two tables differ."""
    kinds = {came_as(table, "subject") for table in tables}
    return kinds.pop() if len(kinds) == 1 else TEXT


def places_of(exists: Bools) -> tuple[Ints, Ints]:
    """Unit and timepoint of each row of the timepoints."""
    units, times = (np.arange(n, dtype=smallest(n)) for n in exists.shape)
    if exists.all():
        return np.repeat(units, len(times)), np.tile(times, len(units))
    unit, time = np.nonzero(exists)
    return units[unit], times[time]


def of_rows(values: npt.NDArray[Any], exists: Bools) -> npt.NDArray[Any]:
    """The values (unit, timepoint) of each row of the timepoints."""
    return values.ravel() if exists.all() else values[exists]


def timepoint_table(
    lesions: CrfTable,
    identity: dict[str, npt.NDArray[Any]],
    visits: Visits,
    judgement: Judgement,
    ends: Ends,
    criteria: Any,
    others: dict[str, Axis],
    place: tuple[Ints, Ints],
    row: Ints,
) -> Table:
    """A row for each timepoint of each unit: ``place`` and ``row`` are its unit and timepoint, and
    the row of the lesions table that dates it.
    """
    owner, target = judgement.owner, judgement.target
    exists = tracks_of(visits.exists, owner)
    day = tracks_of(visits.day, owner)

    def taken(values: npt.NDArray[Any]) -> Maker:
        return partial(of_rows, values, exists)

    def labelled(codes: Codes, rules: Any = None) -> Maker:
        return partial(_labels, codes, exists, rules)

    columns: Columns = {n: partial(np.take, values, place[0]) for n, values in identity.items()}
    columns |= {
        "visit": partial(_visit, lesions, row),
        "date": partial(_date, lesions, row),
        "day": taken(day),
    }
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
        "in_window": partial(_in_window, day, ends.therapy_completed, exists),
        "reason": taken(judgement.reason),
    }
    for name, axis in others.items():
        columns |= {name: labelled(axis.response), f"{name}_reason": taken(axis.reason)}
        if axis.note is not None:
            columns[f"{name}_note"] = taken(axis.note)
        for own, part in axis.parts.items():
            columns[f"{name}_{own}"] = labelled(part.response)
    columns["explanation"] = partial(explanations, judgement, criteria, place)
    return LateTable(columns, len(row))


def _labels(codes: Codes, exists: Bools, criteria: Any) -> npt.NDArray[np.str_]:
    return labels(of_rows(codes, exists), criteria)


def _in_window(day: Floats, completed: Floats, exists: Bools) -> npt.NDArray[np.bool_]:
    since = of_rows(day - completed[:, None], exists)
    return np.atleast_1d(in_assessment_window(since))


def _visit(lesions: CrfTable, row: Ints) -> npt.NDArray[Any]:
    """Visits as numbers if all are (whole if they came so), else as text."""
    if "visit" not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    column = lesions.column("visit").trimmed
    found, codes = column.words.tolist(), column.codes[row]
    try:
        numbers = np.array([np.nan if w == "" else float(w) for w in found], dtype=np.float64)
    except ValueError:
        return np.array(found, dtype=np.str_)[codes]
    if came_as(lesions, "visit").kind == "integer" and not np.isnan(numbers).any():
        return numbers.astype(np.int64)[codes]
    return numbers[codes]


def _date(lesions: CrfTable, row: Ints) -> npt.NDArray[Any]:
    """The date of the scan, in the type it came in, a partial one as it came; "" in a study of
    days.
    """
    if "date" not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    cells, column = lesions.when_cells()
    codes = column.codes[row]
    typed = as_it_came(np.array(column.words.tolist() or [""], dtype=np.str_), column.came_as)
    if typed.dtype.kind in "MO":
        return np.asarray(typed[codes])
    as_came = [" ".join(w.split()) for w in column.words]
    known = iso_text(cells.day)
    return np.where(known == "", np.array(as_came or [""], dtype=np.str_), known)[codes]


def dates(day: Floats, reference: Floats, *, days: bool, came: CameAs = TEXT) -> npt.NDArray[Any]:
    """Days from the reference date in the type the scans' dates came in, else as ISO 8601; NaT or
    "" where unknown, and in a study of days.
    """
    codes, distinct = codes_of(np.where(days, np.nan, day + reference))
    written = np.append(iso_text(distinct), "")
    if not days and came.kind not in ("integer", "number"):
        return np.asarray(as_it_came(written, came)[codes])
    return written[codes]


def carried(
    study: Tables, row: npt.NDArray[np.int64], names: Iterable[str]
) -> dict[str, npt.NDArray[Any]]:
    """Columns of the subjects table for each unit, in the type they came in.

    ``row`` is the unit's row there, -1 for none; a column that the table lacks is "" throughout.
    """
    return {name: _carried(study, row, name) for name in names}


def _carried(study: Tables, row: npt.NDArray[np.int64], name: str) -> npt.NDArray[Any]:
    if "subjects" not in study or name not in study["subjects"]:
        return np.full(len(row), "", dtype=np.str_)
    column = study["subjects"].column(name)
    if column.floats is None:
        words = column.trimmed if name == "arm" else column  # " A" is no other arm than "A"
        return as_it_came(np.append(words.text.astype(np.str_), "")[row], column.came_as)
    numbers = np.append(column.floats, np.nan)[row]
    whole = column.came_as.kind == "integer" and not np.isnan(numbers).any()
    return numbers.astype(np.int64) if whole else numbers


def subject_table(
    identity: dict[str, npt.NDArray[Any]],
    outcome: Outcome,
    reference: Floats,
    criteria: Any,
    others: dict[str, Axis],
    axis_of_event: npt.NDArray[np.str_] | None = None,
    *,
    days: bool,
    came: CameAs = TEXT,
) -> Table:
    """A row for each unit; ``came`` is the type of the scans' dates."""
    best = outcome.best
    written = partial(dates, reference=reference, days=days, came=came)
    columns: Columns = {
        **identity,
        "best": labels(best.response, criteria),
        "best_reason": best.reason,
        "best_percent": partial(getattr, outcome, "best_percent"),
        "best_percent_day": partial(getattr, outcome, "best_percent_day"),
        "baseline_day": outcome.baseline_day,
        "best_unconfirmed": partial(_unconfirmed, outcome, criteria),
        "best_day": best.day,
        "best_date": partial(written, best.day),
        "confirmed": best.confirmed,
        "first_response_day": best.first_response_day,
        "progression_day": outcome.progression_day,
        "progression_date": partial(written, outcome.progression_day),
    }
    for name in TIMES:
        for column, field in (("days", "time"), ("event", "event"), ("reason", "reason")):
            columns[f"{name}_{column}"] = partial(_of_time, outcome.times, name.upper(), field)
    if axis_of_event is not None:
        columns["pfs_axis"] = axis_of_event
    for name, axis in others.items():
        columns[name] = labels(axis.best)
        columns |= {f"{name}_{own}": labels(part.best) for own, part in axis.parts.items()}
        if axis.present is not None:
            columns[f"{name}_at_baseline"] = axis.present
    return LateTable(columns, len(reference))


def _unconfirmed(outcome: Outcome, criteria: Any) -> npt.NDArray[np.str_]:
    return labels(outcome.unconfirmed.response, criteria)


def _of_time(times: Mapping[str, TimeToEvent], name: str, field: str) -> npt.NDArray[Any]:
    return np.asarray(getattr(times[name], field))


def event_table(
    identity: dict[str, npt.NDArray[Any]],
    outcome: Outcome,
    reference: Floats,
    axis_of_event: npt.NDArray[np.str_] | None = None,
    *,
    days: bool,
    came: CameAs = TEXT,
) -> Table:
    """A row for each unit and parameter; ``came`` is the type of the scans' dates.

    ``axis_of_event`` is for each unit what progressed in PFS, "" and "death" for nothing.
    """
    times, n = outcome.times, len(outcome.times)
    columns: Columns = {name: partial(np.repeat, of, n) for name, of in identity.items()}
    columns |= {
        "parameter": partial(_parameters, times, len(reference)),
        "time": partial(_of_times, times, "time"),
        "event": partial(_of_times, times, "event"),
        "reason": partial(_of_times, times, "reason"),
        "start": partial(_starts, outcome),
        "day": partial(_of_times, times, "day"),
        "date": partial(_event_dates, times, reference, days, came),
        "description": partial(_descriptions, times, axis_of_event),
    }
    return LateTable(columns, n * len(reference))


def _parameters(times: Iterable[str], n_units: int) -> npt.NDArray[np.str_]:
    return np.tile(np.array(list(times), dtype=np.str_), n_units)


def _starts(outcome: Outcome) -> Floats:
    return np.stack([outcome.start[name] for name in outcome.times], axis=1).ravel()


def _of_times(times: Mapping[str, TimeToEvent], field: str) -> npt.NDArray[Any]:
    """A field of all times, those of a unit together."""
    return np.stack([getattr(t, field) for t in times.values()], axis=1).ravel()


def _event_dates(
    times: Mapping[str, TimeToEvent], reference: Floats, days: bool, came: CameAs
) -> npt.NDArray[Any]:
    every = np.repeat(reference, len(times))
    return dates(_of_times(times, "day"), every, days=days, came=came)


def _descriptions(
    times: Mapping[str, TimeToEvent], axis_of_event: npt.NDArray[np.str_] | None
) -> npt.NDArray[np.str_]:
    """The reasons in words, and what progressed."""
    said = _described(_of_times(times, "reason"))
    if axis_of_event is None:
        return said
    axis = np.repeat(axis_of_event, len(times))
    progressed = (
        (_parameters(times, len(axis_of_event)) == "PFS") & (axis != "") & (axis != "death")
    )
    with_axis = np.char.add(np.char.add(np.char.add(said, " ("), axis), ")")
    return np.where(progressed, with_axis, said)


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
