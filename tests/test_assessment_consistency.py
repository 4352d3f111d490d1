"""Columns of one row never contradict each other: random studies under every criteria of size.

Each property is a sentence that a reader of the tables takes for granted; it holds whatever the
study holds.
"""

import attrs
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nettumor as nt
from nettumor import EventReason, Reason
from strategies import a_quarter
from studies import columns, study

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random studies hold what nobody reads

EDITIONS = (
    "recist-1.1", "irecist-2017", "vogl-2008", "who-1981", "recist-1.0", "mrecist-2010",
    "easl-2001", "choi-2007", "modified-choi-2010", "volume-recist", "swog-1992",
)  # fmt: skip
MEASURES = ("perpendicular", "viable", "viable_perpendicular", "volume")
RESPONDERS = ("CR", "PR", "iCR", "iPR")
PROGRESSIONS = {"PD", "iUPD", "iCPD"}


def measured(lesions):
    """The rows with every measure that some criteria ask for: what stands in the size."""
    return [r | dict.fromkeys(MEASURES, r["size"]) | {"attenuation": "40"} for r in lesions]


SHOWN_BY = {
    "CR": Reason.GONE,
    "PR": Reason.DECREASE | Reason.SUSTAINED | Reason.ATTENUATION,
    "MR": Reason.MINOR_DECREASE,
    "SD": Reason.WITHIN_LIMITS | Reason.GAP | Reason.BELOW_MINIMUM,
    "PD": Reason.INCREASE | Reason.ANY_LESION | Reason.REAPPEARED,
    "NE": Reason.NOT_MEASURED | Reason.INVALID | Reason.BASELINE,
}
"""What a target response rests on, one of these at least."""
RESTS_ON = {
    "PD": {"PD"},
    "CR": {"CR"},
    "PR": {"PR", "CR"},
    "MR": {"MR"},
    "SD": {"SD", "MR", "PR", "CR"},
    "NON-CR/NON-PD": {"NON-CR/NON-PD", "CR"},
    "NE": {"NE", "CR", "PR", "MR", "SD", "NON-CR/NON-PD"},
    "MISSING": set(),
    "iUPD": {"iUPD"},
}
"""The assessments that a best response may be earned by."""


def check_timepoint(row, immune):
    """What a row of the timepoints must agree on."""
    overall, reason = row["overall"].removeprefix("i"), Reason(int(row["reason"]))
    if row["target"] == "PD" and not immune:
        assert overall == "PD"
    if immune and "PD" in (row["target"], row["non_target"]):
        assert overall in ("UPD", "CPD")
    if not immune and (row["non_target"] == "PD" or row["new_lesion"]):
        assert overall == "PD"
    if overall == "PD":
        assert "PD" in (row["target"], row["non_target"]) or row["new_lesion"]
    if overall == "CR":
        assert row["target"] in ("CR", "MISSING")
        assert row["non_target"] in ("CR", "MISSING")
    if overall in ("PR", "SD", "MR"):
        assert row["target"] not in ("MISSING", "PD", "NE")
    if overall == "NON-CR/NON-PD":
        assert row["target"] == "MISSING"
    if row["n_missing"]:
        assert row["target"] in ("NE", "PD", "MISSING")
        assert np.isnan(row["percent_from_baseline"])
    if row["target"] in ("PR", "SD", "CR"):
        assert not np.isnan(row["sum"])
    if row["target"] != "MISSING":
        assert reason & SHOWN_BY[row["target"]]
    assert (row["non_target"] == "PD") == (Reason.NON_TARGET in reason)
    assert row["new_lesion"] == (Reason.NEW_LESION in reason)
    if immune:
        assert (overall == "CPD") == (Reason.FURTHER_INCREASE in reason)
    for name in ("baseline", "nadir"):
        percent = row[f"percent_from_{name}"]
        if not np.isnan(percent):
            assert percent == pytest.approx(100 * row["sum"] / row[name] - 100, abs=1e-9)
    assert not row["nadir"] > row["baseline"]
    assert row["explanation"].startswith(f"{row['overall']}: ") or overall == "MISSING"


