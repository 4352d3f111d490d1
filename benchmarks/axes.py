"""The second and third axis over time: markers and diaries of a large trial, as ratios in one run.

100,000 invented patients with a diary of 14 days before and 84 days after the start (9.8 million
days), and 10 samples of 3 markers each (3 million). Two pandas scripts, as they are usually
written, compute less: the mean of each window and its percent change with PR and PD, no minimum of
recorded days, no best, no recurrence; of the markers the percent change from baseline and nadir
with the response, no normalisation, no confirmation, no reasons. Before anything is timed the
responses are compared, patient by patient.

Three comparisons, each with the time of the script over that of the library:

- *From a study's tables to the courses*: the tables have identifiers and dates, as a study keeps
  them. The script joins the start of treatment and groups by subject, symptom and window. The
  library's side takes the same columns as arrays (sorted, one row a day, so that a reshape is
  enough; days are the dates less the start) and calls `symptom_course` and `marker_course`.
- *From a study's tables to a result*: the same script, and `assess` of the same tables, which reads
  every cell, judges the size axis, and finds what belongs to each scan. Ten times is out of reach:
  the reading alone takes a fifth of the script's time.
- *From arrays*: a script on frames that somebody has numbered before (whole-number subjects, days
  since the start, sorted), and the courses on arrays. Ten times is out of reach here too: sums by
  whole-number keys are as fast as memory, and the courses write eight numbers for each sample and
  six for each window where the script writes three and one.

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


def tables(counts, values):
    """The same as a study's tables, with a scan every 28 days."""
    patients = len(counts)
    subject = np.array([f"S-{i:06d}" for i in range(patients)], dtype=object)
    start = np.datetime64("2024-01-01") + np.arange(patients) * 7 % 400

    def dates(days):
        return (start[:, None] + np.asarray(days).astype("m8[D]")).ravel().astype("M8[ns]")

    scans = np.arange(0, AFTER + 1, 28)
    names = np.array(["chromogranin A", "5-HIAA", "NSE"], dtype=object)
    units = np.array(["ug/L", "umol/24h", "ug/L"], dtype=object)
    return {
        "subjects": pd.DataFrame({"subject": subject, "treatment_start": start.astype("M8[ns]")}),
        "lesions": pd.DataFrame(
            {
                "subject": np.repeat(subject, len(scans)),
                "lesion": "T1",
                "role": "TARGET",
                "date": dates(scans),
                "size": np.tile(50.0 - 3 * np.arange(len(scans)), patients),
            }
        ),
        "symptoms": pd.DataFrame(
            {
                "subject": np.repeat(subject, len(DAYS)),
                "date": dates(DAYS),
                "symptom": "diarrhoea",
                "count": counts.ravel(),
            }
        ),
        "markers": pd.DataFrame(
            {
                "subject": np.repeat(subject, MARKERS * SAMPLES),
                "date": dates(np.tile(SAMPLE_DAYS, MARKERS)),
                "marker": np.tile(np.repeat(names, SAMPLES), patients),
                "value": values.ravel(),
                "unit": np.tile(np.repeat(units, SAMPLES), patients),
            }
        ),
    }


def library(counts, values):
    """Both courses."""
    return nt.symptom_course(counts, DAYS), nt.marker_course(values, SAMPLE_DAYS)


def library_from_tables(study):
    """Both courses from the columns of the tables."""
    diary, samples = study["symptoms"], study["markers"]
    start = study["subjects"]["treatment_start"].to_numpy()
    patients = len(start)
    counts, days, values, sample_days = (
        column.to_numpy().reshape(patients, *shape)
        for column, shape in (
            (diary["count"], (len(DAYS),)),
            (diary["date"], (len(DAYS),)),
            (samples["value"], (MARKERS, SAMPLES)),
            (samples["date"], (MARKERS, SAMPLES)),
        )
    )
    return (
        nt.symptom_course(counts, days - start[:, None]),
        nt.marker_course(values, sample_days - start[:, None, None]),
    )


