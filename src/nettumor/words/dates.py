"""What decides how the columns of dates of a study are read.

Which question: is 01/02/2024 in this column the first of February or the second of January, and from
which day does 45306 count? Two steps: collect what the columns hold, decide once for the whole study.
One order that fits every cell of a column, where the other does not, decides it; a column that both
fit follows the other columns of the study that are written with the same mark, where those agree;
else it is refused, naming the column and the option. What the user says comes before everything.
How a single word is written is the question of `nettumor.words.date_words`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from attrs import field, frozen

from nettumor.errors import InputError, InputTypeError, choose, did_you_mean
from nettumor.words.date_words import (
    FIRST_YEAR,
    LAST_YEAR,
    ORDERS,
    DateStatus,
    DateWords,
    Form,
    is_date,
    of_days,
    read,
    read_all,
    serial_days,
)

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "ORDERS",
    "DateDecision",
    "DateStatus",
    "DateWords",
    "Form",
    "decide",
    "is_date",
    "of_days",
    "read",
    "read_all",
    "serial_days",
]

_FIRST = {"DMY": "day first", "MDY": "month first", "YMD": "year first"}
_ORIGIN = {
    "excel": "days from 1899-12-30, as Excel counts",
    "sas": "days or seconds from 1960-01-01, as SAS counts",
}


@frozen
class DateDecision:
    """How one column of dates is read, and what decided.

    Attributes
    ----------
    order : str
        "DMY", "MDY", "YMD", "excel" or "sas"; "" where each cell is read by itself.
    certain : bool
        Nothing in the column is left to choose.
    refusal : str
        Why the column cannot be read without being told more, and how to tell it; "" if it can.
    converted, partial, unreadable : tuple of int
        Places in the words: dates read from another form than ISO 8601; dates of which a part is
        not known; what is neither a date nor missing, or not read for the reason in ``refusal``.
    note : str
        One sentence on what decided; "" where every cell is certain in itself.

    Examples
    --------
    >>> decision = decide({"lesions.date": ["15/01/2024", "01/02/2024"]})["lesions.date"]
    >>> decision.order, decision.note
    ('DMY', 'day first: 15/01/2024 fits no other order')
    """

    order: str = ""
    certain: bool = True
    refusal: str = ""
    converted: tuple[int, ...] = field(default=())
    unreadable: tuple[int, ...] = field(default=())
    partial: tuple[int, ...] = field(default=())
    note: str = ""


Reader = Callable[[str], DateWords]
"""Gives the words of a column as they are read in an order."""


def decide(
    columns: Mapping[str, Sequence[str]],
    said: str | Mapping[str, str] | None = None,
    *,
    readers: Mapping[str, Reader] | None = None,
) -> dict[str, DateDecision]:
    """How each column of dates of a study is read.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        For each column, named "table.column", its distinct words.
    said : {"DMY", "MDY", "YMD", "excel", "sas"}, or a mapping, optional
        What the user says of all columns, or of some by "table.column" or "column". Two-digit years
        are read only where an order is said, as 1950 to 2049 (RFC 5280, 4.1.2.5.1), and never in a
        column of births.
    readers : mapping of str to callable, optional
        For each column what gives `read_all` of its words in an order, where that is kept.

    Returns
    -------
    dict of str to DateDecision

    Raises
    ------
    InputError
        Where ``said`` is no order, or names no column.

    References
    ----------
    ISO 8601:2004; SDTMIG 3.4, 4.4.2; ECMA-376 18.17.4.1 (Excel); SAS 9.4 (date values).

    Examples
    --------
    >>> found = decide({"lesions.date": ["15/01/2024"], "subjects.death": ["01/02/2024"]})
    >>> found["subjects.death"].note
    'day first, as in lesions.date (15/01/2024): both orders fit 01/02/2024'
    >>> print(decide({"lesions.date": ["01/02/2024"]})["lesions.date"].refusal)
    lesions.date: 01/02/2024 may be 2024-02-01 (day first) or 2024-01-02 (month first), and no other \
