"""Assessors: is it clear who read what, is one record accepted, and do the readers agree?

Sources: SDTMIG 3.4 (TU, TR, RS: --EVAL, --EVALID, --ACPTFL); Cancer Imaging 2018, doi
10.1186/s40644-018-0186-0 (discordance of readers); NCI SOP PM-5. Input: the evaluators of lesions
and responses, or of TU, TR and RS. Output: visits with mixed or several accepted assessors, readers
that change, and the visits at which investigator and central reader differ, with Cohen's kappa.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Codes, Floats, more_than
from nettumor.crf import Role, parse_flags
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.dated import from_domains, own_dates, usable
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS
from nettumor.edit_checks.reading.lesion_rows import NEVER, baseline
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.reported import under_own_criteria
from nettumor.profile import cohens_kappa
from nettumor.rows import (
    codes_of,
    find_rows,
    first_of,
    group,
    largest_at,
    number_rows,
    occurrence,
    order_rows,
    smallest_at,
)
from nettumor.study.tracks import rank_of
from nettumor.study.visits import time_order, visit_numbers
from nettumor.terminology import Response
from nettumor.words.evaluators import ADJUDICATOR, INDEPENDENT, INVESTIGATOR, OTHER
from nettumor.words.evaluators import read as kind_of


def kinds_of(rows: Rows) -> Codes:
    """The kind of each row's evaluator: by their role where it is given, else by their name."""
    by_name = (
        rows.table.column("evaluator").map(kind_of, np.int8)
        if "evaluator" in rows
        else np.zeros(rows.n, np.int8)
    )
    if "evaluator_role" not in rows:
        return np.asarray(by_name)
    by_role = rows.table.column("evaluator_role").map(kind_of, np.int8)
    return np.where((by_role == OTHER) | (by_name == ADJUDICATOR), by_name, by_role)


@made_once
def shared_visits(data: Data) -> Ints:
    """A number for each timepoint, the same for all assessors of one subject at one visit (or
    date).
    """
    points = data.timepoints
    if not len(points):
        return np.empty(0, np.int64)
    words = data.words("visit")
    blank = np.array([w == "" for w in words], dtype=np.bool_)[points.visit]
    code = points.visit
    if blank.any():
        days, distinct = codes_of(points.day)
        code = np.where(blank, len(words) + np.where(days < 0, len(distinct), days), code)
    return number_rows(data.track_subject[points.track], code)[0]


def _any_at(groups: Ints, where: Bools) -> Bools:
    """For each group whether a mask holds somewhere."""
    out = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.bool_)
    out[groups[where]] = True
    return out


def _moved(data: Data, silent: Bools, answered: Bools, visits: Ints) -> tuple[Ints, Ints]:
    """Rows of assessors without responses whose lesion another one, who gives them, lacks at that
    visit alone.

    Also the timepoint of that other assessor.
    """
    points, rows = data.timepoints, data["lesions"]
    row = np.flatnonzero(silent[rows.timepoint])
    if not len(row):
        return row, row
    others = group(visits, where=(points.lesions >= 0) & answered)
    which, other = others.rows_of(others.find(visits[rows.timepoint[row]]))
    row, names = row[which], rows.codes("lesion")[0]
    theirs = np.zeros(data.n_tracks, dtype=np.bool_)
    theirs[points.track[other]] = True
    mine = np.flatnonzero(theirs[rows.track])
    has = find_rows((points.track[other], names[row]), (rows.track[mine], names[mine])) >= 0
    lacks = find_rows((other, names[row]), (rows.timepoint[mine], names[mine])) < 0
    return row[has & lacks], other[has & lacks]


