"""The commands: what is asked on a line, and how the answer is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import nettumor as nt
from nettumor._text import printable
from nettumor.assessment.last_alive import RULES
from nettumor.before_after_table import assess_before_after
from nettumor.cli import checks, evidence, intake, study
from nettumor.cli._screen import say, screen, show_rates, show_table, write
from nettumor.cli.criteria_told import criteria_told
from nettumor.criteria import SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, choose
from nettumor.tables import Table
from nettumor.words import numbers, states

app = typer.Typer(
    name="nettumor",
    help="Response of tumours to therapy: for research and trial analysis, not a medical device.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

CriteriaName = Annotated[
    str, typer.Option("--criteria", help="Name of an edition, or a TOML file of a protocol.")
]


def run(arguments: list[str]) -> int:
    """Run a command; the exit code. A wrong call is one line on stderr and 2."""
    try:
        code = app(arguments or ["--help"], prog_name="nettumor", standalone_mode=False)
    except typer.Abort:  # Ctrl-C
        print("nettumor: interrupted", file=sys.stderr)
        return 130
    except SystemExit as ended:  # Typer's 1 where the reader of the output has had enough
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    except Exception as error:
        if not hasattr(
            error, "format_message"
        ):  # the library's own exceptions are handled by the caller
            raise
        said = " ".join(str(error.format_message()).split())
        if said:
            command = getattr(getattr(error, "ctx", None), "command_path", "nettumor")
            stop = "" if said.endswith((".", "?")) else "."
            print(printable(f"nettumor: {said}{stop} See {command} --help."), file=sys.stderr)
        return 2
    if code == 130:  # Ctrl-C, as newer versions of Typer tell it
        print("nettumor: interrupted", file=sys.stderr)
    return code if isinstance(code, int) else 0


def _size_criteria(name: str) -> SizeCriteria:
    found = criteria_told(name)
    require(found, SizeCriteria, "this command", "--criteria")
    assert isinstance(found, SizeCriteria)
    return found


def _number(text: str, name: str, criteria: SizeCriteria) -> float:
    """A size from the command line, or what was seen instead: ABSENT, TSTM, NE."""
    value = numbers.read(text, unit=criteria.unit).value
    if value == value:
        return value
    state = states.read(text)
    if state in (states.State.BLANK, states.State.NOT_EVALUABLE):
        return float("nan")
    if state == states.State.ABSENT:
        return 0.0
    if state == states.State.TOO_SMALL and criteria.too_small is not None:
        return criteria.too_small
    raise InputError(
        f"`{name}` must be a number in {criteria.unit}, or NE; got {text!r}. Write 52 or 52.5.",
        argument=name,
    )


@app.command(context_settings={"ignore_unknown_options": True})
def classify(
    before: Annotated[str, typer.Argument(help="Size before therapy, mm.")],
    after: Annotated[str, typer.Argument(help="Size after therapy, mm; NE where not measured.")],
    criteria: CriteriaName = "vogl-2008",
    new_lesion: Annotated[
        bool, typer.Option("--new-lesion", help="A new lesion was seen.")
    ] = False,
) -> None:
    """Response of one size before and after therapy, and why."""
    edition = _size_criteria(criteria)
    sizes = _number(before, "before", edition), _number(after, "after", edition)
    answer = nt.MorphologicalResponse.assess(*sizes, criteria=edition, new_lesion=new_lesion)
    say(answer.explain())


@app.command()
def assess(
    path: Annotated[
        list[Path],
        typer.Argument(
            help="A table (subject, lesion, before, after), lesions at two or more visits, or a "
            "study's folder or files.",
        ),
    ],
    criteria: Annotated[
        str | None,
        typer.Option(
            "--criteria",
            help="Name of an edition, or a TOML file of a protocol; by default vogl-2008 for "
            "before and "
            "after, recist-1.1 for a course.",
        ),
    ] = None,
    per_lesion: Annotated[
        bool, typer.Option("--per-lesion", help="Judge each target lesion by itself.")
    ] = False,
    evaluator: Annotated[
        list[str] | None, typer.Option("--evaluator", help="Of a course: whose rows.")
    ] = None,
    interval: Annotated[
        float | None,
        typer.Option(
            "--interval",
            help="Of a course: days between scheduled visits, by which missed visits are counted.",
        ),
    ] = None,
    window: Annotated[
        float | None,
        typer.Option("--window", help="Of a course: days around a scheduled visit that count."),
    ] = None,
    late_baseline_days: Annotated[
        float | None,
        typer.Option(
            "--late-baseline-days",
            help="Of a course: most days after the reference date for the first scan to be the "
            "baseline.",
        ),
    ] = None,
    last_known_alive: Annotated[
        str,
        typer.Option(
            "--last-known-alive",
            help="Of a course: 'as given' in the subjects table, or by 'all dates' of the study "
            "(SDTM domains such as AE, EX and VS, too).",
        ),
    ] = RULES[0],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the answers: .csv or .json, or a folder for a course."
        ),
    ] = None,
    study_file: intake.Study = None,
    dates: intake.Dates = None,
    strict: intake.Strict = False,
    limit: intake.Limit = None,
) -> None:
    """Response of each patient before and after therapy, or over the course of a study, and the
    rates.
    """
    file = intake.load_study_file(study_file)
    limits = intake.limits_of(limit, file)
    if file is not None or study.is_study(path, evaluator, dates, limits):
        edition = criteria_told(criteria or "recist-1.1")
        file = study.with_window(file, window)
        choose("--last-known-alive", last_known_alive, RULES)
        others = "leave" if last_known_alive == RULES[0] else "dates"
        tables = intake.read_study(path, dates, file, limits=limits, others=others)
        study.assess(
            tables,
            path,
            edition,
            evaluator,
            output,
            strict=strict,
            per_lesion=per_lesion,
            visits=(interval, window),
            read=[] if study_file is None else [study_file],
            late_baseline_days=late_baseline_days,
            last_known_alive=last_known_alive,
            limits=limits,
        )
        return
    answers = assess_before_after(
        path[0],
        criteria=_size_criteria(criteria or "vogl-2008"),
        strict=strict,
        dates=intake.said_of_dates(dates),
        limits=limits,
    )
    intake.show_intake(answers.intake, strict=strict)
    rows = answers.lesions if per_lesion else answers.patients
    if output is not None:
        write(rows, output, path[0])
    console = screen()
    shown = Table({name: column for name, column in rows.items() if name != "explanation"})
    show_table(console, shown, "Lesions" if per_lesion else "Patients", most=40)
    show_rates(console, answers)


@app.command()
def criteria(
    name: Annotated[
        str | None, typer.Argument(help="Name of an edition, or a TOML file; all without it.")
    ] = None,
) -> None:
    """The editions, or the rules of one as prose."""
    if name is None:
        for known in nt.criteria.names():
            print(f"{known:28}{nt.criteria.get(known).title}")
        return
    say(criteria_told(name, "NAME"))


@app.command()
def demo() -> None:
    """The three axes of a synthetic trial (60 invented patients with liver metastases, treated by
    TACE).
    """
    from nettumor.cli.demo import show

    show(screen())


app.command("check")(checks.check)
app.command("intake")(intake.intake)
app.command("layouts")(intake.layouts)
app.command("checks")(checks.checks)
app.command("evidence")(evidence.evidence)
app.command("indication")(evidence.indication)
