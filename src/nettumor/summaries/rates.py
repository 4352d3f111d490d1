"""Response rates: which share of the cohort, with its interval. NE and MISSING stay in the
denominator.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, as_codes, as_days, at_least, broadcast
from nettumor._arrays import guard as guard_of
from nettumor._labels import by_label
from nettumor.errors import InputError, choose
from nettumor.tables import Table
from nettumor.terminology import Response

METHODS = {
    "clopper-pearson": "Clopper-Pearson",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
}


@frozen(repr=False)
class Rate:
    """A share of a cohort with its interval.

    Attributes
    ----------
    name : str
        What is counted.
    estimate : float
        Share of the patients, from 0 to 1; NaN for an empty cohort.
    low, high : float
        Ends of the interval, from 0 to 1; 0 and 1 for an empty cohort, which excludes nothing.
    count, total : int
        Patients counted, and all patients.
    method : str
        Method of the interval.
    level : float
        Level of the interval.

    Examples
    --------
    >>> print(Rate("objective response rate", 0.5, 0.25, 0.75, 8, 16, "wilson", 0.95))
    objective response rate 50.0 % (8 of 16), 95 % interval 25.0 to 75.0 % (Wilson)
    """

    name: str
    estimate: float
    low: float
    high: float
    count: int
    total: int
    method: str
    level: float

    def __str__(self) -> str:
        share = "not defined" if self.total == 0 else f"{100 * self.estimate:.1f} %"
        return (
            f"{self.name} {share} ({self.count} of {self.total}), {100 * self.level:g} % interval "
            f"{100 * self.low:.1f} to {100 * self.high:.1f} % ({METHODS[self.method]})"
        )

    def __repr__(self) -> str:
        return f"Rate({self})"


def as_level(level: float) -> float:
    """The level of an interval as a float between 0 and 1, 95 (percent) refused with the repair."""
    if (
        isinstance(level, bool)
        or not isinstance(level, (int, float, np.number))
        or not 0 < level < 1
    ):
        raise InputError(
            f"`level` must be a number between 0 and 1; got {level!r}. Write 0.95 for 95 %.",
            argument="level",
        )
    return float(level)


def _interval(count: int, total: int, method: str, level: float) -> tuple[float, float]:
    """The interval of ``count`` out of ``total``; 0 of n begins at 0 and n of n ends at 1,
    exactly.
    """
    choose("method", method, METHODS)
    level = as_level(level)
    if total == 0:
        return 0.0, 1.0
    from scipy import stats

    low: Any
    high: Any
    if method in ("clopper-pearson", "wilson"):
        kind: Any = "exact" if method == "clopper-pearson" else "wilson"
        low, high = stats.binomtest(count, total).proportion_ci(level, method=kind)
    elif method == "jeffreys":  # Beta(1/2, 1/2) as the prior (Brown, Cai and DasGupta 2001)
        shape = (count + 0.5, total - count + 0.5)
        low, high = stats.beta.ppf((1 - level) / 2, *shape), stats.beta.ppf((1 + level) / 2, *shape)
    else:  # z^2 / 2 successes and as many failures are added (Agresti and Coull 1998)
        z = stats.norm.ppf((1 + level) / 2)
        n = total + z**2
        centre = (count + z**2 / 2) / n
        half = z * np.sqrt(centre * (1 - centre) / n)
        low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    return (0.0 if count == 0 else float(low)), (1.0 if count == total else float(high))


def _rate(name: str, counted: Bools, method: str, level: float) -> Rate:
    count, total = int(np.count_nonzero(counted)), int(counted.size)
    low, high = _interval(count, total, method, level)
    return Rate(
        name,
        count / total if total else float("nan"),
        low,
        high,
        count,
        total,
        method,
        float(level),
    )


def _one_each(best: npt.ArrayLike) -> Codes:
    """One code for each patient, in one dimension."""
    codes = as_codes(best, "best")
    if codes.ndim != 1:
        raise InputError(
            "`best` must be one-dimensional, one response for each patient; got shape "
            f"{codes.shape}. "
            "Take one subgroup at a time.",
            argument="best",
        )
    return codes


def objective_response_rate(
    best: npt.ArrayLike, *, method: str = "clopper-pearson", level: float = 0.95
) -> Rate:
    """Share of patients with a CR or PR (ORR). Every element is a patient in the denominator.

    Parameters
    ----------
    best : array_like of int, shape (patient,)
        Best response of each patient, codes of `Response`; NE and MISSING are not responders and
        stay in the denominator.
    method : {"clopper-pearson", "wilson", "jeffreys", "agresti-coull"}
        Method of the interval. Clopper-Pearson is exact: it covers at least ``level``.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Rate
        With ``.estimate``, ``.low`` and ``.high`` from 0 to 1, ``.count`` and ``.total``. An empty
        cohort has the estimate NaN and the interval 0 to 1.

    Raises
    ------
    InputError
        For a code that is none, more than one dimension, an unknown method or a level outside 0 to
        1.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.7; Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404;
    Wilson 1927, doi 10.1080/01621459.1927.10502953; Brown, Cai and DasGupta 2001, doi
    10.1214/ss/1009213286.

    Examples
    --------
    >>> print(objective_response_rate([7, 7, 5, 3, 8]))
    objective response rate 60.0 % (3 of 5), 95 % interval 14.7 to 94.7 % (Clopper-Pearson)
    """
    return _rate("objective response rate", _one_each(best) >= Response.PR, method, level)


def disease_control_rate(
    best: npt.ArrayLike, *, method: str = "clopper-pearson", level: float = 0.95
) -> Rate:
    """Share of patients with CR, PR, MR, SD or NON-CR/NON-PD (DCR). Every element is in the
    denominator.

    Parameters
    ----------
    best, method, level
        As in `objective_response_rate`.

    Returns
    -------
    Rate

    Raises
    ------
    InputError
        As in `objective_response_rate`.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.7; the minor response of Vogl et al. 2008, Table 3, is
    control.

    Examples
    --------
    >>> disease_control_rate([7, 6, 5, 3, 1]).estimate
    0.6
    """
    return _rate("disease control rate", _one_each(best) >= Response.NON_CR_NON_PD, method, level)


@by_label()
def clinical_benefit_rate(
    best: npt.ArrayLike,
    stable_days: npt.ArrayLike,
    *,
    minimum_days: float = 168,
    method: str = "clopper-pearson",
    level: float = 0.95,
) -> Rate:
    """Share of patients with a CR or PR, or stable for at least ``minimum_days`` (CBR).

    Parameters
    ----------
    best : array_like of int, shape (patient,)
        As in `objective_response_rate`.
    stable_days : array_like of float or timedelta64, shape (patient,)
        How long the disease of each patient was stable, e.g. the time of
        `progression_free_survival`; read for MR, SD and NON-CR/NON-PD only. NaN: not known, and the
        minimum is not met.
    minimum_days : float
        Days that count as benefit, inclusive: 24 weeks by convention.
    method, level
        As in `objective_response_rate`.

    Returns
    -------
    Rate

    Raises
    ------
    InputError
        As in `objective_response_rate`, and for shapes that do not fit.

    References
    ----------
    The convention of 24 weeks (CR, PR, or SD for at least 24 weeks); the length is a parameter.

    Examples
    --------
    >>> clinical_benefit_rate([7, 5, 5, 3], [400, 168, 167, 56]).count
    2
    """
    codes, days = broadcast(best=_one_each(best), stable_days=as_days(stable_days, "stable_days"))
    minimum = as_days(minimum_days, "minimum_days")
    if minimum.ndim or np.isnan(minimum):
        raise InputError(
            f"`minimum_days` must be one number of days; got {minimum_days!r}. Write 168 for 24 "
            "weeks.",
            argument="minimum_days",
        )
    stable = (codes >= Response.NON_CR_NON_PD) & at_least(days, minimum, guard_of(stable_days))
    return _rate("clinical benefit rate", (codes >= Response.PR) | stable, method, level)


def response_table(
    best: npt.ArrayLike, *, method: str = "clopper-pearson", level: float = 0.95
) -> Table:
    """How many patients have each response: a row per category, the best first, those without
    patients too.

    Parameters
    ----------
    best, method, level
        As in `objective_response_rate`.

    Returns
    -------
    Table
        Columns ``response`` (label), ``count``, ``percent``, ``low`` and ``high`` (ends of the
        interval of each row by itself, in percent). The counts add up to the number of patients.

    Raises
    ------
    InputError
        As in `objective_response_rate`.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.7 (report each category of response).

    Examples
    --------
    >>> response_table([7, 7, 5, 3, 1])["count"].tolist()
    [0, 2, 0, 1, 0, 1, 0, 1, 0]
    """
    codes = _one_each(best)
    rows = sorted(Response, reverse=True)
    rates = [_rate(row.label, codes == row, method, level) for row in rows]
    return Table(
        {
            "response": [row.label for row in rows],
            "count": [rate.count for rate in rates],
            "percent": [100 * rate.estimate for rate in rates],
            "low": [100 * rate.low for rate in rates],
            "high": [100 * rate.high for rate in rates],
        }
    )
