"""A study in one call: CRF tables in, timepoints, subjects and events out.

Which response at which visit, which best response, which time to progression? `assess` takes what
`nettumor.crf.read` reads and calls the chain on all patients at once: target, non-target and new
lesions, overall response (iRECIST and Choi by their own functions), best overall response, and the
times to events. Sources: those of the criteria; for visits, dates, duplicates and sizes the CRF
layout of this library (see `visits`, `lesion_arrays`); FDA guidance 2018, Appendix 3, for
censoring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from attrs import frozen

from nettumor import criteria as editions
from nettumor._arrays import more_than
from nettumor.assessment.axes import Axis, axes
from nettumor.assessment.axis_rules import PFS, AxisRules
from nettumor.assessment.course import Ends, ends_of, outcome
from nettumor.assessment.judgement import Judgement, Parts, has_days, judge
from nettumor.assessment.like_courses import Group, Piece, groups_of, joined
from nettumor.assessment.output import (
    OWN,
    came_as,
    carried,
    event_table,
    key_type,
    keys,
    provenance_table,
    subject_table,
    timepoint_table,
)
from nettumor.assessment.parts import parts_of, selected
from nettumor.assessment.population import read_population
from nettumor.assessment.result import Assessment
from nettumor.assessment.series import Scans
from nettumor.assessment.subjects import Subjects, read_names, read_subjects
from nettumor.assessment.symptom_progression import with_symptoms
from nettumor.assessment.visits import Names, Visits, place_visits, tracks_of
from nettumor.crf import CrfTable, DateStatus, StudyFile, Tables
from nettumor.crf.came_as import CameAs
from nettumor.crf.impossible import refuse_impossible, refuse_without_sizes
from nettumor.crf.intake import counts, further, tell
from nettumor.crf.limits import Limits
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_dates import Said
from nettumor.criteria import (
    FDA_2018_CENSORING,
    RECIST_1_1,
    AttenuationCriteria,
    BestResponseRule,
    CensoringRule,
    SizeCriteria,
)
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose, did_you_mean, listed

__all__ = ["Assessment", "assess"]


def assess(
    source: Any,
    *,
    study: Any = None,
    strict: bool = False,
    dates: Said = None,
    limits: Limits | Mapping[str, int] | None = None,
    criteria: SizeCriteria | AttenuationCriteria | str = RECIST_1_1,
    rule: BestResponseRule | None = None,
    censoring: CensoringRule | None = None,
    evaluator: Any = None,
    data_cutoff: Any = None,
    selection: Any = None,
    by: str = "subject",
    population: str = "assigned",
    carry: Any = None,
    schedule: Any = None,
    late_baseline_days: float | None = None,
    marker_after_days: float = 7,
    marker_rule: str | None = None,
    primary_marker: str | None = None,
    confounders: str = "mark",
    symptom_window_days: int = 14,
    symptom_minimum_recorded: int = 7,
    new_symptom: str = "ignore",
    pfs: str = "tumour load",
) -> Assessment:
    """Assess a study: responses of all timepoints, best responses and times to events of all
    subjects.

    A track is a subject and an evaluator, and every subject has a row for every evaluator, so that
    denominators keep who was not assessed. The reference date is randomisation, else the start of
    treatment, else the baseline; the baseline is the last visit dated on or before it, else the
    first visit; earlier visits are left aside and counted in ``provenance``. Visits stand in the
    order of their full dates. Numbers that cannot be (a baseline of 0, a target without baseline)
    give NE with a reason, not an error. Of two visits on one day the worse response enters the
    course, NE only if there is no other. A lesion that was identified as a target and never
    measured leaves its patient NE. A subject without a day last known alive is known alive at the
    last scan that anybody read.

    Parameters
    ----------
    source : Tables, or anything `nettumor.crf.read` takes
        With the lesions table, and the subjects table where there is one.
    study : path or StudyFile, optional
        A study file, as in `nettumor.crf.read`. Its ``[schedule]`` holds unless the call has one,
        and goes before that of ``censoring``; its ``[population]`` adds to ``population``.
    strict : bool
        Refuse what is not plainly read, in place of a warning.
    dates : {"DMY", "MDY", "YMD", "excel", "sas"}, or a mapping, optional
        How dates are written, as in `nettumor.crf.read`.
    limits : Limits, or mapping of str to int, optional
        The largest file and table that are read, as in `nettumor.crf.read`.
    criteria : SizeCriteria, AttenuationCriteria, or str
        An edition or its name. `IRECIST_2017` is judged by `irecist_response`, `CHOI_2007` by `choi_response`.
    rule : BestResponseRule, optional
        Default: ``criteria.best_response``.
    censoring : CensoringRule, optional
        Default: ``criteria.censoring``, where the criteria have one (iRECIST), else
        `FDA_2018_CENSORING`.
    evaluator : str or sequence of str, optional
        Whose assessments; default all.
    data_cutoff : str, date or float, optional
        Last day whose data count, for all subjects; a day where the study counts days. Default: the
        column of the subjects table.
    selection : mapping of str to str or sequence of str, or array of bool, optional
        Which lesions are judged: ``{"organ": "LIVER"}`` for the liver alone (hepatic PFS), or a
        flag for each row of the lesions table. Visits and baseline are those of all lesions.
    by : {"subject", "lesion"}
        "lesion": every target lesion by itself, without non-target and new lesions (the response of
        treated lesions); the tables then have a column ``lesion``.
    population : {"assigned", "all"}
        "assigned" leaves out subjects whose planned arm, its code or the reason for its absence
        says screen failure or not assigned (ARM, ARMCD, ARMNRS); blank cells leave nobody out, and
        who was assigned and not treated stays. The provenance counts who was left out.
    carry : str or sequence of str, optional
        Columns of the subjects table (strata, region) to stand in ``.subjects``, in the type they
        came in.
    schedule : number, (from day, interval) pairs, or days; optional
        The scheduled visits, by which missed visits are counted, in place of those of ``censoring``
        (see `CensoringRule`).
    late_baseline_days : float, optional
        How many days after the reference date a first scan may still be the baseline; one later is
        none: the track has no response but by new lesions, and its times are censored at 0. None:
        any; the provenance counts those after the reference date.
    marker_after_days : float
        A marker's sample serves a scan until so many days after it; in reach of two scans it serves
        the earlier.
    marker_rule : {"primary", "worst", "best"}, optional
        What several markers of a patient make together (`combine_markers`). None: each has its own
        columns, and together they have a verdict only where they agree, else NE with a note.
    primary_marker : str, optional
        The marker of ``marker_rule="primary"``.
    confounders : {"mark", "exclude"}
        A sample with a ``confounder`` is noted in ``biological_note``, or left out.
    symptom_window_days, symptom_minimum_recorded : int
        A diary is averaged over the window before the scan (before the reference date for the
        baseline), where so many days are recorded.
    new_symptom : {"ignore", "PD"}
        What a symptom means that was absent at baseline and is there later.
    pfs : {"tumour load", "symptoms or tumour load"}
        The second is the review's progression-free survival (section 5): a progression of the
        symptoms is an event too, and the column ``pfs_axis`` of the subjects says which it was.

    Returns
    -------
    Assessment
        With ``.timepoints``, ``.subjects``, ``.events``, ``.provenance``, ``.intake``,
        ``.explain(row)``, ``.to_adam()``, ``.agreement()``.

    Raises
    ------
    InputError
        Where there is no lesions table, a required column is missing, no target has a size that the
        criteria ask for, or an evaluator, a column or a word of the selection is not there; with
        ``strict`` where anything is not plainly read.

    Warns
    -----
    IntakeWarning
        Once, where anything that is read here is not plainly read; Tables were read before.

    References
    ----------
    The publications of the criteria; CDISC SDTMIG 3.4 (TU, TR); FDA guidance, Clinical Trial
    Endpoints, 2018.

    Examples
    --------
    >>> lesions = {"subject": ["01"] * 3, "lesion": ["T1"] * 3, "role": ["TARGET"] * 3,
    ...            "date": ["2024-01-02", "2024-03-01", "2024-05-03"], "size": [50, 30, 40]}
    >>> done = assess({"lesions": lesions})
    >>> done.timepoints["overall"].tolist(), done.subjects["best"].tolist(), done.subjects["pfs_days"].tolist()
    (['MISSING', 'PR', 'PD'], ['SD'], [122.0])
    """
    edition: Any = editions.get(criteria) if isinstance(criteria, str) else criteria
    rule, censoring = _checked(edition, rule, censoring, schedule)
    choose("by", by, ("subject", "lesion"))
    carry = (carry,) if isinstance(carry, str) else tuple(carry or ())
    used = (*(selection if isinstance(selection, Mapping) else ()), *carry)
    tables = _study(
        read_quietly(source, study=study, dates=dates, used=used, limits=limits), edition
    )
    if tables is not source or strict:
        tell(tables.intake, strict=strict, stacklevel=2)
    censoring = _scheduled(censoring, tables.study, schedule)
    people = read_population(tables, population)
    tables, selection = people.of(tables, selection)
    carry = _carried_names(tables, carry)
    lesions = tables["lesions"]
    names = read_names(tables, evaluator)
    _need_days(lesions, rule)
    subjects = read_subjects(tables, names, data_cutoff)
    rules = AxisRules(
        marker_after_days=marker_after_days,
        marker_rule=marker_rule,
        primary_marker=primary_marker,
        confounders=confounders,
        symptom_window_days=symptom_window_days,
        symptom_minimum_recorded=symptom_minimum_recorded,
        new_symptom=new_symptom,
        pfs=pfs,
    )
    chosen = selected(lesions, selection)
    asked = _Asked(
        edition=edition,
        rule=rule,
        censoring=censoring,
        by=by,
        late_baseline_days=late_baseline_days,
        rules=rules,
        carry=carry,
    )
    placed = [_placed(g, asked) for g in groups_of(tables, names, subjects, chosen)]
    if len(placed) > 1:  # what holds of a study without any day is no matter of the group
        dated = any(has_days(p.parts, p.visits) for p in placed)
        placed = [attrs.evolve(p, visits=attrs.evolve(p.visits, dated=dated)) for p in placed]
    judged = [_judged(p, asked) for p in placed]
    metastasis = any(bool((~np.isnan(j.ends.first_metastasis)).any()) for j in judged)
    done = joined([_piece(j, asked, metastasis) for j in judged])

    notes = _notes(tables, edition, names, subjects, done.counts, by, rules)
    notes |= _course_notes(done.counts, censoring, late_baseline_days)
    notes |= {f"left out: {n.found} in {n.place}": n.count for n in people.lines}
    return Assessment(
        done.timepoints,
        done.subjects,
        done.events,
        provenance_table(tables, edition, rule, censoring, notes),
        edition,
        done.judgement,
        done.outcome,
        done.reference,
        done.place,
        tables.frame_kind,
        subjects.days,
        _categories(tables, carry),
        further(tables.intake, people.lines),
    )


@frozen(eq=False)
class _Asked:
    """What was asked of the study."""

    edition: Any
    rule: BestResponseRule
    censoring: CensoringRule
    by: str
    late_baseline_days: float | None
    rules: AxisRules
    carry: tuple[str, ...]


@frozen(eq=False)
class _Placed:
    """A group with its lesions in their places."""

    group: Group
    visits: Visits
    parts: Parts
    late: Any
    counts: dict[str, int]


def _placed(group: Group, asked: _Asked) -> _Placed:
    lesions, names = group.tables["lesions"], group.names
    visits = place_visits(lesions, names, _reference(group.tables, group.subjects))
    parts, conflicts = parts_of(lesions, asked.edition, names, visits, group.chosen, by=asked.by)
    late = _late_baselines(visits, asked.late_baseline_days)
    counts = {
        "conflicts": conflicts,
        "without_time": visits.without_time,
        "before_baseline": visits.before_baseline,
        "late": int(late.sum()),
        "stray": int(parts.targets.stray.sum()),
        "wordless": int(parts.new.wordless.sum()),
    }
    return _Placed(group, visits, parts, late, counts)


@frozen(eq=False)
class _Judged:
    """A group with its timepoints judged, and the days that end its times."""

    placed: _Placed
    judgement: Judgement
    subject: Any
    reference: Any
    ends: Ends


def _judged(placed: _Placed, asked: _Asked) -> _Judged:
    group, visits = placed.group, placed.visits
    tables, names, subjects = group.tables, group.names, group.subjects
    refused = placed.late & (asked.late_baseline_days is not None)
    judgement = judge(placed.parts, visits, asked.edition, asked.rule, refused)
    subject = judgement.owner // max(len(names.evaluators), 1)
    reference = _reference_in(tables, None, subjects, visits, judgement.owner, subject)
    last_scan = _last_scan(tables["lesions"], names, visits)[judgement.owner]
    ends = ends_of(subjects, subject, reference, last_scan)
    return _Judged(placed, judgement, subject, reference, ends)


def _piece(judged: _Judged, asked: _Asked, metastasis: bool) -> Piece:
    """The tables of a group."""
    group, visits = judged.placed.group, judged.placed.visits
    tables, names, subjects = group.tables, group.names, group.subjects
    judgement, ends, reference = judged.judgement, judged.ends, judged.reference
    rule, censoring, edition = asked.rule, asked.censoring, asked.edition
    found = outcome(judgement, visits, ends, rule, censoring, metastasis=metastasis)
    others: dict[str, Axis] = {}
    if asked.by == "subject":
        others = _axes(tables, names, subjects, visits, judgement, ends, asked.rules)
    axis_of_event = None
    if asked.rules.pfs != PFS[0]:
        found, axis_of_event = with_symptoms(
            found, judgement, others.get("symptomatic"), visits, ends, rule, censoring
        )
    identity = keys(tables, names, judgement)
    timepoints, place = timepoint_table(tables, names, visits, judgement, ends, edition, others)
    of_subject = identity | carried(tables, subjects.row[judged.subject], ("arm", *asked.carry))
    days, came = subjects.days, came_as(tables["lesions"], "date")
    return Piece(
        timepoints=timepoints,
        subjects=subject_table(
            of_subject, found, reference, edition, others, axis_of_event, days=days, came=came
        ),
        events=event_table(identity, found, reference, days=days, came=came),
        judgement=judgement,
        outcome=found,
        reference=reference,
        place=place,
        tracks=group.tracks,
        counts=judged.placed.counts,
    )


def _categories(study: Tables, carry: tuple[str, ...]) -> dict[str, CameAs]:
    """The columns of the results that came in as categories."""
    of_lesions = {n: came_as(study["lesions"], n) for n in ("evaluator", "lesion", "visit")}
    if "subjects" in study:
        of_lesions |= {n: came_as(study["subjects"], n) for n in ("arm", *carry)}
    of_lesions["subject"] = key_type(*(study[t] for t in ("lesions", "subjects") if t in study))
    return {name: came for name, came in of_lesions.items() if came.kind == "category"}


def _carried_names(study: Tables, carry: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the subjects table that the user wants beside the results."""
    known = list(study["subjects"]) if "subjects" in study else []
    for name in carry:
        if name not in known:
            raise InputError(
                f"`carry` names no column of `subjects`: {name!r}. "
                f"{did_you_mean(name, known) if known else 'Give a subjects table.'}",
                argument="carry",
            )
        if name in OWN or name.startswith(("biological_", "symptomatic_")):
            raise InputError(
                f"`carry` names {name!r}, which `.subjects` has of its own. Rename the column.",
                argument="carry",
            )
    return tuple(n for n in dict.fromkeys(carry) if n != "arm")