def judged(means, samples, keys):
    """Responses of window means (a frame, the baseline in column -1) and of samples."""
    change = means.drop(columns=-1).div(means[-1], axis=0)
    symptoms = change.mask(change > 1.25, PD).where(change > 1.25, SD)
    symptoms = symptoms.mask(change < 0.5, PR).mask(change == 0, CR)
    group = samples.groupby(keys)["value"]
    first = group.transform("first")
    low = group.cummin()
    table = samples.assign(change=samples["value"] / first, rise=samples["value"] / low)
    marker = np.select([table["change"] > 1.25, table["change"] < 0.5], [PD, PR], SD)
    return symptoms, table.assign(response=marker)


def script(diary, samples):
    """What is usually written; responses as frames of (subject, window) and of samples."""
    window = diary["day"] // WINDOW
    means = diary.groupby(["subject", window])["count"].mean().unstack()
    return judged(means, samples, ["subject", "marker"])


def script_from_tables(study):
    """The same from a study's tables."""
    diary = study["symptoms"].merge(study["subjects"], on="subject")
    diary["window"] = (diary["date"] - diary["treatment_start"]).dt.days // WINDOW
    means = diary.groupby(["subject", "symptom", "window"])["count"].mean().unstack()
    return judged(means, study["markers"], ["subject", "marker"])


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


def same_result(result, symptoms):
    """The verdicts of `assess` are those of the windows that end at the scans."""
    scans = result.timepoints["symptomatic"].reshape(len(symptoms.best), -1)[:, 1:]
    last = [28 * (k + 1) // WINDOW - 1 for k in range(scans.shape[1])]
    assert (scans == nt.labels(symptoms.response[:, last])).all()


def seconds(call, repeats=3):
    """The shortest of several runs."""
    best = np.inf
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def compared(what, against, library_side, script_side, count=5):
    """Ratios of a script to what the library does, in turn."""
    taken = rounds(library_side, script_side, count)
    record(what, against, taken[:, 1] / taken[:, 0], "at least 10")


def main(patients):
    counts, values = trial(patients)
    diary, samples = frames(counts, values)
    study = tables(counts, values)
    windows, drawn = same(library(counts, values), script(diary, samples))
    print(f"{patients} patients: {windows} windows and {drawn} samples have one response in both")
    found = library_from_tables(study)
    same(found, script_from_tables(study))
    same_result(nt.assess(study), found[0])
    parts = (
        ("symptom_course", lambda: nt.symptom_course(counts, DAYS)),
        ("marker_course", lambda: nt.marker_course(values, SAMPLE_DAYS)),
        ("both", lambda: library(counts, values)),
        ("both from tables", lambda: library_from_tables(study)),
        ("reading of the tables", lambda: nt.crf.read(study)),
        ("assess", lambda: nt.assess(study)),
    )
    for name, call in parts:
        print(f"{name}: {seconds(call, 2):.3f} s")
    compared(
        f"a pandas script on a study's tables of diaries and markers, {patients:,} patients",
        "`symptom_course` and `marker_course` on their columns, which compute more",
        lambda: library_from_tables(study),
        lambda: script_from_tables(study),
    )
    compared(
        f"a pandas script on a study's tables of diaries and markers, {patients:,} patients",
        "`assess` of the tables, sizes and all",
        lambda: nt.assess(study),
        lambda: script_from_tables(study),
        3,
    )
    compared(
        f"a pandas script on numbered frames of diaries and markers, {patients:,} patients",
        "`symptom_course` and `marker_course` on arrays, which compute more",
        lambda: library(counts, values),
        lambda: script(diary, samples),
    )
    tracemalloc.start()
    library(counts, values)
    peak = tracemalloc.get_traced_memory()[1]
    arrays = counts.nbytes + values.nbytes
    long = int(diary.memory_usage().sum() + samples.memory_usage().sum())
    print(f"memory: {peak / arrays:.1f} times the arrays, {peak / long:.1f} times the long tables")
    tracemalloc.clear_traces()
    nt.assess(study)
    peak = tracemalloc.get_traced_memory()[1]
    whole = sum(int(frame.memory_usage(deep=True).sum()) for frame in study.values())
    print(f"memory of assess: {peak / whole:.1f} times the tables beside them")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
