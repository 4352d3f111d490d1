"""Which data set is which table, and which are parts of one: what was read, to tables and domains.

What decides, in this order: the study file; the name of a table of the layout; the DOMAIN variable,
or the name and the variables of an SDTM domain; wide exports, by their columns (`wide`); forms that
imply a role (`forms`). Columns are renamed as the study file and the call say, and parts of one
table are put together. What is nothing of this is left aside and said, or refused where it was named
on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from nettumor.crf import edc, sdtm
from nettumor.crf.adam import INSTEAD, KIND, READ_AS, adam_of, from_adam
from nettumor.crf.column_names import nearest
from nettumor.crf.form_names import with_short_names
from nettumor.crf.forms import (
    joined_subjects,
    named_by_role,
    role_of_form,
    stacked,
    table_of_form,
    with_role,
)
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.recognition import layout_columns, renamed
from nettumor.crf.sdtm_presence import PRESENCE
from nettumor.crf.study_file.applying import (
    check_columns,
    check_files,
    left_as_said,
    use_of,
    with_columns,
    without_codes,
)
from nettumor.crf.study_file.record import IGNORE, FileUse, StudyFile
from nettumor.crf.tables import CrfTable
from nettumor.crf.wide import check_patterns, is_wide, read_items, tables_of
from nettumor.crf.wide_names import known_column
from nettumor.errors import InputError, did_you_mean

Renames = Mapping[str, str]

_SYNONYMS = {
    "patient": "subjects", "patients": "subjects", "subject": "subjects", "demographics": "subjects",
    "tumor": "lesions", "tumors": "lesions", "tumour": "lesions", "tumours": "lesions", "lesion": "lesions",
    "response": "responses", "marker": "markers", "biomarkers": "markers", "lab": "markers", "labs": "markers",
    "symptom": "symptoms", "diary": "symptoms",
}  # fmt: skip
"""What people call the tables."""


WIDE = "a column for each lesion"
FORM = "the form implies the role"
"""What the intake says of a data set that was not taken by the name of a table."""


@frozen
class Recognised:
    """What the data sets of a study are.

    Attributes
    ----------
    tables, domains : dict of str to CrfTable
    ignored : dict of str to str
        What was not used, with the reason.
    lines : list of Line
    others : list of CrfTable
        Further SDTM domains whose dates were asked for.
    """

    tables: dict[str, CrfTable] = field(factory=dict)
    domains: dict[str, CrfTable] = field(factory=dict)
    ignored: dict[str, str] = field(factory=dict)
    lines: list[Line] = field(factory=list)
    others: list[CrfTable] = field(factory=list)

    def leave(self, table: CrfTable, why: str, status: str) -> None:
        """Leave a data set aside, and say why."""
        self.ignored[table.source.name] = why
        where, rows = table.source.name, table.n_rows
        self.lines.append(Line("table", where, table.name, "", rows, status, why))


@frozen
class _Part:
    """A data set that is a table or part of one; ``joins`` where it may be one of several;
    ``came_from`` are the data sets that it was made of.
    """

    table: CrfTable
    use: FileUse
    joins: bool = False
    note: str = ""
    came_from: tuple[CrfTable, ...] = ()


def recognise(
    given: Sequence[CrfTable],
    wanted: Mapping[str, Renames],
    lines: Sequence[Line],
    study: StudyFile | None,
    *,
    named: bool,
    others: str = "leave",
) -> Recognised:
    """The tables and the domains that data sets make.

    Parameters
    ----------
    given : sequence of CrfTable
        As they were read.
    wanted : mapping of str to mapping
        The renames of the call, by table or domain.
    lines : sequence of Line
        What was said of the files so far.
    study : StudyFile or None
    named : bool
        Each data set was named on purpose: one that is nothing is refused, unless its file holds
        others that are read.
    others : {"leave", "dates"}
        Whether the SDTM domains that hold nothing but dates for the tables are left aside.
    """
    out = Recognised(ignored={line.found: line.note for line in lines}, lines=[*lines])
    if study is not None:
        left = [*lines, *(n for table in given for n in table.notes if n.kind == "file")]
        given = [without_codes(left_as_said(table, study), study) for table in given]
    blocks = [(table, _blocks(table, study, wanted)) for table in given]
    if study is not None:
        blocks = [(t, held and [without_codes(b, study) for b in held]) for t, held in blocks]
        named_there = [*given, *(block for _, held in blocks for block in held or ())]
        check_files(named_there, study, [line.found for line in left])
        check_patterns(named_there, study)
    parts: dict[str, list[_Part]] = {}
    unknown: list[CrfTable] = []
    for table, held in blocks:
        found = _parts(table, held, study, wanted)
        if not found:
            unknown.append(table)
        elif held:
            used = {id(t) for part in found for t in (part.table, *part.came_from)}
            forms = [b for b in held if b.name != table.name and id(b) not in used]
            out.lines.extend(_unknown_form(table, block) for block in forms)
        for part in found:
            if part.use.table == IGNORE and study is not None:
                out.leave(part.table, f"as {study.name} says", "not needed")
            elif others == "dates" and _shows_presence(part):
                _keep_dates(out, part)
            elif part.use.table not in (*LAYOUTS, *sdtm.DOMAINS):
                why = f"SDTM domain {part.use.table} holds nothing that the tables need"
                out.leave(part.table, why, "not needed")
            else:
                parts.setdefault(part.use.table, []).append(part)
    absent = [n for n in wanted if n in LAYOUTS and n not in parts]
    if len(unknown) == 1 and len(absent) == 1:
        parts[absent[0]] = [_Part(unknown.pop(), FileUse(absent[0]))]
    _leave_analysis(out, parts)
    if study is not None:
        whole = [
            (table, name)
            for name, members in parts.items()
            for p in members
            for table in (p.table, *p.came_from)
        ]
        check_columns(whole, study)
    for name, members in parts.items():
        if name in LAYOUTS:
            out.tables[name] = _table(name, members, study, wanted.get(name, {}))
        else:
            _domain(out, name, members, study, wanted.get(name, {}))
        out.lines.extend(_read_line(p, name) for p in members)
    beside = {part.table.source.path for members in parts.values() for part in members} - {""}
    for table in unknown:
        _leave_unknown(out, table, named=named and table.source.path not in beside)
    return out


def _shows_presence(part: _Part) -> bool:
    """Whether a data set is a domain whose dates show a subject alive, and none that is read."""
    return part.use.table in PRESENCE and part.use.table not in sdtm.DOMAINS


def _keep_dates(out: Recognised, part: _Part) -> None:
    """Keep a domain for its dates alone, and say so."""
    table, domain = part.table, part.use.table
    out.others.append(sdtm.as_domain(table, domain))
    where, note = table.source.name, "its dates alone, for the day last known alive"
    out.lines.append(Line("table", where, table.name, domain, table.n_rows, "read", note))


def _leave_analysis(out: Recognised, parts: dict[str, list[_Part]]) -> None:
    """Leave aside the analysis data sets of what the study has as it was collected."""
    collected = {
        name for name, members in parts.items() if any(p.table.source.kind != KIND for p in members)
    }
    for name in [n for n in parts if n in INSTEAD]:
        beside = next((n for n in INSTEAD[name] if n in collected), "")
        if not beside:
            continue
        for part in parts[name]:
            if part.table.source.kind == KIND:
                why = f"an analysis data set; {beside} has what was collected"
                out.leave(part.table, why, "not needed")
        parts[name] = [p for p in parts[name] if p.table.source.kind != KIND]
        if not parts[name]:
            del parts[name]


def _blocks(
    table: CrfTable, study: StudyFile | None, wanted: Mapping[str, Renames]
) -> list[CrfTable] | None:
    """The data sets that an export of a data capture system is made of; None where it is none."""
    part = _part(table, study, wanted)
    if part is not None and part.use.table not in LAYOUTS:
        return None
    return edc.blocks_of(table)


def _parts(
    table: CrfTable,
    blocks: list[CrfTable] | None,
    study: StudyFile | None,
    wanted: Mapping[str, Renames],
) -> list[_Part]:
    """What a data set holds: a table or part of one, or several at once; none of what is unknown."""
    out = []
    for block in [table] if blocks is None else blocks:
        own = _part(block, study, wanted)
        if own is not None and own.use.table not in LAYOUTS:
            out.append(own)
            continue
        wide = read_items(block, study)
        mixed = blocks is not None and (own is None or _holds_events(block, table, own))
        may_be_wide = own is None or own.use.table == "lesions" or wide.has_patterns
        if mixed or (may_be_wide and is_wide(wide)):
            made_of = (block, table)
            out += [_Part(t, FileUse(t.name), True, WIDE, made_of) for t in tables_of(wide)]
        elif own is not None:
            out.append(evolve(own, joins=own.joins or blocks is not None, came_from=(table,)))
    return out


def _holds_events(block: CrfTable, table: CrfTable, own: _Part) -> bool:
    """Whether a data set of an export is that of its events, and no table by itself: it is only
    called as the whole is, and has no column of lesions.
    """
    lesions = any(known_column(name, "lesions") == "lesion" for name in block)
    return block.name == table.name and not own.use.role and not lesions


def _part(table: CrfTable, study: StudyFile | None, wanted: Mapping[str, Renames]) -> _Part | None:
    """What a data set is; None for nothing that is known."""
    said = use_of(table, study) if study is not None else None
    analysis = adam_of(table)
    to = READ_AS.get(analysis, "")
    named = said.table if said is not None else layout_named(table.name)
    if analysis and named in ("", to, *INSTEAD[to]):
        return _Part(from_adam(table, analysis), FileUse(to))
    if said is not None:
        return _Part(table, said, joins=True)
    name = layout_named(table.name)
    role = role_of_form(table.name)
    if name and role and not any(known_column(c, "lesions") == "role" for c in table):
        return _Part(table, FileUse("lesions", role), note=FORM)
    if name:
        return _Part(table, FileUse(name))
    domain = sdtm.domain_of(table)
    by_name = sdtm.domain_by_name(table.name)
    domain = domain or (by_name if by_name in wanted else "")
    if domain:
        return _Part(table, FileUse(domain))
    if role:
        return _Part(table, FileUse("lesions", role), note=FORM)
    form = table_of_form(table.name)
    return _Part(table, FileUse(form)) if form else None


def _table(name: str, members: list[_Part], study: StudyFile | None, renames: Renames) -> CrfTable:
    """One table of the layout from the data sets that are parts of it."""
    _once(name, members)
    _all_there(members, renames)
    ready = []
    for part in members:
        table = part.table if study is None else with_columns(part.table, name, study)
        there = {n.casefold() for n in table}
        own = {o: n for o, n in renames.items() if o.startswith("=") or o.casefold() in there}
        table = renamed(table, own if len(members) > 1 else renames)
        if part.use.role:
            table = with_short_names(table, part.use.role)
        table = layout_columns(table, name, list(part.table))
        if part.table.source.kind == KIND:
            table = evolve(table, notes=tuple(map(_by_adam, table.notes)))
        if len(members) > 1:
            table = evolve(table, origin=part.table.origin)
        ready.append(with_role(table, part.use.role) if part.use.role else table)
    if name == "subjects" and len(ready) > 1:
        return joined_subjects(ready)
    whole = stacked(ready, name)
    if name != "lesions":
        return whole
    ids = next((p.use.ids for p in members if p.use.ids), "")
    return named_by_role(whole, ids, len({p.use.role for p in members if p.use.role}))


def _by_adam(line: Line) -> Line:
    """A line of an analysis data set: its variables are called as the standard has them, and the
    further ones are known to be there.
    """
    if line.kind == "column" and line.status == "renamed":
        return evolve(line, status="read")
    further = line.kind == "column" and line.status == "ignored"
    return evolve(line, status="not needed", note="a variable of ADSL") if further else line


def _once(name: str, members: list[_Part]) -> None:
    """Refuse a table that is given twice: parts are parts where the study file says so, or where each
    form implies a role of its own.
    """
    apart = [p for p in members if not p.joins]
    roles = [p.use.role for p in members]
    twice = next((p.use.role for p in apart if p.use.role and roles.count(p.use.role) > 1), "")
    if len(members) < 2 or not apart or (all(p.use.role for p in apart) and not twice):
        return
    same = [p for p in members if not twice or p.use.role == twice]
    first, second = (p.table.source.name for p in same[:2])
    what = f"The role {twice} of `{name}`" if twice else f"`{name}`"
    raise InputError(
        f"{what} is given twice: {first} and {second}. Give the tables of one study, or say in "
        "[files] of a study file that both are parts of it.",
        argument=name,
    )


def _all_there(members: list[_Part], renames: Renames) -> None:
    """Refuse a rename that none of several parts has; of one part `renamed` says it."""
    if len(members) < 2:
        return
    there = [c for p in members for c in p.table]
    for old in renames:
        if not old.startswith("=") and old.casefold() not in {c.casefold() for c in there}:
            raise InputError(
                f"`mapping` renames {old!r}, which none of "
                f"{', '.join(p.table.source.name for p in members)} has. {did_you_mean(old, there)}",
                argument="mapping",
            )


def _domain(
    out: Recognised,
    name: str,
    members: list[_Part],
    study: StudyFile | None,
    renames: Renames,
) -> None:
    """An SDTM domain from the data set that it is, or from several that the study file names."""
    if name == "LB" and not all(p.joins for p in members):
        for part in members[1:]:
            why = "a second LB data set; put the tumour markers into one"
            out.leave(part.table, why, "ignored")
        del members[1:]
    _once(name, members)
    ready = []
    for part in members:
        table = part.table if study is None else with_columns(part.table, name, study)
        domain = sdtm.as_domain(renamed(table, renames), name)
        ready.append(evolve(domain, notes=table.notes))
    out.domains[name] = stacked(ready, name)


def _leave_unknown(out: Recognised, table: CrfTable, *, named: bool) -> None:
    if named:
        raise InputError(
            f"`{table.name}` is no CRF table and no SDTM domain. "
            f"{did_you_mean(table.name, LAYOUTS)}",
            argument=table.name,
        )
    out.leave(table, _why_unknown(table), "ignored")


def _unknown_form(table: CrfTable, form: CrfTable) -> Line:
    """The line of a repeating form of an export that is no table."""
    where, why = table.source.name, _why_unknown(form)
    return Line("table", where, form.name, "", form.n_rows, "ignored", why)


def _why_unknown(table: CrfTable) -> str:
    near = nearest_table(table.name.casefold())
    names = list(table)
    columns = f"; its columns are {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}"
    return f"neither a CRF table nor an SDTM domain{near}{columns}"


def _read_line(part: _Part, read_as: str) -> Line:
    table = part.table
    return Line("table", table.source.name, table.name, read_as, table.n_rows, "read", part.note)


def layout_named(name: str) -> str:
    """The CRF table that a name says: "lesions", "Lesions", "study1_lesions_2024"; or "".

    >>> layout_named("study1_lesions_2024"), layout_named("lesions_responses")
    ('lesions', '')
    """
    said = name.casefold()
    if said in LAYOUTS:
        return said
    parts = [p for p in re.split(r"[^a-z0-9]+", said) if p in LAYOUTS]
    return parts[0] if len(set(parts)) == 1 else ""


def nearest_table(name: str) -> str:
    """The table that a name is near to, as a half-sentence; "" for none."""
    found = next((_SYNONYMS[p] for p in re.split(r"[^a-z]+", name) if p in _SYNONYMS), "")
    found = found or nearest(name, LAYOUTS)
    return f"; if it is the table of {found}, call it {found}" if found else ""
