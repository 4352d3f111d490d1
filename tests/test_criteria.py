"""Criteria as data: limits as published, checked when built, printed as prose, found by name, read
from TOML.
"""

import inspect
import pathlib
import re

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import criteria
from nettumor.criteria import Citation, Threshold
from nettumor.criteria._types import require

CITED = Citation("protocol", "7.1")

PUBLISHED = [
    # name, PR, PR strict, PD, PD strict, PD reference, absolute, confirmation, SD minimum
    ("vogl-2008", 30, True, 25, True, "baseline", None, None, None),
    ("vogl-2008-captions", 50, True, 25, True, "baseline", None, None, None),
    ("who-1981", 50, False, 25, False, "nadir", None, 28, 28),
    ("recist-1.0", 30, False, 20, False, "nadir", None, 28, 42),
    ("recist-1.1", 30, False, 20, False, "nadir", 5, 28, 42),
    ("mrecist-2010", 30, False, 20, False, "nadir", None, None, 42),
    ("easl-2001", 50, False, 25, False, "nadir", None, 28, 42),
    ("choi-2007", 10, False, 10, False, "baseline", None, None, 42),
    ("modified-choi-2010", 10, False, 10, False, "baseline", None, None, 42),
    ("volume-recist", 65.7, False, 72.8, False, "nadir", None, None, 42),
    ("volume-recist-printed", 65, False, 73, False, "nadir", None, None, 42),
    ("swog-1992", 50, False, 50, False, "nadir", 1000, 28, 42),
    ("irecist-2017", 30, False, 20, False, "nadir", 5, None, 42),
    ("percist-1.0", 30, False, 30, False, "baseline", 0.8, None, 42),
]


@pytest.mark.parametrize(
    ("name", "pr", "pr_strict", "pd", "pd_strict", "reference", "absolute", "confirmation", "sd"),
    PUBLISHED,
)
def test_limits_as_published(
    name, pr, pr_strict, pd, pd_strict, reference, absolute, confirmation, sd
):
    """Each edition carries the published numbers."""
    edition = criteria.get(name)
    assert (edition.pr.value, edition.pr.strict, edition.pr.signed) == (pr, pr_strict, -pr)
    assert (edition.pd.value, edition.pd.strict, edition.pd.signed) == (pd, pd_strict, pd)
    assert (edition.pd.reference, edition.pd.absolute) == (reference, absolute)
    assert edition.best_response.confirmation_days == confirmation
    assert edition.best_response.sd_minimum_days == sd


def test_disputed_readings_are_fields():
    """Defaults of the disputed readings, edition by edition."""
    sized = [
        criteria.get(n)
        for n in criteria.names()
        if isinstance(criteria.get(n), criteria.SizeCriteria)
    ]
    assert {e.name for e in sized if e.sustained_response} == {"recist-1.1", "irecist-2017"}
    assert {e.name for e in sized if e.pd_scope == "any lesion"} == {"who-1981", "easl-2001"}
    assert {e.name for e in sized if e.absolute_combines == "or"} == {"swog-1992"}
    assert {e.name for e in sized if e.too_small == 5} == {"recist-1.1", "irecist-2017"}
    assert {e.name for e in sized if e.immune} == {"irecist-2017"}
    assert {e.name for e in sized if e.reappearance != "5 mm"} == {
        "swog-1992",
        "mswog-van-vliet-2013",
    }
    assert {e.name for e in sized if e.node_cr == "gone"} == {"vogl-2008", "vogl-2008-captions"}
    assert all(e.normal_nodes_in_pd == "sum" for e in sized)
    assert all(e.new_without_words == "PD" and e.bare_increase for e in sized)
    assert {e.name for e in sized if e.censoring is not None} == {"irecist-2017"}
    assert criteria.IRECIST_2017.censoring.unconfirmed_pd == "event"
    assert criteria.FDA_2018_CENSORING.unconfirmed_pd == "censored"
    assert criteria.FDA_2018_CENSORING_C.clinical_claims
    assert not criteria.FDA_2018_CENSORING_B.clinical_claims
    assert not criteria.ADMIRALONCO_CENSORING.baseline_needed
    assert criteria.IRECIST_2017.best_response.cr_then_pr == "keep"
    assert criteria.ADMIRALONCO_BEST_RESPONSE.unconfirmed_cr == "SD"
    assert criteria.FDA_2018_CENSORING.max_missed_visits == 1
    assert criteria.FDA_2018_CENSORING.visit_interval_days is None
    assert criteria.ADMIRALONCO_CENSORING.ne_is_adequate


