"""Sums and percent changes: does what was reported follow from the lesions?

Which limit is which: the sum of the targets, its change from baseline and from the nadir (the smallest
complete sum up to the visit before, baseline included) are recomputed and compared. Sources: RECIST 1.1,
4.3.1 and 4.4.2; WHO 1979 and Miller et al. 1981 (products); EORTC clarifications; NRG common errors.
Input: the responses table and the lesions. Output: reported values that differ, with what was expected.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import Role
from nettumor.edit_checks._chain import size_criteria
from nettumor.edit_checks._data import Data, Rows
from nettumor.edit_checks._types import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.structure import same_evaluators

_SPOILS = ("S02", "S03", "S11", "L06", "L14", "L15", "M01", "M02", "M03", "M04", "M05", "M06", "M08", "M09", "M10",
           "M12", "M13", "M15", "S08", "S10", "D08")  # fmt: skip
"""Faults of rows after which a sum is not what was meant."""


def differs(reported: Floats, computed: Floats, tolerance: float) -> Bools:
    """Whether two numbers are further apart than the tolerance; False where one is missing."""
    return more_than(reported, computed + tolerance) | more_than(computed, reported + tolerance)


def _judged(data: Data) -> tuple[Rows, Bools]:
    """The responses rows that can be compared: given under the criteria of the run, at baseline or after."""
    same_evaluators(data)
    rows = data["responses"]
    return rows, data.own_criteria & (rows.order >= 0)


def _complete(data: Data, rows: Rows) -> Bools:
    chain = data.chain
    return np.asarray(((chain.n_targets > 0) & (chain.n_missing == 0))[rows.timepoint])


@check("U01", needs={"responses": ("sum",), "lesions": ()}, follows=(*_SPOILS, "M14"), tol_mm=0.5)
def sum_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported sum is not the sum of the targets."""
    if size_criteria(data).measure in ("product", "viable product"):
        raise Skip("sums of products are compared by U07")
    return _sums(data, parameters["tol_mm"])


def _sums(data: Data, tolerance: float) -> Hits:
    rows, use = _judged(data)
    reported, computed = rows.number("sum"), data.chain.sum[rows.timepoint]
    unit = size_criteria(data).unit
    at = np.flatnonzero(use & _complete(data, rows) & differs(reported, computed, tolerance))
    return Hits(
        table="responses", rows=at, column="sum", value=reported[at], expected=computed[at],
        related=data.timepoints.lesions[rows.timepoint[at]], related_table="lesions",
        message=f"reported sum {{value}} {unit}; the targets add up to {{expected}} {unit}",
    )  # fmt: skip


@check("U02", needs={"responses": ("sum",), "lesions": ()}, follows=_SPOILS)
def sum_with_missing_target(data: Data, parameters: Parameters) -> Hits:
    """A sum is reported though a target was not measured."""
    rows, use = _judged(data)
    missing = data.chain.n_missing[rows.timepoint]
    assessed = data.timepoints.lesions[rows.timepoint] >= 0
    bad = use & (missing > 0) & ~np.isnan(rows.number("sum")) & assessed
    return flag("responses", bad, "a sum of {value} is reported, but {missing} target(s) were not measured", "sum",
                expected="no sum", missing=missing)  # fmt: skip


@check("U03", needs={"responses": ("percent_from_baseline",), "lesions": ()}, follows=(*_SPOILS, "U01", "U06"),
       tol_pct=0.5)  # fmt: skip
