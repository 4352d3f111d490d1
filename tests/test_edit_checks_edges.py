"""Edges of single checks: a number just at a limit, the first row or lesion of a table, cells that say
nothing, and why a check was skipped.
"""

import pytest

from nettumor import crf, edit_checks
from test_edit_checks_lesions import found_by, status_of, table
from test_edit_checks_limits import course, rows_of, run, targets

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""


def collections(*creatinine):
    """24 h collections of a patient without a weight, by their creatinine in g."""
    rows = [f"01,2024-0{i + 1}-05,{i},5-HIAA,31,mg/24h,{g},g/24h" for i, g in enumerate(creatinine)]
    head = "subject,date,visit,marker,value,unit,creatinine,creatinine_unit"
    return "\n".join([head, *rows])


def test_the_median_of_collections_is_asked_from_the_least_number_on():
    """Of three collections, where three are asked for, the one far from the median is found; of two
    none is.
    """
    least = {"min_collections": 3}
    assert rows_of("R02", least, markers=collections(1.0, 1.0, 3.0)) == [2]
    assert rows_of("R02", least, markers=collections(1.0, 3.0)) == []


@pytest.mark.parametrize(
    ("amount", "concentration", "rows"),
    [(5, 5, []), (0, 5, [0]), (5, 0, [0]), (0, 0, []), (-1, 5, [])],
)
def test_an_amount_of_nothing_is_none_of_a_concentration(amount, concentration, rows):
    """0 mg in 24 h beside 5 mg/L in a litre is asked for as 5 mg beside 0 mg/L is; both 0 agree. A
    negative amount is K01's.
    """
    head = "subject,date,visit,marker,value,unit,concentration,volume,duration\n"
    given = f"{head}01,2024-01-05,0,5-HIAA,{amount},mg/24h,{concentration},1000,24"
    assert rows_of("R03", markers=given) == rows


@pytest.mark.parametrize(("days", "period", "rows"), [(3, 0, [0]), (4, 0, []), (2, -7, [0])])
def test_a_period_of_no_days_is_the_usual_one(days, period, rows):
    """A length of 0 or below is none: the period has seven days, of which four are needed."""
    head = "subject,date,symptom,visit,per_day,days_recorded,period_days\n"
    given = f"{head}01,2024-01-08,flushing,1,2.0,{days},{period}"
    assert rows_of("Y02", symptoms=given) == rows


@pytest.mark.parametrize(("count", "messages"), [("-0.5", ["below 0"]), ("0.5", ["not a whole"])])
def test_a_count_below_zero_is_said_once(count, messages):
    """Half an event fewer than none is below 0, and not also no whole number."""
    given = f"subject,date,symptom,count\n01,2024-01-08,flushing,{count}"
    found = run("Y04", symptoms=given)["message"].tolist()
    assert [m in f for f, m in zip(found, messages, strict=True)] == [True] * len(messages)


def test_the_first_lesion_of_a_table_may_be_the_mass():
    """A mass that others merged into is no late target, and its growth is not its own, though it is
    the first lesion of the table.
    """
    lines = [
        "01,T09,TARGET,LIVER,1,40,",
        "01,T02,TARGET,LIVER,0,20,",
        "01,T02,TARGET,LIVER,1,,MERGED_INTO_T09",
    ]
    assert rows_of("L14", lesions=targets(*lines, column="size,state")) == []
    grown = [
        "01,T01,TARGET,LIVER,0,20,20,",
        "01,T01,TARGET,LIVER,1,30,30,",
        "01,T02,TARGET,LIVER,0,20,20,",
        "01,T02,TARGET,LIVER,1,,,MERGED_INTO_T01",
    ]
    lesions = targets(*grown, column="size,perpendicular,state")
    responses = "subject,visit,overall\n01,1,SD"
    found = found_by("Q12", "who-1981", lesions=lesions, responses=responses)
    assert found == []
    alone = lesions.replace("MERGED_INTO_T01", "NE")
    found = found_by("Q12", "who-1981", lesions=alone, responses=responses)
    assert found == [("e", "responses", 0, "overall")]


