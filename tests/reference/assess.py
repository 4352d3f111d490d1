"""A study assessed one subject, one visit and one lesion at a time: plain dicts, words, fractions.

Reads the same tables as `nettumor.assess` (a list of dicts per table), by the sentences of the CRF
layout.
"""

import calendar
import datetime
import itertools
import re
from fractions import Fraction

import attrs

from reference import best_response, endpoints, target, timepoint

NAN = float("nan")
CODES = {
    "MISSING": 0,
    "NE": 1,
    "IUPD": 2,
    "PD": 3,
    "NON-CR/NON-PD": 4,
    "SD": 5,
    "MR": 6,
    "PR": 7,
    "CR": 8,
}


def full(date):
    """A full date as a number of days, else None."""
    return (
        (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days
        if len(date) == 10
        else None
    )


def earliest(date):
    """The first day that a date allows, None for none."""
    return full(f"{date}-01") if len(date) == 7 else full(date)


def latest(date):
    """The last day that a date allows, None for none."""
    if len(date) != 7:
        return full(date)
    year, month = int(date[:4]), int(date[5:])
    return full(f"{date}-{calendar.monthrange(year, month)[1]:02d}")


def possible(days):
    """(first, last) of each day as far as it can be: not known where a day repeats one before, or
    where no days of the intervals increase.
    """
    out, before = [], None
    for one in days:
        if one is not None and one[0] == one[1] and before is not None and one[0] <= before:
            one = None
        if one is not None:
            before = one[0] if before is None else max(before, one[0])
        out.append(one)
    day, fits = None, True
    for one in out:
        if one is None:
            continue
        day = one[0] if day is None or one[0] > day else day + 1
        fits = fits and day <= one[1]
    return [d if fits or d is None or d[0] == d[1] else None for d in out]


def every_choice(days):
    """Every combination of days that increases."""
    spans = [[None] if d is None else range(d[0], d[1] + 1) for d in days]
    for chosen in itertools.product(*spans):
        known = [d for d in chosen if d is not None]
        if all(a < b for a, b in itertools.pairwise(known)):
            yield [None if d is None else Fraction(d) for d in chosen]


def number(visit):
    """The number a visit stands by; screening stands before all, a name without a number
    after all.
    """
    if "SCREEN" in visit:
        return -1e9
    found = re.search(r"-?\d+(\.\d+)?", visit)
    return float(found.group()) if found else 1e9


def meaning(row, column="size"):
    """What a target's row says: a Fraction, "small", "not measured", or "" for nothing."""
    cell, state = row[column], row["state"]
    value = Fraction(cell) if re.fullmatch(r"[\d.]+", cell) else None
    if not cell and not state:
        return ""
    if state == "NOT EVALUABLE" or cell in ("NE", "NOT DONE"):
        return "not measured"
    if state in ("ABSENT", "MERGED"):
        return Fraction(0) if not value else "not measured"  # a number beside a contradicting state
    if state == "TOO SMALL" or cell in ("<5", "TSTM"):
        if value is None:
            return "small"
        return (
            value if 0 < value < 10 else "not measured"
        )  # an actual value; 0 or 10 mm contradicts
    if state == "PRESENT" and not value:
        return "not measured"  # PRESENT without size, or beside a 0
    return value


def agreed(words):
    """Equal duplicates count once, unequal ones are not measured; rows that say nothing
    give way.
    """
    said = {w for w in words if w != ""}
    return said.pop() if len(said) == 1 else "not measured"


def timepoints(rows):
    """The timepoints of a track in order: dicts with visit, date, day and rows."""
    groups = {}
    for row in rows:
        same_visit = [r for r in rows if r["visit"] == row["visit"]]
        seen = {}
        for r in same_visit:
            if full(r["date"]) is not None:
                seen.setdefault(r["lesion"], set()).add(r["date"])
        twice = any(len(dates) > 1 for dates in seen.values())
        if not row["visit"]:
            key = ("", row["date"])
            if not row["date"]:
                continue  # neither visit nor date
        elif row["visit"] == "UNSCHEDULED" or twice:
            key = (row["visit"], row["date"] if full(row["date"]) is not None else "")
        else:
            key = (row["visit"], "")
        groups.setdefault(key, []).append(row)
    found = []
    for (visit, _), held in groups.items():
        days = [full(r["date"]) for r in held if full(r["date"]) is not None]
        day = max(days) if days else None
        date = next(
            (r["date"] for r in held if day is not None and full(r["date"]) == day), held[0]["date"]
        )
        found.append(
            {"visit": visit, "day": day, "date": date, "rows": held, "number": number(visit)}
        )

    def order(t):
        if t["day"] is not None:
            return (t["day"], 0, t["number"], t["visit"])
        smaller = [o["day"] for o in found if o["day"] is not None and o["number"] < t["number"]]
        if t["number"] < 1e9:
            place = max(smaller, default=-1e9)
        else:
            place = 1e9 if earliest(t["date"] or "") is None else earliest(t["date"])
        return (place, 1, t["number"], t["visit"])

    return sorted(found, key=order)


def split(found, reference):
    """The timepoints from the baseline on: the last dated on or before the reference date, else the
    first.
    """
    before = [
        i
        for i, t in enumerate(found)
        if reference is not None and t["day"] is not None and t["day"] <= reference
    ]
    if not before and found and all(r["role"] == "NEW" for r in found[0]["rows"]):
        nothing = {"visit": "", "day": None, "date": "", "rows": [], "number": -1e9, "none": True}
        return [nothing, *found]  # no disease at baseline, and no timepoint for it
    return found[max(before) :] if before else found


def courses(visits, every, role):
    """Lesion to the rows of each timepoint; lesions known without a timepoint have empty lists."""
    early = [r for t in every if t not in visits for r in t["rows"]]
    names = sorted({r["lesion"] for t in every for r in t["rows"] if r["role"] == role})
    out = {}
    for name in names:
        at = [[r for r in t["rows"] if r["lesion"] == name and r["role"] == role] for t in visits]
        if any(at) or not any(r["lesion"] == name and r["role"] == role for r in early):
            out[name] = at
    return out


def judge_targets(visits, every, criteria, days, untimed):
    """Per timepoint: dicts of response, sum, n_missing, baseline, nadir, percent changes;
    ``untimed``: lesions with a row that may be of any time.
    """
    sizes, nodes, never = [], [], 0
    lines, merged = [], []
    found = courses(visits, every, "TARGET")
    no_disease = bool(visits) and "none" in visits[0]
    first = [name for name, at in found.items() if at[0]]
    early = untimed | {r["lesion"] for t in every if t not in visits for r in t["rows"]}
    for name, at in found.items():
        if not at[0] and name not in early and (first or no_disease):
            continue  # not there at baseline: no target
        row = next(r for t in every for r in t["rows"] if r["lesion"] == name)
        column = "size"
        words = [agreed(meaning(r, column) for r in rows) for rows in at]
        if criteria.measure.endswith("product"):  # of two diameters, alike in these studies
            words = [w * w if isinstance(w, Fraction) else w for w in words]
        line = [
            NAN
            if w == "not measured"
            else w
            if w != "small"
            else Fraction(criteria.too_small)
            if criteria.too_small is not None
            else NAN
            for w in words
        ]
        lines.append((line, row["organ"] == "LYMPH NODE"))
        merged.append(
            [
                w == 0 and all(r["state"] == "MERGED" for r in rows if meaning(r, column) != "")
                for w, rows in zip(words, at, strict=True)
            ]
        )
    for i in range(len(visits)):
        if all(gone[i] for gone in merged):  # the mass that took them in has no size on record
            for line, _ in lines:
                line[i] = NAN
    for line, node in lines:
        if all(v != v for v in line):  # on record, and never measured
            never += 1
            continue
        sizes.append([float(v) for v in line])
        nodes.append(node)
    out = []
    padding = not sizes
    whole = bool(sizes) and all(line[0] == line[0] and line[0] > 0 for line in sizes) and not never
    responses = target.course(sizes, nodes, criteria, days)[0] if whole else None
    complete = []
    for i in range(len(visits)):
        measured = [line[i] for line in sizes if line[i] == line[i]]
        total = target.total(measured) if measured else NAN
        missing = len(sizes) - len(measured) + never
        if responses is not None:
            response = responses[i]
        else:
            response = "MISSING" if (padding and not never) or i == 0 else "NE"
        t = {"target": response, "sum": total, "n_missing": missing, "whole": whole}
        if whole:
            base = target.total([line[0] for line in sizes])
            nadir = min(complete) if complete else NAN
            t |= {"baseline": base, "nadir": nadir}
            t["percent_from_baseline"] = 100 * total / base - 100 if i and not missing else NAN
            t["percent_from_nadir"] = (
                100 * total / nadir - 100 if i and not missing and nadir > 0 else NAN
            )
            if not missing:
                complete.append(total)
        out.append(t)
    return out


NON_TARGET = {
    "ABSENT": "CR",
    "PRESENT": "NON-CR/NON-PD",
    "UNEQUIVOCAL PROGRESSION": "PD",
    "NOT EVALUABLE": "NE",
}


def judge_non_targets(visits, every):
    """Per timepoint the non-target response, MISSING without such disease."""
    lines = []
    for at in courses(visits, every, "NON-TARGET").values():
        words = [agreed(NON_TARGET.get(r["state"], "") for r in rows) for rows in at]
        lines.append(["NE" if w == "not measured" else w for w in words])
    answers = timepoint.non_target(lines, [True] * len(visits))
    return ["MISSING" if a is None else a for a in answers]


def sightings(visits, every):
    """Per timepoint whether a new lesion is there, and the day of its first sighting, and of the first
    scan on which it was unequivocal (None: unknown).
    """
    flags, days, proofs = ([x] * len(visits) for x in (False, None, None))
    for at in courses(visits, every, "NEW").values():
        first, proof, known, there, said = None, None, False, False, False
        for i, rows in enumerate(at):
            word = agreed(
                "YES"
                if r["state"] in ("PRESENT", "UNEQUIVOCAL") or (not r["state"] and r["size"])
                else {"EQUIVOCAL": "MAYBE", "ABSENT": "GONE"}.get(r["state"], "")
                for r in rows
            )
            # with its organ and no word it is there, unless something was said of it before
            silent = bool(rows) and all(r["organ"] and not r["state"] + r["size"] for r in rows)
            said = said or word in ("YES", "MAYBE", "GONE")
            if silent and not said:
                word = "YES"
            if i == 0:
                continue  # what is seen at the baseline is not new
            if word == "GONE" and not known:
                first = None  # what was equivocal was no lesion
            if word in ("YES", "MAYBE"):
                seen = [full(r["date"]) for r in rows if full(r["date"]) is not None]
                if seen and (first is None or min(seen) < first):
                    first = min(seen)
            if word == "YES" and not known:
                proof = min(
                    [full(r["date"]) for r in rows if full(r["date"]) is not None] or [None]
                )
            known = known or word == "YES"
            there = known and (there or word == "YES") if word != "GONE" else False
            there = there or (known and word == "MAYBE")
            if there:
                flags[i] = True
            if known and first is not None and (days[i] is None or first < days[i]):
                days[i] = first
            if known and proof is not None and (proofs[i] is None or proof < proofs[i]):
                proofs[i] = proof
    return flags, days, proofs


def shown_on(t, i, answer, new, sighted):
    """The earliest scan that shows a progression at a timepoint; its day where that is not
    known.
    """
    scans = []
    if answer["target"] == "PD":
        seen = [
            full(r["date"])
            for r in t["rows"]
            if r["role"] == "TARGET" and full(r["date"]) is not None
        ]
        scans.append(max(seen) if seen else t["day"])
    if answer["non_target"] == "PD":
        seen = [
            full(r["date"])
            for r in t["rows"]
            if r["role"] == "NON-TARGET"
            and r["state"] == "UNEQUIVOCAL PROGRESSION"
            and full(r["date"]) is not None
        ]
        scans.append(min(seen) if seen else t["day"])
    if new:
        scans.append(sighted if sighted is not None else t["day"])
    scans = [s for s in scans if s is not None]
    return min(scans) if scans else t["day"]


def track(rows, person, criteria, rule, seen, censoring):
    """(timepoints, subject row) of one subject as seen by one evaluator; ``seen``: its dates by all
    of them.
    """
    start = (
        full(person.get("randomized", ""))
        if full(person.get("randomized", "")) is not None
        else full(person.get("treatment_start", ""))
    )
    every = timepoints(rows)
    visits = split(every, start)
    reference = start if start is not None else visits[0]["day"] if visits else None
    days = []
    for t in visits:
        low, high = (
            (t["day"], t["day"])
            if t["day"] is not None
            else (earliest(t["date"] or ""), latest(t["date"] or ""))
        )
        known = low is not None and reference is not None
        days.append((low - reference, high - reference) if known else None)
    criteria = attrs.evolve(criteria, best_response=rule)
    untimed = {r["lesion"] for r in rows if r["role"] == "TARGET" and not r["visit"] + r["date"]}
    answers = judge_targets(visits, every, criteria, possible(days), untimed)
    others = judge_non_targets(visits, every)
    flags, sighted, proven = sightings(visits, every)
    for i, (t, a) in enumerate(zip(visits, answers, strict=True)):
        known = t["day"] is not None and reference is not None
        a |= {
            "visit": t["visit"],
            "date": t["date"],
            "day": t["day"] - reference if known else NAN,
            "non_target": others[i],
            "new_lesion": flags[i],
        }
        words = [None if w == "MISSING" else w for w in (a["target"], a["non_target"])]
        overall = timepoint.overall(*words, flags[i]) if i else None
        a["overall"] = "MISSING" if overall is None else overall
        shown = shown_on(t, i, a, flags[i], sighted[i])
        a["shown"] = None if shown is None or reference is None else shown - reference
        proof = shown_on(t, i, a, flags[i], proven[i])
        a["proof"] = None if proof is None or reference is None else proof - reference
        a["possible"] = days[i]
    row = course(
        answers, person, reference, rule, seen, censoring, "none" in visits[0] if visits else False
    )
    # every day depends on that of the baseline, of which the month is known
    row["of_a_month"] = reference is None and bool(visits) and len(visits[0]["date"] or "") == 7
    return answers[1:] if visits and "none" in visits[0] else answers, row


def one_a_day(answers):
    """One assessment a day: the worse of two visits on one day, NE only where there is no other."""
    kept = []
    for i, a in enumerate(answers):
        own = {"word": a["overall"], "shown": a["shown"], "proof": a["proof"]}
        twin = next((k for k in kept if k["day"] == a["day"]), None)
        if twin is None:
            kept.append({"i": i, "day": a["day"], "possible": a["possible"], **own})
            continue
        real = [x for x in ({n: twin[n] for n in own}, own) if x["word"] not in ("MISSING", "NE")]
        if real:
            worst = min((x["word"] for x in real), key=CODES.get)
            twin["word"] = worst
            for name in ("shown", "proof"):
                days = [x[name] for x in real if x["word"] == worst and x[name] is not None]
                twin[name] = min(days) if days else None
        elif twin["word"] == "MISSING" and twin["i"] > 0:
            twin |= own
    return kept


def agreed_best(words, choices, new_therapy, rule, progression, only):
    """Best response on every combination of days: the answer where they agree, else that of days
    not known.
    """
    exact_days = [None if d is None or d[0] < d[1] else Fraction(d[0]) for d in choices]
    base = best_response.best(words, exact_days, new_therapy, rule, progression, None, only)
    if all(d is None or d[0] == d[1] for d in choices):
        return base
    found = [
        best_response.best(words, days, new_therapy, rule, progression, None, only)
        for days in every_choice(choices)
    ]
    if len({f["response"] for f in found}) > 1:
        return base
    one = dict(found[0])
    one["place"] = min(f["place"] for f in found)

    def known(values):
        return values.pop() if len(values) == 1 else None

    for name in ("day", "first"):
        one[name] = known({f[name] for f in found})
    courses = {tuple(sorted(f["course"].items())) for f in found}
    one["course"] = found[0]["course"] if len(courses) == 1 else base["course"]
    return one


def agreed_time(codes, choices, deaths, **same):
    """The end on every combination of days of scans and death."""
    found = {
        endpoints.end_of(codes, days, death=death, **same)[:2]
        for days in every_choice(choices)
        for death in deaths
    }
    events = {event for _, event in found}
    if len(found) == 1:
        return (*found.pop(), set())
    return None, events == {True}, set()


def course(answers, person, reference, rule, seen, censoring, no_disease):
    """Best response, progression and times of a track."""

    def day(name):
        found = full(person.get(name, ""))
        return None if found is None or reference is None else Fraction(found - reference)

    kept = one_a_day(answers)
    cutoff, new_therapy, death, alive = (
        day(n) for n in ("data_cutoff", "new_therapy", "death", "last_known_alive")
    )
    choices = possible([k["possible"] for k in kept])
    late = [d is not None and cutoff is not None and d[0] > cutoff for d in choices]
    timed = choices
    choices = [
        None if d is not None and cutoff is not None and d[0] <= cutoff < d[1] else d
        for d in choices
    ]
    in_time = [
        k["word"] == "PD" and k["proof"] is not None and (cutoff is None or k["proof"] <= cutoff)
        for k in kept
    ]
    late = [over and not seen_before for over, seen_before in zip(late, in_time, strict=True)]
    words = ["MISSING" if over else k["word"] for k, over in zip(kept, late, strict=True)]
    first = next((k["shown"] for k, w in zip(kept, words, strict=True) if w == "PD"), None)
    first = None if first is None else Fraction(int(first))
    targets = any(a["target"] != "MISSING" for a in answers) or (
        bool(answers) and answers[0]["n_missing"] > 0
    )
    only = not targets and any(a["non_target"] != "MISSING" for a in answers)
    found = agreed_best(words, choices, new_therapy, rule, first, only)
    every = found["course"]

    def documented(p):
        """The date of a progression is that of the scan that first documents it (RECIST 1.1,
        4.3.5): the course ends there, even where another visit has a later scan in between.
        """
        own, possibly = kept[p]["shown"], choices[p]
        if first is None or possibly is None or possibly[0] < first:
            return own
        return first if own is None else min(own, first)

    def treated(p):
        ends = censoring.new_therapy_censors and new_therapy is not None
        return ends and documented(p) is not None and documented(p) >= new_therapy

    place = next((p for p in sorted(every) if every[p] == "PD" and not treated(p)), None)
    shown = None if place is None else documented(place)
    judged = [
        CODES[k["word"]] if over else CODES[every.get(i, "MISSING")]
        for i, (k, over) in enumerate(zip(kept, late, strict=True))
    ]
    baseline = (no_disease and not targets) or (
        bool(answers)
        and not no_disease
        and (answers[0]["whole"] or (not targets and not answers[0]["n_missing"]))
    )
    same = {
        "new_therapy": new_therapy,
        "cutoff": cutoff,
        "baseline_assessed": baseline,
        "progression": None if shown is None else Fraction(int(shown)),
        "new_therapy_censors": censoring.new_therapy_censors,
        "ne_is_adequate": censoring.ne_is_adequate,
        "baseline_needed": censoring.baseline_needed,
    }
    if alive is None and seen and reference is not None:  # the last scan, whoever read it
        alive = Fraction(max(seen) - reference)
    said = person.get("death", "")
    deaths, unknown = [death], bool(said) and reference is None
    if said and death is None and reference is not None:
        month = range(earliest(said) - reference, latest(said) - reference + 1)
        deaths = [Fraction(d) for d in month]

    def all_days(date):
        return range(earliest(date), latest(date) + 1)

    def died_some_day(time):
        """A death of a patient without a reference date leaves no time, unless something ended it
        before, or the death is after the cut-off or a new therapy that censors; it is an event where
        it counts on every day that it can have.
        """
        if not unknown or time[1] or {"NO_BASELINE", "NOT_A_RESPONDER"} & time[2]:
            return time
        until, therapy = person.get("data_cutoff", ""), person.get("new_therapy", "")
        ends = therapy if censoring.new_therapy_censors else ""
        counts = {
            (not until or died <= cut) and (not ends or died < treated)
            for died in all_days(said)
            for cut in (all_days(until) if until else [0])
            for treated in (all_days(ends) if ends else [0])
        }
        if counts == {False}:
            return time
        if counts == {True}:
            return None, True, {"DEATH", "DAY_UNKNOWN"}
        return None, False, {"DAY_UNKNOWN"}

    def end(dead, **more):
        exact_days = [None if d is None else Fraction(d[0]) for d in timed]
        if len(deaths) == 1 and all(d is None or d[0] == d[1] for d in timed):
            return endpoints.end_of(
                judged, exact_days, death=death if dead else None, **same, **more
            )
        return agreed_time(judged, timed, deaths if dead else [None], **same, **more)

    free = died_some_day(end(True))
    if found["response"] in ("CR", "PR") and found["first"] is None:
        lasting = None, free[1], {"DAY_UNKNOWN"}  # from a day not known until it ends as that does
    else:
        lasting = died_some_day(end(True, start=found["first"], since=found["first"]))
    survival = {endpoints.survival(d, alive, Fraction(0), cutoff) for d in deaths}
    events = {event for _, event in survival}
    survival = survival.pop() if len(survival) == 1 else (None, events == {True})
    return {
        "best": found["response"],
        "best_day": found["day"],
        "confirmed": found["by"] is not None,
        "first_response_day": found["first"],
        "progression_day": None if place is None else shown,
        "pfs": free,
        "ttp": end(False),
        "dor": lasting,
        "os": (None, False) if unknown else survival,
    }


def after_death(date, person):
    """Whether every day of a date is later than every day of the death."""
    died = latest(person.get("death", ""))
    return None not in (died, earliest(date)) and earliest(date) > died


def assess(lesions, subjects, criteria, rule, censoring):
    """(timepoints, subjects): rows in the order of subject and evaluator; every subject with every
    evaluator.
    """
    people = {s["subject"]: s for s in subjects}
    names = sorted({r["subject"] for r in lesions} | set(people))
    readers = sorted({r["evaluator"] for r in lesions})
    timeline, rows = [], []
    lesions = [r for r in lesions if not after_death(r["date"], people.get(r["subject"], {}))]
    for name in names:
        seen = [
            full(r["date"]) for r in lesions if r["subject"] == name and full(r["date"]) is not None
        ]
        for reader in readers:
            own = [r for r in lesions if (r["subject"], r["evaluator"]) == (name, reader)]
            answers, row = track(own, people.get(name, {}), criteria, rule, seen, censoring)
            timeline += [{"subject": name, "evaluator": reader, **a} for a in answers]
            rows.append({"subject": name, "evaluator": reader, **row})
    return timeline, rows
