"""Lesions in the course: does each keep its role, place and name from baseline on?

Sources: SDTMIG, TU assumptions 1 and 2 (a lesion is identified once; split and merged lesions); NCI
edit checks (role and location must not change); RECIST 1.1, 4.3.2. Input: the lesions table.
Output: lesions that appear late, change, or seem to be entered twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.crf import Column, Role, State
from nettumor.crf.columns import Words
from nettumor.crf.sdtm import evaluator, supplemental
from nettumor.crf.sdtm_lesions import match_identification
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import (
    NEVER,
    first_rows,
    first_said,
    lesion_at,
    lesions_named,
    merged_into,
    misnamed,
    of_lesions,
    parents,
    usual,
    whole_lesions,
)
from nettumor.edit_checks.reading.recomputed import MEASURED
from nettumor.edit_checks.rules.lesion import organ_sides
from nettumor.rows import first_of, group, number_rows, order_rows, smallest_at
from nettumor.words.organs import read as organ_of
from nettumor.words.organs import words_of


@check("L14", needs={"lesions": ()}, follows=("S02", "L15"), rebaseline=())
def target_added_after_baseline(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target or non-target lesion that first appears after baseline; or one that stands at one
    visit only, in the place of another that lacks this visit: its name is probably mistyped.

    Parts of a split lesion may, a lesion into which others merged may, and so may all at the visits
    named in ``rebaseline`` (a second baseline, as after a change of therapy).
    """
    rows = data["lesions"]
    role = rows.cells.role
    first = rows.first_row == np.arange(rows.n)
    late = first & (rows.order > 0) & ((role == Role.TARGET) | (role == Role.NON_TARGET))
    alone, meant = misnamed(data)
    role_of = rows.cells.role[alone]
    use = (role_of == Role.TARGET) | (role_of == Role.NON_TARGET)
    yield _mistyped(rows, alone[use], meant[use])
    told = np.isin(rows.lesion, rows.lesion[np.concatenate([alone, meant])])
    at = np.flatnonzero(late & whole_lesions(rows) & ~told)
    into = merged_into(rows.data)
    at = at[~np.isin(rows.lesion[at], into[into >= 0])]  # a mass that others merged into
    at = at[~np.isin(rows.text("visit", at), [str(v) for v in parameters["rebaseline"]])]
    # one that only the baseline lacks is missed there already
    missed = (rows.order[at] == 1) & ~rows.blank("visit")[at]
    for these, names in (
        (at[missed], {"visit": rows.text("visit", at[missed])}),
        (at[~missed], {}),
    ):
        yield Hits(
            table="lesions",
            rows=these,
            column="lesion",
            expected="a record at baseline, or the role NEW",
            names=names,
            parts={"role": rows.text("role", these)},
            message="{lesion} ({role}) first appears at visit {visit}, after baseline",
        )


def _mistyped(rows: Rows, at: Ints, meant: Ints) -> Hits:
    """Lesions that stand at one visit in the place of another, which is at all others."""
    order = order_rows(at)
    at, meant = at[order], meant[order]
    return Hits(
        table="lesions",
        rows=at,
        column="lesion",
        expected=rows.text("lesion", meant),
        related=meant,
        parts={"meant": called("lesion", rows.text("lesion", meant))},
        message="{lesion} stands at visit {visit} only, at which {meant} of the same place has no row: "
        "is the name mistyped?",
    )


def _more(number: Ints) -> Words:
    """ " (and in 2 later rows)", for the first of several rows that are one finding."""
    words = ["", "", " (and in a later row)"]
    words += [f" (and in {n - 1} later rows)" for n in range(3, int(number.max(initial=0)) + 1)]
    more = np.array(words, dtype=object)
    return np.asarray(more[number])


