"""Agreement of readers and of criteria: against stored results of R and Python, and small loops."""

import itertools
import math

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor.errors import InputError

R = nt.Response
C = nt.criteria
nan = float("nan")

# R's irr, data `anxiety`: 20 subjects, three readers, levels 1 to 6 (see data/README.md).
ANXIETY = np.array(
    [
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ]
)
# R's irr, data `diagnoses` (Fleiss 1971): 30 patients, six readers, five categories; a row a patient.
_ROWS = (
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 "
    "144444 124444 222333 144444 224445 333335 111455 111112 224444 133555 "
    "555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
)
DIAGNOSES = np.array([[int(category) for category in row] for row in _ROWS.split()]).T
# Shrout and Fleiss 1979, Table 2: four judges, six targets.
JUDGES = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
# Bland and Altman 1986: peak expiratory flow by two meters, l/min.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

ON_SCALE = {1: R.PD, 2: R.SD, 3: R.MR, 4: R.PR, 6: R.CR}  # the levels that readers 2 and 3 gave
SECOND, THIRD = ([ON_SCALE[v] for v in reader] for reader in ANXIETY[1:].tolist())


@pytest.mark.parametrize(
    ("weights", "estimate", "low", "high"),
    [
        # irr 0.84: kappa2(anxiety[, 2:3]), "equal", "squared"; intervals: statsmodels 0.15.0
        ("none", -0.006289308, -0.20536841302278594, 0.19278979667058468),
        ("linear", 0.1459075, -0.08226005335304579, 0.374074999972263),
        ("quadratic", 0.2520325, -0.11458265569090464, 0.6186476963413114),
    ],
)
def test_kappa_of_two_readers_is_that_of_irr_and_statsmodels(weights, estimate, low, high):
    """Estimates as R's irr prints them, intervals as statsmodels (the same to 12 digits)."""
    if weights == "none":
        found = nt.cohens_kappa(SECOND, THIRD)
    else:
        found = nt.weighted_kappa(SECOND, THIRD, weights=weights)
    assert found.estimate == pytest.approx(estimate, abs=5e-8)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_intervals_are_those_of_sas():
    """SAS PROC FREQ's example of two readers, as statsmodels' tests hold it: 0.4842 (0.2137, 0.7547)
    and weighted 0.4701 (0.1845, 0.7558)."""
    table, scale = [[0, 4, 1], [0, 8, 0], [0, 1, 5]], (R.PD, R.SD, R.PR)
    pairs = [
        (scale[i], scale[j])
        for i, j in itertools.product(range(3), repeat=2)
        for _ in range(table[i][j])
    ]
    a, b = zip(*pairs, strict=True)
    plain = nt.cohens_kappa(a, b)
    assert (plain.estimate, plain.low, plain.high) == pytest.approx(
        (0.4842, 0.2137, 0.7547), abs=5e-5
    )
    # CR is a step of the scale though nobody was judged so: three steps of four are as before.
    weighted = nt.weighted_kappa(a, b)
    assert (weighted.estimate, weighted.low, weighted.high) == pytest.approx(
        (0.4701, 0.1845, 0.7558), abs=5e-5
    )


def test_fleiss_kappa_is_that_of_irr_and_irrcac():
    """irr 0.84: kappam.fleiss(diagnoses) 0.4302445; irrCAC 0.4.4: interval 0.3194 to 0.54109."""
    found = nt.fleiss_kappa(DIAGNOSES + 2)
    assert found.estimate == pytest.approx(0.4302445, abs=5e-8)
    assert (found.low, found.high) == pytest.approx((0.3194, 0.54109), abs=1e-5)
    assert (found.observed, found.expected) == pytest.approx((0.55556, 0.21994), abs=1e-5)
    assert (found.readers, found.count, found.excluded) == (6, 30, 0)
    anxiety = nt.fleiss_kappa(ANXIETY + 2)
    assert (anxiety.estimate, anxiety.low, anxiety.high) == pytest.approx(
        (-0.04108, -0.14031, 0.05816), abs=1e-5
    )