def check_best(row, rows, course, immune):
    """What best response must agree on with the timepoints and the course as it was judged."""
    best, why = row["best"], Reason(int(row["best_reason"]))
    plainly, known = str(nt.labels(nt.parse_responses([best]))[0]), Reason.DAY_UNKNOWN not in why
    days = [r["day"] for r in rows if not np.isnan(r["day"])]
    months = {r["date"] for r in rows if np.isnan(r["day"])}
    if row["confirmed"]:
        assert best in RESPONDERS
    assert (Reason.CONFIRMED in why) == row["confirmed"]
    assert (Reason.NO_ASSESSMENT in why) == (best == "MISSING")
    if best in RESPONDERS:
        assert row["best_unconfirmed"] in RESPONDERS
        unsure = months and np.isnan(row["first_response_day"] + row["best_day"])
        assert row["first_response_day"] <= row["best_day"] or not known or unsure
    elif known:
        assert np.isnan(row["first_response_day"])
    if plainly == "PD" and not immune:  # one day, that of the scan that first documents it
        assert "PD" in course
        np.testing.assert_equal(row["best_day"], row["progression_day"])
    else:
        assert best == "MISSING" or RESTS_ON[plainly] & set(course)
        in_month = any(row["best_date"].startswith(m) for m in months)  # the one day that is left
        if best in PROGRESSIONS and not np.isnan(row["best_day"]):  # the day of some scan
            assert row["best_day"] <= max(days)
        else:
            assert row["best_day"] in days or np.isnan(row["best_day"]) or in_month
    if known and not months:
        assert np.isnan(row["best_day"]) == (best == "MISSING")
    if not np.isnan(row["best_percent"]):
        changes = {r["percent_from_baseline"] for r in rows}
        at_day = {r["percent_from_baseline"] for r in rows if r["day"] == row["best_percent_day"]}
        assert row["best_percent"] in (at_day or changes)
        assert row["best_percent"] >= -100
        assert row["best_percent_day"] in days or np.isnan(row["best_percent_day"])
    if not np.isnan(row["baseline_day"]):  # without disease there is no baseline
        assert row["baseline_day"] == rows[0]["day"]
    assert not immune or not row["confirmed"] or best in ("iCR", "iPR")


def check_dates(row, rows):
    """Each date of a subject is its day from the reference date, blank where there is none."""
    of_day = {r["day"]: r["date"] for r in rows if not np.isnan(r["day"])}
    for name in ("best", "progression"):
        day, date = row[f"{name}_day"], row[f"{name}_date"]
        assert (date == "") == np.isnan(day)
        if not np.isnan(day):
            known, of_known = next(iter(of_day.items()))
            apart = np.datetime64(date) - np.datetime64(of_known)
            assert apart / np.timedelta64(1, "D") == day - known
        if day in of_day:
            assert date == of_day[day]


def check_times(row, days, progressed):
    """What the times must agree on; ``days`` are those of the timepoints."""
    pd_day, reasons = row["progression_day"], {}
    for name in ("pfs", "ttp", "dor", "os"):
        reason = reasons[name] = EventReason(int(row[f"{name}_reason"]))
        assert not row[f"{name}_days"] < 0
        happened = reason & (EventReason.PROGRESSION | EventReason.DEATH)
        if row[f"{name}_event"]:  # of a death in the month of a progression neither is the first
            assert happened or EventReason.DAY_UNKNOWN in reason
        else:
            assert not happened or np.isnan(row[f"{name}_days"])
    assert EventReason.DEATH not in reasons["ttp"]
    assert EventReason.PROGRESSION not in reasons["os"]
    if not np.isnan(pd_day):
        assert progressed
        assert pd_day <= max(days)  # some scan of a visit may be earlier than the visit's day
        if EventReason.NO_BASELINE in reasons["pfs"]:  # followed from nowhere: censored at 0
            assert row["ttp_days"] == 0
        elif not reasons["ttp"] & (EventReason.MISSED_VISITS | EventReason.DAY_UNKNOWN):
            assert row["ttp_event"]
            assert row["ttp_days"] == max(pd_day, 0)
    if row["ttp_event"]:
        assert row["pfs_event"]
    progression = row["pfs_event"] and EventReason.PROGRESSION in reasons["pfs"]
    if progression and not np.isnan(row["pfs_days"]):
        # before day 0 in any case, whatever the day: 0
        assert row["pfs_days"] == (0 if np.isnan(pd_day) else max(pd_day, 0))
        assert row["ttp_days"] == row["pfs_days"]
    if row["pfs_event"] and not progression and not np.isnan(row["pfs_days"]):
        assert row["os_event"]  # a death
        assert row["os_days"] == row["pfs_days"]
        assert not row["ttp_days"] > row["pfs_days"]
    assert (EventReason.NOT_A_RESPONDER in reasons["dor"]) <= np.isnan(row["dor_days"])
    if not np.isnan(row["dor_days"]):
        assert not np.isnan(row["first_response_day"])
        assert row["dor_days"] > 0 or not row["dor_event"]
        if EventReason.NO_BASELINE not in reasons["pfs"] and row["first_response_day"] >= 0:
            np.testing.assert_equal(row["first_response_day"] + row["dor_days"], row["pfs_days"])
            assert row["dor_event"] == row["pfs_event"]
    if row["dor_event"]:
        assert row["pfs_event"]


