"""Limits of checks, exactly: the value at the limit, row 0, blanks, and what is only looked at."""

import pytest

from nettumor import crf, edit_checks
from nettumor.edit_checks import Configuration
from test_edit_checks_lesions import found_by, status_of, table

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def rows_of(check, parameters=None, **tables):
    """The rows that one check finds."""
    return [row for _, _, row, _ in found_by(check, parameters=parameters, **tables)]


def run(check, configuration=None, **tables):
    """The run of one check."""
    study = crf.read({name: table(text) for name, text in tables.items()}, incomplete="keep")
    return edit_checks.run(study, checks=[check], configuration=configuration)


def course(*sizes, lesion="T01", organ="LIVER"):
    """Lines of a target that is measured at visits 0, 1, 2, ..."""
    return [f"01,{lesion},TARGET,{organ},{v},{size}" for v, size in enumerate(sizes)]


def targets(*lines, column="size"):
    """A table of targets from such lines."""
    return "\n".join([f"subject,lesion,role,organ,visit,{column}", *lines])


def node(*sizes):
    return targets(
        *course(*sizes, lesion="N01", organ="AXILLARY_LYMPH_NODE"), column="perpendicular"
    )


@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        ((15, 30, 20), [1]),  # 15 and 20: a third more is still calm
        ((15, 30, 20.5), []),
        ((16, 20, 16), [1]),  # 1.25 times its course
        ((16, 19.9, 16), []),
        ((16, 40, 16), [1]),  # 2.5 times
        ((16, 40.1, 16), []),
    ],
)
def test_a_node_leaves_a_calm_course_by_a_long_axis(sizes, rows):
    """The neighbours may differ by a third; the rise counts from 1.25 to 2.5 times, both included."""
    assert rows_of("M32", lesions=node(*sizes)) == rows


def test_the_other_axis_known_at_one_side():
    """A size in the course of the other axis is told where that axis was given at one visit alone."""
    lines = [
        "01,T01,TARGET,LIVER,0,40,20",
        "01,T01,TARGET,LIVER,1,20,",
        "01,T01,TARGET,LIVER,2,40,",
    ]
    given = targets(*lines, column="size,perpendicular")
    assert rows_of("M32", lesions=given) == [1]


@pytest.mark.parametrize(("restless_from", "severity"), [(2, "n"), (3, "w")])
def test_exchanged_lesions_of_a_restless_study(restless_from, severity):
    """Two lesions exchanged are a note once so many sizes of the study leave their course, no fewer."""
    given = targets(*course(50, 20, 50), *course(20, 50, 20, lesion="T02"))
    found = found_by("M28", parameters={"restless_from": restless_from}, lesions=given)
    assert [(s, row) for s, _, row, _ in found] == [(severity, 1)]


@pytest.mark.parametrize(("size", "told"), [(44, True), (45, False)])
def test_a_long_axis_is_less_than_three_short_ones(size, told):
    """A node at three times what its sum is right with is not called the long axis."""
    across = course(",15", f",{size}", ",15", lesion="N01", organ="AXILLARY_LYMPH_NODE")
    given = targets(*across, *course("50,", "50,", "50,"), column="size,perpendicular")
    sums = "subject,visit,sum\n01,0,65\n01,1,65\n01,2,65"
    found = run("M31", lesions=given, responses=sums)
    assert found["row"].tolist() == [1]
    assert ("perhaps the long axis" in found["message"][0]) is told


def test_equal_sizes_of_one_millimetre_are_copied():
    """Targets of 1 mm each at two visits are as many sizes copied as larger ones."""
    lines = [line for n in (1, 2, 3) for line in course(1, 1, lesion=f"T0{n}")]
    assert rows_of("M17", lesions=targets(*lines)) == [1]


