"""``nettumor check`` and ``nettumor checks``: exit codes, files by extension, wrong calls in one
line.
"""

import csv
import io
import json
import sys

import numpy as np
import pytest
from rich.console import Console

import clean_trial
import nettumor as nt
from nettumor import edit_checks
from nettumor.__main__ import main
from nettumor.cli import checks as commands
from nettumor.edit_checks import CHECKS
from nettumor.edit_checks.engine.examples import example, folder_of
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


@pytest.fixture
def study(tmp_path):
    """A clean trial as a folder of CSV files, and a function that changes one cell of it."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name, table in clean_trial.build(clean_trial.seeded(8)).items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(table), *zip(*table.values(), strict=True)])
    return folder


def change(folder, table, row, column, value):
    path = folder / f"{table}.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[row][rows[0].index(column)] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def say(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_exit_codes(capsys, study):
    """0 without findings at the limit, 1 with them; the limit is error unless told otherwise, and
    may be never.
    """
    assert say(capsys, "check", study)[0] == 0
    assert say(capsys, "check", study, "--fail-on", "note")[0] == 1
    assert say(capsys, "check", study, "--fail-on", "warning")[0] == 0
    change(study, "lesions", 1, "size", "-20")
    code, out, err = say(capsys, "check", study)
    assert (code, "not measured: a size is a number of at least 0" in err) == (1, True)
    assert "M04" in out
    assert "negative-value" in out
    assert say(capsys, "check", study, "--fail-on", "never")[0] == 0
    code, _, err = say(capsys, "check", study, "--fail-on", "eror")
    assert (code, "or checks or groups that must not be skipped; got 'eror'" in err) == (2, True)
    assert say(capsys, "check", study, "--checks", "S01,S02")[0] == 0


def test_a_named_check_of_other_criteria_was_not_run(capsys, study):
    """A check that is named must run, also where it belongs to other criteria; of a group or of all
    those of other criteria are left out on purpose.
    """
    code, _, err = say(capsys, "check", study, "--fail-on", "never,Q01")
    assert (code, "Q01 (recist10-target-count) was skipped: belongs to RECIST 1.0" in err) == (
        1,
        True,
    )
    for word in ("criterion", "skipped"):
        err = say(capsys, "check", study, "--fail-on", word)[2]
        assert "belongs to" not in err


def test_files_by_extension(capsys, study, tmp_path):
    """The suffix of -o says what is written; rows are those of the user's file, the heading line
    being 1.
    """
    change(study, "lesions", 1, "size", "-20")
    for suffix in (".csv", ".json", ".html"):
        path = tmp_path / f"out{suffix}"
        assert say(capsys, "check", study, "-o", path)[0] == 1
        assert path.stat().st_size > 500
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["table"], r["row"], r["column"]) for r in rows if r["check"] == "M04"] == [
        ("lesions", "2", "size")
    ]
    body = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert {len(i["sha256"]) for i in body["inputs"]} == {64}
    assert "Not shown" in say(capsys, "check", study, "-o", tmp_path / "out.csv")[1]
    said = say(capsys, "check", study, "-o", tmp_path / "out.core.json")[1]
    assert "Not shown" not in said  # of a report of CORE nothing is left out
    core = json.loads((tmp_path / "out.core.json").read_text(encoding="utf-8"))
    assert {i["core_id"] for i in core["Issue_Details"]} >= {r["check"] for r in rows}
    assert "Not shown" not in say(capsys, "check", study, "-o", tmp_path / "out.csv", "--all")[1]


def test_workbook_without_its_extra(capsys, study, tmp_path, monkeypatch):
    """-o x.xlsx without XlsxWriter is refused before anything runs."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    code, out, err = say(capsys, "check", study, "-o", tmp_path / "x.xlsx")
    assert (code, out) == (2, "")
    assert "pip install 'nettumor[xlsx]'" in err


def test_a_study_s_own_settings(capsys, study, tmp_path):
    """--config switches checks off with a reason that is shown; --evaluator keeps one reader;
    criteria by name.
    """
    config = tmp_path / "study.toml"
    config.write_text('[off]\nL19 = "numbers are free here"\n', encoding="utf-8")
    code, out, _ = say(
        capsys, "check", study, "--config", config, "--skipped", "--evaluator", "READER 1"
    )
    assert code == 0
    assert "switched off: numbers are free here" in out
    assert "│ L19" not in out
    assert say(capsys, "check", study, "--criteria", "who-1981", "--fail-on", "never")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        (["{study}", "--criteria", "recist-1.2"], "recist-1.2"),
        (["{study}", "--checks", "S0l"], "Did you mean"),
        (["{study}", "--evaluator", "READER 9"], "`evaluator` must be one of"),
        (["{study}", "--fail-on", "eror"], "Did you mean 'error'"),
        (["{study}", "-o", "out.txt"], "must end in .csv, .json, .html, .xlsx"),
        (["{study}", "--config", "none.toml"], "must be a readable TOML file"),
        (["{study}", "--nothing"], "No such option"),
        (["{study}", "-o", "no/such/folder/out.csv"], "no/such/folder/out.csv"),
        (["{study}/lesions.csv", "{study}/lesions.csv"], "lesions"),
        ([], "Missing argument"),
    ],
)
def test_wrong_calls_are_one_line(capsys, study, arguments, said):
    """Every wrong call is exit code 2 and one line on stderr."""
    code, _, err = say(capsys, "check", *[a.format(study=study) for a in arguments])
    assert code == 2
    assert err.count("\n") == 1
    assert said in err


