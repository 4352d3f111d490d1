"""Whether anything of the lesions table can be read.

Where it has no rows, or none of which a role, a size or a state can be read, every check of it would
be skipped and the study look clean: that is an error, for S01 and for the command line.
"""

from __future__ import annotations

from nettumor.crf import CrfTable, Tables
from nettumor.errors import InputError


def why_unread(study: Tables) -> str:
    """Why nothing of the lesions table can be read, with the repair; "" where something can."""
    if "lesions" not in study:
        return ""
    table = study["lesions"]
    if not table.n_rows:
        return "has no rows. Give the table with its rows, or leave it out."
    if study.missing_columns("lesions"):
        return ""  # S01 names them
    cells = table.lesions
    if ((cells.role > 0) | (cells.state > 0)).any():
        return ""
    return (
        f"has {table.n_rows} rows of which none can be read: no role is known "
        f"({_first_word(table, 'role')}), and there is no size and no state. Are the columns the "
        "right ones? Name them in a study file."
    )


def _first_word(table: CrfTable, column: str) -> str:
    words = [w for w in table.text(column).tolist() if w]
    return f"the first is {words[0]!r}" if words else "all are blank"


def refuse_unread(study: Tables) -> None:
    """Raise where nothing of the lesions table can be read."""
    why = why_unread(study)
    if why:
        raise InputError(f"`lesions` {why}", argument="lesions")
