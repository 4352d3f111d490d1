"""A symptom's diary over time: windows, response, recurrence, gaps, and the slow twin."""

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
import reference.symptom_course as slow
from refusals import refused

R, NAN, C, Reason = nt.Response, np.nan, nt.criteria, nt.Reason
VOGL, CLASSIC = C.SYMPTOMATIC_VOGL_2008, C.SYMPTOMATIC_CLASSIC
W = 14
BASE = [6.0] * W


def course(*windows, **keywords):
    """A diary of whole windows after the baseline of 6 a day."""
    diary = BASE + [v for w in windows for v in (w if isinstance(w, list) else [w] * W)]
    return nt.symptom_course(diary, np.arange(-W, len(diary) - W), **keywords)


STORIES = [
    # windows, responses, best, response day, recurrence, retreatment, story
    ((3, 2.9, 0), "SD PR CR", "CR", 27, NAN, NAN, "50 % is not more than 50 %; gone is CR"),
    ((7.5, 7.6), "SD PD", "SD", NAN, NAN, NAN, "25 % more is not progression, more is"),
    (([3.0] * 13 + [4.0], [2.0] * 13 + [30.0]), "SD SD", "SD", NAN, NAN, NAN, "the mean decides"),
    ((2, 5, 2, 2), "PR SD PR PR", "PR", 13, NAN, NAN, "one bad window is no recurrence"),
    ((2, 5, 2, 5), "PR SD PR SD", "PR", 13, 27, 55, "two of three are"),
    ((2, 5, 2, 2, 5), "PR SD PR PR SD", "PR", 13, NAN, NAN, "two of four are not"),
    ((2, 2.5, 2.5), "PR PR PR", "PR", 13, NAN, NAN, "25 % above the best is not more than 25 %"),
    ((2, 2.6, 2.6), "PR PR PR", "PR", 13, 27, 41, "still better than before, worse than the best"),
    ((0, 1, 1), "CR PR PR", "CR", 13, 27, 41, "from nothing anything is a recurrence"),
    ((2, 5, 5, 0), "PR SD SD CR", "PR", 13, 27, 41, "what is after the recurrence is not the best"),
    ((2, 5, [NAN] * W, 5), "PR SD NE SD", "PR", 13, 27, 55, "a lost window is one of the three"),
    ((2, [NAN] * 8 + [0.0] * 6, 0), "PR NE CR", "CR", 13, NAN, NAN, "six recorded days are too few"),
    ((2, [NAN] * 7 + [0.0] * 7), "PR CR", "CR", 13, NAN, NAN, "seven are enough"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("windows", "responses", "best", "response", "recurrence", "retreatment", "story"),
    STORIES,
    ids=[s[-1] for s in STORIES],
)
def test_stories(windows, responses, best, response, recurrence, retreatment, story):
    """Each rule with its sentence: every window, the best, and the days."""
    found = course(*windows)
    assert isinstance(found, nt.SymptomCourse)
    assert nt.labels(found.response).tolist() == responses.split()
    assert found.best.label == best
    got = [found.response_day, found.recurrence_day, found.retreatment_day]
    np.testing.assert_array_equal(got, [response, recurrence, retreatment])
    for i, word in enumerate(responses.split()):
        assert found.explain(i).startswith(word + ": ")
    assert found.explain() == found.explain(len(windows) - 1)
    assert best in repr(found)
    assert found.window_day.tolist() == [13.0 + W * i for i in range(len(windows))]


cells = st.one_of(st.integers(0, 9).map(float), st.sampled_from([0.0, 2.5, NAN, NAN]))


@given(
    st.lists(st.lists(cells, min_size=24, max_size=24), min_size=1, max_size=4),
    st.lists(st.integers(0, 24), min_size=4, max_size=4),
    st.booleans(),
    st.sampled_from([VOGL, CLASSIC, attrs.evolve(VOGL, pd=None)]),
    st.sampled_from([(4, 4, 2), (6, 3, 1), (5, 4, 4), (2, 7, 2)]),
    st.sampled_from([(1, 1), (2, 3), (2, 2), (3, 4)]),
)
def test_agrees_with_the_twin(diaries, ends, shared, criteria, lengths, recurrence):
    """Any counts and gaps: the answer of exact arithmetic day by day, with one axis of days for all
    or with each diary's own; a later day changes no earlier window.
    """
    counts, days = np.array(diaries), np.arange(-6.0, 18.0)
    if not shared:
        days = np.array([np.where(np.arange(24) < end, days, NAN) for end in ends[: len(counts)]])
        counts = np.where(np.isnan(days) & (counts != 0), NAN, counts)
    baseline, window, least = lengths
    options = {
        "baseline_days": baseline,
        "window_days": window,
        "minimum_recorded": least,
        "recurrence_windows": recurrence,
        "criteria": criteria,
    }
    found = nt.symptom_course(counts, days, **options)
    windows = found.response.shape[-1]
    own_days = np.broadcast_to(days, counts.shape)
    for i in range(len(counts)):
        diary = [
            (None if np.isnan(d) else d, None if np.isnan(c) else c)
            for d, c in zip(own_days[i], counts[i], strict=True)
        ]
        said, best, *dated, free = slow.course(
            diary,
            windows,
            criteria,
            baseline=baseline,
            window=window,
            least=least,
            recurrence=recurrence,
        )
        assert nt.labels(found.response[i]).tolist() == said
        assert nt.labels(found.best)[i] == best
        got = [found.response_day[i], found.recurrence_day[i], found.retreatment_day[i]]
        assert [None if np.isnan(d) else d for d in got] == dated
        assert found.symptom_free_days[i] == free
        assert all(found.explain((i, w)).startswith(word) for w, word in enumerate(said))
    cut = 6 + 2 * window
    earlier = nt.symptom_course(counts[:, :cut], days[..., :cut], **options).response[:, :2]
    if shared:
        np.testing.assert_array_equal(earlier, found.response[:, :2])


@given(st.lists(cells, min_size=28, max_size=28), st.integers(14, 27))
def test_a_day_without_the_symptom_never_worsens_its_window(diary, day):
    """Replacing a recorded count after baseline by 0 never gives a worse response; a day without
    record is no day with 0.
    """
    days = np.arange(-14, 14)
    before = nt.symptom_course(diary, days, minimum_recorded=3).response
    if not np.isnan(diary[day]):
        better = nt.symptom_course([*diary[:day], 0.0, *diary[day + 1 :]], days, minimum_recorded=3)
        assert (better.response >= before).all()
    gone = nt.symptom_course([*diary[:14], *[NAN] * 14], days)
    assert gone.response.tolist() == [R.NE]
    assert gone.symptom_free_days == 0


def test_absent_or_unrecorded_baseline():
    """Absent at baseline is not evaluable and not in the denominator; too few days likewise, with
    another reason.
    """
    days = np.arange(-14, 14)
    found = nt.symptom_course([[0.0] * 14 + [3.0] * 14, [NAN] * 8 + [6.0] * 6 + [3.0] * 14,
                               [6.0] * 14 + [0.0] * 14], days)  # fmt: skip
    assert nt.labels(found.best).tolist() == ["NE", "NE", "CR"]
    assert found.symptomatic.tolist() == [False, False, True]
    assert Reason.BASELINE in Reason(int(found.reason[0]))
    assert Reason.NOT_MEASURED in Reason(int(found.reason[1]))
    assert "absent at baseline" in found.explain((0, 0))
    assert "baseline too few days" in found.explain((1, 0))
    rate = nt.objective_response_rate(found.best[found.symptomatic])
    assert (rate.count, rate.total) == (1, 1)


def test_duration_until_recurrence_or_censored():
    """From the first response to the recurrence, else to the last window judged; none without a
    response.
    """
    days = np.arange(-14, 56)
    found = nt.symptom_course(
        [BASE + [2.0] * 14 + [5.0] * 42, BASE + [2.0] * 28 + [NAN] * 28, BASE + [6.0] * 56], days
    )
    duration = found.duration
    np.testing.assert_array_equal(duration.time, [14.0, 14.0, NAN])
    assert duration.event.tolist() == [True, False, False]
    assert nt.kaplan_meier(duration.time, duration.event).excluded == 1
    alone = course(2, 5, 5)
    assert (alone.duration.time, alone.duration.event, alone.symptomatic) == (14.0, True, True)


def test_shapes_and_containers():
    """Leading axes stay; pandas and durations come in; no window is no response."""
    counts = np.full((3, 2, 28), 6.0)
    found = nt.symptom_course(counts, np.arange(-14, 14))
    assert found.response.shape == found.mean.shape == found.window_day.shape == (3, 2, 1)
    assert found.best.shape == found.baseline.shape == (3, 2)
    assert "6 courses of 1 windows: best 6 SD" in repr(found)
    own = nt.symptom_course(counts, np.broadcast_to(np.arange(-14, 14), counts.shape))
    np.testing.assert_array_equal(own.response, found.response)
    before = nt.symptom_course(BASE, np.arange(-14, 0))
    assert before.best == R.MISSING
    assert before.response.shape == (0,)
    assert Reason.NO_ASSESSMENT in before.reason
    assert np.isnan(before.response_day)
    for days in (np.arange(-14, 14), np.broadcast_to(np.arange(-14, 14), (0, 28))):
        none = nt.symptom_course(np.empty((0, 28)), days)
        assert none.best.shape == (0,)
        assert "none" in repr(none)
    series = nt.symptom_course(
        pd.Series([6] * 14 + [pd.NA] * 4 + [2] * 10, dtype="Int64"),
        pd.Series(pd.to_timedelta(np.arange(-14, 14), unit="D")),
    )
    assert nt.labels(series.response).tolist() == ["PR"]
    assert series.days_recorded.tolist() == [10]


def test_a_count_on_an_unknown_day_is_in_no_window():
    """It is not guessed where it belongs, and the reason says so."""
    found = nt.symptom_course([*BASE, *[2.0] * 14, 50.0], [*range(-14, 14), NAN])
    assert found.mean.tolist() == [2.0]
    assert Reason.DAY_UNKNOWN in found.reason
    assert Reason.DAY_UNKNOWN not in course(2).reason


def test_diaries_of_different_length():
    """After the end of a diary its windows are MISSING, not NE and not symptom-free."""
    days = np.full((2, 42), NAN)
    days[0], days[1, :28] = np.arange(-14, 28), np.arange(-14, 14)
    counts = np.where(np.isnan(days), NAN, 6.0)
    found = nt.symptom_course(counts, days)
    assert nt.labels(found.response).tolist() == [["SD", "SD"], ["SD", "MISSING"]]
    assert "ends before day 27" in found.explain((1, 1))


def test_exact_limits():
    """A mean exactly on the limit, from sums of thirds that no float holds."""
    found = nt.symptom_course(
        [0.3] * 3 + [0.1, 0.2, 0.15], np.arange(-3, 3),
        baseline_days=3, window_days=3, minimum_recorded=3, criteria=CLASSIC,
    )  # fmt: skip
    assert found.best == R.PR
    strict = nt.symptom_course(
        [0.3] * 3 + [0.1, 0.2, 0.15], np.arange(-3, 3),
        baseline_days=3, window_days=3, minimum_recorded=3,
    )  # fmt: skip
    assert strict.best == R.SD


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.symptom_course(5, 0), "must have the axis"),
        (
            lambda: nt.symptom_course([5, -1], [0, 1]),
            r"`daily_counts` must be .* got -1.0 at \[1\]",
        ),
        (lambda: nt.symptom_course([5, 1], [0, 0.5]), "`days` must be whole days"),
        (lambda: nt.symptom_course([5, 1], [1, 0]), "`days` must be strictly increasing"),
        (lambda: nt.symptom_course([5, 1, 2], [0, 1]), "one count for each of `days`"),
        (lambda: nt.symptom_course(["5"], [0]), "`daily_counts` must be numbers"),
        (
            lambda: nt.symptom_course([5], [0], window_days=0),
            "`window_days` must be a whole number",
        ),
        (lambda: nt.symptom_course([5], [0], baseline_days=2.5), "`baseline_days` must be a whole"),
        (lambda: nt.symptom_course([5], [0], minimum_recorded=True), "`minimum_recorded` must be"),
        (lambda: nt.symptom_course([5], [0], window_days=5), "`minimum_recorded` must be at most"),
        (lambda: nt.symptom_course([5], [0], recurrence_windows=(3, 2)), "`recurrence_windows`"),
        (lambda: nt.symptom_course([5], [0], recurrence_windows=2), "`recurrence_windows`"),
        (lambda: nt.symptom_course([5], [0], recurrence_windows=(1, 2.5)), "`recurrence_windows`"),
        (lambda: nt.symptom_course([5], [0], criteria=C.RECIST_1_1), "target_response"),
    ],
)
def test_bad_input_is_refused(call, message):
    """Every refusal names its argument and the repair."""
    refused(call, message)