@pytest.mark.parametrize(
    ("sizes", "rows"), [((1, 1), [2]), ((9, 0), []), ((9, 0, 9), [3]), ((9, 0, 0), [])]
)
def test_two_lesions_alike_at_two_visits(sizes, rows):
    """Two lesions of one organ are one twice where two sizes above 0 agree, of 1 mm too; both gone
    does not count.
    """
    given = targets(*course(*sizes), *course(*sizes, lesion="T02"))
    assert rows_of("L20", lesions=given) == rows


@pytest.mark.parametrize(("whole", "rows"), [(49, []), (50, [0])])
def test_sizes_with_decimals_end_in_no_digit(whole, rows):
    """Of fifty sizes on, those in whole millimetres alone are looked at for their last digit."""
    sizes = ["35", "40"] * (whole // 2) + ["45"] * (whole % 2) + ["33.5"] * 20
    lines = [f"{i:03},T01,TARGET,LIVER,0,{size}" for i, size in enumerate(sizes)]
    assert rows_of("M18", lesions=targets(*lines)) == rows


def test_the_column_of_the_viable_diameter():
    """A target too small by its viable diameter is found in that column."""
    given = targets(*course(8), column="viable")
    assert found_by("L03", lesions=given) == [("e", "lesions", 0, "viable")]


def test_diameters_of_two_kinds_are_not_compared():
    """A longest diameter of the whole and a perpendicular of the viable part: nothing to compare."""
    given = targets("01,T01,TARGET,LIVER,0,30,40", column="size,viable_perpendicular")
    assert status_of("M12", lesions=given) == (
        "skipped",
        "lesions has no longest and perpendicular diameter of one kind",
    )


def test_too_small_in_a_study_without_sizes():
    """Too small to measure without a value is noted, also where no lesion has one."""
    given = targets("01,T01,TARGET,LIVER,0,,TOO_SMALL", column="size,state")
    assert found_by("M15", lesions=given) == [("n", "lesions", 0, "size")]


@pytest.mark.parametrize("column", ["size", "perpendicular", "viable", "volume", "attenuation"])
def test_any_measure_is_a_result(column):
    """A target with one measure of any kind is one of which there is a result."""
    assert rows_of("S06", lesions=targets(*course(30), column=column)) == []
    assert rows_of("S06", lesions=targets(*course(""), *course(3, lesion="T02"))) == [0]


def test_a_row_entered_twice_at_the_top_of_a_table():
    """A second row of a lesion and date is found where the first is the first of the table."""
    twice = "subject,lesion,role,visit,date,size\n" + "\n".join(
        ["01,T01,TARGET,0,2024-01-01,30"] * 2
    )
    assert rows_of("S03", lesions=twice) == [1]


def test_of_two_spellings_equally_common_the_first_stands():
    """Of two spellings given once each the second is asked about."""
    given = targets("01,T01,TARGET,LIVER,0,30", "01,t01,TARGET,LIVER,1,31")
    assert rows_of("S10", lesions=given) == [1]


@pytest.mark.parametrize(("equivalents", "rows"), [((), [0]), ((("XQ SCAN", "CT SCAN"),), [])])
def test_methods_that_a_study_calls_the_same_are_known(equivalents, rows):
    """A word for a method that the configuration names beside a known one is no unknown word."""
    given = targets("01,T01,TARGET,LIVER,0,30,XQ_SCAN", column="size,method")
    found = run("S11", Configuration(method_equivalents=equivalents), lesions=given)
    assert found["row"].tolist() == rows


def test_no_central_reader_at_all():
    """Without a central reader in the study nobody lacks one: the check is skipped."""
    given = "subject,lesion,role,visit,evaluator,size\n01,T01,TARGET,0,INVESTIGATOR,30"
    assert status_of("A08", lesions=given) == (
        "skipped",
        "lesions has no rows of both an investigator and a central reader",
    )


SOON = "subject,lesion,role,visit,state,size\n01,NEW01,NEW,1,UNEQUIVOCAL,\n01,T01,TARGET,0,,30\n"


def test_a_new_lesion_in_the_first_row():
    """A new lesion that stands in the first row of its table contradicts SD as any other."""
    assert rows_of("W01", lesions=SOON, responses="subject,visit,overall\n01,1,SD") == [0]


@pytest.mark.parametrize(("size", "rows"), [(0, []), (0.5, [0]), (1, [0]), (9.9, [0]), (10, [])])
def test_a_target_of_a_millimetre_is_too_small(size, rows):
    """A target of any size below 10 mm is too small; one of 0 is not there."""
    assert rows_of("L03", lesions=targets(*course(size))) == rows


@pytest.mark.parametrize(
    ("check", "size", "rows"),
    [("L04", 0, []), ("L04", 1, [0]), ("L04", 15, []), ("L06", 0, [0]), ("L06", 1, [])],
)
def test_a_node_of_a_millimetre_at_baseline(check, size, rows):
    """A node of any size below 15 mm is too small, and one of 0 is none."""
    assert rows_of(check, lesions=node(size)) == rows


@pytest.mark.parametrize(("chosen", "rows"), [(4, [4]), (5, [])])
def test_a_node_that_could_be_the_fifth_target(chosen, rows):
    """A non-target node of 15 mm could be a target while there is room for one more."""
    lines = [f"01,T0{i},TARGET,ORGAN_{i},0,30" for i in range(chosen)]
    nodes = "01,NT01,NON-TARGET,AXILLARY_LYMPH_NODE,0,15"
    assert rows_of("L05", lesions=targets(*lines, nodes)) == rows


def test_a_new_lesion_in_the_first_row_is_no_baseline():
    """A patient whose only row, the first of the table, is of a new lesion has none at baseline."""
    assert rows_of("L07", lesions=targets("01,NEW01,NEW,LIVER,0,30")) == [0]


@pytest.mark.parametrize(
    ("dates", "rows"),
    [
        (("2024-01-01", "2024-01-02", ""), [1]),  # the third never began
        (("", "", ""), [1, 2]),  # nobody's beginning is recorded
    ],
)
def test_patients_without_lesions_who_never_began(dates, rows):
    """Where the study records when treatment began, one without a beginning needs no lesions."""
    lines = [f"0{i},{date}" for i, date in enumerate(dates, 1)]
    subjects = "\n".join(["subject,treatment_start", *lines])
    assert rows_of("L07", lesions=targets(*course(30)), subjects=subjects) == rows


def test_words_that_say_whether_a_target_was_irradiated():
    """Yes and no are read, another word is not; a blank column says nothing of any target."""
    lines = [f"01,T0{i},TARGET,LIVER,0,{word}" for i, word in enumerate(("Y", "N", "soon"), 1)]
    found = run("L12", lesions=targets(*lines, column="irradiated"))
    assert found["row"].tolist() == [0]
    assert (found.runs["looked_at"][0], found.runs["unreadable"][0]) == (2, 1)
    assert status_of("L12", lesions=targets("01,T01,TARGET,LIVER,0,", column="irradiated")) == (
        "skipped",
        "lesions has nothing in column irradiated, and TU nothing in TUPREVIR",
    )


def test_regions_of_patients_of_whom_none_are_told():
    """A new lesion is outside the regions of its own patient alone: not where none are told, nor where
    the subjects table does not have the patient; of two rows of a patient the first counts.
    """
    lines = [f"0{i},NEW01,NEW,{organ},1,9" for i, organ in enumerate(["LIVER"] * 3 + ["LUNG"], 1)]
    first = [f"0{i},T01,TARGET,LIVER,0,30" for i in range(1, 5)]
    subjects = "subject,baseline_regions\n02,\n04,CHEST\n01,CHEST\n01,ABDOMEN"
    assert rows_of("W08", lesions=targets(*lines, *first), subjects=subjects) == [0]
    nowhere = targets(*[line.replace("LIVER", "").replace("LUNG", "") for line in lines], *first)
    assert rows_of("W08", lesions=nowhere, subjects=subjects) == []


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("T01", "TARGET"),
        ("LIVER-TL 2", "TARGET"),
        ("NT01", "NON-TARGET"),
        ("NTL_3", "NON-TARGET"),
        ("NEW1", "NEW"),
        ("NL01", "NEW"),
        ("LIVER 1", "TARGET NON-TARGET NEW"),
        ("T01 LIVER", "TARGET NON-TARGET NEW"),
    ],
)
def test_the_role_that_a_name_tells(name, roles):
    """A name of which the last word is a role's letters and a number tells that role."""
    told = [
        role
        for role in ("TARGET", "NON-TARGET", "NEW")
        if not rows_of("L18", lesions=targets(f"01,{name.replace(' ', '_')},{role},LIVER,1,30"))
    ]
    assert told == roles.split()


