"""Times and events against a twin that takes one patient at a time, the FDA's tables and worked
examples.
"""

import inspect
import itertools
from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from nettumor import criteria
from nettumor.criteria import FDA_2018_CENSORING, FDA_2018_CENSORING_B
from nettumor.endpoints import time_to_response
from nettumor.endpoints.progression import times_of_course
from nettumor.terminology import EventReason
from reference import endpoints as twin
from refusals import refused

NAN = np.nan
CR, PR, MR, SD, NN, PD, IUPD, NE, NO = 8, 7, 6, 5, 4, 3, 2, 1, 0
EVERY_84 = attrs.evolve(FDA_2018_CENSORING, visit_interval_days=84, window_days=7)
UNIFORM = attrs.evolve(FDA_2018_CENSORING_B, visit_interval_days=84, window_days=7)


def ends(result):
    return result.time, result.event


WORKED = [
    # id, responses, days, keywords, time, event (FDA guidance 2018, Appendix 3, Table A)
    (
        "P10 one missed visit is allowed",
        [SD, SD, PD],
        [84, 168, 336],
        {"censoring": EVERY_84},
        336,
        True,
    ),
    ("P11 new therapy", [SD, SD, PD], [84, 168, 252], {"new_therapy": 200}, 168, False),
    ("P12 no baseline", [PD], [84], {"baseline_assessed": False}, 0, False),
    ("P13 death before any assessment", [], [], {"death": 40}, 40, True),
    ("P14 death without progression", [SD, SD], [84, 168], {"death": 200}, 200, True),
    ("P16 extrahepatic progression counts for PFS", [PD], [120], {}, 120, True),
    ("P16 and not for hepatic PFS", [SD, PD], [120, 240], {}, 240, True),
    ("two missed visits", [SD, SD, PD], [84, 168, 420], {"censoring": EVERY_84}, 168, False),
    (
        "two missed visits before death",
        [SD],
        [84],
        {"death": 300, "censoring": EVERY_84},
        84,
        False,
    ),
    ("one missed visit before death", [SD], [84], {"death": 252, "censoring": EVERY_84}, 252, True),
    ("the rule is off without a schedule", [SD], [84], {"death": 3000}, 3000, True),
    ("two missed visits from baseline", [PD], [252], {"censoring": EVERY_84}, 0, False),
    ("no progression", [SD, PR, SD], [84, 168, 252], {}, 252, False),
    ("the last assessment is NE", [SD, NE], [84, 168], {}, 84, False),
    ("nothing is known", [], [], {}, 0, False),
    ("only NE", [NE, NO], [84, 168], {}, 0, False),
    ("death after the new therapy", [SD], [84], {"new_therapy": 100, "death": 150}, 84, False),
    (
        "death on the day of the new therapy",
        [SD],
        [84],
        {"new_therapy": 100, "death": 100},
        84,
        False,
    ),
    (
        "progression on the day of the new therapy",
        [SD, PD],
        [84, 168],
        {"new_therapy": 168},
        84,
        False,
    ),
    ("progression on the cut-off", [SD, PD], [84, 168], {"cutoff": 168}, 168, True),
    ("progression after the cut-off", [SD, PD], [84, 168], {"cutoff": 167}, 84, False),
    ("death after the cut-off", [SD], [84], {"death": 101, "cutoff": 100}, 84, False),
    ("death before the progression of the course", [SD, PD], [84, 168], {"death": 100}, 100, True),
    ("first of two progressions", [SD, PD, PD], [84, 168, 252], {}, 168, True),
    ("progression dated by its scan", [SD, PD], [84, 168], {"progression": 161}, 161, True),
    (
        "a date of progression alone is no event",
        [SD, SD],
        [84, 168],
        {"progression": 161},
        168,
        False,
    ),
    (
        "a scan before the cut-off, the visit after it",
        [SD, PD],
        [84, 168],
        {"progression": 161, "cutoff": 165},
        161,
        True,
    ),
    ("iCPD is dated at the first iUPD of its block", [SD, IUPD, PD], [56, 112, 140], {}, 112, True),
    (
        "NE and MISSING do not break a block",
        [IUPD, NE, NO, IUPD, PD],
        [56, 84, 98, 112, 140],
        {},
        56,
        True,
    ),
    ("a response breaks a block", [IUPD, SD, IUPD, PD], [56, 84, 112, 140], {}, 112, True),
    ("iUPD without confirmation is adequate", [SD, IUPD], [56, 112], {}, 112, False),
    ("all IUPD without iCPD", [IUPD, IUPD], [56, 112], {}, 112, False),
]


@pytest.mark.parametrize(
    ("story", "responses", "days", "keywords", "time", "event"), WORKED, ids=lambda v: str(v)[:40]
)
def test_worked_examples(story, responses, days, keywords, time, event):
    """Each situation of Table A and of the worked examples ends as published."""
    assert ends(nt.progression_free_survival(responses, days, **keywords)) == (time, event)


def test_time_to_progression_knows_no_death():
    """P14: the patient who dies without progression is censored at the last adequate assessment."""
    assert ends(nt.time_to_progression([SD, SD], [84, 168], death=200)) == (168.0, False)
    assert ends(nt.time_to_progression([SD, PD], [84, 168], death=100)) == (168.0, True)


def test_duration_of_response_of_the_worked_example():
    """P15: from 2020-03-01 to 2020-12-01 are 275 days, 9.03 months, end minus start."""
    days = (
        np.array(["2020-01-01", "2020-03-01", "2020-12-01"], "M8[D]") - np.datetime64("2020-01-01")
    ).astype("m8[D]")
    dor = nt.duration_of_response([SD, PR, PD], days, days[1])
    assert ends(dor) == (275.0, True)
    assert round(dor.months, 2) == 9.03


def test_time_to_response_of_the_worked_example():
    """P24: the day the criteria are first met, not that of the confirmation."""
    ttr = nt.time_to_response([SD, PR, PR], [56, 112, 168], 112)
    assert (*ends(ttr), ttr.reason) == (112.0, True, EventReason.RESPONSE)


def test_survival_from_two_origins():
    """P08: 1461 days from the first metastasis, 1095 from the first intervention; 48.0 and 35.98
    months.
    """
    reference = np.datetime64("2005-01-15")
    death, metastasis = (
        np.datetime64("2008-01-15") - reference,
        np.datetime64("2004-01-15") - reference,
    )
    os = nt.overall_survival(death, NAN, origin=np.array([metastasis, np.timedelta64(0, "D")]))
    assert os.time.tolist() == [1461.0, 1095.0]
    assert os.event.tolist() == [True, True]
    assert os.months.round(2).tolist() == [48.0, 35.98]
    assert (os.months[1] > np.array([12, 24, 60])).tolist() == [True, True, False]


