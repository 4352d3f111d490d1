"""Sums and percent changes: does what was reported follow from the lesions?

Which limit is which: the sum of the targets, its change from baseline and from the nadir (the
smallest complete sum up to the visit before, baseline included) are recomputed and compared.
Sources: RECIST 1.1, 4.3.1 and 4.4.2; WHO 1979 and Miller et al. 1981 (products); EORTC
clarifications; NRG common errors. Input: the responses table and the lesions. Output: reported
values that differ, with what was expected.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import Role
from nettumor.crf.columns import Words
from nettumor.edit_checks.engine.register import CHECKS, Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import lesion_at, whole_lesions
from nettumor.edit_checks.reading.recomputed import MEASURED, size_criteria
from nettumor.edit_checks.reading.reported import under_own_criteria
from nettumor.edit_checks.reading.subjects import same_evaluators
from nettumor.edit_checks.rules.structure import whole
from nettumor.rows import first_of, group, order_rows

_PRODUCT = ("size|viable", "perpendicular|viable_perpendicular")


def differs(reported: Floats, computed: Floats, tolerance: float) -> Bools:
    """Whether two numbers are further apart than the tolerance; False where one is missing."""
    return more_than(reported, computed + tolerance) | more_than(computed, reported + tolerance)


def _judged(data: Data) -> tuple[Rows, Bools]:
    """The responses rows that can be compared: given under the criteria of the run, at baseline or
    after.
    """
    same_evaluators(data)
    under_own_criteria(data)
    rows = data["responses"]
    return rows, data.own_criteria & (rows.order >= 0)


def _complete(data: Data, rows: Rows) -> Bools:
    chain = data.chain
    return np.asarray(((chain.n_targets > 0) & (chain.n_missing == 0))[rows.timepoint])


def _of_products(data: Data) -> bool:
    return size_criteria(data.criteria).measure in ("product", "viable product")


@check(
    "U01",
    needs={"responses": ("sum",), "lesions": (MEASURED,)},
    follows=("row", "value", "sum", "M14"),
    tol_mm=0.5,
)
def sum_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported sum is not the sum of the targets; sums of products, outside WHO, to 1 mm2 as in
    U07.
    """
    if CHECKS["U07"].serves(data.criteria):
        raise Skip("sums of products are compared by U07")
    return _sums(
        data, max(parameters["tol_mm"], 1.0) if _of_products(data) else parameters["tol_mm"]
    )


def _sums(data: Data, tolerance: float) -> Hits:
    rows, use = _judged(data)
    reported, computed = rows.number("sum"), data.chain.sum[rows.timepoint]
    unit = size_criteria(data.criteria).unit
    at = np.flatnonzero(use & _complete(data, rows) & differs(reported, computed, tolerance))
    return Hits(
        table="responses",
        rows=at,
        column="sum",
        value=reported[at],
        expected=computed[at],
        related=data.timepoints.lesions[rows.timepoint[at]],
        related_table="lesions",
        parts={"count": data.chain.n_targets[rows.timepoint[at]]},
        message=f"reported sum {{value}} {unit} at visit {{visit}}; {{count}} target(s) add up to "
        f"{{expected}} {unit}",
    )


@check("U02", needs={"responses": ("sum",), "lesions": ()}, follows=("row", "value", "sum", "=L16"))
def sum_with_missing_target(data: Data, parameters: Parameters) -> Hits:
    """A sum is reported though a target was not measured."""
    rows, use = _judged(data)
    missing = data.chain.n_missing[rows.timepoint]
    assessed = data.timepoints.lesions[rows.timepoint] >= 0
    at = np.flatnonzero(use & (missing > 0) & ~np.isnan(rows.number("sum")) & assessed)
    return Hits(
        table="responses",
        rows=at,
        column="sum",
        expected="no sum",
        related_table="lesions",
        related=data.timepoints.lesions[rows.timepoint[at]],
        parts={"missing": missing[at], "names": _not_measured(data, rows.timepoint[at])},
        message="a sum of {value} is reported at visit {visit}, but {missing} target(s) were not "
        "measured{names}",
    )


_NAMED = 50
"""Targets of a course that are named in a sentence."""


def _not_measured(data: Data, at: Ints) -> Words:
    """For each of these timepoints the targets without a size, as " (T01, T03)"; "" where each has
    one, and for a course of more targets than one reads in a sentence.
    """
    rows = data["lesions"]
    if not len(at):
        return np.empty(0, dtype=object)
    target = (rows.cells.role == Role.TARGET) & whole_lesions(rows)
    targets = group(rows.track, where=group(rows.lesion, where=target).is_first())
    course = targets.find(data.timepoints.track[at])
    course[np.append(targets.size, 0)[course] > _NAMED] = -1
    which, row = targets.rows_of(course)
    sized = lesion_at(rows, rows.lesion[row], at[which], ~np.isnan(data.size))
    which, row = which[sized < 0], row[sized < 0]
    names: list[list[str]] = [[] for _ in at]
    for place, name in zip(which.tolist(), rows.text("lesion", row).tolist(), strict=True):
        names[place].append(name)
    return np.array([f" ({', '.join(n)})" if n else "" for n in names], dtype=object)


