"""Depth of response and growth rates, one patient at a time, from their definitions."""

from fractions import Fraction


def depth(sums, responses):
    """Percent change at the smallest sum before the first PD, or at a PD that comes first; None
    where unknown.
    """
    best = None
    for size, response in list(zip(sums, responses, strict=True))[1:]:
        change = (
            None if size is None or sums[0] is None else (Fraction(size) - sums[0]) * 100 / sums[0]
        )
        if response == "PD":
            return change if best is None else best
        if change is not None and (best is None or change < best):
            best = change
    return best


def grown_back(rate, before, months):
    """The volume after ``months`` at ``rate`` percent a month: what a growth rate means."""
    volume = before
    for _ in range(months):
        volume = volume * (1 + rate / 100)
    return volume