def test_a_role_that_is_none_contradicts_no_name():
    """A name that tells a role is no fault where the role is blank, or no role at all."""
    lines = [f"01,T0{i},{role},LIVER,0,30" for i, role in enumerate(["", "BENIGN", "NEW"])]
    assert rows_of("L18", lesions=targets(*lines)) == [2]


@pytest.mark.parametrize(
    ("places", "rows"),
    [
        (("LEFT_KIDNEY", "LEFT_KIDNEY", "RIGHT_KIDNEY"), [2]),
        (("RIGHT_KIDNEY", "KIDNEY", "KIDNEY"), []),  # no side is told
    ],
)
def test_the_side_of_a_lesion(places, rows):
    """A lesion that changes its side is found; a place without a side is on either."""
    lines = [f"01,T01,TARGET,{place},{visit},30" for visit, place in enumerate(places)]
    assert rows_of("L16", lesions=targets(*lines)) == rows


PROGRESSED = """subject,visit,date,overall
    01,0,2024-01-01,
    01,1,2024-03-01,SD
    01,2,,PD"""


def test_a_progression_of_unknown_day_contradicts_no_date():
    """Where the visit with PD has no date, a date of progression and an end stand as they are."""
    told = "subject,progression_date\n01,2024-05-05"
    lesions = "subject,lesion,role,visit,date,size\n01,T01,TARGET,0,2024-01-01,30"
    assert rows_of("O11", subjects=told, responses=PROGRESSED, lesions=lesions) == []
    ended = "subject,end_reason,end_date\n01,PROGRESSIVE_DISEASE,2024-06-01"
    given = {"subjects": ended, "responses": PROGRESSED, "lesions": lesions}
    assert rows_of("O14", parameters={"days": 0}, **given) == []


