"""Every edit check with its accept and reject tables, and the rules of the framework.

``tests/edit_checks/<id>/`` holds ``accept.csv`` and ``reject.csv`` (the lesions table), or folders
``accept/`` and ``reject/`` with one file per table, and ``expected.csv`` with the findings of the
reject tables (any columns of the findings). ``settings.toml`` may name criteria, parameters and the
severity.
"""

import ast
import csv
import pathlib
import re
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.criteria import get
from nettumor.edit_checks import CHECKS, Hits, Skip
from nettumor.edit_checks.engine.facts import IN_DOUBT, explained_by, facts_of, words_of
from nettumor.edit_checks.engine.register import DATES, in_order
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.edit_checks.reading.unread import refuse_unread
from nettumor.errors import InputError, InputTypeError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

CASES = pathlib.Path(__file__).parent / "edit_checks"


def tables_of(folder, which):
    """The accept or reject tables of a check as columns of text."""
    one = folder / f"{which}.csv"
    files = [one] if one.exists() else sorted((folder / which).glob("*.csv"))
    assert files, f"{folder.name} has no {which} table"
    found = {}
    for path in files:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        name = "lesions" if path == one else path.stem
        found[name] = {column: [row[i] for row in rows[1:]] for i, column in enumerate(rows[0])}
    return found


def settings_of(folder):
    path = folder / "settings.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def run_case(check, which):
    folder = CASES / check
    settings = settings_of(folder)
    parameters = {check: settings.get("parameters", {})}
    criteria = settings.get("criteria", "recist-1.1")
    study = crf.read(tables_of(folder, which), incomplete="keep")
    configuration = edit_checks.Configuration(windows=settings.get("windows", {}))
    return edit_checks.run(
        study, criteria, checks=[check], parameters=parameters, configuration=configuration
    )


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_accept_table_passes(check):
    """The accept table of each check passes: the check ran, and found nothing."""
    found = run_case(check, "accept")
    assert found.runs["status"].tolist() == ["passed"], (
        found.runs["reason"].tolist(),
        found["message"].tolist(),
    )


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_reject_table_gives_the_expected_findings(check):
    """The reject table of each check gives the findings beside it, no more and no fewer."""
    found = run_case(check, "reject")
    assert found.runs["status"].tolist() == ["findings"], found.runs["reason"].tolist()
    text = (CASES / check / "expected.csv").read_text(encoding="utf-8")
    expected = list(csv.DictReader(text.splitlines()))
    got = [{n: "" if row[n] is None else str(row[n]) for n in expected[0]} for row in found.rows()]
    assert got == expected
    assert all(m and "{" not in m for m in found["message"])


def test_cases_name_checks():
    """No folder of cases stands for a check that does not exist."""
    assert {p.name for p in CASES.iterdir() if p.is_dir()} == set(CHECKS)


RULES = pathlib.Path(edit_checks.__file__).parent / "rules"


def facts():
    """All rows of facts with the module that they stand beside."""
    modules = sorted(p.stem for p in RULES.glob("*.csv") if p.with_suffix(".py").exists())
    names = [f"nettumor.edit_checks.rules.{m}" for m in modules]
    return [(module, row) for module in names for row in facts_of(module).values()]


def test_facts_are_complete():
    """The facts hold 215 checks with known severities and editions, each beside the module of its
    function.
    """
    rows = facts()
    assert len(rows) == len(CHECKS) == 215
    assert {row["severity"] for _, row in rows} == {"error", "warning", "note"}
    for module, row in rows:
        check = CHECKS[row["id"]]
        assert (check.name, check.function.__module__) == (row["name"], module)
        assert check.source
        assert check.sentence
        assert check.dates in DATES
        assert set(check.criteria) <= {"RECIST 1.1", "RECIST 1.0", "mRECIST", "WHO", "iRECIST"}