TABLE_A = [
    # situation of facts on the FDA's tables -> responses, days, keywords, time, event; interval 84,
    # window 7
    ("no baseline", [SD], [84], {"baseline_assessed": False, "death": 100}, 0, False),
    ("between scheduled visits", [SD, PD], [84, 120], {}, 120, True),
    (
        "scan of the new lesion before the visit",
        [SD, PD],
        [84, 120],
        {"progression": 116},
        116,
        True,
    ),
    ("no progression", [SD, SD], [84, 168], {}, 168, False),
    ("new treatment", [SD, SD], [84, 168], {"new_therapy": 100}, 84, False),
    ("death before the first assessment", [], [], {"death": 30}, 30, True),
    ("death between visits", [SD, SD], [84, 168], {"death": 200}, 200, True),
    ("after more than one missed visit", [SD, PD], [84, 400], {}, 84, False),
]
TABLE_B = [
    ("no baseline", [SD], [84], {"baseline_assessed": False, "death": 100}, 0, False),
    ("at a scheduled visit", [SD, PD], [84, 168], {}, 168, True),
    ("within the window after it", [SD, PD], [84, 175], {}, 168, True),
    ("within the window before it", [SD, PD], [84, 161], {}, 168, True),
    ("between scheduled visits", [SD, PD], [84, 176], {}, 252, True),
    ("before the first scheduled visit", [PD], [3], {}, 84, True),
    ("dated by its scan", [SD, PD], [84, 180], {"progression": 120}, 168, True),
    (
        "death after the progression, before the scheduled visit",
        [SD, PD],
        [84, 120],
        {"death": 150},
        150,
        True,
    ),
    ("no progression", [SD, SD], [84, 170], {}, 170, False),
    ("death after one missed visit", [SD], [84], {"death": 250}, 250, True),
    ("death after two missed visits", [SD], [84], {"death": 300}, 84, False),
    ("new treatment", [SD, PD], [84, 168], {"new_therapy": 100}, 84, False),
]


@pytest.mark.parametrize(("story", "responses", "days", "keywords", "time", "event"), TABLE_A)
def test_table_a(story, responses, days, keywords, time, event):
    """FDA guidance, Table A: documented progression only."""
    assert ends(nt.progression_free_survival(responses, days, censoring=EVERY_84, **keywords)) == (
        time,
        event,
    )


@pytest.mark.parametrize(("story", "responses", "days", "keywords", "time", "event"), TABLE_B)
def test_table_b(story, responses, days, keywords, time, event):
    """FDA guidance, Table B: uniform dates."""
    assert ends(nt.progression_free_survival(responses, days, censoring=UNIFORM, **keywords)) == (
        time,
        event,
    )


def test_table_c():
    """FDA guidance, Table C: a claim of the investigator, entered as PD, is dated at the next
    scheduled visit.
    """
    rule = attrs.evolve(criteria.FDA_2018_CENSORING_C, visit_interval_days=84, window_days=7)
    overall, claim = np.array([SD, SD]), np.array([False, True])
    pfs = nt.progression_free_survival(np.where(claim, PD, overall), [84, 130], censoring=rule)
    assert ends(pfs) == (168.0, True)
    assert ends(nt.progression_free_survival(overall, [84, 130], censoring=rule)) == (130.0, False)


def test_uniform_dates_need_a_schedule():
    """Without `visit_interval_days` Table B dates as Table A."""
    assert (
        nt.progression_free_survival([SD, PD], [84, 120], censoring=FDA_2018_CENSORING_B).time
        == 120.0
    )


def test_admiralonco_rule():
    """NE is adequate; a new therapy and missed visits do not matter."""
    pfs = nt.progression_free_survival(
        [SD, NE], [84, 168], new_therapy=100, censoring=criteria.ADMIRALONCO_CENSORING
    )
    assert (*ends(pfs), pfs.reason) == (168.0, False, EventReason.LAST_ASSESSMENT)
    pfs = nt.progression_free_survival(
        [SD, PD], [84, 999], new_therapy=100, censoring=criteria.ADMIRALONCO_CENSORING
    )
    assert ends(pfs) == (999.0, True)
    no_visit = nt.progression_free_survival(
        [SD, NE], [84, NAN], censoring=criteria.ADMIRALONCO_CENSORING
    )
    assert ends(no_visit) == (84.0, False)


DAYS_UNKNOWN = [
    # story, responses, days, keywords, time, event, reason
    ("PD", [SD, PD], [84, NAN], {}, NAN, True, EventReason.PROGRESSION | EventReason.DAY_UNKNOWN),
    (
        "PD first of all",
        [PD, PD],
        [NAN, 84],
        {},
        NAN,
        True,
        EventReason.PROGRESSION | EventReason.DAY_UNKNOWN,
    ),
    (
        "PD dated by a scan",
        [SD, PD],
        [84, NAN],
        {"progression": 150},
        150,
        True,
        EventReason.PROGRESSION,
    ),
    (
        "last assessment",
        [SD, SD],
        [84, NAN],
        {},
        NAN,
        False,
        EventReason.LAST_ASSESSMENT | EventReason.DAY_UNKNOWN,
    ),
    (
        "an assessment before a known PD",
        [SD, SD, PD],
        [84, NAN, 168],
        {},
        168,
        True,
        EventReason.PROGRESSION,
    ),
    ("NE is no visit", [SD, NE], [84, NAN], {}, 84, False, EventReason.LAST_ASSESSMENT),
    ("MISSING is no visit", [SD, NO], [84, NAN], {}, 84, False, EventReason.LAST_ASSESSMENT),
    (
        "it keeps its place: after the cut-off",
        [SD, SD, PD],
        [84, 200, NAN],
        {"cutoff": 100},
        84,
        False,
        EventReason.LAST_ASSESSMENT | EventReason.CUTOFF,
    ),
    (
        "it keeps its place: after a new therapy",
        [SD, SD, PD],
        [84, 200, NAN],
        {"new_therapy": 150},
        84,
        False,
        EventReason.LAST_ASSESSMENT | EventReason.NEW_THERAPY,
    ),
    (
        "death after it",
        [SD, PD],
        [84, NAN],
        {"death": 100},
        NAN,
        True,
        EventReason.PROGRESSION | EventReason.DAY_UNKNOWN,
    ),
    (
        "missed visits cannot be shown",
        [SD, SD, PD],
        [84, NAN, 420],
        {"censoring": EVERY_84},
        420,
        True,
        EventReason.PROGRESSION,
    ),
    (
        "uniform dates",
        [SD, PD],
        [90, NAN],
        {"censoring": UNIFORM, "death": 150},
        NAN,
        True,
        EventReason.PROGRESSION | EventReason.DAY_UNKNOWN,
    ),
]