@check("A01", needs={"lesions": ("evaluator",), "responses": ()}, follows=("S10", "S02", "A02"))
def assessor_mixed(data: Data, parameters: Parameters) -> Hits:
    """Lesions of one visit by two assessors, one of whom gives no response of their own to any
    visit.

    The lesions then went into one response. A visit with an accepted flag among its lesions is no
    finding, unless a lesion of the responding assessor is missing there and stands with the other
    one.
    """
    points, rows, visits = data.timepoints, data["lesions"], shared_visits(data)
    assessed, responds = points.lesions >= 0, points.responses >= 0
    answered = _any_at(points.track, responds)[points.track] if len(points) else responds
    silent = assessed & ~answered
    accepted = np.zeros(len(points), dtype=np.bool_)
    if "accepted" in rows:
        accepted[rows.timepoint[parse_flags(rows.table.column("accepted")) == 1]] = True
    open_ = _any_at(visits, responds) & ~_any_at(visits, accepted)
    # of each visit the assessor to whom the response belongs, then the first of the others
    open_ &= _any_at(visits, silent)
    use = assessed & open_[visits]
    mixed = group(visits, by=(silent, points.lesions), where=use)
    lead = mixed.row[mixed.start[:-1][mixed.size >= 2]]
    second = mixed.row[mixed.start[:-1][mixed.size >= 2] + 1]
    keep = silent[second]
    row, other = _moved(data, silent, answered, visits)
    at = np.concatenate([row, points.lesions[second[keep]]])
    first = points.lesions[np.concatenate([other, lead[keep]])]
    moved = np.arange(len(at)) < len(row)
    once = occurrence(visits[rows.timepoint[at]]) == 0
    at, first, moved = at[once], first[once], moved[once]
    order = order_rows(at)
    at, first, moved = at[order], first[order], moved[order]
    one = "one assessor of all lesions"
    return Hits(
        table="lesions",
        rows=at,
        column="evaluator",
        related=first,
        names={"lesion": ""},
        expected=np.where(moved, one, f"{one}, or an accepted flag"),
        parts={"other": rows.text("evaluator", first)},
        message="at visit {visit} lesions were assessed by {other} and by {value}, who gives no "
        "response of "
        "their own",
    )


def _roles(data: Data) -> Iterator[tuple[Rows, str, str]]:
    """Tables with a column of who assessed and one of their role ("" where it is not there)."""
    for name in ("lesions", "responses"):
        if name in data.tables and "evaluator" in data[name] and not from_domains(data, name):
            role = "evaluator_role" if "evaluator_role" in data[name] else ""
            yield data[name], "evaluator", role
    for name in TUMOUR_DOMAINS:
        for column in (f"{name}EVALID", f"{name}EVAL"):
            if name in data and column in data[name]:
                yield data[name], column, f"{name}EVAL" if f"{name}EVAL" in data[name] else ""
                break


