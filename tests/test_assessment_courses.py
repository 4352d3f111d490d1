"""Courses in which a good guess is wrong, through `assess`: smallest studies, each the kind of a
fault, with the right answer and its source.
"""

import attrs
import numpy as np
import pytest

import nettumor as nt

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # what is left out of a course is said; that it is, is tested by itself

C = nt.criteria
IRECIST = C.IRECIST_2017
NAN = np.nan


def row(lesion, day, size="", state="", role="TARGET", **more):
    """A row of the lesions table, on a day."""
    return {"subject": "1", "lesion": lesion, "role": role, "day": str(day), "size": str(size)} | {
        "state": state,
        **more,
    }


def targets(*sizes):
    """Rows of one target, 56 days apart."""
    return [row("T1", 56 * i, size) for i, size in enumerate(sizes)]


def new(lesion, day, size="", state="", **more):
    """A row of a new lesion."""
    return row(lesion, day, size, state, "NEW", **more)


def other(*states):
    """Rows of one non-target, 56 days apart."""
    return [row("N1", 56 * i, "", state, "NON-TARGET") for i, state in enumerate(states)]


def assessed(rows, criteria=C.RECIST_1_1, subjects=None, **options):
    """The study of these rows."""
    columns = {name for r in rows for name in r}
    tables = {"lesions": {name: [r.get(name, "") for r in rows] for name in sorted(columns)}}
    if subjects:
        tables["subjects"] = {"subject": ["1"]} | {k: [v] for k, v in subjects.items()}
    return nt.assess(tables, criteria=criteria, **options)


def overall(done):
    return " ".join(done.timepoints["overall"].tolist()[1:])


def first(done, *names):
    """Columns of the first subject, NaN as None."""
    values = [done.subjects[name][0] for name in names]
    return tuple(
        None if isinstance(v, float) and np.isnan(v) else v.item() if hasattr(v, "item") else v
        for v in values
    )


def test_a_short_course_beside_a_long_one():
    """A subject's times are those of its own visits, however many the others have: two progressions,
    and one course without any that ends at its last scan.
    """
    courses = {"1": (50, 65), "2": (50, 40, 40, 60), "3": (50, 40, 40)}
    done = assessed([r | {"subject": s} for s, sizes in courses.items() for r in targets(*sizes)])
    times = [done.subjects[name].tolist() for name in ("pfs_days", "pfs_event", "ttp_days")]
    assert times == [[56, 168, 112], [True, True, False], [56, 168, 112]]


# Split, merged and stray targets (RECIST 1.1, 4.4.2 and split lesions)

KINSHIP = [
    (
        "a part that was not evaluated makes the lesion incomplete",
        [row("T1", 0, 50), row("T1.1", 56, 20), row("T1.2", 56, "", "NOT EVALUABLE")],
        "NE",
        [50, 20],
        [0, 1],
    ),
    (
        "so does one that is present without a size",
        [row("T1", 0, 50), row("T1.1", 56, 0), row("T1.2", 56, "", "PRESENT")],
        "NE",
        [50, NAN],
        [0, 1],
    ),
    (
        "parts that are recorded as one again are measured",
        [row("T1", 0, 50), row("T1.1", 56, 20), row("T1.2", 56, 15), row("T1", 112, 40)],
        "PR SD",
        [50, 35, 40],
        [0, 0, 0],
    ),
    (
        "a mass named after two targets is one diameter",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            row("T1/T2", 112, 24),
        ],
        "PR PR",
        [50, 24, 24],
        [0, 0, 0],
    ),
    (
        "a mass named after a target and another that is not on record is no target's diameter",
        [row("T1", 0, 30), row("T1", 56, 12), row("T1/T9", 112, 24)],
        "PR NE",
        [30, 12, NAN],
        [0, 0, 1],
    ),
    (
        "those that it took in may be recorded as merged",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            *[row(t, 112, "", "MERGED") for t in ("T1", "T2")],
            row("T1/T2", 112, 24),
            *[row(t, 168, "", "ABSENT") for t in ("T1", "T2")],
            row("T1/T2", 168, 20),
        ],
        "PR PR PR",
        [50, 24, 24, 20],
        [0, 0, 0, 0],
    ),
    (
        "one of them alone, too",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            row("T2", 112, "", "MERGED"),
            row("T1/T2", 112, 24),
            row("T2", 168, "", "MERGED"),
            row("T1/T2", 168, "", "ABSENT"),
        ],
        "PR PR CR",
        [50, 24, 24, 0],
        [0, 0, 0, 0],
    ),
    (
        "their rows may name the mass",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            *[row(t, 112, "", "MERGED INTO T3") for t in ("T1", "T2")],
            row("T3", 112, 24),
            *[row(t, 168, "", "MERGED INTO T3") for t in ("T1", "T2")],
            row("T3", 168, "", "NOT EVALUABLE"),
        ],
        "PR PR NE",
        [50, 24, 24, 0],
        [0, 0, 0, 1],
    ),
    (
        "where all have merged the mass has no size on record",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            *[row(t, 112, "", "MERGED") for t in ("T1", "T2")],
            row("T1", 168, "", "MERGED"),
            row("T2", 168, "", "ABSENT"),
        ],
        "PR NE CR",
        [50, 24, NAN, 0],
        [0, 0, 2, 0],
    ),
    (
        "a mass beside one that is still measured contradicts it, beside all it does not stand",
        [
            *[row(t, d, s) for t, s0 in (("T1", 30), ("T2", 20)) for d, s in ((0, s0), (56, 12))],
            row("T1", 112, 12),
            row("T2", 112, "", "MERGED"),
            row("T1/T2", 112, 24),
            *[row(t, 168, 13) for t in ("T1", "T2")],
            row("T1/T2", 168, 24),
        ],
        "PR NE PR",
        [50, 24, 12, 26],
        [0, 0, 1, 0],
    ),
    (
        "T1a and T1b are parts of T1",
        [row("T1", 0, 30), row("T1", 56, 12), row("T1a", 112, 6), row("T1b", 112, 7)],
        "PR PR",
        [30, 12, 13],
        [0, 0, 0],
    ),
    (
        "a target that was not there at baseline is left out",
        [row("T1", 0, 30), row("T1", 56, 12), row("T1", 112, 12), row("T9", 112, 44)],
        "PR PR",
        [30, 12, 12],
        [0, 0, 0],
    ),
]


