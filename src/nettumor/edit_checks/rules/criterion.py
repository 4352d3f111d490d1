"""Rules of one criterion alone: RECIST 1.0, WHO, iRECIST, and criteria that are mixed in one
patient.

Sources: Therasse et al. 2000 (RECIST 1.0); Miller et al. 1981 (WHO); Seymour et al. 2017 (iRECIST).
Input: the lesions and the reported responses. Output: targets, sizes and courses that these
criteria do not know. A check is skipped under other criteria. The rules of mRECIST stand in
`mrecist`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, Floats, at_least, more_than, risen_by
from nettumor.crf import Role
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import (
    NEVER,
    baseline,
    first_rows,
    merged_into,
)
from nettumor.edit_checks.reading.reported import under_own_criteria
from nettumor.edit_checks.rules.lesion import beyond
from nettumor.rows import first_of, group, smallest_at
from nettumor.terminology import Response
from nettumor.words.criteria_names import FAMILIES
from nettumor.words.criteria_names import family as criteria_family
from nettumor.words.criteria_names import read as criteria_code
from nettumor.words.methods import is_conventional
from nettumor.words.responses import is_immune


@check("Q01", needs={"lesions": ()}, follows=("L15",), max_targets=10, max_per_organ=5)
def recist10_target_count(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """More targets at baseline than RECIST 1.0 allows, in all or in one organ; at the first one too
    many.
    """
    rows, targets = data["lesions"], baseline(data["lesions"], Role.TARGET)
    most = int(parameters["max_targets"])
    over, count = beyond(targets, most, rows.track)
    yield Hits(
        table="lesions",
        rows=over,
        column="role",
        value=count,
        expected=f"at most {most}",
        message="{value} target lesions at baseline; {expected}",
    )
    if "organ" not in rows:
        return
    most, known = int(parameters["max_per_organ"]), (rows.organ_words != "")[rows.organ]
    over, count = beyond(targets & known, most, rows.track, rows.organ)
    yield Hits(
        table="lesions",
        rows=over,
        column="organ",
        value=count,
        expected=f"at most {most}",
        parts={"place": rows.organ_words[rows.organ[over]]},
        message="{value} target lesions in {place}; {expected}",
    )


@check(
    "Q02", needs={"lesions": ("size",)}, follows=("M", "L15"), conventional_mm=20.0, spiral_mm=10.0
)
def recist10_target_size(data: Data, parameters: Parameters) -> Hits:
    """A target below 20 mm (10 mm by spiral CT) at baseline.

    The limit of spiral CT also holds where the method is not given, or is CT without more.
    """
    rows = data["lesions"]
    conventional = np.zeros(rows.n, dtype=np.bool_)
    if "method" in rows:
        conventional = rows.table.column("method").map(is_conventional, np.bool_)
    least = np.where(
        conventional, float(parameters["conventional_mm"]), float(parameters["spiral_mm"])
    )
    small = baseline(rows, Role.TARGET) & (data.size > 0) & ~at_least(data.size, least)
    method = np.where(conventional, rows.text("method"), "spiral CT")
    return flag(
        "lesions",
        small,
        "target {lesion} is {value} mm at baseline; by {method} a target needs {expected} mm "
        "or more",
        "size",
        value=data.size,
        expected=least,
        method=method,
    )


@check("Q03", needs={"lesions": ("perpendicular", "organ|nodal")}, follows=("M", "L15"))
def recist10_short_axis_used(data: Data, parameters: Parameters) -> Hits:
    """A target node with a short axis and without the longest diameter that RECIST 1.0 sums; at its
    first row.
    """
    rows = data["lesions"]
    bad = (
        rows.cells.nodal
        & (rows.cells.role == Role.TARGET)
        & (rows.number("perpendicular") > 0)
        & rows.blank("size")
    )
    return Hits(
        table="lesions",
        rows=first_rows(rows, bad),
        column="perpendicular",
        expected="a longest diameter",
        message="target node {lesion} has a short axis of {value} mm and no longest diameter",
    )


@check("Q04", needs={"responses": ("criteria",)}, follows=("S02", "S10"))
def criterion_mixed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Size criteria of one subject and assessor that take turns; at the first row of the rarer one.
    Subjects with responses under other criteria than those of the run alone, which no check compares.

    Where two are given at one visit they are tracks of their own; iRECIST may follow RECIST 1.1.
    """
    rows = data["responses"]
    family = rows.table.column("criteria").map(criteria_code, np.int64)
    yield _not_compared(data, rows, family)
    if (family == family[:1]).all():
        return
    one = np.zeros(rows.n, dtype=np.bool_)  # a row of each visit and family
    one[first_of(rows.timepoint, family)] = True
    usual = group(rows.track, by=rows.timepoint, where=one)
    main = usual.of_rows(usual.commonest(family))
    # a family that was given beside the usual one at some visit is a track of its own
    of_usual = one & (family == main)
    beside = one & np.isin(rows.timepoint, rows.timepoint[of_usual])
    kind = group(rows.track, family, by=rows.timepoint, where=one)
    lone = one & ~kind.of_rows(kind.any(beside), fill=False) & (family != main)
    immune = FAMILIES.index("iRECIST")
    lone &= (family != immune) & (main != immune)
    bad = np.flatnonzero(kind.is_first(lone))
    names = np.array(FAMILIES, dtype=object)
    yield Hits(
        table="responses",
        rows=bad,
        column="criteria",
        expected=names[main[bad]],
        message="the response of visit {visit} is given under {value}, those of other visits "
        "under {expected}",
    )