def test_a_lesion_that_was_gone_at_its_first_visit():
    """It is there again at the second: what the lesion before it in the table had is not asked."""
    lines = [
        "01,N01,NON-TARGET,LIVER,0,PRESENT",
        "01,N01,NON-TARGET,LIVER,1,ABSENT",
        "01,N02,NON-TARGET,LIVER,0,ABSENT",
        "01,N02,NON-TARGET,LIVER,1,PRESENT",
    ]
    assert rows_of("M16", lesions=targets(*lines, column="state")) == [3]


def test_the_column_of_a_contradiction_is_the_first_with_a_number():
    """Words in the size, a number in the short axis: the finding stands at the number; where there
    is none, at the first cell that is filled; a column of volumes changes nothing.
    """
    line = "01,T01,TARGET,LIVER,0,ND,12,,NOT_DONE"
    given = targets(line, column="size,perpendicular,volume,state")
    assert found_by("M03", lesions=given) == [("e", "lesions", 0, "perpendicular")]
    words = given.replace("ND,12,,NOT_DONE", ",TOO_SMALL,,NOT_DONE")
    assert found_by("M03", lesions=words) == [("e", "lesions", 0, "perpendicular")]


def test_sizes_of_one_millimetre_count_among_the_digits():
    """Of 100 whole sizes, 40 of 10 mm and 60 of 1 mm, 40 end in 0 or 5."""
    lines = [f"{i:03},T01,TARGET,LIVER,0,{10 if i < 40 else 1}" for i in range(100)]
    found = run("M18", lesions=targets(*lines))
    assert found["message"].tolist() == ["40 of 100 sizes end in 0 or 5: were they rounded?"]


@pytest.mark.parametrize(("ki67", "rows"), [("0", []), ("-0.5", [0]), ("100", []), ("100.5", [0])])
def test_ki67_is_a_percentage(ki67, rows):
    """0 and 100 % can be, half a percent beyond cannot."""
    assert rows_of("P02", subjects=f"subject,ki67\n01,{ki67}") == rows


def test_a_target_measured_in_the_first_row_is_not_named_as_missing():
    """Of two targets the one without a size is named, though the other stands in the first row."""
    lines = [
        "01,T01,TARGET,LIVER,1,20",
        "01,T02,TARGET,LIVER,1,",
        *course(20),
        *course(30, lesion="T02"),
    ]
    found = run("U02", lesions=targets(*lines), responses="subject,visit,sum\n01,1,20")
    assert "1 target(s) were not measured (T02)" in found["message"][0]


def test_the_overall_response_of_a_visit_stands_in_its_second_row():
    """A row of the target response comes first: the finding is at the row that says SD."""
    given = "\n".join(
        [
            "subject,visit,target,overall",
            "01,1,CR,",
            "01,1,,CR",
            "01,2,SD,",
            "01,2,,SD",
        ]
    )
    lesions = targets(*course(20, 0, 20))
    assert rows_of("O06", lesions=lesions, responses=given) == [3]


def test_a_size_beyond_the_fit_is_not_told_by_the_sum():
    """The sum says 60 mm where the course lets expect 40: that is no size of it, and none is
    asked.
    """
    given = targets(*course(40, 90, 40), *course(30, 30, 30, lesion="T02"))
    sums = "subject,visit,sum\n01,0,70\n01,1,{}\n01,2,70"
    assert rows_of("M31", lesions=given, responses=sums.format(70)) == [1]
    assert rows_of("M31", lesions=given, responses=sums.format(90)) == []


def test_the_interval_that_a_call_states_is_taken():
    """55 days are another interval than the default of the check: a gap of 83 days is more than one
    and a half of it, one of 82 is not.
    """
    for day, rows in ((82, []), (83, [1])):
        lesions = (
            f"subject,lesion,role,visit,day,size\n01,T01,TARGET,0,0,20\n01,T01,TARGET,1,{day},20"
        )
        assert rows_of("D11", {"every": 55}, lesions=lesions) == rows
    assert edit_checks.CHECKS["D11"].parameters["every"] == 56


