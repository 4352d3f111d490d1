"""How far and how fast: depth of response, early shrinkage, growth rate and doubling time.

How much did the tumour shrink at best, did it shrink early, how fast does it grow? Sources:
Heinemann et al. 2015 (depth of response, early tumour shrinkage), Ferte et al. 2014 (tumour growth
rate, volumes from the diameters), and for neuroendocrine tumours GREPONET (Lamarca et al. 2019),
whose cut-offs are data here. Sums of lesions and days come in, percent, percent a month and days
come out. New lesions are outside all of these.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import (
    GUARD,
    Floats,
    as_codes,
    as_days,
    as_numbers,
    at_least,
    broadcast,
    check_increasing,
    check_one_a_visit,
    fallen_by,
    more_than,
)
from nettumor._labels import by_label
from nettumor.criteria import Citation
from nettumor.errors import InputError, InputTypeError, choose, refuse
from nettumor.sums import complete_sums
from nettumor.terminology import Response

DAYS_PER_MONTH = 30.4375
"""365.25 / 12 (Ferte et al. 2014: months = days / 30.4375)."""

_VOLUMES = {"diameter": 3.0, "volume": 1.0}
"""A volume grows as the cube of a diameter (Ferte et al. 2014: volume from the sum of diameters, as
of a sphere).
"""

_REPAIR = "Leave the patient out, or write NaN for what was not measured."


@frozen
class GrowthCutOff:
    """A published cut-off of the tumour growth rate, read by `tgr_class`.

    Attributes
    ----------
    name : str
        What is cut: the rate between which scans.
    value : float
        Percent a month; at this rate or above it a tumour grows fast.
    citation : Citation
    strict : bool
        True: only above it.

    Examples
    --------
    >>> GREPONET_TGR3M.value
    0.8
    """

    name: str
    value: float
    citation: Citation
    strict: bool = False


_LAMARCA = "GREPONET (Lamarca et al. 2019, Oncologist 24:e1082-e1090)"

GREPONET_TGR3M = GrowthCutOff("TGR3m", 0.8, Citation(_LAMARCA, "TGR3m, baseline to month 3 (+-1)"))
"""From baseline to the scan after 3 (2 to 4) months: 0.8 % a month (hazard ratio of PFS 3.75)."""

GREPONET_TGR0 = GrowthCutOff(
    "TGR0", 4.0, Citation(_LAMARCA, "TGR0, last scan before therapy to baseline")
)
"""From the last scan before therapy to baseline: 4 % a month (hazard ratio of PFS 2.22)."""

CLARINET_TGR0 = GrowthCutOff(
    "TGR0",
    4.0,
    Citation("CLARINET re-analysis, BMC Cancer 2019;19:66", "abstract (> 4 %/month)"),
    strict=True,
)
"""From the scan 12 to 24 weeks before randomisation to baseline: more than 4 % a month (hazard
ratio of PFS 4.1). Exactly 4 is slow here and fast in GREPONET.
"""

TGR3M_MONTHS = (2.0, 4.0)
"""Months from study entry to the scan of TGR3m: 3 +- 1 (GREPONET), both ends included."""


def _sizes(
    before: npt.ArrayLike, after: npt.ArrayLike, n_missing: npt.ArrayLike | None
) -> tuple[Floats, Floats]:
    """Two sizes, checked and broadcast together; unknown where a lesion of them is missing."""
    for name, size in (("before", before), ("after", after)):
        if hasattr(size, "n_missing"):
            raise InputTypeError(
                f"`{name}` must be the sums of one visit; got a {type(size).__name__} of a course. "
                "Take two visits of its sums where they are complete: np.where(s.complete, s.sum, "
                "np.nan)[..., 0].",
                argument=name,
            )
    after = complete_sums(after, n_missing, "after")
    first, second = as_numbers(before, "before"), as_numbers(after, "after")
    refuse("before", "finite and greater than 0", first, (first <= 0) | np.isinf(first), _REPAIR)
    refuse("after", "finite and at least 0", second, (second < 0) | np.isinf(second), _REPAIR)
    first, second = broadcast(before=first, after=second)
    return first, second


def _plain(values: Any) -> Any:
    """A plain Python value for a scalar question."""
    return values.item() if np.ndim(values) == 0 else values


@by_label(sums="timepoint", responses="timepoint", n_missing="timepoint", gives="")
def depth_of_response(
    sums: npt.ArrayLike,
    responses: npt.ArrayLike | None = None,
    *,
    n_missing: npt.ArrayLike | None = None,
) -> Any:
    """Largest shrinkage from baseline before progression, in percent; negative is smaller.

    Parameters
    ----------
    sums : array_like of float, shape (..., timepoint), Sums or TargetResponse
        Sum of the target lesions in one unit, baseline first; NaN where it is not complete. Of a
        result a sum counts where it is complete; an array is taken as complete, unless ``n_missing``
        says otherwise: a partial sum is smaller without any shrinkage.
    responses : array_like of int, shape (..., timepoint), optional
        Codes of `Response` at the same timepoints (MISSING at baseline): only what lies before the
        first PD counts. Where PD is the first measured assessment there is nothing before it, and
        its own change is given, as in a waterfall plot (library choice). None: every timepoint
        counts.
    n_missing : array_like of int, shape (..., timepoint), optional
        Target lesions not measured, as in `Sums`: where there are any, the sum does not count.

    Returns
    -------
    ndarray of float, shape (...), or float
        Percent of the baseline sum: -45.0 for a fall from 100 to 55; above 0 where the tumour only
        grew; NaN where the baseline or every later sum is missing.

    Raises
    ------
    InputError
        For a baseline of zero or less, negative or infinite sums, or shapes that do not fit.

    References
    ----------
    Heinemann et al. 2015, Eur J Cancer 51:1927-1936 (abstract).

    Examples
    --------
    >>> from nettumor import parse_responses
    >>> depth_of_response([100, 79, 55, 60, 40], parse_responses(["", "SD", "PR", "PR", "PD"]))
    -45.0
    """
    size = as_numbers(complete_sums(sums, n_missing), "sums")
    if size.ndim == 0 or size.shape[-1] == 0:
        raise InputError(
            "`sums` must have the axes (..., timepoint) with the baseline first; got shape "
            f"{size.shape}. "
            "Give the course of a patient, e.g. [baseline, after].",
            argument="sums",
        )
    refuse("sums", "finite and at least 0", size, (size < 0) | np.isinf(size), _REPAIR)
    refuse("sums", "greater than 0 at baseline", size[..., :1], size[..., :1] <= 0, _REPAIR)
    codes = as_codes(np.int8(0) if responses is None else responses, "responses")
    size, codes = broadcast(sums=size, responses=codes)
    later, progression = size[..., 1:], codes[..., 1:] == Response.PD
    first = progression & (np.cumsum(progression, axis=-1) == 1)
    measured = ~np.isnan(later)
    before = measured & ~np.maximum.accumulate(progression, axis=-1)
    before |= measured & first & ~before.any(axis=-1, keepdims=True)
    smallest = np.where(before, later, np.inf).min(axis=-1, initial=np.inf)
    baseline = size[..., 0]
    percent = 100 * (np.where(np.isinf(smallest), np.nan, smallest) - baseline) / baseline
    return _plain(percent)


@by_label(gives="")
def early_tumour_shrinkage(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    cut: float = 20,
    n_missing: npt.ArrayLike | None = None,
) -> Any:
    """Whether the tumour has shrunk by at least ``cut`` percent at the first follow-up.

    Parameters
    ----------
    before, after : array_like of float, broadcastable
        Sum of the target lesions at baseline and at the first follow-up (weeks 6 to 8), one unit;
        NaN where it is not complete (`Sums.complete`); without ``n_missing`` numbers are taken as
        complete.
    cut : float
        Percent, from 1 to 100; the literature uses 20 to 30.
    n_missing : array_like of int, broadcastable, optional
        Target lesions not measured at either visit, as in `Sums`: where there are any, False.

    Returns
    -------
    ndarray of bool, or bool
        False where either is NaN, so that a rate keeps everyone in the denominator.

    Raises
    ------
    InputError
        For a baseline of zero or less, negative or infinite sizes, a cut outside 1 to 100.

    References
    ----------
    Oecal et al. 2022, Cancer Imaging 22:1 (20 %; 20 to 30 % in the literature).

    Examples
    --------
    >>> early_tumour_shrinkage(100, [79, 80, 81])
    array([ True,  True, False])
    """
    if isinstance(cut, bool) or not isinstance(cut, (int, float)) or not 1 <= cut <= 100:
        raise InputError(
            f"`cut` must be a percent from 1 to 100; got {cut!r}. Write 20 for 20 %, which is usual.",
            argument="cut",
        )
    first, second = _sizes(before, after, n_missing)
    return _plain(fallen_by(cut, first, second, guard=GUARD))


def _growth(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    days: npt.ArrayLike,
    measure: str,
    n_missing: npt.ArrayLike | None,
) -> tuple[Any, Any]:
    """Logarithm of the ratio of volumes, and the days between, both where known."""
    choose("measure", measure, _VOLUMES)
    between = as_days(days, "days")
    refuse("days", "greater than 0", between, between <= 0, "Give the days between the two scans.")
    first, second = _sizes(before, after, n_missing)
    first, second, between = broadcast(before=first, after=second, days=between)
    with np.errstate(divide="ignore"):
        return _VOLUMES[measure] * np.log(second / first), between


@by_label(gives="")
def tumour_growth_rate(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    measure: str = "diameter",
    n_missing: npt.ArrayLike | None = None,
) -> Any:
    """Tumour growth rate (TGR): growth of the volume in percent a month, as if it were exponential.

    TG = 3 ln(D2 / D1) / t with t in months, TGR = 100 (exp(TG) - 1).

    Parameters
    ----------
    before, after : array_like of float, broadcastable
        Sum of diameters, or of volumes, of the same lesions at two scans; one unit, NaN where not
        measured. New lesions are left out.
    days : array_like of float, broadcastable
        Days between the two scans, above 0; a month is 30.4375 days.
    measure : {"diameter", "volume"}
        What the sizes are; a volume grows as the cube of a diameter.
    n_missing : array_like of int, broadcastable, optional
        Lesions of the sums not measured at either scan, as in `Sums`: where there are any, NaN. None:
        numbers are taken as complete sums (`Sums.complete` says where they are).

    Returns
    -------
    ndarray of float, or float
        Percent a month; negative where the tumour shrinks, -100 where nothing is left, NaN where
        anything is NaN.

    Raises
    ------
    InputError
        For a first size of zero or less, negative or infinite sizes, days of zero or less.

    References
    ----------
    Ferte et al. 2014, Clin Cancer Res 20:246-252, doi 10.1158/1078-0432.CCR-13-2098.

    Examples
    --------
    >>> round(tumour_growth_rate(100, 110, 3 * 30.4375), 4)
    10.0
    """
    growth, between = _growth(before, after, days, measure, n_missing)
    with np.errstate(over="ignore"):
        return _plain(100 * np.expm1(growth * DAYS_PER_MONTH / between))


@by_label(sums="timepoint", days="timepoint", n_missing="timepoint", gives="")
def tumour_growth_regression(
    sums: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    measure: str = "diameter",
    n_missing: npt.ArrayLike | None = None,
) -> Any:
    """Tumour growth rate over two scans or more: the slope of a line through the logarithms of the
    volumes, in percent a month.

    The line is that of least squares; through two scans it gives `tumour_growth_rate`.

    Parameters
    ----------
    sums : array_like of float, shape (..., timepoint), Sums or TargetResponse
        Sum of diameters, or of volumes, of the same lesions at each scan; one unit. NaN where not
        complete: the scan is left out. Of a result a sum counts where it is complete; an array is
        taken as complete, unless ``n_missing`` says otherwise.
    days : array_like of float, shape (..., timepoint)
        Day of each scan, strictly increasing; a scan on a day not known (NaN) is left out.
    measure : {"diameter", "volume"}
        What the sizes are; a volume grows as the cube of a diameter.
    n_missing : array_like of int, shape (..., timepoint), optional
        Target lesions not measured, as in `Sums`: where there are any, the sum does not count.

    Returns
    -------
    ndarray of float, shape (...), or float
        Percent a month; negative where the tumour shrinks. NaN with fewer than two scans, and where
        a sum is 0: what is gone did not shrink exponentially.

    Raises
    ------
    InputError
        For negative or infinite sizes, days that do not increase, shapes that do not fit.

    References
    ----------
    Ferte et al. 2014, Clin Cancer Res 20:246-252, doi 10.1158/1078-0432.CCR-13-2098 (the model);
    least squares on its logarithm over several scans: library choice.

    Examples
    --------
    >>> sums = [100, 101, 102.01, 103.0301]
    >>> round(tumour_growth_regression(sums, [0, 30.4375, 60.875, 91.3125], measure="volume"), 6)
    1.0
    """
    choose("measure", measure, _VOLUMES)
    size = as_numbers(complete_sums(sums, n_missing), "sums")
    day = as_days(days, "days")
    refuse("sums", "finite and at least 0", size, (size < 0) | np.isinf(size), _REPAIR)
    check_increasing(day, "days")
    check_one_a_visit(day, size.shape[-1] if size.ndim else 1)
    size, day = broadcast(sums=size, days=day)
    if size.ndim == 0:
        raise InputError(
            "`sums` must have the axes (..., timepoint); got a single value. Give the course of a "
            "patient, e.g. [first, second, third].",
            argument="sums",
        )
    used = ~np.isnan(size) & ~np.isnan(day)
    n = np.count_nonzero(used, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        volume = np.where(used, _VOLUMES[measure] * np.log(size), 0.0)
        months = np.where(used, day / DAYS_PER_MONTH, 0.0)
        from_mean = np.where(used, months - (months.sum(axis=-1) / n)[..., None], 0.0)
        slope = np.where(used, from_mean * volume, 0.0).sum(axis=-1) / (from_mean**2).sum(axis=-1)
        rate = 100 * np.expm1(slope)
    return _plain(np.where((n < 2) | (used & (size == 0)).any(axis=-1), np.nan, rate))


@by_label(gives="")
def volume_doubling_time(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    measure: str = "diameter",
    n_missing: npt.ArrayLike | None = None,
) -> Any:
    """Days in which the volume doubles at the pace between two scans.

    Parameters
    ----------
    before, after : array_like of float, broadcastable
        Sum of diameters, or of volumes, of the same lesions at two scans; one unit, NaN where not
        measured.
    days : array_like of float, broadcastable
        Days between the two scans, above 0.
    measure : {"diameter", "volume"}
        What the sizes are.
    n_missing : array_like of int, broadcastable, optional
        As in `tumour_growth_rate`.

    Returns
    -------
    ndarray of float, or float
        Days; infinite where the size has not changed, negative where it has halved in so many days,
        NaN where anything is NaN or nothing is left.

    Raises
    ------
    InputError
        As in `tumour_growth_rate`.

    References
    ----------
    Doubling time = t ln 2 / (3 ln(D2 / D1)), from the same model as Ferte et al. 2014.

    Examples
    --------
    >>> volume_doubling_time(100, 200, 90, measure="volume")
    90.0
    """
    growth, between = _growth(before, after, days, measure, n_missing)
    with np.errstate(divide="ignore"):
        doubling = between * math.log(2) / np.where(np.isinf(growth), np.nan, np.abs(growth))
    return _plain(np.where(growth < 0, -doubling, doubling))


def tgr_class(rate: npt.ArrayLike, *, cut: GrowthCutOff = GREPONET_TGR3M) -> Any:
    """Fast or slow growth by a published cut-off.

    Parameters
    ----------
    rate : array_like of float
        Tumour growth rate, percent a month; NaN where unknown.
    cut : GrowthCutOff
        ``GREPONET_TGR3M`` (baseline to month 3), ``GREPONET_TGR0`` or ``CLARINET_TGR0`` (before
        therapy to baseline).

    Returns
    -------
    ndarray of str, or str
        "low (<0.8)", "high (>=0.8)"; "not measured" for NaN.

    Raises
    ------
    InputTypeError
        For a cut-off of another kind.

    References
    ----------
    GREPONET: Lamarca et al. 2019, Oncologist 24:e1082-e1090 (neuroendocrine tumours).

    Examples
    --------
    >>> tgr_class([0.79, 0.8, float("nan")]).tolist()
    ['low (<0.8)', 'high (>=0.8)', 'not measured']
    """
    if not isinstance(cut, GrowthCutOff):
        raise InputTypeError(
            f"`cut` must be a GrowthCutOff; got {cut!r}. Take GREPONET_TGR3M, or build one with "
            "its citation.",
            argument="cut",
        )
    value = as_numbers(rate, "rate")
    above, below = (">", "<=") if cut.strict else (">=", "<")
    reached = (more_than if cut.strict else at_least)(value, cut.value)
    words = np.where(reached, f"high ({above}{cut.value:g})", f"low ({below}{cut.value:g})")
    return _plain(np.where(np.isnan(value), "not measured", words))


def tgr_in_window(days: npt.ArrayLike) -> Any:
    """Whether a scan lies where the growth rate of the first three months (TGR3m) is measured.

    Parameters
    ----------
    days : array_like of float or timedelta64
        Days from study entry to the scan; NaN where not known.

    Returns
    -------
    ndarray of bool, or bool
        True from 2 to 4 months of 30.4375 days: whole days 61 to 121. False for NaN.

    Raises
    ------
    InputError
        For infinite days.
    InputTypeError
        For dates.

    References
    ----------
    GREPONET: Lamarca et al. 2019, Oncologist 24:e1082-e1090 (3 +- 1 months of study entry).

    Examples
    --------
    >>> tgr_in_window([60, 61, 121, 122]).tolist()
    [False, True, True, False]
    """
    day = as_days(days, "days")
    first, last = (months * DAYS_PER_MONTH for months in TGR3M_MONTHS)
    return _plain(at_least(day, first) & at_least(last, day))


@by_label(gives="")
def tgr_change(before: npt.ArrayLike, rate: npt.ArrayLike) -> Any:
    """Change of the growth rate under therapy: TGR3m minus TGR0, percent a month.

    No cut-off is published. A rate of 0.8 % a month is +0.8 % of the sum of diameters in three
    months: below the error of measurement.

    Parameters
    ----------
    before : array_like of float
        Rate before therapy (`tumour_growth_rate` from the scan before to baseline), percent a
        month; NaN where not measured.
    rate : array_like of float, broadcastable
        Rate under therapy, percent a month.

    Returns
    -------
    ndarray of float, or float
        Negative where the tumour grows more slowly; NaN where either is NaN.

    Raises
    ------
    InputError
        For rates below -100 or infinite, and shapes that do not fit.

    References
    ----------
    GREPONET-2 (abstract): mean -6.8 % a month, 127 patients.

    Examples
    --------
    >>> tgr_change(5.5, -1.5)
    -7.0
    """
    first, second = as_numbers(before, "before"), as_numbers(rate, "rate")
    for name, values in (("before", first), ("rate", second)):
        wrong = np.isinf(values) | (values < -100)
        refuse(name, "finite and at least -100 % a month", values, wrong, _REPAIR)
    first, second = broadcast(before=first, rate=second)
    return _plain(second - first)
