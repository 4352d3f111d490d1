"""Where each timepoint of an assessment comes from: the visit, the date as it was written, and the
record of the study that it is taken from.

SDTM: the domain and the --SEQ of the record that dates the timepoint; of other tables their name and
the number of the row in the user's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor._sealed import Sealed, SealedProperty
from nettumor.crf import CrfTable, DateStatus, Tables
from nettumor.crf.columns import Ints


@frozen(eq=False, slots=False)
class Sources(Sealed):
    """Where the rows of the timepoints come from, each column worked out when it is asked for;
    pickled, they are carried along, and the study is left behind.

    Attributes
    ----------
    study : Tables, or None
        None where the columns were carried.
    row : ndarray of int, shape (timepoint,)
        Of the lesions table.
    """

    study: Tables | None
    row: Ints

    @SealedProperty
    def visit(self) -> npt.NDArray[np.str_]:
        """The name of the visit (its number where it has no name)."""
        return _visit_names(self._lesions, self.row)

    @SealedProperty
    def domain(self) -> npt.NDArray[np.str_]:
        """The domain or table."""
        return self._lesions.origin.text[self.row].astype(np.str_)

    @SealedProperty
    def sequence(self) -> Floats:
        """--SEQ, or the number of the row."""
        domains = {} if self.study is None else self.study.domains
        return _sequence(domains, self._lesions, self.row)

    @SealedProperty
    def full(self) -> Bools:
        """Whether the date is known to the day."""
        cells, column = self._lesions.when_cells()
        return np.asarray(cells.status[column.codes[self.row]] == DateStatus.FULL)

    @property
    def _lesions(self) -> CrfTable:
        assert self.study is not None
        return self.study["lesions"]

    def __getstate__(self) -> dict[str, Any]:
        columns = {name: getattr(self, name) for name in ("visit", "domain", "sequence", "full")}
        return {"study": None, "row": self.row, **columns}


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
