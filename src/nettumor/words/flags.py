"""Yes and no; and the answer to "new lesions?", which knows more words.

Sources: CDISC controlled terminology NY (C66742); RSTESTCD NEWLIND, NEWLPROG of the CDISC RECIST 1.1
supplement.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, unique
from types import MappingProxyType

from nettumor.words.missing import UNKNOWN
from nettumor.words.spelling import look_up, table_of


@unique
class NewLesion(IntEnum):
    """A new lesion as reported at a visit; -1 (`UNKNOWN`) for another word.

    Examples
    --------
    >>> read_new_lesion("UNEQUIVOCAL") == NewLesion.UNEQUIVOCAL
    True
    """

    BLANK = 0
    NO = 1
    YES = 2
    EQUIVOCAL = 3
    UNEQUIVOCAL = 4
    NE = 5


SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "Y": ("YES", "TRUE", "T", "1", "1.0", "CHECKED", "NODAL"),
    "N": ("NO", "FALSE", "F", "0", "0.0", "UNCHECKED", "EXTRANODAL", "EXTRA NODAL", "NON-NODAL"),
})  # fmt: skip
"""Yes and no."""

NEW_LESION: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "N": ("NO", "FALSE", "0", "0.0", "NONE", "ABSENT", "NO NEW LESION", "NO NEW LESIONS", "UNCHECKED"),
    "Y": ("YES", "TRUE", "1", "1.0", "PRESENT", "NEW", "NEW LESION", "NEW LESIONS", "CHECKED"),
    "EQUIVOCAL": (),
    "UNEQUIVOCAL": ("PD",),
    "NE": ("NOT EVALUABLE", "NOT DONE", "ND", "NOT ASSESSED", "UNKNOWN"),
})  # fmt: skip
"""New lesions as reported at a visit (RSTESTCD NEWLIND, NEWLPROG). "None" is an answer here."""

SEXES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "F": ("FEMALE", "WOMAN"),
    "M": ("MALE", "MAN"),
    "U": ("UNKNOWN", "UNDIFFERENTIATED"),
})  # fmt: skip
"""Sex (C66731)."""

_FLAGS = table_of(SPELLINGS, {"Y": 1, "N": 0})
_SEXES = table_of(SEXES, {"F": 0, "M": 1, "U": 2})
_NEW = table_of(
    NEW_LESION,
    {w: int(NewLesion[{"N": "NO", "Y": "YES"}.get(w, w)]) for w in NEW_LESION},
)


def read(word: str) -> int:
    """1 for yes, 0 for no, -1 where blank or neither.

    >>> [read(w) for w in ("Y", "1=Yes", "no", "", "perhaps")]
    [1, 1, 0, -1, -1]
    """
    return look_up(word, _FLAGS, blank=UNKNOWN)


def read_new_lesion(word: str) -> int:
    """The code of `NewLesion`, 0 where blank, -1 for an unknown word.

    >>> [read_new_lesion(w) for w in ("None", "Yes", "NA", "ND", "perhaps")]
    [1, 2, 0, 5, -1]
    """
    return look_up(word, _NEW)


def read_sex(word: str) -> int:
    """0 for F, 1 for M, 2 for U, -1 where blank or another word.

    >>> [read_sex(w) for w in ("female", "M", "F - Female", "")]
    [0, 1, 0, -1]
    """
    return look_up(word, _SEXES, blank=UNKNOWN)
