"""The columns of the findings table, made from the hits of one check at a time.

Input: hits. Output: for each column of `COLUMNS`, and for each column of the user's own, one text a
hit; the key by which a query is known again in the next run. A number is written with up to four
decimals (small ones with four digits), never with the rounding errors of the machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from string import Formatter
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import crf
from nettumor.crf import LAYOUTS
from nettumor.crf.cell_text import number_text
from nettumor.crf.columns import Column, Words
from nettumor.edit_checks.engine.configuration import Configuration
from nettumor.edit_checks.engine.register import Check, Hits
from nettumor.edit_checks.reading.data import Data, visit_words
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.errors import InputError
from nettumor.rows import first_of

COLUMNS = (
    "check",
    "severity",
    "table",
    "row",
    "subject",
    "evaluator",
    "visit",
    "lesion",
    "column",
    "value",
    "expected",
    "message",
    "caused_by",
    "key",
    "site",
    "form",
    "date",
    "related",
)
"""The columns of findings; those of the user's own follow."""

INSIDE = frozenset({*COLUMNS, "item"})
"""Columns that the engine makes: a column of the user's own with such a name is not carried."""

_VARIABLES = {
    "subject": ("USUBJID",), "evaluator": ("--EVALID", "--EVAL"), "visit": ("VISITNUM", "VISIT"),
    "lesion": ("--LNKID",), "date": ("--DTC",), "site": ("SITEID",),
}  # fmt: skip
"""The SDTM variables of the columns, where a finding stands in a domain."""

_ITEMS = {"markers": "marker", "symptoms": "symptom"}
"""The column that tells the rows of a visit apart in tables without lesions."""


def columns_of(data: Data, check: Check, hits: Hits, settings: Configuration) -> dict[str, Words]:
    """The columns of the findings table for one check's hits, but cause and key."""
    count = len(hits.rows)
    table = data[hits.table].table if hits.table in data else None
    names = {n: _cells(data, hits, n) for n in ("subject", "evaluator", "visit", "lesion", "date")}
    if table is not None and table.has_days:
        names["date"] = _cells(data, hits, "day")
    names |= {n: written(v, count) for n, v in hits.names.items()}
    value = _cells(data, hits, hits.column) if hits.value is None else written(hits.value, count)
    fields = {
        "value": value,
        "expected": written(hits.expected, count),
        "column": written(hits.column, count),
        **names,
    }
    own = written(settings.severities.get(check.id, ""), count)
    severity = np.where(own != "", own, written(hits.severity, count))
    where, rows = _places(table, hits.table, hits.column, hits.rows)
    return {
        "check": written(check.id, count),
        "severity": np.where(severity == "", check.severity, severity),
        "table": where,
        "row": rows,
        **{
            n: fields[n]
            for n in ("subject", "evaluator", "visit", "lesion", "column", "value", "expected")
        },
        "message": texts(data, hits, fields),
        "site": _site(data, hits, names["subject"]),
        "form": _form(data, hits),
        "date": names["date"],
        "related": _related(data, hits),
        "item": _cells(data, hits, _ITEMS.get(hits.table, "lesion")),
        **_own_columns(data, hits),
    }


def joined(parts: list[dict[str, Words]]) -> dict[str, Words]:
    """The columns of all hits, one after the other; "" where a part lacks a column.

    The row is a whole number; where a finding has none (it is about a table) it is None there.
    """
    names = dict.fromkeys(n for n in (*COLUMNS, "item") if n not in ("caused_by", "key"))
    names |= dict.fromkeys(n for part in parts for n in part)
    columns = {}
    for name in names:
        held = [p[name] if name in p else written("", len(p["row"])) for p in parts]
        columns[name] = np.concatenate(held) if held else np.empty(0, object)
    rows = columns["row"].astype(np.int64)
    columns["row"] = rows
    if (rows < 0).any():
        columns["row"] = _objects([None if row < 0 else row for row in rows.tolist()])
    return columns


def keys_of(columns: Mapping[str, Words]) -> Words:
    """The key of each finding, the same in every run in which it is found: check, subject,
    evaluator, visit (else date), lesion (else marker or symptom, for a finding on a table the
    table), column, and a number where several share these.
    """
    whole = columns["row"] == None  # noqa: E711 - an array is compared
    when = np.where(columns["visit"] == "", columns["date"], columns["visit"])
    what = np.where(columns["lesion"] == "", columns["item"], columns["lesion"])
    what = np.where(whole, columns["table"], what)
    parts = (columns["check"], columns["subject"], columns["evaluator"], when, what)
    cells = zip(*map(_escaped, (*parts, columns["column"])), strict=True)
    shared = [*map("/".join, cells)]
    keys = [key + "/1" for key in shared]
    count = Counter(shared)
    if len(count) < len(shared):
        number: Counter[str] = Counter()
        for i, key in enumerate(shared):
            if count[key] > 1:
                number[key] += 1
                keys[i] = f"{key}/{number[key]}"
    return _objects(keys)