def test_measures_and_units():
    """Each size edition says what is measured, and in which unit."""
    found = {
        e.measure: e.unit
        for n in criteria.names()
        if isinstance(e := criteria.get(n), criteria.SizeCriteria)
    }
    assert found == {
        "diameter": "mm",
        "product": "mm2",
        "viable diameter": "mm",
        "viable product": "mm2",
        "volume": "mL",
    }
    assert criteria.CHOI_2007.measure == "diameter and attenuation"
    assert criteria.BIOLOGICAL_VOGL_2008.measure == "marker"
    assert criteria.SYMPTOMATIC_VOGL_2008.measure == "symptom"


@pytest.mark.parametrize("name", criteria.names())
def test_prose_and_digest(name):
    """Every edition prints its title and source, is frozen, and has a stable digest that changes
    with a field.
    """
    edition = criteria.get(name)
    text = str(edition)
    assert edition.title in text
    assert str(edition.citation) in text
    assert "None" not in text
    assert len(edition.digest) == 16
    assert edition.digest == attrs.evolve(edition).digest
    assert edition.digest != attrs.evolve(edition, title="another").digest
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        edition.title = "x"


def test_digest_of_the_review_is_recorded():
    """The fingerprint of an edition changes only on purpose (then CHANGELOG says why)."""
    assert criteria.VOGL_2008.digest == DIGEST_OF_VOGL_2008


DIGEST_OF_VOGL_2008 = "3bf1bf129fe4a11f"


def test_prose_of_every_branch():
    """The prose names every rule that can be switched."""
    text = str(
        attrs.evolve(
            criteria.RECIST_1_1,
            mr=Threshold(10, "decrease", CITED),
            pd_scope="any lesion",
            gap="NE",
            sd_limit=Threshold(25, "decrease", CITED),
            best_response=attrs.evolve(
                criteria.RECIST_1_1.best_response,
                accept_sd_between=True,
                missing_as_ne=True,
                unconfirmed_cr="SD",
            ),
        )
    )
    for words in (
        "MR: a decrease of at least 10 %",
        "any one lesion",
        "it is called NE",
        "and one SD between",
        "A course without assessments is NE",
        "An unconfirmed CR falls to SD",
        "carried on",
    ):
        assert words in text
    assert "any target that is back is PD" in str(
        attrs.evolve(criteria.RECIST_1_1, reappearance="PD")
    )
    assert "(iCPD) where what made it has grown on, the sum by at least 5 mm" in str(
        criteria.IRECIST_2017
    )
    assert "iUPD" not in str(criteria.RECIST_1_1)
    assert (
        "Target lesions: 10 mm or more, on a chest X-ray 20 mm, 2 slices, nodes 15 mm in short "
        "axis, other nodes are "
        "disease from 10 mm, at most 5 in all, 2 an organ [RECIST 1.1, 3.1 and 4.2]."
    ) in str(criteria.RECIST_1_1)
    assert "in the porta hepatis from 20 mm" in str(criteria.MRECIST_2010)
    assert "Target lesions: every measurable lesion" in str(criteria.WHO_1981)
    assert "5 mm" in str(criteria.RECIST_1_1)
    assert "or at least 1000 mm2" in str(criteria.SWOG_1992)
    fda = attrs.evolve(criteria.FDA_2018_CENSORING, visit_interval_days=56, window_days=7)
    assert "more than 1 missed visits, scheduled every 56 days (window 7)" in str(fda)
    assert "NE counts" in str(criteria.ADMIRALONCO_CENSORING)
    assert "dated at the next scheduled visit" in str(criteria.FDA_2018_CENSORING_B)
    assert "PD:" not in str(attrs.evolve(criteria.BIOLOGICAL_VOGL_2008, pd=None))
    assert "PD:" not in str(attrs.evolve(criteria.SYMPTOMATIC_VOGL_2008, pd=None))
    assert "re-reads that CR" in str(
        attrs.evolve(criteria.RECIST_1_1.best_response, cr_then_pr="PR")
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pr": Threshold(30, "increase", CITED)}, "The limit is flipped"),
        ({"pd": Threshold(30, "decrease", CITED)}, "The limit is flipped"),
        ({"pr": None}, "`pr` of SizeCriteria must be a Threshold; got None"),
        ({"pd": 25}, "`pd` of SizeCriteria must be a Threshold; got 25"),
        (
            {"mr": Threshold(30, "decrease", CITED)},
            "`mr` of SizeCriteria must be below the limit of PR",
        ),
        ({"pr": Threshold(30, "decrease", CITED, reference="nadir")}, "a decrease from baseline"),
        ({"gap": "PR"}, "`gap` must be one of 'SD', 'MR', 'NE', 'raise'"),
        ({"pd_scope": "each"}, "`pd_scope` must be one of"),
        ({"sustained_response": "yes"}, "True or False"),
        ({"too_small": 0}, "greater than 0, or None"),
        ({"measure": "area"}, "`measure` must be one of"),
        ({"title": 3}, "`title` of SizeCriteria must be words; got 3"),
        ({"name": " "}, "`name` of SizeCriteria must be words; got ' '"),
        (
            {"best_response": 28},
            "`best_response` of SizeCriteria must be a BestResponseRule; got 28",
        ),
        (
            {"selection": "5 targets"},
            "`selection` of SizeCriteria must be a LesionSelection; got '5 targets'",
        ),
        ({"citation": "Vogl"}, "`citation` of SizeCriteria must be a Citation; got 'Vogl'"),
        (
            {"pd": Threshold(25, "increase", CITED, absolute=1, unit="cm")},
            "`pd` of Size.* must be in mm, .* got 'cm'",
        ),
        ({"pd": Threshold(25, "decrease", CITED)}, "must be a limit on an increase"),
    ],
)
def test_wrong_criteria_cannot_be_built(change, message):
    """A flipped, missing or impossible field is refused when the object is made."""
    with pytest.raises(nt.InputError, match=message):
        attrs.evolve(criteria.VOGL_2008, **change)


