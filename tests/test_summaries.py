"""Rates and survival against published values, exact fractions by the textbook, and each other."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from reference import summaries as twin
from strategies import response_codes

NAN = np.nan
Z95 = 1.959963984540054
METHODS = ("clopper-pearson", "wilson", "jeffreys", "agresti-coull")


def cohort(**counts):
    """Codes of a cohort from counts by label."""
    return np.repeat(nt.parse_responses(list(counts)), list(counts.values()))


class TestPublishedRates:
    """Counts of the review's tables and values worked by others."""

    @pytest.mark.parametrize(
        ("x", "n", "method", "low", "high"),
        [
            (46, 69, "clopper-pearson", 54.29, 77.56), (46, 69, "wilson", 54.93, 76.65),  # Gupta, carcinoid
            (19, 54, "clopper-pearson", 22.68, 49.38), (19, 54, "wilson", 23.82, 48.52),  # Gupta, islet cell
            (8, 11, "clopper-pearson", 39.03, 93.98), (8, 11, "wilson", 43.44, 90.25),  # Ruszniewski, symptoms
            (10, 10, "clopper-pearson", 69.15, 100.0), (10, 10, "wilson", 72.25, 100.0),  # Diaco, symptoms
        ],
    )  # fmt: skip
    def test_intervals_of_the_review(self, x, n, method, low, high):
        """P01-P05: exact and Wilson intervals of rates in the review's tables, percent to two
        decimals.
        """
        rate = nt.objective_response_rate(cohort(PR=x, PD=n - x), method=method)
        assert (rate.count, rate.total) == (x, n)
        assert (round(100 * rate.low, 2), round(100 * rate.high, 2)) == (low, high)

    def test_gupta_carcinoid(self):
        """V15: 46 PR, 6 MR, 11 SD, 6 PD of 69: response 66.7 %, control 91.3 % with the minor
        responses.
        """
        best = cohort(PR=46, MR=6, SD=11, PD=6)
        assert round(100 * nt.objective_response_rate(best).estimate, 1) == 66.7
        assert round(100 * nt.disease_control_rate(best).estimate, 1) == 91.3
        table = nt.response_table(best)
        assert round(table["percent"][table["response"] == "PD"].item(), 1) == 8.7

    def test_loewe(self):
        """V16: 4 CR, 12 PR, 5 SD, 1 PD of 22: response 72.7 %, control 95.5 %."""
        best = cohort(CR=4, PR=12, SD=5, PD=1)
        assert round(100 * nt.objective_response_rate(best).estimate, 1) == 72.7
        assert round(100 * nt.disease_control_rate(best).estimate, 1) == 95.5

    def test_those_not_evaluable_stay_in_the_denominator(self):
        """P23: 1 CR, 5 PR, 9 SD (6 of them for 24 weeks), 3 PD, 2 NE of 20: 30, 75 and 60 %."""
        best = cohort(CR=1, PR=5, SD=9, PD=3, NE=2)
        stable = np.where(best == nt.Response.SD, 100.0, NAN)
        stable[np.flatnonzero(best == nt.Response.SD)[:6]] = 168
        rates = (
            nt.objective_response_rate(best),
            nt.disease_control_rate(best),
            nt.clinical_benefit_rate(best, stable),
        )
        assert [r.estimate for r in rates] == [0.30, 0.75, 0.60]
        assert {r.total for r in rates} == {20}

    def test_jeffreys(self):
        """The Jeffreys interval of 5 in 10 is 0.224 to 0.776: 2.5 % of the posterior lie outside at
        each end.
        """
        rate = nt.objective_response_rate(cohort(PR=5, PD=5), method="jeffreys")
        assert (round(rate.low, 3), round(rate.high, 3)) == (0.224, 0.776)
        p = np.linspace(0, 1, 200_001)
        density = (p * (1 - p)) ** 4.5  # Beta(5.5, 5.5)
        assert density[p < rate.low].sum() / density.sum() == pytest.approx(0.025, abs=1e-5)

    def test_agresti_coull(self):
        """Agresti and Coull's interval has the centre of Wilson's and is never shorter."""
        for x in (0, 3, 19, 54):
            best = cohort(PR=x, PD=54 - x)
            wilson = nt.objective_response_rate(best, method="wilson")
            other = nt.objective_response_rate(best, method="agresti-coull")
            assert other.low <= wilson.low + 1e-12
            assert other.high >= wilson.high - 1e-12
            if 0 < x < 54:
                assert other.low + other.high == pytest.approx(wilson.low + wilson.high)


