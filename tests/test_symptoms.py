"""Symptomatic response: limits, symptoms that were absent, durable response, duration, and the slow
twin.
"""

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
import reference.levels as slow
from strategies import courses, increasing_days, sizes

R, NAN, INF, C = nt.Response, np.nan, np.inf, nt.criteria
VOGL, CLASSIC = C.SYMPTOMATIC_VOGL_2008, C.SYMPTOMATIC_CLASSIC

STORIES = [
    (20, 0, VOGL, "CR", "Y07: gone"),
    (20, 10, VOGL, "SD", "Y07: 50 % is not more than 50 %"),
    (20, 10, CLASSIC, "PR", "Y07: 50 % is at least 50 %"),
    (20, 11, CLASSIC, "SD", "Y07: less than 50 %"),
    (20, 9.9, VOGL, "PR", "more than 50 %"),
    (20, 25, VOGL, "SD", "25 % more is not progression"),
    (20, 25.1, VOGL, "PD", "more than 25 % more is"),
    (0, 0, VOGL, "NE", "absent before and after therapy"),
    (0, 5, VOGL, "NE", "absent before therapy, new after it"),
    (NAN, 5, VOGL, "NE", "not recorded"),
    (5, NAN, VOGL, "NE", "not recorded"),
]


@pytest.mark.parametrize(
    ("before", "after", "criteria", "answer", "story"), STORIES, ids=[s[-1] for s in STORIES]
)
def test_stories(before, after, criteria, answer, story):
    """Each rule with its sentence; one symptom, an array, and the object agree; a new symptom says
    so.
    """
    assert nt.symptom_response(before, after, criteria=criteria).label == answer
    assert nt.labels(nt.symptom_response([before], [after], criteria=criteria)).tolist() == [answer]
    one = nt.SymptomaticResponse.assess(before, after, criteria=criteria, name="flushing")
    assert one.explain().startswith(answer + ": flushing ")
    assert one.new is (before == 0 and after > 0)
    assert f"SymptomaticResponse({answer}" in repr(one)


numbers = st.one_of(sizes(), sizes(places=3), st.sampled_from([0.0, NAN, 10.0]))


@given(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30),
    st.sampled_from([VOGL, CLASSIC, attrs.evolve(VOGL, pd=None)]),
    st.integers(-4, 4),
)
def test_agrees_with_the_twin(rows, criteria, power):
    """Any decimals: the answer of exact arithmetic; a score on a scale of a power of two has the
    same.
    """
    before, after = np.array(rows).T
    expected = [slow.symptom(*row, criteria) for row in rows]
    assert nt.labels(nt.symptom_response(before, after, criteria=criteria)).tolist() == expected
    scaled = nt.symptom_response(before * 2.0**power, after * 2.0**power, criteria=criteria)
    assert nt.labels(scaled).tolist() == expected
    assessed = nt.SymptomaticResponse.assess(before, after, criteria=criteria)
    assert all(assessed.explain(i).startswith(expected[i] + ": ") for i in range(len(rows)))
    assert assessed.new.tolist() == [b == 0 and a > 0 for b, a in rows]
    assert assessed.symptomatic.tolist() == [b > 0 for b, a in rows]


@pytest.mark.parametrize("limit", [VOGL.pr, VOGL.pd, CLASSIC.pr])
def test_exact_limits_on_the_grid(limit):
    """On the grid of 0.1 each pair exactly on a limit, and its neighbours, is decided exactly."""
    before = np.arange(2, 4000, 2) / 10
    exact = np.round(before * (100 + limit.signed) / 100, 4)
    for criteria in (VOGL, CLASSIC):
        for step in (-1e-4, 0, 1e-4):
            after = np.round(exact + step, 4)
            expected = [slow.symptom(b, a, criteria) for b, a in zip(before, after, strict=True)]
            assert (
                nt.labels(nt.symptom_response(before, after, criteria=criteria)).tolist()
                == expected
            )


@given(
    sizes(smallest=0.1),
    st.lists(sizes(places=2), min_size=2, max_size=20),
    st.sampled_from([VOGL, CLASSIC]),
)
def test_more_of_a_symptom_is_never_better(before, after, criteria):
    """A larger frequency after therapy never has the better response."""
    answer = nt.symptom_response(before, np.sort(after), criteria=criteria)
    assert (np.diff(answer) <= 0).all()


