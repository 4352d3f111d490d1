"""Target lesions over a course of scans: complete response, partial response, stable or progressive disease?

Sources: RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1, 4.3.2 and 4.4.2, with the EORTC clarifications; every other
edition of size with its own limits (see ``criteria``). Sizes (..., lesion, timepoint) come in, in the measure of the
criterion; one response for each visit goes out, with the sums it rests on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _wording
from nettumor._arrays import Bools, Codes, Floats
from nettumor.criteria import RECIST_1_1, SizeCriteria, Threshold
from nettumor.criteria._types import require
from nettumor.errors import InputError, refuse
from nettumor.sums import Sums, checked_sizes, sums_of
from nettumor.terminology import Reason, Response

_GAP_CODES = {"SD": Response.SD, "MR": Response.MR, "NE": Response.NE, "raise": Response.SD}


@frozen(eq=False, repr=False)
class TargetResponse:
    """Response of the target lesions at each visit, as returned by `target_response`.

    Attributes
    ----------
    response : ndarray of int8, shape (..., timepoint)
        Codes of `Response`; MISSING at baseline, and throughout where a patient has no target lesion.
    sum : ndarray of float, shape (..., timepoint)
        Of what was measured, in ``criteria.unit``; NaN where nothing was.
    n_missing : ndarray of int, shape (..., timepoint)
        Target lesions not measured.
    baseline, nadir : ndarray of float, shape (..., timepoint)
        The sum at baseline; the smallest complete sum before the visit (NaN at baseline).
    percent_from_baseline, percent_from_nadir : ndarray of float, shape (..., timepoint)
        NaN at baseline, where a target was not measured, and from a nadir of 0.
    reason : ndarray of int32, shape (..., timepoint)
        Bits of `Reason`.
    criteria : SizeCriteria

    Examples
    --------
    >>> print(target_response([[60, 40, 41, 55], [40, 30, 28, 30]]))
    TargetResponse(1 course of 4 timepoints: 2 PR, 1 PD)
    """

    response: Codes
    sum: Floats
    n_missing: npt.NDArray[np.int64]
    baseline: Floats
    nadir: Floats
    percent_from_baseline: Floats
    percent_from_nadir: Floats
    reason: npt.NDArray[np.int32]
    criteria: SizeCriteria

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the visit at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``: the timepoint, after the place of the patient.

        Returns
        -------
        str

        Examples
        --------
        >>> print(target_response([[60, 40, 41, 55], [40, 30, 28, 30]]).explain(3))
        PD: sum 85.0 mm is +23.2 % and +16.0 mm from the nadir of 69.0 mm (timepoint 2); limits +20 % and 5 mm \
(RECIST 1.1, 4.3.1)
        """
        response = Response(int(self.response[index]))
        bits = Reason(int(self.reason[index]))
        limit, said = self._said(response, bits, index)
        title = self.criteria.title
        return f"{response.label}: {said} {_wording.source(title, limit.citation)}"

    def _said(self, response: Response, bits: Reason, index: Any) -> tuple[Any, str]:
        """What decided, in words, and the object whose citation says so."""
        rules = self.criteria
        if response == Response.MISSING:
            return rules, "baseline, or no target lesion"
        if Reason.INVALID in bits:
            return rules, "an impossible size, or no usable baseline"
        if Reason.NOT_MEASURED in bits:
            return rules, f"{int(self.n_missing[index])} target lesion(s) not measured"
        total = f"sum {_wording.quantity(float(self.sum[index]), rules.unit)}"
        if Reason.GONE in bits:
            nodes = ", every node is normal" if Reason.NORMAL_NODES in bits else ""
            return rules, f"every target lesion has disappeared{nodes}; {total}"
        if response == Response.PD and Reason.INCREASE not in bits:
            lesion = "a target lesion is back after a complete response"
            if Reason.ANY_LESION in bits:
                lesion = f"one lesion alone grew by {self._limit(rules.pd)} from its smallest size"
            return rules.pd, f"{lesion}; {total}"
        limit = rules.pd if Reason.INCREASE in bits or Reason.BELOW_MINIMUM in bits else rules.pr
        return limit, f"{total} {self._change(limit, index)}{self._qualified(bits)}; limits {self._both(limit)}"

    def _change(self, limit: Threshold, index: Any) -> str:
        """The sum against the reference of the limit: "is +27.5 % and +11.0 mm from the nadir of 40.0 mm"."""
        now, unit = float(self.sum[index]), self.criteria.unit
        where, reference = "baseline", float(self.baseline[index])
        if limit.reference == "nadir":
            place = (index,) if isinstance(index, int) else tuple(index)
            reference = float(self.nadir[index])
            course = np.where(self.n_missing[place[:-1]] == 0, self.sum[place[:-1]], np.nan)[: place[-1]]
            at = np.flatnonzero(course == reference)
            where = "nadir"
            suffix = f" (timepoint {at[0]})" if at.size else ""
        else:
            suffix = ""
        percent = 100 * now / reference - 100 if reference > 0 else np.nan
        change = _wording.signed(percent) if reference > 0 else "up from 0"
        extra = f" and {now - reference:+.1f} {unit}" if limit.absolute is not None else ""
        return f"is {change}{extra} from the {where} of {_wording.quantity(reference, unit)}{suffix}"

    def _qualified(self, bits: Reason) -> str:
        said = {
            Reason.PARTIAL_SUM: ", although a target lesion was not measured",
            Reason.SUSTAINED: ", an earlier response is carried on",
            Reason.GAP: ", a change that has no class in the source",
            Reason.BELOW_MINIMUM: ", short of the absolute limit",
        }
        return "".join(clause for bit, clause in said.items() if bit in bits)

    def _limit(self, limit: Threshold) -> str:
        extra = f" {self.criteria.absolute_combines} {limit.absolute:g} {limit.unit}" if limit.absolute else ""
        return f"{limit.signed:+g} %{extra}"

    def _both(self, limit: Threshold) -> str:
        if limit is self.criteria.pd:
            return self._limit(limit)
        return f"{self._limit(limit)} and {self._limit(self.criteria.pd)}"

    def __repr__(self) -> str:
        timepoints = self.response.shape[-1]
        courses = self.response.size // timepoints if timepoints else 0
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if r and counts[r]) or "none"
        return f"TargetResponse({courses} course{'' if courses == 1 else 's'} of {timepoints} timepoints: {found})"


