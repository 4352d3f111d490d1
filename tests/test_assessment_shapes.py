"""Studies of unlike courses: the same answers group by group, and a cost that follows the rows."""

import pathlib
import pickle
import runpy
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nettumor as nt
from nettumor.assessment import ragged
from nettumor.study import like_courses
from studies import columns, study

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent / "benchmarks"
of_shape = runpy.run_path(str(BENCHMARKS / "shapes.py"))["of_shape"]

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random studies hold what nobody reads

EDITIONS = ("recist-1.1", "irecist-2017", "who-1981", "choi-2007", "mrecist-2010")
OPTIONS = (
    {},
    {"by": "lesion"},
    {"evaluator": "R1"},
    {"selection": {"organ": "LIVER"}},
    {"late_baseline_days": 2.0},
)


def assessed(lesions, people, *, apart, **more):
    """The study assessed in one group, or with every length of course in a group of its own."""
    tables = {"lesions": lesions} | ({"subjects": people} if people else {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(like_courses, "_SPARE", 0 if apart else 10**9)
        patch.setattr(like_courses, "_SMALL", 0)
        return nt.assess(tables, **more)


def answer(*given, **more):
    """The assessment, or the sentence that refuses it."""
    try:
        return assessed(*given, **more)
    except nt.InputError as error:
        return str(error)


def cells(table):
    """All columns as lists, NaN as a word."""
    return {name: [repr(v) for v in table[name].tolist()] for name in table}


def assert_same(one, other):
    """Every cell of every table, every sentence and every array by unit is the same."""
    for name in ("timepoints", "subjects", "events", "provenance", "intake"):
        own, its = (cells(getattr(done, name)) for done in (one, other))
        if name == "intake":  # lines of the first group first, and its subjects in their notes
            own, its = (
                sorted(zip(*(c for n, c in t.items() if n != "note"), strict=True))
                for t in (own, its)
            )
        assert own == its, name
    places = one._place, other._place
    for a, b in zip(*places, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(
        one.judgement.overall[places[0]], other.judgement.overall[places[1]]
    )
    np.testing.assert_array_equal(one.judgement.owner, other.judgement.owner)
    n = one.timepoints.n_rows
    assert [one.explain(i) for i in range(n)] == [other.explain(i) for i in range(n)]
    assert list(one.outcome.times) == list(other.outcome.times)
    for name, time in one.outcome.times.items():
        np.testing.assert_array_equal(time.time, other.outcome.times[name].time)
    np.testing.assert_array_equal(one.outcome.unconfirmed.day, other.outcome.unconfirmed.day)
    assert repr(one) == repr(other)
    if "lesion" not in one.timepoints:
        adam = one.to_adam(), other.to_adam()
        assert {n: cells(t) for n, t in adam[0].items()} == {
            n: cells(t) for n, t in adam[1].items()
        }


@settings(max_examples=40)
@given(seed=st.integers(0, 2**40))
def test_group_by_group_is_as_all_at_once(seed):
    """Random studies under five criteria and five options: every cell the same either way."""
    lesions, people = study(seed)
    edition, options = EDITIONS[seed % 5], OPTIONS[seed // 5 % 5]
    if not lesions or ("evaluator" in options and "R1" not in {r["evaluator"] for r in lesions}):
        return
    given = columns(lesions), columns(people) if people else None
    one, other = (answer(*given, apart=a, criteria=edition, **options) for a in (False, True))
    if isinstance(one, str):
        assert one == other
    else:
        assert_same(one, other)


UNLIKE = {
    "subject": ["B", "A", "A", "A", "C", "C", "C", "C", "C", "C"],
    "lesion": ["T1", "T1", "T1", "T1", "T1", "T2", "T3", "T4", "N1", "T1"],
    "role": ["TARGET"] * 8 + ["NON-TARGET", "TARGET"],
    "day": [0, 0, 56, 112, 0, 0, 0, 0, 0, 56],
    "size": [40.0, 50.0, 30.0, 30.0, 20.0, 20.0, 20.0, 20.0, np.nan, 10.0],
    "state": [""] * 8 + ["PRESENT", ""],
}


def test_axes_and_times_that_few_have_stand_beside_all():
    """A marker's note and survival from the first metastasis belong to one subject, and the columns
    are there for all.
    """
    tables = {
        "lesions": UNLIKE,
        "subjects": {"subject": ["A", "B", "C"], "first_metastasis": [-30.0, np.nan, np.nan]},
        "markers": {
            "subject": ["A", "A", "A"],
            "day": [0, 56, 112],
            "marker": ["CgA"] * 3,
            "value": [100.0, 40.0, 30.0],
            "unit": ["ng/mL"] * 3,
            "confounder": ["", "PPI", ""],
        },
    }
    ways = []
    for spare in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(like_courses, "_SPARE", spare)
            patch.setattr(like_courses, "_SMALL", 0)
            ways.append(nt.assess(tables))
    assert_same(*ways)
    assert "OSMET" in ways[0].events["parameter"]
    assert "biological_note" in ways[0].timepoints
    assert isinstance(ways[0].judgement, ragged.Judgements)
    assert pickle.loads(pickle.dumps(ways[0])) == ways[0] == ways[1]


def test_a_diameter_column_keeps_the_study_together():
    """Where the criteria know no nodes, whether a diameter counts is decided by the whole table, and
    so it is judged as a whole; under RECIST 1.1 each lesion decides.
    """
    table = UNLIKE | {"diameter": UNLIKE["size"]}
    for edition, together in (("recist-1.0", True), ("recist-1.1", False)):
        ways = [assessed(table, None, apart=a, criteria=edition) for a in (False, True)]
        assert_same(*ways)
        assert isinstance(ways[1].judgement, ragged.Judgements) != together


def test_long_courses_that_one_of_two_readers_read():
    """Two subjects of three visits by the first reader alone, beside one of a visit by both."""
    lesions = {
        "subject": ["A", "A", "A", "B", "B", "B", "C", "C"],
        "evaluator": ["R1"] * 6 + ["R1", "R2"],
        "lesion": ["T1"] * 8,
        "role": ["TARGET"] * 8,
        "day": [0, 56, 112, 0, 56, 112, 0, 0],
        "size": [50.0, 30.0, 30.0, 50.0, 70.0, 90.0, 40.0, 40.0],
    }
    ways = [assessed(lesions, None, apart=a) for a in (False, True)]
    assert_same(*ways)
    assert len(ways[1].judgement.each) == 2
    assert ways[1].subjects["best"].tolist() == ["PR", "MISSING", "PD", *["MISSING"] * 3]


def test_a_late_lone_baseline_does_not_count_whoever_else_is_there():
    """Refused as too late, a baseline is no reference of its own either: with other subjects of more
    visits, and alone.
    """
    lone = {n: v[:1] for n, v in UNLIKE.items() if n != "day"} | {"date": ["2024-02-01"]}
    start = {"subject": ["B"], "randomized": ["2024-01-01"]}
    done = nt.assess({"lesions": lone, "subjects": start}, late_baseline_days=7)
    assert np.isnan(done.timepoints["baseline"]).all()


def corner(n):
    """``n`` lesions of a baseline, one of which is followed over ``n`` visits: each must be compared
    at every visit.
    """
    place = np.arange(2 * n - 1)
    table = of_shape("visits", len(place)) | {"subject": np.full(len(place), "0")}
    table["lesion"] = np.char.add("T", np.where(place < n, place, 0).astype(str))
    visit = np.where(place < n, 0, place - n + 1)
    return table | {"visit": visit.astype(str), "day": visit * 7}


def test_a_subject_of_more_places_than_the_limit_is_refused(tmp_path):
    """300 targets of a baseline, and 300 visits: refused in one sentence that names the subject and
    the limit, which the call or the study file sets, for frames, Tables and files.
    """
    table = corner(300)
    by_day = {name: column for name, column in table.items() if name != "visit"}
    message = (
        r"has 300 lesions to compare at 300 visits of subject 0: 90,000 places of lesion and visit, "
        r"more than 80,000\. Give a lesion one name at all its visits, or set the limit `places`\."
    )
    (tmp_path / "study.toml").write_text("[limits]\nplaces = 80_000\n")
    for source, how in (
        ({"lesions": table}, {"limits": {"places": 80_000}}),
        (nt.crf.read({"lesions": table}), {"limits": nt.crf.limits.Limits(places=80_000)}),
        ({"lesions": table}, {"study": tmp_path / "study.toml"}),
        ({"lesions": by_day}, {"limits": {"places": 80_000}}),
    ):
        with pytest.raises(nt.InputError, match=message):
            nt.assess(source, **how)
    assert len(nt.assess({"lesions": table}).subjects["best"]) == 1
    # the reader of most rows counts, beside one who read a visit or two
    other = corner(290)
    readers = {n: np.concatenate([v, other[n], v[:1], v[:2]]) for n, v in table.items()}
    readers["subject"] = np.repeat(["0", "1", "0", "1"], (599, 579, 1, 2))
    readers["evaluator"] = np.repeat(["A", "B"], (599 + 579, 3))
    with pytest.raises(nt.InputError, match=message.replace("90,000", "360,000")):
        nt.assess({"lesions": readers}, limits={"places": 80_000})


WORDS = {"TARGET": "", "NON-TARGET": "PRESENT", "NEW": "UNEQUIVOCAL"}


def stair(n, *roles):
    """Every row a lesion of its own at a visit of its own, of these roles in turn."""
    role = np.resize(roles, n)
    size = np.where(role == "TARGET", 20.0, np.nan)
    word = np.resize([WORDS[r] for r in roles], n)
    return of_shape("stair", n) | {"role": role, "size": size, "state": word}


@pytest.mark.parametrize(
    ("role", "overall"), [("TARGET", "NE"), ("NON-TARGET", "NE"), ("NEW", "PD")]
)
def test_lesions_of_one_visit_each_need_no_places(role, overall):
    """A lesion that is seen at one visit only is judged by its row, whatever the limit: a target that
    was not there at baseline is left out, a non-target is not assessed at all other visits, a new
    lesion is there from then on.
    """
    done = nt.assess({"lesions": stair(400, role)}, limits={"places": 500})
    assert done.timepoints["overall"].tolist()[1:] == [overall] * 399
    assert done.timepoints["new_lesion"].tolist()[1:] == [role == "NEW"] * 399


def test_targets_without_a_baseline_are_counted_and_need_no_places():
    """Of a course that begins with a non-target every later target is without a baseline: the sum of
    what is measured at each visit, how many are missing, and no response; as where each lesion has
    a place at every visit.
    """
    done = [
        assessed(stair(40, "NON-TARGET", "TARGET"), None, apart=apart) for apart in (False, True)
    ]
    assert_same(*done)
    np.testing.assert_array_equal(done[1].timepoints["sum"][:4], [np.nan, 20.0, np.nan, 20.0])
    assert done[1].timepoints["n_missing"].tolist()[:4] == [20, 19, 20, 19]
    assert set(done[1].timepoints["target"].tolist()[1:]) == {"NE"}
    some = nt.assess({"lesions": stair(400, "NON-TARGET", "TARGET")}, limits={"places": 500})
    assert some.timepoints["n_missing"].tolist()[:2] == [200, 199]


def peak(lesions):
    """The most memory that the assessment of a table takes, in bytes."""
    tables = nt.crf.read({"lesions": lesions})
    tracemalloc.start()
    try:
        done = nt.assess(tables)
        assert done.timepoints["overall"].size
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_follows_the_rows_whatever_the_shape():
    """Tables of 3,000 rows take at most three times the memory of an even one, where the padded
    arrays of some would take a thousand times as much.
    """
    even = peak(of_shape("even", 3000))
    for name in (
        *("one of many visits", "one of many lesions", "one of each", "visits", "lesions"),
        *("stair", "stairs of 30"),
    ):
        assert peak(of_shape(name, 3000)) <= 3 * even + 2**20, name
    for roles in (*((role,) for role in WORDS), ("NON-TARGET", "TARGET")):
        assert peak(stair(3000, *roles)) <= 3 * even + 2**20, roles


def test_the_checks_take_memory_by_the_rows_whatever_the_shape():
    """So do the edit checks, which recompute the responses in the same groups."""
    peak_of_checks(of_shape("even", 90))  # what is loaded once is no matter of the shape
    even = peak_of_checks(of_shape("even", 2000))
    for name in ("one of many visits", "one of many lesions", "one of each"):
        assert peak_of_checks(of_shape(name, 2000)) <= 3 * even + 2**20, name
    # three findings or four a row, where the even table has two of three rows
    for lesions in (of_shape("stairs of 30", 2000), *(stair(2000, role) for role in WORDS)):
        assert peak_of_checks(lesions) <= 7 * even + 2**20, lesions["role"][0]


def peak_of_checks(lesions):
    """The most memory that all checks of a table take, in bytes."""
    tables = nt.crf.read({"lesions": lesions})
    tracemalloc.start()
    try:
        assert "failed" not in nt.edit_checks.run(tables).runs["status"].tolist()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_checks_say_what_they_cannot_recompute(tmp_path):
    """A subject of more places than the limit: the checks of what is recomputed are skipped, with the
    sentence of `assess`; the limit of the call, the configuration or the study file holds.
    """
    responses = {"subject": ["0"], "visit": ["5"], "day": [35], "target": ["SD"]}
    study = {"lesions": corner(300), "responses": responses}
    file = tmp_path / "study.toml"
    file.write_text("[limits]\nplaces = 80_000\n")
    configuration = nt.edit_checks.Configuration(limits=nt.crf.limits.Limits(places=80_000))
    for how in ({"limits": {"places": 80_000}}, {"configuration": configuration}, {"study": file}):
        run = nt.edit_checks.run(study, checks=["T01"], **how).runs
        assert run["status"].tolist() == ["skipped"]
        assert "300 lesions to compare at 300 visits of subject 0" in run["reason"][0]
    assert nt.edit_checks.run(study, checks=["T01"]).runs["status"].tolist() != ["skipped"]


@pytest.mark.parametrize(("check", "role"), [("M01", "TARGET"), ("N06", "NON-TARGET")])
def test_lesions_of_one_visit_are_not_looked_for_at_thousands(check, role):
    """A file of some 20 KB with 1,500 lesions of a baseline and 1,500 visits: it has 2.2 million
    places without a row, each of which would be a finding. The check is skipped and says why; the
    limit holds for it too.
    """

    def run_of(n, **how):
        table = corner(n)
        table["role"] = np.full(len(table["role"]), role)
        table["state"] = np.full(len(table["role"]), WORDS[role])
        return nt.edit_checks.run({"lesions": table}, checks=[check], **how)

    run = run_of(1500)
    assert (run.n_rows, run.runs["status"].tolist()) == (0, ["skipped"])
    assert run.runs["reason"][0] == (
        "`lesions` has 1,499 lesions to look for at 1,499 visits of subject 0: 2,247,001 places of "
        "lesion and visit, more than 1,048,576 (128 numbers each). Give a lesion one name at all its "
        "visits, or set the limit `places`"
    )
    assert run_of(300).n_rows == 299 * 299
    assert run_of(300, limits={"places": 80_000}).runs["status"].tolist() == ["skipped"]
    assert run_of(250, limits={"places": 80_000}).n_rows == 249 * 249  # few need no room


@settings(max_examples=8)
@given(seed=st.integers(0, 2**40))
def test_the_checks_find_the_same_group_by_group(seed):
    """Random studies under five criteria: every finding and every state the same in one group and
    with every length of course in a group of its own.
    """
    lesions, people = study(seed)
    if not lesions:
        return
    tables = {"lesions": columns(lesions)} | ({"subjects": columns(people)} if people else {})
    found = []
    for spare in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(like_courses, "_SPARE", spare)
            patch.setattr(like_courses, "_SMALL", 0)
            found.append(nt.edit_checks.run(tables, EDITIONS[seed % 5]))
    assert found[0] == found[1]


def test_a_study_without_days_is_so_for_all_its_groups():
    """Whether a study has any day is asked of all its courses, and not of each group: the sentence
    and the response of a course without days is the same beside others that have some.
    """
    courses = {"A": [0, 56, 112], "B": ["", "", ""], "C": [0, *range(30, 450, 30)]}
    rows = [(s, str(v), day) for s, days in courses.items() for v, day in enumerate(days)]
    subject, visit, day = (list(column) for column in zip(*rows, strict=True))
    size = [[100.0, 60.0, 70.0][int(v) % 3] for v in visit]
    one = {"lesion": ["T1"] * len(rows), "role": ["TARGET"] * len(rows), "size": size}
    tables = nt.crf.read({"lesions": {"subject": subject, "visit": visit, "day": day, **one}})
    chains = []
    for spare in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(like_courses, "_SPARE", spare)
            patch.setattr(like_courses, "_SMALL", 0)
            chains.append(nt.edit_checks.Data(tables, nt.criteria.RECIST_1_1).chain)
    for name in ("target", "overall", "reason", "sum"):
        np.testing.assert_array_equal(getattr(chains[0], name), getattr(chains[1], name))
    assert len(chains[0].groups) > len(chains[1].groups) == 1


def test_a_confirmed_progression_says_each_part_that_shows_it():
    """The reasons of an iCPD stand together: non-target, new lesion, and the further increase; a
    visit that is no iCPD has no further increase.
    """
    lesions = {
        "subject": ["A"] * 9,
        "lesion": ["T1", "N1", "T1", "N1", "X1", "T1", "N1", "X1", "X2"],
        "role": ["TARGET", "NON-TARGET"] * 2 + ["NEW", "TARGET", "NON-TARGET", "NEW", "NEW"],
        "day": [0, 0, 56, 56, 56, 98, 98, 98, 98],
        "size": [50.0, np.nan, 50.0, np.nan, 12.0, 50.0, np.nan, 20.0, 12.0],
        "state": [
            *("", "PRESENT", "", "UNEQUIVOCAL PROGRESSION", "UNEQUIVOCAL"),
            *("", "UNEQUIVOCAL PROGRESSION", "UNEQUIVOCAL", "UNEQUIVOCAL"),
        ],
    }
    done = nt.assess({"lesions": lesions}, criteria=nt.criteria.IRECIST_2017)
    assert done.timepoints["overall"].tolist()[1:] == ["iUPD", "iCPD"]
    first, second = (nt.Reason(int(r)) for r in done.timepoints["reason"][1:])
    both = nt.Reason.NON_TARGET | nt.Reason.NEW_LESION
    assert first & both == both
    assert second & both == both
    assert nt.Reason.FURTHER_INCREASE not in first
    assert nt.Reason.FURTHER_INCREASE in second


def test_a_constant_evaluator_who_was_not_asked_for_is_nobody():
    """One reader in every row, who is the one asked for; and of two, one who was not: her rows are
    no timepoints, and her last scan is the subject's all the same.
    """
    rows = {n: v[:4] for n, v in UNLIKE.items()} | {"evaluator": ["R1"] * 4}
    alone = nt.assess({"lesions": rows}, evaluator="R1")
    assert cells(alone.timepoints) == cells(nt.assess({"lesions": rows}).timepoints)
    other = rows | {"evaluator": ["R1", "R2", "R2", "R2"]}
    asked = nt.assess({"lesions": other}, evaluator="R1")
    assert asked.subjects["subject"].tolist() == ["A", "B"]
    assert asked.subjects["best"].tolist()[0] == "MISSING"
    assert asked.timepoints["subject"].tolist() == ["B"]
    assert asked.outcome.times["OS"].time.tolist()[1] == 0
