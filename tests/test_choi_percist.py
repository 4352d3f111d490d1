"""Choi and PERCIST: every cell of the table, exact limits, what is missing, and the twins."""

import csv
import pathlib
from decimal import Decimal

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nettumor as nt
import reference.choi as slow
from refusals import refused

R, NAN = nt.Response, np.nan
CHOI, MODIFIED, PERCIST = (
    nt.criteria.CHOI_2007,
    nt.criteria.MODIFIED_CHOI_2010,
    nt.criteria.PERCIST_2009,
)
MISSING, NE, PD, SD, PR, CR = R.MISSING, R.NE, R.PD, R.SD, R.PR, R.CR
DATA = pathlib.Path(__file__).parent / "data"
WORDS = {code: None if code == MISSING else code.label for code in R}


def table():
    with open(
        DATA / "combination" / "overall_choi_enumerated.csv", encoding="utf-8", newline=""
    ) as file:
        return list(csv.DictReader(file))


SIZES = {"<=-10": [90.0, 50.0], "(-10,10)": [90.1, 100.0, 109.9], ">=10": [110.0, 150.0]}
ATTENUATIONS = {"<=-15": [85.0, 20.0, -5.0], ">-15": [85.1, 100.0, 140.0]}
"""Values after a baseline of 100, with the limits themselves and their neighbours."""


@pytest.mark.parametrize("row", table(), ids=lambda r: ", ".join(list(r.values())[:3]))
def test_every_cell_of_the_choi_table(row):
    """Each combination of size, attenuation and progression is the published answer, for Choi and
    modified Choi.
    """
    for size in SIZES[row["size_change_pct"]]:
        for density in ATTENUATIONS[row["hu_change_pct"]]:
            for criteria, column in ((CHOI, "choi"), (MODIFIED, "mchoi")):
                answer = nt.choi_response(
                    [100, size],
                    [100, density],
                    progression=[False, row["progression_flag"] != "none"],
                    criteria=criteria,
                )
                assert (
                    R(answer[1]).label == row[column].split()[0]
                )  # "SD (HU PR criterion met: protocol)"


CHOI_STORIES = [
    # sums, attenuation, progression, by Choi, by modified Choi
    ([50, 0], [80, NAN], False, CR, CR, "all gone: nothing to measure the attenuation in"),
    ([50, 0], [80, 40], [0, 1], PD, PD, "all gone, but a new lesion"),
    ([50, NAN], [80, 68], False, PR, NE, "attenuation alone decides PR, under Choi only"),
    ([50, NAN], [80, 69], False, NE, NE, "attenuation alone does not decide"),
    ([50, 45], [80, NAN], False, PR, NE, "size alone decides PR, under Choi only"),
    ([50, 60], [80, NAN], False, NE, NE, "growth without the attenuation could still be PR"),
    ([50, 50], [80, NAN], False, NE, NE, "stable size without the attenuation"),
    ([50, NAN], [80, NAN], False, NE, NE, "neither was measured"),
    ([50, NAN], [80, NAN], [0, 1], PD, PD, "neither was measured, a new nodule was seen"),
    ([NAN, NAN], [80, 60], False, PR, NE, "no size at baseline, attenuation alone decides"),
    ([50, 40], [NAN, 60], False, PR, NE, "no attenuation at baseline, size alone decides"),
    ([50, 60], [NAN, 60], False, NE, NE, "no attenuation at baseline"),
    ([NAN, NAN], [NAN, NAN], False, MISSING, MISSING, "no target lesion"),
    ([NAN, NAN], [NAN, NAN], [0, 1], PD, PD, "no target lesion, but a new one"),
    ([33, 29.7], [80, 80], False, PR, SD, "exactly -10 % on the grid of 0.1 mm"),
    ([33, 36.3], [80, 80], False, PD, PD, "exactly +10 %"),
    ([33, 36.2], [80, 80], False, SD, SD, "just below +10 %"),
    ([33, 36.3], [70, 59.5], False, PR, SD, "exactly -15 % of attenuation while growing"),
    ([33, 33], [70, -20], False, PR, SD, "fat: a negative attenuation after therapy"),
]