def test_checks_are_named_in_their_rules_alone():
    """The engine, what it reads and its reports know of no single check."""
    named = [
        (path.name, node.value)
        for folder in ("engine", "reading", "reports")
        for path in (RULES.parent / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and str(node.value).removeprefix("=") in CHECKS
    ]
    assert not named


def test_what_checks_explain_is_named_by_others():
    """Each thing that the facts say is put in doubt has its sentence, and `follows` names checks or
    groups in its place.
    """
    explained = {w.removeprefix("=") for _, row in facts() for w in words_of(row["explains"])}
    assert explained == set(IN_DOUBT)
    letters = {id[0] for id in CHECKS}
    for check in CHECKS.values():
        assert {name.lstrip("=^") for name in check.follows} <= {*CHECKS, *letters}
    assert {"S02", "=D03", "M05", "S08"} <= set(CHECKS["U01"].follows)
    assert {"=S04", "M07"} <= set(CHECKS["T02"].follows)
    assert "=T02" in CHECKS["O01"].follows


def test_a_doubt_stands_for_the_checks_that_explain_it():
    """Each check once, in their order; with "=" on either side at the same visit only; other names
    stay.
    """
    explains = {"A1": ("row",), "A2": ("=row", "value"), "A3": ("value",)}
    assert explained_by(["A3", "M", "row"], explains) == ("A3", "M", "A1", "=A2")
    assert explained_by(["=row"], explains) == ("=A1", "=A2")
    assert explained_by(["value", "=value", "A3"], explains) == ("A2", "A3", "=A2", "=A3")
    assert explained_by([], explains) == ()


def test_checks_run_by_group_and_identifier():
    """The registry stands in the order of the run: by group, then by identifier; methods are last of
    the measurements. One's own come last.
    """
    held = list(CHECKS)
    assert [held[0], held[-1]] == ["S01", "X15"]
    assert held.index("M36") + 1 == held.index("M20")
    assert held.index("M24") + 1 == held.index("U01")
    own = [one_check(list), CHECKS["X15"], CHECKS["M20"], CHECKS["M36"], CHECKS["S02"]]
    assert [c.id for c in in_order(own)] == ["S02", "M36", "M20", "X15", "X900"]


def test_a_check_without_facts_is_refused():
    """The function of a check needs a row beside its module; the error names both."""
    with pytest.raises(InputError, match=f"beside the module {__name__}; got 'Z900'"):

        @edit_checks.check("Z900", needs={})
        def nothing(data, parameters):
            return []

    def stranger(data, parameters):
        return []

    stranger.__module__ = "nettumor.edit_checks.rules.date"
    with pytest.raises(InputError, match=r"rules.date; got 'M01'"):
        edit_checks.check("M01", needs={})(stranger)


ROWS = {
    "subject": ["01", "01", "02", "02"],
    "lesion": ["T01", "T01", "T01", "T01"],
    "role": ["TARGET"] * 4,
    "visit": [0, 1, 0, 1],
    "size": ["30", "20", "12", "x"],
    "evaluator": ["A", "A", "B", "B"],
}


def one_check(function, **more):
    return edit_checks.Check(
        id="X900", name="own", sentence="An own check.", function=function, **more
    )


def test_columns_of_findings_are_those_of_the_design():
    """The findings table has its fixed columns in order, and date and related after them; the states
    say where each check looked.
    """
    found = edit_checks.run({"lesions": ROWS})
    fixed = "check severity table row subject evaluator visit lesion column value expected message caused_by"
    assert list(found) == [*fixed.split(), "key", "site", "form", "date", "related"]
    states = "check name severity status reason count looked_at unreadable"
    assert list(found.runs) == states.split()
    assert found.runs["check"].tolist() == list(CHECKS)
    assert found.criteria_digest == nt.criteria.RECIST_1_1.digest
    assert found.version == nt.__version__


def test_an_exception_is_a_failed_check():
    """A check that raises has failed, with the error; the others run."""

    def broken(data, parameters):
        raise RuntimeError("no")

    def unwritable(data, parameters):
        return edit_checks.flag("lesions", np.ones(4, bool), "{nothing}")

    for function in (broken, unwritable):
        found = edit_checks.run({"lesions": ROWS}, checks=["S01", one_check(function)])
        assert found.runs["status"].tolist() == ["passed", "failed"]
        assert found.runs["reason"][1]


def test_skips_say_why():
    """A missing table, column or content, other criteria, an own reason: skipped, with the
    reason.
    """

    def nothing(data, parameters):
        return []

    def own(data, parameters):
        raise Skip("not today")

    for more, reason in (
        ({"needs": {"markers": ()}}, "there is no table markers"),
        ({"needs": {"lesions": ("organ|method",)}}, "lesions has no column organ or method"),
        ({"needs": {"lesions": ("reason",)}}, "lesions has nothing in column reason"),
        ({"criteria": ("WHO",)}, "belongs to WHO, not to RECIST 1.1"),
    ):
        given = {"lesions": {**ROWS, "reason": [""] * 4}}
        found = edit_checks.run(given, checks=[one_check(nothing, **more)])
        assert (found.runs["status"][0], found.runs["reason"][0]) == ("skipped", reason)
    found = edit_checks.run({"lesions": ROWS}, checks=[one_check(own)])
    assert found.runs["reason"][0] == "not today"
    empty = {"subject": [], "marker": [], "date": [], "value": [], "unit": []}
    tables = {"lesions": ROWS, "markers": empty}
    found = edit_checks.run(tables, checks=[one_check(nothing, needs={"markers": ()})])
    assert found.runs["reason"][0] == "markers has no rows"


@pytest.mark.parametrize(
    ("lesions", "message"),
    [
        ({n: [] for n in ROWS}, "`lesions` has no rows. Give the table with its rows"),
        (
            {**ROWS, "role": ["A", "B", "C", "D"], "size": ["w", "x", "y", "z"]},
            "`lesions` has 4 rows of which none can be read: no role is known \\(the first is 'A'",
        ),
        ({**ROWS, "role": [""] * 4, "size": [""] * 4}, "no role is known \\(all are blank"),
    ],
)
def test_lesions_of_which_nothing_can_be_read_are_an_error(lesions, message):
    """A lesions table without rows, or of which no row can be read, is an error of its own, and the
    command line refuses it: nothing would be checked.
    """
    tables = crf.read({"lesions": lesions}, incomplete="keep")
    with pytest.raises(InputError, match=message):
        refuse_unread(tables)
    found = edit_checks.run(tables, checks=["S01"])
    assert found["severity"].tolist() == ["error"]
    assert re.search(message.replace("`", ""), found["message"][0])


UNREAD_DATES = {
    "subject": ["01"] * 6,
    "lesion": ["T01"] * 6,
    "role": ["TARGET"] * 6,
    "visit": [0, 1, 2, 3, 4, 5],
    "date": ["05-03", "?", "soon", "x", "y", ""],
    "size": [30, 29, 28, 27, 26, 25],
}
UNREAD_RESPONSES = {
    "subject": ["01"] * 2,
    "visit": [1, 2],
    "target": ["getting worse", "all fine"],
    "overall": ["getting worse", "all fine"],
}


def test_what_cannot_be_read_is_not_passed():
    """Checks that found nothing to read are skipped with what they lacked; those that could look say
    at how many places, and how many they could not read.
    """
    found = edit_checks.run({"lesions": UNREAD_DATES, "responses": UNREAD_RESPONSES})
    runs = {r["check"]: r for r in found.runs.rows()}
    for id in ("D08", "D09", "D10", "D11", "D12", "D07", "D13", "T01", "O01", "O02", "O04", "O10"):
        assert runs[id]["status"] == "skipped", id
        assert runs[id]["looked_at"] == 0, id
        assert runs[id]["reason"], id
    assert runs["T01"]["reason"] == "no readable target in responses"
    assert runs["T01"]["unreadable"] == 2
    assert runs["D01"]["status"] == "findings"
    assert (runs["D01"]["looked_at"], runs["D01"]["unreadable"]) == (0, 5)
    assert (runs["L01"]["status"], runs["L01"]["looked_at"]) == ("passed", 6)


def test_an_evaluator_alone():
    """With an evaluator only their rows are checked; rows keep their numbers; an unknown one is an
    error.
    """

    def every(data, parameters):
        return edit_checks.flag(
            "lesions", np.ones(data["lesions"].n, bool), "{subject} {value}", "size"
        )

    found = edit_checks.run({"lesions": ROWS}, checks=[one_check(every)], evaluator="B")
    assert found["row"].tolist() == [2, 3]
    assert found["message"].tolist() == ["subject 02 12", "subject 02 x"]
    with pytest.raises(InputError, match="`evaluator` must be one of the tables; got 'C'"):
        edit_checks.run({"lesions": ROWS}, evaluator="C")


def test_wrong_calls_are_errors():
    """Unknown checks, parameters and criteria are refused with the nearest name."""
    with pytest.raises(InputError, match=r"got 'S0l'. Did you mean 'S"):
        edit_checks.run({"lesions": ROWS}, checks=["S0l"])
    with pytest.raises(InputError, match="`parameters` must name checks; got 'S99'"):
        edit_checks.run({"lesions": ROWS}, parameters={"S99": {}})
    with pytest.raises(InputError, match="S01 has no parameter 'tol'"):
        edit_checks.run({"lesions": ROWS}, parameters={"S01": {"tol": 1}})
    with pytest.raises(InputTypeError, match="`criteria` must be criteria or their name"):
        edit_checks.run({"lesions": ROWS}, 3)


def chained(first_rows, later_rows, **first):
    """Two own checks, the later of which follows from the first."""
    given = {
        "subject": ["01"] * 4,
        "lesion": ["T01", "T02", "T01", "T02"],
        "role": ["TARGET"] * 4,
        "visit": [0, 0, 1, 1],
        "size": [30, 20, 31, 21],
    }
    a = edit_checks.Check(
        id="X901",
        name="a",
        sentence="A.",
        severity=first.get("severity", "error"),
        function=lambda d, p: Hits(table="lesions", rows=first_rows, message="a"),
    )
    b = edit_checks.Check(
        id="X902",
        name="b",
        sentence="B.",
        follows=("X901",),
        function=lambda d, p: Hits(table="lesions", rows=later_rows, message="b"),
    )
    return edit_checks.run({"lesions": given}, checks=[a, b])


@pytest.mark.parametrize(
    ("first", "later", "severity", "caused"),
    [
        ([0], [2], "error", "X901"),  # the same lesion, later
        ([0], [0], "warning", "X901"),  # the same row
        ([2], [0], "error", ""),  # an effect does not come before its cause
        ([0], [3], "error", ""),  # another lesion
        ([0], [2], "note", ""),  # a note explains no error
    ],
)
def test_causes(first, later, severity, caused):
    """A finding is caused by an earlier one of a check it follows, at the same lesion, not by a
    note.
    """
    found = chained(first, later, severity=severity)
    assert found["caused_by"].tolist() == ["", caused]
    said = found.selected()[1]
    assert said == ("Not shown: 1 that follow from another finding." if caused else "")
    assert found.to_csv().count("\n") == 3 - bool(caused)
    assert found.to_csv(folded=False).count("\n") == 3


@pytest.mark.parametrize("follows", ["X900", "X"])
def test_a_check_follows_another_or_a_group_by_its_letter(follows):
    """The letter of a group stands for each of its checks; of another group nothing is explained."""
    first = one_check(lambda d, p: Hits(table="lesions", rows=[0], message="a"))
    later = [
        edit_checks.Check(
            id=id,
            name=id,
            sentence="B.",
            follows=(name,),
            function=lambda d, p: Hits(table="lesions", rows=[1], message="b"),
        )
        for id, name in (("Z950", follows), ("Z951", "M"))
    ]
    found = edit_checks.run({"lesions": ROWS}, checks=[first, *later])
    assert found["caused_by"].tolist() == ["", "X900", ""]


def test_one_check_alone_may_be_asked_for():
    """A check, its identifier, its name or its group may be given without a list."""
    own = one_check(lambda d, p: [])
    for asked, ids in (
        (own, ["X900"]),
        ("S03", ["S03"]),
        ("duplicate-lesion-at-visit", ["S03"]),
        ("sum", [id for id, check in CHECKS.items() if check.group == "sum"]),
    ):
        assert set(edit_checks.run({"lesions": ROWS}, checks=asked).runs["check"]) == set(ids)


@pytest.mark.parametrize(("first", "caused"), [([0], ""), ([2], "X900"), ([0, 2], "X900")])
def test_causes_at_the_same_timepoint(first, caused):
    """A check named with "=" explains what is found at its own timepoint, not what is found
    later.
    """
    given = {
        "subject": ["01"] * 3,
        "lesion": ["T01"] * 3,
        "role": ["TARGET"] * 3,
        "visit": [0, 1, 2],
        "size": [30, 31, 32],
    }
    a = one_check(lambda d, p: Hits(table="lesions", rows=first, message="a"), severity="warning")
    b = edit_checks.Check(
        id="X950",
        name="b",
        sentence="B.",
        follows=("=X900",),
        function=lambda d, p: Hits(table="lesions", rows=[2], message="b"),
    )
    found = edit_checks.run({"lesions": given}, checks=[a, b])
    assert found["caused_by"].tolist()[-1] == caused
    # where the cause is not shown, what follows from it is
    shown, said = found.selected(severity="error")
    assert shown["check"].tolist() == ["X950"]
    assert "follow" not in said


@pytest.mark.parametrize(("first", "related", "caused"), [(0, 0, "X900"), (1, 0, ""), (0, -1, "")])
def test_causes_at_the_timepoint_of_the_related_row(first, related, caused):
    """A check named with "^" explains what is related to a row of its timepoint, and nothing else."""
    given = {
        "subject": ["01"] * 3,
        "lesion": ["T01"] * 3,
        "role": ["TARGET"] * 3,
        "visit": [0, 1, 2],
        "size": [30, 31, 32],
    }
    a = one_check(lambda d, p: Hits(table="lesions", rows=[first], message="a"))
    b = edit_checks.Check(
        id="X950",
        name="b",
        sentence="B.",
        follows=("^X900",),
        function=lambda d, p: Hits(table="lesions", rows=[2], related=[related], message="b"),
    )
    assert edit_checks.run({"lesions": given}, checks=[a, b])["caused_by"].tolist()[-1] == caused


def test_a_cause_that_is_caused_before_explains_too():
    """The chain is followed, whatever the order in which its checks stand."""
    given = {"subject": ["01"], "lesion": ["T01"], "role": ["TARGET"], "visit": [0], "size": [30]}
    hit = Hits(table="lesions", rows=[0], message="x")
    chain = [
        edit_checks.Check(id=id, name=id, sentence="X.", follows=follows, function=lambda d, p: hit)
        for id, follows in (("X901", ("X903",)), ("X902", ("X901",)), ("X903", ("X902",)))
    ]
    found = edit_checks.run({"lesions": given}, checks=chain)
    assert found["caused_by"].tolist() == ["X903", "X903", ""]


def test_a_cause_is_the_first_of_its_chain():
    """What follows from a finding that follows from another names the one that is shown, and is
    counted there.
    """
    given = {"subject": ["01"], "lesion": ["T01"], "role": ["TARGET"], "visit": [0], "size": [30]}

    def found_by(id, *follows):
        return edit_checks.Check(
            id=id,
            name=id,
            sentence="X.",
            follows=follows,
            function=lambda d, p: Hits(table="lesions", rows=[0], message="x"),
        )

    chain = [
        found_by("X901", "X902"),
        found_by("X902", "X903"),
        found_by("X903", "X904"),
        found_by("X904"),
    ]
    found = edit_checks.run({"lesions": given}, checks=chain)
    assert found["caused_by"].tolist() == ["X904", "X904", "X904", ""]
    shown, said = found.selected()
    assert (shown["check"].tolist(), shown["folded"].tolist()) == (["X904"], [3])
    assert said == "Not shown: 3 that follow from another finding."


def test_hits_apart_from_a_check_are_not_explained_by_it():
    """`apart_from` takes checks out of those that the check follows, for these hits alone."""
    given = {
        "subject": ["01"] * 2,
        "lesion": ["T01"] * 2,
        "role": ["TARGET"] * 2,
        "visit": [0, 1],
        "size": [30, 31],
    }
    first = one_check(lambda d, p: Hits(table="lesions", rows=[0], message="a"))
    later = edit_checks.Check(
        id="X950",
        name="b",
        sentence="B.",
        follows=("X900",),
        function=lambda d, p: [
            Hits(table="lesions", rows=[1], message="b"),
            Hits(table="lesions", rows=[1], message="c", apart_from=("X900",)),
        ],
    )
    found = edit_checks.run({"lesions": given}, checks=[first, later])
    assert found["caused_by"].tolist() == ["", "X900", ""]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"checks": 3}, "`checks` must be names of checks or groups; got 3"),
        ({"parameters": [1]}, "`parameters` must map checks to their parameters"),
        ({"parameters": {"U01": 3}}, "`parameters` must map checks to their parameters"),
        (
            {"configuration": "study.toml"},
            "`configuration` must be a Configuration; got 'study.toml'",
        ),
        ({"configuration": {}}, "`configuration` must be a Configuration"),
    ],
)
def test_arguments_of_the_wrong_kind(wrong, message):
    """An argument of the wrong kind is an error that names it and the repair."""
    with pytest.raises(InputTypeError, match=message):
        edit_checks.run({"lesions": ROWS}, **wrong)


