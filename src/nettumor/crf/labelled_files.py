"""Files of SPSS (sav, zsav, por) and Stata (dta) through pyreadstat (extra ``sas``), in a process of
their own.

Which question: what do the cells of these files mean? Value labels are the words of codes. What the
file declares as missing (SPSS: values and ranges; Stata: .a to .z) is its label, or blank, and never a
number. Dates are told by the format of the variable. A Stata float is the shortest decimal that rounds
to it. A blank text and a missing one are one in these formats.

Sources: PSPP, System File Format (missing value records; seconds from 1582-10-14, date formats); Stata
manual, [D] Datetime (units of %td, %tc, %tm and the others, from 1960-01-01) and [U] 12.2.1 (missing
values).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor.crf.apart import read_apart
from nettumor.crf.came_as import CameAs
from nettumor.crf.cell_text import number_text
from nettumor.crf.columns import Column, constant
from nettumor.crf.intake import Line
from nettumor.crf.labelled import with_labels
from nettumor.crf.limits import Limits
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import column_names
from nettumor.errors import InputError, missing_extra

KINDS = {".sav": "sav", ".zsav": "sav", ".por": "por", ".dta": "dta"}
"""Suffix to the name of pyreadstat's reader."""
_PROGRAM = """
import os
import tempfile
import pyreadstat
handle, copy = tempfile.mkstemp(suffix="{suffix}")
try:
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    values, about = pyreadstat.read_{reader}(
        copy, output_format="dict", disable_datetime_conversion=True{more}
    )
finally:
    os.unlink(copy)
found = {{
    "values": values,
    "formats": about.original_variable_types,
    "labels": about.variable_value_labels,
    "ranges": about.missing_ranges,
    "letters": about.missing_user_values,
    "types": about.readstat_variable_types,
    "rows": about.number_rows,
}}
"""
_SPSS_DAY_0 = np.datetime64("1582-10-14", "s")
_SPSS_DATES = re.compile(r"(?:A|E|S|J)?DATE\d*")
_SPSS_MOMENTS = re.compile(r"(?:DATETIME|YMDHMS)[\d.]*")
_SPSS_MONTHS = re.compile(r"MOYR\d*")
_SPSS_YEARS = re.compile(r"(?:QYR|WKYR)\d*")
_STATA = {
    "d": ("D", 1), "c": ("s", 1000), "C": ("s", 1000), "m": ("M", 1), "q": ("Y", 4), "h": ("Y", 2),
    "w": ("Y", 52), "y": ("Y", 1),
}  # fmt: skip
"""What a Stata format %t. counts from 1960: the unit that is read, and how many make one."""
_LIMIT = np.timedelta64(3_000_000, "D")
"""A number further from its day 0 is no date."""


def read_labelled(data: bytes, source: Source, name: str, limits: Limits, suffix: str) -> CrfTable:
    """The table in the bytes of a file of SPSS or Stata.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of the table.
    limits : Limits
        The largest table that is read.
    suffix : {".sav", ".zsav", ".por", ".dta"}

    Returns
    -------
    CrfTable
        Labelled values as their words, dates as ISO 8601 text, what is declared missing as its label
        or blank; the intake counts that.

    Raises
    ------
    InputError
        Where the bytes are no such file, are cut off, or the reader fails or dies.
    MissingExtraError
        Where pyreadstat is not installed.
    """
    what = "Stata" if suffix == ".dta" else "SPSS"
    try:
        import pyreadstat  # noqa: F401  (whether it is there; it is used in the other process)
    except ImportError:
        raise missing_extra("pyreadstat", "sas", f"Reading files of {what}") from None
    more = "" if suffix == ".por" else ", user_missing=True"
    program = _PROGRAM.format(suffix=suffix, reader=KINDS[suffix], more=more)
    repair = "Save it again, or as CSV UTF-8."
    found = read_apart(program, data, source.name, f"{what} file", limits, repair=repair)
    values: Mapping[str, Sequence[Any]] = found["values"]
    n = max((len(v) for v in values.values()), default=0)
    limits.check(source.name, rows=n, columns=len(values))
    if not values or found["rows"] not in (None, n):
        raise InputError(
            f"`{source.name}` is not a readable {what} file: it states {found['rows']} rows and "
            f"holds {n} in {len(values)} columns. {repair}",
            argument=source.name,
        )
    lines: list[Line] = []
    columns = {}
    for spelled, variable in zip(column_names([*values], source.name), values, strict=True):
        about = {key: found[key].get(variable) for key in _ABOUT}
        column, missing = _column([*values[variable]], about, stata=suffix == ".dta")
        columns[spelled] = column
        if missing:
            words = ", ".join(sorted(missing)[:5])
            place, count = f"{source.name} column {spelled}", sum(missing.values())
            lines.append(Line("word", place, words, "missing", count, "read", "declared missing"))
        if about["formats"] and re.match(r"%-?tC", about["formats"]):
            note = "%tC counts leap seconds: read as %tc, up to 27 seconds late"
            lines.append(
                Line("date", f"{source.name} column {spelled}", "%tC", "%tc", n, "ambiguous", note)
            )
    numbers = np.arange(1, n + 1, dtype=np.int64)
    return CrfTable(name, columns, source, numbers, origin=constant(name, n), notes=tuple(lines))


