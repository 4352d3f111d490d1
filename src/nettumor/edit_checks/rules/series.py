"""Measurements in the course: jumps, copies, regrowth, and digits that are too even.

Sources: EORTC clarifications (a lesion that reappears); counts on published trial data (Laleh et
al. 2022) for the limits of jumps. Input: the sizes of targets in time. Output: series and visits
that look like slips of unit or decimal point, copies, or habits of rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.crf import Role, State
from nettumor.crf.columns import Words
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.diameters import diameters, hits_by_column
from nettumor.edit_checks.reading.lesion_rows import of_lesions
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.rows import (
    group,
    largest_at,
    number_rows,
    occurrence,
    order_rows,
    smallest,
    smallest_at,
)

_LENGTH = "|".join(LENGTHS)
_SMALL, _LARGE = 10.0, 150.0
"""mm; below the one no target is at baseline, above the other few are."""
_LEAP, _HELD, _LEAP_FIT, _END_FIT = 0.5, 0.6, 0.2, 0.1
"""The least step from visit to visit that is no course, the largest that holds a visit beside, how near
all steps of a visit must be to ten, and how near their mean must be at the first and the last visit; as
powers of ten."""


@frozen(eq=False)
class Series:
    """The diameters of targets, sorted by lesion, then time; one element per measurement.

    Attributes
    ----------
    row : ndarray of int
        The row in the lesions table.
    size : ndarray of float
    lesion : ndarray of int
    """

    row: Ints
    size: Floats
    lesion: Ints

    @property
    def before(self) -> Ints:
        """The place of the measurement before in the same lesion, -1 for none; made anew, for a
        series is kept.
        """
        out = np.arange(-1, len(self.row) - 1, dtype=self.row.dtype)
        out[1:][self.lesion[1:] != self.lesion[:-1]] = -1
        return out

    @property
    def after(self) -> Ints:
        """The place of the next measurement, as `before`."""
        out = np.arange(1, len(self.row) + 1, dtype=self.row.dtype)
        out[:-1][self.lesion[1:] != self.lesion[:-1]] = -1
        out[-1:] = -1
        return out


@made_once
def series_of(data: Data, *, above: float, most: float = np.inf) -> Series:
    """The series of targets: diameters above ``above`` and at most ``most`` mm, one row per lesion
    and visit.
    """
    rows, size = data["lesions"], diameters(data).value
    use = (rows.cells.role == Role.TARGET) & (size > above)
    if most < np.inf:
        usual = at_least(most, size)
        if not (use & ~usual).any():  # the same series, which others ask for too
            return series_of(data, above=above)
        use &= usual
    row = rows.in_time.row[use[rows.in_time.row]]  # by lesion, then in time
    row = row.astype(smallest(rows.n))
    lesion, point = rows.lesion[row], rows.timepoint[row]
    once = np.ones(len(row), dtype=np.bool_)
    once[1:] = (lesion[1:] != lesion[:-1]) | (point[1:] != point[:-1])
    if not once.all():
        row, lesion = row[once], lesion[once]
    return Series(row, size[row], lesion)


def _text(series: Series, lesions: Ints) -> list[str]:
    """The sizes of some lesions, written one after the other."""
    if not len(lesions):
        return []
    asked = np.zeros(int(series.lesion[-1]) + 1, dtype=np.bool_)  # lesions stand in their order
    asked[lesions] = True
    of_lesion = group(series.lesion, where=asked[series.lesion])
    found = of_lesion.find(lesions)
    start, stop = of_lesion.start[found].tolist(), of_lesion.start[found + 1].tolist()
    size = series.size[of_lesion.row]
    return [
        ", ".join(f"{v:g}" for v in size[a:b].tolist()) for a, b in zip(start, stop, strict=True)
    ]


@check(
    "M09",
    needs={"lesions": (_LENGTH,)},
    follows=("M04", "M08", "M10", "M15", "^M36"),
    low=0.8,
    high=1.2,
    end_ratio=8.0,
    tstm_mm=5.0,
    hard_max=500.0,
)
def tenfold_jump(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size about ten times its neighbours, or a tenth: a slip of unit or decimal point; one
    finding a series.

    A point between two others is compared with their geometric mean, the last one with the one
    before it alone, unless either is the default for too small; where it is back at the size before
    that one, that one is in doubt. The first one is questioned where no target is of its size at
    baseline and the next two agree. The finding stands at the first such point. What M05 calls impossible is
    left out of the series.
    """
    s = series_of(data, above=0, most=parameters["hard_max"])
    before_of, after_of = s.before, s.after
    log, slip = np.log10(s.size), 1e-12  # soft limits: rounding of logarithms decides nothing
    inner = np.flatnonzero((before_of >= 0) & (after_of >= 0))
    step = np.abs(log[inner] - (log[before_of[inner]] + log[after_of[inner]]) / 2)
    jump = inner[(step >= parameters["low"] - slip) & (step <= parameters["high"] + slip)]
    last = np.flatnonzero((before_of >= 0) & (after_of < 0))
    now, was, ratio = s.size[last], s.size[before_of[last]], parameters["end_ratio"]
    small = (now == parameters["tstm_mm"]) | (was == parameters["tstm_mm"])
    end = last[~small & (at_least(now, ratio * was) | at_least(was, ratio * now))]
    one = before_of[end]
    two = before_of[one]
    back = (two >= 0) & (np.abs(log[end] - log[two]) < np.abs(log[one] - log[two]))
    at = np.union1d(np.union1d(jump, np.where(back, one, end)), _first_off(s, ratio))
    at = at[occurrence(s.lesion[at]) == 0]
    before, after = before_of[at] >= 0, after_of[at] >= 0
    was, then = s.size[before_of[at]], s.size[after_of[at]]
    usual = np.where(before & after, np.sqrt(was * then), np.where(before, was, then))
    sides = np.select([before & after, before], ["before and after", "before"], "after")
    about = [
        f"about {v:.0f} mm, as {side}"
        for v, side in zip(usual.tolist(), sides.tolist(), strict=True)
    ]
    yield from hits_by_column(
        diameters(data).column,
        s.row[at],
        "{lesion} measures {series} mm in its course: was one of them given in cm, "
        "or with a wrong decimal point? (the first in doubt: {value} mm at visit {visit})",
        value=s.size[at],
        related=s.row[np.where(before, before_of[at], after_of[at])],
        parts={"series": np.array(_text(s, s.lesion[at]), dtype=object)},
        expected=np.array(about, dtype=object),
    )


