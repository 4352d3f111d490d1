"""Keys of rows that are written in two ways: visits that are one number, readers that may be one.

Which rows belong together? A visit is a number or a name, and "2", "2.0" and "02" are one number:
programs write it in each of these ways, as the column beside it has blanks or not. They are made
one, and said. Two readers whose names differ in their spelling alone stay two, as two patients do,
and are told; so is a row that names none beside rows that do. No row is left out here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import compress

import numpy as np
from attrs import evolve

from nettumor.crf.cell_text import number_text
from nettumor.crf.cells import Role, State
from nettumor.crf.columns import Column
from nettumor.crf.dates import parse_date_cells
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.crf.tables import CrfTable
from nettumor.rows import number_rows, values_at
from nettumor.words import evaluators, names, visits
from nettumor.words.missing import tidy
from nettumor.words.visits import VisitKind

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)


def with_one_visit(
    tables: Mapping[str, CrfTable],
) -> tuple[dict[str, CrfTable], list[Line]]:
    """The tables in which a visit is changed, since one number is written in two ways in the study;
    and a line for each spelling that was changed.
    """
    columns = {n: t.column("visit") for n, t in tables.items() if "visit" in t and t.n_rows}
    used = {name: _numbers_in(column) for name, column in columns.items()}
    one_of: dict[float, str] = {}
    several: set[float] = set()
    for word in dict.fromkeys(w for words in used.values() for w in words):
        if one_of.setdefault(float(word), word) != word:
            several.add(float(word))
    changed: dict[str, CrfTable] = {}
    lines = []
    for name, words in used.items():
        own = {w: number_text(float(w)) for w in words if float(w) in several}
        own = {w: one for w, one in own.items() if w != one}
        if own:
            column = columns[name].trimmed
            counts = dict(zip(column.words.tolist(), column.counts.tolist(), strict=True))
            lines += [
                Line(
                    "word", f"{name}.visit", w, one, counts[w], "converted", "one number, one visit"
                )
                for w, one in own.items()
            ]
            said = [own.get(w, w) for w in column.words.tolist()]
            held = {n: tables[name].column(n) for n in tables[name]}
            held["visit"] = Column.of_distinct(said, column.codes)
            changed[name] = evolve(tables[name], columns=held)
    return changed, lines


def _numbers_in(column: Column) -> list[str]:
    """The words that are numbers, as they are written."""
    return [w for w in column.trimmed.words.tolist() if _NUMBER.fullmatch(w)]


def visit_lines(tables: Mapping[str, CrfTable]) -> list[Line]:
    """Visits that may be one and stay two: of one number ("2" and "Visit 2"), spelled alike, or two of
    one reader on one date (of long tables where a name is rare or of another series than the others).
    """
    columns = {n: t.column("visit").trimmed for n, t in tables.items() if "visit" in t}
    words = [*dict.fromkeys(w for column in columns.values() for w in column.words.tolist())]
    found = visits.read_each(words)
    numbered = (found.kind == VisitKind.NUMBERED) & (found.series != "?")
    said = zip(words, found.series.tolist(), found.number.tolist(), strict=True)
    number = {w: (series or "VISIT", n) for w, series, n in compress(said, numbered.tolist())}
    first: dict[tuple[str, float], str] = {}
    pairs = [(first.setdefault(key, word), word) for word, key in number.items()]
    other_of = {word: other for other, word in (*names.alike(words), *pairs) if other != word}
    lines = []
    for name, column in columns.items() if other_of else ():
        for word, count in zip(column.words.tolist(), column.counts.tolist(), strict=True):
            if word in other_of and count:
                note = f"{other_of[word]!r} and {word!r} are two visits; if they are one, write one"
                lines.append(Line("word", f"{name}.visit", word, "", count, "ambiguous", note))
    counts = [c for c in columns["lesions"].counts.tolist() if c] if "lesions" in columns else []
    series = set(found.series[numbered].tolist())
    odd = np.isin(found.kind, (VisitKind.OTHER, VisitKind.NUMBERED)) & ~numbered
    doubtful = len(series) > 1 or odd.any()
    if counts and (sum(counts) <= _LONG or _FEW * min(counts) < max(counts) or doubtful):
        lines += _on_one_date(tables["lesions"], other_of)
    return lines


_LONG, _FEW = 100_000, 4
"""From so many rows on, dates are compared only where a visit's name is doubtful, or the commonest has
more than so many times the rows of the rarest: it takes as long as a tenth of judging them.
"""


def _on_one_date(lesions: CrfTable, known: Mapping[str, str]) -> list[Line]:
    """Visits of one patient and reader on the date of another one."""
    if "date" not in lesions:
        return []
    (own, words), (day, dates) = lesions.keys_of("visit"), lesions.keys_of("date")
    if len(words) < 2:
        return []
    place, first = number_rows(lesions.track()[0], day)
    beside = values_at(own[first], place)
    differ = np.flatnonzero(beside != own)
    is_said = (words[own[differ]] != "") & (words[beside[differ]] != "")
    differ = differ[is_said & (dates[day[differ]] != "")]
    rows_of = lesions.column("visit").trimmed.counts
    own, beside = own[differ], beside[differ]
    is_rarer = rows_of[own] < rows_of[beside]
    rarer, other = np.where(is_rarer, own, beside), np.where(is_rarer, beside, own)
    lines = []
    for (word, one), count in Counter(zip(rarer.tolist(), other.tolist(), strict=True)).items():
        found = str(words[word])
        if found not in known:
            note = f"on the date of {str(words[one])!r} of one reader; if they are one, write one"
            lines.append(Line("word", "lesions.visit", found, "", count, "ambiguous", note))
    return lines


def role_lines(lesions: CrfTable) -> list[Line]:
    """Lesions that are targets at one visit and non-targets at another, and never both at one (as
    where the pages of targets and non-targets are numbered apart).
    """
    role = lesions.lesions.role
    kinds = [role == kind for kind in (Role.TARGET, Role.NON_TARGET)]
    if not all(k.any() for k in kinds):
        return []
    codes, words = lesions.keys_of("lesion")
    alike = np.logical_and.reduce([np.bincount(codes[k], minlength=len(words)) > 0 for k in kinds])
    rows = np.flatnonzero(alike[codes] & (kinds[0] | kinds[1])) if alike.any() else codes[:0]
    if not len(rows):
        return []
    track, _ = lesions.track()
    lesion, first = number_rows(track[rows], codes[rows])
    when = [lesions.keys_of(n)[0][rows] for n in ("visit", "date", "day") if n in lesions]
    both = np.logical_and.reduce(
        [np.bincount(lesion[k[rows]], minlength=len(first)) > 0 for k in kinds]
    )
    if when:
        place, at = number_rows(lesion, *when)
        twice = [np.bincount(place[k[rows]], minlength=len(at)) > 0 for k in kinds]
        both[lesion[at[twice[0] & twice[1]]]] = False
    changed = rows[first[both]]
    if not len(changed):
        return []
    who = f"{words[codes[changed[0]]]} of {lesions.text('subject')[changed[0]]}"
    note = "target and non-target at different visits: judged as two lesions; write one role"
    return [Line("word", "lesions.role", who, "", len(changed), "ambiguous", note)]


def placeholder_lines(tables: Mapping[str, CrfTable]) -> list[Line]:
    """Dates that only stand in for one: before 1902, after 2078, or the day 0 of a program."""
    lines = []
    for name, table in tables.items():
        for column in LAYOUTS[name].columns if table.n_rows else ():
            if column.kind != "date" or column.name in _OTHER_DATES or column.name not in table:
                continue
            if column.name == "date" and not table.has_days:
                cells, held = table.when_cells()
            elif name == "subjects" and table.column(column.name).is_text:
                held = table.column(column.name)
                cells = parse_date_cells(held, order=table.date_orders.get(column.name, ""))
            else:
                continue
            note = "no day of a study can be so: a placeholder is blank"
            odd = (cells.day < _FIRST) | (cells.day > _LAST) | np.isin(cells.day, _DAYS_0)
            for i in np.flatnonzero(odd).tolist():
                n, word = int(held.counts[i]), str(held.words[i])
                if n:
                    place = f"{name}.{column.name}"
                    lines.append(Line("date", place, word, "", n, "ambiguous", note))
    return lines


def _day(date: str) -> float:
    return float(np.datetime64(date).astype("datetime64[D]").astype(np.int64))


_OTHER_DATES = ("birth", "entered", "first_metastasis")
"""Dates that may lie long before a study, or are no dates of a patient."""
_FIRST, _LAST = _day("1902-01-01"), _day("2078-12-31")
_DAYS_0 = [_day(d) for d in ("1904-01-01", "1960-01-01", "1970-01-01")]
"""Where Excel for the Macintosh, SAS and Unix begin to count: a 0 that became a date."""


_NOBODY = frozenset({"", "UNKNOWN", "UNK", "NOT KNOWN", "ND", "NOT DONE"})
"""What stands where nobody is named."""


def reader_lines(lesions: CrfTable) -> list[Line]:
    """Readers whose names differ in their spelling alone or say the same, and rows without one beside
    others.
    """
    if "evaluator" not in lesions:
        return []
    column = lesions.column("evaluator").trimmed
    count_of = dict(zip(column.words.tolist(), column.counts.tolist(), strict=True))
    named = [w for w in count_of if w]
    said = {w: evaluators.plainly(w) for w in named if count_of[w]}
    lines = []
    for other, word in names.alike([*said], [*said.values()]):
        note = f"{other!r} and {word!r} are two readers; if they are one, write one"
        lines.append(Line("word", "lesions.evaluator", word, "", count_of[word], "ambiguous", note))
    nobody = [w for w in count_of if tidy(w) in _NOBODY]
    named = [w for w in named if w not in nobody]
    blank = sum(count_of[w] for w in nobody)
    if blank and any(count_of[w] for w in named):
        note = f"no evaluator, beside {named[0]!r}: read as another reader; say who assessed"
        lines.append(Line("row", "lesions.evaluator", "", "", blank, "ambiguous", note))
    return lines


def unread_rows(lesions: CrfTable) -> list[Line]:
    """Rows that say what was seen of a lesion and not of which kind, and targets that have nothing
    but a short axis and are not known to be nodes.
    """
    lines = []
    cells = lesions.lesions
    if "role" in lesions:
        lost = np.flatnonzero((cells.role == Role.BLANK) & (cells.state != State.BLANK))
        if lost.size:
            note = "no role: not judged; write TARGET, NON-TARGET or NEW in each row of the lesion"
            lines.append(Line("row", "lesions.role", "", "", int(lost.size), "ignored", note))
    if "perpendicular" in lesions and "size" in lesions:
        short = ~np.isnan(lesions.numbers("perpendicular").value) & ~cells.nodal
        short &= (cells.role == Role.TARGET) & (cells.state == State.MEASURED)
        for other in (*LENGTHS, "volume"):
            if other in lesions and other != "perpendicular":
                short &= lesions.blank(other)
        rows = np.flatnonzero(short)
        if rows.size:
            found = f"{lesions.text('perpendicular')[rows[0]]} alone"
            note = (
                "not measured: no `size`, and not known as a lymph node; say so in organ or nodal"
            )
            lines.append(
                Line("number", "lesions.perpendicular", found, "", int(rows.size), "ignored", note)
            )
    return lines
