"""Forms that are parts of one table: which role a form implies, and parts put into one table.

Which question: an export has a file or a sheet for each form (TL, NTL, NL; "Target Lesions",
"Non-Target Lesions", "New Lesions"); which table do they make, and which lesion is lesion 1 of each?
The form's name implies the role; lesions that are numbered anew on each form get the role before
their number. Sources: form names of CDASHIG 2.2 (Tumor Identification and Results) and of the
RECIST forms of Medidata's global library, in their usual spellings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve

from nettumor._arrays import Codes
from nettumor.crf.cells import parse_roles
from nettumor.crf.columns import Column, blanks, choose_cells, concatenate, constant
from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable, Source
from nettumor.errors import InputError
from nettumor.rows import number_rows
from nettumor.words import roles
from nettumor.words.missing import squeezed
from nettumor.words.roles import Role

_FORM_WORDS = {
    "TARGET": ("TL", "TLS", "TARGET", "TARGETS", "TARGET LESION", "TARGET LESIONS"),
    "NON-TARGET": (
        "NTL", "NTLS", "NON TARGET", "NON TARGETS", "NON TARGET LESION", "NON TARGET LESIONS",
    ),
    "NEW": ("NL", "NLS", "NEWL", "NEW LESION", "NEW LESIONS"),
    "NEW TARGET": ("NEW TARGET LESION", "NEW TARGET LESIONS"),
    "NEW NON-TARGET": ("NEW NON TARGET LESION", "NEW NON TARGET LESIONS"),
}  # fmt: skip
_ROLE_OF = {squeezed(word): role for role, words in _FORM_WORDS.items() for word in words}
_TABLE_OF = {
    "RS": "responses", "OVERALLRESPONSE": "responses", "OVERALLRESPONSES": "responses",
    "TUMORRESPONSE": "responses", "TUMOURRESPONSE": "responses", "DISEASERESPONSE": "responses",
    "RESPONSEASSESSMENT": "responses", "TIMEPOINTRESPONSE": "responses",
    "TR": "lesions", "TU": "lesions", "DM": "subjects", "LB": "markers",
}  # fmt: skip
"""Forms with the names of SDTM domains, and others, that hold no SDTM."""

PREFIXES: Mapping[str, str] = {
    "TARGET": "T", "NON-TARGET": "NT", "NEW": "NEW", "NEW TARGET": "NEW", "NEW NON-TARGET": "NEW",
    "OTHER": "O",
}  # fmt: skip
"""What stands before the number of a lesion that is numbered within its role (as in TULNKID of the
CDISC RECIST 1.1 supplement: T01, NT01, NEW01)."""

STACKED = "forms"
"""The kind of source of a table that was put together from parts."""


def role_of_form(name: str) -> str:
    """The role that a form's name implies; "" for none.

    >>> role_of_form("Non-Target Lesions"), role_of_form("rave_TL_2024"), role_of_form("lesions")
    ('NON-TARGET', 'TARGET', '')
    """
    return _longest(name, _ROLE_OF)


def table_of_form(name: str) -> str:
    """The table that a form's name says, where it is no SDTM; "" for none.

    >>> table_of_form("RS"), table_of_form("Overall Response"), table_of_form("AE")
    ('responses', 'responses', '')
    """
    return _longest(name, _TABLE_OF)


def _longest(name: str, known: Mapping[str, str]) -> str:
    """What the longest run of a name's words means."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    parts = [p for p in re.split(r"[^a-z]+", spaced.casefold()) if p]
    for length in range(len(parts), 0, -1):
        for start in range(len(parts) - length + 1):
            run = squeezed(" ".join(parts[start : start + length]))
            if run in known:
                return known[run]
    return ""


def with_role(table: CrfTable, role: str) -> CrfTable:
    """The lesions of a form with the role that the form implies.

    Raises
    ------
    InputError
        Where a column of the form says another role.
    """
    if "role" in table:
        column = table.column("role")
        implied = int(Role[role.replace(" ", "_").replace("-", "_")])
        other = np.flatnonzero(~np.isin(parse_roles(column), (Role.BLANK, implied)))
        if len(other):
            where = f"{table.source.rows}: {table.rows[other[0]]}"
            raise InputError(
                f"`{table.source.name}` implies the role {role}, and its column of roles says "
                f"{column.text[other[0]]!r} ({where}). Leave the role out of [files], or the "
                "column out: ignore = [...] in [columns].",
                argument="role",
                count=len(other),
            )
    columns = {n: table.column(n) for n in table if n != "role"}
    return evolve(table, columns={**columns, "role": constant(role, table.n_rows)})