@pytest.mark.parametrize("value", [0, -30, 101, np.nan, np.inf, "30", True, None])
def test_a_limit_is_a_percent(value):
    """A limit is a number above 0; a decrease at most 100."""
    with pytest.raises(
        nt.InputError, match="`value` of Threshold must be a percent greater than 0"
    ):
        Threshold(value, "decrease", CITED)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"confirmation_days": -1}, "a number of days from 0"), ({"sd_minimum_days": "42"}, "a number of days from 0"),
        ({"max_ne_between": 1.5}, "a whole number from 0"), ({"max_ne_between": -1}, "a whole number from 0"),
        ({"cr_then_pr": "SD"}, "`cr_then_pr` must be one of"), ({"accept_sd_between": 1}, "True or False"),
    ],
)  # fmt: skip
def test_wrong_rules_cannot_be_built(change, message):
    """Rules of the course are checked like limits."""
    with pytest.raises(nt.InputError, match=message):
        attrs.evolve(criteria.RECIST_1_1.best_response, **change)


def test_parts_are_checked():
    """A limit has its unit, a citation its document, a selection whole numbers."""
    with pytest.raises(
        nt.InputError,
        match=r"`unit` of Threshold must be the unit of `absolute`, such as mm; got ''",
    ):
        Threshold(20, "increase", CITED, absolute=5)
    with pytest.raises(nt.InputError, match="`unit` of Threshold must be"):
        Threshold(20, "increase", CITED, unit=5)
    with pytest.raises(nt.InputError, match="`citation` of Threshold must be a Citation; got 'x'"):
        Threshold(20, "increase", "x")
    with pytest.raises(nt.InputError, match="`document` of Citation must be words; got ''"):
        Citation("")
    for wrong in (-1, 2.5, True):
        with pytest.raises(
            nt.InputError, match="`max_targets` of LesionSelection must be a whole number from 0"
        ):
            attrs.evolve(criteria.RECIST_1_1.selection, max_targets=wrong)


def test_equal_rules_have_one_digest():
    """30, 30.0 and NumPy's numbers are one limit: equal criteria, one digest, the same answers."""
    for value in (30, 30.0, np.float64(30), np.int64(30)):
        same = attrs.evolve(criteria.VOGL_2008, pr=attrs.evolve(criteria.VOGL_2008.pr, value=value))
        assert same == criteria.VOGL_2008
        assert same.digest == criteria.VOGL_2008.digest
        assert nt.classify([100, 100], [70, 69.9], criteria=same).tolist() == [5, 7]


def test_censoring_is_checked():
    """Missed visits are a count or None, the interval is positive."""
    assert (
        attrs.evolve(criteria.FDA_2018_CENSORING, max_missed_visits=None).max_missed_visits is None
    )
    with pytest.raises(nt.InputError, match="whole number"):
        attrs.evolve(criteria.FDA_2018_CENSORING, max_missed_visits=0.5)
    with pytest.raises(nt.InputError, match="greater than 0"):
        attrs.evolve(criteria.FDA_2018_CENSORING, visit_interval_days=0)
    with pytest.raises(
        nt.InputError,
        match="`progression_date` must be one of 'assessment', 'next scheduled visit'",
    ):
        attrs.evolve(criteria.FDA_2018_CENSORING, progression_date="next visit")


