"""Vogl et al. 2008: the review that this library implements.

Section 4.3 gives the limits of morphological response. Two other places print a different limit:
the captions of Figures 3 and 4 call a reduction of more than 50 % partial response
(`VOGL_2008_CAPTIONS`). A decrease of more than 25 and up to 30 % has no class in the text: ``gap``.
Biological and symptomatic response are graded only in Tables 1 and 2 ("> 50 %"); the limit of
progression is section 4.3's, carried over, and marked as a library choice. The review does not
speak of nodes: where one is given as nodal its short axis counts, as in RECIST 1.1 (library
choice), and CR asks of it what it asks of every tumour, to be no longer seen (``node_cr``).

Read by: `classify`, `target_response`, `lesion_size`, `size_in_state`, `overall_response`,
`best_overall_response`, `assess` (size); `marker_response`; `symptom_response`.
"""

from nettumor.criteria._types import (
    BestResponseRule,
    Citation,
    MarkerCriteria,
    SizeCriteria,
    SymptomCriteria,
    Threshold,
)

_DOI = "10.1016/j.ejrad.2008.08.008"
_SECTION = Citation("Vogl et al. 2008", "section 4.3", _DOI)
_CAPTIONS = Citation("Vogl et al. 2008", "captions of Figures 3 and 4", _DOI)
_CARRIED = Citation("Vogl et al. 2008", "section 4.3, carried over", _DOI, "library choice")

_BEST = BestResponseRule(
    name="vogl-2008",
    title="Best response after Vogl 2008: the review asks for no confirmation and no minimum",
    family="VOGL",
    sd_minimum_days=None,
    citation=Citation("Vogl et al. 2008", "section 4.3 (silent on both)", _DOI, "library choice"),
)

VOGL_2008 = SizeCriteria(
    name="vogl-2008",
    title="Vogl 2008, morphological response",
    family="VOGL",
    measure="diameter",
    pr=Threshold(30, "decrease", _SECTION, strict=True),
    pd=Threshold(25, "increase", _SECTION, strict=True),
    sd_limit=Threshold(25, "decrease", _SECTION, strict=True),
    node_normal=10,
    node_cr="gone",
    best_response=_BEST,
    citation=_SECTION,
)
"""Section 4.3: PR > 30 % decrease, PD > 25 % increase, SD up to 25 % either way, both from before
therapy.
"""

VOGL_2008_CAPTIONS = SizeCriteria(
    name="vogl-2008-captions",
    title="Vogl 2008, partial response as in the captions of Figures 3 and 4",
    family="VOGL",
    measure="diameter",
    pr=Threshold(50, "decrease", _CAPTIONS, strict=True),
    pd=Threshold(25, "increase", _SECTION, strict=True),
    sd_limit=Threshold(25, "decrease", _SECTION, strict=True),
    node_normal=10,
    node_cr="gone",
    best_response=_BEST,
    citation=_CAPTIONS,
)
"""Figures 3c and 4c: PR > 50 % decrease; the rest as section 4.3."""

ASSESSMENT_WINDOW = (28, 42)
"""Days from completion of therapy to the scan: "4-6 weeks" (section 4.3), both ends included
(library choice).
"""

BIOLOGICAL_VOGL_2008 = MarkerCriteria(
    name="biological-vogl-2008",
    title="Vogl 2008, biological response",
    family="VOGL",
    pr=Threshold(
        50, "decrease", Citation("Vogl et al. 2008", "Table 2 (> 50 %)", _DOI), strict=True
    ),
    pd=Threshold(25, "increase", _CARRIED, strict=True),
    citation=Citation("Vogl et al. 2008", "section 4.2 and Table 2", _DOI),
)
"""Table 2: PR > 50 % decrease; PD > 25 % increase is section 4.3's limit carried over (library
choice).
"""

SYMPTOMATIC_VOGL_2008 = SymptomCriteria(
    name="symptomatic-vogl-2008",
    title="Vogl 2008, symptomatic response",
    family="VOGL",
    pr=Threshold(
        50,
        "decrease",
        Citation("Vogl et al. 2008", "Table 1 (Diamandidou, > 50 %)", _DOI),
        strict=True,
    ),
    pd=Threshold(25, "increase", _CARRIED, strict=True),
    citation=Citation("Vogl et al. 2008", "section 4.1 and Table 1", _DOI),
)
"""Table 1: PR > 50 % decrease; PD > 25 % increase is section 4.3's limit carried over (library
choice).
"""
