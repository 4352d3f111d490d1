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
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.crf import Role, number_rows, occurrence
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import CHECKS, Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.rules.date import (
    comparable,
    day_text,
    of_subject,
    own_dates,
    subject_text,
    usable,
)
from nettumor.edit_checks.rules.structure import same_evaluators
from nettumor.words.visits import VisitKind, is_unplanned, read


def judged(data: Data) -> list[Rows]:
    """The tables that have subjects and dates, and count time as the study does."""
    names = [
        n for n in ("lesions", "responses") if n in data.tables and "subject" in data.tables[n]
    ]
    return [data[n] for n in names if own_dates(data[n])[0] in data[n] and comparable(data, n)]


def counted_alike(data: Data, *names: str) -> None:
    """Skip where a table has days and the study dates: they cannot be compared."""
    other = [n for n in names if not comparable(data, n)]
    if other:
        raise Skip(f"{other[0]} has days, other tables have dates")


def by_visit(data: Data) -> list[Rows]:
    """The tables that have visits and dates, visits by a column of their own; skip where there is
    none.
    """
    found = [rows for rows in judged(data) if "visit" in rows]
    if not found:
        raise Skip("neither lesions nor responses has a column visit and a column date")
    for rows in found:
        looked(data, ~np.isnan(rows.day), ~rows.blank("visit") & ~rows.blank(own_dates(rows)[0]))
    return found


def first_days(data: Data, rows: Rows) -> tuple[Floats, Ints]:
    """The earliest full date of each timepoint in a table (NaN for none), and its row (-1); made
    once.
    """
    key = (rows.name, "first days")
    if key not in data.read:
        day, row = np.full(len(data.timepoints), np.nan), np.full(len(data.timepoints), -1)
        at = np.flatnonzero(~np.isnan(rows.day))
        at = at[np.lexsort((at, rows.day[at]))][::-1]
        day[rows.timepoint[at]], row[rows.timepoint[at]] = rows.day[at], at
        data.read[key] = day, row
    found: tuple[Floats, Ints] = data.read[key]
    return found


def scan_days(data: Data) -> tuple[Floats, list[tuple[Rows, Ints]]]:
    """The day of each timepoint: of its scans, else of its response; and the row by table that has
    it.
    """
    day = np.full(len(data.timepoints), np.nan)
    places = []
    for rows in judged(data):
        own, row = first_days(data, rows)
        looked(data, ~np.isnan(rows.day), ~rows.blank(own_dates(rows)[0]))
        places.append((rows, np.where(np.isnan(day), row, -1)))
        day = np.where(np.isnan(day), own, day)
    return day, places


def at_points(places: list[tuple[Rows, Ints]], bad: Bools) -> Iterator[tuple[Rows, Ints, Ints]]:
    """For each table its rows at the timepoints of a mask, in the order of the file, with these
    timepoints.
    """
    for rows, row in places:
        points = np.flatnonzero(bad & (row >= 0))
        points = points[np.argsort(row[points], kind="stable")]
        yield rows, row[points], points


def names_of(rows: Rows) -> dict[str, str]:
    """No lesion: what is found is found of the visit."""
    return {"lesion": ""} if rows.name == "lesions" else {}


def protocol(
    data: Data, id: str, parameters: Parameters, name: str, window: str
) -> tuple[float, bool]:
    """Days of the protocol and whether they were stated: the parameter, else ``[windows]``, else
    the default.
    """
    value = float(parameters[name])
    if value != CHECKS[id].parameters[name]:
        return value, True
    return float(data.windows.get(window, value)), window in data.windows


def learned_interval(data: Data) -> float:
    """The interval between visits that the study itself keeps to, in days; NaN where it keeps none.

    The commonest number of whole weeks between two planned visits in succession, where at least two
    thirds of ten or more gaps are within a week of it (library choice).
    """
    points = data.timepoints
    if not len(points):
        return np.nan
    day, _ = scan_days(data)
    before = points.earlier()
    planned = (points.order > 1) & ~_unscheduled(data)
    gap = np.where((before >= 0) & planned, day - day[before], np.nan)
    gap = gap[gap > 0]
    if len(gap) < 10:
        return np.nan
    weeks, count = np.unique(np.floor(gap / 7 + 0.5), return_counts=True)
    usual = 7.0 * float(weeks[count.argmax()])
    near = np.count_nonzero(at_least(7.0, np.abs(gap - usual)))
    return usual if usual > 0 and at_least(3.0 * near, 2.0 * len(gap)) else np.nan


