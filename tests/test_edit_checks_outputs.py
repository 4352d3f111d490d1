"""Findings as files: CSV, JSON, CORE JSON, a page, a workbook; and as counts."""

import csv
import io
import json
import re

import numpy as np
import pytest

import nettumor as nt
from nettumor import edit_checks
from nettumor.errors import InputError, MissingExtraError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

LESIONS = {
    "subject": ["01", "01", "02", "02"],
    "lesion": ["T01", "T01", "T01", "T01"],
    "role": ["TARGET"] * 4,
    "visit": [0, 1, 0, 1],
    "size": ["30", "20", "12", "x"],
    "evaluator": ["A", "A", "B", "B"],
}
NASTY = "</script><script>alert('1')</script>"


def findings(count=4, message="<b>{value}</b>", lesions=LESIONS, **more):
    """S02 and a check of one's own with a finding for each of the first rows."""

    def every(data, parameters):
        rows = np.arange(count) % data["lesions"].n
        return edit_checks.Hits(
            table="lesions", rows=rows, message=message, column="size", expected="=1+1"
        )

    own = edit_checks.Check(id="X900", name="own", sentence="An own check.", function=every, **more)
    return edit_checks.run({"lesions": lesions}, checks=["S02", own])


def page_data(page):
    """The data of a page, as its script reads them."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
    )


def page_column(data, name):
    """The cells of a column of the page's queries, as its script reads them."""
    held = data["table"][name]
    return [held["cells"][i] for i in held["at"]]


def test_csv_opens_in_a_spreadsheet(tmp_path):
    """UTF-8 with its mark, one query a line, and no cell a spreadsheet would calculate; numbers
    stay numbers.
    """
    found = findings(
        lesions={**LESIONS, "size": ["-3", "@x", "+1,5", "\tx"]}, message="{value}\nsecond line"
    )
    text = found.to_csv(tmp_path / "f.csv")
    assert (tmp_path / "f.csv").read_bytes().startswith(b"\xef\xbb\xbfcheck,")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["value"] for r in rows] == ["-3", "'@x", "+1,5", "'\tx"]
    assert {r["expected"] for r in rows} == {"'=1+1"}
    assert len(rows) == found.n_rows == 4
    assert found.to_csv(limit=3).splitlines() == text.splitlines()[:-2]
    assert found.selected(limit=3)[1] == "Not shown: 1 beyond 3 (1 of X900)."


def test_json_holds_everything(tmp_path):
    """The JSON has the findings, the runs, the inputs with counts, parameters, digest, version and
    configuration.
    """
    path = tmp_path / "study.toml"
    path.write_text('[organs]\n"Segment 4" = "liver"\n[off]\nS02 = "not here"\n', encoding="utf-8")
    own = edit_checks.load_configuration(path)
    found = edit_checks.run({"lesions": LESIONS}, checks=["S01", "S02", "L01"], configuration=own)
    body = json.loads(found.to_json(tmp_path / "f.json"))
    assert json.loads((tmp_path / "f.json").read_text(encoding="utf-8")) == body
    assert body["runs"][1] == {
        "check": "S02",
        "name": "missing-required-value",
        "severity": "error",
        "status": "skipped",
        "reason": "switched off: not here",
        "count": 0,
        "looked_at": 0,
        "unreadable": 0,
    }
    assert body["inputs"][0]["rows"] == 4
    assert body["about"]["configuration"].pop("limits")["rows"] == 20_000_000
    assert body["about"]["configuration"] == {
        "off": {"S02": "not here"},
        "organ_map": {"SEGMENT 4": "LIVER"},
    }
    assert body["about"]["parameters"] == {"L01": {"max_targets": 5}}
    assert body["about"]["criteria_digest"] == nt.criteria.RECIST_1_1.digest
    assert (
        json.loads(findings().to_json(limit=1))["left_out"] == "Not shown: 3 beyond 1 (3 of X900)."
    )


def test_core_report(tmp_path):
    """The CORE report has its five parts; each rule's state, each issue, and their number by
    dataset and rule.
    """
    core = json.loads(findings().to_core_json(tmp_path / "f.json"))
    assert list(core) == [
        "Conformance_Details",
        "Dataset_Details",
        "Issue_Summary",
        "Issue_Details",
        "Rules_Report",
    ]
    assert [r["status"] for r in core["Rules_Report"]] == ["SUCCESS", "ISSUE REPORTED"]
    assert core["Issue_Summary"] == [
        {"dataset": "lesions", "core_id": "X900", "message": "", "issues": 4}
    ]
    assert [i["row"] for i in core["Issue_Details"]] == [0, 1, 2, 3]
    assert core["Dataset_Details"][0]["length"] == 4


