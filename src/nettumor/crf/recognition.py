"""The columns of a table: which of the layout's each is, and which of the user's are not read.

Which question: what is the column called here? The name the user gives it (``mapping``) comes first,
then the layout's own, then the CDISC and CDASH names beside it, then the relatives of
`column_names`, which are read only where nothing better is there. A unit in a name is converted to
that of the layout. Every column leaves a line of the intake: read, renamed, converted, not needed,
or ignored with the nearest name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

import numpy as np
from attrs import define, evolve, field

from nettumor.crf.column_names import (
    KEPT,
    STAND_INS,
    WORKED_OUT,
    is_known_variable,
    is_metadata,
    is_result,
    key_of,
    keys_in,
    nearest,
    relatives,
    unit_in,
)
from nettumor.crf.columns import Column, constant
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS, ColumnLayout
from nettumor.crf.tables import CrfTable
from nettumor.errors import InputError, did_you_mean

_USED = {
    "TU": "USUBJID TULNKID TUGRPID TUTESTCD TULOC TUMETHOD TUORRES TUSTRESC TUDTC TUDY TUEVAL TUEVALID TUACPTFL "
    "VISIT VISITNUM",
    "TR": "USUBJID TRLNKID TRGRPID TRTESTCD TRORRES TRORRESU TRSTRESC TRSTRESN TRSTRESU TRSTAT TRREASND TRREASNE "
    "TRMETHOD TRLOC TRDTC TRDY TREVAL TREVALID TRACPTFL VISIT VISITNUM",
    "RS": "USUBJID RSTESTCD RSCAT RSSCAT RSORRES RSSTRESC RSSTAT RSREASND RSREASNE RSDTC RSDY RSEVAL RSEVALID RSACPTFL "
    "VISIT VISITNUM",
    "DM": "USUBJID RFSTDTC RFENDTC RFXSTDTC RFXENDTC RFICDTC RFPENDTC DTHDTC DTHFL BRTHDTC RANDDT RANDDTC ARM ARMCD "
    "ARMNRS ACTARM ACTARMCD AGE SEX SITEID",
    "DS": "USUBJID DSDECOD DSTERM DSCAT DSSTDTC DSDTC",
    "LB": "USUBJID LBTEST LBTESTCD LBSTRESN LBSTRESC LBORRES LBORRESU LBSTRESU LBSTNRHI LBORNRHI LBDTC LBDY LBMETHOD "
    "LBSPEC LBNAM VISIT VISITNUM",
    "TV": "VISITNUM VISIT VISITDY",
    "SV": "VISITNUM VISIT VISITDY",
}  # fmt: skip
"""The variables of the domains that the tables are made from (`sdtm`, `sdtm_lesions`,
`sdtm_responses`).
"""


@define
class _Found:
    """The columns of a table as they are taken, and what is said of them."""

    table: CrfTable
    name: str
    columns: dict[str, Column] = field(factory=dict)
    source_of: dict[str, str] = field(factory=dict)
    lines: list[Line] = field(factory=list)
    others: Collection[str] = ()

    def take(
        self, field_: ColumnLayout, spelled: str, status: str, note: str = "", factor: float = 1.0
    ) -> None:
        """Take the user's column ``spelled`` for a column of the layout."""
        column = self.table.column(spelled)
        if factor != 1:
            column = times(column, factor)
            status, note = "converted", f"multiplied by {factor:g} to {field_.unit}"
        self.columns[field_.name] = column
        self.source_of[field_.name] = spelled
        self.lines.append(self.line(spelled, field_.name, status, note))

    def line(self, spelled: str, read_as: str, status: str, note: str = "") -> Line:
        """A line for one of the user's columns."""
        return Line(
            "column", f"{self.name}.{spelled}", spelled, read_as, self.table.n_rows, status, note
        )


