"""What is worked out when it is asked for, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from nettumor._sealed import sealed

T = TypeVar("T")


class Late(Mapping[str, T]):
    """A mapping whose values are made when they are asked for, and then kept, arrays read-only.

    A maker is let go once its value is made; pickled, it is a dict of all values. Where there is no
    maker (None), the value stands in ``made``.

    >>> squares = Late({"2": None, "3": lambda: 9}, made={"2": 4})
    >>> list(squares), squares["2"], squares["3"]
    (['2', '3'], 4, 9)
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[[], T] | None],
        made: Mapping[str, T] = MappingProxyType({}),
    ) -> None:
        self._makers = dict(makers)
        self._made: dict[str, T] = sealed(dict(made))

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