@pytest.mark.parametrize(
    ("story", "responses", "days", "keywords", "time", "event", "reason"), DAYS_UNKNOWN
)
def test_days_not_known(story, responses, days, keywords, time, event, reason):
    """A response at an unknown day keeps its place; a time that would end there is NaN, with the
    reason.
    """
    pfs = nt.progression_free_survival(responses, days, **keywords)
    np.testing.assert_equal(ends(pfs), (time, event))
    assert pfs.reason == reason


DURATIONS = [
    ("progression", [SD, PR, PR, PD], [56, 112, 168, 224], 112, {}, 112, True),
    ("death", [PR, PR], [56, 112], 56, {"death": 200}, 144, True),
    ("still responding", [PR, PR, CR], [56, 112, 168], 56, {}, 112, False),
    ("a response without later assessment", [SD, PR], [56, 112], 112, {}, 0, False),
    ("not a responder", [SD, PD], [56, 112], NAN, {}, NAN, False),
    (
        "not a responder, no baseline",
        [SD, PD],
        [56, 112],
        NAN,
        {"baseline_assessed": False},
        NAN,
        False,
    ),
    ("no baseline", [PR, PD], [56, 112], 56, {"baseline_assessed": False}, 0, False),
    ("a PD before this response is not its end", [PD, PR, PD], [56, 112, 168], 112, {}, 56, True),
    (
        "a PD before it, and a day in a month",
        [PD, PR, SD, PD],
        [56, 112, 150, 200],
        112,
        {"days_latest": [56, 112, 180, 200]},
        88,
        True,
    ),
    ("PD at an unknown day", [SD, PR, PD], [56, 112, NAN], 112, {}, NAN, True),
    ("PD at an unknown day before it", [PD, PR, PD], [NAN, 112, 168], 112, {}, 56, True),
    ("new therapy", [PR, PR, PD], [56, 112, 168], 56, {"new_therapy": 120}, 56, False),
    (
        "missed visits from the response on",
        [PR, PD],
        [84, 420],
        84,
        {"censoring": EVERY_84},
        0,
        False,
    ),
    (
        "progression dated before the response",
        [PR, PD],
        [84, 168],
        84,
        {"progression": 80},
        NAN,
        False,
    ),
]


@pytest.mark.parametrize(
    ("story", "responses", "days", "start", "keywords", "time", "event"), DURATIONS
)
def test_durations_of_response(story, responses, days, start, keywords, time, event):
    """Duration counts from the first response, never below 0; who did not respond has none."""
    np.testing.assert_equal(
        ends(nt.duration_of_response(responses, days, start, **keywords)), (time, event)
    )


@pytest.mark.parametrize(
    ("story", "start", "keywords", "time", "event", "reason"),
    [
        ("responder", 56, {}, 56, True, EventReason.RESPONSE),
        ("none", NAN, {}, NAN, False, EventReason.NOT_A_RESPONDER),
        ("after the cut-off", 56, {"cutoff": 50}, NAN, False, EventReason.NOT_A_RESPONDER),
        (
            "on the day of a new therapy",
            56,
            {"new_therapy": 56},
            NAN,
            False,
            EventReason.NOT_A_RESPONDER,
        ),
        ("after death", 56, {"death": 20}, NAN, False, EventReason.NOT_A_RESPONDER),
        ("after progression", 168, {}, NAN, False, EventReason.NOT_A_RESPONDER),
        ("no baseline", 56, {"baseline_assessed": False}, 0, False, EventReason.NO_BASELINE),
    ],
)
def test_times_to_response(story, start, keywords, time, event, reason):
    """A response counts up to the cut-off, before a new therapy, and not after progression or
    death.
    """
    ttr = nt.time_to_response([PR, PR, PD], [56, 100, 112], start, **keywords)
    np.testing.assert_equal(ends(ttr), (time, event))
    assert ttr.reason == reason


REASONS = [
    ([SD, PD], [84, 168], {}, EventReason.PROGRESSION),
    ([SD], [84], {"death": 90}, EventReason.DEATH),
    ([SD, PD], [84, 168], {"death": 168}, EventReason.PROGRESSION),
    ([SD], [84], {}, EventReason.LAST_ASSESSMENT),
    ([NE], [84], {}, EventReason.NO_ASSESSMENT),
    ([SD], [84], {"new_therapy": 90}, EventReason.LAST_ASSESSMENT | EventReason.NEW_THERAPY),
    ([SD], [84], {"new_therapy": 90, "cutoff": 85}, EventReason.LAST_ASSESSMENT),
    ([SD, SD], [84, 168], {"cutoff": 100}, EventReason.LAST_ASSESSMENT | EventReason.CUTOFF),
    ([NE], [84], {"death": 500, "cutoff": 100}, EventReason.NO_ASSESSMENT | EventReason.CUTOFF),
    (
        [SD, PD],
        [84, 420],
        {"censoring": EVERY_84},
        EventReason.LAST_ASSESSMENT | EventReason.MISSED_VISITS,
    ),
    ([PD], [420], {"censoring": EVERY_84}, EventReason.NO_ASSESSMENT | EventReason.MISSED_VISITS),
    ([PD], [42], {"baseline_assessed": False}, EventReason.NO_BASELINE),
]


@pytest.mark.parametrize(("responses", "days", "keywords", "reason"), REASONS)
def test_reasons(responses, days, keywords, reason):
    """The reason names the event, or all that ended the patient's time without one."""
    assert nt.progression_free_survival(responses, days, **keywords).reason == reason


