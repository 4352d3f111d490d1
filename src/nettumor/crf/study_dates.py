"""The dates of a study: decided once for all its columns, and the days made of study days.

Which order of day and month, and from which day do bare numbers count? `nettumor.words.dates`
decides, by all columns of the study together, or as the user says; here the columns are gathered,
and what was decided is put into the tables. Study days (CDISC --DY: 1 on the day of RFSTDTC, -1 the
day before, no day 0; SDTMIG 3.4, 4.4.4) become days from the reference date, where a table has
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import evolve, frozen

from nettumor._arrays import Floats
from nettumor.crf.columns import Column
from nettumor.crf.dates import iso, parse_dates
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.tables import CrfTable, Tables
from nettumor.errors import InputError
from nettumor.words import dates as words_of_dates

Said = str | Mapping[str, str] | None
"""What the user says of columns of dates: one order for all, or one for each."""

MOST_WORDS = 20
"""So many words of a column get a line each; the others one line together."""


@frozen
class Decided:
    """Dates of a study after the decision.

    Attributes
    ----------
    tables, domains : dict of str to CrfTable
        With their ``date_orders``.
    orders : dict of str to str
        By "table.column", what was decided.
    lines : list of Line
    refusals : list of InputError
        Columns that cannot be read without being told more, or of which no cell can be read.
    """

    tables: dict[str, CrfTable]
    domains: dict[str, CrfTable]
    orders: dict[str, str]
    lines: list[Line]
    refusals: list[InputError]


def decide(
    tables: Mapping[str, CrfTable], domains: Mapping[str, CrfTable], said: Said, *, days: bool
) -> Decided:
    """How every column of dates of a study is read.

    Parameters
    ----------
    tables, domains : mapping of str to CrfTable
    said : str or mapping of str to str, optional
        What the user says.
    days : bool
        The study counts days: numbers in the subjects table are days, not dates.
    """
    columns: dict[str, Column] = {}
    for name, table in tables.items():
        dated = [c.name for c in LAYOUTS[name].columns if c.kind == "date" and c.name in table]
        if name == "subjects" and days and not _any_date(table, dated):
            continue
        columns |= {f"{name}.{c}": table.column(c) for c in dated}
    mapped = dict.fromkeys(columns)  # in this order: the intake is the same in every run
    for name, table in domains.items():
        columns |= {f"{name}.{v}": table.column(v) for v in table if v.endswith(("DTC", "DT"))}
    if isinstance(said, Mapping) and "" in said:  # a study file's order of all other columns
        said = {n: said.get(n, said.get(n.partition(".")[2], said[""])) for n in columns}
    decisions = words_of_dates.decide(
        {n: c.words.tolist() for n, c in columns.items()},
        said,
        readers={n: c.date_words for n, c in columns.items()},
    )
    orders = {n: d.order for n, d in decisions.items() if d.order}
    lines: list[Line] = []
    refusals: list[InputError] = []
    for name in mapped:
        lines += _lines(name, columns[name], decisions[name])
        refused = _refusal(name, columns[name], decisions[name])
        refusals += [refused] if refused is not None else []
    return Decided(
        {n: _with_orders(t, n, orders) for n, t in tables.items()},
        {n: _with_orders(t, n, orders) for n, t in domains.items()},
        {n: order for n, order in orders.items() if n in mapped},
        lines,
        refusals,
    )


def _with_orders(table: CrfTable, name: str, orders: Mapping[str, str]) -> CrfTable:
    own = {n.partition(".")[2]: o for n, o in orders.items() if n.partition(".")[0] == name}
    return evolve(table, date_orders=own) if own else table


def _any_date(table: CrfTable, columns: list[str]) -> bool:
    """Whether some cell of the columns is written as a date, and not as a number of days."""
    held = [table.column(c) for c in columns]
    return any(words_of_dates.is_date(w) for c in held if c.is_text for w in c.words)


def _lines(name: str, column: Column, decision: Any) -> list[Line]:
    """What the intake says of a column of dates."""
    if not (decision.refusal or decision.converted or decision.partial or decision.unreadable):
        return []
    count = column.counts
    out = []
    if decision.refusal:
        held = np.flatnonzero(~_blank_words(column))
        first = str(column.words[held[0]]) if len(held) else ""
        cells = int(count[held].sum())
        return [Line("date", name, first, "", cells, "ambiguous", decision.refusal)]
    converted = list(decision.converted)
    if converted:
        word = str(column.words[converted[0]])
        day = parse_dates(Column.of_text([word]), order=decision.order)
        note = decision.note or "each cell by itself"
        ends = [str(iso(end)[0]) for end in (day.earliest, day.latest)]
        read_as = str(iso(day.day)[0]) or (" to ".join(ends) if all(ends) else "a day not known")
        cells = int(count[converted].sum())
        out.append(Line("date", name, word, read_as, cells, "converted", note))
    partial = [i for i in decision.partial if i not in set(converted)]
    if partial:
        word, cells = str(column.words[partial[0]]), int(count[partial].sum())
        out.append(Line("date", name, word, "an interval", cells, "read", "a part is not known"))
    unread = [(str(column.words[i]), int(count[i])) for i in decision.unreadable]
    return out + word_lines("date", name, unread, "not a date that is certain; write 2024-03-01")


def word_lines(kind: str, place: str, words: list[tuple[str, int]], note: str) -> list[Line]:
    """A line for each word that cannot be read, and one for the words beyond `MOST_WORDS`."""
    words = [(w, n) for w, n in words if n]
    out = [Line(kind, place, w[:60], "", n, "unreadable", note) for w, n in words[:MOST_WORDS]]
    rest = words[MOST_WORDS:]
    if rest:
        found = f"{len(rest)} further {kind}s"
        out.append(Line(kind, place, found, "", sum(n for _, n in rest), "unreadable", note))
    return out


def _refusal(name: str, column: Column, decision: Any) -> InputError | None:
    """Why a column of dates cannot stay as it is: not decided, or no cell of it can be read."""
    if decision.refusal:
        said = str(decision.refusal)
        shell = re.sub(r"ass dates=[^(]*\((--dates \w+)\)", r"ass \1", said)
        return InputError(said, argument=name, command_line=shell)
    if not decision.unreadable:
        return None
    held = set(np.flatnonzero(~_blank_words(column)).tolist())
    if not held or held - set(decision.unreadable):
        return None
    first = column.words[min(held)]
    return InputError(
        f"`{name}` must hold dates; no cell of it can be read, the first is {first!r}. Write "
        'dates such as 2024-03-01, or say what they are: dates="DMY", "MDY", "excel" or "sas".',
        argument=name,
        count=len(column),
        command_line=f"`{name}` must hold dates; no cell of it can be read, the first is {first!r}. "
        "Write dates such as 2024-03-01, or say what they are: --dates DMY, MDY, excel or sas.",
    )


def _blank_words(column: Column) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of the words stand for nothing, or are in no row."""
    from nettumor.words.missing import is_missing

    used = column.counts > 0
    return ~used | np.array([is_missing(w) for w in column.words], dtype=np.bool_)


