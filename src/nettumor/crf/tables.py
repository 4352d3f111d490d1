"""What a study's tables are after reading: frozen, every cell as it came, with where each row
stands.

`Tables` maps table names (subjects, lesions, responses, markers, symptoms) to `CrfTable`, which
maps column names to arrays. Text stays text, numbers stay numbers; numbers, dates, states and keys
are read out of the cells on demand, once per distinct cell. SDTM domains stay beside, as they were
read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, fields, frozen

from nettumor._sealed import Sealed, alike, sealed
from nettumor.crf.cells import Numbers, parse_new_lesions, parse_numbers
from nettumor.crf.columns import Column, Ints, Words, blanks
from nettumor.crf.dates import Dates, parse_date_cells, parse_dates
from nettumor.crf.intake import Line, intake_table, summary
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.lesion_cells import LesionCells
from nettumor.crf.study_file.record import StudyFile
from nettumor.errors import InputError, UnknownColumnError, did_you_mean
from nettumor.rows import number_rows
from nettumor.tables import Table


@frozen
class Source:
    """Where a table came from.

    Parameters
    ----------
    name : str
        The file's name, the sheet's or member's name with it, or the key in the mapping.
    kind : str
        "csv", "xport", "dataset-json", "json", "parquet", "excel", "sas7bdat", "pandas", "polars",
        "pyarrow", "duckdb", "arrays", ... or "sdtm" for a table made from domains.
    rows : str
        What a row number means: "row of the sheet, header = 1", "record, from 1" or "position, from
        0".
    path : str
        The file, "" where there is none.
    sha256 : str
        Of the file's bytes, "" where there is none.
    decimal_comma : bool
        The file's decimal mark is the comma.
    parts : tuple of Source
        For a table made from SDTM domains, or put together from forms: their sources.
    """

    name: str
    kind: str
    rows: str = "position, from 0"
    path: str = ""
    sha256: str = ""
    decimal_comma: bool = False
    parts: tuple[Source, ...] = ()


@frozen(eq=False, slots=False, repr=False)
class CrfTable(Sealed, Mapping[str, npt.NDArray[Any]]):
    """One table, as it came: column name to a 1-D array of str objects or of float.

    Attributes
    ----------
    name : str
        The table's name.
    source : Source
        Where it came from.
    rows : ndarray of int, shape (n,)
        For each row its number in the user's file (see `Source.rows`).
    origin : Column
        For each row the name of the user's table that ``rows`` counts in.
    notes : tuple of Line
        What the reader of the file or frame did not read plainly (see `nettumor.crf.intake`).
    date_orders : mapping of str to str
        For columns of dates what was decided for the whole column ("DMY", "MDY", "excel", "sas");
        a column that is not named is read cell by cell, by what is certain.

    Examples
    --------
    >>> import nettumor.crf
    >>> t = nettumor.crf.read({"subjects": {"subject": ["01", "02"], "death": ["2024-02", ""]}})["subjects"]
    >>> t["subject"].tolist(), t.dates("death").status.tolist()
    (['01', '02'], [2, 0])
    """

    name: str
    _columns: Mapping[str, Column]
    source: Source
    rows: Ints
    origin: Column = field(kw_only=True)
    _column_rows: Mapping[str, Ints] = field(factory=lambda: MappingProxyType({}), kw_only=True)
    _column_origins: Mapping[str, Column] = field(
        factory=lambda: MappingProxyType({}), kw_only=True
    )
    notes: tuple[Line, ...] = field(default=(), kw_only=True)
    date_orders: Mapping[str, str] = field(factory=lambda: MappingProxyType({}), kw_only=True)

    def __attrs_post_init__(self) -> None:
        sealed((self.rows, self._column_rows))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CrfTable):
            return NotImplemented
        return all(alike(getattr(self, f.name), getattr(other, f.name)) for f in fields(CrfTable))

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.column(name).cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def column(self, name: str) -> Column:
        """A column with its distinct words and codes."""
        if name not in self._columns:
            raise UnknownColumnError(
                f"`{self.name}` has no column {name!r}. {did_you_mean(name, self._columns)}",
                argument=name,
            )
        return self._columns[name]

    def _or_blank(self, name: str) -> Column:
        return self._columns[name] if name in self._columns else blanks(self.n_rows)

    def text(self, name: str) -> Words:
        """A column as text, one str per row; "" where blank, or where the table has no such
        column.
        """
        return self._or_blank(name).text

    def blank(self, name: str) -> npt.NDArray[np.bool_]:
        """Where a column's cell is blank; everywhere where the table has no such column. "None" is
        an answer among new lesions.
        """
        column = self._or_blank(name)
        return parse_new_lesions(column) == 0 if name == "new_lesion" else column.blank

    def numbers(self, name: str) -> Numbers:
        """A column's numbers, and what its other cells are; a cell that names a unit is read in
        that of the layout.
        """
        comma = self.source.decimal_comma
        return parse_numbers(self._or_blank(name), decimal_comma=comma, unit=self.unit_of(name))

    def unit_of(self, name: str) -> str:
        """The unit that the layout gives a column; "" where it gives none."""
        layout = LAYOUTS.get(self.name)
        return next((c.unit for c in layout.columns if c.name == name), "") if layout else ""

    def dates(self, name: str, *, days: bool = False) -> Dates:
        """A column's dates; with ``days`` a column of day numbers."""
        return parse_dates(self._or_blank(name), days=days, order=self.date_orders.get(name, ""))

    @property
    def has_days(self) -> bool:
        """Whether `day` stands for `date`."""
        return "day" in self and "date" not in self

    def when(self) -> Dates:
        """The dates of the rows; days from the reference date where `has_days`."""
        return self.dates("day", days=True) if self.has_days else self.dates("date")

    def when_cells(self) -> tuple[Dates, Column]:
        """The dates of the distinct cells of the column of dates (days where `has_days`), and the
        column.
        """
        return self._when

    @cached_property
    def _when(self) -> tuple[Dates, Column]:
        column = self._or_blank("day" if self.has_days else "date")
        order = "" if self.has_days else self.date_orders.get("date", "")
        return parse_date_cells(column, days=self.has_days, order=order), column

    def keys_of(self, name: str) -> tuple[Ints, Words]:
        """Codes and words of a column as keys are compared: as text, outer blanks removed."""
        column = self._or_blank(name).trimmed
        return column.codes, column.words

    def spelled_keys_of(self, name: str) -> npt.NDArray[np.str_] | None:
        """The words of `keys_of` as one array of letters, where there are many."""
        return self._or_blank(name).trimmed.spelled

    def track(self) -> tuple[Ints, Ints]:
        """The track (subject and evaluator) of each row, numbered from 0, and the first row of each
        track.
        """
        return number_rows(self.keys_of("subject")[0], self.keys_of("evaluator")[0])

    @cached_property
    def lesions(self) -> LesionCells:
        """The rows read as lesions (for the lesions table)."""
        return LesionCells(self)

    def rows_of(self, name: str) -> Ints:
        """For each row the number, in the user's file, of the row that a column's cell came
        from.
        """
        return self._column_rows.get(name, self.rows)

    def origin_of(self, name: str) -> Column:
        """For each row the name of the user's table that `rows_of` counts in for a column."""
        return self._column_origins.get(name, self.origin)

    def take(self, rows: npt.NDArray[Any]) -> CrfTable:
        """The table at these rows (places or a mask)."""
        part = evolve(
            self,
            columns={n: c.take(rows) for n, c in self._columns.items()},
            rows=self.rows[rows],
            origin=self.origin.take(rows),
            column_rows={n: r[rows] for n, r in self._column_rows.items()},
            column_origins={n: c.take(rows) for n, c in self._column_origins.items()},
        )
        read = vars(self).get("_when")
        if read is not None and read[1].is_text:  # the distinct cells are the same: read once
            own = part._or_blank("day" if part.has_days else "date")
            vars(part)["_when"] = (read[0], own)
        return part

    def to_table(self) -> Table:
        """The cells as a `nettumor.Table`."""
        return Table(
            {
                n: c.cells if c.floats is not None else c.text.astype(str)
                for n, c in self._columns.items()
            }
        )

    def to_frame(self, kind: str = "pandas") -> Any:
        """The cells as a frame of ``kind`` "pandas" or "polars" (extra ``frames``)."""
        return self.to_table().to_frame(kind)

    def __repr__(self) -> str:
        shown = [
            f"  {n}: {', '.join(c.text[:4].tolist())}" for n, c in list(self._columns.items())[:40]
        ]
        head = f"{self.name}: {self.n_rows} rows x {len(self)} columns from {self.source.name} ({self.source.kind})"
        return "\n".join(line[:100] for line in (head, *shown))


