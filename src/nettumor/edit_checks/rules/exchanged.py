"""Sizes of a whole course that are probably another's, or radii: lesions exchanged from a visit on,
and a patient measured by the radius.

At one visit between two others the neighbours tell (`course_of_sizes`). Here the courses cross once:
from a visit on, or at the first or the last one, each of two lesions has the sizes of the other. A
radius throughout leaves no step; the sum that was reported, another reader of the same lesions, or
the least size of a target may tell. Sources: NRG and SWOG lists of common errors; RECIST 1.1, 3.1
(least sizes). The limits are library choices. Input: the diameters of targets in time, the reported
sums. Output: the row from which on something is wrong, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least
from nettumor.crf import Role
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.diameters import diameters, hits_by_column
from nettumor.edit_checks.reading.lesion_rows import baseline
from nettumor.edit_checks.reading.recomputed import size_criteria
from nettumor.edit_checks.rules.series import Series, series_of
from nettumor.rows import group, number_rows, order_rows

_LENGTH = "|".join(LENGTHS)


def _crossings(s: Series, point: Ints, default: Bools, parameters: Parameters) -> tuple[Ints, Ints]:
    """Pairs of measurements of one visit at which two lesions, and no others, take over each other's
    size from one measurement to the next; only pairs of lesions that do so once.
    """
    before = np.maximum(s.before, 0)
    step = np.log(s.size / s.size[before])
    far = (s.before >= 0) & (np.abs(step) >= parameters["least"]) & ~default & ~default[before]
    at = np.flatnonzero(far)
    steps = group(point[at], point[before[at]])
    two_far = steps.size == 2
    one, two = at[steps.first()[two_far]], at[steps.last()[two_far]]
    off = _apart(s, one, two)
    bad = off <= parameters["fit"]
    one, two = one[bad], two[bad]
    pair, _ = number_rows(s.lesion[one], s.lesion[two])
    once = np.bincount(pair, minlength=1)[pair] == 1
    one, two = one[once], two[once]
    swap = s.row[one] > s.row[two]
    return np.where(swap, two, one), np.where(swap, one, two)


def _apart(s: Series, one: Ints, two: Ints) -> Floats:
    """How far each size is from the other lesion's last one, as a distance of logarithms."""
    mine = np.log(s.size[one] / s.size[s.before[two]])
    other = np.log(s.size[two] / s.size[s.before[one]])
    return np.asarray(np.maximum(np.abs(mine), np.abs(other)))


def _is_held(s: Series, one: Ints, two: Ints, least: float) -> Bools:
    """Whether the course before or after a step is known from two measurements that agree."""
    known = np.zeros(len(one), np.bool_)
    before = s.before[one], s.before[two]
    for beside, there in ((s.after, (one, two)), (s.before, before)):
        calm = np.ones(len(one), np.bool_)
        for place in there:
            other = np.maximum(beside[place], 0)
            away = np.abs(np.log(s.size[place] / s.size[other]))
            calm &= (beside[place] >= 0) & (away < least / 2)
        known |= calm
    return known


