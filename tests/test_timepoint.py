"""Non-target, new lesions and the overall response of a timepoint."""

import csv
import itertools
import pathlib

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nettumor as nt
import reference.timepoint as slow
from refusals import refused
from strategies import increasing_days, response_codes

R, EDITIONS = nt.Response, nt.criteria
DATA = pathlib.Path(__file__).parent / "data"
WORDS = {code: None if code == R.MISSING else code.label for code in R}

PARTS = {
    "NONE": [R.MISSING],
    "CR": [R.CR],
    "PR": [R.PR],
    "SD": [R.SD],
    "NC": [R.SD],
    "PD": [R.PD],
    "NE": [R.NE],
    "NON-CR/NON-PD": [R.NON_CR_NON_PD],
    "Incomplete response/SD": [R.NON_CR_NON_PD, R.SD],
    "IR/SD": [R.NON_CR_NON_PD, R.SD],
    "Not evaluated": [R.NE],
    "Not all evaluated": [R.NE],
    "Unequivocal PD": [R.PD],
    "Non-PD": [R.CR, R.NON_CR_NON_PD, R.MISSING],
    "Non-PD or not all evaluated": [R.CR, R.NON_CR_NON_PD, R.NE, R.MISSING],
}
"""What the words of the printed tables stand for."""
TARGETS = [R.MISSING, R.NE, R.PD, R.SD, R.MR, R.PR, R.CR]
NON_TARGETS = [R.MISSING, R.NE, R.PD, R.NON_CR_NON_PD, R.SD, R.MR, R.PR, R.CR]
NEW = {"N": [False], "Y": [True], "No": [False], "Yes": [True], "Yes or No": [True, False]}