class TestMissedVisitsExactly:
    """A scheduled day is missed if it lies more than the window after the one and before
    the other.
    """

    @pytest.mark.parametrize(
        ("last", "event", "missed"),
        [(84, 336, 2), (84, 343, 2), (84, 343.1, 3), (77, 343.1, 3), (76.9, 343.1, 4), (0, 336, 3), (0, 90, 0),
         (0, 91, 0), (0, 91.1, 1), (77, 91.1, 0), (76.9, 91.1, 1)],
    )  # fmt: skip
    def test_edges_of_the_window(self, last, event, missed):
        """The edges of the window belong to the visit."""
        for allowed in range(5):
            rule = attrs.evolve(EVERY_84, max_missed_visits=allowed)
            pfs = nt.progression_free_survival([SD], [last], death=event, censoring=rule)
            assert pfs.event == (missed <= allowed)

    @given(
        interval=st.integers(1, 900),
        window=st.integers(0, 200),
        last=st.integers(0, 3000),
        event=st.integers(0, 9000),
        allowed=st.integers(0, 3),
    )
    def test_on_a_grid_of_tenths(self, interval, window, last, event, allowed):
        """Counted one by one in exact tenths of days, the same visits are missed."""
        rule = attrs.evolve(
            FDA_2018_CENSORING,
            visit_interval_days=interval / 10,
            window_days=window / 10,
            max_missed_visits=allowed,
        )
        event = max(event, last)
        pfs = nt.progression_free_survival([SD], [last / 10], death=event / 10, censoring=rule)
        assert pfs.event == (twin.scheduled_between(last, event, interval, window) <= allowed)


ENDS_OF_TIME = ("death", "new_therapy", "cutoff")
codes = st.sampled_from([NO, NE, IUPD, PD, NN, SD, MR, PR, CR, SD, SD, PR])
tenths = st.integers(-100, 6000)
maybe = st.one_of(st.none(), tenths)


@st.composite
def patients(draw):
    """One patient: responses, days in tenths (None unknown) and everything that can end the
    time.
    """
    n = draw(st.integers(0, 6))
    days = sorted(draw(st.sets(tenths, min_size=n, max_size=n)))
    days = [None if draw(st.integers(0, 7)) == 0 else d for d in days]
    return {
        "responses": [draw(codes) for _ in range(n)],
        "days": days,
        "death": draw(maybe),
        "new_therapy": draw(maybe),
        "cutoff": draw(maybe),
        "progression": draw(maybe),
        "baseline_assessed": draw(st.integers(0, 9)) > 0,
        "claim": draw(maybe),
        "response_day": draw(maybe),
    }


SCHEDULES = [None, 28, 42.5, 84, 91.3, ((0, 56), (336, 84)), ((28, 42.5),), (42, 84, 168, 300)]
WINDOWS, MISSED = [0, 3.3, 7], [None, 0, 1, 2]


def rule_of(schedule, window, missed, switches):
    """A rule of censoring; ``switches``: seven bits."""
    return attrs.evolve(
        FDA_2018_CENSORING,
        visit_interval_days=None if isinstance(schedule, tuple) else schedule,
        schedule=schedule if isinstance(schedule, tuple) else None,
        window_days=window,
        max_missed_visits=missed,
        new_therapy_censors=not switches & 16,
        ne_is_adequate=bool(switches & 32),
        progression_date="next scheduled visit" if switches & 64 else "assessment",
        same_day_therapy="counts" if switches & 1 else "after",
        unconfirmed_pd="event" if switches & 2 else "censored",
        clinical_claims=bool(switches & 4),
        baseline_needed=not switches & 8,
    )


rules = st.builds(
    rule_of,
    st.sampled_from(SCHEDULES),
    st.sampled_from(WINDOWS),
    st.sampled_from(MISSED),
    st.integers(0, 127),
)


def exactly(tenth):
    return None if tenth is None else Fraction(tenth, 10)


def as_float(tenth):
    return NAN if tenth is None else tenth / 10


def twin_of(patient, rule, **more):
    fields = {
        k: exactly(patient[k]) for k in ("death", "new_therapy", "cutoff", "progression", "claim")
    } | more

    def in_fractions(schedule):
        if isinstance(schedule, tuple):
            return tuple(map(in_fractions, schedule))
        return None if schedule is None else Fraction(str(schedule))

    return twin.end_of(
        patient["responses"],
        [exactly(d) for d in patient["days"]],
        baseline_assessed=patient["baseline_assessed"],
        interval=in_fractions(rule.visits),
        same_day=rule.same_day_therapy,
        unconfirmed=rule.unconfirmed_pd,
        claims=rule.clinical_claims,
        baseline_needed=rule.baseline_needed,
        window=Fraction(str(rule.window_days)),
        max_missed=rule.max_missed_visits,
        new_therapy_censors=rule.new_therapy_censors,
        ne_is_adequate=rule.ne_is_adequate,
        uniform=rule.progression_date != "assessment",
        **fields,
    )


def same(result, index, expected):
    time, event, reasons = expected
    if time is None:
        assert np.isnan(result.time[index])
    else:
        assert result.time[index] == pytest.approx(float(time), abs=1e-9)
    assert bool(result.event[index]) == event
    assert EventReason(int(result.reason[index])) == sum(
        (EventReason[r] for r in reasons), EventReason(0)
    )


def arrays_of(cohort, rule):
    """Responses, days, days of response and keywords of a cohort, read-only."""
    n = max(len(p["responses"]) for p in cohort)
    responses = np.array(
        [p["responses"] + [NO] * (n - len(p["responses"])) for p in cohort], dtype=np.int8
    )
    days = np.array(
        [[as_float(d) for d in p["days"]] + [NAN] * (n - len(p["days"])) for p in cohort],
        dtype=float,
    )
    ends_of_time = ("death", "new_therapy", "cutoff", "progression", "claim")
    keywords = {k: np.array([as_float(p[k]) for p in cohort]) for k in ends_of_time}
    keywords |= {"baseline_assessed": [p["baseline_assessed"] for p in cohort], "censoring": rule}
    starts = np.array([as_float(p["response_day"]) for p in cohort])
    for array in (responses, days, starts, *list(keywords.values())[:5]):
        array.setflags(write=False)
    return responses, days, starts, keywords


@given(cohort=st.lists(patients(), min_size=1, max_size=5), rule=rules)
def test_cohorts_agree_with_the_twin(cohort, rule):
    """PFS, TTP and duration of response of a cohort are those of its patients, one at a time, in
    exact numbers.
    """
    times_are_the_twins(cohort, rule)


def times_are_the_twins(cohort, rule):
    """What the twin says of each patient of a cohort."""
    responses, days, starts, keywords = arrays_of(cohort, rule)
    pfs = nt.progression_free_survival(responses, days, **keywords)
    ttp = nt.time_to_progression(responses, days, **keywords)
    dor = nt.duration_of_response(responses, days, starts, **keywords)
    for i, patient in enumerate(cohort):
        same(pfs, i, twin_of(patient, rule))
        same(ttp, i, twin_of(patient, rule, death=None))
        start = exactly(patient["response_day"])
        same(dor, i, twin_of(patient, rule, start=start, since=start))


