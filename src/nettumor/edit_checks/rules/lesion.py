"""Lesions: may they be targets by their size, are there too many, and is the baseline complete?

Sources: RECIST 1.1, 3.1 (measurability) and 4.2 (targets); RECIST 1.0; EORTC clarifications (paired
organs and nodes are one organ). Input: the lesions table. Output: lesions that should not have been
chosen, and patients whose baseline is not as the criteria ask. Where targets lie is asked in
`lesion_site`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from nettumor._arrays import Bools, Codes, Floats, at_least, more_than
from nettumor.crf import Role, State
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Words
from nettumor.edit_checks.engine.columns import written
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.diameters import hits_by_column, sizes_of_recist
from nettumor.edit_checks.reading.lesion_rows import baseline, first_rows, of_lesions
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.rules.methods import imaged_by
from nettumor.edit_checks.rules.structure import lacking_measures
from nettumor.rows import first_of, group, order_rows
from nettumor.words.negation import says
from nettumor.words.organs import side


@made_once
def measured(data: Data) -> tuple[Floats, Words]:
    """For each row the diameter that makes a lesion measurable, and the column it stands in.

    mm, whatever the criteria of the run measure: a node's short axis, of another lesion the longest
    diameter (the viable one where there is no other); 5 mm for too small, 0 where the lesion is
    gone, NaN where not measured.
    """
    rows, (value, _) = data["lesions"], sizes_of_recist(data)
    column = np.repeat(np.array(["size"], dtype=object), rows.n)  # one text for all rows
    column[rows.cells.nodal & ~rows.blank("perpendicular")] = "perpendicular"
    column[~rows.blank("diameter")] = "diameter"
    viable = np.isnan(value) & ~rows.blank("viable")
    if viable.any():
        column[viable] = "viable"
        value = np.where(viable, rows.cells.measure("viable").value, value)
    return value, column


def _flag_size(data: Data, found: Ints, message: str, **more: Any) -> Iterator[Hits]:
    """Hits at some rows, those of each column apart; ``found`` is the diameter, or the word in its
    place. An array beside has one element a hit.
    """
    rows, (value, column) = data["lesions"], measured(data)
    for name in dict.fromkeys(column[found].tolist()):
        mine = column[found] == name
        at = found[mine]
        word = np.isnan(rows.number(name)[at])  # too small to measure, in this cell or in the state
        mm = written(value[at], len(at))
        parts = {n: part[mine] if np.ndim(part) else part for n, part in more.items()}
        yield Hits(
            table="lesions",
            rows=at,
            message=message,
            column=name,
            value=np.where(word, rows.text(name, at), mm),
            expected=parts.pop("expected"),
            severity=parts.pop("severity", ""),
            parts={"found": np.where(word, "too small to measure", mm + " mm"), **parts},
        )


def beyond(use: Bools, most: int, *keys: Ints) -> tuple[Ints, Ints]:
    """The row in use that first passes ``most`` of those with its keys, and how many have them."""
    rows = np.flatnonzero(use)
    alike = group(*(key[rows] for key in keys))
    over = np.flatnonzero(alike.occurrence == most)
    return rows[over], alike.size[alike.number[over]]


@check("L01", needs={"lesions": ()}, follows=("L15",), max_targets=5)
def too_many_targets(data: Data, parameters: Parameters) -> Hits:
    """More targets at baseline than the criteria allow; the finding stands at the first one too
    many.
    """
    rows, most = data["lesions"], int(parameters["max_targets"])
    over, count = beyond(baseline(rows, Role.TARGET), most, rows.track)
    return Hits(
        table="lesions",
        rows=over,
        column="role",
        value=count,
        expected=f"at most {most}",
        message="{value} target lesions at baseline, {lesion} the first one too many; allowed: "
        "{expected}",
    )


@check("L02", needs={"lesions": ("organ",)}, follows=("L15", "L16"), max_per_organ=2)
def too_many_targets_per_organ(data: Data, parameters: Parameters) -> Hits:
    """More targets in one organ than the criteria allow; paired organs, and all nodes, are one
    organ.
    """
    rows, most = data["lesions"], int(parameters["max_per_organ"])
    known = (rows.organ_words != "")[rows.organ]
    over, count = beyond(baseline(rows, Role.TARGET) & known, most, rows.track, rows.organ)
    return Hits(
        table="lesions",
        rows=over,
        column="organ",
        value=count,
        expected=f"at most {most}",
        parts={"place": rows.organ_words[rows.organ[over]]},
        message="{value} target lesions in one organ ({place}) at baseline, {lesion} the first "
        "one too many; "
        "allowed: {expected}",
    )


def _least(rows: Rows, at: Ints, smallest: Floats, factor: float) -> Floats:
    """The least size of some rows: that given, or twice the slice where slices are thicker than
    5 mm.
    """
    slices = rows.number("slice_thickness")[at]
    thick = more_than(
        slices, 5.0
    )  # RECIST 1.1, 3.1: slices of no more than 5 mm; else twice their thickness
    return np.where(thick, np.maximum(smallest, factor * slices), smallest)


_SIZED = "size|viable|diameter|perpendicular"


@check(
    "L03",
    needs={"lesions": (_SIZED,)},
    follows=("size",),
    min_mm=10.0,
    xray_min=20.0,
    slice_factor=2.0,
)
def target_too_small(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An extranodal target below the measurable size at baseline; 20 mm by X-ray, twice the slice
    if thicker than 5.
    """
    rows, (size, _) = data["lesions"], measured(data)
    at = np.flatnonzero(baseline(rows, Role.TARGET) & ~rows.cells.nodal & (size > 0))
    xray = imaged_by(rows, "X-RAY")[at]
    smallest = np.where(xray, float(parameters["xray_min"]), float(parameters["min_mm"]))
    least = _least(rows, at, smallest, parameters["slice_factor"])
    small = ~at_least(size[at], least)
    why = np.where(xray, " by X-ray", "").astype(object)
    why[least > smallest] = " with slices of this thickness"
    yield from _flag_size(
        data,
        at[small],
        "target {lesion} is {found} at baseline; a target needs {expected} mm or more{why}",
        expected=least[small],
        why=why[small],
    )


