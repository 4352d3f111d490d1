"""The types that criteria are made of: frozen, checked when they are built, printable as prose.

Every limit stands once, with its unit, strictness, reference, absolute minimum and citation. A
protocol's variant is ``attrs.evolve(edition, field=value)`` and is checked like a published one.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from attrs import field, frozen

from nettumor.criteria._parts import (
    Citation,
    LesionSelection,
    Rules,
    Threshold,
    count,
    days,
    flag,
    instance,
    length,
    one_of,
    optional_count,
    text,
    wrong,
)
from nettumor.errors import InputTypeError

__all__ = [
    "AttenuationCriteria",
    "BestResponseRule",
    "CensoringRule",
    "Citation",
    "Criteria",
    "LesionSelection",
    "MarkerCriteria",
    "SizeCriteria",
    "SymptomCriteria",
    "Threshold",
    "UptakeCriteria",
    "require",
]


@frozen(kw_only=True, str=False)
class BestResponseRule(Rules):
    """How the course of one patient becomes a best overall response (see `best_overall_response`).

    Parameters
    ----------
    confirmation_days : float or None
        A CR or PR needs a second one at least so many days later (inclusive); None: no
        confirmation.
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

    Examples
    --------
    >>> import attrs
    >>> from nettumor.criteria import RECIST_1_1
    >>> attrs.evolve(RECIST_1_1.best_response, confirmation_days=None).confirmation_days is None
    True
    """

    kind: ClassVar[str] = "best response"
    name: str = field(default="custom", validator=text)
    title: str = field(default="Best overall response", validator=text)
    confirmation_days: float | None = field(default=None, validator=days)
    sd_minimum_days: float | None = field(default=42, validator=days)
    max_ne_between: int = field(default=1, validator=count)
    accept_sd_between: bool = field(default=False, validator=flag)
    cr_then_pr: Literal["PD", "PR", "keep"] = field(
        default="PD", validator=one_of("PD", "PR", "keep")
    )
    missing_as_ne: bool = field(default=False, validator=flag)
    unconfirmed_cr: Literal["course", "SD"] = field(
        default="course", validator=one_of("course", "SD")
    )
    citation: Citation = field(validator=instance(Citation))

    def prose(self) -> str:
        """The rules as sentences."""
        confirm = (
            "CR and PR need no confirmation."
            if self.confirmation_days is None
            else f"CR and PR are confirmed by a second one at least {self.confirmation_days:g} "
            "days later, "
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
        lines = [
            f"{self.title}.",
            confirm,
            least,
            after_cr,
            single,
            empty,
            f"Source: {self.citation}.",
        ]
        return " ".join(line for line in lines if line)


@frozen(kw_only=True, str=False, cache_hash=True)
class SizeCriteria(Rules):
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
        The largest decrease that the source still calls stable (25 % in the review); what lies
        between it and ``pr`` is the gap.
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

    Examples
    --------
    >>> import attrs
    >>> from nettumor.criteria import VOGL_2008
    >>> protocol = attrs.evolve(VOGL_2008, gap="MR", title="Trial X")
    >>> print(str(protocol).splitlines()[-3])
    Best response after Vogl 2008: the review asks for no confirmation and no minimum. CR and PR need no confirmation. \
SD has no minimum duration. A lesser response after a CR is PD. Source: Vogl et al. 2008, section 4.3 (silent on both)\
; library choice.
    """

    kind: ClassVar[str] = "size"
    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    measure: str = field(
        validator=one_of("diameter", "product", "viable diameter", "viable product", "volume")
    )
    pr: Threshold
    pd: Threshold
    mr: Threshold | None = None
    sd_limit: Threshold | None = None
    gap: Literal["SD", "MR", "NE", "raise"] = field(
        default="SD", validator=one_of("SD", "MR", "NE", "raise")
    )
    pd_scope: Literal["sum", "any lesion"] = field(
        default="sum", validator=one_of("sum", "any lesion")
    )
    absolute_combines: Literal["and", "or"] = field(default="and", validator=one_of("and", "or"))
    reappearance: Literal["5 mm", "PD"] = field(default="5 mm", validator=one_of("5 mm", "PD"))
    sustained_response: bool = field(default=False, validator=flag)
    node_normal: float | None = field(default=None, validator=length)
    too_small: float | None = field(default=None, validator=length)
    immune: bool = field(default=False, validator=flag)
    best_response: BestResponseRule = field(validator=instance(BestResponseRule))
    selection: LesionSelection | None = field(default=None, validator=instance(LesionSelection))
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        _check_limits(
            self,
            pr="decrease",
            pd="increase",
            mr="decrease",
            sd_limit="decrease",
            needed=("pr", "pd"),
        )
        if self.pr.reference != "baseline":
            raise wrong(
                self, "pr", "a decrease from baseline", self.pr.reference, "Set its reference."
            )
        for name in ("pr", "pd", "mr", "sd_limit"):
            limit = getattr(self, name)
            if limit is not None and limit.absolute is not None and limit.unit != self.unit:
                raise wrong(
                    self,
                    name,
                    f"in {self.unit}, the unit of {self.what}",
                    limit.unit,
                    "Convert `absolute`.",
                )

    @property
    def what(self) -> str:
        """The measured quantity with its unit in words."""
        return {
            "product": "the sum of products",
            "viable product": "the sum of viable products",
            "viable diameter": "the sum of viable diameters",
            "volume": "the sum of volumes",
            "diameter": "the size",
        }[self.measure]

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
            f"{self.heading} ({self.name}): response by {self.what}, in {self.unit}.",
            f"CR: {gone}.",
            "PD: a new lesion, or "
            + self.pd.prose(self.what, self.absolute_combines)
            + (", in the sum or in any one lesion." if self.pd_scope == "any lesion" else "."),
            f"PR: {self.pr.prose(self.what)}.",
        ]
        if self.mr is not None:
            lines.append(f"MR: {self.mr.prose(self.what)}, short of PR.")
        lines.append("SD: anything else that was measured.")
        if self.sd_limit is not None:
            lines.append(
                f"A decrease of more than {self.sd_limit.value:g} % short of PR has no class in "
                "the source; "
                f"it is called {self.gap}."
            )
        if self.sustained_response:
            lines.append("A PR or CR is carried on until progression.")
        if self.reappearance == "PD":
            lines.append("After a CR of the targets any target that is back is PD.")
        if self.immune and self.pd.absolute is not None:
            lines.append(
                "A first PD is unconfirmed (iUPD); it is confirmed (iCPD) where what made it has "
                "grown on, the sum by "
                f"at least {self.pd.absolute:g} {self.pd.unit}, or by progression in another "
                "category."
            )
        if self.too_small is not None:
            lines.append(f"A lesion too small to measure counts {self.too_small:g} mm.")
        if self.selection is not None:
            lines.append(self.selection.prose())
        lines += [
            self.best_response.prose(),
            f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
        ]
        return "\n".join(lines)


