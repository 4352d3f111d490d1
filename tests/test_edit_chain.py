"""The chain of the edit checks: the same numbers and responses as `nettumor.assess`, under every
criteria.
"""

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.criteria import RECIST_1_1, SizeCriteria
from nettumor.edit_checks import Data, Skip
from nettumor.study import like_courses

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

EDITIONS = [
    "recist-1.1",
    "recist-1.0",
    "irecist-2017",
    "mrecist-2010",
    "who-1981",
    "swog-1992",
    "easl-2001",
    "choi-2007",
    "modified-choi-2010",
    "volume-recist",
    "vogl-2008",
]


def study(seed, subjects=30):
    """A study with everything in it: two evaluators, nodes, missing and repeated rows, merged and
    new lesions.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(subjects):
        for evaluator in ("INVESTIGATOR", "READER 1")[: 1 + s % 2]:
            visits = int(rng.integers(1, 7))
            for role, count in (
                ("TARGET", rng.integers(0, 4)),
                ("NON-TARGET", rng.integers(0, 3)),
                ("NEW", 1),
            ):
                for k in range(int(count)):
                    rows += lesion(rng, f"S{s}", evaluator, role, k, visits)
    return {name: [r[i] for r in rows] for i, name in enumerate(NAMES)}


NAMES = [
    "subject",
    "evaluator",
    "lesion",
    "role",
    "organ",
    "visit",
    "date",
    "size",
    "perpendicular",
    "viable",
    "viable_perpendicular",
    "volume",
    "attenuation",
    "state",
]


def lesion(rng, subject, evaluator, role, k, visits):
    """The rows of one lesion."""
    node = rng.random() < 0.2
    size = float(rng.integers(15, 80))
    first = int(rng.integers(1, visits + 1)) if role == "NEW" else 0
    out = []
    for v in range(first, visits):
        size = max(
            0.0,
            round(
                size
                * rng.choice(
                    [0.0, 0.5, 0.7, 0.8, 1.0, 1.1, 1.2, 1.4],
                    p=[0.05, 0.1, 0.2, 0.2, 0.15, 0.1, 0.1, 0.1],
                ),
                1,
            ),
        )
        words = {
            "TARGET": ["", "", "", "", "NOT EVALUABLE", "TOO SMALL", "ABSENT"],
            "NON-TARGET": ["PRESENT", "PRESENT", "ABSENT", "NE", "UNEQUIVOCAL PROGRESSION", ""],
            "NEW": ["EQUIVOCAL", "UNEQUIVOCAL", "PRESENT", "", "ABSENT"],
        }[role]
        state = rng.choice(words) if v else words[0]
        sized = state in ("", "TOO SMALL") and role != "NON-TARGET" and state == ""
        numbers = [
            size,
            round(size * 0.8, 1),
            round(size * 0.9, 1),
            round(size * 0.7, 1),
            round(size**2 / 50, 2),
            float(rng.integers(20, 120)),
        ]
        day = np.datetime64("2024-01-01") + np.timedelta64(56 * v + int(rng.integers(0, 4)), "D")
        visit = "UNSCHEDULED" if v == 3 or (v == 4 and rng.random() < 0.5) else str(v)
        row = [
            subject,
            evaluator,
            f"{role[:2]}{k}",
            role,
            "LYMPH NODE" if node else "LIVER",
            visit,
            str(day) if rng.random() < 0.97 else str(day)[:7],
            *(numbers if sized else [""] * 6),
            state,
        ]
        if v == 0 or rng.random() < 0.95:
            out.append(row)
        if rng.random() < 0.02:
            out.append(list(row))
    return out


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_chain_is_that_of_assess(edition, seed):
    """At every timepoint sum, nadir, changes, target, non-target, new lesion, overall and reason
    are assess's.
    """
    tables, criteria = {"lesions": study(seed)}, nt.criteria.get(edition)
    done = nt.assess(tables, criteria=criteria)
    data = Data(crf.read(tables), criteria)
    points, chain = data.timepoints, data.chain
    here = np.flatnonzero(chain.order >= 0)
    subject = data.subjects[data.track_subject[points.track[here]]]
    evaluator = data.words("evaluator")[data.track_evaluator[points.track[here]]]
    order = chain.order[here]
    place = {key: i for i, key in enumerate(zip(subject, evaluator, order, strict=True))}
    table, (unit, time) = done.timepoints, done._place()
    at = here[[place[k] for k in zip(table["subject"], table["evaluator"], time, strict=True)]]
    assert len(at) == len(here) == table.n_rows > 50
    for name in (
        "sum",
        "n_missing",
        "baseline",
        "nadir",
        "percent_from_baseline",
        "percent_from_nadir",
        "reason",
    ):
        np.testing.assert_array_equal(getattr(chain, name)[at], table[name], err_msg=name)
    for name in ("target", "non_target"):
        assert nt.labels(getattr(chain, name)[at]).tolist() == table[name].tolist()
    assert nt.labels(chain.overall[at], criteria).tolist() == table["overall"].tolist()
    np.testing.assert_array_equal(chain.new_lesion[at], table["new_lesion"])
    known = ~np.isnan(
        done.reference[unit]
    )  # assess counts from a baseline of which only the month is known: NaN
    np.testing.assert_array_equal(
        chain.progression_day[at][known],
        (done.judgement.progression_day[unit, time] + done.reference[unit])[known],
    )


def test_groups_change_nothing(monkeypatch):
    """Tracks judged in groups of like length give what all give together."""
    tables = crf.read({"lesions": study(5)})
    whole = Data(tables, RECIST_1_1).chain
    monkeypatch.setattr(like_courses, "_SPARE", 0)
    monkeypatch.setattr(like_courses, "_SMALL", 0)
    data = Data(tables, RECIST_1_1)
    parts = data.chain
    assert len(parts._judged) > 2
    for name in (
        "sum",
        "nadir",
        "n_targets",
        "n_missing",
        "target",
        "non_target",
        "overall",
        "new_lesion",
        "reason",
    ):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name), err_msg=name)
    some = np.flatnonzero(data.timepoints.order > 0)
    assert parts.explain(some) == whole.explain(some)
    assert parts.explain(some, target=True) == whole.explain(some, target=True)


def test_visits_are_named_in_the_sentence():
    """The nadir's visit stands in the sentence under its name in the file, or its date."""
    tables = {
        "lesions": {
            "subject": ["1"] * 3,
            "lesion": ["T1"] * 3,
            "role": ["TARGET"] * 3,
            "visit": ["SCREENING", "WEEK 8", "WEEK 16"],
            "size": [100, 60, 73],
        }
    }
    data = Data(crf.read(tables), RECIST_1_1)
    assert data.chain.explain(np.array([2]), target=True) == [
        "PD: sum 73.0 mm is +21.7 % and +13.0 mm from the nadir of 60.0 mm (visit WEEK 8); limits "
        "+20 % and 5 mm "
        "(RECIST 1.1, 4.3.1)"
    ]
    dated = {
        "lesions": {
            **{k: v for k, v in tables["lesions"].items() if k != "visit"},
            "date": ["2024-01-01", "2024-03-01", "2024-05-01"],
        }
    }
    assert "(visit 2024-03-01)" in Data(crf.read(dated), RECIST_1_1).chain.explain(np.array([2]))[0]


