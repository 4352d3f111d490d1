"""Queries from run to run: keys that stay, what is new, open, changed and gone, answers that survive."""

import json
import warnings

import numpy as np
import pytest

import nettumor as nt
from nettumor import edit_checks
from nettumor.__main__ import main
from nettumor.errors import InputError, UnknownColumnError
from nettumor.tables import Table, since_last

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")

LESIONS = {
    "subject": ["01", "01", "02", "03"],
    "lesion": ["T01", "T01", "T01", "T01"],
    "role": ["TARGET"] * 4,
    "visit": ["0", "1", "0", "0"],
    "size": ["-30", "20", "-12", "9"],
    "site": ["A", "A", "B", "B"],
    "page": ["=7", "8", "9", "10"],
}
CHECKS = ["S02", "M04"]


def run(**changes):
    """The checks over `LESIONS`, changed; its own columns are told in the intake."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nt.IntakeWarning)
        return _run(changes)


def _run(changes):
    return edit_checks.run({"lesions": {**LESIONS, **changes}}, checks=CHECKS)


BEFORE = run()
AFTER = run(size=["-31", "20", "12", "9"], visit=["0", "1", "0", ""])


def test_keys_stay_when_rows_move():
    """The key of a query does not depend on the place of its row, and is given once."""
    order = [3, 2, 1, 0]
    moved = run(**{n: [c[i] for i in order] for n, c in LESIONS.items()})
    assert sorted(BEFORE["key"]) == sorted(moved["key"])
    assert BEFORE["key"].tolist() == ["M04/01//0/T01/size/1", "M04/02//0/T01/size/1"]
    twice = run(subject=["a/b"] * 4, visit=["0"] * 4, size=["-1"] * 4)
    keys = [k for k in twice["key"].tolist() if k.startswith("M04")]
    assert keys == [f"M04/a%2Fb//0/T01/size/{n}" for n in (1, 2, 3, 4)]


def test_keys_of_samples_and_tables():
    """A sample is known by its marker, a finding on a table by the table, and has no row."""
    markers = {
        "subject": ["01"] * 2,
        "date": ["2024-01-05"] * 2,
        "marker": ["CgA", "NSE"],
        "value": ["-1", "-2"],
        "unit": ["ng/mL"] * 2,
    }
    lesions = {n: c for n, c in LESIONS.items() if n != "role"}
    found = edit_checks.run({"lesions": lesions, "markers": markers}, checks=["S01", "K01"])
    assert found["key"].tolist() == [
        "S01////lesions/role/1",
        "K01/01//2024-01-05/CgA/value/1",
        "K01/01//2024-01-05/NSE/value/1",
    ]
    assert found["row"].tolist() == [None, 0, 1]
    assert "-1" not in found.to_csv().splitlines()[1].split(",")


@pytest.mark.parametrize("suffix", ["", ".csv", ".json", ".xlsx"])
def test_compare(tmp_path, suffix):
    """New, changed and gone, from the findings themselves and from each file they are written to."""
    previous = BEFORE
    if suffix:
        previous = tmp_path / f"before{suffix}"
        getattr(BEFORE, f"to_{suffix[1:]}")(previous)
    table = AFTER.compare(previous)
    got = dict(zip(table["key"].tolist(), table["since"].tolist(), strict=True))
    assert got == {
        "S02/03///T01/visit/1": "new",
        "M04/01//0/T01/size/1": "changed",
        "M04/02//0/T01/size/1": "gone",
    }
    assert set(BEFORE.compare(previous)["since"]) == {"open"}
    only = edit_checks.run({"lesions": LESIONS}, checks=["S02"]).compare(previous)
    assert set(only["since"]) == {"not checked"}  # M04 did not look: its queries are not gone


def test_own_columns_and_sites_ride_along():
    """The user's own columns, the site and the form stand beside each query, in every form."""
    assert BEFORE["site"].tolist() == ["A", "B"]
    assert BEFORE["page"].tolist() == ["=7", "9"]
    assert "'=7" in BEFORE.to_csv()
    subjects = {"subject": ["01", "02", "03"], "site": ["X", "Y", "Z"]}
    lesions = {n: c for n, c in LESIONS.items() if n != "site"} | {"form": ["RECIST 2"] * 4}
    found = edit_checks.run({"lesions": lesions, "subjects": subjects}, checks=CHECKS)
    assert found["site"].tolist() == ["X", "Y"]
    assert found["form"].tolist() == ["RECIST 2"] * 2


