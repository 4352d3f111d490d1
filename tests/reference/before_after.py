"""One pair at a time, in fractions of the written decimals, each branch beside its sentence."""

import math
from fractions import Fraction

CR, PR, MR, SD, PD, NE = "CR", "PR", "MR", "SD", "PD", "NE"


def exact(value):
    """The decimal as it is written."""
    return Fraction(str(value))


def change(before, after):
    """Change in percent of the size before."""
    return 100 * (exact(after) - exact(before)) / exact(before)


def decrease_met(limit, before, after):
    """ "a decrease of more than" or "of at least" the limit, and its absolute minimum."""
    fallen = -change(before, after)
    percent = fallen > exact(limit.value) if limit.strict else fallen >= exact(limit.value)
    return percent and (
        limit.absolute is None or exact(before) - exact(after) >= exact(limit.absolute)
    )


def increase_met(limit, combines, before, after):
    """The same for an increase; two parts combine by "and" or "or"."""
    risen = change(before, after)
    percent = risen > exact(limit.value) if limit.strict else risen >= exact(limit.value)
    if limit.absolute is None:
        return percent
    absolute = exact(after) - exact(before) >= exact(limit.absolute)
    return percent and absolute if combines == "and" else percent or absolute


def classify(before, after, criteria, new_lesion=False):
    """The response of one pair, as the criteria read."""
    if new_lesion:  # a new lesion is progression, whatever was measured
        return PD
    if math.isnan(before) or math.isnan(after):  # not measured
        return NE
    if before <= 0 or after < 0 or math.isinf(before) or math.isinf(after):  # no size
        return NE
    if after == 0:  # "complete response: disappearance"
        return CR
    if increase_met(
        criteria.pd, criteria.absolute_combines, before, after
    ):  # "progressive disease"
        return PD
    if decrease_met(criteria.pr, before, after):  # "partial response"
        return PR
    if criteria.mr is not None and decrease_met(criteria.mr, before, after):  # "minor response"
        return MR
    if criteria.sd_limit is not None and decrease_met(
        criteria.sd_limit, before, after
    ):  # no class in the source
        return criteria.gap
    return SD
