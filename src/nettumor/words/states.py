"""States: what was seen of a lesion at a visit.

Sources: CDISC controlled terminology TRPROPRS (C124309) and TUMSTATE of the CDISC RECIST 1.1
supplement; RECIST 1.1, 4.3.1 and 4.4.2 (absent, too small to measure and not evaluable are three
different things).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, unique
from types import MappingProxyType

from nettumor.words import numbers
from nettumor.words.missing import UNKNOWN, tidy
from nettumor.words.negation import says_surely
from nettumor.words.spelling import look_up, table_of


@unique
class State(IntEnum):
    """What was seen of a lesion; -1 (`UNKNOWN`) for another word.

    INCREASED, UNCHANGED and DECREASED are PRESENT wherever a lesion that is there is meant
    (`as_present`).

    Examples
    --------
    >>> read("TSTM") == State.TOO_SMALL, as_present(State.INCREASED) == State.PRESENT
    (True, True)
    """

    BLANK = 0
    MEASURED = 1
    ABSENT = 2
    TOO_SMALL = 3
    PRESENT = 4
    UNEQUIVOCAL = 5
    UNEQUIVOCAL_PROGRESSION = 6
    EQUIVOCAL = 7
    NOT_EVALUABLE = 8
    MERGED = 9
    NON_PATHOLOGICAL = 10
    INCREASED = 11
    UNCHANGED = 12
    DECREASED = 13


SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "MEASURED": ("MEASURABLE",),
    "ABSENT": (
        "RESOLVED", "DISAPPEARED", "NOT PRESENT", "NOT SEEN", "GONE", "CR", "NOT VISIBLE", "NO LONGER VISIBLE",
        "NO LONGER PRESENT", "NO LONGER SEEN", "COMPLETELY DISAPPEARED", "COMPLETE DISAPPEARANCE", "COMPLETE RESPONSE",
    ),
    "TOO SMALL": (
        "TOO SMALL TO MEASURE", "TSTM", "TOO SMALL TO BE MEASURED", "TOO SMALL TO MEASURE ACCURATELY",
    ),
    "PRESENT": (
        "STILL PRESENT", "PATHOLOGICAL", "NON-CR/NON-PD", "PERSISTENT", "PERSISTING", "STILL VISIBLE", "VISIBLE",
        "SEEN", "INCOMPLETE RESPONSE/SD", "INCOMPLETE RESPONSE/STABLE DISEASE",
    ),
    "INCREASED": (
        "ENLARGEMENT", "ENLARGEMENT FROM NADIR", "FURTHER ENLARGEMENT", "FURTHER ENLARGEMENT FROM NADIR",
        "ENLARGED", "LARGER", "INCLA", "INCREASED FROM LAST ASSESSMENT",
    ),
    "UNCHANGED": ("STABLE", "NO CHANGE", "NCLA", "NO CHANGE FROM LAST ASSESSMENT"),
    "DECREASED": ("SMALLER", "REDUCED"),
    "UNEQUIVOCAL": ("UNEQUIVOCAL NEW LESION",),
    "UNEQUIVOCAL PROGRESSION": ("PROGRESSION", "PROGRESSIVE DISEASE", "PD"),
    "EQUIVOCAL": ("EQUIVOCAL NEW LESION",),
    "NOT EVALUABLE": (
        "NE", "N.E.", "ND", "N.D.", "NOT DONE", "NOT ASSESSED", "NOT ASSESSABLE", "NOT MEASURED",
        "NOT AVAILABLE", "NOT EVALUATED", "UNEVALUABLE", "NON-EVALUABLE", "INEVALUABLE", "UNKNOWN",
    ),
    "MERGED": ("TUMOR MERGED", "TUMOUR MERGED", "COALESCED"),
    "NON-PATHOLOGICAL": ("NORMAL", "NORMAL NODE"),
})  # fmt: skip
"""What was seen of a lesion, and other spellings (TRPROPRS, C124309; the words of non-target CRFs).
NON-PATHOLOGICAL is a node of normal size (LNSTATE). "MERGED INTO T01" names the other lesion.
UNEQUIVOCAL is the presence of a new lesion and the progression of a non-target one."""

TOO_SMALL_MM = 5.0
"""A size below it is too small to measure (RECIST 1.1, Eisenhauer et al. 2009, 4.2.1)."""

_TABLE = table_of(
    SPELLINGS, {w: int(State[w.replace(" ", "_").replace("-", "_")]) for w in SPELLINGS}
)
_MERGED = re.compile(r"MERGED (?:INTO|WITH|TO) (\S.*)", re.I)


def read(word: str) -> int:
    """The code of `State`, 0 where blank, -1 for an unknown word; "MERGED INTO T01" is MERGED.

    >>> [State(read(w)).name for w in ("< 5 mm", "Too small to measure", "merged with T2", "enlarged")]
    ['TOO_SMALL', 'TOO_SMALL', 'MERGED', 'INCREASED']
    >>> read("NA"), read("vanished")
    (0, -1)
    """
    found = look_up(word, _TABLE)
    if found == UNKNOWN:
        if _MERGED.fullmatch(tidy(word)):
            return int(State.MERGED)
        if 0 < numbers.read(word, comma=True, unit="mm").below <= TOO_SMALL_MM:
            return int(State.TOO_SMALL)
    return found


_POSITIVE = re.compile(r"\bPOS(?:ITIVE)?\b|\bMALIG(?:NANT|NANCY)?\b")
_TYPICAL = re.compile(r"(?<!-)\bTYPICAL\b")


def cytology_is_positive(word: str) -> bool:
    """Whether a cytology is positive: said, and neither denied nor left open.

    >>> [cytology_is_positive(w) for w in ("POS", "malignant cells", "POSSIBLE", "no malignant cells", "Positive?")]
    [True, True, False, False, False]
    """
    return says_surely(word, _POSITIVE)


def enhances_typically(word: str) -> bool:
    """Whether a vascular pattern is that of hepatocellular carcinoma (Lencioni and Llovet 2010).

    >>> [enhances_typically(w) for w in ("Typical (APHE, washout)", "atypical", "not typical", "TYPICAL?")]
    [True, False, False, False]
    """
    return says_surely(word, _TYPICAL)


def as_present(code: int) -> int:
    """The code with INCREASED, UNCHANGED and DECREASED as PRESENT.

    >>> as_present(State.DECREASED), as_present(State.ABSENT)
    (4, 2)
    """
    changed = (State.INCREASED, State.UNCHANGED, State.DECREASED)
    return int(State.PRESENT) if code in changed else int(code)


def merged_into(word: str) -> str:
    """The lesion named by "MERGED INTO T01" (or WITH, TO), else "".

    >>> merged_into("merged with T2."), merged_into("MERGED")
    ('T2', '')
    """
    found = _MERGED.fullmatch(" ".join(word.split()))
    return found.group(1).strip(" .") if found else ""
