"""One patient's target lesions, one visit at a time, in fractions of the written decimals."""

import math
from fractions import Fraction

import attrs

from reference.before_after import decrease_met, increase_met


def exact(value):
    """The decimal as it is written."""
    return Fraction(str(value))


def total(sizes):
    """The sum as one would write it: exact, then a float with no error of addition."""
    return float(sum((exact(s) for s in sizes), Fraction(0)))


def grown(criteria, reference, now):
    """Whether a size or sum meets the limit of PD from its reference; the percent of 0 is
    unlimited.
    """
    if now <= reference:  # "PD needs an increase above 0"
        return False
    if reference == 0:
        limit = criteria.pd.absolute
        return limit is None or criteria.absolute_combines == "or" or exact(now) >= exact(limit)
    return increase_met(criteria.pd, criteria.absolute_combines, reference, now)


def short(criteria, reference, now):
    """Whether the percent of PD is met, and only its absolute minimum is not."""
    if criteria.pd.absolute is None or criteria.absolute_combines == "or" or now <= reference:
        return False
    percent_alone = attrs.evolve(criteria, pd=attrs.evolve(criteria.pd, absolute=None))
    return grown(percent_alone, reference, now) and not grown(criteria, reference, now)


def fallen(limit, reference, now):
    """Whether a decrease meets a limit, if there is one."""
    return limit is not None and decrease_met(limit, reference, now)


def present(size, node, criteria):
    """Whether a lesion is still there: nodes below the normal short axis are not."""
    if node and criteria.node_normal is not None:
        return exact(size) >= exact(criteria.node_normal)
    return size > 0


def course(lesions, nodes, criteria):
    """The response at each timepoint, and why (names of `Reason`); ``lesions``: courses, NaN where
    not measured.
    """
    real = [
        (sizes, node)
        for sizes, node in zip(lesions, nodes, strict=True)
        if not all(map(math.isnan, sizes))
    ]
    visits = len(lesions[0]) if lesions else 0
    if not real:  # no target lesion
        return ["MISSING"] * visits, [set()] * visits
    answers, reasons = ["MISSING"], [set()]  # the baseline has no response
    baseline = total(sizes[0] for sizes, _ in real)
    complete_sums, responded, was_complete = [baseline], False, False
    for visit in range(1, visits):
        now = [(sizes[visit], node) for sizes, node in real]
        measured = [(size, node) for size, node in now if not math.isnan(size)]
        complete = len(measured) == len(real)
        there = [present(size, node, criteria) for size, node in measured]
        sum_now = total(size for size, _ in measured)
        reference = min(complete_sums) if criteria.pd.reference == "nadir" else baseline
        progression = set()
        if measured and grown(criteria, reference, sum_now):  # what was measured proves it alone
            progression.add("INCREASE")
        if criteria.pd_scope == "any lesion" and any(
            not math.isnan(sizes[visit])
            and grown(criteria, min(s for s in sizes[:visit] if not math.isnan(s)), sizes[visit])
            for sizes, _ in real
        ):
            progression.add("ANY_LESION")
        if criteria.reappearance == "PD" and was_complete and any(there):
            progression.add("REAPPEARED")
        if complete and not any(there):  # every target is gone
            answer, why = "CR", {"GONE"}
            if any(node and size > 0 for size, node in measured):
                why.add("NORMAL_NODES")
        elif progression:
            answer, why = "PD", progression | (set() if complete else {"PARTIAL_SUM"})
        elif not complete:
            answer, why = "NE", {"NOT_MEASURED"}
        elif fallen(criteria.pr, baseline, sum_now):
            answer, why = "PR", {"DECREASE"}
        elif fallen(criteria.mr, baseline, sum_now):
            answer, why = "MR", {"MINOR_DECREASE"}
        elif fallen(criteria.sd_limit, baseline, sum_now):
            answer, why = criteria.gap, {"GAP"}
        else:
            answer, why = "SD", {"WITHIN_LIMITS"}
        if (
            "NOT_MEASURED" not in why
            and answer not in ("CR", "PD")
            and short(criteria, reference, sum_now)
        ):
            why.add("BELOW_MINIMUM")
        if (
            criteria.sustained_response and responded and answer in ("SD", "MR")
        ):  # carried on until progression
            answer = "PR"
            why.add("SUSTAINED")
        if answer in ("CR", "PR"):
            responded = True
        if answer == "PD":
            responded = False
        was_complete = was_complete or answer == "CR"
        if complete:
            complete_sums.append(sum_now)
        answers.append(answer)
        reasons.append(why)
    return answers, reasons