@pytest.mark.parametrize(
    ("story", "rows", "answers", "sums", "missing"), KINSHIP, ids=[k[0] for k in KINSHIP]
)
def test_split_merged_and_stray_targets(story, rows, answers, sums, missing):
    """Parts are added, a merged mass is one diameter, an incomplete target is never CR, PR or SD;
    earlier visits stay as they were.
    """
    done = assessed(rows)
    assert overall(done) == answers, story
    np.testing.assert_array_equal(done.timepoints["sum"], sums)
    assert done.timepoints["n_missing"].tolist() == missing
    if "T9" in [r["lesion"] for r in rows]:
        assert "not there at baseline is left out" in done.explain(1)
        assert (
            "1"
            in dict(zip(done.provenance["item"], done.provenance["value"], strict=True))[
                "targets not there at baseline, left out of the sum"
            ]
        )


# New lesions (RECIST 1.1, 4.3.5)


def test_new_lesions_without_words():
    """With an organ it is there, and that is said; by the field nobody knows; with nothing it is an
    unused line of the form.
    """
    seen = [*targets(50, 50), new("X", 56, organ="LUNG")]
    assert overall(assessed(seen)) == "PD"
    assert "recorded without size or state" in assessed(seen).explain(1)
    unknown = attrs.evolve(C.RECIST_1_1, new_without_words="NE")
    assert overall(assessed(seen, unknown)) == "SD"
    assert overall(assessed([*targets(50, 50), new("X", 56)])) == "SD"


def test_a_reader_of_new_lesions_alone():
    """No disease at baseline: no baseline row, PD at the first new lesion; a target later is none
    (admiralonco #95).
    """
    done = assessed([new("X", 112, 10), new("X", 168, 12), row("T1", 168, 30)])
    assert done.timepoints["overall"].tolist() == ["PD", "PD"]
    assert done.timepoints["day"].tolist() == [112, 168]
    assert first(done, "best", "best_day", "pfs_days", "pfs_event") == ("PD", 112, 112, True)


@pytest.mark.parametrize(
    ("rows", "answers"),
    [
        ([new("X", 56, 6, organ="LIVER"), new("X", 112, 9, organ="LIVER")], "SD SD"),
        ([new("X", 56, 6, organ="LIVER"), new("X", 112, 16, organ="LIVER")], "SD PD"),
        ([new("X", 56, 6, organ="LUNG")], "PD SD"),
        ([new("X", 56, 6, "UNEQUIVOCAL", organ="LIVER")], "PD PD"),
        ([new("X", 56, 12, organ="LIVER", vascular_pattern="ATYPICAL")], "SD SD"),
        ([new("X", 56, 12, organ="LIVER", vascular_pattern="TYPICAL")], "PD PD"),
        (
            [
                new("X", 56, 6, organ="LIVER", vascular_pattern="ATYPICAL"),
                new("X", 112, 16, organ="LIVER", vascular_pattern="ATYPICAL"),
            ],
            "SD PD",
        ),
    ],
)
def test_small_nodules_of_mrecist(rows, answers):
    """A new nodule of the liver is equivocal until 10 mm with the typical enhancement, or 10 mm of
    growth (Lencioni and Llovet 2010).
    """
    done = assessed([*targets(50, 50, 50), *rows], C.MRECIST_2010)
    if answers == "PD SD":
        answers = "PD PD"  # where nothing is said of it, it is still there
    assert overall(done) == answers


