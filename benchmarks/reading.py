"""Files of lesions to tables: time of the readers, as ratios to what others take for the same file.

One table of ten columns (300,000 rows; a cell of each in ten is quoted in the second CSV) as
- CSV against ``pandas.read_csv(dtype=str)``, with the help of Polars and without;
- Dataset-JSON against ``json.load``;
- XPORT version 5 against ``pyreadstat.read_xport``;
- Parquet against ``polars.read_parquet``;
- Excel (a tenth of the rows) against python-calamine alone.
Every cell is kept as it came; what others give is a frame. The questions are asked in alternation,
so that other work on the machine disturbs all of them alike; the median of the rounds counts. Run
it as ``python benchmarks/reading.py [rows]``.
"""

import csv
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from records import record

from nettumor.crf import plain_text
from nettumor.crf.files import read_file

COLUMNS = (
    "subject", "evaluator", "lesion", "role", "organ", "visit", "date", "size", "state", "method",
)  # fmt: skip


BESIDE = {
    "plain.csv": "`pandas.read_csv(dtype=str)`",
    "quoted.csv": "`pandas.read_csv(dtype=str)`",
    "lesions.json": "`json.load`",
    "lesions.xpt": "`pyreadstat.read_xport`",
    "lesions.parquet": "`polars.read_parquet`",
    "lesions.xlsx": "python-calamine alone",
}
"""What reads the same file, to less."""


def table(count):
    """The columns of so many rows: text, but for visits and sizes."""
    random = np.random.default_rng(20081001)
    row = np.arange(count)
    days = np.datetime64("2024-01-01") + (row // 30 % 700).astype("timedelta64[D]")
    return {
        "subject": [f"S-{s:05d}" for s in row // 30],
        "evaluator": [f"READER {e + 1}" for e in row % 2],
        "lesion": [f"T{i + 1:02d}" for i in row % 5],
        "role": ["TARGET"] * count,
        "organ": ["LIVER, LEFT" if i == 0 else "LIVER" for i in row % 10],
        "visit": (row // 5 % 6 + 1).tolist(),
        "date": days.astype(str).tolist(),
        "size": (random.integers(50, 900, count) / 10).tolist(),
        "state": ["MEASURED"] * count,
        "method": ["CT SCAN"] * count,
    }


def written(folder, columns):
    """The table as a file of each kind."""
    import pandas as pd
    import polars as pl
    import pyreadstat
    import xlsxwriter

    rows = list(zip(*columns.values(), strict=True))
    plain = [tuple("LIVER" if c == "LIVER, LEFT" else c for c in row) for row in rows]
    for name, cells in (("plain.csv", plain), ("quoted.csv", rows)):
        with (folder / name).open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerows([COLUMNS, *cells])
    numbers = ("visit", "size")
    kinds = [{"name": n, "dataType": "float" if n in numbers else "string"} for n in COLUMNS]
    head = {"name": "lesions", "records": len(rows), "columns": kinds}
    (folder / "lesions.json").write_text(json.dumps({**head, "rows": rows}))
    short = pd.DataFrame(columns).rename(columns=lambda name: name[:8].upper())
    pyreadstat.write_xport(
        short, folder / "lesions.xpt", file_format_version=5, table_name="LESIONS"
    )
    pl.DataFrame(columns).write_parquet(folder / "lesions.parquet")
    with xlsxwriter.Workbook(folder / "lesions.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet("lesions")
        for place, cells in enumerate([COLUMNS, *rows[: len(rows) // 10]]):
            sheet.write_row(place, 0, cells)


def with_calamine(path):
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return [book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names]


def without_polars(path):
    """The reader of the standard library, for a file that the quick one would take."""
    least, plain_text.LONG = plain_text.LONG, sys.maxsize
    try:
        return read_file(path)
    finally:
        plain_text.LONG = least


def once(question):
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def main(count, rounds=7):
    import pandas as pd
    import polars as pl
    import pyreadstat

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        written(folder, table(count))

        def load(name):
            with (folder / name).open(encoding="utf-8") as file:
                return json.load(file)

        questions = {
            "plain.csv": (read_file, lambda p: pd.read_csv(p, dtype=str), "at most 2"),
            "quoted.csv": (read_file, lambda p: pd.read_csv(p, dtype=str), "at most 2"),
            "plain.csv without Polars": (without_polars, lambda p: pd.read_csv(p, dtype=str), ""),
            "lesions.json": (read_file, lambda p: load(p.name), "at most 2"),
            "lesions.xpt": (read_file, lambda p: pyreadstat.read_xport(str(p)), ""),
            "lesions.parquet": (read_file, pl.read_parquet, ""),
            "lesions.xlsx": (read_file, with_calamine, ""),
        }
        print(f"{count} rows of {len(COLUMNS)} columns; seconds and ratios, medians of {rounds}")
        for name, (ours, theirs, aim) in questions.items():
            path = folder / name.split(" ")[0]
            taken = np.array(
                [
                    (once(lambda: ours(path)), once(lambda: theirs(path)))  # noqa: B023
                    for _ in range(rounds)
                ]
            )
            mine, other = np.median(taken, axis=0)
            print(f"{name}: {mine:.3f} against {other:.3f} s")
            record(
                f"reading {name}, {count:,} rows",
                BESIDE[name.split(" ")[0]],
                taken[:, 0] / taken[:, 1],
                aim,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
