"""Best overall response against a twin that takes one patient at a time; what must hold of any
course; the result.
"""

import itertools
from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nettumor as nt
from nettumor import InputTypeError, Reason, Response
from reference import best_response as twin
from refusals import refused
from strategies import a_quarter

NAN = np.nan
CR, PR, MR, SD, NN, PD, IUPD, NE, NO = 8, 7, 6, 5, 4, 3, 2, 1, 0
RECIST = nt.criteria.RECIST_1_1.best_response
ADMIRAL = nt.criteria.ADMIRALONCO_BEST_RESPONSE
POLICIES = ("PD", "PR", "keep")
UNCONFIRMED = attrs.evolve(RECIST, confirmation_days=None)
LATE = [56, 112]
"""Days of a first and second assessment, both after the minimum of 42 days."""


def best(responses, days, rule=RECIST, **keywords):
    return nt.best_overall_response(responses, days, rule=rule, **keywords)


def policy(cr_then_pr, rule=RECIST, **changes):
    return attrs.evolve(rule, cr_then_pr=cr_then_pr, **changes)


# Against the twin

EDITIONS = {
    name: getattr(nt.criteria.get(name), "best_response", nt.criteria.get(name))
    for name in nt.criteria.names()
    if isinstance(
        getattr(nt.criteria.get(name), "best_response", nt.criteria.get(name)), type(RECIST)
    )
}
"""The rule for the course of every named edition."""
RULES = EDITIONS | {
    "unconfirmed": UNCONFIRMED,
    "two NE, SD between": attrs.evolve(RECIST, max_ne_between=2, accept_sd_between=True),
    "no NE, 14 days, no minimum": attrs.evolve(
        RECIST, max_ne_between=0, confirmation_days=14, sd_minimum_days=None
    ),
    "MISSING is NE, SD always": attrs.evolve(
        RECIST, missing_as_ne=True, unconfirmed_cr="SD", sd_minimum_days=20
    ),
    "zero days": attrs.evolve(
        RECIST, confirmation_days=0, sd_minimum_days=0, accept_sd_between=True
    ),
}


def random_cohort(random, *, unknown, subjects=12, visits=7, codes=range(9)):
    """Courses, days (tenths; a share not known) and new therapies of a cohort."""
    weights = random.dirichlet(np.ones(len(codes)))
    courses = random.choice(np.array(codes, np.int8), size=(subjects, visits), p=weights)
    gaps = random.choice([7, 14, 27.9, 28, 28.1, 56], size=(subjects, visits))
    days = np.round(gaps.cumsum(axis=1) + random.choice([-14, 0, 14], size=(subjects, 1)), 1)
    days[random.random(days.shape) < unknown] = np.nan
    therapy = np.where(
        random.random(subjects) < 0.3,
        random.choice(days[np.isfinite(days)] + [0.0], subjects),
        np.nan,
    )
    return courses, days, therapy


