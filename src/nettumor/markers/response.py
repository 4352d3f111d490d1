"""Response of a tumour marker before and after therapy, and of several markers together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays, _levels, _wording
from nettumor._arrays import Bools, Codes, Floats
from nettumor._labels import by_label, same_labels
from nettumor.criteria import BIOLOGICAL_VOGL_2008, MarkerCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean, refuse
from nettumor.terminology import Reason, Response, scalar_or_codes
from nettumor.words.units import same


@by_label(gives="")
def marker_response(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    upper_limit: npt.ArrayLike | None = None,
    criteria: MarkerCriteria = BIOLOGICAL_VOGL_2008,
    invalid: str = "raise",
) -> Any:
    """Biological response of a marker: CR, PR, SD, PD or NE (and MR, where the criteria have it).

    CR: at or below the upper limit after therapy, above it before; without a limit there is no CR.
    A marker at or below its limit before therapy is NE, or PD if it rises above the limit and meets
    the limit of PD. Else PR by the decrease, PD by the increase, and SD. A marker of 0 before
    therapy without a limit is NE: not present.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Values in one unit, from one assay; NaN where not measured.
    upper_limit : array_like of float, broadcastable, optional
        Upper limit of normal in the same unit; NaN: none known.
    criteria : MarkerCriteria
        ``BIOLOGICAL_VOGL_2008`` (PR > 50 %, PD > 25 %, a library choice; ``pd=None`` turns it off)
        or ``BIOLOGICAL_NET_WHO`` (PR >= 50, MR >= 25, PD >= 25 %).
    invalid : {"raise", "NE"}
        What a negative or infinite value, or an upper limit that is not above 0, does.

    Returns
    -------
    ndarray of int8, or a Response for single numbers

    Raises
    ------
    InputError
        For impossible values (with ``invalid="raise"``) and shapes that do not fit.
    InputTypeError
        For text, and for criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2, doi 10.1016/j.ejrad.2008.08.008; Winkelbauer et al.
    1996.

    Examples
    --------
    >>> marker_response([210, 95, 40, 5], [100, 130, 7, 6], upper_limit=8)
    array([7, 3, 8, 1], dtype=int8)
    """
    reason = _judge(before, after, upper_limit, criteria, invalid)[-1]
    return scalar_or_codes(_levels.decide(reason))


def _judge(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    upper_limit: npt.ArrayLike | None,
    criteria: MarkerCriteria,
    invalid: str,
) -> tuple[_levels.Pair, Floats, npt.NDArray[np.int32]]:
    """The levels, the upper limits and the reasons, all of one shape."""
    require(criteria, MarkerCriteria, "marker_response")
    if getattr(criteria, "needs_course", False):
        raise InputTypeError(
            f"`criteria` of marker_response must judge one pair of samples; {criteria.title} needs "
            "the days and the samples between. It is served by marker_course.",
            argument="criteria",
        )
    limit = _arrays.as_numbers(np.nan if upper_limit is None else upper_limit, "upper_limit")
    no_limit = np.isinf(limit) | (limit <= 0)
    levels = _levels.pair(before, after, invalid, upper_limit=limit)
    if invalid == "raise":
        refuse(
            "upper_limit",
            "finite and greater than 0 (NaN where not known)",
            limit,
            no_limit,
            'Correct it or leave it out, or pass invalid="NE".',
        )
    limit, no_limit = (
        np.broadcast_to(limit, levels.before.shape),
        np.broadcast_to(no_limit, levels.before.shape),
    )
    levels = levels._replace(wrong=levels.wrong | no_limit)
    return levels, limit, _reasons(levels, limit, criteria)


def _reasons(
    levels: _levels.Pair, limit: Floats, criteria: MarkerCriteria
) -> npt.NDArray[np.int32]:
    before, after, guard = levels.before, levels.after, levels.guard
    decrease, minor, increase = _levels.changes(levels, criteria)
    missing = np.isnan(before) | np.isnan(after)
    normal_before = _arrays.at_least(limit, before, guard)
    normal_after = _arrays.at_least(limit, after, guard)
    absent = (before == 0) & np.isnan(limit)
    sound = ~missing & ~levels.wrong
    eligible = sound & ~normal_before & ~absent
    if getattr(criteria, "eligible", "") == "any":
        eligible = sound & (before > 0)
    rose = sound & ~eligible & normal_before & ~normal_after & increase
    gone = eligible & normal_after & ~normal_before
    open_ = eligible & ~gone
    fallen = open_ & decrease
    less = open_ & ~fallen & minor
    grown = open_ & increase
    reason = np.zeros(before.shape, dtype=np.int32)
    for bit, where in (
        (Reason.INVALID, levels.wrong),
        (Reason.NOT_MEASURED, missing & ~levels.wrong),
        (Reason.BASELINE, sound & ~eligible),
        (Reason.INCREASE, rose | grown),
        (Reason.GONE, gone),
        (Reason.DECREASE, fallen),
        (Reason.MINOR_DECREASE, less),
        (Reason.WITHIN_LIMITS, open_ & ~fallen & ~less & ~grown),
    ):
        reason |= where * np.int32(bit)
    return reason


@frozen(eq=False, repr=False)
class BiologicalResponse:
    """Response of a marker, with the numbers and the reason; made by `BiologicalResponse.assess`.

    Plain values for one patient and marker, arrays for a cohort.

    Attributes
    ----------
    before, after, upper_limit : ndarray of float, or float
        In one unit; NaN where not measured, or no limit known.
    percent : ndarray of float, or float
        Change in percent; NaN where a value is missing or impossible, and from 0.
    response : ndarray of int8, or Response
        What `marker_response` answers; NE where unit or assay changed.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: GONE (normal now), DECREASE, MINOR_DECREASE, INCREASE, WITHIN_LIMITS,
        BASELINE (normal or not present before therapy), NOT_MEASURED, NOT_COMPARABLE, INVALID.
    criteria : MarkerCriteria
    name, unit : str
        For the explanation.

    Examples
    --------
    >>> print(BiologicalResponse.assess([210, 95], [100, 130], upper_limit=8, name="5-HIAA"))
    BiologicalResponse(5-HIAA, 2 pairs: 1 PR, 1 PD)
    """

    before: Any
    after: Any
    upper_limit: Any
    percent: Any
    response: Any
    reason: Any
    criteria: MarkerCriteria
    name: str = ""
    unit: str = ""

    @classmethod
    def assess(
        cls,
        before: npt.ArrayLike,
        after: npt.ArrayLike,
        *,
        upper_limit: npt.ArrayLike | None = None,
        criteria: MarkerCriteria = BIOLOGICAL_VOGL_2008,
        invalid: str = "raise",
        name: str = "",
        unit_before: npt.ArrayLike = "",
        unit_after: npt.ArrayLike = "",
        assay_before: npt.ArrayLike = "",
        assay_after: npt.ArrayLike = "",
    ) -> BiologicalResponse:
        """The response of `marker_response`, with what it rests on.

        Parameters
        ----------
        before, after, upper_limit, criteria, invalid
            As for `marker_response`.
        name : str
            The marker, for the explanation.
        unit_before, unit_after, assay_before, assay_after : str, or array_like of str,
        broadcastable
            Unit and assay of the two samples; where both are given and differ the pair is not
            evaluable. Spellings of one unit ("ng/mL", "ug/L") do not differ; "", None and NaN are
            not given.

        Returns
        -------
        BiologicalResponse

        Raises
        ------
        InputError
            As for `marker_response`.

        References
        ----------
        Vogl et al. 2008, section 4.2 and Table 2.

        Examples
        --------
        >>> answer = BiologicalResponse.assess(210, 100, upper_limit=8, name="5-HIAA", unit_before="mg/24h")
        >>> print(answer.explain())
        PR: 5-HIAA 100.0 mg/24h is -52.4 % from 210.0 mg/24h before, upper limit 8.0 mg/24h; limits -50 % and +25 % \
