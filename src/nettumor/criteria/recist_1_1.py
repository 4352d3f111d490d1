"""RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247) with the EORTC clarifications.

Disputed readings are fields: ``sustained_response`` (True, EORTC FAQ "Managing PR when measurements
change slightly"; False re-reads each visit by the limits), ``reappearance`` ("5 mm"; "PD" is the
FAQ's reading after a definite CR), and of the course ``cr_then_pr`` (Table 3, footnote).
Table 3 and the 42 days are quoted from memory.

Read by: `target_response`, `classify`, `lesion_size`, `size_in_state`, `overall_response`,
`best_overall_response`, `is_measurable`, `node_class`, `select_targets`, `assess`.
"""

from nettumor.criteria._types import (
    BestResponseRule,
    Citation,
    LesionSelection,
    SizeCriteria,
    Threshold,
)

_DOI = "10.1016/j.ejca.2008.10.026"
_TARGET = Citation("RECIST 1.1", "4.3.1", _DOI)
_LESIONS = Citation("RECIST 1.1", "3.1 and 4.2", _DOI)

RECIST_1_1 = SizeCriteria(
    name="recist-1.1",
    title="RECIST 1.1",
    family="RECIST 1.1",
    measure="diameter",
    pr=Threshold(30, "decrease", _TARGET),
    pd=Threshold(20, "increase", _TARGET, reference="nadir", absolute=5, unit="mm"),
    sustained_response=True,
    node_normal=10,
    too_small=5,
    best_response=BestResponseRule(
        name="recist-1.1",
        title="Best response after RECIST 1.1",
        family="RECIST 1.1",
        confirmation_days=28,
        sd_minimum_days=42,
        citation=Citation("RECIST 1.1", "4.4.3 and Table 3", _DOI, "from memory"),
    ),
    selection=LesionSelection(
        min_size=10,
        min_size_xray=20,
        min_node_target=15,
        min_node=10,
        slice_factor=2,
        max_targets=5,
        max_per_organ=2,
        citation=_LESIONS,
    ),
    citation=_TARGET,
)
"""PR >= 30 % decrease from baseline; PD >= 20 % and >= 5 mm increase from the nadir; nodes < 10 mm
are normal.
"""
