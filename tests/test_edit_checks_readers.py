"""Investigator and central readers: who counts, and from which day they differ."""

import pytest

import nettumor as nt
from nettumor import edit_checks
from test_edit_checks_lesions import found_by
from test_edit_checks_limits import run

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def test_investigator_against_central_reader_by_the_name_of_criteria():
    """Criteria may be named: responses of others are not compared, as with the criteria themselves."""
    given = {
        "subject": ["01"] * 4,
        "visit": [1, 1, 2, 2],
        "evaluator": ["INVESTIGATOR", "INDEPENDENT ASSESSOR"] * 2,
        "criteria": ["RECIST 1.1"] * 2 + ["WHO"] * 2,
        "overall": ["PR", "SD", "PD", "PD"],
    }
    for name, responses in (("recist-1.1", ["PR", "SD"]), ("who-1981", ["PD"])):
        found = edit_checks.discordance({"responses": given}, name)
        assert found["response"].tolist() == responses
        same = edit_checks.discordance({"responses": given}, nt.criteria.get(name))
        assert {n: found[n].tolist() for n in found} == {n: same[n].tolist() for n in same}


def test_a_name_says_who_adjudicates_and_the_role_who_reads():
    """Of two independent assessors the one called adjudicator counts; a role that says nothing
    leaves it to the name.
    """
    given = {
        "subject": ["01"] * 3,
        "visit": [1] * 3,
        "evaluator": ["INVESTIGATOR", "RADIOLOGIST 1", "ADJUDICATOR 1"],
        "evaluator_role": ["", "INDEPENDENT ASSESSOR", "INDEPENDENT ASSESSOR"],
        "overall": ["PR", "SD", "PR"],
    }
    assert edit_checks.discordance({"responses": given}).rows() == [{"response": "PR", "PR": 1}]


@pytest.mark.parametrize(("date", "rows"), [("2024-01-01", [1]), ("", []), ("2024-03-01", [])])
def test_readers_of_one_day_are_compared(date, rows):
    """Where there are no visits responses of one day are compared; an undated one is of no day."""
    responses = f"""subject,date,evaluator,overall
        01,2024-01-01,INVESTIGATOR,SD
        01,{date},BICR,PR"""
    found = found_by("A04", responses=responses)
    assert [row for _, _, row, column in found if column == "overall" and row is not None] == rows


@pytest.mark.parametrize("first", ["INVESTIGATOR", "BICR"])
@pytest.mark.parametrize(
    ("second", "said"), [("SD PD", "a day"), ("SD SD", "never"), ("PD PD", "")]
)
def test_first_progressions_from_the_first_row_on(first, second, said):
    """The reader of the first row gives PD at both visits: the other one later, never, or as they do;
    a patient whom one of them read is not compared.
    """
    other = {"INVESTIGATOR": "BICR", "BICR": "INVESTIGATOR"}[first]
    theirs = second.split()
    lines = [
        f"01,1,2024-01-01,{first},PD",
        f"01,1,2024-01-01,{other},{theirs[0]}",
        f"01,2,2024-01-02,{first},PD",
        f"01,2,2024-01-02,{other},{theirs[1]}",
        f"02,1,2024-01-01,{first},PD",
        f"03,1,2024-01-01,{other},PD",
    ]
    given = "\n".join(["subject,visit,date,evaluator,overall", *lines])
    messages = run("A04", responses=given)["message"].tolist()
    apart = [m for m in messages if m.startswith("first PD of")]
    never = [m for m in messages if m.endswith("never")]
    side = "later" if first == "INVESTIGATOR" else "earlier"
    assert [m.endswith(f": 1 days {side}") for m in apart] == [True] * (said == "a day")
    assert never == [f"{first} gives PD at visit 1, {other} never"] * (said == "never")
