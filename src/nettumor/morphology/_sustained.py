"""A partial response carried on over small changes: from which visit on, and until when.

EORTC RECIST FAQ, managing PR when measurements change slightly: "once a PR has been assigned, and
confirmed (if required)" it stays until progression. What confirms is step 3 of
`best_overall_response`, read on the visits that met the limits themselves; a visit that is only
carried on confirms nothing.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools, Codes, Floats, at_least, running
from nettumor.criteria import BestResponseRule
from nettumor.terminology import Response

# once: an Enum is slow to look up in Python 3.11, and these are looked up for each pair of visits
_NE, _PD, _SD, _MR, _PR, _CR = (
    int(Response[name]) for name in ("NE", "PD", "SD", "MR", "PR", "CR")
)


def _met(codes: Codes) -> Bools:
    """PR and CR: no code is larger, and comparing codes takes a tenth of looking them up."""
    met: Bools = codes >= _PR
    return met


def _stable(codes: Codes) -> Bools:
    """SD and MR."""
    stable: Bools = (codes == _SD) | (codes == _MR)
    return stable


def sustain(
    response: Codes,
    rule: BestResponseRule,
    earliest: Floats | None,
    latest: Floats | None,
    guard: float,
) -> Bools:
    """Carry a response on until progression, in place; where that was done.

    Parameters
    ----------
    response : ndarray of int8, shape (timepoint, patient)
        By the limits alone.
    rule : BestResponseRule
        Whether a response must be confirmed, and how.
    earliest, latest : ndarray of float, shape (timepoint, patient), or None
        First and last day that each visit can have; NaN confirms nothing. None: two visits in
        succession confirm each other, with NE between allowed.
    """
    carried = np.zeros(response.shape, dtype=np.bool_)
    after = running(np.logical_or, _met(response[:-1]))
    # few: only they have anything to carry
    who = np.flatnonzero((_stable(response[1:]) & after).any(axis=0))
    if not who.size:
        return carried
    codes = response[:, who]
    if rule.confirmation_days is None:
        since = _met(codes)
    elif earliest is None or latest is None:
        since = _in_succession(codes)
    else:
        since = _confirmed(codes, rule, earliest[:, who], latest[:, who], guard)
    responded = np.zeros(who.size, dtype=np.bool_)
    for visit in range(1, len(codes)):
        now = codes[visit]
        hold = responded & _stable(now)
        carried[visit, who] = hold
        response[visit, who[hold]] = _PR
        responded = (responded | since[visit]) & (now != _PD)
    return carried


def _in_succession(codes: Codes) -> Bools:
    """Visits that confirm a response before them, with nothing but NE between."""
    since = np.zeros(codes.shape, dtype=np.bool_)
    before = np.zeros(codes.shape[1], dtype=np.int8)
    for visit, now in enumerate(codes):
        is_cr = now == _CR
        since[visit] = np.where(before == _CR, is_cr, (before == _PR) & _met(now))
        before = np.where(now > _NE, now, before)
    return since


def _confirmed(
    codes: Codes, rule: BestResponseRule, earliest: Floats, latest: Floats, guard: float
) -> Bools:
    """Visits that confirm a response before them on whichever days they may have been."""
    since = np.zeros(codes.shape, dtype=np.bool_)
    for first in range(1, len(codes) - 1):
        who = np.flatnonzero(_met(codes[first]))  # those whose response here is still to confirm
        of_pr = codes[first, who] == _PR
        due = latest[first, who] + (rule.confirmation_days or 0)
        after_cr = np.zeros(who.shape, dtype=np.bool_)
        not_evaluable, stable = np.zeros((2, *who.shape), dtype=np.int64)
        for later in range(first + 1, len(codes)):
            if not who.size:
                break
            now = codes[later, who]
            is_cr, is_pr = now == _CR, now == _PR
            again = after_cr & is_pr  # no PR after a CR there
            confirms = (is_cr | (is_pr & of_pr)) & ~again
            since[later, who] |= confirms & at_least(earliest[later, who], due, guard)
            after_cr |= is_cr
            not_evaluable += now == _NE
            stable += _stable(now)
            allowed = confirms | (now <= _NE)
            if rule.accept_sd_between:
                allowed |= _stable(now) & of_pr & (stable <= 1)
            left = np.flatnonzero(allowed & (not_evaluable <= rule.max_ne_between))
            if len(left) < len(who):
                who, of_pr, due, after_cr = who[left], of_pr[left], due[left], after_cr[left]
                not_evaluable, stable = not_evaluable[left], stable[left]
    return since