def layout_columns(table: CrfTable, name: str, others: Collection[str] = ()) -> CrfTable:
    """The table with the layout's names of its columns; the others stay under their own.

    Parameters
    ----------
    table : CrfTable
        As the user's mapping left it.
    name : str
        Which table of `LAYOUTS` it is.
    others : collection of str
        Names that its columns had before they were renamed: a copy of one of them is not needed.

    Returns
    -------
    CrfTable
        Its ``notes`` say of every column how it was taken.
    """
    layout = LAYOUTS[name]
    found = _Found(table, name, others=others)
    spelled = {_written(n): n for n in reversed(list(table))}
    spellings = _spellings(name)
    for column in layout.columns:
        exact = next(
            (
                spelled[k]
                for k in spellings[column.name]
                if k in spelled and spelled[k] not in found.source_of.values()
            ),
            None,
        )
        if exact is not None:
            found.take(column, exact, "read")
    _take_relatives(found, layout.columns)
    _refuse_parts_of_dates(found)
    _take_stand_ins(found)
    _say_the_rest(found)
    kept = {
        n: table.column(n)
        for n in table
        if n not in found.source_of.values() and n not in found.columns
    }
    return CrfTable(
        name,
        found.columns | kept,
        table.source,
        table.rows,
        origin=constant(name, table.n_rows),
        notes=(*table.notes, *found.lines),
    )


def _refuse_parts_of_dates(found: _Found) -> None:
    """Refuse a day beside a month and a year: it is a part of a date, and no day of a study."""
    named = {_written(n) for n in found.table}
    if "date" not in found.columns and {"day", "month", "year"} <= named:
        raise InputError(
            f"`day` of {found.table.source.name} stands beside month and year, and is part of a date. "
            "Join them into one column date, such as 2024-03-01.",
            argument="day",
            count=found.table.n_rows,
        )


@cache
def _spellings(layout: str) -> dict[str, tuple[str, ...]]:
    """How each column of a layout may be written."""
    columns = LAYOUTS[layout].columns
    return {c.name: (c.name, *(a.casefold() for a in c.aliases)) for c in columns}


