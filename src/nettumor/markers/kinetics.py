"""How fast a marker grows: its doubling time between two samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays, _levels
from nettumor._labels import by_label
from nettumor.errors import refuse
from nettumor.growth import volume_doubling_time


@by_label(gives="")
def marker_doubling_time(before: npt.ArrayLike, after: npt.ArrayLike, days: npt.ArrayLike) -> Any:
    """Days in which a marker doubles at the pace between two samples.

    Parameters
    ----------
    before, after : array_like of float, broadcastable
        Values in one unit, from one assay; NaN where not measured, or below detection.
    days : array_like of float or timedelta64, broadcastable
        Days between the two samples, above 0.

    Returns
    -------
    ndarray of float, or float
        Days; infinite where nothing has changed, negative where the marker has halved in so many
        days, NaN where anything is NaN or a value is 0.

    Raises
    ------
    InputError
        For negative or infinite values, days of zero or less, and shapes that do not fit.

    References
    ----------
    t ln 2 / ln(after / before), exponential growth, as for a volume (`volume_doubling_time`).

    Examples
    --------
    >>> marker_doubling_time([50.0, 80.0], [100.0, 20.0], 60)
    array([ 60., -30.])
    """
    first, second = _arrays.as_numbers(before, "before"), _arrays.as_numbers(after, "after")
    for name, values in (("before", first), ("after", second)):
        refuse(
            name,
            "finite and at least 0 (NaN where not measured)",
            values,
            _levels.impossible(values),
            "Correct it or leave it out.",
        )
    first, second = (np.where(values > 0, values, np.nan) for values in (first, second))
    return volume_doubling_time(first, second, days, measure="volume")
