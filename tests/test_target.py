"""Target lesions over a course: the order of the rules, exact limits, what is missing, and the slow
twin.
"""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nettumor as nt
import reference.target as slow
from refusals import refused
from strategies import a_quarter, sizes

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # sizes of no body

R, NAN, INF, C = nt.Response, np.nan, np.inf, nt.criteria
RECIST = C.RECIST_1_1
SIZES = [c for c in map(C.get, C.names()) if isinstance(c, C.SizeCriteria)]
MINOR = attrs.evolve(RECIST, mr=C.Threshold(15, "decrease", RECIST.citation))
RULES = [
    *SIZES,
    MINOR,
    attrs.evolve(RECIST, reappearance="PD"),
    attrs.evolve(RECIST, sustained_response=False),
    attrs.evolve(C.VOGL_2008, gap="NE"),
    attrs.evolve(C.WHO_1981, reappearance="PD"),
    attrs.evolve(RECIST, normal_nodes_in_pd="excluded", node_cr="gone", reappearance="any lesion"),
    attrs.evolve(C.VOGL_2008, normal_nodes_in_pd="excluded", pd_scope="any lesion"),
    attrs.evolve(RECIST, best_response=attrs.evolve(RECIST.best_response, accept_sd_between=True)),
]


def said(target):
    return nt.labels(target.response).tolist()


STORIES = [
    # sizes, keywords, answers after baseline, the case or sentence
    ([[100, 40, 50]], {}, "PR PD", "PD and PR both true is PD, from the nadir"),
    (
        [[18, 9, 2, 9], [20, 0, 0, 0]],
        {"nodal": [1, 0]},
        "CR CR CR",
        "normal nodes are CR, before PD",
    ),
    (
        [[18, 10.0], [20, 0]],
        {"nodal": [1, 0]},
        "PR",
        "a node of 10.0 mm is not normal",
    ),
    ([[50, NAN, 30], [30, 20, 20]], {}, "NE PR", "a target not measured is NE"),
    (
        [[50, NAN, 55], [50, 130, 50]],
        {},
        "PD SD",
        "what was measured proves PD; no partial nadir",
    ),
    ([[50, 20, 30], [50, NAN, 50]], {}, "NE SD", "a partial sum is no nadir"),
    ([[50, NAN, NAN]], {}, "NE NE", "nothing measured is NE, never CR"),
    (
        [[20, 0, 4, 5]],
        {},
        "CR PR PD",
        "from 0 the percent is unlimited, 5 mm are needed",
    ),
    (
        [[20, 0, 4]],
        {"criteria": attrs.evolve(RECIST, reappearance="PD")},
        "CR PD",
        "from 0 any growth is progression, the other reading",
    ),
    (
        [[100, 70, 70, 80, 80, 95, 75]],
        {},
        "PR PR PR PR PD SD",
        "a confirmed response is carried on until progression",
    ),
    ([[100, 70, 80]], {}, "PR SD", "an unconfirmed response is not carried on"),
    ([[100, 70, 83.9, 83.9]], {}, "PR SD SD", "what is carried on confirms nothing"),
    ([[100, 70, 80, 70, 80]], {}, "PR SD PR SD", "two PR across an SD do not confirm each other"),
    ([[100, 70, NAN, 68, NAN, 80]], {}, "PR NE PR NE PR", "a response is carried on over NE"),
    (
        [[100, 70, 70, 80]],
        {"days": [0, 56, 83, 112]},
        "PR PR SD",
        "27 days confirm nothing",
    ),
    ([[100, 70, 70, 80]], {"days": [0, 56, 84, 112]}, "PR PR PR", "28 days do"),
    ([[100, 70, 70, 80]], {"days": [0, NAN, 84, 112]}, "PR PR SD", "a day not known does not"),
    (
        [[100, 70, 70, 80]],
        {"days": [0, 60, 84, 120], "days_latest": [0, 90, 114, 120]},
        "PR PR SD",
        "two months beside each other are not certain to confirm",
    ),
    (
        [[100, 70, 70, 80]],
        {"days": [0, 60, 121, 160], "days_latest": [0, 90, 121, 160]},
        "PR PR PR",
        "a month and a day 31 days after its end are",
    ),
    (
        [[100, 70, 80]],
        {"criteria": attrs.evolve(RECIST, best_response=C.IRECIST_2017.best_response)},
        "PR PR",
        "a response is carried on from the first, where the rule asks for no confirmation",
    ),
    ([[18, 9, 12, 13], [5, 0, 0, 0]], {"nodal": [1, 0]}, "CR PR PR", "no PR confirms a CR"),
    (
        [[2000, 1500, 1500], [400, 0, 100]],
        {"criteria": C.SWOG_1992},
        "SD PD",
        "SWOG: a lesion that had gone is back",
    ),
    ([[15, 2, 9], [20, 20, 20]], {"nodal": [1, 0]}, "PR PD", "a normal node that grows is PD"),
    (
        [[15, 2, 9], [20, 20, 20]],
        {"nodal": [1, 0], "criteria": attrs.evolve(RECIST, normal_nodes_in_pd="excluded")},
        "PR SD",
        "the other reading: it adds nothing to an increase",
    ),
    (
        [[15, 9], [20, 0]],
        {"nodal": [1, 0], "criteria": C.VOGL_2008},
        "PR",
        "Vogl 2008: a node of 9 mm is still seen",
    ),
    ([[15, 0], [20, 0]], {"nodal": [1, 0], "criteria": C.VOGL_2008}, "CR", "and this one is not"),
    (
        [[100, 70, 80]],
        {"criteria": attrs.evolve(RECIST, sustained_response=False)},
        "PR SD",
        "a response that is not carried on: each visit is read by the threshold",
    ),
    (
        [[20, NAN, 0]],
        {"too_small": [[0, 1, 0]]},
        "PR CR",
        "too small is 5 mm, not 0, not missing",
    ),
    ([[20, 3, 0]], {"too_small": [[0, 1, 0]]}, "PR CR", "an actual value counts"),
    (
        [[20, NAN, 0]],
        {"too_small": [[0, 1, 0]], "criteria": C.RECIST_1_0},
        "NE CR",
        "no default in RECIST 1.0",
    ),
    ([[10, 12, 15]], {}, "SD PD", "+20 % of 10 mm is 2 mm: not PD under RECIST 1.1"),
    ([[10, 12]], {"criteria": C.RECIST_1_0}, "PD", "+20 % is PD under RECIST 1.0"),
    ([[11.4, 16.4]], {}, "PD", "16.4 - 11.4 is 5 mm, whatever floats say"),
    ([[400, 400], [300, 375]], {"criteria": C.WHO_1981}, "PD", "WHO: one lesion alone, +25 %"),
    (
        [[400, 0, 10], [300, 300, 300]],
        {"criteria": C.WHO_1981},
        "PR PD",
        "WHO: a lesion back from 0",
    ),
    (
        [[400, NAN, 500], [300, NAN, 300]],
        {"criteria": C.WHO_1981},
        "NE PD",
        "WHO: against its own smallest size",
    ),
    ([[3000, 4000]], {"criteria": C.SWOG_1992}, "PD", "SWOG: 1000 mm2 suffice"),
    ([[600, 800]], {"criteria": C.SWOG_1992}, "SD", "SWOG: 33 % and 200 mm2 do not"),
    ([[100, 72]], {"criteria": attrs.evolve(C.VOGL_2008, gap="MR")}, "MR", "the gap of the review"),
    ([[100, 84]], {"criteria": MINOR}, "MR", "minor response"),
    ([[100, 60, 84]], {"criteria": MINOR}, "PR PD", "from the nadir"),
    ([[50, 0, 0], [NAN, NAN, NAN]], {}, "CR CR", "a lesion without any value is padding"),
    ([[NAN, NAN], [NAN, NAN]], {}, "MISSING", "no target lesion"),
    ([[100, 100, 0, 0]], {"criteria": C.IRECIST_2017}, "SD CR CR", "iRECIST as RECIST 1.1"),
]