@given(patients(), rules, st.randoms(use_true_random=False))
def test_intervals_agree_with_every_combination_of_days(patient, rule, random):
    """Days known to lie in an interval, of assessments, death, therapy and cut-off: the time on
    which all combinations agree; the event alone where only it does; else neither.
    """
    days_that_agree(patient, rule, random)


def days_that_agree(patient, rule, random):
    """What the twin says on every combination of days of a patient."""
    n = min(len(patient["responses"]), 3)
    first = [None if d is None else d // 10 for d in patient["days"][:n]]
    known = [d for d in first if d is not None]
    if len(set(known)) < len(known):
        return
    width = [random.choice([0, 0, 3, 6]) for _ in range(n)]
    last = [None if d is None else d + w for d, w in zip(first, width, strict=True)]
    ends_first = {k: None if patient[k] is None else patient[k] // 10 for k in ENDS_OF_TIME}
    span = {k: random.choice([0, 0, 5]) for k in ENDS_OF_TIME}
    choices = [[None] if a is None else range(a, b + 1) for a, b in zip(first, last, strict=True)]
    end_choices = [
        [None] if ends_first[k] is None else range(ends_first[k], ends_first[k] + span[k] + 1)
        for k in ENDS_OF_TIME
    ]
    whole = {
        k: None if patient[k] is None else patient[k] // 10 * 10 for k in ("progression", "claim")
    }
    found = set()
    for days in itertools.product(*choices):
        dated = [d for d in days if d is not None]
        if any(a >= b for a, b in itertools.pairwise(dated)):
            continue
        for chosen in itertools.product(*end_choices):
            one = (
                patient
                | whole
                | {
                    k: None if d is None else 10 * d
                    for k, d in zip(ENDS_OF_TIME, chosen, strict=True)
                }
            )
            one |= {"responses": patient["responses"][:n]}
            one |= {"days": [None if d is None else 10 * d for d in days]}
            time, event, _ = twin_of(one, rule)
            found.add((time, event))
    number = lambda d: NAN if d is None else float(d)  # noqa: E731
    pfs = nt.progression_free_survival(
        np.array(patient["responses"][:n], dtype=np.int8),
        [number(d) for d in first],
        days_latest=[number(d) for d in last],
        **{k: number(ends_first[k]) for k in ENDS_OF_TIME},
        **{f"{k}_latest": number(ends_first[k]) + span[k] for k in ENDS_OF_TIME},
        **{k: as_float(v) for k, v in whole.items()},
        baseline_assessed=patient["baseline_assessed"],
        censoring=rule,
    )
    times, events = {t for t, _ in found}, {e for _, e in found}
    if len(found) == 1 and None not in times:
        assert pfs.time == pytest.approx(float(times.pop()), abs=1e-9)
    else:
        assert np.isnan(pfs.time)
        assert EventReason.DAY_UNKNOWN in pfs.reason
    assert pfs.event == (events == {True})


def test_months_without_days():
    """SD on 60, PD on 182, a new therapy in the month of days 121 to 151: censored at 60 (FDA Table
    A); a death in a month; a cut-off in one.
    """
    pfs = nt.progression_free_survival([SD, PD], [60, 182], new_therapy=121, new_therapy_latest=151)
    assert ends(pfs) == (60.0, False)
    assert pfs.reason == EventReason.LAST_ASSESSMENT | EventReason.NEW_THERAPY
    died = nt.progression_free_survival([SD, NO], [60, NAN], death=121, death_latest=151)
    assert np.isnan(died.time)
    assert (died.event, died.reason) == (True, EventReason.DEATH | EventReason.DAY_UNKNOWN)
    cut = nt.progression_free_survival([SD, PD], [60, 130], cutoff=121, cutoff_latest=151)
    assert (np.isnan(cut.time), cut.event, cut.reason) == (True, False, EventReason.DAY_UNKNOWN)
    several = nt.progression_free_survival(
        [[SD, PD], [SD, SD]], [[60, 182], [60, 182]], days_latest=[[60, 200], [60, 182]]
    )
    assert several.event.tolist() == [True, False]
    refused(
        lambda: nt.progression_free_survival([SD, SD], [60, 30], days_latest=[70, 40]),
        "`days_latest` must be late enough",
    )
    long = nt.progression_free_survival([SD] * 6, [0] * 6, days_latest=[365] * 6)
    assert long.reason == EventReason.DAY_UNKNOWN


def test_a_long_course_of_months_is_answered_in_time():
    """300 visits known to the month only have too many combinations of days: the answer is that the
    day is not known, in a time that grows with the visits and not with their square.
    """
    month = np.arange(300) * 30.0
    found = nt.progression_free_survival([SD] * 300, month, days_latest=month + 29)
    assert np.isnan(found.time)
    assert (found.event, found.reason) == (False, EventReason.DAY_UNKNOWN)
    one = np.where(month == month[-2], month + 29, month)
    known = nt.progression_free_survival([SD] * 300, month, days_latest=one)
    assert ends(known) == (month[-1], False)


def test_survival_in_a_month():
    """A death in a month is an event without a time; with a cut-off in that month nobody knows; an
    origin that is not known leaves no event.
    """
    some = nt.overall_survival(121, 100, death_latest=151)
    assert (np.isnan(some.time), some.event) == (True, True)
    assert some.reason == EventReason.DEATH | EventReason.DAY_UNKNOWN
    cut = nt.overall_survival(121, 100, death_latest=151, cutoff=130)
    assert (np.isnan(cut.time), cut.event, cut.reason) == (True, False, EventReason.DAY_UNKNOWN)
    late = nt.overall_survival(121, 100, death_latest=151, cutoff=110)
    assert ends(late) == (110.0, False)
    unknown = nt.overall_survival(121, 100, origin=NAN)
    assert (np.isnan(unknown.time), unknown.event) == (True, False)
    assert EventReason.DAY_UNKNOWN in unknown.reason


def test_missed_visits_end_everything_later():
    """SD on 170, PD on 478 and death on 500, visits every 42.5 days: censored at 170, death or not;
    a PD on the cut-off day counts.
    """
    rule = attrs.evolve(FDA_2018_CENSORING_B, visit_interval_days=42.5)
    for death in (None, 500):
        pfs = nt.progression_free_survival([SD, PD], [170, 478], death=death, censoring=rule)
        assert ends(pfs) == (170.0, False)
    pfs = nt.progression_free_survival([SD, PD], [430, 478], death=500, cutoff=478, censoring=rule)
    assert (pfs.event, pfs.reason) == (True, EventReason.PROGRESSION)


def test_a_schedule_that_changes():
    """Every 8 weeks until day 336, then every 12, or the days themselves: one visit missed is
    allowed, two are not.
    """
    for schedule in (((0, 56), (336, 84)), (56, 112, 168, 224, 280, 336, 420, 504, 588)):
        rule = attrs.evolve(FDA_2018_CENSORING, schedule=schedule, window_days=7)
        early = nt.progression_free_survival([SD], [56], death=175, censoring=rule)
        assert ends(early) == (175.0, True)
        missed = nt.progression_free_survival([SD], [56], death=176, censoring=rule)
        assert ends(missed) == (56.0, False)
        late = nt.progression_free_survival([SD], [336], death=511, censoring=rule)
        assert ends(late) == (511.0, True)
        too_late = nt.progression_free_survival([SD], [336], death=512, censoring=rule)
        assert ends(too_late) == (336.0, False)


def test_claims_count_in_table_c_alone():
    """A clinical claim on day 150 is a progression at the next visit under Table C, and nothing
    under A and B.
    """
    expected = {"": (84.0, False), "_B": (84.0, False), "_C": (168.0, True)}
    for table, answer in expected.items():
        rule = attrs.evolve(
            getattr(criteria, f"FDA_2018_CENSORING{table}"), visit_interval_days=84, window_days=7
        )
        pfs = nt.progression_free_survival([SD], [84], claim=150, censoring=rule)
        assert ends(pfs) == answer, table


def test_same_day_therapy():
    """A new therapy on the day of the PD scan: after it, or before it, as the rule says."""
    assert ends(nt.progression_free_survival([SD, PD], [84, 168], new_therapy=168)) == (84.0, False)
    rule = attrs.evolve(FDA_2018_CENSORING, same_day_therapy="counts")
    pfs = nt.progression_free_survival([SD, PD], [84, 168], new_therapy=168, censoring=rule)
    assert ends(pfs) == (168.0, True)


def test_unconfirmed_progression():
    """An iUPD that nothing contradicts is an event at its day under the rule of iRECIST; what is
    after the cut-off neither confirms nor contradicts it.
    """
    rule = criteria.IRECIST_2017.censoring
    days = [56, 112, 168]
    for responses, answer in (
        ([SD, IUPD, NO], (112.0, True)),
        ([SD, IUPD, NE], (112.0, True)),
        ([IUPD, IUPD, NO], (56.0, True)),
        ([IUPD, SD, NO], (112.0, False)),
        ([IUPD, SD, IUPD], (168.0, True)),
    ):
        assert ends(nt.progression_free_survival(responses, days, censoring=rule)) == answer
    late = {"cutoff": 120}
    assert ends(nt.progression_free_survival([SD, IUPD, PD], days, censoring=rule, **late)) == (
        112.0,
        True,
    )
    assert ends(nt.progression_free_survival([SD, IUPD, PD], days, **late)) == (112.0, False)
    assert ends(nt.progression_free_survival([SD, IUPD, PD], days)) == (112.0, True)


@given(cohort=st.lists(patients(), min_size=1, max_size=5), rule=rules, deaths=st.booleans())
def test_the_times_of_a_course_are_those_of_their_functions(cohort, rule, deaths):
    """Judged together, PFS, TTP, DOR and TTR are what each function answers, whether or not anybody
    died.
    """
    responses, days, starts, keywords = arrays_of(cohort, rule)
    if not deaths:
        keywords["death"] = np.full(len(cohort), NAN)
    found = times_of_course(responses, days, starts, **keywords)
    alone = {
        "PFS": nt.progression_free_survival(responses, days, **keywords),
        "TTP": nt.time_to_progression(responses, days, **keywords),
        "DOR": nt.duration_of_response(responses, days, starts, **keywords),
        "TTR": time_to_response(responses, days, starts, **keywords),
    }
    assert list(found) == list(alone)
    for name, expected in alone.items():
        assert (found[name].parameter, found[name].source) == (name, expected.source)
        for field in ("time", "event", "reason", "day"):
            np.testing.assert_array_equal(
                getattr(found[name], field), getattr(expected, field), f"{name} {field}"
            )


@given(death=maybe, alive=maybe, origin=maybe, cutoff=maybe)
def test_survival_agrees_with_the_twin(death, alive, origin, cutoff):
    """Overall survival is that of the twin; without any day there is no time."""
    os = nt.overall_survival(
        as_float(death), as_float(alive), origin=as_float(origin), cutoff=as_float(cutoff)
    )
    time, event = twin.survival(exactly(death), exactly(alive), exactly(origin), exactly(cutoff))
    np.testing.assert_allclose(os.time, NAN if time is None else float(time), atol=1e-9)
    assert os.event == event


def test_reasons_of_survival():
    """Death, last known alive, the cut-off, nothing known, an origin not known."""
    os = nt.overall_survival(
        [10, NAN, NAN, 20, NAN, 10],
        [NAN, 10, 30, NAN, NAN, NAN],
        origin=[0, 0, 0, 0, 0, NAN],
        cutoff=15,
    )
    assert [EventReason(r) for r in os.reason] == [
        EventReason.DEATH,
        EventReason.LAST_KNOWN_ALIVE,
        EventReason.CUTOFF,
        EventReason.CUTOFF,
        EventReason.NO_INFORMATION,
        EventReason.DEATH | EventReason.DAY_UNKNOWN,
    ]
    np.testing.assert_equal(os.time, [10, 10, 15, 15, NAN, NAN])
    assert os.reason.dtype == np.int32


def test_time_to_a_new_therapy():
    """A new therapy is the event; without one the patient is censored at the last day of
    follow-up.
    """
    ttnt = nt.time_to_new_therapy([200, NAN, NAN], [400, 380, NAN])
    np.testing.assert_equal(ttnt.time, [200, 380, NAN])
    assert [EventReason(r) for r in ttnt.reason] == [
        EventReason.NEW_THERAPY,
        EventReason.LAST_KNOWN_ALIVE,
        EventReason.NO_INFORMATION,
    ]


def test_review_progression_of_symptoms():
    """The review's PFS takes a progression of symptoms as one of the tumour: the two are joined as
    codes.
    """
    overall, symptoms = np.array([[SD, SD, PD]]), np.array([[SD, PD, SD]])
    joined = np.where(symptoms == nt.Response.PD, nt.Response.PD, overall)
    assert nt.progression_free_survival(joined, [56, 112, 168]).time.tolist() == [112.0]


@given(cohort=st.lists(patients(), min_size=2, max_size=2))
def test_a_cut_off_leaves_out_what_is_after_it(cohort):
    """With a cut-off the result is that of the data up to it (no dates of progression, no
    iRECIST).
    """
    for p in cohort:
        if p["cutoff"] is None or IUPD in p["responses"] or None in p["days"]:
            continue
        kept = [(r, d) for r, d in zip(p["responses"], p["days"], strict=True) if d <= p["cutoff"]]
        death = as_float(p["death"])
        whole = nt.progression_free_survival(
            p["responses"], [as_float(d) for d in p["days"]], death=death, cutoff=p["cutoff"] / 10
        )
        part = nt.progression_free_survival(
            np.array([r for r, _ in kept], dtype=np.int8),
            [as_float(d) for _, d in kept],
            death=death if death <= p["cutoff"] / 10 else NAN,
        )
        assert ends(whole) == ends(part)


class TestShapes:
    """Leading axes are subjects; one patient needs none."""

    def test_one_patient_is_plain_values(self):
        """A patient without a leading axis has a float, a bool and an EventReason."""
        pfs = nt.progression_free_survival([SD, PD], [84, 168])
        assert (type(pfs.time), type(pfs.event), type(pfs.reason)) == (float, bool, EventReason)

    def test_a_single_assessment(self):
        """A scalar response is a course of one assessment."""
        assert ends(nt.progression_free_survival(nt.Response.PD, 84)) == (84.0, True)

    def test_empty_cohorts(self):
        """No patients and no timepoints are fine."""
        none = nt.progression_free_survival(np.zeros((0, 3), np.int8), [1, 2, 3])
        assert none.time.shape == none.event.shape == none.reason.shape == (0,)
        blank = nt.progression_free_survival(
            np.zeros((2, 0), np.int8), np.zeros((2, 0)), death=[5, NAN]
        )
        assert blank.time.tolist() == [5.0, 0.0]

    def test_broadcasting(self):
        """Days of the schedule serve all; a death each, several cut-offs against one course."""
        pfs = nt.progression_free_survival([[SD, PD], [SD, SD]], [84, 168], death=[[NAN, 100]])
        assert pfs.time.tolist() == [[168.0, 100.0]]
        assert nt.progression_free_survival(
            [SD, PD], [84, 168], cutoff=[100, 200]
        ).time.tolist() == [84.0, 168.0]

    def test_other_containers(self):
        """float32, strided arrays, pandas columns with NA and timedelta64 give the same."""
        pandas = pytest.importorskip("pandas")
        wide = np.array([[SD, 0, PD, 0]], dtype=np.int64)[:, ::2]
        days = np.array([[56.1, 112.3]], dtype=np.float32)
        pfs = nt.progression_free_survival(
            wide, days, death=pandas.Series([None], dtype="Int64"), cutoff=112.3
        )
        assert pfs.event.tolist() == [True]
        hours = np.array([24 * 84, 24 * 168], dtype="m8[h]")
        assert nt.progression_free_survival([SD, PD], hours).time == 168.0


class TestSentences:
    """Every time can say why it ends where it does."""

    def test_event_and_censoring(self):
        """The sentence has the parameter, the days, the months, the reason and the rule set."""
        pfs = nt.progression_free_survival([[SD, PD], [SD, SD]], [84, 168], new_therapy=[NAN, 100])
        assert pfs.explain(0) == (
            "PFS: event at 168.0 days (5.5 months), day 168.0: progression "
            "(Censoring after the FDA guidance of 2018, Table A; missed visits off)"
        )
        assert (
            "censored at 84.0 days (2.8 months), day 84.0: last adequate assessment, new therapy"
            in pfs.explain(1)
        )

    def test_no_time(self):
        """Who has no time is told so, and why."""
        assert (
            nt.duration_of_response([SD], [84], NAN)
            .explain()
            .startswith("DOR: no time: not a responder")
        )
        unknown = nt.progression_free_survival([PD], [NAN])
        assert "event, but no time: progression, on a day not known" in unknown.explain()
        assert nt.overall_survival(NAN, NAN).explain() == (
            "OS: no time: neither an event nor a day of censoring is known"
        )

    def test_repr_fits_a_screen(self):
        """A cohort prints counts, one patient the sentence."""
        cohort = nt.progression_free_survival(np.full((500, 2), PD, np.int8), [84, 168])
        assert repr(cohort) == "TimeToEvent(PFS: 500 patients, 500 events, 0 without a time)"
        assert repr(nt.overall_survival(10, NAN)).startswith("TimeToEvent(OS: event at 10.0 days")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nt.progression_free_survival([SD, PD], [84, 84]),
            "`days` must be strictly increasing",
        ),
        (
            lambda: nt.progression_free_survival([SD, PD], [84, np.inf]),
            "`days` must be finite days",
        ),
        (lambda: nt.progression_free_survival(["SD"], [84]), "Read labels with parse_responses"),
        (
            lambda: nt.progression_free_survival([9], [84]),
            "`responses` must be Response codes from 0 to 8; got 9",
        ),
        (
            lambda: nt.progression_free_survival([SD, PD], [1, 2, 3]),
            r"got `responses` \(2,\), `days` \(3,\)",
        ),
        (
            lambda: nt.progression_free_survival([[SD], [PD]], [1], death=[1, 2, 3]),
            r"`responses without the timepoint axis` \(2,\), `death` \(3,\)",
        ),
        (
            lambda: nt.progression_free_survival([SD], [1], death=np.datetime64("2020-01-01")),
            "`death` must be days from one reference date; got dates",
        ),
        (
            lambda: nt.progression_free_survival([SD], [1], baseline_assessed=[2]),
            "`baseline_assessed` must be True or",
        ),
        (
            lambda: nt.progression_free_survival([SD], [1], censoring=criteria.RECIST_1_1),
            "`censoring` of progression_free_survival must be CensoringRule; got RECIST 1.1",
        ),
        (
            lambda: nt.duration_of_response([SD], [1], "56"),
            "`response_day` must be numbers; got text",
        ),
        (
            lambda: nt.overall_survival([1, 2], [1, 2, 3]),
            r"`death` \(2,\), `last_known_alive` \(3,\)",
        ),
        (lambda: nt.overall_survival(np.inf, 1), "`death` must be finite days"),
    ],
)
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