def test_inputs_of_every_kind():
    """Empty, 0-d, narrow, strided, read-only and nullable inputs; nothing is changed, results own
    their data.
    """
    assert nt.symptom_response([], []).shape == (0,)
    assert nt.symptom_response(np.array(20), np.array(0)) is R.CR
    assert nt.symptom_response(
        np.float32([33.0]), np.float32([16.5]), criteria=CLASSIC
    ).tolist() == [R.PR]
    assert nt.symptom_response(pd.Series([20, pd.NA], dtype="Int64"), 0).tolist() == [R.CR, R.NE]
    counts = np.arange(12.0).reshape(3, 4)
    counts.setflags(write=False)
    answer = nt.SymptomaticResponse.assess(counts[:, ::2], counts[:, 1::2])
    assert answer.response.shape == (3, 2)
    assert answer.before.flags.writeable
    assert answer.before.base is None
    assert nt.symptom_response(counts[:1], counts[:, :1]).shape == (3, 4)


def test_denominator_are_the_symptomatic():
    """Who did not have the symptom is left out of the rate; who was not seen again
    stays in it.
    """
    answer = nt.SymptomaticResponse.assess(
        [20, 20, 0, 20, NAN, -1], [0, 20, 4, NAN, 3, 3], invalid="NE"
    )
    assert answer.symptomatic.tolist() == [True, True, False, True, False, False]
    assert answer.new.tolist() == [False, False, True, False, False, False]
    rate = nt.objective_response_rate(answer.response[answer.symptomatic])
    assert (rate.count, rate.total) == (1, 3)
    assert nt.SymptomaticResponse.assess(20, 0).symptomatic is True


def test_bad_input_is_refused():
    """Impossible values, shapes, kinds of criteria; or NE on request."""
    for arguments, keywords, message in [
        ((-1, 2), {}, r"`before` must be finite and at least 0"),
        ((1, INF), {}, r"`after` must be finite"),
        (([1, 2], [1, 2, 3]), {}, "must broadcast together"),
        ((1, 1), {"criteria": C.BIOLOGICAL_VOGL_2008}, "served by marker_response"),
    ]:
        with pytest.raises(nt.InputError, match=message):
            nt.symptom_response(*arguments, **keywords)
    answer = nt.SymptomaticResponse.assess([-1, 8], [1, 3], invalid="NE", name="pain")
    assert answer.response.tolist() == [R.NE, R.PR]
    assert "a value that cannot be: -1 before" in answer.explain(0)
    assert repr(answer) == "SymptomaticResponse(pain, 2 pairs: 1 PR, 1 NE)"
    assert repr(nt.SymptomaticResponse.assess([], [])) == "SymptomaticResponse(0 pairs: none)"


def test_symptoms_side_by_side():
    """The review's symptoms of one patient give one grade by a named rule."""
    before = dict(zip(nt.symptoms.SYMPTOMS, [20, 6, 0, 2, 0, NAN], strict=True))
    after = dict(zip(nt.symptoms.SYMPTOMS, [0, 4, 0, 1, 2, NAN], strict=True))
    each = {s: nt.SymptomaticResponse.assess(before[s], after[s], name=s) for s in before}
    assert [r.response.label for r in each.values()] == ["CR", "SD", "NE", "SD", "NE", "NE"]
    assert nt.combine_symptoms(each, rule="best") is R.CR
    assert nt.combine_symptoms(each, rule="worst") is R.SD
    assert nt.combine_symptoms(each, rule="primary", primary="diarrhoea") is R.SD


def test_telestar_example():
    """Y01: at most 4.2 a day from a baseline of 6.0 on 42 of 84 days is durable; 41 days
    are not.
    """
    good = nt.durable_symptom_response([4.2] * 42 + [4.3] * 42, 6.0)
    assert (good.responder, good.share, good.days_recorded, good.evaluable) == (
        True,
        50.0,
        84,
        True,
    )
    assert not nt.durable_symptom_response([4.2] * 41 + [NAN] * 43, 6.0).responder
    assert nt.durable_symptom_response([4.2] * 42 + [NAN] * 42, 6.0).days_recorded == 42
    assert nt.durable_symptom_response([4.2] * 42, 6.0).responder, (
        "days beyond the records are days without record"
    )
    assert not nt.durable_symptom_response([6.0] * 84 + [0.0] * 84, 6.0).responder, (
        "days beyond the period"
    )
    absent = nt.durable_symptom_response([[0.0] * 84] * 2, [0.0, NAN])
    assert absent.responder.tolist() == absent.evaluable.tolist() == [False, False]
    assert np.isnan(absent.share).all()


