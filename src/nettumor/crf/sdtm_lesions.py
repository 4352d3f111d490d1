"""SDTM tumour identification and results (TU, TR, SUPPTR) to the lesions table: a row per lesion,
visit and date.

Sources: SDTMIG 3.4 (TU, TR), CDISC RECIST 1.1 supplement.

=================== ==================================================================================
lesion              TRLNKID = TULNKID
role                TUSTRESC, else TUORRES of the lesion (same subject and evaluator), else TRGRPID
organ, method       TULOC, else SUPPTR TRLOC; TRMETHOD, else TUMETHOD
nodal               Y or N by the role (TARGET NODAL), else by the location (`lesion_cells.is_node`)
evaluator, accepted --EVALID, else --EVAL; --ACPTFL
visit, date         VISITNUM, else VISIT; TRDTC (without that variable `day` from TRDY)
size                TRTESTCD LDIAM, else DIAMETER
diameter            TRTESTCD DIAMETER, where LDIAM was collected too
perpendicular       LPERP; viable VDIAM; volume VOLUME; attenuation RADIODEN
state               TUMSTATE, else LNSTATE; NOT DONE where TRSTAT says so of all results, or beside one
reason              TRREASND
part_of             TUGRPID of a TUSPLIT: the lesion it names, or that of its group
merged_from         the lesions in the TUGRPID of a TUMERGE
=================== ==================================================================================

A size is TRSTRESN (TRORRES where there is none, cm made mm). Words stay words: TOO SMALL TO MEASURE
in TRORRES counts more than the 5 mm that the sponsor put in TRSTRESN. Two records of one lesion,
test, visit and date become two rows, and a lesion identified in TU without any result becomes a row
without size: nothing is dropped, and the edit checks see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import numpy as np
from attrs import evolve

from nettumor._arrays import Bools
from nettumor.crf.cell_text import number_text
from nettumor.crf.cells import UNKNOWN, parse_numbers, tidy
from nettumor.crf.columns import Column, Ints, blanks, choose_cells, concatenate
from nettumor.crf.sdtm import (
    Mapped,
    evaluator,
    first_match,
    moment,
    readers_tell,
    supplemental,
    variable,
    visit,
)
from nettumor.crf.sdtm_relations import expanded
from nettumor.crf.tables import CrfTable
from nettumor.errors import InputError
from nettumor.rows import number_rows, occurrence, order_rows
from nettumor.words import roles, units
from nettumor.words.organs import is_node

TESTS: Mapping[str, str] = MappingProxyType(
    {
        "LDIAM": "longest",
        "DIAMETER": "diameter",
        "LPERP": "perpendicular",
        "VDIAM": "viable",
        "VOLUME": "volume",
        "RADIODEN": "attenuation",
        "TUMSTATE": "state",
        "LNSTATE": "node_state",
    }
)
"""The TR tests that describe a lesion (TRTESTCD, C96779)."""


def lesions(domains: Mapping[str, CrfTable]) -> CrfTable:
    """The lesions table from TU, TR and SUPPTR, whichever of TU and TR there are."""
    parts = []
    if "TR" in domains:
        parts.append(_results(domains))
    if "TU" in domains:
        alone = _identified_only(domains)
        if not parts:
            parts.append(alone)
        elif len(alone.rows):
            parts.append(_in_one_count(parts[0], alone))
    return _stack(parts).table("lesions", domains, ("TR", "TU", "SUPPTR"))


def _in_one_count(results: Mapped, alone: Mapped) -> Mapped:
    """The lesions without a result in the count of the results: dates, or study days."""
    other = {"day": "date", "date": "day"}
    wrong = [other[n] for n in other if n in results.columns and other[n] in alone.columns]
    if not wrong:
        return alone
    if alone.columns[wrong[0]].blank.all():
        return evolve(alone, columns={n: c for n, c in alone.columns.items() if n not in wrong})
    raise InputError(
        "TR and TU must both have dates, or both study days; lesions without a result "
        f"({len(alone.rows)} rows of TU) have the one, and results the other. Give TRDTC and TUDTC, or "
        "TRDY and TUDY alone.",
        argument="TR",
        count=len(alone.rows),
    )


def _stack(parts: list[Mapped]) -> Mapped:
    """The parts one below the other; a column that a part lacks is blank there."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(n for p in parts for n in p.columns))
    columns = {}
    for name in names:
        pieces = [p.columns.get(name) for p in parts]
        filled = [c for c in pieces if c is not None]
        numbers = all(c.floats is not None for c in filled)
        columns[name] = concatenate(
            [
                c
                if c is not None
                else Column(floats=np.full(len(p.rows), np.nan))
                if numbers
                else blanks(len(p.rows))
                for c, p in zip(pieces, parts, strict=True)
                if len(p.rows) or c is not None
            ]
        )
    rows = np.concatenate([p.rows for p in parts])
    own = {
        n: np.concatenate([p.column_rows.get(n, p.rows) for p in parts])
        for p in parts
        for n in p.column_rows
    }
    origins = {
        n: concatenate([p.column_origins.get(n, p.origin) for p in parts])
        for p in parts
        for n in p.column_origins
    }
    return Mapped(columns, rows, concatenate([p.origin for p in parts]), own, origins)


