"""A marker over time: response of each sample, normalisation, progression, best response.

Which response has each sample of a series, when was the marker normal first, when did it progress?
By the review's limits (Vogl et al. 2008, section 4.2 and Table 2), by the NET convention, or by an
edition with its own baseline, confirmation and limits of progression (`MarkerCourseCriteria`).
Samples of one marker, one unit and one assay come in, the baseline first; what to do with several
markers is `combine_markers`, with several units `nettumor.markers.convert`.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import BIOLOGICAL_VOGL_2008, MarkerCourseCriteria, MarkerCriteria, Threshold
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose, refuse
from nettumor.markers._course_words import Told, sentence
from nettumor.terminology import Reason, Response

_REPAIR = 'Correct it or leave it out, or pass invalid="NE".'
_LEAST = float(np.finfo(np.float64).tiny)
"""Stands for the lower end of "below detection": above 0, below anything measured."""


@frozen(eq=False, repr=False)
class MarkerCourse:
    """The course of a marker, as returned by `marker_course`.

    Attributes
    ----------
    response : ndarray of int8, shape (..., timepoint)
        By the limits alone; a later sample changes none of them. MISSING at a measured baseline.
    percent_from_baseline, nadir, percent_from_nadir : ndarray of float, shape (..., timepoint)
        The nadir is the smallest value before the sample, baseline included. NaN at the baseline,
        where a value is not measured, and in percent of 0.
    best : ndarray of int8, shape (...), or Response
        The best until progression, confirmed where the rule asks for it.
    best_day, response_day : ndarray of float, shape (...), or float
        Day of the sample that earned ``best``; of the first CR or PR (the first confirmed one where
        the rule asks). The first sample counts, not the one that confirms. NaN: none, or its day is
        not known.
    normalised_day : ndarray of float, or float
        Day of the first sample at or below the upper limit, where the baseline was above it.
    progression_day : ndarray of float, or float
        Day of the first PD (the first confirmed one where the edition asks).
    confirmed : ndarray of bool, or bool
        Whether ``best`` is a confirmed CR or PR; False where the rule asks for no confirmation.
    reason : ndarray of int32, shape (..., timepoint)
        Bits of `Reason`, as in `BiologicalResponse`, and DAY_UNKNOWN where the day of the baseline
        is needed and not known.
    course : ndarray of int8, shape (..., timepoint)
        ``response`` without progressions that were never confirmed: give it to the endpoints.
    days, values, upper_limit : ndarray of float, shape (..., timepoint)
        What came in.
    criteria : MarkerCriteria
    confirmation_days : float or None
        What was applied.

    Examples
    --------
    >>> marker_course([210, 95, 7, 60], [0, 28, 56, 84], upper_limit=8)
    MarkerCourse(1 course: best CR; normal on day 56.0, no progression)
    """

    response: Codes
    percent_from_baseline: Floats
    nadir: Floats
    percent_from_nadir: Floats
    best: Any
    best_day: Any
    response_day: Any
    normalised_day: Any
    progression_day: Any
    confirmed: Any
    reason: npt.NDArray[np.int32]
    course: Codes
    days: Floats
    values: Floats
    upper_limit: Floats
    criteria: MarkerCriteria
    confirmation_days: float | None

    def explain(self, index: int | tuple[int, ...]) -> str:
        """One sentence that says why the sample at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``: the timepoint last.

        Returns
        -------
        str

        Examples
        --------
        >>> print(marker_course([210, 95, 130], [0, 28, 56]).explain(1))
        PR: 95.0 is -54.8 % from the baseline of 210.0 and -54.8 % from the nadir of 210.0; limits -50 % and +25 % \