def test_a_visit_without_lesions_is_not_judged():
    """Where a response stands without any lesion row, nothing is recomputed: it is no visit of not
    evaluable.
    """
    tables = {
        "lesions": {
            "subject": ["1"] * 2,
            "lesion": ["T1"] * 2,
            "role": ["TARGET"] * 2,
            "visit": [0, 2],
            "size": [50, 20],
        },
        "responses": {"subject": ["1"] * 2, "visit": [1, 2], "overall": ["SD", "PR"]},
    }
    data = Data(crf.read(tables), RECIST_1_1)
    assert nt.labels(data.chain.overall).tolist() == ["MISSING", "MISSING", "PR"]
    assert np.isnan(data.chain.sum).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("visit", "date", "stands"),
    [
        ("0", "2024-01-05", 1),  # at the scans of its visit, whatever its own day
        ("", "2024-01-03", 1),  # without a visit at the scans of its day
        ("", "03JAN2024", 1),  # however the day is written
        ("", "2024-02", 2),  # else at its own date: a month stands before its days
        ("UNSCHEDULED", "2024-02-20", 2),  # of an unscheduled visit at the last scan until then
        ("UNSCHEDULED", "2024-03-09", 3),
        ("UNSCHEDULED", "2024-01-20", 2),  # before them all, or undated, at the first
        ("UNSCHEDULED", "", 2),
        ("1", "2024-02-01", 2),  # a visit without scans has its place in time
        ("SCREENING", "", 0),
    ],
)
def test_a_response_stands_at_its_scans(visit, date, stands):
    """The place of a response among the timepoints of its track: screening, the baseline 0, and
    two days of an unscheduled visit.
    """
    lesions = {
        "subject": ["01"] * 4,
        "lesion": ["T1"] * 4,
        "role": ["TARGET"] * 4,
        "visit": ["SCREENING", "0", "UNSCHEDULED", "UNSCHEDULED"],
        "date": ["2023-12-20", "2024-01-03", "2024-02-10", "2024-03-01"],
        "size": [30, 30, 30, 30],
    }
    response = {"subject": ["01"], "visit": [visit], "date": [date], "overall": ["SD"]}
    subjects = {"subject": ["01"], "randomized": ["2024-01-04"]}
    tables = {"lesions": lesions, "responses": response, "subjects": subjects}
    data = Data(crf.read(tables), RECIST_1_1)
    points = data.timepoints
    assert data["responses"].timepoint.tolist() == [stands]
    alone = len(points) == 5
    assert alone == (points.lesions[stands] < 0)
    assert points.order.tolist() == list(range(-1, len(points) - 1))
    assert data["lesions"].order.tolist() == [-1, 0, 1 + (alone and stands < 3), 2 + alone]


def test_criteria_without_lesions_are_skipped():
    """Criteria that do not judge lesions recompute nothing: the chain refuses, and no check passes
    by it.
    """
    data = Data(crf.read({"lesions": study(1)}), nt.criteria.get("percist-1.0"))
    with pytest.raises(Skip, match="PERCIST"):
        _ = data.chain
    found = edit_checks.run({"lesions": study(1)}, nt.criteria.get("percist-1.0"), checks=["T06"])
    assert found.runs["status"].tolist() == ["skipped"]


def test_own_criteria_are_judged_by_their_own_limits():
    """A protocol's variant is judged by its own limits."""
    stricter = attrs.evolve(RECIST_1_1, pd=attrs.evolve(RECIST_1_1.pd, value=40))
    assert isinstance(stricter, SizeCriteria)
    tables = {
        "lesions": {
            "subject": ["1"] * 2,
            "lesion": ["T1"] * 2,
            "role": ["TARGET"] * 2,
            "visit": [0, 1],
            "size": [50, 65],
        }
    }
    got = [
        nt.labels(Data(crf.read(tables), c).chain.target).tolist()[1]
        for c in (RECIST_1_1, stricter)
    ]
    assert got == ["PD", "SD"]
