"""Labels of axes: what a Series, a frame or a DataArray says about its axes is held, not dropped.

Arrays are read by position, so labels must not say otherwise: two arrays with unequal labels on one
axis are refused with the repair, and an axis that is called lesion or time is read by that name,
wherever it stands. `by_label` does both for a function; nothing here knows pandas, xarray or pint,
only what their objects show (``iloc``, ``dims``, ``units``).
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from nettumor._units import check_units
from nettumor.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")

_SHOWS = ("iloc", "dims", "magnitude", "units", "unit", "unit_quantity", "n_missing")
"""What the objects show that have labels or a unit: pandas, xarray, pint, unyt, astropy, and results
of sums.
"""

_TIMES = (
    *("timepoint", "time", "visit", "scan", "session", "week", "month", "cycle", "exam"),
    *("examination", "assessment", "followup", "follow_up", "time_point", "date", "day", "t"),
)
_CALLED = {
    "timepoint": _TIMES,
    "day": _TIMES,
    "lesion": (
        *("lesion", "target", "tumor", "tumour", "nodule", "node", "roi", "label", "segment"),
        *("segmentation", "component", "mass", "metastasis", "metastase", "l"),
    ),
    "patient": (
        *("patient", "subject", "case", "usubjid", "subjid", "pid", "mrn", "individual"),
        *("participant", "person", "p"),
    ),
    "reader": ("reader", "rater", "evaluator", "observer", "annotator", "model", "method"),
}
"""How people call an axis, by what the conventions call it (an _id and a plural are left off)."""

_OTHERS = (
    *("trial", "simulation", "draw", "fold", "seed", "replicate", "bootstrap", "arm", "cohort"),
    *("site", "criterion", "criteria", "sample", "batch"),
)
"""Names of axes that are neither lesions nor timepoints."""

_ENDS = ("_id", "_number", "_no", "_nr", "_name", "_index", "_idx", "id")


class _Axis(NamedTuple):
    """One axis of an argument."""

    argument: str
    name: str  # "" where it has none
    size: int
    labels: Any  # None where it has none
    exact: bool  # whether its labels must equal those of another (columns: only their order)
    dim: Any = None  # what a DataArray calls it


class _Read(NamedTuple):
    """The arguments as the function takes them, with their axes by role, and by place from the last
    backwards.
    """

    held: dict[str, Any]
    own: dict[str, list[_Axis]]
    leading: dict[int, list[_Axis]]


def by_label(
    *, gives: str | None = None, **axes: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the arguments are compared by their labels before the function reads them by
    position, and with ``gives`` the answer to DataArrays is DataArrays.

    Parameters
    ----------
    gives : str, optional
        The axes of the answer after the leading ones: "timepoint", or "" for none; of a result
        object, of every array that has so many. An array with others is named after a semicolon:
        "timepoint; lesion_day lesion". None: arrays go out.
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
            found = _read(given, own)
            held = found.held
            positional: Any = [held[name] for name in names[: len(args)]] + list(args[len(names) :])
            keywords: Any = {name: held[name] for name in kwargs}
            answer = function(*positional, **keywords)
            return answer if gives is None else labelled(answer, found, gives)

        return read

    return decorate


def same_labels(**given: Any) -> None:
    """Refuse arguments whose labels or units differ, for a function without axes of its own."""
    if any(map(_shows, map(type, given.values()))):
        _read(given, {})


def _read(given: dict[str, Any], own: dict[str, tuple[str, ...]]) -> _Read:
    """The arguments with their own axes in the order of the conventions, labels compared."""
    check_units(given)
    found = _Read(dict(given), {}, {})
    for argument, value in given.items():
        last = own.get(argument, ())
        if hasattr(value, "data_vars"):
            raise InputError(
                f"`{argument}` must be one array; got a {type(value).__name__}. Give one of its "
                "variables: dataset[name].",
                argument=argument,
            )
        if _is_course(value):  # a result object: its axes stand in order
            axes = _dimensions(argument, value.sum)
        elif _has_labels(value):
            found.held[argument], axes = _ordered(argument, value, last)
        else:
            continue
        cut = max(len(axes) - len(last), 0)
        for name, axis in zip(last, axes[cut:], strict=False):
            found.own.setdefault(name, []).append(axis)
            _compare(found.own[name][0], axis)
        for place, axis in enumerate(reversed(axes[:cut])):
            found.leading.setdefault(place, []).append(axis)
            _compare(found.leading[place][0], axis)
    return found


def _is_course(value: Any) -> bool:
    """Whether a value is a result of sums that holds DataArrays."""
    return hasattr(value, "n_missing") and hasattr(getattr(value, "sum", None), "dims")


def labelled(answer: Any, found: _Read, gives: str) -> Any:
    """The answer with the names and coordinates of the DataArrays it came from.

    An array whose axes no DataArray named stays an array.
    """
    arrays = [v for v in found.held.values() if _is_array_of_dims(v)]
    arrays += [v.sum for v in found.held.values() if _is_course(v)]
    if not any(_says_something(array) for array in arrays):
        return answer
    usual, *others = gives.split(";")
    roles = {"": usual.split()} | {
        field.split()[0]: field.split()[1:] for field in others if field.strip()
    }
    if isinstance(answer, np.ndarray):
        return _as_dataarray(answer, "", roles[""], found, arrays)
    if not hasattr(type(answer), "__attrs_attrs__"):
        return answer
    out = copy.copy(answer)
    for attribute in type(answer).__attrs_attrs__:
        value = getattr(answer, attribute.name)
        if isinstance(value, np.ndarray):
            own = roles.get(attribute.name, roles[""])
            value = _as_dataarray(value, attribute.name, own, found, arrays)
            object.__setattr__(out, attribute.name, value)
    return out


def is_frame_without(value: Any, roles: tuple[str, ...]) -> bool:
    """Whether a value is a frame that calls neither its rows nor its columns by one of these
    names.
    """
    if hasattr(value, "get_columns"):  # Polars: no axis has a name
        return True
    if not (hasattr(value, "iloc") and hasattr(value, "columns")):
        return False
    names = [str(name) for axis in value.axes for name in axis.names if name is not None]
    return not any(_is(name, role) for name in names for role in roles)


def places_of(values: Any) -> dict[str, npt.NDArray[Any]]:
    """The label of each element of a DataArray on each axis, its place where an axis has none; of
    any other array nothing.
    """
    if not _is_array_of_dims(values):
        return {}
    grid = np.indices(values.shape).reshape(values.ndim, -1)
    found = {}
    for dim, size, at in zip(values.dims, values.shape, grid, strict=True):
        own = values.coords[dim].values if dim in values.coords else np.arange(size)
        found[str(dim)] = own[at]
    return found


def _is_array_of_dims(value: Any) -> bool:
    return hasattr(value, "dims") and hasattr(value, "coords")


def _says_something(array: Any) -> bool:
    """Whether a DataArray has a name or a coordinate to keep."""
    return bool(len(array.coords)) or any(not str(dim).startswith("dim_") for dim in array.dims)


def _as_dataarray(
    values: npt.NDArray[Any], name: str, own: list[str], found: _Read, arrays: list[Any]
) -> Any:
    """An array with the dimensions and coordinates of the arguments, or itself where one has no
    name.
    """
    lead = max(found.leading, default=-1) + 1
    roles = own if values.ndim == lead + len(own) else []
    if values.ndim == 0 or values.ndim != lead + len(roles):
        return values
    axes = [found.leading.get(place, []) for place in reversed(range(lead))]
    axes += [found.own.get(role, []) for role in roles]
    dims = [_dim_of(axis, size) for axis, size in zip(axes, values.shape, strict=True)]
    if None in dims or len(set(dims)) < len(dims):
        return values
    sizes = dict(zip(dims, values.shape, strict=True))
    coords: dict[Any, Any] = {}
    for array in arrays:
        for key, coord in array.coords.items():
            fits = all(sizes.get(d) == n for d, n in zip(coord.dims, coord.shape, strict=True))
            if fits and key not in coords:
                coords[key] = coord
    return type(arrays[0])(values, dims=dims, coords=coords, name=name or None)


def _dim_of(axes: list[_Axis], size: int) -> Any:
    """What a DataArray calls an axis of the answer: the first of its length, else of length 1."""
    named = [axis for axis in axes if axis.dim is not None and axis.size in (size, 1)]
    named.sort(key=lambda axis: axis.size != size)
    return named[0].dim if named else None


@functools.cache
def _shows(kind: type) -> bool:
    """Whether objects of a type have labels or a unit; the answer is kept for each type."""
    return any(hasattr(kind, name) for name in _SHOWS)


def _has_labels(value: Any) -> bool:
    return hasattr(value, "iloc") or (hasattr(value, "dims") and hasattr(value, "coords"))


def _ordered(argument: str, value: Any, last: tuple[str, ...]) -> tuple[Any, list[_Axis]]:
    """The argument with the axes ``last`` at the end, found by name, and all its axes."""
    if hasattr(value, "dims"):
        order = _order(argument, _names_of(value), last, strict=True)
        value = value.transpose(*(value.dims[i] for i in order)) if order else value
        return value, _dimensions(argument, value)
    if _levels(value) > value.ndim and last and value.ndim == 2:
        return _unstacked(argument, value, last), []
    if last and value.ndim == 2:
        names = [value.index.name, value.columns.name]
        order = _order(argument, ["" if n is None else str(n) for n in names], last)
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
        found.append(_Axis(argument, name, size, labels, True, dim))
    return found


def _names_of(value: Any) -> list[str]:
    """The names of a DataArray's axes; those that xarray gives of itself (dim_0) are none."""
    return ["" if str(dim).startswith("dim_") else str(dim) for dim in value.dims]


