"""What a check expects is right: the expected value is put in place, and the finding is gone.

Of the reject tables of each check every finding is taken whose ``expected`` names values (a number
or a date, with "about" or "at most" before it or without; a word, or words one of which is right).
What it names by a description ("a reason", "one row per subject") is no value of a cell.
"""

import csv
import re

import pytest

from nettumor import crf, edit_checks
from nettumor.edit_checks import CHECKS
from test_edit_checks import CASES, settings_of, tables_of

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

_VALUE = r"(-?\d+(?:\.\d+)?|\d{4}-\d\d(?:-\d\d)?)"
_LIMIT = re.compile(
    rf"(?:about |at least |at most |on or before |on or after )?{_VALUE}"
    r"(?: or more| to [\d.]+)?(?: (mm|mL|h|mg/24h|decimal in mm|days?))?(?: before| later)?(?:, .*)?"
)
_NOTHING = ("blank", "no study day", "no flag", "no sum", "no number")
_DESCRIBED = re.compile(r"Y for one assessor|[TR][RS]STAT NOT DONE|mL|mg/24h|umol/24h")
"""What stands in other rows or columns, and units that a number is to have."""

OF_SEVERAL_ROWS = {
    "R02": "an amount a day and kilogram, of a creatinine and a weight",
    "Y02": "a number of rows of a diary",
    "Y06": "a number of rows of a diary, or the days of their period",
}
"""Checks whose value is of several cells."""


def values(expected):
    """The values that an expectation names, each of which must be right; none for a description."""
    if expected in _NOTHING:
        return [("", "")]
    limit = _LIMIT.fullmatch(expected)
    if limit:
        return [(limit[1], limit[2] or "")]
    if not expected or _DESCRIBED.fullmatch(expected):
        return []
    words = re.split(r", | or ", expected)
    if all(re.fullmatch(r"\S+", w) and (not w.islower() or w in ("mm", "cm")) for w in words):
        return [(w, "") for w in words]
    one = expected[0].isupper() and len(words) == 1
    return [(expected, "")] if one else []


def checked(id, tables):
    settings = settings_of(CASES / id)
    return edit_checks.run(
        crf.read(tables, incomplete="keep"),
        settings.get("criteria", "recist-1.1"),
        checks=[id],
        parameters={id: settings.get("parameters", {})},
        configuration=edit_checks.Configuration(windows=settings.get("windows", {})),
    ).rows()


def corrected(id, finding, value, unit):
    """The reject tables with a value in place of the cell of a finding; a length in the row's unit."""
    tables = tables_of(CASES / id, "reject")
    name = {n.upper(): n for n in tables}[finding["table"].upper()]
    cells = tables[name][finding["column"]]
    if unit == "mm" and tables[name].get("unit", [""] * len(cells))[finding["row"]] == "cm":
        value = f"{float(value) / 10:g}"
    cells[finding["row"]] = value
    return tables


IDS = sorted(CHECKS.keys() - OF_SEVERAL_ROWS.keys())


def named(id):
    """The values that the findings of the reject tables of a check expect, as they are written."""
    text = (CASES / id / "expected.csv").read_text(encoding="utf-8")
    return [v for row in csv.DictReader(text.splitlines()) for v in values(row["expected"])]


@pytest.mark.parametrize("letter", sorted({id[0] for id in IDS}))
def test_with_what_is_expected_a_finding_is_gone(letter):
    """No finding stands any more at its row and column once what it expects is there."""
    wrong = []
    for id in (i for i in IDS if i[0] == letter and named(i)):
        for finding in checked(id, tables_of(CASES / id, "reject")):
            place = {n: finding[n] for n in ("table", "row", "column")}
            for value, unit in values(finding["expected"]):
                again = checked(id, corrected(id, finding, value, unit))
                if any({n: f[n] for n in place} == place for f in again):
                    wrong.append((id, place, finding["value"], value))
    assert not wrong


def test_most_checks_that_expect_name_a_value():
    """The test above is of 100 checks or more."""
    assert sum(bool(named(id)) for id in IDS) >= 100
