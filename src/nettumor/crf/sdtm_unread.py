"""Results of TR and RS that are not read although they look as if they should be: a line of the
intake for each kind.

A test whose code is blank or misspelled, a lesion that TU does not name, a result without --EVALID
among others that have one. Codes of other tests are many and say nothing of a lesion: they are left
aside without a word. Sources: SDTMIG 3.4 (TU, TR, RS); TRTESTCD C96779, RSTESTCD C96782.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

import numpy as np

from nettumor.crf.cells import tidy
from nettumor.crf.intake import Line
from nettumor.crf.sdtm import evaluator, readers_tell, variable
from nettumor.crf.sdtm_lesions import TESTS, match_identification
from nettumor.crf.sdtm_responses import RESPONSE_TESTS, SUM_TESTS
from nettumor.crf.tables import CrfTable
from nettumor.rows import number_rows

_OF_LESIONS = re.compile(
    r"\b(?:DIAMETER|(?:LONG|SHORT)(?:EST)?|AXIS|PERPENDICULAR|(?:TUMOU?R|NODE) STATE)\b"
)
_OF_COURSES = re.compile(r"\b(?:SUM|PERCENT|PCT|CHANGE|NADIR|NUMBER|RATIO)\b|%")
_OF_VISITS = re.compile(
    r"(?:OVERALL|(?:NON-?)?TARGET) (?:LESION )?RESPONSE|NEW LESIONS?(?: PROGRESSION| INDICATOR)?"
)
_SUMS = frozenset(code for codes in SUM_TESTS.values() for code in codes)
_CLOSE = 0.8
"""How alike two codes must be to be one misspelled (library choice)."""


def unread_lines(domains: Mapping[str, CrfTable]) -> list[Line]:
    """The lines for results of TR and RS that look as if they should be read."""
    lines: list[Line] = []
    if "TR" in domains:
        lines += _tests(domains["TR"], "TR", frozenset(TESTS) | _SUMS)
    if "RS" in domains:
        lines += _tests(domains["RS"], "RS", frozenset(RESPONSE_TESTS))
    for name in ("TR", "RS"):
        if name in domains:
            lines += _nameless(domains[name], name)
    if "TR" in domains and "TU" in domains:
        lines += _not_identified(domains["TR"], domains["TU"])
    return lines


def _tests(domain: CrfTable, prefix: str, read: frozenset[str]) -> Iterator[Line]:
    """Codes that are not read, where they or the test's name are nearly those of one that is."""
    code, test = variable(domain, f"{prefix}TESTCD"), variable(domain, f"{prefix}TEST")
    has_result = ~variable(domain, f"{prefix}STRESC", f"{prefix}ORRES", f"{prefix}STRESN").blank
    pair, first = number_rows(code.trimmed.codes, test.trimmed.codes)
    counts = np.bincount(pair[has_result], minlength=len(first))
    for row, count in zip(first.tolist(), counts.tolist(), strict=True):
        word, name = tidy(str(code.text[row])), tidy(str(test.text[row]))
        if count and word not in read and _is_near(word, name, prefix):
            near = difflib.get_close_matches(word, sorted(read), n=1, cutoff=0.5)
            note = "no test that is read" + (f"; the nearest is {near[0]}" if near else "")
            found = word or name or "no test"
            yield Line("word", f"{prefix}.{prefix}TESTCD", found, "", count, "ignored", note)


def _is_near(code: str, name: str, prefix: str) -> bool:
    """Whether a test is probably one that is read."""
    if not code:
        return True
    if prefix == "RS":
        return bool(_OF_VISITS.fullmatch(name)) or _is_close(code, RESPONSE_TESTS)
    if _OF_COURSES.search(name):
        return False
    return bool(_OF_LESIONS.search(name)) or _is_close(code, TESTS)


def _is_close(code: str, known: Mapping[str, str]) -> bool:
    return any(difflib.SequenceMatcher(None, code, one).ratio() > _CLOSE for one in known)


def _nameless(domain: CrfTable, prefix: str) -> Iterator[Line]:
    """Results without --EVALID among others of the same --EVAL that have one."""
    if not {f"{prefix}EVALID", f"{prefix}EVAL"} <= set(domain):
        return
    reader, role = variable(domain, f"{prefix}EVALID"), variable(domain, f"{prefix}EVAL")
    lost = reader.blank & ~role.blank
    if not lost.any() or lost.all():
        return
    codes = role.trimmed.codes
    named = np.bincount(codes[~reader.blank], minlength=int(codes.max()) + 1) > 0
    lost &= named[codes]
    if lost.any():
        found = str(role.text[np.flatnonzero(lost)[0]])
        note = f"no {prefix}EVALID, beside others that have one: read as a reader of its own"
        place = f"{prefix}.{prefix}EVALID"
        yield Line("row", place, found, "", int(lost.sum()), "ambiguous", note)


def _not_identified(tr: CrfTable, tu: CrfTable) -> Iterator[Line]:
    """Lesions with results that TU does not name, of subjects whom it does."""
    if not {"USUBJID", "TULNKID"} <= set(tu) or not {"USUBJID", "TRLNKID"} <= set(tr):
        return
    lesion = variable(tr, "TRLNKID")
    known = set(variable(tu, "USUBJID").trimmed.words.tolist())
    subject = variable(tr, "USUBJID").trimmed
    there = np.array([w in known for w in subject.words.tolist()], dtype=np.bool_)[subject.codes]
    is_lesion = variable(tr, "TRTESTCD").map(lambda w: tidy(w) in TESTS, np.bool_)
    lost = ~lesion.blank & there & is_lesion & (match_identification(tr, tu) < 0)
    if not lost.any():
        return
    readers = (
        [evaluator(tr, "TR").trimmed.codes]
        if readers_tell(evaluator(tu, "TU"), evaluator(tr, "TR"))
        else []
    )
    row = np.flatnonzero(lost)
    _, first = number_rows(
        subject.codes[row], lesion.trimmed.codes[row], *(r[row] for r in readers)
    )
    who = f"{lesion.text[row[0]]} of {subject.text[row[0]]}"
    note = "TU names no such lesion of this reader: role and organ are not known from there"
    yield Line("row", "TR.TRLNKID", who, "", len(first), "ambiguous", note)
