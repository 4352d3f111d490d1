"""A clean trial has nothing above note; each fault alone is found by its own check, at its row, and
by no other.
"""

import numpy as np
import pytest
from hypothesis import given

import clean_trial
from faults import ALWAYS_FOLLOWS, FAULTS, SAME_FACT, Trial
from faults.noted import NOTED
from nettumor import edit_checks
from nettumor.edit_checks import CHECKS, Configuration

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def serious(found):
    """The places of the findings above note."""
    return np.flatnonzero(found["severity"] != "note").tolist()


def told(found, places):
    """Findings as one would read them in a failed test."""
    return [
        f"{found['check'][i]} {found['table'][i]}:{found['row'][i]} {found['message'][i]}"
        for i in places
    ]


@given(clean_trial.plans())
def test_a_clean_trial_has_nothing_above_note(plan):
    """Whatever happens in a clean trial, no check finds anything above note, and none fails."""
    found = edit_checks.run(clean_trial.build(plan))
    assert not told(found, serious(found))
    assert "failed" not in found.runs["status"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_large_clean_trial_has_nothing_above_note(seed):
    """The same of 400 subjects with two readers and of 150 with three, made from a seed; every place
    can be read.
    """
    subjects, readers, visits = ((400, 2, 7), (150, 3, 9))[seed - 1]
    found = edit_checks.run(clean_trial.build(clean_trial.seeded(subjects, visits, readers, seed)))
    assert not told(found, serious(found))
    assert not found.runs["check"][found.runs["unreadable"] > 0].tolist()
    assert "failed" not in found.runs["status"]


@pytest.mark.parametrize("id", sorted(FAULTS))
def test_a_fault_is_found_where_it_is(id):
    """Each fault is found by its check, at its row, and nothing else above note that it has not
    caused.
    """
    trial = Trial()
    name, id = id, id.partition(":")[0]
    where = FAULTS[name](trial)
    expected = set(where) if isinstance(where, list) else {where}
    found = edit_checks.run(
        trial.tables, trial.criteria, configuration=Configuration(windows=trial.windows)
    )
    assert "failed" not in found.runs["status"]
    own = [i for i in serious(found) if found["check"][i] == id]
    assert {(found["table"][i], found["row"][i]) for i in own} == expected, told(
        found, serious(found)
    )
    assert {found["caused_by"][i] for i in own} == {ALWAYS_FOLLOWS.get(id, "")}
    others = [i for i in serious(found) if found["check"][i] not in (id, ALWAYS_FOLLOWS.get(id))]
    others = [i for i in others if not found["caused_by"][i]]
    assert not told(found, [i for i in others if found["check"][i] not in SAME_FACT[name]])


@pytest.mark.parametrize("name", sorted(NOTED))
def test_what_is_worth_a_note_is_noted_where_it_is(name):
    """Each is noted by its check, at its row; nothing above note is found but what follows from it."""
    trial = Trial()
    where = NOTED[name](trial)
    expected = set(where) if isinstance(where, list) else {where}
    found = edit_checks.run(trial.tables, trial.criteria)
    own = np.flatnonzero(found["check"] == name.partition(":")[0])
    assert {(found["table"][i], found["row"][i]) for i in own} == expected, told(found, own)
    assert set(found["severity"][own].tolist()) == {"note"}
    assert not told(found, [i for i in serious(found) if not found["caused_by"][i]])


@pytest.mark.parametrize(
    "criteria", ["recist-1.1", "recist-1.0", "who-1981", "mrecist-2010", "irecist-2017"]
)
@pytest.mark.parametrize("sdtm", [False, True])
def test_the_stories_are_clean(criteria, sdtm):
    """The trial that the faults are put into has nothing above note: under each criteria, as CRF
    and as SDTM.
    """
    if sdtm and criteria == "who-1981":
        pytest.skip("the domains of this trial hold one diameter of each lesion")
    trial = Trial()
    trial.under(criteria)
    if sdtm:
        trial.sdtm()
    found = edit_checks.run(trial.tables, criteria)
    assert not told(found, serious(found))
    assert "failed" not in found.runs["status"]


def test_every_serious_check_has_a_fault():
    """Each check whose findings are above note has a fault, and no fault stands for another."""
    wanted = {id for id, check in CHECKS.items() if check.severity != "note"}
    assert {name.partition(":")[0] for name in FAULTS} == wanted


def test_every_remark_has_a_fault():
    """Each check whose findings are notes has a fault that it must note."""
    remarks = {id for id, check in CHECKS.items() if check.severity == "note"}
    assert remarks <= {name.partition(":")[0] for name in NOTED}