@frozen(kw_only=True, str=False)
class AttenuationCriteria(Rules):
    """Size and attenuation together (Choi): read by `choi_response`.

    Parameters
    ----------
    pr, pd : Threshold
        Decrease and increase of the sum of diameters.
    attenuation : Threshold
        Decrease of the mean attenuation, HU.
    combine : {"or", "and"}
        Whether one of the two decreases makes PR (Choi) or both are needed (modified Choi).

    Examples
    --------
    >>> from nettumor.criteria import CHOI_2007, MODIFIED_CHOI_2010
    >>> CHOI_2007.combine, MODIFIED_CHOI_2010.combine
    ('or', 'and')
    """

    kind: ClassVar[str] = "size and attenuation"
    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    measure: str = field(
        default="diameter and attenuation", validator=one_of("diameter and attenuation")
    )
    pr: Threshold
    pd: Threshold
    attenuation: Threshold
    combine: Literal["or", "and"] = field(default="or", validator=one_of("or", "and"))
    best_response: BestResponseRule = field(validator=instance(BestResponseRule))
    selection: LesionSelection | None = field(default=None, validator=instance(LesionSelection))
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        _check_limits(
            self,
            pr="decrease",
            pd="increase",
            attenuation="decrease",
            needed=("pr", "pd", "attenuation"),
        )

    def prose(self) -> str:
        """The rules as sentences."""
        return "\n".join(
            [
                f"{self.heading} ({self.name}): response by the sum of diameters (mm) and the mean "
                "attenuation (HU).",
                "CR: every lesion has disappeared.",
                f"PR: {self.pr.prose('the sum')} {self.combine} "
                f"{self.attenuation.prose('the attenuation')}.",
                f"PD: {self.pd.prose('the sum')} without the decrease of the attenuation that PR "
                "asks for, "
                "a new lesion, a new or growing nodule, or unequivocal progression of "
                "non-measurable disease.",
                "SD: anything else that was measured.",
                self.best_response.prose(),
                f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
            ]
        )


