"""Pancreastatin of neuroendocrine tumours: a fall by 20 %, in two published readings.

Exactly 20 % is a response after Desai 2001 (an improvement under 20 % of the baseline was failure)
and none after Bloomston 2007 (a reduction greater than 20 %). Both judge every patient, not only
those above the upper limit, and neither names a limit of progression.

Read by: `marker_response`, `marker_course`.
"""

from nettumor.criteria._marker_course import MarkerCourseCriteria
from nettumor.criteria._types import Citation, Threshold

_DESAI = Citation(
    "Desai et al. 2001, Regul Pept 96:113-117", "abstract", "10.1016/s0167-0115(00)00167-1"
)
_BLOOMSTON = Citation(
    "Bloomston et al. 2007, J Gastrointest Surg", "abstract", "10.1007/s11605-007-0089-z"
)

PANCREASTATIN_DESAI_2001 = MarkerCourseCriteria(
    name="pancreastatin-desai-2001",
    family="pancreastatin",
    title="Pancreastatin after Desai 2001",
    pr=Threshold(20, "decrease", _DESAI),
    eligible="any",
    citation=_DESAI,
)
"""Response is a fall of at least 20 %; every patient counts."""

PANCREASTATIN_BLOOMSTON_2007 = MarkerCourseCriteria(
    name="pancreastatin-bloomston-2007",
    family="pancreastatin",
    title="Pancreastatin after Bloomston 2007",
    pr=Threshold(20, "decrease", _BLOOMSTON, strict=True),
    eligible="any",
    citation=_BLOOMSTON,
)
"""Response is a fall of more than 20 %; every patient counts."""
