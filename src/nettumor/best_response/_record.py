"""What `best_overall_response` answers, and how it says why."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import Codes
from nettumor.criteria import BestResponseRule
from nettumor.terminology import Reason, Response

_R = Response


@frozen(eq=False, repr=False)
class BestResponse:
    """Best overall response of each patient, as returned by `best_overall_response`.

    Attributes
    ----------
    response : ndarray of int8, shape (...), or Response for one patient
        The best overall response (``AVALC`` of an ADRS data set).
    day : ndarray of float, or float
        Day of the assessment that earned it, not of the one that confirmed it; NaN for MISSING, and
        where that day is not known (`Reason.DAY_UNKNOWN`).
    timepoint : ndarray of int, or int
        Its place on the last axis; -1 where there is no assessment.
    confirmed : ndarray of bool, or bool
        True for a CR or PR that a second assessment confirmed; False for all else, and throughout
        where the rule asks for no confirmation.
    confirmation_day : ndarray of float, or float
        Day of the assessment that confirmed it; NaN where ``confirmed`` is False.
    first_response_day : ndarray of float, or float
        Day of the first CR or PR (the first confirmed one, where the rule asks for confirmation);
        NaN without one, and where its day is not known.
    course : ndarray of int8, shape (..., timepoint)
        The course as judged by steps 1 and 2: what is after its end is MISSING, what was read
        otherwise is changed. Assessments on or after a new therapy are judged too and stand in it:
        whether they count for a time is the censoring rule's to say. Give it to
        `progression_free_survival`, so that both agree.
    reason : ndarray of int32, or Reason
        Bits of `Reason`: CONFIRMED; UNCONFIRMED (a better CR or PR was not confirmed); TOO_EARLY
        (the minimum for SD was not met); AFTER_CR; COURSE_ENDED; NEW_THERAPY; DAY_UNKNOWN (of an
        assessment of the course; of an interval only where the answer depends on it);
        NO_ASSESSMENT; NOT_MEASURED (the answer is an assessment that was
        NE).
    rule : BestResponseRule
        The rule that was applied.

    Examples
    --------
    >>> from nettumor import best_overall_response
    >>> print(best_overall_response([[7, 7], [5, 3]], [56, 112]))
    BestResponse(2 patients: 1 PR, 1 SD; 1 confirmed)
    """

    response: Any
    day: Any
    timepoint: Any
    confirmed: Any
    confirmation_day: Any
    first_response_day: Any
    course: Codes
    reason: Any
    rule: BestResponseRule

    def explain(self, index: int | tuple[int, ...] = ()) -> str:
        """One sentence that says why the patient at ``index`` has this best response.

        Parameters
        ----------
        index : int or tuple of int
            Place in ``response``; nothing for one patient.

        Returns
        -------
        str

        Examples
        --------
        >>> from nettumor import best_overall_response
        >>> print(best_overall_response([7, 5, 3], [30, 60, 90]).explain())
        SD: day 60.0 (timepoint 1), SD counts from day 42; a CR or PR was not confirmed by another at least 28 days \
later (RECIST 1.1, 4.4.3 and Table 3)
        """
        response, timepoint = (
            Response(int(np.asarray(self.response)[index])),
            int(np.asarray(self.timepoint)[index]),
        )
        bits = Reason(int(np.asarray(self.reason)[index]))
        day, second = (float(np.asarray(a)[index]) for a in (self.day, self.confirmation_day))
        said = (
            []
            if timepoint < 0
            else [f"{_on(day)} (timepoint {timepoint}){self._counted(response)}"]
        )
        for bit, clause in self._clauses(second).items():
            if bit in bits:
                said.append(clause)
        source = _wording.source(self.rule.citation.document, self.rule.citation)
        return f"{response.label}: {'; '.join(said)} {source}"

    def _counted(self, response: Response) -> str:
        least = self.rule.sd_minimum_days
        counted = response in (_R.MR, _R.SD, _R.NON_CR_NON_PD) and least is not None
        return f", {response.label} counts from day {least:g}" if counted else ""

    def _clauses(self, second: float) -> dict[Reason, str]:
        """What each bit of the reason says; ``second`` is the day of the confirmation."""
        rule = self.rule
        after_cr = {
            "PD": "is PD",
            "PR": "makes an unconfirmed CR a PR",
            "keep": "stays as reported",
        }[rule.cr_then_pr]
        apart = f"{rule.confirmation_days:g}" if rule.confirmation_days is not None else ""
        least = f"{rule.sd_minimum_days:g}" if rule.sd_minimum_days is not None else ""
        return {
            Reason.CONFIRMED: f"confirmed on day {_wording.number(second)}, at least {apart} days "
            "later",
            Reason.UNCONFIRMED: f"a CR or PR was not confirmed by another at least {apart} days "
            "later",
            Reason.TOO_EARLY: f"a better response was not at or after day {least}",
            Reason.AFTER_CR: f"a lesser response after a CR {after_cr}",
            Reason.NOT_MEASURED: "not evaluable",
            Reason.NO_ASSESSMENT: "no assessment",
            Reason.COURSE_ENDED: "assessments after the first PD do not count",
            Reason.NEW_THERAPY: "assessments on or after a new therapy do not count",
            Reason.DAY_UNKNOWN: "an assessment on a day not known confirms nothing and meets no "
            "minimum",
        }

    def __repr__(self) -> str:
        if np.ndim(self.response) == 0:
            return f"BestResponse({self.explain()})"
        counts = np.bincount(np.ravel(self.response), minlength=len(Response))
        found = (
            ", ".join(f"{counts[r]} {r.label}" for r in reversed(Response) if counts[r]) or "none"
        )
        return f"BestResponse({counts.sum()} patients: {found}; {np.count_nonzero(self.confirmed)} confirmed)"


def _on(day: float) -> str:
    return "on a day not known" if np.isnan(day) else f"day {_wording.number(day)}"
