"""SWOG 1992 (Green and Weiss, Invest New Drugs 1992;10:239-253): products, 50 % or 10 cm2.

Progression is an increase of 50 % or of 10 cm2 (1000 mm2), whichever is smaller, over the smallest
sum. All limits are from memory.

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

_GREEN = Citation(
    "SWOG (Green and Weiss 1992)", "objective status", "10.1007/BF00944177", "from memory"
)

SWOG_1992 = SizeCriteria(
    name="swog-1992",
    title="SWOG 1992",
    family="SWOG",
    measure="product",
    pr=Threshold(50, "decrease", _GREEN),
    pd=Threshold(50, "increase", _GREEN, reference="nadir", absolute=1000, unit="mm2"),
    absolute_combines="or",
    reappearance="any lesion",
    best_response=BestResponseRule(
        name="swog-1992",
        title="Best response after SWOG 1992",
        family="SWOG",
        confirmation_days=28,
        sd_minimum_days=42,
        citation=_GREEN,
    ),
    selection=LesionSelection(citation=_GREEN),
    citation=_GREEN,
)
"""PR >= 50 % decrease from baseline; PD >= 50 % or >= 1000 mm2 increase from the nadir, of the sum
of products.
"""
