"""A clean trial has nothing above note; each fault alone is found by its own check, at its row, and by no other."""

import clean_trial
import numpy as np
import pytest
from faults import ALWAYS_FOLLOWS, FAULTS, SAME_FACT, Trial
from hypothesis import given

from nettumor import edit_checks
from nettumor.edit_checks import CHECKS


def serious(found):
    """The places of the findings above note."""
    return np.flatnonzero(found["severity"] != "note").tolist()


def told(found, places):
    """Findings as one would read them in a failed test."""
    return [f"{found['check'][i]} {found['table'][i]}:{found['row'][i]} {found['message'][i]}" for i in places]


@given(clean_trial.plans())
def test_a_clean_trial_has_nothing_above_note(plan):
    """Whatever happens in a clean trial, no check finds anything above note, and none fails."""
    found = edit_checks.run(clean_trial.build(plan))
    assert not told(found, serious(found))
    assert "failed" not in found.runs["status"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_large_clean_trial_has_nothing_above_note(seed):
    """The same of 400 subjects with two readers and of 150 with three, made from a seed."""
    subjects, readers, visits = ((400, 2, 7), (150, 3, 9))[seed - 1]
    found = edit_checks.run(clean_trial.build(clean_trial.seeded(subjects, visits, readers, seed)))
    assert not told(found, serious(found))
    assert "failed" not in found.runs["status"]


@pytest.mark.parametrize("id", sorted(FAULTS))
def test_a_fault_is_found_where_it_is(id):
    """Each fault is found by its check, at its row, and nothing else above note that it has not caused."""
    trial = Trial()
    where = FAULTS[id](trial)
    expected = set(where) if isinstance(where, list) else {where}
    found = edit_checks.run(trial.tables, trial.criteria)
    assert "failed" not in found.runs["status"]
    own = [i for i in serious(found) if found["check"][i] == id]
    assert {(found["table"][i], int(found["row"][i])) for i in own} == expected, told(found, serious(found))
    assert {found["caused_by"][i] for i in own} == {ALWAYS_FOLLOWS.get(id, "")}
    others = [i for i in serious(found) if found["check"][i] not in (id, ALWAYS_FOLLOWS.get(id))]
    others = [i for i in others if not found["caused_by"][i]]
    assert not told(found, [i for i in others if found["check"][i] not in SAME_FACT[id]])


def test_the_stories_are_clean():
    """The trial that the faults are put into has nothing above note."""
    found = edit_checks.run(Trial().tables)
    assert not told(found, serious(found))


def test_every_serious_check_has_a_fault():
    """Each check above note has its fault, or a reason why it has none."""
    wanted = {id for id, check in CHECKS.items() if check.severity != "note"}
    assert wanted - FAULTS.keys() == set()
