"""SDTM domains to CRF tables: which domain a data set is, how domains are joined, subjects and
markers.

Sources: SDTMIG 3.4 (TU, TR, RS, DM, DS, LB, supplemental qualifiers); CDISC RECIST 1.1 supplement.
The tumour domains are mapped in `sdtm_lesions` and `sdtm_responses`.

========== ===========================================================================================
subjects   DM: treatment_start RFXSTDTC, else RFSTDTC; therapy_completed RFXENDTC; death DTHDTC, else DS
           with DSDECOD DEATH; randomized RANDDT (DM or SUPPDM), else DS with RANDOMIZED;
           last_known_alive RFPENDTC, else RFENDTC; birth BRTHDTC; consent RFICDTC; arm ARM;
           arm_code ARMCD; arm_reason ARMNRS; treatment ACTARM; age AGE; sex SEX; end_reason, end_date DSDECOD and
           DSSTDTC of the DS
           record of progression, else of the first disposition event
markers    LB rows of tumour markers (`MARKER_TESTS`): value LBSTRESN, else the text of LBSTRESC; unit
           LBSTRESU; upper_limit LBSTNRHI; where a row has no standard result, LBORRES, LBORRESU,
           LBORNRHI
========== ===========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Column, Ints, blanks, choose_cells, concatenate, constant
from nettumor.crf.dataset_json import as_numbers_where_possible
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.tables import CrfTable, Source
from nettumor.rows import number_rows

DOMAINS = ("TU", "TR", "RS", "DM", "DS", "LB", "TV", "SV", "SUPPTU", "SUPPTR", "SUPPRS", "SUPPDM")
"""The domains that are read; others are left aside. TV and SV say which visits were planned."""

MARKER_TESTS: Mapping[str, str] = MappingProxyType({
    "5-HIAA": r"5-?\s?HIAA|HYDROXYINDOLEACETIC|HYDROXYINDOLE ACETIC|^HIAA",
    "chromogranin A": r"CHROMOGRANIN|^CGA$",
    "serotonin": r"^SEROTONIN|^SEROTONI$",
    "gastrin": r"^GASTRIN$",
    "insulin": r"^INSULIN$",
    "dopamine": r"^DOPAMINE$",
    "neuron-specific enolase": r"NEURON[- ]SPECIFIC ENOLASE|^NSE$|^ENOLASE",
    "pancreastatin": r"^PANCREASTATIN",
    "glucagon": r"^GLUCAGON$",
    "VIP": r"VASOACTIVE INTESTINAL|^VIP$",
    "pancreatic polypeptide": r"PANCREATIC POLYPEPTIDE",
    "somatostatin": r"^SOMATOSTATIN$",
    "calcitonin": r"^CALCITONIN$",
    "AFP": r"ALPHA[- ]?(?:1 )?FETOPROTEIN|^AFP$",
    "CEA": r"CARCINOEMBRYONIC|^CEA$",
    "CA 125": r"CANCER ANTIGEN 125|^CA ?125$",
    "CA 19-9": r"CANCER ANTIGEN 19-9|^CA ?19-?9$",
    "PSA": r"^PROSTATE SPECIFIC ANTIGEN$|^PSA$",
})  # fmt: skip
"""Tumour markers among the LB tests: the marker's name here, and a pattern for LBTEST or LBTESTCD.
Laboratory tests that are no tumour markers are not read."""

_NO_END = frozenset(
    {"", "RANDOMIZED", "RANDOMISED", "INFORMED CONSENT OBTAINED", "ENROLLED", "SCREENED"}
)
"""DSDECOD of milestones: nothing ended."""

_NUMERIC = re.compile(r"(?:[A-Z]{2}(?:STRESN|STNRHI|STNRLO|SEQ|DY)|VISITNUM|VISITDY|AGE)")
"""Variables that SDTM defines as numbers; from a text file they are read as such."""


def domain_of(table: CrfTable) -> str:
    """The SDTM domain of a data set: by its DOMAIN or RDOMAIN variable, else by its name ("tu_onco"
    is TU) where it has variables of the SDTM; or "".
    """
    upper = {n.upper(): n for n in table}
    for variable, prefix in (("DOMAIN", ""), ("RDOMAIN", "SUPP")):
        if variable in upper and table.n_rows:
            said = {tidy(w) for w in table.column(upper[variable]).trimmed.words if w.strip()}
            if len(said) == 1:
                return prefix + said.pop()
    found = domain_by_name(table.name)
    return found if found and _has_variables(upper, found) else ""


def _has_variables(names: Iterable[str], domain: str) -> bool:
    """Whether some column is a variable that only the SDTM has: RS.csv of another system is none."""
    wanted = {"USUBJID", "QNAM", "QVAL"} | {
        f"{domain[-2:]}{end}"
        for end in ("TESTCD", "TEST", "STRESC", "STRESN", "SEQ", "DECOD", "TERM")
    }
    return bool(wanted.intersection(names))


def domain_by_name(name: str) -> str:
    """The SDTM domain that a data set's name begins with, or "".

    >>> domain_by_name("tr_onco_recist"), domain_by_name("SUPPTR"), domain_by_name("trial")
    ('TR', 'SUPPTR', '')
    """
    first = re.split(r"[^A-Z0-9]+", name.upper())[0]
    return first if first in DOMAINS else ""


def as_domain(table: CrfTable, domain: str) -> CrfTable:
    """A data set as an SDTM domain: variables in upper case, numeric variables as numbers."""
    columns: dict[str, Column] = {}
    for name in table:
        column = table.column(name)
        upper = name.upper()
        if _NUMERIC.fullmatch(upper):
            column = as_numbers_where_possible(column, decimal_comma=table.source.decimal_comma)
        columns[upper] = column
    return CrfTable(
        domain,
        columns,
        table.source,
        table.rows,
        origin=constant(domain, table.n_rows),
        notes=table.notes,
        date_orders={name.upper(): order for name, order in table.date_orders.items()},
    )


def variable(domain: CrfTable, *names: str) -> Column:
    """The first of these variables, filled up from the next where blank; blanks if there is
    none.
    """
    there = [domain.column(n) for n in names if n in domain]
    if not there:
        return blanks(domain.n_rows)
    out = there[0]
    for other in there[1:]:
        out = choose_cells(out, other)
    return out


def evaluator(domain: CrfTable, prefix: str) -> Column:
    """Who assessed: --EVALID, else --EVAL."""
    return variable(domain, f"{prefix}EVALID", f"{prefix}EVAL")


def readers_tell(tu: Column, tr: Column) -> bool:
    """Whether evaluators tell the lesions of TU apart: not where TU names none, or one that TR does
    not repeat.
    """
    named = {w for w in tu.trimmed.words if w}
    return bool(named) and not (len(named) == 1 and tr.blank.all())


def visit(domain: CrfTable) -> Column:
    """VISITNUM, else VISIT."""
    return variable(domain, "VISITNUM", "VISIT")


def moment(domain: CrfTable, prefix: str) -> tuple[str, Column] | None:
    """The date column (--DTC); without one, or with nothing in it, the day column (--DY counted
    from 0); else None.
    """
    dates = domain.column(f"{prefix}DTC") if f"{prefix}DTC" in domain else None
    days = domain.column(f"{prefix}DY").floats if f"{prefix}DY" in domain else None
    if days is not None and not np.isnan(days).all() and (dates is None or dates.blank.all()):
        # CDISC has no day 0: day 1 is the reference date
        return "day", Column(floats=np.where(days > 0, days - 1, days))
    return None if dates is None else ("date", dates)


def common_codes(left: Sequence[Column], right: Sequence[Column]) -> tuple[Ints, Ints]:
    """Numbers for the keys of two tables, equal where the keys are (as text, outer blanks
    removed).
    """
    pairs = [concatenate([a.trimmed, b.trimmed]) for a, b in zip(left, right, strict=True)]
    numbers, _ = number_rows(*(p.codes for p in pairs))
    return numbers[: len(left[0])], numbers[len(left[0]) :]


def first_match(left: Sequence[Column], right: Sequence[Column]) -> Ints:
    """For each row of the left table the first row of the right table with the same keys, or -1."""
    wanted, there = common_codes(left, right)
    size = int(max(wanted.max(initial=-1), there.max(initial=-1))) + 1
    row = np.full(size, -1, dtype=np.int64)
    row[there[::-1]] = np.arange(len(there) - 1, -1, -1)
    return row[wanted] if size else np.empty(0, dtype=np.int64)


def supplemental(domains: Mapping[str, CrfTable], parent: str, name: str) -> Column | None:
    """A supplemental qualifier (SUPP-- with QNAM ``name``) for each row of its parent domain; None
    if there is none.
    """
    supp = domains.get(f"SUPP{parent}")
    base = domains[parent]
    if supp is None or not {"USUBJID", "QNAM", "QVAL"} <= set(supp):
        return None
    out = blanks(base.n_rows)
    chosen = supp.take(supp.column("QNAM").map(lambda w: tidy(w) == name, np.bool_))
    by = variable(chosen, "IDVAR").trimmed
    for code, word in enumerate(by.words):
        part = chosen.take(by.codes == code)
        if not part.n_rows or (word and word.upper() not in base):
            continue
        keys = [base.column("USUBJID")] + ([base.column(word.upper())] if word else [])
        others = [part.column("USUBJID")] + ([_id_values(part)] if word else [])
        out = choose_cells(out, part.column("QVAL").expand(first_match(keys, others)))
    return out


def _id_values(supp: CrfTable) -> Column:
    """IDVARVAL as it compares with a number: "1", " 1" and "1.0" are one."""
    return as_numbers_where_possible(variable(supp, "IDVARVAL").trimmed)


@frozen
class Mapped:
    """Columns of a CRF table made from a domain, the domain's rows they came from, and its name.

    ``column_rows`` and ``column_origins`` hold rows and names of columns that came from elsewhere.
    """

    columns: Mapping[str, Column]
    rows: Ints
    origin: Column
    column_rows: Mapping[str, Ints] = MappingProxyType({})
    column_origins: Mapping[str, Column] = MappingProxyType({})

    def table(self, name: str, domains: Mapping[str, CrfTable], used: Sequence[str]) -> CrfTable:
        """The CRF table, with the domains it was made from as its sources."""
        parts = tuple(domains[d].source for d in used if d in domains)
        source = Source(
            " + ".join(p.name for p in parts),
            "sdtm",
            parts[0].rows,
            decimal_comma=False,
            parts=parts,
        )
        kept = {n: c for n, c in self.columns.items() if not c.blank.all() or n in _ALWAYS}
        return CrfTable(
            name,
            kept,
            source,
            self.rows,
            origin=self.origin,
            column_rows=dict(self.column_rows),
            column_origins=dict(self.column_origins),
            notes=tuple(note for d in used if d in domains for note in domains[d].notes),
            date_orders=_orders(name, [domains[d] for d in used if d in domains]),
        )


def _orders(name: str, domains: Sequence[CrfTable]) -> dict[str, str]:
    """The order of the dates of a table made from domains, where these have one order."""
    orders = {order for domain in domains for order in domain.date_orders.values()}
    if len(orders) != 1:
        return {}
    dates = [c.name for c in LAYOUTS[name].columns if c.kind == "date"]
    return dict.fromkeys(dates, orders.pop())


_ALWAYS = frozenset(
    {"subject", "lesion", "role", "visit", "date", "day", "size", "marker", "value", "unit"}
)


def subjects(domains: Mapping[str, CrfTable]) -> CrfTable:
    """The subjects table from DM, DS and SUPPDM."""
    dm = domains["DM"]
    randomized = variable(dm, "RANDDT", "RANDDTC")
    for other in (
        supplemental(domains, "DM", "RANDDT"),
        _disposition(domains, ("RANDOMIZED", "RANDOMISED")),
    ):
        randomized = choose_cells(randomized, other)
    columns = {
        "subject": variable(dm, "USUBJID", "SUBJID"),
        "treatment_start": variable(dm, "RFXSTDTC", "RFSTDTC"),
        "randomized": randomized,
        "arm": variable(dm, "ARM"),
        "arm_code": variable(dm, "ARMCD"),
        "arm_reason": variable(dm, "ARMNRS"),
        "treatment": variable(dm, "ACTARM"),
        "therapy_completed": variable(dm, "RFXENDTC"),
        "death": _death(domains),
        "last_known_alive": variable(dm, "RFPENDTC", "RFENDTC"),
        "birth": variable(dm, "BRTHDTC"),
        "consent": variable(dm, "RFICDTC"),
        "age": variable(dm, "AGE"),
        "sex": variable(dm, "SEX"),
        "site": variable(dm, "SITEID"),
        **_end(domains),
    }
    mapped = Mapped(columns, dm.rows, constant("DM", dm.n_rows))
    return mapped.table("subjects", domains, ("DM", "DS", "SUPPDM"))


def _death(domains: Mapping[str, CrfTable]) -> Column:
    """DTHDTC, else the DS record of the death; a day not known where DTHFL alone says that the
    subject died.
    """
    dm = domains["DM"]
    dated = choose_cells(variable(dm, "DTHDTC"), _disposition(domains, ("DEATH", "DIED")))
    died = variable(dm, "DTHFL").map(lambda w: tidy(w) == "Y", np.bool_)
    undated = died & dated.blank
    if not undated.any():
        return dated
    return choose_cells(dated, Column(words=["", "UNK"], codes=undated.astype(np.int64)))


def _end(domains: Mapping[str, CrfTable]) -> dict[str, Column]:
    """Why and when each subject of DM ended: its DS record of progression, else its first
    disposition event.
    """
    ds = domains.get("DS")
    if ds is None or "USUBJID" not in ds or "USUBJID" not in domains["DM"]:
        return {}
    term = variable(ds, "DSDECOD", "DSTERM")
    event = variable(ds, "DSCAT").map(lambda w: tidy(w) in ("", "DISPOSITION EVENT"), np.bool_)
    event &= term.map(lambda w: tidy(w) not in _NO_END, np.bool_)
    progression = event & term.map(lambda w: "PROGRESS" in tidy(w), np.bool_)
    records = ds.take(
        np.concatenate([np.flatnonzero(progression), np.flatnonzero(event & ~progression)])
    )
    row = first_match([domains["DM"].column("USUBJID")], [records.column("USUBJID")])
    return {
        "end_reason": variable(records, "DSDECOD", "DSTERM").expand(row),
        "end_date": variable(records, "DSSTDTC", "DSDTC").expand(row),
    }


def _disposition(domains: Mapping[str, CrfTable], terms: tuple[str, ...]) -> Column | None:
    """DSSTDTC of the first DS record with one of these terms, for each row of DM."""
    ds = domains.get("DS")
    if ds is None or "USUBJID" not in ds or "USUBJID" not in domains["DM"]:
        return None
    named = variable(ds, "DSDECOD", "DSTERM").map(lambda w: tidy(w) in terms, np.bool_)
    records = ds.take(named)
    dates = variable(records, "DSSTDTC", "DSDTC")
    return dates.expand(first_match([domains["DM"].column("USUBJID")], [records.column("USUBJID")]))


def markers(domains: Mapping[str, CrfTable]) -> CrfTable | None:
    """The markers table from LB, or None where LB has no tumour marker."""
    whole = domains["LB"]
    name = _marker_names(whole)
    lb = whole.take(~name.blank)
    if not lb.n_rows:
        return None
    standard = variable(lb, "LBSTRESN", "LBSTRESC")
    original = standard.blank
    when = moment(lb, "LB")
    columns = {
        "subject": variable(lb, "USUBJID"),
        **({when[0]: when[1]} if when else {}),
        "marker": name.take(~name.blank),
        "value": choose_cells(standard, variable(lb, "LBORRES")),
        "unit": _pick(original, variable(lb, "LBORRESU"), variable(lb, "LBSTRESU")),
        "upper_limit": as_numbers_where_possible(
            _pick(original, variable(lb, "LBORNRHI"), variable(lb, "LBSTNRHI"))
        ),
        "assay": variable(lb, "LBMETHOD"),
        "specimen": variable(lb, "LBSPEC"),
        "lab": variable(lb, "LBNAM"),
        "visit": visit(lb),
        "visit_name": variable(lb, "VISIT"),
    }
    return Mapped(columns, lb.rows, constant("LB", lb.n_rows)).table("markers", domains, ("LB",))


def _pick(mask: Bools, where: Column, otherwise: Column) -> Column:
    """One column where the mask is set, another elsewhere."""
    if not mask.any():
        return otherwise
    both = concatenate([where, otherwise])
    n = len(mask)
    return both.take(np.where(mask, np.arange(n), np.arange(n) + n))


def _marker_names(lb: CrfTable) -> Column:
    patterns = {name: re.compile(pattern) for name, pattern in MARKER_TESTS.items()}

    def name_of(word: str) -> str:
        text = tidy(word)
        return next((n for n, p in patterns.items() if text and p.search(text)), "")

    found = blanks(lb.n_rows)
    for test in ("LBTEST", "LBTESTCD"):
        if test in lb:
            column = lb.column(test)
            found = choose_cells(
                found, Column.of_distinct([name_of(w) for w in column.words], column.codes)
            )
    return found
