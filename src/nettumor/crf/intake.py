"""The intake: what came in at the door, what was left outside, and how what is not plain was read.

A reader, the recognition of tables and columns, and the reading of words, numbers and dates each
leave a `Line` where something was not plainly read. `intake_table` puts the lines of a study into
one `nettumor.Table`, worst first. Nothing is decided here.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from attrs import field, frozen
from attrs.validators import in_

from nettumor.errors import InputError, IntakeWarning
from nettumor.tables import Table

KINDS = ("file", "table", "row", "column", "word", "number", "date", "subject")
"""What a line is about."""

STATUSES = (
    "unreadable",
    "ambiguous",
    "ignored",
    "converted",
    "renamed",
    "not needed",
    "read",
)
"""How it was taken, from what is lost to what is plain: "not needed" is known and not used."""

QUIET = frozenset({"read", "not needed"})
"""Statuses that nobody has to be told of."""


@frozen
class Line:
    """One thing that came in, and how it was taken.

    Parameters
    ----------
    kind : {"file", "table", "row", "column", "word", "number", "date", "subject"}
        What the line is about.
    place : str
        Where it stands: "lesions.csv", "lesions.state", "lesions.csv row 7".
    found : str
        What stood there, as it was written.
    read_as : str
        What it was read as; "" where it was not.
    count : int
        How many cells, rows or files it stands for.
    status : {"read", "not needed", "renamed", "converted", "ignored", "unreadable", "ambiguous"}
        How it was taken.
    note : str
        The repair, or the nearest name that is known.

    Examples
    --------
    >>> from nettumor.crf.intake import Line
    >>> print(Line("word", "lesions.state", "VANISHED", count=3, status="unreadable"))
    lesions.state: word 'VANISHED' was unreadable (3)
    """

    kind: str = field(validator=in_(KINDS))
    place: str
    found: str = ""
    read_as: str = ""
    count: int = 1
    status: str = field(default="read", validator=in_(STATUSES))
    note: str = ""

    def __str__(self) -> str:
        what = f"{self.kind} {self.found!r}" if self.found else self.kind
        as_what = f" as {self.read_as!r}" if self.read_as else ""
        note = f": {self.note}" if self.note else ""
        return f"{self.place}: {what} was {self.status}{as_what} ({self.count}){note}"


def intake_table(lines: Iterable[Line]) -> Table:
    """The lines as a table: kind, place, found, read_as, count, status, note; worst first."""
    rows = sorted(lines, key=lambda line: STATUSES.index(line.status))
    text = ("kind", "place", "found", "read_as")
    return Table(
        {
            **{name: np.array([getattr(r, name) for r in rows], dtype=str) for name in text},
            "count": np.array([r.count for r in rows], dtype=np.int64),
            "status": np.array([r.status for r in rows], dtype=str),
            "note": np.array([r.note for r in rows], dtype=str),
        }
    )


def further(intake: Table, lines: Iterable[Line]) -> Table:
    """The intake with more lines."""
    more = list(lines)
    return intake_table([*(Line(**row) for row in intake.rows()), *more]) if more else intake


def loud(intake: Table) -> npt.NDArray[np.bool_]:
    """Where a line of an intake is about something that was not plainly read."""
    return np.array([s not in QUIET for s in intake["status"].tolist()], dtype=np.bool_)


def summary(intake: Table) -> str:
    """How many things were not plainly read, by kind and status; "" where everything was. Rows are
    counted one by one, columns, words and dates as often as they have a line.

    >>> summary(intake_table([Line("column", "lesions.x", "x", status="ignored"), Line("file", "a.csv")]))
    '1 column ignored'
    """
    counts: Counter[tuple[str, str]] = Counter()
    for row in intake.rows():
        if row["status"] not in QUIET:
            counts[row["status"], row["kind"]] += row["count"] if row["kind"] == "row" else 1
    return ", ".join(
        f"{n} {kind}{'s' * (n > 1)} {status}"
        for (status, kind), n in sorted(counts.items(), key=lambda c: STATUSES.index(c[0][0]))
    )


def counts(intake: Table) -> dict[str, int]:
    """The number of lines of each status that is not plain, for a table of provenance."""
    status = intake["status"].tolist()
    return {f"intake: {s}": status.count(s) for s in STATUSES if s not in QUIET}


def sentence(intake: Table, most: int = 3) -> str:
    """What was not plainly read in one sentence, with the first places; "" where everything was."""
    said = summary(intake)
    if not said:
        return ""
    rows = [row for row in intake.rows() if row["status"] not in QUIET]
    first = "; ".join(str(Line(**row)) for row in rows[:most])
    more = f"; and {len(rows) - most} more" if len(rows) > most else ""
    told = f"Not everything was plainly read: {said}. {first if first.endswith('...') else first.rstrip('.')}"
    return f"{told}{more}." if more or not told.endswith("...") else told


def tell(intake: Table, *, strict: bool, stacklevel: int) -> None:
    """Warn once of what was not plainly read, or refuse it where ``strict``.

    Raises
    ------
    InputError
        Where ``strict`` and a line of the intake is neither "read" nor "not needed".
    """
    said = sentence(intake)
    if said and strict:
        raise InputError(
            f"{said} Repair the tables, or read them without strict=True.",
            argument="source",
            count=int(loud(intake).sum()),
            command_line=f"{said} Repair the tables, or leave --strict out.",
        )
    if said:
        warnings.warn(
            f"{said} The table `.intake` has every line.", IntakeWarning, stacklevel=stacklevel + 1
        )
