"""Biological and symptomatic response beside each scan: the review's other two axes.

Each marker and each symptom is judged by itself (`axis_markers`, `axis_symptoms`). Several of a
patient become one verdict by a named rule: of markers as `assess` was asked, else only where they
agree; of symptoms by the library's overall grade. The best over time is the best before progression
of the same axis.

Sources: Vogl et al. 2008, sections 4.1 and 4.2 (the responses themselves:
`nettumor.marker_response` and `nettumor.symptom_response`); which sample or window belongs to which
scan, and what several make together, are library choices. Tables `markers` and `symptoms` come in;
codes and reasons of shape (unit, timepoint) come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, more_than
from nettumor.assessment.asked import Asked
from nettumor.assessment.axis_markers import Part, joined, marker_name, marker_parts
from nettumor.assessment.axis_symptoms import overall, symptom_parts
from nettumor.assessment.course import one_a_day
from nettumor.assessment.series import Scans
from nettumor.best_response import best_overall_response
from nettumor.crf import CrfTable, Tables
from nettumor.crf.columns import Ints
from nettumor.criteria import VOGL_2008
from nettumor.errors import InputError, did_you_mean
from nettumor.markers import combine_markers
from nettumor.rows import number_rows
from nettumor.study.tracks import Names
from nettumor.terminology import Response, labels

_BEST = attrs.evolve(
    VOGL_2008.best_response, cr_then_pr="keep", title="Best biological or symptomatic response"
)


@frozen(eq=False)
class Axis:
    """One axis of all units, or one marker or symptom of it.

    Attributes
    ----------
    response : ndarray of int8, shape (unit, timepoint)
        MISSING at the baseline and where a patient has no sample at all; NE where none belongs to
        the scan.
    reason : ndarray of int32, shape (unit, timepoint)
        Bits of `Reason`, of all markers (symptoms) that have this response.
    best : ndarray of int8, shape (unit,)
    present : ndarray of bool, shape (unit,), or None
        Who had a symptom at baseline: the denominator of the rates.
    parts : dict of str to Axis
        Each marker or symptom, where there is more than one.
    note : ndarray of str objects, shape (unit, timepoint), or None
        Confounders of the samples, and why several markers have no verdict together.
    """

    response: Codes
    reason: npt.NDArray[np.int32]
    best: Codes
    present: Bools | None = None
    parts: dict[str, Axis] = attrs.field(factory=dict)
    note: npt.NDArray[Any] | None = None


def axes(
    study: Tables,
    names: Names,
    scans: Scans,
    references: Mapping[str, Floats],
    asked: Asked,
) -> dict[str, Axis]:
    """The axes whose tables the study has: "biological" (markers), "symptomatic" (symptoms).

    ``references``: of each of these tables the reference date of the units in its count.
    """
    out: dict[str, Axis] = {}
    for name, table, judge in (
        ("biological", "markers", _biological),
        ("symptomatic", "symptoms", _symptomatic),
    ):
        if table in references and not study.missing_columns(table):
            own = attrs.evolve(scans, reference=references[table])
            out[name] = judge(study[table], places(study[table], names), own, asked)
    return out


def places(table: CrfTable, names: Names) -> Ints:
    """The subject of each row; -1 for a subject that is not in the study, or none."""
    code, words = table.keys_of("subject")
    place = dict(zip(names.subjects, range(len(names.subjects)), strict=True))
    found = np.fromiter(map(place.get, words, repeat(-1)), dtype=np.int64, count=len(words))
    return found[code] if len(words) else code


def _biological(table: CrfTable, subject: Ints, scans: Scans, asked: Asked) -> Axis:
    parts = marker_parts(table, subject, scans, asked)
    if not parts:
        return _axis(_nothing(scans), scans)
    codes = {
        name: np.where(p.has[:, None], p.response, np.int8(Response.MISSING))
        for name, p in parts.items()
    }
    rule, primary = asked.marker_rule, asked.primary_marker
    primary = None if primary is None else marker_name(primary)
    if rule == "primary" and primary not in codes:
        raise InputError(
            f"`primary_marker` must be a marker of the table; got {asked.primary_marker!r}. "
            f"{did_you_mean(asked.primary_marker, codes)}",
            argument="primary_marker",
        )
    response = np.array(combine_markers(codes, rule=rule or "worst", primary=primary))
    reason = np.zeros(response.shape, dtype=np.int32)
    for name, part in parts.items():
        reason |= np.where(codes[name] == response, part.reason, 0).astype(np.int32)
    note = joined([p.note for p in parts.values()])
    if rule is None and len(parts) > 1:
        response, reason, note = _where_they_agree(parts, codes, response, reason, note)
    whole = Part(response, reason, np.ones(len(response), np.bool_), np.zeros(0, np.bool_), note)
    return _axis(whole, scans, parts)


def _where_they_agree(
    parts: dict[str, Part],
    codes: dict[str, Codes],
    worst: Codes,
    reason: npt.NDArray[np.int32],
    note: npt.NDArray[Any] | None,
) -> tuple[Codes, npt.NDArray[np.int32], npt.NDArray[Any] | None]:
    """No rule: a verdict where all evaluable markers have it, else NE, and the note says so."""
    best = np.array(combine_markers(codes, rule="best"))
    differ = (worst > Response.NE) & (best > Response.NE) & (best != worst)
    if not differ.any():
        return worst, reason, note
    note = np.full(worst.shape, "", dtype=object) if note is None else note
    # the markers that differ are put into words once for each combination of responses
    of_marker = [code[differ] for code in codes.values()]
    number, first = number_rows(*of_marker)
    words = np.array(
        [_told(list(codes), [int(code[i]) for code in of_marker]) for i in first.tolist()],
        dtype=object,
    )
    own = note[differ]
    said = words[number]
    note[differ] = np.where(own == "", said, said + "; " + own)
    both = reason.copy()
    for part in parts.values():
        both |= np.where(differ & (part.response > Response.NE), part.reason, 0).astype(np.int32)
    return np.where(differ, np.int8(Response.NE), worst), both, note


def _told(names: list[str], codes: list[int]) -> str:
    """What several markers say, where no rule makes one verdict of them."""
    said = [
        f"{name} {label}"
        for name, code, label in zip(names, codes, labels(codes), strict=True)
        if code > Response.NE
    ]
    return f"several markers and no rule: {', '.join(said)}"


def _symptomatic(table: CrfTable, subject: Ints, scans: Scans, asked: Asked) -> Axis:
    parts = symptom_parts(table, subject, scans, asked)
    if not parts:
        axis = _axis(_nothing(scans), scans)
        return attrs.evolve(axis, present=np.zeros(len(scans.subject), dtype=np.bool_))
    whole, present = overall(parts, asked)
    return attrs.evolve(_axis(whole, scans, parts), present=present)


def _nothing(scans: Scans) -> Part:
    none = np.zeros(len(scans.subject), dtype=np.bool_)
    shape = scans.day.shape
    return Part(np.zeros(shape, np.int8), np.zeros(shape, np.int32), none, none)


def _axis(whole: Part, scans: Scans, parts: dict[str, Part] | None = None) -> Axis:
    """The axis beside the scans that exist, its best over time, and each of several parts."""
    outside = ~scans.exists
    outside[:, 0] = True
    missing = outside | ~whole.has[:, None]
    response = np.where(missing, np.int8(Response.MISSING), whole.response)
    reason = np.where(response == Response.MISSING, np.int32(0), whole.reason)
    late = more_than(scans.day, scans.cutoff[:, None])
    counted = np.where(late, np.int8(Response.MISSING), response)
    note = whole.note
    if note is not None:
        note = np.where(missing, "", note)
    own = parts if parts is not None and len(parts) > 1 else {}
    return Axis(
        response,
        reason,
        _best(counted, scans),
        parts={name: _axis(part, scans) for name, part in own.items()},
        note=note,
    )


def _best(response: Codes, scans: Scans) -> Codes:
    codes, days, _ = one_a_day(response, scans.day, scans.day)
    return np.asarray(
        best_overall_response(codes, days, new_therapy=scans.new_therapy, rule=_BEST).response
    )
