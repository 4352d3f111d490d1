"""How numbers come in, and the one place where a number meets a limit.

Everything public takes lists, Series and arrays and never changes them. Numbers become float64
with NaN for missing; floats of 32 bits become the shortest decimal that rounds to them (`widen`),
from every container, so that one guard serves all.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._units import has_unit, refuse_quantity
from nettumor.errors import InputError, InputTypeError, place, refuse

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

GUARD = 1e-14
"""Relative guard of a comparison: far above rounding (about 1e-15), far below one unit in the
fourth decimal of a value below 1e6 multiplied by a percent limit (1e-11)."""


_ENDLESS, _NAN_BITS, _BLOCK = np.uint64(0x7FF << 52), np.uint64(0xFFF << 51), 1 << 15
"""The bit that tells a plain NaN from a signalling one (IEEE 754-2008, 6.2.1); how many numbers are
looked at in one go, so that they stay in the processor's cache."""

_ALIKE = frozenset({float, int, str, bytes, type(None), np.float64, np.int64, complex})
"""Types that NumPy puts into one array without changing a value."""


def as_numbers(values: npt.ArrayLike, argument: str) -> Floats:
    """The values as float64, NaN where missing (None, pandas NA, masked); text, dates and flags
    refused.

    Floats of 32 bits become their shortest decimals (`widen`), those of 16 bits are refused, and a
    signalling NaN (R's missing number) becomes a plain one.
    """
    if type(values) is np.ndarray:
        return _from_array(values, argument)
    if isinstance(values, np.ma.MaskedArray):
        return _unmasked(values, argument)
    columns = _columns(values)
    if columns is not None:
        read = [as_numbers(column, argument) for column in columns]
        return np.stack(read, axis=-1) if read else np.empty((len(values), 0))  # type: ignore[arg-type]
    if isinstance(values, (list, tuple)) and _unlike(values):
        return _from_unlike(values, argument)
    narrow = getattr(getattr(values, "dtype", None), "numpy_dtype", None)
    if narrow == np.float32:  # a nullable column of pandas: with an NA it would come as objects
        values = values.to_numpy(dtype=np.float32, na_value=np.nan)  # type: ignore[union-attr]
    return _from_array(_array(values, argument), argument)


def _from_array(array: npt.NDArray[Any], argument: str) -> Floats:
    """An array of any type as numbers."""
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind == "O" and array.ndim == 0 and hasattr(array.item(), "n_missing"):
        name = type(array.item()).__name__
        raise InputTypeError(
            f"`{argument}` must be numbers; got a {name}. Take its sums where they are complete: "
            "np.where(s.complete, s.sum, np.nan).",
            argument=argument,
        )
    if kind == "f" and width == 2:
        raise InputTypeError(
            f"`{argument}` must be floats of 32 or 64 bits; got float16, which keeps three digits. "
            "Take the numbers from where they had more.",
            argument=argument,
        )
    if kind == "f":
        return widen(array) if width == 4 else plain_nans(array.astype(np.float64, copy=False))
    if kind in "iu":
        return array.astype(np.float64)
    if kind == "O":
        return plain_nans(_from_objects(array, argument))
    if array.size == 0 and kind not in "USMm":
        return array.astype(np.float64)
    what = {
        "U": "text",
        "S": "bytes",
        "M": "dates",
        "m": "durations",
        "b": "booleans",
        "c": "complex numbers",
    }
    first = array.ravel()[0].item() if array.size else array.dtype
    raise InputTypeError(
        f"`{argument}` must be numbers; got {what.get(kind, str(array.dtype))} such as {first!r}. "
        "Convert the column to numbers first, with NaN for what was not measured.",
        argument=argument,
    )


def _unmasked(values: np.ma.MaskedArray[Any, Any], argument: str) -> Floats:
    """The numbers of a masked array, NaN where masked, whatever lies below the mask."""
    mask = np.ma.getmaskarray(values)
    data = np.asarray(values.data)
    if data.dtype.kind == "O":
        data = np.array(data)
        data[mask] = None
    return np.asarray(np.where(mask, np.nan, _from_array(data, argument)))


