"""The jobs of an imaging researcher with arrays, from public calls alone, each against a small
loop.
"""

import math

import numpy as np
import pytest

import nettumor as nt

R = nt.Response
PATIENTS, LESIONS, SCANS = 60, 3, 5
DAYS = np.arange(SCANS) * 56.0


def cohort(seed):
    """Diameters of segmented lesions, mm with one decimal; some gone, some not covered, some
    padding.
    """
    random = np.random.default_rng(seed)
    change = np.cumprod(random.uniform(0.6, 1.3, (PATIENTS, LESIONS, SCANS)), axis=-1)
    sizes = np.round(random.uniform(12, 80, (PATIENTS, LESIONS, 1)) * change / change[..., :1], 1)
    later = random.random(sizes.shape)
    later[..., 0] = 1
    sizes[later < 0.06] = 0.0
    sizes[(later > 0.06) & (later < 0.1)] = np.nan
    sizes[random.random(PATIENTS) < 0.3, LESIONS - 1] = np.nan
    return sizes


SIZES = cohort(19)


def real(lesions):
    """The lesions of a patient that are there, as lists."""
    return [lesion for lesion in lesions.tolist() if not all(map(math.isnan, lesion))]


def tenths(size):
    """Whole tenths of a millimetre: exact arithmetic."""
    return round(size * 10)


def literal_responses(lesions):
    """RECIST 1.1 without nodes: each visit's response, or None at baseline."""
    answers, nadir, confirmed, met = [None], sum(tenths(x[0]) for x in lesions), False, 0
    base = nadir
    for scan in range(1, SCANS):
        sizes = [tenths(x[scan]) for x in lesions if not math.isnan(x[scan])]
        complete, total = len(sizes) == len(lesions), sum(sizes)
        if complete and total == 0:
            answers.append(R.CR)
            met += 1
        elif 100 * total >= 120 * nadir and total - nadir >= 50:
            answers.append(R.PD)
            confirmed, met = False, 0
        elif not complete:
            answers.append(R.NE)
        elif 100 * total <= 70 * base:
            answers.append(R.PR)
            met += 1
        else:
            answers.append(R.PR if confirmed else R.SD)
            met = 0
        confirmed = confirmed or met >= 2
        nadir = min(nadir, total) if complete else nadir
    return answers


def test_responses_of_a_cohort():
    """1. Target responses of ragged patients, as a loop over one patient's lesions gives them."""
    target = nt.target_response(SIZES, days=DAYS)
    kept = 0
    for lesions, found in zip(SIZES, target.response, strict=True):
        expected = literal_responses(real(lesions))
        if R.CR in expected:  # what may be carried on after a CR is the library's twin's to test
            continue
        kept += 1
        assert [R(code) for code in found[1:]] == expected[1:]
    assert kept > PATIENTS / 2


def test_best_percent_and_rate():
    """2. Depth of response and the rate of responders, patient by patient."""
    target = nt.target_response(SIZES)
    depth = nt.depth_of_response(target)
    for lesions, found in zip(SIZES, depth, strict=True):
        sums = [sum(scan) for scan in zip(*real(lesions), strict=True)]
        later = [100 * s / sums[0] - 100 for s in sums[1:] if not math.isnan(s)]
        assert found == pytest.approx(min(later)) if later else math.isnan(found)
    best = nt.best_overall_response(target.response, DAYS).response
    rate = nt.objective_response_rate(best)
    assert rate.count == sum(code in (R.PR, R.CR) for code in best.tolist())
    assert rate.total == PATIENTS


def test_choi_from_densities_of_lesions():
    """3. Sums and mean densities of lesions to Choi: PR by 10 % of size or 15 % of density."""
    random = np.random.default_rng(3)
    density = np.round(random.uniform(30, 120, SIZES.shape))
    density[np.isnan(SIZES)] = np.nan
    target = nt.target_response(SIZES)
    found = nt.choi_response(target, nt.mean_attenuation(density, SIZES))
    for patient, codes in enumerate(found):
        lesions = [p for p in range(LESIONS) if not np.isnan(SIZES[patient, p]).all()]
        for scan in range(1, SCANS):
            sizes = SIZES[patient, lesions][:, [0, scan]]
            if np.isnan(sizes).any():
                assert codes[scan] in (R.NE, R.PR)
                continue
            first = density[patient, lesions, 0].mean()
            seen = [p for p in lesions if SIZES[patient, p, scan] > 0]
            if not seen:
                assert codes[scan] == R.CR
                continue
            now = density[patient, seen, scan].mean()
            change, denser = sizes[:, 1].sum() / sizes[:, 0].sum(), now / first
            partial = change <= 0.9 + 1e-9 or denser <= 0.85 + 1e-9
            assert codes[scan] == (R.PR if partial else R.PD if change >= 1.1 - 1e-9 else R.SD)


def test_volumes_and_the_liver():
    """4. Volumes in mm3 to mL, their sum as a share of the liver."""
    volumes = np.round(SIZES**3 / 10)  # mm3
    liver = np.full((PATIENTS, SCANS), 1600.0)
    found = nt.liver_burden(volumes / 1000, liver, measure="volume")
    for lesions, shares in zip(volumes, found, strict=True):
        for scan, share in enumerate(shares):
            measured = [x[scan] / 1000 for x in lesions.tolist() if not math.isnan(x[scan])]
            if not measured:
                assert math.isnan(share)
                continue
            assert share == pytest.approx(100 * math.fsum(measured) / 1600)


