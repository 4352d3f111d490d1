"""Kaplan-Meier figures: counts as R has them, adding up to all; the band; the uncertain end."""

import csv
import re

import numpy as np
import pytest

import cohorts
import nettumor as nt
from nettumor.plots import data

with (cohorts.DATA / "r_at_risk.csv").open(encoding="utf-8", newline="") as file:
    STORED = list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["aml", "lung", "veteran"])
def test_counts_are_those_of_r(name):
    """At risk at each time, and the survival, as ``summary(survfit(...), times)`` of R's survival
    3.5.3 gives them: those under observation just before the time."""
    rows = [row for row in STORED if row["set"] == name]
    times = sorted({float(row["time"]) for row in rows})
    steps = data.kaplan_meier(**cohorts.survival(name), unit="days", ticks=times, landmarks=times)
    counts = {(r["group"], r["shown"]): r["at_risk"] for r in steps.more["at_risk"].rows()}
    shares = {(r["group"], r["shown"]): r["survival"] for r in steps.more["landmarks"].rows()}
    assert len(counts) == len(rows)
    for row in rows:
        key = (row["group"], float(row["time"]))
        assert counts[key] == int(row["at_risk"]), key
        if counts[key]:
            assert shares[key] == pytest.approx(float(row["survival"]), rel=1e-9), key


@pytest.mark.parametrize("name", ["aml", "lung", "veteran"])
def test_counts_add_up(name):
    """At risk, censored and events are all patients of the group, at each tick."""
    steps = data.kaplan_meier(**cohorts.survival(name))
    n = {r["group"]: r["n"] for r in steps.more["summary"].rows()}
    for row in steps.more["at_risk"].rows():
        assert row["at_risk"] + row["censored"] + row["events"] == n[row["group"]]


def test_counts_stand_before_the_tick():
    """Whoever has the event or leaves at a tick is still at risk there."""
    steps = data.kaplan_meier(
        [10, 20, 20, 30], [True, True, False, True], unit="days", ticks=[10, 20, 30]
    )
    counts = steps.more["at_risk"]
    assert counts["at_risk"].tolist() == [4, 3, 1]
    assert counts["events"].tolist() == [0, 1, 2]
    assert counts["censored"].tolist() == [0, 0, 1]


def test_months_are_written_only():
    """Days stay in the table beside what is shown: months of 30.4375 days."""
    steps = data.kaplan_meier([365.25, 730.5], [True, True])
    assert steps["time"].tolist() == [0.0, 365.25, 730.5]
    assert steps["shown"].tolist() == [0.0, 12.0, 24.0]
    years = data.kaplan_meier([365.25, 730.5], [True, True], unit="years")
    assert years["shown"].tolist() == [0.0, 1.0, 2.0]


def test_the_uncertain_end():
    """Of 100 patients of whom 90 leave at day 50, one more event among the few left would lower the
    curve by more than half its interval had all been followed; while all are there it would not."""
    time = np.concatenate([np.arange(1.0, 6.0), np.full(90, 50.0), [60, 70, 80, 90, 100]])
    event = np.concatenate([np.full(5, True), np.full(90, False), np.full(5, True)])
    steps = data.kaplan_meier(time, event, unit="days", largest_drop=0.5)
    assert not steps["uncertain"][steps["time"] < 50].any()
    assert steps["uncertain"][steps["time"] >= 50].all()
    # By hand at day 50: S 0.95, 5 left: 0.95 / 5 = 0.19 against 1.96 * sqrt(0.95 * 0.05 / 100) = 0.043.
    few = data.kaplan_meier([1.0, 2.0, 3.0, 4.0, 5.0], [True] * 5, unit="days")
    assert few["uncertain"].all(), "of five patients each is more than a tenth"
    assert not data.kaplan_meier(np.arange(1.0, 101), np.full(100, True), unit="days")["uncertain"][
        :90
    ].any()


def test_what_is_asked_for_is_said():
    """Median and landmarks stand in the caption on request, with their intervals; a landmark after
    the last patient says that nobody is there."""
    steps = data.kaplan_meier(
        **cohorts.survival("lung"), median=True, landmarks=[12, 60], unit="months"
    )
    male = next(note for note in steps.notes if note.startswith("male"))
    assert male == (
        "male: median 8.9 months (95 % interval 6.9 to 10.1); at 12 months 33.6 % (25.3 to 42.1 %); at 60 "
        "months nobody under observation."
    )
    assert not any("median" in note for note in data.kaplan_meier([1.0], [True]).notes)
    gone = data.kaplan_meier([31.0, 62.0, 93.0], [True] * 3, landmarks=[3], level=0.9)
    assert "All: at 3 months 33.3 % (" in gone.caption
    end = data.kaplan_meier([1.0, 2.0, 3.0], [True, True, True], unit="days", landmarks=[3])
    assert "All: at 3 days 0.0 %." in end.notes


