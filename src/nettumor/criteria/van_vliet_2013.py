"""RECIST and SWOG with a minor response, as the radionuclide therapy series read them.

van Vliet et al. 2013 (J Nucl Med 54:1689-1696) compare both with and without a minor response: a
decrease of 13 to 30 % of the sum of diameters, of 25 to 50 % of the sum of products (abstract).
Whether 13.0 and 25.0 belong to it is not printed: inclusive here, as PR is. CR, PR and MR together
are the objective response there. Which version of RECIST was used, and the limit of progression of
the modified SWOG criteria (25 %), are from memory: RECIST 1.0 here; for 1.1 take
``attrs.evolve(RECIST_1_1, mr=RECIST_MR_VAN_VLIET_2013.mr)``. The first is called "mRECIST" there
and has nothing to do with `MRECIST_2010` (viable tumour).

Read by: `target_response`, `classify`, `lesion_size`, `size_in_state`, `overall_response`,
`best_overall_response`, `is_measurable`, `select_targets`, `assess`.
"""

import attrs

from nettumor.criteria._types import Citation, Threshold
from nettumor.criteria.recist_1_0 import RECIST_1_0
from nettumor.criteria.swog_1992 import SWOG_1992

_DOI = "10.2967/jnumed.112.117408"
_ABSTRACT = Citation("van Vliet et al. 2013", "abstract", _DOI)
_METHODS = Citation("van Vliet et al. 2013", "methods", _DOI, "from memory")

RECIST_MR_VAN_VLIET_2013 = attrs.evolve(
    RECIST_1_0,
    name="recist-mr-van-vliet-2013",
    title="RECIST with minor response (van Vliet 2013)",
    mr=Threshold(13, "decrease", _ABSTRACT),
    citation=_METHODS,
)
"""RECIST 1.0 with MR from a decrease of 13 %, short of PR."""

MSWOG_VAN_VLIET_2013 = attrs.evolve(
    SWOG_1992,
    name="mswog-van-vliet-2013",
    title="Modified SWOG with minor response (van Vliet 2013)",
    pr=Threshold(50, "decrease", _METHODS),
    mr=Threshold(25, "decrease", _ABSTRACT),
    pd=Threshold(25, "increase", _METHODS, reference="nadir"),
    absolute_combines="and",
    citation=_METHODS,
)
"""Sum of products: PR >= 50 %, MR >= 25 % decrease, PD >= 25 % increase from the nadir."""
