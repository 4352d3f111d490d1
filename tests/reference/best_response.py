"""Best overall response, one patient and one assessment at a time, in the words of the rules.

Responses are words, days are Fractions or None, assessments are dropped by leaving them out of a
list: as unlike the vectorised code as can be.
"""

from fractions import Fraction

import attrs

NON = "NON-CR/NON-PD"
RANKS = ("CR", "PR", "MR", "SD", NON, "PD", "iUPD", "NE")


def assessments(words, days, new_therapy, progression=None):
    """Step 1: (place, word, day) of what is not dropped, up to and including the first PD; what
    dropping says.
    """
    kept, said = [], set()
    treated = ended = False
    if progression is not None and (new_therapy is None or progression < new_therapy):
        on_or_after = [
            p
            for p, (word, day) in enumerate(zip(words, days, strict=True))
            if word != "MISSING" and day is not None and day >= progression
        ]
        # the course ends as PD there, and that counts by the day it was first seen on
        if on_or_after and "PD" not in words[: on_or_after[0]]:
            at = on_or_after[0]
            words = [*words[:at], "PD", *words[at + 1 :]]
            days = [*days[:at], progression, *days[at + 1 :]]
    for place, (word, day) in enumerate(zip(words, days, strict=True)):
        if word == "MISSING":
            continue  # drop MISSING
        if word == "NE" and day is None:
            continue  # no visit: NaN day with MISSING or NE, read as MISSING
        if new_therapy is not None and day is not None and day >= new_therapy:
            treated = True  # on or after new therapy
        if treated:
            said.add("NEW_THERAPY")
            continue  # what comes after it by place comes after it, its own day known or not
        if ended:
            said.add("COURSE_ENDED")
            continue  # all after the first PD
        kept.append((place, word, day))
        ended = word == "PD"
    return kept, said


def confirmed_at(course, i, rule):
    """Step 3: the place of the assessment that confirms course[i], or None."""
    _, response, day = course[i]
    wanted = {"CR": ("CR",), "PR": ("CR", "PR")}[response]
    interval = (
        Fraction(0) if rule.confirmation_days is None else Fraction(str(rule.confirmation_days))
    )
    for j in range(i + 1, len(course)):
        place, word, later = course[j]
        if word not in wanted or day is None or later is None or later - day < interval:
            continue  # "the first later CR (or PR) at least confirmation_days on (inclusive)"
        between = [w for _, w, _ in course[i + 1 : j]]
        if between.count("NE") > rule.max_ne_between:
            return None  # never more than max_ne_between NE
        rest = [w for w in between if w not in (*wanted, "NE")]
        if (
            response == "PR"
            and rule.accept_sd_between
            and len(rest) == 1
            and rest[0] in ("SD", "MR")
        ):
            rest = []  # one SD or MR between
        if rest:
            return None  # only CR (PR) and NE between
        upto = [*between, word]
        if response == "PR" and "CR" in upto and "PR" in upto[upto.index("CR") :]:
            return None  # no PR after a CR there
        return place
    return None


def after_cr(course, rule, seen_again=None):
    """Step 2: the course with the first lesser response after a CR judged by the policy, and
    whether there is one; where no disease was seen again there is nothing to judge.
    """
    first_cr = next((i for i, (_, word, _) in enumerate(course) if word == "CR"), None)
    if first_cr is None:
        return course, False
    lesser = next(
        (
            i
            for i in range(first_cr + 1, len(course))
            if course[i][1] in ("PR", "MR", "SD", NON)
            and (seen_again is None or seen_again[course[i][0]])
        ),
        None,
    )
    if lesser is None or rule.cr_then_pr == "keep":
        return course, lesser is not None  # unchanged
    if rule.cr_then_pr == "PD":
        place, _, day = course[lesser]
        return [*course[:lesser], (place, "PD", day)], True  # it becomes PD and ends the course
    before = [i for i in range(lesser) if course[i][1] == "CR"]
    if any(confirmed_at(course, i, rule) is not None for i in before):
        return course, True  # a CR before it is confirmed: no misreading
    return [
        (p, "PR" if i in before else w, d) for i, (p, w, d) in enumerate(course)
    ], True  # read as PR