@pytest.mark.parametrize(
    ("sums", "density", "progression", "choi", "modified", "story"),
    CHOI_STORIES,
    ids=[s[-1] for s in CHOI_STORIES],
)
def test_choi_stories(sums, density, progression, choi, modified, story):
    """Each story ends as told, under both editions."""
    answers = [
        nt.choi_response(sums, density, progression=progression, criteria=c)
        for c in (CHOI, MODIFIED)
    ]
    assert [a.tolist() for a in answers] == [[MISSING, choi], [MISSING, modified]], story


def test_choi_against_the_nadir():
    """A protocol that counts the increase from the smallest earlier sum: 50, 40, 44 is PD; from 0
    as well.
    """
    nadir = attrs.evolve(
        CHOI, pd=attrs.evolve(CHOI.pd, reference="nadir"), attenuation=CHOI.attenuation
    )
    sums, density = [50, NAN, 47, 52, 0, 0, 3], [80] * 7
    assert nt.choi_response(sums, density, criteria=nadir).tolist() == [0, NE, SD, PD, CR, CR, PR]
    assert nt.choi_response(sums, density).tolist() == [0, NE, SD, SD, CR, CR, PR]


INVALID = [
    ([50, -1], [80, 80], r"`sums` must be finite and at least 0 mm.*got -1.0 at \[1\]"),
    ([50, np.inf], [80, 80], r"`sums` must be finite.*got inf at \[1\]"),
    ([0, 50], [80, 80], r"`sums` must be greater than 0 mm at baseline; got 0.0 at \[0\]"),
    (
        [NAN, 50],
        [80, 80],
        r"`sums` must be measured at baseline where it is measured later; got 50.0 at \[1\]",
    ),
    ([50, 50], [0, 80], r"`attenuation` must be greater than 0 HU at baseline; got 0.0 at \[0\]"),
    (
        [50, 50],
        [-10, -80],
        r"`attenuation` must be greater than 0 HU at baseline; got -10.0 at \[0\]",
    ),
    ([50, 50], [80, -np.inf], r"`attenuation` must be finite.*got -inf at \[1\]"),
]


@pytest.mark.parametrize(("sums", "density", "message"), INVALID)
def test_invalid_numbers_raise_or_are_not_evaluable(sums, density, message):
    """An invalid number raises with its place and the repair, or answers NE there; a progression
    stays PD.
    """
    with pytest.raises(nt.InputError, match=message + '.*invalid="NE"'):
        nt.choi_response(sums, density)
    assert nt.choi_response(sums, density, invalid="NE").tolist() == [MISSING, NE]
    assert nt.choi_response(sums, density, progression=True, invalid="NE").tolist() == [MISSING, PD]