def _checked(
    criteria: Any, rule: Any, censoring: Any, schedule: Any
) -> tuple[BestResponseRule, CensoringRule]:
    if not isinstance(criteria, AttenuationCriteria):
        require(criteria, SizeCriteria, "assess")
    rule = criteria.best_response if rule is None else rule
    if censoring is None:
        censoring = FDA_2018_CENSORING if criteria.censoring is None else criteria.censoring
    require(rule, BestResponseRule, "assess", "rule")
    require(censoring, CensoringRule, "assess", "censoring")
    if schedule is not None:
        censoring = attrs.evolve(censoring, schedule=schedule)
    return rule, censoring


def _scheduled(rule: CensoringRule, study: StudyFile | None, schedule: Any) -> CensoringRule:
    """The rule of censoring with the schedule of the study file, where the call has none."""
    if study is None:
        return rule
    said = {"schedule": study.schedule.visits, "window_days": study.schedule.window}
    if schedule is not None:
        del said["schedule"]
    return attrs.evolve(rule, **{name: v for name, v in said.items() if v is not None})


def _need_days(lesions: CrfTable, rule: BestResponseRule) -> None:
    """Without any date or day nothing is confirmed, and nobody should learn that from a rate of 0."""
    cells, _ = lesions.when_cells()
    nothing = bool((cells.status == DateStatus.BLANK).all())
    if rule.confirmation_days is None or not lesions.n_rows or not nothing:
        return
    raise InputError(
        f"`lesions` must have days or dates, which the confirmation of {rule.title} needs; it has "
        "none. Give a column date or day; or pass a `rule` without confirmation, which needs none: "
        "rule=attrs.evolve(criteria.best_response, confirmation_days=None, sd_minimum_days=None).",
        argument="lesions",
    )


