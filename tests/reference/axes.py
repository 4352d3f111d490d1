"""Biological and symptomatic response beside the scans, one patient, marker and scan at a time, in
plain lists.
"""

from fractions import Fraction

WORST = ("PD", "SD", "MR", "PR", "CR")


def marker(before, after, limit, limit_before):
    """The review's rule: CR normal, PR more than half gone, PD more than a quarter more; None where
    not known. Each sample is held against its own limit.
    """
    if before is None or after is None:
        return "NE"
    before, after = Fraction(str(before)), Fraction(str(after))
    limit, limit_before = (
        None if w is None else Fraction(str(w))
        for w in (
            limit_before if limit is None else limit,
            limit if limit_before is None else limit_before,
        )
    )
    rose = after > before * Fraction(5, 4)
    if limit is not None and before <= limit_before:
        return "PD" if after > limit and rose else "NE"
    if limit is None and before == 0:
        return "NE"
    if limit is not None and after <= limit:
        return "CR"
    return "PR" if after < before / 2 else "PD" if rose else "SD"


def of_scan(samples, scans, i, after=7):
    """(baseline sample, sample of scan i): the last since the scan before and its reach, and within
    the reach of the scan; else None. What is in reach of the baseline scan belongs to the first scan
    after it, whatever the day of that.
    """
    days = sorted({s["day"] for s in samples})
    usable = []
    for day in days:
        same = [s for s in samples if s["day"] == day]
        if all(
            s == same[0] for s in same
        ):  # equal samples of a day count once, unequal ones not at all
            usable.append(same[0])
    before = [s for s in usable if s["day"] <= 0]
    base = before[-1] if before else usable[0] if usable else None
    if base is None:
        return None, None
    since = max(d for d in scans[:i] if d is not None) if i > 1 else None
    fits = [
        s
        for s in usable
        if s["day"] > base["day"]
        and scans[i] is not None
        and s["day"] <= scans[i] + after
        and (since is None or s["day"] > since + after)
    ]
    return base, fits[-1] if fits else None


def biological(samples, scans, rule=None, after=7):
    """The worst of the evaluable markers at each scan after the baseline, or without a rule what
    they agree on; samples: dicts of one patient.
    """
    out = ["MISSING"]
    for i in range(1, len(scans)):
        said = []
        for name in {s["marker"] for s in samples}:
            base, now = of_scan([s for s in samples if s["marker"] == name], scans, i, after)
            if base is None:
                continue
            if now is None or base["unit"] != now["unit"]:
                said.append("NE")
                continue
            said.append(marker(base["value"], now["value"], now["limit"], base["limit"]))
        evaluable = [w for w in said if w != "NE"]
        if not evaluable:
            out.append("NE" if said else "MISSING")
        elif rule is None and len(set(evaluable)) > 1:
            out.append("NE")
        else:
            out.append(min(evaluable, key=WORST.index))
    return out


def symptom(before, after):
    """The review's rule for a symptom: CR gone, PR more than half gone, PD more than a quarter
    more; None where not known.
    """
    if before == 0:
        return "ABSENT"
    if before is None or after is None:
        return "NE"
    if after == 0:
        return "CR"
    return "PR" if after < before / 2 else "PD" if after > before * Fraction(5, 4) else "SD"


def diary_mean(diary, first, last, least=7):
    """Mean over the recorded days of a diary from one day to another; None for too few."""
    counts = [c for d, c in diary.items() if first <= d <= last]
    return Fraction(sum(counts), len(counts)) if len(counts) >= least else None


def symptomatic(diaries, scans, window=14):
    """Overall grade at each scan after the baseline, of diaries {symptom: {day: count}}."""
    out = ["MISSING"]
    for i in range(1, len(scans)):
        said = []
        for diary in diaries.values():
            if not diary:
                continue
            base = diary_mean(diary, -window, -1)
            now = None
            if scans[i] is not None:
                since = max((d for d in scans[1:i] if d is not None), default=0)
                now = diary_mean(diary, max(scans[i] - window, since, 0), scans[i] - 1)
            said.append(symptom(base, now))
        real = [w for w in said if w != "ABSENT"]
        if not said:
            out.append("MISSING")
        elif not real or all(w == "NE" for w in real):
            out.append("NE")
        elif all(w == "CR" for w in real):
            out.append("CR")
        elif "PD" in real:
            out.append("PD")
        elif "PR" in real or "CR" in real:
            out.append("PR")
        else:
            out.append("SD")
    return out
