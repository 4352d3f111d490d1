"""The diary of one symptom of one patient, day by day, in fractions of the written decimals.

``diary`` is a list of (day, count); either may be None. Everything else is as in `symptom_course`.
"""

from fractions import Fraction


def exact(value):
    return Fraction(str(value))


def mean(diary, first, last, least):
    """Mean over the recorded days of a period; None where too few are recorded."""
    found = [exact(c) for d, c in diary if d is not None and c is not None and first <= d <= last]
    return sum(found) / len(found) if len(found) >= least else None


def meets(limit, before, after):
    if limit is None or before == after:
        return False
    change = (after - before) * (-1 if limit.direction == "decrease" else 1) * 100
    return (
        change > exact(limit.value) * before
        if limit.strict
        else change >= exact(limit.value) * before
    )


def of_window(base, now, criteria):
    if base is None or now is None:
        return "NE"
    if base == 0:
        return "NE"
    if now == 0:
        return "CR"
    if meets(criteria.pr, base, now):
        return "PR"
    return "PD" if meets(criteria.pd, base, now) else "SD"


def course(diary, windows, criteria, *, baseline=14, window=14, least=7, recurrence=(2, 3)):
    """Responses of so many windows, best, response day, recurrence day, retreatment day, free
    days.
    """
    base = mean(diary, -baseline, -1, least)
    days = [d for d, _ in diary if d is not None]
    said, means = [], []
    for i in range(windows):
        first, last = i * window, (i + 1) * window - 1
        if not any(d >= first for d in days):
            said.append("MISSING")
            means.append(None)
            continue
        now = mean(diary, first, last, least)
        said.append(of_window(base, now, criteria))
        means.append(now if said[-1] != "NE" else None)
    response = next((i for i, word in enumerate(said) if word in ("PR", "CR")), None)

    worse = []  # against the smallest mean before, once there was a response
    for i in range(windows):
        before = [m for m in means[:i] if m is not None]
        worse.append(
            response is not None
            and i > response
            and means[i] is not None
            and meets(criteria.pd, min(before), means[i])
        )
    k, n = recurrence
    back = trigger = None
    for i in range(windows):
        among = [j for j in range(max(0, i - n + 1), i + 1) if worse[j]]
        if worse[i] and len(among) >= k:
            back, trigger = among[0], i
            break
    order = ("MISSING", "NE", "PD", "SD", "PR", "CR")
    best = max(said[:back] if back is not None else said, key=order.index, default="MISSING")
    free = sum(d is not None and c is not None and d >= 0 and c == 0 for d, c in diary)
    day = [None if i is None else (i + 1) * window - 1 for i in (response, back, trigger)]
    return said, best, *day, free
