"""The responses recomputed from the lesions, timepoint by timepoint, by the code of
`nettumor.assess`.

The lesions go through the same functions as there (sizes, targets, non-target and new lesions,
overall response under the criteria of the run, iRECIST and Choi too); only the timepoints are those
of the checks, which also know visits with a response and no lesion. Tracks go in groups of like
courses, as there. Under criteria that are not of lesions nothing can be recomputed, and the checks
that ask are skipped.

Input: the lesions table with its rows placed, the timepoints of the study, the criteria. The study as
a whole (`Data`) is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.assessment.judgement import Judgement, Parts, has_days, judge
from nettumor.assessment.lesion_arrays import sizes_hang_together, sizes_used
from nettumor.assessment.parts import parts_of
from nettumor.assessment.result import explanations
from nettumor.assessment.slots import JudgedRows
from nettumor.crf import CrfTable
from nettumor.crf.columns import Words
from nettumor.crf.lesion_cells import MEASURES
from nettumor.criteria import RECIST_1_1, AttenuationCriteria, Criteria, SizeCriteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.errors import InputError
from nettumor.study.like_courses import kinds_of_courses, members, refuse_sparse
from nettumor.study.timepoints import Timepoints
from nettumor.study.visits import Visits

MEASURED = "|".join(MEASURES)
"""The columns of sizes, of which a check of what is recomputed from sizes needs one."""

Ints = npt.NDArray[np.int64]
_TIMEPOINT = re.compile(r"timepoint (\d+)")


@frozen(eq=False)
class Sizes:
    """For each row of the lesions table the size that counts, the default put in for too small; and
    whether it is too small to measure and has no size.
    """

    counted: Floats
    too_small: Bools


@frozen(eq=False)
class Chain:
    """Recomputed values, one element per timepoint of `Data.timepoints`.

    Before baseline, and at a visit without any lesion row, nothing is computed (NaN, MISSING,
    False).

    Attributes
    ----------
    sum, baseline, nadir, percent_from_baseline, percent_from_nadir : ndarray of float
        As `target_response` gives them; the sum is of what was measured.
    n_missing, n_targets : ndarray of int
        Targets not measured; targets of the track.
    target, non_target, overall : ndarray of int8
        Codes of `Response`.
    new_lesion : ndarray of bool
        An unequivocal new lesion is there.
    reason : ndarray of int32
        `Reason` bits.
    progression_day : ndarray of float
        Day of the scan that shows a progression: new lesions are dated to their first sighting.
    order : ndarray of int
        Place in the arrays: that of the timepoint, one more in a track of new lesions alone, which
        has no baseline.
    """

    sum: Floats
    baseline: Floats
    nadir: Floats
    percent_from_baseline: Floats
    percent_from_nadir: Floats
    n_missing: Ints
    n_targets: Ints
    target: Codes
    non_target: Codes
    overall: Codes
    new_lesion: Bools
    reason: npt.NDArray[np.int32]
    progression_day: Floats
    order: Ints
    _points: Timepoints
    _visit_names: Words
    _criteria: SizeCriteria | AttenuationCriteria
    _judged: list[Judgement]
    _group: Ints
    _unit: Ints

    def explain(self, points: Ints, *, target: bool = False) -> list[str]:
        """The library's sentence on the overall (or the target) response at some timepoints, visits
        named.

        Parameters
        ----------
        points : ndarray of int
            Timepoints at or after baseline.
        target : bool
            The sentence on the target response alone.
        """
        times, names = self._points, self._visit_names
        track, order = times.track[points], self.order[points]
        said = np.empty(len(points), dtype=object)
        for number, judged in enumerate(self._judged):
            mine = np.flatnonzero(self._group[track] == number)
            place = self._unit[track[mine]], order[mine]
            said[mine] = explanations(judged, self._criteria, place, of_target=target)
        before_all = (order - times.order[points]).tolist()

        def named(text: str, first: int, lead: int) -> str:
            def name(found: re.Match[str]) -> str:
                place = int(found[1]) - lead
                return f"visit {names[first + place] if place >= 0 else 'before all'}"

            return _TIMEPOINT.sub(name, text)

        first = (points - times.order[points]).tolist()
        return [*map(named, said.tolist(), first, before_all)]


def size_criteria(criteria: Criteria) -> SizeCriteria:
    """The criteria that sizes are read by: those of the run, or RECIST 1.1 where they are not of
    size.
    """
    return criteria if isinstance(criteria, SizeCriteria) else RECIST_1_1


def sizes_of(
    lesions: CrfTable, criteria: Criteria, place: Callable[[], tuple[Ints, Ints]]
) -> Sizes:
    """The sizes of a study under its criteria; ``place`` gives lesion and place in time of each
    row.
    """
    used = criteria if isinstance(criteria, AttenuationCriteria) else size_criteria(criteria)
    size, small = sizes_used(lesions, used, place)
    small = small & np.isnan(size)
    default = getattr(used, "too_small", None)
    return Sizes(size if default is None else np.where(small, default, size), small)


def lesion_criteria(criteria: Criteria) -> SizeCriteria | AttenuationCriteria:
    """The criteria of the run, if they judge lesions; else the check is skipped."""
    if not isinstance(criteria, (SizeCriteria, AttenuationCriteria)):
        raise Skip(f"responses under {criteria.title} are not recomputed from lesions")
    return criteria


@frozen(eq=False)
class LesionRows:
    """The rows of the lesions table in their places.

    Attributes
    ----------
    table : CrfTable
    track, lesion, timepoint : ndarray of int, shape (row,)
        ``lesion``: a number for each lesion of each track.
    day : ndarray of float, shape (row,)
    subjects : ndarray of str, shape (track,)
        Whose track it is.
    """

    table: CrfTable
    track: Ints
    lesion: Ints
    timepoint: Ints
    day: Floats
    subjects: Words

    @property
    def n_tracks(self) -> int:
        """Number of tracks, those without any lesion too."""
        return len(self.subjects)


@frozen(eq=False)
class _Group:
    """Tracks of like courses with their lesions in arrays."""

    tracks: Ints
    parts: Parts
    visits: Visits


def recompute(
    rows: LesionRows, points: Timepoints, visit_names: Words, criteria: Criteria, places: int
) -> Chain:
    """The chain of a study under its criteria; ``visit_names`` of the timepoints are for sentences,
    and one array may have so many ``places`` of lesion and visit.

    Raises
    ------
    Skip
        For criteria that do not judge lesions, and for a subject whose lesions and visits are more
        than an array may hold.
    """
    judges = lesion_criteria(criteria)
    each = _like_courses(rows, points, judges, places)
    groups = [_placed(rows, points, judges, tracks) for tracks in each]
    # what holds of a study without any day is no matter of the group
    dated = any(has_days(g.parts, g.visits) for g in groups)
    group_of, unit_of = (np.full(rows.n_tracks, -1) for _ in range(2))
    judged: list[Judgement] = []
    out = _nothing_computed(len(points))
    order = points.index
    for number, group in enumerate(groups):
        group_of[group.tracks], unit_of[group.tracks] = number, np.arange(len(group.tracks))
        judged.append(judge(group.parts, attrs.evolve(group.visits, dated=dated), judges))
        here = (group_of[points.track] == number) & (order >= 0)
        place = unit_of[points.track[here]], order[here]
        for name in _OF_TARGETS:
            out[name][here] = getattr(judged[-1].target, name)[place]
        out["target"][here] = judged[-1].target.response[place]
        for name in _OF_ALL:
            out[name][here] = getattr(judged[-1], name)[place]
        out["n_targets"][here] = _target_counts(group.parts)[place[0]]
    return Chain(
        **out,
        order=order,
        points=points,
        visit_names=visit_names,
        criteria=judges,
        judged=judged,
        group=group_of,
        unit=unit_of,
    )


_OF_TARGETS = (
    "sum",
    "baseline",
    "nadir",
    "percent_from_baseline",
    "percent_from_nadir",
    "n_missing",
)
"""What the chain takes from the response of the targets."""
_OF_ALL = ("non_target", "overall", "new_lesion", "reason", "progression_day")
"""What it takes from the judgement of all lesions."""


def _nothing_computed(count: int) -> dict[str, Any]:
    """The columns of a chain in which nothing is computed."""
    numbers = (*_OF_TARGETS[:-1], "progression_day")
    out: dict[str, Any] = {name: np.full(count, np.nan) for name in numbers}
    out |= {name: np.zeros(count, np.int64) for name in ("n_missing", "n_targets")}
    out |= {name: np.zeros(count, np.int8) for name in ("target", "non_target", "overall")}
    return out | {"new_lesion": np.zeros(count, np.bool_), "reason": np.zeros(count, np.int32)}


def _like_courses(
    rows: LesionRows,
    points: Timepoints,
    criteria: SizeCriteria | AttenuationCriteria,
    places: int,
) -> list[Ints]:
    """The tracks in groups of like courses; all of them where one array wastes little."""
    owner = np.zeros(int(rows.lesion.max(initial=-1)) + 1, dtype=np.int64)
    owner[rows.lesion] = rows.track
    lesions = np.bincount(owner, minlength=rows.n_tracks)[:, None]
    visits = np.diff(points.start)[:, None]
    kind = np.zeros(rows.n_tracks, dtype=np.int64)
    if not sizes_hang_together(rows.table, criteria):
        kind = kinds_of_courses(visits, lesions)
    groups = members(kind)
    try:
        for own in groups:
            refuse_sparse(places, rows.table.n_rows, rows.subjects[own], visits[own], lesions[own])
    except InputError as error:
        raise Skip(str(error)) from None
    return groups


def _placed(
    rows: LesionRows,
    points: Timepoints,
    criteria: SizeCriteria | AttenuationCriteria,
    tracks: Ints,
) -> _Group:
    """The lesions of some tracks in arrays (track, lesion, timepoint)."""
    unit = np.full(rows.n_tracks, -1)
    unit[tracks] = np.arange(len(tracks))
    use = np.flatnonzero(unit[rows.track] >= 0)
    table = rows.table if len(use) == rows.table.n_rows else rows.table.take(use)
    visits = points.visits(tracks, rows.timepoint[use], rows.day[use])
    given = JudgedRows(None, unit[rows.track[use]], len(tracks), visits)
    return _Group(tracks, parts_of(table, criteria, given, by="subject")[0], visits)


def _target_counts(parts: Parts) -> Ints:
    """The number of targets of each track."""
    targets = parts.targets
    measured = (~np.isnan(targets.sizes) | targets.too_small).any(axis=-1)
    return np.asarray(np.count_nonzero(measured | targets.unmeasured, axis=1))