def best(words, days, new_therapy, rule, progression=None, seen_again=None, non_target_only=False):
    """Step 4: a dict with response, place, day, confirmation, first, course (place to word) and
    why.
    """
    dropped, why = assessments(words, days, new_therapy, progression)
    course, judged = after_cr(dropped, rule, seen_again)
    asks = rule.confirmation_days is not None
    shown = [w for _, w, _ in course]
    only_non_target = NON in shown and not {"PR", "MR", "SD"} & set(shown)

    def in_time(day):
        if rule.sd_minimum_days is None:
            return True  # no minimum: then even an unknown day counts
        return day is not None and day >= Fraction(str(rule.sd_minimum_days))

    def found(response):
        for i, (place, word, day) in enumerate(course):
            by = confirmed_at(course, i, rule) if word in ("CR", "PR") and asks else None
            answered = by is not None or not asks
            if response in ("CR", "PR"):
                if word == response and answered:
                    return place, day, by
            elif response == "MR":
                if word == "MR" and in_time(day):
                    return place, day, None
            elif response == "SD":
                # with confirmation_days None only SD counts as SD
                counting = ("CR", "PR", "MR", "SD") if asks else ("SD",)
                falls = word == "CR" and only_non_target and rule.unconfirmed_cr == "course"
                if non_target_only and (word != "CR" or rule.unconfirmed_cr == "course"):
                    falls = True  # SD is no category (RECIST 1.1, 4.4.1 and Table 2)
                if word in counting and in_time(day) and not falls:
                    return place, day, None
            elif response == NON:
                falls = word == "CR" and only_non_target and rule.unconfirmed_cr == "course"
                if non_target_only and word in (("CR", "PR", "SD") if asks else ("SD",)):
                    falls = word != "CR" or rule.unconfirmed_cr == "course"
                if (word == NON or falls) and in_time(day):
                    return place, day, None
            elif response == "NE" or word == response:  # NE: any other assessment
                return place, day, None
        return None

    answer = {
        "response": "NE" if rule.missing_as_ne else "MISSING",
        "place": -1,
        "day": None,
        "by": None,
    }
    for response in RANKS:
        hit = found(response)
        if hit:
            answer = {"response": response, "place": hit[0], "day": hit[1], "by": hit[2]}
            break
    first = None
    for i, (_, word, day) in enumerate(course):
        if word in ("CR", "PR") and (not asks or confirmed_at(course, i, rule) is not None):
            first = day  # the first CR or PR (confirmed, if the rule asks)
            break
    worse = RANKS[RANKS.index(answer["response"]) + 1 :] if course else ()
    said_there = {place: word for place, word, _ in course}
    why |= {
        name
        for name, holds in (
            ("AFTER_CR", judged),
            ("COURSE_ENDED", len(course) < len(dropped)),
            ("CONFIRMED", answer["by"] is not None),
            ("DAY_UNKNOWN", any(day is None for _, _, day in course)),
            ("NO_ASSESSMENT", not course),
            (
                "UNCONFIRMED",
                any(
                    word in ("CR", "PR") and word != answer["response"] and word not in worse
                    for word in shown
                ),
            ),
            ("NOT_MEASURED", (answer["response"], said_there.get(answer["place"])) == ("NE", "NE")),
        )
        if holds
    }
    if rule.sd_minimum_days is not None and course:  # would it be better if SD needed no minimum?
        longer = attrs.evolve(rule, sd_minimum_days=None)
        same = (progression, seen_again, non_target_only)
        anyway = best(words, days, new_therapy, longer, *same)["response"]
        if RANKS.index(anyway) < RANKS.index(answer["response"]):
            why.add("TOO_EARLY")
    if (
        new_therapy is not None
    ):  # what was dropped for the therapy is judged, too, for the endpoints
        if progression is not None and progression >= new_therapy:
            progression = None
        every = assessments(words, days, None, progression)[0]
        treated = {p for p, _, _ in every} - {p for p, _, _ in dropped}
        if "NEW_THERAPY" in why:
            whole, _ = after_cr(every, rule, seen_again)
            said_there |= {p: w for p, w, _ in whole if p in treated}
    return {**answer, "first": first, "course": said_there, "why": why}
