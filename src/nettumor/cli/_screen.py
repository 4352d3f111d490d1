"""Tables on the screen and in files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Screen
from rich.text import Text

from nettumor._text import printable
from nettumor.before_after_table import BeforeAfter
from nettumor.cli.output import check_outputs, write_all
from nettumor.errors import InputError
from nettumor.tables import Table


class _Screen(Console):
    """A console on which no name or cell can command the terminal."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As Rich prints; control characters of texts are written as their codes."""
        super().print(*map(_seen, objects), **options)


def _seen(shown: Any) -> Any:
    if isinstance(shown, str):
        return printable(shown)
    if isinstance(shown, Text) and printable(shown.plain) != shown.plain:
        return Text(printable(shown.plain), style=shown.style)
    return shown


def screen(**options: Any) -> Console:
    """The standard output: as wide as the terminal, or as the tables where it goes to a file or
    another program.

    Names of subjects are shown as they are: "[/x]" is no markup, ":smile:" no picture, and an escape
    sequence is its code.
    """
    width = None if sys.stdout.isatty() else 160
    plain = {"soft_wrap": True, "markup": False, "emoji": False, "highlight": False}
    return _Screen(**({"width": width} | plain | options))


def say(text: object) -> None:
    """A text on the standard output, with control characters written as their codes."""
    print(printable(text))


def write(table: Table, output: Path, source: Path) -> None:
    """Write a table to a .csv or .json file, which must not be the ``source`` of the numbers."""
    writers = {
        ".csv": lambda path: table.to_csv(path, spreadsheet=True),
        ".json": table.to_json,
    }
    if output.suffix.lower() not in writers:
        raise InputError(
            f"`--output` must end in .csv or .json; got {output.name!r}. Name it so.",
            argument="--output",
        )
    check_outputs([output], [source])
    write_all({output: writers[output.suffix.lower()]})


def show_table(console: Console, table: Table, title: str, most: int | None = None) -> None:
    """A table on the screen; what is left out is said."""
    shown = Screen(title=printable(title), title_justify="left")
    for name, column in table.items():
        side: Any = "left" if column.dtype.kind in "US" else "right"
        shown.add_column(printable(name.replace("_", " ")), justify=side, overflow="fold")
    for row in Table({name: column[:most] for name, column in table.items()}).rows():
        shown.add_row(*[_cell(v) for v in row.values()])
    console.print(shown)
    if most is not None and table.n_rows > most:
        console.print(f"{table.n_rows - most} more rows; write them all with -o FILE.csv")


def show_rates(console: Console, answers: BeforeAfter) -> None:
    """The categories and rates of a cohort on the screen."""
    found = answers.categories["count"] > 0
    show_table(
        console,
        Table({name: a[found] for name, a in answers.categories.items()}),
        "Responses (patients)",
    )
    show_table(
        console,
        answers.rates,
        f"Rates with 95 % intervals (Clopper-Pearson); {answers.criteria.title}",
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.1f}"
    return printable(value)
