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

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nettumor._arrays import (
    Bools,
    Codes,
    Floats,
    as_codes,
    as_days,
    as_flags,
    as_numbers,
    at_least,
    broadcast,
    check_increasing,
    guard,
    more_than,
)
from nettumor._labels import by_label
from nettumor.criteria import IRECIST_2017, SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose, refuse
from nettumor.terminology import Response
from nettumor.timepoint.overall import combine, parts_of

CONFIRMATION_WINDOW = (28.0, 56.0)
"""Days from an iUPD to the assessment that may confirm it: 4 to 8 weeks (Seymour et al. 2017, Table
2).
"""

_TARGET, _NON_TARGET, _NEW = np.uint8(1), np.uint8(2), np.uint8(4)


@by_label(
    target="timepoint", non_target="timepoint", new_lesion="timepoint", further_increase="timepoint"
)
def irecist_response(
    target: npt.ArrayLike,
    non_target: npt.ArrayLike,
    new_lesion: npt.ArrayLike,
    further_increase: npt.ArrayLike,
) -> Codes:
    """Response at each timepoint by iRECIST, progression confirmed or not.

    Each assessment is first read by RECIST 1.1. Without progression that is the answer, and the bar
    is reset (NE leaves it where it is). The first progression is IUPD. While it stands, a
    progression with a further increase, or in a category (target, non-target, new lesion) that was
    not in progression at the first IUPD, is PD, which means iCPD; any other is IUPD again. After an
    iCPD every assessment is iCPD.

    Parameters
    ----------
    target : array_like of int, shape (..., timepoint)
        Response of the target lesions by RECIST 1.1, as `target_response` gives it; MISSING at
        baseline, at a visit that did not take place, or where there was no target lesion. IUPD is
        read as PD.
    non_target : array_like of int, shape (..., timepoint)
        Response of the non-target lesions, likewise.
    new_lesion : array_like of bool, shape (..., timepoint)
        True at each timepoint at which an unequivocal new lesion is there, not only at the first.
    further_increase : array_like of bool, shape (..., timepoint)
        True where what made the IUPD has grown on, as `further_increase` computes it.

    Returns
    -------
    ndarray of int8, shape (..., timepoint)
        Codes of `Response`; MISSING where all parts are.

    Raises
    ------
    InputError
        For a code that a part cannot have, inputs without a timepoint axis, or shapes that do not
        fit.

    References
    ----------
    Seymour et al. 2017, Table 2, doi 10.1016/S1470-2045(17)30074-8.

    Examples
    --------
    >>> import nettumor as nt
    >>> R = nt.Response
    >>> codes = irecist_response([R.PD, R.PD, R.PD], [R.MISSING] * 3, [False] * 3, [False, False, True])
    >>> nt.labels(codes, nt.criteria.IRECIST_2017).tolist()
    ['iUPD', 'iUPD', 'iCPD']
    """
    recist, categories = _recist(target, non_target, new_lesion)
    recist, categories, grown = broadcast(
        target=recist,
        categories=categories,
        further_increase=as_flags(further_increase, "further_increase"),
    )
    response = recist.copy()
    confirmed = np.zeros(recist.shape[:-1], dtype=np.bool_)
    for visit, pd, _first, block in _blocks(recist, categories):
        other = (categories[..., visit] & ~block) != 0
        confirmed |= pd & (block != 0) & (grown[..., visit] | other)
        here = recist[..., visit]
        unconfirmed = np.where(pd, np.int8(Response.IUPD), here)
        response[..., visit] = np.where(
            confirmed & (here != Response.MISSING), np.int8(Response.PD), unconfirmed
        )
    return response


def _recist(
    target: npt.ArrayLike, non_target: npt.ArrayLike, new_lesion: npt.ArrayLike
) -> tuple[Codes, npt.NDArray[np.uint8]]:
    """RECIST 1.1's response at each timepoint, and which categories are in progression (a bit
    each).
    """
    codes = [as_codes(target, "target"), as_codes(non_target, "non_target")]
    codes = [np.where(part == Response.IUPD, np.int8(Response.PD), part) for part in codes]
    targets, non_targets, new = parts_of(codes[0], codes[1], new_lesion)
    if targets.ndim == 0:
        raise InputError(
            "`target` must have the axes (..., timepoint): iRECIST judges a course; got a single "
            "value. "
            "Give the timepoints in order, e.g. [target].",
            argument="target",
        )
    categories = (
        (targets == Response.PD) * _TARGET | (non_targets == Response.PD) * _NON_TARGET | new * _NEW
    )
    return combine(targets, non_targets, new), categories.astype(np.uint8)


