"""``nettumor check``: a study's tables through the edit checks; ``nettumor checks``: what
they are.
"""

from __future__ import annotations

import contextlib
import runpy
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as Screen
from rich.text import Text

import nettumor as nt
from nettumor._text import printable
from nettumor.cli import intake
from nettumor.cli._screen import say, screen
from nettumor.cli.criteria_told import criteria_told
from nettumor.cli.output import check_outputs, write_all
from nettumor.crf.intake import summary as intake_summary
from nettumor.crf.reading import read_quietly
from nettumor.criteria import Criteria
from nettumor.edit_checks.engine.configuration import Configuration
from nettumor.edit_checks.engine.examples import example
from nettumor.edit_checks.engine.findings import Findings
from nettumor.edit_checks.engine.register import CHECKS, GROUPS, SEVERITIES, Check, in_order
from nettumor.edit_checks.engine.run_before import previous_table
from nettumor.edit_checks.reading.unread import refuse_unread
from nettumor.edit_checks.reports.workbook import workbook_class
from nettumor.errors import InputError, did_you_mean
from nettumor.rows import order_rows
from nettumor.tables import Table

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
OUTPUTS = (".csv", ".json", ".html", ".xlsx")
_CORE = ".core.json"


def check(
    path: Annotated[
        list[Path],
        typer.Argument(help="A folder of tables, or files (CSV, XPORT, Dataset-JSON, ...)."),
    ],
    criteria: Annotated[
        str, typer.Option("--criteria", help="Name of an edition, or a TOML file of a protocol.")
    ] = "recist-1.1",
    config: Annotated[
        Path | None, typer.Option("--config", help="A TOML file with the study's own settings.")
    ] = None,
    evaluator: Annotated[
        str | None, typer.Option("--evaluator", help="Check the rows of this one only.")
    ] = None,
    checks: Annotated[
        str | None,
        typer.Option("--checks", help="Identifiers, names or groups, with commas between."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            help="Exit code 1 from this severity on: error, warning, note, never. After a comma: "
            "skipped (any check that had nothing to look at), or checks that must not be skipped.",
        ),
    ] = "error",
    since: Annotated[
        Path | None,
        typer.Option(
            "--since",
            help="The .csv, .json or .xlsx file of an earlier run: what is new, open, changed, gone.",
        ),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", help="A Python file that registers checks of one's own."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the queries to a .csv, .json, .html or .xlsx file; all findings in the shape "
            "of a CDISC CORE report to a .core.json file.",
        ),
    ] = None,
    skipped: Annotated[
        bool, typer.Option("--skipped", help="Show why checks did not run.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Write findings that follow from others as well.")
    ] = False,
    study: intake.Study = None,
    dates: intake.Dates = None,
    strict: intake.Strict = False,
    limit: intake.Limit = None,
) -> None:
    """Check a study's tables for faults of oncology logic, each a query that can be sent to the
    site.
    """
    if since is not None:
        previous_table(since)  # refused before the run, not after
    with own_rules(rules or ()):
        least, must_run = _failing(fail_on)
        found, suffix = _checked(
            path, criteria, config, evaluator, checks, output, study, dates, limit, strict=strict
        )
        compared = None if since is None else found.compare(since, folded=not every)
        left_out = "" if output is None else _write(found, output, suffix, not every, since)
        _summary(screen(width=None), found, skipped=skipped)
    if since is not None and compared is not None:
        _show_since(screen(width=None), compared, since)
    if output is not None:
        say(f"Written to {output}. {left_out}".strip())
    _exit(found, least, must_run)


def _exit(found: Findings, least: int, must_run: dict[str, bool]) -> None:
    """End with 2 where a check failed, with 1 where ``--fail-on`` asks for it."""
    rows = found.runs.rows()
    failed = [r for r in rows if r["status"] == "failed"]
    for row in failed:
        said = f"nettumor: check {row['check']} ({row['name']}) failed: {row['reason']}"
        print(printable(" ".join(said.split())), file=sys.stderr)
    if failed:
        raise typer.Exit(2)
    lacking = [r for r in rows if r["status"] == "skipped" and r["check"] in must_run]
    lacking = [r for r in lacking if not _on_purpose(r["reason"], named=must_run[r["check"]])]
    for row in lacking:
        said = f"nettumor: check {row['check']} ({row['name']}) was skipped: {row['reason']}"
        print(printable(" ".join(said.split())), file=sys.stderr)
    severe = any(s in SEVERITIES[: least + 1] for s in np.unique(found["severity"]).tolist())
    if lacking or severe:
        raise typer.Exit(1)


