"""Where a patient's time ends: the first progression, what counts, missed visits, the last adequate
assessment.

Each function is one sentence of the rules that `progression_free_survival` states; all of them work
on whole cohorts at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import (
    Bools,
    Codes,
    Floats,
    as_codes,
    as_days,
    as_flags,
    at_least,
    broadcast,
    check_increasing,
    more_than,
    running,
)
from nettumor._arrays import guard as guard_of
from nettumor.criteria import CensoringRule
from nettumor.criteria._types import require
from nettumor.endpoints._time_to_event import TimeToEvent, result
from nettumor.terminology import EventReason, Response


@frozen(eq=False)
class Courses:
    """The checked input, broadcast: codes and days (..., timepoint), the rest (...)."""

    codes: Codes
    days: Floats
    place: Floats  # the day, or where it is not known the latest known day before it: it keeps its place
    adequate: Bools
    death: Floats
    new_therapy: Floats
    cutoff: Floats
    progression: Floats
    baseline: Bools
    guard: float
    rule: CensoringRule

    def counts(self, day: Floats) -> Bools:
        """Whether what lies on ``day`` counts: not after the cut-off, and before a new therapy."""
        over = (...,) + (None,) * (day.ndim - self.cutoff.ndim)
        late = more_than(day, self.cutoff[over], self.guard)
        if self.rule.new_therapy_censors:
            late = late | at_least(day, self.new_therapy[over], self.guard)
        return ~np.isnan(day) & ~late


def read(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    censoring: CensoringRule,
    function: str,
    baseline_assessed: npt.ArrayLike,
    **ends: npt.ArrayLike | None,
) -> tuple[Courses, Floats]:
    """Check and broadcast the arguments; the second result is ``response_day`` (zeros where not
    asked for).
    """
    require(censoring, CensoringRule, function, "censoring")
    codes, day = broadcast(
        responses=np.atleast_1d(as_codes(responses, "responses")),
        days=np.atleast_1d(as_days(days, "days")),
    )
    check_increasing(day, "days")
    single = {name: np.array(np.nan) if v is None else as_days(v, name) for name, v in ends.items()}
    shapes = {
        "responses without the timepoint axis": np.empty(codes.shape[:-1]),
        **single,
        "baseline_assessed": as_flags(baseline_assessed, "baseline_assessed"),
    }
    first, *subjects = broadcast(**shapes)
    codes, day = (np.broadcast_to(a, (*first.shape, a.shape[-1])) for a in (codes, day))
    named = dict(zip([*single, "baseline"], subjects, strict=True))
    start = named.pop("response_day", np.zeros(first.shape))
    known = ~np.isnan(day)
    # NE at an unknown day is no visit; any other response at an unknown day took place.
    adequate = (codes >= Response.IUPD) | (
        (codes == Response.NE) & known if censoring.ne_is_adequate else False
    )
    place = np.moveaxis(
        running(np.maximum, np.moveaxis(np.where(known, day, -np.inf), -1, 0)), 0, -1
    )
    coarsest = guard_of(days, *(v for v in ends.values() if v is not None))
    return Courses(
        codes=codes,
        days=day,
        place=place,
        adequate=np.asarray(adequate),
        guard=coarsest,
        rule=censoring,
        **named,
    ), start


def _at(values: Floats, index: npt.NDArray[np.intp], otherwise: Floats) -> Floats:
    """``values`` at ``index`` of the last axis, ``otherwise`` where the index is -1."""
    if values.shape[-1] == 0:
        return otherwise
    taken = np.take_along_axis(values, np.maximum(index, 0)[..., None], axis=-1)[..., 0]
    return np.asarray(np.where(index >= 0, taken, otherwise))


def progression_place(codes: Codes, pd: Bools) -> npt.NDArray[np.int64]:
    """The timepoint at which the first of these PD is dated; -1 for none.

    Under iRECIST PD means iCPD; it is dated at the first IUPD of its block, the IUPD before it with
    only NE and MISSING between (Seymour et al. 2017).
    """
    first = _first(pd)
    unconfirmed = codes == Response.IUPD
    if unconfirmed.any():
        visit = np.arange(codes.shape[-1])
        before = visit < first[..., None]
        breaks = before & (codes > Response.IUPD)
        last_break = np.where(breaks, visit, -1).max(axis=-1, initial=-1)
        block = before & unconfirmed & (visit > last_break[..., None])
        first = np.minimum(
            first, np.where(block, visit, visit.size).min(axis=-1, initial=visit.size)
        )
    return first


def _first_progression(c: Courses, since: Floats | None) -> tuple[Floats, Floats]:
    """The day of the first PD (``since`` a day; NaN: not known), and the day it counts by (NaN: no
    PD).
    """
    pd = c.codes == Response.PD
    if since is not None:
        pd &= at_least(c.place, since[..., None], c.guard)
    first = progression_place(c.codes, pd)
    nowhere = np.full(first.shape, np.nan)
    given = (first >= 0) & ~np.isnan(c.progression)
    day = np.where(given, c.progression, _at(c.days, first, nowhere))
    return day, np.where(given, c.progression, _at(c.place, first, nowhere))


def _visit_number(day: Floats, interval: float, guard: float, *, after: bool) -> Floats:
    """k (from 1) of the first scheduled day k x interval on or after (``after``: strictly after)
    ``day``.
    """
    k = np.floor(day / interval)
    for _ in range(2):  # division rounds; the comparison is exact
        reached = (
            more_than(k * interval, day, guard) if after else at_least(k * interval, day, guard)
        )
        k = k + ~reached
    return np.maximum(k, 1.0)


def _too_many_missed(c: Courses, last: Floats, event_day: Floats) -> Bools:
    """Whether more scheduled visits than allowed lie between ``last`` and ``event_day``, window
    aside.
    """
    interval, window = c.rule.visit_interval_days, c.rule.window_days
    if interval is None or c.rule.max_missed_visits is None:
        return np.zeros(last.shape, dtype=np.bool_)
    one_too_many = (
        _visit_number(last + window, interval, c.guard, after=True) + c.rule.max_missed_visits
    )
    return more_than(event_day, one_too_many * interval + window, c.guard)


def _dated(c: Courses, day: Floats) -> Floats:
    """The day a progression is dated at: its own, or under uniform dates that of its scheduled
    visit.
    """
    interval = c.rule.visit_interval_days
    if c.rule.progression_date == "assessment" or interval is None:
        return day
    return _visit_number(day - c.rule.window_days, interval, c.guard, after=False) * interval


def _last_adequate(
    c: Courses, event: Bools, by_death: Bools, death: Floats, progression: Floats
) -> Any:
    """Index of the last adequate assessment that counts, before the event where there is one; -1:
    none.

    An assessment on the day of death comes before it; the assessment that shows the progression
    does not.
    """
    before_death = at_least(death[..., None], c.place, c.guard)
    before_progression = more_than(progression[..., None], c.place, c.guard)
    before = ~event[..., None] | np.where(by_death[..., None], before_death, before_progression)
    ok = c.adequate & c.counts(c.place) & before
    return _last(ok)


def _last(where: Bools) -> npt.NDArray[np.int64]:
    """The last place on the last axis where it is True; -1 where it nowhere is."""
    out = np.full(where.shape[:-1], -1, dtype=np.int64)
    for visit in range(where.shape[-1]):
        np.copyto(out, visit, where=where[..., visit])
    return out


def _first(where: Bools) -> npt.NDArray[np.int64]:
    """The first place on the last axis where it is True; -1 where it nowhere is."""
    last = _last(where[..., ::-1])
    return np.where(last < 0, -1, where.shape[-1] - 1 - last)


def end(
    c: Courses, start: Floats, parameter: str, *, deaths: bool, since: Floats | None = None
) -> TimeToEvent:
    """The end of each patient's time, sentence by sentence as in `progression_free_survival`.

    ``since`` is the day before which a PD is not the end (the response whose duration is asked
    for).
    """
    pd_day, pd_place = _first_progression(c, since)
    dated = np.where(np.isnan(pd_day), pd_place, _dated(c, pd_day))
    death = c.death if deaths else np.full(c.death.shape, np.nan)
    progressed, died = c.counts(pd_place), c.counts(death)
    by_death = died & ~(progressed & at_least(death, dated, c.guard))
    event = progressed | died
    last_index = _last_adequate(c, event, by_death, death, pd_place)
    last = np.maximum(_at(c.days, last_index, start), start)
    missed = event & _too_many_missed(c, last, np.where(by_death, death, pd_day))
    happened = event & ~missed
    day = np.where(
        happened, np.where(by_death, death, np.where(np.isnan(pd_day), np.nan, dated)), last
    )

    left_out = np.zeros(event.shape, dtype=np.bool_)
    if not np.isnan(c.cutoff).all():
        left_out = (
            more_than(pd_place, c.cutoff, c.guard)
            | more_than(death, c.cutoff, c.guard)
            | (c.adequate & more_than(c.place, c.cutoff[..., None], c.guard)).any(axis=-1)
        )
    treated = (
        ~np.isnan(c.new_therapy)
        & ~more_than(c.new_therapy, c.cutoff, c.guard)
        & c.rule.new_therapy_censors
    )
    censored = np.where(last_index >= 0, EventReason.LAST_ASSESSMENT, EventReason.NO_ASSESSMENT)
    censored |= missed * EventReason.MISSED_VISITS.value
    censored |= (treated & ~event) * EventReason.NEW_THERAPY.value | (
        left_out & ~event
    ) * EventReason.CUTOFF.value
    reason = np.where(
        happened, np.where(by_death, EventReason.DEATH, EventReason.PROGRESSION), censored
    )
    reason = np.where(np.isnan(day), reason | EventReason.DAY_UNKNOWN, reason)
    return _finish(c, start, parameter, day, happened, reason)


def _finish(
    c: Courses, start: Floats, parameter: str, day: Floats, event: Bools, reason: npt.NDArray[Any]
) -> TimeToEvent:
    """Without a baseline censored at 0; without a response no time; else the time from the
    start.
    """
    no_baseline, no_start = ~c.baseline, np.isnan(start)
    time = np.where(no_baseline, 0.0, np.maximum(day - start, 0.0))
    reason = np.where(no_baseline, EventReason.NO_BASELINE, reason)
    return result(
        parameter,
        np.where(no_start, np.nan, time),
        event & ~no_baseline & ~no_start,
        np.where(no_start, EventReason.NOT_A_RESPONDER, reason),
        np.where(no_start, np.nan, np.where(no_baseline, start, day)),
        f"({c.rule.title})",
    )
