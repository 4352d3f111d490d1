"""A cohort beside the review's studies: what enters, what does not, and why."""

import re

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nettumor as nt
from nettumor.errors import InputError
from nettumor.evidence import compare, pool, table

COHORT = [8, 7, 7, 7, 5, 5, 5, 3, 3, 1]  # CR, 3 PR, 3 SD, 2 PD, NE


def used(found, column="study"):
    return found.studies[column][found.studies["used"]].tolist()


def test_size_by_tace():
    """Objective response by TACE: 4 of 10 in the cohort with the exact interval, beside Dominguez 8/15
    and Skinazi 3/7, the two rows of Table 3 that can be pooled."""
    found = compare(COHORT, table=3, treatment="TACE")
    assert (found.cohort.count, found.cohort.total, found.cohort.estimate) == (4, 10, 0.4)
    assert found.cohort.low == pytest.approx(0.12155, abs=1e-5)
    assert used(found, "id") == ["T3-05-1", "T3-20-1"]
    assert found.fixed.estimate == pool([8, 3], [15, 7]).fixed.estimate
    assert found.heterogeneity.tau2 == 0
    assert found.prediction.reason == "fewer than three studies"
    assert found.place == "no prediction interval: fewer than three studies"
    assert "Pooled within 'morphological OR' and TACE alone" in found.explain()


def test_counts_and_codes_say_the_same():
    """Codes, labels, counts by label, a pair and a rate give the same cohort."""
    rate = nt.objective_response_rate(COHORT)
    labels = nt.labels(COHORT)
    counts = {"CR": 1, "PR": 3, "SD": 3, "PD": 2, "NE": 1}
    for cohort in (COHORT, np.array(COHORT, np.int8), labels, list(labels), counts, (4, 10), rate):
        found = compare(cohort, table=3, treatment="TACE")
        assert (found.cohort.count, found.cohort.total) == (4, 10)
        assert found.cohort.low == rate.low


def test_endpoints_of_table_3():
    """PD is counted as PD, SD as SD, PR without CR; the studies are those of the category."""
    cases = {"OR": 4, "CR": 1, "PR": 3, "SD": 3, "PD": 2}
    for endpoint, count in cases.items():
        found = compare(COHORT, table=3, treatment="TAE_or_TACE", endpoint=endpoint)
        assert found.cohort.count == count
        assert set(found.studies["category"].tolist()) <= {endpoint}
    pr = compare(COHORT, table=3, treatment="TAE/TACE".replace("/", "_or_"), endpoint="PR")
    assert used(pr) == ["Gupta et al.", "Gupta et al."]
    assert "2 groups of patients of one study" in pr.explain()


def test_classes_are_never_mixed():
    """No row of another class or category stands in a comparison, used or not."""
    for number in (1, 2, 3, 4):
        rows = table(number)
        for name in sorted(set(rows["treatment_class"].tolist())):
            found = compare((1, 2), table=number, treatment=name, survival=([400.0], [True]))
            of_class = rows["id"][rows["treatment_class"] == name].tolist()
            assert set(found.studies["id"].tolist()) <= set(of_class)
            assert all(found.studies["reason"][~found.studies["used"]] != "")
            assert all(found.studies["reason"][found.studies["used"]] == "")


def test_overlap_keeps_the_larger_study():
    """Stokes [49] (16 patients) shares authors with Perry [46] (30): Perry is kept, Stokes is named,
    and the zero cell of Kress (0 of 9) is pooled by the likelihood."""
    found = compare((12, 20), table=1, treatment="TACE")
    assert used(found) == [
        "Perry et al.",
        "Dominguez et al.",
        "Ruszniewski et al.",
        "Diamandidou et al.",
        "Kress et al.",
    ]
    (stokes,) = (r for r in found.studies.rows() if r["study"] == "Stokes et al.")
    assert stokes["reason"] == "may share patients with Perry et al. [46], which is kept"
    assert stokes["weight_fixed"] == 0
    assert "Stokes et al. [49] may share patients with Perry et al. [46]" in found.explain()
    assert found.random.method.startswith("binomial-normal")
    assert found.random.estimate == pool([27, 3, 8, 12, 0], [30, 5, 11, 18, 9]).random.estimate
    assert found.place == "within the prediction interval"


def test_place_in_the_prediction_interval():
    """Nobody and everybody of many lie below and above what a further study would show."""
    tight = {"method": "DL", "treatment": "TACE", "table": 1, "level": 0.2}
    assert compare((0, 50), **tight).place == "below the prediction interval"
    assert compare((50, 50), **tight).place == "above the prediction interval"
    assert compare((0, 0), **tight).place == "the cohort's rate is not known"