def _order(
    argument: str, names: list[str], last: tuple[str, ...], *, strict: bool = False
) -> list[int] | None:
    """The places of the axes in the order of the conventions; None where they stand so, or where
    nothing is named.

    An axis of an unknown name takes the one place that is left. A name that says another thing
    (a patient where a lesion should be) is refused, and so are two unknown names for one place
    (``strict``; the names of a frame's index and columns may say nothing of them).
    """
    found = {role: [i for i, name in enumerate(names) if _is(name, role)] for role in last}
    if any(len(places) > 1 for places in found.values()):
        raise InputError(
            f"`{argument}` must have each axis once; got {', '.join(names)}. Rename one of them.",
            argument=argument,
        )
    if not any(names) or len(names) < len(last):
        return None
    known = [places[0] for places in found.values() if places]
    lacking = [role for role, places in found.items() if not places]
    spare = [i for i, name in enumerate(names) if i not in known and not _is_other(name, last)]
    if lacking and (len(names), last) == (1, ("patient",)):
        return None
    if len(spare) < len(lacking):
        _refuse_names(argument, names, lacking)
    if len(spare) > len(lacking) > 0 or len(lacking) > 1:
        unsure = [names[i] for i in spare if names[i]]
        if strict and unsure:
            _refuse_names(argument, names, lacking)
        if not known and not any(_is_other(name, last) for name in names):
            return None
    # An axis without a known name takes the place that is left, in the order given.
    taken = iter(spare[len(spare) - len(lacking) :])
    tail = [places[0] if places else next(taken) for places in found.values()]
    order = [i for i in range(len(names)) if i not in tail] + tail
    return None if order == list(range(len(names))) else order


