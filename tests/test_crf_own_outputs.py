"""A study's folder in which findings and results were written: they are left aside, and said."""

import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.errors import InputError

LESIONS = "subject,lesion,role,visit,date,size\n01,T01,TARGET,0,2024-01-01,30\n01,T01,TARGET,1,2024-03-01,20\n"

WRITERS = {
    "findings.html": "to_html",
    "findings.csv": "to_csv",
    "findings.json": "to_json",
    "core.json": "to_core_json",
    "findings.xlsx": "to_xlsx",
    "subjects.csv": "to_csv",
}
"""How findings are written; also under the name of a table."""


@pytest.fixture
def study(tmp_path):
    """A folder with the lesions of a study."""
    (tmp_path / "lesions.csv").write_text(LESIONS, encoding="utf-8")
    return tmp_path


def aside(tables):
    """What is left aside, with its status and its note."""
    rows = tables.intake.rows()
    return {r["found"]: (r["status"], r["note"]) for r in rows if r["kind"] == "file"}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_findings_in_the_folder_are_left_aside(study, name):
    """Each form in which findings are written is known in the folder whatever it is called, and a
    strict run refuses nothing.
    """
    if name.endswith(".xlsx"):
        pytest.importorskip("xlsxwriter")
    before = edit_checks.run(study)
    getattr(before, WRITERS[name])(study / name)
    tables = crf.read(study, strict=True)
    assert list(tables) == ["lesions"]
    assert aside(tables) == {name: ("not needed", "findings that this library wrote")}
    assert edit_checks.run(study, strict=True)["key"].tolist() == before["key"].tolist()


def test_findings_saved_by_a_spreadsheet_are_known(study):
    """So is the CSV that was saved again with semicolons and quoted names."""
    text = edit_checks.run(study).to_csv().splitlines()
    head = '"' + text[0].replace(",", '";"') + '"'
    (study / "queries.csv").write_text("\n".join([head, *text[1:]]), encoding="utf-8-sig")
    assert aside(crf.read(study, strict=True)) == {
        "queries.csv": ("not needed", "findings that this library wrote")
    }


def test_a_folder_of_results_is_left_aside(study):
    """The four tables of an assessment in a folder of their own are known; another folder is
    ignored, and said.
    """
    answer = nt.assess(study)
    (study / "results").mkdir()
    for name in ("timepoints", "subjects", "events", "provenance"):
        getattr(answer, name).to_csv(study / "results" / f"{name}.csv")
    assert aside(crf.read(study, strict=True)) == {
        "results": ("not needed", "results that this library wrote")
    }
    (study / "results" / "events.csv").unlink()
    with pytest.raises(InputError, match="results"):
        crf.read(study, strict=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><title>Edit check queries</title>"),
        ("broken.xlsx", b"PK\x03\x04 no archive"),
        ("other.json", b'{"intake": []}'),
    ],
)
def test_files_of_others_are_none_of_ours(study, name, content):
    """A page, an archive or a JSON of somebody else is refused or ignored as before."""
    (study / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        crf.read(study, strict=True)


def test_a_file_that_the_study_file_names_is_read(study):
    """A file that the study file calls a table is read as one, whatever it looks like."""
    edit_checks.run(study).to_csv(study / "marks.csv")
    (study / "study.toml").write_text('[files]\n"marks.csv" = "markers"\n', encoding="utf-8")
    with pytest.raises(InputError, match="marks"):
        crf.read(study, study=study / "study.toml")