def stacked(parts: Sequence[CrfTable], name: str) -> CrfTable:
    """The parts of a table one below the other; each row keeps its number in its own file.

    Parameters
    ----------
    parts : sequence of CrfTable
        With the layout's names of columns.
    name : str
        The table that they make.
    """
    if len(parts) == 1:
        return evolve(parts[0], name=name)
    names = list(dict.fromkeys(n for part in parts for n in part))
    columns = {
        n: concatenate([p.column(n) if n in p else blanks(p.n_rows) for p in parts]) for n in names
    }
    first = parts[0].source
    source = Source(
        ", ".join(dict.fromkeys(p.source.name for p in parts)),
        STACKED,
        first.rows,
        decimal_comma=any(p.source.decimal_comma for p in parts),
        parts=tuple(dict.fromkeys(p.source for p in parts)),
    )
    return CrfTable(
        name,
        columns,
        source,
        np.concatenate([p.rows for p in parts]),
        origin=concatenate([p.origin for p in parts]),
        notes=tuple(line for p in parts for line in p.notes),
    )


def joined_subjects(parts: Sequence[CrfTable]) -> CrfTable:
    """One row for each subject from several tables of subjects: of each column the first cell that
    is not blank, and a line of the intake where two cells differ.
    """
    whole = stacked(parts, "subjects")
    if "subject" not in whole:
        return whole
    subject = whole.keys_of("subject")[0]
    number, first = number_rows(subject)
    if len(first) == whole.n_rows:
        return whole
    columns: dict[str, Column] = {}
    notes: list[Line] = []
    for name in whole:
        column = whole.column(name)
        given = np.flatnonzero(~column.blank)
        place = np.full(len(first), -1, dtype=np.int64)
        place[number[given][::-1]] = given[::-1]  # the first that is given wins
        columns[name] = column.expand(place)
        code = column.trimmed.codes
        differ = given[code[given] != code[place[number[given]]]]
        if len(differ) and name in whole:
            who = whole.text("subject")[differ[0]]
            said = f"{who}: {column.text[place[number[differ[0]]]]} and {column.text[differ[0]]}"
            why = "the first is read: leave one of the columns out"
            place_ = f"subjects.{name}"
            notes.append(Line("number", place_, said, "", len(differ), "ambiguous", why))
    return evolve(
        whole,
        columns=columns,
        rows=whole.rows[first],
        origin=whole.origin.take(first),
        notes=(*whole.notes, *notes),
    )


def named_by_role(table: CrfTable, ids: str, forms: int) -> CrfTable:
    """Lesions with the role before their name, where they are numbered within it.

    Parameters
    ----------
    table : CrfTable
        The lesions table, with ``role`` and ``lesion``.
    ids : str
        "within role", "within subject", or "": by the names, where several forms make the table.
    forms : int
        How many forms with a role of their own make it.
    """
    if ids == "within subject" or not {"role", "lesion"} <= set(table):
        return table
    lesion, role = table.column("lesion").trimmed, parse_roles(table.column("role"))
    bare = all(w.isdigit() for w in lesion.words.tolist() if w)
    if not ids and (forms < 2 or not (bare or _shared(table, role))):
        return table
    names = {int(r): roles_name(r) for r in Role if r != Role.BLANK}
    new = [
        f"{PREFIXES[names[int(r)]]}{'' if w[:1].isdigit() else '-'}{w}" if w and r > 0 else w
        for w, r in zip(lesion.text.tolist(), role.tolist(), strict=True)
    ]
    columns = {n: table.column(n) for n in table}
    note = "lesions are numbered within their role: the role stands before the number"
    example = next((i for i, w in enumerate(new) if w != lesion.text[i]), None)
    lines = table.notes
    if example is not None:
        found, read_as = lesion.text[example], new[example]
        line = Line("word", "lesions.lesion", found, read_as, table.n_rows, "read", note)
        lines = (*table.notes, line)
    return evolve(table, columns={**columns, "lesion": Column.of_text(new)}, notes=lines)


def roles_name(role: int) -> str:
    """A role as the layout writes it.

    >>> roles_name(Role.NON_TARGET)
    'NON-TARGET'
    """
    name = Role(role).name
    return next(w for w in roles.SPELLINGS if w.replace(" ", "_").replace("-", "_") == name)


def _shared(table: CrfTable, role: Codes) -> bool:
    """Whether a name stands under two roles of one subject and evaluator."""
    new = np.isin(role, (Role.NEW, Role.NEW_TARGET, Role.NEW_NON_TARGET))
    kind = np.where(new, np.int8(Role.NEW), role)
    track, lesion = table.track()[0], table.keys_of("lesion")[0]
    return len(number_rows(track, lesion)[1]) < len(number_rows(track, lesion, kind)[1])


def filled(table: CrfTable, name: str, second: Column) -> CrfTable:
    """The table with the cells of a second column where a column is blank, or not there."""
    first = table.column(name) if name in table else blanks(table.n_rows)
    columns = {n: table.column(n) for n in table}
    return evolve(table, columns={**columns, name: choose_cells(first, second)})
