"""Dates as people and programs write them: which are certain, and what decides about the others.

Certain in itself is ISO 8601 (2024-01-15, 20240115, 2024-01, with or without a time), a year in
front (2024/01/15), a month by its name (15JAN2024, Jan 15, 2024, UN-MAY-2023) and a date with dots,
which has the day first (15.01.2024). Slashes and dashes with the year behind (01/02/2024), two-digit
years and bare serial numbers (45306) are not: `nettumor.words.dates` decides for the columns of a
study together. Every cell is read in time linear in its length.

Sources: ISO 8601:2004 and SDTMIG 3.4, 4.4.2 (partial dates); CDASHIG 2.2 (UN, UNK); SAS 9.4 formats
and informats (DATE9., DATETIME., DDMMYYN8.; days from 1960-01-01); ECMA-376 18.17.4.1 (Excel's days
from 1899-12-30); DIN 5008 (dots).
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from enum import IntEnum, unique
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor.words.missing import is_missing, tidy
from nettumor.words.months import MONTHS, NOT_KNOWN, WEEKDAYS

Floats = npt.NDArray[np.float64]

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""A year outside these is a typing error (0024 for 2024), not a date of a trial."""

ORDERS = ("DMY", "MDY", "YMD", "excel", "sas")
"""What can be decided, or said, for a column."""


@unique
class DateStatus(IntEnum):
    """What a date cell was.

    Examples
    --------
    >>> read("2024-02-30") == DateStatus.INVALID
    True
    """

    BLANK = 0
    FULL = 1
    PARTIAL = 2
    INVALID = 3


@unique
class Form(IntEnum):
    """How a date cell is written: what is certain in itself, and what a column has to decide.

    Examples
    --------
    >>> read_all(["2024-01-15", "15JAN2024", "01/02/2024", "45306"]).form.tolist()
    [1, 2, 3, 5]
    """

    NONE = 0
    ISO = 1
    CERTAIN = 2
    SLASHES = 3
    SHORT_YEAR = 4
    SERIAL = 5


class DateWords(NamedTuple):
    """Distinct date words read, one element a word.

    ``status`` of `DateStatus`, ``earliest`` and ``latest`` the first and last day since 1970-01-01
    that the word allows (NaN: none), ``form`` of `Form`.
    """

    status: npt.NDArray[np.int8]
    earliest: Floats
    latest: Floats
    form: npt.NDArray[np.int8]


class _Read(NamedTuple):
    status: DateStatus
    first: float = np.nan
    last: float = np.nan
    form: Form = Form.NONE


_INVALID = _Read(DateStatus.INVALID)
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_FIRST_DAY = datetime.date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH
_LAST_DAY = datetime.date(LAST_YEAR, 12, 31).toordinal() - _EPOCH
_WIDTH = 11
LONGEST = 64
"""A longer cell is no date."""


def read(word: str, order: str = "") -> int:
    """The code of `DateStatus` of one word; INVALID (3) where it is none or not certain.

    >>> [DateStatus(read(w)).name for w in ("15JAN2024", "UN-MAY-2023", "NA", "01/02/2024")]
    ['FULL', 'PARTIAL', 'BLANK', 'INVALID']
    >>> DateStatus(read("01/02/2024", "DMY")).name
    'FULL'
    """
    return int(read_all([word], order).status[0])


def read_all(words: Sequence[str], order: str = "") -> DateWords:
    """Distinct date words read.

    Parameters
    ----------
    words : sequence of str
        The words.
    order : {"", "DMY", "MDY", "YMD", "excel", "sas"}
        What was decided for the column; "" reads what is certain in itself.

    Returns
    -------
    DateWords

    Examples
    --------
    >>> read_all(["2014-01-02T11:45", "02JAN2014", "2014-02", ""]).earliest.tolist()
    [16072.0, 16072.0, 16102.0, nan]
    """
    texts = [word.strip() for word in words]
    status, first, last, form, unusual = _read_iso(texts, serial=order in ("excel", "sas"))
    for i in unusual:  # distinct words of another form: few
        found = _read_other(texts[i], order)
        status[i], first[i], last[i], form[i] = found
    return DateWords(status, first, last, form)


