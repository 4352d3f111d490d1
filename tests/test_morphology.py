"""One size before and after: exact limits, the order of the rules, what is missing, and the slow
twin.
"""

import itertools
from decimal import Decimal

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
import reference.before_after as slow
from nettumor.morphology import _pairs
from strategies import sizes

R, NAN, INF = nt.Response, np.nan, np.inf
VOGL, CAPTIONS = nt.criteria.VOGL_2008, nt.criteria.VOGL_2008_CAPTIONS
MINOR = attrs.evolve(
    VOGL,
    mr=nt.criteria.Threshold(20, "decrease", VOGL.citation, absolute=3, unit="mm"),
    sd_limit=None,
)
DEEP = attrs.evolve(
    VOGL, pr=nt.criteria.Threshold(30, "decrease", VOGL.citation, absolute=5, unit="mm")
)
EDITIONS = [nt.criteria.get(n) for n in nt.criteria.names()]
SIZES = [c for c in EDITIONS if isinstance(c, nt.criteria.SizeCriteria)]
RULES = [*SIZES, MINOR, DEEP, attrs.evolve(VOGL, gap="MR"), attrs.evolve(VOGL, gap="NE")]


def names(rules):
    return [f"{c.name}-{i}" for i, c in enumerate(rules)]


@pytest.mark.parametrize(
    ("before", "after", "response"),
    [
        (100, 0, R.CR), (100, 69.9, R.PR), (100, 70, R.SD), (100, 74.9, R.SD), (100, 75, R.SD), (100, 100, R.SD),
        (100, 125, R.SD), (100, 125.1, R.PD), (33, 23.1, R.SD), (33, 23.0, R.PR), (0.4, 0.5, R.SD), (1e-9, 0, R.CR),
        (NAN, 30, R.NE), (30, NAN, R.NE), (NAN, NAN, R.NE), (NAN, 0, R.NE),
    ],
)  # fmt: skip
def test_the_reviews_limits(before, after, response):
    """Section 4.3: gone is CR, more than 30 % smaller PR, more than 25 % larger PD, the rest SD,
    missing NE.
    """
    assert nt.classify(before, after) is response
    assert nt.classify(np.array([before]), [after]).tolist() == [response]
    assert nt.classify(before, after, new_lesion=True) is R.PD


def test_captions_ask_for_more_than_half():
    """Figures 3 and 4: PR is a decrease of more than 50 %."""
    assert nt.classify([100, 100, 100], [50, 49.9, 69], criteria=CAPTIONS).tolist() == [
        R.SD,
        R.PR,
        R.SD,
    ]


@pytest.mark.parametrize("criteria", RULES, ids=names(RULES))
@pytest.mark.parametrize("places", [1, 2])
def test_every_pair_that_lies_on_a_limit(criteria, places):
    """On the grids of 0.1 and 0.01 mm, each pair exactly on a limit, and its two neighbours, is
    decided exactly.
    """
    step = Decimal(1).scaleb(-places)
    limits = [
        limit
        for limit in (criteria.pr, criteria.pd, criteria.mr, criteria.sd_limit)
        if limit is not None
    ]
    pairs = []
    for limit, n in itertools.product(limits, range(1, 1500, 7)):
        before = n * step
        after = before * (100 + Decimal(str(limit.signed))) / 100
        absolute = [] if limit.absolute is None else [before + Decimal(str(limit.absolute))]
        for edge in [after, *absolute]:
            on_grid = edge.quantize(step)
            pairs += [
                (float(before), float(on_grid + k * step))
                for k in (-1, 0, 1)
                if on_grid + k * step >= 0
            ]
    before, after = np.array(pairs).T
    expected = [slow.classify(b, a, criteria) for b, a in zip(before, after, strict=True)]
    assert nt.labels(nt.classify(before, after, criteria=criteria)).tolist() == expected
    assert [nt.classify(b, a, criteria=criteria).label for b, a in pairs[:60]] == expected[:60]
    assessed = nt.MorphologicalResponse.assess(before, after, criteria=criteria)
    assert nt.labels(assessed.response).tolist() == expected


