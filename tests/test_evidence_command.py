"""`nettumor evidence` and `nettumor indication`: answers, JSON, files, and wrong calls in one line."""

import csv
import json

import pytest

from nettumor.__main__ import main
from nettumor.indication import guidance


def say(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_tables(capsys, tmp_path):
    """The four tables, one of them, one treatment, all columns in a file, JSON on request."""
    code, out, err = say(capsys, "evidence")
    assert (code, err) == (0, "")
    assert "Table 4, survival" in out
    assert "Loewe" in say(capsys, "evidence", 3)[1]
    tae = json.loads(say(capsys, "evidence", 3, "--treatment", "tae", "--json")[1])
    assert {row["treatment_class"] for row in tae} == {"TAE"}
    assert tae[0]["percent"] is None
    say(capsys, "evidence", 4, "-o", tmp_path / "t4.csv")
    with open(tmp_path / "t4.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 45
    assert rows[0]["response_printed"] == "15L/8D"


def test_audit_and_references(capsys):
    """What is wrong, of all tables and statements or of one table; the 63 references."""
    rows = json.loads(say(capsys, "evidence", "--audit", "--json")[1])
    assert len(rows) == 296
    assert "does not follow" in say(capsys, "evidence", "--audit")[1]
    one = json.loads(say(capsys, "evidence", 2, "--audit", "--json")[1])
    assert len(one) == 33
    assert "Kulke MH" in say(capsys, "evidence", "--references")[1]


def test_a_cohort(capsys, tmp_path):
    """Responders of patients beside the studies, with every choice, or as JSON without NaN."""
    code, out, err = say(
        capsys, "evidence", 1, "--treatment", "TACE", "--cohort", "12/20", "-o", tmp_path / "s.json"
    )
    assert (code, err) == (0, "")
    assert "response rate 60.0 % (12 of 20)" in out
    assert "the larger study is kept" in out
    assert len(json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))) == 13
    out = say(
        capsys,
        "evidence",
        "--cohort",
        "4/10",
        "--criteria",
        "recist-1.1",
        "--endpoint",
        "OR",
        "--json",
    )[1]
    answer = json.loads(out)
    assert answer["cohort"] == {"estimate": 0.4, "low": pytest.approx(0.12155, abs=1e-5),
                                "high": pytest.approx(0.73762, abs=1e-5), "count": 4, "total": 10}  # fmt: skip
    assert answer["prediction"]["reason"] == "fewer than three studies"
    assert answer["prediction"]["low"] is None
    assert answer["studies"][1]["criteria"].startswith("differs")


def test_indication(capsys, tmp_path):
    """The statements for a patient, with the notice in every output; what is not given is not known."""
    call = (
        "indication",
        "--n-lesions",
        3,
        "--largest-cm",
        2.5,
        "--resectable",
        "yes",
        "--symptomatic",
        "no",
    )
    code, out, err = say(capsys, *call, "--age", 60, "-o", tmp_path / "options.csv")
    assert (code, err) == (0, "")
    assert out.startswith("Vogl et al. 2008; not medical advice")
    assert "- resection, recommended (section 5)" in out
    assert "notice" in (tmp_path / "options.csv").read_text(encoding="utf-8").splitlines()[0]
    answer = json.loads(say(capsys, "indication", "--json")[1])
    assert answer["notice"] == "Vogl et al. 2008; not medical advice"
    assert len(answer["options"]) == guidance().n_rows
    assert "not met" not in {row["status"] for row in answer["options"]}, "nothing is known"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evidence", 7), "must be 1, 2, 3 or 4"),
        (("evidence", "three"), "valid integer"),
        (("evidence", 3, "--treatment", "TACEE"), "`--treatment` must be a class of Table 3"),
        (("evidence", "--cohort", "20"), "`--cohort` must be responders of patients; got '20'. Write 12/20."),
        (("evidence", "--cohort", "30/20"), "count at most total"),
        (("evidence", "--cohort", "3/20", "--treatment", "TACEE"), "`treatment` must be a treatment class"),
        (("evidence", 4, "--cohort", "3/20"), "`survival` must be given for Table 4"),
        (("evidence", "--endpoint", "OR"), "must stand with --cohort"),
        (("evidence", 3, "-o", "t.txt"), "`--output` must end in .csv or .json"),
        (("indication", "--resectable", "maybe"), "`--resectable` must be yes or no; got 'maybe'"),
        (("indication", "--largest-cm", "-1"), "`largest_cm` must be a diameter in cm"),
        (("indication", "--purpose", "money"), "`purpose` must be one of 'cure'"),
    ],
)  # fmt: skip
def test_wrong_calls(capsys, arguments, message):
    """One line on stderr, and exit code 2."""
    code, out, err = say(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