def test_an_invalid_baseline_spoils_its_course_only():
    """With invalid="NE" the other visits and patients keep their answers."""
    sums = [[0, 40, 40], [50, 40, -1], [np.inf, 40, 40]]
    answers = nt.choi_response(sums, [80, 80, 80], invalid="NE")
    assert answers.tolist() == [[0, NE, NE], [0, PR, NE], [0, NE, NE]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.choi_response(50, 80), r"`sums` must have the axes \(\.\.\., timepoint\)"),
        (lambda: nt.choi_response([50, 40], 80), r"`attenuation` must have the axes"),
        (
            lambda: nt.choi_response([50, 40], [80] * 3),
            r"shapes must broadcast.*`attenuation` \(3,\)",
        ),
        (lambda: nt.choi_response(["50"], [80]), "`sums` must be numbers"),
        (
            lambda: nt.choi_response([50], [80], progression=NAN),
            "`progression` must be True or False",
        ),
        (
            lambda: nt.choi_response([50], [80], invalid="nan"),
            "`invalid` must be one of 'raise', 'NE'",
        ),
        (
            lambda: nt.choi_response([50], [80], criteria=nt.criteria.RECIST_1_1),
            "by classify or target_response",
        ),
        (lambda: nt.percist_response(8.0), r"`uptake` must have the axes \(\.\.\., timepoint\)"),
        (
            lambda: nt.percist_response([8.0, -1]),
            r"`uptake` must be finite and at least 0 SUL.*got -1.0 at \[1\]",
        ),
        (lambda: nt.percist_response([0.0, 1]), r"`uptake` must be greater than 0 SUL at baseline"),
        (lambda: nt.percist_response([NAN, 1]), r"`uptake` must be measured at baseline"),
        (
            lambda: nt.percist_response([8.0], criteria=CHOI),
            "of percist_response must be .*served by choi_response",
        ),
        (lambda: nt.percist_response([8.0], new_lesion=[2]), "`new_lesion` must be True or False"),
        (lambda: nt.percist_response([8.0], resolved=["Y"]), "`resolved` must be True or False"),
        (
            lambda: nt.choi_response([50], [80], criteria="choi-2007"),
            "`criteria` of choi_response must be",
        ),
    ],
)
def test_bad_input_is_refused_with_the_repair(call, message):
    """Every refusal names the argument, what it must be, what it was, where, and the repair."""
    refused(call, message)


def test_shapes_and_inputs_of_choi():
    """Leading axes broadcast, empty courses stay empty, float32 meets its limits, inputs are not
    changed.
    """
    sums = np.array([[33.0, 29.7], [33.0, 36.3]], dtype=np.float32)
    sums.setflags(write=False)
    assert nt.choi_response(sums, [80, 80]).tolist() == [[MISSING, PR], [MISSING, PD]]
    assert nt.choi_response(np.zeros((2, 0)), np.zeros(0)).shape == (2, 0)
    assert nt.choi_response(np.zeros((0, 3)), [80, 80, 80]).shape == (0, 3)
    assert nt.choi_response([50, None], [80, None]).tolist() == [MISSING, NE]
    assert nt.choi_response([50, 50], [80, 80]).dtype == np.int8


GRID = hnp.arrays(
    np.float64,
    (16, 5),
    elements=st.sampled_from([NAN, 0.0, 29.7, 29.8, 33.0, 36.2, 36.3, 59.5, 70.0]),
)
HU = hnp.arrays(
    np.float64, (16, 5), elements=st.sampled_from([NAN, -20.0, 42.5, 50.0, 59.5, 59.6, 70.0, 80.5])
)


@given(GRID, HU, hnp.arrays(np.bool_, (16, 5)), st.booleans(), st.booleans())
def test_choi_agrees_with_its_twin(sums, density, progression, both, nadir):
    """The vectorised answer is the one that Table 2 gives visit by visit, in decimals."""
    choi_is_the_twins(sums, density, progression, both=both, nadir=nadir)


def choi_is_the_twins(sums, density, progression, *, both, nadir):
    """What the twin says of each patient."""
    sums[:, 0] = np.where(sums[:, 0] == 0, 33.0, sums[:, 0])
    sums = np.where(np.isnan(sums[:, :1]), NAN, sums)
    density[:, 0] = np.abs(density[:, 0])
    criteria = MODIFIED if both else CHOI
    if nadir:
        criteria = attrs.evolve(criteria, pd=attrs.evolve(criteria.pd, reference="nadir"))
    answers = nt.choi_response(sums, density, progression=progression, criteria=criteria)
    for patient in range(len(sums)):
        course, faint = (
            [None if np.isnan(v) else Decimal(str(v)) for v in a[patient]] for a in (sums, density)
        )
        told = slow.choi(course, faint, progression[patient].tolist(), both=both, nadir=nadir)
        assert [WORDS[R(code)] for code in answers[patient]] == told


