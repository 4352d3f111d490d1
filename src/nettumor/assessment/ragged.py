"""Arrays of shape (unit, timepoint) whose units are of several lengths, and judgements of such.

A study of unlike courses is judged group by group; what asks for a unit and a timepoint finds it
here as in one array, and no place is held for timepoints that a unit does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._sealed import Sealed
from nettumor.assessment.judgement import Judgement
from nettumor.crf.columns import Ints


@frozen(eq=False, slots=False)
class Ragged(Sealed):
    """An array (unit, timepoint) whose units are of several lengths.

    Attributes
    ----------
    parts : tuple of ndarray, shape (unit, timepoint)
        Units of like length together.
    part, unit : ndarray of int, shape (unit,)
        In which of the parts a unit stands, and where.
    """

    parts: tuple[npt.NDArray[Any], ...]
    part: Ints
    unit: Ints

    def __getitem__(self, place: tuple[Any, ...]) -> Any:
        """The values at units and timepoints, as of an array."""
        unit, time = np.broadcast_arrays(*place)
        out = np.empty(unit.shape, dtype=self.parts[0].dtype)
        for number, values in enumerate(self.parts):
            here = self.part[unit] == number
            out[here] = values[self.unit[unit[here]], time[here]]
        return out[()]


@frozen(eq=False, slots=False)
class Judgements(Sealed):
    """The judgements of groups of like courses, as one.

    Attributes
    ----------
    each : tuple of Judgement
    owner, lesion : ndarray of int, shape (unit,)
        As of a `Judgement`, in the order of all units.
    overall : Ragged
    """

    each: tuple[Judgement, ...]
    owner: Ints
    lesion: Ints
    overall: Ragged

    def of(self, unit: int) -> tuple[Judgement, int]:
        """The judgement that a unit stands in, and its place there."""
        return self.each[self.overall.part[unit]], int(self.overall.unit[unit])


def ragged(parts: Sequence[npt.NDArray[Any]], order: Ints) -> Ragged:
    """The parts as one, units in this order of those under each other."""
    part = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
    unit = np.concatenate([np.arange(len(p)) for p in parts])
    return Ragged(tuple(parts), part[order], unit[order])
