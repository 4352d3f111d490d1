"""Sizes that leave the course of their lesion: what probably happened, and at which row.

A size is held against what its lesion measures at the visits before and after (their geometric
mean), which is what one expects there. Where the two neighbours agree and the size does not, the
numbers may tell the slip: half the diameter (a radius), its digits exchanged, the size of another
lesion, the sizes of another reader or of another patient. Each is a warning that says how well the
numbers fit. Sources: NRG and SWOG lists of common errors; the limits are library choices. Input:
the diameters of targets in time. Output: the row at fault, with the probable value.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.crf import Role
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.edit_checks.engine.columns import called
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.diameters import diameters, hits_by_column
from nettumor.edit_checks.reading.lesion_rows import baseline
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.rules.ends_of_courses import ends_exchanged, radii
from nettumor.edit_checks.rules.series import Series, series_of
from nettumor.rows import group, number_rows, occurrence, order_rows

_LENGTH = "|".join(LENGTHS)


@frozen(eq=False)
class Courses:
    """The targets' measurements between two others, each with what its course lets expect.

    Attributes
    ----------
    series : Series
    place : ndarray of int
        Places in the series of measurements with both neighbours.
    size, expected : ndarray of float
        mm; expected is the geometric mean of the neighbours.
    calm : ndarray of bool
        The neighbours agree: the larger is at most a third larger.
    track, point : ndarray of int
    """

    series: Series
    place: Ints
    size: Floats
    expected: Floats
    calm: Bools
    track: Ints
    point: Ints

    @property
    def row(self) -> Ints:
        """The rows in the lesions table."""
        return self.series.row[self.place]


_CALM = 4.0 / 3.0
_FAR, _CROSSED = 0.35, 0.12
"""How far off their courses two exchanged lesions are at least, and off each other's at most; as
distances of logarithms."""


@made_once
def courses_of(data: Data) -> Courses:
    """The courses of a study; made once."""
    rows, s = data["lesions"], series_of(data, above=0, most=500.0)
    default = diameters(data).default[s.row]
    inner = (s.before >= 0) & (s.after >= 0) & ~default
    inner &= ~default[s.before] & ~default[s.after]
    place = np.flatnonzero(inner)
    was, then = s.size[s.before[place]], s.size[s.after[place]]
    calm = at_least(_CALM * np.minimum(was, then), np.maximum(was, then))
    return Courses(
        s,
        place,
        s.size[place],
        np.sqrt(was * then),
        calm,
        rows.track[s.row[place]],
        rows.timepoint[s.row[place]],
    )


def _share(values: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """How far numbers are from what the course lets expect, as a message says it."""
    return np.array([f"{100 * v:.0f} %" for v in np.asarray(values).tolist()], dtype=object)


@check("M25", needs={"lesions": (_LENGTH,)}, follows=("M08",), limit_mm=10.0, most_cm=25.0)
def patient_in_cm(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """The sizes of a patient's targets are below 10 and not all whole: all of them, or those of
    baseline and two of three, if none is larger than lesions are in cm; ten times as large each
    baseline target could be one.
    """
    rows, s = data["lesions"], series_of(data, above=0)
    small = ~at_least(s.size, parameters["limit_mm"]) & ~diameters(data).default[s.row]
    track, size = rows.track[s.row], diameters(data).value
    count, below, split = (
        np.bincount(t, minlength=data.n_tracks)
        for t in (track, track[small], track[small & (s.size % 1 != 0)])
    )
    large = np.bincount(track[more_than(s.size, parameters["most_cm"])], minlength=data.n_tracks)
    few = (count >= 2) & (3 * below >= 2 * count) & (2 * split >= count) & (large == 0)
    asked = baseline(rows, Role.TARGET) & (size > 0)
    first = group(rows.track, by=rows.timepoint, where=asked & few[rows.track])
    bad = at_least(10.0 * first.minimum(size), 10.0)
    bad &= ~at_least(first.maximum(size), parameters["limit_mm"])
    order = order_rows(first.first()[bad])
    at, mine = first.first()[bad][order], first.keys[0][bad][order]
    yield from hits_by_column(
        diameters(data).column,
        at,
        "{below} target sizes of {subject} are below 10, {split} of them not whole: were they "
        "given in cm ({value} cm is {expected})?",
        value=size[at],
        expected=np.array([f"{10 * v:g} mm" for v in size[at].tolist()], dtype=object),
        names={"lesion": ""},
        parts={
            "below": [
                f"all {n}" if m == n else f"{m} of {n}"
                for m, n in zip(below[mine].tolist(), count[mine].tolist(), strict=True)
            ],
            "split": split[mine],
        },
    )


@check(
    "M26",
    needs={"lesions": (_LENGTH,)},
    follows=("slip", "=M29", "=M30"),
    fit=0.07,
    min_targets=2,
    alone_mm=20.0,
)
def radius_for_diameter(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size that is half of what its lesion measures before and after: a radius; of a whole visit
    one finding, at its first row.
    """
    c = courses_of(data)
    half = c.calm & at_least(parameters["fit"], np.abs(2 * c.size / c.expected - 1))
    count = len(data.timepoints)
    of_visit = np.bincount(c.point, minlength=count)
    halved = np.bincount(c.point[half], minlength=count)
    whole = (halved == of_visit) & (halved >= parameters["min_targets"])
    at = np.flatnonzero(half)
    first = ~whole[c.point[at]] | (occurrence(c.point[at]) == 0)
    at = at[first]
    # a lesion alone may shrink and grow again: its digits must fit closely, the others stay
    alone = ~whole[c.point[at]]
    near = at_least(parameters["fit"] / 2, np.abs(2 * c.size[at] / c.expected[at] - 1))
    large = at_least(c.expected[at], parameters["alone_mm"])  # whole millimetres fit by chance
    near &= ~np.isin(at, np.concatenate(_crossed(data, _FAR, _CROSSED)[:2]))  # `M28` speaks
    at = at[~alone | (near & large)]
    many = whole[c.point[at]]
    what = [
        f"all {n} targets measure half of what they do" if m else "{} measures half of what it does"
        for m, n in zip(many.tolist(), of_visit[c.point[at]].tolist(), strict=True)
    ]
    names = called("lesion", data["lesions"].text("lesion", c.row[at]))
    told = [w.format(n) for w, n in zip(what, names.tolist(), strict=True)]
    yield from hits_by_column(
        diameters(data).column,
        c.row[at],
        "{told} before and after ({value} mm at visit {visit}; {off} off): was the "
        "radius given for the diameter?",
        value=c.size[at],
        expected=np.array([f"about {2 * v:g} mm" for v in c.size[at].tolist()], dtype=object),
        parts={
            "told": np.array(told, dtype=object),
            "off": _share(np.abs(2 * c.size[at] / c.expected[at] - 1)),
        },
    )
    yield from _radii_at_ends(data, parameters["fit"])


