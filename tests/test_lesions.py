"""Lesions: the size that counts, measurability, nodes, choice of targets, states, split lesions."""

import itertools

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from strategies import sizes

NAN, INF, C = np.nan, np.inf, nt.criteria


def same(answer, expected):
    np.testing.assert_array_equal(answer, expected)


def test_size_by_criterion():
    """Nodes by the short axis, others by the longest; products; viable parts; volumes."""
    longest, short = [[30.0, 26], [30, 25], [30, 9]], [[20.0, 18], [20, 12], [NAN, NAN]]
    nodes = [False, True, True]
    for name in ("recist-1.1", "irecist-2017", "vogl-2008"):
        same(
            nt.lesion_size(longest, short, nodal=nodes, criteria=C.get(name)),
            [[30, 26], [20, 12], [30, 9]],
        )
    same(nt.lesion_size(longest, short, nodal=nodes, criteria=C.RECIST_1_0), longest)
    same(nt.lesion_size(longest, nodal=nodes), longest)
    same(nt.lesion_size(30.0, 20.0, nodal=True), 20)
    same(nt.lesion_size([30, 30, 0], [20, NAN, NAN], criteria=C.WHO_1981), [600, NAN, 0])
    viable = [[25.0, 0], [NAN, 20], [NAN, NAN]]
    same(
        nt.lesion_size(longest, short, viable=viable, nodal=nodes, criteria=C.MRECIST_2010),
        [[25, 0], [20, 12], [30, 9]],
    )
    same(nt.lesion_size(longest, criteria=C.MRECIST_2010), longest)
    assert (
        nt.lesion_size(30, viable=25, criteria=C.MRECIST_2010),
        nt.lesion_size(30, viable=NAN, criteria=C.MRECIST_2010),
    ) == (25, 30)
    same(
        nt.lesion_size(longest, viable=20, viable_perpendicular=10, criteria=C.EASL_2001),
        np.full((3, 2), 200),
    )
    same(nt.lesion_size(longest, volume=14, criteria=C.VOLUME_RECIST), np.full((3, 2), 14))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (
            {"criteria": C.WHO_1981},
            r"`perpendicular` must be given for .*WHO.*, which measures a product; got None",
        ),
        ({"criteria": C.EASL_2001}, "`viable` must be given"),
        ({"criteria": C.VOLUME_RECIST}, "`volume` must be given"),
        ({"criteria": C.CHOI_2007}, "served by choi_response"),
        ({"perpendicular": [1, 2, 3]}, "must broadcast together"),
    ],
)
def test_sizes_that_cannot_be_made_are_refused(keywords, message):
    """What the criteria need is asked for by name."""
    with pytest.raises(nt.InputError, match=message):
        nt.lesion_size([30.0, 20.0], **keywords)
    with pytest.raises(nt.InputError, match="must broadcast together"):
        nt.lesion_size([[30.0], [20.0]], [[30.0], [20.0]], nodal=[True, False, True])


def test_ellipsoid():
    """A sphere of 20 mm is 4.19 mL; the third diameter may be given; missing is missing, negative
    refused.
    """
    assert nt.ellipsoid_volume(20, 20) == pytest.approx(4 / 3 * np.pi)
    assert nt.ellipsoid_volume(20, 20, 10) == pytest.approx(2 / 3 * np.pi)
    assert np.isnan(nt.ellipsoid_volume(20, NAN))
    with pytest.raises(nt.InputError, match="`depth` must be finite and at least 0"):
        nt.ellipsoid_volume(20, 20, -1)


