"""Responses, as they are written.

Sources: CDISC controlled terminology ONCRSR (C96785); RECIST 1.0 (IR/SD); WHO 1981 (NC, no change);
iRECIST (Seymour et al. 2017) for the words with an "i".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from nettumor.words.missing import UNKNOWN, tidy
from nettumor.words.spelling import read_with

CODES = ("MISSING", "NE", "IUPD", "PD", "NON_CR_NON_PD", "SD", "MR", "PR", "CR")
"""The names of `nettumor.Response`, each at the place of its code."""

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "MISSING": ("ND", "NOT DONE", "NED", "NO EVIDENCE OF DISEASE"),
    "NE": (
        "NOT EVALUABLE", "NOT ALL EVALUATED", "INEVALUABLE", "UNEVALUABLE", "NON-EVALUABLE", "NOT ASSESSABLE",
        "NOT EVALUATED",
    ),
    "IUPD": ("IMMUNE UNCONFIRMED PROGRESSIVE DISEASE", "IMMUNE UNCONFIRMED PD"),
    "PD": (
        "PROGRESSIVE DISEASE", "PROGRESSION", "DISEASE PROGRESSION", "PROGRESSION OF DISEASE", "ICPD",
        "IMMUNE CONFIRMED PROGRESSIVE DISEASE", "IMMUNE CONFIRMED PD",
    ),
    "NON_CR_NON_PD": (
        "NON-CR/NON-PD", "NONCR/NONPD", "NON-CR-NON-PD", "NON-CR AND NON-PD", "NN", "NON-ICR/NON-IUPD",
        "NON-COMPLETE RESPONSE/NON-PROGRESSIVE DISEASE", "IR/SD",
        "INCOMPLETE RESPONSE/SD", "INCOMPLETE RESPONSE/STABLE DISEASE",
    ),
    "SD": ("STABLE DISEASE", "STABLE", "NC", "ISD", "IMMUNE STABLE DISEASE"),
    "MR": ("MINOR RESPONSE", "MINIMAL RESPONSE", "IMR"),
    "PR": ("PARTIAL RESPONSE", "PARTIAL REMISSION", "IPR", "IMMUNE PARTIAL RESPONSE"),
    "CR": ("COMPLETE RESPONSE", "COMPLETE REMISSION", "ICR", "IMMUNE COMPLETE RESPONSE"),
})  # fmt: skip
"""Each response with its spellings; case, and blanks around hyphens and slashes, do not count. NED (no
evidence of disease, C96785) is MISSING: there is no such disease to respond.
"""

OF_FAMILY: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"WHO": MappingProxyType({"SD": ("NO CHANGE", "STABLE DISEASE/NO CHANGE")})}
)
"""Words that are a response in one family of criteria only (WHO 1981: no change)."""


_MARKS = re.compile(r" ?([-/]) ?")


def _key(word: str) -> str:
    """A response as it is compared; a blank inside an abbreviation ("P R") counts."""
    return _MARKS.sub(r"\1", tidy(word).replace("_", "-")).replace("NON ", "NON-")


def _table(spellings: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    return {
        _key(spelling): CODES.index(name)
        for name, group in spellings.items()
        for spelling in (name, *group)
    }


_TABLE = _table(SPELLINGS)
_FAMILY = {family: _table(words) for family, words in OF_FAMILY.items()}


def read(word: str, family: str = "") -> int:
    """The code of `nettumor.Response`: 0 (MISSING) where blank, -1 for an unknown word.

    Parameters
    ----------
    word : str
        Any case, outer blanks ignored.
    family : str
        The family of the criteria ("WHO"), where it is known: "No change" is SD under WHO only.

    Examples
    --------
    >>> [read(w) for w in ("Partial response", "4-PD", "CR (Complete Response)", "non-CR / non-PD")]
    [7, 3, 8, 4]
    >>> read("No change"), read("No change", "WHO"), read("CR/PR")
    (-1, 5, -1)
    """
    own = _FAMILY.get(family.upper(), {})

    def plain(text: str) -> int:
        key = _key(text)
        return _TABLE.get(key, own.get(key, UNKNOWN))

    return read_with(word, plain)


_IMMUNE = frozenset(
    _key(w) for w in ("iCR", "iPR", "iSD", "iMR", "iUPD", "iCPD", "NON-iCR/NON-iUPD")
)


def is_immune(word: str) -> bool:
    """Whether a response is written as iRECIST writes it.

    >>> is_immune("iCPD"), is_immune("Immune partial response"), is_immune("PD")
    (True, True, False)
    """
    key = _key(word)
    return key in _IMMUNE or (
        read(word) > 0 and ("IMMUNE" in key or key.startswith(tuple(_IMMUNE)))
    )
