"""Tumour burden of the liver: which share of it is tumour?

Sources: the share of the liver's volume, the lesions measured or taken as spheres; classes of Kress et al. 2003
(below 25, 25 to 50, 50 to 75, above 75 %) with the split at 10 % of the NET trials. Sizes and
the volume of the liver come in; percent and classes go out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor._labels import by_label
from nettumor._plausible import warn_of_livers, warn_of_sizes
from nettumor.errors import InputError, choose, refuse, true_or_false
from nettumor.lesions import ellipsoid_volume

EDGES = (10.0, 25.0, 50.0, 75.0)
"""Upper edges of the classes, percent: 25, 50 and 75 of Kress et al. 2003, 10 of the NET trials
(from memory).
"""

_UNITS = {"diameter": "mm", "volume": "mL"}

_CLASSES = ("", "<=10", "10-25", "25-50", "50-75", ">75")


@by_label(sizes="lesion timepoint", liver_volume="timepoint", gives="timepoint")
def liver_burden(
    sizes: npt.ArrayLike,
    liver_volume: npt.ArrayLike,
    *,
    measure: str = "diameter",
    check_units: bool = True,
) -> Any:
    """Share of the liver that is tumour: of measured volumes, or of the lesions taken as spheres.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint) or (lesion,)
        Longest diameters, mm, or volumes, mL, of all liver lesions; a list is the lesions of one
        patient at one time, several patients at one time are (patient, lesion, 1). A lesion of NaN
        is padding where others are measured: measure all.
    liver_volume : array_like of float, shape (..., timepoint)
        Volume of the liver with the tumours in it, mL; NaN where not known.
    measure : {"diameter", "volume"}
        What the sizes are; the volume of a diameter is that of a sphere.
    check_units : bool
        Whether to warn where no volume is one of a liver (200 to 20,000 mL), and where none of 20
        lesions or more is of 10 to 500 mm, or of 0.5 to 2000 mL: mm3 for mL, cm for mm.

    Returns
    -------
    ndarray of float, or float
        Percent; NaN without a measured lesion or a known volume.

    Raises
    ------
    InputError
        For impossible numbers, and where the lesions are larger than the liver.

    Warns
    -----
    IntakeWarning
        For volumes in another unit (see ``check_units``).

    References
    ----------
    pi/6 times the cube of the diameter; Kress et al. 2003 (share of the liver).

    Examples
    --------
    >>> round(liver_burden([60, 40], 2000), 2)
    7.33
    >>> liver_burden([120, 30], 1500, measure="volume")
    10.0
    """
    choose("measure", measure, _UNITS)
    given = _arrays.as_numbers(sizes, "sizes")
    volume = _arrays.as_numbers(liver_volume, "liver_volume")
    unit = _UNITS[measure]
    if given.ndim == 0:
        raise InputError(
            "`sizes` must have the axes (..., lesion, timepoint) or (lesion,); got a single value. "
            "Give the lesions as a list.",
            argument="sizes",
        )
    refuse(
        "sizes",
        f"finite and at least 0 {unit} (NaN where not measured)",
        given,
        np.isinf(given) | (given < 0),
        "Correct it or leave the lesion out.",
    )
    refuse(
        "liver_volume",
        "finite and greater than 0 mL (NaN where not known)",
        volume,
        np.isinf(volume) | (volume <= 0),
        "Correct it or leave it out.",
    )
    if true_or_false("check_units", check_units):
        warn_of_livers(volume, "liver_volume", stacklevel=4)
        warn_of_sizes(given, unit, "sizes", stacklevel=4)
    each = given if measure == "volume" else np.asarray(ellipsoid_volume(given, given))
    lesion = -1 if each.ndim == 1 else -2  # by the convention, before the timepoint
    measured = ~np.isnan(each)
    total = np.where(measured, each, 0.0).sum(axis=lesion)
    tumour = np.where(measured.any(axis=lesion), total, np.nan)
    tumour, volume = _arrays.broadcast(
        **{"sizes without the lesion axis": tumour, "liver_volume": volume}
    )
    refuse(
        "sizes",
        f"smaller together than the liver, {_lowest(volume)}",
        tumour,
        _arrays.more_than(tumour, volume),
        f"Check the units: {unit} and mL.",
    )
    percent = np.asarray(100 * tumour / volume)
    return float(percent) if percent.ndim == 0 else percent


def _lowest(volume: npt.NDArray[Any]) -> str:
    return (
        "in mL"
        if not volume.size or np.isnan(volume).all()
        else f"from {np.nanmin(volume):g} mL on"
    )


def liver_burden_class(percent: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """The class of a liver burden; the upper edge belongs to the class.

    Parameters
    ----------
    percent : array_like of float
        Share of the liver that is tumour, percent; NaN where not known.

    Returns
    -------
    ndarray of str
        "<=10", "10-25", "25-50", "50-75", ">75"; "" where not known.

    Raises
    ------
    InputError
        For numbers that are no percent (0 to 100).

    References
    ----------
    Kress et al. 2003; the edges overlap in print, upper edges inclusive are a library choice.

    Examples
    --------
    >>> liver_burden_class([10, 10.1, 25, 50, 75, 76]).tolist()
    ['<=10', '10-25', '10-25', '25-50', '50-75', '>75']
    """
    share = _arrays.as_numbers(percent, "percent")
    refuse(
        "percent",
        "from 0 to 100 (NaN where not known)",
        share,
        (share < 0) | (share > 100),
        "Correct it.",
    )
    above = sum(
        (_arrays.more_than(share, edge).astype(np.int64) for edge in EDGES),
        np.zeros(share.shape, int),
    )
    return np.asarray(np.array(_CLASSES)[np.where(np.isnan(share), 0, 1 + above)])