@pytest.mark.parametrize(("size", "rows"), [(19, [1]), (18.9, [])])
def test_within_a_millimetre_of_five(size, rows):
    """An increase of 26 % is near its limit where it is 4 mm, exactly, and not below."""
    assert rows_of("T06", lesions=targets(*course(15, size))) == rows


@pytest.mark.parametrize(
    ("criteria", "column", "sizes", "rows"),
    [
        ("recist-1.1", "size", (26, 31.1), [1]),  # 19.6 %, and more than 5 mm
        ("recist-1.0", "size", (100, 119.5), [1]),  # no millimetres are asked for
        ("vogl-2008", "size", (100, 80, 99.6), []),  # 24.5 % above the nadir is none from baseline
        ("vogl-2008", "size", (100, 80, 124.5), [2]),
        ("swog-1992", "size,perpendicular", ("10,10", "10,14.95"), [1]),  # 50 % or 10 cm2
        ("choi-2007", "size,attenuation", ("100,60", "90.5,58"), [1]),
        ("choi-2007", "size,attenuation", ("100,60", "90.5,"), []),  # not evaluable
    ],
)
def test_near_a_limit_of_other_criteria(criteria, column, sizes, rows):
    """A change is near the limit that the criteria set, from the reference that they name."""
    found = found_by("T06", criteria, lesions=targets(*course(*sizes), column=column))
    assert [row for _, _, row, _ in found] == rows


