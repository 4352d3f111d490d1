"""SDTM results, row by row: do the standardised value, its unit, its date and its status go
together?

Sources: CDISC CORE rules on --STRESC and --STRESN, --REASND and --STAT, --DTC and --DY; SDTMIG 3.4
(TR, assumption 3); the reading of XPORT zeros measured on pandas.read_sas. Input: the SDTM domains
as they were read (TU, TR, RS, LB), rows numbered as in the user's data set. Output: rows that
contradict themselves. How domains refer to each other is checked in `sdtm_links`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import (
    LAYOUTS,
    Column,
    DateStatus,
    State,
    parse_numbers,
    parse_states,
)
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Rows
from nettumor.edit_checks.reading.dated import from_domains
from nettumor.rows import group

FINDINGS = ("TU", "TR", "RS", "LB")
NO_NAMES = dict.fromkeys(("subject", "evaluator", "visit", "lesion", "date"), "")
"""What is found of a code stands at no patient."""

TSTM_MM = 5.0  # RECIST 1.1, 4.4.2: the default of too small to measure
DERIVED = (
    "SUMDIAM",
    "SUMLDIAM",
    "SUMLPERP",
    "SUMNLNLD",
    "SUMPPD",
    "SUMVDIAM",
    "SUMVOL",
    "ACNSD",
    "PCBSD",
    "PCNSD",
    "PCBSLD",
    "PCNSLD",
    "PCBSPPD",
    "PCNSPPD",
    "PCHGBL",
    "PCHGNAD",
)
"""TR tests of a whole visit (C96779): sums, and their changes."""
SIZES = (
    "LDIAM",
    "LPERP",
    "DIAMETER",
    "VDIAM",
    "PPD",
    "AREA",
    "VOLUME",
    *(t for t in DERIVED if t.startswith("SUM")),
)


def domains_with(data: Data, *suffixes: str, among: tuple[str, ...] = FINDINGS) -> Iterator[Rows]:
    """The domains that have all of these variables; skip where none has."""
    found = False
    for name in among:
        if name in data.tables.domains and all(f"{name}{s}" in data[name] for s in suffixes):
            found = True
            yield data[name]
    if not found:
        names = ", ".join(f"--{s}" for s in suffixes)
        raise Skip(f"there is no SDTM domain {' or '.join(among)} with {names}")


def unequal(left: Floats, right: Floats) -> Bools:
    """Whether two numbers differ by more than the writing of a float64; False where one is
    missing.
    """
    return more_than(np.abs(left - right), 1e-9 * np.fmax(np.abs(left), np.abs(right)))


def tests_of(rows: Rows, names: tuple[str, ...]) -> Bools:
    """Rows of TR with one of these test codes."""
    return rows.table.column("TRTESTCD").map(lambda w: w.strip().upper() in names, np.bool_)


@check("X01", needs={})
def stresn_stresc_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A standard result whose number and text differ, or one without the other.

    Too small to measure beside the 5 mm that stand for it is no finding.
    """
    for rows in domains_with(data, "STRESC", "STRESN"):
        text, column = f"{rows.name}STRESC", f"{rows.name}STRESN"
        words, value = parse_numbers(rows.table.column(text)), rows.number(column)
        read = words.value
        small = (parse_states(rows.table.column(text)) == State.TOO_SMALL) | (
            words.below == TSTM_MM
        )
        alone = ~np.isnan(value) & np.isnan(read) & ~(small & (value == TSTM_MM))
        said = rows.text(text)
        yield flag(
            rows.name,
            ~np.isnan(read) & np.isnan(value),
            f"{text} is {{text}}, but {column} is blank",
            column,
            expected=said,
            text=said,
        )
        yield flag(
            rows.name,
            unequal(read, value),
            f"{text} is {{text}}, but {column} is {{value}}",
            column,
            expected=said,
            text=said,
        )
        shown = np.where(rows.blank(text), "blank", said)
        yield flag(
            rows.name,
            alone,
            f"{column} is {{value}}, but {text} is no number ({{text}})",
            column,
            expected="no number",
            text=shown,
        )


_UNITS = {
    "mm": ("length", 1.0), "cm": ("length", 10.0), "m": ("length", 1000.0),
    "mm2": ("area", 1.0), "cm2": ("area", 100.0),
    "mm3": ("volume", 0.001), "cm3": ("volume", 1.0), "cc": ("volume", 1.0), "ml": ("volume", 1.0),
    "l": ("volume", 1000.0),
}  # fmt: skip
"""Units of size, their kind, and their size in mm, mm2 or mL."""


