"""The rules of the CRF layout, one small story each: cells, dates, tracks, sizes, new lesions,
treatment, outputs.
"""

import re

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor import EventReason, Reason

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # contradictions and gaps are what this is about

DATES = ("2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01", "2024-09-01")
DAYS = (0, 60, 121, 182, 244)
ROLES = {"T": "TARGET", "N": "NON-TARGET", "X": "NEW"}


def rows(lesions, dates=DATES, **more):
    """Rows of the lesions table: T targets, N non-targets, X new lesions; a cell per visit, None
    for no row.
    """
    out = []
    for name, cells in lesions.items():
        for visit, cell in enumerate(cells):
            if cell is None:
                continue
            row = {
                "subject": "1",
                "lesion": name,
                "role": ROLES[name[0]],
                "visit": str(visit),
                "date": dates[visit],
                "organ": "LYMPH NODE" if "node" in name else "LIVER",
                "size": "",
                "state": "",
            }
            given = (
                cell
                if isinstance(cell, dict)
                else {"size" if re.match(r"[<\d]", cell) else "state": cell}
            )
            out.append(row | more | given)
    return out


def table(*parts):
    """Rows as columns; what a row does not have is blank."""
    every = [r for part in parts for r in part]
    names = dict.fromkeys(n for r in every for n in r)
    return {n: [r.get(n, "") for r in every] for n in names}


def assessed(*parts, subjects=None, **options):
    """Rows assessed; ``subjects``: dicts for the subjects table."""
    given = {"lesions": table(*parts)} | ({"subjects": table(subjects)} if subjects else {})
    return nt.assess(given, **options)


def overall(done):
    """Overall responses after the baseline."""
    return done.timepoints["overall"][done.timepoints["overall"] != "MISSING"].tolist()


# Cells


@pytest.mark.parametrize(("cells", "target", "total"), [
    (("50", "ABSENT"), "CR", 0), (("50", "0"), "CR", 0), (("50", "TOO SMALL"), "PR", 5), (("50", "TSTM"), "PR", 5),
    (("50", "<5"), "PR", 5), (("50", {"size": "4", "state": "TOO SMALL"}), "PR", 4), (("50", "NE"), "NE", None),
    (("50", "ND"), "NE", None), (("50", "NOT DONE"), "NE", None), (("50", "NOT EVALUABLE"), "NE", None),
    (("50", {"size": "", "state": ""}), "NE", None), (("50", None), "NE", None), (("50", "PRESENT"), "NE", None),
    (("50", {"size": "NE"}), "NE", None),
])  # fmt: skip
def test_cells_of_a_target(cells, target, total):
    """Absent, too small and not measured are three states, never mixed."""
    done = assessed(rows({"T1": cells, "N1": ("PRESENT", "PRESENT")}))
    assert done.timepoints["target"].tolist() == ["MISSING", target]
    np.testing.assert_array_equal(done.timepoints["sum"][1], np.nan if total is None else total)


@pytest.mark.parametrize("cell", [
    {"size": "30", "state": "ABSENT"}, {"size": "30", "state": "NOT EVALUABLE"}, {"size": "0", "state": "PRESENT"},
    {"size": "30", "state": "TOO SMALL"}, {"size": "30", "state": "MERGED"},
])  # fmt: skip
def test_a_number_beside_a_contradicting_state_is_not_measured(cell):
    """What excludes itself is no measurement."""
    assert assessed(rows({"T1": ("50", cell)})).timepoints["target"].tolist() == ["MISSING", "NE"]


def test_equal_duplicates_count_once_and_unequal_ones_not_at_all():
    """30 and 30.0 are one row; 30 and 31 are none, and are counted in the provenance."""
    first = rows({"T1": ("50", "30"), "T2": ("20", "20")})
    again = rows({"T1": (None, "30.0")})
    assert assessed(first, again).timepoints["sum"].tolist() == [70, 50]
    other = rows({"T1": (None, "31")})
    done = assessed(first, other)
    assert done.timepoints["target"].tolist() == ["MISSING", "NE"]
    assert done.timepoints["sum"].tolist() == [70, 20]
    notes = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert notes["lesions with contradicting rows in one visit"] == "1"


def test_a_lesion_measured_on_two_days_of_a_visit_makes_two_timepoints():
    """Where the dates of duplicates differ, each date is a timepoint, with what was
    measured on it.
    """
    first = rows({"T1": ("50", "30"), "T2": ("20", "20")})
    again = [r | {"date": "2024-03-15"} for r in rows({"T1": (None, "45"), "T2": (None, "20")})]
    done = assessed(first, again)
    assert done.timepoints["date"].tolist() == ["2024-01-01", "2024-03-01", "2024-03-15"]
    assert done.timepoints["sum"].tolist() == [70, 50, 65]


def test_merged_lesions_under_the_rule_of_any_lesion():
    """MERGED is 0; its row and the one it merged into are left out of "any lesion" from then on
    (WHO).

    The mass that takes in its neighbour grows by far more than 25 % alone, while the sum does not
    grow.
    """

    def course(**more):
        t1 = ({"size": "20", "perpendicular": "20"}, {"size": "28", "perpendicular": "28"}, None)
        t2 = ({"size": "20", "perpendicular": "20"}, {"state": "MERGED INTO T1"}, None)
        return rows({"T1": t1[:2], "T2": t2[:2]}, **more)

    done = assessed(course(), criteria=nt.criteria.WHO_1981)
    assert done.timepoints["sum"].tolist() == [800, 784]
    assert overall(done) == ["SD"]
    apart = rows(
        {
            "T1": ({"size": "20", "perpendicular": "20"}, {"size": "28", "perpendicular": "28"}),
            "T2": ({"size": "20", "perpendicular": "20"}, {"size": "0", "perpendicular": "0"}),
        }
    )
    alone = assessed(apart, criteria=nt.criteria.WHO_1981)
    assert overall(alone) == ["PD"]
    assert Reason.ANY_LESION in Reason(int(alone.timepoints["reason"][1]))


