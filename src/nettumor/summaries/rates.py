"""Response rates: which share of the cohort, with its interval. NE and MISSING stay in the
denominator. Patients stand on the last axis, trials before it; each trial is answered by itself.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Bools, Codes, Floats, as_days, at_least, broadcast
from nettumor._labels import by_label
from nettumor.errors import InputError, InputTypeError, choose
from nettumor.summaries._trials import comparable, in_words, shaped, span
from nettumor.tables import Table
from nettumor.terminology import Response, codes_or_labels

Counts = npt.NDArray[np.int64]

METHODS = {
    "clopper-pearson": "Clopper-Pearson",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
}


@frozen(repr=False)
class Rate:
    """A share of a cohort with its interval; or of each of many trials, in arrays.

    Attributes
    ----------
    name : str
        What is counted.
    estimate : float, or ndarray of float, shape (...)
        Share of the patients, from 0 to 1; NaN for an empty cohort.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval, from 0 to 1; 0 and 1 for an empty cohort, which excludes nothing.
    count, total : int, or ndarray of int, shape (...)
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
    estimate: Any = field(eq=comparable)
    low: Any = field(eq=comparable)
    high: Any = field(eq=comparable)
    count: Any = field(eq=comparable)
    total: Any = field(eq=comparable)
    method: str
    level: float

    def __str__(self) -> str:
        if isinstance(self.estimate, np.ndarray):
            patients = int(np.max(self.total, initial=0))
            return (
                f"{self.name} in {in_words(self.estimate.shape, patients)}: "
                f"{span(self.estimate, 100, 1)} %; {100 * self.level:g} % intervals "
                f"({METHODS[self.method]})"
            )
        share = "not defined" if self.total == 0 else f"{100 * self.estimate:.1f} %"
        return (
            f"{self.name} {share} ({self.count} of {self.total}), {100 * self.level:g} % interval "
            f"{100 * self.low:.1f} to {100 * self.high:.1f} % ({METHODS[self.method]})"
        )

    def __repr__(self) -> str:
        return f"Rate({self})"


def as_level(level: float, argument: str = "level") -> float:
    """The level of an interval (or a share) as a float between 0 and 1, 95 (percent) refused with
    the repair.
    """
    if (
        isinstance(level, bool)
        or not isinstance(level, (int, float, np.number))
        or not 0 < level < 1
    ):
        raise InputError(
            f"`{argument}` must be a number between 0 and 1; got {level!r}. Write 0.95 for 95 %.",
            argument=argument,
        )
    return float(level)


def interval_of(count: Counts, total: Counts, method: str, level: float) -> tuple[Floats, Floats]:
    """The intervals of ``count`` out of ``total``, arrays of one shape; 0 of n begins at 0 and n of
    n ends at 1, exactly; 0 of 0 is 0 to 1.
    """
    from scipy import special

    x, n = count.astype(np.float64), total.astype(np.float64)
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "clopper-pearson":  # the tails of the binomial are a beta's (1934)
            low = special.betaincinv(x, n - x + 1, (1 - level) / 2)
            high = special.betaincinv(x + 1, n - x, 1 - (1 - level) / 2)
        elif method == "jeffreys":  # Beta(1/2, 1/2) as the prior (Brown, Cai and DasGupta 2001)
            low = special.betaincinv(x + 0.5, n - x + 0.5, (1 - level) / 2)
            high = special.betaincinv(x + 0.5, n - x + 0.5, (1 + level) / 2)
        elif method == "wilson":  # the shares that the score test does not reject (1927)
            centre = (x + z**2 / 2) / (n + z**2)
            half = z / (n + z**2) * np.sqrt(x * (n - x) / n + z**2 / 4)
            low, high = centre - half, centre + half
        else:  # z^2 / 2 successes and as many failures are added (Agresti and Coull 1998)
            centre = (x + z**2 / 2) / (n + z**2)
            half = z * np.sqrt(centre * (1 - centre) / (n + z**2))
            low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return np.where(count == 0, 0.0, low), np.where(count == total, 1.0, high)


def _rate(name: str, counted: Bools, method: str, level: float) -> Rate:
    choose("method", method, METHODS)
    level = as_level(level)
    trials, patients = counted.shape[:-1], counted.shape[-1]
    count = np.count_nonzero(counted, axis=-1, keepdims=True).astype(np.int64)
    # Ten thousand trials of one size have few counts: each is worked out once.
    distinct, which = np.unique(count, return_inverse=True)
    total = np.full(distinct.shape, patients)
    low, high = interval_of(distinct, total, method, level)
    with np.errstate(invalid="ignore"):
        estimate = distinct / total

    def answer(values: npt.NDArray[Any]) -> Any:
        return shaped(values[which.ravel()], trials)

    return Rate(
        name=name,
        estimate=answer(estimate),
        low=answer(low),
        high=answer(high),
        count=answer(distinct),
        total=answer(total),
        method=method,
        level=level,
    )