def test_criteria_that_differ_are_marked():
    """A study of 1996 cannot have used RECIST (2000): it differs from a cohort judged by 30 %; by WHO's
    50 % it cannot be told; without the cohort's criteria nothing is marked, and that is said."""
    marks = {
        name: dict(
            zip(found.studies["study"].tolist(), found.studies["criteria"].tolist(), strict=True)
        )
        for name in ("recist-1.1", "who-1981", None)
        for found in [compare(COHORT, table=3, treatment="TACE", criteria=name)]
    }
    assert marks["recist-1.1"]["Skinazi et al."].startswith("differs: published in 1996")
    assert marks["recist-1.1"]["Dominguez et al."] == "not printed: cannot be told"
    assert marks["who-1981"]["Skinazi et al."] == "not printed: cannot be told"
    assert marks[None]["Skinazi et al."] == "criteria of the cohort not given"
    said = compare(COHORT, criteria=nt.criteria.RECIST_1_1).explain()
    assert "judged by RECIST 1.1; 1 of 2 pooled rows differ" in said
    assert "The cohort's criteria are not given" in compare(COHORT).explain()
    symptoms = compare(COHORT, table=1, criteria=nt.criteria.SYMPTOMATIC_VOGL_2008)
    (row,) = (r for r in symptoms.studies.rows() if r["study"] == "Diamandidou et al.")
    assert row["criteria"] == "same limit printed (more than 50 %)"
    third = attrs.evolve(nt.criteria.VOGL_2008_CAPTIONS.pr, value=40)
    own = attrs.evolve(nt.criteria.VOGL_2008_CAPTIONS, pr=third)
    (row,) = (
        r for r in compare(COHORT, table=1, criteria=own).studies.rows() if r["id"] == "T1-16-1"
    )
    assert row["criteria"] == "differs: more than 50 %"


def test_one_row_or_none():
    """Fewer than two studies: no pooled estimate, with the reason; the rows stand there all the same."""
    one = compare(COHORT, table=2, treatment="TACE")
    assert used(one) == ["Kim et al."]
    assert one.fixed.reason == "fewer than two studies"
    none = compare({"SD": 3}, table=3, treatment="RFA")
    assert none.studies.n_rows == 0
    assert none.random.reason == "fewer than two studies"
    assert "0 of 0 rows pooled" in repr(none)


def test_who_had_no_symptom_is_said():
    """NE and MISSING stay in the denominator, and beside symptoms and markers that is said."""
    assert "1 of the cohort are NE or MISSING" in compare(COHORT, table=1).explain()
    assert "NE or MISSING" not in compare(COHORT, table=3).explain()
    assert "NE or MISSING" not in compare(COHORT[:-1], table=1).explain()


def test_survival_beside_table_4():
    """The cohort's 1-, 2- and 5-year survival and median stand beside Table 4 by treatment; nothing is
    pooled; a rate without a printed year does not enter."""
    time, event = [400.0, 900.0, 1500.0, 2000.0], [True, False, True, False]
    curve = nt.kaplan_meier(time, event)
    found = compare(None, table=4, treatment="TACE", survival=(time, event))
    assert found.cohort.estimate == curve.survival_at(5 * 365.25)
    assert str(found.cohort).startswith("5-year survival 37.5 %")
    assert "survival is not pooled" in found.fixed.reason
    assert "survival is not pooled" in found.explain()
    s = found.survival
    own = s.rows()[:4]
    assert [r["figure"] for r in own] == [
        "1-year survival",
        "2-year survival",
        "5-year survival",
        "median",
    ]
    assert own[1]["cohort"] == 100 * curve.survival_at(730.5)
    assert own[3]["cohort"] == curve.median * 12 / 365.25
    (kress,) = (r for r in s.rows() if r["id"] == "T4-15-1")
    assert (kress["printed"], kress["cohort"]) == (48, own[2]["cohort"])
    assert "T4-24-1" not in s["id"].tolist(), "no year is printed"
    (drougas,) = (r for r in s.rows() if r["id"] == "T4-09-1")
    assert "follow-up" in drougas["note"]
    (na,) = (r for r in s.rows() if r["id"] == "T4-18-3")
    assert na["note"] == "not printed (na)"
    beside = compare(
        COHORT, table=3, survival=nt.overall_survival([400.0, np.nan], [np.nan, 900.0])
    )
    assert beside.survival["cohort"][0] == 100


