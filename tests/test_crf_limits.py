"""The limits of what is read: stated once, and set from Python, the command line and a TOML file."""

import attrs
import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.__main__ import main
from nettumor.crf.input_page import input_page
from nettumor.crf.limits import LIMITS, MEANINGS, Limits, as_limits, limits_from, limits_said
from nettumor.edit_checks import load_configuration
from nettumor.errors import InputError, InputTypeError

LESIONS = """subject,lesion,role,date,size
01,T1,TARGET,2024-01-02,50
01,T1,TARGET,2024-03-01,30
01,T1,TARGET,2024-05-03,40
"""


@pytest.fixture
def folder(tmp_path):
    """A study of three rows."""
    path = tmp_path / "study"
    path.mkdir()
    (path / "lesions.csv").write_text(LESIONS)
    return path


def test_each_limit_is_stated():
    """With its meaning and number on the page on the input."""
    assert list(MEANINGS) == [f.name for f in attrs.fields(Limits)]
    page = input_page()
    for name, meaning in MEANINGS.items():
        assert f"| `{name}` | {meaning} | {getattr(LIMITS, name):,} |" in page


def test_the_command_line_names_each_limit(capsys):
    """The help of what reads a study."""
    assert main(["check", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(name in said for name in MEANINGS)


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ({"row": 3}, InputError, r"Unknown limit: 'row'. Did you mean 'rows'\?"),
        (
            {"rows": 0},
            InputError,
            r"`rows` must be a whole number of at least 1; got 0. Write rows",
        ),
        ({"rows": True}, InputError, "`rows` must be a whole number of at least 1; got True"),
        ({"cells": 2.5}, InputTypeError, "`cells` must be a whole number of at least 1; got 2.5"),
        ({"letters": "9"}, InputTypeError, "`letters` must be a whole number .*; got '9'"),
        ([3], InputTypeError, r"`limits` must be Limits, or a mapping .*; got \[3\]. Write"),
    ],
)
def test_wrong_limits(table, error, message):
    """An unknown name has the nearest one beside it; a number is whole and above 0."""
    with pytest.raises(error, match=message):
        limits_from(table)
    with pytest.raises(error, match=message):
        crf.read({"subjects": {"subject": ["01"]}}, limits=table)


def test_limits_are_set_one_by_one():
    """What is not named stays as it was."""
    assert limits_from({"rows": 5}, Limits(columns=7)) == Limits(rows=5, columns=7)
    assert as_limits(None) is LIMITS
    assert as_limits(Limits(rows=5)) == as_limits({"rows": 5}) == Limits(rows=5)
    said = limits_said(["rows=5", "bytes-unpacked = 1_000", "rows=6"], Limits(columns=7))
    assert said == Limits(rows=6, bytes_unpacked=1000, columns=7)


@pytest.mark.parametrize("read", [crf.read, nt.assess, edit_checks.run])
def test_the_argument_holds_wherever_a_study_is_read(folder, read):
    """A folder, a file, a list and a mapping of files; three rows are not more than three."""
    path = folder / "lesions.csv"
    for source in (folder, path, [path], {"lesions": path}):
        read(source, limits=Limits(rows=3))
        with pytest.raises(
            InputError, match=r"must have at most 2 rows; got 3 rows. Divide it, or set"
        ):
            read(source, limits={"rows": 2})
    tables = crf.read(folder)
    read(tables, limits={"rows": 2})  # in memory already


def courses(n, **columns):
    """Subject A of ``n`` visits, and B of one."""
    whose = {"subject": ["A"] * n + ["B"], "lesion": ["T1"] * (n + 1), "size": [30] * (n + 1)}
    return whose | {"role": ["TARGET"] * (n + 1)} | columns


@pytest.mark.parametrize(
    "columns",
    [
        {"visit": ["V1", "V2", "V3", "V9"], "day": [0, 0, 28, 0]},
        {"visit": ["V1", "", "", "V9"], "day": [0, 28, 56, 0]},
        {"day": [0, 28, 56, 0]},
        {"date": ["2024-01-02", "2024-03-01", "2024-05-03", "2024-01-02"]},
    ],
)
@pytest.mark.parametrize("read", [crf.read, nt.assess, edit_checks.run])
def test_the_visits_of_one_subject_have_a_limit(read, columns):
    """Three are not more than three; more are refused with the subject, of frames and of Tables, for
    which arrays of visits are made, too. A visit without a name is its date.
    """
    frame = {"lesions": courses(3, **columns)}
    for source in (frame, crf.read(frame)):
        read(source, limits={"visits": 3})
        with pytest.raises(
            InputError,
            match=r"`lesions` must have at most 2 visits of one subject; got 3 of subject A\. Name "
            r"the column that says the visit, or set the limit `visits`\.",
        ):
            read(source, limits=Limits(visits=2))


def test_visits_are_counted_by_subject():
    """Once, however many lesions and readers it has; subjects together may have more than one may."""
    rows = {"visit": ["V1", "V1", "V1", "V2"], "lesion": ["T1", "T2", "T1", "T1"], "day": [0] * 4}
    readers = {"evaluator": ["R1", "R1", "R2", "R1"]}
    nt.assess({"lesions": courses(3, **rows, **readers)}, limits={"visits": 1})
    responses = {"subject": ["A", "A"], "visit": ["V1", "V2"], "overall": ["SD", "PD"]}
    study = {"lesions": courses(3, **rows, **readers), "responses": responses}
    with pytest.raises(InputError, match="`responses` must have at most 1 visits of one subject"):
        edit_checks.run(study, limits={"visits": 1})


