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

from nettumor.assessment.asked import PFS, Asked, check_late, edition_of, names_asked, rules_of
from nettumor.assessment.axes import Axis, axes
from nettumor.assessment.course import outcome
from nettumor.assessment.course_lines import (
    late_baselines,
    methods_of_new,
    partial_references,
    together,
)
from nettumor.assessment.cr_markers import asks_for_markers, has_markers, judged_with_markers
from nettumor.assessment.ends import Ends
from nettumor.assessment.evaluators import accepted_evaluators
from nettumor.assessment.judgement import Judgement, has_days, judge
from nettumor.assessment.last_alive import RULES, with_last_alive
from nettumor.assessment.like_courses import Piece, groups_of, joined
from nettumor.assessment.notes import course_notes, notes
from nettumor.assessment.output import (
    OWN,
    came_as,
    carried,
    event_table,
    key_type,
    keys,
    of_rows,
    places_of,
    provenance_table,
    subject_table,
    timepoint_table,
)
from nettumor.assessment.parts import selected
from nettumor.assessment.placed import Placed, ends_of_group, place_lesions
from nettumor.assessment.result import Assessment
from nettumor.assessment.series import Scans
from nettumor.assessment.sources import sources_of
from nettumor.assessment.symptom_progression import with_symptoms
from nettumor.crf import CrfTable, DateStatus, Tables
from nettumor.crf.adam import KIND as ADAM
from nettumor.crf.came_as import CameAs
from nettumor.crf.impossible import refuse_impossible, refuse_without_sizes
from nettumor.crf.intake import Line, further, intake_table, tell
from nettumor.crf.limits import Limits, as_limits
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_dates import Said
from nettumor.criteria import (
    RECIST_1_1,
    AttenuationCriteria,
    BestResponseRule,
    CensoringRule,
    SizeCriteria,
)
from nettumor.errors import InputError, choose, did_you_mean, listed, true_or_false
from nettumor.study.population import read_population
from nettumor.study.schedule import described, scheduled
from nettumor.study.subjects import read_subjects
from nettumor.study.tracks import read_names, tracks_of

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
    reference: str | None = None,
    schedule: Any = None,
    late_baseline_days: float | None = None,
    last_known_alive: str = "as given",
    new_lesion_methods: Any = None,
    cr_markers: Any = None,
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
    last scan that anybody read. Scans dated after the subject's death are left out, and said.

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
        The largest file and table that are read, as in `nettumor.crf.read`, and the most places of
        lesion and visit of subjects of like courses (`places`), for Tables and frames too.
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
    reference : str, optional
        The column of the subjects table that is day 0, in place of randomisation and the start of
        treatment: the cross-over, or the next cycle of TACE or PRRT, with a baseline of its own (the
        last visit on or before it). Who has no date there is left out, and said; a new therapy on
        or before that day does not end what counts, and lesions that were new by then are not new.
    schedule : number, (from day, interval) pairs, or days; optional
        The scheduled visits, by which missed visits are counted (see `CensoringRule`). Without it
        those of the study file, else of ``censoring``, else the planned visits of SDTM TV or SV at
        which lesions are assessed; the provenance says which.
    late_baseline_days : float, optional
        How many days after the reference date a first scan may still be the baseline; one later is
        none: the track has no response but by new lesions, and its times are censored at 0. None:
        any; the provenance counts those after the reference date.
    last_known_alive : {"as given", "all dates"}
        By which rule a subject is known alive, where overall survival and the time to a new therapy
        are censored. "as given": the column of the subjects table, else the last scan. "all dates":
        the last date of the study as read that shows the subject alive, whatever the column says
        alone: every row of lesions, responses, markers and symptoms, the subject's own dates, and
        SDTM domains such as AE, EX, LB and VS (of Tables those read with ``others="dates"``);
        partial dates at their first day, none after death.
    new_lesion_methods : sequence of str, optional
        Methods whose new lesions count, in place of the field of the criteria.
    cr_markers : {"none", "all evaluable"} or sequence of str, optional
        Markers that must be normal for CR, in place of the field of the criteria.
    marker_after_days : float
        A marker's sample serves a scan until so many days after it; in reach of two scans it serves
        the earlier. Each is held against its own upper limit; a result such as "<5" has the
        response that every value up to 5 gives, else none.
    marker_rule : {"primary", "worst", "best"}, optional
        What several markers of a patient make together (`combine_markers`). None: each has its own
        columns, and together they have a verdict only where they agree, else NE with a note.
    primary_marker : str, optional
        The marker of ``marker_rule="primary"``.
    confounders : {"mark", "exclude"}
        A sample with a ``confounder`` is noted in ``biological_note``, or left out. Noted, too, is a
        daily amount that was not collected for 22 to 26 h.
    symptom_window_days, symptom_minimum_recorded : int
        A diary is averaged over the window before the scan (before the reference date for the
        baseline), where so many days are recorded.
    new_symptom : {"ignore", "PD"}
        What a symptom means that was absent at baseline and is there later.
    pfs : {"tumour load", "symptoms or tumour load"}
        The second is the review's progression-free survival (section 5): a progression of the
        symptoms is an event too, and ``pfs_axis`` of the subjects and the description of the event
        say which it was.

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
        Once, where anything that is read here is not plainly read (Tables were read before), or is
        left out of a course: scans after death, targets that were not there at baseline.

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
    edition = edition_of(criteria, cr_markers=cr_markers, new_lesion_methods=new_lesion_methods)
    rule, censoring = rules_of(edition, rule, censoring)
    choose("by", by, ("subject", "lesion"))
    strict = true_or_false("strict", strict)
    choose("last_known_alive", last_known_alive, RULES)
    check_late(late_baseline_days)
    carry = names_asked("carry", carry)
    used = (*(selection if isinstance(selection, Mapping) else ()), *carry)
    used += () if reference is None else (reference,)
    asked = Asked(
        edition=edition,
        rule=rule,
        censoring=censoring,
        evaluator=evaluator,
        data_cutoff=data_cutoff,
        selection=selection,
        by=by,
        population=population,
        carry=carry,
        schedule=schedule,
        late_baseline_days=late_baseline_days,
        reference=reference,
        last_known_alive=last_known_alive,
        limits=limits,
        marker_after_days=marker_after_days,
        marker_rule=marker_rule,
        primary_marker=primary_marker,
        confounders=confounders,
        symptom_window_days=symptom_window_days,
        symptom_minimum_recorded=symptom_minimum_recorded,
        new_symptom=new_symptom,
        pfs=pfs,
    )
    others = "leave" if last_known_alive == RULES[0] else "dates"
    tables = read_quietly(source, study=study, dates=dates, used=used, limits=limits, others=others)
    said = tables.intake if tables is not source or strict else intake_table([])
    try:
        done, lines = _assessed(_study(tables, edition), asked)
    except InputError:
        tell(said, strict=strict, stacklevel=2)
        raise
    tell(further(said, lines), strict=strict, stacklevel=2)
    return done


