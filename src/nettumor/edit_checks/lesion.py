"""Lesions: may they be targets, are there too many, and is the choice at baseline complete?

Sources: RECIST 1.1, 3.1 (measurability) and 4.2 (targets); RECIST 1.0; EORTC clarifications (paired
organs and nodes are one organ). Input: the lesions table. Output: lesions that should not have been
chosen, and patients whose baseline is not as the criteria ask.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, at_least
from nettumor.crf import Role, State, number_rows, occurrence, parse_flags
from nettumor.edit_checks import _organs
from nettumor.edit_checks._data import Data, Ints, Rows
from nettumor.edit_checks._types import Hits, Parameters, check, flag
from nettumor.edit_checks.methods import kinds_of


def first_rows(rows: Rows, where: Bools) -> Ints:
    """The first row of each lesion among those where a mask holds."""
    at = np.flatnonzero(where)
    return np.asarray(at[occurrence(rows.lesion[at]) == 0])


def baseline(rows: Rows, role: Role) -> Bools:
    """One row per lesion of a role at baseline; a part of a split lesion is no lesion of its own."""
    out = np.zeros(rows.n, dtype=np.bool_)
    whole = rows.cells.parent == ""
    out[first_rows(rows, (rows.order == 0) & (rows.cells.role == role) & whole)] = True
    return out


def _beyond(groups: Ints, use: Bools, most: int) -> tuple[Ints, Ints]:
    """The row that first passes ``most`` in its group, and how many the group has."""
    at = np.flatnonzero(use)
    count = np.bincount(groups[at], minlength=int(groups.max(initial=-1)) + 1)
    over = at[occurrence(groups[at]) == most]
    return over, count[groups[over]]


@check("L01", needs={"lesions": ()}, follows=("L15",), max_targets=5)
def too_many_targets(data: Data, parameters: Parameters) -> Hits:
    """More targets at baseline than the criteria allow; the finding stands at the first one too many."""
    rows, most = data["lesions"], int(parameters["max_targets"])
    over, count = _beyond(rows.track, baseline(rows, Role.TARGET), most)
    return Hits(table="lesions", rows=over, column="role", value=count, expected=f"at most {most}",
                message="{value} target lesions at baseline; {expected}")  # fmt: skip


@check("L02", needs={"lesions": ("organ",)}, follows=("L15", "L16"), max_per_organ=2)
def too_many_targets_per_organ(data: Data, parameters: Parameters) -> Hits:
    """More targets in one organ than the criteria allow; paired organs, and all nodes, are one organ."""
    rows, most = data["lesions"], int(parameters["max_per_organ"])
    known = rows.organ_words[rows.organ] != ""
    groups, _ = number_rows(rows.track, rows.organ)
    over, count = _beyond(groups, baseline(rows, Role.TARGET) & known, most)
    return Hits(table="lesions", rows=over, column="organ", value=count, expected=f"at most {most}",
                parts={"place": rows.organ_words[rows.organ[over]]},
                message="{value} target lesions in {place}; {expected}")  # fmt: skip


def _least(rows: Rows, smallest: Floats, factor: float) -> Floats:
    """The least size: that given, or twice the slice where slices are thicker than 5 mm."""
    slices = rows.number("slice_thickness")
    thick = slices > 5  # RECIST 1.1, 3.1: slices of no more than 5 mm; else twice their thickness
    return np.where(thick, np.maximum(smallest, factor * slices), smallest)


@check("L03", needs={"lesions": ("size|viable|diameter|perpendicular",)}, follows=("M", "L15"), min_mm=10.0,
       xray_min=20.0, slice_factor=2.0)  # fmt: skip
def target_too_small(data: Data, parameters: Parameters) -> Hits:
    """An extranodal target below the measurable size at baseline."""
    rows = data["lesions"]
    xray = kinds_of(data, rows) == "X-RAY"
    smallest = np.asarray(np.where(xray, parameters["xray_min"], parameters["min_mm"]), dtype=np.float64)
    least = _least(rows, smallest, parameters["slice_factor"])
    small = baseline(rows, Role.TARGET) & ~rows.cells.nodal & (data.size > 0) & ~at_least(data.size, least)
    return flag("lesions", small, "target {lesion} is {value} mm at baseline; a target needs {expected} mm or more",
                "size", value=data.size, expected=least)  # fmt: skip


@check("L04", needs={"lesions": ("size|diameter|perpendicular",)}, follows=("M", "L15"), min_node_mm=15.0,
       slice_factor=2.0)  # fmt: skip
def target_node_too_small(data: Data, parameters: Parameters) -> Hits:
    """A target node with a short axis below the measurable size at baseline."""
    rows = data["lesions"]
    least = _least(rows, np.full(rows.n, float(parameters["min_node_mm"])), parameters["slice_factor"])
    small = baseline(rows, Role.TARGET) & rows.cells.nodal & (data.size > 0) & ~at_least(data.size, least)
    return flag("lesions", small, "target node {lesion} has a short axis of {value} mm at baseline; it needs "
                "{expected} mm or more", "size", value=data.size, expected=least)  # fmt: skip


@check("L05", needs={"lesions": ("size|diameter|perpendicular",)}, follows=("M", "L15"), node_normal_mm=10.0,
       node_target_mm=15.0, max_targets=5, max_per_organ=2)  # fmt: skip
def nontarget_node_not_pathologic(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A non-target node that is normal at baseline, or that could have been a target (note)."""
    rows = data["lesions"]
    node = baseline(rows, Role.NON_TARGET) & rows.cells.nodal
    normal = node & (data.size > 0) & ~at_least(data.size, parameters["node_normal_mm"])
    yield flag("lesions", normal, "non-target node {lesion} has a short axis of {value} mm: a normal node", "size",
               value=data.size, expected=f"at least {parameters['node_normal_mm']:g} mm")  # fmt: skip
    targets = baseline(rows, Role.TARGET)
    count = np.bincount(rows.track[targets], minlength=data.n_tracks)[rows.track]
    nodes = np.bincount(rows.track[targets & rows.cells.nodal], minlength=data.n_tracks)[rows.track]
    room = (count < parameters["max_targets"]) & (nodes < parameters["max_per_organ"])
    large = node & at_least(data.size, parameters["node_target_mm"]) & room
    yield flag("lesions", large, "non-target node {lesion} has a short axis of {value} mm and could be a target",
               "size", value=data.size, severity=np.full(rows.n, "note"))  # fmt: skip