(Vogl 2008, biological response, section 4.2 and Table 2)
        """
        at = index if isinstance(index, tuple) else (index,)
        base = (*at[:-1], 0)
        told = Told(
            response=Response(int(self.response[at])),
            reason=Reason(int(self.reason[at])),
            value=float(self.values[at]),
            baseline=float(self.values[base]),
            baseline_day=float(self.days[base]),
            upper_limit=float(self.upper_limit[at]),
            baseline_limit=float(self.upper_limit[base]),
            nadir=float(self.nadir[at]),
            percent_from_baseline=float(self.percent_from_baseline[at]),
            percent_from_nadir=float(self.percent_from_nadir[at]),
            is_baseline=at[-1] % self.response.shape[-1] == 0,
        )
        return sentence(told, self.criteria)

    def __repr__(self) -> str:
        if np.ndim(self.best) == 0:
            normal = (
                f"normal on day {self.normalised_day}"
                if self.normalised_day == self.normalised_day
                else "never normal"
            )
            end = (
                f"progression on day {self.progression_day}"
                if self.progression_day == self.progression_day
                else "no progression"
            )
            return f"MarkerCourse(1 course: best {self.best.label}; {normal}, {end})"
        counts = np.bincount(np.ravel(self.best), minlength=len(Response))
        found = ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r])
        ended = np.count_nonzero(~np.isnan(self.progression_day))
        return f"MarkerCourse({np.size(self.best)} courses: best {found or 'none'}; {ended} progressions)"


@frozen
class _Samples:
    """The samples of all courses, of one shape (..., timepoint)."""

    value: Floats
    lowest: Floats
    """What the nadir is made of: the values, or the other end of "below detection"."""
    day: Floats
    limit: Floats
    wrong: Bools
    guard: float


def marker_course(
    values: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    upper_limit: npt.ArrayLike | None = None,
    criteria: MarkerCriteria = BIOLOGICAL_VOGL_2008,
    confirmation_days: float | Literal["criteria"] | None = "criteria",
    invalid: str = "raise",
    below: npt.ArrayLike | None = None,
    below_detection: str = "interval",
) -> MarkerCourse:
    """Response of every sample of a marker, first normalisation, progression and best response.

    For each sample after the baseline, the first that applies:

    1. NE where it, or the baseline, was not measured.
    2. NE where the baseline was not above its upper limit (or not what the edition asks for),
       unless the marker is above the limit now and meets the limit of PD: PD.
    3. CR: at or below the upper limit, above it at baseline. Without a limit there is no CR.
    4. PD, PR, MR by their limits, each from the baseline or the nadir as the edition says; else SD.

    Parameters
    ----------
    values : array_like of float, shape (..., timepoint)
        The baseline sample first; one marker, one unit, one assay. NaN where not measured; a NaN
        baseline makes the course NE throughout. 0 before therapy is not present: NE.
    days : array_like of float or timedelta64, broadcastable to ``values``
        Day 0 is the start of treatment; strictly increasing where known. A sample of unknown day
        keeps its place and confirms nothing.
    upper_limit : array_like of float, broadcastable to ``values``, optional
        Upper limit of normal in the unit of ``values``; where a sample has none, that of the
        baseline sample. One for each patient has shape (..., 1).
    criteria : MarkerCriteria
        Which limit looks at what: ``BIOLOGICAL_VOGL_2008``, ``BIOLOGICAL_NET_WHO``,
        ``CA125_GCIG_2011``, ``PANCREASTATIN_DESAI_2001``, ``PANCREASTATIN_BLOOMSTON_2007``, or a
        protocol's own.
    confirmation_days : "criteria", None or float
        A CR or PR lasts so many days (inclusive) in every measured sample; None: no confirmation;
        "criteria": what the edition says.
    invalid : {"raise", "NE"}
        What a negative or infinite value, or an upper limit that is not above 0, does.
    below : array_like of float, broadcastable to ``values``, optional
        The limit of detection of a result such as "<0.5", where the value is NaN; NaN elsewhere.
    below_detection : {"interval", "limit", "half"}
        "interval": the response that every value from 0 to the limit gives, else NE; "limit" and
        "half": the limit, or half of it, stands for the value. It is never 0.

    Returns
    -------
    MarkerCourse

    Raises
    ------
    InputError
        For impossible values (with ``invalid="raise"``), days that do not increase, shapes that do
        not fit, and an edition that needs an upper limit where none is given.
    InputTypeError
        For text, dates, and criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2, doi 10.1016/j.ejrad.2008.08.008; Rustin et al. 2011
    (the pattern of baseline, confirmation and progression).

    Examples
    --------
    >>> course = marker_course([210, 95, 7, 60], [0, 28, 56, 84], upper_limit=8)
    >>> course.response
    array([0, 7, 8, 7], dtype=int8)
    >>> course.best, course.normalised_day
    (<Response.CR: 8>, 56.0)
    """
    require(criteria, MarkerCriteria, "marker_course")
    choose("below_detection", below_detection, ("interval", "limit", "half"))
    rules = _rules(criteria)
    _check_confirmation(confirmation_days)
    least = rules.confirmation_days if confirmation_days == "criteria" else confirmation_days
    if upper_limit is None and rules.needs_course:
        raise InputError(
            f"`upper_limit` must be given for {criteria.title}; got none. Its limits are multiples "
            "of the upper limit of normal.",
            argument="upper_limit",
        )
    samples, detection = _read(values, days, upper_limit, below, invalid)
    reason = _reasons(_standing_for(samples, detection, below_detection, low=True), rules)
    if below_detection == "interval" and detection is not None:
        other = _reasons(_standing_for(samples, detection, "interval", low=False), rules)
        open_ = _levels.decide(reason) != _levels.decide(other)
        reason = np.where(open_, np.int32(Reason.NOT_MEASURED), reason)
    standing = _standing_for(samples, detection, below_detection, low=False)
    if below_detection == "interval" and detection is not None:  # no number stands for a range
        standing = samples
    return _result(standing, reason, rules, criteria, least)


def _rules(criteria: MarkerCriteria) -> MarkerCourseCriteria:
    """The edition with the fields of a course; those it does not have are off."""
    if isinstance(criteria, MarkerCourseCriteria):
        return criteria
    return MarkerCourseCriteria(
        name=criteria.name,
        title=criteria.title,
        pr=criteria.pr,
        mr=criteria.mr,
        pd=criteria.pd,
        citation=criteria.citation,
    )


def _check_confirmation(days: Any) -> None:
    if days is None or days == "criteria":
        return
    if isinstance(days, bool) or not isinstance(days, (int, float, np.number)) or not days >= 0:
        raise InputError(
            '`confirmation_days` must be a number of days from 0, None or "criteria"; got '
            f"{days!r}. Give e.g. 28.",
            argument="confirmation_days",
        )


def _read(
    values: npt.ArrayLike,
    days: npt.ArrayLike,
    upper_limit: npt.ArrayLike | None,
    below: npt.ArrayLike | None,
    invalid: str,
) -> tuple[_Samples, Floats | None]:
    """The samples of one shape, impossible ones refused or marked; and the limits of detection."""
    choose("invalid", invalid, ("raise", "NE"))
    value = _arrays.as_numbers(values, "values")
    if value.ndim == 0 or value.shape[-1] == 0:
        raise InputError(
            f"`values` must have the axes (..., timepoint) with the baseline first; got shape "
            f"{value.shape}. Give the course of a patient, e.g. [baseline, after].",
            argument="values",
        )
    limit = _arrays.as_numbers(np.nan if upper_limit is None else upper_limit, "upper_limit")
    least = _arrays.as_numbers(np.nan if below is None else below, "below")
    wrong, no_limit = _levels.impossible(value), np.isinf(limit) | (limit <= 0)
    no_detection = np.isinf(least) | (least <= 0)
    refuse("below", "finite and greater than 0 (NaN where measured)", least, no_detection, _REPAIR)
    if invalid == "raise":
        must = "finite and at least 0 (NaN where not measured)"
        refuse("values", must, value, wrong, _REPAIR)
        must = "finite and greater than 0 (NaN where not known)"
        refuse("upper_limit", must, limit, no_limit, _REPAIR)
    guard = _arrays.guard(*(v for v in (values, upper_limit, below) if v is not None))
    day = _arrays.as_days(days, "days")
    shape = value.shape
    value, day, limit, least, no_limit = _arrays.broadcast(
        values=value, days=day, upper_limit=limit, below=least, **{"upper limits": no_limit}
    )
    if value.shape[-1] != shape[-1]:
        raise InputError(
            f"`values` must have the timepoints of `days`; got shapes {shape} and {day.shape}. "
            "Give NaN for a sample that was not taken.",
            argument="values",
        )
    _arrays.check_increasing(day, "days")
    limit = np.where(np.isnan(limit), limit[..., :1], limit)
    wrong = _levels.impossible(value) | no_limit
    known = np.where(wrong, np.nan, value)
    samples = _Samples(known, known, day, limit, wrong, guard)
    return samples, None if below is None else np.where(np.isnan(value), least, np.nan)


def _standing_for(samples: _Samples, detection: Floats | None, rule: str, *, low: bool) -> _Samples:
    """The samples with a number for each result below detection.

    For "interval" one end of what is possible: with ``low`` the best a patient may have (baseline
    and nadir at the limit, later values at the least), else the worst.
    """
    if detection is None:
        return samples
    hidden = ~np.isnan(detection)
    if rule == "interval":
        first, rest = (detection, _LEAST) if low else (_LEAST, detection)
        is_baseline = np.arange(samples.value.shape[-1]) == 0
        value = np.where(hidden, np.where(is_baseline, first, rest), samples.value)
        lowest = np.where(hidden, first, samples.value)
    else:
        share = 1.0 if rule == "limit" else 0.5
        value = lowest = np.where(hidden, share * detection, samples.value)
    return _Samples(value, lowest, samples.day, samples.limit, samples.wrong, samples.guard)


def _before(ufunc: np.ufunc, values: npt.NDArray[Any], empty: Any) -> npt.NDArray[Any]:
    """``ufunc`` over all timepoints before each; ``empty`` at the first."""
    out = np.empty(values.shape, dtype=values.dtype)
    out[..., 0] = empty
    for t in range(1, values.shape[-1]):
        ufunc(out[..., t - 1], values[..., t - 1], out=out[..., t])
    return out


def _met(limit: Threshold | None, samples: _Samples, nadir: Floats) -> Bools:
    """Where the change from the reference of the limit meets it."""
    if limit is None:
        return np.zeros(samples.value.shape, dtype=np.bool_)
    before = samples.value[..., :1] if limit.reference == "baseline" else nadir
    met = limit.percent_met(before, samples.value, samples.guard)
    met &= limit.absolute_met(before, samples.value, samples.guard)
    return np.asarray(met & (before != samples.value))


def _reasons(samples: _Samples, rules: MarkerCourseCriteria) -> npt.NDArray[np.int32]:
    """Why each sample has its response; nothing at a measured baseline."""
    value, limit, guard = samples.value, samples.limit, samples.guard
    baseline, first_limit = value[..., :1], _baseline_limit(limit)
    missing = np.isnan(value) | np.isnan(baseline)
    wrong = samples.wrong | samples.wrong[..., :1]
    sound = ~missing & ~wrong
    nadir = _before(np.fmin, samples.lowest, np.nan)
    is_normal = _arrays.at_least(limit, value, guard)

    # who can respond: above the limit, or what the edition asks of the baseline
    able, day_unknown = _eligible(samples, rules)
    increase = _met(rules.pd, samples, nadir)
    if rules.pd_multiple is not None:
        was_normal = _before(np.logical_or, is_normal, False)
        above = _arrays.at_least(value, rules.pd_multiple * limit, guard)
        increase = np.where(was_normal, above, increase) & ~np.isnan(limit)
    present = (baseline > 0) | ~np.isnan(first_limit)

    # each outcome where it applies; `decide` takes CR over PD over PR over MR
    over_limit = ~_arrays.at_least(first_limit, baseline, guard) & ~np.isnan(first_limit)
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
        reason[where] |= bit
    reason[..., 0] = np.where(sound[..., 0], 0, reason[..., 0])
    return reason


def _baseline_limit(limit: Floats) -> Floats:
    """The upper limit that the baseline is held against, for each sample: its own, else that of
    the sample.
    """
    return np.where(np.isnan(limit[..., :1]), limit, limit[..., :1])


def _eligible(samples: _Samples, rules: MarkerCourseCriteria) -> tuple[Bools, Bools]:
    """Whether the baseline allows a response to each sample; and where its day is not known."""
    baseline, limit, guard = samples.value[..., :1], _baseline_limit(samples.limit), samples.guard
    able = baseline > 0
    if rules.baseline_multiple is not None:
        able = _arrays.at_least(baseline, rules.baseline_multiple * limit, guard)
    elif rules.eligible == "above upper limit":
        able = able & ~_arrays.at_least(limit, baseline, guard)
    unknown = np.zeros(able.shape, dtype=np.bool_)
    if rules.baseline_days is not None:
        day = samples.day[..., :1]
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
    last = np.full(member.shape[:-1], np.nan)  # the last day of the run that a sample stands in
    for t in reversed(range(member.shape[-1])):
        last = np.where(measured[..., t] & ~member[..., t], np.nan, last)
        last = np.where(member[..., t], np.fmax(last, day[..., t]), last)
        kept[..., t] = member[..., t] & _arrays.at_least(last - day[..., t], least)
    return kept


def _first(where: Bools, day: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Timepoint and day of the first True; the end and NaN where there is none."""
    found = where.any(axis=-1)
    at = where.argmax(axis=-1)
    days = np.take_along_axis(day, at[..., None], axis=-1)[..., 0]
    return np.where(found, at, where.shape[-1]), np.where(found, days, np.nan)


