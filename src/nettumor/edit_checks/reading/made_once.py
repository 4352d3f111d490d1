"""A piece of a study that several checks ask for is made once, and kept until the study lets go.

Input: a function of a study (and of what else it asks for: a table, a name, a number of days). Output:
the same function, which answers from what it made before. Of two threads that ask for one piece the
first makes it and the other waits; no piece asks for one that asks for it, so neither waits for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar


class Made:
    """A piece, once it is made."""

    __slots__ = ("lock", "piece")

    def __init__(self) -> None:
        self.lock = RLock()
        self.piece: Any = Made  # what no piece is: it is not made yet


class Keeps(Protocol):
    """A study that keeps what was made of it."""

    @property
    def made(self) -> dict[Hashable, Made]:
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
        made = data.made.setdefault((make, args, *kwargs.items()), Made())
        with made.lock:
            if made.piece is Made:
                made.piece = make(data, *args, **kwargs)
        piece: Piece = made.piece
        return piece

    return answer
