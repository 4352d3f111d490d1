"""Wide exports to the tables of the layout: one row an event, a column for each lesion.

Which question: a row holds an event (or a patient), with t1_size, t2_size, nt1_status, the overall
response and the date of birth beside each other; which rows of which tables are that? The columns
say it (`wide_names`), or the patterns of the study file. A lesion of which nothing is said at an
event has no row there. Rows keep their number in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from attrs import define, evolve, field

from nettumor._arrays import Bools
from nettumor.crf.column_names import is_metadata, nearest
from nettumor.crf.columns import Column, choose_cells, constant
from nettumor.crf.forms import PREFIXES, joined_subjects, stacked
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.study_file.loading import SHARED
from nettumor.crf.study_file.record import StudyFile
from nettumor.crf.tables import CrfTable
from nettumor.crf.wide_names import (
    TELLING,
    Item,
    has_last,
    known_column,
    lesion_item,
    matched,
    visit_of,
)
from nettumor.errors import InputError

Key = tuple[str, tuple[tuple[str, str], ...], str, str]
"""Table, constants, number and visit: what the columns of one row of the layout have in common."""


@define
class Wide:
    """The columns of a wide data set by what they hold.

    Attributes
    ----------
    table : CrfTable
        As it was read, codes for missing removed.
    items : dict of str to Item
        The columns that hold a value of a lesion, or of a visit.
    said : dict of str to dict
        By table, columns that the study file names.
    has_patterns : bool
        Patterns of the study file fit some of them.
    ignored : frozenset of str
        Columns that the study file leaves aside.
    """

    table: CrfTable
    items: dict[str, Item] = field(factory=dict)
    said: dict[str, dict[str, str]] = field(factory=dict)
    has_patterns: bool = False
    ignored: frozenset[str] = frozenset()

    def name_in(self, column: str, table: str) -> str:
        """What a column is in a table of the layout; "" for nothing."""
        return self.said.get(table, {}).get(column.casefold(), "") or known_column(column, table)

    def is_said(self, column: str, table: str) -> bool:
        """Whether the study file gives a column to a table."""
        return column.casefold() in self.said.get(table, {})


def read_items(table: CrfTable, study: StudyFile | None) -> Wide:
    """What the columns of a data set hold, by the study file, else by what is certain.

    Raises
    ------
    InputError
        Where two patterns of the study file fit one column.
    """
    wide = Wide(table)
    patterns = () if study is None else study.wide
    own = _own_visits(study)
    named = _named_columns(study)
    beside_last = has_last(table)
    for name in table:
        if name.casefold() in named:
            continue
        found = matched(name, patterns, own)
        if len(found) > 1 and study is not None:
            both = " and ".join(repr(item.pattern) for item in found)
            raise InputError(
                f"`{name}` of {table.source.name} fits two patterns of [wide]: {both} "
                f"({study.place('wide', found[1].pattern)}). Make one of them narrower.",
                argument=name,
            )
        wide.has_patterns |= bool(found)
        item = found[0] if found else _certain(name, beside_last)
        if item is not None:
            wide.items[name] = item
    if study is not None:
        _take_said(wide, study)
    _drop_what_stands_alone(wide)
    return wide


def _own_visits(study: StudyFile | None) -> set[str]:
    """The words that the study file has for visits."""
    if study is None:
        return set()
    words = study.words.by_column
    return {w for key in words if key.rpartition(".")[2] == "visit" for w in words[key]}


def _named_columns(study: StudyFile | None) -> set[str]:
    """The columns that the study file names one by one."""
    if study is None:
        return set()
    columns = study.columns
    held = [columns.everywhere, *columns.by_table.values(), columns.ignored]
    return {n.casefold() for names in (*held, *columns.ignored_in.values()) for n in names}


@lru_cache(maxsize=8192)
def _certain(name: str, beside_last: bool) -> Item | None:
    """What a name says by itself: of a lesion, at a visit or not."""
    item = lesion_item(name, beside_last=beside_last)
    if item is not None:
        return item
    visit, rest, pattern = visit_of(name)
    if not visit:
        return None
    item = lesion_item(rest, beside_last=beside_last)
    if item is not None:
        return evolve(item, visit=visit, pattern=pattern.replace(rest, item.pattern))
    for table in ("responses", "lesions"):
        column = known_column(rest, table)
        if column in (SHARED if table == "lesions" else TELLING["responses"]):
            return Item("" if table == "lesions" else table, column, "", visit, pattern=pattern)
    return None


def _take_said(wide: Wide, study: StudyFile) -> None:
    """Columns that the study file names go to the table it says, or nowhere."""
    columns = study.columns
    left = (columns.ignored, *columns.ignored_in.values())
    wide.ignored = frozenset(n.casefold() for names in left for n in names)
    for old, new in columns.everywhere.items():
        for layout in LAYOUTS.values():
            if new in layout.names():
                wide.said.setdefault(layout.name, {})[old.casefold()] = new
    for table, names in columns.by_table.items():
        if table in LAYOUTS:
            wide.said.setdefault(table, {}).update({o.casefold(): n for o, n in names.items()})


def _drop_what_stands_alone(wide: Wide) -> None:
    """A visit in a name is certain where a lesion has it too, or several visits the same column."""
    often: dict[str, set[str]] = {}
    for item in wide.items.values():
        often.setdefault(item.pattern, set()).add(item.visit)
    certain = {item.visit for item in wide.items.values() if item.table == "lesions"}
    for name, item in list(wide.items.items()):
        if item.visit and len(often[item.pattern]) < 2 and item.visit not in certain:
            del wide.items[name]


def check_patterns(given: Sequence[CrfTable], study: StudyFile) -> None:
    """Refuse patterns of the study file that fit no column."""
    columns = [name for table in given for name in table]
    own = _own_visits(study)
    for pattern in study.wide:
        if not any(matched(name, (pattern,), own) for name in columns):
            plain = pattern.pattern.replace("{n}", "1").replace("{visit}", "")
            near = nearest(plain, columns)
            said = f"The nearest is {near!r}. " if near else ""
            raise InputError(
                f"`wide.{pattern.pattern}` fits no column of the study "
                f"({study.place('wide', pattern.pattern)}). {said}Correct the pattern, or leave "
                "the line out.",
                argument=pattern.pattern,
            )


def is_wide(wide: Wide) -> bool:
    """Whether the columns are certain to be those of a wide export: values of numbered lesions, a
    subject, and no column of lesions.
    """
    measured = {"size", "perpendicular", "viable", "state", "organ", "volume"}
    of_lesions = [i for i in wide.items.values() if i.table == "lesions" and i.column in measured]
    others = [i for i in wide.items.values() if i.table not in ("lesions", "")]
    names = {wide.name_in(n, "lesions") for n in wide.table if n not in wide.items}
    return bool(of_lesions or others) and "subject" in names and "lesion" not in names


def tables_of(wide: Wide) -> list[CrfTable]:
    """The tables that a wide data set makes, with its own names of shared columns."""
    out = []
    groups: dict[Key, dict[str, str]] = {}
    for name, item in wide.items.items():
        if item.table:
            key = (item.table, item.constants, item.number, item.visit)
            group = groups.setdefault(key, {})
            if item.column in group:
                _refuse_twice(wide, item, group[item.column], name)
            group[item.column] = name
    by_table: dict[str, list[CrfTable]] = {}
    for (name, constants, number, visit), columns in groups.items():
        rows = _rows_of_group(wide, name, dict(constants), number, visit, columns)
        if rows is not None:
            by_table.setdefault(name, []).append(rows)
    for name, held in by_table.items():
        out.append(stacked(held, name))
    for name in TELLING:
        rest = _rest(wide, name)
        if rest is not None and name not in by_table:
            out.append(rest)
    lines = (*wide.table.notes, *_pattern_lines(wide), *_unread(wide))
    if out:
        out[0] = evolve(out[0], notes=(*out[0].notes, *lines))
    return [evolve(t, source=wide.table.source) for t in out]


def _refuse_twice(wide: Wide, item: Item, first: str, second: str) -> None:
    role = dict(item.constants).get("role", "")
    lesion = f"{role} {item.number}".strip()
    raise InputError(
        f"`{first}` and `{second}` of {wide.table.source.name} both say the {item.column} of "
        f"{lesion or 'one row'}. Name one of them in [columns] ignore of a study file, or give "
        "them patterns in [wide].",
        argument=second,
    )


def _given(table: CrfTable, names: Sequence[str]) -> Bools:
    """Rows in which one of the columns holds something."""
    out = np.zeros(table.n_rows, dtype=np.bool_)
    for name in names:
        out |= ~table.column(name).blank
    return out


def _rows_of_group(
    wide: Wide,
    name: str,
    constants: Mapping[str, str],
    number: str,
    visit: str,
    columns: Mapping[str, str],
) -> CrfTable | None:
    """The rows of one lesion (or of one visit), None where nothing is said of it."""
    table = wide.table
    rows = np.flatnonzero(_given(table, list(columns.values())))
    if not len(rows):
        return None
    out: dict[str, Column] = {}
    for spelled in table:
        column = wide.name_in(spelled, name)
        wanted = column in SHARED or wide.is_said(spelled, name)
        if spelled not in wide.items and wanted and column not in columns:
            out[spelled] = table.column(spelled).take(rows)
    for spelled, item in wide.items.items():  # the date of this visit
        if not item.table and item.visit == visit:
            out[item.column] = table.column(spelled).take(rows)
    out |= {column: table.column(spelled).take(rows) for column, spelled in columns.items()}
    if visit:
        out["visit"] = constant(visit, len(rows))
    for column, word in constants.items():
        given = constant(word, len(rows))
        out[column] = choose_cells(out[column], given) if column in out else given
    if name == "lesions":
        label = constant(f"{PREFIXES.get(constants.get('role', ''), 'L')}{number}", len(rows))
        out["lesion"] = choose_cells(out["lesion"], label) if "lesion" in out else label
    return evolve(table.take(rows), name=name, columns=out, notes=())


def _rest(wide: Wide, name: str) -> CrfTable | None:
    """The rows of the events that say something for another table: responses, subjects."""
    table = wide.table
    known = {c: wide.name_in(c, name) for c in table if c not in wide.items}
    telling = [
        c
        for c, column in known.items()
        if column in TELLING[name] or (wide.is_said(c, name) and column not in SHARED)
    ]
    named = {known[c] for c in telling}
    if not telling or (name == "markers" and named != {"marker", "value"}):
        return None
    if name == "subjects" and named <= {"site"}:
        return None
    if name == "responses" and not named & {"overall", "target", "non_target"}:
        return None
    rows = np.flatnonzero(_given(table, telling))
    shared = ("subject",) if name == "subjects" else (*SHARED, *LAYOUTS[name].names())
    kept = {
        c: table.column(c).take(rows) for c in table if c in telling or known.get(c, "") in shared
    }
    part = evolve(table.take(rows), name=name, columns=kept, notes=())
    if name != "subjects":
        return part
    spelled = next((c for c in kept if known[c] == "subject"), "")
    if not spelled:
        return None
    renamed = {("subject" if c == spelled else c): column for c, column in kept.items()}
    return joined_subjects([evolve(part, columns=renamed)])


def _pattern_lines(wide: Wide) -> list[Line]:
    """A line for each pattern of columns that was read."""
    often: dict[tuple[str, str], int] = {}
    for item in wide.items.values():
        role = dict(item.constants).get("role", "")
        where = role if item.table == "lesions" else item.table
        key = (item.pattern, f"{where} {item.column}".strip())
        often[key] = often.get(key, 0) + 1
    place, note = wide.table.source.name, "a column for each"
    return [
        Line("column", f"{place}.{pattern}", pattern, read_as, n, "read", note)
        for (pattern, read_as), n in often.items()
    ]


def _unread(wide: Wide) -> list[Line]:
    """Columns that no table takes."""
    table = wide.table
    shown = [*TELLING, "lesions"]
    known = {n for name in shown if name != "markers" for n in LAYOUTS[name].names()}
    out = []
    for spelled in table:
        if spelled in wide.items or table.column(spelled).blank.all():
            continue
        if spelled.casefold() in wide.ignored or any(wide.is_said(spelled, n) for n in shown):
            continue
        as_what = {name: wide.name_in(spelled, name) for name in shown}
        if as_what["lesions"] in SHARED or any(as_what[n] in TELLING[n] for n in TELLING):
            continue
        near = nearest(spelled, known)
        note = f"the nearest column is `{near}`" if near else "no column has a name like it"
        place = f"{table.source.name}.{spelled}"
        if is_metadata(spelled, table):
            out.append(
                Line("column", place, spelled, "", table.n_rows, "not needed", "about the record")
            )
            continue
        out.append(Line("column", place, spelled, "", table.n_rows, "ignored", note))
    return out
