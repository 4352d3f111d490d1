"""Checks of measurements: sub-cases beside those of the accept and reject tables."""

import numpy as np
import pytest

from nettumor import edit_checks

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def lesions(n, **columns):
    """A lesions table of one target with ``n`` visits; single values are repeated."""
    plain = {"subject": "01", "lesion": "T01", "role": "TARGET", "visit": list(range(n)), **columns}
    return {"lesions": {k: v if isinstance(v, list) else [v] * n for k, v in plain.items()}}


def found(check, tables, criteria="recist-1.1", **parameters):
    return edit_checks.run(tables, criteria, checks=[check], parameters={check: parameters})


def test_too_small_in_a_crf_is_a_note():
    """In the CRF layout TOO SMALL alone is complete (5 mm are put in): M15 is a note; beside 3 mm
    it is a warning.
    """
    table = lesions(3, size=["20", "", "3"], state=["", "TOO SMALL", "TOO SMALL"])
    assert found("M15", table)["severity"].tolist() == ["warning", "note"]


def test_m15_without_a_state_column():
    """A size cell that says too small is enough."""
    assert found("M15", lesions(2, size=["20", "<5"]))["severity"].tolist() == ["note"]


def test_too_small_in_sdtm_without_standardised_text():
    """The original result alone says too small: M15 finds the TRSTRESN that is missing."""
    tr = {
        "USUBJID": ["01"],
        "TRLNKID": ["T01"],
        "TRTESTCD": ["LDIAM"],
        "TRORRES": ["TOO SMALL TO MEASURE"],
        "TRSTRESN": [np.nan],
        "VISITNUM": [2],
    }
    tu = {
        "USUBJID": ["01"],
        "TULNKID": ["T01"],
        "TUTESTCD": ["TUMIDENT"],
        "TUSTRESC": ["TARGET"],
        "VISITNUM": [1],
    }
    assert found("M15", {"tr": tr, "tu": tu})["severity"].tolist() == ["warning"]


def test_visits_without_a_name_are_called_by_their_day():
    """A study without visits gets its days into the messages."""
    table = {"lesions": {**lesions(2, size=[20, -1])["lesions"], "day": [-3, 40]}}
    del table["lesions"]["visit"]
    assert found("M04", table)["message"].tolist() == ["size of T01 is -1 at visit of day 40"]


def test_m09_leaves_out_what_is_impossible():
    """2200 mm among 22 mm is one fault (M05), not also a tenfold jump; 220 mm is a jump."""
    assert found("M09", lesions(4, size=[22, 2200, 21, 22])).runs["status"][0] == "passed"
    assert found("M09", lesions(4, size=[22, 220, 21, 22]))["row"].tolist() == [1]


@pytest.mark.parametrize(
    ("sizes", "row", "expected"),
    [
        ([20, 21, 1, 20], 2, "about 20 mm, as before and after"),
        ([20, 400, 21], 1, "about 20 mm, as before and after"),
        ([20, 20, 320, 20], 2, "about 20 mm, as before and after"),
        ([20, 21, 19, 400], 3, "about 19 mm, as before"),
        ([20, 400], 1, "about 20 mm, as before"),
    ],
)
def test_m09_stands_at_the_size_that_leaves_the_course(sizes, row, expected):
    """A last size that is back at what it was before a jump is not the one in doubt."""
    told = found("M09", lesions(len(sizes), size=sizes))
    assert [(r["row"], r["expected"]) for r in told.rows()] == [(row, expected)]


@pytest.mark.parametrize(
    ("criteria", "column"), [("mrecist-2010", "viable"), ("recist-1.1", "size")]
)
def test_the_column_is_the_one_that_counts(criteria, column):
    """Under mRECIST the series is that of the viable diameter."""
    table = lesions(3, size=[60, 61, 60], viable=[40, 4, 41])
    if column == "size":
        table["lesions"]["size"] = [60, 6.1, 60]
    assert found("M09", table, criteria)["column"].tolist() == [column]


