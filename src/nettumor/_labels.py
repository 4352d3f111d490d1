"""Labels of axes: what a Series, a frame or a DataArray says about its axes is held, not dropped.

Arrays are read by position, so labels must not say otherwise: two arrays with unequal labels on one
axis are refused with the repair, and an axis that is called lesion or time is read by that name,
wherever it stands. `by_label` does both for a function; nothing here knows pandas, xarray or pint,
only what their objects show (``iloc``, ``dims``, ``units``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from nettumor.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")

_SHOWS = ("iloc", "dims", "magnitude", "units", "unit")
"""What the objects show that have labels or a unit: pandas, xarray, pint, unyt, astropy."""

_CALLED = {
    "timepoint": ("timepoint", "time", "visit", "scan", "timepoints", "times", "visits", "scans"),
    "lesion": ("lesion", "lesions", "target", "targets"),
    "day": ("day", "days", "date"),
}
"""How people call an axis, by what the conventions call it."""


class _Axis(NamedTuple):
    """One axis of an argument."""

    argument: str
    name: str  # "" where it has none
    size: int
    labels: Any  # None where it has none
    exact: bool  # whether its labels must equal those of another (columns: only their order)


def by_label(**axes: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the arguments are compared by their labels before the function reads them by
    position.

    Parameters
    ----------
    **axes : str
        For an argument with axes of its own at the end, their names: ``sizes="lesion timepoint"``.
        All other axes are leading axes, compared from the last backwards as NumPy broadcasts.

    Examples
    --------
    >>> @by_label(sums="timepoint")
    ... def last(sums):
    ...     return sums[-1]
    >>> last([40, 30])
    30
    """
    own = {argument: tuple(names.split()) for argument, names in axes.items()}

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]

        @functools.wraps(function)
        def read(*args: P.args, **kwargs: P.kwargs) -> R:
            if not any(map(_shows, map(type, (*args, *kwargs.values())))):
                return function(*args, **kwargs)
            given = dict(zip(names, args, strict=False)) | kwargs
            held = _read(given, own)
            positional: Any = [held[name] for name in names[: len(args)]] + list(args[len(names) :])
            keywords: Any = {name: held[name] for name in kwargs}
            return function(*positional, **keywords)

        return read

    return decorate


def same_labels(**given: Any) -> None:
    """Refuse arguments whose labels or units differ, for a function without axes of its own."""
    if any(map(_shows, map(type, given.values()))):
        _read(given, {})