class Tables(Sealed, Mapping[str, CrfTable]):
    """A study's tables: name to `CrfTable`.

    Attributes
    ----------
    domains : mapping of str to CrfTable
        SDTM domains as they were read (TU, TR, SUPPTR, ...), variables in upper case.
    others : tuple of CrfTable
        Further SDTM domains (AE, EX, VS, ...), of which the dates alone are used, where they were
        read with ``others="dates"``.
    ignored : mapping of str to str
        What was given and not used, with the reason.
    frame_kind : str
        "pandas", "polars", "pyarrow" (a table or a batch), "duckdb" if frames were given, else "".
    intake : Table
        What came in and how it was taken, a line for each thing, worst first: kind (file, table,
        row, column, word, number, date, subject), place, found, read_as, count, status (read, not
        needed, renamed, converted, ignored, unreadable, ambiguous), note.
    decided : mapping of str to str
        How columns of dates are read ("lesions.date": "DMY"), as it was decided for the whole study:
        what ``dates=`` takes, so that a part of the study can be read later as the whole was.
    study : StudyFile or None
        The study file by which they were read: its population, schedule and checks hold for what is
        done with them.

    Examples
    --------
    >>> import nettumor.crf
    >>> tables = nettumor.crf.read({"markers": {
    ...     "subject": ["01"], "day": [0], "marker": ["5-HIAA"], "value": ["<5"], "unit": ["mg/24h"]}})
    >>> list(tables), tables.days, tables["markers"].numbers("value").below.tolist()
    (['markers'], True, [5.0])
    """

    def __init__(
        self,
        tables: Mapping[str, CrfTable],
        *,
        domains: Mapping[str, CrfTable] | None = None,
        ignored: Mapping[str, str] | None = None,
        frame_kind: str = "",
        intake: Table | None = None,
        decided: Mapping[str, str] | None = None,
        study: StudyFile | None = None,
        others: tuple[CrfTable, ...] = (),
    ) -> None:
        self._tables = {name: tables[name] for name in LAYOUTS if name in tables}
        self.domains: Mapping[str, CrfTable] = MappingProxyType(dict(domains or {}))
        self.ignored: Mapping[str, str] = MappingProxyType(dict(ignored or {}))
        self.frame_kind = frame_kind
        self.intake = intake_table([]) if intake is None else intake
        self.decided: Mapping[str, str] = MappingProxyType(dict(decided or {}))
        self.study = study
        self.others = others

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tables):
            return NotImplemented
        return alike(vars(self), vars(other))

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, name: str) -> CrfTable:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def table(self, name: str) -> CrfTable:
        """A table, or an error that says which tables there are."""
        if name not in self._tables:
            raise InputError(
                f"There is no table {name!r}. Given: {', '.join(self._tables) or 'none'}. "
                f"{did_you_mean(name, LAYOUTS)}",
                argument=name,
            )
        return self._tables[name]

    @property
    def days(self) -> bool:
        """Whether the study counts days: some table has `day`, and none has `date`."""
        dated = [t for n, t in self._tables.items() if n != "subjects"]
        return any(t.has_days for t in dated) and not any("date" in t for t in dated)

    def missing_columns(self, name: str) -> list[str]:
        """Required columns that a table lacks ("visit or date" where one of two is enough)."""
        return LAYOUTS[name].missing(self.table(name))

    def replace(self, **tables: CrfTable) -> Tables:
        """The same study with other tables in place of these."""
        return self.with_tables({**self._tables, **tables}, self.domains)

    def with_tables(
        self, tables: Mapping[str, CrfTable], domains: Mapping[str, CrfTable]
    ) -> Tables:
        """The same study, its intake and its decisions, with these tables and domains."""
        return Tables(
            tables,
            domains=domains,
            ignored=self.ignored,
            frame_kind=self.frame_kind,
            intake=self.intake,
            decided=self.decided,
            study=self.study,
            others=self.others,
        )

    def inputs(self) -> Table:
        """The inputs as a table: table, name, kind, path, sha256, rows; a line for each file of a
        table that was put together, with the rows of the table.
        """
        used = [
            (name, part, table)
            for group in (
                self._tables.items(),
                self.domains.items(),
                [(other.name, other) for other in self.others],
            )
            for name, table in group
            for part in (table.source.parts if table.source.kind == "forms" else (table.source,))
        ]
        return Table(
            {
                "table": np.array([n for n, _, _ in used], dtype=str),
                "name": np.array([s.name for _, s, _ in used], dtype=str),
                "kind": np.array([s.kind for _, s, _ in used], dtype=str),
                "path": np.array([s.path for _, s, _ in used], dtype=str),
                "sha256": np.array([s.sha256 for _, s, _ in used], dtype=str),
                "rows": np.array([t.n_rows for _, _, t in used], dtype=np.int64),
            }
        )

    def __repr__(self) -> str:
        lines = [
            f"{n}: {t.n_rows} rows, {len(t)} columns, from {t.source.name}"
            for n, t in self._tables.items()
        ]
        if self.domains:
            lines.append(f"SDTM domains: {', '.join(self.domains)}")
        if self.others:
            lines.append(f"dates alone: {', '.join(other.name for other in self.others)}")
        lines += [f"not used: {n} ({why})" for n, why in list(self.ignored.items())[:5]]
        said = summary(self.intake)
        head = f"Tables: {said}" if said else "Tables"
        return "\n".join((head, *(f"  {line}"[:110] for line in lines)))
