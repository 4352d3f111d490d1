"""One organ, one word: sides are dropped, all lymph nodes are one organ, a study's own names are mapped.

Sources: RECIST 1.1, 4.2; EORTC clarifications (paired organs; lymph nodes together are one organ).
"""

from __future__ import annotations

from collections.abc import Mapping

from nettumor.crf import is_node

NODES = "LYMPH NODE"
_SIDES = frozenset({"LEFT", "RIGHT", "BILATERAL", "L", "R", "LT", "RT"})
_SAME = {
    "LUNGS": "LUNG", "KIDNEYS": "KIDNEY", "OVARIES": "OVARY", "ADRENALS": "ADRENAL", "ADRENAL GLAND": "ADRENAL",
    "ADRENAL GLANDS": "ADRENAL", "HEPATIC": "LIVER", "BONES": "BONE", "PULMONARY": "LUNG",
}  # fmt: skip


def side(text: str) -> str:
    """LEFT, RIGHT or "" of a location.

    >>> side("Lung, left"), side("LIVER")
    ('LEFT', '')
    """
    words = set(text.upper().replace(",", " ").replace("(", " ").replace(")", " ").split())
    left, right = bool(words & {"LEFT", "L", "LT"}), bool(words & {"RIGHT", "R", "RT"})
    return "" if left == right else "LEFT" if left else "RIGHT"


def organ(text: str, own: Mapping[str, str] | None = None) -> str:
    """The organ of a location, "" for a blank; ``own`` maps a study's names to organs.

    >>> organ("Lung, left"), organ("Axillary lymph node"), organ("segment 4", {"SEGMENT 4": "LIVER"})
    ('LUNG', 'LYMPH NODE', 'LIVER')
    """
    name = " ".join(text.upper().split())
    if own and name in own:
        return own[name]
    if is_node(name):
        return NODES
    words = [w for w in name.replace(",", " ").replace("(", " ").replace(")", " ").split() if w not in _SIDES]
    short = " ".join(words)
    return _SAME.get(short, short)
