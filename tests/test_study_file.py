"""The study file: what each section does, what is wrong in one, and what the tool writes itself."""

import pathlib
import re
import warnings

import numpy as np
import pytest

import nettumor as nt
from nettumor import _toml
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_file.writing import study_text

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")


def written(folder, text, name="study.toml"):
    """A study file in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


LESIONS = {
    "PatNo": ["001", "001", "2", "02"],
    "les": ["1", "1", "1", "1"],
    "kind": ["1", "1", "1", "1"],
    "when": ["01/02/2024", "03/04/2024", "01/02/2024", "03/04/2024"],
    "cm": ["5.0", "3.0", "4.0", "-99"],
    "seen": ["", "", "", "7"],
    "comment": ["a", "b", "c", "d"],
}
STUDY = """
[columns.lesions]
PatNo = "subject"
les = "lesion"
kind = "role"
when = "date"
cm = "size"
seen = "state"
ignore = ["comment"]
[words]
missing = ["-99"]
[words.role]
1 = "TARGET"
[words.subject]
2 = "002"
02 = "002"
[words.state]
7 = "ABSENT"
[dates]
order = "DMY"
[units]
size = "cm"
"""


def test_a_study_file_says_how_a_table_is_read(tmp_path):
    """Columns, words, codes for missing, dates and units; and nothing is left to be told."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = nt.crf.read({"lesions": LESIONS}, study=written(tmp_path, STUDY))
    table = tables["lesions"]
    assert table.lesions.measure("size").value.tolist() == [50, 30, 40, 0]
    assert nt.crf.iso(table.when().day).tolist()[:2] == ["2024-02-01", "2024-04-03"]
    assert "comment" not in table
    assert table.text("subject").tolist() == ["001", "001", "002", "002"]
    assert set(tables.intake["status"].tolist()) <= {"read", "not needed"}


def test_what_the_call_says_goes_before_the_study_file(tmp_path):
    """Dates of the call win; a schedule of the call wins over the file, the file over the rule."""
    path = written(tmp_path, STUDY + "[schedule]\nevery = 50\nwindow = 5\n")
    tables = nt.crf.read({"lesions": LESIONS}, study=path, dates={"lesions.date": "MDY"})
    assert nt.crf.iso(tables["lesions"].when().day).tolist()[0] == "2024-01-02"
    said = {}
    for name, schedule in (("file", None), ("call", 70)):
        done = nt.assess({"lesions": LESIONS}, study=path, schedule=schedule)
        items = dict(zip(*(done.provenance[c].tolist() for c in ("item", "value")), strict=True))
        said[name] = items["missed visits"]
    assert "every 50 days (window 5)" in said["file"]
    assert "every 70 days (window 5)" in said["call"]


def test_files_are_parts_of_a_table(tmp_path):
    """Several files make one table, with the role that the form implies and the role before the
    number; each finding and row stays with its own file.
    """
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "big.csv").write_text("subject,lesion,visit,day,size\n1,1,1,0,50\n1,1,2,56,30\n")
    (forms / "small.csv").write_text("subject,lesion,visit,day,state\n1,1,1,0,PRESENT\n")
    (forms / "late.csv").write_text("subject,lesion,visit,day,state\n1,1,2,56,PRESENT\n")
    (forms / "log.csv").write_text("a,b\n1,2\n")
    path = written(
        tmp_path,
        '[files]\nbig = { table = "lesions", role = "TL", ids = "within role" }\n'
        '"small.csv" = { table = "lesions", role = "NTL" }\n"log.csv" = "ignore"\n'
        'late = { table = "lesions", role = "NEW TARGET" }\n',
    )
    tables = nt.crf.read(forms, study=path, strict=True)
    table = tables["lesions"]
    assert table.text("lesion").tolist() == ["T1", "T1", "NEW1", "NT1"]
    assert table.text("role").tolist() == ["TARGET", "TARGET", "NEW TARGET", "NON-TARGET"]
    assert table.origin.text.tolist() == ["big", "big", "late", "small"]
    assert table.rows.tolist() == [2, 3, 2, 2]
    assert tables.inputs()["name"].tolist() == ["big.csv", "late.csv", "small.csv"]


