"""The review's complications, and a cohort's rates beside them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor.complications import rates, table
from nettumor.errors import InputError


def test_table_is_whole():
    """60 rows; 9 figures in percent and 2 counts are printed, the rest is named without a figure; the
    notice stands in every row."""
    t = table()
    assert t.n_rows == 60
    assert set(t["notice"].tolist()) == {"Vogl et al. 2008; not medical advice"}
    assert np.count_nonzero(t["unit"] == "percent") == 9
    assert np.count_nonzero(t["unit"] == "patients") == 2
    assert np.isnan(t["figure_low"][t["unit"] == ""]).all()
    rows = {r["id"]: r for r in t.rows()}
    assert (rows["K-33"]["figure_low"], rows["K-33"]["figure_high"]) == (80, 90)
    assert rows["K-45"]["bound"] == "at most"
    assert rows["K-25"]["place"] == "and a morbidity of 28% have been"
    assert nt.complications.table().n_rows == 60


def test_counts_are_those_of_the_figures():
    """Where a denominator is known, the whole number of patients gives the printed figure."""
    for row in table().rows():
        if row["unit"] == "percent" and row["count_computed"] == row["count_computed"]:
            share = 100 * row["count_computed"] / row["denominator"]
            assert share == pytest.approx(row["figure_low"], abs=0.5)


def test_rates_beside_the_review():
    """52 of 60 with post-embolization syndrome: 80 to 90 % lie within the exact interval; 10 of 18 with any
    morbidity: the review's 28 % lies below it; an abscess has no figure; 0 of 18 deaths in 30 days."""
    found = rates(
        {"post-embolization syndrome": 52, "liver abscess": 0, "any morbidity": 10, "death within 30 days": 0},
        {"post-embolization syndrome": 60, "liver abscess": 60, "any morbidity": 18, "death within 30 days": 18},
        treatment="TACE",
    )  # fmt: skip
    by = {r["complication"]: r for r in found.rows()}
    assert found.n_rows == 4
    assert by["post-embolization syndrome"]["beside"] == "inside the interval"
    assert by["any morbidity"]["beside"] == "below the interval"
    assert by["liver abscess"]["beside"] == "no figure"
    assert by["liver abscess"]["severity"] == "major"
    zero = by["death within 30 days"]
    assert (zero["estimate"], zero["low"], zero["beside"]) == (0, 0, "inside the interval")
    assert zero["high"] == pytest.approx(1 - 0.025 ** (1 / 18))
    few = rates({"post-embolization syndrome": 5}, 60).rows()[0]
    assert few["beside"] == "above the interval"


def test_treatments():
    """Rows that speak of TAE and TACE, or of resection or transplantation, speak of each; without a
    treatment every row that names the complication stands there."""
    assert rates({"fever": 1}, 10)["treatment"].tolist() == ["interferon", "TAE and TACE"]
    assert rates({"fever": 1}, 10, treatment="TAE")["id"].tolist() == ["K-34"]
    assert rates({"bleeding": 1}, 10, treatment="transplantation").n_rows == 1
    assert rates({"major complications": 1}, 10, "LITT")["review_low"].tolist() == [1.2]
    open_end = rates({"major complications": 9}, 10, "RFA").rows()[0]
    assert open_end["beside"] == "below the interval", "5 % or less"
    assert rates({}, 10).n_rows == 0
    litt = rates({"death from sepsis within 30 days": 1}, 80).rows()[0]
    assert litt["beside"] == "no figure", "a count without a denominator is no rate"


@given(st.integers(0, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_in_its_interval(pair):
    """The interval holds the rate; an empty cohort excludes nothing."""
    row = rates({"any morbidity": pair[0]}, pair[1], treatment="TACE").rows()[0]
    if pair[1]:
        assert row["low"] <= row["estimate"] <= row["high"]
    else:
        assert (row["low"], row["high"], row["beside"]) == (0, 1, "inside the interval")


REFUSED = [
    (({"abscess": 1}, 10), "complications as the review does; got 'abscess'. Did you mean"),
    (({"fever": 1}, 10, "RFA"), "`counts` must name complications of RFA"),
    (({"fever": 11}, 10), "`counts` must be at most the total; got 11 of 10 for 'fever'"),
    (({"fever": -1}, 10), "`counts` must be whole numbers of patients; got -1"),
    (({"fever": 1.5}, 10), "`counts` must be whole numbers of patients; got 1.5"),
    (({"fever": True}, 10), "`counts` must be whole numbers of patients; got True"),
    (({"fever": 1}, {"nausea": 10}), "`total` must be whole numbers of patients; got None"),
    (({"fever": 1}, 10, "SIRTT"), "`treatment` must be one of the review; got 'SIRTT'"),
    (([1], 10), "`counts` must be a mapping"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refusals(arguments, message):
    """Unknown words and counts that cannot be are refused with the repair."""
    with pytest.raises(InputError, match=re.escape(message)):
        rates(*arguments)
