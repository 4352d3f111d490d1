"""Response of a symptom before and after therapy, and of several symptoms together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _levels, _wording
from nettumor._labels import by_label
from nettumor.criteria import SYMPTOMATIC_VOGL_2008, SymptomCriteria
from nettumor.criteria._types import require
from nettumor.markers.response import combine
from nettumor.terminology import Reason, Response, scalar_or_codes

SYMPTOMS = (
    "flushing",
    "diarrhoea",
    "bronchospasm",
    "abdominal pain",
    "arrhythmia",
    "right heart failure",
)
"""The symptoms of the carcinoid syndrome that the review names (introduction and section 4.1)."""


@by_label(gives="")
def symptom_response(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    criteria: SymptomCriteria = SYMPTOMATIC_VOGL_2008,
    invalid: str = "raise",
) -> Any:
    """Symptomatic response: CR (gone), PR, SD, PD or NE.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Frequency (e.g. flushes a week) or score, larger is worse; NaN where not recorded. A symptom
        absent before therapy (0) is not evaluable.
    criteria : SymptomCriteria
        ``SYMPTOMATIC_VOGL_2008`` (PR > 50 %, PD > 25 %, a library choice) or
        ``SYMPTOMATIC_CLASSIC`` (PR >= 50 %).
    invalid : {"raise", "NE"}
        What a negative or infinite value does.

    Returns
    -------
    ndarray of int8, or a Response for two numbers

    Raises
    ------
    InputError
        For impossible values (with ``invalid="raise"``) and shapes that do not fit.
    InputTypeError
        For text, and for criteria of another kind.

    References
    ----------
    Vogl et al. 2008, section 4.1 and Table 1, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> symptom_response([20, 20, 20, 0], [0, 9, 26, 3])
    array([8, 7, 3, 1], dtype=int8)
    """
    return scalar_or_codes(_levels.decide(_judge(before, after, criteria, invalid)[1]))


def _judge(
    before: npt.ArrayLike, after: npt.ArrayLike, criteria: SymptomCriteria, invalid: str
) -> tuple[_levels.Pair, npt.NDArray[np.int32]]:
    require(criteria, SymptomCriteria, "symptom_response")
    levels = _levels.pair(before, after, invalid)
    decrease, _, increase = _levels.changes(levels, criteria)
    missing = np.isnan(levels.before) | np.isnan(levels.after)
    sound = ~missing & ~levels.wrong
    absent = sound & (levels.before == 0)
    gone = sound & ~absent & (levels.after == 0)
    open_ = sound & ~absent & ~gone
    reason = np.zeros(levels.before.shape, dtype=np.int32)
    for bit, where in (
        (Reason.INVALID, levels.wrong),
        (Reason.NOT_MEASURED, missing & ~levels.wrong),
        (Reason.BASELINE, absent),
        (Reason.REAPPEARED, absent & (levels.after > 0)),
        (Reason.GONE, gone),
        (Reason.DECREASE, open_ & decrease),
        (Reason.INCREASE, open_ & increase),
        (Reason.WITHIN_LIMITS, open_ & ~decrease & ~increase),
    ):
        reason |= where * np.int32(bit)
    return levels, reason


@frozen(eq=False, repr=False)
class SymptomaticResponse:
    """Response of a symptom, with the numbers and the reason; made by `SymptomaticResponse.assess`.

    Plain values for one patient and symptom, arrays for a cohort.

    Attributes
    ----------
    before, after : ndarray of float, or float
        Frequencies or scores; NaN where not recorded.
    percent : ndarray of float, or float
        Change in percent; NaN where a value is missing or impossible, and from 0.
    response : ndarray of int8, or Response
        What `symptom_response` answers.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: GONE, DECREASE, INCREASE, WITHIN_LIMITS, BASELINE (absent before therapy;
        with REAPPEARED: a symptom that is new), NOT_MEASURED, INVALID.
    criteria : SymptomCriteria
    name : str
        The symptom, for the explanation.

    Examples
    --------
    >>> print(SymptomaticResponse.assess([20, 4], [0, 4], name="flushing"))
    SymptomaticResponse(flushing, 2 pairs: 1 CR, 1 SD)
    """

    before: Any
    after: Any
    percent: Any
    response: Any
    reason: Any
    criteria: SymptomCriteria
    name: str = ""

    @classmethod
    def assess(
        cls,
        before: npt.ArrayLike,
        after: npt.ArrayLike,
        *,
        criteria: SymptomCriteria = SYMPTOMATIC_VOGL_2008,
        invalid: str = "raise",
        name: str = "",
    ) -> SymptomaticResponse:
        """The response of `symptom_response`, with what it rests on.

        Parameters
        ----------
        before, after, criteria, invalid
            As for `symptom_response`.
        name : str
            The symptom, for the explanation.

        Returns
        -------
        SymptomaticResponse

        Raises
        ------
        InputError
            As for `symptom_response`.

        References
        ----------
        Vogl et al. 2008, section 4.1 and Table 1.

        Examples
        --------
        >>> print(SymptomaticResponse.assess(20, 9, name="flushing").explain())
        PR: flushing 9.0 is -55.0 % from 20.0 before; limits -50 % and +25 % (Vogl 2008, symptomatic response, \
section 4.1 and Table 1)
        """
        levels, reason = _judge(before, after, criteria, invalid)
        response = scalar_or_codes(_levels.decide(reason))
        why = Reason(int(reason)) if reason.ndim == 0 else reason
        plain = _levels.plain
        return cls(
            plain(levels.before),
            plain(levels.after),
            plain(_levels.percent(levels)),
            response,
            why,
            criteria,
            name,
        )

    @property
    def symptomatic(self) -> Any:
        """Whether the symptom was there before therapy (bool, or an array): the denominator of a
        response rate.

        ``objective_response_rate(answer.response[answer.symptomatic])`` is the review's rate; a
        symptomatic patient without a record after therapy stays in it as NE.
        """
        before = np.asarray(self.before)
        found = (before > 0) & np.isfinite(before)
        return bool(found) if found.ndim == 0 else found

    @property
    def new(self) -> Any:
        """Whether the symptom is new: absent before therapy and there after it (bool, or an
        array).
        """
        found = (np.asarray(self.reason) & Reason.REAPPEARED) != 0
        return bool(found) if found.ndim == 0 else found

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
        >>> print(SymptomaticResponse.assess([0], [3], name="diarrhoea").explain(0))
        NE: diarrhoea was absent before therapy and is new (3.0 after) (Vogl 2008, symptomatic response, section 4.1 \
and Table 1)
        """
        before, after, percent = (
            float(np.asarray(a)[index]) for a in (self.before, self.after, self.percent)
        )
        response = Response(int(np.asarray(self.response)[index]))
        bits = Reason(int(np.asarray(self.reason)[index]))
        what = self.name or "symptom"
        one, two = _wording.number(before), _wording.number(after)
        if Reason.INVALID in bits:
            said = f"a value that cannot be: {before:g} before, {after:g} after"
        elif Reason.NOT_MEASURED in bits:
            said = f"{what} before {one}, after {two}"
        elif Reason.BASELINE in bits:
            said = f"{what} was absent before therapy" + (
                f" and is new ({two} after)" if after > 0 else ""
            )
        elif Reason.GONE in bits:
            said = f"{what} is gone, {one} before"
        else:
            limits = [self.criteria.pr, self.criteria.pd]
            both = " and ".join(f"{limit.signed:+g} %" for limit in limits if limit is not None)
            said = f"{what} {two} is {_wording.signed(percent)} from {one} before; limits {both}"
        return f"{response.label}: {said} {_wording.cited(self.criteria)}"

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"SymptomaticResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        )
        return f"SymptomaticResponse({self.name + ', ' if self.name else ''}{counts.sum()} pairs: {found})"


