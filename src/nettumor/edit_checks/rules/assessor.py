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
from nettumor.crf import Role, number_rows, occurrence, parse_flags
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.rules.date import TUMOUR_DOMAINS, from_domains, own_dates, usable
from nettumor.edit_checks.rules.lesion import baseline
from nettumor.profile import cohens_kappa
from nettumor.study.tracks import rank_of
from nettumor.study.visits import time_order, visit_numbers
from nettumor.terminology import Response
from nettumor.words.evaluators import ADJUDICATOR, INDEPENDENT, INVESTIGATOR, OTHER
from nettumor.words.evaluators import read as kind_of


def kinds_of(rows: Rows) -> Ints:
    """The kind of each row's evaluator: by their role where it is given, else by their name."""
    by_name = (
        rows.table.column("evaluator").map(kind_of, np.int64)
        if "evaluator" in rows
        else np.zeros(rows.n, int)
    )
    if "evaluator_role" not in rows:
        return np.asarray(by_name)
    by_role = rows.table.column("evaluator_role").map(kind_of, np.int64)
    return np.where((by_role == OTHER) | (by_name == ADJUDICATOR), by_name, by_role)


def shared_visits(data: Data) -> Ints:
    """A number for each timepoint, the same for all assessors of one subject at one visit (or
    date).
    """
    points = data.timepoints
    if not len(points):
        return np.empty(0, np.int64)
    words = data.words("visit")
    blank = np.array([w == "" for w in words], dtype=np.bool_)[points.visit]
    _, days = np.unique(points.day, return_inverse=True)
    code = np.where(blank, len(words) + days, points.visit)
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
    row = np.flatnonzero(silent[rows.timepoint]) if rows.n else np.empty(0, np.int64)
    others = np.flatnonzero((points.lesions >= 0) & answered)
    others = others[np.argsort(visits[others], kind="stable")]
    start, stop = (
        np.searchsorted(visits[others], visits[rows.timepoint[row]], side=s)
        for s in ("left", "right")
    )
    count = stop - start
    row = np.repeat(row, count)
    other = others[
        np.repeat(start, count) + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    ]
    name, width = rows.codes("lesion")[0], len(rows.codes("lesion")[1]) + 1
    has = np.isin(points.track[other] * width + name[row], rows.track * width + name)
    lacks = ~np.isin(other * width + name[row], rows.timepoint * width + name)
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
    count = np.bincount(visits[assessed], minlength=int(visits.max(initial=-1)) + 1)
    mixed = (count >= 2) & _any_at(visits, responds) & ~_any_at(visits, accepted)
    use = np.flatnonzero(assessed & mixed[visits]) if len(points) else np.flatnonzero(assessed)
    use = use[np.lexsort((points.lesions[use], silent[use], visits[use]))]
    # of each visit the assessor to whom the response belongs, then the first of the others
    lead = use[occurrence(visits[use]) == 0]
    second = use[occurrence(visits[use]) == 1]
    keep = silent[second]
    row, other = _moved(data, silent, answered, visits)
    at = np.concatenate([row, points.lesions[second[keep]]])
    first = points.lesions[np.concatenate([other, lead[keep]])]
    once = occurrence(visits[rows.timepoint[at]]) == 0
    at, first = at[once], first[once]
    order = np.argsort(at)
    at, first = at[order], first[order]
    return Hits(
        table="lesions",
        rows=at,
        column="evaluator",
        related=first,
        names={"lesion": ""},
        expected="one assessor of all lesions, or an accepted flag",
        parts={"other": rows.text("evaluator")[first]},
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
        group = number_rows(visit, rows.codes("criteria")[0])[0]
        kind = kinds_of(rows)
        independent = (kind != INVESTIGATOR) & ~rows.blank("evaluator") & ~found[visit]
        accepted = independent & (parse_flags(rows.table.column("accepted")) == 1)
        use = np.flatnonzero(accepted)
        use = (
            use[occurrence(number_rows(group[use], rows.evaluator[use])[0]) == 0]
            if len(use)
            else use
        )
        second = use[occurrence(group[use]) == 1]
        head = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)
        head[group[use[::-1]]] = use[::-1]
        first = head[group[second]]
        yield Hits(
            table=rows.name,
            rows=second,
            column="accepted",
            related=first,
            names={"lesion": ""},
            expected="one accepted assessor",
            parts={"other": rows.text("evaluator")[first]},
            message="the records of {other} and of {evaluator} are both accepted at visit {visit}",
        )
        none = ~_any_at(group, accepted)[group] if rows.n else accepted
        judge = np.flatnonzero(independent & (kind == ADJUDICATOR) & none)
        judge = judge[occurrence(group[judge]) == 0]
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


