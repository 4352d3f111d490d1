"""Scales of a questionnaire: linear transformation, half rule, the map that the user brings."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from refusals import refused

NAN = np.nan
FIVE = nt.Scale(items=(34, 35, 36, 37, 38))


def slow(answers, *, function=False, lowest=1, highest=4):
    """The manual's formula, in fractions."""
    known = [Fraction(a) for a in answers if a is not None]
    if 2 * len(known) < len(answers):
        return None
    raw = sum(known) / len(known)
    share = (raw - lowest) / (highest - lowest)
    return float((1 - share if function else share) * 100)


@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=5, max_size=5), min_size=1),
    st.booleans(),
)
def test_agrees_with_the_formula(patients, function):
    """Any answers: the manual's formula; a scale of function is turned round."""
    scale = nt.Scale(items=FIVE.items, kind="function" if function else "symptom")
    answers = [[NAN if a is None else a for a in row] for row in patients]
    found = nt.questionnaire_score(answers, scale=scale)
    for score, row in zip(found, patients, strict=True):
        expected = slow(row, function=function)
        assert np.isnan(score) if expected is None else score == pytest.approx(expected, abs=1e-9)


def test_half_of_the_items():
    """Exactly half is enough, less is not; nothing is filled in."""
    two = nt.Scale(items=("a", "b"))
    assert nt.questionnaire_score([4, NAN], scale=two) == 100.0
    assert np.isnan(nt.questionnaire_score([NAN, NAN], scale=two))
    assert nt.questionnaire_score([1, 1, NAN, NAN, 1], scale=FIVE) == 0.0
    assert np.isnan(nt.questionnaire_score([1, 1, NAN, NAN, NAN], scale=FIVE))


def test_all_scales_of_a_frame():
    """A column a scale, in the order of the map; other columns are left alone."""
    frame = pd.DataFrame({"Q31": [1, 4], "Q32": [2, pd.NA], "Q49": [1, 3], "site": ["A", "B"]})
    scales = {"endocrine": nt.Scale(items=("Q31", "Q32")),
              "social": nt.Scale(items=["Q49"], kind="function")}  # fmt: skip
    found = nt.questionnaire_scores(frame, scales)
    assert list(found) == ["endocrine", "social"]
    np.testing.assert_allclose(found["endocrine"], [100 / 6, 100.0])
    np.testing.assert_allclose(found["social"], [100.0, 100 / 3])


def test_a_change_of_a_score_is_judged_like_any_symptom():
    """The scores are levels: larger is worse, half as much is no more than 50 %."""
    before, after = (nt.questionnaire_score(a, scale=FIVE) for a in ([3, 3, 3, 3, 3], [2] * 5))
    assert (
        nt.symptom_response(before, after, criteria=nt.criteria.SYMPTOMATIC_CLASSIC).label == "PR"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.questionnaire_score([1, 5], scale=nt.Scale(items=(1, 2))), "`answers` must be"),
        (lambda: nt.questionnaire_score([1, 0], scale=nt.Scale(items=(1, 2))), "from 1 to 4"),
        (lambda: nt.questionnaire_score([1], scale=nt.Scale(items=(1, 2))), "with 2 items"),
        (lambda: nt.questionnaire_score(1, scale=nt.Scale(items=(1,))), "must have the axis"),
        (lambda: nt.questionnaire_score([1], scale=(1,)), "`scale` must be a Scale"),
        (lambda: nt.questionnaire_score(["1"], scale=nt.Scale(items=(1,))), "must be numbers"),
        (lambda: nt.Scale(items="Q31"), "`items` must be the names"),
        (lambda: nt.Scale(items=()), "`items` must be one or more different"),
        (lambda: nt.Scale(items=(1, 1)), "`items` must be one or more different"),
        (lambda: nt.Scale(items=(1,), kind="functional"), "`kind` must be one of"),
        (lambda: nt.Scale(items=(1,), highest=1), "`highest` must be a number above"),
        (lambda: nt.Scale(items=(1,), highest="4"), "`highest` must be a number above"),
        (lambda: nt.questionnaire_scores({}, {}), "`scales` must be a mapping"),
        (lambda: nt.questionnaire_scores({}, {"A": (31,)}), "`scales` must hold Scale"),
        (lambda: nt.questionnaire_scores({"Q31": [1]}, {"A": nt.Scale(items=("Q32",))}),
         "column for item 'Q32' of scale 'A'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, message):
    """Every refusal names its argument and the repair."""
    refused(call, message)


@pytest.mark.parametrize(
    ("scale", "answer", "right"),
    [
        (nt.Scale(items=("a",)), 2.5, False),
        (nt.Scale(items=("a",)), 2.0, True),
        (nt.Scale(items=("a",), lowest=0, highest=1, step=0.1), 0.3, True),
        (nt.Scale(items=("a",), lowest=0, highest=1, step=0.1), 0.35, False),
        (nt.Scale(items=("a",), lowest=0, highest=100, step=None), 37.25, True),
    ],
)
def test_an_answer_lies_on_a_step_of_its_scale(scale, answer, right):
    """Boxes are ticked one by one; a mark on a line may stand anywhere (step=None)."""
    if right:
        share = (answer - scale.lowest) / (scale.highest - scale.lowest)
        assert nt.questionnaire_score([answer], scale=scale) == pytest.approx(100 * share)
    else:
        with pytest.raises(nt.InputError, match="`answers` must be answers in steps of"):
            nt.questionnaire_score([answer], scale=scale)


@pytest.mark.parametrize("step", [0, -1, True, float("nan"), 3.5, "1"])
def test_a_step_is_a_number_within_the_range(step):
    """A step of 0, or longer than the range, is refused."""
    with pytest.raises(nt.InputError, match="`step` must be a number above 0"):
        nt.Scale(items=("a",), step=step)