@pytest.mark.parametrize(("beside", "row"), [("2024-03-15", 1), ("2024-03-16", 2)])
def test_dates_of_a_visit_hold_each_other_within_fourteen_days(beside, row):
    """The first of two visits in the wrong order is asked where the other's date is held by the
    response of its visit, 14 days apart at most.
    """
    lesions = "\n".join(
        [
            "subject,lesion,role,visit,date,size",
            "01,T01,TARGET,0,2024-01-01,20",
            "01,T01,TARGET,1,2024-05-01,20",
            "01,T01,TARGET,2,2024-03-01,20",
        ]
    )
    responses = f"subject,visit,date,overall\n01,2,{beside},SD"
    assert rows_of("D08", lesions=lesions, responses=responses) == [row]


def test_checks_of_visits_say_what_they_lack():
    """Words for visits leave no numbers to count; responses and scans without visits are not joined."""
    words = "subject,lesion,role,visit,size\n01,T01,TARGET,BASELINE,20\n01,T01,TARGET,FOLLOW-UP,20"
    assert status_of("D20", lesions=words) == ("skipped", "visits have no whole numbers")
    scans = "subject,lesion,role,date,size\n01,T01,TARGET,2024-01-01,20"
    said = "subject,date,overall\n01,2024-01-01,SD"
    reason = "lesions and responses are not joined by visits"
    assert status_of("D16", lesions=scans, responses=said) == ("skipped", reason)


def test_a_cr_at_the_first_visit_of_a_study_of_responses():
    """Without lesions the first response may be after baseline, and what follows a CR there is
    asked.
    """
    assert rows_of("O06", responses="subject,visit,overall\n01,1,CR\n01,2,SD") == [1]
    assert rows_of("O06", responses="subject,visit,overall\n01,1,PD\n01,2,CR\n01,3,SD") == []


TR = "USUBJID,TREVAL,TRLNKGRP,TRLNKID,TRTESTCD,TRSTRESN,VISITNUM,TRDTC"


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        # the first of the assessor in time needs no response, wherever it stands
        (["01,INV,A2,T01,LDIAM,20,2,2024-03-01", "01,INV,A1,T01,LDIAM,20,1,2024-01-01"], []),
        (["01,INV,A2,T01,LDIAM,20,1,2024-03-01", "01,INV,A1,T01,LDIAM,20,2,2024-01-01"], []),
        # of one day, or without days, the first by the number of the visit
        (["01,INV,A2,T01,LDIAM,20,2,2024-01-01", "01,INV,A1,T01,LDIAM,20,1,2024-01-01"], []),
        (["01,INV,A2,T01,LDIAM,20,2,", "01,INV,A1,T01,LDIAM,20,1,"], []),
        (["01,INV,A1,T01,LDIAM,20,2,", "01,INV,A2,T01,LDIAM,20,1,"], [0]),
        # each assessor and each subject has a first of its own
        (["01,INV,A1,T01,LDIAM,20,1,2024-01-01", "01,IRC,C1,T01,LDIAM,20,1,2024-02-01"], []),
        (["01,INV,A1,T01,LDIAM,20,1,2024-01-01", "02,INV,B1,T01,LDIAM,20,1,2024-02-01"], []),
        # a group of two rows is one
        (
            [
                "01,INV,A1,T01,LDIAM,20,1,2024-01-01",
                "01,INV,A1,T02,LDIAM,20,1,2024-01-01",
                "01,INV,A3,T01,LDIAM,20,3,2024-03-01",
            ],
            [2],
        ),
        # a row without a group is none
        (
            [
                "01,INV,,T01,LDIAM,20,1,2024-01-01",
                "01,INV,A1,T01,LDIAM,20,2,2024-02-01",
                "01,INV,A3,T01,LDIAM,20,3,2024-03-01",
            ],
            [2],
        ),
        # a partial date counts from its first day
        (["01,INV,A1,T01,LDIAM,20,1,2024-01", "01,INV,A3,T01,LDIAM,20,2,2024-01-15"], [1]),
        # of an assessor without any group no row is asked, nor of another because of it
        (["01,INV,,T01,LDIAM,20,1,2024-01-01", "02,INV,A1,T01,LDIAM,20,1,2024-01-01"], []),
        (["02,INV,A1,T01,LDIAM,20,1,2024-01-01", "02,INV,A3,T01,LDIAM,20,2,2024-03-01"], [1]),
    ],
)
def test_the_first_link_group_needs_no_response(lines, rows):
    """Results of a link group that RS has not are asked for, but those of the first group in time of
    each subject and assessor.
    """
    rs = "USUBJID,RSEVAL,RSLNKGRP,RSTESTCD,RSSTRESC,VISITNUM\n01,INV,A2,OVRLRESP,SD,2"
    found = found_by("X06", TR="\n".join([TR, *lines]), RS=rs)
    assert [row for _, name, row, _ in found if name == "TR"] == rows


