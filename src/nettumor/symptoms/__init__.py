"""Symptomatic response: what flushing, diarrhoea and their kin do under therapy.

Which response is this fall of a symptom's frequency or score, and how long did it last? Sources:
Vogl et al. 2008, section 4.1 and Table 1 (a fall of more than 50 %, Diamandidou), the classic limit
of at least 50 %, and TELESTAR's durable response (Kulke et al. 2017). Frequencies or scores before
and after therapy come in; codes of `Response` go out. The denominator of a symptomatic response
rate are the patients who had the symptom: those without are NE by `Reason.BASELINE`.
"""

from __future__ import annotations

from nettumor.symptoms.course import SymptomCourse, symptom_course
from nettumor.symptoms.duration import (
    DurableResponse,
    SymptomDuration,
    durable_symptom_response,
    symptom_response_duration,
)
from nettumor.symptoms.grades import DIARRHOEA_GRADES, diarrhoea_grade
from nettumor.symptoms.questionnaire import (
    Scale,
    questionnaire_score,
    questionnaire_scores,
)
from nettumor.symptoms.response import (
    SYMPTOMS,
    SymptomaticResponse,
    combine_symptoms,
    symptom_response,
)

__all__ = [
    "DIARRHOEA_GRADES",
    "SYMPTOMS",
    "DurableResponse",
    "Scale",
    "SymptomCourse",
    "SymptomDuration",
    "SymptomaticResponse",
    "combine_symptoms",
    "diarrhoea_grade",
    "durable_symptom_response",
    "questionnaire_score",
    "questionnaire_scores",
    "symptom_course",
    "symptom_response",
    "symptom_response_duration",
]
