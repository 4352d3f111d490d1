"""How large a file may be before it is opened: stated once, settable, and checked from the file's
own structure.

A small file may unpack to more than a machine holds. The limits are far above any trial's tables
and below what stops a machine; whoever has more passes `Limits` with more: the argument ``limits``,
the option ``--limit``, or the table ``[limits]`` of a study's own TOML file. Frames and arrays, which
are in memory already, are not held against them; only ``visits`` and ``places``, of which arrays are
made here, hold for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from nettumor.errors import InputError, InputTypeError, did_you_mean


def _is_count(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        kind = InputError if isinstance(value, int) else InputTypeError
        raise kind(
            f"`{attribute.name}` must be a whole number of at least 1; got {value!r:.40}. Write "
            f"{attribute.name} = {attribute.default}, or leave it out.",
            argument=attribute.name,
        )


@frozen
class Limits:
    """The largest input that is read.

    Parameters
    ----------
    bytes_unpacked : int
        Bytes of a file, or of what a compressed one holds.
    rows : int
        Rows of one table.
    columns : int
        Columns of one table. 16,384 is the width of a sheet of Excel.
    cells : int
        Rows times columns of one table.
    letters : int
        Letters in one cell. 131,072 is what the standard library's reader of CSV allows; of CSV no
        more are read.
    visits : int
        Visits of one subject in the lesions or the responses table; one without a name is its date.
    places : int
        Places of lesion and visit in one array of `assess` and the checks, which holds subjects of like
        courses; four times the rows and 65,536 more are always allowed. 134,217,728 is 1 GiB of
        numbers.

    Raises
    ------
    InputError
        Where one is no whole number of at least 1.

    Examples
    --------
    >>> from nettumor.crf.limits import Limits
    >>> Limits(rows=50_000_000).columns
    16384
    """

    bytes_unpacked: int = field(default=4 * 2**30, validator=_is_count)
    rows: int = field(default=20_000_000, validator=_is_count)
    columns: int = field(default=16_384, validator=_is_count)
    cells: int = field(default=1_000_000_000, validator=_is_count)
    letters: int = field(default=131_072, validator=_is_count)
    visits: int = field(default=1_000_000, validator=_is_count)
    places: int = field(default=2**27, validator=_is_count)

    def check(self, where: str, *, rows: int = 0, columns: int = 0, unpacked: int = 0) -> None:
        """Raise an `InputError` where a table's rows, columns, cells or bytes are too many."""
        found = {
            "bytes_unpacked": (unpacked, "bytes unpacked"),
            "columns": (columns, "columns"),
            "rows": (rows, "rows"),
            "cells": (rows * columns, "cells"),
        }
        for name, (count, what) in found.items():
            limit = getattr(self, name)
            if count > limit:
                raise too_large(where, name, f"{count:,} {what}", limit)


LIMITS = Limits()
"""What holds unless another `Limits` is passed."""
MEANINGS = {
    "bytes_unpacked": "bytes of a file, or of what a compressed one holds",
    "rows": "rows of one table",
    "columns": "columns of one table",
    "cells": "rows times columns of one table",
    "letters": "letters in one cell (of CSV never more than 131,072)",
    "visits": "visits of one subject in one table (lesions, responses), of frames too",
    "places": "places of lesion and visit of subjects of like courses in one array, of frames too",
}
NAMES = tuple(MEANINGS)


def limits_from(table: Mapping[str, Any], base: Limits = LIMITS) -> Limits:
    """The limits that a mapping names, such as the table ``[limits]`` of a TOML file.

    Parameters
    ----------
    table : mapping of str to int
        Limits by their names; the others are those of ``base``.
    base : Limits
        What holds for those that are not named.

    Returns
    -------
    Limits

    Raises
    ------
    InputError
        For an unknown name, with the nearest one, and for what is no whole number of at least 1.

    Examples
    --------
    >>> limits_from({"rows": 50_000_000}).rows
    50000000
    """
    if not isinstance(table, Mapping):
        raise InputTypeError(
            f"`limits` must be Limits, or a mapping of limit to number; got {table!r:.60}. Write "
            "{'rows': 50_000_000}.",
            argument="limits",
        )
    for name in table:
        if name not in NAMES:
            raise InputError(
                f"Unknown limit: {name!r:.40}. {did_you_mean(name, NAMES)}", argument=str(name)
            )
    return attrs.evolve(base, **table)


def as_limits(
    limits: Limits | Mapping[str, Any] | None, of_study: Mapping[str, Any] | None = None
) -> Limits:
    """The limits that an argument says: `Limits`, or a mapping of some; without it those of a study
    file, else `LIMITS`.
    """
    if limits is None:
        return LIMITS if of_study is None else limits_from(of_study)
    return limits if isinstance(limits, Limits) else limits_from(limits)


def limits_said(words: Iterable[str], base: Limits = LIMITS) -> Limits:
    """The limits that ``--limit`` says, such as ``rows=50000000``; one that is given twice holds as
    it was given last.

    >>> limits_said(["rows=50_000_000", "letters=1000"]).letters
    1000
    """
    found: dict[str, Any] = {}
    for word in words:
        name, equals, number = (part.strip() for part in word.partition("="))
        if not equals:
            raise InputError(
                f"`--limit` must be NAME=NUMBER; got {word!r:.60}. Write --limit rows=50000000.",
                argument="--limit",
            )
        plain = number.replace("_", "")
        is_count = plain.isascii() and plain.isdecimal() and len(plain) < 20
        found[name.replace("-", "_")] = int(plain) if is_count else number
    return limits_from(found, base)


def too_large(where: str, name: str, got: str, limit: int) -> InputError:
    """The error for what is larger than a limit."""
    said = (
        f"`{where}` must have at most {limit:,} {name.replace('_', ' ')}; got {got}. Divide it, or "
    )
    return InputError(
        f"{said}set the limit `{name}`.",
        argument=where,
        command_line=f"{said}set the limit: --limit {name}=NUMBER.",
    )
