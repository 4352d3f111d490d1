"""Why a visit has its target response, in words: for one visit, and for all visits of a study.

Sources are those of the criteria, which the words name. The words of a verdict depend on its
response and reason; only numbers differ between visits of one kind. So the same words are made once
with the numbers of a visit, or once for a kind with places for numbers, which are then written in
bulk. Nothing is judged here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nettumor import _wording
from nettumor._arrays import Floats
from nettumor.criteria import SizeCriteria, Threshold
from nettumor.terminology import Reason, Response

Counts = npt.NDArray[np.int64]


class Against(NamedTuple):
    """The sum against a reference, as text: "+27.5 %", "+11.0", "40.0 mm"."""

    change: str
    more: str
    reference: str


class Numbers(NamedTuple):
    """What the words of a visit need, as text, or as places for it."""

    n_missing: str
    total: str
    baseline: Against
    nadir: Against
    nadir_timepoint: str


def worded(
    rules: SizeCriteria, response: Response, bits: Reason, numbers: Numbers
) -> tuple[Any, str]:
    """What decided, in words, and the object whose citation says so."""
    if response == Response.MISSING:
        return rules, "baseline, or no target lesion"
    if Reason.INVALID in bits:
        return rules, "an impossible size, or no usable baseline"
    if Reason.NOT_MEASURED in bits:
        return rules, f"{numbers.n_missing} target lesion(s) not measured"
    total = f"sum {numbers.total}"
    if Reason.GONE in bits:
        nodes = ", every node is normal" if Reason.NORMAL_NODES in bits else ""
        return rules, f"every target lesion has disappeared{nodes}; {total}"
    if response == Response.PD and Reason.INCREASE not in bits:
        lesion = "a target lesion that had gone is back"
        if rules.reappearance == "PD":
            lesion = "a target lesion is back after a complete response"
        if Reason.ANY_LESION in bits:
            grown = _limit(rules, rules.pd)
            lesion = f"one lesion alone grew by {grown} from its smallest size"
        return rules.pd, f"{lesion}; {total}"
    limit = rules.pd if Reason.INCREASE in bits or Reason.BELOW_MINIMUM in bits else rules.pr
    change = _change(rules, limit, numbers)
    return limit, f"{total} {change}{_qualified(bits)}; limits {_both(rules, limit)}"


def _change(rules: SizeCriteria, limit: Threshold, numbers: Numbers) -> str:
    """The sum against the reference of the limit: "is +27.5 % and +11.0 mm from the nadir of
    40.0 mm".
    """
    against, where, when = numbers.baseline, "baseline", ""
    if limit.reference == "nadir":
        against, where = numbers.nadir, "nadir"
        when = f" (timepoint {numbers.nadir_timepoint})"
    extra = f" and {against.more} {rules.unit}" if limit.absolute is not None else ""
    return f"is {against.change}{extra} from the {where} of {against.reference}{when}"


def _qualified(bits: Reason) -> str:
    said = {
        Reason.PARTIAL_SUM: ", although a target lesion was not measured",
        Reason.SUSTAINED: ", an earlier response is carried on",
        Reason.GAP: ", a change that has no class in the source",
        Reason.BELOW_MINIMUM: ", short of the absolute limit",
    }
    return "".join(clause for bit, clause in said.items() if bit in bits)


def _limit(rules: SizeCriteria, limit: Threshold) -> str:
    extra = f" {rules.absolute_combines} {limit.absolute:g} {limit.unit}" if limit.absolute else ""
    return f"{limit.signed:+g} %{extra}"


def _both(rules: SizeCriteria, limit: Threshold) -> str:
    if limit is rules.pd:
        return _limit(rules, limit)
    return f"{_limit(rules, limit)} and {_limit(rules, rules.pd)}"


def numbers_at(found: Any, index: Any) -> Numbers:
    """The numbers of one visit."""
    unit, total = found.criteria.unit, float(found.sum[index])
    *patient, visit = (index,) if isinstance(index, int) else index
    before = (*patient, slice(0, visit))
    nadir = float(found.nadir[index])
    is_nadir = np.asarray((found.sum[before] == nadir) & (found.n_missing[before] == 0))
    return Numbers(
        n_missing=str(int(found.n_missing[index])),
        total=_wording.quantity(total, unit),
        baseline=_against(total, float(found.baseline[index]), unit),
        nadir=_against(total, nadir, unit),
        nadir_timepoint=str(np.argmax(is_nadir)) if is_nadir.size else "0",
    )


def _against(total: float, reference: float, unit: str) -> Against:
    percent = 100 * total / reference - 100 if reference > 0 else np.nan
    return Against(
        change=_wording.signed(percent) if reference > 0 else "up from 0",
        more=f"{total - reference:+.1f}",
        reference=_wording.quantity(reference, unit),
    )


class Places(NamedTuple):
    """How numbers are written in bulk: for each place of a sentence the format of one value, and
    the values of all visits.
    """

    formats: dict[str, str]
    values: dict[str, npt.NDArray[Any]]


def places(found: Any, patient: Counts, visit: Counts) -> Places:
    """The numbers of the visits at (patient, visit), to be written into the places of `kind`."""
    total, baseline, nadir = (
        values[patient, visit] for values in (found.sum, found.baseline, found.nadir)
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values: dict[str, npt.NDArray[Any]] = {
            "n_missing": found.n_missing[patient, visit],
            "total": written(total),
            "baseline": written(baseline),
            "nadir": written(nadir),
            "from_baseline": 100 * total / baseline - 100,
            "from_nadir": 100 * total / nadir - 100,
            "above_baseline": total - baseline,
            "above_nadir": total - nadir,
            "nadir_timepoint": _timepoint_of_nadir(found)[patient, visit],
        }
    formats = dict.fromkeys(values, "%d") | dict.fromkeys(("total", "baseline", "nadir"), "%s")
    formats |= {name: "%+.1f" for name in values if "from_" in name or "above_" in name}
    return Places(formats, values)


def written(values: Floats) -> npt.NDArray[np.object_]:
    """Each number as `_wording.number` writes it, each distinct one once."""
    distinct, which = np.unique(values, return_inverse=True)
    words = np.empty(distinct.size, dtype=object)
    words[:] = [_wording.number(v) for v in distinct.tolist()]
    return np.asarray(words[which])


def kinds(found: Any, patient: Counts, visit: Counts) -> Counts:
    """A number for each visit; visits of one number have the same words but for their numbers."""
    total, baseline, nadir = (
        values[patient, visit] for values in (found.sum, found.baseline, found.nadir)
    )
    states = [np.isnan(total), np.isnan(baseline), baseline > 0, np.isnan(nadir), nadir > 0]
    key = found.reason[patient, visit].astype(np.int64) * 16 + found.response[patient, visit]
    for state in states:
        key = key * 2 + state
    return np.asarray(key)


def kind(found: Any, index: tuple[int, int]) -> Numbers:
    """Places for the numbers of all visits of the kind of the one at ``index``: the name of each
    between NUL characters, which no word holds.
    """
    unit, total = found.criteria.unit, float(found.sum[index])

    def quantity(name: str, value: float) -> str:
        return _wording.quantity(value, unit) if np.isnan(value) else f"\0{name}\0 {unit}".rstrip()

    def against(name: str, value: float) -> Against:
        change = "up from 0"
        if value > 0:
            change = "not defined" if np.isnan(total) else f"\0from_{name}\0 %"
        return Against(change, f"\0above_{name}\0", quantity(name, value))

    return Numbers(
        n_missing="\0n_missing\0",
        total=quantity("total", total),
        baseline=against("baseline", float(found.baseline[index])),
        nadir=against("nadir", float(found.nadir[index])),
        nadir_timepoint="\0nadir_timepoint\0",
    )


def filled(sentence: str, numbers: Places, rows: Counts) -> list[str]:
    """The sentence of a kind with the numbers of each of its visits."""
    words = sentence.split("\0")
    names = words[1::2]
    if not names:
        return [sentence] * rows.size
    words[::2] = [w.replace("%", "%%") for w in words[::2]]
    words[1::2] = [numbers.formats[name] for name in names]
    template = "".join(words)
    columns = (numbers.values[name][rows].tolist() for name in names)
    return [template % row for row in zip(*columns, strict=True)]


def _timepoint_of_nadir(found: Any) -> Counts:
    """The first visit before each with the sum that is its nadir, measured completely; 0 where
    there is none.
    """
    complete = np.where(found.n_missing == 0, found.sum, np.nan)
    smallest = np.fmin.accumulate(complete, axis=-1)
    visit = np.arange(complete.shape[-1])
    lower = complete == smallest
    lower[:, 1:] &= ~(smallest[:, 1:] == smallest[:, :-1])
    reached = np.maximum.accumulate(np.where(lower, visit, 0), axis=-1)
    out = np.zeros(complete.shape, dtype=np.int64)
    out[:, 1:] = np.where(smallest[:, :-1] == found.nadir[:, 1:], reached[:, :-1], 0)
    return out
