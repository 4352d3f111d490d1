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
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Bools, Floats
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
from nettumor.edit_checks.reading.made_once import Pieces, made_once
from nettumor.errors import InputError
from nettumor.rows import smallest
from nettumor.study.like_courses import kinds_of_courses, members
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
class _Judged:
    """Tracks of like courses, judged; and for each of their timepoints its place in the study, its
    track and its place in the track's course.
    """

    judged: Judgement
    n_targets: Ints
    point: Ints
    unit: Ints
    order: Ints


@frozen(eq=False)
class _Column:
    """A column of a chain: a field of what was judged, and what stands where nothing was.

    It is taken out of the arrays of the groups when it is asked for, and kept until the next group of
    checks.
    """

    name: str
    nothing: float
    kind: type[np.generic]
    of_target: bool = False

    def __get__(self, chain: Chain, owner: type[Chain]) -> npt.NDArray[Any]:
        return _taken(chain, self)


@made_once
def _taken(chain: Chain, column: _Column) -> npt.NDArray[Any]:
    out = np.full(len(chain.order), column.nothing, dtype=column.kind)
    for group in chain.groups:
        judged = group.judged.target if column.of_target else group.judged
        out[group.point] = getattr(judged, column.name)[group.unit, group.order]
    return out


def _of_targets(name: str, nothing: float = np.nan, kind: type[np.generic] = np.float64) -> _Column:
    return _Column(name, nothing, kind, of_target=True)


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
    groups : list
        The tracks in groups of like courses, judged.
    pieces : Pieces
        Those of the study: the columns that were asked for.
    """

    order: Ints
    groups: list[_Judged]
    _points: Timepoints
    _visit_names: Words
    _criteria: SizeCriteria | AttenuationCriteria
    _group: Ints
    _unit: Ints
    pieces: Pieces = field(repr=False)

    sum = _of_targets("sum")
    baseline = _of_targets("baseline")
    nadir = _of_targets("nadir")
    percent_from_baseline = _of_targets("percent_from_baseline")
    percent_from_nadir = _of_targets("percent_from_nadir")
    n_missing = _of_targets("n_missing", 0, np.int64)
    target = _of_targets("response", 0, np.int8)
    non_target = _Column("non_target", 0, np.int8)
    overall = _Column("overall", 0, np.int8)
    new_lesion = _Column("new_lesion", False, np.bool_)
    reason = _Column("reason", 0, np.int32)
    progression_day = _Column("progression_day", np.nan, np.float64)

    @property
    @made_once
    def n_targets(self) -> Ints:
        """The number of targets of the track."""
        out = np.zeros(len(self.order), dtype=np.int64)
        for group in self.groups:
            out[group.point] = group.n_targets[group.unit]
        return out

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
        for number, group in enumerate(self.groups):
            mine = np.flatnonzero(self._group[track] == number)
            place = self._unit[track[mine]], order[mine]
            said[mine] = explanations(group.judged, self._criteria, place, of_target=target)
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


def sizes_of(lesions: CrfTable, criteria: Criteria, track: Ints, order: Ints) -> Sizes:
    """The sizes of a study under its criteria, from the track and the place in time of each row."""
    used = criteria if isinstance(criteria, AttenuationCriteria) else size_criteria(criteria)
    size, small = sizes_used(lesions, used, track, order)
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
    rows: LesionRows,
    points: Timepoints,
    visit_names: Words,
    criteria: Criteria,
    places: int,
    pieces: Pieces,
) -> Chain:
    """The chain of a study under its criteria; ``visit_names`` of the timepoints are for sentences,
    one array may have so many ``places`` of lesion and visit, and ``pieces`` keep its columns.

    Raises
    ------
    Skip
        For criteria that do not judge lesions, and for a subject whose lesions and visits are more
        than an array may hold.
    """
    judges = lesion_criteria(criteria)
    each = _like_courses(rows, points, judges)
    try:
        groups = [_placed(rows, points, judges, tracks, places) for tracks in each]
    except InputError as error:
        raise Skip(str(error)) from None
    # what holds of a study without any day is no matter of the group
    dated = any(has_days(g.parts, g.visits) for g in groups)
    group_of, unit_of = (np.full(rows.n_tracks, -1) for _ in range(2))
    whole, judged = smallest(len(points)), list[_Judged]()
    for number, group in enumerate(groups):
        group_of[group.tracks], unit_of[group.tracks] = number, np.arange(len(group.tracks))
        here = np.flatnonzero((group_of[points.track] == number) & (points.index >= 0))
        place = (here, unit_of[points.track[here]], points.index[here])
        found = judge(group.parts, attrs.evolve(group.visits, dated=dated), judges)
        judged.append(
            _Judged(found, _target_counts(group.parts), *(at.astype(whole) for at in place))
        )
    return Chain(points.index, judged, points, visit_names, judges, group_of, unit_of, pieces)


def _like_courses(
    rows: LesionRows,
    points: Timepoints,
    criteria: SizeCriteria | AttenuationCriteria,
) -> list[Ints]:
    """The tracks in groups of like courses; all of them where one array wastes little."""
    owner = np.zeros(int(rows.lesion.max(initial=-1)) + 1, dtype=np.int64)
    owner[rows.lesion] = rows.track
    lesions = np.bincount(owner, minlength=rows.n_tracks)[:, None]
    visits = np.diff(points.start)[:, None]
    kind = np.zeros(rows.n_tracks, dtype=np.int64)
    if not sizes_hang_together(rows.table, criteria):
        kind = kinds_of_courses(visits, lesions)
    return members(kind)


def _placed(
    rows: LesionRows,
    points: Timepoints,
    criteria: SizeCriteria | AttenuationCriteria,
    tracks: Ints,
    places: int,
) -> _Group:
    """The lesions of some tracks in arrays (track, lesion, timepoint)."""
    unit = np.full(rows.n_tracks, -1)
    unit[tracks] = np.arange(len(tracks))
    use = np.flatnonzero(unit[rows.track] >= 0)
    table = rows.table if len(use) == rows.table.n_rows else rows.table.take(use)
    visits = points.visits(tracks, rows.timepoint[use], rows.day[use])
    subjects = rows.subjects[tracks]
    given = JudgedRows(None, unit[rows.track[use]], len(tracks), visits, subjects, places)
    return _Group(tracks, parts_of(table, criteria, given, by="subject")[0], visits)


def _target_counts(parts: Parts) -> Ints:
    """The number of targets of each track."""
    targets = parts.targets
    measured = (~np.isnan(targets.sizes) | targets.too_small).any(axis=-1)
    laid_out = np.count_nonzero(measured | targets.unmeasured, axis=1)
    return np.asarray(laid_out + targets.more + targets.never)