def _results(domains: Mapping[str, CrfTable]) -> Mapped:
    """The rows that TR has results for."""
    whole = domains["TR"]
    codes = {name: code for code, name in enumerate(TESTS)}
    test = variable(whole, "TRTESTCD").map(lambda w: codes.get(tidy(w), UNKNOWN), np.int64)
    location = supplemental(domains, "TR", "TRLOC")
    tr, test = whole.take(test != UNKNOWN), test[test != UNKNOWN]
    location = (
        variable(tr, "TRLOC")
        if location is None
        else choose_cells(location.take(_known_tests(whole)), variable(tr, "TRLOC"))
    )
    when = moment(tr, "TR")
    date = when[1] if when else blanks(tr.n_rows)
    record, first = _records(tr, test, date)
    n = len(first)

    def of_record(column: Column) -> Column:
        """The record's first cell that is not blank."""
        return column.expand(_first_row(record, ~column.blank, n))

    value = _values(tr)
    taken = {name: _first_row(record, test == code, n) for code, name in enumerate(TESTS.values())}
    by_test = {name: value.expand(rows) for name, rows in taken.items()}
    columns = {
        "subject": variable(tr, "USUBJID").take(first),
        "lesion": variable(tr, "TRLNKID").take(first),
        **_identity(domains, tr.take(first), of_record(location)),
        "visit": visit(tr).take(first),
        **({when[0]: of_record(date)} if when else {}),
        "evaluator": evaluator(tr, "TR").take(first),
        **_measures(by_test),
        "state": _state(tr, test, record, n, choose_cells(by_test["state"], by_test["node_state"])),
        "reason": of_record(variable(tr, "TRREASND")),
        "visit_name": variable(tr, "VISIT").take(first),
        "accepted": of_record(variable(tr, "TRACPTFL")),
    }
    identified, origins = _identified_in(domains, tr.take(first), columns)
    columns["method"] = choose_cells(of_record(variable(tr, "TRMETHOD")), columns["method"])
    size = np.where(taken["longest"] >= 0, taken["longest"], taken["diameter"])
    own = {
        "size": size,
        "perpendicular": taken["perpendicular"],
        "viable": taken["viable"],
        "state": taken["state"],
        "diameter": taken["diameter"],
        "volume": taken["volume"],
        "attenuation": taken["attenuation"],
    }
    rows = {
        c: np.where(at >= 0, tr.rows[at], tr.rows[first])
        for c, at in own.items()
        if c in columns and n
    }
    return Mapped(columns, tr.rows[first], _named("TR", n), {**rows, **identified}, origins)


def _identified_in(
    domains: Mapping[str, CrfTable], tr: CrfTable, columns: Mapping[str, Column]
) -> tuple[dict[str, Ints], dict[str, Column]]:
    """For role and organ the rows of TU they came from, or should, and the domain: TR where TR
    alone says it.
    """
    tu = domains.get("TU")
    if tu is None or not {"USUBJID", "TULNKID"} <= set(tu) or not tu.n_rows:
        return {}, {}
    found = match_identification(tr, tu)
    rows, origins = {}, {}
    for name, said in (
        ("role", variable(tu, "TUSTRESC", "TUORRES")),
        ("organ", variable(tu, "TULOC")),
    ):
        there = (found >= 0) & (~said.blank[found] | columns[name].blank)
        rows[name] = np.where(there, tu.rows[found], tr.rows)
        origins[name] = Column(words=["TR", "TU"], codes=there.astype(np.int64))
    return rows, origins


def _known_tests(tr: CrfTable) -> Bools:
    return variable(tr, "TRTESTCD").map(lambda w: tidy(w) in TESTS, np.bool_)


