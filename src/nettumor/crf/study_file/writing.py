"""The first version of a study file, from the intake of a study.

What goes in: tables as they were read without one. What comes out: the text of a TOML file that says
what was recognised, so that reading with it gives the same tables, and has a line behind # with the
nearest names for everything that was not, to be mended by hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from nettumor._text import printable
from nettumor.crf.forms import role_of_form
from nettumor.crf.intake import Line
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.parts import FORM
from nettumor.crf.sdtm import DOMAINS
from nettumor.crf.study_file.applying import decision
from nettumor.crf.study_file.loading import SHARED
from nettumor.crf.study_file.record import IGNORE
from nettumor.crf.tables import Tables

_INSIDE = re.compile(", (?:sheet|form|data set|data frame) ")
"""What stands before the name of a data set that has a file in common with others."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NEAREST = re.compile(r"nearest (?:column|variable) is `?(\w+)`?")
_PERHAPS = re.compile(r"if it is the table of (\w+)")
_HEAD = """\
# Study file of nettumor: how the files of this study are read.
# A first version, written by `nettumor intake`. Lines behind # are not read: they show what was not
# recognised, with the nearest name that is known. docs/study_file.md says what each section means.
"""
_TAIL = """
[population]
# who = "assigned"                  # or "all": screen failures too

[schedule]
# every = 56                        # days between scheduled visits
# window = 7                        # days around one that count

[checks.off]
# M22 = "the reason why this check does not apply"
"""


def study_text(tables: Tables) -> str:
    """The text of a study file for these tables.

    Parameters
    ----------
    tables : Tables
        As `nettumor.crf.read` gave them without a study file.

    Returns
    -------
    str
        TOML: what was recognised; behind # what was not, with the nearest names.

    References
    ----------
    TOML 1.0.

    Examples
    --------
    >>> import warnings
    >>> import nettumor.crf
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     tables = nettumor.crf.read({"subjects": {"patient": ["01"], "death_date": ["2024-05-01"]}})
    >>> print("\\n".join(study_text(tables).splitlines()[4:9]))
    [files]
    subjects = "subjects"
    <BLANKLINE>
    [columns.subjects]
    patient = "subject"
    """
    lines = [Line(**row) for row in tables.intake.rows()]
    sections = [
        ("files", _files(lines)),
        *_columns(lines),
        ("wide", _wide(lines)),
        *_words(lines),
        ("dates", [f"{quoted(n)} = {quoted(o)}" for n, o in sorted(tables.decided.items())]),
        ("decided", _decided(lines, set(tables.decided))),
    ]
    text = _HEAD
    for name, body in sections:
        if body:
            text += f"\n[{name}]\n" + "\n".join(body) + "\n"
    return text + _TAIL


