"""Diaries of symptoms: are there enough days, can their counts be true, and were they kept as they
should be?

Sources: practice of patient-reported outcomes (days needed in a period, entries made in time:
ALCOA); limits without a source are defaults of the library. Input: the symptoms table, a row a day
(``count``) or a row a period (``per_day``, ``total``, ``days_recorded``, ``period_days``); subjects
for the dates of consent, first dose, death and end of the study. Output: periods and days that
cannot be used, or cannot be true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.crf import DateStatus
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import day_text, subject_text
from nettumor.edit_checks.reading.diameters import hits_by_column
from nettumor.edit_checks.reading.diary_rows import Diary, diary_of
from nettumor.edit_checks.reading.marker_rows import dose_day
from nettumor.edit_checks.reading.subjects import of_subject
from nettumor.rows import Groups, group, order_rows
from nettumor.study.visits import visit_numbers


@check("Y01", needs={"symptoms": ("days_recorded", "per_day|total")}, blank_allowed=True)
def diary_count_without_days(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A mean or total of a period with no recorded day, or without the number of days."""
    read = diary_of(data)
    rows, days = read.rows, read.rows.number("days_recorded")
    filled = ~rows.blank("total") | ~rows.blank("per_day")
    looked(data, ~np.isnan(rows.number("total")) | ~np.isnan(rows.number("per_day")), filled)
    for column in ("total", "per_day"):
        given = read.period & ~np.isnan(rows.number(column)) & ~(days > 0)
        if column == "per_day":
            given &= np.isnan(rows.number("total"))
        at = np.flatnonzero(given)
        none = days[at] == 0
        yield Hits(
            table="symptoms",
            rows=at,
            column="days_recorded",
            names={"lesion": ""},  # what is found of the patient's other periods may follow
            message="{symptom} at visit {visit}: {reported} reported {said}",
            expected="1 or more",
            parts={
                "symptom": rows.text("symptom", at),
                "reported": rows.text(column, at),
                "said": np.where(
                    none, "of 0 days with a record", "without a number of days with a record"
                ),
            },
        )


def _period_days(rows: Rows, otherwise: float) -> Floats:
    """The length of each row's period."""
    length = rows.number("period_days")
    return np.where(length > 0, length, otherwise)


