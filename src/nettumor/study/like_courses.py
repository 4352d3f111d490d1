"""Courses in groups of like ones, so that arrays of lesion and visit hold little padding.

Which subjects may stand in one rectangular array? One subject with 3,000 visits among 3,000 of two
would give every one of them 3,000 timepoints; so would one with many lesions. The numbers of visits
and lesions of each course come in; a number for each group of like courses comes out, and subjects
whose own lesions and visits are more than an array may hold are refused. `nettumor.assess` and the
edit checks go through the chain group by group.

What must not go in: a rule of assessment. None looks at the other subjects, so the answers are the
same.
"""

from __future__ import annotations

import numpy as np

from nettumor.crf.columns import Ints, Words
from nettumor.errors import InputError
from nettumor.rows import number_rows

_SPARE = 4
"""One array for all as long as it holds at most so many times the places that courses of their own
length would; small ones (`_SMALL` places) are never divided."""
_SMALL = 1 << 16


def little_padding(held: int, wanted: int) -> bool:
    """Whether an array of ``held`` places wastes little on courses that have ``wanted`` of their own.

    >>> little_padding(65_536, 0), little_padding(1_000_000, 250_000), little_padding(10**6, 10**5)
    (True, True, False)
    """
    return held <= _SPARE * wanted + _SMALL


def kinds_of_courses(visits: Ints, lesions: Ints) -> Ints:
    """For each subject the number of its group of like courses; 0 for all where one array wastes
    little.

    Parameters
    ----------
    visits, lesions : ndarray of int, shape (subject, reader)
        How many visits and lesions each course has.

    Returns
    -------
    ndarray of int, shape (subject,)
        Subjects of a group have as many visits as each other, and as many lesions, within a factor
        of two.

    Examples
    --------
    >>> kinds_of_courses(np.array([[3], [3], [1000]]), np.array([[2], [900], [2]])).tolist()
    [0, 1, 2]
    """
    wanted = int((visits * lesions).sum())
    longest, most = int(visits.max(initial=0)), int(lesions.max(initial=0))
    if little_padding(visits.size * longest * most, wanted):
        return np.zeros(len(visits), dtype=np.int64)
    size = (np.ceil(np.log2(np.maximum(a.max(axis=1), 1))) for a in (visits, lesions))
    return number_rows(*(a.astype(np.int64) for a in size))[0]


def members(kind: Ints) -> list[Ints]:
    """The subjects of each group, by its number; one group, if empty, where there is no subject.

    >>> [m.tolist() for m in members(np.array([0, 1, 0]))]
    [[0, 2], [1]]
    """
    return [np.flatnonzero(kind == k) for k in range(int(kind.max(initial=0)) + 1)]


def refuse_sparse(most: int, rows: int, subjects: Words, visits: Ints, lesions: Ints) -> None:
    """Refuse tracks whose lesions and visits have more places than one array may hold.

    Parameters
    ----------
    most : int
        Places of lesion and visit that are allowed; as many as ``rows`` nearly fill are always.
    rows : int
    subjects : ndarray of str, shape (track,)
        Names.
    visits, lesions : ndarray of int, shape (track,)
        How many visits and lesions an array of them has; lesions that are judged by their rows
        alone, as those of a single visit after the baseline are, do not count.

    Raises
    ------
    InputError
        With the subject that has most.
    """
    places = visits.size * int(visits.max(initial=0)) * int(lesions.max(initial=0))
    if places <= most or little_padding(places, rows):
        return
    worst = int((visits * lesions).argmax())
    said = (
        f"`lesions` has {int(lesions[worst]):,} lesions to compare at {int(visits[worst]):,} visits "
        f"of subject {subjects[worst]}: {places:,} places of lesion and visit, more than {most:,}. "
        "Give a lesion one name at all its visits, or set the limit"
    )
    raise InputError(
        f"{said} `places`.",
        argument="lesions",
        command_line=f"{said}: --limit places=NUMBER.",
    )
