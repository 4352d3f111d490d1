"""How wide a text will be: nobody measures it before it is drawn.

The widths are those of Helvetica (Adobe Font Metrics, 1/1000 of the size), which Arial and
Liberation Sans share; other letters count as 0.6, wide ones of East Asia as 1. A writer whose font
is wider says by how much.
"""

from __future__ import annotations

import unicodedata

_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 "
    "556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 "
    "778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 "
    "556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_KNOWN = {chr(32 + i): int(w) for i, w in enumerate(_WIDTHS.split())}


def width_of(text: str, size: float, factor: float = 1.0) -> float:
    """The width of a text of this size, in points."""
    total = 0
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        total += _KNOWN.get(letter) or (1000 if wide else 600)
    return total / 1000 * size * factor


def wrapped(text: str, size: float, width: float, factor: float = 1.0) -> list[str]:
    """The text in lines that are at most ``width`` points wide; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while width_of(word, size, factor) > width and len(word) > 1:
            cut = next(n for n in range(len(word) - 1, 0, -1)
                       if n == 1 or width_of(word[:n], size, factor) <= width)  # fmt: skip
            lines += [line] if line else []
            lines.append(word[:cut])
            line, word = "", word[cut:]
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, factor) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def shortened(text: str, size: float, width: float, factor: float = 1.0) -> str:
    """The text, its middle left out where it is wider: names of subjects differ at their ends."""
    if width_of(text, size, factor) <= width:
        return text
    short = text[:1]
    for kept in range(len(text) - 1, 1, -1):
        head = kept // 3
        short = f"{text[:head]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - (kept - head) :]}"
        if width_of(short, size, factor) <= width:
            break
    return short
