"""mRECIST for hepatocellular carcinoma: enhancing diameters, portal vein, nodes, effusions and new
nodules.

Source: Lencioni and Llovet 2010, doi 10.1055/s-0030-1247132. Input: the lesions table with the
diameters of the enhancing part (``viable``), the location, and the optional columns
``infiltrative``, ``cytology`` and ``vascular_pattern``. Output: lesions that mRECIST would not
choose, measure, or call progression. A check is skipped under other criteria.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, at_least, more_than
from nettumor.crf import Role, State, parse_flags
from nettumor.edit_checks.engine.places import looked, says_something
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Rows
from nettumor.edit_checks.reading.dated import usable
from nettumor.edit_checks.reading.lesion_rows import NEVER, baseline, first_rows
from nettumor.rows import smallest_at
from nettumor.terminology import Response
from nettumor.words.negation import says
from nettumor.words.states import cytology_is_positive, enhances_typically

_SEEN = (
    State.PRESENT,
    State.UNEQUIVOCAL,
    State.UNEQUIVOCAL_PROGRESSION,
    State.MEASURED,
    State.TOO_SMALL,
)


def _organ_says(rows: Rows, pattern: str) -> Bools:
    wanted = re.compile(pattern)
    return rows.table.column("organ").map(lambda w: says(w, wanted), np.bool_)


@check("Q05", needs={"lesions": ("viable", "size")}, follows=("M04", "M08", "M09", "M10"))
def mrecist_viable_exceeds_total(data: Data, parameters: Parameters) -> Hits:
    """A diameter of the enhancing part above that of the whole lesion."""
    rows = data["lesions"]
    viable, size = rows.cells.measure("viable").value, rows.cells.measure("size").value
    at = np.flatnonzero(more_than(viable, size))
    return Hits(
        table="lesions",
        rows=at,
        column="viable",
        value=viable[at],
        parts={"whole": size[at]},
        expected=[f"at most {s:g} mm" for s in size[at].tolist()],
        message="the viable diameter of {lesion} is {value} mm at visit {visit}, its longest "
        "diameter {whole} "
        "mm",
    )


@check(
    "Q06", needs={"lesions": ("viable",)}, follows=("L06", "L15", "M02", "M03"), blank_allowed=True
)
def mrecist_not_enhancing_at_baseline(data: Data, parameters: Parameters) -> Hits:
    """A target in the liver without an enhancing part at baseline; nodes and other organs are
    measured whole.
    """
    rows = data["lesions"]
    viable = rows.cells.measure("viable").value
    liver = (
        np.isin(rows.organ_words[rows.organ], ("LIVER", ""))
        if "organ" in rows
        else np.ones(rows.n, dtype=np.bool_)
    )
    bad = baseline(rows, Role.TARGET) & ~rows.cells.nodal & np.asarray(liver) & ~(viable > 0)
    return flag(
        "lesions",
        bad,
        "target {lesion} has no enhancing part at baseline",
        "viable",
        expected="a viable diameter above 0",
    )


@check("Q07", needs={"lesions": ("organ|infiltrative",)}, follows=("L10", "L15", "L16"))
def mrecist_pvt_or_infiltrative_target(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A thrombus of the portal vein, or an infiltrative lesion, as target."""
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    vein = infiltrating = np.zeros(rows.n, dtype=np.bool_)
    if "organ" in rows:
        vein = _organ_says(rows, r"PORTAL VEIN|\bPVTT?\b|PORTAL THROMB")
        infiltrating = _organ_says(rows, r"INFILTRAT")
    if "infiltrative" in rows:
        infiltrating = infiltrating | (parse_flags(rows.table.column("infiltrative")) == 1)
    yield Hits(
        table="lesions",
        rows=first_rows(rows, target & vein),
        column="role",
        expected="NON-TARGET",
        message="target {lesion} lies in {organ}; a thrombus of the portal vein is non-target",
    )
    yield Hits(
        table="lesions",
        rows=first_rows(rows, target & infiltrating & ~vein),
        column="role",
        expected="NON-TARGET",
        message="target {lesion} grows infiltratively; such lesions are non-target",
    )


