"""What `assess` leaves out of a course or takes by a rule, and says: scans after death, strays, late
baselines, unused lines; markers against CR; cycles; schedules; readers.
"""

import attrs
import numpy as np
import pytest

import nettumor as nt
from test_assessment_courses import assessed, dated, first, new, other, overall, row, targets

C = nt.criteria
quiet = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")


def said(done, *statuses):
    """What the intake says of the rows, dates and subjects of an assessment."""
    kinds = ("row", "date", "subject")
    rows = [r for r in done.intake.rows() if r["kind"] in kinds]
    return [(r["status"], r["found"], r["count"]) for r in rows if r["status"] in statuses]


def provenance(done, item):
    """A value of the provenance."""
    return dict(zip(done.provenance["item"], done.provenance["value"], strict=True))[item]


STRAY = [*targets(30, 12, 12), row("T9", 112, 44)]
WORDLESS = [*targets(50, 50), new("X", 56, organ="LUNG")]


@pytest.mark.parametrize(
    ("rows", "options", "line", "words"),
    [
        (
            [row("T1", d, s) for d, s in ((0, 50), (56, 30), (112, 30), (168, 90))],
            {"subjects": {"death": "120"}},
            ("ignored", "scans dated after death", 1),
            "left out, of 1 subject .1.; correct the date",
        ),
        (
            [*targets(50, 30), row("T1", "", 30), new("X", "")],
            {},
            ("ignored", "rows without visit and date", 1),
            "at no timepoint, of 1 subject .1.; give the date of the scan, or the visit",
        ),
        (STRAY, {}, ("ignored", "targets that were not there at baseline", 1), "T9 of 1"),
        (
            [new("X", 112, 10), row("T1", 168, 30)],
            {},
            ("ignored", "targets that were not there at baseline", 1),
            "T1 of 1",
        ),
        (WORDLESS, {}, ("ambiguous", "new lesions without size or state", 1), "as 'there'"),
        (
            [row("T1", 0, 50), *[r | {"subject": "2"} for r in WORDLESS]],
            {},
            ("ambiguous", "new lesions without size or state", 1),
            r"of 1 subject \(2\)",
        ),
        (
            [row("T1", d, 50) for d in (61, 121)],
            {"late_baseline_days": 28},
            ("ignored", "first scans after the reference date", 1),
            "no baseline: later than late_baseline_days=28",
        ),
    ],
)
def test_what_is_left_out_is_said(rows, options, line, words):
    """One warning, a line of the intake, the counts in the repr, and a refusal where all must be
    plain.
    """
    with pytest.warns(nt.IntakeWarning, match=words) as caught:
        done = assessed(rows, **options)
    assert len(caught) == 1
    assert line in said(done, "ignored", "ambiguous")
    assert repr(done).startswith("Assessment(1 ")
    with pytest.raises(nt.InputError, match=words):
        assessed(rows, strict=True, **options)


def test_the_check_asks_for_the_word():
    """A new lesion without size and state is a finding (W04), also where the study has no states; an
    unused line of the form is none.
    """
    for rows, count in ((WORDLESS, 1), ([*targets(50, 50), new("X", 56)], 0)):
        for names in (("state",), ()):
            names = (*names, "subject", "lesion", "role", "day", "size", "organ")
            lesions = {n: [r.get(n, "") for r in rows] for n in names}
            found = nt.edit_checks.run({"lesions": lesions}, checks=["W04"])
            assert found.n_rows == count
    sized = {n: [r.get(n, "") for r in [*targets(50, 50), new("X", 56, 12)]] for n in names}
    assert nt.edit_checks.run({"lesions": sized}, checks=["W04"]).n_rows == 0


def test_what_is_plain_is_said_without_a_warning():
    """An unused line of the form, and first scans after the reference date that are the baseline: of
    whom, and up to how many days after it.
    """
    done = assessed([*targets(50, 50), new("X", 56)])
    assert said(done, "not needed") == [
        ("not needed", "lines for new lesions with nothing in them", 1)
    ]
    done = assessed([row("T1", d, 50) for d in (61, 121)])
    assert said(done, "read") == [("read", "first scans after the reference date", 1)]
    late = {"1": (61, 121), "2": (-3, 56), "3": (1, 100)}
    done = assessed([row("T1", d, 50) | {"subject": s} for s, days in late.items() for d in days])
    note = [r["note"] for r in done.intake.rows() if r["status"] == "read" and r["kind"] == "date"]
    assert note == ["of 2 subjects (1, 3), up to 61 days; late_baseline_days refuses them"]
    counted = provenance(done, "tracks with a first scan after the reference date")
    assert counted == "2 (counted as the baseline)"


