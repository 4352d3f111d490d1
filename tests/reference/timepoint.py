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


def irecist(targets, non_targets, new_lesions, grown):
    """Seymour et al. 2017, Table 2: a list of answers, "iCPD" for confirmed progression."""
    answers, at_first_iupd, confirmed = [], None, False
    for target, other, new, larger in zip(targets, non_targets, new_lesions, grown, strict=True):
        recist = overall(target, other, new)
        if recist is None:
            answers.append(None)  # no assessment: nothing changes
            continue
        categories = {
            name
            for name, is_pd in (
                ("target", target == "PD"),
                ("non-target", other == "PD"),
                ("new", new),
            )
            if is_pd
        }
        if recist == "PD" and at_first_iupd is None:
            at_first_iupd = categories  # first progression: unconfirmed
            answer = "iUPD"
        elif recist == "PD" and (larger or categories - at_first_iupd):
            confirmed = True  # further increase, or progression in another category
            answer = "iCPD"
        elif recist == "PD":
            answer = "iUPD"  # no change: remains iUPD
        else:
            if recist != "NE":
                at_first_iupd = None  # the bar is reset
            answer = recist
        answers.append("iCPD" if confirmed else answer)
    return answers


def further_increase(
    targets, non_targets, new_lesions, visits, *, reference="first iUPD", window=None
):
    """Whether each visit shows growth of what made the iUPD. ``visits``: dicts of what was
    measured, None unknown.

    Keys: sum, non_target_larger, new_sum, new_larger, count, day. Sizes are Decimals.
    """
    answers, start, known, last_day = [], None, {}, None
    for i, visit in enumerate(visits):
        recist = overall(targets[i], non_targets[i], new_lesions[i])
        if recist != "PD" or start is None:
            if recist == "PD":
                start, last_day = i, visit["day"]  # the iUPD that opens the block
                known = {key: visit[key] for key in ("sum", "new_sum", "count")}
            elif recist not in ("NE", None):
                start = None  # the bar is reset
            answers.append(False)
            continue

        def grew(key, by, visit=visit, known=known):
            return (
                visit[key] is not None and known[key] is not None and visit[key] - known[key] >= by
            )

        basis = []
        if targets[start] == "PD":
            basis.append(grew("sum", Decimal(5)))  # further increase in sum of measures >= 5 mm
        if non_targets[start] == "PD":
            basis.append(visit["non_target_larger"])  # any further increase of the non-target iUPD
        if new_lesions[start]:
            basis += [grew("new_sum", Decimal(5)), visit["new_larger"], grew("count", Decimal(1))]
        timely = True
        if window is not None:
            unknown = visit["day"] is None or last_day is None
            timely = (
                not unknown and window[0] <= visit["day"] - last_day <= window[1]
            )  # 4 to 8 weeks
        answers.append(any(basis) and timely)
        if reference == "last iUPD":
            known = {key: old if visit[key] is None else visit[key] for key, old in known.items()}
        last_day = visit["day"]
    return answers


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
