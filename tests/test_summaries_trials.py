"""Summaries of many trials at once: every trial is answered as if it had been asked alone."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor.summaries import _sorted_times
from reference import summaries as twin

NAN = np.nan
CURVE = ("times", "survival", "at_risk", "events", "censored")


def trials(rng, shape, kind):
    """Times and events of trials: whole days with many ties, or any times, some missing."""
    if kind == "days":
        time = rng.integers(0, 12, shape).astype(float)
    elif kind == "decimals":
        time = rng.integers(1, 9, shape) * 0.1 + rng.integers(0, 2, shape) * 1e-16
    else:
        time = rng.exponential(100, shape)
    time[rng.random(shape) < 0.05] = NAN
    event = rng.random(shape) < rng.choice([0.3, 0.7, 1.0], (*shape[:-1], 1))
    return time, event


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a few trials, so that their seams are met."""
    monkeypatch.setattr(_sorted_times, "BLOCK", 60)


@pytest.mark.parametrize("kind", ["days", "decimals", "any"])
@pytest.mark.parametrize("patients", [1, 7, 25])
def test_curves_equal_those_of_single_trials(kind, patients, small_blocks):
    """Every number of a curve is bit for bit that of its trial alone; shorter curves are filled up
    with NaN and 0.
    """
    time, event = trials(np.random.default_rng(patients), (5, 8, patients), kind)
    km = nt.kaplan_meier(time, event)
    asked = np.array([0, 0.3, 5, 60, 1e6, -1, NAN])
    ends = km.confidence_interval(asked, level=0.9)
    mean = km.restricted_mean(5)
    follow = nt.median_follow_up(time, event)
    for i in np.ndindex(5, 8):
        alone = nt.kaplan_meier(time[i], event[i])
        for name in CURVE:
            values = getattr(alone, name)
            np.testing.assert_array_equal(getattr(km, name)[i][: values.size], values)
            rest = getattr(km, name)[i][values.size :]
            assert (np.isnan(rest) | (rest == 0)).all()
        for name in ("excluded", "n", "n_events", "median"):
            np.testing.assert_array_equal(getattr(km, name)[i], getattr(alone, name))
        for share in (0.25, 0.5, 0.9):
            for flat in ("first", "middle"):
                np.testing.assert_array_equal(
                    km.quantile(share, flat=flat)[i], alone.quantile(share, flat=flat)
                )
            np.testing.assert_array_equal(
                [end[i] for end in km.quantile_interval(share)], alone.quantile_interval(share)
            )
        np.testing.assert_array_equal([end[i] for end in km.median_interval], alone.median_interval)
        for method in ("survival_at", "at_risk_at", "standard_error_at"):
            np.testing.assert_array_equal(
                getattr(km, method)(asked)[i], getattr(alone, method)(asked)
            )
        np.testing.assert_array_equal(
            [end[i] for end in ends], alone.confidence_interval(asked, level=0.9)
        )
        mean_alone, follow_alone = alone.restricted_mean(5), nt.median_follow_up(time[i], event[i])
        for name in ("estimate", "standard_error", "low", "high"):
            np.testing.assert_array_equal(getattr(mean, name)[i], getattr(mean_alone, name))
        for name in ("median", "low", "high", "n", "excluded"):
            np.testing.assert_array_equal(getattr(follow, name)[i], getattr(follow_alone, name))


def test_a_curve_table_of_trials(small_blocks):
    """The table has the rows of each trial, with its number."""
    time, event = trials(np.random.default_rng(1), (9, 12), "days")
    table = nt.kaplan_meier(time, event).table()
    for i in range(9):
        alone = nt.kaplan_meier(time[i], event[i]).table()
        for name in alone:
            np.testing.assert_array_equal(table[name][table["trial"] == i], alone[name])