@pytest.mark.parametrize("criteria", ["recist-1.1", "recist-1.0", "mrecist-2010", "irecist-2017"])
def test_the_baseline_scan_is_four_weeks_old_at_most(criteria):
    """D07 belongs to RECIST and to what is built on it (mRECIST, iRECIST), not to the WHO
    criteria.
    """
    case = tables_of(CASES / "D07", "reject")
    found = edit_checks.run(case, criteria, checks=["D07"])
    assert found["row"].tolist() == [0, 3, 6]
    assert edit_checks.run(case, "who-1981", checks=["D07"]).runs["status"].tolist() == ["skipped"]


def test_configuration(tmp_path):
    """A study's TOML file sets parameters, switches checks off with a reason, and changes
    severities.
    """
    path = tmp_path / "study.toml"
    path.write_text(
        '[off]\nS01 = "exported otherwise"\n[severity]\nS02 = "note"\n[organs]\n"Segment 4" = '
        '"liver"\n'
        '[methods]\nequivalent = [["CT", "spiral ct"]]\n[windows]\ninterval = 56\n',
        encoding="utf-8",
    )
    read = edit_checks.load_configuration(path)
    assert read.organ_map == {"SEGMENT 4": "LIVER"}
    assert read.method_equivalents == (("CT", "SPIRAL CT"),)
    found = edit_checks.run(
        {"lesions": {**ROWS, "lesion": ["", "T1", "T1", "T1"]}},
        checks=["S01", "S02"],
        configuration=read,
    )
    assert found.runs["reason"].tolist() == ["switched off: exported otherwise", ""]
    assert found["severity"].tolist() == ["note"]


