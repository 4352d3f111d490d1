"""Bad input gives a finding or one clear error: no check fails on it, and none that could not run
looks like passed.
"""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clean_trial
from nettumor import edit_checks
from nettumor.crf import LAYOUTS
from nettumor.criteria import RECIST_1_1
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

NAMES = ("subjects", "lesions", "responses", "markers", "symptoms")
TRIAL = clean_trial.build(clean_trial.seeded(6, visits=4))


def trial(**tables):
    """The clean trial with some tables replaced."""
    return {**{n: dict(t) for n, t in TRIAL.items()}, **tables}


def states(found):
    """The state of each check."""
    return dict(zip(found.runs["check"].tolist(), found.runs["status"].tolist(), strict=True))


def none_failed(found):
    """No check failed; each that was skipped says why; counts are those of the findings."""
    for row in found.runs.rows():
        assert row["status"] != "failed", row
        assert (row["status"] == "skipped") == bool(row["reason"]), row
        assert (row["status"] == "findings") == (row["count"] > 0), row
    assert found.runs["count"].sum() == found.n_rows
    return found


NO_TABLES = (
    None,
    5,
    "no such file",
    [],
    {},
    {"lesions": 5},
    {"lesions": "x"},
    {"other": {"a": [1]}},
)


@pytest.mark.parametrize("wrong", NO_TABLES)
def test_what_is_no_table(wrong):
    """What is no table is one error of the library's own, with what it must be."""
    with pytest.raises(InputError, match=r"\w"):
        edit_checks.run(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_each_missing_column(name):
    """Without any one required column S01 says so, and the checks that need the table are skipped,
    not passed.
    """
    for column in LAYOUTS[name].required():
        found = none_failed(
            edit_checks.run(trial(**{name: {c: v for c, v in TRIAL[name].items() if c != column}}))
        )
        at = [r for r in found.rows() if r["check"] == "S01"]
        assert [(r["table"], r["column"], r["row"]) for r in at] == [(name, column, None)]
        needing = [
            i for i, c in edit_checks.CHECKS.items() if name in c.needs and c.serves(RECIST_1_1)
        ]
        assert {states(found)[i] for i in needing} <= {"skipped"}


@pytest.mark.parametrize("name", NAMES)
def test_each_column_missing_blank_or_nonsense(name):
    """Any column absent, blank throughout, of huge numbers, or of cells of every kind: no check
    fails.
    """
    for column, values in TRIAL[name].items():
        n = len(values)
        odd = (5, "x", None, 1.5, "", True, "2024-13-45", float("nan"))
        mixed = np.array([odd[i % 8] for i in range(n)], dtype=object)
        for put in (np.full(n, ""), np.full(n, 1e300), mixed):
            none_failed(edit_checks.run(trial(**{name: {**TRIAL[name], column: put}})))
        none_failed(
            edit_checks.run(trial(**{name: {c: v for c, v in TRIAL[name].items() if c != column}}))
        )


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_tables_of_hardly_any_rows(kept):
    """Tables of no row, of one, of two: no check fails, and with no rows none that needs the table
    passes.
    """
    small = {name: {c: v[:kept] for c, v in table.items()} for name, table in TRIAL.items()}
    found = none_failed(edit_checks.run(small))
    if not kept:
        needing = [i for i, c in edit_checks.CHECKS.items() if c.needs]
        assert {states(found)[i] for i in needing} == {"skipped"}


@pytest.mark.parametrize("name", NAMES)
def test_one_table_alone(name):
    """Each table alone, and all but one, are checked as far as that goes."""
    none_failed(edit_checks.run({name: TRIAL[name]}))
    none_failed(edit_checks.run({n: t for n, t in TRIAL.items() if n != name}))


WORDS = st.sampled_from(
    [
        "",
        "01",
        "T01",
        "NT01",
        "NEW01",
        "TARGET",
        "NON-TARGET",
        "NEW",
        "0",
        "1",
        "5",
        "12",
        "-3",
        "1e9",
        "NE",
        "ABSENT",
        "TOO SMALL",
        "MERGED INTO T01",
        "2024-01-05",
        "2024-02",
        "2024-02-30",
        "PR",
        "PD",
        "SD",
        "CR",
        "iUPD",
        "LIVER",
        "LYMPH NODE",
        "mm",
        "cm",
        "Y",
        "<5",
        "nonsense",
    ]
)


@given(st.data())
def test_tables_of_random_words(data):
    """Five tables whose cells are random words of the domain, in any place: no check fails."""
    tables = {}
    for name in NAMES:
        rows = data.draw(st.integers(0, 5))
        columns = data.draw(
            st.lists(st.sampled_from(LAYOUTS[name].names()), unique=True, min_size=1, max_size=8)
        )
        columns = list(dict.fromkeys([*LAYOUTS[name].required(), *columns]))
        tables[name] = {
            c: data.draw(st.lists(WORDS, min_size=rows, max_size=rows)) for c in columns
        }
    criteria = data.draw(
        st.sampled_from(["recist-1.1", "recist-1.0", "who-1981", "mrecist-2010", "irecist-2017"])
    )
    found = none_failed(edit_checks.run(tables, criteria))
    again = edit_checks.run(tables, criteria)
    assert found.rows() == again.rows()


REFUSED = {
    ("DM", "USUBJID"),
    ("TU", "USUBJID"),
    ("TU", "TULNKID"),
    ("TR", "USUBJID"),
    ("TR", "TRTESTCD"),
    ("RS", "USUBJID"),
    ("RS", "RSTESTCD"),
}
"""Variables without which domains cannot be made tables."""


def test_domains_of_random_cells():
    """SDTM domains with a variable absent, blank or of nonsense: no check fails, or one error names
    the variable. Of the profile ``deep`` both for every variable, else one of the two.
    """
    both = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
    domains = clean_trial.as_sdtm(TRIAL)
    for name, frame in domains.items():
        for place, column in enumerate(frame):
            put = ("", "nonsense", float("nan"))[place % 3]
            if both or place % 2:
                none_failed(edit_checks.run({**domains, name: frame.assign(**{column: put})}))
            if (name, column) in REFUSED:
                with pytest.raises(InputError, match=column):
                    edit_checks.run({**domains, name: frame.drop(columns=column)})
            elif both or not place % 2:
                none_failed(edit_checks.run({**domains, name: frame.drop(columns=column)}))


def test_a_hundred_thousand_duplicates():
    """100,000 rows of one lesion and visit are as many findings less one, without a loop of a loop."""
    count = 100_000
    rows = {"subject": "01", "lesion": "T01", "role": "TARGET", "visit": "1", "organ": "LIVER"}
    lesions = {c: np.repeat(np.array([v], dtype=object), count) for c, v in rows.items()}
    lesions["size"] = (np.arange(count) % 97 + 12).astype(str).astype(object)
    found = none_failed(edit_checks.run({"lesions": lesions}))
    assert np.count_nonzero(found["check"] == "S03") == count - 1
    subjects = {
        "subject": lesions["subject"],
        "death": np.array(["2024-01-01", "2024-01-02"] * (count // 2), object),
    }
    found = none_failed(edit_checks.run({"subjects": subjects}, checks=["S03"]))
    assert np.unique(found["severity"], return_counts=True)[1].tolist() == [
        count // 2,
        count // 2 - 1,
    ]


def test_a_subject_of_500_visits():
    """A subject of 500 visits among others of few: no check fails, and the recomputed sums are
    compared.
    """
    plan = clean_trial.seeded(1, visits=500, readers=1)
    found = none_failed(edit_checks.run(clean_trial.build(plan)))
    assert states(found)["U01"] == "passed"
    many = {
        "subject": ["01"] * 500,
        "lesion": ["T01"] * 500,
        "role": ["TARGET"] * 500,
        "visit": list(range(500)),
        "size": ["30"] * 500,
        "organ": ["LIVER"] * 500,
    }
    wrong = {"subject": ["01"] * 500, "visit": list(range(500)), "sum": ["30"] * 499 + ["35"]}
    found = none_failed(edit_checks.run({"lesions": many, "responses": wrong}, checks=["U01"]))
    assert found["row"].tolist() == [499]


def test_read_only_input_is_not_changed():
    """Tables are neither changed nor written to."""
    held = {n: {c: np.array(v, copy=True) for c, v in t.items()} for n, t in TRIAL.items()}
    for table in held.values():
        for values in table.values():
            values.setflags(write=False)
    none_failed(edit_checks.run(held))
    assert all((held[n][c] == TRIAL[n][c]).all() for n in held for c in held[n])
