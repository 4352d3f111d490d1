"""``nettumor assess`` of a study: many visits, several evaluators, all tables."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from rich.console import Console

import nettumor as nt
from nettumor._whole_file import write_whole
from nettumor.before_after_table import is_course
from nettumor.cli._screen import screen, show_table
from nettumor.cli.intake import said_of_dates, show_intake
from nettumor.cli.output import Writer, check_outputs, write_all
from nettumor.crf import StudyFile, Tables
from nettumor.crf.came_as import as_text
from nettumor.crf.limits import LIMITS, Limits
from nettumor.errors import InputError
from nettumor.tables import Table

_TABLES = ("timepoints", "subjects", "events", "provenance")
_SHOWN = (
    "subject",
    "evaluator",
    "lesion",
    "best",
    "confirmed",
    "best_day",
    "progression_day",
    "pfs_days",
    "pfs_event",
)


def is_study(
    paths: list[Path],
    evaluator: list[str] | None,
    dates: str | None = None,
    limits: Limits = LIMITS,
) -> bool:
    """Whether these are for `nettumor.assess`, and not one file of lesions before and after
    therapy.
    """
    if len(paths) > 1 or bool(evaluator) or paths[0].is_dir():
        return True
    return is_course(paths[0], said_of_dates(dates), limits)


def assess(
    tables: Tables,
    paths: list[Path],
    edition: Any,
    evaluator: list[str] | None,
    output: Path | None,
    *,
    strict: bool,
    per_lesion: bool,
    visits: tuple[float | None, float | None] = (None, None),
    read: Sequence[Path] = (),
    late_baseline_days: float | None = None,
    last_known_alive: str = "as given",
    limits: Limits = LIMITS,
) -> None:
    """Assess the study, write the tables, and show subjects and rates; ``visits`` are the interval
    and the window of the scheduled visits, ``read`` further files that are read.
    """
    if output is not None:
        _check(output, [*paths, *read])
    by = "lesion" if per_lesion else "subject"
    try:
        with warnings.catch_warnings():  # every line is shown
            warnings.simplefilter("ignore", nt.IntakeWarning)
            answer = nt.assess(
                tables,
                criteria=edition,
                evaluator=evaluator or None,
                by=by,
                censoring=_censoring(edition, visits[1]),
                schedule=visits[0],
                late_baseline_days=late_baseline_days,
                last_known_alive=last_known_alive,
                limits=limits,
            )
    except InputError:
        show_intake(tables.intake, strict=strict)
        raise
    show_intake(answer.intake, strict=strict)
    console = screen()
    subjects = answer.subjects
    named = [
        n for n in _SHOWN if n in subjects and (n != "evaluator" or as_text(subjects[n]).any())
    ]
    show_table(
        console,
        Table({name: subjects[name] for name in named}),
        f"{by.capitalize()}s; {answer.criteria.title}",
        most=40,
    )
    for who in np.unique(as_text(subjects["evaluator"])).tolist():
        _show_cohort(console, subjects, who, by)
    _show_policies(console, answer)
    if output is not None:
        console.print(f"Written: {', '.join(str(path) for path in _write(answer, output))}")


def with_window(file: StudyFile | None, window: float | None) -> StudyFile | None:
    """The study file with the window of the command line, which goes before its own."""
    if file is None or window is None:
        return file
    return attrs.evolve(file, schedule=attrs.evolve(file.schedule, window=window))


def _censoring(edition: Any, window: float | None) -> Any:
    """The censoring of the edition with this window; None for its own."""
    if window is None:
        return None
    rule = getattr(edition, "censoring", None) or nt.criteria.FDA_2018_CENSORING
    return attrs.evolve(rule, window_days=window)


def _show_policies(console: Console, answer: nt.Assessment) -> None:
    """What a reader of the times must know: whether missed visits censor, and late baselines."""
    said = dict(
        zip(answer.provenance["item"].tolist(), answer.provenance["value"].tolist(), strict=True)
    )
    missed = said["missed visits"]
    if missed.startswith("off"):
        missed = "off: no schedule of visits is set; switch it on with --interval and --window"
    console.print(f"Missed visits: {missed}")
    for line in answer.intake.rows():
        if line["kind"] == "subject" and line["read_as"]:
            many = "" if line["count"] == 1 else "s"
            console.print(
                f"Left out of the denominators: {line['count']} subject{many}, {line['read_as']} "
                f"({line['place']} is {line['found']!r})"
            )
    late = said["tracks with a first scan after the reference date"]
    if not late.startswith("0 "):
        console.print(f"First scans after the reference date: {late}")


def _show_cohort(console: Console, subjects: Table, who: str, by: str) -> None:
    """The categories, the rates and the progression-free survival by one evaluator."""
    mine = as_text(subjects["evaluator"]) == who
    best = np.asarray(nt.parse_responses(subjects["best"][mine]))
    table = nt.response_table(best)
    found = table["count"] > 0
    of = f" by {who}" if who else ""
    show_table(
        console, Table({name: a[found] for name, a in table.items()}), f"Best responses ({by}s){of}"
    )
    for rate in (nt.objective_response_rate(best), nt.disease_control_rate(best)):
        console.print(str(rate))
    curve = nt.kaplan_meier(subjects["pfs_days"][mine], subjects["pfs_event"][mine])
    console.print(f"progression-free survival in days: {curve!r}")


def _check(output: Path, inputs: list[Path]) -> None:
    """Refuse a wrong output before anything is computed."""
    if output.suffix.lower() not in (".csv", ".json", "") and not output.is_dir():
        raise InputError(
            f"`--output` must end in .csv or .json, or be a folder; got {output.name!r}. Name it "
            "so.",
            argument="--output",
        )
    made = not output.suffix
    check_outputs(_paths(output).values(), inputs, folder_is_made=made)


def _paths(output: Path) -> dict[str, Path]:
    """The files: one JSON, or a CSV for each table, in the folder or beside the name that was
    given.
    """
    kind = "" if output.is_dir() else output.suffix.lower()
    if kind == ".json":
        return {"all": output}
    if kind == ".csv":
        return {name: output.with_name(f"{output.stem}_{name}{output.suffix}") for name in _TABLES}
    return {name: output / f"{name}.csv" for name in _TABLES}


def _write(answer: nt.Assessment, output: Path) -> list[Path]:
    paths = _paths(output)
    if "all" in paths:
        said = {name: json.loads(getattr(answer, name).to_json()) for name in _TABLES}
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        return write_all({output: lambda path: write_whole(path, text)})
    if not output.suffix:
        output.mkdir(parents=True, exist_ok=True)
    return write_all(
        {path: _writer(getattr(answer, name)) for name, path in paths.items()},
    )


def _writer(table: Table) -> Writer:
    return lambda path: table.to_csv(path, spreadsheet=True)