@pytest.mark.parametrize("kind", ["days", "decimals", "any"])
@pytest.mark.parametrize("n_groups", [2, 3])
@pytest.mark.parametrize("weights", [(0, 0), (1, 0), (0.5, 2)])
def test_tests_equal_those_of_single_trials(kind, n_groups, weights, small_blocks):
    """Statistic, p and differences are those of the trial alone, to the rounding of a sum."""
    rng = np.random.default_rng(n_groups)
    groups = [trials(rng, (6, n), kind) for n in (9, 14, 11)[:n_groups]]
    strata = [rng.integers(0, 2, t.shape) for t, _ in groups]
    for given_strata in (None, strata):
        test = nt.log_rank(*groups, strata=given_strata, weights=weights)
        for i in range(6):
            alone = nt.log_rank(
                *((t[i], e[i]) for t, e in groups),
                strata=None if given_strata is None else [s[i] for s in strata],
                weights=weights,
            )
            assert [c[i] for c in test.n] == list(alone.n)
            assert [c[i] for c in test.n_events] == list(alone.n_events)
            assert [c[i] for c in test.excluded] == list(alone.excluded)
            np.testing.assert_allclose(test.statistic[i], alone.statistic, rtol=1e-9)
            np.testing.assert_allclose(test.p_value[i], alone.p_value, rtol=1e-9)
            np.testing.assert_allclose(
                [d[i] for d in test.difference], alone.difference, atol=1e-10
            )


def test_a_group_stands_beside_every_trial():
    """A group with one axis is compared with each trial of the other; so do axes broadcast."""
    a, b = ([3.0, 5, 8], [True, False, True]), ([[1.0, 2, 9], [4, 4, 4]], True)
    test = nt.log_rank(a, b)
    assert test.statistic.shape == (2,)
    for i in range(2):
        alone = nt.log_rank(a, (b[0][i], True))
        assert test.statistic[i] == pytest.approx(alone.statistic, rel=1e-12)


def test_more_groups_than_a_key_has_room_for():
    """Twenty groups of two patients are compared as the textbook does."""
    rng = np.random.default_rng(4)
    time, event = rng.integers(1, 9, (20, 2)).astype(float), np.ones((20, 2), bool)
    test = nt.log_rank(*zip(time, event, strict=True))
    groups = [[(t, True, 0) for t in row] for row in time]
    difference, covariance = (np.array(v) for v in twin.log_rank_of_groups(groups))
    expected = difference[:-1] @ np.linalg.solve(covariance[:-1, :-1], difference[:-1])
    assert test.statistic == pytest.approx(expected, rel=1e-9)
    assert test.degrees == 19


def test_times_near_the_smallest_float():
    """Times whose last bits are not small beside them are told apart all the same."""
    tiny = 5e-324
    near = nt.log_rank(([1 * tiny, 3 * tiny], True), ([2 * tiny, 4 * tiny], True))
    plain = nt.log_rank(([1, 3], True), ([2, 4], True))
    assert near.statistic == plain.statistic
    assert nt.kaplan_meier([[tiny, 2 * tiny]], True).median == tiny


class TestRates:
    """Rates of many trials."""

    @pytest.mark.parametrize("method", ["clopper-pearson", "wilson", "jeffreys", "agresti-coull"])
    def test_each_trial_by_itself(self, method):
        """Estimate, interval, count and total are those of the trial alone, bit for bit."""
        codes = np.random.default_rng(2).integers(0, 9, (4, 5, 20)).astype(np.int8)
        days = np.random.default_rng(3).integers(100, 300, codes.shape)
        for function, more in (
            (nt.objective_response_rate, ()),
            (nt.disease_control_rate, ()),
            (nt.clinical_benefit_rate, (days,)),
        ):
            rate = function(codes, *more, method=method, level=0.9)
            for i in np.ndindex(4, 5):
                alone = function(codes[i], *(m[i] for m in more), method=method, level=0.9)
                for name in ("estimate", "low", "high", "count", "total"):
                    assert getattr(rate, name)[i] == getattr(alone, name)
        assert rate.estimate.dtype == np.float64
        assert rate.count.dtype == np.int64

    def test_table_of_trials(self):
        """The table of categories has nine rows a trial, with its number."""
        codes = np.random.default_rng(2).integers(0, 9, (2, 3, 20)).astype(np.int8)
        table = nt.response_table(codes)
        assert table.n_rows == 6 * 9
        for i, row in enumerate(codes.reshape(6, 20)):
            alone = nt.response_table(row)
            for name in alone:
                np.testing.assert_array_equal(table[name][table["trial"] == i], alone[name])

    def test_kappa(self):
        """Kappa of each trial is that of the trial alone, and of exact fractions."""
        a, b = np.random.default_rng(5).integers(0, 9, (2, 30, 12)).astype(np.int8)
        b[:10], b[29], a[29] = a[:10], 7, 7
        kappa = nt.cohens_kappa(a, b)
        for i in range(30):
            alone = nt.cohens_kappa(a[i], b[i])
            for name in ("estimate", "observed", "expected", "count", "excluded"):
                np.testing.assert_equal(getattr(kappa, name)[i], getattr(alone, name))
            pairs = [(x, y) for x, y in zip(a[i], b[i], strict=True) if x > 1 and y > 1]
            expected = twin.kappa(pairs)
            np.testing.assert_allclose(
                alone.estimate, NAN if expected is None else float(expected), atol=1e-12
            )

    @pytest.mark.parametrize("given_as", [list, np.array, lambda v: np.array(v, dtype=object)])
    def test_labels(self, given_as):
        """Rates read labels of any spelling, with missing ones, in any container."""
        labels = given_as([["PR", "cr", "NC"], ["PD", "", "PR"]])
        assert nt.objective_response_rate(labels).count.tolist() == [2, 1]
        assert nt.disease_control_rate(labels[0]).count == 3
        assert nt.response_table(labels[1])["count"].sum() == 3

    def test_labels_of_a_series(self):
        """A Series of labels, also categorical and masked, is read; NA is MISSING."""
        import pandas as pd

        series = pd.Series(["PR", None, "SD"], dtype="string")
        assert nt.objective_response_rate(series).count == 1
        assert nt.objective_response_rate(series.astype("category")).total == 3
        masked = np.ma.array(["PR", "PR"], mask=[False, True])
        assert nt.objective_response_rate(masked).count == 1

    def test_minor_responses(self):
        """MR counts where the caller says so, and the name says so."""
        rate = nt.objective_response_rate(["CR", "PR", "MR", "SD"], include_mr=True)
        assert (rate.count, rate.name) == (3, "objective response rate with minor responses")
        assert nt.objective_response_rate(["CR", "PR", "MR", "SD"]).count == 2