def test_sources_give_one_curve():
    """Arrays, a time to an event, an estimate, a table, a mapping and a study give the same steps."""
    time, event = [10.0, 20.0, np.nan, 30.0], [True, False, False, True]
    plain = data.kaplan_meier(time, event)
    assert "1 patient without a time left out." in plain.notes
    km = nt.kaplan_meier(time, event)
    assert data.kaplan_meier(km) == plain
    assert data.kaplan_meier({"time": time, "event": event}) == plain
    grouped = data.kaplan_meier({"a": (time, event), "b": km})
    assert grouped.facts["groups"] == ("a", "b")
    os = nt.overall_survival([100.0, np.nan], [np.nan, 300.0])
    assert data.kaplan_meier(os)["time"].tolist() == [0.0, 100.0, 300.0]
    assert data.kaplan_meier({"x": os})["time"].tolist() == [0.0, 100.0, 300.0]
    assert data.kaplan_meier(os, group=["x", ""]).facts["groups"] == ("x", "not stated")
    done = cohorts.study()
    arms = data.kaplan_meier(done, parameter="OS", by="arm")
    assert sorted(arms.facts["groups"]) == ["A", "B"]
    assert arms.more["summary"]["n"].sum() == 13
    assert data.kaplan_meier(done).more["summary"]["n"].tolist() == [13]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.kaplan_meier([1.0]), "`event` must be given with times"),
        (lambda: data.kaplan_meier([1.0], [True, False]), "`event` must have one value for each"),
        (lambda: data.kaplan_meier([[1.0]], [[True]]), "one time for each patient; got shape"),
        (lambda: data.kaplan_meier([1.0], [True], unit="month"), "`unit` must be one of 'days'"),
        (
            lambda: data.kaplan_meier([1.0], [True], ticks=[-1]),
            "`ticks` must be times of 0 or more",
        ),
        (lambda: data.kaplan_meier([1.0], [True], level=95), "Write 0.95"),
        (
            lambda: data.kaplan_meier([1.0], [True], largest_drop=5),
            "`largest_drop` must be a number",
        ),
        (lambda: data.kaplan_meier({"a": 3}), "for the group 'a'; got int"),
        (
            lambda: data.kaplan_meier(nt.kaplan_meier(np.ones((2, 3)), np.ones((2, 3), bool))),
            "curves of one trial; got a KaplanMeier of many",
        ),
        (
            lambda: data.kaplan_meier(cohorts.study(), by="amr"),
            "`by` names no column .* Did you mean 'arm'",
        ),
        (
            lambda: data.kaplan_meier(cohorts.study(), parameter="OSS"),
            "`parameter` must be one of 'PFS'",
        ),
        (lambda: data.kaplan_meier({"time": [1.0]}), "must have a column 'event' for the curves"),
    ],
)
def test_bad_input_is_refused(call, message):
    """What cannot be drawn is refused with the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_the_band_ends_where_there_is_none():
    """Where the curve reaches 0 the log-log band has no value: the shade is held to its last limits up
    to that time, on both writers, and does not end a step earlier."""
    steps = data.kaplan_meier([10.0, 20.0, 30.0], [True, True, True], unit="days")
    assert np.isnan(steps["low"][-1])
    drawing = nt.plots.drawings.kaplan_meier(steps, 84)
    band = next(m for m in drawing.panels[0].marks if getattr(m, "closed", False))
    assert band.x.max() == 30.0
    assert np.isfinite(band.y).all()


def test_counts_stand_at_their_times():
    """In the picture each column of counts is centred on its tick: the same x as the tick's words."""
    svg = nt.plots.svg.kaplan_meier(**cohorts.survival("lung"))
    middle = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*text-anchor="middle">([\d,]+)<', svg)
    at = {}
    for x, y, _ in middle:
        at.setdefault(y, []).append(x)
    rows = list(at.values())
    assert len(rows) == 7, "the ticks, and three rows for each of two groups"
    assert all(row == rows[0] for row in rows)
