"""How a lesion was imaged: methods that change, are not allowed, or are missing; slices; contrast.

Sources: RECIST 1.1, 3.2.2 and appendix II (methods, slice thickness); Lencioni and Llovet 2010
(mRECIST needs the arterial phase). Input: the columns method, slice_thickness, contrast of the
lesions table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, more_than
from nettumor.crf import Role, State, parse_flags
from nettumor.crf.lesion_cells import LENGTHS
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.diameters import diameters
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.rows import occurrence
from nettumor.words.methods import read as kind


@made_once
def kinds_of(data: Data, rows: Rows) -> npt.NDArray[Any]:
    """The kind of method of each row; a study's equivalent methods are one."""
    same = {kind(m): kind(group[0]) for group in data.method_equivalents for m in group}
    codes, words = rows.codes("method")
    found = np.array([same.get(kind(str(w)), kind(str(w))) for w in words] or [""], dtype=object)
    return found[codes] if rows.n else np.empty(0, dtype=object)


def at_baseline(rows: Rows) -> Ints:
    """For each row the baseline row of its lesion, -1 for none."""
    out = np.full(int(rows.lesion.max(initial=-1)) + 1, -1, dtype=np.int64)
    at = np.flatnonzero(rows.order == 0)[::-1]
    out[rows.lesion[at]] = at
    return out[rows.lesion] if rows.n else np.empty(0, np.int64)


@check("M20", needs={"lesions": ("method",)}, follows=("S02",))
def method_changed(data: Data, parameters: Parameters) -> Hits:
    """A lesion imaged by another method than at baseline."""
    rows = data["lesions"]
    kinds, before = kinds_of(data, rows), at_baseline(rows)
    was = kinds[np.maximum(before, 0)] if rows.n else kinds
    bad = (before >= 0) & (rows.order > 0) & (kinds != "") & (was != "") & (kinds != was)
    return flag(
        "lesions",
        bad,
        "{lesion} was imaged by {value} at visit {visit}, by {expected} at baseline",
        "method",
        expected=was,
        related=before,
    )


_REFUSED = ("ULTRASOUND", "PET", "SCINTIGRAPHY", "ENDOSCOPY", "PHYSICAL EXAMINATION")


@check("M21", needs={"lesions": ("method", "|".join(LENGTHS))})
def method_not_allowed(data: Data, parameters: Parameters) -> Hits:
    """A target measured by a method that RECIST 1.1 does not allow; X-ray serves for the
    lung only.
    """
    rows = data["lesions"]
    kinds = kinds_of(data, rows)
    chest = (
        np.isin(rows.organ_words[rows.organ], ("LUNG", "CHEST", "THORAX", ""))
        if "organ" in rows
        else True
    )
    bad = np.isin(kinds, _REFUSED) | ((kinds == "X-RAY") & ~np.asarray(chest))
    return flag(
        "lesions",
        bad & (rows.cells.role == Role.TARGET) & (diameters(data).value > 0),
        "target {lesion} was measured by {value} at visit {visit}",
        "method",
        expected="CT, MRI or caliper",
    )


def assessed(rows: Rows) -> Bools:
    """Rows that say what was seen: not blank, not not evaluable."""
    return ~np.isin(rows.cells.state, (State.BLANK, State.NOT_EVALUABLE))


@check("M22", needs={"lesions": ("method",)}, blank_allowed=True)
def method_missing(data: Data, parameters: Parameters) -> Hits:
    """A target that was assessed without a method."""
    rows = data["lesions"]
    bad = rows.blank("method") & (rows.cells.role == Role.TARGET) & assessed(rows)
    return flag(
        "lesions",
        bad,
        "no method is given for {lesion} at visit {visit}",
        "method",
        expected="a method",
    )


@check(
    "M23",
    needs={"lesions": ("slice_thickness",)},
    blank_allowed=True,
    max_mm=5.0,
    max_change_mm=2.0,
)
def slice_thickness_missing_or_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Slices of CT missing, thicker than 5 mm, or changed since baseline; one finding a visit, the
    first that fits.
    """
    rows = data["lesions"]
    slices, before = rows.number("slice_thickness"), at_baseline(rows)
    was = slices[np.maximum(before, 0)] if rows.n else slices
    ct = np.isin(kinds_of(data, rows), ("CT", "PET/CT")) & assessed(rows)
    changed = (before >= 0) & (
        more_than(slices, was + parameters["max_change_mm"])
        | more_than(was, slices + parameters["max_change_mm"])
    )
    done = np.zeros(len(data.timepoints), dtype=np.bool_)
    for where, message, expected in (
        (
            more_than(slices, parameters["max_mm"]),
            "slices of {value} mm at visit {visit}",
            f"at most {parameters['max_mm']:g} mm",
        ),
        (
            changed,
            "slices of {value} mm at visit {visit}, of {was} mm at baseline",
            "as at baseline",
        ),
        (
            ct & np.isnan(slices),
            "no slice thickness of the CT is given for visit {visit}",
            "a slice thickness",
        ),
    ):
        at = np.flatnonzero(where & ~done[rows.timepoint])
        at = at[occurrence(rows.timepoint[at]) == 0]
        done[rows.timepoint[at]] = True
        yield Hits(
            table="lesions",
            rows=at,
            column="slice_thickness",
            message=message,
            expected=expected,
            names={"lesion": ""},
            parts={"was": was[at]},
        )


@check("M24", needs={"lesions": ("viable", "contrast")}, blank_allowed=True)
def no_contrast(data: Data, parameters: Parameters) -> Hits:
    """A viable diameter at a visit without contrast medium (column ``contrast``); one finding a
    visit.
    """
    rows = data["lesions"]
    viable = ~np.isnan(rows.number("viable"))
    looked(data, viable, ~rows.blank("viable"))
    bad = viable & (parse_flags(rows.table.column("contrast")) != 1)
    at = np.flatnonzero(bad)
    at = at[occurrence(rows.timepoint[at]) == 0]
    return Hits(
        table="lesions",
        rows=at,
        column="contrast",
        expected="Y",
        names={"lesion": ""},
        message="viable tumour was measured at visit {visit} without contrast medium",
    )