@frozen(kw_only=True, str=False)
class UptakeCriteria(Rules):
    """Limits on the SUL peak of the hottest lesion (PERCIST): read by `percist_response`.

    Parameters
    ----------
    pr, pd : Threshold
        Decrease and increase of SUL peak, percent and absolute (SUL), both needed.

    Examples
    --------
    >>> from nettumor.criteria import PERCIST_2009
    >>> PERCIST_2009.pr.value, PERCIST_2009.pr.absolute
    (30, 0.8)
    """

    kind: ClassVar[str] = "uptake"
    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    measure: str = field(default="SUL peak", validator=one_of("SUL peak"))
    pr: Threshold
    pd: Threshold
    best_response: BestResponseRule = field(validator=instance(BestResponseRule))
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", needed=("pr", "pd"))

    def prose(self) -> str:
        """The rules as sentences."""
        return "\n".join(
            [
                f"{self.heading} ({self.name}): response by the SUL peak of the hottest lesion.",
                "CR: no uptake above background in any lesion.",
                f"PD: a new lesion, or {self.pd.prose('the SUL peak')}.",
                f"PR: {self.pr.prose('the SUL peak')}.",
                "SD: anything else that was measured.",
                f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
            ]
        )


@frozen(kw_only=True, str=False)
class MarkerCriteria(Rules):
    """Limits on the change of a tumour marker: read by `marker_response`.

    Parameters
    ----------
    pr : Threshold
        Decrease that makes a partial response.
    mr, pd : Threshold or None
        Decrease of a minor response; increase of progression. None turns it off.

    Examples
    --------
    >>> from nettumor.criteria import BIOLOGICAL_NET_WHO
    >>> print(str(BIOLOGICAL_NET_WHO.mr.signed), BIOLOGICAL_NET_WHO.mr.strict)
    -25 False
    """

    kind: ClassVar[str] = "marker"
    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    measure: str = field(default="marker", validator=one_of("marker"))
    pr: Threshold
    mr: Threshold | None = None
    pd: Threshold | None = None
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", mr="decrease", needed=("pr",))

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.heading} ({self.name}): biological response of a marker above its upper limit "
            "before therapy.",
            "CR: the marker is at or below its upper limit after therapy.",
            f"PR: {self.pr.prose('the marker')}.",
        ]
        if self.mr is not None:
            lines.append(f"MR: {self.mr.prose('the marker')}, short of PR.")
        if self.pd is not None:
            lines.append(f"PD: {self.pd.prose('the marker')}.")
        lines += [
            "SD: anything else that was measured.",
            "NE: the marker was at or below its upper limit before therapy, unless it rose above "
            "it and meets PD.",
            f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
        ]
        return "\n".join(lines)


