"""The criteria that a command is told: the name of an edition, or the TOML file of a protocol."""

from __future__ import annotations

from typing import Any

import nettumor as nt


def criteria_told(name: str, option: str = "--criteria") -> Any:
    """The criteria of a name, or of a file; an error names the option."""
    if name.lower().endswith(".toml"):
        return nt.criteria.load(name)
    return nt.criteria.get(name, argument=option)