def test_answers_survive_the_next_run(tmp_path):
    """What people write in status, comment and columns of their own is in the next workbook."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    path = tmp_path / "queries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Queries")
        rows = [
            [*BEFORE, "status", "comment", "who"],
            *(
                [*map(str, r.values()), "answered", f"seen {i}", "NN"]
                for i, r in enumerate(BEFORE.rows())
            ),
        ]
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    for more in ({}, {"since": path}, {"answers": path}):
        target = path if not more else tmp_path / "next.xlsx"
        before = path.read_bytes()
        AFTER.to_xlsx(target, **more)
        head, *cells = (
            calamine.CalamineWorkbook.from_path(target).get_sheet_by_name("Queries").to_python()
        )
        got = {
            r[head.index("key")]: [r[head.index(n)] for n in ("status", "comment", "who")]
            for r in cells
        }
        assert got["M04/01//0/T01/size/1"] == ["answered", "seen 0", "NN"]
        assert got["S02/03///T01/visit/1"] == ["", "", ""]
        path.write_bytes(before)


def test_answers_to_checks_that_did_not_run_are_not_written_over(tmp_path):
    """What was answered stands where its check did not run again: the file is refused, and untouched;
    compared with it, the queries stay as not checked.
    """
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    path = tmp_path / "queries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Queries")
        sheet.write_row(0, 0, [*BEFORE, "status", "comment"])
        for i, row in enumerate(BEFORE.rows(), 1):
            sheet.write_row(i, 0, [*map(str, row.values()), "", "asked the site"])
    before = path.read_bytes()
    tables = {"lesions": {n: c for n, c in LESIONS.items() if n != "site"}}
    found = edit_checks.run(tables, checks=["S02"])
    said = r"`path` holds answers to queries of checks that did not run \(2, the first of M04\)"
    with pytest.raises(nt.InputError, match=said):
        found.to_xlsx(path)
    assert path.read_bytes() == before
    found.to_xlsx(path, since=path)
    since = found.compare(path)
    assert dict(zip(since["check"], since["since"], strict=True))["M04"] == "not checked"
    assert set(since["comment"][since["check"] == "M04"]) == {"asked the site"}


def test_a_query_that_is_back_has_its_answer(tmp_path):
    """What was gone in the run before is new again, with what was written beside it; what stays gone
    is told once.
    """
    table = AFTER.compare(BEFORE)
    answers = {"status": "answered", "comment": "seen"}
    was = Table({**table, **{n: np.full(table.n_rows, w, object) for n, w in answers.items()}})
    back = {r["key"]: r for r in BEFORE.compare(was).rows()}
    assert {k: (r["since"], r["comment"]) for k, r in back.items()} == {
        "M04/01//0/T01/size/1": ("changed", "seen"),
        "M04/02//0/T01/size/1": ("new", "seen"),
        "S02/03///T01/visit/1": ("gone", "seen"),
    }
    still = {r["key"]: r["since"] for r in AFTER.compare(was).rows()}
    assert still == {"M04/01//0/T01/size/1": "open", "S02/03///T01/visit/1": "open"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "", "`since` must end in .csv, .json, .xlsx; got 'a.txt'"),
        ("a.csv", "x,y\n1,2\n", "must hold the findings of an earlier run with their key"),
        ("a.csv", "", "must hold findings; got 'a.csv', which does not"),
        ("a.json", "{]", "must hold findings"),
        ("a.json", "[3]", "must hold findings"),
        ("a.xlsx", "none", "must hold findings"),
    ],
)
def test_what_is_no_earlier_run(tmp_path, name, text, message):
    """A file that holds no findings is refused in words."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        BEFORE.compare(tmp_path / name)


