"""Where each timepoint of an assessment comes from: the visit, the date as it was written, and the
record of the study that it is taken from.

SDTM: the domain and the --SEQ of the record that dates the timepoint; of other tables their name and
the number of the row in the user's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats
from nettumor.assessment.late_table import Columns, LateTable
from nettumor.crf import CrfTable, DateStatus, Tables
from nettumor.crf.columns import Ints
from nettumor.tables import Table


def sources_of(study: Tables, row: Ints) -> Table:
    """Where the rows of the timepoints come from, by the row of the lesions table that dates each.

    Columns: ``visit``, the name of the visit (its number where it has no name); ``domain``, or the
    table; ``sequence``, --SEQ, or the number of the row; ``full``, whether the date is known to the
    day.
    """
    lesions = study["lesions"]
    columns: Columns = {
        "visit": partial(_visit_names, lesions, row),
        "domain": partial(_domain, lesions, row),
        "sequence": partial(_sequence, study.domains, lesions, row),
        "full": partial(_is_full, lesions, row),
    }
    return LateTable(columns, len(row))


def _domain(lesions: CrfTable, row: Ints) -> npt.NDArray[np.str_]:
    return lesions.origin.text[row].astype(np.str_)


def _is_full(lesions: CrfTable, row: Ints) -> Bools:
    cells, column = lesions.when_cells()
    return np.asarray(cells.status[column.codes[row]] == DateStatus.FULL)


def _visit_names(lesions: CrfTable, row: Ints) -> npt.NDArray[np.str_]:
    names = _text(lesions, "visit_name", row)
    return np.where(names == "", _text(lesions, "visit", row), names)


def _text(lesions: CrfTable, name: str, row: Ints) -> npt.NDArray[np.str_]:
    if name not in lesions:
        return np.full(len(row), "", dtype=np.str_)
    column = lesions.column(name).trimmed
    return np.array(column.words.tolist() or [""], dtype=np.str_)[column.codes[row]]


def _sequence(domains: Mapping[str, CrfTable], lesions: CrfTable, row: Ints) -> Floats:
    number = lesions.rows[row].astype(np.float64)
    origin = lesions.origin
    of_row = origin.codes[row]
    for code, name in enumerate(origin.words.tolist()):
        domain = domains.get(name)
        if domain is None or f"{name}SEQ" not in domain:
            continue
        sequence = domain.numbers(f"{name}SEQ").value
        held = np.full(int(domain.rows.max(initial=0)) + 1, np.nan)
        held[domain.rows] = sequence
        mine = of_row == code
        number[mine] = held[lesions.rows[row[mine]]]
    return number