# Days


def test_what_is_before_a_therapy_or_cut_off_counts_by_its_own_scan():
    """One visit, a new lesion on the scan of day 56, the targets on day 60; therapy or cut-off on
    day 58: PD on day 56.
    """
    rows = [
        row("T1", 0, 50, visit="1"),
        row("T1", 60, 50, visit="2"),
        row("X", 56, "", "UNEQUIVOCAL", "NEW", visit="2"),
    ]
    columns = ("best", "best_day", "progression_day", "pfs_days", "pfs_event")
    for options in ({"subjects": {"new_therapy": "58"}}, {"data_cutoff": 58}):
        assert first(assessed(rows, **options), *columns) == ("PD", 56, 56, 56, True)


def dated(*scans):
    """Rows of one target on these dates."""
    return [
        {"subject": "1", "lesion": "T1", "role": "TARGET", "date": d, "size": str(s)}
        for d, s in scans
    ]


def test_partial_dates_are_intervals():
    """A therapy in May before the PD of July; an SD in March past 42 days on any day; PR in March
    and on 1 July.
    """
    pd = dated(("2024-01-01", 50), ("2024-03-01", 50), ("2024-07-01", 80))
    treated = assessed(pd, subjects={"new_therapy": "2024-05"})
    assert first(treated, "best", "pfs_days", "pfs_event") == ("SD", 60, False)
    sd = assessed(dated(("2024-01-01", 50), ("2024-03", 50), ("2024-07-01", 80)))
    assert first(sd, "best", "best_day", "pfs_days", "pfs_event") == ("SD", None, 182, True)
    pr = assessed(dated(("2024-01-01", 50), ("2024-03", 30), ("2024-07-01", 30)))
    assert first(pr, "best", "confirmed", "first_response_day") == ("PR", True, None)
    died = assessed(pd[:2], subjects={"death": "2024-06"})
    assert first(died, "pfs_days", "pfs_event") == (None, True)
    cut = assessed(pd, subjects={"data_cutoff": "2024-07"})
    assert first(cut, "pfs_days", "pfs_event") == (182, True)


def test_non_targets_that_progress_on_two_scans_of_a_visit():
    """The first of the scans that show it dates the progression."""
    rows = [row(n, 0, "", "PRESENT", "NON-TARGET", visit="1") for n in ("N1", "N2")]
    for lesion, day in (("N1", 60), ("N2", 56)):
        rows.append(row(lesion, day, "", "UNEQUIVOCAL PROGRESSION", "NON-TARGET", visit="2"))
    assert first(assessed(rows), "best", "progression_day", "pfs_days") == ("PD", 56, 56)


def test_late_baselines_are_said_or_refused():
    """A first scan after randomisation is the baseline unless a limit refuses it: then no response
    and censored at 0 (FDA Table A).
    """
    rows = dated(("2024-01-01", 50), ("2024-03-01", 30), ("2024-07-01", 30))
    options = {"subjects": {"randomized": "2023-11-01"}}
    done = assessed(rows, **options)
    said = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert (
        said["tracks with a first scan after the reference date"] == "1 (counted as the baseline)"
    )
    assert said["missed visits"].startswith("off: no schedule")
    assert first(done, "best", "baseline_day", "best_percent", "best_percent_day") == (
        "PR",
        61,
        -40,
        121,
    )
    refused = assessed(rows, late_baseline_days=28, **options)
    assert first(refused, "best", "pfs_days", "pfs_event") == ("NE", 0, False)
    assert first(assessed(rows, late_baseline_days=61, **options), "best") == ("PR",)
    looks = ((61, "PRESENT"), (121, "UNEQUIVOCAL PROGRESSION"), (181, "PRESENT"))
    only_non_targets = [row("N1", d, "", state, "NON-TARGET") for d, state in looks]
    refused = assessed(only_non_targets, late_baseline_days=28)
    assert overall(refused) == "PD NE", "an unequivocal progression needs no sum"
    with pytest.raises(nt.InputError, match="`late_baseline_days` must be a number of days"):
        assessed(rows, late_baseline_days=-1)


