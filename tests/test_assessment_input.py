"""Bad input of any kind: an error that names argument, value, place and repair; NE with a reason;
or a count.
"""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nettumor as nt
from nettumor import Reason, crf

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # odd input is what this is about

LESIONS = {
    "subject": ["1"] * 3,
    "lesion": ["T1"] * 3,
    "role": ["TARGET"] * 3,
    "size": [50, 30, 20],
    "date": ["2024-01-01", "2024-03-01", "2024-05-01"],
    "organ": ["LIVER"] * 3,
}


def without(name):
    """The lesions table without a column."""
    return {k: v for k, v in LESIONS.items() if k != name}


def notes(done):
    """Items of the provenance to their values."""
    return dict(
        zip(done.provenance["item"].tolist(), done.provenance["value"].tolist(), strict=True)
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            None,
            "`source` must be a folder, files, or a mapping of table names to frames; got NoneType",
        ),
        ({}, "No CRF table was found; got nothing"),
        ("/not/there", "`/not/there` is not there. Give a folder, or files."),
        (LESIONS, "Say which table it is: read({'lesions': frame})"),
        (
            {"subjects": {"subject": ["1"]}},
            "`source` must hold the table 'lesions' (or SDTM TU and TR); got subjects",
        ),
        (
            {"lesions": without("role")},
            "`lesions` lacks the column role; lesions has subject, lesion, date",
        ),
        ({"lesions": without("date")}, "`lesions` lacks the column visit or date"),
        ({"lesions": LESIONS | {"size": [1]}}, "Columns of `lesions` must have one length"),
        (
            {"lesions": LESIONS | {"size": [[1], [2], [3]]}},
            "`size` must hold one value a cell; got [1]",
        ),
        (
            {"legions": LESIONS},
            "`legions` is no CRF table and no SDTM domain. Did you mean 'lesions'?",
        ),
    ],
)
def test_wrong_sources(source, message):
    """What cannot be read as a study."""
    with pytest.raises((nt.InputError, nt.InputTypeError), match=re.escape(message)):
        nt.assess(source)


def test_an_incomplete_table_that_was_kept():
    """`crf.read` may keep a table that lacks columns, for the edit checks; `assess` refuses it, or
    says so.
    """
    kept = nt.crf.read({"lesions": {"subject": ["1"]}}, incomplete="keep")
    with pytest.raises(
        nt.InputError, match="`lesions` lacks lesion, role, visit or date; it has subject"
    ):
        nt.assess(kept)
    markers = {"subject": ["1"], "marker": ["CgA"]}
    done = nt.assess(nt.crf.read({"lesions": LESIONS, "markers": markers}, incomplete="keep"))
    assert "biological" not in done.timepoints
    assert notes(done)["markers by the scan"] == "not judged: the table lacks value, unit, date"


@pytest.mark.parametrize(("options", "message"), [
    ({"evaluator": "X"}, "`evaluator` names none of the lesions table: 'X'. Known: READER 1, "
                         "READER 2."),
    ({"evaluator": ["READER 1", "READER 3"]}, "'READER 3'. Did you mean 'READER 2'?"),
    ({"evaluator": 3}, "`evaluator` names none of the lesions table: '3'"),
    ({"evaluator": []}, "`evaluator` must name at least one; got none. Leave it out for all."),
    ({"selection": {"orgen": "LIVER"}}, "`selection` names no column of `lesions`: 'orgen'. Did "
                                        "you mean 'organ'?"),
    ({"selection": {"organ": "LIVR"}}, "`selection` finds no lesion with organ ['LIVR']. Did you "
                                       "mean 'LIVER'?"),
    ({"selection": {"organ": 3}}, "`selection` finds no lesion with organ [3]"),
    ({"selection": [True]}, "or a bool for each of the 3 rows of `lesions`; got bool of shape (1,)"),
    ({"selection": "LIVER"}, "`selection` must be a mapping of column to words"),
    ({"data_cutoff": "2024-13-01"}, "`data_cutoff` must be a full date in ISO 8601, such as "
                                    "2024-06-30"),
    ({"data_cutoff": "2024-06"}, "got '2024-06'. Or give it in the subjects table."),
    ({"data_cutoff": 5}, "`data_cutoff` must be a full date"),
    ({"data_cutoff": ["2024-06-30"]}, "`data_cutoff` must be a full date"),
    ({"criteria": "recist-2"}, "`criteria` must be a known edition; got 'recist-2'"),
    ({"criteria": 1.1}, "`criteria` of assess must be SizeCriteria; got 1.1"),
    ({"study": "study.toml"}, "`study` must be a readable TOML file in UTF-8; got 'study.toml'"),
    ({"dates": "DYM"}, "`dates` must be one of 'DMY', 'MDY', 'YMD', 'excel', 'sas'; got 'DYM'"),
    ({"criteria": nt.criteria.BIOLOGICAL_VOGL_2008}, "It is served by marker_response"),
    ({"rule": 28}, "`rule` of assess must be BestResponseRule; got 28"),
    ({"censoring": nt.criteria.RECIST_1_1}, "`censoring` of assess must be CensoringRule; got "
                                            "RECIST 1.1"),
    ({"by": "organ"}, "`by` must be one of 'subject', 'lesion'; got 'organ'"),
])  # fmt: skip
def test_wrong_options(options, message):
    """Each names the argument, the value, and the repair."""
    lesions = LESIONS | {"evaluator": ["READER 1", "READER 1", "READER 2"]}
    with pytest.raises((nt.InputError, nt.InputTypeError), match=re.escape(message)):
        nt.assess({"lesions": lesions}, **options)


