"""One study in many ways: each kind of what gets lost at the door, in each place where it can be.

`STUDY` is what is meant. A `Way` writes it as some export would, and says what must come of it: the
same answer, an error, or a line of the intake that names the place. `ways` makes them all, kind by
kind; a new kind is a new generator here, and nothing else.
"""

import datetime

import attrs
import pandas as pd

from nettumor.crf.column_names import spellings
from nettumor.crf.layouts import LAYOUTS

START = datetime.date(2024, 1, 15)
SIZES = {  # mm at days 0, 58, 117, 176: each patient another course
    "P-01": (50, 33, 30, 28),
    "P-02": (40, 40, 52, 60),
    "P-03": (30, 0, 0, 0),
    "P-04": (60, 55, 50, 49),
    "P-05": (25, 16, 15, 40),
    "P-11": (80, 70, 65, 60),
}
DAYS = (0, 58, 117, 176)


def day(number):
    """A day of the study as a date in ISO 8601."""
    return (START + datetime.timedelta(number)).isoformat()


def study():
    """The tables as they are meant, a list of text for each column."""
    lesions = {c: [] for c in ("subject", "lesion", "role", "visit", "date", "evaluator", "organ")}
    lesions |= {"size": [], "state": []}
    for subject, sizes in SIZES.items():
        for number, (size, when) in enumerate(zip(sizes, DAYS, strict=True)):
            row = (subject, "T01", "TARGET", str(number), day(when), "READER 1", "LIVER")
            for column, cell in zip(lesions, (*row, str(size), ""), strict=True):
                lesions[column].append(cell)
            if subject in ("P-01", "P-04"):
                state = "UNEQUIVOCAL PROGRESSION" if (subject, number) == ("P-04", 3) else "PRESENT"
                row = (subject, "NT01", "NON-TARGET", str(number), day(when), "READER 1", "LUNG")
                for column, cell in zip(lesions, (*row, "", state), strict=True):
                    lesions[column].append(cell)
    subjects = {
        "subject": [*SIZES],
        "treatment_start": [day(i % 2) for i in range(len(SIZES))],
        "death": [day(300) if s in ("P-02", "P-05") else "" for s in SIZES],
        "last_known_alive": [day(290 + i) for i in range(len(SIZES))],
        "new_therapy": ["" if s != "P-03" else day(150) for s in SIZES],
        "arm": ["A", "B"] * 3,
        "age": [str(50 + i) for i in range(len(SIZES))],
        "sex": ["F", "M"] * 3,
    }
    return {"subjects": subjects, "lesions": lesions}


@attrs.frozen
class Way:
    """A way to write the study.

    name : what is tried; tables : the tables, or None where ``files`` says all; must : "same", "error"
    or "line"; place : what a line of the intake or an error must name; files : further files of a
    folder, name to text
    """

    name: str
    tables: dict
    must: str
    place: str = ""
    files: dict = attrs.field(factory=dict)


def changed(table, column, cell):
    """The study with each cell of a column that is not blank put through a function."""
    tables = study()
    tables[table][column] = [cell(c) if c else c for c in tables[table][column]]
    return tables


def renamed(table, column, name):
    """The study with another name of a column."""
    tables = study()
    tables[table] = {name if n == column else n: c for n, c in tables[table].items()}
    return tables


DATED = (
    ("lesions", "date"),
    ("subjects", "treatment_start"),
    ("subjects", "death"),
    ("subjects", "last_known_alive"),
    ("subjects", "new_therapy"),
)


def written(pattern):
    """A function that writes an ISO date by a pattern of strftime."""
    return lambda c: datetime.date.fromisoformat(c).strftime(pattern)


def serial(origin):
    """A function that writes an ISO date as days from an origin."""
    return lambda c: str((datetime.date.fromisoformat(c) - origin).days)