def _escaped(words: Words) -> list[str]:
    """Words without a slash, each distinct one escaped once."""
    given: list[str] = words.tolist()
    letters = "".join(given)
    if "%" not in letters and "/" not in letters:
        return given
    escaped = {w: w.replace("%", "%25").replace("/", "%2F") for w in {*given}}
    return [escaped[w] for w in given]


def _places(
    table: crf.CrfTable | None, name: str, column: str, rows: npt.NDArray[np.int64]
) -> tuple[Words, npt.NDArray[np.int64]]:
    """The user's table and row number of each position; -1 where there is no row."""
    if table is None or not table.n_rows:
        return written(name, len(rows)), np.full(len(rows), -1, dtype=np.int64)
    none = rows < 0
    return np.where(none, name, words_at(table.origin_of(column), rows)), np.where(
        none, -1, table.rows_of(column)[rows]
    )


def words_at(column: Column, rows: npt.NDArray[np.int64]) -> Words:
    """The cells of a column at some rows as text, a number at the precision of the data."""
    if column.floats is not None and column.letters is None:
        distinct, codes = np.unique(column.floats[rows], return_inverse=True)
        return _objects(_data_words(distinct))[codes]
    words = column.words
    return np.asarray(words[column.codes[rows]]) if len(words) else written("", len(rows))


def _cells(data: Data, hits: Hits, column: str) -> Words:
    """A column's text at the hits, "" for a finding without a row."""
    if hits.table in data and hits.table not in LAYOUTS:
        named = _VARIABLES.get(column, ())
        column = next(
            (v for v in (w.replace("--", hits.table) for w in named) if v in data[hits.table]),
            column,
        )
    if hits.table not in data or column not in data[hits.table] or not data[hits.table].n:
        return written("", len(hits.rows))
    return np.where(
        hits.rows < 0, "", words_at(data[hits.table].table.column(column), hits.rows)
    ).astype(object)


def _related(data: Data, hits: Hits) -> Words:
    """Table and row of the other row that belongs to each hit, "" for none."""
    if hits.related is None:
        return written("", len(hits.rows))
    other = np.asarray(hits.related, dtype=np.int64)
    name = hits.related_table or hits.table
    where, numbers = _places(data[name].table, name, "", other)
    blank = np.array(" ", dtype=object)
    return np.where(other < 0, "", where + blank + written(numbers, len(other))).astype(object)


@made_once
def _site_of_subject(data: Data) -> dict[str, str]:
    """The site of each subject, as the first row has it that tells it: of the subjects table, else of
    another.
    """
    known: dict[str, str] = {}
    for name in sorted(data.tables, key=lambda name: name != "subjects"):
        table = data.tables[name]
        if "site" in table and "subject" in table:
            codes, words = table.keys_of("subject")
            sites, names = table.keys_of("site")
            said = np.flatnonzero((names != "")[sites])
            first = said[first_of(codes[said])]
            told = zip(words[codes[first]].tolist(), names[sites[first]].tolist(), strict=True)
            known = dict(told) | known
    return known


def _site(data: Data, hits: Hits, subjects: Words) -> Words:
    """The site of each hit: of its row, else of its subject; "" where none is known."""
    own = _cells(data, hits, "site")
    known = _site_of_subject(data)
    if not known:
        return own
    names = subjects.tolist()
    site = {s: known.get(" ".join(s.split()), "") for s in {*names}}
    return np.where(own == "", _objects([site[s] for s in names]), own).astype(object)


def _form(data: Data, hits: Hits) -> Words:
    """The form of each hit: the row's own column ``form``, else the name of the table's file."""
    own = _cells(data, hits, "form")
    if hits.table not in data:
        return written(hits.table, len(hits.rows))
    return np.where(own == "", data[hits.table].table.source.name, own).astype(object)


def _own_columns(data: Data, hits: Hits) -> dict[str, Words]:
    """The columns of the user's own at the hits: those that the layout does not know."""
    if hits.table not in data.tables or data.tables[hits.table].source.kind == "sdtm":
        return {}
    known = {*LAYOUTS[hits.table].names(), *INSIDE, "day"}
    return {c: _cells(data, hits, c) for c in data.tables[hits.table] if c not in known}