def target_response(
    sizes: npt.ArrayLike,
    *,
    nodal: npt.ArrayLike = False,
    too_small: npt.ArrayLike | None = None,
    criteria: SizeCriteria = RECIST_1_1,
    invalid: str = "raise",
) -> TargetResponse:
    """Response of the target lesions at each visit of a course.

    In this order: CR, where every extranodal target is 0 and every node below ``criteria.node_normal``; PD by the
    limit against the smallest earlier sum (or baseline, as the limit says), which what was measured may prove alone;
    NE, where a target was not measured; PR by the limit against baseline; MR and the gap, where the criteria have
    them; SD. PD needs an increase above 0, and the percent of a nadir of 0 is unlimited.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint)
        Sizes in the measure and unit of ``criteria``; index 0 of the last axis is baseline. NaN: not measured. A
        lesion without any value is padding. A lesion merged into another is 0.
    nodal : array_like of bool, shape (..., lesion)
        Whether the lesion is a lymph node; its size is then the short axis.
    too_small : array_like of bool, like ``sizes``, optional
        Where True and the size is NaN, ``criteria.too_small`` counts (5 mm in RECIST 1.1 and iRECIST); under other
        criteria the lesion counts as not measured.
    criteria : SizeCriteria
        Any edition of size. Under `IRECIST_2017` PD is that of RECIST, to be given to `irecist_response`.
    invalid : {"raise", "NE"}
        What a negative or infinite size, a baseline of zero or less, or a size after a missing baseline does: raise,
        or NE (at that visit; at every visit where the baseline is at fault).

    Returns
    -------
    TargetResponse
        With ``.response``, ``.sum``, ``.n_missing``, ``.baseline``, ``.nadir``, ``.percent_from_baseline``,
        ``.percent_from_nadir``, ``.reason``, each (..., timepoint), and ``.explain(index)``.

    Raises
    ------
    InputError
        For impossible sizes (with ``invalid="raise"``), shapes that do not fit, and a change in the gap where
        ``criteria.gap`` is "raise".
    InputTypeError
        For criteria of another kind.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1, 4.3.2, 4.4.2, doi 10.1016/j.ejca.2008.10.026; EORTC RECIST FAQ; other
    editions: their ``citation``.

    Examples
    --------
    >>> target = target_response([[60, 40, 41, 55], [40, 30, 28, 30]])
    >>> target.response, target.sum, target.nadir
    (array([0, 7, 7, 3], dtype=int8), array([100.,  70.,  69.,  85.]), array([ nan, 100.,  70.,  69.]))
    """
    require(criteria, SizeCriteria, "target_response")
    values, filled = _filled(sizes, too_small, criteria)
    values, wrong, spoiled = checked_sizes(values, invalid)
    nodes = _nodes(nodal, values)
    sums = sums_of(values, wrong, spoiled)
    course = _Course(values, wrong, nodes, sums, criteria, _arrays.guard(sizes))
    response, reason = course.judge()
    reason[filled.any(axis=-2)] |= Reason.TOO_SMALL
    _refuse_gap(criteria, sums, reason)
    return TargetResponse(response, sums.sum, sums.n_missing, sums.baseline, sums.nadir, sums.percent_from_baseline,
                          sums.percent_from_nadir, reason, criteria)  # fmt: skip


