"""Growth and shapes: what `assess` and the edit checks take for tables of equal rows and unequal courses.

Tables of one row count in several shapes: subjects alike; one subject of a third of the rows as
visits, or as lesions, among subjects of two visits; one of each; subjects of 1 to 256 visits and 1
to 256 lesions; as many subjects as rows, as many visits of one subject, as many lesions of its one
visit; each lesion at a visit of its own, of one subject or 30 of each. Each is measured in a
process of its own (CPU time of the process, and the memory it came to need), twice, the smaller
counts; the ratios are to the even table. To write what they find takes the checks as long as to look
for it: how many findings there are is said, too, and what each takes. Then the even and the first
uneven shape at 2, 4 and 8 times the rows: the ratio to so many times the time says whether cost
grows with the rows. Run it as ``python benchmarks/shapes.py [rows]``.
"""

import resource
import subprocess
import sys
import time
import warnings

import numpy as np

SHAPES = (
    "even",
    "one of many visits",
    "one of many lesions",
    "one of each",
    "mixture",
    "subjects",
    "visits",
    "lesions",
    "stair",
    "stairs of 30",
)


def of_shape(name, n):
    """About ``n`` rows of a shape, as columns."""
    third = n // 3
    ones, many = np.zeros(n, np.int64), np.arange(n)
    two = np.repeat(np.arange(1, third + 1), 2), np.tile([0, 1], third)
    subject, lesion, visit = {
        "even": (many // 3, ones, many % 3),
        "one of many visits": (
            np.append(two[0], ones[:third]),
            np.zeros(3 * third, np.int64),
            np.append(two[1], many[:third]),
        ),
        "one of many lesions": (
            np.append(two[0], ones[:third]),
            np.append(0 * two[0], many[:third]),
            np.append(two[1], ones[:third]),
        ),
        "one of each": (
            np.concatenate([many[2 : third + 2], ones[:third], ones[:third] + 1]),
            np.concatenate([ones[:third], ones[:third], many[:third]]),
            np.concatenate([ones[:third], many[:third], ones[:third]]),
        ),
        "mixture": mixture(n),
        "subjects": (many, ones, ones),
        "visits": (ones, ones, many),
        "lesions": (ones, many, ones),
        "stair": (ones, many, many),
        "stairs of 30": (many // 30, many % 30, many % 30),
    }[name]
    return {
        "subject": subject.astype(str),
        "lesion": np.char.add("T", lesion.astype(str)),
        "role": np.where(lesion < 5, "TARGET", "NON-TARGET"),
        "state": np.where(lesion < 5, "", "PRESENT"),
        "visit": visit.astype(str),
        "day": visit * 7,
        "organ": np.full(len(subject), "LIVER"),
        "size": np.where(lesion < 5, 20.0 + (subject + visit) % 7, np.nan),
    }


def mixture(n):
    """Subject, lesion and visit of ``n`` rows: numbers of visits and lesions that are powers of two
    from 1 to 256, few and many beside each other.
    """
    order = np.random.default_rng(9).integers(0, 9, size=(n, 2))
    visits, lesions = 2**order.T
    last = int(np.searchsorted(np.cumsum(visits * lesions), n)) + 1
    size = (visits * lesions)[:last]
    subject = np.repeat(np.arange(last), size)[:n]
    place = np.arange(n) - (np.cumsum(size) - size)[subject]
    return subject, place % lesions[subject], place // lesions[subject]


def one(what, name, n):
    """CPU seconds, MiB and findings (of `assess` timepoints) of one call, printed."""
    import nettumor as nt
    from nettumor import edit_checks

    warnings.simplefilter("ignore")
    nt.assess({"lesions": of_shape("even", 90)})
    edit_checks.run({"lesions": of_shape("even", 90)})
    lesions = of_shape(name, n)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    tables = nt.crf.read({"lesions": lesions})
    if what == "assess":
        done = nt.assess(tables)
        for column in done.timepoints:
            assert len(done.timepoints[column]) == done.timepoints.n_rows
        found = done.timepoints
    else:
        found = edit_checks.run(tables)
    took = time.process_time() - start[1]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start[0]) / 1024
    print(took, grown, found.n_rows)


def measured(what, name, n):
    """The smaller of two calls."""
    runs = []
    for _ in range(2):
        command = [sys.executable, __file__, "--one", what, name, str(n)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append([float(v) for v in done.stdout.split()])
    return tuple(min(column) for column in zip(*runs, strict=True))


def main(n):
    for what in ("assess", "check"):
        even = measured(what, "even", n)
        for name in SHAPES:
            time_, memory, count = even if name == "even" else measured(what, name, n)
            said = (
                f"{what}, {n} rows, {name}: {time_:.2f} s, {memory:.0f} MiB; to the even table "
                f"{time_ / even[0]:.1f} times the time, {memory / max(even[1], 1):.1f} times the memory"
            )
            if what == "check":
                each = (
                    f"{time_ / max(count, 1) * 1e6:.1f} us, {memory / max(count, 1) * 1024:.2f} KiB"
                )
                said += f"; {count:.0f} findings, each {each}"
            print(said)
        for name in SHAPES[:2]:
            base = measured(what, name, n)[0]
            for times in (2, 4, 8):
                ratio = measured(what, name, n * times)[0] / base / times
                print(
                    f"{what}, {name}, {times} times the rows: {ratio:.2f} of {times} times the time"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 9_000)
