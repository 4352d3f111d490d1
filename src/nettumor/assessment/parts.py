"""From the lesions table to what is judged: the lesions of every unit, selected, with the days of
their scans.

Which lesions of which patients are judged together? All of a track, those of an organ (the liver
alone, for hepatic progression-free survival), or each target lesion by itself (for the response of
a treated lesion).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.assessment.judgement import Parts
from nettumor.assessment.lesion_arrays import Targets, non_targets, targets
from nettumor.assessment.new_lesions import NewLesions, new_lesions
from nettumor.assessment.slots import JudgedRows
from nettumor.crf import CrfTable, Role, State
from nettumor.crf.columns import Ints
from nettumor.errors import InputError, InputTypeError, did_you_mean
from nettumor.rows import largest_at, smallest_at
from nettumor.terminology import Response
from nettumor.words.organs import is_organ
from nettumor.words.organs import read as read_organ


def selected(lesions: CrfTable, selection: Any) -> Bools | None:
    """Rows of the lesions table that are judged; None for all.

    Parameters
    ----------
    lesions : CrfTable
    selection : mapping of str to str or sequence of str, array of bool, or None
        Column to the words wanted; a word also stands for what it begins ("LIVER" for "LIVER, RIGHT
        LOBE").
    """
    n = lesions.n_rows
    if selection is None:
        return None
    if not isinstance(selection, Mapping):
        mask = np.asarray(selection)
        if mask.dtype != np.bool_ or mask.shape != (n,):
            raise InputTypeError(
                "`selection` must be a mapping of column to words, or a bool for each of the "
                f"{n} rows of `lesions`; got {mask.dtype} of shape {mask.shape}. "
                "Write {'organ': 'LIVER'}.",
                argument="selection",
            )
        return mask
    out = np.ones(n, dtype=np.bool_)
    for name, wanted in selection.items():
        if name not in lesions:
            raise InputError(
                f"`selection` names no column of `lesions`: {name!r}. "
                f"{did_you_mean(name, list(lesions))}",
                argument="selection",
            )
        out &= _matching(
            lesions,
            name,
            list(wanted) if np.iterable(wanted) and not isinstance(wanted, str) else [wanted],
        )
    return out


def _matching(lesions: CrfTable, name: str, wanted: list[Any]) -> Bools:
    """Rows whose word is one of the wanted; of organs those that are read as it, or begin with it and
    are read as no other ("Liver hilum, lymph node" is a node).
    """
    words = [" ".join(str(w).split()).casefold() for w in wanted]
    column = lesions.column(name).trimmed

    def fits(cell: str) -> bool:
        text = cell.casefold()
        return any(text == w or (name == "organ" and _lies_in(cell, text, w)) for w in words)

    found = column.map(fits, np.bool_)
    if len(found) and not found.any():
        raise InputError(
            f"`selection` finds no lesion with {name} {wanted!r}. "
            f"{did_you_mean(str(wanted[0]), set(column.words))}",
            argument="selection",
        )
    return found


def _lies_in(cell: str, text: str, organ: str) -> bool:
    """Whether a location lies in an organ, or in a place of one's own words; ``text`` and ``organ`` are
    in lower case.
    """
    read = read_organ(cell)
    if read.casefold() == organ:
        return True
    is_other = is_organ(read) and is_organ(organ.upper())
    return not is_other and text.startswith((f"{organ} ", f"{organ},", f"{organ}-"))


def parts_of(
    lesions: CrfTable, criteria: Any, given: JudgedRows, *, by: str, cycle: bool = False
) -> tuple[Parts, int]:
    """What is judged, and the number of places with contradicting duplicates. ``cycle``: what was
    new by the baseline is not new after it.
    """
    visits = given.visits
    target = targets(lesions, criteria, given, together=by != "lesion")
    cells = lesions.lesions
    target_day = worse_day = visits.day
    if visits.several_dates:
        size = visits.exists.size
        target_day = largest_at(*_scans(given, cells.role == Role.TARGET), size)
        worse = (cells.role == Role.NON_TARGET) & (cells.state == State.UNEQUIVOCAL_PROGRESSION)
        worse_day = smallest_at(*_scans(given, worse), size)
        target_day, worse_day = (day.reshape(given.shape) for day in (target_day, worse_day))
    if by == "lesion":
        return _each_lesion(target, target_day), target.conflicts
    non_target, larger, bare, doubtful = non_targets(lesions, criteria, given)
    new = new_lesions(lesions, criteria, given, cycle=cycle)
    tracks = np.arange(given.n_tracks)
    found = Parts(
        owner=tracks,
        lesion=np.full(len(tracks), -1),
        targets=target,
        non_target=non_target,
        non_target_larger=larger,
        non_target_bare=bare,
        new=new,
        target_day=target_day,
        non_target_day=worse_day,
        with_strays=np.bincount(target.strays[0], minlength=len(tracks)) > 0,
    )
    return found, target.conflicts + doubtful + new.conflicts


def _scans(given: JudgedRows, where: Bools) -> tuple[Ints, Floats]:
    """Of these rows that have a full date: the place of track and timepoint together, and the day."""
    day, timepoint = given.visits.scan_day, given.visits.timepoint
    used = where & (timepoint >= 0) & ~np.isnan(day)
    rows = np.flatnonzero(used if given.chosen is None else used & given.chosen)
    return given.track[rows] * np.int64(given.shape[1]) + timepoint[rows], day[rows]


def _each_lesion(target: Targets, day: Floats) -> Parts:
    """Each target lesion as a unit of its own, without non-target and new lesions."""
    track, lesion = np.nonzero(
        (target.codes >= 0) & (~np.isnan(target.sizes) | target.too_small).any(axis=-1)
        | target.unmeasured
    )
    units, timepoints = len(track), day.shape[1]
    one = attrs.evolve(
        target,
        sizes=target.sizes[track, lesion][:, None],
        attenuation=target.attenuation[track, lesion][:, None],
        too_small=target.too_small[track, lesion][:, None],
        merged=target.merged[track, lesion][:, None],
        nodal=target.nodal[track, lesion][:, None],
        unmeasured=target.unmeasured[track, lesion][:, None],
        codes=target.codes[track, lesion][:, None],
        more=np.zeros(units, dtype=np.int64),
        never=np.zeros(units, dtype=np.int64),
        of_parts=None if target.of_parts is None else target.of_parts[track, lesion][:, None],
    )
    nothing = np.full((units, timepoints), np.nan)
    new = NewLesions.none((units, timepoints))
    codes = np.full((units, 1, timepoints), Response.MISSING, dtype=np.int8)
    return Parts(
        owner=track,
        lesion=target.codes[track, lesion],
        targets=one,
        non_target=codes,
        non_target_larger=new.present,
        non_target_bare=new.present,
        new=new,
        target_day=day[track],
        non_target_day=nothing,
        with_strays=np.zeros(units, dtype=np.bool_),
    )
