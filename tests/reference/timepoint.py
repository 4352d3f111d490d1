"""Non-target, overall and iRECIST response, one patient and one visit at a time, in the words of
the tables.

Responses are words here, nothing is None, and a course is a list: as unlike the vectorised code as
can be.
"""

from decimal import Decimal

NON = "NON-CR/NON-PD"


def non_target(rows, markers):
    """RECIST 1.1, 4.3.3: ``rows`` is a list of lesions, each a list of words or None; markers a
    list of flags.
    """
    answers = [None]
    real = [row for row in rows if set(row) != {None}]  # a row without any code is padding
    for visit in range(1, len(markers)):
        words = [row[visit] for row in real]
        if not words:
            answer = None  # no non-target disease
        elif "PD" in words:
            answer = "PD"  # unequivocal progression of existing non-target lesions
        elif None in words or "NE" in words:
            answer = "NE"  # not all evaluated
        elif NON in words:
            answer = NON  # persistence of one or more non-target lesions
        elif markers[visit]:
            answer = "CR"  # disappearance of all and normalisation of the marker level
        else:
            answer = NON  # "and/or maintenance of tumour marker level above the normal limits"
        answers.append(answer)
    return answers[: len(markers)]


def overall(target, non_target_word, new):
    """RECIST 1.1, Tables 1 and 2, read from the bottom row up; None: no such disease at
    baseline.
    """
    if new:
        return "PD"  # any, any, yes
    if "PD" in (target, non_target_word):
        return "PD"  # PD any; any PD
    if target is None:
        if non_target_word in ("PR", "MR", "SD"):
            return NON  # neither CR nor PD
        return non_target_word  # Table 2: the non-target response itself
    if target == "CR":
        return (
            "CR" if non_target_word in ("CR", None) else "PR"
        )  # CR with non-CR/non-PD or not evaluated: PR
    return target  # PR, SD (and MR) with non-PD or not all evaluated; not all evaluated: NE


BETTER = ("PD", NON, "SD", "MR", "PR", "CR")
"""Classes of disease, the worst first."""


def walk(targets, non_targets, new_lesions, measure, lasting=None, progressing=None):
    """The visits under iRECIST by the printed table and the authors' questions and answers: for
    each its answer without confirmation, and what would confirm it.

    ``measure`` is asked with a visit and the unconfirmed progressions of its block, the first one
    first, whether what made them has grown.
    """
    told, block = [], None
    level = NON if set(targets) == {None} else "SD"  # what was there at baseline
    for i, (target, other, new) in enumerate(zip(targets, non_targets, new_lesions, strict=True)):
        again = progressing is not None and progressing[i]
        recist, without = overall(target, other, new or again), overall(target, other, False)
        evaluated = without not in (None, "NE")
        mine = other if target is None else target
        there = any(new_lesions[:i]) and (evaluated if lasting is None else lasting[i])
        names = {"target": target == "PD", "non-target": other == "PD", "new": new or again}
        categories = {name for name, is_pd in names.items() if is_pd}
        visit = {"answer": recist, "larger": False, "other": False, "start": None, "new": new}
        if block is None:
            if recist == "PD":  # the first progression is unconfirmed
                worst = mine if mine not in (None, "NE") else level
                block = {"visits": [i], "basis": categories, "later": False, "level": worst}
                visit["answer"] = "iUPD"
        else:
            visit["start"] = block["visits"][0]
            held = there and ("new" in block["basis"] or block["later"])
            better = evaluated and mine != "NE"
            better = better and BETTER.index(mine) > BETTER.index(block["level"])
            if recist == "PD" or held:
                visit["larger"] = measure(i, block["visits"])
            visit["other"] = bool(categories - block["basis"]) or (
                block["later"] and held and not better
            )
            if recist == "PD" or visit["larger"] or visit["other"] or (held and not better):
                visit["answer"] = "iUPD"  # scenario F: a lesion lasts and nothing does better
                block["visits"].append(i)
                block["later"] = block["later"] or new or again
            elif recist not in (None, "NE"):
                block = None  # the bar is reset
        if mine not in (None, "NE"):
            level = mine
        told.append(visit)
    return told


def irecist(
    targets,
    non_targets,
    new_lesions,
    grown,
    *,
    lasting=None,
    progressing=None,
    days=None,
    least=None,
    symptomatic=None,
):
    """A list of answers, "iCPD" for confirmed progression; ``days`` are pairs of first and last
    possible day, or None.
    """
    answers, confirmed = [], False
    steps = walk(targets, non_targets, new_lesions, lambda i, _: grown[i], lasting, progressing)
    for i, visit in enumerate(steps):
        if visit["start"] is not None and visit["answer"] == "iUPD":
            timely = True
            if least is not None:  # four weeks less two days after the first iUPD
                first, now = days[visit["start"]], days[i]
                timely = first is not None and now is not None and now[0] - first[1] >= least
            urgent = symptomatic is not None and symptomatic[i] and visit["new"]
            confirmed = confirmed or urgent or (timely and (visit["larger"] or visit["other"]))
        answers.append("iCPD" if confirmed and visit["answer"] is not None else visit["answer"])
    return answers


def further_increase(
    targets,
    non_targets,
    new_lesions,
    visits,
    *,
    reference="first iUPD",
    window=None,
    lasting=None,
    progressing=None,
):
    """Whether each visit shows growth of what made the iUPD. ``visits``: dicts of what was
    measured, None unknown.

    Keys: sum, non_target_larger, new_sum, new_larger, count, singles, day. Sizes are Decimals.
    """

    def measure(i, before):
        start, now = before[0], visits[i]

        def compared(read):
            """The value at the first iUPD, or at the latest one that has one."""
            known = [read(visits[start])] + [read(visits[j]) for j in before[1:]]
            if reference == "first iUPD":
                return known[0]
            return next((v for v in reversed(known) if v is not None), None)

        def grew(read, by):
            old, new = compared(read), read(now)
            return old is not None and new is not None and new - old >= by

        basis = []
        if targets[start] == "PD":  # further increase in sum of measures >= 5 mm
            basis.append(grew(lambda v: v["sum"], Decimal(5)))
        if non_targets[start] == "PD":  # any further increase of the non-target iUPD
            basis.append(now["non_target_larger"])
        if new_lesions[start] or (progressing is not None and progressing[start]):
            basis += [
                grew(lambda v: v["new_sum"], Decimal(5)),
                now["new_larger"],
                grew(lambda v: v["count"], Decimal(1)),
            ]
            for place in range(len(now["singles"])):  # any increase of what is not measurable
                basis.append(grew(lambda v, p=place: v["singles"][p], Decimal("0.0001")))
        timely = True
        if window is not None:
            last = visits[before[-1]]["day"]
            known = now["day"] is not None and last is not None
            timely = known and window[0] <= now["day"] - last <= window[1]
        return any(basis) and timely

    told = walk(targets, non_targets, new_lesions, measure, lasting, progressing)
    return [visit["larger"] for visit in told]


def sighting(lesions, days):
    """New lesions: (flag per visit, day of first sighting or None). Status words per lesion and
    visit.
    """
    flags, progression = [], None
    for visit in range(len(days)):
        counted = []
        for lesion in lesions:
            sure = any(word == "UNEQUIVOCAL" for word in lesion[: visit + 1])
            if sure and lesion[visit] != "":
                counted.append(lesion)
        flags.append(bool(counted))
        if counted and progression is None:
            # The date is that of the scan that first showed a lesion which is now known to be new.
            progression = min(
                next(i for i, word in enumerate(lesion) if word) for lesion in counted
            )
    return flags, None if progression is None else days[progression]