def test_results_are_of_their_class():
    """Each function gives its own class, for one cohort and for many trials."""
    for time in ([1.0, 2.0, 3.0], [[1.0, 2.0, 3.0]]):
        km = nt.kaplan_meier(time, True)
        assert isinstance(km, nt.KaplanMeier)
        assert isinstance(km.restricted_mean(2), nt.RestrictedMean)
        assert isinstance(nt.median_follow_up(time, True), nt.FollowUp)
        assert isinstance(nt.log_rank((time, True), (time, True)), nt.LogRank)
    assert isinstance(nt.rate_ratio((1, 2), (1, 2)), nt.RateComparison)


class TestWords:
    """What is printed shows how the axes were read."""

    def test_an_axis_that_was_not_meant(self):
        """10,000 trials of 100 patients are named as such, by every summary."""
        codes = np.tile(np.array([7, 5], np.int8), (10_000, 50))
        assert "in 10,000 trials of 100 patients: from 50.0 to 50.0, middle 50.0 %" in repr(
            nt.objective_response_rate(codes)
        )
        time, event = np.ones((2, 1)) * np.arange(1, 4), True
        assert repr(nt.kaplan_meier(time, event)) == (
            "KaplanMeier(2 trials of 3 patients: medians from 2.0 to 2.0, middle 2.0)"
        )
        assert repr(nt.kaplan_meier([[1, NAN, NAN]], False)) == (
            "KaplanMeier(1 trial of 3 patients: medians not defined in any; "
            "2 patients without a time left out)"
        )
        half = nt.kaplan_meier([[1.0, 2], [1, 2]], [[True, True], [False, False]])
        assert "from 1.0 to 1.0, middle 1.0, not defined in 1" in repr(half)
        assert "up to 1.0: from 1.0 to 1.0, middle 1.0" in repr(half.restricted_mean(1))
        test = nt.log_rank((time, event), (time, event))
        assert repr(test).startswith("LogRank(2 trials of 6 patients in 2 groups: chi-square from")
        assert repr(nt.median_follow_up(time, False)) == (
            "FollowUp(2 trials of 3 patients: medians from 2.0 to 2.0, middle 2.0)"
        )
        assert (
            repr(nt.cohens_kappa([[7, 5]], [[7, 3]]))
            == "Kappa(1 trials of 2 patients: middle 0.33)"
        )
        assert "not defined in any" in repr(nt.cohens_kappa([[1, 1]], [[7, 3]]))

    def test_equality(self):
        """Results of the same numbers are equal, of others not; arrays compare as a whole."""
        codes = np.array([[7, 5], [8, 7]])
        assert nt.objective_response_rate(codes) == nt.objective_response_rate(codes.copy())
        assert nt.objective_response_rate(codes) != nt.objective_response_rate(codes[:1])
        assert len({nt.objective_response_rate(codes), nt.objective_response_rate(codes)}) == 1
        assert nt.cohens_kappa(codes, codes) == nt.cohens_kappa(codes, codes.copy())
        assert nt.cohens_kappa([7, 5], [7, 3]) != nt.cohens_kappa([7, 5], [7, 5])


