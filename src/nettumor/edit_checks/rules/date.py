"""Dates, cell by cell: can a date be true, and does it lie where it may?

Sources: ISO 8601 rules of CDISC CORE and SDTMIG 3.4, 4.4 (partial dates, study days, baseline
flags); RECIST 1.1, 3.2.1. Input: every column of dates, of the CRF tables or of the SDTM domains
they were made from, and the dates of the subjects table. Output: dates that are none, are partial,
or lie after the data cut-off or death or before birth or consent. A partial date is at fault only
where every day it allows is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import (
    Column,
    DateStatus,
    iso,
    number_rows,
    occurrence,
    parse_dates,
    parse_flags,
)
from nettumor.edit_checks.engine.parameters import date_or_day
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.dated import (
    Dated,
    Found,
    assessments,
    day_text,
    domain_dates,
    from_domains,
    known_subject,
    look_at,
    other_dates,
    own_column,
    subject_of,
    subject_text,
    usable,
)
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS
from nettumor.edit_checks.reading.subjects import of_subject, unusual
from nettumor.errors import InputError
from nettumor.rows import group, largest_at


@check("D01", needs={}, dates="judged", blank_allowed=True)
def invalid_date(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A cell of a date column that is no date (of a day column: no number)."""
    columns = (*assessments(data, alike=False), *other_dates(data))
    for dated in columns:
        look_at(data, dated)
        days = data.tables.days or dated.column == "day"
        expected = (
            "a number of days" if days else "a date as 2024-01-31, or the part of it that is known"
        )
        yield flag(
            dated.table,
            dated.dates.status == DateStatus.INVALID,
            "{column} is {value}, which is no date",
            dated.column,
            expected=expected,
        )
    if not columns:
        raise Skip("no table has a column of dates")


def _between(data: Data, dated: Dated, at: Ints) -> Bools:
    """Whether another visit of the subject, fully dated, lies among the days that a partial date
    allows.

    Dates of the subject in that span are counted, and those of the same visit taken off.
    """
    rows = data[dated.table]
    visits = rows.codes("visit" if "visit" in rows else "VISITNUM")[0]
    days = dated.dates.day
    first, last = dated.dates.earliest[at], dated.dates.latest[at]

    if not len(at):
        return np.zeros(0, dtype=np.bool_)
    asked = ~np.isnan(days) & np.isin(dated.subject, dated.subject[at])

    def count(*keys: Ints) -> Ints:
        alike = group(*keys, by=days, where=asked)
        return alike.count_between(alike.find(*(k[at] for k in keys)), first, last)

    return np.asarray(count(dated.subject) > count(dated.subject, visits))


