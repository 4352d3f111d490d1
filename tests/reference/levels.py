"""Markers and symptoms, one pair at a time, in fractions of the written decimals."""

import math
from fractions import Fraction


def exact(value):
    """The decimal as it is written."""
    return Fraction(str(value))


def fallen(limit, before, after):
    """Whether the decrease meets the limit."""
    if limit is None or before == 0:
        return False
    share = 100 * (exact(before) - exact(after)) / exact(before)
    return share > exact(limit.value) if limit.strict else share >= exact(limit.value)


def risen(limit, before, after):
    """Whether the increase meets the limit; any increase from 0 does."""
    if limit is None:
        return False
    if before == 0:
        return after > 0
    share = 100 * (exact(after) - exact(before)) / exact(before)
    return share > exact(limit.value) if limit.strict else share >= exact(limit.value)


def marker(before, after, upper_limit, criteria):
    """Biological response of one marker; ``upper_limit`` NaN is no limit."""
    if math.isnan(before) or math.isnan(after):  # not measured
        return "NE"
    known = not math.isnan(upper_limit)
    if known and exact(before) <= exact(
        upper_limit
    ):  # normal before: no response, but it may become abnormal
        if exact(after) > exact(upper_limit) and risen(criteria.pd, before, after):
            return "PD"
        return "NE"
    if not known and before == 0:  # not present before therapy
        return "NE"
    if known and exact(after) <= exact(upper_limit):  # "normalisation"
        return "CR"
    if fallen(criteria.pr, before, after):
        return "PR"
    if fallen(criteria.mr, before, after):
        return "MR"
    if risen(criteria.pd, before, after):
        return "PD"
    return "SD"


def symptom(before, after, criteria):
    """Response of one symptom."""
    if math.isnan(before) or math.isnan(after):  # not recorded
        return "NE"
    if before == 0:  # absent before therapy
        return "NE"
    if after == 0:  # gone
        return "CR"
    if fallen(criteria.pr, before, after):
        return "PR"
    if risen(criteria.pd, before, after):
        return "PD"
    return "SD"


def combined(codes, rule):
    """Several responses of one patient by a named rule; 0 is MISSING, 1 is NE."""
    if rule == "primary":  # the named one, whatever the others
        return codes[0]
    evaluable = [c for c in codes if c not in (0, 1)]
    if not evaluable:  # NE where any was NE, else nothing is known at all
        return 1 if 1 in codes else 0
    return min(evaluable) if rule == "worst" else max(evaluable)


def duration(codes, days):
    """Days from the first CR or PR to the first lesser response after it; else to the last record;
    and the event.
    """
    start = next((i for i, c in enumerate(codes) if c in (7, 8)), None)
    if start is None:  # no responder
        return math.nan, False
    for i in range(start + 1, len(codes)):
        if codes[i] not in (0, 1, 7, 8):  # recurrence
            return days[i] - days[start], True
    known = [d for c, d in zip(codes, days, strict=True) if c not in (0, 1) and not math.isnan(d)]
    return (max(known) if known else math.nan) - days[start], False


def durable(counts, baseline, reduction, share_of_days, days):
    """TELESTAR: enough responding days of the whole period."""
    if math.isnan(baseline) or baseline == 0:
        return False
    most = exact(baseline) * (100 - exact(reduction)) / 100
    responding = sum(not math.isnan(c) and exact(c) <= most for c in counts[:days])
    return 100 * responding >= exact(share_of_days) * days
