"""The chain of the edit checks: the same numbers and responses as `nettumor.assess`, under every
criteria.
"""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.criteria import RECIST_1_1, SizeCriteria
from nettumor.edit_checks import Data, Skip
from nettumor.study import like_courses
from nettumor.study.subjects import read_subjects, reference_of_visits
from nettumor.study.tracks import read_names
from nettumor.study.visits import place_visits

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
    table, (unit, time) = done.timepoints, done._place
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
    assert len(parts.groups) > 2
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
        ("", "2023-12-20", 0),  # of the first row, too
        ("", "2024-02", 2),  # else at its own date: a month stands before its days
        ("UNSCHEDULED", "2024-02-20", 2),  # of an unscheduled visit at the last scan until then
        ("UNSCHEDULED", "2024-03-09", 3),
        ("UNSCHEDULED", "2024-01-20", 2),  # before them all at the first
        ("UNSCHEDULED", "2024-02", 2),  # where all days of the month give one scan, there
        ("UNSCHEDULED", "2024-03", 3),
        ("UNSCHEDULED", "", 4),  # at none of them where nothing says at which
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
    later = [p for p in range(2, len(points)) if not alone or p != stands]
    assert data["lesions"].order.tolist() == [-1, 0, *(p - 1 for p in later)]


def test_the_timepoint_before_is_of_the_same_track():
    """One and two steps before each timepoint of two subjects; -1 where there is none."""
    lesions = {
        "subject": ["01"] * 3 + ["02"] * 2,
        "lesion": ["T1"] * 5,
        "role": ["TARGET"] * 5,
        "visit": [0, 1, 2, 0, 1],
        "size": [30] * 5,
    }
    points = Data(crf.read({"lesions": lesions}), RECIST_1_1).timepoints
    assert points.earlier().tolist() == [-1, 0, 1, -1, 3]
    assert points.earlier(2).tolist() == [-1, -1, 0, -1, -1]


def test_an_unscheduled_visit_without_scans_is_one_timepoint():
    """Whatever the dates of its responses; two dates without a visit are two timepoints."""
    lesions = {
        "subject": ["01"],
        "lesion": ["T1"],
        "role": ["TARGET"],
        "visit": ["0"],
        "date": ["2024-01-03"],
        "size": [30],
    }
    for visit, expected in (("UNSCHEDULED", [1, 1]), ("", [1, 2])):
        responses = {
            "subject": ["01"] * 2,
            "visit": [visit] * 2,
            "date": ["2024-02-10", "2024-03-01"],
            "overall": ["SD"] * 2,
        }
        data = Data(crf.read({"lesions": lesions, "responses": responses}), RECIST_1_1)
        assert data["responses"].timepoint.tolist() == expected


def test_a_response_without_a_date_stands_with_the_scans_that_have_none():
    """Of an unscheduled visit with one scan on a day the response is there, whatever its date; with
    a lesion that has no date beside, there.
    """
    lesions = {
        "subject": ["01"] * 2,
        "lesion": ["T1"] * 2,
        "role": ["TARGET"] * 2,
        "visit": ["0", "UNSCHEDULED"],
        "date": ["2024-01-03", "2024-02-10"],
        "size": [30, 30],
    }
    response = {"subject": ["01"], "visit": ["UNSCHEDULED"], "date": [""], "overall": ["SD"]}
    data = Data(crf.read({"lesions": lesions, "responses": response}), RECIST_1_1)
    assert data["responses"].timepoint.tolist() == [1]
    added = {"subject": "01", "lesion": "T2", "role": "TARGET", "visit": "UNSCHEDULED", "date": ""}
    more = {n: [*v, added.get(n, 20)] for n, v in lesions.items()}
    data = Data(crf.read({"lesions": more, "responses": response}), RECIST_1_1)
    assert data["lesions"].timepoint.tolist() == [0, 1, 2]
    assert data["responses"].timepoint.tolist() == [2]


