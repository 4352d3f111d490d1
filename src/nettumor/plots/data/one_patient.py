"""Profile of one patient: size, marker, symptom and therapy on one axis of time.

The review judges a patient on all of these (Vogl et al. 2008, section 4), and they need not agree.
Each verdict on the size has a number on the axis and its sentence in the caption.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Floats, as_days
from nettumor.errors import InputError, did_you_mean
from nettumor.plots.data.bars import NO_PATIENTS
from nettumor.plots.data.courses import NO_DAYS
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    Texts,
    column,
    days_of,
    is_assessment,
    is_table,
    left_out,
    names_of,
    numbers_of,
    of_evaluator,
    texts,
)
from nettumor.terminology import Response, labels


@frozen(eq=False)
class _Sums:
    """The sums of one patient at each visit, with what was said of them."""

    day: Floats
    sum: Floats
    nadir: Floats
    baseline: float
    overall: Texts
    sentence: Texts
    criteria: Any


def profile(
    source: Any,
    subject: str | None = None,
    *,
    days: Any = None,
    marker: Any = None,
    symptom: Any = None,
    therapy: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
) -> FigureTable:
    """A row for everything that stands in the profile of one patient.

    Parameters
    ----------
    source : Assessment or TargetResponse
        What `nettumor.assess` returns, with ``subject``; or what `nettumor.target_response` returns
        for one patient, with ``days``.
    subject : str, optional
        Which patient of an Assessment; needed where there are several.
    days : array_like of float, shape (timepoint,), optional
        Days of the visits of a TargetResponse.
    marker : MarkerCourse or table, optional
        The patient's marker: a course of `nettumor.marker_course`, or a table with columns ``day``,
        ``value`` and, where there is, ``upper_limit``.
    symptom : SymptomCourse or table, optional
        The patient's symptom: a course of `nettumor.symptom_course`, or a table with columns ``day``
        and ``per_day``.
    therapy : table, optional
        Columns ``day`` and ``what``, and ``stop`` for what lasted. An Assessment adds new therapy,
        progression and death where it knows them.
    evaluator : str, optional
        Whose assessments; needed where an Assessment has several.
    title : str, optional
        In place of "Patient" and the subject.

    Returns
    -------
    FigureTable
        panel ("sum", "marker", "symptom", "therapy"), what ("value", "nadir", "pr limit", "pd limit",
        "upper limit", "baseline", or words of the therapy), day, stop, value, response (of the visit,
        window or sample), number (of the sentence in the caption, -1 for none), sentence.

    Raises
    ------
    InputError
        For a subject that is not there or not named, and days of another length.

    References
    ----------
    Vogl et al. 2008, sections 4.1 to 4.4.

    Examples
    --------
    >>> import nettumor as nt
    >>> sums = nt.target_response([[60, 40, 41, 55], [40, 30, 28, 30]])
    >>> course = profile(sums, days=[0, 56, 112, 168])
    >>> rows = [r for r in course.rows() if r["panel"] == "sum" and r["what"] == "value"]
    >>> [(r["day"], r["value"], r["response"]) for r in rows][-1]
    (168.0, 85.0, 'PD')
    >>> print(course.notes[2])
    3 (day 168) PD: sum 85.0 mm is +23.2 % and +16.0 mm from the nadir of 69.0 mm (timepoint 2); \
