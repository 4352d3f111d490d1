"""Checks of markers, urine collections and diaries: sub-cases and attacks beside the accept and
reject tables.
"""

import numpy as np
import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.edit_checks.reading.marker_rows import marker_name, unit_key
from nettumor.edit_checks.rules.marker import ranges

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def found(check, tables, criteria="recist-1.1", **parameters):
    return edit_checks.run(tables, criteria, checks=[check], parameters={check: parameters})


def samples(values, **columns):
    """A markers table of one subject and marker in days; single values are repeated."""
    n = len(values)
    plain = {
        "subject": "01",
        "marker": "CgA",
        "unit": "ng/mL",
        "value": list(values),
        "day": [float(28 * i) for i in range(n)],
        **columns,
    }
    return {"markers": {k: v if isinstance(v, list) else [v] * n for k, v in plain.items()}}


def diary(counts, **columns):
    """A symptoms table of one subject and symptom, a row a day; single values are repeated."""
    n = len(counts)
    plain = {
        "subject": "01",
        "symptom": "BM",
        "count": list(counts),
        "day": [float(i) for i in range(n)],
        **columns,
    }
    return {"symptoms": {k: v if isinstance(v, list) else [v] * n for k, v in plain.items()}}


def status(run):
    return run.runs["status"].tolist(), run.runs["reason"].tolist()


def test_spellings_of_units_and_markers_are_one():
    """Spellings of a unit and of a marker share a key; units of activity, of a volume and per
    creatinine do not.
    """
    assert unit_key("µg/24 h") == unit_key("ug/day")
    assert (
        unit_key("mmol/mol creat.") == unit_key("MMOL / MOL Creatinine") == unit_key("mmol/molCr")
    )
    assert (
        len(
            {
                unit_key(u)[0]
                for u in ("ng/mL", "nmol/L", "U/L", "mg/24h", "mg/g creatinine", "furlongs", "")
            }
        )
        == 7
    )
    per = [unit_key(u)[1] for u in ("mg/24h", "ng/mL", "mg/g Cr", "furlongs", "")]
    assert per == ["day", "volume", "creatinine", "", ""]
    assert marker_name("u5-hiaa") == "5-HIAA"


def test_ranges_are_of_known_markers_and_units():
    """Every plausible range is of a registered marker in a unit that is understood, with a low
    below its high.
    """
    for row in ranges():
        assert row["marker"] in nt.markers.names()
        assert unit_key(row["unit"])[1]
        assert 0 < float(row["low"]) < float(row["high"])
        assert "library choice" in row["provenance"]
    assert {r["marker"] for r in ranges()} == set(nt.markers.names())


def test_days_stand_for_dates():
    """In a study of days the first dose is day 0; messages name the day."""
    run = found("K09", samples([300, 200], day=[3.0, 40.0]))
    assert run["message"].tolist() == [
        "the first CgA is of day 3, after the first dose (0): there is no baseline value"
    ]
    assert run["column"].tolist() == ["day"]
    assert status(found("K09", samples([300, 200], day=[0.0, 40.0])))[0] == ["passed"]
    run = found("Y07", diary([3, 4, 5], entered=[0.9, 3.2, 2.8]))
    assert run["row"].tolist() == [1]


def test_several_days_entered_at_one_time_in_days():
    """Entries made within minutes of each other are one finding; with dates alone only the delay is
    known.
    """
    at_once = found("Y07", diary([3, 4, 5], entered=[7.5, 7.501, 7.502]))
    assert at_once["message"].tolist() == [
        "3 days of the diary were entered at one time (7.5), the first of them day 0"
    ]
    assert len(found("Y07", diary([3, 4, 5], entered=[7, 7, 7]))["row"]) == 3


def test_first_dose_unknown():
    """Without a first dose K09 is skipped, and K10 takes the first sample for the baseline."""
    dates = ["2024-01-05", "2024-03-04"]
    table = samples([300, 100], date=dates, response=["", "SD"], upper_limit=50)
    del table["markers"]["day"]
    assert status(found("K09", table))[0] == ["skipped"]
    assert found("K10", table)["expected"].tolist() == ["PR"]
    table["subjects"] = {"subject": ["01"], "treatment_start": ["2024-02-01"]}
    assert found("K10", table)["expected"].tolist() == ["PR"]
    table["subjects"] = {"subject": ["01"], "treatment_start": ["2024-01-01"]}
    assert status(found("K10", table))[0] == ["passed"]  # no baseline: nothing to judge by


