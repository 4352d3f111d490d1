"""The types that criteria are made of: frozen, checked when they are built, printable as prose.

Every limit stands once, with its unit, strictness, reference, absolute minimum and citation. A
protocol's variant is ``attrs.evolve(edition, field=value)`` and is checked like a published one.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from attrs import field, frozen

from nettumor.criteria._axes import MarkerCriteria, SymptomCriteria
from nettumor.criteria._course_rules import BestResponseRule, CensoringRule
from nettumor.criteria._parts import (
    Citation,
    LesionSelection,
    Rules,
    Threshold,
    as_names,
    check_limits,
    days,
    flag,
    instance,
    length,
    one_of,
    optional_names,
    text,
    words_or_names,
    wrong,
)
from nettumor.criteria._variants import OWN, own_fields
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
    reappearance : {"5 mm", "PD", "any lesion"}
        A target that is back: progression by the limits only; PD where any target is no longer gone
        after an overall CR (EORTC RECIST FAQ; `target_response`, which sees targets alone: after
        their CR); PD where one lesion that had gone is back (Green and Weiss 1992).
    sustained_response : bool
        A PR is carried on over small changes until progression, once it was confirmed under
        ``best_response`` or, where that asks for no confirmation, from the first one on (EORTC
        RECIST FAQ, managing PR when measurements change slightly).
    node_normal : float or None
        Nodes below this short axis (mm) are normal; None: nodes are read like other lesions.
    normal_nodes_in_pd : {"sum", "excluded"}
        Whether a node that stays below ``node_normal`` adds its growth to an increase (RECIST 1.1,
        4.3.2, keeps it in the sum), or nothing (the reading that a normal node is no disease).
    node_cr : {"normal", "gone"}
        What CR asks of a node: a normal short axis (RECIST 1.1, 4.3.1), or to be no longer seen
        (Vogl et al. 2008, 4.3).
    too_small : float or None
        Size that counts for "too small to measure", mm; None: not measured.
    new_without_words : {"PD", "NE"}
        What `assess` makes of a new lesion whose rows name what only a seen lesion has (organ,
        location, method), and say neither size nor state: it is there, or nobody knows.
    new_lesion_methods : tuple of str or None
        Imaging methods ("CT", "MRI", "SSTR PET") whose new lesions count in `assess`; a row that
        names no method counts. None: all, and the provenance says by which methods they were seen.
    cr_markers : "none", "all evaluable", or tuple of str
        Which tumour markers must be normal for CR in `assess` and the edit checks: none; every one
        that was above its upper limit at baseline (RECIST 1.1, 4.3.3); or of these the named ones.
    new_liver_nodule : float or None
        A new nodule of the liver that is measured is equivocal until it has this size with the
        typical enhancement (column ``vascular_pattern``), or has grown by it, mm; None: it counts
        at once.
    immune : bool
        iRECIST: PD of the course means iCPD.
    confirmation_from_days : float or None
        iRECIST: fewest days from the first iUPD of a block to an assessment that can confirm it (26:
        four weeks less the two days that the EORTC iRECIST FAQ allows). None: any.
    symptomatic_new_lesion : bool
        iRECIST: whether a further new lesion confirms earlier, on a scan that its row says was made
        for symptoms (EORTC iRECIST FAQ).
    bare_increase : bool
        iRECIST: whether INCREASED alone, of a lesion that was UNEQUIVOCAL before, is the further
        increase that confirms.
    best_response : BestResponseRule
    censoring : CensoringRule or None
        What `assess` censors by unless the call says otherwise; None: `FDA_2018_CENSORING`.
    selection : LesionSelection or None

    Examples
    --------
    >>> import attrs
    >>> from nettumor.criteria import VOGL_2008
    >>> protocol = attrs.evolve(VOGL_2008, gap="MR", title="Trial X")
    >>> print(str(protocol).splitlines()[-3][:78])
    Best response after Vogl 2008: the review asks for no confirmation and no mini
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
    reappearance: Literal["5 mm", "PD", "any lesion"] = field(
        default="5 mm", validator=one_of("5 mm", "PD", "any lesion")
    )
    sustained_response: bool = field(default=False, validator=flag)
    node_normal: float | None = field(default=None, validator=length)
    normal_nodes_in_pd: Literal["sum", "excluded"] = field(
        default="sum", validator=one_of("sum", "excluded")
    )
    node_cr: Literal["normal", "gone"] = field(default="normal", validator=one_of("normal", "gone"))
    too_small: float | None = field(default=None, validator=length)
    new_without_words: Literal["PD", "NE"] = field(default="PD", validator=one_of("PD", "NE"))
    new_lesion_methods: Any = field(default=None, converter=as_names, validator=optional_names)
    cr_markers: Any = field(
        default="none", converter=as_names, validator=words_or_names("none", "all evaluable")
    )
    new_liver_nodule: float | None = field(default=None, validator=length)
    immune: bool = field(default=False, validator=flag)
    confirmation_from_days: float | None = field(default=None, validator=days)
    symptomatic_new_lesion: bool = field(default=False, validator=flag)
    bare_increase: bool = field(default=True, validator=flag)
    best_response: BestResponseRule = field(validator=instance(BestResponseRule))
    censoring: CensoringRule | None = field(default=None, validator=instance(CensoringRule))
    selection: LesionSelection | None = field(default=None, validator=instance(LesionSelection))
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        check_limits(
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
        if self.node_normal is not None and self.node_cr == "normal":
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
        lines += [*self._readings(), *self._immune()]
        if self.too_small is not None:
            lines.append(f"A lesion too small to measure counts {self.too_small:g} mm.")
        if self.selection is not None:
            lines.append(self.selection.prose())
        lines.append(self.best_response.prose())
        if self.censoring is not None:
            lines.append(self.censoring.prose())
        return "\n".join([*lines, f"Source: {self.citation}; doi {self.citation.doi or 'none'}."])

    def _readings(self) -> list[str]:
        """The disputed readings that were chosen, with their sources."""
        said = []
        if self.sustained_response:
            since = (
                "from the first one on"
                if self.best_response.confirmation_days is None
                else "once it was confirmed (a visit that is carried on confirms nothing)"
            )
            said.append(
                f"A PR is carried on over small changes until progression, {since} [EORTC RECIST "
                "FAQ, managing PR when measurements change slightly]."
            )
        if self.reappearance == "PD":
            said.append(
                "After an overall CR any target that is back is PD [EORTC RECIST FAQ, does a new "
                "lesion always result in PD]."
            )
        if self.reappearance == "any lesion":
            said.append(
                "One target that had disappeared and is back is PD [Green and Weiss 1992; from "
                "memory]."
            )
        if self.node_normal is not None:
            if self.node_cr == "gone":
                said.append(
                    f"A node that is still seen is no CR, also below {self.node_normal:g} mm [Vogl "
                    "et al. 2008, 4.3: no longer seen]."
                )
            source = OWN if "node_normal" in own_fields(self) else "RECIST 1.1, 4.3.2"
            grows = (
                f"adds its growth to the sum [{source}]"
                if self.normal_nodes_in_pd == "sum"
                else "adds nothing to an increase [disputed; library choice]"
            )
            said.append(f"A node that stays below {self.node_normal:g} mm {grows}.")
        if self.new_liver_nodule is not None:
            said.append(
                f"A new nodule of the liver counts from {self.new_liver_nodule:g} mm with the "
                "typical enhancement, or after growth by as much [Lencioni and Llovet 2010; from "
                "memory]."
            )
        there = "is there" if self.new_without_words == "PD" else "is not known to be there"
        said.append(
            "A new lesion recorded with its organ or method, without size or state, "
            f"{there}: {self.new_without_words} [RECIST 1.1, 4.3.5; from memory]."
        )
        return [*said, *_asked_of_a_study(self)]

    def _immune(self) -> list[str]:
        """What iRECIST adds: confirmation of progression."""
        if not self.immune or self.pd.absolute is None:
            return []
        faq = "EORTC iRECIST FAQ"
        said = [
            "A first PD is unconfirmed (iUPD); it is confirmed (iCPD) where what made it has "
            f"grown on, the sum by at least {self.pd.absolute:g} {self.pd.unit} against the first "
            "iUPD, non-target disease and new lesions that are not measurable at all, or by "
            "progression in another category.",
            "A new lesion that lasts is not new again: where the class of the targets is better "
            f"than at the iUPD, that class is the response, else iUPD [{faq}, scenarios B and F].",
        ]
        if self.confirmation_from_days is not None:
            early = (
                ", unless a further new lesion is seen on a scan made for symptoms"
                if self.symptomatic_new_lesion
                else ""
            )
            said.append(
                f"Nothing is confirmed earlier than {self.confirmation_from_days:g} days after the "
                f"first iUPD{early}; later than 8 weeks it is [{faq}, confirmation in less than "
                "four weeks]."
            )
        bare = "confirms" if self.bare_increase else "does not confirm"
        said.append(
            f"INCREASED alone, after UNEQUIVOCAL PROGRESSION, {bare} [Seymour et al. 2017, Table 2: "
            "it need not be unequivocal again]."
        )
        return said


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
    new_without_words : {"PD", "NE"}
        As in `SizeCriteria`.
    new_lesion_methods : tuple of str or None
        As in `SizeCriteria`.
    cr_markers : "none", "all evaluable", or tuple of str
        As in `SizeCriteria`.
    censoring : CensoringRule or None
        As in `SizeCriteria`.

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
    new_without_words: Literal["PD", "NE"] = field(default="PD", validator=one_of("PD", "NE"))
    new_lesion_methods: Any = field(default=None, converter=as_names, validator=optional_names)
    cr_markers: Any = field(
        default="none", converter=as_names, validator=words_or_names("none", "all evaluable")
    )
    best_response: BestResponseRule = field(validator=instance(BestResponseRule))
    censoring: CensoringRule | None = field(default=None, validator=instance(CensoringRule))
    selection: LesionSelection | None = field(default=None, validator=instance(LesionSelection))
    citation: Citation = field(validator=instance(Citation))

    def __attrs_post_init__(self) -> None:
        check_limits(
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
                *_asked_of_a_study(self),
                self.best_response.prose(),
                f"Source: {self.citation}; doi {self.citation.doi or 'none'}.",
            ]
        )


def _asked_of_a_study(rules: Any) -> list[str]:
    """Which new lesions count by their method, and which markers CR asks for."""
    methods = rules.new_lesion_methods
    markers = rules.cr_markers
    if markers == "none":
        asked = "CR asks for no marker to be normal"
    elif markers == "all evaluable":
        asked = "CR asks every marker that was above its upper limit at baseline to be normal"
    else:
        asked = (
            f"CR asks {', '.join(markers)}, where above the upper limit at baseline, to be normal"
        )
    seen = "any method" if methods is None else ", ".join(methods)
    return [
        f"A new lesion counts that is seen by {seen} [library choice].",
        f"{asked} [RECIST 1.1, 4.3.3; from memory].",
    ]


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
        check_limits(self, pr="decrease", pd="increase", needed=("pr", "pd"))

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
