"""Bytes of any kind: a reader gives a table or an `InputError`, and never anything else.

`hostile` puts the structure of every kind of file out of order: some hundred files here, and with
``HYPOTHESIS_PROFILE=deep`` so many minutes of them as NETTUMOR_FUZZ_MINUTES says (60), in a process
that may die. What was found stands below, in words.
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import time
import zipfile
import zlib

import pandas as pd
import polars as pl
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hostile
from nettumor import crf
from nettumor.crf.files import SUFFIXES, read_file
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Damaged files: what the intake says of them is tested in test_door.py."""

FRAME = pd.DataFrame(
    {
        "USUBJID": ["01", "01", "02"],
        "TRLNKID": ["T1", "T2", "T1"],
        "TRTESTCD": ["LDIAM"] * 3,
        "TRGRPID": ["TARGET"] * 3,
        "TRSTRESN": [10.0, 0.0, 3.5],
        "VISITNUM": [1.0, 1.0, 1.0],
        "TRDTC": ["2024-03-01", "2024-03", ""],
    }
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """One good file of each kind, as bytes."""
    folder = tmp_path_factory.mktemp("good")
    FRAME.to_csv(folder / "tr.csv", index=False)
    pyreadstat.write_xport(FRAME, folder / "tr.xpt", file_format_version=5, table_name="TR")
    pyreadstat.write_xport(FRAME, folder / "tr8.xpt", file_format_version=8, table_name="TR")
    pl.DataFrame({c: FRAME[c].tolist() for c in FRAME}).write_parquet(folder / "tr.parquet")
    head = {"name": "TR", "columns": [{"name": c, "dataType": "string"} for c in FRAME]}
    rows = FRAME.to_numpy(dtype=object).tolist()
    (folder / "tr.json").write_text(json.dumps({**head, "rows": rows}))
    (folder / "tr.ndjson").write_text("\n".join(json.dumps(v) for v in (head, *rows)))
    with zipfile.ZipFile(folder / "tr.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    with zipfile.ZipFile(folder / "tr.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "tr.csv", "tr.csv")
        archive.write(folder / "tr.json", "other/tu.json")
    (folder / "tr.csv.gz").write_bytes(gzip.compress((folder / "tr.csv").read_bytes()))
    (folder / "tr.dsjc").write_bytes(zlib.compress((folder / "tr.ndjson").read_bytes()))
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def is_answered(path):
    """Reading gives tables whose cells can be read, or an `InputError` with a message of
    one line.
    """
    try:
        found = read_file(path)
        tables = crf.read({"tr": path}, incomplete="keep")
    except InputError as refusal:
        message = str(refusal)
    else:
        message = "read"
        for table in found:
            for name in table:
                assert (
                    len(table[name])
                    == len(table.numbers(name).value)
                    == len(table.dates(name).day)
                    == table.n_rows
                )
        if "lesions" in tables:
            tables["lesions"].lesions.measure("size")
    assert message.strip()
    assert len(message) < 2000


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=st.binary(max_size=400))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=15,
)
def test_random_bytes(tmp_path, suffix, data):
    """Bytes of no meaning, under every suffix."""
    path = tmp_path / f"tr{suffix}"
    path.write_bytes(data)
    is_answered(path)


NAMES = (
    "tr.csv", "tr.xpt", "tr8.xpt", "tr.parquet", "tr.json", "tr.ndjson", "tr.xlsx", "tr.zip",
    "tr.csv.gz", "tr.dsjc",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=30,
)
def test_good_files_with_bytes_changed_cut_and_doubled(tmp_path, good, name, data):
    """A good file of which bytes were changed, or a piece cut out, or doubled."""
    whole = bytearray(good[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(whole) - 1, 0)))
        how = data.draw(st.sampled_from(["change", "cut", "double", "end"]))
        length = data.draw(st.integers(1, 200))
        if how == "change":
            whole[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
        elif how == "cut":
            del whole[at : at + length]
        elif how == "double":
            whole[at:at] = whole[at : at + length]
        else:
            del whole[at:]
    path = tmp_path / name
    path.write_bytes(bytes(whole))
    is_answered(path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".csv", ".xpt", ".json", ".parquet", ".xlsx", ".sas7bdat"])
def test_files_under_another_suffix(tmp_path, good, name, suffix):
    """A good file that is called another kind is refused or read as what it is, without a
    traceback.
    """
    path = tmp_path / f"tr{suffix}"
    path.write_bytes(good[name])
    is_answered(path)


