"""Pairs of sizes to codes in one pass: the inner loop of `classify`.

Pairs are judged in blocks that stay in the processor's cache, each limit as one multiplication and
one comparison. Missing and impossible sizes are mended afterwards; criteria with more than the
usual limits compare with the same numbers in more passes.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import SizeCriteria, Threshold
from nettumor.terminology import Reason, Response

BLOCK = 1 << 17
"""Pairs judged at a time: their sizes and what is computed from them fill 3.3 MB, and a step is long
beside its call.
"""

# Arrays without axes and bound functions spare each call the conversion of a scalar and a look-up.
_SD, _ZERO = np.array(Response.SD, dtype=np.int8), np.array(0.0)
_multiply, _less, _at_most, _greater, _equal, _at_least = (
    np.multiply,
    np.less,
    np.less_equal,
    np.greater,
    np.equal,
    np.greater_equal,
)
_add, _subtract, _all, _highest = np.add, np.subtract, np.logical_and.reduce, np.maximum.reduce
_BITS = np.dtype(np.uint64)
_INFINITE = np.array(np.inf).view(_BITS)
_BITS_32 = np.dtype(np.uint32)
_INFINITE_32 = np.array(np.inf, dtype=np.float32).view(_BITS_32)

NARROW = 4.0 * float(np.finfo(np.float32).eps)
"""How far apart a decimal and its float of 32 bits may lie, on both sides of a limit, with room."""

_TINY = 1e-30
"""Below this a product of 32 bits may lose digits: such sizes are judged in 64."""

Places = npt.NDArray[np.int64]

IN_GAP = Response.IUPD
"""Marks a change in the gap that is to be refused: a size never gives this response."""
_GAP_CODES = {"SD": Response.SD, "MR": Response.MR, "NE": Response.NE, "raise": IN_GAP}


class Limits(NamedTuple):
    """The limits of an edition as factors of the size before."""

    pr: float  # PR where after <= before * pr (see `_factor`)
    pd: float  # percent part of PD where after > before * pd
    mr: float  # as pr; 0 where there is no such limit
    gap: float
    pr_array: Floats  # the same factors without axes, for the inner loop
    pd_array: Floats
    guard: float  # the guard in them, for the limits that are not factors
    usual: bool  # nothing but the percent of PR and PD decides: no MR, no class for the gap, no absolute limit


@functools.lru_cache(maxsize=256)
def limits_of(criteria: SizeCriteria, guard: float) -> Limits:
    """The factors of an edition, with the guard of the comparison in them."""
    usual = criteria.mr is None and criteria.gap == "SD" and criteria.pr.absolute is None
    pr, pd, mr, gap = (
        _factor(t, guard) for t in (criteria.pr, criteria.pd, criteria.mr, criteria.sd_limit)
    )
    # Below a limit of 100 % nothing left is a PR too, which the inner loop raises to CR.
    usual = usual and criteria.pd.absolute is None and criteria.pr.value < 100
    return Limits(pr, pd, mr, gap, np.array(pr), np.array(pd), guard, usual)


def _factor(limit: Threshold | None, guard: float) -> float:
    """The factor f such that ``after <= before * f`` (decrease) or ``>`` (increase) decides as
    `_arrays` does.

    A strict limit is moved by the guard away from the reference, another towards it: no decimal
    lies between, or on it. Equality is asked for the sake of 0, which stays a decrease where the
    product is too small for a number.
    """
    if limit is None:
        return 0.0
    m, n = _arrays.ratio(limit.value, 1 if limit.direction == "increase" else -1)
    away = 1 if limit.direction == "increase" else -1
    return n / m * (1 + away * guard if limit.strict else 1 - away * guard)


class Scratch:
    """Reused space for the blocks of one call."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.gaps = False
        """Whether the last block had a size that is missing: then the next most likely has one."""
        first, second = np.empty((2, size), dtype=np.bool_)
        self._arrays = (np.empty(size), first, second, first.view(np.int8), second.view(np.int8))

    def parts(self, size: int) -> tuple[npt.NDArray[Any], ...]:
        """A product, two flags, and the flags as codes, of this size."""
        return self._arrays if size == self.size else tuple(a[:size] for a in self._arrays)


