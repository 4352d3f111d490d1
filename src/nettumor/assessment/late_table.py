"""Tables some of whose columns are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._late import Late
from nettumor.tables import Table, cell_text

Maker = Callable[[], npt.ArrayLike]
Columns = dict[str, npt.NDArray[Any] | Maker]
"""Columns of a table: the values, or what makes them when they are asked for."""

# Plain is every column that is there once a study is judged. Late are those that pay, by their share
# of the time of `assess` on a million rows (200,000 timepoints, 25,000 subjects): the sentences 100 %
# and 34 MB; of the timepoints also the labels 2.4 %, visits, dates and names 3 %, and the numbers,
# which are copied into rows, 2 to 4 % and 13 MB; of the subjects the times to events 5 %, the best
# response without confirmation 4 %, the smallest change 1.6 %, the dates 1 %; the events 6 % beside
# the times.


class LateTable(Table):
    """A `nettumor.Table` of ``n_rows`` rows, some of whose columns (``late``) are made when they are
    asked for, and then kept.

    Examples
    --------
    >>> import nettumor as nt
    >>> done = nt.assess({"lesions": {"subject": ["01", "01"], "lesion": ["T1", "T1"], "role": ["TARGET", "TARGET"],
    ...                               "day": [0, 56], "size": [50, 30]}})
    >>> print(done.timepoints["explanation"][1])
    PR: target PR (sum 30.0 mm is -40.0 % from the baseline of 50.0 mm; limits -30 % and +20 % and 5 mm) \
(RECIST 1.1, 4.3.1)
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any] | Maker], n_rows: int) -> None:
        super().__init__({})
        plain = {n: c for n, c in columns.items() if isinstance(c, np.ndarray)}
        late = {
            n: None if isinstance(c, np.ndarray) else partial(_array, c) for n, c in columns.items()
        }
        self._columns = Late(late, plain)  # type: ignore[assignment]
        self._n_rows = n_rows
        self.late = frozenset(late) - frozenset(plain)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self._n_rows

    def __reduce__(self) -> tuple[type[Table], tuple[dict[str, npt.NDArray[Any]]]]:
        return Table, (dict(self),)  # pickled, it is a table of all its columns

    def __repr__(self) -> str:
        lines = [f"Table of {self.n_rows} rows x {len(self)} columns"]
        for name in self:
            shown = (
                "(on request)"
                if name == "explanation"
                else ", ".join(map(cell_text, self[name][:4].tolist()))
            )
            lines.append(f"  {name}: {shown}"[:100])
        return "\n".join(lines)


def _array(make: Maker) -> npt.NDArray[Any]:
    return np.asarray(make())
