"""Urine collections: are they complete, do their numbers fit together, and is what is compared
comparable?

Sources: notes on the 5-HIAA method and on incomplete collections (Endocrine Abstracts 2023 P9: one
in ten); Calanchini 2019 (correction by creatinine); practice in neuroendocrine tumours for diet and
drugs. Limits without a source are defaults of the library, and said to be. Input: the markers table
with its columns of the collection. Output: collections that are too short, too long, too small or
lossy, and values that cannot be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, fallen_by, more_than, risen_by
from nettumor.crf import parse_flags
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.marker_rows import Markers, markers_of
from nettumor.errors import InputError
from nettumor.markers import convert, get, names
from nettumor.markers._units import parse
from nettumor.rows import group, number_rows
from nettumor.words.negation import says


def _once(read: Markers, where: Bools) -> Ints:
    """Rows of a mask, one for each collection (subject and date), however many markers were
    measured in it.
    """
    date = read.rows.codes("day" if read.rows.table.has_days else "date")[0]
    return np.sort(group(read.rows.subject, date, where=where).first())


def _unreadable(read: Markers, column: str) -> Bools:
    return ~read.rows.blank(column) & np.isnan(read.rows.number(column))


@check(
    "R01",
    needs={"markers": ("duration|volume|missed_voids",)},
    blank_allowed=True,
    min_hours=22.0,
    max_hours=26.0,
    min_ml=500.0,
    max_ml=5000.0,
)
def urine_collection_incomplete(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A 24 h collection that was too short or too long, without or with an impossible volume, or
    with lost urine.
    """
    read = markers_of(data)
    rows, per_day = read.rows, read.per_day
    hours, volume = rows.number("duration"), rows.number("volume")
    low, high = parameters["min_hours"], parameters["max_hours"]
    least, most = parameters["min_ml"], parameters["max_ml"]
    filled = [~rows.blank(c) for c in ("duration", "volume", "missed_voids")]
    garbled = [_unreadable(read, c) for c in ("duration", "volume")]
    held = np.logical_or.reduce(filled) & (per_day | read.no_unit)
    looked(data, per_day & ~np.logical_or.reduce(garbled), held)
    odd_time = more_than(low, hours) | more_than(hours, high)
    odd_volume = more_than(least, volume) | more_than(volume, most)
    lost = (
        parse_flags(rows.table.column("missed_voids")) == 1
        if "missed_voids" in rows
        else np.zeros(rows.n, np.bool_)
    )
    for column, where, message, expected in (
        (
            "duration",
            odd_time,
            "24 h urine at visit {visit} was collected for {value} h",
            f"{low:g} to {high:g} h",
        ),
        (
            "volume",
            odd_volume,
            "24 h urine at visit {visit} has a volume of {value} mL",
            f"{least:g} to {most:g} mL",
        ),
        (
            "volume",
            rows.blank("volume"),
            "24 h urine at visit {visit} has no volume",
            "a volume in mL",
        ),
        ("duration", _unreadable(read, "duration"), _NO_NUMBER, "a duration in hours"),
        ("volume", _unreadable(read, "volume"), _NO_NUMBER, "a volume in mL"),
        (
            "missed_voids",
            lost,
            "urine was lost in the 24 h collection at visit {visit}",
            "a complete collection",
        ),
    ):
        if column in rows:
            yield Hits(
                table="markers",
                rows=_once(read, per_day & where),
                column=column,
                message=message,
                expected=expected,
            )


_NO_NUMBER = '{column} of the 24 h urine at visit {visit} is "{value}", which is no number'
_CREATININE_MG_PER_MMOL = 113.12  # molar mass of creatinine, g/mol


def _mg_of_creatinine(rows: Rows) -> Floats:
    """How many mg a day are 1 of the unit of each creatinine; NaN where it is no amount a day."""

    def factor(word: str) -> float:
        if not word.strip():
            return 1000.0
        try:
            unit = parse(word if "/" in word else f"{word}/24h")
        except InputError:
            return np.nan
        grams = {"mass": 1.0, "amount": _CREATININE_MG_PER_MMOL}.get(unit.counted, np.nan)
        return grams * 10.0 ** (unit.power + 3) if unit.per == "day" else np.nan

    if "creatinine_unit" not in rows:
        return np.full(rows.n, 1000.0)
    return np.asarray(rows.table.column("creatinine_unit").map(factor, np.float64))


