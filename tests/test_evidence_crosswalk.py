"""One cohort by several size criteria; limits in one, two and three dimensions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor.errors import InputError
from nettumor.evidence import crosswalk, equivalent_limit

# Four patients with one target each, two scans: -36 %, -60 %, -20 %, +22 % in diameter.
BEFORE, AFTER = [50, 50, 50, 50], [32, 20, 40, 61]
LESIONS = {
    "subject": np.repeat(["01", "02", "03", "04"], 2),
    "lesion": ["T1"] * 8,
    "role": ["TARGET"] * 8,
    "day": [0, 60] * 4,
    "size": np.column_stack([BEFORE, AFTER]).ravel(),
    "perpendicular": np.column_stack([BEFORE, AFTER]).ravel(),
}
RULE = nt.criteria.VOGL_2008.best_response


def test_who_changes_class():
    """-36 % is a PR by the review's 30 % and a product of -59 % by WHO, and no PR by the captions' 50 %;
    +22 % is PD by RECIST (20 %) and by WHO (product +49 %), and SD by the review (25 %)."""
    walk = crosswalk({"lesions": LESIONS}, rule=RULE)
    assert walk.editions == ("vogl-2008", "vogl-2008-captions", "who-1981", "recist-1.1")
    s = walk.subjects
    assert s["vogl-2008"].tolist() == ["PR", "PR", "SD", "SD"]
    assert s["vogl-2008-captions"].tolist() == ["SD", "PR", "SD", "SD"]
    assert s["who-1981"].tolist() == ["PR", "PR", "SD", "PD"]
    assert s["recist-1.1"].tolist() == ["PR", "PR", "SD", "PD"]
    changes = [
        (r["subject"], r["first"], r["second"], r["from"], r["to"]) for r in walk.changes.rows()
    ]
    assert ("01", "vogl-2008", "vogl-2008-captions", "PR", "SD") in changes
    assert ("04", "vogl-2008", "recist-1.1", "SD", "PD") in changes
    assert not [c for c in changes if c[1:3] == ("who-1981", "recist-1.1")]
    table = walk.cross_table("vogl-2008", "recist-1.1")
    assert table["response"].tolist() == ["PR", "SD", "PD"]
    assert table["PD"].tolist() == [0, 1, 0]
    assert walk.kappa("who-1981", "recist-1.1").estimate == 1
    (row,) = (
        r for r in walk.agreement.rows() if (r["first"], r["second"]) == ("vogl-2008", "recist-1.1")
    )
    assert (row["agree"], row["changed"], row["not_judged"]) == (3, 1, 0)
    assert "mrecist-2010 is left out: the lesions table lacks viable" in walk.explain()
    assert "choi-2007 is left out: the lesions table lacks attenuation" in walk.explain()
    assert repr(walk).startswith("Crosswalk(4 patients")


def test_measures_that_are_there_are_judged_by():
    """With viable diameters and attenuation mRECIST and Choi stand beside the others: a lesion that keeps
    its size and loses its enhancement is a PR there alone."""
    lesions = {
        "subject": ["01", "01"], "lesion": ["T1", "T1"], "role": ["TARGET"] * 2, "day": [0, 60],
        "size": [50, 48], "perpendicular": [40, 40], "viable": [50, 20], "attenuation": [80, 40],
    }  # fmt: skip
    walk = crosswalk({"lesions": lesions}, rule=RULE)
    assert not walk.left_out
    row = walk.subjects.rows()[0]
    assert [row[name] for name in walk.editions] == ["SD", "SD", "SD", "SD", "PR", "PR"]


def test_editions_of_ones_own():
    """Editions come by name or as objects; each keeps its own rule of best response by default, so that
    WHO and RECIST ask for a confirmation that two scans cannot give."""
    walk = crosswalk({"lesions": LESIONS}, criteria=(nt.criteria.VOGL_2008, "recist-1.1"))
    assert walk.editions == ("vogl-2008", "recist-1.1")
    assert walk.subjects["vogl-2008"].tolist() == ["PR", "PR", "SD", "SD"]
    assert walk.subjects["recist-1.1"].tolist() == ["SD", "SD", "SD", "PD"]


def test_nothing_to_compare():
    """Fewer than two editions that the table can be judged by are refused; an unknown one too."""
    with pytest.raises(
        InputError, match=r"must leave two editions .* mrecist-2010: the lesions table lacks viable"
    ):
        crosswalk({"lesions": LESIONS}, criteria=("recist-1.1", "mrecist-2010"))
    with pytest.raises(InputError, match="recist-9"):
        crosswalk({"lesions": LESIONS}, criteria=("recist-9", "recist-1.1"))


def test_limits_in_three_dimensions():
    """-30 % of a diameter is -51 % of a product and -65.7 % of a volume; +20 % is +44 % and +72.8 %
    (RECIST 1.0, Appendix II); half a product is -29.3 % of a diameter; exactly."""
    assert equivalent_limit([-30, 20], to="product").tolist() == [-51, 44]
    assert equivalent_limit([-30, 20], to="volume").tolist() == [-65.7, 72.8]
    assert equivalent_limit(-50, measure="product", to="diameter") == pytest.approx(
        100 * (0.5**0.5 - 1)
    )
    assert equivalent_limit(25, measure="product", to="volume") == pytest.approx(
        100 * (1.25**1.5 - 1)
    )
    assert equivalent_limit(-100, to="volume") == -100
    assert np.isnan(equivalent_limit(np.nan, to="volume"))
    assert equivalent_limit(-30, to="diameter") == -30


@given(st.floats(-99, 400), st.sampled_from(["diameter", "product", "volume"]))
def test_limits_go_there_and_back(percent, measure):
    """A limit taken to another dimension and back is itself."""
    for to in ("diameter", "product", "volume"):
        there = equivalent_limit(percent, measure=measure, to=to)
        back = equivalent_limit(there, measure=to, to=measure)
        assert back == pytest.approx(percent, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("percent", "keywords", "message"),
    [
        (-101, {"to": "volume"}, "`percent` must be finite and -100 or more; got -101.0"),
        (np.inf, {"to": "volume"}, "`percent` must be finite"),
        (10, {"to": "area"}, "`to` must be one of 'diameter', 'product', 'volume'; got 'area'"),
        (10, {"measure": 2, "to": "volume"}, "`measure` must be one of"),
    ],
)
def test_limits_refused(percent, keywords, message):
    """Less than gone and unknown measures are refused."""
    with pytest.raises(InputError, match=message):
        equivalent_limit(percent, **keywords)
