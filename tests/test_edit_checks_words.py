"""No check asks about a word that the readers know: every spelling of ``words/`` goes through
`edit_checks.run`, in the cases and with the codes that people write, and a word that no reader knows
is asked about beside them.
"""

import numpy as np
import pytest

from nettumor import crf, edit_checks
from nettumor.words import (
    evaluators,
    flags,
    methods,
    missing,
    organs,
    responses,
    roles,
    states,
    units,
)

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Odd words are checked here; what the intake says of them is tested in test_door.py."""

ABOUT_WORDS = ("S11", "M06", "M08", "D01", "P02", "X04")
"""Checks that ask about a word by itself."""


def of(table):
    """Every spelling of a table of words."""
    return [s for word, spellings in table.items() for s in (word, *spellings)]


def written(words):
    """Words as people write them: in other cases, with blanks around, after the code of a form."""
    plain = [*words, *(w.lower() for w in words), *(w.title() for w in words)]
    coded = [f"{form}{w}" for w in words if not w[0].isdigit() for form in ("1=", "12 - ")]
    return [*dict.fromkeys([*plain, *(f" {w} " for w in words), *coded])]


COMMON = {
    "lesions": {
        "lesion": "T01",
        "role": "TARGET",
        "visit": "1",
        "date": "2024-01-01",
        "size": "20",
    },
    "responses": {"visit": "1", "date": "2024-01-01", "overall": "SD"},
    "subjects": {"treatment_start": "2024-01-01"},
    "markers": {"marker": "CHROMOGRANIN A", "date": "2024-01-01", "value": "20", "unit": "ng/mL"},
}


def asked(table, column, cells, criteria="recist-1.1", **more):
    """The cells of a column, a subject each, of which a check of words asks."""
    columns = {n: [w] * len(cells) for n, w in {**COMMON[table], **more}.items()}
    columns |= {column: cells, "subject": [f"{i:04}" for i in range(len(cells))]}
    tables = crf.read({table: columns}, incomplete="keep")
    found = edit_checks.run(tables, criteria, checks=[*ABOUT_WORDS])
    assert "failed" not in found.runs["status"]
    mine = np.isin(found["column"], (column, "")) & (found["table"] == table)
    return [cells[i] for i in found["row"][mine].tolist()]


RESPONSES = of(responses.SPELLINGS)
FLAGS = [
    ("lesions", c) for c in ("nodal", "accepted", "baseline_flag", "infiltrative", "contrast")
] + [("responses", "deterioration"), ("subjects", "extrahepatic"), ("markers", "missed_voids")]
METHODS = (
    "CT", "CT SCAN", "SPIRAL CT", "CT WITH CONTRAST", "COMPUTED TOMOGRAPHY", "MRI", "MR",
    "MAGNETIC RESONANCE IMAGING", "PET/CT", "PET-CT", "FDG-PET", "SSTR PET", "DOTATATE PET", "SPECT",
    "ULTRASOUND", "SONOGRAPHY", "US", "X-RAY", "CHEST XRAY", "RADIOGRAPHY", "SCINTIGRAPHY", "BONE SCAN",
    "OCTREOSCAN", "MIBG", "ENDOSCOPY", "LAPAROSCOPY", "CALIPER", "PHOTOGRAPHY", "PHYSICAL EXAMINATION",
    "CLINICAL EXAMINATION", "PALPATION", "MAMMOGRAPHY", "BIOPSY", "CYTOLOGY",
)  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("lesions", "role", of(roles.SPELLINGS)),
        ("lesions", "state", of(states.SPELLINGS)),
        ("lesions", "size", [w for w in of(states.SPELLINGS) if states.read(w) != 0]),
        ("lesions", "unit", [*units.FACTORS["mm"]]),
        ("lesions", "method", list(METHODS)),
        ("responses", "target", RESPONSES),
        ("responses", "non_target", RESPONSES),
        ("responses", "overall", RESPONSES),
        ("responses", "best", RESPONSES),
        ("responses", "new_lesion", of(flags.NEW_LESION)),
        ("subjects", "sex", of(flags.SEXES)),
        *((table, column, of(flags.SPELLINGS)) for table, column in FLAGS),
    ],
)
def test_no_query_for_a_word_that_is_known(table, column, words):
    """Each spelling passes in each way of writing it; one that no reader knows is asked about."""
    cells = words if column == "unit" else written(words)
    more = {"size": ""} if column == "state" else {}
    assert asked(table, column, [*cells, "perchance"], **more) == ["perchance"]


def test_no_change_is_a_word_of_who():
    """The words of one family are known under it, and asked about under another."""
    words = written(responses.OF_FAMILY["WHO"]["SD"])
    assert not asked("responses", "overall", words, "who-1981")
    assert set(asked("responses", "overall", words)) == set(words)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((t, c) for t, c in FLAGS),
        *(("lesions", c) for c in ("state", "size", "perpendicular", "method", "date", "organ")),
        *(
            ("responses", c)
            for c in ("target", "non_target", "overall", "best", "new_lesion", "sum")
        ),
        *(("subjects", c) for c in ("sex", "age", "ki67", "grade", "death")),
        *(("markers", c) for c in ("date", "upper_limit")),
    ],
)
def test_no_query_for_a_word_that_says_nothing(table, column):
    """A word for a missing value is no wrong word in any column."""
    words = [w for w in missing.SPELLINGS if not (column == "new_lesion" and w == "NONE")]
    cells = [*words, *(w.lower() for w in words), *(f" {w} " for w in words)]
    assert not asked(table, column, cells)


def test_names_of_criteria_evaluators_and_units_are_one_word():
    """Spellings of one family of criteria, and of one unit, mixed in one patient are no change; an
    evaluator's role in other words is no other assessor.
    """
    names = [
        "RECIST 1.1",
        "RECIST v1.1",
        "RECIST version 1.1",
        "recist 1,1",
        "RECIST1.1",
        "RECIST-1.1",
    ]
    visits = [str(i) for i in range(len(names))]
    given = {
        "subject": ["01"] * len(names),
        "visit": visits,
        "overall": ["SD"] * len(names),
        "criteria": names,
    }
    assert not len(edit_checks.run({"responses": given}, checks=["Q04", "S11", "S12"])["check"])
    for unit in (
        ["ng/mL", "NG/ML", "ug/L", "mcg/L", "\u00b5g/l", "ng per mL"],
        ["mg/24h", "mg/24 h", "mg/d", "mg/day", "mg/(24.h)", "MG/24HR"],
    ):
        samples = {
            "subject": ["01"] * len(unit),
            "marker": ["5-HIAA" if "24" in unit[0] else "CHROMOGRANIN A"] * len(unit),
            "date": [f"2024-0{i + 1}-01" for i in range(len(unit))],
            "value": ["12"] * len(unit),
            "unit": unit,
            "upper_limit": ["9"] * len(unit),
            "upper_limit_unit": unit[::-1],
        }
        found = edit_checks.run({"markers": samples}, checks=["K03", "K07", "K08", "R04"])
        assert not len(found["check"]), found["message"].tolist()
    words = ["INVESTIGATOR", "Investigator", "Local investigator", "INV", "SITE"]
    assert {evaluators.read(w) for w in words} == {evaluators.INVESTIGATOR}
    read = {
        "subject": ["01"] * len(words),
        "lesion": ["T01"] * len(words),
        "role": ["TARGET"] * len(words),
        "visit": [str(i) for i in range(len(words))],
        "size": ["20"] * len(words),
        "evaluator": ["Dr A"] * len(words),
        "evaluator_role": words,
        "method": [
            methods.read(m) for m in ("CT", "Spiral CT", "CT scan", "ct", "CT with contrast")
        ],
        "organ": ["Liver", "LIVER, LEFT LOBE", "hepatic", "Liver segment 4", "liver"],
    }
    assert {organs.read(o) for o in read["organ"]} == {"LIVER"}
    found = edit_checks.run({"lesions": read}, checks=["A01", "A02", "A06", "M20", "L16", "S11"])
    assert not len(found["check"]), found["message"].tolist()


def test_no_query_for_a_date_that_is_certain():
    """Each way of writing a date that can mean one day, or one month, passes; a day that does not
    exist is asked about.
    """
    certain = [
        "2024-01-15", "2024-01-15T10:30", "15JAN2024", "15-Jan-2024", "Jan 15, 2024", "15.01.2024",
        "2024/01/15", "20240115", "2024-01", "2024", "UN-JAN-2024", "15 January 2024",
    ]  # fmt: skip
    for table, column in (("lesions", "date"), ("responses", "date"), ("subjects", "death")):
        assert asked(table, column, [*certain, "2024-02-30"]) == ["2024-02-30"]