@check("L15", needs={"lesions": ()}, follows=("S02", "S03", "S11"))
def lesion_role_changed(data: Data, parameters: Parameters) -> Hits:
    """A lesion with more than one role; the finding stands at the first row with the rarer one."""
    rows = data["lesions"]
    role = rows.cells.role
    known = (role == Role.TARGET) | (role == Role.NON_TARGET) | (role == Role.NEW)
    expected = usual(rows, role, known)
    at, number = first_said(rows, known & (role != expected), role)
    names = np.array([r.name.replace("_", "-") for r in Role], dtype=object)
    return Hits(
        table="lesions",
        rows=at,
        column="role",
        expected=names[expected[at]],
        parts={"more": _more(number)},
        message="{lesion} is {value} at visit {visit}{more} and {expected} elsewhere",
    )


@check("L16", needs={"lesions": ("organ",)}, follows=("S02", "S03"))
def lesion_location_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A lesion with two organs, sides or node stations; a warning where only the words for the
    place differ.

    More detail at one visit than at another is no contradiction. From SDTM also TRLOC against
    TULOC.
    """
    rows = data["lesions"]
    known = ~rows.blank("organ") & (rows.organ_words != "")[rows.organ]
    expected = usual(rows, rows.organ, known)
    moved = known & (rows.organ != expected)
    at, number = first_said(rows, moved, rows.organ)
    message = "{lesion} lies in {value} at visit {visit}{more} and in {expected} elsewhere"
    yield Hits(
        table="lesions",
        rows=at,
        column="organ",
        expected=rows.organ_words[expected[at]],
        parts={"more": _more(number)},
        message=message,
    )
    sides = organ_sides(rows)
    sided = known & (sides > 0)
    other = usual(rows, sides, sided)
    changed = sided & (sides != other) & ~moved
    at, number = first_said(rows, changed, sides)
    yield Hits(
        table="lesions",
        rows=at,
        column="organ",
        expected=np.array(["", "LEFT", "RIGHT"], dtype=object)[other[at]],
        parts={"more": _more(number)},
        message="{lesion} lies in {value} at visit {visit}{more}; elsewhere its side is {expected}",
    )
    yield _other_words(rows, known & ~of_lesions(rows, moved | changed), message)
    if "TR" in data.tables.domains and "TU" in data.tables.domains:
        yield from _tr_against_tu(data)


_FILLERS = frozenset(
    {
        "LYMPH",
        "NODE",
        "NODES",
        "NODAL",
        "LN",
        "LYMPHADENOPATHY",
        "THE",
        "OF",
        "IN",
        "SEGMENT",
        "SEG",
        "LOBE",
        "GLAND",
        "LESION",
        "MASS",
        "METASTASIS",
        "METASTASES",
        "LIVER",
        "HEPATIC",
        "LUNG",
        "LUNGS",
        "PULMONARY",
        "BONE",
        "BONES",
        "KIDNEY",
        "RENAL",
        "ADRENAL",
        "PANCREAS",
        "PANCREATIC",
    }
)
"""Words that do not tell a place inside its organ."""


def _other_words(rows: Rows, use: Bools, message: str) -> Hits:
    """Rows whose place is told in other words, none a detail of the other's: another node station,
    another segment.
    """
    codes, words = rows.codes("organ")
    place = [frozenset(w for w in words_of(t) if w not in _FILLERS) for t in words.tolist()]
    table: dict[frozenset[str], int] = {}
    said = (
        np.array([table.setdefault(p, len(table)) for p in place], dtype=np.int64)[codes]
        if rows.n
        else codes
    )
    sets = list(table)
    expected = usual(rows, said, use)
    pair = np.flatnonzero(use & (said != expected) & (expected >= 0))
    number, lead = number_rows(said[pair], expected[pair])
    both = zip(said[pair[lead]].tolist(), expected[pair[lead]].tolist(), strict=True)
    apart = np.array(
        [not (sets[a] <= sets[b] or sets[b] <= sets[a]) for a, b in both], dtype=np.bool_
    )
    bad = np.zeros(rows.n, dtype=np.bool_)
    bad[pair] = apart[number] if len(pair) else False
    at, number = first_said(rows, bad, said)
    last = np.zeros(len(sets), dtype=np.int64)
    last[said] = np.arange(rows.n)  # of the spellings of a place the one in its last row
    return Hits(
        table="lesions",
        rows=at,
        column="organ",
        expected=rows.text("organ", last[expected[at]]),
        parts={"more": _more(number)},
        severity=np.where(rows.cells.nodal[at], "", "warning"),
        message=message,
    )


def _tr_against_tu(data: Data) -> Iterator[Hits]:
    """Lesions whose location in TR (TRLOC, in TR or SUPPTR) is another organ than that in TU; one
    finding a lesion.
    """
    tr, tu = data["TR"].table, data["TU"].table
    own = tr.column("TRLOC") if "TRLOC" in tr else supplemental(data.tables.domains, "TR", "TRLOC")
    if own is None or "TULOC" not in tu or not {"USUBJID", "TULNKID", "TRLNKID"} <= {*tr, *tu}:
        return
    found = match_identification(tr, tu)
    theirs = tu.column("TULOC").expand(found)

    def organs(column: Column) -> Words:
        return np.asarray(column.map(lambda w: organ_of(w, data.organ_map), object))

    here, there = organs(own), organs(theirs)
    other = (here != there) & (here != "") & (there != "") & (found >= 0)
    reader, name = evaluator(tr, "TR").trimmed.codes, tr.keys_of("TRLNKID")[0]
    at = first_of(data["TR"].codes("USUBJID")[0], reader, name, where=other)
    yield Hits(
        table="TR",
        rows=at,
        column="TRLOC",
        value=own.text[at],
        expected=theirs.text[at],
        related=found[at],
        related_table="TU",
        message="{lesion} lies in {value} by TR at visit {visit}, and in {expected} by TU",
    )


_PREFIX = re.compile(r"(?:^|[-_ ])(NTL?|NEW|NL|TL?)[-_ ]?0*(\d+)$")
_ROLE_OF = {"N": Role.NON_TARGET, "T": Role.TARGET, "E": Role.NEW}


def role_in_name(name: str) -> int:
    """The role that a lesion's name tells; 0 for none.

    >>> role_in_name("T01") == Role.TARGET, role_in_name("NT-2") == Role.NON_TARGET, role_in_name("liver 1")
    (True, True, 0)
    """
    found = _PREFIX.search(name.upper())
    if not found:
        return 0
    prefix = found.group(1)
    return int(Role.NEW if prefix in ("NEW", "NL") else _ROLE_OF[prefix[0]])


@check("L18", needs={"lesions": ()}, follows=("L15",))
def id_prefix_mismatch(data: Data, parameters: Parameters) -> Hits:
    """A lesion whose name tells another role than it has."""
    rows = data["lesions"]
    told = rows.table.column("lesion").map(role_in_name, np.int64)
    role = rows.cells.role
    bad = (told > 0) & (told != role)
    bad &= (role == Role.TARGET) | (role == Role.NON_TARGET) | (role == Role.NEW)
    at = first_rows(rows, bad) if bad.any() else np.empty(0, dtype=np.int64)
    names = np.array([r.name.replace("_", "-") for r in Role], dtype=object)
    return Hits(
        table="lesions",
        rows=at,
        column="role",
        expected=names[told[at]],
        message="the name {lesion} tells the role {expected}, but the role is {value}",
    )


def _number_of(name: str) -> int:
    found = _PREFIX.search(name.upper())
    return int(found.group(2)) if found and len(found.group(2)) < 9 else -1


@check("L19", needs={"lesions": ()}, follows=("L15", "L18"))
def lesion_id_gap(data: Data, parameters: Parameters) -> Hits:
    """Names of targets that are not consecutive: a lesion may have been deleted.

    Where lesions of all roles are numbered on together (T01, NT02, T03) a number of another role
    leaves no gap.
    """
    rows = data["lesions"]
    number = rows.table.column("lesion").map(_number_of, np.int64)
    at = first_rows(rows, number >= 0)
    number, other = number[at], rows.cells.role[at] != Role.TARGET
    in_turn = group(rows.track[at], by=(number, other))
    before = in_turn.previous()
    least = np.where(before >= 0, number[before], np.minimum(number, 1) - 1) + 1  # from 0 or 1 on
    gap = in_turn.first((number > least) & ~other)
    gap = gap[gap >= 0]
    return Hits(
        table="lesions",
        rows=at[gap],
        column="lesion",
        expected="a target with the number left out",
        parts={"number": least[gap]},
        message="the targets of {subject} are not numbered on: there is {value}, but no number "
        "{number}; "
        "was a lesion deleted?",
    )


_MIX = np.uint64(0x9E3779B97F4A7C15)


def _mixed(
    values: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Bits well mixed (the finaliser of splitmix64), so that sums of them tell series apart."""
    x = values * _MIX
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: np.ndarray[tuple[int], np.dtype[np.uint64]] = x ^ (x >> np.uint64(31))
    return out


