"""SDTM disease response (RS) and the collected sums of TR to the responses table: a row per visit
and evaluator.

Sources: SDTMIG 3.4 (RS, TR); RSTESTCD codelist ONCRTSCD (C96782), TRTESTCD C96779.

=======================
==============================================================================
target, non_target      RSSTRESC (else RSORRES) of TRGRESP, NTRGRESP
overall, best           of OVRLRESP, BESTRESP
deterioration           of SYMPTDTR
new_lesion              of NEWLPROG (EQUIVOCAL, UNEQUIVOCAL), else NEWLIND (Y, N)
sum                     TR rows without a lesion: SUMDIAM, else SUMLDIAM, SUMVDIAM, SUMPPD, SUMVOL
percent_from_baseline   PCBSD, else PCBSLD, PCBSPPD, PCHGBL
percent_from_nadir      PCNSD, else PCNSLD, PCNSPPD, PCHGNAD
criteria                RSCAT, or RSSCAT where that one names the rules; both tell series apart
reason                  RSREASND, else REASNE of SUPPRS, of the test that dates the row, else of the others
status                  RSSTAT of the test that dates the row
=======================
==============================================================================

Tests of one visit with different dates stand in one row, dated by the overall response, unless a
test occurs twice: then each date has its row. Nothing is dropped: a second result of one test at
one date is a second row.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Column, Ints, blanks, choose_cells, concatenate
from nettumor.crf.dataset_json import as_numbers_where_possible
from nettumor.crf.sdtm import Mapped, evaluator, first_match, moment, supplemental, variable, visit
from nettumor.crf.tables import CrfTable
from nettumor.rows import number_rows, occurrence, order_rows
from nettumor.words import criteria_names

RESPONSE_TESTS: Mapping[str, str] = MappingProxyType({
    "OVRLRESP": "overall", "TRGRESP": "target", "NTRGRESP": "non_target", "NEWLPROG": "new_lesion",
    "NEWLIND": "new_lesion_indicator", "BESTRESP": "best", "SYMPTDTR": "deterioration",
})  # fmt: skip
"""RS tests in the order in which they date a row."""

SUM_TESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sum": ("SUMDIAM", "SUMLDIAM", "SUMVDIAM", "SUMPPD", "SUMVOL"),
        "percent_from_baseline": ("PCBSD", "PCBSLD", "PCBSPPD", "PCHGBL"),
        "percent_from_nadir": ("PCNSD", "PCNSLD", "PCNSPPD", "PCHGNAD"),
    }
)
"""TR tests of a whole visit, the first that there is."""


def responses(domains: Mapping[str, CrfTable]) -> CrfTable | None:
    """The responses table from RS and the sums of TR; None where neither has anything."""
    sums = _sums(domains["TR"]) if "TR" in domains else None
    if "RS" not in domains:
        if sums is None or not len(sums.rows):
            return None
        return sums.table("responses", domains, ("TR",))
    reported = _reported(domains)
    if sums is None or not len(sums.rows):
        return reported.table("responses", domains, ("RS",))
    return _joined(reported, sums).table("responses", domains, ("RS", "TR"))


def _reported(domains: Mapping[str, CrfTable]) -> Mapped:
    """RS, wide."""
    whole, names = domains["RS"], list(RESPONSE_TESTS)
    why = variable(whole, "RSREASND", "RSREASNE")
    for name in ("REASNE", "RSREASNE"):
        why = choose_cells(why, supplemental(domains, "RS", name))
    test = variable(whole, "RSTESTCD").map(
        lambda w: names.index(tidy(w)) if tidy(w) in names else -1, np.int64
    )
    rs, why, test = whole.take(test >= 0), why.take(test >= 0), test[test >= 0]
    when = moment(rs, "RS")
    date = when[1] if when else blanks(rs.n_rows)
    record = _rows(rs, test, date)
    n = int(record.max(initial=-1)) + 1
    by_test = order_rows(test)
    lead = _first(record[by_test], n)
    lead = by_test[lead] if n else lead  # the row of the test that dates the record
    value = variable(rs, "RSSTRESC", "RSORRES")
    taken = {}
    for code, name in enumerate(RESPONSE_TESTS.values()):
        rows = np.flatnonzero(test == code)
        place = np.full(n, -1, dtype=np.int64)
        place[record[rows][::-1]] = rows[::-1]
        taken[name] = place
    column = {name: value.expand(rows) for name, rows in taken.items()}
    reason = why.take(lead)
    for name in (
        "overall",
        "target",
        "non_target",
    ):  # of the record that dates the row, else of another one
        reason = choose_cells(reason, why.expand(taken[name]))
    columns = {
        "subject": variable(rs, "USUBJID").take(lead),
        "visit": visit(rs).take(lead),
        **({when[0]: date.take(lead)} if when else {}),
        "evaluator": evaluator(rs, "RS").take(lead),
        "target": column["target"],
        "non_target": column["non_target"],
        "new_lesion": choose_cells(column["new_lesion"], column["new_lesion_indicator"]),
        "overall": column["overall"],
        "best": column["best"],
        "deterioration": column["deterioration"],
        "criteria": _category(rs).take(lead),
        "status": variable(rs, "RSSTAT").take(lead),
        "reason": reason,
        "visit_name": variable(rs, "VISIT").take(lead),
        "accepted": variable(rs, "RSACPTFL").take(lead),
    }
    taken["new_lesion"] = np.where(
        taken["new_lesion"] >= 0, taken["new_lesion"], taken["new_lesion_indicator"]
    )
    own = {
        k: np.where(at >= 0, rs.rows[at], rs.rows[lead])
        for k, at in taken.items()
        if k in columns and n
    }
    return Mapped(columns, rs.rows[lead], _named("RS", n), own)


def _category(rs: CrfTable) -> Column:
    """RSCAT, or RSSCAT where that one names the rules and RSCAT does not."""
    category, detail = variable(rs, "RSCAT"), variable(rs, "RSSCAT")
    says = category.map(_names_rules, np.bool_) | ~detail.map(_names_rules, np.bool_)
    if says.all():
        return category
    words = np.where(says, category.text, detail.text)
    return Column.of_text(words.tolist())


def _names_rules(word: str) -> bool:
    return bool(criteria_names.family(word)) or criteria_names.is_other(word)


def _named(domain: str, n: int) -> Column:
    return Column(words=[domain], codes=np.zeros(n, dtype=np.int64))


def _first(numbers: Ints, n: int) -> Ints:
    out = np.full(n, -1, dtype=np.int64)
    out[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
    return out


def _rows(rs: CrfTable, test: Ints, date: Column) -> Ints:
    """The row of the wide table of each RS record, in the order of the file."""
    keys = (
        variable(rs, "USUBJID"),
        evaluator(rs, "RS"),
        variable(rs, "RSCAT"),
        variable(rs, "RSSCAT"),
        visit(rs),
    )
    at_visit, first = number_rows(*(k.trimmed.codes for k in keys))
    same_test, start = number_rows(at_visit, test)
    several = np.zeros(len(first), dtype=np.bool_)
    several[at_visit[start[np.bincount(same_test, minlength=len(start)) > 1]]] = True
    day = np.where(several[at_visit], date.trimmed.codes, 0) if len(at_visit) else at_visit
    place, _ = number_rows(at_visit, day)
    repeat, _ = number_rows(place, test)
    record, begin = number_rows(place, occurrence(repeat))
    rank = np.empty(len(begin), dtype=np.int64)
    rank[order_rows(begin)] = np.arange(len(begin))
    return rank[record] if len(record) else record


def _sums(whole: CrfTable) -> Mapped:
    """The sums and percent changes collected in TR, one row per subject, evaluator, visit
    and date.
    """
    wanted = {code: name for name, codes in SUM_TESTS.items() for code in codes}
    codes = list(wanted)
    test = variable(whole, "TRTESTCD").map(
        lambda w: codes.index(tidy(w)) if tidy(w) in wanted else -1, np.int64
    )
    tr, test = whole.take(test >= 0), test[test >= 0]
    when = moment(tr, "TR")
    date = when[1] if when else blanks(tr.n_rows)
    keys = [
        k.trimmed.codes for k in (variable(tr, "USUBJID"), evaluator(tr, "TR"), visit(tr), date)
    ]
    place, _ = number_rows(*keys)
    repeat, _ = number_rows(place, test)
    record, first = number_rows(place, occurrence(repeat))
    value = choose_cells(variable(tr, "TRSTRESN"), variable(tr, "TRORRES", "TRSTRESC"))
    columns = {
        "subject": variable(tr, "USUBJID").take(first),
        "visit": visit(tr).take(first),
        **({when[0]: date.take(first)} if when else {}),
        "evaluator": evaluator(tr, "TR").take(first),
        "visit_name": variable(tr, "VISIT").take(first),
        "accepted": variable(tr, "TRACPTFL").take(first),
    }
    own = {}
    for name, tests in SUM_TESTS.items():
        found = np.full(len(first), -1, dtype=np.int64)
        for code in tests:
            rows = np.flatnonzero(test == codes.index(code))
            place_of = np.full(len(first), -1, dtype=np.int64)
            place_of[record[rows][::-1]] = rows[::-1]
            found = np.where(found >= 0, found, place_of)
        columns[name] = as_numbers_where_possible(value.expand(found))
        own[name] = np.where(found >= 0, tr.rows[found], tr.rows[first]) if len(first) else first
    return Mapped(columns, tr.rows[first], _named("TR", len(first)), own)


def _joined(reported: Mapped, sums: Mapped) -> Mapped:
    """The sums beside the responses of their visit (and date, where it agrees); others in rows of
    their own.
    """
    names = ("subject", "evaluator", "visit")
    time = next((n for n in ("date", "day") if n in reported.columns and n in sums.columns), None)
    left = [reported.columns[n] for n in names]
    right = [sums.columns[n] for n in names]
    found = first_match(left, right)
    if time:
        exact = first_match([*left, reported.columns[time]], [*right, sums.columns[time]])
        several = _several(right)
        found = np.where(exact >= 0, exact, np.where((found >= 0) & ~several[found], found, -1))
    used = np.zeros(len(sums.rows), dtype=np.bool_)
    used[found[found >= 0]] = True
    rest = np.flatnonzero(~used)
    columns: dict[str, Column] = {}
    for name in dict.fromkeys([*reported.columns, *sums.columns]):
        here, there = reported.columns.get(name), sums.columns.get(name)
        top = here if name not in SUM_TESTS and here is not None else None
        if top is None:
            top = (
                there.expand(found)
                if name in SUM_TESTS and there is not None
                else blanks(len(found))
            )
        bottom = there.take(rest) if there is not None else blanks(len(rest))
        columns[name] = _below(top, bottom)
    own = {n: np.concatenate([r, sums.rows[rest]]) for n, r in reported.column_rows.items()}
    origins = {}
    words = Column(words=["RS", "TR"], codes=np.concatenate([found >= 0, rest >= 0]))
    for name, rows in sums.column_rows.items():
        own[name] = np.concatenate([np.where(found >= 0, rows[found], reported.rows), rows[rest]])
        origins[name] = words
    return Mapped(
        columns,
        np.concatenate([reported.rows, sums.rows[rest]]),
        concatenate([reported.origin, sums.origin.take(rest)]),
        own,
        origins,
    )


def _several(keys: list[Column]) -> Bools:
    number, _ = number_rows(*(k.trimmed.codes for k in keys))
    return np.asarray(np.bincount(number)[number] > 1)


def _below(top: Column, bottom: Column) -> Column:
    """One column below another; blanks below numbers are missing numbers."""
    if top.floats is not None and bottom.is_text and bottom.blank.all():
        return Column(floats=np.concatenate([top.floats, np.full(len(bottom), np.nan)]))
    if bottom.floats is not None and top.is_text and top.blank.all():
        return Column(floats=np.concatenate([np.full(len(top), np.nan), bottom.floats]))
    return concatenate([top, bottom])
