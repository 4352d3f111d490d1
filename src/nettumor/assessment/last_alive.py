"""The last day each subject is known alive: as given, or by all dates of the study as read.

Under "all dates" a subject is known alive on the day of every row of the lesions, responses,
markers and symptoms, on the dates of the subjects table that are the subject's own (`OWN_DATES`),
and on those of SDTM records that show presence (`nettumor.crf.sdtm_presence`); the last of them
counts. A partial date counts at the first day it allows, as the last date known alive is derived in
admiral's subject level template; nothing else is imputed. A date after the last possible day of
death shows nobody. One after the data cut-off shows the subject alive at the cut-off, where
`nettumor.overall_survival` ends the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.assessment.asked import Asked
from nettumor.crf import CrfTable, Dates, DateStatus, Tables
from nettumor.crf.columns import Ints
from nettumor.crf.sdtm_presence import presence, presence_domain
from nettumor.study.subjects import Subjects
from nettumor.study.tracks import Names, places_among

RULES = ("as given", "all dates")
"""What ``last_known_alive`` of `assess` takes, the default first."""

OWN_DATES = (
    "consent",
    "randomized",
    "treatment_start",
    "therapy_completed",
    "new_therapy",
    "first_metastasis",
    "last_known_alive",
)
"""Dates of the subjects table on which the subject was alive; not death, the data cut-off or the
end of the study, which others decide."""

_TABLES = ("lesions", "responses", "markers", "symptoms")


@frozen(eq=False)
class _Seen:
    """Days on which subjects were alive, one per row, in the count of the subjects table.

    ``subject``: its place in the names, -1 for none of them; ``day``: NaN for none; ``unread``: cells
    that are neither blank nor a date.
    """

    source: str
    subject: Ints
    day: Floats
    unread: int = 0


def with_last_alive(
    tables: Tables, names: Names, subjects: Subjects, asked: Asked
) -> tuple[Subjects, str]:
    """The subjects with the day last known alive by the rule that was asked for, and what the
    provenance says of it.
    """
    if asked.last_known_alive == RULES[0]:
        return subjects, "as given, else the last scan"
    last = np.full(len(names.subjects), np.nan)
    last_possible = subjects.dates["death"].latest
    used: list[str] = []
    unread: list[str] = []
    for seen in _seen(tables, names, subjects, asked):
        unread += [f"{seen.source} {seen.unread}"] if seen.unread else []
        row = np.flatnonzero((seen.subject >= 0) & ~np.isnan(seen.day))
        subject, day = seen.subject[row], seen.day[row]
        before = ~(day > last_possible[subject])  # NaN: no day of death is known
        np.fmax.at(last, subject[before], day[before])
        if before.any():
            used.append(seen.source)
    status = np.where(np.isnan(last), DateStatus.BLANK, DateStatus.FULL).astype(np.int8)
    derived = subjects.dates | {"last_known_alive": Dates(last, status, last, last)}
    said = f"all dates: {', '.join(dict.fromkeys(used)) or 'none'}{_left_aside(tables, subjects)}"
    said += f"; cells that are no certain date: {', '.join(unread)}" if unread else ""
    return attrs.evolve(subjects, dates=derived), said


def _left_aside(tables: Tables, subjects: Subjects) -> str:
    """Which dates the rule could not use, as a half-sentence."""
    aside = sorted({presence_domain(n) for n in tables.ignored} - {""})
    said = f'; not read: {", ".join(aside)} (crf.read with others="dates")' if aside else ""
    if subjects.days and (tables.domains or tables.others):
        said += "; dates of SDTM domains left aside, because the study counts days"
    return said


def _seen(tables: Tables, names: Names, subjects: Subjects, asked: Asked) -> Iterator[_Seen]:
    """All dated cells that show a subject alive."""
    for name in _TABLES:
        if name in tables:
            cells, column = tables[name].when_cells()
            day = cells.earliest[column.codes]
            if tables[name].has_days and not subjects.days:
                of_subject = np.append(subjects.reference - subjects.offset, np.nan)
                day = day + of_subject[_places(tables[name], "subject", names)]
            yield _Seen(name, _places(tables[name], "subject", names), day)
    if "subjects" in tables:
        table = tables["subjects"]
        place = _places(table, "subject", names)
        first = np.append(subjects.row, -1)[place] == np.arange(table.n_rows)
        for name in dict.fromkeys((*OWN_DATES, *([asked.reference] if asked.reference else []))):
            if name in table:
                day = table.dates(name, days=subjects.days).earliest
                yield _Seen(f"subjects.{name}", np.where(first, place, -1), day)
    if subjects.days:
        return
    for domain in (*tables.domains.values(), *tables.others):
        if "USUBJID" not in domain:
            continue
        place = _places(domain, "USUBJID", names)
        for variable, counts in presence(domain):
            read = domain.dates(variable)
            unread = np.isnan(read.earliest) & (read.status != DateStatus.BLANK) & counts
            own = np.where(counts, place, -1)
            yield _Seen(variable, own, read.earliest, int(unread.sum()))


def _places(table: CrfTable, column: str, names: Names) -> npt.NDArray[Any]:
    """The place of each row's subject among the names; -1 where it is none of them."""
    code, words = table.keys_of(column)
    of_word = places_among(names.subjects.tolist(), words)
    return of_word[code] if len(words) else np.full(table.n_rows, -1, dtype=np.int64)