def test_tables_of_subjects_are_joined(tmp_path):
    """Two forms of subjects make one row for each; where they differ the intake says so."""
    source = {
        "DM": {"subject": ["1", "2"], "sex": ["F", "M"]},
        "DTH": {"subject": ["2", "2"], "death": ["2024-05-01", ""], "sex": ["M", "F"]},
        "lesions": {
            "subject": ["1"],
            "lesion": ["T1"],
            "role": ["TARGET"],
            "day": [0],
            "size": [9],
        },
    }
    path = written(tmp_path, '[files]\nDM = "subjects"\nDTH = "subjects"\n')
    tables = nt.crf.read(source, study=path)
    assert tables["subjects"].text("subject").tolist() == ["1", "2"]
    assert tables["subjects"].text("death").tolist() == ["", "2024-05-01"]
    assert [r["found"] for r in tables.intake.rows() if r["status"] == "ambiguous"] == [
        "2: M and F"
    ]


def test_a_code_for_missing_leaves_numbers_numbers(tmp_path):
    """-99 among numbers is blank, and the column stays one of numbers."""
    source = {"lesions": {"subject": ["1", "1"], "lesion": ["T1", "T1"], "role": ["TARGET"] * 2,
                          "day": [0, 56], "size": [50.0, -99.0]}}  # fmt: skip
    table = nt.crf.read(source, study=written(tmp_path, '[words]\nmissing = ["-99"]\n'))["lesions"]
    assert table["size"].dtype == float
    assert np.isnan(table["size"][1])


def test_units_of_markers(tmp_path):
    """A marker without a column of units gets its unit from the study file."""
    source = {"markers": {"subject": ["1"], "day": [0], "marker": ["5-HIAA"], "value": [9.0]}}
    path = written(tmp_path, '[units.markers]\n"5-hiaa" = "mg/24h"\n')
    assert nt.crf.read(source, study=path)["markers"].text("unit").tolist() == ["mg/24h"]


PEOPLE = {
    "subjects": {"subject": ["1", "2", "3"], "FASFL": ["Y", "Y", "N"], "arm": ["A", "A", "SCREEN FAILURE"]},
    "lesions": {"subject": ["1", "2", "3"], "lesion": ["T1"] * 3, "role": ["TARGET"] * 3,
                "day": [0, 0, 0], "size": [20, 20, 20]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("", ["1", "2"]),
        ('who = "all"', ["1", "2", "3"]),
        ('leave_out = ["2"]', ["1"]),
        ('[population.leave_out]\n2 = "withdrew consent"', ["1"]),
        ('who = "all"\nwhere = { FASFL = "Y" }', ["1", "2"]),
        ('who = "all"\nwhere = { fasfl = ["Y", "N"] }', ["1", "2", "3"]),
    ],
)
def test_the_population_is_that_of_the_study_file(tmp_path, text, subjects):
    """Who is left out, by name, by a column, or by the arm; each is said."""
    done = nt.assess(PEOPLE, study=written(tmp_path, f"[population]\n{text}\n"))
    assert done.subjects["subject"].tolist() == subjects
    said = [r for r in done.intake.rows() if r["kind"] == "subject"]
    assert sum(r["count"] for r in said) >= 3 - len(subjects)


