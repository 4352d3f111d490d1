"""The columns of dates of a study, those of its tables or of the SDTM domains they were made from.

Input: the tables. Output: each column with the subjects of its rows; which column a table dates its
rows by; dates and days as the study writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats
from nettumor.crf import LAYOUTS, Dates, DateStatus, iso
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS
from nettumor.edit_checks.reading.made_once import made_once


@frozen(eq=False)
class Dated:
    """A column of dates: its table, its rows' subjects (codes of `Data.subjects`; -1 for another),
    its dates.
    """

    table: str
    column: str
    subject: Ints
    dates: Dates


Found = list[tuple[Dated, Bools]]
"""Columns of dates, each with its rows that lie on the wrong side of a date of their subject."""


def look_at(data: Data, dated: Dated, where: Bools | None = None) -> None:
    """Count the dates of a column, those of a mask alone where one is given."""
    filled = dated.dates.status != DateStatus.BLANK
    looked(
        data,
        dated.dates.status != DateStatus.INVALID,
        filled if where is None else filled & where,
    )


def from_domains(data: Data, table: str) -> bool:
    """Whether a table was made from SDTM domains, whose own rows are then looked at."""
    return data.tables[table].source.kind == "sdtm"


def usable(data: Data, name: str, *columns: str) -> bool:
    """Whether a table is there with all that it requires, and these columns."""
    return (
        name in data.tables
        and not data.tables.missing_columns(name)
        and set(columns) <= set(data.tables[name])
    )


def subject_of(data: Data, domain: str) -> Ints:
    """The subject of each row of a domain: codes of `Data.subjects`, -1 for another."""
    codes, words = data[domain].codes("USUBJID")
    place = {str(w): i for i, w in enumerate(data.subjects)}
    found = np.array([place.get(str(w), -1) for w in words], dtype=np.int64)
    return found[codes] if len(found) else np.empty(0, np.int64)


@made_once
def domain_dates(data: Data, domain: str) -> Dates:
    """The dates (--DTC) of a domain; read once."""
    return data[domain].table.dates(f"{domain}DTC")


def own_dates(rows: Rows) -> tuple[str, Dates]:
    """The column of a table's dates, and its dates; days where days stand for dates."""
    return "day" if rows.table.has_days else "date", rows.when


def comparable(data: Data, name: str) -> bool:
    """Whether a table counts time as the study does; one with days among others with dates does
    not.
    """
    return data.tables[name].has_days == data.tables.days


def assessments(data: Data, *, alike: bool = True) -> Iterator[Dated]:
    """The dates of scans, responses, samples and diaries; those of TU, TR and RS where the study is
    SDTM.

    With ``alike`` only of the tables that count time as the study does.
    """
    for name in data.tables:
        if name == "subjects" or (name in ("lesions", "responses") and from_domains(data, name)):
            continue
        rows = data[name]
        column, dates = own_dates(rows)
        if column in rows and (comparable(data, name) or not alike):
            yield Dated(name, column, rows.subject, dates)
    for name in TUMOUR_DOMAINS:
        if name in data and f"{name}DTC" in data[name]:
            yield Dated(name, f"{name}DTC", subject_of(data, name), domain_dates(data, name))


def other_dates(data: Data) -> Iterator[Dated]:
    """The further columns of dates: those of the subjects, and of the other tables beside their
    date.
    """
    for name in data.tables:
        rows = data[name]
        for column in LAYOUTS[name].columns:
            if column.kind == "date" and column.name != "date" and column.name in rows:
                yield Dated(name, column.name, rows.subject, rows.dates(column.name))


def subject_text(data: Data, column: str) -> npt.NDArray[Any]:
    """A column of the subjects table by subject code, as text; "" at the end."""
    out = np.full(len(data.subjects) + 1, "", dtype=object)
    rows = data["subjects"]
    out[rows.subject[::-1]] = rows.text(column)[::-1]
    return out


def day_text(data: Data, days: Floats) -> npt.NDArray[Any]:
    """Days as they are written in the study: dates, or numbers of days."""
    if not data.tables.days:
        return iso(days)
    return np.array(["" if d != d else f"{d:g}" for d in np.asarray(days).tolist()], dtype=object)


def known_subject(data: Data) -> None:
    """Skip where no table names subjects: nothing can be joined."""
    if not any("subject" in data.tables[n] for n in data.tables):
        raise Skip("no table has a column subject")


def own_column(data: Data, table: str) -> str:
    """The column of a table's or domain's own dates."""
    return own_dates(data[table])[0] if table in data.tables else f"{table}DTC"
