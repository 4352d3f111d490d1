"""Names of size criteria, as the cells of a study write them (RSCAT): which family is meant.

Sources: CDISC ONCRSCAT (C124298) with its usual spellings; the titles of the editions.
"""

from __future__ import annotations

import re

from nettumor.words.missing import tidy
from nettumor.words.negation import says

_LONGEST = 200
_VERSION = r"\bRECIST\W*(?:CRITERIA|GUIDELINES?)?\W*(?:V|VER|VERSION)?\W*"
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("mRECIST", r"\bM-? ?RECIST|MODIFIED RECIST"),
        ("iRECIST", r"\bI-? ?RECIST"),
        ("RECIST 1.0", rf"{_VERSION}1[.,-]0\b"),
        ("RECIST 1.1", rf"{_VERSION}1[.,-]1\b"),
        ("WHO", r"\bWHO\b"),
        ("EASL", r"\bEASL\b"),
        ("Choi", r"\bCHOI\b"),
        ("SWOG", r"\bSWOG\b"),
        ("PERCIST", r"\bPERCIST\b"),
        ("irRC", r"\bIR-?RC\b"),
    )
)
FAMILIES = tuple(name for name, _ in _PATTERNS)
"""The families of size criteria, each at the place of its code."""


_OTHERS = re.compile(
    r"CA-? ?125|GCIG|RUSTIN|IMWG|MYELOMA|LUGANO|CHESON|\bIWG\b|IWCLL|LYRIC|PCWG|\bPSA\b|RANO|MACDONALD|"
    r"\bINRC|\bELN\b|BIOCHEMICAL|SYMPTOMATIC|CLINICAL BENEFIT"
)
"""Rules of response that are no size criteria (ONCRSCAT, C124298): markers, blood, lymphoma, brain."""


def is_other(word: str) -> bool:
    """Whether a cell names rules of response that are no size criteria: another category.

    >>> is_other("GCIG CA-125 RUSTIN 2011"), is_other("RECIST 1.1"), is_other("")
    (True, False, False)
    """
    text = tidy(word[:_LONGEST])
    return read(word) < 0 and _OTHERS.search(text) is not None


def read(word: str) -> int:
    """The place in `FAMILIES` of the family that a cell names, -1 for another or none.

    >>> [FAMILIES[read(w)] for w in ("RECIST v1.0", "RECIST1.1", "irecist", "mRECIST for HCC")]
    ['RECIST 1.0', 'RECIST 1.1', 'iRECIST', 'mRECIST']
    >>> read("GCIG RUSTIN OVARIAN CANCER 2011")
    -1
    """
    text = word[:_LONGEST]
    return next((i for i, (_, pattern) in enumerate(_PATTERNS) if says(text, pattern)), -1)


def family(word: str) -> str:
    """The family that a cell or the name of an edition names, "" for another or none.

    >>> family("RECIST (version 1.1)"), family("who-1981"), family("vogl-2008")
    ('RECIST 1.1', 'WHO', '')
    """
    found = read(word)
    return FAMILIES[found] if found >= 0 else ""