def test_what_is_told_of_a_group_holds_for_its_checks(tmp_path):
    """[off], [severity] and [allow] take identifiers, names and groups, and what is told of a check
    goes before what is told of its group, wherever it stands.
    """
    group, names = CHECKS["S02"].group, [c.id for c in CHECKS.values()]
    path = tmp_path / "study.toml"
    path.write_text(
        f"[severity]\n{CHECKS['S03'].name} = 'error'\n{group} = 'note'\n"
        f"[allow]\nS03 = '3 %'\n{group} = '2 %'\n[off]\n{group} = 'not here'\n",
        encoding="utf-8",
    )
    read = edit_checks.load_configuration(path)
    own = {i for i in names if CHECKS[i].group == group}
    assert set(read.severities) == set(read.allow) == set(read.off) == own
    assert (read.severities["S02"], read.severities["S03"]) == ("note", "error")
    assert (read.allow["S02"], read.allow["S03"]) == (0.02, 0.03)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ofc]\n", r"Unknown table: 'ofc' \(study.toml, line 1, ofc\). Did you mean 'off'\?"),
        ("\n[ofc.S01]\n", r"Unknown table: 'ofc' \(study.toml, line 2, ofc\)"),
        ("[off]\nS9 = 'x'\n", r"Unknown check or group in \[off\]: 'S9'"),
        ("[allow]\nS9 = '2 %'\n", r"Unknown check or group in \[allow\]: 'S9'"),
        ("[severity]\nS9 = 'note'\n", r"Unknown check or group in \[severity\]: 'S9'"),
        ("[allow]\nM19 = 0.02\n", "`allow.M19` must be a percentage below 100 such as"),
        ("[parameters.U01]\ntol_mm = -1\n", "`tol_mm` of U01 must not be negative; got -1"),
        ("[parameters.M18]\nmin_share = 30\n", "`min_share` of M18 must lie between 0 and 1"),
        ("[parameters.A08]\nshare = 1.5\n", "`share` of A08 must lie between 0 and 1; got 1.5"),
        (
            "[parameters.R01]\nmin_hours = 30\n",
            "`min_hours` of R01 must be at most `max_hours`; got 30 and 26.0",
        ),
        (
            "[parameters.M05]\nhard_max = 100\n",
            "`soft_max` of M05 must be at most `hard_max`; got 250.0 and 100",
        ),
        ("[off]\nS01 = ''\n", "`off.S01` must give the reason"),
        ("[severity]\nS01 = 'eror'\n", "Did you mean 'error'"),
        ("[windows]\ninterval = 'x'\n", "`windows.interval` must be a number of days"),
        ("[windows]\nintervall = 5\n", "Did you mean 'interval'"),
        (
            "[windows]\ninterval = 56\nbaseline = 28\nwindow = 56\n",
            "line 4, windows.window: `windows.window` must be below the interval of 56 days; got 56",
        ),
        ("[parameters.K07]\nsure = 0\n", "`sure` of K07 must be above 0"),
        ("[organs]\nA = 5\n", "A name must be text"),
        ("[parameters]\nS01 = 5\n", "`parameters.S01` must be a table"),
        ("[parameters.S01]\ntol = 5\n", "S01 has no parameter 'tol'"),
        (
            "[methods]\nequivalent = 'CT'\n",
            "`methods.equivalent` must be groups of methods; got 'CT'",
        ),
        ("[methods]\nequivalent = ['CT', 'MRI']\n", "must be groups of methods"),
        ("[methods]\nequivalent = [[5]]\n", "A name must be text"),
        ("off = 5\n", "`off` must be a table"),
        ("off = \n", "must be a TOML file"),
        (
            "[parameters.L10]\nsites = 'ASCITES'\n",
            "line 2, parameters.L10.sites: `sites` of L10 must be a list",
        ),
        ("[parameters.L10]\nsites = [1.5]\n", "`sites` of L10 must be a list of texts"),
        (
            "[parameters.U01]\ntol_mm = true\n",
            "line 2, parameters.U01.tol_mm: `tol_mm` of U01 must be a number",
        ),
        ("[parameters.U01]\ntol_mm = nan\n", "must be a number; got nan"),
        ("[parameters.D03]\ntoday = [1]\n", "`today` of D03 must be text"),
        ("[parameters.D04]\nscreening_allowed = 'yes'\n", "must be True or False"),
        (
            "\n[windows]\ninterval = -5\n",
            "study.toml, line 3, windows.interval: `windows.interval` must be",
        ),
    ],
)
def test_wrong_configurations(tmp_path, text, message):
    """What a configuration cannot say is an error that names the key."""
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        edit_checks.load_configuration(path)
    with pytest.raises(InputError, match="must be a readable TOML file"):
        edit_checks.load_configuration(tmp_path / "none.toml")


