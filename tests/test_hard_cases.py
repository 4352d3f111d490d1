"""The hard cases of response assessment: each broke at least one existing program.

One test a case, with the answer that this library gives and its source. Cases that the arrays carry
are told in arrays; those of a study's tables go through `assess`.
"""

import attrs
import numpy as np
import pytest

import nettumor as nt

NAN = np.nan
R, C, Reason = nt.Response, nt.criteria, nt.Reason
CR, PR, SD, PD, NN, NE, MISSING = R.CR, R.PR, R.SD, R.PD, R.NON_CR_NON_PD, R.NE, R.MISSING
RECIST, RULE = C.RECIST_1_1, C.RECIST_1_1.best_response
LESIONS = ("lesion", "role", "visit", "day", "size", "state")


def targets(sizes, criteria=RECIST, **keywords):
    """The responses of a course after baseline, as words."""
    return " ".join(
        nt.labels(nt.target_response(sizes, criteria=criteria, **keywords).response[1:])
    )


def best(codes, days, rule=RULE, **keywords):
    return nt.best_overall_response(codes, days, rule=rule, **keywords)


def study(*rows, **subject):
    """A study of one patient, randomised on day 0: rows of `LESIONS`."""
    columns = {name: [row[i] for row in rows] for i, name in enumerate(LESIONS)}
    return nt.crf.read(
        {
            "subjects": {
                "subject": ["01"],
                "randomized": [0],
                **{name: [day] for name, day in subject.items()},
            },
            "lesions": {"subject": ["01"] * len(rows), **columns},
        }
    )


def assessed(*rows, **subject):
    """The timepoints after baseline and the patient's row, each as a dict of columns."""
    done = nt.assess(study(*rows, **subject))
    later = done.timepoints["overall"] != "MISSING"
    timepoints = {name: column[later].tolist() for name, column in done.timepoints.items()}
    return timepoints, {name: column[0].item() for name, column in done.subjects.items()}


def test_exactly_at_a_limit_with_decimals():
    """-30 %, +20 % and +5.0 mm as written: inclusive in RECIST 1.1 ("at least"), exclusive in the
    review ("more than").

    Every sum on the grid of 0.1 mm whose limit is on the grid too, and its neighbours of 0.1 mm, in
    exact tenths.
    """
    tenths = np.arange(10, 4000, 10)
    for limit, response in ((7, PR), (12, PD)):
        at = tenths * limit // 10
        for step, met in ((-1, limit == 7), (0, True), (1, limit == 12)):
            before, after = tenths / 10, (at + step) / 10
            courses = np.stack([before, after], axis=-1)[:, None, :]
            expected = np.full(tenths.shape, met)
            if response == PD:
                expected &= at + step - tenths >= 50
            got = nt.target_response(courses).response[:, 1]
            np.testing.assert_array_equal(got == response, expected)
            if limit == 7 and step == 0:
                assert (nt.classify(before, after) == SD).all()
    assert targets([[33.0, 23.1]]) == "PR"
    assert targets([[11.4, 16.4]]) == "PD"
    assert nt.classify([40.0, 33.2], [50.0, 41.5]).tolist() == [SD, SD]


def test_twenty_percent_and_five_millimetres():
    """Both are needed under RECIST 1.1 (4.3.1); RECIST 1.0 has no 5 mm rule."""
    for now in ([10, 12], [10, 14.9], [100, 119.9]):
        assert targets([now]) == "SD"
    assert targets([[25, 30]]) == "PD"
    assert targets([[10, 12]], C.RECIST_1_0) == "PD"
    assert Reason.BELOW_MINIMUM in Reason(int(nt.target_response([[10, 12]]).reason[1]))


def test_pd_and_pr_both_true():
    """100, 40, 50: half of the baseline, but up by a quarter from the nadir: PD; the nadir includes
    the baseline.
    """
    assert targets([[100, 40, 50]]) == "PR PD"
    assert targets([[50, 60]]) == "PD"


def test_all_target_nodes_normal():
    """Nodes below 10 mm and extranodal targets gone: CR with a sum above 0, judged before PD; 10.0
    mm is not normal.
    """
    target = nt.target_response([[18, 9, 2, 9], [20, 0, 0, 0]], nodal=[True, False])
    assert nt.labels(target.response).tolist() == ["MISSING", "CR", "CR", "CR"]
    assert target.sum.tolist() == [38, 9, 2, 9]
    assert targets([[18, 10.0], [20, 0]], nodal=[True, False]) == "PR"
    assert targets([[18, 9], [20, 1]], nodal=[True, False]) == "PR"