@given(x=st.integers(0, 40), more=st.integers(0, 40), level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_by_their_definition(x, more, level):
    """Exact limits have exact tail probabilities, Wilson's are its formula, all hold the
    estimate.
    """
    n = x + more
    best = cohort(PR=x, PD=more)
    for method in METHODS:
        rate = nt.objective_response_rate(best, method=method, level=level)
        assert 0 <= rate.low <= rate.high <= 1
        if n:
            assert rate.low <= rate.estimate <= rate.high
        if x == 0:
            assert rate.low == 0.0
        if more == 0:
            assert rate.high == 1.0
        if method == "clopper-pearson" and n:
            assert twin.clopper_pearson_limits_hold(x, n, rate.low, rate.high, level)
    if n:
        wilson = nt.objective_response_rate(best, method="wilson")
        assert (wilson.low, wilson.high) == pytest.approx(twin.wilson(x, n, Z95), abs=1e-12)


@given(best=st.lists(response_codes(), max_size=30))
def test_who_is_counted(best):
    """Response, control and benefit by membership; the table's counts add up to everybody."""
    codes = np.array(best, dtype=np.int8)
    codes.setflags(write=False)
    words = [nt.Response(c).label for c in best]
    control = sum(w in ("CR", "PR", "MR", "SD", "NON-CR/NON-PD") for w in words)
    assert nt.objective_response_rate(codes).count == sum(w in ("CR", "PR") for w in words)
    assert nt.disease_control_rate(codes).count == control
    assert nt.clinical_benefit_rate(codes, 168).count == control
    assert nt.clinical_benefit_rate(codes, NAN).count == sum(w in ("CR", "PR") for w in words)
    table = nt.response_table(codes)
    assert dict(zip(table["response"].tolist(), table["count"].tolist(), strict=True)) == {
        r.label: words.count(r.label) for r in nt.Response
    }
    assert table["response"].tolist()[0] == "CR"


def test_minimum_of_clinical_benefit():
    """The minimum is inclusive, exact, and a parameter; only stable disease needs it."""
    assert nt.clinical_benefit_rate([5, 6, 4, 3, 7], [168, 168, 167.9999, 500, 1]).count == 3
    assert nt.clinical_benefit_rate([5], np.array([83.9], np.float32), minimum_days=83.9).count == 1
    assert nt.clinical_benefit_rate([5], np.array([84], "m8[D]"), minimum_days=84).count == 1


def test_an_empty_cohort_has_no_rate():
    """Without patients the estimate is NaN and the interval excludes nothing."""
    for method in METHODS:
        rate = nt.objective_response_rate([], method=method)
        assert np.isnan(rate.estimate)
        assert (rate.low, rate.high, rate.count, rate.total) == (0, 1, 0, 0)
    assert "not defined (0 of 0)" in str(rate)
    assert np.isnan(nt.response_table([])["percent"]).all()


def test_rates_print_as_a_sentence():
    """A rate prints its share, counts, interval, level and method."""
    rate = nt.disease_control_rate([7, 5, 3, 1], method="agresti-coull", level=0.9)
    assert (
        str(rate)
        == "disease control rate 50.0 % (2 of 4), 90 % interval 18.2 to 81.8 % (Agresti-Coull)"
    )
    assert repr(rate) == f"Rate({rate})"


# Freireich et al. 1963 (Blood 21:699): remission in weeks, 6-mercaptopurine and placebo, 21
# patients each.
MP6_TIMES = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
MP6_EVENTS = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO_TIMES = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
PLACEBO_EVENTS = [1] * 21


class TestFreireich:
    """The textbook trial."""

    def test_curve(self):
        """P07: survival and Greenwood's standard errors of the 6-MP arm; the median is 23 weeks."""
        km = nt.kaplan_meier(MP6_TIMES, MP6_EVENTS)
        times = [6, 7, 10, 13, 16, 22, 23]
        assert km.survival_at(times).round(4).tolist() == [
            0.8571,
            0.8067,
            0.7529,
            0.6902,
            0.6275,
            0.5378,
            0.4482,
        ]
        errors = km.standard_error_at(times).round(4).tolist()
        assert errors == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
        assert (km.median, km.n, km.n_events, km.excluded) == (23.0, 21, 9, 0)
        assert km.at_risk_at(times).tolist() == [21, 17, 15, 12, 11, 7, 6]

    def test_interval(self):
        """The log-log band at week 10 and the interval of the median: 13 weeks to not reached."""
        km = nt.kaplan_meier(MP6_TIMES, MP6_EVENTS)
        low, high = km.confidence_interval(10)
        assert (round(low, 3), round(high, 3)) == (0.503, 0.889)
        assert km.median_interval.low == 13.0
        assert np.isnan(km.median_interval.high)

    def test_placebo(self):
        """Placebo: median 8 weeks, 4 to 11, nobody left at week 23."""
        km = nt.kaplan_meier(PLACEBO_TIMES, PLACEBO_EVENTS)
        assert (km.median, *km.median_interval) == (8.0, 4.0, 11.0)
        assert km.survival_at(23) == 0.0
        assert np.isnan(km.confidence_interval(23)).all()
        assert np.isnan(km.standard_error_at(23))

    def test_log_rank(self):
        """Chi-square 16.79 with 1 degree of freedom, p = 0.00004."""
        test = nt.log_rank((MP6_TIMES, MP6_EVENTS), (PLACEBO_TIMES, PLACEBO_EVENTS))
        assert round(test.statistic, 2) == 16.79
        assert round(test.p_value, 5) == 0.00004
        assert repr(test) == (
            "LogRank(chi-square 16.79 with 1 degree of freedom, p < 0.0001; "
            "9 of 21 and 21 of 21 with the event)"
        )


patients = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=25)