def test_k10_under_other_criteria():
    """BIOLOGICAL_NET_WHO by parameter or as the criteria of the run: 50 % is PR, 25 % is MR."""
    table = samples([300, 150, 225], upper_limit=50, response=["", "PR", "MR"])
    assert found("K10", table)["expected"].tolist() == ["SD", "SD"]
    who = {"K10": {"criteria": "biological-net-who"}}
    assert status(edit_checks.run(table, checks=["K10"], parameters=who))[0] == ["passed"]
    assert status(found("K10", table, nt.criteria.BIOLOGICAL_NET_WHO))[0] == ["passed"]
    size = {"K10": {"criteria": "recist-1.1"}}
    with pytest.raises(nt.InputError, match="`criteria` must be an edition of markers"):
        edit_checks.run(table, checks=["K10"], parameters=size)


def test_k10_by_an_edition_of_the_course():
    """GCIG 2011: judged from twice the upper limit on, in a baseline of the last 14 days; exactly
    half is PR, twice the nadir is no PD where the marker had been normal.
    """
    gcig = {"K10": {"criteria": "ca125-gcig-2011"}}

    def told(values, responses, **columns):
        table = samples(values, upper_limit=35, response=["", *responses])
        table["markers"].update(columns)
        return edit_checks.run(table, checks=["K10"], parameters=gcig)["expected"].tolist()

    assert told([80, 40, 30, 60, 70], ["PR", "CR", "SD", "PD"]) == []
    assert told([80, 40, 30, 60, 70], ["SD", "PR", "PD", "SD"]) == ["PR", "CR", "SD", "PD"]
    assert told([69, 30], ["CR"]) == ["NE"]  # below twice the limit
    assert told([80, 40], ["PR"], day=[-15, 20]) == ["NE"]  # too early a baseline
    assert told([80, 40], ["PR"], upper_limit=["", ""]) == []  # nothing to judge by


def test_k10_with_a_limit_of_each_sample():
    """The baseline is held against its own upper limit, a sample against its own."""
    table = samples([90, 70], upper_limit=[80, 100], response=["", "NE"])
    run = found("K10", table)
    assert run["expected"].tolist() == ["CR"]
    assert "(upper limit 100, 80 at baseline)" in run["message"][0]


def test_two_readers_and_one_marker():
    """K11 stands at the reader who called PD, not at the other."""
    tables = samples([120, 360], day=[0.0, 60.0], upper_limit=100)
    lesions = {
        "subject": ["01"] * 4,
        "lesion": ["T01"] * 4,
        "role": ["TARGET"] * 4,
        "day": [0, 60, 0, 60],
        "size": [30, 31, 28, 29],
        "evaluator": ["A", "A", "B", "B"],
    }
    responses = {
        "subject": ["01"] * 2,
        "day": [60, 60],
        "overall": ["SD", "PD"],
        "evaluator": ["A", "B"],
    }
    run = found("K11", {**tables, "lesions": lesions, "responses": responses})
    assert (run["row"].tolist(), run["evaluator"].tolist(), run["related"].tolist()) == (
        [1],
        ["B"],
        ["markers 1"],
    )


def test_marker_findings_of_one_row_explain_each_other():
    """A negative value is K01; R03 at the same row follows from R01 there, not from one of another
    row.
    """
    tables = samples(
        [20, 20], marker="5-HIAA", unit="mg/24h", concentration=[20, 20], volume=[300, 1500]
    )
    run = edit_checks.run(tables, checks=["R01", "R03"])
    assert list(zip(run["check"], run["row"], run["caused_by"], strict=True)) == [
        ("R01", 0, ""),
        ("R03", 0, "R01"),
        ("R03", 1, ""),
    ]


def test_a_diary_after_death_is_one_cause():
    """D05 says that a date is after death; Y08 at the same day follows from it."""
    tables = {**diary([3, 3], day=[10.0, 50.0]), "subjects": {"subject": ["01"], "death": [40]}}
    run = edit_checks.run(tables, checks=["D05", "Y08"])
    assert list(zip(run["check"], run["row"], run["caused_by"], strict=True)) == [
        ("D05", 1, ""),
        ("Y08", 1, "D05"),
    ]


def test_urine_creatinine_by_sex_and_unit():
    """The range of women is their own; creatinine in an unknown unit, or without weight, is not
    judged by range.
    """
    tables = samples([20.0], marker="5-HIAA", unit="mg/24h", creatinine=[0.9], weight=[60.0])
    tables["subjects"] = {"subject": ["01"], "sex": ["F"]}
    assert status(found("R02", tables))[0] == ["passed"]
    assert found("R02", tables, low_female=16.0)["row"].tolist() == [0]
    tables["markers"]["creatinine_unit"] = ["furlongs"]
    assert status(found("R02", tables, low_female=16.0))[0] == ["passed"]
    assert edit_checks.CHECKS["R02"].severity == "note"
    assert "default without a source" in edit_checks.CHECKS["R02"].sentence


