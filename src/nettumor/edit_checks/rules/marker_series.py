"""A whole series of a marker in another unit: a patient whose samples are all a thousand times, or a
thousandth of, what the other patients of the study have.

Within the series nothing tells it (`marker_slips`). On the scale of logarithms the middle of a
series is held against the middles of the other patients' series of that marker and unit: how much
likelier is it a step of three away from them than among them, if they spread as heavy-tailed as
markers do (Student's t with 4 degrees of freedom)? The upper limit of normal, which differs little
from patient to patient, may tell the same. Source: data-quality rule of this library;
its limits are library choices. Input: the markers table. Output: the first sample of the series.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.marker_rows import markers_of
from nettumor.edit_checks.rules.marker_slips import short_number
from nettumor.rows import Groups, group

_STEP = 3.0
"""A thousand, the step between units such as ng and ug, in powers of ten."""


@check(
    "K14",
    needs={"markers": ()},
    follows=("K01", "K03"),
    min_series=8,
    likelier=3000.0,
    likelier_with_limit=30.0,
)
def series_in_another_unit(data: Data, parameters: Parameters) -> Hits:
    """All samples of a patient are about a thousand times the usual of the study, or a thousandth.

    Asked where that is ``likelier`` times as probable as so unusual a patient; from
    ``likelier_with_limit`` times on a note, and a warning where the upper limit leaves the others' by
    the same step.
    """
    read = markers_of(data)
    positive = read.value > 0
    log = np.log10(np.where(positive, read.value, 1.0))
    limit = read.rows.number("upper_limit")
    log_limit = np.log10(np.where(limit > 0, limit, np.nan))
    series = group(read.series, read.unit, where=positive)
    first = series.first()
    cohort = group(read.marker[first], read.unit[first])
    enough = cohort.of_rows(cohort.size >= parameters["min_series"], False).astype(np.bool_)
    looked(data, np.asarray(series.of_rows(enough, False), np.bool_), positive)
    if not enough.any():
        raise Skip(f"no marker has {parameters['min_series']} series in one unit")
    # a series that is off throughout is off in its first sample
    rough, _ = _away(cohort, log[first], 0.2)
    if not (enough & (np.abs(rough) >= _STEP / 2)).any():
        return Hits(table="markers", rows=[], message="")
    middle = series.median(log)
    away, spread = _away(cohort, middle, 0.2)
    likelier = _log_t(np.abs(away) / spread) - _log_t((np.abs(away) - _STEP) / spread)
    near = np.abs(np.abs(away) - _STEP) <= 2 * spread
    by_limit = _limit_too(cohort, log_limit[first], away)
    odd = enough & near & (likelier >= np.log(parameters["likelier_with_limit"]))
    sure = (likelier >= np.log(parameters["likelier"])) | by_limit
    at = np.flatnonzero(odd)
    usual = 10.0 ** (middle - away)[at]
    meant = 10.0 ** (middle - np.copysign(_STEP, away))[at]
    return Hits(
        table="markers",
        rows=first[at],
        column="value",
        value=np.array([short_number(v) for v in (10.0 ** middle[at]).tolist()], dtype=object),
        expected=[f"about {short_number(v)}" for v in meant.tolist()],
        severity=np.where(sure[at], "", "note"),
        names={"lesion": ""},  # it is about all samples
        message="{marker} of {subject} is about {value} {unit} throughout, the usual of {patients} "
        "series of the study {usual}{limit}: was it given in another unit (more than {ratio} as likely as "
        "so unusual a patient)?",
        parts={
            "usual": np.array([short_number(v) for v in usual.tolist()], dtype=object),
            "patients": cohort.of_rows(cohort.size, 0)[at],
            "limit": np.where(by_limit[at], ", and so is its upper limit", "").astype(object),
            "ratio": _ratios(likelier[at]),
        },
    )


def _away(cohort: Groups, middle: Floats, least: float) -> tuple[Floats, Floats]:
    """How far each series is from the middle of its cohort, and the cohort's robust spread."""
    away = middle - cohort.of_rows(cohort.median(middle), np.nan)
    # the scale of few is uncertain: it is taken larger
    spread = cohort.median(np.abs(away)) / 0.6745 * (1 + 4 / cohort.size)
    return np.asarray(away), np.maximum(cohort.of_rows(spread, np.nan), least)


def _log_t(z: Floats) -> Floats:
    """Minus the logarithm of the density of Student's t with 4 degrees of freedom, but for a constant."""
    return np.asarray(2.5 * np.log1p(z * z / 4))


def _limit_too(cohort: Groups, log_limit: Floats, away: Floats) -> Bools:
    """Whether the upper limit of each series leaves those of its cohort by the same step."""
    known = ~np.isnan(log_limit)
    usual = group(cohort.number, where=known)
    middle = usual.of_rows(usual.median(np.where(known, log_limit, 0.0)), np.nan)
    return np.asarray(np.abs(log_limit - middle - _STEP * np.sign(away)) <= 0.35)


def _ratios(likelier: Floats) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """How much likelier, as a message says it."""
    powers: Ints = np.floor(np.maximum(likelier, 0) / np.log(10)).astype(np.int64)
    return np.array([f"10^{p} times" for p in np.minimum(powers, 9).tolist()], dtype=object)
