"""What must not change an assessment: order, names, other subjects, days for dates, later visits;
and arrays in.
"""

import datetime
import pickle
import random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nettumor as nt
from studies import columns, date, study

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random studies hold what nobody reads

TABLES = ("timepoints", "subjects", "events")
seeds = st.integers(0, 2**40)


def assessed(lesions, people, **more):
    """The study assessed."""
    return nt.assess(
        {"lesions": columns(lesions)} | ({"subjects": columns(people)} if people else {}), **more
    )


def rows(table, *, leave=()):
    """A table's rows so that they compare: NaN as None, sums without the last digits of the order
    of addition.
    """

    def plain(value):
        return None if value != value else round(value, 9) if isinstance(value, float) else value

    names = [n for n in table if n not in leave]
    cells = [[plain(v) for v in table[n].tolist()] for n in names]
    if "visit" in names:  # numbers where all visits of the study are, else text
        visit = names.index("visit")
        cells[visit] = ["" if v is None else str(v).removesuffix(".0") for v in cells[visit]]
    return [dict(zip(names, r, strict=True)) for r in zip(*cells, strict=True)]


def same(one, two):
    """All tables of two assessments are equal."""
    for name in TABLES:
        assert rows(getattr(one, name)) == rows(getattr(two, name)), name


@given(seed=seeds)
def test_the_order_of_rows_and_subjects_does_not_matter(seed):
    """Any permutation of the rows of both tables gives the same tables."""
    lesions, people = study(seed)
    assume(lesions)
    before = assessed(lesions, people)
    random.Random(seed).shuffle(lesions)
    same(before, assessed(lesions, people[::-1]))


