"""Non-target response: does it follow from what was seen of the non-target lesions?

Sources: RECIST 1.1, 4.3.3 and 4.3.4 (CR asks for normal nodes and markers; progression must be
unequivocal); Morse et al. 2020; CDISC RECIST supplement (which words it may have). Input:
responses, lesions and markers. Output: rows of the responses that the lesions contradict, and
lesions without a status.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Codes, more_than
from nettumor.assessment.cr_markers import asks_for_markers
from nettumor.assessment.lesion_arrays import larger_rows, non_target_codes
from nettumor.crf import CrfTable, Role, State
from nettumor.crf.columns import Words
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import NEVER, lesion_at, misnamed, skip_sparse
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.marker_state import marker_against_cr
from nettumor.edit_checks.reading.recomputed import MEASURED
from nettumor.edit_checks.reading.reported import (
    at_points,
    compared,
    count_later_visits,
    ever,
    first_lesion,
    is_reported,
    later_visits,
    reported,
    rows_at_points,
    tracks_with,
    tracks_with_lesions,
)
from nettumor.rows import Groups, group, number_rows, order_rows, smallest_at
from nettumor.terminology import Response

_PARTS = {"responses": ("non_target",), "lesions": ()}


@frozen(eq=False)
class _Read:
    """The rows of lesions that are non-targets somewhere, in the order of the file: a fifth of a
    usual table, which alone is read.

    Attributes
    ----------
    row : ndarray of int
        Rows of the lesions table.
    table : CrfTable
        The table at these rows.
    code : ndarray of int8
        The response that each row of a non-target gives, MISSING for a row of another role.
    in_time : Groups
        The rows of each lesion in time, as places in ``row``.
    """

    rows: Rows
    row: Ints
    table: CrfTable
    code: Codes
    in_time: Groups

    @property
    def mine(self) -> Bools:
        """Rows in the role of a non-target."""
        return np.asarray(self.table.lesions.role == Role.NON_TARGET)

    def in_file(self, where: Bools) -> Bools:
        """A mask over the rows read as one over the lesions table."""
        out = np.zeros(self.rows.n, dtype=np.bool_)
        out[self.row[where]] = True
        return out


@made_once
def _read(data: Data) -> _Read:
    rows = data["lesions"]
    is_one = np.zeros(int(rows.lesion.max(initial=-1)) + 1, dtype=np.bool_)
    is_one[rows.lesion[rows.cells.role == Role.NON_TARGET]] = True
    row = np.flatnonzero(is_one[rows.lesion])
    table = rows.table.take(row)
    code = non_target_codes(table, data.criteria, rows.track[row], rows.order[row])
    code = np.where(table.lesions.role == Role.NON_TARGET, code, np.int8(Response.MISSING))
    return _Read(rows, row, table, code, group(rows.lesion[row], by=rows.timepoint[row]))


@check("N01", needs=_PARTS, follows=("row", "new lesion", "non-target"))
def nontarget_cr_with_present(data: Data, parameters: Parameters) -> Hits:
    """CR while a non-target lesion is left, or a non-target node is not normal."""
    said, rows, read = compared(data), data["lesions"], _read(data)
    there = (read.code == Response.NON_CR_NON_PD) | (read.code == Response.PD)
    first = first_lesion(data, read.in_file(there))[said.rows.timepoint]
    at = np.flatnonzero(said.use & (said.non_target == Response.CR) & (first >= 0))
    state, left = rows.text("state", first[at]), rows.table.take(first[at])
    long, short = (left.numbers(name).value for name in ("size", "perpendicular"))
    short = np.where(np.isnan(short), long, short)
    sized = [f"{v:g} mm" if v == v else "present" for v in short.tolist()]
    return Hits(
        table="responses",
        rows=at,
        column="non_target",
        expected="NON-CR/NON-PD",
        related=first[at],
        related_table="lesions",
        parts={
            "left": called("lesion", rows.text("lesion", first[at])),
            "state": np.where(state != "", state, sized),
        },
        message="non-target response CR is reported at visit {visit}, but {left} is left ({state})",
    )


@check(
    "N02",
    needs={"responses": ("target", "non_target")},
    follows=("=S04", "S11", "=T01", "=N01"),
    growth_pct=10.0,
)
def nontarget_cr_before_targets(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Every non-target lesion gone while the targets grow: rarely true."""
    said = reported(data)
    cr = said.use & (said.non_target == Response.CR)
    yield flag(
        "responses",
        cr & (said.target == Response.PD),
        "non-target response CR at visit {visit} beside target response PD: rarely true",
        "non_target",
    )
    if "lesions" in data.tables:
        chain, point = data.chain, said.rows.timepoint
        grown = more_than(chain.percent_from_nadir, parameters["growth_pct"])[point]
        stable = cr & (said.target == Response.SD) & grown
        yield flag(
            "responses",
            stable,
            "non-target response CR at visit {visit} while the targets have grown by {pct} "
            "% from their nadir: rarely true",
            "non_target",
            pct=np.round(chain.percent_from_nadir[point], 1),
        )


