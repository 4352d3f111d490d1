"""Units of markers and their conversion, exact where one exists and refused with the reason where
none does.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor.errors import InputError
from nettumor.markers._registry import Marker, get
from nettumor.words.units import Unit, read


def parse(unit: str, argument: str = "unit") -> Unit:
    """The parts of a unit such as "mg/24h", "nmol/L" or "uIU/mL"; any common spelling."""
    found = read(str(unit))
    if found is None:
        raise InputError(
            f"`{argument}` must be a unit such as mg/24h, umol/24h, ng/mL, nmol/L or mIU/L; got "
            f"{unit!r}. Write it so.",
            argument=argument,
        )
    return found


def convert(value: npt.ArrayLike, unit: str, to: str, *, marker: str) -> Any:
    """Values of a marker in another unit.

    Parameters
    ----------
    value : array_like of float
        NaN stays NaN.
    unit, to : str
        The unit of ``value`` and the one wanted: mass (g), amount (mol) or activity (U, IU) with a
        prefix, per volume (L, dL, mL) or per day (24h, day).
    marker : str
        A name that `get` understands; its molar mass joins mass and amount.

    Returns
    -------
    ndarray of float, or float for one number

    Raises
    ------
    InputError
        For an unknown marker or unit, and for a conversion that does not exist: between assays or
        units of activity, without a molar mass, or between a concentration and a daily amount.

    References
    ----------
    Molar masses: 5-hydroxyindoleacetic acid 191.18, serotonin 176.21, dopamine 153.18 g/mol.

    Examples
    --------
    >>> round(convert(10.0, "mg/24h", "umol/24h", marker="5-HIAA"), 3)
    52.307
    >>> convert([100.0], "ng/mL", "ug/L", marker="CgA")
    array([100.])
    """
    factor = _factor(parse(unit), parse(to, "to"), get(marker), unit, to)
    values = _arrays.as_numbers(value, "value")
    # Multiplied by whole numbers where possible: 12.3 ng/mL is 12.3 ug/L to the last digit.
    converted = values * float(factor.numerator) / float(factor.denominator)
    return converted.item() if values.ndim == 0 else np.asarray(converted)


def _factor(have: Unit, want: Unit, marker: Marker, unit: str, to: str) -> Fraction:
    if have.per != want.per:
        raise _refused(
            unit,
            to,
            marker,
            "one is a concentration, the other a daily amount, and the volume of the "
            "collection is not known",
            "Multiply by the volume first.",
        )
    scale = Fraction(10) ** (have.power - want.power)
    if have.counted == want.counted:
        return scale
    kinds = {have.counted, want.counted}
    if kinds != {"mass", "amount"} or marker.molar_mass is None:
        why = marker.assay or "units of activity have no fixed mass"
        raise _refused(
            unit, to, marker, why, "Ask the laboratory for results in one unit and one assay."
        )
    molar = Fraction(str(marker.molar_mass))
    return scale / molar if have.counted == "mass" else scale * molar


def _refused(unit: str, to: str, marker: Marker, why: str, repair: str) -> InputError:
    return InputError(
        f"`to` must be a unit that {marker.name} in {unit} can be converted to; got {to!r}: "
        f"{why}. {repair}",
        argument="to",
    )
