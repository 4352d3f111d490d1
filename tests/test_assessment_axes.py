"""Markers and symptoms beside each scan: which sample counts, what a change of assay does, the best
over time.
"""

import random

import numpy as np
import pandas as pd
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
    """The study with its markers and symptoms; what is no table is a rule."""
    rules = {n: v for n, v in more.items() if not isinstance(v, dict)}
    given_tables = {"lesions": lesions(), "markers": markers, "symptoms": symptoms}
    given_tables |= {n: v for n, v in more.items() if isinstance(v, dict)}
    return nt.assess({n: t for n, t in given_tables.items() if t is not None}, **rules)


def biological(days, values, **more):
    """Biological responses after the baseline."""
    return assessed(samples(days, values, **more)).timepoints["biological"].tolist()[1:]


def test_the_sample_of_a_scan():
    """The latest since the scan before, at most 7 days after the scan; one in reach of two scans
    serves the earlier; none: not evaluable, nothing carried on.
    """
    assert biological((-5, 59, 110, 180), (100, 40, 7, 100)) == ["PR", "CR", "SD"]
    assert biological((-5, 60, 127), (100, 40, 7)) == ["PR", "CR", "NE"]
    assert biological((-5, 60, 128), (100, 40, 7)) == ["PR", "NE", "CR"]
    assert biological((-5, 30, 55), (100, 200, 40)) == ["PR", "NE", "NE"]
    table = samples((-5, 60, 121), (100, 40, 7))
    found = assessed(table, marker_after_days=0).timepoints["biological"].tolist()
    assert found[1:] == ["PR", "NE", "CR"]


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
    """Never silently converted; the reason says so; another spelling is no change."""
    words = {
        "unit": ["mg/24h", "umol/24h", "MG/24H", "mg/d"],
        "assay": ["A", "B", "a", ""],
        "specimen": ["urine", "serum", "Urine", ""],
    }[column]
    done = assessed(samples((0, 50, 110, 170), (100, 40, 40, 40), **{column: words}))
    assert done.timepoints["biological"].tolist() == ["MISSING", "NE", "PR", "PR"]
    assert done.timepoints["biological_reason"][1] == Reason.NOT_COMPARABLE


def test_values_below_the_range_of_the_assay():
    """`<5` has the response that every value up to 5 gives: normal where the limit is 8, a fall by
    half without a limit; `<50` beside a limit of 8 has none; so has `>500`.
    """
    assert biological((0, 50), (100, "<5")) == ["CR", "NE", "NE"]
    assert biological((0, 50), (100, "<50")) == ["NE", "NE", "NE"]
    assert biological((0, 50), (100, "<5"), upper_limit="") == ["PR", "NE", "NE"]
    assert biological((0, 50), (100, ">500")) == ["NE", "NE", "NE"]


def test_a_number_of_days_that_is_not_known():
    """A total of no stated period, and a mean of 0 days, are records that cannot be used: not
    evaluable, not missing; they take nothing from a diary that has days enough.
    """

    def symptomatic(days, **columns):
        n = len(days)
        table = {"subject": ["1"] * n, "symptom": ["flushing"] * n}
        table["date"] = [date(d) for d in days]
        return assessed(symptoms=table | columns).timepoints["symptomatic"].tolist()[1:]

    assert symptomatic([-1, 59], total=[42, 14]) == ["NE", "NE", "NE"]
    assert symptomatic([-1, 59], total=[42, 14], period_days=[7, 7]) == ["PR", "NE", "NE"]
    assert symptomatic([-1, 59], per_day=[6, 2], days_recorded=[7, 0]) == ["NE", "NE", "NE"]
    assert symptomatic([-1, 59], per_day=[6, 2], days_recorded=[7, 7]) == ["PR", "NE", "NE"]
    days = [*range(-14, 0), *range(46, 60), 55]
    counts, totals = [6] * 14 + [2] * 14 + [""], [""] * 28 + [14]
    assert symptomatic(days, count=counts, total=totals) == ["PR", "NE", "NE"]


