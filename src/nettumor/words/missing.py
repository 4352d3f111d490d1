"""Nothing, as people and programs write it; and how words are compared.

R, pandas, Excel (in each language), SPSS, SAS and databases each have a word for a value that is not there. It is
blank in every column. ND, NE, NOT DONE and NOT EVALUABLE are not among them: they say something.

Sources: R (NA, NA_character_), pandas (NaN, NaT, <NA>, None, and what its `read_csv` takes for
them), Excel (#N/A; #NV, #N/D and #N/B in German, Spanish and Dutch), MySQL and PostgreSQL (\\N),
SPSS (#NULL!), SQL (NULL); SAS special missing values (SAS 9.4 Language Reference: a period, with a
letter or an underscore behind it).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

UNKNOWN = -1
"""The code of a word that is none of the known ones."""

SPELLINGS = (
    "", ".", "NA", "N/A", "N.A.", "#N/A", "#NA", "<NA>", "NAN", "NAT", "NONE", "NULL", "<NULL>", "(NULL)", "#NULL!",
    "-", "--", "---", "(BLANK)", "<BLANK>", "NOT APPLICABLE", "MISSING", "<MISSING>", "(MISSING)", "[NULL]", "NIL",
    "#N/A N/A", "-NAN", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "NA_CHARACTER_", "NA_REAL_", "NA_INTEGER_", "\\N",
    "#NV", "#N/D", "#N/B", "''", '""',
)  # fmt: skip
"""Words for nothing, in upper case."""

_KNOWN = frozenset(SPELLINGS)
_LONGEST = max(map(len, SPELLINGS))
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
"""Signs that nobody sees: soft hyphens, blanks of no width, marks of direction and of byte order."""
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u00a0", "------ ", _UNSEEN)

_STARTS = frozenset(spelling[:1].casefold() for spelling in SPELLINGS if spelling)


def tidy(word: str) -> str:
    """A word as it is compared: upper case, single blanks, plain hyphens.

    >>> tidy("  Non\u2013target ")
    'NON-TARGET'
    """
    return " ".join(word.translate(_DASHES).split()).upper()


def squeezed(word: str) -> str:
    """The same without blanks, hyphens and underscores: NON_TARGET, Non target and NON-TARGET are
    one.

    >>> squeezed("non-CR / non_PD")
    'NONCR/NONPD'
    """
    return tidy(word).replace(" ", "").replace("-", "").replace("_", "")


def is_missing(word: str) -> bool:
    """Whether a word stands for nothing.

    Parameters
    ----------
    word : str
        Any case, outer blanks ignored.

    Examples
    --------
    >>> is_missing("n/a"), is_missing(".A"), is_missing("ND")
    (True, True, False)
    """
    bare = word.strip()
    first = bare[:1]
    if len(bare) > _LONGEST or (first.isalnum() and first.casefold() not in _STARTS):
        return False
    text = tidy(bare)
    return text in _KNOWN or (
        len(text) == 2 and text[0] == "." and (text[1] == "_" or text[1].isalpha())
    )


def plainly_spelled(words: npt.NDArray[np.str_]) -> bool:
    """Whether the words are of plain letters without a blank, and no first letter is that of a word
    for nothing: asked of all at once, for most identifiers need no more.

    >>> plainly_spelled(np.array(["S-01", "S-02"])), plainly_spelled(np.array(["S-01", "n/a"]))
    (True, False)
    """
    letters = words.view(np.uint32).reshape(len(words), -1)
    first = np.bincount(np.minimum(letters[:, 0], _DELETE), minlength=_DELETE)
    if any(chr(letter).casefold() in _STARTS for letter in np.flatnonzero(first)) or first[0]:
        return False
    # 0 fills up what is shorter; one less than 0 is the largest
    return bool(letters.max() < _DELETE and (letters - np.uint32(1) >= _BLANK).all())


_BLANK, _DELETE = 32, 127
"""Of the letters: those up to the blank are none, nor are those from DEL on plain."""


def any_missing(words: Iterable[str]) -> bool:
    """Whether a word that is not empty stands for nothing.

    >>> any_missing(["", "01"]), any_missing(["01", "n/a"])
    (False, True)
    """
    given = words if isinstance(words, (list, tuple)) else list(words)
    # distinct first letters are few: of 25,000 subjects most are passed over by them
    starts = {
        letter
        for letter in {w[:1] for w in given}
        if letter.isspace() or letter.translate(_DASHES).casefold() in _STARTS
    }
    return bool(starts) and any(is_missing(w) for w in given if w[:1] in starts)
