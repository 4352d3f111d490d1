"""The checks: a module a subject, one pure function a check, its facts in ``facts.csv``.

A new check goes here and nowhere else; `nettumor.edit_checks` says how.
"""

from __future__ import annotations

import importlib

MODULES = (
    "structure",
    "coding",
    "lesion",
    "lesion_course",
    "measurement",
    "series",
    "methods",
    "sums",
    "course_of_sizes",
    "exchanged",
    "off_course",
    "date",
    "visit",
    "visit_dates",
    "schedule",
    "missing",
    "subject",
    "assessor",
    "criterion",
    "mrecist",
    "marker",
    "marker_slips",
    "marker_series",
    "sample_visits",
    "sdtm",
    "sdtm_links",
    "urine",
    "diary",
    "target",
    "non_target",
    "new_lesion",
    "overall",
    "course_of_responses",
)  # fmt: skip
"""The modules of checks, one a line; importing one registers its checks."""


def import_rules() -> None:
    """Import every module of checks, which registers them."""
    for name in MODULES:
        importlib.import_module(f"nettumor.edit_checks.rules.{name}")
