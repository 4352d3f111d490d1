"""Biological response: the review's limits, upper limits of normal, units, assays, and the slow
twin.
"""

from fractions import Fraction

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
import reference.levels as slow
from refusals import refused
from strategies import courses, sizes

R, NAN, INF, C = nt.Response, np.nan, np.inf, nt.criteria
VOGL, WHO = C.BIOLOGICAL_VOGL_2008, C.BIOLOGICAL_NET_WHO
RULES = [VOGL, WHO, attrs.evolve(VOGL, pd=None)]

STORIES = [
    # before, after, upper limit, criteria, answer, sentence
    (100, 50, NAN, VOGL, "SD", "K09: 50 % is not more than 50 %"),
    (100, 49.9, NAN, VOGL, "PR", "more than 50 %"),
    (100, 50, 10, WHO, "PR", "K02: 50 % is at least 50 %"),
    (100, 51, 10, WHO, "MR", "K03: minor response"),
    (100, 75, 10, WHO, "MR", "K04: exactly 25 %"),
    (100, 76, 10, WHO, "SD", "K05: less than 25 %"),
    (80, 30, 100, WHO, "NE", "K08: normal before therapy"),
    (100, 10, 10, VOGL, "CR", "at the upper limit is normal"),
    (100, 10.1, 10, VOGL, "PR", "above it is not"),
    (100, 0, NAN, VOGL, "PR", "no limit, no CR"),
    (10, 5, 10, VOGL, "NE", "at the limit before therapy"),
    (10, 12, 10, VOGL, "NE", "becomes abnormal without meeting PD"),
    (10, 12.6, 10, VOGL, "PD", "becomes abnormal and meets PD"),
    (8, 10, 10, VOGL, "NE", "still normal"),
    (100, 125, NAN, VOGL, "SD", "25 % is not more than 25 %"),
    (100, 125, NAN, WHO, "PD", "25 % is at least 25 %"),
    (100, 300, NAN, attrs.evolve(VOGL, pd=None), "SD", "progression turned off"),
    (0, 3, NAN, VOGL, "NE", "not present before therapy"),
    (0, 0, 8, VOGL, "NE", "normal throughout"),
    (0, 20, 8, VOGL, "PD", "from nothing to above the limit"),
    (NAN, 3, 8, VOGL, "NE", "not measured"),
    (3, NAN, 8, VOGL, "NE", "not measured"),
]


@pytest.mark.parametrize(
    ("before", "after", "limit", "criteria", "answer", "story"),
    STORIES,
    ids=[s[-1] for s in STORIES],
)
def test_stories(before, after, limit, criteria, answer, story):
    """Each rule of the marker with its sentence; one marker or an array of them, and the object,
    agree.
    """
    upper = None if np.isnan(limit) else limit
    assert nt.marker_response(before, after, upper_limit=upper, criteria=criteria).label == answer
    array = nt.marker_response([before], np.array([after]), upper_limit=limit, criteria=criteria)
    assert nt.labels(array).tolist() == [answer]
    one = nt.BiologicalResponse.assess(
        before, after, upper_limit=upper, criteria=criteria, name="CgA"
    )
    assert one.response.label == answer
    assert one.explain().startswith(answer + ": CgA ")


numbers = st.one_of(sizes(), sizes(places=4), st.sampled_from([0.0, NAN, 10.0]))


