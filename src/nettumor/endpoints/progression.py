"""Times that end with progression: PFS, time to progression, duration of response; and time to
response.
"""

from __future__ import annotations

from functools import cache
from typing import Unpack

import attrs
import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, more_than
from nettumor._labels import by_label
from nettumor._late import Late
from nettumor.criteria import FDA_2018_CENSORING, CensoringRule
from nettumor.endpoints._censoring import Courses, end, read
from nettumor.endpoints._options import Followed, with_keywords_of
from nettumor.endpoints._time_to_event import TimeToEvent, result
from nettumor.terminology import EventReason


@by_label(responses="timepoint", days="timepoint", gives="")
def progression_free_survival(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    days_latest: npt.ArrayLike | None = None,
    death: npt.ArrayLike | None = None,
    death_latest: npt.ArrayLike | None = None,
    new_therapy: npt.ArrayLike | None = None,
    new_therapy_latest: npt.ArrayLike | None = None,
    cutoff: npt.ArrayLike | None = None,
    cutoff_latest: npt.ArrayLike | None = None,
    progression: npt.ArrayLike | None = None,
    claim: npt.ArrayLike | None = None,
    baseline_assessed: npt.ArrayLike = True,
    censoring: CensoringRule = FDA_2018_CENSORING,
) -> TimeToEvent:
    """Days until progression or death, or until the patient is censored (PFS).

    The event is the first PD or death, whichever is earlier. A PD is dated at its day, or at
    ``progression`` where given, or at the first IUPD of its block (the IUPD before an iCPD with
    only NE and MISSING between). An iCPD counts where the assessment that confirms it counts; an
    IUPD that nothing confirms or contradicts (no iSD, iPR or iCR after it) is an event at its day
    where the rule says so (``unconfirmed_pd``), else none. An assessment is adequate if it has any response but NE and
    MISSING (``ne_is_adequate``: but MISSING).

    1. No baseline assessment: censored at 0 (unless the rule needs none).
    2. What is after ``cutoff``, or on or after ``new_therapy`` (``same_day_therapy`` "counts":
       after its day), does not count. A progression counts by the day it is dated at, a death by
       its day.
    3. More than ``max_missed_visits`` scheduled visits missed between the last adequate assessment
       and what happened first, progression or death: censored at that assessment, and nothing later
       is an event. A scheduled day (k x ``visit_interval_days``, or of the ``schedule``) is missed
       if it lies more than ``window_days`` after the one and before the other. Without an assessment
       day 0 stands for it.
    4. Else the event.
    5. No event: censored at the last adequate assessment, or at 0.

    Hepatic PFS is this function on the responses of the liver; the review's PFS (progression of
    tumour load or of symptoms) is this function on ``np.where(symptoms
    == Response.PD, Response.PD, overall)``.

    Parameters
    ----------
    responses : array_like of int, shape (..., timepoint)
        Codes of `Response`, e.g. ``best_overall_response(...).course``; MISSING is no assessment.
    days : array_like of float or timedelta64, broadcastable to ``responses``
        Day of each assessment from the reference day, strictly increasing where known. NaN with
        MISSING or NE is no visit; NaN with any other response is a day not known: it keeps its
        place, and a time that would end there is NaN with `EventReason.DAY_UNKNOWN` (``event``
        stays True for a progression).
    death : array_like of float, shape (...), optional
        Day of death; NaN or None: not known to have died.
    new_therapy : array_like of float, shape (...), optional
        First day of a new anticancer therapy; NaN or None: none.
    cutoff : array_like of float, shape (...), optional
        Last day whose data count; NaN or None: no limit.
    days_latest, death_latest, new_therapy_latest, cutoff_latest : array_like of float, optional
        A day that is known to lie in an interval: from the argument of that name to this one, like
        it in shape. Where every combination of whole days that keeps the order of the timepoints
        gives one time, that is the time; where they agree on the event alone the time is NaN with
        `EventReason.DAY_UNKNOWN`, and where not even on that the event is False.
    progression : array_like of float, shape (...), optional
        Day at which the first PD is dated (the scan that shows it); NaN or None: the day of its
        assessment. Without a PD among the ``responses`` it is no event.
    claim : array_like of float, shape (...), optional
        Day of a clinical claim of progression; a progression where the rule says so
        (``clinical_claims``: FDA Table C alone), else of no effect.
    baseline_assessed : array_like of bool, shape (...)
        Whether the baseline was assessed completely.
    censoring : CensoringRule
        The rule set; ``FDA_2018_CENSORING_B`` dates progression at the next scheduled visit.

    Returns
    -------
    TimeToEvent
        With ``.time`` (days), ``.event``, ``.reason``, ``.months`` and ``.explain(index)``.

    Raises
    ------
    InputError
        For a code that is none, days that do not increase, infinite days or shapes that do not fit.

    References
    ----------
    FDA guidance, Clinical Trial Endpoints, 2018, Appendix 3; Vogl et al. 2008, section 5 (progress
    free survival); Seymour et al. 2017, Lancet Oncol 18:e143 (date of a confirmed progression).

    Examples
    --------
    >>> pfs = progression_free_survival([[5, 7, 3], [5, 5, 0]], [84, 168, 252], death=[float("nan"), 200])
    >>> pfs.time, pfs.event
    (array([252., 200.]), array([ True,  True]))
    """
    courses, start = read(
        responses,
        days,
        "progression_free_survival",
        censoring=censoring,
        baseline_assessed=baseline_assessed,
        days_latest=days_latest,
        death=death,
        death_latest=death_latest,
        new_therapy=new_therapy,
        new_therapy_latest=new_therapy_latest,
        cutoff=cutoff,
        cutoff_latest=cutoff_latest,
        progression=progression,
        claim=claim,
    )
    return end(courses, start, "PFS", deaths=True)


