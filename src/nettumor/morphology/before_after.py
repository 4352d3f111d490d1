"""One size before and after therapy: complete response, partial response, stable or progressive
disease?

Sources: Vogl et al. 2008, section 4.3 (the default) and, with ``criteria``, every other edition of
size, whose nadir is then the size before. Sizes come in as numbers or arrays of any shapes that
broadcast; codes of `Response` go out. A size is whatever the criterion measures: a diameter, a sum
of diameters, a product, a volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _wording
from nettumor._arrays import Bools, Codes, Floats
from nettumor._labels import by_label, same_labels
from nettumor._threads import each
from nettumor.criteria import VOGL_2008, SizeCriteria
from nettumor.criteria._types import require
from nettumor.criteria.vogl_2008 import ASSESSMENT_WINDOW
from nettumor.errors import choose, refuse
from nettumor.morphology import _pairs
from nettumor.terminology import Reason, Response, scalar_or_codes

_PLAIN = (float, int, np.float64)
_LARGE = 1e300
_TWO_THREADS = 1 << 20
"""Pairs: below, a second thread gains little; ten millions take 0.65 of the time of one thread."""
_REPAIR = 'Correct it or leave the lesion out, or pass invalid="NE".'


def classify(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    criteria: SizeCriteria = VOGL_2008,
    new_lesion: bool | npt.ArrayLike = False,
    invalid: str = "raise",
) -> Any:
    """Response of sizes before and after therapy: CR, PR, SD, PD or NE (and MR, where the criteria
    have it).

    In this order: a new lesion is PD; a missing size is NE; nothing left after therapy is CR; an
    increase by the limit of PD is PD; a decrease by the limit of PR is PR; the rest is SD. By
    `VOGL_2008` PD is more than 25 % larger and PR more than 30 % smaller; a decrease of more than
    25 and up to 30 %, to which the review gives no class, is what ``criteria.gap`` says. Limits are
    exact for values with up to four decimals.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Sizes in one unit (mm, mm2 or mL, see ``criteria.unit``); NaN where not measured.
    criteria : SizeCriteria
        Any edition of size. A nadir is the size before. Under `IRECIST_2017` a PD is that of
        RECIST, to be given to `irecist_response`.
    new_lesion : array_like of bool, broadcastable
        Whether a new lesion was seen.
    invalid : {"raise", "NE"}
        What a negative or infinite size, or a size before of zero, does.

    Returns
    -------
    ndarray of int8, or a Response for two numbers
        Codes of `Response`.

    Raises
    ------
    InputError
        For impossible sizes (with ``invalid="raise"``), shapes that do not fit, and, with the gap
        policy "raise", a decrease in the gap.
    InputTypeError
        For text or dates, and for criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.3, doi 10.1016/j.ejrad.2008.08.008; for other editions their
    ``citation``.

    Examples
    --------
    >>> classify(52, 30)
    <Response.PR: 7>
    >>> classify([50.0, 40.0, 20.0], [50.0, 0.0, 26.0])
    array([5, 8, 3], dtype=int8)
    """
    require(criteria, SizeCriteria, "classify")
    if invalid != "raise":
        choose("invalid", invalid, ("raise", "NE"))
    plain = type(before) in _PLAIN and type(after) in _PLAIN
    if plain and new_lesion is False:
        found = _one(before, after, criteria)
        if found is not None:
            return found
    same_labels(before=before, after=after, new_lesion=new_lesion)
    usual = _pairs.limits_of(criteria, _arrays.GUARD).usual
    first, second = _ready(before, "before", usual), _ready(after, "after", usual)
    new = None if new_lesion is False else _arrays.as_flags(new_lesion, "new_lesion")
    codes, bad = _in_blocks(first, second, new, criteria)
    if bad and invalid == "raise":
        _refuse(_arrays.as_numbers(first, ""), _arrays.as_numbers(second, ""), criteria)
    if criteria.gap == "raise":
        _refuse_gap(second, codes, criteria)
    return scalar_or_codes(codes)


def _one(before: Any, after: Any, criteria: SizeCriteria) -> Response | None:
    """The response of two plain numbers, or None where it needs a closer look."""
    limits = _pairs.limits_of(criteria, _arrays.GUARD)
    if not (limits.usual and 0 < before < _LARGE and 0 <= after < _LARGE):
        return None
    if after == 0:
        return Response.CR
    if after > before * limits.pd:
        return Response.PD
    return Response.PR if after <= before * limits.pr else Response.SD


def _ready(values: npt.ArrayLike, argument: str, usual: bool) -> npt.NDArray[Any]:
    """The values as numbers; whole numbers, and floats of 32 bits under the usual limits, stay as
    they are and are widened block by block.
    """
    if type(values) is np.ndarray and values.dtype.kind in "fiu":
        width = values.dtype.itemsize if values.dtype.kind == "f" else 8
        if width == 8 or (width == 4 and usual):
            return values
    return _arrays.as_numbers(values, argument)


def _in_blocks(
    before: npt.NDArray[Any],
    after: npt.NDArray[Any],
    new: Bools | None,
    criteria: SizeCriteria,
) -> tuple[Codes, bool]:
    """The codes of all pairs, and whether a size is impossible."""
    given = {"before": before, "after": after} | ({} if new is None else {"new_lesion": new})
    shape = _arrays.broadcast(**given)[0].shape
    codes = np.empty(shape, dtype=np.int8)
    halves = _halves([*given.values(), codes])
    bad = each(lambda *arrays: _judged(list(arrays), criteria), *halves, rows=codes.size)
    return codes, any(bad)


def _halves(arrays: list[npt.NDArray[Any]]) -> list[list[npt.NDArray[Any]]]:
    """Both halves of each array, which may be judged side by side; arrays that lie in several ways
    stay whole.
    """
    whole = arrays[-1]
    if whole.size < _TWO_THREADS or any(
        a.shape != whole.shape or not a.flags.c_contiguous for a in arrays
    ):
        return [[a] for a in arrays]
    middle = whole.size // (2 * _pairs.BLOCK) * _pairs.BLOCK
    return [[part[:middle], part[middle:]] for part in (a.reshape(-1) for a in arrays)]


def _judged(arrays: list[npt.NDArray[Any]], criteria: SizeCriteria) -> bool:
    """Write the codes of some pairs into the last of the arrays (before, after, new lesions where
    they are told apart, codes); whether a size is impossible.
    """
    before, after, *flags_of_all, codes = arrays
    size = min(_pairs.BLOCK, codes.size)
    scratch, possible = _pairs.Scratch(size), True
    # by kind and width: a type of the other byte order equals no other
    short = [a.dtype.kind == "f" and a.dtype.itemsize == 4 for a in (before, after)]
    narrow = short[0], short[1]
    near = _pairs.NearLimits(criteria, narrow) if any(narrow) else None
    judge = _pairs.codes_of_block if near is None else near.codes_of_block
    limits = _pairs.limits_of(criteria, _arrays.GUARD)
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # infinite and huge sizes are told apart block by block
        kind = "f" if all(narrow) else "d"
        for b, a, *flags, out in _blocks(arrays, size, kind):
            possible &= judge(b, a, criteria, limits, out, scratch)
            if flags:
                _pairs.progress(flags[0], out)
        if near is not None:
            near.mend(codes, flags_of_all[0] if flags_of_all else None)
    return not possible


def _blocks(
    arrays: list[npt.NDArray[Any]], size: int, kind: str
) -> Iterator[tuple[npt.NDArray[Any], ...]]:
    """The arrays, broadcast to the last of them, block by block as floats of ``kind`` ("d" or "f"),
    bool and int8.
    """
    shape, total = arrays[-1].shape, arrays[-1].size
    if not total:
        return
    if all(
        a.shape == shape and a.flags.c_contiguous and a.dtype.isnative and a.dtype.char in ready
        for a, ready in zip(arrays, (kind, kind, *"?" * (len(arrays) - 3), "b"), strict=True)
    ):
        flat = [a.reshape(-1) for a in arrays]  # views
        whole = total // size * size
        yield from zip(*(a[:whole].reshape(-1, size) for a in flat), strict=True)
        if whole < total:
            yield tuple(a[whole:] for a in flat)
        return
    access: list[Any] = [["readonly"]] * (len(arrays) - 1) + [["writeonly"]]
    types: list[Any] = [kind, kind, *[a.dtype for a in arrays[2:]]]
    operands: list[Any] = list(arrays)
    with np.nditer(
        operands,
        ["external_loop", "buffered"],
        access,
        types,
        order="C",
        casting="same_kind",
        buffersize=size,
    ) as parts:
        yield from parts


def _refuse(before: npt.NDArray[Any], after: npt.NDArray[Any], criteria: SizeCriteria) -> None:
    """Raise for the first impossible size."""
    refuse(
        "before",
        f"finite and greater than 0 {criteria.unit} (NaN where not measured)",
        before,
        _pairs.impossible(before, True),
        _REPAIR,
    )
    refuse(
        "after",
        f"finite and at least 0 {criteria.unit} (NaN where not measured)",
        after,
        _pairs.impossible(after, False),
        _REPAIR,
    )


def _refuse_gap(after: npt.NDArray[Any], codes: Codes, criteria: SizeCriteria) -> None:
    """Raise for the first decrease in the gap of the criteria, whose policy asks for it."""
    least = criteria.sd_limit.value if criteria.sd_limit else 0.0
    refuse(
        "after",
        f"outside the gap of {criteria.title} (a decrease of more than {least:g} % short of PR)",
        after,
        codes == _pairs.IN_GAP,
        'Choose a class for it: attrs.evolve(criteria, gap="SD"), "MR" or "NE".',
    )


@by_label(gives="")
def percent_change(before: npt.ArrayLike, after: npt.ArrayLike, *, invalid: str = "raise") -> Any:
    """Change of a size from before to after therapy, in percent; negative is smaller.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Sizes in one unit; NaN where not measured.
    invalid : {"raise", "NE"}
        What a negative or infinite size, or a size before of zero, does: raise, or NaN there.

    Returns
    -------
    ndarray of float, or float for two numbers
        Percent (CDISC ``PCHG``); NaN where a size is missing.

    Raises
    ------
    InputError
        For impossible sizes (with ``invalid="raise"``) and shapes that do not fit.

    References
    ----------
    Vogl et al. 2008, section 4.3, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> percent_change([52.0, 33.0, 40.0], [39.0, 23.1, 51.0])
    array([-25. , -30. ,  27.5])
    """
    choose("invalid", invalid, ("raise", "NE"))
    first, second = _arrays.as_numbers(before, "before"), _arrays.as_numbers(after, "after")
    _arrays.broadcast(before=first, after=second)
    if invalid == "raise":
        _refuse(first, second, VOGL_2008)
    change = _percent(first, second)
    return float(change) if change.ndim == 0 else change


def _percent(before: Floats, after: Floats) -> Floats:
    """Percent change, NaN where a size is missing or impossible."""
    wrong = _pairs.impossible(before, True) | _pairs.impossible(after, False)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        # Multiplied before divided: 33 to 23.1 is -30.0 and not -29.999999999999996.
        return np.asarray(np.where(wrong, np.nan, 100 * after / before - 100))


def in_assessment_window(days_since_completion: npt.ArrayLike) -> Any:
    """Whether a scan lies in the review's window: 4 to 6 weeks (28 to 42 days) after completion of
    therapy.

    Parameters
    ----------
    days_since_completion : array_like of float or timedelta64
        Days from the completion of therapy to the scan; NaN where unknown.

    Returns
    -------
    ndarray of bool, or bool for one number
        Both ends count; unknown is False.

    Raises
    ------
    InputTypeError
        For dates: subtract the day of completion first.

    References
    ----------
    Vogl et al. 2008, section 4.3 ("before and after 4-6 weeks of completion of therapy").

    Examples
    --------
    >>> in_assessment_window([27, 28, 42, 43])
    array([False,  True,  True, False])
    """
    days = _arrays.as_days(days_since_completion, "days_since_completion")
    first, last = ASSESSMENT_WINDOW
    inside = _arrays.at_least(days, first) & _arrays.at_least(last, days)
    return bool(inside) if inside.ndim == 0 else inside


@frozen(eq=False, repr=False)
class MorphologicalResponse:
    """Response of sizes before and after therapy, with the numbers and the reason.

    Made by `MorphologicalResponse.assess`; one lesion or patient (plain values) or a cohort
    (arrays).

    Attributes
    ----------
    before, after : ndarray of float, or float
        Sizes, in ``criteria.unit``; NaN where not measured.
    percent : ndarray of float, or float
        Change in percent; NaN where a size is missing or impossible.
    response : ndarray of int8, or Response
        What `classify` answers.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: NEW_LESION, NOT_MEASURED, GONE, INCREASE, DECREASE, MINOR_DECREASE, GAP,
        WITHIN_LIMITS, BELOW_MINIMUM, INVALID.
    criteria : SizeCriteria
    name : str
        What was measured, for the explanation.

    Examples
    --------
    >>> print(MorphologicalResponse.assess([52, 40, 40], [30, 40, 51]))
    MorphologicalResponse(3 pairs: 1 PR, 1 SD, 1 PD)
    """

    before: Any
    after: Any
    percent: Any
    response: Any
    reason: Any
    criteria: SizeCriteria
    name: str = ""

    @classmethod
    def assess(
        cls,
        before: npt.ArrayLike,
        after: npt.ArrayLike,
        *,
        criteria: SizeCriteria = VOGL_2008,
        new_lesion: bool | npt.ArrayLike = False,
        invalid: str = "raise",
        name: str = "",
    ) -> MorphologicalResponse:
        """The response of `classify`, with what it rests on.

        Parameters
        ----------
        before, after, criteria, new_lesion, invalid
            As for `classify`.
        name : str
            What was measured, for the explanation: "segment VIII", "sum".

        Returns
        -------
        MorphologicalResponse

        Raises
        ------
        InputError
            As for `classify`.

        References
        ----------
        Vogl et al. 2008, section 4.3; for other editions their ``citation``.

        Examples
        --------
        >>> print(MorphologicalResponse.assess(33.0, 23.1).explain())
        SD: size 23.1 mm is -30.0 % from 33.0 mm before, a change that has no class in the source; limits -30 % \
