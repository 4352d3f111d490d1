"""New lesions that are equivocal at first: when they count, and to which day a progression is
dated.

Is there a new lesion, and since when? RECIST 1.1 (Eisenhauer et al. 2009), 4.3.5: an equivocal
finding is followed; if a later scan shows that it is a new lesion, progression is declared with the
date of the initial scan. Responses that were given in between stay as they were: only the date
moves. What each lesion looked like at each visit comes in; a flag for each visit and one day for
each patient come out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import Floats, as_days, broadcast, check_increasing, check_one_a_visit
from nettumor._labels import by_label
from nettumor.errors import InputError, InputTypeError, did_you_mean, place, refuse
from nettumor.words import states
from nettumor.words.states import State

_SEEN: dict[int, int] = {
    State.BLANK: 0, State.ABSENT: 0, State.EQUIVOCAL: 1, State.UNEQUIVOCAL: 2, State.PRESENT: 2,
}  # fmt: skip
_WORDS = ("ABSENT", "NOT SEEN", "EQUIVOCAL", "UNEQUIVOCAL", "PRESENT")


@frozen(eq=False, repr=False)
class FirstSighting:
    """New lesions over the visits, as returned by `first_sighting`.

    Attributes
    ----------
    new_lesion : ndarray of bool, shape (..., timepoint)
        True where a lesion is seen that is or has been unequivocal: what `overall_response` wants.
    day : ndarray of float, shape (...), or float
        Day of the first sighting of the lesions that made ``new_lesion`` True for the first time:
        the date of that progression. NaN where there is none, or where the day of that visit is not
        known.
    timepoint : ndarray of int, shape (...), or int
        The visit of that first sighting; -1 where there is none.
    unequivocal_timepoint : ndarray of int, shape (...), or int
        The first visit at which ``new_lesion`` is True; -1 where there is none.
    lesion_day : ndarray of float, shape (..., lesion)
        Day of the first sighting of each lesion that is unequivocal at any visit, else NaN.

    Examples
    --------
    >>> print(first_sighting([["EQUIVOCAL", "UNEQUIVOCAL"]], [56, 112]))
    FirstSighting(1 of 1 patients with a new lesion)
    """

    new_lesion: npt.NDArray[np.bool_]
    day: Any
    timepoint: Any
    unequivocal_timepoint: Any
    lesion_day: Floats

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence on the new lesions of the patient at ``index``.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``day``; nothing for one patient.

        Returns
        -------
        str

        Examples
        --------
        >>> print(first_sighting([["EQUIVOCAL", "UNEQUIVOCAL"]], [56, 112]).explain())
        New lesion unequivocal at timepoint 1, first seen at timepoint 0 on day 56.0 (RECIST 1.1, 4.3.5)
        """
        shown = int(np.asarray(self.unequivocal_timepoint)[index])
        if shown < 0:
            return "No unequivocal new lesion (RECIST 1.1, 4.3.5)"
        seen, day = int(np.asarray(self.timepoint)[index]), float(np.asarray(self.day)[index])
        when = "on a day not known" if np.isnan(day) else f"on day {_wording.number(day)}"
        return f"New lesion unequivocal at timepoint {shown}, first seen at timepoint {seen} {when} (RECIST 1.1, 4.3.5)"

    def __repr__(self) -> str:
        timepoint = np.asarray(self.timepoint)
        return f"FirstSighting({np.count_nonzero(timepoint >= 0)} of {timepoint.size} patients with a new lesion)"


