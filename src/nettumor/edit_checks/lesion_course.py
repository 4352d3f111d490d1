"""Lesions in the course: does each keep its role, place and name from baseline on?

Sources: SDTMIG, TU assumptions 1 and 2 (a lesion is identified once; split and merged lesions); NCI edit
checks (role and location must not change); RECIST 1.1, 4.3.2. Input: the lesions table. Output: lesions
that appear late, change, or seem to be entered twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import Role, State, number_rows, occurrence
from nettumor.edit_checks._data import Data, Ints, Rows
from nettumor.edit_checks._types import Hits, Parameters, check, flag
from nettumor.edit_checks.lesion import first_rows, organ_sides


@check("L14", needs={"lesions": ()}, follows=("S02", "L15"))
def target_added_after_baseline(data: Data, parameters: Parameters) -> Hits:
    """A target or non-target lesion that first appears after baseline; parts of a split lesion may."""
    rows = data["lesions"]
    late = (rows.order > 0) & (rows.first_row == np.arange(rows.n)) & (rows.cells.parent == "")
    early = rows.lesion[rows.order <= 0]
    bad = late & ~np.isin(rows.lesion, early) & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))
    return flag("lesions", bad, "{lesion} ({role}) first appears at visit {visit}, after baseline", "lesion",
                expected="a record at baseline, or the role NEW", role=rows.text("role"))  # fmt: skip


def usual(rows: Rows, codes: Ints, known: Bools) -> Ints:
    """The commonest known code of each row's lesion (among equals the first in time); -1 where none is known."""
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


@check("L15", needs={"lesions": ()}, follows=("S02", "S11"))
def lesion_role_changed(data: Data, parameters: Parameters) -> Hits:
    """A row whose role differs from the one the lesion has elsewhere."""
    rows = data["lesions"]
    role = rows.cells.role.astype(np.int64)
    known = np.isin(role, (Role.TARGET, Role.NON_TARGET, Role.NEW))
    expected = usual(rows, role, known)
    names = np.array([r.name.replace("_", "-") for r in Role], dtype=object)
    return flag("lesions", known & (role != expected), "{lesion} is {value} at visit {visit} and {expected} elsewhere",
                "role", expected=names[np.maximum(expected, 0)])  # fmt: skip


@check("L16", needs={"lesions": ("organ",)}, follows=("S02",))
def lesion_location_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A row whose organ, or side, differs from the lesion's elsewhere."""
    rows = data["lesions"]
    known = ~rows.blank("organ")
    expected = usual(rows, rows.organ, known)
    moved = known & (rows.organ != expected)
    yield flag("lesions", moved, "{lesion} lies in {value} at visit {visit} and in {expected} elsewhere", "organ",
               expected=rows.organ_words[np.maximum(expected, 0)])  # fmt: skip
    sides = organ_sides(rows)
    sided = known & (sides > 0)
    other = usual(rows, sides, sided)
    words = np.array(["", "LEFT", "RIGHT"], dtype=object)
    yield flag("lesions", sided & (sides != other) & ~moved, "{lesion} lies in {value} at visit {visit}; elsewhere "
               "its side is {expected}", "organ", expected=words[np.maximum(other, 0)])  # fmt: skip


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
    return Hits(table="lesions", rows=first_rows(rows, bad), column="lesion", parts={"role": rows.text("role")[
        first_rows(rows, bad)]}, message="the name {value} does not go with the role {role}")  # fmt: skip


def _number_of(name: str) -> int:
    found = _PREFIX.search(name.upper())
    return int(found.group(2)) if found and len(found.group(2)) < 9 else -1


@check("L19", needs={"lesions": ()})
def lesion_id_gap(data: Data, parameters: Parameters) -> Hits:
    """Names of targets that are not consecutive: a lesion may have been deleted."""
    rows = data["lesions"]
    number = rows.table.column("lesion").map(_number_of, np.int64)
    at = first_rows(rows, (rows.cells.role == Role.TARGET) & (number >= 0))
    at = at[np.lexsort((number[at], rows.track[at]))]
    starts = np.concatenate([[True], rows.track[at][1:] != rows.track[at][:-1]]) if len(at) else np.empty(0, bool)
    before = np.concatenate([[0], number[at][:-1]]) if len(at) else number[at]
    before = np.where(starts, np.minimum(number[at], 1) - 1, before)  # names start at 0 or 1
    gap = at[number[at] > before + 1]
    missing = (before + 1)[number[at] > before + 1]
    once = occurrence(rows.track[gap]) == 0
    return Hits(table="lesions", rows=gap[once], column="lesion", expected=missing[once],
                message="the targets are not numbered on: {value}, but there is no target {expected}")  # fmt: skip