def table(name):
    with open(DATA / "combination" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(word, every):
    """The codes that a printed word stands for; for "Any" all of them."""
    return every if word == "Any" else PARTS[word]


TABLES = {
    "overall_recist11_target_published.csv": (
        nt.criteria.RECIST_1_1,
        "target",
        "non_target",
        "new_lesions",
        TARGETS,
    ),
    "overall_recist11_nontarget_only_published.csv": (
        nt.criteria.RECIST_1_1,
        None,
        "non_target",
        "new_lesions",
        [R.MISSING],
    ),
    "overall_recist11_enumerated.csv": (
        nt.criteria.RECIST_1_1,
        "target",
        "non_target",
        "new_lesion",
        TARGETS,
    ),
    "overall_recist10_published.csv": (
        nt.criteria.RECIST_1_0,
        "target",
        "non_target",
        "new_lesions",
        TARGETS,
    ),
    "overall_mrecist_published.csv": (
        nt.criteria.MRECIST_2010,
        "target",
        "non_target",
        "new_lesions",
        TARGETS,
    ),
    "overall_who_enumerated.csv": (
        nt.criteria.WHO_1981,
        "measurable",
        "nonmeasurable",
        "new_lesion",
        TARGETS,
    ),
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_cell_of_the_published_tables(name):
    """Each cell of each printed or enumerated table is the library's answer, under its own
    criteria.
    """
    criteria, target, non_target, new, every = TABLES[name]
    spelling = {"Non-CR/non-PD": "NON-CR/NON-PD"}
    cells = 0
    for row in table(name):
        expected = R.MISSING if row["overall"] == "NED" and row[new] == "N" else None
        expected = R.PD if row["overall"] == "NED" and row[new] == "Y" else expected
        if expected is None:
            expected = nt.parse_responses(row["overall"])
        firsts = codes(row[target], every) if target else [R.MISSING]
        seconds = codes(spelling.get(row[non_target], row[non_target]), NON_TARGETS)
        for one, other, flag in itertools.product(firsts, seconds, NEW[row[new]]):
            assert nt.overall_response(one, other, flag, criteria=criteria) is expected, row
            cells += 1
    assert cells >= len(table(name))


def test_every_criterion_of_size_shares_the_table():
    """Each edition of size and both Choi editions give the same answer in all 112 cells; the
    review's too.
    """
    cells = np.array(list(itertools.product(TARGETS, NON_TARGETS, [0, 1])), dtype=np.int8).T
    expected = [slow.overall(WORDS[R(t)], WORDS[R(n)], bool(new)) for t, n, new in cells.T]
    served = 0
    for edition in map(nt.criteria.get, nt.criteria.names()):
        if edition.kind not in ("size", "size and attenuation") or getattr(
            edition, "immune", False
        ):
            continue
        got = nt.overall_response(*cells, criteria=edition)
        assert [WORDS[R(code)] for code in got] == expected, edition.name
        served += 1
    assert served >= 11


def test_target_cr_with_non_target_not_evaluated():
    """Target CR with the non-target disease not evaluated is PR."""
    assert nt.overall_response(R.CR, R.NE, False) is R.PR


def test_non_target_disease_only():
    """Non-target disease only is CR, NON-CR/NON-PD, PD or NE, never PR or SD."""
    answers = nt.overall_response(R.MISSING, NON_TARGETS, False)
    assert set(answers.tolist()) == {R.MISSING, R.NE, R.PD, R.NON_CR_NON_PD, R.CR}


def test_no_disease_at_baseline():
    """Neither target nor non-target disease: MISSING without, PD with a new lesion."""
    assert nt.overall_response(R.MISSING, R.MISSING, False) is R.MISSING
    assert nt.overall_response(R.MISSING, R.MISSING, True) is R.PD


def test_overall_response_broadcasts_and_keeps_its_inputs():
    """Shapes broadcast as in NumPy; scalars give a Response; empty, strided and read-only inputs
    work.
    """
    target = np.array([[R.CR], [R.SD]], dtype=np.int8)
    target.setflags(write=False)
    answer = nt.overall_response(target, [R.CR, R.NE, R.PD], False)
    assert answer.tolist() == [[R.CR, R.PR, R.PD], [R.SD, R.SD, R.PD]]
    assert answer.dtype == np.int8
    answer[0, 0] = R.NE  # the answer is the caller's own
    assert nt.overall_response(R.CR, R.CR, False) is R.CR
    assert nt.overall_response([], [], []).shape == (0,)
    assert nt.overall_response(np.zeros((3, 0), np.int64), R.CR, False).shape == (3, 0)
    wide = np.repeat(np.array([R.CR, R.PR], dtype=np.int16), 2)[::2]
    assert nt.overall_response(wide, R.NON_CR_NON_PD, [0, 1]).tolist() == [R.PR, R.PD]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nt.overall_response([R.PR, R.IUPD], R.CR, False),
            r"`target` must be CR.*got 2 at \[1\].*Write PD",
        ),
        (
            lambda: nt.overall_response(R.NON_CR_NON_PD, R.CR, False),
            r"`target` must be .*got 4.*goes in `non_target`",
        ),
        (
            lambda: nt.overall_response(R.PR, R.IUPD, False),
            r"`non_target` must be CR, NON_CR.*got 2.*irecist_response",
        ),
        (
            lambda: nt.overall_response(9, R.CR, False),
            r"`target` must be Response codes from 0 to 8; got 9",
        ),
        (
            lambda: nt.overall_response("CR", R.CR, False),
            r"`target` must be Response codes.*parse_responses",
        ),
        (lambda: nt.overall_response(R.PR, R.CR, np.nan), r"`new_lesion` must be True or False"),
        (
            lambda: nt.overall_response([R.PR] * 2, [R.CR] * 3, False),
            r"shapes must broadcast.*`target` \(2,\)",
        ),
        (
            lambda: nt.overall_response(R.PR, R.CR, False, criteria=EDITIONS.IRECIST_2017),
            "served by irecist_response",
        ),
        (
            lambda: nt.overall_response(R.PR, R.CR, False, criteria=EDITIONS.BIOLOGICAL_NET_WHO),
            "by marker_response",
        ),
        (
            lambda: nt.overall_response(R.PR, R.CR, False, criteria=EDITIONS.PERCIST_2009),
            "served by percist_response",
        ),
        (
            lambda: nt.overall_response(R.PR, R.CR, False, criteria="recist-1.1"),
            "of overall_response must be SizeCriteria; got 'recist-1.1'",
        ),
        (
            lambda: nt.non_target_response([R.CR, R.CR]),
            r"`lesions` must have the axes \(\.\.\., lesion, timepoint\)",
        ),
        (
            lambda: nt.non_target_response([[R.SD, R.CR]]),
            r"`lesions` must be CR \(8\).*got 5 at \[0, 0\]. A non-target lesion is absent",
        ),
        (
            lambda: nt.non_target_response([[R.CR, R.IUPD]]),
            r"`lesions` must be CR \(8\).*got 2 at \[0, 1\]",
        ),
        (
            lambda: nt.non_target_response([[R.CR]], markers_normal=[True] * 3),
            r"`markers_normal` must have.*got 3",
        ),
        (
            lambda: nt.non_target_response([[R.CR] * 3], markers_normal=[True] * 2),
            r"shapes must broadcast",
        ),
        (
            lambda: nt.non_target_response([[R.CR] * 2], markers_normal=[1, None]),
            r"`markers_normal` must be True or",
        ),
        (
            lambda: nt.first_sighting([0, 1], [0, 56]),
            r"`status` must have the axes \(\.\.\., lesion, timepoint\)",
        ),
        (
            lambda: nt.first_sighting([[0, 3]], [0, 56]),
            r"`status` must be 0 \(not seen\).*got 3 at \[0, 1\]. Give the state",
        ),
        (
            lambda: nt.first_sighting([["", "EQUIVOCL"]], [0, 56]),
            r"'EQUIVOCL' at \[0, 1\]. Did you mean 'EQUI",
        ),
        (
            lambda: nt.first_sighting([[True, False]], [0, 56]),
            "A flag does not tell equivocal from unequivocal",
        ),
        (
            lambda: nt.first_sighting(np.array([[True, None]], dtype=object), [0, 56]),
            r"got True at \[0, 0\]",
        ),
        (lambda: nt.first_sighting([[0, 2]], [56, 0]), "`days` must be strictly increasing"),
        (lambda: nt.first_sighting([[0, 2]], [0, 56, 112]), "shapes must broadcast"),
        (
            lambda: nt.first_sighting([[0, 2]], np.array(["2020", "2021"], "M8[D]")),
            "`days` must be days.*Subtract",
        ),
        (lambda: nt.non_target_response([["CR"]]), r"`lesions` must be Response codes"),
        (
            lambda: nt.overall_response(R.PR, "CR", False),
            r"`non_target` must be Response codes.*parse_responses",
        ),
    ],
)
def test_bad_input_is_refused_with_the_repair(call, message):
    """Every refusal names the argument, what it must be, what it was, where, and the repair."""
    refused(call, message)


