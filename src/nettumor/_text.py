"""Text for a terminal: nothing in it that a terminal would obey.

Names of files and cells of tables come from outside. A control character in one (an escape
sequence, a carriage return, a mark that turns the direction of writing) is shown by its code.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls (ECMA-48: C0 but tab and line feed, DEL, C1), marks of direction and of lines, and halves
of characters, which stand for bytes that are no UTF-8 (PEP 383)."""


def printable(text: object) -> str:
    r"""The text with every control character written as its code.

    >>> printable("liver\x1b[2J")
    'liver\\x1b[2J'
    """
    return _UNSEEN.sub(_code, str(text))


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:  # a byte that could not be decoded
        return f"\\x{number - 0xDC00:02x}"
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