def dates():
    """Dates in every form, in every column of dates."""
    certain = ["%d%b%Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d",
               "%d%b%Y:00:00:00", "%Y-%m-%dT08:30"]  # fmt: skip
    for table, column in DATED:
        for pattern in certain:
            name = f"{table}.{column} as {pattern}"
            yield Way(name, changed(table, column, written(pattern)), "same")
            upper = changed(table, column, lambda c, p=pattern: written(p)(c).upper())
            yield Way(f"{name} in upper case", upper, "same")
        for pattern in ("%d%b%y", "%d/%m/%y"):
            name = f"{table}.{column} as {pattern}"
            yield Way(name, changed(table, column, written(pattern)), "error", column)
        for origin in (datetime.date(1899, 12, 30), datetime.date(1960, 1, 1)):
            name = f"{table}.{column} as days from {origin}"
            yield Way(name, changed(table, column, serial(origin)), "error", column)
        name = f"{table}.{column} as words"
        yield Way(name, changed(table, column, lambda c: "soon"), "error", column)
        for broken in ("2024-13-40", "yesterday"):
            tables = study()
            cells = tables[table][column]
            place = max(i for i, c in enumerate(cells) if c)
            if sum(map(bool, cells)) > 1:
                tables[table][column] = [broken if i == place else c for i, c in enumerate(cells)]
                yield Way(f"{table}.{column} with {broken}", tables, "line", column)
    for pattern in ("%d/%m/%Y", "%m/%d/%Y"):  # 15 and more decide for the whole column
        yield Way(
            f"lesions.date as {pattern}", changed("lesions", "date", written(pattern)), "same"
        )
        tables = changed("lesions", "date", written(pattern))
        tables["subjects"]["treatment_start"] = [
            written(pattern)(c) for c in tables["subjects"]["treatment_start"]
        ]
        yield Way(f"two columns as {pattern}", tables, "same")


MISSING = ("NA", "N/A", ".", "NULL", "NaN", "nan", "None", "#N/A", "<NA>", " ")


def missing():
    """A missing cell written as a word, in every column that has blank cells."""
    for table, columns in study().items():
        for column, cells in columns.items():
            if "" not in cells:
                continue
            for word in MISSING:
                tables = study()
                tables[table][column] = [c or word for c in cells]
                yield Way(f"{table}.{column} with {word!r} for nothing", tables, "same")


def columns():
    """Every column under every relative of its name, and under names that nobody knows."""
    for table, held in study().items():
        required = LAYOUTS[table].required()
        for column in held:
            for number, name in enumerate(spellings(table, column)):
                # every relative once: as it is met, in capitals, in words, in lower case, by turns
                spelled = (name, name.upper(), name.replace("_", " ").title(), name.lower())[
                    number % 4
                ]
                tables = renamed(table, column, spelled)
                yield Way(f"{table}.{column} called {spelled}", tables, "same")
            needed = (*required, "size", *(("date",) if table == "lesions" else ()))
            must = "error" if column in needed else "line"
            tables = renamed(table, column, f"zz9 {column} zz9")
            yield Way(f"{table}.{column} under an unknown name", tables, must, column)
    for spelled in ("Size (mm)", "size_mm", "SizeMM", "Size [mm]", "diameter_mm", "LD (mm)"):
        yield Way(f"lesions.size called {spelled}", renamed("lesions", "size", spelled), "same")
    for spelled in ("Size (cm)", "size_cm", "diam_cm"):
        tables = changed("lesions", "size", lambda c: f"{int(c) / 10}")
        tables["lesions"] = {spelled if n == "size" else n: c for n, c in tables["lesions"].items()}
        yield Way(f"lesions.size called {spelled}", tables, "same")
    yield Way("size in inches", renamed("lesions", "size", "size (inch)"), "error", "size")


