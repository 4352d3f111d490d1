"""Modified Choi (Nathan et al., Cancer Biol Ther 2010;9:15-19): size and attenuation, arterial
phase.

Read by: `choi_response`, `overall_response`, `best_overall_response`, `assess`.
"""

from nettumor.criteria._types import AttenuationCriteria, BestResponseRule, Citation, Threshold

_NATHAN = Citation("Nathan et al. 2010 (modified Choi)", "both decreases needed")
_RECALLED = Citation("Nathan et al. 2010 (modified Choi)", "progression", "", "from memory")

MODIFIED_CHOI_2010 = AttenuationCriteria(
    name="modified-choi-2010",
    title="Modified Choi 2010",
    family="modified Choi",
    pr=Threshold(10, "decrease", _NATHAN),
    pd=Threshold(10, "increase", _RECALLED),
    attenuation=Threshold(15, "decrease", _NATHAN),
    combine="and",
    best_response=BestResponseRule(
        name="modified-choi-2010",
        title="Best response after modified Choi 2010",
        family="modified Choi",
        citation=_RECALLED,
    ),
    citation=_NATHAN,
)
"""PR: sum -10 % and attenuation -15 %; PD as Choi 2007."""
