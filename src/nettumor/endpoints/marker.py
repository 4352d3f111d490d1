"""Times on the biological axis: to the response of a marker, its normalisation, its progression.

How long until a marker responded, was normal, progressed? The review counts survival without
progress of symptoms or tumour load, not of markers (Vogl et al. 2008, section 5): these times stand
beside it. A course as `marker_course` gives it comes in; times with their events come out, for
`kaplan_meier`. Who has no such event is censored, so that a curve keeps the others.
"""

from __future__ import annotations

from typing import Unpack

import attrs
import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, as_days, at_least, broadcast, more_than
from nettumor._labels import by_label
from nettumor.endpoints._options import Ends, with_keywords_of
from nettumor.endpoints._time_to_event import TimeToEvent, result
from nettumor.endpoints.progression import time_to_progression
from nettumor.errors import InputTypeError
from nettumor.markers import MarkerCourse
from nettumor.terminology import EventReason, Reason, Response


@by_label()
def time_to_marker_response(
    course: MarkerCourse,
    *,
    new_therapy: npt.ArrayLike | None = None,
    cutoff: npt.ArrayLike | None = None,
) -> TimeToEvent:
    """Days from the start of treatment to the first CR or PR of a marker (confirmed, if asked).

    Parameters
    ----------
    course : MarkerCourse
        What `marker_course` returned.
    new_therapy, cutoff : array_like of float or timedelta64, shape (...), optional
        What is on or after a new therapy, or after the cut-off, does not count; NaN: none.

    Returns
    -------
    TimeToEvent
        Censored at the marker's progression, else at the last sample that was judged. NaN for whom
        the baseline does not allow a response, or no sample was judged.

    Raises
    ------
    InputTypeError
        For anything but a course of a marker.

    References
    ----------
    Vogl et al. 2008, section 4.2 (response); the times are a library choice, as in
    `time_to_response`.

    Examples
    --------
    >>> from nettumor import marker_course
    >>> course = marker_course([[100, 80, 40], [100, 90, 95]], [0, 28, 56])
    >>> found = time_to_marker_response(course)
    >>> found.time, found.event
    (array([56., 56.]), array([ True, False]))
    """
    _require(course, "time_to_marker_response")
    unknown = np.asarray(course.best) >= Response.PR
    day = np.asarray(course.response_day, dtype=np.float64)
    return _until("TTMR", course, day, unknown, new_therapy=new_therapy, cutoff=cutoff)


@with_keywords_of(time_to_marker_response)
@by_label()
def time_to_normalisation(
    course: MarkerCourse,
    **ends: Unpack[Ends],
) -> TimeToEvent:
    """Days from the start of treatment to the first sample at or below the upper limit.

    Parameters
    ----------
    course, new_therapy, cutoff
        As in `time_to_marker_response`.

    Returns
    -------
    TimeToEvent
        As in `time_to_marker_response`; a marker that is normal only after its progression is
        censored there.

    Raises
    ------
    InputTypeError
        For anything but a course of a marker.

    References
    ----------
    Vogl et al. 2008, Table 2 (CR: normal); the times are a library choice.

    Examples
    --------
    >>> from nettumor import marker_course
    >>> time_to_normalisation(marker_course([100, 40, 7], [0, 28, 56], upper_limit=8)).time
    56.0
    """
    _require(course, "time_to_normalisation")
    unknown = (course.response == Response.CR).any(axis=-1)
    day = np.asarray(course.normalised_day, dtype=np.float64)
    return _until("TTNORM", course, day, unknown, **ends)


@with_keywords_of(time_to_marker_response)
@by_label()
def time_to_marker_progression(
    course: MarkerCourse,
    **ends: Unpack[Ends],
) -> TimeToEvent:
    """Days from the start of treatment to the progression of a marker (confirmed, if asked).

    Parameters
    ----------
    course, new_therapy, cutoff
        As in `time_to_marker_response`.

    Returns
    -------
    TimeToEvent
        As `time_to_progression` answers on ``course.course``.

    Raises
    ------
    InputTypeError
        For anything but a course of a marker.

    References
    ----------
    Vogl et al. 2008, section 4.3 (limit carried over); Rustin et al. 2011 (dated at the first
    sample).

    Examples
    --------
    >>> from nettumor import marker_course
    >>> time_to_marker_progression(marker_course([100, 40, 126], [0, 28, 56])).time
    56.0
    """
    _require(course, "time_to_marker_progression")
    found = time_to_progression(course.course, course.days, **ends)
    return attrs.evolve(found, parameter="TTMP")


def _require(course: MarkerCourse, function: str) -> None:
    if not isinstance(course, MarkerCourse):
        raise InputTypeError(
            f"`course` of {function} must be a MarkerCourse; got {type(course).__name__}. Take "
            "what marker_course returns.",
            argument="course",
        )


def _until(
    parameter: str,
    course: MarkerCourse,
    event_day: Floats,
    happened: Bools,
    *,
    new_therapy: npt.ArrayLike | None = None,
    cutoff: npt.ArrayLike | None = None,
) -> TimeToEvent:
    """Days until an event that the progression of the marker ends; ``happened`` says that there is
    one, although its day may not be known.
    """
    ends = {"new_therapy": new_therapy, "cutoff": cutoff}
    days = {name: as_days(np.nan if v is None else v, name) for name, v in ends.items()}
    event_day, happened, therapy, last_allowed = broadcast(
        course=event_day, happened=happened, **days
    )
    end = np.broadcast_to(np.asarray(course.progression_day), event_day.shape)

    def counts(day: Floats, extra: tuple[None, ...] = ()) -> Bools:
        index = (..., *extra)
        late = more_than(day, last_allowed[index]) | more_than(day, end[index])
        return ~late & ~at_least(day, therapy[index]) & ~np.isnan(day)

    judged = course.course > Response.NE
    in_time = judged & counts(course.days, (None,))
    last = np.where(in_time, course.days, -np.inf).max(axis=-1)
    unable = ((course.reason & int(Reason.BASELINE)) != 0).any(axis=-1) | ~judged.any(axis=-1)
    unable = np.broadcast_to(unable, event_day.shape)
    event = counts(event_day) & ~unable
    unknown = happened & np.isnan(event_day) & ~unable
    day = np.where(event, event_day, np.where(np.isinf(last), 0.0, last))
    none = unable | unknown
    time = np.where(none, np.nan, np.maximum(day, 0.0))
    reason = np.where(np.isinf(last), EventReason.NO_ASSESSMENT, EventReason.LAST_ASSESSMENT)
    reason = np.where(event, EventReason.RESPONSE, reason)
    reason = np.where(unknown, EventReason.DAY_UNKNOWN, reason)
    reason = np.where(unable, EventReason.NO_BASELINE, reason)
    day = np.where(none, np.nan, day)
    return result(parameter, time, event, reason, day, f"({course.criteria.title})")
