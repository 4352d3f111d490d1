"""EASL 2001 (Bruix et al., J Hepatol 2001;35:421-430): products of the enhancing tissue.

The 25 % of progression is quoted "at least" from memory; PMC3094725 prints "more than". The
progression of one lesion suffices ("of one or more measurable lesions").

Read by: `target_response`, `classify`, `lesion_size`, `size_in_state`, `overall_response`,
`best_overall_response`, `is_measurable`, `select_targets`, `assess`.
"""

from nettumor.criteria._types import (
    BestResponseRule,
    Citation,
    LesionSelection,
    SizeCriteria,
    Threshold,
)

_DOI = "10.1016/S0168-8278(01)00130-1"
_BRUIX = Citation("EASL (Bruix et al. 2001)", "response (seen in PMC3094725)", _DOI)
_RECALLED = Citation(
    "EASL (Bruix et al. 2001)", "progression; PMC3094725 prints > 25 %", _DOI, "from memory"
)

EASL_2001 = SizeCriteria(
    name="easl-2001",
    title="EASL 2001",
    family="EASL",
    measure="viable product",
    pr=Threshold(50, "decrease", _BRUIX),
    pd=Threshold(25, "increase", _RECALLED, reference="nadir"),
    pd_scope="any lesion",
    best_response=BestResponseRule(
        name="easl-2001",
        title="Best response after EASL 2001",
        family="EASL",
        confirmation_days=28,
        sd_minimum_days=42,
        citation=_BRUIX,
    ),
    selection=LesionSelection(citation=_BRUIX),
    citation=_BRUIX,
)
"""PR >= 50 % decrease of the sum of viable products; PD >= 25 % increase in the sum or in any
lesion.
"""
