"""The conditions of the review's statements, evaluated as the data write them.

A condition is a row of ``conditions.csv``: an argument, a test, a value. Its answer is one of three:
met (1), not known (0), not met (-1). A statement is met where all its conditions are, not met where
one is not, else not known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, at_least, more_than

MET, NOT_KNOWN, NOT_MET = np.int8(1), np.int8(0), np.int8(-1)

NOT_ASKED = np.int8(2)
"""What a purpose is where none is given: no condition, and neither met nor missed."""

Answers = npt.NDArray[np.int8]

_YES_NO = {"yes": 1.0, "no": 0.0}


def evaluate(condition: dict[str, Any], patients: dict[str, npt.NDArray[Any]]) -> Answers:
    """The answer of one condition for every patient."""
    argument, test, value = (str(condition[name]) for name in ("argument", "test", "value"))
    if test == "not asked":
        return np.full(patients["n_lesions"].shape, NOT_KNOWN)
    if argument == "tumour_load":
        return _higher_load(patients["n_lesions"], patients["largest_cm"])
    if argument in ("recurrence", "purpose"):
        return _one_of(patients[argument], value.split("; "), test)
    known = patients[argument]
    if value == "3 to 5":  # the limit is printed as a range: "less than 3-5 metastases"
        low, high = _limit(known, "less than", 3.0), _limit(known, "less than", 5.0)
        return np.where(low == high, low, NOT_KNOWN)
    if value in _YES_NO:
        return _flag(known, _YES_NO[value], test)
    return _limit(known, test, float(value))


def _limit(known: Floats, test: str, limit: float) -> Answers:
    """A number against a limit, exactly; NaN is not known."""
    if test in ("less than", "at least"):
        reached = at_least(known, limit) == (test == "at least")
    elif test in ("at most", "more than"):
        reached = more_than(known, limit) == (test == "more than")
    else:
        reached = known == limit
    return np.where(np.isnan(known), NOT_KNOWN, np.where(reached, MET, NOT_MET))


def _flag(known: Floats, wanted: float, test: str) -> Answers:
    """A flag against what is wanted.

    "needs": what is wanted must be there, and more that is not asked. "is, else not asked": what is
    wanted is enough, and where it is not there something that is not asked may stand in for it.
    """
    if_there = NOT_KNOWN if test == "needs" else MET
    if_not = NOT_KNOWN if test == "is, else not asked" else NOT_MET
    return np.where(np.isnan(known), NOT_KNOWN, np.where(known == wanted, if_there, if_not))


def _one_of(known: npt.NDArray[Any], wanted: list[str], test: str) -> Answers:
    """A word against those wanted; a purpose is a condition where it is given, or where the
    statement says so.
    """
    if_blank = NOT_ASKED if test == "is one of, where given" else NOT_KNOWN
    answer = np.where(np.isin(known, wanted), MET, NOT_MET)
    # A recurrence that is not said after what may be one of those wanted.
    return np.where(known == "", if_blank, np.where(known == "other", NOT_KNOWN, answer))


def _higher_load(n_lesions: Floats, largest_cm: Floats) -> Answers:
    """Not "fewer than 5 lesions, each under 5 cm": what section 6 sets a higher load against."""
    many, large = _limit(n_lesions, "at least", 5.0), _limit(largest_cm, "at least", 5.0)
    return np.maximum(many, large)
