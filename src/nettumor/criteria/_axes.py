"""The types of criteria of the two axes beside size: a tumour marker, and a symptom.

Frozen and checked like the limits on sizes (see `nettumor.criteria._types`, which has their names,
too).
"""

from __future__ import annotations

from typing import ClassVar

from attrs import field, frozen

from nettumor.criteria._parts import (
    Citation,
    Rules,
    Threshold,
    check_limits,
    instance,
    one_of,
    text,
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
        check_limits(self, pr="decrease", pd="increase", mr="decrease", needed=("pr",))

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
        check_limits(self, pr="decrease", pd="increase", needed=("pr",))

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