@pytest.mark.parametrize(
    ("values", "form", "expected"),
    [
        # psych 2.x: ICC(sf), as its manual and others print it: 0.29 (0.019, 0.76), 0.71 (0.342, 0.95)
        (JUDGES, "ICC(2,1)", (0.289764, 0.019, 0.76)),
        (JUDGES, "ICC(3,1)", (0.714841, 0.342, 0.95)),
        # irr 0.84: icc(anxiety, "twoway", "agreement") 0.198 (-0.039, 0.494), "consistency" 0.216
        (ANXIETY, "ICC(2,1)", (0.197998, -0.039, 0.494)),
        (ANXIETY, "ICC(3,1)", (0.216049, -0.046, 0.522)),
    ],
)
def test_intraclass_correlation_is_that_of_psych_and_irr(values, form, expected):
    """Estimates as pingouin 0.6.1 has them to six digits, intervals to what R prints."""
    found = nt.intraclass_correlation(values, form=form)
    assert found.estimate == pytest.approx(expected[0], abs=5e-7)
    assert (found.low, found.high) == pytest.approx(expected[1:], abs=5e-3)
    assert found.low == pytest.approx(expected[1], abs=5e-4)


def test_limits_of_agreement_are_those_of_blandr():
    """blandr 0.6.0, statistics of the 1986 data (its vignette)."""
    found = nt.bland_altman(WRIGHT, MINI)
    printed = {
        "bias": -2.117647,
        "sd": 38.76513,
        "bias_low": -22.04884,
        "bias_high": 17.81354,
        "upper": 73.86201,
        "upper_high": 108.6177,
        "upper_low": 39.10636,
        "lower": -78.0973,
        "lower_high": -43.34165,
        "lower_low": -112.8529,
    }
    for name, value in printed.items():
        # its variance of the limits takes 1.959964 for 1.96
        assert getattr(found, name) == pytest.approx(value, rel=2e-5), name
    percent = nt.bland_altman(WRIGHT, MINI, differences="percent")
    assert percent.bias == pytest.approx(-1.158314, abs=5e-7)  # "mean of differences/means"


def literal_kappa(a, b, weights):
    """Kappa and its standard error, pair by pair (Fleiss, Cohen and Everitt 1969)."""
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x > R.NE and y > R.NE]
    scale = sorted({R.PD, R.SD, R.PR, R.CR, *(r for pair in pairs for r in pair)})
    n, k = len(pairs), len(scale)

    def kept(x, y):
        step = abs(scale.index(x) - scale.index(y)) / (k - 1)
        return {"none": float(x == y), "linear": 1 - step, "quadratic": 1 - step**2}[weights]

    first = {r: sum(x == r for x, _ in pairs) / n for r in scale}
    second = {r: sum(y == r for _, y in pairs) / n for r in scale}
    observed = sum(kept(x, y) for x, y in pairs) / n
    chance = sum(first[x] * second[y] * kept(x, y) for x in scale for y in scale)
    kappa = (observed - chance) / (1 - chance)
    total = 0.0
    for x, y in pairs:
        of_x = sum(kept(x, z) * second[z] for z in scale)
        of_y = sum(kept(z, y) * first[z] for z in scale)
        total += (kept(x, y) - (of_x + of_y) * (1 - kappa)) ** 2 / n
    total -= (kappa - chance * (1 - kappa)) ** 2
    return kappa, math.sqrt(max(total, 0) / n) / (1 - chance)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_of_many_trials_is_that_of_each(weights):
    """Leading axes, NE and MISSING among them, against one pair at a time."""
    rng = np.random.default_rng(5)
    a, b = rng.choice([0, 1, 3, 4, 5, 6, 7, 8], (2, 40, 25))
    many = (
        nt.cohens_kappa(a, b, level=0.9)
        if weights == "none"
        else nt.weighted_kappa(a, b, weights=weights, level=0.9)
    )
    assert repr(many).startswith("Kappa(40 trials of 25 patients: middle")
    for i in range(40):
        kappa, error = literal_kappa(
            [*a[i].tolist(), 4, 6], [*b[i].tolist(), 0, 0], weights
        )  # the scale is one for all trials: the two additions are not judged
        if {4, 6} - {r for x, y in zip(a[i], b[i], strict=True) if min(x, y) > 1 for r in (x, y)}:
            continue
        assert many.estimate[i] == pytest.approx(kappa, abs=1e-12)
        assert many.low[i] == pytest.approx(kappa - 1.6448536269514722 * error, abs=1e-12)
        assert many.excluded[i] == np.count_nonzero((a[i] < 2) | (b[i] < 2))


