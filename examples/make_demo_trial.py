"""Make the synthetic trial of ``nettumor demo``: 60 invented patients with NET liver metastases,
treated by TACE.

Nothing in it is real. The seed is fixed: the same files come out every time. Usage:
make_demo_trial.py FOLDER
"""

import csv
import pathlib
import sys

import numpy as np

N = 60


def round_to(values, step=0.1):
    return np.round(np.round(np.asarray(values) / step) * step, 4)


def trial(seed=2008):
    """The four tables as lists of rows, header first."""
    rng = np.random.default_rng(seed)
    ids = [f"DEMO-{i:02d}" for i in range(1, N + 1)]
    effect = rng.normal(0.62, 0.28, N).clip(0.0, 1.6)  # how much of the tumour is left
    subjects = [
        [
            "subject",
            "treatment_start",
            "first_metastasis",
            "therapy_completed",
            "death",
            "last_known_alive",
            "treatment",
            "primary_site",
            "age",
            "sex",
        ]
    ]
    lesions = [["subject", "lesion", "role", "organ", "visit", "day", "size", "state"]]
    markers = [["subject", "day", "marker", "value", "unit", "upper_limit"]]
    symptoms = [["subject", "day", "symptom", "per_day"]]
    for i, name in enumerate(ids):
        completed, survival = int(rng.integers(60, 130)), int(rng.exponential(1500) + 60)
        dead = survival < 2400 and rng.random() < 0.7
        last = ["", min(survival, 2400)]
        subjects.append(
            [
                name,
                0,
                -int(rng.integers(20, 900)),
                completed,
                *([survival, ""] if dead else last),
                "TACE",
                rng.choice(["ILEUM", "PANCREAS", "LUNG", "UNKNOWN"], p=[0.5, 0.3, 0.1, 0.1]),
                int(rng.integers(34, 82)),
                rng.choice(["F", "M"]),
            ]
        )
        scan = completed + int(rng.integers(28, 43))
        for lesion in range(int(rng.integers(1, 4))):
            size = round_to(rng.uniform(15, 80))
            left = effect[i] * rng.normal(1, 0.12)
            after = float(round_to(max(size * left, 0)))
            missing = rng.random() < 0.02
            cells = ["0", "ABSENT"] if after < 4 else [f"{after:.1f}", "MEASURED"]
            cells = ["", "NOT EVALUABLE"] if missing else cells
            lesions.append(
                [name, f"T{lesion + 1:02d}", "TARGET", "LIVER", 1, -14, f"{size:.1f}", "MEASURED"]
            )
            lesions.append([name, f"T{lesion + 1:02d}", "TARGET", "LIVER", 2, scan, *cells])
        before = float(np.round(rng.lognormal(4.0, 1.0), 1))
        share = float(np.clip(effect[i] * rng.lognormal(-0.1, 0.4), 0.02, 3))
        markers.append([name, -7, "5-HIAA", f"{before:.1f}", "mg/24h", 10])
        markers.append([name, scan, "5-HIAA", f"{before * share:.1f}", "mg/24h", 10])
        flushes = int(rng.poisson(5)) if rng.random() < 0.7 else 0
        symptoms.append([name, -7, "flushing", flushes])
        symptoms.append([name, scan, "flushing", int(rng.poisson(flushes * min(share, 1.5) * 0.8))])
    return {"subjects": subjects, "lesions": lesions, "markers": markers, "symptoms": symptoms}


def main(folder):
    """Write one CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in trial().items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