date of the study decides. Pass dates="DMY" or "MDY" (--dates DMY).
    """
    told = _told(columns, said)
    if readers is None:
        readers = {name: partial(read_all, words) for name, words in columns.items()}
    held = {name: _Held.of(name, words, readers[name]) for name, words in columns.items()}
    own = {name: column.order for name, column in held.items() if name not in told and column.order}
    return {
        name: column.told(told[name]) if name in told else column.decided(own, held)
        for name, column in held.items()
    }


def _told(
    columns: Mapping[str, Sequence[str]], said: str | Mapping[str, str] | None
) -> dict[str, str]:
    """What the user says of each column."""
    if said is None:
        return {}
    if isinstance(said, str):
        return dict.fromkeys(columns, _order(said))
    if not isinstance(said, Mapping):
        raise InputTypeError(
            f'`dates` must be an order such as "DMY", or a mapping of column to order; got '
            f"{said!r:.60}.",
            argument="dates",
        )
    last = {name.rpartition(".")[2] for name in columns}
    for name in said:
        if name not in columns and name not in last:
            raise InputError(
                f"`dates` names no column of dates: {name!r}. {did_you_mean(name, [*columns, *last])}",
                argument="dates",
            )
    out = {}
    for name in columns:
        order = said.get(name, said.get(name.rpartition(".")[2], ""))
        if order:
            out[name] = _order(order)
    return out


def _order(word: str) -> str:
    known = {order.casefold(): order for order in ORDERS}
    found = known.get(str(word).strip().casefold(), str(word))
    choose("dates", found, ORDERS)
    return found


@frozen(eq=False)
class _Held:
    """What a column holds: its words as they are read without an order (``plain``), and the places
    of those that need one.
    """

    name: str
    words: Sequence[str]
    read: Reader
    plain: DateWords
    slashes: tuple[int, ...]
    fits: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, name: str, words: Sequence[str], read: Reader) -> _Held:
        plain = read("")
        slashes = np.flatnonzero(plain.form == Form.SLASHES)
        if not slashes.size:
            return cls(name, words, read, plain, (), {"DMY": (), "MDY": ()})
        given = [words[int(i)] for i in slashes]
        fits = {}
        for order in ("DMY", "MDY"):
            full = read_all(given, order).status == DateStatus.FULL
            fits[order] = tuple(slashes[full].tolist())
        possible = sorted({*fits["DMY"], *fits["MDY"]})
        return cls(name, words, read, plain, tuple(possible), fits)

    def _alone(self, order: str) -> int:
        """The first place that only this order fits, -1 for none."""
        other = self.fits["MDY" if order == "DMY" else "DMY"]
        return next((i for i in self.fits[order] if i not in set(other)), -1)

    @property
    def order(self) -> str:
        """The order that fits every date with slashes, where the other does not; "" else."""
        day, month = self._alone("DMY"), self._alone("MDY")
        if (day < 0) == (month < 0):
            return ""
        return "DMY" if day >= 0 else "MDY"

    @property
    def marks(self) -> frozenset[str]:
        """The marks between the numbers."""
        return frozenset(m for i in self.slashes for m in "/- " if m in self.words[i].strip())

    def told(self, order: str) -> DateDecision:
        """The decision that the user made."""
        short = _places(self.plain, Form.SHORT_YEAR)
        if short and self.name.rpartition(".")[2] == "birth":
            return self._refused(
                f"{self.name}: {self.words[short[0]]} has a year of two digits, and the century of "
                "a birth is not known. Write four digits."
            )
        how = _FIRST.get(order, _ORIGIN.get(order, ""))
        years = ", years of two digits as 1950 to 2049" if short and order in _FIRST else ""
        return self._read(order, f"{how}{years}, as said")

    def decided(self, own: Mapping[str, str], held: Mapping[str, _Held]) -> DateDecision:
        """The decision by what the columns of the study hold; ``own`` are the orders that columns
        show by themselves.
        """
        for form, refusal in ((Form.SERIAL, _serial_refusal), (Form.SHORT_YEAR, _short_refusal)):
            places = _places(self.plain, form)
            if places:
                return self._refused(refusal(self.name, self.words[places[0]]))
        if not self.slashes:
            return self._read("", "")
        if self.order:
            at = self._alone(self.order)
            return self._read(
                self.order, f"{_FIRST[self.order]}: {self.words[at]} fits no other order"
            )
        day, month = self._alone("DMY"), self._alone("MDY")
        if day >= 0:
            return self._refused(
                f"{self.name}: {self.words[day]} fits the order day, month, year alone, and "
                f'{self.words[month]} month, day, year alone. Write one order, or pass dates="DMY" '
                'or "MDY" (--dates DMY), and what does not fit is not read.'
            )
        return self._as_others(own, held)

    def _as_others(self, own: Mapping[str, str], held: Mapping[str, _Held]) -> DateDecision:
        """Both orders fit: as the other columns with the same mark have it."""
        given = [self.words[i] for i in self.slashes]
        by_order = {order: read_all(given, order).earliest for order in ("DMY", "MDY")}
        open_ = np.flatnonzero(by_order["DMY"] != by_order["MDY"])
        if not open_.size:
            return self._read("DMY", f"both orders give one date for {given[0]}")
        word = given[open_[0]]
        alike = {n: order for n, order in own.items() if held[n].marks & self.marks}
        if len(set(alike.values())) == 1:
            other, order = next(iter(alike.items()))
            example = held[other].words[held[other]._alone(order)]
            return self._read(
                order, f"{_FIRST[order]}, as in {other} ({example}): both orders fit {word}"
            )
        first, second = (_iso(by_order[order][open_[0]]) for order in ("DMY", "MDY"))
        why = (
            "the other columns of the study disagree"
            if alike
            else "no other date of the study decides"
        )
        return self._refused(
            f"{self.name}: {word} may be {first} (day first) or {second} (month first), and {why}. "
            'Pass dates="DMY" or "MDY" (--dates DMY).'
        )

    def _read(self, order: str, note: str, refusal: str = "") -> DateDecision:
        found = self.read(order) if order else self.plain
        if not order and (found.status == DateStatus.FULL).all() and (found.form == Form.ISO).all():
            return DateDecision(certain=not refusal, refusal=refusal, note=note)
        read_ = (found.status == DateStatus.FULL) | (found.status == DateStatus.PARTIAL)
        return DateDecision(
            order=order,
            certain=not refusal,
            refusal=refusal,
            converted=_at(read_ & (found.form != Form.ISO)),
            unreadable=_at(found.status == DateStatus.INVALID),
            partial=_at(found.status == DateStatus.PARTIAL),
            note=note,
        )

    def _refused(self, refusal: str) -> DateDecision:
        return self._read("", "", refusal)


def _serial_refusal(name: str, word: str) -> str:
    origin = {"excel": "1899-12-30 (Excel)", "sas": "1960-01-01 (SAS)"}
    dates = " or ".join(
        f"{_iso(day)} if counted from {origin[o]}" for o, day in serial_days(word).items()
    )
    return (
        f"{name} holds bare numbers such as {word}: {dates}. "
        f'Pass dates="excel" or "sas" (--dates excel).{_by_unix(float(word))}'
    )


_DAY_OF_SECONDS = 86_400
_RECENT = (7_305.0, 29_220.0)
"""Days since 1970-01-01 of 1990 to 2049: what a study of today counts from there."""


def _by_unix(number: float) -> str:
    """What R and Unix would have written so; "" where that is no day of a study."""
    days = (number, number / _DAY_OF_SECONDS, number / (1000 * _DAY_OF_SECONDS))
    found = [d for d in days if _RECENT[0] <= d <= _RECENT[1]]
    if not found:
        return ""
    return f" Counted from 1970-01-01 (R, Unix) it is {_iso(float(int(found[0])))}: write that."


def _short_refusal(name: str, word: str) -> str:
    return (
        f"{name} holds years of two digits, such as {word}: the century is not known. Write four "
        'digits, or pass dates="DMY", "MDY" or "YMD" (--dates DMY) to read them as 1950 to 2049.'
    )


def _places(found: DateWords, form: Form) -> list[int]:
    return [int(i) for i in np.flatnonzero(found.form == form)]


def _at(where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(where).tolist())


def _iso(day: float) -> str:
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=float(day))).isoformat()
