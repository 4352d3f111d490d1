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
    GUARD,
    Bools,
    Codes,
    Floats,
    as_codes,
    as_flags,
    as_intervals,
    at_least,
    broadcast,
    check_increasing,
    more_than,
    running,
)
from nettumor._possible_days import can_increase, tried, unanimous, uncertain
from nettumor.criteria import FDA_2018_CENSORING, CensoringRule
from nettumor.criteria._types import require
from nettumor.endpoints._schedule import first_scheduled, scheduled_days
from nettumor.endpoints._time_to_event import TimeToEvent, result
from nettumor.errors import refuse
from nettumor.terminology import EventReason, Response

ENDS = ("death", "new_therapy", "cutoff")
"""What can lie in an interval, beside the days of the assessments."""


@frozen(eq=False)
class Courses:
    """The checked input, broadcast: codes and days (..., timepoint), the rest (...).

    ``intervals`` are the first and last days of the timepoints and of `ENDS`, (patient, day), where
    some day lies in an interval: it is NaN in the other fields then (of a new therapy or a cut-off
    its first day); None where all days are known or unknown.
    """

    codes: Codes
    days: Floats
    place: Floats  # the day, or where it is not known the latest known day before it: it keeps its place
    adequate: Bools
    death: Floats
    new_therapy: Floats
    cutoff: Floats
    progression: Floats
    claim: Floats
    baseline: Bools
    guard: float
    rule: CensoringRule
    intervals: tuple[Floats, Floats] | None = None

    def counts(self, day: Floats) -> Bools:
        """Whether what lies on ``day`` counts: not after the cut-off, and before a new therapy."""
        over = (...,) + (None,) * (day.ndim - self.cutoff.ndim)
        late = more_than(day, self.cutoff[over], self.guard)
        if self.rule.new_therapy_censors:
            after = at_least if self.rule.same_day_therapy == "after" else more_than
            late = late | after(day, self.new_therapy[over], self.guard)
        return ~np.isnan(day) & ~late


def read(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    function: str,
    *,
    censoring: CensoringRule = FDA_2018_CENSORING,
    baseline_assessed: npt.ArrayLike = True,
    days_latest: npt.ArrayLike | None = None,
    **ends: npt.ArrayLike | None,
) -> tuple[Courses, Floats]:
    """Check and broadcast the arguments of ``function``; the second result is ``response_day`` (zeros
    where not asked for).
    """
    require(censoring, CensoringRule, function, "censoring")
    first, last = (np.atleast_1d(d) for d in as_intervals(days, days_latest, "days"))
    codes, first, last = broadcast(
        responses=np.atleast_1d(as_codes(responses, "responses")), days=first, days_latest=last
    )
    single: dict[str, npt.NDArray[Any]] = {}
    latest: dict[str, Floats] = {}
    ends = dict.fromkeys((*ENDS, "progression", "claim")) | ends
    for name, value in ends.items():
        if name.endswith("_latest"):
            continue
        until = ends.get(f"{name}_latest")
        given = np.array(np.nan) if value is None else value
        single[name], late = as_intervals(given, until, name)
        if until is not None:
            latest[f"{name}_latest"] = late
    flags = as_flags(baseline_assessed, "baseline_assessed") | (not censoring.baseline_needed)
    lead = "responses without the timepoint axis"
    fitted = broadcast(
        **{lead: np.empty(codes.shape[:-1]), **single, **latest, "baseline_assessed": flags}
    )
    named = dict(zip([lead, *single, *latest, "baseline"], fitted, strict=True))
    shape = named.pop(lead).shape
    visits = codes.shape[-1]
    codes, first, last = (np.broadcast_to(a, (*shape, visits)) for a in (codes, first, last))
    last_of = {name: named.pop(f"{name}_latest", named[name]) for name in ENDS}
    start = named.pop("response_day", np.zeros(shape))
    day, intervals = _certain(first, last, named, last_of)
    return Courses(
        codes=codes,
        days=day,
        guard=GUARD,
        rule=censoring,
        intervals=intervals,
        **_followed(codes, day, censoring),
        **named,
    ), start


def _followed(codes: Codes, day: Floats, rule: CensoringRule) -> dict[str, Any]:
    """Which assessments are adequate, and the place in time of each."""
    known = ~np.isnan(day)
    # NE at an unknown day is no visit; any other response at an unknown day took place.
    adequate = (codes >= Response.IUPD) | (
        (codes == Response.NE) & known if rule.ne_is_adequate else False
    )
    place = np.moveaxis(
        running(np.maximum, np.moveaxis(np.where(known, day, -np.inf), -1, 0)), 0, -1
    )
    return {"adequate": np.asarray(adequate), "place": place}


