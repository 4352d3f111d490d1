"""A study in one call, from a frame of lesion rows to best response and progression: time and
memory, as ratios.

25,000 invented patients with 5 target lesions and 8 visits, a million rows in no order, string ids,
dates; as a Polars and as a pandas frame in memory. `nettumor.assess` (RECIST 1.1) up to best
response and progression-free survival of each patient, against two scripts as they are usually
written, one for Polars (both cores), one for pandas. The scripts compute less: sums, nadir, target
response, best response and time to progression; no confirmation, no cells in words, no duplicates,
no reasons. "All columns" are all of the subjects, dates and other endpoints included.

Before anything is timed, what the scripts compute is compared with the library's. Memory is the
peak of the process above what it held with the frame in memory, in multiples of the frame; each
case runs in a process of its own (Linux; elsewhere memory is left out). Run it as
``python benchmarks/assess.py [patients]``; ``--growth`` also times 10,000 to 1,000,000 rows (and
10,000,000 with ``--large``).

``benchmarks/measured.json`` holds what was measured. The ratio to the Polars script depends on the
machine: 0.56 to 0.97 were seen on two cores, the higher the faster Polars' own joins of text are
there. What cannot be less is measured beside it: the frame read (`nettumor.crf.read`), with every
cell looked at and its intake written, before a rule is asked. Of the rest placing rows takes as much
as judging them.
"""

import json
import pathlib
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import polars as pl
from records import record

import nettumor as nt

LESIONS, VISITS = 5, 8
RULE = nt.criteria.get("recist-1.1").best_response
REPEATS = 9


def polars_frame(patients):
    """The rows in no order: subject, lesion, role, visit, date, size (1 in 200 not measured)."""
    rng = np.random.default_rng(20081001)
    shape = (patients, LESIONS, VISITS)
    step = rng.normal(rng.normal(-0.06, 0.09, (patients, 1, 1)), 0.06, shape)
    step[..., 0] = 0
    sizes = np.round(rng.uniform(12, 60, (patients, LESIONS, 1)) * np.exp(step.cumsum(axis=2)), 1)
    sizes = np.minimum(sizes, 400.0)  # larger than a body holds: a line of the intake
    sizes[..., 1:][rng.random((patients, LESIONS, VISITS - 1)) < 0.005] = np.nan
    days = np.arange(VISITS) * 56 + np.where(
        np.arange(VISITS), rng.integers(-6, 7, (patients, VISITS)), 0
    )
    start = np.datetime64("2015-01-01") + rng.integers(0, 900, patients).astype("timedelta64[D]")
    subject, lesion, visit = (
        a.ravel()[order] for order in [rng.permutation(sizes.size)] for a in np.indices(shape)
    )
    return pl.DataFrame(
        {
            "subject": pl.Series(subject).cast(pl.String).str.zfill(6).str.pad_start(10, "S"),
            "lesion": pl.Series(lesion + 1).cast(pl.String).str.pad_start(3, "T"),
            "role": pl.Series(["TARGET"]).new_from_index(0, len(subject)),
            "visit": visit,
            "date": start[subject] + days[subject, visit].astype("timedelta64[D]"),
            "size": pl.Series(sizes[subject, lesion, visit]).fill_nan(None),
        }
    )


def frame_of(kind, patients):
    """The frame of a kind, and its size in bytes."""
    frame = polars_frame(patients)
    if kind == "polars":
        return frame, frame.estimated_size()
    frame = frame.to_pandas()
    return frame, int(frame.memory_usage(deep=True).sum())


def library(frame):
    """One call: best response and progression-free survival of each patient."""
    subjects = nt.assess({"lesions": frame}).subjects
    return {name: subjects[name] for name in ("subject", "best", "pfs_days", "pfs_event")}


def library_subjects(frame):
    """The same, and every other column of the subjects: without confirmation, dates, DOR, OS."""
    return dict(nt.assess({"lesions": frame}).subjects)