def test_threshold_meets():
    """Percent and absolute parts of a limit, inclusive, with NaN meeting nothing."""
    limit = criteria.RECIST_1_1.pd
    assert limit.percent_met([25, 10, np.nan], [30, 12, 5]).tolist() == [True, True, False]
    assert limit.absolute_met([25, 11.4, 10, np.nan], [30, 16.4, 12, 5]).tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert criteria.RECIST_1_0.pd.absolute_met([1, np.nan], [1, 1]).tolist() == [True, False]
    down = attrs.evolve(criteria.PERCIST_2009.pr)
    assert down.absolute_met([2.0, 2.0], [1.2, 1.3]).tolist() == [True, False]


def test_require_names_who_serves():
    """A function that cannot serve a criterion names the one that can."""
    with pytest.raises(
        nt.InputTypeError,
        match=r"`criteria` of classify .* got Choi 2007. It is served by choi_resp",
    ):
        require(criteria.CHOI_2007, criteria.SizeCriteria, "classify")
    with pytest.raises(nt.InputTypeError, match=r"Take one from nettumor.criteria"):
        require("recist", criteria.SizeCriteria, "classify")
    require(criteria.RECIST_1_1, criteria.SizeCriteria, "classify")


def test_names_and_get():
    """Every name is found in any spelling; a near miss is suggested."""
    for name in criteria.names():
        assert criteria.get(name).name == name
    assert criteria.get(" RECIST_1_1 ") is criteria.RECIST_1_1
    assert criteria.get("vogl 2008") is criteria.VOGL_2008
    with pytest.raises(nt.InputError, match=r"got 'recist-1.2'. Did you mean 'recist-1.\d'\?"):
        criteria.get("recist-1.2")
    with pytest.raises(nt.InputError, match="must be the name of an edition; got 3"):
        criteria.get(3)


def write(folder, text):
    path = folder / "protocol.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_load_overrides_a_named_edition(tmp_path):
    """A protocol starts from an edition and overrides fields, tables within tables included."""
    loaded = criteria.load(
        write(
            tmp_path,
            b"\xef\xbb\xbf"
            + b"""
base = "RECIST 1.1"
title = "Trial X, modified RECIST 1.1"
sustained_response = false
too_small = "none"
[pd]
absolute = 3
[mr]
value = 10
strict = true
[best_response]
confirmation_days = "none"
sd_minimum_days = 56
[selection]
max_targets = 3
[pr.citation]
document = "Protocol X"
section = "7.2"
""",
        )
    )
    assert loaded.name == "protocol"
    assert loaded.pd.absolute == 3
    assert loaded.pd.value == 20
    assert (loaded.mr.value, loaded.mr.strict, loaded.mr.direction) == (10, True, "decrease")
    assert loaded.best_response.confirmation_days is None
    assert loaded.best_response.sd_minimum_days == 56
    assert loaded.too_small is None
    assert not loaded.sustained_response
    assert loaded.selection.max_targets == 3
    assert loaded.pr.citation == Citation("Protocol X", "7.2", criteria.RECIST_1_1.pr.citation.doi)
    assert nt.classify(100, 86, criteria=loaded) is nt.Response.MR


