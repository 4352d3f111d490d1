"""The commands: what is asked on a line, and how the answer is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Screen

import nettumor as nt
from nettumor._command_line import checks
from nettumor.before_after_table import BeforeAfter, assess_before_after
from nettumor.criteria import SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError
from nettumor.tables import Table

app = typer.Typer(
    name="nettumor", help="Response of tumours to therapy: for research and trial analysis, not a medical device.",
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip

CriteriaName = Annotated[str, typer.Option("--criteria", help="Name of an edition, or a TOML file of a protocol.")]


def run(arguments: list[str]) -> int:
    """Run a command; the exit code. A wrong call is one line on stderr and 2."""
    try:
        code = app(arguments or ["--help"], prog_name="nettumor", standalone_mode=False)
    except typer.Abort:  # Ctrl-C
        print("nettumor: interrupted", file=sys.stderr)
        return 2
    except Exception as error:
        if not hasattr(error, "format_message"):  # the library's own exceptions are handled by the caller
            raise
        said = " ".join(str(error.format_message()).split())
        if said:
            print(f"nettumor: {said}", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0


def _size_criteria(name: str) -> SizeCriteria:
    found = nt.criteria.load(name) if name.endswith(".toml") else nt.criteria.get(name)
    require(found, SizeCriteria, "this command", "--criteria")
    assert isinstance(found, SizeCriteria)
    return found


def _number(text: str, name: str) -> float:
    """A size from the command line; a blank word such as NE is not measured."""
    if text.strip().upper() in ("NE", "ND", "NA", "NAN", ""):
        return float("nan")
    try:
        return float(text)
    except ValueError:
        raise InputError(f"`{name}` must be a number in mm, or NE; got {text!r}. Write 52 or 52.5.",
                         argument=name) from None  # fmt: skip


@app.command(context_settings={"ignore_unknown_options": True})
def classify(
    before: Annotated[str, typer.Argument(help="Size before therapy, mm.")],
    after: Annotated[str, typer.Argument(help="Size after therapy, mm; NE where not measured.")],
    criteria: CriteriaName = "vogl-2008",
    new_lesion: Annotated[bool, typer.Option("--new-lesion", help="A new lesion was seen.")] = False,
) -> None:
    """Response of one size before and after therapy, and why."""
    sizes = _number(before, "before"), _number(after, "after")
    answer = nt.MorphologicalResponse.assess(*sizes, criteria=_size_criteria(criteria), new_lesion=new_lesion)
    print(answer.explain())


@app.command()
def assess(
    path: Annotated[Path, typer.Argument(help="A table: subject, lesion, before, after; or lesions at two visits.")],
    criteria: CriteriaName = "vogl-2008",
    per_lesion: Annotated[bool, typer.Option("--per-lesion", help="Show each lesion, not each patient.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the rows to a .csv or .json file.")
    ] = None,
) -> None:
    """Response of each patient of a file, and the rates."""
    answers = assess_before_after(path, criteria=_size_criteria(criteria))
    rows = answers.lesions if per_lesion else answers.patients
    if output is not None:
        _write(rows, output)
    console = Console(soft_wrap=True)
    shown = Table({name: column for name, column in rows.items() if name != "explanation"})
    _show(console, shown, "Lesions" if per_lesion else "Patients", most=40)
    show_rates(console, answers)


def show_rates(console: Console, answers: BeforeAfter) -> None:
    """The categories and rates of a cohort on the screen."""
    found = answers.categories["count"] > 0
    _show(console, Table({name: a[found] for name, a in answers.categories.items()}), "Responses (patients)")
    _show(console, answers.rates, f"Rates with 95 % intervals (Clopper-Pearson); {answers.criteria.title}")


def _write(table: Table, output: Path) -> None:
    writers = {".csv": table.to_csv, ".json": table.to_json}
    if output.suffix.lower() not in writers:
        raise InputError(f"`--output` must end in .csv or .json; got {output.name!r}. Name it so.", argument="--output")
    writers[output.suffix.lower()](output)


def _show(console: Console, table: Table, title: str, most: int | None = None) -> None:
    """A table on the screen; what is left out is said."""
    rows = table.rows()
    screen = Screen(title=title, title_justify="left")
    for name, column in table.items():
        screen.add_column(name, justify="left" if column.dtype.kind in "US" else "right", overflow="fold")
    for row in rows[:most]:
        screen.add_row(*[_cell(v) for v in row.values()])
    console.print(screen)
    if most is not None and len(rows) > most:
        console.print(f"{len(rows) - most} more rows; write them all with -o FILE.csv")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.1f}"
    return str(value)


@app.command()
def criteria(
    name: Annotated[str | None, typer.Argument(help="Name of an edition, or a TOML file; all without it.")] = None,
) -> None:
    """The editions, or the rules of one as prose."""
    if name is None:
        for known in nt.criteria.names():
            print(f"{known:28}{nt.criteria.get(known).title}")
        return
    print(nt.criteria.load(name) if name.endswith(".toml") else nt.criteria.get(name))


@app.command()
def demo() -> None:
    """The three axes of a synthetic trial (60 invented patients with liver metastases, treated by TACE)."""
    from nettumor._command_line.demo import show

    show(Console(soft_wrap=True))


app.command("check")(checks.check)
app.command("checks")(checks.checks)
