"""What should be there and is not: dates that are blank, visits left out of a series of numbers.

Sources: SDTMIG 3.4 (--DTC is expected of every finding); SEND-style lists of missing visits. Input:
the lesions and responses, and TR and RS where the study is SDTM. Output: one finding a visit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import from_domains, own_dates
from nettumor.edit_checks.rules.planned_visits import names_of
from nettumor.rows import codes_of, group, number_rows, spread
from nettumor.words.visits import VisitKind


@check("D19", needs={}, dates="as given", blank_allowed=True, follows=("S02",))
def date_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Rows without a date in a table that has dates; one finding a visit, with the number of rows.

    Where a visit's other rows have a date it is a note: their date may stand for it.
    """
    asked = False
    for name in ("lesions", "responses"):
        usable = name in data.tables and "subject" in data.tables[name]
        if usable and not from_domains(data, name):
            rows = data[name]
            column = own_dates(rows)[0]
            if column in rows and not rows.blank(column).all():
                asked = True
                yield from _undated(data, rows, column, rows.timepoint)
    for name in ("TU", "TR", "RS"):
        if name in data and f"{name}DTC" in data[name] and "USUBJID" in data[name]:
            rows = data[name]
            if not rows.blank(f"{name}DTC").all():
                asked = True
                keys = ("USUBJID", f"{name}EVALID", f"{name}EVAL", "VISITNUM", "VISIT")
                visit, _ = number_rows(*(rows.codes(k)[0] for k in keys))
                yield from _undated(data, rows, f"{name}DTC", visit)
    if not asked:
        raise Skip("no table of lesions or responses has dates")
    yield from _not_begun(data)


_MOST = 0.8
"""Share of the patients with later visits from which on a treatment start is what all should have."""


def _not_begun(data: Data) -> Iterator[Hits]:
    """Patients without a treatment start who were seen after baseline, where most others have one."""
    if "subjects" not in data.tables or "treatment_start" not in data["subjects"]:
        return
    rows, points = data["subjects"], data.timepoints
    seen = np.zeros(len(data.subjects), np.bool_)
    if len(points):
        seen[data.track_subject[points.track[points.order > 0]]] = True
    mine, blank = seen[rows.subject], rows.blank("treatment_start")
    begun = np.count_nonzero(mine & ~blank)
    usual = begun > 0 and begun >= _MOST * np.count_nonzero(mine)
    yield Hits(
        table="subjects",
        rows=np.flatnonzero(mine & blank & usual),
        column="treatment_start",
        expected="a date",
        names={"visit": "", "lesion": ""},
        message="{subject} was seen after baseline, and there is no date on which treatment began",
    )


def _undated(data: Data, rows: Rows, column: str, visit: Ints) -> Iterator[Hits]:
    """The visits of a table of which rows have no date."""
    blank = rows.blank(column)
    if rows.name == "RS" and "RSTESTCD" in rows:
        blank = blank & (rows.word("RSTESTCD") != "BESTRESP")  # the best response is of no day
    if rows.name == "responses" and "best" in rows:
        parts = [c for c in ("target", "non_target", "overall", "sum") if c in rows]
        given = [~rows.blank(c) for c in parts]
        blank = blank & np.logical_or.reduce([*given, rows.blank("best")])
    looked(data, np.ones(rows.n, np.bool_))
    if not blank.any():
        return
    undated = group(visit, where=blank)
    first = np.flatnonzero(undated.is_first())
    number = undated.size[undated.number[first]].tolist()
    dated = np.zeros(int(visit.max(initial=-1)) + 1, dtype=np.bool_)
    dated[visit[~blank]] = True
    whole = ~dated[visit[first]]
    several = np.array(["a row" if n == 1 else f"{n} rows" for n in number], dtype=object)
    yield Hits(
        table=rows.name,
        rows=first,
        column=column,
        expected="a date",
        severity=np.where(whole, "", "note"),
        names=names_of(rows),
        parts={"several": several, "what": np.where(whole, "nothing of", "part of")},
        message="{several} of visit {visit} without a date: {what} the visit can be placed in time",
    )


@check("D20", needs={}, follows=("D08", "S02"), share=0.5)
def visit_number_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit number left out between two of a subject, which at least half of the others who came
    so far have.
    """
    points = data.timepoints
    said = data.visits_said
    plain = (said.kind == VisitKind.NUMBERED) & (said.series == "") & (said.number % 1 == 0)
    number = np.where(plain, said.number, np.nan)
    mine = number[points.visit] if len(points) else np.empty(0)
    use = np.flatnonzero(~np.isnan(mine))
    if not use.size:  # other tables may have numbered visits
        raise Skip("visits have no whole numbers")
    looked(data, ~np.isnan(mine))
    place, wanted = codes_of(mine[use])
    came_to = group(points.track[use], place)  # a track and a number, in the order of both
    track, place = came_to.keys
    point = use[came_to.last()]
    same_track = track[1:] == track[:-1]
    first, last = place[np.append(True, ~same_track)], place[np.append(~same_track, True)]
    starts, ends = (np.bincount(a, minlength=len(wanted) + 1) for a in (first, last + 1))
    came = np.cumsum(starts - ends)[:-1]
    usual = np.bincount(place, minlength=len(wanted)) >= parameters["share"] * np.maximum(came, 1)
    # of the usual numbers those between two that follow each other in a track
    usual_before = np.append(0, np.cumsum(usual))
    gap = np.flatnonzero(same_track)
    which, number_of = spread(usual_before[place[gap] + 1], usual_before[place[gap + 1]])
    lacking, point = np.flatnonzero(usual)[number_of], point[gap + 1][which]
    for name, row in (("lesions", points.lesions), ("responses", points.responses)):
        there = row[point] >= 0
        if name == "responses":
            there &= points.lesions[point] < 0
        yield Hits(
            table=name,
            rows=row[point[there]],
            column="visit",
            expected=np.array([f"{n:g}" for n in wanted[lacking[there]]], dtype=object),
            names={"lesion": ""} if name == "lesions" else {},
            message="visit {expected} is missing before visit {visit}",
        )
