"""Names that may be one, rows that have no place, and numbers that can be none: each is a line of the
intake, whatever the spelling, and a plain study has no such line.
"""

import numpy as np
import pytest

from door import as_frames, day, study
from nettumor import crf
from nettumor.errors import InputError

QUIET = ("read", "not needed")


def every(tables):
    """The lines of the intake: place, found, count, status."""
    intake = crf.read(tables).intake
    rows = zip(*(intake[n] for n in ("place", "found", "count", "status")), strict=True)
    return [tuple(r) for r in rows]


def said(tables):
    """What the intake says aloud, beyond what was read."""
    return [line for line in every(tables) if line[-1] not in QUIET]


pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")

MARKERS = {
    "subject": ["P-01"] * 4,
    "date": [day(d) for d in (0, 58, 117, 176)],
    "marker": ["CHROMOGRANIN A"] * 4,
    "value": ["400", "180", "90", "80"],
    "unit": ["ng/mL"] * 4,
    "upper_limit": ["98"] * 4,
}
SYMPTOMS = {
    "subject": ["P-01"] * 4,
    "date": [day(d) for d in (0, 58, 117, 176)],
    "symptom": ["FLUSHING"] * 4,
    "per_day": ["4", "2", "1", "1"],
}
OTHERS = {"markers": MARKERS, "symptoms": SYMPTOMS}


def full():
    """The study with markers and symptoms."""
    return study() | {n: {c: list(v) for c, v in t.items()} for n, t in OTHERS.items()}


def with_cell(table, column, place, cell):
    """The full study with one cell changed."""
    tables = full()
    tables[table][column][place] = cell
    return tables


def with_row(table, **cells):
    """The full study with one row more, blank where nothing is given."""
    tables = full()
    for column, held in tables[table].items():
        held.append(cells.get(column, ""))
    return tables


def test_the_full_study_is_plainly_read():
    """Nothing is said of what is plain, in text and in frames."""
    assert said(full()) == said(as_frames(full())) == []


SPELLED = {
    "a plain hyphen for none": "P01",
    "an underscore": "P_01",
    "a blank": "P 01",
    "a point": "P.01",
    "a hyphen that does not break": "P\u201101",
    "a dash": "P\u201301",
    "a minus": "P\u221201",
    "a sign that nobody sees": "P-01\u200b",
    "a soft hyphen": "P-\u00ad01",
    "a mark of direction": "\u200eP-01",
    "letters of full width": "P-\uff10\uff11",
    "a footnote": "P-01*",
    "brackets": "(P-01)",
    "quotes": "'P-01'",
    "a point behind": "P-01.",
    "another case": "p-01",
    "fewer zeros": "P-1",
    "a fraction of nothing": "P-01.0",
    "two lines": "P-\n01",
}


@pytest.mark.parametrize("kind", SPELLED)
@pytest.mark.parametrize("frames", [True, False])
def test_a_patient_spelled_in_two_ways_is_told(kind, frames):
    """Both names stand in the line; the two stay two, with a subjects table and without."""
    for tables in (full(), {"lesions": full()["lesions"]}):
        tables["lesions"]["subject"][-1] = tables["lesions"]["subject"][-1].replace("P-11", "P-01")
        tables["lesions"]["subject"][0] = SPELLED[kind]
        found = said(as_frames(tables) if frames else tables)
        pair = [f for f in found if f[0] == "lesions.subject"]
        assert any(f[3] == "ambiguous" for f in pair), found


@pytest.mark.parametrize(
    "word", ["READER 01", "R1", "Reader no. 1", "READER-1", "reader 1", "READER 1*"]
)
def test_a_reader_spelled_in_two_ways_is_told(word):
    """A reader by number is one by whatever short name."""
    found = said(with_cell("lesions", "evaluator", 3, word))
    assert ("lesions.evaluator", word, 1, "ambiguous") in found