def with_days(study: Tables) -> tuple[Tables, list[Line], list[InputError]]:
    """The study with `day` in the tables that have nothing but study days.

    Returns
    -------
    tuple of Tables, list of Line and list of InputError
        The errors: subjects whose study days count from a date that is not known, while another is
        their reference date.
    """
    lines: list[Line] = []
    errors: list[InputError] = []
    changed: dict[str, CrfTable] = {}
    for name, table in study.items():
        if {"date", "day"} <= {*table}:
            table, beside = _days_beside_dates(table)
            lines += beside
            changed[name] = table
        if table.has_days and not _any_day(table):
            errors.append(_no_day(name, table))
        from_domain = table.source.kind == "sdtm" and table.has_days
        if not from_domain and not _only_study_days(table):
            continue
        if not from_domain:
            table, zero = _counted_from_zero(table)
            lines += zero
        shift, unknown = _shift(study, table)
        day = table.column("day").floats
        assert day is not None
        wrong = unknown & ~np.isnan(day)
        if wrong.any():
            errors.append(_unknown_origin(name, table, wrong))
        moved = np.where(unknown, np.nan, day + shift)
        how = "1 is the first day and there is no day 0, so 1 less from day 1 on"
        subjects = len(np.unique(table.keys_of("subject")[0][(shift != 0) & ~unknown]))
        if subjects:
            how += f"; moved to the reference date for {subjects} subject{'s' * (subjects > 1)}"
        place = f"{name}.study_day"
        lines.append(Line("column", place, "study_day", "day", table.n_rows, "converted", how))
        columns = {n: table.column(n) for n in table if n != "date"} | {"day": Column(floats=moved)}
        changed[name] = evolve(table, columns=columns)
    return (study.replace(**changed) if changed else study), lines, errors