def test_the_curve_of_scipy():
    """One cohort still shows `scipy.stats.ecdf`'s curve; an empty one and many trials have none."""
    km = nt.kaplan_meier([3, 1, NAN, 2], [True, False, True, True])
    assert km.curve.quantiles.tolist() == [1, 2, 3]
    assert km.curve.probabilities.tolist() == km.survival.tolist()
    assert nt.kaplan_meier([NAN], [True]).curve is None
    assert nt.kaplan_meier([[1.0]], True).curve is None


class TestEmpty:
    """No trials, no patients, no times."""

    @pytest.mark.parametrize("shape", [(0, 5), (3, 0), (2, 0, 4), (0,)])
    def test_nothing(self, shape):
        """Empty axes give empty or undefined answers of the right shape."""
        time, event = np.zeros(shape), np.zeros(shape, bool)
        km, outer = nt.kaplan_meier(time, event), shape[:-1]
        for value in (km.median, km.n, *km.median_interval, km.survival_at(3), km.at_risk_at(3)):
            assert np.shape(value) == outer
        assert np.shape(km.survival_at([1, 2])) == (*outer, 2)
        assert np.shape(km.confidence_interval([1, 2]).low) == (*outer, 2)
        assert np.shape(km.restricted_mean(3).estimate) == outer
        assert np.shape(km.times) == (*outer, 0)
        assert np.shape(nt.median_follow_up(time, event).median) == outer
        assert np.shape(nt.log_rank((time, event), (time, event)).p_value) == outer
        rate = nt.objective_response_rate(np.zeros(shape, np.int8))
        assert np.shape(rate.estimate) == outer
        assert np.isnan(rate.estimate).all()
        assert km.table().n_rows == 0
        assert repr(km)
        assert repr(rate)
        assert repr(nt.log_rank((time, event), (time, event)))

    def test_a_trial_without_times_among_others(self):
        """A trial of NaN has no survival and everybody left out; its neighbours are untouched."""
        km = nt.kaplan_meier([[1, 2, 3], [NAN, NAN, NAN], [4, 5, NAN]], True)
        assert km.excluded.tolist() == [0, 3, 1]
        np.testing.assert_equal(km.median.tolist(), [2, NAN, 4])
        np.testing.assert_equal(km.survival_at(4).tolist(), [0, NAN, 0.5])

    def test_inputs_stay_as_they_are(self):
        """Read-only arrays in any order of memory are taken and not changed."""
        time = np.asfortranarray(np.random.default_rng(0).exponential(9, (4, 6)))
        kept = time.copy()
        time.setflags(write=False)
        km = nt.kaplan_meier(time, True)
        nt.log_rank((time, True), (time[:, ::2], True))
        np.testing.assert_array_equal(time, kept)
        np.testing.assert_array_equal(
            km.median, nt.kaplan_meier(np.ascontiguousarray(time), True).median
        )
        assert nt.kaplan_meier([[-0.0, 1.0]], True).times.tolist() == [[0.0, 1.0]]


patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=12)