def test_products_do_not_make_jumps():
    """Under WHO criteria diameters are looked at, not products: 30 to 60 mm in both is no tenfold
    jump.
    """
    table = lesions(3, size=[20, 65, 21], perpendicular=[18, 60, 18])
    assert found("M09", table, "who-1981").runs["status"][0] == "passed"
    assert found("M11", table, "who-1981").runs["status"][0] == "passed"


def test_the_collected_diameter_goes_before():
    """A diameter collected for the sum is the one looked at."""
    assert found("M14", lesions(2, size=[20, 20], diameter=[20, 4]))["column"].tolist() == [
        "diameter"
    ]


def test_m12_without_a_pair_is_skipped():
    """A longest diameter and a viable perpendicular one cannot be compared: skipped, not passed."""
    run = found("M12", lesions(1, size=[20], viable_perpendicular=[30]))
    assert run.runs["status"].tolist() == ["skipped"]


def test_no_decimal_commas_in_a_file_of_commas(tmp_path):
    """Where the comma is the file's decimal mark, M07 has nothing to tell."""
    path = tmp_path / "lesions.csv"
    path.write_text("subject;lesion;role;visit;size\n01;T01;TARGET;0;12,5\n", encoding="utf-8")
    assert found("M07", path).runs["status"].tolist() == ["passed"]


def test_equivalent_methods(tmp_path):
    """CT and PET/CT are one method where the study says so; M20 then has no finding."""
    path = tmp_path / "study.toml"
    path.write_text('[methods]\nequivalent = [["CT", "PET/CT"]]\n', encoding="utf-8")
    settings = edit_checks.load_configuration(path)
    table = lesions(2, size=[20, 21], method=["CT scan", "FDG-PET/CT"])
    assert edit_checks.run(table, checks=["M20"])["row"].tolist() == [1]
    assert (
        edit_checks.run(table, checks=["M20"], configuration=settings).runs["status"][0] == "passed"
    )


def test_sites_may_stand_in_the_lesions_table():
    """M18 takes the site from the lesions table too, and evaluators alone where there is no
    site.
    """
    table = lesions(
        60,
        size=[float(10 + 5 * (i % 4)) for i in range(60)],
        site="S7",
        visit=0,
        lesion=[f"T{i}" for i in range(60)],
    )
    assert found("M18", table)["message"].tolist() == [
        "S7: 60 of 60 sizes end in 0 or 5: were they rounded?"
    ]
    del table["lesions"]["site"]
    assert found("M18", table)["message"].tolist() == [
        "60 of 60 sizes end in 0 or 5: were they rounded?"
    ]


MEASUREMENT = [c for c in edit_checks.CHECKS.values() if c.group == "measurement"]
COLUMNS = (
    "size",
    "perpendicular",
    "viable",
    "viable_perpendicular",
    "diameter",
    "volume",
    "slice_thickness",
    "unit",
    "method",
    "state",
    "reason",
    "organ",
    "contrast",
    "date",
)


def states(tables, criteria="mrecist-2010"):
    run = edit_checks.run(tables, criteria, checks=["measurement"])
    failed = [
        (c, r)
        for c, s, r in zip(run.runs["check"], run.runs["status"], run.runs["reason"], strict=True)
        if s == "failed"
    ]
    assert failed == []
    return run


@pytest.mark.parametrize(
    "criteria", ["recist-1.1", "mrecist-2010", "who-1981", "choi-2007", "easl-2001"]
)
def test_no_table_makes_a_check_fail(criteria):
    """An empty table, one row, blanks, huge numbers, text and infinities: findings or none, never a
    failed check.
    """
    for cells in (
        [],
        ["20"],
        ["", ""],
        ["1e308", "-1e308"],
        ["word", "20"],
        ["inf", "nan"],
        ["1e-300", "5"],
    ):
        for unit in ("mm", "cm", "inch", ""):
            table = lesions(len(cells), **{name: list(cells) for name in COLUMNS})
            table["lesions"]["unit"] = [unit] * len(cells)
            states(table, criteria)
    numbers = [np.inf, 1e308, -np.inf, np.nan, 0.0]
    table = lesions(5, **{name: list(numbers) for name in COLUMNS[:7]})
    states({"lesions": {k: np.array(v) for k, v in table["lesions"].items()}}, criteria)


