"""What can only be wrong in a study, and is refused before anything is judged.

A lesions table without rows, without any role that is known, or without anything that says how large
a lesion was or what was seen of it, answers every question alike: nothing. That is never what
somebody meant. Everything less is a line of the intake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from nettumor.crf.cells import Role, State, unknown_words
from nettumor.crf.columns import Column
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.lesion_cells import MEASURES
from nettumor.crf.tables import CrfTable
from nettumor.errors import InputError
from nettumor.words.missing import is_missing, tidy

_SIZED = (
    State.ABSENT,
    State.TOO_SMALL,
    State.MERGED,
    State.NON_PATHOLOGICAL,
    State.NOT_EVALUABLE,
    State.UNEQUIVOCAL_PROGRESSION,
)
"""States that need no size beside them; MEASURED or PRESENT alone say that one was lost."""


def refuse_impossible(lesions: CrfTable) -> None:
    """Raise where a lesions table can only be wrong.

    Raises
    ------
    InputError
        Where it has no rows, no row with a role, or no column of sizes or states of which a cell can
        be read.
    """
    if not lesions.n_rows:
        raise InputError(
            f"`lesions` must have rows; {lesions.source.name} has a header alone. Give the rows.",
            argument="lesions",
        )
    if "role" in lesions and not (lesions.lesions.identified > 0).any():
        words = [w for w in lesions.column("role").words.tolist() if w.strip()][:3]
        got = f"got {', '.join(f'{w!r:.60}' for w in words)}" if words else "every cell is blank"
        raise InputError(
            f"`role` must say TARGET, NON-TARGET or NEW in some row of {lesions.source.name}; {got}. "
            "Write those words, or say in [words.role] of a study file what yours mean.",
            argument="role",
            count=lesions.n_rows,
        )
    _refuse_sums(lesions)
    refuse_without_sizes(lesions, MEASURES)


_SUM = re.compile(
    r"(?:(?:GRAND|SUB) ?)?(?:TOTAL|SUM|SLD|SOD|SUMDIAM|SUMME|SOMME|SUMA)S?"
    r"(?:[ :(]*(?:OF|DES|DER|DE)\b.*|[ :(]*(?:TARGETS?|TL|LESIONS?|DIAMETERS?|LD|MM|SLD|SOD)\b.*)?",
    re.I,
)
"""A name of the sum of the lesions, which some sheets hold as a row below them."""


def _refuse_sums(lesions: CrfTable) -> None:
    """Raise where a row with a role is a sum of lesions: it would be added to them."""
    if "lesion" not in lesions:
        return
    codes, words = lesions.keys_of("lesion")
    is_sum = np.array([bool(_SUM.fullmatch(tidy(w))) for w in words.tolist()], dtype=np.bool_)
    if not is_sum.any():
        return
    rows = np.flatnonzero(is_sum[codes] & (lesions.lesions.identified > Role.BLANK))
    if rows.size:
        raise InputError(
            f"`lesion` must name a lesion; {lesions.source.name} has sums among them, the first "
            f"{str(words[codes[rows[0]]])!r} ({lesions.source.rows}: {lesions.rows[rows[0]]}; "
            f"{rows.size} in all). Take these rows out; a sum stands in the column `sum` of "
            "`responses`.",
            argument="lesion",
            count=int(rows.size),
        )


def refuse_without_sizes(lesions: CrfTable, measures: Sequence[str]) -> None:
    """Raise where none of the measures has a cell that can be read, and no state stands for one."""
    is_target = lesions.lesions.role == Role.TARGET
    there = [m for m in measures if m in lesions]
    if not is_target.any() or any(_has_number(lesions, m) for m in there):
        return
    if np.isin(lesions.lesions.state[is_target], _SIZED).any():
        return
    what = f"no cell of {', '.join(there)} can be read" if there else f"it has {', '.join(lesions)}"
    words = [w for m in there for w in lesions.column(m).words.tolist() if not is_missing(w)]
    what += f", the first is {words[0]!r:.60}" if words else ""
    raise InputError(
        f"`lesions` must have sizes of its targets in {' or '.join(measures)}; {what} "
        f"({lesions.source.name}). Name a column so, in mm, with numbers.",
        argument=measures[0],
        count=int(is_target.sum()),
    )


def _has_number(lesions: CrfTable, name: str) -> bool:
    """Whether some cell of a measure is a number, or says what was seen of the lesion."""
    column = lesions.column(name)
    if column.floats is not None:
        first = column.floats[:1000]  # one will do
        return bool(np.isfinite(first).any() or np.isfinite(column.floats).any())
    unit, comma = LAYOUTS["lesions"][name].unit, lesions.source.decimal_comma
    used = column.words[column.counts > 0]
    return any(
        not is_missing(w)
        and not unknown_words(Column.of_text([w]), "size", unit=unit, decimal_comma=comma)
        for w in used
    )
