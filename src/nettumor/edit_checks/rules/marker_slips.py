"""Slips of unit or decimal point in a marker: a value that leaves its own course by a factor that a
slip makes.

On the scale of logarithms a slip is a step of a known size: one for a decimal point, three for ng
and ug, log 5.23 for mg and umol of 5-HIAA (by its molar mass). A sample between two others is held
against the mean of both; how much a clean course wavers is learned from the samples of that marker
in the whole study. Of the last sample nothing is certain (the rise may be real), nor of the first (the
fall after it may be that under therapy): a note, unless the factor is a thousand, which no disease
makes. Input:
the markers table. Output: the sample at fault, the factor, the probable value. The limits are
library choices.
"""

from __future__ import annotations

import numpy as np

from nettumor import markers
from nettumor._arrays import Bools, Floats
from nettumor.edit_checks.engine.register import Hits, Parameters, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.marker_rows import Markers, markers_of

_COHORT = 20
"""Samples between two others from which the waver of a marker is learned."""
_LEAST = 0.6
"""The smallest step that may be a slip, in powers of ten."""


@check("K07", needs={"markers": ()}, follows=("K01",), tolerance=0.1, waver=0.15, sure=3.5)
def marker_jump(data: Data, parameters: Parameters) -> Hits:
    """A value that is ten, a hundred or a thousand times what its course lets expect, or as much
    larger as umol are than mg; or so much smaller.

    All in powers of ten: ``tolerance`` is how near a step must come at the ends of a series, and
    ``waver`` the spread that is assumed where a study has fewer than 20 samples to learn it from. A
    step counts from ``sure`` times the spread.
    """
    read = markers_of(data)
    samples = read.in_unit(read.value > 0)
    before, after = samples.previous(), samples.following()
    log = np.log10(np.where(read.value > 0, read.value, np.nan))
    up, down = (np.where(n >= 0, log - log[n], np.nan) for n in (before, after))
    # few samples leave a neighbour by as much as a slip does: of the others no more is asked
    far = min(_LEAST, 3.0 - parameters["tolerance"])
    place = np.flatnonzero((np.abs(up) >= far) | (np.abs(down) >= far))
    spread = _spread(read, (up + down) / 2, parameters["waver"], place)
    steps = _steps(read, place)
    inner = _inner(up[place], down[place], spread, steps, parameters)
    alone = np.zeros(len(log), dtype=np.bool_)  # at fault itself: no end is held against it
    alone[place] = inner != 0
    one, other = before[place], after[place]
    first = _thousand(other, one, down[place], alone, parameters["tolerance"])
    last = _thousand(one, other, up[place], alone, parameters["tolerance"])
    # of two samples alone the later one is questioned
    first = np.where((other >= 0) & (after[other] < 0), 0.0, first)
    step = np.where(inner != 0, inner, np.where(last != 0, last, first))
    for beside, beyond, away in ((one, other, up), (other, one, down)):
        calm = np.abs(away[beside]) <= 3 * spread  # and NaN where there is no further sample
        end = (beside >= 0) & (beyond < 0) & calm & ~alone[beside]
        at_end = np.where(end, _at_end(away[place], steps, spread, parameters), 0.0)
        step = np.where(step != 0, step, at_end)
    slips = np.flatnonzero(step != 0)
    at, step, inner = place[slips], step[slips], inner[slips]
    factor = 10.0**step
    certain = (inner != 0) | (np.abs(step) >= 3 - 1e-9)
    times = [f"{f:.4g} times" if f > 1 else f"1/{1 / f:.4g} of" for f in factor.tolist()]
    expected = [f"about {short_number(v)}" for v in (read.value[at] / factor).tolist()]
    neighbour = np.where(before[at] >= 0, before[at], after[at])
    return Hits(
        table="markers",
        rows=at,
        column="value",
        related=neighbour,
        expected=np.array(expected, dtype=object),
        severity=np.where(certain, "", "note"),
        message="{marker} is {value} {unit} at visit {visit}, about {times} its neighbours: was "
        "it given in another unit, or with a wrong decimal point?",
        parts={"times": np.array(times, dtype=object)},
    )