def words():
    """Roles, states and sizes as people write them, and words that nobody knows."""
    for word in ("Target", "target lesion", "Target Lesions", "TL", "T"):
        tables = changed("lesions", "role", lambda c, w=word: w if c == "TARGET" else c)
        yield Way(f"targets as {word}", tables, "same")
    for word in ("Non-target", "Non-Target Lesions", "NTL", "NT", "non target"):
        tables = changed("lesions", "role", lambda c, w=word: w if c == "NON-TARGET" else c)
        yield Way(f"non-targets as {word}", tables, "same")
    for column, good in (("role", "NON-TARGET"), ("state", "PRESENT"), ("size", "33")):
        for word in ("quux", "~5", "see above"):
            tables = changed("lesions", column, lambda c, w=word, g=good: w if c == g else c)
            yield Way(f"lesions.{column} with {word}", tables, "line", column)
    yield Way("sizes with mm", changed("lesions", "size", lambda c: f"{c} mm"), "same")
    yield Way("sizes in cm", changed("lesions", "size", lambda c: f"{int(c) / 10} cm"), "same")
    yield Way("about", changed("lesions", "size", lambda c: f"~{c}"), "error", "size")
    for name, cell in {
        "more than": lambda c: f">{c}" if c == "33" else c,
        "at least": lambda c: f"\u2265 {c} mm" if c == "33" else c,
        "below 0": lambda c: f"-{c}" if c == "33" else c,
        "cm for mm": lambda c: f"{int(c) / 10}",
    }.items():
        yield Way(f"sizes, {name}", changed("lesions", "size", cell), "line", "lesions.size")
    yield Way("no role known", changed("lesions", "role", lambda c: "quux"), "error", "role")
    yield Way("no role", changed("lesions", "role", lambda c: ""), "error", "role")


def shapes():
    """Tables without rows, without sizes, rows without a subject, two names for one patient."""
    for table in ("lesions", "subjects"):
        tables = study()
        tables[table] = {n: [] for n in tables[table]}
        must = "error" if table == "lesions" else "line"
        yield Way(f"{table} without rows", tables, must, table)
    tables = study()
    del tables["lesions"]["size"], tables["lesions"]["state"]
    yield Way("no sizes", tables, "error", "size")
    tables = study()
    tables["lesions"]["subject"][-1] = ""
    yield Way("a row without a subject", tables, "line", "lesions")
    tables = changed("subjects", "subject", lambda c: c.replace("P-0", "P-"))
    yield Way("identifiers without zeros", tables, "line", "subject")
    tables = changed("subjects", "subject", str.lower)
    yield Way("identifiers in lower case", tables, "line", "subject")
    for table in study():
        tables = study()
        tables[table]["comment"] = ["x"] * len(tables[table]["subject"])
        yield Way(f"{table} with a column of comments", tables, "line", "comment")


def study_days():
    """Study days in place of dates: no day 0, counted from the start of treatment."""
    tables = study()
    start = dict(
        zip(tables["subjects"]["subject"], tables["subjects"]["treatment_start"], strict=True)
    )
    tables["lesions"]["study_day"] = []
    for who, when in zip(tables["lesions"]["subject"], tables["lesions"]["date"], strict=True):
        since = (datetime.date.fromisoformat(when) - datetime.date.fromisoformat(start[who])).days
        tables["lesions"]["study_day"].append(str(since + (since >= 0)))
    del tables["lesions"]["date"]
    yield Way("study days", tables, "same")
    shifted = {t: dict(c) for t, c in tables.items()}
    shifted["lesions"] = {
        "TRDY" if n == "study_day" else n: c for n, c in tables["lesions"].items()
    }
    yield Way("study days as TRDY", shifted, "same")
    lost = {t: dict(c) for t, c in tables.items()}
    lost["subjects"]["randomized"] = lost["subjects"].pop("treatment_start")
    yield Way("study days from a day that is not known", lost, "error", "study_day")


def files():
    """Files and folders that nobody reads, beside the study."""
    for name in ("subject.rds", "patients.sav", "rave.xml", "readme.pdf", "patients.csv",
                 "subject.csv", "more/lesions.csv"):  # fmt: skip
        place = name.split("/")[0]
        yield Way(f"{name} beside the study", study(), "line", place, {name: "a,b\n1,2\n"})
    broken = {"lesions.rda": "a,b\n1,2\n"}  # named as a table: not left aside
    yield Way("lesions.rda beside the study", study(), "error", "lesions.rda", broken)


def ways():
    """Every kind in every place."""
    for kind in (dates, missing, columns, words, shapes, study_days, files):
        yield from kind()


def as_frames(tables):
    """The study as pandas frames."""
    return {n: pd.DataFrame(c, dtype=str) for n, c in tables.items()}


def as_folder(way, folder):
    """The study as a folder of CSV files."""
    for name, columns_ in way.tables.items():
        pd.DataFrame(columns_, dtype=str).to_csv(folder / f"{name}.csv", index=False)
    for name, text in way.files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder
