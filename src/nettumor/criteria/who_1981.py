"""WHO 1979/1981 (Miller et al., Cancer 1981;47:207-214): products of two diameters.

The reference of the 25 % increase is not explicit in the text; it is read here against the smallest
earlier size, and in any one lesion ("25 % increase in the size of one or more measurable lesions").
The product sum is judged by the same limit. The minimum of 28 days for "no change" is the WHO's
four weeks.

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

_DOI = "10.1002/1097-0142(19810101)47:1<207::AID-CNCR2820470134>3.0.CO;2-6"
_MILLER = Citation(
    "Miller et al. 1981 (WHO)", "recommendations for reporting objective response", _DOI
)
_NADIR = Citation(
    "Miller et al. 1981 (WHO)", "reference not explicit; nadir by practice", _DOI, "library choice"
)

WHO_1981 = SizeCriteria(
    name="who-1981",
    title="WHO 1981",
    family="WHO",
    measure="product",
    pr=Threshold(50, "decrease", _MILLER),
    pd=Threshold(25, "increase", _NADIR, reference="nadir"),
    pd_scope="any lesion",
    best_response=BestResponseRule(
        name="who-1981",
        title="Best response after WHO 1981",
        family="WHO",
        confirmation_days=28,
        sd_minimum_days=28,
        citation=_MILLER,
    ),
    selection=LesionSelection(citation=_MILLER),
    citation=_MILLER,
)
"""CR gone, PR >= 50 % decrease of the sum of products, PD >= 25 % increase in the sum or in any
lesion.
"""
