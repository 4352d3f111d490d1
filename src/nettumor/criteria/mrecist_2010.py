"""mRECIST for hepatocellular carcinoma (Lencioni and Llovet, Semin Liver Dis 2010;30:52-60).

The name "mRECIST" means three things (hepatocellular, mesothelioma, immunotherapy); this is the
first. Sizes are diameters of the viable (arterially enhancing) part. The 2010 text has no 5 mm
minimum. Limits from secondary sources, marked so. Malignant nodes: short axis >= 15 mm, porta
hepatis >= 20 mm.

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

_DOI = "10.1055/s-0030-1247132"
_LENCIONI = Citation("mRECIST (Lencioni and Llovet 2010)", "target lesions", _DOI, "from memory")
_NODES = Citation("mRECIST (Lencioni and Llovet 2010)", "lymph nodes (seen in PMC8252278)", _DOI)

MRECIST_2010 = SizeCriteria(
    name="mrecist-2010",
    title="mRECIST 2010 (hepatocellular carcinoma, Lencioni)",
    family="mRECIST",
    measure="viable diameter",
    pr=Threshold(30, "decrease", _LENCIONI),
    pd=Threshold(20, "increase", _LENCIONI, reference="nadir"),
    node_normal=10,
    new_liver_nodule=10,
    best_response=BestResponseRule(
        name="mrecist-2010",
        title="Best response after mRECIST 2010",
        family="mRECIST",
        citation=_LENCIONI,
    ),
    selection=LesionSelection(
        min_size=10,
        min_node_target=15,
        min_node=15,
        min_node_porta_hepatis=20,
        max_targets=5,
        max_per_organ=2,
        citation=_NODES,
    ),
    citation=_LENCIONI,
)
"""PR >= 30 % decrease from baseline, PD >= 20 % increase from the nadir, of viable diameters."""