@pytest.mark.parametrize(
    ("lesions", "keywords", "answers", "story"), STORIES, ids=[s[-1] for s in STORIES]
)
def test_stories(lesions, keywords, answers, story):
    """The hard cases and sentences of the sources, each with its answers; patients in an array are
    no other.
    """
    target = nt.target_response(lesions, **keywords)
    assert said(target)[1:] == answers.split()
    assert said(target)[0] == "MISSING"
    for visit in range(len(lesions[0])):
        assert target.explain(visit).startswith(said(target)[visit] + ": ")
    if "too_small" not in keywords:
        days = {k: keywords[k] for k in ("days", "days_latest") if k in keywords}
        assert said(nt.target_response([lesions], **keywords | {k: [d] for k, d in days.items()}))
        together = nt.target_response([lesions, lesions], **keywords)
        assert nt.labels(together.response).tolist() == [said(target)] * 2
        assert together.explain((1, len(lesions[0]) - 1)) == target.explain(len(lesions[0]) - 1)


measurements = st.one_of(
    sizes(largest=60), sizes(largest=60), st.sampled_from([0.0, NAN, 5.0, 10.0])
)


@st.composite
def patients(draw):
    """One patient: targets with a baseline (or padding), nodes, later sizes with gaps and zeros,
    near the limits.
    """
    visits = draw(st.integers(1, 6))
    lesions, nodes = [], []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 9)) == 0:
            lesions.append([NAN] * visits)
        else:
            first = draw(sizes(smallest=5, largest=60))
            near = st.sampled_from([0.7, 0.75, 1.2, 1.25, 0.5, 1.0]).map(
                lambda f, b=first: round(b * f, 1)
            )
            later = draw(
                st.lists(st.one_of(measurements, near), min_size=visits - 1, max_size=visits - 1)
            )
            lesions.append([first, *later])
        nodes.append(draw(st.booleans()))
    return lesions, nodes


