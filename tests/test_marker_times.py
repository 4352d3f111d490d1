"""Times on the biological axis, through the Kaplan-Meier there is; doubling time."""

import numpy as np
import pytest

import nettumor as nt
from refusals import refused

NAN, C, Why = np.nan, nt.criteria, nt.EventReason
DAYS = [0, 28, 56, 84]


def times(values, days=DAYS, limit=8, **keywords):
    """(response, normalisation, progression) of one marker: time and event of each."""
    course = nt.marker_course(values, days, upper_limit=limit)
    found = (
        nt.time_to_marker_response(course, **keywords),
        nt.time_to_normalisation(course, **keywords),
        nt.time_to_marker_progression(course, **keywords),
    )
    return [(f.time, bool(f.event)) for f in found]


STORIES = [
    # values, keywords, response, normalisation, progression, story
    ([100, 40, 7, 130], {}, (28, True), (56, True), (84, True), "all three"),
    ([100, 80, 80, 90], {}, (84, False), (84, False), (84, False), "none: the last sample"),
    ([100, 130, 40, 7], {}, (28, False), (28, False), (28, True), "progression ends the others"),
    ([100, 80, NAN, NAN], {}, (28, False), (28, False), (28, False), "the last one judged"),
    ([100, 80, 40, 7], {"cutoff": 40}, (28, False), (28, False), (28, False), "after the cut-off"),
    ([100, 80, 40, 7], {"cutoff": 56}, (56, True), (56, False), (56, False), "on the cut-off"),
    ([100, 80, 40, 7], {"new_therapy": 56}, (28, False), (28, False), (28, False), "new therapy"),
    ([100, 80, 40, 7], {"cutoff": 5}, (0, False), (0, False), (0, False), "nothing before it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "keywords", "response", "normal", "end", "story"),
    STORIES,
    ids=[s[-1] for s in STORIES],
)
def test_stories(values, keywords, response, normal, end, story):
    """Each rule with its sentence."""
    assert times(values, **keywords) == [response, normal, end]


def test_who_cannot_respond_has_no_time():
    """A normal or a missing baseline, and a course without a sample: NaN, left out of the curve."""
    course = nt.marker_course(
        [[5, 7, 20], [NAN, 7, 7], [100, NAN, NAN], [100, 40, 30]], DAYS[:3], upper_limit=8
    )
    found = nt.time_to_marker_response(course)
    np.testing.assert_array_equal(found.time, [NAN, NAN, NAN, 28])
    assert found.event.tolist() == [False, False, False, True]
    assert (found.reason[:3] == Why.NO_BASELINE).all()
    curve = nt.kaplan_meier(found.time, found.event)
    assert (curve.excluded, curve.median) == (3, 28.0)
    np.testing.assert_array_equal(nt.time_to_normalisation(course).time, [NAN, NAN, NAN, 56])


def test_a_day_that_is_not_known_dates_nothing():
    """The response happened, its day is not known: no time, with the reason."""
    course = nt.marker_course([100, 7], [0, NAN], upper_limit=8)
    for found in (nt.time_to_marker_response(course), nt.time_to_normalisation(course)):
        assert np.isnan(found.time)
        assert found.reason == Why.DAY_UNKNOWN
        assert "not known" in found.explain()


def test_confirmed_responses_are_timed_at_the_first():
    """With confirmation the time is that of the first sample, and unconfirmed ones are none."""
    gcig = {"upper_limit": 35, "criteria": C.CA125_GCIG_2011}
    course = nt.marker_course([[400, 100, 100], [400, 100, 300]], [0, 28, 56], **gcig)
    found = nt.time_to_marker_response(course)
    assert (found.time.tolist(), found.event.tolist()) == ([28, 56], [True, False])
    rise = nt.marker_course([400, 100, 200, 300], [0, 28, 56, 70], **gcig)
    assert nt.time_to_marker_progression(rise).time == 56.0
    assert "CA-125" in found.explain(0)


def test_doubling_time():
    """t ln 2 / ln(after / before): doubled, halved, unchanged, not measured, 0."""
    found = nt.marker_doubling_time([50, 80, 50, NAN, 0, 9], [100, 40, 50, 9, 9, 0], 30)
    np.testing.assert_array_equal(found, [30.0, -30.0, np.inf, NAN, NAN, NAN])
    assert nt.marker_doubling_time(10, 40, np.timedelta64(60, "D")) == 30.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.time_to_marker_response([7]), "`course` of time_to_marker_response must be"),
        (lambda: nt.time_to_normalisation([7]), "`course` of time_to_normalisation"),
        (lambda: nt.time_to_marker_progression([7]), "`course` of time_to_marker_progression"),
        (lambda: nt.marker_doubling_time(-1, 2, 3), "`before` must be finite and at least 0"),
        (lambda: nt.marker_doubling_time(1, np.inf, 3), "`after` must be finite and at least 0"),
        (lambda: nt.marker_doubling_time(1, 2, 0), "`days` must be greater than 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    """Every refusal names its argument and the repair."""
    refused(call, message)