def test_a_hundred_thousand_rows_go_through():
    """All checks of measurements over 100,000 rows with every column run."""
    n = 100_000
    at = np.arange(n)
    rng = np.random.default_rng(5)
    size = np.round(rng.lognormal(3, 0.5, n), 1)
    table = {
        "lesions": {
            "subject": (at // 40).astype(float),
            "lesion": np.array([f"T{i}" for i in range(5)], object)[at // 8 % 5],
            "role": np.full(n, "TARGET", object),
            "visit": (at % 8).astype(float),
            "size": size,
            "perpendicular": size * 0.8,
            "viable": size * 0.9,
            "unit": np.full(n, "mm", object),
            "method": np.full(n, "CT", object),
            "slice_thickness": np.full(n, 5.0),
            "contrast": np.full(n, "Y", object),
            "organ": np.full(n, "LIVER", object),
        }
    }
    run = states(table)
    assert set(run.runs["status"]) <= {"passed", "findings", "skipped"}


SUMS = {"subject": ["01"] * 5, "visit": [0, 1, 2, 3, 4], "sum": [50, 48, 40, 36, 45]}
PERCENTS = {
    "percent_from_baseline": ["", -4, -20, -28, -10],
    "percent_from_nadir": ["", -4, -16.7, -10, 25],
}


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        # the sum at visit 1 is wrong, and the percents are those of the wrong sum: one query
        ({"sum": [50, 58, 40, 36, 45], "percent_from_baseline": ["", 16, -20, -28, -10],
          "percent_from_nadir": ["", 16, -20, -10, 25]},
         [("U01", 1, ""), ("U03", 1, "U01"), ("U04", 1, "U01"), ("U04", 2, "U01")]),
        # the sum at visit 1 is wrong, and a percent at visit 4 is wrong for a reason of its own
        ({"sum": [50, 58, 40, 36, 45], "percent_from_baseline": ["", -4, -20, -28, 10],
          "percent_from_nadir": ["", -4, -16.7, -10, 35]}, [("U01", 1, ""), ("U03", 4, ""), ("U04", 4, "")]),
        # the sum at baseline is wrong: every later percent from it follows
        ({"sum": [60, 48, 40, 36, 45], "percent_from_baseline": ["", -20, -33.3, -40, -25]},
         [("U01", 0, ""), ("U03", 1, "U01"), ("U03", 2, "U01"), ("U03", 3, "U01"), ("U03", 4, "U01")]),
        # a sum that is too small is the nadir of all that follow
        ({"sum": [50, 48, 40, 30, 45], "percent_from_baseline": ["", -4, -20, -40, -10],
          "percent_from_nadir": ["", -4, -16.7, -25, 50]},
         [("U01", 3, ""), ("U03", 3, "U01"), ("U04", 3, "U01"), ("U04", 4, "U01")]),
    ],
)  # fmt: skip
def test_a_percent_follows_from_the_sums_it_was_made_of(reported, expected):
    """A wrong percent follows from a wrong sum where it is the percent of the sums as reported,
    else it is its own.
    """
    lesions = {
        "subject": ["01"] * 5,
        "lesion": ["T01"] * 5,
        "role": ["TARGET"] * 5,
        "visit": [0, 1, 2, 3, 4],
        "size": [50, 48, 40, 36, 45],
    }
    clean = edit_checks.run(
        {"lesions": lesions, "responses": {**SUMS, **PERCENTS}}, checks=["U01", "U03", "U04"]
    )
    assert clean.n_rows == 0
    found = edit_checks.run(
        {"lesions": lesions, "responses": {**SUMS, **PERCENTS, **reported}},
        checks=["U01", "U03", "U04"],
    )
    assert (
        sorted(zip(found["check"], found["row"].tolist(), found["caused_by"], strict=True))
        == expected
    )