@pytest.mark.parametrize("edition", EDITIONS)
@settings(max_examples=2 * a_quarter())
@given(seed=st.integers(0, 2**40))
def test_columns_of_a_row_agree(edition, seed):
    """Timepoints, subjects and events of any study agree with each other, under any rule."""
    lesions, people = study(seed)
    assume(any(r["date"] for r in lesions))  # without any day confirmation is refused
    check(lesions, people, edition, **options_of(seed, edition))


SCHEDULES = (None, 42, ((0, 28), (84, 56)), (30, 60, 120))
"""Of random studies: no schedule, and one of each kind."""


def options_of(seed, edition):
    """A rule, a censoring and a bound on late baselines, by a number."""
    criteria, random = nt.criteria.get(edition), np.random.default_rng(seed)
    own = criteria.best_response
    rules = [own, own, own, attrs.evolve(own, confirmation_days=None)]
    rules += [attrs.evolve(own, cr_then_pr=policy) for policy in ("PD", "PR", "keep")]
    censoring = attrs.evolve(
        getattr(criteria, "censoring", None) or nt.criteria.FDA_2018_CENSORING,
        same_day_therapy=str(random.choice(["after", "counts"])),
    )
    if random.random() < 0.2:
        censoring = nt.criteria.ADMIRALONCO_CENSORING
    return {
        "rule": rules[random.integers(len(rules))],
        "censoring": censoring,
        "schedule": SCHEDULES[random.integers(len(SCHEDULES))],
        "late_baseline_days": (None, None, 0, 5)[random.integers(4)],
    }


def check(lesions, people, edition, **options):
    """All rows of the tables of a study."""
    tables = {"lesions": columns(measured(lesions))}
    if people:
        tables["subjects"] = columns(people)
    done, immune = nt.assess(tables, criteria=edition, **options), edition.startswith("irecist")
    points, of_unit = done.timepoints.rows(), {}
    for row in points:
        check_timepoint(row, immune)
        of_unit.setdefault((row["subject"], row["evaluator"]), []).append(row)
    times = {(r["subject"], r["evaluator"], r["parameter"]): r for r in done.events.rows()}
    for number, row in enumerate(done.subjects.rows()):
        mine = of_unit.get((row["subject"], row["evaluator"]), [])
        days = [r["day"] for r in mine if not np.isnan(r["day"])]
        codes = done.outcome.best.course[number]
        course = nt.labels(codes).tolist()
        words = {r["overall"] for r in mine} | set(course)
        check_best(row, mine, course, immune)
        check_dates(row, mine)
        check_times(row, days, bool(words & PROGRESSIONS))
        for name in ("pfs", "ttp", "dor", "os"):
            event = times[row["subject"], row["evaluator"], name.upper()]
            assert event["event"] == row[f"{name}_event"]
            np.testing.assert_equal(event["time"], row[f"{name}_days"])
            if not np.isnan(event["day"] - event["start"]):
                assert event["time"] == max(event["day"] - event["start"], 0)


def plain(table, reader, leave=()):
    """The rows of one reader so that they compare: NaN as None, visits as text."""
    out = []
    for row in table.rows():
        if row["evaluator"] != reader:
            continue
        kept = {n: v for n, v in row.items() if n not in leave and not n.startswith("os_")}
        out.append({n: None if v != v else v for n, v in kept.items()})
        if "visit" in row:
            out[-1]["visit"] = str(row["visit"]).removesuffix(".0").replace("nan", "")
    return out


@pytest.mark.parametrize("edition", EDITIONS)
@settings(max_examples=a_quarter() // 2)
@given(seed=st.integers(0, 2**40))
def test_no_readers_rows_change_anothers_answers(edition, seed):
    """Each reader's rows alone give the reader's timepoints and subjects, under any rule; survival
    apart, which knows every scan that anybody read.
    """
    lesions, people = study(seed)
    assume(any(r["date"] for r in lesions))  # without any day confirmation is refused
    check_readers(lesions, people, edition, **options_of(seed, edition))


def check_readers(lesions, people, edition, **options):
    """Every reader of a study, alone and together."""
    tables = {"subjects": columns(people)} if people else {}
    lesions = measured(lesions)

    def assessed(rows):
        return nt.assess(tables | {"lesions": columns(rows)}, criteria=edition, **options)

    together = assessed(lesions)
    for reader in sorted({r["evaluator"] for r in lesions}):
        own = [r for r in lesions if r["evaluator"] == reader]
        if not any(r["date"] for r in own):
            continue
        apart = assessed(own)
        assert plain(apart.timepoints, reader) == plain(together.timepoints, reader)
        known = {r["subject"] for r in own} | {p["subject"] for p in people}
        mine = [r for r in plain(together.subjects, reader) if r["subject"] in known]
        assert plain(apart.subjects, reader) == mine
