"""One column of a user's table, kept as it came and quick to read in many ways.

A column that came as text stays text: every distinct cell is held once, and each row holds the
number of its word. What a cell means (a size, a state, a date) is therefore decided once per
distinct cell, not once per row. A column that came as numbers stays numbers, with the letter of a
SAS special missing value beside it where there was one.

What a number is, is decided here for every reader and frame: floats of 32 bits stand for the
shortest decimal that rounds to them, floats of 16 bits are refused (they hold 23.1 as 23.09), a
missing number is one plain NaN, truth values are the words True and False, durations are days.
"""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, widen
from nettumor._sealed import alike, sealed
from nettumor.crf.came_as import TEXT, CameAs
from nettumor.crf.cell_text import (
    cell_text,
    days_of_duration,
    days_of_durations,
    is_null,
    number_text,
)
from nettumor.errors import InputTypeError
from nettumor.rows import (
    by_appearance,
    distinct_numbers,
    distinct_whole,
    stretches,
    values_at,
)
from nettumor.words.dates import ORDERS, DateWords, of_days, read_all
from nettumor.words.missing import any_missing, is_missing, plainly_spelled

Words = npt.NDArray[np.object_]
Ints = npt.NDArray[Any]
"""Whole numbers: codes of words are int32, so that long columns take half the room."""

_NUMBERS = (int, float, np.integer, np.floating)
_NO_NUMBERS = (bool, np.timedelta64)
"""Subclasses of these that are none."""

_MANY, _SHORT = 2000, 64  # words of a column, and letters of one, for `Column.spelled`

WHOLE = 2**53
"""Above this a float64 cannot hold every whole number: longer identifiers are kept as text."""


