"""PERCIST: the uptake of the hottest lesion in FDG-PET.

Has the metabolism of the tumour responded? Wahl et al. 2009 (PERCIST 1.0). For FDG only: its
sensitivity is low in neuroendocrine tumours of grade 1 and 2, and it is not meant for
somatostatin-receptor PET. The SUL peak of the hottest lesion at each timepoint (not necessarily the
same lesion) comes in, one response for each timepoint comes out: CR, PR, SD and PD for the complete
and partial metabolic response, stable and progressive metabolic disease.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import GUARD, Codes, as_flags, broadcast
from nettumor._labels import by_label
from nettumor.criteria import PERCIST_2009, UptakeCriteria
from nettumor.criteria._types import require
from nettumor.morphology._course import course_of, limit_met
from nettumor.terminology import Response


@by_label(uptake="timepoint", new_lesion="timepoint", resolved="timepoint", gives="timepoint")
def percist_response(
    uptake: npt.ArrayLike,
    *,
    new_lesion: npt.ArrayLike = False,
    resolved: npt.ArrayLike = False,
    criteria: UptakeCriteria = PERCIST_2009,
    invalid: str = "raise",
) -> Codes:
    """Metabolic response at each timepoint.

    In this order: a new lesion, PD; uptake resolved, or 0, CR; not measured, NE; an increase that
    meets both limits, PD; a decrease that meets both, PR; else SD.

    Parameters
    ----------
    uptake : array_like of float, shape (..., timepoint)
        SUL peak of the hottest lesion, baseline first; NaN where not measured.
    new_lesion : array_like of bool, shape (..., timepoint)
        True where there is a new FDG-avid lesion typical of cancer.
    resolved : array_like of bool, shape (..., timepoint)
        True where no lesion has uptake above the liver and the background any more, as read from
        the images. What is left there to measure does not matter.
    criteria : UptakeCriteria
        Percent and absolute limit (30 % and 0.8 SUL), both needed; from baseline, unless
        ``criteria.pd.reference`` is "nadir" (the smallest earlier uptake).
    invalid : {"raise", "NE"}
        What a negative or infinite uptake, a baseline of zero or less, or an uptake after a missing
        baseline does.

    Returns
    -------
    ndarray of int8, shape (..., timepoint)
        MISSING at baseline, and where a patient has neither a value nor a flag.

    Raises
    ------
    InputError
        For an invalid number, with ``invalid="raise"``, and for shapes that do not fit.
    InputTypeError
        For criteria of another kind.

    References
    ----------
    Wahl et al. 2009 (PERCIST 1.0), doi 10.2967/jnumed.108.057307. The increase of total lesion
    glycolysis by 75 %, another way to progression there, is not judged here.

    Examples
    --------
    >>> percist_response([8.0, 5.6, 10.4, 2.0], resolved=[False, False, False, True])
    array([0, 7, 3, 8], dtype=int8)
    """
    require(criteria, UptakeCriteria, "percist_response")
    value, wrong = course_of(uptake, "uptake", "SUL", invalid)
    value, wrong, new, gone = broadcast(
        uptake=value,
        wrong=wrong,
        new_lesion=as_flags(new_lesion, "new_lesion"),
        resolved=as_flags(resolved, "resolved"),
    )
    tolerance = GUARD
    response = np.where(limit_met(criteria.pr, value, tolerance), Response.PR, Response.SD)
    response = np.where(limit_met(criteria.pd, value, tolerance), Response.PD, response)
    response = np.where(np.isnan(value) | wrong, Response.NE, response)
    padding = np.isnan(value).all(axis=-1, keepdims=True)
    response = np.where(padding, Response.MISSING, response)
    response = np.where(gone | ((value == 0) & ~wrong), Response.CR, response)
    response = np.where(new, Response.PD, response).astype(np.int8)
    response[..., :1] = Response.MISSING
    return response