def _days_beside_dates(table: CrfTable) -> tuple[CrfTable, list[Line]]:
    """A table with both columns: days stand for dates where there is no date at all, and are not
    read beside dates.
    """
    no_date, no_day = table.blank("date"), table.blank("day")
    if no_date.all() and not no_day.all():
        rest = evolve(table, columns={n: table.column(n) for n in table if n != "date"})
        note = "every cell is blank; the column day stands for it"
        return rest, [
            Line("column", f"{table.name}.date", "date", "", table.n_rows, "not needed", note)
        ]
    lost = int(np.count_nonzero(no_date & ~no_day))
    if not lost:
        return table, []
    note = "a table with dates is read by its dates; give these too, or leave out the column date"
    found = "rows with a day and no date"
    return table, [Line("row", f"{table.name}.day", found, "", lost, "ignored", note)]


def _any_day(table: CrfTable) -> bool:
    """Whether a cell of `day` is a number, or all are blank."""
    return bool(
        table.column("day").floats is not None
        or table.blank("day").all()
        or not np.isnan(table.numbers("day").value).all()
    )


def _no_day(name: str, table: CrfTable) -> InputError:
    first = table.text("day")[np.argmin(table.blank("day"))]
    return InputError(
        f"`{name}.day` must hold days as numbers; no cell of it can be read, the first is {first!r}. "
        "Write 56 for day 56, or give a column date.",
        argument=f"{name}.day",
        count=table.n_rows,
    )


def _only_study_days(table: CrfTable) -> bool:
    """Whether the rows have a study day, and neither a date nor a day."""
    if "study_day" not in table or "day" in table or not table.n_rows:
        return False
    return bool(table.blank("date").all() and not table.blank("study_day").all())


def _counted_from_zero(table: CrfTable) -> tuple[CrfTable, list[Line]]:
    """The table with `day`: the study day less 1 from day 1 on; a study day of 0 is not known."""
    number = table.numbers("study_day").value
    day = np.where(number > 0, number - 1, np.where(number < 0, number, np.nan))
    columns = {n: table.column(n) for n in table} | {"day": Column(floats=day)}
    zeros = int(np.count_nonzero(number == 0))
    note = "a study day is never 0: day 1 is the first, day -1 the one before it"
    place = f"{table.name}.study_day"
    lines = [Line("number", place, "0", "", zeros, "unreadable", note)] if zeros else []
    return evolve(table, columns=columns), lines


def _shift(study: Tables, table: CrfTable) -> tuple[Floats, Any]:
    """For each row the days from the subject's reference date to the first study day, and where
    they are not known although the reference date is.
    """
    none = np.zeros(table.n_rows), np.zeros(table.n_rows, dtype=np.bool_)
    if "subjects" not in study:
        return none
    subjects = study["subjects"]
    origin_of, reference_of = _origins(study)
    code, words = table.keys_of("subject")
    own, names = subjects.keys_of("subject")
    place = {w: i for i, w in reversed(list(enumerate(names[own].tolist())))}
    row = np.array([place.get(w, -1) for w in words], dtype=np.int64)
    origin = np.append(origin_of, np.nan)[row]
    reference = np.append(reference_of, np.nan)[row]
    unknown = np.isnan(origin) & ~np.isnan(reference)
    shift = np.where(np.isnan(origin) | np.isnan(reference), 0.0, origin - reference)
    return (shift[code], unknown[code]) if len(words) else none


def _origins(study: Tables) -> tuple[Floats, Floats]:
    """For each row of the subjects table the day that study days count from, and the reference
    date.
    """
    subjects = study["subjects"]
    dated = [c.name for c in LAYOUTS["subjects"].columns if c.kind == "date" and c.name in subjects]
    days = not any("date" in t for n, t in study.items() if n != "subjects")
    days = days and not _any_date(subjects, dated)
    start = subjects.dates("treatment_start", days=days).day
    randomized = subjects.dates("randomized", days=days).day
    first = start
    dm = study.domains.get("DM")
    if "RFSTDTC" in subjects:
        first = subjects.dates("RFSTDTC", days=days).day
    elif dm is not None and "RFSTDTC" in dm and len(dm.rows) == len(start):
        first = dm.dates("RFSTDTC").day
    return first, np.where(np.isnan(randomized), start, randomized)


def _unknown_origin(name: str, table: CrfTable, wrong: Any) -> InputError:
    row = int(np.argmax(wrong))
    count = len(np.unique(table.keys_of("subject")[0][wrong]))
    return InputError(
        f"`{name}.study_day` is given for subject {table.text('subject')[row]!r} ({count} such "
        "subjects), and study days count from the start of treatment, and `subjects` has a day of "
        "randomisation and no start of treatment for them. Give `treatment_start`, or dates.",
        argument=f"{name}.study_day",
        count=count,
    )
