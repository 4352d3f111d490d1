"""What a study file says, as frozen records: a record for each section.

Which file is which table, what columns and words are called, how dates and units are written, who
belongs to the study, and what its checks and schedule are. Nothing is read or applied here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from nettumor._toml import TomlFile

Texts = Mapping[str, str]


IGNORE = "ignore"
"""What a study file calls a file or a column that is left aside on purpose."""

IDS = ("within subject", "within role")
"""How far the names of lesions are unique."""


@frozen
class FileUse:
    """What a file, a sheet or a data set is.

    Attributes
    ----------
    table : str
        The table or SDTM domain it holds, or part of it; "ignore" for none.
    role : str
        The role of all its lesions, where the form implies it; "" where it does not.
    ids : str
        "within role": lesions are numbered anew for each role, and get the role before their name;
        "within subject": names stay; "": decided by the names.
    """

    table: str
    role: str = ""
    ids: str = ""


@frozen
class Columns:
    """What columns are called.

    Attributes
    ----------
    everywhere : mapping of str to str
        For every table that has the column: its name there and here.
    by_table : mapping of str to mapping
        The same for one table, domain, file or sheet.
    ignored : tuple of str
        Columns that are left aside on purpose, in every table.
    ignored_in : mapping of str to tuple of str
        The same for one.
    """

    everywhere: Texts = field(factory=dict)
    by_table: Mapping[str, Texts] = field(factory=dict)
    ignored: tuple[str, ...] = ()
    ignored_in: Mapping[str, tuple[str, ...]] = field(factory=dict)


@frozen
class Words:
    """A study's own words.

    Attributes
    ----------
    missing : tuple of str
        Codes that stand for nothing, in every column.
    by_column : mapping of str to mapping
        By column ("role", "lesions.state") or kind ("response"): the word there and here.
    """

    missing: tuple[str, ...] = ()
    by_column: Mapping[str, Texts] = field(factory=dict)


@frozen
class WidePattern:
    """Columns that hold one value of many rows: "t{n}_size".

    Attributes
    ----------
    pattern : str
        A column's name with {n} for the number of the lesion and {visit} for the visit's name,
        either or both, or neither.
    table : str
        The table whose rows they make; "" where all rows of a visit share it (its date).
    column : str
        The column of that table which they hold.
    constants : mapping of str to str
        What the other columns of those rows say: ``{"role": "TARGET"}``.
    """

    pattern: str
    table: str
    column: str
    constants: Texts = field(factory=dict)


@frozen
class StudyPopulation:
    """Who belongs to the study.

    Attributes
    ----------
    who : str
        "assigned" or "all", as `nettumor.assess` takes it; "" where it is not said.
    leave_out : mapping of str to str
        Subjects that are left out, with the reason.
    where : mapping of str to tuple of str
        Columns of the subjects table and the words of which one must stand there.
    """

    who: str = ""
    leave_out: Texts = field(factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(factory=dict)


@frozen
class StudySchedule:
    """The scheduled visits.

    Attributes
    ----------
    visits : number, pairs of numbers, numbers, or None
        As ``schedule`` of `nettumor.assess`.
    window : float or None
        Days around a scheduled visit that count as that visit.
    baseline : float or None
        Days before the reference date in which the baseline lies.
    """

    visits: Any = None
    window: float | None = None
    baseline: float | None = None

    def windows(self) -> dict[str, float]:
        """What the edit checks ask of it: interval (where there is one), window, baseline."""
        every = self.visits if isinstance(self.visits, (int, float)) else None
        said = {"interval": every, "window": self.window, "baseline": self.baseline}
        return {name: float(days) for name, days in said.items() if days is not None}


@frozen
class StudyFile:
    """How the files of a study are read, as one TOML file says.

    Attributes
    ----------
    name : str
        The file's name, for messages; "" for none.
    files : mapping of str to FileUse
        By the name of a file, a sheet or a data set.
    columns : Columns
    words : Words
    dates : mapping of str to str
        By "table.column" or "column" how dates are written; "" stands for all others.
    units : mapping of str to str
        By "table.column" or "column" the unit of numbers that name none; by "markers.MARKER" that
        of a marker.
    wide : tuple of WidePattern
    population : StudyPopulation
    decided : mapping of str to str
        By "place: found" of a line of the intake what it was read as: such lines are known, and
        not said again.
    schedule : StudySchedule
    checks : TomlFile
        The configuration of the edit checks, read by `nettumor.edit_checks`.
    limits : mapping of str to int
        The largest input that is read (`nettumor.crf.limits.Limits`).
    file : TomlFile
        The file, with the lines of its keys.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import nettumor.crf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "study.toml")
    ...     _ = path.write_text('[columns.lesions]\\nmm = "size"\\n[dates]\\norder = "DMY"\\n')
    ...     study = nettumor.crf.load_study(path)
    >>> study.columns.by_table["lesions"]["mm"], study.dates[""]
    ('size', 'DMY')
    """

    name: str
    files: Mapping[str, FileUse]
    columns: Columns
    words: Words
    dates: Texts
    units: Texts
    wide: tuple[WidePattern, ...]
    population: StudyPopulation
    decided: Texts
    schedule: StudySchedule
    checks: TomlFile
    limits: Mapping[str, int]
    file: TomlFile = field(repr=False)

    def place(self, *key: str) -> str:
        """Where a key stands in the file, for messages."""
        return self.file.place(*key)
