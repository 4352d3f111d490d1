"""iRECIST: a first progression is unconfirmed (iUPD) until the next assessments confirm it (iCPD)
or reset it.

Is this progression, or inflammation around a tumour that responds? Seymour et al., Lancet Oncol
2017;18:e143-e152, Table 2. The parts of each timepoint come in as RECIST 1.1 judges them; codes
with IUPD, and PD for iCPD, come out (`labels` writes the "i" with ``IRECIST_2017``).
`further_increase` computes, for each category that made the iUPD, whether it has grown on;
`irecist_response` follows the course.

Table 2 prints ">= 5 mm" in its rows and "> 5 mm" in one; at least 5 mm is used throughout.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from nettumor._arrays import (
    GUARD,
    Bools,
    Codes,
    Floats,
    as_days,
    as_flags,
    as_intervals,
    as_numbers,
    at_least,
    broadcast,
    check_increasing,
    check_one_a_visit,
    more_than,
)
from nettumor._labels import by_label
from nettumor.criteria import IRECIST_2017, SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose, refuse
from nettumor.sums import complete_sums
from nettumor.terminology import Response
from nettumor.timepoint._blocks import NEW, NON_TARGET, TARGET, Blocks

CONFIRMATION_WINDOW = (28.0, 56.0)
"""Days from an iUPD to the assessment that may confirm it: 4 to 8 weeks (Seymour et al. 2017, Table
2).
"""


@by_label(
    gives="timepoint",
    target="timepoint",
    non_target="timepoint",
    new_lesion="timepoint",
    further_increase="timepoint",
)
def irecist_response(
    target: npt.ArrayLike,
    non_target: npt.ArrayLike,
    new_lesion: npt.ArrayLike,
    further_increase: npt.ArrayLike,
    *,
    lasting_new_lesion: npt.ArrayLike | None = None,
    new_lesion_progression: npt.ArrayLike = False,
    days: npt.ArrayLike | None = None,
    days_latest: npt.ArrayLike | None = None,
    confirmation_from_days: float | None = None,
    symptomatic: npt.ArrayLike = False,
) -> Codes:
    """Response at each timepoint by iRECIST, progression confirmed or not.

    Each assessment is first read by RECIST 1.1. Without progression that is the answer, and the bar
    is reset (NE leaves it where it is). The first progression is IUPD. While it stands, a
    progression with a further increase, or in a category (target, non-target, new lesion) that was
    not in progression at the first IUPD, is PD, which means iCPD; any other is IUPD again. After an
    iCPD every assessment is iCPD.

    A new lesion is new once. Where one that made the IUPD lasts, the assessment is what targets and
    non-targets say only if the class of the targets (of the non-targets, where there are no
    targets) is better than at the first IUPD; else it stays IUPD. This departs from the last row of
    Table 2 as printed; the questions and answers of its authors decide.

    Parameters
    ----------
    target : array_like of int, shape (..., timepoint)
        Response of the target lesions by RECIST 1.1, as `target_response` gives it; MISSING at
        baseline, at a visit that did not take place, or where there was no target lesion. IUPD is
        read as PD.
    non_target : array_like of int, shape (..., timepoint)
        Response of the non-target lesions, likewise.
    new_lesion : array_like of bool, shape (..., timepoint)
        True at each timepoint at which an unequivocal new lesion is first seen. (True at a later
        one, too, is a further progression and confirms nothing by itself.)
    further_increase : array_like of bool, shape (..., timepoint)
        True where what made the IUPD has grown on, as `further_increase` computes it.
    lasting_new_lesion : array_like of bool, shape (..., timepoint), optional
        Whether a new lesion seen before is still there. None: it lasts, wherever targets or
        non-targets were evaluated.
    new_lesion_progression : array_like of bool, shape (..., timepoint)
        True where new lesions seen before progress by RECIST's own limits (20 % and 5 mm from their
        smallest sum; unequivocally): a new IUPD once the bar was reset.
    days : array_like of float, shape (..., timepoint), optional
        Days of the assessments, for ``confirmation_from_days``; NaN, a day not known, confirms
        nothing.
    days_latest : array_like of float, shape (..., timepoint), optional
        Each day lies in [``days``, ``days_latest``]; what confirms must do so on every day.
    confirmation_from_days : float, optional
        Fewest days from the first IUPD to an assessment that can confirm it:
        ``IRECIST_2017.confirmation_from_days``. Later than 8 weeks confirms, too. None: any.
    symptomatic : array_like of bool, shape (..., timepoint)
        True where the scan was made for new symptoms and a further new lesion on it confirms at any
        time.

    Returns
    -------
    ndarray of int8, shape (..., timepoint)
        Codes of `Response`; MISSING where all parts are.

    Raises
    ------
    InputError
        For a code that a part cannot have, inputs without a timepoint axis, shapes that do not fit,
        or fewest days without days.

    References
    ----------
    Seymour et al. 2017, Table 2, doi 10.1016/S1470-2045(17)30074-8; EORTC iRECIST FAQ
    (recist.eortc.org): assigning response after the appearance of new lesions, how new lesions
    define progression, confirmation in less than four weeks.

    Examples
    --------
    >>> import nettumor as nt
    >>> R = nt.Response
    >>> codes = irecist_response([R.PD, R.PD, R.PD], [R.MISSING] * 3, [False] * 3, [False, False, True])
    >>> nt.labels(codes, nt.criteria.IRECIST_2017).tolist()
    ['iUPD', 'iUPD', 'iCPD']
    >>> codes = irecist_response([R.SD, R.PR, R.PR], [R.MISSING] * 3, [True, False, False], [False] * 3)
    >>> nt.labels(codes, nt.criteria.IRECIST_2017).tolist()
    ['iUPD', 'iPR', 'iPR']
    """
    first, last = _confirmation_days(days, days_latest, confirmation_from_days)
    course = Blocks(
        target,
        non_target,
        new_lesion,
        lasting_new_lesion,
        new_lesion_progression,
        further_increase=as_flags(further_increase, "further_increase"),
        symptomatic=as_flags(symptomatic, "symptomatic"),
        days=first,
        days_latest=last,
    )
    check_one_a_visit(np.where(first == last, first, np.nan), course.recist.shape[-1])
    grown, symptoms, first, last = course.others
    response = course.recist.copy()
    confirmed = np.zeros(response.shape[:-1], dtype=np.bool_)
    started = np.full(response.shape[:-1], np.nan)
    for visit in range(response.shape[-1]):
        course.look(visit)
        grew = grown[..., visit]
        timely = np.ones(confirmed.shape, dtype=np.bool_)
        if confirmation_from_days is not None:
            timely = at_least(first[..., visit], started + confirmation_from_days)
        further = course.fresh_lesion & symptoms[..., visit]
        pd = course.pd | (course.held & grew) | course.other
        confirmed |= course.open_ & pd & (timely & (grew | course.other) | further)
        opens = pd & ~course.open_
        stays = course.settle(pd)
        started = np.where(opens, last[..., visit], started)
        here = np.where(pd | stays, np.int8(Response.IUPD), course.here)
        response[..., visit] = np.where(
            confirmed & (here != Response.MISSING), np.int8(Response.PD), here
        )
    return response


def _confirmation_days(
    days: npt.ArrayLike | None, latest: npt.ArrayLike | None, fewest: float | None
) -> tuple[Floats, Floats]:
    """First and last day that each assessment can have; NaN where nothing asks for them."""
    if days is None:
        if fewest is not None or latest is not None:
            raise InputError(
                "`days` must be given where `confirmation_from_days` or `days_latest` is; got "
                "none. Give the day of each timepoint.",
                argument="days",
            )
        return np.array(np.nan), np.array(np.nan)
    first, last = as_intervals(days, latest, "days")
    check_increasing(np.where(first == last, first, np.nan), "days")
    return first, last


@by_label(
    gives="timepoint",
    target="timepoint",
    non_target="timepoint",
    new_lesion="timepoint",
    sums="timepoint",
    non_target_increase="timepoint",
    new_lesion_sums="timepoint",
    new_non_target_increase="timepoint",
    new_lesion_count="timepoint",
    days="timepoint",
)
def further_increase(
    target: npt.ArrayLike,
    non_target: npt.ArrayLike,
    new_lesion: npt.ArrayLike,
    *,
    sums: npt.ArrayLike = np.nan,
    non_target_increase: npt.ArrayLike = False,
    new_lesion_sums: npt.ArrayLike = np.nan,
    new_non_target_increase: npt.ArrayLike = False,
    new_lesion_count: npt.ArrayLike = np.nan,
    new_non_target_sizes: npt.ArrayLike | None = None,
    lasting_new_lesion: npt.ArrayLike | None = None,
    new_lesion_progression: npt.ArrayLike = False,
    reference: str = "first iUPD",
    days: npt.ArrayLike | None = None,
    window: tuple[float, float] | None = None,
    criteria: SizeCriteria = IRECIST_2017,
) -> Bools:
    """Whether what made an unconfirmed progression has grown on, as `irecist_response` wants it.

    Each category counts only if it was in progression at the first iUPD of the block: the target
    lesions where their sum has grown by at least 5 mm more; the non-target lesions where they are
    larger, not necessarily unequivocally so; the new lesions where the sum of the measured ones has
    grown by at least 5 mm, where those not measured are larger, or where there are more of them. (A
    category that comes in later is progression in another category, which `irecist_response` sees
    by itself.)

    Parameters
    ----------
    target, non_target : array_like of int, shape (..., timepoint)
        Responses by RECIST 1.1, as in `irecist_response`.
    new_lesion : array_like of bool, shape (..., timepoint)
        True at each timepoint at which an unequivocal new lesion is first seen.
    sums : array_like of float, shape (..., timepoint), Sums or TargetResponse
        Sum of the target lesions, mm; NaN where it is not complete, which confirms nothing. Of a
        result a sum counts where it is complete; an array is taken as complete.
    non_target_increase : array_like of bool, shape (..., timepoint)
        True where the non-target disease is larger than at the reference.
    new_lesion_sums : array_like of float, shape (..., timepoint)
        Sum of the measured new lesions (at most five, two an organ; never part of ``sums``), mm;
        NaN where none was measured.
    new_non_target_increase : array_like of bool, shape (..., timepoint)
        True where the new lesions that are not measured are larger than at the reference.
    new_lesion_count : array_like of float, shape (..., timepoint)
        Number of new lesions seen so far; NaN where unknown.
    new_non_target_sizes : array_like of float, shape (..., lesion, timepoint), optional
        Sizes of the new lesions that are not measurable, mm: any increase of one of them counts,
        however small. NaN where not measured.
    lasting_new_lesion, new_lesion_progression : array_like of bool, shape (..., timepoint)
        As in `irecist_response`.
    reference : {"first iUPD", "last iUPD"}
        What sizes and counts are compared with: the iUPD that opened the block, so that small
        increases add up, or the latest progression before this assessment. Table 2 speaks of the
        iUPD; its one row on unchanged disease of the last timepoint. A value that was missing at
        the latest progression is taken from the one before.
    days : array_like of float, shape (..., timepoint), optional
        Days of the assessments, needed for ``window`` only; NaN where unknown, which confirms
        nothing.
    window : (float, float), optional
        Fewest and most days, both inclusive, from the latest iUPD to an assessment that can confirm
        it: `CONFIRMATION_WINDOW` for the 4 to 8 weeks of the source. None: no limit.
    criteria : SizeCriteria
        ``criteria.pd.absolute`` is the 5 mm.

    Returns
    -------
    ndarray of bool, shape (..., timepoint)
        False outside a block and at its first progression.

    Raises
    ------
    InputError
        For codes that a part cannot have, negative or infinite sizes, shapes that do not fit, a
        window without days or in the wrong order.

    References
    ----------
    Seymour et al. 2017, Table 2, doi 10.1016/S1470-2045(17)30074-8.

    Examples
    --------
    >>> from nettumor import Response as R
    >>> further_increase([R.PD, R.PD, R.PD], [R.MISSING] * 3, [False] * 3, sums=[125, 129.9, 130])
    array([False, False,  True])
    """
    choose("reference", reference, ("first iUPD", "last iUPD"))
    step = _step(criteria)
    window_days = _window_days(days, window)
    given = {
        "sums": _sizes(complete_sums(sums, None), "sums"),
        "new_lesion_sums": _sizes(new_lesion_sums, "new_lesion_sums"),
        "new_lesion_count": _sizes(new_lesion_count, "new_lesion_count"),
        "non_target_increase": as_flags(non_target_increase, "non_target_increase"),
        "new_non_target_increase": as_flags(new_non_target_increase, "new_non_target_increase"),
        "days": window_days,
    }
    course = Blocks(
        target, non_target, new_lesion, lasting_new_lesion, new_lesion_progression, **given
    )
    *measured, non_target_larger, new_larger, day = course.others
    check_one_a_visit(window_days, day.shape[-1])
    single = _single_sizes(new_non_target_sizes, course.recist)
    tolerance = GUARD
    increase: Bools = np.zeros(course.recist.shape, dtype=np.bool_)
    values: list[Floats] = [*measured, single, day]
    seen = [np.full(series.shape[:-1], np.nan) for series in values]
    for visit in range(increase.shape[-1]):
        course.look(visit)
        now = [series[..., visit] for series in values]
        # Each category counts by its own measure, if it was in progression when the block began.
        by_target = at_least(now[0], seen[0] + step, tolerance)
        by_new = (
            at_least(now[1], seen[1] + step, tolerance)
            | new_larger[..., visit]
            | more_than(now[2], seen[2])
            | more_than(now[3], seen[3], tolerance).any(axis=-1)
        )
        grown = (
            ((course.block & TARGET) != 0) & by_target
            | ((course.block & NON_TARGET) != 0) & non_target_larger[..., visit]
            | ((course.block & NEW) != 0) & by_new
        )
        if window is not None:
            gap = now[4] - seen[4]
            grown &= at_least(gap, window[0]) & at_least(window[1], gap)
        increase[..., visit] = (course.pd | course.held) & grown
        pd = course.pd | increase[..., visit] | course.other
        first = pd & ~course.open_
        progression = pd | course.settle(pd)
        later = progression & (reference == "last iUPD")
        for place, (value, old) in enumerate(zip(now[:4], seen[:4], strict=True)):
            opens, goes_on = first, np.asarray(later)
            if place == 3:  # single lesions
                opens, goes_on = (np.expand_dims(flags, -1) for flags in (opens, goes_on))
            seen[place] = np.where(opens | (goes_on & ~np.isnan(value)), value, old)
        seen[4] = np.where(progression, now[4], seen[4])
    return increase


def _single_sizes(sizes: npt.ArrayLike | None, recist: Codes) -> Floats:
    """The sizes of single new lesions, shape (..., lesion, timepoint), fitted to the course."""
    if sizes is None:
        return np.full((*recist.shape[:-1], 0, recist.shape[-1]), np.nan)
    given = _sizes(sizes, "new_non_target_sizes")
    if given.ndim < 2:
        raise InputError(
            "`new_non_target_sizes` must have the axes (..., lesion, timepoint); got shape "
            f"{given.shape}. For one lesion put its course in a list.",
            argument="new_non_target_sizes",
        )
    fitted = broadcast(target=recist[..., None, :], new_non_target_sizes=given)[1]
    return np.asarray(fitted)


def _step(criteria: SizeCriteria) -> float:
    """The absolute increase that confirms, mm."""
    require(criteria, SizeCriteria, "further_increase")
    if criteria.pd.absolute is None:
        raise InputError(
            "`criteria` of further_increase must have an absolute increase for PD; got "
            f"{criteria.title} without "
            "one. Take IRECIST_2017, or set pd.absolute.",
            argument="criteria",
        )
    return criteria.pd.absolute


def _sizes(values: npt.ArrayLike, argument: str) -> Floats:
    numbers = as_numbers(values, argument)
    refuse(
        argument,
        "finite and at least 0 (NaN where unknown)",
        numbers,
        (numbers < 0) | np.isinf(numbers),
        "Write NaN for what was not measured.",
    )
    return numbers


def _window_days(days: npt.ArrayLike | None, window: tuple[float, float] | None) -> Floats:
    """The days that a window asks for; NaN without one."""
    if window is None:
        return np.array(np.nan)
    pair = np.ravel(as_numbers(window, "window"))
    fewest, most = pair.tolist() if pair.size == 2 else (math.nan, math.nan)
    if days is None or not 0 <= fewest <= most:
        raise InputError(
            "`window` must be the fewest and the most days, in this order, with `days` given; "
            f"got {window!r} "
            f"{'without' if days is None else 'with'} days. E.g. window=(28, 56), days=days.",
            argument="window",
        )
    day = as_days(days, "days")
    check_increasing(day, "days")
    return day