R_MISSING = float(np.array([0x7FF00000000007A2], np.uint64).view(np.float64)[0])
"""R's missing number, a signalling NaN: what readers of R's files pass on."""


@pytest.mark.parametrize("missing", [np.nan, R_MISSING, None])
def test_a_missing_number_of_r_loses_no_time(missing):
    """A subject without a day of death or of new therapy, alive at 319, is censored at 319, and at
    the cut-off of 223 where there is one.
    """
    unknown = np.array([missing, 100.0], dtype=None if missing is not None else object)
    seen = np.array([319.0, 319.0])
    assert nt.overall_survival(unknown, seen).time.tolist() == [319.0, 100.0]
    assert nt.overall_survival(unknown, seen, cutoff=223).time.tolist() == [223.0, 100.0]
    assert nt.time_to_new_therapy(unknown, seen).time.tolist() == [319.0, 100.0]
    assert nt.overall_survival(seen, unknown).time.tolist() == [319.0, 319.0]
    cutoff = np.array([missing, 50.0], dtype=unknown.dtype)
    assert nt.time_to_new_therapy(unknown, seen, cutoff=cutoff).time.tolist() == [319.0, 50.0]


def test_masked_codes_and_days_are_missing():
    """A masked PR confirms nothing, a masked PD is no event, a masked death did not happen."""
    codes = np.ma.masked_array(np.array([7, 7, 3], np.int8), mask=[False, True, True])
    best = nt.best_overall_response(codes, [56, 112, 168])
    assert not best.confirmed
    free = nt.progression_free_survival(codes, [56, 112, 168])
    assert (free.time, free.event) == (56.0, False)
    death = np.ma.masked_array(np.array([90], "m8[D]"), mask=[True])
    assert nt.overall_survival(death, [200]).time.tolist() == [200.0]
    assert nt.labels(codes).tolist() == ["PR", "MISSING", "MISSING"]