def _factors(original: Column, standard: Column) -> Floats:
    """By what a value in the original unit is multiplied in the standard one, NaN where that is not
    known.
    """
    first = [w.strip().lower() for w in original.words]
    second = [w.strip().lower() for w in standard.words]
    table = np.full((len(first) + 1, len(second) + 1), np.nan)
    for i, a in enumerate(first):  # distinct units
        for j, b in enumerate(second):
            if a and a == b:
                table[i, j] = 1.0
            elif a in _UNITS and b in _UNITS and _UNITS[a][0] == _UNITS[b][0]:
                table[i, j] = _UNITS[a][1] / _UNITS[b][1]
    return np.asarray(table[original.codes, standard.codes])


@check("X02", needs={}, follows=("X11",))
def orres_stresn_unit_conversion(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A standard number that is not the original one in its unit (cm to mm: ten times)."""
    for rows in domains_with(data, "ORRES", "ORRESU", "STRESN", "STRESU", among=("TR", "LB")):
        name = rows.name
        factor = _factors(rows.table.column(f"{name}ORRESU"), rows.table.column(f"{name}STRESU"))
        right, value = rows.number(f"{name}ORRES") * factor, rows.number(f"{name}STRESN")
        message = (
            f"{name}ORRES {{original}} {{from_unit}} is {{expected}} {{to_unit}}, not {{value}}"
        )
        known = ~np.isnan(right) & ~np.isnan(value)
        looked(data, known, known)
        yield flag(
            name,
            unequal(right, value),
            message,
            f"{name}STRESN",
            expected=right,
            original=rows.text(f"{name}ORRES"),
            from_unit=rows.text(f"{name}ORRESU"),
            to_unit=rows.text(f"{name}STRESU"),
        )


_CODE = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")


def _are_codes(rows: Rows) -> Bools:
    """Where the test of TR is written as a code is, known or not."""
    codes = rows.table.column("TRTESTCD")
    return codes.map(lambda w: _CODE.fullmatch(w.strip().upper()) is not None, np.bool_)


@check("X03", needs={"TR": ("TRTESTCD", "TRSTRESN")})
def stresu_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size in TR without a unit; one finding where TR has no column for it."""
    rows = data["TR"]
    sizes, known = tests_of(rows, SIZES), _are_codes(rows)
    looked(
        data, sizes & ~np.isnan(rows.number("TRSTRESN")), (sizes | ~known) & ~rows.blank("TRSTRESN")
    )
    bad = sizes & ~np.isnan(rows.number("TRSTRESN")) & rows.blank("TRSTRESU")
    if "TRSTRESU" not in rows and bad.any():
        yield Hits(
            table="TR",
            rows=[-1],
            column="TRSTRESU",
            expected="mm",
            message=f"TR has no column TRSTRESU; {np.count_nonzero(bad)} sizes have no unit",
        )
        return
    yield flag(
        "TR",
        bad,
        "{test} {size} has no unit",
        "TRSTRESU",
        expected="mm",
        test=rows.text("TRTESTCD"),
        size=rows.number("TRSTRESN"),
    )


@check("X07", needs={})
def reason_without_not_done(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reason why something was not done, of something that is not said not to be done."""
    for rows in domains_with(data, "REASND"):
        name = rows.name
        not_done = rows.table.text(f"{name}STAT")
        status = f"{name}STAT"
        done = (
            rows.table.column(status).map(lambda w: w.strip().upper() != "NOT DONE", np.bool_)
            if status in rows
            else np.ones(rows.n, dtype=np.bool_)
        )
        yield flag(
            name,
            ~rows.blank(f"{name}REASND") & done,
            f"{name}REASND is {{value}}, but {status} is {{status}}",
            f"{name}REASND",
            expected=f"{status} NOT DONE",
            status=np.where(not_done == "", "blank", not_done),
        )


@check("X10", needs={}, follows=("D02",))
def partial_date_with_study_day(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A study day beside a date that lacks day or month."""
    for rows in domains_with(data, "DTC", "DY"):
        name = rows.name
        partial = rows.table.dates(f"{name}DTC").status == DateStatus.PARTIAL
        message = f"study day {{value}} is given, but {name}DTC is {{date}} only"
        yield flag(
            name, partial & ~rows.blank(f"{name}DY"), message, f"{name}DY", expected="no study day"
        )


def _tiny(column: Column, eps: float) -> Bools:
    """Numbers between 0 and a limit that no measurement reaches."""
    if column.floats is not None:
        with np.errstate(invalid="ignore"):
            return np.asarray((column.floats != 0) & (np.abs(column.floats) < eps))

    def tiny(cell: str) -> bool:
        try:
            return 0 < abs(float(cell)) < eps
        except ValueError:
            return False

    return column.map(tiny, np.bool_)


@check("X11", needs={}, blank_allowed=True, eps=1e-60)
def xport_tiny_number(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A 0 that a program misread from SAS XPORT: it is read as 0 here, and reported."""
    message = "{value} is a 0 misread from SAS XPORT; it is read as 0"
    for name, table in data.tables.domains.items():
        for column in table:
            if table.column(column).floats is not None:
                tiny = _tiny(table.column(column), parameters["eps"])
                yield flag(name, tiny, message, column, expected="0")
    for name in data.tables:
        table = data.tables[name]
        for layout in LAYOUTS[name].columns:
            if layout.kind == "number" and layout.name in table and not from_domains(data, name):
                tiny = _tiny(table.column(layout.name), parameters["eps"])
                yield flag(name, tiny, message, layout.name, expected="0")


@check("X12", needs={"TR": ("TRTESTCD",)}, collected=False)
def derived_sum_collected(data: Data, parameters: Parameters) -> Hits:
    """Sums and percent changes in TR that are not marked as collected; one finding a test.

    Marked are rows with COLLECTED or CRF in a column TRORIG; ``collected`` says it of the whole
    study.
    """
    if parameters["collected"]:
        raise Skip("the parameter collected says that sums were collected")
    rows = data["TR"]
    looked(data, _are_codes(rows), ~rows.blank("TRTESTCD"))
    marked = np.zeros(rows.n, dtype=np.bool_)
    if "TRORIG" in rows:
        marked = rows.table.column("TRORIG").map(
            lambda w: w.strip().upper() in ("COLLECTED", "CRF"), np.bool_
        )
    tests = group(rows.codes("TRTESTCD")[0], where=tests_of(rows, DERIVED) & ~marked)
    first = np.flatnonzero(tests.is_first())
    return Hits(
        table="TR",
        rows=first,
        column="TRTESTCD",
        parts={"count": tests.size[tests.number[first]]},
        names=NO_NAMES,
        expected="a mark that it was collected, or no such rows",
        message="TR has {count} rows of {value}: derived by the sponsor they belong in ADaM",
    )


@check("X13", needs={"TR": ("TRORRES",)}, follows=("X03",))
def result_not_standardised(data: Data, parameters: Parameters) -> Hits:
    """A result in TRORRES with both TRSTRESC and TRSTRESN blank: nothing that reads the standard
    result sees it.
    """
    rows = data["TR"]
    if "TRSTRESC" not in rows and "TRSTRESN" not in rows:
        raise Skip("TR has neither TRSTRESC nor TRSTRESN")
    bad = ~rows.blank("TRORRES") & rows.blank("TRSTRESC") & rows.blank("TRSTRESN")
    return flag(
        "TR",
        bad,
        "{TRTESTCD} of {lesion} is {value} in TRORRES at visit {visit}, and TRSTRESC and TRSTRESN "
        "are blank",
        "TRORRES",
        expected="a standard result",
    )


@check("X14", needs={})
def sequence_number_twice(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A sequence number (--SEQ) that an earlier row of the subject has; it must be unique."""
    found = False
    for name in ("TU", "TR", "RS"):
        if name not in data or not {f"{name}SEQ", "USUBJID"} <= {*data.tables.domains[name]}:
            continue
        found, rows = True, data[name]
        given = ~rows.blank(f"{name}SEQ") & ~rows.blank("USUBJID")
        alike = group(rows.codes("USUBJID")[0], rows.codes(f"{name}SEQ")[0], where=given)
        again = np.flatnonzero(alike.occurrence > 0)
        looked(data, ~np.isnan(rows.number(f"{name}SEQ")), given)
        yield Hits(
            table=name,
            rows=again,
            column=f"{name}SEQ",
            related=alike.first()[alike.number[again]],
            expected="a number of its own",
            message="{column} {value} of {subject} is given twice",
        )
    if not found:
        raise Skip("no tumour domain has its sequence numbers")


@check("X15", needs={"TR": ("TRORRES", "TRSTRESN")}, follows=("X07",))
def number_beside_not_evaluable(data: Data, parameters: Parameters) -> Hits:
    """A numeric standard result beside a collected result that says not evaluable or not done."""
    rows = data["TR"]
    said = parse_states(rows.table.column("TRORRES")) == State.NOT_EVALUABLE
    return flag(
        "TR",
        said & ~np.isnan(rows.number("TRSTRESN")),
        "TRORRES of {lesion} is {TRORRES} at visit {visit}, and TRSTRESN is {value}",
        "TRSTRESN",
        expected="blank",
    )
