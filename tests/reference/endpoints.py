"""The endpoints, one patient at a time: each branch stands beside its sentence. Days are Fractions
or None.

Deliberately unlike the vectorised code: lists of dicts, counting of scheduled days one by one,
exact numbers.
"""

from fractions import Fraction

MISSING, NE, IUPD, PD = 0, 1, 2, 3


def visits_of(responses, days):
    """The assessments that took place: MISSING is none, NE at an unknown day neither."""
    visits, latest = [], None
    for code, day in zip(responses, days, strict=True):
        if day is not None:
            latest = day
        if code == MISSING or (code == NE and day is None):
            continue
        # An unknown day keeps its place: it is compared as the latest known day before it.
        visits.append({"code": code, "day": day, "place": latest})
    return visits


def first_pd(visits, since, counts=lambda day: True, unconfirmed_is_event=False):
    """First PD, dated at its day or at the first IUPD of its block; without one that counts, and
    where the rule says so, the first IUPD that nothing contradicts.
    """
    for i, visit in enumerate(visits):
        if visit["code"] != PD:
            continue
        if since is not None and (visit["place"] is None or visit["place"] < since):
            continue
        shown = visit
        for earlier in reversed(visits[:i]):
            if earlier["code"] == IUPD:
                shown = earlier
            elif earlier["code"] != NE:
                break
        if shown is not visit and not counts(visit["place"]):
            break  # what does not count confirms nothing
        return shown
    standing = None
    for visit in visits:
        if not unconfirmed_is_event or not counts(visit["place"]):
            continue
        if visit["code"] > PD:
            standing = None  # an iSD, iPR or iCR contradicts it
        here = since is None or (visit["place"] is not None and visit["place"] >= since)
        if visit["code"] == IUPD and standing is None and here:
            standing = visit
    return standing


def scheduled(schedule, until):
    """The scheduled days up to a day and one beyond: every so often, changing, or as listed."""
    if isinstance(schedule, tuple) and not isinstance(schedule[0], tuple):
        return list(schedule)
    pairs = schedule if isinstance(schedule, tuple) else ((0, schedule),)
    days = []
    for i, (start, every) in enumerate(pairs):
        day = start + every
        while (day <= pairs[i + 1][0]) if i + 1 < len(pairs) else (not days or days[-1] <= until):
            days.append(day)
            day += every
    return days


def scheduled_between(one, other, schedule, window):
    """Scheduled days that lie more than the window after the one and before the other, counted one
    by one.
    """
    return sum(one + window < day < other - window for day in scheduled(schedule, other))


def next_scheduled(day, schedule, window):
    """The scheduled day that a day belongs to within the window, or the next one; the day itself
    where none is scheduled any more.
    """
    return next((k for k in scheduled(schedule, day + window) if k + window >= day), day)


def end_of(
    responses,
    days,
    *,
    death=None,
    new_therapy=None,
    cutoff=None,
    progression=None,
    claim=None,
    baseline_assessed=True,
    interval=None,
    window=0,
    max_missed=1,
    new_therapy_censors=True,
    same_day="after",
    ne_is_adequate=False,
    baseline_needed=True,
    unconfirmed="censored",
    claims=False,
    uniform=False,
    start=0,
    since=None,
):
    """(time, event, reasons) of one patient; time None where a day is not known."""
    if start is None:  # non-responders: time NaN, event False
        return None, False, {"NOT_A_RESPONDER"}
    if baseline_needed and not baseline_assessed:  # no baseline: censored at 0
        return Fraction(0), False, {"NO_BASELINE"}
    visits = visits_of(responses, days)

    def after_cutoff(day):
        return day is not None and cutoff is not None and day > cutoff

    def counts(day):  # what is after cutoff, or on or after new_therapy, does not count
        if after_cutoff(day) or day is None or new_therapy is None or not new_therapy_censors:
            return not after_cutoff(day)
        return day < new_therapy or (day == new_therapy and same_day == "counts")

    events, left_out = [], False
    shown = first_pd(visits, since, counts, unconfirmed == "event")
    found = None
    if shown is not None:
        found = {"day": shown["day"], "place": shown["place"]}
        if progression is not None:
            found = {"day": progression, "place": progression}
    claimed = claims and claim is not None and (since is None or claim >= since)
    if claimed and (found is None or (found["place"] is not None and claim < found["place"])):
        found = {"day": claim, "place": claim}
    if found is not None:
        day, by = found["day"], found["place"]
        if counts(by):
            dated = by
            if uniform and interval is not None and day is not None:
                day = dated = next_scheduled(by, interval, window)
            events.append({"why": "PROGRESSION", "day": day, "dated": dated, "place": by})
        left_out |= after_cutoff(by)
    if death is not None:
        if counts(death):
            events.append({"why": "DEATH", "day": death, "dated": death, "place": death})
        left_out |= after_cutoff(death)
    # what was documented first; a progression on the day of death is a progression
    event = min(events, key=lambda e: (e["place"] is not None, e["place"] or 0), default=None)

    adequate = []
    for visit in visits:
        if visit["code"] == NE and not ne_is_adequate:
            continue
        left_out |= after_cutoff(visit["place"])
        if not counts(visit["place"]):
            continue
        if event is not None and visit["place"] is not None and event["place"] is not None:
            if event["why"] == "PROGRESSION" and visit["place"] >= event["place"]:
                continue
            if event["why"] == "DEATH" and visit["place"] > event["place"]:
                continue
        if event is not None and event["place"] is None:
            continue
        adequate.append(visit)
    last = adequate[-1]["day"] if adequate else start
    reasons = {"LAST_ASSESSMENT"} if adequate else {"NO_ASSESSMENT"}
    if last is not None:
        last = max(last, start)

    if event is not None:
        too_many = (
            interval is not None
            and max_missed is not None
            and last is not None
            and documented(event) is not None
            and scheduled_between(last, documented(event), interval, window) > max_missed
        )
        if not too_many:
            for other in events:  # dated at a later visit, and dead before it
                if other["why"] == "DEATH" and event["dated"] is not None:
                    event = other if other["dated"] < event["dated"] else event
            day = event["day"]
            if since is not None and day is not None and day <= start:
                return None, False, {"NOT_A_RESPONDER"}  # it ended as it began: no response
            return (
                (None, True, {event["why"], "DAY_UNKNOWN"})
                if day is None
                else (max(day - start, 0), True, {event["why"]})
            )
        reasons.add("MISSED_VISITS")
    else:
        if new_therapy_censors and new_therapy is not None and not after_cutoff(new_therapy):
            reasons.add("NEW_THERAPY")
        if left_out:
            reasons.add("CUTOFF")
    if last is None:
        return None, False, reasons | {"DAY_UNKNOWN"}
    return max(last - start, 0), False, reasons


def documented(event):
    """The day on which the event was documented; None where it is not known."""
    return None if event["day"] is None else event["place"]


def survival(death, alive, origin, cutoff):
    """Death not after the cut-off, else last known alive, but not after the cut-off."""
    if death is not None and (cutoff is None or death <= cutoff):
        return (None, False) if origin is None else (max(death - origin, 0), True)
    known = [d for d in (death, alive) if d is not None]
    if not known:
        return None, False
    until = max(known) if cutoff is None else min(max(known), cutoff)
    return (None if origin is None else max(until - origin, 0)), False