def quoted(text: str) -> str:
    """A text as TOML writes it.

    >>> print(quoted('a "b"'))
    "a \\"b\\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(text: str) -> str:
    """A key as TOML writes it: bare where it can be.

    >>> print(key("TL"), key("TL.csv"))
    TL "TL.csv"
    """
    return text if _BARE.fullmatch(text) else quoted(text)


def _remark(entry: str, note: str) -> str:
    """An entry with a remark behind it, on one line."""
    said = " ".join(printable(note).split())
    return f"{entry:35} # {said}" if said else entry


def _files(lines: Iterable[Line]) -> list[str]:
    """What each file or sheet is, and those that are nothing."""
    read = [n for n in lines if n.kind == "table" and n.status == "read" and n.note in ("", FORM)]
    by_role = any(n.kind == "word" and n.place == "lesions.lesion" for n in lines)
    out = []
    names = _file_names(read)
    for line, name in zip(read, names, strict=True):
        role = role_of_form(line.found) if line.note == FORM else ""
        if line.read_as != "lesions" or not role:
            out.append(f"{key(name)} = {quoted(line.read_as)}")
            continue
        ids = ', ids = "within role"' if by_role else ""
        out.append(
            f"{key(name)} = {{ table = {quoted(line.read_as)}, role = {quoted(role)}{ids} }}"
        )
    for line in lines:
        if line.status in ("ignored", "not needed") and line.kind in ("file", "table"):
            name = line.place if line.kind == "table" else line.found
            near = _PERHAPS.search(line.note)
            out.append(_remark(f"# {key(name)} = {quoted(near[1] if near else IGNORE)}", line.note))
    return list(dict.fromkeys(out))


_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?:[_T-]?\d{4,6})?|(?<!\d)\d{8}(?:[_T-]?\d{4,6})?(?!\d)")
"""The day and time that an export has in its name."""


def _file_names(lines: list[Line]) -> list[str]:
    """What to call files and sheets: a sheet by its own name, a file without the day of the export,
    as long as they are told apart.
    """
    often = Counter(line.place for line in lines)
    plain = [n.found if often[n.place] > 1 or _INSIDE.search(n.place) else n.place for n in lines]
    open_ = [_STAMP.sub("*", name) for name in plain]
    count = Counter(open_)
    return [o if count[o] == 1 else p for o, p in zip(open_, plain, strict=True)]


def _columns(lines: list[Line]) -> list[tuple[str, list[str]]]:
    """By table, the columns that were read by another name, and those that were not read; in front,
    for all tables, what the tables of a wide export share.
    """
    wide = bool(_wide(lines))
    by_table: dict[str, list[str]] = {"": []}
    for line in lines:
        table = line.place.partition(".")[0]
        known = table in LAYOUTS or table in DOMAINS
        if line.kind != "column":
            continue
        if known and _is_renaming(line):
            where = "" if wide and line.read_as in SHARED else table
            entry = f"{key(line.found)} = {quoted(line.read_as)}"
            by_table.setdefault(where, []).append(entry)
        elif line.status == "ignored":
            near = _NEAREST.search(line.note)
            entry = f"# {key(line.found)} = {quoted(near[1] if near else '')}"
            by_table.setdefault(table if known else "", []).append(_remark(entry, line.note))
    return [
        (f"columns.{name}" if name else "columns", list(dict.fromkeys(body)))
        for name, body in by_table.items()
    ]


def _is_renaming(line: Line) -> bool:
    """Whether a column is read by another name and as nothing else."""
    return line.status == "renamed" and not line.note and line.found != line.read_as


def _wide(lines: Iterable[Line]) -> list[str]:
    """The patterns of wide columns that were recognised."""
    found = [n for n in lines if n.kind == "column" and "{" in n.found and n.read_as]
    return list(dict.fromkeys(f"{quoted(n.found)} = {quoted(n.read_as)}" for n in found))


def _words(lines: Iterable[Line]) -> list[tuple[str, list[str]]]:
    """By column, the words that are not read, to be given a meaning."""
    by_column: dict[str, list[str]] = {}
    for line in lines:
        if line.kind == "word" and line.status == "unreadable" and " further " not in line.found:
            note = f"{line.count} cell{'s' * (line.count != 1)}: {line.note}"
            entry = _remark(f'# {key(line.found)} = ""', note)
            by_column.setdefault(line.place, []).append(entry)
        elif (
            line.kind == "subject" and line.status == "ambiguous" and line.place.endswith("subject")
        ):
            entry = _remark(f'# {key(line.found)} = ""', line.note)
            by_column.setdefault("subject", []).append(entry)
    return [(f"words.{quoted(name)}", body) for name, body in by_column.items()]


def _decided(lines: list[Line], dated: set[str]) -> list[str]:
    """What the intake read otherwise than it stands there, so that it is known from now on; and, to
    be uncommented, what it could not read.
    """
    out = []
    for line in lines:
        if line.status not in ("renamed", "converted") or _is_renaming(line):
            continue
        if line.kind != "date" or line.place not in dated:  # else [dates] says it
            out.append(f"{quoted(decision(line))} = {quoted(line.read_as)}")
    for line in lines:
        if line.status in ("ignored", "unreadable", "ambiguous") and line.kind not in (
            "file",
            "table",
        ):
            entry = f"# {quoted(decision(line))} = {quoted(line.read_as)}"
            out.append(_remark(entry, "to say that this is known"))
    return list(dict.fromkeys(out))