PERCIST_STORIES = [
    ([8.0, 5.6], {}, PR, "exactly -30 %"),
    ([8.0, 5.7], {}, SD, "just less"),
    ([8.0, 10.4], {}, PD, "exactly +30 %"),
    ([8.0, 10.3], {}, SD, "just less"),
    ([2.0, 1.2], {}, PR, "-40 % and exactly 0.8"),
    ([2.0, 1.3], {}, SD, "-35 %, 0.7"),
    ([2.0, 2.8], {}, PD, "+40 % and exactly 0.8"),
    ([2.0, 2.7], {}, SD, "+35 %, 0.7"),
    ([8.0, 2.0], {"resolved": [0, 1]}, CR, "resolved, whatever is left to measure"),
    ([8.0, NAN], {"resolved": [0, 1]}, CR, "resolved, nothing to measure"),
    ([8.0, 0.0], {}, CR, "no uptake at all"),
    ([8.0, 0.0], {"new_lesion": [0, 1], "resolved": [0, 1]}, PD, "a new lesion"),
    ([8.0, NAN], {}, NE, "not measured"),
    ([NAN, NAN], {}, MISSING, "nothing to measure ever"),
    ([NAN, NAN], {"new_lesion": [0, 1]}, PD, "nothing to measure, a new lesion"),
]


@pytest.mark.parametrize(
    ("uptake", "flags", "expected", "story"), PERCIST_STORIES, ids=[s[-1] for s in PERCIST_STORIES]
)
def test_percist_stories(uptake, flags, expected, story):
    """Each story of a PET course ends as told: both limits, from baseline."""
    assert nt.percist_response(uptake, **flags).tolist() == [MISSING, expected], story


def test_percist_shapes_invalid_and_nadir():
    """Empty courses, invalid values as NE, and an increase from the smallest earlier uptake where
    asked for.
    """
    assert nt.percist_response(np.zeros((2, 0))).shape == (2, 0)
    assert nt.percist_response([[8.0, -1], [0.0, 0.0]], invalid="NE").tolist() == [[0, NE], [0, NE]]
    nadir = attrs.evolve(PERCIST, pd=attrs.evolve(PERCIST.pd, reference="nadir"))
    assert nt.percist_response([8, 4, 6], criteria=nadir).tolist() == [0, PR, PD]
    assert nt.percist_response([8, 4, 6]).tolist() == [0, PR, SD]


def test_the_package_loads_what_is_asked_for():
    """The morphology package lists its functions, loads each on first use, and names what
    it lacks.
    """
    assert {"choi_response", "percist_response", "classify", "target_response"} <= set(
        dir(nt.morphology)
    )
    assert nt.morphology.choi_response is nt.choi_response
    with pytest.raises(AttributeError, match="no attribute 'chio_response'"):
        nt.morphology.chio_response  # noqa: B018


UPTAKES = hnp.arrays(
    np.float64,
    (16, 5),
    elements=st.sampled_from([NAN, 0.0, 1.2, 1.4, 2.0, 2.6, 2.8, 5.6, 8.0, 10.4]),
)


@given(UPTAKES, hnp.arrays(np.bool_, (2, 16, 5), elements=st.sampled_from([False, False, True])))
def test_percist_agrees_with_its_twin(uptake, flags):
    """The vectorised answer is the one that the table gives visit by visit, in decimals."""
    uptake[:, 0] = np.where(uptake[:, 0] == 0, 2.0, uptake[:, 0])
    uptake = np.where(np.isnan(uptake[:, :1]), NAN, uptake)
    answers = nt.percist_response(uptake, new_lesion=flags[0], resolved=flags[1])
    for patient in range(16):
        course = [None if np.isnan(v) else Decimal(str(v)) for v in uptake[patient]]
        told = slow.percist(course, flags[0, patient].tolist(), flags[1, patient].tolist())
        assert [WORDS[R(code)] for code in answers[patient]] == told


