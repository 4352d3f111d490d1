"""New lesions: do the lesions, the indicator, the overall response and the date of progression
agree?

Sources: RECIST 1.1, 4.3.5 (an unequivocal new lesion is progression; one that was equivocal first
dates it back); SDTMIG TU assumption 6; EORTC clarifications. Input: lesions, responses, the
subjects' date of progression and the regions imaged at baseline. Output: responses that pass over a
new lesion, indicators without one, lesions whose course cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import NewLesion, Role, State, iso
from nettumor.crf.columns import Words
from nettumor.crf.new_rows import wordless_rows
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import lesion_at
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.recomputed import MEASURED
from nettumor.edit_checks.reading.reported import (
    as_recist,
    at_points,
    compared,
    ever,
    first_lesion,
    first_visit_without,
    is_reported,
    last_point,
    reported,
    tracks_with_lesions,
)
from nettumor.rows import first_of, group, number_rows, order_rows, smallest_at
from nettumor.terminology import Response
from nettumor.words.missing import tidy
from nettumor.words.regions import imaged
from nettumor.words.regions import read as region

_GONE = (State.ABSENT, State.MERGED, State.NON_PATHOLOGICAL)
_SURE = (
    State.UNEQUIVOCAL,
    State.UNEQUIVOCAL_PROGRESSION,
    State.PRESENT,
    State.MEASURED,
    State.TOO_SMALL,
)


@made_once
def _new(data: Data) -> Bools:
    """Rows of new lesions after baseline."""
    rows = data["lesions"]
    return np.asarray((rows.cells.role == Role.NEW) & (rows.order > 0))


def _of_state(rows: Rows, where: Bools, states: tuple[int, ...]) -> Bools:
    """Rows of a mask (new lesions are few) whose state is one of some."""
    out = where.copy()
    out[where] = np.isin(rows.cells.state[where], states)
    return out


def _not_of_state(rows: Rows, where: Bools, states: tuple[int, ...]) -> Bools:
    """Rows of a mask whose state is none of some."""
    return where & ~_of_state(rows, where, states)


def _first_rows(rows: Rows, where: Bools) -> Ints:
    """The first row in time of each lesion among those of a mask, in the order of the file."""
    return first_of(rows.lesion, by=rows.timepoint, where=where)


@check("W01", needs={"responses": ("overall",), "lesions": ()}, follows=("row", "new lesion"))
def new_lesion_not_pd(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """No PD although an unequivocal new lesion is there, at the first such visit of a patient and
    evaluator; after a PD that was reported `O04` speaks.
    """
    said, points, rows = compared(data), data.timepoints, data["lesions"]
    sure = _of_state(rows, _new(data), _SURE)
    seen = first_lesion(data, sure)
    judged = last_point(points, points.lesions >= 0, before=False)
    there = (judged >= 0) & data.chain.new_lesion[judged]
    overall = at_points(data, said.overall)
    known = last_point(points, seen >= 0, before=False)
    first = seen[known]
    progressed = ever(points, (as_recist(overall) == Response.PD) & there)
    at_point = said.rows.timepoint
    bad = (there & ~progressed & (known >= 0))[at_point] & said.use
    other = bad & (said.overall > Response.MISSING) & (as_recist(said.overall) != Response.PD)
    # a visit that says nothing of the response: no other row of it does, either
    silent = bad & said.rows.blank("overall") & (overall == Response.MISSING)[at_point]
    both = other | silent
    start = smallest_at(said.rows.track[both], at_point[both], data.n_tracks, len(points))
    _, once = number_rows(at_point[both])
    visits = np.bincount(said.rows.track[both][once], minlength=data.n_tracks)
    more = np.array([_later(n - 1) for n in visits.tolist()] or [""], dtype=object)
    at_first = at_point == start[said.rows.track]
    for at, message in (
        (
            np.flatnonzero(other & at_first),
            "overall response {value} is reported at visit {visit}{more}, but {new} is an "
            "unequivocal new lesion (visit {seen})",
        ),
        (
            first_of(at_point, where=silent & at_first),
            "no overall response is given at visit {visit}{more}, and {new} is an unequivocal new "
            "lesion (visit {seen})",
        ),
    ):
        row = first[at_point[at]]
        yield Hits(
            table="responses",
            rows=at,
            column="overall",
            expected="iUPD" if _immune(data) else "PD",
            related=row,
            related_table="lesions",
            parts={
                "new": called("lesion", rows.text("lesion", row)),
                "seen": data.visit_names[rows.timepoint[row]],
                "more": more[said.rows.track[at]],
            },
            message=message,
        )


def _later(count: int) -> str:
    return "" if count < 1 else f" (no PD at {count} later visit{'s' * (count > 1)}, either)"


def _immune(data: Data) -> bool:
    return bool(getattr(data.criteria, "immune", False))


@check(
    "W02",
    needs={"responses": ("new_lesion",), "lesions": ()},
    follows=("S02", "=S04", "S07", "S11", "L15", "=S08", "=M29", "=M30"),
)
def new_lesion_flag_without_lesion(data: Data, parameters: Parameters) -> Hits:
    """A new lesion is reported, and there is none, there or before."""
    said, rows = compared(data), data["lesions"]
    there = _not_of_state(rows, rows.cells.role == Role.NEW, _GONE)
    seen = ever(data.timepoints, first_lesion(data, there) >= 0)[said.rows.timepoint]
    flags = np.isin(said.new, (NewLesion.YES, NewLesion.UNEQUIVOCAL, NewLesion.EQUIVOCAL))
    bad = said.use & flags & ~seen & tracks_with_lesions(data)[said.rows.track]
    return flag(
        "responses",
        bad,
        "a new lesion is reported at visit {visit} ({value}), but no lesion has the role NEW",
        "new_lesion",
        expected="the new lesion among the lesions",
    )


@check(
    "W03",
    needs={"responses": ("new_lesion", "overall"), "lesions": ()},
    follows=("row", "new lesion"),
)
def new_lesion_without_flag(data: Data, parameters: Parameters) -> Hits:
    """A new lesion appears at a visit whose indicator is no or blank; an equivocal one may
    be a no.
    """
    said, rows = compared(data), data["lesions"]
    seen = _not_of_state(rows, _new(data), (*_GONE, State.EQUIVOCAL, State.NOT_EVALUABLE))
    first = np.zeros(rows.n, dtype=np.bool_)
    first[_first_rows(rows, seen)] = True
    new = first_lesion(data, first)[said.rows.timepoint]
    flagged = np.isin(said.new, (NewLesion.NO, NewLesion.BLANK)) & (said.overall > Response.MISSING)
    at = np.flatnonzero(said.use & flagged & (new >= 0))
    given = rows_with_flag(data)[said.rows.timepoint[at]]
    at = at[~given]
    row = new[at]
    return Hits(
        table="responses",
        rows=at,
        column="new_lesion",
        expected="Y",
        related=row,
        related_table="lesions",
        parts={
            "new": called("lesion", rows.text("lesion", row)),
            "said": np.where(said.new[at] == NewLesion.NO, "is N", "is blank"),
        },
        message="{new} appears at visit {visit}, but the indicator of new lesions {said}",
    )


def rows_with_flag(data: Data) -> Bools:
    """Timepoints at which some row of the responses reports a new lesion."""
    said = reported(data)
    out = np.zeros(len(data.timepoints), np.bool_)
    out[said.rows.timepoint[said.use & said.new_lesion]] = True
    return out


@check("W04", needs={"lesions": ()}, follows=("S02", "S11", "L13", "L15", "X09"))
def new_lesion_equivocality_missing(data: Data, parameters: Parameters) -> Hits:
    """A new lesion of which no word says whether it is unequivocal (PRESENT counts as such); one
    finding a lesion. Where the study has no states at all, one that has no size either.
    """
    rows = data["lesions"]
    new = rows.cells.role == Role.NEW
    # without a word at its first sight, and none at an earlier row
    bad = np.zeros(rows.n, dtype=np.bool_)
    bad[_first_rows(rows, _not_of_state(rows, new, _GONE))] = True
    bad &= rows.blank("state")
    if rows.blank("state").all():
        bad &= wordless_rows(rows.table)
    return flag(
        "lesions",
        bad,
        "new lesion {lesion} at visit {visit} is neither equivocal nor unequivocal",
        "state",
        value="",
        expected="EQUIVOCAL or UNEQUIVOCAL",
    )


@check("W05", needs={"lesions": ("state",)}, follows=("row", "new lesion", "=D01"))
def equivocal_pd_backdating(data: Data, parameters: Parameters) -> Hits:
    """Progression is reported when an equivocal lesion became unequivocal, not when it was first
    seen.
    """
    rows, points = data["lesions"], data.timepoints
    dated = "subjects" in data.tables and "progression_date" in data["subjects"]
    if not dated and ("responses" not in data.tables or "overall" not in data["responses"]):
        raise Skip("neither an overall response nor a date of progression is reported")
    new = _new(data)
    first = _first_rows(rows, _not_of_state(rows, new, _GONE))
    became = np.full(int(rows.lesion.max(initial=-1)) + 1, -1, dtype=np.int64)
    sure = _first_rows(rows, _of_state(rows, new, _SURE))
    became[rows.lesion[sure]] = sure
    first = first[(rows.cells.state[first] == State.EQUIVOCAL) & (became[rows.lesion[first]] >= 0)]
    later = became[rows.lesion[first]]
    bad = np.zeros(len(first), dtype=np.bool_)
    reported_day = np.full(len(first), np.nan)
    if dated:
        reported_day = _progression_days(data)[rows.subject[first]]
        bad = more_than(reported_day, rows.day[first]) & ~more_than(reported_day, rows.day[later])
    if is_reported(data):
        overall = as_recist(at_points(data, reported(data).overall)) == Response.PD
        before = ever(points, overall)
        at_later = overall[rows.timepoint[later]] & (
            last_point(points, overall)[rows.timepoint[later]] < 0
        )
        bad |= np.isnan(reported_day) & at_later & ~before[rows.timepoint[first]]
    first, later = first[bad], later[bad]
    visits = data.visit_names
    where = np.where(
        np.isnan(rows.day[first]), visits[rows.timepoint[first]], _written(data, rows.day[first])
    )
    return Hits(
        table="lesions",
        rows=first,
        column="state",
        related=later,
        parts={"later": visits[rows.timepoint[later]], "where": where},
        message="{lesion} is equivocal at visit {visit} and unequivocal at visit {later}: the "
        "progression is dated to "
        "its first appearance ({where}), not to visit {later}",
    )


def _progression_days(data: Data) -> Floats:
    """The reported day of progression of each subject code, NaN for none."""
    rows = data["subjects"]
    out = np.full(len(data.subjects), np.nan)
    out[rows.subject[::-1]] = rows.dates("progression_date").day[::-1]
    return out


def _written(data: Data, days: Floats) -> Words:
    """Days as dates, or as days where the study counts days."""
    if data["lesions"].table.has_days:
        return np.array([f"day {d:g}" for d in days.tolist()], dtype=object)
    return np.asarray(iso(days))


@check("W06", needs={"lesions": (f"state|{MEASURED}",)}, follows=("row", "new lesion", "M16"))
def new_lesion_disappears(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An unequivocal new lesion without a row at a later visit, or absent there; the first such
    visit of a lesion.
    """
    rows, points = data["lesions"], data.timepoints
    new = _new(data)
    base = _first_rows(rows, _of_state(rows, new, _SURE))
    point = first_visit_without(data, base, new & (rows.cells.state != State.ABSENT))
    row, point = base[point >= 0], point[point >= 0]
    order = order_rows(points.lesions[point], rows.lesion[row])
    row, point = row[order], point[order]
    own = lesion_at(rows, rows.lesion[row], point, new)
    absent = own >= 0
    shown = np.where(absent, own, points.lesions[point])
    yield Hits(
        table="lesions",
        rows=shown,
        column="state",
        related=row,
        expected="a row with its state",
        value=np.where(absent, "ABSENT", ""),
        names={"lesion": rows.text("lesion", row)},
        parts={"how": np.where(absent, "is absent at", "has no row at")},
        message="new lesion {lesion} {how} visit {visit}, although it was unequivocal before",
    )


