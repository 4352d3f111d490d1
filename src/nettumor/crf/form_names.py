"""Columns of a form that carry the form's name: TLNUM, TLLOC and TLDIAM of the form TL.

Which question: what is NTLSTAT on the form of the non-target lesions? The form's name before it is
known, and what is left is a short form of a column (CDASHIG 2.2: --LOC, --DAT, --STAT). A unit that
Rave puts beside a number (TLDIAM_UN) is the unit of the diameters.
"""

from __future__ import annotations

from attrs import evolve

from nettumor.crf.column_names import key_of
from nettumor.crf.columns import Column
from nettumor.crf.intake import Line
from nettumor.crf.recognition import times
from nettumor.crf.tables import CrfTable
from nettumor.crf.wide_names import ROLES, column_of_suffix, form_item, known_column


def with_short_names(table: CrfTable, role: str) -> CrfTable:
    """The form with the layout's names for columns that begin with the form's own.

    Parameters
    ----------
    table : CrfTable
        A form of lesions.
    role : str
        The role that it implies.
    """
    taken = {known_column(name, "lesions") for name in table}
    columns: dict[str, Column] = {}
    lines: list[Line] = []
    for spelled in table:
        column = table.column(spelled)
        name, factor = _short(spelled, role, table)
        if name and not known_column(spelled, "lesions") and name not in taken:
            taken.add(name)
            status = "renamed" if factor == 1 else "converted"
            note = "" if factor == 1 else f"multiplied by {factor:g} to mm"
            place = f"lesions.{spelled}"
            lines.append(Line("column", place, spelled, name, table.n_rows, status, note))
            columns[name] = column if factor == 1 else times(column, factor)
        else:
            columns[spelled] = column
    return evolve(table, columns=columns, notes=(*table.notes, *lines))


def _short(spelled: str, role: str, table: CrfTable) -> tuple[str, float]:
    """The column that a name says behind that of its form, and the factor of its unit."""
    base = spelled[:-3] if spelled.upper().endswith("_UN") else ""
    if base and base in table:
        of_size = known_column(base, "lesions") == "size" or _rest(base, role)[0] == "size"
        return ("unit" if of_size else "", 1.0)
    return _rest(spelled, role)


def _rest(spelled: str, role: str) -> tuple[str, float]:
    head, rest = form_item(spelled)
    meaning = ROLES.get(key_of(head), "")
    return column_of_suffix(rest) if meaning and meaning == role else ("", 1.0)
