"""The parameters of a check: which values a call or a configuration may give in place of the
defaults.

Input: a check and values by name. Output: the values as they are used, or an error that names the
parameter, what it must be and its default. What a value must be is told by the default (True or
False, a number, text, a list of texts), for words by the check's own reader, and for numbers by the
name of the parameter, which means the same in every check. Which value goes before which is decided
in `run`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, TypeGuard

import numpy as np

from nettumor.crf.columns import Column
from nettumor.crf.dates import DateStatus, parse_dates
from nettumor.edit_checks.engine.register import Check, Reader
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean


def check_parameters(check: Check, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a check's parameters as they are used; an error where one is none of its own, is
    of another kind, or makes no sense.
    """
    found = {name: _value(check, name, value) for name, value in values.items()}
    check_order(check, {**check.parameters, **found}, tuple(found))
    return found


def one_of(*words: str) -> Reader:
    """The reader of a parameter that is one of some words."""

    def read(name: str, value: object) -> None:
        choose(name, value, words)

    return read


def date_or_day(name: str, value: object) -> None:
    """The reader of a parameter that is a date, a number of days where the study has days, or "" for
    none; which of the two the study wants is asked when it is there.
    """
    given = Column.of_text([str(value)])
    read = [parse_dates(given, days=days).status[0] for days in (False, True)]
    if value != "" and DateStatus.FULL not in read:
        raise InputError(
            f"`{name}` must be a full date such as 2024-01-31, or a number of days where the study "
            f"has days; got {value!r:.60}.",
            argument=name,
        )


def check_order(check: Check, held: Mapping[str, Any], told: tuple[str, ...]) -> None:
    """Raise where of two limits the lower one, as set or by default, is the higher; ``told`` are the
    names that were set.
    """
    for low, high in _LOW_AND_HIGH:
        if low in held and high in held and held[low] > held[high]:
            raise InputError(
                f"`{low}` of {check.id} must be at most `{high}`; got {held[low]!r} and "
                f"{held[high]!r}. Set both.",
                argument=low if low in told else high,
            )


_LOW_AND_HIGH = (
    ("low", "high"),
    ("low_female", "high_female"),
    ("least", "most"),
    ("min_days", "max_days"),
    ("min_hours", "max_hours"),
    ("min_ml", "max_ml"),
    ("soft_max", "hard_max"),
    ("spiral_mm", "conventional_mm"),
    ("days", "error_days"),
)
"""Parameters of which one is the lower and the other the upper limit of the same thing."""

COUNTS = (
    "max_targets", "max_per_organ", "min_targets", "copied_targets", "min_lesions", "min_series", "min_visits",
    "certain_sizes", "min_collections", "restless_from", "decimals", "n",
)  # fmt: skip
"""Parameters that count something: whole numbers."""

_RANGES: Mapping[str, tuple[float, float, str]] = {
    # shares, chances, and how far two numbers may lie apart beside themselves
    **dict.fromkeys(
        ("p", "min_share", "share", "chance", "restless", "fit", "each", "alike", "waver"),
        (0.0, 1.0, "lie between 0 and 1"),
    ),
    # so many times as large, or as likely
    **dict.fromkeys(
        ("factor", "end_ratio", "likelier", "likelier_with_limit"), (1.0, math.inf, "be 1 or more")
    ),
    **dict.fromkeys(
        ("percent", "rise_percent", "growth_pct"),
        (1.0, math.inf, "be a percentage of 1 or more, such as 25"),
    ),
    "median_percent": (1.0, 100.0, "be a percentage from 1 to 100"),
    "max_age": (1.0, 200.0, "be an age in years from 1 to 200"),
}
"""Between which numbers a parameter of this name lies, and what it then must do."""

_ABOVE_ZERO = (
    "every", "max_targets", "max_per_organ", "hard_max", "soft_max", "max_hours", "max_ml", "max_mm", "most", "most_cm",
    "high", "high_female", "sure",
)  # fmt: skip
"""Parameters of which 0 would put every row at fault, or none."""


def _value(check: Check, name: str, value: Any) -> Any:
    """One value as it is used."""
    if name not in check.parameters:
        raise InputError(
            f"{check.id} has no parameter {name!r}. {did_you_mean(name, check.parameters)}",
            argument=name,
        )
    default = check.parameters[name]
    value = _plain(value)
    if not _fits(value, default):
        raise _wrong(InputTypeError, check, name, f"be {_kind_of(default)}", value)
    if name in COUNTS and isinstance(value, float):
        if not value.is_integer():
            raise _wrong(InputTypeError, check, name, "be a whole number", value)
        value = int(value)
    if wrong := _senseless(name, value, default):
        raise _wrong(InputError, check, name, wrong, value)
    if name in check.readers:
        try:
            check.readers[name](name, value)
        except InputError as error:
            raise type(error)(f"{check.id}: {error}", argument=name) from None
    return value


def _wrong(kind: type[InputError], check: Check, name: str, must: str, value: object) -> InputError:
    default = f"Its default is {check.parameters[name]!r:.60}."
    return kind(f"`{name}` of {check.id} must {must}; got {value!r:.60}. {default}", argument=name)


def _plain(value: Any) -> Any:
    """NumPy's numbers, truth values and texts as Python's own, and other numbers as floats."""
    if isinstance(value, np.generic):
        return value.item()
    plain = isinstance(value, (int, float)) or not isinstance(value, Real)
    return value if plain else float(value)


def _senseless(name: str, value: object, default: object) -> str:
    """What a value must do that this one does not; "" where it makes sense.

    What is said of a name holds where it is true of the default: a check of one's own may mean
    something else by it.
    """
    if isinstance(value, (tuple, list, set, frozenset)):
        return "" if all(str(item).strip() for item in value) else "have no blank text in it"
    if not _is_number(value) or not _is_number(default):
        return ""
    if value < 0 <= default:
        return "not be negative"
    if value == 0 < default and name in _ABOVE_ZERO:
        return "be above 0"
    low, high, must = _RANGES.get(name, (-math.inf, math.inf, ""))
    return must if low <= default <= high and not low <= value <= high else ""


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


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
        return _is_number(value) and abs(value) < _FINITE
    if isinstance(default, str):
        # A date of TOML stands for its text, a number for a day of the study.
        if _is_number(value):
            return abs(value) < _FINITE
        return isinstance(value, (str, datetime.date))
    if isinstance(default, (tuple, list)):
        return isinstance(value, (tuple, list, set, frozenset)) and all(
            isinstance(item, (str, int)) and not isinstance(item, bool) for item in value
        )
    return True


_FINITE = 1e300
"""Numbers from here on are no limits, and no floats where they are whole."""