@quiet
def test_scans_after_death():
    """They are no timepoints; a partial death leaves what some of its days allow, and a reader's
    rows change no other's.
    """
    days = ("2024-01-01", "2024-03-01", "2024-07-01")
    rows = dated(*zip(days, (50, 50, 80), strict=True))
    done = assessed(rows, subjects={"death": "2024-05"})
    assert overall(done) == "SD"
    assert first(done, "progression_day", "pfs_days", "pfs_event") == (None, None, True)
    assert overall(assessed(rows, subjects={"death": "2024-07"})) == "SD PD"
    lone = [r | {"evaluator": "A"} for r in rows[:2]] + [r | {"evaluator": "B"} for r in rows]
    done = assessed(lone, subjects={"death": "2024-05"})
    assert done.timepoints["evaluator"].tolist() == ["A", "A", "B", "B"]
    # whose reader was not asked for, too, whatever the asked one read
    done = assessed(lone, subjects={"death": "2024-05"}, evaluator="A")
    said = dict(zip(done.intake["found"].tolist(), done.intake["count"].tolist(), strict=True))
    assert said["scans dated after death"] == 1
    nobody = assessed(rows, subjects={"death": "2023-12-01"})
    assert nobody.timepoints.n_rows == 0
    assert first(nobody, "best") == ("MISSING",)
    picked = assessed(rows, subjects={"death": "2024-05"}, selection=np.ones(3, dtype=bool))
    assert overall(picked) == "SD"


@quiet
def test_unused_lines_are_no_first_visit():
    """A form with empty lines for new lesions before the baseline is no baseline."""
    rows = dated(("2024-02-01", 50), ("2024-04-01", 30))
    empty = {"subject": "1", "lesion": "X", "role": "NEW", "date": "2024-01-01"}
    done = assessed([empty, *rows])
    assert done.timepoints["overall"].tolist() == ["MISSING", "PR"]
    assert done.timepoints["day"].tolist() == [0, 60]


@pytest.mark.parametrize(
    ("people", "read_as", "column"),
    [
        ({"randomized": "2024-01"}, "the baseline", "randomized"),
        ({"treatment_start": "2024-01"}, "the baseline", "treatment_start"),
        (
            {"randomized": "2024-01", "treatment_start": "2024-01-02"},
            "the start of treatment",
            "randomized",
        ),
    ],
    ids=str,
)
def test_reference_dates_that_are_not_full(people, read_as, column):
    """Another date is day 0 then, and that is said."""
    rows = dated(("2024-01-01", 50), ("2024-03-01", 30))
    with pytest.warns(nt.IntakeWarning, match=f"day 0 is the date of {read_as} of 1 subject"):
        done = assessed(rows, subjects=people)
    line = next(r for r in done.intake.rows() if r["found"] == "reference dates that are not full")
    assert (line["place"], line["read_as"]) == (f"subjects.{column}", read_as)
    whole = assessed(rows, subjects={"randomized": "2024-01-01", "treatment_start": "2024-01"})
    assert "reference dates that are not full" not in whole.intake["found"].tolist()
    cycle = assessed(rows, subjects=people | {"cycle": "2024-01-01"}, reference="cycle")
    assert "reference dates that are not full" not in cycle.intake["found"].tolist()


def test_days_beside_a_column_of_dates():
    """Without any date the days stand for them; beside dates they are not read, which is said."""
    rows = targets(50, 30, 30)
    blank = assessed([r | {"date": ""} for r in rows])
    assert blank.timepoints["day"].tolist() == [0, 56, 112]
    assert first(blank, "best") == ("PR",)
    assert "every cell is blank; the column day stands for it" in blank.intake["note"].tolist()
    dates = ("2024-01-01", "2024-02-26", "")
    some = [
        r | {"date": d, "visit": str(i)} for i, (r, d) in enumerate(zip(rows, dates, strict=True))
    ]
    with pytest.warns(nt.IntakeWarning, match="read by its dates; give these too"):
        done = assessed(some)
    assert said(done, "ignored") == [("ignored", "rows with a day and no date", 1)]
    assert first(done, "best") == ("SD",), "a day that is not known confirms nothing"
    whole = [r | {"date": d} for r, d in zip(rows, (*dates[:2], "2024-04-22"), strict=True)]
    assert said(assessed(whole), "ignored") == []


