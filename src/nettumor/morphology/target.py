"""Target lesions over a course of scans: complete response, partial response, stable or progressive
disease?

Sources: RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1, 4.3.2 and 4.4.2, with the EORTC clarifications;
every other edition of size with its own limits (see ``criteria``). Sizes (..., lesion, timepoint)
come in, in the measure of the criterion; one response for each visit goes out, with the sums it
rests on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _arrays, _wording
from nettumor._arrays import Bools, Codes, Floats
from nettumor._labels import by_label
from nettumor._plausible import warn_of_sizes
from nettumor.criteria import RECIST_1_1, SizeCriteria, Threshold
from nettumor.criteria._types import require
from nettumor.errors import InputError, refuse
from nettumor.morphology import _shown
from nettumor.sums import (
    Block,
    Results,
    axes_in_words,
    checked_courses,
    complete_sums,
    is_complete,
    sums_of,
)
from nettumor.terminology import Reason, Response

_GAP_CODES = {"SD": Response.SD, "MR": Response.MR, "NE": Response.NE, "raise": Response.SD}


@frozen(eq=False, repr=False)
class TargetResponse:
    """Response of the target lesions at each visit, as returned by `target_response`.

    Attributes
    ----------
    response : ndarray of int8, shape (..., timepoint)
        Codes of `Response`; MISSING at baseline, and throughout where a patient has no target
        lesion.
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
    n_lesions : int or None
        Length of the lesion axis; None where sums were given.
    complete : ndarray of bool, shape (..., timepoint)
        Where ``sum`` is of every target lesion. What compares sums (`choi_response`,
        `depth_of_response`, `tumour_growth_rate`) takes the object itself, or sums that are complete.

    Examples
    --------
    >>> print(target_response([[60, 40, 41, 55], [40, 30, 28, 30]]))
    TargetResponse(1 patient, 2 lesions, 4 timepoints: 2 PR, 1 PD)
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
    n_lesions: int | None = field(default=None, kw_only=True)

    @property
    def complete(self) -> Bools:
        """Where the sum is of every target lesion."""
        return is_complete(self)

    def to_frame(self, kind: str = "pandas") -> Any:
        """The visits as a frame of ``kind`` "pandas" or "polars" (extra ``frames``), a row each.

        Columns: the places on the axes (``patient`` and ``timepoint``; ``axis_0`` and so on where
        there are more leading axes), the response and its reason in words, and the numbers.

        Examples
        --------
        >>> target_response([[60, 40], [40, 30]]).to_frame()["response"].tolist()
        ['MISSING', 'PR']
        """
        return _shown.table_of(self).to_frame(kind)

    def _repr_html_(self) -> str:
        return _shown.page_of(repr(self), _shown.table_of(self))

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
        return f"{response.label}: {said} {_wording.cited(self.criteria, limit)}"

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
        return (
            limit,
            f"{total} {self._change(limit, index)}{self._qualified(bits)}; limits "
            f"{self._both(limit)}",
        )

    def _change(self, limit: Threshold, index: Any) -> str:
        """The sum against the reference of the limit: "is +27.5 % and +11.0 mm from the nadir of
        40.0 mm".
        """
        now, unit = float(self.sum[index]), self.criteria.unit
        reference, where, at = float(self.baseline[index]), "baseline", ""
        if limit.reference == "nadir":
            *patient, visit = (index,) if isinstance(index, int) else index
            before = (*patient, slice(0, visit))
            reference, where = float(self.nadir[index]), "nadir"
            first = np.argmax((self.sum[before] == reference) & (self.n_missing[before] == 0))
            at = f" (timepoint {first})"
        percent = 100 * now / reference - 100 if reference > 0 else np.nan
        change = _wording.signed(percent) if reference > 0 else "up from 0"
        extra = f" and {now - reference:+.1f} {unit}" if limit.absolute is not None else ""
        return f"is {change}{extra} from the {where} of {_wording.quantity(reference, unit)}{at}"

    def _qualified(self, bits: Reason) -> str:
        said = {
            Reason.PARTIAL_SUM: ", although a target lesion was not measured",
            Reason.SUSTAINED: ", an earlier response is carried on",
            Reason.GAP: ", a change that has no class in the source",
            Reason.BELOW_MINIMUM: ", short of the absolute limit",
        }
        return "".join(clause for bit, clause in said.items() if bit in bits)

    def _limit(self, limit: Threshold) -> str:
        extra = (
            f" {self.criteria.absolute_combines} {limit.absolute:g} {limit.unit}"
            if limit.absolute
            else ""
        )
        return f"{limit.signed:+g} %{extra}"

    def _both(self, limit: Threshold) -> str:
        if limit is self.criteria.pd:
            return self._limit(limit)
        return f"{self._limit(limit)} and {self._limit(self.criteria.pd)}"

    def __repr__(self) -> str:
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if r and counts[r])
            or "none"
        )
        return f"TargetResponse({axes_in_words(self.response.shape, self.n_lesions)}: {found})"


