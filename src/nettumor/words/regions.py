"""Regions of the body: which one an organ lies in, and whether it was imaged.

From memory: the usual fields of view of CT and MRI (head, neck, chest, abdomen, pelvis). Input:
locations and lists of regions as written. Output: a region, or "" for an organ that is not known or
lies in several; HEAD AND NECK is a region of two.
"""

from __future__ import annotations

import re

from nettumor.words import organs
from nettumor.words.missing import tidy
from nettumor.words.negation import says

BOTH = "HEAD AND NECK"
"""A location or a field of view that is head and neck together."""

_OF_ORGAN = {
    "BRAIN": "HEAD", "THYROID": "NECK", "PARATHYROID": "NECK",
    **dict.fromkeys(("LUNG", "PLEURA", "MEDIASTINUM", "BREAST", "HEART", "PERICARDIUM", "THYMUS"), "CHEST"),
    **dict.fromkeys(
        ("LIVER", "SPLEEN", "PANCREAS", "KIDNEY", "ADRENAL", "STOMACH", "SMALL INTESTINE", "COLON", "APPENDIX",
         "PERITONEUM", "RETROPERITONEUM", "MESENTERY", "OMENTUM"),
        "ABDOMEN",
    ),
    **dict.fromkeys(("BLADDER", "UTERUS", "OVARY", "PROSTATE", "RECTUM"), "PELVIS"),
}  # fmt: skip
"""The region of an organ, for those that lie in one."""

_WORDS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("ABDOMEN", r"\bGALL ?BLADDER|\bRENAL PELVIS"),
        (
            "PELVIS",
            r"\bPELVI[CS]|\bINGUINAL|\bGROIN|\bILIAC|\bSACROILIAC|\bVAGINA|\bVULVA|\bADNEXA",
        ),
        (
            "CHEST",
            r"\bCHEST|\bTHORA|\bAXILLA|\bMEDIASTIN|\bBRONCH|\bPULMONARY|\bPLEURA|\bRIBS?\b|\bSTERN(?:UM|AL)\b|\bHILAR\b"
            r"(?! HEPATIC)|\bPERICARD|\bINTERNAL MAMMARY|\bSUBCARINAL|\bCARDIOPHRENIC",
        ),
        (
            "ABDOMEN",
            r"\bABDOM|\bBILE|\bBILIARY|\bHEPAT|\bPERI-?HEPAT|\bSPLEN|\bPANCREA|\bPARA-?AORT|\bAORTO-?CAVAL|\bRETRO-?PERITON|"
            r"\bMESENTER|\bDUODEN|\bGASTR|\bPORTA(?:L|CAVAL)?\b|\bC(?:O)?ELIAC|\bINTESTIN|\bBOWEL",
        ),
        ("NECK", r"\bCERVICAL (?:LYMPH|NODE|LN)|\bLARYN|\bPHARYN|\bSUPRA-?CLAVICULAR|\bSTERNOCLEIDO|\bPAROTID"),
        ("HEAD", r"\bCEREBR|\bCEREBELL|\bMENING|\bLEPTOMENING|\bSKULL|\bCRANI|\bINTRACRANIAL|\bORBIT"),
        # parts of other organs are called so, too: the head of the pancreas, the neck of the bladder
        ("HEAD", r"^HEAD\b(?! OF)|\bHEAD$(?<!FEMORAL HEAD)(?<!HUMERAL HEAD)(?<!RADIAL HEAD)"),
        ("NECK", r"^NECK\b(?! OF)|\bNECK$(?<!FEMORAL NECK)(?<!BLADDER NECK)(?<!HUMERAL NECK)"),
    )
)  # fmt: skip
"""Words of places in a region, in the order in which they are looked for."""

_HEAD_AND_NECK = re.compile(r"\bHEAD ?(?:AND|&|/|-) ?NECK\b|^H ?& ?N$")


def read(organ: str) -> str:
    """The region of a location, "" where it is not known.

    >>> read("Brain"), read("Lung, left"), read("BONE"), read("head and neck"), read("Head of pancreas")
    ('HEAD', 'CHEST', '', 'HEAD AND NECK', 'ABDOMEN')
    """
    text = tidy(organ)
    if _HEAD_AND_NECK.search(text):
        return BOTH
    if re.search(r"\bGALL ?BLADDER\b", text):
        return "ABDOMEN"
    known = _OF_ORGAN.get(organs.read(text), "")
    return known or next((name for name, words in _WORDS if says(text, words)), "")


