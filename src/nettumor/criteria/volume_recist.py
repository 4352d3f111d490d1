"""RECIST in three dimensions: the cubes of its limits, for a sphere.

0.7 cubed is 0.343 (a decrease of 65.7 %), 1.2 cubed is 1.728 (an increase of 72.8 %); publications
print 65 or 66 and 73 (James et al. 1999; RECIST 1.1 prints 73): `VOLUME_RECIST_PRINTED`. No
absolute minimum.

Read by: `target_response`, `classify`, `lesion_size`, `size_in_state`, `overall_response`,
`best_overall_response`, `assess`.
"""

import attrs

from nettumor.criteria._types import BestResponseRule, Citation, SizeCriteria, Threshold

_CUBE = Citation(
    "RECIST limits cubed (sphere)", "arithmetic; James et al. 1999", "", "library choice"
)
_PRINTED = Citation("Volumetric RECIST as printed", "65 % and 73 %", "", "from memory")

VOLUME_RECIST = SizeCriteria(
    name="volume-recist",
    title="Volumetric RECIST (exact cubes)",
    family="volume RECIST",
    measure="volume",
    pr=Threshold(65.7, "decrease", _CUBE),
    pd=Threshold(72.8, "increase", _CUBE, reference="nadir"),
    best_response=BestResponseRule(
        name="volume-recist", title="Best response by volume", citation=_CUBE
    ),
    citation=_CUBE,
)
"""PR >= 65.7 % decrease from baseline, PD >= 72.8 % increase from the nadir, of the sum of
volumes.
"""

VOLUME_RECIST_PRINTED = attrs.evolve(
    VOLUME_RECIST,
    name="volume-recist-printed",
    title="Volumetric RECIST (limits as printed)",
    family="volume RECIST",
    pr=Threshold(65, "decrease", _PRINTED),
    pd=Threshold(73, "increase", _PRINTED, reference="nadir"),
    citation=_PRINTED,
)
"""The rounded limits of the literature: PR >= 65 %, PD >= 73 %."""