def test_page_runs_no_markup_of_the_data(tmp_path):
    """Cells go into the page as data that no markup in them can leave; sentence and source stand
    beside each check.
    """
    found = findings(lesions={**LESIONS, "size": [NASTY, "<!--", "]]>", "@title@"]})
    page = found.to_html(tmp_path / "f.html")
    assert NASTY not in page
    assert page.count("</script>") == 2
    data = page_data(page)
    assert page_column(data, "value") == [NASTY, "<!--", "]]>", "@title@"]
    shown = found.selected()[0]
    assert {n: page_column(data, n) for n in data["columns"]} == {
        n: column.tolist() for n, column in shown.items()
    }
    assert data["checks"]["S02"]["source"] == edit_checks.CHECKS["S02"].source
    assert [r["status"] for r in data["runs"]] == ["passed", "findings"]
    assert "http" not in page.replace(json.dumps(data), "").split("<script", 1)[0]


def test_caps_of_the_page_are_said():
    """A page shows so many queries as it is told at most, and says how many it leaves out."""
    found = findings(count=2_003)
    data = page_data(found.to_html(limit=2_000))
    assert (data["count"], len(page_column(data, "check"))) == (2_000, 2_000)
    assert data["left_out"] == "Not shown: 3 beyond 2000 (3 of X900)."
    assert page_data(found.to_html())["count"] == 2_003


def test_a_cap_hides_no_check():
    """Under a limit each check shows its first findings, the more severe before others; what is
    left out is named.
    """
    lesions = {
        "subject": ["01"] * 9,
        "lesion": [*"abcdefghi"],
        "role": ["TARGET"] * 9,
        "visit": [0] * 9,
    }

    def found_by(id, count, severity="error"):
        return edit_checks.Check(
            id=id,
            name=id,
            sentence="X.",
            severity=severity,
            function=lambda d, p: edit_checks.Hits(
                table="lesions", rows=np.arange(count), message="x"
            ),
        )

    many = [found_by("X901", 9), found_by("X902", 2, "note"), found_by("X903", 1)]
    found = edit_checks.run({"lesions": lesions}, checks=many)
    shown, said = found.selected(limit=6)
    assert shown["check"].tolist() == ["X901"] * 3 + ["X902"] * 2 + ["X903"]
    assert shown["row"].tolist() == [0, 1, 2, 0, 1, 0]
    assert said == "Not shown: 6 beyond 6 (6 of X901)."
    shown, said = found.selected(limit=2)
    assert shown["check"].tolist() == ["X901", "X903"]
    assert said == "Not shown: 10 beyond 2 (8 of X901, 2 of X902)."
    many = edit_checks.run({"lesions": lesions}, checks=[found_by(f"X91{i}", 2) for i in range(7)])
    assert many.selected(limit=7)[1].endswith(
        "(1 of X910, 1 of X911, 1 of X912, 1 of X913, 1 of X914, and of 2 other checks)."
    )


def test_workbook(tmp_path):
    """Identifiers stay text, formulas stay text, and the sheets say what was left out; read back by
    another reader.
    """
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    path = tmp_path / "f.xlsx"
    sizes = ["1-2", "30", "x" * 40_000, "3"]
    found = findings(
        lesions={**LESIONS, "subject": ["007", "1E5", "=1", "http://x"], "size": sizes}
    )
    found.to_xlsx(path, limit=3)
    book = calamine.CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Read", "Patients", "Queries", "Checks", "Inputs", "About"]
    head, *rows = book.get_sheet_by_name("Queries").to_python()
    assert head[:5] == ["check", "severity", "table", "row", "subject"]
    assert [r[4] for r in rows] == ["007", "1E5", "=1"]
    assert rows[0][head.index("value")] == "1-2"
    assert rows[2][head.index("value")].endswith(" [cut off]")
    assert book.get_sheet_by_name("About").to_python()[-1] == [
        "not shown",
        "Not shown: 1 beyond 3 (1 of X900).",
    ]
    with pytest.raises(
        InputError, match=r"`limit` must be 1 to 1048574 \(a sheet ends there\); got 2000000"
    ):
        found.to_xlsx(path, limit=2_000_000)