_ALL = ("HEAD", "NECK", "CHEST", "ABDOMEN", "PELVIS")
"""The regions from the top down."""
_EVERYWHERE = re.compile(r"\b(?:WHOLE|FULL|TOTAL)[- ]BODY\b|\bHEAD TO (?:TOE|FOOT)\b")
_LISTS = (
    (re.compile(r"^(?:CT )?(?:CAP|TAP|C/?A/?P|T/?A/?P)\b"), ("CHEST", "ABDOMEN", "PELVIS")),
    (re.compile(r"^(?:CT )?(?:NCAP|N/?C/?A/?P)\b"), ("NECK", "CHEST", "ABDOMEN", "PELVIS")),
    (re.compile(r"\bTHORA(?:CO|X)[- ]?ABDOM"), ("CHEST", "ABDOMEN")),
    (re.compile(r"\bABDOMIN(?:O|AL)[- ]?PELVI"), ("ABDOMEN", "PELVIS")),
    (
        re.compile(r"\b(?:EYES?|SKULL BASE|BASE OF (?:THE )?SKULL|VERTEX) TO (?:MID[- ]?)?(?:THIGHS?|FEM|KNEE)"),
        ("NECK", "CHEST", "ABDOMEN", "PELVIS"),
    ),
)  # fmt: skip
"""Usual fields of view, and the regions that each covers."""
_FROM_TO = re.compile(
    r"\b(HEAD|NECK|CHEST|THORAX|ABDOMEN) (?:TO|THROUGH|UNTIL|-) (CHEST|THORAX|ABDOMEN|PELVIS)\b"
)
_PARTS = re.compile(r"[,;/+&|()]|\bAND\b|\bPLUS\b|\bWITH\b(?! CONTRAST)")
_METHOD = re.compile(
    r"\b(?:CE|CT|MRI?|PET|PET/CT|PET-CT|SCAN|OF|THE|WITH|WITHOUT|CONTRAST|IV|UPPER|LOWER|BASELINE)\b"
)


def imaged(organ: str, regions: str) -> bool:
    """Whether a list of regions ("CHEST; ABDOMEN") covers an organ; one whose region is not known
    is taken as covered, and so is everything where the list says something that is not read.

    >>> imaged("BRAIN", "CHEST; ABDOMEN; PELVIS"), imaged("LIVER", "thorax, abdomen"), imaged("BRAIN", "whole body")
    (False, True, True)
    >>> imaged("Larynx", "head and neck"), imaged("RECTUM", "CT chest and abdomen, no pelvis"), imaged("LIVER", "CAP")
    (True, False, True)
    """
    where = read(organ)
    listed = tidy(regions)
    if not where or _EVERYWHERE.search(listed):
        return True
    covered, unread = _covered(listed)
    return bool(unread or covered & set(("HEAD", "NECK") if where == BOTH else (where,)))


def _covered(listed: str) -> tuple[set[str], bool]:
    """The regions that a list names, and whether it says something that is not read."""
    covered: set[str] = set()
    for pattern, those in _LISTS:
        if pattern.search(listed):
            covered |= set(those)
            listed = pattern.sub(" ", listed)
    for match in _FROM_TO.finditer(listed):
        first, last = (_ALL.index(read(word)) for word in match.groups())
        covered |= set(_ALL[first : last + 1])
    if _HEAD_AND_NECK.search(listed):
        covered |= {"HEAD", "NECK"}
        listed = _HEAD_AND_NECK.sub(" ", listed)
    listed = _FROM_TO.sub(" ", listed)
    unread = False
    for part in _PARTS.split(listed):
        said = " ".join(_METHOD.sub(" ", part).split())
        denied = bool(re.match(r"(?:NO|NOT|WITHOUT|EXCEPT|EXCLUDING)\b", part.strip()))
        region = read(re.sub(r"^(?:NO|NOT|EXCEPT|EXCLUDING) ", "", said))
        if denied:
            covered -= {region}
        elif region:
            covered |= {region}
        unread |= bool(said) and not region and not denied
    return covered, unread