@check(
    "N03",
    needs={"responses": ("non_target|overall",), "markers": ("upper_limit",)},
    follows=("=S04", "S11", "K01", "K02", "K03", "K06", "K07", "=N01", "=T02", "=O01", "=O02"),
    days=28.0,
)
def nontarget_cr_marker_not_normal(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """CR while a marker that was above its limit at baseline is so still (nearest sample within
    ``days``); where the criteria name the markers (``cr_markers``), by these and their samples.
    """
    said, markers = reported(data), data["markers"]
    cr = said.use & ((said.non_target == Response.CR) | (said.overall == Response.CR))
    found = marker_against_cr(data, parameters["days"], rows_at_points(data, cr))
    found = found[said.rows.timepoint]
    open_ = cr & (found >= 0)
    asked = ("O02",) if asks_for_markers(data.criteria) else ()  # which then has it from here
    for column, codes, apart_from in (
        ("non_target", said.non_target, ("O01", "O02")),
        ("overall", said.overall, asked),
    ):
        at = np.flatnonzero(open_ & (codes == Response.CR))
        row = found[at]
        yield Hits(
            table="responses",
            rows=at,
            column=column,
            expected="less than CR",
            related=row,
            related_table="markers",
            parts={
                "marker": markers.text("marker", row),
                "level": markers.text("value", row),
                "limit": markers.text("upper_limit", row),
                "unit": markers.text("unit", row),
                "taken": markers.text("day" if markers.table.has_days else "date")[row],
            },
            message=column.replace("_", "-")
            + " response CR is reported at visit {visit}, but {marker} is still above "
            "its upper limit ({level} {unit}, limit {limit}, sample of {taken}); it was so at "
            "baseline",
            apart_from=apart_from,
        )
        open_[at] = False


def _worse(read: _Read) -> Bools:
    """Rows read that are worse: so called, larger than ever before, or back."""
    mine, worse = read.mine, larger_rows(read.table)
    for name in ("size", "perpendicular"):
        if name in read.table:
            value = read.table.lesions.measure(name).value
            sized = mine & ~np.isnan(value)
            if sized.any():
                last = read.in_time.previous(sized)
                worse |= sized & (last >= 0) & more_than(value, value[last])
    return np.asarray(mine & (worse | _back(read)))


def _back(read: _Read) -> Bools:
    """Rows read that were gone at their last assessment and are there again."""
    state = read.table.lesions.state
    gone = (read.code == Response.CR) & (state != State.MERGED) & (read.rows.order[read.row] > 0)
    if not gone.any():
        return np.zeros(len(gone), dtype=np.bool_)
    assessed = read.code > Response.NE
    last = read.in_time.previous(assessed)
    return np.asarray(assessed & (last >= 0) & gone[last] & (read.code != Response.CR))


def _is_pd(codes: Codes) -> Bools:
    return np.asarray((codes == Response.PD) | (codes == Response.IUPD))


@check("N04", needs=_PARTS, follows=("row", "new lesion", "non-target", "=N06"))
def nontarget_pd_without_worse_lesion(data: Data, parameters: Parameters) -> Hits:
    """PD although no non-target lesion is recorded as worse, there or before."""
    said = compared(data)
    read = _read(data)
    seen = np.zeros(len(data.timepoints), dtype=np.bool_)
    seen[read.rows.timepoint[read.row[_worse(read)]]] = True
    worse = ever(data.timepoints, seen)
    has = tracks_with(data, Role.NON_TARGET)[said.rows.track]
    assessed = (data.timepoints.lesions >= 0)[said.rows.timepoint]
    bad = said.use & _is_pd(said.non_target) & has & assessed & ~worse[said.rows.timepoint]
    return flag(
        "responses",
        bad,
        "non-target response {value} is reported at visit {visit}, but no non-target lesion "
        "is recorded as unequivocally worse",
        "non_target",
        expected="NON-CR/NON-PD, or the lesion that is worse",
    )


@check(
    "N05", needs={"responses": ("target", "non_target")}, follows=("=S04", "S11", "=T01", "=N04")
)
def nontarget_pd_with_targets_shrinking(data: Data, parameters: Parameters) -> Hits:
    """Non-target PD beside a target response: it must outweigh the shrinkage."""
    said = reported(data)
    bad = said.use & _is_pd(said.non_target) & (said.target >= Response.PR)
    at = np.flatnonzero(bad)
    return Hits(
        table="responses",
        rows=at,
        column="non_target",
        parts={"target": said.rows.text("target", at)},
        message="non-target response {value} at visit {visit} beside target response {target}: the "
        "progression must outweigh the shrinkage of the targets; please review",
    )


@check("N06", needs={"lesions": ()}, follows=("S02", "S06", "S11", "L15", "L14"))
def nontarget_missing_at_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A non-target lesion of the baseline without a status at a visit, unless the response there is
    NE.

    The finding stands at the first lesion row of that visit and names the lesion, or at the
    lesion's own empty row.
    """
    rows, points = data["lesions"], data.timepoints
    said = (
        at_points(data, reported(data).non_target)
        if is_reported(data)
        else np.zeros(len(points), np.int8)
    )
    mine = rows.cells.role == Role.NON_TARGET
    silent = (rows.cells.state == State.BLANK) & rows.blank("reason")
    base = group(rows.lesion, where=mine & (rows.order == 0)).first()
    # most lesions have a row at each later visit: the others are looked for there
    visits = count_later_visits(data, base)
    lacking = _visits_after(data)[rows.lesion[base]] < visits
    base = base[lacking]
    skip_sparse(rows, base, visits[lacking])
    row, point = later_visits(data, base)
    asked = np.zeros(int(rows.lesion.max(initial=-1)) + 1, dtype=np.bool_)
    asked[rows.lesion[base]] = True
    there = lesion_at(rows, rows.lesion[row], point, mine & asked[rows.lesion]) >= 0
    at = rows.cells.state == State.MERGED
    merged = smallest_at(rows.lesion[at], rows.timepoint[at], len(rows.in_time), NEVER)
    open_ = ~there & (point < merged[rows.lesion[row]]) & (said[point] != Response.NE)
    told = np.concatenate([rows.lesion[at] for at in misnamed(data)])  # `L14` speaks
    open_ &= ~np.isin(rows.lesion[row], told)
    row, point = row[open_], point[open_]
    order = order_rows(points.lesions[point])
    row, point = row[order], point[order]
    message = "non-target {lesion} has no status at visit {visit}{said}"
    yield Hits(
        table="lesions",
        rows=points.lesions[point],
        column="lesion",
        value="",
        related=row,
        expected="a status, or NE with a reason",
        names={"lesion": rows.text("lesion", row)},
        message=message,
        parts={"said": _while(said[point])},
    )
    empty = np.flatnonzero(mine & silent & (rows.order > 0))
    empty = empty[said[rows.timepoint[empty]] != Response.NE]
    yield Hits(
        table="lesions",
        rows=empty,
        column="state",
        value="",
        expected="a status, or NE with a reason",
        message=message,
        parts={"said": _while(said[rows.timepoint[empty]])},
    )


def _visits_after(data: Data) -> Ints:
    """At how many visits after the baseline each lesion has a row as a non-target."""
    read = _read(data)
    lesion, point = (of[read.row] for of in (read.rows.lesion, read.rows.timepoint))
    after = np.flatnonzero(read.mine & (read.rows.order[read.row] > 0))
    _, one = number_rows(lesion[after], point[after])
    return np.bincount(lesion[after[one]], minlength=int(read.rows.lesion.max(initial=-1)) + 1)


def _while(said: Codes) -> Words:
    """The reported response as an end of the sentence, "" where there is none."""
    words = np.array(
        ["", *(f"; the non-target response there is {r.label}" for r in Response if r), ""],
        dtype=object,
    )
    return np.asarray(words[said])


@check("N07", needs=_PARTS, follows=("S02", "S11", "L07", "L14", "L15", "=S04", "=O13", "X04"))
def nontarget_response_without_nontargets(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A non-target response without non-target lesions, or none although they were assessed."""
    said, rows = compared(data), data["lesions"]
    open_ = said.use & tracks_with_lesions(data)[said.rows.track]
    has = tracks_with(data, Role.NON_TARGET)[said.rows.track]
    yield flag(
        "responses",
        open_ & ~has & (said.non_target > Response.MISSING),
        "non-target response {value} is "
        "reported at visit {visit}, but {subject} has no non-target lesions",
        "non_target",
        expected="blank",
    )
    seen = (
        first_lesion(data, (rows.cells.role == Role.NON_TARGET) & (rows.cells.state != State.BLANK))
        >= 0
    )
    given = rows_at_points(data, said.use & (said.non_target != Response.MISSING))
    bad = open_ & (said.overall > Response.MISSING) & (seen & ~given)[said.rows.timepoint]
    yield flag(
        "responses",
        bad,
        "no non-target response is given at visit {visit}, though non-target lesions were assessed",
        "non_target",
        expected="a non-target response",
    )


@check(
    "N08",
    needs={"lesions": (f"state|{MEASURED}",)},
    follows=("row", "new lesion", "non-target", "L05", "M16"),
)
def nontarget_absent_then_present(data: Data, parameters: Parameters) -> Hits:
    """A non-target lesion that is back, without PD there and without a note beside it."""
    rows, points, read = data["lesions"], data.timepoints, _read(data)
    said = (
        at_points(data, reported(data).non_target)
        if is_reported(data)
        else np.zeros(len(points), np.int8)
    )
    back = read.row[_back(read) & read.table.blank("reason")]
    return Hits(
        table="lesions",
        rows=back[(rows.order[back] > 0) & ~_is_pd(said[rows.timepoint[back]])],
        column="state",
        message="non-target {lesion} was gone and is there again at visit {visit}; the non-target "
        "response is not PD, and no reason is given",
        expected="PD, or a reason",
    )


@check("N09", needs={"responses": ("non_target",)}, follows=("S11",))
def nontarget_pr(data: Data, parameters: Parameters) -> Hits:
    """PR, MR or SD as a non-target response; SD (IR/SD) is a word of WHO and RECIST 1.0."""
    said = reported(data)
    words = [Response.PR, Response.MR, Response.SD]
    if data.criteria.family in ("WHO", "RECIST 1.0", "EASL", "SWOG"):
        words.remove(Response.SD)
    bad = data.own_criteria & np.isin(said.non_target, words)
    return flag(
        "responses",
        bad,
        "{value} is no response of non-target lesions",
        "non_target",
        expected="CR, NON-CR/NON-PD, PD or NE",
    )


@check("N10", needs={"lesions": ("state",)}, follows=("L15", "S03", "M03"))
def nontarget_absent_at_baseline(data: Data, parameters: Parameters) -> Hits:
    """A non-target lesion that is absent at baseline, or progressing there: what is not there cannot
    be followed, and there is nothing from which it progressed.
    """
    rows, state = data["lesions"], data["lesions"].cells.state
    gone = (state == State.ABSENT) | (state == State.UNEQUIVOCAL_PROGRESSION)
    bad = gone & (rows.order == 0) & (rows.cells.role == Role.NON_TARGET)
    return flag(
        "lesions",
        bad,
        "non-target {lesion} is {value} at baseline (visit {visit})",
        "state",
        expected="PRESENT, or no lesion",
    )