@given(
    st.lists(st.one_of(sizes(largest=10), st.just(NAN)), min_size=0, max_size=20),
    st.one_of(sizes(largest=10), st.just(NAN)),
    st.sampled_from([30, 25, 33.3]),
    st.sampled_from([50, 40, 66.7]),
    st.integers(1, 15),
)
def test_durable_response_agrees_with_the_twin(counts, baseline, reduction, share, days):
    """Any diary: the literal count of responding days."""
    answer = nt.durable_symptom_response(
        counts, baseline, reduction=reduction, share_of_days=share, days=days
    )
    assert answer.responder == slow.durable(counts, baseline, reduction, share, days)
    quarter = nt.durable_symptom_response(
        np.array(counts) / 4, baseline / 4, reduction=reduction, share_of_days=share, days=days
    )
    assert quarter.responder == answer.responder


@pytest.mark.parametrize(
    ("counts", "baseline", "keywords", "message"),
    [
        ([1, -1], 6, {}, r"`daily_counts` must be finite and at least 0 .* got -1.0 at \[1\]"),
        ([1], INF, {}, r"`baseline` must be finite"),
        (3, 6, {}, r"`daily_counts` must have the axis \(..., day\)"),
        ([[1], [2]], [1, 2, 3], {}, "must broadcast together"),
        ([1], 6, {"reduction": 0}, r"`reduction` must be a percent above 0"),
        ([1], 6, {"share_of_days": 101}, r"`share_of_days` must be a percent"),
        ([1], 6, {"days": 0}, r"`days` must be a whole number from 1"),
        ([1], 6, {"days": 8.5}, r"`days` must be a whole number from 1"),
        ([1], 6, {"days": True}, r"`days` must be a whole number from 1"),
        ([1], 6, {"reduction": "30"}, r"`reduction` must be a percent above 0 .* got '30'"),
        ([1], 6, {"share_of_days": NAN}, r"`share_of_days` must be a percent"),
        (["none"], 6, {}, r"`daily_counts` must be numbers; got text"),
    ],
)
def test_bad_diaries_are_refused(counts, baseline, keywords, message):
    """Each error names argument, requirement, value and repair."""
    with pytest.raises(nt.InputError, match=message):
        nt.durable_symptom_response(counts, baseline, **keywords)


def test_diaries_of_a_cohort():
    """One diary against many baselines, many diaries against one; the cohort's repr counts instead
    of listing.
    """
    one = nt.durable_symptom_response([4.2] * 84, [6.0, 5.9, 0.0], days=np.int64(84))
    assert one.responder.tolist() == [True, False, False]
    assert one.days_recorded.tolist() == [84, 84, 84]
    many = nt.durable_symptom_response(np.full((5, 84), 4.2), 6)
    assert many.share.tolist() == [100.0] * 5
    assert repr(many) == "DurableResponse(5 subjects: 5 evaluable, 5 responders)"
    assert nt.durable_symptom_response(np.zeros((0, 84)), []).responder.shape == (0,)


DURATIONS = [
    ([5, 7, 8, 5], [30, 60, 90, 180], 120, True, "recurrence at the first lesser response"),
    ([7, 7, 7, 7], [30, 60, 90, 180], 150, False, "still responding: censored at the last record"),
    ([7, 1, 0, 3], [30, 60, 90, 180], 150, True, "NE and MISSING are passed over"),
    ([7, 1, 0, 1], [30, 60, 90, 180], 0, False, "nothing recorded after the response"),
    ([5, 5, 3, 5], [30, 60, 90, 180], NAN, False, "no responder"),
    ([5, 7, 3, 7], [30, NAN, 90, 180], NAN, True, "the day of the response is not known"),
    ([7, 3, 7, 7], [30, NAN, 90, 180], NAN, True, "the day of the recurrence is not known"),
    ([], [], NAN, False, "no record"),
]


@pytest.mark.parametrize(
    ("codes", "days", "time", "event", "story"), DURATIONS, ids=[d[-1] for d in DURATIONS]
)
def test_duration_of_symptomatic_response(codes, days, time, event, story):
    """Duration from the first response to the recurrence, censored while responding; months on
    output.
    """
    codes = np.array(codes, np.int8)
    one = nt.symptom_response_duration(codes, days)
    np.testing.assert_equal((one.time, one.event), (time, event))
    np.testing.assert_equal(one.months, one.time / 30.4375)
    unknown = bool(one.reason & nt.EventReason.DAY_UNKNOWN)
    assert unknown == (bool(np.isnan(time)) and bool((codes >= 7).any()))
    many = nt.symptom_response_duration(np.stack([codes, codes]), days)
    np.testing.assert_array_equal(many.time, [time, time])
    assert many.reason.tolist() == [int(one.reason)] * 2