def test_groups_are_switched_off_and_shares_allowed(tmp_path):
    """[off] takes identifiers, names and groups; a check of which few enough places are at fault has
    passed, and says so.
    """
    path = tmp_path / "study.toml"
    path.write_text(
        '[off]\ndiary = "no diaries"\nmissing-required-column = "known"\n[allow]\nM04 = "25 %"\n'
        'M06 = "24 %"\n',
        encoding="utf-8",
    )
    own = edit_checks.load_configuration(path)
    rows = {**ROWS, "size": ["-30", "20", "12", "x"]}
    found = edit_checks.run({"lesions": rows}, configuration=own)
    runs = {r["check"]: r for r in found.runs.rows()}
    assert {runs[id]["reason"] for id in ("Y01", "Y10")} == {"switched off: no diaries"}
    assert runs["S01"]["reason"] == "switched off: known"
    assert (runs["M04"]["status"], runs["M04"]["count"]) == ("findings", 1)  # 1 of 3 places
    path.write_text('[allow]\nM04 = "34 %"\n', encoding="utf-8")
    found = edit_checks.run(
        {"lesions": rows}, checks=["M04"], configuration=edit_checks.load_configuration(path)
    )
    assert found.runs.rows()[0]["status"] == "passed"
    assert found.runs.rows()[0]["reason"] == "1 of 3 places, at most 0.34 of them allowed"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda d, p: edit_checks.flag("lesions", np.ones(3, bool), "x"),
            "element a row of lesions",
        ),
        (lambda d, p: edit_checks.flag("lesions", np.ones(4, int), "x"), "must be a mask"),
        (
            lambda d, p: edit_checks.flag("lesions", np.ones(4, bool), "x", value=np.ones(3)),
            "`value` must have one element a row",
        ),
        (lambda d, p: Hits(table="lesions", rows=[4], message="x"), "must be positions in lesions"),
    ],
)
def test_a_mask_that_does_not_fit_fails_its_check(function, message):
    """A mask of another length, positions in place of a mask, or a row that is not there: the check
    has failed, and no other row is blamed.
    """
    found = edit_checks.run({"lesions": ROWS}, checks=[one_check(function)])
    assert found.n_rows == 0
    assert found.runs["status"].tolist() == ["failed"]
    assert message in found.runs["reason"][0]


