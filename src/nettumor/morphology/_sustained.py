"""A partial response carried on over small changes: from which visit on, and until when.

EORTC RECIST FAQ, managing PR when measurements change slightly: "once a PR has been assigned, and
confirmed (if required)" it stays until progression. What confirms is step 3 of
`best_overall_response`, read on the visits that met the limits themselves; a visit that is only
carried on confirms nothing.
"""

from __future__ import annotations

import numpy as np

from nettumor._arrays import Bools, Codes, Floats, at_least
from nettumor.criteria import BestResponseRule
from nettumor.terminology import Response

_MET = (Response.PR, Response.CR)
_STABLE = (Response.SD, Response.MR)


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
    small = np.isin(response, _STABLE)
    met = np.isin(response, _MET)
    after = np.zeros(response.shape, dtype=np.bool_)
    after[1:] = np.logical_or.accumulate(met, axis=0)[:-1]
    who = np.flatnonzero((small & after).any(axis=0))  # few: only they have anything to carry
    if not who.size:
        return carried
    codes = response[:, who]
    if rule.confirmation_days is None:
        since = np.isin(codes, _MET)
    elif earliest is None or latest is None:
        since = _in_succession(codes)
    else:
        since = _confirmed(codes, rule, earliest[:, who], latest[:, who], guard)
    responded = np.zeros(who.size, dtype=np.bool_)
    for visit in range(1, len(codes)):
        now = codes[visit]
        hold = responded & np.isin(now, _STABLE)
        carried[visit, who] = hold
        response[visit, who[hold]] = Response.PR
        responded = (responded | since[visit]) & (now != Response.PD)
    return carried


def _in_succession(codes: Codes) -> Bools:
    """Visits that confirm a response before them, with nothing but NE between."""
    since = np.zeros(codes.shape, dtype=np.bool_)
    before = np.zeros(codes.shape[1], dtype=np.int8)
    for visit, now in enumerate(codes):
        is_cr = now == Response.CR
        since[visit] = np.where(
            before == Response.CR, is_cr, (before == Response.PR) & np.isin(now, _MET)
        )
        before = np.where(now > Response.NE, now, before)
    return since


def _confirmed(
    codes: Codes, rule: BestResponseRule, earliest: Floats, latest: Floats, guard: float
) -> Bools:
    """Visits that confirm a response before them on whichever days they may have been."""
    since = np.zeros(codes.shape, dtype=np.bool_)
    for first in range(1, len(codes) - 1):
        start = codes[first]
        open_ = np.isin(start, _MET)
        due = latest[first] + (rule.confirmation_days or 0)
        after_cr = np.zeros(open_.shape, dtype=np.bool_)
        not_evaluable, stable = np.zeros((2, *open_.shape), dtype=np.int64)
        for later in range(first + 1, len(codes)):
            now = codes[later]
            is_cr, is_pr = now == Response.CR, now == Response.PR
            open_ = open_ & ~(after_cr & is_pr)  # no PR after a CR there
            confirms = is_cr | (is_pr & (start == Response.PR))
            since[later] |= open_ & confirms & at_least(earliest[later], due, guard)
            after_cr |= is_cr
            not_evaluable += now == Response.NE
            stable += np.isin(now, _STABLE)
            allowed = confirms | (now <= Response.NE)
            if rule.accept_sd_between:
                allowed |= np.isin(now, _STABLE) & (start == Response.PR) & (stable <= 1)
            open_ = open_ & allowed & (not_evaluable <= rule.max_ne_between)
            if not open_.any():
                break
    return since
