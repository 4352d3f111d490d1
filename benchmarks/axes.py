"""The second and third axis over time: markers and diaries of a large trial, as ratios in one run.

`symptom_course` on 100,000 invented patients with a diary of 14 days before and 84 days after the
start, and `marker_course` on 10 samples of 3 markers each, against a pandas script as it is usually
written: from long frames, sorted, already in memory. The script computes less: the mean of each
window and its percent change with PR and PD, no minimum of recorded days, no best, no recurrence;
of the markers the percent change from baseline and nadir with the response, no normalisation, no
confirmation, no reasons. Before anything is timed the responses are compared, patient by patient.
Run it as ``python benchmarks/axes.py [patients]``.
"""

import gc
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd
from records import record, rounds

import nettumor as nt

BEFORE, AFTER, WINDOW, SAMPLES, MARKERS = 14, 84, 14, 10, 3
DAYS = np.arange(-BEFORE, AFTER)
SAMPLE_DAYS = 28.0 * np.arange(SAMPLES)
SD, PR, PD, CR = (int(nt.Response[r]) for r in ("SD", "PR", "PD", "CR"))


def trial(patients):
    """Counts (patient, day), 1 day in 50 without a record; marker values (patient, marker,
    sample).
    """
    random = np.random.default_rng(20081001)
    rate = random.uniform(3, 9, (patients, 1)) * np.where(
        DAYS < 0, 1.0, random.uniform(0.1, 1.6, (patients, 1))
    )
    counts = random.poisson(rate).astype(np.float64)
    counts[random.random(counts.shape) < 0.02] = np.nan
    steps = random.normal(-0.05, 0.3, (patients, MARKERS, SAMPLES))
    steps[..., 0] = random.normal(5, 1, (patients, MARKERS))
    return counts, np.round(np.exp(steps.cumsum(axis=-1)), 1) + 20


def frames(counts, values):
    """The same as long frames."""
    patients = len(counts)
    diary = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(patients), len(DAYS)),
            "day": np.tile(DAYS, patients),
            "count": counts.ravel(),
        }
    )
    samples = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(patients), MARKERS * SAMPLES),
            "marker": np.tile(np.repeat(np.arange(MARKERS), SAMPLES), patients),
            "day": np.tile(SAMPLE_DAYS, patients * MARKERS),
            "value": values.ravel(),
        }
    )
    return diary, samples


def library(counts, values):
    """Both courses."""
    return nt.symptom_course(counts, DAYS), nt.marker_course(values, SAMPLE_DAYS)


def script(diary, samples):
    """What is usually written; responses as frames of (subject, window) and of samples."""
    window = diary["day"] // WINDOW
    means = diary.groupby(["subject", window])["count"].mean().unstack()
    change = means.drop(columns=-1).div(means[-1], axis=0)
    symptoms = change.mask(change > 1.25, PD).where(change > 1.25, SD)
    symptoms = symptoms.mask(change < 0.5, PR).mask(change == 0, CR)
    group = samples.groupby(["subject", "marker"])["value"]
    first = group.transform("first")
    low = group.cummin()
    table = samples.assign(change=samples["value"] / first, rise=samples["value"] / low)
    marker = np.select([table["change"] > 1.25, table["change"] < 0.5], [PD, PR], SD)
    return symptoms, table.assign(response=marker)


def same(found, written):
    """How far the library and the script agree: all but the means on a limit."""
    symptoms, markers = found
    by_script, samples = written
    equal = symptoms.response == by_script.to_numpy()
    near = np.abs(symptoms.percent + 50) < 1e-9
    near |= np.abs(symptoms.percent - 25) < 1e-9
    assert (equal | near | np.isnan(symptoms.percent)).all()
    own = samples["response"].to_numpy().reshape(markers.response.shape)[..., 1:]
    close = np.abs(markers.percent_from_baseline[..., 1:] + 50) < 1e-9
    close |= np.abs(markers.percent_from_baseline[..., 1:] - 25) < 1e-9
    assert ((markers.response[..., 1:] == own) | close).all()
    return int(equal.size), int(own.size)


def seconds(call, repeats=3):
    """The shortest of several runs."""
    best = np.inf
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main(patients):
    counts, values = trial(patients)
    diary, samples = frames(counts, values)
    windows, drawn = same(library(counts, values), script(diary, samples))
    print(f"{patients} patients: {windows} windows and {drawn} samples have one response in both")
    parts = (
        ("symptom_course", lambda: nt.symptom_course(counts, DAYS)),
        ("marker_course", lambda: nt.marker_course(values, SAMPLE_DAYS)),
        ("both", lambda: library(counts, values)),
    )
    for name, call in parts:
        print(f"{name}: {seconds(call, 2):.3f} s")
    taken = rounds(lambda: library(counts, values), lambda: script(diary, samples), 5)
    record(
        f"a pandas script of diaries and markers, {patients:,} patients",
        "`symptom_course` and `marker_course`, which compute more",
        taken[:, 1] / taken[:, 0],
        "at least 10",
    )
    tracemalloc.start()
    library(counts, values)
    peak = tracemalloc.get_traced_memory()[1]
    tables = counts.nbytes + values.nbytes
    long = int(diary.memory_usage().sum() + samples.memory_usage().sum())
    print(f"memory: {peak / tables:.1f} times the arrays, {peak / long:.1f} times the long tables")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
