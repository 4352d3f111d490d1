"""Lesions in the course: does each keep its role, place and name from baseline on?

Sources: SDTMIG, TU assumptions 1 and 2 (a lesion is identified once; split and merged lesions); NCI
edit checks (role and location must not change); RECIST 1.1, 4.3.2. Input: the lesions table.
Output: lesions that appear late, change, or seem to be entered twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import Column, Role, State, number_rows, occurrence
from nettumor.crf.columns import Words
from nettumor.crf.sdtm import evaluator, supplemental
from nettumor.crf.sdtm_lesions import match_identification
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.recomputed import MEASURED, too_small
from nettumor.edit_checks.rules.lesion import first_rows, organ_sides
from nettumor.words.organs import read as organ_of
from nettumor.words.organs import words_of


@check("L14", needs={"lesions": ()}, follows=("S02", "L15"), rebaseline=())
def target_added_after_baseline(data: Data, parameters: Parameters) -> Hits:
    """A target or non-target lesion that first appears after baseline.

    Parts of a split lesion may, a lesion into which others merged may, and so may all at the visits
    named in ``rebaseline`` (a second baseline, as after a change of therapy).
    """
    rows = data["lesions"]
    late = (rows.order > 0) & (rows.first_row == np.arange(rows.n)) & (rows.cells.parent == "")
    late &= np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))
    late &= ~np.isin(rows.lesion, rows.lesion[rows.order <= 0])
    late &= ~_merged_mass(rows) & ~np.isin(
        rows.text("visit"), [str(v) for v in parameters["rebaseline"]]
    )
    return flag(
        "lesions",
        late,
        "{lesion} ({role}) first appears at visit {visit}, after baseline",
        "lesion",
        expected="a record at baseline, or the role NEW",
        role=rows.text("role"),
    )


def _merged_mass(rows: Rows) -> Bools:
    """Rows of lesions that others of the same track are said to have merged into."""
    into = lesions_named(rows, rows.cells.merged_into)
    return np.isin(rows.lesion, into[into >= 0])


def lesions_named(rows: Rows, wanted: Words) -> Ints:
    """For each row the lesion of its track that has this name, -1 for none."""
    out = np.full(rows.n, -1, dtype=np.int64)
    at = np.flatnonzero(wanted != "")
    if not len(at):
        return out
    names, words = rows.codes("lesion")
    place = {w: i for i, w in enumerate(words) if w}
    code = np.array([place.get(" ".join(str(w).split()), -1) for w in wanted[at]], dtype=np.int64)
    mine = np.flatnonzero(np.isin(rows.track, rows.track[at]))
    keys, first = np.unique(rows.track[mine] * len(words) + names[mine], return_index=True)
    key = rows.track[at] * len(words) + code
    found = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    there = (code >= 0) & (keys[found] == key)
    out[at[there]] = rows.lesion[mine[first[found[there]]]]
    return out


def usual(rows: Rows, codes: Ints, known: Bools) -> Ints:
    """The commonest known code of each row's lesion (among equals the first in time); -1 where none
    is known.
    """
    at = np.flatnonzero(known)
    at = at[np.lexsort((rows.timepoint[at], rows.lesion[at]))]
    pair, first = number_rows(rows.lesion[at], codes[at])
    count = np.bincount(pair, minlength=len(first))
    # by lesion; the commonest first, then the earliest
    order = np.lexsort((at[first], rows.timepoint[at[first]], -count, rows.lesion[at[first]]))
    best = at[first][order]
    best = best[occurrence(rows.lesion[best]) == 0]
    out = np.full(int(rows.lesion.max(initial=-1)) + 1, -1, dtype=np.int64)
    out[rows.lesion[best]] = codes[best]
    return out[rows.lesion] if rows.n else np.empty(0, np.int64)


def _once(rows: Rows, where: Bools, said: Ints) -> tuple[Bools, Ints]:
    """The first row in time of each (lesion, word) among those of a mask, and for each row how many
    there are.
    """
    at = np.flatnonzero(where)
    at = at[np.lexsort((at, rows.timepoint[at]))]
    pair, _ = number_rows(rows.lesion[at], said[at])
    first, number = np.zeros(rows.n, dtype=np.bool_), np.zeros(rows.n, dtype=np.int64)
    first[at[occurrence(pair) == 0]] = True
    number[at] = np.bincount(pair, minlength=1)[pair]
    return first, number


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
    role = rows.cells.role.astype(np.int64)
    known = np.isin(role, (Role.TARGET, Role.NON_TARGET, Role.NEW))
    expected = usual(rows, role, known)
    first, number = _once(rows, known & (role != expected), np.maximum(role, 0))
    names = np.array([r.name.replace("_", "-") for r in Role], dtype=object)
    return flag(
        "lesions",
        first,
        "{lesion} is {value} at visit {visit}{more} and {expected} elsewhere",
        "role",
        expected=names[np.maximum(expected, 0)],
        more=_more(number),
    )


@check("L16", needs={"lesions": ("organ",)}, follows=("S02", "S03"))
def lesion_location_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A lesion with two organs, sides or node stations; a warning where only the words for the
    place differ.

    More detail at one visit than at another is no contradiction. From SDTM also TRLOC against
    TULOC.
    """
    rows = data["lesions"]
    known = ~rows.blank("organ") & (rows.organ_words[rows.organ] != "")
    expected = usual(rows, rows.organ, known)
    moved = known & (rows.organ != expected)
    first, number = _once(rows, moved, rows.organ)
    message = "{lesion} lies in {value} at visit {visit}{more} and in {expected} elsewhere"
    yield flag(
        "lesions",
        first,
        message,
        "organ",
        expected=rows.organ_words[np.maximum(expected, 0)],
        more=_more(number),
    )
    sides = organ_sides(rows)
    sided = known & (sides > 0)
    other = usual(rows, sides, sided)
    changed = sided & (sides != other) & ~moved
    first, number = _once(rows, changed, sides)
    words = np.array(["", "LEFT", "RIGHT"], dtype=object)
    yield flag(
        "lesions",
        first,
        "{lesion} lies in {value} at visit {visit}{more}; elsewhere its side is {expected}",
        "organ",
        expected=words[np.maximum(other, 0)],
        more=_more(number),
    )
    yield _other_words(rows, known & ~np.isin(rows.lesion, rows.lesion[moved | changed]), message)
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
    both, at = np.unique(np.stack([said[pair], expected[pair]]), axis=1, return_inverse=True)
    apart = np.array(
        [not (sets[a] <= sets[b] or sets[b] <= sets[a]) for a, b in both.T.tolist()], dtype=np.bool_
    )
    bad = np.zeros(rows.n, dtype=np.bool_)
    bad[pair] = apart[at.reshape(-1)] if len(pair) else False
    first, number = _once(rows, bad, said)
    usual_words = np.full(len(sets) + 1, "", dtype=object)
    usual_words[said] = rows.text("organ")
    return flag(
        "lesions",
        first,
        message,
        "organ",
        expected=usual_words[np.maximum(expected, 0)],
        more=_more(number),
        severity=np.where(rows.cells.nodal, "", "warning"),
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
    at = np.flatnonzero((here != there) & (here != "") & (there != "") & (found >= 0))
    lesion, _ = number_rows(
        data["TR"].codes("USUBJID")[0], evaluator(tr, "TR").trimmed.codes, tr.keys_of("TRLNKID")[0]
    )
    at = at[occurrence(lesion[at]) == 0]
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
    bad = (told > 0) & (told != role) & np.isin(role, (Role.TARGET, Role.NON_TARGET, Role.NEW))
    at = first_rows(rows, bad)
    names = np.array([r.name.replace("_", "-") for r in Role], dtype=object)
    return Hits(
        table="lesions",
        rows=at,
        column="lesion",
        expected=names[told[at]],
        parts={"role": rows.text("role")[at]},
        message="the name {value} tells the role {expected}, but the role is {role}",
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
    at = at[np.lexsort((rows.cells.role[at] != Role.TARGET, number[at], rows.track[at]))]
    starts = (
        np.concatenate([[True], rows.track[at][1:] != rows.track[at][:-1]])
        if len(at)
        else np.empty(0, bool)
    )
    before = np.concatenate([[0], number[at][:-1]]) if len(at) else number[at]
    before = np.where(starts, np.minimum(number[at], 1) - 1, before)  # names start at 0 or 1
    open_ = (number[at] > before + 1) & (rows.cells.role[at] == Role.TARGET)
    gap, missing = at[open_], (before + 1)[open_]
    once = occurrence(rows.track[gap]) == 0
    return Hits(
        table="lesions",
        rows=gap[once],
        column="lesion",
        expected=missing[once],
        message="the targets of {subject} are not numbered on: there is {value}, but no number "
        "{expected}; "
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


@check("L20", needs={"lesions": ("organ", MEASURED)}, follows=("S03",), min_visits=2)
def possible_duplicate_lesion(data: Data, parameters: Parameters) -> Hits:
    """Two lesions of one organ and side with the same sizes at every visit."""
    rows, size = data["lesions"], data.size
    use = np.flatnonzero((size > 0) & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET)))
    default = too_small(data)  # two lesions too small to measure are alike without being one
    count = int(rows.lesion.max(initial=-1)) + 1
    bits = _mixed(size[use].view(np.uint64) ^ _mixed(rows.timepoint[use].astype(np.uint64)))
    total = np.zeros(count, dtype=np.uint64)
    np.add.at(total, rows.lesion[use], bits)
    visits = np.bincount(rows.lesion[use[~default[use]]], minlength=count)
    first = np.flatnonzero(
        (rows.first_row == np.arange(rows.n)) & (visits[rows.lesion] >= parameters["min_visits"])
    )
    sums = np.unique(total[rows.lesion[first]], return_inverse=True)[1]
    series, _ = number_rows(rows.track[first], rows.organ[first], organ_sides(rows)[first], sums)
    known = rows.organ_words[rows.organ[first]] != ""
    series = np.where(known, series, series.max(initial=0) + 1 + np.arange(len(series)))
    again = first[occurrence(series) > 0]
    head = np.full(int(series.max(initial=-1)) + 1, -1, dtype=np.int64)
    head[series[::-1]] = first[::-1]
    twin = head[series[occurrence(series) > 0]]
    return Hits(
        table="lesions",
        rows=again,
        column="lesion",
        related=twin,
        expected="two lesions, or one name",
        parts={
            "twin": rows.text("lesion")[twin],
            "visits": visits[rows.lesion[again]],
            "place": rows.organ_words[rows.organ[again]],
        },
        message="{value} and {twin} both lie in {place} and have the same size at all {visits} "
        "visits",
    )


_PART = re.compile(r"(.*?(?:NTL?|NEW|NL|TL?)[-_ ]?\d+)\.\d+")


@check("L21", needs={"lesions": ()}, follows=("S02", "S03", "M03"))
def split_merge_inconsistent(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Parts without a parent, a single part, a parent measured beside its parts, a merger into
    nothing.
    """
    rows = data["lesions"]
    names, words = rows.codes("lesion")
    shape = [_PART.fullmatch(w.upper()) for w in words]
    parents = np.array([m.group(1) if m else "" for m in shape], dtype=object)
    lone = np.flatnonzero((parents != "")[names] & (rows.cells.parent == "")) if rows.n else names
    missing = np.unique(parents, return_inverse=True)[1][names[lone]] if rows.n else names
    lone = lone[occurrence(number_rows(rows.track[lone], missing)[0]) == 0]
    yield Hits(
        table="lesions",
        rows=lone,
        column="lesion",
        expected=parents[names[lone]],
        message="{value} is named as a part of {expected}, but there is no {expected}",
    )
    whole = lesions_named(rows, rows.cells.parent)
    parts = np.flatnonzero(whole >= 0)
    one = number_rows(whole[parts], rows.lesion[parts])[1]
    number = np.bincount(whole[parts][one], minlength=int(rows.lesion.max(initial=-1)) + 1)
    single = np.zeros(rows.n, dtype=np.bool_)
    single[parts] = number[whole[parts]] == 1
    yield Hits(
        table="lesions",
        rows=first_rows(rows, single),
        column="lesion",
        expected="two parts or more",
        parts={"parent": rows.cells.parent[first_rows(rows, single)]},
        message="{value} is the only part of {parent}",
    )
    since = np.full(len(number), np.iinfo(np.int64).max)
    there = parts[data.size[parts] > 0]
    np.minimum.at(since, whole[there], rows.timepoint[there])
    both = (data.size > 0) & (rows.timepoint >= since[rows.lesion])
    first, count = _once(rows, both, rows.lesion)
    yield flag(
        "lesions",
        first,
        "{lesion} is still measured at visit {visit}{more}, after it split into parts",
        "size",
        expected="sizes of the parts only",
        more=_more(count),
    )
    yield from _mergers(data, rows)


def _mergers(data: Data, rows: Rows) -> Iterator[Hits]:
    """Lesions merged into one that is not measured at that visit, or measured themselves from then
    on.
    """
    told = rows.cells.merged_into != ""
    merged = told | (rows.cells.state == State.MERGED)
    if not merged.any():
        return
    into = lesions_named(rows, rows.cells.merged_into)
    width = len(data.timepoints) + 1
    measured = np.unique((rows.lesion * width + rows.timepoint)[data.size > 0])
    bad = told & ((into < 0) | ~np.isin(into * width + rows.timepoint, measured))
    first, _ = _once(rows, bad, rows.lesion)
    column = "state" if "state" in rows else "reason"
    yield flag(
        "lesions",
        first,
        "{lesion} is said to have merged into {other}, which is not measured at visit {visit}",
        column,
        expected="a size of the merged lesion",
        other=rows.cells.merged_into,
    )
    since = np.full(int(rows.lesion.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(since, rows.lesion[merged], rows.timepoint[merged])
    first, count = _once(
        rows, (data.size > 0) & (rows.timepoint >= since[rows.lesion]), rows.lesion
    )
    yield flag(
        "lesions",
        first,
        "{lesion} is still measured at visit {visit}{more}, though it merged into another lesion",
        "size",
        expected="MERGED",
        more=_more(count),
    )
