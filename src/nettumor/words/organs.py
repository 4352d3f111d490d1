"""Organs: one organ, one word. Sides and parts are dropped, all lymph nodes are one organ, a study's
own names are mapped.

Sources: RECIST 1.1, 4.2, and the EORTC clarifications (paired organs are one organ; lymph nodes
together are one organ). The names are those of SDTM LOC (C74456) and of common CRFs, from memory.
What a part belongs to: lobes and segments of liver and lung, all bones, all parts of the small and
of the large intestine, of pancreas, brain and kidney are one organ each; peritoneum, omentum and
mesentery, for which no rule is published, are three.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from nettumor.words.missing import is_missing, tidy

_LONGEST = 200
"""A longer text is a report, not a location; it is an organ of its own."""

_NODE = re.compile(r"\b(?:LYMPH ?NODES?|NODES?|NODAL|LYMPH GLANDS?|(?:LYMPH)?ADENOPATHY|LNS?)\b")
_NO_NODE = re.compile(
    r"\b(?:SINUS|SINOATRIAL|ATRIOVENTRICULAR|SA|AV|HEBERDEN|BOUCHARD|SCHMORL|EXTRA[- ]?NODAL|"
    r"NON[- ]?(?:NODAL|NODE|LN|LYMPH[- ]?NODES?)|(?:NO|NOT|NOT A|WITHOUT) (?:NODAL|LYMPH[- ]?NODES?|NODES?|LN))\b"
)


def is_node(text: str) -> bool:
    """Whether a location is a lymph node.

    Documented list: a location with the word LYMPH NODE(S), NODE(S), NODAL, LYMPHADENOPATHY or LN
    (AXILLARY LYMPH NODE, HILAR NODE, ...), except the nodes of the heart, joints and spine and the
    words EXTRANODAL and NON-NODAL.

    >>> is_node("Lymph node, axillary"), is_node("LIVER"), is_node("SINOATRIAL NODE")
    (True, False, False)
    """
    word = tidy(text)
    return bool(_NODE.search(word)) and not _NO_NODE.search(word)


NODES = "LYMPH NODE"
_SIDES = frozenset({"LEFT", "RIGHT", "BILATERAL", "L", "R", "LT", "RT"})
_UNNAMED = frozenset(
    {
        "OTHER",
        "UNKNOWN",
        "UNSPECIFIED",
        "NOT SPECIFIED",
        "SITE UNSPECIFIED",
        "MULTIPLE",
    }
)
"""Words that name no organ."""

_VESSEL = r"(?! (?:ARTERY|VEIN|VEINS|ARTERIES|VESSELS?))"
_ORGANS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "COLON",
            r"\bFLEXURE\b|\b(?:COLON|COLONIC|C(?:A?E)CUM|SIGMOID)\b|\bLARGE (?:BOWEL|INTESTINE)\b",
        ),
        ("BONE MARROW", r"\bMARROW\b"),
        ("SPINAL CORD", r"\bSPINAL CORD\b|\bINTRAMEDULLARY\b"),
        ("LIVER", rf"\b(?:LIVER|HEPATIC)\b{_VESSEL}|\bCAUDATE LOBE\b"),
        ("LUNG", rf"\b(?:LUNGS?|PULMONARY)\b{_VESSEL}|\b(?:RUL|RML|RLL|LUL|LLL|LINGULA)\b"),
        ("ADRENAL", r"\b(?:ADRENALS?|SUPRARENAL)\b"),
        ("KIDNEY", rf"\b(?:KIDNEYS?|RENAL)\b{_VESSEL}"),
        ("OVARY", rf"\bOVAR(?:Y|IES|IAN)\b{_VESSEL}"),
        ("PANCREAS", r"\bPANCREA(?:S|TIC)\b|\bUNCINATE\b"),
        (
            "SMALL INTESTINE",
            r"\bSMALL (?:BOWEL|INTESTINE)\b|\b(?:ILEUM|ILEAL|JEJUN(?:UM|AL)|DUODEN(?:UM|AL)|MIDGUT)\b",
        ),
        ("APPENDIX", r"\bAPPENDIX\b|\bAPPENDICEAL\b"),
        ("RECTUM", r"\bRECT(?:UM|AL)\b"),
        ("STOMACH", rf"\b(?:STOMACH|GASTRIC)\b{_VESSEL}"),
        ("ESOPHAGUS", r"\bO?ESOPHAG(?:US|EAL)\b"),
        ("RETROPERITONEUM", r"\bRETRO-?PERITONE(?:UM|AL)\b"),
        ("MESENTERY", rf"\bMESENTER(?:Y|IC|IUM)\b{_VESSEL}"),
        ("OMENTUM", r"\bOMENT(?:UM|AL)\b"),
        ("PERITONEUM", r"\bPERITONE(?:UM|AL)\b|\bDOUGLAS\b|\bCUL[- ]DE[- ]SAC\b"),
        ("PERICARDIUM", r"\bPERICARDI(?:UM|AL)\b"),
        ("HEART", r"\b(?:HEART|CARDIAC|MYOCARDI(?:UM|AL)|ATRIUM)\b"),
        ("PLEURA", r"\bPLEURAL?\b"),
        ("MEDIASTINUM", r"\bMEDIASTIN(?:UM|AL)\b"),
        ("SPLEEN", rf"\b(?:SPLEEN|SPLENIC)\b{_VESSEL}"),
        (
            "BRAIN",
            r"\b(?:BRAIN|CEREBR(?:UM|AL)|CEREBELL(?:UM|AR))\b|\b(?:FRONTAL|PARIETAL|TEMPORAL|OCCIPITAL) LOBE\b",
        ),
        ("BREAST", r"\b(?:BREASTS?|MAMMARY)\b(?! ?BONE)"),
        ("PARATHYROID", r"\bPARATHYROID\b"),
        ("THYROID", r"\bTHYROID\b"),
        ("THYMUS", r"\bTHYM(?:US|IC)\b"),
        ("TESTIS", r"\bTEST(?:IS|ES|ICLES?|ICULAR)\b"),
        ("UTERUS", r"\b(?:UTER(?:US|INE)|ENDOMETRI(?:UM|AL)|CERVIX)\b"),
        ("BLADDER", r"(?<!GALL )\bBLADDER\b"),
        ("PROSTATE", r"\bPROSTAT(?:E|IC)\b"),
        (
            "BONE",
            r"\b(?:BONES?|BREASTBONE|BONY|OSSEOUS|SKELET(?:ON|AL)|SPINE|VERTEBRA[EL]?|RIBS?|STERNUM|SACRUM|SACRAL"
            r"|ILIUM|ILIAC (?:CREST|WING)|ISCHIUM|PUBIS|ACETABULUM|COCCYX|FEMUR|FEMORAL "
            r"HEAD|HUMERUS|SCAPULA|CLAVICLE|SKULL|CALVARIA"
            r"|CALVARIUM|MANDIBLE|MAXILLA|TIBIA|FIBULA|RADIUS|ULNA)\b|^[CTL](?:[1-9]|1[0-2])$",
        ),
        ("SUBCUTANEOUS TISSUE", r"\bSUBCUT(?:IS|ANEOUS)\b"),
        ("SKIN", r"\b(?:SKIN|CUTANEOUS)\b"),
        ("MUSCLE", r"\b(?:MUSCLES?|MUSCULAR|PSOAS|GLUTEUS|GLUTEAL)\b"),
        ("SOFT TISSUE", r"\bSOFT TISSUES?\b"),
        (
            "LUNG",
            r"\b(?:UPPER|MIDDLE|LOWER) LOBES?\b",
        ),  # of an organ that is not named: the lung's alone
    )
)
"""Organs in the order in which they are looked for, each with the words that name it or a part of
it.
"""

_NAMES = frozenset(name for name, _ in _ORGANS) | {NODES}

_JOINED = re.compile(r"\b(EXTRA|NON|PERI|PARA|PRE|SUB|SUPRA|INFRA|RETRO|EPI|ANTE|JUXTA)-(?=[A-Z])")
"""Prefixes that make another place of an organ's name: PERI-HEPATIC is PERIHEPATIC, not the liver."""
_ELSEWHERE = re.compile(
    r"\b(?:NO|NOT|NON|WITHOUT|EXTRA|OTHER THAN|OUTSIDE(?: OF)?|EXCEPT)\b(?! OTHERWISE)"
)
"""Behind these words a place is named that is not meant."""