@given(group=patients, until=st.integers(1, 12), share=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_means_quantiles_and_follow_up_by_the_textbook(group, until, share):
    """Restricted mean with its variance, quantiles with both readings of a flat part, and the
    reverse estimate are those of exact fractions.
    """
    time, event = np.array([t for t, _ in group], float), np.array([e for _, e in group])
    km, rows = nt.kaplan_meier(time, event), twin.kaplan_meier(group)
    mean, expected = km.restricted_mean(until), twin.restricted_mean(rows, until)
    if expected is None:
        assert np.isnan([mean.estimate, mean.standard_error, mean.low, mean.high]).all()
        assert "not defined: the curve ends before" in repr(mean)
    else:
        assert mean.estimate == pytest.approx(float(expected[0]), abs=1e-12)
        assert mean.standard_error**2 == pytest.approx(float(expected[1]), abs=1e-12)
    for flat in ("first", "middle"):
        at = twin.quantile(rows, Fraction(str(share)), flat)
        np.testing.assert_equal(km.quantile(share, flat=flat), NAN if at is None else float(at))
    followed = nt.median_follow_up(time, event).median
    half = next((t for t, s in twin.follow_up(group) if s <= Fraction(1, 2)), None)
    np.testing.assert_equal(followed, NAN if half is None else half)


@given(
    groups=st.lists(
        st.lists(
            st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 1)), min_size=1, max_size=8
        ),
        min_size=2,
        max_size=4,
    ),
    weights=st.sampled_from([(0, 0), (1, 0), (0, 1), (0.5, 0.5)]),
)
def test_tests_of_groups_by_the_textbook(groups, weights):
    """Differences of k groups with strata and weights are those of a loop over times; the chi-square
    is their quadratic form.
    """
    arrays = [(np.array([t for t, *_ in g], float), np.array([e for _, e, _ in g])) for g in groups]
    strata = [np.array(["a", "b"])[[s for *_, s in g]] for g in groups]
    test = nt.log_rank(*arrays, strata=strata, weights=weights)
    difference, covariance = (np.array(v) for v in twin.log_rank_of_groups(groups, *weights))
    np.testing.assert_allclose(test.difference, difference, atol=1e-9)
    part = covariance[:-1, :-1]
    if np.isnan(test.statistic):
        assert np.linalg.matrix_rank(part, tol=1e-9) < len(groups) - 1
        assert np.isnan(test.p_value)
    else:
        expected = difference[:-1] @ np.linalg.solve(part, difference[:-1])
        assert test.statistic == pytest.approx(expected, rel=1e-6, abs=1e-9)


# Miller 1981: remission of acute myelogenous leukaemia in weeks, maintained chemotherapy or not.
AML = (
    ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]),
    ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]),
)


class TestAgainstR:
    """Numbers of R 4.5.2 with survival 3.8.9, as github.com/Cameron-Lyons/survival stores them
    (test/r_expected_values.json, commit 936fd59): `aml` and `ovarian` of that package.
    """

    def test_log_rank(self):
        """survdiff of aml: 3.396388699, p 0.065339322041; with rho = 1 2.7792795448."""
        test = nt.log_rank(*AML)
        assert test.statistic == pytest.approx(3.396388699, abs=1e-9)
        assert test.p_value == pytest.approx(0.065339322041, abs=1e-10)
        assert test.difference[0] == pytest.approx(7 - 10.6893359923, abs=1e-9)
        weighted = nt.log_rank(*AML, weights=(1, 0))
        assert weighted.statistic == pytest.approx(2.7792795448, abs=1e-9)
        assert weighted.p_value == pytest.approx(0.095491115406, abs=1e-10)

    def test_ovarian(self):
        """survdiff of ovarian by treatment: 1.0627398613, p 0.30259111699."""
        time = [59, 115, 156, 431, 448, 477, 638, 803, 855, 1040, 1106, 268, 329]
        event = [1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1]
        other = [421, 464, 475, 563, 744, 769, 770, 1129, 1206, 1227, 353, 365, 377]
        had = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0]
        test = nt.log_rank((time, event), (other, had))
        assert test.statistic == pytest.approx(1.0627398613, abs=1e-9)
        assert test.p_value == pytest.approx(0.30259111699, abs=1e-10)

    @pytest.mark.parametrize(
        ("group", "until", "mean"),
        [(0, 30, 24.6022727273), (0, 48, 31.8431818182), (1, 30, 19.6944444444)],
    )
    def test_restricted_mean(self, group, until, mean):
        """Areas under the curves of aml up to 30 and 48 weeks."""
        found = nt.kaplan_meier(*AML[group]).restricted_mean(until)
        assert found.estimate == pytest.approx(mean, abs=1e-9)

    def test_standard_errors(self):
        """survfit of the maintained group: standard errors of the survival, medians 31 and 23."""
        km = nt.kaplan_meier(*AML[0])
        assert km.standard_error_at([9, 13, 18, 23, 31, 34, 48]).tolist() == pytest.approx(
            [0.086678417204, 0.11629129983, 0.13966497056, 0.15263233103, 0.16419326722,
             0.16266888583, 0.15349274579], abs=1e-10,
        )  # fmt: skip
        assert (km.median, nt.kaplan_meier(*AML[1]).median) == (31.0, 23.0)


