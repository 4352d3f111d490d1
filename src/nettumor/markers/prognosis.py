"""Urinary 5-HIAA as a sign of prognosis: the review's three bands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor.errors import refuse
from nettumor.markers._units import convert, parse

PROGNOSIS_5HIAA = (
    "Reduced survival rates were noted with urinary 5 HIAA levels of above 300-500 umol/day "
    "(Vogl et al. 2008, 4.2)."
)
"""The review's sentence; that the ends belong to the middle band is a library choice."""

_LOW, _HIGH = 300.0, 500.0  # umol/day
BANDS = ("", "<300", "300-500", ">500")


def prognostic_band_5hiaa(value: npt.ArrayLike, unit: str) -> npt.NDArray[np.str_]:
    """The band of urinary 5-HIAA: below 300, 300 to 500, or above 500 umol a day.

    Parameters
    ----------
    value : array_like of float
        5-HIAA in 24 h urine; NaN where not measured.
    unit : str
        "umol/24h" or "mg/24h" (any spelling that `nettumor.markers.convert` knows).

    Returns
    -------
    ndarray of str
        "<300", "300-500" (both ends), ">500"; "" where not measured.

    Raises
    ------
    InputError
        For a negative or infinite value and for a unit that is not of a daily amount.

    References
    ----------
    Vogl et al. 2008, section 4.2: "Reduced survival rates were noted with urinary 5 HIAA levels of
    above 300-500 umol/day"; the ends are a library choice.

    Examples
    --------
    >>> prognostic_band_5hiaa([299, 300, 501], "umol/24h").tolist()
    ['<300', '300-500', '>500']
    """
    values = _arrays.as_numbers(value, "value")
    refuse(
        "value",
        f"finite and at least 0 {unit} (NaN where not measured)",
        values,
        np.isinf(values) | (values < 0),
        "Correct it or leave it out.",
    )
    parse(unit)
    daily = np.asarray(convert(values, unit, "umol/24h", marker="5-HIAA"))
    above = _arrays.at_least(daily, _LOW).astype(np.int64) + _arrays.more_than(daily, _HIGH)
    return np.asarray(np.array(BANDS)[np.where(np.isnan(daily), 0, 1 + above)])