@quiet
def test_an_equivocal_lesion_that_was_absent_is_none():
    """What was equivocal and then absent was no lesion: a later one is dated at its own first
    sighting; one of which nothing is said stays equivocal (RECIST 1.1, 4.3.5).
    """
    looks = ((112, "EQUIVOCAL"), (168, "ABSENT"), (224, "UNEQUIVOCAL"))
    done = assessed([*targets(50, 30, 30, 30, 30), *[new("X", d, "", w) for d, w in looks]])
    assert first(done, "best", "confirmed", "progression_day") == ("PR", True, 224)
    again = ((56, "EQUIVOCAL"), (112, "ABSENT"), (168, "EQUIVOCAL"), (224, "UNEQUIVOCAL"))
    done = assessed([*targets(50, 30, 30, 30, 30), *[new("X", d, "", w) for d, w in again]])
    assert first(done, "progression_day") == (168,)
    looks = ((56, "EQUIVOCAL"), (112, ""))
    rows = [*targets(50, 30, 30), *[new("X", d, "", w, organ="LUNG") for d, w in looks]]
    assert overall(assessed(rows)) == "PR PR"


@quiet
def test_parts_that_were_measured_prove_progression_alone():
    """One part of 70 mm, another not evaluable: PD from 50 mm; 20 mm prove nothing, 27 mm do from a
    nadir of 20 mm (RECIST 1.1, 4.4.2).
    """
    split = [row("T1.1", 112, 27), row("T1.2", 112, "", "NOT EVALUABLE")]
    assert overall(assessed([*targets(50, 20), *split])) == "PR PD"
    for size, answer in ((70, "PD"), (20, "NE")):
        rows = [row("T1", 0, 50), row("T1.1", 56, size), row("T1.2", 56, "", "NOT EVALUABLE")]
        done = assessed(rows)
        assert overall(done) == answer
        assert done.timepoints["sum"].tolist() == [50, size]
        assert done.timepoints["n_missing"].tolist() == [0, 1]
    swog = [r | {"perpendicular": "1"} for r in rows]
    assert overall(assessed(swog, C.SWOG_1992)) == "NE"
    # SWOG: by 50 % or by 1000 mm2, each alone
    for before, after, answer in ((50, 60, "PD"), (10, 13, "PD"), (10, 12, "NE")):
        squares = [row("T1", 0, before), row("T1.1", 56, after), *rows[2:]]
        squares = [r | {"perpendicular": r["size"]} for r in squares]
        assert overall(assessed(squares, C.SWOG_1992)) == answer


@quiet
def test_a_split_lesion_judged_by_itself_has_its_own_parts():
    """Lesion by lesion what was measured of a split one proves its own progression, and nothing of
    the other's: T1 of 50 mm has a part of 70 mm and one not evaluable, T2 is what it was.
    """
    split = [row("T1.1", 56, 70), row("T1.2", 56, "", "NOT EVALUABLE")]
    done = assessed([row("T1", 0, 50), *split, row("T2", 0, 40), row("T2", 56, 40)], by="lesion")
    assert done.timepoints["lesion"].tolist() == ["T1", "T1", "T2", "T2"]
    assert done.timepoints["sum"].tolist() == [50, 70, 40, 40]
    assert done.timepoints["overall"].tolist()[1::2] == ["PD", "SD"]


@quiet
@pytest.mark.parametrize("name", ["T1/T2", "T1 + T2", "T1 and T2", "T1/2", "T1/T2 (merged)"])
def test_names_of_merged_masses(name):
    """A mass that is named after its lesions is one diameter for both."""
    rows = [row(t, d, s) for t in ("T1", "T2") for d, s in ((0, 30), (56, 12))]
    done = assessed([*rows, row(name, 112, 24)])
    assert done.timepoints["sum"].tolist() == [60, 24, 24]


