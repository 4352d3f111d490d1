"""The one diameter of each lesion row that the checks of measurements look at, and the column it
stands in.

Whatever the criteria of the run, a slip of unit or a copied visit is one of diameters: a node's
short axis, another lesion's longest diameter, the one diameter collected for the sum where there is
one, and under criteria of viable tumour the viable diameter of a lesion that has one at baseline.
Too small to measure counts as 5 mm (RECIST 1.1, 4.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.lesion_arrays import sizes_used
from nettumor.crf import lesion_cells
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.criteria import MRECIST_2010, RECIST_1_1
from nettumor.edit_checks.engine.register import Hits
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import of_lesions
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.recomputed import size_criteria


def in_mm(rows: Rows, column: str) -> Floats:
    """The numbers of a length column in mm, whatever the state says; NaN where the unit is not
    known.
    """
    values = rows.number(column)
    if "unit" not in rows:
        return values
    return lesion_cells.in_mm(values, rows.table.column("unit"), rows.numbers(column).has_unit)


def lengths(rows: Rows) -> Iterator[tuple[str, Floats]]:
    """The length columns of a table with their values in mm."""
    for column in LENGTHS:
        if column in rows:
            yield column, in_mm(rows, column)


@frozen(eq=False)
class Named:
    """A name for each row, in a byte a row; ``named[rows]`` gives those of some rows as text."""

    code: npt.NDArray[np.int8]
    names: npt.NDArray[np.object_]

    def __getitem__(self, rows: Any) -> npt.NDArray[np.object_]:
        return np.asarray(self.names[self.code[rows]])


@frozen(eq=False)
class Diameters:
    """One diameter per row of the lesions table.

    Attributes
    ----------
    value : ndarray of float
        mm; 5 put in for too small, 0 where the lesion is gone, NaN where not measured.
    default : ndarray of bool
        Where the 5 mm was put in.
    column : Named
        The column it stands in.
    """

    value: Floats
    default: Bools
    column: Named


@made_once
def sizes_of_recist(data: Data) -> tuple[Floats, Bools]:
    """The sizes under RECIST 1.1, whatever the criteria of the run, 5 mm put in for too small; and
    where it was put in.
    """
    if data.criteria == RECIST_1_1:  # they are read already
        return data.sizes.counted, data.sizes.too_small
    rows = data["lesions"]
    size, small = sizes_used(rows.table, RECIST_1_1, rows.track, rows.order)
    small = small & np.isnan(size)
    return np.where(small, RECIST_1_1.too_small or np.nan, size), small


@made_once
def diameters(data: Data) -> Diameters:
    """The diameters of a study; read once."""
    rows = data["lesions"]
    viable = size_criteria(data.criteria).measure.startswith("viable") and "viable" in rows
    if viable:
        size, small = sizes_used(rows.table, MRECIST_2010, rows.track, rows.order)
        small = small & np.isnan(size)
        value = np.where(small, RECIST_1_1.too_small or np.nan, size)
    else:
        value, small = sizes_of_recist(data)
    names, code = ["size"], np.zeros(rows.n, dtype=np.int8)
    for name, where in (
        ("perpendicular", rows.cells.nodal),
        ("viable", ~rows.cells.nodal & viable),
        ("diameter", np.ones(rows.n, dtype=np.bool_)),
    ):
        given = ~rows.blank(name)
        if given.any():
            code[where & of_lesions(rows, given)] = len(names)
            names.append(name)
    return Diameters(value, small, Named(code, np.array(names, dtype=object)))


def hits_by_column(
    columns: npt.NDArray[Any] | Named,
    rows: Ints,
    message: str,
    *,
    table: str = "lesions",
    **more: Any,
) -> Iterator[Hits]:
    """Hits at rows of a table whose columns differ, those of each column apart.

    ``columns`` has one element per row of the table, arrays in ``more`` one per hit.
    """
    column = columns[rows]

    def at(array: Any, mine: Bools) -> Any:
        if isinstance(array, dict):
            return {n: at(a, mine) for n, a in array.items()}
        return array[mine] if isinstance(array, np.ndarray) else array

    for name in dict.fromkeys(column.tolist()):
        mine = column == name
        yield Hits(
            table=table,
            rows=rows[mine],
            message=message,
            column=str(name),
            **{n: at(a, mine) for n, a in more.items()},
        )