@check("W07", needs={"lesions": ("organ",)}, follows=("S02", "S11", "L13", "L15", "L16"))
def new_lesion_same_site_as_old(data: Data, parameters: Parameters) -> Hits:
    """A new lesion at the very place of a target or non-target that was gone by then: it may be
    back, not new.
    """
    rows = data["lesions"]
    place, words = rows.codes("organ")
    upper = {w: i for i, w in enumerate(sorted({tidy(str(w)) for w in words}))}
    site = np.array([upper[tidy(str(w))] for w in words], dtype=np.int64)[place]
    named = ~rows.blank("organ")
    first = _first_rows(rows, _new(data) & named)
    asked = np.zeros(data.n_tracks, dtype=np.bool_)
    asked[rows.track[first]] = True
    role = rows.cells.role
    old = ((role == Role.TARGET) | (role == Role.NON_TARGET)) & named & (rows.order > 0)
    gone = old & ((data.size == 0) | (rows.cells.state == State.ABSENT)) & asked[rows.track]
    at_site = group(rows.track, site, by=rows.timepoint, where=gone)
    same = at_site.find(rows.track[first], site[first])
    other = at_site.last_until(same, rows.timepoint[first])
    first, other = first[other >= 0], other[other >= 0]
    return Hits(
        table="lesions",
        rows=first,
        column="organ",
        related=other,
        parts={"old": called("lesion", rows.text("lesion", other))},
        message="new lesion {lesion} lies in {value}, where {old} was and disappeared: did it "
        "come back?",
    )


