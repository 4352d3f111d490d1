"""ADaM data sets as what they hold: overall responses and sums by visit, times to events, subjects.

Which question: what does an analysis data set say that the tables have a place for? ADRS gives the
responses of each visit as RS has them, ADTR the sums as TR has them, ADTTE the table of times, ADSL the
subjects. Lesions come of none: the diameters of single targets in ADTR say nothing of the non-target and
new lesions. Parameters that are derived over visits (best response, response yes or no) are not read: they
are what `assess` works out. A row that is imputed (DTYPE) is none that was collected.

Sources: CDISC ADaMIG 1.3 (PARAMCD, AVAL, AVALC, ADT, AVISIT, DTYPE) and ADaM for time-to-event analyses
(CNSR 0 is an event, STARTDT, EVNTDESC); admiralonco for the names of parameters (OVR, SDIAM).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from attrs import evolve

from nettumor.crf.cells import tidy
from nettumor.crf.columns import Column, blanks, choose_cells, concatenate, constant
from nettumor.crf.dataset_json import as_numbers_where_possible
from nettumor.crf.intake import Line
from nettumor.crf.sdtm_responses import RESPONSE_TESTS, SUM_TESTS
from nettumor.crf.tables import CrfTable

READ_AS: Mapping[str, str] = MappingProxyType(
    {"ADSL": "subjects", "ADRS": "RS", "ADTR": "TR", "ADTTE": "times"}
)
"""The data sets that are read, and as which table or domain."""
INSTEAD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "subjects": ("subjects", "DM"),
        "RS": ("responses", "RS"),
        "TR": ("responses", "TR"),
        "times": ("times",),
    }
)
"""By that: tables and domains beside which an analysis data set is not needed."""
KIND = "adam"
"""The kind of source of what was read from an analysis data set."""
_TESTS = {"OVR": "OVRLRESP", **{code: code for code in RESPONSE_TESTS if code != "BESTRESP"}}
_SUMS = {"SDIAM": "SUMDIAM", **{code: code for code in SUM_TESTS["sum"]}}
_CHANGES = {"PCHG": "PCBSD", "PCHGNAD": "PCNSD"}
_READERS = re.compile("investigator|independent|central|assessor|radiologist|adjudicator", re.I)
_DAYS = {
    "DAY": 1.0, "DAYS": 1.0, "WEEK": 7.0, "WEEKS": 7.0, "MONTH": 30.4375, "MONTHS": 30.4375,
    "YEAR": 365.25, "YEARS": 365.25,
}  # fmt: skip
"""Days in the units of AVALU; a month as everywhere here."""


def adam_of(table: CrfTable) -> str:
    """Which of `READ_AS` a data set is, by its variables; "" for none."""
    names = {n.upper() for n in table}
    if "USUBJID" not in names:
        return ""
    if "PARAMCD" not in names:
        return "ADSL" if adam_named(table.name) == "ADSL" and "STUDYID" in names else ""
    if {"CNSR", "AVAL"} <= names:
        return "ADTTE"
    codes = {tidy(w) for w in _of(table, "PARAMCD").words.tolist()}
    if "AVALC" in names and codes & _TESTS.keys():
        return "ADRS"
    return "ADTR" if "AVAL" in names and codes & _SUMS.keys() else ""


def adam_named(name: str) -> str:
    """Which of `READ_AS` a name says; "" for none.

    >>> adam_named("adrs_onco"), adam_named("ADSL"), adam_named("adlb")
    ('ADRS', 'ADSL', '')
    """
    first = "".join(c if c.isalnum() else " " for c in name.upper()).split()[:1]
    return first[0] if first and first[0] in READ_AS else ""


def from_adam(table: CrfTable, kind: str) -> CrfTable:
    """An analysis data set as the table or domain of `READ_AS`.

    Parameters
    ----------
    table : CrfTable
    kind : {"ADSL", "ADRS", "ADTR", "ADTTE"}
        What `adam_of` says.
    """
    table = evolve(table, source=evolve(table.source, kind=KIND))
    if kind == "ADSL":
        return table
    found = {"ADRS": _responses, "ADTR": _sums, "ADTTE": _times}[kind](_collected(table))
    kept = ", ".join(sorted({tidy(w) for w in _of(table, "PARAMCD").words.tolist() if w})[:20])
    note = f"{kind}: of the parameters {kept} {found.n_rows:,} cells are read"
    line = Line("table", table.source.name, kind, READ_AS[kind], table.n_rows, "read", note)
    return evolve(found, notes=(line, *found.notes))


def _of(table: CrfTable, *names: str) -> Column:
    """The first of these variables that there is, in any case; blanks for none."""
    there = {n.upper(): n for n in table}
    return next((table.column(there[n]) for n in names if n in there), blanks(table.n_rows))


def _has(table: CrfTable, name: str) -> bool:
    return any(n.upper() == name for n in table)


def _collected(table: CrfTable) -> CrfTable:
    """The rows that are not imputed."""
    imputed = ~_of(table, "DTYPE").blank
    if not imputed.any():
        return table
    note = "imputed rows (DTYPE) are not read"
    count = int(imputed.sum())
    line = Line("row", f"{table.name}.DTYPE", "", "", count, "not needed", note)
    return evolve(table.take(np.flatnonzero(~imputed)), notes=(*table.notes, line))


def _coded(table: CrfTable, codes: Mapping[str, str]) -> tuple[CrfTable, Column]:
    """The rows of these parameters, and the SDTM test of each."""
    test = _of(table, "PARAMCD").map(lambda w: codes.get(tidy(w), ""), np.object_)
    rows = np.flatnonzero(test != "")
    return table.take(rows), Column.of_text(test[rows].tolist())


def _visits(table: CrfTable, domain: str) -> dict[str, Column]:
    """Subject, visit, date or day, and reader, as a domain has them."""
    columns = {"USUBJID": _of(table, "USUBJID")}
    for to, names in (
        ("VISITNUM", ("VISITNUM", "AVISITN")),
        ("VISIT", ("VISIT", "AVISIT")),
        (f"{domain}EVAL", (f"{domain}EVAL",)),
        (f"{domain}EVALID", (f"{domain}EVALID",)),
        (f"{domain}ACPTFL", (f"{domain}ACPTFL",)),
    ):
        if any(_has(table, name) for name in names):
            columns[to] = _of(table, *names)
    reader = _reader(table)
    if reader is not None:
        own = columns.get(f"{domain}EVAL")
        columns[f"{domain}EVAL"] = reader if own is None else choose_cells(own, reader)
    if _has(table, "ADT"):
        columns[f"{domain}DTC"] = _of(table, "ADT")
    elif _has(table, "ADY"):
        columns[f"{domain}DY"] = as_numbers_where_possible(_of(table, "ADY"))
    return columns


def _reader(table: CrfTable) -> Column | None:
    """Who assessed, where the category of the parameter says it: derived sums have no other word."""
    words = _of(table, "PARCAT2")
    if words.blank.all():
        return None
    named = [w.upper() if _READERS.search(w) else "" for w in words.words.tolist()]
    return Column.of_distinct(named, words.codes) if any(named) else None


def _responses(table: CrfTable) -> CrfTable:
    """ADRS as RS."""
    rows, test = _coded(table, _TESTS)
    columns = _visits(rows, "RS") | {"RSTESTCD": test, "RSSTRESC": _of(rows, "AVALC")}
    return evolve(rows, columns=columns)


_SINGLE = re.compile(r"N?L?DIAM\d+")
"""Parameters of the diameters of single targets (admiralonco; NLDIAMn is the node's in its vignette and
the perpendicular in its template)."""


def _of_single_targets(table: CrfTable) -> tuple[Line, ...]:
    """A line for the rows of single targets. They are no lesions table: what is judged beside them,
    the non-target and new lesions, has no parameter, and a study without them would be another one.
    """
    codes = _of(table, "PARAMCD")
    counts = zip(codes.words.tolist(), codes.counts.tolist(), strict=True)
    single = {tidy(w): n for w, n in counts if n and _SINGLE.fullmatch(tidy(w))}
    if not single:
        return ()
    said = ", ".join(single)
    note = (
        "diameters of single targets; non-target and new lesions are not in ADTR, but in TU and TR"
    )
    return (
        Line("row", f"{table.name}.PARAMCD", said, "", sum(single.values()), "not needed", note),
    )


def _sums(table: CrfTable) -> CrfTable:
    """The sums of ADTR as TR, with their changes from baseline and nadir as tests of their own."""
    rows, test = _coded(table, _SUMS)
    parts = [(rows, test, as_numbers_where_possible(_of(rows, "AVAL")))]
    for variable, code in _CHANGES.items():
        if _has(rows, variable):
            value = as_numbers_where_possible(_of(rows, variable))
            given = np.flatnonzero(~value.blank)
            parts.append((rows.take(given), constant(code, len(given)), value.take(given)))
    visits = [_visits(part, "TR") for part, _, _ in parts]
    columns = {name: concatenate([v[name] for v in visits]) for name in visits[0]}
    columns["TRTESTCD"] = concatenate([t for _, t, _ in parts])
    columns["TRSTRESN"] = concatenate([v for _, _, v in parts])
    numbers = np.concatenate([part.rows for part, _, _ in parts])
    return CrfTable(
        "TR",
        columns,
        table.source,
        numbers,
        origin=constant(table.name, len(numbers)),
        notes=(*table.notes, *_of_single_targets(table)),
    )


def _times(table: CrfTable) -> CrfTable:
    """ADTTE as the table of times, in days."""
    time, lines = _days(table)
    censored = as_numbers_where_possible(_of(table, "CNSR"))
    cells = censored.floats if censored.floats is not None else np.full(table.n_rows, np.nan)
    event = np.where(np.isnan(cells), np.nan, (cells == 0).astype(np.float64))
    if censored.floats is None and not censored.blank.all():
        lines.append(
            Line(
                "column", f"{table.name}.CNSR", "CNSR", "", table.n_rows, "unreadable", "no numbers"
            )
        )
    columns = {
        "subject": _of(table, "USUBJID"),
        "parameter": _of(table, "PARAMCD"),
        "time": time,
        "event": Column(floats=event),
    }
    for name, variables in (
        ("evaluator", ("EVALID", "PARQUAL", "EVAL")),
        ("start", ("STARTDT",)),
        ("reason", ("EVNTDESC", "CNSDTDSC")),
    ):
        if any(_has(table, variable) for variable in variables):
            columns[name] = _of(table, *variables)
    return evolve(table, columns=columns, notes=(*table.notes, *lines))


def _days(table: CrfTable) -> tuple[Column, list[Line]]:
    """AVAL in days by its unit (AVALU); without one, days where the dates agree, and said where not."""
    value = as_numbers_where_possible(_of(table, "AVAL"))
    if value.floats is None:
        return value, []
    place = f"{table.name}.AVAL"
    unit = _of(table, "AVALU")
    factor = unit.map(lambda w: _DAYS.get(tidy(w), np.nan), np.float64)
    if not unit.blank.all():
        unknown = np.isnan(factor) & ~value.blank
        lines = []
        if unknown.any():
            found = str(unit.text[np.flatnonzero(unknown)[0]]) or "no unit"
            note = "not a unit of time (AVALU): write DAYS, WEEKS, MONTHS or YEARS"
            lines = [Line("number", place, found, "", int(unknown.sum()), "unreadable", note)]
        return Column(floats=value.floats * factor), lines
    if _has(table, "STARTDT") and _has(table, "ADT"):
        dated = evolve(table, columns={"ADT": _of(table, "ADT"), "STARTDT": _of(table, "STARTDT")})
        between = dated.dates("ADT").day - dated.dates("STARTDT").day
        known = np.isfinite(between) & np.isfinite(value.floats)
        off = (value.floats - between)[known]
        if known.any() and bool(np.all(off == 0) or np.all(off == 1)):
            return value, []
    note = "no unit is stated (AVALU), and ADT less STARTDT does not give it: read as days"
    return value, [Line("number", place, "AVAL", "days", table.n_rows, "ambiguous", note)]
