"""Rules of the second and third axis in a study: which sample, which window, which composite."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import attrs
from attrs import field, frozen

from nettumor.errors import InputError, choose

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
class AxisRules:
    """What `assess` was asked of markers and symptoms; its parameters say what each means."""

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
