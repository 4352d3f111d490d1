"""The dates that visits count from, treatment start and randomisation, against all that counts from
them.

One such date that is wrong accuses the baseline, the study days and every visit. Which of them is
wrong? Where the study days of a patient count from one other day, it is that day; else the visits
tell: they lie from one of the two dates as those of the other patients do, and from the other one all
by the same number of days too early or too late. Sources: data-quality rules of this library.
Input: the subjects table, visits with dates, study days. Output: the date that nothing else holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.dated import Dated, comparable, day_text
from nettumor.edit_checks.reading.subjects import of_subject
from nettumor.edit_checks.rules.date import references, study_days
from nettumor.edit_checks.rules.planned_visits import scans
from nettumor.rows import group

_COLUMNS = ("treatment_start", "randomized")
_FEW = 5
"""Patients from which what is usual of their visits is known."""


@frozen(eq=False)
class _Dates:
    """The two dates of each subject code (NaN for none), and what speaks against the one or the other.

    Attributes
    ----------
    days : dict of str to ndarray of float
        By column.
    doubtful : ndarray of bool
        Something contradicts one of the two.
    elsewhere : bool
        The study days of most patients count from neither, but from a consent or an enrolment: they
        tell nothing of the two.
    """

    days: dict[str, Floats]
    doubtful: Bools
    elsewhere: bool


def _full_days(data: Data, column: str) -> Floats:
    """The full date of each subject in a column, by subject code."""
    low, high = of_subject(data, column)
    return np.asarray(np.where(low == high, low, np.nan)[:-1])


def _contradicted(data: Data, window: float) -> _Dates:
    """The dates, and whose are contradicted: the treatment begins before randomisation, the scans of
    the baseline lie after it or long before it, or study days count from another day.
    """
    days = {c: _full_days(data, c) for c in _COLUMNS}
    start, randomized = days.values()
    doubtful = more_than(randomized, start)
    points, day = data.timepoints, scans(data)[0]
    whose = data.track_subject[points.track] if len(points) else points.track
    base = np.flatnonzero(points.order == 0)
    since = start[whose[base]] - day[base]
    doubtful[whose[base[(since < 0) | more_than(since, window)]]] = True
    later = np.flatnonzero(points.order > 0)
    doubtful[whose[later[day[later] < start[whose[later]]]]] = True
    elsewhere = False
    for dated, column in islice(_counted(data), 1):  # one row a subject says whether all are asked
        first = np.full(len(start), -1)
        first[dated.subject[::-1]] = np.arange(len(dated.subject))[::-1]
        at = first[first >= 0]
        from_day = _counted_from(dated, data[dated.table].number(column)[at], at)
        fits = np.isnan(from_day)
        for reference in (*days.values(), *(day for _, _, day in references(data))):
            fits |= from_day == reference[dated.subject[at]]
        elsewhere = bool(2 * np.count_nonzero(~fits) > len(at))
        if not elsewhere:
            doubtful[dated.subject[at[~fits]]] = True
    return _Dates(days, doubtful, elsewhere)


def _counted(data: Data) -> Iterator[tuple[Dated, str]]:
    """The dates with a study day beside, of rows whose subject is known."""
    for dated, column, _ in study_days(data):
        if (dated.subject >= 0).all():
            yield dated, column


def _counted_from(dated: Dated, study_day: Floats, at: Ints) -> Floats:
    """The day that the study days of some rows count from."""
    return np.floor(dated.dates.day[at]) - study_day + (study_day > 0)


def _by_study_days(data: Data, asked: Bools, share: float) -> Floats:
    """For each subject that is asked the day from which the study days of two dates or more count,
    a ``share`` of all at least; NaN for none.
    """
    who, start, when = [], [], []
    for dated, column in _counted(data):
        at = np.flatnonzero(asked[dated.subject])
        number = data[dated.table].number(column)[at]
        from_day = _counted_from(dated, number, at)
        known = ~np.isnan(from_day) & (number != 0)
        who.append(dated.subject[at[known]])
        start.append(from_day[known])
        when.append(dated.dates.day[at[known]])
    out = np.full(len(asked), np.nan)
    if not who:
        return out
    subject, day, of = map(np.concatenate, (who, start, when))
    alike = group(subject, day)
    total = np.bincount(subject, minlength=len(asked))
    several = alike.maximum(of) > alike.minimum(of)
    mine = alike.keys[0]
    usual = several & at_least(alike.size, share * total[mine]) & (2 * alike.size > total[mine])
    out[mine[usual]] = alike.keys[1][usual]
    return out


def _off(data: Data, reference: Floats, near: float) -> Floats:
    """For each subject by how many days its visits lie off those of the others, as they count from a
    date: two visits or more, two thirds of which agree within ``near`` days; else NaN.
    """
    points, day = data.timepoints, scans(data)[0]
    out = np.full(len(reference), np.nan)
    if not len(points):
        return out
    whose = data.track_subject[points.track]
    since = day - reference[whose]
    use = np.flatnonzero(~np.isnan(since))
    of_visit = group(points.visit[use])
    usual = of_visit.of_rows(of_visit.median(since[use]), np.nan)
    enough = of_visit.of_rows(of_visit.size >= _FEW, False).astype(np.bool_)
    apart = since[use] - usual
    use, apart = use[enough], apart[enough]
    of_subject_ = group(whose[use])
    middle = of_subject_.median(apart)
    close = np.abs(apart - of_subject_.of_rows(middle, np.nan)) <= near
    share = of_subject_.count(close) / of_subject_.size
    visits = of_subject_.differ(points.visit[use])
    told = visits & at_least(3 * share, 2.0)
    out[of_subject_.keys[0][told]] = middle[told]
    return out


def _told_from(off: Floats, doubtful: Bools, least: float) -> float:
    """From how many days on visits that lie off tell of a wrong date: ``least``, twice what nine in ten
    of the patients have in whom nothing is contradicted, and four times the median of all (where
    treatment begins soon or late after randomisation, from which the visits are planned); never,
    where these are few.
    """
    known = np.abs(off[~np.isnan(off)])
    usual = np.abs(off[~doubtful & ~np.isnan(off)])
    if len(usual) < _FEW:
        return np.inf
    return max(least, 2 * float(np.quantile(usual, 0.9)), 4 * float(np.median(known)))


def _possible(data: Data, day: Floats) -> Bools:
    """Days that are neither after the cut-off of their subject nor before its birth, which other checks
    say.
    """
    cutoff, birth = (of_subject(data, c)[0][:-1] for c in ("data_cutoff", "birth"))
    return ~(more_than(day, cutoff) | more_than(birth, day))


@check(
    "D22",
    dates="judged",
    needs={"subjects": ("treatment_start|randomized",)},
    follows=("=D01", "=D03"),
    days=7.0,
    share=0.6,
    window_days=28.0,
)
def reference_date_alone(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A treatment start, or a randomisation, that is contradicted and that nothing else of the patient
    counts from: the study days count from one other day, or the visits lie ``days`` or more off those
    of the other patients as they count from it, all alike, and do not from the other of the two dates.
    """
    judged = [n for n in ("lesions", "responses") if n in data.tables]
    if not all("subject" in data[n] and comparable(data, n) for n in judged) or not judged:
        raise Skip("no visits that can be counted from the dates of the subjects")
    least = parameters["days"]
    dates = _contradicted(data, parameters["window_days"])
    rows = data["subjects"]
    known = ~np.isnan(dates.days["treatment_start"]) | ~np.isnan(dates.days["randomized"])
    looked(data, known[rows.subject], known[rows.subject])
    asked = dates.doubtful
    if not asked.any():
        return
    counted = _by_study_days(data, asked, parameters["share"])
    off = {c: _off(data, dates.days[c], least) for c in _COLUMNS}
    told = np.zeros(len(asked), np.bool_)
    for column, other in (_COLUMNS, _COLUMNS[::-1]):
        mine, theirs = dates.days[column], dates.days[other]
        by_days = ~np.isnan(counted) & ~(np.abs(counted - mine) < 1)
        by_days &= ~(np.abs(counted - theirs) < 1) & (column == "treatment_start")
        by_days &= ~np.isnan(mine) & (not dates.elsewhere)
        by_visits = at_least(np.abs(off[column]), _told_from(off[column], asked, least))
        by_visits &= (np.abs(off[other]) < np.abs(off[column]) / 2) & (counted != mine)
        bad = asked & ~told & (by_days | by_visits) & _possible(data, mine)
        told |= bad
        right = np.where(by_days, counted, mine + off[column])
        at = np.flatnonzero(bad[rows.subject] & ~rows.blank(column))
        who = rows.subject[at]
        yield Hits(
            table="subjects",
            rows=at,
            column=column,
            expected=day_text(data, right[who]),
            names={"visit": "", "lesion": ""},
            parts={
                "why": np.where(
                    by_days[who],
                    "the study days count from",
                    "the visits lie as those of the other patients with",
                ).astype(object)
            },
            message="{column} of {subject} is {value}; {why} {expected}",
        )