def percent_baseline_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported change from baseline is not that of the sums; the message says where the sign is flipped."""
    rows, use = _judged(data)
    reported = rows.number("percent_from_baseline")
    computed, tolerance = data.chain.percent_from_baseline[rows.timepoint], parameters["tol_pct"]
    bad = use & _complete(data, rows) & differs(reported, computed, tolerance)
    flipped = bad & ~differs(-reported, computed, tolerance)
    return flag("responses", bad, "reported change from baseline {value} %, recomputed {expected} %{why}",
                "percent_from_baseline", value=reported, expected=np.round(computed, 1),
                why=np.where(flipped, " (the sign is flipped)", ""))  # fmt: skip


@check("U04", needs={"responses": ("percent_from_nadir",), "lesions": ()}, follows=(*_SPOILS, "U01", "U02", "U06"),
       tol_pct=0.5)  # fmt: skip
def percent_nadir_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported change from the nadir is not that of the sums; the message says which reference was taken."""
    rows, use = _judged(data)
    chain, points, tolerance = data.chain, data.timepoints, parameters["tol_pct"]
    reported = rows.number("percent_from_nadir")
    computed = chain.percent_from_nadir[rows.timepoint]
    bad = use & _complete(data, rows) & differs(reported, computed, tolerance)
    before = points.earlier()
    last = np.where(before >= 0, chain.sum[before], np.nan) if len(points) else chain.sum
    with np.errstate(invalid="ignore", divide="ignore"):
        from_last = (100 * chain.sum / last - 100)[rows.timepoint]
    from_baseline = chain.percent_from_baseline[rows.timepoint]
    why = np.where(bad & (np.abs(reported - from_last) <= tolerance), " (that is from the visit before)", "")
    why = np.where(bad & (np.abs(reported - from_baseline) <= tolerance), " (that is from baseline)", why)
    return flag("responses", bad, "reported change from nadir {value} %, recomputed {expected} %{why}",
                "percent_from_nadir", value=reported, expected=np.round(computed, 1), why=why)  # fmt: skip


@check("U05", needs={"responses": ("nadir",)}, follows=(*_SPOILS, "U01"), tol_mm=0.5)
def nadir_increases(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reported nadir (column ``nadir``) above an earlier one, or above the smallest sum so far."""
    rows = data["responses"]
    nadir, order = rows.number("nadir"), rows.order
    at = np.flatnonzero(~np.isnan(nadir) & (order >= 0))
    at = at[np.lexsort((at, rows.timepoint[at]))]
    track = rows.track[at]
    smallest = _running_minimum(nadir[at], track)
    rises = np.full(rows.n, np.nan)
    rises[at] = smallest
    bad = more_than(nadir, rises + parameters["tol_mm"])
    yield flag("responses", bad, "reported nadir {value} mm, after {expected} mm at an earlier visit", "nadir",
               expected=rises)  # fmt: skip
    if "lesions" in data.tables:
        lowest = data.chain.nadir[rows.timepoint]
        above = ~bad & data.own_criteria & (order > 0) & more_than(nadir, lowest + parameters["tol_mm"])
        yield flag("responses", above, "reported nadir {value} mm; the smallest sum so far is {expected} mm", "nadir",
                   expected=lowest)  # fmt: skip


def _running_minimum(values: Floats, group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The smallest earlier value of the group, inf for its first; groups stand together."""
    out = np.full(len(values), np.inf)
    if len(values):
        # ranks make each group's values smaller than those of all groups before it, so that one pass serves
        rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
        held = np.sort(values)
        place = np.cumsum(np.concatenate([[0], (group[1:] != group[:-1]).astype(np.int64)]))
        key = rank - place * len(values)
        low = np.minimum.accumulate(key)[:-1]
        same = group[1:] == group[:-1]
        out[1:] = np.where(same, held[(low + place[:-1] * len(values)) % len(values)], np.inf)
    return out


@check("U06", needs={"lesions": ()}, follows=_SPOILS)
def baseline_sum_zero(data: Data, parameters: Parameters) -> Hits:
    """The sum at baseline is 0 or missing although there are targets."""
    chain, points, rows = data.chain, data.timepoints, data["lesions"]
    has = np.zeros(data.n_tracks, dtype=np.bool_)
    has[rows.track[rows.cells.role == Role.TARGET]] = True
    bad = (points.order == 0) & has[points.track] & (points.lesions >= 0) & ~(chain.baseline > 0)
    at = points.lesions[bad]
    order = np.argsort(at)
    return Hits(table="lesions", rows=at[order], column="size", value=chain.baseline[bad][order],
                names={"lesion": ""}, expected="a sum above 0 of all targets",
                message="the baseline sum of {subject} is 0 or incomplete: percent changes are undefined")  # fmt: skip


@check("U07", needs={"responses": ("sum",), "lesions": ()}, follows=_SPOILS, tol=1.0)
def sum_of_product_mismatch(data: Data, parameters: Parameters) -> Hits:
    """The reported sum of products is not the sum over the targets of longest times perpendicular diameter."""
    return _sums(data, parameters["tol"])