def of_days(days: Floats) -> DateWords:
    """Whole days since 1970-01-01 (NaN: none), as `read_all` reads their words in ISO 8601 in every
    order.

    >>> of_days(np.array([16072.0, np.nan])).status.tolist()
    [1, 0]
    """
    valid = (days >= _FIRST_DAY) & (days <= _LAST_DAY)
    other = np.where(np.isnan(days), DateStatus.BLANK, DateStatus.INVALID)
    status = np.where(valid, DateStatus.FULL, other).astype(np.int8)
    day = np.where(valid, days, np.nan)
    return DateWords(status, day, day, np.where(valid, Form.ISO, Form.NONE).astype(np.int8))


def _read_iso(texts: list[str], *, serial: bool) -> tuple[Any, Any, Any, Any, list[int]]:
    """The words in ISO 8601 read at once, and the places of the others."""
    n = len(texts)
    lengths = np.array([len(w) for w in texts], dtype=np.int64)
    letters = np.array(texts, dtype=f"U{_WIDTH}").view(np.uint32).reshape(n, _WIDTH)
    digits = letters.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    dash, tee, blank = (ord(c) - ord("0") for c in "-T ")

    timed = np.array([len(w) > 10 and _is_time(w[11:]) for w in texts], dtype=np.bool_)
    timed &= (digits[:, 10] == tee) | (digits[:, 10] == blank)
    month_form = is_digit[:, [0, 1, 2, 3, 5, 6]].all(axis=1) & (digits[:, 4] == dash)
    long_form = month_form & is_digit[:, [8, 9]].all(axis=1) & (digits[:, 7] == dash)
    long_form &= (lengths == 10) | timed
    basic = is_digit[:, :8].all(axis=1) & (lengths == 8)
    month_form &= lengths == 7
    year_form = is_digit[:, :4].all(axis=1) & (lengths == 4) & (not serial)

    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month = np.where(basic, _two(digits, 4), np.where(long_form | month_form, _two(digits, 5), 1))
    day = np.where(basic, _two(digits, 6), np.where(long_form, _two(digits, 8), 1))
    shaped = long_form | basic | month_form | year_form
    valid = shaped & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12)
    start = ((np.where(valid, year, 1970) - 1970) * 12 + np.where(valid, month, 1) - 1).astype(
        "datetime64[M]"
    )
    step = np.where(year_form, 12, 1)
    first = start.astype("datetime64[D]").astype(np.int64)
    length = (start + step).astype("datetime64[D]").astype(np.int64) - first
    valid &= (day >= 1) & (day <= length)
    full = valid & (long_form | basic)

    status = np.full(n, DateStatus.INVALID, dtype=np.int8)
    status[full] = DateStatus.FULL
    status[valid & ~full] = DateStatus.PARTIAL
    earliest = np.where(valid, first + day - 1.0, np.nan)
    latest = np.where(valid, np.where(full, earliest, first + length - 1.0), np.nan)
    # eight digits, or four, that are no ISO date may be a date or a serial number in another form
    unusual = ~shaped | ((basic | year_form) & ~valid)
    form = np.where(valid, Form.ISO, Form.NONE).astype(np.int8)
    return status, earliest, latest, form, np.flatnonzero(unusual).tolist()


def _two(digits: npt.NDArray[np.int64], at: int) -> npt.NDArray[np.int64]:
    return digits[:, at] * 10 + digits[:, at + 1]


def _is_time(text: str) -> bool:
    return all(c in "0123456789:.,+-Z " for c in text)


