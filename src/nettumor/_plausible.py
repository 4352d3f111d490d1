"""Whether whole arrays lie where sizes of bodies lie: a unit taken for another is found before it
counts.

A limit of 5 mm means nothing for sizes in cm, and a volume in mm3 makes a liver of a ton. One value
proves nothing; where no value of many reaches what bodies hold, the unit is doubtful, and a warning
says so.
"""

from __future__ import annotations

import warnings

import numpy as np

from nettumor._arrays import Floats
from nettumor.errors import IntakeWarning

_MANY = 20
"""Baseline sizes from which on "none of them" says something (library choice)."""

_SOME = 1000
"""Sizes among which one is likely to show the unit of all."""

_TARGETS = {"mm": (10.0, 500.0), "mm2": (100.0, 250_000.0), "mL": (0.5, 2000.0)}
"""Smallest and largest of a target by unit: RECIST 1.1, 3.1.1, measures from 10 mm on; 500 mm is more
than a trunk is wide (library choice). The products are those of two such diameters, the smallest
volume that of such a sphere; that every lesion of many is larger than an adult's liver (2000 mL) is
mm3 for mL.
"""

_LIVER = (200.0, 20_000.0)
"""mL: an adult's liver holds about 1500 mL; polycystic livers reach 10,000 (library choice, wide)."""


def doubt_of_sizes(sizes: Floats, unit: str) -> str:
    """What is doubtful of the sizes ("4.1 mm at most, all below 10 mm"), or "": of at least 20 none is
    as large, or as small, as a target can be. NaN and 0 are no sizes here.
    """
    low, high = _TARGETS[unit]
    known = sizes[sizes > 0]
    if known.size < _MANY:
        return ""
    if known.max() < low:
        return f"{known.max():g} {unit} at most, all below {low:g} {unit}"
    if known.min() > high:
        return f"{known.min():g} {unit} at least, all above {high:g} {unit}"
    return ""


def doubt_over_visits(sizes: Floats, unit: str) -> str:
    """The same of sizes over all visits, of which some may be of another unit too large to be doubtful:
    fewer than 1 in 20 is as large as each target is when it is chosen (library choice).
    """
    low, high = _TARGETS[unit]
    large, some = np.count_nonzero(sizes >= low), sizes[:_SOME]
    if 20 * large >= sizes.size and ((some > 0) & (some <= high)).any():
        return ""  # so it is of most tables, whose sizes are gone through once
    known = np.count_nonzero(sizes > 0)
    doubt = doubt_of_sizes(sizes, unit)
    if doubt or known < _MANY or 20 * large >= known:
        return doubt
    return f"{np.fmax.reduce(sizes, axis=None):g} {unit} at most, {large} of {known} from {low:g} {unit} on"


def warn_of_sizes(baseline: Floats, unit: str, argument: str, stacklevel: int) -> None:
    """Warn where none of at least 20 baseline sizes is as large, or as small, as a target can be."""
    doubt = doubt_of_sizes(baseline, unit)
    if doubt:
        _warn(argument, doubt, stacklevel)


def warn_of_livers(volume: Floats, argument: str, stacklevel: int) -> None:
    """Warn where no volume is one of a liver."""
    known = volume[volume > 0]
    low, high = _LIVER
    if known.size and (known.max() < low or known.min() > high):
        said = f"{np.min(known):g} to {np.max(known):g} mL"
        _warn(argument, f"{said}, all outside {low:g} to {high:g} mL", stacklevel)


def _warn(argument: str, doubt: str, stacklevel: int) -> None:
    warnings.warn(
        f"`{argument}` lies outside what bodies hold: {doubt}. Check the unit (cm for mm, "
        "mm3 for mL), or pass check_units=False.",
        IntakeWarning,
        stacklevel=stacklevel + 1,
    )
