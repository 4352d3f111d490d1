"""Measurements in the course: jumps, copies, regrowth, and digits that are too even.

Sources: EORTC clarifications (a lesion that reappears); counts on published trial data (Laleh et al.
2022) for the limits of jumps. Input: the sizes of targets in time. Output: series and visits that look
like slips of unit or decimal point, copies, or habits of rounding.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least
from nettumor.crf import Role, State, number_rows, occurrence
from nettumor.edit_checks._data import Data, Ints
from nettumor.edit_checks._types import Hits, Parameters, check


@frozen(eq=False)
class Series:
    """The measured sizes of targets, sorted by lesion, then time; one element per measurement.

    Attributes
    ----------
    row : ndarray of int
        The row in the lesions table.
    size : ndarray of float
    lesion : ndarray of int
    before, after : ndarray of int
        The place of the neighbour in the same lesion, -1 for none.
    """

    row: Ints
    size: Floats
    lesion: Ints
    before: Ints
    after: Ints


def series_of(data: Data, *, positive: bool) -> Series:
    """The series of targets, of all measured sizes or of those above 0; one row per lesion and visit."""
    key = ("series", positive)
    if key not in data.read:
        rows, size = data["lesions"], data.size
        use = (rows.cells.role == Role.TARGET) & ((size > 0) if positive else (size >= 0))
        row = np.flatnonzero(use)
        row = row[np.lexsort((row, rows.timepoint[row], rows.lesion[row]))]
        row = row[occurrence(rows.lesion_visit[row]) == 0]
        lesion, index = rows.lesion[row], np.arange(len(row))
        same = np.concatenate([[False], lesion[1:] == lesion[:-1]]) if len(row) else np.empty(0, bool)
        before = np.where(same, index - 1, -1)
        after = np.where(np.append(same[1:], False), index + 1, -1) if len(row) else before
        data.read[key] = Series(row, size[row], lesion, before, after)
    found: Series = data.read[key]
    return found


def _text(series: Series, lesions: Ints) -> list[str]:
    """The sizes of some lesions, written one after the other."""
    start = np.searchsorted(series.lesion, lesions)
    stop = np.searchsorted(series.lesion, lesions, side="right")
    return [
        ", ".join(f"{v:g}" for v in series.size[a:b].tolist())
        for a, b in zip(start.tolist(), stop.tolist(), strict=True)
    ]


@check("M09", needs={"lesions": ()}, follows=("M04", "M05", "M08"), low=0.8, high=1.2, end_ratio=8.0, tstm_mm=5.0)
def tenfold_jump(data: Data, parameters: Parameters) -> Hits:
    """A size about ten times its neighbours, or a tenth: a slip of unit or decimal point; one finding a series.

    A point between two others is compared with their geometric mean, the last one with the one before it
    alone, unless it is the default for too small; the finding stands at the first such point.
    """
    s = series_of(data, positive=True)
    between = (s.before >= 0) & (s.after >= 0)
    last = (s.before >= 0) & (s.after < 0)
    with np.errstate(divide="ignore"):
        log = np.log10(s.size)
    step = np.abs(log - (log[s.before] + log[s.after]) / 2)
    slip = 1e-12  # the limits are soft: rounding of logarithms decides nothing
    jump = between & (step >= parameters["low"] - slip) & (step <= parameters["high"] + slip)
    was = s.size[s.before]
    ratio = parameters["end_ratio"]
    small = np.isin(s.size, (parameters["tstm_mm"],)) | np.isin(was, (parameters["tstm_mm"],))
    end = last & ~small & (at_least(s.size, ratio * was) | at_least(was, ratio * s.size))
    at = np.flatnonzero(jump | end)
    at = at[occurrence(s.lesion[at]) == 0]
    return Hits(table="lesions", rows=s.row[at], column="size", value=s.size[at],
                parts={"series": np.array(_text(s, s.lesion[at]), dtype=object)},
                message="{lesion} measures {series} mm in the course: cm for mm, or a decimal point, at one of them "
                "(first suspected: {value} at visit {visit})")  # fmt: skip


@check("M10", needs={"lesions": ()}, follows=("M08",), limit_mm=10.0, min_targets=2)
def all_small_values_cm(data: Data, parameters: Parameters) -> Hits:
    """A visit whose target sizes are all below 10 and not all whole, while all others are 10 or more."""
    rows, s = data["lesions"], series_of(data, positive=True)
    point, track = rows.timepoint[s.row], rows.track[s.row]
    count, tracks = len(data.timepoints), data.n_tracks
    small = ~at_least(s.size, parameters["limit_mm"])
    broken = s.size % 1 != 0
    sized = np.bincount(point, minlength=count)
    below = np.bincount(point[small], minlength=count)
    split = np.bincount(point[small & broken], minlength=count)
    in_track = np.bincount(track[small], minlength=tracks)[data.timepoints.track] if count else below
    others = (np.bincount(track, minlength=tracks)[data.timepoints.track] - sized) if count else below
    bad = (sized >= parameters["min_targets"]) & (below == sized) & (split > 0) & (in_track == below) & (others > 0)
    hit = np.flatnonzero(bad[point])
    hit = hit[occurrence(point[hit]) == 0]
    return Hits(table="lesions", rows=s.row[hit], column="size", value=s.size[hit], names={"lesion": ""},
                expected="sizes in mm",
                message="all targets at visit {visit} are below 10 mm and at no other visit: were they given "
                "in cm?")  # fmt: skip


@check("M11", needs={"lesions": ()}, follows=("M04", "M05", "M08", "M09", "M10"), factor=5.0)
def large_change(data: Data, parameters: Parameters) -> Hits:
    """A target that grows to five times its size, or shrinks to a fifth, between two measurements."""
    s = series_of(data, positive=True)
    was, factor = s.size[s.before], parameters["factor"]
    jump = (s.before >= 0) & (at_least(s.size, factor * was) | at_least(was, factor * s.size))
    at = np.flatnonzero(jump)
    return Hits(table="lesions", rows=s.row[at], column="size", value=s.size[at], parts={"was": was[at]},
                related=s.row[s.before[at]],
                message="{lesion} changed from {was} to {value} mm")  # fmt: skip


@check("M16", needs={"lesions": ()}, follows=("S03", "M03", "M04"))
def reappears_after_absent(data: Data, parameters: Parameters) -> Hits:
    """A target or non-target that was gone and is there again."""
    rows, size = data["lesions"], data.size
    role = np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))
    gone = (size == 0) | (rows.cells.state == State.ABSENT)
    gone &= rows.cells.state != State.MERGED
    there = (size > 0) | np.isin(rows.cells.state, (State.PRESENT, State.UNEQUIVOCAL_PROGRESSION, State.TOO_SMALL))
    use = np.flatnonzero(role & (gone | there) & ~rows.cells.contradiction)
    use = use[np.lexsort((use, rows.timepoint[use], rows.lesion[use]))]
    same = rows.lesion[use][1:] == rows.lesion[use][:-1]
    back = np.flatnonzero(same & gone[use][:-1] & there[use][1:]) + 1
    value = np.where(size[use[back]] > 0, size[use[back]], np.nan)
    said = rows.text("state")[use[back]]
    shown = np.array([f"{v:g} mm" if v == v else str(w) for v, w in zip(value, said, strict=True)], dtype=object)
    return Hits(table="lesions", rows=use[back], column="size", value=shown, related=use[back - 1],
                message="{lesion} was gone and is {value} at visit {visit}")  # fmt: skip


@check("M17", needs={"lesions": ()}, min_targets=3)
def identical_values_copied(data: Data, parameters: Parameters) -> Hits:
    """Every target of a visit has the size it had before."""
    rows, s = data["lesions"], series_of(data, positive=False)
    point = rows.timepoint[s.row]
    count = len(data.timepoints)
    same = (s.before >= 0) & (s.size == s.size[s.before]) & (s.size > 0)
    each = np.bincount(point, minlength=count)
    copied = np.bincount(point[same], minlength=count)
    bad = (each >= parameters["min_targets"]) & (copied == each)
    at = np.flatnonzero(bad[point])
    at = at[occurrence(point[at]) == 0]
    return Hits(table="lesions", rows=s.row[at], column="size", value=each[point[at]], names={"lesion": ""},
                message="all {value} targets have at visit {visit} the sizes of the visit before")  # fmt: skip


@check("M18", needs={"lesions": ()}, p=1e-4, n=50)
def terminal_digit_preference(data: Data, parameters: Parameters) -> Hits:
    """An evaluator whose whole millimetres end in 0 or 5 far more often than one in five."""
    from scipy.stats import binom

    rows, size = data["lesions"], data.size
    whole = (size > 0) & (size % 1 == 0) & ~_default(data)
    at = np.flatnonzero(whole)
    group, first = number_rows(rows.evaluator[at])
    total = np.bincount(group, minlength=len(first))
    even = np.bincount(group[size[at] % 5 == 0], minlength=len(first))
    chance = binom.sf(even - 1, total, 0.2)  # two of ten digits
    bad = np.flatnonzero((total >= parameters["n"]) & (chance < parameters["p"])) if len(at) else np.empty(0, int)
    row = np.sort(at[first[bad]])
    order = np.argsort(at[first[bad]])
    return Hits(table="lesions", rows=row, column="size", value=even[bad][order], expected="about one in five",
                parts={"total": total[bad][order]}, names={"subject": "", "visit": "", "lesion": "", "date": ""},
                message="{value} of {total} sizes end in 0 or 5")  # fmt: skip


def _default(data: Data) -> Bools:
    """Sizes that are the default for too small to measure."""
    small: Bools = data.read["small"][1]
    return small