class Factoriser:
    """Numbers the distinct values of a long series in the order of their first appearance."""

    def __init__(self) -> None:
        self._numbers: defaultdict[Any, int] = defaultdict(itertools.count().__next__)
        self._parts: list[npt.NDArray[np.int32]] = []

    def add(self, values: Sequence[Any]) -> None:
        """Number further values."""
        self._parts.append(
            np.fromiter(map(self._numbers.__getitem__, values), np.int32, len(values))
        )

    def result(self) -> tuple[npt.NDArray[np.int32], list[Any]]:
        """The number of each value, and the distinct values."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, np.int32)
        return codes, list(self._numbers)


class Column:
    """One column, as text or as numbers.

    Parameters
    ----------
    words : sequence of str, optional
        The distinct cells of a text column; a blank or null cell is "".
    codes : array of int, shape (n,), optional
        For each row the place of its cell in ``words``.
    floats : array of float, shape (n,), optional
        The cells of a column of numbers; NaN for a blank or null cell.
    letters : array of str, shape (n,), optional
        For a column of numbers from SAS: "." or ".A" to ".Z" or "._" where missing, else "".

    Examples
    --------
    >>> c = Column.of_text(["12", "NE", "12"])
    >>> c.cells.tolist(), c.words.tolist(), c.codes.tolist()
    (['12', 'NE', '12'], ['12', 'NE'], [0, 1, 0])
    """

    came_as: CameAs = TEXT
    """The type the column had where it came from, for results that go back there."""

    def __init__(
        self,
        *,
        words: Sequence[str] | Words | None = None,
        codes: npt.NDArray[Any] | None = None,
        floats: npt.NDArray[Any] | None = None,
        letters: npt.NDArray[np.str_] | None = None,
    ) -> None:
        self.floats: Floats | None = None
        self.letters = letters
        if floats is not None:
            self.floats = _plain_nan(np.array(floats, dtype=np.float64))
            self.floats.setflags(write=False)
        else:
            self._factors = _of_own_factors(
                _as_words(words if words is not None else []), np.asarray(codes, dtype=np.int32)
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column):
            return NotImplemented
        held = (self.floats, self.letters, self.came_as)
        if len(self) != len(other) or not all(
            map(alike, held, (other.floats, other.letters, other.came_as))
        ):
            return False
        return self.floats is not None or bool((self.text == other.text).all())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (None, None) if self.floats is not None else self._factors
        return _sealed_column, (*parts, self.floats, self.letters, self.came_as)

    @classmethod
    def of_text(cls, cells: Iterable[Any]) -> Column:
        """A text column from one cell per row; None is a blank."""
        factoriser = Factoriser()
        factoriser.add(["" if c is None else c for c in cells])
        codes, words = factoriser.result()
        return cls(words=words, codes=codes)

    @classmethod
    def of_distinct(cls, words: Sequence[str], codes: npt.NDArray[Any]) -> Column:
        """A text column from words that may repeat (after trimming, after joining two columns)."""
        if len(set(words)) == len(words):
            return cls(words=words, codes=codes)
        factoriser = Factoriser()
        factoriser.add(list(words))
        place, distinct = factoriser.result()
        return cls(words=distinct, codes=place[np.asarray(codes)] if len(words) else codes)

    @classmethod
    def of_cells(cls, cells: Sequence[Any], name: str = "column") -> Column:
        """A column from Python values: numbers if all are, durations as days, else text (dates in
        ISO 8601, truth values as True and False).
        """
        quick = cls._of_plain_cells(cells)
        if quick is not None:
            return quick
        kinds = {type(c) for c in cells if not is_null(c)}
        if any(issubclass(k, np.float16) for k in kinds):
            raise _half_precision(name)
        if kinds and all(issubclass(k, (datetime.timedelta, np.timedelta64)) for k in kinds):
            return cls(floats=np.array([days_of_duration(c) for c in cells]))
        numeric = all(issubclass(k, _NUMBERS) and not issubclass(k, _NO_NUMBERS) for k in kinds)
        if numeric and (kinds or any(isinstance(c, (float, np.floating)) for c in cells)):
            short = any(issubclass(k, np.float32) for k in kinds)
            values: list[Any] = [
                np.nan
                if is_null(c)
                else float(str(c))
                if short and isinstance(c, np.float32)
                else c
                for c in cells
            ]
            if all(abs(v) <= WHOLE for v in values if not isinstance(v, float)):
                return cls(floats=np.array(values, dtype=np.float64))
        return cls.of_text([cell_text(c, name) for c in cells])

    @classmethod
    def _of_plain_cells(cls, cells: Sequence[Any]) -> Column | None:
        """The same of cells that are all text, or all numbers of Python, or None; else None."""
        kinds = set(map(type, cells))
        if kinds <= {str, type(None)}:
            factoriser = Factoriser()
            factoriser.add(cells)
            codes, words = factoriser.result()
            return cls.of_distinct(["" if w is None else w for w in words], codes)
        if not kinds <= {int, float, type(None)}:
            return None
        try:
            floats = np.array(cells, dtype=np.float64)
        except OverflowError:  # a whole number of more than 308 digits
            return None
        if int in kinds and bool(np.any(np.abs(floats) >= WHOLE)):
            return None
        return cls.of_own(floats)

    @classmethod
    def of_array(cls, array: npt.NDArray[Any], name: str = "column") -> Column:
        """A column from a one-dimensional NumPy array of any type; masked elements are blank."""
        if isinstance(array, np.ma.MaskedArray):
            known = ~np.ma.getmaskarray(array)
            if not known.all():
                return cls.of_array(array.data[known], name).expand(
                    np.where(known, np.cumsum(known) - 1, -1)
                )
            array = array.data
        kind = array.dtype.kind
        if kind in "iu" and array.size and (array.max() > WHOLE or array.min() < -WHOLE):
            return cls.of_text(array.astype(str).tolist())
        if kind == "f" and array.dtype.itemsize < 4:
            raise _half_precision(name)
        if kind == "f" and array.dtype.itemsize == 4:
            with np.errstate(invalid="ignore"):  # a signalling NaN warns where it is widened
                return cls.of_own(widen(array))
        if kind in "fiu":
            return cls.of_own(array.astype(np.float64))
        if kind == "b":
            return cls.of_flags(array)
        if kind == "M":
            return cls.of_datetimes(array)
        if kind == "m":
            return cls(floats=days_of_durations(array))
        if kind == "U":
            return cls.of_text(array.tolist())
        return cls.of_cells(array.tolist(), name)

    @classmethod
    def of_flags(
        cls, flags: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_] | None = None
    ) -> Column:
        """A text column of True and False, blank where not ``known``: truth values are no numbers.

        >>> Column.of_flags(np.array([True, False])).cells.tolist()
        ['True', 'False']
        """
        codes = flags.astype(np.int32)
        if known is not None:
            codes[~known] = 2
        if not len(codes):
            return cls(words=[], codes=codes)
        numbers, first = by_appearance(codes)
        return cls(words=[("False", "True", "")[i] for i in codes[first].tolist()], codes=numbers)

    @classmethod
    def of_datetimes(cls, array: npt.NDArray[np.datetime64]) -> Column:
        """A text column of ISO 8601 dates (with the time where there is one) from datetime64."""
        numbers, whole = _days_of(array)
        if whole is not None and whole.all():  # what is no time is no whole day
            return cls.of_days(numbers)
        known = ~np.isnat(array)
        if whole is None or bool(np.all(whole | ~known)):
            return cls.of_days(numbers, None if known.all() else known)
        moments, codes = np.unique(array.astype("datetime64[s]"), return_inverse=True)
        days = moments.astype("datetime64[D]")
        text = np.where(
            moments == days, np.datetime_as_string(days), np.datetime_as_string(moments)
        )
        return cls.of_distinct(np.where(np.isnat(moments), "", text).tolist(), codes)

    @classmethod
    def of_days(cls, days: npt.NDArray[Any], known: npt.NDArray[np.bool_] | None = None) -> Column:
        """A text column of ISO 8601 dates from whole days since 1970-01-01; blank where not
        ``known``.
        """
        found, codes = distinct_whole(days, known)
        words = np.datetime_as_string(found.astype("datetime64[D]")).tolist()
        column = cls(words=words if known is None else [*words[:-1], ""], codes=codes)
        day = found.astype(np.float64)
        if known is not None:
            day[-1] = np.nan
        column._dates = dict.fromkeys(("", *ORDERS), _read_only(of_days(day)))
        return column

    @classmethod
    def of_own(cls, floats: Floats) -> Column:
        """A column of numbers in memory that nobody else holds, which is not copied."""
        column = cls.__new__(cls)
        column.floats, column.letters = _plain_nan(floats), None
        column.floats.setflags(write=False)
        return column

    @classmethod
    def of_whole(cls, numbers: npt.NDArray[Any]) -> Column:
        """A column of whole numbers without blanks (visits, days)."""
        column = cls(floats=numbers)
        found, codes = distinct_whole(numbers)
        # what `_factors` would find out again, and in the thread that reads
        column._factors = _of_own_factors(
            _as_words([number_text(v) for v in found.astype(np.float64).tolist()]), codes
        )
        return column

    @property
    def is_text(self) -> bool:
        """Whether the column came as text."""
        return self.floats is None

    def __len__(self) -> int:
        return len(self.floats) if self.floats is not None else len(self._factors[1])

    @cached_property
    def _factors(self) -> tuple[Words, Ints]:
        assert self.floats is not None
        values, codes = distinct_numbers(self.floats)
        words = [number_text(v) for v in values.tolist()]
        if self.letters is not None:
            lettered = np.char.add(np.array(words, dtype=object)[codes].astype(str), self.letters)
            return _refactor(lettered.tolist())
        return _of_own_factors(_as_words(words), codes)

    @property
    def distinct_numbers(self) -> Floats | None:
        """The numbers that `words` are written from; None for text and letters of SAS."""
        if self.floats is None or self.letters is not None:
            return None
        return distinct_numbers(self.floats)[0]

    @property
    def words(self) -> Words:
        """The distinct cells as text, in order of first appearance (numbers: ascending)."""
        return self._factors[0]

    @property
    def codes(self) -> Ints:
        """For each row the place of its cell in `words`."""
        return self._factors[1]

    @cached_property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest of the numbers; NaN where there is none."""
        numbers = np.empty(0) if self.floats is None else self.floats
        return tuple(float(f.reduce(numbers, initial=np.nan)) for f in (np.fmin, np.fmax))  # type: ignore[return-value]

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many rows have each of `words`."""
        out = np.zeros(len(self.words), dtype=np.int64)
        if len(out) == 1:
            out[0] = len(self)
        elif len(out):
            for part in stretches(len(self)):  # what NumPy makes of short codes stays in the cache
                out += np.bincount(self.codes[part], minlength=len(out))
        return sealed(out)

    @cached_property
    def text(self) -> Words:
        """The cells as text, one per row; "" where blank, a number as one would write it."""
        cells = self.words[self.codes] if len(self.words) else np.empty(0, dtype=object)
        cells.setflags(write=False)
        return cells

    @property
    def cells(self) -> npt.NDArray[Any]:
        """The cells as they came: an array of float, or of str objects."""
        return self.text if self.floats is None else self.floats

    @cached_property
    def spelled(self) -> npt.NDArray[np.str_] | None:
        """`words` as one array of letters, where they are many and short: identifiers, which are
        looked over and sorted in a part of the time so.
        """
        words = self.words.tolist() if len(self.words) >= _MANY else []
        if not words or not 0 < max(map(len, words)) <= _SHORT:
            return None
        return np.array(words, dtype=np.str_)

    @cached_property
    def trimmed(self) -> Column:
        """The column as text with outer blanks removed and "" for a word that stands for nothing:
        what keys and codes are compared by.
        """
        if self.spelled is not None and plainly_spelled(self.spelled):
            return self if self.floats is None else Column(words=self.words, codes=self.codes)
        words = self.words.tolist()
        if any_missing(words):
            words = ["" if is_missing(w) else " ".join(w.split()) for w in words]
        elif len("".join(["|", *words, "|"]).split()) == 1:  # no blank in any
            return self if self.floats is None else Column(words=self.words, codes=self.codes)
        else:
            words = [" ".join(w.split()) for w in words]
        return Column.of_distinct(words, self.codes)

    @cached_property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Where a cell holds nothing: empty, only blanks, or a word for missing (NA, a SAS
        letter).
        """
        if self.floats is not None:
            return sealed(np.isnan(self.floats))
        return sealed(self.map(is_missing, np.bool_))

    @cached_property
    def spoken(self) -> npt.NDArray[np.bool_]:
        """Which of `words` have a letter or a digit: nothing else can be a word."""
        spoken = [any(map(str.isalnum, w)) for w in self.words.tolist()]
        return sealed(np.array(spoken, dtype=np.bool_))

    def map(self, function: Callable[[str], Any], dtype: Any) -> npt.NDArray[Any]:
        """A function of the cell's text, called once per distinct cell."""
        found = np.array([function(w) for w in self.words], dtype=dtype)
        if len(found) == 1:
            return np.full(len(self), found[0], dtype=dtype)
        return values_at(found, self.codes) if len(found) else np.empty(0, dtype=dtype)

    @cached_property
    def _dates(self) -> dict[str, DateWords]:
        return {}

    def date_words(self, order: str = "") -> DateWords:
        """`words` read as dates (`nettumor.words.dates.read_all`), in each order once; read-only."""
        if order not in self._dates:
            self._dates[order] = _read_only(read_all(self.words.tolist(), order))
        return self._dates[order]

    def take(self, rows: npt.NDArray[Any]) -> Column:
        """The column at these rows (places or a mask)."""
        letters = None if self.letters is None else self.letters[rows]
        if self.floats is not None:
            part = Column(floats=self.floats[rows], letters=letters)
        else:
            part = Column(words=self.words, codes=self.codes[rows])
            part._dates = self._dates
        part.came_as = self.came_as
        return part

    def expand(self, rows: npt.NDArray[Any]) -> Column:
        """The column at these places, with a blank where a place is -1."""
        here = rows >= 0
        if self.floats is not None and self.letters is None:
            return Column(
                floats=np.where(here, self.floats[rows], np.nan)
                if len(self)
                else np.full(len(rows), np.nan)
            )
        return Column.of_distinct(
            ["", *self.words], np.where(here, self.codes[rows] + 1, 0) if len(self) else here * 0
        )

    def __repr__(self) -> str:
        return f"Column of {len(self)} {'words' if self.is_text else 'numbers'}: {self.text[:4].tolist()}"


