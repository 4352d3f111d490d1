"""The tables behind the figures: waterfall, spider, swimmer, marker waterfall, agreement, forest."""

import pickle
import re

import attrs
import numpy as np
import pandas
import polars
import pytest

import cohorts
import nettumor as nt
from nettumor.plots import data

ALL = ("waterfall", "spider", "swimmer", "kaplan_meier", "forest", "profile", "agreement",
       "marker_waterfall")  # fmt: skip


def table_of(name, n=12):
    """The table of a figure from an invented cohort."""
    return {
        "waterfall": lambda: data.waterfall(cohorts.bars(n), criteria="recist-1.1"),
        "spider": lambda: data.spider(**cohorts.courses(n), criteria="recist-1.1"),
        "swimmer": lambda: data.swimmer(**cohorts.lanes(n)),
        "kaplan_meier": lambda: data.kaplan_meier(**cohorts.survival("lung"), median=True),
        "forest": lambda: data.forest(nt.evidence.compare((12, 20), table=1, treatment="TACE")),
        "profile": lambda: data.profile(**cohorts.patient()),
        "agreement": lambda: data.agreement(*cohorts.readers(n)),
        "marker_waterfall": lambda: data.marker_waterfall(cohorts.marker_courses(n)),
    }[name]()


@pytest.mark.parametrize("name", ALL)
def test_tables_are_plain(name):
    """Every figure has a table of plain columns that becomes a frame, CSV and JSON, and pickles."""
    table = table_of(name)
    assert table.figure == name
    assert table.n_rows
    assert not table.missing
    assert all(column.dtype.kind in "fiubU" for column in table.values())
    assert list(table.to_frame("polars").columns) == list(table)
    assert table.to_csv().count("\n") == table.n_rows + 1
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    assert again.notes == table.notes
    assert dict(again.more) == dict(table.more)


def test_every_patient_stands_in_the_waterfall():
    """All treated patients have a row; those without a value a block of their own at the right."""
    given = cohorts.bars(200)
    bars = data.waterfall(given, criteria="recist-1.1")
    assert sorted(bars["subject"].tolist()) == sorted(given["subject"])
    none = np.isnan(bars["percent"])
    assert none.any()
    assert (bars["block"] == np.where(none, "no value", "change")).all()
    assert not none[: int((~none).sum())].any(), "the block is at the right"
    assert (np.diff(bars["percent"][~none]) <= 0).all()


