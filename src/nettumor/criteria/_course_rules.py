"""Rules for the course of one patient: best overall response, and when a time is censored.

Frozen and checked like the limits on sizes (see `nettumor.criteria._types`).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
from attrs import field, frozen

from nettumor.criteria._parts import (
    Citation,
    Rules,
    count,
    days,
    flag,
    instance,
    is_number,
    length,
    one_of,
    optional_count,
    text,
    wrong,
)
from nettumor.criteria._variants import source_of


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
    equivocal_progression : {"from first sighting", "date only"}
        A new lesion that was equivocal first (RECIST 1.1, 4.3.5): `assess` judges the best response
        on the course that ends at its first sighting, or moves only the date of the progression.

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
    equivocal_progression: Literal["from first sighting", "date only"] = field(
        default="from first sighting", validator=one_of("from first sighting", "date only")
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
        equivocal = (
            "A new lesion that was equivocal first ends the course at its first sighting [RECIST "
            "1.1, 4.3.5]."
            if self.equivocal_progression == "from first sighting"
            else "A new lesion that was equivocal first moves only the date of the progression "
            "[RECIST 1.1, 4.3.5]."
        )
        lines = [
            f"{self.title}.",
            confirm,
            least,
            after_cr,
            single,
            equivocal,
            empty,
            f"Source: {source_of(self)}.",
        ]
        return " ".join(line for line in lines if line)


def _as_schedule(given: Any) -> Any:
    """Lists as tuples, so that a rule stays frozen; what is no schedule stays as it is."""
    if isinstance(given, (list, tuple)):
        return tuple(tuple(v) if isinstance(v, (list, tuple)) else v for v in given)
    return given


def _schedule(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: one interval, (from day, interval) pairs in order, or days in order."""
    if value is None:
        return
    good = is_number(value) and value > 0
    if isinstance(value, tuple) and value:
        pairs = all(isinstance(v, tuple) and len(v) == 2 and all(map(is_number, v)) for v in value)
        if pairs:
            start = [day for day, _ in value]
            good = start == sorted(set(start)) and all(every > 0 for _, every in value)
        else:
            good = all(map(is_number, value)) and list(value) == sorted(set(value)) and value[0] > 0
    if not good:
        raise wrong(
            owner,
            attribute.name,
            "an interval in days, (from day, interval) pairs in order, or days in order",
            value,
            "E.g. schedule=56, schedule=((0, 56), (336, 84)) or schedule=(56, 112, 196).",
        )