def interval(data: Data, id: str, parameters: Parameters) -> tuple[float, str]:
    """Days between planned visits and, where the protocol does not state them, the words that say
    so; skip where nothing is stated and nothing can be learned.
    """
    every, stated = protocol(data, id, parameters, "every", "interval")
    if stated:
        return every, ""
    learned = learned_interval(data)
    if np.isnan(learned):
        raise Skip(
            "no schedule is stated ([windows] interval), and the visits of the study keep to none"
        )
    return learned, f"learned from the study: every {learned:g} days"


def origin(data: Data) -> Floats:
    """The day that each timepoint's visits are planned from: the reference date, else the
    baseline's.
    """
    points = data.timepoints
    if not len(points):
        return np.empty(0)
    planned = data.reference_day[data.track_subject][points.track]
    if data.tables.days:
        planned = np.where(np.isnan(planned), 0.0, planned)  # days count from the reference date
    return np.where(np.isnan(planned), points.day[points.baseline % len(points)], planned)


def _once_a_day(rows: Rows, bad: Bools) -> Ints:
    """The first row of each visit and date."""
    at = np.flatnonzero(bad)
    numbers, _ = number_rows(rows.timepoint[at], rows.codes(own_dates(rows)[0])[0][at])
    return np.asarray(at[occurrence(numbers) == 0]) if len(at) else at


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
    start = of_subject(data, "treatment_start")[1][rows.subject]
    late = more_than(rows.when.earliest, start)
    if not parameters["allow_day1"]:
        late |= rows.when.earliest == start
    at = _once_a_day(rows, late & (rows.order == 0))
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
    follows=("D01", "S07", "A01", "A02", "A06"),
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
    before = start[rows.subject] - rows.when.latest
    unborn = more_than(
        of_subject(data, "birth")[0][rows.subject], rows.when.latest
    )  # that is its own finding
    at = _once_a_day(rows, more_than(before, most) & (rows.order == 0) & ~unborn)
    return Hits(
        table="lesions",
        rows=at,
        column=own_dates(rows)[0],
        names={"lesion": ""},
        expected=f"at most {most:g} days before",
        parts={"days": before[at]},
        message=f"the baseline scan of {{value}} is {{days}} days before {what}; {{expected}}",
    )


def visit_numbers(words: npt.NDArray[Any]) -> tuple[Floats, Ints]:
    """The number of each visit word (NaN for none) and its series: "WEEK 12" and "MONTH 3" do not
    compare.

    Screening and baseline come before the commonest series.
    """
    found = [read(str(w)) for w in words]
    counted = [v.series for v in found if v.series != "?" and not np.isnan(v.number)]
    series = {s: i for i, s in enumerate(dict.fromkeys(counted))}
    usual = Counter(counted).most_common(1)
    number, kind = np.full(len(words), np.nan), np.full(len(words), -1, dtype=np.int64)
    for i, v in enumerate(found):  # distinct words
        if v.series in series and not np.isnan(v.number):
            number[i], kind[i] = v.number, series[v.series]
        elif v.kind == VisitKind.BASELINE and usual:
            number[i], kind[i] = -np.inf, series[usual[0][0]]
    return number, kind


