"""Sizes that something else in the study tells the right value of: the sum that was reported, the
other axis of the lesion, the visit or patient that they were copied from.

Sources: NRG and SWOG lists of common errors (transcription, wrong axis of a node); RECIST 1.1, 4.2
(short axis of nodes); the limits are library choices. Input: the diameters of targets in time, the
reported sums, both axes. Output: the row at fault, with what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.crf import Role
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.diameters import diameters, hits_by_column, in_mm
from nettumor.edit_checks.reading.recomputed import MEASURED, size_criteria
from nettumor.edit_checks.reading.reported import reported_sums, under_own_criteria
from nettumor.edit_checks.reading.subjects import same_evaluators
from nettumor.edit_checks.rules.assessor import kinds_of
from nettumor.edit_checks.rules.course_of_sizes import courses_of, digits_exchanged_of
from nettumor.edit_checks.rules.series import Series, copied_visits, series_of
from nettumor.rows import codes_of, find_rows, first_of, group, number_rows, occurrence, order_rows
from nettumor.study.tracks import rank_of
from nettumor.words.evaluators import ADJUDICATOR

_LENGTH = "|".join(LENGTHS)
_SLIPS = (
    "M04",
    "M05",
    "M08",
    "M09",
    "M10",
    "M15",
    "M25",
    "M26",
    "M27",
    "M28",
    "M29",
    "M30",
    "=M36",
)


def _neighbours(s: Series, place: Ints) -> Floats:
    """What the neighbours of some measurements let expect: their geometric mean, at an end the one
    there is.
    """
    beside = (s.before[place], s.after[place])
    both = np.stack([np.where(p >= 0, np.log(s.size[p]), np.nan) for p in beside])
    known = np.isfinite(both)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.exp(np.where(known, both, 0).sum(axis=0) / known.sum(axis=0)))


@check(
    "M36",
    needs={"responses": ("sum",), "lesions": (MEASURED,)},
    follows=("S03", "M08", "M25", "M35", "=M10", "=M26", "=M29", "=M30"),
    fit=0.02,
    min_targets=2,
    copied_targets=3,
    tol_mm=0.5,
)
def visit_against_sum(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reported sum that says what all sizes of its visit are: it is twice theirs (radii), ten times
    theirs (cm), that of another reader or patient, whose own is theirs, or another than that of sizes
    which are all those of the visit before.
    """
    same_evaluators(data)
    if size_criteria(data.criteria).measure != "diameter":
        raise Skip("the sums are not of diameters")
    under_own_criteria(data)
    chain, reported = data.chain, reported_sums(data)
    known = (chain.n_missing == 0) & (chain.n_targets >= parameters["min_targets"])
    known &= (chain.sum > 0) & ~np.isnan(reported)
    looked(data, known, known)
    wrong = known & more_than(np.abs(chain.sum - reported), parameters["tol_mm"])
    told = np.full(len(known), "", dtype=object)
    copied = copied_visits(data, parameters["copied_targets"])
    sizes_off = _sum_fits_better(data, reported)
    first = np.flatnonzero(wrong & (data.timepoints.order == 0))
    first = first[first + 1 < len(wrong)]
    first = first[copied[first + 1] & ~wrong[first + 1]]
    told[first] = "another, and all have the sizes of the next visit: were they copied from it?"
    told[wrong & copied] = "another, and all have the sizes of the visit before: were they copied?"
    for factor, words in (
        (2.0, "twice that: was the radius given for the diameter?"),
        (10.0, "ten times that: were they given in cm?"),
    ):
        near = np.abs(reported - factor * chain.sum) <= parameters["fit"] * factor * chain.sum
        told[wrong & near & sizes_off] = words
    points, at = data.timepoints, np.flatnonzero(wrong)
    one, two = _patients_exchanged(data, at, reported)
    names = data.subjects[data.track_subject[points.track[two]]]
    told[one] = [
        f"that of {n}, whose own is that: were the patients exchanged?" for n in names.tolist()
    ]
    one, two = _readers_exchanged(data, at, reported, parameters["tol_mm"])
    names = data.words("evaluator")[data.track_evaluator[points.track[two]]]
    told[one] = [
        f"that of {n or 'another reader'}, whose own is that: were the readers exchanged?"
        for n in names.tolist()
    ]
    rows = data["lesions"]
    measured = (rows.cells.role == Role.TARGET) & (diameters(data).value > 0)
    first = first_of(rows.timepoint, where=measured)
    first = first[told[rows.timepoint[first]] != ""]
    point = rows.timepoint[first]
    yield from hits_by_column(
        diameters(data).column,
        first,
        "the {count} targets at visit {visit} add up to {sum} mm, and the reported sum of {reported} mm "
        "is {told}",
        value=diameters(data).value[first],
        names={"lesion": ""},
        parts={
            "count": chain.n_targets[point],
            "sum": chain.sum[point],
            "reported": reported[point],
            "told": told[point],
        },
    )


