"""Pairs of sizes to codes in one pass: the inner loop of `classify`.

Pairs are judged in blocks that stay in the processor's cache, each limit as one multiplication and one comparison.
Blocks with a missing, zero or impossible size, and criteria with more than the usual limits, take the general way;
both compare with the same numbers.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import SizeCriteria, Threshold
from nettumor.terminology import Reason, Response

BLOCK = 1 << 16
"""Pairs judged at a time."""

# Arrays without axes and bound functions spare each call the conversion of a scalar and a look-up.
_SD, _ZERO = np.array(Response.SD, dtype=np.int8), np.array(0.0)
_multiply, _less, _greater, _equal = np.multiply, np.less, np.greater, np.equal
_add, _subtract, _minimum, _maximum = np.add, np.subtract, np.minimum.reduce, np.maximum.reduce

_GAP_CODES = {"SD": Response.SD, "MR": Response.MR, "NE": Response.NE, "raise": Response.SD}


class Limits(NamedTuple):
    """The limits of an edition as factors of the size before."""

    pr: float  # PR where after < before * pr (see `_factor`)
    pd: float  # percent part of PD where after > before * pd
    pr_array: Floats  # the same factors without axes, for the inner loop
    pd_array: Floats
    guard: float  # the guard in them, for the limits that are not factors
    usual: bool  # nothing but the percent of PR and PD decides: no MR, no class for the gap, no absolute limit


@functools.lru_cache(maxsize=256)
def limits_of(criteria: SizeCriteria, guard: float) -> Limits:
    """The factors of an edition, with the guard of the comparison in them."""
    usual = criteria.mr is None and criteria.gap == "SD" and criteria.pr.absolute is None
    pr, pd = _factor(criteria.pr, guard), _factor(criteria.pd, guard)
    # Below a limit of 100 % nothing left is a PR too, which the inner loop raises to CR.
    usual = usual and criteria.pd.absolute is None and criteria.pr.value < 100
    return Limits(pr, pd, np.array(pr), np.array(pd), guard, usual)


def _factor(limit: Threshold, guard: float) -> float:
    """The factor f such that ``after < before * f`` (decrease) or ``>`` (increase) decides as `_arrays` does.

    A strict limit is moved by the guard away from the reference, another towards it: no decimal lies between.
    """
    m, n = _arrays.ratio(limit.value, 1 if limit.direction == "increase" else -1)
    away = 1 if limit.direction == "increase" else -1
    return n / m * (1 + away * guard if limit.strict else 1 - away * guard)


class Scratch:
    """Reused space for the blocks of one call."""

    def __init__(self, size: int) -> None:
        self.product = np.empty(size)
        self.first, self.second = np.empty((2, size), dtype=np.bool_)
        self.first_codes, self.second_codes = self.first.view(np.int8), self.second.view(np.int8)


def codes_of_block(
    before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits, out: Codes, scratch: Scratch
) -> bool:
    """The codes of one block, new lesions apart, into ``out``; whether every size in it is possible."""
    # The extremes tell whatever is wrong: a NaN makes them NaN. No linear algebra here: its threads stall where other
    # work keeps the processor busy.
    least = _minimum(after)
    sound = least >= 0 and _minimum(before) > 0 and _maximum(before) < math.inf and _maximum(after) < math.inf
    possible = bool(sound) or not (impossible(before, True) | impossible(after, False)).any()
    if not (possible and limits.usual):
        out[...] = _general(before, after, criteria, limits)
        return possible
    n = out.shape[0]
    product, met, gone = scratch.product[:n], scratch.first[:n], scratch.second[:n]
    met_codes, gone_codes = scratch.first_codes[:n], scratch.second_codes[:n]
    _multiply(before, limits.pr_array, product)
    _less(after, product, met)
    _multiply(before, limits.pd_array, product)
    _greater(after, product, gone)
    _subtract(met_codes, gone_codes, out)
    _add(out, out, out)  # PR is SD + 2, PD is SD - 2, CR is PR + 1
    _add(out, _SD, out)
    if not least > 0:
        _equal(after, _ZERO, gone)
        _add(out, gone_codes, out)
    if not sound:
        out[np.isnan(before) | np.isnan(after)] = Response.NE
    return True


def _general(before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits) -> npt.NDArray[Any]:
    """The codes of any pairs: with missing and impossible sizes, minor response, the gap, absolute limits."""
    out = np.full(after.shape, Response.SD, dtype=np.int8)
    reason = reasons_of(before, after, criteria, limits)
    for bit, code in (
        (Reason.GAP, _GAP_CODES[criteria.gap]),
        (Reason.MINOR_DECREASE, Response.MR),
        (Reason.DECREASE, Response.PR),
        (Reason.INCREASE, Response.PD),
        (Reason.GONE, Response.CR),
        (Reason.NOT_MEASURED, Response.NE),
        (Reason.INVALID, Response.NE),
    ):
        out[(reason & bit) != 0] = code
    return out


def reasons_of(before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits) -> npt.NDArray[np.int32]:
    """The bits of `Reason` for pairs of one shape, new lesions apart."""
    reason = np.zeros(after.shape, dtype=np.int32)
    missing, wrong = np.isnan(before) | np.isnan(after), impossible(before, True) | impossible(after, False)
    with np.errstate(invalid="ignore", over="ignore"):
        gone = (after == 0) & ~missing & ~wrong
        judged = ~(missing | wrong | gone)
        percent = after > before * limits.pd
        enough = criteria.pd.absolute_met(before, after, limits.guard)
        if criteria.pd.absolute is None or criteria.absolute_combines == "and":
            increase = judged & percent & enough
        else:
            increase = judged & (percent | enough)
        decrease = judged & ~increase & (after < before * limits.pr)
        decrease &= criteria.pr.absolute_met(before, after, limits.guard)
        minor = judged & ~decrease & ~increase & _met(criteria.mr, before, after, limits.guard)
        gap = judged & ~decrease & ~increase & ~minor & _met(criteria.sd_limit, before, after, limits.guard)
    within = judged & ~decrease & ~increase & ~minor & ~gap
    below = judged & percent & ~increase
    for bit, where in (
        (Reason.GONE, gone), (Reason.DECREASE, decrease), (Reason.INCREASE, increase),
        (Reason.MINOR_DECREASE, minor), (Reason.GAP, gap), (Reason.WITHIN_LIMITS, within),
        (Reason.NOT_MEASURED, missing & ~wrong), (Reason.INVALID, wrong), (Reason.BELOW_MINIMUM, below),
    ):  # fmt: skip
        reason[where] |= bit
    return reason


def _met(limit: Threshold | None, before: Floats, after: Floats, guard: float) -> Bools:
    if limit is None:
        return np.zeros(after.shape, dtype=np.bool_)
    return limit.percent_met(before, after, guard) & limit.absolute_met(before, after, guard)


def impossible(values: Floats, positive: bool) -> Bools:
    """Where a size cannot be one: negative, infinite, or (``positive``) zero."""
    return np.isinf(values) | (values <= 0 if positive else values < 0)
