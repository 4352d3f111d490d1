"""Target response: is what was reported what the targets give, and if not, by which rule?

The response of the targets is recomputed under the criteria of the run and set against the reported
one; the checks beside it name the known ways to get it wrong (CR with a lesion left, PR against the
wrong reference, PD short of 5 mm, a verdict with a target not measured). Sources: RECIST 1.1,
4.3.1, 4.3.2 and 4.4.2; EORTC clarifications. Input: responses and lesions. Output: rows of the
responses whose target response cannot stand.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least, risen_by
from nettumor.crf import Role
from nettumor.criteria import SizeCriteria
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.lesion_rows import whole_lesions
from nettumor.edit_checks.reading.recomputed import MEASURED, lesion_criteria
from nettumor.edit_checks.reading.reported import (
    Reported,
    as_recist,
    compared,
    first_lesion,
    last_point,
    names_of,
    other_reading,
    rows_at_points,
    tracks_with,
    tracks_with_lesions,
)
from nettumor.rows import order_rows
from nettumor.terminology import Response

_PARTS = {"responses": ("target",), "lesions": ()}
_MEASURED = {"responses": ("target",), "lesions": (MEASURED,)}
_RESPONSES = (Response.PR, Response.MR, Response.SD)


@check(
    "T01",
    needs=_PARTS,
    follows=(
        "row",
        "value",
        "chain",
        "=T02",
        "=T03",
        "=T04",
        "=T05",
        "=T07",
        "=T08",
        "=T09",
        "=S12",
        "=U01",
        "=U02",
    ),
)
def target_response_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The reported target response is not the recomputed one; a note where only a disputed reading
    differs.
    """
    said, chain = compared(data), data.chain
    point = said.rows.timepoint
    given, found = as_recist(said.target), chain.target[point]
    bad = said.use & (given > Response.MISSING) & (found > Response.MISSING) & (given != found)
    other = other_reading(data)[0][point]
    same = (given == other) | ((given == Response.MR) & (other == Response.SD))
    disputed = bad & (other != Response.MISSING) & same
    for where, severity, more in (
        (bad & ~disputed, "", ""),
        (disputed, "note", "; the rule is disputed, by its other reading it is {value}"),
    ):
        at = np.flatnonzero(where)
        why = [w.partition(": ")[2] for w in chain.explain(point[at], target=True)]
        yield Hits(
            table="responses",
            rows=at,
            column="target",
            expected=names_of(found[at]),
            severity=severity,
            parts={"why": np.array(why, dtype=object)},
            related=data.timepoints.lesions[point[at]],
            related_table="lesions",
            message="target response {value} is reported at visit {visit}, the targets give "
            "{expected}: {why}" + more,
        )


def still_there(data: Data, node_mm: float) -> Bools:
    """Rows of targets that are not gone: any size outside nodes, a short axis of ``node_mm`` in
    nodes.
    """
    rows, size = data["lesions"], data.size
    small = data.sizes.too_small
    left = np.where(rows.cells.nodal, at_least(size, node_mm), (size > 0) | small)
    return np.asarray(left & (rows.cells.role == Role.TARGET) & whole_lesions(rows))