def test_a_schedule_of_the_call():
    """The call's schedule counts missed visits, and the provenance says so."""
    rows = [row("T1", 0, 50), row("T1", 56, 50), row("T1", 300, 80)]
    assert first(assessed(rows), "pfs_days", "pfs_event") == (300, True)
    done = assessed(rows, schedule=((0, 56), (336, 84)))
    assert first(done, "pfs_days", "pfs_event") == (56, False)
    said = dict(zip(done.provenance["item"], done.provenance["value"], strict=True))
    assert said["missed visits"].startswith("on: more than 1 missed, scheduled every 56 days from")


def test_deaths_without_scans():
    """Death known, no scan after baseline, or none at all: an event under admiralonco's rule, and
    at 0 under the FDA's without a baseline.
    """
    tables = {
        "lesions": {
            "subject": ["1"],
            "lesion": ["T1"],
            "role": ["TARGET"],
            "day": [0],
            "size": [50],
        },
        "subjects": {"subject": ["1", "2"], "death": [40, 50]},
    }
    done = nt.assess(tables, censoring=C.ADMIRALONCO_CENSORING)
    assert done.subjects["pfs_days"].tolist() == [40, 50]
    assert done.subjects["pfs_event"].all()
    assert nt.assess(tables).subjects["pfs_days"].tolist() == [40, 0]


@pytest.mark.parametrize(
    ("subjects", "pfs", "os"),
    [
        ({"death": "UNK"}, (None, True), (None, True)),
        ({"death": "UNK", "data_cutoff": "2024-06-01"}, (None, False), (None, False)),
        ({"death": "UNK", "new_therapy": "2024-06-01"}, (None, False), (None, True)),
        ({"death": "2024", "data_cutoff": "2024-06-01"}, (None, False), (None, False)),
        ({"death": "2025", "data_cutoff": "2024-06-01"}, (60, False), (152, False)),
    ],
    ids=str,
)
def test_a_death_on_a_day_not_known_against_cut_off_and_therapy(subjects, pfs, os):
    """What may be after the cut-off, or after a new therapy that censors, is an event on no day that
    is known, and on some not at all: no event, whether the day lies in a year or anywhere.
    """
    done = assessed(dated(("2024-01-01", 50), ("2024-03-01", 50)), subjects=subjects)
    assert first(done, "pfs_days", "pfs_event") == pfs
    assert first(done, "os_days", "os_event") == os


def test_a_cut_off_known_to_the_month():
    """Survival, too, is answered where every day of the month gives one answer: a death after it, or
    in it; a progression on a scan of that month, or of a month around it.
    """
    scans = dated(("2024-01-01", 50), ("2024-03-01", 50), ("2024-05-10", 80))
    names = ("pfs_days", "pfs_event", "os_days", "os_event")
    late = assessed(scans, subjects={"death": "2024-08-05", "data_cutoff": "2024-07"})
    assert first(late, *names) == (130, True, None, False)
    perhaps = assessed(scans, subjects={"death": "2024-08-05", "data_cutoff": "2024-08"})
    assert first(perhaps, *names) == (130, True, None, False)
    surely = assessed(scans, subjects={"death": "2024-08-05", "data_cutoff": "2024-09"})
    assert first(surely, *names) == (130, True, 217, True)
    month = dated(("2024-01-01", 50), ("2024-03-01", 50), ("2024-05", 80))
    open_ = assessed(month, subjects={"data_cutoff": "2024-05-10"})
    assert first(open_, "pfs_days", "pfs_event", "ttp_event") == (None, False, False)


def times(done, parameter):
    """Time, event and reason of a row of the events."""
    rows = [r for r in done.events.rows() if r["parameter"] == parameter]
    time = rows[0]["time"]
    return None if np.isnan(time) else time, rows[0]["event"], nt.EventReason(rows[0]["reason"])


def test_a_response_and_a_therapy_on_a_day_not_known():
    """Who responded some day of a month is a responder: a duration without a time, an event where the
    course ends with one; a new therapy of some day is one.
    """
    unknown = nt.EventReason.DAY_UNKNOWN
    scans = dated(("2024-01-01", 50), ("2024-03", 30), ("2024-05-01", 30), ("2024-07-01", 60))
    done = assessed(scans, subjects={"new_therapy": "2024-08"})
    assert first(done, "best", "first_response_day") == ("PR", None)
    assert times(done, "DOR") == (None, True, nt.EventReason.PROGRESSION | unknown)
    assert times(done, "TTR") == (None, True, nt.EventReason.RESPONSE | unknown)
    assert times(done, "TTNT") == (None, True, nt.EventReason.NEW_THERAPY | unknown)
    lasting = assessed(scans[:3])
    assert times(lasting, "DOR")[:2] == (None, False)
    assert times(lasting, "TTNT")[1] is False