class TestComparisons:
    """Differences and ratios of rates."""

    @pytest.mark.parametrize(
        ("groups", "newcombe", "mee", "miettinen"),
        [
            ((56, 70, 48, 80), (0.0524, 0.3339), (0.0533, 0.3377), (0.0528, 0.3382)),
            ((9, 10, 3, 10), (0.1705, 0.8090), (0.1821, 0.8370), (0.1700, 0.8406)),
        ],
    )
    def test_newcombe_1998(self, groups, newcombe, mee, miettinen):
        """Newcombe 1998, Table II, contrasts (a) and (b): methods 10, 5 and 6."""
        a, b = groups[:2], groups[2:]
        for method, expected in (
            ("newcombe", newcombe), ("mee", mee), ("miettinen-nurminen", miettinen),
        ):  # fmt: skip
            found = nt.rate_difference(a, b, method=method)
            assert (found.low, found.high) == pytest.approx(expected, abs=6e-5), method

    @given(
        n_a=st.integers(1, 25), n_b=st.integers(1, 25), x=st.floats(0, 1), y=st.floats(0, 1),
        level=st.sampled_from([0.8, 0.95]),
    )  # fmt: skip
    def test_limits_have_the_score_of_the_level(self, n_a, n_b, x, y, level):
        """At a limit inside the range the score, with rates maximised by search, is that of the
        level; the interval holds the estimate.
        """
        x_a, x_b = round(x * n_a), round(y * n_b)
        z = {0.8: 1.2815515655446004, 0.95: 1.959963984540054}[level]
        for method, corrected in (("miettinen-nurminen", True), ("mee", False)):
            found = nt.rate_difference((x_a, n_a), (x_b, n_b), method=method, level=level)
            assert -1 <= found.low <= found.estimate + 1e-12
            assert found.estimate <= found.high + 1e-12 <= 1 + 1e-12
            for end, sign in ((found.low, 1), (found.high, -1)):
                if abs(end) < 0.999:
                    score = twin.score_of_difference(x_a, n_a, x_b, n_b, end, corrected)
                    assert score == pytest.approx(sign * z, abs=1e-4)
        for method, corrected in (("miettinen-nurminen", True), ("koopman", False)):
            found = nt.rate_ratio((x_a, n_a), (x_b, n_b), method=method, level=level)
            if x_a and x_b:
                assert found.low <= found.estimate <= found.high
            for end, sign in ((found.low, 1), (found.high, -1)):
                if 0 < end < np.inf:
                    score = twin.score_of_ratio(x_a, n_a, x_b, n_b, end, corrected)
                    assert score == pytest.approx(sign * z, abs=1e-4)

    @pytest.mark.parametrize(
        ("groups", "koopman", "miettinen", "newcombe"),
        [
            ((56, 70, 48, 80), (1.07982, 1.67081), (1.07905, 1.67215), (0.05243, 0.33387)),
            ((9, 10, 3, 10), (1.35324, 8.46767), (1.32796, 8.69191), (0.17052, 0.80902)),
        ],
    )
    def test_against_statsmodels(self, groups, koopman, miettinen, newcombe):
        """`confint_proportions_2indep` of statsmodels 0.15.0: ratio by score without and with the
        correction, difference by Newcombe. (Its difference by score departs from Newcombe's table.)
        """
        a, b = groups[:2], groups[2:]
        for found, expected in (
            (nt.rate_ratio(a, b, method="koopman"), koopman),
            (nt.rate_ratio(a, b), miettinen),
            (nt.rate_difference(a, b), newcombe),
        ):
            assert (found.low, found.high) == pytest.approx(expected, abs=6e-6)

    def test_antisymmetry(self):
        """Exchanged groups turn the difference round and the ratio upside down."""
        one, other = (7, 20), (12, 31)
        for method in ("newcombe", "mee", "miettinen-nurminen"):
            a, b = (nt.rate_difference(*g, method=method) for g in ((one, other), (other, one)))
            assert (a.low, a.high) == pytest.approx((-b.high, -b.low), abs=1e-12)
        a, b = nt.rate_ratio(one, other), nt.rate_ratio(other, one)
        assert (a.low, a.high) == pytest.approx((1 / b.high, 1 / b.low), rel=1e-9)

    def test_ends_and_empty_groups(self):
        """Nobody and everybody, and a group without patients: what is known, and no more."""
        assert nt.rate_ratio((0, 10), (5, 10)).low == 0.0
        assert nt.rate_ratio((5, 10), (0, 10)).high == np.inf
        assert nt.rate_ratio((5, 10), (0, 10)).estimate == np.inf
        neither = nt.rate_ratio((0, 10), (0, 10))
        assert np.isnan(neither.estimate)
        assert (neither.low, neither.high) == (0.0, np.inf)
        for method in ("newcombe", "mee", "miettinen-nurminen"):
            nobody = nt.rate_difference((0, 0), (5, 10), method=method)
            assert np.isnan(nobody.estimate)
            assert (nobody.low, nobody.high) == (-1.0, 1.0)

    def test_trials_and_rates(self):
        """Rates of many trials are compared trial by trial, and with one pair."""
        codes = np.random.default_rng(8).integers(1, 9, (2, 30, 25)).astype(np.int8)
        a, b = (nt.objective_response_rate(c) for c in codes)
        found = nt.rate_difference(a, b, method="miettinen-nurminen")
        assert found.estimate.shape == (30,)
        alone = nt.rate_difference(
            nt.objective_response_rate(codes[0, 3]), nt.objective_response_rate(codes[1, 3]),
            method="miettinen-nurminen",
        )  # fmt: skip
        assert (found.low[3], found.high[3]) == (alone.low, alone.high)
        assert nt.rate_ratio(a, (10, 25)).low.shape == (30,)
        assert repr(found).startswith("RateComparison(difference in 30 trials: from ")


