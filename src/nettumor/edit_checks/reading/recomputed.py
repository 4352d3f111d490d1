"""The responses recomputed from the lesions, timepoint by timepoint, by the code of
`nettumor.assess`.

The lesions go through the same functions as there (sizes, targets, non-target and new lesions,
overall response under the criteria of the run, iRECIST and Choi too); only the timepoints are those
of the checks, which also know visits with a response and no lesion. Tracks go in groups of like
length where they differ much, so that one subject with many visits does not cost memory for all.
Under criteria that are not of lesions nothing can be recomputed, and the checks that ask are
skipped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.assessment.judgement import Judgement, judge
from nettumor.assessment.lesion_arrays import sizes_used
from nettumor.assessment.parts import parts_of
from nettumor.assessment.result import explanations
from nettumor.assessment.slots import JudgedRows
from nettumor.crf.lesion_cells import MEASURES
from nettumor.criteria import RECIST_1_1, AttenuationCriteria, SizeCriteria
from nettumor.edit_checks.engine.register import Skip

if TYPE_CHECKING:
    from nettumor.edit_checks.reading.data import Data

MEASURED = "|".join(MEASURES)
"""The columns of sizes, of which a check of what is recomputed from sizes needs one."""

Ints = npt.NDArray[np.int64]
_TIMEPOINT = re.compile(r"timepoint (\d+)")
_SPARE = (
    4  # one array for all tracks as long as it holds at most so many times the timepoints there are
)


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
    _data: Data
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
        times, names = self._data.timepoints, self._data.visit_names
        track, order = times.track[points], self.order[points]
        said = np.empty(len(points), dtype=object)
        for number, judged in enumerate(self._judged):
            mine = np.flatnonzero(self._group[track] == number)
            place = self._unit[track[mine]], order[mine]
            criteria = self._data.criteria
            said[mine] = explanations(judged, criteria, place, of_target=target)
        before_all = (order - times.order[points]).tolist()

        def named(text: str, first: int, lead: int) -> str:
            def name(found: re.Match[str]) -> str:
                place = int(found[1]) - lead
                return f"visit {names[first + place] if place >= 0 else 'before all'}"

            return _TIMEPOINT.sub(name, text)

        first = (points - times.order[points]).tolist()
        return [*map(named, said.tolist(), first, before_all)]


def size_criteria(data: Data) -> SizeCriteria:
    """The criteria that sizes are read by: those of the run, or RECIST 1.1 where they are not of
    size.
    """
    return data.criteria if isinstance(data.criteria, SizeCriteria) else RECIST_1_1


def sizes_of(data: Data) -> Sizes:
    """The sizes of a study under its criteria."""
    rows = data["lesions"]
    criteria = (
        data.criteria if isinstance(data.criteria, AttenuationCriteria) else size_criteria(data)
    )
    size, small = sizes_used(rows.table, criteria, lambda: (rows.lesion, rows.order))
    small = small & np.isnan(size)
    default = getattr(criteria, "too_small", None)
    return Sizes(size if default is None else np.where(small, default, size), small)


def lesion_criteria(data: Data) -> SizeCriteria | AttenuationCriteria:
    """The criteria of the run, if they judge lesions; else the check is skipped."""
    if not isinstance(data.criteria, (SizeCriteria, AttenuationCriteria)):
        raise Skip(f"responses under {data.criteria.title} are not recomputed from lesions")
    return data.criteria


def recompute(data: Data) -> Chain:
    """The chain of a study under its criteria.

    Raises
    ------
    Skip
        For criteria that do not judge lesions.
    """
    criteria, points = lesion_criteria(data), data.timepoints
    count = len(points)
    out: dict[str, Any] = {
        n: np.full(count, np.nan)
        for n in (
            "sum",
            "baseline",
            "nadir",
            "percent_from_baseline",
            "percent_from_nadir",
            "progression_day",
        )
    }
    out |= {n: np.zeros(count, np.int64) for n in ("n_missing", "n_targets")}
    out |= {n: np.zeros(count, np.int8) for n in ("target", "non_target", "overall")}
    out |= {"new_lesion": np.zeros(count, np.bool_), "reason": np.zeros(count, np.int32)}
    group_of, unit_of = np.full(data.n_tracks, -1), np.full(data.n_tracks, -1)
    order = points.index
    judged: list[Judgement] = []
    for group in groups_of(data):
        group_of[group], unit_of[group] = len(judged), np.arange(len(group))
        found, targets = _judge(data, criteria, unit_of, group)
        judged.append(found)
        here = (group_of[points.track] == len(judged) - 1) & (order >= 0)
        place = unit_of[points.track[here]], order[here]
        for name in (
            "sum",
            "baseline",
            "nadir",
            "percent_from_baseline",
            "percent_from_nadir",
            "n_missing",
        ):
            out[name][here] = getattr(found.target, name)[place]
        out["target"][here] = found.target.response[place]
        for name in ("non_target", "overall", "new_lesion", "reason", "progression_day"):
            out[name][here] = getattr(found, name)[place]
        out["n_targets"][here] = targets[place[0]]
    return Chain(**out, data=data, judged=judged, group=group_of, unit=unit_of, order=order)


def groups_of(data: Data) -> list[Ints]:
    """All tracks, or tracks in groups of like numbers of timepoints where they differ much."""
    length = np.diff(data.timepoints.start)
    if len(length) * int(length.max(initial=0)) <= _SPARE * int(length.sum()) + 1024:
        return [np.arange(len(length))]
    bits = np.ceil(np.log2(np.maximum(length, 1))).astype(np.int64)
    return [np.flatnonzero(bits == b) for b in np.unique(bits)]


def _judge(
    data: Data, criteria: SizeCriteria | AttenuationCriteria, unit_of: Ints, tracks: Ints
) -> tuple[Judgement, Ints]:
    """The judgement of a group of tracks, shape (track, timepoint), and the number of targets of
    each.
    """
    rows, points = data["lesions"], data.timepoints
    chosen = np.zeros(data.n_tracks, dtype=np.bool_)
    chosen[tracks] = True
    use = np.flatnonzero(chosen[rows.track])
    table = rows.table if len(use) == rows.n else rows.table.take(use)
    visits = points.visits(tracks, rows.timepoint[use], rows.day[use])
    given = JudgedRows(None, unit_of[rows.track[use]], len(tracks), visits)
    parts, _ = parts_of(table, criteria, given, by="subject")
    seen = (~np.isnan(parts.targets.sizes) | parts.targets.too_small).any(
        axis=-1
    ) | parts.targets.unmeasured
    return judge(parts, visits, criteria), np.count_nonzero(seen, axis=1)
