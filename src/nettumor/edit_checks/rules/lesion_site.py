"""Where targets lie: at a site that can be measured, in every organ that could have one?

Sources: RECIST 1.1, 3.1 (sites that are not measurable, bone, cysts, irradiated fields) and 4.2 (all
organs are represented); Lencioni and Llovet 2010 (thrombus of the portal vein). Input: the lesions
table, or TU and SUPPTU. Output: targets at sites where none should be, and organs without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from nettumor._arrays import Bools, at_least
from nettumor.crf import Column, Role, parse_flags, parse_roles
from nettumor.crf.cells import tidy
from nettumor.crf.sdtm import evaluator, supplemental, variable
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import baseline, first_rows
from nettumor.edit_checks.rules.lesion import measured
from nettumor.edit_checks.rules.structure import whole
from nettumor.rows import find_rows, first_of
from nettumor.words.negation import says

_SITES = (
    "ASCITES",
    "EFFUSION",
    "FLUID",
    "LEPTOMENING",
    "MENINGEAL CARCINOMATOSIS",
    "CARCINOMATOUS MENINGITIS",
    "LYMPHANGITI",
    "LYMPHANGIOSIS",
    "INFLAMMATORY BREAST",
    "BLASTIC",
    "SCLEROTIC",
    "RASH",
    "ORGANOMEGALY",
)
"""Words of sites that are never measurable (RECIST 1.1, 3.1.2), and words for the same."""
_CYST = re.compile(r"\bCYST(?:IC|S)?\b(?! (?:DUCT|ARTERY|VEIN))")


def _organ_has(rows: Rows, words: tuple[str, ...]) -> Bools:
    wanted = re.compile("|".join(map(re.escape, words)) or "(?!)")
    return rows.table.column("organ").map(lambda w: says(w, wanted), np.bool_)


def _sites(data: Data, given: Any) -> tuple[str, ...]:
    # thrombus of the portal vein is truly non-measurable under mRECIST (Lencioni and Llovet 2010)
    own = ("PORTAL VEIN", "PVT") if data.criteria.family == "mRECIST" else ()
    return (*(tidy(str(s)) for s in given), *own)


def _told(rows: Rows, column: str) -> Bools:
    """Where a flag column, if there is one, says yes."""
    return np.asarray(
        parse_flags(rows.table.column(column)) == 1
        if column in rows
        else np.zeros(rows.n, np.bool_)
    )


def _bone(rows: Rows) -> Bools:
    """Bone without a soft-tissue component, told by the column ``soft_tissue`` or the location
    itself.
    """
    soft = _told(rows, "soft_tissue") | _organ_has(rows, ("SOFT TISSUE", "SOFT-TISSUE"))
    return np.asarray((rows.organ_words == "BONE")[rows.organ] & ~soft, dtype=np.bool_)


def _cystic(rows: Rows) -> Bools:
    """Cystic, told by the column ``cystic`` or the location."""
    said = rows.table.column("organ").map(lambda w: says(w, _CYST), np.bool_)
    return np.asarray(_told(rows, "cystic") | said)


def _could_be_target(data: Data, node_mm: float, other_mm: float) -> Ints:
    """Non-targets at baseline, one row a lesion, that could be targets as far as size and site are
    known.
    """
    rows, (size, _) = data["lesions"], measured(data)
    least = np.where(rows.cells.nodal, node_mm, other_mm)
    barred = (
        _bone(rows)
        | _cystic(rows)
        | _organ_has(rows, _sites(data, _SITES))
        | _told(rows, "irradiated")
    )
    at = np.flatnonzero(baseline(rows, Role.NON_TARGET) & ~barred)
    return at[np.isnan(size[at]) | at_least(size[at], least[at])]


@check(
    "L09",
    needs={"lesions": ("organ",)},
    follows=("size", "L05", "L16"),
    min_mm=10.0,
    min_node_mm=15.0,
    max_targets=5,
)
def measurable_organ_not_represented(data: Data, parameters: Parameters) -> Hits:
    """An organ with a measurable non-target and no target, while there is room for more targets."""
    rows, (size, _) = data["lesions"], measured(data)
    targets = np.flatnonzero(baseline(rows, Role.TARGET))
    count = np.bincount(rows.track[targets], minlength=data.n_tracks)
    at = _could_be_target(data, parameters["min_node_mm"], parameters["min_mm"])
    at = at[~np.isnan(size[at]) & (rows.organ_words != "")[rows.organ[at]]]
    at = at[count[rows.track[at]] < parameters["max_targets"]]
    at = at[first_of(rows.track[at], rows.organ[at])]
    held = rows.track[targets], rows.organ[targets]
    at = at[find_rows((rows.track[at], rows.organ[at]), held) < 0]
    return Hits(
        table="lesions",
        rows=at,
        column="organ",
        expected="a target in each organ, if one can be measured again",
        parts={
            "place": rows.organ_words[rows.organ[at]],
            "count": count[rows.track[at]],
            "size": size[at],
        },
        message="{place} has a measurable non-target ({lesion}, {size} mm) and no target; {count} "
        "target(s) "
        "are chosen",
    )


@check("L10", needs={"lesions": ("organ",)}, follows=("L15", "L16", "Q07"), sites=_SITES)
def unmeasurable_site_as_target(data: Data, parameters: Parameters) -> Hits:
    """A target at a site that is never measurable; under mRECIST the portal vein too."""
    rows = data["lesions"]
    bad = (rows.cells.role == Role.TARGET) & _organ_has(rows, _sites(data, parameters["sites"]))
    return Hits(
        table="lesions",
        rows=first_rows(rows, bad),
        column="organ",
        expected="a measurable site",
        message="target {lesion} lies in {value}, which is not measurable",
    )


@check("L11", needs={"lesions": ("organ",)}, follows=("L10", "L15", "L16"))
def bone_or_cystic_target(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A bone target without a soft-tissue component, or a cystic target where another could be
    chosen.
    """
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    yield Hits(
        table="lesions",
        rows=first_rows(rows, target & _bone(rows)),
        column="organ",
        expected="a soft-tissue component of 10 mm or more",
        message="target {lesion} lies in bone ({value}); only a soft-tissue component is "
        "measurable",
    )
    cystic = target & _cystic(rows)
    if not cystic.any():
        return
    choice = np.zeros(data.n_tracks, dtype=np.bool_)
    choice[rows.track[_could_be_target(data, 15.0, 10.0)]] = True  # RECIST 1.1, 3.1
    at = first_rows(rows, cystic & choice[rows.track])
    yield Hits(
        table="lesions",
        rows=at,
        column="organ" if "cystic" not in rows else "cystic",
        expected="a lesion that is not cystic",
        parts={"place": rows.text("organ", at)},
        message="target {lesion} ({place}) is cystic, and {subject} has non-targets that are not "
        "and could be "
        "chosen",
    )


