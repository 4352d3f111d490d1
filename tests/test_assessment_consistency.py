"""Columns of one row never contradict each other: random studies under every criteria of size.

Each property is a sentence that a reader of the tables takes for granted; it holds whatever the
study holds.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import EventReason, Reason, Response
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
PROGRESSIONS = ("PD", "iUPD", "iCPD")


def measured(lesions):
    """The rows with every measure that some criteria ask for: what stands in the size."""
    return [r | dict.fromkeys(MEASURES, r["size"]) | {"attenuation": "40"} for r in lesions]


def check_timepoint(row, immune):
    """What a row of the timepoints must agree on."""
    overall = row["overall"].removeprefix("i")
    if row["target"] == "PD" and not immune:
        assert overall == "PD"
    if immune and "PD" in (row["target"], row["non_target"]):
        assert overall in ("UPD", "CPD")
    if not immune and (row["non_target"] == "PD" or row["new_lesion"]):
        assert overall == "PD"
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


def check_subject(row, days, undated, progressed):
    """What a row of the subjects must agree on; ``days`` are those of its timepoints, ``undated``
    whether some have none.
    """
    best, pd_day = row["best"], row["progression_day"]
    reason = EventReason(int(row["pfs_reason"]))
    known = not int(row["best_reason"]) & int(Reason.DAY_UNKNOWN)
    if row["confirmed"]:
        assert best in RESPONDERS
    if best in RESPONDERS:
        assert row["best_unconfirmed"] in RESPONDERS
        assert row["first_response_day"] <= row["best_day"] or not known
    elif known:
        assert np.isnan(row["first_response_day"])
    if best == "MISSING":
        assert np.isnan(row["best_day"])
    elif known and undated:
        assert row["best_day"] in [*days, pd_day] or np.isnan(row["best_day"])
    elif known:
        assert row["best_day"] in days or (best == "PD" and row["best_day"] == pd_day)
    if best in ("PD", "iCPD") and not np.isnan(row["best_day"]) and not undated:
        assert pd_day <= row["best_day"]
    if not np.isnan(pd_day):
        assert progressed
        assert pd_day <= max(days)  # some scan of a visit may be earlier than the visit's day
        if EventReason.NO_BASELINE in reason:  # followed from nowhere: censored at 0
            assert row["ttp_days"] == 0
        else:
            assert row["ttp_event"]
            assert row["ttp_days"] == max(pd_day, 0)
    if row["ttp_event"]:
        assert row["pfs_event"]
    if row["pfs_event"]:
        assert reason & (EventReason.PROGRESSION | EventReason.DEATH)
    if row["pfs_event"] and EventReason.PROGRESSION in reason and not np.isnan(row["pfs_days"]):
        assert row["pfs_days"] == max(pd_day, 0)
    if not np.isnan(row["dor_days"]):
        assert not np.isnan(row["first_response_day"])
        assert row["dor_days"] > 0 or not row["dor_event"]
    if row["dor_event"]:
        assert row["pfs_event"]
    if not np.isnan(row["best_percent"]):
        assert row["best_percent"] >= -100
        assert row["best_percent_day"] in days or np.isnan(row["best_percent_day"])
    for name in ("pfs", "ttp", "os"):
        assert not row[f"{name}_days"] < 0


@pytest.mark.parametrize("edition", EDITIONS)
@given(seed=st.integers(0, 2**40))
def test_columns_of_a_row_agree(edition, seed):
    """Timepoints, subjects and events of any study agree with each other."""
    lesions, people = study(seed)
    assume(lesions)
    check(lesions, people, edition)


def check(lesions, people, edition):
    """All rows of the tables of a study."""
    tables = {"lesions": columns(measured(lesions))}
    if people:
        tables["subjects"] = columns(people)
    done = nt.assess(tables, criteria=edition)
    points, of_unit = done.timepoints.rows(), {}
    for row in points:
        check_timepoint(row, edition.startswith("irecist"))
        of_unit.setdefault((row["subject"], row["evaluator"]), []).append(row)
    for number, row in enumerate(done.subjects.rows()):
        mine = of_unit.get((row["subject"], row["evaluator"]), [])
        days = [r["day"] for r in mine if not np.isnan(r["day"])]
        course = done.outcome.best.course[number]
        late = [r["overall"] for r in mine if r["overall"] in PROGRESSIONS]
        progressed = bool(late) or bool(np.isin(course, (Response.PD, Response.IUPD)).any())
        check_subject(row, days, len(days) < len(mine), progressed)
    times = {(r["subject"], r["evaluator"], r["parameter"]): r for r in done.events.rows()}
    for row in done.subjects.rows():
        for name in ("pfs", "ttp", "dor", "os"):
            event = times[row["subject"], row["evaluator"], name.upper()]
            assert event["event"] == row[f"{name}_event"]
            np.testing.assert_equal(event["time"], row[f"{name}_days"])


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


@given(seed=st.integers(0, 2**40))
def test_no_readers_rows_change_anothers_answers(seed):
    """Each reader's rows alone give the reader's timepoints and subjects; survival apart, which knows
    every scan that anybody read.
    """
    lesions, people = study(seed)
    assume(lesions)
    tables = {"subjects": columns(people)} if people else {}
    together = nt.assess(tables | {"lesions": columns(lesions)})
    for reader in sorted({r["evaluator"] for r in lesions}):
        own = [r for r in lesions if r["evaluator"] == reader]
        apart = nt.assess(tables | {"lesions": columns(own)})
        assert plain(apart.timepoints, reader) == plain(together.timepoints, reader)
        known = {r["subject"] for r in own} | {p["subject"] for p in people}
        mine = [r for r in plain(together.subjects, reader) if r["subject"] in known]
        assert plain(apart.subjects, reader) == mine
