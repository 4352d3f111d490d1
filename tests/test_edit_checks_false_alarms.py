"""Clean studies written otherwise: nothing above note where nothing is wrong."""

import attrs
import numpy as np
import pytest

from faults import QUIET, A, Trial
from nettumor import criteria, edit_checks

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Own spellings are tested here; what the intake says of them is tested in test_door.py."""


def told(found, least="warning"):
    """The findings from a severity on, as one would read them."""
    table = found.selected(severity=least, folded=False)[0]
    return [f"{r['check']} {r['table']}:{r['row']} {r['message']}" for r in table.rows()]


def every(frame, column, change):
    frame[column] = [change(v) for v in frame[column]]


def own_numbers(t):
    """Targets and non-targets numbered 1, 2, ... on their own pages."""
    every(t.tables["lesions"], "lesion", lambda v: str(int(v[-2:])))


def screen_failures(t):
    """Subjects that were never randomised, in the subjects table alone."""
    for i, arm in enumerate(("SCREEN FAILURE", "SCRNFAIL", "Not Assigned", "")):
        dates = dict.fromkeys(("randomized", "treatment_start", "death", "last_known_alive"), "")
        t.copy("subjects", 0, subject=f"SF-{i}", arm=arm, **dates)


def small_nodes(t):
    """A node too small to measure, given with its 5 mm in either column."""
    rows = t.find("lesions", subject=QUIET, lesion="T04")
    for column in ("size", "perpendicular"):
        t.set("lesions", rows[3], size="", perpendicular="", state="TOO SMALL")
        t.set("lesions", rows[3], **{column: "5 mm"})


def thickness_with_unit(t):
    every(t.tables["lesions"], "slice_thickness", lambda v: "5 mm")


def visits_from_minus_one(t):
    for name in ("lesions", "responses", "markers", "symptoms"):
        every(t.tables[name], "visit", lambda v: str(int(v) - 2))


def unplanned(t):
    """A visit in between that is called unplanned in the one column of visits."""
    for name in ("lesions", "responses", "markers", "symptoms"):
        if "visit_name" in t.tables[name]:
            del t.tables[name]["visit_name"]
        every(
            t.tables[name],
            "visit",
            lambda v: "UNPLANNED" if v == "4" else f"WEEK {8 * (int(v) - 1)}",
        )


@pytest.mark.parametrize(
    "change",
    [
        own_numbers,
        screen_failures,
        small_nodes,
        thickness_with_unit,
        visits_from_minus_one,
        unplanned,
    ],
)
def test_other_ways_to_write_a_clean_study(change):
    """Nothing above note is found, and of the checks of what was written otherwise no note either."""
    trial = Trial()
    change(trial)
    found = edit_checks.run(trial.tables)
    of_sums = ("U", "T", "O", "M31") if change is small_nodes else ()  # it was of another size
    assert not [m for m in told(found) if not m.startswith(of_sums or "-")]
    assert "failed" not in found.runs["status"]
    assert not {"M15", "M23", "D10", "S03"} & set(found["check"].tolist())


@pytest.mark.parametrize(
    ("edition", "base"),
    [("who-1981", "WHO_1981"), ("recist-1.0", "RECIST_1_0"), ("recist-1.1", "RECIST_1_1")],
)
def test_a_trial_s_own_edition(edition, base):
    """A trial's own edition keeps the words and the rules of its family."""
    trial = Trial()
    trial.under(edition)
    own = attrs.evolve(getattr(criteria, base), name="trial-own", title="Trial X")
    found = edit_checks.run(trial.tables, own)
    assert not told(found)
    plain = edit_checks.run(trial.tables, edition)
    assert found.runs["status"].tolist() == plain.runs["status"].tolist()


def test_responses_under_another_edition():
    """Responses given under RECIST 1.0 are not held against RECIST 1.1."""
    trial = Trial()
    rows = trial.find("responses", subject=QUIET, evaluator=A)
    trial.set("responses", rows, criteria="RECIST v1.0", target="PD", overall="PD", best="")
    found = edit_checks.run(trial.tables, checks=["T01", "T04", "O02", "O01"])
    assert not told(found)
    assert np.all(found.runs["status"] == "passed")


def begun_soon_or_late(lags, **early):
    """Visits planned from randomisation, treatment begun so many days after it; ``early`` are the days
    of screening before it.
    """
    day = np.datetime64("2024-01-08") + 7 * np.arange(len(lags))
    names = [f"{i:02d}" for i in range(len(lags))]
    subjects = {"subject": names, "randomized": day, "treatment_start": day + lags}
    screening = [early.get(n, 7) for n in names]
    rows = [
        (n, "T01", "TARGET", v, d + (-s if v == 0 else 56 * v), 30)
        for n, d, s in zip(names, day, screening, strict=True)
        for v in range(4)
    ]
    columns = ("subject", "lesion", "role", "visit", "date", "size")
    lesions = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    return {"subjects": subjects, "lesions": lesions}


def test_treatment_that_begins_soon_or_late():
    """Where treatment begins up to three weeks after randomisation, one that does is not wrong because
    the screening was early.
    """
    lags = np.array([0, 3, 5, 9, 12, 14, 16, 18, 20, 21])
    tables = begun_soon_or_late(lags, **{"09": 14, "08": 10})
    found = edit_checks.run(tables, checks=["D07", "D22"])
    assert found["check"].tolist() == [
        "D07",
        "D07",
    ]  # the scan lies 30 and 35 days before treatment
    lags[:9] = 1
    found = edit_checks.run(begun_soon_or_late(lags, **{"09": 14}), checks=["D22"])
    assert found["row"].tolist() == [9]


@pytest.mark.parametrize("days", [5, 9])
def test_study_days_that_count_from_a_consent(days):
    """Study days that count from another day in every patient do not accuse the treatment start."""
    trial = Trial()
    for table in ("lesions", "responses", "markers"):
        frame = trial.tables[table]
        frame["study_day"] = [
            str(d + days + (d < 0 <= d + days)) for d in map(int, frame["study_day"])
        ]
    assert "D22" not in edit_checks.run(trial.tables)["check"].tolist()
    domains = Trial()
    domains.sdtm()
    start = domains.tables["DM"]["RFSTDTC"].astype("datetime64[ns]")
    domains.tables["DM"]["RFSTDTC"] = (start - np.timedelta64(days, "D")).astype(str)
    for name in ("TU", "TR", "RS"):
        shifted = domains.tables[name][f"{name}DY"] + days
        domains.tables[name][f"{name}DY"] = shifted + ((shifted <= days) & (shifted >= 0))
    assert not {"D14", "D22"} & set(edit_checks.run(domains.tables)["check"].tolist())


def test_overall_responses_alone():
    """Overall responses beside new lesions alone do not say why the disease progressed."""
    responses = {
        "subject": ["01"] * 2,
        "visit": [1, 2],
        "new_lesion": ["N"] * 2,
        "overall": ["SD", "PD"],
    }
    found = edit_checks.run({"responses": responses}, checks=["O03"])
    assert found.runs["status"].tolist() == ["skipped"]