_PART = r"(\d\d|-|UNK?|NK|XX|\?\?)?"
_ISO_PARTIAL = re.compile(
    rf"(\d{{4}}|-|UNK?|UUUU|XXXX|\?{{4}})-{_PART}(?:-{_PART}(?:-{_PART})?)?(?:T[\d:.\-]*)?",
    re.ASCII,
)
_TIME = re.compile(
    r"[T ,:] ?\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AP]\.?M\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?$",
    re.ASCII,
)
_NUMERIC = re.compile(r"(\d{1,4}) ?([/. -]) ?(\d{1,2}) ?\2 ?(\d{1,4})\.?", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{4})|(\d{4}) ?[/.] ?(\d{1,2})", re.ASCII)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T\d{2,6}(?:\.\d+)?(?:Z|[+-]\d{2,4})?", re.ASCII)
_FLOATED = re.compile(r"(\d{4})(\d\d)(\d\d)\.0+", re.ASCII)
_CLOCK_INSIDE = re.compile(
    r"(?:[A-Z]{3} )?([A-Z]{3} \d{1,2}) \d\d:\d\d:\d\d(?: [A-Z]{3,5}(?:[+-]\d\d:?\d\d)?)? (\d{4})",
    re.ASCII,
)
_NO_DAY = re.compile(r"(?:UNK?|NK|XX|\?\?)\.(\d{1,2})\.(\d{4})", re.ASCII)
_SERIAL = re.compile(r"-?\d{4,11}(?:\.\d+)?", re.ASCII)
_TOKEN = re.compile(r"\d+|[^\W\d_]+|\?+")
_FILLERS = frozenset({"ST", "ND", "RD", "TH", "OF", "DE", "DEN"})


def _read_other(word: str, order: str) -> _Read:
    """A word that is not plain ISO 8601."""
    if is_missing(word):
        return _Read(DateStatus.BLANK)
    if len(word) > LONGEST:
        return _INVALID
    text = tidy(word)
    moment = _MOMENT.fullmatch(text)
    if moment:
        year, month, day = (int(part) for part in moment.groups())
        return _date(year, month, day, Form.ISO)
    floated = _FLOATED.fullmatch(text)  # 20240115 from a column with blanks, as pandas writes it
    if floated:
        return _date(int(floated[1]), int(floated[2]), int(floated[3]))
    if _SERIAL.fullmatch(text):
        return _serial(text, order)
    partial = _ISO_PARTIAL.fullmatch(text)
    if partial:
        return _iso_partial(*(p or "" for p in partial.groups()[:3]))
    no_day = _NO_DAY.fullmatch(text)
    if no_day:
        return _month(int(no_day[2]), int(no_day[1]))
    text = _CLOCK_INSIDE.sub(r"\1 \2", _TIME.sub("", text))  # Mon Jan 15 00:00:00 CET 2024
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        first, mark, second, third = numeric.groups()
        return _numeric(first, mark, second, third, order)
    month_year = _MONTH_YEAR.fullmatch(text)
    if month_year:
        before, behind, early, after = month_year.groups()
        return _month(int(behind or early), int(before or after))
    if not all(c.isalnum() or c in " ,./-?'" for c in text):
        return _INVALID
    return _by_tokens(_tokens(text), order)