def test_the_checks_and_the_schedule_configure_the_edit_checks(tmp_path):
    """[checks] is the configuration of the checks; [schedule] gives the windows it does not."""
    text = (
        '[checks.off]\nM22 = "not collected"\n[checks.windows]\nwindow = 3\n'
        "[schedule]\nevery = 56\nwindow = 7\nbaseline = 28\n"
    )
    path = written(tmp_path, text)
    found = nt.edit_checks.run(PEOPLE, study=path)
    assert next(r for r in found.runs.rows() if r["check"] == "M22")["reason"].endswith(
        "not collected"
    )
    own = nt.edit_checks.load_configuration(path)
    assert own.windows == {"interval": 56.0, "window": 3.0, "baseline": 28.0}
    tables = nt.crf.read(PEOPLE, study=path)
    again = nt.edit_checks.run(tables, study=path)
    assert again.runs["status"].tolist() == found.runs["status"].tolist()


def test_what_was_decided_is_not_said_again(tmp_path):
    """A line of the intake that [decided] names is read; one that comes out otherwise is told."""
    source = {"lesions": {"subject": ["1"], "lesion": ["T1"], "role": ["TARGET"], "day": [0],
                          "diam": ["5 cm"], "note": ["x"]}}  # fmt: skip
    text = '[decided]\n"lesions.diam: diam" = "size"\n"lesions.note: note" = ""\n"lesions.size: 5 cm" = "{}"\n'
    nt.crf.read(source, study=written(tmp_path, text.format("50 mm")), strict=True)
    with pytest.raises(nt.InputError, match="1 number converted"):
        nt.crf.read(source, study=written(tmp_path, text.format("5 mm")), strict=True)


