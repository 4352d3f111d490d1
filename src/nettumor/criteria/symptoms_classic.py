"""Symptomatic response of the carcinoid syndrome as most series grade it.

CR is disappearance (Ruszniewski 1993), PR a reduction of at least 50 % (the classic reading; the
review's Table 1 prints "> 50 %" in one row, see `SYMPTOMATIC_VOGL_2008`).

Read by: `symptom_response`.
"""

from nettumor.criteria._types import Citation, SymptomCriteria, Threshold

_CLASSIC = Citation(
    "Ruszniewski et al. 1993 and series after it",
    "grading of flushing and diarrhoea",
    "10.1002/1097-0142(19930415)71:8<2624::aid-cncr2820710830>3.0.co;2-b",
    "from memory",
)
_CARRIED = Citation(
    "Vogl et al. 2008", "section 4.3, carried over", "10.1016/j.ejrad.2008.08.008", "library choice"
)

SYMPTOMATIC_CLASSIC = SymptomCriteria(
    name="symptomatic-classic",
    title="Symptomatic response, classic grading",
    family="classic symptoms",
    pr=Threshold(50, "decrease", _CLASSIC),
    pd=Threshold(25, "increase", _CARRIED, strict=True),
    citation=_CLASSIC,
)
"""CR gone, PR at least 50 %; PD > 25 % increase is the review's limit carried over (library
choice).
"""