def test_a_death_on_a_day_not_known_beside_missed_visits():
    """It may be after more missed visits than are allowed; a rule that counts the therapy's own day."""
    rows = dated(("2024-01-01", 50), ("2024-03-01", 50))
    died = {"death": "UNK"}
    assert first(assessed(rows, subjects=died, schedule=56), "pfs_event", "os_event") == (
        False,
        True,
    )
    counts = attrs.evolve(C.FDA_2018_CENSORING, same_day_therapy="counts")
    day = {"death": "2024-05-01", "new_therapy": "2024-05-01"}
    assert first(assessed(rows, subjects=day), "pfs_days", "pfs_event") == (60, False)
    assert first(assessed(rows, subjects=day, censoring=counts), "pfs_event") == (True,)


@pytest.mark.parametrize("same_day", ["after", "counts"])
@pytest.mark.parametrize(
    ("people", "pfs", "os"),
    [
        ({}, [None, True], [None, False]),
        ({"data_cutoff": "2024-08-01"}, [None, True], [None, False]),
        ({"data_cutoff": "2024-07-31"}, [0, False], [None, False]),
        ({"new_therapy": "2024-07-31"}, [0, False], [None, False]),
        ({"new_therapy": "2024-08-02"}, [None, True], [None, False]),
        ({"new_therapy": "2024-08-01"}, None, [None, False]),
    ],
    ids=str,
)
def test_a_death_without_a_reference_date(people, pfs, os, same_day):
    """Survival from an origin that nobody knows is no event; a course ends at a death that is by its
    date neither after the cut-off nor after a new therapy.
    """
    tables = {
        "lesions": {
            "subject": ["2"],
            "lesion": ["T1"],
            "role": ["TARGET"],
            "date": ["2024-01-01"],
            "size": [50],
        },
        "subjects": {"subject": ["1", "2"], "death": ["2024-08-01", ""]}
        | {name: [value, ""] for name, value in people.items()},
    }
    rule = attrs.evolve(
        C.ADMIRALONCO_CENSORING, new_therapy_censors=True, same_day_therapy=same_day
    )
    done = nt.assess(tables, censoring=rule)
    if pfs is None:
        pfs = [0, False] if same_day == "after" else [None, True]
    assert list(first(done, "pfs_days", "pfs_event")) == pfs
    assert list(first(done, "os_days", "os_event")) == os


def test_non_target_disease_only():
    """An unconfirmed CR is NON-CR/NON-PD there: SD is no category (RECIST 1.1, 4.4.1, Table 2)."""
    once = assessed(other("PRESENT", "ABSENT"))
    assert first(once, "best", "best_day") == ("NON-CR/NON-PD", 56)
    again = assessed(other("PRESENT", "ABSENT", "PRESENT"))
    assert first(again, "best", "progression_day") == ("NON-CR/NON-PD", 112)


# iRECIST (Seymour et al. 2017, Table 2; EORTC iRECIST FAQ)

