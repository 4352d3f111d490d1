"""Biological response of neuroendocrine tumours after the WHO pattern.

There is no consensus definition (ENETS 2017). Trials adapt the WHO limits to markers (Winkelbauer
1996); the strictness and the minor response are convention, from memory.

Read by: `marker_response`.
"""

from nettumor.criteria._types import Citation, MarkerCriteria, Threshold

_WHO = Citation("Winkelbauer et al. 1996, WHO limits applied to markers", "", "", "found")
_CONVENTION = Citation("Convention of NET trials after the WHO limits", "", "", "from memory")

BIOLOGICAL_NET_WHO = MarkerCriteria(
    name="biological-net-who",
    title="Biological response of NET after the WHO limits",
    family="NET WHO",
    pr=Threshold(50, "decrease", _WHO),
    mr=Threshold(25, "decrease", _CONVENTION),
    pd=Threshold(25, "increase", _CONVENTION),
    citation=_WHO,
)
"""PR at least 50 %, MR at least 25 %, PD at least 25 %."""