def _radii_at_ends(data: Data, fit: float) -> Iterator[Hits]:
    """Visits at an end of their course of which all targets are half of what they are beside it."""
    ends, at, told = radii(data, fit)
    order = order_rows(ends.row[at])
    at, told = at[order], told[order]
    row, size = ends.row[at], diameters(data).value
    yield from hits_by_column(
        diameters(data).column,
        row,
        "all {count} targets measure at visit {visit} half of what they do beside it ({value} mm){why}: was "
        "the radius given for the diameter?",
        value=size[row],
        expected=np.array([f"about {2 * v:g} mm" for v in size[row].tolist()], dtype=object),
        severity=np.where(told, "", "note"),
        names={"lesion": ""},
        parts={
            "count": ends.count[at],
            "why": np.where(told, ", and the reported responses follow from twice that", "").astype(
                object
            ),
        },
    )


def digits_exchanged_of(size: Floats) -> Floats:
    """Two- and three-digit whole numbers with their last two digits exchanged; NaN for others."""
    whole = (size % 1 == 0) & (size >= 10) & (size < 1000)
    number = np.where(whole, size, 0).astype(np.int64)
    tens, ones = number // 10 % 10, number % 10
    out = number - 10 * tens - ones + 10 * ones + tens
    return np.where(whole & (tens != ones), out, np.nan)