IMMUNE = [
    ("scenario B", [*targets(100, 95, 60, 50), new("X", 56, 10)], "iUPD iPR iPR", None),
    (
        "growth after the bar was reset is a new iUPD, dated there",
        [*targets(100, 95, 60, 50), *[new("X", d, s) for d, s in ((56, 10), (112, 10), (168, 16))]],
        "iUPD iPR iUPD",
        168,
    ),
    (
        "scenario F",
        [*targets(100, 70, 70, 70), *[new("X", d, 10) for d in (112, 168)]],
        "iPR iUPD iUPD",
        112,
    ),
    (
        "any further increase of non-target disease",
        [
            *targets(100, 100, 100),
            *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "FURTHER ENLARGEMENT"),
        ],
        "iUPD iCPD",
        56,
    ),
    (
        "from the last assessment",
        [*targets(100, 100, 100), *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "INCLA")],
        "iUPD iCPD",
        56,
    ),
    (
        "no change",
        [*targets(100, 100, 100), *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "NCLA")],
        "iUPD iUPD",
        56,
    ),
    (
        "unchanged",
        [
            *targets(100, 100, 100, 100),
            *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "UNCHANGED", "INCREASED"),
        ],
        "iUPD iUPD iCPD",
        56,
    ),
    (
        "any increase of new non-targets",
        [
            *targets(100, 100, 100),
            *[row("X", d, s, "", "NEW NON-TARGET") for d, s in ((56, 12), (112, 14))],
        ],
        "iUPD iCPD",
        56,
    ),
    (
        "new targets by less than 5 mm",
        [
            *targets(100, 100, 100),
            *[row("X", d, s, "", "NEW TARGET") for d, s in ((56, 12), (112, 16))],
        ],
        "iUPD iUPD",
        56,
    ),
    (
        "what is not measurable is no new target",
        [*targets(100, 100, 100), new("X", 56, 6), new("X", 112, 9)],
        "iUPD iCPD",
        56,
    ),
    (
        "increases add up",
        [
            *targets(100, 100, 100, 100),
            *[new("X", d, s) for d, s in ((56, 12), (112, 16), (168, 18))],
        ],
        "iUPD iUPD iCPD",
        56,
    ),
    (
        "at most two new targets an organ: any increase of the third",
        [
            *targets(100, 100, 100),
            *[new(f"X{i}", 56, s, organ="LIVER") for i, s in enumerate((30, 20, 12))],
            *[new(f"X{i}", 112, s, organ="LIVER") for i, s in enumerate((30, 20, 13))],
        ],
        "iUPD iCPD",
        56,
    ),
    (
        "at most five new targets: any increase of the sixth",
        [
            *targets(100, 100, 100),
            *[new(f"X{i}", d, 30 - i, organ=f"ORGAN {i}") for i in range(5) for d in (56, 112)],
            new("X5", 56, 12, organ="ORGAN 5"),
            new("X5", 112, 13, organ="ORGAN 5"),
        ],
        "iUPD iCPD",
        56,
    ),
    (
        "one of two new lesions without a size is called larger",
        [
            *targets(100, 100, 100),
            *[new(f"X{i}", 56, "", "UNEQUIVOCAL") for i in range(2)],
            new("X0", 112, "", "INCREASED"),
            new("X1", 112, "", "PRESENT"),
        ],
        "iUPD iCPD",
        56,
    ),
    (
        "two rows of a visit that contradict each other call no lesion larger",
        [
            *targets(100, 100, 100),
            new("X", 56, "", "UNEQUIVOCAL"),
            new("X", 112, "", "INCREASED"),
            new("X", 112, "", "UNCHANGED"),
        ],
        "iUPD iUPD",
        56,
    ),
    (
        "one of two new lesions is in unequivocal progression after the bar was reset",
        [
            *targets(100, 95, 60, 50),
            *[new(x, d, "", "PRESENT") for x in ("X0", "X1") for d in (56, 112)],
            new("X0", 168, "", "UNEQUIVOCAL PROGRESSION"),
            new("X1", 168, "", "PRESENT"),
        ],
        "iUPD iPR iUPD",
        168,
    ),
    (
        "a non-target without progression contradicts an iUPD of non-targets alone",
        other("PRESENT", "UNEQUIVOCAL PROGRESSION", "PRESENT"),
        "iUPD NON-iCR/NON-iUPD",
        None,
    ),
    (
        "what was in progression, not assessed, and is unchanged is in progression still",
        [
            *targets(100, 100, 100, 100),
            *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "NOT EVALUABLE", "UNCHANGED"),
        ],
        "iUPD iSD iUPD",
        168,
    ),
    (
        "a second lesion in doubt adds nothing to the sum of the new ones",
        [
            *targets(100, 100, 100),
            *[new("X0", d, 12) for d in (56, 112)],
            new("X1", 112, 11, "EQUIVOCAL"),
        ],
        "iUPD iUPD",
        56,
    ),
    (
        "14 days confirm nothing",
        [row("T1", 0, 100), row("T1", 56, 130), row("T1", 70, 136), row("T1", 98, 30)],
        "iUPD iUPD iPR",
        None,
    ),
]


@pytest.mark.parametrize(
    ("story", "rows", "answers", "progression"), IMMUNE, ids=[i[0] for i in IMMUNE]
)
def test_irecist_of_a_study(story, rows, answers, progression):
    """Timepoints, and the day of the progression: iCPD at its first iUPD, and an iUPD that nothing
    contradicts.
    """
    done = assessed(rows, IRECIST)
    assert overall(done) == answers, story
    assert first(done, "progression_day", "pfs_event") == (progression, progression is not None)


