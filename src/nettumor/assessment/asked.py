"""What `assess` was asked, checked: criteria, rules of the course, limits, and the axes beside it.

Nothing of the study is read here; what each option means stands with `assess`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from attrs import frozen

from nettumor import criteria as editions
from nettumor.assessment.axis_rules import AxisRules
from nettumor.criteria import (
    FDA_2018_CENSORING,
    AttenuationCriteria,
    BestResponseRule,
    CensoringRule,
    SizeCriteria,
)
from nettumor.criteria._types import require
from nettumor.errors import InputError, InputTypeError


@frozen(kw_only=True)
class Asked:
    """The options of one call of `assess`; ``censoring`` is without the schedule of the call."""

    edition: Any
    rule: BestResponseRule
    censoring: CensoringRule
    evaluator: Any
    data_cutoff: Any
    selection: Any
    by: str
    population: str
    carry: tuple[str, ...]
    schedule: Any
    late_baseline_days: float | None
    reference: str | None
    last_known_alive: str
    limits: Any
    axes: AxisRules


def edition_of(criteria: Any, **fields: Any) -> Any:
    """The criteria, or those of a name, with the fields that are given."""
    edition = editions.get(criteria, argument="criteria") if isinstance(criteria, str) else criteria
    if not isinstance(edition, AttenuationCriteria):
        require(edition, SizeCriteria, "assess")
    given = {name: value for name, value in fields.items() if value is not None}
    return attrs.evolve(edition, **given) if given else edition


def rules_of(criteria: Any, rule: Any, censoring: Any) -> tuple[BestResponseRule, CensoringRule]:
    """The rules for the course: as asked, else those of the criteria."""
    rule = criteria.best_response if rule is None else rule
    if censoring is None:
        censoring = FDA_2018_CENSORING if criteria.censoring is None else criteria.censoring
    require(rule, BestResponseRule, "assess", "rule")
    require(censoring, CensoringRule, "assess", "censoring")
    return rule, censoring


def check_late(most: Any) -> None:
    """Refuse a limit on late baselines that is no number of days."""
    if most is not None and not (isinstance(most, (int, float)) and most >= 0):
        raise InputError(
            f"`late_baseline_days` must be a number of days from 0, or None; got {most!r}. Give the "
            "most days after the reference date.",
            argument="late_baseline_days",
        )


def names_asked(argument: str, names: Any) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    if names is None or isinstance(names, str):
        return () if names is None else (names,)
    held = tuple(names) if isinstance(names, Iterable) else (names,)
    if not all(isinstance(n, str) for n in held):
        raise InputTypeError(
            f"`{argument}` must be the name of a column, or a list of names; got {names!r:.60}. "
            f'Write {argument}=["sex"].',
            argument=argument,
        )
    return held
