"""Where each timepoint of an assessment comes from: the visit, the date as it was written, and the
record of the study that it is taken from.

SDTM: the domain and the --SEQ of the record that dates the timepoint; of other tables their name and
the number of the row in the user's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import fields, frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.judgement import Judgement
from nettumor.crf import CrfTable, DateStatus, Tables
from nettumor.study.visits import Visits

Rows = npt.NDArray[np.int64]


@frozen(eq=False)
class Sources:
    """One element for each row of the timepoints.

    Attributes
    ----------
    visit, domain : ndarray of str
        The name of the visit (its number where it has no name); the domain or table.
    sequence : ndarray of float
        --SEQ, or the number of the row.
    full : ndarray of bool
        Whether the date is known to the day.
    """

    visit: npt.NDArray[np.str_]
    domain: npt.NDArray[np.str_]
    sequence: Floats
    full: Bools


def sources_of(
    study: Tables, visits: Visits, judgement: Judgement, place: tuple[Rows, ...]
) -> Sources:
    """The sources of the timepoints at ``place`` (unit, timepoint)."""
    lesions = study["lesions"]
    unit, time = place
    row = visits.row[judgement.owner[unit], time]
    cells, column = lesions.when_cells()
    return Sources(
        _visit_names(lesions, row),
        lesions.origin.text[row].astype(np.str_),
        _sequence(study, lesions, row),
        cells.status[column.codes[row]] == DateStatus.FULL,
    )


def sources_together(parts: Sequence[Sources], order: Rows) -> Sources:
    """The sources of several groups of subjects, rows in this order."""
    names = [field.name for field in fields(Sources)]
    return Sources(**{n: np.concatenate([getattr(p, n) for p in parts])[order] for n in names})


def _visit_names(lesions: CrfTable, row: Rows) -> npt.NDArray[np.str_]:
    names = _text(lesions, "visit_name", row)
    return np.where(names == "", _text(lesions, "visit", row), names)


def _text(lesions: CrfTable, name: str, row: Rows) -> npt.NDArray[np.str_]:
    if name not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    column = lesions.column(name).trimmed
    return np.array(column.words.tolist() or [""], dtype=np.str_)[column.codes[row]]


def _sequence(study: Tables, lesions: CrfTable, row: Rows) -> Floats:
    number = lesions.rows[row].astype(np.float64)
    origin = lesions.origin
    of_row = origin.codes[row]
    for code, name in enumerate(origin.words.tolist()):
        domain: Any = study.domains.get(name)
        if domain is None or f"{name}SEQ" not in domain:
            continue
        sequence = domain.numbers(f"{name}SEQ").value
        held = np.full(int(domain.rows.max(initial=0)) + 1, np.nan)
        held[domain.rows] = sequence
        mine = of_row == code
        number[mine] = held[lesions.rows[row[mine]]]
    return number