def test_near_misses_count_by_the_scale_of_the_library():
    """CR for PR is a near miss, CR for PD a far one; by the alphabet CR would stand beside PD."""
    truth = [R.CR, R.PR, R.SD, R.PD] * 5
    near = nt.weighted_kappa(truth, [R.PR, R.PR, R.SD, R.PD] * 5)
    far = nt.weighted_kappa(truth, [R.PD, R.PR, R.SD, R.PD] * 5)
    assert near.estimate > far.estimate
    assert nt.cohens_kappa(truth, truth).high == 1.0
    assert nt.weighted_kappa(truth, truth, weights="quadratic").low == 1.0
    # a step that nobody gave keeps its place: PD to PR is two steps
    steps = nt.weighted_kappa([R.PD, R.PR, R.PR, R.PD], [R.PD, R.PD, R.PR, R.PD])
    assert steps.observed == pytest.approx((1 + 1 / 3 + 1 + 1) / 4)


def test_kappa_without_an_answer():
    """Nobody judged twice, one category only, one patient: NaN, and the counts say why."""
    for found in (
        nt.weighted_kappa([R.NE, R.PR], [R.PR, R.MISSING]),
        nt.fleiss_kappa([[R.NE, R.PR], [R.PR, R.MISSING]]),
    ):
        assert math.isnan(found.estimate)
        assert math.isnan(found.low)
        assert (found.count, found.excluded) == (0, 2)
    same = nt.weighted_kappa([R.PR, R.PR], [R.PR, R.PR])
    assert math.isnan(same.estimate)
    assert math.isnan(nt.fleiss_kappa([[7, 7], [7, 7]]).estimate)
    one = nt.cohens_kappa([R.PR], [R.SD])
    assert one.estimate == 0.0
    assert math.isnan(one.low)
    assert math.isnan(nt.fleiss_kappa([[7], [5]]).low)
    floats = nt.weighted_kappa([7.0, nan, 5.0], [7.0, 7.0, 3.0])
    assert (floats.count, floats.excluded) == (2, 1)
    assert repr(nt.fleiss_kappa(np.full((3, 2, 4), 7))).endswith("not defined in any)")


