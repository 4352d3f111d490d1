"""How verdicts are worded: one way to write a size, a change and a source."""

from __future__ import annotations

import math
from typing import Any

from nettumor.criteria import Citation
from nettumor.criteria._variants import is_own


def number(value: float) -> str:
    """A number as one would write it: at least one decimal, at most four, "not measured"
    for NaN.
    """
    if math.isnan(value):
        return "not measured"
    text = f"{value:.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def quantity(value: float, unit: str) -> str:
    """A number with its unit: "51.0 mm"."""
    return number(value) if math.isnan(value) or not unit else f"{number(value)} {unit}"


def signed(value: float, unit: str = "%") -> str:
    """A change with its sign, rounded to one decimal: "+27.5 %".

    A change that lies right beside a decimal is written so that it is seen: what was 23.1 in 32 bits
    and was widened before it came is -29.999999 % from 33, and no -30.0 %.
    """
    if math.isnan(value):
        return "not defined"
    beside = abs(value - round(value, 1))
    if 1e-9 < beside < 2e-5:  # what 32 bits leave of a percent
        return f"{f'{value:+.8f}'.rstrip('0')} {unit}"
    return f"{value:+.1f} {unit}"


def source(title: str, citation: Citation) -> str:
    """The source in brackets: "(RECIST 1.1, 4.3.1)"."""
    where = citation.section
    return f"({title}, {where})" if where else f"({title})"


def cited(rules: Any, limit: Any = None) -> str:
    """The source of a verdict by a limit of ``rules``, or by all: "(RECIST 1.1, 4.3.1)"; where it is
    the protocol's own, without a section: "(Trial X, its own limit)".
    """
    asked = [limit] if limit is not None else [getattr(rules, n, None) for n in ("pr", "pd", "mr")]
    if any(is_own(one) for one in asked if one is not None and one is not rules):
        return f"({rules.heading}, its own limit)"
    return source(rules.heading, (rules if limit is None else limit).citation)