@check(
    "R02",
    needs={"markers": ("creatinine",)},
    low=10.0,
    high=28.0,
    low_female=10.0,
    high_female=28.0,
    median_percent=30.0,
    min_collections=3,
    doubt="The range is a default without a source, in mg per kg and day: set it by sex and "
    "protocol, with a "
    "chemist.",
)
def urine_creatinine_implausible(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Creatinine of a 24 h collection outside the range for the body weight, or far from the
    subject's median.

    Without a weight only the median is asked, of at least ``min_collections`` collections. Women
    are told by subjects.sex. The creatinine is in g/24h, or in ``creatinine_unit`` (g, mg, mmol in
    24 h).
    """
    read = markers_of(data)
    rows = read.rows
    one, weight = _mg_of_creatinine(rows), rows.number("weight")
    amount = np.round(rows.number("creatinine") * one, 9)
    amount = np.where(np.isfinite(amount), amount, np.nan)
    weight = np.where(weight > 0, weight, np.nan)
    female = _female(data)[rows.subject]
    low, high = (
        np.where(female, parameters[f"{w}_female"], parameters[w]) for w in ("low", "high")
    )
    outside = more_than(low * weight, amount) | more_than(amount, high * weight)
    at = _once(read, outside)
    middle, count = _medians(read, amount)
    least = np.asarray(low * weight)
    most = np.asarray(high * weight)
    share = parameters["median_percent"] / 100
    # within the range an amount may still be far from the subject's median
    known = (count >= parameters["min_collections"]) & (middle >= least) & (middle <= most)
    least = np.where(known, np.fmax(least, middle * (1 - share)), least)
    most = np.where(known, np.fmin(most, middle * (1 + share)), most)
    yield Hits(
        table="markers",
        rows=at,
        column="creatinine",
        expected=[
            f"{np.ceil(a * 1000) / 1000:g} to {np.floor(b * 1000) / 1000:g} {u}"
            for a, b, u in zip((least / one)[at], (most / one)[at], _unit(rows, at), strict=True)
        ],
        message="creatinine in 24 h urine at visit {visit} is {each} mg/kg/day, not {low} to {high}: "
        "was the collection complete?",
        parts={
            "each": np.array([f"{v:.3g}" for v in amount[at] / weight[at]], dtype=object),
            "low": low[at],
            "high": high[at],
        },
    )
    far = risen_by(parameters["median_percent"], middle, amount, strict=True) | fallen_by(
        parameters["median_percent"], middle, amount, strict=True
    )
    at = _once(read, far & ~outside & (count >= parameters["min_collections"]))
    yield Hits(
        table="markers",
        rows=at,
        column="creatinine",
        expected=[
            f"about {v:.4g} {u}" for v, u in zip((middle / one)[at], _unit(rows, at), strict=True)
        ],
        message="creatinine in 24 h urine at visit {visit} is {mg} mg/24h, the patient's median "
        "{median}: was the "
        "collection complete?",
        parts={"mg": amount[at], "median": middle[at]},
    )


def _unit(rows: Rows, at: Ints) -> list[str]:
    """The unit of the creatinine of some rows, as it is written or taken."""
    words = rows.text("creatinine_unit", at) if "creatinine_unit" in rows else np.full(len(at), "")
    return [u or "g/24h" for u in words.tolist()]


def _female(data: Data) -> Bools:
    """Whether each subject code is a woman's."""
    out = np.zeros(len(data.subjects), dtype=np.bool_)
    if "subjects" in data.tables:
        rows = data["subjects"]
        out[rows.subject] = np.isin(rows.word("sex"), ("F", "FEMALE"))
    return out


def _medians(read: Markers, amount: Floats) -> tuple[Floats, Ints]:
    """For each row the median over the collections of its subject, and how many there are."""
    collections = np.zeros(read.rows.n, dtype=np.bool_)
    collections[_once(read, ~np.isnan(amount))] = True
    subjects = group(read.rows.subject, by=amount, where=collections)
    start, size = subjects.start[:-1], subjects.size
    low, high = (amount[subjects.row[start + n]] for n in ((size - 1) // 2, size // 2))
    own = subjects.find(read.rows.subject)
    middle, count = np.append((low + high) / 2, np.nan), np.append(size, 0)
    return middle[own], count[own]


@check("R03", needs={"markers": ("concentration", "volume")}, follows=("K01", "R01"), percent=5.0)
def urine_total_vs_concentration(data: Data, parameters: Parameters) -> Hits:
    """An amount in 24 h that is not concentration times volume, in a collection of 24 h or brought
    to 24 h.

    The concentration is in the value's unit of mass or amount per litre, or in
    ``concentration_unit``.
    """
    read = markers_of(data)
    rows, amount, volume = read.rows, read.value, read.rows.number("volume")
    total = np.round(rows.number("concentration") * _per_litre(read) * volume / 1000, 9)
    hours = rows.number("duration")
    in_24h = np.where(hours > 0, total * 24 / hours, np.nan)
    share = parameters["percent"]
    held = ~rows.blank("value") & ~rows.blank("concentration") & ~rows.blank("volume")
    held &= read.per_day | read.no_unit
    looked(data, read.per_day & ~np.isnan(amount) & np.isfinite(total), held)
    wrong = [
        risen_by(share, amount, t, strict=True) | fallen_by(share, amount, t, strict=True)
        for t in (total, in_24h)
    ]
    bad = (
        read.per_day & wrong[0] & (wrong[1] | np.isnan(in_24h)) & (amount >= 0) & np.isfinite(total)
    )
    return flag(
        "markers",
        bad,
        "{marker} is {value} {unit} at visit {visit}; concentration times volume is {expected}",
        "value",
        value=amount,
        expected=total,
        marker=rows.text("marker"),
        unit=rows.text("unit"),
    )


def _per_litre(read: Markers) -> Floats:
    """The factor from a row's concentration to the value's unit of mass or amount per litre; NaN
    for none.
    """
    rows = read.rows
    columns = [rows.codes(c) for c in ("unit", "concentration_unit")]
    pair, first = number_rows(columns[0][0], columns[1][0], read.marker)
    found = []
    for i in first.tolist():
        unit, given = (str(words[codes[i]]) for codes, words in columns)
        top = unit.partition("/")[0].strip()
        try:
            found.append(
                1.0 if not given else float(convert(1.0, given, f"{top}/L", marker=_known(read, i)))
            )
        except InputError:
            found.append(np.nan)
    return np.array(found or [np.nan])[pair]


def _known(read: Markers, row: int) -> str:
    """The marker's name, where units of mass can be converted for it; any marker serves for
    prefixes alone.
    """
    name = str(read.marker_words[read.marker[row]])
    return name if name in names() else get("chromogranin A").name


@check("R04", needs={"markers": ()}, follows=())
def spot_vs_24h_mixed(data: Data, parameters: Parameters) -> Hits:
    """Amounts in 24 h and amounts per creatinine in one series; one finding a series, where the
    second kind begins.
    """
    read = markers_of(data)
    kind = np.where(read.per_day, 0, np.where(read.per_creatinine, 1, -1))
    looked(data, kind >= 0, (kind >= 0) | read.no_unit)
    row, first = read.changed(kind)
    return Hits(
        table="markers",
        rows=row,
        column="unit",
        expected=read.rows.text("unit", first),
        related=first,
        message="{marker} is in {value} at visit {visit}, in {expected} before: spot urine and 24 "
        "h urine do "
        "not make one series",
        parts={"marker": read.rows.text("marker", row)},
    )


_PPI = re.compile(r"\bPPIS?\b|PROTON[- ]?PUMP|PRAZOLE\b")
_STOPPED = re.compile(r"\b(?:NONE|STOPPED|WITHDRAWN|PAUSED|HELD|DISCONTINUED|OFF)\b")
_FOOD = re.compile(
    r"\b(?:NO|WITHOUT|UNRESTRICTED) DIET|\bDIET "
    r"(?:NOT|UNRESTRICTED)|BANANA|PINEAPPLE|AVOCADO|KIWI|PLUM|"
    r"TOMATO|WALNUT|PECAN|SEROTONIN-RICH"
)


def _said(rows: Any, test: Any) -> Bools:
    """Where the confounder column says something."""
    if "confounder" not in rows:
        return np.zeros(rows.n, dtype=np.bool_)
    found: npt.NDArray[np.bool_] = rows.table.column("confounder").map(test, np.bool_)
    return found


@check("R05", needs={"markers": ("diet_restricted|confounder",)}, blank_allowed=True)
def interfering_diet_or_drug(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """5-HIAA without a restricted diet, or chromogranin A under a proton-pump inhibitor (named in
    ``confounder``).
    """
    read = markers_of(data)
    rows, name = read.rows, read.marker_words[read.marker] if read.rows.n else np.empty(0, object)
    hiaa = read.given & np.isin(name, ("5-HIAA",))
    looked(data, read.given, np.isin(name, ("5-HIAA", "chromogranin A")) & ~rows.blank("value"))
    free = np.zeros(rows.n, dtype=np.bool_)
    if "diet_restricted" in rows:
        free = hiaa & (parse_flags(rows.table.column("diet_restricted")) != 1)
        yield flag(
            "markers",
            free,
            "5-HIAA at visit {visit} was measured without a restricted diet",
            "diet_restricted",
            expected="Y",
        )
    food = hiaa & ~free & _said(rows, lambda w: says(w, _FOOD))
    yield flag(
        "markers",
        food,
        "5-HIAA at visit {visit}: {value}",
        "confounder",
        expected="a restricted diet",
    )
    drug = (
        _said(rows, lambda w: says(w, _PPI) and not _STOPPED.search(w.upper()))
        & read.given
        & (name == "chromogranin A")
    )
    yield flag(
        "markers",
        drug,
        "chromogranin A at visit {visit} was measured under a proton-pump inhibitor ({value})",
        "confounder",
        expected="stopped 14 days before",
    )
