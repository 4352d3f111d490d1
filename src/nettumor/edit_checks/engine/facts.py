"""The facts of the published checks, and which of them explain others.

Each module of checks has its facts beside it: those of ``rules/date.py`` stand in
``rules/date.csv``, a row a check. The column ``explains`` names what a finding of the check puts in
doubt (`IN_DOUBT`); a check that rests on such a thing names it in its ``follows``. Input: the name
of a module. Output: its rows; the checks that a list of ``follows`` stands for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources

from nettumor.errors import InputError

IN_DOUBT: Mapping[str, str] = {
    "row": "its row stands for another lesion, visit or reader",
    "value": "a target has not the value that was meant, or none",
    "slip": "a size has left its course by a slip",
    "size": "a size is not what was meant",
    "new lesion": "a new lesion is not what was meant",
    "non-target": "the status of a non-target lesion is not what was meant",
    "sum": "a sum is not what was meant",
    "chain": "nothing that is recomputed is what was meant, there and later",
    "part": "a part of the visit's response",
    "visit": "a response of a single visit, and so the best response and its dates",
}
"""What findings put in doubt. With "=" before it only what is found at the very same timepoint."""


@cache
def facts_of(module: str) -> Mapping[str, Mapping[str, str]]:
    """The rows of the facts beside a module, by identifier."""
    package, _, name = module.rpartition(".")
    text = resources.files(package).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def fact_of(id: str, module: str) -> Mapping[str, str]:
    """The facts of one check of a module.

    Raises
    ------
    InputError
        Where they are not there.
    """
    try:
        return facts_of(module)[id]
    except (KeyError, FileNotFoundError, ModuleNotFoundError, ValueError):
        raise InputError(
            f"`id` must have its facts beside the module {module}; got {id!r}. Add a row to the .csv "
            "file of that name, or make a check of your own with register().",
            argument="id",
        ) from None


def words_of(text: str) -> tuple[str, ...]:
    """The words of a cell, which semicolons part."""
    return tuple(filter(None, map(str.strip, text.split(";"))))


def explained_by(
    follows: Iterable[str], explains: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Checks in place of what they put in doubt, each once.

    Parameters
    ----------
    follows : iterable of str
        Checks, letters of groups, and words of `IN_DOUBT`.
    explains : mapping of str to tuple of str
        The words that each check explains, in the order of the checks.
    """

    def named(word: str) -> Iterator[str]:
        doubt = word.removeprefix("=")
        if doubt not in IN_DOUBT:
            yield word
            return
        for id, words in explains.items():
            if f"={doubt}" in words or (doubt in words and word != doubt):
                yield f"={id}"
            elif doubt in words:
                yield id

    return tuple(dict.fromkeys(name for word in follows for name in named(word)))