def test_period_lengths():
    """Y06 is skipped where no length is known, and takes the parameter where a study has one."""
    table = diary([np.nan, np.nan], per_day=[2.0, 2.0], days_recorded=[7.0, 9.0])
    assert status(found("Y06", table))[0] == ["skipped"]
    assert found("Y06", table, period_days=7)["row"].tolist() == [1]


def test_diaries_without_a_pair_are_skipped():
    """Y05 has nothing to compare, Y10 no baseline to know: skipped, not passed."""
    table = diary([3.0, np.nan], per_day=[np.nan, 3.0], visit=["1", "2"])
    assert status(found("Y05", table))[0] == ["skipped"]
    table = diary([3, 4], date=["2024-01-01", "2024-01-02"])
    del table["symptoms"]["day"]
    assert status(found("Y10", table))[0] == ["skipped"]


def test_means_of_a_day_are_days():
    """A mean of one recorded day is a daily count: Y09 and Y10 read it, and name its column."""
    table = diary([np.nan] * 25, per_day=[3.0] * 25, days_recorded=[1.0] * 25, visit="1")
    assert found("Y09", table)["column"].tolist() == ["per_day"]
    del table["symptoms"]["count"]
    assert found("Y09", table)["column"].tolist() == ["per_day"]
    week = found("Y02", {"symptoms": {k: v[:3] for k, v in table["symptoms"].items()}})
    assert (week["column"].tolist(), week["value"].tolist()) == (["per_day"], ["3"])


def test_other_rows_of_a_symptom():
    """Two scores on one day are two entries; a grade is neither a day nor a period."""
    table = diary([np.nan, np.nan], day=[3.0, 3.0], score=[20.0, 30.0])
    assert found("Y03", table)["message"].tolist() == [
        "BM has a second entry for day 3: 30 after 20"
    ]
    assert found("Y03", diary([np.nan, np.nan], day=[3.0, 3.0]))["column"].tolist() == ["symptom"]


def test_sdtm_laboratory_and_site():
    """LBNAM is the laboratory of a marker, SITEID the site of a subject."""
    lb = {
        "USUBJID": ["01"] * 2,
        "LBTESTCD": ["CHROMOGA"] * 2,
        "LBTEST": ["Chromogranin A"] * 2,
        "LBSTRESN": [300, 280],
        "LBSTRESU": ["ug/L"] * 2,
        "LBDTC": ["2024-01-01", "2024-02-01"],
        "LBNAM": ["Central", "Local"],
    }
    dm = {"USUBJID": ["01"], "SITEID": ["007"]}
    read = crf.read({"lb": lb, "dm": dm})
    assert read["subjects"].text("site").tolist() == ["007"]
    assert found("K04", read)["column"].tolist() == ["lab"]


def test_urine_and_blood_are_two_series():
    """5-HIAA in urine and in plasma is no mix of units, specimens or baselines; a slip of unit in
    serum is found.
    """
    table = samples(
        [30.0, 120.0, 28.0, 110.0],
        marker="5-HIAA",
        unit=["mg/24h", "nmol/L"] * 2,
        day=[0.0, 0.0, 40.0, 40.0],
        specimen=["URINE", "PLASMA", "", "plasma"],
    )
    for check in ("K03", "K04", "K07", "K09"):
        assert status(found(check, table))[0] == ["passed"]
    assert found("K03", samples([300.0, 280.0], unit=["ng/mL", "mg/24h"], specimen="SERUM"))[
        "row"
    ].tolist() == [1]
    assert found("K03", samples([300.0, 280.0], unit=["ng/mL", "mg/24h"]))["row"].tolist() == [1]


def test_diet_and_drug_need_one_column_only():
    """R05 runs with the confounder alone or with the diet alone."""
    table = samples([30.0], marker="5-HIAA", unit="mg/24h", diet_restricted="N")
    assert found("R05", table)["column"].tolist() == ["diet_restricted"]
    assert found("R05", samples([300.0], confounder="omeprazole"))["column"].tolist() == [
        "confounder"
    ]


def test_visit_one_may_be_the_baseline():
    """Without a first dose and without a visit named baseline or numbered 0, Y10 does not guess:
    skipped.
    """
    table = diary(
        [np.nan, np.nan], per_day=[3.0, 2.0], visit=["1", "2"], date=["2024-01-01", "2024-02-01"]
    )
    del table["symptoms"]["day"]
    assert status(found("Y10", table))[0] == ["skipped"]
    table["symptoms"]["visit"] = ["BASELINE", "2"]
    assert status(found("Y10", table, min_days=1))[0] == ["passed"]