def test_measurability():
    """RECIST 1.1, 3.1: 10 mm, nodes 15 mm, X-ray 20 mm, twice the slice thickness; S06; RECIST 1.0:
    20 mm.
    """
    assert nt.is_measurable([9.9, 10, NAN]).tolist() == [False, True, False]
    assert nt.is_measurable([14.9, 15], nodal=True).tolist() == [False, True]
    assert nt.is_measurable([19.9, 20], xray=True).tolist() == [False, True]
    assert nt.is_measurable(12, slice_thickness=8) is False
    assert nt.is_measurable([16, 10, 12], slice_thickness=[8, NAN, 2]).tolist() == [
        True,
        True,
        True,
    ]
    assert nt.is_measurable(np.array([14.9, 15], np.float32), nodal=True).tolist() == [False, True]
    for bare in (attrs.evolve(C.RECIST_1_1, selection=None),):
        with pytest.raises(nt.InputError, match="must say which lesions can be targets"):
            nt.is_measurable(10, criteria=bare)
    with pytest.raises(nt.InputTypeError, match="is_measurable must be SizeCriteria"):
        nt.is_measurable(10, criteria=C.CHOI_2007)


def test_node_classes():
    """Below 10 mm normal, from 15 mm a target, between pathological; porta hepatis 20 mm under
    mRECIST (M03).
    """
    assert nt.node_class([9.9, 10, 14.9, 15, NAN]).tolist() == [
        "normal",
        "pathological",
        "pathological",
        "target",
        "not measured",
    ]
    mrecist = nt.node_class(
        [18, 15, 20], porta_hepatis=[True, False, True], criteria=C.MRECIST_2010
    )
    assert mrecist.tolist() == ["normal", "target", "target"]
    assert str(nt.node_class(20)) == "target", "S01"
    with pytest.raises(nt.InputError, match="must have a limit for nodes"):
        nt.node_class(10, criteria=C.RECIST_1_0)


def literal_choice(lesions, most, per_organ):
    """Round by round: the largest of each organ first; one lesion at a time."""
    chosen, taken = [], {}
    ranked = sorted(
        (i for i, (_, _, ok) in enumerate(lesions) if ok), key=lambda i: (-lesions[i][0], i)
    )
    rounds = []
    for i in ranked:
        organ = lesions[i][1]
        taken[organ] = taken.get(organ, 0) + 1
        if taken[organ] <= per_organ:
            rounds.append((taken[organ], -lesions[i][0], i))
    chosen = [i for *_, i in sorted(rounds)][:most]
    return [i in chosen for i in range(len(lesions))]