@by_label(sizes="lesion timepoint", nodal="lesion", too_small="lesion timepoint", sums="timepoint")
def target_response(
    sizes: npt.ArrayLike | None = None,
    *,
    nodal: npt.ArrayLike = False,
    too_small: npt.ArrayLike | None = None,
    criteria: SizeCriteria = RECIST_1_1,
    invalid: str = "raise",
    sums: npt.ArrayLike | None = None,
    check_units: bool = True,
) -> TargetResponse:
    """Response of the target lesions at each visit of a course.

    The axes are (..., lesion, timepoint): a table of one patient has a row a lesion; one with a row
    a patient holds ``sums``. The result says how it was read: "1 patient, 3 lesions, 4 timepoints".

    In this order: CR, where every extranodal target is 0 and every node below
    ``criteria.node_normal``; PD by the limit against the smallest earlier sum (or baseline, as the
    limit says), which what was measured may prove alone; NE, where a target was not measured; PR by
    the limit against baseline; MR and the gap, where the criteria have them; SD. PD needs an
    increase above 0, and the percent of a nadir of 0 is unlimited.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint)
        Sizes in the measure and unit of ``criteria``; index 0 of the last axis is baseline. NaN:
        not measured. A lesion without any value is padding. A lesion merged into another is 0.
    nodal : array_like of bool, shape (..., lesion)
        Whether the lesion is a lymph node; its size is then the short axis.
    too_small : array_like of bool, like ``sizes``, optional
        Where True and the size is NaN, ``criteria.too_small`` counts (5 mm in RECIST 1.1 and
        iRECIST); under other criteria the lesion counts as not measured.
    criteria : SizeCriteria
        Any edition of size. Under `IRECIST_2017` PD is that of RECIST, to be given to
        `irecist_response`.
    invalid : {"raise", "NE"}
        What a negative or infinite size, a baseline of zero or less, or a size after a missing
        baseline does: raise, or NE (at that visit; at every visit where the baseline is at fault).
    sums : array_like of float, shape (..., timepoint), optional
        In place of ``sizes``: sums of all targets, NaN where not complete. They are judged by the
        limits on the sum alone; nodes and single lesions are not known.
    check_units : bool
        Whether to warn where none of 20 or more sizes is one of a target in ``criteria.unit``
        (diameters of 10 to 500 mm): cm for mm. Products and volumes alike.

    Returns
    -------
    TargetResponse
        With ``.response``, ``.sum``, ``.n_missing``, ``.baseline``, ``.nadir``,
        ``.percent_from_baseline``, ``.percent_from_nadir``, ``.reason``, each (..., timepoint), and
        ``.explain(index)``.

    Raises
    ------
    InputError
        For impossible sizes (with ``invalid="raise"``), shapes that do not fit, and a change in the
        gap where ``criteria.gap`` is "raise".
    InputTypeError
        For criteria of another kind.

    Warns
    -----
    IntakeWarning
        For sizes in another unit (see ``check_units``).

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1, 4.3.2, 4.4.2, doi 10.1016/j.ejca.2008.10.026; EORTC
    RECIST FAQ; other editions: their ``citation``.

    Examples
    --------
    >>> target = target_response([[60, 40, 41, 55], [40, 30, 28, 30]])
    >>> target.response, target.sum, target.nadir
    (array([0, 7, 7, 3], dtype=int8), array([100.,  70.,  69.,  85.]), array([ nan, 100.,  70.,  69.]))
    """
    require(criteria, SizeCriteria, "target_response")
    given = _sizes_or_sums(sizes, sums, nodal, too_small)
    values, filled = _filled(given, too_small, criteria)
    courses = checked_courses(values, invalid)
    if check_units and sums is None:
        warn_of_sizes(courses.sizes[:, :, :1], criteria.unit, "sizes", stacklevel=4)
    nodes = _nodes(nodal, values).reshape(courses.real.shape)
    out = Results(courses)
    for part, block in courses.blocks():
        summed = sums_of(block)
        out.put(
            part,
            {
                **summed,
                **_Judge(block, summed, nodes[part].T, criteria, _arrays.GUARD).answers(),
            },
        )
    found = out.arrays()
    del found["invalid"]  # said by the reason
    if filled is not None:
        found["reason"][filled.any(axis=-2)] |= Reason.TOO_SMALL
    _refuse_gap(criteria, found["sum"], found["reason"])
    n_lesions = None if sums is not None else courses.sizes.shape[1]
    return TargetResponse(criteria=criteria, n_lesions=n_lesions, **found)