def _not_compared(data: Data, rows: Rows, family: Ints) -> Hits:
    """Known criteria of subjects who have no response under those of the run: a note, and an error
    where nobody has one.
    """
    own = data.own_criteria
    alone = np.ones(len(data.subjects) + 1, dtype=np.bool_)
    alone[rows.subject[own]] = False
    other = group(family, where=(family >= 0) & ~own & alone[rows.subject])
    return Hits(
        table="responses",
        rows=other.first(),
        column="criteria",
        expected=data.family,
        severity="note" if own.any() else "error",
        names={"subject": "", "evaluator": "", "visit": ""},  # it is about all of them
        parts={"count": other.size},
        message="responses under {value} ({count} rows of subjects who have no others) are compared "
        "with nothing: the checks ran under {expected}",
    )


@check(
    "Q11",
    needs={"lesions": ("size", "perpendicular")},
    follows=("M02", "M03", "L15"),
    blank_allowed=True,
)
def who_second_diameter_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target with one diameter, where WHO multiplies two."""
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    for given, other, what in (
        ("size", "perpendicular", "a perpendicular diameter"),
        ("perpendicular", "size", "a longest diameter"),
    ):
        second = rows.cells.measure(other)
        bad = target & (rows.number(given) > 0) & np.isnan(rows.number(other)) & ~second.too_small
        yield flag(
            "lesions",
            bad & ~rows.cells.contradiction,
            "{lesion} has one diameter at visit {visit} ({given} mm); {expected} is missing",
            other,
            expected=what,
            given=rows.number(given),
        )


def _merged_masses(rows: Rows) -> Bools:
    """Rows of a lesion that others have merged into, from then on: its growth is not its own."""
    into = merged_into(rows.data)
    told = into >= 0
    since = smallest_at(into[told], rows.timepoint[told], len(rows.in_time), NEVER)
    return np.asarray(rows.timepoint >= since[rows.lesion])


def _grown(data: Data, percent: float) -> tuple[Ints, Floats]:
    """For each timepoint the row of the first target that rose from its own smallest size (-1);
    that size by row.
    """
    rows, size = data["lesions"], data.size
    use = (rows.cells.role == Role.TARGET) & (rows.order >= 0) & (size >= 0) & ~_merged_masses(rows)
    once = group(rows.lesion_visit, where=use).is_first()
    lowest = group(rows.lesion, by=rows.timepoint, where=once).running_minimum(size, before=True)
    grown = np.flatnonzero(np.isfinite(lowest) & (size > 0) & risen_by(percent, lowest, size))[::-1]
    at = np.full(len(data.timepoints), -1, dtype=np.int64)
    at[rows.timepoint[grown]] = grown
    return at, lowest


def _overall(data: Data) -> Codes:
    """The reported overall responses under the criteria of the run, MISSING elsewhere."""
    under_own_criteria(data)
    rows = data["responses"]
    codes = rows.responses("overall")
    return np.where(data.own_criteria & (codes > 0), codes, Response.MISSING).astype(np.int8)


@check(
    "Q12",
    needs={"responses": ("overall",), "lesions": ("size", "perpendicular")},
    follows=("row", "value", "sum", "Q11"),
    percent=25.0,
)
def who_single_lesion_pd_missed(data: Data, parameters: Parameters) -> Hits:
    """One target's product rose by 25 % or more from its own smallest, but the overall response is
    not PD.
    """
    rows, scans = data["responses"], data["lesions"]
    row, lowest = _grown(data, parameters["percent"])
    grown = row[rows.timepoint]
    better = _overall(data) > Response.PD
    at = np.flatnonzero(better & (grown >= 0))
    lesion, was = grown[at], lowest[grown[at]]
    now = data.size[lesion]
    with np.errstate(divide="ignore", over="ignore"):
        rise = np.where(was > 0, 100 * now / was - 100, np.nan)
    return Hits(
        table="responses",
        rows=at,
        column="overall",
        expected="PD",
        related=lesion,
        related_table="lesions",
        names={"lesion": scans.text("lesion", lesion)},
        parts={
            "was": was,
            "now": now,
            "rise": [f" (+{r:.1f} %)" if r == r else "" for r in rise.tolist()],
        },
        message="overall response {value}, but the product of {lesion} rose from {was} to {now} "
        "mm2{rise}, which is PD "
        "under WHO",
    )


@check("Q13", needs={"responses": ("overall",)}, follows=("S04", "S11", "D01", "D08"), days=28)
def who_confirmation_missing(data: Data, parameters: Parameters) -> Hits:
    """A CR or PR without a second one four weeks later and before progression; at the first one of
    the patient.
    """
    rows, codes = data["responses"], _overall(data)
    worse = codes == Response.PD
    end = smallest_at(rows.track[worse], rows.timepoint[worse], data.n_tracks, NEVER)
    good = (codes >= Response.PR) & (rows.timepoint < end[rows.track])
    of_track = group(rows.track, by=rows.timepoint, where=good)
    # where a date is not full nothing is known
    known = of_track.all(~np.isnan(rows.day))
    apart = of_track.maximum(rows.day) - of_track.minimum(rows.day)
    alone = (of_track.size == 1) | (known & more_than(parameters["days"], apart))
    bad = np.flatnonzero(of_track.is_first() & of_track.of_rows(alone, fill=False))
    return Hits(
        table="responses",
        rows=bad,
        column="overall",
        expected=f"a second CR or PR at least {parameters['days']:g} days later",
        message="{value} at visit {visit} is not confirmed: {expected} is missing",
    )


_PLAIN = {
    Response.CR: "iCR",
    Response.PR: "iPR",
    Response.SD: "iSD",
    Response.PD: "iUPD or iCPD",
    Response.NON_CR_NON_PD: "NON-iCR/NON-iUPD",
}


def _immune_words(rows: Rows) -> npt.NDArray[Any]:
    """Whether an overall response is written as iRECIST writes it."""
    return rows.table.column("overall").map(is_immune, np.bool_)


@check(
    "Q14",
    needs={"responses": ("overall",)},
    follows=("S04", "S11", "D01", "D08"),
    min_days=28,
    max_days=56,
)
def irecist_icpd_without_iupd(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """iCPD without iUPD before it, or not four to eight weeks after it (later is a note: the next visit
    may be planned so); a response of RECIST in an iRECIST track.

    What comes between (iSD, iPR, iCR) resets the bar: iCPD then needs a new iUPD. NE does not.
    """
    rows, codes = data["responses"], _overall(data)
    immune = _immune_words(rows) & (codes > Response.NE)
    told = (
        rows.table.column("criteria").map(lambda w: criteria_family(w) == "iRECIST", np.bool_)
        if "criteria" in rows
        else np.zeros(rows.n, dtype=np.bool_)
    )
    track = np.isin(rows.track, rows.track[immune]) & rows.blank("criteria")
    plain = (codes > Response.NE) & ~immune & (told | track)
    expected = np.array([_PLAIN.get(r, "") for r in Response], dtype=object)[codes]
    yield flag(
        "responses", plain, "{value} is no response of iRECIST", "overall", expected=expected
    )
    last = group(rows.track, by=rows.timepoint, where=codes > Response.NE).previous()
    before = np.where(last >= 0, codes[last], Response.MISSING)
    confirmed = immune & (codes == Response.PD)
    alone = confirmed & ~np.isin(before, (Response.IUPD, Response.PD))
    yield Hits(
        table="responses",
        rows=np.flatnonzero(alone),
        column="overall",
        expected="iUPD",
        message="iCPD at visit {visit} without iUPD at the assessment before it",
    )
    gap = rows.day - rows.day[last]
    least, most = parameters["min_days"], parameters["max_days"]
    off = confirmed & (before == Response.IUPD) & (more_than(least, gap) | more_than(gap, most))
    at = np.flatnonzero(off)
    yield Hits(
        table="responses",
        rows=at,
        column="overall",
        related=last[at],
        severity=np.where(more_than(gap[at], most), "note", ""),
        parts={"gap": gap[at]},
        expected=f"{least:g} to {most:g} days after iUPD",
        message="iCPD at visit {visit} is {gap} days after iUPD; {expected} is the interval",
    )