def _assessed(tables: Tables, asked: Asked) -> tuple[Assessment, list[Line]]:
    """The assessment of a study, and what is left out of its courses."""
    population = read_population(tables, asked.population, asked.reference)
    tables, selection = population.of(tables, asked.selection)
    carry = _carried_names(tables, asked.carry)
    of_file = None if tables.study is None else tables.study.schedule
    schedule = scheduled(asked.censoring, tables, asked.schedule, of_file)
    asked = attrs.evolve(asked, censoring=schedule.censoring, carry=carry)
    names = read_names(tables, asked.evaluator)
    _need_days(tables["lesions"], asked.rule)
    as_read = read_subjects(tables, names, asked.data_cutoff, asked.reference)
    subjects, alive = with_last_alive(tables, names, as_read, asked)
    chosen = selected(tables["lesions"], selection)
    limits = as_limits(asked.limits, None if tables.study is None else tables.study.limits)
    groups = groups_of(tables, names, subjects, chosen, asked.edition)
    placed = [place_lesions(g, asked, limits.places) for g in groups]
    if len(placed) > 1:  # what holds of a study without any day is no matter of the group
        dated = any(has_days(p.parts, p.visits) for p in placed)
        placed = [attrs.evolve(p, visits=attrs.evolve(p.visits, dated=dated)) for p in placed]
    metastasis = any(p.dates_a_metastasis for p in placed)
    done = joined([_piece(p, asked, metastasis=metastasis) for p in placed])

    said = notes(tables, names, as_read, done.counts, asked) | {"last known alive": alive}
    said |= course_notes(done.counts, described(schedule), asked.late_baseline_days)
    said["new lesions by method"] = methods_of_new(tables["lesions"], names, asked.edition)
    said |= {f"left out: {n.found} in {n.place}": n.count for n in population.lines}
    lines = [*schedule.lines, *together([line for p in placed for line in p.lines])]
    if asked.reference is None:
        lines += partial_references(tables["lesions"], names, as_read)
    answer = Assessment(
        timepoints=done.timepoints,
        subjects=done.subjects,
        events=done.events,
        provenance=provenance_table(tables, asked.edition, asked.rule, asked.censoring, said),
        criteria=asked.edition,
        judgement=done.judgement,
        outcome=done.outcome,
        reference=done.reference,
        place=done.place,
        frame_kind=tables.frame_kind,
        counts_days=subjects.days,
        categories=_categories(tables, carry),
        intake=further(tables.intake, [*population.lines, *lines]),
        sources=sources_of(tables, done.row),
        accepted=accepted_evaluators(tables),
        carried=carry,
    )
    return answer, lines


