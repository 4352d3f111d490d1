"""Pooling against metafor's and statsmodels' stored numbers, the slow twin, and what must hold."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nettumor.errors import InputError
from nettumor.evidence import pool, pool_effects
from reference import pooling as slow

# Kacker 2004 (doi 10.1088/0026-1394/41/3/004), nine laboratories. The results are those of R's
# metafor (rma, version of April 2020) as stored in statsmodels 0.15.0, stats/tests/results/results_meta.py.
KACKER = (
    [61.0, 61.4, 62.21, 62.3, 62.34, 62.6, 62.7, 62.84, 65.9],
    [0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225],
)
METAFOR = [  # method, Hartung-Knapp, (mean, se, low, high), (tau2, I2 in percent)
    (
        "PM",
        False,
        (62.4076199113286, 0.338030602684471, 61.7450921043947, 63.0701477182625),
        (0.705395309224248, 83.7218626490482),
    ),
    (
        "DL",
        False,
        (62.3901386044504, 0.245749668040304, 61.9084781058787, 62.8717991030221),
        (0.288049246973751, 67.744403741711),
    ),
    (
        "DL",
        True,
        (62.3901386044504, 0.29477605699879, 61.710383798052, 63.0698934108488),
        (0.288049246973751, 67.744403741711),
    ),
]


def ends(estimate):
    return [estimate.effect, estimate.se, estimate.low, estimate.high]


@pytest.mark.parametrize(("method", "knapp", "mean", "spread"), METAFOR)
def test_metafor_on_nine_laboratories(method, knapp, mean, spread):
    """Paule-Mandel, DerSimonian-Laird and Hartung-Knapp agree with metafor to 1e-8."""
    found = pool_effects(*KACKER, method=method, hartung_knapp=knapp)
    h = found.heterogeneity
    np.testing.assert_allclose(ends(found.random), mean, rtol=1e-8)
    np.testing.assert_allclose([h.tau2, 100 * h.i2], spread, rtol=1e-8)


def test_metafor_fixed_effect():
    """The inverse-variance mean, its standard error, interval, Q and its probability are metafor's."""
    found = pool_effects(*KACKER)
    wanted = [62.5833970939982, 0.107845705498231, 62.3720233953344, 62.7947707926621]
    np.testing.assert_allclose(ends(found.fixed), wanted, rtol=1e-8)
    assert found.heterogeneity.q == pytest.approx(24.801897741835, rel=1e-8)
    assert found.heterogeneity.p_value == pytest.approx(0.00167935146372742, rel=1e-8)


# BCG vaccine (Colditz et al. 1994; metafor's dat.bcg): tpos, tneg, cpos, cneg, pooled as log ratios.
# The results are printed to four places in the README of metafor, rma(yi, vi, test="knha").
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
], dtype=float)  # fmt: skip


def test_metafor_on_the_bcg_trials():
    """REML with Hartung-Knapp gives the printed -0.7145 (-1.1084 to -0.3206), tau2 0.3132, I2 92.22 %."""
    a, b, c, d = BCG.T
    effects = np.log((a / (a + b)) / (c / (c + d)))
    variances = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    found = pool_effects(effects, variances, method="REML")
    h = found.heterogeneity
    np.testing.assert_allclose(ends(found.random), [-0.7145, 0.1808, -1.1084, -0.3206], atol=5e-5)
    assert h.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert 100 * h.i2 == pytest.approx(92.22, abs=5e-3)
    assert (h.q, h.df) == (pytest.approx(152.2330, abs=5e-5), 12)
    # Normal interval: metafor's rma(yi, vi), printed in Viechtbauer 2010 (doi 10.18637/jss.v036.i03).
    normal = pool_effects(effects, variances, hartung_knapp=False).random
    np.testing.assert_allclose(ends(normal), [-0.7145, 0.1798, -1.0669, -0.3622], atol=5e-5)


COUNTS, TOTALS = [41, 60, 22, 35, 18], [80, 90, 60, 50, 40]