@quiet
def test_a_baseline_known_to_the_month():
    """The other days lie in intervals; what all of them agree on is the answer."""
    rows = dated(("2024-01", 50), ("2024-03-01", 30), ("2024-07-01", 30))
    done = assessed(rows, subjects={"death": "2024-09-01", "new_therapy": "2024-08-01"})
    assert first(done, "best", "confirmed", "best_day", "baseline_day") == ("PR", True, None, 0)
    assert first(done, "pfs_days", "pfs_event") == (None, False)
    assert first(done, "os_days", "os_event") == (None, True)
    blank = assessed(dated(("", 50), ("2024-03-01", 30), ("2024-07-01", 30)))
    assert first(blank, "confirmed") == (False,)


# Markers against CR (RECIST 1.1, 4.3.3)


def with_markers(rows, values, limit=100, **options):
    """The study of these rows, with one chromogranin A at each visit; None: no sample."""
    given = [(56 * i, v) for i, v in enumerate(values) if v is not None]
    limits = [limit] * len(given) if np.ndim(limit) == 0 else limit
    markers = {
        "subject": ["1"] * len(given),
        "day": [d for d, _ in given],
        "marker": ["CgA"] * len(given),
        "value": [v for _, v in given],
        "unit": ["ug/L"] * len(given),
        "upper_limit": limits,
    }
    names = sorted({n for r in rows for n in r})
    lesions = {n: [r.get(n, "") for r in rows] for n in names}
    return nt.assess({"lesions": lesions, "markers": markers}, **options)


@pytest.mark.parametrize(
    ("rows", "values", "rule", "answers"),
    [
        (targets(50, 0, 0, 0), (300, 50, 60, 250), "none", "CR CR CR"),
        (targets(50, 0, 0, 0), (300, 50, 60, 250), "all evaluable", "CR CR PR"),
        (targets(50, 0, 0, 0), (300, 50, 60, 250), ["CgA"], "CR CR PR"),
        (targets(50, 0, 0, 0), (300, 50, 60, ">100"), ("chromogranin A",), "CR CR PR"),
        (targets(50, 0, 0, 0), (90, 50, 60, 250), "all evaluable", "CR CR CR"),
        (
            other("PRESENT", "ABSENT", "ABSENT", "ABSENT"),
            (300, 50, 60, 250),
            "all evaluable",
            "CR CR NON-CR/NON-PD",
        ),
        (
            [*targets(50, 0, 0, 0), *other("PRESENT", "ABSENT", "ABSENT", "ABSENT")],
            (300, 50, 60, 250),
            "all evaluable",
            "CR CR PR",
        ),
    ],
)
def test_markers_against_cr(rows, values, rule, answers):
    """A marker above its limit makes a CR lesser; nothing was seen again, and the course goes on."""
    done = with_markers(rows, values, cr_markers=rule)
    assert overall(done) == answers
    assert first(done, "best", "confirmed", "progression_day") == ("CR", True, None)
    by_field = attrs.evolve(C.RECIST_1_1, cr_markers=rule)
    assert overall(with_markers(rows, values, criteria=by_field)) == answers
    if not answers.endswith(" CR"):
        assert "chromogranin A is above its upper limit" in done.explain(3)


def test_markers_that_are_not_known():
    """A scan without a sample says so; a sample without a limit is held against the baseline's; a
    marker that the table lacks is refused, and so is a name that is no list.
    """
    rows = targets(50, 0, 0, 0)
    done = with_markers(rows, (300, 50, None, 60), cr_markers="all evaluable")
    assert overall(done) == "CR CR CR"
    unknown = "a marker that CR asks to be normal was not measured"
    assert unknown in done.explain(2)
    normal = with_markers(rows, (90, 50, None, 60), cr_markers="all evaluable")
    assert unknown not in normal.explain(2), "what was normal at baseline is not asked for"
    done = with_markers(rows, (300, 50, 60, 250), (100, "", "", ""), cr_markers=["CgA"])
    assert overall(done) == "CR CR PR"
    with pytest.raises(nt.InputError, match="`cr_markers` must name markers of the table; got 'CE"):
        with_markers(rows, (300, 50, 60, 70), cr_markers=["CEA"])
    with pytest.raises(nt.InputError, match="`cr_markers` of SizeCriteria must be 'none'"):
        with_markers(rows, (300, 50, 60, 70), cr_markers="CgA")
    assert overall(assessed(rows, cr_markers="all evaluable")) == "CR CR CR"


