"""Invented cohorts for the figures: bars, courses, lanes, times; any size, the same each time."""

import csv
import pathlib

import numpy as np

import nettumor as nt

DATA = pathlib.Path(__file__).parent / "data" / "plots"


def bars(n, seed=1):
    """Best changes of ``n`` patients with their responses, some without a value."""
    r = np.random.default_rng(seed)
    percent = np.clip(r.normal(-15, 40, n), -100, None)
    percent[r.random(n) < 0.06] = 151.5
    percent[r.random(n) < 0.05] = 0
    best = np.select([percent <= -99, percent <= -30, percent >= 20], [8, 7, 3], 5).astype(np.int8)
    progression = np.full(n, "", dtype="U20")
    other = r.random(n) < 0.12
    best[other] = 3
    progression[other] = np.where(r.random(int(other.sum())) < 0.5, "new lesion", "non-target")
    none = r.random(n) < 0.08
    percent[none] = np.nan
    best[none] = np.where(r.random(int(none.sum())) < 0.5, 1, 0)
    return {
        "percent": percent,
        "best": best,
        "confirmed": (best >= 7) & (r.random(n) < 0.7),
        "progression": progression,
        "subject": [f"SITE-{i % 7:03d}-{i:04d}" for i in range(n)],
    }


def courses(n, seed=2):
    """Changes of ``n`` patients over 8 visits, their days, best responses and new lesions."""
    r = np.random.default_rng(seed)
    days = np.cumsum(np.hstack([np.zeros((n, 1)), r.integers(42, 80, (n, 7))]), axis=1)
    percent = r.normal(-3, 12, (n, 1)) * np.arange(8) + r.normal(0, 6, (n, 8))
    percent[:, 0] = 0
    gone = np.arange(8) >= r.integers(2, 9, n)[:, None]
    percent[:, 3][r.random(n) < 0.1] = np.nan
    percent = np.clip(np.where(gone, np.nan, percent), -100, None)
    days = np.where(gone, np.nan, days)
    lowest = np.nanmin(percent, axis=1, initial=0)
    best = np.select([lowest <= -99, lowest <= -30], [8, 7], 5).astype(np.int8)
    new = (r.random((n, 8)) < 0.03) & ~np.isnan(percent)
    return {"source": percent, "days": days, "best": best, "new_lesion": new}


def lanes(n, seed=3):
    """Days of ``n`` patients and their assessments."""
    r = np.random.default_rng(seed)
    found = courses(n, seed)
    subject = [f"DEMO-{i:04d}" for i in range(n)]
    rows = {"subject": [], "day": [], "overall": []}
    progression = np.full(n, np.nan)
    for i in range(n):
        if i % 13 == 12:
            continue  # never assessed
        for day, value in list(zip(found["days"][i], found["source"][i], strict=True))[1:]:
            if np.isnan(day):
                break
            word = (
                "NE" if np.isnan(value) else "PR" if value <= -30 else "PD" if value >= 20 else "SD"
            )
            for name, cell in zip(rows, (subject[i], day, word), strict=True):
                rows[name].append(cell)
            if word == "PD":
                progression[i] = day
                break
    last = np.nanmax(found["days"], axis=1, initial=0) + r.integers(10, 200, n)
    table = {
        "subject": subject,
        "last_known_alive": last,
        "death": np.where(r.random(n) < 0.3, last, np.nan),
        "progression_day": progression,
        "new_therapy": np.where(r.random(n) < 0.4, progression + 14, np.nan),
        "data_cutoff": np.full(n, 500.0),
    }
    return {"source": table, "assessments": rows}


def survival(name):
    """A data set of R's survival: time, event, group."""
    with (DATA / f"{name}_times.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        "source": [float(row["time"]) for row in rows],
        "event": [row["event"] == "1" for row in rows],
        "group": [row["group"] for row in rows],
    }


def patient():
    """Size, marker and symptom of one patient."""
    marker = nt.marker_course(
        [42.0, 19.0, 7.5, 11.0, 24.0, 61.0],
        [-3, 28, 84, 168, 252, 336],
        upper_limit=8,
        confirmation_days=28,
    )
    day = np.arange(-14, 350)
    count = np.where(day < 0, 6.0, np.where(day < 28, 3.0, 0.0))
    count[day >= 196] = 3.0
    count[(day >= 120) & (day < 134)] = np.nan
    return {
        "source": nt.target_response([[60, 40, 41, np.nan, 55], [40, 30, 28, 30, 30]]),
        "days": [-5, 84, 168, 252, 336],
        "marker": marker,
        "symptom": nt.symptom_course(count, day),
        "therapy": {"day": [0, 28, 300], "what": ["TACE", "TACE", "octreotide"],
                    "stop": [np.nan, np.nan, 350]},
    }  # fmt: skip


def marker_courses(n, seed=4):
    """Courses of a marker of ``n`` patients: some normal before, some never measured again."""
    r = np.random.default_rng(seed)
    values = r.lognormal(4, 1, (n, 1)) * np.cumprod(r.lognormal(-0.2, 0.5, (n, 4)), axis=1)
    values[1::10, 0] = 4.0
    values[2::10, 1:] = np.nan
    return nt.marker_course(values, [0, 28, 84, 168], upper_limit=8)


def readers(n, seed=5):
    """Responses of ``n`` patients by two readers."""
    r = np.random.default_rng(seed)
    one = r.choice([8, 7, 5, 5, 5, 3, 1, 0], n)
    return one, np.where(r.random(n) < 0.7, one, r.choice([8, 7, 5, 3, 1], n))


def study(n=12, readers=("",)):
    """A study of ``n`` subjects, assessed: sizes, a new lesion, a death, arms; day by day."""
    rows = {k: [] for k in ("subject", "lesion", "role", "evaluator", "day", "size", "state")}

    def add(*cells):
        for name, cell in zip(rows, cells, strict=True):
            rows[name].append(cell)

    for reader in readers:
        for i in range(n):
            for k, day in enumerate((0, 56, 112, 168)):
                size = 50 * (1 + (i - n / 2) / n * 1.2 * k / 3)
                add(f"S{i + 1}", "T1", "TARGET", reader, day, round(size, 1), "MEASURED")
            if i == n - 2 or (i == n - 3 and reader == readers[-1]):
                add(f"S{i + 1}", "N1", "NEW", reader, 56, "", "UNEQUIVOCAL")
    subjects = {
        "subject": [f"S{i + 1}" for i in range(n + 1)],
        "randomized": [0] * (n + 1),
        "arm": ["A" if i % 2 else "B" for i in range(n + 1)],
        "death": ["" if i else 300 for i in range(n + 1)],
        "last_known_alive": [400 if i else "" for i in range(n + 1)],
    }
    return nt.assess({"lesions": rows, "subjects": subjects})