def _date(year: int, month: int, day: int, form: Form = Form.CERTAIN) -> _Read:
    """A full date, if there is such a day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _INVALID
    try:
        number = float(datetime.date(year, month, day).toordinal() - _EPOCH)
    except ValueError:
        return _INVALID
    return _Read(DateStatus.FULL, number, number, form)


def _month(year: int, month: int, form: Form = Form.CERTAIN) -> _Read:
    """A month of a year."""
    start = _date(year, month, 1, form)
    if start.status != DateStatus.FULL:
        return _INVALID
    end = datetime.date(year + month // 12, month % 12 + 1, 1).toordinal() - _EPOCH - 1.0
    return _Read(DateStatus.PARTIAL, start.first, end, form)


def _year(year: int) -> _Read:
    """A year, of which nothing more is known."""
    start, end = _date(year, 1, 1), _date(year, 12, 31)
    if start.status != DateStatus.FULL:
        return _INVALID
    return _Read(DateStatus.PARTIAL, start.first, end.last, Form.CERTAIN)


def _iso_partial(year: str, month: str, day: str) -> _Read:
    """ISO 8601 with parts that are not known: 2024---15, --03-01, 2024-02-UN."""
    possible = (not month.isdigit() or 1 <= int(month) <= 12) and (
        not day.isdigit() or 1 <= int(day) <= 31
    )
    if not possible:
        return _INVALID
    if not year.isdigit():
        return _Read(DateStatus.PARTIAL, form=Form.ISO)
    known = _month(int(year), int(month)) if month.isdigit() else _year(int(year))
    if known.status == DateStatus.INVALID or not day.isdigit():
        return known._replace(form=Form.ISO if known.status != DateStatus.INVALID else Form.NONE)
    if month.isdigit():
        return _date(int(year), int(month), int(day), Form.ISO)
    first, last = _date(int(year), 1, int(day)), _date(int(year), 12, int(day))
    return first._replace(status=DateStatus.PARTIAL, last=last.last, form=Form.ISO)


def _century(year: str) -> int:
    """A two-digit year as 1950 to 2049 (RFC 5280, 4.1.2.5.1)."""
    return int(year) + (0 if len(year) > 2 else 1900 if int(year) >= 50 else 2000)


def _numeric(first: str, mark: str, second: str, third: str, order: str) -> _Read:
    """Three numbers: the year in front is certain, dots have the day first, the rest is decided by
    the column.
    """
    if len(first) == 4:
        certain = len(third) <= 2
        return _date(int(first), int(second), int(third)) if certain else _INVALID
    if len(first) == 3 or len(third) not in (2, 4):
        return _INVALID
    if len(third) == 4 and mark == ".":
        return _date(int(third), int(second), int(first))
    form = Form.SLASHES if len(third) == 4 else Form.SHORT_YEAR
    if order == "DMY" or (order == "MDY" and mark == "."):
        return _date(_century(third), int(second), int(first), form)
    if order == "MDY":
        return _date(_century(third), int(first), int(second), form)
    if order == "YMD" and form == Form.SHORT_YEAR and len(first) == 2:
        return _date(_century(first), int(second), int(third), form)
    return _INVALID._replace(form=form)


_EXCEL = datetime.date(1899, 12, 30).toordinal() - _EPOCH
_SAS = datetime.date(1960, 1, 1).toordinal() - _EPOCH
_SECONDS = 300_000_000
"""From here on a SAS number is one of seconds: as days it would lie beyond any calendar, as seconds
it is 1969 or later."""


def _serial(text: str, order: str) -> _Read:
    """A bare number: eight digits may be day, month and year, else days (or seconds) from an
    origin.
    """
    if len(text) == 8 and text.isdigit() and _possible(text):
        day, month = (text[:2], text[2:4])[:: -1 if order == "MDY" else 1]
        if order in ("DMY", "MDY"):
            return _date(int(text[4:]), int(month), int(day), Form.SLASHES)
        return _INVALID._replace(form=Form.SLASHES)
    number = float(text)
    days = {"excel": _from_excel, "sas": _from_sas}
    if order in days:
        return _of_day(days[order](number))
    if any(_of_day(f(number)).status == DateStatus.FULL for f in days.values()):
        return _INVALID._replace(form=Form.SERIAL)
    return _INVALID


def _possible(text: str) -> bool:
    """Whether eight digits are a date with the year behind, in either order."""
    one, two, year = int(text[:2]), int(text[2:4]), int(text[4:])
    return DateStatus.FULL in (_date(year, two, one).status, _date(year, one, two).status)


def _from_excel(number: float) -> float:
    # Excel counts 29 February 1900, which was none, as day 60 (ECMA-376 18.17.4.1)
    return math.nan if number < 61 else math.floor(number) + _EXCEL


def _from_sas(number: float) -> float:
    return math.floor(number / 86_400 if number >= _SECONDS else number) + _SAS


def _of_day(day: float) -> _Read:
    """A day since 1970-01-01, if it lies in the years of a trial."""
    low, high = _date(FIRST_YEAR, 1, 1).first, _date(LAST_YEAR, 12, 31).first
    if not low <= day <= high:
        return _INVALID
    return _Read(DateStatus.FULL, float(day), float(day), Form.SERIAL)


def serial_days(word: str) -> dict[str, float]:
    """For each origin ("excel", "sas") the day since 1970-01-01 that a serial number would be.

    >>> serial_days("45306")["excel"], serial_days("bare")
    (19737.0, {})
    """
    text = word.strip()
    if not _SERIAL.fullmatch(text):
        return {}
    found = {name: _serial(text, name) for name in ("excel", "sas")}
    return {name: r.first for name, r in found.items() if r.status == DateStatus.FULL}


def _tokens(text: str) -> list[str]:
    """Numbers and words of a text, weekdays and fillers left out, UNJAN taken apart."""
    out: list[str] = []
    for token in _TOKEN.findall(text):
        if token in _FILLERS or (not out and token in WEEKDAYS):
            continue
        start = next((p for p in ("UNK", "UN", "UU", "XX") if token.startswith(p)), "")
        rest = token[len(start) :]
        if start and token not in NOT_KNOWN:
            start = start if rest in MONTHS or rest in NOT_KNOWN else token[:2]
            rest = token[len(start) :]
            out += [start, rest] if rest in MONTHS or rest in NOT_KNOWN else [token]
        else:
            out.append(token)
    return out


def _by_tokens(tokens: list[str], order: str) -> _Read:
    """A date with a month by its name, or with parts that are called unknown."""
    if not 1 <= len(tokens) <= 3 or not all(
        (t.isdigit() and t.isascii()) or t in MONTHS or t in NOT_KNOWN for t in tokens
    ):
        return _INVALID
    named = [i for i, t in enumerate(tokens) if t in MONTHS]
    if len(named) > 1 or not (named or any(t in NOT_KNOWN for t in tokens)):
        return _INVALID
    if not named:
        return _unnamed(tokens)
    month = MONTHS[tokens[named[0]]]
    others = [t for i, t in enumerate(tokens) if i != named[0]]
    if len(others) == 1:
        return _month_and(month, others[0])
    if len(others) != 2 or named[0] == 2:
        return _INVALID
    # 2024 JAN 15, else 15 JAN 2024 and JAN 15 2024
    first_is_year = named[0] == 1 and len(others[0]) == 4 and others[0].isdigit()
    day, year = others[::-1] if first_is_year else others
    return _day_month_year(day, month, year, order)


def _month_and(month: int, other: str) -> _Read:
    """A month and one thing more: its year, or something that is not known."""
    if other in NOT_KNOWN:
        return _Read(DateStatus.PARTIAL, form=Form.CERTAIN)
    return _month(int(other), month) if len(other) == 4 else _INVALID


def _day_month_year(day: str, month: int, year: str, order: str) -> _Read:
    if year in NOT_KNOWN:
        right = day in NOT_KNOWN or (len(day) <= 2 and 1 <= int(day) <= 31)
        return _Read(DateStatus.PARTIAL, form=Form.CERTAIN) if right else _INVALID
    if len(year) not in (2, 4) or (day.isdigit() and len(day) > 2):
        return _INVALID
    form = Form.CERTAIN if len(year) == 4 else Form.SHORT_YEAR
    if form == Form.SHORT_YEAR and order not in ("DMY", "MDY", "YMD"):
        return _INVALID._replace(form=form)
    if day in NOT_KNOWN:
        return _month(_century(year), month, form)
    return _date(_century(year), month, int(day), form)


def _unnamed(tokens: list[str]) -> _Read:
    """Unknown parts without the name of a month: a year in front may have its month, else the year
    alone is known.
    """
    years = [i for i, t in enumerate(tokens) if len(t) == 4 and t.isdigit()]
    if any(t.isdigit() and len(t) > 2 for i, t in enumerate(tokens) if i not in years[:1]):
        return _INVALID
    if not years:
        unknown = all(t in NOT_KNOWN for t in tokens)
        return _Read(DateStatus.PARTIAL, form=Form.CERTAIN) if unknown else _INVALID
    year = int(tokens[years[0]])
    if years[0] == 0 and len(tokens) == 3 and tokens[1].isdigit():
        return _month(year, int(tokens[1]))
    return _year(year)


def is_date(word: str) -> bool:
    """Whether a word is written as a date, whatever its order: what a number of days is not.

    >>> is_date("15JAN2024"), is_date("01/02/2024"), is_date("2024-02"), is_date("56"), is_date("")
    (True, True, True, False, False)
    """
    found = read_all([word])
    form = int(found.form[0])
    return (
        form in (Form.ISO, Form.CERTAIN, Form.SLASHES, Form.SHORT_YEAR)
        and not word.strip().isdigit()
    )