@frozen(kw_only=True, str=False)
class SymptomCriteria(Rules):
    """Limits on the change of a symptom's frequency or score: read by `symptom_response`.

    Parameters
    ----------
    pr : Threshold
        Decrease that makes a partial response.
    pd : Threshold or None
        Increase of progression. None turns it off.

    Examples
    --------
    >>> from nettumor.criteria import SYMPTOMATIC_VOGL_2008
    >>> print(str(SYMPTOMATIC_VOGL_2008).splitlines()[2])
    PR: a decrease of more than 50 % of the frequency or score at baseline [Vogl et al. 2008, Table 1 (Diamandidou, \
> 50 %)].
    """

    kind: ClassVar[str] = "symptom"
    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    measure: str = field(default="symptom", validator=one_of("symptom"))
    pr: Threshold
    pd: Threshold | None = None
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        _check_limits(self, pr="decrease", pd="increase", needed=("pr",))

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.heading} ({self.name}): response of a symptom that was present before therapy.",
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
class CensoringRule(Rules):
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
        The day of a progression: of its assessment, or of the scheduled visit that its day belongs
        to (within the window) or comes before. Without `visit_interval_days` there are no scheduled
        visits, and it is the assessment's.

    Examples
    --------
    >>> import attrs
    >>> from nettumor.criteria import FDA_2018_CENSORING
    >>> attrs.evolve(FDA_2018_CENSORING, visit_interval_days=84, window_days=7).max_missed_visits
    1
    """

    kind: ClassVar[str] = "censoring"
    name: str = field(default="custom", validator=text)
    title: str = field(default="Censoring", validator=text)
    max_missed_visits: int | None = field(default=1, validator=optional_count)
    visit_interval_days: float | None = field(default=None, validator=length)
    window_days: float = field(default=0.0, validator=days)
    new_therapy_censors: bool = field(default=True, validator=flag)
    ne_is_adequate: bool = field(default=False, validator=flag)
    progression_date: Literal["assessment", "next scheduled visit"] = field(
        default="assessment", validator=one_of("assessment", "next scheduled visit")
    )
    citation: Citation = field(validator=instance(Citation))

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.title}.",
            "Without an event: censored at the last adequate assessment, or at day 0.",
        ]
        if self.new_therapy_censors:
            lines.append("What is on or after a new therapy does not count.")
        if self.max_missed_visits is not None and self.visit_interval_days is not None:
            lines.append(
                f"An event after more than {self.max_missed_visits} missed visits, scheduled every "
                f"{self.visit_interval_days:g} days (window {self.window_days:g}), is censored at "
                "the last "
                "adequate assessment before it."
            )
        if self.ne_is_adequate:
            lines.append("NE counts as an adequate assessment.")
        if self.progression_date == "next scheduled visit":
            lines.append(
                "Progression between scheduled visits is dated at the next scheduled visit."
            )
        return " ".join([*lines, f"Source: {self.citation}."])


Criteria = (
    SizeCriteria
    | AttenuationCriteria
    | UptakeCriteria
    | MarkerCriteria
    | SymptomCriteria
    | BestResponseRule
    | CensoringRule
)

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
        f"It is served by {served}."
        if served
        else "Take one from nettumor.criteria, e.g. criteria.get('recist-1.1')."
    )
    got = criteria.title if isinstance(criteria, Rules) else repr(criteria)
    raise InputTypeError(
        f"`{argument}` of {function} must be {kind.__name__}; got {got}. {repair}",
        argument=argument,
    )


def _check_limits(owner: Any, *, needed: tuple[str, ...], **directions: str) -> None:
    for name, direction in directions.items():
        limit = getattr(owner, name)
        if limit is None and name not in needed:
            continue
        if not isinstance(limit, Threshold):
            raise wrong(owner, name, "a Threshold", limit, "Build one with its citation.")
        if limit.direction != direction:
            a = "an" if direction == "increase" else "a"
            raise wrong(
                owner, name, f"a limit on {a} {direction}", limit.direction, "The limit is flipped."
            )
    for smaller in ("mr", "sd_limit"):
        limit = getattr(owner, smaller, None)
        if limit is not None and limit.value >= owner.pr.value:
            raise wrong(
                owner,
                smaller,
                f"below the limit of PR ({owner.pr.value:g} %)",
                limit.value,
                "Lower it, or raise the limit of PR.",
            )
