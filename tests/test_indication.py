"""The review's guidance: its statements, patients from its own words, what is not known, monotony."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor.errors import InputError
from nettumor.indication import guidance, recommend
from reference import guidance as slow

ARGUMENTS = (
    "n_lesions", "largest_cm", "lobes", "extrahepatic", "symptomatic", "age", "liver_infiltration_percent",
    "debulkable_percent", "vein_involvement", "resectable", "recurrence", "purpose",
)  # fmt: skip


def state(found, identifier):
    """Status of one statement for a single patient."""
    return found.status[guidance()["id"].tolist().index(identifier)]


def test_guidance_is_whole():
    """72 statements in the order of the review; 27 pairs contradict each other, both ways."""
    rows = guidance().rows()
    assert [row["order"] for row in rows] == list(range(1, 73))
    assert {row["id"] for row in rows} == {f"G-{n:02}" for n in range(1, 73)}
    pairs = {(row["id"], other) for row in rows for other in row["contradicts"].split(";") if other}
    assert len(pairs) == 54
    assert pairs == {(b, a) for a, b in pairs}
    assert rows[0]["section"] == "abstract"
    assert [row["section"] for row in rows[-6:]] == ["6"] * 6
    places = [row["section"] for row in rows]
    assert places.index("3.1.1") < places.index("3.1.2") < places.index("3.2.1") < places.index("5")


def given_that(**known):
    """What is known of a patient."""
    return known


PATIENTS = [  # a patient of the review's own words; statements that are met, not met, not known
    # section 6: fewer than 5 lesions, each under 5 cm: think of resection; else ablation, rather LITT
    (given_that(n_lesions=4, largest_cm=4.9), "G-55 G-01 G-02 G-03", "G-58 G-59 G-60 G-04", "G-56 G-57"),
    (given_that(n_lesions=4, largest_cm=4.9, resectable=False), "G-55 G-56 G-57 G-48 G-49", "G-07 G-43", ""),
    # exactly 5 lesions or 5 cm are not fewer and not under
    (given_that(n_lesions=5, largest_cm=4.9), "G-58 G-59 G-60 G-04 G-05", "G-55 G-01 G-56 G-57", ""),
    (given_that(n_lesions=4, largest_cm=5), "G-58 G-01 G-60", "G-55 G-04 G-57", ""),
    # 2.1: ideal is one lobe, or fewer than 3-5 in both lobes, each under 3 cm
    (given_that(n_lesions=9, largest_cm=6, lobes=1), "G-16", "G-17", ""),
    (given_that(n_lesions=2, largest_cm=2.9, lobes=2), "G-17", "G-16", "G-18"),
    (given_that(n_lesions=4, largest_cm=2.9, lobes=2), "", "G-16", "G-17"),
    (given_that(n_lesions=5, largest_cm=2.9, lobes=2), "", "G-17", ""),
    (given_that(n_lesions=2, largest_cm=3, lobes=2), "", "G-17", ""),
    # 2.1: palliative resection only where more than 90 % can be removed
    (given_that(n_lesions=9, largest_cm=6, debulkable_percent=90, purpose="palliation"), "G-13 G-33", "", ""),
    (given_that(n_lesions=9, largest_cm=6, debulkable_percent=90.5, purpose="palliation"), "", "G-13", ""),
    (given_that(n_lesions=9, largest_cm=6, debulkable_percent=50), "", "", "G-13"),
    (given_that(n_lesions=9, largest_cm=6, debulkable_percent=50, purpose="cure"), "", "G-13 G-33", ""),
    # 2.1: transplantation is worse above 50 years, and above half of the liver
    (given_that(n_lesions=9, largest_cm=6, age=50, liver_infiltration_percent=50), "", "G-21 G-22", "G-20"),
    (given_that(n_lesions=9, largest_cm=6, age=50.1, liver_infiltration_percent=51), "G-21 G-22", "", "G-23"),
    (given_that(n_lesions=9, largest_cm=6, symptomatic=False), "", "G-20 G-27 G-08", ""),
    (given_that(n_lesions=9, largest_cm=6, symptomatic=True), "G-27 G-29 G-08", "", "G-20"),
    # 2.1: veins
    (given_that(n_lesions=2, largest_cm=2, vein_involvement=True), "G-15", "", ""),
    (given_that(n_lesions=2, largest_cm=2), "", "", "G-15"),
    # 3.2.1: up to 12 lesions in one sitting, up to 7.1 cm; up to 9 cm; larger than 3 cm
    (given_that(n_lesions=12, largest_cm=7.1), "G-38 G-39 G-40", "", ""),
    (given_that(n_lesions=13, largest_cm=9), "G-38 G-40", "G-39", ""),
    (given_that(n_lesions=1, largest_cm=3), "G-39", "G-38 G-62", ""),
    # 5: recurrence after resection or ablation; extrahepatic disease is no reason against
    (given_that(n_lesions=3, largest_cm=2, recurrence="after resection"), "G-52 G-67 G-63", "", ""),
    (given_that(n_lesions=3, largest_cm=2, recurrence="after ablation"), "G-52 G-67", "G-63", ""),
    (given_that(n_lesions=3, largest_cm=2, recurrence=False), "", "G-52 G-63", ""),
    (given_that(n_lesions=3, largest_cm=2, recurrence=True), "", "", "G-52 G-63"),
    (given_that(n_lesions=3, largest_cm=2, extrahepatic=True), "G-53 G-68", "", ""),
    (given_that(n_lesions=3, largest_cm=2, extrahepatic=False), "", "", "G-53"),
    # 2.3, 5: chemotherapy depends on the proliferation, which is not asked, and has no practical role
    (given_that(n_lesions=3, largest_cm=2), "G-44 G-06", "", "G-30 G-31 G-32"),
    # nothing is known
    (given_that(n_lesions=np.nan, largest_cm=None), "G-10 G-44", "", "G-01 G-04 G-58 G-55 G-16"),
    (given_that(n_lesions=np.nan, largest_cm=6), "G-58", "G-55", "G-01 G-04"),
]  # fmt: skip


@pytest.mark.parametrize(("patient", "met", "not_met", "not_known"), PATIENTS)
def test_patients_of_the_review(patient, met, not_met, not_known):
    """Each statement of the review answers for its own patient, at its limits."""
    found = recommend(**patient)
    for status, names in (("met", met), ("not met", not_met), ("not known", not_known)):
        for name in names.split():
            assert state(found, name) == status, (name, patient)


def flags():
    return st.sampled_from([None, True, False])


patients = st.fixed_dictionaries(
    {
        "n_lesions": st.none() | st.integers(1, 15),
        "largest_cm": st.none() | st.sampled_from([0.5, 2.9, 3, 3.1, 4.9, 5, 7, 7.1, 7.2, 9, 9.1]),
        "lobes": st.sampled_from([None, 1, 2]),
        "extrahepatic": flags(),
        "symptomatic": flags(),
        "age": st.none() | st.sampled_from([49, 50, 51]),
        "liver_infiltration_percent": st.none() | st.sampled_from([50, 50.1]),
        "debulkable_percent": st.none() | st.sampled_from([90, 90.1]),
        "vein_involvement": flags(),
        "resectable": flags(),
        "recurrence": st.sampled_from([None, "none", "after resection", "after ablation", "other"]),
        "purpose": st.sampled_from([None, "cure", "palliation", "symptom control", "downsizing"]),
    }
)


@given(st.lists(patients, min_size=1, max_size=5))
def test_twin(cohort):
    """Conditions evaluated as data agree with the sentences of the guidance's own columns, for arrays as
    for single patients."""
    columns = {
        name: np.array([p[name] if p[name] is not None else np.nan for p in cohort])
        if name not in ("recurrence", "purpose")
        else [p[name] for p in cohort]
        for name in ARGUMENTS
    }
    found = recommend(
        **{n: c.astype(float) if isinstance(c, np.ndarray) else c for n, c in columns.items()}
    )
    for i, patient in enumerate(cohort):
        wanted = [slow.status(row, patient) for row in guidance().rows()]
        assert found.status[i].tolist() == wanted
    assert recommend(**cohort[0]).status.tolist() == found.status[0].tolist()


RANK = {"not met": 0, "not known": 1, "met": 2}


@given(patients, st.integers(0, 10), st.sampled_from([0, 0.1, 1, 4]))
def test_more_or_larger_lesions_never_move_towards_resection(patient, more, larger):
    """With more or larger lesions no statement for resection becomes better met and none against it
    worse; those for TACE or TAE at a higher load only grow."""
    if patient["n_lesions"] is None or patient["largest_cm"] is None:
        return
    grown = patient | {
        "n_lesions": patient["n_lesions"] + more,
        "largest_cm": patient["largest_cm"] + larger,
    }
    before, after = recommend(**patient).status, recommend(**grown).status
    for row, a, b in zip(guidance().rows(), before, after, strict=True):
        towards = row["direction"] in ("recommended", "considered")
        if row["option"] == "resection":
            assert (RANK[b] <= RANK[a]) if towards else (RANK[b] >= RANK[a]), row["id"]
        if row["id"] in ("G-04", "G-05", "G-58", "G-59", "G-60", "G-64", "G-65"):
            assert RANK[b] >= RANK[a], row["id"]


@given(patients, st.sampled_from(ARGUMENTS))
def test_what_is_not_known_is_never_assumed(patient, forgotten):
    """Without an argument no statement changes from met to not met or back: it is as it was, or not
    known (a purpose that is not given is no condition, but for resection as palliation)."""
    if forgotten == "purpose":
        return
    less = patient | {forgotten: None}
    before, after = recommend(**patient).status, recommend(**less).status
    for a, b in zip(before, after, strict=True):
        assert b in (a, "not known")


def test_options_table():
    """A row for each patient and statement with conditions, place, contradictions and the notice."""
    found = recommend(n_lesions=[3, 12], largest_cm=[2.5, 6.5], resectable=[True, False])
    t = found.options
    assert t.n_rows == 144
    assert t["patient"].tolist() == [0] * 72 + [1] * 72
    assert set(t["notice"].tolist()) == {"Vogl et al. 2008; not medical advice"}
    assert set(t["status"].tolist()) == {"met", "not met", "not known"}
    by = {(r["patient"], r["id"]): r for r in t.rows()}
    row = by[0, "G-55"]
    assert row["met"] == "fewer than 5 lesions; each under 5 cm"
    assert (row["section"], row["option"], row["direction"]) == ("6", "resection", "considered")
    assert row["place"].startswith("In oligonodular liver metastases")
    assert row["contradicts"] == "G-01;G-17;G-52;G-67"
    assert row["contradicted_by"] == "G-01;G-17;G-52;G-67"
    assert by[1, "G-55"]["not_met"] == "fewer than 5 lesions; each under 5 cm"
    assert by[1, "G-56"]["contradicted_by"] == "G-38;G-39;G-40;G-48;G-49;G-52;G-67"
    assert by[0, "G-39"]["not_met"] == ""
    assert by[0, "G-06"]["met"] == by[0, "G-06"]["not_known"] == "", "no purpose is given"
    assert by[0, "G-10"]["conditions"] == "none printed"
    assert "section 6" in by[1, "G-58"]["reading"]
    assert by[0, "G-30"]["not_known"] == "highly proliferating tumour"


def test_options_of_many_are_those_of_each():
    """A row of many patients reads as the row of the patient alone."""
    n, cm, again = [2, 9, 2, 4], [2.5, 6, 2.5, 4.9], [None, "after resection", None, "none"]
    many = recommend(n_lesions=n, largest_cm=cm, recurrence=again).options.rows()
    for i in range(4):
        alone = recommend(n_lesions=n[i], largest_cm=cm[i], recurrence=again[i]).options.rows()
        assert [r | {"patient": 0} for r in many if r["patient"] == i] == alone


def test_contradictions_only_where_they_stand():
    """A statement whose condition is not met contradicts nothing: without recurrence the statements for
    TACE after recurrence do not stand against resection."""
    found = recommend(n_lesions=3, largest_cm=2.5, recurrence="none", lobes=1)
    (row,) = (r for r in found.options.rows() if r["id"] == "G-55")
    assert row["contradicts"] == "G-01;G-17;G-52;G-67"
    assert row["contradicted_by"] == "G-01"


def test_explain():
    """The statements for one patient in the review's order, with place and notice; those that do not
    apply are counted."""
    found = recommend(n_lesions=[3, 12], largest_cm=[2.5, 6.5])
    text = found.explain(1)
    assert text.startswith("Vogl et al. 2008; not medical advice.")
    assert "- TACE, recommended (section 6): Higher load: TACE" in text
    assert "Met: higher tumour load. For symptoms, local control, survival." in text
    assert "consider resection" not in text
    assert text.splitlines()[-1].endswith("of 72 statements do not apply: a condition is not met.")
    assert "No condition is printed." in text
    assert "(caption 2)" in text
    assert (
        repr(found) == "Guidance(2 patients, 72 statements; Vogl et al. 2008; not medical advice)"
    )
    for wrong in ((), 2, (0, 0)):
        with pytest.raises(
            InputError, match=re.escape("`index` must name one of the patients of shape (2,)")
        ):
            found.explain(wrong)


def test_shapes():
    """Arguments broadcast as NumPy does; leading axes stay; no patients are no rows; read-only arrays are
    left alone."""
    lesions = np.array([[1.0, 6.0, np.nan]])
    lesions.setflags(write=False)
    found = recommend(n_lesions=lesions, largest_cm=[[2], [6]], purpose=np.array(["cure"]))
    assert found.shape == (2, 3)
    assert found.status.shape == (2, 3, 72)
    assert found.options.n_rows == 6 * 72
    assert found.explain((1, 2)).startswith("Vogl")
    none = recommend(n_lesions=[], largest_cm=[])
    assert none.options.n_rows == 0
    assert set(none.options) == set(found.options)


@pytest.mark.parametrize(
    "resectable",
    [
        [True, None],
        np.array([True, None], dtype=object),
        np.array([1.0, np.nan]),
        np.ma.array([True, False], mask=[False, True]),
        pd.Series([True, None], dtype="object"),
        pd.Series([True, None], dtype="boolean"),
        pl.Series([True, None]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_missing_flags_of_every_kind(resectable):
    """None, NaN, NA and a mask are not known, in every container."""
    place = guidance()["id"].tolist().index("G-07")
    found = recommend(n_lesions=3, largest_cm=2, resectable=resectable)
    assert found.status[:, place].tolist() == ["met", "not known"]


@pytest.mark.parametrize(
    "recurrence",
    [
        ["After resection", None],
        np.array(["after resection", ""]),
        np.ma.array(["after resection", "none"], mask=[False, True]),
        pd.Series(["after resection", pd.NA], dtype="string"),
        pd.Series(["after resection", np.nan]),
        pl.Series(["after resection", None]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_missing_words_of_every_kind(recurrence):
    """Words in any case; what is missing in any container is not known."""
    place = guidance()["id"].tolist().index("G-52")
    found = recommend(n_lesions=3, largest_cm=2, recurrence=recurrence)
    assert found.status[:, place].tolist() == ["met", "not known"]


REFUSED = [
    (given_that(n_lesions=0, largest_cm=2), "`n_lesions` must be a whole number of lesions, 1 or more; got 0.0"),
    (given_that(n_lesions=2.5, largest_cm=2), "`n_lesions` must be a whole number"),
    (given_that(n_lesions=2, largest_cm=[2, 0]), "`largest_cm` must be a diameter in cm, above 0; got 0.0 at [1]"),
    (given_that(n_lesions=2, largest_cm=np.inf), "`largest_cm` must be a diameter in cm"),
    (given_that(n_lesions=2, largest_cm=2, lobes=3), "`lobes` must be 1 or 2"),
    (given_that(n_lesions=2, largest_cm=2, age=-1), "`age` must be an age in years"),
    (given_that(n_lesions=2, largest_cm=2, debulkable_percent=101), "`debulkable_percent` must be a percent"),
    (given_that(n_lesions=2, largest_cm=2, resectable=2), "`resectable` must be True, False, or None"),
    (given_that(n_lesions=2, largest_cm=2, resectable="yes"), "`resectable` must be True, False, or None where"),
    (given_that(n_lesions=2, largest_cm=2, recurrence="after TACE"), "`recurrence` must be one of 'none'"),
    (given_that(n_lesions=2, largest_cm=2, purpose=["cure", "cre"]), "got 'cre' at [1]. Did you mean 'cure'?"),
    (given_that(n_lesions=[1, 2], largest_cm=[1, 2, 3]), "The shapes must broadcast together"),
]  # fmt: skip


@pytest.mark.parametrize(("patient", "message"), REFUSED)
def test_refusals(patient, message):
    """Numbers that cannot be and words that are not known are refused with place and repair."""
    with pytest.raises(InputError, match=re.escape(message)):
        recommend(**patient)


def test_it_is_reached_from_the_library():
    """`nt.indication` loads on first use."""
    assert nt.indication.recommend is recommend