def test_messages_find_columns_and_related_rows():
    """A message may name a column of its table and of its related row; bare numbers are called what
    they are.
    """
    given = {
        "subject": ["7", "7"],
        "lesion": ["1", "2"],
        "role": ["TARGET"] * 2,
        "visit": ["0", "1"],
        "day": ["-4", "30"],
        "size": [30, 31],
        "ward": ["A", "B"],
    }
    template = (
        "{subject}: target {lesion} in ward {ward} is of {value}, {related.lesion} of {related.day}"
    )

    def one(data, parameters):
        return Hits(table="lesions", rows=[1], related=[0], column="day", message=template)

    found = edit_checks.run({"lesions": given}, checks=[one_check(one)])
    assert found["message"].tolist() == [
        "subject 7: target lesion 2 in ward B is of day 30, lesion 1 of day -4"
    ]
    assert (found["value"][0], found["ward"][0], found["form"][0]) == ("30", "B", "lesions")


def test_own_checks_are_registered_once():
    """A registered check runs like any other; an identifier is given once; built checks stay."""

    @edit_checks.register("X903", "own", "An own check.", limit=3)
    def own(data, parameters):
        return edit_checks.flag(
            "lesions", data["lesions"].number("size") > parameters["limit"], "{value}", "size"
        )

    try:
        found = edit_checks.run(
            {"lesions": ROWS}, checks=["X903"], parameters={"X903": {"limit": 15}}
        )
        assert found["row"].tolist() == [0, 1]
        with pytest.raises(InputError, match="`id` must be new; 'X903' is own"):
            edit_checks.register("X903", "again", "Again.")(lambda d, p: [])
        with pytest.raises(InputTypeError, match="`limit` of X903 must be a number"):
            edit_checks.run({"lesions": ROWS}, parameters={"X903": {"limit": "x"}})
        with pytest.raises(InputTypeError, match="`function` must be a function"):
            edit_checks.register("X904", "none", "None.")(5)
    finally:
        edit_checks.unregister("X903")
    with pytest.raises(InputError, match="`id` must be a check of one's own; got 'S01'"):
        edit_checks.unregister("S01")