@pytest.mark.parametrize("word", ["T1", "T-01", "t01", "T01*", "T 01"])
def test_a_lesion_of_one_patient_spelled_in_two_ways_is_told(word):
    """The other patients' lesions of the same name are none of its relatives."""
    found = said(with_cell("lesions", "lesion", 2, word))
    assert ("lesions.lesion", word, 1, "ambiguous") in found
    tables = full()
    own = [s == "P-11" for s in tables["lesions"]["subject"]]
    pairs = zip(tables["lesions"]["lesion"], own, strict=True)
    tables["lesions"]["lesion"] = [word if o and x == "T01" else x for x, o in pairs]
    assert said(tables) == []


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("subjects", "arm", "a"),
        ("subjects", "arm", "A."),
        ("subjects", "arm", "A\u200b"),
        ("markers", "marker", "CgA (serum)"),
        ("markers", "marker", "CHROMOGRANIN A*"),
        ("symptoms", "symptom", "FLUSHING*"),
        ("symptoms", "symptom", "flu\u200bshing"),
    ],
)
def test_a_group_or_series_spelled_in_two_ways_is_told(table, column, word):
    """Two spellings make two arms, two markers, two symptoms."""
    assert (f"{table}.{column}", word, 1, "ambiguous") in said(with_cell(table, column, 2, word))


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("markers", "marker", "CgA"),
        ("markers", "marker", "NSE"),
        ("symptoms", "symptom", "flushing"),
        ("symptoms", "symptom", "DIARRHOEA"),
        ("subjects", "arm", "C"),
    ],
)
def test_what_is_one_or_another_is_not_told(table, column, word):
    """Synonyms of a marker and the case of a symptom are read as one; other names are others."""
    assert said(with_cell(table, column, 2, word)) == []


def test_two_brackets_are_two_markers():
    """Of plasma and of urine is told apart on purpose, and nothing is without a bracket."""
    tables = full()
    tables["markers"]["marker"] = ["5-HIAA (plasma)", "5-HIAA (urine)"] * 2
    assert said(tables) == []


def test_numbers_parted_otherwise_are_no_relatives():
    """1-11 and 11-1 are two patients, as 1.1 and 11 are."""
    tables = {"lesions": full()["lesions"]}
    names = dict(
        zip(
            dict.fromkeys(tables["lesions"]["subject"]),
            ("1-11", "11-1", "1-1", "11", "111", "1111"),
            strict=True,
        )
    )
    tables["lesions"]["subject"] = [names[s] for s in tables["lesions"]["subject"]]
    assert said(tables) == []