def test_growth_before_and_under_therapy():
    """5. The growth rate of every patient over all scans that are complete."""
    target = nt.target_response(SIZES)
    found = nt.tumour_growth_regression(target, DAYS)
    for lesions, rate in zip(SIZES, found, strict=True):
        sums = [sum(scan) for scan in zip(*real(lesions), strict=True)]
        points = [(d / 30.4375, s) for d, s in zip(DAYS, sums, strict=True) if not math.isnan(s)]
        if len(points) < 2 or any(s == 0 for _, s in points):
            assert math.isnan(rate)
            continue
        x = [t for t, _ in points]
        y = [3 * math.log(s) for _, s in points]
        mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
        above = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
        slope = above / math.fsum((a - mean_x) ** 2 for a in x)
        assert rate == pytest.approx(100 * math.expm1(slope), rel=1e-9)


def test_two_readers_and_a_model():
    """6. A reader study: agreement of responses and of sizes, counted by hand."""
    random = np.random.default_rng(6)
    readers = {name: SIZES * random.uniform(0.9, 1.1, SIZES.shape) for name in ("A", "B", "model")}
    responses = {n: nt.target_response(s).response[:, -1] for n, s in readers.items()}
    kappa = nt.weighted_kappa(responses["A"], responses["model"], weights="quadratic")
    judged = [
        (R(a), R(b))
        for a, b in zip(responses["A"], responses["model"], strict=True)
        if R.NE not in (a, b)
    ]
    scale = [R.PD, R.SD, R.PR, R.CR]

    def weight(a, b):
        return 1 - ((scale.index(a) - scale.index(b)) / 3) ** 2

    observed = sum(weight(a, b) for a, b in judged) / len(judged)
    chance = sum(weight(a, b) for a, _ in judged for _, b in judged) / len(judged) ** 2
    assert kappa.estimate == pytest.approx((observed - chance) / (1 - chance))
    assert (kappa.count, kappa.excluded) == (len(judged), PATIENTS - len(judged))
    several = nt.fleiss_kappa(responses)
    together = [c for c in zip(*responses.values(), strict=True) if R.NE not in c]
    pairs = [(x, y) for c in together for i, x in enumerate(c) for j, y in enumerate(c) if i != j]
    agree = sum(x == y for x, y in pairs) / len(pairs)
    votes = [x for c in together for x in c]
    by_chance = sum((votes.count(r) / len(votes)) ** 2 for r in scale)
    assert several.estimate == pytest.approx((agree - by_chance) / (1 - by_chance))
    first, second = (readers[n][:, 0, 1] for n in ("A", "B"))
    limits = nt.bland_altman(first, second)
    apart = [a - b for a, b in zip(first, second, strict=True) if not math.isnan(a - b)]
    assert limits.bias == pytest.approx(math.fsum(apart) / len(apart))
    assert limits.excluded == PATIENTS - len(apart)
    assert 0.9 < nt.intraclass_correlation([first, second]).estimate < 1


def test_criteria_side_by_side():
    """7. n criteria in one call: who changes class is who changes in a loop."""
    names = ["recist-1.1", "recist-1.0", "vogl-2008", "vogl-2008-captions"]
    found = nt.compare_criteria(SIZES, DAYS, criteria=names)
    changed = set()
    for patient in range(PATIENTS):
        best = {}
        for name in names:
            edition = nt.criteria.get(name)
            course = nt.target_response(SIZES[patient], days=DAYS, criteria=edition).response
            best[name] = nt.best_overall_response(course, DAYS, rule=edition.best_response).response
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                if best[a] != best[b]:
                    changed.add((patient, a, b, best[a].label, best[b].label))
    columns = ("patient", "first", "second", "from", "to")
    told = set(zip(*(found.changes[c].tolist() for c in columns), strict=True))
    assert told == changed
    assert found.kappas.shape == (4, 4)


class Tensor:
    """What a tensor of PyTorch shows: an array on request, or a refusal."""

    def __init__(self, values, refuses=""):
        self.values, self.refuses = np.asarray(values), refuses

    def __array__(self, dtype=None, copy=None):
        if self.refuses:
            raise RuntimeError(self.refuses)
        return self.values

    def __dlpack__(self, **keywords):
        return self.values.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


def test_tensors_blocks_and_maps(tmp_path):
    """Every kind of array gives what the plain one gives; a tensor that refuses says why."""
    expected = nt.target_response(SIZES).response
    narrow = Tensor(SIZES.astype(np.float32))
    for given in (narrow, np.from_dlpack(narrow), Tensor(SIZES), np.from_dlpack(Tensor(SIZES))):
        np.testing.assert_array_equal(nt.target_response(given).response, expected)
    gradient = Tensor(SIZES, "Can't call numpy() on Tensor that requires grad.")
    with pytest.raises(nt.InputTypeError, match=r"got Tensor: Can't call .* Convert it to NumPy"):
        nt.target_response(gradient)
    np.save(tmp_path / "sizes.npy", SIZES)
    on_disk = np.load(tmp_path / "sizes.npy", mmap_mode="r")
    parts = [nt.target_response(one).response for one in on_disk]
    np.testing.assert_array_equal(np.stack(parts), expected)
    del on_disk
    blocks = pytest.importorskip("dask.array").from_array(SIZES, chunks=(20, -1, -1))
    np.testing.assert_array_equal(nt.target_response(blocks).response, expected)
    lazily = blocks.map_blocks(lambda s: nt.target_response(s).response, dtype="i1", drop_axis=1)
    np.testing.assert_array_equal(lazily.compute(scheduler="synchronous"), expected)
    codes = expected.astype(float)
    codes[codes == 0] = np.nan  # what reindex makes of what is not there
    best = nt.best_overall_response(codes, DAYS)
    np.testing.assert_array_equal(best.response, nt.best_overall_response(expected, DAYS).response)
