"""The markers table as its checks read it: one name per marker, one key per unit, samples in time,
the first dose.

Input: the markers table. Output: codes of marker and unit, series (a subject's samples of one
marker, urine and blood apart), and the order in time. A sample with a partial date stands at the
first day it allows, one without any at the end.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import markers
from nettumor._arrays import Bools, Codes, Floats
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Words
from nettumor.criteria import MarkerCriteria
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.subjects import of_subject
from nettumor.errors import InputError
from nettumor.markers import marker_course
from nettumor.markers._units import parse
from nettumor.rows import Groups, group, number_rows

DAY, CREATININE, VOLUME, OTHER = "day", "creatinine", "volume", ""
"""What a unit counts per: 24 h of collection, creatinine (spot urine), a volume, or
something else.
"""
_CREATININE = re.compile(r"/?(?:CREATININE|CREAT|CREA|CRE|CR)\.?$")


def unit_key(word: str) -> tuple[str, str]:
    """A key that all spellings of one unit share, and what the unit counts per.

    >>> unit_key("ng/mL") == unit_key("ug/L"), unit_key("mmol/mol creatinine")
    (True, ('amount -3 per creatinine amount', 'creatinine'))
    """
    text = tidy(word)
    if not text:
        return "", OTHER
    try:
        unit = parse(word)
    except InputError:
        per_creatinine = _CREATININE.sub("", text)
        if per_creatinine != text and "/" in text:
            return f"{per_creatinine.replace(' ', '')} CREATININE", CREATININE
        return text.replace(" ", ""), OTHER
    kind = unit.per.split()[0]
    return f"{unit.counted} {unit.power} per {unit.per}", kind if kind in (
        DAY,
        CREATININE,
    ) else VOLUME


def marker_name(word: str) -> str:
    """The name that all spellings of one marker share.

    >>> marker_name("CgA"), marker_name(" ca-125 ")
    ('chromogranin A', 'CA-125')
    """
    try:
        return markers.get(word).name
    except InputError:
        return tidy(word)


def folded(rows: Rows, column: str) -> Ints:
    """Codes of a column whose words differ by more than case and blanks; -1 where blank."""
    codes, words = rows.codes(column)
    places: dict[str, int] = {"": -1}
    found = np.array(
        [places.setdefault(tidy(w), len(places) - 1) for w in words.tolist()] or [-1],
        dtype=np.int64,
    )
    return found[codes]


@frozen(eq=False)
class Markers:
    """The markers table, read; one element per row but for the words.

    Attributes
    ----------
    marker, unit : ndarray of int
        Codes; ``marker_words`` and ``unit_words`` say of what (a key of `unit_key`; "" is blank).
    per_day, per_creatinine : ndarray of bool
        What the unit counts per: 24 h of collection, creatinine.
    no_unit : ndarray of bool
        The unit is a word that is none.
    value : ndarray of float
        The number; NaN where there is none, also for ``<5``.
    given : ndarray of bool
        A number, or a limit such as ``<5``.
    time : ndarray of float
        Day of the sample.
    series : ndarray of int
        A number for each (subject, marker); urine and blood apart where a subject has both.
    samples : Groups
        The rows of each series in time, then as in the file.
    """

    rows: Rows
    marker: Ints
    marker_words: Words
    unit: Ints
    unit_words: Words
    per_day: Bools
    per_creatinine: Bools
    no_unit: Bools
    value: Floats
    given: Bools
    time: Floats
    series: Ints
    samples: Groups

    def by_time(self, *keys: Ints, use: Bools) -> Groups:
        """The rows in use that have the same keys (a blank is one, too), in time."""
        return group(*(key + 1 for key in keys), by=self.time, where=use)

    def in_unit(self, use: Bools) -> Groups:
        """The rows in use of each series and unit, in time: the series themselves where each has
        one unit, as it should.
        """
        if use.all() and not self.uneven(self.unit, use).any():
            return self.samples
        return self.by_time(self.series, self.unit, use=use)

    def uneven(self, values: npt.NDArray[Any], where: Bools) -> Bools:
        """The rows of a mask in series where their values are not all equal: the few of which more
        is asked.
        """
        row = self.samples.row[where[self.samples.row]]
        series, value = self.series[row], values[row]
        differs = (series[1:] == series[:-1]) & (value[1:] != value[:-1])
        found = np.zeros(len(self.samples), dtype=np.bool_)
        found[series[1:][differs]] = True
        return where & found[self.series] if found.any() else np.zeros(len(where), np.bool_)

    def changed(self, code: Ints, among: Ints | None = None) -> tuple[Ints, Ints]:
        """The first row of each code other than the first one of its series, and the row of that
        first one.

        ``among``: numbers that part each series further.
        """
        which = self.series if among is None else among
        series = group(which, by=self.time, where=self.uneven(code, code >= 0))
        first = series.of_rows(series.first())
        differs = (first >= 0) & (code != code[first])
        row = np.sort(group(which, code, by=self.time, where=differs).first())
        return row, first[row]


@made_once
def markers_of(data: Data) -> Markers:
    """The markers table; read once."""
    rows = data["markers"]
    marker, marker_words = _coded(rows, "marker", marker_name)
    unit, unit_words = _coded(rows, "unit", lambda w: unit_key(w)[0])
    codes, words = rows.codes("unit")
    per = np.array([unit_key(str(w))[1] for w in words] or [OTHER], dtype=object)
    per_day, per_creatinine, other = (
        np.asarray(per == kind)[codes] for kind in (DAY, CREATININE, OTHER)
    )
    numbers = rows.numbers("value")
    given = ~(np.isnan(numbers.value) & np.isnan(numbers.below) & np.isnan(numbers.above))
    time = np.where(np.isnan(rows.when.earliest), np.inf, rows.when.earliest)
    apart = _in_blood(rows, marker, per_day | per_creatinine)
    series, _ = number_rows(rows.subject, marker, apart)
    return Markers(
        rows,
        marker,
        marker_words,
        unit,
        unit_words,
        per_day,
        per_creatinine,
        other & ~rows.blank("unit"),
        numbers.value,
        given,
        time,
        series,
        group(series, by=time),
    )


def _in_blood(rows: Rows, marker: Ints, by_unit: Bools) -> Bools:
    """Samples of blood of a marker that the subject also has in urine; the specimen says, else the
    unit.
    """
    said = ~rows.blank("specimen")
    named = (
        rows.table.column("specimen").map(lambda w: "URINE" in w.upper(), np.bool_)
        if said.any()
        else said
    )
    urine = np.where(said, named, by_unit)
    # markers that the study has in both: as a rule none
    mixed = np.ones(int(marker.max(initial=-1)) + 1, dtype=np.bool_)
    for where in (urine, said & ~urine):
        mixed &= np.bincount(marker[where], minlength=len(mixed)) > 0
    pairs = group(rows.subject, marker, where=mixed[marker])
    both = pairs.any(urine) & pairs.any(said & ~urine)
    return np.asarray(pairs.of_rows(both, False) & ~urine)


def _coded(rows: Rows, column: str, key: Any) -> tuple[Ints, Words]:
    codes, words = rows.codes(column)
    places: dict[str, int] = {}
    found = np.array(
        [places.setdefault(key(str(w)), len(places)) for w in words.tolist()], dtype=np.int64
    )
    coded = found[codes] if len(found) else codes
    return coded, np.array([*places] or [""], dtype=object)


def dose_day(data: Data) -> Floats:
    """The day of the first dose by subject code: treatment_start, else randomized, else day 0 where
    days count.
    """
    start = of_subject(data, "treatment_start")[0][:-1]
    start = np.where(np.isnan(start), of_subject(data, "randomized")[0][:-1], start)
    return np.where(np.isnan(start), 0.0, start) if data.tables.days else start


def baseline_rows(data: Data, read: Markers) -> Ints:
    """For each row the last sample with a number of its series on or before the first dose, else
    -1.

    Where no dose is known the first sample stands for it.
    """
    dose = dose_day(data)[read.rows.subject]
    known = ~np.isnan(read.value)
    early = read.samples.last(known & (read.time <= dose))
    first = read.samples.first(known & np.isnan(dose))
    return read.samples.of_rows(np.where(early >= 0, early, first))


def course_responses(
    data: Data, read: Markers, base: Ints, later: Bools, limit: Floats, criteria: MarkerCriteria
) -> Codes:
    """The response of each later sample by `marker_course`, MISSING for other rows.

    Parameters
    ----------
    base : ndarray of int, shape (row,)
        The row of the baseline sample of each row.
    later : ndarray of bool, shape (row,)
        Samples after it, in its unit and of its assay.
    limit : ndarray of float, shape (row,)
        Upper limits; NaN where a sample has none.
    criteria : MarkerCriteria
        An edition of `marker_response` or of `marker_course`.
    """
    out = np.zeros(read.rows.n, dtype=np.int8)
    courses = group(base, by=read.time, where=later)
    if not len(courses):
        return out
    first, place = courses.keys[0], (courses.number[courses.row], courses.occurrence[courses.row])
    shape = (len(courses), 1 + int(courses.size.max()))
    value, upper, day = (np.full(shape, np.nan) for _ in range(3))
    # the day of the baseline alone: no response of a sample asks for more
    day[:, 0] = (read.time - dose_day(data)[read.rows.subject])[first]
    day[np.isinf(day)] = np.nan
    for held, column in ((value, read.value), (upper, limit)):
        held[:, 0] = column[first]
        held[:, 1:][place] = column[courses.row]
    found = marker_course(value, day, upper_limit=upper, criteria=criteria, invalid="NE")
    out[courses.row] = found.response[:, 1:][place]
    return out
