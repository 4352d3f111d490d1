"""Tables as results: frozen mappings of column name to a one-dimensional array.

No frame library is needed to read one; `Table.to_frame` hands it to pandas or Polars.
"""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._sealed import Sealed
from nettumor._whole_file import write_whole
from nettumor.errors import (
    InputError,
    InputTypeError,
    UnknownColumnError,
    choose,
    did_you_mean,
    missing_extra,
)


class Table(Sealed, Mapping[str, npt.NDArray[Any]]):
    """A frozen table: column name to a 1-D array, all of one length, in order.

    Parameters
    ----------
    columns : mapping of str to array_like, shape (n,)
        Text as str, codes as labels, numbers as float or int with NaN for missing. What is masked is
        missing: NaN, NaT, or blank text.

    Two tables are equal where they have the same columns with the same values, NaN beside NaN.

    Examples
    --------
    >>> t = Table({"subject": ["01", "02"], "best": ["PR", "SD"]})
    >>> len(t.rows()), t["best"].tolist()
    (2, ['PR', 'SD'])
    """

    def __init__(self, columns: Mapping[str, npt.ArrayLike]) -> None:
        held: dict[str, npt.NDArray[Any]] = {}
        for name, values in columns.items():
            array = _unmasked(values)
            if array.ndim != 1:
                raise InputError(
                    f"`{name}` must be one-dimensional; got shape {array.shape}. Ravel it first.",
                    argument=name,
                )
            array.setflags(write=False)
            held[name] = array
        lengths = {name: a.shape[0] for name, a in held.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(
                f"Columns must have one length; got {lengths}. Pad the shorter ones.",
                argument="columns",
            )
        self._columns = held

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._columns:
            raise UnknownColumnError(
                f"The table has no column {name!r}. {did_you_mean(name, self._columns)}",
                argument=str(name),
            )
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Table):
            return self._columns.keys() == other.keys() and all(
                _equal(column, other[name]) for name, column in self.items()
            )
        if isinstance(other, Mapping) or hasattr(other, "columns"):
            raise InputTypeError(
                f"A Table must be compared with a Table; got {type(other).__name__}. Write "
                "Table(...) around it, or compare table.to_frame() with the frame.",
                argument="other",
            )
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return next((a.shape[0] for a in self._columns.values()), 0)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dicts of Python values; NaN stays NaN."""
        columns = [a.tolist() for a in self._columns.values()]
        return [dict(zip(self._columns, row, strict=True)) for row in zip(*columns, strict=True)]

    def __repr__(self) -> str:
        lines = [f"Table of {self.n_rows} rows x {len(self)} columns"]
        lines += [
            f"  {name}: {', '.join(cell_text(v) for v in a[:4].tolist())}"
            for name, a in self._columns.items()
        ]
        return "\n".join(line[:100] for line in lines[:40])

    def _repr_html_(self) -> str:
        """The first rows and columns for a notebook, everything in them as text."""
        names = list(self)[:_WIDE]
        cells = [
            [html.escape(_short(cell_text(v))) for v in self[name][:_LONG].tolist()]
            for name in names
        ]
        head = "".join(f"<th>{html.escape(_short(name))}</th>" for name in names)
        body = "".join(
            f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
            for row in zip(*cells, strict=True)
        )
        shape = f"{self.n_rows:,} rows x {len(self)} columns"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{shape}</p>"

    def to_frame(self, kind: str = "pandas") -> Any:
        """The table as a frame of ``kind`` "pandas" or "polars" (extra ``frames``)."""
        choose("kind", kind, ("pandas", "polars"))
        try:
            if kind == "pandas":
                import pandas

                return pandas.DataFrame(dict(self._columns))
            import polars

            return polars.DataFrame(
                {name: a.tolist() if a.dtype == object else a for name, a in self.items()}
            )
        except ImportError:
            raise missing_extra(kind, "frames", f"A {kind} frame") from None

    def to_csv(self, path: str | Path | None = None, *, spreadsheet: bool = False) -> str:
        """The table as CSV text (comma, LF, blank for NaN), also written to ``path`` as UTF-8 where
        given: whole, or not at all.

        ``spreadsheet``: cells that a spreadsheet would take for a formula get an apostrophe before
        them.
        """
        rows: Iterable[list[str]] = ([cell_text(v) for v in row.values()] for row in self.rows())
        rows = (row for part in ([list(self._columns)], rows) for row in part)
        if spreadsheet:
            rows = ([no_formula(cell) for cell in row] for row in rows)
        text = csv_text(rows)
        if path is not None:
            write_whole(path, text)
        return text

    def to_json(self, path: str | Path | None = None) -> str:
        """The table as a JSON array of rows (null for NaN), also written to ``path`` as UTF-8 where
        given.
        """
        rows = [
            {k: None if isinstance(v, float) and v != v else v for k, v in row.items()}
            for row in self.rows()
        ]
        text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
        if path is not None:
            write_whole(path, text + "\n")
        return text


def since_last(
    before: Table, now: Table, *, key: str = "key", compared: Iterable[str] | None = None
) -> Table:
    """What became of the rows of a table since an earlier one: of a run, or of a data cut.

    Parameters
    ----------
    before, now : Table
        The earlier table and today's, each with a column of keys.
    key : str
        The column by which a row is known again; of several rows with one key the first counts.
    compared : iterable of str, optional
        Columns that make a row "changed" where their text differs; by default all that both have.

    Returns
    -------
    Table
        The rows of ``now``, then those of ``before`` that are gone, with the columns of ``now``; the
        columns that only ``before`` has (what people wrote beside it), carried along by key; and
        ``since``: "new", "open", "changed" or "gone". Numbers that are not there are blank text.

    Raises
    ------
    UnknownColumnError
        Where a table has no such column.

    Examples
    --------
    >>> before = Table({"key": ["a", "b"], "value": ["1", "2"], "comment": ["asked", ""]})
    >>> table = since_last(before, Table({"key": ["a", "c"], "value": ["3", "4"]}))
    >>> table["since"].tolist(), table["comment"].tolist()
    (['changed', 'new', 'gone'], ['asked', '', ''])
    """
    keys, old = now[key].tolist(), before[key].tolist()
    place = {k: i for i, k in reversed([*enumerate(old)])}
    shared = [c for c in now if c in before and c != key]
    names = shared if compared is None else list(compared)
    sides = [(now[c].tolist(), before[c].tolist()) for c in names]
    since = []
    for i, k in enumerate(keys):
        at = place.get(k)
        same = at is not None and all(cell_text(a[i]) == cell_text(b[at]) for a, b in sides)
        since.append("new" if at is None else "open" if same else "changed")
    today = set(keys)
    gone = [i for i, k in enumerate(old) if k not in today and place[k] == i]
    columns: dict[str, npt.NDArray[Any]] = {}
    for name, column in now.items():
        left = before[name].tolist() if name in before else [""] * len(old)
        columns[name] = _objects([*column.tolist(), *(left[i] for i in gone)])
    for name in (c for c in before if c not in now and c != "since"):
        left = before[name].tolist()
        kept = [left[place[k]] if k in place else "" for k in keys]
        columns[name] = _objects([*kept, *(left[i] for i in gone)])
    return Table({**columns, "since": _objects([*since, *["gone"] * len(gone)])})


def _objects(cells: list[Any]) -> npt.NDArray[Any]:
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out


_LONG, _WIDE, _LETTERS = 10, 12, 60
"""Rows, columns, and letters of a cell that a notebook shows of a table."""


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"


def cell_text(value: object) -> str:
    """A cell as text: blank for None and NaN, a number with up to 15 digits."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV with LF at their ends; a cell with a CR or LF in it is quoted, on every Python."""
    lines: list[str] = []

    class _Lines:
        """Takes a row with CR LF at its end: the writer quotes what holds one of the two."""

        def write(self, line: str) -> None:
            lines.append(f"{line[:-2]}\n")

    csv.writer(_Lines(), lineterminator="\r\n").writerows(rows)
    return "".join(lines)


