"""RECIST 1.0 (Therasse et al., JNCI 2000;92:205-216): sum of longest diameters.

No absolute minimum beside the 20 %. Nodes are measured by their longest diameter like any lesion.
The minimum duration of SD (6-8 weeks, by protocol) is from memory.

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

_DOI = "10.1093/jnci/92.3.205"
_THERASSE = Citation("RECIST 1.0 (Therasse et al. 2000)", "response criteria", _DOI)

RECIST_1_0 = SizeCriteria(
    name="recist-1.0",
    title="RECIST 1.0",
    family="RECIST 1.0",
    measure="diameter",
    pr=Threshold(30, "decrease", _THERASSE),
    pd=Threshold(20, "increase", _THERASSE, reference="nadir"),
    best_response=BestResponseRule(
        name="recist-1.0",
        title="Best response after RECIST 1.0",
        family="RECIST 1.0",
        confirmation_days=28,
        sd_minimum_days=42,
        citation=Citation(
            "RECIST 1.0 (Therasse et al. 2000)",
            "confirmation; SD minimum by protocol",
            _DOI,
            "from memory",
        ),
    ),
    selection=LesionSelection(
        min_size=10, min_size_xray=20, max_targets=10, max_per_organ=5, citation=_THERASSE
    ),
    citation=_THERASSE,
)
"""PR >= 30 % decrease from baseline, PD >= 20 % increase from the nadir (no 5 mm rule)."""
