"""Imaging methods: which kind a method is of.

Sources: CDISC METHOD (C85492) as far as the tumour domains use it, with common names, from memory;
RECIST 1.0 (Therasse et al. 2000), 3.1 (conventional and spiral CT).
"""

from __future__ import annotations

import re
from functools import lru_cache

from nettumor.words.missing import is_missing, tidy

_LONGEST = 200
KINDS = tuple((re.compile(pattern), name) for pattern, name in (
    (r"\bPOSITRON EMISSION TOMOGRAPHY\b.*\b(?:CT|COMPUTED|COMPUTERI[SZ]ED)\b", "PET/CT"),
    (r"\bPOSITRON EMISSION\b", "PET"),
    (r"\bSINGLE PHOTON EMISSION\b", "SCINTIGRAPHY"),
    (r"\bPET\W*/?\W*CT\b|\bPET-CT\b", "PET/CT"),
    (r"\bPET\b", "PET"),
    (r"\bSPECT\b", "SCINTIGRAPHY"),
    (r"\bCT\b|COMPUTED TOMO|TOMOGRAPHY, COMPUTED", "CT"),
    (r"\bMRI?\b|MAGNETIC", "MRI"),
    (r"ULTRASO|SONOGRA|\bUS\b", "ULTRASOUND"),
    (r"X-?\s?RAY|RADIOGRA", "X-RAY"),
    (r"SCINTIGR|BONE SCAN|OCTREO|MIBG", "SCINTIGRAPHY"),
    (r"ENDOSCOP|LAPAROSCOP", "ENDOSCOPY"),
    (r"(?<!WITHOUT )CALIPER|(?<!WITHOUT )PHOTO", "CALIPER"),
    (r"PHYSICAL|CLINICAL|PALPAT", "PHYSICAL EXAMINATION"),
))  # fmt: skip
"""Patterns of methods, with the kind that each is of; the first that fits counts."""

_NONE = re.compile(
    r"^(?:NO|NOT)\b|\bNOT (?:DONE|PERFORMED|AVAILABLE|ASSESSED)\b|[- ]GUIDED (?:BIOPSY|PUNCTURE)"
)
"""A scan that was not made, and a biopsy that was guided by one, are of no kind."""

_OTHERS = re.compile(
    r"PET|CT\b|MRI|ULTRASOUND|X-RAY|SCINTIGRAPHY|ENDOSCOPY|CALIPER|EXAMINATION|MAMMOGRA|LYMPHANGIO|NUCLEAR|SPECT"
    r"|SOMATOSTATIN|SSTR|DOTA|BIOPSY|CYTOLOG|HISTO"
)
"""Methods that are known and of none of the kinds."""


@lru_cache(maxsize=4096)
def read(word: str) -> str:
    """The kind of an imaging method, the word itself (upper case) where it is of no known kind, ""
    where it is missing.

    >>> read("Spiral CT"), read("Chest X-ray"), read("CT SCAN WITH CONTRAST"), read("N/A")
    ('CT', 'X-RAY', 'CT', '')
    """
    if is_missing(word):
        return ""
    text = tidy(word[:_LONGEST])
    if _NONE.search(text):
        return text
    return next((name for pattern, name in KINDS if pattern.search(text)), text)


def is_known(word: str) -> bool:
    """Whether a word is a known imaging method, or none at all.

    >>> is_known("Mammography"), is_known("MRI"), is_known("guesswork")
    (True, True, False)
    """
    text = tidy(word[:_LONGEST])
    return read(word) != text or text == "" or bool(_OTHERS.search(text))


_SPIRAL = ("SPIRAL", "HELICAL", "MULTIDETECTOR", "MDCT")


def is_conventional(word: str) -> bool:
    """Whether a method is conventional (RECIST 1.0): any that is named, but CT that is not called
    conventional.

    >>> is_conventional("MRI"), is_conventional("spiral CT"), is_conventional("conventional CT")
    (True, False, True)
    """
    text = tidy(word[:_LONGEST])
    spiral = any(name in text for name in _SPIRAL)
    plain = re.search(r"\bCT\b|COMPUTED TOMO", text) is not None and "CONVENTIONAL" not in text
    return not is_missing(word) and not spiral and not plain