def _certain(
    first: Floats, last: Floats, named: dict[str, Any], until: dict[str, Any]
) -> tuple[Floats, tuple[Floats, Floats] | None]:
    """The days that are known; what lies in an interval goes out beside them (and is NaN in
    ``named``, but for the first day of a new therapy or a cut-off).
    """
    open_days = uncertain(first, last)
    open_ends = [uncertain(named[name], until[name]) for name in ENDS]
    check_increasing(np.where(open_days, np.nan, first) if open_days.any() else first, "days")
    if not open_days.any() and not any(o.any() for o in open_ends):
        return first, None
    refuse(
        "days_latest",
        "late enough for days that increase along the last axis",
        last[..., -1:],
        ~can_increase(first, last)[..., None],
        "Sort the visits, or give NaN where the day is not known.",
    )
    patients = int(np.prod(first.shape[:-1]))
    both = []
    for days, ends in ((first, named), (last, until)):
        columns = [np.reshape(ends[name], (patients, 1)) for name in ENDS]
        both.append(np.hstack([days.reshape(patients, days.shape[-1]), *columns]))
    named["death"] = np.where(open_ends[0], np.nan, named["death"])
    return np.where(open_days, np.nan, first), (both[0], both[1])


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
    """The day of the first progression that counts (``since`` a day; NaN: not known), and the day
    it counts by (NaN: none).
    """
    here = np.ones(c.codes.shape, dtype=np.bool_)
    if since is not None:
        here = at_least(c.place, since[..., None], c.guard)
    pd = (c.codes == Response.PD) & here
    first = progression_place(c.codes, pd)
    if (c.codes == Response.IUPD).any():
        first = _first_of_irecist(c, pd, here, first)
    nowhere = np.full(first.shape, np.nan)
    given = (first >= 0) & ~np.isnan(c.progression)
    day = np.where(given, c.progression, _at(c.days, first, nowhere))
    place = np.where(given, c.progression, _at(c.place, first, nowhere))
    if c.rule.clinical_claims and not np.isnan(c.claim).all():
        claimed = ~np.isnan(c.claim) & ~at_least(c.claim, place, c.guard)
        if since is not None:
            claimed &= at_least(c.claim, since, c.guard)
        day, place = np.where(claimed, c.claim, day), np.where(claimed, c.claim, place)
    return day, place