def written(values: Any, count: int) -> Words:
    """Parts of a message as text: numbers with at most four decimals, "" for NaN."""
    array = np.asarray(values)
    if array.ndim == 0:
        return np.repeat(written(array.reshape(1), 1), count)
    if array.dtype.kind != "f":
        return _objects([*map(str, array.tolist())])
    distinct, codes = np.unique(array, return_inverse=True)
    return _objects([*map(_number, distinct.tolist())])[codes]


def _number(value: float) -> str:
    if value != value:
        return ""
    word = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if word == "-0" else word


def _data_words(values: npt.NDArray[np.float64]) -> list[str]:
    """Numbers of a table as one would write them; visits and days, which are whole, all at once."""
    size = np.abs(values)
    whole = (size >= 1) & (size < 1e10) & (np.trunc(values) == values)
    words = [*map(str, np.where(whole, values, 0).astype(np.int64).tolist())]
    for place in np.flatnonzero(~whole).tolist():
        words[place] = _datum(float(values[place]))
    return words


def _datum(value: float) -> str:
    """A number of a table as one would write it: ten digits, and all where it is very small."""
    if value != value or not 1e-3 <= abs(value) < 1e15:
        return number_text(value)
    if value.is_integer() and abs(value) < 1e10:  # visits and days, in a tenth of the time
        return str(int(value))
    return np.format_float_positional(float(f"{value:.10g}"), trim="-")


def _objects(words: list[Any]) -> Words:
    out = np.empty(len(words), dtype=object)
    out[:] = words
    return out


_NUMERIC = re.compile(r"-?\d+(?:\.\d+)?")


def texts(data: Data, hits: Hits, columns: Mapping[str, Words]) -> Words:
    """The messages of hits; only the fields that the template names are written.

    A field is one of `columns`, of the hit's ``parts``, a column of its table (``{marker}``), or a
    column of its related row (``{related.visit}``). What is a bare number is called what it is:
    subject 7, lesion 2, day -4.
    """
    count = len(hits.rows)
    named = {field for _, field, _, _ in Formatter().parse(hits.message) if field is not None}
    if not named:
        return written(hits.message.replace("{{", "{").replace("}}", "}"), count)
    fields = {name: _field(data, hits, columns, name).tolist() for name in named}
    template, places = "", []
    for literal, name, _, _ in Formatter().parse(hits.message):
        template += literal.replace("{", "{{").replace("}", "}}") + "{}" * (name is not None)
        places += [fields[name]] if name is not None else []
    return _objects([_plain(said) for said in map(template.format, *places)])


def _field(data: Data, hits: Hits, columns: Mapping[str, Words], name: str) -> Words:
    """The text of a field of a message at each hit."""
    count = len(hits.rows)
    if name in hits.parts:
        return written(hits.parts[name], count)
    table = data[hits.table].table if hits.table in data else None
    days = table is not None and table.has_days
    if name == "visit":
        return visit_words(columns["visit"], columns["date"], days)
    if name in ("subject", "lesion"):
        return called(name, columns[name])
    if name in ("value", "date") and days and (name == "date" or hits.column == "day"):
        return called("day", columns[name])
    if name in columns:
        return columns[name]
    head, _, column = name.partition(".")
    if head == "related" and column and hits.related is not None:
        return _of_related(data, hits, column)
    if table is not None and name in table:
        return _cells(data, hits, name)
    known = [*columns, *hits.parts, *(table or ())]
    raise InputError(
        f"`message` names {name}; known: {', '.join(known)}, and related. with a column.",
        argument="message",
    )


def _of_related(data: Data, hits: Hits, column: str) -> Words:
    """A column of the related row of each hit, as a message says it."""
    name = hits.related_table or hits.table
    other = Hits(table=name, rows=hits.related, message="")
    found = _cells(data, other, column)
    if column == "visit":
        days = data[name].table.has_days
        return visit_words(found, _cells(data, other, "day" if days else "date"), days)
    if column in ("subject", "lesion", "day"):
        return called(column, found)
    return found


def called(what: str, words: Words) -> Words:
    """Words, a bare number among them with what it is before it."""
    return _objects([f"{what} {w}" if _NUMERIC.fullmatch(w) else w for w in words.tolist()])


_TWICE = re.compile(r"\b(lesion|subject|day) (?=\1 )", re.IGNORECASE)


def _plain(sentence: str) -> str:
    """A sentence without a word said twice over ("day day 4")."""
    low = sentence.lower()
    twice = "lesion lesion " in low or "subject subject " in low or "day day " in low
    return _TWICE.sub("", sentence) if twice else sentence
