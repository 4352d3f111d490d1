"""Kaplan-Meier curves as tables: the steps with their band, and who is at risk when.

After the KMunicate recommendations (Morris et al. 2019, doi 10.1136/bmjopen-2019-030215): every
curve has its interval, and below stand the patients at risk, censored and with the event, which add
up to all. Counts are those just before each tick, as R's ``survival`` and SAS have them. The end of
a curve where one more event would move it further than its interval is wide, had all been followed,
is marked (Gebski et al. 2018, doi 10.1093/ije/dyy013).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Floats, as_days, as_flags, as_numbers, more_than
from nettumor.errors import InputError, choose, did_you_mean, refuse, true_or_false
from nettumor.plots.data.bars import NO_PATIENTS
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    column,
    column_names,
    is_assessment,
    is_table,
    left_out,
    of_evaluator,
    same_length,
    subjects_of,
    texts,
)
from nettumor.plots.time_axis import DAYS_PER_UNIT, ticks_in
from nettumor.summaries import KaplanMeier
from nettumor.summaries import kaplan_meier as estimate
from nettumor.summaries.rates import as_level
from nettumor.tables import Table

PARAMETERS = ("PFS", "TTP", "DOR", "TTR", "OS", "TTNT")


@frozen(eq=False)
class _Options:
    """What is asked for beside the curves."""

    unit: str
    level: float
    median: bool
    landmarks: tuple[float, ...]
    largest_drop: float


def kaplan_meier(
    source: Any,
    event: Any = None,
    *,
    group: Any = None,
    parameter: str = "PFS",
    by: str | None = None,
    evaluator: str | None = None,
    unit: str = "months",
    ticks: Any = None,
    level: float = 0.95,
    median: bool = False,
    landmarks: Any = (),
    largest_drop: float = 0.1,
    title: str | None = None,
) -> FigureTable:
    """The steps of each curve, with band and counts, and the table of who is at risk.

    Parameters
    ----------
    source : array_like of float, object, mapping, table or Assessment
        Times in days of each patient, with ``event``; an object with ``.time`` and ``.event``
        (`nettumor.progression_free_survival`) or a `nettumor.KaplanMeier`; a mapping of group to any
        of these or to a pair (time, event); a table with columns ``time``, ``event`` and, where
        there is, ``group``; or what `nettumor.assess` returns. NaN: no time, left out and counted.
    event : array_like of bool, shape (patient,), optional
        True where the event was observed; for times as an array.
    group : array_like of str, shape (patient,), optional
        A curve each.
    parameter : {"PFS", "TTP", "DOR", "TTR", "OS", "TTNT"}
        Of an Assessment: which time.
    by : str, optional
        Of an Assessment: the column of ``.subjects`` that makes the groups ("arm").
    evaluator : str, optional
        Of an Assessment with several.
    unit : {"days", "weeks", "months", "years"}
        How the days are written: a month is 30.4375, a year 365.25 days.
    ticks : array_like of float, optional
        Where the counts stand, in ``unit``; by default some round ones from 0 on.
    level : float
        Level of the band.
    median : bool
        Whether the medians are drawn, and said in the caption.
    landmarks : array_like of float, optional
        Times, in ``unit``, whose survival is said in the caption.
    largest_drop : float
        The largest fall of the curve, from 0 to 1, that one more event may cause (a tenth is a
        choice of this library). Where it would fall further, or by more than half the width of the
        95 % interval had all been followed, the end is uncertain: the two ways of Gebski et al.
        2018, whichever comes first.
    title : str, optional
        In place of "Kaplan-Meier estimate".

    Returns
    -------
    FigureTable
        A row for each step: group, time (days), shown (in ``unit``), survival (just after it), low,
        high, at_risk (just before it), events, censored, uncertain. ``.more["at_risk"]``: group,
        time, shown, at_risk, censored, events: before each tick, adding up to all patients.
        ``.more["summary"]``: group, n, events, excluded, median, median_low, median_high (in
        ``unit``). ``.more["landmarks"]``: group, shown, survival, low, high, at_risk.

    Raises
    ------
    InputError
        For times without events, unequal lengths, and an unknown unit, parameter or column.

    References
    ----------
    Morris et al. 2019, doi 10.1136/bmjopen-2019-030215; Gebski et al. 2018, doi 10.1093/ije/dyy013;
    `nettumor.kaplan_meier` for the estimate and its band.

    Examples
    --------
    >>> steps = kaplan_meier([30, 60, 90, 120], [True, False, True, False], unit="days", ticks=[0, 60, 120])
    >>> steps["survival"].round(3).tolist()
    [1.0, 0.75, 0.75, 0.375, 0.375]
    >>> counts = steps.more["at_risk"]
    >>> counts["at_risk"].tolist(), counts["censored"].tolist(), counts["events"].tolist()
    ([4, 3, 1], [0, 0, 1], [0, 1, 2])
    """
    choose("unit", unit, DAYS_PER_UNIT)
    options = _Options(
        unit,
        as_level(level),
        true_or_false("median", median),
        _landmark_times(landmarks),
        as_level(largest_drop, "largest_drop"),
    )
    if is_assessment(source):
        left_out("an Assessment", event=event, group=group)
        choose("parameter", parameter, PARAMETERS)
        curves = _of_assessment(source, parameter, by, evaluator)
    else:
        curves = _curves(source, event, group)
    longest = max((float(np.nanmax(c.times, initial=0.0)) for c in curves.values()), default=0.0)
    at = _ticks(ticks, unit, longest)
    steps = [_steps(name, curve, options) for name, curve in curves.items()]
    counts = [_counts(name, curve, at, unit) for name, curve in curves.items()]
    summary = _summary(curves, options)
    n = sum(int(curve.n) for curve in curves.values())
    excluded = sum(int(curve.excluded) for curve in curves.values())
    missing = ""
    if not n:
        missing = NO_PATIENTS if not excluded else "No times: no patient has one."
    return FigureTable(
        _joined(steps, _STEP),
        figure="kaplan_meier",
        title="Kaplan-Meier estimate" if title is None else title,
        notes=_notes(curves, summary, options, excluded),
        missing=missing,
        more={
            "at_risk": Table(_joined(counts, _COUNT)),
            "summary": summary,
            "landmarks": _landmarks(curves, options),
        },
        facts={
            "unit": unit,
            "parameter": parameter if is_assessment(source) else "",
            "median": options.median,
            "landmarks": options.landmarks,
            "groups": tuple(curves),
            "level": options.level,
        },
    )


def _landmark_times(landmarks: Any) -> tuple[float, ...]:
    """Times of landmarks: finite, 0 or more."""
    times = np.ravel(as_numbers(() if landmarks is None else landmarks, "landmarks"))
    refuse(
        "landmarks",
        "finite times of 0 or more",
        times,
        ~((times >= 0) & (times < np.inf)),
        "Give them in `unit`, such as landmarks=(12, 24).",
    )
    return tuple(times.tolist())


_STEP: dict[str, Any] = {
    "group": np.str_, "time": np.float64, "shown": np.float64, "survival": np.float64,
    "low": np.float64, "high": np.float64, "at_risk": np.int64, "events": np.int64,
    "censored": np.int64, "uncertain": np.bool_,
}  # fmt: skip
_COUNT: dict[str, Any] = {
    "group": np.str_, "time": np.float64, "shown": np.float64, "at_risk": np.int64,
    "censored": np.int64, "events": np.int64,
}  # fmt: skip


def _joined(parts: list[dict[str, Any]], types: dict[str, Any]) -> dict[str, Any]:
    """The columns of several groups one below the other."""
    return {
        name: np.concatenate([np.zeros(0, kind), *(np.asarray(p[name], kind) for p in parts)])
        for name, kind in types.items()
    }


def _of_assessment(
    done: Any, parameter: str, by: str | None, evaluator: str | None
) -> dict[str, KaplanMeier]:
    rows = of_evaluator(done, done.subjects, evaluator)
    found = done.outcome.times[parameter]
    time, event = np.asarray(found.time)[rows], np.asarray(found.event)[rows]
    if by is None:
        return {"": estimate(time, event)}
    if by not in list(done.subjects):
        raise InputError(
            f"`by` names no column of `.subjects`: {by!r}. {did_you_mean(by, done.subjects)} "
            "assess(carry=[...]) brings columns of yours.",
            argument="by",
        )
    return _by_group(time, event, texts(done.subjects[by])[rows])


def _curves(source: Any, event: Any, group: Any) -> dict[str, KaplanMeier]:
    """A curve for each group, from any other source."""
    if is_table(source) and "time" in column_names(source):
        event = column(source, "event", "the curves") if event is None else event
        group = column(source, "group") if group is None else group
        source = column(source, "time")
    if isinstance(source, Mapping):
        return {str(name): _one(part, name) for name, part in source.items()}
    if isinstance(source, KaplanMeier) or hasattr(source, "event"):
        if group is None or isinstance(source, KaplanMeier):
            return {"": _one(source, "source")}
        source, event = source.time, source.event
    if event is None:
        raise InputError(
            "`event` must be given with times: True where the event was observed. A time to an "
            "event (nettumor.overall_survival) has both.",
            argument="event",
        )
    time = np.atleast_1d(as_days(source, "source"))
    happened = np.atleast_1d(as_flags(event, "event"))
    if time.ndim > 1:
        raise InputError(
            f"`source` must be one time for each patient; got shape {time.shape}. Pass a mapping of "
            "group to times, or `group`.",
            argument="source",
        )
    same_length(time.size, event=happened)
    if group is None:
        return {"": estimate(time, happened)}
    return _by_group(time, happened, subjects_of(group, time.size, "group"))


def _one(part: Any, name: Any) -> KaplanMeier:
    """The curve of one group."""
    if isinstance(part, KaplanMeier):
        if np.ndim(part.excluded):
            raise InputError(
                "`source` must be curves of one trial; got a KaplanMeier of many. Estimate the one "
                "that is drawn.",
                argument="source",
            )
        return part
    if hasattr(part, "time") and hasattr(part, "event"):
        return estimate(np.atleast_1d(part.time), np.atleast_1d(part.event))
    if isinstance(part, (tuple, list)) and len(part) == 2:
        return estimate(*part)
    raise InputError(
        f"`source` must have a pair (time, event), or an object with both, for the group {name!r}; "
        f"got {type(part).__name__}.",
        argument="source",
    )


def _by_group(time: Floats, event: Any, group: Any) -> dict[str, KaplanMeier]:
    """A curve for each group, in the order in which the groups come."""
    names = list(dict.fromkeys(group.tolist()))
    return {
        name or "not stated": estimate(time[group == name], event[group == name]) for name in names
    }


def _ticks(ticks: Any, unit: str, longest: float) -> Floats:
    """The times of the counts, in the unit."""
    if ticks is None:
        return np.array(ticks_in(unit, 0.0, max(longest, DAYS_PER_UNIT[unit]), 8))
    at = np.atleast_1d(as_days(ticks, "ticks"))
    if at.ndim != 1 or not at.size or np.isnan(at).any() or (at < 0).any():
        raise InputError(
            f"`ticks` must be times of 0 or more; got {ticks!r}. Leave them out for round ones.",
            argument="ticks",
        )
    return np.unique(at)


def _steps(name: str, curve: KaplanMeier, options: _Options) -> dict[str, Any]:
    """The steps of a curve, beginning with 1 at time 0."""
    times, survival = np.asarray(curve.times), np.asarray(curve.survival)
    low, high = curve.confidence_interval(times, options.level)
    starts = not times.size or times[0] > 0
    lead = np.zeros(1) if starts else np.zeros(0)

    def led(values: Any, first: float) -> Any:
        return np.append(np.full(lead.size, first), values)

    time = led(times, 0.0)
    at_risk = led(curve.at_risk, float(curve.n))
    shares = led(survival, 1.0)
    return {
        "group": np.full(time.size, name),
        "time": time,
        "shown": time / DAYS_PER_UNIT[options.unit],
        "survival": shares,
        "low": led(low, 1.0),
        "high": led(high, 1.0),
        "at_risk": at_risk,
        "events": led(curve.events, 0),
        "censored": led(curve.censored, 0),
        "uncertain": _uncertain(shares, at_risk, led(curve.events, 0) + led(curve.censored, 0),
                                int(curve.n), options),
    }  # fmt: skip


def _uncertain(survival: Floats, at_risk: Floats, gone: Floats, n: int, options: _Options) -> Any:
    """From which step on one more event would move the curve too far.

    One more event lowers S to S (1 - 1 / left), by S / left, with the patients left after the step.
    That is held against the largest acceptable fall, or against half the interval of S had all n
    been followed, z sqrt(S (1 - S) / n): both of Gebski et al. 2018. What follows is uncertain too.
    """
    from scipy import special

    left = at_risk - gone
    fall = survival / np.maximum(left, 1)
    half = float(special.ndtri(0.975)) * np.sqrt(survival * (1 - survival) / max(n, 1))
    found = (more_than(fall, half) & (survival < 1)) | more_than(fall, options.largest_drop)
    found |= left == 0
    return np.logical_or.accumulate(found) if found.size else found


def _counts(name: str, curve: KaplanMeier, at: Floats, unit: str) -> dict[str, Any]:
    """Patients at risk, censored and with the event just before each tick; they add up to n."""
    days = at * DAYS_PER_UNIT[unit]
    before = more_than(days[:, None], np.asarray(curve.times)[None, :])
    return {
        "group": np.full(at.size, name),
        "time": days,
        "shown": at,
        "at_risk": np.atleast_1d(curve.at_risk_at(days)),
        "censored": (before * curve.censored).sum(axis=1),
        "events": (before * curve.events).sum(axis=1),
    }


def _summary(curves: Mapping[str, KaplanMeier], options: _Options) -> Table:
    per = DAYS_PER_UNIT[options.unit]
    ends = [c.quantile_interval(0.5, level=options.level) for c in curves.values()]
    return Table(
        {
            "group": np.array(list(curves), dtype=np.str_),
            "n": np.array([c.n for c in curves.values()], dtype=np.int64),
            "events": np.array([c.n_events for c in curves.values()], dtype=np.int64),
            "excluded": np.array([c.excluded for c in curves.values()], dtype=np.int64),
            "median": np.array([c.median for c in curves.values()], dtype=np.float64) / per,
            "median_low": np.array([e.low for e in ends], dtype=np.float64) / per,
            "median_high": np.array([e.high for e in ends], dtype=np.float64) / per,
        }
    )


def _landmarks(curves: Mapping[str, KaplanMeier], options: _Options) -> Table:
    """The survival of each group at each landmark."""
    at = np.array(options.landmarks)
    days = at * DAYS_PER_UNIT[options.unit]
    parts = []
    for name, curve in curves.items():
        low, high = curve.confidence_interval(days, options.level)
        at_risk = np.atleast_1d(curve.at_risk_at(days))
        # After the last time of the curve nothing is known, whatever the last value was.
        known = np.where(at_risk > 0, 1.0, np.nan)
        parts.append(
            {
                "group": np.full(at.size, name),
                "shown": at,
                "survival": curve.survival_at(days) * known,
                "low": low * known,
                "high": high * known,
                "at_risk": at_risk,
            }
        )
    types = {"group": np.str_, "shown": np.float64, "survival": np.float64, "low": np.float64,
             "high": np.float64, "at_risk": np.int64}  # fmt: skip
    return Table(_joined(parts, types))


def _notes(
    curves: Mapping[str, KaplanMeier], summary: Table, options: _Options, excluded: int
) -> list[str]:
    """The caption: the band, the uncertain end, medians, landmarks, who is left out."""
    percent = f"{100 * options.level:g} %"
    notes = [
        f"Shaded: pointwise {percent} interval (log-log).",
        f"Thin end: one more event would move the curve by more than "
        f"{100 * options.largest_drop:g} points, or by more than half its 95 % interval had all "
        "been followed.",
    ]
    points = _landmarks(curves, options).rows()
    for row in summary.rows():
        said = []
        if options.median:
            said.append(
                f"median {_time(row['median'])} {options.unit} ({percent} interval "
                f"{_time(row['median_low'])} to {_time(row['median_high'])})"
            )
        said += [_at(p, options.unit) for p in points if p["group"] == row["group"]]
        if said:
            words = f"{row['group'] or 'All'}: {'; '.join(said)}."
            notes.append(words)
    if excluded:
        notes.append(f"{excluded} patient{'s' if excluded > 1 else ''} without a time left out.")
    return notes


def _at(point: Mapping[str, Any], unit: str) -> str:
    """The survival at a landmark in words."""
    at = f"at {point['shown']:g} {unit} "
    if math.isnan(point["survival"]):
        return f"{at}nobody under observation"
    if math.isnan(point["low"]):
        return f"{at}{100 * point['survival']:.1f} %"
    ends = f"{100 * point['low']:.1f} to {100 * point['high']:.1f} %"
    return f"{at}{100 * point['survival']:.1f} % ({ends})"


def _time(value: float) -> str:
    return "not reached" if math.isnan(value) else f"{value:.1f}"