@check("A02", needs={})
def assessor_id_without_role(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A named assessor without a role, or no assessor at all where other rows are of independent
    ones.
    """
    looked = False
    for rows, named, role in _roles(data):
        looked = True
        given = ~rows.blank(named)
        if role and role != named:
            yield flag(
                rows.name,
                given & rows.blank(role),
                "the assessor is {who}, but their role is blank",
                role,
                expected="INVESTIGATOR or INDEPENDENT ASSESSOR",
                who=rows.text(named),
            )
        elif named.endswith("EVALID") and given.any():
            yield Hits(
                table=rows.name,
                rows=[-1],
                column=f"{rows.name}EVAL",
                expected="a column of roles",
                message=f"{rows.name} names assessors in {named} and has no column {{column}}",
            )
        kind = rows.table.column(named).map(kind_of, np.int64)
        if role:
            kind = np.maximum(kind, rows.table.column(role).map(kind_of, np.int64))
        nobody = ~given & (rows.blank(role) if role else True)
        if (kind >= INDEPENDENT).any():
            yield flag(
                rows.name,
                nobody,
                "no assessor is given, though other rows are of independent assessors",
                role or named,
                expected="an assessor",
            )
    if not looked:
        raise Skip("no table names an assessor")


@check("A03", needs={}, follows=("S04", "S11"))
def accepted_flag_conflict(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Records of two independent assessors accepted at one visit, or of none though an adjudicator
    is there.
    """
    tables = [data[n] for n in ("responses", "lesions") if usable(data, n, "accepted", "evaluator")]
    if not tables:
        raise Skip("neither responses nor lesions has the columns accepted and evaluator")
    visits = shared_visits(data)
    found = np.zeros(int(visits.max(initial=-1)) + 1, dtype=np.bool_)
    for rows in tables:
        visit = visits[rows.timepoint]
        criteria = rows.codes("criteria")[0]
        kind = kinds_of(rows)
        independent = (kind != INVESTIGATOR) & ~rows.blank("evaluator") & ~found[visit]
        accepted = independent & (parse_flags(rows.table.column("accepted")) == 1)
        each = np.zeros(rows.n, dtype=np.bool_)  # one row of each accepted assessor
        each[first_of(visit, criteria, rows.evaluator, where=accepted)] = True
        several = group(visit, criteria, where=each)
        second = np.flatnonzero(several.occurrence == 1)
        first = several.first()[several.number[second]]
        yield Hits(
            table=rows.name,
            rows=second,
            column="accepted",
            related=first,
            names={"lesion": ""},
            expected="one accepted assessor",
            parts={"other": rows.text("evaluator", first)},
            message="the records of {other} and of {evaluator} are both accepted at visit {visit}",
        )
        every = group(visit, criteria)
        none = ~every.of_rows(every.any(accepted), fill=False)
        judge = first_of(visit, criteria, where=independent & (kind == ADJUDICATOR) & none)
        yield Hits(
            table=rows.name,
            rows=judge,
            column="accepted",
            names={"lesion": ""},
            expected="Y for one assessor",
            message="{evaluator} decided at visit {visit}, but no assessor's record is accepted",
        )
        found[visit[second]] = True
        found[visit[judge]] = True


def _first_rows(number: Ints, at: Ints) -> Ints:
    """For each number the first of these rows, -1 for none."""
    out = np.full(int(number.max(initial=-1)) + 1, -1, dtype=np.int64)
    out[number[at[::-1]]] = at[::-1]
    return out


def _central(rows: Rows, visit: Ints, use: Bools, kind: Codes) -> Ints:
    """The central records that count at each visit: those accepted, else the adjudicator's, else
    every reader's.
    """
    at = np.flatnonzero(use & (kind >= INDEPENDENT))
    rank = (kind[at] == ADJUDICATOR).astype(np.int64)
    if "accepted" in rows:
        rank = np.where(parse_flags(rows.table.column("accepted").take(at)) == 1, 2, rank)
    at_visit = group(visit[at])
    at = at[rank == at_visit.of_rows(at_visit.maximum(rank), np.nan)]
    return np.asarray(at[first_of(visit[at], rows.evaluator[at])])


def both_sides(data: Data, codes: Codes) -> tuple[Ints, Ints, Ints, Ints]:
    """Rows of the investigator and of the central reader; then those of visits with both, central
    before own.
    """
    rows = data["responses"]
    kind, visit = kinds_of(rows), shared_visits(data)[rows.timepoint]
    use = (codes > Response.MISSING) & data.own_criteria
    own = np.flatnonzero(use & (kind == INVESTIGATOR))
    central = _central(rows, visit, use, kind)
    if not len(own) or not len(central):
        raise Skip("responses has no rows of both an investigator and a central reader")
    partner = _first_rows(visit, own)[visit[central]]
    return own, central, central[partner >= 0], partner[partner >= 0]


@check("A04", needs={"responses": ("overall", "evaluator")}, follows=("S11", "S04", "S10"))
def reader_discordance(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Visits at which the overall response of investigator and central reader differ; then first
    PD, then kappa.

    A visit's accepted central records count, else the adjudicator's, else each reader's. One
    finding per subject whose first PD lies on another day, and a last one, without a row, with
    Cohen's kappa.
    """
    under_own_criteria(data)
    rows, codes = data["responses"], data["responses"].responses("overall")
    own, central, here, there = both_sides(data, codes)
    differ = codes[here] != codes[there]
    yield Hits(
        table="responses",
        rows=here[differ],
        column="overall",
        related=there[differ],
        expected=rows.text("overall", there[differ]),
        parts={"other": rows.text("evaluator", there[differ])},
        message="{evaluator} gives {value} at visit {visit}, {other} {expected}",
    )
    yield from _first_progressions(rows, codes, own, central)
    if differ.any():
        kappa = cohens_kappa(codes[here], codes[there])
        text = (
            f"; Cohen's kappa is {kappa.estimate:.2f} ({kappa.count} without NE)"
            if kappa.count
            else ""
        )
        yield Hits(
            table="responses",
            rows=[-1],
            column="overall",
            value="",
            message=f"central reader and investigator agree at {np.count_nonzero(~differ)} of "
            f"{len(here)} "
            f"visit{'' if len(here) == 1 else 's'}{text}",
        )


def _first_progressions(rows: Rows, codes: Codes, own: Ints, central: Ints) -> Iterator[Hits]:
    """Subjects whose first PD lies on another day for the central reader than for the
    investigator.
    """

    def first(at: Ints) -> Ints:
        at = at[codes[at] == Response.PD]
        return _first_rows(rows.subject, at[order_rows(rows.day[at], rows.timepoint[at], at)])

    seen = [_first_rows(rows.subject, at) for at in (own, central)]
    both = np.flatnonzero((seen[0] >= 0) & (seen[1] >= 0))
    mine, theirs = first(own)[both], first(central)[both]
    days = rows.day[theirs] - rows.day[mine]
    differ = (mine >= 0) & (theirs >= 0) & (days != 0) & ~np.isnan(days)
    at, other = theirs[differ], mine[differ]
    side = np.where(days[differ] > 0, "later", "earlier")
    yield Hits(
        table="responses",
        rows=at,
        column=own_dates(rows)[0],
        related=other,
        expected=rows.text(own_dates(rows)[0], other),
        parts={
            "other": rows.text("evaluator", other),
            "days": np.abs(days[differ]),
            "side": side,
        },
        message="first PD of {evaluator} on {value}, of {other} on {expected}: {days} days {side}",
    )
    for some, none, reader in ((mine, theirs, seen[1]), (theirs, mine, seen[0])):
        alone = (some >= 0) & (none < 0)
        yield Hits(
            table="responses",
            rows=some[alone],
            column="overall",
            parts={"other": rows.text("evaluator", reader[both[alone]])},
            message="{evaluator} gives PD at visit {visit}, {other} never",
        )


@check("A05", needs={"lesions": ("evaluator",)}, follows=("L14", "L15", "S02", "A01"))
def baseline_reader_lesions_differ(data: Data, parameters: Parameters) -> Hits:
    """A reader who chose another number of targets, or of organs, at baseline than the subject's
    first reader.

    Only readers whose baseline is the same visit are compared.
    """
    rows, tracks = data["lesions"], data.n_tracks
    targets = baseline(rows, Role.TARGET)
    count = np.bincount(rows.track[targets], minlength=tracks)
    organs = np.zeros(tracks, dtype=np.int64)
    if "organ" in rows:
        at = np.flatnonzero(targets)
        at = at[np.asarray(rows.organ_words != "", dtype=np.bool_)[rows.organ[at]]]
        _, one = number_rows(rows.track[at], rows.organ[at])
        organs = np.bincount(rows.track[at[one]], minlength=tracks)
    first = _first_rows(rows.track, np.flatnonzero(rows.order == 0))
    first = np.concatenate([first, np.full(tracks - len(first), -1)])
    readers = np.flatnonzero(first >= 0)
    readers = readers[order_rows(first[readers])]
    lead = np.full(len(data.subjects), -1, dtype=np.int64)
    lead[data.track_subject[readers[::-1]]] = readers[::-1]
    other = lead[data.track_subject[readers]]
    visit = shared_visits(data)[rows.timepoint[first]] if rows.n else first
    differ = (count[readers] != count[other]) | (organs[readers] != organs[other])
    differ &= visit[readers] == visit[other]
    mine, other = readers[differ], other[differ]

    def said(which: Ints) -> list[str]:
        pairs = zip(count[which].tolist(), organs[which].tolist(), strict=True)
        return [f"{n} target(s)" + (f" in {m} organ(s)" if m else "") for n, m in pairs]

    return Hits(
        table="lesions",
        rows=first[mine],
        column="role",
        value=said(mine),
        expected=said(other),
        related=first[other],
        parts={"other": rows.text("evaluator", first[other])},
        names={"lesion": ""},
        message="{evaluator} chose {value} at baseline, {other} {expected}",
    )


def _visit_places(data: Data, visits: Ints) -> Ints:
    """The place in time of each timepoint among the visits of its subject, whoever assessed."""
    points = data.timepoints
    _, first = number_rows(visits)
    count, day = len(first), smallest_at(visits, points.day, len(first))
    words, visit = data.words("visit"), points.visit[first]
    order = time_order(
        data.track_subject[points.track[first]],
        day,
        visit_numbers(words)[visit],
        day,
        rank_of(words)[visit],
    )
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    return place[visits]


@check("A06", needs={}, follows=("S10", "A01"))
def assessor_changed_over_time(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An assessor who begins after another one of the same role has ended; at their first visit."""
    points = data.timepoints
    named_in = [n for n in ("responses", "lesions") if usable(data, n, "evaluator")]
    if not len(points) or not named_in:
        raise Skip("neither lesions nor responses names the evaluator")
    time, role = _visit_places(data, shared_visits(data)), np.zeros(data.n_tracks, dtype=np.int64)
    for name in named_in:
        role[data[name].track[::-1]] = kinds_of(data[name])[::-1]
    begin = smallest_at(points.track, time, data.n_tracks, NEVER)
    end = largest_at(points.track, time, data.n_tracks, -1)
    named = np.array([w != "" for w in data.words("evaluator")], dtype=np.bool_)[
        data.track_evaluator
    ]
    tracks = np.flatnonzero(named)
    alike = group(data.track_subject[tracks], role[tracks], by=end[tracks])
    last = tracks[alike.of_rows(alike.first())]  # the one of the role who ends first
    new = begin[tracks] > end[last]
    words = data.words("evaluator")
    at = points.start[tracks[new]]
    was = words[data.track_evaluator[last[new]]]
    for name, row in (
        ("lesions", points.lesions[at]),
        ("responses", np.where(points.lesions[at] >= 0, -1, points.responses[at])),
    ):
        here = np.flatnonzero(row >= 0)
        here = here[order_rows(row[here])]
        yield Hits(
            table=name,
            rows=row[here],
            column="evaluator",
            expected=was[here],
            names={"lesion": ""},
            message="{value} assesses from visit {visit} on, {expected} did before",
        )


@check(
    "A07",
    needs={"lesions": ("evaluator", "visit", "date|day")},
    follows=("=D01", "=D03", "=D06", "=D07", "D08", "=D09", "=D10", "=D13"),
    days=14,
)
def readings_dated_apart(data: Data, parameters: Parameters) -> Hits:
    """A visit that two evaluators date more than ``days`` apart: they read other scans.

    Where the other dates of that visit (of further evaluators, of samples) tell which of the two is
    off, the finding stands there; else at the one that comes later in the table.
    """
    points, most = data.timepoints, parameters["days"]
    named, _ = number_rows(points.track, points.visit)
    once = (np.bincount(named) == 1)[named]  # not one of which each date stands alone
    use = np.flatnonzero((points.lesions >= 0) & ~np.isnan(points.scan_day) & once)
    # visits that all date alike are most of them: of the others more is asked
    who, visit, day = data.track_subject[points.track[use]], points.visit[use], points.scan_day[use]
    far = _far_apart(who, visit, day, most)
    use, who, visit, day = use[far], who[far], visit[far], day[far]
    usual = _usual_days(data, who, visit, day)
    # the evaluator nearest to what is usual at that visit, of equals the first in the table
    at_visit = group(who, visit, by=(np.abs(day - usual), points.lesions[use]))
    near = at_visit.of_rows(at_visit.first())
    apart = np.abs(day - day[near])
    bad = np.flatnonzero(more_than(apart, most))
    bad = bad[order_rows(points.lesions[use[bad]])]
    rows = data["lesions"]
    return Hits(
        table="lesions",
        rows=points.lesions[use[bad]],
        column=own_dates(rows)[0],
        related=points.lesions[use[near[bad]]],
        expected=f"within {most:g} days",
        names={"lesion": ""},
        parts={"apart": apart[bad]},
        message="{evaluator} dates visit {visit} {value}, {apart} days from {related.evaluator}: did "
        "both read the same scan?",
    )


def _far_apart(who: Ints, visit: Ints, day: Floats, most: float) -> Bools:
    """Whether each evaluator's visit is of a subject's visit with dates more than some days
    apart.
    """
    shared, first = number_rows(who, visit)
    low, high = (at(shared, day, len(first)) for at in (smallest_at, largest_at))
    return more_than(high - low, most)[shared]


def _usual_days(data: Data, who: Ints, visit: Ints, day: Floats) -> Floats:
    """For each evaluator's visit the median day of everything that is named for that visit of the
    subject: readings, and samples.
    """
    subjects, visits, days = [who], [visit], [day]
    if "markers" in data.tables and {"subject", "visit"} <= {*data.tables["markers"]}:
        rows = data["markers"]
        if rows.table.has_days == data.tables.days:
            asked = np.zeros(len(data.subjects), dtype=np.bool_)
            asked[who] = True
            known = ~np.isnan(rows.day) & ~rows.blank("visit") & asked[rows.subject]
            subjects.append(rows.subject[known])
            visits.append(data["markers"].visit[known])
            days.append(rows.day[known])
    every = group(np.concatenate(subjects), np.concatenate(visits))
    return np.asarray(every.of_rows(every.median(np.concatenate(days)))[: len(who)])


@check("A08", needs={"lesions": ("evaluator",)}, follows=("A01", "A02"), share=0.5)
def never_read_centrally(data: Data, parameters: Parameters) -> Hits:
    """A subject that the investigator assessed and no central reader, where at least half of the
    others were read centrally.
    """
    rows = data["lesions"]
    kind = kinds_of(rows)
    own, central = (
        _any_at(rows.subject, where) for where in (kind == INVESTIGATOR, kind > INVESTIGATOR)
    )
    if not own.any() or not central.any():
        raise Skip("lesions has no rows of both an investigator and a central reader")
    lacking = own & ~central
    if np.count_nonzero(own & central) < parameters["share"] * np.count_nonzero(own):
        lacking[:] = False
    at = first_of(rows.subject, where=lacking[rows.subject])
    return Hits(
        table="lesions",
        rows=at,
        column="evaluator",
        expected="a central reading",
        names={"visit": "", "lesion": "", "date": ""},
        message="{subject} was assessed by the investigator and by no central reader",
    )