def test_merged_lesions_still_prove_progression_by_their_sum():
    """The sum counts the merged mass; a third lesion alone still counts, too."""
    t1 = ({"size": "20", "perpendicular": "20"}, {"size": "40", "perpendicular": "28"})
    t2 = ({"size": "20", "perpendicular": "20"}, {"state": "MERGED INTO T1"})
    done = assessed(rows({"T1": t1, "T2": t2}), criteria=nt.criteria.WHO_1981)
    assert overall(done) == ["PD"]
    third = ({"size": "10", "perpendicular": "10"}, {"size": "12", "perpendicular": "11"})
    t1 = ({"size": "20", "perpendicular": "20"}, {"size": "28", "perpendicular": "28"})
    done = assessed(rows({"T1": t1, "T2": t2, "T3": third}), criteria=nt.criteria.WHO_1981)
    assert overall(done) == ["PD"]


def test_merged_lesions_in_another_unit_are_said_once():
    """Sizes in centimetres: the one warning of the call, which names no option of another."""
    square = {"size": "3", "perpendicular": "3"}
    course = rows({"T1": (square, square), "T2": (square, {"state": "MERGED INTO T1"})})
    every = [[r | {"subject": str(i)} for r in course] for i in range(12)]
    with pytest.warns(nt.IntakeWarning) as caught:
        assessed(*every, criteria=nt.criteria.WHO_1981)
    assert len(caught) == 1
    assert "check_units" not in str(caught[0].message)


def test_parts_of_a_split_lesion_are_added_under_it():
    """T1.1 and T1.2 are T1 after it split; a part once seen and now not measured: T1
    is not.
    """
    parts = {"T1": ("50", None, None), "T1.1": (None, "20", "20"), "T1.2": (None, "15", None)}
    done = assessed(rows(parts))
    assert done.timepoints["sum"].tolist()[:2] == [50, 35]
    assert done.timepoints["target"].tolist() == ["MISSING", "PR", "NE"]


# Dates


def test_partial_dates_are_kept_and_not_guessed():
    """A partial date stays as text, has no day, stands by its visit number, and is counted."""
    done = assessed(rows({"T1": ("50", "40", "30")}, dates=("2024-01-01", "2024-03", "2024-05-01")))
    assert done.timepoints["date"].tolist() == ["2024-01-01", "2024-03", "2024-05-01"]
    np.testing.assert_array_equal(done.timepoints["day"], [0, np.nan, 121])
    assert overall(done) == ["SD", "PR"]
    notes = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert notes["lesion dates that are not full"] == "1"


def test_a_progression_on_a_partial_date_ends_the_course_on_a_day_not_known():
    """PD in March, day unknown: an event without a time; what follows does not count."""
    done = assessed(rows({"T1": ("50", "70", "20")}, dates=("2024-01-01", "2024-03", "2024-05-01")))
    s = done.subjects
    assert (s["best"][0], s["pfs_event"][0]) == ("PD", True)
    assert np.isnan(s["pfs_days"][0])
    assert EventReason(int(s["pfs_reason"][0])) == EventReason.PROGRESSION | EventReason.DAY_UNKNOWN
    assert s["progression_date"][0] == ""


@pytest.mark.parametrize(("ends", "reference"), [
    ({"randomized": "2024-01-20", "treatment_start": "2024-01-25"}, "2024-01-20"),
    ({"randomized": "", "treatment_start": "2024-01-25"}, "2024-01-25"),
    ({"randomized": "2024-01", "treatment_start": "2024-01-25"}, "2024-01-25"),
    ({"death": "2024-12-31"}, "2024-01-01"),
])  # fmt: skip
def test_reference_date(ends, reference):
    """Randomisation, else start of treatment, else the baseline; a partial date is none."""
    done = assessed(rows({"T1": ("50", "40")}), subjects=[{"subject": "1"} | ends])
    days = np.array(DATES[:2], dtype="M8[D]") - np.datetime64(reference)
    assert done.timepoints["day"].tolist() == days.astype(int).tolist()


def test_baseline_is_the_last_visit_on_or_before_the_reference_date():
    """Of two screening scans the later counts; the earlier is left aside and counted; else the
    first visit.
    """
    lesions = rows({"T1": ("80", "50", "40")}, dates=("2023-11-01", "2024-01-01", "2024-03-01"))
    done = assessed(lesions, subjects=[{"subject": "1", "randomized": "2024-01-01"}])
    assert done.timepoints["sum"].tolist() == [50, 40]
    assert done.timepoints["day"].tolist() == [0, 60]
    notes = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert notes["lesion rows before the baseline"] == "1"
    late = assessed(lesions, subjects=[{"subject": "1", "randomized": "2023-10-01"}])
    assert late.timepoints["sum"].tolist() == [80, 50, 40]
    assert late.timepoints["day"].tolist() == [31, 92, 152]


def test_visits_stand_in_the_order_of_their_dates():
    """A visit numbered 2 that was held before visit 1 comes before it."""
    done = assessed(
        rows({"T1": ("50", "30", "40")}, dates=("2024-01-01", "2024-05-01", "2024-03-01"))
    )
    assert done.timepoints["visit"].tolist() == [0, 2, 1]
    assert done.timepoints["sum"].tolist() == [50, 40, 30]


def test_a_visit_without_a_date_stands_by_its_number():
    """Visit 1 has no date: it stands between 0 and 2, counts for the nadir, and confirms
    nothing.
    """
    done = assessed(rows({"T1": ("50", "20", "30")}, dates=("2024-01-01", "", "2024-05-01")))
    assert done.timepoints["visit"].tolist() == [0, 1, 2]
    assert overall(done) == ["PR", "PD"]
    undated = rows({"T1": ("50", "30")}, dates=("", ""))
    with pytest.raises(nt.InputError, match="must have days or dates, which the confirmation"):
        assessed(undated)
    best = nt.criteria.RECIST_1_1.best_response
    free = attrs.evolve(best, confirmation_days=None, sd_minimum_days=None)
    without = assessed(undated, rule=free)
    assert overall(without) == ["PR"]
    assert without.subjects["best"].tolist() == ["PR"]