@check(
    "L20", needs={"lesions": ("organ", MEASURED)}, follows=("S03",), min_visits=2, certain_sizes=4
)
def possible_duplicate_lesion(data: Data, parameters: Parameters) -> Hits:
    """Two lesions of one organ and side with the same sizes at every visit; a note where these are fewer
    than ``certain_sizes`` different ones, which two lesions of one size share by chance.
    """
    rows, size, role = data["lesions"], data.size, data["lesions"].cells.role
    use = (size > 0) & ((role == Role.TARGET) | (role == Role.NON_TARGET))
    default = data.sizes.too_small  # two lesions too small to measure are alike without being one
    count = len(rows.in_time)
    visits = np.bincount(rows.lesion[use & ~default], minlength=count)
    enough = (visits >= parameters["min_visits"])[rows.lesion]
    enough &= (rows.first_row == np.arange(rows.n)) & (rows.organ_words != "")[rows.organ]
    # only those at one place whose sizes have one sum are compared, size by size; whole tenths of at
    # most a kilometre have the same sum in every order
    tenths = np.rint(10 * np.minimum(size[use], 1e6))
    total = np.bincount(rows.lesion[use], weights=tenths, minlength=count)
    place = (rows.track, rows.organ, organ_sides(rows))
    at = np.flatnonzero(enough)
    near = group(*(key[at] for key in place), total[rows.lesion[at]])
    at = at[near.size[near.number] > 1]
    series = _numbered_series(rows, use, size, rows.lesion[at])
    alike = group(*(key[at] for key in place), series[rows.lesion[at]])
    twin = at[alike.first()[alike.number]]
    again, twin = at[alike.occurrence > 0], twin[alike.occurrence > 0]
    measured = np.flatnonzero(use & ~default)
    sizes = group(rows.lesion[measured], size[measured]).keys[0]
    different = np.bincount(sizes, minlength=count)[rows.lesion[again]]
    return Hits(
        table="lesions",
        rows=again,
        column="lesion",
        related=twin,
        severity=np.where(different >= parameters["certain_sizes"], "", "note"),
        expected="two lesions, or one name",
        parts={
            "twin": called("lesion", rows.text("lesion", twin)),
            "visits": visits[rows.lesion[again]],
            "place": rows.organ_words[rows.organ[again]],
        },
        message="{value} and {twin} both lie in {place} and have the same size at all {visits} "
        "visits",
    )