@by_label(status="lesion timepoint", days="timepoint", gives="timepoint; lesion_day lesion")
def first_sighting(status: npt.ArrayLike, days: npt.ArrayLike) -> FirstSighting:
    """Which visits have an unequivocal new lesion, and when the lesion was first seen.

    A lesion counts from the visit at which it is unequivocal, at every visit at which it is seen.
    Once it has been unequivocal, an equivocal look at it still counts.

    Parameters
    ----------
    status : array_like, shape (..., lesion, timepoint)
        What was seen of each lesion that was not there at baseline: 0, "" or "ABSENT" (also None
        and NaN: not seen, not looked at, padding); 1 or "EQUIVOCAL"; 2, "UNEQUIVOCAL" or "PRESENT".
        Words in any case.
    days : array_like of float, shape (..., timepoint)
        Days of the visits from the reference day; NaN where unknown.

    Returns
    -------
    FirstSighting
        With ``.new_lesion``, ``.day``, ``.timepoint``, ``.unequivocal_timepoint`` and
        ``.lesion_day``.

    Raises
    ------
    InputError
        For any other status, fewer than two axes, or shapes that do not fit.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.5, doi 10.1016/j.ejca.2008.10.026 (from memory).

    Examples
    --------
    >>> found = first_sighting([["", "EQUIVOCAL", "UNEQUIVOCAL"]], [0, 56, 112])
    >>> found.new_lesion, found.day
    (array([False, False,  True]), 56.0)
    """
    code = _status(status)
    if code.ndim < 2:
        raise InputError(
            f"`status` must have the axes (..., lesion, timepoint); got shape {code.shape}. "
            "Add an axis for the lesions: status[None, :].",
            argument="status",
        )
    day = as_days(days, "days")
    check_increasing(day, "days")
    check_one_a_visit(day, code.shape[-1])
    code, by_lesion = broadcast(status=code, days=day[..., None, :] if day.ndim else day)
    visits, empty = code.shape[-1], code.shape[-1] == 0 or code.shape[-2] == 0
    known = np.maximum.accumulate(code == 2, axis=-1)
    new_lesion = np.asarray(((code >= 1) & known).any(axis=-2))
    if empty:
        nowhere = np.full(code.shape[:-2], -1)
        return _result(
            new_lesion,
            np.full(nowhere.shape, np.nan),
            nowhere,
            nowhere,
            np.full(code.shape[:-1], np.nan),
        )
    seen = (code >= 1).argmax(axis=-1)
    became = known[..., -1]
    lesion_day = np.where(
        became, np.take_along_axis(by_lesion, seen[..., None], axis=-1)[..., 0], np.nan
    )
    shown = np.where(new_lesion.any(axis=-1), new_lesion.argmax(axis=-1), -1)
    # Lesions that become unequivocal only later do not move the date of a progression that was
    # there before them.
    in_time = np.take_along_axis(known, np.maximum(shown, 0)[..., None, None], axis=-1)[..., 0]
    earliest = np.where(in_time, seen, visits).min(axis=-1)
    earliest = np.where(shown >= 0, earliest, -1)
    first_day = np.take_along_axis(
        by_lesion[..., 0, :], np.maximum(earliest, 0)[..., None], axis=-1
    )[..., 0]
    return _result(
        new_lesion, np.where(earliest >= 0, first_day, np.nan), earliest, shown, lesion_day
    )


def _result(
    new_lesion: Any, day: Any, timepoint: Any, shown: Any, lesion_day: Floats
) -> FirstSighting:
    """Arrays as arrays, one patient as plain values."""
    if timepoint.ndim == 0:
        return FirstSighting(new_lesion, float(day), int(timepoint), int(shown), lesion_day)
    return FirstSighting(new_lesion, day, timepoint, shown, lesion_day)


def _status(status: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Status codes 0, 1, 2 from numbers or words."""
    array = np.asarray(status)
    if array.dtype.kind in "iuf":
        numbers = np.where(np.isnan(array), 0, array)
        refuse(
            "status",
            "0 (not seen), 1 (equivocal) or 2 (unequivocal)",
            array,
            ~np.isin(numbers, (0, 1, 2)),
            "Give the state of the lesion at the visit.",
        )
        return numbers.astype(np.int8)
    if array.dtype.kind not in "OU":
        raise InputTypeError(
            f"`status` must be 0, 1, 2 or words such as EQUIVOCAL; got {array.dtype}. "
            "A flag does not tell equivocal from unequivocal.",
            argument="status",
        )
    out = np.zeros(array.shape, dtype=np.int8)
    for index, value in np.ndenumerate(array.astype(object)):
        out[index] = _one_status(value, index)
    return out


def _one_status(value: Any, index: tuple[int, ...]) -> int:
    if (
        value is None
        or type(value).__name__ == "NAType"
        or (isinstance(value, float) and value != value)
    ):
        return 0
    if isinstance(value, str) and states.as_present(states.read(value)) in _SEEN:
        return _SEEN[states.as_present(states.read(value))]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in (0, 1, 2):
        return int(value)
    raise InputError(
        f"`status` must be 0, 1, 2 or a word such as EQUIVOCAL; got {value!r}{place(index)}. "
        f"{did_you_mean(value, _WORDS)}",
        argument="status",
        index=index,
    )