_IRRADIATED, _PROGRESSED = ("TUPREVIR", "PREVIR"), ("TUPREISP", "PREISP", "PREVIRP")
"""Variables of TU, or qualifiers of SUPPTU: previously irradiated, and progression since."""


def _qualifier(data: Data, names: tuple[str, ...]) -> tuple[str, Column] | None:
    """The first of these among TU and SUPPTU, with its name; None if there is none."""
    domains = data.tables.domains
    for name in names:
        found = (
            domains["TU"].column(name)
            if name in domains["TU"]
            else supplemental(domains, "TU", name)
        )
        if found is not None and not found.blank.all():
            return name, found
    return None


@check("L12", needs={}, follows=("L15",))
def irradiated_target(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target in an irradiated field (``irradiated``) without progression since
    (``irradiated_progression``).

    From SDTM: TUPREVIR and TUPREISP, in TU or SUPPTU.
    """
    asked = False
    message = "target {lesion} was irradiated before, and no progression since then is recorded"
    if (
        whole(data, "lesions")
        and "irradiated" in data["lesions"]
        and not data["lesions"].blank("irradiated").all()
    ):
        asked, rows = True, data["lesions"]
        target = (rows.cells.role == Role.TARGET) & ~rows.blank("irradiated")
        flags = parse_flags(rows.table.column("irradiated"))
        looked(data, target & np.isin(flags, (0, 1)), target)
        bad = target & (flags == 1) & ~_told(rows, "irradiated_progression")
        yield Hits(
            table="lesions",
            rows=first_rows(rows, bad),
            column="irradiated",
            message=message,
            expected="progression since irradiation",
        )
    before = _qualifier(data, _IRRADIATED) if "TU" in data.tables.domains else None
    if before is not None:
        asked, tu, since = True, data["TU"], _qualifier(data, _PROGRESSED)
        bad = (parse_flags(before[1]) == 1) & (
            parse_roles(variable(tu.table, "TUSTRESC", "TUORRES")) == Role.TARGET
        )
        bad &= (parse_flags(since[1]) != 1) if since is not None else True
        reader = evaluator(tu.table, "TU").trimmed.codes
        at = first_of(tu.codes("USUBJID")[0], reader, tu.codes("TULNKID")[0], where=bad)
        yield Hits(
            table="TU",
            rows=at,
            column=before[0],
            message=message,
            value=before[1].text[at],
            expected="progression since irradiation",
        )
    if not asked:
        raise Skip("lesions has nothing in column irradiated, and TU nothing in TUPREVIR")
