"""Where the rows of a lesions table stand in an array (track, lesion, timepoint).

Most tables hold a lesion once at each visit, and one date for each visit of a patient: their rows
are laid out by visit, and the visits put in order. In any other table each row goes to its
timepoint; of several rows in one place equal ones count once, unequal ones are a
conflict.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools
from nettumor._threads import each
from nettumor.crf import CrfTable, Role, State, number_rows
from nettumor.crf.columns import Ints, Words
from nettumor.rows import fills, smallest, stretches
from nettumor.study.like_courses import little_padding, refuse_sparse
from nettumor.study.tracks import Names, order_of, ranks
from nettumor.study.visits import EARLIER, Visits, visit_column

_NOTHING = np.uint64(0x7FF8_6E65_7474_756D).view(np.float64)
"""A NaN that no calculation gives: it stands where no row does."""
_NOTHING_BITS = _NOTHING.view(np.int64)


@frozen(eq=False)
class JudgedRows:
    """Which rows of the lesions table are judged, and where each stands.

    Attributes
    ----------
    chosen : ndarray of bool, shape (row,), or None
        None: all.
    track : ndarray of int, shape (row,)
        ``n_tracks`` where a row is not judged.
    n_tracks : int
    visits : Visits
    subjects : ndarray of str, shape (track,)
        Whose track it is.
    places : int
        How many places of lesion and visit one array may have.
    """

    chosen: Bools | None
    track: Ints
    n_tracks: int
    visits: Visits
    subjects: Words
    places: int

    @classmethod
    def of(cls, names: Names, visits: Visits, chosen: Bools | None, places: int) -> JudgedRows:
        """The chosen rows of the evaluators who were asked for."""
        here = names.asked
        if chosen is not None:
            here = chosen if here is None else chosen & here
        track = names.track if here is None else np.where(here, names.track, names.n_tracks)
        subjects = np.repeat(names.subjects, max(len(names.evaluators), 1))
        return cls(here, track, names.n_tracks, visits, subjects, places)

    @property
    def shape(self) -> tuple[int, int]:
        """Tracks and timepoints."""
        return self.n_tracks, self.visits.exists.shape[1]

    def refuse_sparse(self, lesions: Ints) -> None:
        """Refuse arrays of so many lesions of each track where they are more than one may hold."""
        visits = np.count_nonzero(self.visits.exists, axis=1)
        refuse_sparse(self.places, len(self.track), self.subjects, visits, lesions)


@frozen(eq=False, slots=False)
class Slots:
    """Where the rows of one role stand in an array (track, lesion, timepoint).

    Attributes
    ----------
    table : CrfTable
        The lesions table.
    given : JudgedRows
        Of all roles.
    rows : ndarray of int, shape (row,), or slice
        The rows of the lesions table; a slice where it is all of them.
    slot : ndarray of int, shape (row,)
        The place of track and lesion together; a track's lesions stand by name.
    codes : ndarray of int, shape (track, lesion)
        The lesion's code in the table; -1 for padding.
    """

    table: CrfTable
    given: JudgedRows
    rows: Ints | slice
    slot: Ints
    codes: Ints

    @property
    def empty(self) -> bool:
        """Whether no row has the role."""
        return not len(self.slot)

    @cached_property
    def timepoint(self) -> Ints:
        """The timepoint of each row."""
        return self.given.visits.timepoint[self.rows]

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Of the array."""
        tracks, timepoints = self.given.shape
        return tracks, self.codes.shape[1], timepoints

    @property
    def sparse(self) -> bool:
        """Whether an array would hold many more places than there are rows."""
        return not little_padding(math.prod(self.shape), len(self.slot))

    @property
    def track(self) -> Ints:
        """The track of each row."""
        return np.asarray(self.slot // max(self.codes.shape[1], 1))

    @property
    def lesion(self) -> Ints:
        """The place of each row's lesion in its track."""
        return np.asarray(self.slot % max(self.codes.shape[1], 1))

    def put(
        self, values: npt.NDArray[Any], fill: Any, *, says: Bools | None = None
    ) -> tuple[npt.NDArray[Any], Bools]:
        """The values in an array, and where rows contradict each other (``fill`` there).

        ``values`` are of all rows of the table, as is ``says``: rows that say nothing (by default
        those without a state) give way to those that do.
        """
        by_visit = self.given.visits.of_visit is not None
        if by_visit and fills(self.codes.size * self._n_visits, len(self.slot)):
            out, once = self._written(values, fill, self._visit, self._n_visits)
            if once:
                return self._in_time(out, fill), np.broadcast_to(np.False_, self.shape)
        out, once = self._written(values, fill, self.timepoint, self.shape[2])
        if once:
            return out, np.broadcast_to(np.False_, self.shape)
        timed = self.timepoint >= 0
        flat = (self.slot * np.int64(self.shape[2]) + self.timepoint)[timed]
        speaks = self.speaks(says)[timed]
        out, conflict = one_of_each(
            flat, math.prod(self.shape), values[self.rows][timed], speaks, fill
        )
        return out.reshape(self.shape), conflict.reshape(self.shape)

    def speaks(self, says: Bools | None) -> Bools:
        """Whether each row says something: by ``says`` of all rows of the table, else by its state."""
        given = self.table.lesions.state != State.BLANK if says is None else says
        return np.asarray(given[self.rows])

    @cached_property
    def _visit(self) -> Ints:
        """The code of each row's visit."""
        return visit_column(self.table).codes[self.rows]

    @property
    def _n_visits(self) -> int:
        return len(visit_column(self.table).words)

    def _written(
        self, values: npt.NDArray[Any], fill: Any, column: Ints, width: int
    ) -> tuple[npt.NDArray[Any], bool]:
        """The values in an array (track, lesion, column), and whether each row has a place of its
        own.

        Rows in columns below 0 stand nowhere.
        """
        number = values.dtype == np.float64 and np.isnan(fill)
        out = np.full(self.codes.size * width, _NOTHING if number else fill, dtype=values.dtype)
        # of numbers no value looks like what the places left hold: to count these is quicker than
        # to mark the taken
        taken = np.zeros(0 if number else len(out), dtype=np.bool_)
        given = values[self.rows]

        def write(part: slice) -> int:
            place, value = self.slot[part] * np.int64(width), given[part]
            place += column[part]
            there = column[part] >= 0
            if not there.all():
                place, value = place[there], value[there]
            out[place] = value
            if not number:
                taken[place] = True
            return len(place)

        # of two rows in one place either may stay: then each row is asked for its own
        count = sum(each(write, stretches(len(self.slot)), rows=len(self.slot)))
        left = (
            np.count_nonzero(out.view(np.int64) == _NOTHING_BITS)
            if number
            else np.count_nonzero(~taken)
        )
        return out.reshape(*self.codes.shape, width), int(left) == len(out) - count

    def _in_time(self, by_visit: npt.NDArray[Any], fill: Any) -> npt.NDArray[Any]:
        """An array by visit in the order of the timepoints."""
        of_visit, (tracks, _, timepoints) = self.given.visits.of_visit, self.shape
        assert of_visit is not None
        if len(of_visit) == timepoints and (of_visit == np.arange(timepoints)[:, None]).all():
            return by_visit
        visit = np.full((tracks, timepoints), -1, dtype=np.int64)
        code, track = np.nonzero(of_visit >= 0)
        visit[track, of_visit[code, track]] = code
        out = np.take_along_axis(by_visit, np.maximum(visit, 0)[:, None], axis=2)
        np.copyto(out, fill, where=(visit < 0)[:, None])
        return out

    @property
    def first_of_lesion(self) -> Ints:
        """For each place of an array, one after the other, the first of its lesion."""
        return np.repeat(np.arange(self.codes.size) * self.shape[2], self.shape[2])

    @staticmethod
    def any(where: Bools) -> Bools:
        """Where (track, timepoint) some lesion of an array is so."""
        return np.asarray(where.any(axis=1))

    def some(self, of_row: Bools) -> Bools:
        """Lesions (track, lesion) of which some row has a flag."""
        out = np.zeros(self.codes.shape, dtype=np.bool_)
        if of_row.any():
            out.ravel()[self.slot[of_row[self.rows]]] = True
        return out

    def without(self, lesions: Bools) -> Slots:
        """The same without some lesions (track, lesion), the others closed up."""
        keep = (self.codes >= 0) & ~lesions
        count = np.count_nonzero(keep, axis=1)
        width = int(count.max(initial=0))
        place = np.cumsum(keep, axis=1) - 1
        place += (np.arange(len(keep)) * width)[:, None]
        codes = np.full(len(keep) * width, -1, dtype=np.int64)
        codes[place[keep]] = self.codes[keep]
        stays = keep.ravel()[self.slot]
        rows = np.flatnonzero(stays) if isinstance(self.rows, slice) else self.rows[stays]
        slot = place.ravel()[self.slot[stays]]
        return Slots(self.table, self.given, rows, slot, codes.reshape(len(keep), width))

    def identified(self) -> Bools:
        """Lesions (track, lesion) that are on record; not padding, and not one seen only before the
        baseline.
        """
        if not self.given.visits.before_baseline:
            return np.asarray(self.codes >= 0)
        out = np.zeros(self.codes.shape, dtype=np.bool_)
        out.ravel()[self.slot[self.timepoint != EARLIER]] = True
        return out


def one_of_each(
    place: Ints, size: int, given: npt.NDArray[Any], speaks: Bools, fill: Any
) -> tuple[npt.NDArray[Any], Bools]:
    """One value for each of ``size`` places, and where rows that speak contradict each other (``fill``
    there); rows that say nothing give way to those that do.
    """
    out, conflict = np.full(size, fill, dtype=given.dtype), np.zeros(size, dtype=np.bool_)
    out[place[~speaks]] = given[~speaks]
    place, given = place[speaks], given[speaks]
    out[place] = given
    kept = out[place]
    unequal = kept != given
    if given.dtype.kind == "f":
        unequal &= ~(np.isnan(kept) & np.isnan(given))
    conflict[place[unequal]] = True
    out[conflict] = fill
    return out, conflict


def slots(table: CrfTable, given: JudgedRows, role: Role) -> Slots:
    """The places of the rows with a role."""
    here = table.lesions.role == role
    if given.chosen is not None:
        here &= given.chosen
    rows = slice(None) if here.all() else np.flatnonzero(here)
    if not isinstance(rows, slice) and not len(rows):
        return Slots(table, given, rows, rows, np.zeros((given.n_tracks, 0), dtype=np.int64))
    track = given.track[rows]
    code, words = table.keys_of("lesion")
    by_name = order_of(words.tolist())
    rank, code = ranks(by_name), code[rows]
    if fills(
        given.n_tracks * len(words) * len(visit_column(table).words), len(track)
    ):  # a slot for every name
        places = given.n_tracks * len(words)
        whole = smallest(places)
        slot, there = np.empty(len(track), whole), np.zeros(places, np.bool_)

        def place(part: slice) -> None:
            np.multiply(track[part], len(words), out=slot[part], dtype=whole, casting="unsafe")
            np.add(slot[part], rank.take(code[part]), out=slot[part], casting="unsafe")
            there[slot[part]] = True

        each(place, stretches(len(track)), rows=len(track))
        if 3 * np.count_nonzero(there) >= len(there):
            codes = np.where(there.reshape(-1, len(words)), by_name, -1)
            return Slots(table, given, rows, slot, codes)
    slot, first = number_rows(track, rank.take(code) if len(words) else code)
    owner = track.take(first)
    count = np.bincount(owner, minlength=given.n_tracks)
    width = int(count.max(initial=0))
    padding = np.arange(given.n_tracks) * width - (
        np.cumsum(count) - count
    )  # places left free before each track
    if padding.any():
        slot += padding[track]
    codes = np.full(given.n_tracks * width, -1, dtype=np.int64)
    codes[slot.take(first)] = code.take(first)
    return Slots(table, given, rows, slot, codes.reshape(given.n_tracks, width))
