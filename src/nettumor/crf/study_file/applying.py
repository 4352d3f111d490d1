"""A study file applied to the tables of a study: which data set is what, columns, words, units.

What goes in: the data sets as they were read, and a `StudyFile`. What comes out: the same with the
columns and words of the layout, and lines of the intake for what was left aside on purpose. What the
file names and the study does not have is an error with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any

import numpy as np
from attrs import evolve

from nettumor.crf.columns import Column
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.recognition import renamed, times
from nettumor.crf.sdtm import DOMAINS
from nettumor.crf.study_file.record import IGNORE, FileUse, StudyFile
from nettumor.crf.tables import CrfTable
from nettumor.errors import InputError, did_you_mean
from nettumor.words import units
from nettumor.words.missing import is_missing, tidy


def names_of(table: CrfTable) -> list[str]:
    """What a study file may call a data set: its file, with and without the suffix, its sheet, its
    own name.
    """
    source = table.source.name
    path = PurePath(source)  # of a file in an archive its own name too
    return list(dict.fromkeys([source, path.name, path.stem, source.split(".")[0], table.name]))


def use_of(table: CrfTable, study: StudyFile) -> FileUse | None:
    """What the study file says that a data set is; None where it does not."""
    return use_named(study.files, names_of(table))


def use_named(files: Mapping[str, FileUse], names: Iterable[str]) -> FileUse | None:
    """What is said of a file or data set with one of these names; "*" stands for any letters."""
    known = [name.casefold() for name in names]
    return next((use for said, use in files.items() if _fits(said, known)), None)


def _fits(said: str, known: Iterable[str]) -> bool:
    return any(fnmatchcase(name, said.casefold()) for name in known)


def left_as_said(table: CrfTable, study: StudyFile) -> CrfTable:
    """The data set, with files of its archive that the study file leaves aside as not needed."""
    said = f"as {study.name} says"
    notes = [
        evolve(n, status="not needed", note=said)
        if n.kind == "file" and use_named(study.files, (n.found,)) == FileUse(IGNORE)
        else n
        for n in table.notes
    ]
    return evolve(table, notes=tuple(notes))


def check_files(given: Sequence[CrfTable], study: StudyFile, others: Iterable[str]) -> None:
    """Refuse a study file that names files or tables of columns which are not there."""
    known = {name.casefold() for table in given for name in names_of(table)}
    known |= {name.casefold() for name in others}
    for name in study.files:
        if not _fits(name, known):
            _absent(study, "files", name, "no file, sheet or data set", given)
    for name in (*study.columns.by_table, *study.columns.ignored_in):
        if name.casefold() not in known and name not in LAYOUTS and name.upper() not in DOMAINS:
            _absent(study, "columns", name, "no table, file or sheet", given)


def _absent(
    study: StudyFile, section: str, name: str, what: str, given: Sequence[CrfTable]
) -> None:
    there = [table.source.name for table in given]
    tables = LAYOUTS if section == "columns" else ()
    raise InputError(
        f"`{section}.{name}` is {what} of the study ({study.place(section, name)}); got "
        f"{', '.join(there[:6]) or 'nothing'}. {did_you_mean(name, [*there, *tables])} Correct the "
        "name, or leave the line out.",
        argument=name,
    )


def without_codes(table: CrfTable, study: StudyFile) -> CrfTable:
    """The data set with a blank where a cell is one of the study's codes for missing."""
    codes = {tidy(word) for word in study.words.missing}
    if not codes:
        return table
    columns = {n: _replaced(table.column(n), dict.fromkeys(codes, "")) for n in table}
    return evolve(table, columns=columns)


def _replaced(column: Column, meaning: Mapping[str, str]) -> Column:
    """A column with words of the study's own replaced; the same column where it has none."""
    words = column.words.tolist()
    new = [meaning.get(tidy(word), word) for word in words]
    if new == words:
        return column
    if column.is_text or any(n and n != w for n, w in zip(new, words, strict=True)):
        changed = Column.of_distinct(new, column.codes)
    else:  # numbers with codes for missing among them stay numbers
        assert column.floats is not None
        lost = np.array([n == "" for n in new], dtype=np.bool_)[column.codes]
        changed = Column(floats=np.where(lost, np.nan, column.floats))
    changed.came_as = column.came_as
    return changed