def test_an_evaluator_where_the_table_names_none():
    """The message does not offer an empty list."""
    with pytest.raises(nt.InputError, match="The table names no evaluator: leave it out"):
        nt.assess({"lesions": LESIONS}, evaluator="INVESTIGATOR")
    with pytest.raises(
        nt.InputError, match="`data_cutoff` must be a day, because the study counts days; got '2024"
    ):
        nt.assess({"lesions": without("date") | {"day": [0, 56, 112]}}, data_cutoff="2024-06-30")


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # the verdict is the question here
@pytest.mark.parametrize("cell", ["abc", "2O", -3, float("inf"), 1e300, "1,234"])
def test_impossible_sizes_are_not_evaluable(cell):
    """Text, negative, infinite and huge sizes: NE at that visit, no warning; others stay as they
    are.
    """
    done = nt.assess({"lesions": LESIONS | {"size": [50, cell, 20]}})
    assert done.timepoints["overall"].tolist() == ["MISSING", "NE", "PR"]
    assert done.timepoints["reason"][1] & (Reason.NOT_MEASURED | Reason.INVALID)


def test_huge_sizes_everywhere():
    """A sum that would overflow is no sum, and no verdict."""
    lesions = {k: v * 2 for k, v in LESIONS.items()} | {
        "lesion": ["T1"] * 3 + ["T2"] * 3,
        "size": [1e308] * 6,
    }
    done = nt.assess({"lesions": lesions})
    assert done.timepoints["overall"].tolist() == ["MISSING", "NE", "NE"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # the counts are the question here
def test_rows_that_cannot_be_placed_are_counted():
    """No subject; neither visit nor date; an impossible date; an unknown role leaves its lesion not
    measured.
    """
    lesions = LESIONS | {"date": ["2024-01-01", "2024-02-30", "2024-05-01"]}
    done = nt.assess({"lesions": lesions})
    assert done.timepoints["overall"].tolist() == ["MISSING", "PR"]
    assert notes(done)["lesion rows without visit and date"] == "1"
    assert notes(done)["lesion dates that are not full"] == "1"
    nobody = nt.assess({"lesions": LESIONS | {"subject": ["1", "", None]}})
    assert notes(nobody)["lesion rows without a subject"] == "2"
    readers = LESIONS | {"evaluator": ["A"] * len(LESIONS["subject"])}
    also = {n: [*c, "" if n == "subject" else "B" if n == "evaluator" else c[0]]
            for n, c in readers.items()}  # fmt: skip
    assert set(nt.assess({"lesions": also}).subjects["evaluator"].tolist()) == {"A"}
    assert nobody.timepoints.n_rows == 1
    misspelled = nt.assess({"lesions": LESIONS | {"role": ["TARGET", "TARGTE", "TARGET"]}})
    assert misspelled.timepoints["overall"].tolist() == ["MISSING", "NE", "PR"]


def test_empty_tables():
    """A lesions table without rows answers everything alike, and is refused."""
    empty = {k: [] for k in LESIONS}
    with pytest.warns(nt.IntakeWarning, match="lesions has a header and no rows"):
        kept = crf.read({"lesions": empty}, incomplete="keep")
    with pytest.raises(nt.InputError, match="`lesions` must have rows; lesions has a header"):
        nt.assess({"lesions": empty})
    with pytest.raises(nt.InputError, match="`lesions` must have rows"):
        nt.assess(kept)


@pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # the row without a subject is counted
def test_no_lesion_of_anybody():
    """No timepoints; who is in the subjects table is there, missing."""
    nobody = {k: v[:1] for k, v in LESIONS.items()} | {"subject": [""]}
    assert nt.assess({"lesions": nobody}).subjects.n_rows == 0
    done = nt.assess(
        {
            "lesions": nobody,
            "subjects": {"subject": ["1"], "death": ["2024-05-01"], "randomized": ["2024-01-01"]},
        }
    )
    assert done.timepoints.n_rows == 0
    assert (done.subjects["best"][0], done.subjects["os_days"][0]) == ("MISSING", 121)
    for table in done.to_adam().values():
        assert set(table) > {"USUBJID", "PARAMCD"}
    assert "explanation" in done.timepoints.to_frame("pandas")


def test_no_date_that_can_be_read():
    """A column of dates of which none can be read is refused, with what to do."""
    with pytest.raises(nt.InputError, match=r"`lesions.date` must hold dates; no cell .* 'x'"):
        nt.assess({"lesions": LESIONS | {"date": ["x", "y", "z"]}})


def test_a_subject_with_two_rows():
    """The first counts, and the others are counted."""
    people = {"subject": ["1", "1", "2"], "death": ["2024-08-01", "2024-09-01", ""]}
    done = nt.assess({"lesions": LESIONS, "subjects": people})
    assert done.subjects["os_days"][0] == 213
    assert notes(done)["further rows of one subject, not read"] == "1"


def test_scans_in_days_and_subjects_in_dates():
    """Day 0 of the scans is the reference date of the subject; dates come out again."""
    lesions = without("date") | {"day": [0, 56, 112]}
    people = {"subject": ["1"], "randomized": ["2024-01-01"], "death": ["2024-08-01"]}
    done = nt.assess({"lesions": lesions, "subjects": people})
    s = done.subjects
    assert (s["os_days"][0], s["best_date"][0]) == (213, "2024-02-26")
    assert notes(done)["reference date"] == "day 0 of the data"
    dated = nt.assess(
        {
            "lesions": LESIONS,
            "markers": {
                "subject": ["1"] * 2,
                "day": [0, 50],
                "marker": ["CgA"] * 2,
                "value": [100, 40],
                "unit": ["ng/mL"] * 2,
            },
        }
    )
    assert dated.timepoints["biological"].tolist() == ["MISSING", "PR", "NE"]


def test_a_death_without_any_reference_date():
    """Nobody knows from when to count: no time and no event of survival, as of
    `nt.overall_survival` from an origin that is not known, and a reason.
    """
    people = {"subject": ["2"], "death": ["2024-08-01"]}
    done = nt.assess({"lesions": LESIONS, "subjects": people})
    row = next(r for r in done.subjects.rows() if r["subject"] == "2")
    assert not row["os_event"]
    assert np.isnan(row["os_days"])
    assert row["os_reason"] == nt.EventReason.DAY_UNKNOWN


def test_frames_out():
    """pandas, Polars and PyArrow on request; another kind is refused; without frames in, tables."""
    done = nt.assess({"lesions": pa.table(LESIONS)})
    assert isinstance(done.to_frames()["subjects"], pa.Table)
    assert (
        done.to_frames()["timepoints"].column("overall").to_pylist()
        == done.timepoints["overall"].tolist()
    )
    assert done.to_frames()["timepoints"].schema.field("reason").type == pa.int32()
    assert isinstance(done.to_frames("pandas")["events"], pd.DataFrame)
    with pytest.raises(
        nt.InputError, match="`kind` must be one of 'pandas', 'polars', 'pyarrow'; got 'spark'"
    ):
        done.to_frames("spark")


def test_evaluators_that_are_not_there():
    """`discordance` names those who are."""
    lesions = LESIONS | {"evaluator": ["A", "A", "B"]}
    done = nt.assess({"lesions": lesions})
    with pytest.raises(
        nt.InputError, match=r"`evaluator` names none of those assessed: .C.\. Known: A, B"
    ):
        done.discordance("A", "C")
    with pytest.raises(nt.InputError, match=r"`evaluator` names none of those assessed: .D."):
        done.discordance("D", "C")
    assert nt.assess({"lesions": LESIONS}).agreement().n_rows == 0


@pytest.mark.parametrize(("column", "value"), [("size", 1.0), ("date", "2024-06-01")])
def test_tables_are_frozen(column, value):
    """Results cannot be changed by accident."""
    done = nt.assess({"lesions": LESIONS})
    name = {"size": "sum", "date": "date"}[column]
    with pytest.raises(ValueError, match="read-only"):
        done.timepoints[name][0] = value


def test_a_table_shows_the_first_four_values_of_each_column():
    """As text on a line each, under the number of rows and columns."""
    lesions = {"subject": ["1"] * 5, "lesion": ["T1"] * 5, "role": ["TARGET"] * 5}
    table = nt.assess({"lesions": lesions | {"day": [0, 56, 112, 168, 224], "size": [50] * 5}})
    lines = repr(table.timepoints).splitlines()
    assert lines[0].startswith("Table of 5 rows x ")
    assert "  day: 0, 56, 112, 168" in lines


def test_many_subjects_with_lesion_names_of_their_own():
    """50,000 patients, 50,000 names of lesions: each size stays with its patient; only the last one
    progresses.
    """
    n = 50_000
    who = np.repeat(np.arange(n), 2)
    table = {
        "subject": np.char.mod("S%06d", who),
        "lesion": np.char.mod("L%06d", who),
        "role": ["TARGET"] * 2 * n,
        "day": np.tile([0, 50], n),
        "size": np.full(2 * n, 20.0),
    }
    table["size"][-1] = 90
    done = nt.assess({"lesions": table}).subjects
    assert done["subject"][done["best"] == "PD"].tolist() == [f"S{n - 1:06}"]


def test_lesions_under_another_name_are_told_how_to_name_them(tmp_path):
    """What was left aside may be the lesions: the message says where to name it."""
    (tmp_path / "subjects.csv").write_text("subject\n1\n")
    (tmp_path / "P-01.csv").write_text("subject,lesion,role,visit,size\n1,T1,TARGET,1,20\n")
    with pytest.raises(
        nt.InputError, match=r"left aside: P-01\. Call it lesions, or say in \[files\]"
    ):
        nt.assess(tmp_path)
