"""What of a criteria object is as published, and what is a protocol's own.

A protocol starts from an edition and changes fields. Its prose must not lend the edition's citation
to a number that the edition does not have: a limit is the edition's where a published edition has
the same limit with the same citation.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import attrs

_NAMING = ("name", "title", "family", "citation")
"""Fields that say what an object is called, and not what it decides."""

OWN = "the protocol's own"


@cache
def editions() -> dict[str, Any]:
    """The published editions by name."""
    package = sys.modules["nettumor.criteria"]
    found = (getattr(package, name) for name in package.__all__ if name.isupper())
    return {edition.name: edition for edition in found}


@cache
def _parts() -> tuple[Any, ...]:
    """The published editions, and every object that is a part of one."""
    found: list[Any] = []
    waiting = list(editions().values())
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        values = (getattr(part, f.name) for f in attrs.fields(type(part)))
        waiting += [v for v in values if attrs.has(type(v)) and hasattr(v, "citation")]
    return tuple(found)


def is_own(part: Any) -> bool:
    """Whether an object carries the citation of a published one without being it."""
    cited = [p for p in _parts() if type(p) is type(part) and p.citation == part.citation]
    return bool(cited) and not any(_same(p, part) for p in cited)


def source_of(part: Any) -> str:
    """The citation of a part; of a protocol's own one that it is, and what the rest of it is of."""
    return f"{OWN}; the rest is of {part.citation}" if is_own(part) else f"{part.citation}"


def _same(a: Any, b: Any) -> bool:
    return not _differing(a, b)


def _differing(a: Any, b: Any) -> list[str]:
    names = [f.name for f in attrs.fields(type(a)) if f.name not in _NAMING]
    return [name for name in names if getattr(a, name) != getattr(b, name)]


def base_of(rules: Any) -> Any:
    """The published edition that criteria descend from, or None: that of their name, else the one of
    their family that differs least.
    """
    known = [p for p in _parts() if type(p) is type(rules)]
    named = [p for p in known if p.name == rules.name and p.family == rules.family]
    related = named or [p for p in known if p.family == rules.family]
    return min(related, key=lambda p: len(_differing(p, rules)), default=None)


def own_fields(rules: Any) -> tuple[str, ...]:
    """The fields in which criteria differ from what they descend from, parts of parts by their
    path: "gap", "best_response.confirmation_days".
    """
    base = base_of(rules)
    return () if base is None else tuple(_paths(base, rules))


def _paths(base: Any, variant: Any) -> list[str]:
    found = []
    for name in _differing(base, variant):
        old, new = getattr(base, name), getattr(variant, name)
        if attrs.has(type(old)) and type(old) is type(new):
            inner = _paths(old, new)
            found += [f"{name}.{path}" for path in inner] if inner else []
        else:
            found.append(name)
    return found