def test_a_collection_of_other_length_is_said():
    """A daily amount stands as given; that it was collected for 12 h is noted, at baseline too."""
    rows = samples((0, 50, 110), (100, 40, 45), duration=[24, 12, 25])
    assert assessed(rows).timepoints["biological_note"].tolist()[1] == "5-HIAA: collected for 12 h"
    rows = samples((0, 50), (100, 40), duration=[12, 30], confounder=["", "banana"])
    assert assessed(rows).timepoints["biological_note"].tolist()[1] == (
        "5-HIAA: banana; 5-HIAA: collected for 12 h at baseline, collected for 30 h"
    )
    blood = samples((0, 50), (100, 40), marker="CgA", unit="ng/mL", duration=[12, 12])
    assert "biological_note" not in assessed(blood).timepoints


def test_equal_results_below_detection_on_one_day():
    """`<5` twice on one day counts once; `<5` and `<3`, or `<5` and 5, not at all."""
    assert biological((0, 50, 50), (100, "<5", "<5")) == ["CR", "NE", "NE"]
    assert biological((0, 50, 50), (100, "<5", "<3")) == ["NE", "NE", "NE"]
    assert biological((0, 50, 50), (100, "<5", 5)) == ["NE", "NE", "NE"]


def test_each_sample_is_held_against_its_own_limit():
    """Above 80 at baseline, normal below 100 later: CR; normal below 100 at baseline: not
    evaluable, although later the limit is 80.
    """
    assert biological((0, 50), (90, 95), upper_limit=[80, 100])[0] == "CR"
    assert biological((0, 50), (90, 85), upper_limit=[100, 80])[0] == "NE"


def test_a_marker_that_was_normal_at_baseline():
    """Not evaluable, or progression where it rises above the limit."""
    assert biological((0, 50, 110), (7, 7.5, 30)) == ["NE", "PD", "NE"]


def test_several_markers():
    """One result a marker; together only where they agree, else NE and the note says so; by a rule
    the worst, the best or the primary one. Spellings of one marker are one.
    """
    many = samples(
        (0, 50, 0, 50), (100, 40, 100, 90), marker=["5-HIAA", "u5-HIAA", "CgA", "chromogranin A"]
    )
    done = assessed(many)
    assert done.timepoints["biological"].tolist()[:2] == ["MISSING", "NE"]
    assert done.timepoints["biological_5-HIAA"].tolist()[1] == "PR"
    assert done.timepoints["biological_chromogranin A"].tolist()[1] == "SD"
    assert done.subjects["biological_5-HIAA"].tolist() == ["PR"]
    note = done.timepoints["biological_note"][1]
    assert note == "several markers and no rule: 5-HIAA PR, chromogranin A SD"
    assert done.timepoints["biological_reason"][1] == Reason.DECREASE | Reason.WITHIN_LIMITS
    for rule, answer in (
        ({"marker_rule": "worst"}, "SD"),
        ({"marker_rule": "best"}, "PR"),
        ({"marker_rule": "primary", "primary_marker": "CGA"}, "SD"),
    ):
        assert assessed(many, **rule).timepoints["biological"].tolist()[1] == answer
    many["value"][3] = "NE"
    assert assessed(many).timepoints["biological"].tolist()[:2] == ["MISSING", "PR"]
    many["value"][3] = 30
    alike = assessed(many).timepoints
    assert alike["biological"].tolist()[1] == "PR"
    assert "biological_note" not in alike


def test_a_ratio_to_creatinine_is_a_marker_of_its_own():
    """5-HIAA per creatinine is never set against the daily amount."""
    table = samples((0, 50, 0, 50), (100, 40, 90, 80), unit=["mg/24h", "mg/24h", "mg/g", "mg/g"])
    done = assessed(table, marker_rule="best")
    assert done.timepoints["biological_5-HIAA"].tolist()[1] == "PR"
    assert done.timepoints["biological_5-HIAA/creatinine"].tolist()[1] == "SD"
    alone = samples((0, 50), (100, 40), unit="mmol/mol")
    assert assessed(alone).timepoints["biological"].tolist()[1] == "PR"