def _columns(values: Any) -> list[Any] | None:
    """The columns of a frame, each of its own type, or None for what is no frame."""
    if hasattr(values, "iloc") and hasattr(values, "columns"):
        return [values.iloc[:, column] for column in range(values.shape[1])]
    if hasattr(values, "get_columns"):
        return list(values.get_columns())
    if hasattr(values, "column_names") and isinstance(getattr(values, "columns", None), list):
        return list(values.columns)
    return None


def _unlike(values: Any) -> bool:
    """Whether NumPy would change a value of this list in silence: a flag or a masked cell to a
    number, a float of 32 bits beside a wider one to another number.
    """
    types = set(map(type, values))
    if types <= _ALIKE:
        return False
    if any(map(has_unit, types)):
        return True
    if types & {bool, np.bool_, np.ma.core.MaskedConstant}:
        return len(types) > 1 or np.ma.core.MaskedConstant in types
    if types <= {list, tuple}:
        return any(map(_unlike, values))
    if all(hasattr(kind, "dtype") for kind in types):
        return len({value.dtype for value in values}) > 1
    return bool(types & {np.float16, np.float32}) and not types <= {np.float32, type(None)}


def _from_unlike(values: Any, argument: str) -> Floats:
    """A list of unlike values, read one by one."""
    for index, value in enumerate(values):
        refuse_quantity(value, argument, (index,))
    if any(isinstance(value, (list, tuple, np.ndarray)) for value in values):
        rows = [as_numbers(value, argument) for value in values]
        return _array(rows, argument)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return plain_nans(_from_objects(array, argument))


def plain_nans(values: Floats) -> Floats:
    """The values with every signalling NaN made plain; as they are where there is none.

    R writes its missing number as a signalling NaN (bits 0x7ff00000000007a2), and readers of R's
    files pass the bits on. `np.fmin`, `np.fmax` and `np.nanmin` take it for a number's equal and
    lose the other value.
    """
    flat = values.ravel(order="K")  # in the order in which they lie: no copy
    with np.errstate(invalid="ignore"):  # a signalling NaN warns where it is compared
        for start in range(0, flat.size, _BLOCK):
            part = flat[start : start + _BLOCK]
            largest = part.max()  # NaN where one is, in half the time of asking each
            if largest != largest and _signals(part):
                return np.where(np.isnan(values), np.nan, values)
    return values


def _signals(part: Floats) -> bool:
    """Whether one is a signalling NaN: the bits of the exponent without the quiet one below them."""
    found = (part.view(np.uint64) & _NAN_BITS) == _ENDLESS  # or infinite
    return bool(found.any()) and bool(np.isnan(part[found]).any())


def widen(values: npt.NDArray[Any]) -> Floats:
    """Floats of 32 bits as the shortest decimals that round to them: 23.1f is 23.1.

    A size written as 23.1 and stored in 32 bits is 23.1000003815 when it is widened bit by bit;
    what was meant is the shortest decimal that rounds to the same 32 bits. Most sizes have few
    decimals, so that rounding to 0 to 4 of them finds it; the rest is written out and read back.

    >>> widen(np.array([23.1, 1e-7, np.nan], dtype=np.float32)).tolist()
    [23.1, 1e-07, nan]
    """
    flat = values.ravel()
    out = np.empty(flat.shape)
    for start in range(0, flat.size, _BLOCK):
        out[start : start + _BLOCK] = _shortest(flat[start : start + _BLOCK])
    return out.reshape(values.shape)


def _shortest(flat: npt.NDArray[Any]) -> Floats:
    """The shortest decimals of some floats of 32 bits."""
    out = flat.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        open_places = np.flatnonzero(np.isfinite(out) & (out != np.floor(out)))
        for decimals in range(1, 5):
            scale = 10.0**decimals
            rounded = np.rint(out[open_places] * scale) / scale
            short = rounded.astype(np.float32) == flat[open_places]
            out[open_places[short]] = rounded[short]
            open_places = open_places[~short]
    # 2**24: from there on whole numbers of 32 bits stand for more than themselves
    large = np.flatnonzero(np.isfinite(out) & (np.abs(out) > 2**24))
    rest = np.concatenate([open_places, large])
    if rest.size:
        out[rest] = [float(str(v)) for v in flat[rest]]
    out[np.isnan(out)] = np.nan  # a signalling NaN (R's missing number) becomes a plain one
    return out


