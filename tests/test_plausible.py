"""What whole arrays say of their unit: the limits of `_plausible`, one by one."""

import numpy as np
import pytest

from nettumor._plausible import doubt_of_sizes, doubt_over_visits


@pytest.mark.parametrize(
    ("sizes", "unit", "said"),
    [
        ([9.9] * 20, "mm", "9.9 mm at most, all below 10 mm"),
        ([9.9] * 19, "mm", ""),  # too few
        ([9.9] * 19 + [10.0], "mm", ""),
        ([9.9] * 20 + [np.nan, 0.0, -50.0], "mm", "9.9 mm at most, all below 10 mm"),
        ([501.0] * 20, "mm", "501 mm at least, all above 500 mm"),
        ([501.0] * 19 + [500.0], "mm", ""),
        ([2001.0] * 20, "mL", "2001 mL at least, all above 2000 mL"),
        ([], "mm", ""),
    ],
)
def test_one_of_many_clears_the_unit(sizes, unit, said):
    """Baseline sizes, and the same sizes over all visits."""
    assert doubt_of_sizes(np.array(sizes), unit) == said
    if 10.0 not in sizes:
        assert doubt_over_visits(np.array(sizes), unit) == said


@pytest.mark.parametrize(
    ("small", "large", "said"),
    [
        (20, 0, "5 mm at most, all below 10 mm"),
        (39, 1, "12 mm at most, 1 of 40 from 10 mm on"),
        (19, 1, ""),
        (18, 1, ""),  # too few
    ],
)
def test_few_large_ones_do_not_over_visits(small, large, said):
    """Fewer than 1 in 20 is as large as every target is at first; blanks do not count."""
    sizes = np.array([5.0] * small + [12.0] * large + [np.nan] * 100)
    assert doubt_over_visits(sizes, "mm") == said