def test_the_change_in_percent_as_a_fraction():
    """A change of -0.1 where the sums make it -10 % is told to be a fraction."""
    said = "subject,visit,percent_from_baseline\n01,1,-0.1"
    found = run("U03", lesions=targets(*course(100, 90)), responses=said)
    assert found["row"].tolist() == [0]
    assert "(a fraction, not percent)" in found["message"][0]


def test_sums_of_readers_that_one_table_names():
    """Sums are compared only where both tables name the evaluator, or neither."""
    lesions = "subject,lesion,role,visit,evaluator,size\n01,T01,TARGET,0,INVESTIGATOR,30"
    assert status_of("U01", lesions=lesions, responses="subject,visit,sum\n01,0,99") == (
        "skipped",
        "only one of lesions and responses names the evaluator",
    )


# dates and visits


def test_a_study_without_dates():
    """Where no table has dates none is missing: skipped."""
    assert status_of("D19", lesions=targets(*course(30, 29))) == (
        "skipped",
        "no table of lesions or responses has dates",
    )


def visits(**numbers):
    """Lesions of subjects seen at these visits."""
    lines = [f"{who},T01,TARGET,LIVER,{v},30" for who, seen in numbers.items() for v in seen]
    return targets(*lines)


@pytest.mark.parametrize(
    ("seen", "rows"),
    [
        ({"A": (1, 3), "B": (1, 3), "C": (1, 2, 3)}, []),  # one of three has visit 2
        ({"A": (1, 2, 3, 5), "B": (1, 2, 3, 4, 5), "C": (1, 2)}, [3]),  # one of the two so far
        ({"A": (1, 2), "B": (1, 2, 3, 4, 5), "C": (1, 2, 3, 5)}, [10]),
    ],
)
def test_a_visit_that_half_of_those_who_came_so_far_have(seen, rows):
    """The share is of the patients whose first and last visit lie around the number."""
    assert rows_of("D20", lesions=visits(**seen)) == rows


def dated(*gaps, who="01"):
    """Lesions of a patient at visits so many days apart."""
    day, lines = 0, [f"{who},T01,TARGET,LIVER,0,30,0"]
    for v, gap in enumerate(gaps, 1):
        day += gap
        lines.append(f"{who},T01,TARGET,LIVER,{v},30,{day}")
    return lines


@pytest.mark.parametrize(("near", "learned"), [(63, True), (64, False)])
def test_an_interval_that_two_thirds_keep_to(near, learned):
    """Of twelve gaps seven of 56 days and one of a week more, no day longer, are two thirds."""
    lines = dated(28, *(56,) * 7, near, *(100, 114, 128, 142))
    given = targets(*lines, column="size,day")
    found = run("D11", lesions=given)
    assert found.runs["status"][0] == ("findings" if learned else "skipped")
    if learned:
        assert "every 56 days" in found["message"][0]


def test_an_interval_that_is_stated():
    """An interval given with the check is not called learned, and holds with few visits."""
    given = targets(*dated(28, 43), column="size,day")
    assert rows_of("D11", parameters={"every": 28}, lesions=given) == [2]


# markers, urine and diaries


def samples(*lines, column=""):
    """Samples of chromogranin A in days."""
    text = "subject,day,visit,marker,value,unit" + column
    return "\n".join([text, *lines])


def cga(*values):
    return samples(*(f"01,{28 * i},{i},CHROMOGRANIN_A,{v},ng/mL" for i, v in enumerate(values)))


@pytest.mark.parametrize(
    ("values", "rows"), [((100, 100, 2239), [2]), ((100, 100, 589), []), ((100, 100, 640), [2])]
)
def test_a_last_sample_off_its_course(values, rows):
    """A last sample is questioned from 0.8 in powers of ten, and within 0.4 of a slip."""
    assert rows_of("K07", markers=cga(*values)) == rows


