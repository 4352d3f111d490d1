"""Numbers of rows: codes without gaps, ranks, order, occurrence, and the extremes of a number.

Which rows are equal, and which stands before which? Codes from 0 on come in, one a row; numbers
from 0 on come out, in ascending order of the codes. What is long is worked on in stretches that
stay in the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._threads import LONG, each

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_STRETCH = 1 << 16  # rows whose temporaries stay in the processor's cache


def number_rows(*codes: npt.ArrayLike, short: bool = False) -> tuple[Ints, Ints]:
    """Numbers the distinct combinations of codes, in ascending order.

    Parameters
    ----------
    *codes : array_like of int, shape (n,)
        Codes from 0 on, one array per key, the first the slowest.
    short : bool
        Numbers of 32 bits where they fit: half the memory to ask for, for who only looks up by them.

    Returns
    -------
    numbers : ndarray of int, shape (n,)
        The number of each row's combination.
    first : ndarray of int, shape (number of combinations,)
        The first row of each combination.

    Examples
    --------
    >>> number_rows([0, 1, 0, 1], [2, 0, 2, 1])
    (array([0, 1, 0, 2]), array([0, 1, 3]))
    """
    key = np.asarray(codes[0])
    size = _size(key)
    if len(codes) == 1:
        key = key.astype(np.int64)
    for column in codes[1:]:
        key, size = _narrow(key, size)
        further = np.asarray(column)
        further, width = _narrow(further, _size(further))
        whole = smallest(size * width) if short else np.dtype(np.int64)
        key, size = _joined(key, further, width, whole), size * width
    return _dense(key, size)


def _joined(
    key: npt.NDArray[Any], further: npt.NDArray[Any], width: int, whole: np.dtype[Any]
) -> npt.NDArray[Any]:
    """Two keys as one, of which the second is below ``width``."""
    both = np.empty(len(key), dtype=whole)
    for part in stretches(len(key)):
        np.multiply(key[part], width, out=both[part], dtype=whole, casting="unsafe")
        np.add(both[part], further[part], out=both[part], casting="unsafe")
    return both


def by_appearance(codes: npt.ArrayLike) -> tuple[npt.NDArray[np.int32], Ints]:
    """Numbers the distinct codes in the order of their first rows, and gives these rows.

    >>> by_appearance([7, 2, 7, 9])
    (array([0, 1, 0, 2], dtype=int32), array([0, 1, 3]))
    """
    given = np.asarray(codes)
    ready = _first_rows_of_numbered(given)
    if ready is not None:
        return given.astype(np.int32, copy=False), ready
    key = given.astype(np.int64)
    size = _size(key)
    if not fills(size, key.size, most=8):
        key, _ = number_rows(key)
        size = _size(key)
    row = _first_rows(key, size)
    there = np.flatnonzero(row >= 0)
    order = there[np.argsort(row[there])]
    place = np.empty(size, dtype=np.int32)
    place[order] = np.arange(len(order))
    return values_at(place, key), row[order].astype(np.int64)


def codes_of(values: npt.ArrayLike) -> tuple[Ints, npt.NDArray[Any]]:
    """The code of each number (days, as a rule) among the distinct ones, and these in order.

    NaN has the code -1.

    >>> codes_of([7.0, np.nan, 2.5, 7.0])
    (array([ 1, -1,  0,  1]), array([2.5, 7. ]))
    """
    given = np.asarray(values)
    missing = np.isnan(given)
    if not missing.any():
        number, first = _dense_by_order(given)
        return number, given[first]
    known = np.flatnonzero(~missing)
    number, first = _dense_by_order(given[known])
    out = np.full(len(given), -1, dtype=np.int64)
    out[known] = number
    return out, given[known[first]]


def distinct_numbers(values: Floats) -> tuple[Floats, npt.NDArray[Any]]:
    """`numpy.unique` with its inverse; whole numbers in a narrow range (visits, days) without
    sorting.

    >>> distinct_numbers(np.array([3.0, np.nan, 1.0, 3.0]))
    (array([ 1.,  3., nan]), array([1, 2, 0, 1], dtype=int32))
    """
    whole = np.empty(len(values), dtype=np.int32)
    known = None
    for part in stretches(len(values)):
        given = values[part]
        missing = np.isnan(given)
        if missing.any():
            known = np.ones(len(values), dtype=np.bool_) if known is None else known
            known[part] = ~missing
            given = np.where(missing, 0.0, given)
        if given.min() <= -(2**31) or given.max() >= 2**31 - 1:
            break
        np.copyto(whole[part], given, casting="unsafe")
        if (whole[part] != given).any():
            break
    else:
        numbers, codes = distinct_whole(whole, known)
        found = numbers.astype(np.float64)
        if known is not None:
            found[-1] = np.nan
        return found, codes
    found, codes = np.unique(values, return_inverse=True)
    return found, codes.astype(np.int64)


def distinct_whole(
    values: npt.NDArray[Any], known: npt.NDArray[np.bool_] | None = None
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The same of whole numbers; what is not known is one number more, the last.

    >>> distinct_whole(np.array([7, 5, 7]))
    (array([5, 7]), array([1, 0, 1], dtype=int32))
    """
    if known is not None:
        values = np.where(
            known, values, values[known].max(initial=0) + 1
        )  # no known one is the largest of its type
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if not fills(high - low + 1, values.size, most=4):
        found, codes = np.unique(values, return_inverse=True)
        return found, codes.astype(np.int32)
    places = np.empty(len(values), dtype=np.int32)
    present = np.zeros(high - low + 1, dtype=np.bool_)
    for part in stretches(len(values)):
        np.subtract(values[part], low, out=places[part], dtype=np.int64, casting="unsafe")
        if not present.all():
            present[places[part]] = True
    found = np.flatnonzero(present) + low
    return found, places if present.all() else (np.cumsum(present, dtype=np.int32) - 1)[places]


