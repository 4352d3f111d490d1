"""SDTM domains among each other: are codes known, and do TU, TR and RS mean the same lesions and
visits?

Sources: SDTMIG 3.4 (TU, assumptions 1 and 6; TR, assumption 2); CDISC CORE rules on --TESTCD,
--TEST and links; controlled terminology C96784, C96779, C96782 in ``codelists.csv``. Input: TU, TR
and RS as they were read. Output: unknown codes, and lesions and groups of one domain that another
does not have.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import UNKNOWN, Column, Role, parse_roles
from nettumor.crf.sdtm import common_codes, evaluator, readers_tell, variable
from nettumor.crf.sdtm_lesions import match_identification
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS
from nettumor.edit_checks.rules.lesion_course import role_in_name
from nettumor.edit_checks.rules.sdtm import NO_NAMES, domains_with
from nettumor.rows import first_of, group, order_rows

_CODE = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
_COMPARED = 200
"""So many unknown codes of a domain are compared with the known ones; a column of other things has
more.
"""


@cache
def codelists() -> Mapping[str, tuple[str, frozenset[str]]]:
    """By variable the name of its codelist and the codes of it that are known here."""
    text = (
        resources.files("nettumor.edit_checks.rules")
        .joinpath("codelists.csv")
        .read_text(encoding="utf-8")
    )
    rows = csv.DictReader(text.splitlines())
    return {row["variable"]: (row["codelist"], frozenset(row["values"].split())) for row in rows}


def _first_of(codes: Ints, chosen: Bools) -> tuple[Ints, Ints]:
    """The first row of each code among the chosen codes, and how many rows it has."""
    alike = group(codes, where=chosen[codes])
    first = np.flatnonzero(alike.is_first())
    return first, alike.size[alike.number[first]]


@check("X04", needs={}, allowed=())
def testcd_unknown_or_test_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A test code that is none, or a code with two names, or a name with two codes; one finding for
    each.

    The codelists are extensible, and known here in part: a code that is well formed and like none
    of them is a note only. ``allowed`` are codes of the study's own.
    """
    own = {str(w).upper() for w in parameters["allowed"]}
    for rows in domains_with(data, "TESTCD", among=TUMOUR_DOMAINS):
        column = f"{rows.name}TESTCD"
        name, known = codelists()[column]
        codes, words = rows.codes(column)
        given = [str(w) for w in words]
        unknown = np.array(
            [w != "" and w not in known and w.upper() not in own for w in given], dtype=np.bool_
        )
        near = np.full(len(given), "", dtype=object)
        for i in np.flatnonzero(unknown)[:_COMPARED].tolist():  # distinct codes
            near[i] = next(
                iter(difflib.get_close_matches(given[i].upper()[:40], sorted(known), 1, 0.85)), ""
            )
        for i, code in _beside_same_name(rows, column, known).items():
            near[i] = code
        shaped = np.array([_CODE.fullmatch(w) is not None for w in given], dtype=np.bool_)
        at, count = _first_of(codes, unknown)
        meant = near[codes[at]]
        firm = (meant != "") | ~shaped[codes[at]]
        said = np.where(firm, "is no test code", "is not among the codes known here")
        yield Hits(
            table=rows.name,
            rows=at,
            column=column,
            severity=np.where(firm, "", "note"),
            names=NO_NAMES,
            expected=np.where(meant == "", f"a code of {name}", meant),
            parts={"count": count, "said": said},
            message=f"{{value}} ({{count}} rows) {{said}} ({column}, {name})",
        )
        yield from _one_to_one(rows, column, f"{rows.name}TEST")


def _beside_same_name(rows: Rows, column: str, known: Collection[str]) -> dict[int, str]:
    """For codes that are none the known code that most rows give beside the same name."""
    codes, words = rows.codes(column)
    names, called = rows.codes(column.removesuffix("CD"))
    pairs = group(codes, names)
    rarest_first = order_rows(pairs.size)
    code_of: dict[int, str] = {}
    of: dict[int, int] = {}
    for code, name in zip(*(key[rarest_first].tolist() for key in pairs.keys), strict=True):
        if called[name] == "":
            continue
        if words[code] in known:
            code_of[name] = str(words[code])
        else:
            of[code] = name
    return {code: code_of[name] for code, name in of.items() if name in code_of}


def _one_to_one(rows: Rows, code: str, name: str) -> Iterator[Hits]:
    """Pairs of code and name that stand against a commoner pair."""
    given = ~rows.blank(code) & ~rows.blank(name)
    pairs = group(rows.codes(code)[0], rows.codes(name)[0], where=given)
    codes, names = pairs.keys
    count, first = pairs.size, pairs.first()
    found = np.zeros(len(first), dtype=np.bool_)
    for key, other, column in ((codes, names, name), (names, codes, code)):
        alike = group(key, by=(-count, first))  # the commonest first, of equals the first row
        usual = other[alike.of_rows(alike.first())]
        bad = np.flatnonzero((usual != other) & ~found)
        found[bad] = True
        bad = bad[order_rows(first[bad])]
        words, row = rows.codes(column)[1], first[bad]
        yield Hits(
            table=rows.name,
            rows=row,
            column=column,
            expected=words[usual[bad]],
            names=NO_NAMES,
            parts={"count": count[bad], "of": rows.text(code if column == name else name)[row]},
            message="{of} has {column} {value} ({count} rows) and {expected}",
        )