def _on_purpose(reason: str, *, named: bool) -> bool:
    """Whether a check is skipped on purpose: it is switched off, or of other criteria than those of the
    call, and not itself ``named`` as one that must run.
    """
    other = reason.startswith("belongs to") and ", not to " in reason
    return reason.startswith("switched off") or (other and not named)


def _failing(text: str) -> tuple[int, dict[str, bool]]:
    """The least severity that fails (as a place in `SEVERITIES`, -1 for none), and the checks that
    must not be skipped: whether each is named itself, not its group or all.
    """
    limit, must_run = -1, dict[str, bool]()
    for word in (w.strip() for w in text.split(",")):
        these = [c.id for c in CHECKS.values() if word in (c.id, c.name, c.group)]
        if these:
            must_run |= {i: must_run.get(i, False) or word not in GROUPS for i in these}
        elif word == "skipped":
            must_run = dict.fromkeys(CHECKS, False) | must_run
        elif word not in (words := (*SEVERITIES, "never", "skipped")):
            near = did_you_mean(word, [*words, *CHECKS, *GROUPS])
            repair = "`nettumor checks` lists them." if near.startswith("Known") else near
            raise InputError(
                f"`--fail-on` must be one of {', '.join(words)}, or checks or groups that must not be "
                f"skipped; got {word!r}. {repair}",
                argument="--fail-on",
            )
        else:
            limit = -1 if word == "never" else max(limit, SEVERITIES.index(word))
    return limit, must_run


def _checked(
    path: list[Path],
    criteria: str,
    config: Path | None,
    evaluator: str | None,
    checks: str | None,
    output: Path | None,
    study: Path | None,
    dates: str | None,
    limit: list[str] | None,
    *,
    strict: bool,
) -> tuple[Findings, str]:
    """The findings of a study, and the suffix of the file that they go to."""
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and suffix not in OUTPUTS:
        raise InputError(
            f"`--output` must end in {', '.join(OUTPUTS)}; got {output.name!r}. Name it so.",
            argument="--output",
        )
    if suffix == ".xlsx":
        workbook_class()  # refused before the run, not after
    if output is not None:
        check_outputs([output], [*path, *(file for file in (config, study) if file is not None)])
    wanted = (
        None if checks is None else [word.strip() for word in checks.split(",") if word.strip()]
    )
    settings = None if config is None else nt.edit_checks.load_configuration(config)
    edition: Criteria = criteria_told(criteria)
    said = intake.said_of_dates(dates)
    source = path[0] if len(path) == 1 else path
    file = intake.load_study_file(study)
    limits = intake.limits_of(limit, file, None if settings is None else settings.limits)
    tables = read_quietly(source, study=file, dates=said, incomplete="keep", limits=limits)
    refuse_unread(tables)
    intake.show_intake(tables.intake, strict=strict)
    return _run(tables, edition, wanted, evaluator, settings), suffix


@contextlib.contextmanager
def own_rules(files: Iterable[Path]) -> Iterator[None]:
    """The checks that some Python files register, as long as the context lasts.

    A file is run as a program: give only files that you trust.
    """
    before = set(CHECKS)
    try:
        for file in files:
            _run_rules(file)
        yield
    finally:
        for id in set(CHECKS) - before:
            nt.edit_checks.unregister(id)


