"""The tables that `assess` gives: timepoints, subjects, events, provenance."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats
from nettumor.assessment.axes import Axis
from nettumor.assessment.course import Ends, Outcome
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.result import TimepointTable, explanations
from nettumor.assessment.visits import Names, Visits
from nettumor.crf import CrfTable, Tables, iso
from nettumor.endpoints._time_to_event import _WORDS
from nettumor.morphology import in_assessment_window
from nettumor.tables import Table
from nettumor.terminology import EventReason, labels

TIMES = ("pfs", "ttp", "dor", "os")


def words(names: npt.NDArray[Any], codes: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """Names by code; "" for -1."""
    return np.array([*names.tolist(), ""], dtype=np.str_)[codes]


def keys(names: Names, lesions: CrfTable, judgement: Judgement) -> dict[str, npt.NDArray[Any]]:
    """Subject and evaluator of each unit, and the lesion where lesions are judged."""
    n = max(len(names.evaluators), 1)
    out: dict[str, npt.NDArray[Any]] = {
        "subject": words(names.subjects, judgement.owner // n),
        "evaluator": words(names.evaluators, judgement.owner % n),
    }
    if (judgement.lesion >= 0).any():
        out["lesion"] = words(lesions.keys_of("lesion")[1], judgement.lesion)
    return out


def timepoint_table(
    lesions: CrfTable, names: Names, visits: Visits, judgement: Judgement, ends: Ends, criteria: Any,
    others: dict[str, Axis],
) -> tuple[Table, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The timepoints, and the (unit, timepoint) of each row."""
    unit, time = np.nonzero(visits.exists[judgement.owner])
    row = visits.row[judgement.owner[unit], time]
    day = visits.day[judgement.owner[unit], time]
    target = judgement.target
    columns: dict[str, Any] = {name: values[unit] for name, values in keys(names, lesions, judgement).items()}
    columns |= {"visit": _visit(lesions, row), "date": _date(lesions, row), "day": day}
    columns |= {name: getattr(target, name)[unit, time] for name in (
        "sum", "n_missing", "baseline", "nadir", "percent_from_baseline", "percent_from_nadir")}  # fmt: skip
    columns |= {
        "target": labels(target.response[unit, time]),
        "non_target": labels(judgement.non_target[unit, time]),
        "new_lesion": judgement.new_lesion[unit, time],
        "overall": labels(judgement.overall[unit, time], criteria),
        "in_window": np.atleast_1d(in_assessment_window(day - ends.therapy_completed[unit])),
        "reason": judgement.reason[unit, time],
    }
    for name, axis in others.items():
        columns |= {name: labels(axis.response[unit, time]), f"{name}_reason": axis.reason[unit, time]}
    place = (unit, time)
    return TimepointTable(columns, {"explanation": lambda: explanations(judgement, criteria, place)}), place


def _visit(lesions: CrfTable, row: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Visits as numbers if all are, else as text."""
    if "visit" not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    column = lesions.column("visit").trimmed
    try:
        numbers = np.array([np.nan if w == "" else float(w) for w in column.words], dtype=np.float64)
    except ValueError:
        return np.array(column.words.tolist(), dtype=np.str_)[column.codes[row]]
    return numbers[column.codes[row]]


def _date(lesions: CrfTable, row: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """The date of the scan, a partial one as it came; "" in a study of days."""
    if "date" not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    day = lesions.when().day[row]
    column = lesions.column("date").trimmed
    as_came = np.array(column.words.tolist() or [""], dtype=object)[column.codes[row]]
    return np.where(np.isnan(day), as_came, iso(day)).astype(np.str_)


def dates(day: Floats, reference: Floats, *, days: bool) -> npt.NDArray[np.str_]:
    """Days from the reference date as ISO 8601; "" where unknown, and in a study of days."""
    return iso(np.where(days, np.nan, day + reference)).astype(np.str_)


def subject_table(
    identity: dict[str, npt.NDArray[Any]], outcome: Outcome, reference: Floats, criteria: Any,
    others: dict[str, Axis], *, days: bool,
) -> Table:  # fmt: skip
    """A row for each unit."""
    best = outcome.best
    columns: dict[str, Any] = dict(identity)
    columns |= {
        "best": labels(best.response, criteria),
        "best_unconfirmed": labels(outcome.unconfirmed.response, criteria),
        "best_day": best.day,
        "best_date": dates(best.day, reference, days=days),
        "confirmed": best.confirmed,
        "first_response_day": best.first_response_day,
        "progression_day": outcome.progression_day,
        "progression_date": dates(outcome.progression_day, reference, days=days),
    }
    for name in TIMES:
        time = outcome.times[name.upper()]
        columns |= {f"{name}_days": time.time, f"{name}_event": time.event, f"{name}_reason": time.reason}
    columns |= {name: labels(axis.best) for name, axis in others.items()}
    return Table(columns)


def event_table(
    identity: dict[str, npt.NDArray[Any]], outcome: Outcome, reference: Floats, *, days: bool
) -> Table:
    """A row for each unit and parameter."""
    n = len(reference)
    times = outcome.times
    columns: dict[str, Any] = {name: np.tile(values, len(times)) for name, values in identity.items()}
    columns["parameter"] = np.repeat(np.array(list(times), dtype=np.str_), n)
    for name in ("time", "event", "reason", "day"):
        columns[name] = np.concatenate([getattr(t, name) for t in times.values()])
    columns["date"] = dates(columns["day"], np.tile(reference, len(times)), days=days)
    columns["description"] = _described(columns["reason"])
    order = np.arange(n * len(times)).reshape(len(times), n).T.ravel()
    return Table({name: values[order] for name, values in columns.items()})


def _described(reason: npt.NDArray[np.int32]) -> npt.NDArray[np.str_]:
    """The reasons in words."""
    found, codes = np.unique(reason, return_inverse=True)
    said = [", ".join(w for bit, w in _WORDS.items() if bit in EventReason(int(r))) for r in found]
    return np.array(said or [""], dtype=np.str_)[codes] if len(reason) else np.array([], dtype=np.str_)


def provenance_table(tables: Tables, criteria: Any, rule: Any, censoring: Any, notes: dict[str, Any]) -> Table:
    """What was used and what was left out, as item, value and detail."""
    from nettumor import __version__

    rows: list[tuple[str, str, str]] = [
        ("criteria", criteria.title, criteria.digest), ("rule", rule.title, rule.digest),
        ("censoring", censoring.title, censoring.digest), ("nettumor", __version__, ""),
        ("numpy", np.__version__, ""), ("python", platform.python_version(), ""),
    ]  # fmt: skip
    inputs = tables.inputs()
    rows += [(f"input {i['table']}", f"{i['name']} ({i['kind']}, {i['rows']} rows)", i["sha256"] or i["path"])
             for i in inputs.rows()]  # fmt: skip
    for name in tables:  # a table made from domains has files of its own
        rows += [(f"input {name}", f"{p.name} ({p.kind})", p.sha256 or p.path) for p in tables[name].source.parts]
    rows += [(name, str(value), "") for name, value in notes.items()]
    return Table({name: np.array([r[i] for r in rows], dtype=np.str_)
                  for i, name in enumerate(("item", "value", "detail"))})  # fmt: skip