def _piece(placed: Placed, asked: Asked, *, metastasis: bool) -> Piece:
    """A group judged, and its tables; ``metastasis``: some group has a day of one."""
    group, visits, reference = placed.group, placed.visits, placed.reference_in("subjects")
    tables, names, subjects = group.tables, group.names, group.subjects
    rule, censoring, edition = asked.rule, asked.censoring, asked.edition
    ends = ends_of_group(placed, cycle=asked.reference is not None)
    judgement, others = _with_axes(placed, _judged(placed, asked), ends, asked)
    found = outcome(judgement, visits, ends, rule, censoring, metastasis=metastasis)
    axis_of_event = None
    if asked.pfs != PFS[0]:
        found, axis_of_event = with_symptoms(
            found, judgement, others.get("symptomatic"), visits, ends, rule, censoring
        )
    lesions = tables["lesions"]
    exists, dating = (tracks_of(v, judgement.owner) for v in (visits.exists, visits.row))
    place, row = places_of(exists), of_rows(dating, exists)
    identity = keys(tables, names, judgement)
    of_subject = identity | carried(tables, subjects.row[placed.subject], ("arm", *asked.carry))
    days, came = subjects.days, came_as(lesions, "date")
    return Piece(
        timepoints=timepoint_table(
            lesions, identity, visits, judgement, ends, edition, others, place, row
        ),
        subjects=subject_table(
            of_subject, found, reference, edition, others, axis_of_event, days=days, came=came
        ),
        events=event_table(identity, found, reference, axis_of_event, days=days, came=came),
        judgement=judgement,
        outcome=found,
        reference=reference,
        place=place,
        row=group.of_study(row),
        tracks=group.tracks,
        counts=placed.counts,
    )


def _judged(placed: Placed, asked: Asked) -> Judgement:
    """The timepoints of a group by their lesions."""
    visits = placed.visits
    refused = np.zeros(len(visits.exists), dtype=np.bool_)
    if asked.late_baseline_days is not None:
        refused = late_baselines(visits, asked.late_baseline_days)
    return judge(placed.parts, visits, asked.edition, asked.rule, refused)


def _with_axes(
    placed: Placed, judgement: Judgement, ends: Ends, asked: Asked
) -> tuple[Judgement, dict[str, Axis]]:
    """The judgement, where the criteria ask for normal markers by them too; and the axes beside it."""
    if asked.by != "subject":
        return judgement, {}
    tables, names, visits = placed.group.tables, placed.group.names, placed.visits
    references = {n: placed.reference_in(n) for n in ("markers", "symptoms") if n in tables}
    owner = judgement.owner
    day, exists = tracks_of(visits.day, owner), tracks_of(visits.exists, owner)
    reference = placed.reference_in("subjects")
    scans = Scans(placed.subject, day, exists, reference, ends.new_therapy, ends.cutoff)
    if asks_for_markers(asked.edition) and has_markers(tables):
        own = attrs.evolve(scans, reference=references["markers"])
        judgement = judged_with_markers(judgement, tables["markers"], names, own, asked)
    return judgement, axes(tables, names, scans, references, asked)


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


def _no_lesions(study: Tables) -> InputError:
    """The error for a study without lesions, with what was left aside."""
    rows = study.intake.rows()
    aside = [
        r["found"] for r in rows if r["kind"] in ("file", "table") and r["status"] == "ignored"
    ]
    got = ", ".join(study) + (f"; left aside: {', '.join(aside[:3])}" if aside else "")
    analysed = any(t.source.kind == ADAM for t in (*study.values(), *study.domains.values()))
    why = (
        "Analysis data sets hold responses, sums and times, and no non-target and new lesions: give "
        "TU and TR too."
    )
    repair = (
        "Put lesions.csv beside them, or say in [files] of a study file (--study) which file it is."
    )
    reported = (
        "Responses as reported are summed up by best_overall_response(parse_responses(...), days)."
    )
    named = "Call it lesions, or say in [files] of a study file which one it is. " if aside else ""
    return InputError(
        f"`source` must hold the table 'lesions' (or SDTM TU and TR); got {got}. "
        f"{why if analysed else named + reported}",
        argument="source",
        command_line=f"There is no table of lesions (or SDTM TU and TR); got {got}. "
        f"{why if analysed else repair}",
    )


def _study(study: Tables, criteria: Any) -> Tables:
    """The study, where it has what the criteria judge."""
    if "lesions" not in study:
        raise _no_lesions(study)
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


_DIAMETERS = ("size", "perpendicular", "diameter")
_SIZED_BY = {
    "product": ("size", "perpendicular"),
    "viable product": ("viable", "viable_perpendicular"),
    "volume": ("volume",),
    "viable diameter": ("viable", *_DIAMETERS),
    "diameter and attenuation": (*_DIAMETERS, "attenuation"),
}
"""The columns of which one at least must hold a size for the criteria's measure."""
