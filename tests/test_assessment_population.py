"""Who stands in the denominators of `assess`, what is carried to the results, and in which type."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nettumor as nt

LESIONS = {
    "subject": ["A", "A", "B", "B"],
    "lesion": ["T1"] * 4,
    "role": ["TARGET"] * 4,
    "date": ["2024-01-02", "2024-03-01"] * 2,
    "size": [50, 30, 40, 41],
}


def subjects(**columns):
    """Two assessed patients, one assigned and not treated, one of whom the columns say more."""
    return {
        "subject": ["A", "B", "C", "S"],
        "treatment_start": ["2024-01-02", "2024-01-02", "", ""],
        **columns,
    }


SAID = [
    {"arm": ["X", "Y", "X", "Screen Failure"]},
    {"arm": ["X", "Y", "X", "Not Assigned"]},
    {"ARMCD": ["X", "Y", "X", "SCRNFAIL"]},
    {"ARMCD": ["X", "Y", "X", "NOTASSGN"]},
    {"ARMNRS": ["", "", "ASSIGNED, NOT TREATED", "SCREEN FAILURE"]},
    {"arm_reason": ["", "", "", "not assigned"]},
]


@pytest.mark.parametrize("said", SAID, ids=lambda s: "-".join(map(str, s)))
def test_who_was_not_assigned_is_left_out_and_said(said):
    """Screen failures and subjects without an arm are in no denominator; the provenance counts
    them.
    """
    tables = {"lesions": LESIONS, "subjects": subjects(**said)}
    done = nt.assess(tables)
    assert done.subjects["subject"].tolist() == ["A", "B", "C"]
    items = done.provenance["item"].tolist()
    place = next(i for i, item in enumerate(items) if item.startswith("left out: "))
    assert done.provenance["value"][place] == "1"
    everybody = nt.assess(tables, population="all")
    assert everybody.subjects["subject"].tolist() == ["A", "B", "C", "S"]


def test_blanks_leave_nobody_out():
    """A subject without a start of treatment and without an arm stays in the denominators."""
    done = nt.assess({"lesions": LESIONS, "subjects": subjects(arm=["X", "Y", "", ""])})
    assert done.subjects["subject"].tolist() == ["A", "B", "C", "S"]
    assert not any(i.startswith("left out") for i in done.provenance["item"].tolist())


def test_rows_of_who_is_left_out_are_not_judged():
    """Lesions of a screen failure enter neither visits nor responses; a selection by flags of the
    rows still fits.
    """
    lesions = {n: [*v, v[0]] for n, v in LESIONS.items()} | {"subject": ["A", "A", "B", "B", "S"]}
    tables = {"lesions": lesions, "subjects": subjects(arm=["X", "Y", "X", "SCRNFAIL"])}
    done = nt.assess(tables, selection=np.ones(5, dtype=bool))
    assert set(done.timepoints["subject"].tolist()) == {"A", "B"}
    assert nt.assess(tables, population="all").timepoints.n_rows == done.timepoints.n_rows + 1


def test_a_study_of_screen_failures_alone_is_refused():
    """Where the arm says of all that they were not assigned, the column is in doubt."""
    with pytest.raises(nt.InputError, match=r'nobody who was assigned.*population="all"'):
        nt.assess({"lesions": LESIONS, "subjects": subjects(arm=["SCRNFAIL"] * 4)})


def test_population_has_two_words():
    """Another word names the nearest."""
    with pytest.raises(nt.InputError, match="Did you mean 'assigned'"):
        nt.assess({"lesions": LESIONS}, population="asigned")


def test_screen_failures_of_dm():
    """ARMCD and ARMNRS of DM come through to the population."""
    dm = {"USUBJID": ["A", "B", "S"], "ARM": ["X", "Y", ""], "ARMNRS": ["", "", "SCREEN FAILURE"]}
    done = nt.assess({"lesions": LESIONS, "dm": dm})
    assert done.subjects["subject"].tolist() == ["A", "B"]
    assert done.subjects["arm"].tolist() == ["X", "Y"]


def test_carried_columns_keep_their_type():
    """The arm is always there; the user's columns on request, with what a blank is in their
    type.
    """
    people = subjects(
        arm=["X", "Y", "X", ""],
        region=["EU", "US", "US", "EU"],
        stratum=[1, 2, 1, 2],
        ecog=[0.0, np.nan, 1.0, 1.0],
    )
    done = nt.assess({"lesions": LESIONS, "subjects": people}, carry=["region", "stratum", "ecog"])
    assert list(done.subjects)[:6] == ["subject", "evaluator", "arm", "region", "stratum", "ecog"]
    assert done.subjects["arm"].tolist() == ["X", "Y", "X", ""]
    assert done.subjects["stratum"].dtype == np.int64
    assert np.array_equal(done.subjects["ecog"], [0, np.nan, 1, 1], equal_nan=True)
    assert nt.assess({"lesions": LESIONS}).subjects["arm"].tolist() == ["", ""]
    arms = {"lesions": LESIONS, "subjects": subjects(arm=["X", "Y", "X", ""])}
    assert nt.assess(arms, carry="arm").subjects["arm"][1] == "Y"


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # of the columns that nobody asks for
@pytest.mark.parametrize(
    ("carry", "message"),
    [
        ("regoin", "Did you mean 'region'"),
        (["best"], "has of its own"),
        (["subject"], "has of its own"),
    ],
)
def test_wrong_columns_to_carry(carry, message):
    """A column that is not there, or whose name the results use, is refused."""
    with pytest.raises(nt.InputError, match=message):
        nt.assess(
            {"lesions": LESIONS, "subjects": subjects(best=["a"] * 4, region=["EU"] * 4)},
            carry=carry,
        )
    with pytest.raises(nt.InputError, match=r"Give a subjects table|has of its own"):
        nt.assess({"lesions": LESIONS}, carry=carry)


DATES = [datetime.date(2024, 1, 2), datetime.date(2024, 3, 1)] * 2
FRAMES = {
    "pandas": lambda: pd.DataFrame(
        LESIONS | {"subject": [7, 7, 8, 8], "visit": [0, 1] * 2, "date": pd.to_datetime(DATES)}
    ),
    "polars": lambda: pl.DataFrame(
        LESIONS | {"subject": [7, 7, 8, 8], "visit": [0, 1] * 2, "date": DATES}
    ),
    "pyarrow": lambda: pa.table(
        LESIONS | {"subject": [7, 7, 8, 8], "visit": [0, 1] * 2, "date": DATES}
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_keys_and_dates_go_out_as_they_came(kind):
    """Whole numbers and dates of a frame come back so that the results join it without a cast."""
    frame = FRAMES[kind]()
    found = nt.assess({"lesions": frame}).to_frames()["timepoints"]
    keys = ["subject", "visit", "date"]
    if kind == "pandas":
        joined = frame.merge(found, on=keys)
    elif kind == "polars":
        joined = frame.join(found, on=keys)
    else:
        assert [found.schema.field(n).type for n in keys] == [
            pa.int64(),
            pa.int64(),
            frame.schema.field("date").type,
        ]
        joined = frame.join(found.select([*keys, "overall"]), keys=keys)
    assert len(joined) == 4


def test_types_that_differ_go_out_as_text():
    """Subjects as numbers in one table and as text in another are text in the results."""
    frames = {"lesions": FRAMES["polars"](), "subjects": {"subject": ["7", "8"]}}
    assert nt.assess(frames).subjects["subject"].tolist() == ["7", "8"]


def test_python_dates_come_back_as_python_dates():
    """A list of dates gives dates; in a lazy frame the type is known without collecting twice."""
    done = nt.assess({"lesions": LESIONS | {"date": DATES}})
    assert done.timepoints["date"][0] == datetime.date(2024, 1, 2)
    assert done.subjects["best_date"].tolist() == [DATES[1], DATES[1]]
    lazy = nt.assess({"lesions": FRAMES["polars"]().lazy()})
    assert lazy.timepoints["subject"].tolist() == [7, 7, 8, 8]


def test_moments_keep_the_time_of_day():
    """A moment comes back with its time, so that a join by it finds its row."""
    frame = FRAMES["pandas"]()
    frame["date"] += pd.Timedelta(hours=9)
    found = nt.assess({"lesions": frame}).to_frames()["timepoints"]
    assert len(frame.merge(found, on=["subject", "date"])) == 4


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_categories_come_back_as_categories(kind):
    """A category of the user's frame is one in the results, with the same words."""
    frame = pd.DataFrame(LESIONS | {"subject": pd.Categorical(["B", "B", "A", "A"])})
    if kind == "polars":
        frame = pl.DataFrame(LESIONS).with_columns(pl.col("subject").cast(pl.Categorical))
    if kind == "pyarrow":
        frame = pa.table(LESIONS)
        frame = frame.set_column(0, "subject", frame.column(0).dictionary_encode())
    found = nt.assess({"lesions": frame}).to_frames()["subjects"]
    if kind == "pandas":
        assert found["subject"].dtype == frame["subject"].dtype
    elif kind == "polars":
        assert found["subject"].dtype == pl.Categorical
    else:
        assert pa.types.is_dictionary(found.schema.field("subject").type)


def test_analysis_data_sets_are_text():
    """ADaM's keys and dates are text, whatever came in."""
    adam = nt.assess({"lesions": FRAMES["pandas"]()}).to_adam()
    assert adam["ADTR"]["USUBJID"].tolist() == ["7", "7", "8", "8"]
    assert adam["ADTR"]["ADT"].tolist() == ["2024-01-02", "2024-03-01"] * 2
    assert adam["ADRS"]["ADT"].dtype.kind == "U"


def test_relations_and_batches_come_back_as_such():
    """A DuckDB relation gives relations that join it by whole numbers; a batch gives Arrow tables."""
    duckdb = pytest.importorskip("duckdb")
    frame = FRAMES["pandas"]()
    relation = duckdb.from_df(frame)
    found = nt.assess({"lesions": relation}).to_frames()["subjects"]
    assert type(found) is type(relation)
    assert [str(t) for t in found.types[:1]] == ["BIGINT"]
    assert len(relation.join(found, "subject").fetchall()) == 4
    batch = FRAMES["pyarrow"]().to_batches()[0]
    table = nt.assess({"lesions": batch}).to_frames()["subjects"]
    assert isinstance(table, pa.Table)
    assert table.schema.field("subject").type == pa.int64()