and +25 % (Vogl 2008, morphological response, section 4.3)
        """
        response = classify(
            before, after, criteria=criteria, new_lesion=new_lesion, invalid=invalid
        )
        first, second, new = _arrays.broadcast(
            before=_arrays.as_numbers(before, "before"),
            after=_arrays.as_numbers(after, "after"),
            new_lesion=_arrays.as_flags(new_lesion, "new_lesion"),
        )
        reason = _pairs.reasons_of(
            first, second, criteria, _pairs.limits_of(criteria, _arrays.GUARD)
        )
        reason = np.where(new, reason | Reason.NEW_LESION, reason).astype(np.int32)
        percent = _percent(first, second)
        if first.ndim:
            return cls(first.copy(), second.copy(), percent, response, reason, criteria, name)
        return cls(
            float(first),
            float(second),
            float(percent),
            response,
            Reason(int(reason)),
            criteria,
            name,
        )

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the pair at ``index`` has its response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``; nothing for one pair.

        Returns
        -------
        str

        Examples
        --------
        >>> print(MorphologicalResponse.assess([40, 40], [51, 0]).explain(0))
        PD: size 51.0 mm is +27.5 % from 40.0 mm before; limits -30 % and +25 % (Vogl 2008, morphological response, \
section 4.3)
        """
        before, after, percent = (
            float(np.asarray(a)[index]) for a in (self.before, self.after, self.percent)
        )
        response = Response(int(np.asarray(self.response)[index]))
        bits = Reason(int(np.asarray(self.reason)[index]))
        what, unit = self.name or "size", self.criteria.unit
        said = []
        if Reason.NEW_LESION in bits:
            said.append("new lesion")
        if Reason.INVALID in bits:
            said.append(f"a size that cannot be: {before:g} {unit} before, {after:g} {unit} after")
        elif Reason.NOT_MEASURED in bits:
            said.append(
                f"{what} before {_wording.quantity(before, unit)}, after "
                f"{_wording.quantity(after, unit)}"
            )
        elif Reason.GONE in bits:
            said.append(f"nothing left of {_wording.quantity(before, unit)} before")
        else:
            change = f"{what} {_wording.quantity(after, unit)} is {_wording.signed(percent)}{self._and(after - before)}"
            gap = ", a change that has no class in the source" if Reason.GAP in bits else ""
            below = self._below() if Reason.BELOW_MINIMUM in bits else ""
            said.append(f"{change} from {_wording.quantity(before, unit)} before{gap}{below}")
        pd = self.criteria.pd
        absolute = (
            f" {self.criteria.absolute_combines} {pd.absolute:g} {pd.unit}" if pd.absolute else ""
        )
        limits = f"limits {self.criteria.pr.signed:+g} %{',' if absolute else ' and'} {pd.signed:+g} %{absolute}"
        source = _wording.cited(self.criteria)
        return f"{response.label}: {'; '.join([*said, limits])} {source}"

    def _and(self, change: float) -> str:
        """The absolute change, where the criteria have a limit on it."""
        pd = self.criteria.pd
        return f" and {_wording.signed(change, pd.unit)}" if pd.absolute else ""

    def _below(self) -> str:
        return f", less than {self.criteria.pd.absolute:g} {self.criteria.pd.unit} more"

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"MorphologicalResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        )
        return f"MorphologicalResponse({counts.sum()} pairs: {found})"
