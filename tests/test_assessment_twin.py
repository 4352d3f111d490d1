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


def without(table, tracks):
    """The rows of the other tracks: of these only the month of the baseline is known, and each day
    of it would have to be tried (see test_a_baseline_of_a_month).
    """
    keys = zip(table["subject"].tolist(), table["evaluator"].tolist(), strict=True)
    kept = np.array([key not in tracks for key in keys], dtype=bool)
    return {name: column[kept] for name, column in table.items() if name != "explanation"}


@given(seed=seeds)
def test_a_baseline_of_a_month(seed):
    """Where only the month of the baseline is known: what is answered without DAY_UNKNOWN is the
    answer on every day of that month.
    """
    lesions, _ = study(seed, subjects=1, evaluators=1)
    assume(lesions)
    first = min((r["date"] for r in lesions if len(r["date"]) == 10), default="")
    lesions = [r for r in lesions if len(r["date"]) == 10 and r["role"] != "NEW"]
    lesions = [r | {"visit": r["date"]} for r in lesions]
    later = [r for r in lesions if r["date"][:7] > first[:7]]
    at_first = [r for r in lesions if r["date"] == first]
    assume(at_first and later)
    month = nt.assess(tables([r | {"date": first[:7]} for r in at_first] + later, []))
    unknown = int(month.subjects["best_reason"][0]) & int(nt.Reason.DAY_UNKNOWN)
    no_time = np.isnan(month.subjects["pfs_days"][0])
    for day in (1, 9, 17, 25, 28):
        rows = [r | {"date": f"{first[:7]}-{day:02d}"} for r in at_first]
        one = nt.assess(tables(rows + later, [])).subjects
        if not unknown:
            assert one["best"][0] == month.subjects["best"][0]
            assert one["confirmed"][0] == month.subjects["confirmed"][0]
        if not no_time:
            assert one["pfs_days"][0] == month.subjects["pfs_days"][0]
        if month.subjects["pfs_event"][0]:
            assert one["pfs_event"][0]


CRITERIA = [
    c
    for c in map(nt.criteria.get, nt.criteria.names())
    if isinstance(c, nt.criteria.SizeCriteria) and not c.immune
]
MEASURES = ("perpendicular", "viable", "viable_perpendicular", "volume")
CENSORINGS = [FDA, nt.criteria.ADMIRALONCO_CENSORING]


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
    assume(any(r["date"] for r in lesions))  # without any day confirmation is refused
    assess_is_the_twins(lesions, people, criteria, rule, censoring)


def elsewhere(row):
    """The organ of a row, where a new lesion is none of the liver."""
    return "LUNG" if (row["role"], row["organ"]) == ("NEW", "LIVER") else row["organ"]


def assess_is_the_twins(lesions, people, criteria, rule, censoring):
    """What the twin says of a study, in which every measure is that of the size."""
    if criteria.pd_scope == "any lesion" or criteria.reappearance == "any lesion":
        # which lesion another merged into the twin does not know
        lesions = [r | {"state": r["state"].replace("MERGED", "ABSENT")} for r in lesions]
    if criteria.new_liver_nodule is not None:  # these have a rule of their own
        lesions = [r | {"organ": elsewhere(r)} for r in lesions]
    wide = [r | dict.fromkeys(MEASURES, r["size"]) for r in lesions]
    done = nt.assess(tables(wide, people), criteria=criteria, rule=rule, censoring=censoring)
    timeline, rows = twin.assess(lesions, people, criteria, rule, censoring)
    months = {(r["subject"], r["evaluator"]) for r in rows if r["of_a_month"]}
    timeline, rows = (
        [r for r in part if (r["subject"], r["evaluator"]) not in months]
        for part in (timeline, rows)
    )
    t = without(done.timepoints, months)
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
    s = without(done.subjects, months)
    for name in ("subject", "evaluator", "best", "confirmed"):
        assert s[name].tolist() == [r[name] for r in rows], name
    for name in ("best_day", "first_response_day", "progression_day"):
        np.testing.assert_array_equal(s[name], [value(r[name]) for r in rows], err_msg=name)
    for name in ("pfs", "ttp", "dor", "os"):
        assert s[f"{name}_event"].tolist() == [r[name][1] for r in rows], name
        np.testing.assert_array_equal(
            s[f"{name}_days"], [value(r[name][0]) for r in rows], err_msg=name
        )
