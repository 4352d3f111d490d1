"""Lesions and timepoints that have a row, where an array of all would hold little else than nothing.

A lesion that is seen at one visit of three thousand has one cell, and not three thousand. What a
lesion was at its cells before, and what the cells of one visit say together, is asked here; rules
of assessment must not go in.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.assessment.slots import Slots, one_of_each
from nettumor.crf.columns import Ints
from nettumor.rows import Groups, group, number_rows, occurrence, smallest_at


@frozen(eq=False, slots=False)
class Cells:
    """The places (lesion, timepoint) of one role in which rows stand, lesion by lesion in time.

    Attributes
    ----------
    at : Slots
        The rows, of which those without a timepoint have no cell.
    timed : ndarray of int, shape (row with a timepoint,)
        Their places among the rows of ``at``.
    number : ndarray of int, shape (row with a timepoint,)
        The cell of each.
    slot, timepoint : ndarray of int, shape (cell,)
        The place of track and lesion together, as in ``at``; and the timepoint.
    """

    at: Slots
    timed: Ints
    number: Ints
    slot: Ints
    timepoint: Ints

    @classmethod
    def of(cls, at: Slots) -> Cells:
        """The cells of some rows."""
        timed = np.flatnonzero(at.timepoint >= 0)
        slot, timepoint = at.slot[timed].astype(np.int64), at.timepoint[timed]
        number, first = number_rows(slot, timepoint)
        return cls(at, timed, number, slot[first], timepoint[first])

    def __len__(self) -> int:
        return len(self.slot)

    def put(
        self, values: npt.NDArray[Any], fill: Any, *, says: Bools | None = None
    ) -> tuple[npt.NDArray[Any], Bools]:
        """The value of each cell, and where rows contradict each other; as `Slots.put`."""
        given, speaks = values[self.at.rows][self.timed], self.at.speaks(says)[self.timed]
        return one_of_each(self.number, len(self), given, speaks, fill)

    @cached_property
    def of_lesion(self) -> Groups:
        """The cells of each lesion in time."""
        return group(self.slot)

    @property
    def first_of_lesion(self) -> Ints:
        """For each cell the first of its lesion."""
        return self.of_lesion.start[self.of_lesion.number]

    def before(self, where: Bools) -> Bools:
        """Whether an earlier cell of the lesion is so."""
        return np.asarray(self.of_lesion.previous(where) >= 0)

    def by_then(self, where: Bools) -> Bools:
        """Whether the cell, or an earlier one of its lesion, is so."""
        return np.asarray(self.of_lesion.previous(where, own=True) >= 0)

    # what the cells of one visit say together, shape (track, timepoint)

    @cached_property
    def _visit(self) -> Ints:
        """The number of each cell's track and timepoint."""
        _, lesions, timepoints = self.at.shape
        return np.asarray(self.slot // max(lesions, 1) * timepoints + self.timepoint)

    @property
    def _visits(self) -> tuple[int, int]:
        return self.at.given.shape

    def any(self, where: Bools) -> Bools:
        """Whether some cell is so."""
        out = np.zeros(self._visits, dtype=np.bool_)
        out.ravel()[self._visit[where]] = True
        return out

    def count(self, where: Bools) -> Ints:
        """How many cells are so."""
        tracks, timepoints = self._visits
        counted = np.bincount(self._visit[where], minlength=tracks * timepoints)
        return counted.reshape(self._visits)

    def total(self, values: Floats) -> Floats:
        """The sum of the values that are known, lesion after lesion; NaN where there are none."""
        known = ~np.isnan(values)
        tracks, timepoints = self._visits
        added = np.bincount(
            self._visit[known], weights=values[known], minlength=tracks * timepoints
        )
        return np.where(self.any(known), added.reshape(self._visits), np.nan)

    def least(self, values: Floats, where: Bools) -> Floats:
        """The smallest value of the cells that are so; infinite where there is none."""
        tracks, timepoints = self._visits
        found = smallest_at(self._visit[where], values[where], tracks * timepoints, np.inf)
        return found.reshape(self._visits)


def one_after_another(at: Slots, tracks: Bools) -> Slots:
    """The same, where the lesions of some tracks share places: as many as one visit has, the first by
    name in the first. Rows of these tracks without a timepoint are left out.
    """
    there, whose = at.codes >= 0, tracks[:, None]
    others, cells = at.without(there & whose), Cells.of(at.without(there & ~whose))
    own = cells.at
    track = cells.slot // max(own.codes.shape[1], 1)
    place = occurrence(track * np.int64(own.shape[2]) + cells.timepoint)
    width = max(others.codes.shape[1], int(place.max(initial=-1)) + 1)
    codes = np.full((len(tracks), width), -1, dtype=np.int64)
    codes[:, : others.codes.shape[1]] = others.codes
    codes[track, place] = own.codes.ravel()[cells.slot]
    rows = np.arange(at.table.n_rows)
    return Slots(
        at.table,
        at.given,
        np.concatenate([rows[others.rows], rows[own.rows][cells.timed]]),
        np.concatenate(
            [others.track * width + others.lesion, (track * width + place)[cells.number]]
        ),
        codes,
    )