def test_load_turns_progression_of_a_marker_off_and_on(tmp_path):
    """ "none" takes an optional limit away; a table brings one where the edition had none."""
    assert criteria.load(write(tmp_path, 'base = "biological-vogl-2008"\npd = "none"')).pd is None
    added = criteria.load(write(tmp_path, 'base = "biological-vogl-2008"\n[mr]\nvalue = 25'))
    assert added.mr.value == 25


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('gap = "MR"', 'must have a line such as base = "recist-1.1"'),
        ('base = "recist"\n', "Did you mean 'recist-1"),
        (
            'base = "recist-1.1"\nsustaned_response = true',
            r"`sustaned_response` \(protocol.toml, line 2, sustaned_response\) must.*Did you mean 'sustained_r",
        ),
        (
            'base = "recist-1.1"\n[pd]\nabsolut = 3',
            r"`absolut` \(protocol.toml, line 3, pd.absolut\).*Did you mean 'absolute'",
        ),
        ('base = "recist-1.1"\npr = 30', r"must be a table, \[pr\]; got 30"),
        ('base = "recist-1.1"\ngap = "PR"', "`gap` must be one of"),
        (
            'base = "recist-1.1"\n[pr]\nvalue = -30',
            "protocol.toml, line 3, pr.value: `value` of Threshold must be a percent",
        ),
        (
            'base = "vogl-2008"\n[selection]\nmax_targets = 3',
            r"`selection` \(protocol.toml, line 2, selection\) must not be a table here",
        ),
        (
            'base = "recist-1.1"\ncitation = "x"',
            r"`citation` \(protocol.toml, line 2, citation\) must be a table",
        ),
        (
            'base = "vogl-2008"\n[mr]\nstrict = true',
            r"`mr` \(protocol.toml, line 2, mr\) must have a value, the percent of the limit",
        ),
        (
            'base = "recist-1.1"\n[pd]\nunit = "cm"',
            "protocol.toml, line 2, pd: `pd` of SizeCriteria must be in mm",
        ),
        (
            'base = "recist-1.1"\ntitle = "none"',
            "protocol.toml, line 2, title: `title` of SizeCriteria must be words; got None",
        ),
        (
            'base = "recist-1.1"\nbest_response = "none"',
            "`best_response` of SizeCriteria must be a BestResponseRule",
        ),
        (
            'base = "recist-1.1"\n[pr]\nvalue = 0.3',
            r"line 3, pr.value: .*in percent; got 0.3. Write 30 for 30 %",
        ),
        (
            'base = "recist-1.1"\n[gap]\na = 1',
            r"line 2, gap\) must be one value, not a table.*gap = 'SD'",
        ),
        (
            'base = "recist-1.1"\n[pr.absolute]\nvalue = 1',
            r"line 2, pr.absolute\) must not be a table",
        ),
        (
            'base = "recist-1.1"\n[pr.value]\nvalue = 1',
            r"pr.value\) must be one value, not a table",
        ),
        (
            'base = "recist-1.1"\n[[pd]]\nabsolute = 3',
            r"`pd` \(protocol.toml, line 2, pd\) must be a table",
        ),
        (
            'base = "recist-1.1"\n[citation]\nsection = 3',
            "line 3, citation.section: `section` of Cit.* must be text",
        ),
        (
            'base = "recist-1.1"\ntoo_small = ' + "9" * 400,
            "line 2, too_small: .* a number greater than 0",
        ),
        ('base = "recist-1.1"\ntoo_small = ' + "9" * 5000, "must be a TOML file"),
        (
            'base = "recist-1.1"\nfamily = "WHO"',
            r"`family` \(protocol.toml, line 2, family\) must not be given",
        ),
        (
            'base = "recist-1.1"\nbest_response = {sd_minimum_days = "x"}',
            "line 2, best_response.sd_min",
        ),
        ("a = " + "[" * 5000, "nested too deep"),
        ("base = ", "must be a TOML file"),
        (b"\xff\xfe", "must be a readable TOML file in UTF-8"),
    ],
)
def test_load_names_the_key(tmp_path, text, message):
    """What is wrong in a protocol file is named with its key and the repair."""
    with pytest.raises(nt.InputError, match=message):
        criteria.load(write(tmp_path, text))


FAMILIES = {
    "vogl-2008": "VOGL", "vogl-2008-captions": "VOGL", "who-1981": "WHO", "recist-1.0": "RECIST 1.0",
    "recist-1.1": "RECIST 1.1", "irecist-2017": "iRECIST", "mrecist-2010": "mRECIST",
    "swog-1992": "SWOG", "easl-2001": "EASL", "volume-recist-printed": "volume RECIST",
}  # fmt: skip


def test_a_variant_keeps_its_family(tmp_path):
    """Every edition has a family, which neither a change of the name nor a file takes away, and
    which is no part of the fingerprint.
    """
    for name in criteria.names():
        assert criteria.get(name).family != "custom", name
        own = criteria.load(write(tmp_path, f'base = "{name}"'))
        assert own.family == criteria.get(name).family
        assert attrs.evolve(own, name="x", title="y").family == own.family
        assert attrs.evolve(own, family="other").digest == own.digest
    assert {n: criteria.get(n).family for n in FAMILIES} == FAMILIES