def _first_of_irecist(
    c: Courses, pd: Bools, here: Bools, first: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """An iCPD counts where the assessment that confirms it does; else, by ``unconfirmed_pd``, the
    first iUPD that no later iSD, iPR or iCR contradicts.
    """
    own = c.counts(np.where(np.isinf(c.place), np.nan, c.place)) | np.isinf(c.place)
    confirming = _first(pd)
    confirmed_later = (first >= 0) & (first < confirming)
    at = np.maximum(confirming, 0)[..., None]
    counts = np.take_along_axis(own, at, axis=-1)[..., 0]
    first = np.where(confirmed_later & ~counts, -1, first)
    if c.rule.unconfirmed_pd == "censored":
        return first
    visit = np.arange(c.codes.shape[-1])
    breaks = own & (c.codes >= Response.NON_CR_NON_PD)
    last_break = np.where(breaks, visit, -1).max(axis=-1, initial=-1)
    standing = own & here & (c.codes == Response.IUPD) & (visit > last_break[..., None])
    return np.where(first < 0, _first(standing), first)


def _too_many_missed(c: Courses, last: Floats, event_day: Floats) -> Bools:
    """Whether more scheduled visits than allowed lie between ``last`` and ``event_day``, window
    aside.
    """
    window, allowed = c.rule.window_days, c.rule.max_missed_visits
    if c.rule.visits is None or allowed is None:
        return np.zeros(last.shape, dtype=np.bool_)
    days = scheduled_days(c.rule.visits, last, event_day, window)
    missed = first_scheduled(days, last + window, c.guard, after=True)
    one_too_many = days[np.minimum(missed + allowed, len(days) - 1)]
    return more_than(event_day, one_too_many + window, c.guard)


def _dated(c: Courses, day: Floats) -> Floats:
    """The day a progression is dated at: its own, or under uniform dates that of its scheduled
    visit (its own, where no visit is scheduled any more).
    """
    if c.rule.progression_date == "assessment" or c.rule.visits is None:
        return day
    days = scheduled_days(c.rule.visits, day, day, c.rule.window_days)
    at = days[first_scheduled(days, day - c.rule.window_days, c.guard, after=False)]
    return np.where(np.isnan(day) | np.isinf(at), day, at)


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
    if where.shape[-1] > where[..., :1].size:  # a long course of few
        back = where[..., ::-1].argmax(axis=-1)
        return np.where(where.any(axis=-1), where.shape[-1] - 1 - back, -1)
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
    found = _end(c, start, parameter, deaths=deaths, since=since)
    if c.intervals is None:
        return found
    return _agreed(c, start, found, deaths=deaths, since=since)


def _end(
    c: Courses, start: Floats, parameter: str, *, deaths: bool, since: Floats | None
) -> TimeToEvent:
    """`end` where every day is known, or not known at all."""
    pd_day, pd_place = _first_progression(c, since)
    dated = np.where(np.isnan(pd_day), pd_place, _dated(c, pd_day))
    death = c.death if deaths else np.full(c.death.shape, np.nan)
    progressed, died = c.counts(pd_place), c.counts(death)
    # What happened first: missed visits are counted up to it, and nothing later is an event.
    death_first = died & ~(progressed & at_least(death, pd_place, c.guard))
    by_death = death_first | (died & ~at_least(death, dated, c.guard))
    event = progressed | died
    last_index = _last_adequate(c, event, death_first, death, pd_place)
    last = np.maximum(_at(c.days, last_index, start), start)
    missed = event & _too_many_missed(c, last, np.where(death_first, death, pd_day))
    happened = event & ~missed
    day = np.where(
        happened, np.where(by_death, death, np.where(np.isnan(pd_day), np.nan, dated)), last
    )
    reason = _reasons(c, event, missed, last_index, pd_place, death)
    reason = np.where(
        happened, np.where(by_death, EventReason.DEATH, EventReason.PROGRESSION), reason
    )
    reason = np.where(np.isnan(day), reason | EventReason.DAY_UNKNOWN, reason)
    if since is not None:  # what ends on the day it begins, or before, was no response
        start = np.where(happened & c.baseline & at_least(start, day, c.guard), np.nan, start)
    return _finish(c, start, parameter, day, happened, reason)


def _reasons(
    c: Courses,
    event: Bools,
    missed: Bools,
    last_index: npt.NDArray[np.int64],
    pd_place: Floats,
    death: Floats,
) -> npt.NDArray[Any]:
    """Why a patient is censored."""
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
    censored |= (treated & ~event) * EventReason.NEW_THERAPY.value
    censored |= (left_out & ~event) * EventReason.CUTOFF.value
    return censored


def _agreed(
    c: Courses, start: Floats, found: TimeToEvent, *, deaths: bool, since: Floats | None
) -> TimeToEvent:
    """``found``, and for patients with a day in an interval the answer on which every combination
    of days agrees; where they do not, the time is not known.
    """
    assert c.intervals is not None
    first, last = c.intervals
    shape, visits = c.death.shape, c.codes.shape[-1]
    some = uncertain(first, last).any(axis=1)

    def marks(patient: int) -> list[float]:
        ends = [c.progression, c.claim, start]
        given = [float(e.reshape(-1)[patient]) for e in ends]
        known = [d for d in given if not np.isnan(d)]
        if c.rule.visits is not None:
            until = np.nanmax(last[patient], initial=0.0)
            days = scheduled_days(c.rule.visits, until, until, c.rule.window_days)
            window = c.rule.window_days
            known += [float(d + w) for d in days[np.isfinite(days)] for w in (-window, 0, window)]
        return known

    who, begin, combos = tried(first, last, visits, marks, [])
    flat = {n: np.array(getattr(found, n)).reshape(-1) for n in ("time", "event", "reason", "day")}
    flat["time"][some] = flat["day"][some] = np.nan
    flat["event"][some], flat["reason"][some] = False, EventReason.DAY_UNKNOWN
    if who.size:
        owner = np.repeat(who, np.diff(np.append(begin, len(combos))))

        def of(values: npt.NDArray[Any]) -> Any:
            return values.reshape(-1)[owner]

        each = _end(
            _on_days(c, owner, combos),
            of(start),
            found.parameter,
            deaths=deaths,
            since=None if since is None else of(since),
        )
        same_event, same_time = unanimous(each.event, begin), unanimous(each.time, begin)
        certain = same_event & same_time
        bits = np.bitwise_and.reduceat(each.reason, begin)
        bits = np.where(certain, bits, bits | EventReason.DAY_UNKNOWN)
        flat["time"][who] = np.where(certain, each.time[begin], np.nan)
        flat["day"][who] = np.where(certain, each.day[begin], np.nan)
        flat["event"][who] = same_event & each.event[begin]
        flat["reason"][who] = np.where(same_event, bits, EventReason.DAY_UNKNOWN)
    shaped = {name: values.reshape(shape) for name, values in flat.items()}
    return result(
        found.parameter,
        shaped["time"],
        shaped["event"],
        shaped["reason"],
        shaped["day"],
        found.source,
    )


def _on_days(c: Courses, owner: npt.NDArray[np.int64], combos: Floats) -> Courses:
    """The courses of some patients, each on one combination of its possible days."""
    visits = c.codes.shape[-1]
    codes = c.codes.reshape(c.death.size, visits)[owner]
    days, (death, new_therapy, cutoff) = combos[:, :visits], combos[:, visits : visits + 3].T
    return Courses(
        codes=codes,
        days=days,
        **_followed(codes, days, c.rule),
        death=death,
        new_therapy=new_therapy,
        cutoff=cutoff,
        progression=c.progression.reshape(-1)[owner],
        claim=c.claim.reshape(-1)[owner],
        baseline=c.baseline.reshape(-1)[owner],
        guard=c.guard,
        rule=c.rule,
    )


def _finish(
    c: Courses, start: Floats, parameter: str, day: Floats, event: Bools, reason: npt.NDArray[Any]
) -> TimeToEvent:
    """Without a baseline that is needed censored at 0; without a response no time; else the time
    from the start.
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
        f"({c.rule.full_title})",
    )
