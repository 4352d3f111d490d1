"""The sentences of a study: the whole column against the same sentences row by row, in one run.

A hundred thousand timepoints (12,500 patients, 8 visits, 5 target lesions, sizes to 0.1 mm). Row by
row is `Assessment.explain`; every sentence must be the same, else the run ends with an error. Run
it as ``python benchmarks/explanations.py [patients]``.
"""

import sys
import time

import numpy as np
from records import record

import nettumor as nt
from nettumor.assessment.result import explanations

VISITS, LESIONS, PART = 8, 5, 5_000


def study(patients):
    random = np.random.default_rng(20081001)
    shape = (patients, VISITS, LESIONS)
    course = np.cumprod(random.uniform(0.75, 1.2, (patients, VISITS, 1)), axis=1)
    size = np.round(random.uniform(12, 60, (patients, 1, LESIONS)) * course, 1)
    patient, visit, lesion = (index.ravel() for index in np.indices(shape))
    return {
        "subject": np.char.mod("S%05d", patient),
        "lesion": np.char.mod("T%d", lesion),
        "role": np.full(size.size, "TARGET"),
        "day": visit * 56.0,
        "size": size.ravel(),
    }


def seconds(question, times=1):
    """The shortest of several runs, and the answer."""
    best = np.inf
    for _ in range(times):
        start = time.perf_counter()
        answer = question()
        best = min(best, time.perf_counter() - start)
    return best, answer


def main(patients):
    result = nt.assess({"lesions": study(patients)})
    rows = result.timepoints.n_rows
    part = min(PART, rows)
    ratios = []
    for _ in range(5):
        ours, column = seconds(
            lambda: explanations(result.judgement, result.criteria, result._place), 2
        )
        theirs, sentences = seconds(lambda: [result.explain(row) for row in range(part)])
        if column[:part].tolist() != sentences:
            raise SystemExit("the sentences differ")
        ratios.append(theirs * rows / part / ours)
    print(f"{rows:,} sentences in {ours:.3f} s (the last of five rounds)")
    record(f"sentences row by row, {rows:,} timepoints", "the column `explanation`", ratios)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12_500)
