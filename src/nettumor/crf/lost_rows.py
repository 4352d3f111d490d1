"""Rows of which something is lost although each of their cells can be read: a line of the intake for
each kind.

A row without visit and date has no place in a course, a sample without a date belongs to no scan, a
subject without a row of a lesion is counted and was perhaps the footer of a sheet, and samples of
another unit are not compared. Nothing is left out here, and nothing refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools
from nettumor.crf.alike_names import marker_as_read
from nettumor.crf.cells import Role
from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable
from nettumor.rows import codes_of, number_rows
from nettumor.words import units, visits
from nettumor.words.missing import any_missing
from nettumor.words.visits import VisitKind

_DATES = ("date", "day", "study_day")


_SAID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lesions": ("size", "state"),
        "responses": ("overall", "target", "sum"),
        "markers": ("value",),
        "symptoms": ("per_day", "count", "total", "score", "grade"),
    }
)
"""What a row of a table says beside its keys: without it the row is an unused line of the form."""


def lost_row_lines(tables: Mapping[str, CrfTable]) -> list[Line]:
    """The lines for rows that say something and cannot be used as they stand."""
    lines: list[Line] = []
    lesions, subjects = tables.get("lesions"), tables.get("subjects")
    if lesions is not None:
        lines += _without_place(lesions)
        lines += _without_visit(lesions)
        lines += _without_lesions(lesions, subjects)
    if "responses" in tables:
        lines += _without_place(tables["responses"])
    if subjects is not None:
        lines += _bare_subjects(subjects, lesions)
    for name, what in (("markers", "marker"), ("symptoms", "symptom")):
        if name in tables:
            lines += _unplaced_samples(tables[name], what)
            lines += _unequal(tables[name], what)
            lines += _unknown_subjects(tables, name)
    if "markers" in tables:
        lines += _units(tables["markers"])
    if "symptoms" in tables:
        lines += _totals(tables["symptoms"])
    return lines


def _blank(table: CrfTable, columns: Sequence[str]) -> Bools:
    """Rows in which each of the columns is blank; one that is not there is blank."""
    held = [name for name in columns if name in table]
    if any(_is_full(table, name) for name in held):
        return np.zeros(table.n_rows, dtype=np.bool_)
    out = np.ones(table.n_rows, dtype=np.bool_)
    for name in held:
        out &= table.blank(name)
    return out


def _is_full(table: CrfTable, name: str) -> bool:
    """Whether no cell of a column is blank, as its distinct words tell: in the time of those alone."""
    column = table.column(name)
    if column.floats is not None:
        return not np.isnan(column.floats).any()
    words = column.words.tolist()
    return "" not in words and not any_missing(words)


def _line(
    table: CrfTable, rows: npt.NDArray[Any], place: str, note: str, status: str = "ambiguous"
) -> Iterator[Line]:
    """One line for some rows (a mask), with where the first stands; none where there are none."""
    found = np.flatnonzero(rows)
    if found.size:
        where = f"; the first at {table.source.rows}: {table.rows[found[0]]}"
        yield Line("row", f"{table.name}.{place}", "", "", int(found.size), status, note + where)


def _without_place(table: CrfTable) -> Iterator[Line]:
    """Rows with a value that stand nowhere: with neither visit nor date, or with a visit whose name
    says no order and that no row dates.
    """
    keys = [n for n in ("visit", *_DATES) if n in table]
    dateless = _blank(table, _DATES) & ~_blank(table, _SAID[table.name])
    if not dateless.any():
        return
    lost = dateless & _blank(table, ("visit",))
    note = "neither visit nor date: no place in the course; write the visit or the date"
    yield from _line(table, lost, keys[0] if keys else "visit", note)
    if "visit" not in table or not any(n in table for n in _DATES):
        return
    codes, words = table.keys_of("visit")
    found = visits.read_each(words.tolist())
    unordered = np.isnan(found.place) & (found.kind != VisitKind.BLANK)
    lost = dateless & unordered[codes]
    if not lost.any():
        return
    visit, _ = number_rows(table.track()[0], codes)
    dated = np.bincount(visit[~_blank(table, _DATES)], minlength=int(visit.max()) + 1) > 0
    lost &= ~dated[visit]
    found_there = np.flatnonzero(lost)
    if found_there.size:
        name = words[codes[found_there[0]]]
        note = f"visit {str(name)!r} says no order and has no date: no place in the course"
        yield from _line(table, lost, "visit", note)


def _without_visit(table: CrfTable) -> Iterator[Line]:
    """Rows without a visit on a day on which the same reader has a visit of the same patient."""
    if "visit" not in table or "date" not in table:
        return
    lost = table.blank("visit")
    if not lost.any() or lost.all():
        return
    track, _ = table.track()
    place, at = number_rows(track, table.keys_of("date")[0])
    named = np.bincount(place[~lost], minlength=len(at)) > 0
    lost = lost & named[place] & ~table.blank("date")
    note = "no visit, on the date of one: a timepoint of its own beside that visit; write the visit"
    yield from _line(table, lost, "visit", note)


def _without_lesions(lesions: CrfTable, subjects: CrfTable | None) -> Iterator[Line]:
    """Subjects of whom no row is of a lesion, and whom no table of subjects names."""
    if subjects is not None or "role" not in lesions:
        return
    if lesions.n_rows and lesions.lesions.role.min() > Role.BLANK:
        return
    codes, words = lesions.keys_of("subject")
    of_lesion = np.bincount(codes[lesions.lesions.role > Role.BLANK], minlength=len(words))
    counts = np.bincount(codes, minlength=len(words))
    who = [w for w in words[(of_lesion == 0) & (counts > 0)].tolist() if w]
    if who:
        row = int(lesions.rows[np.flatnonzero(codes == words.tolist().index(who[0]))[0]])
        note = (
            f"no row of a lesion: counted as a patient without lesions; if it is none, delete the row "
            f"(the first at {lesions.source.rows}: {row})"
        )
        yield Line("subject", "lesions.subject", who[0], "", len(who), "ambiguous", note)


def _bare_subjects(subjects: CrfTable, lesions: CrfTable | None) -> Iterator[Line]:
    """Rows of the subjects table with nothing beside a name that no other subject is like: "Total",
    "Page 1 of 2".
    """
    others = [n for n in subjects if n != "subject"]
    bare = _blank(subjects, others)
    if not others or not bare.any() or bare.all():
        return
    known = set(lesions.keys_of("subject")[1].tolist()) if lesions is not None else set()
    codes, words = subjects.keys_of("subject")
    looks = [(any(map(str.isdigit, w)), " " in w, w[:1].isalnum()) for w in words.tolist()]
    full = np.bincount(codes[~bare], minlength=len(words)) > 0
    usual = {look for look, is_full in zip(looks, full.tolist(), strict=True) if is_full}
    pairs = zip(words.tolist(), looks, strict=True)
    odd = [bool(w) and w not in known and look not in usual for w, look in pairs]
    bare &= np.array(odd, dtype=np.bool_)[codes]
    note = "nothing beside the subject: counted as a patient; if it is none, delete the row"
    yield from _line(subjects, bare, "subject", note)


def _unplaced_samples(table: CrfTable, what: str) -> Iterator[Line]:
    """Values without a date, or without a name."""
    given = ~_blank(table, _SAID[table.name])
    undated = given & _blank(table, _DATES)
    yield from _line(table, undated, "day" if table.has_days else "date", "no date: not used")
    if what in table:
        nameless = given & table.blank(what)
        yield from _line(table, nameless, what, f"no {what}: not used")


def _unequal(table: CrfTable, what: str) -> Iterator[Line]:
    """Unequal values of one day: by the rule of the library none of them is used."""
    if what not in table or "subject" not in table or not table.n_rows:
        return
    said = _SAID[table.name]
    series = _numbered(table, what, marker_as_read if what == "marker" else str.casefold)[0]
    unit = _numbered(table, "unit", _unit_as_read)[0] if "unit" in table else series
    keys = [table.keys_of(n)[0] for n in ("subject", *_DATES, "visit") if n in table]
    place, first = number_rows(series, unit, *keys)
    if len(first) == table.n_rows:
        return
    rows = np.flatnonzero((np.bincount(place)[place] > 1) & ~_blank(table, said))
    read = [table.numbers(n) for n in said if n in table]
    values = [codes_of(v[rows])[0] + 1 for r in read for v in (r.value, r.below, r.above)]
    _, start = number_rows(place[rows], *values)
    unequal = np.bincount(place[rows[start]], minlength=len(first)) > 1
    lost = np.zeros(table.n_rows, dtype=np.bool_)
    lost[rows] = unequal[place[rows]]
    note = f"unequal values of one {what} on one day: none is used"
    yield from _line(table, lost, said[0], note, "not needed")


def _unknown_subjects(tables: Mapping[str, CrfTable], name: str) -> Iterator[Line]:
    """Subjects of a table whom neither the lesions nor the subjects know."""
    others = [tables[n] for n in ("subjects", "lesions") if n in tables]
    if not others or "subject" not in tables[name]:
        return
    known = {w for table in others for w in table.keys_of("subject")[1].tolist()}
    codes, words = tables[name].keys_of("subject")
    used = np.bincount(codes, minlength=len(words)) > 0
    strange = [w for w in words[used].tolist() if w and w not in known]
    if strange:
        why = f"neither lesions nor subjects name them: {', '.join(strange[:3])}"
        more = ", ..." if len(strange) > 3 else ""
        yield Line(
            "subject", f"{name}.subject", strange[0], "", len(strange), "ambiguous", why + more
        )


def _numbered(
    table: CrfTable, column: str, read_as: Callable[[str], str]
) -> tuple[npt.NDArray[Any], list[str]]:
    """For each row the number of what its word is read as, and these readings."""
    held = table.column(column).trimmed
    readings = [read_as(w) for w in held.words.tolist()]
    place = {r: i for i, r in enumerate(dict.fromkeys(readings))}
    return np.array([place[r] for r in readings])[held.codes], [*place]


def _unit_as_read(word: str) -> str:
    unit = units.read(word)
    return f"{unit.counted} per {unit.per} {unit.power}" if unit else word.casefold()


def _units(table: CrfTable) -> Iterator[Line]:
    """Units of a marker beside others of the same patient: samples are never converted. That is told
    aloud where one of them is not known, and may be another spelling.
    """
    if not {"subject", "marker", "unit", "value"} <= set(table) or not table.n_rows:
        return
    unit, readings = _numbered(table, "unit", _unit_as_read)
    if len(readings) < 2:
        return
    marker, names = _numbered(table, "marker", marker_as_read)
    of_ratio = np.array(["creatinine" in r for r in readings])[unit]  # a marker of its own
    given = ~(table.blank("value") | table.blank("unit") | table.blank("marker"))
    rows = np.flatnonzero(given)
    series, first = number_rows(table.keys_of("subject")[0][rows], marker[rows], of_ratio[rows])
    beside = rows[first[series]]  # the first sample of the series
    other = unit[rows] != unit[beside]
    written = table.column("unit").trimmed
    pairs = (marker[rows[other]], written.codes[rows[other]], written.codes[beside[other]])
    for (name, word, first_word), count in Counter(
        zip(*(p.tolist() for p in pairs), strict=True)
    ).items():
        found, beside_it = str(written.words[word]), str(written.words[first_word])
        are_known = units.read(found) is not None and units.read(beside_it) is not None
        note = (
            f"{names[name]} of the same patient is in {beside_it!r} too: two units are not compared; "
            "write one (nettumor.markers.convert)"
        )
        status = "not needed" if are_known else "ambiguous"
        yield Line("word", "markers.unit", found, "", count, status, note)


def _totals(table: CrfTable) -> Iterator[Line]:
    """Totals of nobody knows how many days."""
    if "total" not in table:
        return
    others = ("per_day", "count", "days_recorded", "period_days")
    lost = ~table.blank("total") & _blank(table, others)
    note = "neither days_recorded nor period_days: not used"
    yield from _line(table, lost, "total", note, "not needed")