def arrays(group):
    return np.array([t / 10 for t, _ in group]), np.array([e for _, e in group], dtype=bool)


@given(group=patients)
def test_curves_agree_with_the_textbook(group):
    """Survival, numbers at risk, median and band are those of the product in exact fractions."""
    time, event = arrays(group)
    for array in (time, event):
        array.setflags(write=False)
    km, rows = nt.kaplan_meier(time, event), twin.kaplan_meier(group)
    assert km.times.tolist() == [t / 10 for t, *_ in rows]
    np.testing.assert_allclose(km.survival, [float(s) for _, s, *_ in rows], atol=1e-12)
    assert [km.at_risk.tolist(), km.events.tolist(), km.censored.tolist()] == [
        [r[i] for r in rows] for i in (2, 3, 4)
    ]
    middle = twin.median(rows)
    np.testing.assert_equal(km.median, NAN if middle is None else middle / 10)
    asked = np.arange(-1, 45)
    survival = [float(twin.survival_at(rows, t)) for t in asked]
    np.testing.assert_allclose(km.survival_at(asked / 10), survival, atol=1e-12)
    low, high = km.confidence_interval(asked / 10)
    for i, t in enumerate(asked):
        expected = twin.log_log_band(rows, t, Z95) or (NAN, NAN)
        np.testing.assert_allclose((low[i], high[i]), expected, atol=1e-9)
        assert np.isnan(low[i]) or low[i] <= km.survival_at(t / 10) + 1e-12 <= high[i] + 2e-12


@given(a=patients, b=patients)
def test_log_rank_agrees_with_the_textbook(a, b):
    """The statistic is (O - E)^2 / V in exact fractions, symmetric, and NaN where nothing can be
    compared.
    """
    test, expected = nt.log_rank(arrays(a), arrays(b)), twin.log_rank(a, b)
    if expected is None:
        assert np.isnan(test.statistic)
        assert np.isnan(test.p_value)
    else:
        assert test.statistic == pytest.approx(float(expected), abs=1e-9)
        assert nt.log_rank(arrays(b), arrays(a)).statistic == pytest.approx(
            test.statistic, abs=1e-9
        )
        assert 0 <= test.p_value <= 1


