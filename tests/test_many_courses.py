"""The long comparisons with the twins, in short: every rule of `many_courses` runs, and agrees."""

import pytest

from many_courses import RULES, compare
from strategies import a_quarter

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # sizes of no body


@pytest.mark.no_cover
@pytest.mark.parametrize("rule", RULES)
def test_random_courses_agree_with_the_twins(rule):
    """Arrays and whole studies, with every switch of the rules at random."""
    done, differ = compare(rule, a_quarter(), seed=20_261_129)
    assert done >= a_quarter()
    assert differ == []