@given(
    courses(visits=6, subjects=5), increasing_days(visits=6, subjects=5), st.integers(0, 2**30 - 1)
)
def test_durations_agree_with_the_twin(codes, days, blanks):
    """Any courses, some days unknown: the literal search for the first response and the
    recurrence.
    """
    unknown = np.array([blanks >> i & 1 for i in range(30)], dtype=bool).reshape(5, 6)
    days = np.where(unknown, NAN, days)
    answer = nt.symptom_response_duration(codes, days)
    expected = [slow.duration(c.tolist(), d.tolist()) for c, d in zip(codes, days, strict=True)]
    np.testing.assert_array_equal(answer.time, [time for time, _ in expected])
    assert answer.event.tolist() == [event for _, event in expected]
    responders = (codes >= R.PR).any(axis=1)
    assert ((answer.reason & nt.EventReason.NOT_A_RESPONDER) == 0).tolist() == responders.tolist()
    assert repr(answer).startswith(f"SymptomDuration(5 subjects: {responders.sum()} responders, ")


def test_durations_print_in_a_line():
    """One patient prints the numbers."""
    assert repr(nt.symptom_response_duration([7, 5], [10, 40])) == (
        "SymptomDuration(time=30.0, event=True, reason=<EventReason.PROGRESSION: 1>)"
    )


def test_durations_refuse_bad_days():
    """Days that do not increase, and codes that are none, are refused."""
    with pytest.raises(nt.InputError, match="`days` must be strictly increasing"):
        nt.symptom_response_duration([7, 7], [30, 30])
    with pytest.raises(nt.InputError, match="`responses` must be Response codes"):
        nt.symptom_response_duration([7, 9], [30, 60])


def test_diarrhoea_grades():
    """CTCAE 5.0: below 4 more a day grade 1, from 4 grade 2, from 7 grade 3; no more is grade 0;
    unknown is NaN.
    """
    assert nt.diarrhoea_grade(2, [0, 2, 2.1, 5.9, 6, 8.9, 9]).tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert nt.diarrhoea_grade(0.1, 4.1) == 2.0, "exact on decimals"
    assert np.isnan(nt.diarrhoea_grade([NAN, 2], [3, NAN])).all()
    with pytest.raises(nt.InputError, match="`after` must be finite and at least 0 stools a day"):
        nt.diarrhoea_grade(2, -1)
    with pytest.raises(nt.InputError, match="must broadcast together"):
        nt.diarrhoea_grade([2, 2], [1, 2, 3])


@pytest.mark.parametrize(
    ("flushing", "diarrhoea", "answer"),
    [
        ("CR", "CR", "CR"), ("CR", "MISSING", "CR"), ("CR", "NE", "PR"), ("CR", "SD", "PR"),
        ("PR", "SD", "PR"), ("CR", "PD", "PD"), ("PR", "PD", "PD"), ("SD", "SD", "SD"),
        ("SD", "NE", "SD"), ("NE", "NE", "NE"), ("NE", "MISSING", "NE"),
        ("MISSING", "MISSING", "MISSING"),
    ],
)  # fmt: skip
def test_overall_grade_of_the_library(flushing, diarrhoea, answer):
    """CR all gone, else PD any, else PR any gone or better, else SD; in any order; absent symptoms
    do not count, unrecorded ones keep the others from CR.
    """
    pair = {"flushing": R[flushing], "diarrhoea": R[diarrhoea]}
    assert nt.combine_symptoms(pair, rule="overall").label == answer
    turned = dict(reversed(pair.items()))
    assert nt.combine_symptoms(turned, rule="overall").label == answer
    with pytest.raises(nt.InputError, match="`rule` must be one of"):
        nt.combine_markers({"CgA": [8]}, rule="overall")


def test_durations_of_several_subjects_fit_a_line():
    """Who responded, and whom it came back to."""
    answer = nt.symptom_response_duration([[5, 7, 3], [5, 7, 7], [5, 5, 5]], [0, 28, 56])
    assert repr(answer) == "SymptomDuration(3 subjects: 2 responders, 1 recurrences)"
