"""What a number of SAS says: a date by its format, a decimal by the length it was stored in.

Question: which day, moment, month or year is a number under the format of its variable, and which
decimal was meant by a number that SAS has cut to 2 to 7 bytes. In go the numbers and what the file
says of their variable; out come columns. How files hold their bytes is not decided here.

Sources: SAS 9.4 Formats and Informats: Reference (dates count days, datetimes seconds, from
1960-01-01); SAS 9.4 Language Reference: Concepts, "Numerical Accuracy in SAS Software" (a LENGTH
below 8 leaves out the last bytes of the IEEE 754 number); SAS TS-140 (in XPORT, of the IBM number).
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats
from nettumor.crf.cell_text import number_text
from nettumor.crf.columns import Column
from nettumor.crf.intake import Line

_EPOCH = np.datetime64("1960-01-01")
"""Day 0 of SAS dates, second 0 of SAS datetimes."""

_FORMATS = {
    ("D", "D"): r"(?:E8601|B8601|IS8601|ND8601)DA|DATE|(?:YYMMDD|MMDDYY|DDMMYY)[BCDNPS]?"
    r"|WEEKDAT[EX]|WORDDAT[EX]|WEEK[UVW]|JULIAN|PDJUL[GI]|NLDATE(?:C|CP|L|M|S|W)?"
    r"|EURDFD[DE]|EURDFW[DK]X|MINGUO|NENGO|HDATE|HEBDATE",
    ("D", "M"): r"MONYY|YYMON|YYMM[CDNPS]?|MMYY[CDNPS]?|NLDATEYM[MW]?|EURDFMY",
    ("D", "Y"): r"YEAR|YYQ[CDNPSZ]?|YYQR[CDNPS]?|NLDATEY[QRW]",
    ("s", "s"): r"(?:E8601|B8601|IS8601)(?:D[TXZ]|LX)|DATETIME|DATEAMPM|MDYAMPM"
    r"|NLDATM(?:AP|L|M|S|W|Z)?|EURDFDT",
    ("s", "D"): r"(?:E8601|B8601|IS8601)DN|DTDATE|DTWKDATX|NLDATMDT",
    ("s", "M"): r"DTMONYY|NLDATMYM",
    ("s", "Y"): r"DTYEAR|DTYYQC|NLDATMY[QRW]",
}
"""By what the number counts (days, seconds) and what the format shows of it (moment, day, month,
year; a quarter is shown as its year): the names of formats, without width and decimals."""
_KNOWN = {key: re.compile(names) for key, names in _FORMATS.items()}

_DATE_LIKE = re.compile(
    r"DATE|DAT[EX]|DATM|DTF|^DT|YY|MON(?:YY|TH|NAME)|JUL|YEAR|QTR|WEEK|DAY|8601"
)
_TIMES = re.compile(r"(?:E8601|B8601|IS8601)(?:T[MXZ]|LZ)|TIME.*|TOD|HHMM|HOUR|MMSS|NLTIM.*|.*TIME")
_LIMITS = {"D": 1e6, "s": 1e11}
"""A number from here on is no date: about the year 4700."""


def _format_name(format_name: str) -> str:
    """``DATETIME22.3`` is DATETIME: without width and decimals."""
    return re.sub(r"\d*(?:\.\d*)?$", "", format_name.strip()).upper()


def sas_date_column(values: Floats, format_name: str) -> Column | None:
    """Numbers with a SAS date or datetime format as ISO 8601 text; None for another format.

    A format that shows a month or a year gives a partial date; what is no date stays a number.

    >>> sas_date_column(np.array([23436.0, np.nan]), "MONYY7.").text.tolist()
    ['2024-03', '']
    """
    name = _format_name(format_name)
    found = next((key for key, names in _KNOWN.items() if names.fullmatch(name)), None)
    if found is None:
        return None
    unit, shown = found
    known = np.isfinite(values) & (np.abs(values) < _LIMITS[unit])
    steps = np.floor(np.where(known, values, 0)).astype(np.int64).astype(f"timedelta64[{unit}]")
    moments = np.where(known, _EPOCH.astype(f"datetime64[{unit}]") + steps, _nothing(unit))
    if shown in "MY":
        parts = moments.astype(f"datetime64[{shown}]")
        column = Column.of_text(np.where(known, np.datetime_as_string(parts), "").tolist())
    else:
        column = Column.of_datetimes(moments.astype(f"datetime64[{shown}]"))
    beyond = ~known & ~np.isnan(values)
    if not beyond.any():
        return column
    cells = column.text.copy()
    cells[beyond] = [number_text(v) for v in values[beyond].tolist()]
    return Column.of_text(cells)


def _nothing(unit: str) -> npt.NDArray[np.datetime64]:
    return np.array("NaT", dtype=f"datetime64[{unit}]")


def unread_formats(formats: dict[str, str], where: str) -> list[Line]:
    """A line for each variable whose format looks like one of dates and is none that is known."""
    found = []
    for variable, format_name in formats.items():
        name = _format_name(format_name)
        known = any(names.fullmatch(name) for names in _KNOWN.values())
        if known or name.startswith("$") or _TIMES.fullmatch(name) or not _DATE_LIKE.search(name):
            continue
        found.append(
            Line(
                "date",
                f"{where} column {variable}",
                format_name,
                status="ambiguous",
                note="the format is not known, the cells stay numbers; write dates with E8601DA.",
            )
        )
    return found


def shortest_decimals(values: Floats, length: int, *, ibm: bool = False) -> Floats:
    """Numbers that SAS has cut to ``length`` bytes as the decimals that were meant.

    A number of LENGTH 3 to 7 has lost its last bits, always towards 0: what was meant lies between
    the stored one and the next that could be stored. The decimal with the fewest places there is
    taken; whole numbers stay as they are.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        As stored; NaN where missing.
    length : int
        Bytes, 2 to 7 (8: nothing was cut).
    ibm : bool
        From XPORT: cut as an IBM number, unless every one of them is what SAS, where it counts in
        IEEE 754, has cut before.

    Returns
    -------
    ndarray of float, shape (n,)

    Examples
    --------
    >>> shortest_decimals(np.array([23.09765625, 12.0, np.nan]), 3).tolist()
    [23.1, 12.0, nan]
    """
    size = np.abs(values)
    is_known = np.isfinite(size) & (size > 0)
    if length >= 8 or not is_known.any():
        return values
    size = size[is_known]
    power = np.frexp(size)[1]
    # one unit in the last place: 52 bits behind the first in 8 bytes, 8 fewer for each byte less
    unit = np.ldexp(1.0, power - 1 - (8 * length - 12))
    if ibm and (length < 3 or bool(np.any(size != np.floor(size / unit) * unit))):
        # the mantissa of an IBM number has length - 1 bytes behind a power of 16
        unit = np.ldexp(1.0, 4 * -(-power // 4) - 8 * (length - 1))
    meant = size.copy()
    is_open = np.ones(len(size), dtype=np.bool_)
    for places in range(16):
        scale = 10.0**places
        candidate = np.ceil(size[is_open] * scale) / scale
        fits = (candidate >= size[is_open]) & (candidate < (size + unit)[is_open])
        place = np.flatnonzero(is_open)[fits]
        meant[place] = candidate[fits]
        is_open[place] = False
    out = values.copy()
    out[is_known] = np.copysign(meant, values[is_known])
    return out
