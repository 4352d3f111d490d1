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
    ``apart``.
    """
    if hits.apart_from not in apart:
        apart.append(hits.apart_from)
    out = np.full((6, len(hits.rows)), -1, dtype=np.int64)
    out[0], out[5] = place, apart.index(hits.apart_from)
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
    if hits.table == "subjects" and "visit" in hits.names:
        out[1] = -1  # it is about the patient as a whole
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
    *,
    n_tracks: int,
    apart: Sequence[tuple[str, ...]],
) -> npt.NDArray[np.int64]:
    """For each finding the place of an earlier one at the same place that explains it, -1 for none.

    A cause lies in the same track (or, where one of the two has no track, in the same subject), at
    the same timepoint or before (one without a timepoint holds throughout), at the same lesion
    where both name one, and is no note unless the follower is; of several the nearest in time, then
    the first check. One named with "=" before it explains only what is found at the very same
    timepoint (or has none), and goes before the others. Where the cause is caused itself, the
    answer is the first of the chain: the one query that is shown for all of them.

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
    n_tracks : int
        Codes of tracks from there on stand for the rows of a subject in a table that has no tracks.
    """
    cause = np.full(len(check), -1, dtype=np.int64)
    tracked = (track >= 0) & (track < n_tracks)
    no_time, no_lesion = np.where(tracked, order, -1), np.full(len(check), -1, dtype=np.int64)
    for place, without in _followers(checks, check, alone):
        mine = (check == place) & (alone == without)
        follows = tuple(n for n in checks[place].follows if n.lstrip("=") not in apart[without])
        here = tuple(n[1:] for n in follows if n[0] == "=")
        for names, same in ((here, True), (follows, False)):
            wanted = [i for i, c in enumerate(checks) if i != place and _named(c, names)]
            theirs = np.isin(check, wanted) & (cause < 0)
            for key, when, where, a, b in (
                (track, order, lesion, track >= 0, track >= 0),
                (subject, no_time, no_lesion, ~tracked, tracked),
                (subject, no_time, no_lesion, tracked, ~tracked),
                (subject, no_time, no_lesion, ~tracked, track < 0),
            ):
                free = np.flatnonzero(mine & (cause < 0) & a & (key >= 0))
                others = np.flatnonzero(theirs & b & (key >= 0))
                if not len(free) or not len(others):
                    continue
                found = _nearest(free, others, rank, key, when, where)
                elsewhere = (when[found] != when[free]) & (when[found] >= 0) & (when[free] >= 0)
                cause[free] = np.where(same & (found >= 0) & elsewhere, -1, found)
    return _roots(cause)


def _followers(
    checks: Sequence[Check], check: npt.NDArray[np.int64], alone: npt.NDArray[np.int64]
) -> list[tuple[int, int]]:
    """The checks that follow others and found something, in order, each with the places of
    ``alone`` it has.
    """
    pairs = zip(*(key.tolist() for key in group(check, alone).keys), strict=True)
    return [(place, without) for place, without in pairs if checks[place].follows]


def _roots(cause: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each cause followed to the first of its chain; it was free itself when it was taken, so no
    chain is a ring.
    """
    while True:
        further = np.where(cause >= 0, cause[cause], -1)
        if (further < 0).all():
            return cause
        cause = np.where(further >= 0, further, cause)


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
