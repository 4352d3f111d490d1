"""Markers beside the scans: one result for each marker.

Which sample of a marker belongs to which scan? Rule of this library: the baseline is the last
sample on or before the reference date, else the first one; a scan is judged by the latest sample
after the baseline sample and after the scan before it, at most `marker_after_days` after its own
day; a sample in reach of two scans serves the earlier, so that later data change nothing. Two
unequal samples of one day are not used. Each sample is held against its own upper limit. A result
below detection ("<0.5") has the response that every value up to its limit gives, else none. A
change of unit, assay or specimen since baseline is not evaluable (never converted). 5-HIAA per
creatinine is a marker of its own. Source of the response: Vogl et al. 2008, section 4.2
(`nettumor.marker_course`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, more_than
from nettumor.assessment.asked import Asked
from nettumor.assessment.series import Scans, first_rows, folded, named, samples, value_at
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints
from nettumor.errors import InputError
from nettumor.markers import get as marker_named
from nettumor.markers import marker_course
from nettumor.markers._units import parse
from nettumor.rows import Groups, codes_of, number_rows
from nettumor.terminology import Reason, Response
from nettumor.words.units import same as same_unit

_NO_CONFOUNDER = {"", "NONE", "NO", "N", "NIL", "NOT KNOWN", "UNKNOWN"}


@frozen(eq=False)
class Part:
    """One marker or symptom beside the scans of all units.

    Attributes
    ----------
    response : ndarray of int8, shape (unit, timepoint)
    reason : ndarray of int32, shape (unit, timepoint)
    has : ndarray of bool, shape (unit,)
        Whether there is anything of it.
    present : ndarray of bool, shape (unit,)
        Whether it was there at baseline (a symptom above 0).
    note : ndarray of str objects, shape (unit, timepoint), or None
    """

    response: Codes
    reason: npt.NDArray[np.int32]
    has: Bools
    present: Bools
    note: npt.NDArray[Any] | None = None


def marker_parts(table: CrfTable, subject: Ints, scans: Scans, asked: Asked) -> dict[str, Part]:
    """Each marker of the table."""
    numbers, limits = table.numbers("value"), table.numbers("upper_limit").value
    value, below = numbers.value, np.where(numbers.below > 0, numbers.below, np.nan)
    words = {name: folded(table, name) for name in ("unit", "assay", "specimen")}
    confounder = table.keys_of("confounder")
    confounded = _confounded(confounder)
    hours = _other_hours(table)
    usable = ~np.isnan(value) | ~np.isnan(below)
    if asked.confounders == "exclude":
        usable &= ~confounded
    code, names = marker_of_row(table)
    same = (value, below, limits, *(codes for codes, _ in words.values()))
    day = table.when().day
    out = {}
    for m, name in enumerate(names):
        own = samples(day, subject, usable & (code == m), same)
        before, after = pairs(own, day, scans, asked.marker_after_days)
        # each against its own upper limit; where a sample has none, that of the baseline
        held = np.concatenate([before[:, None], after], axis=1)
        course = marker_course(
            value_at(value, held),
            np.nan,
            upper_limit=value_at(limits, held),
            below=value_at(below, held),
            invalid="NE",
        )
        response, reason = course.response[:, 1:], course.reason[:, 1:]
        changed = np.logical_or.reduce(
            [_changed(words[word], before, after, word == "unit") for word in words]
        )
        notes = [
            _note(name, words, marked, before, after)
            for words, marked in ((confounder, confounded), hours)
        ]
        out[name] = Part(
            np.where(changed, np.int8(Response.NE), response),
            np.where(changed, np.int32(Reason.NOT_COMPARABLE), reason),
            before >= 0,
            before >= 0,
            joined(notes),
        )
    return out


def _changed(words: tuple[Ints, Any], before: Ints, after: Ints, is_unit: bool) -> Bools:
    """Where the word of the sample is another than at baseline; spellings of one unit are not."""
    codes, text = words
    held, given = np.append(codes, len(text)), [*text.tolist(), ""]
    first, second = np.broadcast_arrays(held[before][:, None], held[after])
    pair, row = number_rows(first.ravel(), second.ravel())
    differ = np.zeros(len(row), dtype=np.bool_)
    for place, at in enumerate(row.tolist()):
        one, other = given[first.flat[at]], given[second.flat[at]]
        alike = same_unit(one, other) if is_unit else one == other
        differ[place] = bool(one and other) and not alike
    return differ[pair].reshape(after.shape)


def pairs(own: Groups, day: Floats, scans: Scans, after_days: float) -> tuple[Ints, Ints]:
    """Row of the baseline sample (unit,) and of the sample of each scan (unit, timepoint), -1 for
    none, from the samples of each subject; ``day`` is of all rows.
    """
    number = own.find(scans.subject)
    before = own.last_until(number, scans.reference)
    before = np.where(before >= 0, before, first_rows(own, number))
    after = own.last_until(number[:, None], scans.table_day + after_days)
    of_sample = value_at(day, after)
    fits = of_sample > value_at(day, before)[:, None]
    fits &= more_than(of_sample, scans.previous() + after_days)
    return before, np.where(fits, after, -1)


def marker_of_row(table: CrfTable) -> tuple[Ints, list[str]]:
    """The number of each row's marker, and their names; 5-HIAA per creatinine by itself."""
    code, names = named(table, "marker", marker_name)
    if "5-HIAA" not in names:
        return code, names
    units, words = table.keys_of("unit")
    ratio = np.array([_counts_per(w, "creatinine") for w in words] or [False], dtype=np.bool_)[
        units
    ]
    of_ratio = ratio & (code == names.index("5-HIAA"))
    if not of_ratio.any():
        return code, names
    own = marker_named("5-HIAA/creatinine").name
    every = [*names, *([] if own in names else [own])]
    code = np.where(of_ratio, every.index(own), code)
    kept = [i for i in range(len(every)) if (code == i).any()]
    place = np.full(len(every) + 1, -1)
    place[kept] = np.arange(len(kept))
    return place[code], [every[i] for i in kept]