@check(
    "Q08", needs={"lesions": ("organ",)}, follows=("M", "L15", "L16"), porta_mm=20.0, node_mm=15.0
)
def mrecist_porta_hepatis_node(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A node at the porta hepatis below 20 mm that counts as malignant, or another target node
    below 15 mm.
    """
    rows, size = data["lesions"], data.size
    porta = rows.cells.nodal & _organ_says(
        rows,
        r"PORTA HEPATIS|HEPATIC HILUM|LIVER HILUM|HILUM OF (?:THE )?LIVER|"
        r"PERIPORTAL|HEPATIC HILAR|HILAR HEPATIC",
    )
    chosen = baseline(rows, Role.TARGET)
    new = rows.in_time.is_first((rows.cells.role == Role.NEW) & np.isin(rows.cells.state, _SEEN))
    called = chosen | baseline(rows, Role.NON_TARGET) | new
    for where, least, what in (
        (called & porta, parameters["porta_mm"], "node {lesion} at the porta hepatis"),
        (chosen & rows.cells.nodal & ~porta, parameters["node_mm"], "target node {lesion}"),
    ):
        small = where & (size > 0) & ~at_least(size, least)
        yield flag(
            "lesions",
            small,
            what + " has a short axis of {value} mm; it is malignant from {expected} mm on",
            "perpendicular",
            value=size,
            expected=np.full(rows.n, float(least)),
        )


def _called_progression(data: Data) -> Bools:
    """Timepoints whose reported overall response is PD, and those where none is reported."""
    out = np.ones(len(data.timepoints), dtype=np.bool_)
    if usable(data, "responses", "overall"):
        rows = data["responses"]
        codes = rows.responses("overall")
        given = np.flatnonzero((codes > Response.MISSING) & data.own_criteria)
        out[rows.timepoint[given]] = False
        out[rows.timepoint[given[codes[given] == Response.PD]]] = True
    return out


def _other_reasons(data: Data, doubtful: Bools) -> Bools:
    """Timepoints at which something else is progression: targets, a new lesion, or an unequivocal
    progression.

    ``doubtful`` are rows of lesions that are left out.
    """
    rows, points = data["lesions"], data.timepoints
    out = np.array(data.chain.target == Response.PD)
    use = ~np.isin(rows.lesion, rows.lesion[doubtful])
    progress = (
        use
        & (rows.cells.role == Role.NON_TARGET)
        & (rows.cells.state == State.UNEQUIVOCAL_PROGRESSION)
    )
    out[rows.timepoint[progress]] = True
    new = use & (rows.cells.role == Role.NEW) & np.isin(rows.cells.state, _SEEN) & (rows.order > 0)
    first = smallest_at(rows.track[new], rows.order[new], data.n_tracks, NEVER)
    return out | (points.order >= first[points.track])


@check("Q09", needs={"lesions": ("organ", "cytology")}, follows=("L15", "L16"), blank_allowed=True)
def mrecist_effusion_pd_without_cytology(data: Data, parameters: Parameters) -> Hits:
    """Ascites or an effusion, new or progressing, that alone makes PD, without positive
    cytology.
    """
    rows = data["lesions"]
    effusion = _organ_says(rows, r"ASCITES|EFFUSION") & (rows.order > 0)
    new = (rows.cells.role == Role.NEW) & np.isin(rows.cells.state, _SEEN)
    grown = (rows.cells.role == Role.NON_TARGET) & (
        rows.cells.state == State.UNEQUIVOCAL_PROGRESSION
    )
    positive = rows.table.column("cytology").map(cytology_is_positive, np.bool_)
    told = (rows.cells.state > State.BLANK) & (rows.cells.role > 0)
    looked(
        data,
        told & says_something(rows, "organ"),
        ~rows.blank("state") & ~rows.blank("organ"),
    )
    doubtful = effusion & (new | grown) & ~np.isin(rows.lesion, rows.lesion[positive])
    decides = _called_progression(data) & ~_other_reasons(data, doubtful)
    bad = rows.in_time.is_first(doubtful) & decides[rows.timepoint]
    return flag(
        "lesions",
        bad,
        "{place} ({lesion}) makes PD at visit {visit} without positive cytology",
        "cytology",
        expected="POSITIVE",
        place=rows.text("organ"),
    )


@check(
    "Q10", needs={"lesions": ("organ",)}, follows=("M", "L15", "L16"), min_mm=10.0, growth_mm=10.0
)
def mrecist_new_small_nodule(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A new nodule of the liver that alone makes PD, below 10 mm or not of typical vascular
    pattern.

    One that later grows by 10 mm is no finding. The pattern counts where there is a column for it.
    """
    rows = data["lesions"]
    viable, size = rows.cells.measure("viable").value, rows.cells.measure("size").value
    size = np.where(size > 0, size, viable)
    new = (rows.cells.role == Role.NEW) & np.isin(rows.cells.state, _SEEN) & (rows.order > 0)
    first = rows.in_time.is_first(new & (rows.organ_words[rows.organ] == "LIVER"))
    largest = rows.in_time.maximum(size, new & (size > 0))
    growth = largest - rows.in_time.minimum(size, first)
    grown = rows.in_time.of_rows(at_least(growth, parameters["growth_mm"]), fill=False)
    small = first & (size > 0) & ~at_least(size, parameters["min_mm"]) & ~grown
    unlike = np.zeros(rows.n, dtype=np.bool_)
    if "vascular_pattern" in rows:
        typical = rows.table.column("vascular_pattern").map(enhances_typically, np.bool_)
        unlike = first & ~small & ~grown & ~np.isin(rows.lesion, rows.lesion[typical])
    decides = (
        (_called_progression(data) & ~_other_reasons(data, small | unlike))[rows.timepoint]
        if rows.n
        else first
    )
    yield flag(
        "lesions",
        small & decides,
        "new nodule {lesion} of {value} mm makes PD at visit {visit}; a nodule "
        "counts from {expected} mm on, or once it grew by 10 mm",
        "size",
        value=size,
        expected=np.full(rows.n, float(parameters["min_mm"])),
    )
    yield flag(
        "lesions",
        unlike & decides,
        "new nodule {lesion} makes PD at visit {visit} without typical vascular pattern or growth",
        "vascular_pattern",
        expected="TYPICAL",
    )