@check(
    "T02",
    needs={"responses": ("target|overall",), "lesions": ()},
    follows=("row", "value", "chain"),
    node_cr_mm=10.0,
)
def cr_with_nonzero_target(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """CR while a target is left; on the overall response where no target response says so
    already.
    """
    said, rows = compared(data), data["lesions"]
    first = first_lesion(data, still_there(data, parameters["node_cr_mm"]))[said.rows.timepoint]
    size = data.size
    target = said.use & (said.target == Response.CR) & (first >= 0)
    overall = (
        said.use & (said.overall == Response.CR) & (said.target == Response.MISSING) & (first >= 0)
    )
    for column, where in (("target", target), ("overall", overall)):
        at = np.flatnonzero(where)
        left = size[first[at]].tolist()
        shown = np.array(
            [f"{v:g} mm" if v == v else "too small to measure" for v in left], dtype=object
        )
        yield Hits(
            table="responses",
            rows=at,
            column=column,
            expected="no CR",
            related=first[at],
            related_table="lesions",
            parts={"left": called("lesion", rows.text("lesion", first[at])), "size": shown},
            message="{column} response CR is reported at visit {visit}, but target {left} is left "
            "({size})",
        )


@check("T03", needs=_MEASURED, follows=("row", "value", "chain", "=U01"))
def cr_missed(data: Data, parameters: Parameters) -> Hits:
    """Every target is gone or a normal node, and the response is less than CR."""
    said = compared(data)
    gone = data.chain.target[said.rows.timepoint] == Response.CR
    bad = said.use & gone & np.isin(said.target, _RESPONSES)
    return flag(
        "responses",
        bad,
        "target response {value} is reported at visit {visit}, but every target outside "
        "nodes is gone and every node is normal, whatever its share in the sum ({sum} mm)",
        "target",
        expected="CR",
        sum=data.chain.sum[said.rows.timepoint],
    )


@check("T04", needs=_MEASURED, follows=("row", "value", "chain", "=U01"), abs_mm=5.0)
def pd_below_5mm(data: Data, parameters: Parameters) -> Hits:
    """PD by the percent limit alone: the increase from the nadir is short of the absolute one."""
    said, chain = compared(data), data.chain
    criteria = data.criteria
    if not isinstance(criteria, SizeCriteria):
        raise Skip(f"{criteria.title} have no absolute limit")
    point = said.rows.timepoint
    nadir, now = chain.nadir[point], chain.sum[point]
    percent = (nadir > 0) & risen_by(criteria.pd.value, nadir, now) & (now > nadir)
    bad = (
        said.use
        & (as_recist(said.target) == Response.PD)
        & percent
        & (chain.target[point] != Response.PD)
    )
    bad &= ~at_least(now, nadir + parameters["abs_mm"])
    return flag(
        "responses",
        bad,
        "target response {value} is reported at visit {visit}, but the sum grew from the "
        "nadir of {nadir} mm by {more} mm ({pct} %), short of {least} mm",
        "target",
        expected="no PD",
        nadir=nadir,
        more=now - nadir,
        pct=_percent(nadir, now),
        least=parameters["abs_mm"],
    )


def _percent(before: Floats, now: Floats) -> Floats:
    """The change in percent, to one decimal."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.round(np.where(before > 0, 100 * now / before - 100, np.nan), 1))


def _complete(data: Data) -> Bools:
    """Timepoints at which every target was measured."""
    chain = data.chain
    return np.asarray((chain.n_targets > 0) & (chain.n_missing == 0) & ~np.isnan(chain.sum))


@check("T05", needs=_MEASURED, follows=("row", "value", "chain", "=U01", "=U03"))
def pr_from_wrong_reference(data: Data, parameters: Parameters) -> Hits:
    """PR that holds against the visit before or the nadir, not against baseline."""
    said, chain, points = compared(data), data.chain, data.timepoints
    complete = _complete(data)
    before = last_point(points, complete & (points.order >= 0))
    last = np.where(before >= 0, chain.sum[before], np.nan) if len(points) else chain.sum
    limit = lesion_criteria(data.criteria).pr

    def met(reference: Floats) -> Bools:
        return limit.percent_met(reference, chain.sum) & limit.absolute_met(reference, chain.sum)

    wrong = (
        complete
        & ~met(chain.baseline)
        & (met(last) | met(chain.nadir))
        & (chain.target < Response.PR)
    )
    point = said.rows.timepoint
    at = np.flatnonzero(said.use & (said.target == Response.PR) & wrong[point])
    here = point[at]
    return Hits(
        table="responses",
        rows=at,
        column="target",
        expected=names_of(chain.target[here]),
        parts={
            "last": last[here],
            "sum": chain.sum[here],
            "base": chain.baseline[here],
            "pct": _percent(chain.baseline[here], chain.sum[here]),
            "was": data.visit_names[before[here]],
        },
        message="target response PR at visit {visit} holds against visit {was} ({last} mm), not "
        "against baseline: "
        "the sum of {sum} mm is {pct} % from {base} mm",
    )


@check(
    "T06",
    needs={"lesions": (MEASURED,)},
    follows=("row", "value", "chain", "T02"),
    margin_pct=1.0,
    margin_mm=1.0,
)
def near_threshold(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A change so near a limit that a slip of the ruler would change the response; one finding a
    timepoint.
    """
    chain, points, criteria = data.chain, data.timepoints, lesion_criteria(data.criteria)
    limit_pr, limit_pd = criteria.pr, criteria.pd
    margin = parameters["margin_pct"]
    # before and at baseline there is no response: MISSING
    open_ = _complete(data) & (chain.target > Response.NE) & (chain.target != Response.CR)
    reference = chain.nadir if limit_pd.reference == "nadir" else chain.baseline

    def near(before: Floats, limit: float) -> Bools:
        with np.errstate(invalid="ignore", divide="ignore"):
            return at_least(margin, np.abs(100 * chain.sum / before - 100 - limit))

    pr = open_ & near(chain.baseline, -limit_pr.value) & (chain.target != Response.PD)
    pd = open_ & ~pr & near(reference, limit_pd.value)
    from_reference = f"from the {limit_pd.reference}"
    absolute = []
    if limit_pd.absolute is not None and getattr(criteria, "absolute_combines", "and") == "and":
        # of two limits that must both be met one decides only where the other is met, or nearly
        least, more = limit_pd.absolute, chain.sum - reference
        pd &= at_least(more, least - parameters["margin_mm"])
        mm = open_ & ~pr & ~pd & risen_by(limit_pd.value, reference, chain.sum)
        mm &= at_least(parameters["margin_mm"], np.abs(more - least))
        absolute = [(mm, reference, f"increase {from_reference}", f"+{least:g} {limit_pd.unit}")]
    for where, before, change, limit in (
        (pr, chain.baseline, "change from baseline", f"-{limit_pr.value:g} %"),
        (pd, reference, f"change {from_reference}", f"+{limit_pd.value:g} %"),
        *absolute,
    ):
        in_percent = limit.endswith("%")
        value = (_percent(before, chain.sum) if in_percent else np.round(chain.sum - before, 1))[
            where
        ]
        shown = np.array(
            [f"{v:+g} {'%' if in_percent else limit_pd.unit}" for v in value.tolist()], dtype=object
        )
        at = points.lesions[where]
        order = order_rows(at)
        yield Hits(
            table="lesions",
            rows=at[order],
            column="size",
            value=shown[order],
            expected="the same response, measured again",
            names={"lesion": ""},
            parts={"limit": limit, "what": change, "label": names_of(chain.target[where])[order]},
            message="at visit {visit} the {what} of the sum is {value}, next to the limit of "
            "{limit}: "
            "{label} may turn on a reading error",
        )


@check("T07", needs=_MEASURED, follows=("row", "value", "chain", "=U01"))
def ne_but_evaluable(data: Data, parameters: Parameters) -> Hits:
    """NE though every target has a value."""
    said = compared(data)
    point = said.rows.timepoint
    evaluable = _complete(data) & (data.chain.target > Response.NE)
    at = np.flatnonzero(said.use & (said.target == Response.NE) & evaluable[point])
    return Hits(
        table="responses",
        rows=at,
        column="target",
        expected=names_of(data.chain.target[point[at]]),
        parts={"sum": data.chain.sum[point[at]]},
        message="target response NE is reported at visit {visit}, but every target has a value "
        "(sum {sum} mm)",
    )


@check("T08", needs=_PARTS, follows=("row", "value", "chain", "=L16"))
def evaluable_but_target_missing(data: Data, parameters: Parameters) -> Hits:
    """CR, PR or SD though a target was not measured; PD may stand where what was measured proves
    it.
    """
    said, chain = compared(data), data.chain
    point = said.rows.timepoint
    missing = (chain.n_missing > 0) & (chain.target == Response.NE)
    bad = said.use & np.isin(said.target, (Response.CR, *_RESPONSES)) & missing[point]
    return flag(
        "responses",
        bad,
        "target response {value} is reported at visit {visit}, but {n} of {all} targets "
        "were not measured",
        "target",
        expected="NE",
        n=chain.n_missing[point],
        all=chain.n_targets[point],
    )


def _after_baseline_with_lesions(said: Reported, data: Data) -> Bools:
    return np.asarray(said.use & tracks_with_lesions(data)[said.rows.track])


@check("T09", needs=_PARTS, follows=("S02", "S11", "L07", "L14", "L15", "=S12"))
def target_response_without_targets(data: Data, parameters: Parameters) -> Hits:
    """A target response in a patient without target lesions."""
    said = compared(data)
    none = ~tracks_with(data, Role.TARGET)[said.rows.track]
    bad = _after_baseline_with_lesions(said, data) & none & (said.target > Response.MISSING)
    return flag(
        "responses",
        bad,
        "target response {value} is reported at visit {visit}, but {subject} has no target lesions",
        "target",
        expected="blank",
    )


@check(
    "T10",
    needs={"responses": ("target", "overall"), "lesions": (MEASURED,)},
    follows=("S02", "S11", "=S04", "=O13"),
)
def target_response_missing(data: Data, parameters: Parameters) -> Hits:
    """Targets were measured and an overall response is given, without a target response."""
    said = compared(data)
    measured = (data.chain.n_targets > 0) & ~np.isnan(data.chain.sum)
    given = rows_at_points(data, said.use & (said.target != Response.MISSING))
    point = said.rows.timepoint
    at = np.flatnonzero(said.use & (said.overall > Response.MISSING) & (measured & ~given)[point])
    return Hits(
        table="responses",
        rows=at,
        column="target",
        expected=names_of(data.chain.target[point[at]]),
        parts={"overall": said.rows.text("overall", at)},
        message="no target response is given at visit {visit}, though targets were measured and the "
        "overall response is {overall}",
    )


@check(
    "T11",
    needs={"responses": ("target|non_target|overall",), "lesions": ()},
    follows=("S02", "L07", "L13", "L14", "D06", "D08"),
)
def response_at_baseline(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response at baseline or before it; one finding a row."""
    said = compared(data)
    early = data.own_criteria & (said.rows.order <= 0) & tracks_with_lesions(data)[said.rows.track]
    early &= data.timepoints.lesions[said.rows.timepoint] >= 0
    for column, codes in (
        ("overall", said.overall),
        ("target", said.target),
        ("non_target", said.non_target),
    ):
        bad = early & (codes > Response.MISSING)
        yield flag(
            "responses",
            bad,
            column.replace("_", "-") + " response {value} is reported at visit {visit}, which "
            "is the baseline",
            column,
            expected="blank",
        )
        early &= ~bad
