"""Whether a text says a thing, denies it, or leaves it open.

A word that is looked for inside a text ("PROGRESSION" among reasons, "POSITIVE" in a report) may
stand behind a denial ("NO PROGRESSION") or a doubt ("POSSIBLE PROGRESSION"). Input: a text and a
pattern. Output: whether some match of the pattern is said. What the words mean is told by those who
look for them.

Source: NegEx (Chapman et al. 2001, J Biomed Inform 34:301, doi 10.1006/jbin.2001.1029): phrases
before and behind a finding that deny it or leave it open, up to the end of the clause; its list of
phrases from memory.
"""

from __future__ import annotations

import re

from nettumor.words.missing import tidy

LONGEST = 2000
"""Of a longer text the rest is not read."""

_CLAUSE = re.compile(
    r"[;|,\n]|\.(?! ?\d)|\b(?:BUT|HOWEVER|ALTHOUGH|DUE TO|BECAUSE(?: OF)?|AFTER|SECONDARY TO|CAUSED BY|WITH)\b|"
    r"(?<!NEGATIVE )(?<!SUSPICIOUS )(?<!SUSPICION )\bFOR\b"
)
"""What ends a clause, beyond which a denial does not reach."""

_SCOPE = r"(?:[\s(/'\"]+[\w'+-]+){0,4}?[\s(/'\":-]*$"
"""A denial reaches over four words."""

_DENIED_BEFORE = re.compile(
    r"\bNON[- ]?$|(?:\b(?:NO(?!\.? ?\d)|NOT|WITHOUT|NEVER|NEITHER|NOR|DENIES|DENIED|EXCEPT|AVOID(?:ED|ING|S)?)\b|"
    r"\bW/O|\bFREE (?:OF|FROM)\b|\bNEGATIVE FOR\b|\bABSENCE OF\b|\bRULED? OUT\b|\bR/O\b|\bOTHER THAN\b)"
    + _SCOPE
)  # fmt: skip
_DENIED_BEHIND = re.compile(
    r"^[A-Z]*[\s)/'\":-]*(?:(?:IS|ARE|WAS|WERE|HAS|HAVE|HAD|BEEN|CELLS?)[\s:]+){0,3}"
    r"(?:(?:NO|NONE|NEGATIVE|ABSENT|EXCLUDED|UNLIKELY|RULED OUT|DENIED)\s*$|FREE\b|"
    r"NOT(?:\s*$| (?:SEEN|PRESENT|DETECTED|FOUND|IDENTIFIED|OBSERVED|VISIBLE|EVIDENT|CONFIRMED|DOCUMENTED|TAKEN|"
    r"GIVEN)))"
)  # fmt: skip
_OPEN_BEFORE = re.compile(
    r"(?:\b(?:POSSIBLE|POSSIBLY|PROBABLE|PROBABLY|SUSPECTED|SUSPECT|SUSPICIOUS|SUSPICION|QUESTIONABLE|EQUIVOCAL|"
    r"UNCERTAIN|UNCLEAR|DOUBTFUL|PRESUMED|PRESUMABLY|LIKELY|UNLIKELY|MAYBE|MAY|MIGHT|CANNOT|PENDING|"
    r"HISTORY OF|H/O|PRIOR|PREVIOUS)\b|\?)" + _SCOPE
)  # fmt: skip
_OPEN_BEHIND = re.compile(
    r"^[A-Z]*[\s()/'\":-]*(?:\?|(?:IS |ARE |WAS |WERE )?(?:POSSIBLE|PROBABLE|SUSPECTED|EQUIVOCAL|UNCERTAIN|UNCLEAR|"
    r"DOUBTFUL|PENDING|TO BE CONFIRMED)\b)"
)  # fmt: skip


def says(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a text has a match of a pattern that it does not deny; left open it counts.

    Parameters
    ----------
    text : str
        In any case.
    pattern : Pattern
        Of words in upper case.

    Examples
    --------
    >>> found = re.compile(r"PROGRESS(?:ION|IVE)")
    >>> [says(t, found) for t in ("disease progression", "no progression", "Progression-free", "progression?")]
    [True, False, False, True]
    >>> says("no new lesion, but progression of T1", found)
    True
    """
    return any(not _is_denied(before, behind) for before, behind in _matches(text, pattern))


def says_surely(text: str, pattern: re.Pattern[str]) -> bool:
    """The same, and the text does not leave it open.

    >>> found = re.compile(r"POSITIVE|MALIGNANT")
    >>> [says_surely(t, found) for t in ("Positive", "possible malignant cells", "POSITIVE?", "not malignant")]
    [True, False, False, False]
    """
    return any(
        not _is_denied(before, behind)
        and not _OPEN_BEFORE.search(before)
        and not _OPEN_BEHIND.search(behind)
        for before, behind in _matches(text, pattern)
    )


def _is_denied(before: str, behind: str) -> bool:
    return bool(_DENIED_BEFORE.search(before) or _DENIED_BEHIND.search(behind))


def _matches(text: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """What stands before and behind each match in its clause."""
    whole = tidy(text[:LONGEST])
    ends = [m.span() for m in _CLAUSE.finditer(whole)]
    found = []
    for match in pattern.finditer(whole):
        start = max((e for _, e in ends if e <= match.start()), default=0)
        stop = min((s for s, _ in ends if s >= match.end()), default=len(whole))
        found.append((whole[start : match.start()], whole[match.end() : stop]))
    return found