@pytest.mark.parametrize("places", [1, 2])
@pytest.mark.parametrize(
    "rules", [VOGL, CAPTIONS, nt.criteria.RECIST_1_0, nt.criteria.WHO_1981], ids=lambda c: c.name
)
def test_all_pairs_of_the_grid_that_lie_on_a_limit(rules, places):
    """Every size up to 300 mm on the grids of 0.1 and 0.01 mm with the sizes next to each limit, by
    whole numbers.
    """
    before = np.arange(1, 300 * 10**places + 1)
    for edge in (rules.pr, rules.pd):
        share = 100 + int(edge.signed)
        for step in (-1, 0, 1):
            after = before * share // 100 + step
            on = after > 0
            b, a = before[on], after[on]
            expected = np.full(b.shape, R.SD)
            down, up = 100 * (b - a) - rules.pr.value * b, 100 * (a - b) - rules.pd.value * b
            expected[down > 0 if rules.pr.strict else down >= 0] = R.PR
            expected[up > 0 if rules.pd.strict else up >= 0] = R.PD
            written = np.round(b / 10**places, places), np.round(a / 10**places, places)
            np.testing.assert_array_equal(nt.classify(*written, criteria=rules), expected)


numbers = st.one_of(sizes(), sizes(places=4), st.sampled_from([0.0, NAN]))


@given(
    st.lists(st.tuples(numbers, numbers, st.booleans()), min_size=1, max_size=40),
    st.sampled_from(RULES),
)
def test_agrees_with_the_twin(rows, criteria):
    """Any decimals, missing values, zeros and new lesions: the answer of exact arithmetic, scalar
    and array.
    """
    before, after = np.array([r[:2] for r in rows]).T
    new = np.array([r[2] for r in rows])
    expected = [slow.classify(b, a, criteria, n) for b, a, n in rows]
    answer = nt.classify(before, after, criteria=criteria, new_lesion=new, invalid="NE")
    assert nt.labels(answer).tolist() == expected
    each = [
        nt.classify(b, a, criteria=criteria, new_lesion=n, invalid="NE").label for b, a, n in rows
    ]
    assert each == expected
    assessed = nt.MorphologicalResponse.assess(
        before, after, criteria=criteria, new_lesion=new, invalid="NE"
    )
    np.testing.assert_array_equal(assessed.response, answer)
    assert all(assessed.explain(i).startswith(expected[i] + ": ") for i in range(len(rows)))


@given(sizes(smallest=0.1), sizes(), sizes(), st.sampled_from(SIZES))
def test_a_larger_size_is_never_better(before, one, other, criteria):
    """Monotone: of two sizes after therapy the larger never has the better response."""
    small, large = sorted((one, other))
    assert nt.classify(before, large, criteria=criteria) <= nt.classify(
        before, small, criteria=criteria
    )


@given(sizes(smallest=0.1), sizes(), st.integers(-6, 6))
def test_scale_does_not_matter(before, after, power):
    """Both sizes times a power of two (a change of unit without rounding): the same response."""
    assert nt.classify(before * 2.0**power, after * 2.0**power) == nt.classify(before, after)


def test_shapes_broadcast():
    """Any shapes that broadcast, either way round; empty, 0-d, non-contiguous and read-only
    arrays.
    """
    before, after = np.linspace(10, 50, 5), np.linspace(0, 60, 7)
    table = nt.classify(before[:, None], after)
    assert table.shape == (5, 7)
    np.testing.assert_array_equal(table.T, nt.classify(before, after[:, None]))
    assert table[2, 3] == nt.classify(before[2], after[3])
    assert nt.classify([], []).shape == (0,)
    assert nt.classify(np.empty((0, 3)), np.empty((1, 3))).shape == (0, 3)
    assert nt.classify(np.array(50.0), np.array(20.0)) is R.PR
    wide = np.arange(1.0, 41.0).reshape(4, 10)
    wide.setflags(write=False)
    every, back = wide[:, ::2], wide[:, ::-2]
    np.testing.assert_array_equal(nt.classify(every, back), nt.classify(every.copy(), back.copy()))
    assert nt.classify(wide, wide, new_lesion=wide > 20)[3, 3] == R.PD
    assert nt.classify(50, [20, 50]).tolist() == [R.PR, R.SD]