@check("D08", needs={}, follows=("D01", "S10", "S02", "=D03", "=D05"))
def visit_order_reversed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit dated before the visit that is numbered before it, of one subject and assessor."""
    points = data.timepoints
    found = np.zeros(len(points), dtype=np.bool_)
    for rows in by_visit(data):
        number, kind = visit_numbers(data.words("visit"))
        day, row = first_days(data, rows)
        use = np.flatnonzero((row >= 0) & ~np.isnan(number[points.visit])) if len(points) else row
        use = use[
            np.lexsort((number[points.visit[use]], kind[points.visit[use]], points.track[use]))
        ]
        series, _ = number_rows(points.track[use], kind[points.visit[use]])
        place, other, either = _out_of_order(day[use], series)
        new = np.flatnonzero(~found[use[place]])
        new = new[np.argsort(row[use[place[new]]], kind="stable")]
        place, other, either = place[new], other[new], either[new]
        here, there = row[use[place]], row[use[other]]
        found[use[place]] = True
        column = own_dates(rows)[0]
        text = rows.text(column)
        early = place > other  # dated before a visit that comes before it
        yield Hits(
            table=rows.name,
            rows=here,
            column=column,
            related=there,
            names=names_of(rows),
            expected=[
                f"on or {'after' if e else 'before'} {d}"
                for e, d in zip(early.tolist(), text[there].tolist(), strict=True)
            ],
            parts={"side": np.where(early, "before", "after"), "either": either},
            message="visit {visit} is dated {value}, {side} visit {related.visit} "
            f"({{related.{column}}})",
        )


def _out_of_order(day: Floats, series: Ints) -> tuple[Ints, Ints, Bools]:
    """The fewest places whose dates must be wrong, for each one that it contradicts, and whether
    that one may as well be the wrong one.

    Within a series (its places stand together, in the order of their numbers) as many dates as
    possible are kept that never go back; of two that contradict each other the later visit's is
    questioned.
    """
    wrong: list[int] = []
    against: list[int] = []
    either: list[bool] = []
    back = np.flatnonzero((series[1:] == series[:-1]) & more_than(day[:-1], day[1:]))
    for one in np.unique(series[back]).tolist():
        places = np.flatnonzero(series == one)
        days = day[places].tolist()
        kept = _rising(days)
        for i in sorted(set(range(len(days))) - set(kept)):
            before = [k for k in kept if k < i and days[k] > days[i]]
            after = [k for k in kept if k > i and days[k] < days[i]]
            wrong.append(int(places[i]))
            against.append(int(places[before[-1] if before else after[0]]))
            either.append(len(before) + len(after) == 1)
    return (
        np.array(wrong, dtype=np.int64),
        np.array(against, dtype=np.int64),
        np.array(either, dtype=np.bool_),
    )


def _rising(days: list[float]) -> list[int]:
    """The places of the longest part of a series that never goes back; of equals the first.

    >>> _rising([1, 5, 2, 3, 4]), _rising([1, 3, 2, 4])
    ([0, 2, 3, 4], [0, 1, 3])
    """
    length = [1] * len(days)
    for i in range(len(days) - 2, -1, -1):
        rest = [length[j] for j in range(i + 1, len(days)) if days[j] >= days[i]]
        length[i] = 1 + max(rest, default=0)
    kept: list[int] = []
    for i, day in enumerate(days):
        wanted = max(length) - len(kept)
        if length[i] == wanted and (not kept or day >= days[kept[-1]]):
            kept.append(i)
    return kept


@check("D09", needs={}, follows=("D01", "D08", "S10"))
def same_date_different_visits(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit with a date that an earlier visit has, too, of one subject and assessor."""
    points = data.timepoints
    found = np.zeros(len(points), dtype=np.bool_)
    number, _ = visit_numbers(data.words("visit")) if len(points) else (np.empty(0), None)
    for rows in by_visit(data):
        at = np.flatnonzero(~np.isnan(rows.day) & ~rows.blank("visit"))
        _, days = np.unique(rows.day[at], return_inverse=True)
        pair, first = number_rows(rows.track[at], days, rows.timepoint[at])
        one = at[first]  # a row of each visit and date
        shared, _ = number_rows(rows.track[one], days[first])
        order = np.lexsort(
            (one, rows.timepoint[one], number[points.visit[rows.timepoint[one]]], shared)
        )
        one, shared = one[order], shared[order]
        again = (
            np.flatnonzero(np.concatenate([[False], shared[1:] == shared[:-1]]))
            if len(one)
            else one
        )
        here, there = one[again], one[again - 1]
        new = ~found[rows.timepoint[here]] & (occurrence(rows.timepoint[here]) == 0)
        here, there = here[new], there[new]
        sort = np.argsort(here)
        here, there = here[sort], there[sort]
        found[rows.timepoint[here]] = True
        yield Hits(
            table=rows.name,
            rows=here,
            column=own_dates(rows)[0],
            related=there,
            names=names_of(rows),
            expected="another date",
            parts={"other": rows.text("visit")[there]},
            message="visits {other} and {visit} are both dated {value}",
        )
        del pair


