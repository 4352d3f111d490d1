"""Choi 2007 (J Clin Oncol 2007;25:1753-1759): size or attenuation, portal venous phase.

The reference of the 10 % increase is not defined; baseline by default.

Read by: `choi_response`, `overall_response`, `best_overall_response`, `assess`.
"""

from nettumor.criteria._types import AttenuationCriteria, BestResponseRule, Citation, Threshold

_DOI = "10.1200/JCO.2006.07.3049"
_CHOI = Citation("Choi et al. 2007", "Table 2 (seen in PMC5658474)", _DOI)

CHOI_2007 = AttenuationCriteria(
    name="choi-2007",
    title="Choi 2007",
    family="Choi",
    pr=Threshold(10, "decrease", _CHOI),
    pd=Threshold(10, "increase", _CHOI),
    attenuation=Threshold(15, "decrease", _CHOI),
    combine="or",
    best_response=BestResponseRule(
        name="choi-2007", title="Best response after Choi 2007", citation=_CHOI
    ),
    citation=_CHOI,
)
"""PR: sum -10 % or attenuation -15 %; PD: sum +10 % without that decrease of attenuation."""