def test_workbook_needs_its_extra(tmp_path, monkeypatch):
    """Without XlsxWriter a workbook is refused in one sentence that says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(
        MissingExtraError, match=r"needs XlsxWriter: pip install 'nettumor\[xlsx\]'"
    ):
        findings().to_xlsx(tmp_path / "f.xlsx")


def test_frames():
    """The findings as pandas and as Polars frames, a row a finding, text as text, rows as whole
    numbers.
    """
    found = findings(lesions={**LESIONS, "subject": ["01", "1", "02", "2"]})
    for kind in ("pandas", "polars"):
        frame = found.to_frame(kind)
        assert frame.shape == (4, 18)
        assert list(frame["subject"]) == ["01", "1", "02", "2"]
        assert frame["row"].to_numpy().tolist() == [0, 1, 2, 3]


def test_counts_are_worst_first():
    """Counts per value: errors first, then warnings, then notes, then by name; what follows from
    others left out.
    """

    def some(data, parameters):
        severity = np.array(["warning", "error", "note", "note"])
        return edit_checks.Hits(table="lesions", rows=[0, 1, 2, 3], message="m", severity=severity)

    own = edit_checks.Check(id="X901", name="own", sentence="An own check.", function=some)
    found = edit_checks.run(
        {"lesions": {**LESIONS, "subject": ["01", "02", "03", "03"]}}, checks=[own]
    )
    assert found.counts("subject").rows() == [
        {"subject": "02", "error": 1, "warning": 0, "note": 0},
        {"subject": "01", "error": 0, "warning": 1, "note": 0},
        {"subject": "03", "error": 0, "warning": 0, "note": 2},
    ]


def test_no_findings_write(tmp_path):
    """A run without findings writes every form, too."""
    found = edit_checks.run({"lesions": LESIONS}, checks=["S01"])
    assert found.n_rows == found.counts("check").n_rows == 0
    assert found.to_csv().count("\n") == 1
    assert json.loads(found.to_json())["findings"] == []
    assert page_data(found.to_html())["count"] == 0
    assert found.to_frame("pandas").shape == (0, 18)
    assert "0 findings" in repr(found)


@pytest.mark.parametrize(
    "value", [1.0, -0.00001, float("nan"), True, "x", 12.34567, np.int64(3), None]
)
def test_numbers_in_messages(value):
    """Numbers are written with at most four decimals and no minus zero, NaN as nothing."""

    def one(data, parameters):
        return edit_checks.Hits(table="lesions", rows=[0], message="{{{value}}}", value=[value])

    own = edit_checks.Check(id="X902", name="own", sentence="An own check.", function=one)
    expected = {1.0: "1", -0.00001: "0", 12.34567: "12.3457"}.get(
        value, "" if value != value else str(value)
    )
    expected = "True" if value is True else expected
    assert edit_checks.run({"lesions": LESIONS}, checks=[own])["message"].tolist() == [
        "{" + expected + "}"
    ]


def test_the_page_prints_headings_that_repeat_and_reads_in_the_dark():
    """Browsers repeat the heading of a printed table without its buttons: each heading carries its
    words beside them. Colours come from one place, with a second set for dark screens.
    """
    page = findings().to_html()
    style = page.split("<style>")[1].split("</style>")[0]
    printed = style.split("@media print{")[1]
    assert "thead{display:table-header-group}" in printed
    assert "#queries th button{display:none}" in printed
    assert "#queries th::before{content:attr(data-label)}" in printed
    assert "th.dataset.label = text" in page
    light, dark = (
        dict(re.findall(r"(--[a-z-]+):(#[0-9a-f]+)", p)) for p in style.split("@media")[:2]
    )
    assert set(light) == set(dict(re.findall(r"var\((--[a-z-]+)(\))", style)))
    assert set(dark) == set(light)
    rest = style.replace(":root{", "").split("@media screen and (max-width")[0]
    assert not re.findall(r"(?<!-)color:#|background:#", rest)


def test_the_site_is_that_of_any_table_that_knows_it():
    """A row without a site has that of its subject: of the subjects table, else of the first row of
    another table that says one.
    """
    lesions = {
        "subject": ["01", "01", "02"],
        "lesion": ["T1", "T1", "T1"],
        "role": ["TARGET"] * 3,
        "visit": ["0", "1", "0"],
        "size": ["20", "30", "25"],
        "site": ["", "Basel", "Bern"],
    }
    markers = {"subject": ["01", "02", "03"], "date": ["2024-02-30"] * 3, "marker": ["CgA"] * 3}
    tables = {"lesions": lesions, "markers": markers | {"value": ["9"] * 3, "unit": ["ng/mL"] * 3}}
    for people, sites in ((None, ["Basel", "Bern", ""]), ("Genf", ["Genf", "Bern", ""])):
        given = (
            tables
            if people is None
            else tables | {"subjects": {"subject": ["01"], "site": [people]}}
        )
        found = edit_checks.run(given, checks=["D01"])
        assert found["site"].tolist() == sites
