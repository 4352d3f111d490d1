"""Exports of data capture systems taken apart: REDCap, OpenClinica and Castor, each by its convention.

Which question: what are the rows of this export? REDCap puts all instruments into one file, with a
row for each event and for each instance of a repeating instrument, checkboxes as columns of 0 and 1;
OpenClinica puts a subject into one row, and event and row of a group into the column's name; Castor
has codes of its own for missing. What comes out are data sets with a row an event, for `wide`, or a
row a lesion, for `forms`.

Sources: REDCap help and FAQ (export, repeating instruments and events, missing data codes);
OpenClinica 3.1 user guide, formats for dataset files (ItemName_E1_3_C1_5: event and its occurrence,
CRF and row); Castor CDMS manual, export data formats and user missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from attrs import evolve

from nettumor.crf.column_names import key_of
from nettumor.crf.columns import Column, choose_cells, concatenate, constant
from nettumor.crf.forms import role_of_form, stacked
from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable
from nettumor.crf.wide_names import column_of_suffix, form_item, known_column, names_lesion
from nettumor.rows import order_rows

_EVENT = ("redcapeventname", "eventname")
_INSTRUMENT = ("redcaprepeatinstrument", "repeatinstrument")
_INSTANCE = ("redcaprepeatinstance", "repeatinstance")
_ADMIN = re.compile(
    r".+_complete|.+_timestamp|redcap_survey_identifier|complete\?(?: \d+)?|survey (?:identifier|timestamp)",
    re.I,
)
"""Columns of REDCap about forms and surveys."""

_BOX = re.compile(r"(?P<field>.+?)___(?P<code>.+)|(?P<label>.+?) \(choice=(?P<choice>.+)\)", re.S)
_ARM = re.compile(r"_arm_\d+[a-z]?$| \(Arm \d+:.*\)$", re.I)


def blocks_of(table: CrfTable) -> list[CrfTable] | None:
    """The data sets that an export of a data capture system is made of; None where it is none."""
    keys = {key_of(name): name for name in table}
    if keys.keys() & {_EVENT[0], _INSTRUMENT[0], _INSTANCE[0], _INSTRUMENT[1]}:
        return _redcap(_boxes(table), keys)
    if any(_BOX.fullmatch(name) for name in table):
        return [_boxes(table)]
    if any(_ITEM.fullmatch(name) for name in table):
        return [_openclinica(table)]
    if keys.keys() & _CASTOR and keys.keys() & {"participantid", "recordid"}:
        return [_castor(table)]
    return None


def _first(keys: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((keys[n] for n in names if n in keys), "")


def _redcap(table: CrfTable, keys: Mapping[str, str]) -> list[CrfTable]:
    """A data set for each repeating instrument, and one of the events."""
    event, instrument = _first(keys, _EVENT), _first(keys, _INSTRUMENT)
    instance = _first(keys, _INSTANCE)
    admin = [n for n in table if _ADMIN.fullmatch(n)]
    place = table.source.name
    lines = [
        Line("column", f"{place}.{n}", n, "", table.n_rows, "not needed", "about the form")
        for n in admin
    ]
    subject = next((n for n in table if known_column(n, "lesions") == "subject"), next(iter(table)))
    columns = {n: table.column(n) for n in table if n not in (*admin, event, instrument, instance)}
    columns["subject"] = columns.pop(subject)
    form = table.column(instrument).trimmed if instrument else constant("", table.n_rows)
    if event:
        note = "the name of the event, without its arm"
        line = Line("column", f"{place}.{event}", event, "visit", table.n_rows, "read", note)
        lines.append(line)
        number = table.column(instance) if instance else constant("", table.n_rows)
        columns["visit"] = _visits(table.column(event), number, form)
    whole = evolve(table, columns=columns, notes=(*table.notes, *lines))
    base = form.text == ""
    out = [_with_values(whole.take(np.flatnonzero(base)))]
    for word in form.words.tolist():
        rows = np.flatnonzero(form.text == word)
        if word and len(rows):
            block = evolve(_with_values(whole.take(rows)), name=word, notes=())
            block = _with_event_columns(block, out[0])
            if instance:
                block = _with_instance(block, instance, table.column(instance).take(rows))
            out.append(block)
    return [block for block in out if block.n_rows]


def _visits(event: Column, instance: Column, form: Column) -> Column:
    """The name of the event without its arm; of a repeating event, with its number."""
    names = [_ARM.sub("", w).replace("_", " ").strip() for w in event.words.tolist()]
    plain = Column.of_distinct(names, event.codes)
    repeats = ~instance.blank & (form.text == "")
    if not repeats.any():
        return plain
    words = [
        f"{name} {number}" if again else name
        for name, number, again in zip(
            plain.text.tolist(), instance.text.tolist(), repeats.tolist(), strict=True
        )
    ]
    return Column.of_text(words)


def _with_values(table: CrfTable) -> CrfTable:
    """The data set without columns in which nothing stands."""
    kept = {
        n: table.column(n)
        for n in table
        if n in ("subject", "visit") or not table.column(n).blank.all()
    }
    return evolve(table, columns=kept)


def _with_event_columns(block: CrfTable, base: CrfTable) -> CrfTable:
    """An instrument that has no date or reader of its own, with those of its event."""
    if "visit" not in block:
        return block
    place: dict[tuple[str, str], int] = {}
    keys = zip(base.text("subject").tolist(), base.text("visit").tolist(), strict=True)
    for row, key in enumerate(keys):
        place.setdefault(key, row)
    wanted = zip(block.text("subject").tolist(), block.text("visit").tolist(), strict=True)
    rows = np.array([place.get(key, -1) for key in wanted], dtype=np.int64)
    own = {known_column(n, "lesions") for n in block}
    own |= {column_of_suffix(form_item(n)[1])[0] for n in block}
    columns = {n: block.column(n) for n in block}
    for name in base:
        column = known_column(name, "lesions")
        if column in ("date", "day", "study_day", "evaluator") and not {column, name} & {*own}:
            columns.setdefault(name, base.column(name).expand(rows))
    return evolve(block, columns=columns)


def _with_instance(block: CrfTable, name: str, instance: Column) -> CrfTable:
    """An instrument with the number of each instance: the lesion's, where it names none."""
    columns = {n: block.column(n) for n in block}
    of_lesions = role_of_form(block.name) or any(
        known_column(n, "lesions") == "role" for n in block
    )
    if not of_lesions or any(names_lesion(n) for n in block):
        return evolve(block, columns={**columns, name: instance})
    note = "the instrument names no lesion: the number of the instance is its number"
    line = Line("column", f"lesions.{name}", name, "lesion", block.n_rows, "renamed", note)
    return evolve(block, columns={**columns, "lesion": instance}, notes=(*block.notes, line))