def codes_of_block(
    before: Floats,
    after: Floats,
    criteria: SizeCriteria,
    limits: Limits,
    out: Codes,
    scratch: Scratch,
) -> bool:
    """The codes of one block, new lesions apart, into ``out``; whether every size in it is
    possible.

    As few passes as can be, and no linear algebra, whose threads stall where other work keeps the
    processor busy.
    """
    product, first, second, first_code, second_code = scratch.parts(out.shape[0])
    _multiply(before, limits.pr_array, product)
    # A part is less than the whole for sizes above 0, and for nothing else: not 0, infinity, NaN,
    # or a size below 0.
    _less(product, before, first)
    odd = None if _all(first) else np.flatnonzero(~first)
    if limits.usual:
        _at_most(after, product, first)
        _multiply(before, limits.pd_array, product)
        _greater(after, product, second)
        _subtract(first_code, second_code, out)
        _add(out, out, out)  # PR is SD + 2, PD is SD - 2, CR is PR + 1
        _add(out, _SD, out)
        _equal(after, _ZERO, first)
        _add(out, first_code, out)
    else:
        _further(before, after, criteria, limits, out)
    odd = _with_lost(after, odd, second, scratch)
    return odd is None or _mend(before, after, odd, out)


def _with_lost(
    after: npt.NDArray[Any], odd: Places | None, flags: Bools, scratch: Scratch
) -> Places | None:
    """The places ``odd`` and those where the size after is missing or cannot be; None for none.

    Read as whole numbers sizes come before infinity, NaN and whatever has a sign.
    """
    narrow = after.dtype.itemsize == 4
    bits, infinite = (
        (after.view(_BITS_32), _INFINITE_32) if narrow else (after.view(_BITS), _INFINITE)
    )
    if not scratch.gaps and _highest(bits) < infinite:
        return odd
    _at_least(bits, infinite, flags)
    lost = np.flatnonzero(flags)
    scratch.gaps = lost.size > 0
    return lost if odd is None else np.concatenate([odd, lost])


class NearLimits:
    """Sizes of 32 bits under usual limits: judged as they are, and again where a limit is near.

    Where the limits moved by `NARROW` either way give one answer, the decimals that were written
    give it too. The few other pairs are collected block by block, and judged by these decimals at
    the end.
    """

    def __init__(self, criteria: SizeCriteria, narrow: tuple[bool, bool]) -> None:
        self._criteria, self._narrow, self._done = criteria, narrow, 0
        self._moved = limits_of(criteria, NARROW), limits_of(criteria, -NARROW)
        self._pairs: list[tuple[npt.NDArray[Any], Floats, Floats]] = []

    def codes_of_block(
        self,
        before: npt.NDArray[Any],
        after: npt.NDArray[Any],
        criteria: SizeCriteria,
        limits: Limits,
        out: Codes,
        scratch: Scratch,
    ) -> bool:
        """As the function of this name; the limits of the decimals are not asked here.

        A block may come in 32 bits: then products are rounded to them, by a quarter of `NARROW`.
        """
        if before.dtype == np.float32 and not np.fmin.reduce(before) > _TINY:
            before, after = before.astype(np.float64), after.astype(np.float64)
        further, nearer = (
            np.array([moved.pr, moved.pd], dtype=before.dtype) for moved in self._moved
        )
        product, first, second, first_code, second_code = scratch.parts(out.shape[0])
        product = product.view(before.dtype)[: out.shape[0]]
        other, near = np.empty((2, out.shape[0]), dtype=np.bool_)
        _multiply(before, further[:1], product)
        _less(product, before, first)  # as in the function of this name
        odd = None if _all(first) else np.flatnonzero(~first)
        _at_most(after, product, first)
        _multiply(before, nearer[:1], product)
        _at_most(after, product, other)
        np.not_equal(first, other, near)  # one limit says PR, the other does not
        _multiply(before, nearer[1:], product)
        _greater(after, product, other)
        _multiply(before, further[1:], product)
        _greater(after, product, second)
        _subtract(first_code, second_code, out)
        np.not_equal(second, other, other)
        np.logical_or(near, other, near)
        _add(out, out, out)
        _add(out, _SD, out)
        _equal(after, _ZERO.astype(after.dtype), first)
        _add(out, first_code, out)
        if near.any():
            place = np.flatnonzero(near)
            self._pairs.append((place + self._done, before[place], after[place]))
        self._done += out.size
        odd = _with_lost(after, odd, second, scratch)
        return odd is None or _mend(before, after, odd, out)

    def mend(self, codes: Codes, new: Bools | None) -> None:
        """The codes of the pairs near a limit, by the decimals that were written, into ``codes``."""
        if not self._pairs:
            return
        place, *sizes = (np.concatenate(parts) for parts in zip(*self._pairs, strict=True))
        before, after = (
            _arrays.widen(values.astype(np.float32)) if few else values
            for values, few in zip(sizes, self._narrow, strict=True)
        )
        exact = limits_of(self._criteria, _arrays.GUARD)
        mended = np.empty(place.size, dtype=np.int8)
        codes_of_block(before, after, self._criteria, exact, mended, Scratch(place.size))
        if new is not None:
            progress(np.broadcast_to(new, codes.shape).ravel()[place], mended)
        codes.reshape(-1)[place] = mended