def test_the_first_of_two_markers_above_their_limits_is_named():
    """In the order in which they were asked for, wherever their rows stand; then nothing is said of
    another that was not measured.
    """
    rows = targets(50, 0)
    lesions = {n: [r[n] for r in rows] for n in sorted(rows[0])}
    for names in (["CgA", "CEA"], ["CEA", "CgA"]):
        markers = {
            "subject": ["1"] * 4,
            "day": [56, 56, 0, 0],
            "marker": [*names, *names],
            "value": [250, 250, 300, 300],
            "unit": ["ug/L"] * 4,
            "upper_limit": [100] * 4,
        }
        done = nt.assess({"lesions": lesions, "markers": markers}, cr_markers=["CgA", "CEA"])
        assert overall(done) == "PR"
        assert "chromogranin A is above its upper limit" in done.explain(1)
        assert "CEA" not in done.explain(1)
    one = {n: [c[0], *c[2:]] for n, c in markers.items()} | {"marker": ["CgA", "CgA", "CEA"]}
    done = nt.assess({"lesions": lesions, "markers": one}, cr_markers=["CgA", "CEA"])
    assert "chromogranin A is above its upper limit" in done.explain(1)
    assert "was not measured" not in done.explain(1)


@pytest.mark.parametrize("rule", ["none", "all evaluable", ["CgA"]])
def test_the_checks_follow_the_rule(rule):
    """N03 and O02 agree with `assess`: less than CR is expected where the rule asks for the marker."""
    criteria = attrs.evolve(C.RECIST_1_1, cr_markers=rule)
    rows = targets(50, 0, 0, 0)
    names = sorted(rows[0])
    tables = {
        "lesions": {n: [r[n] for r in rows] for n in names},
        "markers": {
            "subject": ["1"] * 4,
            "day": [0, 56, 112, 168],
            "marker": ["CgA"] * 4,
            "value": [300, 50, 250, 60],
            "unit": ["ug/L"] * 4,
            "upper_limit": [100] * 4,
        },
    }
    for reported in ("CR", "PR"):
        responses = {"subject": ["1"] * 3, "day": [56, 112, 168], "overall": ["CR", reported, "CR"]}
        found = nt.edit_checks.run(
            tables | {"responses": responses}, criteria=criteria, checks=["N03", "O02"]
        )
        wrong = {"CR": {"N03"} if rule == "none" else {"N03", "O02"}, "PR": set()}[reported]
        assert set(found["check"].tolist()) == wrong
    lacking = attrs.evolve(C.RECIST_1_1, cr_markers=["CEA"])
    found = nt.edit_checks.run(tables | {"responses": responses}, criteria=lacking, checks=["N03"])
    assert found.runs["status"].tolist() == ["skipped"]


# Methods of new lesions


@quiet
@pytest.mark.parametrize(
    ("methods", "answers"),
    [
        (None, "PD PD"),
        (["SSTR PET"], "PD PD"),
        (["CT", "MRI"], "SD SD"),
    ],
)
def test_methods_whose_new_lesions_count(methods, answers):
    """By default all; a row that names no method counts."""
    rows = [*targets(50, 50, 50), new("X", 56, "", "PRESENT", method="SSTR-PET")]
    assert overall(assessed(rows, new_lesion_methods=methods)) == answers
    silent = [*targets(50, 50, 50), new("X", 56, "", "PRESENT", method="")]
    assert overall(assessed(silent, new_lesion_methods=methods)) == "PD PD"
    done = assessed(rows)
    assert provenance(done, "new lesions by method") == "SSTR-PET 1 (all methods count)"
    with pytest.raises(nt.InputError, match="`new_lesion_methods` of SizeCriteria must be a list"):
        assessed(rows, new_lesion_methods="CT")


# Cycles


