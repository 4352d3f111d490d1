"""Random courses in great number against the slow twins: ``many_courses.py CASES [SEED] [RULE ...]``.

Run as a script it compares so many cases of each rule (or of those named) and prints, for each, how
many there were and what differs. A case is one patient's course under one rule with one set of
switches; of ``assess`` it is a track of a study. The comparisons are those of the tests, on cohorts
of a hundred.
"""

import inspect
import sys
import time
import warnings

import attrs
import numpy as np

import nettumor as nt
import test_assessment_twin
import test_best_response_twin
import test_choi_percist
import test_endpoints
import test_irecist
import test_marker_course
import test_target
from reference import admiralonco as by_manual
from studies import study

COHORT = 100


def one_of(random, choices):
    """One of any things."""
    return choices[int(random.integers(len(choices)))]


def bits(random, names):
    """A truth value by each name."""
    return {name: bool(random.random() < 0.5) for name in names}


def rule_of_best(random):
    """A named edition's rule, or one with every switch at random."""
    rule = one_of(random, list(test_best_response_twin.RULES.values()))
    if random.random() < 0.5:
        rule = attrs.evolve(
            rule,
            confirmation_days=one_of(random, [None, 0, 14, 27.9, 28]),
            sd_minimum_days=one_of(random, [None, 0, 20, 42]),
            max_ne_between=int(random.integers(3)),
            unconfirmed_cr=one_of(random, ["course", "SD"]),
            **bits(random, ["accept_sd_between", "missing_as_ne"]),
        )
    return attrs.evolve(rule, cr_then_pr=one_of(random, test_best_response_twin.POLICIES))


def best_response(random):
    """Best response with therapies, first sightings, markers alone, non-target disease only."""
    cohort = test_best_response_twin.random_cohort(
        random,
        unknown=one_of(random, [0, 0, 0.15]),
        subjects=COHORT,
        visits=int(random.integers(1, 9)),
    )
    test_best_response_twin.best_is_the_twins(rule_of_best(random), cohort)
    return COHORT


def admiralonco(random):
    """Best response by the manual of admiralonco, with its arguments at random."""
    words = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"]
    shape = COHORT, int(random.integers(1, 7))
    courses = random.choice(words, shape, p=[0.22, 0.24, 0.16, 0.08, 0.08, 0.16, 0.06])
    days = random.choice([7, 14, 27, 28, 29, 56], shape).cumsum(axis=1) - 14
    rule = attrs.evolve(
        nt.criteria.ADMIRALONCO_BEST_RESPONSE,
        confirmation_days=one_of(random, [None, 14, 28, 28]),
        sd_minimum_days=one_of(random, [28, 42]),
        max_ne_between=int(random.integers(3)),
        **bits(random, ["accept_sd_between", "missing_as_ne"]),
    )
    found = nt.best_overall_response(nt.parse_responses(courses), days, rule=rule)
    for i, course in enumerate(courses.tolist()):
        response, day = by_manual.best(
            course,
            days[i].tolist(),
            confirm=rule.confirmation_days,
            window=rule.sd_minimum_days,
            most_ne=rule.max_ne_between,
            accept_sd=rule.accept_sd_between,
            missing_as_ne=rule.missing_as_ne,
        )
        shown = (course, days[i].tolist(), rule, response, day)
        assert nt.Response(found.response[i]).label == response, shown
        assert found.day[i] == day or (day is None and np.isnan(found.day[i])), shown
    return COHORT


def best_response_on_partial_days(random):
    """Best response on every combination of days."""
    test_best_response_twin.days_that_agree(rule_of_best(random), random)
    return 1


def patient_of_times(random):
    """A patient as `test_endpoints` has them: everything that can end the time, in tenths."""
    codes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 5, 7]

    def maybe():
        return int(random.integers(-100, 6000)) if random.random() < 0.5 else None

    n = int(random.integers(0, 7))
    days = sorted(random.choice(np.arange(-100, 6000), n, replace=False).tolist())
    names = ("death", "new_therapy", "cutoff", "progression", "claim", "response_day")
    return {
        "responses": random.choice(codes, n).tolist(),
        "days": [None if random.random() < 0.12 else d for d in days],
        "baseline_assessed": bool(random.random() < 0.9),
        **{name: maybe() for name in names},
    }


def rule_of_times(random):
    """A rule of censoring with every switch at random."""
    e = test_endpoints
    choices = (one_of(random, c) for c in (e.SCHEDULES, e.WINDOWS, e.MISSED))
    return e.rule_of(*choices, int(random.integers(128)))


def times(random):
    """PFS, TTP and DOR with schedules, deaths, therapies, cut-offs, claims."""
    cohort = [patient_of_times(random) for _ in range(COHORT)]
    test_endpoints.times_are_the_twins(cohort, rule_of_times(random))
    return COHORT


class Choices:
    """What a test asks of Hypothesis' random, from NumPy's."""

    def __init__(self, random):
        self.choice = lambda values: one_of(random, values)


def times_on_partial_days(random):
    """PFS on every combination of days."""
    patient = patient_of_times(random)
    test_endpoints.days_that_agree(patient, rule_of_times(random), Choices(random))
    return 1


def criteria_of_size(random):
    """A named edition, or one with every switch at random."""
    criteria = one_of(random, test_target.RULES)
    if random.random() < 0.5:
        criteria = attrs.evolve(
            criteria,
            pd_scope=one_of(random, ["sum", "any lesion"]),
            reappearance=one_of(random, ["5 mm", "PD", "any lesion"]),
            normal_nodes_in_pd=one_of(random, ["sum", "excluded"]),
            node_cr=one_of(random, ["normal", "gone"]),
            pd=attrs.evolve(criteria.pd, reference=one_of(random, ["nadir", "baseline"])),
            best_response=rule_of_best(random),
            **bits(random, ["sustained_response"]),
        )
    return criteria