@check(
    "U03",
    needs={"responses": ("percent_from_baseline",), "lesions": (MEASURED,)},
    follows=("row", "value", "sum", "U01", "U06", "U07"),
    tol_pct=0.5,
)
def percent_baseline_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The reported change from baseline is not that of the sums; the message says where the sign is
    flipped.

    A wrong sum (U01) explains it where the percent is that of the sums as they were reported.
    """
    rows, use = _judged(data)
    reported = rows.number("percent_from_baseline")
    computed, tolerance = data.chain.percent_from_baseline[rows.timepoint], parameters["tol_pct"]
    bad = use & _complete(data, rows) & differs(reported, computed, tolerance)
    at = np.flatnonzero(bad)
    reported, computed = reported[at], computed[at]
    why = _why(reported, computed, tolerance, {"the sign is flipped": -computed})
    own = differs(reported, _from_reported(data, rows, at, nadir=False), tolerance)
    for where, apart_from in ((~own, ()), (own, ("U01",))):
        yield _wrong_percent("baseline", at, where, reported, computed, why, apart_from)


def _wrong_percent(
    start: str,
    at: Ints,
    where: Bools,
    reported: Floats,
    computed: Floats,
    why: Words,
    apart_from: tuple[str, ...],
) -> Hits:
    """The findings of a percent from baseline or nadir at some of the rows ``at``."""
    return Hits(
        table="responses",
        rows=at[where],
        column=f"percent_from_{start}",
        value=reported[where],
        expected=np.round(computed[where], 1),
        apart_from=apart_from,
        parts={"why": why[where]},
        message=f"reported change from {start} {{value}} % at visit {{visit}}; recomputed "
        "{expected} %{why}",
    )


def _from_reported(data: Data, rows: Rows, at: Ints, *, nadir: bool) -> Floats:
    """The percent change of the sums as reported of some rows, from the smallest one before or that
    at baseline; NaN for none.
    """
    if not len(at):
        return np.empty(0)
    points = data.timepoints
    sums = np.full(len(points), np.nan)
    if "sum" in rows:
        reported = rows.number("sum")
        held = first_of(rows.timepoint, where=~np.isnan(reported) & (rows.order >= 0))
        sums[rows.timepoint[held]] = reported[held]
    before = sums
    if nadir:
        before = group(points.track, where=~np.isnan(sums)).running_minimum(sums, before=True)
    elif len(points):
        before = np.where(points.baseline >= 0, sums[points.baseline], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((100 * sums / before - 100)[rows.timepoint[at]])


def _why(
    reported: Floats, computed: Floats, tolerance: float, readings: dict[str, Floats]
) -> Words:
    """The first of these readings by which the reported number is right, in brackets; else ""."""
    out = np.full(len(reported), "", dtype=object)
    for words, given, value in [(w, reported, v) for w, v in readings.items()] + [
        ("a fraction, not percent", 100 * reported, computed)
    ]:
        fits = ~np.isnan(given) & ~np.isnan(value) & ~differs(given, value, tolerance)
        out = np.where(fits & (out == ""), f" ({words})", out)
    return out


@check(
    "U04",
    needs={"responses": ("percent_from_nadir",), "lesions": (MEASURED,)},
    follows=("row", "value", "sum", "U01", "U02", "U06", "U07"),
    tol_pct=0.5,
)
def percent_nadir_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The reported change from the nadir is not that of the sums; the message says which reference
    was taken.

    A wrong sum (U01, U02) explains it where the percent is that of the sums as they were reported.
    """
    rows, use = _judged(data)
    chain, points, tolerance = data.chain, data.timepoints, parameters["tol_pct"]
    reported, computed = rows.number("percent_from_nadir"), chain.percent_from_nadir[rows.timepoint]
    bad = use & _complete(data, rows) & differs(reported, computed, tolerance)
    at = np.flatnonzero(bad)
    reported, computed, point = reported[at], computed[at], rows.timepoint[at]
    before = points.earlier()[point]
    last = np.where(before >= 0, chain.sum[before], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        from_last = 100 * chain.sum[point] / last - 100
    why = _why(
        reported,
        computed,
        tolerance,
        {
            "that is from baseline": chain.percent_from_baseline[point],
            "that is from the visit before": from_last,
            "the sign is flipped": -computed,
        },
    )
    own = differs(reported, _from_reported(data, rows, at, nadir=True), tolerance)
    for where, apart_from in ((~own, ()), (own, ("U01", "U02"))):
        yield _wrong_percent("nadir", at, where, reported, computed, why, apart_from)


@check(
    "U05",
    needs={"responses": ("nadir",)},
    follows=("row", "value", "sum", "U01", "U02", "U07"),
    tol_mm=0.5,
)
def nadir_increases(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reported nadir (column ``nadir``) above an earlier one, or above the smallest sum
    so far.
    """
    under_own_criteria(data)
    rows, unit = data["responses"], size_criteria(data.criteria).unit
    nadir, order = rows.number("nadir"), rows.order
    use = ~np.isnan(nadir) & (order >= 0) & data.own_criteria
    in_turn = group(rows.track, by=rows.timepoint, where=use)
    smallest = in_turn.running_minimum(nadir, before=True)
    bad = more_than(nadir, smallest + parameters["tol_mm"])
    joined = whole(data, "lesions") and ("evaluator" in data["lesions"]) == ("evaluator" in rows)
    lowest = data.chain.nadir[rows.timepoint] if joined else np.full(rows.n, np.nan)
    yield flag(
        "responses",
        bad,
        f"reported nadir {{value}} {unit} at visit {{visit}}; it was {{before}} {unit} "
        "at an earlier visit, and a nadir never rises",
        "nadir",
        expected=np.fmin(smallest, lowest),
        before=smallest,
    )
    if joined:
        above = (
            ~bad & data.own_criteria & (order > 0) & more_than(nadir, lowest + parameters["tol_mm"])
        )
        yield flag(
            "responses",
            above,
            f"reported nadir {{value}} {unit} at visit {{visit}}; the smallest sum so far "
            f"is {{expected}} {unit}",
            "nadir",
            expected=lowest,
        )


@check(
    "U08",
    needs={"responses": ("nadir",), "lesions": (MEASURED,)},
    follows=("row", "value", "sum", "U01", "U02", "U05", "U07"),
    tol_mm=0.5,
)
def nadir_mismatch(data: Data, parameters: Parameters) -> Hits:
    """A reported nadir below the smallest complete sum up to its visit: no sum was so small.

    A nadir may be that before the visit, or that with the visit; above both is U05's.
    """
    rows, use = _judged(data)
    nadir, point = rows.number("nadir"), rows.timepoint
    chain = data.chain
    now = np.where(chain.n_missing == 0, chain.sum, np.nan)[point]
    least = np.fmin(chain.nadir[point], now)
    bad = use & more_than(least, nadir + parameters["tol_mm"])
    return flag(
        "responses",
        bad,
        f"reported nadir {{value}} {size_criteria(data.criteria).unit} at visit {{visit}}; the smallest sum "
        f"up to it is {{expected}} {size_criteria(data.criteria).unit}",
        "nadir",
        expected=least,
    )


@check("U06", needs={"lesions": ()}, follows=("row", "value", "sum", "=L16"))
def baseline_sum_zero(data: Data, parameters: Parameters) -> Hits:
    """The sum at baseline is 0 or incomplete although there are targets; a target that comes later
    is L14's.
    """
    rows = data["lesions"]
    target = np.flatnonzero(
        (rows.order == 0) & (rows.cells.role == Role.TARGET) & whole_lesions(rows)
    )
    size, lesion = data.size[target], rows.lesion[target]
    sized = np.zeros(len(rows.in_time), dtype=np.bool_)
    sized[lesion[~np.isnan(size)]] = True
    sized &= ~_conflicting(rows, data.size)
    of_track = group(rows.track[target])
    missing = of_track.any(~sized[lesion])
    bad = missing | ~(of_track.total(size) > 0)
    at = target[of_track.first()[bad]]
    said = np.where(missing[bad], "incomplete", "0")
    order = order_rows(at)
    at, said = at[order], said[order]
    return Hits(
        table="lesions",
        rows=at,
        column="size",
        value=said,
        names={"lesion": ""},
        expected="a sum above 0 of all targets",
        message="the baseline sum of {subject} is {value}: percent changes are undefined",
    )


def _conflicting(rows: Rows, size: Floats) -> Bools:
    """Lesions whose rows at baseline give unequal sizes; rows that say nothing do not count."""
    out = np.zeros(len(rows.in_time), dtype=np.bool_)
    if rows.again.any():
        given = group(rows.lesion, where=(rows.order == 0) & ~np.isnan(size))
        out[given.keys[0]] = given.differ(size)
    return out


@check(
    "U07",
    needs={"responses": ("sum",), "lesions": _PRODUCT},
    follows=("row", "value", "sum"),
    tol=1.0,
)
def sum_of_product_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported sum of products is not the sum over the targets of longest times perpendicular
    diameter.
    """
    return _sums(data, parameters["tol"])
