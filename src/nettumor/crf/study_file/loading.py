"""A study file from its TOML: every section checked, and what is wrong said with file, line and key.

What goes in: a path. What comes out: `StudyFile`. Whether the files and columns that it names are
there is the question of `applying`, which has the tables.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import attrs
import numpy as np

from nettumor._toml import TomlFile, read_toml
from nettumor.crf.column_names import is_known_variable
from nettumor.crf.layouts import LAYOUTS, ColumnLayout
from nettumor.crf.limits import limits_from
from nettumor.crf.sdtm import DOMAINS
from nettumor.crf.study_file.record import (
    IDS,
    IGNORE,
    Columns,
    FileUse,
    StudyFile,
    StudyPopulation,
    StudySchedule,
    WidePattern,
    Words,
)
from nettumor.criteria import FDA_2018_CENSORING
from nettumor.errors import InputError, InputTypeError, did_you_mean
from nettumor.words import date_words, flags, numbers, responses, roles, states, units
from nettumor.words.dates import ORDERS, DateStatus
from nettumor.words.missing import UNKNOWN, tidy

SECTIONS = (
    "files", "columns", "words", "dates", "units", "wide", "population", "decided", "schedule",
    "checks", "limits",
)  # fmt: skip
"""The tables of a study file."""

KINDS = ("response", "flag")
"""Kinds of columns whose words may be given together."""


def _number_word(word: str) -> int:
    """0 for a number, a limit ("< 5 mm"), a state in its place ("NE") or nothing, else `UNKNOWN`."""
    read = numbers.read(word, comma=True)
    is_number = not all(map(math.isnan, (read.value, read.below, read.above)))
    return 0 if is_number or states.read(word) != UNKNOWN else UNKNOWN


def _date_word(word: str) -> int:
    """0 for a date in any order, a number of days or nothing, else `UNKNOWN`."""
    orders = ("", *ORDERS)
    is_date = any(date_words.read(word, o) != DateStatus.INVALID for o in orders)
    return 0 if is_date or not math.isnan(numbers.read(word).value) else UNKNOWN


_READERS = {
    "role": roles.read,
    "state": states.read,
    "new_lesion": flags.read_new_lesion,
    "sex": flags.read_sex,
    "response": lambda word: responses.read(word, "WHO"),
    "flag": flags.read,
    "number": _number_word,
    "date": _date_word,
}
"""By the name or the kind of a column, what reads its words: `UNKNOWN` for one that it cannot."""
SHARED = (
    "subject", "visit", "visit_name", "date", "day", "study_day", "evaluator", "evaluator_role",
    "method", "slice_thickness", "contrast", "accepted",
)  # fmt: skip
"""Columns of an event that all its lesions share."""

_MOST_DAYS = 1e5
"""Days from here on are no schedule of a study."""

PLACES = re.compile(r"\{(n|visit)\}")
"""What stands in a pattern for the number of a lesion and the name of a visit."""


def study_of(study: Any) -> StudyFile | None:
    """What a user gives as ``study``: a path, a `StudyFile`, or None."""
    if study is None or isinstance(study, StudyFile):
        return study
    if not isinstance(study, (str, os.PathLike)):
        raise InputTypeError(
            f"`study` must be the path of a TOML file, or what nettumor.crf.load_study gives; got "
            f"{study!r:.60}. Write one with: nettumor intake PATH --write-study study.toml.",
            argument="study",
        )
    return load_study(Path(study))


def load_study(path: str | Path) -> StudyFile:
    """A study file: how the files of a study are read, and its checks and schedule.

    Parameters
    ----------
    path : path
        A TOML file in UTF-8; docs/study_file.md says what its sections mean.

    Returns
    -------
    StudyFile

    Raises
    ------
    InputError
        Where the file cannot be read, names something unknown, or has a value of a wrong kind; with
        file, line and key.

    References
    ----------
    TOML 1.0.
    """
    file = read_toml(path, "study")
    _known(file, (), file.content, SECTIONS, "section")
    return StudyFile(
        name=file.name,
        files=_files(file.under("files")),
        columns=_columns(file.under("columns")),
        words=_words(file.under("words")),
        dates=_dates(file.under("dates")),
        units=_units(file.under("units")),
        wide=_wide(file.under("wide")),
        population=_population(file.under("population")),
        decided=_all_text(file.under("decided")),
        schedule=_schedule(file.under("schedule")),
        checks=file.under("checks"),
        limits=_limits(file.under("limits")),
        file=file,
    )


def refuse(file: TomlFile, path: tuple[str, ...], said: str, repair: str) -> NoReturn:
    """An error about a key, with its place."""
    name = ".".join((*file.above, *path))
    raise InputError(f"`{name}` {said} ({file.place(*path)}). {repair}", argument=name)


def _known(
    file: TomlFile, path: tuple[str, ...], found: Iterable[str], known: Iterable[str], what: str
) -> None:
    names = list(known)
    for key in found:
        if key not in names:
            raise InputError(
                f"Unknown {what}: {key!r} ({file.place(*path, key)}). {did_you_mean(key, names)}",
                argument=key,
            )


def _text(file: TomlFile, path: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str):
        name = ".".join((*file.above, *path))
        raise InputTypeError(
            f"`{name}` must be text; got {value!r:.60} ({file.place(*path)}). Put it in quotes.",
            argument=name,
        )
    return value


def _filled(file: TomlFile, path: tuple[str, ...], value: Any) -> str:
    """A text that is not blank."""
    text = _text(file, path, value)
    if not text.strip():
        refuse(file, path, f"must not be blank; got {text!r}", "Write it, or leave the line out.")
    return text


def _all_text(file: TomlFile) -> dict[str, str]:
    return {key: _text(file, (key,), value) for key, value in file.content.items()}


def _texts(file: TomlFile, path: tuple[str, ...], value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        name = ".".join((*file.above, *path))
        raise InputTypeError(
            f"`{name}` must be a list of texts; got {value!r:.60} ({file.place(*path)}). "
            f'Write {path[-1]} = ["one", "another"].',
            argument=name,
        )
    return tuple(value)


def _chosen(file: TomlFile, path: tuple[str, ...], value: Any, known: Iterable[str]) -> str:
    names = list(known)
    text = _text(file, path, value)
    if text not in names:
        refuse(
            file,
            path,
            f"must be one of {', '.join(names)}; got {text!r}",
            did_you_mean(text, names),
        )
    return text


def _number(file: TomlFile, path: tuple[str, ...], value: Any, *, least: float) -> float:
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not least <= value < _MOST_DAYS:
        name = ".".join((*file.above, *path))
        raise InputTypeError(
            f"`{name}` must be a number of days, {least:g} or more; got {value!r:.60} "
            f"({file.place(*path)}). Write {path[-1]} = 56.",
            argument=name,
        )
    return float(value)


def _files(file: TomlFile) -> dict[str, FileUse]:
    uses = {}
    tables = (*LAYOUTS, *DOMAINS, IGNORE)
    for name, said in file.content.items():
        if not isinstance(said, dict):
            uses[name] = FileUse(_chosen(file, (name,), said, tables))
            continue
        _known(file, (name,), said, ("table", "role", "ids"), "key of a file")
        if "table" not in said:
            refuse(file, (name,), "must say the table", 'Write { table = "lesions" }.')
        table = _chosen(file, (name, "table"), said["table"], tables)
        role = _role(file, (name, "role"), said["role"]) if "role" in said else ""
        ids = _chosen(file, (name, "ids"), said["ids"], IDS) if "ids" in said else ""
        if (role or ids) and table != "lesions":
            refuse(
                file, (name,), f"has a role, or ids, and the table {table!r}", "Only lesions have."
            )
        uses[name] = FileUse(table, role, ids)
    return uses


def _role(file: TomlFile, path: tuple[str, ...], value: Any) -> str:
    """The role as the layout writes it."""
    code = roles.read(_text(file, path, value))
    if code in (UNKNOWN, roles.Role.BLANK):
        known = list(roles.SPELLINGS)
        refuse(file, path, f"must be a role; got {value!r}", did_you_mean(value, known))
    name = roles.Role(code).name
    return next(w for w in roles.SPELLINGS if w.replace(" ", "_").replace("-", "_") == name)


def _columns(file: TomlFile) -> Columns:
    everywhere: dict[str, str] = {}
    by_table: dict[str, dict[str, str]] = {}
    ignored_in: dict[str, tuple[str, ...]] = {}
    ignored: tuple[str, ...] = ()
    every = [c for layout in LAYOUTS.values() for c in layout.names()]
    for key, said in file.content.items():
        if key == IGNORE:
            ignored = _texts(file, (key,), said)
        elif not isinstance(said, dict):
            everywhere[key] = _chosen_name(file, (key,), said, every, of_column=True)
        else:
            known = LAYOUTS[key].names() if key in LAYOUTS else every
            rest = {k: v for k, v in said.items() if k != IGNORE}
            by_table[key] = {
                k: _variable(file, (key, k), v)
                if key.upper() in DOMAINS
                else _chosen_name(file, (key, k), v, known, of_column=True)
                for k, v in rest.items()
            }
            if IGNORE in said:
                ignored_in[key] = _texts(file, (key, IGNORE), said[IGNORE])
    return Columns(everywhere, by_table, ignored, ignored_in)


def _chosen_name(
    file: TomlFile,
    path: tuple[str, ...],
    value: Any,
    known: Iterable[str],
    *,
    of_column: bool = False,
) -> str:
    """A column of the layout; the message names the nearest, not all. ``of_column``: the key is the
    user's column.
    """
    text = _text(file, path, value)
    if text not in known:
        repair = did_you_mean(text, known)
        if of_column and path[-1] in known:
            repair = f'Write it the other way round: "{text}" = "{path[-1]}".'
        refuse(file, path, f"must be a column that is read; got {text!r}", repair)
    return text


def _variable(file: TomlFile, path: tuple[str, ...], value: Any) -> str:
    """A variable of the SDTM."""
    text = _text(file, path, value)
    if not is_known_variable(text):
        refuse(
            file, path, f"must be a variable of {path[0].upper()}; got {text!r}",
            "nettumor layouts shows which variable each column is.",
        )  # fmt: skip
    return text


def columns_named(name: str) -> list[tuple[str, ColumnLayout]]:
    """The columns of layouts that "table.column" or "column" names, each with its table."""
    table, point, column = name.partition(".")
    wanted = column if point else name
    return [
        (layout.name, c)
        for layout in LAYOUTS.values()
        for c in layout.columns
        if c.name == wanted and (not point or layout.name == table)
    ]


def _column_of(file: TomlFile, name: str) -> list[tuple[str, ColumnLayout]]:
    found = columns_named(name)
    if not found:
        known = {
            n for t, layout in LAYOUTS.items() for c in layout.names() for n in (c, f"{t}.{c}")
        }
        raise InputError(
            f"Unknown column: {name!r} ({file.place(name)}). {did_you_mean(name, known)}",
            argument=name,
        )
    return found


def _words(file: TomlFile) -> Words:
    missing: tuple[str, ...] = ()
    by_column: dict[str, dict[str, str]] = {}
    for key, said in file.content.items():
        if key == "missing":
            missing = _texts(file, (key,), said)
            continue
        reader = _READERS.get(key) if key in KINDS else _reader_of(_column_of(file, key))
        table = file.under(key)
        by_column[key] = {}
        for word, meaning in table.content.items():
            text = _text(table, (word,), meaning)
            if reader is not None and text.strip() and reader(text) == UNKNOWN:
                refuse(
                    table, (word,), f"must be a word that is read; got {text!r}",
                    "nettumor layouts shows what each column holds.",
                )  # fmt: skip
            by_column[key][tidy(word)] = text
    return Words(missing, by_column)


def _reader_of(columns: list[tuple[str, ColumnLayout]]) -> Any:
    """The reader of the words of a column; None for one that takes any."""
    layout = columns[0][1]
    return _READERS.get(layout.name, _READERS.get(layout.kind))


def _dates(file: TomlFile) -> dict[str, str]:
    orders = {}
    for key, said in file.content.items():
        order = _chosen(file, (key,), said, ORDERS)
        if key != "order" and not key.endswith(("DTC", "DT")):
            kinds = {c.kind for _, c in _column_of(file, key)}
            if "date" not in kinds:
                refuse(file, (key,), "is no column of dates", "Leave it out.")
        orders["" if key == "order" else key] = order
    return orders


def _units(file: TomlFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, said in file.content.items():
        if key == "markers":
            table = file.under(key)
            found |= {f"markers.{m}": _filled(table, (m,), u) for m, u in table.content.items()}
            continue
        unit = _filled(file, (key,), said)
        own = {c.unit for _, c in _column_of(file, key)}
        if not own - {""}:
            refuse(file, (key,), "has no unit of its own", "Give the unit of lengths and volumes.")
        for to in own - {""}:
            if units.factor(unit, to) != units.factor(unit, to):
                refuse(
                    file, (key,), f"must be a unit that can be made {to}; got {unit!r}", "Write cm."
                )
        found[key] = unit
    return found


def _wide(file: TomlFile) -> tuple[WidePattern, ...]:
    return tuple(_pattern(file, key, said) for key, said in file.content.items())


def _pattern(file: TomlFile, key: str, said: Any) -> WidePattern:
    """One pattern: "t{n}_size" = "TARGET size", or a table that says it in full."""
    marks = PLACES.findall(key)
    if not key.strip() or len(set(marks)) < len(marks) or "{" in PLACES.sub("", key):
        refuse(file, (key,), "is no pattern", 'Write {n} and {visit} once each: "t{n}_size".')
    if isinstance(said, dict):
        parts = {k: _text(file, (key, k), v) for k, v in said.items()}
        table, column = parts.pop("table", "lesions"), parts.pop("column", "")
    else:
        *before, column = _text(file, (key,), said).split() or [""]
        head = " ".join(before)
        table = head if head in LAYOUTS else "lesions"
        parts = {"role": head} if head and head not in LAYOUTS else {}
        if not head and marks == ["visit"]:  # shared by all of a visit: its date
            return WidePattern(key, "", _chosen_name(file, (key,), column, SHARED))
    _chosen(file, (key,), table, LAYOUTS)
    names = LAYOUTS[table].names()
    _chosen_name(file, (key,), column, names)
    for name in parts:
        _chosen_name(file, (key,), name, names)
    if "role" in parts:
        parts["role"] = _role(file, (key,), parts["role"])
    if table == "lesions" and "n" not in marks and "lesion" not in parts:
        refuse(file, (key,), "does not say which lesion", 'Put {n} for its number: "t{n}_size".')
    return WidePattern(key, table, column, parts)


def _population(file: TomlFile) -> StudyPopulation:
    said = file.content
    _known(file, (), said, ("who", "leave_out", "where"), "key in [population]")
    who = _chosen(file, ("who",), said["who"], ("assigned", "all")) if "who" in said else ""
    out = said.get("leave_out", {})
    if isinstance(out, list):
        reasons = dict.fromkeys(_texts(file, ("leave_out",), out), "")
    else:
        reasons = _all_text(file.under("leave_out"))
    where = file.under("where")
    wanted = {
        column: (words,) if isinstance(words, str) else _texts(where, (column,), words)
        for column, words in where.content.items()
    }
    for column, words in wanted.items():
        if not words:
            refuse(where, (column,), "names no word", "Write those of which one must stand there.")
    return StudyPopulation(who, reasons, wanted)


def _schedule(file: TomlFile) -> StudySchedule:
    said = file.content
    _known(file, (), said, ("every", "visits", "days", "window", "baseline"), "key in [schedule]")
    ways = [k for k in ("every", "visits", "days") if k in said]
    if len(ways) > 1:
        refuse(file, (ways[1],), f"stands beside `{ways[0]}`", "Say the visits in one way.")
    visits = said[ways[0]] if ways else None
    good = True
    if ways:
        pairs = isinstance(visits, list) and all(isinstance(v, list) for v in visits)
        good = pairs if ways[0] == "visits" else isinstance(visits, list) and not pairs
        good = isinstance(visits, (int, float)) if ways[0] == "every" else good
        try:
            visits = attrs.evolve(FDA_2018_CENSORING, schedule=visits).schedule
        except InputError:
            good = False
        good = good and np.max(np.asarray(visits), initial=0) < _MOST_DAYS
    if not good:
        refuse(
            file, (ways[0],), f"must be scheduled visits; got {visits!r:.60}",
            "Write every = 56, visits = [[0, 56], [336, 84]] or days = [56, 112, 196], all below 100,000.",
        )  # fmt: skip
    windows = {
        name: _number(file, (name,), said[name], least=0)
        for name in ("window", "baseline")
        if name in said
    }
    return StudySchedule(visits, **windows)


def _limits(file: TomlFile) -> Mapping[str, int]:
    try:
        limits_from(file.content)
    except InputError as error:
        said = str(error).replace(f"`{error.argument}`", f"`limits.{error.argument}`")
        place = file.place(error.argument)
        raise type(error)(f"{said} ({place})", argument=error.argument) from None
    return dict(file.content)