def _late_baselines(visits: Visits, most: float | None) -> Any:
    """Tracks whose baseline lies after the reference date by more days than allowed (None: at
    all).
    """
    if most is not None and not (isinstance(most, (int, float)) and most >= 0):
        raise InputError(
            f"`late_baseline_days` must be a number of days from 0, or None; got {most!r}. Give the "
            "most days after the reference date.",
            argument="late_baseline_days",
        )
    return more_than(visits.day[:, 0], 0.0 if most is None else most)


def _course_notes(
    counted: dict[str, int], censoring: CensoringRule, most: float | None
) -> dict[str, Any]:
    """What of the course the rules decided, for the provenance."""
    allowed = (
        "counted as the baseline" if most is None else f"refused: more than {most:g} days after"
    )
    return {
        "missed visits": censoring.missed_visits,
        "tracks with a first scan after the reference date": f"{counted['late']} ({allowed})",
        "targets not there at baseline, left out of the sum": counted["stray"],
        "visits with a new lesion recorded without size or state": counted["wordless"],
    }


def _study(study: Tables, criteria: Any) -> Tables:
    """The study, where it has what the criteria judge."""
    if "lesions" not in study:
        raise InputError(
            f"`source` must hold the table 'lesions' (or SDTM TU and TR); got {', '.join(study)}. "
            "Responses as "
            "reported are summed up by best_overall_response(parse_responses(...), days).",
            argument="source",
            command_line="There is no table of lesions (or SDTM TU and TR); got "
            f"{', '.join(study)}. Put lesions.csv beside them, or say in [files] of a study file "
            "(--study) which file it is.",
        )
    missing = study.missing_columns("lesions")
    if missing:
        raise InputError(
            f"`lesions` lacks {', '.join(missing)}; it has {listed(study['lesions'])}. Rename "
            "the columns with nettumor.crf.read(..., mapping=...).",
            argument=missing[0],
            command_line=f"`lesions` lacks {', '.join(missing)}; it has "
            f"{listed(study['lesions'])}. Name them in a study file (--study): "
            f'[columns.lesions] "its name there" = "{missing[0].split(" ")[0]}".',
        )
    refuse_impossible(study["lesions"])
    refuse_without_sizes(study["lesions"], _SIZED_BY.get(criteria.measure, _DIAMETERS))
    return study