@pytest.mark.parametrize("name", ["recist-1.1", "who-1981", "mrecist-2010", "irecist-2017"])
def test_a_variant_is_checked_as_its_family(name):
    """A protocol's variant runs the checks of the edition it descends from, whatever it is called;
    what is only called so does not.
    """
    edition = get(name)
    variant = attrs.evolve(edition, name="protocol", title="Trial X")
    tables = {"lesions": ROWS}
    skipped = [
        {r["check"] for r in edit_checks.run(tables, c).runs.rows() if "belongs to" in r["reason"]}
        for c in (edition, variant, attrs.evolve(edition, family="none of these", immune=False))
    ]
    assert skipped[0] == skipped[1]
    assert skipped[0] < skipped[2]


TWO_VISITS = {
    "lesions": {
        "subject": ["01", "01", "02", "02"],
        "lesion": ["T01"] * 4,
        "role": ["TARGET"] * 4,
        "visit": [0, 1, 0, 1],
        "date": ["2024-01-01", "2024-03-01"] * 2,
        "size": ["30", "12,5", "NE", "-3"],
    }
}
"""A study with something to find in several groups of checks."""


def test_two_threads_find_what_one_finds(monkeypatch):
    """Findings, states and places looked at are the same by two threads, and `progress` hears of
    the checks in their order.
    """
    alone, heard = edit_checks.run(TWO_VISITS), []
    monkeypatch.setattr("nettumor._threads.LONG", 1)
    both = edit_checks.run(
        TWO_VISITS, progress=lambda check, n, of: heard.append((n, check.id, of))
    )
    for found, other in ((alone, both), (alone.runs, both.runs)):
        assert {n: found[n].tolist() for n in found} == {n: other[n].tolist() for n in other}
    assert heard == [(n, id, len(alone.runs["check"])) for n, id in enumerate(alone.runs["check"])]


