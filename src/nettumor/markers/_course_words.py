"""How the verdict on one sample of a marker's course is worded."""

from __future__ import annotations

import math

from attrs import frozen

from nettumor import _wording
from nettumor.criteria import MarkerCourseCriteria, MarkerCriteria, Threshold
from nettumor.terminology import Reason, Response


@frozen(kw_only=True)
class Told:
    """What a sentence about one sample needs."""

    response: Response
    reason: Reason
    value: float
    baseline: float
    baseline_day: float
    upper_limit: float
    baseline_limit: float
    nadir: float
    percent_from_baseline: float
    percent_from_nadir: float
    is_baseline: bool


def sentence(told: Told, criteria: MarkerCriteria) -> str:
    """One sentence: the response, the numbers, the limits, the source."""
    source = _wording.source(criteria.title, criteria.citation)
    return f"{told.response.label}: {_why(told, criteria)} {source}"


def _why(told: Told, criteria: MarkerCriteria) -> str:
    value, baseline = _wording.number(told.value), _wording.number(told.baseline)
    if Reason.INVALID in told.reason:
        return "a value or an upper limit that cannot be"
    if told.is_baseline and Reason.NOT_MEASURED not in told.reason:
        return f"{baseline} is the baseline"
    if Reason.NOT_MEASURED in told.reason:
        return f"{value}, baseline {baseline}, or below detection where its limit does not decide"
    if Reason.BASELINE in told.reason and Reason.INCREASE not in told.reason:
        return f"the baseline of {baseline} {_unfit(told, criteria)}"
    changes = f"{_change(told.value, told.baseline, told.percent_from_baseline)} the baseline of {baseline}"
    changes += f" and {_change(told.value, told.nadir, told.percent_from_nadir)} the nadir of "
    changes += _wording.number(told.nadir)
    if Reason.GONE in told.reason:
        return f"{value} is at or below the upper limit of {_wording.number(told.upper_limit)}, {changes}"
    multiple = getattr(criteria, "pd_multiple", None)
    limits = [_limit(limit) for limit in (criteria.pr, criteria.mr, criteria.pd) if limit]
    if multiple is not None:
        limits.append(f"{multiple:g} times the upper limit of {_wording.number(told.upper_limit)}")
    return f"{value} is {changes}; limits {' and '.join(limits)}"


def _change(value: float, reference: float, percent: float) -> str:
    """A change from a value, in percent where that is not 0.

    >>> _change(40, 0, float("nan")), _change(0, 0, float("nan")), _change(40, 32, 25)
    ('up from', 'unchanged from', '+25.0 % from')
    """
    if reference == 0:
        return "up from" if value > 0 else "unchanged from"
    return f"{_wording.signed(percent)} from"


def _unfit(told: Told, criteria: MarkerCriteria) -> str:
    """What the baseline is not."""
    if Reason.DAY_UNKNOWN in told.reason:
        return "was taken on a day that is not known"
    limit = _wording.number(told.baseline_limit)
    if isinstance(criteria, MarkerCourseCriteria) and criteria.baseline_multiple is not None:
        window = (
            ""
            if criteria.baseline_days is None
            else (
                f" or (day {_wording.number(told.baseline_day)}) not within "
                f"{criteria.baseline_days:g} days before treatment"
            )
        )
        return f"is not {criteria.baseline_multiple:g} times the upper limit of {limit}{window}"
    return "is not present" if math.isnan(told.baseline_limit) else f"is not above {limit}"


def _limit(limit: Threshold) -> str:
    nadir = " (nadir)" if limit.reference == "nadir" else ""
    return f"{limit.signed:+g} %{nadir}"
