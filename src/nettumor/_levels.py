"""A level before and after: what markers and symptoms share. Comparisons, reasons and checks in one
place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import MarkerCriteria, SymptomCriteria, Threshold
from nettumor.errors import choose, refuse
from nettumor.terminology import Reason, Response

_REPAIR = 'Correct it or leave it out, or pass invalid="NE".'


class Pair(NamedTuple):
    """Levels before and after, of one shape, and where one of them cannot be."""

    before: Floats
    after: Floats
    wrong: Bools
    guard: float


def pair(
    before: npt.ArrayLike, after: npt.ArrayLike, invalid: str, **others: npt.NDArray[Any]
) -> Pair:
    """The levels as float64, broadcast with each other and with ``others``; impossible ones refused
    or marked.
    """
    choose("invalid", invalid, ("raise", "NE"))
    named = {
        "before": _arrays.as_numbers(before, "before"),
        "after": _arrays.as_numbers(after, "after"),
    }
    if invalid == "raise":
        for name, values in named.items():
            refuse(
                name,
                "finite and at least 0 (NaN where not measured)",
                values,
                impossible(values),
                _REPAIR,
            )
    first, second = _arrays.broadcast(**named, **others)[:2]
    return Pair(first, second, impossible(first) | impossible(second), _arrays.GUARD)


def impossible(values: Floats) -> Bools:
    """Where a level is negative or infinite."""
    return np.isinf(values) | (values < 0)


def percent(levels: Pair) -> Floats:
    """Change in percent; NaN where a level is missing or impossible, and from 0."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        known = ~levels.wrong & (levels.before > 0)
        return np.asarray(np.where(known, 100 * levels.after / levels.before - 100, np.nan))


def changes(levels: Pair, criteria: MarkerCriteria | SymptomCriteria) -> tuple[Bools, Bools, Bools]:
    """Where the limits of PR, MR and PD are met (in this order)."""
    return (
        _met(criteria.pr, levels),
        _met(getattr(criteria, "mr", None), levels),
        _met(criteria.pd, levels),
    )


def _met(limit: Threshold | None, levels: Pair) -> Bools:
    if limit is None:
        return np.zeros(levels.before.shape, dtype=np.bool_)
    before, after, guard = levels.before, levels.after, levels.guard
    both = limit.percent_met(before, after, guard) & limit.absolute_met(before, after, guard)
    # What stays at 0 has not changed, although 0 is any percent above and below 0.
    return np.asarray(both & (before != after))


_GIVES = (
    (Reason.MINOR_DECREASE, Response.MR),
    (Reason.DECREASE, Response.PR),
    (Reason.BASELINE, Response.NE),
    (Reason.INCREASE, Response.PD),
    (Reason.GONE, Response.CR),
    (Reason.NOT_MEASURED, Response.NE),
    (Reason.INVALID, Response.NE),
)
"""What each reason gives; of several the last."""


def _table() -> Codes:
    """The response of every combination of the lowest bits, which hold all of `_GIVES`."""
    bits = np.arange(2 * int(max(bit for bit, _ in _GIVES)))
    out = np.full(bits.shape, Response.SD, dtype=np.int8)
    for bit, code in _GIVES:
        out[(bits & int(bit)) != 0] = code
    return out


_RESPONSES = _table()


def decide(reason: npt.NDArray[np.int32]) -> Codes:
    """The response that each reason gives: the last that is set in `_GIVES` wins; what is not
    comparable is NE.
    """
    out = np.asarray(_RESPONSES.take(reason & np.int32(len(_RESPONSES) - 1)))
    changed = reason & np.int32(Reason.NOT_COMPARABLE)
    return np.where(changed, np.int8(Response.NE), out) if changed.any() else out


def plain(value: npt.NDArray[Any]) -> Any:
    """An array of no axes as a Python value, any other as itself (a copy that owns its data)."""
    return value.item() if value.ndim == 0 else np.array(value)
