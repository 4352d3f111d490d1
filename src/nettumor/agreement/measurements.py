"""Agreement of measurements: intraclass correlation of readers, limits of agreement of two.

Sources: Shrout and Fleiss 1979 and McGraw and Wong 1996 (intraclass correlation), Bland and Altman
1986 and 1999 (limits of agreement). Sizes, volumes or densities come in, patients (or lesions) on the
last axis; a patient whom one of the readers did not measure (NaN) is left out and counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Bools, Floats, as_numbers
from nettumor._labels import by_label
from nettumor._levels import plain
from nettumor.agreement.kappa import Counts, as_level, comparable, stacked
from nettumor.errors import InputError, choose, refuse

_FORMS = ("ICC(2,1)", "ICC(3,1)")
_DIFFERENCES = ("absolute", "percent")

_LIMITS = 1.96
"""Standard deviations from the bias to either limit of agreement, for 95 % (Bland and Altman 1999)."""


@frozen(repr=False)
class IntraclassCorrelation:
    """Agreement of readers who measure, as returned by `intraclass_correlation`.

    Attributes
    ----------
    estimate : float, or ndarray of float, shape (...)
        1 perfect agreement; NaN with fewer than two patients, and where nothing varies.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval.
    form : str
        "ICC(2,1)" or "ICC(3,1)".
    level : float
        Level of the interval.
    between_patients, between_readers, residual : float, or ndarray of float, shape (...)
        The mean squares behind it (two-way analysis of variance), in the unit squared.
    count, excluded : int, or ndarray of int, shape (...)
        Patients measured by all readers, and those left out.
    readers : int
        How many measured.

    Examples
    --------
    >>> from nettumor import intraclass_correlation
    >>> intraclass_correlation([[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2]])
    IntraclassCorrelation(ICC(2,1) 0.13, 95 % interval -0.02 to 0.60: 2 readers, 6 patients, 0 not measured by all)
    """

    estimate: Any = field(eq=comparable)
    low: Any = field(eq=comparable)
    high: Any = field(eq=comparable)
    form: str
    level: float
    between_patients: Any = field(eq=comparable)
    between_readers: Any = field(eq=comparable)
    residual: Any = field(eq=comparable)
    count: Any = field(eq=comparable)
    excluded: Any = field(eq=comparable)
    readers: int

    def __repr__(self) -> str:
        name = type(self).__name__
        if isinstance(self.estimate, np.ndarray):
            return f"{name}({_many(self.form, self.estimate, self.count + self.excluded, 2)})"
        return (
            f"{name}({self.form} {self.estimate:.2f}, {100 * self.level:g} % interval "
            f"{self.low:.2f} to {self.high:.2f}: {self.readers} readers, {self.count} patients, "
            f"{self.excluded} not measured by all)"
        )


@frozen(repr=False)
class BlandAltman:
    """Limits of agreement of two measurements, as returned by `bland_altman`.

    Attributes
    ----------
    bias : float, or ndarray of float, shape (...)
        Mean difference, ``a`` less ``b``; NaN without a pair.
    bias_low, bias_high : float, or ndarray of float, shape (...)
        Its interval.
    sd : float, or ndarray of float, shape (...)
        Standard deviation of the differences; NaN with fewer than two pairs.
    lower, upper : float, or ndarray of float, shape (...)
        Limits of agreement, between which 95 % of the differences are expected.
    lower_low, lower_high, upper_low, upper_high : float, or ndarray of float, shape (...)
        Their intervals.
    differences : str
        "absolute", in the unit of the measurements, or "percent" of the mean of both.
    level : float
        Level of the intervals (the limits are always those of 95 %).
    count, excluded : int, or ndarray of int, shape (...)
        Pairs, and patients of whom one measurement or both are missing.

    Examples
    --------
    >>> from nettumor import bland_altman
    >>> bland_altman([41, 52, 33, 60], [40, 50, 35, 57])
    BlandAltman(bias 1.00, limits of agreement -3.23 to 5.23: 4 pairs, 0 left out)
    """

    bias: Any = field(eq=comparable)
    bias_low: Any = field(eq=comparable)
    bias_high: Any = field(eq=comparable)
    sd: Any = field(eq=comparable)
    lower: Any = field(eq=comparable)
    lower_low: Any = field(eq=comparable)
    lower_high: Any = field(eq=comparable)
    upper: Any = field(eq=comparable)
    upper_low: Any = field(eq=comparable)
    upper_high: Any = field(eq=comparable)
    differences: str
    level: float
    count: Any = field(eq=comparable)
    excluded: Any = field(eq=comparable)

    def __repr__(self) -> str:
        unit = " %" if self.differences == "percent" else ""
        if isinstance(self.bias, np.ndarray):
            return f"BlandAltman({_many('bias', self.bias, self.count + self.excluded, 2)})"
        return (
            f"BlandAltman(bias {self.bias:.2f}{unit}, limits of agreement {self.lower:.2f} to "
            f"{self.upper:.2f}{unit}: {self.count} pairs, {self.excluded} left out)"
        )


def _many(what: str, values: Floats, patients: Counts, digits: int) -> str:
    known = values[~np.isnan(values)]
    middle = f"middle {np.median(known):.{digits}f}" if known.size else "not defined in any"
    most = int(np.max(patients, initial=0))
    return f"{what} of {values.size:,} trials of {most:,} patients: {middle}"


@by_label(values="reader patient")
def intraclass_correlation(
    values: npt.ArrayLike, *, form: str = "ICC(2,1)", level: float = 0.95
) -> IntraclassCorrelation:
    """Intraclass correlation of readers who measured the same patients once each.

    Parameters
    ----------
    values : array_like of float, shape (..., reader, patient), or a mapping of reader to values
        Measurements in one unit; NaN where not measured: the patient is left out and counted. Axes
        before the last two are trials, each with a correlation of its own.
    form : {"ICC(2,1)", "ICC(3,1)"}
        "ICC(2,1)": readers are a sample of all readers, and a constant difference between them
        counts as disagreement (absolute agreement, two-way random). "ICC(3,1)": these readers
        alone, and a constant difference does not count (consistency, two-way mixed).
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    IntraclassCorrelation

    Raises
    ------
    InputError
        For fewer than two readers, infinite values, unequal shapes, or another form.

    References
    ----------
    Shrout and Fleiss 1979, doi 10.1037/0033-2909.86.2.420; McGraw and Wong 1996, doi
    10.1037/1082-989X.1.1.30 (the intervals, as in R's irr and psych).

    Examples
    --------
    >>> readers = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> round(intraclass_correlation(readers).estimate, 2)
    0.29
    >>> round(intraclass_correlation(readers, form="ICC(3,1)").estimate, 2)
    0.71
    """
    choose("form", form, _FORMS)
    level = as_level(level)
    measured = as_numbers(stacked(values, "values"), "values")
    if measured.ndim < 2 or measured.shape[-2] < 2:
        raise InputError(
            "`values` must have the axes (..., reader, patient) with two readers or more; got shape "
            f"{measured.shape}. Give a row for each reader.",
            argument="values",
        )
    _refuse_infinite("values", measured)
    readers, used = measured.shape[-2], np.asarray(~np.isnan(measured).any(axis=-2))
    n = np.count_nonzero(used, axis=-1)
    rows, columns, rest = _mean_squares(measured, used, np.where(n > 1, n, np.nan))
    interval = _interval_2_1 if form == "ICC(2,1)" else _interval_3_1
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = rows + (readers - 1) * rest
        if form == "ICC(2,1)":
            shared = shared + readers * (columns - rest) / n
        estimate = np.asarray((rows - rest) / shared)
        low, high = interval(estimate, (rows, columns, rest), n, readers, level)
    of = {
        "estimate": estimate,
        "low": low,
        "high": high,
        "between_patients": rows,
        "between_readers": columns,
        "residual": rest,
        "count": n,
        "excluded": used.shape[-1] - n,
    }
    found = {name: plain(np.asarray(part)) for name, part in of.items()}
    return IntraclassCorrelation(form=form, level=level, readers=readers, **found)


def _refuse_infinite(name: str, values: Floats) -> None:
    refuse(
        name,
        "finite (NaN where not measured)",
        values,
        np.isinf(values),
        "Correct it or write NaN.",
    )


def _mean_squares(values: Floats, used: Bools, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean squares between patients, between readers, and of the rest (two-way, one value a cell)."""
    readers = values.shape[-2]
    held = np.where(used[..., None, :], values, 0.0)
    # About the mean of all, so that squares of large numbers are not subtracted from each other.
    mean = held.sum(axis=(-2, -1)) / (n * readers)
    held = np.where(used[..., None, :], held - mean[..., None, None], 0.0)
    size = np.abs(np.where(used[..., None, :], values, 0.0)).max(axis=(-2, -1), initial=0)
    of_patient = _settled(held.mean(axis=-2), size[..., None])
    of_reader = _settled(held.sum(axis=-1) / n[..., None], size[..., None])
    rest = held - of_patient[..., None, :] - of_reader[..., None]
    rest = _settled(np.where(used[..., None, :], rest, 0.0), size[..., None, None])
    return (
        readers * (of_patient**2).sum(axis=-1) / (n - 1),
        n * (of_reader**2).sum(axis=-1) / (readers - 1),
        (rest**2).sum(axis=(-2, -1)) / ((n - 1) * (readers - 1)),
    )


def _settled(deviations: Floats, size: Floats) -> Floats:
    """Deviations with those that are rounding alone, beside numbers of this size, put to 0."""
    return np.where(np.abs(deviations) <= 1e-14 * size, 0.0, deviations)


def _interval_3_1(
    estimate: Floats, squares: tuple[Floats, Floats, Floats], n: Counts, readers: int, level: float
) -> tuple[Floats, Floats]:
    """Interval of ICC(3,1): the ratio of two mean squares has an F distribution."""
    rows, _, rest = squares
    of_rows, of_rest = n - 1, (n - 1) * (readers - 1)
    ends = []
    for scaled in (
        _f_quantile(of_rows, of_rest, level) * rest,
        rest / _f_quantile(of_rest, of_rows, level),
    ):
        ends.append((rows - scaled) / (rows + (readers - 1) * scaled))
    return ends[0], ends[1]


def _interval_2_1(
    estimate: Floats, squares: tuple[Floats, Floats, Floats], n: Counts, readers: int, level: float
) -> tuple[Floats, Floats]:
    """Interval of ICC(2,1), degrees of freedom by Satterthwaite (Shrout and Fleiss 1979, p. 424)."""
    rows, columns, rest = squares
    first = readers * estimate * columns
    second = (n * (1 + (readers - 1) * estimate) - readers * estimate) * rest
    freedom = (readers - 1) * (n - 1) * (first + second) ** 2
    freedom = freedom / ((n - 1) * first**2 + second**2)
    # Readers who agree to the last bit leave no freedom to estimate, and no doubt either.
    freedom = np.where((columns == 0) & (rest == 0), 1.0, freedom)
    without = readers * columns + (readers * n - readers - n) * rest
    upper, lower = _f_quantile(n - 1, freedom, level), _f_quantile(freedom, n - 1, level)
    low = n * (rows - upper * rest) / (upper * without + n * rows)
    high = n * (lower * rows - rest) / (without + n * lower * rows)
    return np.asarray(low), np.asarray(high)


def _f_quantile(first: Any, second: Any, level: float) -> Floats:
    from scipy import special

    usable = (np.asarray(first) > 0) & (np.asarray(second) > 0)
    return np.asarray(
        special.fdtri(
            np.where(usable, first, np.nan), np.where(usable, second, np.nan), (1 + level) / 2
        )
    )


@by_label(a="patient", b="patient")
def bland_altman(
    a: npt.ArrayLike, b: npt.ArrayLike, *, differences: str = "absolute", level: float = 0.95
) -> BlandAltman:
    """Bias and limits of agreement of two measurements of the same patients, with intervals.

    Parameters
    ----------
    a, b : array_like of float, shape (..., patient)
        Measurements in one unit; NaN where not measured: the pair is left out and counted. Axes
        before the last are trials, each with limits of its own.
    differences : {"absolute", "percent"}
        ``a - b`` in the unit of the measurements, or in percent of the mean of the two, for errors
        that grow with the size. A pair of zeros has no percent and is left out.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    BlandAltman

    Raises
    ------
    InputError
        For infinite values, unequal shapes, a single pair of numbers, other ``differences``, and
        with "percent" for negative measurements.

    References
    ----------
    Bland and Altman 1986, doi 10.1016/S0140-6736(86)90837-8; Bland and Altman 1999, doi
    10.1177/096228029900800204 (intervals of the limits, variance s^2 (1/n + 1.96^2 / (2 (n - 1))),
    with the t distribution, as in R's blandr).

    Examples
    --------
    >>> found = bland_altman([41, 52, 33, 60], [40, 50, 35, 57], differences="percent")
    >>> round(found.bias, 2), round(found.lower, 2), round(found.upper, 2)
    (1.41, -8.35, 11.17)
    """
    choose("differences", differences, _DIFFERENCES)
    level = as_level(level)
    first, second = as_numbers(a, "a"), as_numbers(b, "b")
    if first.ndim == 0 or first.shape != second.shape:
        raise InputError(
            "`a` and `b` must have an axis of patients and one shape; got shapes "
            f"{first.shape} and {second.shape}. Write NaN where a patient was not measured.",
            argument="a",
        )
    for name, values in (("a", first), ("b", second)):
        _refuse_infinite(name, values)
        if differences == "percent":
            refuse(
                name, "at least 0 for percents", values, values < 0, "Take absolute differences."
            )
    between = first - second
    if differences == "percent":
        with np.errstate(divide="ignore", invalid="ignore"):
            between = 200 * between / (first + second)
    return _limits(between, differences, level)


def _limits(between: Floats, differences: str, level: float) -> BlandAltman:
    """Bias and limits of the differences (..., patient), NaN where there is none."""
    from scipy import special

    used = ~np.isnan(between)
    n = np.count_nonzero(used, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.asarray(np.where(used, between, 0.0).sum(axis=-1) / n)
        left = np.where(used, between - bias[..., None], 0.0)
        freedom = np.where(n > 1, n - 1, np.nan)
        sd = np.asarray(np.sqrt((left**2).sum(axis=-1) / freedom))
        t = special.stdtrit(freedom, (1 + level) / 2)
        of_bias = t * sd / np.sqrt(n)
        of_limit = t * sd * np.sqrt(1 / n + _LIMITS**2 / (2 * freedom))
    lower, upper = bias - _LIMITS * sd, bias + _LIMITS * sd
    of = {
        "bias": bias,
        "bias_low": bias - of_bias,
        "bias_high": bias + of_bias,
        "sd": sd,
        "lower": lower,
        "lower_low": lower - of_limit,
        "lower_high": lower + of_limit,
        "upper": upper,
        "upper_low": upper - of_limit,
        "upper_high": upper + of_limit,
        "count": n,
        "excluded": between.shape[-1] - n,
    }
    found = {name: plain(np.asarray(part)) for name, part in of.items()}
    return BlandAltman(differences=differences, level=level, **found)
