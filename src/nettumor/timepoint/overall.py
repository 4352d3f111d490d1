"""Target, non-target and new lesions at a visit become the overall response.

The published tables as data. RECIST 1.1 prints Table 1 (target disease, with or without non-target
disease) and Table 2 (non-target disease only). RECIST 1.0, mRECIST 2010 and WHO print fewer cells;
in every cell that they do print they agree with RECIST 1.1 once NC is read as SD and "incomplete
response" or "IR/SD" as NON-CR/NON-PD, so one table serves all editions. A row of tests holds this
for each table.

Cells that no table prints: no non-target disease at baseline counts as if it were satisfied; target
NE with non-target NE is NE; MR, which only some protocols know, is kept like PR and SD; WHO has no
table for non-measurable disease alone, and RECIST 1.1's Table 2 is used. The review (Vogl et al.
2008) says nothing of non-target or new lesions: with its criteria the same table applies and an
unequivocal new lesion is PD, as in every criterion it cites (library choice).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, as_codes, as_flags, broadcast
from nettumor._labels import by_label
from nettumor.criteria import RECIST_1_1, AttenuationCriteria, SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputTypeError, refuse
from nettumor.terminology import Response, scalar_or_codes

MISSING, NE, PD, NN = Response.MISSING, Response.NE, Response.PD, Response.NON_CR_NON_PD
SD, MR, PR, CR = Response.SD, Response.MR, Response.PR, Response.CR

NON_TARGETS = (CR, NN, PD, NE, MISSING)
"""The columns of `OVERALL`. PR, MR and SD as a non-target response are neither CR nor PD: column
NON-CR/NON-PD.
"""

OVERALL: dict[Response, tuple[Response, ...]] = {
    # target:   CR  NN  PD  NE  MISSING   <- non-target, no new lesion
    CR:        (CR, PR, PD, PR, CR),
    PR:        (PR, PR, PD, PR, PR),
    MR:        (MR, MR, PD, MR, MR),
    SD:        (SD, SD, PD, SD, SD),
    PD:        (PD, PD, PD, PD, PD),
    NE:        (NE, NE, PD, NE, NE),
    MISSING:   (CR, NN, PD, NE, MISSING),
}  # fmt: skip
"""Overall response without a new lesion: RECIST 1.1, Tables 1 and 2. With a new lesion every cell
is PD.
"""


def _lookup() -> Codes:
    """`OVERALL` as one array over (target code, non-target code, new lesion)."""
    table = np.full((9, 9, 2), MISSING, dtype=np.int8)
    for target, row in OVERALL.items():
        table[target, NON_TARGETS, 0] = row
        table[target, (SD, MR, PR), 0] = row[NON_TARGETS.index(NN)]
    table[:, :, 1] = PD
    table.setflags(write=False)
    return table


_TABLE = _lookup()


@by_label(gives="")
def overall_response(
    target: npt.ArrayLike,
    non_target: npt.ArrayLike,
    new_lesion: npt.ArrayLike,
    *,
    criteria: Any = RECIST_1_1,
) -> Any:
    """Overall response at a timepoint, from the responses of its parts.

    Every element is an assessment; there is no baseline among them (it is MISSING, MISSING, False:
    MISSING).

    Parameters
    ----------
    target : array_like of int
        Response of the target lesions: CR, PR, MR, SD, PD or NE; MISSING where there was no target
        lesion at baseline.
    non_target : array_like of int, broadcastable
        Response of the non-target lesions: CR, NON_CR_NON_PD, PD or NE; MISSING where there was
        none at baseline. PR, MR and SD (WHO, RECIST 1.0) are neither CR nor PD.
    new_lesion : array_like of bool, broadcastable
        True where there is an unequivocal new lesion. An equivocal one is False (see
        `first_sighting`).
    criteria : SizeCriteria or AttenuationCriteria
        All published size criteria and Choi's share one table; iRECIST has its own function.

    Returns
    -------
    ndarray of int8, or a `Response` for scalars
        MISSING where there was neither target nor non-target disease and there is no new lesion.

    Raises
    ------
    InputError
        For a code that a part cannot have, or shapes that do not fit.
    InputTypeError
        For criteria that are not of size, and for iRECIST.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.4.1, Tables 1 and 2, doi 10.1016/j.ejca.2008.10.026;
    RECIST 1.0 (Therasse et al. 2000); Miller et al. 1981 (WHO); Lencioni and Llovet 2010 (mRECIST).

    Examples
    --------
    >>> from nettumor import Response as R
    >>> overall_response(R.CR, R.NE, False)
    <Response.PR: 7>
    >>> overall_response([R.PR, R.PR, R.MISSING], [R.NON_CR_NON_PD, R.CR, R.CR], [False, True, False])
    array([7, 3, 8], dtype=int8)
    """
    _check_criteria(criteria)
    targets, non_targets, new = parts_of(target, non_target, new_lesion)
    return scalar_or_codes(combine(targets, non_targets, new))


def _check_criteria(criteria: Any) -> None:
    if isinstance(criteria, AttenuationCriteria):
        return
    require(criteria, SizeCriteria, "overall_response")
    if criteria.immune:
        raise InputTypeError(
            "`criteria` of overall_response must be criteria without confirmation of "
            "progression; got "
            f"{criteria.title}. It is served by irecist_response.",
            argument="criteria",
        )


def parts_of(
    target: npt.ArrayLike, non_target: npt.ArrayLike, new_lesion: npt.ArrayLike
) -> tuple[Codes, Codes, Bools]:
    """The three parts, checked and broadcast together."""
    targets, non_targets = as_codes(target, "target"), as_codes(non_target, "non_target")
    refuse(
        "target",
        "CR, PR, MR, SD, PD, NE or MISSING",
        targets,
        (targets == Response.IUPD) | (targets == Response.NON_CR_NON_PD),
        "Write PD for iUPD (irecist_response judges whether it is confirmed); a response of "
        "non-target disease goes "
        "in `non_target`, with MISSING as `target`.",
    )
    refuse(
        "non_target",
        "CR, NON_CR_NON_PD (or PR, MR, SD), PD, NE or MISSING",
        non_targets,
        non_targets == Response.IUPD,
        "Write PD for iUPD: irecist_response judges whether it is confirmed.",
    )
    return broadcast(  # type: ignore[return-value]
        target=targets, non_target=non_targets, new_lesion=as_flags(new_lesion, "new_lesion")
    )


def combine(target: Codes, non_target: Codes, new_lesion: Bools) -> Codes:
    """The cell of the table for each element."""
    cell = target * np.uint8(18)
    cell += non_target.astype(np.uint8) * np.uint8(2)
    cell += new_lesion
    return np.asarray(_TABLE.ravel()[cell])