def test_a_variant_says_what_is_its_own(tmp_path):
    """The edition's limit is printed with its citation, the protocol's own without it; the fields
    that differ are listed; a limit with the protocol's citation carries that.
    """
    variant = criteria.load(
        write(
            tmp_path,
            """
base = "recist-1.1"
[pd]
absolute = 3
[best_response]
sd_minimum_days = 56
[selection]
max_targets = 3
""",
        )
    )
    text = str(variant)
    assert text.startswith("protocol (after RECIST 1.1) (protocol): ")
    assert "30 % of the size at baseline [RECIST 1.1, 4.3.1]" in text
    assert "and at least 3 mm [the protocol's own]" in text
    assert "at most 3 in all, 2 an organ [the protocol's own]" in text
    assert text.splitlines()[-1] == (
        "A variant of RECIST 1.1; the protocol's own, without its citation: pd.absolute, "
        "best_response.sd_minimum_days, selection.max_targets."
    )
    assert "SD counts from day 56." in text
    assert "Source: the protocol's own; the rest is of RECIST 1.1, 4.4.3 and Table 3" in text
    nodes = str(attrs.evolve(criteria.RECIST_1_1, node_normal=8))
    assert "below 8 mm adds its growth to the sum [the protocol's own]" in nodes
    minor = criteria.load(write(tmp_path, 'base = "recist-1.1"\n[mr]\nvalue = 15\n'))
    assert "MR: a decrease of at least 15 % of the size at baseline [the protocol's own]" in str(
        minor
    )
    cited = attrs.evolve(variant, pd=attrs.evolve(variant.pd, citation=CITED))
    assert "and at least 3 mm [protocol, 7.1]" in str(cited)
    unnamed = attrs.evolve(criteria.VOGL_2008, gap="MR")
    assert str(unnamed).startswith("Variant of Vogl 2008, morphological response (vogl-2008)")
    assert str(unnamed).endswith("without its citation: gap.")
    for name in criteria.names():
        assert "the protocol's own" not in str(criteria.get(name)), name
        assert "ariant of" not in str(criteria.get(name)), name
    assert (
        "the protocol's own"
        not in str(attrs.evolve(variant, family="none of ours")).split("\n")[-1]
    )


def test_a_verdict_by_the_protocols_own_limit_does_not_cite_the_edition():
    """The sentence of a verdict names the edition's section only for the edition's limit."""
    own = attrs.evolve(
        criteria.RECIST_1_1,
        title="Trial X",
        pd=attrs.evolve(criteria.RECIST_1_1.pd, absolute=3),
    )
    course = nt.target_response([[60, 40, 50]], criteria=own)
    assert course.explain(2).endswith("limits +20 % and 3 mm (Trial X, its own limit)")
    assert course.explain(1).endswith("(Trial X, 4.3.1)")
    pair = nt.MorphologicalResponse.assess(40, 49, criteria=attrs.evolve(own, title="RECIST 1.1"))
    assert pair.explain().endswith("(Variant of RECIST 1.1, its own limit)")
    marker = attrs.evolve(
        criteria.BIOLOGICAL_VOGL_2008,
        title="Trial X",
        pr=attrs.evolve(criteria.BIOLOGICAL_VOGL_2008.pr, value=60),
    )
    assert (
        "(Trial X, its own limit)"
        in nt.BiologicalResponse.assess(100, 30, criteria=marker).explain()
    )


def test_criteria_are_short_in_signatures():
    """The repr is a name, so that help fits a screen; str is the prose."""
    assert repr(criteria.RECIST_1_1) == "<SizeCriteria 'recist-1.1'>"
    assert repr(criteria.RECIST_1_1.best_response) == "<BestResponseRule 'recist-1.1'>"
    own = attrs.evolve(criteria.WHO_1981, name="trial-x", gap="MR")
    assert repr(own) == "<SizeCriteria 'trial-x', a variant of WHO 1981>"
    for name in (
        "classify",
        "target_response",
        "best_overall_response",
        "progression_free_survival",
    ):
        assert len(str(inspect.signature(getattr(nt, name)))) < 900


toml_values = st.recursive(
    st.none().map(lambda _: '"none"')
    | st.booleans().map(lambda b: str(b).lower())
    | st.integers(-(10**30), 10**30).map(str)
    | st.floats().map(str)
    | st.sampled_from(['"MR"', '""', '"x"', "1979-05-27", "07:32:00", "[[", "'a"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]")
        | st.lists(inner, max_size=2).map(lambda v: "{value = " + (v or ["1"])[0] + "}")
    ),
    max_leaves=4,
)
toml_keys = st.sampled_from(
    ["pr", "pd", "mr", "gap", "title", "name", "selection", "best_response", "citation", "censoring",
     "too_small", "value", "absolute", "unit", "strict", "max_targets", "document", "confirmation_days",
     "pr.value", "pr.citation", "pr.citation.section", "immune", "measure", "pr.absolute", '"a b"', "x"]
)  # fmt: skip
toml_lines = st.one_of(
    st.builds("{} = {}".format, toml_keys, toml_values),
    st.builds("[{}]".format, toml_keys),
    st.builds("[[{}]]".format, toml_keys),
    st.text(max_size=12),
)