def _steps(read: Markers, place: Ints) -> tuple[Floats, ...]:
    """The steps that a slip makes: 1, 2, 3, and for each of some samples that of mass and amount
    (NaN for none).
    """
    molar = np.array([_small_molecule(str(w)) for w in read.marker_words])[read.marker[place]]
    with np.errstate(invalid="ignore"):
        return (*(np.full(len(molar), float(n)) for n in (1, 2, 3)), np.log10(molar))


def _small_molecule(marker: str) -> float:
    """Nanomoles a nanogram, where a marker is a small molecule given in mass or in amount; else
    NaN.
    """
    mass = markers.get(marker).molar_mass if marker in markers.names() else None
    return 1000.0 / mass if mass is not None and mass < 1000 else np.nan


def _spread(read: Markers, middle: Floats, waver: float, place: Ints) -> Floats:
    """How much samples between two others waver about their mean, for each of some samples that of
    its marker.

    A robust standard deviation (the 40 % quantile of the distances from 0, which is 0.5244 of that of
    a normal distribution; slips lie above it), at least a third and at most twice of what is assumed.
    """
    out = np.full(len(place), waver)
    marker, known = read.marker[place], ~np.isnan(middle)
    for code in np.unique(marker).tolist():
        mine = np.abs(middle[known & (read.marker == code)])
        if len(mine) >= _COHORT:
            wide = np.clip(np.quantile(mine, 0.4) / 0.5244, waver / 3, 2 * waver)
            out[marker == code] = wide
    return out


def _nearest(value: Floats, steps: tuple[Floats, ...]) -> Floats:
    """The step of a slip that a value is nearest to, with its sign."""
    away = np.stack([np.abs(np.abs(value) - s) for s in steps])
    away = np.where(np.isnan(away), np.inf, away)
    best = np.take_along_axis(np.stack(steps), away.argmin(axis=0)[None], axis=0)[0]
    return np.asarray(np.sign(value) * best)


def _inner(
    up: Floats, down: Floats, spread: Floats, steps: tuple[Floats, ...], parameters: Parameters
) -> Floats:
    """The step of each sample that leaves its two neighbours by one and the same slip, 0 for none.

    Both neighbours must be left in the same direction, by at least half of the step.
    """
    middle = (up + down) / 2
    step = _nearest(np.nan_to_num(middle), steps)
    size = np.abs(step)
    near = np.abs(middle - step) <= np.clip(3 * spread, parameters["tolerance"], 0.4)
    both = (np.sign(up) == np.sign(down)) & (np.minimum(np.abs(up), np.abs(down)) >= 0.5 * size)
    # nearer to the step than to a change of half as much on the same scale
    least = np.maximum(np.minimum(0.75 * size, 0.75), _LEAST)
    enough = np.abs(middle) >= np.maximum(parameters["sure"] * spread, least)
    return np.where(near & both & enough, step, 0.0)


def _thousand(one: Ints, other: Ints, step: Floats, alone: Bools, tolerance: float) -> Floats:
    """The step of each sample at the end of its series that is a thousand times its only neighbour,
    or a thousandth; 0 for none.
    """
    end = (one >= 0) & (other < 0) & ~alone[np.maximum(one, 0)]
    return np.where(end & (np.abs(np.abs(step) - 3.0) <= tolerance), 3.0 * np.sign(step), 0.0)


def _at_end(
    away: Floats, steps: tuple[Floats, ...], spread: Floats, parameters: Parameters
) -> Floats:
    """The step of each sample that leaves the one beside it by a slip's size, 0 for none."""
    near = _nearest(np.nan_to_num(away), steps)
    close = np.abs(away - near) <= np.clip(3 * spread, parameters["tolerance"], 0.4)
    enough = np.abs(away) >= np.maximum(1.4 * parameters["sure"] * spread, 0.8)
    return np.where(close & enough, near, 0.0)


def short_number(value: float) -> str:
    """A number with four digits that count, no exponent.

    >>> short_number(15692.1), short_number(0.5231)
    ('15690', '0.5231')
    """
    return np.format_float_positional(float(f"{value:.4g}"), trim="-")
