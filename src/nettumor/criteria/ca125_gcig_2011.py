"""CA-125 after the Gynecologic Cancer InterGroup (Rustin et al. 2011).

The one published edition of a marker with a baseline window, confirmation, and two limits of
progression: a pattern for other markers, here as it stands. That no sample between may leave the
limit is the library's reading of "confirmed and maintained" (response) and of "two samples"
(progression). The limits are quoted from memory. That a marker at or below its upper limit is CR is
the pattern of the other editions (GCIG: a response within the reference range).

Read by: `marker_course`.
"""

from nettumor.criteria._marker_course import MarkerCourseCriteria
from nettumor.criteria._types import Citation, Threshold

_RUSTIN = Citation(
    "Rustin et al. 2011, Int J Gynecol Cancer 21:419-423",
    "response and progression by CA-125",
    "10.1097/IGC.0b013e3182070f17",
    "from memory",
)

CA125_GCIG_2011 = MarkerCourseCriteria(
    name="ca125-gcig-2011",
    family="GCIG CA-125",
    title="CA-125 after GCIG 2011",
    pr=Threshold(50, "decrease", _RUSTIN),
    pd=Threshold(100, "increase", _RUSTIN, reference="nadir"),
    baseline_multiple=2,
    baseline_days=14,
    confirmation_days=28,
    pd_multiple=2,
    pd_confirmation_days=7,
    citation=_RUSTIN,
)
"""Response: a fall of at least 50 % from at least twice the upper limit, kept for 28 days.
Progression: twice the upper limit, or twice the nadir where the marker never was normal, kept for 7
days.
"""