def targets(random):
    """Target response under every criterion of size, with nodes, gaps and partial days."""
    shape = int(random.integers(1, 5)), int(random.integers(1, 7))
    gaps = one_of(random, [0, 0.1])
    cohort = test_target.random_cohort(random, *shape, gaps=gaps, subjects=COHORT)
    test_target.targets_are_the_twins(criteria_of_size(random), cohort)
    return COHORT


def parts_of_irecist(random):
    """Codes of targets and non-targets and new lesions."""
    shape = COHORT, int(random.integers(1, 8))
    return (
        random.choice(np.array([0, 1, 3, 3, 3, 5, 7, 8], np.int8), shape),
        random.choice(np.array([0, 1, 3, 3, 4, 4, 8], np.int8), shape),
        random.random(shape) < 0.3,
    )


def irecist(random):
    """iRECIST's response with lasting lesions, symptoms and the window of confirmation."""
    parts = parts_of_irecist(random)
    grown = random.random(parts[2].shape) < 0.5
    test_irecist.irecist_is_the_twins(*parts, grown, random)
    return COHORT


def further_increases(random):
    """What confirms a progression: increases that add up, new lesions, both references, windows."""
    parts = parts_of_irecist(random)
    shape = parts[2].shape
    sizes = np.array([np.nan, 20.0, 24.9, 25.0, 25.1, 30.0, 11.4, 16.4])
    days = np.cumsum(random.integers(1, 60, shape), axis=1).astype(float)
    days[random.random(shape) < 0.05] = np.nan
    options = {
        "reference": one_of(random, ["first iUPD", "last iUPD"]),
        "window": one_of(random, [None, (28, 56), (1, 40)]),
    }
    test_irecist.increases_are_the_twins(
        parts,
        random.choice(sizes, (4, *shape)),
        random.choice(np.array([np.nan, 0.0, 1.0, 2.0]), shape),
        random.random((4, *shape)) < 0.5,
        days,
        options,
    )
    return COHORT


def choi(random):
    """Choi and modified Choi, from baseline and from the nadir."""
    shape = COHORT, int(random.integers(1, 7))
    sizes = np.array([np.nan, 0.0, 29.7, 29.8, 33.0, 36.2, 36.3, 59.5, 70.0])
    densities = np.array([np.nan, -20.0, 42.5, 50.0, 59.5, 59.6, 70.0, 80.5])
    test_choi_percist.choi_is_the_twins(
        random.choice(sizes, shape),
        random.choice(densities, shape),
        random.random(shape) < 0.15,
        **bits(random, ["both", "nadir"]),
    )
    return COHORT


def markers(random):
    """Courses of markers by every edition, confirmed or not."""
    values = [0.0, np.nan, 5.0, 10.0, 20.0, 40.0, 80.0]

    def sample():
        value = one_of(random, values) if random.random() < 0.5 else random.integers(600) / 10
        return float(value), int(random.integers(1, 31)), bool(random.random() < 0.5)

    test_marker_course.markers_are_the_twins(
        [[sample() for _ in range(6)] for _ in range(COHORT)],
        one_of(random, [10.0, 5.5, np.nan]),
        int(random.integers(-20, 3)),
        one_of(random, test_marker_course.EDITIONS),
        one_of(random, ["criteria", None, 28, 7]),
    )
    return COHORT


def whole_studies(random):
    """`assess` against the chain called by hand; a case is a track."""
    lesions = []
    while not any(r["date"] for r in lesions):  # without any day confirmation is refused
        lesions, people = study(int(random.integers(2**40)))
    criteria = one_of(random, test_assessment_twin.CRITERIA)
    censoring = one_of(random, test_assessment_twin.CENSORINGS)
    rule = one_of(random, [criteria.best_response, rule_of_best(random)])
    test_assessment_twin.assess_is_the_twins(lesions, people, criteria, rule, censoring)
    return len({(r["subject"], r["evaluator"]) for r in lesions})


RULES = {
    run.__name__: run
    for run in (
        best_response,
        admiralonco,
        best_response_on_partial_days,
        times,
        times_on_partial_days,
        targets,
        irecist,
        further_increases,
        choi,
        markers,
        whole_studies,
    )
}


def compare(name, cases, *, seed=0, shown=3):
    """(cases compared, seeds of the batches that differ) of a rule."""
    done, differ = 0, []
    while done < cases:
        try:
            done += RULES[name](np.random.default_rng([seed, len(name), done]))
        except AssertionError as difference:
            differ.append(done)
            done += 1
            if len(differ) <= shown:
                print(f"{name}, batch {differ[-1]} of seed {seed}: {str(difference)[:2000]}")
    return done, differ


def main(cases, names, *, seed):
    """Compare, and print a line for each rule."""
    warnings.simplefilter("ignore", nt.IntakeWarning)
    total, wrong = 0, 0
    for name in names:
        began = time.perf_counter()
        done, differ = compare(name, cases, seed=seed)
        total, wrong = total + done, wrong + len(differ)
        said = f"{name}: {done:,} cases, {len(differ)} batches differ"
        print(f"{said} ({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"{total:,} cases in all, {wrong} batches differ")
    return wrong > 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdecimal()]
    asked = [a for a in sys.argv[1:] if not a.isdecimal()] or list(RULES)
    if not numbers:
        raise SystemExit(f"{inspect.getdoc(sys.modules[__name__])}\n\nRules: {', '.join(RULES)}")
    raise SystemExit(main(numbers[0], asked, seed=sum(numbers[1:])))