def blanks(n: int) -> Column:
    """A text column of ``n`` blank cells."""
    return constant("", n)


def constant(word: str, n: int) -> Column:
    """A text column that says the same in every row."""
    return Column(words=[word], codes=np.broadcast_to(np.int32(0), n))  # takes no memory


def choose_cells(first: Column, second: Column | None) -> Column:
    """The first column, with the second's cell where the first is blank."""
    if second is None or not first.blank.any():
        return first
    if first.floats is not None and second.floats is not None:
        return Column(floats=np.where(first.blank, second.floats, first.floats))
    shifted = second.codes + len(first.words)
    return Column.of_distinct(
        [*first.words, *second.words], np.where(first.blank, shifted, first.codes)
    )


def concatenate(columns: Sequence[Column]) -> Column:
    """Columns one below the other: numbers if all are (SAS letters kept as text), else text."""
    if all(c.floats is not None and c.letters is None for c in columns):
        return Column(floats=np.concatenate([c.floats for c in columns if c.floats is not None]))
    starts = np.cumsum([0, *(len(c.words) for c in columns[:-1])])
    codes = [c.codes + s for c, s in zip(columns, starts, strict=True)]
    return Column.of_distinct([w for c in columns for w in c.words], np.concatenate(codes))


def _half_precision(name: str) -> InputTypeError:
    return InputTypeError(
        f"`{name}` must not be floats of 16 bits, which hold 23.1 as 23.09; got float16. Read the "
        "column again as float64.",
        argument=name,
    )


