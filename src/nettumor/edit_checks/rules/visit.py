"""Visits in time: is the baseline where it must be, do visits follow each other, and are they in
their windows?

Sources: RECIST 1.1, 3.2.1 (baseline at most 4 weeks before treatment) and 4.5 (frequency of
re-evaluation); FDA guidance on PFS (two missed visits); protocol windows. Input: the dates of
lesions and responses by visit, the reference dates, and the study's ``[windows]``. Output: visits
too early, too late, reversed, doubled, spread, missing, or after another therapy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import DateStatus, Role
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import day_text, own_dates, subject_text, usable
from nettumor.edit_checks.reading.lesion_rows import first_rows
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.subjects import of_subject, same_evaluators
from nettumor.edit_checks.rules.planned_visits import (
    at_points,
    by_visit,
    counted_alike,
    first_days,
    names_of,
    protocol,
    scans,
)
from nettumor.edit_checks.rules.visit_dates import held_by_others
from nettumor.rows import (
    first_of,
    group,
    largest_at,
    number_rows,
    occurrence,
    order_rows,
    smallest_at,
)
from nettumor.words.visits import VisitKind, VisitNames


def _once_a_day(rows: Rows, bad: Ints) -> Ints:
    """Of some rows the first of each visit and date."""
    return bad[first_of(rows.timepoint[bad], rows.codes(own_dates(rows)[0])[0][bad])]


@check(
    "D06",
    needs={"lesions": ("date|day",), "subjects": ("treatment_start",)},
    follows=("D01", "=D03", "S07", "A01", "A02", "A06"),
    allow_day1=True,
)
def baseline_after_treatment_start(data: Data, parameters: Parameters) -> Hits:
    """A scan of the baseline visit after the first dose; on its day, too, with
    ``allow_day1`` off.
    """
    counted_alike(data, "lesions")
    rows = data["lesions"]
    base = np.flatnonzero(rows.order == 0)
    start, day = (
        of_subject(data, "treatment_start")[1][rows.subject[base]],
        rows.when.earliest[base],
    )
    late = more_than(day, start)
    if not parameters["allow_day1"]:
        late |= day == start
    at = _once_a_day(rows, base[late])
    first = subject_text(data, "treatment_start")[rows.subject[at]]
    limit = "on or before" if parameters["allow_day1"] else "before"
    return Hits(
        table="lesions",
        rows=at,
        column=own_dates(rows)[0],
        parts={"start": first},
        names={"lesion": ""},
        expected=[f"{limit} {d}" for d in first.tolist()],
        message="the baseline scan of {value} is after treatment start ({start})",
    )


@check(
    "D07",
    needs={"lesions": ("date|day",)},
    follows=("D01", "S07", "A01", "A02", "A06", "=M29", "=M30"),
    window_days=28,
)
def baseline_too_early(data: Data, parameters: Parameters) -> Hits:
    """A scan of the baseline visit more than 28 days before the first dose (randomisation, where
    none is known).
    """
    counted_alike(data, "lesions")
    rows = data["lesions"]
    most, _ = protocol(data, "D07", parameters, "window_days", "baseline")
    start, what = of_subject(data, "treatment_start")[0], "treatment start"
    start = np.where(np.isnan(start), of_subject(data, "randomized")[0], start)
    if data.tables.days:
        start, what = np.where(np.isnan(start), 0.0, start), "the reference date"
    if np.isnan(start).all():
        raise Skip("neither treatment start nor randomisation is known")
    base = np.flatnonzero(rows.order == 0)
    who, latest = rows.subject[base], rows.when.latest[base]
    before = start[who] - latest
    known = np.zeros(rows.n, dtype=np.bool_)
    known[base] = ~np.isnan(before)
    looked(data, known, known | (rows.when.status == DateStatus.INVALID))
    # a scan before birth is its own finding
    bad = more_than(before, most) & ~more_than(of_subject(data, "birth")[0][who], latest)
    at = _once_a_day(rows, base[bad])
    return Hits(
        table="lesions",
        rows=at,
        column=own_dates(rows)[0],
        names={"lesion": ""},
        expected="on or after " + day_text(data, start[rows.subject[at]] - most),
        parts={"days": start[rows.subject[at]] - rows.when.latest[at]},
        message=f"the baseline scan of {{value}} is {{days}} days before {what}; at most {most:g} "
        "days before",
    )


def visit_numbers(said: VisitNames) -> tuple[Floats, Ints]:
    """The number of each visit word (NaN for none) and its series: "WEEK 12" and "MONTH 3" do not
    compare.

    Screening and baseline come before the commonest series.

    >>> from nettumor.words.visits import read_each
    >>> said = read_each(["BASELINE", "1", "2", "WEEK 4", "CT NO. 3", ""])
    >>> number, series = visit_numbers(said)
    >>> number.tolist(), series.tolist()
    ([-inf, 1.0, 2.0, 4.0, nan, nan], [0, 0, 0, 1, -1, -1])
    """
    counted = (said.series != "?") & ~np.isnan(said.number)
    series = said.series[counted].tolist()
    place = {s: i for i, s in enumerate(dict.fromkeys(series))}
    number, kind = np.where(counted, said.number, np.nan), np.full(len(counted), -1)
    kind[counted] = [place[s] for s in series]
    if series:
        first = ~counted & (said.kind == VisitKind.BASELINE)
        usual = Counter(series).most_common(1)[0][0]
        number[first], kind[first] = -np.inf, place[usual]
    return number, kind


@made_once
def _numbers_of_visits(data: Data) -> tuple[Floats, Ints]:
    return visit_numbers(data.visits_said)


@check("D08", needs={}, dates="judged", follows=("D01", "S10", "S02", "=D03", "=D05"))
def visit_order_reversed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit dated before the visit that is numbered before it, of one subject and assessor; of two
    the one whose date the others of its visit (readers, responses, samples) do not have.
    """
    points = data.timepoints
    found = np.zeros(len(points), dtype=np.bool_)
    for rows in by_visit(data):
        number, kind = _numbers_of_visits(data)
        day, row = first_days(rows)
        use = np.flatnonzero((row >= 0) & ~np.isnan(number[points.visit])) if len(points) else row
        visit = points.visit[use]
        use = use[order_rows(points.track[use], kind[visit], number[visit])]
        series, _ = number_rows(points.track[use], kind[points.visit[use]])
        back = (series[1:] == series[:-1]) & more_than(day[use][:-1], day[use][1:])
        asked = np.flatnonzero(np.isin(series, series[1:][back]))
        held = np.zeros(len(use), dtype=np.bool_)
        held[asked] = held_by_others(data, rows, use[asked])
        place, other, either = _out_of_order(day[use], series, held)
        new = np.flatnonzero(~found[use[place]])
        new = new[order_rows(row[use[place[new]]])]
        place, other, either = place[new], other[new], either[new]
        here, there = row[use[place]], row[use[other]]
        found[use[place]] = True
        column = own_dates(rows)[0]
        text = rows.text(column)
        early = place > other  # dated before a visit that comes before it
        for mine in (~either, either):
            at, beside, side = here[mine], there[mine], np.where(early[mine], "before", "after")
            names: dict[str, Any] = {**names_of(rows)}
            if mine is either:  # what follows may lie at the other visit, before this one
                names["visit"] = rows.text("visit", at)
            yield Hits(
                table=rows.name,
                rows=at,
                column=column,
                related=beside,
                names=names,
                expected=[
                    f"on or {'after' if s == 'before' else 'before'} {d}"
                    for s, d in zip(side.tolist(), text[beside].tolist(), strict=True)
                ],
                parts={"side": side, "either": either[mine]},
                message="visit {visit} is dated {value}, {side} visit {related.visit} "
                f"({{related.{column}}})",
            )