@check("L06", needs={"lesions": ()}, follows=("S03", "M02", "M03", "M04", "M06", "M13"))
def baseline_target_zero_or_missing(data: Data, parameters: Parameters) -> Hits:
    """A target that is 0, absent or not measured at baseline."""
    rows = data["lesions"]
    target = baseline(rows, Role.TARGET)
    bad = target & ~(data.size > 0)
    found = np.where(data.size == 0, "is 0 or absent", "was not measured")
    return flag("lesions", bad, "target {lesion} {found} at baseline", "size", expected="a size above 0", found=found)


@check("L07", needs={"lesions": ()}, follows=("L15", "S07", "S02"))
def no_lesions_at_baseline(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A patient without target and non-target lesion at baseline, or without any lesion row at all."""
    rows, points = data["lesions"], data.timepoints
    has = np.zeros(data.n_tracks, dtype=np.bool_)
    has[rows.track[(rows.order == 0) & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))]] = True
    at = np.flatnonzero((points.order == 0) & ~has[points.track] & (points.lesions >= 0))
    yield Hits(table="lesions", rows=points.lesions[at], column="role", expected="a target or non-target lesion",
               message="{subject} has neither target nor non-target lesion at baseline",
               names={"lesion": ""})  # fmt: skip
    if "subjects" in data.tables:
        people = data["subjects"]
        yield flag("subjects", ~np.isin(people.subject, rows.subject), "{subject} has no row in lesions", "subject",
                   expected="lesions at baseline")  # fmt: skip


def _first_of_track(data: Data, where: Bools) -> Ints:
    rows = data["lesions"]
    at = np.flatnonzero(where)
    return np.asarray(at[occurrence(rows.track[at]) == 0])


@check("L08", needs={"lesions": ()}, follows=("L15",), require_measurable=False)
def no_measurable_disease(data: Data, parameters: Parameters) -> Hits:
    """A patient with non-target lesions only; an error where the protocol asks for measurable disease."""
    rows = data["lesions"]
    targets = np.isin(rows.track, rows.track[rows.cells.role == Role.TARGET])
    at = _first_of_track(data, baseline(rows, Role.NON_TARGET) & ~targets)
    severity = "error" if parameters["require_measurable"] else ""
    return Hits(table="lesions", rows=at, column="role", names={"lesion": ""}, severity=severity,
                message="{subject} has non-target lesions only: PR and SD are impossible")  # fmt: skip


@check("L09", needs={"lesions": ("organ",)}, follows=("M", "L15", "L16"), min_mm=10.0, min_node_mm=15.0, max_targets=5)
def measurable_organ_not_represented(data: Data, parameters: Parameters) -> Hits:
    """An organ with a measurable non-target and no target, while there is room for more targets."""
    rows = data["lesions"]
    place, _ = number_rows(rows.track, rows.organ)
    targets = baseline(rows, Role.TARGET)
    count = np.bincount(rows.track[targets], minlength=data.n_tracks)[rows.track]
    least = np.where(rows.cells.nodal, parameters["min_node_mm"], parameters["min_mm"])
    known = rows.organ_words[rows.organ] != ""
    large = baseline(rows, Role.NON_TARGET) & at_least(data.size, least) & known
    large &= ~np.isin(place, place[targets]) & (count < parameters["max_targets"])
    at = np.flatnonzero(large)
    at = at[occurrence(place[at]) == 0]
    return Hits(table="lesions", rows=at, column="organ", value=data.size[at],
                parts={"place": rows.organ_words[rows.organ[at]], "count": count[at]},
                message="{place} has a measurable non-target ({lesion}, {value} mm) and no target; {count} targets "
                "are chosen")  # fmt: skip


_SITES = ("ASCITES", "EFFUSION", "LEPTOMENING", "LYMPHANGITI", "INFLAMMATORY BREAST", "BLASTIC", "SKIN RASH")


def _organ_has(rows: Rows, words: tuple[str, ...]) -> Bools:
    return rows.table.column("organ").map(lambda w: any(s in w.upper() for s in words), np.bool_)


@check("L10", needs={"lesions": ("organ",)}, follows=("L15", "L16"), sites=_SITES)
def unmeasurable_site_as_target(data: Data, parameters: Parameters) -> Hits:
    """A target at a site that is never measurable."""
    rows = data["lesions"]
    # thrombus of the portal vein is truly non-measurable under mRECIST (Lencioni and Llovet 2010)
    sites = (*parameters["sites"], *(("PORTAL VEIN THROMB",) if data.criteria.name.startswith("mrecist") else ()))
    bad = (rows.cells.role == Role.TARGET) & _organ_has(rows, tuple(str(s).upper() for s in sites))
    return Hits(table="lesions", rows=first_rows(rows, bad), column="organ", expected="a measurable site",
                message="target {lesion} lies in {value}, which is not measurable")  # fmt: skip


@check("L11", needs={"lesions": ("organ",)}, follows=("L15", "L16"))
def bone_or_cystic_target(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A bone target without a flag for a soft-tissue component (column ``soft_tissue``), or a cystic target."""
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    soft = parse_flags(rows.table.column("soft_tissue")) == 1 if "soft_tissue" in rows else np.zeros(rows.n, bool)
    bone = target & (rows.organ_words[rows.organ] == "BONE") & ~soft
    yield Hits(table="lesions", rows=first_rows(rows, bone), column="organ", expected="a soft-tissue component",
               message="target {lesion} lies in bone; only a soft-tissue component is measurable")  # fmt: skip
    cystic = target & _organ_has(rows, ("CYST",))
    yield Hits(table="lesions", rows=first_rows(rows, cystic), column="organ", expected="a lesion that is not cystic",
               message="target {lesion} is cystic ({value}); other lesions are preferred")  # fmt: skip


@check("L12", needs={"lesions": ("irradiated",)}, follows=("L15",))
def irradiated_target(data: Data, parameters: Parameters) -> Hits:
    """A target in an irradiated field (``irradiated``) without progression since (``irradiated_progression``)."""
    rows = data["lesions"]
    irradiated = parse_flags(rows.table.column("irradiated")) == 1
    since = np.zeros(rows.n, dtype=np.bool_)
    if "irradiated_progression" in rows:
        since = parse_flags(rows.table.column("irradiated_progression")) == 1
    bad = irradiated & ~since & (rows.cells.role == Role.TARGET)
    return Hits(table="lesions", rows=first_rows(rows, bad), column="irradiated",
                expected="progression since irradiation",
                message="target {lesion} was irradiated and no progression since is recorded")  # fmt: skip


@check("L13", needs={"lesions": ()}, follows=("L15",))
def new_lesion_at_baseline(data: Data, parameters: Parameters) -> Hits:
    """A lesion called new at baseline."""
    rows = data["lesions"]
    gone = np.isin(rows.cells.state, (State.ABSENT, State.NOT_EVALUABLE))
    bad = (rows.cells.role == Role.NEW) & (rows.order <= 0) & ~gone
    return Hits(table="lesions", rows=first_rows(rows, bad), column="role", expected="TARGET or NON-TARGET",
                message="{lesion} is called new and has a record at baseline (visit {visit})")  # fmt: skip


@check("L17", needs={"lesions": ("organ",)}, blank_allowed=True)
def lesion_location_missing(data: Data, parameters: Parameters) -> Hits:
    """A target or non-target lesion without a location in any of its rows."""
    rows = data["lesions"]
    known = np.isin(rows.lesion, rows.lesion[~rows.blank("organ")])
    bad = ~known & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))
    return Hits(table="lesions", rows=first_rows(rows, bad), column="organ", expected="a location",
                message="{lesion} has no location: limits per organ and rules for nodes cannot be checked")  # fmt: skip


def organ_sides(rows: Rows) -> Ints:
    """0 no side, 1 left, 2 right."""
    place = {"": 0, "LEFT": 1, "RIGHT": 2}
    return rows.table.column("organ").map(lambda w: place[_organs.side(w)], np.int64)