def test_ties_have_a_total_order():
    """Equal changes stand by response, the worse first, then by name; the order in which rows come
    changes nothing."""
    percent = [-40.0, 0.0, 0.0, 0.0, 0.0]
    best = ["PR", "SD", "PD", "SD", "SD"]
    subject = ["P1", "P10", "P3", "P2", "P9"]
    bars = data.waterfall(percent, best=best, subject=subject)
    assert bars["subject"].tolist() == ["P3", "P2", "P9", "P10", "P1"]
    for order in ([4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        again = data.waterfall(
            [percent[i] for i in order],
            best=[best[i] for i in order],
            subject=[subject[i] for i in order],
        )
        assert again == bars


def test_bars_are_cut_at_the_axis_and_keep_their_number():
    """A bar beyond the end of the axis is drawn to it and keeps its value; one at the end is whole."""
    bars = data.waterfall([250.0, 100.0, 100.1, -5.0])
    assert bars["percent"].tolist() == [250.0, 100.1, 100.0, -5.0]
    assert bars["drawn"].tolist() == [100.0, 100.0, 100.0, -5.0]
    assert bars["cut"].tolist() == [True, True, False, False]


def test_the_caption_has_the_rate_beside_the_bars():
    """The confirmed objective response rate with its exact interval, and how many bars reach the
    limit: 7 of 10 bars, 4 confirmed responses (exact interval 12.2 to 73.8 %)."""
    percent = [-30.0] * 7 + [-29.9, 0.0, np.nan]
    best = ["PR"] * 4 + ["SD"] * 3 + ["SD", "SD", "NE"]
    bars = data.waterfall(
        percent, best=best, confirmed=[True] * 4 + [False] * 6, criteria=nt.criteria.RECIST_1_1
    )
    assert bars.notes[0] == (
        "Confirmed objective response rate 40.0 % (4 of 10), 95 % interval 12.2 to 73.8 % "
        "(Clopper-Pearson) (RECIST 1.1)."
    )
    assert bars.notes[1].startswith("7 of 10 bars reach \N{MINUS SIGN}30 % (70.0 %)")
    strict = data.waterfall(percent, best=best, criteria="vogl-2008")
    assert "0 of 10 bars lie beyond" in strict.caption, "more than 30 %, in the review"
    assert "whether responses were confirmed was not given" in strict.caption
    unknown = data.waterfall(percent)
    assert "best responses were not given" in unknown.caption
    assert "No limits are drawn: the criteria were not given." in unknown.notes


@pytest.mark.parametrize(
    ("criteria", "limits"),
    [
        ("recist-1.1", [-30, 20]),
        ("who-1981", [-50, 25]),
        ("volume-recist", [-65.7, 72.8]),
        ("choi-2007", [-10, 10]),
        (None, []),
    ],
)
def test_limits_are_those_of_the_criteria(criteria, limits):
    """The limits drawn are the edition's, with its own numbers."""
    bars = data.waterfall([-10.0], criteria=criteria)
    assert [limit.value for limit in bars.limits] == limits


def test_the_waterfall_of_a_study():
    """An assessed study needs nothing else: who was never assessed stands in it, PD by a new lesion is
    marked, an unconfirmed response is known as one."""
    bars = data.waterfall(cohorts.study())
    row = {r["subject"]: r for r in bars.rows()}
    assert len(row) == 13
    assert row["S13"]["block"] == "no value"
    assert row["S11"]["progression"] == "new lesion"
    assert row["S11"]["best"] == "PD"
    assert (row["S4"]["best"], row["S4"]["response"], row["S4"]["confirmed"]) == ("SD", "PR", False)
    assert (row["S1"]["response"], row["S1"]["confirmed"]) == ("PR", True)
    assert bars.notes[0].startswith("Confirmed objective response rate 15.4 % (2 of 13)")


def test_readers_are_never_mixed():
    """A study with two readers asks whose figure is meant."""
    done = cohorts.study(readers=("SITE", "CENTRAL"))
    for name in ("waterfall", "spider", "swimmer", "kaplan_meier"):
        with pytest.raises(nt.InputError, match=r"`evaluator` must be given: there are .*CENTRAL"):
            getattr(data, name)(done)
        assert getattr(data, name)(done, evaluator="SITE").n_rows
    with pytest.raises(
        nt.InputError, match=r"names none of those assessed: 'SITTE'\. Did you mean"
    ):
        data.waterfall(done, evaluator="SITTE")
    cells = data.agreement(done)
    assert cells["count"].sum() == 13
    assert {cells.facts["first"], cells.facts["second"]} == {"SITE", "CENTRAL"}


def test_tables_of_a_study_are_read_too():
    """The tables that assess gives are sources by themselves: one reader's rows, the baseline at 0."""
    done = cohorts.study(readers=("SITE", "CENTRAL"))
    with pytest.raises(nt.InputError, match="`evaluator` must be given: there are"):
        data.waterfall(done.subjects)
    bars = data.waterfall(done.subjects, evaluator="SITE")
    assert (
        bars["percent"].tolist()[:12]
        == data.waterfall(done, evaluator="SITE")["percent"].tolist()[:12]
    )
    lines = data.spider(done.timepoints, evaluator="SITE")
    assert lines["percent"][lines["day"] == 0].tolist() == [0.0] * 12
    days = nt.Table({"subject": ["S1", "S1"], "evaluator": ["a", "b"], "last_known_alive": [9, 8]})
    assert data.swimmer(days, evaluator="b")["stop"].tolist()[0] == 8


def test_frames_of_every_kind():
    """A mapping, a Table, pandas and Polars frames give the same table."""
    given = cohorts.bars(30)
    plain = data.waterfall(given)
    for frame in (nt.Table(given), pandas.DataFrame(given), polars.DataFrame(given)):
        assert data.waterfall(frame) == plain
    other = {("best_percent" if k == "percent" else k): v for k, v in given.items()}
    assert data.waterfall(pandas.DataFrame(other)) == plain


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.waterfall([-120.0]), "`source` must be changes of -100 % or more; got -120.0"),
        (lambda: data.waterfall([np.inf]), "must be changes of -100 % or more; got inf"),
        (lambda: data.waterfall([[1.0]]), r"one change for each patient; got shape \(1, 1\)"),
        (lambda: data.waterfall([1.0], best=["PR", "SD"]), "`best` must have one value for each"),
        (lambda: data.waterfall([1.0], highest=0), "`highest` must be above 0 %"),
        (lambda: data.waterfall({"x": [1.0]}), "must have a column 'best_percent' for the bars"),
        (lambda: data.waterfall(cohorts.study(), best=["PR"]), "`best` must be left out for an"),
        (lambda: data.waterfall([1.0], criteria="recist"), "recist"),
        (lambda: data.spider([[0, 1]], [[0, 1, 2]]), "`days` must have the shape of the changes"),
        (lambda: data.spider(np.zeros((1, 1, 1))), "patients over timepoints; got shape"),
        (lambda: data.spider({"day": [1]}), "must have a column 'percent_from_baseline'"),
        (lambda: data.swimmer([1.0]), "a table with a row a subject; got list"),
        (lambda: data.swimmer({"day": [1]}), "must have a column 'subject' for the lanes"),
        (lambda: data.swimmer({"subject": ["a", "a"]}), "one row for each subject; got 'a' twice"),
        (lambda: data.swimmer({"subject": ["a"]}, assessments=[1]), "`assessments` must be a table"),
        (
            lambda: data.swimmer(
                {"subject": ["a"]}, assessments={"subject": ["b"], "day": [1], "overall": ["PR"]}
            ),
            "must be of the subjects of `source`; got 'b'",
        ),
        (lambda: data.agreement(["PR"]), "`other` must be given"),
        (lambda: data.agreement(["PR"], ["PR", "SD"]), "`other` must have one value for each"),
        (lambda: data.agreement({"a": ["PR"], "b": ["PR"], "c": ["SD"]}), "`first` and `second` must be given"),
        (lambda: data.agreement({"a": ["PR"], "b": ["PR"]}, first="a", second="x"), "got 'x'"),
        (lambda: data.forest("x"), "the number of a table of the review; got str"),
        (lambda: data.forest(5), "`table` must be 1, 2, 3 or 4"),
        (lambda: data.forest(3, lowest=50, highest=50), "`lowest` must be below `highest`"),
        (
            lambda: data.forest({"label": ["a"], "kind": ["x"], "estimate": [0.1], "low": [0], "high": [1]}),
            "`kind` must be one of study",
        ),
        (lambda: data.marker_waterfall([[1.0]]), "one change for each patient"),
        (lambda: data.marker_waterfall([1.0], highest=-1), "`highest` must be above 0 %"),
        (lambda: data.profile([1.0]), "must be what `assess` or `target_response` returns"),
        (lambda: data.profile(cohorts.study()), "`subject` must be given: there are 13"),
        (lambda: data.profile(cohorts.study(), "S99"), "`subject` names none of those assessed: 'S99'"),
        (
            lambda: data.profile(nt.target_response([[[1.0, 2.0]]]), days=[0, 1]),
            r"`source` must be of one patient; got shape \(1, 2\)",
        ),
        (
            lambda: data.profile(nt.target_response([[1.0, 2.0]]), days=[0]),
            "one day for each of the 2 visits",
        ),
        (
            lambda: data.profile(nt.target_response([[1.0, 2.0]]), days=[0, 1], marker=3),
            "`marker` must be a course or a table with day and value",
        ),
        (
            lambda: data.profile(
                nt.target_response([[1.0, 2.0]]), days=[0, 1], marker=cohorts.marker_courses(2)
            ),
            "`marker` must be the course of one patient",
        ),
        (
            lambda: data.profile(
                nt.target_response([[1.0, 2.0]]),
                days=[0, 1],
                symptom=nt.symptom_course(np.ones((2, 28)), range(-14, 14)),
            ),
            "`symptom` must be the course of one patient",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, message):
    """What cannot be drawn is refused with the place and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_spider_keeps_days_and_gaps():
    """Each visit with a day is a row; a visit without a complete sum has NaN; the baseline is 0."""
    lines = data.spider(
        [[np.nan, -20, np.nan, -40], [0, 130, np.nan, np.nan]],
        [[0, 56, 112, 168], [0, 60, np.nan, np.nan]],
        best=["PR", "PD"],
        criteria="recist-1.1",
    )
    assert lines["day"].tolist() == [0, 56, 112, 168, 0, 60]
    np.testing.assert_array_equal(lines["percent"], [0, -20, np.nan, -40, 0, 130])
    assert lines["cut"].tolist() == [False] * 5 + [True]
    assert lines["lane"].tolist() == [0, 0, 0, 0, 1, 1]
    study = data.spider(cohorts.study())
    assert study["percent"][study["day"] == 0].tolist() == [0.0] * 12
    assert study.notes[0] == "12 of 13 patients have a line."
    rows = {"subject": ["b", "a", "a"], "day": [0, 56, 0], "percent": [0, -10, 0]}
    assert data.spider(rows)["subject"].tolist() == ["a", "a", "b"]


def test_swimmer_has_periods_gaps_and_marks():
    """A response holds until the next assessment; NE is a gap; what is after the cut-off does not
    count; who was never assessed keeps a lane; the arrow means no progression, therapy or death."""
    lanes = data.swimmer(
        {
            "subject": ["p1", "p2", "p3"],
            "last_known_alive": [300, np.nan, 100],
            "new_therapy": [np.nan, 90, np.nan],
            "death": [np.nan, 500, np.nan],
            "data_cutoff": [400, 400, 400],
        },
        assessments={
            "subject": ["p1"] * 4 + ["p2"],
            "day": [56, 112, 168, 224, 60],
            "overall": ["PR", "PR", "NE", "CR", "PD"],
        },
    )
    found = [(r["subject"], r["kind"], r["what"], r["start"], r["stop"]) for r in lanes.rows()]
    assert [row[:4] for row in found if row[0] == "p1"] == [
        ("p1", "follow-up", "", 0.0),
        ("p1", "response", "PR", 56.0),
        ("p1", "gap", "NE", 168.0),
        ("p1", "response", "CR", 224.0),
        ("p1", "mark", "cut-off", 400.0),
        ("p1", "mark", "ongoing", 300.0),
    ]
    assert ("p1", "response", "PR", 56.0, 168.0) in found
    assert [row[2] for row in found if row[0] == "p2" and row[1] == "mark"] == [
        "new therapy",
        "cut-off",
    ]
    assert [row[1] for row in found if row[0] == "p3"][1] == "no assessment"
    assert found[0][0] == "p2", "the longest follow-up first: to the cut-off"
    assert (
        "1 event after the data cut-off do not count" in lanes.caption or "1 event" in lanes.caption
    )
    assert lanes.facts["cutoff"] == 400.0


def test_swimmer_of_a_study():
    """An assessed study gives lanes for all, with deaths and progressions from its events."""
    lanes = data.swimmer(cohorts.study())
    marks = {(r["subject"], r["what"]): r["start"] for r in lanes.rows() if r["kind"] == "mark"}
    assert marks["S1", "death"] == 300
    assert marks["S11", "progression"] == 56
    assert marks["S13", "ongoing"] == 400
    assert len(set(lanes["subject"].tolist())) == 13
    assert "1 of 13 patients have no assessment" in lanes.caption


def test_agreement_counts_everybody():
    """The cells add up to all patients; kappa is that of cohens_kappa; kinds of input agree."""
    one, other = cohorts.readers(100)
    cells = data.agreement(one, other)
    assert cells["count"].sum() == 100
    kappa = nt.cohens_kappa(one, other)
    assert cells.facts["kappa"] == kappa.estimate
    assert cells.facts["excluded"] == kappa.excluded
    table = {"a": nt.labels(one), "b": nt.labels(other)}
    assert data.agreement(table)["count"].tolist() == cells["count"].tolist()
    lesions = {"subject": ["01", "01"], "lesion": ["T1", "T1"], "role": ["TARGET"] * 2,
               "day": [0, 60], "size": [50, 32]}  # fmt: skip
    walk = nt.evidence.crosswalk({"lesions": lesions}, criteria=("vogl-2008", "vogl-2008-captions"))
    found = data.agreement(walk)
    assert [(r["first"], r["second"]) for r in found.rows() if r["count"]] == [("PR", "SD")]
    nobody = data.agreement(["NE"], ["PR"])
    assert "there is no kappa" in nobody.caption


def test_forest_of_the_review():
    """Every row of the review's table stands there, with what is not printed as not known; pooled
    estimates are those of compare; intervals are cut at the axis and marked."""
    compared = nt.evidence.compare((12, 20), table=1, treatment="TACE")
    rows = data.forest(compared)
    studies = np.isin(rows["kind"], ("study", "not pooled"))
    assert studies.sum() == compared.studies.n_rows
    assert rows["kind"].tolist()[-4:] == ["fixed", "random", "prediction", "cohort"]
    assert rows["estimate"][-3] == 100 * compared.random.estimate
    assert np.isnan(rows["estimate"][studies]).sum() == np.isnan(compared.studies["estimate"]).sum()
    cut = data.forest(compared, lowest=20, highest=70)
    beyond = cut["high"] > 70
    assert beyond.any()
    assert (cut["drawn_high"][beyond] == 70).all()
    assert (cut["cut_high"] == beyond).all()
    assert "An arrow: the interval goes on beyond the axis." in cut.notes
    assert data.forest(4, treatment="TACE").n_rows == 10
    own = data.forest({"label": ["a"], "estimate": [0.5], "low": [0.25], "high": [0.75]})
    assert own["estimate"].tolist() == [50.0]
    assert (
        "no row has a count"
        in data.forest(
            {"label": ["a"], "estimate": [np.nan], "low": [np.nan], "high": [np.nan]}
        ).missing
    )


def test_marker_waterfall():
    """The best change up to progression; normal before therapy is a block of its own and in no
    rate."""
    course = nt.marker_course(
        [[100, 40, 10], [100, 140, 20], [5, 4, 3], [100, np.nan, np.nan]],
        [0, 28, 56],
        upper_limit=8,
    )
    bars = data.marker_waterfall(course, subject=["a", "b", "c", "d"])
    row = {r["subject"]: r for r in bars.rows()}
    assert row["a"]["percent"] == -90.0
    assert row["b"]["percent"] == 40.0, "what is after the progression does not count"
    assert row["c"]["block"] == "normal before"
    assert row["d"]["block"] == "no value"
    assert bars.notes[0].startswith("Biological response rate 33.3 % (1 of 3)")
    assert [limit.value for limit in bars.limits] == [-50.0, 25.0]
    plain = data.marker_waterfall({"percent": [-60.0, 10.0], "normal_before": [False, True]})
    assert plain["block"].tolist() == ["change", "normal before"]
    assert "best responses were not given" in plain.caption
    confirmed = data.marker_waterfall([-60.0], best=["PR"], confirmed=[False])
    assert confirmed.notes[0].startswith("Confirmed biological response rate 0.0 %")


def test_profile_has_the_sentences():
    """Each verdict has a number and its sentence; the limits at a visit are those that decide there."""
    rows = data.profile(**cohorts.patient())
    sums = [r for r in rows.rows() if r["panel"] == "sum" and r["what"] == "value"]
    assert [r["number"] for r in sums] == [-1, 1, 2, 3, 4]
    assert rows.notes[2] == "3 (day 252) NE: 1 target lesion(s) not measured (RECIST 1.1, 4.3.1)"
    limit = {r["day"]: r["value"] for r in rows.rows() if r["what"] == "pd limit"}
    assert limit[336] == pytest.approx(82.8), "20 % above the nadir of 69, more than 5 mm"
    assert {r["panel"] for r in rows.rows()} == {"sum", "marker", "symptom", "therapy"}
    study = data.profile(cohorts.study(), "S1")
    assert ("death", 300.0) in [
        (r["what"], r["day"]) for r in study.rows() if r["panel"] == "therapy"
    ]
    assert re.match(r"1 \(day 56\) SD: target SD", study.notes[0])
    tables = data.profile(
        nt.target_response([[20.0, 30.0]]),
        days=[0, 56],
        marker={"day": [0, 56], "value": [10, 20], "upper_limit": [8, 8]},
        symptom={"day": [0, 56], "per_day": [3, 1]},
    )
    assert [r["value"] for r in tables.rows() if r["panel"] == "symptom"] == [3.0, 1.0]
    swog = attrs.evolve(nt.criteria.SWOG_1992)
    either = data.profile(
        nt.target_response([[5000.0, 3000.0, 4100.0]], criteria=swog), days=[0, 56, 112]
    )
    found = [r["value"] for r in either.rows() if r["what"] == "pd limit"]
    assert found[2] == 4000.0, "1000 mm2 above the nadir come before 50 %"


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        (lambda: data.waterfall([]), "No patients"),
        (lambda: data.spider([]), "No patients"),
        (lambda: data.spider([[0, -10]]), "No days"),
        (lambda: data.spider([[0, -10]], [np.nan, np.nan]), "No days"),
        (lambda: data.spider([[0, np.nan]], [np.nan, 56]), "No values"),
        (lambda: data.swimmer({"subject": []}), "No patients"),
        (lambda: data.swimmer({"subject": ["a"]}), "No days"),
        (lambda: data.kaplan_meier([], []), "No patients"),
        (lambda: data.kaplan_meier([np.nan], [False]), "No times"),
        (lambda: data.agreement([], []), "No patients"),
        (lambda: data.marker_waterfall([]), "No patients"),
        (lambda: data.profile(nt.target_response([[50, 40]])), "No days"),
        (lambda: data.profile(nt.target_response([[50, 40]]), days=[np.nan, np.nan]), "No days"),
        (lambda: data.forest({"label": [], "estimate": [], "low": [], "high": []}), "No studies"),
    ],
)
def test_what_is_missing_is_said(call, missing):
    """No patients, no days, no values: the table says so, and so does its figure, in place of
    something else."""
    table = call()
    assert table.missing.startswith(missing)
    assert missing in getattr(nt.plots.svg, table.figure)(table)


def test_no_days_in_a_study_at_all():
    """A study of visits without a day has a waterfall; its spider says that there are no days."""
    lesions = {"subject": ["1"] * 2, "lesion": ["T"] * 2, "role": ["TARGET"] * 2, "visit": [1, 2],
               "size": [50, 30]}  # fmt: skip
    rule = attrs.evolve(
        nt.criteria.RECIST_1_1.best_response, confirmation_days=None, sd_minimum_days=None
    )
    done = nt.assess({"lesions": lesions}, rule=rule)
    assert data.waterfall(done)["percent"].tolist() == [-40.0]
    assert "the rule asks for no confirmation" in data.waterfall(done).caption
    assert data.spider(done).missing.startswith("No days")


def test_all_not_evaluable():
    """A cohort of NE alone has a waterfall without a bar, and no other figure breaks."""
    bars = data.waterfall([np.nan] * 3, best=["NE"] * 3, criteria="recist-1.1")
    assert bars["block"].tolist() == ["no value"] * 3
    assert "Objective response rate 0.0 % (0 of 3)" in bars.caption
    assert "<svg" in nt.plots.svg.waterfall(bars)
    lines = data.spider([[np.nan, np.nan]], [0, 56], overall=[["MISSING", "NE"]])
    assert "<svg" in nt.plots.svg.spider(lines)