def rank_within(track: npt.ArrayLike, codes: npt.ArrayLike) -> tuple[Ints, Ints, Ints]:
    """The place of each row's code among the distinct codes of its track, ascending.

    Parameters
    ----------
    track, codes : array_like of int, shape (n,)
        Track numbers from 0 on, without gaps; codes from 0 on.

    Returns
    -------
    rank : ndarray of int, shape (n,)
        0 for the smallest code of the track.
    count : ndarray of int, shape (tracks,)
        How many distinct codes each track has.
    first : ndarray of int, shape (sum of count,)
        The first row of each (track, code), track by track, codes ascending.

    Examples
    --------
    >>> rank_within([0, 0, 1, 0], [7, 5, 7, 5])[0]
    array([1, 0, 0, 0])
    """
    tracks = np.asarray(track, dtype=np.int64)
    pair, first = number_rows(tracks, codes)
    count = np.bincount(tracks[first], minlength=_size(tracks) if tracks.size else 0)
    start = np.concatenate([[0], np.cumsum(count)[:-1]]) if count.size else count
    return (pair - start[tracks] if tracks.size else pair), count.astype(np.int64), first


def occurrence(numbers: npt.ArrayLike) -> Ints:
    """How many earlier rows have the same number: 0 for the first, 1 for its first repeat, ...

    >>> occurrence([3, 1, 3, 3])
    array([0, 0, 1, 2])
    """
    given = np.asarray(numbers)
    sorted_already = (given[1:] >= given[:-1]).all()
    order = slice(None) if sorted_already else _ascending(given)
    ranked = given[order]
    new = np.ones(len(ranked), dtype=np.bool_)
    new[1:] = ranked[1:] != ranked[:-1]
    start = np.flatnonzero(new)
    within = np.arange(len(given))
    within -= np.repeat(start, np.diff(np.append(start, len(given))))
    if sorted_already:
        return within
    out = np.empty(len(given), dtype=np.int64)
    out[order] = within
    return out


def order_rows(*by: npt.ArrayLike) -> Ints:
    """The rows in the order of the first column, of the next where that is equal, then of the file.

    NaN stands last; for a descending order give the negative.

    >>> order_rows([1, 0, 1, 0], [5.0, 7.0, 2.0, 7.0])
    array([1, 3, 2, 0])
    """
    columns = [np.asarray(column) for column in by]
    if columns and in_order(*columns):
        return np.arange(len(columns[0]))
    order: Ints | None = None
    for column in columns[::-1]:
        order = _ascending(column) if order is None else order[_ascending(column[order])]
    assert order is not None
    return order


def in_order(*by: npt.NDArray[Any]) -> bool:
    """Whether the rows stand in the order of `order_rows` already, and none of them has a NaN.

    >>> in_order(np.array([0, 0, 1]), np.array([5.0, 7.0, 2.0]))
    True
    """
    for part in stretches(len(by[0]) - 1):
        after = slice(part.start + 1, part.stop + 1)
        tied = np.ones(part.stop - part.start, dtype=np.bool_)
        for column in by:
            earlier, later = column[part], column[after]
            if (tied & ~(earlier <= later)).any():
                return False
            tied &= earlier == later
    return True