def median(time, event):
    return nt.kaplan_meier(time, event).median


def chi_square(a, b):
    return nt.log_rank(a, b).statistic


class TestResampling:
    """Bootstrap and permutation."""

    def test_bootstrap_by_hand(self, monkeypatch):
        """The draws are those of numpy's generator, the ends their percentiles; how many are drawn
        at once does not matter.
        """
        time, event = np.array([2.0, 4, 4, 7, 9, 12, 15]), np.ones(7, bool)
        found = nt.bootstrap(median, time, event, seed=7, resamples=400)
        which = np.random.default_rng(7).integers(0, 7, (400, 7))
        expected = np.sort([median(time[w], event[w]) for w in which])
        assert np.sort(found.draws).tolist() == expected.tolist()
        assert (found.low, found.high) == (expected[9], expected[389])
        assert (found.estimate, found.undefined, found.seed) == (7.0, 0, 7)
        monkeypatch.setattr("nettumor.summaries.resampling.DRAWN_AT_ONCE", 100)
        assert nt.bootstrap(median, time, event, seed=7, resamples=400) == found

    def test_bootstrap_of_trials(self):
        """Each trial has its own draws; a median that is not reached is above all others."""
        time = np.random.default_rng(1).exponential(10, (3, 20))
        event = np.ones((3, 20), bool)
        event[2] = False
        found = nt.bootstrap(median, time, event, seed=1, resamples=100)
        assert found.draws.shape == (100, 3)
        assert isinstance(found, nt.Bootstrap)
        assert (found.low[:2] <= found.estimate[:2]).all()
        assert (found.estimate[:2] <= found.high[:2]).all()
        assert found.undefined.tolist() == [0, 0, 100]
        assert np.isnan(found.high[2])
        assert repr(found).startswith("Bootstrap(from ")
        lost = nt.bootstrap(median, [1.0, 2], [True, False], seed=1, resamples=50)
        assert "of them without a value" in repr(lost)

    def test_permutation_by_enumeration(self):
        """With many permutations p comes near the share of all exchanges that are as far apart."""
        a, b = np.array([1.0, 3, 4, 8]), np.array([6.0, 9, 11, 15])
        pooled = np.concatenate([a, b])

        def apart(x, y):
            return np.abs(x.mean(axis=-1) - y.mean(axis=-1))

        as_far = [
            apart(pooled[list(c)], np.delete(pooled, list(c))) >= apart(a, b) - 1e-12
            for c in combinations(range(8), 4)
        ]
        found = nt.permutation_test(apart, a, b, seed=1, resamples=20_000)
        assert found.p_value == pytest.approx(np.mean(as_far), abs=0.01)
        assert found.statistic == apart(a, b)
        assert isinstance(found, nt.Permutation)

    def test_permutation_of_pairs_and_trials(self):
        """Times and events are exchanged together; p is never 0, and NaN without a statistic."""
        rng = np.random.default_rng(2)
        a, b = ((rng.exponential(s, (4, 12)), np.ones((4, 12), bool)) for s in (1.0, 50.0))
        found = nt.permutation_test(chi_square, a, b, seed=5, resamples=200)
        assert found.p_value.shape == (4,)
        assert (found.p_value >= 1 / 201).all()
        assert (found.p_value < 0.05).all()
        assert repr(found).startswith("Permutation(p from ")
        nothing = nt.permutation_test(
            chi_square, ([1.0], [False]), ([2.0], [False]), seed=1, resamples=10
        )
        assert np.isnan(nothing.p_value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.objective_response_rate([["PR", "XX"]]), r"`best` must be responses .*'XX' at \[0, 1\]"),
        (lambda: nt.objective_response_rate([[7], [3, 5]]), "`best` must have rows of one length"),
        (lambda: nt.objective_response_rate([7], include_mr=1), "`include_mr` must be True or False; got 1"),
        (lambda: nt.kaplan_meier([1], True).quantile(50), "`share` must be a number between 0 and 1; got 50"),
        (lambda: nt.kaplan_meier([1], True).quantile(0.5, flat="last"), "`flat` must be one of 'first'"),
        (lambda: nt.kaplan_meier([1], True).restricted_mean(0), "`until` must be one number above 0; got 0"),
        (lambda: nt.kaplan_meier([1], True).restricted_mean([1]), "`until` must be one number above 0"),
        (lambda: nt.kaplan_meier(np.ones((2, 3)), np.ones((4, 3), bool)), "The shapes must broadcast"),
        (
            lambda: nt.log_rank((np.ones((2, 3)), True), (np.ones((4, 3)), True)),
            "the trials.* must broadcast together",
        ),
        (lambda: nt.log_rank(([1], True), ([2], True), 5), r"`others\[0\]` must be a pair"),
        (lambda: nt.log_rank(([1], True), ([2], True), strata=[[1]]), "one array for each of the 2 groups; got 1"),
        (lambda: nt.log_rank(([1], True), ([2], True), strata=[[1], [NAN]]), "must be known .* that of `b`"),
        (lambda: nt.log_rank(([1], True), ([2], True), strata=[[None], ["x"]]), "must be known .* that of `a`"),
        (lambda: nt.log_rank(([1], True), ([2], True), weights=1), "`weights` must be two numbers"),
        (lambda: nt.log_rank(([1], True), ([2], True), weights=(-1, 0)), "`weights` must be two numbers"),
        (lambda: nt.rate_difference((5, 4), (1, 2)), "`a.count` must be at most the total; got 5.0"),
        (lambda: nt.rate_difference((1.5, 4), (1, 2)), "`a.count` must be whole and 0 or more; got 1.5"),
        (lambda: nt.rate_ratio((1, 4), 7), r"`b` must be a Rate or a pair \(count, total\); got int"),
        (lambda: nt.rate_ratio((1, 4), (1, 4), method="newcombe"), "`method` must be one of"),
        (lambda: nt.bootstrap(median, [1], [True], seed=None), "`seed` must be a whole number of 0 or more; got None"),
        (lambda: nt.bootstrap(median, [1], [True], seed=1, resamples=0), "`resamples` must be a whole number of 1"),
        (lambda: nt.bootstrap(median, [], [], seed=1), "patients on the last axis"),
        (lambda: nt.bootstrap(median, [1, 2], [True] * 3, seed=1), r"got shapes \(2,\), \(3,\)"),
        (lambda: nt.permutation_test(chi_square, ([1], [1]), [1], seed=1), "`a` and `b` must have one form"),
        (lambda: nt.cohens_kappa(7, 7), r"got shapes \(\) and \(\)"),
    ],
)  # fmt: skip
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_draws_need_a_seed():
    """Without a seed there is no draw."""
    with pytest.raises(TypeError, match="seed"):
        nt.bootstrap(median, [1.0], [True])
    with pytest.raises(TypeError, match="seed"):
        nt.permutation_test(chi_square, ([1.0], [True]), ([1.0], [True]))


def test_a_restricted_mean_beyond_the_curve_says_so():
    """The curve ends before: no number, and the reason."""
    mean = nt.kaplan_meier([1.0, 2.0], [True, False]).restricted_mean(5)
    assert np.isnan(mean.estimate)
    assert repr(mean) == "RestrictedMean(up to 5.0 not defined: the curve ends before)"
