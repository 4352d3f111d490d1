"""Files that nobody should write, one for each seed: the structure of every kind of file that is
read is known here, and put out of order part by part.

Input: a seed. Output: a folder with a file (or several), and what became of reading it: "read" or
"refused"; anything else is a fault. ``python tests/hostile.py FIRST SECONDS NOTES`` goes from seed to
seed for so many seconds, in a process of its own which may die, and notes the seed it is at.
"""

import contextlib
import copy
import functools
import io
import json
import pathlib
import random
import sys
import tempfile
import time
import warnings
import zipfile

import pandas as pd
import polars as pl
import pyreadstat
import xlsxwriter

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.crf.files import SUFFIXES
from nettumor.crf.limits import Limits
from nettumor.crf.study_file.loading import load_study
from nettumor.errors import InputError, IntakeWarning

LIMITS = Limits(bytes_unpacked=2**24, rows=5_000, columns=300, cells=50_000, letters=20_000)
"""Far below those that hold otherwise, so that what is too large is refused at little cost."""
COLUMNS = ("subject", "lesion", "role", "visit", "date", "size", "organ", "state", "evaluator")
ROWS = [
    ["01", "T1", "TARGET", 1, "2024-01-02", 50.0, "LIVER", "", "READER 1"],
    ["01", "T1", "TARGET", 2, "2024-03-01", 30.0, "LIVER", "", "READER 1"],
    ["01", "N1", "NON-TARGET", 2, "2024-03-01", None, "LYMPH NODE", "PRESENT", "READER 1"],
    ["02", "T1", "TARGET", 1, "2024-01-05", 0.5, "LIVER", "TOO SMALL", "READER 2"],
]
CELLS = (
    "", " ", "0", "-1", "1e308", "-1e308", "1e-320", "nan", "inf", "NE", "<5", "5,5", "1.234,5", "31/02/2024",
    "2024", "2024-13-40", "03/04/2024", "45000", "1=Target", "TARGET", "NEW", "=1+1", '"', "''", "\ufeff", "\x1b[31m",
    "é", "\U0001f600", "A" * 3_000, "-" * 2_000, "9" * 400, "0x10", "１２", "12 mm", "1.2 cm", "true", "None", "T1\nT2",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 7, 255, 256, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1)


