"""nettumor: response assessment of neuroendocrine and other solid tumours.

The chain, one module a link; links meet only in arrays (last axis timepoint, lesions on the axis
before, any leading axes are subjects)::

    lesions -> sums -> morphology -> timepoint -> best_response -> endpoints -> summaries
    markers, symptoms -> agreement -> profile
    terminology, criteria: read by all

`classify` judges one size before and after; `target_response` a course of scans;
`overall_response` adds non-target and new lesions; `best_overall_response` the whole course;
`progression_free_survival` and its kin time it; `objective_response_rate` and `kaplan_meier` sum
up. `assess` takes tables to tables. Modules load on first use.
"""

from __future__ import annotations

import importlib
from typing import Any

from nettumor._figures import drawn_by
from nettumor._version import __version__

_HOME = {
    "terminology": (
        "EventReason",
        "Reason",
        "Response",
        "best_of",
        "labels",
        "parse_responses",
        "reasons",
    ),
    "errors": ("InputError", "InputTypeError", "IntakeWarning", "MissingExtraError"),
    "tables": ("Table",),
    "lesions": (
        "ellipsoid_volume",
        "is_measurable",
        "lesion_size",
        "node_class",
        "select_targets",
        "size_in_state",
    ),
    "burden": ("liver_burden", "liver_burden_class"),
    "grading": ("NetGrade", "net_grade"),
    "sums": ("Sums", "sum_of_lesions", "sum_parts"),
    "morphology": (
        "MorphologicalResponse",
        "TargetResponse",
        "choi_response",
        "classify",
        "in_assessment_window",
        "mean_attenuation",
        "percent_change",
        "percist_response",
        "target_response",
    ),
    "timepoint": (
        "FirstSighting",
        "first_sighting",
        "further_increase",
        "irecist_response",
        "non_target_response",
        "overall_response",
    ),
    "best_response": ("BestResponse", "best_overall_response"),
    "growth": (
        "depth_of_response",
        "early_tumour_shrinkage",
        "tgr_change",
        "tgr_class",
        "tgr_in_window",
        "tumour_growth_rate",
        "tumour_growth_regression",
        "volume_doubling_time",
    ),
    "markers": (
        "BiologicalResponse",
        "MarkerCourse",
        "combine_markers",
        "kress_change_class",
        "marker_course",
        "marker_doubling_time",
        "marker_response",
        "prognostic_band_5hiaa",
    ),
    "symptoms": (
        "Scale",
        "SymptomCourse",
        "SymptomaticResponse",
        "combine_symptoms",
        "diarrhoea_grade",
        "durable_symptom_response",
        "questionnaire_score",
        "questionnaire_scores",
        "symptom_course",
        "symptom_response",
        "symptom_response_duration",
    ),
    "agreement": (
        "BlandAltman",
        "CriteriaComparison",
        "IntraclassCorrelation",
        "Kappa",
        "bland_altman",
        "cohens_kappa",
        "compare_criteria",
        "compare_responses",
        "cross_table",
        "fleiss_kappa",
        "intraclass_correlation",
        "weighted_kappa",
    ),
    "profile": ("ResponseProfile",),
    "endpoints": (
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
    ),
    "assessment": ("Assessment", "assess"),
    "summaries": (
        "Bootstrap",
        "FollowUp",
        "KaplanMeier",
        "LogRank",
        "Permutation",
        "Rate",
        "RateComparison",
        "RestrictedMean",
        "bootstrap",
        "clinical_benefit_rate",
        "disease_control_rate",
        "kaplan_meier",
        "log_rank",
        "median_follow_up",
        "objective_response_rate",
        "permutation_test",
        "rate_difference",
        "rate_ratio",
        "response_table",
    ),
}
_RIM = ("crf", "edit_checks", "evidence", "indication", "complications", "plots")
_MODULES = ("criteria", *_HOME, *_RIM)
_NAMES = {name: module for module, members in _HOME.items() for name in members}

__all__ = [*sorted(_NAMES), "criteria", "markers", "__version__"]  # made from one table


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(f"nettumor.{_NAMES[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"nettumor.{name}")
    else:
        raise AttributeError(_no_attribute(name))
    globals()[name] = value
    return value


def _no_attribute(name: str) -> str:
    """What is said of a name that is not here: where it is, or the nearest one."""
    from nettumor.errors import did_you_mean

    said = f"module 'nettumor' has no attribute {name!r}."
    for place in ("criteria", "crf", "plots", "markers", "edit_checks", "evidence"):
        if (
            not name.startswith("_")
            and name in importlib.import_module(f"nettumor.{place}").__all__
        ):
            return f"{said} Did you mean nettumor.{place}.{name}?"
    near = did_you_mean(name, [*__all__, *_MODULES])
    return f"{said} {near}" if near.startswith("Did you mean") else said


drawn_by(lambda result: importlib.import_module("nettumor.plots.notebook").figure(result))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
