"""Regions of the body: which one an organ lies in, and whether it was imaged.

From memory: the usual fields of view of CT and MRI (head, neck, chest, abdomen, pelvis). Input:
locations as written. Output: a region, or "" for an organ that is not known or lies in several.
"""

from __future__ import annotations

from nettumor.words.missing import tidy

_REGIONS = {
    "HEAD": ("BRAIN", "CEREBR", "CEREBELL", "MENING", "SKULL", "CRANI", "ORBIT", "HEAD"),
    "NECK": ("NECK", "THYROID", "CERVICAL LYMPH", "LARYN", "PHARYN", "SUPRACLAVICULAR"),
    "CHEST": (
        "LUNG",
        "PLEURA",
        "MEDIASTIN",
        "BRONCH",
        "BREAST",
        "HEART",
        "PERICARD",
        "THYMUS",
        "CHEST",
        "THORA",
        "AXILLA",
        "RIB",
        "STERN",
    ),
    "ABDOMEN": (
        "LIVER",
        "HEPAT",
        "SPLEEN",
        "PANCREA",
        "KIDNEY",
        "ADRENAL",
        "STOMACH",
        "DUODEN",
        "PERITON",
        "MESENTER",
        "INTESTIN",
        "ILEUM",
        "JEJUN",
        "COLON",
        "BILE",
        "GALLBLADDER",
        "ABDOM",
        "PARAAORT",
        "RETROPERITON",
    ),
    "PELVIS": (
        "PELVI",
        "BLADDER",
        "UTER",
        "OVAR",
        "PROSTAT",
        "RECTUM",
        "RECTAL",
        "INGUINAL",
        "ILIAC",
        "VAGIN",
    ),
}
_EVERYWHERE = ("WHOLE BODY", "WHOLE-BODY", "FULL BODY")


def read(organ: str) -> str:
    """The region of a location, "" where it is not known.

    >>> read("Brain"), read("Lung, left"), read("BONE")
    ('HEAD', 'CHEST', '')
    """
    text = tidy(organ).replace("GALL BLADDER", "GALLBLADDER")
    if "GALLBLADDER" in text:
        return "ABDOMEN"
    return next((name for name, words in _REGIONS.items() if any(w in text for w in words)), "")


def imaged(organ: str, regions: str) -> bool:
    """Whether a list of regions ("CHEST; ABDOMEN") covers an organ; one whose region is not known
    is taken as covered.

    >>> imaged("BRAIN", "CHEST; ABDOMEN; PELVIS"), imaged("LIVER", "thorax, abdomen"), imaged("BRAIN", "whole body")
    (False, True, True)
    """
    listed = tidy(regions)
    if any(w in listed for w in _EVERYWHERE):
        return True
    where = read(organ)
    parts = [
        " ".join(p.split())
        for p in listed.replace(",", ";").replace("/", ";").replace("+", ";").split(";")
    ]
    return not where or where in {read(p) for p in parts}
