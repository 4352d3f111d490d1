"""One cause, one query: a fault is found at its row wherever it lies in a course, and nothing else that
does not follow from it.
"""

import numpy as np
import pytest

from faults import everywhere
from faults.everywhere import KINDS, UNTOLD
from nettumor import edit_checks

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def untold(name, place, study):
    """The entry of `UNTOLD` for a place; None for a fault that must be found."""
    return next((u for u in UNTOLD if u.holds(name, place, study)), None)


def roots(found, severities):
    """Check, table and row of the findings of these severities that follow from no other."""
    of_them = np.isin(found["severity"], severities) & (found["caused_by"] == "")
    return {
        (found["check"][i], found["table"][i], found["row"][i])
        for i in np.flatnonzero(of_them).tolist()
    }


@pytest.mark.parametrize(
    ("name", "place", "study"),
    [pytest.param(*case, id="|".join(map(str, case))) for case in everywhere.cases()],
)
def test_a_fault_is_one_finding_wherever_it_lies(name, place, study):
    """Each kind of fault at each place is found at its row by its check, or noted where the numbers
    cannot tell more; all else above note follows from it.
    """
    trial, where = everywhere.study_with(name, place, study)
    found = edit_checks.run(trial.tables)
    assert "failed" not in found.runs["status"]
    serious, exempt = roots(found, ["error", "warning"]), untold(name, place, study)
    checks = KINDS[name].checks
    if exempt is not None:
        assert not any(c in checks and (t, r) in where for c, t, r in serious), "it is told"
        noted = {(c, t, r) for c, t, r in roots(found, ["note"]) if (t, r) in where}
        assert not exempt.note or exempt.note in {c for c, _, _ in noted}
        return
    assert serious, "nothing is found"
    assert {(t, r) for _, t, r in serious} <= where, serious
    assert {c for c, _, _ in serious} <= set(checks), serious


def test_every_exemption_is_used_and_explained():
    """Each entry of `UNTOLD` is of some place, and says why."""
    places = [*everywhere.cases()]
    assert all(u.reason and any(u.holds(*p) for p in places) for u in UNTOLD)
