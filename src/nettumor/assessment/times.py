"""The times to events of every unit: those of its course, survival, and the time to a new therapy.

The array functions of `nettumor.endpoints` work each out; here stands what they cannot know: a
response on a day not known, and a death on a day that has no number. Input: the times of the course
and the days that end it. Output: a `TimeToEvent` of shape (unit,).
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.assessment.ends import Ends
from nettumor.crf import DateStatus
from nettumor.criteria import CensoringRule
from nettumor.endpoints import TimeToEvent, overall_survival, time_to_new_therapy
from nettumor.terminology import EventReason

_ENDED_BY_DEATH = ("PFS", "DOR", "OS", "OSMET")


def intervals_of(ends: Ends) -> dict[str, Floats]:
    """First and last possible day of what ends a time, by the names of the endpoints' arguments."""
    out: dict[str, Floats] = {}
    for name, (first, latest) in ends.possible.items():
        out |= {name: first, f"{name}_latest": latest}
    return out


def starts_of(
    along: Mapping[str, TimeToEvent],
    ends: Ends,
    first_response: Floats,
    *,
    metastasis: bool | None,
) -> dict[str, Floats]:
    """The day each time counts from; ``along`` are the times of the course."""
    start = dict.fromkeys((*along, "OS", "TTNT"), np.zeros(len(first_response)))
    start["DOR"] = first_response
    if metastasis is None:
        metastasis = bool((~np.isnan(ends.first_metastasis)).any())
    if metastasis:  # the review's other origin of survival
        start["OSMET"] = ends.first_metastasis
    return start


def time_of(
    name: str,
    along: Mapping[str, TimeToEvent],
    ends: Ends,
    start: Floats,
    censoring: CensoringRule,
    undated: Bools,
) -> TimeToEvent:
    """One of the times; ``along`` are those of the course, ``start`` is the day it counts from,
    ``undated`` who responded on a day not known.
    """
    (first, latest), therapy, cutoff = (
        ends.possible[n] for n in ("death", "new_therapy", "cutoff")
    )
    if name in ("OS", "OSMET"):
        found: TimeToEvent = overall_survival(
            first,
            ends.last_known_alive,
            origin=start,
            cutoff=cutoff[0],
            death_latest=latest,
            cutoff_latest=cutoff[1],
        )
    elif name == "TTNT":
        found = time_to_new_therapy(
            therapy[0],
            np.fmax(ends.last_known_alive, ends.death),
            cutoff=cutoff[0],
            new_therapy_latest=therapy[1],
            cutoff_latest=cutoff[1],
        )
    else:
        found = along[name]
        if name in ("DOR", "TTR") and undated.any():
            found = _without_day(found, along["PFS"], undated)
    if name not in _ENDED_BY_DEATH:
        return found
    # a date of death that nobody can read; or a full one of a patient without a reference date
    unknown = np.isnan(first) & (ends.death_status != DateStatus.BLANK)
    if not unknown.any():
        return found
    of_course, of_survival = _deaths_that_count(ends, censoring)
    surely, perhaps = of_course if name in along else of_survival
    if name == "OSMET":
        surely = surely & ~np.isnan(ends.first_metastasis)
    return _died_some_day(found, unknown & perhaps, surely)


def _without_day(found: TimeToEvent, free: TimeToEvent, undated: Bools) -> TimeToEvent:
    """The duration of, or the time to, a response on a day not known: no time. A duration ends as
    progression-free survival does (``free``).
    """
    is_duration = found.parameter == "DOR"
    event = free.event if is_duration else np.ones_like(undated)
    why = free.reason if is_duration else np.full(undated.shape, EventReason.RESPONSE)
    return attrs.evolve(
        found,
        time=np.where(undated, np.nan, found.time),
        event=np.where(undated, event, found.event),
        reason=np.where(undated, why | EventReason.DAY_UNKNOWN, found.reason).astype(np.int32),
        day=np.where(undated, free.day if is_duration else np.nan, found.day),
    )


def _deaths_that_count(
    ends: Ends, censoring: CensoringRule
) -> tuple[tuple[Bools, Bools], tuple[Bools, Bools]]:
    """Whether a death on a day that has no number counts surely, and whether it may count: for the
    times of the course, and for survival. One after the cut-off does not, nor in a course one after a
    new therapy that censors, or after missed visits.
    """
    least, most = ends.after_death["cutoff"]
    surely, perhaps = ends.died & (least >= 0), ~(most < 0)
    of_survival = surely & ends.counted, perhaps  # from a day that nobody knows there is no event
    if censoring.new_therapy_censors:
        least, most = ends.after_death["new_therapy"]
        if censoring.same_day_therapy == "counts":
            surely, perhaps = surely & (least >= 0), perhaps & ~(most < 0)
        else:
            surely, perhaps = surely & (least > 0), perhaps & ~(most <= 0)
    if censoring.max_missed_visits is not None and censoring.visits is not None:
        surely = np.zeros_like(surely)
    return (surely, perhaps), of_survival


def _died_some_day(time: TimeToEvent, unknown: Bools, surely: Bools) -> TimeToEvent:
    """A death on a day not known: OS, and PFS and DOR without a progression before, have no time;
    it is an event where it counts ``surely``, on whatever day.
    """
    hit = unknown & ~time.event & ((time.reason & EventReason.NOT_A_RESPONDER) == 0)
    hit &= (time.reason & EventReason.NO_BASELINE) == 0
    died = hit & surely
    why = np.where(died, EventReason.DEATH | EventReason.DAY_UNKNOWN, EventReason.DAY_UNKNOWN)
    return attrs.evolve(
        time,
        time=np.where(hit, np.nan, time.time),
        event=time.event | died,
        reason=np.where(hit, why, time.reason).astype(np.int32),
        day=np.where(hit, np.nan, time.day),
    )
