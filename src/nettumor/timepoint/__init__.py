"""One visit of one patient: target, non-target and new lesions become one response.

What is the overall response at each visit? Sources: RECIST 1.1 (Eisenhauer et al. 2009, Tables 1
and 2), RECIST 1.0, WHO and mRECIST (the same tables, with fewer cells); iRECIST (Seymour et al.
2017, Table 2) for patients under immunotherapy; RECIST 1.1, 4.3.5 for new lesions that are
equivocal at first. Codes of `Response` come in, with the timepoint on the last axis and lesions on
the axis before; one code for each timepoint comes out.
"""

from __future__ import annotations

from nettumor.timepoint.irecist import CONFIRMATION_WINDOW, further_increase, irecist_response
from nettumor.timepoint.new_lesions import FirstSighting, first_sighting
from nettumor.timepoint.non_target import non_target_response
from nettumor.timepoint.overall import overall_response

__all__ = [
    "CONFIRMATION_WINDOW",
    "FirstSighting",
    "first_sighting",
    "further_increase",
    "irecist_response",
    "non_target_response",
    "overall_response",
]
