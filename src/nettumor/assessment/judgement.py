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

from nettumor._arrays import Bools, Codes, Floats, more_than
from nettumor._possible_days import can_increase, uncertain
from nettumor.assessment.choi_targets import choi_targets
from nettumor.assessment.lesion_arrays import Targets
from nettumor.assessment.new_lesions import NewLesions
from nettumor.criteria import AttenuationCriteria, BestResponseRule, SizeCriteria
from nettumor.endpoints._censoring import progression_place
from nettumor.morphology import TargetResponse, target_response
from nettumor.study.tracks import tracks_of
from nettumor.study.visits import Visits
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
        Day of the scan that shows a progression at the timepoint; of a new lesion that was equivocal
        first, its first sighting.
    proof_day : ndarray of float
        Day of the scan that proves the progression: of such a lesion, the one on which it was
        unequivocal.
    immune : bool
        The criteria are iRECIST's: PD is a confirmed progression.
    remarks : tuple of (str, ndarray of bool)
        What the sentence behind a timepoint says beside its parts, and where.
    markers_alone : ndarray of bool, or None
        Where nothing but a marker speaks against a CR.
    """

    owner: npt.NDArray[np.int64]
    lesion: npt.NDArray[np.int64]
    target: TargetResponse
    non_target: Codes
    new_lesion: Bools
    overall: Codes
    reason: npt.NDArray[np.int32]
    progression_day: Floats
    proof_day: Floats
    immune: bool = False
    remarks: tuple[tuple[str, Bools], ...] = ()
    markers_alone: Bools | None = None

    def of(self, unit: int) -> tuple[Judgement, int]:
        """The judgement that a unit stands in, and its place there."""
        return self, unit


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
    non_target_bare: Bools
    new: NewLesions
    target_day: Floats
    non_target_day: Floats
    with_strays: Bools
    """Units with targets that were not there at baseline."""


def judge(
    parts: Parts,
    visits: Visits,
    criteria: SizeCriteria | AttenuationCriteria,
    rule: BestResponseRule | None = None,
    refused: Bools | None = None,
) -> Judgement:
    """Every timepoint of every unit; ``rule`` says what confirms a response that is carried on (None:
    that of the criteria), ``refused`` which tracks have a baseline that is too late to count.
    """
    if refused is None:
        refused = np.zeros(len(visits.exists), dtype=np.bool_)
    if rule is not None and isinstance(criteria, SizeCriteria) and criteria.best_response != rule:
        criteria = attrs.evolve(criteria, best_response=rule)
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # sizes of 1e308 are for the edit checks, not for warnings
        return _judge(parts, visits, criteria, refused)


def _judge(
    parts: Parts,
    visits: Visits,
    criteria: SizeCriteria | AttenuationCriteria,
    refused: Bools,
) -> Judgement:
    exists = tracks_of(visits.exists, parts.owner)
    possible = possible_days(
        tracks_of(visits.day_first, parts.owner), tracks_of(visits.day_latest, parts.owner)
    )
    dated = visits.dated if visits.dated is not None else has_days(parts, visits)
    days = possible if dated else (None, None)  # a study without any day has no weeks
    target = _target(parts.targets, criteria, *days)
    no_baseline = refused[parts.owner]
    if no_baseline.any():
        target = _not_evaluable(target, no_baseline & _has_targets(target))
    non_target = np.zeros_like(exists, dtype=np.int8)
    if parts.non_target.shape[1]:
        non_target[:] = non_target_response(parts.non_target)
    if no_baseline.any():
        non_target[no_baseline[:, None] & (non_target > Response.PD)] = Response.NE
    new = parts.new.present & exists
    new[:, 0] = False
    overall = _overall(target, non_target, new, parts, criteria, days)
    if isinstance(criteria, SizeCriteria) and criteria.reappearance == "PD":
        by_limits = _target(parts.targets, attrs.evolve(criteria, reappearance="5 mm"), *days)
        if no_baseline.any():
            by_limits = _not_evaluable(by_limits, no_baseline & _has_targets(by_limits))
        before = _overall(by_limits, non_target, new, parts, criteria, days)
        target = _after_overall_cr(target, by_limits, before == Response.CR)
        overall = _overall(target, non_target, new, parts, criteria, days)
    overall[:, 0] = Response.MISSING
    response, codes = target.response, non_target
    response[~exists], codes[~exists], overall[~exists] = 0, 0, 0
    reason = target.reason
    decided = overall == Response.PD
    reason[~exists] = 0
    reason[codes == Response.PD] |= np.int32(Reason.NON_TARGET)
    reason[new] |= np.int32(Reason.NEW_LESION)
    if getattr(criteria, "immune", False):
        reason |= decided * np.int32(Reason.FURTHER_INCREASE)
    day = tracks_of(visits.day, parts.owner)
    several = visits.several_dates or new.any()
    immune = bool(getattr(criteria, "immune", False))
    # Under iRECIST a lesion is new once: what progresses later is dated at its own visit.
    shown_new = (
        (new & parts.new.first_seen, parts.new.fresh_day) if immune else (new, parts.new.first_day)
    )
    scan = _progression_day(parts, day, response, codes, shown_new) if several else day
    proof, proof_new = scan, parts.new.proof_day
    if several and not immune and not np.array_equal(proof_new, shown_new[1], equal_nan=True):
        proof = _progression_day(parts, day, response, codes, (new, proof_new))
    remarks = _remarks(parts, overall, possible[1], immune=immune)
    return Judgement(
        parts.owner, parts.lesion, target, codes, new, overall, reason, scan, proof, immune, remarks
    )


def _after_overall_cr(back: TargetResponse, by_limits: TargetResponse, cr: Bools) -> TargetResponse:
    """A target that is back is PD after an overall CR; before one the limits decide (EORTC RECIST
    FAQ, does a new lesion always result in PD).
    """
    after = np.zeros(cr.shape, dtype=np.bool_)
    after[:, 1:] = np.logical_or.accumulate(cr, axis=1)[:, :-1]
    return attrs.evolve(
        back,
        response=np.where(after, back.response, by_limits.response),
        reason=np.where(after, back.reason, by_limits.reason),
    )


def _has_targets(target: TargetResponse) -> Bools:
    """Units with target lesions, whatever the number of their visits."""
    return np.asarray(~np.isnan(target.sum[:, 0]) | (target.n_missing[:, 0] > 0))


def has_days(parts: Parts, visits: Visits) -> bool:
    """Whether some timepoint after a baseline has a day."""
    first, latest = (tracks_of(d, parts.owner) for d in (visits.day_first, visits.day_latest))
    return bool((~np.isnan(possible_days(first, latest)[0][:, 1:])).any())


def possible_days(first: Floats, latest: Floats) -> tuple[Floats, Floats]:
    """First and last possible day of each timepoint; not known where days cannot increase, or
    repeat one before.
    """
    if first is latest and (first[:, 1:] > first[:, :-1]).all():
        return first, latest
    earlier = np.fmax.accumulate(first, axis=1)[:, :-1]
    again = np.zeros(first.shape, dtype=np.bool_)
    again[:, 1:] = (first[:, 1:] == latest[:, 1:]) & (first[:, 1:] <= earlier)
    first, latest = np.where(again, np.nan, first), np.where(again, np.nan, latest)
    odd = ~can_increase(first, latest)[:, None] & uncertain(first, latest)
    return np.where(odd, np.nan, first), np.where(odd, np.nan, latest)


def _target(
    lesions: Targets,
    criteria: SizeCriteria | AttenuationCriteria,
    days: Floats | None,
    days_latest: Floats | None,
) -> TargetResponse:
    """Response of the target lesions; of a study without any day two visits in succession confirm
    each other.
    """
    if isinstance(criteria, AttenuationCriteria):
        found: TargetResponse = choi_targets(lesions, criteria)
    else:
        found = target_response(
            lesions.sizes,
            nodal=lesions.nodal,
            too_small=lesions.too_small,
            days=days,
            days_latest=days_latest,
            criteria=criteria,
            invalid="NE",
            check_units=False,
        )
        each = criteria.pd_scope == "any lesion" or criteria.reappearance == "any lesion"
        if each and lesions.merged.any():
            found = _without_merged(lesions, criteria, found)
        if lesions.of_parts is not None:
            found = _with_parts(found, lesions.of_parts.sum(axis=1), criteria)
    if lesions.more.any():
        found = attrs.evolve(found, n_missing=found.n_missing + lesions.more[:, None])
    lost = lesions.unmeasured.sum(axis=-1) + lesions.never
    if not lost.any():
        return found
    # A target that was never measured: there is no complete baseline, hence no response.
    missing = attrs.evolve(found, n_missing=found.n_missing + lost[:, None])
    return _not_evaluable(missing, lost > 0)


def _with_parts(found: TargetResponse, of_parts: Floats, criteria: SizeCriteria) -> TargetResponse:
    """What was measured of a split lesion counts for the sum of what was measured, and may prove PD;
    nothing else, for the lesion is not complete (RECIST 1.1, 4.4.2).
    """
    some = of_parts > 0
    total = np.where(some, np.fmax(found.sum, 0.0), 0.0) + of_parts
    total = np.where(some, np.where(np.isnan(total), of_parts, total), found.sum)
    start = found.nadir if criteria.pd.reference == "nadir" else found.baseline
    percent = criteria.pd.percent_met(start, total)
    absolute = criteria.pd.absolute_met(start, total)
    met = percent | absolute if criteria.absolute_combines == "or" else percent & absolute
    progressed = some & met & (total > start) & (found.response == Response.NE)
    progressed &= (found.reason & Reason.INVALID) == 0
    reason = np.where(progressed, Reason.INCREASE | Reason.PARTIAL_SUM, found.reason)
    return attrs.evolve(
        found,
        sum=total,
        response=np.where(progressed, np.int8(Response.PD), found.response),
        reason=reason.astype(np.int32),
    )


def _not_evaluable(found: TargetResponse, hit: Bools) -> TargetResponse:
    """The response of units without a baseline that counts: NE at every visit."""
    response, reason = found.response, found.reason
    response[hit], response[:, 0] = Response.NE, Response.MISSING
    reason[hit] = Reason.NOT_MEASURED | Reason.BASELINE
    nothing = np.where(hit[:, None], np.nan, 0.0)
    return attrs.evolve(
        found,
        response=response,
        reason=reason,
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
        criteria=attrs.evolve(
            criteria,
            pd_scope="sum",
            reappearance="5 mm" if criteria.reappearance == "any lesion" else criteria.reappearance,
        ),
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
    by_one = Reason.ANY_LESION
    if criteria.reappearance == "any lesion":
        by_one |= Reason.REAPPEARED
    single = ((alone.reason & by_one) != 0) & sound
    response, reason = found.response, found.reason
    response[rows] = np.where(single, np.int8(Response.PD), by_sum.response)
    kept = np.where(by_sum.response == Response.PD, by_sum.reason, Reason(0))
    partial = np.where(by_sum.n_missing > 0, Reason.PARTIAL_SUM, Reason(0))
    reason[rows] = np.where(single, kept | partial | (alone.reason & by_one), by_sum.reason)
    return found


def _overall(
    target: TargetResponse,
    non_target: Codes,
    new: Bools,
    parts: Parts,
    criteria: SizeCriteria | AttenuationCriteria,
    days: tuple[Floats, Floats] | tuple[None, None],
) -> Codes:
    if isinstance(criteria, AttenuationCriteria) or not criteria.immune:
        return np.array(overall_response(target.response, non_target, new, criteria=criteria))
    sums = np.where(target.n_missing == 0, target.sum, np.nan)
    lesions = parts.new
    first_seen, lasting = lesions.first_seen.copy(), lesions.lasting
    first_seen[:, 0] = False
    course = (target.response, non_target, first_seen)
    again = lesions.progressing | _grown_again(lesions.sums, criteria)
    grown = further_increase(
        *course,
        sums=sums,
        non_target_increase=parts.non_target_larger,
        new_lesion_sums=lesions.sums,
        new_non_target_increase=lesions.larger,
        new_lesion_count=lesions.count,
        new_non_target_sizes=lesions.singles,
        lasting_new_lesion=lasting,
        new_lesion_progression=again,
        criteria=criteria,
    )
    dated = days[0] is not None
    return np.array(
        irecist_response(
            *course,
            grown,
            days=days[0],
            days_latest=days[1],
            confirmation_from_days=criteria.confirmation_from_days if dated else None,
            symptomatic=lesions.symptomatic & criteria.symptomatic_new_lesion,
            lasting_new_lesion=lasting,
            new_lesion_progression=again,
        )
    )


EIGHT_WEEKS = 56.0
"""Days after which a confirmation is later than the source asks for (Seymour et al. 2017)."""


def _remarks(
    parts: Parts, overall: Codes, days: Floats, *, immune: bool
) -> tuple[tuple[str, Bools], ...]:
    """What is worth saying of a timepoint beside its parts."""
    said: list[tuple[str, Bools]] = []
    if parts.new.wordless.any():
        said.append(("a new lesion is recorded without size or state", parts.new.wordless))
    if parts.with_strays.any():
        left_out = np.repeat(parts.with_strays[:, None], overall.shape[1], axis=1)
        said.append(("a target that was not there at baseline is left out of the sum", left_out))
    if not immune:
        return tuple(said)
    pd = np.asarray(overall == Response.PD)
    first = np.where(pd.any(axis=1), pd.argmax(axis=1), -1)
    place = progression_place(overall, pd)
    unit = np.arange(len(overall))
    gap = days[unit, np.maximum(first, 0)] - days[unit, np.maximum(place, 0)]
    late = np.zeros(overall.shape, dtype=np.bool_)
    late[unit, np.maximum(first, 0)] = (first >= 0) & more_than(gap, EIGHT_WEEKS)
    if late.any():
        said.append(("confirmed later than 8 weeks after the first iUPD", late))
    bare = np.asarray(parts.non_target_bare & pd)
    if bare.any():
        said.append(("INCREASED alone counts as a further increase", bare))
    return tuple(said)


def _grown_again(sums: Floats, criteria: SizeCriteria) -> Bools:
    """Whether the new lesions progress by RECIST's own limits, from their smallest sum so far."""
    smallest = np.full(sums.shape, np.nan)
    smallest[:, 1:] = np.fmin.accumulate(sums, axis=1)[:, :-1]
    met = criteria.pd.percent_met(smallest, sums) & criteria.pd.absolute_met(smallest, sums)
    return np.asarray(met & (sums > smallest))


def _progression_day(
    parts: Parts, day: Floats, target: Codes, non_target: Codes, new: tuple[Bools, Floats]
) -> Floats:
    """The earliest scan that shows a progression at each timepoint; the timepoint's day where that
    is not known.

    The sum is that of the last target scan of the visit; non-target progression and new lesions
    show on their own scans, a new lesion on the one where it was first seen.
    """
    found = np.full(day.shape, np.nan)
    for where, scan in (
        (target == Response.PD, parts.target_day),
        (non_target == Response.PD, parts.non_target_day),
        new,
    ):
        at = np.nonzero(where)  # few
        found[at] = np.fmin(found[at], np.where(np.isnan(scan[at]), day[at], scan[at]))
    return np.where(np.isnan(found), day, found)
