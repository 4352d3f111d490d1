"""Pairs of sizes to responses: time and memory of `classify`, as ratios in one run.

Ten million pairs (0.1 mm grid, before 10 to 100 mm, after up to 1.6 times that) against
- one pass of ``numpy.less`` over the same arrays, the least that any answer costs;
- the recipe of ``numpy.select`` as it is usually written, and the same in pandas and Polars (left
  out where absent).
The recipes check nothing and divide first, so that a pair on a limit may fall on the wrong side;
``classify`` checks every size and is exact. Then: sizes not measured, a scalar call, memory beyond
the output, and the time that ``import nettumor`` takes beside ``import numpy``. Run it as
``python benchmarks/classify.py [pairs]``.
"""

import importlib.util
import subprocess
import sys
import time
import tracemalloc

import attrs
import numpy as np
from records import record

import nettumor as nt

NE, PD, SD, PR, CR = (int(nt.Response[r]) for r in ("NE", "PD", "SD", "PR", "CR"))


def pairs(count):
    random = np.random.default_rng(20081001)
    before = np.round(random.uniform(10, 100, count), 1)
    return before, np.round(before * random.uniform(0, 1.6, count), 1)


def seconds(question, times=7):
    """The shortest of several runs."""
    return min(once(question) for _ in range(times))


def once(question):
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def side_by_side(questions, rounds=7):
    """Seconds of each question by round, the better of two: other work on the machine disturbs all
    of them alike.
    """
    taken = [[seconds(question, 2) for question in questions.values()] for _ in range(rounds)]
    return dict(zip(questions, np.array(taken).T, strict=True))


def with_select(before, after):
    change = (after - before) / before * 100
    conditions = [np.isnan(before) | np.isnan(after), after == 0, change > 25, change < -30]
    return np.select(conditions, [NE, CR, PD, PR], default=SD).astype(np.int8)


def with_pandas(before, after):
    import pandas as pd

    frame = pd.DataFrame({"before": before, "after": after})
    change = (frame.after - frame.before) / frame.before * 100
    response = pd.Series(SD, index=frame.index, dtype="int8")
    response = response.mask(change < -30, PR).mask(change > 25, PD).mask(frame.after == 0, CR)
    return response.mask(frame.before.isna() | frame.after.isna(), NE).to_numpy()


def with_polars(before, after):
    import polars as pl

    first, second = pl.col("before"), pl.col("after")
    change = (second - first) / first * 100
    response = (
        pl.when(first.is_nan() | second.is_nan())
        .then(pl.lit(NE, pl.Int8))
        .when(second == 0)
        .then(pl.lit(CR, pl.Int8))
        .when(change > 25)
        .then(pl.lit(PD, pl.Int8))
        .when(change < -30)
        .then(pl.lit(PR, pl.Int8))
        .otherwise(pl.lit(SD, pl.Int8))
    )
    return (
        pl.DataFrame({"before": before, "after": after}).select(response.alias("r"))["r"].to_numpy()
    )


def start_time(code):
    """Of a fresh interpreter that runs the code."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def on_a_limit(before, after):
    """Where the change is a limit, but for rounding: there the recipe may be wrong."""
    change = (after - before) / before * 100
    return (np.abs(change - 25) < 1e-9) | (np.abs(change + 30) < 1e-9)


def extra_memory(before, after):
    """The peak beyond the output, as a share of it."""
    tracemalloc.start()
    nt.classify(before, after)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / before.size - 1


def main(count):
    before, after = pairs(count)
    missing = after.copy()
    missing[::20] = 0
    missing[1::100] = np.nan
    short = before.astype(np.float32), after.astype(np.float32)
    ours = nt.classify(before, after)
    assert (nt.classify(*short) == ours).all()
    differ = with_select(before, missing) != nt.classify(before, missing)
    assert (differ <= on_a_limit(before, missing)).all()
    recipes = {"numpy.select": with_select}
    recipes |= {
        n: f
        for n, f in (("pandas", with_pandas), ("polars", with_polars))
        if importlib.util.find_spec(n)
    }
    gap, recist = attrs.evolve(nt.criteria.VOGL_2008, gap="MR"), nt.criteria.RECIST_1_1
    taken = side_by_side(
        {
            "less": lambda: np.less(after, before),
            "classify": lambda: nt.classify(before, after),
            "missing": lambda: nt.classify(before, missing),
            "select of missing": lambda: with_select(before, missing),
            "32 bits": lambda: nt.classify(*short),
            "gap": lambda: nt.classify(before, after, criteria=gap),
            "recist": lambda: nt.classify(before, after, criteria=recist),
            **{
                name: lambda recipe=recipe: recipe(before, after)
                for name, recipe in recipes.items()
            },
        }
    )
    less, mine = taken["less"], taken["classify"]
    each = {name: np.median(seconds) / count * 1e9 for name, seconds in taken.items()}
    print(
        f"{count} pairs; numpy.less {each['less']:.2f} ns a pair, classify {each['classify']:.2f} "
        "ns (medians)"
    )
    what = f"`classify` of {count / 1e6:g} million pairs"
    record(what, "one `numpy.less` pass", mine / less, "at most 2")
    for name, recipe in recipes.items():
        differ = recipe(before, after) != ours
        assert (differ <= on_a_limit(before, after)).all(), name
        record(
            f"{name} of them",
            "`classify`",
            taken[name] / mine,
            "at least 10" * (name == "numpy.select"),
        )
    with_gaps = f"{what}, 1 % missing, 5 % gone"
    record(with_gaps, "one `numpy.less` pass", taken["missing"] / less, "at most 3")
    record(
        "numpy.select of them",
        "`classify`",
        taken["select of missing"] / taken["missing"],
        "at least 6",
    )
    record(f"{what} of 32 bits", "the same of 64", taken["32 bits"] / mine)
    for name, said in (("gap", "a class for the gap"), ("recist", "RECIST 1.1")):
        record(f"{what}, {said}", "one `numpy.less` pass", taken[name] / less)
    print(
        f"memory beyond the output: {100 * extra_memory(before, after):.1f} % of it (aim: at most "
        "10 %)"
    )
    calls = 20_000
    each = seconds(lambda: [nt.classify(52.0, 30.0) for _ in range(calls)], 3) / calls
    print(f"one pair of numbers: {each * 1e6:.2f} microseconds (aim: at most 10)")
    bare = start_time("pass")
    numpy, package, function = (
        start_time(code) - bare
        for code in ("import numpy", "import nettumor", "import nettumor; nettumor.classify")
    )
    print(
        f"import nettumor takes {package / numpy:.2f} times import numpy (aim: at most 1.3), "
        "nothing is loaded yet;"
    )
    print(f"with classify, and so with numpy, {function / numpy:.2f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