@functools.cache
def good(kind):
    """A file in order of each kind, as bytes."""
    frame = pd.DataFrame(ROWS, columns=list(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"lesions{kind}"
        if kind in (".xpt5", ".xpt8"):
            frame = frame.rename(columns={"evaluator": "eval"})  # 8 letters at most
            pyreadstat.write_xport(
                frame, path, file_format_version=int(kind[-1]), table_name="LESIONS"
            )
        elif kind == ".parquet":
            pl.DataFrame(ROWS, schema=list(COLUMNS), orient="row").write_parquet(path)
        else:
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet("lesions")
                for i, row in enumerate([COLUMNS, *ROWS]):
                    sheet.write_row(i, 0, row)
        return path.read_bytes()


def cells(rng):
    """A table in order but for some of its cells."""
    rows = [[("" if c is None else c) for c in row] for row in ROWS * rng.choice((1, 1, 3))]
    for _ in range(rng.randrange(6)):
        rng.choice(rows)[rng.randrange(len(COLUMNS))] = rng.choice(CELLS)
    return rows


def csv(rng):
    """Separators, quotes, line ends, rows that are no rows, encodings."""
    mark, end = rng.choice(",;\t|"), rng.choice(("\n", "\r\n", "\r", "\n\n"))
    names = list(COLUMNS)
    for _ in range(rng.choice((0, 0, 1, 2))):
        names[rng.randrange(len(names))] = rng.choice((*CELLS, "size", "Size (cm)", "DATE"))
    rows = [names, *([str(c) for c in row] for row in cells(rng))]
    quote = rng.choice((1.0, 1.0, 1.0, rng.random()))
    lines = [mark.join(f'"{c}"' if rng.random() < quote else c for c in row) for row in rows]
    odd = (
        "",
        "# a comment",
        "Total" + mark * 3,
        mark * 8,
        "sep=;",
        "a title",
        '"',
        "\x00",
        mark * 500,
        '"' * 999,
    )
    for _ in range(rng.choice((0, 0, 1, 2))):
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(odd))
    text = end.join(lines) + rng.choice(("", end, end * 3))
    coded = text.encode(
        rng.choice((*["utf-8"] * 9, *["utf-8-sig"] * 3, "utf-16", "latin-1")), "replace"
    )
    return ".csv", broken(rng, coded) if rng.random() < 0.2 else coded


def xport(rng):
    """Digits of the headers, lengths and positions of the variables, records left out or twice."""
    kind = rng.choice((".xpt5", ".xpt8"))
    data = bytearray(good(kind))
    records = [data[i : i + 80] for i in range(0, len(data), 80)]
    for _ in range(rng.randint(1, 3)):
        how, at = rng.randrange(5), rng.randrange(len(records))
        if how == 0:
            header = [r for r in records if r.startswith(b"HEADER")]
            if header:
                record, place = rng.choice(header), rng.randrange(48, 79)
                record[place : place + 1] = rng.choice((b"0", b"9", b" ", b"-", b"\x00"))
        elif how == 1:
            records[at : at + 1] = rng.choice(([], [records[at], records[at][:]]))
        elif how == 2:
            place = rng.randrange(79)
            records[at][place : place + 2] = rng.choice(NUMBERS[:8]).to_bytes(
                8, "big", signed=True
            )[-2:]
        elif how == 3:
            records.insert(at, records[rng.randrange(len(records))][:])
        else:
            place = rng.randrange(76)
            records[at][place : place + 4] = rng.choice(NUMBERS).to_bytes(9, "big", signed=True)[
                -4:
            ]
        if not records:
            records = [bytearray(80)]
    whole = b"".join(records)
    return ".xpt", whole[: rng.randrange(len(whole) + 1)] if rng.random() < 0.2 else whole


def tree(rng):
    """A Dataset-JSON in order but for some of its values."""
    kinds = ("string", "integer", "decimal", "datetime", "boolean", "double", "odd")
    columns = [{"itemOID": n, "name": n, "dataType": rng.choice(kinds)} for n in COLUMNS]
    head = {
        "datasetJSONVersion": "1.1.0",
        "name": "lesions",
        "records": len(ROWS),
        "columns": columns,
    }
    whole = {**head, "rows": copy.deepcopy(ROWS)}
    leaves = (None, True, [], {}, [[]], "", "x", 0, -1, 1e400, 10**400, {"name": "a"}, *CELLS)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        node, parent, key = whole, None, None
        for _ in range(rng.randint(1, 4)):
            if not isinstance(node, (dict, list)) or not node:
                break
            keys = list(node) if isinstance(node, dict) else range(len(node))
            parent, key = node, rng.choice(keys)
            node = node[key]
        if parent is None:
            continue
        if rng.random() < 0.3:
            del parent[key]
        else:
            parent[key] = copy.deepcopy(rng.choice(leaves))
    return whole


def dataset_json(rng):
    """One value, or a value a line; keys twice, deep nesting, and what is no JSON."""
    whole = tree(rng)
    if rng.random() < 0.5:
        rows = whole.pop("rows", [])
        rows = rows if isinstance(rows, list) else [rows]
        lines = [json.dumps(v) for v in (whole, *rows)]
        if rng.random() < 0.3:
            lines.insert(
                rng.randrange(len(lines) + 1), rng.choice(("", "{", "[" * 5_000, "NaN", "[]"))
            )
        return rng.choice((".ndjson", ".jsonl")), "\n".join(lines).encode()
    text = json.dumps(whole)
    if rng.random() < 0.2:
        deep = "[" * 3_000 + "]" * 3_000
        odd = (
            ('"rows"', '"rows": 1, "rows"'),
            ("[", deep),
            ("}", ""),
            (":", ": -Infinity,"),
            ("{", "\ufeff{"),
        )
        text = text.replace(*rng.choice(odd), 1)
    return ".json", text.encode("utf-8", "surrogatepass")


_SWAPS = (
    (b't="s"', b't="b"'), (b't="s"', b't="e"'), (b't="s"', b't="str"'), (b"<v>1</v>", b"<v>999999</v>"),
    (b"<v>", b"<f>1+1</f><v>"), (b'r="A2"', b'r="XFD900"'), (b'r="B3"', b'r="B"'), (b'r="C', b'r="'),
    (b'ref="A1:I5"', b'ref="I5:A1"'), (b'ref="A1:I5"', b'ref="A1:ZZ900"'), (b"</row>", b""),
    (b"<v>50</v>", b"<v>1e999</v>"), (b'count="', b'count="9'), (b'Target="', b'Target="../'),
    (b'name="', b'name="\xff'), (b"<si>", b"<si><si>"),
)  # fmt: skip
"""What stands in a part of a workbook, and what is put there instead."""


def xlsx(rng):
    """Places, types and values of cells; parts left out, twice, or of another kind."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good(".xlsx"))) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(parts))
        name, text = parts[at]
        sheet = next((i for i, (n, _) in enumerate(parts) if "sheet1" in n), at)
        if rng.random() < 0.6:
            at, (name, text) = sheet, parts[sheet]
        old, new = rng.choice(_SWAPS)
        new_text = text.replace(old, new, rng.choice((1, -1)))
        parts[at] = (name, broken(rng, text) if rng.random() < 0.15 else new_text)
        if rng.random() < 0.15:
            parts.append(parts.pop(rng.randrange(len(parts)))) if rng.random() < 0.5 else parts.pop(
                at
            )
        if not parts:
            break
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name twice is meant
        with zipfile.ZipFile(
            out, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        ) as book:
            for name, text in parts:
                book.writestr(name, text)
    return ".xlsx", broken(rng, out.getvalue()) if rng.random() < 0.15 else out.getvalue()


def parquet(rng):
    """Bytes of the footer and of the headers of pages, where the structure stands."""
    data = bytearray(good(".parquet"))
    length = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - length
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(start, len(data)) if rng.random() < 0.8 else rng.randrange(len(data))
        data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return ".parquet", bytes(data)


_SETTINGS = {
    "[limits]": "rows = 5000", "[windows]": "interval = 56", "[off]": 'M22 = "not collected"',
    "[severity]": 'M05 = "note"', "[parameters.U01]": "tol_mm = 1.0", "[organs]": '"SEGMENT 4" = "LIVER"',
    "[methods]": 'equivalent = [["CT", "SPIRAL CT"]]', "[pr]": "percent = 30", "[pd]": "percent = 25",
    "[best_response]": "confirmation_days = 28", "[files]": '"notes.csv" = "ignore"', "[dates]": 'all = "DMY"',
    "[columns.lesions]": 'patient = "subject"', "[words.role]": 'T = "TARGET"', "[schedule]": "visits = [0, 56]",
    "[units]": 'lesions.size = "cm"', "[population]": 'where = {arm = "A"}', "[checks]": 'off = ["M22"]',
    "[citation]": 'document = "a protocol"',
}  # fmt: skip
_VALUES = (
    "1", "-1", "1e400", "9" * 400, "nan", "true", '"x"', "'recist-1.1'", "[]", '[["CT"]]', "{a = 1}", "2024-01-01",
    "[" * 400, "'''", '"note"', "[[1], [2, [3]]]", '"vogl-2008"', '"error"', "0.3", "inf", '""',
)  # fmt: skip


def toml(rng):
    """Settings of the checks, of criteria or of a study: wrong names, types, depths and numbers."""
    chosen = rng.sample(sorted(_SETTINGS.items()), rng.randint(0, 4))
    lines = ['base = "recist-1.1"'] if rng.random() < 0.5 else []
    for head, line in chosen:
        key = line.partition(" = ")[0]
        lines += [head, line if rng.random() < 0.6 else f"{key} = {rng.choice(_VALUES)}"]
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        at, odd = (
            rng.randrange(len(lines) + 1),
            ("[a.b.c]", "[[limits]]", "[", "gap = 1", "sites = 'LIVER'", "a.b = 1"),
        )
        lines.insert(at, rng.choice(odd))
    text = "\n".join(lines).encode(rng.choice((*["utf-8"] * 8, "utf-8-sig", "utf-16")))
    return ".toml", broken(rng, text) if rng.random() < 0.1 else text


def broken(rng, data):
    """Bytes changed, cut out or doubled."""
    whole = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at, length = rng.randrange(len(whole) + 1), rng.randint(1, 60)
        how = rng.randrange(3)
        if how == 0:
            whole[at : at + 1] = bytes([rng.randrange(256)])
        elif how == 1:
            del whole[at : at + length]
        else:
            whole[at:at] = whole[at : at + length]
    return bytes(whole)


KINDS = (csv, xport, dataset_json, xlsx, parquet, toml)


def make(seed, folder):
    """Write what a seed says into a folder; the path that is read."""
    rng = random.Random(seed)
    kind = KINDS[seed % (len(KINDS) + 1)] if seed % (len(KINDS) + 1) < len(KINDS) else None
    if kind is not None:
        suffix, data = kind(rng)
        path = folder / f"lesions{suffix}"
        path.write_bytes(data)
        return path
    study = folder / "study"
    study.mkdir()
    names = (
        "lesions",
        "subjects",
        "tu",
        "tr",
        "TR_onco",
        "dm",
        "notes",
        ".hidden",
        "~lock",
        "responses",
        "markers",
    )
    for _ in range(rng.randint(1, 3)):
        suffix, data = rng.choice((csv, csv, *KINDS[:5]))(rng)
        suffix = rng.choice(
            (suffix, suffix, suffix, suffix.upper(), rng.choice(SUFFIXES[:12]), "", ".docx")
        )
        (study / f"{rng.choice(names)}{suffix}").write_bytes(data)
    if rng.random() < 0.2:
        (study / "lesions.d").mkdir()
    if rng.random() < 0.2:
        (study / "subjects.xpt").unlink(missing_ok=True)
        (study / "subjects.xpt").symlink_to(study / "nowhere")
    return study


def outcome(path, *, judged=True):
    """ "read" or "refused"; whatever else comes out is a fault and goes on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", IntakeWarning)
            if path.suffix == ".toml":
                said = 0
                for load in (nt.criteria.load, edit_checks.load_configuration, load_study):
                    with contextlib.suppress(InputError):
                        load(path)
                        said += 1
                return "read" if said else "refused"
            tables = crf.read(path, incomplete="keep", limits=LIMITS)
            for table in tables.values():
                for name in table:
                    assert len(table[name]) == len(table.numbers(name).value) == table.n_rows
                    assert len(table.dates(name).day) == table.n_rows
            if judged:
                edit_checks.run(tables)
                with contextlib.suppress(InputError):
                    nt.assess(path, limits=LIMITS)
    except InputError as refusal:
        message = str(refusal)
        assert message.strip()
        assert len(message) < 2000
        return "refused"
    return "read"


def go_on(first, seconds, notes):
    """From seed to seed for so many seconds; one line a fault, and at the end the counts."""
    start, counts = time.monotonic(), {"read": 0, "refused": 0, "fault": 0}
    seed = first
    while time.monotonic() - start < seconds:
        notes.write_text(str(seed))
        with tempfile.TemporaryDirectory() as folder:
            began = time.process_time()
            try:
                found = outcome(make(seed, pathlib.Path(folder)), judged=seed % 3 == 0)
                if time.process_time() - began > 20:
                    raise TimeoutError("more than 20 seconds")
            except Exception as error:
                found = "fault"
                print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
            counts[found] += 1
        seed += 1
    print(json.dumps({"next": seed, **counts}), flush=True)


if __name__ == "__main__":
    go_on(int(sys.argv[1]), float(sys.argv[2]), pathlib.Path(sys.argv[3]))