def _out_of_order(day: Floats, series: Ints, held: Bools) -> tuple[Ints, Ints, Bools]:
    """The fewest places whose dates must be wrong, for each one that it contradicts, and whether
    that one may as well be the wrong one.

    Within a series (its places stand together, in the order of their numbers) as many dates as
    possible are kept that never go back, and of them as many as are ``held``; of two that contradict
    each other the later visit's is questioned, where no other date tells.

    >>> day, series = np.array([5.0, 7, 5, 8, 9, 5, 6]), np.array([0, 0, 0, 0, 1, 1, 1])
    >>> place, other, either = _out_of_order(day, series, np.zeros(7, bool))
    >>> place.tolist(), other.tolist(), either.tolist()
    ([2, 4], [1, 5], [True, False])
    >>> place, other, either = _out_of_order(day, series, np.arange(7) == 2)
    >>> place.tolist(), other.tolist(), either.tolist()
    ([1, 4], [2, 5], [False, False])
    """
    wrong: list[int] = []
    against: list[int] = []
    either: list[bool] = []
    back = np.flatnonzero((series[1:] == series[:-1]) & more_than(day[:-1], day[1:]))
    of_series = group(series)
    for one in of_series.find(group(series[back]).keys[0]).tolist():
        places = of_series.row[of_series.start[one] : of_series.start[one + 1]]
        days, sure = day[places].tolist(), held[places].tolist()
        kept = _rising(days, sure)
        for i in sorted(set(range(len(days))) - set(kept)):
            before = [k for k in kept if k < i and days[k] > days[i]]
            after = [k for k in kept if k > i and days[k] < days[i]]
            first = before[-1] if before else after[0]
            wrong.append(int(places[i]))
            against.append(int(places[first]))
            either.append(len(before) + len(after) == 1 and sure[i] == sure[first])
    return (
        np.array(wrong, dtype=np.int64),
        np.array(against, dtype=np.int64),
        np.array(either, dtype=np.bool_),
    )