_MIX = np.uint64(0x9E3779B97F4A7C15)


def _mixed(values: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Bits well mixed (the finaliser of splitmix64), so that sums of them tell series apart."""
    x = values * _MIX
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: np.ndarray[tuple[int], np.dtype[np.uint64]] = x ^ (x >> np.uint64(31))
    return out


@check("L20", needs={"lesions": ("organ",)}, follows=("S03",), min_visits=2)
def possible_duplicate_lesion(data: Data, parameters: Parameters) -> Hits:
    """Two lesions of one organ and side with the same sizes at every visit."""
    rows, size = data["lesions"], data.size
    use = np.flatnonzero((size > 0) & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET)))
    count = int(rows.lesion.max(initial=-1)) + 1
    bits = _mixed(size[use].view(np.uint64) ^ _mixed(rows.timepoint[use].astype(np.uint64)))
    total = np.zeros(count, dtype=np.uint64)
    np.add.at(total, rows.lesion[use], bits)
    visits = np.bincount(rows.lesion[use], minlength=count)
    first = np.flatnonzero((rows.first_row == np.arange(rows.n)) & (visits[rows.lesion] >= parameters["min_visits"]))
    sums = np.unique(total[rows.lesion[first]], return_inverse=True)[1]
    series, _ = number_rows(rows.track[first], rows.organ[first], organ_sides(rows)[first], sums)
    known = rows.organ_words[rows.organ[first]] != ""
    series = np.where(known, series, series.max(initial=0) + 1 + np.arange(len(series)))
    again = first[occurrence(series) > 0]
    head = np.full(int(series.max(initial=-1)) + 1, -1, dtype=np.int64)
    head[series[::-1]] = first[::-1]
    twin = head[series[occurrence(series) > 0]]
    return Hits(table="lesions", rows=again, column="lesion", related=twin, parts={"twin": rows.text("lesion")[twin]},
                message="{value} and {twin} lie in one organ and have the same sizes at every visit")  # fmt: skip


@check("L21", needs={"lesions": ()}, follows=("S03", "M03"))
def split_merge_inconsistent(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Parts without a parent, a single part, a parent measured beside its parts, a merger into nothing."""
    rows = data["lesions"]
    names, words = rows.codes("lesion")
    place = {w: i for i, w in enumerate(words)}
    shape = [re.fullmatch(r"((?:NTL?|NEW|NL|TL?)\d+)\.\d+", w.upper()) for w in words]
    lone = np.array([m is not None for m in shape], dtype=np.bool_)[names] if rows.n else np.empty(0, bool)
    lone &= rows.cells.parent == ""
    yield Hits(table="lesions", rows=first_rows(rows, lone), column="lesion", expected="the lesion that split",
               message="{value} is named as a part, but its parent is not there")  # fmt: skip
    parent = np.array([place.get(p, -1) for p in rows.cells.parent], dtype=np.int64)
    parts = np.flatnonzero(parent >= 0)
    family, first = number_rows(rows.track[parts], parent[parts])
    each, one = number_rows(family, names[parts])
    number = np.bincount(family[one], minlength=len(first)) if len(parts) else np.empty(0, np.int64)
    single = first[number == 1] if len(parts) else first[:0]
    yield Hits(table="lesions", rows=parts[single], column="lesion", expected="two parts or more",
               message="{value} is the only part of its parent")  # fmt: skip
    width = len(words) + 1
    at_visit = rows.timepoint * width
    split = np.unique((at_visit + parent)[parts][data.size[parts] > 0])
    both = np.isin(at_visit + names, split) & (data.size > 0)
    yield flag("lesions", both, "{lesion} is measured at visit {visit} beside its parts", "size", expected="no size")
    yield from _mergers(data, rows, place, width)
    del each


def _mergers(data: Data, rows: Rows, place: dict[str, int], width: int) -> Iterator[Hits]:
    """Lesions merged into one that is not measured at that visit."""
    names = rows.codes("lesion")[0]
    into = np.array([place.get(str(m), -1) for m in rows.cells.merged_into], dtype=np.int64)
    told = (rows.cells.merged_into != "") & (rows.cells.state == State.MERGED)
    measured = np.unique((rows.timepoint * width + names)[data.size > 0])
    bad = told & ((into < 0) | ~np.isin(rows.timepoint * width + into, measured))
    yield flag("lesions", bad, "{lesion} is said to have merged into {other}, which is not measured at visit {visit}",
               "state", expected="a size of the merged lesion", other=rows.cells.merged_into)  # fmt: skip
