"""The command line says what was not plainly read: beside every answer, alone as a dry run, and as a
refusal; and advises nothing that only Python has.
"""

import pytest

import door
from nettumor.__main__ import main, without_python
from nettumor.crf import LAYOUTS


def said(capsys, *arguments):
    """Exit code, standard output and standard error of a command."""
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def folder(path, tables=None, **files):
    """The study as CSV files in a folder."""
    return door.as_folder(door.Way("", tables or door.study(), "same", "", files), path)


@pytest.mark.parametrize("command", ["assess", "check", "intake"])
def test_every_command_shows_what_was_not_plainly_read(capsys, tmp_path, command):
    """On stderr, a line for each thing; --strict is exit code 2 and one line."""
    tables = door.changed("lesions", "date", door.written("%d%b%Y"))
    path = folder(tmp_path, tables, **{"patients.rds": "x"})
    code, out, err = said(capsys, command, path)
    assert code == 0
    assert out
    for part in (
        "Not plainly read: 1 file ignored, 1 date converted",
        "patients.rds",
        "lesions.date",
    ):
        assert part in err
    assert "if it is the table of subjects, call it subjects" in " ".join(err.split())
    code, out, err = said(capsys, command, path, "--strict")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("nettumor: Not everything was plainly read")
    assert err.rstrip().endswith("or leave --strict out.")


@pytest.mark.parametrize("command", ["assess", "check", "intake"])
def test_a_study_that_is_plainly_read_says_nothing_more(capsys, tmp_path, command):
    """Nothing on stderr, with --strict too."""
    code, _, err = said(capsys, command, folder(tmp_path), "--strict")
    assert (code, err) == (0, "")


def test_a_dry_run_says_which_column_a_table_lacks(capsys, tmp_path):
    """It judges nothing, and refuses nothing; a study that assess refuses is not plainly read."""
    tables = door.study()
    del tables["lesions"]["role"]
    code, out, err = said(capsys, "intake", folder(tmp_path, tables))
    assert (code, "Everything was plainly read" in out) == (0, False)
    assert "Not plainly read: 1 table unreadable" in err
    assert "it lacks role: add it, or name its column in [columns.lesions] of a study" in " ".join(
        err.replace("│", " ").split()
    )


def test_a_dry_run_says_what_the_study_holds(capsys, tmp_path):
    """Patients, visits, readers, roles, sizes, and the first and last date of each column."""
    code, out, _ = said(capsys, "intake", folder(tmp_path))
    assert code == 0
    text = " ".join(out.split())
    for part in (
        "Roles (rows): TARGET 24, NON-TARGET 8",
        "Readers: READER 1",
        "size: 24 of 32 cells with a value, 0 to 80 mm",
        "lesions.date │ 32 │ 2024-01-15 │ 2024-07-09",
        "subjects.death │ 2 │ 2024-11-10 │ 2024-11-10",
        "Everything was plainly read.",
    ):
        assert part in text
    row = next(line for line in out.splitlines() if line.startswith("│ lesions "))
    assert [c.strip() for c in row.split("│")][2:7] == ["lesions.csv", "32", "6", "4", "1"]


def test_dates_as_the_user_says(capsys, tmp_path):
    """--dates reads serial numbers, for all columns or for one; a wrong word is refused."""
    count = door.serial(door.datetime.date(1899, 12, 30))
    path = folder(tmp_path, door.changed("lesions", "date", count))
    code, _, err = said(capsys, "assess", path)
    assert (code, err.count("\n")) == (2, 1)
    assert "--dates excel" in err
    for dates in ("excel", "EXCEL", "lesions.date=excel"):
        code, out, err = said(capsys, "assess", path, "--dates", dates)
        assert (code, "as said" in err) == (0, True)
    code, out, err = said(capsys, "assess", path, "--dates", "DYM")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_file_of_two_visits_says_its_intake(capsys, tmp_path):
    """Before and after too: columns that are not read, and columns read by another name."""
    path = tmp_path / "lesions.csv"
    path.write_text("patient,lesion,role,visit,diam\n1,T1,TARGET,1,50\n1,T1,TARGET,2,30\n")
    code, out, err = said(capsys, "assess", path)
    assert (code, "PR" in out) == (0, True)
    assert "lesions.diam" in err
    path.write_text("subject,lesion,before,after,note\n1,T1,50,30,x\n")
    code, out, err = said(capsys, "assess", path)
    assert (code, "PR" in out, "lesions.csv.note" in err) == (0, True, True)
    assert said(capsys, "assess", path, "--strict")[0] == 2


@pytest.mark.parametrize("name", [*LAYOUTS])
def test_layouts_are_shown(capsys, name):
    """Each table with its columns; without a name all tables; a wrong name is refused."""
    code, out, err = said(capsys, "layouts", name)
    assert (code, err) == (0, "")
    assert out.startswith(f"{name}: ")
    for column in LAYOUTS[name].columns:
        assert f"\n  {column.name} ({column.kind}" in out
    assert said(capsys, "layouts")[1].count("\n") == len(LAYOUTS)
    assert said(capsys, "layouts", "lesion")[0] == 2


@pytest.mark.parametrize(
    ("table", "column", "part"),
    [
        ("lesions", "role", "name its column in a study file (--study)"),
        ("lesions", "size", "`lesions` must have sizes of its targets"),
        ("subjects", "subject", "name its column in a study file (--study)"),
    ],
)
def test_errors_advise_what_the_command_line_has(capsys, tmp_path, table, column, part):
    """What to do with the file, never an argument of Python's; one line, exit code 2."""
    tables = door.renamed(table, column, "zz9")
    code, out, err = said(capsys, "assess", folder(tmp_path, tables))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert part in err
    assert "mapping=" not in err
    assert "nettumor.crf" not in err


def test_sentences_of_python_are_left_out():
    """What remains is a sentence; a message without such advice stays as it is."""
    plain = "`--dates` must be one of 'DMY'; got 'x'. Known: DMY."
    assert without_python(plain) == plain
    message = '`size` must be positive; got 0. Drop the lesion, or pass invalid="NE".'
    assert without_python(message) == "`size` must be positive; got 0. Drop the lesion."
    assert without_python("It is wrong. Read it with nettumor.crf.read(x).") == "It is wrong."


def test_interrupted_and_broken(capsys, monkeypatch):
    """Ctrl-C is exit code 130; a fault of the program is one line and 2."""
    from nettumor import cli

    def interrupt(arguments):
        raise KeyboardInterrupt

    def fail(arguments):
        raise RuntimeError("a\nb")

    monkeypatch.setattr(cli, "run", interrupt)
    assert said(capsys, "demo") == (130, "", "nettumor: interrupted\n")
    monkeypatch.setattr(cli, "run", fail)
    code, out, err = said(capsys, "demo")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "RuntimeError: a b" in err


def test_the_screen_names_who_is_left_out_and_what_only_options_do(capsys, tmp_path):
    """Screen failures are named with the word that says so; advice is of options, not of Python."""
    (tmp_path / "lesions.csv").write_text(
        "subject,lesion,role,date,size\nA,T1,TARGET,2024-01-02,50\nA,T1,TARGET,2024-03-01,30\n"
    )
    (tmp_path / "dm.csv").write_text("USUBJID,ARM,ARMCD\nA,X,X\nS,Screen Failure,SCRNFAIL\n")
    code, out, err = said(capsys, "assess", tmp_path)
    text = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "(0 of 1)" in text
    assert "Left out of the denominators: 1 subject, not assigned to treatment" in text
    assert "subjects.arm_code is 'SCRNFAIL'" in text
    assert "switch it on with --interval and --window" in text
