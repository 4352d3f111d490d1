"""How summaries of many trials are shaped and worded: patients on the last axis, trials before it.

A leading axis that was not meant (the timepoints of a course) shows in the words: "10,000 trials of
100 patients".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _wording


def in_words(trials: tuple[int, ...], patients: int) -> str:
    """How many trials of how many patients: "10,000 trials of 100 patients"."""
    n = math.prod(trials)
    return (
        f"{n:,} trial{'' if n == 1 else 's'} of {patients:,} patient{'' if patients == 1 else 's'}"
    )


def span(values: npt.NDArray[Any], factor: float = 1.0, digits: int | None = None) -> str:
    """Where the values of trials lie: "from 21.0 to 39.0, middle 30.0"; NaN are left out and
    counted.
    """
    known = factor * values[~np.isnan(values)]
    if not known.size:
        return "not defined in any"
    low, high, middle = (
        f"{v:.{digits}f}" if digits is not None else _wording.number(v)
        for v in (float(known.min()), float(known.max()), float(np.median(known)))
    )
    none = values.size - known.size
    return f"from {low} to {high}, middle {middle}" + (f", not defined in {none:,}" if none else "")


def shaped(values: npt.NDArray[Any], trials: tuple[int, ...]) -> Any:
    """A value for each trial in the shape of the trials; a Python value where there are no leading
    axes.
    """
    return values.reshape(trials) if trials else values.ravel()[0].item()


def comparable(value: Any) -> Any:
    """What equality and hash go by: an array by its shape and bytes, anything else as it is."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    return tuple(map(comparable, value)) if isinstance(value, tuple) else value
