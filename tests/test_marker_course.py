"""A marker over time: each edition's rule, confirmation, normalisation, progression, and the twin."""

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
import reference.marker_course as slow
from refusals import refused
from strategies import sizes

R, NAN, INF, C, Reason = nt.Response, np.nan, np.inf, nt.criteria, nt.Reason
VOGL, WHO, GCIG = C.BIOLOGICAL_VOGL_2008, C.BIOLOGICAL_NET_WHO, C.CA125_GCIG_2011
DESAI, BLOOMSTON = C.PANCREASTATIN_DESAI_2001, C.PANCREASTATIN_BLOOMSTON_2007
NADIR = attrs.evolve(WHO, pd=attrs.evolve(WHO.pd, reference="nadir"), title="WHO from the nadir")
EDITIONS = [VOGL, WHO, GCIG, DESAI, BLOOMSTON, NADIR, attrs.evolve(VOGL, pd=None)]

STORIES = [
    # values, days, limit, edition, responses, best, its day, normal, progression, story
    ([100, 50, 49.9, 10, 9.9, 126], [0, 28, 56, 84, 112, 140], 10, VOGL,
     "MISSING SD PR CR CR PD", "CR", 84, 84, 140, "the review: strict, from baseline"),
    ([100, 75, 50, 125], [0, 28, 56, 84], 10, WHO,
     "MISSING MR PR PD", "PR", 56, NAN, 84, "the NET convention: at least"),
    ([100, 40, 50, 49.9], [0, 28, 56, 84], 10, NADIR,
     "MISSING PR PD PR", "PR", 28, NAN, 56, "a protocol may look at the nadir"),
    ([70, 35, 34, 20], [-14, 28, 56, 84], 35, GCIG,
     "MISSING CR CR CR", "CR", 28, 28, NAN, "GCIG: twice the limit within two weeks is judged"),
    ([69.9, 35, 34, 20], [-14, 28, 56, 84], 35, GCIG,
     "MISSING NE NE NE", "NE", 28, 28, NAN, "GCIG: below twice the limit is not"),
    ([400, 200, 200], [-15, 28, 56], 35, GCIG,
     "MISSING NE NE", "NE", 28, NAN, NAN, "GCIG: 15 days before treatment is too early"),
    ([400, 200, 200], [1, 28, 56], 35, GCIG,
     "MISSING NE NE", "NE", 28, NAN, NAN, "GCIG: a sample after the start is no baseline"),
    ([400, 200, 199, 100], [0, 28, 55, 56], 35, GCIG,
     "MISSING PR PR PR", "PR", 28, NAN, NAN, "GCIG: confirmed 28 days later, dated at the first"),
    ([400, 200, 199], [0, 28, 55], 35, GCIG,
     "MISSING PR PR", "SD", 28, NAN, NAN, "GCIG: 27 days confirm nothing"),
    ([400, 200, 201, 199], [0, 28, 56, 84], 35, GCIG,
     "MISSING PR SD PR", "SD", 28, NAN, NAN, "GCIG: the response has to be maintained"),
    ([400, 200, NAN, 199], [0, 28, 56, 84], 35, GCIG,
     "MISSING PR NE PR", "PR", 28, NAN, NAN, "a sample that was lost breaks nothing"),
    ([400, 30, 70, 75], [0, 28, 56, 63], 35, GCIG,
     "MISSING CR PD PD", "SD", 28, 28, 56, "GCIG: was normal, twice the limit a week apart"),
    ([400, 30, 70, 75], [0, 28, 56, 62], 35, GCIG,
     "MISSING CR PD PD", "PR", 28, 28, NAN, "GCIG: six days apart is no progression"),
    ([400, 30, 69.9, 69.9], [0, 28, 56, 84], 35, GCIG,
     "MISSING CR PR PR", "PR", 28, 28, NAN, "GCIG: just below twice the limit"),
    ([400, 100, 200, 200], [0, 28, 56, 63], 35, GCIG,
     "MISSING PR PD PD", "SD", 28, NAN, 56, "GCIG: never normal, twice the nadir"),
    ([400, 100, 199.9, 199.9], [0, 28, 56, 63], 35, GCIG,
     "MISSING PR PR PR", "PR", 28, NAN, NAN, "GCIG: just below twice the nadir"),
    ([20, 70, 80], [0, 28, 56], 35, GCIG,
     "MISSING PD PD", "PD", 28, NAN, 28, "GCIG: normal at baseline, twice the limit"),
    ([20, 70, 60], [0, 28, 56], 35, GCIG,
     "MISSING PD NE", "NE", 28, NAN, NAN, "GCIG: one sample alone is no progression"),
    ([100, 80], [0, 28], NAN, DESAI, "MISSING PR", "PR", 28, NAN, NAN, "Desai: 20 % is a response"),
    ([100, 80], [0, 28], NAN, BLOOMSTON, "MISSING SD", "SD", 28, NAN, NAN, "Bloomston: it is none"),
    ([100, 79], [0, 28], 200, BLOOMSTON,
     "MISSING PR", "PR", 28, NAN, NAN, "pancreastatin: whoever is normal counts too"),
    ([NAN, 10, 5], [0, 28, 56], 8, VOGL, "NE NE NE", "NE", 0, NAN, NAN, "no baseline, no response"),
    ([100], [0], 8, VOGL, "MISSING", "MISSING", NAN, NAN, NAN, "nothing after the baseline"),
    ([0, 5], [0, 28], NAN, VOGL, "MISSING NE", "NE", 28, NAN, NAN, "not present before therapy"),
    ([5, 7, 20], [0, 28, 56], 8, VOGL, "MISSING NE PD", "PD", 56, NAN, 56, "becomes abnormal"),
    ([100, 40, 7], [0, NAN, 60], 8, VOGL,
     "MISSING PR CR", "CR", 60, 60, NAN, "a day that is not known keeps its place"),
    ([100, 7], [0, NAN], 8, VOGL, "MISSING CR", "CR", NAN, NAN, NAN, "and dates nothing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "days", "limit", "edition", "responses", "best", "day", "normal", "end", "story"),
    STORIES,
    ids=[s[-1] for s in STORIES],
)
def test_stories(values, days, limit, edition, responses, best, day, normal, end, story):
    """Each rule with its sentence: every sample, the best with its day, normalisation, progression;
    every sentence begins with the response.
    """
    found = nt.marker_course(values, days, upper_limit=limit, criteria=edition)
    assert nt.labels(found.response).tolist() == responses.split()
    assert found.best.label == best
    for said, expected in (
        (found.best_day, day),
        (found.normalised_day, normal),
        (found.progression_day, end),
    ):
        assert said == expected or (np.isnan(said) and np.isnan(expected))
    for t, label in enumerate(responses.split()):
        assert found.explain(t).startswith(label + ": ")
    assert best in repr(found)


values_of = st.one_of(
    sizes(places=1, largest=60),
    st.sampled_from([0.0, NAN, 5.0, 10.0, 20.0, 40.0, 80.0]),
)


@given(
    st.lists(
        st.lists(st.tuples(values_of, st.integers(1, 30), st.booleans()), min_size=6, max_size=6),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([10.0, 5.5, NAN]),
    st.integers(-20, 2),
    st.sampled_from(EDITIONS),
    st.sampled_from(["criteria", None, 28, 7]),
    st.integers(-4, 4),
)
def test_agrees_with_the_twin(patients, limit, start, edition, confirmation, power):
    """Any decimals and days: the answer of exact arithmetic, one patient at a time; marker and
    limit scaled together by a power of two change nothing; nothing changes by a later sample.
    """
    found, values, days, options = markers_are_the_twins(
        patients, limit, start, edition, confirmation
    )
    scaled = nt.marker_course(
        values * 2.0**power, days, upper_limit=np.float64(limit) * 2.0**power, **options
    )
    np.testing.assert_array_equal(scaled.response, found.response)
    np.testing.assert_array_equal(scaled.best, found.best)
    earlier = nt.marker_course(values[:, :4], days[:, :4], upper_limit=limit, **options)
    np.testing.assert_array_equal(earlier.response, found.response[:, :4])
    np.testing.assert_array_equal(earlier.reason, found.reason[:, :4])


def markers_are_the_twins(patients, limit, start, edition, confirmation):
    """What the twin says of each patient; what `marker_course` says, and of what."""
    values = np.array([[v for v, _, _ in p] for p in patients])
    gaps = np.array([[start] + [gap for _, gap, _ in p[1:]] for p in patients], dtype=float)
    days = np.cumsum(gaps, axis=-1)
    days[
        np.array([[False] + [hidden and gap < 8 for _, gap, hidden in p[1:]] for p in patients])
    ] = NAN
    options = {"criteria": edition, "confirmation_days": confirmation}
    found = nt.marker_course(values, days, upper_limit=limit, **options)
    own = getattr(edition, "confirmation_days", None)
    least = own if confirmation == "criteria" else confirmation
    for i in range(len(patients)):
        samples = [
            tuple(None if np.isnan(x) else x for x in (d, v, limit))
            for d, v in zip(days[i], values[i], strict=True)
        ]
        said, best, *dated = slow.course(samples, edition, least)
        assert nt.labels(found.response[i]).tolist() == said
        assert nt.labels(found.best)[i] == best
        got = [found.best_day, found.response_day, found.normalised_day, found.progression_day]
        assert [None if np.isnan(d[i]) else d[i] for d in got] == dated
        assert all(found.explain((i, t)).startswith(said[t]) for t in range(len(said)))
    return found, values, days, options


@given(st.lists(values_of, min_size=2, max_size=6), st.sampled_from([10.0, NAN]))
def test_one_pair_is_marker_response(values, limit):
    """Without a nadir each sample has the response of its pair."""
    for edition in (VOGL, WHO, DESAI, BLOOMSTON):
        course = nt.marker_course(
            values, np.arange(len(values)), upper_limit=limit, criteria=edition
        )
        pairs = nt.marker_response(values[0], values[1:], upper_limit=limit, criteria=edition)
        np.testing.assert_array_equal(course.response[1:], pairs)


def test_conversion_changes_nothing():
    """The same samples in mg or in umol a day have one course."""
    mg = np.array([[24.0, 12.0, 8.0, 31.2], [60.1, 30.05, 30.04, 75.2]])
    umol = nt.markers.convert(mg, "mg/24h", "umol/24h", marker="5-HIAA")
    limit = nt.markers.convert(8.0, "mg/24h", "umol/24h", marker="5-HIAA")
    one = nt.marker_course(mg, [0, 28, 56, 84], upper_limit=8.0, criteria=WHO)
    other = nt.marker_course(umol, [0, 28, 56, 84], upper_limit=limit, criteria=WHO)
    np.testing.assert_array_equal(one.response, other.response)
    assert nt.labels(one.response[0]).tolist() == ["MISSING", "PR", "CR", "PD"]


def test_below_detection_is_never_zero():
    """A result "<0.5" is an interval, the limit or half of it; where its ends differ there is no verdict."""
    values, days, below = [1.8, NAN, NAN, NAN], [0, 28, 56, 84], [NAN, 0.5, 0.91, 3.0]
    ask = {"below": below}
    interval = nt.marker_course(values, days, **ask)
    assert nt.labels(interval.response).tolist() == ["MISSING", "PR", "NE", "NE"]
    assert np.isnan(interval.percent_from_baseline[1])
    assert "below detection" in interval.explain(2)
    limit = nt.marker_course(values, days, below_detection="limit", **ask)
    assert nt.labels(limit.response).tolist() == ["MISSING", "PR", "SD", "PD"]
    half = nt.marker_course(values, days, below_detection="half", **ask)
    assert nt.labels(half.response).tolist() == ["MISSING", "PR", "PR", "SD"]
    normal = nt.marker_course(values, days, upper_limit=1.0, **ask)
    assert nt.labels(normal.response).tolist() == ["MISSING", "CR", "CR", "NE"]
    first = nt.marker_course([NAN, 4.0, 0.2], [0, 28, 56], below=[0.5, NAN, NAN])
    assert nt.labels(first.response).tolist() == ["MISSING", "PD", "NE"], "at baseline too"
    neither = nt.marker_course([9.0, NAN], [0, 28], below=[NAN, NAN])
    assert nt.labels(neither.response).tolist() == ["MISSING", "NE"]


def test_numbers_beside_the_responses():
    """Percent from baseline and from the nadir before the sample; nothing at the baseline."""
    found = nt.marker_course([200, 100, NAN, 150], [0, 28, 56, 84])
    np.testing.assert_array_equal(found.percent_from_baseline, [NAN, -50.0, NAN, -25.0])
    np.testing.assert_array_equal(found.nadir, [NAN, 200, 100, 100])
    np.testing.assert_array_equal(found.percent_from_nadir, [NAN, -50.0, NAN, 50.0])
    zero = nt.marker_course([200, 0, 10], [0, 28, 56])
    assert np.isnan(zero.percent_from_nadir[2]), "no percent of 0"


def test_confirmation_may_be_asked_for_or_turned_off():
    """The argument stands over the edition; `confirmed` says whether it was asked and met."""
    values, days = [100, 40, 45], [0, 28, 60]
    plain = nt.marker_course(values, days)
    assert (plain.best, plain.confirmed, plain.response_day) == (R.PR, False, 28.0)
    asked = nt.marker_course(values, days, confirmation_days=28)
    assert (asked.best, asked.confirmed, asked.response_day) == (R.PR, True, 28.0)
    late = nt.marker_course(values, days, confirmation_days=33)
    assert (late.best, late.confirmed) == (R.SD, False)
    assert np.isnan(late.response_day)
    off = nt.marker_course(
        [400, 200], [0, 28], upper_limit=35, criteria=GCIG, confirmation_days=None
    )
    assert (off.best, off.confirmed) == (R.PR, False)


def test_course_without_unconfirmed_progressions_feeds_the_endpoints():
    """`course` reads a progression that was never confirmed by the other limits."""
    found = nt.marker_course([400, 100, 250, 90], [0, 28, 56, 84], upper_limit=35, criteria=GCIG)
    assert nt.labels(found.response).tolist() == ["MISSING", "PR", "PD", "PR"]
    assert nt.labels(found.course).tolist() == ["MISSING", "PR", "SD", "PR"]


def test_shapes():
    """Leading axes stay, one course has plain values; limits and days broadcast; containers."""
    values = np.full((3, 2, 4), 100.0)
    values[..., 2] = 30.0
    found = nt.marker_course(values, [0, 28, 56, 84], upper_limit=np.full((3, 1, 1), 50.0))
    assert found.response.shape == found.nadir.shape == found.days.shape == (3, 2, 4)
    assert found.best.shape == found.progression_day.shape == found.confirmed.shape == (3, 2)
    assert (found.best == R.CR).all()
    assert repr(found) == "MarkerCourse(6 courses: best 6 CR; 0 progressions)"
    empty = nt.marker_course(np.empty((0, 4)), [0, 1, 2, 3])
    assert empty.best.shape == (0,)
    assert "none" in repr(empty)
    series = nt.marker_course(pd.Series([100, pd.NA, 40], dtype="Int64"), pd.Series([0, 28, 56]))
    assert nt.labels(series.response).tolist() == ["MISSING", "NE", "PR"]
    delta = nt.marker_course([100, 40], np.array([0, 28], "timedelta64[D]"))
    assert delta.best_day == 28.0
    wide = nt.marker_course([100, 40], np.array([[0, 28], [0, 56]]))
    assert wide.best_day.tolist() == [28.0, 56.0]
    later = nt.marker_course([100, 9, 8], [0, 28, 56], upper_limit=[NAN, 10, 10])
    assert nt.labels(later.response).tolist() == ["MISSING", "CR", "CR"], "its own limit"
    short = nt.marker_course(np.array([1.1, 0.55], np.float32), [0, 28], criteria=WHO)
    assert short.best == R.PR


def test_invalid_numbers():
    """Impossible values raise with their place, or are not evaluable and leave the nadir alone."""
    refused(lambda: nt.marker_course([100, -1], [0, 28]), r"`values` must be .* got -1.0 at \[1\]")
    refused(lambda: nt.marker_course([100, 1], [0, 28], upper_limit=0), "`upper_limit` must be")
    found = nt.marker_course([100, -1, 40, INF], [0, 28, 56, 84], invalid="NE")
    assert nt.labels(found.response).tolist() == ["MISSING", "NE", "PR", "NE"]
    assert found.nadir[2] == 100.0
    assert Reason.INVALID in Reason(int(found.reason[1]))
    assert found.explain(1).startswith("NE: a value or an upper limit that cannot be")
    baseline = nt.marker_course([-5, 40], [0, 28], invalid="NE")
    assert nt.labels(baseline.response).tolist() == ["NE", "NE"]
    limits = nt.marker_course([50, 40], [0, 28], upper_limit=-3, invalid="NE")
    assert nt.labels(limits.response).tolist() == ["NE", "NE"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.marker_course(5, 0), "must have the axes"),
        (lambda: nt.marker_course([], []), "must have the axes"),
        (lambda: nt.marker_course([5], [0, 1]), "`values` must have the timepoints"),
        (lambda: nt.marker_course([5, 4], [28, 28]), "`days` must be strictly increasing"),
        (
            lambda: nt.marker_course([5, 4], np.array(["2020-01-01", "2020-02-01"], "M8[D]")),
            "`days`",
        ),
        (lambda: nt.marker_course(["5", "4"], [0, 28]), "`values` must be numbers"),
        (lambda: nt.marker_course([5, 4], [0, 28], criteria=C.RECIST_1_1), "target_response"),
        (lambda: nt.marker_course([5, 4], [0, 28], criteria=GCIG), "`upper_limit` must be given"),
        (lambda: nt.marker_course([5, 4], [0, 28], confirmation_days="28"), "`confirmation_days`"),
        (lambda: nt.marker_course([5, 4], [0, 28], confirmation_days=-1), "`confirmation_days`"),
        (lambda: nt.marker_course([5, 4], [0, 28], confirmation_days=True), "`confirmation_days`"),
        (lambda: nt.marker_course([5, NAN], [0, 28], below=[NAN, 0.0]), "`below` must be"),
        (lambda: nt.marker_course([5, 4], [0, 28], below_detection="zero"), "`below_detection`"),
        (lambda: nt.marker_course([5, 4], [0, 28], invalid="drop"), "`invalid` must be one of"),
        (lambda: nt.marker_response(100, 50, criteria=GCIG), "It is served by marker_course"),
        (lambda: attrs.evolve(GCIG, pd=None), "`pd_multiple` of MarkerCourseCriteria"),
        (lambda: attrs.evolve(GCIG, eligible="all"), "`eligible`"),
    ],
)
def test_bad_input_is_refused(call, message):
    """Every refusal names its argument and the repair."""
    refused(call, message)