def test_unscheduled_visits():
    """Unscheduled scans on different days are timepoints of their own; with a number each is one
    visit.
    """
    lesions = rows({"T1": ("50", "40", "30")})
    for r in lesions[1:]:
        r["visit"] = "UNSCHEDULED"
    assert assessed(lesions).timepoints["sum"].tolist() == [50, 40, 30]
    numbered = rows({"T1": ("50", "40"), "T2": ("10", "10")})
    for r in numbered:
        if r["visit"] == "1":
            r |= {
                "visit": "UNSCHEDULED 1.1",
                "date": "2024-03-01" if r["lesion"] == "T1" else "2024-03-04",
            }
    assert assessed(numbered).timepoints["sum"].tolist() == [60, 50]


def test_two_visits_on_one_day():
    """The worse response enters the course, NE only where there is no other."""
    lesions = rows({"T1": ("50", "30", "61")}, dates=("2024-01-01", "2024-03-01", "2024-03-01"))
    done = assessed(lesions)
    assert overall(done) == ["PR", "PD"]
    assert (done.subjects["best"][0], done.subjects["progression_day"][0]) == ("PD", 60)
    ne = assessed(
        rows({"T1": ("50", "30", "NE")}, dates=("2024-01-01", "2024-03-01", "2024-03-01"))
    )
    assert ne.subjects["best_unconfirmed"].tolist() == ["PR"]


def test_days_in_place_of_dates():
    """De-identified data: `day` in every table, numbers in `subjects`; no date comes out."""
    lesions = {
        "subject": ["1"] * 3,
        "lesion": ["T1"] * 3,
        "role": ["TARGET"] * 3,
        "day": [-7, 56, 112],
        "size": [50, 30, 45],
    }
    done = nt.assess(
        {
            "lesions": lesions,
            "subjects": {"subject": ["1"], "death": [300], "therapy_completed": [20]},
        }
    )
    assert done.timepoints["day"].tolist() == [-7, 56, 112]
    assert done.timepoints["in_window"].tolist() == [False, True, False]
    assert (done.subjects["os_days"][0], done.subjects["pfs_days"][0]) == (300, 112)
    assert set(done.timepoints["date"]) | set(done.subjects["best_date"]) == {""}


# Tracks


@pytest.mark.parametrize(
    "names", [("2", "9", "10"), ("A10", "A2", "A9"), ("10", "9", "A2"), ("0.5", "1", "1e1")]
)
def test_names_stand_in_order(names):
    """Subjects, and readers likewise: as numbers where all names are numbers, else as text."""
    course = rows({"T1": ("50", "40")})
    for column in ("subject", "evaluator"):
        parts = [[r | {column: name} for r in course] for name in names[::-1]]
        assert assessed(*parts).subjects[column].tolist() == list(names)


def test_evaluators_are_never_mixed():
    """Two readers with different targets have tracks of their own; who was not read is
    there, too.
    """
    one, two = rows({"T1": ("50", "30")}, evaluator="A"), rows({"T1": ("50", "70")}, evaluator="B")
    other = [r | {"subject": "2"} for r in rows({"T1": ("50", "30")}, evaluator="A")]
    done = assessed(
        one,
        two,
        other,
        subjects=[{"subject": "3", "death": "2024-05-01", "randomized": "2024-01-01"}],
    )
    s = done.subjects
    assert list(zip(s["subject"], s["evaluator"], s["best_unconfirmed"], strict=True)) == [
        ("1", "A", "PR"),
        ("1", "B", "PD"),
        ("2", "A", "PR"),
        ("2", "B", "MISSING"),
        ("3", "A", "MISSING"),
        ("3", "B", "MISSING"),
    ]
    assert s["os_days"][4:].tolist() == [121, 121]
    assert s["pfs_event"][4:].tolist() == [False, False]
    assert (s["pfs_reason"][3:] == EventReason.NO_BASELINE).all()


# Size used


def measured(criteria, cells, **more):
    """The sums of a node's or a mass's course."""
    return assessed(rows(cells, **more), criteria=criteria).timepoints["sum"].tolist()


def both(size, perpendicular="", **more):
    """A cell with two diameters."""
    return {"size": size, "perpendicular": perpendicular, **more}


@pytest.mark.parametrize(
    "name", ["recist-1.1", "irecist-2017", "vogl-2008", "choi-2007", "mrecist-2010"]
)
def test_nodes_by_their_short_axis(name):
    """`perpendicular`, else `size`, which is then a short axis."""
    criteria = nt.criteria.get(name)
    cells = {"Tnode1": (both("30", "20"), both("25", "15")), "Tnode2": (both("16"), both("12"))}
    assert measured(criteria, cells, attenuation="60") == [36, 27]


def test_a_column_of_diameters_beside_sizes():
    """A diameter counts in the rows that have one, the size in the others."""
    cells = {"T1": ({"diameter": "50"}, {"diameter": "30"}), "T2": ("20", "10")}
    assert measured(nt.criteria.RECIST_1_1, cells) == [70, 40]


def test_a_nodes_long_axis_never_stands_for_its_short_one():
    """Both axes at baseline: where the short one is missing later, the node is not measured."""
    done = assessed(rows({"Tnode": (both("30", "20"), both("25"), both("25", "15"))}))
    assert done.timepoints["target"].tolist() == ["MISSING", "NE", "SD"]
    short = measured(
        nt.criteria.RECIST_1_1, {"Tnode": (both("20"), both("", "15"), both("28", "14"))}
    )
    assert short == [20, 15, 14]


def test_a_later_visit_does_not_change_the_axis_of_an_earlier_one():
    """A node whose second axis is first given at the last visit keeps its earlier sums."""
    early = measured(nt.criteria.RECIST_1_1, {"Tnode": (both("20"), both("16"))})
    late = measured(nt.criteria.RECIST_1_1, {"Tnode": (both("20"), both("16"), both("30", "15"))})
    assert late[:2] == early == [20, 16]