INTEGERS = [np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, *INTEGERS], ids=str)
def test_dtypes(dtype):
    """Sizes of every width are judged alike, in every length and beside every other width."""
    before, after = np.array([100, 50, 20], dtype=dtype), np.array([70, 0, 26], dtype=dtype)
    assert nt.classify(before, after).tolist() == [R.SD, R.CR, R.PD]
    for size in range(1, 18):
        many = np.resize(before, size), np.resize(after, size)
        assert nt.classify(*many).tolist() == np.resize([R.SD, R.CR, R.PD], size).tolist()
        assert nt.classify(many[0], many[1].astype(np.int8)).tolist() == nt.classify(*many).tolist()
    if dtype.__class__ is not type and np.dtype(dtype).kind == "i":
        for pair in ((before, np.array([5, -1, 5], dtype)), (np.array([5, -1, 5], dtype), after)):
            with pytest.raises(nt.InputError, match=r"got -1.0 at \[1\]"):
                nt.classify(*pair)
            assert nt.classify(*pair, invalid="NE")[1] == R.NE


def test_float16_is_refused():
    """Three digits are too few for a limit."""
    for function in (nt.classify, nt.percent_change):
        with pytest.raises(nt.InputTypeError, match="`before` must be floats of 32 or 64 bits"):
            function(np.array([33], np.float16), [23.1])


@pytest.mark.parametrize("criteria", RULES, ids=names(RULES))
def test_32_bits_are_judged_by_the_decimals_that_were_written(criteria):
    """Sizes of 32 bits on limits and right beside them, before or after or both, are what their
    decimals are in 64 bits, and what each pair is alone; new lesions stay PD.
    """
    rng = np.random.default_rng(8)
    before = np.round(rng.uniform(5, 120, 4000), 1)
    factors = [0.25, 0.5, 0.7, 0.75, 0.9, 1.15, 1.2, 1.25, 1.4, 1.5, 1.73]
    after = np.round(before * rng.choice(factors, before.size), 3)
    after += rng.choice([-0.001, 0.0, 0.001], before.size)
    after = np.round(np.append(after, [0, NAN, 50]), 3)
    before = np.append(before, [30, 30, NAN])
    new = rng.random(before.size) < 0.1
    expected = nt.classify(before, after, criteria=criteria, new_lesion=new)
    narrow = before.astype(np.float32), after.astype(np.float32)
    for pair in (narrow, (narrow[0], after), (before, narrow[1])):
        found = nt.classify(*pair, criteria=criteria, new_lesion=new)
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(
        nt.MorphologicalResponse.assess(*narrow, criteria=criteria, new_lesion=new).response,
        expected,
    )
    assert nt.percent_change(np.float32(33), np.float32(23.1)) == nt.percent_change(33, 23.1)


def test_blocks_do_not_show():
    """More pairs than one block, with NaN in one block and zeros in another: as if judged one by
    one.
    """
    rng = np.random.default_rng(3)
    before = np.round(rng.uniform(1, 100, 3 * _pairs.BLOCK + 5), 1)
    after = np.round(before * rng.uniform(0.1, 2, before.size), 1)
    after[:50] = NAN
    after[_pairs.BLOCK : _pairs.BLOCK + 50] = 0
    picked = np.r_[0:80, _pairs.BLOCK : _pairs.BLOCK + 80, before.size - 80 : before.size]
    expected = [slow.classify(before[i], after[i], VOGL) for i in picked]
    assert nt.labels(nt.classify(before, after)[picked]).tolist() == expected


ODD = [0.0, -0.0, NAN, -NAN, INF, -INF, -1.0, 5e-324, 1e-308, 1.7e308]


@pytest.mark.parametrize("criteria", RULES, ids=names(RULES))
def test_odd_numbers_are_found_wherever_they_stand(criteria):
    """Zeros of both signs, NaN, infinities, negative and hardly representable sizes: in a block of
    sound sizes each pair is answered as it is alone, and as the reason says."""
    before, after = (a.ravel() for a in np.meshgrid([*ODD, 40.0], [*ODD, 27.0, 40.0, 60.0]))
    around = np.full(40, 50.0), np.full(40, 30.0)
    many = [np.concatenate([around[i], a, around[i]]) for i, a in enumerate((before, after))]
    answer = nt.classify(*many, criteria=criteria, invalid="NE")[40:-40]
    each = [
        nt.classify(b, a, criteria=criteria, invalid="NE")
        for b, a in zip(before, after, strict=True)
    ]
    assert answer.tolist() == each
    sound = (before > 0) & (before < INF) & (after >= 0) & (after < INF)
    assert (answer[~sound] == R.NE).all()
    assert (answer[sound & (after == 0)] == R.CR).all()
    assert (answer[sound & (after > 0)] > R.NE).all(), "no pair is in the gap"
    assert (
        nt.MorphologicalResponse.assess(*many, criteria=criteria, invalid="NE").response[40:-40]
        == answer
    ).all()