def test_a_claim_counts_where_the_rule_takes_it():
    """SD on days 60 and 120; a claim of day 90 is an event there, and one before the start of a
    duration is not.
    """
    rule = attrs.evolve(nt.criteria.FDA_2018_CENSORING, clinical_claims=True)
    pfs = nt.progression_free_survival([SD, SD], [60, 120], claim=90, censoring=rule)
    assert ends(pfs) == (90.0, True)
    course = [SD, PR, PR, SD]
    days = [60, 120, 180, 240]
    dor = nt.duration_of_response(course, days, 120, claim=200, censoring=rule)
    assert ends(dor) == (80.0, True)
    early = nt.duration_of_response(course, days, 120, claim=90, censoring=rule)
    assert ends(early) == (120.0, False)


def test_a_day_in_a_month_beside_a_schedule():
    """A scan somewhere between days 150 and 190, scheduled every 84 days: the death of day 200 is
    an event on each of its days.
    """
    rule = attrs.evolve(
        nt.criteria.FDA_2018_CENSORING, visit_interval_days=84, window_days=7, max_missed_visits=1
    )
    pfs = nt.progression_free_survival(
        [SD, SD], [84, 150], days_latest=[84, 190], death=200, censoring=rule
    )
    assert ends(pfs) == (200.0, True)