def test_baseline_of_unknown_day():
    """Where the edition asks for the day of the baseline and it is not known, the reason says so."""
    found = nt.marker_course([400, 100], [NAN, 28], upper_limit=35, criteria=GCIG)
    assert nt.labels(found.response).tolist() == ["MISSING", "NE"]
    assert Reason.DAY_UNKNOWN in Reason(int(found.reason[1]))
    assert "not known" in found.explain(1)


def test_a_change_from_zero_has_no_percent():
    """From nothing a marker is up, or unchanged."""
    risen = nt.marker_course([0, 40], [0, 28], upper_limit=10).explain()
    assert risen.startswith("PD: 40.0 is up from the baseline of 0.0 and up from the nadir of 0.0;")
    gone = nt.marker_course([50, 0, 0], [0, 28, 49], upper_limit=10).explain()
    assert "-100.0 % from the baseline of 50.0 and unchanged from the nadir of 0.0" in gone


def test_the_last_sample_is_explained_by_default():
    """Of one course the sentence may be asked for without a place: it is that of the last sample."""
    found = nt.marker_course([210, 95, 130], [0, 28, 56])
    assert found.explain() == found.explain(2)
    assert found.explain((-1,)).startswith("SD: 130.0 is")


def test_explanations():
    """Sentences with the numbers, the limits and the source."""
    gcig = nt.marker_course([400, 30, 75], [0, 28, 56], upper_limit=35, criteria=GCIG)
    assert gcig.explain(0) == (
        "MISSING: 400.0 is the baseline (CA-125 after GCIG 2011, response and progression by CA-125)"
    )
    assert "30.0 is at or below the upper limit of 35.0, -92.5 % from the baseline" in gcig.explain(
        1
    )
    assert "limits -50 % and +100 % (nadir) and 2.0 times" in gcig.explain(2).replace(
        "2 times", "2.0 times"
    )
    unfit = nt.marker_course([60, 30], [-20, 28], upper_limit=35, criteria=GCIG)
    assert "not 2 times the upper limit of 35.0 or (day -20.0) not within 14 days" in unfit.explain(
        1
    )
    other = attrs.evolve(GCIG, baseline_days=None)
    unfit = nt.marker_course([60, 30], [-20, 28], upper_limit=35, criteria=other)
    assert "the baseline of 60.0 is not 2 times the upper limit of 35.0 (CA" in unfit.explain(1)
    assert "is not above 8.0" in nt.marker_course([5, 4], [0, 28], upper_limit=8).explain(1)
    assert "is not present" in nt.marker_course([0, 4], [0, 28]).explain(1)
    assert "not measured, baseline 5.0" in nt.marker_course([5, NAN], [0, 28]).explain(1)
    assert "baseline not measured" in nt.marker_course([NAN, 4], [0, 28]).explain(0)
    assert nt.marker_course([5, 4], [0, 28]).explain(-2).startswith("MISSING")


