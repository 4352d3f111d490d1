"""A word looked up in a table of spellings, with what people write around it.

"4-PD" and "1=Target" carry the form's code before the word, "CR (Complete Response)" and
"PD - Progressive Disease" carry the word twice. Both are read where they can mean one thing only:
the parts mean the same, or one of them is a bare code of the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from nettumor.words.missing import UNKNOWN, is_missing, squeezed, tidy

LONGEST = 120
"""A longer cell is a sentence, not a word."""

_CODED = re.compile(r"\(?(\d{1,2})\s*(?:\)|[-=:.])\s*(\D.*)")
_TWICE = re.compile(r"\s+[-=:]\s+|\s*[=:]\s*")
_CODE = re.compile(r"\d{1,2}")


def table_of(permitted: Mapping[str, Iterable[str]], codes: Mapping[str, int]) -> dict[str, int]:
    """Every spelling, squeezed, with the code of the word that it stands for."""
    return {
        squeezed(spelling): codes[word]
        for word, spellings in permitted.items()
        for spelling in (word, *spellings)
    }


def look_up(word: str, table: Mapping[str, int], *, blank: int = 0) -> int:
    """The code of a word in a table of squeezed spellings; ``blank`` where it stands for nothing,
    `UNKNOWN` where it is not known.

    >>> table = table_of({"TARGET": ["TL", "T"]}, {"TARGET": 1})
    >>> [look_up(w, table) for w in ("1=Target", "Target (T)", "T - target", "n/a", "T (new)")]
    [1, 1, 1, 0, -1]
    """
    return read_with(word, lambda text: table.get(squeezed(text), UNKNOWN), blank=blank)


def read_with(word: str, plain: Callable[[str], int], *, blank: int = 0) -> int:
    """As `look_up`, by a function that reads one plain word."""
    if len(word) > LONGEST:
        return blank if not word.strip() else UNKNOWN
    found = plain(word)
    if found != UNKNOWN:
        return found
    if is_missing(word):
        return blank
    text = tidy(word)
    coded = _CODED.fullmatch(text)
    if coded:
        return read_with(coded.group(2), plain, blank=UNKNOWN)
    parts = _parts(text)
    codes = {plain(part) for part in parts if not _CODE.fullmatch(part)}
    return codes.pop() if len(codes) == 1 else UNKNOWN


def _parts(text: str) -> list[str]:
    """The two parts of a word that is written twice; none where it is not."""
    for opening, closing in ("()", "[]"):
        at = text.find(opening)
        if at > 0 and text.endswith(closing):
            return [text[:at].strip(), text[at + 1 : -1].strip()]
    parts = _TWICE.split(text)
    return parts if len(parts) == 2 and all(parts) else []