NO_TABLES = (b"", b"\x00\xff\xfe\x00", b"just words", b"a,b\n1\n", b"subject\n" * 3, b'"', b"{]")


@pytest.mark.parametrize("content", NO_TABLES)
def test_files_that_are_no_tables(capsys, tmp_path, content):
    """A file that is no table is exit code 2 and a line, or findings; never a traceback."""
    for suffix in (".csv", ".json", ".xpt"):
        path = tmp_path / f"lesions{suffix}"
        path.write_bytes(content)
        code, _, err = say(capsys, "check", path)
        assert code in (1, 2)
        # a table of which nothing can be judged is in the intake, and a finding
        said = err.count("\n") == 1 if code == 2 else err == "" or "Not plainly read" in err
        assert said
        assert "Traceback" not in err


def test_a_missing_key_column_is_a_finding(capsys, study):
    """A lesions table without its lesion column is reported by S01, and nothing that needs it
    passes.
    """
    path = study / "lesions.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("lesion,", "lesoin,", 1), encoding="utf-8"
    )
    code, out, _ = say(capsys, "check", study, "--skipped")
    assert code == 1
    assert "S01" in out
    assert "L01 too-many-targets: skipped: lesions has no column lesion" in out


def test_failed_checks_are_shown(capsys, study):
    """A check that fails is shown with its error, whatever was asked for."""

    @edit_checks.register("X905", "broken", "Broken.")
    def broken(data, parameters):
        raise RuntimeError("no luck")

    try:
        out = say(capsys, "check", study, "--checks", "S01,X905")[1]
    finally:
        edit_checks.unregister("X905")
    assert "X905 broken: failed: RuntimeError: no luck" in out
    assert "1 failed" in out


def test_worst_subjects_are_capped_in_words(capsys, study):
    """The ten worst subjects are shown, and how many more there are."""
    many = clean_trial.build(clean_trial.seeded(30))["lesions"]
    many["organ"] = np.full(len(many["organ"]), "")
    with (study / "lesions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(many), *zip(*many.values(), strict=True)])
    assert "20 more" in say(capsys, "check", study, "--checks", "L17")[1]


def test_progress_only_on_a_terminal(monkeypatch, study):
    """On a terminal a bar names the checks on stderr; elsewhere nothing is drawn."""
    stream = io.StringIO()
    with commands._progress(Console(file=stream, force_terminal=True, width=100)) as progress:
        task = progress.add_task("S01 something", total=3)
        progress.update(task, completed=2)
        progress.refresh()
    assert "S01 something" in stream.getvalue()
    with commands._progress(Console(file=io.StringIO())) as progress:
        assert progress is None
    monkeypatch.setattr(commands, "_progress", lambda console: Shown(seen))
    seen = []
    commands._run(study, nt.criteria.RECIST_1_1, ["S01", "S02"], None, None)
    assert seen == ["S01 missing-required-column", "S02 missing-required-value"]


class Shown:
    """A progress bar that keeps what it was told."""

    def __init__(self, seen):
        self.seen = seen

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def add_task(self, *_, **__):
        return 1

    def update(self, _task, *, completed, total, description):
        self.seen.append(description)


def test_list_and_explain(capsys):
    """`checks` lists all, or a group; one is explained with its rule, parameters, source and both
    examples.
    """
    out = say(capsys, "checks")[1]
    assert sorted(line.split()[0] for line in out.splitlines()) == sorted(CHECKS)
    assert {line[14:33].strip() for line in say(capsys, "checks", "sum")[1].splitlines()} == {"sum"}
    out = say(capsys, "checks", "missing-required-value")[1]
    assert out.startswith("S02 missing-required-value (error; structure; any criteria)\n")
    for part in (
        "source: ",
        "Passes (lesions):",
        "Does not pass (lesions):",
        "Because (findings):",
    ):
        assert part in out
    assert "parameters: max_targets = 5" in say(capsys, "checks", "l01")[1]
    code, _, err = say(capsys, "checks", "S0l")
    assert (code, err.count("\n")) == (2, 1)


def test_examples_of_a_checkout():
    """In a checkout the examples are those of the tests; an unknown check has none; a wrong word is
    refused.
    """
    assert folder_of("S02").name == "S02"
    assert "row" in example("S02", "expected")["findings"][0]
    assert example("Z99", "accept") == {}
    with pytest.raises(InputError, match="`which` must be accept, reject or expected"):
        example("S02", "rejected")


def test_examples_of_an_installed_package(tmp_path, monkeypatch):
    """Installed, the examples lie inside the package, in one file or in a folder of tables."""
    from nettumor.edit_checks.engine import examples as _examples

    (tmp_path / "examples" / "S02" / "reject").mkdir(parents=True)
    (tmp_path / "examples" / "S02" / "reject" / "markers.csv").write_text(
        "subject\n01\n", encoding="utf-8"
    )
    monkeypatch.setattr(_examples.resources, "files", lambda _: tmp_path)
    assert example("S02", "reject") == {"markers": [["subject"], ["01"]]}
    assert example("S02", "accept") == {}


def test_a_word_of_no_check_is_refused_in_a_line(capsys, study):
    """What is near to nothing is told where the checks are listed, not all of them."""
    code, _, err = say(capsys, "check", study, "--fail-on", "foo")
    assert code == 2
    assert "got 'foo'. `nettumor checks` lists them." in err
    assert "Did you mean 'error'?" in say(capsys, "check", study, "--fail-on", "eror")[2]
