"""PERCIST 1.0 (Wahl et al., J Nucl Med 2009;50 Suppl 1:122S-150S): SUL peak of the hottest lesion.

For FDG only; low sensitivity in G1 and G2 neuroendocrine tumours, and not meant for
somatostatin-receptor PET.

Read by: `percist_response`, `best_overall_response`.
"""

from nettumor.criteria._types import BestResponseRule, Citation, Threshold, UptakeCriteria

_WAHL = Citation(
    "PERCIST 1.0 (Wahl et al. 2009)", "Table (seen in PMC6506740)", "10.2967/jnumed.108.057307"
)

PERCIST_2009 = UptakeCriteria(
    name="percist-1.0",
    title="PERCIST 1.0",
    family="PERCIST",
    pr=Threshold(30, "decrease", _WAHL, absolute=0.8, unit="SUL"),
    pd=Threshold(30, "increase", _WAHL, absolute=0.8, unit="SUL"),
    best_response=BestResponseRule(
        name="percist-1.0", title="Best response after PERCIST 1.0", citation=_WAHL
    ),
    citation=_WAHL,
)
"""PR (PMR) >= 30 % and >= 0.8 SUL decrease; PD (PMD) >= 30 % and >= 0.8 SUL increase, from
baseline.
"""