def _named(domain: str, n: int) -> Column:
    return Column(words=[domain], codes=np.zeros(n, dtype=np.int64))


def _records(tr: CrfTable, test: Ints, date: Column) -> tuple[Ints, Ints]:
    """The record (lesion, visit, date) of each result, and the first row of each record.

    A result without a date joins the dated results of its lesion and visit; a second result of one
    test at one date opens a second record.
    """
    keys = [
        c.trimmed.codes
        for c in (variable(tr, "USUBJID"), evaluator(tr, "TR"), variable(tr, "TRLNKID"), visit(tr))
    ]
    at_visit, first = number_rows(*keys)
    day = date.trimmed.codes
    dated = _first_row(at_visit, ~date.blank, len(first))
    joined = (
        np.where(date.blank & (dated[at_visit] >= 0), day[dated[at_visit]], day)
        if len(day)
        else day
    )
    place, _ = number_rows(at_visit, joined)
    repeat, _ = number_rows(place, test)
    record, start = number_rows(place, occurrence(repeat))
    order = order_rows(start)  # records in the order of the file
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[record] if len(record) else record, start[order]


def _first_row(group: Ints, chosen: Bools, n: int) -> Ints:
    """For each group the first row that is chosen, or -1."""
    out = np.full(n, -1, dtype=np.int64)
    rows = np.flatnonzero(chosen)[::-1]
    out[group[rows]] = rows
    return out


def _measures(by_test: Mapping[str, Column]) -> dict[str, Column]:
    both = bool((~by_test["longest"].blank & ~by_test["diameter"].blank).any())
    found = {
        "size": choose_cells(by_test["longest"], by_test["diameter"]),
        "perpendicular": by_test["perpendicular"],
        "viable": by_test["viable"],
        "volume": by_test["volume"],
        "attenuation": by_test["attenuation"],
        "diameter": by_test["diameter"] if both else blanks(0),
    }
    return {
        n: _numeric(c) for n, c in found.items() if len(c) and (n == "size" or not c.blank.all())
    }


def _numeric(column: Column) -> Column:
    """Numbers, if there is no word among the sizes."""
    numbers = parse_numbers(column)
    return column if numbers.word.any() else Column(floats=numbers.value)


def _values(tr: CrfTable) -> Column:
    """The result of each row as text: TRSTRESN, else TRORRES in mm, else the words of TRORRES or
    TRSTRESC.
    """
    original, unit = variable(tr, "TRORRES"), variable(tr, "TRORRESU")
    words = choose_cells(original, variable(tr, "TRSTRESC"))
    standard = choose_cells(
        _in_mm(variable(tr, "TRSTRESN"), variable(tr, "TRSTRESU")), _in_mm(original, unit)
    )
    wordy = parse_numbers(original).word | (parse_numbers(standard).word | standard.blank)
    both = concatenate([_as_text(words), _as_text(standard)])
    n = tr.n_rows
    return both.take(np.where(wordy & ~words.blank, np.arange(n), np.arange(n) + n))


def _as_text(column: Column) -> Column:
    return Column(words=column.words, codes=column.codes)


def _in_mm(value: Column, unit: Column) -> Column:
    """Centimetres as millimetres, by decimal arithmetic; every other unit as it is."""
    centimetres = unit.map(lambda u: units.factor(u, "mm") == 10, np.bool_)
    if not centimetres.any():
        return value
    numbers = parse_numbers(value)
    tenfold = [
        w if np.isnan(v) else number_text(float(Decimal(repr(float(v))) * 10))
        for w, v in _distinct(value)
    ]
    both = [*value.words, *tenfold]
    convert = centimetres & ~np.isnan(numbers.value)
    return Column.of_distinct(both, np.where(convert, value.codes + len(value.words), value.codes))


def _distinct(column: Column) -> list[tuple[str, float]]:
    numbers = parse_numbers(Column(words=column.words, codes=np.arange(len(column.words))))
    return list(zip(column.words.tolist(), numbers.value.tolist(), strict=True))


def _state(tr: CrfTable, test: Ints, record: Ints, n: int, said: Column) -> Column:
    """What was seen; else NOT DONE where no result of the record was done, or one marked so has a
    value.
    """
    not_done = variable(tr, "TRSTAT").map(lambda w: tidy(w) == "NOT DONE", np.bool_)
    contradicted = not_done & ~np.isnan(parse_numbers(_values(tr)).value)
    some, all_of, against = (np.zeros(n, dtype=np.bool_) for _ in range(3))
    all_of[:] = True
    some[record[not_done]] = True
    all_of[record[~not_done]] = False
    against[record[contradicted]] = True
    done = Column(words=["", "NOT DONE"], codes=(some & (all_of | against)).astype(np.int64))
    return choose_cells(said, done)


