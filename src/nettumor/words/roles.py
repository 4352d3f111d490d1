"""Roles: what a lesion was identified as.

Sources: CDISC controlled terminology TUIDRS (C123650) with its usual spellings on forms; iRECIST
(Seymour et al. 2017) for new targets and new non-targets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, unique
from types import MappingProxyType

from nettumor.words.missing import UNKNOWN, squeezed, tidy
from nettumor.words.spelling import read_with


@unique
class Role(IntEnum):
    """What a lesion was identified as; -1 (`UNKNOWN`) for another word.

    NEW_TARGET and NEW_NON_TARGET are what iRECIST makes of a new lesion; both are NEW wherever a new
    lesion is meant (`as_new`).

    Examples
    --------
    >>> read("Non-target") == Role.NON_TARGET, as_new(Role.NEW_TARGET) == Role.NEW
    (True, True)
    """

    BLANK = 0
    TARGET = 1
    NON_TARGET = 2
    NEW = 3
    OTHER = 4
    NEW_TARGET = 5
    NEW_NON_TARGET = 6


_NODAL = ("NODAL", "EXTRA NODAL", "EXTRANODAL", "LYMPH NODE")

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "TARGET": (
            "T", "TL", "TLS", "TARGETS", "TARGET LESION", "TARGET LESIONS", "TARGET TUMOR", "TARGET TUMOUR",
            *(f"TARGET {n}" for n in _NODAL), *(f"TARGET LESION {n}" for n in _NODAL),
        ),
        "NON-TARGET": (
            "NT", "NTL", "NTLS", "NON-TARGETS", "NON-TARGET LESION", "NON-TARGET LESIONS", "NON-TARGET TUMOR",
            "NON-TARGET TUMOUR",
            *(f"NON-TARGET {n}" for n in _NODAL), *(f"NON-TARGET LESION {n}" for n in _NODAL),
            "NON-TARGET ENHANCING", "NON-TARGET NON-ENHANCING",
        ),
        "NEW": ("NL", "NLS", "NEW LESION", "NEW LESIONS", "NEW BONE LESION", "NEW TUMOR", "NEW TUMOUR"),
        "NEW TARGET": ("NEW TARGET LESION", "NEW TARGET LESIONS", "NEW TL"),
        "NEW NON-TARGET": (
            "NEW NON-TARGET LESION", "NEW NON-TARGET LESIONS", "NEW NTL",
        ),
        "OTHER": (
            "BENIGN", "BENIGN ABNORMALITY", "LOCATION OF INTEREST", "PRIMARY", "DISEASE SITE", "BONE LESION",
            "MEASURED", "NOT MEASURED", "NON-MEASURABLE",
        ),
    }
)  # fmt: skip
"""What a lesion was identified as, and other spellings (TUIDRS, C123650); blanks, hyphens, brackets
and case do not count. OTHER is not judged by any criterion.
"""


def _key(word: str) -> str:
    key = squeezed(word)
    for mark in "(),/[]":
        key = key.replace(mark, "")
    return key


_TABLE = {
    _key(spelling): int(Role[word.replace(" ", "_").replace("-", "_")])
    for word, spellings in SPELLINGS.items()
    for spelling in (word, *spellings)
}


def read(word: str) -> int:
    """The code of `Role`, 0 where blank, -1 for an unknown word.

    >>> [read(w) for w in ("Target Lesions", "NTL", "1=Target", "Target (T)", "new non-target", "?")]
    [1, 2, 1, 1, 6, -1]
    """
    return read_with(word, lambda text: _TABLE.get(_key(text), UNKNOWN))


def as_new(code: int) -> int:
    """The code with every kind of new lesion as NEW.

    >>> as_new(Role.NEW_NON_TARGET), as_new(Role.TARGET)
    (3, 1)
    """
    return int(Role.NEW) if code in (Role.NEW_TARGET, Role.NEW_NON_TARGET) else int(code)


_NOT_NODAL = re.compile(r"EXTRA|\bNON[- ]?(?:NODAL|LYMPH NODE)|\bNOT (?:NODAL|A LYMPH NODE)")


def nodal(word: str) -> int:
    """1 for a role that says lymph node (TARGET NODAL), 0 for EXTRA NODAL, -1 where the role does
    not say.

    >>> nodal("TARGET NODAL"), nodal("NON-TARGET EXTRA NODAL"), nodal("TARGET")
    (1, 0, -1)
    """
    text = tidy(word)
    if "NODAL" not in text and "LYMPH NODE" not in text:
        return UNKNOWN
    return int(not _NOT_NODAL.search(text))