@check(
    "M27",
    needs={"lesions": (_LENGTH,)},
    follows=("slip", "M26", "=M29", "=M30", "^M36"),
    fit=0.08,
    least=1.4,
)
def digits_exchanged(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size far from its course whose digits, exchanged, lie in it: 42 between 25 and 23.

    Far is 1.4 times: a fall of 30 % and back again, as tumours do, is no slip (library choice).
    """
    c = courses_of(data)
    other = digits_exchanged_of(c.size)
    far = at_least(c.size, parameters["least"] * c.expected) | at_least(
        c.expected, parameters["least"] * c.size
    )
    off = np.abs(other / c.expected - 1)
    at = np.flatnonzero(c.calm & far & at_least(parameters["fit"], off))
    yield from hits_by_column(
        diameters(data).column,
        c.row[at],
        "{lesion} is {value} mm at visit {visit} between {was} and {then} mm: were the digits "
        "exchanged ({expected} mm is {off} off its course)?",
        value=c.size[at],
        expected=other[at],
        related=c.series.row[c.series.before[c.place[at]]],
        parts={
            "was": c.series.size[c.series.before[c.place[at]]],
            "then": c.series.size[c.series.after[c.place[at]]],
            "off": _share(off[at]),
        },
    )


def _away(size: Floats, expected: Floats) -> Floats:
    """How far a size is from its course, as a distance of logarithms."""
    return np.asarray(np.abs(np.log(size / expected)))


@check(
    "M28",
    needs={"lesions": (_LENGTH,)},
    follows=("slip", "M26", "M27", "=M29", "=M30"),
    fit=_CROSSED,
    least=_FAR,
    restless=0.1,
    restless_from=20,
)
def lesions_exchanged(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Two targets of a visit of which each has the size that the other's course lets expect.

    Sizes too near each other (54 and 56) cannot tell, and are not questioned. Where sizes leave their
    course often in a study, some fit another by chance: then it is a note.
    """
    c = courses_of(data)
    one, two, crossed, far = _crossed(data, parameters["least"], parameters["fit"])
    calm = np.count_nonzero(c.calm)
    often = far >= max(parameters["restless"] * calm, parameters["restless_from"])
    first = np.where(c.row[one] < c.row[two], one, two)
    second = np.where(c.row[one] < c.row[two], two, one)
    yield from hits_by_column(
        diameters(data).column,
        c.row[first],
        "{lesion} is {value} mm and {related.lesion} {expected} mm at visit {visit}; each fits the "
        "course of the other ({off} off): were the two exchanged?",
        severity="note" if often else "",
        value=c.size[first],
        expected=c.size[second],
        related=c.row[second],
        parts={"off": _share(np.expm1(crossed))},
    )


@made_once
def _crossed(data: Data, least: float, fit: float) -> tuple[Ints, Ints, Floats, int]:
    """Pairs of measurements, the only two of their visit that are far off their courses, of which each
    lies in the course of the other; how far off they are there; and how many are far off in all.
    """
    c = courses_of(data)
    far = np.flatnonzero(c.calm & (_away(c.size, c.expected) >= least))
    of_visit = group(c.point[far])
    two_far = of_visit.size == 2
    one, two = far[of_visit.first()[two_far]], far[of_visit.last()[two_far]]
    crossed = np.maximum(_away(c.size[one], c.expected[two]), _away(c.size[two], c.expected[one]))
    bad = crossed <= fit
    return one[bad], two[bad], crossed[bad], len(far)


@made_once
def _visits_off(data: Data, least: float) -> tuple[Ints, list[Ints]]:
    """Visits at which most of two or more targets leave their course; the measurements of each."""
    c, count = courses_of(data), len(data.timepoints)
    calm = np.flatnonzero(c.calm)
    away = calm[_away(c.size[calm], c.expected[calm]) >= least]
    sized, off = (np.bincount(p, minlength=count) for p in (c.point, c.point[away]))
    asked = (sized >= 2) & (2 * off > sized)
    of_visit = group(c.point, where=asked[c.point])
    return of_visit.keys[0], np.split(of_visit.row, of_visit.start[1:-1])


def _fits(c: Courses, names: Ints, mine: Ints, other: Ints) -> float:
    """How far the sizes of one visit are from the courses of another's lesions of the same names, as
    the mean distance of logarithms; inf where they share fewer than two names.
    """
    theirs = {int(names[i]): i for i in other.tolist()}
    pairs = [(i, theirs[int(names[i])]) for i in mine.tolist() if int(names[i]) in theirs]
    if len(pairs) < 2 or len(pairs) < max(len(mine), len(other)):
        return np.inf
    one, two = np.array(pairs).T
    return float(np.mean(_away(c.size[one], c.expected[two])))


def _exchanged(
    data: Data, key: Ints, parameters: Parameters, *, strangers: bool
) -> tuple[Ints, Ints, Floats]:
    """Pairs of visits with one key whose sizes each fit the other's courses: the first rows of both, and
    how far off they are then. At the ends of the courses those that `ends_exchanged` tells.
    """
    c = courses_of(data)
    visits, parts = _visits_off(data, parameters["least"])
    names = data["lesions"].codes("lesion")[0][c.row]
    first: list[int] = []
    second: list[int] = []
    fit: list[float] = []
    used: set[int] = set()
    by_key: dict[int, list[int]] = {}
    for i, visit in enumerate(visits.tolist()):
        by_key.setdefault(int(key[visit]), []).append(i)
    for places in by_key.values():
        for i in places:
            others = [j for j in places if j > i and j not in used and i not in used]
            costs = [
                max(_fits(c, names, parts[i], parts[j]), _fits(c, names, parts[j], parts[i]))
                for j in others[:200]
            ]
            if costs and min(costs) <= parameters["fit"]:
                j = others[int(np.argmin(costs))]
                used |= {i, j}
                first.append(int(parts[i][np.argmin(c.row[parts[i]])]))
                second.append(int(parts[j][np.argmin(c.row[parts[j]])]))
                fit.append(min(costs))
    one, two = (c.row[np.array(p, np.int64)] for p in (first, second))
    limits = parameters["fit"], parameters["least"]
    ends = ends_exchanged(data, key, fit=limits[0], least=limits[1], strangers=strangers)
    return (
        np.concatenate([one, ends[0]]),
        np.concatenate([two, ends[1]]),
        np.concatenate([np.array(fit), ends[2]]),
    )


def _both(one: Ints, two: Ints, off: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair of rows from both of its sides, in the order of the rows: each side is asked."""
    first, second = np.concatenate([one, two]), np.concatenate([two, one])
    order = order_rows(first)
    return first[order], second[order], np.concatenate([off, off])[order]


@check(
    "M29",
    needs={"lesions": (_LENGTH, "evaluator")},
    follows=("slip", "M26"),
    fit=0.1,
    least=0.2,
)
def readers_exchanged(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """At one visit of a patient two readers have the sizes that each other's courses let expect."""
    points = data.timepoints
    subject = data.track_subject[points.track] if len(points) else points.track
    key, _ = number_rows(subject, points.visit)
    size = diameters(data).value
    one, two, off = _both(*_exchanged(data, key, parameters, strangers=False))
    yield from hits_by_column(
        diameters(data).column,
        one,
        "the sizes of {evaluator} at visit {visit} fit the course of {related.evaluator}, and the "
        "other way round ({off} off): were the two readers exchanged?",
        value=size[one],
        expected=size[two],
        related=two,
        names={"lesion": ""},
        parts={"off": _share(np.expm1(off))},
    )


@check(
    "M30",
    needs={"lesions": (_LENGTH,)},
    follows=("slip", "M26", "M29"),
    fit=0.06,
    least=0.2,
)
def patients_exchanged(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """At one visit two patients of one reader have the sizes that each other's courses let expect.

    Only patients with lesions of the same names, two or more, can tell.
    """
    points = data.timepoints
    evaluator = data.track_evaluator[points.track] if len(points) else points.track
    key, _ = number_rows(evaluator, points.visit)
    one, two, off = _exchanged(data, key, parameters, strangers=True)
    rows, size = data["lesions"], diameters(data).value
    apart = rows.subject[one] != rows.subject[two]
    one, two, off = _both(one[apart], two[apart], off[apart])
    yield from hits_by_column(
        diameters(data).column,
        one,
        "the sizes of {subject} at visit {visit} fit the course of {related.subject}, and the other "
        "way round ({off} off): were the two patients exchanged?",
        value=size[one],
        expected=size[two],
        related=two,
        names={"lesion": ""},
        parts={"off": _share(np.expm1(off))},
    )
