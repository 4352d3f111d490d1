"""The axis of time: days that came in, months that are written.

Months are days / 30.4375, on output only, and the axis says so by its words. Ticks stand at whole
months, quarters or years, whichever are few enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor.endpoints._time_to_event import DAYS_PER_MONTH
from nettumor.plots.marks import Axis, number

DAYS_PER_UNIT = {
    "days": 1.0,
    "weeks": 7.0,
    "months": DAYS_PER_MONTH,
    "years": 365.25,
}
"""Days of each unit that an axis can have; a month is a twelfth of a year of 365.25 days."""

_STEPS = {
    "days": (1, 2, 5, 7, 14, 28, 56, 84, 168, 365),
    "weeks": (1, 2, 4, 6, 8, 12, 16, 24, 52),
    "months": (1, 2, 3, 6, 12, 24, 36, 60, 120),
    "years": (0.5, 1, 2, 5, 10, 20),
}


def ticks_in(unit: str, low: float, high: float, most: int = 9) -> tuple[float, ...]:
    """Ticks in the unit between two days, at most ``most``."""
    per = DAYS_PER_UNIT[unit]
    first, last = low / per, high / per
    for step in _STEPS[unit]:
        if (last - first) / step <= most:
            break
    else:
        step = float(np.ceil((last - first) / most))
    start, end = np.ceil(first / step - 1e-9), np.floor(last / step + 1e-9)
    return tuple(float(i * step) for i in np.arange(start, end + 1))


def time_axis(days: Any, since: str, unit: str = "months", most: int = 9) -> Axis:
    """An axis of the given days (NaN aside), in days underneath and written in the unit."""
    known = np.asarray(days, dtype=np.float64)
    known = known[np.isfinite(known)]
    low = min(float(known.min(initial=0.0)), 0.0)
    high = max(float(known.max(initial=0.0)), low + DAYS_PER_UNIT[unit])
    per = DAYS_PER_UNIT[unit]
    ticks = tuple((t * per, number(t)) for t in ticks_in(unit, low, high, most))
    return Axis(low, high + 0.02 * (high - low), ticks, f"{unit.capitalize()} {since}")