class TestMedianExactly:
    """The median is the smallest time with S <= 0.5, decided in whole numbers."""

    @pytest.mark.parametrize("n", [2, 4, 10, 14, 98, 1000, 4242])
    def test_half_the_patients(self, n):
        """After n/2 of n events without censoring the survival is exactly 0.5, whatever the product
        of floats is.
        """
        assert nt.kaplan_meier(np.arange(1, n + 1), np.ones(n, bool)).median == n / 2

    def test_exactly_half_through_censorings(self):
        """16 at risk and 6 events, 5 censored, 5 at risk and 1 event: 5/8 x 4/5 is exactly 0.5."""
        group = [*[(1, True)] * 6, *[(2, False)] * 5, (3, True), *[(4, False)] * 4]
        assert [s for _, s, *_ in twin.kaplan_meier(group)][2] == Fraction(1, 2)
        km = nt.kaplan_meier(*zip(*group, strict=True))
        assert km.median == 3.0

    @given(
        steps=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=8),
        left=st.integers(0, 6),
    )
    def test_many_courses(self, steps, left):
        """Events and censorings in any order: the median is that of exact fractions."""
        group = [
            p
            for t, (d, c) in enumerate(steps)
            for p in [(2 * t, True)] * d + [(2 * t + 1, False)] * c
        ]
        group += [(99, False)] * left
        middle = twin.median(twin.kaplan_meier(group))
        np.testing.assert_equal(
            nt.kaplan_meier(*zip(*group, strict=True)).median, NAN if middle is None else middle
        )

    def test_just_above_half(self):
        """A survival a hair above 0.5 does not reach the median."""
        n = 100_001
        assert nt.kaplan_meier(np.arange(1, n + 1), np.ones(n, bool)).median == 50_001


class TestTies:
    """Times that are equal but for rounding are ties."""

    def test_sums_of_decimals(self):
        """0.1 + 0.2 and 0.3 are one time, in the curve, at its look-up and in the test."""
        km = nt.kaplan_meier([0.1 + 0.2, 0.3, 0.5], [True, True, False])
        assert km.times.tolist() == [0.3, 0.5]
        assert km.survival_at(0.3) == km.survival_at(0.1 + 0.2) == pytest.approx(1 / 3)
        late = nt.kaplan_meier([0.1 + 0.2, 1], [True, False])
        assert late.survival_at(0.3) == 0.5
        assert late.at_risk_at(0.1 + 0.2) == 2
        near = nt.log_rank(([0.1 + 0.2, 1], [True, True]), ([0.3, 2], [True, True]))
        assert (
            near.statistic
            == nt.log_rank(([0.3, 1], [True, True]), ([0.3, 2], [True, True])).statistic
        )

    def test_single_precision(self):
        """A time of 32 bits is the decimal that was written: it ties with that of 64 bits, and not
        with its neighbour.
        """
        times = np.array([0.3, np.nextafter(np.float32(0.3), np.float32(1)), 1], np.float32)
        assert nt.kaplan_meier(times, [True] * 3).times.size == 3
        assert nt.kaplan_meier([times[0], 0.3, 1.0], [True] * 3).times.tolist() == [0.3, 1.0]

    def test_events_before_censorings(self):
        """A patient censored at the time of an event was at risk of it."""
        assert nt.kaplan_meier([5, 5], [True, False]).survival_at(5) == 0.5