def order_of_distinct(number: Ints, value: Floats) -> Ints | slice | None:
    """The rows in the order of a number and a value, in a tenth of the time of `order_rows`.

    A slice where they stand so already; None where the two do not tell every two rows apart.

    >>> order_of_distinct(np.array([1, 0, 1]), np.array([5.0, 7.0, 2.0]))
    array([1, 2, 0])
    """
    low = value.min(initial=0.0)  # NaN if one has no value
    width = value.max(initial=0.0) - low + 1.0
    if not (number.max(initial=0) + 1.0) * width <= 2**52:
        return None
    key = number * width
    key += value - low
    if (key[1:] > key[:-1]).all():
        return slice(None)
    order = np.argsort(key)
    return order if (np.diff(key[order]) > 0).all() else None


def order_of_words(spelled: npt.NDArray[np.str_]) -> Ints | None:
    """The places of distinct words in the order of their letters, in half the time of Python's sort.

    None where more than eight letters differ from word to word, or some are beyond Latin-1: Python
    sorts these.

    >>> order_of_words(np.array(["S-10", "S-02", "S-01"]))
    array([2, 1, 0])
    >>> order_of_words(np.array(["abcdefghi", "123456789"])) is None
    True
    """
    letters = spelled.view(np.uint32).reshape(len(spelled), -1)
    differing = letters[:, (letters != letters[:1]).any(axis=0)]
    if differing.shape[1] > _KEY or differing.max(initial=0) > _LATIN:
        return None
    key = np.zeros((len(spelled), _KEY), dtype=np.uint8)
    key[:, : differing.shape[1]] = differing
    # as one number a word, the first letter highest; where a word ends is 0, below every letter
    return np.argsort(key.view(">u8").ravel().astype(np.uint64), kind="stable")


_KEY, _LATIN = 8, 255
"""Letters that a number of 64 bits holds, and the highest that takes one of its bytes."""


def smallest_at(
    number: Ints, values: npt.NDArray[Any], size: int, fill: Any = np.nan
) -> npt.NDArray[Any]:
    """The smallest value of each number below ``size``; ``fill`` where none is known.

    >>> smallest_at(np.array([1, 1, 3]), np.array([4.0, 2.0, np.nan]), 4)
    array([nan,  2., nan, nan])
    """
    return _extreme_at(np.minimum, number, values, size, fill)


def largest_at(
    number: Ints, values: npt.NDArray[Any], size: int, fill: Any = np.nan
) -> npt.NDArray[Any]:
    """The largest value of each number below ``size``; ``fill`` where none is known.

    >>> largest_at(np.array([1, 1, 3]), np.array([4, 2, 7]), 4, -1)
    array([-1,  4, -1,  7])
    """
    return _extreme_at(np.maximum, number, values, size, fill)


def _extreme_at(
    which: np.ufunc, number: Ints, values: npt.NDArray[Any], size: int, fill: Any
) -> npt.NDArray[Any]:
    if values.dtype.kind == "f":
        known = ~np.isnan(values)
        number, values = number[known], values[known]
    out = np.full(size, fill, dtype=np.result_type(values.dtype, type(fill)))
    out[number] = values  # some value of each number: none is compared with ``fill``
    which.at(out, number, values)
    return out


