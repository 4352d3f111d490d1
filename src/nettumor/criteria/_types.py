"""The types that criteria are made of: frozen, checked when they are built, printable as prose.

Every limit stands once, with its unit, strictness, reference, absolute minimum and citation. A
protocol's variant is ``attrs.evolve(edition, field=value)`` and is checked like a published one.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, ClassVar, Literal

import attrs
import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _arrays
from nettumor._arrays import GUARD, Bools
from nettumor.errors import InputError, InputTypeError, choose

PROVENANCE = ("found", "from memory", "library choice")

Provenance = Literal["found", "from memory", "library choice"]


def _wrong(owner: Any, name: str, must: str, value: object, repair: str) -> InputError:
    return InputError(
        f"`{name}` of {type(owner).__name__} must be {must}; got {value!r}. {repair}", argument=name
    )


def _one_of(*allowed: str) -> Any:
    def check(_owner: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        choose(attribute.name, value, allowed)

    return check


def _days(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if value is not None and not (number and value >= 0):
        raise _wrong(owner, attribute.name, "a number of days from 0, or None", value, "Use None to turn it off.")


def _count(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(owner, attribute.name, "a whole number from 0", value, "Give how many are allowed.")


def _optional_count(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if value is not None:
        _count(owner, attribute, value)


def _length(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if value is not None and not (number and value > 0):
        raise _wrong(owner, attribute.name, "a number greater than 0, or None", value, "Use None to turn it off.")


def _flag(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, bool):
        raise _wrong(owner, attribute.name, "True or False", value, "Give a bool.")


@frozen
class Citation:
    """Where a number stands: document, section, DOI, and how sure that is.

    Parameters
    ----------
    document, section, doi : str
        The publication, the place in it, and its DOI ("" where there is none).
    provenance : {"found", "from memory", "library choice"}
        "found": read in the source or a public text of it; "from memory": not re-read, never to be
        quoted; "library choice": the source is silent.
    """

    document: str
    section: str = ""
    doi: str = ""
    provenance: Provenance = field(default="found", validator=_one_of(*PROVENANCE))

    def __str__(self) -> str:
        where = f", {self.section}" if self.section else ""
        doubt = "" if self.provenance == "found" else f"; {self.provenance}"
        return f"{self.document}{where}{doubt}"


@frozen
class Threshold:
    """A limit on a change, in percent of a reference, with an optional absolute minimum.

    Parameters
    ----------
    value : float
        Percent, greater than 0; a decrease is at most 100.
    direction : {"decrease", "increase"}
    citation : Citation
    strict : bool
        True: the change must be more than the limit; False: at least.
    reference : {"baseline", "nadir"}
        What the change counts from. The nadir includes the baseline.
    absolute : float or None
        Absolute change that counts beside the percent, in ``unit`` (see ``absolute_combines`` of the
        criteria: "and" or "or").
    unit : str
        Unit of ``absolute``: mm, mm2, mL, HU, SUL.
    """

    value: float
    direction: Literal["decrease", "increase"] = field(validator=_one_of("decrease", "increase"))
    citation: Citation = field(validator=attrs.validators.instance_of(Citation))
    strict: bool = field(default=False, kw_only=True, validator=_flag)
    reference: Literal["baseline", "nadir"] = field(
        default="baseline", kw_only=True, validator=_one_of("baseline", "nadir")
    )
    absolute: float | None = field(default=None, kw_only=True, validator=_length)
    unit: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        v: Any = self.value
        number = isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v)
        if not number or v <= 0 or (self.direction == "decrease" and v > 100):
            most = " and at most 100" if self.direction == "decrease" else ""
            raise _wrong(self, "value", f"a percent greater than 0{most}", v, "The sign stands in `direction`.")

    @property
    def signed(self) -> float:
        """The limit as a change: negative for a decrease, percent."""
        return -self.value if self.direction == "decrease" else self.value

    def percent_met(self, reference: npt.ArrayLike, after: npt.ArrayLike, guard: float = GUARD) -> Bools:
        """Whether the change from ``reference`` to ``after`` meets the percent limit; NaN is False."""
        compare = _arrays.fallen_by if self.direction == "decrease" else _arrays.risen_by
        before, now = np.asarray(reference, dtype=float), np.asarray(after, dtype=float)
        met: Bools = compare(self.value, before, now, strict=self.strict, guard=guard)
        return met

    def absolute_met(self, reference: npt.ArrayLike, after: npt.ArrayLike, guard: float = GUARD) -> Bools:
        """Whether the absolute change is at least ``absolute`` (True where there is no such limit)."""
        before, now = np.asarray(reference, dtype=float), np.asarray(after, dtype=float)
        if self.absolute is None:
            return np.asarray(~(np.isnan(before) | np.isnan(now)))
        high, low = (before, now) if self.direction == "decrease" else (now, before)
        met: Bools = _arrays.at_least(high, low + self.absolute, guard)
        return met

    def prose(self, what: str, combines: str = "and") -> str:
        """The limit as a clause: "a decrease of more than 30 % of the size at baseline"."""
        how = "more than" if self.strict else "at least"
        extra = f" {combines} at least {self.absolute:g} {self.unit}" if self.absolute is not None else ""
        where = "at baseline" if self.reference == "baseline" else "at its smallest (nadir)"
        a = "an" if self.direction == "increase" else "a"
        return f"{a} {self.direction} of {how} {self.value:g} % of {what} {where}{extra} [{self.citation}]"


@frozen(kw_only=True)
class LesionSelection:
    """Which lesions can be targets, and what counts when one is hardly seen.

    Parameters
    ----------
    min_size, min_node_target, min_node : float or None
        Smallest measurable extranodal size; smallest short axis of a target node; smallest short axis
        of a pathological node; mm.
    min_size_xray : float or None
        Smallest measurable size on a chest X-ray, mm.
    slice_factor : float or None
        A lesion must be at least this many slices thick.
    min_node_porta_hepatis : float or None
        Smallest malignant short axis in the porta hepatis, mm.
    max_targets, max_per_organ : int or None
        Most target lesions in all and in one organ; None: no limit.
    """

    min_size: float | None = field(default=None, validator=_length)
    min_size_xray: float | None = field(default=None, validator=_length)
    min_node_target: float | None = field(default=None, validator=_length)
    min_node: float | None = field(default=None, validator=_length)
    min_node_porta_hepatis: float | None = field(default=None, validator=_length)
    slice_factor: float | None = field(default=None, validator=_length)
    max_targets: int | None = None
    max_per_organ: int | None = None
    citation: Citation


class _Rules:
    """What every criteria object has: prose, a digest, and the kind of question it answers."""

    name: str
    title: str
    kind: ClassVar[str]

    def prose(self) -> str:
        raise NotImplementedError  # pragma: no cover - every kind has its own

    def __str__(self) -> str:
        return self.prose()

    @property
    def digest(self) -> str:
        """A stable fingerprint of all rules: the first 16 hexadecimal digits of a SHA-256."""
        fields: Any = self
        text = json.dumps([type(self).__name__, attrs.asdict(fields)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@frozen(kw_only=True, str=False)
class BestResponseRule(_Rules):
    """How the course of one patient becomes a best overall response (see `best_overall_response`).

    Parameters
    ----------
    confirmation_days : float or None
        A CR or PR needs a second one at least so many days later (inclusive); None: no confirmation.
    sd_minimum_days : float or None
        SD counts from so many days after the reference date (inclusive); None: no minimum.
    max_ne_between : int
        Most NE between a response and its confirmation.
    accept_sd_between : bool
        Whether one SD or MR may stand between a PR and its confirmation.
    cr_then_pr : {"PD", "PR", "keep"}
        What the first PR, MR, SD or NON-CR/NON-PD after a CR means (RECIST 1.1 Table 3, footnote).
    missing_as_ne : bool
        Whether a course without any assessment is NE instead of MISSING.
    unconfirmed_cr : {"course", "SD"}
        Where a CR stays unconfirmed in a course of non-target disease only: "course" answers
        NON-CR/NON-PD, "SD" always SD (admiralonco).
    """

    kind: ClassVar[str] = "best response"
    name: str = "custom"
    title: str = "Best overall response"
    confirmation_days: float | None = field(default=None, validator=_days)
    sd_minimum_days: float | None = field(default=42, validator=_days)
    max_ne_between: int = field(default=1, validator=_count)
    accept_sd_between: bool = field(default=False, validator=_flag)
    cr_then_pr: Literal["PD", "PR", "keep"] = field(default="PD", validator=_one_of("PD", "PR", "keep"))
    missing_as_ne: bool = field(default=False, validator=_flag)
    unconfirmed_cr: Literal["course", "SD"] = field(default="course", validator=_one_of("course", "SD"))
    citation: Citation

    def prose(self) -> str:
        """The rules as sentences."""
        confirm = (
            "CR and PR need no confirmation."
            if self.confirmation_days is None
            else f"CR and PR are confirmed by a second one at least {self.confirmation_days:g} days later, "
            f"with at most {self.max_ne_between} NE"
            f"{' and one SD' if self.accept_sd_between else ''} between."
        )
        least = (
            "SD has no minimum duration."
            if self.sd_minimum_days is None
            else f"SD counts from day {self.sd_minimum_days:g}."
        )
        after_cr = {
            "PD": "A lesser response after a CR is PD.",
            "PR": "A lesser response after an unconfirmed CR re-reads that CR as PR.",
            "keep": "A lesser response after a CR stays as reported.",
        }[self.cr_then_pr]
        empty = "A course without assessments is NE." if self.missing_as_ne else ""
        single = "An unconfirmed CR falls to SD." if self.unconfirmed_cr == "SD" else ""
        lines = [f"{self.title}.", confirm, least, after_cr, single, empty, f"Source: {self.citation}."]
        return " ".join(line for line in lines if line)


@frozen(kw_only=True, str=False)
class SizeCriteria(_Rules):
    """Limits on the size of target lesions. Every published edition is one of these.

    Parameters
    ----------
    name, title : str
        Key of `get` ("recist-1.1") and full title.
    measure : str
        "diameter", "product", "viable diameter", "viable product" or "volume".
    pr, pd : Threshold
        Limits of partial response (a decrease from baseline) and progression (an increase).
    mr : Threshold or None
        Limit of minor response.
    sd_limit : Threshold or None
        The largest decrease that the source still calls stable (25 % in the review); what lies between
        it and ``pr`` is the gap.
    gap : {"SD", "MR", "NE", "raise"}
        What a change in the gap is called.
    pd_scope : {"sum", "any lesion"}
        Whether one lesion alone can progress, each against its own smallest earlier size.
    absolute_combines : {"and", "or"}
        How the percent and the absolute limit of ``pd`` combine.
    reappearance : {"5 mm", "PD"}
        After a target CR: progression by the limits only, or any target no longer gone.
    sustained_response : bool
        A PR or CR is carried on until progression (EORTC RECIST FAQ).
    node_normal : float or None
        Nodes below this short axis (mm) are normal; None: nodes are read like other lesions.
    too_small : float or None
        Size that counts for "too small to measure", mm; None: not measured.
    immune : bool
        iRECIST: PD of the course means iCPD.
    best_response : BestResponseRule
    selection : LesionSelection or None
    serves : str
        "" if `classify` and `target_response` can use it, else the function that does.
    """

    kind: ClassVar[str] = "size"
    name: str = "custom"
    title: str
    measure: str = field(
        validator=_one_of("diameter", "product", "viable diameter", "viable product", "volume")
    )
    pr: Threshold
    pd: Threshold
    mr: Threshold | None = None
    sd_limit: Threshold | None = None
    gap: Literal["SD", "MR", "NE", "raise"] = field(default="SD", validator=_one_of("SD", "MR", "NE", "raise"))
    pd_scope: Literal["sum", "any lesion"] = field(default="sum", validator=_one_of("sum", "any lesion"))
    absolute_combines: Literal["and", "or"] = field(default="and", validator=_one_of("and", "or"))
    reappearance: Literal["5 mm", "PD"] = field(default="5 mm", validator=_one_of("5 mm", "PD"))
    sustained_response: bool = field(default=False, validator=_flag)
    node_normal: float | None = field(default=None, validator=_length)
    too_small: float | None = field(default=None, validator=_length)
    immune: bool = field(default=False, validator=_flag)
    best_response: BestResponseRule
    selection: LesionSelection | None = None
    citation: Citation

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", mr="decrease", sd_limit="decrease", needed=("pr", "pd"))
        if self.pr.reference != "baseline":
            raise _wrong(self, "pr", "a decrease from baseline", self.pr.reference, "Set its reference.")

    @property
    def what(self) -> str:
        """The measured quantity with its unit in words."""
        return {"product": "the sum of products", "viable product": "the sum of viable products",
                "viable diameter": "the sum of viable diameters", "volume": "the sum of volumes",
                "diameter": "the size"}[self.measure]  # fmt: skip

    @property
    def unit(self) -> str:
        """Unit of the measure: mm, mm2 or mL."""
        return {"product": "mm2", "viable product": "mm2", "volume": "mL"}.get(self.measure, "mm")

    def prose(self) -> str:
        """The rules as sentences a clinician can sign, outcome by outcome."""
        gone = "every target lesion has disappeared"
        if self.node_normal is not None:
            gone += f" and every target node is below {self.node_normal:g} mm in short axis"
        lines = [
            f"{self.title} ({self.name}): response by {self.what}, in {self.unit}.",
            f"CR: {gone}.",
            "PD: a new lesion, or " + self.pd.prose(self.what, self.absolute_combines)
            + (", in the sum or in any one lesion." if self.pd_scope == "any lesion" else "."),
            f"PR: {self.pr.prose(self.what)}.",
        ]  # fmt: skip
        if self.mr is not None:
            lines.append(f"MR: {self.mr.prose(self.what)}, short of PR.")
        lines.append("SD: anything else that was measured.")
        if self.sd_limit is not None:
            lines.append(
                f"A decrease of more than {self.sd_limit.value:g} % short of PR has no class in the source; "
                f"it is called {self.gap}."
            )
        if self.sustained_response:
            lines.append("A PR or CR is carried on until progression.")
        if self.too_small is not None:
            lines.append(f"A lesion too small to measure counts {self.too_small:g} mm.")
        lines += [self.best_response.prose(), f"Source: {self.citation}; doi {self.citation.doi or 'none'}."]
        return "\n".join(lines)


@frozen(kw_only=True, str=False)
class AttenuationCriteria(_Rules):
    """Size and attenuation together (Choi): read by `choi_response`.

    Parameters
    ----------
    pr, pd : Threshold
        Decrease and increase of the sum of diameters.
    attenuation : Threshold
        Decrease of the mean attenuation, HU.
    combine : {"or", "and"}
        Whether one of the two decreases makes PR (Choi) or both are needed (modified Choi).
    """

    kind: ClassVar[str] = "size and attenuation"
    name: str = "custom"
    title: str
    measure: str = field(default="diameter and attenuation", validator=_one_of("diameter and attenuation"))
    pr: Threshold
    pd: Threshold
    attenuation: Threshold
    combine: Literal["or", "and"] = field(default="or", validator=_one_of("or", "and"))
    best_response: BestResponseRule
    selection: LesionSelection | None = None
    citation: Citation

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", attenuation="decrease",
                      needed=("pr", "pd", "attenuation"))  # fmt: skip

    def prose(self) -> str:
        """The rules as sentences."""
        return "\n".join(
            [
                f"{self.title} ({self.name}): response by the sum of diameters (mm) and the mean attenuation (HU).",
                "CR: every lesion has disappeared.",
                f"PR: {self.pr.prose('the sum')} {self.combine} {self.attenuation.prose('the attenuation')}.",
                f"PD: {self.pd.prose('the sum')} without the decrease of the attenuation that PR asks for, "
                "a new lesion, a new or growing nodule, or unequivocal progression of non-measurable disease.",
                "SD: anything else that was measured.",
                self.best_response.prose(),
                f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
            ]
        )


@frozen(kw_only=True, str=False)
class UptakeCriteria(_Rules):
    """Limits on the SUL peak of the hottest lesion (PERCIST): read by `percist_response`.

    Parameters
    ----------
    pr, pd : Threshold
        Decrease and increase of SUL peak, percent and absolute (SUL), both needed.
    """

    kind: ClassVar[str] = "uptake"
    name: str = "custom"
    title: str
    measure: str = field(default="SUL peak", validator=_one_of("SUL peak"))
    pr: Threshold
    pd: Threshold
    best_response: BestResponseRule
    citation: Citation

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", needed=("pr", "pd"))

    def prose(self) -> str:
        """The rules as sentences."""
        return "\n".join(
            [
                f"{self.title} ({self.name}): response by the SUL peak of the hottest lesion.",
                "CR: no uptake above background in any lesion.",
                f"PD: a new lesion, or {self.pd.prose('the SUL peak')}.",
                f"PR: {self.pr.prose('the SUL peak')}.",
                "SD: anything else that was measured.",
                f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
            ]
        )


@frozen(kw_only=True, str=False)
class MarkerCriteria(_Rules):
    """Limits on the change of a tumour marker: read by `marker_response`.

    Parameters
    ----------
    pr : Threshold
        Decrease that makes a partial response.
    mr, pd : Threshold or None
        Decrease of a minor response; increase of progression. None turns it off.
    """

    kind: ClassVar[str] = "marker"
    name: str = "custom"
    title: str
    measure: str = field(default="marker", validator=_one_of("marker"))
    pr: Threshold
    mr: Threshold | None = None
    pd: Threshold | None = None
    citation: Citation

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", mr="decrease", needed=("pr",))

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.title} ({self.name}): biological response of a marker above its upper limit before therapy.",
            "CR: the marker is at or below its upper limit after therapy.",
            f"PR: {self.pr.prose('the marker')}.",
        ]
        if self.mr is not None:
            lines.append(f"MR: {self.mr.prose('the marker')}, short of PR.")
        if self.pd is not None:
            lines.append(f"PD: {self.pd.prose('the marker')}.")
        lines += [
            "SD: anything else that was measured.",
            "NE: the marker was at or below its upper limit before therapy, unless it rose above it and meets PD.",
            f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
        ]
        return "\n".join(lines)


@frozen(kw_only=True, str=False)
class SymptomCriteria(_Rules):
    """Limits on the change of a symptom's frequency or score: read by `symptom_response`.

    Parameters
    ----------
    pr : Threshold
        Decrease that makes a partial response.
    pd : Threshold or None
        Increase of progression. None turns it off.
    """

    kind: ClassVar[str] = "symptom"
    name: str = "custom"
    title: str
    measure: str = field(default="symptom", validator=_one_of("symptom"))
    pr: Threshold
    pd: Threshold | None = None
    citation: Citation

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", needed=("pr",))

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.title} ({self.name}): response of a symptom that was present before therapy.",
            "CR: the symptom is gone.",
            f"PR: {self.pr.prose('the frequency or score')}.",
        ]
        if self.pd is not None:
            lines.append(f"PD: {self.pd.prose('the frequency or score')}.")
        lines += [
            "SD: anything else that was recorded.",
            "NE: the symptom was absent before therapy.",
            f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
        ]
        return "\n".join(lines)


@frozen(kw_only=True, str=False)
class CensoringRule(_Rules):
    """When a time to progression or death is censored (see `progression_free_survival`).

    Parameters
    ----------
    max_missed_visits : int or None
        More scheduled visits missed before the event than this: censored at the last adequate
        assessment. None turns it off.
    visit_interval_days : float or None
        Days between scheduled visits; None turns the rule of missed visits off.
    window_days : float
        Days around a scheduled visit that still count as that visit.
    new_therapy_censors : bool
        Whether a new therapy ends what counts.
    ne_is_adequate : bool
        Whether NE counts as an adequate assessment.
    progression_date : {"assessment", "next scheduled visit"}
        The day of a progression: of its assessment, or of the scheduled visit that its day belongs to
        (within the window) or comes before. Without `visit_interval_days` there are no scheduled visits,
        and it is the assessment's.
    """

    kind: ClassVar[str] = "censoring"
    name: str = "custom"
    title: str = "Censoring"
    max_missed_visits: int | None = field(default=1, validator=_optional_count)
    visit_interval_days: float | None = field(default=None, validator=_length)
    window_days: float = field(default=0.0, validator=_days)
    new_therapy_censors: bool = field(default=True, validator=_flag)
    ne_is_adequate: bool = field(default=False, validator=_flag)
    progression_date: Literal["assessment", "next scheduled visit"] = field(
        default="assessment", validator=_one_of("assessment", "next scheduled visit")
    )
    citation: Citation

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [f"{self.title}.", "Without an event: censored at the last adequate assessment, or at day 0."]
        if self.new_therapy_censors:
            lines.append("What is on or after a new therapy does not count.")
        if self.max_missed_visits is not None and self.visit_interval_days is not None:
            lines.append(
                f"An event after more than {self.max_missed_visits} missed visits, scheduled every "
                f"{self.visit_interval_days:g} days (window {self.window_days:g}), is censored at the last "
                "adequate assessment before it."
            )
        if self.ne_is_adequate:
            lines.append("NE counts as an adequate assessment.")
        if self.progression_date == "next scheduled visit":
            lines.append("Progression between scheduled visits is dated at the next scheduled visit.")
        return " ".join([*lines, f"Source: {self.citation}."])


Criteria = (
    SizeCriteria | AttenuationCriteria | UptakeCriteria | MarkerCriteria | SymptomCriteria
    | BestResponseRule | CensoringRule
)  # fmt: skip

_SERVED_BY = {
    "size": "classify or target_response",
    "size and attenuation": "choi_response",
    "uptake": "percist_response",
    "marker": "marker_response",
    "symptom": "symptom_response",
    "best response": "best_overall_response (as `rule`)",
    "censoring": "progression_free_survival (as `censoring`)",
}


def require(criteria: Any, kind: type[Any], function: str, argument: str = "criteria") -> None:
    """Raise an `InputTypeError` unless ``criteria`` is of the ``kind`` that ``function`` reads."""
    if isinstance(criteria, kind):
        return
    served = _SERVED_BY.get(getattr(criteria, "kind", ""))
    repair = (
        f"It is served by {served}." if served else "Take one from nettumor.criteria, e.g. criteria.get('recist-1.1')."
    )
    got = criteria.title if isinstance(criteria, _Rules) else repr(criteria)
    raise InputTypeError(
        f"`{argument}` of {function} must be {kind.__name__}; got {got}. {repair}", argument=argument
    )


def _check_limits(owner: Any, *, needed: tuple[str, ...], **directions: str) -> None:
    for name, direction in directions.items():
        limit = getattr(owner, name)
        if limit is None and name not in needed:
            continue
        if not isinstance(limit, Threshold):
            raise _wrong(owner, name, "a Threshold", limit, "Build one with its citation.")
        if limit.direction != direction:
            raise _wrong(owner, name, f"a limit on a {direction}", limit.direction, "The limit is flipped.")
    for smaller in ("mr", "sd_limit"):
        limit = getattr(owner, smaller, None)
        if limit is not None and limit.value >= owner.pr.value:
            raise _wrong(owner, smaller, f"below the limit of PR ({owner.pr.value:g} %)", limit.value,
                         "Lower it, or raise the limit of PR.")  # fmt: skip