@check("D02", needs={})
def partial_date(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An assessment date without day or month; the message says what the missing day decides.

    It decides something where the reference date, or another visit of the subject, lies among the
    days that the date allows; else only intervals cannot be tested.
    """
    known_subject(data)
    if data.tables.days:
        raise Skip("the study has days in place of dates")
    reference = np.append(data.shared.reference_day, np.nan)
    for dated in assessments(data):
        look_at(data, dated)
        at = np.flatnonzero(dated.dates.status == DateStatus.PARTIAL)
        first, last = dated.dates.earliest[at], dated.dates.latest[at]
        start = reference[dated.subject[at]]
        around = (first <= start) & (start < last)
        order = _between(data, dated, at)
        why = np.where(
            order,
            "the missing day decides its order among the visits",
            "intervals to it cannot be tested",
        )
        why = np.where(
            around, "the missing day decides whether it is before the reference date", why
        )
        span = np.where(
            np.isnan(first),
            "",
            " (" + iso(first).astype(str) + " to " + iso(last).astype(str) + ")",
        )
        yield Hits(
            table=dated.table,
            rows=at,
            column=dated.column,
            expected="a full date",
            parts={"why": why, "span": span},
            message="{column} is {value}{span}: {why}",
        )


def _day_of(data: Data, name: str, value: object) -> float:
    """A day that a parameter gives: a date, or a number where the study has days; NaN for ""."""
    if value == "":
        return np.nan
    found = parse_dates(Column.of_text([str(value)]), days=data.tables.days)
    if found.status[0] != DateStatus.FULL:
        what = "a number of days" if data.tables.days else "a full date such as 2024-01-31"
        raise InputError(f"`{name}` must be {what}; got {value!r}.", argument=name)
    return float(found.day[0])


@check(
    "D03",
    needs={},
    dates="judged",
    follows=("D01",),
    readers=dict.fromkeys(("cutoff", "today"), date_or_day),
    cutoff="",
    today="",
)
def future_date(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A date after the data cut-off: that of the subject, else ``cutoff``, else ``today`` (never
    the clock's). Where the cut-off of a subject is not that of most others and several days lie after
    it, the finding stands at it.
    """
    known_subject(data)
    given = _day_of(data, "cutoff", parameters["cutoff"])
    limit = of_subject(data, "data_cutoff")[1]
    limit = np.where(np.isnan(limit), given, limit)
    cut = ~np.isnan(limit)
    limit = np.where(cut, limit, _day_of(data, "today", parameters["today"]))
    if np.isnan(limit).all():
        raise Skip(
            "no cut-off is known: neither subjects.data_cutoff nor the parameter cutoff or today"
        )
    known = ~np.isnan(limit)
    what = np.where(cut, "the data cut-off", "today")
    found: Found = []
    for dated in (*assessments(data), *other_dates(data)):
        if dated.column == "data_cutoff":
            continue
        look_at(data, dated, known[dated.subject])
        found.append((dated, more_than(dated.dates.earliest, limit[dated.subject])))
    doubtful = several_days(data, found) & unusual(of_subject(data, "data_cutoff")[1])
    if doubtful.any():
        yield of_the_subject(data, "data_cutoff", found, doubtful, "before")
    for dated, late in found:
        at = _of_the_row(dated, late, doubtful)
        until = day_text(data, limit[dated.subject[at]])
        yield Hits(
            table=dated.table,
            rows=at,
            column=dated.column,
            expected=_words("on or before ", until),
            parts={"until": until, "what": what[dated.subject[at]]},
            message="{column} {value} is after {what} ({until})",
        )


def _words(before: str, words: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.array([before + str(w) for w in words.tolist()], dtype=object)


_AFTER_CONSENT = ("treatment_start", "randomized", "new_therapy", "therapy_completed")


@check(
    "D04",
    needs={"subjects": ("birth|consent",)},
    dates="judged",
    follows=("=D21", "D22", "D01", "=D07", "=D08", "K12"),
    screening_allowed=False,
)
def before_birth_or_consent(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A date before birth; or an assessment, or the treatment, before informed consent (warning).

    With ``screening_allowed`` a scan before consent is no finding where none is later than
    treatment start: it then is the screening scan that the protocol accepts.
    """
    birth, consent = (of_subject(data, c)[0] for c in ("birth", "consent"))
    start = np.append(data.shared.reference_day, np.nan)
    known = ~(np.isnan(birth) & np.isnan(consent))
    scans = tuple(assessments(data))
    unborn: Found = []
    early: Found = []
    for dated in (*scans, *other_dates(data)):
        if dated.column in ("birth", "consent"):
            continue
        last, who = dated.dates.latest, dated.subject
        look_at(data, dated, known[who])
        unborn.append((dated, more_than(birth[who], last)))
        if dated in scans or dated.column in _AFTER_CONSENT:
            before = more_than(consent[who], last) & ~unborn[-1][1]
            if parameters["screening_allowed"] and dated in scans:
                before &= more_than(last, start[who])
            early.append((dated, before))
    after_consent = {(dated.table, dated.column) for dated, _ in early}
    for column, found, what, severity in (
        ("birth", unborn, "birth", ""),
        ("consent", early, "informed consent", "warning"),
    ):
        doubtful = several_days(data, found)
        yield of_the_subject(data, column, found, doubtful, "after", severity)
        for dated, before in found:
            at = _of_the_row(dated, before, doubtful)
            who = dated.subject[at]
            text = least = subject_text(data, column)[who]
            if (dated.table, dated.column) in after_consent:  # that is later than birth
                agreed = more_than(consent[who], birth[who])
                least = np.where(agreed, subject_text(data, "consent")[who], text)
            yield Hits(
                table=dated.table,
                rows=at,
                column=dated.column,
                expected=_words("on or after ", least),
                severity=severity,
                parts={"limit": text},
                apart_from=("K12",),  # one sample, not all of the patient
                message=f"{{column}} {{value}} is before {what} ({{limit}})",
            )


def _of_the_row(dated: Dated, wrong: Bools, doubtful: Bools) -> Ints:
    """The rows at fault themselves: the date of their subject that they contradict is not in
    doubt.
    """
    at = np.flatnonzero(wrong)
    return at[~doubtful[dated.subject[at]]]


@check("D05", needs={"subjects": ("death",)}, dates="judged", follows=("D01", "=D03"))
def after_death(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An assessment, sample or diary dated after death; of several days one finding, at the death."""
    died = of_subject(data, "death")[1]
    known, found = ~np.isnan(died), []
    for dated in assessments(data):
        look_at(data, dated, known[dated.subject])
        found.append((dated, more_than(dated.dates.earliest, died[dated.subject])))
    doubtful = several_days(data, found)
    yield of_the_subject(data, "death", found, doubtful, "before")
    for dated, late in found:
        at = _of_the_row(dated, late, doubtful)
        text = subject_text(data, "death")[dated.subject[at]]
        yield Hits(
            table=dated.table,
            rows=at,
            column=dated.column,
            expected=_words("on or before ", text),
            parts={"died": text},
            message="{column} {value} is after death ({died})",
        )


_KINDS = {"markers": 1, "symptoms": 2}


def several_days(data: Data, found: Found) -> Bools:
    """By subject code, whose date several others contradict: those of two days or more, or of two
    kinds (scans, samples, diaries). The one date is then more likely wrong than all of them.
    """
    others = [(d, np.flatnonzero(at), _KINDS.get(d.table, 0)) for d, at in found]
    others = [o for o in others if o[0].table != "subjects"]
    held = [(d.subject[at], d.dates.earliest[at], np.repeat(k, len(at))) for d, at, k in others]
    out = np.zeros(len(data.subjects) + 1, dtype=np.bool_)
    who, day, kind = map(np.concatenate, zip(*held, strict=True)) if held else (out[:0],) * 3
    known = ~np.isnan(day)
    who, day, kind = who[known], day[known], kind[known]
    if len(who):
        _, first = number_rows(who, np.unique(np.floor(day), return_inverse=True)[1], kind)
        out[:-1] = np.bincount(who[first], minlength=len(data.subjects))[: len(out) - 1] >= 2
    return out


def of_the_subject(
    data: Data, column: str, found: Found, doubtful: Bools, side: str, severity: str = ""
) -> Hits:
    """A date of the subjects table that lies on the wrong side of those of several days."""
    rows = data["subjects"]
    count = np.zeros(len(doubtful), dtype=np.int64)
    outer = np.full(len(doubtful), -np.inf if side == "before" else np.inf)
    for dated, wrong in found:
        if dated.table != "subjects":
            who = dated.subject[wrong]
            count += np.bincount(who, minlength=len(count))[: len(count)]
            take = np.maximum if side == "before" else np.minimum
            take.at(outer, who, dated.dates.earliest[wrong])
    at = np.flatnonzero(doubtful[rows.subject])
    at = at[occurrence(rows.subject[at]) == 0]
    who = rows.subject[at]
    written = day_text(data, outer[who])
    end = "last" if side == "before" else "first"
    how = "is it right?" if severity == "note" else "it is probably wrong itself"
    return Hits(
        table="subjects",
        rows=at,
        column=column,
        expected=_words("on or after " if side == "before" else "on or before ", written),
        severity=severity,
        names={"visit": "", "lesion": ""},
        parts={
            "count": [f"{n} date" if n == 1 else f"{n} dates" for n in count[who].tolist()],
            "outer": written,
        },
        message=f"{{column}} {{value}} lies {side} {{count}} of the patient, the {end} of "
        f"{{outer}}: {how}",
    )


Reference = tuple[str, npt.NDArray[Any], Floats]


def references(data: Data) -> list[Reference]:
    """What study days may count from: name, text and day by subject code."""
    found: list[Reference] = []
    if "DM" in data and "RFSTDTC" in data["DM"]:
        rows = data["DM"]
        day, text = (
            np.full(len(data.subjects) + 1, np.nan),
            np.full(len(data.subjects) + 1, "", dtype=object),
        )
        who = subject_of(data, "DM")
        day[who[::-1]], text[who[::-1]] = (
            rows.table.dates("RFSTDTC").day[::-1],
            rows.text("RFSTDTC")[::-1],
        )
        day[-1] = np.nan
        return [("RFSTDTC", text, day)]
    if "subjects" in data.tables:
        for column in ("treatment_start", "randomized"):
            low, high = of_subject(data, column)
            day = np.where(low == high, low, np.nan)
            if found:  # where days count from the first dose, one who lacks it has no reference
                day = np.where(np.isnan(found[0][2]), np.nan, day)
            if not np.isnan(day).all():
                found.append((column, subject_text(data, column), day))
    return found


def study_days(data: Data) -> Iterator[tuple[Dated, str, Floats]]:
    """The dates that have a reported study day beside them, with the column of the study day."""
    for dated in assessments(data):
        column = f"{dated.table}DY" if dated.table in TUMOUR_DOMAINS else "study_day"
        if column in data[dated.table]:
            yield dated, column, data[dated.table].number(column)


MISDATED = ("=D01", "=D03", "=D04", "=D05", "=D06", "=D07", "=D08", "=D09", "=D13")
"""Findings of a wrong date: what else does not go with it there follows from them."""


@check("D14", needs={}, follows=(*MISDATED, "=D16"))
def study_day_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A study day that is not the day counted from the reference date (1 on it, -1 before it), or
    is 0.

    The reference is RFSTDTC of DM, else the treatment start or randomisation: a day that fits
    either is right. Where those of a study count from consent throughout, that is noted once.
    """
    starts, columns = references(data), tuple(study_days(data))
    for dated, column, reported in columns:
        look_at(data, dated, ~np.isnan(reported))
        at = np.flatnonzero(~np.isnan(reported))
        for _, _, start in starts:  # those that fit none are left, of most studies few
            at = at[_study_day(dated, start, at) != reported[at]]
        consented = _from_consent(data, dated, reported, at)
        if consented.any():
            count = _patients(dated, at[consented])
            yield Hits(
                table=dated.table,
                rows=at[consented][:1],
                column=column,
                severity="note",
                parts={"count": np.array([count])},
                message="{column} counts from consent in {count} patients, not from the start of "
                "treatment or randomisation: is it meant so?",
            )
            at = at[~consented]
        counted, text = np.full(len(at), np.nan), np.full(len(at), "", dtype=object)
        for _, words, start in starts[::-1]:
            day = _study_day(dated, start, at)
            counted = np.where(np.isnan(day), counted, day)
            text = np.where(np.isnan(day), text, words[dated.subject[at]])
        zero = reported[at] == 0
        right = [f"{day:g}" if day == day else "1 or -1" for day in counted[zero].tolist()]
        yield Hits(
            table=dated.table,
            rows=at[zero],
            column=column,
            expected=np.array(right, dtype=object),
            message="study day 0 does not exist: the reference date is day 1",
        )
        bad = ~np.isnan(counted) & ~zero
        yield Hits(
            table=dated.table,
            rows=at[bad],
            column=column,
            expected=counted[bad],
            parts={"on": data[dated.table].text(dated.column, at[bad]), "start": text[bad]},
            message="study day {value}, but {on} is day {expected} from {start}",
        )
    if not columns:
        raise Skip("no table has a study day beside its date")


def _from_consent(data: Data, dated: Dated, reported: Floats, at: Ints) -> Bools:
    """Which of some rows count from consent; none unless those of most patients do, and of a few."""
    none = np.zeros(len(at), dtype=np.bool_)
    if "subjects" not in data.tables or "consent" not in data["subjects"]:
        return none
    low, high = of_subject(data, "consent")
    fits = _study_day(dated, np.where(low == high, low, np.nan), at) == reported[at]
    fitting = _patients(dated, at[fits])
    return fits if fitting >= _FEW and 5 * fitting >= 4 * _patients(dated, at) else none


def _patients(dated: Dated, rows: Ints) -> int:
    """How many patients some rows are of."""
    return int(np.count_nonzero(np.bincount(dated.subject[rows] + 1)))


_FEW = 5
"""Patients from which a custom of the study is known."""


def _study_day(dated: Dated, start: Floats, at: Ints) -> Floats:
    """The study day of some rows, counted from a day of each subject: 1 on it, -1 before it."""
    apart = np.floor(dated.dates.day[at]) - np.floor(start)[dated.subject[at]]
    return apart + (apart >= 0)


def _flagged(data: Data) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Tables with a baseline flag: table, column; lesion, visit, result, subject and dates of the
    rows.
    """
    if usable(data, "lesions", "baseline_flag") and not from_domains(data, "lesions"):
        rows = data["lesions"]
        said = ~np.isin(rows.cells.state, (0, 8))
        yield (
            "lesions",
            "baseline_flag",
            {
                "lesion": rows.lesion,
                "visit": rows.timepoint,
                "result": said,
                "subject": rows.subject,
                "dates": rows.when,
            },
        )
    for name in TUMOUR_DOMAINS:
        column = next(
            (c for c in (f"{name}LOBXFL", f"{name}BLFL") if name in data and c in data[name]), ""
        )
        if not column or f"{name}DTC" not in data[name]:
            continue
        rows = data[name]
        keys = [
            rows.codes(c)[0]
            for c in (
                "USUBJID",
                f"{name}EVALID",
                f"{name}EVAL",
                f"{name}LNKID",
                f"{name}CAT",
                f"{name}TESTCD",
            )
        ]
        said = ~(rows.blank(f"{name}STRESC") & rows.blank(f"{name}ORRES"))
        yield (
            name,
            column,
            {
                "lesion": number_rows(*keys)[0],
                "result": said,
                "subject": subject_of(data, name),
                "visit": number_rows(rows.codes("VISITNUM")[0], rows.codes("VISIT")[0])[0],
                "dates": domain_dates(data, name),
            },
        )


@check("D17", needs={}, follows=("D01", "=D03", "=D06"))
def baseline_flag_wrong(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A baseline flag after treatment start, at a second visit, or not on the last row before
    treatment.

    The day of treatment start itself says nothing: a scan on it may be before or after the first
    dose.
    """
    known_subject(data)
    start_of = of_subject(data, "treatment_start")[1]
    start_of = np.where(np.isnan(start_of), of_subject(data, "randomized")[1], start_of)
    tables = tuple(_flagged(data))
    for table, column, of in tables:
        rows, lesion, dates = data[table], of["lesion"], of["dates"]
        flags = parse_flags(rows.table.column(column)) == 1
        looked(data, dates.status != DateStatus.INVALID, flags)
        start = start_of[of["subject"]]
        flagged = np.flatnonzero(flags)
        late = more_than(dates.earliest[flagged], start[flagged])
        at, flagged = flagged[late], flagged[~late]
        yield Hits(
            table=table,
            rows=at,
            column=column,
            expected="no flag",
            parts={
                "on": rows.text(own_column(data, table), at),
                "start": day_text(data, start[at]),
            },
            message="flagged as baseline, but dated {on}, after treatment start ({start})",
        )
        again, first = _other_visit(lesion, of["visit"], dates.day, flagged)
        yield Hits(
            table=table,
            rows=again,
            column=column,
            expected="one visit flagged",
            related=first,
            message="flagged as baseline at a second visit ({visit})",
        )
        before = of["result"] & more_than(start, dates.day)
        count = int(lesion.max(initial=-1)) + 1
        last = largest_at(lesion[before], dates.day[before], count)
        last[lesion[again]] = np.nan  # which of the visits is meant is asked already
        old = flagged[more_than(last[lesion[flagged]], dates.day[flagged])]
        yield Hits(
            table=table,
            rows=old,
            column=column,
            expected="the flag on " + day_text(data, last[lesion[old]]),
            parts={"last": day_text(data, last[lesion[old]])},
            message="flagged as baseline, but the last row before treatment is of {last}",
        )
    if not tables:
        raise Skip("no table has a baseline flag beside its date")


def _other_visit(lesion: Ints, visit: Ints, day: Floats, flagged: Ints) -> tuple[Ints, Ints]:
    """The flagged rows of a lesion at another visit than its first flagged row in time, and that
    row.
    """
    some = np.zeros(int(lesion.max(initial=-1)) + 1, dtype=visit.dtype)
    some[lesion[flagged]] = visit[flagged]
    several = np.zeros(len(some), dtype=np.bool_)  # lesions with two visits or more: mostly none
    several[lesion[flagged[visit[flagged] != some[lesion[flagged]]]]] = True
    asked = np.zeros(len(lesion), dtype=np.bool_)
    asked[flagged] = several[lesion[flagged]]
    of_lesion = group(lesion, by=day, where=asked)
    first = of_lesion.of_rows(of_lesion.first())
    again = np.flatnonzero((first >= 0) & (visit != visit[first]))
    return again, first[again]