ROWS = {
    "a footer": ("lesions", {"subject": "Page 1 of 1"}, "lesions.subject"),
    "a footnote": ("lesions", {"subject": "* estimated"}, "lesions.subject"),
    "a heading of a group": ("lesions", {"subject": "Patient P-01"}, "lesions.subject"),
    "a total of a patient": ("lesions", {"subject": "P-01 total", "size": "123"}, "lesions.role"),
    "a subject alone": ("subjects", {"subject": "Total"}, "subjects.subject"),
    "neither visit nor date": (
        "lesions", {"subject": "P-01", "lesion": "T02", "role": "TARGET", "size": "12"}, "lesions.visit"),
    "a day of a visit without it": (
        "lesions", {"subject": "P-01", "lesion": "T02", "role": "TARGET", "size": "12", "date": day(58),
                    "evaluator": "READER 1"}, "lesions.visit"),
    "a sample without date": (
        "markers", {"subject": "P-01", "marker": "CgA", "value": "3", "unit": "ng/mL"}, "markers.date"),
    "a sample without name": (
        "markers", {"subject": "P-01", "date": day(20), "value": "3", "unit": "ng/mL"}, "markers.marker"),
    "a sample of a stranger": (
        "markers", {"subject": "P-99", "date": day(20), "marker": "CgA", "value": "3", "unit": "ng/mL"},
        "markers.subject"),
    "a unit that is not known": (
        "markers", {"subject": "P-01", "date": day(20), "marker": "CgA", "value": "3", "unit": "ng mL^-1"},
        "markers.unit"),
    "a symptom without date": (
        "symptoms", {"subject": "P-01", "symptom": "FLUSHING", "per_day": "3"}, "symptoms.date"),
    "a symptom without name": (
        "symptoms", {"subject": "P-01", "date": day(20), "per_day": "3"}, "symptoms.symptom"),
    "a symptom of a stranger": (
        "symptoms", {"subject": "P-99", "date": day(20), "symptom": "FLUSHING", "per_day": "3"},
        "symptoms.subject"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("frames", [True, False])
def test_a_row_that_is_lost_is_told(kind, frames):
    """Its cells can be read, and it is of no use, or counts as what it is not."""
    table, cells, place = ROWS[kind]
    tables = with_row(table, **cells)
    if kind in ("a footer", "a footnote", "a heading of a group"):
        del tables["subjects"], tables["lesions"]["evaluator"]
    found = said(as_frames(tables) if frames else tables)
    assert place in {f[0] for f in found}, found


RULES = {
    "unequal samples of a day": (
        "markers", {"subject": "P-01", "date": day(58), "marker": "CHROMOGRANIN A", "value": "3", "unit": "ng/mL"},
        "markers.value"),
    "by another name": (
        "markers", {"subject": "P-01", "date": day(58), "marker": "CgA", "value": "<3", "unit": "ug/L"},
        "markers.value"),
    "another unit": (
        "markers", {"subject": "P-01", "date": day(20), "marker": "CgA", "value": "3", "unit": "nmol/L"},
        "markers.unit"),
    "unequal symptoms of a day": (
        "symptoms", {"subject": "P-01", "date": day(58), "symptom": "Flushing", "per_day": "3"},
        "symptoms.per_day"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("frames", [True, False])
def test_what_a_rule_leaves_unused_stands_in_the_intake(kind, frames):
    """It is plainly read, and by a documented rule not used: a line that nobody is warned of."""
    table, cells, place = RULES[kind]
    tables = with_row(table, **cells)
    tables = as_frames(tables) if frames else tables
    assert said(tables) == []
    lines = [f for f in every(tables) if f[0] == place and f[3] == "not needed"]
    assert len(lines) == 1, every(tables)


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("lesions", {"subject": "P-01"}),
        ("markers", {"subject": "P-01", "date": day(20), "marker": "CgA", "value": "3", "unit": "ug/L"}),
        ("markers", {"subject": "P-01", "date": day(20), "marker": "NSE", "value": "3", "unit": "ug/mL"}),
        ("markers", {"subject": "P-02", "date": day(20), "marker": "CgA", "value": "3", "unit": "ng mL^-1"}),
        ("markers", {"subject": "P-01", "date": day(58), "marker": "CgA", "value": "180.0", "unit": "ng/mL"}),
        ("markers", {"subject": "P-01", "marker": "CgA", "unit": "ng/mL"}),
        ("symptoms", {"subject": "P-01", "symptom": "FLUSHING"}),
        ("subjects", {"subject": "P-77", "arm": "A"}),
        ("subjects", {"subject": "P-77"}),
    ],
)  # fmt: skip
def test_a_row_that_is_no_loss_is_not_told(table, cells):
    """An unused line, another marker's unit, two spellings of one unit, the same value again."""
    tables = with_row(table, **cells)
    if table == "lesions":
        del tables["lesions"]["evaluator"]
    assert said(tables) == []


def test_visits_that_nobody_filled_in_are_not_told():
    """Where no row has a visit, each date is one."""
    tables = full()
    tables["lesions"]["visit"] = [""] * len(tables["lesions"]["visit"])
    assert said(tables) == []


@pytest.mark.parametrize(
    "name", ["SLD", "Sum", "SUM OF DIAMETERS", "Total", "sum (mm)", "Sum of target lesions", "SOD"]
)
@pytest.mark.parametrize("frames", [True, False])
def test_a_sum_among_the_lesions_is_refused(name, frames):
    """It would be added to the lesions; the message says where it stands and where a sum belongs."""
    tables = with_row(
        "lesions", subject="P-01", lesion=name, role="TARGET", visit="0", date=day(0), size="50"
    )
    message = rf"`lesion` must name a lesion; .*{name.upper()[:3]}.*1 in all\).*`responses`"
    with pytest.raises(InputError, match=f"(?i){message}"):
        crf.read(as_frames(tables) if frames else tables)


@pytest.mark.parametrize("name", ["Sumatra", "Total gastric", "T-SUM-1", "S1"])
def test_a_lesion_that_is_called_like_a_sum_is_one(name):
    """A name is a sum's only where it says nothing else."""
    tables = full()
    tables["lesions"]["lesion"] = [name if x == "T01" else x for x in tables["lesions"]["lesion"]]
    assert said(tables) == []


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("lesions", "size", "501"), ("lesions", "size", "999"), ("lesions", "size", "9999"), ("lesions", "size", "-9"),
        ("lesions", "size", "<0"), ("markers", "value", "<0"),
        ("markers", "value", "-1"), ("markers", "value", "-99"),
        ("markers", "upper_limit", "0"), ("markers", "upper_limit", "-98"), ("markers", "upper_limit", "<98"),
        ("symptoms", "per_day", "-1"), ("symptoms", "per_day", "<2"), ("symptoms", "per_day", ">2"),
        ("subjects", "age", "-1"), ("subjects", "age", ">89"),
    ],
)  # fmt: skip
def test_a_number_that_can_be_none_is_told(table, column, cell):
    """A code for missing, a limit where a number is asked for, what no body holds."""
    assert f"{table}.{column}" in {f[0] for f in said(with_cell(table, column, 2, cell))}
    if cell.lstrip("-").isdigit():
        tables = full()
        tables[table][column] = [float(x or "nan") for x in tables[table][column]]
        tables[table][column][2] = float(cell)
        assert f"{table}.{column}" in {f[0] for f in said(tables)}


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("lesions", "size", "500"), ("lesions", "size", "<5"), ("markers", "value", "<5"), ("markers", "value", ">500"),
        ("markers", "value", "0"), ("symptoms", "per_day", "0"), ("subjects", "age", "0"),
    ],
)  # fmt: skip
def test_a_number_that_can_be_one_is_not_told(table, column, cell):
    """Limits of detection, lesions too small to measure, and 0."""
    assert said(with_cell(table, column, 2, cell)) == []


