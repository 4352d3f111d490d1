"""What a benchmark measured, kept for `run.py`: ratios of two things timed in turn in one run.

A record is what was timed, against what, and the ratios of the rounds: median, lowest, highest. It
is printed, and where the environment variable ``NETTUMOR_RECORDS`` names a file, added to it as a
line of JSON.
"""

import json
import os
import time

import numpy as np


def once(question):
    """Seconds of one call."""
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def rounds(first, second, count=7):
    """Seconds of both in turn, shape (round, 2), after one call of each."""
    first(), second()
    return np.array([(once(first), once(second)) for _ in range(count)])


def record(what, against, ratios, aim=""):
    """Keep how many times as long ``what`` takes as ``against``."""
    low, middle, high = (float(v) for v in np.quantile(ratios, [0, 0.5, 1]))
    kept = {"what": what, "against": against, "median": middle, "low": low, "high": high}
    kept |= {"rounds": int(np.size(ratios)), "aim": aim}
    print(
        f"{what}: {middle:.3g} times {against} ({low:.3g} to {high:.3g})"
        + (f"; aim: {aim}" if aim else ""),
        flush=True,
    )
    path = os.environ.get("NETTUMOR_RECORDS")
    if path:
        with open(path, "a", encoding="utf-8") as out:
            out.write(json.dumps(kept) + "\n")