def _boxes(table: CrfTable) -> CrfTable:
    """Each field of checkboxes as one column: the ticked code or label, several with ; between. A
    field of one box for yes says Y or N, and N only where its form is complete: a box that is not
    ticked is 0 on an empty form too.
    """
    fields: dict[str, list[tuple[str, str]]] = {}
    done: dict[str, str] = {}
    waiting: list[str] = []
    for name in table:
        found = _BOX.fullmatch(name)
        if found:
            field = found["field"] or found["label"]
            code = found["code"] or found["choice"]
            code = f"-{code[1:]}" if code.startswith("_") else code  # -99 is written x____99
            fields.setdefault(field, []).append((code, name))
            waiting.append(field)
        elif name.endswith("_complete") or name.startswith("Complete?"):
            done |= dict.fromkeys(waiting, name)  # the state of a form stands behind its fields
            waiting = []
    if not fields:
        return table
    columns: dict[str, Column] = {}
    for name in table:
        found = _BOX.fullmatch(name)
        field = (found["field"] or found["label"]) if found else ""
        if not found:
            columns[name] = table.column(name)
        elif field not in columns:
            complete = table.column(done[field]) if field in done else None
            columns[field] = _ticked(table, fields[field], complete)
    return evolve(table, columns=columns)


_TICKED = frozenset({"1", "CHECKED"})
_COMPLETE = frozenset({"2", "COMPLETE"})


def _ticked(table: CrfTable, boxes: list[tuple[str, str]], complete: Column | None) -> Column:
    ticked = [
        table.column(name).map(lambda w: w.strip().upper() in _TICKED, np.bool_)
        for _, name in boxes
    ]
    if len(boxes) == 1 and complete is not None and boxes[0][0].casefold() in ("1", "y", "yes"):
        whole = complete.map(lambda w: w.strip().upper() in _COMPLETE, np.bool_)
        return Column(words=["", "N", "Y"], codes=np.where(ticked[0], 2, np.where(whole, 1, 0)))
    codes = [code for code, _ in boxes]
    said = [
        ";".join(code for code, yes in zip(codes, row, strict=True) if yes)
        for row in zip(*(t.tolist() for t in ticked), strict=True)
    ]
    return Column.of_text(said)