def test_survival_beyond_the_follow_up_is_not_known():
    """Where nobody is under observation any more the curve's last value is no rate: NaN, and said so;
    where everybody has died it is 0."""
    short = compare(None, table=4, survival=([900.0, 400.0], [False, True]))
    assert np.isnan(short.cohort.estimate)
    assert (
        str(short.cohort)
        == "5-year survival not known (nobody under observation), median 13.1 months"
    )
    rows = {r["id"] or r["figure"]: r for r in short.survival.rows()}
    assert rows["5-year survival"]["note"] == "nobody of the cohort under observation"
    assert np.isnan(rows["T4-15-1"]["cohort"])
    assert rows["T4-15-1"]["note"] == "nobody of the cohort under observation"
    assert rows["1-year survival"]["cohort"] == 100
    assert compare(None, table=4, survival=([900.0, 400.0], [True, True])).cohort.estimate == 0
    alive = compare(None, table=4, survival=([2000.0], [False])).cohort
    assert str(alive).endswith("median not reached")


@settings(max_examples=40)
@given(st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_in_its_interval(pair):
    """The cohort's rate lies within its exact interval, and so does every study's."""
    found = compare(pair, table=3, treatment="TAE", endpoint="PR")
    if pair[1]:
        assert found.cohort.low <= found.cohort.estimate <= found.cohort.high
    s = found.studies
    known = ~np.isnan(s["estimate"])
    assert ((s["low"] <= s["estimate"]) & (s["estimate"] <= s["high"]))[known].all()


def test_counted_rows_on_request():
    """With rows="counted" rows enter whose denominators are not tied; never lesions, a
    second print, or a category by reading; and it is said."""
    strict = compare(COHORT, table=3, treatment="TACE", endpoint="PR")
    wide = compare(COHORT, table=3, treatment="TACE", endpoint="PR", rows="counted")
    assert used(strict) == ["Roche et al. (2003)"]
    assert set(used(strict)) < set(used(wide))
    assert "T3-18-1" not in used(wide, "id"), "a second print"
    assert "at your request" in wide.explain()
    assert compare(COHORT, table=3, treatment="RFA", endpoint="CR", rows="counted").studies[
        "used"
    ].tolist() == [False]
    first = compare((3, 9), table=1, treatment="TACE", rows="counted")
    assert "T1-13-1" not in used(first, "id"), "improved, by reading"
    assert "T2-10-1" in used(compare((3, 9), table=2, treatment="TACE", rows="counted"), "id")
    assert "T1-18-1" not in used(first, "id")
    assert not set(first.studies["category"][first.studies["used"]].tolist()) & {"CR", "PR", "OR"}
    assert {"CR", "PR"} < set(first.studies["category"].tolist()), "beside them, not pooled"


REFUSED = [
    (COHORT, {"rows": "all"}, "`rows` must be one of 'poolable', 'counted'"),
    (COHORT, {"table": 5}, "`table` must be 1, 2, 3 or 4"),
    (COHORT, {"treatment": "TACEE"}, "class of Table 3; got 'TACEE'. Did you mean 'TACE'"),
    (COHORT, {"endpoint": "DCR"}, "`endpoint` must be one of 'OR', 'CR', 'PR', 'SD', 'PD'"),
    (COHORT, {"table": 4}, "`survival` must be given for Table 4"),
    (COHORT, {"survival": [1, 2, 3]}, "`survival` must be a pair (time, event)"),
    (["PRR"], {}, "PRR"),
    ([[8, 7]], {}, "`best_or_counts` must be one-dimensional"),
    ([9], {}, "`best_or_counts` must be Response codes from 0 to 8"),
    ([1.5], {}, "`best_or_counts` must be Response codes"),
    ((5, 3), {}, "`best_or_counts` must be a pair (count, total)"),
    ({"PR": -1}, {}, "`best_or_counts` must count patients by label"),
    ({"PR": 1.5}, {}, "`best_or_counts` must count patients by label"),
    (COHORT, {"criteria": "recist-9"}, "recist"),
    (COHORT, {"method": "EB"}, "`method` must be one of"),
]  # fmt: skip


@pytest.mark.parametrize(("cohort", "keywords", "message"), REFUSED)
def test_refusals(cohort, keywords, message):
    """Bad input is refused with argument and repair."""
    with pytest.raises(InputError, match=re.escape(message)):
        compare(cohort, **keywords)