def as_codes(key: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A key as whole numbers."""
    return codes_of(key)[0] if key.dtype.kind == "f" else key


def stretches(n: int) -> list[slice]:
    """The rows from the first to the last, so many at a time that what is made of them stays in the
    cache.
    """
    return [slice(start, min(start + _STRETCH, n)) for start in range(0, n, _STRETCH)]


def fills(places: int, rows: int, *, most: int = 3) -> bool:
    """Whether an array with a place for all that could be costs less than to number what is there.

    At most so many places a row, as measured; small arrays cost nothing.
    """
    return 0 < places <= most * rows + 1024


def smallest(n: int) -> np.dtype[Any]:
    """The type that numbers of ``n`` rows take: half the room where they fit."""
    return np.dtype(np.int32 if n <= 2**31 else np.int64)


def values_at(values: npt.NDArray[Any], codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``values[codes]`` in a third of the time where there are many; no code may lie below 0 (it
    would read the first).

    >>> values_at(np.array(["a", "b"]), np.array([1, 0, 1])).tolist()
    ['b', 'a', 'b']
    """
    out = np.empty(len(codes), dtype=values.dtype)
    for part in stretches(len(codes)):
        values.take(codes[part], out=out[part], mode="clip")
    return out


def _size(codes: npt.NDArray[Any]) -> int:
    return int(codes.max()) + 1 if codes.size else 1


def _narrow(key: npt.NDArray[Any], size: int) -> tuple[npt.NDArray[Any], int]:
    """Codes of at most 31 bits, so that two of them multiply without overflow."""
    if size <= 2**31:
        return key, size
    dense, _ = _dense(key, size)
    return dense, _size(dense)


def _dense(key: Ints, size: int) -> tuple[Ints, Ints]:
    if not fills(size, key.size, most=8):
        return _dense_by_order(key)
    row = _first_rows(key, size)
    there = np.flatnonzero(row >= 0)
    if len(there) == size:
        return key, row.astype(np.int64)
    first = row[there].astype(np.int64)
    row[there] = np.arange(len(there))  # from here on the number of each code that is there
    return values_at(row, key).astype(key.dtype), first


def _dense_by_order(key: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """As `_dense`, of keys that lie far apart or are no whole numbers."""
    order = _ascending(key)
    ranked = key[order]
    new = np.ones(len(key), dtype=np.bool_)
    new[1:] = ranked[1:] != ranked[:-1]
    del ranked
    rank = np.cumsum(new, dtype=np.int64)
    rank -= 1
    number = np.empty(len(key), dtype=np.int64)
    number[order] = rank
    return number, order[new]


def _ascending(column: npt.NDArray[Any]) -> Ints:
    """The rows in ascending order of a column, NaN last, equal ones as in the file.

    Whole numbers are sorted by 16 bits at a time, the lowest first, which NumPy does by counting:
    a quarter of the time of comparing them.
    """
    key = whole_numbers(column)
    if key is None:
        return np.argsort(column, kind="stable")
    if (key[1:] >= key[:-1]).all():
        return np.arange(len(key))
    low, top = int(key.min()), int(key.max()) - int(key.min())
    if top >= _FAR:
        return np.argsort(key, kind="stable")
    key = key - low
    order, bits = np.argsort(key.astype(np.uint16), kind="stable"), 16
    while top >> bits:
        digits = (key >> bits).astype(np.uint16)
        order, bits = order[np.argsort(digits[order], kind="stable")], bits + 16
    return order


def whole_numbers(column: npt.NDArray[Any]) -> Ints | None:
    """A column as whole numbers of the same order, NaN as the largest; None for what is none, or
    lies further apart than sorting by 16 bits pays for.
    """
    if column.dtype.kind in "bi" or (column.dtype.kind == "u" and column.dtype.itemsize < 8):
        return column.astype(np.int64, copy=False)
    if column.dtype.kind != "f":
        return None
    with np.errstate(invalid="ignore"):
        whole = column.astype(np.int64)
    if (whole == column).all() and -_WHOLE < whole.min(initial=0) <= whole.max(initial=0) < _WHOLE:
        return whole
    known = column[~np.isnan(column)]
    low, high = known.min(initial=0.0), known.max(initial=0.0)
    if not (low > -_WHOLE and high < _WHOLE) or (known != np.trunc(known)).any():
        return None
    return np.asarray(np.where(np.isnan(column), high + 1, column), dtype=np.int64)


_WHOLE, _FAR = 2.0**31, 2**48


def _first_rows(key: Ints, size: int) -> npt.NDArray[Any]:
    """The first row of each code below ``size``; -1 for none."""
    # whole numbers of half the size: what is written in no order stays in the processor's cache
    whole = smallest(key.size)

    def of(parts: list[slice]) -> npt.NDArray[Any]:
        row = np.full(size, -1, dtype=whole)
        for part in reversed(parts):  # the last assignment, the first row, stays
            row[key[part][::-1]] = np.arange(part.stop - 1, part.start - 1, -1, dtype=whole)
        return row

    parts = stretches(key.size)
    middle = len(parts) // 2 if key.size >= LONG else 0
    if not middle:
        return of(parts)
    row, other = each(of, [parts[:middle], parts[middle:]], rows=key.size)
    np.copyto(row, other, where=row < 0)
    return row


def _first_rows_of_numbered(codes: npt.NDArray[Any]) -> Ints | None:
    """The first row of each code where the codes are numbered by appearance already; else None."""
    found, seen, size = [np.zeros(0, dtype=np.int64)], 0, _size(codes)
    for part in stretches(len(codes)):
        if seen == size:
            break
        top = np.maximum.accumulate(codes[part])
        new = np.flatnonzero((top[1:] > top[:-1]) & (top[1:] >= seen)) + 1
        if top[0] >= seen:
            new = np.append(0, new)
        if top[-1] >= seen + len(new):
            return None  # a number was passed over
        found.append(new + part.start)
        seen += len(new)
    return np.concatenate(found)