def _reference(study: Tables, subjects: Subjects) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The reference date of each subject in the count of the lesions table."""
    if study["lesions"].has_days:
        return np.zeros(len(subjects.reference))
    return subjects.reference


def _reference_in(
    study: Tables,
    table: CrfTable | None,
    subjects: Subjects,
    visits: Visits,
    owner: Any,
    subject: Any,
) -> Any:
    """The reference date of each unit in the count of a table (None: the subjects table)."""
    if subjects.days if table is None else table.has_days:
        return np.zeros(len(owner))
    if study["lesions"].has_days:
        return subjects.reference[subject]
    return visits.reference[owner]


def _axes(
    study: Tables,
    names: Names,
    subjects: Subjects,
    visits: Visits,
    judgement: Judgement,
    ends: Ends,
    rules: AxisRules,
) -> dict[str, Axis]:
    """Biological and symptomatic response of every unit, where the study has their tables."""
    owner = judgement.owner
    subject = owner // max(len(names.evaluators), 1)
    day, exists = tracks_of(visits.day, owner), tracks_of(visits.exists, owner)
    scans = Scans(subject, day, exists, np.zeros(len(owner)), ends.new_therapy, ends.cutoff)
    return axes(
        study,
        names,
        scans,
        lambda t: _reference_in(study, t, subjects, visits, owner, subject),
        rules,
    )


def _last_scan(lesions: CrfTable, names: Names, visits: Visits) -> Any:
    """The day of each track's subject's latest scan, whoever read it; NaN for none.

    A reader who was not asked for, or read less, does not shorten a life: the date is that of the
    subject, and only its count of days is the track's.
    """
    latest = visits.latest
    if len(names.evaluators) > 1:
        latest = np.fmax.reduce(latest.reshape(-1, len(names.evaluators)), axis=1, initial=np.nan)
    if names.asked is not None:
        others, latest = np.flatnonzero(~names.asked), latest.copy()
        cells, column = lesions.when_cells()
        others = others[~lesions.blank("subject")[others]]
        np.fmax.at(latest, names.subject[others], cells.day[column.codes[others]])
    return np.repeat(latest, len(names.evaluators)) - visits.reference


_NEEDED = {
    "product": ("size", "perpendicular"),
    "viable product": ("viable", "viable_perpendicular"),
    "volume": ("volume",),
    "viable diameter": ("viable",),
    "diameter and attenuation": ("attenuation",),
}


_DIAMETERS = ("size", "perpendicular", "diameter")
_SIZED_BY = {
    "product": ("size", "perpendicular"),
    "viable product": ("viable", "viable_perpendicular"),
    "volume": ("volume",),
    "viable diameter": ("viable", *_DIAMETERS),
    "diameter and attenuation": (*_DIAMETERS, "attenuation"),
}
"""The columns of which one at least must hold a size for the criteria's measure."""


