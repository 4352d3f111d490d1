"""Overall response at a visit: does it follow from its parts, and from the lesions?

Two comparisons, of two causes: with the response that the reported parts give (Tables 1 and 2 of
RECIST 1.1), and with the one that the lesions give under the criteria of the run. Beside them:
progression without a reason, what is reported after a progression, not evaluable without a reason,
not done with a result, a response before there was a therapy. Sources: RECIST 1.1, 4.3.1 to 4.4.4;
SDTMIG RS; P21 SD1123. Input: responses and lesions. Output: rows of the responses whose overall
response cannot stand, or needs a word of explanation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Codes, at_least
from nettumor.assessment.cr_markers import asks_for_markers
from nettumor.crf import NewLesion, Role, State
from nettumor.crf.columns import Words
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.marker_state import marker_against_cr
from nettumor.edit_checks.reading.reported import (
    CLINICAL,
    Reported,
    as_recist,
    at_points,
    compared,
    ever,
    last_point,
    names_of,
    other_reading,
    reported,
    tracks_with,
)
from nettumor.terminology import Response
from nettumor.timepoint.overall import combine
from nettumor.words.negation import says


def _no_parts(said: Reported) -> Bools:
    """Rows that report no part at all."""
    return np.asarray((said.target == 0) & (said.non_target == 0) & (said.new == NewLesion.BLANK))


@check(
    "O01",
    needs={"responses": ("overall", "target|non_target")},
    follows=("S02", "=S04", "=S11", "=O03", "=part"),
)
def overall_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The overall response is not the one that the reported parts give.

    Where the new-lesion indicator is blank PD may stand, too; rows whose parts are incomplete are
    not judged.
    """
    said = reported(data)
    target, non_target = as_recist(said.target), as_recist(said.non_target)
    judged = said.use & (said.overall > Response.MISSING) & (target >= 0) & (non_target >= 0)
    judged &= ((target > 0) | (non_target > 0)) & (target != Response.NON_CR_NON_PD)
    if "lesions" in data.tables:
        for role, part in ((Role.TARGET, target), (Role.NON_TARGET, non_target)):
            judged &= (part > 0) | ~tracks_with(data, role)[said.rows.track]
    new = said.new_lesion
    found = combine(
        np.where(judged, target, np.int8(0)), np.where(judged, non_target, np.int8(0)), new
    )
    open_ = (said.new != NewLesion.NO) & (said.new != NewLesion.EQUIVOCAL) & ~new
    overall = as_recist(said.overall)
    progressed = overall == Response.PD
    bad = judged & (overall != found) & ~(progressed & (open_ | said.clinical))
    complete = overall == Response.CR  # which a marker above its limit does not explain
    off = _off_lesions(data, said) if bad.any() else bad
    for where, apart_from in (
        (bad & complete & off, ("N03", *_PARTS)),
        (bad & complete & ~off, ("N03",)),
        (bad & ~complete & off, _PARTS),
        (bad & ~complete & ~off, ()),
    ):
        at = np.flatnonzero(where)
        yield Hits(
            table="responses",
            rows=at,
            column="overall",
            expected=names_of(found[at]),
            parts={
                "target": _or_none(said.rows.text("target", at)),
                "non_target": _or_none(said.rows.text("non_target", at)),
                "new": _or_none(said.rows.text("new_lesion", at)),
            },
            message="overall response {value} is reported at visit {visit}; target {target}, "
            "non-target {non_target} and new lesion {new} give {expected} (Tables 1 and 2)",
            apart_from=apart_from,
        )


_PARTS = ("T01", "T02", "T03", "T05", "T07", "T08", "N01", "N04", "W02", "W03")
"""Checks of a part against the lesions: they explain an overall response that the lesions give, not one
that follows from neither.
"""