@check(
    "W08",
    needs={"lesions": ("organ",), "subjects": ("baseline_regions",)},
    follows=("S02", "S11", "L13", "L15"),
)
def new_lesion_in_unscanned_region(data: Data, parameters: Parameters) -> Hits:
    """A new lesion outside the regions imaged at baseline (subjects column
    ``baseline_regions``).
    """
    rows, subjects = data["lesions"], data["subjects"]
    listed = np.full(len(data.subjects), -1, dtype=np.int64)
    codes, words = subjects.codes("baseline_regions")
    listed[subjects.subject[::-1]] = codes[::-1]
    first = _first_rows(rows, _new(data) & ~rows.blank("organ"))
    organs, names = rows.codes("organ")
    mine = listed[rows.subject[first]]
    place, lead = number_rows(organs[first], mine + 1)
    outside = np.array(
        [
            k >= 0 and words[k] != "" and not imaged(str(names[o]), str(words[k]))
            for o, k in zip(organs[first[lead]].tolist(), mine[lead].tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
    at = first[outside[place]]
    regions = np.array([region(str(names[o])) for o in organs[at]], dtype=object)
    return Hits(
        table="lesions",
        rows=at,
        column="organ",
        expected=words[listed[rows.subject[at]]],
        parts={"region": regions},
        message="new lesion {lesion} lies in {value} ({region}), which was not imaged at baseline "
        "({expected}): it "
        "counts as new; please confirm the regions",
    )
