"""``nettumor intake``: what a study holds and what is left out; the same table beside every answer.

Input: a study. Output: a dry run on the screen, without a verdict; and, on stderr beside the answers
of the other commands, every line that was not plainly read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

import nettumor as nt
from nettumor._whole_file import write_whole
from nettumor.cli._screen import say, screen, show_table
from nettumor.cli.output import check_outputs, write_all
from nettumor.crf import StudyFile, Tables, load_study
from nettumor.crf.cells import Role
from nettumor.crf.files import read_file
from nettumor.crf.intake import loud, summary, tell
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.lesion_cells import MEASURES
from nettumor.crf.limits import LIMITS, Limits, limits_from, limits_said
from nettumor.crf.reading import is_readable, read_quietly, unrecognised
from nettumor.crf.sdtm import domain_of
from nettumor.crf.study_file.writing import study_text
from nettumor.edit_checks.engine.configuration import study_configuration
from nettumor.errors import InputError, choose
from nettumor.tables import Table
from nettumor.words.dates import ORDERS

Dates = Annotated[
    str | None,
    typer.Option(
        "--dates",
        help="How dates are written: DMY, MDY, YMD, excel or sas; or by column, with commas "
        "between: lesions.date=DMY,death=MDY.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse (exit code 2) what is not plainly read.")
]

Study = Annotated[
    Path | None,
    typer.Option(
        "--study",
        help="A study file (TOML): how the files are read; see intake --write-study.",
    ),
]

Limit = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        help="The largest input that is read, such as rows=50000000; bytes_unpacked, rows, columns, "
        "cells, letters, visits or places; more than once for several.",
    ),
]


def said_of_dates(text: str | None) -> str | dict[str, str] | None:
    """What ``--dates`` says: one order for all, or one for each column."""
    if text is None:
        return None
    if "=" not in text:
        order = {o.casefold(): o for o in ORDERS}.get(text.strip().casefold(), text)
        choose("--dates", order, ORDERS)
        return order
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {name.strip(): order.strip() for name, _, order in pairs}


def load_study_file(path: Path | None) -> StudyFile | None:
    """The study file of ``--study``, its checks too; None without one."""
    if path is None:
        return None
    study = load_study(path)
    study_configuration(study)  # what is wrong in [checks] is said by every command
    return study


def limits_of(
    words: list[str] | None, study: StudyFile | None, configured: Limits | None = None
) -> Limits:
    """What ``--limit`` says over the limits of the checks' configuration, else of the study file."""
    of_study = LIMITS if study is None else limits_from(study.limits)
    return limits_said(words or [], of_study if configured is None else configured)


def read_study(
    paths: list[Path],
    dates: str | None,
    study: StudyFile | None = None,
    *,
    incomplete: str = "raise",
    limits: Limits = LIMITS,
    others: str = "leave",
) -> Tables:
    """The tables of a study; one file of no other name is the lesions table."""
    said = said_of_dates(dates)
    one = paths[0]
    of_many = len(paths) > 1 or one.is_dir() or not is_readable(one)
    source: Any = one if len(paths) == 1 else paths
    if of_many or (study is not None and study.files):
        return read_quietly(
            source, study=study, dates=said, incomplete=incomplete, limits=limits, others=others
        )
    found = read_file(one, limits=limits)
    known = (
        len(found) > 1 or domain_of(found[0]) or any(n in found[0].name.casefold() for n in LAYOUTS)
    )
    source = one if known else {"lesions": one}
    return read_quietly(
        source, study=study, dates=said, incomplete=incomplete, limits=limits, others=others
    )