@frozen(kw_only=True, str=False)
class CensoringRule(Rules):
    """When a time to progression or death is censored (see `progression_free_survival`).

    Parameters
    ----------
    max_missed_visits : int or None
        More scheduled visits missed before the event than this: censored at the last adequate
        assessment. None turns it off.
    visit_interval_days : float or None
        Days between scheduled visits; None, without a ``schedule``, turns the rule of missed visits
        off.
    schedule : number, pairs of numbers, or numbers; None
        The scheduled visits where one interval does not say them; wins over
        ``visit_interval_days``: one number is an interval, pairs are (from day, interval), numbers
        are the days themselves: ``((0, 56), (336, 84))`` is every 8 weeks until day 336, then every
        12.
    window_days : float
        Days around a scheduled visit that still count as that visit.
    new_therapy_censors : bool
        Whether a new therapy ends what counts.
    same_day_therapy : {"after", "counts"}
        An assessment on the day of the new therapy comes after it, or counts.
    ne_is_adequate : bool
        Whether NE counts as an adequate assessment.
    baseline_needed : bool
        Whether a patient without a complete baseline is censored at day 0.
    unconfirmed_pd : {"censored", "event"}
        iRECIST: what an iUPD is that nothing contradicts (no iSD, iPR or iCR after it) and nothing
        confirms (Seymour et al. 2017, statistical considerations).
    clinical_claims : bool
        Whether a clinical claim of progression (argument ``claim``) is a progression.
    progression_date : {"assessment", "next scheduled visit"}
        The day of a progression: of its assessment, or of the scheduled visit that its day belongs
        to (within the window) or comes before. Without scheduled visits it is the assessment's.

    Examples
    --------
    >>> import attrs
    >>> from nettumor.criteria import FDA_2018_CENSORING
    >>> attrs.evolve(FDA_2018_CENSORING, schedule=((0, 56), (336, 84)), window_days=7).max_missed_visits
    1
    """

    kind: ClassVar[str] = "censoring"
    name: str = field(default="custom", validator=text)
    title: str = field(default="Censoring", validator=text)
    max_missed_visits: int | None = field(default=1, validator=optional_count)
    visit_interval_days: float | None = field(default=None, validator=length)
    schedule: Any = field(default=None, converter=_as_schedule, validator=_schedule)
    window_days: float = field(default=0.0, validator=days)
    new_therapy_censors: bool = field(default=True, validator=flag)
    same_day_therapy: Literal["after", "counts"] = field(
        default="after", validator=one_of("after", "counts")
    )
    ne_is_adequate: bool = field(default=False, validator=flag)
    baseline_needed: bool = field(default=True, validator=flag)
    unconfirmed_pd: Literal["censored", "event"] = field(
        default="censored", validator=one_of("censored", "event")
    )
    clinical_claims: bool = field(default=False, validator=flag)
    progression_date: Literal["assessment", "next scheduled visit"] = field(
        default="assessment", validator=one_of("assessment", "next scheduled visit")
    )
    citation: Citation = field(validator=instance(Citation))

    @property
    def full_title(self) -> str:
        """The title; it says where the rule of missed visits is off for want of a schedule."""
        off = self.max_missed_visits is not None and self.visits is None
        return f"{self.title}{'; missed visits off' if off else ''}"

    @property
    def visits(self) -> Any:
        """The schedule that holds: ``schedule``, else ``visit_interval_days``; None for none."""
        return self.visit_interval_days if self.schedule is None else self.schedule

    @property
    def missed_visits(self) -> str:
        """Whether the rule of missed visits holds, and how it is switched on."""
        if self.max_missed_visits is None:
            return "off: the rule of this censoring asks for none"
        if self.visits is None:
            return (
                "off: no schedule of visits is set; switch it on with `schedule` (or "
                "visit_interval_days) and window_days of the censoring rule"
            )
        return f"on: more than {self.max_missed_visits} missed, {self._every()}"

    def _every(self) -> str:
        """The schedule in words."""
        visits = self.visits
        if not isinstance(visits, tuple):
            said = f"scheduled every {visits:g} days"
        elif isinstance(visits[0], tuple):
            said = ", then ".join(f"every {every:g} days from day {day:g}" for day, every in visits)
            said = f"scheduled {said}"
        else:
            said = "scheduled on days " + ", ".join(f"{day:g}" for day in visits)
        return f"{said} (window {self.window_days:g})"

    def prose(self) -> str:
        """The rules as sentences."""
        lines = [
            f"{self.title}.",
            "Without an event: censored at the last adequate assessment, or at day 0.",
        ]
        if not self.baseline_needed:
            lines.append("A patient without a complete baseline is followed all the same.")
        if self.new_therapy_censors:
            same = "on or after" if self.same_day_therapy == "after" else "after the day of"
            lines.append(f"What is {same} a new therapy does not count.")
        if self.max_missed_visits is not None and self.visits is not None:
            lines.append(
                f"An event after more than {self.max_missed_visits} missed visits, "
                f"{self._every()}, is censored at the last adequate assessment before it."
            )
        elif self.max_missed_visits is not None:
            lines.append("The rule of missed visits is off: no schedule of visits is set.")
        if self.ne_is_adequate:
            lines.append("NE counts as an adequate assessment.")
        if self.unconfirmed_pd == "event":
            lines.append(
                "An unconfirmed progression (iUPD) that nothing contradicts is an event at its day "
                "[Seymour et al. 2017, statistical considerations; from memory]."
            )
        if self.clinical_claims:
            lines.append("A clinical claim of progression is a progression.")
        if self.progression_date == "next scheduled visit":
            lines.append(
                "Progression between scheduled visits is dated at the next scheduled visit."
            )
        return " ".join([*lines, f"Source: {source_of(self)}."])