limits +20 % and 5 mm (RECIST 1.1, 4.3.1)
    """
    events: list[dict[str, Any]] = []
    if is_assessment(source):
        left_out("an Assessment", days=days)
        if not source.subjects.n_rows:
            return _nothing(title, NO_PATIENTS)
        rows = of_evaluator(source, source.subjects, evaluator)
        subject = _which(names_of(source.subjects)[rows].tolist(), subject)
        sums = _of_assessment(source, subject, evaluator)
        own = np.flatnonzero(rows & (names_of(source.subjects) == subject))
        events = _known_events(source, int(own[0]))
    elif hasattr(source, "percent_from_nadir") and hasattr(source, "n_missing"):
        if days is None:
            return _nothing(title, NO_DAYS)
        sums = _of_targets(source, days)
    else:
        raise InputError(
            f"`source` must be what `assess` or `target_response` returns; got "
            f"{type(source).__name__}.",
            argument="source",
        )
    found = [*_sum_rows(sums), *_marker_rows(marker), *_symptom_rows(symptom)]
    found += [*events, *_therapy_rows(therapy)]
    columns = {
        name: np.array([row.get(name, _BLANK[name]) for row in found], dtype=kind)
        for name, kind in _TYPES.items()
    }
    notes = [
        f"{row['number']} (day {row['day']:g}) {row['sentence']}"
        for row in found
        if row.get("number", -1) > 0
    ]
    missing = "" if np.isfinite(columns["day"]).any() else NO_DAYS
    name = f"Patient {subject}" if subject else "One patient"
    return FigureTable(
        columns,
        figure="profile",
        title=name if title is None else title,
        notes=notes,
        missing=missing,
        facts={"unit": getattr(sums.criteria, "unit", "mm"), "criteria": sums.criteria},
    )


_TYPES: dict[str, Any] = {
    "panel": np.str_, "what": np.str_, "day": np.float64, "stop": np.float64, "value": np.float64,
    "response": np.str_, "number": np.int64, "sentence": np.str_,
}  # fmt: skip
_BLANK: dict[str, Any] = {
    "panel": "", "what": "", "day": np.nan, "stop": np.nan, "value": np.nan, "response": "",
    "number": -1, "sentence": "",
}  # fmt: skip


def _nothing(title: str | None, missing: str) -> FigureTable:
    columns = {name: np.zeros(0, kind) for name, kind in _TYPES.items()}
    return FigureTable(
        columns, figure="profile", title="One patient" if title is None else title,
        missing=missing, facts={"unit": "mm", "criteria": None},
    )  # fmt: skip


def _which(known: list[str], subject: str | None) -> str:
    """The subject that is meant."""
    if subject is None:
        if len(known) == 1:
            return known[0]
        raise InputError(
            f"`subject` must be given: there are {len(known)}. Name the patient.",
            argument="subject",
        )
    if str(subject) not in known:
        raise InputError(
            f"`subject` names none of those assessed: {subject!r}. "
            f"{did_you_mean(subject, known[:1000])}",
            argument="subject",
        )
    return str(subject)


def _of_assessment(done: Any, subject: str, evaluator: str | None) -> _Sums:
    table = done.timepoints
    rows = np.flatnonzero(of_evaluator(done, table, evaluator) & (names_of(table) == subject))
    total = np.where(table["n_missing"][rows] == 0, table["sum"][rows], np.nan)
    return _Sums(
        day=table["day"][rows],
        sum=total,
        nadir=table["nadir"][rows],
        baseline=float(table["baseline"][rows][0]) if rows.size else float("nan"),
        overall=table["overall"][rows],
        sentence=np.array([done.explain(int(i)) for i in rows.tolist()], dtype=np.str_),
        criteria=done.criteria,
    )


def _of_targets(target: Any, days: Any) -> _Sums:
    """The sums of the one patient of a `TargetResponse`."""
    response = np.asarray(target.response)
    if response.ndim != 1:
        raise InputError(
            f"`source` must be of one patient; got shape {response.shape}. Call target_response "
            "with the lesions of one.",
            argument="source",
        )
    day = np.atleast_1d(as_days(days, "days"))
    if day.shape != response.shape:
        raise InputError(
            f"`days` must have one day for each of the {response.size} visits; got shape "
            f"{day.shape}.",
            argument="days",
        )
    judged = response != Response.MISSING
    said = [target.explain(i) if there else "" for i, there in enumerate(judged.tolist())]
    return _Sums(
        day=day,
        sum=np.where(np.asarray(target.n_missing) == 0, target.sum, np.nan),
        nadir=np.asarray(target.nadir),
        baseline=float(np.asarray(target.baseline)[0]),
        overall=labels(response, target.criteria),
        sentence=np.array(said, dtype=np.str_),
        criteria=target.criteria,
    )


def _sum_rows(sums: _Sums) -> list[dict[str, Any]]:
    """Values, the running nadir, and the limits of PR and PD at each visit."""
    rows: list[dict[str, Any]] = []
    number = 0
    for i, day in enumerate(sums.day.tolist()):
        judged = str(sums.overall[i]) != "MISSING" and day == day
        number += judged
        rows.append(
            {
                "panel": "sum",
                "what": "value",
                "day": day,
                "value": float(sums.sum[i]),
                "response": str(sums.overall[i]) if judged else "",
                "number": number if judged else -1,
                "sentence": str(sums.sentence[i]) if judged else "",
            }
        )
    limits = (("nadir", sums.nadir), ("pd limit", _pd_limit(sums)))
    for what, values in limits:
        for day, value in zip(sums.day.tolist(), values.tolist(), strict=True):
            rows.append({"panel": "sum", "what": what, "day": day, "value": value})
    pr = getattr(sums.criteria, "pr", None)
    if pr is not None and sums.day.size:
        level = sums.baseline * (1 + float(pr.signed) / 100)
        ends = (float(np.fmin.reduce(sums.day)), float(np.fmax.reduce(sums.day)))
        rows += [{"panel": "sum", "what": "pr limit", "day": d, "value": level} for d in ends]
    return rows


def _pd_limit(sums: _Sums) -> Floats:
    """The sum from which each visit would be a progression, by the percent and the absolute limit."""
    pd = getattr(sums.criteria, "pd", None)
    if pd is None:
        return np.full(sums.day.shape, np.nan)
    reference = sums.nadir if pd.reference == "nadir" else np.full(sums.day.shape, sums.baseline)
    level = reference * (1 + float(pd.signed) / 100)
    if pd.absolute is None:
        return np.asarray(level)
    least = reference + pd.absolute
    either = getattr(sums.criteria, "absolute_combines", "and") == "or"
    return np.asarray(np.fmin(level, least) if either else np.fmax(level, least))


def _marker_rows(marker: Any) -> list[dict[str, Any]]:
    if marker is None:
        return []
    if hasattr(marker, "normalised_day"):
        if np.ndim(marker.values) != 1:
            raise InputError(
                f"`marker` must be the course of one patient; got shape {np.shape(marker.values)}.",
                argument="marker",
            )
        day, value = np.asarray(marker.days), np.asarray(marker.values)
        limit = np.broadcast_to(np.asarray(marker.upper_limit), value.shape)
        response = labels(marker.response)
    else:
        _need_table(marker, "marker", "day and value")
        n = len(column(marker, "day", "the marker"))
        day = days_of(column(marker, "day"), "day", n)
        value = numbers_of(column(marker, "value", "the marker"), "value", n)
        limit = numbers_of(column(marker, "upper_limit"), "upper_limit", n)
        response = np.full(n, "")
    out = []
    for what, values in (("value", value), ("upper limit", limit)):
        said = (
            np.where(response == "MISSING", "", response)
            if what == "value"
            else np.full(day.size, "")
        )
        out += [
            {"panel": "marker", "what": what, "day": d, "value": v, "response": r}
            for d, v, r in zip(day.tolist(), values.tolist(), said.tolist(), strict=True)
            if v == v
        ]
    return out


def _symptom_rows(symptom: Any) -> list[dict[str, Any]]:
    if symptom is None:
        return []
    if hasattr(symptom, "window_day"):
        if np.ndim(symptom.mean) != 1:
            raise InputError(
                f"`symptom` must be the course of one patient; got shape {np.shape(symptom.mean)}.",
                argument="symptom",
            )
        day, value = np.asarray(symptom.window_day), np.asarray(symptom.mean)
        response = labels(symptom.response)
        baseline = float(symptom.baseline)
    else:
        _need_table(symptom, "symptom", "day and per_day")
        n = len(column(symptom, "day", "the symptom"))
        day = days_of(column(symptom, "day"), "day", n)
        value = numbers_of(column(symptom, "per_day", "the symptom"), "per_day", n)
        response, baseline = np.full(n, ""), float("nan")
    rows = [
        {"panel": "symptom", "what": "value", "day": d, "value": v,
         "response": "" if r == "MISSING" else r}
        for d, v, r in zip(day.tolist(), value.tolist(), response.tolist(), strict=True)
    ]  # fmt: skip
    if baseline == baseline and day.size:
        ends = (float(np.fmin.reduce(day)), float(np.fmax.reduce(day)))
        rows += [{"panel": "symptom", "what": "baseline", "day": d, "value": baseline,
                  "response": ""} for d in ends]  # fmt: skip
    return rows


def _therapy_rows(therapy: Any) -> list[dict[str, Any]]:
    if therapy is None:
        return []
    _need_table(therapy, "therapy", "day and what")
    n = len(column(therapy, "day", "the therapy"))
    day = days_of(column(therapy, "day"), "day", n)
    stop = days_of(column(therapy, "stop"), "stop", n)
    what = texts(column(therapy, "what", "the therapy"))
    return [
        {"panel": "therapy", "what": str(what[i]), "day": float(day[i]), "stop": float(stop[i])}
        for i in range(n)
    ]


def _need_table(given: Any, name: str, columns: str) -> None:
    if not is_table(given):
        raise InputError(
            f"`{name}` must be a course or a table with {columns}; got {type(given).__name__}.",
            argument=name,
        )


def _known_events(done: Any, row: int) -> list[dict[str, Any]]:
    """New therapy, progression and death of a row of subjects, where they happened."""
    times = done.outcome.times
    out = []
    for what, parameter in (("new therapy", "TTNT"), ("death", "OS")):
        if np.asarray(times[parameter].event)[row]:
            out.append((what, float(np.asarray(times[parameter].day)[row])))
    out.append(("progression", float(done.subjects["progression_day"][row])))
    return [
        {"panel": "therapy", "what": what, "day": day} for what, day in sorted(out, key=lambda e: e[1])
        if day == day
    ]  # fmt: skip
