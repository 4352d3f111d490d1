"""Spider: the change of the sum of every patient over time, from 0 % at baseline on.

Days are needed: visits by number would show times that were not. A visit without a complete sum is
no point, and the line across it is drawn as one that nobody measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor._arrays import Bools, Codes, Floats, as_numbers, more_than
from nettumor.errors import InputError
from nettumor.plots.data.bars import NO_PATIENTS, possible_changes, size_limits
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    Texts,
    codes_of,
    column,
    days_of,
    edition_of,
    end_of_axis,
    flags_of,
    in_order,
    is_assessment,
    is_table,
    left_out,
    names_of,
    of_evaluator,
    of_one_reader,
    same_length,
    subjects_of,
)
from nettumor.rows import order_rows
from nettumor.terminology import Response, labels, parse_responses

NO_DAYS = "No days: the courses have no place on the axis. Give `days` from one reference date."

MANY = 150
"""Lines beyond which symbols at visits would hide them (300 lines on two columns are already
closer than a symbol's width)."""


def spider(
    source: Any,
    days: Any = None,
    *,
    overall: Any = None,
    new_lesion: Any = None,
    subject: Any = None,
    best: Any = None,
    criteria: Any = None,
    evaluator: str | None = None,
    highest: float = 100,
    title: str | None = None,
) -> FigureTable:
    """A row for every visit of every patient: the change of the sum from baseline, by day.

    Parameters
    ----------
    source : Assessment, table, or array_like of float, shape (patient, timepoint)
        What `nettumor.assess` returns; a mapping or frame of visits with columns ``subject``,
        ``day``, ``percent`` (or ``percent_from_baseline``) and, where there are, ``overall``,
        ``new_lesion``, ``best``; or the changes from baseline, percent, index 0 the baseline.
    days : array_like of float, shape (patient, timepoint) or (timepoint,), optional
        Days from one reference date, for arrays. NaN: the visit has no place.
    overall : array_like of int or str, shape (patient, timepoint), optional
        Overall responses; a PD gets its symbol.
    new_lesion : array_like of bool, shape (patient, timepoint), optional
        Whether there is a new lesion.
    subject : array_like of str, shape (patient,), optional
        Names; else 1, 2, 3.
    best : array_like of int or str, shape (patient,), optional
        Best responses, by which lines are coloured.
    criteria, evaluator, highest, title
        As in `nettumor.plots.data.waterfall`.

    Returns
    -------
    FigureTable
        subject, lane (the patient's place, by best response and name), day, percent (0 at baseline;
        NaN without a complete sum), drawn (cut to the axis), cut, overall, new_lesion, best.

    Raises
    ------
    InputError
        For columns that are missing or of unequal length.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1, for the change from baseline.

    Examples
    --------
    >>> lines = spider([[0, -20, -40], [0, 30, 55]], [0, 56, 112], best=["PR", "PD"])
    >>> lines["subject"].tolist(), lines["day"].tolist()[:3]
    (['1', '1', '1', '2', '2', '2'], [0.0, 56.0, 112.0])
    >>> spider([[0, -20]]).missing
    'No days: the courses have no place on the axis. Give `days` from one reference date.'
    """
    own = {
        "days": days,
        "overall": overall,
        "new_lesion": new_lesion,
        "subject": subject,
        "best": best,
    }
    if is_assessment(source):
        left_out("an Assessment", **own)
        visits = _of_assessment(source, evaluator)
        criteria = source.criteria if criteria is None else criteria
    elif is_table(source):
        left_out("a table", **own)
        visits = _of_table(of_one_reader(source, evaluator))
    else:
        visits = _of_arrays(source, days, overall, new_lesion, subject, best)
    edition = edition_of(criteria)
    return _table(visits, edition, end_of_axis(highest), title)


def _of_assessment(done: Any, evaluator: str | None) -> dict[str, Any]:
    table = done.timepoints
    rows = of_evaluator(done, table, evaluator)
    of_subjects = of_evaluator(done, done.subjects, evaluator)
    names = names_of(done.subjects)[of_subjects]
    best = np.asarray(done.outcome.best.response)[of_subjects]
    subject = names_of(table)[rows]
    percent = np.array(table["percent_from_baseline"][rows])
    overall = parse_responses(table["overall"][rows])
    first = np.append(True, subject[1:] != subject[:-1]) if subject.size else np.zeros(0, np.bool_)
    whole = ~np.isnan(table["sum"][rows]) & (table["n_missing"][rows] == 0)
    percent[first & whole] = 0.0
    of_name = dict(zip(names.tolist(), best.tolist(), strict=True))
    found = np.array([of_name[name] for name in subject.tolist()], dtype=np.int8)
    return {
        "subject": subject,
        "day": table["day"][rows],
        "percent": percent,
        "overall": overall,
        "new_lesion": table["new_lesion"][rows],
        "best": found,
        "without": names.size - np.unique(subject).size,
        "patients": names.size,
    }


def _of_table(source: Any) -> dict[str, Any]:
    percent = column(source, "percent")
    if percent is None:
        percent = column(source, "percent_from_baseline", "the lines")
    values = as_numbers(percent, "percent")
    n = values.size
    subject = subjects_of(column(source, "subject", "the lines"), n)
    day = days_of(column(source, "day"), "day", n)
    if column(source, "percent") is None:  # as `assess` writes it: NaN at the baseline itself
        order = order_rows(subject, day)
        first = order[np.append(True, subject[order][1:] != subject[order][:-1])[:n]]
        values = values.copy()
        values[first] = np.where(np.isnan(values[first]), 0.0, values[first])
    return {
        "subject": subject,
        "day": day,
        "percent": values,
        "overall": codes_of(column(source, "overall"), "overall", n),
        "new_lesion": flags_of(column(source, "new_lesion"), "new_lesion", n),
        "best": codes_of(column(source, "best"), "best", n),
        "without": 0,
        "patients": np.unique(subject).size,
    }


def _of_arrays(
    source: Any, days: Any, overall: Any, new_lesion: Any, subject: Any, best: Any
) -> dict[str, Any]:
    values = as_numbers(source, "source")
    if values.ndim < 2:
        values = values.reshape((1 if values.size else 0), values.size)
    if values.ndim > 2:
        raise InputError(
            f"`source` must be changes of patients over timepoints; got shape {values.shape}. Take "
            "one cohort at a time.",
            argument="source",
        )
    patients, visits = values.shape

    def each(given: Any, argument: str, read: Any) -> Any:
        found = read(given, argument, values.size) if np.ndim(given) == 0 else None
        if found is None:
            try:
                wide = np.broadcast_to(np.asarray(given), values.shape)
            except ValueError:
                raise InputError(
                    f"`{argument}` must have the shape of the changes {values.shape}, or one value "
                    f"for each timepoint; got {np.shape(given)}.",
                    argument=argument,
                ) from None
            found = read(wide.ravel(), argument, values.size)
        return found

    first = np.tile(np.arange(visits) == 0, patients)
    percent = values.ravel().copy()
    percent[first & np.isnan(percent)] = 0.0  # percent_from_baseline is NaN at the baseline
    names = subjects_of(subject, patients)
    return {
        "subject": np.repeat(names, visits),
        "day": each(days, "days", days_of),
        "percent": percent,
        "overall": each(overall, "overall", codes_of),
        "new_lesion": each(new_lesion, "new_lesion", flags_of),
        "best": np.repeat(codes_of(best, "best", patients), visits),
        "without": 0,
        "patients": patients,
    }


def _table(visits: dict[str, Any], edition: Any, highest: float, title: str | None) -> FigureTable:
    subject: Texts = visits["subject"]
    day: Floats = visits["day"]
    percent: Floats = visits["percent"]
    best: Codes = visits["best"]
    new: Bools = visits["new_lesion"]
    same_length(subject.size, day=day, percent=percent)
    possible_changes(percent)
    placed = ~np.isnan(day)
    names, of_name = np.unique(subject, return_inverse=True)
    rank = in_order(names.tolist())[of_name] if names.size else np.zeros(0, np.int64)
    order = order_rows(-best.astype(np.int64), rank, day)
    order = order[placed[order]]
    limits = size_limits(edition)
    n = int(visits["patients"])
    cut = more_than(percent, highest)
    changed = np.append(True, subject[order][1:] != subject[order][:-1])[: order.size]
    columns = {
        "subject": subject[order],
        "lane": np.cumsum(changed) - 1,
        "day": day[order],
        "percent": percent[order],
        "drawn": np.where(cut, highest, percent)[order],
        "cut": cut[order],
        "overall": labels(visits["overall"][order]),
        "new_lesion": new[order],
        "best": labels(best[order]),
    }
    drawn = ~np.isnan(percent[order])
    visits_drawn = np.bincount(columns["lane"][drawn])
    shown = int(np.count_nonzero(visits_drawn > 1))  # one visit, the baseline, is no line
    notes = [] if n == 0 else [f"{shown} of {n} patients have a line."] if shown < n else []
    if int(np.count_nonzero(~placed & ~np.isnan(percent))):
        notes.append(
            f"{int((~placed & ~np.isnan(percent)).sum())} visits have no day and no place."
        )
    if n and not limits:
        notes.append("No limits are drawn: the criteria were not given.")
    if any(limit.words.endswith("nadir") for limit in limits):
        notes.append("Progression counts from the nadir, the lines from baseline.")
    if shown > MANY:
        notes.append(f"Of more than {MANY} patients no visit has a symbol.")
    missing = "" if n else NO_PATIENTS
    if n and not placed.any():
        missing = NO_DAYS
    elif n and not shown:
        missing = "No values: no visit has a complete sum beside a baseline."
    return FigureTable(
        columns,
        figure="spider",
        title="Change from baseline over time" if title is None else title,
        notes=notes,
        missing=missing,
        limits=limits,
        facts={
            "highest": highest,
            "known": bool((best > Response.MISSING).any()),
            "criteria": edition,
            "patients": n,
            "many": shown > MANY,
        },
    )