@with_keywords_of(progression_free_survival)
@by_label(responses="timepoint", days="timepoint", gives="")
def time_to_progression(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    **followed: Unpack[Followed],
) -> TimeToEvent:
    """Days until progression; deaths are not events (TTP). Else as `progression_free_survival`.

    Parameters
    ----------
    responses, days, new_therapy, cutoff, progression, claim, baseline_assessed, censoring, and the
    latest days
        As in `progression_free_survival`.
    death : array_like of float, shape (...), optional
        Accepted so that both take the same arguments: a patient who dies without progression is
        censored at the last adequate assessment.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    InputError
        As in `progression_free_survival`.

    References
    ----------
    FDA guidance, Clinical Trial Endpoints, 2018 (time to progression).

    Examples
    --------
    >>> ttp = time_to_progression([5, 5], [84, 168], death=200)
    >>> ttp.time, ttp.event
    (168.0, False)
    """
    courses, start = read(responses, days, "time_to_progression", **followed)
    return end(courses, start, "TTP", deaths=False)


@with_keywords_of(progression_free_survival)
@by_label(responses="timepoint", days="timepoint", gives="")
def duration_of_response(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    response_day: npt.ArrayLike,
    **followed: Unpack[Followed],
) -> TimeToEvent:
    """Days from the first response until progression or death (DOR), for responders.

    Events and censoring are those of `progression_free_survival`; time counts from
    ``response_day``, and a PD before it is not the end of this response. A response whose end is
    dated on its own day or before was none: an event never has time 0.

    Parameters
    ----------
    responses, days, death, new_therapy, cutoff, progression, claim, baseline_assessed, censoring,
    and the latest days
        As in `progression_free_survival`.
    response_day : array_like of float, shape (...)
        Day of the first response, ``best_overall_response(...).first_response_day``. NaN: not a
        responder (or its day is not known): time NaN, event False, `EventReason.NOT_A_RESPONDER`.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    InputError
        As in `progression_free_survival`.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.6; days are end minus start, without the 1 that CDISC
    adds.

    Examples
    --------
    >>> dor = duration_of_response([5, 7, 7, 3], [56, 112, 168, 224], 112)
    >>> dor.time, dor.event
    (112.0, True)
    """
    courses, start = read(
        responses, days, "duration_of_response", response_day=response_day, **followed
    )
    return end(courses, start, "DOR", deaths=True, since=start)


@with_keywords_of(progression_free_survival)
@by_label(responses="timepoint", days="timepoint", gives="")
def time_to_response(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    response_day: npt.ArrayLike,
    **followed: Unpack[Followed],
) -> TimeToEvent:
    """Days until the first response (TTR), for responders.

    A response counts if it is not after ``cutoff``, before ``new_therapy``, and not after the event
    of `progression_free_survival`. Who has none that counts is no responder: time NaN, event False.

    Parameters
    ----------
    responses, days, death, new_therapy, cutoff, progression, claim, baseline_assessed, censoring,
    and the latest days
        As in `progression_free_survival`.
    response_day : array_like of float, shape (...)
        Day on which the response was first seen, not that of its confirmation; NaN: not a
        responder.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    InputError
        As in `progression_free_survival`.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.6 (the date the criteria are first met).

    Examples
    --------
    >>> time_to_response([5, 7, 7], [56, 112, 168], 112).time
    112.0
    """
    c, response = read(responses, days, "time_to_response", response_day=response_day, **followed)
    return _to_response(c, response, end(c, np.zeros(response.shape), "PFS", deaths=True))


def times_of_course(
    responses: npt.ArrayLike,
    days: npt.ArrayLike,
    response_day: npt.ArrayLike,
    *,
    baseline_assessed: npt.ArrayLike,
    censoring: CensoringRule,
    **ends: npt.ArrayLike | None,
) -> Late[TimeToEvent]:
    """PFS, TTP, DOR and TTR by their functions, with one check of what goes in; ``ends`` are all
    the days of these.
    """
    c, response = read(
        responses,
        days,
        "times_of_course",
        censoring=censoring,
        baseline_assessed=baseline_assessed,
        response_day=response_day,
        **ends,
    )
    start = np.zeros(response.shape)
    free = cache(lambda: end(c, start, "PFS", deaths=True))
    return Late(
        {
            "PFS": free,
            "TTP": lambda: (
                attrs.evolve(free(), parameter="TTP")
                if c.intervals is None and np.isnan(c.death).all()
                else end(c, start, "TTP", deaths=False)
            ),
            "DOR": lambda: end(c, response, "DOR", deaths=True, since=response),
            "TTR": lambda: _to_response(c, response, free()),
        }
    )


def _to_response(c: Courses, response: Floats, free: TimeToEvent) -> TimeToEvent:
    """Days until the response, where it counts; ``free`` is the progression-free survival."""
    counts = c.counts(response) & ~(
        np.asarray(free.event) & more_than(response, np.asarray(free.day), c.guard)
    )
    day = np.where(counts, response, np.nan)
    time = np.where(c.baseline, np.maximum(day, 0.0), np.where(counts, 0.0, np.nan))
    why = np.where(c.baseline, EventReason.RESPONSE, EventReason.NO_BASELINE)
    return result(
        "TTR",
        time,
        counts & c.baseline,
        np.where(counts, why, EventReason.NOT_A_RESPONDER),
        np.where(c.baseline, day, time),
        f"({c.rule.title})",
    )