@check(
    "L04",
    needs={"lesions": (_SIZED, "organ|nodal")},
    follows=("size",),
    min_node_mm=15.0,
    slice_factor=2.0,
)
def target_node_too_small(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target node with a short axis below the measurable size at baseline."""
    rows, (size, _) = data["lesions"], measured(data)
    at = np.flatnonzero(baseline(rows, Role.TARGET) & rows.cells.nodal & (size > 0))
    smallest = np.full(len(at), float(parameters["min_node_mm"]))
    least = _least(rows, at, smallest, parameters["slice_factor"])
    small = ~at_least(size[at], least)
    yield from _flag_size(
        data,
        at[small],
        "target node {lesion} has a short axis of {found} at baseline; it needs "
        "{expected} mm or more",
        expected=least[small],
    )


@check(
    "L05",
    needs={"lesions": (_SIZED, "organ|nodal")},
    follows=("size",),
    node_normal_mm=10.0,
    node_target_mm=15.0,
    max_targets=5,
    max_per_organ=2,
)
def nontarget_node_not_pathologic(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A non-target node that is normal at baseline, or that could have been a target (note)."""
    rows, (size, _) = data["lesions"], measured(data)
    node = np.flatnonzero(baseline(rows, Role.NON_TARGET) & rows.cells.nodal)
    normal = node[(size[node] >= 0) & ~at_least(size[node], parameters["node_normal_mm"])]
    least = f"at least {parameters['node_normal_mm']:g} mm"
    yield from _flag_size(
        data,
        normal,
        "non-target node {lesion} has a short axis of {found} at baseline: a "
        "normal node is no lesion; {expected} are needed",
        expected=least,
    )
    targets = baseline(rows, Role.TARGET)
    large = node[at_least(size[node], parameters["node_target_mm"])]
    of_track = rows.track[large]
    count = np.bincount(rows.track[targets], minlength=data.n_tracks)[of_track]
    nodes = np.bincount(rows.track[targets & rows.cells.nodal], minlength=data.n_tracks)[of_track]
    room = (count < parameters["max_targets"]) & (nodes < parameters["max_per_organ"])
    yield from _flag_size(
        data,
        large[room],
        "non-target node {lesion} has a short axis of {found} at baseline and could "
        "be a target: {count} target(s) are chosen, {nodes} of them nodes",
        count=count[room],
        nodes=nodes[room],
        expected="a target, if it can be measured again",
        severity="note",
    )


@check(
    "L06",
    needs={"lesions": ()},
    follows=(
        *(
            "S03",
            "S06",
            "S11",
            "L15",
            "M02",
            "M03",
            "M04",
            "M06",
            "M08",
            "M13",
            "M31",
            "Q03",
            "Q11",
        ),
    ),
)
def baseline_target_zero_or_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target that is 0, absent or not measured at baseline."""
    lacking = lacking_measures(data)
    if lacking:
        raise Skip(
            f"lesions has no column {lacking[0]}, which {data.criteria.title} measures targets by"
        )
    rows, (_, column) = data["lesions"], measured(data)
    at = np.flatnonzero(baseline(rows, Role.TARGET) & ~(data.size > 0))
    words = np.array(["has no size", "is not evaluable", "is 0 or absent"], dtype=object)
    said = np.where(data.size[at] == 0, 2, rows.cells.not_evaluable[at].astype(np.int8))
    yield from hits_by_column(
        column,
        at,
        "target {lesion} {found} at baseline (visit {visit})",
        expected="a size above 0",
        parts={"found": words[said]},
    )


_ADJUVANT = re.compile(r"(?<!NEO)(?<!NEO[- ])ADJUVANT")


def no_disease(data: Data) -> Bools:
    """Subject codes without disease at baseline by the tables: a response NED, or an adjuvant arm
    or treatment.
    """
    out = np.zeros(len(data.subjects), dtype=np.bool_)
    if "responses" in data.tables:
        rows = data["responses"]
        for column in ("target", "non_target", "overall", "best"):
            if column in rows:
                out[
                    rows.subject[
                        rows.table.column(column).map(lambda w: tidy(w) == "NED", np.bool_)
                    ]
                ] = True
    if "subjects" in data.tables:
        people = data["subjects"]
        for column in ("arm", "treatment"):
            if column in people:
                said = people.table.column(column).map(lambda w: says(w, _ADJUVANT), np.bool_)
                out[people.subject[said]] = True
    return out


_SCREENED = re.compile(
    r"SCREEN(?:ING)?[ -]?FAIL|SCRNFAIL|NOT ?ASS?IGN|NOTASSGN|NOT ?TR(?:EA)?TED?\b"
)
"""Words of an arm, a treatment or a reason for subjects who never began (SDTM ARMNRS, DSDECOD)."""


def never_started(data: Data) -> Bools:
    """Subject codes that never began: told by arm, treatment or end reason; or with neither
    randomisation nor treatment in a study that records them.
    """
    out = np.zeros(len(data.subjects), dtype=np.bool_)
    people = data["subjects"]
    for column in ("arm", "treatment", "end_reason"):
        if column in people:
            said = people.table.column(column).map(lambda w: says(w, _SCREENED), np.bool_)
            out[people.subject[said]] = True
    began = [~people.blank(c) for c in ("randomized", "treatment_start") if c in people]
    if began and np.logical_or.reduce(began).any():
        out[people.subject[~np.logical_or.reduce(began)]] = True
    return out


@check("L07", needs={"lesions": ()}, follows=("S02", "S07", "S11", "L15"))
def no_lesions_at_baseline(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A patient without target and non-target lesion at baseline, or without any lesion row; not
    where disease-free.
    """
    rows, points, free = data["lesions"], data.timepoints, no_disease(data)
    has = np.zeros(data.n_tracks, dtype=np.bool_)
    has[rows.track[(rows.order == 0) & _of_baseline(rows.cells.role)]] = True
    has |= free[data.track_subject]
    at = points.lesions[(points.order == 0) & ~has[points.track] & (points.lesions >= 0)]
    yield Hits(
        table="lesions",
        rows=at[order_rows(at)],
        column="role",
        expected="a target or non-target lesion",
        message="{subject} has neither target nor non-target lesion at baseline (visit {visit}, "
        "the first with "
        "lesions)",
        names={"lesion": ""},
    )
    if "subjects" in data.tables:
        people = data["subjects"]
        none = (
            ~np.isin(people.subject, rows.subject)
            & ~free[people.subject]
            & ~never_started(data)[people.subject]
            & ~people.blank("subject")
        )
        yield flag(
            "subjects",
            none,
            "{subject} has no row in lesions",
            "subject",
            expected="lesions at baseline",
        )


@check("L08", needs={"lesions": ()}, follows=("S11", "L15"), require_measurable=False)
def no_measurable_disease(data: Data, parameters: Parameters) -> Hits:
    """A patient with non-target lesions only; an error where the protocol asks for measurable
    disease.
    """
    rows = data["lesions"]
    with_target = np.zeros(data.n_tracks, dtype=np.bool_)
    with_target[rows.track[rows.cells.role == Role.TARGET]] = True
    at = np.flatnonzero(baseline(rows, Role.NON_TARGET))
    at = at[~with_target[rows.track[at]]]
    at = at[first_of(rows.track[at])]
    severity = "error" if parameters["require_measurable"] else ""
    return Hits(
        table="lesions",
        rows=at,
        column="role",
        names={"lesion": ""},
        severity=severity,
        expected="a target lesion" if severity else "",
        message="{subject} has non-target lesions only: PR and SD are impossible",
    )


@check("L13", needs={"lesions": ()}, follows=("L07", "L15"))
def new_lesion_at_baseline(data: Data, parameters: Parameters) -> Hits:
    """A lesion called new at baseline; where there was no disease at baseline the first lesions are
    new.
    """
    rows = data["lesions"]
    gone = (
        np.isin(rows.cells.state, (State.ABSENT, State.NOT_EVALUABLE))
        | no_disease(data)[rows.subject]
    )
    bad = (rows.cells.role == Role.NEW) & (rows.order <= 0) & ~gone
    return Hits(
        table="lesions",
        rows=first_rows(rows, bad),
        column="role",
        expected="TARGET or NON-TARGET",
        message="{lesion} is called new and has a record at baseline (visit {visit})",
    )


@check("L17", needs={"lesions": ("organ",)}, follows=("S05",), blank_allowed=True)
def lesion_location_missing(data: Data, parameters: Parameters) -> Hits:
    """A target or non-target lesion without a location in any of its rows."""
    rows = data["lesions"]
    bad = _of_baseline(rows.cells.role) & rows.blank("organ")
    if bad.any():
        bad &= ~of_lesions(rows, ~rows.blank("organ"))
    return Hits(
        table="lesions",
        rows=first_rows(rows, bad),
        column="organ",
        expected="a location",
        message="{lesion} has no location: limits per organ and rules for nodes cannot be checked",
    )


def _of_baseline(role: Codes) -> Bools:
    """Where a role is that of a lesion of the baseline: target or non-target."""
    return np.asarray((role == Role.TARGET) | (role == Role.NON_TARGET))


def organ_sides(rows: Rows) -> Ints:
    """0 no side, 1 left, 2 right."""
    place = {"": 0, "LEFT": 1, "RIGHT": 2}
    return rows.table.column("organ").map(lambda w: place[side(w)], np.int64)
