"""Times and events: how long until progression, death, response, and when a patient is censored.

Sources: Vogl et al. 2008, section 4.4 (survival from the first metastasis and from the first
intervention); RECIST 1.1, 4.6 (duration of response); FDA guidance, Clinical Trial Endpoints for
the Approval of Cancer Drugs and Biologics, 2018, Appendix 3 (censoring); Seymour et al. 2017 (the
date of a confirmed progression).

Responses come in as codes, shape (..., timepoint), with their days from one reference day (day 0)
and a day for each thing that can end a patient's time, shape (...), NaN where it did not happen.
Out comes a frozen `TimeToEvent`: time in days, whether the event was observed, and why the time
ends where it does.
"""

from __future__ import annotations

from nettumor.endpoints._time_to_event import DAYS_PER_MONTH, TimeToEvent
from nettumor.endpoints.marker import (
    time_to_marker_progression,
    time_to_marker_response,
    time_to_normalisation,
)
from nettumor.endpoints.progression import (
    duration_of_response,
    progression_free_survival,
    time_to_progression,
    time_to_response,
)
from nettumor.endpoints.survival import overall_survival, time_to_new_therapy

__all__ = [
    "DAYS_PER_MONTH",
    "TimeToEvent",
    "duration_of_response",
    "overall_survival",
    "progression_free_survival",
    "time_to_marker_progression",
    "time_to_marker_response",
    "time_to_new_therapy",
    "time_to_normalisation",
    "time_to_progression",
    "time_to_response",
]