@pytest.mark.parametrize("kind", [">f8", "<f8", ">f4", ">i4"])
def test_byte_orders(kind):
    """Arrays of either byte order are numbers like others."""
    before, after = np.array([50, 40, 20, 60], kind), np.array([20, 0, 26, 60], kind)
    assert nt.classify(before, after).tolist() == [R.PR, R.CR, R.PD, R.SD]
    assert nt.classify(before, after, new_lesion=[False, True, False, True]).tolist() == [
        R.PR,
        R.PD,
        R.PD,
        R.PD,
    ]


BAD = [
    (
        ([50, 0, 0], [1, 2, 3]),
        r"`before` must be finite and greater than 0 mm .* got 0.0 at \[1\] \(2 such values\)",
    ),
    (
        (-3, 4),
        r"`before` must be finite and greater than 0 mm .*; got -3.0\. Correct it or leave the "
        r"lesion out",
    ),
    (([5.0, INF], [1, 1]), r"`before` must be finite .* got inf at \[1\]"),
    (([5.0, 5.0], [1, -1]), r"`after` must be finite and at least 0 mm .* got -1.0 at \[1\]"),
    ((5.0, INF), r"`after` must be finite"),
    (
        ([1, 2, 3], [1, 2]),
        r"The shapes must broadcast together; got `before` \(3,\), `after` \(2,\)",
    ),
    ((["52 mm"], [1]), r"`before` must be numbers; got text such as '52 mm'"),
    ((True, 2), r"`before` must be numbers; got booleans"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_impossible_sizes_are_refused(arguments, message):
    """Each error names the argument, what it must be, the first place and the repair;
    percent_change says the same.
    """
    for function in (nt.classify, nt.percent_change, nt.MorphologicalResponse.assess):
        with pytest.raises(nt.InputError, match=message):
            function(*arguments)


def test_invalid_may_be_answered_with_ne():
    """With invalid="NE" an impossible size is NE, its reason INVALID, its change NaN; a new lesion
    is still PD.
    """
    before, after = [0, -1, 50, INF, 50, 20], [1, 1, -1, 4, INF, 5]
    assert nt.classify(before, after, invalid="NE").tolist() == [R.NE] * 5 + [R.PR]
    assert np.isnan(nt.percent_change(before, after, invalid="NE")[:5]).all()
    assessed = nt.MorphologicalResponse.assess(
        before, after, invalid="NE", new_lesion=[1, 0, 0, 0, 0, 0]
    )
    assert assessed.response[0] == R.PD
    assert assessed.reason[0] == nt.Reason.INVALID | nt.Reason.NEW_LESION
    assert "a size that cannot be: -1 mm before" in assessed.explain(1)
    with pytest.raises(
        nt.InputError, match=r"`invalid` must be one of 'raise', 'NE'; got 'ne'. Did you mean 'NE'"
    ):
        nt.classify(1, 1, invalid="ne")


@pytest.mark.parametrize(("gap", "response"), [("SD", R.SD), ("MR", R.MR), ("NE", R.NE)])
def test_the_gap_has_a_policy_and_a_reason(gap, response):
    """A decrease of more than 25 and up to 30 % has no class in the review: the policy answers, the
    reason marks it.
    """
    criteria = attrs.evolve(VOGL, gap=gap)
    assessed = nt.MorphologicalResponse.assess(
        [100, 100, 100, 100], [75, 74.9, 70, 69.9], criteria=criteria
    )
    assert assessed.response.tolist() == [R.SD, response, response, R.PR]
    assert ((assessed.reason & nt.Reason.GAP) != 0).tolist() == [False, True, True, False]
    assert "no class in the source" in assessed.explain(1)


def test_the_gap_may_be_refused():
    """With gap "raise" a change in the gap is an error that names its place; a new lesion
    is none.
    """
    criteria = attrs.evolve(VOGL, gap="raise")
    with pytest.raises(
        nt.InputError, match=r"`after` must be outside the gap of Vogl 2008.* got 72.0 at \[1\]"
    ):
        nt.classify([100, 100], [60, 72], criteria=criteria)
    assert nt.classify(
        [100, 100], [60, 72], criteria=criteria, new_lesion=[False, True]
    ).tolist() == [R.PR, R.PD]
    assert nt.classify([100, NAN, 9], [60, 72, 0], criteria=criteria).tolist() == [R.PR, R.NE, R.CR]
    with pytest.raises(nt.InputError, match=r"got 72.0\. Choose a class for it"):
        nt.classify(100.0, 72.0, criteria=criteria)
    assert nt.classify(100, 60, criteria=attrs.evolve(criteria, sd_limit=None)) is R.PR


def test_other_kinds_of_criteria_are_refused():
    """Criteria of another kind are refused with the function that reads them."""
    with pytest.raises(nt.InputTypeError, match="served by choi_response"):
        nt.classify(1, 1, criteria=nt.criteria.CHOI_2007)


def test_percent_change():
    """Decimals give decimals; missing is NaN; a number for two numbers."""
    assert nt.percent_change(33, 23.1) == -30.0
    np.testing.assert_array_equal(nt.percent_change([40, NAN, 10], [51, 3, NAN]), [27.5, NAN, NAN])


def test_window_of_the_review():
    """4 to 6 weeks after completion: 28 to 42 days, both included; unknown is False; durations
    count as days.
    """
    days = np.array([27, 28, 35, 42, 43, NAN, -30])
    assert nt.in_assessment_window(days).tolist() == [False, True, True, True, False, False, False]
    assert nt.in_assessment_window(30) is True
    assert nt.in_assessment_window(np.array([28], "timedelta64[D]")).tolist() == [True]
    with pytest.raises(nt.InputTypeError, match="Subtract the reference date"):
        nt.in_assessment_window(np.array(["2024-01-01"], "datetime64[D]"))


def test_explanations():
    """Each kind of verdict says the numbers, the limits and the source."""
    assess = nt.MorphologicalResponse.assess
    assert assess(40, 51).explain() == (
        "PD: size 51.0 mm is +27.5 % from 40.0 mm before; limits -30 % and +25 % "
        "(Vogl 2008, morphological response, section 4.3)"
    )
    assert "sum before not measured, after 4.0 mm" in assess(NAN, 4, name="sum").explain()
    assert "nothing left of 4.0 mm" in assess(4, 0).explain()
    assert (
        assess(4, 4, new_lesion=True).explain().startswith("PD: new lesion; size 4.0 mm is +0.0 %")
    )
    below = assess(10, 12, criteria=nt.criteria.RECIST_1_1)
    assert below.reason == nt.Reason.WITHIN_LIMITS | nt.Reason.BELOW_MINIMUM
    assert below.explain() == (
        "SD: size 12.0 mm is +20.0 % and +2.0 mm from 10.0 mm before, less than 5 mm more; "
        "limits -30 %, +20 % and 5 mm (RECIST 1.1, 4.3.1)"
    )
    assert "MorphologicalResponse(PD: size" in repr(assess(40, 51))
    assert repr(assess([], [])) == "MorphologicalResponse(0 pairs: none)"
    assert assess(40, 51).before == 40.0


def test_a_limit_of_one_hundred_percent_leaves_cr_alone():
    """Where only disappearance is a response, nothing left is CR, and the smallest rest is SD."""
    nothing_less = attrs.evolve(VOGL, pr=attrs.evolve(VOGL.pr, value=100), sd_limit=None)
    assert nt.classify([10.0, 10.0], [0.0, 0.1], criteria=nothing_less).tolist() == [R.CR, R.SD]
    assert nt.classify(10.0, 0.0, criteria=nothing_less) is R.CR


def test_huge_and_infinite_numbers_give_no_warning():
    """Sizes near the end of float64 are judged; infinite ones are refused or NE; whole numbers
    beyond it are named.
    """
    assert nt.classify([1e308, 1.7e308, 1e308], [1e308, 1.0, 1.7e308]).tolist() == [
        R.SD,
        R.PR,
        R.PD,
    ]
    assert nt.classify(np.float64(1e308), np.float64(1e308)) is R.SD
    assert nt.classify([INF, 5.0, INF], [0.0, 0.0, INF], invalid="NE").tolist() == [
        R.NE,
        R.CR,
        R.NE,
    ]
    with pytest.raises(nt.InputError, match=r"`before` must be finite .*; got inf at \[0\]"):
        nt.classify([INF, 5.0], [0.0, 0.0])
    with pytest.raises(nt.InputTypeError, match="`before` must be numbers; got 1000"):
        nt.classify(10**400, 5)


def test_scalars_of_numpy_are_numbers():
    """A float64 taken from an array is judged like a plain number, on the limit and beside it."""
    for after, response in ((23.1, R.SD), (23.0, R.PR), (0.0, R.CR), (NAN, R.NE), (41.3, R.PD)):
        assert nt.classify(np.float64(33), np.float64(after)) is response


def test_the_gap_in_float32_is_that_of_the_written_decimals():
    """The gap begins and ends at the same sizes, whatever the precision that they come in."""
    refusing = attrs.evolve(VOGL, gap="raise")
    before = np.array([33, 33], np.float32)
    assert nt.classify(before, np.array([24.75, 23.0], np.float32), criteria=refusing).tolist() == [
        R.SD,
        R.PR,
    ]
    with pytest.raises(nt.InputError, match="outside the gap"):
        nt.classify(before, np.array([24.75, 23.1], np.float32), criteria=refusing)


def test_objects_own_their_numbers():
    """A change of the input later does not reach the object."""
    before = np.array([40.0])
    assessed = nt.MorphologicalResponse.assess(before, [30.0])
    before[0] = 1
    assert assessed.before.tolist() == [40.0]


def test_short_floats_of_every_size_are_judged_by_their_decimals():
    """Floats of 32 bits beside limits, missing before and after, impossible, and so small that their
    products lose digits: each as the pair of its shortest decimals, alone and in long arrays.
    """
    before = np.array([33, 40, 1e-35, 3e-39, 10, np.nan, 12, 3e38, 0.3], np.float32)
    after = np.array([23.1, 50, 0.7e-35, 2.1e-39, np.nan, 5, 0, 2.1e38, 0.21], np.float32)
    decimals = [[float(str(v)) for v in values] for values in (before, after)]
    alone = [int(nt.classify(b, a)) for b, a in zip(*decimals, strict=True)]
    assert nt.classify(before, after).tolist() == alone
    many = np.tile(before, 9000), np.tile(after, 9000)
    assert (nt.classify(*many).reshape(-1, 9) == alone).all()
    assert (nt.classify(many[0].astype(">f4"), many[1]).reshape(-1, 9) == alone).all()
    many[1][5::9], many[0][0] = -1, np.inf
    both = nt.classify(*many, invalid="NE").reshape(-1, 9)
    assert both[0, 0] == nt.Response.NE
    assert (both[1:] == alone).all()
    with pytest.raises(nt.errors.InputError, match=r"`before` must be finite and greater than 0"):
        nt.classify(*many)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_a_long_array_in_two_threads_is_its_parts(dtype, monkeypatch):
    """Long arrays are judged half by half, side by side: the same codes as of single pieces, an
    impossible size of either half is refused, and arrays that cannot be cut stay whole.
    """
    monkeypatch.setattr("nettumor.morphology.before_after._TWO_THREADS", 1000)
    monkeypatch.setattr("nettumor.morphology._pairs.BLOCK", 64)
    monkeypatch.setattr("nettumor._threads.LONG", 1000)
    random = np.random.default_rng(3)
    before = random.integers(10, 60, 1357).astype(dtype)
    after = random.integers(0, 80, 1357).astype(dtype)
    new = random.random(1357) < 0.1
    pieces = [nt.classify(b, a, new_lesion=n) for b, a, n in zip(before, after, new, strict=True)]
    codes = nt.classify(before, after, new_lesion=new)
    assert codes.tolist() == pieces
    for one in (before[::-1], np.stack([before, before])):  # in another order; of another shape
        other = nt.classify(one, after)
        assert other.tolist() == nt.classify(one.copy(), after.copy()).tolist()
    for place in (31, 1300):
        wrong = before.copy()
        wrong[place] = 0
        with pytest.raises(nt.InputError, match=rf"\b{place}\b"):
            nt.classify(wrong, after)
