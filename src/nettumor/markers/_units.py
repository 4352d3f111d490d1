"""Units of markers and their conversion, exact where one exists and refused with the reason where
none does.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor.errors import InputError, refuse
from nettumor.markers._registry import Marker, get
from nettumor.words.units import Unit, read

CREATININE = 113.12
"""Molar mass of creatinine, g/mol: 1 mg 5-HIAA a g creatinine is 0.5917 mmol/mol."""


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


def convert(
    value: npt.ArrayLike, unit: str, to: str, *, marker: str, molar_mass: float | None = None
) -> Any:
    """Values of a marker in another unit.

    Parameters
    ----------
    value : array_like of float
        NaN stays NaN.
    unit, to : str
        The unit of ``value`` and the one wanted: mass (g), amount (mol) or activity (U, IU) with a
        prefix, per volume (L, dL, mL), per day (24h, day) or per creatinine (mg/g, mmol/mol); UCUM
        spellings too.
    marker : str
        A name that `get` understands; its molar mass joins mass and amount.
    molar_mass : float, optional
        Of the assay, g/mol, where the marker has none of its own (pancreastatin, gastrin).

    Returns
    -------
    ndarray of float, or float for one number

    Raises
    ------
    InputError
        For an unknown marker or unit, and for a conversion that does not exist: between assays or
        units of activity, without a molar mass, or between a concentration, a daily amount and a
        ratio to creatinine.

    References
    ----------
    Molar masses: 5-hydroxyindoleacetic acid 191.18, serotonin 176.21, dopamine 153.18, creatinine
    113.12 g/mol.

    Examples
    --------
    >>> round(convert(10.0, "mg/24h", "umol/24h", marker="5-HIAA"), 3)
    52.307
    >>> convert([100.0], "ng/mL", "ug/L", marker="CgA")
    array([100.])
    >>> round(convert(10.0, "mg/g", "mmol/mol", marker="5-HIAA/creatinine"), 3)
    5.917
    """
    about = get(marker)
    if molar_mass is not None:
        about = attrs.evolve(about, molar_mass=_checked(molar_mass))
    factor = _factor(parse(unit), parse(to, "to"), about, unit, to)
    values = _arrays.as_numbers(value, "value")
    # Multiplied by whole numbers where possible: 12.3 ng/mL is 12.3 ug/L to the last digit.
    converted = values * float(factor.numerator) / float(factor.denominator)
    return converted.item() if values.ndim == 0 else np.asarray(converted)


def _checked(molar_mass: Any) -> float:
    mass = _arrays.as_numbers(molar_mass, "molar_mass")
    if mass.ndim or not np.isfinite(mass) or mass <= 0:
        raise InputError(
            f"`molar_mass` must be one number of g/mol above 0; got {molar_mass!r}. Take the "
            "assay's own.",
            argument="molar_mass",
        )
    return float(mass)


def _factor(have: Unit, want: Unit, marker: Marker, unit: str, to: str) -> Fraction:
    ratios = have.per.startswith("creatinine") and want.per.startswith("creatinine")
    if have.per != want.per and not ratios:
        raise _refused(unit, to, marker, *_apart(have, want))
    scale = Fraction(10) ** (have.power - want.power)
    if have.per != want.per:  # a g of creatinine against a mol
        creatinine = Fraction(str(CREATININE))
        scale = scale * creatinine if have.per == "creatinine mass" else scale / creatinine
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


def _apart(have: Unit, want: Unit) -> tuple[str, str]:
    """Why two kinds of quantity are not one another, and what would help."""
    if have.per.startswith("creatinine") or want.per.startswith("creatinine"):
        return (
            "a ratio to creatinine is neither a daily amount nor a concentration, and the "
            "creatinine is not known",
            "Keep the ratio, with its own upper limit.",
        )
    return (
        "one is a concentration, the other a daily amount, and the volume of the collection is not "
        "known",
        "Multiply by the volume first.",
    )


def daily_amount(value: npt.ArrayLike, hours: npt.ArrayLike) -> Any:
    """Amount in 24 hours from a urine collection of another length.

    Parameters
    ----------
    value : array_like of float
        Amount in the whole collection; NaN where not measured.
    hours : array_like of float, broadcastable
        Length of the collection, above 0; NaN where not known, and then there is no answer.

    Returns
    -------
    ndarray of float, or float
        ``value * 24 / hours``; NaN where either is.

    Raises
    ------
    InputError
        For hours of zero or less, and negative or infinite numbers.

    References
    ----------
    Proportion: the output is taken as even over the day (library choice); 5-HIAA is defined on 24 h
    (Vogl et al. 2008, section 4.2).

    Examples
    --------
    >>> daily_amount([10.0, 10.0], [12, float("nan")])
    array([20., nan])
    """
    amount, length = _arrays.as_numbers(value, "value"), _arrays.as_numbers(hours, "hours")
    wrong = np.isinf(amount) | (amount < 0)
    refuse("value", "finite and at least 0", amount, wrong, "Correct it or leave it out.")
    wrong = np.isinf(length) | (length <= 0)
    refuse("hours", "finite and greater than 0", length, wrong, "Give NaN where not known.")
    amount, length = _arrays.broadcast(value=amount, hours=length)
    daily = amount * 24 / length
    return daily.item() if daily.ndim == 0 else daily


def _refused(unit: str, to: str, marker: Marker, why: str, repair: str) -> InputError:
    return InputError(
        f"`to` must be a unit that {marker.name} in {unit} can be converted to; got {to!r}: "
        f"{why}. {repair}",
        argument="to",
    )
