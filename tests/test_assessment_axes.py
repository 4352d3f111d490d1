"""Markers and symptoms beside each scan: which sample counts, what a change of assay does, the best
over time.
"""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import Reason
from reference import axes as twin
from studies import date

SCANS = (0, 60, 120, 180)


def lesions(subject="1", scans=SCANS, **more):
    """A stable lesion, a row per scan."""
    n = len(scans)
    return {
        "subject": [subject] * n,
        "lesion": ["T1"] * n,
        "role": ["TARGET"] * n,
        "size": [50] * n,
        "date": ["" if d is None else date(d) for d in scans],
    } | {k: [v] * n for k, v in more.items()}


def samples(days, values, **more):
    """A row per sample of 5-HIAA in mg/24h with its limit of 8."""
    row = {"subject": "1", "marker": "5-HIAA", "unit": "mg/24h", "upper_limit": 8}
    out = {
        k: [v] * len(days)
        for k, v in (row | {k: v for k, v in more.items() if not isinstance(v, list)}).items()
    }
    out |= {k: v for k, v in more.items() if isinstance(v, list)}
    return out | {"date": [date(d) for d in days], "value": list(values)}


def assessed(markers=None, symptoms=None, **more):
    """The study with its markers and symptoms."""
    given_tables = {"lesions": lesions(), "markers": markers, "symptoms": symptoms} | more
    return nt.assess({n: t for n, t in given_tables.items() if t is not None})


def biological(days, values, **more):
    """Biological responses after the baseline."""
    return assessed(samples(days, values, **more)).timepoints["biological"].tolist()[1:]


def test_the_sample_of_a_scan():
    """The latest since the scan before, on or before the scan's own day; none: not evaluable,
    nothing carried on.
    """
    assert biological((-5, 59, 110, 180), (100, 40, 7, 100)) == ["PR", "CR", "SD"]
    assert biological((-5, 60, 121), (100, 40, 7)) == ["PR", "NE", "CR"]
    assert biological((-5, 30, 55), (100, 200, 40)) == ["PR", "NE", "NE"]


def test_the_baseline_sample():
    """The last on or before the reference date, else the first one; a sample is never set against
    itself.
    """
    assert biological((-30, -2, 50), (100, 60, 40)) == ["SD", "NE", "NE"]
    assert biological((10, 50), (100, 40)) == ["PR", "NE", "NE"]
    assert biological((50, 110), (100, 40)) == ["NE", "PR", "NE"]


def test_two_samples_of_one_day():
    """Equal ones count once, unequal ones not at all."""
    assert biological((0, 50, 50), (100, 40, 40)) == ["PR", "NE", "NE"]
    assert biological((0, 50, 50), (100, 40, 90)) == ["NE", "NE", "NE"]


@pytest.mark.parametrize("column", ["unit", "assay", "specimen"])
def test_a_change_of_unit_assay_or_specimen_is_not_evaluable(column):
    """Hard case 24: never silently converted; the reason says so; another spelling is no change."""
    words = {
        "unit": ["mg/24h", "umol/24h", "MG/24H", "mg/24h"],
        "assay": ["A", "B", "a", ""],
        "specimen": ["urine", "serum", "Urine", ""],
    }[column]
    done = assessed(samples((0, 50, 110, 170), (100, 40, 40, 40), **{column: words}))
    assert done.timepoints["biological"].tolist() == ["MISSING", "NE", "PR", "PR"]
    assert done.timepoints["biological_reason"][1] == Reason.NOT_COMPARABLE


def test_values_below_the_range_of_the_assay():
    """`<5` is normal where the limit is 8; without a limit it is no number; so is `>500`."""
    assert biological((0, 50), (100, "<5")) == ["CR", "NE", "NE"]
    assert biological((0, 50), (100, "<50")) == ["NE", "NE", "NE"]
    assert biological((0, 50), (100, "<5"), upper_limit="") == ["NE", "NE", "NE"]
    assert biological((0, 50), (100, ">500")) == ["NE", "NE", "NE"]


def test_a_marker_that_was_normal_at_baseline():
    """Hard case 23: not evaluable, or progression where it rises above the limit."""
    assert biological((0, 50, 110), (7, 7.5, 30)) == ["NE", "PD", "NE"]


def test_several_markers():
    """The worst of those that are evaluable; spellings of one marker are one."""
    many = samples(
        (0, 50, 0, 50), (100, 40, 100, 90), marker=["5-HIAA", "u5-HIAA", "CgA", "chromogranin A"]
    )
    assert assessed(many).timepoints["biological"].tolist()[:2] == ["MISSING", "SD"]
    many["value"][3] = "NE"
    assert assessed(many).timepoints["biological"].tolist()[:2] == ["MISSING", "PR"]


