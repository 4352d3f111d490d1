"""The days of every unit that end what counts: death, new therapy, cut-off, and those beside them.

Input: the subjects table as it was read, and the reference date of each unit. Output: `Ends`, in
days from that date; a partial date is an interval of days.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least
from nettumor.crf import DateStatus
from nettumor.criteria import CensoringRule
from nettumor.study.subjects import Subjects


@frozen(eq=False)
class Ends:
    """Days of each unit from its reference date, shape (unit,); NaN: did not happen, or on a day
    not known.

    A partial date is an interval of days: ``death``, ``new_therapy`` and ``cutoff`` are NaN then, and
    ``possible`` has the first and last day of each. ``death_status`` is `DateStatus` of the date of
    death. ``after_death`` has the least and the most days from the death to the cut-off and to a new
    therapy, by their dates alone: infinite where there is none, NaN where nobody knows. ``counted``:
    the reference date is known, at least between two days.
    """

    death: Floats
    new_therapy: Floats
    last_known_alive: Floats
    first_metastasis: Floats
    cutoff: Floats
    therapy_completed: Floats
    death_status: npt.NDArray[np.int8]
    possible: dict[str, tuple[Floats, Floats]]
    after_death: dict[str, tuple[Floats, Floats]]
    counted: Bools

    @property
    def died(self) -> Bools:
        """Whether a death is recorded, on whatever day."""
        return np.asarray(
            (self.death_status > DateStatus.BLANK) & (self.death_status != DateStatus.INVALID)
        )


def ends_of(
    subjects: Subjects,
    subject: npt.NDArray[np.int64],
    reference: Floats,
    last_scan: Floats,
    *,
    span: tuple[Floats, Floats],
    cycle: bool = False,
) -> Ends:
    """The days of each unit's subject.

    ``span``: first and last possible reference date, where ``reference`` is not known to the day.
    ``last_scan`` stands for the day last known alive where the subjects table has none. ``cycle``:
    the reference is a later treatment, and a new therapy that began by then is not after it.
    """

    def day(name: str) -> Floats:
        return subjects.day(name)[subject] - reference

    def interval(name: str) -> tuple[Floats, Floats]:
        dates = subjects.dates[name]
        first = np.where(np.isnan(reference), span[1], reference)
        latest = np.where(np.isnan(reference), span[0], reference)
        return _ends_of_day(dates.earliest[subject] - first, dates.latest[subject] - latest)

    alive = day("last_known_alive")
    therapy = interval("new_therapy")
    begun = at_least(0.0, therapy[1]) & cycle
    if begun.any():
        therapy = _ends_of_day(*(np.where(begun, np.nan, end) for end in therapy))
    return Ends(
        day("death"),
        np.where(begun, np.nan, day("new_therapy")),
        np.where(np.isnan(alive), last_scan, alive),
        day("first_metastasis"),
        day("data_cutoff"),
        day("therapy_completed"),
        subjects.status("death")[subject],
        {
            "death": interval("death"),
            "new_therapy": therapy,
            "cutoff": interval("data_cutoff"),
        },
        {
            "cutoff": _after_death(subjects, subject, "data_cutoff"),
            "new_therapy": _after_death(subjects, subject, "new_therapy"),
        },
        ~(np.isnan(reference) & np.isnan(span[0])),
    )


def _after_death(
    subjects: Subjects, subject: npt.NDArray[np.int64], name: str
) -> tuple[Floats, Floats]:
    """Least and most days from the death to a date of the subject; infinite without that date."""
    death, other = subjects.dates["death"], subjects.dates[name]
    none = other.status == DateStatus.BLANK
    least = np.where(none, np.inf, other.earliest - death.latest)
    most = np.where(none, np.inf, other.latest - death.earliest)
    return least[subject], most[subject]


def _ends_of_day(first: Floats, latest: Floats) -> tuple[Floats, Floats]:
    """First and last day; one array twice where they are equal, which nobody then has to compare."""
    return first, first if np.array_equal(first, latest, equal_nan=True) else latest


def therapy_days(ends: Ends, censoring: CensoringRule) -> tuple[Floats, Floats]:
    """First and last possible day from which a new therapy ends what counts for best response."""
    first, latest = ends.possible["new_therapy"]
    if censoring.same_day_therapy == "counts":  # the day itself still counts
        return _ends_of_day(np.floor(first) + 1.0, np.floor(latest) + 1.0)
    return first, latest
