"""Units: of lengths, volumes, attenuation and the other numbers of a CRF, and of marker values.

Sources: UCUM and CDISC UNIT (C71620) with their usual spellings. Millimetres, millilitres and
Hounsfield units are this library's own; a factor is exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

FACTORS: Mapping[str, Mapping[str, float]] = MappingProxyType({
    "mm": MappingProxyType({
        "mm": 1.0, "millimeter": 1.0, "millimeters": 1.0, "millimetre": 1.0, "millimetres": 1.0,
        "cm": 10.0, "centimeter": 10.0, "centimeters": 10.0, "centimetre": 10.0, "centimetres": 10.0,
    }),
    "mL": MappingProxyType({
        "ml": 1.0, "cc": 1.0, "ccm": 1.0, "cm3": 1.0, "cm^3": 1.0, "cm\u00b3": 1.0, "milliliter": 1.0,
        "milliliters": 1.0, "l": 1000.0, "liter": 1000.0, "litre": 1000.0, "mm3": 0.001, "mm^3": 0.001,
        "mm\u00b3": 0.001,
    }),
    "HU": MappingProxyType({"hu": 1.0, "h.u.": 1.0, "hounsfield": 1.0, "hounsfield units": 1.0}),
    "%": MappingProxyType({"%": 1.0, "percent": 1.0, "pct": 1.0}),
    "days": MappingProxyType({"d": 1.0, "day": 1.0, "days": 1.0, "week": 7.0, "weeks": 7.0}),
    "years": MappingProxyType({"y": 1.0, "yr": 1.0, "yrs": 1.0, "year": 1.0, "years": 1.0}),
    "h": MappingProxyType({"h": 1.0, "hr": 1.0, "hrs": 1.0, "hour": 1.0, "hours": 1.0, "min": 1 / 60}),
    "kg": MappingProxyType({"kg": 1.0, "g": 0.001}),
    "1/day": MappingProxyType({"/day": 1.0, "/d": 1.0, "per day": 1.0, "a day": 1.0}),
})  # fmt: skip
"""For the unit of a column, the units that its cells may name and how many of the column's each is.
"""


def factor(word: str, unit: str) -> float:
    """How many of ``unit`` one of the written unit is; 1 where none is written, NaN for another.

    >>> factor("cm", "mm"), factor("", "mm"), factor("cc", "mL"), factor("inch", "mm")
    (10.0, 1.0, 1.0, nan)
    """
    text = " ".join(word.split()).casefold()
    return FACTORS.get(unit, {}).get(text, math.nan) if text else 1.0


_PREFIX = {"": 0, "m": -3, "u": -6, "n": -9, "p": -12, "k": 3}
_NUMERATOR = {"g": "mass", "mol": "amount", "iu": "activity", "u": "activity"}
_VOLUME = {"l": 0, "dl": -1, "ml": -3, "ul": -6}
_PER_DAY = {"24h", "24-h", "24hr", "24hrs", "24hour", "24hours", "day", "d", "(24.h)", "24.h"}
_CREATININE = {
    "g": ("creatinine mass", 0),
    "mg": ("creatinine mass", -3),
    "mol": ("creatinine amount", 0),
    "mmol": ("creatinine amount", -3),
}
_OF_CREATININE = re.compile(r"(m?g|m?mol)(\{?(of)?(creatinine|creat|crea|cre|cr)\.?\}?)?")
_TOP = re.compile(r"(k|m|u|n|p)?(g|mol|iu|u)")
_LONGEST = 40


class Unit(NamedTuple):
    """A marker's unit taken apart: what is counted, per what, and the power of ten."""

    counted: str
    per: str
    power: int


@lru_cache(maxsize=4096)
def read(word: str) -> Unit | None:
    """The parts of a marker's unit such as "mg/24h", "nmol/L", "uIU/mL" or "mg/g" of creatinine, and
    UCUM's "mg/(24.h)", "m[iU]/L", "mmol/mol{creat}"; None for another word.

    >>> read("ng/mL") == read("ug per L"), read("bottles")
    (True, None)
    """
    if len(word) > _LONGEST:
        return None
    text = "".join(word.split()).replace("\u00b5", "u").replace("\u03bc", "u")
    text = text.replace("mcg", "ug").casefold()
    top, _, bottom = text.replace("per", "/").replace("[iu]", "iu").partition("/")
    match = _TOP.fullmatch(top)
    if match and bottom in _VOLUME:
        return Unit(_NUMERATOR[match[2]], "volume", _PREFIX[match[1] or ""] - _VOLUME[bottom])
    if match and bottom in _PER_DAY:
        return Unit(_NUMERATOR[match[2]], "day", _PREFIX[match[1] or ""])
    of_creatinine = _OF_CREATININE.fullmatch(bottom)
    if match and match[2] in ("g", "mol") and of_creatinine:
        per, power = _CREATININE[of_creatinine[1]]
        return Unit(_NUMERATOR[match[2]], per, _PREFIX[match[1] or ""] - power)
    return None


def same(one: str, other: str) -> bool:
    """Whether two spellings mean one unit of markers: "ng/mL" and "ug/L" do.

    >>> same("ng/mL", "ug/L"), same("cells", "Cells "), same("mg/24h", "mg/L")
    (True, True, False)
    """
    if one.strip().casefold() == other.strip().casefold():
        return True
    first = read(one)
    return first is not None and first == read(other)
