"""The rows of lesions, joined: the first in time, the row at another visit, the lesion of a name.

Input: the lesions table as `Rows`. Output: rows of it (-1 for none), masks over them, and codes of
lesions. Every check that follows a lesion from visit to visit, or looks for one by its name, asks
here.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import Role
from nettumor.crf.columns import Words
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.rows import find_rows, group
from nettumor.study.like_courses import little_padding

NEVER = np.iinfo(np.int64).max
"""A timepoint after all others."""
_ROOM = 128
"""A finding takes about as much memory as so many numbers in an array."""


def skip_sparse(rows: Rows, base: Ints, visits: Ints) -> None:
    """Skip a check that would look for lesions at far more visits than there are rows: it might find
    nearly as many.

    ``base`` has a row of each lesion, ``visits`` at how many visits the lesion is looked for.
    """
    places, most = int(visits.sum()), rows.data.places_at_most // _ROOM
    if places <= most or little_padding(places, rows.n):
        return
    track = rows.track[base]
    worst = int(np.bincount(track, weights=visits).argmax())
    subject = rows.data.subjects[rows.data.track_subject[worst]]
    raise Skip(
        f"`lesions` has {np.count_nonzero(track == worst):,} lesions to look for at "
        f"{visits[track == worst].max():,} visits of subject {subject}: {places:,} places of lesion "
        f"and visit, more than {most:,} ({_ROOM} numbers each). Give a lesion one name at all its "
        "visits, or set the limit `places`"
    )


def first_rows(rows: Rows, where: Bools) -> Ints:
    """The first row in time (at one visit, in the file) of each lesion among those where a mask
    holds, in the order of the file.
    """
    return np.flatnonzero(rows.in_time.is_first(where))


def of_lesions(rows: Rows, where: Bools) -> Bools:
    """Rows of the lesions of which some row is so."""
    has = np.zeros(len(rows.in_time), dtype=np.bool_)
    has[rows.lesion[where]] = True
    return np.asarray(has[rows.lesion])


def whole_lesions(rows: Rows) -> Bools:
    """Rows of lesions that are no part of a split one."""
    if not rows.cells.has_parts:
        return np.ones(rows.n, dtype=np.bool_)
    return np.asarray(rows.cells.parent == "", dtype=np.bool_)


@made_once
def baseline(rows: Rows, role: Role) -> Bools:
    """One row per lesion of a role at baseline; a part of a split lesion is no lesion of its own."""
    return rows.in_time.is_first(
        (rows.order == 0) & (rows.cells.role == role) & whole_lesions(rows)
    )


def lesion_at(rows: Rows, lesion: Ints, timepoint: Ints, where: Bools | None = None) -> Ints:
    """The first row of each lesion at a timepoint of its track (of those that are so); -1 for
    none.
    """
    points = rows.data.timepoints
    asked = timepoint - points.start[points.track[timepoint]]
    use = np.arange(rows.n) if where is None else np.flatnonzero(where)
    place = rows.timepoint[use] - points.start[rows.track[use]]
    return np.append(use, -1)[find_rows((lesion, asked), (rows.lesion[use], place))]


def name_codes(rows: Rows, names: Words) -> Ints:
    """The code of each name among those of the lesions (as ``rows.codes``); -1 for none and for
    blanks.
    """
    out = np.full(len(names), -1, dtype=np.int64)
    at = np.flatnonzero(names != "")
    if len(at):
        place = {w: i for i, w in enumerate(rows.codes("lesion")[1]) if w}
        out[at] = [place.get(" ".join(str(w).split()), -1) for w in names[at]]
    return out


def parents(rows: Rows) -> Ints:
    """For each row the code of the name of the lesion that it is a part of; -1 for none."""
    if not rows.cells.has_parts:
        return np.full(rows.n, -1, dtype=np.int64)
    return name_codes(rows, rows.cells.parent)


def lesions_named(rows: Rows, wanted: Ints) -> Ints:
    """For each row the lesion of its track that has a name (a code of `name_codes`), -1 for none."""
    out = np.full(rows.n, -1, dtype=np.int64)
    at = np.flatnonzero(wanted >= 0)
    if not len(at):
        return out
    mine = np.flatnonzero(np.isin(rows.track, rows.track[at]))
    names = rows.codes("lesion")[0]
    found = find_rows((rows.track[at], wanted[at]), (rows.track[mine], names[mine]))
    out[at[found >= 0]] = rows.lesion[mine[found[found >= 0]]]
    return out


@made_once
def merged_into(data: Data) -> Ints:
    """For each row the lesion of its track that it is said to have merged into, -1 for none."""
    rows = data["lesions"]
    if not rows.cells.is_merged_into.any():
        return np.full(rows.n, -1, dtype=np.int64)
    return lesions_named(rows, name_codes(rows, rows.cells.merged_into))


@made_once
def misnamed(data: Data) -> tuple[Ints, Ints]:
    """Rows of lesions that stand at one visit only, and there in the place of another lesion of the
    same role and organ, which is at all visits but that one; and the first row in time of that other
    lesion. Where several lesions are lacking at the visit, or several stand alone, none is told.
    """
    rows, points = data["lesions"], data.timepoints
    visits = np.bincount(points.track[points.lesions >= 0], minlength=data.n_tracks)
    held = rows.lesion[~rows.again] if rows.again.any() else rows.lesion
    count = np.bincount(held, minlength=len(rows.in_time))
    first = rows.in_time.first()
    of_track = visits[rows.track[first]]
    alone = first[(count == 1) & (of_track >= _TELLING)]
    other = first[(count == of_track - 1) & (of_track >= _TELLING)]
    other = other[np.isin(rows.track[other], rows.track[alone])]
    # the visit that a lesion lacks is that by which the sum over its visits is short
    place = np.where(points.lesions >= 0, np.arange(len(points)) - points.start[points.track], 0)
    total = np.bincount(points.track, place, minlength=data.n_tracks)[rows.track[other]]
    asked = np.zeros(len(count), dtype=np.bool_)
    asked[rows.lesion[other]] = True
    at = np.flatnonzero(asked[rows.lesion] & ~rows.again)
    held = np.bincount(rows.lesion[at], place[rows.timepoint[at]], minlength=len(count))
    lacking = (total - held[rows.lesion[other]]).astype(np.int64)
    both = np.concatenate([alone, other])
    when = np.concatenate([place[rows.timepoint[alone]], lacking])
    where = group(rows.track[both], when, rows.cells.role[both], rows.organ[both])
    is_alone = np.arange(len(both)) < len(alone)
    pairs = (where.size == 2) & where.any(is_alone) & where.any(~is_alone)
    mine, theirs = both[where.first(is_alone)[pairs]], both[where.first(~is_alone)[pairs]]
    known = (rows.organ_words != "")[rows.organ[mine]]
    return mine[known], theirs[known]


_TELLING = 3
"""Visits from which on a name that stands at one of them only is told from that at all others."""


def usual(rows: Rows, codes: Ints, known: Bools) -> Ints:
    """The commonest known code of each row's lesion (among equals the first in time); -1 where none
    is known.
    """
    of_lesion = np.full(len(rows.in_time), -1, dtype=np.int64)
    use = np.flatnonzero(known)
    lesion, code = rows.lesion[use], codes[use]
    of_lesion[lesion] = code  # one of its codes: mostly there is no other
    other = use[code != of_lesion[lesion]]
    if len(other):
        several = np.zeros(len(of_lesion), dtype=np.bool_)
        several[rows.lesion[other]] = True
        alike = group(rows.lesion, by=rows.timepoint, where=known & several[rows.lesion])
        of_lesion[alike.keys[0]] = alike.commonest(codes)
    return np.asarray(of_lesion[rows.lesion])


def first_said(rows: Rows, where: Bools, said: Ints) -> tuple[Ints, Ints]:
    """The first row in time of each (lesion, word) among those of a mask, in the order of the file,
    and how many rows say so.
    """
    use = np.flatnonzero(where)
    alike = group(rows.lesion[use], said[use], by=rows.timepoint[use])
    first = np.flatnonzero(alike.is_first())
    return use[first], alike.size[alike.number[first]]