(Vogl 2008, biological response, section 4.2 and Table 2)
        """
        levels, limit, reason = _judge(before, after, upper_limit, criteria, invalid)
        units = _differ(same, unit_before=unit_before, unit_after=unit_after)
        assays = _differ(_same_word, assay_before=assay_before, assay_after=assay_after)
        _, units, assays = _arrays.broadcast(
            before=levels.before, unit_before=units, assay_before=assays
        )
        changed, shape = units | assays, units.shape
        reason = np.where(
            changed, int(Reason.NOT_COMPARABLE), np.broadcast_to(reason, shape)
        ).astype(np.int32)
        response = scalar_or_codes(_levels.decide(reason))
        percent = np.where(changed, np.nan, _levels.percent(levels))
        arrays = (levels.before, levels.after, limit)
        first, second, third = (_levels.plain(np.broadcast_to(a, shape)) for a in arrays)
        why = Reason(int(reason)) if reason.ndim == 0 else reason
        unit = unit_before if isinstance(unit_before, str) else ""
        return cls(
            first, second, third, _levels.plain(percent), response, why, criteria, name, unit
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
        >>> print(BiologicalResponse.assess([5], [6], upper_limit=8, name="5-HIAA").explain(0))
        NE: 5-HIAA 5.0 before is not above its upper limit 8.0 (Vogl 2008, biological response, section 4.2 and Table 2)
        """
        before, after, limit, percent = (
            float(np.asarray(a)[index])
            for a in (self.before, self.after, self.upper_limit, self.percent)
        )
        response = Response(int(np.asarray(self.response)[index]))
        bits = Reason(int(np.asarray(self.reason)[index]))
        what = self.name or "marker"
        one, two, most = (_wording.quantity(v, self.unit) for v in (before, after, limit))
        if Reason.NOT_COMPARABLE in bits:
            said = f"unit or assay of {what} changed between the samples"
        elif Reason.INVALID in bits:
            said = (
                f"a value that cannot be: {before:g} before, {after:g} after, upper limit {limit:g}"
            )
        elif Reason.NOT_MEASURED in bits:
            said = f"{what} before {one}, after {two}"
        elif Reason.BASELINE in bits and Reason.INCREASE not in bits:
            said = f"{what} {one} before is not " + (
                "present" if np.isnan(limit) else f"above its upper limit {most}"
            )
        else:
            known = "" if np.isnan(limit) else f", upper limit {most}"
            rise = "up" if np.isnan(percent) else _wording.signed(percent)
            said = f"{what} {two} is {rise} from {one} before{known}; {self._limits()}"
        return f"{response.label}: {said} {_wording.cited(self.criteria)}"

    def _limits(self) -> str:
        limits = [self.criteria.pr, self.criteria.mr, self.criteria.pd]
        return "limits " + " and ".join(
            f"{limit.signed:+g} %" for limit in limits if limit is not None
        )

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"BiologicalResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        )
        return f"BiologicalResponse({self.name + ', ' if self.name else ''}{counts.sum()} pairs: {found})"


