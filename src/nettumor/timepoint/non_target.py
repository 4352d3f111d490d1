"""Several non-target lesions at a visit become one response.

How does the non-target disease do? RECIST 1.1, 4.3.3 and 4.3.4: gone (CR, with the markers normal),
still there (NON-CR/NON-PD), or unequivocal progression (PD). One code for each lesion and timepoint
comes in, one for each timepoint comes out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Codes, as_codes, as_flags, broadcast
from nettumor._labels import by_label
from nettumor.errors import InputError, refuse
from nettumor.terminology import Response

_LESION_CODES = (Response.CR, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.MISSING)


@by_label(lesions="lesion timepoint", markers_normal="timepoint", gives="timepoint")
def non_target_response(lesions: npt.ArrayLike, *, markers_normal: npt.ArrayLike = True) -> Codes:
    """Response of the non-target disease at each timepoint.

    In this order: any lesion in unequivocal progression, PD; else any lesion not assessed, NE; else
    any lesion present, NON-CR/NON-PD; else CR, which becomes NON-CR/NON-PD where the markers are
    not normal.

    Parameters
    ----------
    lesions : array_like of int, shape (..., lesion, timepoint)
        Codes of `Response`, index 0 of the last axis is baseline: CR where the lesion is absent or
        the node normal, NON_CR_NON_PD where it is present, PD where it has progressed
        unequivocally, NE or MISSING where it was not assessed. A row that is MISSING at every
        timepoint is padding and is passed over.
    markers_normal : array_like of bool, shape (..., timepoint)
        Whether the tumour markers are normal. True where there are none.

    Returns
    -------
    ndarray of int8, shape (..., timepoint)
        MISSING at baseline, and throughout for a patient whose rows are all padding.

    Raises
    ------
    InputError
        For a code that is not one of the five, fewer than two axes, or shapes that do not fit.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.3 and 4.3.4, doi 10.1016/j.ejca.2008.10.026.

    Examples
    --------
    >>> from nettumor import Response as R
    >>> lesions = [[R.NON_CR_NON_PD, R.CR, R.CR], [R.NON_CR_NON_PD, R.NON_CR_NON_PD, R.CR]]
    >>> non_target_response(lesions, markers_normal=[True, True, False])
    array([0, 4, 4], dtype=int8)
    """
    codes = as_codes(lesions, "lesions")
    if codes.ndim < 2:
        raise InputError(
            f"`lesions` must have the axes (..., lesion, timepoint); got shape {codes.shape}. "
            "Add an axis for the lesions: lesions[None, :].",
            argument="lesions",
        )
    refuse(
        "lesions",
        "CR (8), NON_CR_NON_PD (4), PD (3), NE (1) or MISSING (0)",
        codes,
        ~np.isin(codes, _LESION_CODES),
        "A non-target lesion is absent, present, in unequivocal progression or not assessed.",
    )
    padding = (codes == Response.MISSING).all(axis=-1, keepdims=True)
    missing = ((codes == Response.NE) | (codes == Response.MISSING)) & ~padding
    response = np.where(
        (codes == Response.NON_CR_NON_PD).any(axis=-2), Response.NON_CR_NON_PD, Response.CR
    )
    response = np.where(missing.any(axis=-2), Response.NE, response)
    response = np.where((codes == Response.PD).any(axis=-2), Response.PD, response)
    response = np.where(padding.all(axis=-2), Response.MISSING, response).astype(np.int8)
    response[..., :1] = Response.MISSING
    return _with_markers(response, markers_normal)


def _with_markers(response: Codes, markers_normal: npt.ArrayLike) -> Codes:
    """CR asks for normal markers (RECIST 1.1, 4.3.3: "normalisation of tumour marker level")."""
    normal = as_flags(markers_normal, "markers_normal")
    visits = response.shape[-1]
    response, normal = broadcast(lesions=response, markers_normal=normal)
    if response.shape[-1] != visits:
        raise InputError(
            f"`markers_normal` must have the axes (..., timepoint) with {visits} timepoints like "
            "`lesions`; "
            f"got {response.shape[-1]}. Give one flag for each timepoint.",
            argument="markers_normal",
        )
    lesser = (response == Response.CR) & ~normal
    return np.where(lesser, np.int8(Response.NON_CR_NON_PD), response)
