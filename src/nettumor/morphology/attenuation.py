"""The mean attenuation of a patient's lesions: how dense is the tumour?

Sources: Choi et al. 2007 (mean density of the target lesions on contrast-enhanced CT). Attenuation of
each lesion (..., lesion, timepoint) comes in, one number for each visit goes out, for
`choi_response`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, as_numbers, broadcast
from nettumor._labels import by_label
from nettumor.errors import InputError, choose, refuse

_WEIGHTS = ("equal", "size")


@by_label(attenuation="lesion timepoint", sizes="lesion timepoint", gives="timepoint")
def mean_attenuation(
    attenuation: npt.ArrayLike, sizes: npt.ArrayLike | None = None, *, weights: str = "equal"
) -> Floats:
    """Mean attenuation of a patient's target lesions at each visit, as `choi_response` takes it.

    Parameters
    ----------
    attenuation : array_like of float, shape (..., lesion, timepoint)
        Attenuation of each lesion, HU; NaN where not measured. A lesion without any value (and
        without any size) is padding.
    sizes : array_like of float, like ``attenuation``, optional
        Sizes of the same lesions, in one unit. A lesion of 0 is gone: it has no attenuation, and is
        left out. NaN where not measured.
    weights : {"equal", "size"}
        "equal": every lesion counts once. "size": each by its size at the visit, so that the mean
        is that of the tumour: volumes, or diameters as a measure of them.

    Returns
    -------
    ndarray of float, shape (..., timepoint)
        HU. NaN where a lesion that is there was not measured, for a mean of the others is not
        comparable, and where no lesion is left.

    Raises
    ------
    InputError
        For infinite values, negative sizes, shapes that do not fit, or weights without sizes.

    References
    ----------
    Choi et al. 2007, doi 10.1200/JCO.2006.07.3049 (tumour density); which mean of several lesions
    is not printed there: both are library choices, and named.

    Examples
    --------
    >>> hounsfield, sizes = [[80, 60], [40, 40]], [[60, 50], [20, 0]]
    >>> mean_attenuation(hounsfield), mean_attenuation(hounsfield, sizes)
    (array([60., 50.]), array([60., 60.]))
    >>> mean_attenuation(hounsfield, sizes, weights="size")
    array([70., 60.])
    """
    choose("weights", weights, _WEIGHTS)
    density = as_numbers(attenuation, "attenuation")
    if density.ndim < 2:
        raise InputError(
            f"`attenuation` must have the axes (..., lesion, timepoint); got shape {density.shape}. "
            "For one lesion put its course in a list.",
            argument="attenuation",
        )
    refuse("attenuation", "finite (NaN where not measured)", density, np.isinf(density), _REPAIR)
    if sizes is None:
        if weights == "size":
            raise InputError(
                "`sizes` must be given for weights by size; got None. Give the sizes, or weights='equal'.",
                argument="sizes",
            )
        size = np.ones(())
    else:
        size = as_numbers(sizes, "sizes")
        wrong = np.isinf(size) | (size < 0)
        refuse("sizes", "finite and at least 0 (NaN where not measured)", size, wrong, _REPAIR)
    density, size = broadcast(attenuation=density, sizes=size)
    padding = np.isnan(density).all(axis=-1, keepdims=True)
    if sizes is not None:  # a lesion with a size is there, whether or not it has an attenuation
        padding = padding & np.isnan(size).all(axis=-1, keepdims=True)
    there = ~padding & (size != 0)
    share = np.where(there, size if weights == "size" else 1.0, 0.0)
    total = share.sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(there, density * share, 0.0).sum(axis=-2) / total)


_REPAIR = "Correct it or write NaN."
