"""What one cell says, as text: a number as one would write it, a date, a duration, nothing.

Input: any value of Python or NumPy. Output: text. Whole columns are read by `nettumor.crf.columns`.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats
from nettumor.errors import InputTypeError


def is_null(cell: object) -> bool:
    """Whether a Python value stands for nothing: None, NaN, NaT, pandas NA, or empty text."""
    if cell is None or cell is np.ma.masked or (isinstance(cell, str) and cell == ""):
        return True
    if isinstance(cell, (float, np.floating)):
        return bool(np.isnan(cell))
    if isinstance(cell, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(cell))
    return type(cell).__name__ in ("NAType", "NaTType")


def cell_text(cell: Any, name: str = "column") -> str:
    """One cell as text: a number as one would write it, a date in ISO 8601, a truth value as True or
    False, a duration in days, "" for nothing.
    """
    if isinstance(cell, str):
        return cell
    if is_null(cell):
        return ""
    if isinstance(cell, (bool, np.bool_)):
        return "True" if cell else "False"
    if isinstance(cell, (datetime.timedelta, np.timedelta64)):
        return number_text(days_of_duration(cell))
    if isinstance(cell, np.datetime64):
        return str(cell).removesuffix("T00:00:00")
    if isinstance(cell, np.float32):
        return str(cell).removesuffix(".0")
    if isinstance(cell, (int, np.integer)):
        return str(int(cell))
    if isinstance(cell, (float, np.floating)):
        return number_text(float(cell))
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat().removesuffix("T00:00:00")
    if isinstance(cell, (dict, list, tuple, set)):
        raise InputTypeError(
            f"`{name}` must hold one value a cell; got {cell!r:.60}. Unpack nested values into "
            "columns first.",
            argument=name,
        )
    return str(cell)


def days_of_duration(duration: Any) -> float:
    """A duration in days; NaN for none."""
    if is_null(duration):
        return np.nan
    if isinstance(duration, np.timedelta64):
        return float(days_of_durations(np.array([duration]))[0])
    return float(duration / datetime.timedelta(days=1))


def days_of_durations(durations: npt.NDArray[np.timedelta64]) -> Floats:
    """Durations in days; NaN where there is none."""
    return np.where(np.isnat(durations), np.nan, durations / np.timedelta64(1, "D"))


def number_text(value: float) -> str:
    """A number as one would write it: ``12``, ``12.5``; "" for NaN. Reading it back gives the same
    number.
    """
    if value != value:
        return ""
    return repr(value).removesuffix(".0")