def _unscheduled(data: Data) -> Bools:
    """Timepoints whose visit is no planned one: called unscheduled, or numbered between two."""
    words = data.words("visit")
    odd = np.array([is_unplanned(str(w)) for w in words] or [False], dtype=np.bool_)
    out = odd[data.timepoints.visit]
    for rows in judged(data):
        if "visit_name" in rows:
            named = rows.table.column("visit_name").map(is_unplanned, np.bool_)
            out = out | np.isin(np.arange(len(out)), rows.timepoint[named])
    return out


@check("D10", needs={}, follows=("D01", "D08", "D09", "D06"), every=56, window=7)
def assessment_out_of_window(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A planned visit after baseline outside its window: the multiple of the interval nearest to
    it.

    Where neither the configuration nor a parameter states the protocol's interval it is learned
    from the study, and the finding is a note; where the study keeps to none the check is skipped.
    """
    every, learned = interval(data, "D10", parameters)
    window, _ = protocol(data, "D10", parameters, "window", "window")
    points = data.timepoints
    day, places = scan_days(data)
    if not places or not every > 0:
        raise Skip(
            "no interval between visits is planned" if places else "no table has visits and dates"
        )
    apart = day - origin(data)
    number = np.maximum(np.floor(apart / every + 0.5), 1.0)
    off = apart - number * every
    bad = (points.order > 0) & more_than(np.abs(off), window)
    bad &= ~_unscheduled(data)
    assumed = f" ({learned})" if learned else ""
    for rows, row, at in at_points(places, bad):
        plan = number[at] * every
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            names=names_of(rows),
            severity="note" if learned else "",
            expected=[f"day {p - window:g} to {p + window:g}" for p in plan.tolist()],
            parts={
                "day": apart[at],
                "off": np.abs(off[at]),
                "plan": plan,
                "side": np.where(off[at] > 0, "after", "before"),
            },
            message="visit {visit} ({value}) is on day {day}, {off} days {side} the planned day "
            "{plan}; the "
            f"window is {window:g} days{assumed}",
        )


@check("D11", needs={}, follows=("D01", "D08", "=D13"), factor=1.5, every=56)
def missed_assessment(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A gap of more than 1.5 planned intervals before a visit: a visit is missing.

    The first gap counts from the reference date, the earlier ones of a baseline scan do not; a
    visit in between without a full date leaves its gap open.
    """
    every, learned = interval(data, "D11", parameters)
    most, points = parameters["factor"] * every, data.timepoints
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    before = points.earlier()
    last = np.where(before >= 0, day[before], np.nan) if len(points) else day
    last = np.where(points.order == 1, np.fmax(last, origin(data)), last)
    gap = day - last
    assumed = learned or f"planned every {every:g} days"
    for rows, row, at in at_points(places, (points.order > 0) & more_than(gap, most)):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            expected=f"at most {most:g} days",
            parts={"gap": gap[at]},
            names=names_of(rows),
            message="{gap} days lie between visit {visit} ({value}) and the one before: a visit "
            "is missing "
            f"({assumed})",
        )