def test_symptoms():
    """The number a day, else the score, else the grade; gone is CR, absent at baseline is not
    evaluable.
    """

    def of(days, **columns):
        table = {
            "subject": ["1"] * len(days),
            "symptom": ["Flushing"] * len(days),
            "date": [date(d) for d in days],
        }
        return assessed(symptoms=table | columns).timepoints["symptomatic"].tolist()[1:]

    assert of((0, 50, 110, 170), per_day=[6, 2, 0, 9]) == ["PR", "CR", "PD"]
    assert of((0, 50), per_day=["", ""], score=[4, 4], grade=[3, 1]) == ["SD", "NE", "NE"]
    assert of((0, 50), per_day=[5, 5], score=[4, 1]) == ["SD", "NE", "NE"]
    assert of((0, 50), grade=[3, 1]) == ["PR", "NE", "NE"]
    assert of((0, 50), per_day=[0, 3])[0] == "NE"


def test_best_over_time_and_denominators():
    """The best before progression of the axis, before a new therapy and up to the cut-off; without
    samples MISSING.
    """
    days, values = (0, 50, 110, 170), (100, 40, 150, 7)
    subjects = {"subject": ["1", "2"], "randomized": [date(0), date(0)]}
    done = assessed(samples(days, values), subjects=subjects)
    assert done.timepoints["biological"].tolist()[:4] == ["MISSING", "PR", "PD", "CR"]
    assert done.subjects["biological"].tolist() == ["PR", "MISSING"]
    treated = assessed(
        samples(days, (100, 90, 40, 7)),
        subjects={"subject": ["1"], "randomized": [date(0)], "new_therapy": [date(150)]},
    )
    assert treated.subjects["biological"].tolist() == ["PR"]
    cut = assessed(
        samples(days, (100, 90, 40, 7)),
        subjects={"subject": ["1"], "randomized": [date(0)], "data_cutoff": [date(100)]},
    )
    assert cut.subjects["biological"].tolist() == ["SD"]


def test_axes_are_there_only_with_their_tables():
    """Columns stand between `reason` and `explanation`; the provenance states the rule."""
    assert "biological" not in assessed().timepoints
    assert "biological" not in assessed().subjects
    done = assessed(samples((0, 50), (100, 40)))
    assert list(done.timepoints)[-4:] == [
        "reason",
        "biological",
        "biological_reason",
        "explanation",
    ]
    notes = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert "latest sample since the scan before" in notes["markers by the scan"]
    one = nt.assess({"lesions": lesions(), "markers": samples((0, 50), (100, 40))}, by="lesion")
    assert "biological" not in one.timepoints


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # the verdict is the question
def test_subjects_without_lesions_and_samples_without_subjects():
    """Samples of a subject that the study does not know, of none, or of no day, are left aside."""
    table = samples((0, 50, 50, 50), (100, 40, 7, 7), subject=["1", "1", "9", ""])
    table["date"][1] = date(50)
    assert assessed(table).timepoints["biological"].tolist()[1:] == ["PR", "NE", "NE"]
    table["date"] = ["2024"] * 4
    assert assessed(table).timepoints["biological"].tolist()[1:] == ["MISSING"] * 3


def test_days_in_place_of_dates():
    """Day 0 is the reference date in every table."""
    table = samples((-5, 59, 110), (100, 40, 7))
    table["day"] = [-5, 59, 110]
    del table["date"]
    counted = lesions() | {"day": list(SCANS)}
    del counted["date"]
    done = nt.assess({"lesions": counted, "markers": table})
    assert done.timepoints["biological"].tolist() == ["MISSING", "PR", "CR", "NE"]


@given(seed=st.integers(0, 2**40))
def test_biological_response_is_the_twins(seed):
    """Any samples of any patients, as judged one at a time."""
    rng = random.Random(seed)
    people, every, tables = {}, [], []
    for subject in "ABC":
        scans = sorted(rng.sample(range(1, 200), rng.randint(0, 3)))
        scans = [0, *(d if rng.random() < 0.9 else None for d in scans)]
        own = [
            {
                "marker": rng.choice(["5-HIAA", "CgA"]),
                "day": rng.randint(-20, 200),
                "unit": rng.choice("aab"),
                "value": rng.choice([5, 10, 20, 40, 50, 80, 100, 125]),
                "limit": rng.choice([None, 8, 8, 20]),
            }
            for _ in range(rng.randint(0, 8))
        ]
        people[subject] = (scans, own)
        every += [s | {"subject": subject} for s in own]
        tables.append(lesions(subject, scans) | {"visit": list(range(len(scans)))})
    rng.shuffle(every)
    joined = {n: [v for t in tables for v in t[n]] for n in tables[0]}
    markers = {
        "subject": [s["subject"] for s in every],
        "marker": [s["marker"] for s in every],
        "date": [date(s["day"]) for s in every],
        "value": [s["value"] for s in every],
        "unit": [s["unit"] for s in every],
        "upper_limit": [s["limit"] for s in every],
    }
    if not every:
        return
    done = nt.assess({"lesions": joined, "markers": markers})
    expected = [w for scans, own in people.values() for w in twin.biological(own, scans)]
    assert done.timepoints["biological"].tolist() == expected
    assert not np.any(
        done.timepoints["biological_reason"][done.timepoints["biological"] == "MISSING"]
    )