def two_patients(first, second):
    """Two patients of two targets each, by their sizes at three visits."""
    lines = [
        f"{who},T0{n + 1},TARGET,LIVER,{visit},{size}"
        for who, sizes in (("01", first), ("02", second))
        for n, course_of in enumerate(sizes)
        for visit, size in enumerate(course_of)
    ]
    return targets(*lines)


@pytest.mark.parametrize(("size", "rows"), [(40, [1, 7]), (30, [])])
def test_patients_are_exchanged_where_both_fit(size, rows):
    """Sizes of a visit that are those of the other patient are asked; with one a quarter off its course
    they fit nobody.
    """
    given = two_patients(((60, size, 60), (30, 60, 30)), ((40, 60, 40), (60, 30, 60)))
    assert rows_of("M30", lesions=given) == rows


@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        ((2.5, 3.5), [0]),
        ((2.5, 3), [0]),  # half of them are not whole
        ((2.5, 3, 4), []),  # a third
        ((2.5, 3.5, 12), [0]),  # two of three are below 10
        ((2.5, 12), []),  # one of two
        ((2.5,), []),
    ],
)
def test_how_many_sizes_tell_centimetres(sizes, rows):
    """Two of three below 10, half of all not whole, two at least."""
    assert rows_of("M25", lesions=targets(*course(*sizes))) == rows


def test_three_lesions_alike_are_asked_against_the_first():
    """Of three names for one lesion the second and third are asked, each with the first."""
    lines = [line for n in (1, 2, 3) for line in course(20, 15, lesion=f"T0{n}")]
    found = run("L20", lesions=targets(*lines))
    assert found["row"].tolist() == [2, 4]
    assert found["related"].tolist() == ["lesions 0"] * 2


@pytest.mark.parametrize(
    ("state", "rows"), [("NOT_EVALUABLE", []), ("", []), ("MEASURED", [0]), ("ABSENT", [0])]
)
def test_a_reason_beside_a_lesion_that_was_not_measured_tells(state, rows):
    """NE is explained by the reason of a lesion of the visit that is not evaluable or has no state;
    that of one which was measured explains nothing.
    """
    size = {"MEASURED": "20", "ABSENT": "0"}.get(state, "")
    lines = ["01,T01,TARGET,LIVER,0,20,,", f"01,T01,TARGET,LIVER,1,{size},{state},motion"]
    lesions = targets(*lines, column="size,state,reason")
    responses = "subject,visit,overall,reason\n01,1,NE,"
    assert rows_of("O12", lesions=lesions, responses=responses) == rows


@pytest.mark.parametrize(("check", "said"), [("T07", "NE"), ("T08", "SD")])
def test_a_baseline_of_nothing_is_no_target_that_was_not_measured(check, said):
    """A target of 0 mm at baseline makes the response NE though all targets are measured: no finding
    of T07 or T08, whatever is reported.
    """
    given = targets(*course(0, 20), *course(30, 30, lesion="T02"))
    responses = f"subject,visit,target\n01,1,{said}"
    assert rows_of(check, lesions=given, responses=responses) == []


