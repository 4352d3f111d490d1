"""Times that end with an event that has a day of its own: overall survival, time to a new
therapy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import as_days, as_intervals, broadcast, more_than
from nettumor._labels import by_label
from nettumor.endpoints._time_to_event import TimeToEvent, result
from nettumor.terminology import EventReason


@by_label(gives="")
def overall_survival(
    death: npt.ArrayLike,
    last_known_alive: npt.ArrayLike,
    *,
    origin: npt.ArrayLike = 0,
    cutoff: npt.ArrayLike | None = None,
    death_latest: npt.ArrayLike | None = None,
    cutoff_latest: npt.ArrayLike | None = None,
) -> TimeToEvent:
    """Days from the origin until death, or until the patient was last known alive (OS).

    The review counts survival from two origins: the first metastasis (``origin`` its day, as a rule
    negative) and the first intervention (``origin=0`` where the reference day is that of the
    intervention). A death after the cut-off is no event: the patient was alive at the cut-off and
    is censored there.

    Parameters
    ----------
    death : array_like of float or timedelta64, shape (...)
        Day of death; NaN: not known to have died.
    last_known_alive : array_like of float or timedelta64, shape (...)
        Last day the patient was known to be alive; NaN: not known.
    origin : array_like of float, shape (...)
        Day from which survival counts; may be negative. NaN: not known: the time is NaN and the
        event False, with `EventReason.DAY_UNKNOWN`.
    cutoff : array_like of float, shape (...), optional
        Last day whose data count; NaN or None: no limit.
    death_latest : array_like of float, shape (...), optional
        The day of death lies in [``death``, ``death_latest``]: an event with no time where all of
        it counts, no event where all of it is after the cut-off, else neither, with
        `EventReason.DAY_UNKNOWN`.
    cutoff_latest : array_like of float, shape (...), optional
        Likewise for ``cutoff``.

    Returns
    -------
    TimeToEvent
        Time NaN and `EventReason.NO_INFORMATION` where neither day is known.

    Raises
    ------
    InputError
        For dates, infinite days or shapes that do not fit.

    References
    ----------
    Vogl et al. 2008, section 4.4.

    Examples
    --------
    >>> overall_survival(1095, float("nan"), origin=[-366, 0]).time
    array([1461., 1095.])
    """
    return _follow(
        "OS",
        EventReason.DEATH,
        EventReason.LAST_KNOWN_ALIVE,
        origin=origin,
        cutoff=cutoff,
        death=death,
        last_known_alive=last_known_alive,
        latest=death_latest,
        cutoff_latest=cutoff_latest,
    )


@by_label(gives="")
def time_to_new_therapy(
    new_therapy: npt.ArrayLike,
    last_known_alive: npt.ArrayLike,
    *,
    origin: npt.ArrayLike = 0,
    cutoff: npt.ArrayLike | None = None,
    new_therapy_latest: npt.ArrayLike | None = None,
    cutoff_latest: npt.ArrayLike | None = None,
) -> TimeToEvent:
    """Days from the origin until a new anticancer therapy, or until last known alive without one
    (TTNT).

    Parameters
    ----------
    new_therapy : array_like of float or timedelta64, shape (...)
        First day of a new anticancer therapy; NaN: none.
    last_known_alive : array_like of float or timedelta64, shape (...)
        Last day of follow-up: last known alive, or the day of death (deaths are censored); NaN: not
        known.
    origin, cutoff, cutoff_latest
        As in `overall_survival`.
    new_therapy_latest : array_like of float, shape (...), optional
        Likewise for ``new_therapy``.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    InputError
        As in `overall_survival`.

    References
    ----------
    Library choice: deaths are censored, as in `time_to_progression`.

    Examples
    --------
    >>> time_to_new_therapy([200, float("nan")], [400, 380]).event
    array([ True, False])
    """
    return _follow(
        "TTNT",
        EventReason.NEW_THERAPY,
        EventReason.LAST_KNOWN_ALIVE,
        origin=origin,
        cutoff=cutoff,
        new_therapy=new_therapy,
        last_known_alive=last_known_alive,
        latest=new_therapy_latest,
        cutoff_latest=cutoff_latest,
    )


def _follow(
    parameter: str,
    what: EventReason,
    otherwise: EventReason,
    *,
    origin: npt.ArrayLike,
    cutoff: npt.ArrayLike | None,
    last_known_alive: npt.ArrayLike,
    latest: npt.ArrayLike | None = None,
    cutoff_latest: npt.ArrayLike | None = None,
    **event: npt.ArrayLike,
) -> TimeToEvent:
    """Time from the origin to an event with a day of its own, else to the last day of follow-up."""
    given = {**event, "last_known_alive": last_known_alive, "origin": origin}
    name, day = next(iter(event.items()))
    first, last = as_intervals(day, latest, name)
    limits = as_intervals(np.nan if cutoff is None else cutoff, cutoff_latest, "cutoff")
    days = {n: as_days(v, n) for n, v in given.items()} | {name: first, f"{name}_latest": last}
    days |= {"cutoff": limits[0], "cutoff_latest": limits[1]}
    happened_on, alive, start, until, limit, limit_latest = broadcast(**days)
    late = more_than(happened_on, limit_latest)
    observed = ~np.isnan(happened_on) & ~late
    seen = np.where(
        late, np.fmax(alive, happened_on), alive
    )  # who has the event later was under observation
    cut = more_than(seen, limit_latest)
    day = np.where(observed, happened_on, np.where(cut, limit, seen))
    reason = np.where(observed, what, np.where(cut, EventReason.CUTOFF, otherwise))
    reason = np.where(np.isnan(day), EventReason.NO_INFORMATION, reason)
    # Some day of an interval: no time, and an event only where all of the interval counts.
    perhaps_late = observed & more_than(until, limit)
    some_day = (observed & (until > happened_on)) | perhaps_late
    some_day |= ~observed & more_than(seen, limit) & (limit_latest > limit)
    day = np.where(some_day, np.nan, day)
    reason = np.where(some_day, reason | EventReason.DAY_UNKNOWN, reason)
    reason = np.where(perhaps_late, EventReason.DAY_UNKNOWN, reason)
    no_origin = np.isnan(start) & (reason != EventReason.NO_INFORMATION)
    reason = np.where(no_origin, reason | EventReason.DAY_UNKNOWN, reason)
    observed &= ~np.isnan(start) & ~perhaps_late
    return result(parameter, np.maximum(day - start, 0.0), observed, reason, day)
