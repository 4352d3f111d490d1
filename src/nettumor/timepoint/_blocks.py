"""iRECIST's blocks: runs of progressions that nothing has contradicted, visit by visit.

A block opens with a first iUPD and ends where the bar is reset (iSD, iPR, iCR). A new lesion that
lasts keeps its block open unless the targets do better than at the iUPD (EORTC iRECIST FAQ,
scenarios B and F); NE and a visit that did not take place leave it as it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, as_codes, as_flags, broadcast
from nettumor.errors import InputError
from nettumor.terminology import Response
from nettumor.timepoint.overall import combine, parts_of

TARGET, NON_TARGET, NEW = np.uint8(1), np.uint8(2), np.uint8(4)
"""The categories that can progress, a bit each."""


class Blocks:
    """The course of some patients under iRECIST; `look` at each timepoint in order, then `settle`
    it.

    Attributes, of the timepoint looked at, shape (...): ``here``, RECIST's response, with PD for a
    new lesion that is first seen; ``pd``; ``open_``, whether a block was open before; ``held``,
    whether a new lesion of that block lasts; ``better``, whether the class of the targets is better
    than at its first iUPD; ``other``, whether a category progresses that had not then.
    """

    def __init__(
        self,
        target: npt.ArrayLike,
        non_target: npt.ArrayLike,
        new_lesion: npt.ArrayLike,
        lasting: npt.ArrayLike | None,
        new_lesion_progression: npt.ArrayLike,
        **others: npt.NDArray[np.generic],
    ) -> None:
        codes = [as_codes(target, "target"), as_codes(non_target, "non_target")]
        codes = [np.where(part == Response.IUPD, np.int8(Response.PD), part) for part in codes]
        targets, non_targets, new = parts_of(codes[0], codes[1], new_lesion)
        if targets.ndim == 0:
            raise InputError(
                "`target` must have the axes (..., timepoint): iRECIST judges a course; got a "
                "single value. "
                "Give the timepoints in order, e.g. [target].",
                argument="target",
            )
        given = {
            "target": targets,
            "non_target": non_targets,
            "new_lesion": new,
            "new_lesion_progression": as_flags(new_lesion_progression, "new_lesion_progression"),
        }
        if lasting is not None:
            given["lasting_new_lesion"] = as_flags(lasting, "lasting_new_lesion")
        fitted = dict(zip([*given, *others], broadcast(**given, **others), strict=True))
        self.others = [fitted[name] for name in others]
        targets, non_targets, new = (fitted[n] for n in ("target", "non_target", "new_lesion"))
        fresh = new | fitted["new_lesion_progression"]
        self._base = combine(targets, non_targets, np.zeros_like(new))
        self.recist: Codes = combine(targets, non_targets, fresh)
        self._new, self._fresh = new, fresh
        self._categories = (
            (targets == Response.PD) * TARGET
            | (non_targets == Response.PD) * NON_TARGET
            | fresh * NEW
        ).astype(np.uint8)
        self._class = np.where(targets == Response.MISSING, non_targets, targets)
        before = np.zeros(new.shape, dtype=np.bool_)
        before[..., 1:] = np.logical_or.accumulate(new, axis=-1)[..., :-1]
        # What is not said is taken to last, where the visit was evaluated at all.
        self._lasting = before & (
            self._base > Response.NE if lasting is None else fitted["lasting_new_lesion"]
        )
        shape = self.recist.shape[:-1]
        self.block = np.zeros(shape, dtype=np.uint8)
        self._later = np.zeros(shape, dtype=np.bool_)
        # Before the first evaluable visit the class is what it was at baseline: not better, not
        # worse.
        without_targets = (targets == Response.MISSING).all(axis=-1)
        self._last_class = np.where(without_targets, Response.NON_CR_NON_PD, Response.SD)
        self._first_class = self._last_class.copy()

    def look(self, visit: int) -> None:
        """Read a timepoint."""
        self.visit, self.here = visit, self.recist[..., visit]
        self.pd = np.asarray(self.here == Response.PD)
        self.open_ = np.asarray(self.block != 0)
        new_there = ((self.block & NEW) != 0) | self._later
        self.held = self.open_ & new_there & self._lasting[..., visit]
        self.better = (self._base[..., visit] > Response.NE) & (
            self._class[..., visit] > self._first_class
        )
        also = np.asarray((self._categories[..., visit] & ~self.block) != 0)
        self.other = self.open_ & (also | (self._later & self.held & ~self.better))
        self.fresh_lesion: Bools = self._new[..., visit]

    def settle(self, pd: Bools) -> Bools:
        """Close the timepoint, where ``pd`` is what was a progression in the end; whether it stays
        iUPD because a new lesion lasts.
        """
        visit = self.visit
        stays = self.held & ~pd & ~self.better
        first = pd & ~self.open_
        now = self._class[..., visit]
        known = np.where(now > Response.NE, now, self._last_class)
        self._first_class = np.where(first, known, self._first_class)
        self._last_class = known
        reset = ~pd & ~stays & (self.here > Response.NE)
        categories = self._categories[..., visit]
        self._later = ~first & ~reset & (self._later | (self.open_ & self._fresh[..., visit]))
        self.block = np.where(first, categories, np.where(reset, np.uint8(0), self.block))
        return np.asarray(stays)