def _filled(
    sizes: npt.ArrayLike, too_small: npt.ArrayLike | None, criteria: SizeCriteria
) -> tuple[Floats, Bools]:
    """The sizes with the default for "too small to measure" put in, and where that was done."""
    values = _arrays.as_numbers(sizes, "sizes")
    if too_small is None:
        return values, np.zeros(values.shape, dtype=np.bool_)
    flags = _arrays.as_flags(too_small, "too_small")
    values, flags = _arrays.broadcast(sizes=values, too_small=flags)
    if criteria.too_small is None:
        return values, np.zeros(values.shape, dtype=np.bool_)
    filled = flags & np.isnan(values)
    return np.where(filled, criteria.too_small, values), filled


def _nodes(nodal: npt.ArrayLike, values: Floats) -> Bools:
    """Whether each lesion is a node, shape (..., lesion)."""
    flags = _arrays.as_flags(nodal, "nodal")
    without = np.empty(values.shape[:-1], dtype=np.bool_)
    together = _arrays.broadcast(**{"sizes without the timepoint axis": without, "nodal": flags})[-1]
    if together.shape != without.shape:
        raise InputError(
            f"`nodal` must fit the axes (..., lesion) of `sizes`, {without.shape}; got {flags.shape}. "
            "Give one flag for each lesion.", argument="nodal",
        )  # fmt: skip
    return together


def _refuse_gap(criteria: SizeCriteria, sums: Sums, reason: npt.NDArray[np.int32]) -> None:
    if criteria.gap != "raise" or criteria.sd_limit is None:
        return
    refuse("sizes", f"outside the gap of {criteria.title} (a decrease of more than {criteria.sd_limit.value:g} % "
           "short of PR)", sums.sum, (reason & Reason.GAP) != 0,
           'Choose a class for it: attrs.evolve(criteria, gap="SD"), "MR" or "NE".')  # fmt: skip