def _result(
    samples: _Samples,
    reason: npt.NDArray[np.int32],
    rules: MarkerCourseCriteria,
    criteria: MarkerCriteria,
    least: float | None,
) -> MarkerCourse:
    """The course of all samples from the reason of each."""
    response, day = _responses(reason), samples.day
    measured = response > Response.NE

    # progression: the first PD, confirmed where the edition asks; unconfirmed ones are read without
    progressed = response == Response.PD
    ended = _kept_for(progressed, measured, day, rules.pd_confirmation_days)
    end, progression_day = _first(ended, day)
    without = _responses(reason & ~np.int32(Reason.INCREASE))
    course = np.where(progressed & ~ended, without, response)

    # the best before it
    counts = np.arange(response.shape[-1]) < end[..., None]
    complete = (course == Response.CR) & counts
    partial = (course >= Response.PR) & counts
    runs = measured & counts
    complete, partial = (_kept_for(m, runs, day, least) for m in (complete, partial))
    stable = (course >= Response.SD) & counts
    ways = (
        (Response.CR, complete),
        (Response.PR, partial),
        (Response.MR, (course == Response.MR) & counts),
        (Response.SD, stable),
        (Response.PD, ended),
        (Response.NE, course == Response.NE),
    )
    best = np.zeros(end.shape, dtype=np.int8)
    best_day = np.full(end.shape, np.nan)
    for code, where in reversed(ways):
        has = where.any(axis=-1)
        best = np.where(has, np.int8(code), best)
        best_day = np.where(has, _first(where, day)[1], best_day)
    normal = _arrays.at_least(samples.limit, samples.value, samples.guard)
    first_limit = _baseline_limit(samples.limit)
    normal &= _arrays.more_than(samples.value[..., :1], first_limit, samples.guard)
    nadir = _before(np.fmin, samples.value, np.nan)
    nadir[..., 0] = np.nan
    plain = _levels.plain
    return MarkerCourse(
        response=response,
        percent_from_baseline=_percent(samples, samples.value[..., :1]),
        nadir=nadir,
        percent_from_nadir=_percent(samples, nadir),
        best=Response(int(best)) if best.ndim == 0 else best,
        best_day=plain(best_day),
        response_day=plain(_first(partial, day)[1]),
        normalised_day=plain(_first(normal, day)[1]),
        progression_day=plain(progression_day),
        confirmed=plain(np.asarray((best >= Response.PR) & (least is not None))),
        reason=reason,
        course=course,
        days=np.array(day),
        values=np.array(samples.value),
        upper_limit=np.array(samples.limit),
        criteria=criteria,
        confirmation_days=least,
    )


def _responses(reason: npt.NDArray[np.int32]) -> Codes:
    """The response of each sample; MISSING at a measured baseline."""
    response = _levels.decide(reason)
    response[..., 0] = np.where(reason[..., 0] == 0, np.int8(Response.MISSING), response[..., 0])
    return response


def _percent(samples: _Samples, reference: Floats) -> Floats:
    """Change from a reference in percent; NaN at the baseline, from 0, and where not measured."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        percent = np.where(reference > 0, 100 * samples.value / reference - 100, np.nan)
    percent[..., 0] = np.nan
    return percent
