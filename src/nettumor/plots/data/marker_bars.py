"""Waterfall of a marker: the best change of each patient's marker.

Patients whose marker was normal before therapy cannot respond by it: they stand in a block of their
own beside those without a value, and in the denominator of no rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve, frozen

from nettumor._arrays import Bools, Codes, Floats, as_numbers, more_than
from nettumor.errors import InputError, InputTypeError
from nettumor.plots.data.bars import NO_PATIENTS, possible_changes, reaching, size_limits
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    Texts,
    codes_of,
    column,
    edition_of,
    end_of_axis,
    flags_of,
    in_order,
    is_table,
    subjects_of,
)
from nettumor.rows import order_rows
from nettumor.summaries import objective_response_rate
from nettumor.terminology import Response, labels


@frozen(eq=False)
class _Markers:
    """What is known of each patient's marker."""

    subject: Texts
    percent: Floats
    best: Codes
    confirmed: Bools
    normal: Bools
    known: bool
    asks: bool | None
    criteria: Any


def marker_waterfall(
    source: Any,
    *,
    best: Any = None,
    confirmed: Any = None,
    normal_before: Any = None,
    subject: Any = None,
    criteria: Any = None,
    highest: float = 100,
    name: str = "the marker",
    title: str | None = None,
) -> FigureTable:
    """A row for every patient: the best change of the marker, in the order of the bars.

    Parameters
    ----------
    source : MarkerCourse, table, or array_like of float, shape (patient,)
        What `nettumor.marker_course` returns for many patients; a mapping or frame with a column
        ``percent`` and, where there are, ``best``, ``confirmed``, ``normal_before``, ``subject``; or
        the best change of each, percent, NaN without a value.
    best : array_like of int or str, shape (patient,), optional
        Best biological responses.
    confirmed : array_like of bool, shape (patient,), optional
        Whether they were confirmed.
    normal_before : array_like of bool, shape (patient,), optional
        Whether the marker was at or below its upper limit before therapy.
    subject : array_like of str, shape (patient,), optional
        Names; else 1, 2, 3.
    criteria : MarkerCriteria or str, optional
        Whose limits are drawn; that of the course by default. None with arrays: no limits are
        drawn, and the caption says so.
    highest : float
        Upper end of the axis, percent; longer bars are cut there and carry their number.
    name : str
        What the marker is called ("5-HIAA").
    title : str, optional
        In place of "Best change of the marker".

    Returns
    -------
    FigureTable
        As of `nettumor.plots.data.waterfall`; block is "change", "normal before" or "no value".

    Raises
    ------
    InputError
        For columns that are missing or of unequal length.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2.

    Examples
    --------
    >>> import nettumor as nt
    >>> course = nt.marker_course([[210, 95], [300, 280], [5, 6]], [0, 28], upper_limit=8)
    >>> bars = marker_waterfall(course, name="5-HIAA")
    >>> bars["percent"].round(1).tolist()[:2], bars["block"].tolist()
    ([-6.7, -54.8], ['change', 'change', 'normal before'])
    """
    given = {"best": best, "confirmed": confirmed, "normal_before": normal_before}
    found = (
        _of_course(source, subject, criteria)
        if hasattr(source, "normalised_day")
        else (_of_values(source, given, subject, edition_of(criteria)))
    )
    possible_changes(found.percent)
    highest = end_of_axis(highest)
    if not isinstance(name, str) or not name.strip():
        raise InputTypeError(
            f'`name` must be the marker\'s name; got {name!r:.60}. Write name="CgA".',
            argument="name",
        )
    percent = np.where(found.normal, np.nan, found.percent)
    none = np.where(found.normal, 1, np.where(np.isnan(percent), 2, 0))
    rank = in_order(found.subject.tolist())
    order = order_rows(none, np.where(none > 0, 0, -percent), found.best, rank)
    cut = more_than(percent, highest)
    limits = size_limits(found.criteria)
    columns = {
        "place": np.arange(order.size),
        "block": np.array(["change", "normal before", "no value"])[none[order]],
        "subject": found.subject[order],
        "percent": percent[order],
        "drawn": np.where(cut, float(highest), percent)[order],
        "cut": cut[order],
        "best": labels(found.best[order]),
        "response": labels(found.best[order]),
        "confirmed": found.confirmed[order],
        "progression": np.full(order.size, ""),
    }
    return FigureTable(
        columns,
        figure="marker_waterfall",
        title=f"Best change of {name}" if title is None else title,
        notes=_notes(found, percent, limits),
        missing="" if order.size else NO_PATIENTS,
        limits=limits,
        facts={
            "highest": float(highest),
            "axis": f"Best change of {name}, %",
            "known": found.known,
            "asks": found.asks,
            "criteria": found.criteria,
        },
    )