WRONG = {
    "[column]": r"Unknown section: 'column' \(study.toml, line 1, column\). Did you mean 'columns'",
    'files = "x"': r"`files` must be a table; got 'x' \(study.toml, line 1, files\). Write \[files\]",
    '[files]\nTL = "lesion"': r"`files.TL` must be one of .*line 2, files.TL\). Did you mean 'lesions'",
    "[files]\nTL = 3": r"`files.TL` must be text; got 3 \(study.toml, line 2, files.TL\). Put it in quotes",
    '[files]\nTL = { role = "TARGET" }': r"`files.TL` must say the table",
    '[files]\nTL = { table = "lesions", rôle = "T" }': "must be a TOML file",
    '[files]\nTL = { table = "lesions", rol = "T" }': "Unknown key of a file: 'rol'.*Did you mean 'role'",
    '[files]\nTL = { table = "lesions", role = "TRAGET" }': "must be a role.*Did you mean 'TARGET'",
    '[files]\nTL = { table = "responses", role = "TARGET" }': "Only lesions have",
    '[files]\nTL = { table = "lesions", ids = "role" }': "`files.TL.ids` must be one of",
    '[columns.lesions]\nmm = "sise"': r"`columns.lesions.mm` must be a column.*Did you mean 'size'",
    '[columns]\nmm = "sise"': "Did you mean 'size'",
    '[columns]\nignore = "a"': r'`columns.ignore` must be a list of texts.*Write ignore = \["one"',
    '[columns.lesions]\nmm = "size"': r"`mm` is no column of the study \(study.toml, line 2, columns.les",
    '[columns]\nmm = "size"': r"`mm` is no column of the study \(study.toml, line 2, columns.mm\)",
    '[columns.lesions]\nignore = ["mm"]': "`mm` is no column",
    '[columns]\nignore = ["mm"]': "`mm` is no column",
    '[columns.TLL]\nmm = "size"': "`columns.TLL` is no table, file or sheet",
    '[columns.markers]\nmm = "value"': "`mm` is no column of the study.*There are none",
    '[files]\n"TL.csv" = "lesions"': r"`files.TL.csv` is no file, sheet or data set.*got subjects, lesions",
    '[words.roles]\n1 = "TARGET"': "Unknown column: 'roles'.*Did you mean 'role'",
    '[words.role]\n1 = "TRAGET"': r"`words.role.1` must be a word that is read; got 'TRAGET'",
    "[words.role]\n1 = 1": r"`words.role.1` must be text; got 1 \(study.toml, line 2, words.role.1\)",
    "[words]\nmissing = -99": "`words.missing` must be a list of texts",
    '[words]\nrole = "x"': r"`words.role` must be a table; got 'x'.*Write \[words.role\]",
    '[dates]\norder = "DYM"': "`dates.order` must be one of",
    '[dates]\n"lesions.dat" = "DMY"': "Unknown column: 'lesions.dat'.*Did you mean 'lesions.date'",
    '[dates]\norder = "DMY"\n"lesions.date" = "MDY"': r"`dates.lesions.date` is no column of.*line 3",
    '[units]\nsize = "inch"': "must be a unit that can be made mm; got 'inch'",
    '[units]\norgan = "cm"': "has no unit of its own",
    '[wide]\n"t{m}_size" = "TARGET size"': "`wide.t{m}_size` is no pattern",
    '[wide]\n"t_size" = "TARGET size"': "does not say which lesion",
    '[wide]\n"t{n}_size" = "TARGET sise"': "Did you mean 'size'",
    '[wide]\n"t{n}_size" = "TRAGET size"': "must be a role",
    '[wide]\n"t{n}" = { table = "lesion", column = "size" }': "Did you mean 'lesions'",
    '[wide]\n"t{n}" = { column = "size", rol = "TARGET" }': "must be a column.*Did you mean 'role'",
    '[population]\nwho = "some"': "`population.who` must be one of assigned, all",
    '[population]\nleave_out = ["9"]': "names '9', who is no subject",
    '[population]\nwhere = { FAS = "Y" }': "names 'FAS', which is no column of `subjects`",
    '[population]\nwhere = { FASFL = "Z" }': "leaves out all 3 subjects",
    '[population]\nwherever = 1': "Unknown key in \\[population\\]: 'wherever'",
    "[schedule]\nevery = -1": "`schedule.every` must be scheduled visits; got -1",
    "[schedule]\nevery = [56]": "must be scheduled visits",
    "[schedule]\nvisits = [56]": "must be scheduled visits",
    "[schedule]\ndays = [[0, 56]]": "must be scheduled visits",
    "[schedule]\nevery = 56\ndays = [56]": "stands beside `every`",
    '[schedule]\nevery = 56\nwindow = "7"': "`schedule.window` must be a number of days, 0 or more",
    "[schedule]\nevry = 56": "Unknown key in .*Did you mean 'every'",
    "[decided]\nx = 1": "`decided.x` must be text",
    "[limits]\nrow = 5": "Unknown limit: 'row'.*Did you mean 'rows'",
    "[limits]\nrows = 0": "`limits.rows` must be a whole number of at least 1; got 0",
    "[schedule]\nevery = 1e9": "`schedule.every` must be scheduled visits; got 1000000000.0",
    '[units]\nsize = " "': "`units.size` must not be blank",
    '[units.markers]\nCgA = ""': "`units.markers.CgA` must not be blank",
    '[dates]\nsize = "DMY"': "`dates.size` is no column of dates",
    '[words.date]\nx = "soon"': "`words.date.x` must be a word that is read; got 'soon'",
    '[words.age]\nx = "old"': "`words.age.x` must be a word that is read; got 'old'",
    '[columns.TR]\nmm = "TRSTRSN"': "`columns.TR.mm` must be a variable of TR; got 'TRSTRSN'",
    "[population.where]\narm = []": "`population.where.arm` names no word",
    '[wide]\n"" = "TARGET size"': "`wide.` is no pattern",
    "[checks.windows]\ninterval = 0": "`windows.interval` must be above 0",
    '[checks.parameters.O11]\nrule = "foo"': "line 2, checks.parameters.O11.rule: O11: `rule` must be one of",
    "checks = 1": "`checks` must be a table",
    '[checks.of]\nM22 = "x"': r"Unknown table: 'of' \(study.toml, line 1, checks.of\). Did you mean 'off'",
    "[checks.off]\nM22 = 1": r"must give the reason; got 1 \(study.toml, line 2, checks.off.M22\)",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_in_a_study_file_is_said_with_its_place(tmp_path, text):
    """Every section: unknown keys with the nearest, wrong kinds, and what the study does not have."""
    path = written(tmp_path, text)
    run = nt.edit_checks.run if "checks" in text else nt.assess
    with pytest.raises(nt.InputError, match=WRONG[text]):
        run(PEOPLE, study=path)


def test_words_of_a_study_may_stand_for_numbers_dates_and_states(tmp_path):
    """A word of a column of numbers may be a number, a limit or a state; of dates a date, a day, or
    nothing.
    """
    text = (
        '[words.size]\ntiny = "< 5 mm"\nlost = "NE"\n"n.k." = ""\n'
        '[words.date]\nfirst = "2024-01-05"\nlast = "UN-JAN-2024"\nday = "12"\n'
    )
    words = nt.crf.load_study(written(tmp_path, text)).words.by_column
    assert words["size"] == {"TINY": "< 5 mm", "LOST": "NE", "N.K.": ""}
    assert words["date"] == {"FIRST": "2024-01-05", "LAST": "UN-JAN-2024", "DAY": "12"}


def test_wrong_arguments(tmp_path):
    """A study file that is none, and one that comes too late."""
    with pytest.raises(TypeError, match="`study` must be the path of a TOML file"):
        nt.crf.read(PEOPLE, study=3)
    with pytest.raises(nt.InputError, match="`study` must be a readable TOML file"):
        nt.crf.load_study(tmp_path / "none.toml")
    tables = nt.crf.read(PEOPLE)
    with pytest.raises(nt.InputError, match="got Tables that were read without one"):
        nt.assess(tables, study=written(tmp_path, ""))
    read_with = nt.crf.read(PEOPLE, study=written(tmp_path, ""))
    with pytest.raises(nt.InputError, match="got Tables that were read by another"):
        nt.assess(read_with, study=written(tmp_path, "[schedule]\nevery = 5\n"))
    lesions = {**PEOPLE["lesions"], "unit": ["mm"] * 3}
    path = written(tmp_path, '[units]\nsize = "cm"\n')
    with pytest.raises(nt.InputError, match=r"`units.size` stands beside a column of units"):
        nt.crf.read({"lesions": lesions}, study=path)


def test_a_table_of_a_toml_file_keeps_its_places(tmp_path):
    """`TomlFile.under` says places from the top of the file, also below what is not there."""
    file = _toml.read_toml(written(tmp_path, "[a.b]\nc = 1\n"))
    assert file.under("a", "b").place("c") == "study.toml, line 2, a.b.c"
    assert file.under("z").content == {}
    assert file.under("z").place() == "study.toml, z"
    with pytest.raises(TypeError, match=r"`a.b.c` must be a table; got 1"):
        file.under("a", "b").under("c", "d")


ODD = {
    "subjects": {"patient": ["01", "1"], "FASFL": ["Y", "N"]},
    "lesions": {"patient": ["01", "01", "1"], "les": ["T1", "T1", "T1"], "lesion_id": ["T1", "T1", "T1"],
                "role": ["TARGET", "TARGET", "TAGRET"], "scan_date": ["15JAN2024", "15MAR2024", "UNK"],
                "size_cm": ["5.0", "3.0", "~2"], "state": ["", "VANISHED", ""], "x": [1, 2, 3]},
    "AE": {"a": [1]},
}  # fmt: skip


def test_reading_with_the_written_file_gives_the_same_answer(tmp_path):
    """What `--write-study` writes is read, changes nothing, and takes what was decided as known; what
    was not recognised stands there behind #, with the nearest name.
    """
    source = {k: v for k, v in ODD.items() if k != "AE"}
    before = read_quietly(source)
    text = study_text(before)
    after = read_quietly(source, study=written(tmp_path, text))
    for name in before:
        assert set(before[name]) == set(after[name])
        for column in before[name]:
            cells = (tables[name].text(column).tolist() for tables in (before, after))
            assert next(cells) == next(cells), column
    loud = {r["status"] for r in after.intake.rows()}
    assert not loud & {"renamed", "converted"}
    assert "unreadable" in loud
    assert re.search(r'# les = "\w*" +# the nearest column', text)
    assert re.search(r'\[words."lesions.state"\]\n# VANISHED = "" +# 1 cell: not a state', text)
    assert '[words."subject"]' in text
    assert "# 1 = " in text


def test_the_command_writes_a_study_file_and_reads_it(tmp_path, capsys):
    """`intake --write-study`, then `--study` on every command; never over a file that is there."""
    from nettumor.cli.app import run

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "lesions.csv").write_text(
        "patient,lesion,role,day,diam\n1,T1,TARGET,0,50\n1,T1,TARGET,56,30\n"
    )
    made = str(tmp_path / "made.toml")
    assert run(["intake", str(folder), "--write-study", made]) == 0
    assert 'diam = "size"' in pathlib.Path(made).read_text(encoding="utf-8")
    capsys.readouterr()
    for command in (["intake"], ["assess", "--interval", "56"], ["check", "--fail-on", "never"]):
        assert run([*command, str(folder), "--study", made, "--strict"]) == 0, command
        assert "Not plainly read" not in capsys.readouterr().err
    for wrong, said in (
        (["--write-study", made], "must name a new file"),
        (["--write-study", str(tmp_path / "b"), "--study", made], "takes no `--study`"),
        (["--write-study", str(folder / "lesions.csv")], "must not be the file that is read"),
        (["--write-study", str(tmp_path / "no" / "b.toml")], "in a folder that is there"),
    ):
        with pytest.raises(nt.InputError, match=re.escape(said)):
            run(["intake", str(folder), *wrong])


