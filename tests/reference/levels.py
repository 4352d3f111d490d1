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
    if known and exact(before) <= exact(upper_limit):  # normal before: no response, but it may become abnormal
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


def durable(counts, baseline, reduction, share_of_days, days):
    """TELESTAR: enough responding days of the whole period."""
    if math.isnan(baseline) or baseline == 0:
        return False
    most = exact(baseline) * (100 - exact(reduction)) / 100
    responding = sum(not math.isnan(c) and exact(c) <= most for c in counts[:days])
    return 100 * responding >= exact(share_of_days) * days
