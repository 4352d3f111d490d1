"""The result of every endpoint: a time, whether its event was observed, and why it ends there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import Bools, Floats
from nettumor.terminology import EventReason

DAYS_PER_MONTH = 30.4375
"""365.25 / 12; months are only written out, never calculated with."""

_WORDS = {
    EventReason.PROGRESSION: "progression",
    EventReason.DEATH: "death",
    EventReason.RESPONSE: "response",
    EventReason.LAST_ASSESSMENT: "last adequate assessment",
    EventReason.NO_BASELINE: "no baseline assessment",
    EventReason.NO_ASSESSMENT: "no adequate assessment",
    EventReason.NEW_THERAPY: "new therapy",
    EventReason.CUTOFF: "data cut-off",
    EventReason.MISSED_VISITS: "too many scheduled visits missed before the event",
    EventReason.NOT_A_RESPONDER: "not a responder",
    EventReason.DAY_UNKNOWN: "on a day not known",
    EventReason.LAST_KNOWN_ALIVE: "last known alive",
    EventReason.NO_INFORMATION: "neither an event nor a day of censoring is known",
}


@frozen(eq=False, repr=False)
class TimeToEvent:
    """Time to an event or to censoring, with the reason.

    Attributes
    ----------
    parameter : str
        "PFS", "TTP", "DOR", "TTR", "OS" or "TTNT" (the ``PARAMCD`` of an ADTTE data set).
    time : ndarray of float, shape (...), or float for one patient
        Days from the start, not below 0; one less than the CDISC convention, which counts the first
        day as
        1. NaN: no time (not a responder, a day that is not known, no information).
    event : ndarray of bool, or bool
        True: observed (``CNSR`` 0); False: censored, or no time.
    reason : ndarray of int32, or EventReason
        Bits of `EventReason`.
    day : ndarray of float, or float
        The day of the event or of the censoring, from the reference day.
    source : str
        The rule set that was applied, in brackets.

    Examples
    --------
    >>> from nettumor import progression_free_survival
    >>> pfs = progression_free_survival([5, 5, 3], [84, 168, 336])
    >>> pfs.time, pfs.event, round(pfs.months, 2)
    (336.0, True, 11.04)
    """

    parameter: str
    time: Any
    event: Any
    reason: Any
    day: Any
    source: str = ""

    @property
    def months(self) -> Any:
        """Time in months of 30.4375 days."""
        return self.time / DAYS_PER_MONTH

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the time of the patient at ``index`` ends where it does.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``time``; nothing for one patient.

        Returns
        -------
        str

        Examples
        --------
        >>> from nettumor import progression_free_survival
        >>> print(progression_free_survival([5, 5, 3], [84, 168, 252], new_therapy=200).explain())
        PFS: censored at 168.0 days (5.5 months), day 168.0: last adequate assessment, new therapy \
(Censoring after the FDA guidance of 2018, Table A; missed visits off)
        """
        time, event = float(np.asarray(self.time)[index]), bool(np.asarray(self.event)[index])
        bits = EventReason(int(np.asarray(self.reason)[index]))
        why = ", ".join(words for bit, words in _WORDS.items() if bit in bits)
        if np.isnan(time):
            what = "event, but no time" if event else "no time"
        else:
            months, day = time / DAYS_PER_MONTH, float(np.asarray(self.day)[index])
            what = f"{'event' if event else 'censored'} at {_wording.quantity(time, 'days')} ({months:.1f} months), "
            what += f"day {_wording.number(day)}"
        return f"{self.parameter}: {what}: {why} {self.source}".rstrip()

    def __repr__(self) -> str:
        if np.ndim(self.time) == 0:
            return f"TimeToEvent({self.explain()})"
        events, without = (
            int(np.count_nonzero(self.event)),
            int(np.count_nonzero(np.isnan(self.time))),
        )
        size = np.size(self.time)
        return f"TimeToEvent({self.parameter}: {size} patients, {events} events, {without} without a time)"


def result(
    parameter: str,
    time: Floats,
    event: Bools,
    reason: npt.NDArray[Any],
    day: Floats,
    source: str = "",
) -> TimeToEvent:
    """Arrays as arrays, one patient as plain values."""
    if time.ndim == 0:
        return TimeToEvent(
            parameter, float(time), bool(event), EventReason(int(reason)), float(day), source
        )
    return TimeToEvent(parameter, time, event, reason.astype(np.int32), day, source)