def test_some_targets_not_measured():
    """NE, unless what was measured proves PD; never CR, PR or SD; a partial sum is no baseline and
    no nadir.
    """
    assert targets([[50, NAN, 30], [30, 20, 20]]) == "NE PR"
    assert targets([[20, 0], [30, NAN]]) == "NE"
    proof = nt.target_response([[50, 130], [50, NAN]])
    assert (R(proof.response[1]), Reason.PARTIAL_SUM in Reason(int(proof.reason[1]))) == (PD, True)
    assert nt.target_response([[50, 20, 50], [50, NAN, 50]]).nadir[2] == 100
    assert targets([[50, 20, 50], [50, NAN, 50]]) == "NE SD"


def test_regrowth_from_nothing():
    """From a sum of 0 the percent is unlimited: PD from 5 mm on; below that the policy
    `reappearance` decides.
    """
    target = nt.target_response([[20, 0, 4.9, 5.0]])
    assert nt.labels(target.response[1:]).tolist() == ["CR", "PR", "PD"]
    assert np.isnan(target.percent_from_nadir[2:]).all()
    assert targets([[20, 0, 4.9]], attrs.evolve(RECIST, reappearance="PD")) == "CR PD"
    assert targets([[20, 0, 0.1]], C.RECIST_1_0) == "CR PD"


def test_cr_then_less():
    """PD at that point (RECIST 1.1, Table 3), or a CR that was misread, or as reported; the reason
    always says so.
    """
    readings = {"PD": (SD, [CR, PD, MISSING]), "PR": (PR, [PR, PR, SD]), "keep": (SD, [CR, PR, SD])}
    for policy, (response, course) in readings.items():
        answer = best([CR, PR, SD], [56, 112, 168], attrs.evolve(RULE, cr_then_pr=policy))
        assert (answer.response, answer.course.tolist()) == (response, course)
        assert Reason.AFTER_CR in answer.reason
    for lesser in (SD, NN):
        assert best([CR, lesser], [56, 112]).course.tolist() == [CR, PD]


def test_a_single_cr_or_pr():
    """SD where any CR, PR or SD lies at or after the minimum; else PD where there is one,
    else NE.
    """
    for first in (CR, PR):
        assert best([first, PD], [56, 112]).response == SD
        assert best([first, NE], [56, 112]).response == SD
        assert best([first, PD], [30, 60]).response == PD
        assert best([first, NE], [30, 60]).response == NE
    assert best([PR, SD], [30, 60]).response == SD
    assert best([CR, SD], [30, 60]).response == PD  # the CR is judged first: PD after it


def test_pr_ne_pr():
    """Confirmed where the PRs are far enough apart and no more NE lie between than allowed
    (one).
    """
    assert best([PR, NE, PR], [56, 70, 84]).confirmed
    assert not best([PR, NE, PR], [56, 70, 83]).confirmed
    assert not best([PR, NE, NE, PR], [56, 70, 84, 98]).confirmed


def test_a_pr_that_drifts():
    """100, 70, 80 stays PR under RECIST 1.1 (EORTC FAQ); with `sustained_response` off each visit
    is read anew.
    """
    assert targets([[100, 70, 70, 80, 80, 80]]) == "PR PR PR PR PR"
    assert targets([[100, 70, 80]], attrs.evolve(RECIST, sustained_response=False)) == "PR SD"


def test_two_crs_fourteen_days_apart():
    """14 days confirm nothing; PR then CR confirms the PR, and the CR needs its own
    confirmation.
    """
    assert best([CR, CR], [56, 70]).response == SD
    answer = best([PR, CR], [56, 84])
    assert (answer.response, answer.day, answer.confirmed) == (PR, 56, True)
    assert best([PR, CR, CR], [56, 84, 112]).response == CR


