"""The course of a patient: which sequences cannot be, and do best response and progression date
follow?

Best response and date of progression as reported are set against those that the reported responses
of the visits give under the criteria's rule (where a track reports none, the recomputed ones).
Disputed sequences, CR then PR first, are findings; nothing is rewritten. Sources: RECIST 1.1,
4.4.3, 4.6 and Table 3 with its footnote; RECIST 1.0; WHO; EORTC clarifications; FDA guidance on
progression-free survival. Input: responses, lesions, subjects. Output: rows of the responses or
subjects that do not follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import iso
from nettumor.crf.columns import Words
from nettumor.criteria import AttenuationCriteria, SizeCriteria
from nettumor.edit_checks.engine.parameters import one_of
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.reported import (
    after_baseline,
    as_recist,
    at_points,
    best_of_tracks,
    is_reported,
    judged_overall,
    last_point,
    names_of,
    reference_days,
    reported,
    rule_of,
)
from nettumor.edit_checks.rules.overall import ended_clinically
from nettumor.rows import order_rows, smallest_at
from nettumor.terminology import Response
from nettumor.words.negation import says

_JUDGES = (AttenuationCriteria, SizeCriteria)
"""Criteria under which responses are recomputed from the lesions."""
_LESSER = (Response.PR, Response.MR, Response.SD, Response.NON_CR_NON_PD)


def _rows_of(data: Data, points: Ints) -> Ints:
    """For timepoints the row of the responses that gives the overall response there."""
    said = reported(data)
    at = np.flatnonzero(data.own_criteria & (said.overall > Response.MISSING))[::-1]
    out = data.timepoints.responses.copy()
    out[said.rows.timepoint[at]] = at
    return out[points]


@check(
    "O06",
    needs={"responses": ("overall",)},
    follows=(
        "row",
        "value",
        "chain",
        "D08",
        "T02",
        "N01",
        "N06",
        "O13",
        *("^O01", "^O02", "^T02", "^N01", "^N03", "^M16"),
        "=O01",
        "=O02",
        "=O04",
        "=T01",
        "=T03",
        "=W01",
        "=M16",
        "=N08",
    ),
)
def cr_then_pr_or_sd(data: Data, parameters: Parameters) -> Hits:
    """The first PR, SD or NON-CR/NON-PD after an overall CR: PD, or the CR was none. Of several CR
    before it the last that the lesions give, where there is one.
    """
    points = data.timepoints
    overall = np.where(after_baseline(data), at_points(data, reported(data).overall), np.int8(0))
    pd = overall == Response.PD
    complete = (overall == Response.CR) & (last_point(points, pd) < 0)
    cr = last_point(points, complete)
    held = last_point(points, complete & _held_by_lesions(data))
    cr = np.where(held >= 0, held, cr)
    lesser = np.isin(overall, _LESSER) & (cr >= 0) & (last_point(points, pd) < 0)
    first = np.flatnonzero(lesser & (last_point(points, lesser) < 0))
    return _pairs(
        data,
        first,
        cr[first],
        expected="PD, or no CR before",
        message="overall response {value} at visit {visit} follows CR at visit {was}: after a CR "
        "any disease "
        "is PD, or the CR was none",
    )


def _held_by_lesions(data: Data) -> Bools:
    """Timepoints of which the lesions give a CR."""
    if "lesions" not in data.tables or not isinstance(data.criteria, _JUDGES):
        return np.zeros(len(data.timepoints), np.bool_)
    try:
        return np.asarray(data.chain.overall == Response.CR)
    except Skip:  # a course that is too large to recompute
        return np.zeros(len(data.timepoints), np.bool_)


def _pairs(
    data: Data, points: Ints, before: Ints, *, expected: str, message: str, **parts: object
) -> Hits:
    """Findings at the overall responses of timepoints, related to those of earlier ones."""
    rows = _rows_of(data, points)
    order = order_rows(rows)
    made = {n: np.asarray(p)[order] for n, p in parts.items()}
    return Hits(
        table="responses",
        rows=rows[order],
        column="overall",
        expected=expected,
        message=message,
        related=_rows_of(data, before)[order],
        parts={"was": data.visit_names[before[order]], **made},
    )


@check(
    "O07",
    needs={"responses": ("overall",)},
    follows=("row", "value", "chain", "=T01", "=T05", "=O01", "=O02", "=O06"),
)
def pr_then_sd_review(data: Data, parameters: Parameters) -> Hits:
    """SD right after PR: by the EORTC note a PR goes on until PD."""
    points = data.timepoints
    overall = np.where(after_baseline(data), at_points(data, reported(data).overall), np.int8(0))
    last = last_point(points, overall > Response.NE)
    before = overall[last] if len(points) else overall
    at = np.flatnonzero(
        (last >= 0) & (before == Response.PR) & np.isin(overall, (Response.SD, Response.MR))
    )
    more = np.full(len(at), "", dtype=object)
    if "lesions" in data.tables:
        base, nadir = (
            getattr(data.chain, n)[at] for n in ("percent_from_baseline", "percent_from_nadir")
        )
        both = zip(base.tolist(), nadir.tolist(), strict=True)
        more[:] = [
            f" (sum {b:+.1f} % from baseline, {n:+.1f} % from the nadir)"
            if b == b and n == n
            else ""
            for b, n in both
        ]
    return _pairs(
        data,
        at,
        last[at],
        expected="PR",
        sums=more,
        message="overall response {value} at visit {visit} follows PR at visit {was}{sums}: a PR "
        "goes on "
        "until PD from the nadir; which reference was used?",
    )


def _best_rows(data: Data) -> Ints:
    """Rows that report a best response, in tracks with an assessment."""
    said = reported(data)
    assessed = np.zeros(data.n_tracks, dtype=np.bool_)
    overall = judged_overall(data)
    assessed[data.timepoints.track[overall > Response.MISSING]] = True
    return np.flatnonzero(
        data.own_criteria & (said.best > Response.MISSING) & assessed[said.rows.track]
    )


@check(
    "O08",
    needs={"responses": ("best",)},
    follows=("visit", "O04"),
    confirm_days=28.0,
    sd_between=False,
)
def confirmation_missing(data: Data, parameters: Parameters) -> Hits:
    """A best response of CR or PR that no second assessment confirms; switch off for a randomised
    trial.
    """
    rule = rule_of(data)
    if rule.confirmation_days is None:
        raise Skip(f"{data.criteria.title} ask for no confirmation")
    said = reported(data)
    confirmed = attrs.evolve(
        rule,
        confirmation_days=parameters["confirm_days"],
        accept_sd_between=parameters["sd_between"],
    )
    best = best_of_tracks(data, confirmed)[0]
    plain = best_of_tracks(data, attrs.evolve(rule, confirmation_days=None))[0]
    rows = _best_rows(data)
    track, given = said.rows.track[rows], said.best[rows]
    known = plain[track] > Response.MISSING
    looked(data, known, known)
    bad = (given >= Response.PR) & (best[track] < given) & (plain[track] >= given)
    return _subject_hits(
        data,
        rows[bad],
        names_of(best[track[bad]], data),
        parameters["confirm_days"],
        "best response {value} has no second CR or PR at least {days} days after the first: "
        "confirmed "
        "is {expected}",
    )


def _subject_hits(data: Data, rows: Ints, expected: object, days: float, message: str) -> Hits:
    """Findings on the best response of a track; no visit is named."""
    return Hits(
        table="responses",
        rows=rows,
        column="best",
        expected=expected,
        parts={"days": days},
        names={"visit": ""},
        message=message,
    )


@check("O09", needs={"responses": ("best",)}, follows=("visit",), sd_min_days=42.0)
def sd_before_min_interval(data: Data, parameters: Parameters) -> Hits:
    """A best response of SD that rests on assessments before the minimum interval alone."""
    rule = attrs.evolve(rule_of(data), sd_minimum_days=parameters["sd_min_days"])
    said, points = reported(data), data.timepoints
    best = best_of_tracks(data, rule)[0]
    at_all = best_of_tracks(data, attrs.evolve(rule, sd_minimum_days=None))[0]
    overall = judged_overall(data)
    undated = np.isnan(reference_days(data))
    undated[points.track[(overall > Response.PD) & np.isnan(points.scan_day)]] = True
    rows = _best_rows(data)
    track = said.rows.track[rows]
    known = ~undated[track] & (best[track] > Response.MISSING)
    looked(data, known, known)
    stable = np.isin(said.best[rows], (Response.SD, Response.NON_CR_NON_PD))
    bad = (
        stable
        & (best[track] < said.best[rows])
        & (at_all[track] == said.best[rows])
        & ~undated[track]
    )
    return _subject_hits(
        data,
        rows[bad],
        names_of(best[track[bad]], data),
        parameters["sd_min_days"],
        "best response {value} rests on assessments before day {days} alone: it is {expected}",
    )


@check(
    "O10",
    needs={"responses": ("best",)},
    follows=("row", "value", "chain", "visit", "O08", "O09", "O04"),
    confirmed=True,
)
def bor_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported best response is not the one that the responses of the visits give by the
    criteria's rule.

    ``confirmed = false`` takes the rule without confirmation (randomised trials).
    """
    rule = rule_of(data)
    if not parameters["confirmed"]:
        rule = attrs.evolve(rule, confirmation_days=None)
    said = reported(data)
    best = best_of_tracks(data, rule)[0]
    rows = _best_rows(data)
    track, given = said.rows.track[rows], said.best[rows]
    bad = given != best[track]
    rows, track = rows[bad], track[bad]
    how = (
        ""
        if rule.confirmation_days is None
        else f", confirmed after {rule.confirmation_days:g} days"
    )
    return Hits(
        table="responses",
        rows=rows,
        column="best",
        expected=names_of(best[track], data),
        names={"visit": ""},
        parts={"course": _courses(data, track), "how": how, "rule": rule.title},
        message="best response {value} is reported; the responses of the visits ({course}) give "
        "{expected} "
        "({rule}{how})",
    )


