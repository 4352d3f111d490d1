"""Evaluators: who assessed, by what they are called.

Sources: CDISC EVAL (C78735) and MEDEVAL (C96777): INVESTIGATOR, INDEPENDENT ASSESSOR, READER 1,
RADIOLOGIST 2, ADJUDICATOR; FDA 2018 (blinded independent central review).
"""

from __future__ import annotations

import re

from nettumor.words.missing import tidy
from nettumor.words.negation import says

OTHER, INVESTIGATOR, INDEPENDENT, ADJUDICATOR = range(4)
"""What an evaluator is: codes of `read`."""

_LONGEST = 200
_KINDS = (
    (ADJUDICATOR, re.compile(r"ADJUDICAT")),
    (
        INDEPENDENT,
        re.compile(
            r"INDEPENDENT|CENTRAL|\bBICR\b|\bIRC\b|\bIRR?\b|RADIOLOGIST|ONCOLOGIST|READER|\bR\d\b"
        ),
    ),
    (INVESTIGATOR, re.compile(r"INVESTIGATOR|\bINV\b|\bLOCAL\b|\bSITE\b")),
)
_READER = re.compile(
    r"(?:READER|RADIOLOGIST|ONCOLOGIST|ASSESSOR|RATER|REVIEWER|\bR)[ _#-]*(\d{1,2})\b"
)


def read(word: str) -> int:
    """What an evaluator or a role is called: adjudicator, independent reader, investigator, or
    another (`OTHER`).

    >>> read("Radiologist 1") == INDEPENDENT, read("INV") == INVESTIGATOR, read("Dr Smith") == OTHER
    (True, True, True)
    """
    text = word[:_LONGEST]
    return next((kind for kind, pattern in _KINDS if says(text, pattern)), OTHER)


_BARE = {
    **dict.fromkeys(("INV", "INVESTIGATOR", "LOCAL", "SITE", "LOCAL INVESTIGATOR"), "investigator"),
    **dict.fromkeys(
        ("BICR", "IRC", "IRR", "INDEPENDENT", "CENTRAL", "CENTRAL REVIEW"), "independent"
    ),
    **dict.fromkeys(("BLINDED INDEPENDENT CENTRAL REVIEW", "INDEPENDENT REVIEW"), "independent"),
    **dict.fromkeys(("INDEPENDENT ASSESSOR", "INDEPENDENT CENTRAL REVIEW"), "independent"),
}


_NUMBERED = re.compile(r"(?:READER|RDR|R)[ _#:.-]*(?:(?:NO|NR|NUMBER)[ .:]*)?0*(\d{1,2})")


def plainly(word: str) -> str:
    """What an evaluator is where the word says nothing else, or that it is a reader of a number; else
    "".

    >>> plainly("INV"), plainly("Investigator"), plainly("Radiologist 1"), plainly("BICR")
    ('investigator', 'investigator', '', 'independent')
    >>> plainly("R1"), plainly("Reader no. 01")
    ('reader1', 'reader1')
    """
    text = tidy(word[:_LONGEST])
    numbered = _NUMBERED.fullmatch(text)
    return f"reader{numbered[1]}" if numbered else _BARE.get(text, "")


def number(word: str) -> int:
    """The number of a reader, -1 where none is given.

    >>> number("Reader 2"), number("RADIOLOGIST1"), number("INVESTIGATOR")
    (2, 1, -1)
    """
    found = _READER.search(tidy(word[:_LONGEST]))
    return int(found.group(1)) if found else -1
