"""The steps of a best overall response, on whole cohorts: what is dropped, what a lesser response
after a CR means, what confirms what, and what each assessment counts as.

Arrays are (timepoint, patient): each visit is one contiguous row.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, Floats, at_least, running
from nettumor.criteria import BestResponseRule
from nettumor.terminology import Reason, Response

_R = Response

# What each code counts as, by step 4, where nothing confirms it: at or after the minimum for SD,
# and before it.
_IN_TIME = np.array(
    [_R.MISSING, _R.NE, _R.IUPD, _R.PD, _R.NON_CR_NON_PD, _R.SD, _R.MR, _R.SD, _R.SD], np.int8
)
_TOO_EARLY = np.array(
    [_R.MISSING, _R.NE, _R.IUPD, _R.PD, _R.NE, _R.NE, _R.NE, _R.NE, _R.NE], np.int8
)


@cache
def _codes(*responses: Response) -> Bools:
    """A table of codes: True for ``responses``, to be indexed with codes; read-only."""
    table = np.isin(np.arange(len(Response)), responses)
    table.setflags(write=False)
    return table


RESPONSES = _codes(_R.CR, _R.PR)
_LESSER = _codes(_R.PR, _R.MR, _R.SD, _R.NON_CR_NON_PD)
_STABLE = _codes(_R.SD, _R.MR)
_MEASURED = _codes(_R.PR, _R.MR, _R.SD)


def drop(codes: Codes, day: Floats, therapy: Floats | None, guard: float) -> npt.NDArray[np.int32]:
    """Step 1, in place: what is dropped becomes MISSING. The bits of the reason that this gives."""
    reason = np.zeros(codes.shape[1], dtype=np.int32)
    if therapy is not None:
        on_or_after = (codes != _R.MISSING) & at_least(day, therapy, guard)
        _leave_out(codes, running(np.logical_or, on_or_after), reason, Reason.NEW_THERAPY)
    end_at_pd(codes, reason)
    return reason


def end_at_pd(codes: Codes, reason: npt.NDArray[np.int32]) -> None:
    """Leave out what follows the first PD (step 1), and mark it in the reason."""
    after = np.zeros(codes.shape, dtype=np.bool_)
    after[1:] = running(np.logical_or, codes[:-1] == _R.PD)
    _leave_out(codes, after, reason, Reason.COURSE_ENDED)


def _leave_out(codes: Codes, which: Bools, reason: npt.NDArray[np.int32], bit: Reason) -> None:
    reason[(which & (codes != _R.MISSING)).any(axis=0)] |= bit
    codes *= ~which  # MISSING is 0


def judge_after_cr(
    codes: Codes,
    day: Floats,
    seen_again: Bools | None,
    reason: npt.NDArray[np.int32],
    rule: BestResponseRule,
    guard: float,
) -> None:
    """Step 2, in place: the first PR, MR, SD or NON-CR/NON-PD after a CR, by ``cr_then_pr``."""
    lesser = running(np.logical_or, codes == _R.CR) & _LESSER.take(codes)
    if seen_again is not None:
        lesser &= seen_again
    who = np.flatnonzero(lesser.any(axis=0))
    if not who.size:
        return
    reason[who] |= Reason.AFTER_CR
    first = lesser[:, who].argmax(axis=0)
    if rule.cr_then_pr == "PD":
        codes[first, who] = _R.PD
        end_at_pd(codes, reason)
    elif rule.cr_then_pr == "PR":
        course, at = codes[:, who], np.arange(codes.shape[0])[:, None]
        before = (course == _R.CR) & (at < first)
        confirmed = confirmations(course, day[:, who], _R.CR, rule, guard) >= 0
        misread = before & ~(before & confirmed).any(axis=0)
        codes[:, who] = np.where(misread, _R.PR, course)


def confirmations(
    codes: Codes, day: Floats, response: Response, rule: BestResponseRule, guard: float
) -> npt.NDArray[np.int32]:
    """Step 3: the timepoint that confirms each ``response`` (CR or PR), -1 where none does."""
    by = np.full(codes.shape, -1, dtype=np.int32)
    cr, pr, ne = (
        int(_R.CR),
        int(_R.PR),
        int(_R.NE),
    )  # once: an Enum is slow to look up in Python 3.11
    is_pr = response == pr
    confirming = RESPONSES if is_pr else _codes(_R.CR)
    allowed = (
        confirming
        | _codes(_R.MISSING, _R.NE)
        | (_STABLE if is_pr and rule.accept_sd_between else False)
    )
    hoped = codes[:-1] == int(response)
    for first in np.flatnonzero(hoped.any(axis=1)).tolist():
        who = np.flatnonzero(hoped[first])
        due = day[first, who] + (rule.confirmation_days or 0)
        open_, after_cr = np.ones(who.size, dtype=np.bool_), np.zeros(who.size, dtype=np.bool_)
        not_evaluable, stable = (
            np.zeros(who.size, dtype=np.int32),
            np.zeros(who.size, dtype=np.int32),
        )
        for later in range(first + 1, codes.shape[0]):
            if not open_.any():
                break
            code = codes[later, who]
            open_ &= ~(after_cr & (code == pr))  # no PR after a CR there
            confirms = open_ & confirming[code] & at_least(day[later, who], due, guard)
            by[first, who[confirms]] = later
            after_cr |= code == cr
            not_evaluable += code == ne
            stable += _STABLE[code]
            open_ &= (
                ~confirms & allowed[code] & (not_evaluable <= rule.max_ne_between) & (stable <= 1)
            )
    return by


def counts_as_unconfirmed(
    codes: Codes,
    day: Floats,
    non_target_only: Bools | None,
    rule: BestResponseRule,
    guard: float,
) -> tuple[Codes, Codes]:
    """What each assessment counts as if nothing confirms it, with and without the minimum
    for SD.
    """
    hoped = _IN_TIME.take(codes)
    if rule.unconfirmed_cr == "course":
        non_target = (codes == _R.NON_CR_NON_PD).any(axis=0) & ~_MEASURED.take(codes).any(axis=0)
        hoped[(codes == _R.CR) & non_target] = _R.NON_CR_NON_PD
    if non_target_only is not None:  # SD is not a category there (RECIST 1.1, 4.4.1 and Table 2)
        falls_to_sd = (codes == _R.CR) & (rule.unconfirmed_cr == "SD")
        hoped[(hoped == _R.SD) & non_target_only & ~falls_to_sd] = _R.NON_CR_NON_PD
    least = rule.sd_minimum_days
    if least is None:
        return hoped.copy(), hoped
    return np.where(at_least(day, least, guard), hoped, _TOO_EARLY.take(codes)), hoped
