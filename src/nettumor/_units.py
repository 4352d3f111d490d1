"""Units that come with the numbers: quantities of pint, unyt, astropy and quantities, and arrays of
xarray that name one.

Lengths are mm, areas mm2, volumes mL and days days (the conventions): another unit is refused with
the repair, and so are two units of one kind, as 5 cm beside 40 mm. Units of markers are the user's
own, so long as they are equal. Nothing here knows the libraries, only what their objects show.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nettumor.errors import InputError, InputTypeError, place

_KINDS = {
    "length": ("mm", "mm millimeter", "um micrometer cm centimeter dm m meter in inch inche"),
    "area": ("mm**2", "mm2 millimeter2", "cm2 centimeter2 dm2 m2 meter2 in2 inch2"),
    "volume": (
        "mL",
        "ml milliliter cc cm3 centimeter3 cubic_centimeter",
        "mm3 millimeter3 ul dl deciliter l liter dm3 m3 meter3",
    ),
    "time": ("day", "d day", "s second min minute h hr hour wk week month yr year a"),
}
"""By kind of unit: the one to take, its spellings, and units that are to be converted to it."""

_TAKEN = {name: kind for kind, (_, names, _) in _KINDS.items() for name in names.split()}
_OTHER = {name: (kind, unit) for kind, (unit, _, names) in _KINDS.items() for name in names.split()}
_OF_ANY_UNIT = frozenset({"time", "values", "a", "b"})
"""Arguments of functions that serve any unit: curves in months, agreement of any measurement."""


def has_unit(kind: type) -> bool:
    """Whether values of a type carry a unit."""
    converts = hasattr(kind, "to") or hasattr(kind, "rescale")
    return converts and any(hasattr(kind, name) for name in ("units", "unit", "unit_quantity"))


def refuse_quantity(value: Any, argument: str, index: tuple[int, ...]) -> None:
    """Refuse a quantity among the values: beside others its unit would be lost in silence."""
    if has_unit(type(value)):
        raise InputTypeError(
            f"`{argument}` must be numbers, or one array with one unit; got {value}{place(index)}. "
            "Convert each to one unit and take its number first.",
            argument=argument,
            index=index,
        )


def check_units(given: dict[str, Any]) -> None:
    """Refuse units that are not those of the conventions, and unequal units of one kind."""
    units = {a: str(u) for a, v in given.items() if (u := _unit(v)) is not None}
    kinds = {a: _kind(u, given[a]) for a, u in units.items()}
    for argument, unit in units.items():
        for other, another in units.items():
            paired = {argument, other} == {"before", "after"}
            alike = paired or kinds[argument] == kinds[other]
            if alike and _one(unit) != _one(another):
                raise InputError(
                    f"`{argument}` and `{other}` must have one unit; got {unit} and {another}. "
                    "Convert one first, e.g. size.to('mm').",
                    argument=other,
                )
    for argument, unit in units.items():
        repair = _OTHER.get(_plain(unit), ("", ""))[1]
        if repair and argument not in _OF_ANY_UNIT:
            raise InputError(
                f"`{argument}` must be in {repair}; got {unit}. Convert it first: "
                f"{argument}.to('{repair}').",
                argument=argument,
            )


def _unit(value: Any) -> Any:
    """The unit of a quantity, or of a DataArray that names one; None where there is none."""
    attributes = getattr(value, "attrs", None)
    if isinstance(attributes, dict) and attributes.get("units"):
        return attributes["units"]
    if hasattr(value, "magnitude") and hasattr(value, "units"):
        return value.units
    if hasattr(value, "unit") and hasattr(value, "value"):
        return value.unit
    return value.units if isinstance(value, np.ndarray) and hasattr(value, "units") else None


def _kind(unit: str, value: Any) -> str:
    """What a unit measures, as the unit or the conventions know it; else the unit itself."""
    plain = _plain(unit)
    known = _TAKEN.get(plain) or _OTHER.get(plain, ("", ""))[0]
    if known:
        return known
    held = _unit(value)
    told = getattr(held, "dimensionality", None) or getattr(held, "physical_type", None)
    return unit if told is None else str(told)


def _one(unit: str) -> str:
    """One text for all spellings of a unit of the conventions; of another, its plain one."""
    plain = _plain(unit)
    return _TAKEN.get(plain, plain)


def _plain(unit: str) -> str:
    """A unit as it stands in the table: '1.0 cm**2', 'centimetre ** 2' and 'cm²' are of one form.

    >>> _plain("1.0 cm**2"), _plain("centimetre ** 2"), _plain("Weeks")
    ('cm2', 'centimeter2', 'week')
    """
    text = re.sub(r"^1(\.0)? |\s|\*\*|\^", "", unit.strip().casefold())
    text = text.translate(str.maketrans("²³µ", "23u")).replace("metre", "meter")
    text = text.replace("litre", "liter")
    return text[:-1] if len(text) > 3 and text.endswith("s") else text