def with_columns(table: CrfTable, name: str, study: StudyFile) -> CrfTable:
    """The data set with the layout's names of its columns, and without those that are ignored.

    ``name`` is the table or domain that it is, or part of, "" where it makes several; columns that
    the study file gives to that table and that this part does not have are another part's.
    """
    own = {n.casefold() for n in names_of(table)}
    there = {n.casefold() for n in table}
    renames: dict[str, str] = {}
    ignored: list[str] = list(study.columns.ignored)
    for key, names in study.columns.by_table.items():
        if key == name or key.casefold() in own:
            renames |= names
    for key, more in study.columns.ignored_in.items():
        if key == name or key.casefold() in own:
            ignored += more
    known = LAYOUTS[name].names() if name in LAYOUTS else ()
    for old, new in study.columns.everywhere.items():
        if not name or new in known:
            renames.setdefault(old, new)
    renames = {o: n for o, n in renames.items() if o.startswith("=") or o.casefold() in there}
    left = {n.casefold() for n in ignored}
    lines = [
        Line("column", f"{name}.{n}", n, "", table.n_rows, "not needed", f"as {study.name} says")
        for n in table
        if n.casefold() in left
    ]
    kept = {n: table.column(n) for n in table if n.casefold() not in left}
    table = evolve(table, columns=kept, notes=(*table.notes, *lines))
    return renamed(table, renames) if renames else table


def check_columns(given: Sequence[tuple[CrfTable, str]], study: StudyFile) -> None:
    """Refuse a study file that names columns which no data set has; ``given`` are the data sets, each
    with the table that it is.
    """
    columns = study.columns
    everything = {c.casefold() for table, _ in given for c in table}
    for old in (*columns.everywhere, *columns.ignored):
        if old.casefold() not in everything and not old.startswith("="):
            where = old if old in columns.everywhere else IGNORE
            _no_column(study, (where,), old, [c for table, _ in given for c in table])
    for key in (*columns.by_table, *columns.ignored_in):
        own = [t for t, name in given if key in (name, name.upper()) or _is_called(t, key)]
        there = [c for t in own for c in t]
        known = {c.casefold() for c in there}
        named = {old: (key, old) for old in columns.by_table.get(key, ())}
        named |= dict.fromkeys(columns.ignored_in.get(key, ()), (key, IGNORE))
        for old, place in named.items():
            if old.casefold() not in known and not old.startswith("="):
                _no_column(study, place, old, there)


def _is_called(table: CrfTable, name: str) -> bool:
    return name.casefold() in {n.casefold() for n in names_of(table)}


def _no_column(study: StudyFile, key: tuple[str, ...], old: str, there: list[str]) -> None:
    raise InputError(
        f"`{old}` is no column of the study ({study.place('columns', *key)}). "
        f"{did_you_mean(old, there) if there else 'There are none.'} Correct the name, or leave "
        "the line out.",
        argument=old,
    )


def with_words(tables: Mapping[str, CrfTable], study: StudyFile) -> dict[str, CrfTable]:
    """The tables with the layout's words in place of the study's own."""
    return {name: _of_words(table, name, study) for name, table in tables.items()}


def _of_words(table: CrfTable, name: str, study: StudyFile) -> CrfTable:
    changed: dict[str, Column] = {}
    lines: list[Line] = []
    for layout in LAYOUTS[name].columns:
        said: dict[str, str] = {}
        for key in (layout.kind, layout.name, f"{name}.{layout.name}"):
            said |= study.words.by_column.get(key, {})
        if not said or layout.name not in table:
            continue
        column = table.column(layout.name)
        count = np.bincount(column.codes, minlength=len(column.words))
        for word, n in zip(column.words.tolist(), count.tolist(), strict=True):
            if n and tidy(word) in said:
                read_as, place = said[tidy(word)], f"{name}.{layout.name}"
                lines.append(Line("word", place, word, read_as, n, "read", f"as {study.name} says"))
        changed[layout.name] = _replaced(column, said)
    if not changed:
        return table
    columns = {n: changed.get(n, table.column(n)) for n in table}
    return evolve(table, columns=columns, notes=(*table.notes, *lines))


