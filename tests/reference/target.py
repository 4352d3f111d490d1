"""One patient's target lesions, one visit at a time, in fractions of the written decimals."""

import math
from fractions import Fraction

from reference.before_after import decrease_met, increase_met


def exact(value):
    """The decimal as it is written."""
    return Fraction(str(value))


def total(sizes):
    """The sum as one would write it: exact, then a float with no error of addition."""
    return float(sum((exact(s) for s in sizes), Fraction(0)))


def grown(criteria, reference, now):
    """Whether a size or sum meets the limit of PD from its reference; the percent of 0 is unlimited."""
    if now <= reference:  # "PD needs an increase above 0"
        return False
    if reference == 0:
        limit = criteria.pd.absolute
        return limit is None or criteria.absolute_combines == "or" or exact(now) >= exact(limit)
    return increase_met(criteria.pd, criteria.absolute_combines, reference, now)


def fallen(limit, reference, now):
    """Whether a decrease meets a limit, if there is one."""
    return limit is not None and decrease_met(limit, reference, now)


def present(size, node, criteria):
    """Whether a lesion is still there: nodes below the normal short axis are not."""
    if node and criteria.node_normal is not None:
        return exact(size) >= exact(criteria.node_normal)
    return size > 0


def course(lesions, nodes, criteria):
    """The response at each timepoint; ``lesions`` is a list of courses, NaN where not measured."""
    real = [(sizes, node) for sizes, node in zip(lesions, nodes, strict=True) if not all(map(math.isnan, sizes))]
    visits = len(lesions[0]) if lesions else 0
    if not real:  # no target lesion
        return ["MISSING"] * visits
    answers = ["MISSING"]  # the baseline has no response
    baseline = total(sizes[0] for sizes, _ in real)
    complete_sums, responded, was_complete = [baseline], False, False
    for visit in range(1, visits):
        now = [(sizes[visit], node) for sizes, node in real]
        measured = [(size, node) for size, node in now if not math.isnan(size)]
        complete = len(measured) == len(real)
        there = [present(size, node, criteria) for size, node in measured]
        sum_now = total(size for size, _ in measured)
        reference = min(complete_sums) if criteria.pd.reference == "nadir" else baseline
        if complete and not any(there):  # every target is gone
            answer = "CR"
        elif measured and grown(criteria, reference, sum_now):  # what was measured proves it alone
            answer = "PD"
        elif criteria.pd_scope == "any lesion" and any(
            not math.isnan(sizes[visit])
            and grown(criteria, min(s for s in sizes[:visit] if not math.isnan(s)), sizes[visit])
            for sizes, _ in real
        ):
            answer = "PD"
        elif criteria.reappearance == "PD" and was_complete and any(there):
            answer = "PD"
        elif not complete:
            answer = "NE"
        elif fallen(criteria.pr, baseline, sum_now):
            answer = "PR"
        elif fallen(criteria.mr, baseline, sum_now):
            answer = "MR"
        elif fallen(criteria.sd_limit, baseline, sum_now):
            answer = criteria.gap
        else:
            answer = "SD"
        if criteria.sustained_response and responded and answer in ("SD", "MR"):  # carried on until progression
            answer = "PR"
        if answer in ("CR", "PR"):
            responded = True
        if answer == "PD":
            responded = False
        was_complete = was_complete or answer == "CR"
        if complete:
            complete_sums.append(sum_now)
        answers.append(answer)
    return answers