def _read(given: dict[str, Any], own: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The arguments with their own axes in the order of the conventions, labels compared."""
    _same_unit(given)
    held = dict(given)
    named: dict[str, _Axis] = {}
    leading: dict[int, _Axis] = {}
    for argument, value in given.items():
        last = own.get(argument, ())
        if _has_labels(value):
            held[argument], axes = _ordered(argument, value, last)
            cut = len(axes) - len(last)
            for name, axis in zip(last, axes[max(cut, 0) :], strict=False):
                _compare(named.setdefault(name, axis), axis)
            for place, axis in enumerate(reversed(axes[: max(cut, 0)])):
                _compare(leading.setdefault(place, axis), axis)
    return held


@functools.cache
def _shows(kind: type) -> bool:
    """Whether objects of a type have labels or a unit; the answer is kept for each type."""
    return any(hasattr(kind, name) for name in _SHOWS)


def _has_labels(value: Any) -> bool:
    return hasattr(value, "iloc") or (hasattr(value, "dims") and hasattr(value, "coords"))


def _ordered(argument: str, value: Any, last: tuple[str, ...]) -> tuple[Any, list[_Axis]]:
    """The argument with the axes ``last`` at the end, found by name, and all its axes."""
    if hasattr(value, "dims"):
        order = _order(argument, [str(dim) for dim in value.dims], last)
        value = value.transpose(*(value.dims[i] for i in order)) if order else value
        return value, _dimensions(argument, value)
    if _levels(value) > value.ndim and last and value.ndim == 2:
        return _unstacked(argument, value, last), []
    if last and value.ndim == 2:
        order = _order(argument, [str(value.index.name), str(value.columns.name)], last)
        value = value.T if order == [1, 0] else value
    return value, _of_frame(argument, value)


def _of_frame(argument: str, value: Any) -> list[_Axis]:
    """The axes of a Series or frame of pandas."""
    axes = [_Axis(argument, "", len(value.index), value.index, True)]
    if value.ndim == 2:
        axes.append(_Axis(argument, "", len(value.columns), value.columns, False))
    return axes


def _dimensions(argument: str, value: Any) -> list[_Axis]:
    """The axes of a DataArray; the names that xarray gives of itself (dim_0) are none."""
    found = []
    for dim, size in zip(value.dims, value.shape, strict=True):
        name = "" if str(dim).startswith("dim_") else str(dim)
        labels = value.coords[dim].to_index() if dim in value.coords else None
        found.append(_Axis(argument, name, size, labels, True))
    return found


def _order(argument: str, names: list[str], last: tuple[str, ...]) -> list[int] | None:
    """The places of the axes in the order of the conventions; None where they stand so or have no
    known name.
    """
    lower = [name.casefold() for name in names]
    found = {
        role: [i for i, name in enumerate(lower) if name in _CALLED.get(role, (role,))]
        for role in last
    }
    if any(len(places) > 1 for places in found.values()):
        raise InputError(
            f"`{argument}` must have each axis once; got {', '.join(names)}. Rename one of them.",
            argument=argument,
        )
    known = [places[0] for places in found.values() if places]
    rest = [i for i in range(len(names)) if i not in known]
    if not known:
        return None
    unknown = len(last) - len(known)
    if unknown > len(rest):
        return None
    # An axis without a known name takes the place that is left, in the order given.
    spare = iter(rest[len(rest) - unknown :])
    tail = [places[0] if places else next(spare) for places in found.values()]
    order = rest[: len(rest) - unknown] + tail
    return None if order == list(range(len(names))) else order


def _levels(value: Any) -> int:
    """How many levels the labels of a frame have, on both axes."""
    return sum(int(getattr(axis, "nlevels", 1)) for axis in value.axes)


def _unstacked(argument: str, value: Any, last: tuple[str, ...]) -> Any:
    """A frame whose rows or columns have levels (lesion, time) as an array with an axis a level.

    What has no cell in the frame is NaN.
    """
    levels = [axis.get_level_values(i) for axis in value.axes for i in range(axis.nlevels)]
    names = [str(level.name) for level in levels]
    known = [n for n in names if any(n.casefold() in _CALLED.get(role, (role,)) for role in last)]
    if len(known) < len(last):
        raise InputError(
            f"`{argument}` must name its levels {' and '.join(last)}; got {', '.join(names)}. "
            f"Name them: frame.columns.names = {list(last)!r}, or give an array.",
            argument=argument,
        )
    if not (value.index.is_unique and value.columns.is_unique):
        raise InputError(
            f"`{argument}` must have each row and column once; a label stands twice. Drop what is "
            "double, or give an array.",
            argument=argument,
        )
    codes, sizes = [], []
    for level in levels:
        distinct = level.unique()
        codes.append(distinct.get_indexer(level))
        sizes.append(len(distinct))
    rows = value.index.nlevels
    cells = np.full(sizes, np.nan, dtype=object)
    block = value.to_numpy(dtype=object)
    for i in range(block.shape[0]):
        at = tuple(code[i] for code in codes[:rows])
        cells[(*at, *codes[rows:])] = block[i]
    return cells.transpose(_order(argument, names, last) or range(len(names)))


def _compare(first: _Axis, second: _Axis) -> None:
    """Refuse two axes at one place with unequal names or labels; one of length 1 is repeated."""
    if first is second or first.argument == second.argument:
        return
    if first.name and second.name and first.name != second.name:
        raise InputError(
            f"`{first.argument}` and `{second.argument}` must have their axes in one order; got "
            f"{first.name} and {second.name} in one place. Transpose one of them: "
            "b = b.transpose(...).",
            argument=second.argument,
        )
    if first.labels is None or second.labels is None or first.size != second.size:
        return
    if first.size == 1 and not (first.exact and second.exact):
        return
    if first.labels.equals(second.labels):
        return
    exact = first.exact and second.exact
    if not exact and set(first.labels) != set(second.labels):
        return  # columns of other names are other columns, in the order given
    at = next(
        (
            i
            for i, pair in enumerate(zip(first.labels, second.labels, strict=True))
            if _unequal(pair)
        ),
        0,
    )
    raise InputError(
        f"`{first.argument}` and `{second.argument}` must have equal labels; got "
        f"{_label(first, at)} and {_label(second, at)} at [{at}]. Align them first: a, b = "
        f"{'xarray.align(a, b)' if first.name else 'a.align(b)'}, or give arrays where the "
        "position counts.",
        argument=second.argument,
        index=(at,),
    )


def _label(axis: _Axis, at: int) -> str:
    label = axis.labels[at]
    return repr(label.item() if isinstance(label, np.generic) else label)


def _unequal(pair: tuple[Any, Any]) -> bool:
    return bool(pair[0] != pair[1])


def _same_unit(given: dict[str, Any]) -> None:
    """Refuse quantities of one kind in unequal units: 5 cm beside 40 mm."""
    units = {a: u for a, v in given.items() if (u := _unit(v)) is not None}
    for argument, unit in units.items():
        for other, another in units.items():
            paired = {argument, other} == {"before", "after"}
            if str(unit) != str(another) and (paired or _kind(unit) == _kind(another)):
                raise InputError(
                    f"`{argument}` and `{other}` must have one unit; got {unit} and {another}. "
                    "Convert one first, e.g. size.to('mm').",
                    argument=other,
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


def _kind(unit: Any) -> str:
    """What a unit measures, where the unit knows it; lengths, areas and volumes by their names."""
    known = getattr(unit, "dimensionality", None) or getattr(unit, "physical_type", None)
    if known is not None:
        return str(known)
    return _LENGTHS.get(str(unit).strip().casefold(), str(unit))


_LENGTHS = {
    "mm": "length", "cm": "length", "m": "length", "millimeter": "length", "centimeter": "length",
    "mm2": "area", "cm2": "area", "mm3": "volume", "cm3": "volume", "ml": "volume", "l": "volume",
}  # fmt: skip