@pytest.mark.parametrize(
    "date", ["1900-01-01", "1904-01-01", "1960-01-01", "1970-01-01", "2099-12-31", "01JAN1960"]
)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("lesions", "date"),
        ("markers", "date"),
        ("subjects", "last_known_alive"),
        ("subjects", "treatment_start"),
    ],
)
def test_a_placeholder_for_a_date_is_told(table, column, date):
    """In each column of dates but those of birth, where it may be true."""
    assert f"{table}.{column}" in {
        f[0] for f in said(with_cell(table, column, 2, date)) if f[3] == "ambiguous"
    }


def test_a_birth_in_1960_is_none():
    """A patient may be born on the day from which SAS counts."""
    tables = full()
    tables["subjects"]["birth"] = ["1960-01-01"] * 6
    assert said(tables) == []


def test_a_total_of_nobody_knows_how_many_days_is_told():
    """Without days_recorded or period_days; with one of them it is read."""
    tables = full()
    tables["symptoms"]["total"] = tables["symptoms"].pop("per_day")
    assert ("symptoms.total", "", 4, "not needed") in every(tables)
    tables["symptoms"]["period_days"] = ["14"] * 4
    assert "symptoms.total" not in {f[0] for f in every(tables) if f[1] == ""}


def test_a_refusal_of_sizes_shows_the_first_cell():
    """So that its writer sees what was not read."""
    tables = full()
    tables["lesions"]["size"] = [f"{x} mm." if x else "" for x in tables["lesions"]["size"]]
    with pytest.raises(InputError, match=r"no cell of size can be read, the first is '50 mm\.'"):
        crf.read(tables)