def show_intake(intake: Table, *, strict: bool) -> None:
    """Every line that is not plainly read, on stderr; an error where ``strict``."""
    if strict:
        tell(intake, strict=True, stacklevel=2)
    rows = loud(intake)
    if not rows.any():
        return
    names = ("status", "kind", "place", "found", "read_as", "count", "note")
    title = f"Not plainly read: {summary(intake)}"
    shown = Table({n: intake[n][rows] for n in names})
    # as wide as its lines: a table that goes to a file is not folded
    console = Console(stderr=True, soft_wrap=True, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = 200
    show_table(console, shown, title)


def intake(
    path: Annotated[
        list[Path],
        typer.Argument(help="A folder of tables, or files (CSV, XPORT, Dataset-JSON, ...)."),
    ],
    study_file: Study = None,
    write_study: Annotated[
        Path | None,
        typer.Option(
            "--write-study",
            help="Write a first version of a study file: what was recognised, and what was not.",
        ),
    ] = None,
    dates: Dates = None,
    strict: Strict = False,
    limit: Limit = None,
) -> None:
    """What a study holds, how it is read, and what is left out and why; nothing is judged."""
    if write_study is not None:
        _check_new(write_study, path, study_file)
    file = load_study_file(study_file)
    limits = limits_of(limit, file)
    try:
        study = read_study(path, dates, file, incomplete="keep", limits=limits)
    except InputError:
        if write_study is not None:
            _write_study(write_study, unrecognised(path[0] if len(path) == 1 else path, limits))
        raise
    console = screen()
    show_table(console, _tables(study), "Tables")
    if "lesions" in study:
        _show_lesions(console, study)
    show_table(console, _dates(study), "Dates by column")
    renamed = study.intake["status"] == "renamed"
    rows = np.flatnonzero(~loud(study.intake) & (study.intake["status"] == "not needed") | renamed)
    if rows.size:
        names = ("status", "kind", "place", "read_as", "note")
        show_table(
            console,
            Table({n: study.intake[n][rows] for n in names}),
            "Read by another name, or known and not needed",
        )
    show_intake(study.intake, strict=strict)
    if not loud(study.intake).any():
        console.print("Everything was plainly read.")
    if write_study is not None:
        _write_study(write_study, study)


def _write_study(output: Path, study: Tables) -> None:
    text = study_text(study)
    write_all({output: lambda place: write_whole(place, text)})
    say(f"Written to {output}. Read with it: nettumor assess PATH --study {output}")


def _check_new(output: Path, paths: list[Path], study_file: Path | None) -> None:
    """Refuse to write a study file over a file: it is mended by hand, and must not be lost."""
    if study_file is not None:
        raise InputError(
            "`--write-study` writes a first version and takes no `--study`; got both. Leave one out.",
            argument="--write-study",
        )
    check_outputs([output], paths, option="--write-study")
    if output.exists():
        raise InputError(
            f"`--write-study` must name a new file; {str(output)!r} is there. Name another, or "
            "take it away.",
            argument="--write-study",
        )


def _tables(study: Tables) -> Table:
    """Rows, patients, visits and readers of each table."""
    held = list(study.items())

    def count(column: str) -> list[int]:
        return [
            len({w for w in t.column(column).trimmed.words.tolist() if w}) if column in t else 0
            for _, t in held
        ]

    return Table(
        {
            "table": [n for n, _ in held],
            "from": [t.source.name for _, t in held],
            "rows": [t.n_rows for _, t in held],
            "patients": count("subject"),
            "visits": count("visit"),
            "readers": count("evaluator"),
            "columns_read": [
                ", ".join(n for n in t if n in LAYOUTS[t.name].names()) for _, t in held
            ],
        }
    )


def _show_lesions(console: Console, study: Tables) -> None:
    """Readers, roles and sizes of the lesions table."""
    lesions = study["lesions"]
    cells = lesions.lesions
    names = {-1: "(not known)", **{int(r): r.name.replace("_", "-") for r in Role}}
    roles = [f"{names[int(r)]} {np.count_nonzero(cells.role == r)}" for r in np.unique(cells.role)]
    console.print(f"Roles (rows): {', '.join(roles) or 'none'}")
    readers = [w or "(none named)" for w in lesions.keys_of("evaluator")[1].tolist()]
    console.print(f"Readers: {', '.join(sorted(set(readers))) or '(none named)'}")
    for name in MEASURES:
        if name in lesions:
            value = cells.measure(name).value
            known = value[np.isfinite(value)]
            span = f", {known.min():g} to {known.max():g}" if known.size else ""
            unit = LAYOUTS["lesions"][name].unit
            console.print(f"{name}: {known.size} of {value.size} cells with a value{span} {unit}")


def _dates(study: Tables) -> Table:
    """First and last date of each column of dates, or day where the study counts days."""
    rows: list[tuple[str, int, str, str, str]] = []
    for name, table in study.items():
        for column in LAYOUTS[name].columns:
            if column.name not in table or (column.kind != "date" and column.name != "day"):
                continue
            days = column.name == "day" or (name == "subjects" and study.days)
            dates = table.dates(column.name, days=days)
            first, last = dates.earliest, dates.latest
            known = first[np.isfinite(first)], last[np.isfinite(last)]
            said = [
                "" if not k.size else f"{v:g}" if days else str(nt.crf.iso(v))
                for k, v in zip(
                    known, (min(known[0], default=0), max(known[1], default=0)), strict=True
                )
            ]
            place = f"{name}.{column.name}"
            rows.append((place, int(known[0].size), *said, study.decided.get(place, "")))  # type: ignore[arg-type]
    heads = ("column", "cells", "first", "last", "decided")
    return Table(
        {
            head: np.array([r[i] for r in rows], dtype=np.int64 if head == "cells" else str)
            for i, head in enumerate(heads)
        }
    )


def layouts(
    table: Annotated[str | None, typer.Argument(help="One table; all without it.")] = None,
) -> None:
    """The tables that are read: their columns, units, words, and the other names they may have."""
    if table is not None:
        choose("TABLE", table, LAYOUTS)
    for name, layout in LAYOUTS.items():
        if table is None:
            print(f"{name:12}{layout.meaning}: {', '.join(layout.names())}")
        elif name == table:
            print(layout)
