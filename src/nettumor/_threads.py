"""Work on long arrays in two threads: NumPy and the frame libraries let go of the interpreter while
they work.

Only what is long is divided; short inputs are worked on where they are asked for, without a thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")

LONG = 200_000
"""Rows: below, a thread is not worth its start."""


@contextmanager
def beside(work: Callable[[], T], rows: int) -> Iterator[Callable[[], T]]:
    """Gives what returns the result of ``work``, or raises its error.

    Where there are many rows another thread is at work from now on; where there are few, the first
    who asks does it.
    """
    if rows < LONG:
        yield cache(work)
        return
    from concurrent.futures import ThreadPoolExecutor  # not for who asks about a pair

    with ThreadPoolExecutor(1) as pool:  # with the caller's settings, such as numpy.errstate
        yield pool.submit(copy_context().run, work).result


def each(work: Callable[..., T], *arguments: Iterable[object], rows: int) -> list[T]:
    """``work`` for each of the arguments, where there are many rows by two threads that take the
    next in turn.

    Of several errors that of the first arguments is raised.
    """
    given = list(zip(*arguments, strict=True))
    if rows < LONG or len(given) < 2:
        return [work(*a) for a in given]
    left, done, failed = deque(range(len(given))), dict[int, T](), dict[int, Exception]()

    def take_turns() -> None:
        while True:
            try:
                i = left.popleft()
            except IndexError:  # the other thread took the last
                return
            try:
                done[i] = work(*given[i])
            except Exception as error:
                failed[i] = error

    with beside(take_turns, rows) as other:
        take_turns()
        other()
    if failed:
        raise failed[min(failed)]
    return [done[i] for i in range(len(given))]
