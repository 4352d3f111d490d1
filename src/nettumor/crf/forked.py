"""Whether Polars works in this process: not in one that was forked from a process that had it.

A forked child has the memory of its parent and none of its threads. Polars waits for its threads
for ever there (https://docs.pola.rs/user-guide/misc/multiprocessing/); what is read through it is
refused in one sentence, or read in another way. Nothing else that is read here keeps threads.
"""

from __future__ import annotations

import os
import sys

from nettumor.errors import InputError

_lost: set[str] = set()


def _after_a_fork() -> None:
    _lost.update({"polars"} & set(sys.modules))


if hasattr(os, "register_at_fork"):  # where processes are forked at all
    os.register_at_fork(after_in_child=_after_a_fork)


def polars_waits() -> bool:
    """Whether Polars was loaded before this process was forked, and would wait for ever."""
    return "polars" in _lost


def need_polars(name: str) -> None:
    """Refuse what only Polars reads, where it would wait for ever.

    Raises
    ------
    InputError
    """
    if polars_waits():
        raise InputError(
            f"`{name}` cannot be read in a process that was forked after Polars was loaded: its "
            'threads are not there. Start the pool with multiprocessing.get_context("spawn"), or '
            "read before the fork and hand the tables over.",
            argument=name,
        )
