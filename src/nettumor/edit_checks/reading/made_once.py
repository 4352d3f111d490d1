"""A piece of a study that several checks ask for is made once, and kept: until the next group of
checks (`made_once`), or as long as the study (`kept`).

Input: a function of a study, of one of its tables or of what is recomputed (and of what else it asks
for: a name, a number of days). Output: the same function, which answers from what it made before. Of
two threads that ask for one piece the first makes it and the other waits; no piece asks for one that
asks for it, so neither waits for ever.

Most pieces are columns of numbers that one group of checks reads, and go with it: the checks of a
million rows hold 2.9 times their tables so, and 4.0 times where all are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from attrs import field, frozen


class Made:
    """A piece, once it is made."""

    __slots__ = ("lock", "piece")

    def __init__(self) -> None:
        self.lock = RLock()
        self.piece: Any = Made  # what no piece is: it is not made yet


@frozen(eq=False)
class Pieces:
    """What was made, by the function that made it and what it was asked.

    Attributes
    ----------
    of_group : dict
        Until the next group of checks.
    of_study : dict
        As long as the study.
    """

    of_group: dict[Hashable, Made] = field(factory=dict, repr=False)
    of_study: dict[Hashable, Made] = field(factory=dict, repr=False)


class Keeps(Protocol):
    """What keeps what was made of it."""

    @property
    def pieces(self) -> Pieces:
        """What was made."""


Study = TypeVar("Study", bound=Keeps)
Asked = ParamSpec("Asked")
Piece = TypeVar("Piece")


def made_once(
    make: Callable[Concatenate[Study, Asked], Piece],
) -> Callable[Concatenate[Study, Asked], Piece]:
    """The function, whose answers stay until the next group of checks."""

    @wraps(make)
    def answer(study: Study, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Piece:
        return _answer(study.pieces.of_group, make, study, *args, **kwargs)

    return answer


def kept(
    make: Callable[Concatenate[Study, Asked], Piece],
) -> Callable[Concatenate[Study, Asked], Piece]:
    """The function, whose answers stay as long as the study."""

    @wraps(make)
    def answer(study: Study, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Piece:
        return _answer(study.pieces.of_study, make, study, *args, **kwargs)

    return answer


def _answer(
    held: dict[Hashable, Made],
    make: Callable[Concatenate[Study, Asked], Piece],
    study: Study,
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> Piece:
    made = held.setdefault((make, args, *kwargs.items()), Made())
    with made.lock:
        if made.piece is Made:
            made.piece = make(study, *args, **kwargs)
    piece: Piece = made.piece
    return piece
