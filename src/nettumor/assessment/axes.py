"""Biological and symptomatic response beside each scan: the review's other two axes.

Which sample of a marker, or which period of a symptom, belongs to which scan? Rule of this library:
the baseline is the last sample on or before the reference date, else the first one; a scan is
judged by the latest sample after the baseline sample and after the scan before it, on or before its
own day; where there is none the axis is not evaluable at that scan. Two unequal samples of one day
are not used. A change of unit, assay or specimen since baseline is not evaluable (never converted).
Several markers, or symptoms, of a patient: the worst of those that are evaluable. The best over
time is the best before progression of the same axis.

Sources: Vogl et al. 2008, sections 4.1 and 4.2 (the responses themselves:
`nettumor.marker_response` and `nettumor.symptom_response`); the rule of the samples is a library
choice. Tables `markers` and `symptoms` come in; codes and reasons of shape (unit, timepoint) come
out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least, more_than
from nettumor.assessment.course import one_a_day
from nettumor.assessment.visits import Names
from nettumor.best_response import best_overall_response
from nettumor.crf import CrfTable, Tables, number_rows
from nettumor.crf.columns import Ints, Words
from nettumor.criteria import VOGL_2008
from nettumor.errors import InputError
from nettumor.markers import BiologicalResponse, combine_markers
from nettumor.markers import get as marker_named
from nettumor.symptoms import SymptomaticResponse
from nettumor.terminology import Reason, Response

RULE = "the worst of the evaluable markers (symptoms); latest sample since the scan before, on or before the scan"

_BEST = attrs.evolve(
    VOGL_2008.best_response, cr_then_pr="keep", title="Best biological or symptomatic response"
)


@frozen(eq=False)
class Axis:
    """One axis of all units.

    Attributes
    ----------
    response : ndarray of int8, shape (unit, timepoint)
        MISSING at the baseline and where a patient has no sample at all; NE where none belongs to
        the scan.
    reason : ndarray of int32, shape (unit, timepoint)
        Bits of `Reason`, of all markers (symptoms) that have this response.
    best : ndarray of int8, shape (unit,)
    """

    response: Codes
    reason: npt.NDArray[np.int32]
    best: Codes


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


def axes(
    study: Tables, names: Names, scans: Scans, reference: Callable[[CrfTable], Floats]
) -> dict[str, Axis]:
    """The axes whose tables the study has: "biological" (markers), "symptomatic" (symptoms).

    ``reference`` gives the reference date of the units in the count of a table.
    """
    out: dict[str, Axis] = {}
    for name, table, judge in (
        ("biological", "markers", _markers),
        ("symptomatic", "symptoms", _symptoms),
    ):
        if table in study and not study.missing_columns(table):
            here = attrs.evolve(scans, reference=reference(study[table]))
            out[name] = _axis(judge(study[table], _places(study[table], names), here), here)
    return out


def _places(table: CrfTable, names: Names) -> Ints:
    """The subject of each row; -1 for a subject that is not in the study, or none."""
    code, words = table.keys_of("subject")
    place = {w: i for i, w in enumerate(names.subjects)}
    return np.array([place.get(w, -1) for w in words], dtype=np.int64)[code] if len(words) else code


@frozen(eq=False)
class _Series:
    """The usable samples of one marker or symptom, ordered by subject and day."""

    subject: Ints
    day: Floats
    row: Ints

    def last(self, subject: Ints, day: Floats) -> Ints:
        """Place of the latest sample of each subject on or before a day; -1 for none."""
        low = self.day.min(initial=np.inf)
        span = float(self.day.max(initial=-np.inf)) - low + 2
        wanted = np.clip(np.where(np.isnan(day), -np.inf, day), low - 1, low + span - 1) - low + 1
        place = (
            np.searchsorted(
                self.subject * (span + 1) + self.day - low + 1,
                subject * (span + 1) + wanted,
                side="right",
            )
            - 1
        )
        return np.where((place >= 0) & (self.subject[place] == subject), place, -1)

    def first(self, subject: Ints) -> Ints:
        """Place of the first sample of each subject; -1 for none."""
        place = np.searchsorted(self.subject, subject)
        held = np.minimum(place, len(self.subject) - 1)
        return np.where((place < len(self.subject)) & (self.subject[held] == subject), place, -1)


def _series(
    table: CrfTable, subject: Ints, usable: Bools, same: tuple[npt.NDArray[Any], ...]
) -> _Series:
    """The samples; equal ones of a day count once, unequal ones (in ``same``) not at all."""
    day = table.when().day
    rows = np.flatnonzero(usable & (subject >= 0) & np.isfinite(day))
    rows = rows[np.lexsort((day[rows], subject[rows]))]
    days = np.unique(day[rows], return_inverse=True)[1]
    number, first = number_rows(subject[rows], days)
    differ = np.zeros(len(first), dtype=np.bool_)
    for values in same:
        given = values[rows]
        differ[number[given != given[first][number]]] = True
    rows = rows[first][~differ]
    return _Series(subject[rows], day[rows], rows)


def _pairs(series: _Series, scans: Scans) -> tuple[Ints, Ints]:
    """Row of the baseline sample (unit,) and of the sample of each scan (unit, timepoint); -1 for
    none.
    """
    if not len(series.row):
        return np.full(len(scans.subject), -1), np.full(scans.day.shape, -1)
    known = ~np.isnan(scans.reference)
    before = np.where(known, series.last(scans.subject, scans.reference), -1)
    before = np.where(before >= 0, before, series.first(scans.subject))
    subject = np.broadcast_to(scans.subject[:, None], scans.day.shape)
    day = scans.day + scans.reference[:, None]
    after = np.where(np.isnan(day), -1, series.last(subject, day))
    previous = np.maximum.accumulate(np.where(np.isnan(day), -np.inf, day), axis=1)
    # the scan at the baseline does not bound: what is after the baseline sample belongs to the
    # first scan after it
    since = np.concatenate([np.full((len(day), 2), -np.inf), previous[:, 1:-1]], axis=1)[
        :, : day.shape[1]
    ]
    fits = (after > before[:, None]) & (before >= 0)[:, None] & more_than(series.day[after], since)
    row = np.append(series.row, -1)
    return row[before], row[np.where(fits, after, -1)]


@frozen(eq=False)
class _Judged:
    """One marker or symptom: response and reason (unit, timepoint), and which units have a
    sample.
    """

    response: Codes
    reason: npt.NDArray[np.int32]
    has: Bools


def _markers(table: CrfTable, subject: Ints, scans: Scans) -> list[_Judged]:
    """Each marker of the table."""
    numbers, limits = table.numbers("value"), table.numbers("upper_limit").value
    # a value below the range of the assay is known to be normal where that range ends at or below
    # the limit
    value = np.where(at_least(limits, numbers.below), numbers.below, numbers.value)
    words = {name: _folded(table, name) for name in ("unit", "assay", "specimen")}
    code, marker = _named(table, "marker", _marker)
    out = []
    for m in range(len(marker)):
        same = (value, np.nan_to_num(limits, nan=-1.0), *(codes for codes, _ in words.values()))
        before, after = _pairs(_series(table, subject, (code == m) & ~np.isnan(value), same), scans)
        limit = np.where(
            np.isnan(_at(limits, after)), _at(limits, before)[:, None], _at(limits, after)
        )
        said = {
            name: (_word(words[name], before)[:, None], _word(words[name], after))
            for name in ("unit", "assay")
        }
        found = BiologicalResponse.assess(
            _at(value, before)[:, None],
            _at(value, after),
            upper_limit=limit,
            invalid="NE",
            unit_before=said["unit"][0],
            unit_after=said["unit"][1],
            assay_before=said["assay"][0],
            assay_after=said["assay"][1],
        )
        first, second = _word(words["specimen"], before)[:, None], _word(words["specimen"], after)
        changed = (first != second) & (first != "") & (second != "")
        response = np.where(changed, np.int8(Response.NE), found.response)
        reason = np.where(changed, np.int32(Reason.NOT_COMPARABLE), found.reason)
        out.append(_Judged(response, reason, before >= 0))
    return out


def _symptoms(table: CrfTable, subject: Ints, scans: Scans) -> list[_Judged]:
    """Each symptom of the table, by its number a day; else its score, else its grade."""
    code, symptom = _named(table, "symptom", lambda w: " ".join(w.split()).casefold())
    value = {name: table.numbers(name).value for name in ("per_day", "score", "grade")}
    out = []
    for s in range(len(symptom)):
        best: _Judged | None = None
        for values in value.values():
            before, after = _pairs(
                _series(table, subject, (code == s) & ~np.isnan(values), (values,)), scans
            )
            found = SymptomaticResponse.assess(
                _at(values, before)[:, None], _at(values, after), invalid="NE"
            )
            one = _Judged(np.asarray(found.response), np.asarray(found.reason), before >= 0)
            best = (
                one
                if best is None
                else _Judged(
                    np.where(best.has[:, None], best.response, one.response),
                    np.where(best.has[:, None], best.reason, one.reason),
                    best.has | one.has,
                )
            )
        out += [best] if best is not None else []
    return out


def _axis(judged: list[_Judged], scans: Scans) -> Axis:
    """The worst of several markers or symptoms, and the best over time."""
    shape = scans.day.shape
    response, reason = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int32)
    if judged:
        codes = {
            str(i): np.where(j.has[:, None], j.response, np.int8(Response.MISSING))
            for i, j in enumerate(judged)
        }
        response = np.array(combine_markers(codes, rule="worst"), dtype=np.int8)
        for i, j in enumerate(judged):
            reason |= np.where(codes[str(i)] == response, j.reason, 0).astype(np.int32)
    outside = ~scans.exists
    outside[:, 0] = True
    response[outside], reason[outside] = Response.MISSING, 0
    reason[response == Response.MISSING] = 0
    counted = np.where(
        more_than(scans.day, scans.cutoff[:, None]), np.int8(Response.MISSING), response
    )
    return Axis(response, reason, _best(counted, scans))


def _best(response: Codes, scans: Scans) -> Codes:
    codes, days, _ = one_a_day(response, scans.day, scans.day)
    return np.asarray(
        best_overall_response(codes, days, new_therapy=scans.new_therapy, rule=_BEST).response
    )


def _named(table: CrfTable, name: str, spelling: Callable[[str], str]) -> tuple[Ints, list[str]]:
    """The number of each row's marker or symptom (-1: blank), and their names."""
    code, words = table.keys_of(name)
    spelled = [spelling(w) if w else "" for w in words]
    names = sorted(set(spelled) - {""})
    place = {w: i for i, w in enumerate(names)}
    of_word = np.array([place.get(w, -1) for w in spelled], dtype=np.int64)
    return (of_word[code] if len(words) else code), names


def _marker(word: str) -> str:
    """The registered name of a marker, else the word itself in lower case."""
    try:
        return marker_named(word).name
    except InputError:
        return " ".join(word.split()).casefold()


def _folded(table: CrfTable, name: str) -> tuple[Ints, Words]:
    """Codes and words in which the case of letters does not tell apart."""
    code, words = table.keys_of(name)
    folded = [w.casefold() for w in words]
    place = {w: i for i, w in enumerate(dict.fromkeys(folded))}
    of_word = np.array([place[w] for w in folded], dtype=np.int64)
    return (of_word[code] if len(words) else code), np.array(list(place), dtype=object)


def _word(words: tuple[Ints, Words], row: Ints) -> npt.NDArray[Any]:
    """The words at these rows; "" where -1."""
    codes, text = words
    held = np.array([*text.tolist(), ""], dtype=object)
    return np.asarray(held[np.append(codes, len(text))[row]], dtype=object)


def _at(values: Floats, row: Ints) -> Floats:
    """The values at these rows; NaN where -1."""
    return np.append(values, np.nan)[row]