@pytest.mark.parametrize(("value", "rows"), [(90, [0]), (110, [])])
def test_a_marker_below_its_limit_does_not_speak_against_a_complete_response(value, rows):
    """PR where the targets are gone is asked, unless a marker is above its limit as at baseline."""
    responses = "subject,visit,date,overall\n01,1,2024-03-01,PR"
    lesions = "\n".join(
        [
            "subject,lesion,role,organ,visit,date,size",
            "01,T01,TARGET,LIVER,0,2024-01-01,20",
            "01,T01,TARGET,LIVER,1,2024-03-01,0",
        ]
    )
    markers = "\n".join(
        [
            "subject,date,visit,marker,value,unit,upper_limit",
            "01,2024-01-01,0,CgA,200,ng/mL,100",
            f"01,2024-03-01,1,CgA,{value},ng/mL,100",
        ]
    )
    assert rows_of("O02", lesions=lesions, responses=responses, markers=markers) == rows


@pytest.mark.parametrize(
    ("unit", "duration", "places"),
    [("mg/24h", "24", (1, 0)), ("mg/24h", "a_day", (0, 1)), ("blobs", "24", (0, 1))],
)
def test_a_collection_that_cannot_be_read_is_counted_so(unit, duration, places):
    """A duration in words, or a value in no unit, is no place where R01 looked."""
    head = "subject,date,visit,marker,value,unit,duration,volume\n"
    given = f"{head}01,2024-01-05,0,5-HIAA,30,{unit},{duration},1500"
    state = run("R01", markers=given).runs.rows()[0]
    assert (state["looked_at"], state["unreadable"]) == places


@pytest.mark.parametrize(("visit", "rows"), [("0", [1]), ("1", []), ("-1", [1])])
def test_a_visit_numbered_nought_is_the_baseline_of_a_diary(visit, rows):
    """Where some patient has a visit 0, another who begins at visit 2 has no baseline; where none
    has, it is not known which visit is the baseline.
    """
    head = "subject,date,symptom,visit,per_day,days_recorded\n"
    given = f"{head}01,2024-01-08,flushing,{visit},2.0,7\n02,2024-02-12,flushing,2,2.0,7"
    assert rows_of("Y10", symptoms=given) == rows


def test_flags_of_a_table_without_rows():
    """A table of lesions that holds the heading alone has no baseline flag to ask; nothing fails."""
    given = {n: [] for n in ("subject", "lesion", "role", "visit", "date", "baseline_flag")}
    people = {"subject": ["01"], "treatment_start": ["2024-01-01"]}
    found = edit_checks.run({"lesions": given, "subjects": people}, checks=["D17"])
    assert found.runs["status"].tolist() == ["skipped"]


def test_a_pr_at_the_first_visit_of_a_study_of_responses():
    """SD right after it is asked, as later in a course."""
    assert rows_of("O07", responses="subject,visit,overall\n01,1,PR\n01,2,SD") == [1]


def test_birth_is_checked_in_a_table_of_subjects_alone():
    """Without scans no day of theirs speaks against a date of birth: the treatment before it is asked."""
    people = "subject,birth,treatment_start\n01,1960-01-01,1950-01-01"
    assert rows_of("D04", subjects=people) == [0]


@pytest.mark.parametrize(
    ("per_day", "total", "unreadable"),
    [("many", "", 1), ("", "many", 1), ("", "", 0), ("2", "", 0)],
)
def test_a_mean_that_cannot_be_read_is_counted(per_day, total, unreadable):
    """Words for the mean or the total of a period are cells that Y01 could not read; blanks are not."""
    head = "subject,date,symptom,per_day,total,days_recorded\n"
    given = f"{head}01,2024-01-08,flushing,{per_day},{total},7\n01,2024-02-08,flushing,1,,7"
    assert run("Y01", symptoms=given).runs["unreadable"].tolist() == [unreadable]


@pytest.mark.parametrize(("visits", "rows"), [((3,), [4]), ((3, 6), [])])
def test_two_lesions_that_cross_twice_are_not_exchanged_for_good(visits, rows):
    """Lesions that take over each other's size once are asked; who do so again have changed back,
    whatever the order of their rows.
    """
    lines, sizes = [], (50, 20)
    for visit in range(8):
        sizes = sizes[::-1] if visit in visits else sizes
        pair = [f"01,T0{n + 1},TARGET,LIVER,{visit},{s}" for n, s in enumerate(sizes)]
        lines += pair if visit < 6 else pair[::-1]
    assert rows_of("M34", lesions=targets(*lines)) == rows