def test_readers_by_name():
    """A mapping of readers is the array of them."""
    named = {f"reader {i}": row + 2 for i, row in enumerate(DIAGNOSES)}
    assert nt.fleiss_kappa(named) == nt.fleiss_kappa(DIAGNOSES + 2)
    measured = {"a": JUDGES[0], "b": JUDGES[1]}
    assert nt.intraclass_correlation(measured) == nt.intraclass_correlation(JUDGES[:2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.weighted_kappa([7], [7], weights="cubic"), "`weights` must be one of 'linear'"),
        (lambda: nt.weighted_kappa(7, 7), "`a` and `b` must have an axis of patients"),
        (lambda: nt.weighted_kappa([7], [7, 5]), r"got shapes \(1,\) and \(2,\)"),
        (lambda: nt.cohens_kappa([7], [7], level=95), "`level` must be between 0 and 1; got 95"),
        (
            lambda: nt.cohens_kappa([7], [7], level=True),
            "`level` must be between 0 and 1; got True",
        ),
        (
            lambda: nt.fleiss_kappa([7, 5]),
            r"`responses` must have the axes \(..., reader, patient\)",
        ),
        (lambda: nt.fleiss_kappa([[7, 5]]), "with two readers or more"),
        (lambda: nt.fleiss_kappa({}), "with two readers or more"),
        (lambda: nt.fleiss_kappa({"a": [7], "b": [7, 5]}), "must have readers of one shape"),
        (lambda: nt.intraclass_correlation([1.0, 2.0]), r"`values` must have the axes"),
        (lambda: nt.intraclass_correlation([[1.0], [np.inf]]), "`values` must be finite"),
        (lambda: nt.intraclass_correlation(JUDGES, form="ICC(1,1)"), "`form` must be one of"),
        (lambda: nt.bland_altman(1.0, 2.0), "`a` and `b` must have an axis of patients"),
        (lambda: nt.bland_altman([1.0], [2.0, 3.0]), "must have an axis of patients and one shape"),
        (lambda: nt.bland_altman([np.inf], [2.0]), "`a` must be finite"),
        (lambda: nt.bland_altman([1.0], [-2.0], differences="percent"), "`b` must be at least 0"),
        (
            lambda: nt.bland_altman([1.0], [2.0], differences="ratio"),
            "`differences` must be one of",
        ),
        (lambda: nt.compare_responses([[7], [5]]), "`responses` must be a mapping of two criteria"),
        (lambda: nt.compare_responses({"a": [7]}), "mapping of two criteria or more"),
        (lambda: nt.compare_responses({"a": [7], "b": [7, 5]}), "must have criteria of one shape"),
        (
            lambda: nt.compare_responses({"a": [7], "b": [5]}).cross_table("a", "c"),
            "must be compared criteria; got 'c'",
        ),
        (
            lambda: nt.compare_criteria([[[50, 30]]], criteria=["recist-1.1"]),
            "`criteria` must be two editions or more, each once",
        ),
        (
            lambda: nt.compare_criteria([[[50, 30]]], criteria=["recist-1.1", "who-1981"]),
            r"`sizes` must be given by measure \(diameter, product\)",
        ),
        (
            lambda: nt.compare_criteria(
                {"diameter": [[[50, 30]]]}, criteria=["recist-1.1", "who-1981"]
            ),
            "`sizes` must hold a product, which WHO 1981",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    """Each with the argument at fault and the repair."""
    with pytest.raises(InputError, match=message):
        call()


def test_missing_measurements_are_left_out_and_counted():
    """A patient whom one reader did not measure counts for none, in one cohort and in many."""
    holed = np.array(JUDGES, dtype=float)
    holed[1, 2] = nan
    kept = np.delete(np.array(JUDGES, dtype=float), 2, axis=1)
    for form in ("ICC(2,1)", "ICC(3,1)"):
        one, other = (nt.intraclass_correlation(v, form=form) for v in (holed, kept))
        assert (one.estimate, one.low, one.high) == pytest.approx(
            (other.estimate, other.low, other.high), abs=1e-12
        )
        assert (one.count, one.excluded, other.excluded) == (5, 1, 0)
        many = nt.intraclass_correlation(np.stack([holed, np.array(JUDGES)]), form=form)
        whole = nt.intraclass_correlation(JUDGES, form=form)
        assert many.estimate.tolist() == pytest.approx([one.estimate, whole.estimate], abs=1e-12)
        assert repr(many).startswith(f"IntraclassCorrelation({form} of 2 trials of 6 patients")
    a, b = np.array([WRIGHT, WRIGHT], float), np.array([MINI, MINI], float)
    a[1, 3] = b[1, 5] = nan
    many, whole = nt.bland_altman(a, b), nt.bland_altman(WRIGHT, MINI)
    part = nt.bland_altman(np.delete(WRIGHT, [3, 5]), np.delete(MINI, [3, 5]))
    assert many.upper_high.tolist() == pytest.approx([whole.upper_high, part.upper_high])
    assert (many.count.tolist(), many.excluded.tolist()) == ([17, 15], [0, 2])
    assert repr(many).startswith("BlandAltman(bias of 2 trials of 17 patients")
    zeros = nt.bland_altman([0.0, 10, 12], [0.0, 11, 12], differences="percent")
    assert (zeros.count, zeros.excluded) == (2, 1)
    assert "%" in repr(zeros)


def test_perfect_constant_and_lonely_measurements():
    """Readers who agree are 1 without doubt; where nothing varies, or one patient is left, NaN."""
    for values in ([[1, 2, 3], [1, 2, 3]], [[0.1, 0.7, 0.3], [0.1, 0.7, 0.3]]):
        for form in ("ICC(2,1)", "ICC(3,1)"):
            found = nt.intraclass_correlation(values, form=form)
            assert (found.estimate, found.low, found.high) == (1.0, 1.0, 1.0)
    for values in ([[0.1] * 3, [0.1] * 3], [[1.0], [2.0]], np.empty((2, 0))):
        found = nt.intraclass_correlation(values)
        assert math.isnan(found.estimate)
        assert math.isnan(found.low)
    shifted = [[10.0, 20.0, 30.0], [12.0, 22.0, 32.0]]  # consistent, and never equal
    assert nt.intraclass_correlation(shifted, form="ICC(3,1)").estimate == 1.0
    assert nt.intraclass_correlation(shifted).estimate < 1.0
    alone = nt.bland_altman([5.0], [3.0])
    assert alone.bias == 2.0
    assert math.isnan(alone.lower)
    assert math.isnan(nt.bland_altman([nan], [3.0]).bias)


SIZES = np.array(  # patient, lesion, timepoint: mm
    [
        [[50, 34, 30], [20, 14, 12]],
        [[40, 25, 40], [30, 24, 30]],
        [[30, 30, 31], [nan, nan, nan]],
        [[30, 0, 0], [22, 0, 0]],
        [[30, 44, nan], [22, nan, nan]],
    ]
)
DAYS = [0, 60, 120]


def test_criteria_are_compared_as_one_by_one():
    """n criteria in one call give what n calls give, and the tables add up."""
    editions = [C.VOGL_2008, C.VOGL_2008_CAPTIONS, C.RECIST_1_1]
    found = nt.compare_criteria(SIZES, DAYS, criteria=editions)
    for edition in editions:
        course = nt.target_response(SIZES, days=DAYS, criteria=edition).response
        best = nt.best_overall_response(course, DAYS, rule=edition.best_response)
        assert found.codes[edition.name].tolist() == best.response.tolist()
    for row in found.agreement.rows():
        a, b = found.codes[row["first"]], found.codes[row["second"]]
        kappa = nt.cohens_kappa(a, b)
        assert row["kappa"] == kappa.estimate
        assert (row["low"], row["high"]) == (kappa.low, kappa.high)
        i, j = (found.names.index(row[end]) for end in ("first", "second"))
        assert found.kappas[i, j] == found.kappas[j, i] == kappa.estimate
        changed = [
            (p, r.label, s.label)
            for p, (r, s) in enumerate(zip(map(R, a), map(R, b), strict=True))
            if r != s
        ]
        told = [
            (c["patient"], c["from"], c["to"])
            for c in found.changes.rows()
            if (c["first"], c["second"]) == (row["first"], row["second"])
        ]
        assert told == changed
        assert row["upgraded"] == np.count_nonzero((a > R.NE) & (b > a))
        table = found.cross_table(row["first"], row["second"])
        assert sum(int(table[name].sum()) for name in table if name != "response") == len(SIZES)
    assert found.responses["patient"].tolist() == [0, 1, 2, 3, 4]
    assert [int(found.counts[n].sum()) for n in found.names] == [5, 5, 5]
    assert repr(found).startswith("CriteriaComparison(5 patients by vogl-2008,")


def test_criteria_of_several_measures_and_by_visit():
    """Sizes by measure; without days the visits are compared, each with its place."""
    by_measure = {"diameter": SIZES, "product": SIZES * SIZES}
    found = nt.compare_criteria(by_measure, criteria=["recist-1.1", "who-1981"])
    who = nt.target_response(SIZES * SIZES, criteria=C.WHO_1981).response
    assert found.codes["who-1981"].tolist() == who.tolist()
    assert list(found.changes)[:2] == ["axis_0", "axis_1"]
    assert "assessments" in repr(found)
    one_rule = attrs.evolve(C.RECIST_1_1.best_response, confirmation_days=None)
    best = nt.compare_criteria(by_measure, DAYS, criteria=["recist-1.1", "who-1981"], rule=one_rule)
    assert best.codes["recist-1.1"].tolist()[0] == R.PR
    many = nt.compare_responses({str(i): [7, 5, 3] for i in range(5)})
    assert "..." in repr(many)
    assert "0 change class, kappas 1.00" in repr(many)


def test_readers_are_compared_like_criteria():
    """Codes of readers, NE among them; labels of a Series are compared."""
    pandas = pytest.importorskip("pandas")
    found = nt.compare_responses({"A": [7, 5, 1], "B": [7, 7, 5]})
    assert found.explain() == "A and B: kappa 0.00, 1 of 2 changes class"
    assert found.agreement["not_judged"].tolist() == [1]
    assert found.agreement["upgraded"].tolist() == [1]
    none = nt.compare_responses({"A": [1], "B": [0]})
    assert none.agreement["agree"].tolist() == [0]
    one = pandas.Series([7, 5], index=["p", "q"])
    with pytest.raises(InputError, match="must have equal labels"):
        nt.compare_responses({"A": one, "B": one[::-1]})
    with pytest.raises(InputError, match="must have equal labels"):
        nt.fleiss_kappa({"A": one, "B": one[::-1]})


def test_places_have_their_names():
    """Of DataArrays the axes and labels are those of the arrays."""
    xarray = pytest.importorskip("xarray")
    sizes = xarray.DataArray(
        SIZES,
        dims=("patient", "lesion", "week"),
        coords={"patient": list("abcde"), "lesion": [1, 2]},
    )
    found = nt.compare_criteria(sizes, DAYS, criteria=["vogl-2008", "vogl-2008-captions"])
    assert found.responses["patient"].tolist() == list("abcde")
    visits = nt.compare_criteria(sizes, criteria=["vogl-2008", "vogl-2008-captions"])
    assert visits.responses["week"].tolist() == [0, 1, 2] * 5


def test_labels_are_read_and_ordered_by_the_library():
    """Words are the codes they stand for; a word that is none names the argument and its place."""
    a, b = ["CR", "PR", "SD", "PD", None], ["PR", "PR", "SD", "PD", "SD"]
    codes = [nt.parse_responses(words) for words in (a, b)]
    assert nt.weighted_kappa(a, b) == nt.weighted_kappa(*codes)
    assert nt.cohens_kappa(a, b) == nt.cohens_kappa(*codes)
    assert nt.fleiss_kappa({"a": a, "b": b}) == nt.fleiss_kappa(codes)
    assert nt.cross_table(a, b) == nt.cross_table(*codes)
    assert nt.compare_responses({"a": a, "b": b}).kappas[0, 1] == nt.cohens_kappa(a, b).estimate
    with pytest.raises(InputError, match=r"`b` must be responses .* got 'PX' at \[1\]"):
        nt.weighted_kappa(a, ["PR", "PX", "SD", "PD", "SD"])


def test_frames_say_where_their_readers_are():
    """A frame of readers across and patients down is turned by its names; without any it is
    refused, and not read as many readers of two patients.
    """
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    codes = {"A": [7, 5, 3], "B": [7, 7, 3]}
    named = pandas.DataFrame(codes).rename_axis(columns="reader")
    assert nt.fleiss_kappa(named) == nt.fleiss_kappa(codes)
    sizes = pandas.DataFrame(
        {"A": [9.0, 6], "B": [2.0, 1]}, index=pandas.Index([1, 2], name="case")
    )
    assert nt.intraclass_correlation(sizes) == nt.intraclass_correlation([[9, 6], [2, 1]])
    for frame in (pandas.DataFrame(codes), polars.DataFrame(codes)):
        with pytest.raises(InputError, match="`responses` must say where its readers are"):
            nt.fleiss_kappa(frame)
    with pytest.raises(InputError, match=r"two editions or more, each once; got recist-1\.1"):
        nt.compare_criteria(SIZES, criteria="recist-1.1")