@st.composite
def cohorts(draw, **options):
    """A random cohort, by one seed: thousands are cheap."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_cohort(random, unknown=draw(st.sampled_from([0, 0, 0.15])), **options)


def exact(number):
    return None if np.isnan(number) else Fraction(str(float(number)))


def same_day(ours, theirs):
    return np.isnan(ours) if theirs is None else ours == float(theirs)


@pytest.mark.parametrize("cr_then_pr", POLICIES)
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=a_quarter())
@given(cohort=cohorts())
def test_the_twin_agrees(name, cr_then_pr, cohort):
    """One patient at a time, by the sentences: the same answer, day, place, confirmation, first
    response and course.
    """
    best_is_the_twins(attrs.evolve(RULES[name], cr_then_pr=cr_then_pr), cohort)


def best_is_the_twins(rule, cohort):
    """What the twin says of each patient of a cohort, with random sightings and markers."""
    courses, days, therapy = cohort
    random, n = np.random.default_rng([int(c) for c in courses[:12].ravel()]), len(courses)
    progression = np.where(
        random.random(n) < 0.3, random.choice(days[np.isfinite(days)] + [-3.0], n), np.nan
    )
    again = random.random(courses.shape) < 0.7
    only = random.random(n) < 0.3
    answer = best(
        courses,
        days,
        rule,
        new_therapy=therapy,
        progression=progression,
        seen_again=again,
        non_target_only=only,
    )
    for i, (codes, when) in enumerate(zip(courses, days, strict=True)):
        words = [Response(c).label for c in codes.tolist()]
        expected = twin.best(
            words,
            [exact(d) for d in when],
            exact(therapy[i]),
            rule,
            exact(progression[i]),
            again[i].tolist(),
            bool(only[i]),
        )
        shown = (words, when.tolist(), therapy[i], progression[i], again[i], only[i], expected)
        assert Response(answer.response[i]).label == expected["response"], shown
        assert answer.timepoint[i] == expected["place"], shown
        assert same_day(answer.day[i], expected["day"]), shown
        assert answer.confirmed[i] == (expected["by"] is not None), shown
        assert same_day(
            answer.confirmation_day[i],
            None if expected["by"] is None else exact(when[expected["by"]]),
        )
        assert same_day(answer.first_response_day[i], expected["first"]), shown
        course = [expected["course"].get(place, "MISSING") for place in range(len(words))]
        assert nt.labels(answer.course[i]).tolist() == course, shown
        assert {bit.name for bit in Reason(int(answer.reason[i]))} == expected["why"], shown


@pytest.mark.parametrize("name", ["recist-1.1", "vogl-2008", "irecist-2017", "zero days"])
@given(seed=st.integers(0, 2**40))
def test_intervals_agree_with_every_combination_of_days(name, seed):
    """A day known to lie in an interval: the answer on which all combinations of days agree, and
    DAY_UNKNOWN only where they do not.
    """
    days_that_agree(RULES[name], np.random.default_rng(seed))


def days_that_agree(rule, random):
    """What the twin says on every combination of days of a random patient."""
    visits = int(random.integers(1, 5))
    codes = random.choice([CR, PR, PR, SD, NE, PD, NO], visits)
    first = np.cumsum(random.choice([12, 20, 26, 28, 30], visits)).astype(float)
    last = first + random.choice([0, 0, 4, 7], visits)
    last[1:] = np.where(random.random(visits - 1) < 0.3, last[1:], np.maximum(last[1:], last[:-1]))
    therapy = float(random.choice([NAN, NAN, 60, 80]))
    until = therapy + float(random.choice([0, 5]))
    answer = best(
        codes, first, rule, days_latest=last, new_therapy=therapy, new_therapy_latest=until
    )
    words = [Response(int(c)).label for c in codes]
    choices = [range(int(a), int(b) + 1) for a, b in zip(first, last, strict=True)]
    treated = [None] if np.isnan(therapy) else range(int(therapy), int(until) + 1)
    found = [
        twin.best(words, [Fraction(d) for d in days], None if t is None else Fraction(t), rule)
        for days in itertools.product(*choices)
        if all(a < b for a, b in itertools.pairwise(days))
        for t in treated
    ]
    shown = (words, first.tolist(), last.tolist(), therapy, until)
    responses = {f["response"] for f in found}
    places = {f["place"] for f in found}
    if len(responses) > 1:
        assert Reason.DAY_UNKNOWN in answer.reason, shown
        return
    assert answer.response.label == responses.pop(), shown
    assert answer.timepoint == min(places), shown
    assert (Reason.DAY_UNKNOWN in answer.reason) == (len(places) > 1), shown
    for ours, name in ((answer.day, "day"), (answer.first_response_day, "first")):
        days = {f[name] for f in found}
        assert same_day(ours, days.pop() if len(days) == 1 else None), shown
    assert answer.confirmed == (found[0]["by"] is not None), shown
    courses = {tuple(sorted(f["course"].items())) for f in found}
    if len(courses) == 1:
        course = [found[0]["course"].get(p, "MISSING") for p in range(visits)]
        assert nt.labels(answer.course).tolist() == course, shown


def test_months_without_days():
    """SD in a month that lies past 42 days on any day; PR in March and PR on 1 July; what depends
    on the day of the month; a year alone; days that cannot increase.
    """
    sd = best([SD, PD], [60, 200], days_latest=[90, 200])
    assert (sd.response, sd.timepoint, sd.reason) == (SD, 0, Reason(0))
    assert np.isnan(sd.day)
    pr = best([PR, PR], [60, 182], days_latest=[90, 182])
    assert (pr.response, pr.confirmed, pr.confirmation_day) == (PR, True, 182)
    assert np.isnan(pr.first_response_day)
    either = best([SD, PD], [20, 200], days_latest=[50, 200])
    assert (either.response, either.reason & Reason.DAY_UNKNOWN) == (PD, Reason.DAY_UNKNOWN)
    year = best([PR, PR, PR, PR], [20, 20, 20, 800], days_latest=[380, 380, 380, 800])
    assert (year.response, year.confirmed) == (PR, True)
    many = best([PR] * 6, [0] * 6, days_latest=[365] * 6)
    assert Reason.DAY_UNKNOWN in many.reason
    refused(
        lambda: best([PR, PR], [60, 20], days_latest=[90, 50]),
        "`days_latest` must be late enough for days that increase",
    )
    refused(
        lambda: best([PR, PR], [60, 20], days_latest=[59, 50]), "`days_latest` must be on or after"
    )


def test_first_sighting_ends_the_course():
    """An equivocal lesion of day 56 that is unequivocal on day 168: the course ends as PD on day
    56; one seen before a new therapy counts although its visit ended after it.
    """
    ended = best([PR, PR, PD], [56, 112, 168], progression=56)
    assert (ended.response, ended.day, ended.timepoint) == (PD, 56, 0)
    assert ended.course.tolist() == [PD, NO, NO]
    assert np.isnan(ended.first_response_day)
    visit = best([PD], [60], progression=56, new_therapy=58)
    assert (visit.response, visit.day) == (PD, 56)
    assert best([PD], [60], progression=58, new_therapy=58).response == NO
    assert best([PR, PR], [56, 112], progression=200).response == PR


def test_markers_alone_do_not_end_a_complete_response():
    """CR, CR, then markers rise: nothing was seen again, the best response is CR (RECIST 1.1,
    4.3.3).
    """
    days = [56, 112, 168]
    assert best([CR, CR, PR], days, seen_again=[1, 1, 0]).response == CR
    assert best([CR, CR, PR], days, seen_again=[1, 1, 0]).course.tolist() == [CR, CR, PR]
    assert best([CR, CR, PR], days).course.tolist() == [CR, CR, PD]
    later = best([CR, CR, PR, PR], [*days, 224], seen_again=[1, 1, 0, 1])
    assert later.course.tolist() == [CR, CR, PR, PD]


@pytest.mark.parametrize(
    ("responses", "days", "answer"),
    [
        ([CR], [56], NN),
        ([CR, PD], [56, 112], NN),
        ([CR, NN], [56, 112], NN),
        ([CR], [30], NE),
        ([CR, PD], [30, 60], PD),
        ([CR, CR], [56, 112], CR),
        ([NN], [56], NN),
        ([SD], [56], NN),
        ([PR, SD], [56, 112], NN),
    ],
)
def test_no_stable_disease_without_targets(responses, days, answer):
    """Non-target disease only: NON-CR/NON-PD at or after the minimum, else PD or NE (RECIST 1.1,
    4.4.1 and Table 2); admiralonco's rule says SD for an unconfirmed CR, and keeps saying so.
    """
    assert best(responses, days, non_target_only=True).response == answer
    assert best([[CR], [CR]], 56, ADMIRAL, non_target_only=[True, False]).response.tolist() == [
        SD,
        SD,
    ]


def test_the_course_goes_on_after_a_new_therapy():
    """What is after a new therapy is no best response, but stands in the course for the endpoints
    to judge: PFS is the same from the course and from the responses.
    """
    answer = best([SD, PD, SD], [56, 112, 168], new_therapy=80)
    assert answer.response == SD
    assert answer.course.tolist() == [SD, PD, NO]
    for rule in (nt.criteria.FDA_2018_CENSORING, nt.criteria.ADMIRALONCO_CENSORING):
        times = [
            nt.progression_free_survival(c, [56, 112, 168], new_therapy=80, censoring=rule)
            for c in (answer.course, [SD, PD, SD])
        ]
        assert (times[0].time, times[0].event) == (times[1].time, times[1].event)


@pytest.mark.parametrize("cr_then_pr", POLICIES)
@given(cohort=cohorts())
def test_confirmed_responders_are_among_the_unconfirmed(cr_then_pr, cohort):
    """Under the same rule, asking for confirmation never makes a responder, and never a better
    response.
    """
    courses, days, therapy = cohort
    rule = policy(cr_then_pr)
    asked = best(courses, days, rule, new_therapy=therapy)
    free = best(courses, days, attrs.evolve(rule, confirmation_days=None), new_therapy=therapy)
    assert (free.response[asked.response >= PR] >= PR).all()
    assert (free.response >= asked.response)[asked.response >= PR].all()
    dated = ~np.isnan(asked.first_response_day) & ~np.isnan(free.first_response_day)
    assert (free.first_response_day <= asked.first_response_day)[dated].all()


@pytest.mark.parametrize("cr_then_pr", POLICIES)
@given(cohort=cohorts(), places=st.lists(st.integers(0, 7), min_size=1, max_size=3))
def test_missing_columns_change_nothing(cr_then_pr, cohort, places):
    """Adding columns of MISSING, on no day, changes no answer; the timepoint moves with its
    column.
    """
    courses, days, therapy = cohort
    rule = policy(cr_then_pr)
    wide, wide_days = (
        np.insert(courses, places, NO, axis=1),
        np.insert(days, places, np.nan, axis=1),
    )
    column = np.insert(np.arange(7), places, -1)
    narrow, wider = (
        best(courses, days, rule, new_therapy=therapy),
        best(wide, wide_days, rule, new_therapy=therapy),
    )
    for name in (
        "response",
        "day",
        "confirmed",
        "confirmation_day",
        "first_response_day",
        "reason",
    ):
        np.testing.assert_array_equal(getattr(narrow, name), getattr(wider, name))
    np.testing.assert_array_equal(
        narrow.timepoint, np.where(wider.timepoint < 0, -1, column[wider.timepoint])
    )
    np.testing.assert_array_equal(narrow.course, wider.course[:, column >= 0])


@pytest.mark.parametrize("cr_then_pr", ["PD", "keep"])
@given(cohort=cohorts())
def test_the_course_is_judged_once(cr_then_pr, cohort):
    """Judging the judged course again changes neither it nor the answer ("PR" reads one more CR as
    PR each time).
    """
    courses, days, therapy = cohort
    rule = policy(cr_then_pr)
    once = best(courses, days, rule, new_therapy=therapy)
    twice = best(once.course, days, rule, new_therapy=therapy)
    np.testing.assert_array_equal(once.course, twice.course)
    np.testing.assert_array_equal(once.response, twice.response)
    np.testing.assert_array_equal(once.day, twice.day)


@given(cohort=cohorts())
def test_patients_do_not_touch_each_other(cohort):
    """Any order of the patients, one at a time or stacked in more axes: the same answers."""
    courses, days, therapy = cohort
    together = best(courses, days, new_therapy=therapy)
    back = best(courses[::-1], days[::-1], new_therapy=therapy[::-1])
    np.testing.assert_array_equal(together.course, back.course[::-1])
    np.testing.assert_array_equal(together.reason, back.reason[::-1])
    stacked = best(
        courses.reshape(3, 4, 7), days.reshape(3, 4, 7), new_therapy=therapy.reshape(3, 4)
    )
    assert stacked.course.shape == (3, 4, 7)
    np.testing.assert_array_equal(stacked.response.ravel(), together.response)
    alone = best(courses[0], days[0], new_therapy=therapy[0])
    assert (alone.response, alone.timepoint) == (together.response[0], together.timepoint[0])


@given(cohort=cohorts())
def test_what_comes_after_pd_never_matters(cohort):
    """Once there is a PD, whatever is reported later leaves the answer as it is."""
    courses, days, _ = cohort
    courses, days = (
        np.where(courses == IUPD, SD, courses),
        np.nan_to_num(days, nan=0) * 0 + np.arange(1, 8) * 28.0,
    )
    courses[:, 3] = PD
    other = courses.copy()
    other[:, 4:] = other[::-1, 4:]
    np.testing.assert_array_equal(best(courses, days).response, best(other, days).response)
    np.testing.assert_array_equal(best(courses, days).course, best(other, days).course)


# The result


def test_reasons_add_up():
    """Bits of the reason: what made the answer, and what was left aside."""
    answer = best(
        [[PR, PR], [SD, PD], [SD, PD], [CR, SD]], [[56, 84], [30, 60], [56, 84], [30, 60]]
    )
    assert [Reason(r) for r in answer.reason.tolist()] == [
        Reason.CONFIRMED,
        Reason.TOO_EARLY,
        Reason(0),
        Reason.AFTER_CR | Reason.UNCONFIRMED | Reason.TOO_EARLY,
    ]


def test_one_patient_gets_plain_values():
    """A course without leading axes is answered with Response, floats, ints, bools and Reason."""
    answer = best([PR, PR], LATE)
    kinds = (
        answer.response,
        answer.day,
        answer.timepoint,
        answer.confirmed,
        answer.first_response_day,
        answer.reason,
    )
    assert [type(k) for k in kinds] == [Response, float, int, bool, float, Reason]
    assert answer.course.dtype == np.int8
    assert answer.rule is RECIST


def test_arrays_keep_their_types():
    """Codes are int8, reasons int32, days float64, and the course has the shape of the
    responses.
    """
    answer = best([[PR, PR], [NO, NO]], LATE)
    assert (answer.response.dtype, answer.reason.dtype, answer.course.dtype) == (
        np.int8,
        np.int32,
        np.int8,
    )
    assert (answer.day.dtype, answer.confirmed.dtype) == (np.float64, np.bool_)
    assert answer.course.shape == (2, 2)


def test_shapes_broadcast():
    """One course with the days of many, days of one visit for all, new therapies of many, and empty
    axes.
    """
    many = best([PR, PR], [[56, 112], [56, 60]])
    assert many.response.tolist() == [PR, SD]
    assert many.course.shape == (2, 2)
    assert best([PR, PR], LATE, new_therapy=[[NAN, 100], [50, NAN]]).response.tolist() == [
        [PR, SD],
        [NO, PR],
    ]
    assert best([[SD], [PD]], 56).response.tolist() == [SD, PD]
    assert best([SD, SD], NAN).response == NE
    assert best(SD, 56).response == SD
    assert best(np.empty((0, 3), np.int8), [1, 2, 3]).response.shape == (0,)
    assert best(np.empty((2, 0), np.int8), np.empty((2, 0))).response.tolist() == [NO, NO]
    assert best(np.empty((2, 0), np.int8), np.empty((2, 0))).course.shape == (2, 0)


def test_more_patients_than_one_block():
    """A cohort larger than what is judged at a time gets the answers of each patient alone."""
    courses = np.tile(np.array([[PR, NE, PR], [SD, PD, SD], [NN, CR, NO]], np.int8), (12_000, 1))
    therapy = np.tile([NAN, 150, NAN], 12_000)
    answer = best(courses, [56, 112, 168], new_therapy=therapy)
    assert (answer.response.reshape(-1, 3) == [PR, SD, NN]).all()
    each = best(courses, np.tile([[56, 112, 168]], (36_000, 1)), new_therapy=therapy)
    np.testing.assert_array_equal(answer.response, each.response)


def test_inputs_are_never_changed():
    """Read-only, transposed and strided inputs are read and left alone; a one-row course too."""
    courses = np.array([[CR, NE, PR, CR]], np.int8)
    days = np.array([56.0, NAN, 112, 168])
    therapy = np.array([160.0])
    before = courses.copy()
    for array in (courses, days, therapy):
        array.setflags(write=False)
    answer = best(courses, days, new_therapy=therapy)
    assert answer.course.tolist() == [[CR, NO, PD, NO]]
    np.testing.assert_array_equal(courses, before)
    writable = np.array([[CR], [NE]], np.int8, order="F")
    best(writable, [[NAN], [NAN]])
    assert writable.tolist() == [[CR], [NE]]
    assert best(np.array([[PR, PR]], np.int64).T.copy().T, LATE).response.tolist() == [PR]


def test_a_pandas_series_of_days():
    """Missing days of a pandas Series are NaN."""
    pandas = pytest.importorskip("pandas")
    answer = best([PR, PR, PR], pandas.Series([56, None, 112], dtype="Float64"))
    assert (answer.response, answer.day) == (PR, 56)


EXPLAINED = [
    (
        [PR, PR],
        LATE,
        RECIST,
        {},
        "PR: day 56.0 (timepoint 0); confirmed on day 112.0, at least 28 days later (RECIST 1.1, "
        "4.4.3 and Table 3)",
    ),
    (
        [PR, PD],
        [30, 60],
        RECIST,
        {},
        "PD: day 60.0 (timepoint 1); a CR or PR was not confirmed by another at least 28 days "
        "later; "
        "a better response was not at or after day 42 (RECIST 1.1, 4.4.3 and Table 3)",
    ),
    (
        [SD, PD, SD],
        [56, NAN, 112],
        RECIST,
        {"new_therapy": 100},
        "SD: day 56.0 (timepoint 0), SD counts from day 42; assessments on or after a new therapy "
        "do not count; "
        "an assessment on a day not known confirms nothing and meets no minimum (RECIST 1.1, "
        "4.4.3 and Table 3)",
    ),
    (
        [PD, SD],
        [NAN, 112],
        RECIST,
        {},
        "PD: on a day not known (timepoint 0); assessments after the first PD do not count; "
        "an assessment on a day not known confirms nothing and meets no minimum (RECIST 1.1, "
        "4.4.3 and Table 3)",
    ),
    (
        [CR, PR],
        LATE,
        policy("PR"),
        {},
        "PR: day 56.0 (timepoint 0); confirmed on day 112.0, at least 28 days later; "
        "a lesser response after a CR makes an unconfirmed CR a PR (RECIST 1.1, 4.4.3 and Table 3)",
    ),
    (
        [NE],
        [56],
        nt.criteria.VOGL_2008.best_response,
        {},
        "NE: day 56.0 (timepoint 0); not evaluable (Vogl et al. 2008, section 4.3 (silent on "
        "both))",
    ),
    ([NO], [56], RECIST, {}, "MISSING: no assessment (RECIST 1.1, 4.4.3 and Table 3)"),
]


@pytest.mark.parametrize(
    ("codes", "days", "rule", "keywords", "sentence"), EXPLAINED, ids=lambda v: str(v)[:30]
)
def test_explanations(codes, days, rule, keywords, sentence):
    """One sentence says which assessment earned the answer, what confirmed it and what was left
    aside.
    """
    answer = best(codes, days, rule, **keywords)
    assert answer.explain() == sentence
    assert best([codes], [days], rule, **keywords).explain(0) == sentence
    assert repr(answer) == f"BestResponse({sentence})"


def test_repr_counts():
    """A cohort is shown by its counts."""
    answer = best([[PR, PR], [PD, NO], [PD, NO]], LATE)
    assert repr(answer) == "BestResponse(3 patients: 1 PR, 2 PD; 1 confirmed)"
    assert (
        repr(best(np.empty((0, 2), np.int8), LATE)) == "BestResponse(0 patients: none; 0 confirmed)"
    )


WRONG = [
    (
        {"responses": [9], "days": [1]},
        r"`responses` must be Response codes from 0 to 8; got 9 at \[0\]",
    ),
    ({"responses": ["PR"], "days": [1]}, "Read labels with parse_responses"),
    (
        {"responses": [7, 7], "days": [56, 56]},
        r"`days` must be strictly increasing .* got 56.0 at \[1\]",
    ),
    ({"responses": [7, 1, 7], "days": [56, NAN, 50]}, r"got 50.0 at \[2\]"),
    ({"responses": [7, 0], "days": [56, 50]}, "strictly increasing"),
    ({"responses": [7, 7], "days": 56}, r"strictly increasing .* \[1\]"),
    ({"responses": [7], "days": [np.inf]}, "finite days"),
    (
        {"responses": [7], "days": np.array(["2020-01-01"], "M8[D]")},
        "Subtract the reference date first",
    ),
    ({"responses": [7, 7, 7], "days": LATE}, r"`responses` \(3,\), `days` \(2,\)"),
    (
        {"responses": [[7, 7], [7, 7]], "days": LATE, "new_therapy": [1, 2, 3]},
        r"`responses without the timepoint axis` \(2,\), `new_therapy` \(3,\)",
    ),
    (
        {"responses": [7], "days": [1], "rule": nt.criteria.RECIST_1_1},
        r"got RECIST 1.1. Pass its rule .*, \.best_response",
    ),
    (
        {"responses": [7], "days": [1], "rule": nt.criteria.FDA_2018_CENSORING},
        "must be BestResponseRule; got Censoring",
    ),
    (
        {"responses": [7], "days": [1], "rule": "recist-1.1"},
        "`rule` of best_overall_response must be BestResponseRule",
    ),
]


@pytest.mark.parametrize(("keywords", "message"), WRONG, ids=lambda v: str(v)[:40])
def test_bad_input_is_refused(keywords, message):
    """Codes that are none, days that do not increase, shapes and rules that do not fit: named,
    placed, repaired.
    """
    refused(lambda: nt.best_overall_response(**keywords), message)


def test_wrong_kinds_are_type_errors():
    """A rule of the wrong kind is also a TypeError."""
    with pytest.raises(InputTypeError):
        nt.best_overall_response([7], [1], rule=nt.criteria.VOGL_2008)


def test_days_in_narrow_floats_meet_their_limits():
    """Days stored in 32 bits are decided as they were written: the minimum, the interval, the new
    therapy.
    """
    narrow = lambda *days: np.array(days, np.float32)  # noqa: E731
    early = attrs.evolve(RECIST, sd_minimum_days=0.7)
    assert best([SD], narrow(0.7), early).response == SD
    assert best([PR, PR], narrow(56.2, 84.2)).confirmed
    assert best([SD], narrow(0.7), early, new_therapy=0.7).response == NO


def test_reasons_belong_to_their_patient():
    """What was left aside in one course is not said of another, and several reasons stand side by
    side.
    """
    answer = best([[SD, PD, SD], [SD, SD, SD]], [56, 84, 112])
    assert [Reason(r) for r in answer.reason.tolist()] == [Reason.COURSE_ENDED, Reason(0)]
    unknown = best([[SD, SD], [SD, SD]], [[56, NAN], [56, 84]])
    assert [Reason(r) for r in unknown.reason.tolist()] == [Reason.DAY_UNKNOWN, Reason(0)]
    both = best([CR, PR, PR], [56, 84, 112], policy("keep"), new_therapy=100)
    assert both.reason == Reason.AFTER_CR | Reason.NEW_THERAPY | Reason.UNCONFIRMED


def test_without_an_interval_any_later_cr_keeps_the_first():
    """confirmation_days None and "PR": a second CR, even half a day later, keeps the CRs from being
    read as PR.
    """
    assert best([CR, CR, PR], [56, 56.5, 168], policy("PR", UNCONFIRMED)).response == CR