def test_a_slip_beside_the_first_row():
    """A sample that slipped is shown beside the one before, also where that is the first row."""
    found = run("K07", markers=cga(100, 1000, 110, 105))
    assert found["row"].tolist() == [1]
    assert found["related"].tolist() == ["markers 0"]


def test_which_samples_have_a_range():
    """Looked at are values above 0 of a marker with a range: neither a 0 nor an unknown marker."""
    given = samples(
        "01,0,0,CHROMOGRANIN_A,0,ng/mL", "01,1,1,CHROMOGRANIN_A,90,ng/mL", "01,2,2,XYZ,5,ng/mL"
    )
    runs = run("K08", markers=given).runs
    assert (runs["status"][0], runs["looked_at"][0]) == ("passed", 1)


def test_samples_of_one_who_was_never_seen():
    """A subject with samples and without a visit lacks no sample."""
    given = samples(
        "00,0,0,CHROMOGRANIN_A,90,ng/mL",
        "01,0,0,CHROMOGRANIN_A,90,ng/mL",
        "01,56,2,CHROMOGRANIN_A,90,ng/mL",
    )
    seen = targets(*dated(28, 28), column="size,day")
    assert rows_of("K13", markers=given, lesions=seen) == [1]


def test_what_lesions_say_nothing_of_is_not_looked_at():
    """A reported response is held against the lesions where they give one: not at baseline."""
    given = "subject,visit,day,overall\n01,0,0,SD\n01,1,28,SD"
    seen = targets(*dated(28), column="size,day")
    runs = run("K11", markers=cga(100, 110), responses=given, lesions=seen).runs
    assert (runs["status"][0], runs["looked_at"][0]) == ("passed", 1)


@pytest.mark.parametrize(("amount", "rows"), [("24", []), ("12", [0])])
def test_an_hour_of_urine(amount, rows):
    """An amount brought from one hour to 24 is compared with 24 times what was collected."""
    line = f"01,0,0,5-HIAA,{amount},mg/24h,2,500,1"
    given = samples(line, column=",concentration,volume,duration")
    assert rows_of("R03", markers=given) == rows


def test_no_word_of_a_diet():
    """5-HIAA is asked about where the column of the diet is blank throughout."""
    given = samples("01,0,0,5-HIAA,20,mg/24h,", column=",diet_restricted")
    assert rows_of("R05", markers=given) == [0]


@pytest.mark.parametrize(("days", "rows"), [("1", [0]), ("0", [])])
def test_the_total_of_one_day(days, rows):
    """A mean is held against the total of one recorded day; of no day there is none."""
    given = f"subject,date,symptom,per_day,total,days_recorded\n01,2024-01-01,FLUSHING,3,5,{days}"
    assert rows_of("Y11", symptoms=given) == rows


def test_a_period_of_one_day():
    """Two recorded days are too many for periods of one."""
    given = "subject,date,symptom,per_day,days_recorded\n01,2024-01-01,FLUSHING,3,2"
    assert rows_of("Y06", parameters={"period_days": 1}, symptoms=given) == [0]


# subjects


def test_ages_of_newborns_are_ages():
    """An age of 0 counts among those of which most are wrong: then one note on the table."""
    lines = [f"{i},{age},1960-01-01,2020-06-01" for i, age in enumerate((60, 60, 40, 41, 0))]
    given = "\n".join(["subject,age,birth,randomized", *lines])
    assert found_by("P03", subjects=given) == [("n", "subjects", None, "age")]


def test_a_death_in_a_table_of_two_columns():
    """An end for death is told by its reason alone, where the table has nothing else."""
    lesions = targets(*course(30))
    assert found_by("P05", subjects="subject,end_reason\n01,DEATH", lesions=lesions) == [
        ("e", "subjects", 0, "end_reason")
    ]