def _numbered_series(rows: Rows, use: Bools, size: Floats, lesions: Ints) -> Ints:
    """For some lesions a number, the same for those of the same sizes at the same timepoints."""
    asked = np.zeros(len(rows.in_time), dtype=np.bool_)
    asked[lesions] = True
    at = np.flatnonzero(use & asked[rows.lesion])
    bits = _mixed(size[at].view(np.uint64) ^ _mixed(rows.timepoint[at].astype(np.uint64)))
    total = np.zeros(len(asked), dtype=np.uint64)
    np.add.at(total, rows.lesion[at], bits)
    return number_rows(total)[0]


_PART = re.compile(r"(.*?(?:NTL?|NEW|NL|TL?)[-_ ]?\d+)\.\d+")


@check("L21", needs={"lesions": ()}, follows=("S02", "S03", "M03"))
def split_merge_inconsistent(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Parts without a parent, a single part, a parent measured beside its parts, a merger into
    nothing.
    """
    rows = data["lesions"]
    names, words = rows.codes("lesion")
    shape = [_PART.fullmatch(w.upper()) for w in words]
    told = np.array([m.group(1) if m else "" for m in shape], dtype=object)
    code = {word: i for i, word in enumerate(sorted({*told.tolist()} - {""}))}
    parent = np.array([code.get(word, -1) for word in told.tolist()], dtype=np.int64)
    wanted = parent[names] if rows.n else names
    lone = first_of(rows.track, wanted, where=whole_lesions(rows))
    yield Hits(
        table="lesions",
        rows=lone,
        column="lesion",
        expected="a row of " + told[names[lone]],
        parts={"whole": told[names[lone]]},
        message="{value} is named as a part of {whole}, but there is no {whole}",
    )
    if rows.cells.has_parts:
        yield from _parts(data, rows)
    yield from _mergers(data, rows)


def _parts(data: Data, rows: Rows) -> Iterator[Hits]:
    """Lesions that are the only part of another, or are measured after they split into parts."""
    whole = lesions_named(rows, parents(rows))
    parts = group(whole, rows.lesion).keys[0]
    single = (whole >= 0) & (np.bincount(parts, minlength=len(rows.in_time))[whole] == 1)
    at = first_rows(rows, single)
    yield Hits(
        table="lesions",
        rows=at,
        column="lesion",
        expected="two parts or more",
        parts={"parent": rows.cells.parent[at]},
        message="{value} is the only part of {parent}",
    )
    sized = (whole >= 0) & (data.size > 0)
    since = smallest_at(whole[sized], rows.timepoint[sized], len(rows.in_time), NEVER)
    both = (data.size > 0) & (rows.timepoint >= since[rows.lesion])
    at, count = first_said(rows, both, rows.lesion)
    yield Hits(
        table="lesions",
        rows=at,
        column="size",
        expected="sizes of the parts only",
        parts={"more": _more(count)},
        message="{lesion} is still measured at visit {visit}{more}, after it split into parts",
    )


def _mergers(data: Data, rows: Rows) -> Iterator[Hits]:
    """Lesions merged into one that is not measured at that visit, or measured themselves from then
    on.
    """
    told = rows.cells.is_merged_into
    merged = told | (rows.cells.state == State.MERGED)
    if not merged.any():
        return
    into = merged_into(data)
    named = np.flatnonzero(into >= 0)
    bad = told.copy()
    sized = data.size > 0
    bad[named] = lesion_at(rows, into[named], rows.timepoint[named], sized) < 0
    at, _ = first_said(rows, bad, rows.lesion)
    yield Hits(
        table="lesions",
        rows=at,
        column="state" if "state" in rows else "reason",
        expected="a size of the merged lesion",
        parts={"other": rows.cells.merged_into[at]},
        message="{lesion} is said to have merged into {other}, which is not measured at visit "
        "{visit}",
    )
    since = smallest_at(rows.lesion[merged], rows.timepoint[merged], len(rows.in_time), NEVER)
    at, count = first_said(rows, sized & (rows.timepoint >= since[rows.lesion]), rows.lesion)
    yield Hits(
        table="lesions",
        rows=at,
        column="size",
        expected="MERGED",
        parts={"more": _more(count)},
        message="{lesion} is still measured at visit {visit}{more}, though it merged into another "
        "lesion",
    )
