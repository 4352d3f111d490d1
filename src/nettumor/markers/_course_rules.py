"""The rules of a marker's course, on blocks of courses with the timepoint first.

Everything here has the shape (timepoint, course): a step over time is then one pass over a row of
courses. Read by `nettumor.markers.course` alone.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import MarkerCourseCriteria, Threshold
from nettumor.terminology import Reason, Response

BLOCK = 8192
"""Courses in a block: ten samples of it are 640 kB."""

PER_SAMPLE: dict[str, type[np.generic]] = {
    "response": np.int8,
    "percent_from_baseline": np.float64,
    "nadir": np.float64,
    "percent_from_nadir": np.float64,
    "reason": np.int32,
    "course": np.int8,
    "values": np.float64,
    "upper_limit": np.float64,
}
PER_COURSE: dict[str, type[np.generic]] = {
    "best": np.int8,
    "best_day": np.float64,
    "response_day": np.float64,
    "normalised_day": np.float64,
    "progression_day": np.float64,
    "confirmed": np.bool_,
}
_LEAST = float(np.finfo(np.float64).tiny)
"""Stands for the lower end of "below detection": above 0, below anything measured."""


@frozen(eq=False)
class Samples:
    """The samples of a block of courses, each of shape (timepoint, course).

    Attributes
    ----------
    value, lowest : ndarray of float
        The values; what the nadir is made of (the other end of "below detection").
    day : ndarray of float, shape (timepoint, 1) where all courses have the same days
    limit : ndarray of float
    wrong : ndarray of bool
        An impossible value or upper limit.
    below : ndarray of float, or None
        Limit of detection where the result is below it.
    has_limit : bool
        Whether any upper limit is known.
    guard : float
    """

    value: Floats
    lowest: Floats
    day: Floats
    limit: Floats
    wrong: Bools
    below: Floats | None
    has_limit: bool
    guard: float

    def at_most_limit(self, value: Floats, limit: Floats) -> Bools:
        """Whether a value is normal; False where no limit is known."""
        if not self.has_limit:
            shape = np.broadcast_shapes(value.shape, limit.shape)
            return np.zeros(shape, dtype=np.bool_)
        return _arrays.at_least(limit, value, self.guard)

    @property
    def baseline_limit(self) -> Floats:
        """The upper limit that the baseline is held against, for each sample: its own, else that
        of the sample.
        """
        if not self.has_limit:
            return self.limit[:1]
        return np.where(np.isnan(self.limit[:1]), self.limit, self.limit[:1])


def judged(
    samples: Samples, rules: MarkerCourseCriteria, least: float | None, below_detection: str
) -> dict[str, npt.NDArray[Any]]:
    """What `MarkerCourse` holds, by name."""
    with np.errstate(over="ignore", invalid="ignore"):  # values of 1e308 are no marker's
        return _judged(samples, rules, least, below_detection)


def _judged(
    samples: Samples, rules: MarkerCourseCriteria, least: float | None, below_detection: str
) -> dict[str, npt.NDArray[Any]]:
    standing = _standing_for(samples, below_detection, low=True)
    reason = _reasons(standing, rules)
    if below_detection == "interval" and samples.below is not None:
        other = _reasons(_standing_for(samples, "interval", low=False), rules)
        open_ = _levels.decide(reason) != _levels.decide(other)
        reason = np.where(open_, np.int32(Reason.NOT_MEASURED), reason)
        standing = samples  # no number stands for a range
    return _result(standing, reason, rules, least)


def _standing_for(samples: Samples, rule: str, *, low: bool) -> Samples:
    """The samples with a number for each result below detection.

    For "interval" one end of what is possible: with ``low`` the best a patient may have (baseline
    and nadir at the limit, later values at the least), else the worst.
    """
    if samples.below is None:
        return samples
    hidden = ~np.isnan(samples.below)
    if rule == "interval":
        first, rest = (samples.below, _LEAST) if low else (_LEAST, samples.below)
        is_baseline = (np.arange(len(samples.value)) == 0)[:, None]
        value = np.where(hidden, np.where(is_baseline, first, rest), samples.value)
        lowest = np.where(hidden, first, samples.value)
    else:
        share = 1.0 if rule == "limit" else 0.5
        value = lowest = np.where(hidden, share * samples.below, samples.value)
    return attrs.evolve(samples, value=value, lowest=lowest)


def _before(ufunc: np.ufunc, values: npt.NDArray[Any], empty: Any) -> npt.NDArray[Any]:
    """``ufunc`` over all timepoints before each; ``empty`` at the first."""
    out = np.empty(values.shape, dtype=values.dtype)
    out[0] = empty
    for t in range(1, len(values)):
        ufunc(out[t - 1], values[t - 1], out=out[t])
    return out


def _met(limit: Threshold | None, samples: Samples, nadir: Floats) -> Bools:
    """Where the change from the reference of the limit meets it."""
    if limit is None:
        return np.zeros(samples.value.shape, dtype=np.bool_)
    before = samples.value[:1] if limit.reference == "baseline" else nadir
    met = limit.percent_met(before, samples.value, samples.guard)
    if limit.absolute is not None:
        met &= limit.absolute_met(before, samples.value, samples.guard)
    return np.asarray(met & (before != samples.value))


def _reasons(samples: Samples, rules: MarkerCourseCriteria) -> npt.NDArray[np.int32]:
    """Why each sample has its response; nothing at a measured baseline."""
    value, limit, guard = samples.value, samples.limit, samples.guard
    baseline, first_limit = value[:1], samples.baseline_limit
    missing = np.isnan(value) | np.isnan(baseline)
    wrong = samples.wrong | samples.wrong[:1]
    sound = ~missing & ~wrong
    nadir = _before(np.fmin, samples.lowest, np.nan)
    is_normal = samples.at_most_limit(value, limit)

    # who can respond: above the limit, or what the edition asks of the baseline
    able, day_unknown = _eligible(samples, rules)
    increase = _met(rules.pd, samples, nadir)
    if rules.pd_multiple is not None:
        was_normal = _before(np.logical_or, is_normal, False)
        above = _arrays.at_least(value, rules.pd_multiple * limit, guard)
        increase = np.where(was_normal, above, increase) & ~np.isnan(limit)
    present = (baseline > 0) | ~np.isnan(first_limit)

    # each outcome where it applies; `decide` takes CR over PD over PR over MR
    over_limit = ~samples.at_most_limit(baseline, first_limit) & ~np.isnan(first_limit)
    eligible = sound & able
    rose = sound & ~able & present & ~is_normal & increase
    gone = eligible & is_normal & over_limit
    open_ = eligible & ~gone
    fallen = open_ & _met(rules.pr, samples, nadir)
    less = open_ & ~fallen & _met(rules.mr, samples, nadir)
    grown = open_ & increase
    reason = np.zeros(value.shape, dtype=np.int32)
    for bit, where in (
        (Reason.INVALID, wrong),
        (Reason.NOT_MEASURED, missing & ~wrong),
        (Reason.BASELINE, sound & ~able),
        (Reason.DAY_UNKNOWN, sound & day_unknown),
        (Reason.INCREASE, rose | grown),
        (Reason.GONE, gone),
        (Reason.DECREASE, fallen),
        (Reason.MINOR_DECREASE, less),
        (Reason.WITHIN_LIMITS, open_ & ~fallen & ~less & ~grown),
    ):
        if where.any():
            reason |= where * np.int32(bit)
    reason[0] = np.where(sound[0], 0, reason[0])
    return reason


def _eligible(samples: Samples, rules: MarkerCourseCriteria) -> tuple[Bools, Bools]:
    """Whether the baseline allows a response to each sample; and where its day is not known."""
    baseline, limit, guard = samples.value[:1], samples.baseline_limit, samples.guard
    able = baseline > 0
    if rules.baseline_multiple is not None:
        able = _arrays.at_least(baseline, rules.baseline_multiple * limit, guard)
    elif rules.eligible == "above upper limit":
        able = able & ~samples.at_most_limit(baseline, limit)
    unknown = np.zeros(able.shape, dtype=np.bool_)
    if rules.baseline_days is not None:
        day = samples.day[:1]
        unknown = able & np.isnan(day)
        able = able & _arrays.at_least(day, -rules.baseline_days) & _arrays.at_least(0.0, day)
    return able, unknown


def _kept_for(member: Bools, measured: Bools, day: Floats, least: float | None) -> Bools:
    """Which of the ``member`` samples are kept for ``least`` days: every measured sample from it to
    one at least so many days later is a member too.
    """
    if least is None:
        return member
    kept = np.zeros(member.shape, dtype=np.bool_)
    last = np.full(member.shape[1:], np.nan)  # the last day of the run that a sample stands in
    for t in reversed(range(len(member))):
        last = np.where(measured[t] & ~member[t], np.nan, last)
        last = np.where(member[t], np.fmax(last, day[t]), last)
        kept[t] = member[t] & _arrays.at_least(last - day[t], least)
    return kept


def _result(
    samples: Samples,
    reason: npt.NDArray[np.int32],
    rules: MarkerCourseCriteria,
    least: float | None,
) -> dict[str, npt.NDArray[Any]]:
    """The course of all samples from the reason of each."""
    response = _responses(reason)
    day = np.concatenate([samples.day, np.full((1, samples.day.shape[1]), np.nan)])
    course_of_day = np.arange(samples.day.shape[1]) if samples.day.shape[1] > 1 else 0
    measured = response > Response.NE

    def day_of(timepoint: npt.NDArray[np.int64]) -> Floats:
        return np.asarray(day[timepoint, course_of_day])

    # progression: the first PD, confirmed where the edition asks; unconfirmed ones are read without
    progressed = response == Response.PD
    ended = _kept_for(progressed, measured, samples.day, rules.pd_confirmation_days)
    end = _arrays.first_true(ended)
    course = response
    if rules.pd_confirmation_days is not None:
        without = _responses(reason & ~np.int32(Reason.INCREASE))
        course = np.where(progressed & ~ended, without, response)

    # the best before it
    counts = np.arange(len(response))[:, None] < end
    counted = np.where(counts, course, np.int8(Response.MISSING))
    runs = measured & counts
    complete, partial = (
        _kept_for(counted >= code, runs, samples.day, least) for code in (Response.CR, Response.PR)
    )
    first_partial = _arrays.first_true(partial)
    ways = (
        (Response.CR, _arrays.first_true(complete)),
        (Response.PR, first_partial),
        (Response.MR, _arrays.first_true(counted == Response.MR)),
        (Response.SD, _arrays.first_true(counted >= Response.SD)),
        (Response.PD, end),
        (Response.NE, _arrays.first_true(course == Response.NE)),
    )
    best = np.zeros(end.shape, dtype=np.int8)
    earned = np.full(end.shape, len(response))
    for code, first in reversed(ways):
        has = first < len(response)
        best = np.where(has, np.int8(code), best)
        earned = np.where(has, first, earned)
    return {
        "response": response,
        "course": course,
        "reason": reason,
        "best": best,
        "best_day": day_of(earned),
        "response_day": day_of(first_partial),
        "normalised_day": day_of(_arrays.first_true(_normalised(samples))),
        "progression_day": day_of(end),
        "confirmed": (best >= Response.PR) & (least is not None),
        "values": samples.value,
        "upper_limit": samples.limit,
        **_changes(samples),
    }


def _normalised(samples: Samples) -> Bools:
    """Where the marker is normal and was not at baseline."""
    normal = samples.at_most_limit(samples.value, samples.limit)
    if samples.has_limit:
        first = samples.baseline_limit
        normal &= _arrays.more_than(samples.value[:1], first, samples.guard)
    return normal


def _responses(reason: npt.NDArray[np.int32]) -> Codes:
    """The response of each sample; MISSING at a measured baseline."""
    response = _levels.decide(reason)
    response[0] = np.where(reason[0] == 0, np.int8(Response.MISSING), response[0])
    return response


def _changes(samples: Samples) -> dict[str, Floats]:
    """Nadir before each sample, and percent from it and from the baseline; NaN at the baseline."""
    nadir = _before(np.fmin, samples.value, np.nan)
    found = {"nadir": nadir}
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for name, reference in (("baseline", samples.value[:1]), ("nadir", nadir)):
            percent = 100 * samples.value / np.where(reference > 0, reference, np.nan) - 100
            percent[0] = np.nan
            found[f"percent_from_{name}"] = percent
    return found
