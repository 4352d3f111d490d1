"""A piece of a study that several checks ask for is made once, and kept until the study lets go.

Input: a function of a study (and of what else it asks for: a table, a name, a number of days). Output:
the same function, which answers from what it made before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast


class Keeps(Protocol):
    """A study that keeps what was made of it."""

    @property
    def made(self) -> dict[Hashable, object]:
        """By the function that made a piece, and what it was asked."""


Study = TypeVar("Study", bound=Keeps)
Asked = ParamSpec("Asked")
Piece = TypeVar("Piece")


def made_once(
    make: Callable[Concatenate[Study, Asked], Piece],
) -> Callable[Concatenate[Study, Asked], Piece]:
    """The function, whose answers stay with the study."""

    @wraps(make)
    def answer(data: Study, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Piece:
        key = (make, args, *kwargs.items())
        if key not in data.made:
            data.made[key] = make(data, *args, **kwargs)
        return cast(Piece, data.made[key])

    return answer