def test_statsmodels_on_logits():
    """DerSimonian-Laird and Hartung-Knapp on logits are those of statsmodels 0.15.0, combine_effects."""
    found = pool(COUNTS, TOTALS, method="DL")
    plain = pool(COUNTS, TOTALS, method="DL", hartung_knapp=False)
    assert found.heterogeneity.tau2 == pytest.approx(0.2590067578295158, rel=1e-8)
    assert found.heterogeneity.q == pytest.approx(19.061005553395447, rel=1e-8)
    assert found.fixed.effect == pytest.approx(0.1904895069713093, rel=1e-8)
    assert found.fixed.se == pytest.approx(0.11599645442923026, rel=1e-8)
    assert found.random.effect == pytest.approx(0.17138053426709368, rel=1e-8)
    assert found.random.se == pytest.approx(0.26250891911042573, rel=1e-8)
    assert plain.random.se == pytest.approx(0.2573786374028163, rel=1e-8)


def test_homogeneous_studies_have_no_negative_variance():
    """Four studies of 20 with 10, 11, 9 and 10 responders differ less than by chance: statsmodels 0.15.0
    gives a tau2 of -0.174 and an I2 of -6.53 there; a variance is not negative, and ours are 0."""
    for method in ("DL", "PM", "REML", "binomial-normal"):
        h = pool([10, 11, 9, 10], [20] * 4, method=method).heterogeneity
        assert h.tau2 == 0
        assert h.i2 == 0


def studies(*, smallest=2, largest=7):
    """Counts and totals of studies."""
    one = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return st.lists(one, min_size=smallest, max_size=largest)


def logits(counts, totals):
    """Logits and their variances, with 0.5 added to the cells of a study that has a zero cell."""
    effects, variances = [], []
    for x, n in zip(counts, totals, strict=True):
        add = 0.5 if x in (0, n) else 0.0
        effects.append(math.log((x + add) / (n - x + add)))
        variances.append(1 / (x + add) + 1 / (n - x + add))
    return effects, variances


@settings(max_examples=60)
@given(studies())
def test_twin_of_inverse_variance(cohort):
    """tau2, means and standard errors are those of the slow twin; no tau2 has a higher restricted
    likelihood than that of REML."""
    counts, totals = zip(*cohort, strict=True)
    effects, variances = logits(counts, totals)
    twins = {"DL": slow.dersimonian_laird, "PM": slow.paule_mandel}
    for method in ("DL", "PM", "REML"):
        found = pool(counts, totals, method=method)
        tau2 = found.heterogeneity.tau2
        if method in twins:
            assert tau2 == pytest.approx(twins[method](effects, variances), rel=1e-7, abs=1e-9)
        else:
            top = slow.restricted_likelihood(effects, variances, tau2)
            for other in (0.0, 0.5 * tau2, 0.99 * tau2, 1.01 * tau2, 2 * tau2, 0.1, 1.0, 5.0, 20.0):
                assert slow.restricted_likelihood(effects, variances, other) <= top + 1e-9
        mean, _ = slow.random(effects, variances, tau2)
        assert found.random.effect == pytest.approx(mean, rel=1e-9, abs=1e-9)
        assert found.random.se == pytest.approx(
            slow.hartung_knapp(effects, variances, tau2), rel=1e-9
        )
        mean, variance = slow.fixed(effects, variances)
        assert found.fixed.effect == pytest.approx(mean, rel=1e-9, abs=1e-9)
        assert found.fixed.se == pytest.approx(math.sqrt(variance), rel=1e-9)
        assert found.heterogeneity.q == pytest.approx(
            slow.q(effects, variances), rel=1e-9, abs=1e-9
        )


@settings(max_examples=6)
@given(studies(smallest=2, largest=3))
def test_twin_of_the_likelihood(cohort):
    """The binomial-normal maximum is not below what a search without slopes finds by numerical
    integration, and its likelihood is the same there."""
    counts, totals = zip(*cohort, strict=True)
    assume(0 < sum(counts) < sum(totals))
    found = pool(counts, totals, method="binomial-normal")
    assume(not found.random.reason)
    most, _, _ = slow.fit_binomial_normal(counts, totals)
    tau = math.sqrt(found.heterogeneity.tau2)
    at_ours = slow.binomial_normal(found.random.effect, tau, counts, totals)
    assert at_ours >= most - 1e-6
    for end in (found.random.low, found.random.high):
        if 0 < end < 1:
            mu = math.log(end / (1 - end))
            profile = max(slow.binomial_normal(mu, t, counts, totals) for t in (0, tau, 1.5 * tau))
            assert profile <= at_ours - 1.92 + 1e-3, "the end of the interval costs 3.84 / 2"