def _refuse_names(argument: str, names: list[str], lacking: list[str]) -> None:
    sums = " Sums of a patient go to target_response as sums=." if argument == "sizes" else ""
    shown = ", ".join(name or "one without a name" for name in names)
    raise InputError(
        f"`{argument}` must have an axis called {' and one called '.join(lacking)}; got {shown}. "
        f"Rename the axis, add one (expand_dims), or give an array where the position counts.{sums}",
        argument=argument,
    )


@functools.cache
def _word(name: str) -> str:
    """A name of an axis in small letters, without what stands for its labels (lesion_id, Visits)."""
    word = name.casefold().replace("-", "_").replace(" ", "_")
    known = {word for words in _CALLED.values() for word in words} | set(_OTHERS)
    for end in ("", *_ENDS):
        short = word.removesuffix(end)
        for one in (short, short.removesuffix("s")):
            if one in known:
                return one
    return word


def _is(name: str, role: str) -> bool:
    return _word(name) in _CALLED[role]


def _is_other(name: str, last: tuple[str, ...]) -> bool:
    """Whether a name says another thing than the axes that are looked for."""
    if _word(name) in _OTHERS:
        return True
    return any(_is(name, role) for role in _CALLED) and not any(_is(name, role) for role in last)


def _levels(value: Any) -> int:
    """How many levels the labels of a frame have, on both axes."""
    return sum(int(getattr(axis, "nlevels", 1)) for axis in value.axes)


def _unstacked(argument: str, value: Any, last: tuple[str, ...]) -> Any:
    """A frame whose rows or columns have levels (lesion, time) as an array with an axis a level.

    What has no cell in the frame is NaN.
    """
    levels = [axis.get_level_values(i) for axis in value.axes for i in range(axis.nlevels)]
    names = ["" if level.name is None else str(level.name) for level in levels]
    known = [n for n in names if any(_is(n, role) for role in last)]
    if len(known) < len(last):
        raise InputError(
            f"`{argument}` must name its levels {' and '.join(last)}; got {', '.join(n or 'None' for n in names)}. "
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