def test_a_schedule_that_changes_holds_for_the_checks_too(tmp_path):
    """Every 8 weeks to day 112, then every 12: the visit on day 196 is planned, one on day 168 is not,
    and a gap of 84 days is none before day 112.
    """
    days = {"1": [0, 56, 112, 196, 280], "2": [0, 56, 112, 168], "3": [0, 112]}
    rows = [(s, d) for s, own in days.items() for d in own]
    lesions = {
        "subject": [s for s, _ in rows],
        "visit": [str(d) for _, d in rows],
        "day": [d for _, d in rows],
        "lesion": ["T1"] * len(rows),
        "role": ["TARGET"] * len(rows),
        "size": [20] * len(rows),
    }
    found = {}
    for name, text in (
        ("pairs", "visits = [[0, 56], [112, 84]]\nwindow = 7"),
        ("days", "days = [56, 112, 196, 280]\nwindow = 7"),
        ("one", "every = 56\nwindow = 7"),
    ):
        study = written(tmp_path, f"[schedule]\n{text}\n")
        table = nt.edit_checks.run({"lesions": lesions}, study=study, checks=["D10", "D11"])
        found[name] = [(r["check"], r["subject"], r["visit"], r["expected"]) for r in table.rows()]
    assert found["pairs"] == [
        ("D10", "2", "168", "189 to 203"),
        ("D11", "3", "112", "on or before 84"),
    ]
    assert found["days"] == found["pairs"]
    assert ("D10", "1", "196", "217 to 231") in found["one"]
    assert found["one"] != found["pairs"]


def test_a_form_with_roles_of_its_own_gets_none_in_the_study_file(tmp_path):
    """Its name implies a role; where its rows say theirs, the name counts for nothing."""
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "target_lesions.csv").write_text(
        "subject,lesion,role,visit,day,size\n1,T1,TARGET,1,0,50\n1,N1,NEW,2,56,9\n"
    )
    text = study_text(nt.crf.read(forms))
    assert '"target_lesions.csv" = "lesions"' in text or 'target_lesions = "lesions"' in text
    assert "role = " not in text