def random_cohort(random, lesions, visits, *, gaps, subjects=14):
    """Patients: sizes in tenths at and beside the limits, a share of gaps, padding."""
    first = random.integers(10, 600, (subjects, lesions, 1))
    factors = np.array([0.7, 0.75, 1.2, 1.25, 0.5, 1.0, 1.5, 0.9, 1.728, 0.343])
    tenths = first * random.choice(factors, (subjects, lesions, visits)) + random.integers(
        -1, 2, (subjects, 1, visits)
    )
    tenths = np.where(
        random.random(tenths.shape) < 0.2, random.choice([0, 50, 99, 100], tenths.shape), tenths
    )
    sizes_ = np.maximum(np.round(tenths), 0) / 10
    sizes_[..., :1] = first / 10
    sizes_[..., 1:][random.random((subjects, lesions, visits - 1)) < gaps] = NAN
    sizes_[random.random((subjects, lesions)) < 0.1] = NAN
    nodes = random.random((subjects, lesions)) < 0.4
    if random.random() < 0.3:
        return sizes_, nodes, None, None
    days = np.cumsum(random.choice([14, 27, 28, 29, 40], (subjects, visits)), axis=1).astype(float)
    days[random.random(days.shape) < 0.1] = NAN
    return sizes_, nodes, days, days + random.choice([0, 0, 0, 3, 13], days.shape)


