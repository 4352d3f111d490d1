"""Names of patients, readers, lesions and groups that differ in their spelling alone.

Two names that are written apart by case, leading zeros, blanks, hyphens of any kind, underscores,
quotes, a mark of a footnote, letters of full width or signs that nobody sees are probably one name.
Whether they are is not decided here: the names of a study are only compared. Numbers that a mark
parts stay two numbers ("1-11" and "11-1" are no relatives), and a plus is a letter ("TACE+").

Source: Unicode Standard Annex 15 (compatibility forms), chapter 23.2 (format characters).
"""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Sequence

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MARKS = re.compile(r"[^\w\n+]|_")
_FRACTION = re.compile(r"(?<=[0-9])\.0+$", re.M)
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_NOT_BETWEEN_NUMBERS = re.compile(r"(?<![0-9])-+|-+(?![0-9])")
_SEVERAL = re.compile(r"-{2,}")
_PLAIN = b"0123456789abcdefghijklmnopqrstuvwxyz+\n"


def keys_of(names: Sequence[str]) -> list[str]:
    """Each name as it is compared: letters and numbers in one case; the name itself where it has
    none.

    >>> keys_of(["P-001", "p_1", "(P 01)", "1-11", "11-1", "***"])
    ['p1', 'p1', 'p1', '1-11', '11-1', '***']
    """
    if any("\n" in name for name in names):
        names = [" ".join(name.split()) for name in names]
    text = "\n".join(names)
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    text = text.casefold()
    if _is_uniform(text, sum(map(bool, names))):
        text = _ZEROS.sub("", text)
    else:
        text = _ZEROS.sub("", _MARKS.sub("-", _FRACTION.sub("", text)))
        text = _SEVERAL.sub("-", _NOT_BETWEEN_NUMBERS.sub("", text))
    keys = text.split("\n") if names else []
    return [key or name for key, name in zip(keys, names, strict=True)]


_NEAR = 0.85
"""How alike two names must be to be one misspelled (library choice)."""
_MOST = 50
"""Names among which a misspelled one is looked for: more are no list of markers or symptoms."""


def nearly(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of names that are nearly spelled alike, with the same numbers in them.

    >>> nearly(["diarrhoea", "flushing", "diarrhea", "CA 15-3", "CA 15-4"])
    [('diarrhoea', 'diarrhea')]
    """
    if len(names) > _MOST:
        return []
    keys = keys_of(names)
    digits = ["".join(filter(str.isdigit, key)) for key in keys]
    return [
        (names[i], names[j])
        for i, j in itertools.combinations(range(len(names)), 2)
        if digits[i] == digits[j]
        and difflib.SequenceMatcher(None, keys[i], keys[j]).ratio() >= _NEAR
    ]


def _none_alike(names: Sequence[str]) -> bool:
    """Whether the names, all unequal, are of one length, one case and one kind of marks, so that no
    two have one key: most studies need no more.
    """
    joined = "".join(names)
    if not joined.isascii() or joined not in (joined.upper(), joined.lower()):
        return False
    is_long = len(set(map(len, names)) - {0}) <= 1
    return is_long and _is_uniform(joined.casefold(), sum(map(bool, names)))


def _is_uniform(text: str, count: int) -> bool:
    """Whether each name has as many marks as the others, all of one kind: so it is in most studies,
    and none differs from another in its marks.
    """
    if not text.isascii():
        return False
    marks = text.encode("ascii").translate(None, _PLAIN)
    return len(set(marks)) <= 1 and len(marks) % max(count, 1) == 0


def alike(names: Sequence[str], meant: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The first of some names that are spelled alike beside each of the others, in their order.

    Parameters
    ----------
    names : sequence of str
    meant : sequence of str, optional
        For each name what it is known to mean, which is then compared in its place; "" where that is
        not known.

    >>> alike(["P-01", "P-02", "P01", "p-02"]), alike(["CgA", "NSE", "CHROMOGRANIN A"], ["x", "", "x"])
    ([('P-01', 'P01'), ('P-02', 'p-02')], [('CgA', 'CHROMOGRANIN A')])
    """
    if not meant and _none_alike(names):
        return []
    keys = keys_of(names)
    if meant:
        keys = [word or key for word, key in zip(meant, keys, strict=True)]
    if len(set(keys)) == len(set(names)):
        return []
    first: dict[str, str] = {}
    pairs = ((first.setdefault(key, name), name) for key, name in zip(keys, names, strict=True))
    return [(one, other) for one, other in dict.fromkeys(pairs) if one != other]