def _array(values: npt.ArrayLike, argument: str) -> npt.NDArray[Any]:
    """The values as an array of any type; rows of unequal length are refused."""
    try:
        return np.asarray(getattr(values, "magnitude", values))  # of a quantity: see _labels
    except (TypeError, RuntimeError) as error:  # a tensor on another device or with a gradient
        raise InputTypeError(
            f"`{argument}` must be readable as an array; got {type(values).__name__}: "
            f"{str(error).splitlines()[0] if str(error) else 'it refuses'} Convert it to NumPy "
            "first.",
            argument=argument,
        ) from None
    except ValueError:
        raise InputError(
            f"`{argument}` must have rows of one length; got {type(values).__name__} of unequal "
            "ones. "
            "Pad the shorter ones with NaN (MISSING for codes).",
            argument=argument,
        ) from None


def _from_objects(array: npt.NDArray[Any], argument: str) -> Floats:
    out = np.empty(array.shape, dtype=np.float64)
    for index, value in np.ndenumerate(array):
        if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
            out[index] = np.nan
            continue
        if type(value) not in _ALIKE:
            refuse_quantity(value, argument, index)
        try:
            if isinstance(value, (str, bytes, bool, np.bool_, np.float16)):
                raise TypeError
            # The text of a float of 32 bits is the shortest decimal that rounds to it.
            out[index] = float(str(value) if isinstance(value, np.float32) else value)
        except (TypeError, ValueError, OverflowError):
            raise InputTypeError(
                f"`{argument}` must be numbers; got {value!r}{place(index)}. "
                "Convert the column to numbers first, with NaN for what was not measured.",
                argument=argument,
                index=index,
            ) from None
    return out


