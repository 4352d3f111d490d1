"""The first and the last visit of a course, where the sizes have one neighbour only: another reader's,
another patient's, or radii.

Between two neighbours a size that leaves its course is a slip (`course_of_sizes`); at an end it may be
the response or the growth itself. What all targets of a visit do together tells more: that each of
two visits has the sizes that the other's neighbour lets expect is no growth, and of patients it is
asked only where so many alike are not to be expected by chance. That all targets double or halve may be
growth: a note, but for visits whose reported target responses contradict the sizes as they stand and
follow from the doubled ones. Sources: NRG and SWOG lists of common errors; the limits are library
choices. Input: the diameters of targets in time. Output: pairs of visits, and visits of radii. No check
stands here: `course_of_sizes` has them.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least, risen_by
from nettumor.criteria import SizeCriteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.diameters import diameters
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.reported import as_recist, at_points, compared, reported_sums
from nettumor.edit_checks.rules.series import series_of
from nettumor.rows import group, order_rows
from nettumor.terminology import Response

_CALM = 4.0 / 3.0
_CHANCE = 1e-4
"""How many pairs of patients may be expected to fit by chance."""
_MOST, _SAMPLE = 30, 10_000
"""Targets that are counted for that, and sizes that are looked at."""
_OFF = 0.2
"""How far off its neighbour a size is at least, as a distance of logarithms."""


@frozen(eq=False)
class EndVisits:
    """Visits at an end of their course of which all targets, two or more, have a neighbour that the next
    one holds.

    Attributes
    ----------
    point : ndarray of int, shape (visit,)
        The timepoint.
    count : ndarray of int, shape (visit,)
        Its targets.
    row : ndarray of int, shape (visit,)
        The first row of its targets.
    visit, name : ndarray of int, shape (measurement,)
        The visit of each measurement, as a place in ``point``, in order; the code of its lesion's
        name, in order within the visit.
    size, expected : ndarray of float, shape (measurement,)
        mm; expected is the size at the neighbour.
    """

    point: Ints
    count: Ints
    row: Ints
    visit: Ints
    name: Ints
    size: Floats
    expected: Floats

    def mean(self, values: Floats) -> Floats:
        """The mean of a value of each measurement by visit."""
        return np.asarray(np.bincount(self.visit, values, len(self.point)) / self.count)

    def share(self, where: Bools) -> Floats:
        """The share of the measurements of each visit that are so."""
        return self.mean(where.astype(np.float64))


@made_once
def end_visits(data: Data, least: float) -> EndVisits:
    """The ends of the courses of a study at which most targets are ``least`` or more off their neighbour,
    as a distance of logarithms; made once.
    """
    rows, s = data["lesions"], series_of(data, above=0, most=500.0)
    default, point_of = diameters(data).default, rows.timepoint[s.row]
    begun = np.flatnonzero(np.append(True, s.lesion[1:] != s.lesion[:-1])[: len(s.row)])
    ended = np.append(begun[1:], len(s.row))[: len(begun)] - 1
    long = ended - begun >= 2
    at = np.concatenate([begun[long], ended[long]])
    inward = np.repeat([1, -1], np.count_nonzero(long))
    one, two = at + inward, at + 2 * inward
    larger, smaller = np.maximum(s.size[one], s.size[two]), np.minimum(s.size[one], s.size[two])
    calm = at_least(_CALM * smaller, larger) & ~default[s.row[at]] & ~default[s.row[one]]
    at, one = at[calm], one[calm]
    off = np.maximum(s.size[at], s.size[one]) >= np.exp(least) * np.minimum(s.size[at], s.size[one])
    count = len(data.timepoints)
    held, away, of_all = (
        np.bincount(p, minlength=count) for p in (point_of[at], point_of[at[off]], point_of)
    )
    asked = (held >= 2) & (held == of_all) & (2 * away > held)
    mine = asked[point_of[at]]
    at, one = at[mine], one[mine]
    row, point = s.row[at], point_of[at]
    of_visit = group(point)
    name = rows.codes("lesion")[0][row]
    use = order_rows(of_visit.number, name)
    first = np.full(len(of_visit), rows.n)
    np.minimum.at(first, of_visit.number, row)
    return EndVisits(
        of_visit.keys[0],
        of_visit.size,
        first,
        of_visit.number[use],
        name[use],
        s.size[at[use]],
        s.size[one[use]],
    )


def ends_exchanged(
    data: Data, key: Ints, *, fit: float, least: float, strangers: bool
) -> tuple[Ints, Ints, Floats]:
    """Pairs of visits of one key at ends of their courses, most targets of both off their course, whose
    sizes each fit the other's neighbours; the first rows of both, and how far off they are.

    Of ``strangers`` only those with so many targets that no pair is to be expected by chance.
    """
    ends = end_visits(data, least)
    size, expected = np.log(ends.size), np.log(ends.expected)
    use = np.arange(len(ends.point))
    if strangers:
        use = use[ends.count >= _least_count(data, key[ends.point], fit)]
    if len(use) < 2:
        return use[:0], use[:0], np.empty(0)
    mine, theirs = ends.mean(size)[use], ends.mean(expected)[use]
    place = key[ends.point[use]], ends.count[use]
    cells = [np.floor(np.maximum(m, 0) / fit).astype(np.int64) + 1 for m in (mine, theirs)]
    in_cell = group(*place, *cells)
    pairs: list[tuple[int, int]] = []
    for x in (-1, 0, 1):  # the means of two that fit lie in neighbouring cells
        for y in (-1, 0, 1):
            which, other = in_cell.rows_of(in_cell.find(*place, cells[1] + x, cells[0] + y))
            pairs += zip(which[which < other].tolist(), other[which < other].tolist(), strict=True)
    start = np.append(0, np.cumsum(ends.count))
    costs = sorted((_cost(ends, start, *use[[i, j]].tolist()), i, j) for i, j in pairs)
    found: list[tuple[float, int, int]] = []
    used: set[int] = set()
    for cost, i, j in costs:
        if cost <= fit and not {i, j} & used:
            used |= {i, j}
            found.append((cost, i, j))
    one, two = (np.array([f[k] for f in found], dtype=np.int64) for k in (1, 2))
    return ends.row[use[one]], ends.row[use[two]], np.array([f[0] for f in found])


def _least_count(data: Data, key: Ints, fit: float) -> int:
    """How many targets two patients of these visits must share so that fewer than `_CHANCE` pairs fit by
    chance, by how often two sizes of the study are alike.
    """
    size = series_of(data, above=0, most=500.0).size
    size = size[:: len(size) // _SAMPLE + 1]
    alike = group(np.floor(np.log(np.maximum(size, 1.0)) / (2 * fit)).astype(np.int64)).size
    by_chance = float(np.sum((alike / len(size)) ** 2))
    pairs = float(np.sum(group(key).size.astype(np.float64) ** 2) / 2)
    # that the mean of some distances is small is likelier than that each of them is
    for count in range(2, _MOST):
        if pairs * (by_chance**count * count**count / factorial(count)) ** 2 <= _CHANCE:
            return count
    return _MOST


def _cost(ends: EndVisits, start: Ints, one: int, two: int) -> float:
    """How far the sizes of each of two visits are from the neighbours of the other's lesions of the same
    names, as the larger mean distance of logarithms; inf where the names differ.
    """
    mine, theirs = (slice(int(start[v]), int(start[v + 1])) for v in (one, two))
    if not np.array_equal(ends.name[mine], ends.name[theirs]):
        return float("inf")
    sides = ((mine, theirs), (theirs, mine))
    return max(float(np.abs(np.log(ends.size[a] / ends.expected[b])).mean()) for a, b in sides)


def radii(data: Data, fit: float) -> tuple[EndVisits, Ints, Bools]:
    """The visits at an end of their course of which all targets are half of what they are beside it,
    within twice ``fit`` each and ``fit`` in the mean, and no sum is reported; and whether the reported
    target responses contradict these sizes and follow from the doubled ones.
    """
    ends = end_visits(data, _OFF)
    off = 2 * ends.size / ends.expected - 1
    whole = ends.share(at_least(2 * fit, np.abs(off))) == 1
    whole &= at_least(fit, np.abs(ends.mean(off)))
    if whole.any() and "responses" in data.tables and "sum" in data["responses"]:
        whole &= np.isnan(reported_sums(data)[ends.point])  # else `M36` says which is right
    at = np.flatnonzero(whole)
    return ends, at, told_by_responses(data, ends.point[at], 2.0)


def told_by_responses(data: Data, points: Ints, factor: float) -> Bools:
    """Timepoints after whose sum as it stands some reported target response of their course is another,
    and after ``factor`` times that sum none is.
    """
    out = np.zeros(len(points), dtype=np.bool_)
    if not len(points) or "responses" not in data.tables or "target" not in data["responses"]:
        return out
    criteria = data.criteria
    if not isinstance(criteria, SizeCriteria) or criteria.measure != "diameter":
        return out
    try:
        said = at_points(data, as_recist(compared(data).target))
    except Skip:  # no response under these criteria, or evaluators that cannot be compared
        return out
    chain, times = data.chain, data.timepoints
    total = np.where((chain.n_missing == 0) & (times.order >= 0), chain.sum, np.nan)
    for i, point in enumerate(points.tolist()):
        track = int(times.track[point])
        course = slice(int(times.baseline[point]), int(times.start[track + 1]))
        given, sums, gone = said[course], total[course], chain.target[course] == Response.CR
        other = sums.copy()
        other[point - course.start] *= factor
        out[i] = _contradicted(criteria, sums, given, gone) > 0
        out[i] &= _contradicted(criteria, other, given, gone) == 0
    return out


def _contradicted(criteria: SizeCriteria, sums: Floats, given: Ints, gone: Bools) -> int:
    """How many of the target responses of a course (PR, SD, PD) do not follow from its sums, the first
    that of baseline.
    """
    nadir = np.fmin.accumulate(sums)
    before = np.append(np.nan, nadir[:-1])
    grown = risen_by(criteria.pd.value, before, sums)
    if criteria.pd.absolute is not None:
        grown &= at_least(sums, before + criteria.pd.absolute)
    shrunk = criteria.pr.percent_met(sums[0], sums) & criteria.pr.absolute_met(sums[0], sums)
    found = np.where(grown, Response.PD, np.where(shrunk, Response.PR, Response.SD))
    judged = np.isin(given, (Response.PR, Response.SD, Response.PD)) & ~np.isnan(sums)
    judged[0] = False
    return int(np.count_nonzero(judged & ((found != given) | gone)))