def _plain_nan(floats: Floats) -> Floats:
    """The floats with every missing one a plain NaN: R's is a signalling one, by which
    `numpy.fmin`, `numpy.fmax` and `numpy.nanmin` go wrong.
    """
    missing = np.isnan(floats)
    if missing.any():
        floats = floats if floats.flags.writeable else floats.copy()
        floats[missing] = np.nan
    return floats


def _as_words(words: Sequence[str] | Words) -> Words:
    out = np.empty(len(words), dtype=object)
    out[:] = list(words)
    return out


def _refactor(cells: Sequence[str]) -> tuple[Words, Ints]:
    factoriser = Factoriser()
    factoriser.add(cells)
    codes, words = factoriser.result()
    return _as_words(words), codes.astype(np.int64)


_A_DAY = {
    "D": 1,
    "h": 24,
    "m": 1440,
    "s": 86_400,
    "ms": 86_400_000,
    "us": 86_400_000_000,
    "ns": 86_400_000_000_000,
}


def _days_of(
    array: npt.NDArray[np.datetime64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_] | None]:
    """Days since 1970-01-01, and which moments have no time of the day (None: all); anything where
    it is no time.
    """
    unit, count = np.datetime_data(array.dtype)
    if (unit, count) == ("D", 1):
        return array.view(np.int64), None
    if unit not in _A_DAY or count != 1:
        days = array.astype("datetime64[D]")
        return days.view(np.int64), np.asarray(days == array)
    # by whole numbers: NumPy's own change of unit takes five times as long
    ticks = array.astype(f"datetime64[{unit}]", copy=False).view(np.int64)
    days_since = np.empty(ticks.shape, dtype=np.int64)
    whole = np.empty(ticks.shape, dtype=np.bool_)
    for part in stretches(len(ticks)):
        np.floor_divide(ticks[part], _A_DAY[unit], out=days_since[part])
        np.equal(days_since[part] * _A_DAY[unit], ticks[part], out=whole[part])
    return days_since, whole


def _of_own_factors(words: Words, codes: Ints) -> tuple[Words, Ints]:
    """Words and codes as read-only views: who gave the arrays may still write to them."""
    return sealed((words.view(), codes.view()))


def _read_only(dates: DateWords) -> DateWords:
    for values in dates:
        values.setflags(write=False)
    return dates


def _sealed_column(words: Any, codes: Any, floats: Any, letters: Any, came_as: CameAs) -> Column:
    """A column out of a pickle, its arrays read-only."""
    column = Column(words=words, codes=codes, floats=floats, letters=letters)
    column.came_as = came_as
    sealed(vars(column))
    return column