def _differ(alike: Callable[[str, str], bool], **words: npt.ArrayLike) -> Bools:
    """Where both of two words are given and are not alike; each pair of words is compared once."""
    first, second = _arrays.broadcast(**{name: _text(values) for name, values in words.items()})
    ones, i = np.unique(first.ravel(), return_inverse=True)
    others, j = np.unique(second.ravel(), return_inverse=True)
    pairs, place = np.unique(i * others.size + j, return_inverse=True)
    at = [(str(ones[p // others.size]), str(others[p % others.size])) for p in pairs]
    changed = np.array([bool(a and b) and not alike(a, b) for a, b in at], dtype=np.bool_)
    return changed[place].reshape(first.shape)


def _text(values: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Words without outer blanks; "" for None, NaN and NA."""
    array = np.asarray(values, dtype=object)
    words = [v.strip() if isinstance(v, str) else "" if _missing(v) else str(v) for v in array.flat]
    return np.array(words, dtype=np.str_).reshape(array.shape)


def _missing(value: object) -> bool:
    return value is None or type(value).__name__ == "NAType" or value != value


def _same_word(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def combine_markers(responses: Mapping[str, Any], *, rule: str, primary: str | None = None) -> Any:
    """One biological response from several markers of the same patients, by a named rule.

    Parameters
    ----------
    responses : mapping of str to array_like of int, or to BiologicalResponse
        Name of the marker to codes of `Response`, shapes that broadcast.
    rule : {"primary", "worst", "best"}
        "primary": the marker named as ``primary``, whatever the others; "worst" and "best": of the
        evaluable markers (NE only where none is).
    primary : str, optional
        Name of the primary marker, for that rule only.

    Returns
    -------
    ndarray of int8, or a Response

    Raises
    ------
    InputError
        For no marker, an unknown rule or primary marker, and shapes that do not fit.
    InputTypeError
        For anything but a mapping of codes.

    References
    ----------
    Vogl et al. 2008, section 4.2 (several markers, no rule); the named rules are a library choice.

    Examples
    --------
    >>> combine_markers({"5-HIAA": [7, 5], "CgA": [3, 1]}, rule="worst")
    array([3, 5], dtype=int8)
    """
    return combine(responses, rule, primary)


def combine(
    responses: Mapping[str, Any],
    rule: str,
    primary: str | None,
    rules: tuple[str, ...] = ("primary", "worst", "best"),
) -> Any:
    """The rule of `combine_markers` and `combine_symptoms`."""
    choose("rule", rule, rules)
    if not isinstance(responses, Mapping):
        raise InputTypeError(
            f"`responses` must be a mapping of name to responses; got {type(responses).__name__}. "
            'Give {"5-HIAA": codes, "CgA": codes}.',
            argument="responses",
        )
    if not responses:
        raise InputError(
            "`responses` must hold at least one response; got none. Give name and codes.",
            argument="responses",
        )
    same_labels(**{str(name): getattr(r, "response", r) for name, r in responses.items()})
    codes = {
        name: _arrays.as_codes(getattr(r, "response", r), "responses")
        for name, r in responses.items()
    }
    together = np.stack(_arrays.broadcast(**codes))
    names = list(codes)
    if (rule == "primary" or primary is not None) and primary not in names:
        raise InputError(
            f"`primary` must be one of the names given; got {primary!r:.60}. "
            f"{did_you_mean(primary, codes)}",
            argument="primary",
        )
    if rule == "primary":
        return scalar_or_codes(np.array(together[names.index(str(primary))]))
    evaluable = together > Response.NE
    if rule == "overall":
        return scalar_or_codes(_overall(together, evaluable))
    chosen = (
        np.where(evaluable, together, 9).min(axis=0) if rule == "worst" else together.max(axis=0)
    )
    answer = np.where(evaluable.any(axis=0), chosen, together.max(axis=0))
    return scalar_or_codes(np.asarray(answer, dtype=np.int8))


def _overall(together: Codes, evaluable: Bools) -> Codes:
    """CR: all gone; else PD: any PD; else PR: any CR or PR; else SD. NE keeps it from CR."""
    unknown = (together == Response.NE).any(axis=0)
    gone = (~evaluable | (together == Response.CR)).all(axis=0) & ~unknown
    answer = np.where(unknown, np.int8(Response.NE), np.int8(Response.MISSING))
    for code, where in (
        (Response.SD, evaluable.any(axis=0)),
        (Response.PR, (together >= Response.PR).any(axis=0)),
        (Response.PD, (together == Response.PD).any(axis=0)),
        (Response.CR, evaluable.any(axis=0) & gone),
    ):
        answer = np.where(where, np.int8(code), answer)
    return np.asarray(answer, dtype=np.int8)