def combine_symptoms(responses: Mapping[str, Any], *, rule: str, primary: str | None = None) -> Any:
    """One overall grade from several symptoms of the same patients, by a named rule.

    Parameters
    ----------
    responses : mapping of str to array_like of int, or to SymptomaticResponse
        Name of the symptom (see ``nettumor.symptoms.SYMPTOMS``) to codes of `Response`, shapes that
        broadcast.
    rule : {"primary", "worst", "best", "overall"}
        "primary": the symptom named as ``primary``, whatever the others; "worst" and "best": of the
        evaluable symptoms (NE only where none is). "overall" is this library's grade: CR where all
        are gone, else PD where any is, else PR where any is gone or better, else SD; there MISSING
        is a symptom that was absent at baseline, and NE one that was not recorded, which keeps the
        others from CR.
    primary : str, optional
        Name of the primary symptom, for that rule only.

    Returns
    -------
    ndarray of int8, or a Response

    Raises
    ------
    InputError
        For no symptom, an unknown rule or primary symptom, and shapes that do not fit.
    InputTypeError
        For anything but a mapping of codes.

    References
    ----------
    Vogl et al. 2008, section 4.1 (several symptoms, no rule); the named rules are a library choice.

    Examples
    --------
    >>> combine_symptoms({"flushing": [8, 1], "diarrhoea": [5, 7]}, rule="best")
    array([8, 7], dtype=int8)
    >>> combine_symptoms({"flushing": [8, 8, 8], "diarrhoea": [0, 5, 3]}, rule="overall")
    array([8, 7, 3], dtype=int8)
    """
    return combine(responses, rule, primary, ("primary", "worst", "best", "overall"))