def test_fields_of_irecist():
    """A bare INCREASED, and a scan made for symptoms, as the fields say; a late confirmation and a
    bare increase are said.
    """
    rows = [*targets(100, 100, 100), *other("PRESENT", "UNEQUIVOCAL PROGRESSION", "INCREASED")]
    done = assessed(rows, IRECIST)
    assert overall(done) == "iUPD iCPD"
    assert "INCREASED alone counts" in done.explain(2)
    strict = attrs.evolve(IRECIST, bare_increase=False)
    assert overall(assessed(rows, strict)) == "iUPD iUPD"
    early = [
        *[row("T1", d, 100) for d in (0, 56, 70)],
        new("X", 56, 12),
        new("X", 70, 12),
        new("Y", 70, 12, reason="UNSCHEDULED FOR SYMPTOMS"),
    ]
    assert overall(assessed(early, IRECIST)) == "iUPD iUPD"
    assert (
        overall(assessed(early, attrs.evolve(IRECIST, symptomatic_new_lesion=True))) == "iUPD iCPD"
    )
    no_limits = attrs.evolve(IRECIST, selection=None)
    summed = [*targets(100, 100, 100), new("X", 56, 12), new("X", 112, 14)]
    assert overall(assessed(summed, no_limits)) == "iUPD iUPD"
    larger = [*summed[:-1], new("X", 112, 17)]
    assert overall(assessed(larger, no_limits)) == "iUPD iCPD"
    late = assessed([row("T1", d, s) for d, s in ((0, 100), (56, 130), (200, 140))], IRECIST)
    assert overall(late) == "iUPD iCPD"
    assert "later than 8 weeks" in late.explain(2)


def test_the_cut_off_between_iupd_and_icpd():
    """What is after the cut-off confirms nothing: best iUPD, an event at its day, and all columns
    agree.
    """
    done = assessed(
        [row("T1", d, s) for d, s in ((0, 100), (112, 130), (168, 140))], IRECIST, data_cutoff=120
    )
    columns = ("best", "progression_day", "pfs_days", "pfs_event")
    assert first(done, *columns) == ("iUPD", 112, 112, True)
    free = assessed(
        [row("T1", d, s) for d, s in ((0, 100), (112, 130), (168, 140))],
        IRECIST,
        data_cutoff=120,
        censoring=C.FDA_2018_CENSORING,
    )
    assert first(free, *columns) == ("iUPD", None, 112, False)


def test_the_rule_of_the_call_says_what_is_carried_on():
    """100, 70, 80: SD under confirmation, PR where the call's rule asks for none."""
    rows = targets(100, 70, 80)
    assert overall(assessed(rows)) == "PR SD"
    free = attrs.evolve(C.RECIST_1_1.best_response, confirmation_days=None)
    assert overall(assessed(rows, rule=free)) == "PR PR"


def test_a_lesion_back_under_swog():
    """One lesion that had gone is PD; one that merged and parts again is not back."""
    rows = [
        row(t, 56 * i, s, perpendicular="1")
        for t, sizes in (("T1", (2000, 1500, 1500)), ("T2", (400, 0, 100)))
        for i, s in enumerate(sizes)
    ]
    assert overall(assessed(rows, C.SWOG_1992)) == "SD PD"
    gone = {"size": "", "perpendicular": "", "state": "MERGED"}
    merged = [r | gone if (r["lesion"], r["day"]) == ("T2", "56") else r for r in rows]
    assert overall(assessed(merged, C.SWOG_1992)) == "SD SD"


# One day for one progression (RECIST 1.1, 4.3.5: the scan that first documents it)

OVERLAPPING = [
    row("T1", 0, 50, visit="0"),
    row("T1", 53, 50, visit="1"),
    new("X1", 50, "", "PRESENT", visit="2"),
    row("T1", 56, 50, visit="2"),
]
"""A scan of the second visit lies before that of the first."""
EQUIVOCAL_FIRST = [
    row("T1", 0, 50, visit="0"),
    row("T1", 60, 30, visit="1"),
    new("X1", 50, "", "EQUIVOCAL", visit="1"),
    row("T1", 120, 30, visit="2"),
    new("X1", 120, "", "UNEQUIVOCAL", visit="2"),
]
"""A lesion is doubtful on an early scan of a visit, and was new."""


@pytest.mark.parametrize("rows", [OVERLAPPING, EQUIVOCAL_FIRST], ids=["overlap", "equivocal"])
@pytest.mark.parametrize(
    ("subjects", "options", "counts"),
    [
        ({}, {}, True),
        ({"new_therapy": "52"}, {}, True),
        ({"new_therapy": "50"}, {}, False),
        ({"data_cutoff": "120"}, {}, True),
        ({"data_cutoff": "49"}, {}, False),
        ({"death": "130"}, {}, True),
        ({}, {"schedule": 26}, True),
        ({}, {"schedule": 20}, False),
    ],
    ids=str,
)
def test_a_progression_has_one_day(rows, subjects, options, counts):
    """Best response, progression and times have the day of the scan that first documents it, and by
    it therapy, cut-off and missed visits are judged.
    """
    done = assessed(rows, subjects={"treatment_start": "0"} | subjects, **options)
    shown = first(done, "best", "best_day", "progression_day", "pfs_days", "ttp_days", "ttp_event")
    if counts:
        assert shown == ("PD", 50, 50, 50, 50, True)
        return
    assert shown[3:] == (0, 0, False)
    # missed visits censor a time, and leave the progression
    assert shown[:3] == (("PD", 50, 50) if options else ("MISSING", None, None))