def _counts_per(word: str, what: str) -> bool:
    """Whether a unit counts per "creatinine" or "day"."""
    try:
        return parse(word).per.startswith(what)
    except InputError:
        return False


def marker_name(word: str) -> str:
    """The registered name of a marker, else the word itself in lower case."""
    try:
        return marker_named(word).name
    except InputError:
        return " ".join(word.split()).casefold()


def _confounded(confounder: tuple[Ints, Any]) -> Bools:
    codes, words = confounder
    real = [" ".join(str(w).split()).upper() not in _NO_CONFOUNDER for w in words]
    return np.array([*real, False], dtype=np.bool_)[codes]


def _other_hours(table: CrfTable) -> tuple[tuple[Ints, list[str]], Bools]:
    """How long daily amounts were collected, in words, and which not for about 24 h.

    Up to 2 h more or less are of the same day, as in the check R01; the amount is taken as it
    stands (`nettumor.markers.daily_amount` scales it).
    """
    hours = table.numbers("duration").value
    code, units = table.keys_of("unit")
    daily = np.array([_counts_per(w, "day") for w in units] or [False], dtype=np.bool_)[code]
    other = daily & (more_than(22.0, hours) | more_than(hours, 26.0))
    number, distinct = codes_of(np.where(other, hours, np.nan))
    return (number, [f"collected for {h:g} h" for h in distinct.tolist()]), other


def joined(notes: list[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    """What several notes say of each scan; None where none says anything."""
    found = [n for n in notes if n is not None]
    if not found:
        return None
    out = found[0].copy()
    for note in found[1:]:
        both = (out != "") & (note != "")
        out = np.where(both, out + "; " + note, out + note)
    return out


def _note(
    name: str, confounder: tuple[Ints, Any], confounded: Bools, before: Ints, after: Ints
) -> npt.NDArray[Any] | None:
    """What may have changed the samples of each scan; None where nothing is said."""
    marked = np.append(confounded, False)
    hit = (marked[before][:, None] | marked[after]) & (after >= 0)
    if not hit.any():
        return None
    # each word at baseline beside each at a scan is put into words once
    codes, words = confounder
    own = np.append(np.where(confounded, codes, -1), -1)
    first, second = np.broadcast_arrays(own[before][:, None], own[after])
    pair, row = number_rows(first[hit] + 1, second[hit] + 1)
    said = []
    for one, other in zip(first[hit][row].tolist(), second[hit][row].tolist(), strict=True):
        parts = [f"{words[one]} at baseline"] if one >= 0 else []
        said.append(f"{name}: {', '.join([*parts, *([words[other]] if other >= 0 else [])])}")
    note = np.full(after.shape, "", dtype=object)
    note[hit] = np.array(said, dtype=object)[pair]
    return note