def _first_rows(group: Ints, at: Ints) -> Ints:
    """For each group the first of these rows, -1 for none."""
    out = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)
    out[group[at[::-1]]] = at[::-1]
    return out


def _central(rows: Rows, visit: Ints, use: Bools, kind: Ints) -> Ints:
    """The central records that count at each visit: those accepted, else the adjudicator's, else
    every reader's.
    """
    at = np.flatnonzero(use & (kind >= INDEPENDENT))
    rank = (kind[at] == ADJUDICATOR).astype(np.int64)
    if "accepted" in rows:
        rank = np.where(parse_flags(rows.table.column("accepted").take(at)) == 1, 2, rank)
    best = np.zeros(int(visit.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(best, visit[at], rank)
    at = at[rank == best[visit[at]]]
    return (
        np.asarray(at[occurrence(number_rows(visit[at], rows.evaluator[at])[0]) == 0])
        if len(at)
        else at
    )


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
    rows, codes = data["responses"], data["responses"].responses("overall")
    own, central, here, there = both_sides(data, codes)
    differ = codes[here] != codes[there]
    yield Hits(
        table="responses",
        rows=here[differ],
        column="overall",
        related=there[differ],
        expected=rows.text("overall")[there[differ]],
        parts={"other": rows.text("evaluator")[there[differ]]},
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
        return _first_rows(rows.subject, at[np.lexsort((at, rows.timepoint[at], rows.day[at]))])

    both = np.intersect1d(rows.subject[own], rows.subject[central])
    mine, theirs = first(own)[both], first(central)[both]
    days = rows.day[theirs] - rows.day[mine]
    text, who = rows.text(own_dates(rows)[0]), rows.text("evaluator")
    differ = (mine >= 0) & (theirs >= 0) & (days != 0) & ~np.isnan(days)
    at, other = theirs[differ], mine[differ]
    side = np.where(days[differ] > 0, "later", "earlier")
    yield Hits(
        table="responses",
        rows=at,
        column=own_dates(rows)[0],
        related=other,
        expected=text[other],
        parts={"other": who[other], "days": np.abs(days[differ]), "side": side},
        message="first PD of {evaluator} on {value}, of {other} on {expected}: {days} days {side}",
    )
    for some, none, names in (
        (mine, theirs, who[_first_rows(rows.subject, central)[both]]),
        (theirs, mine, who[_first_rows(rows.subject, own)[both]]),
    ):
        alone = (some >= 0) & (none < 0)
        yield Hits(
            table="responses",
            rows=some[alone],
            column="overall",
            parts={"other": names[alone]},
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
        at = np.flatnonzero(targets & (rows.organ_words[rows.organ] != ""))
        _, one = number_rows(rows.track[at], rows.organ[at])
        organs = np.bincount(rows.track[at[one]], minlength=tracks) if len(at) else organs
    first = _first_rows(rows.track, np.flatnonzero(rows.order == 0))
    first = np.concatenate([first, np.full(tracks - len(first), -1)])
    readers = np.flatnonzero(first >= 0)
    readers = readers[np.argsort(first[readers])]
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
        parts={"other": rows.text("evaluator")[first[other]]},
        names={"lesion": ""},
        message="{evaluator} chose {value} at baseline, {other} {expected}",
    )


def _visit_places(data: Data, visits: Ints) -> Ints:
    """The place in time of each timepoint among the visits of its subject, whoever assessed."""
    points = data.timepoints
    count = int(visits.max(initial=-1)) + 1
    day = np.full(count, np.inf)
    known = np.flatnonzero(~np.isnan(points.day))
    np.minimum.at(day, visits[known], points.day[known])
    first = _first_rows(visits, np.arange(len(points)))
    words, visit = data.words("visit"), points.visit[first]
    day = np.where(np.isinf(day), np.nan, day)
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
    begin, end = np.full(data.n_tracks, np.iinfo(np.int64).max), np.full(data.n_tracks, -1)
    np.minimum.at(begin, points.track, time)
    np.maximum.at(end, points.track, time)
    named = np.array([w != "" for w in data.words("evaluator")], dtype=np.bool_)[
        data.track_evaluator
    ]
    tracks = np.flatnonzero(named)
    group, _ = (
        number_rows(data.track_subject[tracks], role[tracks]) if len(tracks) else (tracks, tracks)
    )
    order = np.lexsort((end[tracks], group))
    before = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)
    before[group[order[::-1]]] = tracks[order[::-1]]  # the one of the role who ends first
    last = before[group] if len(group) else group
    new = begin[tracks] > end[last]
    words = data.words("evaluator")
    at = points.start[tracks[new]]
    was = words[data.track_evaluator[last[new]]]
    for name, row in (
        ("lesions", points.lesions[at]),
        ("responses", np.where(points.lesions[at] >= 0, -1, points.responses[at])),
    ):
        here = np.flatnonzero(row >= 0)
        here = here[np.argsort(row[here])]
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
    once, _ = number_rows(points.track, points.visit)  # not one of which each date stands alone
    once = np.bincount(once, minlength=1)[once] == 1
    use = np.flatnonzero((points.lesions >= 0) & ~np.isnan(points.scan_day) & once)
    who, visit, day = data.track_subject[points.track[use]], points.visit[use], points.scan_day[use]
    usual = _usual_days(data, who, visit, day)
    group, _ = number_rows(who, visit)
    order = np.lexsort((-points.lesions[use], -np.abs(day - usual), group))
    last = order[np.append(group[order][1:] != group[order][:-1], True)] if len(use) else order
    near = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)
    near[group[last]] = last  # the evaluator nearest to what is usual at that visit
    apart = np.abs(day - day[near[group]]) if len(use) else day
    bad = np.flatnonzero(more_than(apart, most))
    bad = bad[np.argsort(points.lesions[use[bad]])]
    rows = data["lesions"]
    return Hits(
        table="lesions",
        rows=points.lesions[use[bad]],
        column=own_dates(rows)[0],
        related=points.lesions[use[near[group[bad]]]],
        expected=f"within {most:g} days",
        names={"lesion": ""},
        parts={"apart": apart[bad]},
        message="{evaluator} dates visit {visit} {value}, {apart} days from {related.evaluator}: did "
        "both read the same scan?",
    )


def _usual_days(data: Data, who: Ints, visit: Ints, day: Floats) -> Floats:
    """For each evaluator's visit the median day of everything that is named for that visit of the
    subject: readings, and samples.
    """
    subjects, visits, days = [who], [visit], [day]
    if "markers" in data.tables and {"subject", "visit"} <= {*data.tables["markers"]}:
        rows = data["markers"]
        if rows.table.has_days == data.tables.days:
            known = ~np.isnan(rows.day) & ~rows.blank("visit")
            subjects.append(rows.subject[known])
            visits.append(data.shared("visit", "markers")[known])
            days.append(rows.day[known])
    group, _ = number_rows(np.concatenate(subjects), np.concatenate(visits))
    every = np.concatenate(days)
    order = np.lexsort((every, group))
    start = np.searchsorted(group[order], group[: len(who)])
    stop = np.searchsorted(group[order], group[: len(who)], side="right")
    middle = start + (stop - start) // 2
    low = start + (stop - start - 1) // 2
    return np.asarray((every[order][middle] + every[order][low]) / 2) if len(who) else day


@check("A08", needs={"lesions": ("evaluator",)}, follows=("A01", "A02"), share=0.5)
def never_read_centrally(data: Data, parameters: Parameters) -> Hits:
    """A subject that the investigator assessed and no central reader, where at least half of the
    others were read centrally.
    """
    rows = data["lesions"]
    kind = kinds_of(rows)
    own = np.unique(rows.subject[kind == INVESTIGATOR])
    central = np.unique(rows.subject[kind > INVESTIGATOR])
    both = np.isin(own, central)
    if not len(central) or not len(own):
        raise Skip("lesions has no rows of both an investigator and a central reader")
    lacking = own[~both] if np.count_nonzero(both) >= parameters["share"] * len(own) else own[:0]
    at = np.flatnonzero(np.isin(rows.subject, lacking))
    at = at[occurrence(rows.subject[at]) == 0]
    return Hits(
        table="lesions",
        rows=at,
        column="evaluator",
        expected="a central reading",
        names={"visit": "", "lesion": "", "date": ""},
        message="{subject} was assessed by the investigator and by no central reader",
    )
