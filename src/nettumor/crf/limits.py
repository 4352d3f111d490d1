"""How large a file may be before it is opened: stated once, settable, and checked from the file's
own structure.

A small file may unpack to more than a machine holds. The limits are far above any trial's tables
and below what stops a machine; whoever has more passes `Limits` with more.
"""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import gt

from nettumor.errors import InputError


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
        Letters in one cell. 131,072 is what the standard library's reader of CSV allows.

    Examples
    --------
    >>> from nettumor.crf.limits import Limits
    >>> Limits(rows=50_000_000).columns
    16384
    """

    bytes_unpacked: int = field(default=4 * 2**30, validator=gt(0))
    rows: int = field(default=20_000_000, validator=gt(0))
    columns: int = field(default=16_384, validator=gt(0))
    cells: int = field(default=1_000_000_000, validator=gt(0))
    letters: int = field(default=131_072, validator=gt(0))

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


def too_large(where: str, name: str, got: str, limit: int) -> InputError:
    """The error for what is larger than a limit."""
    return InputError(
        f"`{where}` must have at most {limit:,} {name.replace('_', ' ')}; got {got}. Divide it, or "
        f"set the limit `{name}`.",
        argument=where,
    )