@check(
    "M34",
    needs={"lesions": (_LENGTH, "lesion")},
    follows=("slip", "M26", "M27", "M28", "=M29", "=M30"),
    fit=0.12,
    least=0.45,
    restless=0.1,
    restless_from=20,
)
def lesions_exchanged_for_good(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Two targets that take over each other's size from a visit on, or have it at the first or the
    last visit.

    What stands at fewer visits is questioned: those before the step, or those from it on. A note
    where no second measurement holds either side, and in a study whose sizes often leap.
    """
    rows, s = data["lesions"], series_of(data, above=0, most=500.0)
    default = diameters(data).default[s.row]
    point = rows.timepoint[s.row]
    one, two = _crossings(s, point, default, parameters)
    if not len(one):
        return
    inner = (s.before >= 0) & (np.abs(np.log(s.size / s.size[s.before])) >= parameters["least"])
    steps = np.count_nonzero(s.before >= 0)
    often = np.count_nonzero(inner) >= max(
        parameters["restless"] * steps, parameters["restless_from"]
    )
    held = _is_held(s, one, two, parameters["least"])
    course = group(s.lesion)
    earlier = np.minimum(course.occurrence[one], course.occurrence[two])
    size = course.size[course.number]
    later = np.minimum(size[one], size[two]) - earlier
    first = earlier < later
    # the measurement that is questioned: at the step, of the side that has fewer visits
    mine, other = (np.where(first, s.before[p], p) for p in (one, two))
    side = np.select(
        [first & (earlier == 1), first, later == 1],
        ["at the first visit, {}", "up to visit {}", "at the last visit, {}"],
        "from visit {} on",
    )
    visit = rows.said_visits(s.row[mine])
    when = [w.format(v) for w, v in zip(side.tolist(), visit.tolist(), strict=True)]
    off = _apart(s, one, two)
    yield from hits_by_column(
        diameters(data).column,
        s.row[mine],
        "{lesion} is {value} mm and {related.lesion} {expected} mm {when}; each fits the course of the "
        "other ({off} % off): were the two exchanged?",
        severity=np.where(held & (not often), "", "note"),
        value=s.size[mine],
        expected=s.size[other],
        related=s.row[other],
        parts={"when": np.array(when, dtype=object), "off": np.round(100 * np.expm1(off))},
    )


def _halves_of_sums(data: Data, fit: float) -> Bools:
    """The tracks whose reported sums, two or more, are all twice those of their sizes."""
    found = np.zeros(data.n_tracks, np.bool_)
    if "responses" not in data or "sum" not in data["responses"]:
        return found
    if size_criteria(data.criteria).measure != "diameter":
        return found
    rows, chain = data["responses"], data.chain
    at = np.flatnonzero(data.own_criteria & (rows.number("sum") > 0))
    point = rows.timepoint[at]
    whole = (chain.n_missing[point] == 0) & (chain.sum[point] > 0)
    at, point = at[whole], point[whole]
    near = np.abs(rows.number("sum")[at] / (2 * chain.sum[point]) - 1) <= fit
    of_track = group(rows.track[at])
    found[of_track.keys[0]] = (of_track.count(near) >= 2) & of_track.all(near)
    return found


def _beside(data: Data, s: Series, use: Ints) -> tuple[Ints, Ints]:
    """Pairs of measurements of one lesion by name and visit by two readers, among some."""
    rows = data["lesions"]
    row = s.row[use]
    visit = data.timepoints.visit[rows.timepoint[row]]
    same = group(rows.subject[row], visit, rows.codes("lesion")[0][row])
    one, two = same.pairs()
    apart = rows.track[row[one]] != rows.track[row[two]]
    return use[one[apart]], use[two[apart]]


def _halves_of_others(data: Data, s: Series, parameters: Parameters) -> Bools:
    """The tracks whose sizes are all half of another reader's of the same lesions and visits, in a
    study whose readers measure the same lesions alike.
    """
    track, found = data["lesions"].track[s.row], np.zeros(data.n_tracks, np.bool_)
    one, two = _beside(data, s, np.flatnonzero(s.before < 0))
    ratio = np.log(s.size[one] / s.size[two])
    alike = len(ratio) >= parameters["min_lesions"]
    alike = alike and np.median(np.abs(ratio)) / 0.6745 <= parameters["alike"]
    half = np.abs(np.abs(ratio) - np.log(2)) <= parameters["each"]
    if not alike or not half.any():
        return found
    # where the first visit has it, every visit is asked
    asked = np.zeros(data.n_tracks, np.bool_)
    asked[track[one[half]]] = asked[track[two[half]]] = True
    one, two = _beside(data, s, np.flatnonzero(asked[track]))
    ratio = np.log(s.size[one] / s.size[two])
    both = group(track[one], track[two])
    lesions = both.count((s.before[one] < 0) & (s.before[two] < 0))
    middle = both.median(ratio)
    for sign, key in ((-1, 0), (1, 1)):
        near = np.abs(ratio - sign * np.log(2)) <= parameters["each"]
        bad = (np.abs(middle - sign * np.log(2)) <= 2 * parameters["fit"]) & both.all(near)
        found[both.keys[key][bad & (both.size >= 4) & (lesions >= 2)]] = True
    return found


def _all_too_small(data: Data) -> Bools:
    """The tracks of two or more baseline targets that are all below their least size, and doubled
    none is; RECIST 1.1, 3.1: 10 mm, nodes 15 mm.
    """
    rows, size = data["lesions"], diameters(data).value
    found = np.zeros(data.n_tracks, np.bool_)
    at = np.flatnonzero(baseline(rows, Role.TARGET) & (size > 0) & ~diameters(data).default)
    least = np.where(rows.cells.nodal[at], 15.0, 10.0)
    small = ~at_least(size[at], least) & at_least(2 * size[at], least)
    if small.any():
        of_track = group(rows.track[at])
        found[of_track.keys[0]] = (of_track.size >= 2) & of_track.all(small)
    return found


@check(
    "M35",
    needs={"lesions": (_LENGTH,)},
    follows=("M08", "M25"),
    fit=0.03,
    each=0.2,
    alike=0.15,
    min_lesions=10,
)
def radius_of_a_patient(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """All targets of a patient are probably given by their radius; one finding a patient and reader.

    Asked where something tells it: every reported sum is twice that of the sizes; another reader has
    twice as much of every lesion, in a study whose readers measure alike; or all baseline targets are
    below their least size, and none is when doubled (that alone is a note: small ones may have been
    chosen).
    """
    rows, s = data["lesions"], series_of(data, above=0, most=500.0)
    use = np.zeros(rows.n, np.bool_)
    use[s.row] = True
    looked(data, use, use)  # what is gone has no radius
    reasons = (
        (_halves_of_sums(data, parameters["fit"]), "the reported sums are twice theirs"),
        (_halves_of_others(data, s, parameters), "another reader has twice as much of each"),
        (_all_too_small(data), "all are below the least size of a target, and doubled none is"),
    )
    sure = reasons[0][0] | reasons[1][0]
    told = np.full(data.n_tracks, "", dtype=object)
    for where, words in reasons:
        told[where] = np.where(told[where] == "", words, told[where] + "; " + words)
    row = s.row[(told != "")[rows.track[s.row]]]
    at = row[group(rows.track[row], by=rows.timepoint[row]).first()]
    at = at[order_rows(at)]
    size: Floats = diameters(data).value[at]
    yield from hits_by_column(
        diameters(data).column,
        at,
        "the targets of {subject} ({evaluator}) may be given by their radius: {why} ({first} is {value} mm "
        "at visit {visit})",
        value=size,
        expected=np.array([f"about {2 * v:g} mm" for v in size.tolist()], dtype=object),
        severity=np.where(sure[rows.track[at]], "", "note"),
        names={"lesion": ""},  # it is about all of them
        parts={"why": told[rows.track[at]], "first": called("lesion", rows.text("lesion", at))},
    )