@settings(max_examples=40)
@given(studies(), st.randoms(use_true_random=False))
def test_order_and_empty_studies_change_nothing(cohort, random):
    """The order of the studies and a study of no patients change no estimate."""
    first = pool(*zip(*cohort, strict=True), method="DL")
    mixed = [*cohort, (0, 0)]
    random.shuffle(mixed)
    second = pool(*zip(*mixed, strict=True), method="DL")
    for name in ("fixed", "random", "prediction"):
        one, other = getattr(first, name), getattr(second, name)
        np.testing.assert_allclose(
            [one.estimate, one.low, one.high], [other.estimate, other.low, other.high], rtol=1e-9
        )
    assert second.heterogeneity.tau2 == pytest.approx(first.heterogeneity.tau2, abs=1e-12)
    empty = [n == 0 for _, n in mixed]
    assert second.weights_fixed[empty].tolist() == [0.0]
    assert second.used.tolist() == [not e for e in empty]


@settings(max_examples=60)
@given(studies())
def test_fixed_is_random_without_heterogeneity(cohort):
    """Where tau2 is 0 the two estimates are one; the random interval is never the narrower."""
    counts, totals = zip(*cohort, strict=True)
    for method in ("DL", "PM", "REML"):
        found = pool(counts, totals, method=method)
        if found.heterogeneity.tau2 == 0:
            assert found.random.estimate == found.fixed.estimate
        assert found.random.se >= found.fixed.se * (1 - 1e-12)
        assert found.weights_random.sum() == pytest.approx(1)


def test_zero_cells():
    """Nobody of 9 responded in one of five studies: the likelihood is taken, and needs nothing added;
    it is chosen for nobody and for everybody, and not otherwise."""
    found = pool([27, 3, 8, 12, 0], [30, 5, 11, 18, 9])
    assert found.random.method.startswith("binomial-normal")
    assert found.fixed.estimate == 50 / 73
    assert "0.5 is added" in found.explain()
    _, mu, tau = slow.fit_binomial_normal([27, 3, 8, 12, 0], [30, 5, 11, 18, 9])
    assert found.random.effect == pytest.approx(mu, abs=1e-5)
    assert found.heterogeneity.tau2 == pytest.approx(tau**2, abs=1e-4)
    assert np.isnan(found.weights_random).all()
    assert pool([9, 8], [9, 11]).random.method.startswith("binomial-normal")
    assert pool([8, 8], [9, 11]).random.method.startswith("REML")
    assert pool([0, 8], [9, 11], method="DL").random.method.startswith("DerSimonian-Laird")


def test_nobody_and_everybody_everywhere():
    """Nobody responded anywhere: 0 with the exact interval of all patients, no variance between
    studies, and no prediction; likewise everybody."""
    none, all_ = pool([0, 0, 0], [9, 10, 5]), pool([9, 10, 5], [9, 10, 5])
    assert (none.random.estimate, none.random.low, none.heterogeneity.tau2) == (0, 0, 0)
    assert none.random.high == pytest.approx(1 - 0.025 ** (1 / 24), rel=1e-9)
    assert (all_.random.estimate, all_.random.high) == (1, 1)
    assert none.prediction.reason == "nobody responded in any study"
    assert all_.prediction.reason == "everybody responded"
    assert none.fixed == none.random


def test_studies_that_tell_nothing_of_a_mean():
    """Nobody in one study and everybody in the other: the likelihood grows without end, and no random
    estimate is given, with the reason."""
    found = pool([0, 9], [9, 9])
    assert "no maximum" in found.random.reason
    assert "no maximum" in found.prediction.reason
    assert found.fixed.estimate == 0.5
    assert "none (the likelihood" in found.explain()
    assert "no maximum" in repr(found.random)


