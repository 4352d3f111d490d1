"""The course of one marker of one patient, sample by sample, in fractions of the written decimals.

Samples are (day, value, upper limit), None where not known; the baseline stands first.
"""

from fractions import Fraction

ORDER = ("NE", "PD", "SD", "MR", "PR", "CR")


def exact(value):
    return None if value is None else Fraction(str(value))


def meets(limit, before, after):
    """Whether the change from ``before`` to ``after`` meets a limit."""
    if limit is None or before == after:
        return False
    share = (after - before) * (-1 if limit.direction == "decrease" else 1) * 100
    wanted = exact(limit.value) * before
    return share > wanted if limit.strict else share >= wanted


def has(edition, name):
    return getattr(edition, name, None)


def of_sample(samples, t, edition, *, with_pd=True):
    """The response of sample ``t`` by the limits alone."""
    day0, first, limit0 = samples[0]
    _, now, limit = samples[t]
    if first is None or now is None:
        return "NE"
    first, now = exact(first), exact(now)
    limit = exact(limit if limit is not None else limit0)
    limit0 = exact(limit0) if limit0 is not None else limit
    earlier = [(exact(v), exact(u if u is not None else samples[0][2])) for _, v, u in samples[:t]]
    earlier = [(v, u) for v, u in earlier if v is not None]
    nadir = min(v for v, _ in earlier)
    normal = limit is not None and now <= limit

    multiple, window = has(edition, "baseline_multiple"), has(edition, "baseline_days")
    if multiple is not None:
        able = limit0 is not None and first >= exact(multiple) * limit0
    elif has(edition, "eligible") == "any":
        able = first > 0
    else:
        able = first > 0 and (limit0 is None or first > limit0)
    if window is not None:
        able = able and day0 is not None and -window <= day0 <= 0

    grown = False
    if edition.pd is not None and with_pd:
        grown = meets(edition.pd, nadir if edition.pd.reference == "nadir" else first, now)
        if has(edition, "pd_multiple") is not None:
            if limit is None:
                grown = False
            elif any(u is not None and v <= u for v, u in earlier):  # normal once
                grown = now >= exact(edition.pd_multiple) * limit
    if not able:
        present = first > 0 or limit0 is not None
        return "PD" if present and grown and not normal else "NE"
    if normal and limit0 is not None and first > limit0:
        return "CR"
    if grown:
        return "PD"
    if meets(edition.pr, nadir if edition.pr.reference == "nadir" else first, now):
        return "PR"
    return "MR" if meets(edition.mr, first, now) else "SD"


def kept(said, samples, i, members, least):
    """Whether sample ``i`` and all measured ones until one ``least`` days later are members."""
    if said[i] not in members:
        return False
    if least is None:
        return True
    for j in range(i, len(said)):
        if said[j] in ("NE", "MISSING"):
            continue
        if said[j] not in members:
            return False
        if None not in (samples[i][0], samples[j][0]) and samples[j][0] - samples[i][0] >= least:
            return True
    return False


def course(samples, edition, least):
    """Responses, best with its day and first response day, first normal day, day of progression."""
    numbers = range(1, len(samples))
    start = "NE" if samples[0][1] is None else "MISSING"
    said = [start] + [of_sample(samples, t, edition) for t in numbers]
    after = has(edition, "pd_confirmation_days")
    end = next((t for t in numbers if kept(said, samples, t, ("PD",), after)), None)
    judged = list(said)
    for t in numbers:
        if said[t] == "PD" and not kept(said, samples, t, ("PD",), after):
            judged[t] = of_sample(samples, t, edition, with_pd=False)
    alive, seen = judged[: end if end is not None else None], samples[:end] if end else samples

    def first(members, needed):
        return next((t for t in range(len(alive)) if kept(alive, seen, t, members, needed)), None)

    complete, partial = first(("CR",), least), first(("CR", "PR"), least)
    ways = [
        ("CR", complete),
        ("PR", partial),
        ("MR", first(("MR",), None)),
        ("SD", first(("SD", "MR", "PR", "CR"), None)),
        ("PD", end),
        ("NE", judged.index("NE") if "NE" in judged else None),
    ]
    best, at = next(((word, t) for word, t in ways if t is not None), ("MISSING", None))
    normal = None
    for t in numbers:
        _, now, limit = samples[t]
        limit = limit if limit is not None else samples[0][2]
        limit0 = samples[0][2] if samples[0][2] is not None else limit
        if None not in (now, limit, samples[0][1]) and now <= limit and samples[0][1] > limit0:
            normal = t
            break
    day = [None if t is None else samples[t][0] for t in (at, partial, normal, end)]
    return said, best, *day