def _further(
    before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits, out: Codes
) -> None:
    """The codes where more than the percent of PR and PD decides. Sums of flags: assignment by
    flags is slow.
    """
    increase, decrease, minor, gap = met(before, after, criteria, limits)[:4]
    out[...] = Response.SD
    for flags, code in (
        (increase, Response.PD),
        (decrease, Response.PR),
        (minor, Response.MR),
        (gap, _GAP_CODES[criteria.gap]),
    ):
        out += flags.view(np.int8) * np.int8(code - Response.SD)
    np.maximum(out, (after == 0).view(np.int8) * np.int8(Response.CR), out=out)


def _mend(before: Floats, after: Floats, odd: Places, out: Codes) -> bool:
    """NE for the pairs, of those at ``odd``, with a missing or impossible size; whether every size
    is possible.
    """
    first, second = before[odd], after[odd]
    sound = (first > 0) & (first < np.inf) & (second >= 0) & (second < np.inf)
    out[odd[~sound]] = Response.NE
    return not (impossible(first, True) | impossible(second, False)).any()


def progress(new: Bools, out: Codes) -> None:
    """PD where there is a new lesion."""
    none = (~new).view(np.int8)
    out *= none
    out += np.int8(Response.PD) - none * np.int8(Response.PD)


def met(before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits) -> tuple[Bools, ...]:
    """Which limits are met: PD, PR, MR, the gap (one of them at most), and the percent of
    PD alone.
    """
    none = np.zeros(after.shape, dtype=np.bool_)
    percent = increase = after > before * limits.pd
    if criteria.pd.absolute is not None:
        enough = criteria.pd.absolute_met(before, after, limits.guard)
        increase = percent & enough if criteria.absolute_combines == "and" else percent | enough
    decrease = _fallen(criteria.pr, limits.pr, before, after, limits.guard) & ~increase
    minor = gap = none
    if criteria.mr is not None:
        minor = _fallen(criteria.mr, limits.mr, before, after, limits.guard) & ~decrease & ~increase
    if criteria.sd_limit is not None:
        gap = (
            _fallen(criteria.sd_limit, limits.gap, before, after, limits.guard)
            & ~decrease
            & ~minor
            & ~increase
        )
    return increase, decrease, minor, gap, percent


def _fallen(limit: Threshold, factor: float, before: Floats, after: Floats, guard: float) -> Bools:
    fallen = after <= before * factor
    return fallen if limit.absolute is None else fallen & limit.absolute_met(before, after, guard)


def reasons_of(
    before: Floats, after: Floats, criteria: SizeCriteria, limits: Limits
) -> npt.NDArray[np.int32]:
    """The bits of `Reason` for pairs of one shape, new lesions apart."""
    reason = np.zeros(after.shape, dtype=np.int32)
    missing, wrong = (
        np.isnan(before) | np.isnan(after),
        impossible(before, True) | impossible(after, False),
    )
    with np.errstate(invalid="ignore", over="ignore"):
        increase, decrease, minor, gap, percent = met(before, after, criteria, limits)
    gone = (after == 0) & ~missing & ~wrong
    judged = ~(missing | wrong | gone)
    within = ~(increase | decrease | minor | gap)
    for bit, where in (
        (Reason.GONE, gone),
        (Reason.DECREASE, judged & decrease),
        (Reason.INCREASE, judged & increase),
        (Reason.MINOR_DECREASE, judged & minor),
        (Reason.GAP, judged & gap),
        (Reason.WITHIN_LIMITS, judged & within),
        (Reason.NOT_MEASURED, missing & ~wrong),
        (Reason.INVALID, wrong),
        (Reason.BELOW_MINIMUM, judged & percent & ~increase),
    ):
        reason |= where * np.int32(bit)
    return reason


def impossible(values: Floats, positive: bool) -> Bools:
    """Where a size cannot be one: negative, infinite, or (``positive``) zero."""
    return np.isinf(values) | (values <= 0 if positive else values < 0)