def no_formula(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; a number, also with a comma, stays."""
    if not isinstance(cell, str) or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return cell
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return f"'{cell}"
    return cell


def _unmasked(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """A copy of a column, with what is masked as missing."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.array(values)
    mask, data = np.ma.getmaskarray(values), np.array(values.data)
    if not mask.any():
        return data
    missing: dict[str, Any] = {"U": "", "S": b""}
    if data.dtype.kind in "iu":
        data = data.astype(np.float64)
    elif data.dtype.kind == "b":
        data = data.astype(object)
    if data.dtype.kind in "Mm":
        data[mask] = np.array("NaT", dtype=data.dtype)  # of its unit: NumPy 2.5 wants one
    else:
        data[mask] = np.nan if data.dtype.kind in "fc" else missing.get(data.dtype.kind)
    return data


def _equal(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> bool:
    """Whether two columns hold the same values, NaN and None each beside its like."""
    if a.shape != b.shape:
        return False
    if a.dtype.kind in "fiu" and b.dtype.kind in "fiu":
        return bool(np.array_equal(a, b, equal_nan=True))
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return all(x is y or _same(x, y) for x, y in pairs)


def _same(x: Any, y: Any) -> bool:
    same = x == y
    if not isinstance(same, (bool, np.bool_)):  # an array in a cell, or pandas NA
        return x is y or bool(np.array_equal(np.asarray(x), np.asarray(y)))
    return bool(same) or (x != x and y != y)