def places(tables):
    """The place of each lesion row among the scans of its track from the baseline on: by `assess`,
    and by the checks; negative before the baseline.
    """
    study, out = crf.read(tables), []
    lesions, names = study["lesions"], read_names(study, None)
    subjects = read_subjects(study, names, None)
    start = reference_of_visits(lesions, subjects.offset, subjects.reference)
    out.append(np.maximum(place_visits(lesions, names, start).timepoint, -2))
    data = Data(study, RECIST_1_1)
    points, at = data.timepoints, data["lesions"].timepoint
    order = np.where(points.order < 0, -2, points.index)
    for track in range(data.n_tracks):  # a visit with a response alone has no place
        scans = np.flatnonzero(
            (points.track == track) & (points.order >= 0) & (points.lesions >= 0)
        )
        order[scans] = np.arange(len(scans)) + points.no_disease[track]
    return [*out, order[at]]


def rows_of(role, visit, when, *, column="date", state=""):
    """The row of a lesion of subject 01."""
    size = 20 if role == "TARGET" else ""
    return {
        "subject": "01",
        "lesion": role[:1] + "1",
        "role": role,
        "visit": visit,
        column: when,
        "size": size,
        "state": state,
    }


def table(*rows):
    """The rows as columns."""
    return {name: [row[name] for row in rows] for name in rows[0]}


UNUSED = rows_of("NEW", "0", "2024-01-01")
FIRST = {
    "unused lines alone begin nothing": (
        [UNUSED, rows_of("TARGET", "1", "2024-02-01"), rows_of("TARGET", "2", "2024-03-01")],
        [-2, 0, 1],
    ),
    "nor before a course of new lesions": (
        [
            UNUSED,
            rows_of("NEW", "1", "2024-02-01", state="PRESENT"),
            rows_of("TARGET", "2", "2024-03-01"),
        ],
        [-2, 1, 2],
    ),
    "new lesions alone have no baseline": (
        [rows_of("NEW", "0", "2024-01-01", state="PRESENT"), rows_of("TARGET", "1", "2024-02-01")],
        [1, 2],
    ),
    "day 0 is the reference without any column of the subjects": (
        [rows_of("TARGET", v, d, column="day") for v, d in (("S", -20), ("0", -2), ("1", 50))],
        [-2, 0, 1],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), FIRST.values(), ids=list(FIRST))
def test_the_first_visit_is_that_of_assess(rows, expected):
    """Where a course begins is one rule, of `assess` and of the checks; a response of an
    unscheduled visit without a date moves no scan, in either.
    """
    when = "day" if "day" in rows[0] else "date"
    responses = {"subject": ["01"], "visit": ["UNSCHEDULED"], when: [""], "overall": ["SD"]}
    for more in ({}, {"responses": responses}):
        of_assess, of_checks = places({"lesions": table(*rows)} | more)
        assert of_assess.tolist() == of_checks.tolist() == expected


@pytest.mark.parametrize("column", ["randomized", "treatment_start"])
def test_days_count_from_day_0_whatever_the_subjects_table_has(column):
    """A study of days has its reference on day 0: where the subjects table has another day, none, or
    a date.
    """
    rows = FIRST["day 0 is the reference without any column of the subjects"][0]
    for when in (30, "", "2024-02-01"):
        subjects = {"subject": ["01"], column: [when]}
        of_assess, of_checks = places({"lesions": table(*rows), "subjects": subjects})
        assert of_assess.tolist() == of_checks.tolist() == [-2, 0, 1]