def test_editions_print_what_they_ask():
    """The prose of the editions names baseline, confirmation and who is judged."""
    text = str(GCIG)
    for part in ("2 times the upper limit", "at most 14 days before", "28 days", "7 days"):
        assert part in text
    assert "above its upper limit before" not in str(DESAI)
    assert DESAI.needs_course is False
    assert GCIG.needs_course is True


def test_an_absolute_limit_beside_the_percent():
    """A protocol may ask for an absolute rise too: +30 % of 10 is not yet 5 units."""
    limit = attrs.evolve(VOGL.pd, absolute=5, unit="mg/24h")
    found = nt.marker_course([10, 13, 15], [0, 28, 56], criteria=attrs.evolve(VOGL, pd=limit))
    assert nt.labels(found.response).tolist() == ["MISSING", "SD", "PD"]


def test_many_courses_are_judged_like_one():
    """More courses than are worked on at a time: each as by itself, with leading axes."""
    values = np.round(np.random.default_rng(1).lognormal(3, 1, (3, 14000, 5)), 1)
    whole = nt.marker_course(values, [0, 28, 56, 84, 112], upper_limit=10, criteria=GCIG)
    for place in [(0, 0), (1, 3999), (2, 191), (2, 192), (2, 3999)]:
        one = nt.marker_course(values[place], [0, 28, 56, 84, 112], upper_limit=10, criteria=GCIG)
        assert whole.best[place] == one.best
        np.testing.assert_array_equal(whole.response[place], one.response)
        np.testing.assert_array_equal(whole.percent_from_nadir[place], one.percent_from_nadir)
        np.testing.assert_array_equal(whole.normalised_day[place], one.normalised_day)


def test_values_beyond_any_marker_give_no_warning():
    """1e308 times a limit is infinite: no warning, and the answer is one of the responses."""
    found = nt.marker_course([1e300, 1e10, 1e308], [0, 28, 56], upper_limit=8)
    assert nt.labels(found.response).tolist() == ["MISSING", "PR", "PD"]