@given(
    st.lists(
        st.tuples(
            st.one_of(sizes(largest=60, places=0), st.just(NAN)),
            st.sampled_from("ABCDEFG"),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([C.RECIST_1_1, C.RECIST_1_0]),
)
def test_choice_agrees_with_the_twin(lesions, criteria):
    """Any set of lesions: the literal choice, one patient at a time and as rows of a cohort."""
    size, organ, node = zip(*lesions, strict=True)
    can = nt.is_measurable(size, nodal=node, criteria=criteria)
    plain = [
        (s, "NODES" if n else o, ok) for s, o, n, ok in zip(size, organ, node, can, strict=True)
    ]
    rules = criteria.selection
    expected = literal_choice(plain, rules.max_targets, rules.max_per_organ)
    assert nt.select_targets(size, organ, nodal=node, criteria=criteria).tolist() == expected
    cohort = nt.select_targets([size, size], organ, nodal=[node, node], criteria=criteria)
    assert cohort.tolist() == [expected, expected]


def test_choice_of_targets():
    """S05; paired organs and all nodes are one organ; without limits every measurable lesion."""
    assert nt.select_targets([50, 40, 30, 12, 11, 10], "LIVER").tolist() == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    lungs = ["LUNG, LEFT", "RIGHT LUNG", "Lungs", "KIDNEY (LEFT)"]
    assert nt.select_targets([30, 20, 10, 10], lungs).tolist() == [True, True, False, True]
    nodes = nt.select_targets([30, 25, 20], ["AXILLA", "NECK", "GROIN"], nodal=True)
    assert nodes.tolist() == [True, True, False]
    free = attrs.evolve(C.RECIST_1_1.selection, max_targets=None, max_per_organ=None)
    assert nt.select_targets(
        [50, 40, 30], "LIVER", criteria=attrs.evolve(C.RECIST_1_1, selection=free)
    ).all()
    bare = attrs.evolve(
        free, min_size=None, min_node_target=None, min_size_xray=None, slice_factor=None
    )
    rules = attrs.evolve(C.RECIST_1_1, selection=bare)
    assert nt.select_targets([1.0, NAN], "LIVER", criteria=rules).tolist() == [True, False]
    assert nt.is_measurable(1, xray=True, slice_thickness=9, criteria=rules) is True
    with pytest.raises(nt.InputError, match=r"`longest` must have the axis \(..., lesion\)"):
        nt.select_targets(10, "LIVER")
    with pytest.raises(nt.InputTypeError, match="`organ` must be text"):
        nt.select_targets([10.0], [1])


def test_states():
    """Absent is 0, too small 5 mm or what was measured, not evaluable missing, merged
    0.
    """
    status = [
        "MEASURED",
        "absent",
        " Too small",
        "TOO SMALL",
        "PRESENT",
        "NOT EVALUABLE",
        "MERGED",
        "",
    ]
    values = [12, NAN, NAN, 3, NAN, NAN, 0, 7]
    same(nt.size_in_state(values, status), [12, 0, 5, 3, NAN, NAN, 0, 7])
    same(nt.size_in_state(values, status, criteria=C.RECIST_1_0), [12, 0, NAN, 3, NAN, NAN, 0, 7])
    with pytest.raises(
        nt.InputError, match=r"`status` must be one of .* got 'absentt' at \[1\]. Did you mean"
    ):
        nt.size_in_state([1, 2], ["", "absentt"])
    with pytest.raises(
        nt.InputError,
        match=r"`sizes` must be 0 or NaN where the lesion is absent.* got 4.0 at \[0\]",
    ):
        nt.size_in_state([4.0], ["ABSENT"])


def test_split_lesions():
    """Parts are added under the parent; a part not measured leaves the parent
    not measured.
    """
    course = [[30, 20, NAN, NAN, 5], [NAN, NAN, 12, 12, 12], [NAN, NAN, 9, NAN, 9], [8, 8, 8, 8, 8]]
    for order in itertools.permutations(range(4)):
        place = {old: new for new, old in enumerate(order)}
        parent = [-1 if old in (0, 3) else place[0] for old in order]
        answer = nt.sum_parts([course[old] for old in order], parent)
        same(answer[place[0]], [30, 20, 21, NAN, 26])
        same(answer[place[3]], [8] * 5)
        assert np.isnan(answer[[place[1], place[2]]]).all()
    many = nt.sum_parts([course, course], [-1, 0, 0, 3])
    same(many[1][0], [30, 20, 21, NAN, 26])
    assert nt.target_response(many[0]).sum[2] == 29


@pytest.mark.parametrize(
    ("values", "parent", "message"),
    [
        ([1, 2], [0, 0], r"`sizes` must have the axes"),
        (
            [[1], [2]],
            [0],
            r"`parent` must be one whole number for each of the 2 lesions; got shape \(1,\)",
        ),
        ([[1], [2]], [0.0, 0.0], r"of float64"),
        (
            [[1], [2]],
            [-1, 2],
            r"`parent` must be -1, or the place of a lesion \(0 to 1\); got 2 at \[1\]",
        ),
        (
            [[1], [2], [3]],
            [-1, 0, 1],
            r"`parent` must be a lesion that is no part itself; got 1 at \[2\]",
        ),
    ],
)
def test_impossible_splits_are_refused(values, parent, message):
    """Each error names the argument, the requirement, the value and the place."""
    with pytest.raises(nt.InputError, match=message):
        nt.sum_parts(values, parent)


def test_impossible_measurements_are_refused():
    """A negative or infinite diameter or volume is no size, no class and no target; `invalid` hands
    it on to the verdict.
    """
    volume = nt.criteria.VOLUME_RECIST
    for call, argument in (
        (lambda: nt.lesion_size(30, volume=-3, criteria=volume), "volume"),
        (lambda: nt.lesion_size([[30, -3]]), "longest"),
        (lambda: nt.lesion_size([[30, 3]], [[np.inf, 3]]), "perpendicular"),
        (lambda: nt.node_class(-1), "short_axis"),
        (lambda: nt.is_measurable([12, -1]), "longest"),
        (lambda: nt.is_measurable(12, slice_thickness=-5), "slice_thickness"),
        (lambda: nt.select_targets([12, -1], ["LIVER", "LUNG"]), "longest"),
    ):
        with pytest.raises(nt.InputError, match=f"`{argument}` must be finite and at least 0"):
            call()
    assert nt.lesion_size(-3, invalid="NE") == -3
    with pytest.raises(nt.InputError, match="`invalid` must be one of"):
        nt.lesion_size(-3, invalid="ne")


def test_parents_of_each_patient():
    """A parent for each patient: as patient by patient, whoever split."""
    rng = np.random.default_rng(3)
    sizes = rng.integers(5, 40, (30, 4, 5)).astype(float)
    sizes[rng.random(sizes.shape) < 0.2] = NAN
    parent = np.where(rng.random((30, 4)) < 0.4, 0, -1)
    parent[:, 0] = -1
    many = nt.sum_parts(sizes, parent)
    for i in range(30):
        np.testing.assert_array_equal(many[i], nt.sum_parts(sizes[i], parent[i]))
    with pytest.raises(nt.InputError, match=r"`parent` must be a lesion that is no part itself"):
        nt.sum_parts(sizes[:2], [[-1, 0, 1, -1], [-1, 0, 0, 0]])
    whole = nt.sum_parts(sizes[0], np.array([0, 0, 2, 3], np.uint8))
    np.testing.assert_array_equal(whole, nt.sum_parts(sizes[0], [-1, 0, -1, -1]))
    with pytest.raises(nt.InputError, match=r"`sizes without the timepoint axis` \(2, 4\)"):
        nt.sum_parts(sizes[:2], [[-1] * 4] * 3)


def test_words_that_name_no_organ_are_told():
    """One of its own with a warning, or what the argument says; a letter is a code of one's own."""
    sizes, words = [50, 40, 30, 25], ["FOO", "BAR", "BAZ", "LIVER"]
    with pytest.warns(nt.IntakeWarning, match="no known organ: 'BAR', 'BAZ', 'FOO'. Each counts"):
        assert nt.select_targets(sizes, words).tolist() == [True] * 4
    for choice, expected in (
        ("own", [True, True, True, True]),
        ("one", [True, True, False, True]),
        ("leave out", [False, False, False, True]),
    ):
        assert nt.select_targets(sizes, words, unknown_organs=choice).tolist() == expected
    assert nt.select_targets(sizes, list("ABAA")).tolist() == [True, True, True, False]
    assert nt.select_targets(sizes, words, nodal=True).tolist() == [True, True, False, False]
    many = [f"THING {i}" for i in range(7)]
    with pytest.warns(nt.IntakeWarning, match="and 2 more"):
        nt.select_targets([20] * 7, many)
    with pytest.raises(nt.InputError, match="`unknown_organs` must be one of"):
        nt.select_targets(sizes, words, unknown_organs="NE")


def test_sizes_of_states_and_volumes_alone():
    """A negative size in a state is refused; a volume needs no diameter."""
    with pytest.raises(nt.InputError, match=r"`sizes` must be finite and at least 0"):
        nt.size_in_state([-1.0], ["MEASURED"])
    assert nt.lesion_size(volume=[[3.0]], criteria=C.VOLUME_RECIST).tolist() == [[3.0]]
    with pytest.raises(nt.InputError, match=r"`volume` must be finite and at least 0"):
        nt.lesion_size(volume=-3, criteria=C.VOLUME_RECIST)