@pytest.mark.parametrize(("name", "expected"), [
    ("recist-1.0", [65, 60]), ("recist-1.1", [55, 50]), ("who-1981", [1200, 950]), ("swog-1992", [1200, 950]),
    ("mrecist-2010", [40, 35]), ("easl-2001", [None, None]), ("volume-recist", [9, 8]),
])  # fmt: skip
def test_size_used_by_edition(name, expected):
    """A mass of 35 x 20 (viable 20) and a node of 30 x 20 mm, 4 and 5 mL."""
    mass = (both("35", "20", viable="20", volume="4"), both("30", "15", viable="15", volume="4"))
    node = (both("30", "20", volume="5"), both("30", "20", volume="4"))
    if name in ("who-1981", "swog-1992"):
        node = (both("25", "20"), both("25", "20"))
    found = measured(nt.criteria.get(name), {"T1": mass, "Tnode": node})
    np.testing.assert_array_equal(found, [np.nan if v is None else v for v in expected])


def test_viable_size_only_if_given_at_baseline():
    """mRECIST: `viable` if given at baseline, else `size`; a missing viable size is not replaced by
    the whole.
    """
    mrecist = nt.criteria.MRECIST_2010
    whole = {"size": "50"}
    assert measured(mrecist, {"T1": (whole, whole | {"viable": "20"})}) == [50, 50]
    done = assessed(
        rows({"T1": (whole | {"viable": "40"}, whole, whole | {"viable": "20"})}), criteria=mrecist
    )
    assert done.timepoints["target"].tolist() == ["MISSING", "NE", "PR"]
    easl = {
        "T1": (
            {"viable": "40", "viable_perpendicular": "30"},
            {"viable": "20", "viable_perpendicular": "20"},
        )
    }
    assert measured(nt.criteria.EASL_2001, easl) == [1200, 400]


def test_choi_by_sum_and_attenuation():
    """Sum and mean HU of the targets, both against baseline."""
    cells = {
        "T1": (
            {"size": "50", "attenuation": "80"},
            {"size": "49", "attenuation": "60"},
            {"size": "44", "attenuation": "80"},
            {"size": "50", "attenuation": ""},
        )
    }
    done = assessed(rows(cells), criteria=nt.criteria.CHOI_2007)
    assert overall(done) == ["PR", "PR", "NE"]
    why = [Reason.ATTENUATION, Reason.DECREASE, Reason.NOT_MEASURED]
    assert done.timepoints["reason"][1:].tolist() == why
    assert done.timepoints["explanation"].tolist()[1:] == [
        "PR: target PR (sum 49.0 mm is -2.0 % from 50.0, attenuation 60.0 HU is -25.0 % from "
        "80.0; limits -10 % or "
        "-15 % of HU, and +10 %) (Choi 2007, Table 2 (seen in PMC5658474))",
        "PR: target PR (sum 44.0 mm is -12.0 % from 50.0, attenuation 80.0 HU is +0.0 % from "
        "80.0; limits -10 % or "
        "-15 % of HU, and +10 %) (Choi 2007, Table 2 (seen in PMC5658474))",
        "NE: target NE (sum 50.0 mm is +0.0 % from 50.0, attenuation not measured is not defined "
        "from 80.0; limits "
        "-10 % or -15 % of HU, and +10 %) (Choi 2007, Table 2 (seen in PMC5658474))",
    ]
    gone = assessed(
        rows({"T1": ({"size": "50", "attenuation": "80"}, "ABSENT"), "T2": ("20", "0")}),
        criteria=nt.criteria.CHOI_2007,
    )
    assert gone.timepoints["explanation"][1].startswith(
        "CR: target CR (every target lesion has disappeared)"
    )
    none = assessed(
        rows({"T1": ({"size": "NE"}, {"size": "40", "attenuation": "80"})}),
        criteria=nt.criteria.CHOI_2007,
    )
    assert none.timepoints["explanation"][1].startswith("NE: target NE (no usable baseline)")


def test_immune_criteria():
    """iRECIST: first progression unconfirmed, confirmed by +5 mm; dated at the first iUPD; labels
    with an i.
    """
    done = assessed(rows({"T1": ("50", "60", "66")}), criteria=nt.criteria.IRECIST_2017)
    assert done.timepoints["overall"].tolist() == ["MISSING", "iUPD", "iCPD"]
    assert (done.subjects["best"][0], done.subjects["progression_day"][0]) == ("iCPD", 60)
    assert done.subjects["pfs_days"].tolist() == [60]
    back = assessed(rows({"T1": ("50", "60", "40")}), criteria=nt.criteria.IRECIST_2017)
    assert back.timepoints["overall"].tolist() == ["MISSING", "iUPD", "iSD"]
    assert back.subjects["pfs_event"].tolist() == [False]


# Non-target and new lesions


@pytest.mark.parametrize(("cells", "expected"), [
    (("PRESENT", "ABSENT"), "CR"), (("PRESENT", "PRESENT"), "NON-CR/NON-PD"),
    (("PRESENT", "UNEQUIVOCAL PROGRESSION"), "PD"), (("PRESENT", None), "NE"), (("PRESENT", "NE"), "NE"),
    (("12", "11"), "NON-CR/NON-PD"), (("PRESENT", {"size": "20", "state": "ABSENT"}), "NE"),
])  # fmt: skip
def test_non_target_cells(cells, expected):
    """Absent is CR, there is NON-CR/NON-PD, not looked at is NE."""
    assert assessed(rows({"N1": cells, "T1": ("50", "50")})).timepoints["non_target"].tolist() == [
        "MISSING",
        expected,
    ]


def test_a_non_target_node_below_10_mm_is_normal():
    """A node of 9 mm short axis is CR, of 10 mm not (RECIST 1.1, 4.3.3)."""
    for short, expected in (("9.9", "CR"), ("10", "NON-CR/NON-PD")):
        for cell in (both(short), both("20", short)):
            done = assessed(rows({"Nnode": (both("20", "14"), cell)}))
            said = (
                "NON-CR/NON-PD" if cell == both(short) else expected
            )  # the first visit has both axes
            assert done.timepoints["non_target"].tolist() == ["MISSING", said]
        assert (
            assessed(rows({"Nnode": (both("14"), both(short))})).timepoints["non_target"][1]
            == expected
        )


