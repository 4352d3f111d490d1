"""What the size of the lesions says: before and after one therapy, and over a course of scans.

Which morphological response is this? `classify` and `MorphologicalResponse` judge one size before
and after (Vogl et al. 2008, section 4.3, and every other edition of size); `target_response` judges
target lesions over a course of scans; `choi_response` adds the attenuation
(`mean_attenuation` of the lesions); `percist_response` the uptake instead of the size. Each module loads on first use.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "before_after": ("MorphologicalResponse", "classify", "in_assessment_window", "percent_change"),
    "target": ("TargetResponse", "target_response"),
    "attenuation": ("mean_attenuation",),
    "choi": ("choi_response",),
    "percist": ("percist_response",),
}
_NAMES = {name: module for module, members in _HOME.items() for name in members}

__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'nettumor.morphology' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"nettumor.morphology.{_NAMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
