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
    """Whether a lesion is still there: nodes below the normal short axis are not, unless CR asks
    that they are no longer seen.
    """
    if node and criteria.node_normal is not None and criteria.node_cr == "normal":
        return exact(size) >= exact(criteria.node_normal)
    return size > 0


def normal_throughout(node, then, now, criteria):
    """Whether a node was normal at the reference and is normal now; it may be left out of an
    increase.
    """
    if criteria.normal_nodes_in_pd == "sum" or criteria.node_normal is None or not node:
        return False
    return max(then, now) < criteria.node_normal


def confirmed_by(answers, days, rule):
    """The visits that confirm a response, from the FAQ's "confirmed (if required)": by step 3 of
    best overall response on the visits that met the limits. None for a day: not known.
    """
    met = [i for i, word in enumerate(answers) if word in ("PR", "CR")]
    if rule.confirmation_days is None:
        return set(met)
    found = set()
    for i in met:
        for j in met:
            between = answers[i + 1 : j]
            if j <= i or (answers[i] == "CR" and answers[j] == "PR"):
                continue
            if days is None:
                if all(word == "NE" for word in between):
                    found.add(j)
                continue
            if days[i] is None or days[j] is None:
                continue
            if min(days[j]) - max(days[i]) < exact(rule.confirmation_days):
                continue
            others = [w for w in between if w != "NE"]
            if between.count("NE") > rule.max_ne_between:
                continue
            if answers[i] == "CR":
                if set(others) <= {"CR"}:
                    found.add(j)
                continue
            stable = [w for w in others if w in ("SD", "MR")]
            if set(others) - {"CR", "PR", "SD", "MR"} or len(stable) > rule.accept_sd_between:
                continue
            upto = [*between, answers[j]]
            if "CR" in upto and "PR" in upto[upto.index("CR") :]:
                continue
            found.add(j)
    return found


def carry_on(answers, reasons, days, rule):
    """A PR stays over small changes, from its confirmation until progression."""
    confirming, held = confirmed_by(answers, days, rule), False
    for i, word in enumerate(list(answers)):
        if held and word in ("SD", "MR"):
            answers[i] = "PR"
            reasons[i].add("SUSTAINED")
        held = (held or i in confirming) and word != "PD"


def course(lesions, nodes, criteria, days=None):
    """The response at each timepoint, and why (names of `Reason`); ``lesions``: courses, NaN where
    not measured; ``days``: the possible days of each visit, None where nothing is known.
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
    complete_sums, was_complete, gone = [(baseline, 0)], False, [False] * len(real)
    for visit in range(1, visits):
        now = [(sizes[visit], node) for sizes, node in real]
        measured = [(size, node) for size, node in now if not math.isnan(size)]
        complete = len(measured) == len(real)
        there = [present(size, node, criteria) for size, node in measured]
        sum_now = total(size for size, _ in measured)
        reference, at = min(complete_sums) if criteria.pd.reference == "nadir" else complete_sums[0]
        left_out = [
            max(exact(size) - exact(sizes[at]), 0)
            for (size, node), (sizes, _) in zip(now, real, strict=True)
            if not math.isnan(size) and normal_throughout(node, sizes[at], size, criteria)
        ]
        counted = float(exact(sum_now) - sum(left_out, Fraction(0)))
        progression = set()
        if measured and grown(criteria, reference, counted):  # what was measured proves it alone
            progression.add("INCREASE")
        if criteria.pd_scope == "any lesion" and any(
            not math.isnan(sizes[visit])
            and grown(criteria, min(s for s in sizes[:visit] if not math.isnan(s)), sizes[visit])
            and not normal_throughout(node, 0, sizes[visit], criteria)
            for sizes, node in real
        ):
            progression.add("ANY_LESION")
        if criteria.reappearance == "PD" and was_complete and any(there):
            progression.add("REAPPEARED")
        for place, (size, node) in enumerate(now):
            if math.isnan(size):
                continue
            here = present(size, node, criteria)
            if criteria.reappearance == "any lesion" and gone[place] and here:
                progression.add("REAPPEARED")
            gone[place] = gone[place] or not here
        if complete and not any(there):  # every target is gone
            answer, why = "CR", {"GONE"}
            if any(node and size > 0 for size, node in measured):  # normal is gone
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
            and short(criteria, reference, counted)
        ):
            why.add("BELOW_MINIMUM")
        was_complete = was_complete or answer == "CR"
        if complete:
            complete_sums.append((sum_now, visit))
        answers.append(answer)
        reasons.append(why)
    if criteria.sustained_response:
        carry_on(answers, reasons, days, criteria.best_response)
    return answers, reasons
