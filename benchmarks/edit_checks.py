"""The edit checks on a million lesion rows (25,000 invented subjects, two readers): time, memory,
ratios in one run.

- All checks of single rows, and all checks; the slowest ten of them. No fault is in the data, so
  that what is timed is the looking, not the writing of findings; a second run finds a fault in each
  twentieth size.
- Memory: the most that is held during a run, as a multiple of the tables (every cell of which is
  four bytes, the number of its word), and of the pandas frames they may have come from.
- Two checks that any tool can do, a negative size (M04) and a second row of a lesion at a visit
  (S03): against a script for pandas, and against pandera where it is installed. Both get a frame
  that is in memory, with sizes as numbers.
- One that is written by hand in studies, a reported sum that the lesions do not add up to (U01):
  against such a script, which knows neither nodes nor states nor baselines.

Run it as ``python benchmarks/edit_checks.py [subjects]``; medians of three.
"""

import gc
import importlib.util
import pathlib
import statistics
import sys
import time
import tracemalloc

import numpy as np
from records import record

from nettumor import crf, edit_checks
from nettumor.edit_checks import CHECKS

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))
import clean_trial

KEYS = ["subject", "evaluator", "lesion", "visit"]


def seconds(function, times=3):
    """The median time of a call."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def timed(trial, checks=None):
    """The time of a run on tables just read, and of each check."""
    tables, each, last = crf.read(trial), {}, []

    def tell(check, number, total):
        now = time.perf_counter()
        if last:
            each[last[0]] = now - last[1]
        last[:] = check.id, now

    gc.collect()
    start = time.perf_counter()
    found = edit_checks.run(tables, checks=checks, progress=tell)
    return time.perf_counter() - start, each, found


def by_hand(frame):
    """M04 and S03 in pandas."""
    return frame.index[frame["size"] < 0], frame.index[frame.duplicated(KEYS)]


def sums_by_hand(lesions, responses):
    """U01 in pandas."""
    targets = lesions[lesions["role"] == "TARGET"]
    sums = (
        targets.assign(used=targets["size"].fillna(targets["perpendicular"]))
        .groupby(["subject", "evaluator", "visit"])["used"]
        .sum()
    )
    merged = responses.join(sums, on=["subject", "evaluator", "visit"])
    return merged.index[(merged["sum"] - merged["used"]).abs() > 0.5]


def pandera_schema():
    """M04 and S03 in pandera."""
    import pandera.pandas as pa

    columns = {"size": pa.Column(float, pa.Check.ge(0), nullable=True)}
    return pa.DataFrameSchema(columns, unique=KEYS)


def faulty(trial):
    """The trial with each twentieth size as another number."""
    lesions = dict(trial["lesions"])
    random = np.random.default_rng(1)
    hit = (random.random(len(lesions["size"])) < 0.05) & (lesions["size"] != "")
    lesions["size"] = np.where(
        hit, random.integers(1, 300, len(hit)).astype(str).astype(object), lesions["size"]
    )
    return {**trial, "lesions": lesions}


def memory(trial):
    """Bytes of the tables, and the most allocated during a run beside them."""
    gc.collect()
    tracemalloc.start()
    tables = crf.read(trial)
    for table in tables.values():
        for name in table:
            table.column(name).codes  # noqa: B018 - the tables as every check reads them
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    edit_checks.run(tables)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held, peak


def main(subjects=25_000):
    """Measure and print."""
    trial = clean_trial.build(clean_trial.seeded(subjects))
    rows = {name: len(next(iter(table.values()))) for name, table in trial.items()}
    print(f"{subjects} subjects: " + ", ".join(f"{n} {name}" for name, n in rows.items()))
    of_rows = [id for id, check in CHECKS.items() if check.level == "row"]
    row_level = statistics.median(timed(trial, of_rows)[0] for _ in range(3))
    print(f"{len(of_rows)} checks of single rows: {row_level:.2f} s")
    taken, each, found = min((timed(trial) for _ in range(3)), key=lambda t: t[0])
    print(f"all {len(CHECKS)} checks: {taken:.2f} s, {found.n_rows} findings")
    print(
        "  slowest: "
        + ", ".join(f"{i} {s:.2f}" for i, s in sorted(each.items(), key=lambda p: -p[1])[:10])
    )
    taken, _, found = timed(faulty(trial))
    print(f"the same with 5 % of the sizes wrong: {taken:.2f} s, {found.n_rows} findings")
    held, peak = memory(trial)
    print(
        f"memory: tables {held / 2**20:.0f} MB, with the run at most {peak / 2**20:.0f} MB "
        f"({peak / held:.1f} times)"
    )
    two = statistics.median(timed(trial, ["M04", "S03"])[0] for _ in range(3))
    sums = statistics.median(timed(trial, ["U01"])[0] for _ in range(3))
    if importlib.util.find_spec("pandas") is None:
        print("pandas is not installed: no ratios")
        return
    import pandas as pd

    whole = sum(
        int(pd.DataFrame(t).astype(str).memory_usage(deep=True).sum()) for t in trial.values()
    )
    print(
        f"  the same tables as pandas frames of text: {whole / 2**20:.0f} MB ({peak / whole:.1f} "
        "times)"
    )
    frames = {n: pd.DataFrame(trial[n]).astype(str) for n in ("lesions", "responses")}
    for frame, columns in (
        (frames["lesions"], ("size", "perpendicular")),
        (frames["responses"], ("sum",)),
    ):
        for column in columns:
            frame[column] = pd.to_numeric(frame[column], errors="coerce")
    pandas_two = seconds(lambda: by_hand(frames["lesions"]))
    pandas_sums = seconds(lambda: sums_by_hand(frames["lesions"], frames["responses"]))
    record("edit checks M04 and S03 of a million rows", "a pandas script", [two / pandas_two])
    record("edit check U01 of a million rows", "a pandas script", [sums / pandas_sums])
    if importlib.util.find_spec("pandera") is None:
        print("pandera is not installed: its ratio is left out")
        return
    schema = pandera_schema()
    peer = seconds(lambda: schema.validate(frames["lesions"], lazy=True))
    record("edit checks M04 and S03 of a million rows", "pandera", [two / peer])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