def test_narrow_floats_meet_the_limits_of_attenuation_and_uptake():
    """HU and SUL in 32 bits are decided as they were written, and only the padding of a patient is
    passed over.
    """
    for before, after in ((10.3, 8.755), (70.2, 59.67), (12.4, 10.54), (33.8, 28.73), (9.4, 7.99)):
        density = np.array([before, after], np.float32)
        assert nt.choi_response([50, 50], density).tolist() == [MISSING, PR], (before, after)
    for before in np.arange(80, 200) / 10:
        uptake = np.array([before, round(before * 0.7, 2), round(before * 1.3, 2)], np.float32)
        assert nt.percist_response(uptake).tolist() == [MISSING, PR, PD], before
    for uptake, answer in (([1.3, 0.5], PR), ([1.1, 1.9], PD)):
        assert nt.percist_response(np.array(uptake, np.float32)).tolist() == [MISSING, answer]
    cohort = nt.choi_response([[50, NAN], [NAN, NAN]], [[80, NAN], [NAN, NAN]])
    assert cohort.tolist() == [[MISSING, NE], [MISSING, MISSING]]
    assert nt.percist_response([8.0, 5.6]).dtype == np.int8
    assert nt.choi_response([0.8, 0.7], [0.9, 0.9]).tolist() == [MISSING, PR]


def test_partial_sums_are_not_measured():
    """[[60, 60], [40, not measured]] is no partial response: as a result, or with `n_missing`, the
    visit is NE; the attenuation alone may still decide.
    """
    sums = nt.sum_of_lesions([[60, 60], [40, np.nan]])
    for course in (sums, nt.target_response([[60, 60], [40, np.nan]])):
        assert nt.choi_response(course, [80, 78]).tolist() == [nt.Response.MISSING, nt.Response.NE]
        assert nt.choi_response(course, [80, 60])[1] == nt.Response.PR
    assert nt.choi_response(sums.sum, [80, 78], n_missing=sums.n_missing)[1] == nt.Response.NE
    assert nt.choi_response(sums.sum, [80, 78])[1] == nt.Response.PR  # taken at its word


def test_mean_attenuation_of_lesions():
    """Equal or by size; gone lesions are left out, unmeasured ones leave no mean."""
    density, sizes = [[80, 60, 70], [40, 40, 40]], [[60, 50, 50], [20, 0, 10]]
    assert nt.mean_attenuation(density).tolist() == [60, 50, 55]
    assert nt.mean_attenuation(density, sizes).tolist() == [60, 60, 55]
    weighted = nt.mean_attenuation(density, sizes, weights="size")
    assert weighted.tolist() == [(60 * 80 + 20 * 40) / 80, 60, (50 * 70 + 10 * 40) / 60]
    nan = np.nan
    holed = nt.mean_attenuation([[80, nan], [40, 40], [nan, nan]])
    assert holed[0] == 60
    assert np.isnan(holed[1])
    unread = nt.mean_attenuation([[80, 60], [nan, nan]], [[60, 50], [20, 20]])
    assert np.isnan(unread).all()  # the second lesion is there, and nobody knows how dense
    assert np.isnan(nt.mean_attenuation([[80, 60]], [[60, 0]])[1])
    for arguments, keywords, message in (
        (([80, 60],), {}, r"`attenuation` must have the axes \(..., lesion, timepoint\)"),
        (([[np.inf]],), {}, "`attenuation` must be finite"),
        (([[80]], [[-1]]), {}, "`sizes` must be finite and at least 0"),
        (([[80]],), {"weights": "size"}, "`sizes` must be given for weights by size"),
        (([[80]],), {"weights": "volume"}, "`weights` must be one of"),
    ):
        with pytest.raises(nt.InputError, match=message):
            nt.mean_attenuation(*arguments, **keywords)
