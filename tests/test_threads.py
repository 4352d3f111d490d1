"""Work in two threads: the same answers and errors as in one, in the same order; and what is made
late.
"""

import pickle
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import _threads
from nettumor._late import Late
from nettumor._threads import LONG, beside, each


@given(n=st.integers(0, 20), long=st.booleans())
def test_each_is_map(n, long):
    """Every argument once, results in order, whoever did the work."""
    seen = []
    found = each(
        lambda a, b: seen.append(a) or a * b, range(n), range(n, 2 * n), rows=LONG if long else 0
    )
    assert found == [a * (n + a) for a in range(n)]
    assert sorted(seen) == list(range(n))


@pytest.mark.parametrize("rows", [0, LONG])
def test_the_first_error_is_raised(rows):
    """Of several errors that of the first argument, in one thread and in two."""

    def work(i):
        if i % 3 == 1:
            raise ValueError(f"number {i}")
        return i

    for _ in range(20):
        with pytest.raises(ValueError, match=r"number 1$"):
            each(work, range(12), rows=rows)


def test_threads_that_end_together_lose_nothing(monkeypatch):
    """Also where the threads change places at every step."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-7)
    try:
        for _ in range(2_000):
            assert each(lambda i: i, range(3), rows=LONG) == [0, 1, 2]
    finally:
        sys.setswitchinterval(before)


def test_beside_works_once_and_hands_on():
    """A short work when it is asked for, a long one in another thread; both once, both with their
    error.
    """
    for rows in (0, LONG):
        calls = []
        with beside(
            lambda calls=calls: calls.append(threading.get_ident()) or len(calls), rows
        ) as asked:
            assert asked() == asked() == 1
        assert (calls[0] != threading.get_ident()) == bool(rows)
        with pytest.raises(ZeroDivisionError), beside(lambda: 1 // 0, rows) as asked:
            asked()


def test_the_settings_of_the_caller_hold():
    """numpy.errstate holds in the other thread."""
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        each(lambda x: 1 / np.array([x]), [0.0, 0.0], rows=LONG)
    with np.errstate(divide="ignore"), beside(lambda: 1 / np.array([0.0]), LONG) as asked:
        assert np.isinf(asked()[0])
    assert _threads.LONG == LONG


def test_a_long_cohort_is_judged_as_its_parts():
    """Blocks of patients have the responses that each part has by itself."""
    random = np.random.default_rng(20081001)
    sizes = np.round(random.uniform(20, 40, (60_000, 1, 4)))
    sizes[..., 1:][random.random((60_000, 1, 3)) < 0.1] = np.nan
    days = np.array([0.0, 56.0, 112.0, 168.0])
    whole = nt.target_response(sizes, days=days)
    best = nt.best_overall_response(whole.response, days)
    for part in (slice(0, 20_000), slice(20_000, 60_000)):
        one = nt.target_response(sizes[part], days=days)
        for name in ("response", "sum", "n_missing", "nadir", "percent_from_nadir", "reason"):
            np.testing.assert_array_equal(getattr(whole, name)[part], getattr(one, name))
        alone = nt.best_overall_response(one.response, days)
        for name in ("response", "day", "confirmed", "course", "reason"):
            np.testing.assert_array_equal(getattr(best, name)[part], getattr(alone, name))


def test_late_values():
    """Made once, when asked for; pickled as a dict."""
    made = []
    late = Late({name: lambda name=name: made.append(name) or name.upper() for name in "ab"})
    assert list(late) == ["a", "b"]
    assert len(late) == 2
    assert "a" in late
    assert "c" not in late
    assert made == []
    assert (late["b"], late["b"], made) == ("B", "B", ["b"])
    with pytest.raises(KeyError):
        late["c"]
    assert pickle.loads(pickle.dumps(late)) == {"a": "A", "b": "B"}