_LEFT = frozenset({"LEFT", "L", "LT", "LUL", "LLL", "LINGULA"})
_RIGHT = frozenset({"RIGHT", "R", "RT", "RUL", "RML", "RLL"})


def words_of(text: str) -> list[str]:
    """The words of a location in upper case, without commas and brackets."""
    return re.sub(r"[,;()/]|\.(?!\d)", " ", text.upper()).split()


def side(text: str) -> str:
    """LEFT, RIGHT or "" of a location.

    >>> side("Lung, left"), side("RUL"), side("LIVER")
    ('LEFT', 'RIGHT', '')
    """
    words = set(words_of(re.sub(r"-SIDED\b", "", text.upper())))
    left, right = bool(words & _LEFT), bool(words & _RIGHT)
    return "" if left == right else "LEFT" if left else "RIGHT"


def read(text: str, own: Mapping[str, str] | None = None) -> str:
    """The organ of a location, "" for a blank or a word that names none; ``own`` maps a study's
    names to organs.

    >>> read("Lung, left"), read("Axillary lymph node"), read("segment 4", {"SEGMENT 4": "LIVER"})
    ('LUNG', 'LYMPH NODE', 'LIVER')
    >>> read("Liver segment VII"), read("L3 vertebra"), read("hepatic flexure"), read("Chest wall, left")
    ('LIVER', 'BONE', 'COLON', 'CHEST WALL')
    """
    name = tidy(text)
    return own[name] if own and name in own else _known(name)


def is_organ(name: str) -> bool:
    """Whether an answer of `read` is one of the organs known here, and not a word as it was written.

    >>> is_organ(read("Liver, left lobe")), is_organ(read("FOO")), is_organ("")
    (True, False, False)
    """
    return name in _NAMES


@lru_cache(maxsize=65_536)
def _known(name: str) -> str:
    if is_missing(name):
        return ""
    if len(name) > _LONGEST:
        return name
    if is_node(name):
        return NODES
    short = _JOINED.sub(r"\1", " ".join(w for w in words_of(name) if w not in _SIDES))
    if short in _UNNAMED:
        return ""
    if _ELSEWHERE.search(short):
        return short
    return next((o for o, pattern in _ORGANS if pattern.search(short)), _singular(short))


def _singular(name: str) -> str:
    """TONSILS as TONSIL; SINUS, AXIS and MENINGES stay."""
    plural = len(name) > 4 and name.endswith("S") and not name.endswith(("SS", "US", "IS", "ES"))
    return name[:-1] if plural else name
