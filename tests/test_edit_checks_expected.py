"""What a check expects is right: with what is expected in place, the finding is gone.

Of the reject tables of each check every finding is taken that expects something: a value of its
cell (a number or a date, with "about" or "at most" before it or without; a word, or words one of
which is right) is put there, what is told by a sentence ("a reason", "one row per subject") is put
where `repairs` says.
"""

import functools
import re

import pytest

from faults import FAULTS, Trial
from faults.noted import NOTED
from nettumor import crf, edit_checks
from nettumor.edit_checks import CHECKS
from repairs import REPAIRS, length
from test_edit_checks import CASES, settings_of, tables_of

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

_VALUE = r"(-?\d+(?:\.\d+)?|\d{4}-\d\d(?:-\d\d)?)"
_LIMIT = re.compile(
    rf"(?:about |at least |at most |on or before |on or after )?{_VALUE}(?: or more| to {_VALUE})?"
    r"(?: (mm|mL|h|years|%|(?:g|mg|mmol)/24h|decimal in mm))?(?:, as .*)?"
)
_NOTHING = ("blank", "no study day", "no flag", "no sum", "no number")
_READ = ("D01", "S11", "M06", "K06", "Y04")
"""The checks of cells that cannot be read: a date, a word, a size, a marker's value, a count."""


def values(expected):
    """The values that an expectation names and their unit; each value must be right."""
    if expected in _NOTHING:
        return [("", "")]
    limit = _LIMIT.fullmatch(expected)
    if limit:
        return [(v, limit[3] or "") for v in limit.group(1, 2) if v]
    words = re.split(r", | or |; ", expected)
    if all(w == w.upper() or w in ("mm", "cm", "iUPD", "iCPD", "NON-iCR/NON-iUPD") for w in words):
        return [(w, "") for w in words]
    assert expected[0].isupper() or " " not in expected, f"{expected!r} is no value: add a repair"
    return [(expected, "")]


def checked(id, tables, *others):
    settings = settings_of(CASES / id)
    return edit_checks.run(
        crf.read(tables, incomplete="keep"),
        settings.get("criteria", "recist-1.1"),
        checks=list(dict.fromkeys((id, *others))),
        parameters={id: settings.get("parameters", {})},
        configuration=edit_checks.Configuration(windows=settings.get("windows", {})),
    ).rows()


@functools.cache
def findings_of(id):
    """The findings of the reject tables of a check."""
    return checked(id, tables_of(CASES / id, "reject"))


def corrected(id, finding, value, unit):
    """The reject tables with a value in place of the cell of a finding; a length in the row's unit."""
    tables = tables_of(CASES / id, "reject")
    name = {n.upper(): n for n in tables}[finding["table"].upper()]
    cells = tables[name][finding["column"]]
    if unit == "mm" and tables[name].get("unit", [""] * len(cells))[finding["row"]] == "cm":
        value = f"{float(value) / 10:g}"
    cells[finding["row"]] = value
    return tables


def repair_of(id, finding):
    """The repair of an expectation that is a sentence: the one of its row before that of all."""
    of_check, expected = REPAIRS.get(id, {}), finding["expected"]
    return of_check.get((expected, finding["row"]), of_check.get(expected))


def fulfilled(id, finding):
    """What a finding expects, in each way in which it can be in place: a name and the tables."""
    repair = repair_of(id, finding)
    if repair is None:
        for value, unit in values(finding["expected"]):
            yield value, corrected(id, finding, value, unit)
        return
    for n, one in enumerate(repair if isinstance(repair, list) else [repair]):
        tables = tables_of(CASES / id, "reject")
        one(tables, finding)
        yield f"repair {n}", tables


_PLACE = ("table", "row", "column", "lesion")
_NAMES = ("table", "subject", "evaluator", "visit", "lesion", "date", "column")


def still_there(id, finding, tables):
    """Whether a finding stands although what it expects is in place, or a cell cannot be read; where
    a row was taken out, whether as many stand of its lesion and visit as before.
    """
    again = checked(id, tables, *_READ)
    before = tables_of(CASES / id, "reject")
    if any(length(tables[name]) < length(table) for name, table in before.items()):
        alike = [all(f[n] == finding[n] for n in _NAMES) for f in again]
        alike_before = [all(f[n] == finding[n] for n in _NAMES) for f in findings_of(id)]
        return sum(alike) >= sum(alike_before)
    return any(
        all(f[n] == finding[n] for n in _PLACE) and (f["check"] == id or f["value"]) for f in again
    )


@pytest.mark.parametrize("letter", sorted({id[0] for id in CHECKS}))
def test_with_what_is_expected_a_finding_is_gone(letter):
    """No finding stands any more at its row and column once what it expects is there, and what is
    there can be read.
    """
    wrong = [
        (id, *(finding[n] for n in _PLACE), finding["expected"], name)
        for id in sorted(id for id in CHECKS if id[0] == letter)
        for finding in findings_of(id)
        if finding["expected"]
        for name, tables in fulfilled(id, finding)
        if still_there(id, finding, tables)
    ]
    assert not wrong


def told_in_words(id, expected):
    """Whether an expectation is a sentence that `repairs` knows, with these numbers or others."""
    keys = (key if isinstance(key, str) else key[0] for key in REPAIRS.get(id, {}))
    return re.sub(r"\d+", "#", expected) in [re.sub(r"\d+", "#", key) for key in keys]


IN_TRIALS = [*FAULTS.items(), *NOTED.items()]


@pytest.mark.parametrize("letter", sorted({name[0] for name, _ in IN_TRIALS}))
def test_with_the_expected_value_a_fault_of_a_trial_is_gone(letter):
    """The same of the faults put into a whole trial, for values of the cell of the finding."""
    wrong = []
    for name, put_in in (fault for fault in IN_TRIALS if fault[0][0] == letter):
        trial, id = Trial(), name.partition(":")[0]
        put_in(trial)
        for finding in findings_of_trial(trial, id):
            (table, row, column), expected = (finding[n] for n in _PLACE[:3]), finding["expected"]
            if not expected or told_in_words(id, expected) or column not in trial.tables[table]:
                continue
            frame = trial.tables[table]
            before = frame.loc[row, column]
            frame[column] = frame[column].astype(object)
            for value, _ in values(expected):
                frame.loc[row, column] = value
                again = findings_of_trial(trial, id)
                if any(all(f[n] == finding[n] for n in _PLACE) for f in again):
                    wrong.append((name, finding["message"], value))
            frame.loc[row, column] = before
    assert not wrong


def findings_of_trial(trial, id):
    configuration = edit_checks.Configuration(windows=trial.windows)
    return edit_checks.run(
        trial.tables, trial.criteria, checks=[id], configuration=configuration
    ).rows()


def test_every_repair_is_of_an_expectation():
    """Each repair belongs to a finding of the reject tables, and none is left over."""
    unused = {(id, key) for id, of_check in REPAIRS.items() for key in of_check}
    for id in REPAIRS:
        for finding in findings_of(id):
            repair = repair_of(id, finding)
            unused -= {(id, k) for k, r in REPAIRS[id].items() if r is repair}
    assert not unused