@check("D12", needs={}, follows=("D01", "D08", "D09"), days=14)
def assessments_too_close(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Two visits of one subject and assessor less than 14 days apart; on one date is another
    check's.
    """
    points, least = data.timepoints, parameters["days"]
    day, places = scan_days(data)
    if not places:
        raise Skip("no table has visits and dates")
    before = points.earlier()
    gap = day - (day[before] if len(points) else day)
    another = points.visit != points.visit[before] if len(points) else before < 0
    bad = (points.order > 0) & (before >= 0) & another & (gap > 0) & more_than(least, gap)
    for rows, row, at in at_points(places, bad):
        yield Hits(
            table=rows.name,
            rows=row,
            column=own_dates(rows)[0],
            expected=f"at least {least:g} days",
            parts={"gap": gap[at]},
            names=names_of(rows),
            message="visit {visit} ({value}) is only {gap} days after the one before",
        )


def _spread(data: Data, rows: Rows) -> tuple[Floats, Floats]:
    """The first and the last day that the scans of each timepoint allow; -inf and inf where one is
    unknown.
    """
    count = len(data.timepoints)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    at = np.flatnonzero(~rows.blank(own_dates(rows)[0]))
    np.minimum.at(low, rows.timepoint[at], np.nan_to_num(rows.when.earliest[at], nan=-np.inf))
    np.maximum.at(high, rows.timepoint[at], np.nan_to_num(rows.when.latest[at], nan=np.inf))
    return low, high


@check(
    "D13",
    needs={"lesions": ("visit", "date|day")},
    follows=("D01", "=D03", "=D04", "=D05", "D08"),
    days=14,
    error_days=28,
)
def scan_dates_spread(data: Data, parameters: Parameters) -> Hits:
    """Scans of one visit more than 14 days apart (more than 28: error); at the latest row of the
    visit.
    """
    rows = data["lesions"]
    at = np.flatnonzero(~np.isnan(rows.day) & ~rows.blank("visit"))
    visit, first = number_rows(rows.track[at], rows._shared("visit")[at])
    order = np.lexsort((at, rows.day[at], visit))
    last = np.lexsort((-at, rows.day[at], visit))
    ends = np.searchsorted(visit[order], np.arange(len(first)), side="right") if len(at) else first
    early, late = (
        at[order[np.append(0, ends)[:-1]]],
        at[last[ends - 1]],
    )  # the first rows of both dates
    apart = rows.day[late] - rows.day[early]
    bad = np.flatnonzero(more_than(apart, parameters["days"]))
    bad = bad[np.argsort(late[bad])]
    late, other, apart = late[bad], early[bad], apart[bad]
    column = own_dates(rows)[0]
    return Hits(
        table="lesions",
        rows=late,
        column=column,
        related=other,
        expected=f"scans within {parameters['days']:g} days",
        severity=np.where(more_than(apart, parameters["error_days"]), "error", ""),
        parts={
            "apart": apart,
            "name": rows.text("lesion")[late],
            "other": rows.text("lesion")[other],
            "when": rows.text(column)[other],
        },
        names={"lesion": ""},
        message="at visit {visit} {name} was imaged on {value}, {apart} days after {other} "
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
    number = np.concatenate([r._shared("visit") for r in named])
    name = np.concatenate([r._shared("visit_name") for r in named])
    blank = np.concatenate([r.blank("visit") | r.blank("visit_name") for r in named])
    at = np.flatnonzero(~blank)
    pair, first = number_rows(number[at], name[at])
    count, row = np.bincount(pair, minlength=len(first)), at[first]
    ends = np.cumsum([r.n for r in named])
    of_number = _rarer(number[row], name[row], count, row)
    of_name = _rarer(name[row], number[row], count, row)
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
            bad = bad[np.argsort(row[bad])]
            yield Hits(
                table=rows.name,
                rows=row[bad] - start,
                column=column,
                expected=words[usual[bad]],
                parts={"count": count[bad], "name": names[name[row[bad]]]},
                message=message,
                names=dict.fromkeys(("subject", "evaluator", "lesion", "date"), ""),
            )


def _rarer(key: Ints, other: Ints, count: Ints, row: Ints) -> Ints:
    """For each pair the partner that its key has more often, -1 where it is the commonest
    itself.
    """
    order = np.lexsort((row, -count, key))
    lead = np.full(int(key.max(initial=-1)) + 1, -1, dtype=np.int64)
    lead[key[order[::-1]]] = other[order[::-1]]
    usual = lead[key] if len(key) else other
    return np.where(usual == other, -1, usual)


@check(
    "D16",
    needs={"lesions": ("date|day",), "responses": ("date|day",)},
    follows=("D01", "=D03", "=D06", "=D07", "D08", "=D13"),
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
        day, places = scan_days(data)
        begun = (
            of_subject(data, "new_therapy")[1][data.track_subject][points.track]
            if len(points)
            else day
        )
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
    treated = np.full(int(rows.lesion.max(initial=-1)) + 1, np.inf)
    when = rows.dates("local_therapy").latest
    given = np.flatnonzero(~np.isnan(when))
    np.minimum.at(treated, rows.lesion[given], when[given])
    start = treated[rows.lesion] if rows.n else when
    after = (
        (rows.cells.role == Role.TARGET) & (data.size >= 0) & (rows.order > 0) & (rows.day >= start)
    )
    at = np.flatnonzero(after)
    at = at[np.lexsort((at, rows.timepoint[at]))]
    at = np.sort(at[occurrence(rows.lesion[at]) == 0])
    return Hits(
        table="lesions",
        rows=at,
        column=own_dates(rows)[0],
        parts={"start": day_text(data, start[at])},
        message="target {lesion} was measured on {value}, after local therapy of it ({start})",
    )
