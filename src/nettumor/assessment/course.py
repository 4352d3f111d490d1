"""The course of every unit: best response, progression, and the times to events, with the links of
the chain.

The same course goes to best response and to the endpoints, so that they agree. Codes and days of
shape (unit, timepoint) come in, with the subjects' days; answers of shape (unit,) come out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least, more_than
from nettumor._late import Late
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.subjects import Subjects
from nettumor.assessment.visits import Visits, tracks_of
from nettumor.best_response import BestResponse, best_overall_response
from nettumor.crf import DateStatus
from nettumor.criteria import BestResponseRule, CensoringRule
from nettumor.endpoints import TimeToEvent, overall_survival, time_to_new_therapy
from nettumor.endpoints._censoring import progression_place
from nettumor.endpoints.progression import times_of_course
from nettumor.terminology import EventReason, Response


@frozen(eq=False)
class Ends:
    """Days of each unit from its reference date, shape (unit,); NaN: did not happen, or on a day
    not known.

    ``death_status`` is `DateStatus` of the date of death, ``death_from`` the first day that it
    allows.
    """

    death: Floats
    death_from: Floats
    new_therapy: Floats
    last_known_alive: Floats
    first_metastasis: Floats
    cutoff: Floats
    therapy_completed: Floats
    death_status: npt.NDArray[np.int8]


@frozen(eq=False)
class Outcome:
    """What became of each unit, shape (unit,) unless said otherwise.

    Attributes
    ----------
    best : BestResponse
        By the rule.
    progression_day : ndarray of float
        Day of the first progression of the course, up to a new therapy that censors; NaN for none,
        or a day not known.
    progressed : ndarray of bool
    times : mapping of str to TimeToEvent
        "PFS", "TTP", "DOR", "TTR", "OS", "TTNT"; "OSMET", survival from the first metastasis, where
        a subject has the day of one. Each is worked out when it is asked for.
    start : dict of str to ndarray of float
        The day each time counts from; 0 but for "DOR" and "OSMET".
    """

    best: BestResponse
    progression_day: Floats
    progressed: Bools
    times: Mapping[str, TimeToEvent]
    start: dict[str, Floats]
    _others: Mapping[str, BestResponse]

    @property
    def unconfirmed(self) -> BestResponse:
        """Best response by the same rule without confirmation, worked out when it is asked for."""
        return self._others["unconfirmed"]


def ends_of(
    subjects: Subjects, subject: npt.NDArray[np.int64], reference: Floats, last_scan: Floats
) -> Ends:
    """The days of each unit's subject.

    ``last_scan`` stands for the day last known alive where the subjects table has none.
    """

    def day(name: str) -> Floats:
        return subjects.day(name)[subject] - reference

    death, cutoff = day("death"), day("data_cutoff")
    # A death of which only the month is known, when all of the month lies behind the cut-off, is
    # after it.
    earliest = subjects.dates["death"].earliest[subject] - reference
    death = np.where(np.isnan(death) & more_than(earliest, cutoff), earliest, death)
    alive = day("last_known_alive")
    return Ends(
        death,
        earliest,
        day("new_therapy"),
        np.where(np.isnan(alive), last_scan, alive),
        day("first_metastasis"),
        cutoff,
        day("therapy_completed"),
        subjects.status("death")[subject],
    )


def one_a_day(codes: Codes, days: Floats, shown: Floats) -> tuple[Codes, Floats, Floats]:
    """One assessment a day: of two visits on one day the worse response, NE only where there is no
    other.

    The other becomes MISSING, with no day. ``shown``, the day a progression is shown on, goes with
    the response.

    >>> days = np.array([[0.0, 56.0, 56.0, 56.0]])
    >>> codes, days, _ = one_a_day(np.array([[0, 5, 7, 1]], np.int8), days, days)
    >>> codes.tolist(), days.tolist()
    ([[0, 5, 0, 0]], [[0.0, 56.0, nan, nan]])
    """
    if (days[:, 1:] > days[:, :-1]).all():
        return codes, days, shown
    later = np.where(np.isnan(days), -np.inf, days)
    before = np.maximum.accumulate(later, axis=1)[:, :-1]
    if not (~np.isnan(days[:, 1:]) & (later[:, 1:] <= before)).any():
        return codes, days, shown
    codes, days, shown = codes.copy(), days.copy(), shown.copy()
    kept = np.zeros(len(codes), dtype=np.int64)
    unit = np.arange(len(codes))
    for t in range(1, codes.shape[1]):
        same = days[:, t] == days[unit, kept]
        here, there = codes[:, t], codes[unit, kept]
        worse = (here > Response.NE) & ((here < there) | (there <= Response.NE))
        worse |= (there == Response.MISSING) & (kept > 0)
        first = np.where(here == there, np.fmin(shown[:, t], shown[unit, kept]), shown[unit, kept])
        first = np.where(worse, shown[:, t], first)
        codes[unit[same], kept[same]] = np.where(worse, here, there)[same]
        shown[unit[same], kept[same]] = first[same]
        codes[same, t], days[same, t] = Response.MISSING, np.nan
        kept = np.where(~same & ~np.isnan(days[:, t]), t, kept)
    return codes, days, shown


def outcome(
    judgement: Judgement,
    visits: Visits,
    ends: Ends,
    rule: BestResponseRule,
    censoring: CensoringRule,
) -> Outcome:
    """Best response, progression and times of every unit."""
    codes, days, shown = one_a_day(
        judgement.overall, tracks_of(visits.day, judgement.owner), judgement.progression_day
    )
    late = more_than(days, ends.cutoff[:, None])
    counted = np.where(late, np.int8(Response.MISSING), codes)
    best = best_overall_response(counted, days, new_therapy=ends.new_therapy, rule=rule)
    whole = best
    if not censoring.new_therapy_censors and not np.isnan(ends.new_therapy).all():
        # a new therapy ends the course of the best response, but not a time that it does not censor
        whole = best_overall_response(counted, days, rule=rule)
    place = progression_place(whole.course, whole.course == Response.PD)
    progressed = place >= 0
    shown = np.take_along_axis(shown, np.maximum(place, 0)[:, None], axis=1)[:, 0]
    progression = np.where(progressed, shown, np.nan)
    # What is after the cut-off stays in the course of the endpoints, so that they can say why they
    # end.
    course = np.where(late, codes, whole.course)
    first = best.first_response_day
    along = times_of_course(
        course,
        days,
        first,
        baseline_assessed=_baseline_assessed(judgement, visits),
        censoring=censoring,
        death=ends.death,
        new_therapy=ends.new_therapy,
        cutoff=ends.cutoff,
        progression=progression,
    )
    times: dict[str, Callable[[], TimeToEvent]] = {
        name: partial(along.__getitem__, name) for name in along
    }
    times["OS"] = lambda: overall_survival(ends.death, ends.last_known_alive, cutoff=ends.cutoff)
    times["TTNT"] = lambda: time_to_new_therapy(
        ends.new_therapy, np.fmax(ends.last_known_alive, ends.death), cutoff=ends.cutoff
    )
    start = dict.fromkeys(times, np.zeros(len(first))) | {"DOR": first}
    if not np.isnan(ends.first_metastasis).all():  # the review's other origin of survival
        start["OSMET"] = ends.first_metastasis
        times["OSMET"] = lambda: overall_survival(
            ends.death, ends.last_known_alive, origin=ends.first_metastasis, cutoff=ends.cutoff
        )
    # a partial date; or a full one in a study where the patient has no reference date
    unknown = np.isnan(ends.death) & (ends.death_status != DateStatus.BLANK)
    if (
        unknown.any()
    ):  # a death that can only lie behind a new therapy that censors does not matter to PFS and DOR
        behind = at_least(ends.death_from, ends.new_therapy) & censoring.new_therapy_censors
        free = unknown & ~behind
        for name, hit in (
            ("PFS", free),
            ("DOR", free),
            *((n, unknown) for n in ("OS", "OSMET") if n in times),
        ):
            times[name] = partial(_died_some_day, times[name], hit, ends.death_status)
    others = Late(
        {
            "unconfirmed": lambda: best_overall_response(
                counted,
                days,
                new_therapy=ends.new_therapy,
                rule=attrs.evolve(rule, confirmation_days=None),
            )
        }
    )
    return Outcome(best, progression, progressed, Late(times), start, others)


def _baseline_assessed(judgement: Judgement, visits: Visits) -> Bools:
    """Whether there is a baseline, and a sum at it where there are targets."""
    there = tracks_of(visits.exists[:, 0], judgement.owner)
    target = judgement.target
    has_targets = (target.response != Response.MISSING).any(axis=1) | (target.n_missing[:, 0] > 0)
    return np.asarray(there & (~has_targets | ~np.isnan(target.baseline[:, 0])))


def _died_some_day(
    known: Callable[[], TimeToEvent], unknown: Bools, status: npt.NDArray[np.int8]
) -> TimeToEvent:
    """A death on a day not known: OS, and PFS and DOR without a progression before, have no
    time.
    """
    time = known()
    hit = unknown & ~time.event & ((time.reason & EventReason.NOT_A_RESPONDER) == 0)
    hit &= (time.reason & EventReason.NO_BASELINE) == 0
    died = hit & (status != DateStatus.INVALID)
    why = np.where(died, EventReason.DEATH | EventReason.DAY_UNKNOWN, EventReason.DAY_UNKNOWN)
    return attrs.evolve(
        time,
        time=np.where(hit, np.nan, time.time),
        event=time.event | died,
        reason=np.where(hit, why, time.reason).astype(np.int32),
        day=np.where(hit, np.nan, time.day),
    )
