"""Rows of a table by patient and day: the latest until a day, the sum over a window of days.

Rows of one marker, or of one symptom in one way of recording it, come in; places among them, row
numbers and sums come out. Two equal rows of a day count once, two unequal ones not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints, Words
from nettumor.rows import in_order, order_rows


@frozen(eq=False)
class Scans:
    """The scans to judge beside.

    Attributes
    ----------
    subject : ndarray of int, shape (unit,)
    day : ndarray of float, shape (unit, timepoint)
        From the reference date; NaN where unknown.
    exists : ndarray of bool, shape (unit, timepoint)
    reference : ndarray of float, shape (unit,)
        The reference date in the count of the table of samples.
    new_therapy, cutoff : ndarray of float, shape (unit,)
    """

    subject: Ints
    day: Floats
    exists: Bools
    reference: Floats
    new_therapy: Floats
    cutoff: Floats

    @property
    def table_day(self) -> Floats:
        """The days in the count of the table of samples."""
        return self.day + self.reference[:, None]

    def previous(self) -> Floats:
        """Day of the scan before each, in the count of the table; -inf for the first after the
        baseline, which the baseline scan does not bound: what is after the baseline sample belongs
        to it.
        """
        day = self.table_day
        latest = np.maximum.accumulate(np.where(np.isnan(day), -np.inf, day), axis=1)
        since = np.concatenate([np.full((len(day), 2), -np.inf), latest[:, 1:-1]], axis=1)
        return since[:, : day.shape[1]]


@frozen(eq=False, slots=False)
class Series:
    """Usable rows of a table, ordered by subject and day."""

    subject: Ints
    day: Floats
    row: Ints

    @cached_property
    def _first_day(self) -> float:
        return float(self.day.min(initial=np.inf))

    @cached_property
    def _span(self) -> float:
        """More days than a series has: subject and day become one number."""
        return float(self.day.max(initial=-np.inf)) - self._first_day + 3

    @cached_property
    def _key(self) -> Floats:
        return self.subject * self._span + (self.day - self._first_day + 1)

    def until(self, subject: Ints, day: Floats) -> Ints:
        """How many rows stand before the subject's first row after a day; NaN is before all."""
        low, span = self._first_day, self._span
        wanted = np.clip(np.where(np.isnan(day), -np.inf, day), low - 1, low + span - 2) - low + 1
        return np.asarray(np.searchsorted(self._key, subject * span + wanted, side="right"))

    def last(self, subject: Ints, day: Floats) -> Ints:
        """Place of the latest row of each subject on or before a day; -1 for none."""
        if not len(self.row):
            return np.full(np.broadcast_shapes(subject.shape, day.shape), -1, dtype=np.int64)
        place = self.until(subject, day) - 1
        return np.where((place >= 0) & (self.subject[place] == subject), place, -1)

    def first(self, subject: Ints) -> Ints:
        """Place of the first row of each subject; -1 for none."""
        if not len(self.row):
            return np.full(subject.shape, -1, dtype=np.int64)
        place = np.searchsorted(self.subject, subject)
        held = np.minimum(place, len(self.subject) - 1)
        return np.where((place < len(self.subject)) & (self.subject[held] == subject), place, -1)

    def days(self, place: Ints) -> Floats:
        """The day at each place; NaN for -1."""
        return value_at(self.day, place)

    def rows(self, place: Ints) -> Ints:
        """The row of the table at each place; -1 for -1."""
        return np.where(place < 0, -1, self.row[np.maximum(place, 0)]) if len(self.row) else place

    def window(self, subject: Ints, after: Floats, until: Floats) -> tuple[Ints, Ints]:
        """Places of the rows over the days after one and until another: the first, and the end."""
        shape = np.broadcast_shapes(subject.shape, after.shape, until.shape)
        if not len(self.row):
            return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        first, end = (np.broadcast_to(self.until(subject, day), shape) for day in (after, until))
        return first, np.maximum(first, end)


def sums(values: Floats, window: tuple[Ints, Ints]) -> Floats:
    """Sum of the values from the first place of each window to before its end; 0 where it is
    empty.
    """
    first, end = window
    if not len(values):
        return np.zeros(first.shape)
    # pairs of bounds: each even element is the sum from one to the other
    bounds = np.stack([first.ravel(), end.ravel()], axis=1).ravel()
    found = np.add.reduceat(np.append(values, 0.0), bounds)[::2]
    return np.where(end > first, found.reshape(first.shape), 0.0)


def series(day: Floats, subject: Ints, usable: Bools, same: tuple[npt.NDArray[Any], ...]) -> Series:
    """The rows that are usable; equal ones of a day count once, unequal ones (in ``same``, where
    NaN is equal to NaN) not at all.
    """
    rows = np.flatnonzero(usable & (subject >= 0) & np.isfinite(day))
    who, when = subject[rows], day[rows]
    if not in_order(who, when):
        order = order_rows(who, when)
        rows, who, when = rows[order], who[order], when[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (who[1:] != who[:-1]) | (when[1:] != when[:-1])
    if new.all():
        return Series(who, when, rows)
    number, first = np.cumsum(new) - 1, np.flatnonzero(new)
    differ = np.zeros(len(first), dtype=np.bool_)
    for values in same:
        own, other = values[rows], values[rows[first]][number]
        both_unknown = (own != own) & (other != other)
        differ[number[(own != other) & ~both_unknown]] = True
    kept = first[~differ]
    return Series(who[kept], when[kept], rows[kept])


def named(table: CrfTable, name: str, spelling: Callable[[str], str]) -> tuple[Ints, list[str]]:
    """The number of each row's marker or symptom (-1: blank), and their names."""
    code, words = table.keys_of(name)
    spelled = [spelling(w) if w else "" for w in words]
    names = sorted(set(spelled) - {""})
    place = {w: i for i, w in enumerate(names)}
    of_word = np.array([place.get(w, -1) for w in spelled], dtype=np.int64)
    return (of_word[code] if len(words) else code), names


def folded(table: CrfTable, name: str) -> tuple[Ints, Words]:
    """Codes and words in which the case of letters does not tell apart."""
    code, words = table.keys_of(name)
    lower = [w.casefold() for w in words]
    place = {w: i for i, w in enumerate(dict.fromkeys(lower))}
    of_word = np.array([place[w] for w in lower], dtype=np.int64)
    return (of_word[code] if len(words) else code), np.array(list(place), dtype=object)


def word_at(words: tuple[Ints, Words], row: Ints) -> npt.NDArray[Any]:
    """The words at these rows; "" where -1."""
    codes, text = words
    held = np.array([*text.tolist(), ""], dtype=object)
    return np.asarray(held[np.append(codes, len(text))[row]], dtype=object)


def value_at(values: Floats, row: Ints) -> Floats:
    """The values at these rows; NaN where -1."""
    if not len(values):
        return np.full(row.shape, np.nan)
    return np.where(row < 0, np.nan, values[np.maximum(row, 0)])