def _rising(days: list[float], held: list[bool]) -> list[int]:
    """The places of the longest part of a series that never goes back; of equals that with the most
    that are held, then the first.

    >>> no = [False] * 5
    >>> _rising([1, 5, 2, 3, 4], no), _rising([1, 3, 2, 4], no), _rising([2, 2, 1], no)
    ([0, 2, 3, 4], [0, 1, 3], [0, 1])
    >>> _rising([1, 3, 2, 4], [False, False, True, False])
    [0, 2, 3]
    """
    worth = [len(days) + 1 + sure for sure in held]
    rank = {day: i for i, day in enumerate(sorted(set(days), reverse=True), 1)}
    tree, best = [0] * (len(rank) + 1), [0] * len(days)  # the most by rank: of the days from it on
    for i in reversed(range(len(days))):
        place = rank[days[i]]
        best[i] = worth[i] + _most(tree, place)
        while place < len(tree):
            tree[place] = max(tree[place], best[i])
            place += place & -place
    kept: list[int] = []
    left = max(best)
    for i, day in enumerate(days):
        if best[i] == left and (not kept or day >= days[kept[-1]]):
            kept.append(i)
            left -= worth[i]
    return kept


def _most(tree: list[int], place: int) -> int:
    """The largest number of a binary indexed tree up to a place (Fenwick 1994)."""
    found = 0
    while place:
        found, place = max(found, tree[place]), place & (place - 1)
    return found