def _written(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _take_relatives(found: _Found, columns: tuple[ColumnLayout, ...]) -> None:
    """Relatives for the columns that are not there, without and then with a unit in the name."""
    taken = set(found.source_of.values())
    left = [n for n in found.table if n not in taken and n not in LAYOUTS[found.name].names()]
    if not left:
        return
    known = relatives(found.name)
    for column in columns:
        if column.name in found.columns:
            continue
        keys = {key: rank for rank, key in enumerate(known[column.name])}
        options = []
        for spelled in left:
            if key_of(spelled) in keys:
                options.append((keys[key_of(spelled)], False, spelled, 1.0))
                continue
            # "Size (cm)" names a unit, "Longest diameter (LD)" the same column again
            for plain, factor in (unit_in(spelled, column.unit), (spelled, 1.0)):
                named = keys_in(plain)
                if named and factor == factor and all(key in keys for key in named):
                    options.append((keys[named[0]], factor != 1, spelled, factor))
                    break
        if options:
            *_, spelled, factor = min(options)
            if factor != 1 and "unit" in found.columns:
                _refuse_two_units(found, spelled)
                factor = 1.0
            found.take(column, spelled, "renamed", factor=factor)
            left.remove(spelled)


def _refuse_two_units(found: _Found, spelled: str) -> None:
    """A unit in the name beside a column of units: the cells of the column count, if all are there."""
    if found.columns["unit"].blank.any():
        raise InputError(
            f"`{spelled}` of {found.table.source.name} names a unit, and the column of units beside "
            "it has blank cells. Fill them, or leave the column of units out.",
            argument=spelled,
        )


def _take_stand_ins(found: _Found) -> None:
    """A visit by its name, an evaluator by the role, where nothing else says it."""
    for name, other in STAND_INS.items():
        if (
            name in found.columns
            or other not in found.columns
            or name not in LAYOUTS[found.name].names()
        ):
            continue
        found.columns[name] = found.columns[other]
        spelled = found.source_of[other]
        found.lines.append(found.line(spelled, name, "renamed", f"there is no other `{name}`"))


def _say_the_rest(found: _Found) -> None:
    """A line for every column that is not read: which one was, or which name is near."""
    known = LAYOUTS[found.name].names()
    by_key = {key: name for name, keys in relatives(found.name).items() for key in keys}
    taken = set(found.source_of.values())
    for spelled in found.table:
        if spelled in taken:
            continue
        other = by_key.get(key_of(unit_in(spelled, "mm")[0]), "")
        if spelled.upper() in KEPT and found.name == "subjects":
            found.lines.append(found.line(spelled, spelled, "read"))
        elif key_of(unit_in(spelled, "mm")[0]) in WORKED_OUT.get(found.name, ()):
            found.lines.append(found.line(spelled, "", "not needed", "worked out from the sizes"))
        elif is_result(spelled) and found.name == "lesions" and "size" not in found.columns:
            said = "the result of a test that no column names: name it size, or give TU and TR"
            found.lines.append(found.line(spelled, "", "ignored", said))
        elif is_known_variable(spelled) and spelled.isupper():
            found.lines.append(found.line(spelled, "", "not needed"))
        elif is_metadata(spelled, [*found.table, *found.others]) or _of_another_table(
            spelled, found
        ):
            found.lines.append(found.line(spelled, "", "not needed", "about the record"))
        elif other in found.source_of:
            said = f"`{other}` is read from {found.source_of[other]}"
            found.lines.append(found.line(spelled, "", "ignored", said))
        else:
            near = nearest(spelled, [*known, *by_key])
            near = _PERHAPS.get((found.name, key_of(spelled)), by_key.get(near, near))
            said = f"the nearest column is `{near}`" if near else "no column has a name like it"
            found.lines.append(found.line(spelled, "", "ignored", said))


def _of_another_table(spelled: str, found: _Found) -> bool:
    """Whether every export writes the column into each of its tables: the site of the patient beside
    lesions, the visit beside what is asked once, a second name of the site.
    """
    key = key_of(spelled)
    of_site = key in relatives("subjects")["site"]
    if found.name == "subjects":
        return key in relatives("lesions")["visit"] or (of_site and "site" in found.source_of)
    perhaps = _PERHAPS.get((found.name, key))
    return of_site and (perhaps is None or perhaps in found.source_of)


_PERHAPS = {("lesions", "site"): "organ"}
"""Columns that may be another thing than they are elsewhere: never left aside without a word."""


def domain_lines(domain: CrfTable) -> list[Line]:
    """A line for every variable of an SDTM domain: read, known and not needed, or not known."""
    used = set(_USED.get(domain.name, "").split())
    out = []
    for name in domain:
        place = f"{domain.name}.{name}"
        known = is_known_variable(name)
        status = (
            "read" if name in used or (domain.name.startswith("SUPP") and known) else "not needed"
        )
        note = ""
        if not known and name not in used:
            status = "ignored"
            near = nearest(name, used)
            note = f"the nearest variable is {near}" if near else "not a variable of the SDTM"
        out.append(Line("column", place, name, "", domain.n_rows, status, note))
    return out


def times(column: Column, factor: float) -> Column:
    """A column of lengths in another unit, exact in decimals; a cell that is no plain number stays.

    >>> times(Column.of_text(["5.2", "NE", "<0.5"]), 10).cells.tolist()
    ['52', 'NE', '<5']
    """
    by = Decimal(repr(factor))
    if column.floats is not None:
        products = [float(Decimal(repr(v)) * by) if v == v else v for v in column.floats.tolist()]
        return Column(floats=np.array(products, dtype=np.float64), letters=column.letters)
    return Column.of_distinct([_word_times(w, by) for w in column.words], column.codes)


def _word_times(word: str, by: Decimal) -> str:
    text = word.strip()
    sign = text[:1] if text[:1] in "<>" else ""
    number = text[len(sign) :].strip()
    try:
        product = Decimal(number.replace(",", ".") if number.count(",") == 1 else number) * by
    except InvalidOperation:
        return word
    return sign + format(product.normalize(), "f") if product.is_finite() else word


def renamed(table: CrfTable, renames: Mapping[str, str]) -> CrfTable:
    """The table with columns under the names that the user gives them; constants added."""
    by_name = {n.casefold(): n for n in table}
    to = {}
    columns: dict[str, Column] = {}
    for old, new in renames.items():
        if old.startswith("="):
            columns[new] = constant(old[1:], table.n_rows)
        elif old.casefold() in by_name:
            to[by_name[old.casefold()]] = new
        else:
            raise InputError(
                f"`mapping` renames {old!r}, which {table.source.name} does not have. "
                f"{did_you_mean(old, table)}",
                argument="mapping",
            )
    taken = {n.casefold() for n in (*to.values(), *columns)}
    if len(taken) < len(renames):
        raise InputError(
            "`mapping` gives two columns one name, or one column two. Give each a name of its own.",
            argument="mapping",
        )
    for name in table:
        if name in to:
            columns[to[name]] = table.column(name)
        elif name.casefold() not in taken:
            columns[name] = table.column(name)
    return evolve(table, columns=columns)
