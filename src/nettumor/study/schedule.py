"""Which schedule of visits a study's missed visits are counted by.

From the call, the study file, the trial's own SDTM domains (TV: planned visits; SV: visits with
their planned day), or the rule of censoring, in this order; what comes first wins and is named in
the provenance. Of TV and SV only visits count at which some lesion was assessed. Sources: SDTMIG
3.4 (TV, SV: VISITNUM, VISITDY, study day 1 is the reference date); FDA guidance 2018, Appendix 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from attrs import frozen

from nettumor.crf import CrfTable, Tables
from nettumor.crf.intake import Line
from nettumor.criteria import CensoringRule


@frozen
class Scheduled:
    """A rule of censoring with the schedule that holds.

    Attributes
    ----------
    censoring : CensoringRule
    source : str
        Where the schedule comes from; "" for none.
    lines : tuple of Line
        For the intake: planned visits that cannot be used.
    """

    censoring: CensoringRule
    source: str = ""
    lines: tuple[Line, ...] = ()


def scheduled(
    censoring: CensoringRule,
    study: Tables,
    call: Any = None,
    of_study_file: Any = None,
) -> Scheduled:
    """The rule with its schedule.

    Parameters
    ----------
    censoring : CensoringRule
        Its own schedule is the last that counts.
    study : Tables
        With SDTM TV or SV among its domains, or without.
    call : number, pairs, or days; None
        As `CensoringRule.schedule`.
    of_study_file : object with ``visits`` and ``window``, optional
        The section [schedule] of a study file: ``visits`` as ``call``; ``window`` in days, which
        holds for the schedule of the call too, or None.
    """
    visits = getattr(of_study_file, "visits", None)
    window = getattr(of_study_file, "window", None)
    if window is not None:
        censoring = attrs.evolve(censoring, window_days=window)
    if call is not None:
        return Scheduled(attrs.evolve(censoring, schedule=call), "the call")
    if visits is not None:
        return Scheduled(attrs.evolve(censoring, schedule=visits), "the study file")
    if censoring.visits is not None:
        return Scheduled(censoring, "the rule")
    for domain in ("TV", "SV"):
        if domain in study.domains:
            days, line = planned_days(study.domains[domain], study["lesions"])
            if line is not None:
                return Scheduled(censoring, "", (line,))
            if days:
                return Scheduled(attrs.evolve(censoring, schedule=days), f"SDTM {domain}")
    return Scheduled(censoring)


def planned_days(domain: CrfTable, lesions: CrfTable) -> tuple[tuple[float, ...], Line | None]:
    """The planned days after the reference date at which lesions are assessed, in order; and a line
    where they cannot be told.

    Parameters
    ----------
    domain : CrfTable
        TV or SV, with VISITNUM (else VISIT) and VISITDY.
    lesions : CrfTable
        Its visits say at which of the planned visits lesions are assessed.
    """
    name = domain.name
    key = next((k for k in ("VISITNUM", "VISIT") if k in domain), "")
    if not key or "VISITDY" not in domain:
        return (), None
    planned: dict[str, set[float]] = {}
    visits = domain.column(key).trimmed.text
    for visit, day in zip(_numbers(visits), domain.numbers("VISITDY").value.tolist(), strict=True):
        if visit and day == day:
            planned.setdefault(visit, set()).add(day - 1 if day > 0 else day)
    assessed = set(_numbers(lesions.column("visit").trimmed.words)) if "visit" in lesions else set()
    used = {visit: days for visit, days in planned.items() if visit in assessed}
    several = sorted(visit for visit, days in used.items() if len(days) > 1)
    if several:
        return (), Line(
            "column",
            f"{name}.VISITDY",
            several[0],
            count=len(several),
            status="ambiguous",
            note="visits planned on several days (by arm or subject): missed visits are not "
            "counted; pass schedule=",
        )
    days = sorted({next(iter(days)) for days in used.values()})
    return tuple(float(d) for d in days if d > 0), None


def _numbers(words: Iterable[Any]) -> list[str]:
    """Names of visits as they compare: "2", "2.0" and 2 are one."""
    return [_number(" ".join(str(w).split())) for w in words]


def _number(word: str) -> str:
    try:
        return f"{float(word):g}"
    except ValueError:
        return word.upper()


def described(found: Scheduled) -> str:
    """Whether missed visits censor, and where the schedule comes from."""
    said = found.censoring.missed_visits
    return f"{said}, from {found.source}" if found.source and said.startswith("on") else said