def test_an_earlier_run_that_is_not_there(tmp_path, monkeypatch):
    """A file that is not there, and a workbook without the package that reads it, are refused."""
    with pytest.raises(InputError, match=r"`since` cannot be read: .*No such file"):
        BEFORE.compare(tmp_path / "none.csv")
    (tmp_path / "a.xlsx").write_bytes(b"x")
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(nt.errors.MissingExtraError, match="needs python-calamine"):
        BEFORE.compare(tmp_path / "a.xlsx")


def test_any_tables_since_the_last_cut():
    """`since_last` compares any two tables by a key; columns only the earlier has are carried."""
    before = Table({"id": ["a", "b", "b"], "x": [1.0, 2.0, 3.0], "note": ["p", "q", "r"]})
    now = Table({"id": ["b", "c", "a"], "x": [2.0, 5.0, np.nan]})
    table = since_last(before, now, key="id")
    assert table["since"].tolist() == ["open", "new", "changed"]
    assert table["note"].tolist() == ["q", "", "p"]
    assert since_last(now, before, key="id")["since"].tolist() == [
        "changed",
        "open",
        "changed",
        "gone",
    ]
    with pytest.raises(UnknownColumnError, match="no column 'key'"):
        since_last(before, now)


def test_the_matrix_has_every_patient():
    """Patients by groups: those without queries too, NaN where no check of the group looked."""
    found = edit_checks.run({"lesions": LESIONS}, checks=[*CHECKS, "D01", "K01"])
    matrix = found.matrix()
    assert matrix["subject"].tolist() == ["01", "02", "03"]
    assert matrix["measurement"].tolist() == [1, 1, 0]
    assert np.isnan(matrix["marker"]).all()
    body = json.loads(found.to_json())
    assert [*body][:2] == ["intake", "patients"]
    assert body["patients"][0] == {
        "subject": "01",
        "structure": 0,
        "measurement": 1,
        "date": None,
        "marker": None,
    }


RULES = """
from nettumor import edit_checks

@edit_checks.register("X950", "own", "An own check.", group="own", needs={"lesions": ()})
def own(data, parameters):
    return edit_checks.flag("lesions", data["lesions"].number("size") > 19, "{lesion} is {value}", "size")
"""


def test_the_command_line(tmp_path, capsys):
    """--since says what became of the queries, --rules adds checks of one's own, --fail-on may name
    checks that must not be skipped; what the three refuse is a line.
    """
    study, rules, out = tmp_path / "study", tmp_path / "rules.py", tmp_path / "out.csv"
    study.mkdir()
    table = Table(LESIONS)
    (study / "lesions.csv").write_text(table.to_csv(), encoding="utf-8")
    rules.write_text(RULES, encoding="utf-8")

    def say(*arguments):
        code = main(["check", str(study), "--checks", "S02,M04,X950,K01", *map(str, arguments)])
        return code, *capsys.readouterr()

    code, shown, _ = say("--rules", rules, "-o", out, "--fail-on", "never")
    assert (code, "X950" in shown) == (0, True)
    assert "X950" not in edit_checks.CHECKS
    code, shown, _ = say("--rules", rules, "--since", out)
    assert (code, "Since out.csv: 0 new, 3 open, 0 changed, 0 gone" in shown) == (1, True)
    code, _, err = say("--rules", rules, "--fail-on", "never,K01")
    assert (code, "K01 (marker-negative) was skipped: there is no table markers" in err) == (
        1,
        True,
    )
    assert say("--rules", rules, "--fail-on", "never,skipped")[0] == 1
    for text, message in (
        ("1/0", "stopped with ZeroDivisionError"),
        ("", "registers none"),
        (RULES.replace("X950", "S02"), "`id` must be new"),
    ):
        rules.write_text(text, encoding="utf-8")
        code, _, err = say("--rules", rules)
        assert (code, message in err, err.count("\n")) == (2, True, 1)
    assert "cannot be read" in say("--rules", tmp_path / "none.py")[2]
    assert say("--since", tmp_path / "none.csv")[0] == 2