def test_a_number_left_out_before_the_first_lesion_of_a_table():
    """T02 in the first row, and no T01."""
    assert rows_of("L19", lesions=targets(*course(20, 20, lesion="T02"))) == [0]
    assert rows_of("L19", lesions=targets(*course(20, 20, lesion="T00"))) == []


def test_a_node_of_one_millimetre_has_an_axis_too():
    """A long axis of 1 mm without a short one is asked where other nodes have theirs."""
    lines = [
        "01,N01,TARGET,AXILLARY_LYMPH_NODE,0,,18",
        "01,N02,TARGET,AXILLARY_LYMPH_NODE,0,1,",
    ]
    assert rows_of("M13", lesions=targets(*lines, column="size,perpendicular")) == [1]


def test_what_is_said_beside_a_number_is_the_state_as_written():
    """Of a non-target lesion "unequivocal" is taken for a progression; the sentence says what stands
    there.
    """
    given = targets("01,N01,NON-TARGET,LIVER,1,0,UNEQUIVOCAL", column="size,state")
    message = run("M03", lesions=given)["message"][0]
    assert message == "N01 has the value 0 at visit 1, and is said to be unequivocal"


@pytest.mark.parametrize(("subjects", "rows"), [(4, [0, 1, 2, 3]), (5, [None])])
def test_ages_off_throughout_are_a_habit_from_five_subjects_on(subjects, rows):
    """Of four each is asked; of five one note says that the dates or ages are of another day."""
    people = [f"{n:02},30,1960-01-01,2024-01-01" for n in range(subjects)]
    given = "\n".join(["subject,age,birth,treatment_start", *people])
    assert rows_of("P03", subjects=given) == rows


def test_units_that_are_none_of_urine_can_be_read():
    """A marker in ng/mL is no amount in 24 h and none per creatinine: no place, and none unread."""
    given = "subject,date,marker,value,unit\n01,2024-01-05,CgA,30,ng/mL\n01,2024-02-05,CgA,30,blobs"
    state = run("R04", markers=given).runs.rows()[0]
    assert (state["status"], state["looked_at"], state["unreadable"]) == ("skipped", 0, 1)


def test_a_median_at_the_limit_is_within_the_range():
    """Collections of 20 mg/kg, which is the limit: of one above it is expected what is near their
    median.
    """
    rows = [
        f"01,2024-0{i + 1}-05,{i},5-HIAA,31,mg/24h,{g},g/24h,80"
        for i, g in enumerate((1.6, 1.6, 1.6, 2.4))
    ]
    head = "subject,date,visit,marker,value,unit,creatinine,creatinine_unit,weight"
    limits = {"low": 10.0, "high": 20.0, "median_percent": 25.0, "min_collections": 3}
    found = edit_checks.run(
        crf.read({"markers": table("\n".join([head, *rows]))}, incomplete="keep"),
        checks=["R02"],
        parameters={"R02": {**limits, "low_female": 10.0, "high_female": 20.0}},
    )
    assert [(r["row"], r["expected"]) for r in found.rows()] == [(3, "1.2 to 1.6 g/24h")]


def test_a_sample_without_a_visit_is_off_none():
    """It is not held against a scan whose visit is blank, too."""
    lesions = "subject,lesion,role,visit,date,size\n01,T01,TARGET,0,2024-01-01,20\n01,T01,TARGET,,2024-06-01,20"
    markers = "subject,date,visit,marker,value,unit\n01,2024-01-02,,CgA,30,ng/mL\n01,2024-06-01,0,CgA,30,ng/mL"
    assert rows_of("K12", lesions=lesions, markers=markers) == [1]


def test_how_far_off_is_told_in_percent():
    """Radii that are 9.45 % short of half the course are 9 % off."""
    given = targets(*course(40, 18.11, 40), *course(60, 27.165, 60, lesion="T02"))
    found = edit_checks.run(
        crf.read({"lesions": table(given)}), checks=["M26"], parameters={"M26": {"fit": 0.12}}
    )
    assert ["; 9 % off" in m for m in found["message"]] == [True]
