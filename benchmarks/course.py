"""A course of scans from sizes to best overall response: time and memory, as ratios in one run.

Target response, overall response and best overall response (RECIST 1.1) of 100,000 invented
patients with 5 target lesions and 12 visits, baseline first, against
- a loop in plain Python, one patient at a time, which computes the same (timed on a part and
  scaled: said in the line);
- a script for pandas and one for Polars, as they are usually written: from a long frame of one row
  per patient, lesion and visit, sorted, already in memory. They compute less: no confirmation, no
  CR then PR, no sustained response, no reasons.

Before anything is timed, the answers are compared: the loop's with the library's, and the scripts'
with each other and with the library under the same lesser rules. Run it as
``python benchmarks/course.py [patients]``; the scripts are left out where pandas or Polars is
absent.
"""

import gc
import importlib.util
import sys
import time
import tracemalloc

import attrs
import numpy as np
from records import record, rounds

import nettumor as nt

LESIONS, VISITS, PART = 5, 12, 2_000
NE, PD, NON_CR_NON_PD, SD, PR, CR = (
    int(nt.Response[r]) for r in ("NE", "PD", "NON_CR_NON_PD", "SD", "PR", "CR")
)
RULE = nt.criteria.RECIST_1_1.best_response
LESSER = attrs.evolve(nt.criteria.RECIST_1_1, sustained_response=False)
LESSER_RULE = attrs.evolve(RULE, confirmation_days=None, cr_then_pr="keep", sd_minimum_days=None)
DAYS = 56.0 * np.arange(VISITS)


def cohort(patients):
    """Sizes in mm (patient, lesion, visit), 1 in 200 not measured; non-target codes, new lesions
    (patient, visit).
    """
    random = np.random.default_rng(20081001)
    step = random.normal(
        random.normal(-0.06, 0.09, (patients, 1, 1)), 0.06, (patients, LESIONS, VISITS)
    )
    step[..., 0] = 0
    sizes = np.round(random.uniform(10, 60, (patients, LESIONS, 1)) * np.exp(step.cumsum(axis=2)))
    sizes[sizes < 5] = 0
    sizes[..., 1:][random.random((patients, LESIONS, VISITS - 1)) < 0.005] = np.nan
    non_target = random.choice(
        np.array([CR, NON_CR_NON_PD, NE, PD], np.int8),
        (patients, VISITS),
        p=[0.3, 0.67, 0.02, 0.01],
    )
    new_lesion = random.random((patients, VISITS)) < 0.01
    non_target[:, 0], new_lesion[:, 0] = 0, False
    return sizes, non_target, new_lesion


def library(sizes, non_target, new_lesion, criteria=nt.criteria.RECIST_1_1, rule=RULE):
    """The three links of the library."""
    target = nt.target_response(sizes, criteria=criteria)
    overall = nt.overall_response(target.response, non_target, new_lesion, criteria=criteria)
    return nt.best_overall_response(overall, DAYS, rule=rule)


def loop(sizes, non_target, new_lesion):
    """The same, one patient at a time, on lists."""
    days = DAYS.tolist()
    parts = zip(
        sizes.transpose(0, 2, 1).tolist(), non_target.tolist(), new_lesion.tolist(), strict=True
    )
    return [_best(_overall(_target(visits), others, new), days) for visits, others, new in parts]


def _target(visits):
    baseline = nadir = sum(visits[0])
    answers, responded, last = [0], False, 0
    for sizes in visits[1:]:
        known = [s for s in sizes if s == s]  # NaN is not itself
        total, complete = sum(known), len(known) == len(sizes)
        if complete and total == 0:
            answer = CR
        elif known and 100 * total >= 120 * nadir and total - nadir >= 5:
            answer = PD
        elif not complete:
            answer = NE
        elif 100 * total <= 70 * baseline:
            answer = PR
        else:
            answer = SD
        nadir = min(nadir, total) if complete else nadir
        # a PR is carried on once two visits in succession, but for NE, met the limits
        answers.append(PR if responded and answer == SD else answer)
        confirms = answer == CR if last == CR else last == PR and answer >= PR
        responded = (responded or confirms) and answer != PD
        last = answer if answer > NE else last
    return answers