def _courses(data: Data, tracks: Ints) -> Words:
    """The overall responses of some tracks, written one after the other."""
    points, overall = data.timepoints, judged_overall(data)
    asked = np.zeros(data.n_tracks, dtype=np.bool_)
    asked[tracks] = True
    said = np.full(len(points), "", dtype=object)
    of_them = np.flatnonzero(asked[points.track])
    said[of_them] = names_of(overall[of_them], data)
    out = np.empty(len(tracks), dtype=object)
    for i, track in enumerate(tracks.tolist()):
        part = slice(points.start[track], points.start[track + 1])
        out[i] = ", ".join(said[part][overall[part] > Response.MISSING].tolist())
    return out


@check(
    "O11",
    needs={"subjects": ("progression_date",)},
    follows=("visit", "W05", "O04", "D02", "D16"),
    readers={"rule": one_of("earliest", "latest")},
    rule="earliest",
)
def pd_date_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported date of progression is not that of the first PD of any evaluator.

    ``rule`` is "earliest" or "latest", of the scans of that visit; a new lesion dates it to its
    first sighting.
    """
    if not {"lesions", "responses"} & set(data.tables):
        raise Skip("there is neither a table lesions nor a table responses")
    rows = data["subjects"]
    reported_day = rows.dates("progression_date").day
    first = best_of_tracks(data, rule_of(data))[2]
    day = _progression(data, first, parameters["rule"])
    subject = data.track_subject
    same = np.zeros(rows.n, dtype=np.bool_)
    place = np.full(len(data.subjects), -1, dtype=np.int64)
    place[rows.subject[::-1]] = np.arange(rows.n)[::-1]
    row = place[subject]
    agree = (row >= 0) & (day == reported_day[row])
    unknown = (row >= 0) & (first >= 0) & np.isnan(day)
    same[row[agree | unknown]] = True
    known = np.flatnonzero((row >= 0) & ~np.isnan(day))
    expected = np.full(rows.n, np.nan)
    expected[row[known[::-1]]] = day[known[::-1]]
    assessed = np.isin(rows.subject, subject)
    at = np.flatnonzero(~np.isnan(reported_day) & ~same & assessed & ~_clinical(data)[rows.subject])
    text = _dated(data, expected[at])
    return Hits(
        table="subjects",
        rows=at,
        column="progression_date",
        expected=np.where(text == "", "blank", text),
        parts={"why": np.where(text == "", "no PD is reported", "the first PD is of " + text)},
        message="progression is dated {value}, but {why}",
    )


def _progression(data: Data, first: Ints, rule: str) -> Floats:
    """For each track the day of its first PD, NaN for none."""
    points = data.timepoints
    if not len(points):
        return np.full(len(first), np.nan)
    scans = np.full(len(points), np.nan)
    if "lesions" in data.tables:
        lesions = data["lesions"]
        low = smallest_at(lesions.timepoint, lesions.day, len(points))
        scans = low if rule == "earliest" else points.scan_day
    day = np.where(np.isnan(scans), points.day, scans)
    if "lesions" in data.tables:
        sighted = np.where(data.chain.new_lesion, data.chain.progression_day, np.nan)
        day = np.fmin(day, sighted)
    return np.where(first >= 0, day[first], np.nan)


def _dated(data: Data, days: Floats) -> Words:
    if data.tables.days:
        return np.array(["" if d != d else f"day {d:g}" for d in days.tolist()], dtype=object)
    return np.asarray(iso(days), dtype=object)


def _clinical(data: Data) -> Bools:
    """For each subject code whether clinical progression is recorded, in a response or at the end
    of treatment.
    """
    out = ended_clinically(data)
    if is_reported(data):
        said = reported(data)
        out[said.rows.subject[said.clinical]] = True
    return out


@check(
    "O14",
    needs={"responses": ("overall",), "subjects": ("end_reason",)},
    follows=("S02", "S07", "S11", "D01", "W01", "O02"),
    days=28.0,
)
def discontinued_for_pd_without_pd(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Ended for progressive disease, without a PD or clinical progression, or with a PD more than
    ``days`` away.
    """
    rows, points, said = data["subjects"], data.timepoints, reported(data)
    ended = (
        rows.table.column("end_reason").map(_for_progression, np.bool_)
        & ~_clinical(data)[rows.subject]
    )
    ended &= np.isin(rows.subject, said.rows.subject)
    pd = as_recist(at_points(data, said.overall)) == Response.PD
    subject = data.track_subject[points.track]
    any_pd = np.zeros(len(data.subjects), dtype=np.bool_)
    any_pd[subject[pd]] = True
    none = ended & ~any_pd[rows.subject]
    yield Hits(
        table="subjects",
        rows=np.flatnonzero(none),
        column="end_reason",
        expected="a visit with PD",
        message="{subject} ended for {value}, but no PD and no clinical progression is reported",
    )
    if "end_date" in rows:
        end = np.full(len(data.subjects), np.nan)
        end[rows.subject[::-1]] = rows.dates("end_date").day[::-1]
        gap = np.nan_to_num(np.abs(points.day - end[subject]), nan=0.0)
        away = smallest_at(subject[pd], gap[pd], len(data.subjects), np.inf)
        far = ended & ~none & more_than(away, parameters["days"])[rows.subject]
        at = np.flatnonzero(far)
        yield Hits(
            table="subjects",
            rows=at,
            column="end_date",
            parts={"away": away[rows.subject[at]]},
            expected=f"within {parameters['days']:g} days of a PD",
            message="{subject} ended for progression on {value}, {away} days from the nearest PD",
        )


_PROGRESSION = re.compile(r"\bPROGRESS(?:ION|IVE|ED|ING)\b|^PD$")


def _for_progression(word: str) -> bool:
    """Whether a reason for the end is progressive disease."""
    return says(word, _PROGRESSION)