def test_confounders_are_noted_or_excluded():
    """A confounder of the sample, or of the baseline, is named; a policy leaves the sample out.

    The baseline scan has no response and no note, also where a sample lies beside it.
    """
    table = samples((-5, 0, 50, 110), (100, 90, 40, 30), confounder=["", "PPI", "banana", "none"])
    done = assessed(table)
    assert done.timepoints["biological"].tolist() == ["MISSING", "PR", "PR", "NE"]
    assert done.timepoints["biological_note"].tolist() == [
        "", "5-HIAA: PPI at baseline, banana", "5-HIAA: PPI at baseline", "",
    ]  # fmt: skip
    left = assessed(table, confounders="exclude")
    assert left.timepoints["biological"].tolist() == ["MISSING", "NE", "PR", "NE"]
    assert "biological_note" not in left.timepoints
    both = samples(
        (0, 50, 0, 50), (100, 40, 100, 90), marker=["5-HIAA", "5-HIAA", "CgA", "CgA"],
        confounder=["", "banana", "", "PPI"],
    )  # fmt: skip
    note = assessed(both).timepoints["biological_note"][1]
    assert note.startswith("several markers and no rule: 5-HIAA PR, chromogranin A SD; 5-HIAA: ban")
    by_rule = assessed(both, marker_rule="worst").timepoints["biological_note"][1]
    assert by_rule == "5-HIAA: banana; chromogranin A: PPI"
    pairs = ["PPI", ""], ["", "banana"], ["", "nuts"], ["banana", "nuts"], ["nuts", "PPI"]
    table = samples(
        (0, 50) * 5, (100, 40) * 5, subject=[s for s in "12345" for _ in range(2)],
        confounder=[word for pair in pairs for word in pair],
    )  # fmt: skip
    done = nt.assess({"lesions": joined(*map(lesions, "12345")), "markers": table}).timepoints
    assert done["biological_note"][done["day"] == 60].tolist() == [
        "5-HIAA: PPI at baseline", "5-HIAA: banana", "5-HIAA: nuts",
        "5-HIAA: banana at baseline, nuts", "5-HIAA: nuts at baseline, PPI",
    ]  # fmt: skip
    beside = samples((-5, 3, 50), (100, 40, 45), confounder=["PPI", "PPI", ""])
    notes = assessed(beside).timepoints["biological_note"].tolist()
    assert notes == ["", "5-HIAA: PPI at baseline", "", ""]


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
    assert of((0, 20, 110), per_day=[6, 2, 0]) == ["PR", "CR", "NE"], "the latest since the scan"
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


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize(("day", "word"), [(4, "NE"), (7, "NE"), (8, "PR")])
def test_a_sample_in_reach_of_the_baseline_beside_a_scan_without_a_day(day, word):
    """The first scan after the baseline has no day: whatever it is, a sample until 7 days after the
    baseline scan belongs to it (in reach of two scans it serves the earlier), and not to the next.
    """
    scans = lesions("A", [0, None, 97]) | {"visit": [0, 1, 2]}
    table = samples((0, day), (100, 40))
    table["subject"], table["date"] = ["A"] * 2, [date(0), date(day)]
    done = nt.assess({"lesions": scans, "markers": table})
    assert done.timepoints["biological"].tolist() == ["MISSING", "NE", word]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
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
    rule, after = rng.choice([None, "worst"]), rng.choice([7, 7, 0, 30])
    done = nt.assess(
        {"lesions": joined, "markers": markers}, marker_rule=rule, marker_after_days=after
    )
    expected = [
        word for scans, own in people.values() for word in twin.biological(own, scans, rule, after)
    ]
    assert done.timepoints["biological"].tolist() == expected
    assert not np.any(
        done.timepoints["biological_reason"][done.timepoints["biological"] == "MISSING"]
    )


def diary(counts, symptom="flushing", first=-14, subject="1", column="count", **more):
    """A row a day from ``first`` on; None is a day without a row."""
    kept = [(first + i, c) for i, c in enumerate(counts) if c is not None]
    return {
        "subject": [subject] * len(kept),
        "symptom": [symptom] * len(kept),
        "date": [date(d) for d, _ in kept],
        column: [c for _, c in kept],
    } | {k: [v] * len(kept) for k, v in more.items()}


def joined(*tables):
    """Tables of the same or other columns, one below the other."""
    names = list(dict.fromkeys(n for t in tables for n in t))
    return {n: [v for t in tables for v in t.get(n, [""] * len(t["subject"]))] for n in names}


def grades(table, **rules):
    """Symptomatic responses after the baseline."""
    return assessed(symptoms=table, **rules).timepoints["symptomatic"].tolist()[1:]


def test_a_diary_is_averaged_over_the_window_before_the_scan():
    """14 days before the scan against 14 before the start; one bad day, on the scan's own day or
    before it, decides nothing.
    """
    steady = [6] * 14 + [2] * 180
    assert grades(diary(steady)) == ["PR", "PR", "PR"]
    bad = list(steady)
    bad[14 + 59], bad[14 + 60] = 9, 99
    assert grades(diary(bad)) == ["PR", "PR", "PR"]
    assert grades(diary([6] * 14 + [0] * 60 + [3] * 60 + [9] * 60)) == ["CR", "SD", "PD"]
    only_days = [6] * 14 + [None] * 60 + [0] * 14
    assert grades(diary(only_days)) == ["NE", "NE", "NE"], "a gap is no day with zero"


def test_the_latest_record_since_the_scan_before_where_the_window_is_empty():
    """A mean over a week that ended 30 days before the scan, after a baseline by days, counts."""
    week = {"subject": ["1"], "symptom": ["flushing"], "date": [date(30)]}
    week |= {"per_day": [2], "days_recorded": [7]}
    assert grades(joined(diary([6] * 14), week)) == ["PR", "NE", "NE"]
    ends_on_the_scan = week | {"date": [date(60)]}
    assert grades(joined(diary([6] * 14), ends_on_the_scan)) == ["PR", "NE", "NE"]


def test_seven_recorded_days():
    """Fewer than seven of the fourteen are not evaluable, at the scan and at the baseline."""
    days = [6] * 14 + [None] * 46 + [None] * 120
    seven, six = list(days), list(days)
    seven[14 + 53 : 14 + 60] = [2] * 7
    six[14 + 54 : 14 + 60] = [2] * 6
    assert grades(diary(seven)) == ["PR", "NE", "NE"]
    assert grades(diary(six)) == ["NE", "NE", "NE"]
    assert grades(diary(six), symptom_minimum_recorded=6) == ["PR", "NE", "NE"]
    no_baseline = [None] * 8 + [6] * 6 + [2] * 180
    assert grades(diary(no_baseline)) == ["NE", "NE", "NE"]
    week = [None] * 7 + [6] * 7 + [0] * 53 + [2] * 7
    assert grades(diary(week), symptom_window_days=7) == ["PR", "NE", "NE"]


def test_every_documented_column():
    """count, total over period_days or days_recorded, per_day over days_recorded, score, grade: one
    answer for one patient.
    """
    weeks = {"date": [date(d) for d in (-7, -1, 53, 60)], "subject": ["1"] * 4,
             "symptom": ["Flushing"] * 4}  # fmt: skip
    total = weeks | {"total": [42, 42, 14, 14], "period_days": [7] * 4}
    assert grades(total)[0] == "PR"
    of_recorded = weeks | {
        "total": [36, 36, 12, 12],
        "period_days": [7] * 4,
        "days_recorded": [6] * 4,
    }
    assert grades(of_recorded)[0] == "PR"
    mean = weeks | {"per_day": [6, 6, 2, 2], "days_recorded": [7, 6, 7, 5]}
    assert grades(mean)[0] == "PR"
    assert grades(weeks | {"per_day": [6, 6, 2, 2], "period_days": [7] * 4})[0] == "PR"
    one_day = weeks | {"per_day": [6, 6, 2, 2], "days_recorded": [1] * 4}
    assert grades(one_day)[0] == "NE", "one day decides nothing"
    assert grades(weeks | {"total": [42, 42, 14, 14]})[0] == "NE", "a total of how many days?"
    assert grades(weeks | {"score": [4, 4, 1, 2]})[0] == "PR"
    assert grades(weeks | {"grade": [3, 3, 2, 1]})[0] == "SD"
    assert grades(diary([6] * 14 + [2] * 180, column="score"))[0] == "PR"


def test_each_symptom_and_the_overall_grade():
    """CR where all are gone, else PD, else PR, else SD; each symptom stands beside it, and the
    reason is of those that decide.
    """

    def two(flushing, diarrhoea, **rules):
        table = joined(diary([6] * 14 + [flushing] * 60),
                       diary([4] * 14 + [diarrhoea] * 60, "Diarrhoea"))  # fmt: skip
        return assessed(symptoms=table, **rules).timepoints

    for one, other, answer, reason in (
        (0, 0, "CR", "GONE"), (0, 4, "PR", "GONE"), (2, 4, "PR", "DECREASE"),
        (2, 6, "PD", "INCREASE"), (0, 6, "PD", "INCREASE"), (6, 4, "SD", "WITHIN_LIMITS"),
        (0, None, "PR", "GONE"), (None, None, "NE", "NOT_MEASURED"), (2, None, "PR", "DECREASE"),
    ):  # fmt: skip
        found = two(one, other)
        assert found["symptomatic"][1] == answer, (one, other)
        assert found["symptomatic_reason"][1] == Reason[reason], (one, other)
    found = two(0, 4)
    assert found["symptomatic_flushing"][1] == "CR"
    assert found["symptomatic_diarrhoea"][1] == "SD"


def test_the_denominator_is_who_had_a_symptom():
    """A patient without the symptom at baseline is not evaluable and not in the denominator; what
    is new later is ignored, or progression.
    """
    table = joined(
        diary([6] * 14 + [0] * 60),
        diary([0] * 14 + [5] * 60, subject="2"),
        diary([0] * 14 + [5] * 60, "diarrhoea"),
    )
    two = {"lesions": joined(lesions(), lesions("2")), "symptoms": table}
    done = nt.assess(two)
    assert done.subjects["symptomatic"].tolist() == ["CR", "NE"]
    asked = done.subjects["symptomatic_at_baseline"]
    assert asked.tolist() == [True, False]
    rate = nt.objective_response_rate(nt.parse_responses(done.subjects["symptomatic"][asked]))
    assert (rate.count, rate.total) == (1, 1)
    assert done.timepoints["symptomatic_reason"][5] == Reason.BASELINE
    new = nt.assess(two, new_symptom="PD")
    assert new.timepoints["symptomatic"].tolist()[1] == "PD"
    assert new.subjects["symptomatic"].tolist() == ["PD", "PD"]


def test_progression_free_survival_of_the_review():
    """A progression of symptoms, of tumour load, or death, whichever is first; the column says
    which; nothing else changes.
    """
    grown = lesions()
    grown["size"] = [50, 50, 50, 90]
    worse = diary([4] * 14 + [4] * 60 + [9] * 60 + [9] * 60)
    study = {"lesions": grown, "symptoms": worse}
    tumour, review = nt.assess(study), nt.assess(study, pfs="symptoms or tumour load")
    assert tumour.subjects["pfs_days"].tolist() == [180.0]
    assert review.subjects["pfs_days"].tolist() == [120.0]
    assert review.subjects["pfs_axis"].tolist() == ["symptoms"]
    assert "pfs_axis" not in tumour.subjects
    assert review.subjects["progression_day"].tolist() == [180.0]
    assert review.subjects["ttp_days"].tolist() == [180.0]
    notes = dict(zip(review.provenance["item"], review.provenance["value"], strict=True))
    assert notes["progression-free survival"] == "progression of symptoms or tumour load, or death"
    for size, counts, axis in (
        ([50, 50, 90, 90], [9] * 120, "both"),
        ([50, 90, 90, 90], [4] * 60 + [9] * 60, "tumour load"),
        ([50, 50, 50, 50], [4] * 120, ""),
    ):
        given_rows = diary(
            [4] * 14 + [4] * 60 + counts if axis != "tumour load" else [4] * 14 + counts
        )
        found = nt.assess(
            {"lesions": lesions() | {"size": size}, "symptoms": given_rows},
            pfs="symptoms or tumour load",
        )
        assert found.subjects["pfs_axis"].tolist() == [axis], axis
        description = found.events["description"].tolist()
        assert description[0] == (f"progression ({axis})" if axis else "last adequate assessment")
        assert "(" not in description[1], "only progression-free survival has two axes"
    died = nt.assess(
        {"lesions": lesions(), "symptoms": diary([4] * 14 + [4] * 180),
         "subjects": {"subject": ["1"], "randomized": [date(0)], "death": [date(190)]}},
        pfs="symptoms or tumour load",
    )  # fmt: skip
    assert died.subjects["pfs_axis"].tolist() == ["death"]
    assert died.events["description"][0] == "death"
    with pytest.raises(nt.InputError, match=r"`pfs` must be .* no symptoms"):
        nt.assess({"lesions": lesions()}, pfs="symptoms or tumour load")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"marker_after_days": -1}, "`marker_after_days` must be a number of days"),
        ({"marker_after_days": True}, "`marker_after_days`"),
        ({"marker_rule": "median"}, "`marker_rule` must be one of"),
        ({"marker_rule": "primary"}, "`primary_marker` must be given"),
        ({"primary_marker": "CgA"}, "`primary_marker` must be given"),
        ({"marker_rule": "primary", "primary_marker": "gastrin"}, "must be a marker of the table"),
        ({"confounders": "drop"}, "`confounders` must be one of"),
        ({"symptom_window_days": 0}, "`symptom_window_days` must be a whole number"),
        ({"symptom_minimum_recorded": 15}, "`symptom_minimum_recorded` must be at most"),
        ({"new_symptom": "NE"}, "`new_symptom` must be one of"),
        ({"pfs": "all"}, "`pfs` must be one of"),
    ],
)
def test_rules_are_checked(rules, message):
    """Every refusal names its argument."""
    with pytest.raises(nt.InputError, match=message):
        assessed(samples((0, 50), (100, 40)), **rules)


@given(seed=st.integers(0, 2**40))
def test_symptomatic_response_is_the_twins(seed):
    """Any diaries of any patients, as averaged one at a time; a row later than a scan changes
    nothing at it.
    """
    rng = random.Random(seed)
    people, tables, rows = {}, [], []
    for subject in "ABC":
        scans = sorted(rng.sample(range(1, 60), rng.randint(0, 3)))
        scans = [0, *(d if rng.random() < 0.9 else None for d in scans)]
        diaries = {
            name: {
                d: rng.choice([0, 0, 1, 2, 3, 6] if rng.random() < 0.7 else [0])
                for d in range(-14, 60)
                if rng.random() < rng.choice([0.3, 0.6, 1.0])
            }
            for name in ("flushing", "diarrhoea")
            if rng.random() < 0.8
        }
        people[subject] = (scans, diaries)
        tables.append(lesions(subject, scans) | {"visit": list(range(len(scans)))})
        rows += [(subject, n, d, c) for n, own in diaries.items() for d, c in own.items()]
    rng.shuffle(rows)
    if not rows:
        return
    columns = dict(
        zip(
            ("subject", "symptom", "date", "count"), map(list, zip(*rows, strict=True)), strict=True
        )
    )
    columns["date"] = [date(d) for d in columns["date"]]
    done = nt.assess({"lesions": joined(*tables), "symptoms": columns})
    expected = [w for scans, own in people.values() for w in twin.symptomatic(own, scans)]
    assert done.timepoints["symptomatic"].tolist() == expected