def test_too_few_studies():
    """Fewer than two studies: no pooled estimate; fewer than three: no prediction interval."""
    for found in (pool([], []), pool([3], [8]), pool([3, 0], [8, 0]), pool_effects([1], [1])):
        assert found.fixed.reason == found.random.reason == "fewer than two studies"
        assert np.isnan(found.heterogeneity.tau2)
        assert "no pooled estimate" in repr(found)
    two = pool([3, 4], [8, 9])
    assert two.prediction.reason == "fewer than three studies"
    assert "fewer than three studies" in two.explain()
    three = pool([3, 4, 5], [8, 9, 20])
    assert three.prediction.low < three.random.low < three.random.high < three.prediction.high
    assert "Prediction interval 0." in three.explain()


def test_prediction_interval():
    """Mean plus and minus t with k - 2 degrees of freedom times the root of tau2 + se2 (Higgins et al.
    2009): three equal variances, by hand."""
    found = pool_effects([0.1, 0.5, 0.9], [0.04] * 3, method="DL")
    assert found.heterogeneity.tau2 == pytest.approx(0.12)
    assert found.random.se == pytest.approx(math.sqrt(0.16 / 3))
    t1 = math.tan(math.pi * 0.475)  # Student's t with one degree of freedom
    assert found.prediction.high == pytest.approx(0.5 + t1 * math.sqrt(0.12 + 0.16 / 3))


def test_equal_studies():
    """All studies equal: their rate, tau2 0, I2 0, and the Hartung-Knapp interval kept by its floor."""
    found = pool([5, 5, 5], [10, 10, 10])
    assert found.random.estimate == 0.5
    assert found.heterogeneity.q == 0
    assert found.random.se == found.fixed.se > 0


def test_methods_stand_side_by_side():
    """Every estimator with both intervals, and the likelihood, in one table; REML is the default."""
    found = pool(COUNTS, TOTALS)
    each = [m for m in ("DL", "PM", "REML") for _ in "12"]
    assert found.methods["tau2_by"].tolist() == ["", *each]
    likelihood = pool(COUNTS, TOTALS, method="binomial-normal")
    assert likelihood.methods["tau2_by"].tolist() == ["", *each, "binomial-normal"]
    assert likelihood.methods["low"][-1] == likelihood.random.low
    chosen = found.methods.rows()[6]
    assert (chosen["estimate"], chosen["low"]) == (found.random.estimate, found.random.low)
    assert repr(found).startswith("Pooling(5 studies; fixed 0.547")
    assert "REML" in repr(found.random)


REFUSED = [
    (pool, ([3], [2]), {}, "`counts` must be at most the total of its study; got 3.0 at \\[0\\]"),
    (pool, ([-1], [2]), {}, "`counts` must be whole numbers of patients; got -1.0"),
    (pool, ([1.5], [2]), {}, "`counts` must be whole numbers of patients; got 1.5"),
    (pool, ([1], [np.nan]), {}, "`totals` must be whole numbers of patients; got nan"),
    (pool, ([[1]], [[2]]), {}, "`counts` must be one-dimensional"),
    (pool, ([1, 2], [3, 4]), {"method": "EB"}, "`method` must be one of 'DL', 'PM', 'REML', 'binomial-normal'"),
    (pool, ([1, 2], [3, 4]), {"level": 95}, "`level` must be a number between 0 and 1; got 95"),
    (pool_effects, ([1, np.nan], [1, 1]), {}, "`effects` must be finite; got nan at \\[1\\]"),
    (pool_effects, ([1, 2], [1, 0]), {}, "`variances` must be above 0; got 0.0 at \\[1\\]"),
    (pool_effects, ([[1, 2]], [[1, 1]]), {}, "`effects` must be one-dimensional"),
    (pool_effects, ([1, 2], [1, 1]), {"method": "binomial-normal"}, "`method` must be one of 'DL', 'PM', 'REML'"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "keywords", "message"), REFUSED)
def test_refusals(function, arguments, keywords, message):
    """Bad input is refused with argument, place and repair."""
    with pytest.raises(InputError, match=message):
        function(*arguments, **keywords)


def test_inputs_are_left_alone():
    """Read-only arrays come in and are not changed."""
    counts, totals = np.array(COUNTS), np.array(TOTALS)
    counts.setflags(write=False)
    totals.setflags(write=False)
    pool(counts, totals)
    assert counts.tolist() == COUNTS