@st.composite
def cohorts(draw):
    """Random patients by one seed, so that thousands are cheap."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    return random_cohort(random, *shape, gaps=draw(st.sampled_from([0, 0.1])))


@pytest.mark.parametrize("criteria", RULES, ids=lambda c: f"{c.name}, {c.digest}")
@settings(max_examples=a_quarter())
@given(cohort=cohorts())
def test_agrees_with_the_twin(criteria, cohort):
    """Thousands of courses under every criterion: answer and reason of the literal reading, visit
    by visit.
    """
    targets_are_the_twins(criteria, cohort)


def targets_are_the_twins(criteria, cohort):
    """What the twin says of each patient of a cohort."""
    courses, nodes, days, latest = cohort
    known = {} if days is None else {"days": days, "days_latest": latest}
    together = nt.target_response(courses, nodal=nodes, criteria=criteria, **known)
    for i, (lesions, node) in enumerate(zip(courses.tolist(), nodes.tolist(), strict=True)):
        possible = None
        if days is not None:
            possible = [
                None if np.isnan(a) else (int(a), int(b))
                for a, b in zip(days[i], latest[i], strict=True)
            ]
        answers, reasons = slow.course(lesions, node, criteria, possible)
        shown = (lesions, node, possible)
        assert nt.labels(together.response[i]).tolist() == answers, shown
        assert [
            {bit.name for bit in nt.Reason(int(why))} for why in together.reason[i]
        ] == reasons, shown


@given(patients(), st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_order_and_later_visits_do_not_matter(patient, criteria, random):
    """The order of lesions changes nothing; adding a later visit never changes an earlier
    response.
    """
    lesions, nodes = patient
    answer = said(nt.target_response(lesions, nodal=nodes, criteria=criteria))
    order = list(range(len(lesions)))
    random.shuffle(order)
    shuffled = nt.target_response(
        [lesions[i] for i in order], nodal=[nodes[i] for i in order], criteria=criteria
    )
    assert said(shuffled) == answer
    shorter = nt.target_response([row[:-1] for row in lesions], nodal=nodes, criteria=criteria)
    padding = [i for i, row in enumerate(lesions) if len(row) > 1 and not np.isnan(row[0])]
    if padding:
        assert said(shorter) == answer[:-1]


@given(patients(), st.sampled_from(SIZES), sizes(largest=40))
def test_a_larger_size_is_never_better_at_its_visit(patient, criteria, more):
    """At its own timepoint a larger size never gives a better response, and one not measured gives
    NE or PD.

    Where another target was not measured (NE), a larger size may prove PD, which is no better.
    """
    lesions, nodes = patient
    if len(lesions[0]) < 2 or np.isnan(lesions[0][0]) or np.isnan(lesions[0][-1]):
        return
    answer = nt.target_response(lesions, nodal=nodes, criteria=criteria).response[-1]
    larger = [list(row) for row in lesions]
    larger[0][-1] += more
    worse = nt.target_response(larger, nodal=nodes, criteria=criteria).response[-1]
    assert worse <= answer or (answer, worse) == (R.NE, R.PD)
    larger[0][-1] = NAN
    assert nt.target_response(larger, nodal=nodes, criteria=criteria).response[-1] in (R.NE, R.PD)


@given(
    st.lists(
        st.tuples(sizes(smallest=0.1), st.one_of(sizes(), st.just(NAN))), min_size=1, max_size=30
    ),
    st.sampled_from(SIZES),
)
def test_one_lesion_and_two_visits_are_classify(pairs, criteria):
    """For one lesion before and after, target_response is classify, under every edition."""
    before, after = np.array(pairs).T
    courses = np.stack([before, after], axis=-1)[:, None, :]
    np.testing.assert_array_equal(
        nt.target_response(courses, criteria=criteria).response[:, 1],
        nt.classify(before, after, criteria=criteria),
    )


def test_numbers_of_the_object():
    """Sums, what is missing, baseline, nadir and changes, as they are defined."""
    target = nt.target_response([[60, 40, 41, 55, NAN], [40, 30, NAN, 30, 10]])
    np.testing.assert_array_equal(target.sum, [100, 70, 41, 85, 10])
    assert target.n_missing.tolist() == [0, 0, 1, 0, 1]
    np.testing.assert_array_equal(target.baseline, [100] * 5)
    np.testing.assert_array_equal(target.nadir, [NAN, 100, 70, 70, 70])
    np.testing.assert_array_equal(target.percent_from_baseline, [NAN, -30, NAN, -15, NAN])
    np.testing.assert_array_equal(
        np.round(target.percent_from_nadir, 6), [NAN, -30, NAN, 21.428571, NAN]
    )
    zero = nt.target_response([[20, 0, 6]])
    assert np.isnan(zero.percent_from_nadir[2])
    assert zero.nadir[2] == 0
    assert "up from 0" in zero.explain(2)
    assert target.reason.dtype == np.int32


def test_sums_alone():
    """`sum_of_lesions` gives the same numbers without a verdict."""
    sums = nt.sum_of_lesions([[[60, 40], [40, 30]], [[10, NAN], [NAN, NAN]]])
    np.testing.assert_array_equal(sums.sum, [[100, 70], [10, NAN]])
    assert repr(sums) == "Sums(2 patients, 2 lesions, 2 timepoints, 1 partial sums)"
    assert nt.sum_of_lesions(np.empty((3, 2, 0))).sum.shape == (3, 0)
    assert (
        repr(nt.sum_of_lesions(np.empty((2, 0))))
        == "Sums(1 patient, 2 lesions, 0 timepoints, 0 partial sums)"
    )
    assert nt.sum_of_lesions([[0, 1]], invalid="NE").invalid.all()


BAD = [
    ([[50, 0, -1]], r"`sizes` must be finite and at least 0 .* got -1.0 at \[0, 2\]"),
    ([[50, INF]], r"`sizes` must be finite"),
    ([[0, 1], [20, 1]], r"`sizes` must be greater than 0 at baseline; got 0.0 at \[0, 0\]"),
    (
        [[NAN, 12], [20, 1]],
        r"`sizes` must be measured at baseline where measured later; got 12.0 at \[0, 1\]",
    ),
    (
        [50, 40],
        r"`sizes` must have the axes \(..., lesion, timepoint\); got shape \(2,\). For one lesion",
    ),
    ([["x", 1]], r"`sizes` must be numbers"),
]


@pytest.mark.parametrize(("values", "message"), BAD)
def test_impossible_sizes_are_refused(values, message):
    """Each error names the argument, the requirement, the value, the place and the repair."""
    refused(lambda: nt.target_response(values), message)
    refused(lambda: nt.sum_of_lesions(values), message)


def test_invalid_may_be_answered_with_ne():
    """A fault at baseline is NE throughout; a later one NE at its visit; nothing of it reaches the
    nadir.
    """
    bad = [[[0, 3, 4], [3, 3, 4]], [[30, 20, 21], [30, -1, 30]], [[NAN, 3, 3], [10, 5, 5]]]
    target = nt.target_response(bad, invalid="NE")
    assert nt.labels(target.response).tolist() == [
        ["MISSING", "NE", "NE"],
        ["MISSING", "NE", "SD"],
        ["MISSING", "NE", "NE"],
    ]
    assert (target.reason[0, 1] & nt.Reason.INVALID) != 0
    assert "impossible size" in target.explain((0, 1))
    assert target.nadir[1, 2] == 60
    for name in ("baseline", "nadir", "percent_from_baseline", "percent_from_nadir"):
        assert np.isnan(getattr(target, name)[[0, 2]]).all(), name


def test_shapes_and_kinds():
    """Flags that do not fit, other criteria, a gap that is refused; empty, read-only and narrow
    arrays.
    """
    target, pair = nt.target_response, [[50, 40]]
    refused(
        lambda: target(pair, nodal=[[True], [False]]), r"`nodal` must fit the axes \(..., lesion\)"
    )
    refused(
        lambda: target([[50, 40], [30, 20]], nodal=[True, False, True]),
        "must broadcast together.*`nodal`",
    )
    refused(lambda: target(pair, nodal=["Y"]), "`nodal` must be True or False")
    refused(lambda: target(pair, too_small=[[0, NAN]]), "`too_small` must be True or False")
    refused(
        lambda: target(pair, too_small=[[[1]], [[0]], [[2]]]),
        "`too_small` must be True or False; got 2",
    )
    refused(
        lambda: target(pair, invalid="nan"), "`invalid` must be one of 'raise', 'NE'; got 'nan'"
    )
    refused(
        lambda: target(pair, criteria=C.BIOLOGICAL_VOGL_2008),
        "of target_response must .* by marker_response",
    )
    refused(lambda: target(pair, days_latest=[0, 56]), "`days_latest` must come with `days`")
    refused(
        lambda: target(pair, days=[0, 56], days_latest=[0, 55]),
        "`days_latest` must be on or after `days`; got 55",
    )
    refused(lambda: target(pair, days=[0, 56, 112]), "must broadcast together.*`days`")
    refused(
        lambda: target(pair, days=[[0, 56], [0, 57]]), r"`days` must fit the axes \(..., timepoint"
    )
    refused(lambda: target(pair, days=[56, 0]), "`days` must be strictly increasing")
    gap = attrs.evolve(C.VOGL_2008, gap="raise")
    refused(
        lambda: target([[100, 72]], criteria=gap),
        r"`sizes` must be outside the gap of Vogl 2008.*at \[1\]",
    )
    assert (
        nt.target_response([[100, 60]], criteria=attrs.evolve(C.VOGL_2008, gap="raise")).response[1]
        == R.PR
    )
    assert nt.target_response(np.empty((0, 3, 4))).response.shape == (0, 4)
    assert (
        repr(nt.target_response(np.empty((2, 0))))
        == "TargetResponse(1 patient, 2 lesions, 0 timepoints: none)"
    )
    assert "2 patients, 1 lesion, 2 timepoints: 2 SD" in repr(
        nt.target_response([[[5, 5]], [[6, 6]]])
    )
    narrow = np.array([[33.0, 23.1]], np.float32)
    narrow.setflags(write=False)
    assert nt.target_response(narrow).response[1] == R.PR


def test_explanations():
    """Each kind of verdict names what decided and its numbers."""
    explain = lambda lesions, visit=1, **k: nt.target_response(lesions, **k).explain(visit)  # noqa: E731
    assert explain([[40, 51]]) == (
        "PD: sum 51.0 mm is +27.5 % and +11.0 mm from the nadir of 40.0 mm (timepoint 0); limits "
        "+20 % and 5 mm "
        "(RECIST 1.1, 4.3.1)"
    )
    assert explain([[40, 51]], criteria=C.VOGL_2008).startswith(
        "PD: sum 51.0 mm is +27.5 % from the baseline of 40.0"
    )
    assert "one lesion alone grew by +25 %" in explain(
        [[400, 400], [300, 375]], criteria=C.WHO_1981
    )
    back = explain([[20, 0, 4]], 2, criteria=attrs.evolve(RECIST, reappearance="PD"))
    assert "back after a complete response" in back
    assert "a target lesion that had gone is back" in explain(
        [[2000, 1500, 1500], [400, 0, 100]], 2, criteria=C.SWOG_1992
    )
    assert "every node is normal" in explain([[18, 9]], nodal=[True])
    assert "not measured" in explain([[18, NAN]])
    assert "although a target lesion was not measured" in explain([[18, 90], [20, NAN]])
    assert "an earlier response is carried on" in explain([[100, 70, 69, 80]], 3)
    assert "no class in the source" in explain([[100, 72]], criteria=C.VOGL_2008)
    assert "short of the absolute limit" in explain([[10, 12]])
    assert "baseline, or no target lesion" in explain([[18, 9]], 0)


def test_more_patients_than_one_block():
    """A cohort larger than what is judged at a time: each patient has the answer, sums and faults
    of one alone.
    """
    one = np.array(
        [
            [[60, 40, NAN], [40, 30, 10]],
            [[0, 5, 5], [20, 20, 20]],
            [[30, -1, 33], [30, 30, 60]],
            [[NAN, NAN, NAN], [10, 16, 10]],
            [[NAN] * 3, [NAN] * 3],
            [[NAN, 5, 5], [20, 20, 20]],
            [[18, 9, 9], [20, 0, 0]],
        ]
    )
    nodes = np.array([[False, False]] * 6 + [[True, False]])
    many, whose = np.tile(one, (3200, 1, 1)), np.tile(nodes, (3200, 1))
    target, sums = (
        nt.target_response(many, nodal=whose, invalid="NE"),
        nt.sum_of_lesions(many, invalid="NE"),
    )
    for place, (lesions, node) in enumerate(zip(one, nodes, strict=True)):
        alone, summed = (
            nt.target_response(lesions, nodal=node, invalid="NE"),
            nt.sum_of_lesions(lesions, invalid="NE"),
        )
        for whole, single in ((target, alone), (sums, summed)):
            for name in attrs.fields_dict(type(single)):
                if name not in ("criteria", "n_lesions"):
                    found = getattr(whole, name)[place::7]
                    np.testing.assert_array_equal(
                        found, np.broadcast_to(getattr(single, name), found.shape), name
                    )
    answers = ["PR NE", "NE NE", "NE PD", "PD SD", "MISSING MISSING", "NE NE", "CR CR"]
    assert [" ".join(row) for row in nt.labels(target.response[:7, 1:])] == answers
    assert nt.target_response(many.reshape(160, 140, 2, 3), invalid="NE").response.shape == (
        160,
        140,
        3,
    )


def test_padding_of_one_patient_and_a_fault_of_another():
    """A size without a baseline in one patient does not make the padding of another a fault."""
    sums = nt.sum_of_lesions([[[20, 20], [NAN, NAN]], [[20, 20], [NAN, 5]]], invalid="NE")
    assert sums.invalid.tolist() == [[False, False], [True, True]]


def test_numbers_of_extreme_sums():
    """A nadir below 1 mm has its percent; sums whose percent is beyond all floats give infinity,
    and no warning.
    """
    small = nt.target_response([[10, 0.5, 6.0]])
    assert small.percent_from_nadir[2] == pytest.approx(1100)
    assert small.explain(2).startswith(
        "PD: sum 6.0 mm is +1100.0 % and +5.5 mm from the nadir of 0.5 mm (timepoint 1)"
    )
    assert nt.sum_of_lesions([[1e-300, 1e300]]).percent_from_baseline[1] == INF
    assert nt.target_response([[1.0, 0.7]]).response[1] == R.PR


NARROW = [
    # sizes in float32 that lie exactly at a limit as they were written, keywords, response
    ([[33.3, 23.31]], {}, R.PR),
    ([[8.4, 13.4]], {"criteria": RECIST}, R.PD),
    ([[40.1, 48.12]], {}, R.PD),
    ([[0.7, 0.84]], {"criteria": C.RECIST_1_0}, R.PD),
    ([[12.3, 10.0], [12.3, 10.0]], {"nodal": [True, True]}, R.SD),
]


@pytest.mark.parametrize(("lesions", "keywords", "response"), NARROW, ids=str)
def test_narrow_floats_meet_their_limits(lesions, keywords, response):
    """Sizes stored in 32 bits are decided as they were written, like those in 64 bits."""
    for dtype in (np.float32, np.float64):
        assert nt.target_response(np.array(lesions, dtype), **keywords).response[1] == response


def test_every_limit_is_met_by_narrow_floats():
    """All sizes of a grid in 32 bits have the response of the same in 64 bits, at and beside the
    limits.
    """
    before = np.arange(10, 3000) / 10
    for limit in (0.7, 1.2):
        for step in (-0.1, 0.0, 0.1):
            courses = np.stack([before, np.round(before * limit + step, 2)], axis=-1)[:, None, :]
            wide, narrow = (
                nt.target_response(courses.astype(t)).response for t in (np.float64, np.float32)
            )
            np.testing.assert_array_equal(wide, narrow)
    absolute = np.stack([before, np.round(before + 5, 1)], axis=-1)[:24, None, :]
    assert (nt.target_response(absolute.astype(np.float32)).response[:, 1] == R.PD).all()
    decrease = attrs.evolve(RECIST, pr=attrs.evolve(RECIST.pr, absolute=5, unit="mm"))
    fallen = np.stack([before, np.round(before - 5, 1)], axis=-1)[60:100, None, :]
    for dtype in (np.float64, np.float32):
        assert (
            nt.target_response(fallen.astype(dtype), criteria=decrease).response[:, 1] == R.PR
        ).all()
    assert nt.target_response([[12, 8]], criteria=decrease).response[1] == R.SD
    nodes = attrs.evolve(RECIST, node_normal=10.2)
    assert (
        nt.target_response(
            np.array([[18, 10.2]], np.float32), nodal=[True], criteria=nodes
        ).response[1]
        == R.PR
    )


def test_what_was_too_small_is_said_and_nothing_else_is_filled():
    """5 mm stand where a lesion was too small and has no size: not where one is given, nor where it
    is missing.
    """
    sizes_ = [[20, NAN, 3, NAN], [30, 30, 30, NAN]]
    target = nt.target_response(sizes_, too_small=[[0, 1, 1, 1], [0, 0, 0, 0]])
    np.testing.assert_array_equal(target.sum, [50, 35, 33, 5])
    assert target.n_missing.tolist() == [0, 0, 0, 1]
    small = [bool(nt.Reason.TOO_SMALL & nt.Reason(int(why))) for why in target.reason]
    assert small == [False, True, False, True]
    assert nt.Reason(int(target.reason[1])) == nt.Reason.DECREASE | nt.Reason.TOO_SMALL


def test_sentences_word_for_word():
    """Each sentence names the sum, its change from the reference that decided, and the limits of
    that rule.
    """
    explain = lambda lesions, visit=1, **k: nt.target_response(lesions, **k).explain(visit)  # noqa: E731
    assert (
        explain([[20, 0]])
        == "CR: every target lesion has disappeared; sum 0.0 mm (RECIST 1.1, 4.3.1)"
    )
    assert explain([[18, 9]], nodal=[True]) == (
        "CR: every target lesion has disappeared, every node is normal; sum 9.0 mm (RECIST 1.1, "
        "4.3.1)"
    )
    assert explain([[100, 80]]) == (
        "SD: sum 80.0 mm is -20.0 % from the baseline of 100.0 mm; limits -30 % and +20 % and 5 "
        "mm (RECIST 1.1, 4.3.1)"
    )
    assert explain([[10, 12]]) == (
        "SD: sum 12.0 mm is +20.0 % and +2.0 mm from the nadir of 10.0 mm (timepoint 0), short of "
        "the absolute limit; "
        "limits +20 % and 5 mm (RECIST 1.1, 4.3.1)"
    )
    assert "timepoint" not in explain([[10, 20]], criteria=C.VOGL_2008)
    course = [[100, 40, 50, NAN, 40], [20, 20, 20, 20, 60]]
    cohort = nt.target_response(np.array([[[[9.0] * 5] * 2, course]] * 3))
    said_ = cohort.explain((2, 1, 4))
    assert said_ == nt.target_response(course).explain(4)
    assert "nadir of 60.0 mm (timepoint 1)" in said_
    partial = nt.target_response([[50, 30, 40, 60], [50, NAN, 20, 60]]).explain(3)
    assert "nadir of 60.0 mm (timepoint 2)" in partial


def test_a_sum_says_where_it_is_complete():
    """Complete: every target lesion measured; a partial sum, none measured and padding are not."""
    target = nt.target_response([[[60, 60, NAN], [40, NAN, NAN]], [[NAN] * 3] * 2])
    sums = nt.sum_of_lesions([[[60, 60, NAN], [40, NAN, NAN]], [[NAN] * 3] * 2])
    for found in (target, sums):
        assert found.complete.tolist() == [[True, False, False], [False] * 3]


def test_sums_in_place_of_sizes():
    """Sums of each patient are judged as they are, by the limits on the sum; lesions, nodes and both
    at once are refused.
    """
    sums = [[100, 60, 80], [50, NAN, 0]]
    found = nt.target_response(sums=sums)
    assert found.response.tolist() == [[R.MISSING, R.PR, R.PD], [R.MISSING, R.NE, R.CR]]
    assert repr(found).startswith("TargetResponse(2 patients, 3 timepoints: ")
    partial = nt.sum_of_lesions([[60, 60, 30], [40, NAN, 20]])
    assert nt.target_response(sums=partial).response.tolist() == [R.MISSING, R.NE, R.PR]
    for wrong, message in (
        ({}, "`sizes` or `sums` must be given"),
        ({"sizes": [[1, 2]], "sums": [1, 2]}, "and not both"),
        ({"sums": [1, 2], "nodal": True}, "`nodal` and `too_small` must be left out"),
        ({"sums": [1, 2], "too_small": [True]}, "must be left out with `sums`"),
        ({"sums": 5}, r"`sums` must have the axes \(..., timepoint\)"),
    ):
        with pytest.raises(nt.InputError, match=message):
            nt.target_response(**wrong)


def test_a_course_as_a_frame_and_a_page():
    """A row a visit with its places, words for codes and bits; the page holds text only."""
    course = nt.target_response([[[60, 40], [40, 30]], [[50, 70], [NAN, NAN]]])
    frame = course.to_frame()
    assert frame["patient"].tolist() == [0, 0, 1, 1]
    assert frame["timepoint"].tolist() == [0, 1, 0, 1]
    assert frame["response"].tolist() == ["MISSING", "PR", "MISSING", "PD"]
    assert frame["reason"].tolist()[1] == "decrease"
    assert course.to_frame("polars")["sum"].to_list() == frame["sum"].tolist()
    assert list(nt.target_response([[[[60, 40]]]]).to_frame())[:3] == [
        "axis_0",
        "axis_1",
        "timepoint",
    ]
    own = attrs.evolve(RECIST, title="<b>")
    page = nt.target_response(np.full((30, 1, 2), 50.0), criteria=own)._repr_html_()
    assert page.count("<tr>") == 21
    assert "40 more rows: .to_frame()" in page
    assert "<p>TargetResponse(30 patients, 1 lesion, 2 timepoints: 30 SD)</p>" in page
    assert "more rows" not in course._repr_html_()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("sizes", "criteria", "warned"),
    [
        (np.full((20, 1, 2), 4.5), RECIST, "4.5 mm at most, all below 10 mm"),
        (np.full((20, 1, 2), 4500.0), RECIST, "4500 mm at least, all above 500 mm"),
        (np.full((20, 1, 2), 4.5), C.WHO_1981, "4.5 mm2 at most, all below 100 mm2"),
        (np.full((20, 1, 2), 9e4), C.VOLUME_RECIST, "90000 mL at least"),
        (np.full((19, 1, 2), 4.5), RECIST, ""),
        (np.append(np.full(19, 4.5), 10.0).reshape(20, 1, 1), RECIST, ""),
        (np.full((20, 1, 2), NAN), RECIST, ""),
    ],
)
def test_sizes_of_no_body_are_told(sizes, criteria, warned):
    """Where none of 20 or more targets is one in the unit of the criteria, a warning names the unit
    and the way to turn it off; fewer say nothing.
    """
    if warned:
        with pytest.warns(nt.IntakeWarning, match=warned) as caught:
            nt.target_response(sizes, criteria=criteria)
        assert caught[0].filename == __file__
    else:
        nt.target_response(sizes, criteria=criteria)
    nt.target_response(sizes, criteria=criteria, check_units=False)


def test_a_change_beside_a_decimal_is_seen():
    """What was 23.1 in 32 bits and was widened by the user is -29.999999 %, and the sentence shows
    why it is SD.
    """
    upcast = float(np.float32(23.1))
    said = nt.MorphologicalResponse.assess(33.0, upcast, criteria=RECIST).explain()
    assert said.startswith("SD: size 23.1 mm is -29.9999988")
    assert "is -29.9999988" in nt.target_response([[33.0, upcast]]).explain(1)
    assert "-42.3 %" in nt.MorphologicalResponse.assess(52.0, 30.0).explain()


@pytest.mark.parametrize(
    ("sums", "message"),
    [
        ([[-1.0, 2]], r"`sums` must be finite and at least 0 .* got -1.0 at \[0, 0\]"),
        ([[3.0, 2], [0, 1]], r"`sums` must be greater than 0 at baseline; got 0.0 at \[1, 0\]"),
        ([[np.nan, 2]], r"`sums` must be measured at baseline .* got 2.0 at \[0, 1\]"),
    ],
)
def test_errors_name_the_sums_that_were_given(sums, message):
    """Not the sizes they are read as, and the place without an axis nobody gave."""
    with pytest.raises(nt.InputError, match=message):
        nt.target_response(sums=sums)
    assert nt.target_response(sums=sums, invalid="NE").response.shape == np.shape(sums)


def test_results_are_no_numbers():
    """A result where numbers should be is refused with the way to its complete sums."""
    with pytest.raises(nt.InputTypeError, match=r"got a Sums. Take its sums where they are compl"):
        nt.classify(nt.sum_of_lesions([[30, 20]]), 20)


@pytest.mark.parametrize("between", [True, False])
def test_a_response_is_carried_on_once_it_is_confirmed_in_days(between):
    """PR, SD, PR, SD by size, 56 days apart: with SD allowed between, the last SD is carried on as
    PR; without it is not.
    """
    rule = attrs.evolve(RECIST.best_response, accept_sd_between=between)
    edition = attrs.evolve(RECIST, best_response=rule)
    sizes, days = [[100, 70, 71, 70, 72]], [0, 56, 112, 168, 224]
    answer = nt.target_response(sizes, criteria=edition, days=days)
    assert nt.labels(answer.response[1:]).tolist() == ["PR", "SD", "PR", "PR" if between else "SD"]


def test_normal_nodes_from_the_baseline_and_lesion_by_lesion():
    """Nodes that stay below 10 mm add nothing to an increase: where the baseline is the reference,
    and where any lesion by itself may progress.
    """
    excluded = {"normal_nodes_in_pd": "excluded"}
    sizes, nodal = [[15, 2, 9], [20, 20, 20]], [1, 0]
    for edition in (
        attrs.evolve(RECIST, **excluded),
        attrs.evolve(
            C.VOGL_2008, pd=attrs.evolve(C.VOGL_2008.pd, reference="baseline"), **excluded
        ),
        attrs.evolve(RECIST, pd_scope="any lesion", **excluded),
    ):
        answer = nt.target_response(sizes, nodal=nodal, criteria=edition)
        assert nt.Response.PD not in answer.response[1:]