def test_too_small_absent_and_blank():
    """5 mm unless an actual value is given; 0; missing: three states, never mixed."""
    states, values = ["TOO SMALL", "TOO SMALL", "ABSENT", ""], [NAN, 3, NAN, NAN]
    np.testing.assert_array_equal(nt.size_in_state(values, states), [5, 3, 0, NAN])
    assert targets([[20, NAN]], too_small=[[False, True]]) == "PR"
    assert targets([[20, 0]]) == "CR"
    assert targets([[20, NAN]]) == "NE"
    seen, _ = assessed(
        ("T1", "TARGET", 1, 0, 20, ""),
        ("T1", "TARGET", 2, 56, "TOO SMALL", ""),
        ("T1", "TARGET", 3, 112, "", "ABSENT"),
        ("T1", "TARGET", 4, 168, "", ""),
    )
    assert seen["sum"][:2] == [5, 0]
    assert seen["target"] == ["PR", "CR", "NE"]


def test_split_and_merged_lesions():
    """Parts are added under their parent; of merged lesions one carries the diameter, the others
    are 0; none is new.
    """
    parts = nt.sum_parts([[30, 20, NAN], [NAN, NAN, 12], [NAN, NAN, 9]], [-1, 0, 0])
    assert nt.target_response(parts).sum.tolist() == [30, 20, 21]
    seen, patient = assessed(
        ("T1", "TARGET", 1, 0, 30, ""),
        ("T2", "TARGET", 1, 0, 20, ""),
        ("T1", "TARGET", 2, 56, 45, ""),
        ("T2", "TARGET", 2, 56, "", "MERGED"),
    )
    assert (seen["sum"], seen["overall"], patient["best"]) == ([45], ["SD"], "SD")


def test_a_target_treated_on_study():
    """Treatment alone never makes a lesion not evaluable, never 0 and never CR: only the CRF's own
    state does.
    """
    treated = [("T1", "TARGET", 1, 0, 50, ""), ("T2", "TARGET", 1, 0, 40, "")]
    seen, _ = assessed(
        *treated,
        ("T1", "TARGET", 2, 56, 30, ""),
        ("T2", "TARGET", 2, 56, 24, ""),
        treatment_start=0,
        therapy_completed=20,
    )
    assert seen["target"] == ["PR"]
    seen, _ = assessed(
        *treated, ("T1", "TARGET", 2, 56, "", "NOT EVALUABLE"), ("T2", "TARGET", 2, 56, 0, "")
    )
    assert (seen["target"], seen["n_missing"]) == (["NE"], [1])


def test_a_new_lesion_equivocal_first():
    """It counts from the unequivocal sighting; responses before stay; only the progression date
    moves back.
    """
    seen, patient = assessed(
        ("T1", "TARGET", 1, 0, 50, ""),
        ("T1", "TARGET", 2, 56, 50, ""),
        ("T1", "TARGET", 3, 112, 50, ""),
        ("N1", "NEW", 2, 56, "", "EQUIVOCAL"),
        ("N1", "NEW", 3, 112, "", "UNEQUIVOCAL"),
    )
    assert seen["overall"] == ["SD", "PD"]
    assert (patient["progression_day"], patient["pfs_days"], patient["pfs_event"]) == (56, 56, True)
    found = nt.first_sighting([["", "EQUIVOCAL", "UNEQUIVOCAL"]], [0, 56, 112])
    assert (found.new_lesion.tolist(), found.day) == ([False, False, True], 56)


def test_target_cr_non_target_not_evaluated():
    """PR (RECIST 1.1, Table 1)."""
    assert nt.overall_response(CR, NE, False) is PR


def test_non_target_disease_only():
    """CR, NON-CR/NON-PD, PD or NE (RECIST 1.1, Table 2); never PR or SD."""
    answers = nt.overall_response(MISSING, [CR, NN, PD, NE, PR, SD], False)
    assert answers.tolist() == [CR, NN, PD, NE, NN, NN]


@pytest.mark.parametrize("size", [0, ""], ids=["0", "missing"])
def test_no_baseline_to_compare_with(size):
    """The array functions raise; `assess` answers NE with a reason, and the checks report it."""
    with pytest.raises(nt.InputError, match="at baseline"):
        nt.target_response([[0 if size == 0 else NAN, 12], [20, 20]])
    rows = [
        ("T1", "TARGET", 1, 0, size, ""),
        ("T1", "TARGET", 2, 56, 12, ""),
        ("T2", "TARGET", 1, 0, 20, ""),
        ("T2", "TARGET", 2, 56, 20, ""),
    ]
    seen, patient = assessed(*rows)
    assert (seen["target"], seen["overall"], patient["best"]) == (["NE"], ["NE"], "NE")
    assert Reason.INVALID in Reason(seen["reason"][0])
    assert "no usable baseline" in seen["explanation"][0]
    assert "L06" in nt.edit_checks.run(study(*rows), checks=["L06"])["check"]


