"""A measured course set against its baseline: what is wrong with it, and how that is answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, as_numbers
from nettumor.criteria import Threshold
from nettumor.errors import InputError, choose, refuse

_REPAIR = 'Correct it or leave it out, or pass invalid="NE".'


def course_of(
    values: npt.ArrayLike, argument: str, unit: str, invalid: str, *, signed: bool = False
) -> tuple[Floats, Bools]:
    """The course as float64, and where it cannot be used.

    Refused, or with ``invalid="NE"`` marked: infinite and negative values, a baseline (index 0 of
    the last axis) of zero or less, which spoils the whole course, and a value after a missing
    baseline. ``signed`` values (HU) may be negative after baseline, and count as not measured where
    their baseline is missing.
    """
    choose("invalid", invalid, ("raise", "NE"))
    course = as_numbers(values, argument)
    if course.ndim == 0:
        raise InputError(
            f"`{argument}` must have the axes (..., timepoint) with the baseline first; got a "
            "single value. "
            "Give the course of a patient, e.g. [baseline, after].",
            argument=argument,
        )
    unusable = np.isinf(course) | ((course < 0) & (not signed))
    zero = course[..., :1] <= 0
    orphan = np.isnan(course[..., :1]) & ~np.isnan(course) & (not signed)
    if invalid == "raise":
        least = "finite" if signed else f"finite and at least 0 {unit}"
        refuse(argument, f"{least} (NaN where not measured)", course, unusable, _REPAIR)
        refuse(argument, f"greater than 0 {unit} at baseline", course[..., :1], zero, _REPAIR)
        refuse(argument, "measured at baseline where it is measured later", course, orphan, _REPAIR)
    return course, unusable | zero | unusable[..., :1] | orphan


def limit_met(limit: Threshold, course: Floats, tolerance: float) -> Bools:
    """Where the course meets both parts of a limit, against its baseline or its smallest earlier
    value.
    """
    reference = course[..., :1]
    if limit.reference == "nadir":
        known = np.where(np.isnan(course), np.inf, course)
        smallest = np.minimum.accumulate(known, axis=-1)
        reference = np.concatenate([known[..., :1], smallest[..., :-1]], axis=-1)
    both = limit.percent_met(reference, course, tolerance) & limit.absolute_met(
        reference, course, tolerance
    )
    # What stays at 0 has not grown, although 0 is any percent above 0.
    return np.asarray(both & (course != reference))