@check("Y02", needs={"symptoms": ("days_recorded|count",)}, min_days=4.0, period_days=7.0)
def diary_too_few_days(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Fewer days with a record than ``min_days`` in ``period_days``, in proportion where a period
    is longer or shorter.

    Four days in a week is a common rule of patient-reported outcomes, and a default of the library.
    Where the days are not counted in a row of the period, the days of the diary are; a value of no
    day at all is Y01's.
    """
    read = diary_of(data)
    rows, days = read.rows, read.rows.number("days_recorded")
    reported = ~np.isnan(rows.number("per_day")) | ~np.isnan(rows.number("total"))
    length = _period_days(rows, parameters["period_days"])
    told = read.period & ~np.isnan(days) & ~((days == 0) & reported)
    yield _too_few(read, told, days, length, parameters, "days_recorded")
    if not read.daily.any():
        return
    with_days = read.blocks.of_rows(read.blocks.any(read.period & ~np.isnan(days)), False)
    counted = read.days_in_block()
    lengths = read.per_block(np.nan_to_num(rows.number("period_days")), read.period)
    length = np.where(lengths > 0, lengths, parameters["period_days"])
    first = np.zeros(rows.n, dtype=np.bool_)
    days_alone = read.daily & read.in_block & ~with_days
    first[group(read.blocks.number, by=read.day, where=days_alone).first()] = True
    for name in ("count", "per_day"):
        yield _too_few(read, first & read.is_column(name), counted, length, parameters, name)


def _too_few(
    read: Diary, where: Bools, days: Floats, length: Floats, parameters: Parameters, column: str
) -> Hits:
    """Hits where fewer days are counted than the period needs."""
    few = where & more_than(parameters["min_days"] * length, parameters["period_days"] * days)
    at = np.flatnonzero(few)
    need = np.ceil(np.round(parameters["min_days"] * length[at] / parameters["period_days"], 9))
    return Hits(
        table="symptoms",
        rows=at,
        column=column,
        value=days[at],
        expected=np.array([f"{d:g} or more" for d in need], dtype=object),
        message="{symptom} at visit {visit}: {value} days with a record in {length}",
        parts={"symptom": read.rows.text("symptom", at), "length": length[at]},
    )


@check("Y03", needs={"symptoms": ()})
def diary_duplicate_day(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A second entry for one subject, symptom and calendar day; periods are compared with periods,
    days with days.
    """
    read = diary_of(data)
    rows = read.rows
    kind = read.daily + 2 * read.period.astype(np.int8)
    looked(data, ~np.isnan(read.day), rows.when.status != DateStatus.BLANK)
    # where the days of a series rise no two are the same: only the other series are compared
    dated = np.flatnonzero(~np.isnan(read.day))
    dated = dated[order_rows(read.series[dated])]
    series, day = read.series[dated], read.day[dated]
    level = (series[1:] == series[:-1]) & (day[1:] <= day[:-1])
    doubtful = np.zeros(int(read.series.max(initial=-1)) + 1, dtype=np.bool_)
    doubtful[series[1:][level]] = True
    before = group(read.series, kind, read.day, where=doubtful[read.series]).previous()
    at = np.flatnonzero(before >= 0)
    yield from hits_by_column(
        read.column,
        at,
        "{symptom} has a second entry for {date}: {value} after {other}",
        table="symptoms",
        related=before[at],
        expected="one entry a day",
        parts={"symptom": rows.text("symptom", at), "other": read.text_at(before[at])},
        names={"date": day_text(data, read.day[at])},
    )


_MOST = (
    (re.compile(r"FLUSH"), "flush_max"),
    (re.compile(r"BOWEL|STOOL|DIARRH|\bBM\b"), "bowel_max"),
)


def _largest(rows: Rows, parameters: Parameters) -> Floats:
    """The largest number a day that can be, by symptom; NaN where none is known."""
    codes, words = rows.codes("symptom")
    found = [
        next(
            (float(parameters[p]) for pattern, p in _MOST if pattern.search(str(w).upper())), np.nan
        )
        for w in words
    ]
    return np.array(found or [np.nan])[codes]


@check("Y04", needs={"symptoms": ("count|per_day|total",)}, bowel_max=50.0, flush_max=100.0)
def diary_impossible_count(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A number that is negative, not whole (of a day or a total), no number, or more than can be.

    The largest numbers a day (50 bowel movements, 100 flushes) are defaults of the library.
    """
    read = diary_of(data)
    rows, most = read.rows, _largest(read.rows, parameters)
    days = rows.number("days_recorded")
    for column in ("count", "per_day", "total"):
        if column not in rows:
            continue
        value = rows.number(column)
        limit = most * np.where(days > 0, days, np.nan) if column == "total" else most
        whole = ~np.isnan(value) & (value % 1 != 0) & (read.daily if column == "per_day" else True)
        unread = ~rows.blank(column) & np.isnan(value)
        for where, message, expected in (
            (unread, 'is "{value}", which is no number', "a number"),
            (value < 0, "is {value}, below 0", "0 or more"),
            (whole & (value >= 0), "is {value}, not a whole number", "a whole number"),
            (more_than(value, limit) & ~whole, "is {value}, more than can be", "at most {}"),
        ):
            at = np.flatnonzero(where)
            yield Hits(
                table="symptoms",
                rows=at,
                column=column,
                message="{symptom} at visit {visit} " + message,
                expected=np.array([expected.format(f"{v:g}") for v in limit[at]], dtype=object),
                parts={"symptom": rows.text("symptom", at)},
            )


@check("Y05", needs={"symptoms": ("count", "per_day|total")}, follows=("Y04",), tol=0.05)
def diary_mean_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reported mean or total that is not that of the daily counts of the same subject, symptom
    and visit.
    """
    read = diary_of(data)
    rows = read.rows
    counted = read.daily & read.in_block & ~np.isnan(read.count)
    total, n = (
        read.per_block(np.nan_to_num(read.count), counted),
        read.per_block(np.ones(rows.n), counted),
    )
    told = ~np.isnan(rows.number("per_day")) | ~np.isnan(rows.number("total"))
    both = read.period & read.in_block & (n > 0) & told
    if not both.any():
        raise Skip(
            "no period has both daily counts and a mean or total (joined by subject, symptom and "
            "visit)"
        )
    looked(data, both)
    mean, tol = rows.number("per_day"), parameters["tol"]
    wrong = both & (more_than(mean * n, total + tol * n) | more_than(total, (mean + tol) * n))
    yield flag(
        "symptoms",
        wrong,
        "{symptom} at visit {visit}: a mean of {value} is reported, that of {n} days is {expected}",
        "per_day",
        expected=total / n,
        symptom=rows.text("symptom"),
        n=n,
    )
    reported = rows.number("total")
    wrong = both & (more_than(reported, total + tol) | more_than(total, reported + tol))
    yield flag(
        "symptoms",
        wrong,
        "{symptom} at visit {visit}: a total of {value} is reported, that of {n} days is "
        "{expected}",
        "total",
        expected=total,
        symptom=rows.text("symptom"),
        n=n,
    )


@check(
    "Y11",
    needs={"symptoms": ("per_day", "total", "days_recorded|period_days")},
    follows=("Y04", "Y05"),
    tol=0.05,
)
def diary_mean_against_total(data: Data, parameters: Parameters) -> Hits:
    """A mean per day that is not the total of the same row over its recorded days."""
    read = diary_of(data)
    rows = read.rows
    days, length = rows.number("days_recorded"), rows.number("period_days")
    days = np.where(np.isnan(days), length, days)
    mean, total, tol = rows.number("per_day"), rows.number("total"), parameters["tol"]
    known = (days > 0) & ~np.isnan(mean) & ~np.isnan(total)
    wrong = known & (
        more_than(mean * days, total + tol * days) | more_than(total, (mean + tol) * days)
    )
    # a mean may be of the days of the period instead: unrecorded days then count as none
    wrong &= ~(at_least(tol * length, np.abs(mean * length - total)) & (length > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = total / days
    return flag(
        "symptoms",
        wrong,
        "{symptom} at visit {visit}: {value} a day is reported, but a total of {total} in {days} "
        "days, which is {expected} a day",
        "per_day",
        expected=expected,
        days=days,
    )


@check("Y06", needs={"symptoms": ("days_recorded|count",)}, period_days=0.0)
def diary_more_days_than_period(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """More days with a record than the period has (column ``period_days``, else the parameter of
    this name).
    """
    read = diary_of(data)
    rows, days = read.rows, read.rows.number("days_recorded")
    otherwise = parameters["period_days"] if parameters["period_days"] > 0 else np.nan
    length = _period_days(rows, otherwise)
    if np.isnan(length).all():
        raise Skip(
            "the length of the periods is not known: symptoms has nothing in column period_days"
        )
    many = read.period & more_than(days, length)
    yield flag(
        "symptoms",
        many,
        "{symptom} at visit {visit}: {value} days with a record in a period of {expected}",
        "days_recorded",
        expected=length,
        symptom=rows.text("symptom"),
    )
    counted = read.days_in_block()
    kept = read.period & read.in_block & ~many & more_than(counted, length)
    yield flag(
        "symptoms",
        kept,
        "{symptom} at visit {visit}: {expected} days of the diary in a period of {value}",
        "period_days",
        value=length,
        expected=counted,
        symptom=rows.text("symptom"),
    )


def _minutes(rows: Rows) -> Floats:
    """When each entry was made, in minutes; NaN where no time of day is given."""
    day = rows.dates("entered").day
    if rows.data.tables.days:
        return np.where(day % 1 != 0, day * 1440, np.nan)
    clock = re.compile(r"[T ](\d\d):(\d\d)")

    def minute(cell: str) -> float:
        found = clock.search(cell)
        return float(found[1]) * 60 + float(found[2]) if found else np.nan

    return np.asarray(np.floor(day) * 1440 + rows.table.column("entered").map(minute, np.float64))


@check(
    "Y07",
    needs={"symptoms": ("entered",)},
    max_delay_days=1.0,
    at_once_days=3,
    at_once_minutes=10.0,
)
def diary_backfilled(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Many days entered at one time (one finding), or a day entered more than a day later; also one
    before it.

    Entries of one subject belong together where no more than ``at_once_minutes`` pass from one to
    the next.
    """
    read = diary_of(data)
    rows = read.rows
    entered = np.floor(rows.dates("entered").day)
    minutes = _minutes(rows)
    known = ~np.isnan(minutes) & ~np.isnan(read.day)
    looked(data, known, ~rows.blank("entered"))
    entries = group(rows.subject, by=(minutes, read.day), where=known)
    before = entries.previous()
    apart = (before < 0) | more_than(minutes - minutes[before], parameters["at_once_minutes"])
    days = _runs(entries, apart, read.day)
    inside = days >= parameters["at_once_days"]
    starts = np.flatnonzero(inside & apart)
    yield Hits(
        table="symptoms",
        rows=starts,
        column="entered",
        expected="an entry on the day",
        message="{days} days of the diary were entered at one time ({value}), the first of them "
        "{date}",
        parts={"days": days[starts]},
        names={"date": day_text(data, read.day[starts])},
    )
    delay = entered - read.day
    most = parameters["max_delay_days"]
    late = np.flatnonzero(~inside & more_than(delay, most))
    yield Hits(
        table="symptoms",
        rows=late,
        column="entered",
        expected="on or before " + day_text(data, read.day[late] + most),
        parts={"symptom": rows.text("symptom", late), "delay": delay[late]},
        message="{symptom} of {date} was entered {delay} days later ({value})",
    )
    yield flag(
        "symptoms",
        ~inside & (delay < 0),
        "{symptom} of {date} was entered before that day ({value})",
        "entered",
        expected="an entry on the day",
        symptom=rows.text("symptom"),
    )


def _runs(diary: Groups, begins: Bools, day: Floats) -> Ints:
    """How many different days the run of each row has; 0 for rows in no group.

    A run begins where it is said, and lasts until the next one in the order of the groups.
    """
    run = np.full(len(begins), -1, dtype=np.int64)
    run[diary.row] = np.cumsum(begins[diary.row])
    days = np.bincount(group(run, day).keys[0], minlength=1)
    return np.where(run < 0, 0, days[run])


@check(
    "Y08",
    needs={"symptoms": ("date|day",), "subjects": ("consent|death|study_end",)},
    follows=("=D01", "D04", "D05"),
)
def diary_before_baseline_or_after_death(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A day of a diary before informed consent, after death, or after the end of the study; one
    finding a day.

    A partial date is questioned only where every day that it allows is outside.
    """
    rows, who = data["symptoms"], data["symptoms"].subject
    column, when = "day" if rows.table.has_days else "date", data["symptoms"].when
    done = np.zeros(rows.n, dtype=np.bool_)
    for name, message, expected in (
        ("death", "{symptom} is of {value}, after death ({limit})", "on or before {limit}"),
        (
            "study_end",
            "{symptom} is of {value}, after the end of the study ({limit})",
            "on or before {limit}",
        ),
        (
            "consent",
            "{symptom} is of {value}, before informed consent ({limit})",
            "on or after {limit}",
        ),
    ):
        low, high = (limit[who] for limit in of_subject(data, name))
        outside = (
            more_than(low, when.latest) if name == "consent" else more_than(when.earliest, high)
        )
        outside &= ~done
        done |= outside
        at = np.flatnonzero(outside)
        limit = subject_text(data, name)[who[at]]
        yield Hits(
            table="symptoms",
            rows=at,
            column=column,
            message=message,
            expected=np.array([expected.format(limit=w) for w in limit.tolist()], dtype=object),
            parts={"limit": limit, "symptom": rows.text("symptom", at)},
        )


@check("Y09", needs={"symptoms": ("count|per_day",)}, days=21, min_count=1.0)
def diary_constant(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The same number on at least 21 days of a diary in a row; a run of 0 is a symptom that is not
    there.

    Days without an entry do not break a run; one finding a run, at its first day.
    """
    read = diary_of(data)
    rows = read.rows
    known = read.daily & ~np.isnan(read.count) & ~np.isnan(read.day)
    looked(data, known, read.daily & ~np.isnan(read.count))
    if not known.any():
        return
    diary = group(read.series, by=read.day, where=known)
    before = diary.previous()
    new = (before < 0) | (read.count != read.count[before])
    days = _runs(diary, new, read.day)
    few = more_than(parameters["min_count"], read.count)
    row = np.flatnonzero(known & new & (days >= parameters["days"]) & ~few)
    yield from hits_by_column(
        read.column,
        row,
        "{symptom} is {value} on {days} days in a row from {date} on: was each day counted?",
        table="symptoms",
        value=read.count[row],
        expected="numbers that vary",
        names={"visit": ""},
        parts={"symptom": rows.text("symptom", row), "days": days[row]},
    )


@check(
    "Y10",
    needs={"symptoms": ("count|per_day",)},
    follows=("Y01", "=Y04", "=D01", "=D03", "=D05", "D06", "D08"),
    min_days=4.0,
)
def diary_no_baseline(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A symptom recorded under treatment without a baseline of ``min_days`` days, or with a
    baseline mean of 0.

    Baseline is what is dated on or before the first dose (subjects.treatment_start, else
    randomized, else day 0), and where that is not known, visits named baseline or screening, or
    numbered 0 or less.
    """
    read = diary_of(data)
    rows = read.rows
    early, known = _before_treatment(data, read)
    if not known.any():
        raise Skip(
            "baseline is not known: no first dose in subjects, and no visit named baseline or "
            "numbered 0"
        )
    value = np.where(read.daily, read.count, np.where(read.period, rows.number("per_day"), np.nan))
    days = np.where(read.daily, 1.0, rows.number("days_recorded"))
    use = known & ~np.isnan(value)
    # of each series the sums over its baseline, and the first sample after it
    before, after = np.flatnonzero(use & early), use & ~early
    held, count = read.series[before], int(read.series.max(initial=-1)) + 1
    total, recorded, mean, n = (
        np.bincount(held, weights=w, minlength=count)
        for w in (
            np.nan_to_num(days[before], nan=np.inf),
            np.nan_to_num(days[before]),
            value[before],
            np.ones(len(before)),
        )
    )
    lacking = (n == 0) | (mean == 0) | more_than(parameters["min_days"], total)
    after &= lacking[read.series]
    later = np.sort(group(read.series, by=rows.when.earliest, where=after).first())
    mine = read.series[later]
    none, zero = n[mine] == 0, mean[mine] == 0
    few = ~none & more_than(parameters["min_days"], total[mine])
    for where, message in (
        (
            none,
            "{symptom} has no baseline before visit {visit}: a change in percent cannot be given",
        ),
        (few, "the baseline of {symptom} has {days} days with a record, fewer than {least}"),
        (
            ~none & ~few & zero,
            "the baseline of {symptom} is 0: a change in percent cannot be given",
        ),
    ):
        at = later[where]
        yield from hits_by_column(
            read.column,
            at,
            message,
            table="symptoms",
            value=value[at],
            expected=f"a baseline above 0 of at least {parameters['min_days']:g} days",
            parts={
                "symptom": rows.text("symptom", at),
                "days": recorded[read.series[at]],
                "least": f"{parameters['min_days']:g}",
            },
        )


def _before_treatment(data: Data, read: Diary) -> tuple[Bools, Bools]:
    """Which rows are of before treatment, and for which that is known."""
    rows = read.rows
    dose = dose_day(data)[rows.subject]
    dated = ~np.isnan(dose) & ~np.isnan(rows.when.earliest)
    codes, words = rows.codes("visit")
    number = visit_numbers(words)[codes] if len(words) else np.full(rows.n, np.nan)
    # where no visit of the study is named or numbered so, visit 1 may be the baseline: not known
    named = np.isnan(dose) & ~np.isnan(number) & bool((number <= 0).any())
    early = np.where(dated, rows.when.latest <= dose, number <= 0)
    return early & (dated | named), dated | named