_ABOUT = ("formats", "labels", "ranges", "letters", "types")


def _column(
    cells: list[Any], about: Mapping[str, Any], *, stata: bool
) -> tuple[Column, dict[str, int]]:
    """A column, and how often each value stands that is declared missing."""
    labels = dict(about["labels"] or {})
    missing: dict[str, int] = {}
    word_at: dict[int, str] = {}
    for place, cell in enumerate(cells):
        if cell is None or not _is_missing(cell, about, stata=stata):
            continue
        shown = f".{cell}" if stata else cell if isinstance(cell, str) else number_text(float(cell))
        missing[shown] = missing.get(shown, 0) + 1
        word_at[place] = str(labels.get(cell, ""))
        cells[place] = None
    column = _typed(cells, about, stata=stata)
    words = {
        value: word for value, word in labels.items() if not (stata and isinstance(value, str))
    }
    column = with_labels(column, words)
    if any(word_at.values()):
        text = column.text.copy()
        for place, word in word_at.items():
            text[place] = " ".join(word.split())
        column = Column.of_text(text)
    return column, missing


def _is_missing(cell: Any, about: Mapping[str, Any], *, stata: bool) -> bool:
    """Whether the file declares a value as missing."""
    if stata:
        return isinstance(cell, str) and about["types"] != "string" and "str" not in about["types"]
    for span in about["ranges"] or ():
        low, high = span["lo"], span["hi"]
        if isinstance(low, str) is isinstance(cell, str):
            value = cell.rstrip() if isinstance(cell, str) else cell
            if low <= value <= high:
                return True
    return False


def _typed(cells: list[Any], about: Mapping[str, Any], *, stata: bool) -> Column:
    """The cells as text, dates or numbers."""
    if about["types"] == "string" or any(isinstance(c, str) for c in cells):
        return Column.of_text(["" if c is None else c for c in cells])
    numbers = np.array([np.nan if c is None else c for c in cells], dtype=np.float64)
    dates = (_stata_dates if stata else _spss_dates)(numbers, about["formats"] or "")
    if dates is not None:
        return dates
    if about["types"] == "float":
        return Column.of_array(numbers.astype(np.float32))
    column = Column(floats=numbers)
    if str(about["types"]).startswith("int"):
        column.came_as = CameAs("integer")
    return column


def _spss_dates(seconds: npt.NDArray[np.float64], form: str) -> Column | None:
    """Seconds from 1582-10-14 as what the format shows of them; None for another format."""
    form = form.upper()
    shown = ""
    for unit, pattern in (
        ("D", _SPSS_DATES),
        ("s", _SPSS_MOMENTS),
        ("M", _SPSS_MONTHS),
        ("Y", _SPSS_YEARS),
    ):
        if pattern.fullmatch(form):
            shown = unit
    if not shown:
        return None
    known = np.isfinite(seconds) & (np.abs(seconds) < 1e12)
    whole = np.floor(np.where(known, seconds, 0)).astype(np.int64)
    return _shown(_SPSS_DAY_0 + whole.astype("timedelta64[s]"), shown, known, seconds)


def _stata_dates(numbers: npt.NDArray[np.float64], form: str) -> Column | None:
    """What a format %t. counts from 1960; None for another format."""
    found = re.match(r"%-?(?:t(?P<unit>[dcCmqhwy])|(?P<old>d))", form)
    if found is None:
        return None
    unit, per = _STATA[found["unit"] or "d"]
    known = np.isfinite(numbers) & (np.abs(numbers) < 1e15)
    steps = np.floor(np.where(known, numbers, 0) / per).astype(np.int64)
    if found["unit"] == "y":  # the year itself
        steps = steps - 1960
    start = np.datetime64("1960-01-01", unit)  # type: ignore[call-overload]
    return _shown(start + steps.astype(f"timedelta64[{unit}]"), unit, known, numbers)


def _shown(
    moments: npt.NDArray[Any],
    unit: str,
    known: npt.NDArray[np.bool_],
    numbers: npt.NDArray[np.float64],
) -> Column:
    """Moments as ISO 8601 text, a month or year as a partial date; what is no date stays a number."""
    near = np.abs(moments.astype("datetime64[D]") - np.datetime64("1970-01-01")) < _LIMIT
    nothing = np.array("NaT", dtype=f"datetime64[{unit}]")
    moments = np.where(known & near, moments.astype(nothing.dtype), nothing)
    if unit in "MY":
        text = np.where(np.isnat(moments), "", np.datetime_as_string(moments))
        column = Column.of_text(text.tolist())
    else:
        column = Column.of_datetimes(moments)
    beyond = np.isnat(moments) & ~np.isnan(numbers)
    if beyond.any():
        cells = column.text.copy()
        cells[beyond] = [number_text(v) for v in numbers[beyond].tolist()]
        return Column.of_text(cells)
    column.came_as = CameAs("date") if unit == "D" else CameAs()
    return column
