"""The answers of a cohort while they are filled, block by block, and where combinations of days
agree on them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats
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
    ) -> None:
        """For the patients ``who``: the answer on which all their combinations of days agree.

        ``start`` is the first combination of each in ``each``; a day on which they do not agree is
        not known.
        """
        agreed, one_place = (unanimous(getattr(each, n), start) for n in ("response", "timepoint"))
        earliest = np.minimum.reduceat(each.timepoint, start)
        bits = np.bitwise_and.reduceat(each.reason, start)
        whole = unanimous(each.course, start)

        def agreed_days(name: str) -> Floats:
            days = getattr(each, name)
            return np.where(unanimous(days, start), days[start], np.nan)

        at = each.timepoint[start]
        found = {
            "response": each.response[start],
            "timepoint": np.where(one_place, at, earliest),
            "day": agreed_days("day"),
            "confirmed": each.confirmed[start],
            "confirmation_day": agreed_days("confirmation_day"),
            "first_response_day": agreed_days("first_response_day"),
            "reason": bits | np.where(one_place, 0, Reason.DAY_UNKNOWN.value),
        }
        for name, values in found.items():
            getattr(self, name)[who[agreed]] = values[agreed]
        rows = who[agreed]
        self.course[rows] = np.where(whole[agreed], each.course[start[agreed]], self.course[rows])
