"""The answers of a cohort while they are filled, block by block, and where combinations of days
agree on them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats
from nettumor._possible_days import unanimous
from nettumor.best_response._record import BestResponse
from nettumor.criteria import BestResponseRule
from nettumor.terminology import Reason, Response


class Answers:
    """The arrays of a `BestResponse` while they are filled, block by block."""

    def __init__(self, patients: int, visits: int) -> None:
        self.response = np.zeros(patients, dtype=np.int8)
        self.day, self.confirmation_day, self.first_response_day = np.full((3, patients), np.nan)
        self.timepoint = np.full(patients, -1, dtype=np.int64)
        self.confirmed_at, self.responded_at = np.full((2, patients), -1, dtype=np.int64)
        self.confirmed = np.zeros(patients, dtype=np.bool_)
        self.reason = np.zeros(patients, dtype=np.int32)
        self.course = np.zeros((visits, patients), dtype=np.int8).T

    def result(self, shape: tuple[int, ...], rule: BestResponseRule) -> BestResponse:
        """Arrays as arrays, one patient as plain values."""
        single = {"response": Response, "reason": Reason}
        fields: dict[str, Any] = {}
        for name in (
            "response",
            "day",
            "timepoint",
            "confirmed",
            "confirmation_day",
            "first_response_day",
            "reason",
        ):
            values = getattr(self, name)
            plain = len(shape) == 1
            fields[name] = (
                single.get(name, lambda v: v)(values[0].item())
                if plain
                else values.reshape(shape[:-1])
            )
        return BestResponse(course=self.course.reshape(shape), rule=rule, **fields)

    def take_agreed(
        self,
        each: Answers,
        who: npt.NDArray[np.int64],
        start: npt.NDArray[np.int64],
        is_interval: Bools,
    ) -> None:
        """For the patients ``who``: the answer on which all their combinations of days agree.

        ``start`` is the first combination of each in ``each``; a day that is an interval
        (``is_interval``, of their timepoints) is not known, whatever was tried.
        """
        same = {
            name: unanimous(getattr(each, name), start)
            for name in ("response", "timepoint", "confirmed_at", "responded_at")
        }
        agreed = same["response"]
        earliest = np.minimum.reduceat(each.timepoint, start)
        bits = np.bitwise_and.reduceat(each.reason, start)
        whole = unanimous(each.course, start)

        def day_of(at: npt.NDArray[np.int64], days: Floats, one: Bools) -> Floats:
            hidden = is_interval[np.arange(len(who)), np.maximum(at, 0)]
            return np.where(one & (at >= 0) & ~hidden, days, np.nan)

        at, second, first = (
            each.timepoint[start],
            each.confirmed_at[start],
            each.responded_at[start],
        )
        found = {
            "response": each.response[start],
            "timepoint": np.where(same["timepoint"], at, earliest),
            "day": day_of(at, each.day[start], same["timepoint"]),
            "confirmed": each.confirmed[start],
            "confirmation_day": day_of(second, each.confirmation_day[start], same["confirmed_at"]),
            "first_response_day": day_of(
                first, each.first_response_day[start], same["responded_at"]
            ),
            "reason": bits | np.where(same["timepoint"], 0, Reason.DAY_UNKNOWN.value),
        }
        for name, values in found.items():
            getattr(self, name)[who[agreed]] = values[agreed]
        rows = who[agreed]
        self.course[rows] = np.where(whole[agreed], each.course[start[agreed]], self.course[rows])
