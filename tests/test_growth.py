"""Depth of response, early shrinkage, growth rate and doubling time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nettumor as nt
import reference.growth as slow
from nettumor.growth import DAYS_PER_MONTH, GREPONET_TGR0, GREPONET_TGR3M, GrowthCutOff
from strategies import courses, sizes

R, NAN = nt.Response, np.nan


DEPTHS = [
    (
        [100, 79, 55, 60, 40],
        ["", "SD", "PR", "PR", "PD"],
        -45.0,
        "a fall at the progression does not count",
    ),
    ([100, 79, 55, 60, 40], ["", "SD", "PR", "PD", "PR"], -45.0, "nor one after it"),
    ([100, 130, 40], ["", "PD", "PR"], 30.0, "progression first: its own change"),
    ([100, NAN, 40], ["", "PD", "PR"], NAN, "progression first, without a complete sum"),
    ([100, NAN, 80, 50], ["", "NE", "PD", "PR"], -20.0, "nothing measured before the progression"),
    ([100, 110, 105], ["", "SD", "SD"], 5.0, "only growth"),
    ([100, NAN, NAN], ["", "NE", "NE"], NAN, "never measured again"),
    ([NAN, 50, 40], ["", "NE", "NE"], NAN, "no baseline"),
    ([100], [""], NAN, "no follow-up"),
    (
        [100, 130, 50],
        ["", "iUPD", "iPR"],
        -50.0,
        "an unconfirmed progression does not end the course",
    ),
    ([100, 0], ["", "CR"], -100.0, "all gone"),
]


@pytest.mark.parametrize(
    ("sums", "words", "expected", "story"), DEPTHS, ids=[d[-1] for d in DEPTHS]
)
def test_depth_of_response_stories(sums, words, expected, story):
    """Each course has the depth told."""
    depth = nt.depth_of_response(sums, nt.parse_responses(words))
    assert isinstance(depth, float)
    np.testing.assert_equal(depth, expected, story)


def test_depth_without_responses_and_shapes():
    """Without responses every timepoint counts; leading axes stay; no patients, no answers."""
    sums = np.array([[100, 55, 40], [50, NAN, 60]])
    sums.setflags(write=False)
    assert nt.depth_of_response(sums).tolist() == [-60.0, 20.0]
    assert nt.depth_of_response(np.zeros((0, 3))).shape == (0,)


@given(
    hnp.arrays(np.float64, (4, 6), elements=st.one_of(st.just(NAN), sizes(smallest=0, largest=90))),
    hnp.arrays(np.float64, (4,), elements=st.one_of(st.just(NAN), sizes(smallest=1, largest=90))),
    courses(codes=[0, 1, 3, 5, 7, 8]),
)
def test_depth_agrees_with_its_twin(sums, baseline, responses):
    """The depth is the smallest change before the first PD, patient by patient, in exact
    fractions.
    """
    sums[:, 0] = baseline
    answers = nt.depth_of_response(sums, responses)
    for patient in range(4):
        course = [None if np.isnan(v) else Fraction(str(v)) for v in sums[patient]]
        told = slow.depth(course, [R(code).label for code in responses[patient]])
        assert answers[patient] == pytest.approx(
            NAN if told is None else float(told), rel=1e-12, abs=1e-9, nan_ok=True
        )


@pytest.mark.parametrize(
    ("before", "after", "cut", "expected"),
    [
        (33.0, 26.4, 20, True), (33.0, 26.5, 20, False), (33.0, 23.1, 30, True), (33.0, 23.2, 30, False),
        (NAN, 10.0, 20, False), (33.0, NAN, 20, False), (33.0, 0.0, 100, True), (33.0, 25.08, 24.0, True),
    ],
)  # fmt: skip
def test_early_shrinkage_meets_its_limit_exactly(before, after, cut, expected):
    """The limit is inclusive and exact on decimals; what was not measured has not shrunk."""
    early = nt.early_tumour_shrinkage(before, after, cut=cut)
    assert early is expected


def test_early_shrinkage_of_single_precision():
    """float32 sizes meet the limit too."""
    before, after = np.array([33.0, 33.0], np.float32), np.array([26.4, 26.5], np.float32)
    assert nt.early_tumour_shrinkage(before, after).tolist() == [True, False]


@given(sizes(smallest=1), sizes(smallest=1), st.integers(1, 12))
def test_growth_rate_means_what_it_says(before, after, months):
    """Growing by the rate every month for the months between gives the second volume."""
    rate = nt.tumour_growth_rate(before, after, months * DAYS_PER_MONTH, measure="volume")
    assert slow.grown_back(rate, before, months) == pytest.approx(after, rel=1e-9)


@given(sizes(smallest=1), sizes(smallest=1), st.integers(20, 400))
def test_a_diameter_grows_as_the_cube_root_of_a_volume(before, after, days):
    """The rate of diameters is the rate of their cubes as volumes; the doubling time likewise."""
    for function in (nt.tumour_growth_rate, nt.volume_doubling_time):
        by_volume = function(before**3, after**3, days, measure="volume")
        assert function(before, after, days) == pytest.approx(by_volume, rel=1e-6, abs=1e-6)


@given(sizes(smallest=1), st.integers(20, 400))
def test_doubling_time_of_a_doubled_volume(before, days):
    """A doubled volume has doubled in the days between, a halved one has halved in them."""
    assert nt.volume_doubling_time(before, 2 * before, days, measure="volume") == pytest.approx(
        days
    )
    assert nt.volume_doubling_time(2 * before, before, days, measure="volume") == pytest.approx(
        -days
    )


def test_growth_at_the_edges():
    """Unchanged: rate 0, never doubles; nothing left: -100 % and no doubling time; unknown: NaN."""
    before, after = [20.0, 20.0, NAN, 20.0], [20.0, 0.0, 20.0, 22.0]
    days = [90.0, 90.0, 90.0, NAN]
    np.testing.assert_equal(nt.tumour_growth_rate(before, after, days), [0.0, -100.0, NAN, NAN])
    np.testing.assert_equal(nt.volume_doubling_time(before, after, days), [np.inf, NAN, NAN, NAN])
    durations = np.array([90], "timedelta64[D]")
    assert nt.tumour_growth_rate([20.0], [22.0], durations) == nt.tumour_growth_rate(
        [20.0], [22.0], [90.0]
    )
    assert nt.tumour_growth_rate(1e-3, 1e6, 1e-3) == np.inf
    assert nt.tumour_growth_rate([], [], []).shape == (0,)


def test_classes_and_cut_offs():
    """GREPONET's cut-offs are data with their source; a protocol can bring its own."""
    assert nt.tgr_class(4.0, cut=GREPONET_TGR0) == "high (>=4)"
    assert nt.tgr_class(3.99, cut=GREPONET_TGR0) == "low (<4)"
    assert nt.tgr_class(NAN) == "not measured"
    assert nt.tgr_class(np.float32([0.8]))[0] == "high (>=0.8)"
    assert (GREPONET_TGR3M.value, GREPONET_TGR0.value) == (0.8, 4.0)
    assert all("Lamarca" in cut.citation.document for cut in (GREPONET_TGR3M, GREPONET_TGR0))
    own = GrowthCutOff("protocol", 2.5, nt.criteria.Citation("protocol", "7.3"))
    assert nt.tgr_class([2.4, 2.5], cut=own).tolist() == ["low (<2.5)", "high (>=2.5)"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nt.depth_of_response(100.0),
            r"`sums` must have the axes \(\.\.\., timepoint\).*got shape \(\)",
        ),
        (lambda: nt.depth_of_response([]), r"`sums` must have the axes.*got shape \(0,\)"),
        (
            lambda: nt.depth_of_response([0, 10]),
            r"`sums` must be greater than 0 at baseline; got 0.0 at \[0\]",
        ),
        (
            lambda: nt.depth_of_response([10, -1]),
            r"`sums` must be finite and at least 0; got -1.0 at \[1\]",
        ),
        (lambda: nt.depth_of_response([10, 9], [0, 9]), "`responses` must be Response codes"),
        (lambda: nt.depth_of_response([10, 9], [0, 7, 7]), "shapes must broadcast"),
        (
            lambda: nt.early_tumour_shrinkage(0, 10),
            "`before` must be finite and greater than 0; got 0.0",
        ),
        (
            lambda: nt.early_tumour_shrinkage(10, -1),
            "`after` must be finite and at least 0; got -1.0",
        ),
        (
            lambda: nt.early_tumour_shrinkage(10, 5, cut=0),
            "`cut` must be a percent from 1 to 100; got 0",
        ),
        (lambda: nt.early_tumour_shrinkage(10, 5, cut=0.2), "got 0.2. Write 20 for 20 %"),
        (lambda: nt.early_tumour_shrinkage(10, 5, cut=True), "`cut` must be a percent"),
        (lambda: nt.early_tumour_shrinkage(10, 5, cut="20"), "`cut` must be a percent"),
        (lambda: nt.tumour_growth_rate(10, 11, 0), "`days` must be greater than 0; got 0.0"),
        (
            lambda: nt.tumour_growth_rate(10, 11, 90, measure="area"),
            "`measure` must be one of 'diameter', 'volume'",
        ),
        (
            lambda: nt.volume_doubling_time(10, np.inf, 90),
            "`after` must be finite and at least 0; got inf",
        ),
        (lambda: nt.tgr_class(["0.8"]), "`rate` must be numbers"),
        (lambda: nt.tgr_class(0.8, cut=0.8), "`cut` must be a GrowthCutOff; got 0.8"),
    ],
)
def test_bad_input_is_refused_with_the_repair(call, message):
    """Every refusal names the argument, what it must be, what it was, where, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_four_percent_falls_on_both_sides():
    """Exactly 4 % a month is fast in GREPONET and slow in CLARINET: two editions."""
    from nettumor.growth import CLARINET_TGR0, GREPONET_TGR0

    assert nt.tgr_class(4.0, cut=GREPONET_TGR0) == "high (>=4)"
    assert nt.tgr_class([4.0, 4.0001], cut=CLARINET_TGR0).tolist() == ["low (<=4)", "high (>4)"]


def test_window_and_change_of_the_growth_rate():
    """TGR3m is of days 61 to 121; its change needs both rates; printed examples."""
    assert nt.tgr_in_window([60, 61, 121, 122, np.nan]).tolist() == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert nt.tgr_in_window(np.timedelta64(91, "D")) is True
    np.testing.assert_allclose(nt.tgr_change([5.4, np.nan], -1.4), [-6.8, np.nan])
    for before, after, days, expected in ((100, 103, 91, 3.0105), (80, 100, 120, 18.5066),
                                          (100, 90, 84, -10.8217), (100, 100, 90, 0)):  # fmt: skip
        assert nt.tumour_growth_rate(before, after, days) == pytest.approx(expected, abs=1e-4)
    with pytest.raises(nt.InputError, match="`before` must be finite and at least -100"):
        nt.tgr_change(-101, 0)
    with pytest.raises(nt.InputError, match="`rate` must be"):
        nt.tgr_change(0, np.inf)


PARTIAL = [[60, 60], [40, NAN]]
"""One lesion of two was not measured: the sum falls from 100 to 60, and nothing shrank."""


def test_partial_sums_are_no_shrinkage():
    """Of a result, and where `n_missing` says so, a sum that is not complete has no depth, no growth
    and no early shrinkage; bare numbers are taken as complete.
    """
    for course in (nt.sum_of_lesions(PARTIAL), nt.target_response(PARTIAL)):
        assert np.isnan(nt.depth_of_response(course))
        before, after, missing = course.sum[0], course.sum[1], course.n_missing[1]
        assert np.isnan(nt.depth_of_response(course.sum, n_missing=course.n_missing))
        assert nt.depth_of_response(course.sum) == -40.0
        assert not nt.early_tumour_shrinkage(before, after, n_missing=missing)
        assert nt.early_tumour_shrinkage(before, after)
        for rate in (nt.tumour_growth_rate, nt.volume_doubling_time):
            assert np.isnan(rate(before, after, 90, n_missing=missing))
            assert rate(before, after, 90, n_missing=0) == rate(before, after, 90)
        with pytest.raises(nt.InputError, match="`n_missing` must be left out"):
            nt.depth_of_response(course, n_missing=0)
        with pytest.raises(nt.InputTypeError, match="`after` must be the sums of one visit"):
            nt.tumour_growth_rate(before, course, 90)
    with pytest.raises(nt.InputError, match="`n_missing` must be a number of lesions from 0"):
        nt.depth_of_response([100, 60], n_missing=[0, -1])
    assert nt.depth_of_response(nt.sum_of_lesions([[60, 40], [40, 20]])) == -40.0


def test_growth_over_several_scans():
    """The slope of least squares, as numpy.polyfit finds it course by course; two scans give the
    rate.
    """
    rng = np.random.default_rng(4)
    sums = rng.uniform(30, 120, (40, 5))
    sums[rng.random(sums.shape) < 0.3] = np.nan
    days = np.cumsum(rng.integers(20, 90, (40, 5)), axis=-1).astype(float)
    found = nt.tumour_growth_regression(sums, days)
    for course, day, rate in zip(sums, days, found, strict=True):
        known = ~np.isnan(course)
        if known.sum() < 2:
            assert np.isnan(rate)
            continue
        slope = np.polyfit(day[known] / 30.4375, 3 * np.log(course[known]), 1)[0]
        assert rate == pytest.approx(100 * np.expm1(slope), rel=1e-9)
    assert nt.tumour_growth_regression([100, 110], [0, 91]) == pytest.approx(
        nt.tumour_growth_rate(100, 110, 91), rel=1e-12
    )
    assert np.isnan(nt.tumour_growth_regression([100, 50, 0], [0, 28, 56]))
    partial = nt.sum_of_lesions([[60, 60, 60], [40, np.nan, 40]])
    assert nt.tumour_growth_regression(partial, [0, 28, 56]) == pytest.approx(0, abs=1e-12)
    assert nt.tumour_growth_regression([100, 60, 100], [0, 28, 56], n_missing=[0, 1, 0]) == 0
    for arguments, message in (
        (([100, -1], [0, 28]), "`sums` must be finite and at least 0"),
        (([100, 90], [28, 0]), "`days` must be strictly increasing"),
        ((100, 0), r"`sums` must have the axes \(..., timepoint\)"),
        (([100, 90], [0, 28, 56]), "The shapes must broadcast together"),
    ):
        with pytest.raises(nt.InputError, match=message):
            nt.tumour_growth_regression(*arguments)
