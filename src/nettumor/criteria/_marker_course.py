"""What a marker's edition says beyond one pair of samples: who can be judged, and what confirms.

Read by `marker_course`. An edition that needs the days of the samples, or the samples between, says
so by ``needs_course``, and `marker_response` refuses it.
"""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

from nettumor.criteria._parts import days, length, one_of, wrong
from nettumor.criteria._types import MarkerCriteria


@frozen(kw_only=True, str=False)
class MarkerCourseCriteria(MarkerCriteria):
    """Limits on the course of a tumour marker: read by `marker_course`.

    Parameters
    ----------
    pr, mr, pd : Threshold
        As in `MarkerCriteria`; the ``reference`` of each says whether it looks at the baseline or
        at the nadir.
    eligible : {"above upper limit", "any"}
        Whose marker can respond: only one above its upper limit before therapy, or any.
    baseline_multiple : float or None
        The baseline must be at least so many times the upper limit (inclusive), instead of above
        it.
    baseline_days : float or None
        The baseline sample is at most so many days before the start of treatment (day 0), and not
        after it.
    confirmation_days : float or None
        A CR or PR lasts at least so many days (inclusive) in every sample; None: no confirmation.
    pd_multiple : float or None
        Where the marker was normal at baseline, or has been since, PD is at least so many times the
        upper limit (inclusive), instead of ``pd``.
    pd_confirmation_days : float or None
        A PD lasts at least so many days (inclusive) in every sample; None: no confirmation.

    Examples
    --------
    >>> from nettumor.criteria import CA125_GCIG_2011
    >>> CA125_GCIG_2011.baseline_multiple, CA125_GCIG_2011.confirmation_days
    (2, 28)
    """

    eligible: Literal["above upper limit", "any"] = field(
        default="above upper limit", validator=one_of("above upper limit", "any")
    )
    baseline_multiple: float | None = field(default=None, validator=length)
    baseline_days: float | None = field(default=None, validator=days)
    confirmation_days: float | None = field(default=None, validator=days)
    pd_multiple: float | None = field(default=None, validator=length)
    pd_confirmation_days: float | None = field(default=None, validator=days)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.pd_multiple is not None and self.pd is None:
            raise wrong(
                self, "pd_multiple", "None where `pd` is None", self.pd_multiple, "Set both."
            )

    @property
    def needs_course(self) -> bool:
        """Whether the edition looks at days, or at samples between: one pair is not enough."""
        beside = (self.baseline_multiple, self.baseline_days, self.pd_multiple)
        return any(limit is not None for limit in beside)

    def prose(self) -> str:
        """The rules as sentences."""
        first, *rest = super().prose().splitlines()
        if self.eligible == "any":
            first = f"{self.title} ({self.name}): biological response of a marker."
            rest = [line for line in rest if not line.startswith("NE:")]
        lines = []
        if self.baseline_multiple is not None:
            lines.append(
                f"Judged for response: a baseline of at least {self.baseline_multiple:g} times the "
                "upper limit."
            )
        if self.baseline_days is not None:
            lines.append(
                f"The baseline sample is at most {self.baseline_days:g} days before treatment."
            )
        if self.pd_multiple is not None:
            lines.append(
                "Where the marker was normal at baseline or has been normal since, PD is at least "
                f"{self.pd_multiple:g} times the upper limit instead."
            )
        for what, needed in (
            ("A CR or PR", self.confirmation_days),
            ("A PD", self.pd_confirmation_days),
        ):
            if needed is not None:
                lines.append(
                    f"{what} is confirmed where every sample keeps it for at least {needed:g} "
                    "days; it is dated at the first."
                )
        return "\n".join([first, *rest[:-1], *lines, rest[-1]])