def test_the_limit_of_visits_is_set_by_a_study_file_and_an_option(folder, tmp_path, capsys):
    """As the other limits; for Tables that were read with the study file, too."""
    study = tmp_path / "study.toml"
    study.write_text("[limits]\nvisits = 2\n")
    with pytest.raises(InputError, match="at most 2 visits of one subject; got 3 of subject 01"):
        crf.read(folder, study=study)
    tables = crf.read(folder, study=study, limits={"visits": 3})
    nt.assess(tables, limits={"visits": 3})
    for read in (nt.assess, edit_checks.run):
        with pytest.raises(InputError, match="at most 2 visits of one subject"):
            read(tables)
    for command in ("intake", "assess", "check"):
        words = [command, folder, *(["--fail-on", "never"] if command == "check" else [])]
        assert run(capsys, *words, "--limit", "visits=3")[0] == 0
        assert run(capsys, *words, "--study", study)[0] == 2
        code, said = run(capsys, *words, "--limit", "visits=2")
        assert (code, said) == (
            2,
            "nettumor: `lesions` must have at most 2 visits of one subject; got 3 of subject 01. Name "
            "the column that says the visit, or set the limit: --limit visits=NUMBER.",
        )


def run(capsys, *words):
    """The exit code and what stands on stderr."""
    code = main([str(word) for word in words])
    return code, capsys.readouterr().err.strip()


def test_the_option_holds_wherever_a_study_is_read(folder, capsys):
    """Each command refuses in one line that names the option; without it the study is read."""
    for command in ("intake", "assess", "check"):
        for path in (folder, folder / "lesions.csv"):
            words = [command, path, *(["--fail-on", "never"] if command == "check" else [])]
            assert run(capsys, *words, "--limit", "rows=3")[0] == 0
            code, said = run(capsys, *words, "--limit", "columns=9", "--limit", "rows=2")
            assert code == 2
            assert said == (
                "nettumor: `lesions.csv` must have at most 2 rows; got 3 rows. Divide it, or set the "
                "limit: --limit rows=NUMBER."
            )


def test_the_option_says_what_is_wrong_with_it(folder, capsys):
    """A word that is no limit, and a number that is none."""
    for word, message in (
        ("rows", "`--limit` must be NAME=NUMBER; got 'rows'. Write --limit rows=50000000."),
        ("row=3", "Unknown limit: 'row'. Did you mean 'rows'?"),
        ("rows=ten", "`rows` must be a whole number of at least 1; got 'ten'"),
        ("rows=-3", "`rows` must be a whole number of at least 1; got '-3'"),
        ("rows=" + "9" * 5000, "`rows` must be a whole number of at least 1; got '999"),
    ):
        code, said = run(capsys, "check", folder, "--limit", word)
        assert (code, said.count("\n")) == (2, 0)
        assert message in said


def test_before_and_after_therapy_has_limits(tmp_path, capsys):
    """A file of one row a lesion, which is read another way."""
    path = tmp_path / "sizes.csv"
    path.write_text("subject,lesion,before,after\nA,1,50,30\nB,1,40,20\n")
    assert run(capsys, "assess", path, "--limit", "rows=2")[0] == 0
    code, said = run(capsys, "assess", path, "--limit", "rows=1")
    assert (code, said.startswith("nettumor: `sizes.csv` must have at most 1 rows")) == (2, True)


def test_the_configuration_of_the_checks_has_limits(folder, tmp_path, capsys):
    """A table of a TOML file; an argument or an option goes before it, limit by limit."""
    config = tmp_path / "checks.toml"
    config.write_text("[limits]\nrows = 2\ncolumns = 90\n")
    settings = load_configuration(config)
    assert settings.limits == Limits(rows=2, columns=90)
    with pytest.raises(InputError, match="at most 2 rows; got 3 rows"):
        edit_checks.run(folder, configuration=settings)
    edit_checks.run(folder, configuration=settings, limits={"rows": 3})
    words = ("check", folder, "--config", config, "--fail-on", "never")
    assert run(capsys, *words)[0] == 2
    assert run(capsys, *words, "--limit", "rows=3")[0] == 0
    code, said = run(capsys, *words, "--limit", "rows=3", "--limit", "columns=4")
    assert (code, "at most 4 columns; got 5 columns" in said) == (2, True)


def test_the_study_file_has_limits(folder, tmp_path, capsys):
    """As the configuration of the checks; an argument or an option goes before it."""
    study = tmp_path / "study.toml"
    study.write_text("[limits]\nrows = 2\n")
    with pytest.raises(InputError, match="at most 2 rows; got 3 rows"):
        nt.assess(folder, study=study)
    nt.assess(folder, study=study, limits={"rows": 3})
    assert run(capsys, "assess", folder, "--study", study)[0] == 2
    assert run(capsys, "assess", folder, "--study", study, "--limit", "rows=3")[0] == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limits = 3", r"`limits` must be a table; got 3 \(c.toml, line 1, limits\). Write \[limits\]"),
        ("[limits]\nrow = 3", r"c.toml, line 2, limits.row: Unknown limit: 'row'. Did you mean 'rows'"),
        ("[limits]\nrows = 3.5", r"c.toml, line 2, limits.rows: `rows` must be a whole number of at"),
        ("[limits.rows]\na = 1", r"c.toml, line 1, limits.rows: `rows` must be a whole number of at"),
    ],
)  # fmt: skip
def test_limits_in_a_file_that_are_none(tmp_path, text, message):
    """One sentence with the file, the line and the key."""
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_configuration(path)
