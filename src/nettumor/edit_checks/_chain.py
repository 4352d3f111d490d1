"""The responses recomputed from the lesions by the library's own chain, timepoint by timepoint.

Rows go to arrays (track, lesion, timepoint) in groups of tracks of like size, so that one subject with
many visits does not cost memory for all. Equal duplicates count once, unequal ones are not measured.
Sources: those of the functions that judge (`target_response`, `non_target_response`, `overall_response`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats
from nettumor.crf import Role, State, grid, number_rows, rank_within
from nettumor.criteria import RECIST_1_1, SizeCriteria
from nettumor.lesions import lesion_size
from nettumor.morphology import target_response
from nettumor.terminology import Response
from nettumor.timepoint import non_target_response, overall_response

if TYPE_CHECKING:
    from nettumor.edit_checks._data import Data, Rows

Ints = npt.NDArray[np.int64]


@frozen(eq=False)
class Chain:
    """Recomputed values, one element per timepoint of `Data.timepoints`; before baseline nothing (NaN, MISSING).

    Attributes
    ----------
    sum, baseline, nadir, percent_from_baseline, percent_from_nadir : ndarray of float
        As `target_response` gives them; the sum is of what was measured.
    n_missing, n_targets : ndarray of int
        Targets not measured; targets of the track.
    target, non_target, overall : ndarray of int8
        Codes of `Response`.
    new_lesion : ndarray of bool
        An unequivocal new lesion at this timepoint or before.
    reason : ndarray of int32
        `Reason` bits of the target response.
    size : ndarray of float, one element per row of the lesions table
        The size that counts for a row under the criteria, in their unit (5 mm put in for too small);
        NaN where not measured.
    """

    sum: Floats
    baseline: Floats
    nadir: Floats
    percent_from_baseline: Floats
    percent_from_nadir: Floats
    n_missing: Ints
    n_targets: Ints
    target: Codes
    non_target: Codes
    overall: Codes
    new_lesion: Bools
    reason: npt.NDArray[np.int32]
    size: Floats


def row_sizes(rows: Rows, criteria: SizeCriteria) -> tuple[Floats, Bools]:
    """The size of each row of the lesions table under the criteria, and where it is too small to measure."""
    read = {m: rows.cells.measure(m) for m in ("size", "perpendicular", "viable", "viable_perpendicular", "volume")}
    value = {m: r.value[:, None] for m, r in read.items()}
    size = lesion_size(
        value["size"], value["perpendicular"], viable=value["viable"] if "viable" in rows else None,
        viable_perpendicular=value["viable_perpendicular"], volume=value["volume"], nodal=rows.cells.nodal,
        criteria=criteria,
    )[:, 0] if criteria.measure != "viable diameter" else _viable(rows, value)  # fmt: skip
    small = read["size"].too_small
    if criteria.measure == "diameter":
        collected = rows.cells.measure("diameter")
        size = np.where(np.isnan(collected.value), size, collected.value)
        nodes = rows.cells.nodal & ~np.isnan(read["perpendicular"].value)
        small = small | (read["perpendicular"].too_small & rows.cells.nodal) | collected.too_small
        small = small & ~nodes
    return size, np.asarray(small & np.isnan(size))


def size_criteria(data: Data) -> SizeCriteria:
    """The criteria that sizes are read by: those of the run, or RECIST 1.1 where they are not of size."""
    return data.criteria if isinstance(data.criteria, SizeCriteria) else RECIST_1_1


def counted_size(data: Data) -> Floats:
    """The size of each row of the lesions table, the default put in for too small."""
    criteria = size_criteria(data)
    size, small = row_sizes(data["lesions"], criteria)
    data.read["small"] = size, small
    return size if criteria.too_small is None else np.where(small, criteria.too_small, size)


def _viable(rows: Rows, value: dict[str, Floats]) -> Floats:
    """mRECIST: the viable diameter of a lesion that has one at baseline, else its diameter."""
    plain = lesion_size(value["size"], value["perpendicular"], nodal=rows.cells.nodal, criteria=RECIST_1_1)[:, 0]
    viable = value["viable"][:, 0]
    enhancing = np.isin(rows.lesion, rows.lesion[(rows.order == 0) & ~np.isnan(viable) & ("viable" in rows)])
    return np.where(enhancing, viable, plain)


def recompute(data: Data) -> Chain:
    """The chain of a study; a criteria object that is not of size gives sums only where it can."""
    points = data.timepoints
    count = len(points)
    criteria = size_criteria(data)
    rows = data["lesions"]
    counted = data.size
    size, small = data.read["small"]
    out: dict[str, Any] = {name: np.full(count, np.nan) for name in (
        "sum", "baseline", "nadir", "percent_from_baseline", "percent_from_nadir")}  # fmt: skip
    out |= {name: np.zeros(count, dtype=np.int64) for name in ("n_missing", "n_targets")}
    out |= {"target": np.zeros(count, np.int8), "non_target": np.zeros(count, np.int8)}
    out |= {"reason": np.zeros(count, np.int32)}
    _targets(data, rows, size, small, criteria, out)
    _non_targets(data, rows, out)
    new = new_lesion_seen(data, rows)
    overall = np.asarray(overall_response(out["target"], out["non_target"], new, criteria=RECIST_1_1))
    overall = np.where(points.order > 0, overall, Response.MISSING).astype(np.int8)
    return Chain(new_lesion=new, overall=overall, size=counted, **out)


def _groups(data: Data) -> list[Ints]:
    """Tracks in groups of like numbers of timepoints."""
    length = np.diff(data.timepoints.start)
    bits = np.ceil(np.log2(np.maximum(length, 1))).astype(np.int64)
    return [np.flatnonzero(bits == b) for b in np.unique(bits)]


def _scatter(data: Data, group: Ints, out: dict[str, Any], found: dict[str, npt.NDArray[Any]]) -> None:
    """Results of shape (track, timepoint from baseline) to the timepoints."""
    points = data.timepoints
    place = np.full(data.n_tracks, -1)
    place[group] = np.arange(len(group))
    width = next(iter(found.values())).shape[-1]
    here = (place[points.track] >= 0) & (points.order >= 0) & (points.order < width)
    for name, array in found.items():
        out[name][here] = array[place[points.track[here]], points.order[here]]


def _arrays_of(
    data: Data, rows: Rows, use: Bools, group: Ints, values: npt.NDArray[Any], fill: Any
) -> tuple[npt.NDArray[Any], Ints, Ints]:
    """Values of the rows in use as (track, lesion, timepoint from baseline); rows and places of the lesions."""
    place = np.full(data.n_tracks, -1)
    place[group] = np.arange(len(group))
    mine = np.flatnonzero(use & (place[rows.track] >= 0) & (rows.order >= 0))
    track = place[rows.track[mine]]
    lengths = (data.timepoints.start[group + 1] - data.timepoints.start[group]).max(initial=0)
    dense, _ = number_rows(track)
    rank, _, _ = rank_within(dense, rows.lesion[mine])
    shape = (len(group), int(rank.max(initial=-1)) + 1, int(lengths))
    array = np.full(shape, fill, dtype=values.dtype)
    array[track, rank, rows.order[mine]] = values[mine]
    return array, mine, rank


def _targets(
    data: Data, rows: Rows, size: Floats, small: Bools, criteria: SizeCriteria, out: dict[str, Any]
) -> None:
    use = rows.cells.role == Role.TARGET
    repeated = conflicting(rows, size, use)
    value = np.where(repeated, np.nan, size)
    for group in _groups(data):
        sizes, mine, rank = _arrays_of(data, rows, use, group, value, np.nan)
        if not sizes.shape[1]:
            continue
        place = np.full(data.n_tracks, -1)
        place[group] = np.arange(len(group))
        track = place[rows.track[mine]]
        tiny = np.zeros(sizes.shape, dtype=np.bool_)
        tiny[track, rank, rows.order[mine]] = (small & ~repeated)[mine]
        nodal = np.zeros(sizes.shape[:2], dtype=np.bool_)
        nodal[track, rank] = rows.cells.nodal[mine]
        real = np.zeros(sizes.shape[:2], dtype=np.bool_)
        real[track, rank] = True
        # a target without any value is a target that was never measured, not padding: it keeps every visit open
        unmeasured = (real & ~((~np.isnan(sizes)) | tiny).any(-1)).any(-1)
        found = target_response(sizes, nodal=nodal, too_small=tiny, criteria=criteria, invalid="NE")
        response = np.where(unmeasured[:, None] & (found.response > Response.PD), Response.NE, found.response)
        width = sizes.shape[-1]
        targets = np.repeat(real.sum(-1)[:, None], width, axis=1)
        empty = np.count_nonzero(real & ~((~np.isnan(sizes)) | tiny).any(-1), axis=-1)
        _scatter(data, group, out, {
            "sum": found.sum, "baseline": found.baseline, "nadir": found.nadir, "n_targets": targets,
            "percent_from_baseline": found.percent_from_baseline, "percent_from_nadir": found.percent_from_nadir,
            "n_missing": found.n_missing + empty[:, None], "target": response, "reason": found.reason,
        })  # fmt: skip


def conflicting(rows: Rows, size: Floats, use: Bools) -> Bools:
    """Rows of one lesion and visit that give unequal sizes."""
    out = np.zeros(rows.n, dtype=np.bool_)
    mine = np.flatnonzero(use)
    if len(mine):
        places = grid(np.zeros(len(mine), np.int64), rows.lesion_visit[mine], np.zeros(len(mine), np.int64))
        out[mine] = places.repeated() & places.conflicts(size[mine])
    return out


_BY_STATE = np.full(len(State) + 1, Response.NON_CR_NON_PD, dtype=np.int8)
_BY_STATE[[State.BLANK, State.NOT_EVALUABLE, -1]] = Response.NE
_BY_STATE[[State.ABSENT, State.NON_PATHOLOGICAL, State.MERGED]] = Response.CR
_BY_STATE[State.UNEQUIVOCAL_PROGRESSION] = Response.PD


def non_target_codes(rows: Rows) -> Codes:
    """What each row says of a non-target lesion; a node with a short axis below 10 mm is normal."""
    cells = rows.cells
    codes = _BY_STATE[cells.state]
    short = cells.measure("perpendicular").value
    short = np.where(np.isnan(short), cells.measure("size").value, short)
    normal = cells.nodal & (short < (RECIST_1_1.node_normal or 0.0))
    codes = np.where(normal & (codes == Response.NON_CR_NON_PD), Response.CR, codes)
    return np.where(cells.contradiction, Response.NE, codes).astype(np.int8)


def _non_targets(data: Data, rows: Rows, out: dict[str, Any]) -> None:
    use = rows.cells.role == Role.NON_TARGET
    codes = non_target_codes(rows)
    for group in _groups(data):
        array, mine, rank = _arrays_of(data, rows, use, group, codes, np.int8(0))
        if not array.shape[1]:
            continue
        place = np.full(data.n_tracks, -1)
        place[group] = np.arange(len(group))
        real = np.zeros(array.shape[:2], dtype=np.bool_)
        real[place[rows.track[mine]], rank] = True
        array = np.where(real[..., None] & (array == Response.MISSING), np.int8(Response.NE), array)
        found = np.array(non_target_response(array))
        found[:, :1] = Response.MISSING
        _scatter(data, group, out, {"non_target": found})


def new_lesion_seen(data: Data, rows: Rows) -> Bools:
    """Timepoints at or after the first unequivocal sighting of a new lesion (present, unequivocal, or a size)."""
    there = (State.PRESENT, State.UNEQUIVOCAL, State.UNEQUIVOCAL_PROGRESSION, State.MEASURED, State.TOO_SMALL)
    seen = (rows.cells.role == Role.NEW) & np.isin(rows.cells.state, there) & (rows.order > 0)
    first = np.full(data.n_tracks, np.iinfo(np.int64).max)
    np.minimum.at(first, rows.track[seen], rows.order[seen])
    return np.asarray(data.timepoints.order >= first[data.timepoints.track])
