"""What is worked out when it is asked for, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from nettumor._sealed import sealed

T = TypeVar("T")


class Late(Mapping[str, T]):
    """A mapping whose values are made when they are asked for, and then kept, arrays read-only.

    A maker is let go once its value is made; pickled, it is a dict of all values.

    >>> squares = Late({"3": lambda: 9})
    >>> list(squares), squares["3"]
    (['3'], 9)
    """

    def __init__(self, makers: Mapping[str, Callable[[], T]]) -> None:
        self._makers: dict[str, Callable[[], T] | None] = dict(makers)
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        make = self._makers[name]
        if make is not None:
            self._made[name] = sealed(make())
            self._makers[name] = None
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __reduce__(self) -> tuple[type[dict[str, T]], tuple[dict[str, T]]]:
        return dict, (dict(self),)

    def __contains__(self, name: object) -> bool:
        return name in self._makers


class Once(Generic[T]):
    """Gives what a maker makes, made when it is first asked for; pickled, it is made and carried.

    >>> Once(lambda: 9)()
    9
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._late: Late[T] = Late({"value": make})

    def __call__(self) -> T:
        """The value."""
        return self._late["value"]

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self(),)


def _made(value: T) -> Once[T]:
    """A value that was carried, its arrays read-only."""
    sealed(value)
    return Once(_Gives(value))


class _Gives(Generic[T]):
    """A maker that has its value."""

    def __init__(self, value: T) -> None:
        self._value = value

    def __call__(self) -> T:
        return self._value