def polars_script(rows):
    """Best response and time to progression of each patient with Polars."""
    total = pl.col("total")
    sums = (
        rows.lazy()
        .group_by("subject", "visit")
        .agg(
            pl.col("date").max(),
            pl.col("size").sum().alias("total"),
            pl.col("size").null_count().alias("missing"),
        )
        .sort("subject", "date")
        .with_columns(pl.when(pl.col("missing") == 0).then(total).alias("complete"))
        .with_columns(
            pl.col("total").first().over("subject").alias("baseline"),
            pl.col("complete").cum_min().forward_fill().shift(1).over("subject").alias("nadir"),
            (pl.col("date") - pl.col("date").first().over("subject")).dt.total_days().alias("day"),
        )
    )
    up, base, nadir = total - pl.col("nadir"), pl.col("baseline"), pl.col("nadir")
    judged = sums.filter(pl.col("day") > 0).with_columns(
        pl.when((total == 0) & (pl.col("missing") == 0))
        .then(8)
        .when((100 * up >= 20 * nadir - 1e-9) & (up >= 5 - 1e-9) & (up > 0))
        .then(3)
        .when(pl.col("missing") > 0)
        .then(1)
        .when(100 * (base - total) >= 30 * base - 1e-9)
        .then(7)
        .otherwise(5)
        .alias("response")
    )
    before = (pl.col("response") == 3).cum_sum().over("subject") - (pl.col("response") == 3) == 0
    return (
        judged.filter(before)
        .group_by("subject")
        .agg(
            pl.col("response")
            .filter(pl.col("response") > 3)
            .max()
            .fill_null(pl.col("response").max())
            .alias("best"),
            (pl.col("response") == 3).any().alias("progressed"),
            pl.when((pl.col("response") == 3).any())
            .then(pl.col("day").filter(pl.col("response") == 3).first())
            .otherwise(pl.col("day").filter(pl.col("response") > 1).max())
            .alias("time"),
        )
        .sort("subject")
        .collect()
    )


def pandas_script(rows):
    """Best response and time to progression of each patient with pandas."""
    sums = rows.groupby(["subject", "visit"], sort=False).agg(
        date=("date", "max"),
        total=("size", "sum"),
        measured=("size", "count"),
        lesions=("size", "size"),
    )
    sums = sums.reset_index().sort_values(["subject", "date"])
    missing = sums["measured"] < sums["lesions"]
    subject = sums["subject"]
    complete = sums["total"].where(~missing)
    nadir = complete.groupby(subject).cummin().groupby(subject).ffill().groupby(subject).shift(1)
    base = sums.groupby("subject")["total"].transform("first")
    day = (sums["date"] - sums.groupby("subject")["date"].transform("first")).dt.days
    total, up = sums["total"], sums["total"] - nadir
    sums["response"] = np.select(
        [
            (total == 0) & ~missing,
            (100 * up >= 20 * nadir - 1e-9) & (up >= 5 - 1e-9) & (up > 0),
            missing,
            100 * (base - total) >= 30 * base - 1e-9,
        ],
        [8, 3, 1, 7],
        5,
    )
    sums["day"] = day
    judged = sums[day > 0]
    progression = judged["response"].eq(3)
    judged = judged[progression.groupby(judged["subject"]).cumsum() - progression == 0]
    progressed = judged["response"].eq(3).groupby(judged["subject"]).any()
    good = judged[judged["response"] > 3].groupby("subject")["response"].max()
    best = good.reindex(progressed.index).fillna(judged.groupby("subject")["response"].max())
    pd_day = (
        judged[judged["response"] == 3].groupby("subject")["day"].first().reindex(progressed.index)
    )
    last = judged[judged["response"] > 1].groupby("subject")["day"].max().reindex(progressed.index)
    return pd.DataFrame(
        {"best": best, "progressed": progressed, "time": pd_day.fillna(last)}
    ).reset_index()


def check(patients):
    """The scripts agree with each other, and with the library under their lesser rules."""
    import attrs

    frame = polars_frame(patients)
    criteria = attrs.evolve(nt.criteria.RECIST_1_1, sustained_response=False)
    rule = attrs.evolve(RULE, confirmation_days=None, cr_then_pr="keep", sd_minimum_days=None)
    done = nt.assess({"lesions": frame}, criteria=criteria, rule=rule).subjects
    one, two = polars_script(frame), pandas_script(frame.to_pandas())
    for name in ("best", "progressed", "time"):
        np.testing.assert_array_equal(
            one[name].to_numpy().astype(float), two[name].to_numpy().astype(float), name
        )
    assert done["subject"].tolist() == one["subject"].to_list()
    np.testing.assert_array_equal(nt.parse_responses(done["best"]), one["best"].to_numpy())
    np.testing.assert_array_equal(done["ttp_event"], one["progressed"].to_numpy())
    np.testing.assert_array_equal(done["ttp_days"], one["time"].fill_null(0).to_numpy())


