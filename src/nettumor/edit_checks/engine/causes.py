"""Which finding follows from which: for each the earlier one at the same place that explains it.

Input: the checks that ran and the place of every finding in track, time and lesion
(`places_in_time`). Output: for each finding the one query that is shown for it (`causes`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nettumor.edit_checks.engine.register import Check, Hits
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS, domain_places
from nettumor.rows import group


def places_in_time(
    data: Data, place: int, hits: Hits, apart: list[tuple[str, ...]]
) -> npt.NDArray[np.int64]:
    """Check, track, time, lesion and subject of each hit, -1 where there is none; then its place in
    ``apart``, and the time of its related row.
    """
    if hits.apart_from not in apart:
        apart.append(hits.apart_from)
    out = np.full((7, len(hits.rows)), -1, dtype=np.int64)
    out[0], out[5], out[6] = place, apart.index(hits.apart_from), _related_times(data, hits)
    here = hits.rows >= 0
    at = hits.rows[here]
    if hits.table in data.shared.timepoint:
        rows = data[hits.table]
        out[1, here], out[2, here] = rows.track[at], rows.order[at]
        if hits.table == "lesions":
            out[3, here] = rows.lesion[at]
    elif hits.table in TUMOUR_DOMAINS:
        out[1:4, here] = domain_places(data, hits.table)[:, at]
    elif hits.table in data.tables and "subject" in data.tables[hits.table]:
        # samples and diaries are in no track: findings of one row belong together
        place = data.n_tracks + (*data.tables,).index(hits.table) * len(data.subjects)
        out[1, here], out[2, here], out[3, here] = place + data[hits.table].subject[at], 0, at
    if hits.table in data.tables and "subject" in data.tables[hits.table]:
        out[4, here] = data[hits.table].subject[at]
    for row, name in ((2, "visit"), (3, "lesion"), (4, "subject")):
        if name in hits.names:
            out[row] = -1
    no_track = hits.table not in data.shared.timepoint and hits.table not in TUMOUR_DOMAINS
    of_all = {"visit"} if hits.table == "subjects" else {"visit", "lesion"}
    if no_track and of_all <= set(hits.names):
        out[1] = -1  # it is about the patient as a whole
    return out


def _related_times(data: Data, hits: Hits) -> npt.NDArray[np.int64]:
    """The time of the related row of each hit in the track of the hit; -1 for none."""
    out = np.full(len(hits.rows), -1, dtype=np.int64)
    table = hits.related_table or hits.table
    if (
        hits.related is None
        or table not in data.shared.timepoint
        or hits.table not in data.shared.timepoint
    ):
        return out
    related = np.asarray(hits.related, dtype=np.int64)
    here = np.flatnonzero((related >= 0) & (hits.rows >= 0))
    there = data[table]
    alike = there.track[related[here]] == data[hits.table].track[hits.rows[here]]
    here = here[alike]
    out[here] = there.order[related[here]]
    return out


def causes(
    checks: Sequence[Check],
    check: npt.NDArray[np.int64],
    rank: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64],
    subject: npt.NDArray[np.int64],
    alone: npt.NDArray[np.int64],
    related: npt.NDArray[np.int64],
    *,
    n_tracks: int,
    apart: Sequence[tuple[str, ...]],
) -> npt.NDArray[np.int64]:
    """For each finding the place of an earlier one at the same place that explains it, -1 for none.

    A cause lies in the same track (or, where one of the two has no track, in the same subject), at
    the same timepoint or before (one without a timepoint holds throughout), at the same lesion
    where both name one, and is no note unless the follower is; of several the nearest in time, then
    the first check. One named with "=" before it explains only what is found at the very same
    timepoint (or has none), one with "^" what is related to a row of its timepoint; they go before
    the others. Where the cause is caused itself, the answer is the first of the chain: the one query
    that is shown for all of them.

    Parameters
    ----------
    checks : sequence of Check
        All checks of the run.
    check, rank : ndarray of int
        Each finding's place in ``checks`` and its severity (0 error).
    track, order, lesion, subject : ndarray of int
        Codes; -1 for none. What has neither track nor subject causes nothing.
    alone : ndarray of int
        For each finding the place in ``apart`` of the checks that do not explain it, although its
        check follows them.
    related : ndarray of int
        For each finding the time of its related row; -1 for none.
    n_tracks : int
        Codes of tracks from there on stand for the rows of a subject in a table that has no tracks.
    """
    cause = np.full(len(check), -1, dtype=np.int64)
    root = np.arange(
        len(check)
    )  # the first of the chain that each is in, itself where it has no cause
    tracked = (track >= 0) & (track < n_tracks)
    no_time, no_lesion = np.where(tracked, order, -1), np.full(len(check), -1, dtype=np.int64)
    for place, without in _followers(checks, check, alone):
        mine = (check == place) & (alone == without)
        for mark, names in _by_mark(checks[place].follows, apart[without]):
            wanted = [i for i, c in enumerate(checks) if i != place and _named(c, names)]
            theirs = np.isin(check, wanted) & ~mine[root]  # none that is explained by one of mine
            in_track = order
            if mark == "^":
                in_track = np.where(mine, related, order)
            for key, when, where, a, b in (
                (track, in_track, lesion, track >= 0, track >= 0),
                (subject, no_time, no_lesion, ~tracked, tracked),
                (subject, no_time, no_lesion, tracked, ~tracked),
                (subject, no_time, no_lesion, ~tracked, track < 0),
            ):
                free = np.flatnonzero(mine & (cause < 0) & a & (key >= 0))
                if mark == "^":  # of two rows of one track, both with a time
                    free = free[(when is in_track) & (related[free] >= 0)]
                others = np.flatnonzero(theirs & b & (key >= 0))
                if not len(free) or not len(others):
                    continue
                found = _nearest(free, others, rank, key, when, where)
                if mark in ("=", "^"):
                    elsewhere = (when[found] != when[free]) & (when[found] >= 0)
                    found[(found >= 0) & elsewhere & (when[free] >= 0)] = -1
                cause[free] = found
                root[free[found >= 0]] = root[found[found >= 0]]
                root = root[root]
    return np.where(cause >= 0, root, -1)


_MARKS = ("=", "^", "")


def _by_mark(
    follows: tuple[str, ...], without: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    """The names of the checks that a check follows, but for those that do not explain it, by the mark
    before them.
    """
    marked = [(n[0], n[1:]) if n[0] in "=^" else ("", n) for n in follows]
    by_mark = [(mark, tuple(n for m, n in marked if m == mark)) for mark in _MARKS]
    return [(m, tuple(n for n in names if n not in without)) for m, names in by_mark if names]


def _followers(
    checks: Sequence[Check], check: npt.NDArray[np.int64], alone: npt.NDArray[np.int64]
) -> list[tuple[int, int]]:
    """The checks that follow others and found something, in order, each with the places of
    ``alone`` it has.
    """
    pairs = zip(*(key.tolist() for key in group(check, alone).keys), strict=True)
    return [(place, without) for place, without in pairs if checks[place].follows]


def _named(check: Check, names: tuple[str, ...]) -> bool:
    return check.id in names or check.id[0] in names


def _nearest(
    mine: npt.NDArray[np.int64],
    theirs: npt.NDArray[np.int64],
    rank: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """The cause of each of ``mine`` among ``theirs``: the last in time that is not after it."""
    far = np.iinfo(np.int64).max // 4
    out = np.full(len(mine), -1, dtype=np.int64)
    lasting = np.where(order[theirs] < 0, -1, order[theirs])
    until = np.where(order[mine] < 0, far, order[mine])
    for at_lesion in (True, False):
        for noted in (0, 2):  # causes above note; then notes, which explain notes only
            others = theirs[(rank[theirs] < 2) if noted == 0 else (rank[theirs] == 2)]
            when = lasting[(rank[theirs] < 2) if noted == 0 else (rank[theirs] == 2)]
            free = (out < 0) & (rank[mine] >= noted)
            if at_lesion:  # else one of the two names no lesion
                others, when = others[lesion[others] >= 0], when[lesion[others] >= 0]
                free &= lesion[mine] >= 0
            found = _last_before(others, when, mine, until, track, lesion if at_lesion else None)
            other = (
                (lesion[others[found]] >= 0) & (lesion[mine] >= 0)
                if len(others)
                else np.zeros(len(mine), bool)
            )
            good = free & (found >= 0) & (at_lesion | ~other)
            out[good] = others[found[good]]
    return out


def _last_before(
    theirs: npt.NDArray[np.int64],
    when: npt.NDArray[np.int64],
    mine: npt.NDArray[np.int64],
    until: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64] | None,
) -> npt.NDArray[np.int64]:
    """For each of ``mine`` the place in ``theirs`` of the last one with its key whose time is not
    after; -1.
    """
    keys = (track,) if lesion is None else (track, lesion)
    held = group(*(key[theirs] for key in keys), by=when)
    return held.last_until(held.find(*(key[mine] for key in keys)), until)