def _identity(domains: Mapping[str, CrfTable], tr: CrfTable, location: Column) -> dict[str, Column]:
    """Role, organ, nodal and method of each record's lesion: from TU at the visit, else from TU at
    all.
    """
    group = variable(tr, "TRGRPID")
    role, organ, method = blanks(tr.n_rows), blanks(tr.n_rows), blanks(tr.n_rows)
    tu = domains.get("TU")
    if tu is not None and {"USUBJID", "TULNKID"} <= set(tu) and tu.n_rows:
        at = match_identification(tr, tu)
        role, organ, method = (
            c.expand(at)
            for c in (
                variable(tu, "TUSTRESC", "TUORRES"),
                variable(tu, "TULOC"),
                variable(tu, "TUMETHOD"),
            )
        )
    role, organ = choose_cells(role, group), choose_cells(organ, location)
    found = {"role": role, "organ": organ, "nodal": nodal_column(role, organ), "method": method}
    if tu is not None and {"USUBJID", "TULNKID"} <= set(tu) and tu.n_rows:
        found |= expanded(tu, at)
    return found


def match_identification(tr: CrfTable, tu: CrfTable) -> Ints:
    """For each row of TR the row of TU that identifies its lesion, or -1.

    Subject, evaluator and lesion agree (subject and lesion alone, where TU has no evaluators, or
    one that TR does not name); a TU record of the same visit is preferred, where a lesion was
    identified more than once.
    """
    readers = evaluator(tu, "TU")
    left = [variable(tr, "USUBJID"), variable(tr, "TRLNKID")]
    right = [variable(tu, "USUBJID"), variable(tu, "TULNKID")]
    if readers_tell(readers, evaluator(tr, "TR")):
        left, right = [*left, evaluator(tr, "TR")], [*right, readers]
    same_visit = first_match([*left, visit(tr)], [*right, visit(tu)])
    found = np.where(same_visit >= 0, same_visit, first_match(left, right))
    return np.where(left[1].blank, -1, found)


def nodal_column(role: Column, organ: Column) -> Column:
    """Y for a lymph node, N for another known place, blank where neither role nor place is
    known.
    """
    by_role = role.map(roles.nodal, np.int8)
    by_organ = organ.map(lambda w: int(is_node(w)) if w.strip() else UNKNOWN, np.int8)
    code = np.where(by_role != UNKNOWN, by_role, by_organ)
    return Column(words=["", "N", "Y"], codes=code.astype(np.int64) + 1)


def _identified_only(domains: Mapping[str, CrfTable]) -> Mapped:
    """The lesions identified in TU that TR has no result for."""
    tu = domains["TU"]
    tr = domains.get("TR")
    alone = ~variable(tu, "TULNKID").blank
    if tr is not None and "TRLNKID" in tr:
        results = tr.take(_known_tests(tr))
        seen = np.zeros(tu.n_rows, dtype=np.bool_)
        left = [variable(tu, "USUBJID"), variable(tu, "TULNKID"), evaluator(tu, "TU")]
        right = [
            variable(results, "USUBJID"),
            variable(results, "TRLNKID"),
            evaluator(results, "TR"),
        ]
        if not readers_tell(left[2], right[2]):
            left, right = left[:2], right[:2]
        seen[:] = first_match(left, right) >= 0 if results.n_rows else False
        alone &= ~seen
    rest = tu.take(alone)
    role, organ = variable(rest, "TUSTRESC", "TUORRES"), variable(rest, "TULOC")
    when = moment(rest, "TU")
    columns = {
        "subject": variable(rest, "USUBJID"),
        "lesion": variable(rest, "TULNKID"),
        "role": role,
        "organ": organ,
        "nodal": nodal_column(role, organ),
        "method": variable(rest, "TUMETHOD"),
        "visit": visit(rest),
        **({when[0]: when[1]} if when else {}),
        "evaluator": evaluator(rest, "TU"),
        "visit_name": variable(rest, "VISIT"),
        "accepted": variable(rest, "TUACPTFL"),
    }
    return Mapped(columns, rest.rows, _named("TU", rest.n_rows))
