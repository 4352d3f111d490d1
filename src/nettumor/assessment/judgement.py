"""The chain on a study's arrays: target, non-target and new lesions to the response of every
timepoint.

Each step is one public function of the chain, called on all tracks at once; ``unit`` is what is
judged: a track (subject and evaluator), or one target lesion of it. Arrays of lesions come in;
codes, numbers and reasons of shape (unit, timepoint) come out.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.assessment.choi_targets import choi_targets
from nettumor.assessment.lesion_arrays import NewLesions, Targets
from nettumor.assessment.visits import Visits, tracks_of
from nettumor.criteria import AttenuationCriteria, SizeCriteria
from nettumor.morphology import TargetResponse, target_response
from nettumor.terminology import Reason, Response
from nettumor.timepoint import (
    further_increase,
    irecist_response,
    non_target_response,
    overall_response,
)


@frozen(eq=False)
class Judgement:
    """Responses of all units at all timepoints, each of shape (unit, timepoint) unless said
    otherwise.

    Attributes
    ----------
    owner : ndarray of int, shape (unit,)
        The track.
    lesion : ndarray of int, shape (unit,)
        The lesion's code in the table, where lesions are judged; else -1.
    target : TargetResponse
    non_target, overall : ndarray of int8
    new_lesion : ndarray of bool
    reason : ndarray of int32
    progression_day : ndarray of float
        Day of the scan that shows a progression at the timepoint.
    """

    owner: npt.NDArray[np.int64]
    lesion: npt.NDArray[np.int64]
    target: TargetResponse
    non_target: Codes
    new_lesion: Bools
    overall: Codes
    reason: npt.NDArray[np.int32]
    progression_day: Floats


@frozen(eq=False)
class Parts:
    """What is judged: arrays of the lesions of each unit, and the days of the scans that
    show them.
    """

    owner: npt.NDArray[np.int64]
    lesion: npt.NDArray[np.int64]
    targets: Targets
    non_target: Codes
    non_target_larger: Bools
    new: NewLesions
    target_day: Floats
    non_target_day: Floats


def judge(parts: Parts, visits: Visits, criteria: SizeCriteria | AttenuationCriteria) -> Judgement:
    """Every timepoint of every unit."""
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # sizes of 1e308 are for the edit checks, not for warnings
        return _judge(parts, visits, criteria)


def _judge(parts: Parts, visits: Visits, criteria: SizeCriteria | AttenuationCriteria) -> Judgement:
    target = _target(parts.targets, criteria)
    exists = tracks_of(visits.exists, parts.owner)
    non_target = np.zeros_like(exists, dtype=np.int8)
    if parts.non_target.shape[1]:
        non_target[:] = non_target_response(parts.non_target)
    new = parts.new.present & exists
    new[:, 0] = False
    overall = _overall(target, non_target, new, parts, criteria)
    overall[:, 0] = Response.MISSING
    response, codes = target.response, non_target
    response[~exists], codes[~exists], overall[~exists] = 0, 0, 0
    reason = target.reason
    decided = overall == Response.PD
    reason[~exists] = 0
    reason |= (codes == Response.PD) * np.int32(Reason.NON_TARGET)
    reason |= new * np.int32(Reason.NEW_LESION)
    if getattr(criteria, "immune", False):
        reason |= decided * np.int32(Reason.FURTHER_INCREASE)
    day = tracks_of(visits.day, parts.owner)
    several = visits.several_dates or new.any()
    day = _progression_day(parts, day, response, codes, new) if several else day.copy(order="K")
    return Judgement(parts.owner, parts.lesion, target, codes, new, overall, reason, day)


def _target(lesions: Targets, criteria: SizeCriteria | AttenuationCriteria) -> TargetResponse:
    """Response of the target lesions."""
    if isinstance(criteria, AttenuationCriteria):
        found: TargetResponse = choi_targets(lesions, criteria)
    else:
        found = target_response(
            lesions.sizes,
            nodal=lesions.nodal,
            too_small=lesions.too_small,
            criteria=criteria,
            invalid="NE",
            check_units=False,
        )
        if criteria.pd_scope == "any lesion" and lesions.merged.any():
            found = _without_merged(lesions, criteria, found)
    lost = lesions.unmeasured.sum(axis=-1)
    if not lost.any():
        return found
    # A target that was never measured: there is no complete baseline, hence no response (hard case
    # 18).
    hit = lost > 0
    response, reason = found.response, found.reason
    response[hit], response[:, 0] = Response.NE, Response.MISSING
    reason[hit] = Reason.NOT_MEASURED | Reason.BASELINE
    nothing = np.where(hit[:, None], np.nan, 0.0)
    return attrs.evolve(
        found,
        response=response,
        reason=reason,
        n_missing=found.n_missing + lost[:, None],
        baseline=found.baseline + nothing,
        nadir=found.nadir + nothing,
        percent_from_baseline=found.percent_from_baseline + nothing,
        percent_from_nadir=found.percent_from_nadir + nothing,
    )


def _without_merged(
    lesions: Targets, criteria: SizeCriteria, found: TargetResponse
) -> TargetResponse:
    """The response where lesions that merged are left out of "any lesion", from their merge on."""
    rows = np.flatnonzero(lesions.merged.any(axis=(1, 2)))
    sizes = lesions.sizes[rows]
    by_sum = target_response(
        sizes,
        nodal=lesions.nodal[rows],
        too_small=lesions.too_small[rows],
        criteria=attrs.evolve(criteria, pd_scope="sum"),
        invalid="NE",
        check_units=False,
    )
    others = np.where(lesions.merged[rows], np.nan, sizes)
    alone = target_response(
        others,
        nodal=lesions.nodal[rows],
        too_small=lesions.too_small[rows],
        criteria=criteria,
        invalid="NE",
        check_units=False,
    )
    sound = (by_sum.response != Response.CR) & ((by_sum.reason & Reason.INVALID) == 0)
    single = ((alone.reason & Reason.ANY_LESION) != 0) & sound
    response, reason = found.response, found.reason
    response[rows] = np.where(single, np.int8(Response.PD), by_sum.response)
    kept = np.where(by_sum.response == Response.PD, by_sum.reason, Reason(0))
    partial = np.where(by_sum.n_missing > 0, Reason.PARTIAL_SUM, Reason(0))
    reason[rows] = np.where(single, kept | partial | Reason.ANY_LESION, by_sum.reason)
    return found


def _overall(
    target: TargetResponse,
    non_target: Codes,
    new: Bools,
    parts: Parts,
    criteria: SizeCriteria | AttenuationCriteria,
) -> Codes:
    if isinstance(criteria, AttenuationCriteria) or not criteria.immune:
        return np.array(overall_response(target.response, non_target, new, criteria=criteria))
    sums = np.where(target.n_missing == 0, target.sum, np.nan)
    grown = further_increase(
        target.response,
        non_target,
        new,
        sums=sums,
        non_target_increase=parts.non_target_larger,
        new_lesion_sums=parts.new.sums,
        new_non_target_increase=parts.new.larger,
        new_lesion_count=parts.new.count,
        criteria=criteria,
    )
    return np.array(irecist_response(target.response, non_target, new, grown))


def _progression_day(
    parts: Parts, day: Floats, target: Codes, non_target: Codes, new: Bools
) -> Floats:
    """The earliest scan that shows a progression at each timepoint; the timepoint's day where that
    is not known.

    The sum is that of the last target scan of the visit; non-target progression and new lesions
    show on their own scans, a new lesion on the one where it was first seen (hard cases 15 and 21).
    """
    found = np.full(day.shape, np.nan)
    for where, scan in (
        (target == Response.PD, parts.target_day),
        (non_target == Response.PD, parts.non_target_day),
        (new, parts.new.first_day),
    ):
        at = np.nonzero(where)  # few
        found[at] = np.fmin(found[at], np.where(np.isnan(scan[at]), day[at], scan[at]))
    return np.where(np.isnan(found), day, found)