@pytest.mark.parametrize("sign", ["\u200e", "\u2060", "\u00ad", "\u200b", "\ufeff"])
def test_signs_that_nobody_sees_are_no_part_of_a_word(sign):
    """A number, a role, a state and a date are read with them."""
    tables = full()
    for column in ("size", "role", "state", "date"):
        tables["lesions"][column] = [
            f"{sign}{x}{sign}" if x else x for x in tables["lesions"][column]
        ]
    held, plain = crf.read(tables)["lesions"], crf.read(full())["lesions"]
    assert np.array_equal(held.numbers("size").value, plain.numbers("size").value, equal_nan=True)
    assert held.lesions.role.tolist() == plain.lesions.role.tolist()
    assert held.when().day.tolist() == plain.when().day.tolist()


@pytest.mark.parametrize(
    "word",
    [
        "Week 8*",
        "Week 8?",
        "Week\u00a08\u200b",
        "-Week 8",
        "Week 8 / Week 8",
        "quux",
        "8",
        "Visit 8",
        "WEEK-08",
    ],
)
def test_a_visit_that_is_spelled_otherwise_is_told(word):
    """By its spelling, or since another visit of the same reader is on its date."""
    tables = full()
    names = dict(zip("0123", ("Screening", "Week 8", "Week 16", "Week 24"), strict=True))
    tables["lesions"]["visit"] = [names[v] for v in tables["lesions"]["visit"]]
    assert said(tables) == []
    place = tables["lesions"]["visit"].index("Week 8") + 1
    assert tables["lesions"]["visit"][place] == "Week 8"
    tables["lesions"]["visit"][place] = word
    found = {f[0] for f in said(tables)}
    assert found == {"lesions.visit"}, found


def test_an_unscheduled_visit_on_another_day_is_not_told():
    """Names of other visits are no relatives where their dates differ."""
    tables = full()
    names = dict(zip("0123", ("Screening", "Week 8", "Unscheduled", "EOT"), strict=True))
    tables["lesions"]["visit"] = [names[v] for v in tables["lesions"]["visit"]]
    assert said(tables) == []
    tables["lesions"]["visit"] = [v.replace("Week 8", "quux") for v in tables["lesions"]["visit"]]
    assert said(tables) == []


def test_a_visit_of_no_order_and_without_a_date_is_told():
    """Its rows have no place in the course; a date in one of its rows, or a name that says the order,
    is enough.
    """
    tables = full()
    lesions = tables["lesions"]
    rows = [
        i
        for i, (s, v) in enumerate(zip(lesions["subject"], lesions["visit"], strict=True))
        if (s, v) == ("P-01", "2")
    ]
    for i in rows:
        lesions["visit"][i] = "later"
    assert said(tables) == []
    lesions["date"][rows[0]] = ""
    assert said(tables) == []
    for i in rows:
        lesions["date"][i] = ""
    assert said(tables) == [("lesions.visit", "", len(rows), "ambiguous")]
    for i in rows:
        lesions["visit"][i] = "2"
    assert said(tables) == []


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("size", "LD in mm"), ("size", "diameter_in_mm"), ("size", "Longest Diameter (LD)"),
        ("size", "LD (longest diameter)"),
        ("size", "Longest diameter [LD], mm"), ("size", "Longest Diameter (LD) (mm)"), ("size", "Size, mm"),
        ("size", "Lesion diameter (mm)"), ("size", "Max diam (mm)"), ("size", "size in millimetres"),
        ("size", "\uff53\uff49\uff5a\uff45"), ("lesion", "Lesion ID / Lesion No"), ("lesion", "Lesion No. (LESNO)"),
        ("subject", "Subject ID (USUBJID)"), ("subject", "Pat-Nr"), ("date", "Scan Date (SCANDT)"), ("date", "Scan dt"),
        ("visit", "Visit / Timepoint"), ("role", "Role (lesion type)"), ("organ", "Location (organ)"),
    ],
)  # fmt: skip
def test_a_heading_with_its_unit_or_abbreviation_is_read(column, name):
    """The intake says that it was renamed, and the column holds what it held."""
    tables = full()
    tables["lesions"] = {name if n == column else n: c for n, c in tables["lesions"].items()}
    assert said(tables) == [(f"lesions.{name}", name, len(tables["lesions"][name]), "renamed")]
    assert crf.read(tables)["lesions"].text(column).tolist() == full()["lesions"][column]