def _lacking(lesions: CrfTable, criteria: Any) -> str:
    """The columns that the criteria measure by, of which the table has no cell."""
    return (
        ", ".join(n for n in _NEEDED.get(criteria.measure, ()) if lesions.blank(n).all()) or "none"
    )


def _notes(
    study: Tables,
    criteria: Any,
    names: Names,
    subjects: Subjects,
    counted: dict[str, int],
    by: str,
    rules: AxisRules,
) -> dict[str, Any]:
    """Policies and counts of the provenance."""
    cells, column = study["lesions"].when_cells()
    odd = cells.status > DateStatus.FULL
    unread = sum(int((d.status > DateStatus.FULL).sum()) for d in subjects.dates.values())
    return {
        "judged by": by,
        "evaluators": ", ".join(str(e) or "(none named)" for e in names.evaluators),
        "reference date": "day 0 of the data"
        if study["lesions"].has_days
        else "randomized, else treatment_start, else baseline",
        "baseline": "last visit dated on or before the reference date, else the first visit (none "
        "where a reader has new lesions alone)",
        "impossible numbers": 'answered with NE (invalid="NE")',
        "two visits on one day": "the worse response; NE only where there is no other",
        **{
            f"{t} by the scan": _rule(study, t, rules)
            for t in ("markers", "symptoms")
            if t in study and by == "subject"
        },
        "progression-free survival": f"progression of {rules.pfs}, or death",
        "lesion rows with a role or state that is not known": int(
            np.count_nonzero(study["lesions"].lesions.unknown)
        ),
        "measures of the criteria that the table lacks": _lacking(study["lesions"], criteria),
        "lesion rows without a subject": names.without_subject,
        "lesion rows without visit and date": counted["without_time"],
        "lesion rows before the baseline": counted["before_baseline"],
        "lesion dates that are not full": int(odd[column.codes].sum()) if odd.any() else 0,
        "subject dates that are not full": unread,
        "lesions with contradicting rows in one visit": counted["conflicts"],
        "further rows of one subject, not read": subjects.repeated,
        **counts(study.intake),
    }


def _rule(study: Tables, table: str, rules: AxisRules) -> str:
    lacks = study.missing_columns(table)
    return f"not judged: the table lacks {', '.join(lacks)}" if lacks else rules.prose(table)