@pytest.mark.parametrize("own_days", [False, True])
def test_many_diaries_are_judged_like_one(own_days):
    """More diaries than are worked on at a time: each as by itself, with leading axes, whether all
    have the same days, or every third one begins a day later.
    """
    random = np.random.default_rng(1)
    counts = random.poisson(4, (3, 1700, 42)).astype(float)
    counts[random.random(counts.shape) < 0.3] = NAN
    days = np.arange(-14.0, 28.0)
    later = (np.arange(5100).reshape(3, 1700, 1) % 3 == 0) & own_days
    whole = nt.symptom_course(counts, days + later)
    for place in [(0, 0), (1, 999), (2, 48), (2, 999)]:
        one = nt.symptom_course(counts[place], days + later[place])
        assert whole.best[place] == one.best
        judged = len(one.response)  # a day later is a window more
        np.testing.assert_array_equal(whole.response[place][:judged], one.response)
        np.testing.assert_array_equal(whole.mean[place][:judged], one.mean)
        assert whole.symptom_free_days[place] == one.symptom_free_days
    assert whole.explain((2, 999, 1)).startswith(nt.labels(whole.response[2, 999, 1:2])[0])


def test_sums_beyond_a_float_are_not_evaluable():
    """Counts of 1e308 give no verdict and no warning."""
    found = nt.symptom_course([1e308] * 28, np.arange(-14, 14))
    assert nt.labels(found.response).tolist() == ["NE"]
    assert "cannot be" in found.explain(0)


def test_a_course_without_a_limit_of_progression():
    """Counts that double never make PD where the criteria have none."""
    days = np.arange(-14.0, 28.0)
    counts = np.where(days < 0, 2.0, 9.0)
    assert R.PD in nt.symptom_course(counts, days, criteria=VOGL).response
    none = nt.symptom_course(counts, days, criteria=attrs.evolve(VOGL, pd=None))
    assert R.PD not in none.response
