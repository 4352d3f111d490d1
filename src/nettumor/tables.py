"""Tables as results: frozen mappings of column name to a one-dimensional array.

No frame library is needed to read one; `Table.to_frame` hands it to pandas or Polars.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor.errors import InputError, UnknownColumnError, choose, did_you_mean, missing_extra


class Table(Mapping[str, npt.NDArray[Any]]):
    """A frozen table: column name to a 1-D array, all of one length, in order.

    Parameters
    ----------
    columns : mapping of str to array_like, shape (n,)
        Text as str, codes as labels, numbers as float or int with NaN for missing.

    Examples
    --------
    >>> t = Table({"subject": ["01", "02"], "best": ["PR", "SD"]})
    >>> len(t.rows()), t["best"].tolist()
    (2, ['PR', 'SD'])
    """

    def __init__(self, columns: Mapping[str, npt.ArrayLike]) -> None:
        held: dict[str, npt.NDArray[Any]] = {}
        for name, values in columns.items():
            array = np.array(values)
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

    def to_csv(self, path: str | Path | None = None) -> str:
        """The table as CSV text (comma, LF, blank for NaN), also written to ``path`` as UTF-8 where
        given.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self._columns)
        writer.writerows([cell_text(v) for v in row.values()] for row in self.rows())
        if path is not None:
            Path(path).write_text(out.getvalue(), encoding="utf-8", newline="")
        return out.getvalue()

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
            Path(path).write_text(text + "\n", encoding="utf-8")
        return text


def cell_text(value: object) -> str:
    """A cell as text: blank for None and NaN, a number with up to 15 digits."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