@pytest.mark.parametrize(("size", "rows"), [(20, [1]), (20.1, [])])
def test_the_short_axis_from_a_fourth_less(size, rows):
    """A size in the course of the short axis is told from 1.25 times less than its own, exactly."""
    sizes = ("25,20", f"{size},", "25,20")
    given = targets(*course(*sizes), column="size,perpendicular")
    assert rows_of("M32", lesions=given) == rows


@pytest.mark.parametrize(("progressed", "rows"), [("Y", []), ("N", [0]), ("", [0])])
def test_an_irradiated_target_that_grew_since(progressed, rows):
    """In TU a target irradiated before stands where progression since then is said, and only there."""
    tu = f"""USUBJID,TUEVAL,TULNKID,TUSTRESC,TULOC,VISITNUM,TUDTC,TUPREVIR,TUPREISP
        01,INVESTIGATOR,T01,TARGET,LIVER,1,2024-01-01,Y,{progressed}
        01,INVESTIGATOR,T02,TARGET,LIVER,1,2024-01-01,N,Y"""
    assert rows_of("L12", TU=tu) == rows


@pytest.mark.parametrize(("said", "rows"), [(1, []), (2, [0]), (-4, [0])])
def test_study_days_count_from_the_first_dose(said, rows):
    """A study day is held against the treatment start of the subjects table, whose day is 1."""
    given = f"subject,lesion,role,visit,date,study_day,size\n01,T01,TARGET,0,2024-01-10,{said},30"
    started = "subject,randomized,treatment_start\n01,2024-01-05,2024-01-10"
    assert rows_of("D14", lesions=given, subjects=started) == rows


def test_a_death_that_only_the_disposition_tells():
    """A death in DS of which DM has no date is found, also where DM has no flag of death."""
    dm = "USUBJID,RFSTDTC,DTHDTC\n01,2024-01-01,\n02,2024-01-01,2024-06-01"
    ds = "USUBJID,DSDECOD,DSSTDTC\n01,DEATH,2024-05-01\n02,DEATH,2024-06-02\n02,DEATH,2024-06-03"
    assert [r for _, name, r, _ in found_by("P05", DM=dm, DS=ds) if name == "DS"] == [0, 2]


@pytest.mark.parametrize(
    ("times", "rows"),
    [
        (("2024-01-04T23:55", "2024-01-05T00:05", "2024-01-05T00:15"), [0]),  # over midnight
        (("2024-01-04T10:55", "2024-01-04T11:05", "2024-01-04T11:15"), [0]),  # over an hour
        (("2024-01-04T10:55", "2024-01-04T11:06", "2024-01-04T11:16"), [0, 1]),  # two of them late
    ],
)
def test_entries_of_one_time(times, rows):
    """Entries belong together where ten minutes or less pass between them, over hours and days."""
    lines = [f"01,2024-01-0{i},FLUSHING,3,{t}" for i, t in enumerate(times, 1)]
    given = "\n".join(["subject,date,symptom,count,entered", *lines])
    assert rows_of("Y07", symptoms=given) == rows


@pytest.mark.parametrize(("minutes", "rows"), [(9.995, [0]), (10.005, [0, 1])])
def test_entries_of_one_time_where_days_are_numbers(minutes, rows):
    """Ten minutes are a part of a day, before and after midnight."""
    times = [4 + (i - 0.5) * minutes / 1440 for i in range(3)]
    lines = [f"01,{i},FLUSHING,3,{t:.7f}" for i, t in enumerate(times, 1)]
    given = "\n".join(["subject,day,symptom,count,entered", *lines])
    assert rows_of("Y07", symptoms=given) == rows


