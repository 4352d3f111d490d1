"""Tables on the screen and in files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Screen

from nettumor.errors import InputError
from nettumor.tables import Table


def screen() -> Console:
    """The standard output: as wide as the terminal, or as the tables where it goes to a file or
    another program.

    Names of subjects are shown as they are: "[/x]" is no markup, ":smile:" no picture.
    """
    width = None if sys.stdout.isatty() else 160
    return Console(soft_wrap=True, width=width, markup=False, emoji=False, highlight=False)


def write(table: Table, output: Path, source: Path) -> None:
    """Write a table to a .csv or .json file, which must not be the ``source`` of the numbers."""
    writers = {".csv": table.to_csv, ".json": table.to_json}
    if output.suffix.lower() not in writers:
        raise InputError(
            f"`--output` must end in .csv or .json; got {output.name!r}. Name it so.",
            argument="--output",
        )
    if output.resolve() == source.resolve():
        raise InputError(
            f"`--output` must not be the file that is read; got {str(output)!r}. Name another.",
            argument="--output",
        )
    writers[output.suffix.lower()](output)


def show_table(console: Console, table: Table, title: str, most: int | None = None) -> None:
    """A table on the screen; what is left out is said."""
    shown = Screen(title=title, title_justify="left")
    for name, column in table.items():
        side: Any = "left" if column.dtype.kind in "US" else "right"
        shown.add_column(name.replace("_", " "), justify=side, overflow="fold")
    for row in Table({name: column[:most] for name, column in table.items()}).rows():
        shown.add_row(*[_cell(v) for v in row.values()])
    console.print(shown)
    if most is not None and table.n_rows > most:
        console.print(f"{table.n_rows - most} more rows; write them all with -o FILE.csv")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.1f}"
    return str(value)