def with_units(tables: Mapping[str, CrfTable], study: StudyFile) -> dict[str, CrfTable]:
    """The tables with numbers in the units of the layout, and markers with a unit."""
    return {name: _of_units(table, name, study) for name, table in tables.items()}


def _of_units(table: CrfTable, name: str, study: StudyFile) -> CrfTable:
    changed: dict[str, Column] = {}
    lines: list[Line] = []
    for layout in LAYOUTS[name].columns:
        unit = study.units.get(f"{name}.{layout.name}", study.units.get(layout.name))
        if unit is None or layout.name not in table:
            continue
        if layout.unit == "mm" and "unit" in table:
            raise InputError(
                f"`units.{layout.name}` stands beside a column of units in {table.source.name} "
                f"({study.place('units')}). Leave one of them out.",
                argument=layout.name,
            )
        factor = units.factor(unit, layout.unit)
        changed[layout.name] = times(table.column(layout.name), factor)
        note = f"in {unit}, as {study.name} says: multiplied by {factor:g} to {layout.unit}"
        place = f"{name}.{layout.name}"
        lines.append(Line("column", place, layout.name, layout.name, table.n_rows, "read", note))
    columns: dict[str, Column] = {n: changed.get(n, table.column(n)) for n in table}
    if name == "markers" and "marker" in table:
        columns |= _marker_units(table, study)
    return evolve(table, columns=columns, notes=(*table.notes, *lines))


def _marker_units(table: CrfTable, study: StudyFile) -> dict[str, Column]:
    """The column of units, filled for the markers whose unit the study file gives."""
    own = {
        tidy(key.partition(".")[2]): unit
        for key, unit in study.units.items()
        if key.startswith("markers.")
    }
    if not own:
        return {}
    unit = table.column("unit").text if "unit" in table else np.full(table.n_rows, "", dtype=object)
    marker = table.column("marker").text.tolist()
    given = [
        own.get(tidy(m), u) if is_missing(u) else u
        for m, u in zip(marker, unit.tolist(), strict=True)
    ]
    return {"unit": Column.of_text(given)}


def decided_lines(lines: Iterable[Line], study: StudyFile) -> list[Line]:
    """The lines of the intake, those that the study file has decided as read."""
    note = f"decided in {study.name}"
    return [evolve(n, status="read", note=note) if _is_decided(n, study) else n for n in lines]


def _is_decided(line: Line, study: StudyFile) -> bool:
    if line.status == "read":
        return False
    if line.kind == "date" and line.status == "converted":
        column = line.place.partition(".")[2]
        if {line.place, column, ""} & set(study.dates):
            return True
    return study.decided.get(decision(line)) == line.read_as


def decision(line: Line) -> str:
    """What [decided] calls a line of the intake."""
    return f"{line.place}: {line.found}"


def dates_said(study: StudyFile | None, said: Any) -> Any:
    """How dates are written, by the call, else by the study file; "" stands for all others."""
    if study is None or not study.dates or isinstance(said, str):
        return said
    return {**study.dates, **(said or {})}


def check_dates(study: StudyFile, tables: Mapping[str, CrfTable]) -> None:
    """Refuse a study file that says how a column is dated which is not there."""
    known = {n for table in tables for c in tables[table] for n in (c, f"{table}.{c}")}
    for name in study.dates:
        if name and name not in known:
            raise InputError(
                f"`dates.{name}` is no column of the study ({study.place('dates', name)}). "
                f"{did_you_mean(name, known)} Correct the name, or leave the line out.",
                argument=name,
            )