def test_what_is_unequivocal_after_the_cut_off():
    """The scan that makes a doubtful lesion a new one is after the cut-off: nothing after it counts,
    as if it were not there; on the cut-off it does.
    """
    looks = ((56, "EQUIVOCAL"), (112, "EQUIVOCAL"), (168, "UNEQUIVOCAL"))
    rows = [*targets(50, 30, 30, 30), *[new("X1", d, "", word) for d, word in looks]]
    names = ("best", "best_day", "confirmed", "progression_day", "pfs_days", "pfs_event")
    for day in (120, 167):
        without = assessed([r for r in rows if int(r["day"]) <= day])
        assert first(without, *names) == ("PR", 56, True, None, 112, False)
        assert first(assessed(rows, data_cutoff=day), *names) == first(without, *names)
    assert first(assessed(rows, data_cutoff=168), *names) == ("PD", 56, False, 56, 56, True)
    assert first(assessed(OVERLAPPING, data_cutoff=51), "best", "pfs_days") == ("PD", 50)
    assert first(assessed(EQUIVOCAL_FIRST, data_cutoff=51), "best", "pfs_days") == ("MISSING", 0)


@pytest.mark.parametrize(
    ("subjects", "best", "day"),
    [
        ({}, "iCPD", 116),
        ({"new_therapy": "58"}, "iUPD", 56),
        ({"data_cutoff": "58"}, "iUPD", 56),
        ({"data_cutoff": "115"}, "iUPD", 56),
        ({"new_therapy": "56"}, "MISSING", None),
        ({"data_cutoff": "55"}, "MISSING", None),
    ],
    ids=str,
)
def test_an_iupd_counts_by_its_own_scan(subjects, best, day):
    """Under iRECIST a progression of a visit counts by the scan that shows it, confirmed or not."""
    scans = [
        row("T1", 0, 50, visit="0"),
        row("T1", 60, 50, visit="1"),
        new("X1", 56, 12, visit="1"),
        row("T1", 110, 50, visit="2"),
        new("X1", 116, 20, visit="2"),
    ]
    done = assessed(scans, IRECIST, {"treatment_start": "0"} | subjects)
    assert first(done, "best", "best_day") == (best, day)
    shown = first(done, "progression_day", "pfs_days", "pfs_event", "ttp_event")
    assert shown == ((56, 56, True, True) if day else (None, 0, False, False))


def test_an_equivocal_lesion_moves_only_the_date_under_irecist():
    """Responses before a doubtful lesion became a new one stay; its iUPD is dated at the first
    sighting, and the rule prints that.
    """
    words = ("EQUIVOCAL", "EQUIVOCAL", "UNEQUIVOCAL")
    seen = [new("X1", 56 * (i + 1), "", word) for i, word in enumerate(words)]
    done = assessed(targets(50, 30, 30, 30) + seen, IRECIST)
    assert overall(done) == "iPR iPR iUPD"
    assert first(done, "best", "progression_day", "pfs_days", "dor_days") == ("iPR", 56, 56, None)
    assert "moves only the date of the progression" in str(IRECIST.best_response)
    ends = "ends the course at its first sighting"
    assert ends in str(C.RECIST_1_1.best_response)


def test_a_baseline_target_with_a_letter_is_a_lesion_of_its_own():
    """T1 and T1A that are both there at the baseline are two lesions, and no part of each other: by
    the limit of WHO 1981 for any lesion (Miller et al.) T1A alone progresses, while the sum falls.
    """
    sizes = {"T1": (50, 20), "T1A": (20, 30)}
    rows = [
        row(name, day, size, perpendicular=str(size), organ="LIVER")
        for name, course in sizes.items()
        for day, size in zip((0, 56), course, strict=True)
    ]
    rows.append(row("T1B", 56, 1, perpendicular="1", organ="LIVER"))
    done = assessed(rows, C.WHO_1981)
    assert done.timepoints["sum"].tolist() == [2900, 400 + 1 + 900]
    assert done.timepoints["target"].tolist() == ["MISSING", "PD"]