def test_a_date_alone_is_no_time_of_an_entry():
    """Where one entry is enough, one without a time of day is none."""
    given = "\n".join(
        [
            "subject,date,symptom,count,entered",
            "01,2024-01-01,FLUSHING,3,2024-01-01T21:00",
            "01,2024-01-02,FLUSHING,3,2024-01-02",
        ]
    )
    assert rows_of("Y07", {"at_once_days": 1}, symptoms=given) == [0]


@pytest.mark.parametrize(("criteria", "expected"), [("recist-1.1", "PD"), ("irecist-2017", "iUPD")])
def test_a_blank_response_beside_a_new_lesion(criteria, expected):
    """A blank overall response beside a new lesion, and an SD after it, are one finding at the first."""
    seen = table(SOON + "01,NEW01,NEW,2,UNEQUIVOCAL,\n")
    responses = table("subject,visit,overall\n01,1,\n01,2,SD")
    study = crf.read({"lesions": seen, "responses": responses}, incomplete="keep")
    found = edit_checks.run(study, criteria, checks=["W01"])
    assert found["row"].tolist() == [0]
    assert found["expected"].tolist() == [expected]
    told = "no overall response is given at visit 1 (no PD at 1 later visit, either)"
    assert found["message"][0].startswith(told)


@pytest.mark.parametrize(
    ("lesions", "responses", "rows"),
    [
        # the progression came before the new lesion, for another reason
        ("01,T01,TARGET,1,,40\n01,T01,TARGET,2,,30\n01,NEW01,NEW,2,PRESENT,", "01,1,PD\n01,2,SD", [1]),
        # the new lesion is gone at the visit that is judged
        ("01,NEW01,NEW,1,PRESENT,\n01,NEW01,NEW,2,ABSENT,\n01,T01,TARGET,2,,30", "01,2,SD", []),
        ("01,NEW01,NEW,0,PRESENT,\n01,T01,TARGET,1,,30", "01,1,SD", []),  # at baseline: L13's
    ],
)  # fmt: skip
def test_when_a_new_lesion_is_there(lesions, responses, rows):
    """A new lesion contradicts what is reported where it is there, and no PD was reported for it."""
    given = "subject,lesion,role,visit,state,size\n01,T01,TARGET,0,,30\n" + lesions
    assert rows_of("W01", lesions=given, responses="subject,visit,overall\n" + responses) == rows


def test_a_lesion_called_new_at_baseline():
    """A new lesion at baseline is asked about there, and not missed at later visits."""
    given = """subject,lesion,role,visit,state,size
        01,NEW01,NEW,0,PRESENT,
        01,T01,TARGET,0,,30
        01,T01,TARGET,1,,30"""
    assert [rows_of(check, lesions=given) for check in ("L13", "W06")] == [[0], []]


def test_a_patient_without_disease_at_baseline():
    """New lesions from the first visit on, called PD there: the SD later is another check's."""
    given = "subject,lesion,role,visit,state\n" + "\n".join(
        f"01,NEW01,NEW,{v},UNEQUIVOCAL" for v in (1, 2)
    )
    assert rows_of("W01", lesions=given, responses="subject,visit,overall\n01,1,PD\n01,2,SD") == []


@pytest.mark.parametrize(("count", "named"), [(50, True), (51, False)])
def test_of_very_many_targets_none_is_named(count, named):
    """What names more targets than one reads would grow with lesions times visits; the count stays."""
    lesions = {
        "subject": ["01"] * (count + 1),
        "lesion": [f"T{i}" for i in range(count)] + ["T0"],
        "role": ["TARGET"] * (count + 1),
        "visit": ["0"] * count + ["1"],
        "size": [20] * (count + 1),
    }
    responses = {"subject": ["01"], "visit": ["1"], "sum": [20]}
    found = edit_checks.run({"lesions": lesions, "responses": responses}, checks=["U02"])
    said = f"a sum of 20 is reported at visit 1, but {count - 1} target(s) were not measured"
    (message,) = found["message"].tolist()
    assert message.startswith(said)
    assert (message == said) is not named