@pytest.mark.parametrize("rows", [1, 10**9], ids=["two threads", "one thread"])
def test_an_interrupted_run_stops(monkeypatch, rows):
    """What `progress` raises ends the run: no thread goes on with the checks that are left."""
    heard = []

    def stop(check, number, of):
        heard.append(number)
        if number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("nettumor._threads.LONG", rows)
    with pytest.raises(KeyboardInterrupt):
        edit_checks.run(TWO_VISITS, progress=stop)
    assert heard == [0, 1, 2, 3]


def test_what_is_read_for_a_group_of_checks_goes_with_it():
    """Numbers of rows and recomputed columns are made once for a group, and again for the next; what
    says where the rows stand stays.
    """
    data = edit_checks.Data(crf.read(TWO_VISITS), get("recist-1.1"))
    rows, chain = data["lesions"], data.chain
    passing = [lambda: rows.first_row, lambda: rows.lesion_visit, lambda: chain.sum]
    passing += [lambda: chain.n_targets]
    staying = [lambda: rows.order, lambda: rows.lesion, lambda: data.size, lambda: data.chain]
    before = [[piece() for piece in pieces] for pieces in (passing, staying)]
    assert all(piece() is held for piece, held in zip(passing, before[0], strict=True))
    data.release()
    assert all(piece() is not held for piece, held in zip(passing, before[0], strict=True))
    assert all(piece() is held for piece, held in zip(staying, before[1], strict=True))
    np.testing.assert_array_equal(chain.sum, before[0][2])


def test_a_piece_is_made_by_one_of_two_threads():
    """The second thread that asks for a piece waits for the first and gets the same one; what could
    not be made is tried again.
    """
    begun, asked, made = threading.Event(), threading.Event(), []

    @made_once
    def piece(data, name):
        made.append(name)
        begun.set()
        assert asked.wait(10)
        if len(made) == 1:
            raise Skip("not yet")
        return object()

    data = edit_checks.Data(crf.read(TWO_VISITS), get("recist-1.1"))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(piece, data, "a")
        assert begun.wait(10)
        second = pool.submit(piece, data, "a")
        asked.set()
        with pytest.raises(Skip, match="not yet"):
            first.result()
        assert second.result() is piece(data, "a")
    assert made == ["a", "a"]