_START = "visit_date"
_ITEM = re.compile(r"(?P<item>.+?)_E(?P<event>\d+)(?:_(?P<again>\d+))?_C\d+(?:_(?P<row>\d+))?")
_OF_EVENT = re.compile(r"(?P<item>.+?)_E(?P<event>\d+)(?:_(?P<again>\d+))?")
_ABOUT = re.compile(
    r"(?:CRFVersionStatus|VersionName|InterviewDate|InterviewerName|CompletionDate|EndDate|Location|"
    r"(?:Subject)?EventStatus|AgeAtEvent)",
    re.I,
)
"""Columns of OpenClinica about an event or a form."""


def _openclinica(table: CrfTable) -> CrfTable:
    """A row for each subject and event, a column for each item; a row of a group stands behind the
    item: TLDIAM_3.
    """
    events: dict[tuple[str, str], dict[str, Column]] = {}
    shared: dict[str, Column] = {}
    lines: list[Line] = []
    for name in table:
        found = _ITEM.fullmatch(name) or _OF_EVENT.fullmatch(name)
        if found is None:
            shared[name] = table.column(name)
            continue
        parts = found.groupdict()
        if _ABOUT.fullmatch(parts["item"]):
            place = f"{table.source.name}.{name}"
            note = "about the event or the form"
            lines.append(Line("column", place, name, "", table.n_rows, "not needed", note))
            continue
        row = parts.get("row")
        item = f"{parts['item']}_{row}" if row else parts["item"]
        item = _START if item.casefold() == "startdate" else item
        columns = events.setdefault((parts["event"], parts["again"] or ""), {})
        column = table.column(name)
        columns[item] = choose_cells(columns[item], column) if item in columns else column
    blocks = []
    for (event, again), columns in events.items():
        given = np.zeros(table.n_rows, dtype=np.bool_)
        for column in columns.values():
            given |= ~column.blank
        rows = np.flatnonzero(given)
        visit = f"E{event}_{again}" if again else f"E{event}"
        held = {n: c.take(rows) for n, c in {**shared, **columns}.items()}
        held["visit"] = constant(visit, len(rows))
        blocks.append(evolve(table.take(rows), columns=held, notes=()))
    whole = _with_start(stacked(blocks, table.name))
    order = order_rows(concatenate([Column(floats=b.rows) for b in blocks]).cells)
    return evolve(whole.take(order), source=table.source, notes=(*table.notes, *lines))


def _with_start(table: CrfTable) -> CrfTable:
    """The date of an event where its form has none, in place of a column of its own."""
    own = next((n for n in table if n != _START and known_column(n, "lesions") == "date"), "")
    if not own or _START not in table:
        return table
    filled = choose_cells(table.column(own), table.column(_START))
    columns = {n: filled if n == own else table.column(n) for n in table if n != _START}
    return evolve(table, columns=columns)


_CASTOR = frozenset(
    {
        "participantstatus", "instituteabbreviation", "siteabbreviation", "reportparent",
        "repeatingdataparent", "participantcreationdate", "recordcreationdate",
    }
)  # fmt: skip
_CASTOR_MISSING = re.compile(
    r"-9[5-9](?:\.0+)?|##_?USER_MISSING_9[5-9]##|31-12-299[5-9]|299[5-9]-12-31", re.I
)


def _castor(table: CrfTable) -> CrfTable:
    """The data set with a blank where a cell is one of Castor's codes for missing."""
    columns = {}
    lost = 0
    for name in table:
        column = table.column(name)
        is_code = column.map(lambda w: bool(_CASTOR_MISSING.fullmatch(w.strip())), np.bool_)
        lost += int(is_code.sum())
        keep = np.where(is_code, -1, np.arange(table.n_rows))
        columns[name] = column.expand(keep) if is_code.any() else column
    note = "Castor's codes for missing (-95 to -99, 31-12-2995 to 2999) are blank"
    line = Line("word", table.source.name, "user missing", "", lost, "read", note)
    return evolve(table, columns=columns, notes=(*table.notes, *([line] if lost else [])))