def reading(frame):
    """The frame read, and nothing judged."""
    return nt.crf.read({"lesions": frame})


RUNS = {
    "library": library,
    "reading": reading,
    "library, all columns": library_subjects,
    "polars script": polars_script,
    "pandas script": pandas_script,
}


def resident(what):
    """VmRSS or VmHWM of this process in bytes; 0 where it is not told."""
    try:
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))
    except (OSError, StopIteration):
        return 0


def one_case(kind, run, patients):
    """Seconds (the best of some) and peak memory of one case, as JSON."""
    RUNS[run](frame_of(kind, 50)[0])  # imports
    frame, size = frame_of(kind, patients)
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts here
        before = resident("VmRSS")
    except OSError:
        before = 0
    RUNS[run](frame)
    peak = resident("VmHWM") - before if before else 0
    seconds = []
    for _ in range(REPEATS if patients <= 25_000 else 3):
        start = time.perf_counter()
        RUNS[run](frame)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": min(seconds), "peak": peak, "frame": size}))


def in_turn(kind, run, patients):
    """Seconds of a run and the script, round by round, as JSON."""
    frame, _ = frame_of(kind, patients)
    runs = RUNS[run], RUNS[f"{kind} script"]
    for run in runs:
        run(frame)
    taken = []
    for _ in range(REPEATS):
        for run in runs:
            start = time.perf_counter()
            run(frame)
            taken.append(time.perf_counter() - start)
    print(json.dumps(taken))


def ratios(kind, run, patients):
    """How many times as long a run takes as the script, round by round."""
    command = [sys.executable, __file__, "--in-turn", kind, run, str(patients)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    mine, other = np.array(json.loads(done.stdout)).reshape(-1, 2).T
    return mine / other


def measured(kind, run, patients):
    """One case in a process of its own."""
    command = [sys.executable, __file__, "--case", kind, run, str(patients)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def report(patients):
    """The table of times and memory."""
    print(f"{patients:,} patients, {patients * LESIONS * VISITS:,} rows")
    for kind in ("polars", "pandas"):
        mine, other = (measured(kind, run, patients) for run in ("library", f"{kind} script"))
        every = measured(kind, "library, all columns", patients)
        print(
            f"  from {kind}: library {mine['seconds']:.3f} s, {kind} script "
            f"{other['seconds']:.3f} s; all columns {every['seconds']:.3f} s"
        )
        record(
            f"`assess` of {patients * LESIONS * VISITS:,} rows from a {kind} frame",
            f"a {kind} script, which computes less",
            ratios(kind, "library", patients),
            "at most 0.5" * (kind == "polars"),
        )
        record(
            f"`crf.read` alone of {patients * LESIONS * VISITS:,} rows from a {kind} frame",
            f"the whole {kind} script",
            ratios(kind, "reading", patients),
        )
        if mine["peak"]:
            print(
                f"    peak above the frame of {mine['frame'] / 1e6:.0f} MB: library "
                f"{mine['peak'] / mine['frame']:.1f} frames ({mine['peak'] / 1e6:.0f} MB), script "
                f"{other['peak'] / other['frame']:.1f} frames"
            )


def growth(largest):
    """Seconds by the number of rows."""
    rows, last = 10_000, None
    while rows <= largest:
        found = measured("polars", "library", rows // (LESIONS * VISITS))
        per = found["seconds"] / rows * 1e6
        print(
            f"  {rows:>10,} rows: {found['seconds']:.3f} s, {per:.2f} us a row"
            + (f", {found['seconds'] / last:.1f} times the time of a tenth" if last else "")
        )
        rows, last = rows * 10, found["seconds"]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        one_case(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif sys.argv[1:2] == ["--in-turn"]:
        in_turn(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
        check(2_000)
        report(numbers[0] if numbers else 25_000)
        if {"--growth", "--large"} & set(sys.argv):
            growth(10_000_000 if "--large" in sys.argv else 1_000_000)
