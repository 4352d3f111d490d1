"""Lesions that are numbered 1, 2, ... on the page of each role: one name, several lesions.

Where the pages of targets and non-targets number on their own, "1" is a target and a non-target.
The checks then call the others "1 (NON-TARGET)" and "1 (NEW)", so that no two lesions share a name.
Input: the tables. Output: the tables, with such names where the study shows that its pages number
apart: in most tracks that have lesions of two roles at one visit, one name stands there under both,
and more than once.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve

from nettumor.crf import Column, Role, Tables, number_rows
from nettumor.crf.columns import Ints

_NAMES = {Role.NON_TARGET: " (NON-TARGET)", Role.NEW: " (NEW)"}


def numbered_apart(study: Tables) -> Tables:
    """The study, its lesions named apart by role where its pages number them apart."""
    if "lesions" not in study or study.missing_columns("lesions"):
        return study
    table = study["lesions"]
    names, words = table.keys_of("lesion")
    role = table.lesions.role.astype(np.int64)
    use = np.flatnonzero(np.isin(role, (Role.TARGET, Role.NON_TARGET, Role.NEW)) & (names >= 0))
    if not len(use) or not _apart(study, use, names, role):
        return study
    suffixes = [_NAMES.get(Role(r), "") if r > 0 else "" for r in range(int(role.max()) + 1)]
    pair, first = number_rows(role + 1, names)
    told = [
        f"{words[names[i]]}{suffixes[role[i]]}"
        if role[i] > 0 and words[names[i]]
        else words[names[i]]
        for i in first.tolist()
    ]
    column = Column.of_distinct(told, pair)
    columns = {n: column if n == "lesion" else table.column(n) for n in table}
    return study.replace(lesions=evolve(table, columns=columns))


def _apart(study: Tables, use: Ints, names: Ints, role: Ints) -> bool:
    """Whether most tracks with two roles at a visit have names there under both, more than once."""
    _, one = number_rows(names[use], role[use])
    if np.bincount(names[use[one]]).max() < 2:  # no name has two roles anywhere
        return False
    table = study["lesions"]
    track = table.track()[0][use]
    when = table.keys_of("visit" if "visit" in table else "date")[0][use]
    visit, _ = number_rows(track, when)
    _, one = number_rows(visit, role[use])
    roles_at = np.bincount(visit[one], minlength=int(visit.max()) + 1)
    two = np.unique(track[roles_at[visit] > 1])
    name, _ = number_rows(visit, names[use])
    _, one = number_rows(name, role[use])
    shared = np.bincount(name[one], minlength=int(name.max()) + 1) > 1
    _, at = number_rows(name[shared[name]])
    doubled = np.bincount(track[shared[name]][at], minlength=int(track.max()) + 1)
    return bool(2 * np.count_nonzero(doubled > 1) > len(two) > 0)
