"""The parameters of a check: which values a call or a configuration may give in place of the
defaults.

Input: a check and values by name. Output: nothing, or an error that names the parameter, what it
must be and its default. Which value goes before which is decided in `run`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from nettumor.edit_checks.engine.register import Check
from nettumor.errors import InputError, InputTypeError, did_you_mean


def check_parameters(check: Check, values: Mapping[str, Any]) -> None:
    """Raise unless a check has parameters of these names, and numbers stand where numbers do."""
    for name, value in values.items():
        if name not in check.parameters:
            raise InputError(
                f"{check.id} has no parameter {name!r}. {did_you_mean(name, check.parameters)}",
                argument=name,
            )
        default = check.parameters[name]
        must = _kind_of(default)
        if not _fits(value, default):
            raise InputTypeError(
                f"`{name}` of {check.id} must be {must}; got {value!r:.60}. Its default is "
                f"{default!r:.60}.",
                argument=name,
            )

        if _senseless(name, value):
            raise InputError(
                f"`{name}` of {check.id} must {_senseless(name, value)}; got {value!r}. Its default "
                f"is {default!r:.60}.",
                argument=name,
            )
    _check_order(check, {**check.parameters, **values}, values)


def _check_order(check: Check, held: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise where of two limits the lower one, as set or by default, is the higher."""
    for low, high in _LOW_AND_HIGH:
        if low in held and high in held and held[low] > held[high]:
            raise InputError(
                f"`{low}` of {check.id} must be at most `{high}`; got {held[low]!r} and "
                f"{held[high]!r}. Set both.",
                argument=low if low in values else high,
            )


_LOW_AND_HIGH = (
    ("low", "high"),
    ("low_female", "high_female"),
    ("least", "most"),
    ("min_days", "max_days"),
    ("min_hours", "max_hours"),
    ("min_ml", "max_ml"),
    ("soft_max", "hard_max"),
)
"""Parameters of which one is the lower and the other the upper limit of the same thing."""

_SHARES = ("p", "min_share", "share", "chance", "restless")
"""Parameters that are shares or chances."""


def _senseless(name: str, value: object) -> str:
    """What a number must do that a parameter of this name cannot be; "" where it makes sense.

    No parameter of a check is a negative number: they are tolerances, sizes, days, counts, shares.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return ""
    if value < 0:
        return "not be negative"
    return "lie between 0 and 1" if name in _SHARES and value > 1 else ""


def _kind_of(default: object) -> str:
    """What a parameter must be, by its default, in words."""
    if isinstance(default, bool):
        return "True or False"
    if isinstance(default, (int, float)):
        return "a number"
    return "text" if isinstance(default, str) else 'a list of texts, such as ["ASCITES"]'


def _fits(value: object, default: object) -> bool:
    """Whether a value is of the kind of a default; a text is no list of its letters."""
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, (int, float)):
        return (
            isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _FINITE
        )
    if isinstance(default, str):
        # A date of TOML stands for its text, a number for a day of the study.
        return isinstance(value, (str, datetime.date, int, float)) and not isinstance(value, bool)
    if isinstance(default, (tuple, list)):
        return isinstance(value, (tuple, list, set, frozenset)) and all(
            isinstance(item, (str, int)) and not isinstance(item, bool) for item in value
        )
    return True


_FINITE = 1e300
"""Numbers from here on are no limits, and no floats where they are whole."""
