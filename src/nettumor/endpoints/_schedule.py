"""The scheduled visits of a study: at one interval, at intervals that change, or on days of their own.

FDA guidance, Clinical Trial Endpoints, 2018, Appendix 3, counts missed visits and dates progression
by them; CDISC TD describes schedules that change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, at_least, more_than


def scheduled_days(
    visits: Any, start: npt.ArrayLike, until: npt.ArrayLike, window: float
) -> Floats:
    """The days of the scheduled visits as far as they matter, in order, with infinity at the end.

    Parameters
    ----------
    visits : number, pairs (from day, interval), or days
        As `CensoringRule.visits`.
    start, until : array_like of float
        Days that are asked about; the visits reach beyond the last of them.
    window : float
    """
    known = np.concatenate([np.ravel(start), np.ravel(until), [0.0]])
    reach = float(known[np.isfinite(known)].max()) + window
    if not isinstance(visits, tuple):
        visits = ((0.0, visits),)
    if not isinstance(visits[0], tuple):
        return np.array([*visits, np.inf], dtype=np.float64)
    days: list[Floats] = []
    for place, (begin, every) in enumerate(visits):
        final = place == len(visits) - 1
        stop = max(reach, begin) if final else float(visits[place + 1][0])
        k = np.arange(1.0, np.floor((stop - begin) / every) + (2.0 if final else 1.0))
        days.append(begin + k * every)
    return np.append(np.concatenate(days), np.inf)


def first_scheduled(
    days: Floats, day: Floats, guard: float, *, after: bool
) -> npt.NDArray[np.int64]:
    """Index of the first scheduled day on or after (``after``: strictly after) each day."""
    place = np.searchsorted(days, np.where(np.isnan(day), np.inf, day) - 1.0)
    reached = more_than if after else at_least
    while True:  # as a rule one or two steps, at most to the last day: the comparison is exact
        on = ~reached(days[place], day, guard) & (place < len(days) - 1) & ~np.isnan(day)
        if not on.any():
            return np.asarray(place, dtype=np.int64)
        place = place + on
