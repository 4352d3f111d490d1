"""The vocabulary of generated inputs: sizes, pairs, codes, days. Plural nouns, one file."""

from decimal import Decimal

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


def sizes(*, smallest=0, largest=400, places=1):
    """Sizes on a decimal grid, as the floats of the written decimals (0.1 mm by default)."""
    scale = 10**places
    return st.integers(int(smallest * scale), int(largest * scale)).map(
        lambda n: float(Decimal(n) / scale)
    )


def response_codes(*, codes=range(9)):
    """Codes of Response."""
    return st.sampled_from(list(codes))


def courses(*, visits=6, subjects=4, codes=range(9)):
    """Response codes, shape (subjects, visits), int8."""
    return hnp.arrays(
        np.int8, (subjects, visits), elements=st.sampled_from([int(c) for c in codes])
    )


def increasing_days(*, visits=6, subjects=4, largest_gap=60):
    """Strictly increasing whole days, shape (subjects, visits)."""
    gaps = hnp.arrays(np.int64, (subjects, visits), elements=st.integers(1, largest_gap))
    return gaps.map(lambda g: np.cumsum(g, axis=-1).astype(float))


def a_quarter():
    """A quarter of the profile's examples, for a test that is run for each of many editions."""
    return max(1, settings.default.max_examples // 4)
