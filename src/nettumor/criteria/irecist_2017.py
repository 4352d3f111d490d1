"""iRECIST 2017 (Seymour et al., Lancet Oncol 2017;18:e143-e152): RECIST 1.1 with progression
confirmed.

`target_response` and `classify` answer RECIST's PD for the sizes alone; `irecist_response` turns
the parts of each timepoint into iUPD and iCPD (written ``Response.PD``). ``further_increase`` is
the 5 mm by which the sum must grow on; one row of Table 2 prints "> 5 mm", the others ">= 5 mm": at
least is used.

Read by: `target_response`, `classify`, `lesion_size`, `size_in_state`, `is_measurable`,
`node_class`, `select_targets`, `further_increase`, `best_overall_response`, `labels`, `assess`;
`irecist_response` is its function for the timepoint.
"""

import attrs

from nettumor.criteria._types import BestResponseRule, Citation
from nettumor.criteria.endpoints import FDA_2018_CENSORING
from nettumor.criteria.recist_1_1 import RECIST_1_1

_DOI = "10.1016/S1470-2045(17)30074-8"
_SEYMOUR = Citation("iRECIST (Seymour et al. 2017)", "Tables 2 and 3", _DOI)

IRECIST_2017 = attrs.evolve(
    RECIST_1_1,
    name="irecist-2017",
    title="iRECIST 2017",
    family="iRECIST",
    pr=attrs.evolve(RECIST_1_1.pr, citation=_SEYMOUR),
    pd=attrs.evolve(RECIST_1_1.pd, citation=_SEYMOUR),
    immune=True,
    confirmation_from_days=26,
    censoring=attrs.evolve(
        FDA_2018_CENSORING,
        name="irecist-2017-censoring",
        title="Censoring after the FDA guidance of 2018, Table A, with unconfirmed progression",
        unconfirmed_pd="event",
    ),
    best_response=BestResponseRule(
        name="irecist-2017",
        title="Best response after iRECIST 2017",
        family="iRECIST",
        cr_then_pr="keep",
        equivocal_progression="date only",
        citation=_SEYMOUR,
    ),
    citation=_SEYMOUR,
)
"""The limits of RECIST 1.1; a first progression is unconfirmed (iUPD)."""