def test_deaths_and_cut_offs_of_32_bits_meet_each_other_exactly():
    """23.1 of 32 bits, widened bit by bit, is above 23.1: a death on the day of the cut-off would be
    after it, whichever of the two is short.
    """
    short, long = np.float32(23.1), 23.1
    assert float(short) > long
    for death in (short, long, np.array([short]), np.array([short, short])[::2]):
        for cutoff in (short, long):
            alive = nt.overall_survival(death, 10.0, cutoff=cutoff)
            assert np.ravel(alive.time).tolist() == [23.1]
            assert np.ravel(alive.event).tolist() == [True]
            pfs = nt.progression_free_survival([SD], [10], death=death, cutoff=cutoff)
            assert np.ravel(pfs.time).tolist() == [23.1]
            assert np.ravel(pfs.event).tolist() == [True]
    late = nt.overall_survival(np.float32(23.2), 10.0, cutoff=short)
    assert (late.time, late.event) == (23.1, False)


@pytest.mark.parametrize(
    "function", [nt.time_to_progression, nt.duration_of_response, nt.time_to_response]
)
def test_the_times_of_progression_take_the_same_keywords(function):
    """Each shows the keywords of progression-free survival with their defaults, and no function
    takes another.
    """

    def keywords(of):
        shown = inspect.signature(of).parameters.values()
        return [p for p in shown if p.kind is inspect.Parameter.KEYWORD_ONLY]

    assert keywords(function) == keywords(nt.progression_free_survival)
    more = [56] if function is not nt.time_to_progression else []
    with pytest.raises(TypeError, match=rf"{function.__name__}\(\) got an unexpected .*'deaths'"):
        function([SD], [56], *more, deaths=60)
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        function([SD], [56], *more, starts=60)
    answer = function([PR, PD], [56, 112], *more, cutoff=100)
    assert answer.event == (function is nt.time_to_response)


@pytest.mark.parametrize("time", ["OS", "TTNT"])
@given(data=st.data())
def test_followed_times_on_every_day_of_intervals(time, data):
    """Event and cut-off in intervals: the answer on which all days agree, and the event where all
    agree on that.
    """
    day, width = st.integers(0, 30), st.integers(0, 4)
    happened, cutoff = (
        data.draw(st.none() | st.tuples(day, width).map(lambda t: range(t[0], t[0] + t[1] + 1)))
        for _ in range(2)
    )
    alive = data.draw(st.none() | day)

    def end(event, limit, event_latest, limit_latest):
        event, limit, event_latest, limit_latest, seen = (
            NAN if d is None else float(d)
            for d in (event, limit, event_latest, limit_latest, alive)
        )
        if time == "OS":
            return nt.overall_survival(
                event, seen, cutoff=limit, death_latest=event_latest, cutoff_latest=limit_latest
            )
        return nt.time_to_new_therapy(
            event, seen, cutoff=limit, new_therapy_latest=event_latest, cutoff_latest=limit_latest
        )

    each = {
        (None if found.time != found.time else found.time, found.event)
        for e in happened or [None]
        for c in cutoff or [None]
        for found in [end(e, c, e, c)]
    }
    ends = [(r[0], r[-1]) if r else (None, None) for r in (happened, cutoff)]
    found = end(ends[0][0], ends[1][0], ends[0][1], ends[1][1])
    assert found.event == ({event for _, event in each} == {True})
    wanted = each.pop()[0] if len(each) == 1 else None
    assert (None if found.time != found.time else found.time) == wanted
    if wanted is None:
        assert found.reason & (nt.EventReason.DAY_UNKNOWN | nt.EventReason.NO_INFORMATION)