def _of_course(course: Any, subject: Any, criteria: Any) -> _Markers:
    """The best change of each course up to its progression."""
    changes = np.atleast_2d(course.percent_from_baseline)
    if changes.ndim > 2:
        raise InputError(
            f"`source` must be courses of one cohort; got shape {changes.shape}. Take one marker of "
            "one cohort.",
            argument="source",
        )
    n = len(changes)
    days = np.broadcast_to(np.atleast_2d(course.days), changes.shape)
    end = np.broadcast_to(np.asarray(course.progression_day), (n,))[:, None]
    counts = ~(days > end)  # a day that is not known is before no end
    changes = np.where(counts, changes, np.nan)
    percent = np.fmin.reduce(changes, axis=1, initial=np.inf)
    values = np.atleast_2d(course.values)[:, 0]
    limit = np.broadcast_to(np.atleast_2d(course.upper_limit), changes.shape)[:, 0]
    return _Markers(
        subject=subjects_of(subject, n),
        percent=np.where(np.isinf(percent), np.nan, percent),
        best=np.broadcast_to(np.asarray(course.best, dtype=np.int8), (n,)),
        confirmed=np.broadcast_to(np.asarray(course.confirmed), (n,)),
        normal=np.asarray(values <= limit),
        known=True,
        asks=course.confirmation_days is not None,
        criteria=course.criteria if criteria is None else edition_of(criteria),
    )


def _of_values(source: Any, given: dict[str, Any], subject: Any, criteria: Any) -> _Markers:
    if is_table(source):
        given = {k: column(source, k) if v is None else v for k, v in given.items()}
        subject = column(source, "subject") if subject is None else subject
        source = column(source, "percent", "the bars")
    percent = as_numbers(source, "source")
    if percent.ndim != 1:
        raise InputError(
            f"`source` must be one change for each patient; got shape {percent.shape}. Pass the "
            "best change, or what `marker_course` returns.",
            argument="source",
        )
    n = percent.size
    best = codes_of(given["best"], "best", n)
    return _Markers(
        subject=subjects_of(subject, n),
        percent=percent,
        best=best,
        confirmed=flags_of(given["confirmed"], "confirmed", n) & (best >= Response.PR),
        normal=flags_of(given["normal_before"], "normal_before", n),
        known=given["best"] is not None,
        asks=None if given["confirmed"] is None else True,
        criteria=criteria,
    )


def _notes(found: _Markers, percent: Floats, limits: Any) -> list[str]:
    n = percent.size
    if not n:
        return []
    notes = []
    raised = ~found.normal
    if found.known:
        counted = found.best
        if found.asks:
            counted = np.where(found.confirmed, counted, np.int8(Response.NE))
        rate = objective_response_rate(counted[raised])
        name = "Confirmed biological response rate" if found.asks else "Biological response rate"
        of = " of patients not normal before" if found.normal.any() else ""
        notes.append(f"{evolve(rate, name=name)}{of}.")
    else:
        notes.append("No response rate: best responses were not given.")
    notes += reaching(percent[raised], found.criteria)
    if not limits:
        notes.append("No limits are drawn: the criteria were not given.")
    if found.normal.any():
        notes.append(f"{int(found.normal.sum())} had a normal marker before therapy.")
    without = int((np.isnan(found.percent) & raised).sum())
    if without:
        have = "has" if without == 1 else "have"
        notes.append(f"{without} of {n} patients {have} no value.")
    return notes
