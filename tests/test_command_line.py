"""The command line: answers, exit codes, and every bad input as one line on stderr."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor.__main__ import main
from nettumor.before_after_table import assess_before_after

GOOD = "subject,lesion,before,after\nA,1,50,30\nA,2,40,20.5\nB,1,30,\nC,1,20,26\nD,1,12,0\n"


def table(tmp_path, text, name="sizes.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def say(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_classify(capsys):
    """The README's command: PR, and why; other criteria, a new lesion, a size not measured."""
    code, out, err = say(capsys, "classify", 52, 30)
    assert (code, err) == (0, "")
    assert out.startswith("PR: size 30.0 mm is -42.3 % from 52.0 mm before")
    assert say(capsys, "classify", 50, 35, "--criteria", "recist-1.1")[1].startswith("PR:")
    assert say(capsys, "classify", 50, 50, "--new-lesion")[1].startswith("PD: new lesion")
    assert say(capsys, "classify", 50, "NE")[1].startswith("NE:")


def test_assess_a_file(capsys, tmp_path):
    """Patients by the sum of their lesions, lesions on request, rates with intervals, and files of both kinds."""
    path = table(tmp_path, GOOD)
    code, out, err = say(capsys, "assess", path, "-o", tmp_path / "out.csv")
    assert (code, err) == (0, "")
    assert "objective response" in out
    assert (tmp_path / "out.csv").read_text().splitlines()[0].startswith("subject,n_lesions,before,after,percent")
    say(capsys, "assess", path, "--per-lesion", "--output", tmp_path / "out.json", "--criteria", "recist-1.1")
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [r["response"] for r in rows] == ["PR", "PR", "NE", "PD", "CR"]
    assert rows[2]["after"] is None


def test_answers_of_a_file(tmp_path):
    """A patient's sum decides; a lesion that was not measured makes the patient NE; a new lesion PD."""
    answers = assess_before_after(table(tmp_path, GOOD))
    assert answers.patients["response"].tolist() == ["PR", "NE", "PD", "CR"]
    assert answers.patients["before"].tolist() == [90, 30, 20, 12]
    assert answers.rates["count"].tolist() == [2, 2]
    flags = "Subject,Lesion,Before,After,new_lesion,nodal\nA,1,50,30,Y,\nB,N1,20,9,N,Y\n"
    assert assess_before_after(table(tmp_path, flags)).patients["response"].tolist() == ["PD", "CR"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace("20.5", "20,5").replace("\n", "\r\n").replace("A,2,40,20,5", "A;2;40;20,5")
        .replace("subject,lesion,before,after", "subject;lesion;before;after").replace("A,1,50,30", "A;1;50;30")
        .replace("B,1,30,", "B;1;30;").replace("C,1,20,26", "C;1;20;26").replace("D,1,12,0", "D;1;12;0"),
        GOOD.replace("B,1,30,", "B,1,30,NE"),
    ],
    ids=["byte order mark", "semicolons", "decimal comma", "a word for not measured"],
)  # fmt: skip
def test_files_as_users_have_them(tmp_path, text):
    """A byte order mark, semicolons, a decimal comma and NE give the same answers."""
    answers = assess_before_after(table(tmp_path, text))
    assert answers.patients["response"].tolist() == ["PR", "NE", "PD", "CR"]
    assert answers.lesions["after"][1] == 20.5


VISITS = """subject,lesion,role,organ,visit,size,perpendicular,state
A,T1,TARGET,LIVER,1,50,,
A,T1,TARGET,LIVER,2,30,,
A,T2,TARGET,LYMPH NODE,1,25,18,
A,T2,TARGET,LYMPH NODE,2,25,9,
B,T1,TARGET,LIVER,1,50,,
B,T1,TARGET,LIVER,2,,,ABSENT
B,N1,NEW,LUNG,2,,,UNEQUIVOCAL
C,T1,TARGET,LIVER,1,50,,
C,T1,TARGET,LIVER,2,,,NOT EVALUABLE
"""


def test_a_lesions_table_with_two_visits(tmp_path):
    """The `lesions` table: nodes by the short axis, absent is 0, not evaluable NE, a NEW row PD."""
    answers = assess_before_after(table(tmp_path, VISITS, "lesions.csv"))
    assert answers.patients["response"].tolist() == ["PR", "PD", "NE"]
    assert answers.patients["before"].tolist() == [68, 50, 50]
    dated = VISITS.replace("visit", "day").replace(",1,", ",-7,").replace(",2,", ",56,")
    assert assess_before_after(table(tmp_path, dated, "lesions.csv")).patients["response"].tolist() == [
        "PR", "PD", "NE",
    ]  # fmt: skip