SAMPLES = ["marker", "urine", "diary"]
MARKER_COLUMNS = (
    "value",
    "upper_limit",
    "duration",
    "volume",
    "concentration",
    "creatinine",
    "weight",
    "unit",
    "upper_limit_unit",
    "concentration_unit",
    "creatinine_unit",
    "marker",
    "assay",
    "specimen",
    "lab",
    "response",
    "confounder",
    "diet_restricted",
    "missed_voids",
    "visit",
)
DIARY_COLUMNS = (
    "count",
    "per_day",
    "total",
    "days_recorded",
    "period_days",
    "grade",
    "score",
    "visit",
    "entered",
    "symptom",
)


def run_all(tables, criteria="recist-1.1"):
    run = edit_checks.run(tables, criteria, checks=SAMPLES)
    failed = [
        (c, r)
        for c, s, r in zip(run.runs["check"], run.runs["status"], run.runs["reason"], strict=True)
        if s == "failed"
    ]
    assert failed == []
    return run


def study(cells, when):
    """Every column of samples and diaries filled with the same cells."""
    n = len(cells)
    markers = {name: list(cells) for name in MARKER_COLUMNS}
    symptoms = {name: list(cells) for name in DIARY_COLUMNS}
    responses = {"subject": ["01"] * n, "overall": ["PD"] * n, "visit": list(range(n))}
    lesions = {
        "subject": ["01"] * n,
        "lesion": ["T01"] * n,
        "role": ["TARGET"] * n,
        "size": list(cells),
        "visit": list(range(n)),
    }
    dates = (
        {"day": list(range(n))}
        if when == "day"
        else {"date": ["2024-01-05", "", "2024-02", "x"][:n]}
    )
    tables = {"markers": markers, "symptoms": symptoms, "responses": responses, "lesions": lesions}
    tables = {name: {**t, **dates, "subject": ["01"] * n} for name, t in tables.items()}
    start = 1 if when == "day" else "2024-01-06"
    return {
        **tables,
        "subjects": {
            "subject": ["01"],
            "treatment_start": [start],
            "death": [start],
            "consent": [start],
        },
    }


@pytest.mark.parametrize("when", ["day", "date"])
def test_no_table_makes_a_check_fail(when):
    """An empty table, one row, blanks, huge numbers, text and infinities: findings or none, never a
    failed check.
    """
    for cells in (
        [],
        ["20"],
        ["", ""],
        ["1e308", "-1e308", "1e308"],
        ["word", "20"],
        ["inf", "nan"],
        ["1e-300", "5"],
        ["1", "1", "1", "1"],
        ["mg/24h", "5"],
        ["BASELINE", "<5", ">5"],
    ):
        run_all(study(cells, when))
        alone = study(cells, when)
        for name in ("subjects", "responses", "lesions"):
            del alone[name]
        run_all(alone)
    numbers = study([np.inf, 1e308, -1.0, np.nan], when)
    run_all({n: {k: np.array(v) for k, v in t.items()} for n, t in numbers.items()})
    run_all(study(["5"], when), nt.criteria.BIOLOGICAL_VOGL_2008)


def test_a_hundred_thousand_rows_go_through():
    """All checks of samples and diaries over 100,000 rows of each run."""
    n = 100_000
    at, rng = np.arange(n), np.random.default_rng(3)
    markers = {
        "subject": (at // 20).astype(float),
        "marker": np.array(["CgA", "5-HIAA"], object)[at // 10 % 2],
        "value": np.round(rng.lognormal(4, 1, n), 1),
        "unit": np.array(["ng/mL", "mg/24h"], object)[at // 10 % 2],
        "upper_limit": np.full(n, 100.0),
        "day": (at % 10 * 28.0),
        "volume": rng.integers(400, 3000, n).astype(float),
        "duration": np.full(n, 24.0),
        "concentration": rng.lognormal(3, 1, n),
        "creatinine": rng.uniform(0.5, 2, n),
        "weight": np.full(n, 70.0),
        "response": np.full(n, "SD", object),
        "assay": np.full(n, "KRYPTOR", object),
        "confounder": np.full(n, "PPI", object),
        "diet_restricted": np.full(n, "N", object),
    }
    symptoms = {
        "subject": (at // 40).astype(float),
        "symptom": np.full(n, "BM", object),
        "day": at % 40 - 7.0,
        "count": rng.integers(0, 9, n).astype(float),
        "visit": (at % 40 // 7).astype(float),
        "entered": at % 40 - 6.5,
    }
    run = run_all({"markers": markers, "symptoms": symptoms})
    assert "failed" not in run.runs["status"]