def _sizes_or_sums(sizes: Any, sums: Any, nodal: Any, too_small: Any) -> Any:
    """The sizes, or the sums of each patient as the course of one lesion."""
    if (sizes is None) == (sums is None):
        raise InputError(
            "`sizes` or `sums` must be given, and not both. Give sizes (..., lesion, timepoint), or "
            "sums (..., timepoint) where the lesions are not known.",
            argument="sums" if sizes is not None else "sizes",
        )
    if sums is None:
        return sizes
    if too_small is not None or nodal is not False:
        raise InputError(
            "`nodal` and `too_small` must be left out with `sums`, which have no lesions. Give the "
            "sizes.",
            argument="nodal" if nodal is not False else "too_small",
        )
    values = _arrays.as_numbers(complete_sums(sums, None), "sums")
    if values.ndim == 0:
        raise InputError(
            "`sums` must have the axes (..., timepoint); got a single value. Give the course of a "
            "patient, e.g. [baseline, after].",
            argument="sums",
        )
    return values[..., None, :]


def _filled(
    sizes: npt.ArrayLike, too_small: npt.ArrayLike | None, criteria: SizeCriteria
) -> tuple[Floats, Bools | None]:
    """The sizes with the default for "too small to measure" put in, and where that was done."""
    values = _arrays.as_numbers(sizes, "sizes")
    if too_small is None:
        return values, None
    flags = _arrays.as_flags(too_small, "too_small")
    values, flags = _arrays.broadcast(sizes=values, too_small=flags)
    if criteria.too_small is None or not flags.any():
        return values, None
    filled = flags & np.isnan(values)
    return np.where(filled, criteria.too_small, values), filled


def _nodes(nodal: npt.ArrayLike, values: Floats) -> Bools:
    """Whether each lesion is a node, shape (..., lesion)."""
    flags = _arrays.as_flags(nodal, "nodal")
    without = np.empty(values.shape[:-1], dtype=np.bool_)
    together = _arrays.broadcast(**{"sizes without the timepoint axis": without, "nodal": flags})[
        -1
    ]
    if together.shape != without.shape:
        raise InputError(
            f"`nodal` must fit the axes (..., lesion) of `sizes`, {without.shape}; got "
            f"{flags.shape}. "
            "Give one flag for each lesion.",
            argument="nodal",
        )
    return together


def _refuse_gap(criteria: SizeCriteria, total: Floats, reason: npt.NDArray[np.int32]) -> None:
    if criteria.gap != "raise" or criteria.sd_limit is None:
        return
    refuse(
        "sizes",
        f"outside the gap of {criteria.title} (a decrease of more than "
        f"{criteria.sd_limit.value:g} % "
        "short of PR)",
        total,
        (reason & Reason.GAP) != 0,
        'Choose a class for it: attrs.evolve(criteria, gap="SD"), "MR" or "NE".',
    )