@check("X05", needs={"TR": ("TRGRPID", "TRLNKID"), "TU": ("TULNKID", "TUSTRESC")}, follows=("S05",))
def group_id_vs_identification(data: Data, parameters: Parameters) -> Hits:
    """A lesion that TR groups as another kind than TU identifies it; at the first such row of the
    lesion.
    """
    rows, tu = data["TR"], data["TU"]
    place = match_identification(rows.table, tu.table)
    grouped = parse_roles(rows.table.column("TRGRPID"))
    identified = variable(tu.table, "TUSTRESC", "TUORRES")
    role = parse_roles(identified.expand(place))
    other = (place >= 0) & (grouped > 0) & (role > 0) & (grouped != role) & (grouped != UNKNOWN)
    alike = group(place, grouped, where=other)
    first = np.flatnonzero(alike.is_first())
    return Hits(
        table="TR",
        rows=first,
        column="TRGRPID",
        expected=identified.expand(place[first]).text,
        related=place[first],
        related_table="TU",
        parts={
            "count": alike.size[alike.number[first]],
            "name": rows.text("TRLNKID", first),
        },
        message="{name} is in group {value} ({count} rows), but TU identifies it as {expected}",
    )


def _alone(left: list[Column], right: list[Column], use: Bools) -> tuple[Ints, Ints]:
    """The first row of each key of the left domain that the right one has not, and how many rows it
    has.
    """
    mine, theirs = common_codes(left, right)
    every = group(mine)
    first = first_of(mine, where=use & ~np.isin(mine, theirs))
    return first, every.size[every.number[first]]


@check("X06", needs={"RS": ("RSLNKGRP", "USUBJID"), "TR": ("TRLNKGRP", "USUBJID")})
def linkgrp_broken(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A link group of RS that TR has not, or of TR that RS has not; the first of an assessor needs
    no response.
    """
    rs, tr = data["RS"], data["TR"]
    left = [rs.table.column("USUBJID"), rs.table.column("RSLNKGRP")]
    right = [tr.table.column("USUBJID"), tr.table.column("TRLNKGRP")]
    at, count = _alone(left, right, ~rs.blank("RSLNKGRP"))
    yield Hits(
        table="RS",
        rows=at,
        column="RSLNKGRP",
        expected="a TRLNKGRP of the subject",
        parts={"count": count},
        message="link group {value} ({count} rows) has no results in TR",
    )
    later = ~tr.blank("TRLNKGRP") & ~_first_group(tr)
    at, count = _alone(right, left, later)
    yield Hits(
        table="TR",
        rows=at,
        column="TRLNKGRP",
        expected="an RSLNKGRP of the subject",
        parts={"count": count},
        message="link group {value} ({count} rows) has no response in RS",
    )


def _first_group(tr: Rows) -> Bools:
    """Rows of the first group in time of each subject and assessor: baseline, which has no
    response.
    """
    day = tr.table.dates("TRDTC").earliest
    number = tr.number("VISITNUM")
    link = tr.codes("TRLNKGRP")[0]
    keys = tr.codes("USUBJID")[0], evaluator(tr.table, "TR").trimmed.codes
    in_time = group(*keys, by=(day, number), where=~tr.blank("TRLNKGRP"))
    first = link[in_time.first()]
    return np.asarray(np.append(first, -1)[in_time.find(*keys)] == link)


@check("X08", needs={"TU": ("TULNKID", "USUBJID")})
def tu_repeated_each_visit(data: Data, parameters: Parameters) -> Hits:
    """A lesion identified in TU at more than one visit; at the first row of the second."""
    rows = data["TU"]
    table = rows.table
    identified = variable(table, "TUTESTCD").map(
        lambda w: w.strip().upper() in ("", "TUMIDENT", "LESIDENT"), np.bool_
    )
    use = ~rows.blank("TULNKID") & identified
    keys = [
        c.trimmed.codes
        for c in (table.column("USUBJID"), evaluator(table, "TU"), table.column("TULNKID"))
    ]
    time = variable(table, "VISITNUM", "VISIT", "TUDTC").trimmed.codes
    one = group(*keys, time, where=use).is_first()  # a row of each lesion and visit
    visits = group(*keys, where=one)
    again = np.flatnonzero(visits.occurrence == 1)
    return Hits(
        table="TU",
        rows=again,
        column="TULNKID",
        value=rows.text("TULNKID", again),
        expected="one record",
        parts={"count": visits.size[visits.number[again]]},
        message="{value} is identified at {count} visits; a lesion is identified once",
    )


@check(
    "X09",
    needs={"TU": ("TULNKID", "USUBJID"), "TR": ("TRLNKID", "USUBJID")},
    follows=("S05", "S06"),
)
def new_lesion_missing_in_tu_or_tr(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A new lesion that TU identifies without results in TR, or that has results without being
    identified.
    """
    tu, tr = data["TU"], data["TR"]
    left = [tu.table.column("USUBJID"), tu.table.column("TULNKID")]
    right = [tr.table.column("USUBJID"), tr.table.column("TRLNKID")]
    readers = evaluator(tu.table, "TU"), evaluator(tr.table, "TR")
    if readers_tell(*readers):
        left, right = [*left, readers[0]], [*right, readers[1]]
    new = parse_roles(variable(tu.table, "TUSTRESC", "TUORRES")) == Role.NEW
    at, _ = _alone(left, right, new & ~tu.blank("TULNKID"))
    yield Hits(
        table="TU",
        rows=at,
        column="TULNKID",
        expected="a result in TR",
        message="new lesion {value} is identified in TU and has no result in TR",
    )
    role = parse_roles(variable(tr.table, "TRGRPID"))
    named = tr.table.column("TRLNKID").map(role_in_name, np.int64) == Role.NEW
    new = (role == Role.NEW) | (named & (role <= 0))
    at, _ = _alone(right, left, new & ~tr.blank("TRLNKID"))
    yield Hits(
        table="TR",
        rows=at,
        column="TRLNKID",
        expected="a record in TU",
        message="new lesion {value} has results in TR and is not identified in TU",
    )