@check("D09", needs={}, follows=("D01", "D08", "S10"))
def same_date_different_visits(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit with a date that an earlier visit has, too, of one subject and assessor."""
    points = data.timepoints
    found = np.zeros(len(points), dtype=np.bool_)
    number, _ = _numbers_of_visits(data) if len(points) else (np.empty(0), None)
    for rows in by_visit(data):
        one = _doubtful_dates(data, rows)
        point = rows.timepoint[one]
        by = number[points.visit[point]], point, one
        shared = group(rows.track[one], rows.day[one], by=by)
        last = shared.previous()
        again = shared.row[(last >= 0)[shared.row]]
        here, there = one[again], one[last[again]]
        new = ~found[rows.timepoint[here]] & (occurrence(rows.timepoint[here]) == 0)
        here, there = here[new], there[new]
        order = order_rows(here)
        here, there = here[order], there[order]
        found[rows.timepoint[here]] = True
        yield Hits(
            table=rows.name,
            rows=here,
            column=own_dates(rows)[0],
            related=there,
            names=names_of(rows),
            expected="another date",
            parts={"other": rows.text("visit", there)},
            message="visits {other} and {visit} are both dated {value}",
        )


def _doubtful_dates(data: Data, rows: Rows) -> Ints:
    """The first row of each date of each visit, in tracks whose dates do not rise from visit to
    visit: where they rise, no two are the same.
    """
    points = data.timepoints
    day, row = first_days(rows)
    visit = ~rows.blank("visit")
    point = np.flatnonzero(row >= 0)
    point = point[visit[row[point]]]
    track, day_of = points.track[point], day[point]
    level = (track[1:] == track[:-1]) & (day_of[1:] <= day_of[:-1])
    later = visit & (rows.day > day[rows.timepoint])  # a further date of one visit
    doubtful = np.zeros(data.n_tracks, dtype=np.bool_)
    doubtful[track[1:][level]] = True
    doubtful[rows.track[later]] = True
    first = row[point[doubtful[track]]]
    return np.sort(np.concatenate([first, first_of(rows.timepoint, rows.day, where=later)]))


def _spread(data: Data, rows: Rows) -> tuple[Floats, Floats]:
    """The first and the last day that the scans of each timepoint allow; -inf and inf where one is
    unknown.
    """
    count = len(data.timepoints)
    at, when = np.flatnonzero(~rows.blank(own_dates(rows)[0])), rows.when
    point = rows.timepoint[at]
    low = smallest_at(point, when.earliest[at], count, np.inf)
    high = largest_at(point, when.latest[at], count, -np.inf)
    low[point[np.isnan(when.earliest[at])]] = -np.inf
    high[point[np.isnan(when.latest[at])]] = np.inf
    return low, high


@check(
    "D13",
    needs={"lesions": ("visit", "date|day")},
    dates="judged",
    follows=("D01", "=D03", "=D04", "=D05", "D08", "=M29", "=M30"),
    days=14,
    error_days=28,
)
def scan_dates_spread(data: Data, parameters: Parameters) -> Hits:
    """Scans of one visit more than 14 days apart (more than 28: error); at the latest row of the
    visit.
    """
    rows, points = data["lesions"], data.timepoints
    dated = ~np.isnan(rows.day) & ~rows.blank("visit")
    # of a visit's scans those that lie far from its first one; an unscheduled visit has several
    # timepoints
    named, _ = number_rows(points.track, points.visit)
    begun = smallest_at(named, first_days(rows)[0], int(named.max(initial=-1)) + 1)
    far = dated & more_than(rows.day - begun[named[rows.timepoint]], parameters["days"])
    apart_at = np.zeros(len(begun), dtype=np.bool_)
    apart_at[named[rows.timepoint[far]]] = True
    dated &= apart_at[named[rows.timepoint]]
    visit = group(rows.track, rows.visit, where=dated)
    latest = visit.of_rows(visit.maximum(rows.day), np.nan)
    earliest = visit.of_rows(visit.minimum(rows.day), np.nan)
    # the first rows of both dates
    late, early = visit.first(rows.day == latest), visit.first(rows.day == earliest)
    apart = rows.day[late] - rows.day[early]
    bad = np.flatnonzero(more_than(apart, parameters["days"]))
    bad = bad[order_rows(late[bad])]
    late, other, apart = late[bad], early[bad], apart[bad]
    column = own_dates(rows)[0]
    when = rows.text(column, other)
    return Hits(
        table="lesions",
        rows=late,
        column=column,
        related=other,
        expected=f"scans within {parameters['days']:g} days",
        severity=np.where(more_than(apart, parameters["error_days"]), "error", ""),
        parts={
            "apart": apart,
            "name": called("lesion", rows.text("lesion", late)),
            "other": called("lesion", rows.text("lesion", other)),
            "when": called("day", when) if column == "day" else when,
        },
        names={"lesion": ""},
        message="at visit {visit}, {name} was imaged on {value}, {apart} days after {other} "
        "({when})",
    )


@check("D15", needs={})
def visit_name_number_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit number with a second name, or a name with a second number; one finding for each such
    pair.

    The commonest pairing is taken as right, among equals the first.
    """
    named = [data[n] for n in data.tables if {"visit", "visit_name"} <= set(data.tables[n])]
    if not named:
        raise Skip("no table has a visit number and a visit name")
    ends = np.cumsum([r.n for r in named])
    of_tables = [_called(r, end - r.n) for r, end in zip(named, ends.tolist(), strict=True)]
    number, name, row, count = map(np.concatenate, zip(*of_tables, strict=True))
    pair, first = number_rows(number, name)
    number, name, row = number[first], name[first], row[first]
    count = np.bincount(pair, count, minlength=len(first)).astype(np.int64)
    of_number = _rarer(number, name, count, row)
    of_name = _rarer(name, number, count, row)
    numbers, names = data.words("visit"), data.words("visit_name")
    for place, rows in enumerate(named):
        start = ends[place] - rows.n
        mine = (row >= start) & (row < ends[place])
        for usual, column, words, message in (
            (
                of_number,
                "visit_name",
                names,
                "visit number {visit} is called {value} ({count} rows) and {expected}",
            ),
            (
                np.where(of_number >= 0, -1, of_name),
                "visit",
                numbers,
                "visit {name} has the number {value} ({count} rows) and {expected}",
            ),
        ):
            bad = np.flatnonzero(mine & (usual >= 0))
            bad = bad[order_rows(row[bad])]
            yield Hits(
                table=rows.name,
                rows=row[bad] - start,
                column=column,
                expected=words[usual[bad]],
                parts={"count": count[bad], "name": names[name[bad]]},
                message=message,
                names=dict.fromkeys(("subject", "evaluator", "lesion", "date"), ""),
            )


def _called(rows: Rows, start: int) -> tuple[Ints, Ints, Ints, Ints]:
    """The visit numbers and names that stand beside each other in a table, the first row of each
    pair (the table's own first is ``start``) and how many rows have it.
    """
    known = np.flatnonzero(~(rows.blank("visit") | rows.blank("visit_name")))
    number, name = (rows.data.coded(c).of_table[rows.name][known] for c in ("visit", "visit_name"))
    pair, first = number_rows(number, name)
    count = np.bincount(pair, minlength=len(first))
    return number[first], name[first], start + known[first], count


def _rarer(key: Ints, other: Ints, count: Ints, row: Ints) -> Ints:
    """For each pair the partner that its key has more often, -1 where it is the commonest
    itself.
    """
    alike = group(key, by=(-count, row))
    usual = other[alike.of_rows(alike.first())]
    return np.where(usual == other, -1, usual)


@check(
    "D16",
    needs={"lesions": ("date|day",), "responses": ("date|day",)},
    follows=("D01", "=D03", "=D04", "=D05", "=D06", "=D07", "D08", "=D13"),
    days=14,
)
def response_date_differs_from_scan(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response dated before the first scan of its visit, or more than 14 days after the last."""
    same_evaluators(data)
    counted_alike(data, "lesions", "responses")
    if not all("visit" in data[n] for n in ("lesions", "responses")):
        raise Skip("lesions and responses are not joined by visits")
    rows, scans = data["responses"], data["lesions"]
    low, high = (a[rows.timepoint] for a in _spread(data, scans))
    early = more_than(low, rows.when.latest) & np.isfinite(low)
    late = more_than(rows.when.earliest, high + parameters["days"]) & np.isfinite(high)
    first = data.timepoints.lesions[rows.timepoint]
    column = own_dates(rows)[0]
    for bad, limit, side in (
        (early, low, "before the first scan"),
        (late, high, "after the last scan"),
    ):
        at = np.flatnonzero(bad)
        when = day_text(data, limit[at])
        off = np.where(early, low - rows.when.latest, rows.when.earliest - high)[at]
        yield Hits(
            table="responses",
            rows=at,
            column=column,
            expected=when,
            related=first[at],
            related_table="lesions",
            parts={"off": off},
            message=f"the response of visit {{visit}} is dated {{value}}, {{off}} days {side} of "
            "that visit "
            "({expected})",
        )


@check("D18", needs={}, follows=("D01",))
def after_new_therapy(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit on or after the first day of another anticancer therapy: it does not count for
    response.

    Also a target measured on or after local therapy of that lesion (column ``local_therapy``); at
    its first such row.
    """
    points, asked = data.timepoints, False
    if "subjects" in data.tables and not data["subjects"].blank("new_therapy").all():
        asked = True
        day, places = scans(data)
        begun = (
            of_subject(data, "new_therapy")[1][data.track_subject][points.track]
            if len(points)
            else day
        )
        looked(data, ~np.isnan(day) & ~np.isnan(begun), ~np.isnan(begun))
        for rows, row, at in at_points(places, (points.order >= 0) & (day >= begun)):
            start = subject_text(data, "new_therapy")[data.track_subject[points.track[at]]]
            yield Hits(
                table=rows.name,
                rows=row,
                column=own_dates(rows)[0],
                parts={"start": start},
                names=names_of(rows),
                message="visit {visit} ({value}) is after the start of another therapy ({start}); "
                "it does not "
                "count for response",
            )
    if usable(data, "lesions", "local_therapy"):
        asked = True
        treated = ~data["lesions"].blank("local_therapy")
        looked(data, ~np.isnan(data["lesions"].dates("local_therapy").latest), treated)
        yield _after_local_therapy(data["lesions"], data)
    if not asked:
        raise Skip(
            "no new therapy is recorded: subjects.new_therapy and lesions.local_therapy are not "
            "there"
        )


def _after_local_therapy(rows: Rows, data: Data) -> Hits:
    when = rows.dates("local_therapy").latest
    start = smallest_at(rows.lesion, when, len(rows.in_time), np.inf)[rows.lesion]
    after = (
        (rows.cells.role == Role.TARGET) & (data.size >= 0) & (rows.order > 0) & (rows.day >= start)
    )
    at = first_rows(rows, after)
    return Hits(
        table="lesions",
        rows=at,
        column=own_dates(rows)[0],
        parts={"start": day_text(data, start[at])},
        message="target {lesion} was measured on {value}, after local therapy of it ({start})",
    )