def _run_rules(file: Path) -> None:
    before = set(CHECKS)
    try:
        runpy.run_path(str(file))
    except OSError as error:
        raise InputError(
            f"`--rules` must be a Python file; {str(file)!r} cannot be read: {error.strerror}.",
            argument="--rules",
        ) from None
    except InputError:
        raise
    except Exception as error:  # whatever the user's own code raises
        raise InputError(
            f"`--rules` must register checks; {str(file)!r} stopped with {type(error).__name__}: "
            f"{error}.",
            argument="--rules",
        ) from error
    if not set(CHECKS) - before:
        raise InputError(
            f"`--rules` must register checks; {str(file)!r} registers none. Decorate a function "
            "with nettumor.edit_checks.register(...).",
            argument="--rules",
        )


def _show_since(console: Console, table: Table, since: Path) -> None:
    """How many queries are new, open, changed and gone since an earlier run."""
    states = table["since"].tolist()
    said = ", ".join(
        f"{states.count(s)} {s}" for s in (*SINCE, "not checked") if s in SINCE or s in states
    )
    console.print(Text(f"Since {since.name}: {said}"))


SINCE = ("new", "open", "changed", "gone")


def _run(
    source: Any,
    edition: Criteria,
    wanted: list[str] | None,
    evaluator: str | None,
    settings: Configuration | None,
) -> Findings:
    errors = Console(stderr=True)
    with _progress(errors) as progress:
        task = progress.add_task("reading", total=None) if progress is not None else None

        def tell(check: Check, number: int, total: int) -> None:
            if progress is not None and task is not None:
                progress.update(
                    task, completed=number, total=total, description=f"{check.id} {check.name}"
                )

        found: Findings = nt.edit_checks.run(
            source,
            edition,
            checks=wanted,
            evaluator=evaluator,
            configuration=settings,
            progress=tell,
        )
        return found


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Progress | None]:
    """A bar on stderr, gone when done; none where stderr is no terminal."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description:<40.40}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _write(found: Findings, output: Path, suffix: str, folded: bool, since: Path | None) -> str:
    """Write the file that a suffix asks for; the sentence on what it leaves out."""
    if output.name.lower().endswith(_CORE):
        write_all({output: found.to_core_json})
        return ""
    writers: dict[str, Callable[..., Any]] = {
        ".csv": found.to_csv,
        ".json": found.to_json,
        ".html": found.to_html,
        ".xlsx": found.to_xlsx,
    }
    # answers in a workbook that is written over are kept
    kept = {"answers": output} if suffix == ".xlsx" and output.is_file() else {}
    write = writers[suffix]
    write_all({output: lambda path: write(path, folded=folded, since=since, **kept)})
    most = {".html": 100_000, ".xlsx": 1_000_000}.get(suffix)
    return found.selected(folded=folded, limit=most)[1]


def _summary(console: Console, found: Findings, *, skipped: bool) -> None:
    """Findings per severity and check, the worst subjects, and what became of the checks."""
    folded = int(np.count_nonzero(found.cause >= 0))
    own = found["severity"][found.cause < 0]
    by = {severity: int(np.count_nonzero(own == severity)) for severity in SEVERITIES}
    files = ", ".join(dict.fromkeys(found.inputs["name"].tolist()))
    console.print(
        Text(f"{files}: {int(found.inputs['rows'].sum())} rows, criteria {found.criteria}")
    )
    read = intake_summary(found.intake)
    console.print(Text(f"Not plainly read: {read}" if read else "Everything was plainly read"))
    line = Text("Queries: ")
    for severity in SEVERITIES:
        line.append(
            _plural(by[severity], severity), style=STYLES[severity] if by[severity] else "dim"
        )
        line.append(", " if severity != SEVERITIES[-1] else "")
    line.append(f" ({folded} more findings follow from these)" if folded else "")
    console.print(line)
    status = found.runs["status"].tolist()
    counts = ", ".join(
        f"{status.count(s)} {t}"
        for s, t in (
            ("passed", "passed"),
            ("findings", "with findings"),
            ("skipped", "skipped"),
            ("failed", "failed"),
        )
    )
    console.print(Text(f"Checks: {counts}"))
    unread = {r["check"]: r["unreadable"] for r in found.runs.rows() if r["unreadable"]}
    if unread:
        most = sorted(unread, key=lambda id: (-unread[id], id))[:5]
        told = ", ".join(f"{id} {unread[id]}" for id in most)
        more = f" and {len(unread) - 5} more checks" if len(unread) > 5 else ""
        console.print(Text(f"Places that could not be read: {told}{more}"))
    _matrix(console, found)
    _counts(console, found.counts("check"), "By check", names=True)
    shown = [
        r
        for r in found.runs.rows()
        if r["status"] == "failed" or (skipped and r["status"] == "skipped")
    ]
    for row in shown:
        console.print(Text(f"{row['check']} {row['name']}: {row['status']}: {row['reason']}"))
    if not skipped and "skipped" in status:
        console.print(Text("Why checks were skipped: --skipped", style="dim"))


def _matrix(console: Console, found: Findings, most: int = 10) -> None:
    """The patients with most queries by groups of checks; groups without any are not shown."""
    matrix = found.matrix()
    first, *groups = matrix
    total = np.nansum([matrix[g] for g in groups], axis=0) if groups else np.zeros(0)
    rows = order_rows(-total)[:most]
    rows = rows[total[rows] > 0]
    shown = [g for g in groups if np.nansum(matrix[g]) > 0]
    if not len(rows):
        return
    with_any = int(np.count_nonzero(total))
    table = Screen(
        title=f"Patients by groups of checks ({with_any} of {matrix.n_rows} have errors or "
        "warnings)",
        title_justify="left",
    )
    for name in (first, *shown):
        table.add_column(name, justify="left" if name == first else "right")
    for i in rows.tolist():
        cells = ["" if matrix[g][i] == 0 else f"{matrix[g][i]:.0f}" for g in shown]
        table.add_row(Text(printable(str(matrix[first][i]))), *map(Text, cells))
    console.print(table)
    if with_any > len(rows):
        console.print(f"{with_any - len(rows)} more")


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _counts(
    console: Console, counts: Table, title: str, *, names: bool = False, most: int = 25
) -> None:
    if not counts.n_rows:
        return
    first, *severities = counts
    table = Screen(title=title, title_justify="left")
    for name in (first, *(["name"] if names else []), *severities):
        table.add_column(name, justify="right" if name in severities else "left")
    for row in counts.rows()[:most]:
        beside = [Text(CHECKS[row[first]].name if row[first] in CHECKS else "")] if names else []
        cells = [Text(str(row[s]) if row[s] else "", style=STYLES[s]) for s in severities]
        table.add_row(Text(printable(row[first])), *beside, *cells)
    console.print(table)
    if counts.n_rows > most:
        console.print(f"{counts.n_rows - most} more")


def checks(
    id: Annotated[
        str | None, typer.Argument(help="Identifier or name of a check; a group; all without it.")
    ] = None,
) -> None:
    """The edit checks, or one of them with its rule, its source, and an example that passes and one
    that does not.
    """
    if id is None or id in GROUPS:
        for one in in_order(CHECKS.values()):
            if id in (None, one.group):
                print(f"{one.id:5}{one.severity:9}{one.group:19}{one.name}")
        return
    found = next((c for c in CHECKS.values() if id.casefold() in (c.id.casefold(), c.name)), None)
    if found is None:
        raise InputError(
            f"There is no check {id!r}. "
            f"{did_you_mean(id, [*CHECKS, *(c.name for c in CHECKS.values())])}",
            argument="id",
        )
    _explain(found)


def _explain(found: Check) -> None:
    print(
        f"{found.id} {found.name} ({found.severity}; {found.group}; "
        f"{', '.join(found.criteria) or 'any criteria'})"
    )
    print(found.sentence)
    needs = "; ".join(f"{t}: {', '.join(c)}" if c else t for t, c in found.needs.items())
    for title, text in (
        ("needs", needs),
        ("parameters", ", ".join(f"{n} = {v}" for n, v in found.parameters.items())),
        ("follows from", ", ".join(found.follows)),
        ("source", found.source),
    ):
        if text:
            print(f"  {title}: {text}")
    for which, title in (
        ("accept", "Passes"),
        ("reject", "Does not pass"),
        ("expected", "Because"),
    ):
        for name, rows in example(found.id, which).items():
            print(f"\n{title} ({name}):")
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            for row in rows:
                print(
                    "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
                )
