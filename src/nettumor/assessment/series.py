"""Rows of a table beside the scans: those of one marker, or of one symptom in one way of recording
it, by subject and day.

Two equal rows of a day count once, two unequal ones not at all. What belongs to which scan is asked
of the groups (`nettumor.rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints, Words
from nettumor.rows import Groups, group


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
        to it, also where its own day is not known.
        """
        day = self.table_day
        latest = np.maximum.accumulate(np.where(np.isnan(day), -np.inf, day), axis=1)
        since = np.concatenate([np.full((len(day), 2), -np.inf), latest[:, 1:-1]], axis=1)
        return since[:, : day.shape[1]]


def samples(
    day: Floats, subject: Ints, usable: Bools, same: tuple[npt.NDArray[Any], ...]
) -> Groups:
    """The rows of each subject that are usable, in time; equal ones of a day count once, unequal
    ones (in ``same``, where NaN is equal to NaN) not at all.
    """
    found = group(subject, by=day, where=usable & np.isfinite(day))
    if not found.has_ties():
        return found
    of_day = group(subject, day, where=found.number >= 0)
    kept = np.zeros(len(day), dtype=np.bool_)
    kept[of_day.first()[~of_day.differ(*same)]] = True
    return group(subject, by=day, where=kept)


def first_rows(found: Groups, number: Ints) -> Ints:
    """The first row of some groups; -1 for none."""
    return np.append(found.first(), -1)[number]


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