def json_values():
    """Any JSON value, with the words of Dataset-JSON among the keys."""
    keys = st.sampled_from(["columns", "rows", "name", "dataType", "a", "subject"]) | st.text(
        max_size=3
    )
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    return st.recursive(
        leaves,
        lambda v: st.lists(v, max_size=4) | st.dictionaries(keys, v, max_size=4),
        max_leaves=12,
    )


@given(value=json_values())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json(tmp_path, value):
    """Any JSON value is a table or refused."""
    path = tmp_path / "tr.json"
    path.write_text(json.dumps(value))
    is_answered(path)


COLUMNS = [
    "USUBJID",
    "TRLNKID",
    "TRTESTCD",
    "TRSTRESN",
    "TRORRES",
    "TRORRESU",
    "TRSTAT",
    "TRDTC",
    "VISITNUM",
    "TREVAL",
    "TULNKID",
    "TUSTRESC",
    "RSTESTCD",
    "RSSTRESC",
    "RSDTC",
    "LBTEST",
    "LBSTRESC",
    "LBDTC",
    "QNAM",
    "QVAL",
    "IDVAR",
    "IDVARVAL",
]
CELLS = [
    "",
    "1",
    "1.1",
    "LDIAM",
    "TUMSTATE",
    "SUMDIAM",
    "OVRLRESP",
    "TRGRESP",
    "PR",
    "2024-03-01",
    "2024-03",
    "cm",
    "T1",
    "NE",
    "NOT DONE",
    "TRLOC",
    "TRSEQ",
    "PSA",
    "<5",
    "\x1f",
    "é",
]


@given(
    st.dictionaries(
        st.sampled_from(["TU", "TR", "RS", "DM", "DS", "LB", "SUPPTR", "SUPPDM"]),
        st.tuples(st.lists(st.sampled_from(COLUMNS), max_size=9, unique=True), st.integers(0, 5)),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_any_domains(shapes, random):
    """Domains with any of the variables and any cells are mapped or refused by name."""
    source = {
        d: {c: [random.choice(CELLS) for _ in range(n)] for c in names}
        for d, (names, n) in shapes.items()
    }
    try:
        tables = crf.read(source, incomplete="keep")
    except InputError:
        return
    for table in tables.values():
        assert all(len(table[c]) == table.n_rows for c in table)
        assert len(table.origin) == table.n_rows
        table.track()
        table.when()
        for column in table:
            assert len(table.rows_of(column)) == table.n_rows
    if "lesions" in tables:
        tables["lesions"].lesions.measure("size")


def test_hostile_files(tmp_path, capfd):
    """Each kind of file, its structure out of order part by part; a third of them are judged too.
    Nothing reaches the screen, also from readers in other languages.
    """
    counts = {"read": 0, "refused": 0}
    for seed in range(140):
        folder = tmp_path / str(seed)
        folder.mkdir()
        counts[hostile.outcome(hostile.make(seed, folder), judged=seed % 3 == 0)] += 1
    assert min(counts.values()) > 20, counts
    assert capfd.readouterr() == ("", "")


@pytest.mark.deep
def test_hostile_files_for_an_hour(tmp_path):
    """In a process of its own, which is started again after a file that ends it; no fault."""
    left = 60 * float(os.environ.get("NETTUMOR_FUZZ_MINUTES", "60"))
    end = time.monotonic() + left
    program = pathlib.Path(hostile.__file__)
    seed, faults, total = 10_000, [], {"read": 0, "refused": 0}
    while left > 0:
        notes = tmp_path / "seed"
        run = subprocess.run(
            [sys.executable, program, str(seed), str(min(left, 300)), notes],
            capture_output=True,
            text=True,
            check=False,
        )
        left = end - time.monotonic()
        *said, last = run.stdout.splitlines() or [""]
        faults += said
        if run.stderr:
            faults.append(f"on the screen: {run.stderr[-300:]}")
        if run.returncode:
            faults.append(f"{last} seed {notes.read_text()}: the process ended ({run.returncode})")
            seed = int(notes.read_text()) + 1
            continue
        found = json.loads(last)
        seed = found["next"]
        total = {name: total[name] + found[name] for name in total}
    print(total)
    assert not faults, faults[:20]


def test_a_message_names_no_more_than_fits_a_line():
    """A column of three thousand letters, and a thousand columns: found by `hostile`."""
    for names in (["A" * 3_000], [f"c{i}" for i in range(1_000)]):
        with pytest.raises(InputError, match="`lesions` lacks the columns") as refusal:
            crf.read({"lesions": {name: ["1"] for name in names}})
        assert len(str(refusal.value)) < 700
