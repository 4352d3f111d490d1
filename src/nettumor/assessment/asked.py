"""What `assess` was asked, checked: criteria, rules of the course, limits, and the axes beside it.

Nothing of the study is read here; what each option means stands with `assess`.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import attrs
from attrs import field, frozen

from nettumor import criteria as editions
from nettumor.criteria import (
    FDA_2018_CENSORING,
    AttenuationCriteria,
    BestResponseRule,
    CensoringRule,
    SizeCriteria,
)
from nettumor.criteria._types import require
from nettumor.errors import InputError, InputTypeError, choose

PFS = ("tumour load", "symptoms or tumour load")


def _one_of(*words: Any) -> Any:
    def check(_owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is not None or None not in words:
            choose(attribute.name, value, [w for w in words if w is not None])

    return check


def _days(_owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < 1e6:
        raise InputError(
            f"`{attribute.name}` must be a number of days from 0; got {value!r}. Give e.g. 7.",
            argument=attribute.name,
        )


def _whole(_owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
        raise InputError(
            f"`{attribute.name}` must be a whole number of days from 1; got {value!r}. Give e.g. "
            "14.",
            argument=attribute.name,
        )


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
    marker_after_days: float = field(validator=_days)
    marker_rule: str | None = field(validator=_one_of(None, "primary", "worst", "best"))
    primary_marker: str | None
    confounders: str = field(validator=_one_of("mark", "exclude"))
    symptom_window_days: int = field(validator=_whole)
    symptom_minimum_recorded: int = field(validator=_whole)
    new_symptom: str = field(validator=_one_of("ignore", "PD"))
    pfs: str = field(validator=_one_of(*PFS))

    def __attrs_post_init__(self) -> None:
        if self.symptom_minimum_recorded > self.symptom_window_days:
            raise InputError(
                "`symptom_minimum_recorded` must be at most `symptom_window_days`; got "
                f"{self.symptom_minimum_recorded} of {self.symptom_window_days} days. Lower it.",
                argument="symptom_minimum_recorded",
            )
        if (self.marker_rule == "primary") != (self.primary_marker is not None):
            raise InputError(
                '`primary_marker` must be given with marker_rule="primary", and only then; got '
                f"{self.primary_marker!r} with {self.marker_rule!r}. Name the marker.",
                argument="primary_marker",
            )

    def prose(self, table: str) -> str:
        """The rule of a table ("markers" or "symptoms") as a sentence."""
        if table == "markers":
            rule = {
                None: "one result a marker; together only where they agree",
                "primary": f"of several the primary one, {self.primary_marker}",
                "worst": "the worst of the evaluable markers",
                "best": "the best of the evaluable markers",
            }[self.marker_rule]
            return (
                "latest sample since the scan before, at most "
                f"{self.marker_after_days:g} days after the scan; {rule}; below detection: what "
                f"every value up to there gives; confounders: {self.confounders}"
            )
        return (
            f"mean over the {self.symptom_window_days} days before the scan, at least "
            f"{self.symptom_minimum_recorded} of them recorded in a diary; else the latest record "
            "since the scan before; overall (library rule): CR where all symptoms are gone, else "
            f"PD, else PR, else SD; new symptoms: {self.new_symptom}"
        )


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