STORIES = [
    # Each lesion over the visits, markers normal, expected: the story
    ([[4, 8], [4, 8]], [True, True], [0, 8], "all gone"),
    ([[4, 8], [4, 8]], [True, False], [0, 4], "all gone, but the marker is still raised"),
    ([[4, 8], [4, 4]], [True, True], [0, 4], "one is left"),
    ([[4, 3], [4, 1]], [True, True], [0, 3], "progression of one, the other not assessed"),
    ([[4, 8], [4, 1]], [True, True], [0, 1], "one not assessed, the rest gone"),
    ([[4, 4], [4, 0]], [True, True], [0, 1], "a real lesion without a code is not assessed"),
    ([[0, 4], [0, 8]], [True, True], [0, 4], "baseline codes were not collected"),
    ([[0, 0], [4, 8]], [True, True], [0, 8], "the first row is padding"),
    ([[0, 0], [0, 0]], [False, False], [0, 0], "no non-target disease"),
    ([[1, 1]], [True, True], [0, 1], "a row of NE is a lesion, not padding"),
    ([[4, 0, 8]], [True, True, True], [0, 1, 8], "no lesion assessed at a visit: NE, not MISSING"),
    ([[3, 3]], [True, True], [0, 3], "what is written at baseline does not make a response there"),
]


@pytest.mark.parametrize(
    ("lesions", "markers", "expected", "story"), STORIES, ids=[s[-1] for s in STORIES]
)
def test_non_target_response_stories(lesions, markers, expected, story):
    """Each story of non-target lesions ends as told."""
    assert nt.non_target_response(lesions, markers_normal=markers).tolist() == expected, story


def test_non_target_response_shapes():
    """Empty axes, leading axes, a marker per patient, and the marker's default."""
    assert nt.non_target_response(np.zeros((2, 3, 0), np.int8)).shape == (2, 0)
    assert nt.non_target_response(np.zeros((2, 0, 3), np.int8)).tolist() == [[0] * 3] * 2
    lesions = np.full((2, 1, 3), R.CR, dtype=np.int8)[:, :, ::-1]
    assert nt.non_target_response(lesions, markers_normal=[[True], [False]]).tolist() == [
        [0, 8, 8],
        [0, 4, 4],
    ]
    assert nt.non_target_response(lesions).dtype == np.int8