def test_a_lesion_seen_only_before_the_baseline_plays_no_part():
    """A screening finding that was not followed neither holds back a CR nor makes it NE."""
    dates = ("2023-11-01", "2024-01-01", "2024-03-01")
    lesions = rows(
        {"T1": ("52", "50", "ABSENT"), "N1": ("PRESENT", None, None), "T2": ("20", None, None)},
        dates=dates,
    )
    done = assessed(lesions, subjects=[{"subject": "1", "randomized": "2024-01-02"}])
    assert overall(done) == ["CR"]
    assert done.timepoints["n_missing"].tolist() == [0, 0]


@pytest.mark.parametrize(("cell", "counts"), [
    ("PRESENT", True), ("UNEQUIVOCAL", True), ("12", True), ("EQUIVOCAL", False), ("NE", False), ("ABSENT", False),
    ("0", False), (None, False),
])  # fmt: skip
def test_new_lesions_count_when_present_unequivocal_or_measured(cell, counts):
    """An equivocal one does not count."""
    done = assessed(rows({"T1": ("50", "50"), "X1": (None, cell)}))
    assert done.timepoints["new_lesion"].tolist() == [False, counts]
    assert overall(done) == ["PD" if counts else "SD"]


def test_a_new_lesion_that_is_equivocal_first():
    """Earlier responses stay, the progression is dated at the first sighting, and the best response
    is judged on the course that ends there; or only the date moves.
    """
    done = assessed(
        rows(
            {"T1": ("50", "30", "30", "30"), "X1": (None, "EQUIVOCAL", "EQUIVOCAL", "UNEQUIVOCAL")}
        )
    )
    assert overall(done) == ["PR", "PR", "PD"]
    s = done.subjects
    assert (s["best"][0], s["progression_day"][0], s["progression_date"][0]) == (
        "PD",
        60,
        "2024-03-01",
    )
    assert (s["best_day"][0], np.isnan(s["dor_days"][0]), s["dor_event"][0]) == (60, True, False)
    assert (s["pfs_days"][0], s["pfs_event"][0]) == (60, True)
    date_only = attrs.evolve(
        nt.criteria.RECIST_1_1.best_response, equivocal_progression="date only"
    )
    moved = assessed(
        rows(
            {"T1": ("50", "30", "30", "30"), "X1": (None, "EQUIVOCAL", "EQUIVOCAL", "UNEQUIVOCAL")}
        ),
        rule=date_only,
    ).subjects
    assert (moved["best"][0], moved["progression_day"][0], moved["pfs_days"][0]) == ("PR", 60, 60)
    assert np.isnan(moved["dor_days"][0])
    never = assessed(rows({"T1": ("50", "30", "30"), "X1": (None, "EQUIVOCAL", "EQUIVOCAL")}))
    assert not never.subjects["pfs_event"][0]


def test_a_new_lesion_stays_until_it_is_absent():
    """Where nothing is said of it, a new lesion is still there; what was there at baseline is not
    new.
    """
    done = assessed(rows({"T1": ("50", "50", "50", "50"), "X1": (None, "PRESENT", None, "ABSENT")}))
    assert done.timepoints["new_lesion"].tolist() == [False, True, True, False]
    base = assessed(rows({"T1": ("50", "50"), "X1": ("PRESENT", None)}))
    assert base.timepoints["new_lesion"].tolist() == [False, False]


# Treatment


def test_treatment_alone_never_makes_a_lesion_not_evaluable():
    """A target that was embolised is measured like any other; not evaluable only where the record
    says so.
    """
    treated = rows(
        {
            "T1": (
                "50",
                {"size": "30", "reason": "RESECTION OR FOCAL THERAPY PERFORMED"},
                "NOT EVALUABLE",
            )
        }
    )
    assert overall(assessed(treated)) == ["PR", "NE"]


def test_a_new_therapy_ends_the_course():
    """Assessments on or after a new therapy do not count; PFS is censored at the last adequate one
    before it.
    """
    lesions = rows({"T1": ("50", "30", "30", "70")})
    done = assessed(
        lesions, subjects=[{"subject": "1", "new_therapy": "2024-05-01", "death": "2024-10-01"}]
    )
    s = done.subjects
    assert overall(done) == ["PR", "PR", "PD"]
    assert (s["best"][0], s["best_unconfirmed"][0], s["confirmed"][0]) == ("SD", "PR", False)
    assert (s["pfs_days"][0], s["pfs_event"][0]) == (60, False)
    assert EventReason.NEW_THERAPY in EventReason(int(s["pfs_reason"][0]))
    assert s["os_event"][0]
    by_baseline = assessed(lesions, subjects=[{"subject": "1", "new_therapy": "2024-01-01"}])
    assert (by_baseline.subjects["best"][0], by_baseline.subjects["pfs_days"][0]) == ("MISSING", 0)
    in_the_month = assessed(lesions, subjects=[{"subject": "1", "new_therapy": "2024-07"}])
    assert np.isnan(in_the_month.subjects["progression_day"][0]), "the PD may be after it"


def test_no_usable_baseline():
    """A baseline sum of 0, a target missing at baseline, or never measured: NE with a reason, not
    an error.
    """
    zero = assessed(rows({"T1": ("0", "20")}))
    missing = assessed(rows({"T1": ("50", "20"), "T2": ("NE", "20")}))
    never = assessed(rows({"T1": ("50", "20"), "T2": ("NE", "NE")}))
    unseen = assessed(
        rows({"T1": ("50", "20")}), [rows({"T2": ("",)})[0] | {"visit": "", "date": ""}]
    )
    small = assessed(
        rows({"T1": ("50", "20"), "T2": ("TSTM", "TSTM")}), criteria=nt.criteria.VOGL_2008
    )
    for done in (zero, missing, never, unseen, small):
        assert overall(done) == ["NE"]
        assert done.timepoints["reason"][1] & (Reason.INVALID | Reason.BASELINE)
        assert done.subjects["pfs_reason"][0] == EventReason.NO_BASELINE
    assert never.timepoints["n_missing"].tolist() == [1, 1]


