"""What can go wrong with the input, and the one form every message has.

A message names the argument, what it must be, what it was, where it stands and how to
repair it: ``\\`before\\` must be greater than 0 mm; got 0.0 at [3] (2 such values). Drop the
lesion, or pass invalid="NE".`` The pieces ride along on the exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


class InputError(ValueError):
    """Bad input: a value, a shape, a name or a file that cannot be used.

    Attributes
    ----------
    argument : str
        The argument, key or column at fault.
    index : tuple of int or None
        The first place at fault, where there is one.
    count : int
        How many values are at fault.
    command_line : str
        The message on the command line, where the repair in the message is one of Python's; else "".

    Examples
    --------
    >>> import nettumor
    >>> try:
    ...     nettumor.classify([50, 0, 0], [30, 1, 2])
    ... except nettumor.InputError as error:
    ...     print(error.argument, error.index, error.count)
    before (1,) 2
    """

    def __init__(
        self,
        message: str,
        *,
        argument: str = "",
        index: tuple[int, ...] | None = None,
        count: int = 1,
        command_line: str = "",
    ) -> None:
        super().__init__(message)
        self.argument = argument
        self.index = index
        self.count = count
        self.command_line = command_line


class InputTypeError(InputError, TypeError):
    """Bad input of the wrong kind: text for a number, dates for days, the wrong criteria object.

    Examples
    --------
    >>> import nettumor
    >>> try:
    ...     nettumor.classify(["52 mm"], [30])
    ... except TypeError as error:
    ...     print(error)
    `before` must be numbers; got text such as '52 mm'. Convert the column to numbers first, with NaN for what was \
not measured.
    """


class UnknownColumnError(InputError, KeyError):
    """A column that a table does not have.

    Examples
    --------
    >>> import nettumor
    >>> try:
    ...     nettumor.Table({"best": ["PR"]})["bset"]
    ... except KeyError as error:
    ...     print(error)
    The table has no column 'bset'. Did you mean 'best'?
    """

    __str__ = Exception.__str__  # not that of KeyError, which quotes


class IntakeWarning(UserWarning):
    """Something was not plainly read: left out, converted, read by another name, or doubtful.

    One a call, with counts and the first places; of a study the table ``.intake`` of the tables or
    the result has every line, and ``strict=True`` refuses instead.

    Examples
    --------
    >>> import warnings
    >>> import nettumor.crf
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     tables = nettumor.crf.read({"subjects": {"subject": ["01"], "death_date": ["2024-05-01"]}})
    >>> print(caught[0].message)
    Not everything was plainly read: 1 column renamed. subjects.death_date: column 'death_date' was renamed as \
'death' (1). The table `.intake` has every line.
    """


class MissingExtraError(ImportError):
    """An optional dependency is absent; the message says what to install.

    Examples
    --------
    >>> raise MissingExtraError("A pandas frame needs pandas: pip install 'nettumor[frames]'.")
    Traceback (most recent call last):
    nettumor.errors.MissingExtraError: A pandas frame needs pandas: pip install 'nettumor[frames]'.
    """


def place(index: tuple[int, ...]) -> str:
    """Where a value stands, as one would index it: ``[3]``, ``[0, 2]``, or nothing for a scalar."""
    return f" at [{', '.join(map(str, index))}]" if index else ""


def refuse(
    argument: str, must: str, values: npt.NDArray[Any], wrong: npt.NDArray[np.bool_], repair: str
) -> None:
    """Raise an `InputError` for the first of the ``wrong`` elements of ``values``, if there
    is one.
    """
    count = int(np.count_nonzero(wrong))
    if not count:
        return
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
    got = np.broadcast_to(values, wrong.shape)[index].item()
    such = f" ({count} such values)" if count > 1 else ""
    raise InputError(
        f"`{argument}` must be {must}; got {got!r}{place(index)}{such}. {repair}",
        argument=argument,
        index=index,
        count=count,
    )


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A half-sentence with the nearest known name, or the whole list if none is near."""
    names = sorted(set(known))
    if not names:
        return "There are none."
    near = difflib.get_close_matches(
        str(word).casefold(), [n.casefold() for n in names], n=1, cutoff=0.5
    )
    for name in names:
        if near and name.casefold() == near[0]:
            return f"Did you mean {name!r}?"
    return f"Known: {', '.join(names)}."


def choose(argument: str, value: object, allowed: Iterable[str]) -> None:
    """Raise an `InputError` unless ``value`` is one of the ``allowed`` words."""
    words = list(allowed)
    if value not in words:
        options = ", ".join(repr(w) for w in words)
        raise InputError(
            f"`{argument}` must be one of {options}; got {value!r}. {did_you_mean(value, words)}",
            argument=argument,
        )


def true_or_false(argument: str, value: object) -> bool:
    """A switch as True or False (0 and 1 stand for them); an `InputTypeError` for anything else, which
    would count as True where it is not empty.

    >>> true_or_false("strict", np.bool_(True))
    True
    """
    if not isinstance(value, (int, np.bool_)) or value not in (0, 1):
        raise InputTypeError(
            f"`{argument}` must be True or False; got {value!r:.60}. Write {argument}=True.",
            argument=argument,
        )
    return bool(value)


def text(argument: str, value: object) -> None:
    """Raise an `InputTypeError` unless ``value`` is text."""
    if not isinstance(value, str):
        raise InputTypeError(
            f"`{argument}` must be text; got {value!r:.60}. Put it in quotes.", argument=argument
        )


def missing_extra(package: str, extra: str, what: str) -> MissingExtraError:
    """The error for an absent optional dependency, with the command that installs it."""
    return MissingExtraError(f"{what} needs {package}: pip install 'nettumor[{extra}]'.")


def listed(names: Iterable[str], none: str = "none") -> str:
    """Names with commas between, for a message: at most 30 of them, each of at most 60 letters.

    >>> listed(["subject", "a" * 100])[:50]
    'subject, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    >>> listed(map(str, range(1000)))[-30:]
    '5, 26, 27, 28, 29 (+ 970 more)'
    """
    found = list(names)
    short = (name if len(name) <= 60 else f"{name[:59]}…" for name in found[:30])
    more = f" (+ {len(found) - 30:,} more)" if len(found) > 30 else ""
    return f"{', '.join(short)}{more}" or none
