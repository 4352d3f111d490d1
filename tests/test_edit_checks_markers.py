"""Limits of the checks of markers, exactly: the value at the limit, row 0, blanks, and what is only
looked at.
"""

import pytest

from nettumor import edit_checks
from test_edit_checks_lesions import table
from test_edit_checks_samples import found, samples

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


@pytest.mark.parametrize(("then", "rows"), [("nmol/L", [1]), ("mg/24h", [])])
def test_a_unit_beside_amounts_per_creatinine(then, rows):
    """Amounts in 24 h stand beside amounts per creatinine; a concentration does not."""
    given = samples([10, 10], marker="5-HIAA", unit=["mg/g creatinine", then])
    assert found("K03", given)["row"].tolist() == rows


def test_units_of_a_marker_that_is_not_known():
    """Why two units cannot be compared is said in one sentence."""
    given = samples([10, 10], marker="XYZ", unit=["ng/mL", "U/L"])
    assert found("K03", given)["message"].tolist() == [
        "XYZ is in U/L at visit of day 28, in ng/mL before; they cannot be compared (`marker` must be "
        "a registered marker; got 'XYZ')"
    ]


@pytest.mark.parametrize(
    ("limits", "rows"),
    [([100, 0, 100], []), ([0.5, 0.8, 0.8], [1]), ([100, "", 120], [2])],
)
def test_an_upper_limit_that_is_none_is_no_other_one(limits, rows):
    """A limit of 0, or none, is another check's; those before and after it are compared."""
    assert found("K05", samples([10] * 3, upper_limit=limits))["row"].tolist() == rows


def test_a_sample_without_a_date_is_not_looked_at():
    """A blank date is no date that cannot be read."""
    runs = found("K09", samples([300, 200], day=[3.0, ""])).runs
    assert (runs["looked_at"][0], runs["unreadable"][0]) == (1, 0)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("assays", "judged"),
    [(("A", "A"), True), (("A", "B"), False), (("A", ""), True), (("", "A"), True)],
)
def test_a_response_by_another_assay(assays, judged, turned):
    """A sample by another assay than the baseline is not judged; one whose assay is not told is."""
    columns = {"value": [300, 100], "day": [0.0, 28.0], "assay": [*assays], "response": ["", "SD"]}
    if turned:  # the baseline stands last in the table
        columns = {name: cells[::-1] for name, cells in columns.items()}
    given = samples(columns.pop("value"), upper_limit=100.0, **columns)
    assert found("K10", given)["row"].tolist() == [0 if turned else 1] * judged


@pytest.mark.parametrize(
    ("days", "response", "rows"),
    [
        ([0.0, 28.0], ["", "SD"], [1]),
        ([0.0, 28.0], ["", "NOT DONE"], []),  # no response is reported
        ([0.0, 0.0], ["SD", ""], []),  # a second sample of the baseline's day is not after it
        ([0.0, 0.0], ["", "SD"], []),
    ],
)
def test_which_samples_have_a_response(days, response, rows):
    """A response is judged where one is reported, in a sample after the baseline."""
    given = samples([300, 100], day=days, response=response, upper_limit=100.0)
    assert found("K10", given)["row"].tolist() == rows


@pytest.mark.parametrize(
    ("values", "days", "limit", "markers"),
    [
        ([100, 200], [0.0, 28.0], 100, [1]),
        ([300, 100], [56.0, 0.0], 100, [0]),  # the sample that rose is the first of the table
        ([0, 200], [0.0, 28.0], 100, [1]),  # from nothing
        ([100, -5, 101], [0.0, 28.0, 56.0], "", []),  # a value below 0 is none
        ([100, 130], [0.0, 28.0], 130, []),  # at its limit, not above
        ([100, 130], [0.0, 28.0], 129, [1]),
    ],
)
def test_a_marker_that_rose_before_a_progression(values, days, limit, markers):
    """PD without a progression of the lesions, where a marker rose by more than 25 % above its
    smallest value and is above its limit.
    """
    given = samples(values, day=days, upper_limit=limit)
    given["lesions"] = table("""subject,lesion,role,visit,day,size
        01,T01,TARGET,0,0,30
        01,T01,TARGET,1,56,30
        01,T01,TARGET,2,84,30""")
    given["responses"] = table("""subject,visit,day,overall
        01,1,56,PD
        01,2,84,""")
    run = edit_checks.run(given, checks=["K11"])
    assert run["related"].tolist() == [f"markers {row}" for row in markers]
    # a blank response is not looked at, and could be read
    assert (run.runs["looked_at"][0], run.runs["unreadable"][0]) == (1, 0)
