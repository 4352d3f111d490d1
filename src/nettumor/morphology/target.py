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
from nettumor.errors import InputError, refuse, true_or_false
from nettumor.morphology import _shown
from nettumor.morphology._sustained import sustain
from nettumor.morphology._target_words import Numbers, numbers_at, worded
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

    def sentence(self, response: Response, bits: Reason, numbers: Numbers) -> str:
        """The sentence of a response with these numbers, or with places for them."""
        limit, said = worded(self.criteria, response, bits, numbers)
        return f"{response.label}: {said} {_wording.cited(self.criteria, limit)}"

    def _said(self, response: Response, bits: Reason, index: Any) -> tuple[Any, str]:
        """What decided, in words, and the object whose citation says so."""
        return worded(self.criteria, response, bits, numbers_at(self, index))

    def __repr__(self) -> str:
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if r and counts[r])
            or "none"
        )
        return f"TargetResponse({axes_in_words(self.response.shape, self.n_lesions)}: {found})"


@by_label(
    gives="timepoint",
    sizes="lesion timepoint",
    nodal="lesion",
    too_small="lesion timepoint",
    days="timepoint",
    days_latest="timepoint",
    sums="timepoint",
)
def target_response(
    sizes: npt.ArrayLike | None = None,
    *,
    nodal: npt.ArrayLike = False,
    too_small: npt.ArrayLike | None = None,
    days: npt.ArrayLike | None = None,
    days_latest: npt.ArrayLike | None = None,
    criteria: SizeCriteria = RECIST_1_1,
    invalid: str = "raise",
    sums: npt.ArrayLike | None = None,
    check_units: bool = True,
) -> TargetResponse:
    """Response of the target lesions at each visit of a course.

    The axes are (..., lesion, timepoint): a table of one patient has a row a lesion; one with a row
    a patient holds ``sums``. The result says how it was read: "1 patient, 3 lesions, 4 timepoints".

    In this order: CR, where every extranodal target is 0 and every node below
    ``criteria.node_normal`` (with ``node_cr`` "gone": 0, too); PD by the limit against the smallest
    earlier sum (or baseline, as the limit says), which what was measured may prove alone, or by a
    target that is back (``reappearance``); NE, where a target was not measured; PR by the limit
    against baseline; MR and the gap, where the criteria have them; SD. PD needs an increase above
    0, and the percent of a nadir of 0 is unlimited.

    Under RECIST 1.1 and iRECIST a PR is carried on: once two visits that met its limit confirm each
    other, later visits stay PR although the sum has grown back above the limit, until PD (70, 70, 80
    of 100 is PR, PR, PR; 70, 80 is PR, SD). What is carried on confirms nothing, and its reason has
    SUSTAINED. ``attrs.evolve(criteria, sustained_response=False)`` turns it off.

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
    days : array_like of float, shape (..., timepoint), optional
        Day of each visit, for criteria that carry a response on once it was confirmed
        (``sustained_response``); NaN, a day not known, confirms nothing. None: two measured visits in
        succession confirm each other, with NE between allowed.
    days_latest : array_like of float, shape (..., timepoint), optional
        Each day lies in [``days``, ``days_latest``]; a response is confirmed where every day of the
        two intervals confirms it.
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
    argument = "sizes" if sums is None else "sums"
    values, filled = _filled(given, too_small, criteria)
    courses = checked_courses(values, invalid, argument)
    if true_or_false("check_units", check_units) and sums is None:
        warn_of_sizes(courses.sizes[:, :, :1], criteria.unit, "sizes", stacklevel=4)
    nodes = _nodes(nodal, values).reshape(courses.real.shape)
    earliest, latest = _days(days, days_latest, courses.shape, argument)
    out = Results(courses)

    def judge(part: slice, block: Block) -> None:
        summed = sums_of(block)
        own = _Judge(block, summed, nodes[part].T, criteria, _arrays.GUARD)
        days_of = [None if d is None else d[part].T for d in (earliest, latest)]
        out.put(part, {**summed, **own.answers(*days_of)})

    courses.each_block(judge)
    found = out.arrays()
    del found["invalid"]  # said by the reason
    if filled is not None:
        found["reason"][filled.any(axis=-2)] |= Reason.TOO_SMALL
    _refuse_gap(criteria, found["sum"], found["reason"], argument)
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


def _days(
    days: npt.ArrayLike | None,
    days_latest: npt.ArrayLike | None,
    shape: tuple[int, ...],
    argument: str,
) -> tuple[Floats | None, Floats | None]:
    """First and last day that each visit can have, shape (patient, timepoint); None: not given."""
    if days is None:
        if days_latest is not None:
            raise InputError(
                "`days_latest` must come with `days`; got it alone. Give the first day of each "
                "visit as `days`.",
                argument="days_latest",
            )
        return None, None
    first, last = _arrays.as_intervals(days, days_latest, "days")
    _arrays.check_increasing(np.where(first == last, first, np.nan), "days")
    _arrays.check_one_a_visit(np.where(first == last, first, np.nan), shape[-1])
    without = np.empty(shape)
    name = "sizes without the lesion axis" if argument == "sizes" else argument
    fitted = [_arrays.broadcast(**{name: without, "days": d})[-1] for d in (first, last)]
    if fitted[0].shape != shape:
        raise InputError(
            f"`days` must fit the axes (..., timepoint) of `{argument}`, {shape}; got {first.shape}. "
            "Give one day for each timepoint.",
            argument="days",
        )
    patients = int(np.prod(shape[:-1]))
    return fitted[0].reshape(patients, shape[-1]), fitted[1].reshape(patients, shape[-1])


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


def _refuse_gap(
    criteria: SizeCriteria, total: Floats, reason: npt.NDArray[np.int32], argument: str
) -> None:
    if criteria.gap != "raise" or criteria.sd_limit is None:
        return
    refuse(
        argument,
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

    def answers(
        self, earliest: Floats | None, latest: Floats | None
    ) -> dict[str, npt.NDArray[Any]]:
        """Responses and reasons: what is decided first stays."""
        rules, nothing = self.criteria, np.zeros(self.sum.shape, dtype=np.bool_)
        there = self._there()
        cr = self.complete & ~there
        cr[:1] = False  # no response at baseline, whatever the nodes
        grown, short = self._increase(
            self.nadir if rules.pd.reference == "nadir" else self.baseline,
            self.sum - self._growth_of_normal_nodes(),
        )
        back = self._back(there, cr)
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
        sustained = nothing
        if rules.sustained_response:
            sustained = sustain(response, rules.best_response, earliest, latest, self.guard)
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

    def _back(self, there: Bools, cr: Bools) -> Bools:
        """Where a target is there again, as far as the criteria ask for it."""
        if self.criteria.reappearance == "PD":
            return there & _after(cr)
        if self.criteria.reappearance != "any lesion":
            return np.zeros(self.sum.shape, dtype=np.bool_)
        each = self._each_there()
        gone = ~each & ~np.isnan(self.sizes)
        gone[:1] = False  # a lesion of 0 at baseline is an error, and none that had gone
        return np.asarray((each & _after(gone)).any(axis=1))

    def _there(self) -> Bools:
        """Whether a measured target is left; a node below the normal limit is not."""
        if self._no_normal_nodes():
            return np.asarray(self.sum > 0)
        return np.asarray(self._each_there().any(axis=1))

    def _each_there(self) -> Bools:
        """Whether each lesion is measured and left."""
        if self._no_normal_nodes():
            return np.asarray(self.sizes > 0)
        large = _arrays.at_least(self.sizes, self.criteria.node_normal or 0.0, self.guard)
        return np.asarray(np.where(self.nodes, large, self.sizes > 0))

    def _no_normal_nodes(self) -> bool:
        """Whether what counts as gone is gone, nodes or not."""
        rules = self.criteria
        return rules.node_normal is None or rules.node_cr == "gone" or not self.nodes.any()

    def _small_nodes(self) -> Bools:
        """Nodes that are measured and below the normal limit."""
        large = _arrays.at_least(self.sizes, self.criteria.node_normal or 0.0, self.guard)
        return np.asarray(self.nodes & ~np.isnan(self.sizes) & ~large)

    def _growth_of_normal_nodes(self) -> Floats | float:
        """What the growth of nodes that stay normal adds to an increase, where the criteria leave
        it out.

        Each visit is compared with the one whose sum is its reference: the baseline, or the first
        visit with the smallest complete sum before it.
        """
        rules = self.criteria
        if rules.normal_nodes_in_pd == "sum" or rules.node_normal is None or not self.nodes.any():
            return 0.0
        small = self._small_nodes()
        visits, _, patients = self.sizes.shape
        place = np.zeros((visits, patients), dtype=np.int64)
        if rules.pd.reference == "nadir":
            whole = np.where(self.complete & ~np.isnan(self.sum), self.sum, np.inf)
            for visit in range(1, visits):
                place[visit] = whole[:visit].argmin(axis=0)
        sizes = np.where(small, self.sizes, np.nan)
        before = np.take_along_axis(sizes, place[:, None, :], axis=0)
        grown = sizes - before
        return np.asarray(np.where(grown > 0, grown, 0.0).sum(axis=1))

    def _normal_nodes(self) -> Bools:
        """Whether a node is there, of whatever size."""
        if self._no_normal_nodes():
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
        grown = self._increase(smallest, self.sizes)[0]
        if self.criteria.normal_nodes_in_pd == "excluded" and self.criteria.node_normal is not None:
            grown &= ~self._small_nodes()
        return np.asarray(grown.any(axis=1))


def _after(happened: Bools) -> Bools:
    """Whether it happened at an earlier visit."""
    before = np.zeros(happened.shape, dtype=np.bool_)
    before[1:] = _arrays.running(np.logical_or, happened[:-1])
    return before