def _overall(target, non_target, new_lesion):
    course = []
    for t, n, new in zip(target[1:], non_target[1:], new_lesion[1:], strict=True):
        if new or PD in (t, n):
            course.append(PD)
        elif t == CR:
            course.append(CR if n == CR else PR)
        else:
            course.append(t)
    return course


def _best(course, days):
    seen = list(zip(course, days[1:], strict=True))
    gone = False
    for i, (code, day) in enumerate(seen):
        if code == PD or (gone and code in (PR, SD)):
            seen[i:] = [(PD, day)]
            break
        gone = gone or code == CR
    for wanted in (CR, PR):
        if any(code == wanted and _confirmed(seen, i) for i, (code, _) in enumerate(seen)):
            return wanted
    if any(code >= SD and day >= 42 for code, day in seen):
        return SD
    return PD if seen[-1][0] == PD else NE


def _confirmed(seen, i):
    response, day = seen[i]
    missed, after_cr = 0, False
    for code, later in seen[i + 1 :]:
        if after_cr and code == PR:
            return False
        if code >= response and later - day >= 28:
            return True
        after_cr = after_cr or code == CR
        missed += code == NE
        if (code < response and code != NE) or missed > 1:
            return False
    return False


def long_columns(sizes, non_target, new_lesion):
    """The columns of the two frames: a row per lesion and visit, and a row per visit."""
    patient, lesion, visit = np.indices(sizes.shape, dtype=np.int32)
    lesions = {"patient": patient, "visit": visit, "lesion": lesion, "size": sizes}
    ordered = {
        name: np.ascontiguousarray(a.transpose(0, 2, 1)).ravel() for name, a in lesions.items()
    }
    patient, visit = np.indices(non_target.shape, dtype=np.int32)
    visits = {
        "patient": patient,
        "visit": visit,
        "non_target": non_target,
        "new_lesion": new_lesion,
    }
    return ordered, {name: a.ravel() for name, a in visits.items()}


def pandas_script(lesions, visits):
    """Best response of each patient with pandas."""
    by_visit = (
        lesions.groupby(["patient", "visit"], sort=False)["size"]
        .agg(["sum", "count"])
        .reset_index()
    )
    data = by_visit.merge(visits, on=["patient", "visit"])
    complete = data["count"] == LESIONS
    patient = data["patient"]
    baseline = data["sum"].where(data["visit"] == 0).groupby(patient).ffill()
    nadir = (
        data["sum"]
        .where(complete)
        .groupby(patient)
        .cummin()
        .groupby(patient)
        .ffill()
        .groupby(patient)
        .shift()
    )
    total = data["sum"]
    target = np.select(
        [
            complete & (total == 0),
            (100 * total >= 120 * nadir) & (total - nadir >= 5),
            ~complete,
            100 * total <= 70 * baseline,
        ],
        [CR, PD, NE, PR],
        SD,
    )
    overall = np.select(
        [
            data["new_lesion"] | (target == PD) | (data["non_target"] == PD),
            (target == CR) & (data["non_target"] != CR),
        ],
        [PD, PR],
        target,
    )
    data = data.assign(overall=overall)[data["visit"] > 0]
    ended = (data["overall"] == PD).groupby(data["patient"]).cumsum() - (data["overall"] == PD)
    return data[ended == 0].groupby("patient")["overall"].max().to_numpy()


def polars_script(lesions, visits):
    """Best response of each patient with Polars, as one lazy query."""
    import polars as pl

    column, total = pl.col, pl.col("sum")
    complete = column("count") == LESIONS
    by_visit = (
        lesions.lazy()
        .group_by("patient", "visit")
        .agg(
            column("size").fill_nan(None).sum().alias("sum"),
            column("size").fill_nan(None).count().alias("count"),
        )
    )
    nadir = pl.when(complete).then(total).cum_min().forward_fill().shift().over("patient")
    target = (
        pl.when(complete & (total == 0))
        .then(CR)
        .when((100 * total >= 120 * column("nadir")) & (total - column("nadir") >= 5))
        .then(PD)
        .when(~complete)
        .then(NE)
        .when(100 * total <= 70 * column("baseline"))
        .then(PR)
        .otherwise(SD)
    )
    progressed = column("new_lesion") | (column("target") == PD) | (column("non_target") == PD)
    overall = (
        pl.when(progressed)
        .then(PD)
        .when((column("target") == CR) & (column("non_target") != CR))
        .then(PR)
        .otherwise(column("target"))
    )
    is_pd = (column("overall") == PD).cast(pl.Int32)
    return (
        by_visit.join(visits.lazy(), on=["patient", "visit"])
        .sort("patient", "visit")
        .with_columns(baseline=total.first().over("patient"), nadir=nadir)
        .with_columns(target=target)
        .with_columns(overall=overall)
        .filter(column("visit") > 0)
        .with_columns(ended=is_pd.cum_sum().over("patient") - is_pd)
        .filter(column("ended") == 0)
        .group_by("patient")
        .agg(column("overall").max())
        .sort("patient")
        .collect()["overall"]
        .to_numpy()
    )


