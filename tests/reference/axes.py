"""Biological and symptomatic response beside the scans, one patient, marker and scan at a time, in
plain lists.
"""

from fractions import Fraction

WORST = ("PD", "SD", "MR", "PR", "CR")


def marker(before, after, limit):
    """The review's rule: CR normal, PR more than half gone, PD more than a quarter more; None where
    not known.
    """
    if before is None or after is None:
        return "NE"
    before, after = Fraction(str(before)), Fraction(str(after))
    limit = None if limit is None else Fraction(str(limit))
    rose = after > before * Fraction(5, 4)
    if limit is not None and before <= limit:
        return "PD" if after > limit and rose else "NE"
    if limit is None and before == 0:
        return "NE"
    if limit is not None and after <= limit:
        return "CR"
    return "PR" if after < before / 2 else "PD" if rose else "SD"


def of_scan(samples, scans, i):
    """(baseline sample, sample of scan i): the last since the scan before, on or before the scan;
    else None.
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
    since = max((d for d in scans[1:i] if d is not None), default=None)
    fits = [
        s
        for s in usable
        if s["day"] > base["day"]
        and scans[i] is not None
        and s["day"] <= scans[i]
        and (since is None or s["day"] > since)
    ]
    return base, fits[-1] if fits else None


def biological(samples, scans):
    """The worst of the evaluable markers at each scan after the baseline; samples: dicts of one
    patient.
    """
    out = ["MISSING"]
    for i in range(1, len(scans)):
        said = []
        for name in {s["marker"] for s in samples}:
            base, now = of_scan([s for s in samples if s["marker"] == name], scans, i)
            if base is None:
                continue
            if now is None or base["unit"] != now["unit"]:
                said.append("NE")
                continue
            limit = now["limit"] if now["limit"] is not None else base["limit"]
            said.append(marker(base["value"], now["value"], limit))
        evaluable = [w for w in said if w != "NE"]
        out.append(min(evaluable, key=WORST.index) if evaluable else "NE" if said else "MISSING")
    return out