def _off_lesions(data: Data, said: Reported) -> Bools:
    """Rows whose overall response is neither the one that the lesions give nor that of a reported part."""
    out = np.zeros(said.rows.n, dtype=np.bool_)
    if "lesions" not in data.tables:
        return out
    try:
        compared(data)
    except Skip:  # evaluators that cannot be compared
        return out
    found = data.chain.overall[said.rows.timepoint]
    overall = as_recist(said.overall)
    off = (found > Response.MISSING) & (overall != as_recist(found))
    for part in (said.target, said.non_target):
        off &= overall != as_recist(part)
    return np.asarray(off)


def _or_none(words: Words) -> Words:
    """Words, "none" where blank."""
    return np.where(words == "", "none", words)


@check(
    "O02",
    needs={"responses": ("overall|non_target",), "lesions": ()},
    follows=("row", "value", "chain", "W01", "W04", "=O01", "=O03", "=U01", "=U02", "=part"),
)
def overall_differs_from_measurements(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The overall response is not the one that the lesions give; a note where only a disputed
    reading differs.

    A progression on clinical grounds may stand. Where a marker is still above its limit, less than CR
    may stand, and is what the lesions give where the criteria ask for normal markers
    (``cr_markers``). Where the overall response agrees or is not given, a non-target response that passes over
    a progression is found, too.
    """
    said, chain = compared(data), data.chain
    point = said.rows.timepoint
    found = chain.overall[point]
    less = _less_by_marker(data)[point]
    by_marker = (less != Response.MISSING) & asks_for_markers(data.criteria)
    found = np.where(by_marker, less, found)
    bad = (
        said.use
        & (said.overall > Response.MISSING)
        & (found > Response.MISSING)
        & (said.overall != found)
    )
    bad &= ~((as_recist(said.overall) == Response.PD) & said.clinical)
    bad &= ~(less == said.overall)
    other = other_reading(data)[1][point]
    disputed = bad & (other != Response.MISSING) & (as_recist(said.overall) == other)
    lesser = (as_recist(said.overall) == Response.CR) & ~by_marker  # the lesions alone say so
    for where, severity, more, apart_from in (
        (bad & ~disputed & lesser, "", "", ("N03",)),
        (bad & ~disputed & ~lesser, "", "", ()),
        (disputed, "note", "; the rule is disputed, by its other reading it is {value}", ()),
    ):
        at = np.flatnonzero(where)
        why = [
            w.partition(": ")[2] + (", and a marker is above its upper limit" if marker else "")
            for w, marker in zip(chain.explain(point[at]), by_marker[at].tolist(), strict=True)
        ]
        yield Hits(
            table="responses",
            rows=at,
            column="overall",
            expected=names_of(found[at], data),
            severity=severity,
            parts={"why": np.array(why, dtype=object)},
            related=data.timepoints.lesions[point[at]],
            related_table="lesions",
            message="overall response {value} is reported at visit {visit}, the lesions give "
            "{expected}: {why}" + more,
            apart_from=apart_from,
        )
    passed = (
        said.use
        & ~bad
        & (chain.non_target[point] == Response.PD)
        & (said.non_target > Response.MISSING)
    )
    passed &= as_recist(said.non_target) != Response.PD
    yield flag(
        "responses",
        passed,
        "non-target response {value} is reported at visit {visit}, but a non-target lesion "
        "is recorded as unequivocally progressing",
        "non_target",
        expected="PD",
    )


def _less_by_marker(data: Data) -> Codes:
    """At each timepoint where a marker speaks against a CR: the response that is then right, else
    MISSING.
    """
    out = np.zeros(len(data.timepoints), np.int8)
    if "markers" not in data.tables or "upper_limit" not in data["markers"]:
        return out
    chain = data.chain
    complete = chain.overall == Response.CR
    try:
        high = marker_against_cr(data, 28.0, complete) >= 0
    except Skip:  # markers that cannot be dated say nothing
        return out
    lesser = np.where(
        chain.non_target == Response.CR, np.int8(Response.NON_CR_NON_PD), chain.non_target
    )
    less = combine(
        chain.target,
        np.where(lesser == 0, np.int8(Response.NON_CR_NON_PD), lesser),
        chain.new_lesion,
    )
    return np.where(high & complete, less, out)


@check(
    "O03", needs={"responses": ("overall",)}, follows=("S02", "S11", "=S04", "=S08", "=T04", "=K11")
)
def pd_without_reason(data: Data, parameters: Parameters) -> Hits:
    """PD for which neither the reported parts nor the lesions give a reason, nor a record of
    clinical progression.
    """
    said, points = reported(data), data.timepoints
    lesions = "lesions" in data.tables
    if not lesions and not ((said.target > 0) | (said.non_target > 0)).any():
        raise Skip("responses has no target or non-target response, and there are no lesions")
    pd = as_recist(said.overall) == Response.PD
    why = (
        (as_recist(said.target) == Response.PD)
        | (as_recist(said.non_target) == Response.PD)
        | said.new_lesion
    )
    why |= said.clinical | ended_clinically(data)[said.rows.subject]
    point = said.rows.timepoint
    if lesions:
        compared(data)
        chain = data.chain
        why |= (
            (chain.target == Response.PD) | (chain.non_target == Response.PD) | chain.new_lesion
        )[point]
        why |= _no_parts(said) & (points.lesions[point] < 0)  # nothing to judge by; `S08` speaks
    else:
        why |= _no_parts(said)
    earlier = ever(points, as_recist(at_points(data, said.overall)) == Response.PD)
    before = last_point(points, earlier) >= 0
    bad = said.use & pd & ~why & ~before[point]
    return flag(
        "responses",
        bad,
        "overall response {value} is reported at visit {visit}, but no target, non-target or "
        "new lesion progressed, and no clinical progression is recorded",
        "overall",
        expected="a reason for PD",
    )


def ended_clinically(data: Data) -> Bools:
    """For each subject code whether the record of the end of treatment tells of clinical
    progression.
    """
    out = np.zeros(len(data.subjects), dtype=np.bool_)
    if "subjects" in data.tables and "end_reason" in data["subjects"]:
        rows = data["subjects"]
        told = rows.table.column("end_reason").map(lambda w: says(w, CLINICAL), np.bool_)
        out[rows.subject[told]] = True
    return out


_BETTER = (Response.CR, Response.PR, Response.MR, Response.SD, Response.NON_CR_NON_PD)


def _after_pd(data: Data) -> tuple[Reported, Ints, Bools]:
    """The responses, and for each row the timepoint of the first PD of its track before it (-1 for
    none).
    """
    said, points = reported(data), data.timepoints
    pd = at_points(data, said.overall) == Response.PD
    first = pd & (last_point(points, pd) < 0)
    where = last_point(points, first)[said.rows.timepoint] if len(points) else said.rows.timepoint
    return said, where, said.use & (where >= 0)


@check(
    "O04",
    needs={"responses": ("overall",)},
    follows=(
        *("S02", "=S04", "S11", "O03", "T04", "=O01", "=O02", "=D08", "=part"),
        *("^O01", "^O02", "^T01", "^N04", "^T11", "^W02"),
    ),
)
def response_after_pd(data: Data, parameters: Parameters) -> Hits:
    """A response after an overall PD of the same evaluator."""
    said, first, after = _after_pd(data)
    at = np.flatnonzero(after & np.isin(said.overall, _BETTER))
    return Hits(
        table="responses",
        rows=at,
        column="overall",
        expected="PD",
        related=data.timepoints.responses[first[at]],
        parts={"pd": data.visit_names[first[at]]},
        message="overall response {value} is reported at visit {visit}, after PD at visit {pd}",
    )


@check("O05", needs={"responses": ("overall",)}, follows=("=O04", "=S04"))
def assessment_after_pd(data: Data, parameters: Parameters) -> Hits:
    """An assessment after the first PD: it does not count for the best response."""
    said, first, after = _after_pd(data)
    at = np.flatnonzero(after & (said.overall > Response.MISSING))
    return Hits(
        table="responses",
        rows=at,
        column="overall",
        parts={"pd": data.visit_names[first[at]]},
        message="visit {visit} ({value}) comes after PD at visit {pd}: it does not count for the "
        "best response",
    )


@check(
    "O12",
    needs={"responses": ("overall|target|non_target", "reason")},
    blank_allowed=True,
    follows=("S02", "=S04", "=M01", "=M02", "=M06", "=O01", "=T07", "=T09"),
)
def ne_without_reason(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """NE without a reason beside it or beside a lesion of the visit; one finding a row."""
    said = reported(data)
    given = np.logical_or.reduce([~said.rows.blank(c) for c in ("overall", "target", "non_target")])
    read = np.logical_or.reduce([c > 0 for c in (said.overall, said.target, said.non_target)])
    looked(data, read, given)
    open_ = said.use & said.rows.blank("reason")
    if "status" in said.rows:
        open_ &= said.rows.word("status") != "NOT DONE"  # `O13` speaks
    if "lesions" in data.tables and "reason" in data["lesions"]:
        rows = data["lesions"]
        state = rows.cells.state
        told = ~rows.blank("reason") & ((state == State.NOT_EVALUABLE) | (state == State.BLANK))
        known = np.zeros(len(data.timepoints), np.bool_)
        known[rows.timepoint[told]] = True
        open_ &= ~known[said.rows.timepoint]
    for column, codes in (
        ("overall", said.overall),
        ("target", said.target),
        ("non_target", said.non_target),
    ):
        bad = open_ & (codes == Response.NE)
        said_of = column.replace("_", "-")
        yield flag(
            "responses",
            bad,
            f"{said_of} response NE is reported at visit {{visit}} without a reason",
            "reason",
            value="",
            expected="a reason",
        )
        open_ &= ~bad


@check("O13", needs={"responses": ()})
def not_done_with_result(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """NOT DONE beside a response; in SDTM each record of RS by itself."""
    if "RS" in data and "RSSTAT" in data["RS"]:
        rows = data["RS"]
        column = next((c for c in ("RSSTRESC", "RSORRES") if c in rows), "")
        if not column:
            raise Skip("RS has no result (RSSTRESC, RSORRES)")
        given = rows.responses(column) != Response.MISSING
        bad = given & ~rows.blank(column) & (rows.word("RSSTAT") == "NOT DONE")
        yield flag(
            "RS", bad, "RSSTAT is NOT DONE, but the result is {value}", column, expected="blank"
        )
        return
    rows = data["responses"]
    if "status" not in rows:
        raise Skip("responses has no column status")
    said = reported(data)
    open_ = rows.word("status") == "NOT DONE"
    for name, codes in (
        ("overall", said.overall),
        ("target", said.target),
        ("non_target", said.non_target),
    ):
        bad = open_ & (codes != Response.MISSING)
        yield flag(
            "responses",
            bad,
            "the response at visit {visit} is NOT DONE, but {column} is {value}",
            name,
            expected="blank",
        )
        open_ &= ~bad


@check(
    "O15",
    needs={"responses": ("overall",), "subjects": ("treatment_start",)},
    follows=("S02", "D01", "D08", "=T11"),
    days=14.0,
)
def improvement_without_therapy(data: Data, parameters: Parameters) -> Hits:
    """CR or PR before the first dose, or within ``days`` of it."""
    said, subjects = reported(data), data["subjects"]
    start = np.full(len(data.subjects), np.nan)
    start[subjects.subject[::-1]] = subjects.dates("treatment_start").day[::-1]
    day = np.where(np.isnan(said.rows.day), data.timepoints.day[said.rows.timepoint], said.rows.day)
    since = day - start[said.rows.subject]
    known = (said.overall > Response.MISSING) & ~np.isnan(since)
    looked(data, known, known | (said.overall < Response.MISSING))
    bad = (
        data.own_criteria
        & np.isin(said.overall, (Response.CR, Response.PR))
        & at_least(parameters["days"], since)
    )
    at = np.flatnonzero(bad)
    return Hits(
        table="responses",
        rows=at,
        column="overall",
        parts={
            "days": np.abs(since[at]),
            "when": np.where(since[at] < 0, "before the first dose", "after the first dose"),
        },
        message="overall response {value} at visit {visit}, {days} days {when}",
    )
