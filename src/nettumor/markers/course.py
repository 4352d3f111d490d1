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
from nettumor._arrays import Codes, Floats
from nettumor._labels import by_label
from nettumor._threads import each
from nettumor.criteria import BIOLOGICAL_VOGL_2008, MarkerCourseCriteria, MarkerCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose, refuse
from nettumor.markers._course_rules import BLOCK, PER_COURSE, PER_SAMPLE, Samples, judged
from nettumor.markers._course_words import Told, sentence
from nettumor.terminology import Reason, Response

_REPAIR = 'Correct it or leave it out, or pass invalid="NE".'


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

    def explain(self, index: int | tuple[int, ...] = -1) -> str:
        """One sentence that says why the sample at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``: the timepoint last. The last sample by default.

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


@by_label(values="timepoint", days="timepoint", below="timepoint", gives="timepoint")
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
    came = _read(values, days, upper_limit, below, invalid)
    found = _of_all(came, rules, least, below_detection)
    best, plain = found["best"], _levels.plain
    return MarkerCourse(
        best=Response(int(best)) if best.ndim == 0 else best,
        **{name: plain(found[name]) for name in PER_COURSE if name != "best"},
        **{name: found[name] for name in PER_SAMPLE},
        days=np.broadcast_to(np.array(came.day), came.value.shape),
        criteria=criteria,
        confirmation_days=least,
    )


def _of_all(
    came: _Read, rules: MarkerCourseCriteria, least: float | None, below_detection: str
) -> dict[str, npt.NDArray[Any]]:
    """Every course, a block at a time, so that what is worked on stays near the processor."""
    shape = came.value.shape
    courses = int(np.prod(shape[:-1]))
    # timepoint first in memory, as the blocks are: each is written in one go
    given = {n: kind for n, kind in PER_SAMPLE.items() if came.has_limit or n != "upper_limit"}
    found = {n: np.empty((shape[-1], courses), dtype=kind) for n, kind in given.items()}
    found |= {n: np.empty(courses, dtype=kind) for n, kind in PER_COURSE.items()}

    def write(first: int) -> None:
        end = min(first + BLOCK, courses)
        block = judged(came.block(first, end), rules, least, below_detection)
        for name, values in found.items():
            values[..., first:end] = block[name]

    each(write, range(0, courses, BLOCK), rows=came.value.size)
    lead = shape[:-1]
    if not came.has_limit:
        found["upper_limit"] = np.broadcast_to(np.nan, (shape[-1], courses))
    per_sample = {n: np.moveaxis(found[n].reshape(shape[-1], *lead), 0, -1) for n in PER_SAMPLE}
    return per_sample | {n: found[n].reshape(lead) for n in PER_COURSE}


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


@frozen(eq=False)
class _Read:
    """What came in, of one shape (..., timepoint); but ``day`` has one axis where all have the same
    days, and ``below`` is None where nothing is below detection.
    """

    value: Floats
    day: Floats
    limit: Floats
    below: Floats | None
    has_limit: bool
    guard: float

    def block(self, first: int, end: int) -> Samples:
        """Some of the courses, time first, impossible values marked."""
        timepoints = self.value.shape[-1]

        def part(values: Floats) -> Floats:
            return np.array(values.reshape(-1, timepoints)[first:end].T, order="C")

        value = part(self.value)
        wrong = _levels.impossible(value)
        limit = np.broadcast_to(np.nan, value.shape)
        if self.has_limit:
            limit = part(self.limit)
            wrong |= np.isinf(limit) | (limit <= 0)
            limit = np.where(np.isnan(limit), limit[:1], limit)
        below = None
        if self.below is not None:
            below = np.where(np.isnan(value), part(self.below), np.nan)
        value[wrong] = np.nan
        day = self.day[:, None] if self.day.ndim == 1 else part(self.day)
        return Samples(value, value, day, limit, wrong, below, self.has_limit, self.guard)


def _read(
    values: npt.ArrayLike,
    days: npt.ArrayLike,
    upper_limit: npt.ArrayLike | None,
    below: npt.ArrayLike | None,
    invalid: str,
) -> _Read:
    """The samples of one shape; impossible ones are refused, if so asked."""
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
    no_detection = np.isinf(least) | (least <= 0)
    refuse("below", "finite and greater than 0 (NaN where measured)", least, no_detection, _REPAIR)
    if invalid == "raise":
        must = "finite and at least 0 (NaN where not measured)"
        refuse("values", must, value, _levels.impossible(value), _REPAIR)
        must = "finite and greater than 0 (NaN where not known)"
        refuse("upper_limit", must, limit, np.isinf(limit) | (limit <= 0), _REPAIR)
    guard = _arrays.GUARD
    day = _arrays.as_days(days, "days")
    if day.shape == value.shape:
        day = _arrays.shared_days(day)
    _arrays.check_increasing(day, "days")
    _arrays.check_one_a_visit(day, value.shape[-1] if value.ndim else 1)
    shape, own_day = value.shape, day
    has_limit = bool((~np.isnan(limit)).any())
    value, day, limit, least = _arrays.broadcast(
        values=value, days=day, upper_limit=limit, below=least
    )
    if value.shape[-1] != shape[-1]:
        raise InputError(
            f"`values` must have the timepoints of `days`; got shapes {shape} and {day.shape}. "
            "Give NaN for a sample that was not taken.",
            argument="values",
        )
    day = own_day if own_day.shape == day.shape[-1:] else day
    return _Read(value, day, limit, None if below is None else least, has_limit, guard)
