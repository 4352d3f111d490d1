"""The tables that the data of an ODM file make: one a form, with a row for each record.

Which question: what is a row, and what are its columns called? A form without a group that repeats is
one row; of a form with one, each repeat is a row, and what is asked once on the form stands in all of
them. Columns are the items by their names, with the words of code lists in place of codes, and the
unit of an item beside it as ITEM_UN, as Rave has it.

Sources: CDISC ODM 1.3.2, section 3.1.4; ODM 2.0 (groups within groups in place of forms).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from attrs import define, evolve, field, frozen

from nettumor.crf.columns import Column, constant
from nettumor.crf.forms import role_of_form, table_of_form
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.odm_definitions import NOTHING, Definition, Definitions, bare
from nettumor.crf.odm_records import Item, Key, Node, Records
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.wide_names import names_lesion

NULL = "NULL"
"""What is written where the file says that a value is null (IsNull), apart from a blank."""
_ItemKey = tuple[str, str]


@frozen
class _Place:
    """Where a form was filled in."""

    study: str
    subject: str
    visit: str
    site: str
    form: Key


@frozen
class _Row:
    """A record: where, the group that repeats and its key, the items by group and OID."""

    place: _Place
    group: str
    repeat: str
    items: dict[_ItemKey, Item]


@define(eq=False)
class _Maker:
    """The data and what they mean."""

    records: Records
    definitions: Definitions
    source: Source
    lines: list[Line]
    repeating: set[tuple[str, str]] = field(factory=set)
    not_listed: Counter[tuple[str, str]] = field(factory=Counter)

    def definition(self, study: str, kind: str, oid: str) -> Definition:
        """What an OID means in a study."""
        return self.definitions.of(study, self.records.versions[study], kind, oid)

    def form_of(self, place: _Place) -> Definition:
        """What the form of a record is."""
        kind = "FormDef" if place.form.kind == "FormData" else "ItemGroupDef"
        return self.definition(place.study, kind, place.form.oid)


def tables_of(
    records: Records, definitions: Definitions, source: Source, name: str, lines: list[Line]
) -> list[CrfTable]:
    """The tables, in the order in which their forms are met; the first has the ``lines``."""
    maker = _Maker(records, definitions, source, lines)
    if len(records.studies) > 1:
        found = ", ".join(records.studies)[:200]
        note = "the data of several studies stand in one file: give each study by itself"
        lines.append(Line("file", source.name, found, "", len(records.studies), "ambiguous", note))
    forms = list(_forms(maker))
    for place, node in forms:
        _find_repeating(maker, place, node)
    rows: dict[tuple[str, str], list[_Row]] = {}
    groups: dict[str, set[str]] = {}
    for form, group in maker.repeating:
        groups.setdefault(form, set()).add(group)
    for place, node in forms:
        for row in _rows(maker, place, node):
            several = len(groups.get(place.form.oid, ())) > 1
            rows.setdefault((place.form.oid, row.group if several else ""), []).append(row)
    out = [_table(maker, group, members, name) for (_, group), members in rows.items()]
    for (item, code_list), count in maker.not_listed.items():
        note = f"codes that stand not in the code list {code_list} stay as they are"
        lines.append(Line("word", f"{source.name} {item}", "", "", count, "ambiguous", note))
    return [evolve(out[0], notes=(*lines, *out[0].notes)), *out[1:]] if out else out


def _forms(maker: _Maker) -> Iterator[tuple[_Place, Node]]:
    """Every form that was filled in, with where."""
    for study, data in maker.records.studies.items():
        subjects = _subjects(maker, data)
        again = _repeated_events(data)
        for key, node in data.held.items():
            if key.kind == "ItemGroupData":  # Dataset-XML: a record of a data set
                yield _Place(study, "", "", "", key), node
                continue
            for event, held in node.held.items():
                visit = maker.definition(study, "StudyEventDef", event.oid).name or bare(event.oid)
                if event.oid in again:
                    visit = f"{visit} {event.repeat or event.place + 1}"
                for form, filled in held.held.items():
                    yield _Place(study, subjects[key], visit, node.site, form), filled


def _subjects(maker: _Maker, data: Node) -> dict[Key, str]:
    """The number of each subject: the vendor's where SubjectKey is a key of the vendor's own."""
    nodes = {key: node for key, node in data.held.items() if key.kind == "SubjectData"}
    number = {key: node.number or key.oid for key, node in nodes.items()}
    changed = sum(key.oid != number[key] for key in nodes)
    if not changed:
        return number
    place, count = f"{maker.source.name} SubjectKey", changed
    example = next(key for key in nodes if key.oid != number[key])
    if len(set(number.values())) < len(number):
        note = "the subject's number of the vendor is not unique: SubjectKey is read"
        found = number[example]
        maker.lines.append(Line("subject", place, found, example.oid, count, "ambiguous", note))
        return {key: key.oid for key in nodes}
    note = "the subject's number stands in an attribute of the vendor"
    maker.lines.append(Line("subject", place, example.oid, number[example], count, "read", note))
    return number


def _repeated_events(data: Node) -> set[str]:
    """The events that some subject has several times."""
    out = set()
    for subject in data.held.values():
        counts = Counter(key.oid for key in subject.held if key.kind == "StudyEventData")
        out |= {oid for oid, n in counts.items() if n > 1}
    return out


def _find_repeating(maker: _Maker, place: _Place, node: Node) -> None:
    """Note the groups of a form that repeat: by their definition, or because they are there twice."""
    counts = Counter(key.oid for key in node.held)
    for key, child in node.held.items():
        known = maker.definition(place.study, "ItemGroupDef", key.oid)
        if known.repeats or counts[key.oid] > 1:
            maker.repeating.add((place.form.oid, key.oid))
        _find_repeating(maker, place, child)


def _rows(maker: _Maker, place: _Place, node: Node) -> Iterator[_Row]:
    """The records of a form; one on which nothing stands is none."""

    def gathered(group: str, held: Node) -> tuple[dict[_ItemKey, Item], list[tuple[Key, Node]]]:
        items = {(group, oid): item for oid, item in held.items.items()}
        repeats: list[tuple[Key, Node]] = []
        for key, child in held.held.items():
            if (place.form.oid, key.oid) in maker.repeating:
                repeats.append((key, child))
            else:
                more, below = gathered(key.oid, child)
                items |= more
                repeats += below
        return items, repeats

    def records(
        group: str, repeat: str, held: Node, shared: dict[_ItemKey, Item]
    ) -> Iterator[_Row]:
        items, repeats = gathered(group, held)
        own = shared | items
        filled = [(key, child) for key, child in repeats if child.items or child.held]
        if not filled and own:
            yield _Row(place, group if repeat else "", repeat, own)
        for key, child in filled:
            yield from records(key.oid, key.repeat or str(key.place + 1), child, own)

    yield from records(place.form.oid, "", node, {})


def _table(maker: _Maker, group: str, rows: list[_Row], name: str) -> CrfTable:
    """The table of a form, or of one of its groups."""
    called = _table_name(maker, group, rows[0].place) or name
    names = _item_names(maker, rows)
    columns: dict[str, Column] = {}
    if rows[0].place.subject:
        columns["subject"] = Column.of_text([r.place.subject for r in rows])
        columns["visit"] = Column.of_text([r.place.visit for r in rows])
    if any(r.place.site for r in rows):
        columns["SITEID"] = Column.of_text([r.place.site for r in rows])
    for key, item_name in names.items():
        columns[item_name] = Column.of_text([_cell(maker, r, key) for r in rows])
        units = [_unit(maker, r, key) for r in rows]
        if any(units) and f"{item_name}_UN" not in names.values():
            columns[f"{item_name}_UN"] = Column.of_text(units)
    lines = _add_keys(columns, rows, called)
    numbers = np.arange(1, len(rows) + 1, dtype=np.int64)
    what = "form" if rows[0].place.subject else "data set"
    source = evolve(maker.source, name=f"{maker.source.name}, {what} {called}")
    origin = constant(called, len(rows))
    return CrfTable(called, columns, source, numbers, origin=origin, notes=tuple(lines))


def _table_name(maker: _Maker, group: str, place: _Place) -> str:
    """The name of a form or group, or its OID where only that says which table it is."""
    known = maker.definition(place.study, "ItemGroupDef", group) if group else maker.form_of(place)
    words = [w for w in (known.name, bare(group or place.form.oid)) if w]
    for word in words:
        if word.casefold() in LAYOUTS or role_of_form(word) or table_of_form(word):
            return word
    return words[0] if words else ""


def _item_names(maker: _Maker, rows: list[_Row]) -> dict[_ItemKey, str]:
    """The columns of the items: by their names, or, where two are called the same, with the group's
    before it.
    """
    out: dict[_ItemKey, str] = {}
    taken = {"subject", "visit", "siteid"} if rows[0].place.subject else set()
    unit_of: dict[str, str] = {}
    study = rows[0].place.study
    keys = list(dict.fromkeys(key for row in rows for key in row.items))
    for group, _ in keys:
        unit_of |= maker.definition(study, "ItemGroupDef", group).units_of
    for group, oid in keys:
        of_item = unit_of.get(oid, "")
        known = maker.definition(study, "ItemDef", of_item or oid)
        called = (known.name or bare(of_item or oid)) + ("_UN" if of_item else "")
        for spelled in (called, f"{bare(group)}_{called}", f"{group}_{oid}"):
            if spelled.casefold() not in taken:
                called = spelled
                break
        taken.add(called.casefold())
        out[group, oid] = called
    return out


def _cell(maker: _Maker, row: _Row, key: _ItemKey) -> str:
    """What stands in a cell: the word of the code list, NULL, or what is written."""
    item = row.items.get(key)
    if item is None:
        return ""
    if item.is_null:
        return NULL
    oid = maker.definition(row.place.study, "ItemDef", item.oid).code_list
    code_list = maker.definition(row.place.study, "CodeList", oid) if oid else NOTHING
    if code_list.words and item.value and item.value not in code_list.words:
        maker.not_listed[bare(item.oid), code_list.name or oid] += 1
    return code_list.words.get(item.value, item.value)


def _unit(maker: _Maker, row: _Row, key: _ItemKey) -> str:
    """The unit of a value; "" where it has none, or there is no value."""
    item = row.items.get(key)
    if item is None or item.is_null or not item.value:
        return ""
    study = row.place.study
    oid = item.unit or maker.definition(study, "ItemDef", item.oid).unit
    return (maker.definition(study, "MeasurementUnit", oid).name or bare(oid)) if oid else ""


def _add_keys(columns: dict[str, Column], rows: list[_Row], name: str) -> list[Line]:
    """The repeat keys as columns, as text; on a form of lesions that names none the key names it."""
    keys = {
        "ItemGroupRepeatKey": [r.repeat for r in rows],
        "FormRepeatKey": [r.place.form.repeat or str(r.place.form.place + 1) for r in rows],
    }
    if not any(keys["ItemGroupRepeatKey"]):
        del keys["ItemGroupRepeatKey"]
    if len(set(keys["FormRepeatKey"])) < 2 or not rows[0].place.subject:
        del keys["FormRepeatKey"]
    for key, cells in keys.items():
        if key not in columns:
            columns[key] = Column.of_text(cells)
    if not keys or not role_of_form(name) or any(names_lesion(n) for n in columns):
        return []
    key = next(iter(keys))
    columns["lesion"] = columns.pop(key)
    note = "the form names no lesion: the key of the record is its number"
    return [Line("column", f"lesions.{key}", key, "lesion", len(rows), "renamed", note)]
