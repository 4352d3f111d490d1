"""Policies and counts of the provenance: what was used, by which rule, and what was left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor.assessment.asked import Asked
from nettumor.crf import CrfTable, DateStatus, Tables
from nettumor.crf.intake import counts
from nettumor.study.subjects import Subjects
from nettumor.study.tracks import Names

_NEEDED = {
    "product": ("size", "perpendicular"),
    "viable product": ("viable", "viable_perpendicular"),
    "volume": ("volume",),
    "viable diameter": ("viable",),
    "diameter and attenuation": ("attenuation",),
}
"""The columns that criteria measure by."""


def course_notes(counted: dict[str, int], missed_visits: str, most: float | None) -> dict[str, Any]:
    """What of the course the rules decided, for the provenance."""
    allowed = (
        "counted as the baseline" if most is None else f"refused: more than {most:g} days after"
    )
    return {
        "missed visits": missed_visits,
        "tracks with a first scan after the reference date": f"{counted['late']} ({allowed})",
        "targets not there at baseline, left out of the sum": counted["stray"],
        "visits with a new lesion recorded without size or state": counted["wordless"],
    }


def _lacking(lesions: CrfTable, criteria: Any) -> str:
    """The columns that the criteria measure by, of which the table has no cell."""
    return (
        ", ".join(n for n in _NEEDED.get(criteria.measure, ()) if lesions.blank(n).all()) or "none"
    )


def notes(
    study: Tables,
    names: Names,
    subjects: Subjects,
    counted: dict[str, int],
    asked: Asked,
) -> dict[str, Any]:
    """Policies and counts of the provenance."""
    by = asked.by
    cells, column = study["lesions"].when_cells()
    odd = cells.status > DateStatus.FULL
    unread = sum(int((d.status > DateStatus.FULL).sum()) for d in subjects.dates.values())
    return {
        "judged by": by,
        "evaluators": ", ".join(str(e) or "(none named)" for e in names.evaluators),
        "reference date": _said_reference(study, asked),
        "baseline": "last visit dated on or before the reference date, else the first visit (none "
        "where a reader has new lesions alone)",
        "impossible numbers": 'answered with NE (invalid="NE")',
        "two visits on one day": "the worse response; NE only where there is no other",
        **{
            f"{t} by the scan": _axis_rule(study, t, asked)
            for t in ("markers", "symptoms")
            if t in study and by == "subject"
        },
        "progression-free survival": f"progression of {asked.pfs}, or death",
        "lesion rows with a role or state that is not known": int(
            np.count_nonzero(study["lesions"].lesions.unknown)
        ),
        "measures of the criteria that the table lacks": _lacking(study["lesions"], asked.edition),
        "lesion rows without a subject": names.without_subject,
        "lesion rows without visit and date": counted["without_time"],
        "lesion rows before the baseline": counted["before_baseline"],
        "lesion dates that are not full": int(odd[column.codes].sum()) if odd.any() else 0,
        "subject dates that are not full": unread,
        "lesions with contradicting rows in one visit": counted["conflicts"],
        "further rows of one subject, not read": subjects.repeated,
        **counts(study.intake),
    }


def _said_reference(study: Tables, asked: Asked) -> str:
    """Which day is day 0."""
    if asked.reference is not None:
        return f"{asked.reference} of the subjects, with a baseline of its own"
    if study["lesions"].has_days:
        return "day 0 of the data"
    return "randomized, else treatment_start, else baseline"


def _axis_rule(study: Tables, table: str, asked: Asked) -> str:
    lacks = study.missing_columns(table)
    return f"not judged: the table lacks {', '.join(lacks)}" if lacks else asked.prose(table)