@pytest.mark.parametrize(
    "name", ["LD in cm", "Longest diam. (cm)", "Longest Diameter (LD) in cm", "size, cm"]
)
def test_a_heading_in_centimetres_is_converted(name):
    """Behind a comma or "in" too."""
    tables = full()
    tables["lesions"][name] = [f"{int(x) / 10}" if x else x for x in tables["lesions"].pop("size")]
    held = crf.read(tables)["lesions"].numbers("size").value
    assert np.array_equal(held, crf.read(full())["lesions"].numbers("size").value, equal_nan=True)


@pytest.mark.parametrize(
    "name",
    [
        "Longest diameter (short axis)",
        "size in inch",
        "Size (mm) at visit",
        "Diameter (perpendicular)",
    ],
)
def test_a_heading_that_says_two_things_is_refused(name):
    """Nothing is guessed from a half of it."""
    tables = full()
    tables["lesions"] = {name if n == "size" else n: c for n, c in tables["lesions"].items()}
    with pytest.raises(InputError, match="must have sizes of its targets"):
        crf.read(tables)


@pytest.mark.parametrize("word", ["9999", "11", "-99", "01x"])
def test_a_number_of_a_visit_that_is_wrong_is_told(word):
    """On the date of the right one, of the same reader."""
    assert ("lesions.visit", word, 1, "ambiguous") in said(with_cell("lesions", "visit", 2, word))


@pytest.mark.parametrize("word", ["unknown", "UNK", "ND", ""])
def test_a_row_whose_reader_nobody_knows_is_told(word):
    """Words that name nobody are read as another reader, as a blank is."""
    found = said(with_cell("lesions", "evaluator", 3, word))
    assert ("lesions.evaluator", "", 1, "ambiguous") in found


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("markers", "marker", "CHROMOGRANIN AX"),
        ("markers", "marker", "CHROMOGRANINE A"),
        ("symptoms", "symptom", "FLUSHINGS"),
        ("symptoms", "symptom", "FLUSING"),
    ],
)
def test_a_name_of_a_series_that_is_nearly_another_is_told(table, column, word):
    """A misspelled marker or symptom is a series of its own."""
    assert (f"{table}.{column}", word, 1, "ambiguous") in said(with_cell(table, column, 2, word))


@pytest.mark.parametrize(
    "words", [("CA 15-3", "CA 19-9"), ("left arm pain", "right arm pain"), ("IL-6", "IL-8")]
)
def test_names_of_other_numbers_are_other_names(words):
    """Markers that differ in a number, and symptoms of two sides, are two."""
    tables = full()
    tables["symptoms"]["symptom"] = [*words] * 2
    assert said(tables) == []


def test_a_code_for_a_visit_in_many_rows_is_told():
    """Not only a rare name is looked at: half of the rows of a visit are called otherwise."""
    tables = full()
    visit = tables["lesions"]["visit"]
    tables["lesions"]["visit"] = ["77" if v == "1" and i % 2 else v for i, v in enumerate(visit)]
    assert "lesions.visit" in {f[0] for f in said(tables)}