@given(base=st.sampled_from(criteria.names()), lines=st.lists(toml_lines, max_size=6))
def test_any_file_loads_or_is_one_sentence(tmp_path_factory, base, lines):
    """Whatever stands in a protocol file, it gives criteria that print, or one error in words."""
    path = tmp_path_factory.mktemp("toml") / "protocol.toml"
    path.write_text("\n".join([f'base = "{base}"', *lines]), encoding="utf-8", errors="replace")
    try:
        loaded = criteria.load(path)
    except nt.InputError as error:
        said = str(error)
    else:
        said = str(loaded)
        assert len(loaded.digest) == 16
    assert said


def test_load_of_an_absent_file(tmp_path):
    """An absent file is one clear error, and so is what is no path."""
    with pytest.raises(nt.InputError, match="must be a readable TOML file"):
        criteria.load(tmp_path / "absent.toml")
    for nothing in (None, 3):
        with pytest.raises(
            nt.InputTypeError, match=f"`path` must be the path of a TOML file; got {nothing}"
        ):
            criteria.load(nothing)


STUDY = {
    "lesions": {
        "subject": ["01"] * 2,
        "lesion": ["T1"] * 2,
        "role": ["TARGET"] * 2,
        "visit": [1, 2],
        "day": [0, 56],
        "size": [30, 20],
        "perpendicular": [20, 20],
        "viable": [30, 20],
        "viable_perpendicular": [20, 20],
        "volume": [9, 4],
        "attenuation": [80, 60],
    }
}
READERS = {
    "target_response": lambda c: nt.target_response([[10, 8]], criteria=c),
    "classify": lambda c: nt.classify(10, 8, criteria=c),
    "lesion_size": lambda c: nt.lesion_size(
        10, 8, viable=6, viable_perpendicular=5, volume=1, criteria=c
    ),
    "size_in_state": lambda c: nt.size_in_state([10], ["MEASURED"], criteria=c),
    "is_measurable": lambda c: nt.is_measurable(10, criteria=c),
    "node_class": lambda c: nt.node_class(10, criteria=c),
    "select_targets": lambda c: nt.select_targets([10], ["LIVER"], criteria=c),
    "overall_response": lambda c: nt.overall_response(8, 8, False, criteria=c),
    "choi_response": lambda c: nt.choi_response([10, 8], [80, 80], criteria=c),
    "percist_response": lambda c: nt.percist_response([10, 8], criteria=c),
    "marker_response": lambda c: nt.marker_response(10, 8, criteria=c),
    "symptom_response": lambda c: nt.symptom_response(10, 8, criteria=c),
    "best_overall_response": lambda c: nt.best_overall_response(
        [8], [56], rule=getattr(c, "best_response", c)
    ),
    "progression_free_survival": lambda c: nt.progression_free_survival([5], [56], censoring=c),
    "assess": lambda c: nt.assess(STUDY, criteria=c),
}


def reads(function, edition):
    try:
        READERS[function](edition)
    except nt.InputError:
        return False
    return True


