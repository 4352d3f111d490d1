"""How target lesions of one patient hang together: parts of one that split, one that took others in,
and one that was not there at baseline.

RECIST 1.1: parts are added, a merged mass is one diameter. What has no row at the baseline is no
target: it never enters the sum, and the earlier visits stay as they were.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.slots import Slots
from nettumor.crf import CrfTable, number_rows
from nettumor.crf.columns import Ints, Words
from nettumor.rows import find_rows

_JOINED = re.compile(r"\s*[/+&,]\s*|\s+AND\s+", re.IGNORECASE)
_NOTE = re.compile(r"\s*[(\[]?\s*\bMERGED\b\s*[)\]]?\s*$", re.IGNORECASE)
_DIGITS = re.compile(r"(.*?)(\d+)")
_LETTER = re.compile(r"(.*[^A-Za-z\s])[\s._-]?[A-Za-z]")


@frozen(eq=False)
class Relations:
    """The kinship of target lesions.

    Attributes
    ----------
    parts : tuple of three ndarrays of int
        Track and place of each part, and the place of its parent.
    joined : list of (track, place, places of those that it took in)
    stray : ndarray of bool, shape (track, lesion)
        Not there at baseline, and neither a part nor a merged mass: left out of the sum.
    without_baseline : ndarray of bool, shape (track,)
        Tracks of disease whose targets are all not there at baseline, without parts.
    at : Slots
        The rows.
    """

    parts: tuple[Ints, Ints, Ints]
    joined: list[tuple[int, int, list[int]]]
    stray: Bools
    without_baseline: Bools
    at: Slots

    @property
    def idle(self) -> Bools:
        """Lesions (track, lesion) without which nothing changes: strays, and those that were seen only
        before the baseline, unless they are a part or have one.
        """
        out = self.stray | _before_only(self.at)
        track, part, whole = self.parts
        out[track, part] = out[track, whole] = False
        return out

    def rows_there(self, track: Ints, place: Ints) -> Bools:
        """Where each of some lesions has a row, shape (lesion, timepoint)."""
        lesions = np.full(self.at.codes.shape, -1, dtype=np.int64)
        lesions[track, place] = np.arange(len(track))
        number = lesions.ravel()[self.at.slot]
        rows = np.flatnonzero((number >= 0) & (self.at.timepoint >= 0))
        out = np.zeros((len(track), self.at.shape[2]), dtype=np.bool_)
        out[number[rows], self.at.timepoint[rows]] = True
        return out[lesions[track, place]]


def relations(table: CrfTable, at: Slots, no_disease: Bools) -> Relations | None:
    """The kinship of the lesions at ``at``; None where every one stands for itself."""
    late = _without_baseline(at)
    if not (table.lesions.has_parts or late.any() or _before_only(at).any()):
        return None
    track, part, whole = _numbered_parts(table, at)
    is_part = np.zeros(at.codes.shape, dtype=np.bool_)
    is_part[track, part] = True
    at_baseline = np.zeros(at.codes.shape, dtype=np.bool_)
    at_baseline.ravel()[at.slot[at.timepoint == 0]] = True
    at_baseline &= ~is_part
    more, joined = _told_by_words(table, at, late & ~is_part, at_baseline)
    known = np.array(more, dtype=np.int64).reshape(-1, 3).T
    parts = (
        np.concatenate([track, known[0]]),
        np.concatenate([part, known[1]]),
        np.concatenate([whole, known[2]]),
    )
    related = is_part
    related[known[0], known[1]] = True
    for owner, place, _ in joined:
        related[owner, place] = True
    begun = np.zeros(len(late), dtype=np.bool_)
    begun[at.track[at.timepoint == 0]] = True
    stray = late & ~related & (at_baseline.any(axis=1) | no_disease)[:, None]
    return Relations(parts, joined, stray, ~(begun | no_disease | related.any(axis=1)), at)


def _told_by_words(
    table: CrfTable, at: Slots, late: Bools, at_baseline: Bools
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, list[int]]]]:
    """Late lesions whose name, or a column, says that they are a part of one of the baseline (track,
    place, place of that); and that they are several of them in one (track, place, their places).
    """
    words = table.keys_of("lesion")[1]

    def name_of(code: int) -> str:
        return " ".join(str(words[code]).split())

    taken_in = _taken_in(table, at, at_baseline)
    said = {name: _said(table, name) for name in ("part_of", "merged_from")}
    places_of = {
        owner: {name_of(at.codes[owner, p]): p for p in np.flatnonzero(at_baseline[owner]).tolist()}
        for owner in np.flatnonzero(late.any(axis=1)).tolist()
    }
    parts: list[tuple[int, int, int]] = []
    joined: list[tuple[int, int, list[int]]] = []
    track, lesion = np.nonzero(late)
    each = (track.tolist(), lesion.tolist(), at.codes[track, lesion].tolist())
    for owner, place, code in zip(*each, strict=True):
        name, places = name_of(code), places_of[owner]
        pieces = _pieces(said["merged_from"].get(code) or name)
        whole = said["part_of"].get(code)
        letter = _LETTER.fullmatch(name)
        if len(pieces) > 1 and all(p in places for p in pieces):
            joined.append((owner, place, [places[p] for p in pieces]))
        elif whole in places:
            parts.append((owner, place, places[whole]))
        elif letter and letter.group(1) in places:
            parts.append((owner, place, places[letter.group(1)]))
        elif (owner, name) in taken_in:
            joined.append((owner, place, taken_in[owner, name]))
    return parts, joined


def _taken_in(table: CrfTable, at: Slots, at_baseline: Bools) -> dict[tuple[int, str], list[int]]:
    """By track and name of a mass, the places of the lesions whose own rows say that they merged
    into it ("MERGED INTO T3").
    """
    if not table.lesions.merged.any():
        return {}
    names = table.lesions.merged_into[at.rows]
    out: dict[tuple[int, str], list[int]] = {}
    for row in np.flatnonzero(names != "").tolist():
        owner, place = int(at.track[row]), int(at.lesion[row])
        held = out.setdefault((owner, " ".join(str(names[row]).split())), [])
        if at_baseline[owner, place] and place not in held:
            held.append(place)
    return {mass: sorted(places) for mass, places in out.items() if places}


def _said(table: CrfTable, name: str) -> dict[int, str]:
    """What a column says of each lesion, by its code; the first cell that is not blank."""
    if name not in table:
        return {}
    column = table.column(name).trimmed
    code = table.keys_of("lesion")[0]
    out: dict[int, str] = {}
    for row in np.flatnonzero(~column.blank).tolist():
        out.setdefault(int(code[row]), " ".join(str(column.words[column.codes[row]]).split()))
    return out


def _pieces(name: str) -> list[str]:
    """The lesions that a name joins: T1/T2, T1 + T2, T1 and T2, T1/2.

    >>> _pieces("T1/T2"), _pieces("T01 and T02 (merged)"), _pieces("T1/2"), _pieces("T1")
    (['T1', 'T2'], ['T01', 'T02'], ['T1', 'T2'], ['T1'])
    """
    if not _JOINED.search(name):  # as most
        return [name]
    pieces = _JOINED.split(_NOTE.sub("", name))
    first = _DIGITS.fullmatch(pieces[0])
    if first is None:
        return pieces
    return [pieces[0], *(first.group(1) + p if p.isdigit() else p for p in pieces[1:])]


def _without_baseline(at: Slots) -> Bools:
    """Lesions (track, lesion) that have rows, and none at the baseline or before it."""
    late = np.array(at.codes >= 0, order="C")
    late.ravel()[at.slot.take(np.flatnonzero(at.timepoint <= 0))] = False
    return late


def _before_only(at: Slots) -> Bools:
    """Lesions (track, lesion) that were seen only before the baseline."""
    return np.asarray((at.codes >= 0) & ~at.identified())


def place_of(table: CrfTable, at: Slots, track: Ints, names: Words) -> Ints:
    """The place of a lesion in its track by name; -1 if it is not there."""
    place = {w: i for i, w in enumerate(table.keys_of("lesion")[1])}
    wanted = np.array([place.get(" ".join(str(n).split()), -1) for n in names], dtype=np.int64)
    return place_of_code(at, track, wanted)


def place_of_code(at: Slots, track: Ints, code: Ints) -> Ints:
    """The place of a lesion in its track by its code in the table; -1 if it is not there."""
    owner, place = np.nonzero(at.codes >= 0)
    found = find_rows((track, code), (owner, at.codes[owner, place]))
    return np.append(place, -1)[found]


def _numbered_parts(table: CrfTable, at: Slots) -> tuple[Ints, Ints, Ints]:
    """Track and place of each part named T04.1, and the place of its parent."""
    none = np.zeros(0, dtype=np.int64)
    if not table.lesions.has_parts:
        return none, none, none
    parent = table.lesions.parent[at.rows]
    rows = np.flatnonzero(parent != "")
    if not len(rows):
        return none, none, none
    rows = rows[number_rows(at.slot[rows])[1]]
    track, part = at.track[rows], at.lesion[rows]
    of = place_of(table, at, track, parent[rows])
    there = of >= 0
    return track[there], part[there], of[there]


def with_parts(
    kin: Relations, sizes: Floats, too_small: Bools, default: float
) -> tuple[Floats, Bools, Floats | None]:
    """Parts added under their parent, by the rule of `nettumor.sum_parts`; the parts become
    padding.

    A part counts from its first row on: where it was not measured the parent is not complete,
    unless it was recorded under the parent's own name again. The third answer is what was measured
    of the parents that are not complete, shape (track, lesion, timepoint); None where all are.
    """
    track, part, whole = kin.parts
    if not len(track):
        return sizes, too_small, None
    small = too_small[track, part]
    size = np.where(small & np.isnan(sizes[track, part]), default, sizes[track, part])
    row, own = kin.rows_there(track, part), kin.rows_there(track, whole)
    begun = np.logical_or.accumulate(row, axis=-1)
    missing = begun & np.isnan(size)
    shape = sizes.shape
    recorded = np.zeros(shape, dtype=np.bool_)  # of whom some part has a row
    np.logical_or.at(recorded, (track, whole), row)
    missing &= ~(own & ~recorded[track, whole])  # measured as one again
    total, counted, lost = np.zeros(shape), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    np.add.at(total, (track, whole), np.where(np.isnan(size), 0.0, size))
    np.logical_or.at(counted, (track, whole), ~np.isnan(size))
    np.logical_or.at(lost, (track, whole), missing)
    alone = np.where(too_small & np.isnan(sizes), default, sizes)
    measured = np.where(np.isnan(alone), 0.0, alone) + total
    out = np.where(counted, measured, sizes)
    out[lost] = np.nan
    partial = np.where(lost, measured, 0.0) if lost.any() else None
    out[track, part] = np.nan
    left = too_small & ~counted & ~lost
    left[track, part] = False
    return out, left, partial


def with_merged(
    kin: Relations, sizes: Floats, too_small: Bools, merged: Bools, gone: Bools
) -> tuple[Floats, Bools, Bools, Bools]:
    """A mass named after the lesions that it took in (T1/T2): its diameter stands for the first,
    the others are 0; strays are left out.

    ``gone``: where a lesion is recorded as merged; the fourth answer are those whose mass is not
    among them. Where all that were taken in are still measured, they stand and the mass does not;
    where some are, the others are not measured.
    """
    if not kin.joined and not kin.stray.any():
        return sizes, too_small, merged, gone
    sizes, too_small, merged, gone = sizes.copy(), too_small.copy(), merged.copy(), gone.copy()
    joined = np.array([pair[:2] for pair in kin.joined], dtype=np.int64).reshape(-1, 2)
    there = kin.rows_there(*joined.T)
    for (track, place, members), visits in zip(kin.joined, there, strict=True):
        for visit in np.flatnonzero(visits).tolist():
            first, *others = members
            measured = (sizes[track, members, visit] > 0) | too_small[track, members, visit]
            if not measured.any():
                sizes[track, first, visit] = sizes[track, place, visit]
                too_small[track, first, visit] = too_small[track, place, visit]
                sizes[track, others, visit] = 0.0
                gone[track, members, visit] = False
            elif not measured.all():  # the mass and one of its lesions: one of the two is wrong
                sizes[track, np.array(members)[~measured], visit] = np.nan
            merged[track, members, visit:] = True
        sizes[track, place], too_small[track, place] = np.nan, False
    sizes[kin.stray], too_small[kin.stray] = np.nan, False
    return sizes, too_small, merged, gone


def without_mass(sizes: Floats, gone: Bools, targets: Bools) -> Floats:
    """Sizes at visits at which all ``targets`` (track, lesion) have merged: then none of them has the
    mass, which has no size on record, and they are not measured.
    """
    left = (targets[..., None] & ~gone).any(axis=1, keepdims=True)
    return np.where(gone & ~left, np.nan, sizes)


def padded(kin: Relations, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Lesions (track, lesion) that stand in the array and count for others or not at all."""
    out = kin.stray.copy().reshape(shape)
    out[kin.parts[0], kin.parts[1]] = True
    for track, place, _ in kin.joined:
        out[track, place] = True
    return out
