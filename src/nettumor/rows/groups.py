"""The rows of a table in groups: what a row sees of the others, and what a group has.

Which row of its group stands first, before another, last before a day? Keys come in; `Groups`
answers with rows of the table, -1 for none, and with values, NaN for none.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor.rows.numbering import (
    as_codes,
    codes_of,
    in_order,
    number_rows,
    order_rows,
    smallest,
    whole_numbers,
)

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[Any]

_ROOM = 2**52
"""Group and rank make one number below this, which a float holds exactly."""


@frozen(eq=False, slots=False)
class Groups:
    """The rows of a table in groups, each in its order; made by `group`.

    What is asked for each row is -1 (NaN, False) for rows that stand in no group. ``where`` is a
    flag for each row of the table; without it every member counts. Numbers of rows take 32 bits
    where they fit: half the room, for they stay as long as the groups.

    Attributes
    ----------
    n_rows : int
        How many rows the table has.
    keys : tuple of ndarray, shape (group,)
        The keys of each group, as given; groups stand in ascending order of them.
    row : ndarray of int, shape (member,)
        The rows, group by group, each group in its order.
    start : ndarray of int, shape (group + 1,)
        Where each group begins in ``row``.
    """

    n_rows: int
    keys: tuple[npt.NDArray[Any], ...]
    row: Ints
    start: Ints
    _by: npt.NDArray[Any] | None = None
    _numbered: Ints | None = None

    def __len__(self) -> int:
        return len(self.start) - 1

    def __repr__(self) -> str:
        return f"Groups({len(self)} groups of {len(self.row)} of {self.n_rows} rows)"

    @cached_property
    def number(self) -> Ints:
        """The group of each row; -1 for none."""
        known = self._numbered
        return np.asarray(self._to_rows(self._owner, -1)) if known is None else known

    @cached_property
    def size(self) -> Ints:
        """How many rows each group has."""
        return np.diff(self.start)

    @cached_property
    def occurrence(self) -> Ints:
        """How many rows of its group stand before each row."""
        within = np.arange(len(self.row)) - np.repeat(self.start[:-1], self.size)
        return np.asarray(self._to_rows(within.astype(self.row.dtype), -1))

    def of_rows(self, values: npt.NDArray[Any], fill: Any = -1) -> npt.NDArray[Any]:
        """For each row the value of its group; ``fill`` for rows in no group."""
        return np.append(values, np.array([fill], dtype=values.dtype))[self.number]

    # one answer a group

    def first(self, where: Bools | None = None) -> Ints:
        """The first row of each group (of those that are so); -1 for none."""
        if where is None:
            return self.row[self.start[:-1]]
        member = self._members(where)
        out = np.full(len(self), -1, dtype=np.int64)
        out[self._owner[member[::-1]]] = self.row[member[::-1]]
        return out

    def last(self, where: Bools | None = None) -> Ints:
        """The last row of each group (of those that are so); -1 for none."""
        if where is None:
            return np.asarray(self.row[self.start[1:] - 1])
        member = self._members(where)
        out = np.full(len(self), -1, dtype=np.int64)
        out[self._owner[member]] = self.row[member]
        return out

    def any(self, where: Bools) -> Bools:
        """Groups of which some row is so."""
        out = np.zeros(len(self) + 1, dtype=np.bool_)  # the last for rows in no group
        out[self.number[where]] = True
        return out[:-1]

    def all(self, where: Bools) -> Bools:
        """Groups of which every row is so."""
        return np.asarray(self.count(where) == self.size)

    def count(self, where: Bools) -> Ints:
        """How many rows of each group are so."""
        return np.bincount(self.number[where] + 1, minlength=len(self) + 1)[1:]

    def total(self, values: npt.ArrayLike, where: Bools | None = None) -> Floats:
        """The sum of each group's values; NaN adds nothing."""
        member = self._members(where)
        given = np.nan_to_num(np.asarray(values, dtype=np.float64)[self.row[member]], nan=0.0)
        out = np.bincount(self._owner[member], weights=given, minlength=len(self))
        return out.astype(np.float64, copy=False)  # of no row at all they are whole numbers

    def minimum(self, values: npt.ArrayLike, where: Bools | None = None) -> Floats:
        """The smallest value of each group; NaN where none is known."""
        return self._extreme(np.fmin, values, where)

    def maximum(self, values: npt.ArrayLike, where: Bools | None = None) -> Floats:
        """The largest value of each group; NaN where none is known."""
        return self._extreme(np.fmax, values, where)

    def median(self, values: npt.ArrayLike) -> Floats:
        """The middle value of each group, the mean of two; NaN where none is known."""
        given = np.asarray(values, dtype=np.float64)
        known = group(self.number, by=given, where=~np.isnan(given))
        ranked, out = given[known.row], np.full(len(self), np.nan)
        low, high = (known.size - 1) // 2, known.size // 2
        out[known.keys[0]] = (ranked[known.start[:-1] + low] + ranked[known.start[:-1] + high]) / 2
        return out

    def differ(self, *values: npt.ArrayLike, where: Bools | None = None) -> Bools:
        """Groups whose rows are not all equal in the values; NaN is equal to NaN."""
        member = self._members(where)
        owner, row = self._owner[member], self.row[member]
        first = self.first(where)[owner]
        unequal = np.zeros(len(row), dtype=np.bool_)
        for column in map(np.asarray, values):
            own, other = column[row], column[first]
            both_nan = (own != own) & (other != other)
            unequal |= (own != other) & ~both_nan
        return np.bincount(owner[unequal], minlength=len(self)) > 0

    def commonest(self, codes: npt.ArrayLike, where: Bools | None = None) -> Ints:
        """The code that most rows of each group have, of equals the one that stands first; -1 for
        none.
        """
        given, first = np.asarray(codes), self.first(where)
        out = np.where(first >= 0, np.append(given, -1)[first], -1)
        member = self._members(where)
        member = member[self.differ(given, where=where)[self._owner[member]]]
        pairs = group(self._owner[member], given[self.row[member]])
        lead = order_rows(pairs.keys[0], -pairs.size, pairs.first())[::-1]
        out[pairs.keys[0][lead]] = pairs.keys[1][lead]
        return out

    # one answer a row

    def is_first(self, where: Bools | None = None) -> Bools:
        """Whether each row is the first of its group (of those that are so)."""
        out, first = np.zeros(self.n_rows, dtype=np.bool_), self.first(where)
        out[first[first >= 0]] = True
        return out

    def previous(self, where: Bools | None = None, *, own: bool = False) -> Ints:
        """For each row the last row before it in its group (of those that are so); -1 for none.

        ``own``: the row itself counts, too.
        """
        index = np.arange(len(self.row))
        found = np.maximum.accumulate(np.where(self._is(where), index, -1))
        if not own:
            found[1:], found[:1] = found[:-1].copy(), -1
        return self._at(found, found >= self.start[self._owner])

    def following(self, where: Bools | None = None, *, own: bool = False) -> Ints:
        """For each row the first row after it in its group (of those that are so); -1 for none.

        ``own``: the row itself counts, too.
        """
        index, count = np.arange(len(self.row)), len(self.row)
        found = np.minimum.accumulate(np.where(self._is(where), index, count)[::-1])[::-1]
        if not own:
            found[:-1], found[-1:] = found[1:].copy(), count
        return self._at(found, found < self.start[self._owner + 1])

    def running_minimum(self, values: npt.ArrayLike, *, before: bool = False) -> Floats:
        """For each row the smallest value of its group up to it; NaN where none is known.

        ``before``: up to the row before it.
        """
        given = np.asarray(values, dtype=np.float64)[self.row]
        code, distinct = codes_of(given)
        width = len(distinct) + 1  # the ranks of each group lie below those of the group before
        below = self._owner * np.int64(width)
        rank = np.where(code < 0, len(distinct), code) - below
        if before:
            rank[1:] = rank[:-1].copy()
            rank[self.start[:-1]] = len(distinct) - np.arange(len(self)) * width
        rank = np.minimum.accumulate(rank) + below
        return self._to_rows(np.append(distinct, np.nan)[rank], np.nan)

    def running_maximum(self, values: npt.ArrayLike, *, before: bool = False) -> Floats:
        """For each row the largest value of its group up to it; NaN where none is known.

        ``before``: up to the row before it.
        """
        negative = -np.asarray(values, dtype=np.float64)
        return -self.running_minimum(negative, before=before)

    def pairs(self) -> tuple[Ints, Ints]:
        """Every two rows of a group, the earlier and the later: size x (size - 1) / 2 of each."""
        end = self.start[self._owner + 1]
        which, place = spread(np.arange(len(self.row)) + 1, end)
        return self.row[which], self.row[place]

    def has_ties(self) -> bool:
        """Whether two rows of a group have the same value of the order."""
        same = self._order[1:] == self._order[:-1]
        same[self.start[1:-1] - 1] = False
        return bool(same.any())

    # rows of elsewhere

    def find(self, *keys: npt.ArrayLike) -> Ints:
        """The group that has these keys; -1 where none has, and for keys below 0."""
        return find_rows(keys, self.keys)

    def rows_of(self, number: Ints) -> tuple[Ints, Ints]:
        """Every row of each of some groups, and the place among ``number`` it is of; -1 has none."""
        ends = np.append(self.start, 0)
        which, place = spread(ends[number], np.where(number < 0, 0, ends[number + 1]))
        return which, self.row[place]

    def last_until(self, number: Ints, by: npt.ArrayLike, *, strict: bool = False) -> Ints:
        """The last row of a group that does not stand after a value of the order; -1 for none.

        Parameters
        ----------
        number : ndarray of int
            Groups, as `find` gives them; -1 is none.
        by : array_like, broadcastable
            Values of the column that the groups were ordered by (days, as a rule); NaN finds
            nothing, and no row whose own is NaN is found.
        strict : bool
            Only rows that stand before the value.
        """
        return self._found(number, by, "left" if strict else "right", -1)

    def first_from(self, number: Ints, by: npt.ArrayLike, *, strict: bool = False) -> Ints:
        """The first row of a group that does not stand before a value of the order; -1 for none.

        ``strict``: only rows that stand after it. Otherwise as `last_until`.
        """
        return self._found(number, by, "right" if strict else "left", 0)

    def between(self, number: Ints, low: npt.ArrayLike, high: npt.ArrayLike) -> tuple[Ints, Ints]:
        """Every row of a group from one value of the order to another, both included.

        Parameters
        ----------
        number : ndarray of int, shape (n,)
            Groups, as `find` gives them; -1 is none.
        low, high : array_like, shape (n,)
            Values of the column that the groups were ordered by; NaN: nothing lies there.

        Returns
        -------
        which, row : ndarray of int
            The place among ``number``, and a row of the table, in the order of both.
        """
        which, place = spread(*self._bounds(number, low, high))
        return which, self.row[place]

    def count_between(self, number: Ints, low: npt.ArrayLike, high: npt.ArrayLike) -> Ints:
        """How many rows `between` gives for each place."""
        start, stop = self._bounds(number, low, high)
        return np.asarray(np.maximum(stop - start, 0))

    def window(self, number: Ints, after: npt.ArrayLike, until: npt.ArrayLike) -> tuple[Ints, Ints]:
        """The rows of a group that stand after one value of the order and not after another: where
        they begin and end in ``row`` (see `totals`).

        Arguments are broadcast; NaN, and a group of -1: nothing lies there.
        """
        number, after, until = np.broadcast_arrays(number, after, until)
        start, stop = self._bounds(number, after, until, "right")
        return start, np.maximum(start, stop)

    # what these stand on

    @cached_property
    def _owner(self) -> Ints:
        """The group of each member."""
        return np.repeat(np.arange(len(self), dtype=self.row.dtype), self.size)

    @property
    def _order(self) -> npt.NDArray[Any]:
        """What the members stand in order of."""
        if self._by is None:
            raise TypeError("the groups have no order to search in. Give `by` to `group`.")
        return self._by

    def _is(self, where: Bools | None) -> Bools:
        """Whether each member is so."""
        return np.ones(len(self.row), dtype=np.bool_) if where is None else where[self.row]

    def _members(self, where: Bools | None) -> Ints:
        return np.flatnonzero(self._is(where))

    def _to_rows(self, of_member: npt.NDArray[Any], fill: Any) -> npt.NDArray[Any]:
        out = np.full(self.n_rows, fill, dtype=of_member.dtype)
        out[self.row] = of_member
        return out

    def _at(self, place: Ints, found: Bools) -> Ints:
        """For each row the row at a member's place, where one was found."""
        return self._to_rows(np.where(found, np.append(self.row, -1)[place], -1), -1)

    def _extreme(self, which: np.ufunc, values: npt.ArrayLike, where: Bools | None) -> Floats:
        member = self._members(where)
        given = np.asarray(values, dtype=np.float64)[self.row[member]]
        out = np.full(len(self), np.nan)
        which.at(out, self._owner[member], given)
        return out

    @cached_property
    def _ranks(self) -> tuple[Ints, int, npt.NDArray[Any] | float]:
        """Group and rank of each member in one number, ascending; how many ranks a group has, the
        highest for what is unknown; and the values in order, or of whole numbers the lowest.
        """
        by = self._order
        day = whole_numbers(by)
        if day is not None and len(day):  # as days: the distance from the lowest is the rank
            low, unknown = int(day.min()), bool(np.isnan(by).any())
            width = int(day.max()) - low + (1 if unknown else 2)
            if len(self) * width < _ROOM:
                ranks = np.repeat(np.arange(len(self)) * np.int64(width) - low, self.size)
                ranks += day
                return ranks, width, float(low)
        code, distinct = codes_of(by)
        width = len(distinct) + 1
        rank = np.where(code < 0, len(distinct), code)
        return self._owner * np.int64(width) + rank, width, distinct

    def _search(self, number: Ints, by: npt.NDArray[Any], side: Any) -> Ints:
        """Where a value would stand among the members."""
        ranks, width, values = self._ranks
        if isinstance(values, float):  # how many whole numbers lie below, or up to it
            above = np.where(np.isnan(by), 0.0, by - values)
            above = np.ceil(above) if side == "left" else np.floor(above) + 1
            rank = np.clip(above, 0, width - 1).astype(np.int64)
        else:
            rank = np.searchsorted(values, by, side=side)
        wanted = np.maximum(number, 0) * np.int64(width) + rank
        return np.asarray(np.searchsorted(ranks, wanted, side="left"))

    def _found(self, number: Ints, by: npt.ArrayLike, side: Any, step: int) -> Ints:
        """The row ``step`` from where a value would stand, if it is of the group and has a value."""
        number, by = np.broadcast_arrays(number, np.asarray(by))
        ranks, width, _ = self._ranks
        place = self._search(number, by, side) + step
        inside = (place >= 0) & (place < len(ranks)) & (number >= 0) & ~np.isnan(by)
        rank = np.append(ranks, -1)[np.where(inside, place, -1)]
        inside &= (rank // width == number) & (rank % width < width - 1)
        return np.asarray(np.append(self.row, -1)[np.where(inside, place, -1)])

    def _bounds(
        self, number: Ints, low: npt.ArrayLike, high: npt.ArrayLike, side: Any = "left"
    ) -> tuple[Ints, Ints]:
        low, high = np.asarray(low), np.asarray(high)
        nothing = (number < 0) | np.isnan(low) | np.isnan(high)
        start = np.where(nothing, 0, self._search(number, low, side))
        return start, np.where(nothing, 0, self._search(number, high, "right"))


def group(
    key: npt.ArrayLike,
    *keys: npt.ArrayLike,
    by: npt.ArrayLike | tuple[npt.ArrayLike, ...] = (),
    where: Bools | None = None,
) -> Groups:
    """The rows that have the same keys, group by group.

    Parameters
    ----------
    key, *keys : array_like of int or float, shape (row,)
        Codes from 0 on, or numbers such as days; a code below 0 or a NaN is unknown, and its row
        stands in no group. The first key is the slowest in the order of the groups.
    by : array_like, or tuple of array_like, shape (row,)
        What the rows of a group stand in order of, NaN last; rows of equal standing, and all
        without ``by``, stand as in the file. The first is what `Groups.last_until` searches.
    where : ndarray of bool, shape (row,)
        The rows that take part; default all.

    Returns
    -------
    Groups

    Examples
    --------
    >>> track, day, size = np.array([0, 1, 0, 0]), np.array([9.0, 0.0, 0.0, 5.0]), [40, 10, 50, 30]
    >>> lesions = group(track, by=day)
    >>> lesions, lesions.first().tolist(), lesions.previous().tolist()
    (Groups(2 groups of 4 of 4 rows), [2, 1], [3, -1, -1, 2])
    >>> lesions.running_minimum(size, before=True), lesions.last_until(np.array([0, 1]), 6.0)
    (array([30., nan, nan, 50.]), array([3, 1]))
    """
    given = [np.asarray(column) for column in (key, *keys)]
    n = len(given[0])
    row = np.arange(n) if where is None else np.flatnonzero(where)
    codes = [as_codes(column if where is None else column[row]) for column in given]
    if any(code.min(initial=0) < 0 for code in codes):
        known = np.logical_and.reduce([code >= 0 for code in codes])
        row, codes = row[known], [code[known] for code in codes]
    order = [np.asarray(column) for column in (by if isinstance(by, tuple) else (by,))]
    if len(row) < n:
        order = [column[row] for column in order]
    if in_order(*codes, *order):  # they stand group by group
        new = np.ones(len(row), dtype=np.bool_)
        new[1:] = codes[0][1:] != codes[0][:-1]
        for code in codes[1:]:
            new[1:] |= code[1:] != code[:-1]
        first = np.flatnonzero(new)
        start = np.append(first, len(row))
        number = place = None
    else:
        inside, first = number_rows(*codes)
        start = np.append(0, np.cumsum(np.bincount(inside, minlength=len(first))))
        place = order_rows(inside, *order)
        number = inside.astype(smallest(n), copy=False)
        if len(row) < n:
            number = np.full(n, -1, dtype=smallest(n))
            number[row] = inside
    held = tuple(column[row[first]] for column in given)
    ranked = row if place is None else row[place]
    values = None  # of their own: nobody else writes into them
    if order:
        values = order[0].copy() if place is None and len(row) == n else order[0]
        values = values if place is None else values[place]
    return Groups(n, held, ranked.astype(smallest(n), copy=False), start, values, number)


def first_of(
    key: npt.ArrayLike,
    *keys: npt.ArrayLike,
    by: npt.ArrayLike | tuple[npt.ArrayLike, ...] = (),
    where: Bools | None = None,
) -> Ints:
    """The first row of each group, in the order of the file; arguments as for `group`.

    >>> first_of(np.array([3, 3, 0]), by=np.array([5.0, 2.0, 9.0]))
    array([1, 2])
    """
    return np.flatnonzero(group(key, *keys, by=by, where=where).is_first())


def find_rows(
    wanted: tuple[npt.ArrayLike, ...] | list[npt.ArrayLike],
    held: tuple[npt.ArrayLike, ...] | list[npt.ArrayLike],
) -> Ints:
    """The first row of one table that has the keys of each row of another; -1 for none.

    Parameters
    ----------
    wanted, held : tuple of array_like of int or float, shape (row,)
        The keys of the table that asks, and of the one that is looked in: codes that mean the same
        in both, or numbers such as days. A code below 0 or a NaN is unknown, and neither finds nor
        is found.

    Returns
    -------
    ndarray of int, shape (row of the table that asks,)

    Examples
    --------
    >>> find_rows(([4, 5, 4], [0, 0, -1]), ([5, 4, 4], [1, 0, 0]))
    array([ 1, -1, -1])
    """
    both = [
        as_codes(np.concatenate([np.asarray(own), np.asarray(other)]))
        for own, other in zip(held, wanted, strict=True)
    ]
    known, n_held = np.logical_and.reduce([key >= 0 for key in both]), len(np.asarray(held[0]))
    there, asks = np.flatnonzero(known[:n_held]), np.flatnonzero(known[n_held:])
    taken = np.flatnonzero(known)
    number, first = number_rows(*(key[taken] for key in both))
    out = np.full(len(known) - n_held, -1, dtype=np.int64)
    place = np.minimum(first[number[len(there) :]], len(there))  # who is looked in stands first
    out[asks] = np.append(there, -1)[place]
    return out


def totals(values: npt.NDArray[Any], window: tuple[Ints, Ints]) -> Floats:
    """The sum of the values from the start to before the stop of each window; 0 for an empty one.

    >>> totals(np.array([4.0, 1.0, 2.0]), (np.array([0, 1]), np.array([2, 1])))
    array([5., 0.])
    """
    start, stop = window
    if not len(values):
        return np.zeros(start.shape)
    # pairs of bounds: each even element is the sum from one to the other
    bounds = np.stack([start.ravel(), stop.ravel()], axis=1).ravel()
    found = np.add.reduceat(np.append(values, 0.0), bounds)[::2]
    return np.where(stop > start, found.reshape(start.shape), 0.0)


def spread(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Every place from a start to before a stop, and which pair it is of.

    >>> spread(np.array([3, 9, 0]), np.array([5, 7, 1]))
    (array([0, 0, 2]), array([3, 4, 0]))
    """
    count = np.maximum(stop - start, 0)
    which = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    return which, start[which] + within