@given(
    st.lists(
        st.tuples(numbers, numbers, st.one_of(sizes(smallest=0.1), st.just(NAN))),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(RULES),
    st.integers(-4, 4),
)
def test_agrees_with_the_twin(rows, criteria, power):
    """Any decimals: the answer of exact arithmetic; multiplying marker and limit by a power of two
    changes nothing.
    """
    before, after, limit = np.array(rows).T
    expected = [slow.marker(*row, criteria) for row in rows]
    answer = nt.marker_response(before, after, upper_limit=limit, criteria=criteria)
    assert nt.labels(answer).tolist() == expected
    scaled = (a * 2.0**power for a in (before, after))
    np.testing.assert_array_equal(
        nt.marker_response(*scaled, upper_limit=limit * 2.0**power, criteria=criteria), answer
    )
    assessed = nt.BiologicalResponse.assess(before, after, upper_limit=limit, criteria=criteria)
    assert all(assessed.explain(i).startswith(expected[i] + ": ") for i in range(len(rows)))


@given(
    sizes(smallest=0.1),
    st.lists(sizes(places=2), min_size=2, max_size=20),
    st.sampled_from([5.0, 50.0, NAN]),
    st.sampled_from(RULES),
)
def test_more_marker_is_never_better(before, after, limit, criteria):
    """A larger value after therapy never has the better response, wherever the marker is
    evaluable.
    """
    answer = nt.marker_response(before, np.sort(after), upper_limit=limit, criteria=criteria)
    evaluable = answer[answer > R.NE]
    assert (np.diff(evaluable) <= 0).all()


@pytest.mark.parametrize("limit", [VOGL.pr, VOGL.pd, WHO.pr, WHO.mr, WHO.pd])
def test_exact_limits_on_the_grid(limit):
    """On the grid of 0.1 each pair exactly on a limit is decided exactly, on either side of it."""
    before = np.arange(2, 4000, 2) / 10
    exact = np.round(before * (100 + limit.signed) / 100, 4)
    for criteria in (VOGL, WHO):
        for step, every in ((-1e-4, 5), (0, 1), (1e-4, 5)):  # beside the limit every fifth
            pairs = before[::every], np.round(exact + step, 4)[::every]
            expected = [slow.marker(b, a, NAN, criteria) for b, a in zip(*pairs, strict=True)]
            assert nt.labels(nt.marker_response(*pairs, criteria=criteria)).tolist() == expected


def test_exact_upper_limits_after_conversion():
    """A value at its upper limit is still at it after a conversion there and back; 0.0001 mg more
    is above it.
    """
    limit = np.arange(1, 4000) / 100
    for step, answer in ((0, R.CR), (1e-4, R.PR)):
        there = nt.markers.convert(np.round(limit + step, 4), "mg/24h", "umol/24h", marker="5-HIAA")
        back = nt.markers.convert(there, "umol/24h", "mg/24h", marker="5-HIAA")
        assert (
            nt.marker_response(np.full(back.shape, 9000.0), back, upper_limit=limit) == answer
        ).all()


BAD = [
    (([-1.0], [2.0]), {}, r"`before` must be finite and at least 0 .* got -1.0 at \[0\]"),
    ((1.0, INF), {}, r"`after` must be finite"),
    ((1.0, 2.0), {"upper_limit": 0}, r"`upper_limit` must be finite and greater than 0 .* got 0"),
    (([1.0, 2], [1.0, 2, 3]), {}, "must broadcast together"),
    ((["low"], [1]), {}, r"`before` must be numbers; got text"),
    ((1, 1), {"criteria": C.RECIST_1_1}, "served by classify or target_response"),
    ((1, 1), {"invalid": "no"}, r"`invalid` must be one of"),
]


@pytest.mark.parametrize(("arguments", "keywords", "message"), BAD)
def test_bad_input_is_refused(arguments, keywords, message):
    """Errors by argument, requirement, value, place and repair, from the function and the
    object.
    """
    for function in (nt.marker_response, nt.BiologicalResponse.assess):
        with pytest.raises(nt.InputError, match=message):
            function(*arguments, **keywords)


def test_invalid_may_be_answered_with_ne():
    """With invalid="NE" an impossible value or limit is NE with its reason."""
    answer = nt.BiologicalResponse.assess(
        [-1, 5, 50], [1, INF, 20], upper_limit=[8, 8, -8], invalid="NE"
    )
    assert answer.response.tolist() == [R.NE] * 3
    assert (answer.reason & nt.Reason.INVALID).all()
    assert "a value that cannot be" in answer.explain(0)


def test_shapes():
    """Broadcasting, empty arrays, read-only and narrow inputs; objects own their numbers."""
    before = np.array([33.0, 40.0], np.float32)
    before.setflags(write=False)
    assert nt.marker_response(before[:, None], [10, 60], upper_limit=8).shape == (2, 2)
    assert nt.marker_response([], []).shape == (0,)
    assert repr(nt.BiologicalResponse.assess([], [])) == "BiologicalResponse(0 pairs: none)"
    assert nt.BiologicalResponse.assess(before, before).before.flags.writeable
    assert "BiologicalResponse(PR: marker 20.0" in repr(nt.BiologicalResponse.assess(50, 20))


def test_unit_and_assay_must_not_change():
    """A change of unit or assay is NE with its reason; spellings of one unit, and blanks, are no
    change.
    """
    assess = nt.BiologicalResponse.assess
    changed = assess(
        [50, 50, 50], [20, 20, 20], unit_before="ng/mL", unit_after=["ug/L", "nmol/L", ""]
    )
    assert changed.response.tolist() == [R.PR, R.NE, R.PR]
    assert "unit or assay of marker changed" in changed.explain(1)
    assert np.isnan(changed.percent[1])
    assay = assess(50, 20, assay_before="Kryptor", assay_after="NEOLISA")
    assert (assay.response, assay.reason) == (R.NE, nt.Reason.NOT_COMPARABLE)
    assert assess(50, 20, assay_before="Kryptor", assay_after="KRYPTOR").response == R.PR
    assert assess(50, 20, unit_before="arbitrary", unit_after="ng/mL").response == R.NE
    for blank in ("", " ", None, NAN, pd.NA):
        given = assess(
            [50, 50],
            [20, 20],
            assay_before=["A", "A"],
            assay_after=pd.Series(["B", blank], dtype=object),
        )
        assert given.response.tolist() == [R.NE, R.PR]
    assert assess([50], [20], unit_before=[1], unit_after=[2]).response.tolist() == [R.NE], (
        "numbers as codes of units"
    )
    assert assess([], [], unit_before=[], unit_after="ng/mL").response.shape == (0,)
    assert assess(50, 20, assay_before="A", assay_after=["A", "B"]).response.tolist() == [
        R.PR,
        R.NE,
    ]
    grid = assess(np.full((2, 3), 50.0), 20, assay_before="A", assay_after=[["A"], ["B"]])
    assert grid.response.tolist() == [[R.PR] * 3, [R.NE] * 3]


def test_units_of_another_shape_are_refused():
    """Units and assays broadcast with the values, or the error names them."""
    assess = nt.BiologicalResponse.assess
    with pytest.raises(
        nt.InputError, match=r"broadcast together; got `before` \(2,\), `unit_before` \(3,\)"
    ):
        assess([50, 50], [20, 20], unit_before=["a", "b", "c"])
    with pytest.raises(nt.InputError, match=r"got `assay_before` \(3,\), `assay_after` \(2,\)"):
        assess(50, 20, assay_before=["a", "b", "c"], assay_after=["a", "b"])
    assert assess(50, 20, unit_before="arbitrary", unit_after="Arbitrary ").response == R.PR
    assert "100.0 mg/24h" in assess(210, 100, unit_before="mg/24h").explain()


def test_explanations_of_what_is_not_evaluable():
    """Normal, absent and risen from nothing are told apart."""
    assess = nt.BiologicalResponse.assess
    assert "is not above its upper limit 8.0" in assess(5, 6, upper_limit=8).explain()
    assert "is not present" in assess(0, 6).explain()
    assert (
        "marker 20.0 is up from 0.0 before, upper limit 8.0"
        in assess(0, 20, upper_limit=8).explain()
    )
    assert "limits -50 % and -25 % and +25 %" in assess(50, 20, criteria=WHO).explain()


def test_combination_by_a_named_rule():
    """Several markers are one only by a rule: a primary marker, the worst or the best of the
    evaluable ones.
    """
    markers = {
        "5-HIAA": nt.BiologicalResponse.assess([50, 50, 5], [20, 20, 5], upper_limit=8),
        "CgA": [R.PD, R.NE, R.NE],
    }
    assert nt.combine_markers(markers, rule="worst").tolist() == [R.PD, R.PR, R.NE]
    assert nt.combine_markers(markers, rule="best").tolist() == [R.PR, R.PR, R.NE]
    assert nt.combine_markers(markers, rule="primary", primary="CgA").tolist() == [R.PD, R.NE, R.NE]
    assert nt.combine_markers({"a": R.PR, "b": R.SD}, rule="worst") is R.SD
    with pytest.raises(
        nt.InputError,
        match=r"`primary` must be one of the names given; got 'cga'. Did you mean 'CgA'",
    ):
        nt.combine_markers(markers, rule="primary", primary="cga")
    with pytest.raises(nt.InputError, match="must hold at least one response"):
        nt.combine_markers({}, rule="best")
    with pytest.raises(nt.InputError, match="`rule` must be one of 'primary', 'worst', 'best'"):
        nt.combine_markers(markers, rule="mean")
    with pytest.raises(
        nt.InputTypeError, match="`responses` must be a mapping of name to responses; got list"
    ):
        nt.combine_markers([[R.PR], [R.SD]], rule="best")
    with pytest.raises(nt.InputTypeError, match="Read labels with parse_responses"):
        nt.combine_markers({"CgA": ["PR"]}, rule="best")


@given(
    st.lists(courses(visits=3, subjects=4), min_size=1, max_size=4),
    st.sampled_from(["primary", "worst", "best"]),
)
def test_combination_agrees_with_the_twin(codes, rule):
    """Any codes of several markers: the literal rule, one patient at a time."""
    each = {f"marker {i}": c for i, c in enumerate(codes)}
    combined = nt.combine_markers(each, rule=rule, primary="marker 0")
    for place in np.ndindex(combined.shape):
        assert combined[place] == slow.combined([int(c[place]) for c in codes], rule)


def test_registry():
    """All markers of the review are there first, found under their usual spellings, each with its
    source; then those of the laboratories.
    """
    assert nt.markers.names()[:8] == [
        "5-HIAA",
        "chromogranin A",
        "serotonin",
        "gastrin",
        "insulin",
        "dopamine",
        "neuron-specific enolase",
        "pancreastatin",
    ]
    assert nt.markers.names()[8:] == [
        "5-HIAA/creatinine",
        "plasma 5-HIAA",
        "glucagon",
        "VIP",
        "somatostatin",
    ]
    for at, name in enumerate(nt.markers.names()):
        marker = nt.markers.get(name.upper())
        assert ("Vogl et al. 2008" if at < 8 else "Beyond the review") in marker.source
        assert marker.specimen
        assert marker.units
        assert marker.confounders
        for unit in marker.units:
            assert nt.markers.convert(1.5, unit, unit, marker=name) == 1.5
    assert nt.markers.get("NSE").name == "neuron-specific enolase"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        nt.markers.get("NSE").molar_mass = 1.0
    with pytest.raises(
        nt.InputError,
        match=r"`marker` must be a registered marker; got 'chromogranine'. Did you mean",
    ):
        nt.markers.get("chromogranine")


CONVERSIONS = [
    (10.0, "mg/24h", "umol/24h", "5-HIAA", 52.3067),
    (200.0, "mg/day", "µmol/d", "5-HIAA", 1046.1345),
    (52.306726, "umol/24 h", "mg/24h", "5-HIAA", 10.0),
    (100.0, "ng/mL", "nmol/L", "serotonin", 567.5047),
    (12.3, "ng/mL", "ug/L", "CgA", 12.3),
    (1.0, "mcg/L", "pg/mL", "CgA", 1000.0),
    (1.0, "g/dL", "g/L", "CgA", 10.0),
    (6.0, "uIU/mL", "mIU/L", "insulin", 6.0),
    (1.0, "ug/24h", "nmol/24h", "dopamine", 6.5283),
    (3.0, "mg/24 hours", "\u03bcmol/24-h", "urinary 5-HIAA", 15.6920),
    (200.0, "ng/mL", "nmol/L", "5-HT", 1135.0094),
    (5.0, "MG per day", "umol/24hrs", "5hiaa", 26.1534),
    (120.0, "ng/ml", "\u00b5g/l", "chromogranin A", 120.0),
    (10.0, "mg/(24.h)", "umol/(24.h)", "5-HIAA", 52.3067),
    (6.0, "u[iU]/mL", "m[iU]/L", "insulin", 6.0),
    (6.0, "[iU]/L", "mIU/mL", "insulin", 6.0),
    (10.0, "mg/g", "mmol/mol", "5-HIAA/creatinine", 5.9169),
    (12.0, "mg/g{creat}", "umol/mmol{creat}", "5-HIAA/Cr", 7.1003),
    (5.0, "umol/mmol creatinine", "mg/g creat", "5-HIAA creatinine ratio", 8.4503),
    (1.0, "mmol/mol", "umol/mmol", "5-HIAA/creat", 1.0),
    (100.0, "ng/mL", "nmol/L", "plasma 5-HIAA", 523.0673),
    (100.0, "pg/mL", "pmol/L", "glucagon", 28.7109),
    (75.0, "pg/mL", "pmol/L", "VIP", 22.5496),
    (25.0, "ng/L", "pmol/L", "somatostatin", 15.2625),
]


@pytest.mark.parametrize(
    ("marker", "unit", "to", "factor"),
    [
        ("5-HIAA", "mg/24h", "umol/24h", Fraction(1000) / Fraction("191.18")),
        ("serotonin", "nmol/L", "ng/mL", Fraction("176.21") / 1000),
        ("CgA", "pg/mL", "ug/L", Fraction(1, 1000)),
        ("dopamine", "ug/24h", "nmol/24h", Fraction(1000) / Fraction("153.18")),
    ],
)
@given(value=sizes(places=4))
def test_conversion_agrees_with_fractions(marker, unit, to, factor, value):
    """Any decimal: within four roundings of exact arithmetic, there and back."""
    there = nt.markers.convert(value, unit, to, marker=marker)
    exact = float(Fraction(str(value)) * factor)
    assert abs(there - exact) <= 4 * np.spacing(exact)
    assert abs(nt.markers.convert(there, to, unit, marker=marker) - value) <= 4 * np.spacing(value)


@pytest.mark.parametrize(("value", "unit", "to", "marker", "expected"), CONVERSIONS)
def test_conversions(value, unit, to, marker, expected):
    """Printed and computed pairs, there and back, NaN kept."""
    convert = nt.markers.convert
    assert convert(value, unit, to, marker=marker) == pytest.approx(expected, abs=1e-4)
    there = convert([value, NAN], unit, to, marker=marker)
    back = convert(there, to, unit, marker=marker)
    assert back[0] == pytest.approx(value, rel=1e-15)
    assert np.isnan(back[1])


REFUSED = [
    ("U/L", "ng/mL", "CgA", "kits bind different epitopes"),
    ("nmol/L", "ng/mL", "CgA", "kits bind different epitopes"),
    ("uIU/mL", "pmol/L", "insulin", "6.00 and 6.945"),
    ("U/L", "nmol/L", "5-HIAA", "units of activity have no fixed mass"),
    ("mg/L", "mg/24h", "5-HIAA", "one is a concentration, the other a daily amount"),
    ("mg/week", "mg/24h", "5-HIAA", r"`unit` must be a unit such as mg/24h.* got 'mg/week'"),
    ("furlong", "mg/24h", "5-HIAA", r"`unit` must be a unit"),
    ("mg/24h", "furlong", "5-HIAA", r"`to` must be a unit"),
    ("mg/24h", None, "5-HIAA", r"`to` must be a unit"),
    ("pg/mL", "pmol/L", "gastrin", "mixture"),
    ("pg/mL", "pmol/L", "pancreastatin", "fragments of different mass"),
    ("ng/mL", "nmol/L", "NSE", "no one mass"),
    ("mg/g", "mg/24h", "5-HIAA", "a ratio to creatinine is neither a daily amount"),
    ("umol/24h", "mmol/mol", "5-HIAA/creatinine", "a ratio to creatinine is neither"),
    ("IU/g", "IU/mol", "5-HIAA/creatinine", r"`unit` must be a unit"),
    ("mg/kg", "mg/g", "5-HIAA/creatinine", r"`unit` must be a unit"),
]


@pytest.mark.parametrize(("unit", "to", "marker", "message"), REFUSED)
def test_conversions_that_do_not_exist_are_refused(unit, to, marker, message):
    """Assays, units of activity, concentration against daily amount: refused with the reason."""
    with pytest.raises(nt.InputError, match=message):
        nt.markers.convert(1.0, unit, to, marker=marker)


def test_the_molar_mass_of_an_assay():
    """Pancreastatin has a molar mass only with its assay: 5500 g/mol gives about 0.18."""
    assay = {"marker": "pancreastatin", "molar_mass": 5500}
    assert nt.markers.convert(100.0, "pg/mL", "pmol/L", **assay) == pytest.approx(18.1818, abs=1e-4)
    for wrong in (0, -1, NAN, [5500, 5500], "5500"):
        refused(
            lambda mass=wrong: nt.markers.convert(
                1.0, "pg/mL", "pmol/L", marker="pancreastatin", molar_mass=mass
            ),
            "`molar_mass` must be",
        )


def test_ratio_and_daily_amount_are_two_markers():
    """5-HIAA per creatinine has its own name and limits, and is never compared with 24 h."""
    ratio, daily = nt.markers.get("5-HIAA/Cr"), nt.markers.get("5-HIAA")
    assert ratio.name != daily.name
    assert "10.0 mg/g" in ratio.limits
    assert "10 mg/24h" in daily.limits
    mixed = nt.BiologicalResponse.assess(20, 5, unit_before="mg/24h", unit_after="mg/g")
    assert mixed.response == R.NE
    assert (
        nt.BiologicalResponse.assess(20, 5, unit_before="mmol/mol", unit_after="umol/mmol").response
        == R.PR
    )


def test_collections_of_another_length():
    """An amount is scaled to 24 h where the length is given, and only there."""
    np.testing.assert_array_equal(
        nt.markers.daily_amount([5.0, 5.0, NAN], [12, NAN, 24]), [10.0, NAN, NAN]
    )
    assert nt.markers.daily_amount(5, 20) == 6.0
    refused(lambda: nt.markers.daily_amount(5, 0), "`hours` must be finite and greater than 0")
    refused(lambda: nt.markers.daily_amount(-5, 24), "`value` must be finite and at least 0")
    refused(lambda: nt.markers.daily_amount([5, 4], [24, 24, 24]), "shapes must broadcast")


def test_prognostic_bands():
    """V11: 299 below, 300 to 500 in the band, 501 above; milligrams the same; missing is blank."""
    band = nt.prognostic_band_5hiaa
    assert band([299, 300, 400, 500, 501, NAN], "umol/day").tolist() == [
        "<300",
        "300-500",
        "300-500",
        "300-500",
        ">500",
        "",
    ]
    assert band([57.354, 57.3539, 95.59, 95.5901], "mg/day").tolist() == [
        "300-500",
        "<300",
        "300-500",
        ">500",
    ]
    assert band(np.float32([57.354, 95.59]), "mg/24h").tolist() == ["300-500", "300-500"]
    assert band(500, "umol/24h") == "300-500"
    assert band([], "umol/24h").shape == (0,)
    assert band([57.2, 57.4, 95.5, 95.8], "mg/24h").tolist() == [
        "<300",
        "300-500",
        "300-500",
        ">500",
    ]
    assert "Reduced survival" in nt.markers.PROGNOSIS_5HIAA
    with pytest.raises(nt.InputError, match=r"`value` must be finite and at least 0 umol/24h"):
        band(-1, "umol/24h")
    with pytest.raises(nt.InputError, match="daily amount"):
        band(1, "umol/L")


def test_classes_of_kress():
    """Direction and class by the printed edges; exactly on an edge is the class below."""
    found = nt.kress_change_class(
        100, [100, 75, 74.9, 50, 49.9, 0, 125, 125.1, 150.1, 200, 200.1, NAN]
    )
    assert found.tolist() == [
        "<25 %", "<25 %", "decrease >25 %", "decrease >25 %", "decrease >50 %", "decrease >50 %",
        "<25 %", "increase >25 %", "increase >50 %", "increase >50 %", "increase >100 %", "",
    ]  # fmt: skip
    assert nt.kress_change_class(0, 5) == ""
    assert nt.markers.KRESS_2003 == (25.0, 50.0, 100.0)
    refused(lambda: nt.kress_change_class(-1, 5), "`before` must be finite and at least 0")
