"""Work on long arrays in two threads: NumPy and the frame libraries let go of the interpreter while
they work.

Only what is long is divided; short inputs are worked on where they are asked for, without a thread.

Where it pays, measured in turn on two idle cores with a million rows (time with two threads as a
share of that with one): columns of a frame 0.69, first rows of a number 0.76, places of lesions
0.79, writing sizes into them 0.64, marker courses 0.83, ten million pairs of `classify` 0.66. It
does not where the steps are short, for then two threads wait for each other: judging sizes 1.00,
best responses 1.1, diaries 1.13, columns of a file of text 0.94 to 1.0. These have none.
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