@quiet
def test_a_cycle_has_a_baseline_of_its_own():
    """The cross-over is day 0: its last scan before is the baseline, what was new by then is not
    new, and the therapy that began then ends nothing.
    """
    rows = [*targets(50, 30, 80, 60, 40, 40), *[new("X", d, 12) for d in (56, 112, 168)]]
    ends = {"randomized": "0", "crossed": "112", "new_therapy": "112"}
    done = assessed(rows, subjects=ends, reference="crossed")
    assert overall(done) == "SD PR PR"
    assert done.timepoints["day"].tolist() == [0, 56, 112, 168]
    assert first(done, "best", "best_day", "confirmed", "pfs_days") == ("PR", 112, True, 168)
    assert "crossed of the subjects" in provenance(done, "reference date")
    by_date = dated(("2024-01-01", 50), ("2024-03-01", 80), ("2024-05-01", 40))
    done = assessed(
        by_date, subjects={"randomized": "2024-01-01", "cycle2": "2024-03-05"}, reference="cycle2"
    )
    assert done.timepoints["day"].tolist() == [-4, 57]
    assert overall(done) == "PR"


@quiet
@pytest.mark.parametrize(
    ("story", "rows", "answers"),
    [
        ("new in the cycle", [new("X", 168, 12)], "PD PD"),
        ("there at its baseline", [new("X", 112, 12), new("X", 168, 12)], "SD SD"),
        ("there before it alone", [new("X", 56, 12), new("X", 168, 12)], "SD SD"),
        (
            "in doubt by then, certain in the cycle",
            [new("X", 112, "", "EQUIVOCAL"), new("X", 168, 12)],
            "PD PD",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_new_in_a_cycle(story, rows, answers):
    """New is what was not certainly there at the baseline of the cycle or before it."""
    course = [*targets(50, 30, 80, 80, 80), *rows]
    done = assessed(course, subjects={"randomized": "0", "crossed": "112"}, reference="crossed")
    assert overall(done) == answers


@quiet
def test_who_is_in_no_cycle_is_left_out():
    """Who has no date of the cycle is not in its denominators, and that is said; a column that is
    none, or holds no date, is refused.
    """
    lesions = {
        "subject": ["1", "1", "2", "2"],
        "lesion": ["T1"] * 4,
        "role": ["TARGET"] * 4,
        "day": [0, 56, 0, 56],
        "size": [50, 30, 50, 30],
    }
    subjects = {"subject": ["1", "2"], "crossed": ["0", ""], "arm": ["A", "B"]}
    done = nt.assess({"lesions": lesions, "subjects": subjects}, reference="crossed")
    assert done.subjects["subject"].tolist() == ["1"]
    assert "not in this cycle" in done.intake["read_as"].tolist()
    for name, message in (
        ("cross", "`reference` names no column of `subjects`: 'cross'"),
        ("arm", "`reference` must be a column of dates or days; 'arm'"),
    ):
        with pytest.raises(nt.InputError, match=message):
            nt.assess({"lesions": lesions, "subjects": subjects}, reference=name)


# Schedules


def sdtm(sizes, planned, arms=None):
    """TR and TU of one target at visits 1, 2, ..., and TV with the planned study days."""
    n = len(sizes)
    days = ("2024-01-01", "2024-02-26", "2024-04-22", "2024-06-17", "2024-10-08")
    keep = [i for i in range(n) if sizes[i] is not None]
    tr = {
        "DOMAIN": ["TR"] * len(keep),
        "USUBJID": ["1"] * len(keep),
        "TRLNKID": ["T1"] * len(keep),
        "TRTESTCD": ["LDIAM"] * len(keep),
        "TRSTRESN": [sizes[i] for i in keep],
        "VISITNUM": [i + 1 for i in keep],
        "TRDTC": [days[i] for i in keep],
    }
    tu = {"DOMAIN": ["TU"], "USUBJID": ["1"], "TULNKID": ["T1"], "TUORRES": ["TARGET"]}
    tv = {"DOMAIN": ["TV"] * len(planned), "VISITNUM": [v for v, _ in planned]}
    tv["VISITDY"] = [d for _, d in planned]
    tv["ARMCD"] = arms or [""] * len(planned)
    return {"tr": tr, "tu": tu, "tv": tv}


PLANNED = [(1, 1), (2, 57), (3, 113), (4, 169), (5, 281), (9, 337)]


def test_the_schedule_of_the_trial_domains():
    """Planned visits at which lesions are assessed count missed visits; the call wins, then the study
    file, then the rule; arms with days of their own say nothing, and that is said.
    """
    study = sdtm((50, 50, 50, 50, 80), PLANNED)
    done = nt.assess(study)
    assert provenance(done, "missed visits") == (
        "on: more than 1 missed, scheduled on days 56, 112, 168, 280 (window 0), from SDTM TV"
    )
    assert first(done, "pfs_days", "pfs_event") == (281, True)
    called = nt.assess(study, schedule=28)
    assert provenance(called, "missed visits").endswith("every 28 days (window 0), from the call")
    assert first(called, "pfs_days", "pfs_event") == (168, False)
    rule = attrs.evolve(C.FDA_2018_CENSORING, visit_interval_days=500)
    assert provenance(nt.assess(study, censoring=rule), "missed visits").endswith("from the rule")
    arms = [*PLANNED, (2, 43)]
    with pytest.warns(nt.IntakeWarning, match="planned on several days"):
        done = nt.assess(sdtm((50, 50, 50, 50, 80), arms, ["A"] * 6 + ["B"]))
    assert provenance(done, "missed visits").startswith("off: no schedule")
    assert provenance(done, "censoring").endswith("Table A; missed visits off")
    visited = sdtm((50, 50, 50, 50, 80), PLANNED)
    visited["sv"] = visited.pop("tv") | {"DOMAIN": ["SV"] * 6, "USUBJID": ["1"] * 6}
    assert provenance(nt.assess(visited), "missed visits").endswith("from SDTM SV")
    bare = sdtm((50, 50), PLANNED)
    bare["tv"].pop("VISITDY")
    assert provenance(nt.assess(bare), "missed visits").startswith("off: no schedule")


def test_the_schedule_of_a_study_file():
    """Its visits and its window, unless the call has a schedule."""
    from nettumor.study.schedule import scheduled

    @attrs.frozen
    class Section:
        visits: object
        window: float | None = None

    study = nt.crf.read({"lesions": {"subject": ["1"], "lesion": ["T1"], "role": ["TARGET"],
                                     "day": [0], "size": [50]}})  # fmt: skip
    fda = C.FDA_2018_CENSORING
    found = scheduled(fda, study, None, Section(((0, 56), (336, 84)), 7))
    assert (found.source, found.censoring.window_days) == ("the study file", 7)
    assert found.censoring.schedule == ((0, 56), (336, 84))
    assert scheduled(fda, study, None, Section(84)).censoring.window_days == 0
    assert scheduled(fda, study, 28, Section(84)).censoring.visits == 28
    assert scheduled(fda, study, None, Section(None)).source == ""


# Readers


def test_readers_who_differ_by_name():
    """`agreement` and `discordance` name the subjects, `discordant` says what each saw."""
    rows = [
        r | {"evaluator": e, "subject": s}
        for s in ("1", "2")
        for e, last in (("A", 30), ("B", 30 if s == "1" else 80))
        for r in targets(50, last, last)
    ]
    done = assessed(rows)
    table = done.agreement()
    assert dict(zip(table["of"], table["discordant"], strict=True)) == {
        "best": "2",
        "overall": "2",
        "progression": "2",
    }
    both = done.discordance("A", "B")
    assert dict(zip(both["response"], both["discordant"], strict=True)) == {"PR": "2", "PD": ""}
    assert done.discordant("A", "B").rows() == [
        {"subject": "2", "visit": "", "first": "PR", "second": "PD"}
    ]
    assert done.discordant("A", "B", of="overall")["subject"].tolist() == ["2", "2"]
    assert done.discordant("A", "B", of="progression")["second"].tolist() == ["yes"]
    with pytest.raises(nt.InputError, match="`evaluator` names none of those assessed: 'C'"):
        done.discordant("A", "C")


def test_the_adjudicated_result():
    """The reader who was accepted for a subject; several or nobody give no result, and that is said."""
    accepted = {"1": "A", "2": "B", "3": "AB", "4": ""}
    rows = [
        r | {"evaluator": e, "subject": s, "accepted": "Y" if e in accepted[s] else ""}
        for s in accepted
        for e, last in (("A", 30), ("B", 80))
        for r in targets(50, last, last)
    ]
    table = assessed(rows).adjudicated()
    assert table["subject"].tolist() == ["1", "2", "3", "4"]
    assert table["evaluator"].tolist() == ["A", "B", "", ""]
    assert table["best"].tolist() == ["PR", "PD", "MISSING", "MISSING"]
    assert table["note"].tolist() == [
        "", "", "several were accepted: A, B", "nobody was accepted"
    ]  # fmt: skip
    with pytest.raises(nt.InputError, match="names no accepted assessments"):
        assessed(targets(50, 30)).adjudicated()
    one = assessed(rows, evaluator="A").adjudicated()
    assert one["note"].tolist()[1] == "B was accepted and not assessed"


# SDTM: splits and merges


@pytest.mark.parametrize(
    ("special", "sizes", "total"),
    [
        ([("T03", "TUMERGE", "A")], {"T03": 24}, 24),
        ([("T05", "TUSPLIT", "T01"), ("T06", "TUSPLIT", "T01")], {"T05": 6, "T06": 5, "T02": 12}, 23),
        ([("T05", "TUSPLIT", "B"), ("T06", "TUSPLIT", "B")], {"T05": 6, "T06": 5, "T02": 12}, 23),
        ([("T01.1", "TUSPLIT", ""), ("T01.2", "TUSPLIT", "")], {"T01.1": 6, "T01.2": 5, "T02": 12}, 23),
    ],
)  # fmt: skip
def test_splits_and_merges_of_tu(special, sizes, total):
    """TUSPLIT and TUMERGE say by TUGRPID (or by the name) who belongs together."""
    merges = special[0][1] == "TUMERGE"
    known = [
        ("T01", "TUMIDENT", "A" if merges else "B"),
        ("T02", "TUMIDENT", "A" if merges else ""),
    ]
    tu = {
        "DOMAIN": ["TU"] * (2 + len(special)),
        "USUBJID": ["1"] * (2 + len(special)),
        "TULNKID": [name for name, _, _ in (*known, *special)],
        "TUTESTCD": [test for _, test, _ in (*known, *special)],
        "TUGRPID": [group for _, _, group in (*known, *special)],
        "TUORRES": ["TARGET"] * (2 + len(special)),
    }
    results = [("T01", 1, 30), ("T02", 1, 20), ("T01", 2, 12), ("T02", 2, 12)]
    results += [(name, 3, size) for name, size in sizes.items()]
    dates = ("2024-01-01", "2024-03-01", "2024-05-01")
    tr = {
        "DOMAIN": ["TR"] * len(results),
        "USUBJID": ["1"] * len(results),
        "TRLNKID": [name for name, _, _ in results],
        "TRTESTCD": ["LDIAM"] * len(results),
        "TRSTRESN": [size for _, _, size in results],
        "VISITNUM": [v for _, v, _ in results],
        "TRDTC": [dates[v - 1] for _, v, _ in results],
    }
    done = nt.assess({"tu": tu, "tr": tr})
    assert done.timepoints["sum"].tolist() == [50, 24, total]
    assert overall(done) == "PR PR"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("cr_markers", "none", "CR asks for no marker to be normal"),
        ("cr_markers", "all evaluable", "CR asks every marker that was above its upper limit"),
        ("cr_markers", ["CgA", "5-HIAA"], "CR asks CgA, 5-HIAA, where above the upper limit"),
        ("new_lesion_methods", None, "A new lesion counts that is seen by any method"),
        ("new_lesion_methods", {"CT"}, "A new lesion counts that is seen by CT"),
    ],
)
def test_the_prose_says_what_a_study_is_asked(field, value, sentence):
    """Criteria print which markers CR asks for, and by which methods new lesions count."""
    for edition in (C.RECIST_1_1, C.CHOI_2007):
        assert sentence in str(attrs.evolve(edition, **{field: value}))


def test_the_title_says_that_missed_visits_are_off():
    """Only where a rule counts missed visits and has no schedule."""
    fda = C.FDA_2018_CENSORING
    assert fda.full_title.endswith("Table A; missed visits off")
    assert attrs.evolve(fda, schedule=56).full_title.endswith("Table A")
    assert C.ADMIRALONCO_CENSORING.full_title == C.ADMIRALONCO_CENSORING.title