@given(
    hnp.arrays(np.int8, (16, 3, 4), elements=response_codes(codes=[0, 0, 1, 3, 4, 8])),
    hnp.arrays(np.bool_, (16, 4)),
)
def test_non_target_response_agrees_with_its_twin(lesions, markers):
    """The vectorised answer is the one that the sentences of RECIST 1.1 give patient by patient."""
    answers = nt.non_target_response(lesions, markers_normal=markers)
    for patient in range(16):
        rows = [[WORDS[R(code)] for code in row] for row in lesions[patient]]
        assert [WORDS[R(code)] for code in answers[patient]] == slow.non_target(
            rows, markers[patient].tolist()
        )


@given(hnp.arrays(np.int8, (2, 3, 4), elements=response_codes(codes=[0, 1, 3, 4, 8])))
def test_non_target_response_does_not_mind_the_order_of_lesions(lesions):
    """The order of lesions changes nothing, nor does one more padding row."""
    padded = np.concatenate([lesions[:, ::-1], np.zeros((2, 1, 4), np.int8)], axis=1)
    assert (nt.non_target_response(lesions) == nt.non_target_response(padded)).all()


def test_a_new_lesion_that_is_equivocal_first():
    """Equivocal does not count; once unequivocal, only the date goes back to the
    first sighting.
    """
    found = nt.first_sighting([["", "EQUIVOCAL", "UNEQUIVOCAL", "UNEQUIVOCAL"]], [0, 59, 120, 181])
    assert found.new_lesion.tolist() == [False, False, True, True]
    assert (found.day, found.timepoint, found.unequivocal_timepoint) == (59.0, 1, 2)
    assert found.lesion_day.tolist() == [59.0]
    assert "unequivocal at timepoint 2, first seen at timepoint 1 on day 59.0" in found.explain()


SIGHTINGS = [
    ([["", "", ""]], [0, 56, 112], [0, 0, 0], None, "none"),
    ([["", "EQUIVOCAL", "EQUIVOCAL"]], [0, 56, 112], [0, 0, 0], None, "never more than equivocal"),
    ([["", "EQUIVOCAL", ""]], [0, 56, 112], [0, 0, 0], None, "equivocal, then gone"),
    (
        [["", "UNEQUIVOCAL", ""]],
        [0, 56, 112],
        [0, 1, 0],
        56,
        "there, then gone: the visit after has none",
    ),
    (
        [["", "UNEQUIVOCAL", "EQUIVOCAL"]],
        [0, 56, 112],
        [0, 1, 1],
        56,
        "known, then seen badly: still there",
    ),
    ([["EQUIVOCAL", "", "UNEQUIVOCAL"]], [28, 56, 112], [0, 0, 1], 28, "not seen in between"),
    (
        [["", "", "UNEQUIVOCAL"], ["", "EQUIVOCAL", "EQUIVOCAL"]],
        [0, 56, 112],
        [0, 0, 1],
        112,
        "one stays equivocal",
    ),
    (
        [["", "UNEQUIVOCAL", ""], ["EQUIVOCAL", "", "UNEQUIVOCAL"]],
        [0, 56, 112],
        [0, 1, 1],
        56,
        "a lesion that becomes unequivocal later does not move a progression that came before",
    ),
    (
        [["", "EQUIVOCAL", "UNEQUIVOCAL"]],
        [0, np.nan, 112],
        [0, 0, 1],
        None,
        "first seen on a day not known",
    ),
]


@pytest.mark.parametrize(
    ("status", "days", "flags", "day", "story"), SIGHTINGS, ids=[s[-1] for s in SIGHTINGS]
)
def test_first_sighting_stories(status, days, flags, day, story):
    """Each story of new lesions gives its flags and its day."""
    found = nt.first_sighting(status, days)
    assert found.new_lesion.tolist() == [bool(flag) for flag in flags], story
    assert np.isnan(found.day) if day is None else found.day == day