class _Course:
    """One call's courses, judged visit by visit for all patients at once."""

    def __init__(
        self, values: Floats, wrong: Bools, nodes: Bools, sums: Sums, criteria: SizeCriteria, guard: float
    ) -> None:
        self.values, self.nodes, self.sums, self.criteria, self.guard = values, nodes, sums, criteria, guard
        self.usable = ~np.isnan(values) & ~wrong
        self.real = (self.usable | wrong).any(axis=-1)
        self.patients = self.real.any(axis=-1)
        shape = self.patients.shape
        self.responded = np.zeros(shape, dtype=np.bool_)  # a PR or CR without PD since
        self.complete = np.zeros(shape, dtype=np.bool_)  # a CR of the targets at an earlier visit
        self.smallest = np.full(self.real.shape, np.inf)  # each lesion's smallest earlier size

    def judge(self) -> tuple[Codes, npt.NDArray[np.int32]]:
        """Responses and reasons, shape (..., timepoint)."""
        response: Codes = np.zeros(self.sums.sum.shape, dtype=np.int8)
        reason = np.zeros(response.shape, dtype=np.int32)
        for visit in range(response.shape[-1]):
            if visit:
                found, why = self._visit(visit)
                response[..., visit] = np.where(self.patients, found, Response.MISSING)
                reason[..., visit] = np.where(self.patients, why, 0)
            if self.criteria.pd_scope == "any lesion":
                seen = np.where(self.usable[..., visit], self.values[..., visit], np.inf)
                np.minimum(self.smallest, seen, out=self.smallest)
        return response, reason

    def _visit(self, visit: int) -> tuple[Codes, npt.NDArray[np.int32]]:
        """One visit, in the order of the criteria: what is decided first stays."""
        rules, sums = self.criteria, self.sums
        now, base = sums.sum[..., visit], sums.baseline[..., visit]
        invalid = sums.invalid[..., visit]
        complete = (sums.n_missing[..., visit] == 0) & ~invalid
        gone, normal_nodes = self._gone(visit)
        cr = complete & gone
        grown, below = self._grown(visit)
        back = self._back(visit)
        single = self._any_lesion(visit)
        pd = ~cr & ~invalid & (grown | back | single)
        open_ = complete & ~cr & ~pd
        pr = open_ & self._met(rules.pr, base, now)
        mr = open_ & ~pr & self._met(rules.mr, base, now)
        gap = open_ & ~pr & ~mr & self._met(rules.sd_limit, base, now)
        within = open_ & ~pr & ~mr & ~gap
        response = np.full(now.shape, Response.NE, dtype=np.int8)
        reason = np.zeros(now.shape, dtype=np.int32)
        for where, code, bit in (
            (within, Response.SD, Reason.WITHIN_LIMITS),
            (gap, _GAP_CODES[rules.gap], Reason.GAP),
            (mr, Response.MR, Reason.MINOR_DECREASE),
            (pr, Response.PR, Reason.DECREASE),
            (pd, Response.PD, Reason(0)),
            (cr, Response.CR, Reason.GONE),
        ):
            response[where] = code
            reason[where] |= bit
        self._sustain(response, reason)
        self.complete |= cr
        for where, bit in (
            (cr & normal_nodes, Reason.NORMAL_NODES), (pd & grown, Reason.INCREASE), (pd & single, Reason.ANY_LESION),
            (pd & back, Reason.REAPPEARED), (pd & ~complete, Reason.PARTIAL_SUM), (open_ & below, Reason.BELOW_MINIMUM),
            (~complete & ~pd & ~invalid, Reason.NOT_MEASURED), (invalid, Reason.INVALID),
        ):  # fmt: skip
            reason[where] |= bit
        return response, reason

    def _gone(self, visit: int) -> tuple[Bools, Bools]:
        """Whether no target is left (nodes below the normal limit count as gone), and whether such a node is there."""
        size = self.values[..., visit]
        left = self._present(size) & self.real
        node = self.nodes & self.real & (size > 0)
        return np.asarray(~left.any(axis=-1)), np.asarray(node.any(axis=-1))

    def _present(self, size: Floats) -> Bools:
        """Whether a measured lesion is still there."""
        extranodal = size > 0
        if self.criteria.node_normal is None or not self.nodes.any():
            return np.asarray(extranodal)
        return np.where(self.nodes, _arrays.at_least(size, self.criteria.node_normal, self.guard), extranodal)

    def _grown(self, visit: int) -> tuple[Bools, Bools]:
        """Whether the measured sum meets the limit of PD, and whether only its absolute part is short."""
        limit = self.criteria.pd
        before = self.sums.nadir if limit.reference == "nadir" else self.sums.baseline
        return self._increase(before[..., visit], self.sums.sum[..., visit])

    def _increase(self, reference: Floats, now: Floats) -> tuple[Bools, Bools]:
        limit = self.criteria.pd
        percent = limit.percent_met(reference, now, self.guard)
        more = now > reference
        if limit.absolute is None:
            return percent & more, np.zeros(now.shape, dtype=np.bool_)
        absolute = limit.absolute_met(reference, now, self.guard)
        if self.criteria.absolute_combines == "or":
            return (percent | absolute) & more, np.zeros(now.shape, dtype=np.bool_)
        return percent & absolute & more, percent & more & ~absolute

    def _any_lesion(self, visit: int) -> Bools:
        """Whether one lesion alone meets the limit of PD against its own smallest earlier size."""
        if self.criteria.pd_scope != "any lesion":
            return np.zeros(self.patients.shape, dtype=np.bool_)
        known = np.isfinite(self.smallest) & self.usable[..., visit]
        grown, _ = self._increase(self.smallest, self.values[..., visit])
        return np.asarray((grown & known).any(axis=-1))

    def _back(self, visit: int) -> Bools:
        """Whether a target is no longer gone after a complete response, where the criteria call that PD."""
        if self.criteria.reappearance != "PD":
            return np.zeros(self.patients.shape, dtype=np.bool_)
        there = self._present(self.values[..., visit]) & self.usable[..., visit]
        return np.asarray(self.complete & there.any(axis=-1))

    def _met(self, limit: Threshold | None, reference: Floats, now: Floats) -> Bools:
        if limit is None:
            return np.zeros(now.shape, dtype=np.bool_)
        return limit.percent_met(reference, now, self.guard) & limit.absolute_met(reference, now, self.guard)

    def _sustain(self, response: Codes, reason: npt.NDArray[np.int32]) -> None:
        """Carry a response on until progression, in place, where the criteria do so."""
        if not self.criteria.sustained_response:
            return
        carried = self.responded & ((response == Response.SD) | (response == Response.MR))
        response[carried] = Response.PR
        reason[carried] |= Reason.SUSTAINED
        self.responded |= response >= Response.PR
        self.responded &= response != Response.PD