BAD = [
    (GOOD.replace("20.5", "many"), r"sizes.csv, row 3: `after` must be a size in mm, at least 0, or blank; got 'many'"),
    (GOOD.replace("lesion,", ""), "row 2 .*cells|lacks the column lesion"),
    ("subject,before,after\nA,5,4\n", "lacks the column lesion; it has subject, before, after"),
    (GOOD.replace("after", "before"), "before"),
    ("", "empty"),
    (GOOD + "E,1\n", "row 7"),
    (GOOD.encode() + b"\xe9,1,5,4\n", "UTF-8"),
    (GOOD.replace("A,1,50", "A,1,-50"), r"row 2: `before` must be a size in mm, greater than 0.* got '-50'"),
    (GOOD.replace("A,1,50", "A,1,0"), "row 2: `before` must be a size in mm, greater than 0"),
    (GOOD.replace("A,1,50", "A,1,inf"), "row 2: `before` must be a size in mm"),
    (GOOD.replace("A,1,50", ",1,50"), "row 2: `subject` is blank"),
    (GOOD.replace("A,2", "A,1"), "row 3: lesion '1' of subject 'A' stands twice"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_files_are_one_line_and_code_2(capsys, tmp_path, text, message):
    """Each bad file: an InputError that names file, row and repair; one line on stderr, exit code 2."""
    path = table(tmp_path, text)
    with pytest.raises(nt.InputError, match=message):
        assess_before_after(path)
    code, out, err = say(capsys, "assess", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("nettumor: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["classify", "52", "x"], "`after` must be a number in mm, or NE; got 'x'"),
        (["classify", "--", "-5", "4"], "`before` must be finite and greater than 0 mm"),
        (["classify", "5", "4", "--criteria", "recist-11"], "Did you mean 'recist-1.1'"),
        (["classify", "5", "4", "--criteria", "choi-2007"], "served by choi_response"),
        (["classify", "5", "4", "--criteria", "nothere.toml"], "nothere.toml"),
        (["classify", "5"], "Missing argument"),
        (["clasify", "5", "4"], "No such command"),
        (["assess", "nothere.csv"], "`nothere.csv` cannot be opened"),
        (["assess", "."], "kind that cannot be read"),
        (["criteria", "who"], "Did you mean"),
        (["classify", "5", "4", "--color"], "Got unexpected extra argument|No such option"),
    ],
)
def test_wrong_calls_are_one_line_and_code_2(capsys, arguments, message):
    """A wrong call is explained in one line on stderr; never a traceback."""
    code, out, err = say(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert re.search(message, err), err


def test_output_must_be_a_known_kind(capsys, tmp_path):
    """An output of another kind is refused before anything is written."""
    code, _, err = say(capsys, "assess", table(tmp_path, GOOD), "-o", tmp_path / "out.xlsx")
    assert code == 2
    assert "`--output` must end in .csv or .json; got 'out.xlsx'" in err


def test_more_than_two_visits_are_not_before_and_after(capsys, tmp_path):
    """A course of scans is no before/after table: refused with the repair."""
    path = table(tmp_path, VISITS + "A,T1,TARGET,LIVER,3,30,,\n", "lesions.csv")
    assert "must have two visits, before and after; got 3" in say(capsys, "assess", path)[2]


def test_criteria_and_help(capsys):
    """All editions by name; one as prose; a protocol file; help without arguments."""
    _, out, _ = say(capsys, "criteria")
    assert all(name in out for name in nt.criteria.names())
    assert "PR: a decrease of at least 30 %" in say(capsys, "criteria", "recist-1.1")[1]
    code, out, _ = say(capsys)
    assert code == 0
    assert "classify" in out


def test_a_protocol_file_serves(capsys, tmp_path):
    """--criteria takes a protocol's TOML file, and so does `criteria`."""
    path = table(tmp_path, 'base = "vogl-2008"\ngap = "MR"\n', "protocol.toml")
    assert say(capsys, "classify", 100, 72, "--criteria", path)[1].startswith("MR:")
    assert "it is called MR" in say(capsys, "criteria", path)[1]


def test_many_patients_are_cut_with_notice(capsys, tmp_path):
    """What the screen leaves out is said."""
    rows = "".join(f"P{i:03d},1,50,30\n" for i in range(50))
    out = say(capsys, "assess", table(tmp_path, "subject,lesion,before,after\n" + rows))[1]
    assert "10 more rows; write them all with -o FILE.csv" in out


def test_demonstration(capsys):
    """The synthetic trial says that it is one, and shows the three axes and survival."""
    code, out, err = say(capsys, "demo")
    assert (code, err) == (0, "")
    for part in ("SYNTHETIC", "morphological", "biological", "symptomatic", "kappa", "from the first metastasis"):
        assert part in out


@given(st.binary(max_size=300))
def test_any_bytes_never_give_a_traceback(data):
    """Fuzzed files: exit code 0 or 2, never an exception of another kind."""
    path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"fuzzed-{os.getpid()}.csv"
    path.write_bytes(b"subject,lesion,before,after\n" + data)
    try:
        assess_before_after(path)
    except nt.InputError:
        pass
    finally:
        path.unlink()


def test_as_a_module():
    """`python -m nettumor` is the command."""
    done = subprocess.run([sys.executable, "-m", "nettumor", "classify", "5", "0"], capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.startswith("CR: nothing left of 5.0 mm")


def test_without_the_extra_it_says_what_to_install(capsys, monkeypatch):
    """Without Typer: one sentence with the command that installs it, exit code 2."""
    for name in [n for n in sys.modules if n.startswith("nettumor._command_line")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typer", None)
    code, _, err = say(capsys, "demo")
    assert code == 2
    assert "pip install 'nettumor[cli]'" in err
