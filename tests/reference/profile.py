"""Cohen's kappa and cross-tables by counting pairs of labels, in exact fractions."""

from collections import Counter
from fractions import Fraction

NOT_JUDGED = {"NE", "MISSING"}


def kappa(a, b):
    """(observed - expected) / (1 - expected); None where nobody was judged on both, or expected is
    1.
    """
    pairs = [
        (x, y) for x, y in zip(a, b, strict=True) if x not in NOT_JUDGED and y not in NOT_JUDGED
    ]
    if not pairs:
        return None, 0
    n = len(pairs)
    observed = Fraction(sum(x == y for x, y in pairs), n)
    first, second = Counter(x for x, _ in pairs), Counter(y for _, y in pairs)
    expected = sum(Fraction(first[label], n) * Fraction(second[label], n) for label in first)
    return (None if expected == 1 else (observed - expected) / (1 - expected)), n


def cross(a, b):
    """How often each pair of labels occurs."""
    return Counter(zip(a, b, strict=True))