@settings(max_examples=60)
@given(seed=st.integers(0, 2**40))
def test_scans_stand_where_assess_has_them(seed):
    """Random studies of lost visits, partial dates, several scans a visit and unused lines, and
    responses of any date at visits with lesions, undated elsewhere: each row of a lesion has one
    place, by `assess` and by the checks.
    """
    rng = np.random.default_rng(seed)
    visits = ["0", "1", "2", "UNSCHEDULED", "UNSCHEDULED 2.1", "", "SCREENING", "END"]
    rows, said = [], []
    for day in np.sort(rng.integers(-30, 200, int(rng.integers(1, 6)))):
        visit = str(rng.choice(visits))
        said.append(visit)
        for role in ("TARGET", "NON-TARGET", "NEW"):
            date = str(np.datetime64("2024-01-10") + day + int(rng.integers(0, 2)))
            written = [date, date, date, date[:7], ""][int(rng.integers(0, 5))]
            state = str(rng.choice(["", "PRESENT"])) if role != "TARGET" else ""
            if rng.random() < 0.7 and (visit or written):
                rows.append(rows_of(role, visit, written, state=state))
    if not rows:
        return
    n = len(said)
    seen = np.isin(said, [row["visit"] for row in rows if row["visit"]])
    full = (np.datetime64("2024-01-10") + rng.integers(-60, 260, n)).astype(str)
    dates = np.where(seen & (rng.random(n) < 0.5), full, rng.choice(["", "2024-03"], n))
    tables = {
        "lesions": table(*rows),
        "responses": {
            "subject": ["01"] * n,
            "visit": said,
            "date": dates.tolist(),
            "overall": ["SD"] * n,
        },
        "subjects": {"subject": ["01"], "randomized": [["", "2024-01-10"][seed % 2]]},
    }
    of_assess, of_checks = places(tables)
    assert of_assess.tolist() == of_checks.tolist()


@pytest.mark.parametrize(
    ("dates", "order", "days"),
    [
        # in the order of the visits: the visits have the days of their responses
        (
            ["2024-03-01", "2024-05-01"],
            [0, 1, 2, 3, 4],
            ["01-01", "02-01", "03-01", "04-01", "05-01"],
        ),
        # of another year: the scans stand as `assess` has them, and have no day
        (["2023-03-01", "2024-05-01"], [0, 1, 2, 3, 4], ["01-01", "02-01", "", "", "04-01"]),
    ],
)
def test_a_dated_response_moves_no_scan(dates, order, days):
    """Of visits whose lesions are undated the responses say the day where they keep the order that
    `assess` gives the scans (CRF layout: one without a date stands by its visit number); else they
    say nothing of the scans. A response alone stands by its own date.
    """
    scans = {"0": "2024-01-01", "1": "2024-02-01", "2": "", "4": ""}
    study = {"lesions": table(*[rows_of("TARGET", v, d) for v, d in scans.items()])}
    given = [("2", dates[0]), ("UNSCHEDULED", "2024-04-01"), ("4", dates[1])]
    visits, said = zip(*given, strict=True)
    study["responses"] = {"subject": ["01"] * 3, "visit": [*visits], "date": [*said]}
    study["responses"]["overall"] = ["SD"] * 3
    of_assess, of_checks = places(study)
    assert of_assess.tolist() == of_checks.tolist() == [0, 1, 2, 3]
    points = Data(crf.read(study), RECIST_1_1).timepoints
    assert points.order.tolist() == order
    day = [f"{np.datetime64(int(d), 'D')}"[5:] if d == d else "" for d in points.scan_day]
    assert day == days


def test_a_dated_response_makes_no_baseline():
    """Of visits whose lesions are undated none is dated on or before the reference date: the first is
    the baseline, whatever its later responses say.
    """
    study = {
        "lesions": table(*[rows_of("TARGET", visit, "") for visit in "012"]),
        "responses": {"subject": ["01"], "visit": ["1"], "date": ["2024-01-04"], "overall": ["SD"]},
        "subjects": {"subject": ["01"], "randomized": ["2024-01-10"]},
    }
    of_assess, of_checks = places(study)
    assert of_assess.tolist() == of_checks.tolist() == [0, 1, 2]


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


def test_visits_without_dates_are_in_order_whoever_assessed_them():
    """By their numbers, wherever their rows stand: who begins after another has ended (A06)."""
    lesions = {
        "subject": ["01"] * 4,
        "evaluator": ["B", "B", "A", "A"],
        "lesion": ["T1"] * 4,
        "role": ["TARGET"] * 4,
        "visit": ["WEEK 11", "WEEK 10", "WEEK 2", "WEEK 1"],
        "size": [30] * 4,
    }
    found = edit_checks.run({"lesions": lesions}, checks=["A06"])
    assert found["message"].tolist() == ["B assesses from visit WEEK 10 on, A did before"]
