"""`assess` against the chain called by hand, one subject and one visit at a time, on generated
studies.
"""

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nettumor as nt
from reference import assess as twin
from studies import columns, study

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random studies hold what nobody reads

NUMBERS = ("sum", "n_missing", "baseline", "nadir", "percent_from_baseline", "percent_from_nadir")
UNCONFIRMED = attrs.evolve(nt.criteria.RECIST_1_1.best_response, confirmation_days=None)
ADMIRAL = nt.criteria.ADMIRALONCO_BEST_RESPONSE
FDA = nt.criteria.FDA_2018_CENSORING
seeds = st.integers(0, 2**40)


def tables(lesions, people):
    """The tables that `assess` gets."""
    return {"lesions": columns(lesions)} | ({"subjects": columns(people)} if people else {})


def value(x):
    """A number of the twin as a float."""
    return np.nan if x is None else float(x)


@pytest.mark.parametrize(("criteria", "rule", "censoring"), [
    (nt.criteria.RECIST_1_1, nt.criteria.RECIST_1_1.best_response, FDA), (nt.criteria.RECIST_1_1, UNCONFIRMED, FDA),
    (nt.criteria.RECIST_1_1, ADMIRAL, nt.criteria.ADMIRALONCO_CENSORING),
    (nt.criteria.RECIST_1_0, nt.criteria.RECIST_1_0.best_response, FDA),
    (nt.criteria.VOGL_2008, nt.criteria.VOGL_2008.best_response, FDA),
], ids=["recist-1.1", "unconfirmed", "admiralonco", "recist-1.0", "vogl"])  # fmt: skip
@given(seed=seeds)
def test_assess_is_the_chain_called_by_hand(criteria, rule, censoring, seed):
    """Timepoints, best responses, progression and times of every track are the twin's."""
    lesions, people = study(seed)
    assume(lesions)
    done = nt.assess(tables(lesions, people), criteria=criteria, rule=rule, censoring=censoring)
    timeline, rows = twin.assess(lesions, people, criteria, rule, censoring)
    t = done.timepoints
    for name in ("subject", "evaluator", "date", "target", "non_target", "new_lesion", "overall"):
        assert t[name].tolist() == [a[name] for a in timeline], name
    np.testing.assert_array_equal(t["day"], [a["day"] for a in timeline])
    np.testing.assert_array_equal(t["n_missing"], [a["n_missing"] for a in timeline])
    np.testing.assert_allclose(t["sum"], [a["sum"] for a in timeline], rtol=1e-12)
    whole = np.array([a["whole"] for a in timeline], dtype=bool)
    for name in NUMBERS[2:]:
        np.testing.assert_allclose(
            t[name][whole], [a[name] for a in timeline if a["whole"]], rtol=1e-9, atol=1e-9
        )
    s = done.subjects
    for name in ("subject", "evaluator", "best", "confirmed"):
        assert s[name].tolist() == [r[name] for r in rows], name
    for name in ("best_day", "first_response_day", "progression_day"):
        np.testing.assert_array_equal(s[name], [value(r[name]) for r in rows], err_msg=name)
    for name in ("pfs", "ttp", "dor", "os"):
        assert s[f"{name}_event"].tolist() == [r[name][1] for r in rows], name
        np.testing.assert_array_equal(
            s[f"{name}_days"], [value(r[name][0]) for r in rows], err_msg=name
        )