def at_least(left: npt.ArrayLike, right: npt.ArrayLike, guard: float = GUARD) -> Bools:
    """left >= right as exact decimal arithmetic would decide; False where either is NaN."""
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if _unknown_beside(a, b):
        return np.zeros(np.broadcast_shapes(a.shape, b.shape), dtype=np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        reached = a >= b
        if b.size == 1 and bool((reached == (a >= b - 2 * guard * np.abs(b))).all()):
            return np.asarray(reached)  # nothing lies near the limit
        near = np.minimum(np.abs(a), np.abs(b))
        near *= -guard
        return np.asarray(reached | (a - b >= near))


def more_than(left: npt.ArrayLike, right: npt.ArrayLike, guard: float = GUARD) -> Bools:
    """left > right as exact decimal arithmetic would decide; False where either is NaN."""
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if _unknown_beside(a, b):
        return np.zeros(np.broadcast_shapes(a.shape, b.shape), dtype=np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        above = np.asarray(a > b)
        if not above.any():  # as where nothing is wrong: a fifth of the time
            return above
        near = np.minimum(np.abs(a), np.abs(b))
        near *= guard
        return np.asarray(above & (a - b > near))


def _unknown_beside(a: Floats, b: Floats) -> bool:
    """Whether one side is NaN throughout and short beside the other (no cut-off for any patient):
    then no pair is above another, without looking at the long side."""
    short = a if a.size < b.size else b
    return 0 < short.size < max(a.size, b.size) and bool(np.isnan(short).all())


@lru_cache(maxsize=256)
def ratio(percent: float, sign: int) -> tuple[float, float]:
    """Whole numbers (m, n) such that a change by ``sign * percent`` is ``m * after`` against
    ``n * before``.

    ``ratio(30, -1)`` is (10, 7); ``ratio(65.7, -1)`` is (1000, 343). The decimal as written counts.
    """
    share = 1 + sign * Fraction(str(percent)) / 100
    return float(share.denominator), float(share.numerator)


def fallen_by(
    percent: float, before: Floats, after: Floats, *, strict: bool = False, guard: float = GUARD
) -> Bools:
    """Whether ``after`` is at least (``strict``: more than) ``percent`` below ``before``."""
    m, n = ratio(percent, -1)
    return (
        more_than(n * before, m * after, guard)
        if strict
        else at_least(n * before, m * after, guard)
    )


def risen_by(
    percent: float, before: Floats, after: Floats, *, strict: bool = False, guard: float = GUARD
) -> Bools:
    """Whether ``after`` is at least (``strict``: more than) ``percent`` above ``before``."""
    m, n = ratio(percent, 1)
    return (
        more_than(m * after, n * before, guard)
        if strict
        else at_least(m * after, n * before, guard)
    )


def broadcast(**arrays: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    """The arrays broadcast together as NumPy does, or an error that names each shape."""
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"`{name}` {a.shape}" for name, a in arrays.items())
        raise InputError(
            f"The shapes must broadcast together; got {shapes}. "
            "Give arrays of one shape, or of shapes that differ only by axes of length 1.",
            argument=next(iter(arrays)),
        ) from None


def as_flags(values: npt.ArrayLike, argument: str) -> Bools:
    """The values as booleans; 0 and 1 are accepted, anything else (NaN, masked, text) is
    refused.
    """
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        refuse(argument, "True or False", np.array("masked"), mask, _MISSING_FLAG)
        values = values.data
    array = _array(values, argument)
    if array.dtype.kind == "b":
        return array
    if array.size == 0:
        return array.astype(np.bool_)
    if array.dtype.kind == "O":
        array = _from_objects(
            np.vectorize(
                lambda v: int(v) if isinstance(v, (bool, np.bool_)) else v, otypes=[object]
            )(array),
            argument,
        )
    if array.dtype.kind not in "iuf":
        raise InputTypeError(
            f"`{argument}` must be True or False; got {array.ravel()[0].item()!r}. Compare the "
            "column with its "
            'word first, e.g. column == "Y".',
            argument=argument,
        )
    refuse(argument, "True or False", array, ~np.isin(array, (0, 1)), _MISSING_FLAG)
    return array.astype(np.bool_)


_MISSING_FLAG = "Decide what a missing flag means first."
_READ_LABELS = "Read labels with parse_responses(labels)."


def as_codes(values: npt.ArrayLike, argument: str) -> Codes:
    """Response codes as int8, each checked to be one of `Response`; labels are refused with the
    repair.

    Whole floats are codes too, with NaN as MISSING: what pandas and xarray make of codes where a
    row or a visit is not there. Masked is MISSING.
    """
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        values = np.where(mask, 0, values.data) if values.dtype.kind in "iufO" else values.data
    array = _array(values, argument)
    if array.dtype.kind in "fO" and array.size:
        array = _whole(array, argument)
    if array.dtype.kind not in "iu" and array.size:
        raise InputTypeError(
            f"`{argument}` must be Response codes (int8, 0 to 8); got {array.dtype}. {_READ_LABELS}",
            argument=argument,
        )
    wrong = (array < 0) | (array > 8) if array.size else np.zeros(array.shape, dtype=np.bool_)
    refuse(argument, "Response codes from 0 to 8", array, wrong, _READ_LABELS)
    return array.astype(np.int8, copy=False)


def _whole(array: npt.NDArray[Any], argument: str) -> npt.NDArray[np.int64]:
    """Codes that came as floats or objects, NaN as MISSING."""
    if array.dtype.kind == "O":
        try:
            array = _from_objects(array, argument)
        except InputTypeError as error:
            index = error.index or ()
            raise InputTypeError(
                f"`{argument}` must be Response codes (int8, 0 to 8); got {array[index]!r}"
                f"{place(index)}. {_READ_LABELS}",
                argument=argument,
                index=error.index,
            ) from None
    held = np.where(np.isnan(array), 0.0, array)
    wrong = np.isinf(held) | (held != np.floor(held))
    refuse(argument, "Response codes from 0 to 8", array, wrong, _READ_LABELS)
    return held.clip(-1, 9).astype(np.int64)


def as_days(values: npt.ArrayLike, argument: str) -> Floats:
    """Days from the reference date as float64 (timedelta64 accepted); NaN did not happen or
    unknown.
    """
    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind == "m":
        nothing = np.array("NaT", dtype=values.dtype)  # of its unit: NumPy 2.5 wants one
        values = np.where(np.ma.getmaskarray(values), nothing, values.data)
    array = _array(values, argument)
    if array.dtype.kind == "M":
        raise InputTypeError(
            f"`{argument}` must be days from one reference date; got dates ({array.dtype}). "
            "Subtract the reference date first.",
            argument=argument,
        )
    if array.dtype.kind == "m":
        return np.asarray(array / np.timedelta64(1, "D"), dtype=np.float64)  # NaN for NaT
    days = as_numbers(values, argument)
    refuse(
        argument,
        "finite days (NaN where unknown)",
        days,
        np.isinf(days),
        "Use NaN for what did not happen.",
    )
    return days


def shared_days(days: Floats) -> Floats:
    """Days (..., timepoint) as one axis where all have the same known ones; else as they are."""
    if days.size:
        first = days.reshape(-1, days.shape[-1])[0]
        return first if (days == first).all() else days
    return days


def as_intervals(
    first: npt.ArrayLike, last: npt.ArrayLike | None, argument: str
) -> tuple[Floats, Floats]:
    """First and last day of what lies in [first, last], broadcast; without ``last`` the day itself.

    A day of which one end is not known is not known at all.
    """
    early = as_days(first, argument)
    if last is None or last is first:
        return early, early
    name = f"{argument}_latest"
    early, late = broadcast(**{argument: early, name: as_days(last, name)})
    refuse(
        name,
        f"on or after `{argument}`",
        late,
        more_than(early, late),
        "Give the last day that is possible, or the day itself where it is known.",
    )
    known = ~np.isnan(early) & ~np.isnan(late)
    return np.where(known, early, np.nan), np.where(known, late, np.nan)


def running(ufunc: np.ufunc, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``ufunc.accumulate`` along the first axis, a row at a time: NumPy's own takes 50 times as
    long for bools.
    """
    if values.shape[0] > values[:1].size:  # a long course of few
        return np.asarray(ufunc.accumulate(values, axis=0))
    out = np.array(values)
    for row in range(1, out.shape[0]):
        ufunc(out[row - 1 : row], out[row : row + 1], out=out[row : row + 1])
    return out


def first_true(where: Bools) -> npt.NDArray[np.int64]:
    """The place along the first axis of the first True; the length of the axis where none is."""
    short = np.int16 if len(where) < 2**15 else np.int64  # a quarter of the room
    first = np.full(where.shape[1:], len(where), dtype=short)
    for index in reversed(range(len(where))):
        np.copyto(first, index, where=where[index])
    return first.astype(np.int64)


def check_increasing(days: Floats, argument: str, present: Bools | None = None) -> None:
    """Raise unless the known days increase strictly along the last axis (where ``present``)."""
    if days.shape[-1:] in ((), (0,), (1,)) or (
        present is None and (days[..., 1:] > days[..., :-1]).all()
    ):
        return
    known = ~np.isnan(days) if present is None else ~np.isnan(days) & present
    filled = np.where(known, days, -np.inf)
    before = np.maximum.accumulate(filled, axis=-1)[..., :-1]
    wrong = np.zeros(days.shape, dtype=np.bool_)
    wrong[..., 1:] = known[..., 1:] & (filled[..., 1:] <= before)
    refuse(
        argument,
        "strictly increasing along the last axis",
        days,
        wrong,
        "Sort the visits by day and keep one assessment a day.",
    )


def check_one_a_visit(days: Floats, visits: int, argument: str = "days") -> None:
    """Raise where one known day stands for several visits: they cannot be of one day."""
    if visits > 1 and days.shape[-1:] in ((), (1,)):
        refuse(
            argument,
            f"one day for each of the {visits} timepoints, strictly increasing",
            days,
            ~np.isnan(days),
            "Give the days of all of them, NaN where a day is not known.",
        )