EDITION_FILES = sorted(p for p in pathlib.Path(criteria.__file__).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("path", EDITION_FILES, ids=lambda p: p.stem)
def test_each_edition_lists_the_functions_that_read_it(path):
    """The docstring of an edition's file names every function that takes it, and no other."""
    source = path.read_text(encoding="utf-8")
    editions = [
        getattr(criteria, name)
        for name in re.findall(r"^([A-Z][A-Z0-9_]+) = ", source, re.MULTILINE)
        if hasattr(criteria, name)
    ]
    assert editions
    said = set(re.findall(r"`(\w+)`", source.split("Read by:")[1].split('"""')[0])) & set(READERS)
    assert said == {
        function for function in READERS if any(reads(function, edition) for edition in editions)
    }


@pytest.mark.parametrize(
    ("edition", "after", "answer"),
    [
        (
            "recist-mr-van-vliet-2013",
            [87.1, 87.0, 70.1, 70.0, 120.0],
            ["SD", "MR", "MR", "PR", "PD"],
        ),
        ("mswog-van-vliet-2013", [75.1, 75.0, 50.1, 50.0, 125.0], ["SD", "MR", "MR", "PR", "PD"]),
    ],
)
def test_minor_response_of_van_vliet(edition, after, answer):
    """The minor response begins at 13 % of the diameters and at 25 % of the products, and ends
    where PR begins; what is not in the abstract says so.
    """
    found = criteria.get(edition)
    assert nt.labels(nt.classify(100, after, criteria=found)).tolist() == answer
    assert found.mr.citation.provenance == "found"
    assert found.citation.provenance == "from memory"
    course = nt.target_response([[100.0, *after[:3]]], criteria=found)
    assert nt.labels(course.response[1:]).tolist() == answer[:3]


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (56, "scheduled every 56 days (window 7)"),
        (
            [(0, 56), (336, 84)],
            "scheduled every 56 days from day 0, then every 84 days from day 336",
        ),
        ((56, 112, 196), "scheduled on days 56, 112, 196"),
    ],
)
def test_a_schedule_is_said_in_words(schedule, said):
    """One interval, intervals that change, or the days themselves; the rule says that it is on."""
    rule = attrs.evolve(criteria.FDA_2018_CENSORING, schedule=schedule, window_days=7)
    assert rule.missed_visits.startswith("on: more than 1 missed, ")
    assert said in rule.missed_visits


@pytest.mark.parametrize(
    "schedule", [0, -7, "8 weeks", True, (), (112, 56), ((336, 84), (0, 56)), ((0, 0),)]
)
def test_what_is_no_schedule_is_refused(schedule):
    """Not above 0, not in order, words: refused with an example of each form."""
    with pytest.raises(ValueError, match=r"E\.g\. schedule=56, schedule="):
        attrs.evolve(criteria.FDA_2018_CENSORING, schedule=schedule)


def test_a_protocol_may_bring_its_own_censoring(tmp_path):
    """Where the edition has no censoring of its own, the protocol's starts from the FDA's."""
    loaded = criteria.load(
        write(
            tmp_path, 'base = "recist-1.1"\n[censoring]\nvisit_interval_days = 56\nwindow_days = 7'
        )
    )
    assert loaded.censoring.visit_interval_days == 56
    assert loaded.censoring.missed_visits.startswith("on: ")


def test_the_window_of_confirmation_is_printed_where_there_is_one():
    """iRECIST without a window says nothing of one; with a scan for symptoms it says the exception."""
    none = attrs.evolve(criteria.IRECIST_2017, confirmation_from_days=None)
    assert "Nothing is confirmed earlier" not in none.prose()
    early = attrs.evolve(criteria.IRECIST_2017, symptomatic_new_lesion=True)
    assert "unless a further new lesion is seen on a scan made for symptoms" in early.prose()


def test_a_rule_that_asks_for_no_missed_visits_says_so():
    """Beside one without a schedule, and one with."""
    rule = nt.criteria.ADMIRALONCO_CENSORING
    off = attrs.evolve(rule, max_missed_visits=None)
    assert off.missed_visits == "off: the rule of this censoring asks for none"


def test_a_schedule_has_one_digest_however_its_numbers_are_written():
    """84 and 84.0, in pairs too."""
    rule = nt.criteria.FDA_2018_CENSORING
    whole, real = (attrs.evolve(rule, schedule=((0, n), (n, n)), window_days=7) for n in (84, 84.0))
    assert whole.digest == real.digest != rule.digest


@pytest.mark.parametrize("edition", [criteria.RECIST_1_1, criteria.IRECIST_2017])
def test_what_is_asked_of_a_study_is_said(edition):
    """The markers that CR asks for and the methods whose new lesions count, in the prose; a single
    name, or a list that holds something else, is refused with the repair.
    """
    assert "CR asks for no marker to be normal" in edition.prose()
    every = attrs.evolve(edition, cr_markers="all evaluable")
    assert "every marker that was above its upper limit at baseline" in every.prose()
    named = attrs.evolve(edition, cr_markers=["CgA", "5-HIAA"], new_lesion_methods={"CT"})
    assert "CR asks CgA, 5-HIAA, where above the upper limit" in named.prose()
    assert named.new_lesion_methods == ("CT",)
    for wrong in ("CgA", ["CgA", 5], [], 3):
        with pytest.raises(nt.InputError, match="a list of names"):
            attrs.evolve(edition, cr_markers=wrong)
    for wrong in ("CT", ["CT", ""]):
        with pytest.raises(nt.InputError, match=r"a list of names, or None.*E\.g\."):
            attrs.evolve(edition, new_lesion_methods=wrong)