@pytest.mark.parametrize("edition", ["recist-1.1", "who-1981", "choi-2007"])
@given(seed=seeds)
def test_the_way_of_the_work_does_not_matter(edition, seed):
    """Rows laid out by visit or one by one, in one thread or in two, few at a time or many: the
    same tables.
    """
    lesions, people = study(seed)
    assume(lesions)
    ways = []
    for fills, long, stretch in ((True, 10**9, 10**9), (False, 10**9, 3), (True, 1, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nettumor.rows.numbering._STRETCH", stretch)
            patch.setattr(
                "nettumor.assessment.slots.fills",
                lambda places, rows, fills=fills: fills and places > 0,
            )
            patch.setattr("nettumor._threads.LONG", long)
            ways.append(assessed(lesions, people, criteria=nt.criteria.get(edition)))
    same(ways[0], ways[1])
    same(ways[0], ways[2])


def test_late_columns_are_made_when_they_are_asked_for():
    """To ask whether a table has a column, or for its length, makes none that is late; a column once
    made is kept, frozen, as those are that were there.
    """
    done = assessed(*study(1))
    for table in (done.timepoints, done.subjects, done.events):
        assert "reason" in table or "best" in table
        assert "nothing" not in table
        assert table.n_rows > 0
        assert table._columns._made.keys() == set(table) - table.late
    assert {"explanation"} < done.timepoints.late
    assert not {"subject", "best", "confirmed"} & done.subjects.late
    for name in ("best", "best_date"):
        assert done.subjects[name] is done.subjects[name]
        assert not done.subjects[name].flags.writeable
    assert "pfs_days" not in done.subjects._columns._made
    pickle.loads(pickle.dumps(done.outcome))
    for table in (done.timepoints, done.subjects, done.events):
        assert pickle.loads(pickle.dumps(table)).to_csv() == table.to_csv()


def test_visits_out_of_their_order_and_left_out():
    """Visits by name that follow each other otherwise by date, and a visit that one patient
    misses.
    """
    table = {
        "subject": ["A", "A", "A", "B", "B"],
        "lesion": ["T1"] * 5,
        "role": ["TARGET"] * 5,
        "visit": ["3", "1", "2", "1", "3"],
        "size": [30, 50, 60, 40, 20],
        "date": ["2024-03-01", "2024-01-02", "2024-05-01", "2024-01-02", "2024-03-01"],
    }
    done = nt.assess({"lesions": table}).timepoints
    assert done["visit"].tolist() == [1, 3, 2, 1, 3]
    assert done["sum"].tolist() == [50, 30, 60, 40, 20]


@given(seed=seeds)
def test_the_names_of_lesions_do_not_matter(seed):
    """Lesions renamed so that they sort the other way round give the same tables."""
    lesions, people = study(seed)
    assume(lesions)
    names = sorted({r["lesion"] for r in lesions})
    to = dict(zip(names, (f"L{len(names) - i:03}" for i in range(len(names))), strict=True))
    same(
        assessed(lesions, people),
        assessed([r | {"lesion": to[r["lesion"]]} for r in lesions], people),
    )


@given(seed=seeds)
def test_the_names_of_subjects_and_evaluators_do_not_matter(seed):
    """Subjects and evaluators renamed give the same rows under their new names."""
    lesions, people = study(seed)
    assume(lesions)
    name, reader = (lambda s: f"Z{9 - int(s[1:])}"), (lambda e: f"R{9 - int(e.split()[1])}")
    renamed = [
        r | {"subject": name(r["subject"]), "evaluator": reader(r["evaluator"])} for r in lesions
    ]
    one = assessed(lesions, people)
    two = assessed(renamed, [p | {"subject": name(p["subject"])} for p in people])
    for table in TABLES:
        expected = [
            r | {"subject": name(r["subject"]), "evaluator": reader(r["evaluator"])}
            for r in rows(getattr(one, table))
        ]
        found = rows(getattr(two, table))
        key = ("subject", "evaluator")
        assert sorted(map(str, found)) == sorted(map(str, expected))
        assert [tuple(r[k] for k in key) for r in found] == sorted(
            tuple(r[k] for k in key) for r in found
        )


@given(seed=seeds)
def test_studies_joined_are_the_studies_apart(seed):
    """The tables of two studies in one are those of each, one below the other."""
    parts = [study(seed), study(seed + 1)]
    readers = [{r["evaluator"] for r in lesions} for lesions, _ in parts]
    assume(all(readers) and readers[0] == readers[1])
    (one, few), (two, more) = parts
    two, more = ([r | {"subject": f"X{r['subject']}"} for r in part] for part in (two, more))
    apart = [assessed(one, few), assessed(two, more)]
    whole = assessed(one + two, few + more)
    for name in TABLES:
        assert rows(getattr(whole, name)) == [r for a in apart for r in rows(getattr(a, name))], (
            name
        )


@given(seed=seeds)
def test_days_in_place_of_dates(seed):
    """De-identified: days from the reference date give what dates gave, but for the dates."""
    lesions, people = study(seed)
    assume(lesions)
    known = {p["subject"]: p for p in people}
    for s in {r["subject"] for r in lesions} | set(known):  # day 0 must be a date of the study
        known.setdefault(
            s, dict.fromkeys(people[0], "") | {"subject": s} if people else {"subject": s}
        )
        known[s]["randomized"] = date(0)
        known[s]["death"] = (
            known[s].get("death", "") if len(known[s].get("death", "")) == 10 else ""
        )
    people = list(known.values())
    lesions = [r if len(r["date"]) in (0, 10) else r | {"date": ""} for r in lesions]

    def day(said):
        return (
            ""
            if not said
            else str(
                (datetime.date.fromisoformat(said) - datetime.date.fromisoformat(date(0))).days
            )
        )

    ends = [n for n in people[0] if n != "subject"]
    days = [{**r, "day": day(r["date"])} for r in lesions]
    for r in days:
        del r["date"]
    one = assessed(lesions, people)
    two = assessed(days, [p | {n: day(p[n]) for n in ends} for p in people])
    dates = ("date", "best_date", "progression_date")
    for name in TABLES:
        assert rows(getattr(one, name), leave=dates) == rows(getattr(two, name), leave=dates), name
        assert all(set(getattr(two, name)[d]) <= {""} for d in dates if d in getattr(two, name))


@given(seed=seeds)
def test_a_later_visit_changes_no_earlier_response(seed):
    """For a complete baseline: cutting a study off after any day leaves the responses up to that
    day as they were.

    The baseline must be in the past (a first visit after the reference date makes the visit itself
    the reference), visits dated in full, and no visit may be cut in two.
    """
    lesions, people = study(seed)
    lesions = [r for r in lesions if len(r["date"]) == 10]
    lesions = [r | {"visit": r["date"]} for r in lesions]  # each date a visit
    people = [p | {"data_cutoff": ""} for p in people]
    assume(lesions)
    whole = assessed(lesions, people)
    until = date(random.Random(seed).randint(0, 200))
    early = (
        assessed([r for r in lesions if r["date"] <= until], people, evaluator=None)
        if any(r["date"] <= until for r in lesions)
        else None
    )
    assume(early is not None)
    judged = (
        "target",
        "non_target",
        "new_lesion",
        "overall",
        "sum",
        "n_missing",
        "baseline",
        "nadir",
        "reason",
    )
    later = {
        (r["subject"], r["evaluator"], r["date"]): r
        for r in rows(whole.timepoints, leave=("explanation",))
    }
    first = {}
    for r in rows(whole.timepoints, leave=("explanation",)):
        first.setdefault((r["subject"], r["evaluator"]), r)
    for r in rows(early.timepoints, leave=("explanation",)):
        key = (r["subject"], r["evaluator"])
        base = first[key]
        if base["n_missing"] or base["date"] > until or base["baseline"] is None:
            continue
        known = later[(*key, r["date"])]
        assert {n: r[n] for n in judged} == {n: known[n] for n in judged}


@pytest.mark.parametrize("seed", range(5))
def test_arrays_to_a_table_to_arrays(seed):
    """Sizes written as a long table and assessed are what the functions of the chain say of the
    arrays.
    """
    rng = np.random.default_rng(seed)
    shape = (200, 4, 6)
    sizes = np.round(
        rng.uniform(10, 60, shape) * np.cumprod(rng.uniform(0.6, 1.25, shape), axis=-1), 1
    )
    sizes[rng.random(shape) < 0.05] = np.nan
    sizes[rng.random(shape) < 0.1] = 0
    sizes[..., 0] = np.round(rng.uniform(10, 60, shape[:-1]), 1)
    nodal = rng.random(shape[:-1]) < 0.3
    days = np.cumsum(rng.integers(20, 60, (shape[0], shape[2])), axis=-1).astype(float)
    days -= days[:, :1]
    s, lesion, visit = (a.ravel() for a in np.indices(shape))
    order = rng.permutation(s.size)
    table = {
        "subject": s,
        "lesion": lesion,
        "role": np.full(s.size, "TARGET"),
        "day": days[s, visit],
        "visit": visit,
        "size": sizes.ravel(),
        "nodal": np.where(nodal[s, lesion], "Y", "N"),
    }
    done = nt.assess({"lesions": {n: c[order] for n, c in table.items()}})
    by_hand = nt.target_response(sizes, nodal=nodal, days=days)
    for name in (
        "sum",
        "n_missing",
        "baseline",
        "nadir",
        "percent_from_baseline",
        "percent_from_nadir",
        "reason",
    ):
        np.testing.assert_array_equal(
            done.timepoints[name], getattr(by_hand, name).ravel(), err_msg=name
        )
    assert done.timepoints["target"].tolist() == nt.labels(by_hand.response).ravel().tolist()
    best = nt.best_overall_response(by_hand.response, days)
    assert done.subjects["best"].tolist() == nt.labels(best.response).tolist()
    np.testing.assert_array_equal(done.subjects["best_day"], best.day)
    pfs = nt.progression_free_survival(best.course, days)
    np.testing.assert_array_equal(done.subjects["pfs_days"], pfs.time)
    np.testing.assert_array_equal(done.subjects["pfs_event"], pfs.event)
    dor = nt.duration_of_response(best.course, days, best.first_response_day)
    np.testing.assert_array_equal(done.subjects["dor_days"], dor.time)


@given(seed=seeds)
def test_nothing_given_is_changed(seed):
    """Read-only arrays come in and are as they were."""
    lesions, people = study(seed)
    assume(lesions and people)
    given_tables = {
        n: {c: np.array(v, dtype=object) for c, v in columns(t).items()}
        for n, t in (("lesions", lesions), ("subjects", people))
    }
    before = {n: {c: v.tolist() for c, v in t.items()} for n, t in given_tables.items()}
    for t in given_tables.values():
        for v in t.values():
            v.setflags(write=False)
    done = nt.assess(given_tables)
    assert before == {n: {c: v.tolist() for c, v in t.items()} for n, t in given_tables.items()}
    for name in TABLES:
        assert not any(v.flags.writeable for v in getattr(done, name).values())


def test_a_size_that_looks_like_no_size():
    """The very NaN that marks the places without a row is a size that was not measured, like any
    NaN.
    """
    from nettumor.assessment.slots import _NOTHING

    table = {
        "subject": ["A"] * 3,
        "lesion": ["T1"] * 3,
        "role": ["TARGET"] * 3,
        "visit": [0, 1, 2],
        "day": [0, 50, 99],
    }
    one, two = (
        nt.assess({"lesions": table | {"size": np.array([50, nothing, 20])}})
        for nothing in (np.nan, _NOTHING)
    )
    same(one, two)
    assert one.timepoints["n_missing"].tolist() == [0, 1, 0]


def test_names_that_few_patients_share_take_no_room():
    """60 patients with two lesions of names of their own have two slots each, not 120, however many
    dates they have.
    """
    from nettumor import crf
    from nettumor.assessment.slots import JudgedRows, slots
    from nettumor.study.tracks import read_names

    who, lesion, day = (a.ravel() for a in np.indices((60, 2, 30)))
    tables = crf.read(
        {
            "lesions": {
                "subject": who,
                "lesion": 2 * who + lesion,
                "role": ["TARGET"] * 3600,
                "day": day,
                "size": [20.0] * 3600,
            }
        }
    )
    names = read_names(tables, None)
    at = slots(
        tables["lesions"],
        JudgedRows.of(names, visits=None, chosen=None, places=10**6),
        crf.Role.TARGET,
    )
    assert at.codes.shape == (60, 2)


def a_course(rng):
    """Lesion rows and a subject's dates of one patient, all in full; the days of the visits."""
    day, size, days, rows = 0, 50.0, [], []
    for visit in range(rng.randint(2, 5)):
        days.append(day)
        rows.append(("T1", "TARGET", visit, f"{size:g}", ""))
        size = round(size * rng.choice([0, 0.5, 0.7, 0.9, 1, 1.1, 1.25, 1.4]), 1)
        day += rng.choice([20, 28, 42, 56]) + rng.randint(-6, 6)
    if rng.random() < 0.3:
        rows.append(("X1", "NEW", rng.randint(1, len(days) - 1), "", "UNEQUIVOCAL"))
    ends = {
        name: rng.randint(10, days[-1] + 60) if rng.random() < 0.4 else None
        for name in ("death", "new_therapy", "data_cutoff")
    }
    if ends["death"] is not None:  # what is dated after it is left out
        ends["death"] = max(ends["death"], days[-1] + 31)
    return rows, days, ends


def patients(rows, days, ends, name, cells):
    """The patient again and again, with each of the cells in the place of one date."""
    lesions, people = [], []
    for i, cell in enumerate(cells):
        for lesion, role, visit, size, state in rows:
            lesions.append(
                {
                    "subject": f"{i:02d}",
                    "lesion": lesion,
                    "role": role,
                    "visit": str(visit),
                    "date": cell if name == visit else date(days[visit]),
                    "size": size,
                    "state": state,
                }
            )
        own = {n: "" if d is None else date(d) for n, d in ends.items()}
        people.append({"subject": f"{i:02d}"} | own | ({name: cell} if name in own else {}))
    return lesions, people


@pytest.mark.parametrize("edition", ["recist-1.1", "irecist-2017"])
@given(seed=seeds)
def test_a_month_is_each_of_its_days(edition, seed):
    """One date known to the month: what all its days agree on is the answer; where they do not, there
    is no time and no event, and the best response says that the day is not known.
    """
    rng = random.Random(seed)
    given_rows, days, ends = a_course(rng)
    name = rng.choice([*range(1, len(days)), *(n for n, d in ends.items() if d is not None)])
    said = date(days[name] if name in range(len(days)) else ends[name])[:7]
    first, last = (0, 10**6) if name not in range(len(days)) else (days[name - 1] + 1, 10**6)
    if name in range(len(days) - 1):
        last = days[name + 1] - 1
    whole = [d for d in range(-40, 500) if date(d)[:7] == said]
    cells = [date(d) for d in whole if first <= d <= last]
    if name == "death" or ends["death"] is not None:  # scans after death are left out
        assume(min(whole) > days[-1] if name == "death" else max(whole) <= ends["death"])
    schedule = rng.choice([None, 56])
    each, one = (
        assessed(*patients(given_rows, days, ends, name, c), criteria=edition, schedule=schedule)
        for c in (cells, [said])
    )
    if (
        edition == "irecist-2017"
    ):  # what confirms must do so on every day: a timepoint's own caution
        at = each.timepoints["overall"].reshape(len(cells), -1)
        assume((at == at[:1]).all())
    for time in ("pfs", "ttp", "dor"):
        events = set(each.subjects[f"{time}_event"].tolist())
        answers = {d if d == d else None for d in each.subjects[f"{time}_days"].tolist()}
        got = one.subjects[f"{time}_days"][0]
        assert one.subjects[f"{time}_event"][0] == (events == {True})
        assert np.isnan(got) or answers == {got}
        assert len(answers) > 1 or answers == {None} or time == "dor" or answers == {got}
    events = set(each.subjects["os_event"].tolist())
    assert one.subjects["os_event"][0] == (events == {True})
    best = set(each.subjects["best"].tolist())
    unknown = one.subjects["best_reason"][0] & nt.Reason.DAY_UNKNOWN
    if len(best) == 1:
        assert {one.subjects["best"][0]} == best
    else:
        assert unknown
