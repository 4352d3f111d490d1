"""Swimmer: what happened to every patient when, a lane each.

A lane runs from the reference date to the last day known. On it stand the responses as they were
assessed (a response holds until the next assessment), gaps that nobody could judge, and the marks of
progression, new therapy, death and data cut-off. Patients who were never assessed keep their lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Codes, Floats
from nettumor.errors import InputError
from nettumor.plots.data.bars import NO_PATIENTS
from nettumor.plots.data.courses import NO_DAYS
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    Texts,
    codes_of,
    column,
    column_names,
    days_of,
    in_order,
    is_assessment,
    is_table,
    left_out,
    names_of,
    of_evaluator,
    of_one_reader,
    subjects_of,
)
from nettumor.rows import order_rows
from nettumor.terminology import EventReason, Response, parse_responses

MARKS = ("progression", "new therapy", "death", "cut-off")
"""What has a mark on the lane."""


@frozen(eq=False)
class Lanes:
    """Days of each subject, in the order they came; and the assessments, a row each."""

    subject: Texts
    last_day: Floats
    progression: Floats
    new_therapy: Floats
    death: Floats
    cutoff: Floats
    seen_subject: Texts
    seen_day: Floats
    seen: Codes


def swimmer(
    source: Any,
    *,
    assessments: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
) -> FigureTable:
    """A row for every period and mark of every patient's lane, in days from the reference date.

    Parameters
    ----------
    source : Assessment or table
        What `nettumor.assess` returns; or a mapping or frame with a row a subject: ``subject`` and,
        where there are, ``last_known_alive``, ``progression_day``, ``new_therapy``, ``death``,
        ``data_cutoff``: days, NaN where it did not happen.
    assessments : table, optional
        With a plain table: ``subject``, ``day`` and ``overall`` (codes or labels) of each
        assessment.
    evaluator : str, optional
        Whose assessments; needed where an Assessment has several.
    title : str, optional
        In place of "Course of each patient".

    Returns
    -------
    FigureTable
        lane (0 at the top, the longest follow-up first; ties by name), subject, kind ("follow-up",
        "response", "gap", "mark", "no assessment"), what (a response, a mark, "ongoing"), start,
        stop (days; NaN for marks).

    Raises
    ------
    InputError
        Where columns are missing, of unequal length, or a subject stands twice.

    References
    ----------
    Stephens and others' swimmer plots as described for oncology by Chia et al. 2016, Clin Transl Med
    5:28, doi 10.1186/s40169-016-0106-4.

    Examples
    --------
    >>> lanes = swimmer({"subject": ["01"], "last_known_alive": [200], "progression_day": [168]},
    ...                 assessments={"subject": ["01"] * 3, "day": [56, 112, 168],
    ...                              "overall": ["PR", "PR", "PD"]})
    >>> for row in lanes.rows():
    ...     print(row["kind"], row["what"], row["start"], row["stop"])
    follow-up  0.0 200.0
    response PR 56.0 168.0
    mark progression 168.0 nan
    """
    if is_assessment(source):
        left_out("an Assessment", assessments=assessments)
    lanes = (
        _of_assessment(source, evaluator)
        if is_assessment(source)
        else _of_tables(source, assessments, evaluator)
    )
    end = _ends(lanes)
    order = order_rows(np.where(np.isnan(end), np.inf, -end), in_order(lanes.subject.tolist()))
    visits: dict[str, list[tuple[float, int]]] = {}
    for name, day, code in zip(
        lanes.seen_subject.tolist(), lanes.seen_day.tolist(), lanes.seen.tolist(), strict=True
    ):
        if code != Response.MISSING:
            visits.setdefault(name, []).append((day, code))
    rows = [
        (lane, *row)
        for lane, i in enumerate(order.tolist())
        for row in _lane(lanes, i, float(end[i]), visits.get(str(lanes.subject[i]), []))
    ]
    names = ("lane", "subject", "kind", "what", "start", "stop")
    types = (np.int64, np.str_, np.str_, np.str_, np.float64, np.float64)
    table: dict[str, Any] = {
        name: np.array([row[k] for row in rows], dtype=kind)
        for k, (name, kind) in enumerate(zip(names, types, strict=True))
    }
    n = lanes.subject.size
    some_day = bool(np.isfinite(table["start"]).any()) and bool((~np.isnan(end)).any())
    return FigureTable(
        table,
        figure="swimmer",
        title="Course of each patient" if title is None else title,
        notes=_notes(lanes, end, visits),
        missing=NO_PATIENTS if not n else "" if some_day else NO_DAYS,
        facts={"patients": n, "cutoff": _one_cutoff(lanes.cutoff)},
    )


def _of_assessment(done: Any, evaluator: str | None) -> Lanes:
    rows = of_evaluator(done, done.subjects, evaluator)
    times = done.outcome.times
    visits = done.timepoints
    seen = of_evaluator(done, visits, evaluator)
    survival, therapy = times["OS"], times["TTNT"]
    reason = np.asarray(survival.reason)
    at_cutoff = (reason & np.int32(EventReason.CUTOFF)) != 0
    return Lanes(
        subject=names_of(done.subjects)[rows],
        last_day=np.where(survival.event, np.nan, survival.day)[rows],
        progression=done.subjects["progression_day"][rows],
        new_therapy=np.where(therapy.event, therapy.day, np.nan)[rows],
        death=np.where(survival.event, survival.day, np.nan)[rows],
        cutoff=np.where(at_cutoff, survival.day, np.nan)[rows],
        seen_subject=names_of(visits)[seen],
        seen_day=visits["day"][seen],
        seen=parse_responses(visits["overall"][seen]),
    )


def _of_tables(source: Any, assessments: Any, evaluator: str | None) -> Lanes:
    if not is_table(source):
        raise InputError(
            f"`source` must be what `assess` returns, or a table with a row a subject; got "
            f"{type(source).__name__}. Give its columns by name.",
            argument="source",
        )
    source = of_one_reader(source, evaluator)
    given = column(source, "subject", "the lanes")
    n = len(given)
    subject = subjects_of(given, n)
    if np.unique(subject).size < n:
        twice = next(s for s in subject.tolist() if (subject == s).sum() > 1)
        raise InputError(
            f"`source` must have one row for each subject; got {twice!r} twice. Put the visits into "
            "`assessments`.",
            argument="source",
        )

    def days(name: str) -> Floats:
        return days_of(column(source, name), name, n)

    if assessments is None:
        seen_subject, seen_day, seen = np.zeros(0, np.str_), np.zeros(0), np.zeros(0, np.int8)
    else:
        if not is_table(assessments):
            raise InputError(
                "`assessments` must be a table with subject, day and overall; got "
                f"{type(assessments).__name__}.",
                argument="assessments",
            )
        assessments = of_one_reader(assessments, evaluator)
        m = len(column(assessments, "subject", "the assessments"))
        seen_subject = subjects_of(column(assessments, "subject"), m)
        seen_day = days_of(column(assessments, "day", "the assessments"), "day", m)
        seen = codes_of(column(assessments, "overall", "the assessments"), "overall", m)
        strange = sorted(set(seen_subject.tolist()) - set(subject.tolist()))
        if strange:
            raise InputError(
                f"`assessments` must be of the subjects of `source`; got {strange[0]!r} "
                f"({len(strange)} such). Add a row for each to `source`.",
                argument="assessments",
            )
    last = "last_known_alive" if "last_known_alive" in column_names(source) else "last_day"
    return Lanes(subject, days(last), days("progression_day"), days("new_therapy"), days("death"),
                 days("data_cutoff"), seen_subject, seen_day, seen)  # fmt: skip


def _ends(lanes: Lanes) -> Floats:
    """The last day known of each subject: death, or the latest of all else that is dated."""
    known = np.stack([lanes.last_day, lanes.progression, lanes.new_therapy])
    end = np.fmax.reduce(known)
    place = {name: i for i, name in enumerate(lanes.subject.tolist())}
    for name, day in zip(lanes.seen_subject.tolist(), lanes.seen_day.tolist(), strict=True):
        if name in place:
            end[place[name]] = np.fmax(end[place[name]], day)
    end = np.where(np.isnan(lanes.death), end, lanes.death)
    return np.where(np.isnan(lanes.cutoff), end, np.fmin(end, lanes.cutoff))


def _lane(
    lanes: Lanes, i: int, end: float, visits: list[tuple[float, int]]
) -> Iterator[tuple[str, str, str, float, float]]:
    """The periods and marks of one subject."""
    name = str(lanes.subject[i])
    nothing = float("nan")
    if end == end:
        yield name, "follow-up", "", 0.0, end
    cut = lanes.cutoff[i]
    dated = sorted((day, code) for day, code in visits if day == day and not day > cut)
    for start, stop, code in _periods(dated):
        if code == Response.NE:
            yield name, "gap", "NE", start, stop
        elif code not in (Response.PD, Response.IUPD):
            yield name, "response", Response(code).label, start, stop
    if not visits:
        yield name, "no assessment", "", 0.0, nothing
    marks = [*_counted(lanes, i), lanes.cutoff[i]]
    for what, day in zip(MARKS, marks, strict=True):
        if day == day:
            yield name, "mark", what, float(day), nothing
    if end == end and all(np.isnan(day) for day in marks[:3]):
        yield name, "mark", "ongoing", end, nothing


def _counted(lanes: Lanes, i: int) -> list[float]:
    """Days of progression, new therapy and death, NaN for what is after the cut-off."""
    days = (lanes.progression[i], lanes.new_therapy[i], lanes.death[i])
    return [float("nan") if day > lanes.cutoff[i] else float(day) for day in days]


def _periods(dated: list[tuple[float, int]]) -> Iterator[tuple[float, float, int]]:
    """Periods of one response: each holds until the next assessment, the last to its own day."""
    i = 0
    while i < len(dated):
        j = i
        while j + 1 < len(dated) and dated[j + 1][1] == dated[i][1]:
            j += 1
        stop = dated[j + 1][0] if j + 1 < len(dated) else dated[j][0]
        yield dated[i][0], stop, dated[i][1]
        i = j + 1


def _one_cutoff(cutoff: Floats) -> float:
    """The day of the cut-off where it is one day for all who have one, else NaN."""
    known = np.unique(cutoff[~np.isnan(cutoff)])
    return float(known[0]) if known.size == 1 else float("nan")


def _notes(lanes: Lanes, end: Floats, visits: dict[str, Any]) -> list[str]:
    n = lanes.subject.size
    if not n:
        return []
    notes = ["A response holds until the next assessment."]
    without = sum(name not in visits for name in lanes.subject.tolist())
    if without:
        notes.append(f"{without} of {n} patients have no assessment and keep their lane.")
    after = sum(
        int(day > cut)
        for days in (lanes.progression, lanes.new_therapy, lanes.death)
        for day, cut in zip(days.tolist(), lanes.cutoff.tolist(), strict=True)
    )
    if after:
        notes.append(
            f"{after} event{'s' if after > 1 else ''} after the data cut-off do not count."
        )
    nowhere = int(np.isnan(end).sum())
    if nowhere:
        notes.append(f"Of {nowhere} no day is known: their lane is empty.")
    return notes