def test_several_scans_within_one_visit():
    """One sum a timepoint; new and non-target progression on its own scan, the sum on the last
    target scan.
    """
    lesions = rows({"T1": ("50", "30"), "T2": ("20", "20"), "N1": ("PRESENT", "PRESENT")})
    spread = {"T1": "2024-03-01", "T2": "2024-03-04", "N1": "2024-03-02"}
    scans = [r | {"date": spread[r["lesion"]]} if r["visit"] == "1" else r for r in lesions]
    done = assessed(scans)
    assert done.timepoints["sum"].tolist() == [70, 50]
    assert done.timepoints["date"].tolist() == ["2024-01-01", "2024-03-04"]
    grown = [r | {"size": "90"} if (r["lesion"], r["visit"]) == ("T1", "1") else r for r in scans]
    assert assessed(grown).subjects["progression_date"].tolist() == ["2024-03-04"]
    worse = [
        r | {"state": "UNEQUIVOCAL PROGRESSION"} if (r["lesion"], r["visit"]) == ("N1", "1") else r
        for r in grown
    ]
    assert assessed(worse).subjects["progression_date"].tolist() == ["2024-03-02"]
    new = [r | {"date": "2024-03-01"} for r in rows({"X1": (None, "PRESENT")})]
    assert assessed(worse, new).subjects["progression_date"].tolist() == ["2024-03-01"]


# Outputs


def test_time_to_events_of_one_patient():
    """PR, PR, PD, death: best, dates, PFS, TTP, DoR, OS in days from randomisation."""
    lesions = rows({"T1": ("50", "30", "28", "45")})
    s = assessed(
        lesions, subjects=[{"subject": "1", "randomized": "2024-01-01", "death": "2025-01-01"}]
    ).subjects
    row = s.rows()[0]
    assert (row["best"], row["best_unconfirmed"], row["best_day"], row["best_date"]) == (
        "PR",
        "PR",
        60,
        "2024-03-01",
    )
    assert (row["confirmed"], row["first_response_day"], row["progression_day"]) == (True, 60, 182)
    assert [row[f"{n}_days"] for n in ("pfs", "ttp", "dor", "os")] == [182, 182, 122, 366]
    assert all(row[f"{n}_event"] for n in ("pfs", "ttp", "dor", "os"))


@pytest.mark.parametrize(
    ("death", "time", "event"),
    [
        ("2024-08", np.nan, True),
        ("2024-08-15", 227, True),
        ("", 121, False),
    ],
)
def test_a_death_of_which_only_the_month_is_known(death, time, event):
    """An event without a time, for PFS and OS."""
    s = assessed(
        rows({"T1": ("50", "40", "40")}), subjects=[{"subject": "1", "death": death}]
    ).subjects
    np.testing.assert_array_equal([s["pfs_days"][0], s["os_days"][0]], [time, time])
    assert s["pfs_event"][0] == s["os_event"][0] == event


def test_a_death_in_a_month_that_cannot_matter():
    """All of the month behind the data cut-off, or behind a new therapy that censors: no event
    there.
    """
    lesions = rows({"T1": ("50", "40", "40")})
    cut = assessed(
        lesions, subjects=[{"subject": "1", "death": "2024-08", "data_cutoff": "2024-07-01"}]
    ).subjects
    assert (cut["pfs_days"][0], cut["pfs_event"][0], cut["os_days"][0]) == (121, False, 182)
    treated = [{"subject": "1", "death": "2024-08", "new_therapy": "2024-06-01"}]
    s = assessed(lesions, subjects=treated).subjects
    assert (s["pfs_days"][0], s["pfs_event"][0], s["os_event"][0]) == (121, False, True)
    other = assessed(
        lesions, subjects=treated, censoring=nt.criteria.ADMIRALONCO_CENSORING
    ).subjects
    assert other["pfs_event"][0]


def test_data_cutoff_by_column_or_for_all():
    """What is later is shown in the timepoints, and counts for nothing."""
    lesions = rows({"T1": ("50", "30", "30", "70")})
    for done in (
        assessed(lesions, data_cutoff="2024-05-01"),
        assessed(lesions, subjects=[{"subject": "1", "data_cutoff": "2024-05-01"}]),
        assessed(lesions, data_cutoff=np.datetime64("2024-05-01")),
    ):
        assert overall(done) == ["PR", "PR", "PD"]
        s = done.subjects
        assert (s["best"][0], s["pfs_days"][0], s["pfs_event"][0]) == ("PR", 121, False)
        assert EventReason.CUTOFF in EventReason(int(s["pfs_reason"][0]))


def test_window_of_the_first_scan_after_therapy():
    """28 to 42 days after the therapy was completed (the review)."""
    lesions = rows(
        {"T1": ("50",) * 5},
        dates=("2024-01-01", "2024-01-28", "2024-01-29", "2024-02-12", "2024-02-13"),
    )
    done = assessed(lesions, subjects=[{"subject": "1", "therapy_completed": "2024-01-01"}])
    assert done.timepoints["in_window"].tolist() == [False, False, True, True, False]


def test_explanations_on_request():
    """A sentence for one row, or the whole column, which is made when it is asked for."""
    done = assessed(
        rows({"T1": ("50", "30", "45"), "N1": ("PRESENT",) * 3, "X1": (None, None, "PRESENT")})
    )
    column = done.timepoints["explanation"]
    assert column.tolist() == [done.explain(i) for i in range(3)]
    assert column[0] == "Baseline: sum 50.0 mm (RECIST 1.1)"
    assert column[2].startswith(
        "PD: target PD (sum 45.0 mm is +50.0 % and +15.0 mm from the nadir of 30.0 mm"
    )
    assert "non-target NON-CR/NON-PD, new lesion" in column[2]
    assert "explanation" in done.timepoints
    assert list(done.timepoints)[-1] == "explanation"
    assert done.timepoints.to_frame("pandas").explanation.tolist() == column.tolist()
    assert "(on request)" in repr(done.timepoints)
    with pytest.raises(nt.InputError, match=r"`row` must lie from 0 to 2; got 3"):
        done.explain(3)


