"""How a lesion was imaged: methods that change, are not allowed, or are missing; slices; contrast.

Sources: RECIST 1.1, 3.2.2 and appendix II (methods, slice thickness); Lencioni and Llovet 2010
(mRECIST needs the arterial phase). Input: the columns method, slice_thickness, contrast of the
lesions table.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from nettumor.rows import group, occurrence, order_rows
from nettumor.words.methods import read as kind


@made_once
def _kinds(rows: Rows) -> tuple[npt.NDArray[np.int32], list[str]]:
    """The kind of method of each row as a code, 0 for none, and the kinds that these count; a
    study's equivalent methods are one.
    """
    same = {kind(m): kind(alike[0]) for alike in rows.data.method_equivalents for m in alike}
    codes, words = rows.codes("method")
    found = [same.get(kind(str(w)), kind(str(w))) for w in words]
    kinds = {k: i for i, k in enumerate(dict.fromkeys(["", *found]))}
    place = np.array([kinds[k] for k in found] or [0], dtype=np.int32)
    return place[codes], [*kinds]


def imaged_by(rows: Rows, *kinds: str) -> Bools:
    """Rows whose method is of one of these kinds."""
    code, known = _kinds(rows)
    return np.asarray(np.array([k in kinds for k in known], dtype=np.bool_)[code])


@made_once
def at_baseline(data: Data) -> Ints:
    """For each row of the lesions table the baseline row of its lesion, -1 for none."""
    rows = data["lesions"]
    out = np.full(int(rows.lesion.max(initial=-1)) + 1, -1, dtype=np.int64)
    at = np.flatnonzero(rows.order == 0)[::-1]
    out[rows.lesion[at]] = at
    return np.asarray(out[rows.lesion])


def _asked_once(
    rows: Rows, bad: Bools, code: npt.NDArray[np.int32], was: Ints
) -> tuple[Ints, dict[str, npt.NDArray[np.object_]]]:
    """The rows that stand for others at fault, and what a message says of these.

    A lesion that is imaged so again is not asked again; of the lesions of one visit with the same
    method, in place of the same one, the first is asked.
    """
    if not bad.any():
        none = np.empty(0, dtype=object)
        return np.empty(0, dtype=np.int64), {"others": none, "later": none}
    given = code > 0
    before, after = rows.in_time.previous(given), rows.in_time.following(given)
    goes_on = bad & (after >= 0) & bad[after] & (code[after] == code)
    at = np.flatnonzero(bad & ~((before >= 0) & bad[before] & (code[before] == code)))
    alike = group(rows.timepoint[at], code[at], was[at])
    others, later = alike.size - 1, alike.any(goes_on[at])
    first = at[alike.first()]
    order = order_rows(first)
    said = {
        "others": [f" and {n} more were" if n else " was" for n in others[order].tolist()],
        "later": [" and later" if on else "" for on in later[order].tolist()],
    }
    return first[order], {name: np.array(words, dtype=object) for name, words in said.items()}


@check("M20", needs={"lesions": ("method",)}, late=True, follows=("S02",))
def method_changed(data: Data, parameters: Parameters) -> Hits:
    """Lesions imaged by another method than at baseline: one finding for those of a visit that change
    together, at the first such visit.
    """
    rows = data["lesions"]
    code, kinds = _kinds(rows)
    after = (rows.order > 0) & (code > 0) if len(kinds) > 2 else np.zeros(rows.n, np.bool_)
    before = at_baseline(data)
    was = np.where(before >= 0, code[before], 0)
    at, said = _asked_once(rows, after & (was > 0) & (code != was), code, was)
    return Hits(
        table="lesions",
        rows=at,
        column="method",
        message="{lesion}{others} imaged by {value} at visit {visit}{later}, by {expected} at baseline",
        expected=np.array(kinds, dtype=object)[was[at]],
        related=before[at],
        parts=said,
    )


_REFUSED = ("ULTRASOUND", "PET", "SCINTIGRAPHY", "ENDOSCOPY", "PHYSICAL EXAMINATION")


@check("M21", needs={"lesions": ("method", "|".join(LENGTHS))}, late=True, follows=("=M20",))
def method_not_allowed(data: Data, parameters: Parameters) -> Hits:
    """Targets measured by a method that RECIST 1.1 does not allow; X-ray serves for the lung only.
    One finding for those of a visit, at the first such visit.
    """
    rows = data["lesions"]
    bad, xray = imaged_by(rows, *_REFUSED), imaged_by(rows, "X-RAY")
    if xray.any() and "organ" in rows:
        chest = np.isin(rows.organ_words, ("LUNG", "CHEST", "THORAX", ""))
        bad |= xray & ~chest[rows.organ]
    if bad.any():
        bad &= (rows.cells.role == Role.TARGET) & (diameters(data).value > 0)
    code, _ = _kinds(rows)
    at, said = _asked_once(rows, bad, code, np.zeros_like(code))
    return Hits(
        table="lesions",
        rows=at,
        column="method",
        expected="CT, MRI or caliper",
        parts=said,
        message="target {lesion}{others} measured by {value} at visit {visit}{later}",
    )


def assessed(rows: Rows) -> Bools:
    """Rows that say what was seen: not blank, not not evaluable."""
    state = rows.cells.state
    return np.asarray((state != State.BLANK) & (state != State.NOT_EVALUABLE))


@check("M22", needs={"lesions": ("method",)}, late=True, blank_allowed=True)
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
    late=True,
    blank_allowed=True,
    max_mm=5.0,
    max_change_mm=2.0,
)
def slice_thickness_missing_or_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Slices of CT missing, thicker than 5 mm, or changed since baseline; one finding a visit, the
    first that fits.
    """
    rows = data["lesions"]
    slices, most = rows.number("slice_thickness"), parameters["max_change_mm"]
    changed, was = np.zeros(rows.n, dtype=np.bool_), slices
    if more_than(np.fmax.reduce(slices), np.fmin.reduce(slices) + most):
        before = at_baseline(data)
        was = np.where(before >= 0, slices[before], np.nan)
        changed = more_than(slices, was + most) | more_than(was, slices + most)
    silent = np.isnan(slices)
    if silent.any():
        silent &= imaged_by(rows, "CT", "PET/CT") & assessed(rows)
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
            silent,
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


@check("M24", needs={"lesions": ("viable", "contrast")}, late=True, blank_allowed=True)
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
