"""Objects that go through pickle and copy, and come back equal: arrays read-only, mappings frozen.

NumPy gives an array back writeable, and a frozen view of a dict cannot be pickled at all. What
must not go in: closures, threads, locks and open files; a class that is `Sealed` holds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import attrs
import numpy as np

T = TypeVar("T")


class Sealed:
    """A class whose objects are pickled and copied whole (it must have no slots).

    What is cached on an object is left out, and made again when it is asked for.
    """

    __slots__ = ()

    def __getstate__(self) -> dict[str, Any]:
        kind: Any = type(self)
        made = _cached(kind)
        return {n: _carried(v) for n, v in vars(self).items() if n not in made}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: sealed(_thawed(value)) for name, value in state.items()})


def sealed(value: T) -> T:
    """The value itself, every array in it (in mappings, sequences and attrs objects) read-only.

    >>> sealed({"size": np.array([50.0])})["size"].flags.writeable
    False
    """
    _seal(value, set())
    return value


class SealedProperty(cached_property[T]):
    """What an object works out once and keeps, every array in it read-only."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        super().__init__(lambda own: sealed(make(own)))
        self.__doc__ = make.__doc__


def _seal(value: Any, seen: set[int]) -> None:
    kind: Any = type(value)
    if id(value) in seen or isinstance(value, type):
        return
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
        return
    parts: list[Any] = []
    if isinstance(value, (dict, MappingProxyType)):
        parts = list(value.values())
    elif isinstance(value, (list, tuple)):
        parts = list(value)
    else:
        parts = [getattr(value, name) for name in _fields(kind)]
    if parts:
        seen.add(id(value))
    for part in parts:
        if type(part) not in _PLAIN:
            _seal(part, seen)


_PLAIN = frozenset({str, float, int, bool, type(None)})
"""Types that hold no array: most of what a criteria object holds."""


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """The names of the fields of an attrs class; none of another, and none of criteria: their digest
    is of numbers and words.
    """
    own = attrs.has(kind) and not hasattr(kind, "digest")
    return tuple(f.name for f in attrs.fields(kind)) if own else ()


@attrs.frozen
class _Frozen:
    """A frozen mapping on its way."""

    held: dict[Any, Any]


def _carried(value: Any) -> Any:
    """A value with its frozen mappings as what can be pickled."""
    if isinstance(value, MappingProxyType):
        return _Frozen({key: _carried(part) for key, part in value.items()})
    if type(value) is dict:
        return {key: _carried(part) for key, part in value.items()}
    return value


def _thawed(value: Any) -> Any:
    """The value that was carried."""
    if isinstance(value, _Frozen):
        return MappingProxyType({key: _thawed(part) for key, part in value.held.items()})
    if type(value) is dict:
        return {key: _thawed(part) for key, part in value.items()}
    return value


@cache
def _cached(kind: Any) -> frozenset[str]:
    """The names under which objects of a class keep what they have worked out."""
    return frozenset(
        name
        for base in kind.__mro__
        for name, member in vars(base).items()
        if isinstance(member, cached_property)
    )


def alike(a: Any, b: Any) -> bool:
    """Whether two values are equal, arrays and mappings of them element by element, NaN beside NaN."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return _same_arrays(np.asarray(a), np.asarray(b))
    if type(a) in (dict, MappingProxyType) and isinstance(b, Mapping):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    return bool(a == b)


def _same_arrays(a: Any, b: Any) -> bool:
    if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