def test_assessments_after_pd():
    """They do not count for best response, and are kept."""
    answer = best([SD, PD, CR, CR], [56, 84, 112, 140])
    assert (answer.response, answer.course.tolist()) == (SD, [SD, PD, MISSING, MISSING])
    assert Reason.COURSE_ENDED in answer.reason
    seen, patient = assessed(
        *(
            ("T1", "TARGET", visit + 1, 56 * visit, size, "")
            for visit, size in enumerate([50, 50, 80, 0, 0])
        )
    )
    assert seen["overall"] == ["SD", "PD", "CR", "CR"]
    assert (patient["best"], patient["progression_day"]) == ("SD", 112)


def test_assessments_after_a_new_therapy():
    """Ignored; PFS is censored at the last adequate assessment before it (FDA)."""
    rows = [
        ("T1", "TARGET", visit + 1, 56 * visit, size, "") for visit, size in enumerate([50, 48, 90])
    ]
    _, patient = assessed(*rows, new_therapy=80)
    assert (patient["best"], patient["pfs_days"], patient["pfs_event"]) == ("SD", 56, False)
    _, patient = assessed(*rows)
    assert (patient["pfs_days"], patient["pfs_event"]) == (112, True)
    answer = best([SD, PR, PR], [56, 112, 168], new_therapy=168)
    assert (answer.response, answer.confirmed) == (SD, False)


def test_several_scans_within_a_visit():
    """One sum; a new lesion dates PD at its scan, the sum at the last target scan; other answers at
    the latest scan.
    """
    baseline = [
        ("T1", "TARGET", 1, 0, 50, ""),
        ("T2", "TARGET", 1, 0, 50, ""),
        ("B1", "NON-TARGET", 1, 0, "", "PRESENT"),
    ]
    bone = ("B1", "NON-TARGET", 2, 63, "", "PRESENT")
    larger = [("T1", "TARGET", 2, 56, 80, ""), ("T2", "TARGET", 2, 60, 80, "")]
    seen, patient = assessed(*baseline, *larger, bone)
    assert (seen["sum"], seen["day"], patient["progression_day"]) == ([160], [63], 60)
    _, patient = assessed(*baseline, *larger, bone, ("N1", "NEW", 2, 58, "", "PRESENT"))
    assert patient["progression_day"] == 58
    _, patient = assessed(*baseline, *larger, bone, ("N1", "NEW", 2, 62, "", "PRESENT"))
    assert patient["progression_day"] == 60
    stable = [("T1", "TARGET", 2, 56, 50, ""), ("T2", "TARGET", 2, 60, 50, "")]
    _, patient = assessed(*baseline, *stable, bone)
    assert (patient["best"], patient["best_day"]) == ("SD", 63)


def test_lost_before_the_minimum():
    """SD before the minimum duration, and nothing after: NE."""
    answer = best([SD, MISSING], [41, NAN])
    assert (answer.response, answer.reason) == (NE, Reason.TOO_EARLY)
    assert best([SD], [42]).response == SD


def test_marker_normal_at_baseline():
    """Not evaluable for response; a rise above the limit that also meets the PD limit is
    progression.
    """
    after, limit = [60, 90, 101, 200], 100
    assert nt.marker_response(80, after, upper_limit=limit).tolist() == [NE, NE, PD, PD]
    assert nt.marker_response(90, [101, 113], upper_limit=limit).tolist() == [NE, PD]


def test_assay_or_unit_changes():
    """Not evaluable, and never converted where the conversion depends on the assay."""
    answer = nt.BiologicalResponse.assess(
        [400, 400], [100, 100], upper_limit=100, assay_before=["A", "A"], assay_after=["A", "B"]
    )
    assert answer.response.tolist() == [CR, NE]
    assert Reason.NOT_COMPARABLE in Reason(int(answer.reason[1]))
    with pytest.raises(nt.InputError, match="kits bind different epitopes"):
        nt.markers.convert(100, "U/L", "ng/mL", marker="CgA")


def test_symptom_absent_at_baseline():
    """Not evaluable, so that the rate counts the patients who had the symptom."""
    answer = nt.symptom_response([4, 4, 0, 0], [0, 4, 0, 3])
    assert answer.tolist() == [CR, SD, NE, NE]
    assert nt.objective_response_rate(answer[answer != NE]).total == 2