def test_first_sighting_of_many():
    """Codes and words mean the same; arrays stay arrays; the sentence and the repr say what there
    is.
    """
    words = np.array([[["", "EQUIVOCAL", "present "]], [[None, np.nan, "Absent"]]], dtype=object)
    found = nt.first_sighting(words, [0, 56, 112])
    same = nt.first_sighting(
        [[[0, 1, 2]], [[0.0, np.nan, 0]]], np.array([0, 56, 112], "timedelta64[D]")
    )
    for name in attrs.fields_dict(nt.FirstSighting):
        np.testing.assert_array_equal(getattr(found, name), getattr(same, name))
    assert found.day.tolist()[0] == 56
    assert found.lesion_day.shape == (2, 1)
    assert repr(found) == "FirstSighting(1 of 2 patients with a new lesion)"
    assert found.explain(1) == "No unequivocal new lesion (RECIST 1.1, 4.3.5)"
    unknown = nt.first_sighting(np.array([[0, 2]], dtype=object), np.nan)
    assert "on a day not known" in unknown.explain()


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3), (2, 1, 0), (0, 1, 3)])
def test_first_sighting_of_nothing(shape):
    """Without lesions, visits or patients there is no new lesion."""
    found = nt.first_sighting(np.zeros(shape, np.int8), np.arange(float(shape[-1])))
    assert found.new_lesion.shape == (*shape[:-2], shape[-1])
    assert not found.new_lesion.any()
    assert np.shape(found.day) == shape[:-2]
    assert np.isnan(found.day).all()
    assert (np.asarray(found.timepoint) == -1).all()


@given(
    hnp.arrays(np.int8, (16, 2, 5), elements=st.sampled_from([0, 0, 1, 2])),
    increasing_days(visits=5, subjects=16),
)
def test_first_sighting_agrees_with_its_twin(status, days):
    """Flags and day are those that the sentence of RECIST 1.1 gives patient by patient."""
    found = nt.first_sighting(status, days)
    for patient in range(16):
        lesions = [
            [["", "EQUIVOCAL", "UNEQUIVOCAL"][code] for code in row] for row in status[patient]
        ]
        flags, day = slow.sighting(lesions, days[patient].tolist())
        assert found.new_lesion[patient].tolist() == flags
        assert (None if np.isnan(found.day[patient]) else found.day[patient]) == day
        assert found.timepoint[patient] == (
            -1 if day is None else days[patient].tolist().index(day)
        )


def test_new_lesions_at_the_first_timepoint_and_in_objects():
    """Seen first at place 0, at the last visit only, in numbers and words of objects; NaN and NA
    are not seen.
    """
    pandas = pytest.importorskip("pandas")
    at_once = nt.first_sighting([[2, 2]], [28, 56])
    assert (at_once.day, at_once.timepoint, at_once.unequivocal_timepoint) == (28.0, 0, 0)
    assert repr(at_once) == "FirstSighting(1 of 1 patients with a new lesion)"
    assert at_once.explain().startswith(
        "New lesion unequivocal at timepoint 0, first seen at timepoint 0 on day 28.0"
    )
    last = nt.first_sighting([["", "UNEQUIVOCAL"]], [0, 56])
    assert last.lesion_day.tolist() == [56.0]
    assert nt.first_sighting([[np.nan, 2.0]], [0, 56]).day == 56
    for nothing in (None, np.nan, pandas.NA):
        assert nt.first_sighting(np.array([[nothing, "PRESENT"]], dtype=object), [0, 56]).day == 56
    mixed = nt.first_sighting(np.array([["", 1, 2.0], ["", 0, 1]], dtype=object), [0, 56, 112])
    assert (mixed.day, mixed.lesion_day[0]) == (56, 56)
    assert np.isnan(mixed.lesion_day[1])
    nowhere = nt.first_sighting([["", "EQUIVOCAL"]], [0, 56])
    assert (nowhere.timepoint, nowhere.unequivocal_timepoint) == (-1, -1)
    empty = nt.first_sighting(np.zeros((2, 3, 0), np.int8), [])
    assert empty.lesion_day.shape == (2, 3)
    assert np.isnan(empty.lesion_day).all()


def test_the_place_of_a_wrong_word_is_told():
    """The error of a word carries its index."""
    error = refused(lambda: nt.first_sighting([["", "EQUIVOCL"]], [0, 56]), "EQUIVOCL")
    assert (error.argument, error.index) == ("status", (0, 1))
