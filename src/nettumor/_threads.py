"""Work on long arrays in two threads: NumPy and the frame libraries let go of the interpreter while they work.

Only what is long is divided; short inputs are worked on where they are asked for, without a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

T = TypeVar("T")

LONG = 200_000
"""Rows: below, threads are not worth their start."""


def each(work: Callable[..., T], *arguments: Iterable[object], rows: int) -> list[T]:
    """``work`` for each of the arguments, two at a time where there are many rows."""
    if rows < LONG:
        return list(map(work, *arguments))
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, *arguments))


def in_halves(work: Callable[[slice], object], rows: int) -> None:
    """``work`` on all rows, a stretch at a time."""
    each(work, [slice(0, rows // 2), slice(rows // 2, rows)] if rows >= LONG else [slice(0, rows)], rows=rows)


@contextmanager
def beside(work: Callable[[], T], rows: int) -> Iterator[Callable[[], T]]:
    """What is asked for later, worked on by another thread meanwhile where there are many rows."""
    if rows < LONG:
        yield cache(work)
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result
