"""From arrays of segmentations to responses: ragged lists, xarray, Dask, memory maps, two readers
and a model.

Lesions are connected components of masks, volumes come in mm3, and a number of lesions differs from
patient to patient. Everything below runs on arrays; the page docs/from_arrays.md says why.
"""

import pathlib
import tempfile

import dask.array
import numpy as np
import xarray

import nettumor as nt

# 1. Ragged lists, padded with NaN; mm3 to mL. A lesion that is gone is 0, one that was not covered
#    by the scan is NaN: a segmentation writes 0 for both, so the field of view must say which.
volumes_mm3 = [
    [[30_000, 9_000, 8_000], [12_000, 0, 0]],  # the second lesion is gone
    [[52_000, 55_000, 90_000]],
    [[20_000, 11_000, 0], [9_000, 8_500, 9_000], [4_000, 3_000, 2_500]],
]
covered = np.ones((3, 3, 3), dtype=bool)
covered[2, 0, 2] = False  # the last scan of patient 2 ended above the first lesion
most = max(len(lesions) for lesions in volumes_mm3)
volumes = np.full((3, most, 3), np.nan)
for patient, lesions in enumerate(volumes_mm3):
    volumes[patient, : len(lesions)] = np.array(lesions) / 1000  # mL
volumes[~covered] = np.nan

target = nt.target_response(volumes, criteria=nt.criteria.VOLUME_RECIST)
print(target)
print(nt.labels(target.response).tolist())
# > TargetResponse(3 patients, 3 lesions, 3 timepoints: 2 PR, 2 SD, 1 PD, 1 NE)
# > [['MISSING', 'PR', 'PR'], ['MISSING', 'SD', 'PD'], ['MISSING', 'SD', 'NE']]

# 2. Named axes in any order, coordinates that come back.
named = xarray.DataArray(
    volumes.transpose(2, 0, 1),
    dims=("week", "patient", "lesion"),
    coords={"patient": ["p1", "p2", "p3"], "week": [0, 8, 16], "arm": ("patient", list("ABA"))},
)
course = nt.target_response(named, criteria=nt.criteria.VOLUME_RECIST)
days = named.week * 7
best = nt.best_overall_response(course.response, days, rule=nt.criteria.VOGL_2008.best_response)
print(course.response.dims, best.response.sel(patient="p1").item(), best.response.arm.values)
# > ('patient', 'week') 7 ['A' 'B' 'A']

# 3. The same, lazily, in chunks of patients on Dask's own threads: apply_ufunc.
lazy = xarray.apply_ufunc(
    lambda sizes: nt.target_response(sizes, criteria=nt.criteria.VOLUME_RECIST).response,
    named.chunk({"patient": 1}),
    input_core_dims=[["lesion", "week"]],
    output_core_dims=[["week"]],
    dask="parallelized",
    output_dtypes=[np.int8],
)
print(bool((lazy.compute() == course.response).all()), list(lazy.coords))
# > True ['patient', 'week', 'arm']


# 4. A Dask array without names: blocks of patients, whole lesions and timepoints.
def responses(block):
    return nt.target_response(block, criteria=nt.criteria.VOLUME_RECIST).response


blocks = dask.array.from_array(volumes, chunks=(2, -1, -1))
coded = blocks.map_blocks(responses, dtype=np.int8, drop_axis=1)
print((coded.compute() == target.response).all())
# > True

# 5. More patients than memory: a memory map, patient by patient, or some at a time.
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "volumes.npy"
    np.save(path, volumes)
    on_disk = np.load(path, mmap_mode="r")
    found = [responses(on_disk[start : start + 2]) for start in range(0, len(on_disk), 2)]
    del on_disk
print((np.concatenate(found) == target.response).all())
# > True

# 6. Two readers and a model measured the same 40 lesions, and judged the same 40 patients.
random = np.random.default_rng(18)
truth = random.uniform(10, 90, 40)
first, second, model = (np.round(truth + shift + random.normal(0, 2, 40), 1) for shift in (0, 0, 3))
model[7] = np.nan  # the model found nothing
print(nt.intraclass_correlation([first, second, model]))
print(nt.bland_altman(first, model, differences="percent"))
# > IntraclassCorrelation(ICC(2,1) 0.99, 95 % interval 0.96 to 1.00: 3 readers, 39 patients, 1 not
# > measured by all)
# > BlandAltman(bias -7.59 %, limits of agreement -25.85 to 10.66 %: 39 pairs, 1 left out)

before = truth * random.choice([0.8, 1.0, 1.6], 40)
codes = {
    name: nt.classify(before, after)
    for name, after in {"first": first, "second": second, "model": model}.items()
}
print(nt.weighted_kappa(codes["first"], codes["model"], weights="quadratic"))
print(nt.fleiss_kappa(codes))
print(nt.compare_responses(codes).explain())
# > Kappa(0.66, 95 % interval 0.48 to 0.83: quadratic weights, 39 patients, 1 not judged by all)
# > Kappa(0.60, 95 % interval 0.42 to 0.79: 3 readers, 39 patients, 1 not judged by all)
# > first and second: kappa 0.68, 7 of 40 change class
# > first and model: kappa 0.51, 11 of 39 change class
# > second and model: kappa 0.65, 8 of 39 change class

# 7. The cohort by criteria of volumes and of diameters, in one call.
diameters = 10 * (6 / np.pi * named) ** (1 / 3)  # mm, of spheres
compared = nt.compare_criteria(
    {"volume": named, "diameter": diameters},
    criteria=["volume-recist", "recist-1.1", "vogl-2008"],
)
print(compared.explain())
print(compared.changes.rows()[0])
# > volume-recist and recist-1.1: kappa 1.00, 0 of 5 change class
# > volume-recist and vogl-2008: kappa 0.67, 1 of 5 changes class
# > recist-1.1 and vogl-2008: kappa 0.67, 1 of 5 changes class
# > {'patient': 'p2', 'week': 16, 'first': 'volume-recist', 'second': 'vogl-2008', 'from': 'PD', 'to':
# > 'SD'}