def _first_off(s: Series, ratio: float) -> Ints:
    """The first measurements of a lesion that are ``ratio`` times the next or more, or as much smaller,
    of a size that targets do not have at baseline; the next one is held by the one after it.
    """
    at = np.flatnonzero((s.size < _SMALL) | (s.size >= _LARGE))
    at = at[at + 2 < len(s.size)]
    at = at[((at == 0) | (s.lesion[at - 1] != s.lesion[at])) & (s.lesion[at + 2] == s.lesion[at])]
    now, next_one, held_by = s.size[at], s.size[at + 1], s.size[at + 2]
    far = at_least(now, ratio * next_one) | at_least(next_one, ratio * now)
    held = np.maximum(next_one, held_by) < 10.0**_HELD * np.minimum(next_one, held_by)
    return np.asarray(at[far & held])


@check("M10", needs={"lesions": (_LENGTH,)}, follows=("M08",), limit_mm=10.0, min_targets=2)
def all_small_values_cm(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A visit whose target sizes are all below 10 and not whole, while all others are 10 or more; or
    are all about ten times, or a tenth of, what they are at the visits beside.

    A visit with one target is left to M09.
    """
    rows, s = data["lesions"], series_of(data, above=0)
    point, track = rows.timepoint[s.row], rows.track[s.row]
    count, tracks = len(data.timepoints), data.n_tracks
    small = ~at_least(s.size, parameters["limit_mm"])
    sized = np.bincount(point, minlength=count)
    below = np.bincount(point[small], minlength=count)
    split = np.bincount(point[small & (s.size % 1 != 0)], minlength=count)
    of_track = data.timepoints.track
    in_track = np.bincount(track[small], minlength=tracks)[of_track]
    others = np.bincount(track, minlength=tracks)[of_track] - sized
    bad = (
        (sized >= parameters["min_targets"]) & (split == sized) & (in_track == below) & (others > 0)
    )
    step = _tenfold(data, s, parameters["min_targets"])
    hit = np.flatnonzero((step != 0)[point] & ~bad[point])
    hit = hit[occurrence(point[hit]) == 0]
    yield from hits_by_column(
        diameters(data).column,
        s.row[hit],
        "all {count} targets at visit {visit} are about {times} what they are beside it: were they given "
        "in another unit, or with a wrong decimal point?",
        value=s.size[hit],
        expected=np.array(
            [f"about {v:g} mm" for v in (s.size[hit] / 10.0 ** step[point[hit]]).tolist()], object
        ),
        names={"lesion": ""},
        parts={
            "count": sized[point[hit]],
            "times": np.where(step[point[hit]] > 0, "ten times", "a tenth of"),
        },
    )
    hit = np.flatnonzero(bad[point])
    hit = hit[occurrence(point[hit]) == 0]
    yield from hits_by_column(
        diameters(data).column,
        s.row[hit],
        "all {count} targets at visit {visit} are below {limit} mm, and none at "
        "any other visit: were they given in cm?",
        value=s.size[hit],
        expected="sizes in mm",
        names={"lesion": ""},
        parts={"count": sized[point[hit]], "limit": f"{parameters['limit_mm']:g}"},
    )


def _tenfold(data: Data, s: Series, min_targets: int) -> Floats:
    """For each timepoint 1 where each of so many targets or more is ten times what it is at the visits
    beside, -1 where each is a tenth, else 0.

    At the first and the last visit the visit beside must have another one that holds it; of two visits
    alone the one is questioned whose sizes no target has at baseline.
    """
    count, out = len(data.timepoints), np.zeros(len(data.timepoints))
    leap, was, now = 10.0**_LEAP, s.size[:-1], s.size[1:]
    leaps = np.flatnonzero((now >= leap * was) | (was >= leap * now)) + 1
    leaps = leaps[s.lesion[leaps] == s.lesion[leaps - 1]]
    if not len(leaps):
        return out
    before, after, point = s.before, s.after, data["lesions"].timepoint[s.row]
    asked = np.zeros(count, dtype=np.bool_)
    asked[point[leaps]] = asked[point[leaps - 1]] = True
    place = np.flatnonzero(asked[point])
    log, default = np.log10(s.size), diameters(data).default[s.row]

    def steps(beside: Ints, at: Ints) -> Floats:
        return np.where(beside[at] >= 0, log[at] - log[beside[at]], np.nan)

    up, down = steps(before, place), steps(after, place)
    usual = (s.size >= _SMALL) & (s.size < _LARGE)
    last, first = before[place], after[place]
    held_last = np.where(before[last] >= 0, np.abs(steps(before, last)) < _HELD, usual[last])
    alone = after[first] < 0
    held_first = np.where(alone, usual[first] & ~usual[place], np.abs(steps(after, first)) < _HELD)
    held = np.where(last >= 0, held_last, held_first)
    inner = (before[place] >= 0) & (after[place] >= 0)
    step = np.where(inner, (up + down) / 2, np.where(np.isnan(up), down, up))
    one_way = np.where(inner, np.minimum(np.abs(up), np.abs(down)) >= _LEAP, held)
    one_way &= ~inner | (np.sign(up) == np.sign(down))
    near = one_way & (np.abs(np.abs(step) - 1) <= _LEAP_FIT) & ~default[place]
    of_visit = group(point[place])
    sized = of_visit.size
    mean = of_visit.total(step) / sized
    good = (sized >= min_targets) & of_visit.all(near)
    good &= (np.abs(np.abs(mean) - 1) <= _END_FIT) | of_visit.all(inner)
    good &= np.abs(of_visit.total(np.sign(step))) == sized  # all up, or all down
    out[of_visit.keys[0][good]] = np.sign(mean[good])
    return out


@check(
    "M11",
    needs={"lesions": (_LENGTH,)},
    follows=(
        "M04",
        "M05",
        "M08",
        "M09",
        "M10",
        "M26",
        "M27",
        "M28",
        "M29",
        "M30",
        "M31",
        "M32",
        "M34",
    ),
    factor=5.0,
    hard_max=500.0,
)
def large_change(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target that grows to five times its size, or shrinks to a fifth, between two measurements;
    not from or to 0.

    What M05 calls impossible is left out.
    """
    s = series_of(data, above=-1, most=parameters["hard_max"])
    was, factor = s.size[s.before], parameters["factor"]
    # the limit with a little to spare first: it is exact for the few that come near it
    far = np.maximum(s.size, was) > 0.999 * factor * np.minimum(s.size, was)
    at = np.flatnonzero(far & (s.before >= 0) & (s.size > 0) & (was > 0))
    now, then = s.size[at], was[at]
    at = at[at_least(now, factor * then) | at_least(then, factor * now)]
    yield from hits_by_column(
        diameters(data).column,
        s.row[at],
        "{lesion} changed from {was} to {value} mm at visit {visit}",
        value=s.size[at],
        parts={"was": was[at]},
        related=s.row[s.before[at]],
        expected=f"less than {factor:g} times as large or small",
    )


@check("M16", needs={"lesions": ()}, follows=("L06", "M31", "N10", "S03", "M03", "M04"))
def reappears_after_absent(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target or non-target that was gone and is there again; it counts in the sum, and is not PD
    by itself. Where it is gone at one visit alone, the finding stands there.
    """
    rows, size, state = data["lesions"], diameters(data).value, data["lesions"].cells.state
    role = (rows.cells.role == Role.TARGET) | (rows.cells.role == Role.NON_TARGET)
    gone = ((size == 0) | (state == State.ABSENT)) & (state != State.MERGED)
    there = (size > 0) | (state == State.PRESENT)
    there |= (state == State.UNEQUIVOCAL_PROGRESSION) | (state == State.TOO_SMALL)
    use = role & (gone | there) & ~rows.cells.contradiction
    # only lesions that were gone at some visit can be there again
    asked = rows.in_time.row[of_lesions(rows, use & gone)[rows.in_time.row]]
    asked = asked[use[asked]]
    lesion = rows.lesion[asked]
    again = np.flatnonzero(there[asked[1:]] & gone[asked[:-1]] & (lesion[1:] == lesion[:-1])) + 1
    row, before = asked[again], asked[again - 1]
    first = np.maximum(again - 2, 0)
    once = (again > 1) & (lesion[first] == lesion[again]) & there[asked[first]]
    column = _filled_columns(data, np.concatenate([row, before]))
    for where, at, other, message in (
        (
            ~once,
            row,
            before,
            "{lesion} was gone at visit {other} and is there again ({value}) at visit {visit}: was "
            "it gone?",
        ),
        (
            once,
            before,
            row,
            "{lesion} is gone ({value}) at visit {visit} alone, and is there again at visit {other}: "
            "was it gone?",
        ),
    ):
        at, other = at[where], other[where]
        said = np.where(column[at] == "state", rows.text("state", at), _in_mm(size[at]))
        yield from hits_by_column(
            column,
            at,
            message,
            value=said,
            expected="gone, or measured at both visits",
            related=other,
            parts={"other": rows.said_visits(other)},
        )


def _filled_columns(data: Data, at: Ints) -> Words:
    """The column of the size of every row; of some rows the state where their size is blank."""
    rows, column = data["lesions"], diameters(data).column[:]
    for name in dict.fromkeys(column[at].tolist()):
        column[at[(column[at] == name) & rows.blank(name)[at]]] = "state"
    return column


def _in_mm(size: Floats) -> Words:
    return np.array([f"{v:g} mm" for v in size.tolist()], dtype=object)


@made_once
def copied_visits(data: Data, min_targets: int) -> Bools:
    """The timepoints of so many targets or more that all have the size of the visit before; sizes of
    0 and of too small need not differ.
    """
    rows, s = data["lesions"], series_of(data, above=-1)
    point, count, before = rows.timepoint[s.row], len(data.timepoints), s.before
    known = before >= 0
    same = known & (s.size == s.size[before])
    measured = same & (s.size > 0) & ~diameters(data).default[s.row]
    each, copied, sized = (
        np.bincount(m, minlength=count) for m in (point, point[same], point[measured])
    )
    bad = (sized >= min_targets) & (copied == each)
    asked = np.flatnonzero(bad[point] & known)  # of them all from one visit before
    was = point[before[asked]]
    first = smallest_at(point[asked], was, count, count)
    return np.asarray(bad & (first == largest_at(point[asked], was, count, -1)))


@check("M17", needs={"lesions": (_LENGTH,)}, follows=("=M36",), min_targets=3)
def identical_values_copied(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Every target of a visit has the size it had at the visit before; sizes of 0 and of too small
    need not differ.
    """
    rows, s = data["lesions"], series_of(data, above=-1)
    point = rows.timepoint[s.row]
    each = np.bincount(point, minlength=len(data.timepoints))
    bad = copied_visits(data, parameters["min_targets"])
    measured = (s.before >= 0) & (s.size > 0) & ~diameters(data).default[s.row]
    at = np.flatnonzero(bad[point] & measured)
    at = at[occurrence(point[at]) == 0]
    yield from hits_by_column(
        diameters(data).column,
        s.row[at],
        "all {count} targets have at visit {visit} the sizes of visit {before}: "
        "were they measured, or copied?",
        names={"lesion": ""},
        expected="sizes measured at this visit",
        parts={"count": each[point[at]], "before": rows.said_visits(s.row[s.before[at]])},
        related=s.row[s.before[at]],
    )


@check("M18", needs={"lesions": (_LENGTH,)}, p=1e-4, n=50, min_share=0.3)
def terminal_digit_preference(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A site and evaluator whose whole millimetres end in 0 or 5 far more often than one in five.

    In 8,066 sizes of published trials 27 % do, so that a share below ``min_share`` is not
    questioned. The site is the column ``site`` of the lesions or the subjects table; without one,
    evaluators are looked at alone.
    """
    rows, read = data["lesions"], diameters(data)
    at = np.flatnonzero((read.value > 0) & (read.value % 1 == 0) & ~read.default)
    site, words = _site(data)
    number, first = number_rows(site[at], rows.evaluator[at])
    total = np.bincount(number, minlength=len(first))
    even = np.bincount(number[read.value[at] % 5 == 0], minlength=len(first))
    bad = (total >= parameters["n"]) & more_than(even, parameters["min_share"] * total)
    bad = np.flatnonzero(bad)
    bad = bad[_chance(even[bad], total[bad]) < parameters["p"]]
    bad = bad[order_rows(at[first[bad]])]
    row = at[first[bad]]
    name = [f"{w}: " if w else "" for w in words[site[row]].tolist()]
    yield from hits_by_column(
        read.column,
        row,
        "{site}{value} of {total} sizes end in 0 or 5: were they rounded?",
        value=even[bad],
        expected="about one in five",
        names={"subject": "", "visit": "", "lesion": "", "date": ""},
        parts={"total": total[bad], "site": np.array(name, dtype=object)},
    )


def _chance(even: Ints, total: Ints) -> Floats:
    """The chance that so many or more of some digits are one of two of the ten."""
    if not len(even):  # SciPy is not loaded for nothing
        return np.empty(0)
    from scipy.special import bdtrc

    return np.asarray(bdtrc(np.maximum(even - 1.0, 0), total, 0.2))


def _site(data: Data) -> tuple[Ints, npt.NDArray[Any]]:
    """Codes and words of the site of each row of the lesions table."""
    rows = data["lesions"]
    if "site" in rows or "subjects" not in data or "site" not in data["subjects"]:
        codes, words = rows.codes("site")
        return codes, words if len(words) else np.array([""], dtype=object)
    of_rows = data["subjects"]
    codes, words = of_rows.codes("site")
    of_subject = np.full(len(data.subjects), len(words), dtype=np.int64)
    of_subject[of_rows.subject[::-1]] = codes[::-1]
    return of_subject[rows.subject], np.array([*words, ""], dtype=object)