def seconds(function, *arguments, repeats=5):
    """The best of some runs."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        function(*arguments)
        best = min(best, time.perf_counter() - start)
    return best


def peak(function, *arguments):
    """Most bytes allocated during a call, beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    result = function(*arguments)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return most


def main(patients):
    data = cohort(patients)
    part = tuple(a[:PART] for a in data)
    np.testing.assert_array_equal(library(*part).response, loop(*part))
    lesser = library(*data, LESSER, LESSER_RULE).response
    given = sum(a.nbytes for a in data)
    ours = seconds(library, *data)
    print(
        f"{patients:,} patients x {LESIONS} lesions x {VISITS} visits; input {given / 1e6:.0f} MB"
    )
    print(f"nettumor        {ours:7.3f} s   1.0")
    target = nt.target_response(data[0])
    overall = nt.overall_response(target.response, *data[1:])
    parts = {
        "target": seconds(nt.target_response, data[0]),
        "overall": seconds(nt.overall_response, target.response, *data[1:]),
        "best": seconds(nt.best_overall_response, overall, DAYS),
    }
    print("  of which      " + ", ".join(f"{name} {time_:.3f} s" for name, time_ in parts.items()))
    del target, overall
    size = min(PART, patients)
    slow = seconds(loop, *part, repeats=3) * patients / size
    print(
        f"Python loop     {slow:7.3f} s {slow / ours:5.1f}   (timed on {size:,} patients and "
        "scaled)"
    )
    lesions, visits = long_columns(*data)
    for name, script in (("pandas", pandas_script), ("polars", polars_script)):
        if importlib.util.find_spec(name) is None:
            print(f"{name:<15} not installed")
            continue
        frame = importlib.import_module(name).DataFrame
        frames = frame(lesions), frame(visits)
        np.testing.assert_array_equal(script(*frames), lesser)
        taken = rounds(lambda: library(*data), lambda: script(*frames), 3)  # noqa: B023
        record(
            f"a {name} script of {patients:,} courses",
            "sizes to best response by the library, which computes more",
            taken[:, 1] / taken[:, 0],
        )
    del lesions, visits
    most = peak(library, *data)
    print(f"peak memory     {most / 1e6:7.0f} MB {most / given:4.1f}   times the input, beside it")
    simulated_trials(patients // 10)


def simulated_trials(trials, patients=100, lesions=4, visits=8):
    """Sizes of many trials at once to best response and PFS: seconds, and memory beside the input."""
    random = np.random.default_rng(20081001)
    shape = (trials, patients, lesions, visits)
    sizes = np.round(random.uniform(10, 60, shape[:-1])[..., None] * np.ones(visits))
    for visit in range(1, visits):
        sizes[..., visit] = np.round(sizes[..., visit - 1] * random.uniform(0.7, 1.3, shape[:-1]))
    days = 56.0 * np.arange(visits)

    def answer():
        target = nt.target_response(sizes, check_units=False).response
        best = nt.best_overall_response(target, days)
        return best, nt.progression_free_survival(best.course, days)

    taken = rounds(answer, lambda: np.sort(sizes, axis=-1), 3)
    print(f"{shape} sizes to best response and PFS: {np.median(taken[:, 0]):.2f} s")
    record(
        f"sizes {shape} to best response and PFS",
        "one `numpy.sort` of them along the visits",
        taken[:, 0] / taken[:, 1],
    )
    record("the most memory of that beside the input", "the input", [peak(answer) / sizes.nbytes])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