def test_provenance_names_criteria_versions_inputs_and_policies(tmp_path):
    """Criteria with their digests, versions, each file with its SHA-256, what was left out."""
    lesions = table(rows({"T1": ("50", "30")}))
    path = tmp_path / "lesions.csv"
    nt.Table(lesions).to_csv(path)
    done = nt.assess(tmp_path)
    held = {r["item"]: (r["value"], r["detail"]) for r in done.provenance.rows()}
    assert held["criteria"] == ("RECIST 1.1", nt.criteria.RECIST_1_1.digest)
    assert held["nettumor"][0] == nt.__version__
    import hashlib

    assert held["input lesions"] == (
        "lesions.csv (csv, 2 rows)",
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    assert held["baseline"][0].startswith("last visit dated on or before the reference date")
    assert held["further rows of one subject, not read"][0] == "0"
    assert held["lesion rows without visit and date"][0] == "0"


# Selections


def test_the_liver_alone():
    """Hepatic PFS: the same visits and baseline, only the lesions of the liver."""
    lesions = rows({"T1": ("50", "40", "40"), "N1": ("PRESENT", "PRESENT", "PRESENT")})
    bone = [
        r | {"organ": "BONE", "lesion": "X9", "role": "NEW"}
        for r in rows({"X9": (None, "PRESENT", "PRESENT")})
    ]
    spelled = {"T1": "Liver, right lobe", "N1": "hepatic"}
    right = [r | {"organ": spelled[r["lesion"]]} for r in lesions]
    done = assessed(right, bone)
    assert (done.subjects["pfs_days"][0], done.subjects["pfs_event"][0]) == (60, True)
    for selection in ({"organ": "liver"}, {"organ": ["LIVER"]}, np.array([True] * 6 + [False] * 2)):
        liver = assessed(right, bone, selection=selection)
        assert (liver.subjects["pfs_days"][0], liver.subjects["pfs_event"][0]) == (121, False)
        assert liver.timepoints.n_rows == 3
        assert liver.timepoints["non_target"].tolist()[1:] == ["NON-CR/NON-PD"] * 2


@pytest.mark.parametrize(
    ("wanted", "place", "taken"),
    [
        ("liver", "Liver hilum, lymph node", False),
        ("liver", "LIVER - LYMPH NODE", False),
        ("liver", "Liver segment 4", True),
        ("liver segment", "Liver segment 4", True),
        ("lymph node", "Lymph node, hilar", True),
        ("region", "Region 2", True),
    ],
)
def test_a_place_that_begins_with_an_organ(wanted, place, taken):
    """A location that is read as another organ is not selected by its first word; one's own words
    are.
    """
    lesions = rows({"T1": ("50", "40", "40"), "T2": ("50", "80", "80")})
    places = {"T1": wanted.upper(), "T2": place}
    given = [r | {"organ": places[r["lesion"]]} for r in lesions]
    found = assessed(given, selection={"organ": wanted})
    assert found.timepoints["sum"].tolist() == ([100, 120, 120] if taken else [50, 40, 40])


def test_every_lesion_by_itself():
    """The response of each treated lesion: a row per lesion, without non-target and new lesions."""
    done = assessed(
        rows(
            {"T1": ("50", "0"), "T2": ("20", "30"), "N1": ("PRESENT",) * 2, "X1": (None, "PRESENT")}
        ),
        by="lesion",
    )
    assert done.subjects["lesion"].tolist() == ["T1", "T2"]
    assert done.subjects["best_unconfirmed"].tolist() == ["CR", "PD"]
    assert done.timepoints["lesion"].tolist() == ["T1", "T1", "T2", "T2"]
    assert done.to_adam()["ADTR"]["TRLNKID"].tolist() == ["T1", "T1", "T2", "T2"]


def test_the_rule_of_a_randomised_trial():
    """A rule without confirmation takes the place of the criteria's own."""
    rule = attrs.evolve(nt.criteria.RECIST_1_1.best_response, confirmation_days=None)
    assert assessed(rows({"T1": ("50", "30")}), rule=rule).subjects["best"].tolist() == ["PR"]
    assert assessed(rows({"T1": ("50", "30")})).subjects["best"].tolist() == ["SD"]


def test_a_new_lesion_of_a_negative_size_is_not_measured():
    """Under iRECIST, too, a size that cannot be is left out: the lesion is there, nothing is added
    up.
    """
    lesions = rows({"T1": ("50", "50", "50"), "X1": (None, "-3", "-3")})
    done = assessed(
        [r | {"state": "PRESENT"} if r["lesion"] == "X1" else r for r in lesions],
        criteria=nt.criteria.IRECIST_2017,
    )
    assert done.timepoints["overall"].tolist() == ["MISSING", "iUPD", "iUPD"]


def test_parts_among_other_roles_only():
    """A part of a non-target lesion where there is no target."""
    done = assessed(rows({"N1": ("PRESENT", "PRESENT"), "N1.1": (None, "PRESENT")}))
    assert overall(done) == ["NON-CR/NON-PD"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # the verdict is the question
def test_a_life_goes_on_to_the_last_scan_by_any_reader():
    """Without a day last known alive, OS is censored at the subject's last scan, whoever read it
    and is asked for.
    """
    late = rows({"T1": ("50", "48", "46")}, evaluator="B")
    early = rows({"T1": ("50", "48")}, evaluator="A")
    nobody = rows({"T1": (None, None, None, None, "40")}, evaluator="A", subject="")
    for only in (None, "A", "B"):
        done = assessed(early, late, nobody, evaluator=only)
        assert done.subjects["os_days"].tolist() == [121.0] * done.subjects.n_rows
    # each reader counts from its own baseline, where nothing else tells the reference date
    later = rows({"T1": ("50", "48")}, dates=("2024-01-11", "2024-03-01"), evaluator="A")
    done = assessed(later, late)
    assert done.subjects["os_days"].tolist() == [111.0, 121.0]
    ttnt = done.events["parameter"] == "TTNT"
    assert done.events["time"][ttnt].tolist() == [111.0, 121.0]


def test_merged_into_one_that_is_not_named():
    """Plain MERGED does not say which mass took the lesion in: from then on no single lesion
    progresses, only the sum.

    Before the merge each lesion still does.
    """

    def size(x):
        return {"size": str(x), "perpendicular": "20"}

    grown = rows(
        {
            "T1": (size(20), size(28)),
            "T2": (size(20), {"state": "MERGED"}),
            "T3": (size(20), size(20)),
        }
    )
    assert overall(assessed(grown, criteria=nt.criteria.WHO_1981)) == ["SD"]
    more = rows(
        {
            "T1": (size(20), size(50)),
            "T2": (size(20), {"state": "MERGED"}),
            "T3": (size(20), size(26)),
        }
    )
    done = assessed(more, criteria=nt.criteria.WHO_1981)
    assert overall(done) == ["PD"]
    assert Reason.ANY_LESION not in Reason(int(done.timepoints["reason"][1]))
    before = rows(
        {"T1": (size(20), size(28), size(28)), "T2": (size(20), size(15), {"state": "MERGED"})}
    )
    done = assessed(before, criteria=nt.criteria.WHO_1981)
    assert Reason.ANY_LESION in Reason(int(done.timepoints["reason"][1]))
    assert overall(done)[0] == "PD"


def test_a_new_therapy_that_does_not_censor():
    """Where the rule set does not censor at a new therapy, a progression after it ends PFS; the
    best response ends.
    """
    course = rows({"T1": ("50", "48", "70")})
    person = [{"subject": "1", "new_therapy": "2024-04-01"}]
    plain = assessed(course, subjects=person).subjects
    assert (plain["pfs_days"][0], plain["pfs_event"][0], plain["progression_date"][0]) == (
        60,
        False,
        "",
    )
    done = assessed(course, subjects=person, censoring=nt.criteria.ADMIRALONCO_CENSORING).subjects
    assert (done["pfs_days"][0], done["pfs_event"][0], done["progression_date"][0]) == (
        121,
        True,
        "2024-05-01",
    )
    assert (done["best"][0], done["best_day"][0]) == ("SD", 60)


def test_survival_from_the_first_metastasis():
    """Where the day of the first metastasis is known, survival counts from it, too (Vogl 2008,
    section 4.4).
    """
    course = [r | {"subject": s} for s in "123" for r in rows({"T1": ("50", "30", "28")})]
    people = [
        {"subject": "1", "first_metastasis": "2023-01-01", "death": "2024-12-31"},
        {"subject": "2", "first_metastasis": "2023", "last_known_alive": "2024-12-31"},
        {"subject": "3", "first_metastasis": "2023-12-22", "death": "2024-11"},
    ]
    done = assessed(course, subjects=people)
    events = done.events.to_frame("pandas").set_index(["parameter", "subject"])
    found = events.loc["OSMET"]
    assert found["time"].tolist()[0] == events.loc["OS"]["time"].tolist()[0] + 365 == 730
    assert np.isnan(
        found["time"].tolist()[1:]
    ).all()  # a partial origin; a death on a day not known
    assert found["event"].tolist() == [True, False, True]
    assert found["start"].tolist()[0] == -365
    dor = events.loc["DOR"].loc[["1", "2"]]  # an interval as a swimmer plot draws it
    assert dor["start"].tolist() == [60, 60]
    assert (dor["start"] + dor["time"]).tolist() == dor["day"].tolist()
    table = done.to_adam()["ADTTE"].to_frame("pandas").set_index(["PARAMCD", "USUBJID"])
    assert table.loc["OSMET", "1"][["STARTDT", "ADT", "AVAL", "CNSR"]].tolist() == [
        "2023-01-01",
        "2024-12-31",
        731,
        0,
    ]
    none = assessed(course, subjects=[{"subject": "1", "first_metastasis": ""}])
    assert "OSMET" not in none.events["parameter"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # the verdict is the question
def test_provenance_says_what_could_not_be_read():
    """Unknown roles and states, and measures that the criteria need and nobody gave, are counted
    and named.
    """
    course = rows({"T1": ("50", "30"), "N1": ("PRESENT", "PREZENT")})
    course += [r | {"role": "TARGE", "lesion": "T2"} for r in rows({"T1": ("50", "30")})]
    done = assessed(course, criteria=nt.criteria.WHO_1981)
    said = {r["item"]: r["value"] for r in done.provenance.rows()}
    assert said["lesion rows with a role or state that is not known"] == "3"
    assert said["measures of the criteria that the table lacks"] == "perpendicular"
    said = {r["item"]: r["value"] for r in assessed(course).provenance.rows()}
    assert said["measures of the criteria that the table lacks"] == "none"


@pytest.mark.parametrize(
    ("lesions", "answers"),
    [
        ({"T1": ("50", "0", "4")}, ["CR", "PD"]),
        ({"T1": ("50", "0", "4"), "N1": ("PRESENT", "ABSENT", "ABSENT")}, ["CR", "PD"]),
        ({"T1": ("50", "0", "4"), "N1": ("PRESENT", "PRESENT", "PRESENT")}, ["PR", "PR"]),
        (
            {"T1": ("50", "0", "0", "4"), "N1": ("PRESENT", "PRESENT", "ABSENT", "ABSENT")},
            ["PR", "CR", "PD"],
        ),
        ({"T1": ("50", "0", "5"), "N1": ("PRESENT", "PRESENT", "PRESENT")}, ["PR", "PD"]),
    ],
)
def test_hard_case_6_what_is_back_after_an_overall_cr(lesions, answers):
    """With ``reappearance`` "PD" a target that is back is PD after an overall CR; where other disease
    was left, the limits decide (EORTC RECIST FAQ).
    """
    criteria = attrs.evolve(nt.criteria.RECIST_1_1, reappearance="PD")
    done = assessed(rows(lesions), criteria=criteria)
    assert done.timepoints["overall"].tolist()[1:] == answers
    early = [{"subject": "1", "randomized": "2020-01-01"}]
    with pytest.warns(nt.IntakeWarning, match="no baseline"):
        refused = assessed(rows(lesions), subjects=early, criteria=criteria, late_baseline_days=28)
    assert set(refused.timepoints["target"].tolist()[1:]) == {"NE"}