def _sum_fits_better(data: Data, reported: Floats) -> Bools:
    """Timepoints whose reported sum is nearer to the sums of the sizes at the visits before and after
    than the sum of their own sizes is; where no visit is beside, all.
    """
    points, total = data.timepoints, data.chain.sum
    whole = (data.chain.n_missing == 0) & (total > 0) & (points.order >= 0)
    place = np.flatnonzero(whole)
    track = points.track[place]
    log = np.log(np.where(whole, total, np.nan))
    beside = np.full((2, len(total)), np.nan)
    same = np.flatnonzero(track[1:] == track[:-1])
    beside[0, place[same + 1]], beside[1, place[same]] = log[place[same]], log[place[same + 1]]
    known = ~np.isnan(beside)
    course = np.where(known, beside, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    nearer = np.abs(np.log(reported) - course) < np.abs(log - course)
    return np.asarray(nearer | ~known.any(axis=0))


def _patients_exchanged(data: Data, at: Ints, reported: Floats) -> tuple[Ints, Ints]:
    """Timepoints of one reader and visit whose reported sums are to a tenth each that of the sizes of
    another subject; each with the other's.
    """
    points, whose = data.timepoints, data.track_evaluator
    mine, theirs = (np.rint(10 * s[at]).astype(np.int64) for s in (reported, data.chain.sum))
    place = whose[points.track[at]], points.visit[at]
    other = find_rows((*place, mine, theirs), (*place, theirs, mine))
    found = (other >= 0) & (points.track[at] != points.track[at[other]])
    return at[found], at[other[found]]


def _readers_exchanged(
    data: Data, at: Ints, reported: Floats, tolerance: float
) -> tuple[Ints, Ints]:
    """Timepoints of one subject and visit whose reported sums are each that of another reader's sizes;
    each with the other's.
    """
    points, total = data.timepoints, data.chain.sum
    same = group(data.track_subject[points.track[at]], points.visit[at])
    one, two = (at[side] for side in same.pairs())
    crossed = np.fmax(np.abs(reported[one] - total[two]), np.abs(reported[two] - total[one]))
    found = ~more_than(crossed, tolerance)
    one, two = one[found], two[found]
    return np.concatenate([one, two]), np.concatenate([two, one])


@check(
    "M31",
    needs={"responses": ("sum",), "lesions": (MEASURED,)},
    follows=_SLIPS,
    fit=0.12,
    least=0.2,
    tol_mm=0.5,
)
def size_against_sum(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """One target of a visit is off its course, and the reported sum is right with a size in it.

    The reported sum was made from the sizes that were meant: what it lacks, or has too much, is the
    slip of that one size. Where it would fit several targets it tells nothing.
    """
    same_evaluators(data)
    if size_criteria(data.criteria).measure != "diameter":
        raise Skip("the sums are not of diameters")
    under_own_criteria(data)
    rows, chain, s = data["lesions"], data.chain, series_of(data, above=-1, most=500.0)
    reported = reported_sums(data)
    apart = chain.sum - reported
    apart = np.where((chain.n_missing == 0) & (chain.n_targets > 1), apart, np.nan)
    looked(data, ~np.isnan(apart), ~np.isnan(apart))
    # only the targets of visits whose reported sum is another are asked
    wrong = more_than(np.abs(apart), parameters["tol_mm"])
    place = np.flatnonzero(wrong[rows.timepoint[s.row]])
    row, size, expected = s.row[place], s.size[place], _neighbours(s, place)
    point = rows.timepoint[row]
    meant = np.round(size - apart[point], 6)
    near = np.abs(np.log(np.where(meant > 0, meant, 1.0) / expected)) <= parameters["fit"]
    far = np.abs(np.log(size / expected)) >= parameters["least"]
    fits = (meant > 0) & near & far & ~diameters(data).default[row]
    count = np.bincount(point[fits], minlength=len(data.timepoints))
    at = np.flatnonzero(fits & (count[point] == 1))
    yield from hits_by_column(
        diameters(data).column,
        row[at],
        "{lesion} is {value} mm at visit {visit}, off its course of about {course} mm; the reported "
        "sum of {sum} mm is right with {expected} mm{slip}",
        value=size[at],
        expected=meant[at],
        parts={
            "course": np.array([f"{v:.0f}" for v in expected[at].tolist()], dtype=object),
            "sum": reported[point[at]],
            "slip": _slips(size[at], meant[at], rows.cells.nodal[row[at]]),
        },
    )


def _slips(size: Floats, meant: Floats, nodal: Bools) -> npt.NDArray[np.object_]:
    """What turned the one into the other, as a message says it; "" where no slip is known to."""
    ratio = size / meant
    kinds = (
        (digits_exchanged_of(size) == meant, "its digits exchanged"),
        (np.abs(ratio / 0.5 - 1) < 0.01, "the radius was given"),
        (np.abs(np.abs(np.log10(ratio)) - 1) < 0.01, "a slip of the decimal point"),
        (nodal & (ratio > 1.15) & (ratio < 3), "perhaps the long axis was given for the short one"),
    )
    out = np.full(len(size), "", dtype=object)
    for where, words in kinds[::-1]:
        out[where] = f" ({words})"
    return out


@check(
    "M32",
    needs={"lesions": (_LENGTH,)},
    follows=(*_SLIPS, "M31"),
    fit=0.1,
    least=1.25,
    most=2.5,
)
def other_axis_entered(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size off its course that lies in the course of the lesion's other axis; of a node that has no
    other axis in the table one that is up at one visit by as much as a long axis is longer.

    Where nothing but the rise tells it is a note.
    """
    rows, c, least = data["lesions"], courses_of(data), parameters["least"]
    up, down = c.size / c.expected, c.expected / c.size
    far = np.flatnonzero(c.calm & (at_least(up, least) | at_least(down, least)))
    # from here on only of what is far off its course
    size, expected, up, place = c.size[far], c.expected[far], up[far], c.place[far]
    row, s = c.series.row[place], c.series
    was, then = (_other_axis(data, s.row[p[place]]) for p in (s.before, s.after))
    course = np.sqrt(np.where(was > 0, was, np.nan) * then)
    course = np.where(np.isnan(course), np.where(was > 0, was, then), course)
    off = np.abs(np.log(size / np.where(course > 0, course, np.nan)))
    risen = at_least(up, least)
    of_short = diameters(data).column[row] == "perpendicular"
    told = (off <= parameters["fit"]) | (of_short & (_other_axis(data, row) == size) & risen)
    node = rows.cells.nodal[row] & np.isnan(course) & ~told
    node &= risen & at_least(parameters["most"], up)
    at = np.flatnonzero(told | node)
    axis = np.where(
        rows.cells.nodal[row[at]],
        "long axis was given for the short one",
        "short axis was given for the long one",
    )
    yield from hits_by_column(
        diameters(data).column,
        row[at],
        "{lesion} is {value} mm at visit {visit}, and about {course} mm before and after: perhaps the "
        "{axis}{why}",
        value=size[at],
        expected=np.array([f"about {v:.0f} mm" for v in expected[at].tolist()], dtype=object),
        severity=np.where(told[at], "", "note"),
        parts={
            "axis": axis.astype(object),
            "why": np.where(told[at], ", which it fits", "").astype(object),
            "course": np.array([f"{v:.0f}" for v in expected[at].tolist()], dtype=object),
        },
    )


def _other_axis(data: Data, at: Ints) -> Floats:
    """For some rows the other axis than their diameter's, in mm; NaN for none."""
    rows, used = data["lesions"], diameters(data).column[at]
    out = np.full(len(at), np.nan)
    for column, beside in (("size", "perpendicular"), ("perpendicular", "size")):
        if column in rows:
            out = np.where(used == beside, in_mm(rows, column)[at], out)
    return out


def _alike(point: Ints, size: Ints, name: Ints, count: int) -> Ints:
    """For each timepoint a number, the same where all targets have the same sizes (codes) by their
    names.
    """
    order = order_rows(point, name).astype(point.dtype)
    rank = occurrence(point[order]).astype(point.dtype)
    by_rank = group(rank)
    code = np.zeros(count, dtype=np.int64)
    ends = by_rank.start.tolist()
    for place, (start, stop) in enumerate(pairwise(ends), 1):
        at = order[by_rank.row[start:stop]]  # of the timepoints with so many targets: ever fewer
        told, _ = number_rows(code[point[at]], size[at])
        code[point[at]] = count * place + told
    return code


def _sizes_of_visits(rows: Rows, s: Series, asked: Bools) -> tuple[Ints, Floats]:
    """A number for each timepoint that is asked, alike where all its sizes are; and how rare the sizes
    of each timepoint are together, as a logarithm.
    """
    point, count = rows.timepoint[s.row], len(asked)
    held, number = codes_of(s.size)
    held = held.astype(point.dtype)  # these stay while more is made
    log = np.log(np.bincount(held, minlength=len(number)) / max(len(s.size), 1))
    rarity: Floats = np.bincount(point, weights=log[held], minlength=count).astype(np.float64)
    use = asked[point]
    codes, words = rows.codes("lesion")
    name = rank_of(words)[codes[s.row[use]]]
    return _alike(point[use], held[use], name, count), rarity


@check("M33", needs={"lesions": (_LENGTH,)}, follows=("M17", "M28"), min_targets=3, chance=1e-3)
def visit_copied(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """All targets of a visit have the sizes of another one: of an earlier visit that is not the last
    (M17), of another reader, or of another patient.

    A note: stable lesions may measure the same. Of another patient it is asked where so many equal
    sizes are not to be expected by chance among all pairs of visits, by how often each size is in the
    study, and where the two patients are alike at that visit only.
    """
    rows, s, points = data["lesions"], series_of(data, above=0), data.timepoints
    s_point, count = rows.timepoint[s.row], len(points)
    plain = ~diameters(data).default[s.row]
    many = np.bincount(s_point[plain], minlength=count)
    of_all = np.bincount(rows.timepoint[rows.cells.role == Role.TARGET], minlength=count)
    asked = (many >= parameters["min_targets"]) & (many == of_all)
    code, rarity = _sizes_of_visits(rows, s, asked)
    use = np.flatnonzero(asked)
    use = use[order_rows(code[use], use)]
    same = np.flatnonzero(code[use][1:] == code[use][:-1])
    source, copy = use[same], use[same + 1]
    subject = data.track_subject[points.track] if count else points.track
    one_track = points.track[source] == points.track[copy]
    one_subject = subject[source] == subject[copy]
    first = points.lesions
    kind = kinds_of(rows)
    judge = (kind[first[source]] == ADJUDICATOR) | (kind[first[copy]] == ADJUDICATOR)
    earlier = one_track & (points.earlier()[copy] != source)
    reader = one_subject & ~one_track & ~judge & (points.visit[source] == points.visit[copy])
    reader[reader] = occurrence(points.track[copy[reader]]) == 0
    pairs = np.log(max(len(use), 1)) * 2 - np.log(2.0)
    both, _ = number_rows(*np.sort(np.stack([points.track[source], points.track[copy]]), axis=0))
    once = np.bincount(both)[both] == 1  # patients that are alike throughout are no copy
    stranger = ~one_subject & once & (rarity[copy] + pairs <= np.log(parameters["chance"]))
    at = np.flatnonzero(earlier | reader | stranger)
    what = np.where(one_subject, "of {}", "of patient {} at visit {}").astype(object)
    what[one_track] = "of visit {}"
    visit, who = rows.said_visits(first[source[at]]).tolist(), data.subjects
    readers = data.words("evaluator")
    told = []
    for i, its_visit in zip(at.tolist(), visit, strict=True):
        row = first[source[i]]
        named = {
            "of visit {}": (its_visit,),
            "of {}": (readers[rows.evaluator[row]],),
            "of patient {} at visit {}": (who[rows.subject[row]], its_visit),
        }
        told.append(str(what[i]).format(*named[str(what[i])]))
    place = first[copy[at]]
    yield from hits_by_column(
        diameters(data).column,
        place,
        "all {count} targets have at visit {visit} the sizes {whose}: were they measured, or copied?",
        value=np.array([f"{v:g}" for v in diameters(data).value[place].tolist()], dtype=object),
        names={"lesion": ""},
        expected="sizes measured at this visit",
        parts={"count": many[copy[at]], "whose": np.array(told, dtype=object)},
        related=first[source[at]],
    )
