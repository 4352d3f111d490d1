"""Clinical files of cBioPortal: a patient a row, and the times to events that stand among its columns.

Which question: what does data_clinical_patient.txt hold? Four lines behind "#" give the attributes'
display names, descriptions, types and priorities; the header follows. Attributes called PREFIX_STATUS
and PREFIX_MONTHS are one time to an event, its status beginning with 1 where the event was seen and
with 0 where it is censored.

Source: cBioPortal documentation, File Formats, "Clinical Data" (patient attributes, survival columns).
"""

from __future__ import annotations

import re

import numpy as np
from attrs import evolve

from nettumor.crf.columns import Column, concatenate, constant
from nettumor.crf.dataset_json import as_numbers_where_possible
from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable

_TYPES = frozenset({b"STRING", b"NUMBER", b"BOOLEAN"})
_MONTH = 30.4375
"""Days, as months are written everywhere here."""
_OLD_WORDS = {"DECEASED": "1", "LIVING": "0"}
"""The status of survival before it had a number in front."""


def is_clinical(data: bytes) -> bool:
    """Whether a text file begins as cBioPortal's clinical files do: its third line gives types."""
    lines = data[: 1 << 18].removeprefix(b"\xef\xbb\xbf").splitlines()[:4]
    if len(lines) < 4 or not all(line.startswith(b"#") for line in lines):
        return False
    types = {cell.strip().upper() for cell in lines[2].lstrip(b"#").split(b"\t")}
    return bool(types) and types <= _TYPES


def without_attributes(data: bytes) -> bytes:
    """The file with its lines behind "#" empty, so that its rows keep their numbers."""
    rest = data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    return b"\n" * 4 + b"".join(rest[4:])


def clinical_tables(table: CrfTable) -> list[CrfTable]:
    """The subjects, and the times to events, of a clinical file; the file itself where it is one of
    samples.
    """
    names = {n.upper(): n for n in table}
    place = table.source.name
    line = Line("file", place, "# lines", "", 4, "read", "names and types of cBioPortal")
    table = evolve(table, notes=(line, *table.notes))
    if "PATIENT_ID" not in names or "SAMPLE_ID" in names:
        return [table]
    pairs = {
        n.removesuffix("_STATUS"): n
        for n in names
        if f"{n.removesuffix('_STATUS')}_MONTHS" in names
    }
    pairs = {prefix: n for prefix, n in pairs.items() if n.endswith("_STATUS")}
    used = {names[n] for p in pairs for n in (f"{p}_STATUS", f"{p}_MONTHS")}
    kept = {n: table.column(n) for n in table if n not in used}
    n = table.n_rows
    subjects = evolve(table, name="subjects", columns=kept, origin=constant("subjects", n))
    return [subjects, *([_times(table, names, list(pairs))] if pairs else [])]


def _times(table: CrfTable, names: dict[str, str], prefixes: list[str]) -> CrfTable:
    """The times to events, those of each attribute below those of the one before."""
    n = table.n_rows
    times, events, lines = [], [], []
    for prefix in prefixes:
        spelled = names[f"{prefix}_MONTHS"]
        months = as_numbers_where_possible(table.column(spelled))
        status = table.column(names[f"{prefix}_STATUS"])
        times.append(months if months.floats is None else Column(floats=months.floats * _MONTH))
        events.append(Column.of_distinct([_event(w) for w in status.words.tolist()], status.codes))
        place, note = f"times.{spelled}", f"multiplied by {_MONTH:g} to days"
        lines.append(Line("column", place, spelled, "time", n, "converted", note))
    columns = {
        "subject": concatenate([table.column(names["PATIENT_ID"])] * len(prefixes)),
        "parameter": concatenate([constant(p, n) for p in prefixes]),
        "time": concatenate(times),
        "event": as_numbers_where_possible(concatenate(events)),
        "reason": concatenate([table.column(names[f"{p}_STATUS"]) for p in prefixes]),
    }
    rows = np.concatenate([table.rows] * len(prefixes))
    origin = constant("times", len(rows))
    return CrfTable("times", columns, table.source, rows, origin=origin, notes=tuple(lines))


def _event(word: str) -> str:
    """1, 0 or blank; another word stays, so that it is reported."""
    found = re.match(r"\s*([01])\s*:", word)
    return found[1] if found else _OLD_WORDS.get(word.strip().upper(), word)