class TestEdges:
    """Small and empty cohorts."""

    def test_empty(self):
        """Without patients with a time there is no survival; who had none is counted."""
        for time in ([], [NAN, NAN]):
            km = nt.kaplan_meier(time, np.zeros(len(time), bool))
            assert (km.n, km.n_events, km.excluded) == (0, 0, len(time))
            assert np.isnan(
                [km.median, *km.median_interval, km.survival_at(1), *km.confidence_interval(1)]
            ).all()
            assert km.at_risk_at([0, 1]).tolist() == [0, 0]
        assert "2 without a time left out" in repr(km)

    def test_all_censored(self):
        """Without events the survival stays 1, with the interval 1 to 1, and no median."""
        km = nt.kaplan_meier([5, 7], [False, False])
        assert km.survival_at([0, 5, 7, 100]).tolist() == [1, 1, 1, 1]
        assert km.confidence_interval(7) == (1.0, 1.0)
        assert np.isnan(km.median)

    def test_one_patient(self):
        """One event at day 7: 1 before, 0 from then on; the median is 7."""
        km = nt.kaplan_meier(7, True)
        assert km.survival_at([6.9, 7, 8]).tolist() == [1, 0, 0]
        assert km.median == 7.0
        assert np.isnan(km.median_interval).all()

    def test_left_out_and_counted(self):
        """NaN times are left out and counted; the others are as if they had been alone."""
        km = nt.kaplan_meier([5, NAN, 9], [True, True, False])
        assert (km.n, km.n_events, km.excluded) == (2, 1, 1)
        assert km.survival_at(5) == 0.5
        test = nt.log_rank(([5, NAN], [True, True]), ([6], [True]))
        assert (test.n, test.n_events, test.excluded) == ((1, 1), (1, 1), (1, 0))

    def test_beyond_the_last_time(self):
        """After the last censoring the last value stands, and nobody is at risk; NaN is NaN."""
        km = nt.kaplan_meier([10, 20, 30], [True, False, False])
        assert km.survival_at([30, 1000]).tolist() == pytest.approx([2 / 3, 2 / 3])
        assert km.at_risk_at([30, 1000, NAN]).tolist() == [1, 0, 0]
        assert np.isnan(km.survival_at(NAN))

    def test_log_rank_without_a_comparison(self):
        """An empty group, no events, or one group always alone at risk: NaN."""
        for a, b in (
            (([], []), ([1], [True])),
            (([1], [False]), ([2], [False])),
            (([1], [False]), ([2], [True])),
        ):
            test = nt.log_rank(a, b)
            assert np.isnan(test.statistic)
            assert "p = nan" in repr(test)

    def test_table(self):
        """The curve as a table has a row per distinct time."""
        table = nt.kaplan_meier([5, 5, 9], [True, False, True]).table()
        assert list(table) == ["time", "at_risk", "events", "censored", "survival", "low", "high"]
        assert table["at_risk"].tolist() == [3, 1]


def test_endpoints_feed_the_curves():
    """Objects with time and event compare directly; survival after 1, 2 and 5 years from months."""
    os = [nt.overall_survival(death, np.nan) for death in ([200, 900, 2000], [1500, 1900, 2500])]
    assert nt.log_rank(*os).statistic == nt.log_rank(*((o.time, o.event) for o in os)).statistic
    curve = nt.kaplan_meier(os[0].months, os[0].event)
    assert curve.survival_at([12, 24, 60]).round(3).tolist() == [0.667, 0.667, 0.333]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.objective_response_rate(7), r"got shape \(\)"),
        (lambda: nt.objective_response_rate([7.5]), "Read labels with parse_responses"),
        (
            lambda: nt.objective_response_rate([7], method="wald"),
            "`method` must be one of 'clopper-pearson', 'wilson'",
        ),
        (lambda: nt.objective_response_rate([7], method="wilsn"), "Did you mean 'wilson'"),
        (
            lambda: nt.objective_response_rate([7], level=95),
            "`level` must be a number between 0 and 1; got 95. Write",
        ),
        (
            lambda: nt.objective_response_rate([7], level=True),
            "`level` must be a number between 0 and 1; got True",
        ),
        (
            lambda: nt.objective_response_rate([7], level="0.95"),
            "`level` must be a number between 0 and 1",
        ),
        (
            lambda: nt.clinical_benefit_rate([7, 5], [1, 2, 3]),
            r"`best` \(2,\), `stable_days` \(3,\)",
        ),
        (
            lambda: nt.clinical_benefit_rate([7], [1], minimum_days=[1, 2]),
            "`minimum_days` must be one number of days",
        ),
        (
            lambda: nt.clinical_benefit_rate([7], [1], minimum_days=NAN),
            "`minimum_days` must be one number of days",
        ),
        (
            lambda: nt.kaplan_meier([5, -1], [True, True]),
            r"`time` must be 0 or more; got -1.0 at \[1\]",
        ),
        (lambda: nt.kaplan_meier([5, np.inf], [True, True]), "`time` must be finite days"),
        (lambda: nt.kaplan_meier([5, 6, 7], [True, True]), r"`time` \(3,\), `event` \(2,\)"),
        (lambda: nt.kaplan_meier([5], ["Y"]), "`event` must be True or False"),
        (
            lambda: nt.kaplan_meier([5], [True]).confidence_interval(5, level=0),
            "`level` must be a number between",
        ),
        (lambda: nt.log_rank(([5], [True]), 7), r"`b` must be a pair \(time, event\).*got int"),
        (lambda: nt.log_rank(([5], [True], [1]), ([5], [True])), "`a` must be a pair"),
        (lambda: nt.log_rank(([5], [True]), ([-5], [True])), "`b.time` must be 0 or more"),
    ],
)
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()
