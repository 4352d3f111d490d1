"""Generated studies: lesions and subjects as lists of dicts, with everything that real ones
have.
"""

import datetime
import random

DAY_0 = datetime.date(2024, 3, 1)
ROLES = ("TARGET", "NON-TARGET", "NEW")
TARGET_CELLS = [
    ("NE", ""),
    ("", ""),
    ("<5", ""),
    ("TSTM", ""),
    ("0", ""),
    ("", "ABSENT"),
    ("", "TOO SMALL"),
    ("4", "TOO SMALL"),
    ("12", "TOO SMALL"),
    ("30", "ABSENT"),
    ("", "PRESENT"),
    ("25", "NOT EVALUABLE"),
    ("0", "PRESENT"),
    ("NOT DONE", ""),
    ("", "MERGED"),
]
NON_TARGET_STATES = (
    "PRESENT",
    "PRESENT",
    "PRESENT",
    "ABSENT",
    "UNEQUIVOCAL PROGRESSION",
    "NOT EVALUABLE",
    "",
)
NEW_CELLS = [
    ("", "EQUIVOCAL"),
    ("", "UNEQUIVOCAL"),
    ("", "PRESENT"),
    ("12", ""),
    ("", "ABSENT"),
    ("", ""),
]


def date(day):
    """A day from day 0 as ISO 8601."""
    return (DAY_0 + datetime.timedelta(days=day)).isoformat()


def written(rng, day):
    """A date as someone writes it: as a rule in full."""
    said = date(day)
    return rng.choices([said, said[:7], ""], [40, 1, 1])[0]


def size(rng, before):
    """A cell of a target: as a rule a size on a grid of 0.1 mm near the last one, sometimes exactly
    at a limit.
    """
    if rng.random() < 0.12:
        return rng.choice(TARGET_CELLS)
    factor = rng.choice([0.5, 0.7, 0.7, 0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.3])
    return f"{max(before * factor, 0.1):.1f}".removesuffix(".0"), ""


def rows_of_a_track(rng, subject, evaluator):
    """All rows of a subject and an evaluator."""
    lesions = [
        (f"{r[0]}{i}", r, rng.choice(["LIVER", "LIVER", "LYMPH NODE"]))
        for r, most in zip(ROLES, (3, 2, 1), strict=True)
        for i in range(rng.randint(0, most))
    ]
    last = {name: float(rng.randint(12, 60)) for name, _, _ in lesions}
    rows = []
    for visit in range(rng.randint(1, 5)):
        day = visit * rng.choice([28, 30, 56]) + rng.randint(-9, 3)
        name = rng.choices([str(visit), "", "UNSCHEDULED"], [20, 1, 1])[0]
        written_day = written(rng, day)
        for lesion, role, organ in lesions:
            if rng.random() < 0.05 or (role == "NEW" and rng.random() < 0.4):
                continue
            cell, state = (
                size(rng, last[lesion])
                if role == "TARGET"
                else (
                    ("", rng.choice(NON_TARGET_STATES))
                    if role == "NON-TARGET"
                    else rng.choice(NEW_CELLS)
                )
            )
            if role == "TARGET" and visit == 0 and rng.random() < 0.9:
                cell, state = f"{last[lesion]:g}", ""
            if (
                role == "TARGET"
                and not state
                and cell.replace(".", "").isdigit()
                and float(cell) > 0
            ):
                last[lesion] = float(cell)
            row = {
                "subject": subject,
                "evaluator": evaluator,
                "lesion": lesion,
                "role": role,
                "organ": organ,
                "visit": name,
                "date": written_day,
                "size": cell,
                "state": state,
            }
            if written_day and rng.random() < 0.08:
                row["date"] = date(day + rng.randint(1, 4))
            rows.append(row)
            if rng.random() < 0.04:
                rows.append(dict(row))  # an equal duplicate
            if rng.random() < 0.02 and role == "TARGET":
                rows.append(row | {"size": "17"})  # an unequal one
            if rng.random() < 0.01:
                rows.append(row | {"date": date(day + 6)})  # recorded on two days
    return rows


def person(rng, subject):
    """A row of the subjects table."""
    ends = {
        "randomized": (-3, 3, 0.6),
        "treatment_start": (-3, 3, 0.5),
        "new_therapy": (40, 200, 0.25),
        "death": (60, 300, 0.4),
        "last_known_alive": (200, 320, 0.5),
        "data_cutoff": (100, 260, 0.2),
    }
    found = {
        n: date(rng.randint(low, high)) if rng.random() < often else ""
        for n, (low, high, often) in ends.items()
    }
    if rng.random() < 0.1:
        found["death"] = found["death"][:7]  # of which only the month is known
    return {"subject": subject} | found


def study(seed, *, subjects=4, evaluators=2):
    """(lesions, subjects) from a number; rows in no order."""
    rng = random.Random(seed)
    names = [f"S{i}" for i in range(rng.randint(1, subjects))]
    readers = [f"READER {i}" for i in range(rng.randint(1, evaluators))]
    rows = [
        row
        for s in names
        for e in readers
        if rng.random() < 0.95
        for row in rows_of_a_track(rng, s, e)
    ]
    people = [person(rng, s) for s in names if rng.random() < 0.9]
    rng.shuffle(rows)
    return rows, people


def columns(rows):
    """A list of dicts as a dict of lists."""
    return {name: [r[name] for r in rows] for name in rows[0]} if rows else {}