class _Judge:
    """The verdicts of one block: every array is (timepoint, patient), of lesions (timepoint,
    lesion, patient).

    All visits are judged at once; what an earlier visit does to a later one is accumulated along
    the first axis.
    """

    def __init__(
        self, block: Block, sums: dict[str, Any], nodes: Bools, criteria: SizeCriteria, guard: float
    ) -> None:
        self.sizes, self.real, self.nodes = block.sizes, block.real, nodes & block.real
        self.invalid, self.complete = block.invalid, (sums["n_missing"] == 0) & ~block.invalid
        self.sum, self.baseline, self.nadir = sums["sum"], sums["baseline"], sums["nadir"]
        self.criteria, self.guard = criteria, guard

    def answers(self) -> dict[str, npt.NDArray[Any]]:
        """Responses and reasons: what is decided first stays."""
        rules, nothing = self.criteria, np.zeros(self.sum.shape, dtype=np.bool_)
        there = self._there()
        cr = self.complete & ~there
        cr[:1] = False  # no response at baseline, whatever the nodes
        grown, short = self._increase(
            self.nadir if rules.pd.reference == "nadir" else self.baseline, self.sum
        )
        back = there & _after(cr) if rules.reappearance == "PD" else nothing
        single = self._any_lesion() if rules.pd_scope == "any lesion" else nothing
        pd = (grown | back | single) & ~cr & ~self.invalid
        open_ = self.complete & ~cr & ~pd
        pr = open_ & self._decrease(rules.pr)
        left = open_ & ~pr
        mr = left & self._decrease(rules.mr) if rules.mr is not None else nothing
        gap = left & ~mr & self._decrease(rules.sd_limit) if rules.sd_limit is not None else nothing
        within = left & ~mr & ~gap

        response = np.full(self.sum.shape, Response.NE, dtype=np.int8)
        for where, code in (
            (within, Response.SD),
            (gap, _GAP_CODES[rules.gap]),
            (mr, Response.MR),
            (pr, Response.PR),
            (pd, Response.PD),
            (cr, Response.CR),
        ):
            np.maximum(response, where * np.int8(code), out=response)  # they exclude each other
        sustained = _sustain(response) if rules.sustained_response else nothing
        reason = np.zeros(self.sum.shape, dtype=np.int32)
        for where, bit in (
            (within, Reason.WITHIN_LIMITS),
            (gap, Reason.GAP),
            (mr, Reason.MINOR_DECREASE),
            (pr, Reason.DECREASE),
            (cr, Reason.GONE),
            (cr & self._normal_nodes(), Reason.NORMAL_NODES),
            (pd & grown, Reason.INCREASE),
            (pd & single, Reason.ANY_LESION),
            (pd & back, Reason.REAPPEARED),
            (pd & ~self.complete, Reason.PARTIAL_SUM),
            (open_ & short, Reason.BELOW_MINIMUM),
            (sustained, Reason.SUSTAINED),
            (~self.complete & ~pd & ~self.invalid, Reason.NOT_MEASURED),
            (self.invalid, Reason.INVALID),
        ):
            if where.any():
                reason |= where * np.int32(bit)
        padding = ~self.real.any(axis=0)  # no target lesion
        for answer in (response, reason):
            answer[:1] = 0
            answer[:, padding] = 0
        return {"response": response, "reason": reason}

    def _there(self) -> Bools:
        """Whether a measured target is left; a node below the normal limit is not."""
        normal = self.criteria.node_normal
        if normal is None or not self.nodes.any():
            return np.asarray(self.sum > 0)
        large = _arrays.at_least(self.sizes, normal, self.guard)
        return np.asarray(np.where(self.nodes, large, self.sizes > 0).any(axis=1))

    def _normal_nodes(self) -> Bools:
        """Whether a node is there, of whatever size."""
        if not self.nodes.any():
            return np.zeros(self.sum.shape, dtype=np.bool_)
        return np.asarray((self.nodes & (self.sizes > 0)).any(axis=1))

    def _increase(self, reference: Floats, now: Floats) -> tuple[Bools, Bools]:
        """Whether a size or sum meets the limit of PD, and whether only its absolute part
        is short.
        """
        limit = self.criteria.pd
        more = now > reference
        percent = limit.percent_met(reference, now, self.guard) & more
        if limit.absolute is None:
            return percent, np.zeros(now.shape, dtype=np.bool_)
        absolute = limit.absolute_met(reference, now, self.guard)
        if self.criteria.absolute_combines == "or":
            return percent | (absolute & more), np.zeros(now.shape, dtype=np.bool_)
        return percent & absolute, percent & ~absolute

    def _decrease(self, limit: Threshold) -> Bools:
        met = limit.percent_met(self.baseline, self.sum, self.guard)
        return met & limit.absolute_met(self.baseline, self.sum, self.guard)

    def _any_lesion(self) -> Bools:
        """Whether one lesion alone meets the limit of PD against its own smallest earlier size."""
        smallest = np.full(self.sizes.shape, np.nan)
        smallest[1:] = _arrays.running(np.fmin, self.sizes[:-1])
        return np.asarray(self._increase(smallest, self.sizes)[0].any(axis=1))


def _after(happened: Bools) -> Bools:
    """Whether it happened at an earlier visit."""
    before = np.zeros(happened.shape, dtype=np.bool_)
    before[1:] = _arrays.running(np.logical_or, happened[:-1])
    return before


def _sustain(response: Codes) -> Bools:
    """Carry a response on until progression, in place; where that was done. NE is passed over."""
    carried = np.zeros(response.shape, dtype=np.bool_)
    responded = np.zeros(response.shape[1:], dtype=np.bool_)
    for visit in range(1, response.shape[0]):
        now = response[visit]
        carried[visit] = responded & ((now == Response.SD) | (now == Response.MR))
        np.maximum(now, carried[visit] * np.int8(Response.PR), out=now)
        responded = (responded | (now >= Response.PR)) & (now != Response.PD)
    return carried
