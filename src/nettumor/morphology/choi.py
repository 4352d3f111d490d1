"""Choi: the size of the target lesions and their attenuation together.

Has the tumour responded although it has hardly shrunk? Choi et al. 2007 (portal venous phase:
either decrease makes a partial response) and Nathan et al. 2010 (modified Choi, arterial phase:
both are needed). The sum of diameters and the mean attenuation at each timepoint come in, one
response for each timepoint comes out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import GUARD, Codes, as_flags, broadcast
from nettumor._labels import by_label
from nettumor.criteria import CHOI_2007, AttenuationCriteria
from nettumor.criteria._types import require
from nettumor.morphology._course import course_of, limit_met
from nettumor.sums import complete_sums
from nettumor.terminology import Response


@by_label(
    n_missing="timepoint",
    sums="timepoint",
    attenuation="timepoint",
    progression="timepoint",
    gives="timepoint",
)
def choi_response(
    sums: npt.ArrayLike,
    attenuation: npt.ArrayLike,
    *,
    progression: npt.ArrayLike = False,
    n_missing: npt.ArrayLike | None = None,
    criteria: AttenuationCriteria = CHOI_2007,
    invalid: str = "raise",
) -> Codes:
    """Response by size and attenuation at each timepoint.

    In this order: a progression, PD; a sum of 0, CR; the decreases that the criteria ask for, PR;
    one of the two not measured, NE; an increase of the sum without the decrease of the attenuation,
    PD; else SD. Under modified Choi a growing sum with that decrease of the attenuation is
    therefore SD.

    Parameters
    ----------
    sums : array_like of float, shape (..., timepoint), Sums or TargetResponse
        Sum of the diameters of the target lesions, mm, baseline first; NaN where not measured. Of a
        result a sum counts where it is complete; an array is taken as complete, unless ``n_missing``
        says otherwise: a partial sum is smaller without any shrinkage.
    attenuation : array_like of float, shape (..., timepoint)
        Mean attenuation of the target lesions, HU; NaN where not measured. Greater than 0 at
        baseline; it may be negative later.
    progression : array_like of bool, shape (..., timepoint)
        True where there is a new lesion, a new or growing nodule in a lesion, or unequivocal
        progression of non-measurable disease.
    n_missing : array_like of int, shape (..., timepoint), optional
        Target lesions not measured, as in `Sums`: where there are any, the sum is not measured.
    criteria : AttenuationCriteria
        ``CHOI_2007`` or ``MODIFIED_CHOI_2010``. Both decreases count from baseline; the increase
        too, unless ``criteria.pd.reference`` is "nadir" (the smallest earlier sum).
    invalid : {"raise", "NE"}
        What a negative or infinite sum, a baseline of zero or less, or a sum after a missing
        baseline does.

    Returns
    -------
    ndarray of int8, shape (..., timepoint)
        MISSING at baseline, and where a patient has neither sums nor attenuation and no
        progression.

    Raises
    ------
    InputError
        For an invalid number, with ``invalid="raise"``, and for shapes that do not fit.
    InputTypeError
        For criteria of another kind.

    References
    ----------
    Choi et al. 2007, Table 2, doi 10.1200/JCO.2006.07.3049; Nathan et al. 2010 (modified Choi).

    Examples
    --------
    >>> choi_response([50, 48, 56, 56], [80, 60, 66, 75])
    array([0, 7, 7, 3], dtype=int8)
    """
    require(criteria, AttenuationCriteria, "choi_response")
    size, wrong_size = course_of(complete_sums(sums, n_missing), "sums", "mm", invalid)
    density, wrong_density = course_of(attenuation, "attenuation", "HU", invalid, signed=True)
    size, density, worse, wrong_size, wrong_density = broadcast(
        sums=size,
        attenuation=density,
        progression=as_flags(progression, "progression"),
        wrong_size=wrong_size,
        wrong_density=wrong_density,
    )
    tolerance = GUARD
    less_dense = criteria.attenuation.percent_met(density[..., :1], density, tolerance)
    smaller = limit_met(criteria.pr, size, tolerance)
    larger = limit_met(criteria.pd, size, tolerance)
    partial = smaller | less_dense if criteria.combine == "or" else smaller & less_dense
    unmeasured = np.isnan(size) | np.isnan(density) | np.isnan(density[..., :1])

    response = np.where(larger & ~less_dense, Response.PD, Response.SD)
    response = np.where(unmeasured, Response.NE, response)
    response = np.where(partial, Response.PR, response)
    response = np.where(size == 0, Response.CR, response)
    response = np.where(wrong_size | wrong_density, Response.NE, response)
    padding = (np.isnan(size) & np.isnan(density)).all(axis=-1, keepdims=True)
    response = np.where(padding, Response.MISSING, response)
    response = np.where(worse, Response.PD, response).astype(np.int8)
    response[..., :1] = Response.MISSING
    return response