def _blocks(
    recist: Codes, categories: npt.NDArray[np.uint8]
) -> Iterator[tuple[int, Bools, Bools, npt.NDArray[np.uint8]]]:
    """For each timepoint: whether RECIST says PD, whether that opens a block, and what the open
    block began with.

    A block is a run of progressions with nothing but NE and MISSING between; 0 where none was open
    before.
    """
    block = np.zeros(recist.shape[:-1], dtype=np.uint8)
    for visit in range(recist.shape[-1]):
        here = recist[..., visit]
        pd = np.asarray(here == Response.PD)
        first = pd & (block == 0)
        yield visit, pd, first, block
        reset = ~pd & (here != Response.NE) & (here != Response.MISSING)
        block = np.where(first, categories[..., visit], np.where(reset, np.uint8(0), block))


@by_label(
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
        True at each timepoint at which an unequivocal new lesion is there.
    sums : array_like of float, shape (..., timepoint)
        Sum of the target lesions, mm; NaN where it is not complete, which confirms nothing.
    non_target_increase : array_like of bool, shape (..., timepoint)
        True where the non-target disease is larger than at the reference.
    new_lesion_sums : array_like of float, shape (..., timepoint)
        Sum of the measured new lesions (at most five, two an organ; never part of ``sums``), mm;
        NaN where none was measured.
    new_non_target_increase : array_like of bool, shape (..., timepoint)
        True where the new lesions that are not measured are larger than at the reference.
    new_lesion_count : array_like of float, shape (..., timepoint)
        Number of new lesions seen so far; NaN where unknown.
    reference : {"first iUPD", "last iUPD"}
        What sums and counts are compared with: the iUPD that opened the block, or the latest
        progression before this assessment. Table 2 speaks of the iUPD; its one row on unchanged
        disease of the last timepoint. A value that was missing at the latest progression is taken
        from the one before.
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
    recist, categories = _recist(target, non_target, new_lesion)
    sizes = [
        _sizes(sums, "sums"),
        _sizes(new_lesion_sums, "new_lesion_sums"),
        _sizes(new_lesion_count, "new_lesion_count"),
    ]
    recist, categories, *rest = broadcast(
        target=recist,
        categories=categories,
        sums=sizes[0],
        new_lesion_sums=sizes[1],
        new_lesion_count=sizes[2],
        non_target_increase=as_flags(non_target_increase, "non_target_increase"),
        new_non_target_increase=as_flags(new_non_target_increase, "new_non_target_increase"),
    )
    measured, (non_target_larger, new_larger) = rest[:3], rest[3:]
    timely = _timely(recist, days, window)
    tolerance = guard(sums, new_lesion_sums)
    increase = np.zeros(recist.shape, dtype=np.bool_)
    seen = [np.full(recist.shape[:-1], np.nan) for _ in measured]
    for visit, pd, first, block in _blocks(recist, categories):
        now = [values[..., visit] for values in measured]
        by_target = at_least(now[0], seen[0] + step, tolerance)
        by_new = (
            at_least(now[1], seen[1] + step, tolerance)
            | new_larger[..., visit]
            | more_than(now[2], seen[2])
        )
        increase[..., visit] = pd & (
            ((block & _TARGET) != 0) & by_target
            | ((block & _NON_TARGET) != 0) & non_target_larger[..., visit]
            | ((block & _NEW) != 0) & by_new
        )
        later = pd & (reference == "last iUPD")
        seen = [
            np.where(first | (later & ~np.isnan(n)), n, s) for n, s in zip(now, seen, strict=True)
        ]
    return increase & timely


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


def _timely(recist: Codes, days: npt.ArrayLike | None, window: tuple[float, float] | None) -> Bools:
    """Whether each assessment lies within ``window`` after the latest progression before it."""
    if window is None:
        return np.ones(recist.shape, dtype=np.bool_)
    fewest, most = window
    if days is None or not 0 <= fewest <= most:
        raise InputError(
            "`window` must be the fewest and the most days, in this order, with `days` given; "
            f"got {window!r} "
            f"{'without' if days is None else 'with'} days. E.g. window=(28, 56), days=days.",
            argument="window",
        )
    day = as_days(days, "days")
    check_increasing(day, "days")
    recist, day = broadcast(target=recist, days=day)
    timely = np.zeros(recist.shape, dtype=np.bool_)
    last = np.full(recist.shape[:-1], np.nan)
    for visit in range(recist.shape[-1]):
        gap = day[..., visit] - last
        timely[..., visit] = at_least(gap, fewest) & at_least(most, gap)
        last = np.where(recist[..., visit] == Response.PD, day[..., visit], last)
    return timely