def test_profile_of_a_study():
    """The three axes of each patient, and of each timepoint, in one call; the discordant ones by
    name; evaluators are never mixed.
    """
    markers = samples((0, 50, 110), (100, 40, 90))
    done = assessed(markers, diary([6] * 14 + [0] * 120))
    best = done.profile()
    assert best.table().rows()[0] == {
        "subject": "1", "morphological": "SD", "biological": "PR", "symptomatic": "CR",
        "time": 180.0, "event": False,
    }  # fmt: skip
    assert best.discordant()["subject"].tolist() == ["1"]
    each = done.profile(of="timepoints")
    assert each.table()["subject"].tolist() == ["1, day 60", "1, day 120", "1, day 180"]
    assert each.table()["biological"].tolist() == ["PR", "SD", "NE"]
    assert each.agreement().n_rows == 3
    readers = joined(lesions(evaluator="A"), lesions(evaluator="B"))
    two = nt.assess({"lesions": readers, "markers": markers})
    assert two.profile("B").table().n_rows == 1
    for call, message in (
        (lambda: two.profile(), "`evaluator` must be given: there are A, B"),
        (lambda: two.profile("C"), "`evaluator` names none of those"),
        (lambda: done.profile(of="visits"), "`of` must be one of"),
    ):
        with pytest.raises(nt.InputError, match=message):
            call()


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_counts_that_cannot_be():
    """A negative day is not recorded; a negative or infinite record is not evaluable, and the one
    before it does not stand for it; sums of 1e308 neither.
    """
    bad = [6] * 14 + [2] * 180
    bad[14 + 50] = -5
    assert grades(diary(bad)) == ["PR", "PR", "PR"]
    weeks = {"date": [date(d) for d in (-1, 40, 60)], "subject": ["1"] * 3, "symptom": ["x"] * 3}
    assert grades(weeks | {"per_day": [6, 2, -1]})[0] == "NE"
    assert grades(weeks | {"per_day": [6, 2, 1]})[0] == "PR"
    assert grades(diary([1e308] * 194))[0] == "NE"


def test_a_generated_trial_by_hand():
    """200 patients with a row a day in the column `count`: the same as 14-day means by pandas."""
    rng = np.random.default_rng(7)
    names, days, scans = [f"{i:03}" for i in range(200)], np.arange(-14, 200), [0, 60, 120, 180]
    rate = np.repeat(rng.uniform(1, 8, 200), days.size)
    rate *= np.where(np.tile(days, 200) < 0, 1, np.repeat(rng.uniform(0, 1.8, 200), days.size))
    table = pd.DataFrame(
        {
            "subject": np.repeat(names, days.size),
            "symptom": "flushing",
            "day": np.tile(days, 200),
            "count": rng.poisson(rate),
        }
    )
    scanned = pd.DataFrame(
        {"subject": np.repeat(names, 4), "lesion": "T1", "role": "TARGET",
         "day": np.tile(scans, 200), "size": 50}
    )  # fmt: skip
    done = nt.assess({"lesions": scanned, "symptoms": table})
    found = done.timepoints["symptomatic"].reshape(200, 4)

    def means(first, end):
        return table[table["day"].between(first, end - 1)].groupby("subject")["count"].mean()

    base = means(-14, 0)
    for at, scan in enumerate(scans[1:], 1):
        now = means(scan - 14, scan)
        by_hand = np.select(
            [base == 0, now == 0, now < base / 2, now > 1.25 * base], ["NE", "CR", "PR", "PD"], "SD"
        )
        assert (found[:, at] == by_hand).all()
    assert set(np.unique(found)) >= {"CR", "PR", "SD", "PD"}
