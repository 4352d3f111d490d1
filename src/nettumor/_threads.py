"""Work on long arrays in two threads: NumPy and the frame libraries let go of the interpreter while they work.

Only what is long is divided; short inputs are worked on where they are asked for, without a thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")

LONG = 200_000
"""Rows: below, a thread is not worth its start."""


@contextmanager
def beside(work: Callable[[], T], rows: int) -> Iterator[Callable[[], T]]:
    """What is asked for later, worked on by another thread meanwhile where there are many rows."""
    if rows < LONG:
        yield cache(work)
        return
    with ThreadPoolExecutor(1) as pool:  # with the caller's settings, such as numpy.errstate
        yield pool.submit(copy_context().run, work).result


def each(work: Callable[..., T], *arguments: Iterable[object], rows: int) -> list[T]:
    """``work`` for each of the arguments, where there are many rows by two threads that take the next in turn."""
    given = dict(enumerate(zip(*arguments, strict=True)))
    left, done = deque(given), dict[int, T]()

    def take_turns() -> None:
        while left:
            i = left.popleft()
            done[i] = work(*given[i])

    with beside(take_turns, rows) as other:
        take_turns()
        other()
    return [done[i] for i in given]