def as_best(best: npt.ArrayLike, argument: str = "best") -> Codes:
    """Codes, patients on the last axis; labels are read."""
    is_frame = hasattr(best, "columns") and np.ndim(best) != 1
    if hasattr(best, "subjects") or is_frame or hasattr(best, "n_rows"):
        what = "a result of assess" if hasattr(best, "subjects") else "a frame"
        part = (
            '.subjects["best"] of one evaluator' if what != "a frame" else 'column, frame["best"]'
        )
        raise InputTypeError(
            f"`{argument}` must be responses; got {what}. Pass its {part}.", argument=argument
        )
    codes = codes_or_labels(best, argument)
    if codes.ndim == 0:
        raise InputError(
            f"`{argument}` must have an axis of patients, one response for each; got shape (). "
            "Write [best] for one patient.",
            argument=argument,
        )
    return codes


@by_label(best="patient")
def objective_response_rate(
    best: npt.ArrayLike,
    *,
    include_mr: bool = False,
    method: str = "clopper-pearson",
    level: float = 0.95,
) -> Rate:
    """Share of patients with a CR or PR (ORR). Every element is a patient in the denominator.

    Parameters
    ----------
    best : array_like of int or str, shape (..., patient)
        Best response of each patient, codes of `Response` or their labels; NE and MISSING are not
        responders and stay in the denominator. Axes before the last are trials, each with a rate
        of its own: responses over a course have another last axis, and are no best responses.
    include_mr : bool
        Whether minor responses count (as in some reports on the review's tumours).
    method : {"clopper-pearson", "wilson", "jeffreys", "agresti-coull"}
        Method of the interval. Clopper-Pearson is exact: it covers at least ``level``.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Rate
        With ``.estimate``, ``.low`` and ``.high`` from 0 to 1, ``.count`` and ``.total``, each of
        the shape of the trials. An empty cohort has the estimate NaN and the interval 0 to 1.

    Raises
    ------
    InputError
        For a code or label that is none, a single response, an unknown method or a level outside 0
        to 1.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.7; Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404;
    Wilson 1927, doi 10.1080/01621459.1927.10502953; Brown, Cai and DasGupta 2001, doi
    10.1214/ss/1009213286.

    Examples
    --------
    >>> print(objective_response_rate([7, 7, 5, 3, 8]))
    objective response rate 60.0 % (3 of 5), 95 % interval 14.7 to 94.7 % (Clopper-Pearson)
    >>> objective_response_rate(["PR", "MR", "SD"], include_mr=True).count
    2

    Two trials of three patients; the words would show an axis that was not meant:

    >>> print(objective_response_rate([[7, 5, 3], [8, 7, 5]]))
    objective response rate in 2 trials of 3 patients: from 33.3 to 66.7, middle 50.0 %; 95 % \
intervals (Clopper-Pearson)
    """
    if not isinstance(include_mr, (bool, np.bool_)):
        raise InputError(
            f"`include_mr` must be True or False; got {include_mr!r}. Write include_mr=True to "
            "count minor responses.",
            argument="include_mr",
        )
    name = "objective response rate" + (" with minor responses" if include_mr else "")
    lowest = Response.MR if include_mr else Response.PR
    return _rate(name, as_best(best) >= lowest, method, level)


@by_label(best="patient")
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
    return _rate("disease control rate", as_best(best) >= Response.NON_CR_NON_PD, method, level)


@by_label(best="patient", stable_days="patient")
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
    best : array_like of int or str, shape (..., patient)
        As in `objective_response_rate`.
    stable_days : array_like of float or timedelta64, shape (..., patient)
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
    codes, days = broadcast(best=as_best(best), stable_days=as_days(stable_days, "stable_days"))
    minimum = as_days(minimum_days, "minimum_days")
    if minimum.ndim or not minimum >= 0:
        raise InputError(
            f"`minimum_days` must be one number of days, 0 or more; got {minimum_days!r}. Write 168 for 24 "
            "weeks.",
            argument="minimum_days",
        )
    stable = (codes >= Response.NON_CR_NON_PD) & at_least(days, minimum)
    return _rate("clinical benefit rate", (codes >= Response.PR) | stable, method, level)


@by_label(best="patient")
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
        Of many trials the rows of each, with its number (from 0, the last axis of trials fastest)
        in the column ``trial`` before them.

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
    codes = as_best(best)
    rows = sorted(Response, reverse=True)
    rates = [_rate(row.label, codes == row, method, level) for row in rows]
    trials = codes.shape[:-1]
    n = math.prod(trials)

    def column(name: str, factor: int = 1) -> npt.NDArray[Any]:
        """A value for each trial and response."""
        values = np.array([getattr(rate, name) for rate in rates])
        return factor * values.reshape(len(rows), n).T.ravel()

    number = {"trial": np.repeat(np.arange(n), len(rows))} if trials else {}
    return Table(
        number
        | {
            "response": np.tile([row.label for row in rows], n),
            "count": column("count"),
            "percent": column("estimate", 100),
            "low": column("low", 100),
            "high": column("high", 100),
        }
    )
